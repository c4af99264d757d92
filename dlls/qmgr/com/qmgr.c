/*
 * IBackgroundCopyQMgr: the queue manager from before BITS 1.0
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

struct qmgr
{
    IBackgroundCopyQMgr IBackgroundCopyQMgr_iface;
    LONG refs;
    struct com_object object;
};

static inline struct qmgr *impl_from_IBackgroundCopyQMgr( IBackgroundCopyQMgr *iface )
{
    return CONTAINING_RECORD( iface, struct qmgr, IBackgroundCopyQMgr_iface );
}

static HRESULT WINAPI QMgr_QueryInterface( IBackgroundCopyQMgr *iface, REFIID iid, void **object )
{
    TRACE( "%p, %s, %p.\n", iface, debugstr_guid( iid ), object );

    if (IsEqualGUID( iid, &IID_IUnknown ) || IsEqualGUID( iid, &IID_IBackgroundCopyQMgr ))
    {
        IBackgroundCopyQMgr_AddRef( iface );
        *object = iface;
        return S_OK;
    }
    *object = NULL;
    return E_NOINTERFACE;
}

static ULONG WINAPI QMgr_AddRef( IBackgroundCopyQMgr *iface )
{
    struct qmgr *qmgr = impl_from_IBackgroundCopyQMgr( iface );
    ULONG refs = InterlockedIncrement( &qmgr->refs );

    TRACE( "%p, refs %lu.\n", iface, refs );
    return refs;
}

static ULONG WINAPI QMgr_Release( IBackgroundCopyQMgr *iface )
{
    struct qmgr *qmgr = impl_from_IBackgroundCopyQMgr( iface );
    ULONG refs = InterlockedDecrement( &qmgr->refs );

    TRACE( "%p, refs %lu.\n", iface, refs );

    if (!refs)
    {
        com_object_destroyed( &qmgr->object );
        free( qmgr );
    }
    return refs;
}

/* The group for an out parameter, as CALLER may use it. */
static HRESULT return_group( struct job *job, struct identity *caller, IBackgroundCopyGroup **ret )
{
    struct view *view;
    HRESULT hr;

    if (FAILED(hr = view_create( job, caller, &view ))) return hr;
    hr = group_create( view, ret );
    view_release( view );
    return hr;
}

static HRESULT create_group_for( struct identity *caller, const GUID *id, IBackgroundCopyGroup **ret )
{
    WCHAR name[39];
    struct job *job;
    HRESULT hr;

    if (caller->restricted) return E_ACCESSDENIED;
    StringFromGUID2( id, name, ARRAY_SIZE(name) );
    if (FAILED(hr = queue_create_group( name, id, caller, &job ))) return hr;

    hr = group_watch( job, NULL, caller );
    if (SUCCEEDED(hr)) hr = return_group( job, caller, ret );
    if (FAILED(hr)) queue_cancel( job );    /* nobody will ever hear of it */
    job_release( job );
    return hr;
}

static HRESULT WINAPI QMgr_CreateGroup( IBackgroundCopyQMgr *iface, GUID id, IBackgroundCopyGroup **ret )
{
    struct identity *caller;
    HRESULT hr;

    TRACE( "%p, %s, %p.\n", iface, debugstr_guid( &id ), ret );

    if (ret) *ret = NULL;
    if (!ret || IsEqualGUID( &id, &GUID_NULL )) return E_INVALIDARG;

    if (FAILED(hr = identity_of_caller( &caller ))) return hr;
    hr = create_group_for( caller, &id, ret );
    identity_release( caller );
    return hr;
}

static BOOL is_group( struct job *job )
{
    BOOL present;

    queue_lock();
    present = job->group.present;
    queue_unlock();
    return present;
}

static HRESULT WINAPI QMgr_GetGroup( IBackgroundCopyQMgr *iface, GUID id, IBackgroundCopyGroup **ret )
{
    struct identity *caller;
    struct job *job;
    HRESULT hr;

    TRACE( "%p, %s, %p.\n", iface, debugstr_guid( &id ), ret );

    if (ret) *ret = NULL;
    if (!ret) return E_INVALIDARG;

    if (FAILED(hr = identity_of_caller( &caller ))) return hr;
    if (SUCCEEDED(hr = queue_find_job( &id, caller, &job )))
    {
        hr = is_group( job ) ? return_group( job, caller, ret ) : QM_E_ITEM_NOT_FOUND;
        job_release( job );
    }
    identity_release( caller );
    return group_hresult( hr );
}

/* Releases what is no group, and moves the others together. */
static void keep_groups( struct job **jobs, ULONG *count )
{
    ULONG i, kept = 0;

    for (i = 0; i < *count; i++)
    {
        if (is_group( jobs[i] )) jobs[kept++] = jobs[i];
        else job_release( jobs[i] );
    }
    *count = kept;
}

static HRESULT WINAPI QMgr_EnumGroups( IBackgroundCopyQMgr *iface, DWORD flags, IEnumBackgroundCopyGroups **ret )
{
    struct identity *caller;
    struct job **jobs;
    ULONG count;
    HRESULT hr;

    TRACE( "%p, %#lx, %p.\n", iface, flags, ret );

    if (ret) *ret = NULL;
    if (!ret || flags) return E_INVALIDARG;

    if (FAILED(hr = identity_of_caller( &caller ))) return hr;
    if (SUCCEEDED(hr = queue_list_jobs( caller, FALSE, &jobs, &count )))
    {
        keep_groups( jobs, &count );
        hr = enum_groups_create( jobs, count, caller, ret );
    }
    identity_release( caller );
    return hr;
}

static const IBackgroundCopyQMgrVtbl qmgr_vtbl =
{
    QMgr_QueryInterface,
    QMgr_AddRef,
    QMgr_Release,
    QMgr_CreateGroup,
    QMgr_GetGroup,
    QMgr_EnumGroups,
};

HRESULT qmgr_create( REFIID iid, void **object )
{
    struct qmgr *qmgr;
    HRESULT hr;

    TRACE( "%s, %p.\n", debugstr_guid( iid ), object );

    *object = NULL;
    if (!(qmgr = malloc( sizeof(*qmgr) ))) return E_OUTOFMEMORY;
    qmgr->IBackgroundCopyQMgr_iface.lpVtbl = &qmgr_vtbl;
    qmgr->refs = 1;
    com_object_created( &qmgr->object, &qmgr->IBackgroundCopyQMgr_iface, &qmgr->refs );

    hr = IBackgroundCopyQMgr_QueryInterface( &qmgr->IBackgroundCopyQMgr_iface, iid, object );
    IBackgroundCopyQMgr_Release( &qmgr->IBackgroundCopyQMgr_iface );
    return hr;
}

HRESULT groups_start(void)
{
    struct job **jobs;
    ULONG count, i;
    HRESULT hr;

    if (FAILED(hr = queue_list_jobs( NULL, TRUE, &jobs, &count ))) return hr;
    keep_groups( jobs, &count );
    for (i = 0; i < count; i++)
    {
        if (SUCCEEDED(hr)) hr = group_watch( jobs[i], NULL, jobs[i]->owner );
        job_release( jobs[i] );
    }
    free( jobs );
    return hr;
}
