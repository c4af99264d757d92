/*
 * Background orders yield: samples for pace.c, and what it says done to their sockets
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

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <limits.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "agent.h"

#define FRAME_OVERHEAD  66      /* bytes around a segment: Ethernet, IPv4 and TCP with timestamps */
#define MAX_INTERVAL    (4 * PACE_INTERVAL)

/* The sockets that libcurl has open.  It does not tell which of them a transfer goes over before that is done. */
struct steer_socket
{
    struct steer_socket *next;
    int fd;
};

static void set_clamp( int fd, int clamp )
{
    setsockopt( fd, IPPROTO_TCP, TCP_WINDOW_CLAMP, &clamp, sizeof(clamp) );
}

/* The address without port and scope, its size in bytes; NULL for one that is not of the Internet. */
static const void *host_of( const struct sockaddr *address, size_t *size )
{
    *size = address->sa_family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr);
    if (address->sa_family == AF_INET) return &((const struct sockaddr_in *)address)->sin_addr;
    return address->sa_family == AF_INET6 ? &((const struct sockaddr_in6 *)address)->sin6_addr : NULL;
}

static unsigned int port_of( const struct sockaddr *address )
{
    return ntohs( address->sa_family == AF_INET ? ((const struct sockaddr_in *)address)->sin_port
                                                : ((const struct sockaddr_in6 *)address)->sin6_port );
}

static int is_same_host( const struct sockaddr *a, const struct sockaddr *b )
{
    const void *host;
    size_t size;

    return a && a->sa_family == b->sa_family && (host = host_of( a, &size )) && !memcmp( host, host_of( b, &size ), size );
}

/* The interface with the socket's address; empty for loopback, where programs only talk to each other. */
static void find_interface( int fd, char *name )
{
    struct sockaddr_storage address;
    socklen_t size = sizeof(address);
    struct ifaddrs *list, *entry;

    *name = 0;
    if (getsockname( fd, (struct sockaddr *)&address, &size ) || getifaddrs( &list )) return;
    for (entry = list; entry; entry = entry->ifa_next)
        if (is_same_host( entry->ifa_addr, (struct sockaddr *)&address )) break;
    if (entry && !(entry->ifa_flags & IFF_LOOPBACK)) snprintf( name, IFNAMSIZ, "%s", entry->ifa_name );
    freeifaddrs( list );
}

/* Bytes that have come by the interface; 0 if that cannot be told. */
static uint64_t interface_received( const char *name )
{
    char line[256], *at, *colon;
    uint64_t bytes = 0;
    FILE *file;

    if (!*name || !(file = fopen( "/proc/self/net/dev", "re" ))) return 0;
    while (fgets( line, sizeof(line), file ))
    {
        at = line + strspn( line, " " );
        if (!(colon = strchr( at, ':' ))) continue;
        *colon = 0;
        if (strcmp( at, name )) continue;
        bytes = strtoull( colon + 1, NULL, 10 );
        break;
    }
    fclose( file );
    return bytes;
}

/* Bytes that came by the interface since last time and are not the connection's. */
static uint64_t count_others( struct steer *steer, const struct tcp_info *info, uint64_t received )
{
    uint64_t total = interface_received( steer->interface ), all = total - steer->interface_bytes, own;

    if (!total || !steer->interface_bytes || total < steer->interface_bytes) all = 0;
    steer->interface_bytes = total;
    own = info->tcpi_rcv_mss ? received + received * FRAME_OVERHEAD / info->tcpi_rcv_mss : received;
    return all > own ? all - own : 0;
}

