/*
 * What stands around each standard interface proxy
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
#include "bits.h"
#include "callerhook.h"
#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

/* Answered by our outer objects only, with the struct proxy: {709BA8E7-CA01-407F-B37F-303D71E93231} */
static const IID iid_proxy = { 0x709ba8e7, 0xca01, 0x407f, { 0xb3, 0x7f, 0x30, 0x3d, 0x71, 0xe9, 0x32, 0x31 } };

static struct offer get_offer( struct proxy *proxy )
{
    struct offer offer;

    AcquireSRWLockShared( &proxy->lock );
    offer.flags = proxy->blanket.is_explicit ? CALLER_BLANKET_EXPLICIT : 0;
    offer.imp_level = proxy->blanket.imp_level;
    offer.capabilities = proxy->blanket.capabilities;
    offer.authn_level = proxy->blanket.authn_level;
    ReleaseSRWLockShared( &proxy->lock );
    return offer;
}

static ULONG proxy_addref( struct proxy *proxy )
{
    return InterlockedIncrement( &proxy->refs );
}

static ULONG proxy_release( struct proxy *proxy )
{
    ULONG refs = InterlockedDecrement( &proxy->refs );

    if (!refs)
    {
        TRACE( "%p destroyed.\n", proxy );
        if (proxy->standard) IRpcProxyBuffer_Release( proxy->standard );
        blanket_clear( &proxy->blanket );
        free( proxy );
    }
    return refs;
}

/* --- outer object: the client's QueryInterface, AddRef and Release end here ----------------------------------- */

static inline struct proxy *impl_from_IUnknown( IUnknown *iface )
{
    return CONTAINING_RECORD( iface, struct proxy, IUnknown_iface );
}

static BOOL is_job_interface( REFIID iid )
{
    static const IID * const job_iids[] =
    {
        &IID_IBackgroundCopyJob, &IID_IBackgroundCopyJob2, &IID_IBackgroundCopyJob3, &IID_IBackgroundCopyJob4,
        &IID_IBackgroundCopyJob5, &IID_IBackgroundCopyJobHttpOptions, &IID_IBackgroundCopyJobHttpOptions2,
        &IID_IBackgroundCopyJobHttpOptions3, &IID_IBitsTokenOptions,
    };
    unsigned int i;

    for (i = 0; i < sizeof(job_iids) / sizeof(job_iids[0]); i++)
        if (IsEqualIID( iid, job_iids[i] )) return TRUE;
    return FALSE;
}

static HRESULT WINAPI Outer_QueryInterface( IUnknown *iface, REFIID iid, void **obj )
{
    struct proxy *proxy = impl_from_IUnknown( iface );
    const struct offer *previous;
    struct offer offer;
    HRESULT hr;

    TRACE( "%p, iid %s, obj %p.\n", proxy, debugstr_guid( iid ), obj );

    if (IsEqualIID( iid, &IID_IClientSecurity ))
        *obj = &proxy->IClientSecurity_iface;
    else if (IsEqualIID( iid, &iid_proxy ))
        *obj = proxy;
    else
    {
        offer = get_offer( proxy );
        previous = hook_publish( &offer );
        hr = IUnknown_QueryInterface( proxy->outer, iid, obj );
        hook_restore( previous );
        /* COM makes E_NOINTERFACE of every failure in the service.  A job has all of these interfaces, so a caller
         * who does not get one was refused (spec: api 1.5, 6). */
        if (hr == E_NOINTERFACE && is_job_interface( &proxy->iid ) && is_job_interface( iid )) hr = E_ACCESSDENIED;
        return hr;
    }
    IUnknown_AddRef( proxy->outer );
    return S_OK;
}

static ULONG WINAPI Outer_AddRef( IUnknown *iface )
{
    struct proxy *proxy = impl_from_IUnknown( iface );
    return IUnknown_AddRef( proxy->outer );
}

static ULONG WINAPI Outer_Release( IUnknown *iface )
{
    struct proxy *proxy = impl_from_IUnknown( iface );
    return IUnknown_Release( proxy->outer );
}

static const IUnknownVtbl outer_vtbl =
{
    Outer_QueryInterface,
    Outer_AddRef,
    Outer_Release,
};

