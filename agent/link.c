/*
 * The socket and the pipes to the service: frames in, frames out, both bounded
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

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent.h"

static void *watch_end( void *context )
{
    const struct link *link = context;
    struct pollfd end = { link->fd, POLLRDHUP };

    while (poll( &end, 1, -1 ) < 1) {}
    usleep( LINK_GRACE * 1000 );
    if (!__atomic_load_n( &link->broken, __ATOMIC_RELAXED )) _exit( 0 );
    return NULL;
}

static void put_name( struct wire_writer *hello, enum wire_tag tag, int fd )
{
    char path[64];

    wire_put_string( hello, tag, path, snprintf( path, sizeof(path), "/proc/%ld/fd/%d", (long)getpid(), fd ) );
}

/* The one frame that goes through the socket; its buffer is still empty. */
static int say_hello( struct link *link )
{
    unsigned char buffer[256];
    struct wire_writer hello;
    ssize_t length;

    wire_begin( &hello, buffer, sizeof(buffer), WIRE_HELLO, 0 );
    wire_put_u32( &hello, WIRE_TAG_VERSION, WIRE_VERSION );
    put_name( &hello, WIRE_TAG_EVENTS, link->events[0] );
    put_name( &hello, WIRE_TAG_ORDERS, link->orders[1] );
    length = wire_end( &hello );
    return send( link->fd, buffer, length, MSG_DONTWAIT | MSG_NOSIGNAL ) == length ? 0 : EPIPE;
}

int link_init( struct link *link, int fd )
{
    memset( link, 0, sizeof(*link) );
    link->fd = fd;
    link->reader.sender = WIRE_FROM_SERVICE;
    link->out_size = WIRE_MAX_FRAME;
    if (!(link->in = malloc( WIRE_MAX_FRAME ))) return ENOMEM;
    if (!(link->out = malloc( link->out_size ))) return ENOMEM;
    if (pipe2( link->events, O_CLOEXEC | O_NONBLOCK ) || pipe2( link->orders, O_CLOEXEC | O_NONBLOCK )) return errno;
    if (say_hello( link )) link->broken = 1;
    return agent_start_thread( watch_end, link );
}

/* Hand over the whole frames at the start of the buffer and keep the rest. */
static void read_frames( struct link *link, int (*handle)( struct agent *agent, const struct wire_frame *frame ),
                         struct agent *agent )
{
    enum wire_read_result result = WIRE_READ_MORE;
    struct wire_frame frame;
    size_t done = 0, used;

    while (!link->broken &&
           (result = wire_read( &link->reader, link->in + done, link->in_used - done, &frame, &used )) == WIRE_READ_FRAME)
    {
        if (!handle( agent, &frame )) link->broken = 1;
        done += used;
    }
    if (result == WIRE_READ_MALFORMED) link->broken = 1;
    memmove( link->in, link->in + done, link->in_used - done );
    link->in_used -= done;
}

void link_receive( struct link *link, int (*handle)( struct agent *agent, const struct wire_frame *frame ),
                   struct agent *agent )
{
    size_t room;
    ssize_t got;

    do
    {
        room = WIRE_MAX_FRAME - link->in_used;
        got = read( link->orders[0], link->in + link->in_used, room );
        if (got > 0)
        {
            link->in_used += got;
            read_frames( link, handle, agent );
        }
        /* we hold the other end, too: it has no end of file */
        else if (!got || (errno != EAGAIN && errno != EINTR)) link->broken = 1;
    }
    while (!link->broken && got > 0 && (size_t)got == room);
}

/* Room for one more frame of any size at out_end. */
static int make_room( struct link *link )
{
    unsigned char *out;
    size_t size;

    if (link->out_start == link->out_end) link->out_start = link->out_end = 0;
    if (link->out_size - link->out_end >= WIRE_MAX_FRAME) return 1;

    memmove( link->out, link->out + link->out_start, link->out_end - link->out_start );
    link->out_end -= link->out_start;
    link->out_start = 0;
    if (link->out_size - link->out_end >= WIRE_MAX_FRAME) return 1;

    if (link->out_end > LINK_MAX_UNSENT) return 0;
    size = link->out_size + 2 * WIRE_MAX_FRAME;
    if (!(out = realloc( link->out, size ))) return 0;
    link->out = out;
    link->out_size = size;
    return 1;
}

void link_begin( struct link *link, struct wire_writer *event, enum wire_type type, uint32_t order )
{
    int ok = !link->broken && make_room( link );

    if (!ok) link->broken = 1;
    wire_begin( event, ok ? link->out + link->out_end : NULL, ok ? WIRE_MAX_FRAME : 0, type, order );
}

int link_send( struct link *link, struct wire_writer *event )
{
    size_t length = wire_end( event );

    link->out_end += length;
    return length != 0;
}

void link_flush( struct link *link )
{
    ssize_t sent;

    while (!link->broken && link_has_unsent( link ))
    {
        sent = write( link->events[1], link->out + link->out_start, link->out_end - link->out_start );
        if (sent >= 0) link->out_start += sent;
        else if (errno == EAGAIN || errno == EWOULDBLOCK) return;
        else if (errno != EINTR) link->broken = 1;
    }
}
