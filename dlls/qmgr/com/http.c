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

/* --- client certificates ------------------------------------------------------------------------------------------ */

C_ASSERT( CERTIFICATE_HASH_SIZE == JOB_CERT_HASH_SIZE );

/* Looks for the certificate, as the owner, who alone may name one; that may wait, so not within the change. */
static HRESULT set_certificate( struct view *view, BG_CERT_STORE_LOCATION location, const WCHAR *store,
                                const BYTE *hash, const WCHAR *subject )
{
    BYTE found[JOB_CERT_HASH_SIZE];
    struct identity *caller;
    HRESULT hr;

    if (FAILED(hr = begin_owner_change( view ))) return hr;
    queue_end_change( view->job, E_NOTIMPL );     /* only asked whether it may be changed */
    if (FAILED(hr = identity_of_caller( &caller ))) return hr;
    hr = certificate_find( caller, location, store, hash, subject, found );
    identity_release( caller );
    if (FAILED(hr)) return hr;

    if (FAILED(hr = begin_owner_change( view ))) return hr;
    return queue_end_change( view->job, job_set_certificate( view->job, location, store, found, subject ) );
}

static HRESULT WINAPI HttpOptions_SetClientCertificateByID( IBackgroundCopyJobHttpOptions3 *iface,
                                                            BG_CERT_STORE_LOCATION location, LPCWSTR store,
                                                            BYTE *hash )
{
    struct view *view = impl_from_IBackgroundCopyJobHttpOptions3( iface );
    HRESULT hr;

    TRACE( "%p, %u, %s, %p.\n", iface, location, debugstr_w( store ), hash );

    if (FAILED(hr = certificate_check_id( location, store, hash ))) return hr;
    return set_certificate( view, location, store, hash, NULL );
}

static HRESULT WINAPI HttpOptions_SetClientCertificateByName( IBackgroundCopyJobHttpOptions3 *iface,
                                                              BG_CERT_STORE_LOCATION location, LPCWSTR store,
                                                              LPCWSTR subject )
{
    struct view *view = impl_from_IBackgroundCopyJobHttpOptions3( iface );
    HRESULT hr;

    TRACE( "%p, %u, %s, %s.\n", iface, location, debugstr_w( store ), debugstr_w( subject ));

    if (FAILED(hr = certificate_check_name( location, store, subject ))) return hr;
    return set_certificate( view, location, store, NULL, subject );
}

static HRESULT WINAPI HttpOptions_RemoveClientCertificate( IBackgroundCopyJobHttpOptions3 *iface )
{
    struct view *view = impl_from_IBackgroundCopyJobHttpOptions3( iface );
    HRESULT hr;

    TRACE( "%p.\n", iface );

    if (FAILED(hr = begin_owner_change( view ))) return hr;
    return queue_end_change( view->job, job_remove_certificate( view->job ) );
}

static HRESULT return_certificate( const struct job_certificate *certificate, BG_CERT_STORE_LOCATION *location,
                                   WCHAR **store, BYTE **hash, WCHAR **subject )
{
    HRESULT hr;

    if (!certificate->present) return HRESULT_FROM_WIN32( RPC_X_BAD_STUB_DATA );
    if (FAILED(hr = return_bytes( certificate->hash, sizeof(certificate->hash), (void **)hash ))) return hr;
    if (FAILED(hr = return_strings( certificate->store, store, certificate->subject, subject )))
    {
        CoTaskMemFree( *hash );
        *hash = NULL;
        return hr;
    }
    *location = certificate->location;
    return S_OK;
}

/* spec: api 5.6.4: who may not see the certificate hears the same as if there were none */
static HRESULT WINAPI HttpOptions_GetClientCertificate( IBackgroundCopyJobHttpOptions3 *iface,
                                                        BG_CERT_STORE_LOCATION *location, LPWSTR *store, BYTE **hash,
                                                        LPWSTR *subject )
{
    struct view *view = impl_from_IBackgroundCopyJobHttpOptions3( iface );
    HRESULT hr;

    TRACE( "%p, %p, %p, %p, %p.\n", iface, location, store, hash, subject );

    if (!location || !store || !hash || !subject) return HRESULT_FROM_WIN32( RPC_X_NULL_REF_POINTER );
    *location = BG_CERT_STORE_LOCATION_CURRENT_USER;
    *store = *subject = NULL;
    *hash = NULL;
    if (FAILED(hr = identity_check_call())) return hr;
    if (FAILED(begin_owner_read( view, location ))) return HRESULT_FROM_WIN32( RPC_X_BAD_STUB_DATA );
    return end_read( return_certificate( &view->job->http.certificate, location, store, hash, subject ) );
}

