/*
 * IBackgroundCopyJob1: the one job in a group, which holds its files
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

struct group_job
{
    IBackgroundCopyJob1 IBackgroundCopyJob1_iface;
    LONG refs;
    struct com_object object;
    struct view *view;
};

static inline struct group_job *impl_from_IBackgroundCopyJob1( IBackgroundCopyJob1 *iface )
{
    return CONTAINING_RECORD( iface, struct group_job, IBackgroundCopyJob1_iface );
}

static HRESULT WINAPI GroupJob_QueryInterface( IBackgroundCopyJob1 *iface, REFIID iid, void **object )
{
    TRACE( "%p, %s, %p.\n", iface, debugstr_guid( iid ), object );

    if (IsEqualGUID( iid, &IID_IUnknown ) || IsEqualGUID( iid, &IID_IBackgroundCopyJob1 ))
    {
        IBackgroundCopyJob1_AddRef( iface );
        *object = iface;
        return S_OK;
    }
    *object = NULL;
    return E_NOINTERFACE;
}

static ULONG WINAPI GroupJob_AddRef( IBackgroundCopyJob1 *iface )
{
    struct group_job *group_job = impl_from_IBackgroundCopyJob1( iface );
    ULONG refs = InterlockedIncrement( &group_job->refs );

    TRACE( "%p, refs %lu.\n", iface, refs );
    return refs;
}

static ULONG WINAPI GroupJob_Release( IBackgroundCopyJob1 *iface )
{
    struct group_job *group_job = impl_from_IBackgroundCopyJob1( iface );
    ULONG refs = InterlockedDecrement( &group_job->refs );

    TRACE( "%p, refs %lu.\n", iface, refs );

    if (!refs)
    {
        view_release( group_job->view );
        com_object_destroyed( &group_job->object );
        free( group_job );
    }
    return refs;
}

/* without its job a group has nothing to do either */
static HRESULT WINAPI GroupJob_CancelJob( IBackgroundCopyJob1 *iface )
{
    struct group_job *group_job = impl_from_IBackgroundCopyJob1( iface );
    HRESULT hr;

    TRACE( "%p.\n", iface );

    if (FAILED(hr = check_change( group_job->view ))) return hr;
    return group_hresult( queue_cancel( group_job->view->job ) );
}

static HRESULT WINAPI GroupJob_GetProgress( IBackgroundCopyJob1 *iface, DWORD type, DWORD *value )
{
    struct group_job *group_job = impl_from_IBackgroundCopyJob1( iface );
    HRESULT hr;

    TRACE( "%p, %lu, %p.\n", iface, type, value );

    if (FAILED(hr = begin_read( group_job->view, value ))) return hr;
    return end_read( group_progress_locked( group_job->view->job, type, value ) );
}

static HRESULT WINAPI GroupJob_GetStatus( IBackgroundCopyJob1 *iface, DWORD *status, DWORD *win32, DWORD *transport,
                                          DWORD *retries )
{
    struct group_job *group_job = impl_from_IBackgroundCopyJob1( iface );
    const struct job *job = group_job->view->job;
    HRESULT hr;

    TRACE( "%p, %p, %p, %p, %p.\n", iface, status, win32, transport, retries );

    if (!win32 || !transport || !retries) return E_INVALIDARG;
    if (FAILED(hr = begin_read( group_job->view, status ))) return hr;
    *status = job->state == BG_JOB_STATE_ACKNOWLEDGED ? QM_STATUS_JOB_COMPLETE : QM_STATUS_JOB_INCOMPLETE;
    if (job->state == BG_JOB_STATE_ERROR) *status |= QM_STATUS_JOB_ERROR;
    if (job->priority == BG_JOB_PRIORITY_FOREGROUND) *status |= QM_STATUS_JOB_FOREGROUND;
    group_results_locked( job, win32, transport );
    *retries = job->error_count;
    return end_read( S_OK );
}