/* The first sample of a connection, and the first after a while without a body, are only where the next starts from. */
static void take_sample( struct steer *steer, int fd, uint64_t now )
{
    struct pace_sample sample = { .now = now, .interval = now - steer->sampled };
    struct tcp_info info = { 0 };
    socklen_t size = sizeof(info);
    int unread = 0, fresh;

    if (getsockopt( fd, IPPROTO_TCP, TCP_INFO, &info, &size )) return;
    ioctl( fd, SIOCINQ, &unread );
    if ((fresh = fd != steer->socket)) find_interface( fd, steer->interface );
    sample.received = info.tcpi_bytes_received - steer->received;
    sample.others = count_others( steer, &info, sample.received );
    sample.segment = info.tcpi_rcv_mss;
    sample.rtt = info.tcpi_rcv_rtt;
    sample.behind = (uint32_t)unread > steer->pace.clamp / 2;
    steer->socket = fd;
    steer->received = info.tcpi_bytes_received;
    steer->sampled = now;
    if (!fresh && sample.interval <= MAX_INTERVAL) pace_update( &steer->pace, &sample );
}

/* What is known of one path does not count on another. */
static void begin_path( struct steer *steer, const char *peer )
{
    if (!strcmp( peer, steer->peer )) return;
    snprintf( steer->peer, sizeof(steer->peer), "%s", peer );
    pace_init( &steer->pace );
}

void steer_init( struct steer *steer )
{
    pace_init( &steer->pace );
    steer->socket = -1;
}

static int is_between( int fd, int local_port, const char *peer, int peer_port )
{
    struct sockaddr_storage local, remote;
    socklen_t local_size = sizeof(local), remote_size = sizeof(remote);
    const void *host;
    char text[INET6_ADDRSTRLEN];
    size_t size;

    if (getsockname( fd, (struct sockaddr *)&local, &local_size )) return 0;
    if (getpeername( fd, (struct sockaddr *)&remote, &remote_size )) return 0;
    return (host = host_of( (struct sockaddr *)&remote, &size )) &&
           port_of( (struct sockaddr *)&local ) == (unsigned int)local_port &&
           port_of( (struct sockaddr *)&remote ) == (unsigned int)peer_port &&
           inet_ntop( remote.ss_family, host, text, sizeof(text) ) && !strcmp( text, peer );
}

int steer_open( struct agent *agent, int fd )
{
    struct steer_socket *socket;

    if (!(socket = malloc( sizeof(*socket) ))) return 0;
    socket->fd = fd;
    socket->next = agent->steer.sockets;
    agent->steer.sockets = socket;
    return 1;
}

void steer_close( struct agent *agent, int fd )
{
    struct steer_socket **link, *socket;
    struct order *order;

    for (order = agent->orders; order; order = order->next) if (order->socket == fd) order->socket = -1;
    if (agent->steer.socket == fd) agent->steer.socket = -1;
    for (link = &agent->steer.sockets; (socket = *link)->fd != fd; link = &socket->next) {}
    *link = socket->next;
    free( socket );
}

void steer_request( struct order *order, int local_port, const char *peer, int peer_port )
{
    struct steer *steer = &order->agent->steer;
    struct steer_socket *socket = steer->sockets;

    while (socket && !is_between( socket->fd, local_port, peer, peer_port )) socket = socket->next;
    order->socket = socket ? socket->fd : -1;
    if (!(order->flags & WIRE_FLAG_BACKGROUND))
    {
        set_clamp( order->socket, INT_MAX );
        return;
    }
    begin_path( steer, peer );
    set_clamp( order->socket, steer->pace.clamp );
}

static int is_steered( const struct order *order )
{
    return (order->flags & WIRE_FLAG_BACKGROUND) && order->phase == ORDER_BODY && order->socket >= 0;
}

uint64_t steer_tick( struct agent *agent, uint64_t now )
{
    struct steer *steer = &agent->steer;
    struct order *order, *first = NULL;
    uint64_t due = (steer->sampled + PACE_INTERVAL) / 1000;

    for (order = agent->orders; order; order = order->next)
        if (is_steered( order ) && (!first || order->socket == steer->socket)) first = order;
    if (!first) return 0;
    if (first->socket == steer->socket && due > now) return due;
    take_sample( steer, first->socket, agent_now_us() );
    for (order = agent->orders; order; order = order->next)
        if (is_steered( order )) set_clamp( order->socket, steer->pace.clamp );
    return (agent_now_us() + PACE_INTERVAL) / 1000;
}
