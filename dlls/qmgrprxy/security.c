/*
 * IClientSecurity of the interface proxies: the blanket
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

#define COBJMACROS
#include "proxy.h"
#include "callerhook.h"
#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

/* What an untouched proxy says: the values that local COM ends up with on Windows, and for the caller's token what the
 * service acts upon (callerhook.h), so that query, change, set does what the client means. */
#define DEFAULT_AUTHN_SVC RPC_C_AUTHN_WINNT
#define DEFAULT_AUTHZ_SVC RPC_C_AUTHZ_NONE

void blanket_init( struct blanket *blanket )
{
    memset( blanket, 0, sizeof(*blanket) );
    blanket->authn_svc = DEFAULT_AUTHN_SVC;
    blanket->authz_svc = DEFAULT_AUTHZ_SVC;
    blanket->authn_level = CALLER_DEFAULT_AUTHN_LEVEL;
    blanket->imp_level = CALLER_DEFAULT_IMP_LEVEL;
    blanket->capabilities = CALLER_DEFAULT_CAPABILITIES;
}

void blanket_clear( struct blanket *blanket )
{
    free( blanket->principal );
    blanket->principal = NULL;
}

static BOOL is_known_authn_svc( DWORD svc )
{
    switch (svc)
    {
    case RPC_C_AUTHN_NONE:
    case RPC_C_AUTHN_GSS_NEGOTIATE:
    case RPC_C_AUTHN_WINNT:
    case RPC_C_AUTHN_GSS_SCHANNEL:
    case RPC_C_AUTHN_GSS_KERBEROS:
    case RPC_C_AUTHN_DEFAULT:
        return TRUE;
    }
    return FALSE;
}

static BOOL are_valid_capabilities( DWORD capabilities )
{
    static const DWORD known = EOAC_MUTUAL_AUTH | EOAC_STATIC_CLOAKING | EOAC_DYNAMIC_CLOAKING | EOAC_ANY_AUTHORITY |
                               EOAC_MAKE_FULLSIC;
    static const DWORD cloaking = EOAC_STATIC_CLOAKING | EOAC_DYNAMIC_CLOAKING;

    if (capabilities == EOAC_DEFAULT) return TRUE;
    return !(capabilities & ~known) && (capabilities & cloaking) != cloaking;
}

/* A blanket from the arguments of SetBlanket, with "default" resolved.  The caller clears it. */
static HRESULT make_blanket( struct blanket *blanket, DWORD authn_svc, DWORD authz_svc, const WCHAR *principal,
                             DWORD authn_level, DWORD imp_level, void *auth_info, DWORD capabilities )
{
    blanket_init( blanket );
    if (!is_known_authn_svc( authn_svc )) return E_INVALIDARG;
    if (authz_svc > RPC_C_AUTHZ_DCE && authz_svc != RPC_C_AUTHZ_DEFAULT) return E_INVALIDARG;
    if (authn_level > RPC_C_AUTHN_LEVEL_PKT_PRIVACY) return E_INVALIDARG;
    if (imp_level > RPC_C_IMP_LEVEL_DELEGATE) return E_INVALIDARG;
    if (!are_valid_capabilities( capabilities )) return E_INVALIDARG;

    if (authn_svc != RPC_C_AUTHN_DEFAULT) blanket->authn_svc = authn_svc;
    if (authz_svc != RPC_C_AUTHZ_DEFAULT) blanket->authz_svc = authz_svc;
    if (authn_level != RPC_C_AUTHN_LEVEL_DEFAULT) blanket->authn_level = authn_level;
    if (imp_level != RPC_C_IMP_LEVEL_DEFAULT) blanket->imp_level = imp_level;
    if (capabilities != EOAC_DEFAULT) blanket->capabilities = capabilities;
    if (auth_info != COLE_DEFAULT_AUTHINFO) blanket->auth_info = auth_info;
    if (principal && principal != COLE_DEFAULT_PRINCIPAL && !(blanket->principal = wcsdup( principal )))
        return E_OUTOFMEMORY;
    blanket->is_explicit = TRUE;
    return S_OK;
}

