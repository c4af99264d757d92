/*
 * IBackgroundCopyFile to File6: a live file of a job
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

struct file
{
    IBackgroundCopyFile6 IBackgroundCopyFile6_iface;
    LONG refs;
    struct com_object object;
    struct view *view;
    ULONG index;
};

static inline struct file *impl_from_IBackgroundCopyFile6( IBackgroundCopyFile6 *iface )
{
    return CONTAINING_RECORD( iface, struct file, IBackgroundCopyFile6_iface );
}

/* With the queue lock held: the job's array moves when it grows. */
static struct job_file *file_data_locked( const struct file *file )
{
    return file->view->job->files[file->index];
}

static HRESULT WINAPI File_QueryInterface( IBackgroundCopyFile6 *iface, REFIID iid, void **object )
{
    TRACE( "%p, %s, %p.\n", iface, debugstr_guid( iid ), object );

    if (IsEqualGUID( iid, &IID_IUnknown ) || IsEqualGUID( iid, &IID_IBackgroundCopyFile ) ||
        IsEqualGUID( iid, &IID_IBackgroundCopyFile2 ) || IsEqualGUID( iid, &IID_IBackgroundCopyFile3 ) ||
        IsEqualGUID( iid, &IID_IBackgroundCopyFile4 ) || IsEqualGUID( iid, &IID_IBackgroundCopyFile5 ) ||
        IsEqualGUID( iid, &IID_IBackgroundCopyFile6 ))
    {
        IBackgroundCopyFile6_AddRef( iface );
        *object = iface;
        return S_OK;
    }
    *object = NULL;
    return E_NOINTERFACE;
}

static ULONG WINAPI File_AddRef( IBackgroundCopyFile6 *iface )
{
    struct file *file = impl_from_IBackgroundCopyFile6( iface );
    ULONG refs = InterlockedIncrement( &file->refs );

    TRACE( "%p, refs %lu.\n", iface, refs );
    return refs;
}

static ULONG WINAPI File_Release( IBackgroundCopyFile6 *iface )
{
    struct file *file = impl_from_IBackgroundCopyFile6( iface );
    ULONG refs = InterlockedDecrement( &file->refs );

    TRACE( "%p, refs %lu.\n", iface, refs );

    if (!refs)
    {
        view_release( file->view );
        com_object_destroyed( &file->object );
        free( file );
    }
    return refs;
}

static HRESULT WINAPI File_GetRemoteName( IBackgroundCopyFile6 *iface, LPWSTR *name )
{
    struct file *file = impl_from_IBackgroundCopyFile6( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, name );

    if (FAILED(hr = begin_read( file->view, name ))) return hr;
    return end_read( return_string( file_data_locked( file )->remote, name ) );
}

static HRESULT WINAPI File_GetLocalName( IBackgroundCopyFile6 *iface, LPWSTR *name )
{
    struct file *file = impl_from_IBackgroundCopyFile6( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, name );

    if (FAILED(hr = begin_read( file->view, name ))) return hr;
    return end_read( return_string( file_data_locked( file )->local, name ) );
}

static HRESULT WINAPI File_GetProgress( IBackgroundCopyFile6 *iface, BG_FILE_PROGRESS *progress )
{
    struct file *file = impl_from_IBackgroundCopyFile6( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, progress );

    if (FAILED(hr = begin_read( file->view, progress ))) return hr;
    job_file_get_progress( file_data_locked( file ), progress );
    return end_read( S_OK );
}

static HRESULT WINAPI File_GetFileRanges( IBackgroundCopyFile6 *iface, DWORD *count, BG_FILE_RANGE **ret )
{
    struct file *file = impl_from_IBackgroundCopyFile6( iface );
    const struct ranges *ranges;
    HRESULT hr;

    TRACE( "%p, %p, %p.\n", iface, count, ret );

    if (!count || !ret) return E_INVALIDARG;
    *count = 0;
    *ret = NULL;
    if (FAILED(hr = begin_read( file->view, count ))) return hr;
    ranges = &file_data_locked( file )->ranges;
    if (!ranges->count) return end_read( S_FALSE );
    if (SUCCEEDED(hr = return_bytes( ranges->items, ranges->count * sizeof(**ret), (void **)ret )))
        *count = ranges->count;
    return end_read( hr );
}

