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

#define MAX_CONNECTIONS 64

static SOCKET listener = INVALID_SOCKET;
static SOCKET connections[MAX_CONNECTIONS];
static HANDLE threads[MAX_CONNECTIONS], accept_thread;
static unsigned int connection_count, port;
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

/* HEAD, GET, and GET with "Range: bytes=A-" or "bytes=A-B". */
static void send_file( SOCKET s, const char *request, UINT64 size, BOOL hang )
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
    if (hang) WaitForSingleObject( stopping, INFINITE );
    else send_pattern( s, from, end );
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

static void answer( SOCKET s, const char *request )
{
    const char *path = strchr( request, ' ' );
    char location[128];

    if (!path) return;
    path++;
    if (!strncmp( path, "/file/", 6 )) send_file( s, request, strtoull( path + 6, NULL, 10 ), FALSE );
    else if (!strncmp( path, "/hang/", 6 )) send_file( s, request, strtoull( path + 6, NULL, 10 ), TRUE );
    else if (!strncmp( path, "/status/", 8 )) send_status( s, request, strtoul( path + 8, NULL, 10 ), "" );
    else if (!strncmp( path, "/redirect/", 10 ))
    {
        sprintf( location, "Location: http://127.0.0.1:%u/file/%lu\r\n", port, strtoul( path + 10, NULL, 10 ) );
        send_status( s, request, 302, location );
    }
    else send_status( s, request, 404, "" );
}

static DWORD WINAPI connection_proc( void *arg )
{
    SOCKET s = connections[(UINT_PTR)arg];
    char request[8192];
    int size = 0, got;

    while (size < sizeof(request) - 1 && (got = recv( s, request + size, sizeof(request) - 1 - size, 0 )) > 0)
    {
        size += got;
        request[size] = 0;
        if (!strstr( request, "\r\n\r\n" )) continue;
        answer( s, request );
        break;
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
    connection_count = 0;
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
        shutdown( connections[i], SD_BOTH );
        WaitForSingleObject( threads[i], INFINITE );
        CloseHandle( threads[i] );
        closesocket( connections[i] );
    }
    CloseHandle( stopping );
    DeleteCriticalSection( &lock );
    WSACleanup();
}

const WCHAR *server_url( const char *path )
{
    static WCHAR urls[8][128];
    static unsigned int next;
    WCHAR *url = urls[next++ % ARRAY_SIZE(urls)];

    swprintf( url, ARRAY_SIZE(urls[0]), L"http://127.0.0.1:%u%hs", port, path );
    return url;
}