/* A private copy: a second interface proxy on the same channel with an identity of its own for reference counting,
 * and the original's for everything else. */
struct copy
{
    IUnknown         IUnknown_iface;
    LONG             refs;
    IUnknown        *original;
    IRpcProxyBuffer *buffer;
};

static inline struct copy *impl_from_IUnknown( IUnknown *iface )
{
    return CONTAINING_RECORD( iface, struct copy, IUnknown_iface );
}

static HRESULT WINAPI Copy_QueryInterface( IUnknown *iface, REFIID iid, void **obj )
{
    struct copy *copy = impl_from_IUnknown( iface );
    return IUnknown_QueryInterface( copy->original, iid, obj );
}

static ULONG WINAPI Copy_AddRef( IUnknown *iface )
{
    struct copy *copy = impl_from_IUnknown( iface );
    return InterlockedIncrement( &copy->refs );
}

static ULONG WINAPI Copy_Release( IUnknown *iface )
{
    struct copy *copy = impl_from_IUnknown( iface );
    ULONG refs = InterlockedDecrement( &copy->refs );

    if (!refs)
    {
        TRACE( "%p destroyed.\n", copy );
        if (copy->buffer)
        {
            IRpcProxyBuffer_Disconnect( copy->buffer );
            IRpcProxyBuffer_Release( copy->buffer );
        }
        IUnknown_Release( copy->original );
        free( copy );
    }
    return refs;
}

static const IUnknownVtbl copy_vtbl =
{
    Copy_QueryInterface,
    Copy_AddRef,
    Copy_Release,
};

static HRESULT copy_create( struct proxy *proxy, IUnknown **iface )
{
    IRpcChannelBuffer *channel;
    struct copy *copy;
    void *obj = NULL;
    HRESULT hr;

    if (!(copy = calloc( 1, sizeof(*copy) ))) return E_OUTOFMEMORY;
    copy->IUnknown_iface.lpVtbl = (IUnknownVtbl *)&copy_vtbl;
    copy->refs = 1;
    copy->original = proxy->outer;
    IUnknown_AddRef( copy->original );

    AcquireSRWLockShared( &proxy->lock );
    if ((channel = proxy->channel)) IRpcChannelBuffer_AddRef( channel );
    ReleaseSRWLockShared( &proxy->lock );

    if (!channel)
        hr = RPC_E_DISCONNECTED;
    else if (SUCCEEDED(hr = proxy_create( &copy->IUnknown_iface, &proxy->iid, &copy->buffer, &obj )) &&
             SUCCEEDED(hr = IRpcProxyBuffer_Connect( copy->buffer, channel )))
    {
        *iface = obj;
        IUnknown_AddRef( *iface );
        hr = S_OK;
    }
    if (obj) IUnknown_Release( (IUnknown *)obj );
    if (channel) IRpcChannelBuffer_Release( channel );
    Copy_Release( &copy->IUnknown_iface );
    return hr;
}

static inline struct proxy *impl_from_IClientSecurity( IClientSecurity *iface )
{
    return CONTAINING_RECORD( iface, struct proxy, IClientSecurity_iface );
}

static HRESULT WINAPI ClientSecurity_QueryInterface( IClientSecurity *iface, REFIID iid, void **obj )
{
    struct proxy *proxy = impl_from_IClientSecurity( iface );
    return IUnknown_QueryInterface( &proxy->IUnknown_iface, iid, obj );
}

static ULONG WINAPI ClientSecurity_AddRef( IClientSecurity *iface )
{
    struct proxy *proxy = impl_from_IClientSecurity( iface );
    return IUnknown_AddRef( proxy->outer );
}

static ULONG WINAPI ClientSecurity_Release( IClientSecurity *iface )
{
    struct proxy *proxy = impl_from_IClientSecurity( iface );
    return IUnknown_Release( proxy->outer );
}

