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
    struct job *job;
    ULONG index;
};

static inline struct file *impl_from_IBackgroundCopyFile6( IBackgroundCopyFile6 *iface )
{
    return CONTAINING_RECORD( iface, struct file, IBackgroundCopyFile6_iface );
}

/* With the queue lock held: the job's array moves when it grows. */
static struct job_file *file_data_locked( const struct file *file )
{
    return file->job->files[file->index];
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
        job_release( file->job );
        free( file );
        com_object_destroyed();
    }
    return refs;
}

static HRESULT WINAPI File_GetRemoteName( IBackgroundCopyFile6 *iface, LPWSTR *name )
{
    struct file *file = impl_from_IBackgroundCopyFile6( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, name );

    if (FAILED(hr = begin_read( name ))) return hr;
    return end_read( return_string( file_data_locked( file )->remote, name ) );
}

static HRESULT WINAPI File_GetLocalName( IBackgroundCopyFile6 *iface, LPWSTR *name )
{
    struct file *file = impl_from_IBackgroundCopyFile6( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, name );

    if (FAILED(hr = begin_read( name ))) return hr;
    return end_read( return_string( file_data_locked( file )->local, name ) );
}

static HRESULT WINAPI File_GetProgress( IBackgroundCopyFile6 *iface, BG_FILE_PROGRESS *progress )
{
    struct file *file = impl_from_IBackgroundCopyFile6( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, progress );

    if (FAILED(hr = begin_read( progress ))) return hr;
    job_file_get_progress( file_data_locked( file ), progress );
    return end_read( S_OK );
}

static HRESULT WINAPI File_GetFileRanges( IBackgroundCopyFile6 *iface, DWORD *count, BG_FILE_RANGE **ranges )
{
    FIXME( "%p, %p, %p: not yet.\n", iface, count, ranges );

    if (count) *count = 0;
    if (ranges) *ranges = NULL;
    return E_NOTIMPL;
}

static HRESULT WINAPI File_SetRemoteName( IBackgroundCopyFile6 *iface, LPCWSTR name )
{
    FIXME( "%p, %s: not yet.\n", iface, debugstr_w( name ));
    return E_NOTIMPL;
}

/* spec: api 5.9.6: the name is good from the file's creation until Complete or Cancel */
static HRESULT WINAPI File_GetTemporaryName( IBackgroundCopyFile6 *iface, LPWSTR *name )
{
    struct file *file = impl_from_IBackgroundCopyFile6( iface );
    const struct job_file *data;
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, name );

    if (name) *name = NULL;
    if (FAILED(hr = begin_read( name ))) return hr;
    data = file_data_locked( file );
    if (!data->temp || data->completed || job_is_final( file->job )) hr = BG_E_FILE_NOT_AVAILABLE;
    else hr = return_string( data->temp, name );
    return end_read( hr );
}

static HRESULT WINAPI File_SetValidationState( IBackgroundCopyFile6 *iface, BOOL state )
{
    FIXME( "%p, %d: not yet.\n", iface, state );
    return E_NOTIMPL;
}

static HRESULT WINAPI File_GetValidationState( IBackgroundCopyFile6 *iface, BOOL *state )
{
    FIXME( "%p, %p: not yet.\n", iface, state );

    if (state) *state = FALSE;
    return E_NOTIMPL;
}

static HRESULT WINAPI File_IsDownloadedFromPeer( IBackgroundCopyFile6 *iface, BOOL *peer )
{
    FIXME( "%p, %p: not yet.\n", iface, peer );

    if (peer) *peer = FALSE;
    return E_NOTIMPL;
}

static HRESULT WINAPI File_GetPeerDownloadStats( IBackgroundCopyFile6 *iface, UINT64 *origin, UINT64 *peers )
{
    FIXME( "%p, %p, %p: not yet.\n", iface, origin, peers );

    if (origin) *origin = 0;
    if (peers) *peers = 0;
    return E_NOTIMPL;
}

static HRESULT WINAPI File_SetProperty( IBackgroundCopyFile6 *iface, BITS_FILE_PROPERTY_ID id,
                                        BITS_FILE_PROPERTY_VALUE value )
{
    FIXME( "%p, %u: not yet.\n", iface, id );
    return E_NOTIMPL;
}

static HRESULT WINAPI File_GetProperty( IBackgroundCopyFile6 *iface, BITS_FILE_PROPERTY_ID id,
                                        BITS_FILE_PROPERTY_VALUE *value )
{
    FIXME( "%p, %u, %p: not yet.\n", iface, id, value );

    if (value) memset( value, 0, sizeof(*value) );
    return E_NOTIMPL;
}

static HRESULT WINAPI File_UpdateDownloadPosition( IBackgroundCopyFile6 *iface, UINT64 offset )
{
    FIXME( "%p, %#I64x: not yet.\n", iface, offset );
    return E_NOTIMPL;
}

static HRESULT WINAPI File_RequestFileRanges( IBackgroundCopyFile6 *iface, DWORD count, const BG_FILE_RANGE ranges[] )
{
    FIXME( "%p, %lu, %p: not yet.\n", iface, count, ranges );
    return E_NOTIMPL;
}

static HRESULT WINAPI File_GetFilledFileRanges( IBackgroundCopyFile6 *iface, DWORD *count, BG_FILE_RANGE **ranges )
{
    FIXME( "%p, %p, %p: not yet.\n", iface, count, ranges );

    if (count) *count = 0;
    if (ranges) *ranges = NULL;
    return E_NOTIMPL;
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

HRESULT file_create( struct job *job, ULONG index, IBackgroundCopyFile **ret )
{
    struct file *file;

    *ret = NULL;
    if (!(file = malloc( sizeof(*file) ))) return E_OUTOFMEMORY;
    file->IBackgroundCopyFile6_iface.lpVtbl = &file_vtbl;
    file->refs = 1;
    file->job = job_addref( job );
    file->index = index;
    com_object_created();

    *ret = (IBackgroundCopyFile *)&file->IBackgroundCopyFile6_iface;
    return S_OK;
}
