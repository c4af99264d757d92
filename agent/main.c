/*
 * The agent's start and its loop
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
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"

#define IDLE_CONNECTIONS    16      /* kept open between orders */
#define PERFORM_TIME        2000    /* us: the service is not to wait longer for its turn */

uint64_t agent_now_us( void )
{
    struct timespec now;

    clock_gettime( CLOCK_MONOTONIC, &now );
    return (uint64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int agent_start_thread( void *(*proc)( void * ), void *context )
{
    sigset_t all, old;
    pthread_t thread;
    int ret;

    sigfillset( &all );
    pthread_sigmask( SIG_SETMASK, &all, &old );
    if (!(ret = pthread_create( &thread, NULL, proc, context ))) pthread_detach( thread );
    pthread_sigmask( SIG_SETMASK, &old, NULL );
    return ret;
}

static int handle_frame( struct agent *agent, const struct wire_frame *frame )
{
    switch (frame->type)
    {
    case WIRE_ORDER:
        return order_start( agent, frame );
    case WIRE_GO:
        order_go( agent, frame );
        return 1;
    case WIRE_CANCEL:
        order_cancel( agent, frame->order );
        return 1;
    default: /* HELLO, checked by wire_read() */
        return 1;
    }
}

static void finish_transfers( struct agent *agent )
{
    struct order *order;
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read( agent->multi, &left )))
    {
        if (message->msg != CURLMSG_DONE) continue;
        curl_easy_getinfo( message->easy_handle, CURLINFO_PRIVATE, (char **)&order );
        if (order) order_done( order, message->data.result );
        else revocation_fetched( agent, message->easy_handle, message->data.result );
    }
}

static void collect_flushes( struct agent *agent )
{
    struct durable_result result;

    while (durable_collect( agent->durable, &result )) order_flushed( agent, &result );
}

/* Tells the service now and then that there is nothing to do, and whoever is not needed may go; returns when to call again. */
static uint64_t idle_tick( struct agent *agent, uint64_t now )
{
    struct wire_writer event;

    if (agent->orders || !agent->idle_since) agent->idle_since = now;
    if (agent->orders) return 0;
    if (now >= agent->idle_since + WIRE_IDLE_TIME)
    {
        link_begin( &agent->link, &event, WIRE_IDLE, 0 );
        link_send( &agent->link, &event );
        agent->idle_since = now;
    }
    return agent->idle_since + WIRE_IDLE_TIME;
}

/* While bytes come they are taken without asking what is ready, which would cost as much as taking them. */
static CURLMcode perform( struct agent *agent )
{
    uint64_t until = agent_now_us() + PERFORM_TIME, before;
    CURLMcode code;
    int running;

    do
    {
        before = agent->received;
        if ((code = curl_multi_perform( agent->multi, &running ))) return code;
    }
    while (running && agent->received != before && agent_now_us() < until);
    order_write_gathered( agent );
    return CURLM_OK;
}

/* Returns the exit code when the link is gone.  Orders still running then die with the process. */
static int run( struct agent *agent )
{
    struct curl_waitfd wait[] = { { .fd = agent->link.fd, .events = CURL_WAIT_POLLIN },
                                  { .fd = agent->link.orders[0], .events = CURL_WAIT_POLLIN },
                                  { .fd = agent->link.events[1], .events = CURL_WAIT_POLLOUT } };
    uint64_t now, next;
    CURLMcode code;
    int timeout;

    for (;;)
    {
        if ((code = perform( agent ))) break;
        finish_transfers( agent );
        collect_flushes( agent );
        now = agent_now();
        next = agent_earlier( order_tick( agent, now ), steer_tick( agent, now ) );
        next = agent_earlier( next, idle_tick( agent, now ) );
        link_flush( &agent->link );
        if (agent->link.broken) return 0;

        if (!next) timeout = INT_MAX;
        else timeout = next <= now ? 0 : (next - now < INT_MAX ? next - now : INT_MAX);
        wait[0].revents = wait[1].revents = wait[2].revents = 0;
        if ((code = curl_multi_poll( agent->multi, wait, link_has_unsent( &agent->link ) ? 3 : 2, timeout, NULL ))) break;
        if (wait[0].revents) agent->link.broken = 1;    /* the service has ended, or wants us to */
        else if (wait[1].revents) link_receive( &agent->link, handle_frame, agent );
        if (agent->link.broken) return 0;
    }
    fprintf( stderr, "winebits-agent: %s\n", curl_multi_strerror( code ) );
    return 1;
}

/* On the helper thread. */
static void wake_loop( void *context )
{
    curl_multi_wakeup( context );
}

static int init( struct agent *agent )
{
    int ret;

    if (curl_global_init( CURL_GLOBAL_DEFAULT )) return ENOMEM;
    if (!(agent->multi = curl_multi_init()) || !(agent->share = curl_share_init())) return ENOMEM;
    curl_multi_setopt( agent->multi, CURLMOPT_MAXCONNECTS, (long)IDLE_CONNECTIONS );
    curl_share_setopt( agent->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION );
    steer_init( &agent->steer );
    if ((ret = link_init( &agent->link, STDIN_FILENO ))) return ret;
    if (!(agent->durable = durable_create( wake_loop, agent->multi ))) return errno;
    return 0;
}

static const char usage[] =
    "Usage: winebits-agent [--journals | --help | --version]\n"
    "\n"
    "Transfers files over HTTP for the winebits service, the Background Intelligent\n"
    "Transfer Service for Wine, which starts it when needed.  It takes its orders\n"
    "from the socket that is its standard input and ends with it; there is nothing\n"
    "to be gained from starting it by hand.\n";

static int is_stream_socket( int fd )
{
    socklen_t size = sizeof(int);
    int type;

    return !getsockopt( fd, SOL_SOCKET, SO_TYPE, &type, &size ) && type == SOCK_STREAM;
}

int main( int argc, char *argv[] )
{
    static struct agent agent; /* reachable until the end: the orders of a broken link are not taken down one by one */
    int ret;

    if (argc == 2 && !strcmp( argv[1], "--version" ))
    {
        printf( "winebits-agent %s (%s)\n", WINEBITS_VERSION, curl_version() );
        return 0;
    }
    if (argc == 2 && !strcmp( argv[1], "--help" ))
    {
        fputs( usage, stdout );
        return 0;
    }
    if (argc > 2 || (argc == 2 && strcmp( argv[1], WIRE_JOURNALS )))
    {
        fprintf( stderr, "winebits-agent: unknown argument '%s'\n\n%s", argv[1], usage );
        return 2;
    }
    if (!is_stream_socket( STDIN_FILENO ))
    {
        fprintf( stderr, "winebits-agent: standard input is not a stream socket\n\n%s", usage );
        return 2;
    }

    if (argc == 2) return journals_run( STDIN_FILENO );

    signal( SIGPIPE, SIG_IGN );
    signal( SIGXFSZ, SIG_IGN ); /* a file that outgrows its limit is a failed write */
    if ((ret = init( &agent )))
    {
        fprintf( stderr, "winebits-agent: cannot start: %s\n", strerror( ret ) );
        return 1;
    }
    return run( &agent );
}
