/*
 * IBackgroundCopyGroup: a job, as programs from before BITS 1.0 see it
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

struct group
{
    IBackgroundCopyGroup IBackgroundCopyGroup_iface;
    LONG refs;
    struct com_object object;
    struct view *view;
};

#define NOTIFY_FLAGS (QM_NOTIFY_FILE_DONE | QM_NOTIFY_JOB_DONE | QM_NOTIFY_GROUP_DONE | QM_NOTIFY_DISABLE_NOTIFY | \
                      QM_NOTIFY_USE_PROGRESSEX)

static inline struct group *impl_from_IBackgroundCopyGroup( IBackgroundCopyGroup *iface )
{
    return CONTAINING_RECORD( iface, struct group, IBackgroundCopyGroup_iface );
}

static HRESULT WINAPI Group_QueryInterface( IBackgroundCopyGroup *iface, REFIID iid, void **object )
{
    TRACE( "%p, %s, %p.\n", iface, debugstr_guid( iid ), object );

    if (IsEqualGUID( iid, &IID_IUnknown ) || IsEqualGUID( iid, &IID_IBackgroundCopyGroup ))
    {
        IBackgroundCopyGroup_AddRef( iface );
        *object = iface;
        return S_OK;
    }
    *object = NULL;
    return E_NOINTERFACE;
}

static ULONG WINAPI Group_AddRef( IBackgroundCopyGroup *iface )
{
    struct group *group = impl_from_IBackgroundCopyGroup( iface );
    ULONG refs = InterlockedIncrement( &group->refs );

    TRACE( "%p, refs %lu.\n", iface, refs );
    return refs;
}

static ULONG WINAPI Group_Release( IBackgroundCopyGroup *iface )
{
    struct group *group = impl_from_IBackgroundCopyGroup( iface );
    ULONG refs = InterlockedDecrement( &group->refs );

    TRACE( "%p, refs %lu.\n", iface, refs );

    if (!refs)
    {
        view_release( group->view );
        com_object_destroyed( &group->object );
        free( group );
    }
    return refs;
}

/* --- properties --------------------------------------------------------------------------------------------------- */

/* S_OK for a property that is there, with its type. */
static HRESULT check_property( GROUPPROP prop, VARTYPE *type )
{
    switch (prop)
    {
    case GROUPPROP_PRIORITY:
    case GROUPPROP_PROTOCOLFLAGS:
    case GROUPPROP_NOTIFYFLAGS:
    case GROUPPROP_PROGRESSSIZE:
    case GROUPPROP_PROGRESSPERCENT:
        *type = VT_I4;
        return S_OK;
    case GROUPPROP_LOCALUSERID:
    case GROUPPROP_DISPLAYNAME:
    case GROUPPROP_DESCRIPTION:
        *type = VT_BSTR;
        return S_OK;
    case GROUPPROP_REMOTEUSERID:
    case GROUPPROP_REMOTEUSERPWD:
    case GROUPPROP_LOCALUSERPWD:
    case GROUPPROP_NOTIFYCLSID:
    case GROUPPROP_PROGRESSTIME:
        FIXME( "Property %u.\n", prop );
        return E_NOTIMPL;
    default:
        return E_INVALIDARG;
    }
}

static HRESULT get_property_locked( const struct job *job, GROUPPROP prop, VARIANT *value )
{
    switch (prop)
    {
    case GROUPPROP_PRIORITY:
        V_I4( value ) = job->priority;
        return S_OK;
    case GROUPPROP_PROTOCOLFLAGS:
        V_I4( value ) = QM_PROTOCOL_HTTP;
        return S_OK;
    case GROUPPROP_NOTIFYFLAGS:
        V_I4( value ) = job->group.notify_flags;
        return S_OK;
    case GROUPPROP_PROGRESSSIZE:
        V_I4( value ) = job->group.progress_size;
        return S_OK;
    case GROUPPROP_PROGRESSPERCENT:
        V_I4( value ) = job->group.progress_percent;
        return S_OK;
    case GROUPPROP_LOCALUSERID:
        V_BSTR( value ) = SysAllocString( job->owner->sid );
        break;
    case GROUPPROP_DISPLAYNAME:
        V_BSTR( value ) = SysAllocString( job->name );
        break;
    default:    /* GROUPPROP_DESCRIPTION */
        V_BSTR( value ) = SysAllocString( job->description );
        break;
    }
    return V_BSTR( value ) ? S_OK : E_OUTOFMEMORY;
}

/* What the queue has to tell groupsink.c so that it can do what the properties ask for. */
static HRESULT update_notify_flags( struct job *job )
{
    DWORD flags = BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_ERROR;

    if (job->group.notify_flags & QM_NOTIFY_FILE_DONE) flags |= BG_NOTIFY_FILE_TRANSFERRED;
    if (job->group.progress_size || job->group.progress_percent) flags |= BG_NOTIFY_JOB_MODIFICATION;
    return job_set_notify_flags( job, flags );
}