static HRESULT WINAPI File_SetRemoteName( IBackgroundCopyFile6 *iface, LPCWSTR name )
{
    struct file *file = impl_from_IBackgroundCopyFile6( iface );
    HRESULT hr;

    TRACE( "%p, %s.\n", iface, debugstr_url( name ));

    if (!name) return E_INVALIDARG;
    if (FAILED(hr = check_change( file->view ))) return hr;
    return queue_set_remote( file->view->job, file->index, name );
}

/* spec: api 5.9.6: the name is good from the file's creation until Complete or Cancel */
static HRESULT WINAPI File_GetTemporaryName( IBackgroundCopyFile6 *iface, LPWSTR *name )
{
    struct file *file = impl_from_IBackgroundCopyFile6( iface );
    const struct job_file *data;
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, name );

    if (name) *name = NULL;
    if (FAILED(hr = begin_read( file->view, name ))) return hr;
    data = file_data_locked( file );
    if (!data->temp || data->completed || job_is_final( file->view->job )) hr = BG_E_FILE_NOT_AVAILABLE;
    else hr = return_string( data->temp, name );
    return end_read( hr );
}

static HRESULT WINAPI File_SetValidationState( IBackgroundCopyFile6 *iface, BOOL state )
{
    struct file *file = impl_from_IBackgroundCopyFile6( iface );
    HRESULT hr;

    TRACE( "%p, %d.\n", iface, state );

    if (FAILED(hr = check_change( file->view ))) return hr;
    return queue_set_validation( file->view->job, file->index, state );
}

static HRESULT WINAPI File_GetValidationState( IBackgroundCopyFile6 *iface, BOOL *state )
{
    struct file *file = impl_from_IBackgroundCopyFile6( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, state );

    if (FAILED(hr = begin_read( file->view, state ))) return hr;
    *state = job_file_is_valid( file_data_locked( file ) );
    return end_read( S_OK );
}

/* There are no peers: this and the next tell what is the case. */
static HRESULT WINAPI File_IsDownloadedFromPeer( IBackgroundCopyFile6 *iface, BOOL *peer )
{
    struct file *file = impl_from_IBackgroundCopyFile6( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, peer );

    if (FAILED(hr = begin_read( file->view, peer ))) return hr;
    *peer = FALSE;
    return end_read( S_OK );
}

static HRESULT WINAPI File_GetPeerDownloadStats( IBackgroundCopyFile6 *iface, UINT64 *origin, UINT64 *peers )
{
    struct file *file = impl_from_IBackgroundCopyFile6( iface );
    HRESULT hr;

    TRACE( "%p, %p, %p.\n", iface, origin, peers );

    if (!peers) return E_INVALIDARG;
    if (FAILED(hr = begin_read( file->view, origin ))) return hr;
    *origin = file_data_locked( file )->from_origin;
    *peers = 0;
    return end_read( S_OK );
}

/* spec: api 5.9.11: the one property there is cannot be set */
static HRESULT WINAPI File_SetProperty( IBackgroundCopyFile6 *iface, BITS_FILE_PROPERTY_ID id,
                                        BITS_FILE_PROPERTY_VALUE value )
{
    struct file *file = impl_from_IBackgroundCopyFile6( iface );
    HRESULT hr;

    TRACE( "%p, %u.\n", iface, id );

    if (FAILED(hr = begin_change( file->view ))) return hr;
    return queue_end_change( file->view->job, id == BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS ? BG_E_READ_ONLY_PROPERTY :
                             BG_E_UNKNOWN_PROPERTY_ID );
}

