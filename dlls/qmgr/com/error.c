/*
 * IBackgroundCopyError: a snapshot of a job's error
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

struct error
{
    IBackgroundCopyError IBackgroundCopyError_iface;
    LONG refs;
    struct com_object object;
    struct view *view;
    HRESULT code;
    BG_ERROR_CONTEXT context;
    int file;                   /* index in the job, -1 for none */
    const WCHAR *protocol;      /* NULL when the error has nothing to do with one */
    WCHAR *detail;
};

static inline struct error *impl_from_IBackgroundCopyError( IBackgroundCopyError *iface )
{
    return CONTAINING_RECORD( iface, struct error, IBackgroundCopyError_iface );
}

static HRESULT WINAPI Error_QueryInterface( IBackgroundCopyError *iface, REFIID iid, void **object )
{
    TRACE( "%p, %s, %p.\n", iface, debugstr_guid( iid ), object );

    if (IsEqualGUID( iid, &IID_IUnknown ) || IsEqualGUID( iid, &IID_IBackgroundCopyError ))
    {
        IBackgroundCopyError_AddRef( iface );
        *object = iface;
        return S_OK;
    }
    *object = NULL;
    return E_NOINTERFACE;
}

static ULONG WINAPI Error_AddRef( IBackgroundCopyError *iface )
{
    struct error *error = impl_from_IBackgroundCopyError( iface );
    ULONG refs = InterlockedIncrement( &error->refs );

    TRACE( "%p, refs %lu.\n", iface, refs );
    return refs;
}

static ULONG WINAPI Error_Release( IBackgroundCopyError *iface )
{
    struct error *error = impl_from_IBackgroundCopyError( iface );
    ULONG refs = InterlockedDecrement( &error->refs );

    TRACE( "%p, refs %lu.\n", iface, refs );

    if (!refs)
    {
        view_release( error->view );
        free( error->detail );
        com_object_destroyed( &error->object );
        free( error );
    }
    return refs;
}

static HRESULT WINAPI Error_GetError( IBackgroundCopyError *iface, BG_ERROR_CONTEXT *context, HRESULT *code )
{
    struct error *error = impl_from_IBackgroundCopyError( iface );
    HRESULT hr;

    TRACE( "%p, %p, %p.\n", iface, context, code );

    if (!context || !code) return E_INVALIDARG;
    if (FAILED(hr = identity_check_call())) return hr;
    *context = error->context;
    *code = error->code;
    return S_OK;
}

static HRESULT WINAPI Error_GetFile( IBackgroundCopyError *iface, IBackgroundCopyFile **file )
{
    struct error *error = impl_from_IBackgroundCopyError( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, file );

    if (!file) return E_INVALIDARG;
    *file = NULL;
    if (FAILED(hr = identity_check_call())) return hr;
    if (error->file < 0) return BG_E_FILE_NOT_AVAILABLE;
    return file_create( error->view, error->file, file );
}

/* TEXT, from CoTaskMemAlloc, gets the detail in a line of its own. */
static HRESULT append_detail( WCHAR **text, const WCHAR *detail )
{
    SIZE_T len = wstr_len( *text ), add = wstr_len( detail ) + 1;
    WCHAR *grown = CoTaskMemRealloc( *text, (len + 2 + add) * sizeof(WCHAR) );

    if (!grown)
    {
        CoTaskMemFree( *text );
        *text = NULL;
        return E_OUTOFMEMORY;
    }
    grown[len] = '\r';
    grown[len + 1] = '\n';
    memcpy( grown + len + 2, detail, add * sizeof(WCHAR) );
    *text = grown;
    return S_OK;
}

/* What both descriptions do: spec: api 5.10.3, 5.10.4 */
static HRESULT describe( HRESULT id, DWORD langid, WCHAR **text )
{
    HRESULT hr;

    if (!text) return E_INVALIDARG;
    *text = NULL;
    if (!langid) return E_INVALIDARG;
    if (FAILED(hr = identity_check_call())) return hr;
    return error_text( id, langid, text );
}

static HRESULT WINAPI Error_GetErrorDescription( IBackgroundCopyError *iface, DWORD langid, LPWSTR *text )
{
    struct error *error = impl_from_IBackgroundCopyError( iface );
    HRESULT hr;

    TRACE( "%p, %#lx, %p.\n", iface, langid, text );

    if (FAILED(hr = describe( error->code, langid, text ))) return hr;
    return error->detail ? append_detail( text, error->detail ) : S_OK;
}

static HRESULT WINAPI Error_GetErrorContextDescription( IBackgroundCopyError *iface, DWORD langid, LPWSTR *text )
{
    struct error *error = impl_from_IBackgroundCopyError( iface );

    TRACE( "%p, %#lx, %p.\n", iface, langid, text );

    return describe( error_context_text_id( error->context ), langid, text );
}

static HRESULT WINAPI Error_GetProtocol( IBackgroundCopyError *iface, LPWSTR *protocol )
{
    struct error *error = impl_from_IBackgroundCopyError( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, protocol );

    if (!protocol) return E_INVALIDARG;
    *protocol = NULL;
    if (FAILED(hr = identity_check_call())) return hr;
    if (!error->protocol) return BG_E_PROTOCOL_NOT_AVAILABLE;
    return return_string( error->protocol, protocol );
}

static const IBackgroundCopyErrorVtbl error_vtbl =
{
    Error_QueryInterface,
    Error_AddRef,
    Error_Release,
    Error_GetError,
    Error_GetFile,
    Error_GetErrorDescription,
    Error_GetErrorContextDescription,
    Error_GetProtocol,
};

/* spec: api 5.10.5 */
static const WCHAR *error_protocol_locked( const struct job *job )
{
    const struct job_error *error = &job->error;
    enum name_kind kind;

    if (error->context != BG_ERROR_CONTEXT_REMOTE_FILE && error->context != BG_ERROR_CONTEXT_GENERAL_TRANSPORT)
        return NULL;
    if (error->file < 0 || FAILED(name_check_remote( job->files[error->file]->remote, &kind ))) return NULL;
    return kind == NAME_PATH ? L"file" : L"http";
}

static HRESULT take_snapshot( struct error *error, const struct job *job )
{
    HRESULT hr = S_OK;

    queue_lock();
    error->code = job->error.code;
    error->context = job->error.context;
    error->file = job->error.file;
    error->protocol = error_protocol_locked( job );
    if (error->context == BG_ERROR_CONTEXT_NONE) hr = BG_E_ERROR_INFORMATION_UNAVAILABLE;
    else if (job->error.detail && !(error->detail = wstr_dup( job->error.detail ))) hr = E_OUTOFMEMORY;
    queue_unlock();
    return hr;
}

HRESULT error_create( struct view *view, IBackgroundCopyError **ret )
{
    struct error *error;
    HRESULT hr;

    *ret = NULL;
    if (!(error = calloc( 1, sizeof(*error) ))) return E_OUTOFMEMORY;
    if (FAILED(hr = take_snapshot( error, view->job )))
    {
        free( error );
        return hr;
    }
    error->IBackgroundCopyError_iface.lpVtbl = &error_vtbl;
    error->refs = 1;
    view_addref( view );
    error->view = view;
    com_object_created( &error->object, &error->IBackgroundCopyError_iface, &error->refs );

    *ret = &error->IBackgroundCopyError_iface;
    return S_OK;
}
