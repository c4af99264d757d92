/*
 * What the user has configured: WinINet's proxies, and authorities besides the system's
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

#include <wincrypt.h>

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

static const WCHAR internet_name[] = L"Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings";
/* LocalMachine's own ROOT is Wine's copy of the system's authorities and says nothing of its own: Wine 10 removes what a
 * program adds there, and under Wine 8 nobody can tell that from what the system had once and does not trust any more. */
static const WCHAR user_stores_name[] = L"Software\\Microsoft\\SystemCertificates";
static const WCHAR policy_stores_name[] = L"Software\\Policies\\Microsoft\\SystemCertificates";

/* Every file of a job asks, and reading takes dozens of messages to the wineserver. */
static struct
{
    SRWLOCK lock;           /* guards all of it but STALE */
    HANDLE changed;         /* set when one of the keys is no longer as it was read */
    HANDLE wait;            /* that hears of it */
    volatile LONG stale;    /* it did: who looks at the event himself sends a message, too */
    HKEY internet, user_stores, policy_stores;
    WCHAR *sid;             /* whose they are; NULL: they are read again */
    struct settings settings;
}
known = { SRWLOCK_INIT };

/* --- WinINet ----------------------------------------------------------------------------------------------------- */

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

static void read_internet_locked(void)
{
    struct settings *settings = &known.settings;
    DWORD enabled = 0, size = sizeof(enabled);

    settings->script = read_string( known.internet, L"AutoConfigURL" );
    RegGetValueW( known.internet, NULL, L"ProxyEnable", RRF_RT_REG_DWORD, NULL, &enabled, &size );
    if (enabled) settings->proxies = read_string( known.internet, L"ProxyServer" );
    settings->bypass = read_string( known.internet, L"ProxyOverride" );
}

/* --- authorities ------------------------------------------------------------------------------------------------- */

static void add_authority_locked( const CERT_CONTEXT *certificate )
{
    struct settings *settings = &known.settings;
    BYTE *authorities = NULL;

    if (certificate->cbCertEncoded <= WIRE_MAX_AUTHORITIES - settings->authorities_size)
        authorities = realloc( settings->authorities, settings->authorities_size + certificate->cbCertEncoded );
    if (!authorities)
    {
        ERR( "No room for all authorities of ROOT.\n" );
        return;
    }
    memcpy( authorities + settings->authorities_size, certificate->pbCertEncoded, certificate->cbCertEncoded );
    settings->authorities = authorities;
    settings->authorities_size += certificate->cbCertEncoded;
}

static void read_authorities_locked( HKEY stores )
{
    const CERT_CONTEXT *certificate = NULL;
    HCERTSTORE store;
    HKEY root;

    if (RegOpenKeyExW( stores, L"Root", 0, KEY_READ, &root )) return;
    /* not as a system store, into which Wine would first bring all that the system has */
    if ((store = CertOpenStore( CERT_STORE_PROV_REG, 0, 0, CERT_STORE_READONLY_FLAG, root )))
    {
        while ((certificate = CertEnumCertificatesInStore( store, certificate ))) add_authority_locked( certificate );
        CertCloseStore( store, 0 );
    }
    RegCloseKey( root );
}

/* --- both -------------------------------------------------------------------------------------------------------- */

void settings_clear( struct settings *settings )
{
    free( settings->script );
    free( settings->proxies );
    free( settings->bypass );
    free( settings->authorities );
    memset( settings, 0, sizeof(*settings) );
}

static HRESULT copy_settings( const struct settings *from, struct settings *to )
{
    to->script = wstr_dup( from->script );
    to->proxies = wstr_dup( from->proxies );
    to->bypass = wstr_dup( from->bypass );
    if (!to->script != !from->script || !to->proxies != !from->proxies || !to->bypass != !from->bypass) return E_OUTOFMEMORY;
    if (!from->authorities) return S_OK;
    if (!(to->authorities = malloc( from->authorities_size ))) return E_OUTOFMEMORY;
    memcpy( to->authorities, from->authorities, to->authorities_size = from->authorities_size );
    return S_OK;
}

