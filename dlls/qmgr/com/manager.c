/*
 * IBackgroundCopyManager: makes and finds jobs
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

static inline struct manager *impl_from_IBackgroundCopyManager( IBackgroundCopyManager *iface )
{
    return CONTAINING_RECORD( iface, struct manager, IBackgroundCopyManager_iface );
}

static HRESULT WINAPI Manager_QueryInterface( IBackgroundCopyManager *iface, REFIID iid, void **object )
{
    TRACE( "%p, %s, %p.\n", iface, debugstr_guid( iid ), object );

    if (IsEqualGUID( iid, &IID_IUnknown ) || IsEqualGUID( iid, &IID_IBackgroundCopyManager ))
    {
        IBackgroundCopyManager_AddRef( iface );
        *object = iface;
        return S_OK;
    }
    if (IsEqualGUID( iid, &IID_IBitsPeerCacheAdministration ))
    {
        IBackgroundCopyManager_AddRef( iface );
        *object = &impl_from_IBackgroundCopyManager( iface )->IBitsPeerCacheAdministration_iface;
        return S_OK;
    }
    *object = NULL;
    return E_NOINTERFACE;
}

static ULONG WINAPI Manager_AddRef( IBackgroundCopyManager *iface )
{
    struct manager *manager = impl_from_IBackgroundCopyManager( iface );
    ULONG refs = InterlockedIncrement( &manager->refs );

    TRACE( "%p, refs %lu.\n", iface, refs );
    return refs;
}

static ULONG WINAPI Manager_Release( IBackgroundCopyManager *iface )
{
    struct manager *manager = impl_from_IBackgroundCopyManager( iface );
    ULONG refs = InterlockedDecrement( &manager->refs );

    TRACE( "%p, refs %lu.\n", iface, refs );

    if (!refs)
    {
        com_object_destroyed( &manager->object );
        free( manager );
    }
    return refs;
}

static HRESULT create_job_for( struct identity *caller, const WCHAR *name, BG_JOB_TYPE type, GUID *id,
                               IBackgroundCopyJob **ret )
{
    struct job *job;
    HRESULT hr;

    if (caller->restricted) return E_ACCESSDENIED;
    if (FAILED(hr = queue_create_job( name, type, caller, &job ))) return hr;

    if (SUCCEEDED(hr = view_return( job, caller, ret ))) *id = job->id;
    else queue_cancel( job );   /* nobody will ever hear of it */
    job_release( job );
    return hr;
}

static HRESULT WINAPI Manager_CreateJob( IBackgroundCopyManager *iface, LPCWSTR name, BG_JOB_TYPE type, GUID *id,
                                         IBackgroundCopyJob **ret )
{
    struct identity *caller;
    HRESULT hr;

    TRACE( "%p, %s, %u, %p, %p.\n", iface, debugstr_w( name ), type, id, ret );

    if (ret) *ret = NULL;
    if (!name || !id || !ret) return E_INVALIDARG;

    if (FAILED(hr = identity_of_caller( &caller ))) return hr;
    hr = create_job_for( caller, name, type, id, ret );
    identity_release( caller );
    return hr;
}

static HRESULT WINAPI Manager_GetJob( IBackgroundCopyManager *iface, REFGUID id, IBackgroundCopyJob **ret )
{
    struct identity *caller;
    struct job *job;
    HRESULT hr;

    TRACE( "%p, %s, %p.\n", iface, debugstr_guid( id ), ret );

    if (ret) *ret = NULL;
    if (!id || !ret) return E_INVALIDARG;

    if (FAILED(hr = identity_of_caller( &caller ))) return hr;
    if (SUCCEEDED(hr = queue_find_job( id, caller, &job )))
    {
        hr = view_return( job, caller, ret );
        job_release( job );
    }
    identity_release( caller );
    return hr;
}

static HRESULT WINAPI Manager_EnumJobs( IBackgroundCopyManager *iface, DWORD flags, IEnumBackgroundCopyJobs **ret )
{
    struct identity *caller;
    struct job **jobs;
    ULONG count;
    HRESULT hr;

    TRACE( "%p, %#lx, %p.\n", iface, flags, ret );

    if (ret) *ret = NULL;
    if (!ret || (flags & ~BG_JOB_ENUM_ALL_USERS)) return E_INVALIDARG;

    if (FAILED(hr = identity_of_caller( &caller ))) return hr;
    if (SUCCEEDED(hr = queue_list_jobs( caller, flags & BG_JOB_ENUM_ALL_USERS, &jobs, &count )))
        hr = enum_jobs_create( jobs, count, caller, ret );
    identity_release( caller );
    return hr;
}

static HRESULT WINAPI Manager_GetErrorDescription( IBackgroundCopyManager *iface, HRESULT code, DWORD langid,
                                                   LPWSTR *ret )
{
    HRESULT hr;

    TRACE( "%p, %#lx, %#lx, %p.\n", iface, code, langid, ret );

    if (ret) *ret = NULL;
    if (!ret) return E_INVALIDARG;
    if (FAILED(hr = identity_check_call())) return hr;
    return error_text( code, langid, ret );
}

static const IBackgroundCopyManagerVtbl manager_vtbl =
{
    Manager_QueryInterface,
    Manager_AddRef,
    Manager_Release,
    Manager_CreateJob,
    Manager_GetJob,
    Manager_EnumJobs,
    Manager_GetErrorDescription,
};

HRESULT manager_create( REFIID iid, void **object )
{
    struct manager *manager;
    HRESULT hr;

    TRACE( "%s, %p.\n", debugstr_guid( iid ), object );

    *object = NULL;
    if (!(manager = malloc( sizeof(*manager) ))) return E_OUTOFMEMORY;
    manager->IBackgroundCopyManager_iface.lpVtbl = &manager_vtbl;
    manager->IBitsPeerCacheAdministration_iface.lpVtbl = &manager_peercache_vtbl;
    manager->refs = 1;
    com_object_created( &manager->object, &manager->IBackgroundCopyManager_iface, &manager->refs );

    hr = IBackgroundCopyManager_QueryInterface( &manager->IBackgroundCopyManager_iface, iid, object );
    IBackgroundCopyManager_Release( &manager->IBackgroundCopyManager_iface );
    return hr;
}