static HRESULT WINAPI GroupJob_AddFiles( IBackgroundCopyJob1 *iface, ULONG count, FILESETINFO **files )
{
    struct group_job *group_job = impl_from_IBackgroundCopyJob1( iface );
    BG_FILE_INFO *infos;
    HRESULT hr;
    ULONG i;

    TRACE( "%p, %lu, %p.\n", iface, count, files );

    if (!count || !files) return E_INVALIDARG;
    if (FAILED(hr = check_change( group_job->view ))) return hr;
    if (!(infos = calloc( count, sizeof(*infos) ))) return E_OUTOFMEMORY;
    for (i = 0; i < count && SUCCEEDED(hr); i++)
    {
        if (!files[i] || !files[i]->bstrRemoteFile || !files[i]->bstrLocalFile) hr = E_INVALIDARG;
        else
        {
            infos[i].RemoteName = files[i]->bstrRemoteFile;
            infos[i].LocalName = files[i]->bstrLocalFile;
        }
    }
    if (SUCCEEDED(hr)) hr = queue_add_files( group_job->view->job, count, infos );
    free( infos );
    return group_hresult( hr );
}

static HRESULT get_file_locked( const struct job *job, ULONG index, FILESETINFO *info )
{
    const struct job_file *file;

    if (index >= job->file_count) return QM_E_ITEM_NOT_FOUND;
    file = job->files[index];
    info->bstrRemoteFile = SysAllocString( file->remote );
    info->bstrLocalFile = SysAllocString( file->local );
    if (!info->bstrRemoteFile || !info->bstrLocalFile)
    {
        SysFreeString( info->bstrRemoteFile );
        SysFreeString( info->bstrLocalFile );
        memset( info, 0, sizeof(*info) );
        return E_OUTOFMEMORY;
    }
    if (file->size != BG_SIZE_UNKNOWN) info->dwSizeHint = min( file->size, MAXDWORD );
    return S_OK;
}

static HRESULT WINAPI GroupJob_GetFile( IBackgroundCopyJob1 *iface, ULONG index, FILESETINFO *info )
{
    struct group_job *group_job = impl_from_IBackgroundCopyJob1( iface );
    HRESULT hr;

    TRACE( "%p, %lu, %p.\n", iface, index, info );

    if (!info) return E_INVALIDARG;
    memset( info, 0, sizeof(*info) );
    if (FAILED(hr = begin_read( group_job->view, info ))) return hr;
    return end_read( get_file_locked( group_job->view->job, index, info ) );
}

static HRESULT WINAPI GroupJob_GetFileCount( IBackgroundCopyJob1 *iface, DWORD *count )
{
    struct group_job *group_job = impl_from_IBackgroundCopyJob1( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, count );

    if (FAILED(hr = begin_read( group_job->view, count ))) return hr;
    *count = group_job->view->job->file_count;
    return end_read( S_OK );
}

static HRESULT WINAPI GroupJob_SwitchToForeground( IBackgroundCopyJob1 *iface )
{
    struct group_job *group_job = impl_from_IBackgroundCopyJob1( iface );
    HRESULT hr;

    TRACE( "%p.\n", iface );

    if (FAILED(hr = begin_change( group_job->view ))) return group_hresult( hr );
    return queue_end_change( group_job->view->job,
                             queue_set_priority_locked( group_job->view->job, BG_JOB_PRIORITY_FOREGROUND ) );
}

static HRESULT WINAPI GroupJob_get_JobID( IBackgroundCopyJob1 *iface, GUID *id )
{
    struct group_job *group_job = impl_from_IBackgroundCopyJob1( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, id );

    if (FAILED(hr = begin_read( group_job->view, id ))) return hr;
    *id = group_job->view->job->group.job;
    return end_read( S_OK );
}

static const IBackgroundCopyJob1Vtbl group_job_vtbl =
{
    GroupJob_QueryInterface,
    GroupJob_AddRef,
    GroupJob_Release,
    GroupJob_CancelJob,
    GroupJob_GetProgress,
    GroupJob_GetStatus,
    GroupJob_AddFiles,
    GroupJob_GetFile,
    GroupJob_GetFileCount,
    GroupJob_SwitchToForeground,
    GroupJob_get_JobID,
};

HRESULT group_job_create( struct view *view, IBackgroundCopyJob1 **ret )
{
    struct group_job *group_job;

    *ret = NULL;
    if (!(group_job = malloc( sizeof(*group_job) ))) return E_OUTOFMEMORY;
    group_job->IBackgroundCopyJob1_iface.lpVtbl = &group_job_vtbl;
    group_job->refs = 1;
    view_addref( view );
    group_job->view = view;
    com_object_created( &group_job->object, &group_job->IBackgroundCopyJob1_iface, &group_job->refs );
    *ret = &group_job->IBackgroundCopyJob1_iface;
    return S_OK;
}
