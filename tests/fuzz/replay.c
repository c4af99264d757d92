/*
 * Replays the corpora of the fuzz targets
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

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "fuzz.h"

static const struct
{
    const char *name;
    void (*run)( const unsigned char *data, size_t size );
}
targets[] =
{
    { "journal", fuzz_journal },
    { "wire", fuzz_wire },
    { "response", fuzz_response },
    { "multipart", fuzz_multipart },
    { "url", fuzz_url },
    { "proxy", fuzz_proxy },
};

#define TARGETS (sizeof(targets) / sizeof(targets[0]))

/* Returns 0 when the file cannot be read. */
static int replay( unsigned int target, const char *path )
{
    static unsigned char data[0x100000];
    size_t size;
    FILE *file;

    printf( "# %s\n", path );
    fflush( stdout );
    if (!(file = fopen( path, "rb" )))
    {
        perror( path );
        return 0;
    }
    size = fread( data, 1, sizeof(data), file );
    fclose( file );
    targets[target].run( data, size );
    return 1;
}

/* The number of files replayed; 0 is a failure. */
static unsigned int replay_all( const char *corpus, unsigned int target )
{
    unsigned int count = 0;
    struct dirent *entry;
    char path[4096];
    DIR *directory;

    snprintf( path, sizeof(path), "%s/%s", corpus, targets[target].name );
    if (!(directory = opendir( path )))
    {
        perror( path );
        return 0;
    }
    while ((entry = readdir( directory )))
    {
        if (entry->d_name[0] == '.') continue;
        snprintf( path, sizeof(path), "%s/%s/%s", corpus, targets[target].name, entry->d_name );
        if (!replay( target, path )) break;
        count++;
    }
    closedir( directory );
    return entry ? 0 : count;
}

/* fuzz-replay CORPUS: a directory with one for each target. */
int main( int argc, char *argv[] )
{
    unsigned int i, count, passed = 0, failed = 0;

    if (argc != 2) return 2;
    for (i = 0; i < TARGETS; i++)
    {
        count = replay_all( argv[1], i );
        passed += count;
        failed += !count;
    }
    printf( "%u passed, %u failed, 0 skipped\n", passed, failed );
    return failed != 0;
}
