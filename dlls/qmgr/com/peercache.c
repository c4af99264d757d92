/*
 * IBitsPeerCacheAdministration: the settings of a cache that is not there
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

/* The peer cache was withdrawn with Windows 7 (spec: behaviour 9).  The machine's preferences can be read and changed as
 * ever, and are kept in the registry; there are no records and no peers, and what needs some is refused. */

#define COBJMACROS
#include "com/com.h"
#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

#define SETTINGS_KEY L"Software\\winebits\\PeerCaching"

/* spec: api 5.14.1 */
struct setting
{
    const WCHAR *name;
    DWORD initial;
    DWORD min, max;
    /* what counts instead of the machine's preference VALUE (spec: behaviour 8.1) */
    DWORD (*obey)( const struct policy *policy, DWORD value );
    HRESULT overridden;     /* success of a setter whose value does not count */
};

static DWORD obey_cache_size( const struct policy *policy, DWORD value )
{
    return policy->max_cache_size ? policy->max_cache_size : value;
}

static DWORD obey_content_age( const struct policy *policy, DWORD value )
{
    return policy->max_content_age ? policy->max_content_age * 86400 : value;
}

static DWORD obey_configuration( const struct policy *policy, DWORD value )
{
    if (policy->peer_caching) value |= BG_ENABLE_PEERCACHING_CLIENT | BG_ENABLE_PEERCACHING_SERVER;
    if (policy->no_peer_client) value &= ~BG_ENABLE_PEERCACHING_CLIENT;
    if (policy->no_peer_server) value &= ~BG_ENABLE_PEERCACHING_SERVER;
    if (policy->no_branch_cache) value |= BG_DISABLE_BRANCH_CACHE;
    return value;
}

/* percent of the disk */
static const struct setting cache_size = { L"MaxCacheSize", 1, 1, 80, obey_cache_size, S_FALSE };
/* seconds */
static const struct setting content_age = { L"MaxContentAge", 7776000, 86400, 10368000, obey_content_age, S_FALSE };
static const struct setting configuration =
{
    L"ConfigurationFlags", 0, 0, BG_ENABLE_PEERCACHING_CLIENT | BG_ENABLE_PEERCACHING_SERVER | BG_DISABLE_BRANCH_CACHE,
    obey_configuration, BG_S_OVERRIDDEN_BY_POLICY
};

static HRESULT get_setting( const struct setting *setting, DWORD *value )
{
    DWORD size = sizeof(*value);
    struct policy policy;
    HRESULT hr;

    if (!value) return E_INVALIDARG;
    if (FAILED(hr = identity_check_call())) return hr;
    if (RegGetValueW( HKEY_LOCAL_MACHINE, SETTINGS_KEY, setting->name, RRF_RT_REG_DWORD, NULL, value, &size ) ||
        *value < setting->min || *value > setting->max)
        *value = setting->initial;
    queue_get_policy( &policy );
    *value = setting->obey( &policy, *value );
    return S_OK;
}

static HRESULT set_setting( const struct setting *setting, DWORD value )
{
    struct policy policy;
    LSTATUS error;
    HRESULT hr;

    if (value < setting->min || value > setting->max) return E_INVALIDARG;
    if (FAILED(hr = check_administrator())) return hr;
    if ((error = RegSetKeyValueW( HKEY_LOCAL_MACHINE, SETTINGS_KEY, setting->name, REG_DWORD, &value, sizeof(value) )))
        return HRESULT_FROM_WIN32( error );
    queue_get_policy( &policy );
    return setting->obey( &policy, value ) == value ? S_OK : setting->overridden;
}

/* For a method that needs the cache. */
static HRESULT refuse(void)
{
    HRESULT hr = check_administrator();

    return FAILED(hr) ? hr : BG_E_PEERCACHING_DISABLED;
}

static inline struct manager *impl_from_IBitsPeerCacheAdministration( IBitsPeerCacheAdministration *iface )
{
    return CONTAINING_RECORD( iface, struct manager, IBitsPeerCacheAdministration_iface );
}

static HRESULT WINAPI PeerCache_QueryInterface( IBitsPeerCacheAdministration *iface, REFIID iid, void **object )
{
    struct manager *manager = impl_from_IBitsPeerCacheAdministration( iface );

    return IBackgroundCopyManager_QueryInterface( &manager->IBackgroundCopyManager_iface, iid, object );
}

static ULONG WINAPI PeerCache_AddRef( IBitsPeerCacheAdministration *iface )
{
    struct manager *manager = impl_from_IBitsPeerCacheAdministration( iface );

    return IBackgroundCopyManager_AddRef( &manager->IBackgroundCopyManager_iface );
}

static ULONG WINAPI PeerCache_Release( IBitsPeerCacheAdministration *iface )
{
    struct manager *manager = impl_from_IBitsPeerCacheAdministration( iface );

    return IBackgroundCopyManager_Release( &manager->IBackgroundCopyManager_iface );
}

