/*
 * Preloaded into the agent: records what it flushes
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

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/* One line in the file $FLUSH_LOG for each: the path. */
int fdatasync( int fd )
{
    char link[64], path[PATH_MAX];
    ssize_t length;
    FILE *log;

    snprintf( link, sizeof(link), "/proc/self/fd/%d", fd );
    if ((length = readlink( link, path, sizeof(path) )) > 0 && (log = fopen( getenv( "FLUSH_LOG" ), "a" )))
    {
        fprintf( log, "%.*s\n", (int)length, path );
        fclose( log );
    }
    return syscall( SYS_fdatasync, fd );
}
