/*
 * Proxies that the user has configured for all programs
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

#include "transfer/options.h"
#include "transfer/private.h"

#include <winhttp.h>

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

/* --- scripts ----------------------------------------------------------------------------------------------------- */

/* A question to WinHTTP, which may wait for a server for any time and cannot be stopped: so it is asked on a thread of
 * its own, which is left alone when nobody wants the answer any more. */
struct query
{
    LONG refs;          /* the asker's and the thread's */
    HANDLE done;
    WCHAR *url;
    WCHAR *script;      /* NULL: WPAD */
    BOOL answered;      /* before done */
    WCHAR *list;        /* of proxies; NULL: none is needed */
};

static void query_release( struct query *query )
{
    if (InterlockedDecrement( &query->refs )) return;
    if (query->done) CloseHandle( query->done );
    if (query->list) GlobalFree( query->list );
    free( query->url );
    free( query->script );
    free( query );
}

static DWORD CALLBACK query_proc( void *context )
{
    WINHTTP_AUTOPROXY_OPTIONS options = { 0 };
    struct query *query = context;
    WINHTTP_PROXY_INFO info;
    HINTERNET session;

    options.dwFlags = query->script ? WINHTTP_AUTOPROXY_CONFIG_URL : WINHTTP_AUTOPROXY_AUTO_DETECT;
    if (!query->script) options.dwAutoDetectFlags = WINHTTP_AUTO_DETECT_TYPE_DHCP | WINHTTP_AUTO_DETECT_TYPE_DNS_A;
    options.lpszAutoConfigUrl = query->script;
    if ((session = WinHttpOpen( NULL, WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0 )))
    {
        if ((query->answered = WinHttpGetProxyForUrl( session, query->url, &options, &info )))
        {
            query->list = info.lpszProxy;
            if (info.lpszProxyBypass) GlobalFree( info.lpszProxyBypass );
        }
        WinHttpCloseHandle( session );
    }
    SetEvent( query->done );
    query_release( query );
    return 0;
}

/* S_OK; S_FALSE: no answer within the time; E_ABORT, E_OUTOFMEMORY. */
static HRESULT query_wait( struct query *query, HANDLE abort )
{
    HANDLE handles[2] = { abort, query->done }, thread;
    DWORD result;

    query->refs++;
    if (!(thread = CreateThread( NULL, 0, query_proc, query, 0, NULL )))
    {
        query->refs--;
        return E_OUTOFMEMORY;
    }
    CloseHandle( thread );
    result = WaitForMultipleObjects( 2, handles, FALSE, PROXY_SCRIPT_TIME );
    if (result == WAIT_OBJECT_0) return E_ABORT;
    return result == WAIT_OBJECT_0 + 1 && query->answered ? S_OK : S_FALSE;
}

HRESULT proxy_of_script( const WCHAR *script, const char *url, HANDLE abort, char **proxy )
{
    struct query *query;
    char *list = NULL;
    HRESULT hr;

    *proxy = NULL;
    if (!(query = calloc( 1, sizeof(*query) ))) return E_OUTOFMEMORY;
    query->refs = 1;
    query->done = CreateEventW( NULL, TRUE, FALSE, NULL );
    query->script = wstr_dup( script );
    if (!query->done || (script && !query->script)) hr = E_OUTOFMEMORY;
    else if (SUCCEEDED(hr = wstr_from_utf8( url, strlen( url ), &query->url )) &&
             (hr = query_wait( query, abort )) == S_OK && query->list &&
             SUCCEEDED(hr = wstr_to_utf8( query->list, &list )))
        hr = proxy_choose( list, NULL, url, FALSE, proxy );
    free( list );
    query_release( query );
    return hr;
}

static HRESULT proxy_of_server( const struct settings *settings, const char *url, char **proxy )
{
    char *list = NULL, *bypass = NULL;
    HRESULT hr;

    if (SUCCEEDED(hr = wstr_to_utf8( settings->proxies, &list )) &&
        (!settings->bypass || SUCCEEDED(hr = wstr_to_utf8( settings->bypass, &bypass ))))
        hr = proxy_choose( list, bypass, url, FALSE, proxy );
    free( list );
    free( bypass );
    return hr;
}

HRESULT proxy_of_settings( const struct settings *settings, const char *url, HANDLE abort, char **proxy )
{
    HRESULT hr = S_FALSE;

    *proxy = NULL;
    if (settings->script) hr = proxy_of_script( settings->script, url, abort, proxy );
    if (hr == S_FALSE && settings->proxies) hr = proxy_of_server( settings, url, proxy );
    TRACE( "script %s, proxies %s: %#lx.\n", debugstr_w( settings->script ), debugstr_w( settings->proxies ), hr );
    return hr;
}
