/*
 * The socket and the pipe between service and agent: frames in and out
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

/* Longer than any living agent needs to read what fits into the socket's buffers, and to start on a busy machine. */
#define SEND_TIME  5000
#define HELLO_TIME 60000

HRESULT link_init( struct link *link, SOCKET socket )
{
    DWORD hello_time = HELLO_TIME, send_time = SEND_TIME;
    struct wire_writer hello;
    unsigned char frame[64];

    memset( link, 0, sizeof(*link) );
    if (!(link->buffer = malloc( WIRE_MAX_FRAME ))) return E_OUTOFMEMORY;
    link->socket = socket;
    link->reader.sender = WIRE_FROM_AGENT;
    InitializeSRWLock( &link->lock );
    setsockopt( socket, SOL_SOCKET, SO_RCVTIMEO, (const char *)&hello_time, sizeof(hello_time) );
    setsockopt( socket, SOL_SOCKET, SO_SNDTIMEO, (const char *)&send_time, sizeof(send_time) );

    wire_begin( &hello, frame, sizeof(frame), WIRE_HELLO, 0 );
    wire_put_u32( &hello, WIRE_TAG_VERSION, WIRE_VERSION );
    link_send( link, frame, wire_end( &hello ) );   /* a broken link shows when it is read */
    return S_OK;
}

void link_close( struct link *link )
{
    if (link->events) CloseHandle( link->events );
    closesocket( link->socket );
    free( link->buffer );
}

/* Wine's shutdown() wakes a recv() that waits for HELLO only by way of the other end, which may be the one that is stuck.
 * After it a new recv() fails at once.  Nothing wakes who reads the pipe but the end of the agent, which follows. */
void link_break( struct link *link )
{
    shutdown( link->socket, SD_BOTH );
    CancelIoEx( (HANDLE)link->socket, NULL );
}

BOOL link_send( struct link *link, const void *frames, SIZE_T length )
{
    SIZE_T done = 0;
    BOOL ret;
    int sent;

    AcquireSRWLockExclusive( &link->lock );
    while (done < length)
    {
        if ((sent = send( link->socket, (const char *)frames + done, length - done, 0 )) <= 0) break;
        done += sent;
    }
    ret = done == length;
    /* half a frame has no continuation */
    if (done && !ret) link_break( link );
    ReleaseSRWLockExclusive( &link->lock );
    return ret;
}

static BOOL open_events( struct link *link, const struct wire_frame *hello )
{
    WCHAR *path, *name = NULL;
    const char *string;
    size_t length;

    string = wire_get_string( hello, WIRE_TAG_EVENTS, &length );
    if (SUCCEEDED(wstr_from_utf8( string, length, &path )))
    {
        name = unix_path_name( path, 0 );
        free( path );
    }
    if (!name) return FALSE;
    link->events = CreateFileW( name, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL );
    if (link->events == INVALID_HANDLE_VALUE)
    {
        WARN( "%s cannot be opened, error %lu.\n", debugstr_w( name ), GetLastError() );
        link->events = NULL;
    }
    free( name );
    return link->events != NULL;
}

/* HELLO comes through the socket.  Bytes, 0 at the end, -1 after an error. */
static int receive( struct link *link, void *buffer, SIZE_T size )
{
    DWORD got;

    if (!link->events) return recv( link->socket, buffer, size, 0 );
    return ReadFile( link->events, buffer, size, &got, NULL ) ? got : -1;
}

BOOL link_read( struct link *link, struct wire_frame *frame )
{
    enum wire_read_result result;
    size_t used;
    int got;

    for (;;)
    {
        result = wire_read( &link->reader, link->buffer + link->start, link->end - link->start, frame, &used );
        link->start += used;
        if (result == WIRE_READ_FRAME) return frame->type != WIRE_HELLO || open_events( link, frame );
        if (result == WIRE_READ_MALFORMED)
        {
            link->malformed = TRUE;
            return FALSE;
        }
        memmove( link->buffer, link->buffer + link->start, link->end - link->start );
        link->end -= link->start;
        link->start = 0;
        if ((got = receive( link, link->buffer + link->end, WIRE_MAX_FRAME - link->end )) <= 0) return FALSE;
        link->end += got;
    }
}
