/*
 * Seeing networks come and go
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

/* Wine's service for the network's status always says "connected", and NotifyAddrChange() never answers there.  What it
 * does tell, for sockets of IPv4, is that the addresses of the machine have changed. */

#include <winsock2.h>
#include <ws2tcpip.h>
#include <iphlpapi.h>

#include "service/service.h"
#include "schedule/schedule.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

static SOCKET watch = INVALID_SOCKET;
static OVERLAPPED pending;

/* Such an address is there without anybody to speak to. */
static BOOL is_link_local( const struct sockaddr *address )
{
    if (address->sa_family == AF_INET6) return IN6_IS_ADDR_LINKLOCAL( &((const SOCKADDR_IN6 *)address)->sin6_addr );
    return (ntohl( ((const SOCKADDR_IN *)address)->sin_addr.s_addr ) >> 16) == 0xa9fe;  /* 169.254 */
}

static IP_ADAPTER_ADDRESSES *get_adapters(void)
{
    static const ULONG flags = GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_SKIP_DNS_SERVER;
    IP_ADAPTER_ADDRESSES *adapters = NULL;
    ULONG size = 0x4000, error;

    do
    {
        free( adapters );
        if (!(adapters = malloc( size ))) return NULL;
        error = GetAdaptersAddresses( AF_UNSPEC, flags, NULL, adapters, &size );
    }
    while (error == ERROR_BUFFER_OVERFLOW);
    if (!error) return adapters;

    WARN( "Error %lu.\n", error );
    free( adapters );
    return NULL;
}

static ULONG count_addresses( const IP_ADAPTER_ADDRESSES *adapter )
{
    const IP_ADAPTER_UNICAST_ADDRESS *address;
    ULONG count = 0;

    for (; adapter; adapter = adapter->Next)
    {
        if (adapter->IfType == IF_TYPE_SOFTWARE_LOOPBACK || adapter->OperStatus != IfOperStatusUp) continue;
        for (address = adapter->FirstUnicastAddress; address; address = address->Next)
            if (!is_link_local( address->Address.lpSockaddr )) count++;
    }
    return count;
}

void network_update(void)
{
    IP_ADAPTER_ADDRESSES *adapters;
    DWORD size;

    /* first, so that nothing is missed that changes meanwhile */
    if (WSAIoctl( watch, SIO_ADDRESS_LIST_CHANGE, NULL, 0, NULL, 0, &size, &pending, NULL ) &&
        WSAGetLastError() != WSA_IO_PENDING)
    {
        WARN( "Networks come and go unseen, error %d.\n", WSAGetLastError() );
        return;
    }
    if (!(adapters = get_adapters())) return;
    queue_set_network( count_addresses( adapters ) );
    free( adapters );
}

HRESULT network_start( HANDLE *event )
{
    if (!(*event = pending.hEvent = CreateEventW( NULL, FALSE, FALSE, NULL )))
        return HRESULT_FROM_WIN32( GetLastError() );
    watch = WSASocketW( AF_INET, SOCK_DGRAM, IPPROTO_UDP, NULL, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT );
    if (watch == INVALID_SOCKET) WARN( "Networks come and go unseen, error %d.\n", WSAGetLastError() );
    else network_update();
    return S_OK;
}

void network_stop(void)
{
    if (watch != INVALID_SOCKET) closesocket( watch );
    if (pending.hEvent) CloseHandle( pending.hEvent );
    watch = INVALID_SOCKET;
    pending.hEvent = NULL;
}