static HRESULT WINAPI File_GetProperty( IBackgroundCopyFile6 *iface, BITS_FILE_PROPERTY_ID id,
                                        BITS_FILE_PROPERTY_VALUE *value )
{
    struct file *file = impl_from_IBackgroundCopyFile6( iface );
    HRESULT hr;

    TRACE( "%p, %u, %p.\n", iface, id, value );

    if (!value) return E_INVALIDARG;
    value->String = NULL;
    if (FAILED(hr = begin_read( file->view, value ))) return hr;
    if (id != BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS) return end_read( BG_E_UNKNOWN_PROPERTY_ID );
    return end_read( return_string( file_data_locked( file )->response_headers, &value->String ) );
}

static HRESULT WINAPI File_UpdateDownloadPosition( IBackgroundCopyFile6 *iface, UINT64 offset )
{
    struct file *file = impl_from_IBackgroundCopyFile6( iface );
    HRESULT hr;

    TRACE( "%p, %#I64x.\n", iface, offset );

    if (FAILED(hr = check_change( file->view ))) return hr;
    return queue_set_position( file->view->job, file->index, offset );
}

static HRESULT WINAPI File_RequestFileRanges( IBackgroundCopyFile6 *iface, DWORD count, const BG_FILE_RANGE ranges[] )
{
    struct file *file = impl_from_IBackgroundCopyFile6( iface );
    HRESULT hr;

    TRACE( "%p, %lu, %p.\n", iface, count, ranges );

    if (FAILED(hr = check_change( file->view ))) return hr;
    return queue_request_ranges( file->view->job, file->index, count, ranges );
}

static HRESULT WINAPI File_GetFilledFileRanges( IBackgroundCopyFile6 *iface, DWORD *count, BG_FILE_RANGE **ret )
{
    struct file *file = impl_from_IBackgroundCopyFile6( iface );
    struct ranges filled;
    HRESULT hr;

    TRACE( "%p, %p, %p.\n", iface, count, ret );

    if (!count || !ret) return E_INVALIDARG;
    *count = 0;
    *ret = NULL;
    if (FAILED(hr = begin_read( file->view, count ))) return hr;
    if (FAILED(hr = job_file_get_filled( file->view->job, file_data_locked( file ), &filled ))) return end_read( hr );
    if (filled.count && SUCCEEDED(hr = return_bytes( filled.items, filled.count * sizeof(**ret), (void **)ret )))
        *count = filled.count;
    ranges_clear( &filled );
    return end_read( hr );
}

static const IBackgroundCopyFile6Vtbl file_vtbl =
{
    File_QueryInterface,
    File_AddRef,
    File_Release,
    File_GetRemoteName,
    File_GetLocalName,
    File_GetProgress,
    File_GetFileRanges,
    File_SetRemoteName,
    File_GetTemporaryName,
    File_SetValidationState,
    File_GetValidationState,
    File_IsDownloadedFromPeer,
    File_GetPeerDownloadStats,
    File_SetProperty,
    File_GetProperty,
    File_UpdateDownloadPosition,
    File_RequestFileRanges,
    File_GetFilledFileRanges,
};

BOOL file_get_index( IBackgroundCopyFile *iface, ULONG *index )
{
    if ((const void *)iface->lpVtbl != &file_vtbl) return FALSE;
    *index = impl_from_IBackgroundCopyFile6( (IBackgroundCopyFile6 *)iface )->index;
    return TRUE;
}

HRESULT file_create( struct view *view, ULONG index, IBackgroundCopyFile **ret )
{
    struct file *file;

    *ret = NULL;
    if (!(file = malloc( sizeof(*file) ))) return E_OUTOFMEMORY;
    file->IBackgroundCopyFile6_iface.lpVtbl = &file_vtbl;
    file->refs = 1;
    view_addref( view );
    file->view = view;
    file->index = index;
    com_object_created( &file->object, &file->IBackgroundCopyFile6_iface, &file->refs );

    *ret = (IBackgroundCopyFile *)&file->IBackgroundCopyFile6_iface;
    return S_OK;
}
