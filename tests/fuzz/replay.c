/*
 * Gives the files of the corpus to a fuzz target
 *
 * Copyright 2026 The winebits authors
 *
 * This library is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * This library is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with this library; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin St, Fifth Floor, Boston, MA 02110-1301, USA
 */

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput( const unsigned char *data, size_t size );

/* fuzz-journal FILE...  A sanitizer or an assertion ends the program at the first input that is wrong. */
int main( int argc, char *argv[] )
{
    static unsigned char data[0x100000];
    size_t size;
    FILE *file;
    int i;

    for (i = 1; i < argc; i++)
    {
        printf( "# %s\n", argv[i] );
        fflush( stdout );
        if (!(file = fopen( argv[i], "rb" )))
        {
            perror( argv[i] );
            return 1;
        }
        size = fread( data, 1, sizeof(data), file );
        fclose( file );
        LLVMFuzzerTestOneInput( data, size );
    }
    printf( "%d passed, 0 failed, 0 skipped\n", argc - 1 );
    return argc < 2;
}
