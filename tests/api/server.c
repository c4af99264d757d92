/*
 * A small HTTP server for the API tests
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

#include "util.h"

#define MAX_CONNECTIONS 256

static SOCKET listener = INVALID_SOCKET;
static SOCKET connections[MAX_CONNECTIONS];
static HANDLE threads[MAX_CONNECTIONS], accept_thread;
static unsigned int connection_count, port;
static char *requests[MAX_CONNECTIONS];     /* of all connections, once they are whole; NULL before */
static LONG unready;            /* how often /unready/ was asked for */
static HANDLE stopping;
static CRITICAL_SECTION lock;

static BOOL send_all( SOCKET s, const char *data, int size )
{
    int sent;

    for (; size; data += sent, size -= sent)
        if ((sent = send( s, data, size, 0 )) <= 0) return FALSE;
    return TRUE;
}

static void send_text( SOCKET s, const char *text )
{
    send_all( s, text, strlen( text ) );
}

static void send_pattern( SOCKET s, UINT64 from, UINT64 end )
{
    char data[8192];
    int count, i;

    for (; from < end; from += count)
    {
        count = min( end - from, sizeof(data) );
        for (i = 0; i < count; i++) data[i] = file_pattern( from + i );
        if (!send_all( s, data, count )) return;
    }
}

/* How a file is sent: as it should be; nothing of it until server_stop(); or half of it, and then the end. */
enum manner { WHOLE, HANG, HALF };

/* HEAD, GET, and GET with "Range: bytes=A-" or "bytes=A-B". */
static void send_file( SOCKET s, const char *request, UINT64 size, enum manner manner )
{
    const char *range = strstr( request, "\r\nRange: bytes=" );
    UINT64 from = 0, end = size;
    char header[512], *rest;

    if (range)
    {
        from = strtoull( range + 15, &rest, 10 );
        if (*rest == '-' && rest[1] >= '0' && rest[1] <= '9') end = min( strtoull( rest + 1, NULL, 10 ) + 1, size );
    }
    sprintf( header, "HTTP/1.1 %s\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\nAccept-Ranges: bytes\r\n"
             "Content-Length: %llu\r\nConnection: close\r\n", range ? "206 Partial Content" : "200 OK", end - from );
    if (range) sprintf( header + strlen( header ), "Content-Range: bytes %llu-%llu/%llu\r\n", from, end - 1, size );
    strcat( header, "\r\n" );
    send_text( s, header );
    if (!strncmp( request, "HEAD ", 5 )) return;
    if (manner == HANG) WaitForSingleObject( stopping, INFINITE );
    else send_pattern( s, from, manner == WHOLE ? end : from + (end - from) / 2 );
}

static void send_status( SOCKET s, const char *request, unsigned int status, const char *more )
{
    static const char body[] = "This is not the file that was asked for.\r\n";
    char header[512];

    sprintf( header, "HTTP/1.1 %u Test\r\n%sContent-Length: %u\r\nConnection: close\r\n\r\n", status, more,
             (unsigned int)sizeof(body) - 1 );
    send_text( s, header );
    if (strncmp( request, "HEAD ", 5 )) send_text( s, body );
}

