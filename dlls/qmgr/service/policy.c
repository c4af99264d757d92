/*
 * Reading what the machine's administrator has set
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

#include "service/service.h"
#include "schedule/schedule.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

/* A key that is watched, with its name below HKEY_LOCAL_MACHINE. */
struct watched
{
    const WCHAR *name;
    BOOL subkeys;
    HKEY key;
    HANDLE event;
};

static struct watched policies = { L"Software\\Policies\\Microsoft\\Windows\\BITS", TRUE };
static struct watched own = { L"Software\\winebits", FALSE };

/* Asks to be told of the next change.  Only a key that is there can be watched, and one may be deleted at any time. */
static LSTATUS watch( struct watched *watched )
{
    LSTATUS error;

    for (;;)
    {
        if (!watched->key &&
            (error = RegCreateKeyExW( HKEY_LOCAL_MACHINE, watched->name, 0, NULL, 0, KEY_READ, NULL, &watched->key, NULL )))
            return error;
        error = RegNotifyChangeKeyValue( watched->key, watched->subkeys,
                                         REG_NOTIFY_CHANGE_NAME | REG_NOTIFY_CHANGE_LAST_SET | REG_NOTIFY_THREAD_AGNOSTIC,
                                         watched->event, TRUE );
        if (error != ERROR_KEY_DELETED) return error;
        RegCloseKey( watched->key );
        watched->key = NULL;
    }
}

static void read_values( struct policy *policy, enum policy_key which, HKEY key, const WCHAR *subkey )
{
    const WCHAR *name;
    DWORD value, size;
    ULONG i;

    for (i = 0; (name = policy_value_name( which, i )); i++)
    {
        size = sizeof(value);
        if (RegGetValueW( key, subkey, name, RRF_RT_REG_DWORD, NULL, &value, &size )) continue;
        if (policy_set_value( policy, which, i, value )) TRACE( "%s = %#lx.\n", debugstr_w( name ), value );
        else WARN( "%s = %#lx is not a value that it can have.\n", debugstr_w( name ), value );
    }
}

void policy_update(void)
{
    struct policy policy;
    LSTATUS error;

    /* first, so that nothing is missed that changes meanwhile */
    if ((error = watch( &policies )) || (error = watch( &own )))
        ERR( "Changed policies count from the next start on, error %lu.\n", error );
    policy_init( &policy );
    read_values( &policy, POLICY_KEY_BITS, policies.key, NULL );
    read_values( &policy, POLICY_KEY_TRANSFER, policies.key, L"TransferPolicy" );
    read_values( &policy, POLICY_KEY_OWN, own.key, NULL );
    queue_set_policy( &policy );
}

HRESULT policy_start( HANDLE events[POLICY_EVENTS] )
{
    if (!(events[0] = policies.event = CreateEventW( NULL, FALSE, FALSE, NULL )) ||
        !(events[1] = own.event = CreateEventW( NULL, FALSE, FALSE, NULL )))
        return HRESULT_FROM_WIN32( GetLastError() );
    policy_update();
    return S_OK;
}

static void stop_watching( struct watched *watched )
{
    if (watched->key) RegCloseKey( watched->key );
    if (watched->event) CloseHandle( watched->event );
    watched->key = NULL;
    watched->event = NULL;
}

void policy_stop(void)
{
    stop_watching( &policies );
    stop_watching( &own );
}