/* Closing the keys is a change, too, which nobody is to hear of. */
static void forget_locked(void)
{
    if (known.wait) UnregisterWaitEx( known.wait, INVALID_HANDLE_VALUE );
    if (known.changed) CloseHandle( known.changed );
    known.changed = known.wait = NULL;
    RegCloseKey( known.internet );
    RegCloseKey( known.user_stores );
    RegCloseKey( known.policy_stores );
    free( known.sid );
    settings_clear( &known.settings );
    known.internet = known.user_stores = known.policy_stores = NULL;
    known.sid = NULL;
}

/* What is not there cannot be watched: so it is made, as crypt32 and WinINet do.  NULL: it cannot be opened. */
static HKEY open_key( HKEY root, const WCHAR *name )
{
    HKEY key;

    if (RegCreateKeyExW( root, name, 0, NULL, 0, KEY_READ, NULL, &key, NULL )) return NULL;
    return key;
}

static void open_keys_locked( const struct identity *identity )
{
    HKEY user;

    known.policy_stores = open_key( HKEY_LOCAL_MACHINE, policy_stores_name );
    if (FAILED(identity_enter( identity ))) return;
    if (!RegOpenCurrentUser( KEY_READ | KEY_CREATE_SUB_KEY, &user ))
    {
        known.internet = open_key( user, internet_name );
        known.user_stores = open_key( user, user_stores_name );
        RegCloseKey( user );
    }
    identity_leave( identity );
}

static BOOL watch( HKEY key, BOOL subkeys )
{
    return key && !RegNotifyChangeKeyValue( key, subkeys, REG_NOTIFY_CHANGE_NAME | REG_NOTIFY_CHANGE_LAST_SET |
                                            REG_NOTIFY_THREAD_AGNOSTIC, known.changed, TRUE );
}

static void CALLBACK on_changed( void *context, BOOLEAN timed_out )
{
    InterlockedExchange( &known.stale, TRUE );
}

static BOOL start_hearing_locked(void)
{
    known.stale = FALSE;
    if (!(known.changed = CreateEventW( NULL, FALSE, FALSE, NULL ))) return FALSE;
    return RegisterWaitForSingleObject( &known.wait, known.changed, on_changed, NULL, INFINITE,
                                        WT_EXECUTEINWAITTHREAD | WT_EXECUTEONLYONCE );
}

/* Without a key, or a way to hear of its changes, all is read again the next time. */
static void learn_locked( const struct identity *identity )
{
    BOOL watched;

    forget_locked();
    open_keys_locked( identity );
    watched = start_hearing_locked() && watch( known.internet, FALSE ) && watch( known.user_stores, TRUE ) &&
              watch( known.policy_stores, TRUE );
    read_internet_locked();
    read_authorities_locked( known.user_stores );
    read_authorities_locked( known.policy_stores );
    if (watched) known.sid = wstr_dup( identity->sid );
    TRACE( "%s: script %s, proxies %s, %Iu bytes of authorities.\n", debugstr_w( identity->sid ),
           debugstr_w( known.settings.script ), debugstr_w( known.settings.proxies ), known.settings.authorities_size );
}

HRESULT settings_get( const struct identity *identity, struct settings *settings )
{
    HRESULT hr;

    memset( settings, 0, sizeof(*settings) );
    AcquireSRWLockExclusive( &known.lock );
    if (!known.sid || wstr_cmp( known.sid, identity->sid ) || known.stale) learn_locked( identity );
    hr = copy_settings( &known.settings, settings );
    ReleaseSRWLockExclusive( &known.lock );
    return hr;
}

void settings_forget(void)
{
    AcquireSRWLockExclusive( &known.lock );
    forget_locked();
    ReleaseSRWLockExclusive( &known.lock );
}
