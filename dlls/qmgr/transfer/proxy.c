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

/* As proxy_of_settings(); SCRIPT NULL: WPAD. */
static HRESULT proxy_of_script( const WCHAR *script, const char *url, HANDLE abort, char **proxy )
{
    struct query *query;
    char *list = NULL;
    HRESULT hr;

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

static const WCHAR settings_name[] = L"Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings";

/* --- settings ---------------------------------------------------------------------------------------------------- */

struct settings
{
    WCHAR *script;
    WCHAR *list, *bypass;
};

/* NULL: missing, or empty. */
static WCHAR *read_string( HKEY key, const WCHAR *name )
{
    DWORD size = 0;
    WCHAR *value;

    if (RegGetValueW( key, NULL, name, RRF_RT_REG_SZ, NULL, NULL, &size ) || size <= sizeof(WCHAR)) return NULL;
    if (!(value = malloc( size ))) return NULL;
    if (!RegGetValueW( key, NULL, name, RRF_RT_REG_SZ, NULL, value, &size )) return value;
    free( value );
    return NULL;
}

static void free_settings( struct settings *settings )
{
    free( settings->script );
    free( settings->list );
    free( settings->bypass );
    memset( settings, 0, sizeof(*settings) );
}

static HRESULT copy_settings( const struct settings *from, struct settings *to )
{
    to->script = wstr_dup( from->script );
    to->list = wstr_dup( from->list );
    to->bypass = wstr_dup( from->bypass );
    if (!to->script == !from->script && !to->list == !from->list && !to->bypass == !from->bypass) return S_OK;
    free_settings( to );
    return E_OUTOFMEMORY;
}

static void read_settings( HKEY key, struct settings *settings )
{
    DWORD enabled = 0, size = sizeof(enabled);

    settings->script = read_string( key, L"AutoConfigURL" );
    RegGetValueW( key, NULL, L"ProxyEnable", RRF_RT_REG_DWORD, NULL, &enabled, &size );
    if (enabled) settings->list = read_string( key, L"ProxyServer" );
    settings->bypass = read_string( key, L"ProxyOverride" );
}

static HKEY open_settings( const struct identity *identity )
{
    HKEY user, key = NULL;

    if (FAILED(identity_enter( identity ))) return NULL;
    if (!RegOpenCurrentUser( KEY_READ, &user ))
    {
        if (RegOpenKeyExW( user, settings_name, 0, KEY_READ, &key )) key = NULL;
        RegCloseKey( user );
    }
    identity_leave();
    return key;
}

/* --- what was read last ------------------------------------------------------------------------------------------ */

/* Every file of a job asks, and reading takes a dozen messages to the wineserver. */
static struct
{
    SRWLOCK lock;           /* guards all of it */
    HANDLE changed;         /* auto-reset; set when the key is no longer as it was read */
    HKEY key;               /* NULL: nothing is known */
    WCHAR *sid;
    struct settings settings;
}
known = { SRWLOCK_INIT };

static void forget_locked(void)
{
    if (known.key) RegCloseKey( known.key );
    free( known.sid );
    free_settings( &known.settings );
    known.key = NULL;
    known.sid = NULL;
}

/* Without a key, or a way to hear of its changes, it is read again the next time. */
static void learn_locked( const struct identity *identity )
{
    forget_locked();
    if (!known.changed && !(known.changed = CreateEventW( NULL, FALSE, FALSE, NULL ))) return;
    if (!(known.key = open_settings( identity ))) return;
    ResetEvent( known.changed );    /* closing the key before has set it */
    if (!RegNotifyChangeKeyValue( known.key, FALSE, REG_NOTIFY_CHANGE_LAST_SET | REG_NOTIFY_THREAD_AGNOSTIC, known.changed, TRUE ))
        known.sid = wstr_dup( identity->sid );
    read_settings( known.key, &known.settings );
}

static HRESULT get_settings( const struct identity *identity, struct settings *settings )
{
    HRESULT hr;

    AcquireSRWLockExclusive( &known.lock );
    if (!known.sid || wstr_cmp( known.sid, identity->sid ) || !WaitForSingleObject( known.changed, 0 ))
        learn_locked( identity );
    hr = copy_settings( &known.settings, settings );
    ReleaseSRWLockExclusive( &known.lock );
    return hr;
}

void proxy_forget(void)
{
    AcquireSRWLockExclusive( &known.lock );
    forget_locked();
    if (known.changed) CloseHandle( known.changed );
    known.changed = NULL;
    ReleaseSRWLockExclusive( &known.lock );
}

static HRESULT proxy_of_server( const struct settings *settings, const char *url, char **proxy )
{
    char *list = NULL, *bypass = NULL;
    HRESULT hr;

    if (SUCCEEDED(hr = wstr_to_utf8( settings->list, &list )) &&
        (!settings->bypass || SUCCEEDED(hr = wstr_to_utf8( settings->bypass, &bypass ))))
        hr = proxy_choose( list, bypass, url, FALSE, proxy );
    free( list );
    free( bypass );
    return hr;
}

HRESULT proxy_of_settings( const struct identity *identity, BOOL detect, const char *url, HANDLE abort, char **proxy )
{
    struct settings settings;
    HRESULT hr;

    *proxy = NULL;
    if (detect) return proxy_of_script( NULL, url, abort, proxy );

    if (FAILED(hr = get_settings( identity, &settings ))) return hr;
    hr = S_FALSE;
    if (settings.script) hr = proxy_of_script( settings.script, url, abort, proxy );
    if (hr == S_FALSE && settings.list) hr = proxy_of_server( &settings, url, proxy );
    TRACE( "script %s, list %s: %#lx.\n", debugstr_w( settings.script ), debugstr_w( settings.list ), hr );
    free_settings( &settings );
    return hr;
}