static HRESULT set_property_locked( struct job *job, GROUPPROP prop, const VARIANT *value )
{
    switch (prop)
    {
    case GROUPPROP_PRIORITY:
        return queue_set_priority_locked( job, V_I4( value ) );
    case GROUPPROP_PROTOCOLFLAGS:
        /* one group, one protocol: that of its URLs */
        return V_I4( value ) == QM_PROTOCOL_HTTP ? S_OK : E_INVALIDARG;
    case GROUPPROP_NOTIFYFLAGS:
        if (V_I4( value ) & ~NOTIFY_FLAGS) return E_INVALIDARG;
        job->group.notify_flags = V_I4( value );
        return update_notify_flags( job );
    case GROUPPROP_PROGRESSSIZE:
        job->group.progress_size = V_I4( value );
        return update_notify_flags( job );
    case GROUPPROP_PROGRESSPERCENT:
        if ((DWORD)V_I4( value ) > 100) return E_INVALIDARG;
        job->group.progress_percent = V_I4( value );
        return update_notify_flags( job );
    case GROUPPROP_DISPLAYNAME:
        return job_set_name( job, V_BSTR( value ) );
    case GROUPPROP_DESCRIPTION:
        return job_set_description( job, V_BSTR( value ) );
    default:    /* GROUPPROP_LOCALUSERID */
        return E_NOTIMPL;
    }
}

static HRESULT WINAPI Group_GetProp( IBackgroundCopyGroup *iface, GROUPPROP prop, VARIANT *value )
{
    struct group *group = impl_from_IBackgroundCopyGroup( iface );
    VARTYPE type;
    HRESULT hr;

    TRACE( "%p, %u, %p.\n", iface, prop, value );

    if (!value) return E_INVALIDARG;
    VariantInit( value );
    if (FAILED(hr = check_property( prop, &type )) || FAILED(hr = begin_read( group->view, value ))) return hr;
    if (SUCCEEDED(hr = get_property_locked( group->view->job, prop, value ))) V_VT( value ) = type;
    return end_read( hr );
}

static HRESULT WINAPI Group_SetProp( IBackgroundCopyGroup *iface, GROUPPROP prop, VARIANT *value )
{
    struct group *group = impl_from_IBackgroundCopyGroup( iface );
    VARTYPE type;
    HRESULT hr;

    TRACE( "%p, %u, %p.\n", iface, prop, value );

    if (!value) return E_INVALIDARG;
    if (FAILED(hr = check_property( prop, &type ))) return hr;
    if (V_VT( value ) != type) return E_INVALIDARG;
    if (FAILED(hr = begin_change( group->view ))) return group_hresult( hr );
    return queue_end_change( group->view->job, set_property_locked( group->view->job, prop, value ) );
}

/* --- progress and status ------------------------------------------------------------------------------------------ */

HRESULT group_hresult( HRESULT hr )
{
    if (hr == BG_E_INVALID_STATE) return QM_E_INVALID_STATE;
    if (hr == BG_E_NOT_FOUND) return QM_E_ITEM_NOT_FOUND;
    return hr;
}

HRESULT group_progress_locked( const struct job *job, DWORD type, DWORD *value )
{
    BG_JOB_PROGRESS progress;

    job_get_progress( job, &progress );
    switch (type)
    {
    case QM_PROGRESS_PERCENT_DONE:
        if (progress.BytesTotal == BG_SIZE_UNKNOWN) *value = 0;
        else if (progress.BytesTotal) *value = progress.BytesTransferred * 100 / progress.BytesTotal;
        else *value = progress.FilesTotal && progress.FilesTransferred == progress.FilesTotal ? 100 : 0;
        return S_OK;
    case QM_PROGRESS_SIZE_DONE:
        *value = min( progress.BytesTransferred, MAXDWORD );
        return S_OK;
    case QM_PROGRESS_TIME_DONE:
        FIXME( "Time done.\n" );
        return E_NOTIMPL;
    default:
        return E_INVALIDARG;
    }
}

void group_results_locked( const struct job *job, DWORD *win32, DWORD *transport )
{
    const struct job_error *error = &job->error;

    *win32 = *transport = 0;
    if (error->context == BG_ERROR_CONTEXT_REMOTE_FILE || error->context == BG_ERROR_CONTEXT_GENERAL_TRANSPORT)
        *transport = error->code;
    else if (error->context != BG_ERROR_CONTEXT_NONE)
        *win32 = HRESULT_FACILITY( error->code ) == FACILITY_WIN32 ? HRESULT_CODE( error->code ) : error->code;
}