static HRESULT WINAPI PeerCache_GetMaximumCacheSize( IBitsPeerCacheAdministration *iface, DWORD *percent )
{
    TRACE( "%p, %p.\n", iface, percent );

    return get_setting( &cache_size, percent );
}

static HRESULT WINAPI PeerCache_SetMaximumCacheSize( IBitsPeerCacheAdministration *iface, DWORD percent )
{
    TRACE( "%p, %lu.\n", iface, percent );

    return set_setting( &cache_size, percent );
}

static HRESULT WINAPI PeerCache_GetMaximumContentAge( IBitsPeerCacheAdministration *iface, ULONG *seconds )
{
    TRACE( "%p, %p.\n", iface, seconds );

    return get_setting( &content_age, seconds );
}

static HRESULT WINAPI PeerCache_SetMaximumContentAge( IBitsPeerCacheAdministration *iface, ULONG seconds )
{
    TRACE( "%p, %lu.\n", iface, seconds );

    return set_setting( &content_age, seconds );
}

static HRESULT WINAPI PeerCache_GetConfigurationFlags( IBitsPeerCacheAdministration *iface, DWORD *flags )
{
    TRACE( "%p, %p.\n", iface, flags );

    return get_setting( &configuration, flags );
}

static HRESULT WINAPI PeerCache_SetConfigurationFlags( IBitsPeerCacheAdministration *iface, DWORD flags )
{
    TRACE( "%p, %#lx.\n", iface, flags );

    return set_setting( &configuration, flags );
}

static HRESULT WINAPI PeerCache_EnumRecords( IBitsPeerCacheAdministration *iface, IEnumBitsPeerCacheRecords **ret )
{
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, ret );

    if (!ret) return E_INVALIDARG;
    *ret = NULL;
    if (FAILED(hr = identity_check_call())) return hr;
    return enum_records_create( ret );
}

static HRESULT WINAPI PeerCache_GetRecord( IBitsPeerCacheAdministration *iface, REFGUID id,
                                           IBitsPeerCacheRecord **ret )
{
    TRACE( "%p, %s, %p.\n", iface, debugstr_guid( id ), ret );

    if (ret) *ret = NULL;
    if (!id || !ret) return E_INVALIDARG;
    return refuse();
}

/* nothing is left to be deleted */
static HRESULT WINAPI PeerCache_ClearRecords( IBitsPeerCacheAdministration *iface )
{
    TRACE( "%p.\n", iface );

    return check_administrator();
}

static HRESULT WINAPI PeerCache_DeleteRecord( IBitsPeerCacheAdministration *iface, REFGUID id )
{
    TRACE( "%p, %s.\n", iface, debugstr_guid( id ));

    if (!id) return E_INVALIDARG;
    return refuse();
}

/* spec: api 5.14.1: S_FALSE, the URL is not in the cache */
static HRESULT WINAPI PeerCache_DeleteUrl( IBitsPeerCacheAdministration *iface, LPCWSTR url )
{
    HRESULT hr;

    TRACE( "%p, %s.\n", iface, debugstr_url( url ));

    if (!url) return E_INVALIDARG;
    if (FAILED(hr = check_administrator())) return hr;
    return S_FALSE;
}

static HRESULT WINAPI PeerCache_EnumPeers( IBitsPeerCacheAdministration *iface, IEnumBitsPeers **ret )
{
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, ret );

    if (!ret) return E_INVALIDARG;
    *ret = NULL;
    if (FAILED(hr = identity_check_call())) return hr;
    return enum_peers_create( ret );
}

/* as for records */
static HRESULT WINAPI PeerCache_ClearPeers( IBitsPeerCacheAdministration *iface )
{
    TRACE( "%p.\n", iface );

    return check_administrator();
}

static HRESULT WINAPI PeerCache_DiscoverPeers( IBitsPeerCacheAdministration *iface )
{
    TRACE( "%p.\n", iface );

    return refuse();
}

const IBitsPeerCacheAdministrationVtbl manager_peercache_vtbl =
{
    PeerCache_QueryInterface,
    PeerCache_AddRef,
    PeerCache_Release,
    PeerCache_GetMaximumCacheSize,
    PeerCache_SetMaximumCacheSize,
    PeerCache_GetMaximumContentAge,
    PeerCache_SetMaximumContentAge,
    PeerCache_GetConfigurationFlags,
    PeerCache_SetConfigurationFlags,
    PeerCache_EnumRecords,
    PeerCache_GetRecord,
    PeerCache_ClearRecords,
    PeerCache_DeleteRecord,
    PeerCache_DeleteUrl,
    PeerCache_EnumPeers,
    PeerCache_ClearPeers,
    PeerCache_DiscoverPeers,
};