static HRESULT WINAPI ClientSecurity_QueryBlanket( IClientSecurity *iface, IUnknown *obj, DWORD *authn_svc,
                                                   DWORD *authz_svc, OLECHAR **principal, DWORD *authn_level,
                                                   DWORD *imp_level, void **auth_info, DWORD *capabilities )
{
    struct proxy *proxy;
    HRESULT hr = S_OK;
    SIZE_T size;

    TRACE( "%p, obj %p.\n", iface, obj );

    if (!obj || !(proxy = proxy_from_iface( impl_from_IClientSecurity( iface ), obj ))) return E_INVALIDARG;

    AcquireSRWLockShared( &proxy->lock );
    if (principal)
    {
        *principal = NULL;
        if (proxy->blanket.principal)
        {
            size = (wcslen( proxy->blanket.principal ) + 1) * sizeof(WCHAR);
            if ((*principal = CoTaskMemAlloc( size ))) memcpy( *principal, proxy->blanket.principal, size );
            else hr = E_OUTOFMEMORY;
        }
    }
    if (authn_svc) *authn_svc = proxy->blanket.authn_svc;
    if (authz_svc) *authz_svc = proxy->blanket.authz_svc;
    if (authn_level) *authn_level = proxy->blanket.authn_level;
    if (imp_level) *imp_level = proxy->blanket.imp_level;
    if (auth_info) *auth_info = proxy->blanket.auth_info;
    if (capabilities) *capabilities = proxy->blanket.capabilities;
    ReleaseSRWLockShared( &proxy->lock );

    IUnknown_Release( proxy->outer );
    return hr;
}

static HRESULT WINAPI ClientSecurity_SetBlanket( IClientSecurity *iface, IUnknown *obj, DWORD authn_svc,
                                                 DWORD authz_svc, OLECHAR *principal, DWORD authn_level,
                                                 DWORD imp_level, void *auth_info, DWORD capabilities )
{
    struct blanket blanket, old;
    struct proxy *proxy;
    HRESULT hr;

    TRACE( "%p, obj %p, authn_svc %#lx, authz_svc %#lx, principal %p, authn_level %lu, imp_level %lu, auth_info %p, "
           "capabilities %#lx.\n", iface, obj, authn_svc, authz_svc, principal, authn_level, imp_level, auth_info,
           capabilities );

    if (FAILED(hr = make_blanket( &blanket, authn_svc, authz_svc, principal, authn_level, imp_level, auth_info,
                                  capabilities ))) return hr;
    if (!obj || !(proxy = proxy_from_iface( impl_from_IClientSecurity( iface ), obj )))
    {
        blanket_clear( &blanket );
        return E_INVALIDARG;
    }

    AcquireSRWLockExclusive( &proxy->lock );
    old = proxy->blanket;
    proxy->blanket = blanket;
    ReleaseSRWLockExclusive( &proxy->lock );

    blanket_clear( &old );
    IUnknown_Release( proxy->outer );
    return S_OK;
}

static HRESULT WINAPI ClientSecurity_CopyProxy( IClientSecurity *iface, IUnknown *obj, IUnknown **copy )
{
    struct proxy *proxy;
    HRESULT hr;

    TRACE( "%p, obj %p, copy %p.\n", iface, obj, copy );

    if (!copy) return E_INVALIDARG;
    *copy = NULL;
    if (!obj || !(proxy = proxy_from_iface( impl_from_IClientSecurity( iface ), obj ))) return E_INVALIDARG;
    hr = copy_create( proxy, copy );
    IUnknown_Release( proxy->outer );
    return hr;
}

const IClientSecurityVtbl client_security_vtbl =
{
    ClientSecurity_QueryInterface,
    ClientSecurity_AddRef,
    ClientSecurity_Release,
    ClientSecurity_QueryBlanket,
    ClientSecurity_SetBlanket,
    ClientSecurity_CopyProxy,
};