struct proxy *proxy_from_iface( struct proxy *proxy, IUnknown *iface )
{
    if (iface == proxy->iface)
    {
        IUnknown_AddRef( proxy->outer );
        return proxy;
    }
    if (FAILED(IUnknown_QueryInterface( iface, &iid_proxy, (void **)&proxy ))) return NULL;
    return proxy;
}

/* --- channel: the hooks run in GetBuffer ---------------------------------------------------------------------- */

static inline struct proxy *impl_from_IRpcChannelBuffer( IRpcChannelBuffer *iface )
{
    return CONTAINING_RECORD( iface, struct proxy, IRpcChannelBuffer_iface );
}

static HRESULT WINAPI Channel_QueryInterface( IRpcChannelBuffer *iface, REFIID iid, void **obj )
{
    if (IsEqualIID( iid, &IID_IUnknown ) || IsEqualIID( iid, &IID_IRpcChannelBuffer ))
    {
        IRpcChannelBuffer_AddRef( iface );
        *obj = iface;
        return S_OK;
    }
    WARN( "No interface %s.\n", debugstr_guid( iid ));
    *obj = NULL;
    return E_NOINTERFACE;
}

static ULONG WINAPI Channel_AddRef( IRpcChannelBuffer *iface )
{
    return proxy_addref( impl_from_IRpcChannelBuffer( iface ));
}

static ULONG WINAPI Channel_Release( IRpcChannelBuffer *iface )
{
    return proxy_release( impl_from_IRpcChannelBuffer( iface ));
}

/* COM keeps its channel alive while a call is under way, so no reference is taken here. */
static IRpcChannelBuffer *get_channel( struct proxy *proxy )
{
    IRpcChannelBuffer *channel;

    AcquireSRWLockShared( &proxy->lock );
    channel = proxy->channel;
    ReleaseSRWLockShared( &proxy->lock );
    return channel;
}

static HRESULT WINAPI Channel_GetBuffer( IRpcChannelBuffer *iface, RPCOLEMESSAGE *message, REFIID iid )
{
    struct proxy *proxy = impl_from_IRpcChannelBuffer( iface );
    IRpcChannelBuffer *channel = get_channel( proxy );
    const struct offer *previous;
    struct offer offer;
    HRESULT hr;

    if (!channel) return RPC_E_DISCONNECTED;
    offer = get_offer( proxy );
    previous = hook_publish( &offer );
    hr = IRpcChannelBuffer_GetBuffer( channel, message, iid );
    hook_restore( previous );
    return hr;
}

static HRESULT WINAPI Channel_SendReceive( IRpcChannelBuffer *iface, RPCOLEMESSAGE *message, ULONG *status )
{
    IRpcChannelBuffer *channel = get_channel( impl_from_IRpcChannelBuffer( iface ));

    return channel ? IRpcChannelBuffer_SendReceive( channel, message, status ) : RPC_E_DISCONNECTED;
}

static HRESULT WINAPI Channel_FreeBuffer( IRpcChannelBuffer *iface, RPCOLEMESSAGE *message )
{
    IRpcChannelBuffer *channel = get_channel( impl_from_IRpcChannelBuffer( iface ));

    return channel ? IRpcChannelBuffer_FreeBuffer( channel, message ) : RPC_E_DISCONNECTED;
}

static HRESULT WINAPI Channel_GetDestCtx( IRpcChannelBuffer *iface, DWORD *context, void **data )
{
    IRpcChannelBuffer *channel = get_channel( impl_from_IRpcChannelBuffer( iface ));

    return channel ? IRpcChannelBuffer_GetDestCtx( channel, context, data ) : RPC_E_DISCONNECTED;
}

static HRESULT WINAPI Channel_IsConnected( IRpcChannelBuffer *iface )
{
    IRpcChannelBuffer *channel = get_channel( impl_from_IRpcChannelBuffer( iface ));

    return channel ? IRpcChannelBuffer_IsConnected( channel ) : S_FALSE;
}

static const IRpcChannelBufferVtbl channel_vtbl =
{
    Channel_QueryInterface,
    Channel_AddRef,
    Channel_Release,
    Channel_GetBuffer,
    Channel_SendReceive,
    Channel_FreeBuffer,
    Channel_GetDestCtx,
    Channel_IsConnected,
};

/* --- proxy buffer: COM's side --------------------------------------------------------------------------------- */

static inline struct proxy *impl_from_IRpcProxyBuffer( IRpcProxyBuffer *iface )
{
    return CONTAINING_RECORD( iface, struct proxy, IRpcProxyBuffer_iface );
}

