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

#include <winternl.h>

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

NTSTATUS NTAPI NtWriteFile( HANDLE file, HANDLE event, PIO_APC_ROUTINE apc, void *apc_context, IO_STATUS_BLOCK *io,
                            const void *buffer, ULONG length, LARGE_INTEGER *offset, ULONG *key );

/* Longer than a living agent needs to start on a busy machine, or to make room in its pipe. */
#define HELLO_TIME 60000
#define WRITE_TIME 5000

/* --- writing to the agent ----------------------------------------------------------------------------------------- */

/* The pipe is full, and the write goes on when there is room: but not for ever. */
static NTSTATUS wait_written( struct link *link, IO_STATUS_BLOCK *io )
{
    if (WaitForSingleObject( link->orders, WRITE_TIME ) != WAIT_OBJECT_0)
    {
        WARN( "The agent does not take its orders.\n" );
        CancelIoEx( link->orders, NULL );
        WaitForSingleObject( link->orders, INFINITE );
    }
    return io->Status;
}

/* WriteFile() would send a message to the wineserver each time, to say that it is done. */
static BOOL write_locked( struct link *link, const void *frames, SIZE_T length )
{
    LARGE_INTEGER offset = { .QuadPart = 0 };
    IO_STATUS_BLOCK io = { .Information = 0 };
    NTSTATUS status;

    status = NtWriteFile( link->orders, NULL, NULL, NULL, &io, frames, length, &offset, NULL );
    if (status == STATUS_PENDING) status = wait_written( link, &io );
    if (!status && io.Information == length) return TRUE;
    /* half a frame has no continuation */
    link_break( link );
    return FALSE;
}

/* --- what is sent before the agent's HELLO ------------------------------------------------------------------------ */

static void drop_held_locked( struct link *link )
{
    if (link->held) SecureZeroMemory( link->held, link->held_length );
    free( link->held );
    link->held = NULL;
    link->held_length = 0;
}

static BOOL hold_locked( struct link *link, const void *frames, SIZE_T length )
{
    BYTE *held;

    if (!(held = malloc( link->held_length + length ))) return FALSE;
    if (link->held) memcpy( held, link->held, link->held_length );
    memcpy( held + link->held_length, frames, length );
    length += link->held_length;
    drop_held_locked( link );
    link->held = held;
    link->held_length = length;
    return TRUE;
}

/* --- the link ----------------------------------------------------------------------------------------------------- */

HRESULT link_init( struct link *link, SOCKET socket )
{
    DWORD hello_time = HELLO_TIME;
    struct wire_writer hello;
    unsigned char frame[64];

    memset( link, 0, sizeof(*link) );
    InitializeSRWLock( &link->lock );
    link->socket = socket;
    link->reader.sender = WIRE_FROM_AGENT;
    wire_begin( &hello, frame, sizeof(frame), WIRE_HELLO, 0 );
    wire_put_u32( &hello, WIRE_TAG_VERSION, WIRE_VERSION );
    if ((link->buffer = malloc( WIRE_MAX_FRAME )) && hold_locked( link, frame, wire_end( &hello ) ))
    {
        setsockopt( socket, SOL_SOCKET, SO_RCVTIMEO, (const char *)&hello_time, sizeof(hello_time) );
        return S_OK;
    }
    free( link->buffer );
    link->buffer = NULL;
    return E_OUTOFMEMORY;
}

void link_close( struct link *link )
{
    if (link->events) CloseHandle( link->events );
    if (link->orders) CloseHandle( link->orders );
    closesocket( link->socket );
    drop_held_locked( link );
    free( link->buffer );
}

/* Wine's shutdown() wakes a recv() that waits for HELLO only by way of the other end, which may be the one that is stuck.
 * After it a new recv() fails at once.  Nothing wakes who uses a pipe but the end of the agent, which follows. */
void link_break( struct link *link )
{
    shutdown( link->socket, SD_BOTH );
    CancelIoEx( (HANDLE)link->socket, NULL );
}

BOOL link_send( struct link *link, const void *frames, SIZE_T length )
{
    BOOL ret;

    AcquireSRWLockExclusive( &link->lock );
    ret = link->orders ? write_locked( link, frames, length ) : hold_locked( link, frames, length );
    ReleaseSRWLockExclusive( &link->lock );
    return ret;
}

/* NULL: it cannot be opened. */
static HANDLE open_pipe( const struct wire_frame *hello, enum wire_tag tag, DWORD access, DWORD flags )
{
    WCHAR *path, *name = NULL;
    const char *string;
    size_t length;
    HANDLE pipe;

    string = wire_get_string( hello, tag, &length );
    if (SUCCEEDED(wstr_from_utf8( string, length, &path )))
    {
        name = unix_path_name( path, 0 );
        free( path );
    }
    if (!name) return NULL;
    pipe = CreateFileW( name, access, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, flags, NULL );
    if (pipe == INVALID_HANDLE_VALUE)
    {
        WARN( "%s cannot be opened, error %lu.\n", debugstr_w( name ), GetLastError() );
        pipe = NULL;
    }
    free( name );
    return pipe;
}

/* The agent's HELLO has come. */
static BOOL open_pipes( struct link *link, const struct wire_frame *hello )
{
    BOOL ret = FALSE;

    if (!(link->events = open_pipe( hello, WIRE_TAG_EVENTS, GENERIC_READ, 0 ))) return FALSE;
    AcquireSRWLockExclusive( &link->lock );
    if ((link->orders = open_pipe( hello, WIRE_TAG_ORDERS, GENERIC_WRITE, FILE_FLAG_OVERLAPPED )))
        ret = write_locked( link, link->held, link->held_length );
    drop_held_locked( link );
    ReleaseSRWLockExclusive( &link->lock );
    return ret;
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
        if (result == WIRE_READ_FRAME) return frame->type != WIRE_HELLO || open_pipes( link, frame );
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