/* --- requests ----------------------------------------------------------------------------------------------------- */

/* Headers may be secret: they are never traced. */
static HRESULT WINAPI HttpOptions_SetCustomHeaders( IBackgroundCopyJobHttpOptions3 *iface, LPCWSTR headers )
{
    struct view *view = impl_from_IBackgroundCopyJobHttpOptions3( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, headers );

    if (FAILED(hr = begin_owner_change( view ))) return hr;
    return queue_end_change( view->job, job_set_headers( view->job, headers ) );
}

static HRESULT WINAPI HttpOptions_GetCustomHeaders( IBackgroundCopyJobHttpOptions3 *iface, LPWSTR *ret )
{
    struct view *view = impl_from_IBackgroundCopyJobHttpOptions3( iface );
    const WCHAR *headers;
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, ret );

    if (!ret) return HRESULT_FROM_WIN32( RPC_X_NULL_REF_POINTER );
    *ret = NULL;
    if (FAILED(hr = begin_owner_read( view, ret ))) return hr;
    if ((hr = job_get_headers( view->job, &headers )) == S_OK) hr = return_string( headers, ret );
    return end_read( hr );
}

static HRESULT WINAPI HttpOptions_SetSecurityFlags( IBackgroundCopyJobHttpOptions3 *iface, ULONG flags )
{
    struct view *view = impl_from_IBackgroundCopyJobHttpOptions3( iface );
    HRESULT hr;

    TRACE( "%p, %#lx.\n", iface, flags );

    if (FAILED(hr = check_change( view ))) return hr;
    return queue_set_security_flags( view->job, flags );
}

static HRESULT WINAPI HttpOptions_GetSecurityFlags( IBackgroundCopyJobHttpOptions3 *iface, ULONG *flags )
{
    struct view *view = impl_from_IBackgroundCopyJobHttpOptions3( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, flags );

    if (FAILED(hr = begin_read( view, flags ))) return hr;
    *flags = view->job->http.security_flags;
    return end_read( S_OK );
}

static HRESULT WINAPI HttpOptions_SetHttpMethod( IBackgroundCopyJobHttpOptions3 *iface, LPCWSTR method )
{
    struct view *view = impl_from_IBackgroundCopyJobHttpOptions3( iface );
    HRESULT hr;

    TRACE( "%p, %s.\n", iface, debugstr_w( method ));

    if (FAILED(hr = begin_change( view ))) return hr;
    return queue_end_change( view->job, job_set_method( view->job, method ) );
}

static HRESULT WINAPI HttpOptions_GetHttpMethod( IBackgroundCopyJobHttpOptions3 *iface, LPWSTR *method )
{
    struct view *view = impl_from_IBackgroundCopyJobHttpOptions3( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, method );

    if (FAILED(hr = begin_read( view, method ))) return hr;
    return end_read( return_string( job_get_method( view->job ), method ) );
}

/* spec: api 5.6.11; QueryInterface is a call to the client */
static HRESULT WINAPI HttpOptions_SetServerCertificateValidationInterface( IBackgroundCopyJobHttpOptions3 *iface,
                                                                           IUnknown *object )
{
    struct view *view = impl_from_IBackgroundCopyJobHttpOptions3( iface );
    struct identity *caller;
    IUnknown *judge;
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, object );

    if (FAILED(hr = check_change( view ))) return hr;
    if (!object) return queue_set_judge( view->job, NULL, NULL );
    if (FAILED(hr = identity_of_caller( &caller ))) return hr;
    if (SUCCEEDED(hr = IUnknown_QueryInterface( object, &IID_IBackgroundCopyServerCertificateValidationCallback,
                                                (void **)&judge )))
    {
        hr = queue_set_judge( view->job, judge, caller );
        IUnknown_Release( judge );
    }
    identity_release( caller );
    return hr;
}

/* spec: api 5.6.12: always S_OK, on a finished job too */
static HRESULT WINAPI HttpOptions_MakeCustomHeadersWriteOnly( IBackgroundCopyJobHttpOptions3 *iface )
{
    struct view *view = impl_from_IBackgroundCopyJobHttpOptions3( iface );
    HRESULT hr;

    TRACE( "%p.\n", iface );

    if ((hr = begin_change( view )) == BG_E_INVALID_STATE)
    {
        queue_lock();
        job_hide_headers( view->job );
        return end_read( S_OK );
    }
    if (FAILED(hr)) return hr;
    job_hide_headers( view->job );
    return queue_end_change( view->job, S_OK );
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
