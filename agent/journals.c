/*
 * Reading the journals of the service's queue
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

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent.h"

static int read_all( int fd, void *data, size_t size )
{
    ssize_t got;

    for (; size; data = (char *)data + got, size -= got)
    {
        do got = read( fd, data, size ); while (got < 0 && errno == EINTR);
        if (got <= 0) return 0;
    }
    return 1;
}

static int write_all( int fd, const void *data, size_t size )
{
    ssize_t put;

    for (; size; data = (const char *)data + put, size -= put)
    {
        do put = write( fd, data, size ); while (put < 0 && errno == EINTR);
        if (put < 0) return 0;
    }
    return 1;
}

/* Bytes that went to DATA, which is for one more than ROOM; 0 without any, or when there are more than ROOM.  Neither a
 * link is followed nor a pipe waited for. */
static size_t read_journal( int folder, const char *name, unsigned char *data, size_t room )
{
    int fd = openat( folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC );
    size_t size = 0;
    struct stat st;

    if (fd < 0) return 0;
    /* all of it or nothing: what looks torn is cut */
    if (!fstat( fd, &st ) && S_ISREG( st.st_mode ) && st.st_size > 0 && (size_t)st.st_size <= room &&
        read( fd, data, room + 1 ) == st.st_size)
        size = st.st_size;
    close( fd );
    return size;
}

/* BLOCK has WIRE_MAX_FOLDER bytes and one more; how many are used. */
static size_t read_folder( int directory, const char *name, unsigned char *block )
{
    int fd = openat( directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC );
    size_t used = 0, left, size;
    struct dirent *entry;
    DIR *dir;

    if (fd < 0) return 0;
    if (!(dir = fdopendir( fd )))
    {
        close( fd );
        return 0;
    }
    while ((entry = readdir( dir )))
    {
        if ((left = WIRE_MAX_FOLDER - used) <= WIRE_JOURNAL_HEADER) break;
        left -= WIRE_JOURNAL_HEADER;
        if (strlen( entry->d_name ) != WIRE_JOURNAL_NAME) continue;
        size = read_journal( fd, entry->d_name, block + used + WIRE_JOURNAL_HEADER,
                             left < WIRE_MAX_JOURNAL ? left : WIRE_MAX_JOURNAL );
        if (!size) continue;
        wire_store32( block + used, size );
        memcpy( block + used + 4, entry->d_name, WIRE_JOURNAL_NAME );
        used += WIRE_JOURNAL_HEADER + size;
    }
    closedir( dir );
    return used;
}

static int send_folders( int fd, int directory, uint32_t count, unsigned char *block )
{
    char names[WIRE_MAX_FOLDERS][WIRE_FOLDER_NAME], name[WIRE_FOLDER_NAME + 1] = "";
    size_t size;
    uint32_t i;

    if (!read_all( fd, names, count * WIRE_FOLDER_NAME )) return 0;
    for (i = 0; i < count; i++)
    {
        memcpy( name, names[i], WIRE_FOLDER_NAME );
        if (strspn( name, "0123456789ABCDEF" ) != WIRE_FOLDER_NAME) return 0;
        size = read_folder( directory, name, block + 4 );
        wire_store32( block, size );
        if (!write_all( fd, block, 4 + size )) return 0;
    }
    return 1;
}

int journals_run( int fd )
{
    unsigned char header[8], *block = NULL;
    char path[WIRE_MAX_DIRECTORY + 1];
    int directory = -1, ret = 1;
    uint32_t length, count;

    fcntl( fd, F_SETFL, 0 );    /* Wine's sockets do not wait */
    if (!read_all( fd, header, sizeof(header) )) return 1;
    length = wire_load32( header );
    count = wire_load32( header + 4 );
    if (length > WIRE_MAX_DIRECTORY || count > WIRE_MAX_FOLDERS || !read_all( fd, path, length )) return 1;
    path[length] = 0;
    if ((directory = open( path, O_RDONLY | O_DIRECTORY | O_CLOEXEC )) < 0) return 1;
    if ((block = malloc( 4 + WIRE_MAX_FOLDER + 1 ))) ret = !send_folders( fd, directory, count, block );
    free( block );
    close( directory );
    return ret;
}