static HRESULT WINAPI Group_GetProgress( IBackgroundCopyGroup *iface, DWORD type, DWORD *value )
{
    struct group *group = impl_from_IBackgroundCopyGroup( iface );
    HRESULT hr;

    TRACE( "%p, %lu, %p.\n", iface, type, value );

    if (FAILED(hr = begin_read( group->view, value ))) return hr;
    return end_read( group_progress_locked( group->view->job, type, value ) );
}

static HRESULT WINAPI Group_GetStatus( IBackgroundCopyGroup *iface, DWORD *status, DWORD *index )
{
    struct group *group = impl_from_IBackgroundCopyGroup( iface );
    const struct job *job = group->view->job;
    HRESULT hr;

    TRACE( "%p, %p, %p.\n", iface, status, index );

    if (!index) return E_INVALIDARG;
    if (FAILED(hr = begin_read( group->view, status ))) return hr;
    *status = job->state == BG_JOB_STATE_ACKNOWLEDGED ? QM_STATUS_GROUP_COMPLETE : QM_STATUS_GROUP_INCOMPLETE;
    if (job->state == BG_JOB_STATE_SUSPENDED) *status |= QM_STATUS_GROUP_SUSPENDED;
    if (job->state == BG_JOB_STATE_ERROR) *status |= QM_STATUS_GROUP_ERROR;
    if (job->priority == BG_JOB_PRIORITY_FOREGROUND) *status |= QM_STATUS_GROUP_FOREGROUND;
    *index = 0;     /* there is one job */
    return end_read( S_OK );
}

static HRESULT WINAPI Group_get_Size( IBackgroundCopyGroup *iface, DWORD *size )
{
    struct group *group = impl_from_IBackgroundCopyGroup( iface );
    BG_JOB_PROGRESS progress;
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, size );

    if (FAILED(hr = begin_read( group->view, size ))) return hr;
    job_get_progress( group->view->job, &progress );
    *size = progress.BytesTotal == BG_SIZE_UNKNOWN ? 0 : min( progress.BytesTotal, MAXDWORD );
    return end_read( S_OK );
}

static HRESULT WINAPI Group_get_GroupID( IBackgroundCopyGroup *iface, GUID *id )
{
    struct group *group = impl_from_IBackgroundCopyGroup( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, id );

    if (FAILED(hr = begin_read( group->view, id ))) return hr;
    *id = group->view->job->id;
    return end_read( S_OK );
}

/* --- what changes the state --------------------------------------------------------------------------------------- */

static HRESULT WINAPI Group_SuspendGroup( IBackgroundCopyGroup *iface )
{
    struct group *group = impl_from_IBackgroundCopyGroup( iface );
    HRESULT hr;

    TRACE( "%p.\n", iface );

    if (FAILED(hr = check_change( group->view ))) return hr;
    return group_hresult( queue_suspend( group->view->job ) );
}

static HRESULT WINAPI Group_ResumeGroup( IBackgroundCopyGroup *iface )
{
    struct group *group = impl_from_IBackgroundCopyGroup( iface );
    HRESULT hr;

    TRACE( "%p.\n", iface );

    if (FAILED(hr = check_change( group->view ))) return hr;
    return group_hresult( queue_resume( group->view->job ) );
}

static HRESULT WINAPI Group_CancelGroup( IBackgroundCopyGroup *iface )
{
    struct group *group = impl_from_IBackgroundCopyGroup( iface );
    HRESULT hr;

    TRACE( "%p.\n", iface );

    if (FAILED(hr = check_change( group->view ))) return hr;
    return group_hresult( queue_cancel( group->view->job ) );
}

static HRESULT WINAPI Group_SwitchToForeground( IBackgroundCopyGroup *iface )
{
    struct group *group = impl_from_IBackgroundCopyGroup( iface );
    HRESULT hr;

    TRACE( "%p.\n", iface );

    if (FAILED(hr = begin_change( group->view ))) return group_hresult( hr );
    return queue_end_change( group->view->job, queue_set_priority_locked( group->view->job, BG_JOB_PRIORITY_FOREGROUND ) );
}

/* --- the job in it ------------------------------------------------------------------------------------------------ */

static HRESULT WINAPI Group_GetJob( IBackgroundCopyGroup *iface, GUID id, IBackgroundCopyJob1 **ret )
{
    struct group *group = impl_from_IBackgroundCopyGroup( iface );
    HRESULT hr;

    TRACE( "%p, %s, %p.\n", iface, debugstr_guid( &id ), ret );

    if (FAILED(hr = begin_read( group->view, ret ))) return hr;
    *ret = NULL;
    if (IsEqualGUID( &id, &GUID_NULL ) || !IsEqualGUID( &id, &group->view->job->group.job )) hr = QM_E_ITEM_NOT_FOUND;
    end_read( hr );
    return FAILED(hr) ? hr : group_job_create( group->view, ret );
}

