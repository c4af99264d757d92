/*
 * IBackgroundCopyJobHttpOptions to HttpOptions3 of a view
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
#include "com/com.h"
#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

static inline struct view *impl_from_IBackgroundCopyJobHttpOptions3( IBackgroundCopyJobHttpOptions3 *iface )
{
    return CONTAINING_RECORD( iface, struct view, IBackgroundCopyJobHttpOptions3_iface );
}

static HRESULT WINAPI HttpOptions_QueryInterface( IBackgroundCopyJobHttpOptions3 *iface, REFIID iid, void **object )
{
    return view_query_interface( impl_from_IBackgroundCopyJobHttpOptions3( iface ), iid, object );
}

static ULONG WINAPI HttpOptions_AddRef( IBackgroundCopyJobHttpOptions3 *iface )
{
    return view_addref( impl_from_IBackgroundCopyJobHttpOptions3( iface ) );
}

static ULONG WINAPI HttpOptions_Release( IBackgroundCopyJobHttpOptions3 *iface )
{
    return view_release( impl_from_IBackgroundCopyJobHttpOptions3( iface ) );
}

static HRESULT WINAPI HttpOptions_SetClientCertificateByID( IBackgroundCopyJobHttpOptions3 *iface,
                                                            BG_CERT_STORE_LOCATION location, LPCWSTR store,
                                                            BYTE *hash )
{
    FIXME( "%p, %u, %s, %p: not yet.\n", iface, location, debugstr_w( store ), hash );
    return E_NOTIMPL;
}

static HRESULT WINAPI HttpOptions_SetClientCertificateByName( IBackgroundCopyJobHttpOptions3 *iface,
                                                              BG_CERT_STORE_LOCATION location, LPCWSTR store,
                                                              LPCWSTR subject )
{
    FIXME( "%p, %u, %s, %s: not yet.\n", iface, location, debugstr_w( store ), debugstr_w( subject ));
    return E_NOTIMPL;
}

static HRESULT WINAPI HttpOptions_RemoveClientCertificate( IBackgroundCopyJobHttpOptions3 *iface )
{
    FIXME( "%p: not yet.\n", iface );
    return E_NOTIMPL;
}

static HRESULT WINAPI HttpOptions_GetClientCertificate( IBackgroundCopyJobHttpOptions3 *iface,
                                                        BG_CERT_STORE_LOCATION *location, LPWSTR *store, BYTE **hash,
                                                        LPWSTR *subject )
{
    FIXME( "%p, %p, %p, %p, %p: not yet.\n", iface, location, store, hash, subject );

    if (location) *location = BG_CERT_STORE_LOCATION_CURRENT_USER;
    if (store) *store = NULL;
    if (hash) *hash = NULL;
    if (subject) *subject = NULL;
    return E_NOTIMPL;
}

static HRESULT WINAPI HttpOptions_SetCustomHeaders( IBackgroundCopyJobHttpOptions3 *iface, LPCWSTR headers )
{
    FIXME( "%p, %p: not yet.\n", iface, headers );
    return E_NOTIMPL;
}

static HRESULT WINAPI HttpOptions_GetCustomHeaders( IBackgroundCopyJobHttpOptions3 *iface, LPWSTR *headers )
{
    FIXME( "%p, %p: not yet.\n", iface, headers );

    if (headers) *headers = NULL;
    return E_NOTIMPL;
}

static HRESULT WINAPI HttpOptions_SetSecurityFlags( IBackgroundCopyJobHttpOptions3 *iface, ULONG flags )
{
    FIXME( "%p, %#lx: not yet.\n", iface, flags );
    return E_NOTIMPL;
}

static HRESULT WINAPI HttpOptions_GetSecurityFlags( IBackgroundCopyJobHttpOptions3 *iface, ULONG *flags )
{
    FIXME( "%p, %p: not yet.\n", iface, flags );

    if (flags) *flags = 0;
    return E_NOTIMPL;
}

static HRESULT WINAPI HttpOptions_SetHttpMethod( IBackgroundCopyJobHttpOptions3 *iface, LPCWSTR method )
{
    FIXME( "%p, %s: not yet.\n", iface, debugstr_w( method ));
    return E_NOTIMPL;
}

static HRESULT WINAPI HttpOptions_GetHttpMethod( IBackgroundCopyJobHttpOptions3 *iface, LPWSTR *method )
{
    FIXME( "%p, %p: not yet.\n", iface, method );

    if (method) *method = NULL;
    return E_NOTIMPL;
}

static HRESULT WINAPI HttpOptions_SetServerCertificateValidationInterface( IBackgroundCopyJobHttpOptions3 *iface,
                                                                           IUnknown *callback )
{
    FIXME( "%p, %p: not yet.\n", iface, callback );
    return E_NOTIMPL;
}

static HRESULT WINAPI HttpOptions_MakeCustomHeadersWriteOnly( IBackgroundCopyJobHttpOptions3 *iface )
{
    FIXME( "%p: not yet.\n", iface );
    return E_NOTIMPL;
}

const IBackgroundCopyJobHttpOptions3Vtbl view_http_vtbl =
{
    HttpOptions_QueryInterface,
    HttpOptions_AddRef,
    HttpOptions_Release,
    HttpOptions_SetClientCertificateByID,
    HttpOptions_SetClientCertificateByName,
    HttpOptions_RemoveClientCertificate,
    HttpOptions_GetClientCertificate,
    HttpOptions_SetCustomHeaders,
    HttpOptions_GetCustomHeaders,
    HttpOptions_SetSecurityFlags,
    HttpOptions_GetSecurityFlags,
    HttpOptions_SetHttpMethod,
    HttpOptions_GetHttpMethod,
    HttpOptions_SetServerCertificateValidationInterface,
    HttpOptions_MakeCustomHeadersWriteOnly,
};