/* No length, neither by a header nor by chunks. */
static void send_endless( SOCKET s, const char *request )
{
    send_text( s, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" );
    if (strncmp( request, "HEAD ", 5 )) send_pattern( s, 0, 1000 );
}

/* The file for whoever shows NAME with HEADER, which begins so; a challenge for everybody else. */
static void send_protected( SOCKET s, const char *request, UINT64 size, UINT status, const char *challenge,
                            const char *header )
{
    if (strstr( request, header )) send_file( s, request, size, WHOLE );
    else send_status( s, request, status, challenge );
}

/* Somebody takes this server for a proxy: PATH is that of a URL for another host.  Those whose name begins with "login"
 * have to know the password, those with "digest" the user. */
static void answer_as_proxy( SOCKET s, const char *request, const char *host )
{
    const char *path = strchr( host, '/' ), *slash = path ? strchr( path + 1, '/' ) : NULL;
    UINT64 size = slash ? strtoul( slash + 1, NULL, 10 ) : 0;

    if (!strncmp( host, "digest", 6 ))
        send_protected( s, request, size, 407, "Proxy-Authenticate: Digest realm=\"proxy\", nonce=\"1\"\r\n",
                        "\r\nProxy-Authorization: Digest username=\"user\"" );
    else if (!strncmp( host, "login", 5 ))
        send_protected( s, request, size, 407, "Proxy-Authenticate: Basic realm=\"proxy\"\r\n",
                        "\r\nProxy-Authorization: Basic dXNlcjpwYXNzd29yZA==\r\n" );
    else send_file( s, request, size, WHOLE );
}

/* Returns whether the connection is to be reset, not closed. */
static BOOL answer( SOCKET s, const char *request )
{
    const char *path = strchr( request, ' ' ), *slash;
    unsigned long number;
    char location[128];

    if (!path) return FALSE;
    path++;
    if (!strncmp( path, "http://", 7 ))
    {
        answer_as_proxy( s, request, path + 7 );
        return FALSE;
    }
    slash = strchr( path + 1, '/' );
    number = slash ? strtoul( slash + 1, NULL, 10 ) : 0;
    if (!strncmp( path, "/file/", 6 )) send_file( s, request, number, WHOLE );
    else if (!strncmp( path, "/hang/", 6 )) send_file( s, request, number, HANG );
    else if (!strncmp( path, "/short/", 7 )) send_file( s, request, number, HALF );
    else if (!strncmp( path, "/reset/", 7 ))
    {
        send_file( s, request, number, HALF );
        return strncmp( request, "HEAD ", 5 ) != 0;
    }
    else if (!strncmp( path, "/endless", 8 )) send_endless( s, request );
    else if (!strncmp( path, "/garbage", 8 )) send_text( s, "\1\2\3 nothing like HTTP \r\n\r\n" );
    else if (!strncmp( path, "/basic/", 7 ))
        send_protected( s, request, number, 401, "WWW-Authenticate: Basic realm=\"server\"\r\n",
                        "\r\nAuthorization: Basic dXNlcjpwYXNzd29yZA==\r\n" );
    else if (!strncmp( path, "/digest/", 8 ))
        send_protected( s, request, number, 401, "WWW-Authenticate: Digest realm=\"server\", nonce=\"1\"\r\n",
                        "\r\nAuthorization: Digest username=\"user\"" );
    else if (!strncmp( path, "/whole/", 7 ))
        send_file( s, strncmp( request, "HEAD ", 5 ) ? "GET " : "HEAD ", number, WHOLE );
    else if (!strncmp( path, "/unready/", 9 ))
    {
        if (InterlockedIncrement( &unready ) == 1) send_status( s, request, 503, "" );
        else send_file( s, request, number, WHOLE );
    }
    else if (!strncmp( path, "/status/", 8 )) send_status( s, request, number, "" );
    else if (!strncmp( path, "/redirect/", 10 ))
    {
        sprintf( location, "Location: http://127.0.0.1:%u/file/%lu\r\n", port, number );
        send_status( s, request, 302, location );
    }
    else send_status( s, request, 404, "" );
    return FALSE;
}

/* The other side gets a reset: the connection is closed with nothing in its way. */
static void reset( unsigned int index )
{
    struct linger linger = { 1, 0 };

    EnterCriticalSection( &lock );
    setsockopt( connections[index], SOL_SOCKET, SO_LINGER, (const char *)&linger, sizeof(linger) );
    closesocket( connections[index] );
    connections[index] = INVALID_SOCKET;
    LeaveCriticalSection( &lock );
}

static DWORD WINAPI connection_proc( void *arg )
{
    unsigned int index = (UINT_PTR)arg;
    SOCKET s = connections[index];
    char request[8192];
    int size = 0, got;

    while (size < sizeof(request) - 1 && (got = recv( s, request + size, sizeof(request) - 1 - size, 0 )) > 0)
    {
        size += got;
        request[size] = 0;
        if (!strstr( request, "\r\n\r\n" )) continue;
        EnterCriticalSection( &lock );
        requests[index] = strdup( request );
        LeaveCriticalSection( &lock );
        if (!answer( s, request )) break;
        reset( index );
        return 0;
    }
    shutdown( s, SD_SEND );
    /* the client closes first, so that it gets all */
    while (recv( s, request, sizeof(request), 0 ) > 0);
    return 0;
}

static DWORD WINAPI accept_proc( void *arg )
{
    SOCKET s;

    while ((s = accept( listener, NULL, NULL )) != INVALID_SOCKET)
    {
        EnterCriticalSection( &lock );
        if (connection_count < MAX_CONNECTIONS)
        {
            connections[connection_count] = s;
            threads[connection_count] = CreateThread( NULL, 0, connection_proc, (void *)(UINT_PTR)connection_count, 0,
                                                      NULL );
            connection_count++;
        }
        else closesocket( s );
        LeaveCriticalSection( &lock );
    }
    return 0;
}

BOOL server_start(void)
{
    struct sockaddr_in address = { AF_INET };
    int size = sizeof(address);
    WSADATA data;

    WSAStartup( MAKEWORD(2, 2), &data );
    InitializeCriticalSection( &lock );
    stopping = CreateEventW( NULL, TRUE, FALSE, NULL );
    connection_count = unready = 0;
    address.sin_addr.s_addr = htonl( INADDR_LOOPBACK );
    listener = socket( AF_INET, SOCK_STREAM, IPPROTO_TCP );
    if (bind( listener, (struct sockaddr *)&address, sizeof(address) ) || listen( listener, 16 ) ||
        getsockname( listener, (struct sockaddr *)&address, &size ))
    {
        ok( 0, "no server, got error %d.\n", WSAGetLastError() );
        return FALSE;
    }
    port = ntohs( address.sin_port );
    accept_thread = CreateThread( NULL, 0, accept_proc, NULL, 0, NULL );
    return TRUE;
}

void server_stop(void)
{
    unsigned int i;

    SetEvent( stopping );
    shutdown( listener, SD_BOTH );
    closesocket( listener );
    WaitForSingleObject( accept_thread, INFINITE );
    CloseHandle( accept_thread );
    for (i = 0; i < connection_count; i++)
    {
        EnterCriticalSection( &lock );
        if (connections[i] != INVALID_SOCKET) shutdown( connections[i], SD_BOTH );
        LeaveCriticalSection( &lock );
        WaitForSingleObject( threads[i], INFINITE );
        CloseHandle( threads[i] );
        if (connections[i] != INVALID_SOCKET) closesocket( connections[i] );
        free( requests[i] );
        requests[i] = NULL;
    }
    CloseHandle( stopping );
    DeleteCriticalSection( &lock );
    WSACleanup();
}

UINT server_count( const char *start, const char *line )
{
    UINT i, count = 0;

    EnterCriticalSection( &lock );
    for (i = 0; i < connection_count; i++)
    {
        if (!requests[i] || strncmp( requests[i], start, strlen( start ) )) continue;
        if (!line || strstr( requests[i], line )) count++;
    }
    LeaveCriticalSection( &lock );
    return count;
}

const WCHAR *server_proxy(void)
{
    static WCHAR proxy[32];

    swprintf( proxy, ARRAY_SIZE(proxy), L"127.0.0.1:%u", port );
    return proxy;
}

const WCHAR *server_url( const char *path )
{
    static WCHAR urls[8][128];
    static unsigned int next;
    WCHAR *url = urls[next++ % ARRAY_SIZE(urls)];

    swprintf( url, ARRAY_SIZE(urls[0]), L"http://127.0.0.1:%u%hs", port, path );
    return url;
}
