/*
 * Notes the limits of windows that the agent sets, to preload into it
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

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/* One line in the file $WINDOW_LOG for each: socket, bytes. */
int setsockopt( int fd, int level, int name, const void *value, socklen_t size )
{
    FILE *log;

    if (level == IPPROTO_TCP && name == TCP_WINDOW_CLAMP && (log = fopen( getenv( "WINDOW_LOG" ), "a" )))
    {
        fprintf( log, "%d %d\n", fd, *(const int *)value );
        fclose( log );
    }
    return syscall( SYS_setsockopt, fd, level, name, value, size );
}