static HRESULT WINAPI ProxyBuffer_QueryInterface( IRpcProxyBuffer *iface, REFIID iid, void **obj )
{
    if (IsEqualIID( iid, &IID_IUnknown ) || IsEqualIID( iid, &IID_IRpcProxyBuffer ))
    {
        IRpcProxyBuffer_AddRef( iface );
        *obj = iface;
        return S_OK;
    }
    WARN( "No interface %s.\n", debugstr_guid( iid ));
    *obj = NULL;
    return E_NOINTERFACE;
}

static ULONG WINAPI ProxyBuffer_AddRef( IRpcProxyBuffer *iface )
{
    return proxy_addref( impl_from_IRpcProxyBuffer( iface ));
}

static ULONG WINAPI ProxyBuffer_Release( IRpcProxyBuffer *iface )
{
    return proxy_release( impl_from_IRpcProxyBuffer( iface ));
}

static IRpcChannelBuffer *set_channel( struct proxy *proxy, IRpcChannelBuffer *channel )
{
    IRpcChannelBuffer *old;

    AcquireSRWLockExclusive( &proxy->lock );
    old = proxy->channel;
    proxy->channel = channel;
    ReleaseSRWLockExclusive( &proxy->lock );
    return old;
}

static void WINAPI ProxyBuffer_Disconnect( IRpcProxyBuffer *iface )
{
    struct proxy *proxy = impl_from_IRpcProxyBuffer( iface );
    IRpcChannelBuffer *channel;

    TRACE( "%p.\n", proxy );

    IRpcProxyBuffer_Disconnect( proxy->standard );
    if ((channel = set_channel( proxy, NULL ))) IRpcChannelBuffer_Release( channel );
}

static HRESULT WINAPI ProxyBuffer_Connect( IRpcProxyBuffer *iface, IRpcChannelBuffer *channel )
{
    struct proxy *proxy = impl_from_IRpcProxyBuffer( iface );
    HRESULT hr;

    TRACE( "%p, channel %p.\n", proxy, channel );

    IRpcChannelBuffer_AddRef( channel );
    set_channel( proxy, channel );
    if (FAILED(hr = IRpcProxyBuffer_Connect( proxy->standard, &proxy->IRpcChannelBuffer_iface )))
    {
        WARN( "Failed to connect, hr %#lx.\n", hr );
        set_channel( proxy, NULL );
        IRpcChannelBuffer_Release( channel );
    }
    return hr;
}

static const IRpcProxyBufferVtbl proxy_buffer_vtbl =
{
    ProxyBuffer_QueryInterface,
    ProxyBuffer_AddRef,
    ProxyBuffer_Release,
    ProxyBuffer_Connect,
    ProxyBuffer_Disconnect,
};

HRESULT proxy_create( IUnknown *outer, REFIID iid, IRpcProxyBuffer **buffer, void **iface )
{
    struct proxy *proxy;
    HRESULT hr;

    *buffer = NULL;
    *iface = NULL;
    if (!(proxy = calloc( 1, sizeof(*proxy) ))) return E_OUTOFMEMORY;
    proxy->IUnknown_iface.lpVtbl = (IUnknownVtbl *)&outer_vtbl;
    proxy->IRpcProxyBuffer_iface.lpVtbl = (IRpcProxyBufferVtbl *)&proxy_buffer_vtbl;
    proxy->IRpcChannelBuffer_iface.lpVtbl = (IRpcChannelBufferVtbl *)&channel_vtbl;
    proxy->IClientSecurity_iface.lpVtbl = (IClientSecurityVtbl *)&client_security_vtbl;
    proxy->refs = 1;
    proxy->outer = outer;
    proxy->iid = *iid;
    InitializeSRWLock( &proxy->lock );
    blanket_init( &proxy->blanket );

    hr = IPSFactoryBuffer_CreateProxy( standard_factory, &proxy->IUnknown_iface, iid, &proxy->standard, iface );
    if (FAILED(hr))
    {
        WARN( "No standard proxy for %s, hr %#lx.\n", debugstr_guid( iid ), hr );
        proxy->standard = NULL;
        proxy_release( proxy );
        return hr;
    }
    proxy->iface = *iface;
    *buffer = &proxy->IRpcProxyBuffer_iface;
    TRACE( "returning %p, iface %p.\n", proxy, *iface );
    return S_OK;
}
