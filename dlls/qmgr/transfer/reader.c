/*
 * Reading many small files natively
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

#include "transfer/private.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

#define SILENCE     10000   /* ms, after which the files are read in another way */

struct reader
{
    SOCKET socket;
    DWORD start, end;                   /* what of the buffer has not been read */
    unsigned char buffer[0x10000];      /* Wine's recv() is slow, however little it gets */
};

static BOOL send_all( SOCKET socket, const void *data, size_t size )
{
    return send( socket, data, size, 0 ) == size;
}

/* What wire.h says, under "Journals". */
static BOOL send_request( SOCKET socket, const WCHAR *directory, const char *folders, ULONG count )
{
    char *path = unix_path( directory );
    unsigned char header[8];
    BOOL ret = FALSE;
    size_t length;

    if (path && (length = strlen( path )) <= WIRE_MAX_DIRECTORY)
    {
        wire_store32( header, length );
        wire_store32( header + 4, count );
        ret = send_all( socket, header, sizeof(header) ) && send_all( socket, path, length ) &&
              send_all( socket, folders, count * WIRE_FOLDER_NAME );
    }
    free( path );
    return ret;
}

void *reader_open( const WCHAR *directory, const char *folders, ULONG count )
{
    WCHAR *path = agent_path();
    struct reader *reader;
    DWORD time = SILENCE, error = ERROR_OUTOFMEMORY;

    TRACE( "%s, %p, %lu.\n", debugstr_w( directory ), folders, count );

    if (!(reader = calloc( 1, sizeof(*reader) )) || !path || (error = reader_spawn( path, &reader->socket )))
    {
        WARN( "No reader, error %lu.\n", error );
        free( reader );
        free( path );
        return NULL;
    }
    free( path );
    setsockopt( reader->socket, SOL_SOCKET, SO_RCVTIMEO, (const char *)&time, sizeof(time) );
    setsockopt( reader->socket, SOL_SOCKET, SO_SNDTIMEO, (const char *)&time, sizeof(time) );
    if (send_request( reader->socket, directory, folders, count )) return reader;
    reader_close( reader );
    return NULL;
}

BOOL reader_read( void *context, void *data, SIZE_T size )
{
    struct reader *reader = context;
    SIZE_T part;
    int got;

    for (; size; data = (char *)data + part, size -= part)
    {
        if (reader->start == reader->end)
        {
            if ((got = recv( reader->socket, (char *)reader->buffer, sizeof(reader->buffer), 0 )) <= 0) return FALSE;
            reader->start = 0;
            reader->end = got;
        }
        part = min( size, reader->end - reader->start );
        memcpy( data, reader->buffer + reader->start, part );
        reader->start += part;
    }
    return TRUE;
}

void reader_close( void *context )
{
    struct reader *reader = context;

    closesocket( reader->socket );
    free( reader );
}