static HRESULT WINAPI Group_CreateJob( IBackgroundCopyGroup *iface, GUID id, IBackgroundCopyJob1 **ret )
{
    struct group *group = impl_from_IBackgroundCopyGroup( iface );
    IBackgroundCopyJob1 *group_job;
    HRESULT hr;

    TRACE( "%p, %s, %p.\n", iface, debugstr_guid( &id ), ret );

    if (ret) *ret = NULL;
    if (!ret || IsEqualGUID( &id, &GUID_NULL )) return E_INVALIDARG;
    if (FAILED(hr = group_job_create( group->view, &group_job ))) return hr;
    if (SUCCEEDED(hr = begin_change( group->view )))
    {
        if (!IsEqualGUID( &group->view->job->group.job, &GUID_NULL )) hr = QM_E_INVALID_STATE;
        else group->view->job->group.job = id;
        hr = queue_end_change( group->view->job, hr );
    }
    if (SUCCEEDED(hr)) *ret = group_job;
    else IBackgroundCopyJob1_Release( group_job );
    return group_hresult( hr );
}

static HRESULT WINAPI Group_EnumJobs( IBackgroundCopyGroup *iface, DWORD flags, IEnumBackgroundCopyJobs1 **ret )
{
    struct group *group = impl_from_IBackgroundCopyGroup( iface );
    ULONG count;
    HRESULT hr;

    TRACE( "%p, %#lx, %p.\n", iface, flags, ret );

    if (ret) *ret = NULL;
    if (flags) return E_INVALIDARG;
    if (FAILED(hr = begin_read( group->view, ret ))) return hr;
    count = !IsEqualGUID( &group->view->job->group.job, &GUID_NULL );
    end_read( S_OK );
    return enum_group_jobs_create( group->view, count, ret );
}

static HRESULT WINAPI Group_QueryNewJobInterface( IBackgroundCopyGroup *iface, REFIID iid, IUnknown **ret )
{
    struct group *group = impl_from_IBackgroundCopyGroup( iface );
    struct view *view;
    HRESULT hr;

    TRACE( "%p, %s, %p.\n", iface, debugstr_guid( iid ), ret );

    if (!ret) return E_INVALIDARG;
    *ret = NULL;
    if (FAILED(hr = identity_check_call())) return hr;
    if (FAILED(hr = view_create( group->view->job, group->view->holder, &view ))) return hr;
    hr = view_query_interface( view, iid, (void **)ret );
    view_release( view );
    return hr;
}

static HRESULT WINAPI Group_SetNotificationPointer( IBackgroundCopyGroup *iface, REFIID iid, IUnknown *object )
{
    struct group *group = impl_from_IBackgroundCopyGroup( iface );
    IBackgroundCopyCallback1 *callback = NULL;
    struct identity *caller;
    HRESULT hr;

    TRACE( "%p, %s, %p.\n", iface, debugstr_guid( iid ), object );

    if (!IsEqualGUID( iid, &IID_IBackgroundCopyCallback1 )) return E_NOINTERFACE;
    if (FAILED(hr = identity_of_caller( &caller ))) return hr;
    if (object) hr = IUnknown_QueryInterface( object, iid, (void **)&callback );
    if (SUCCEEDED(hr)) hr = group_watch( group->view->job, callback, caller );
    if (callback) IBackgroundCopyCallback1_Release( callback );
    identity_release( caller );
    return group_hresult( hr );
}

static const IBackgroundCopyGroupVtbl group_vtbl =
{
    Group_QueryInterface,
    Group_AddRef,
    Group_Release,
    Group_GetProp,
    Group_SetProp,
    Group_GetProgress,
    Group_GetStatus,
    Group_GetJob,
    Group_SuspendGroup,
    Group_ResumeGroup,
    Group_CancelGroup,
    Group_get_Size,
    Group_get_GroupID,
    Group_CreateJob,
    Group_EnumJobs,
    Group_SwitchToForeground,
    Group_QueryNewJobInterface,
    Group_SetNotificationPointer,
};

HRESULT group_create( struct view *view, IBackgroundCopyGroup **ret )
{
    struct group *group;

    *ret = NULL;
    if (!(group = malloc( sizeof(*group) ))) return E_OUTOFMEMORY;
    group->IBackgroundCopyGroup_iface.lpVtbl = &group_vtbl;
    group->refs = 1;
    view_addref( view );
    group->view = view;
    com_object_created( &group->object, &group->IBackgroundCopyGroup_iface, &group->refs );
    *ret = &group->IBackgroundCopyGroup_iface;
    return S_OK;
}
