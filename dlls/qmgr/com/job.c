/*
 * IBackgroundCopyJob to Job5 of a view
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

static inline struct view *impl_from_IBackgroundCopyJob5( IBackgroundCopyJob5 *iface )
{
    return CONTAINING_RECORD( iface, struct view, IBackgroundCopyJob5_iface );
}

static HRESULT WINAPI Job_QueryInterface( IBackgroundCopyJob5 *iface, REFIID iid, void **object )
{
    return view_query_interface( impl_from_IBackgroundCopyJob5( iface ), iid, object );
}

static ULONG WINAPI Job_AddRef( IBackgroundCopyJob5 *iface )
{
    return view_addref( impl_from_IBackgroundCopyJob5( iface ) );
}

static ULONG WINAPI Job_Release( IBackgroundCopyJob5 *iface )
{
    return view_release( impl_from_IBackgroundCopyJob5( iface ) );
}

/* --- files -------------------------------------------------------------------------------------------------------- */

static HRESULT add_files( struct view *view, ULONG count, const BG_FILE_INFO *infos )
{
    HRESULT hr;
    ULONG i;

    if (!count || !infos) return E_INVALIDARG;
    for (i = 0; i < count; i++)
        if (!infos[i].RemoteName || !infos[i].LocalName) return E_INVALIDARG;

    if (FAILED(hr = check_change( view ))) return hr;
    return queue_add_files( view->job, count, infos );
}

static HRESULT WINAPI Job_AddFileSet( IBackgroundCopyJob5 *iface, ULONG count, BG_FILE_INFO *infos )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );

    TRACE( "%p, %lu, %p.\n", iface, count, infos );

    return add_files( view, count, infos );
}

static HRESULT WINAPI Job_AddFile( IBackgroundCopyJob5 *iface, LPCWSTR remote, LPCWSTR local )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    BG_FILE_INFO info = { (WCHAR *)remote, (WCHAR *)local };

    TRACE( "%p, %s, %s.\n", iface, debugstr_url( remote ), debugstr_w( local ));

    return add_files( view, 1, &info );
}

static HRESULT WINAPI Job_EnumFiles( IBackgroundCopyJob5 *iface, IEnumBackgroundCopyFiles **enumerator )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    ULONG count;
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, enumerator );

    if (FAILED(hr = begin_read( view, enumerator ))) return hr;
    count = view->job->file_count;
    end_read( S_OK );
    return enum_files_create( view, count, enumerator );
}

/* --- state -------------------------------------------------------------------------------------------------------- */

static HRESULT WINAPI Job_Suspend( IBackgroundCopyJob5 *iface )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p.\n", iface );

    if (FAILED(hr = check_change( view ))) return hr;
    return queue_suspend( view->job );
}

static HRESULT WINAPI Job_Resume( IBackgroundCopyJob5 *iface )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p.\n", iface );

    if (FAILED(hr = check_change( view ))) return hr;
    return queue_resume( view->job );
}

static HRESULT WINAPI Job_Cancel( IBackgroundCopyJob5 *iface )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p.\n", iface );

    if (FAILED(hr = check_change( view ))) return hr;
    return queue_cancel( view->job );
}

/* spec: api 5.2.7: the files will be the caller's */
static HRESULT WINAPI Job_Complete( IBackgroundCopyJob5 *iface )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    struct identity *caller;
    HRESULT hr;

    TRACE( "%p.\n", iface );

    if (FAILED(hr = check_change( view ))) return hr;
    if (FAILED(hr = identity_of_caller( &caller ))) return hr;
    hr = queue_complete( view->job, caller );
    identity_release( caller );
    return hr;
}

/* --- properties --------------------------------------------------------------------------------------------------- */

static HRESULT WINAPI Job_GetId( IBackgroundCopyJob5 *iface, GUID *id )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, id );

    if (FAILED(hr = begin_read( view, id ))) return hr;
    *id = view->job->id;
    return end_read( S_OK );
}

static HRESULT WINAPI Job_GetType( IBackgroundCopyJob5 *iface, BG_JOB_TYPE *type )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, type );

    if (FAILED(hr = begin_read( view, type ))) return hr;
    *type = view->job->type;
    return end_read( S_OK );
}

static HRESULT WINAPI Job_GetProgress( IBackgroundCopyJob5 *iface, BG_JOB_PROGRESS *progress )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, progress );

    if (FAILED(hr = begin_read( view, progress ))) return hr;
    job_get_progress( view->job, progress );
    return end_read( S_OK );
}

static FILETIME filetime_from_time( UINT64 time )
{
    FILETIME ret = { (DWORD)time, (DWORD)(time >> 32) };
    return ret;
}

static HRESULT WINAPI Job_GetTimes( IBackgroundCopyJob5 *iface, BG_JOB_TIMES *times )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, times );

    if (FAILED(hr = begin_read( view, times ))) return hr;
    times->CreationTime = filetime_from_time( view->job->created );
    times->ModificationTime = filetime_from_time( view->job->changed );
    times->TransferCompletionTime = filetime_from_time( view->job->finished );
    return end_read( S_OK );
}

static HRESULT WINAPI Job_GetState( IBackgroundCopyJob5 *iface, BG_JOB_STATE *state )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, state );

    if (FAILED(hr = begin_read( view, state ))) return hr;
    *state = view->job->state;
    return end_read( S_OK );
}

static HRESULT WINAPI Job_GetError( IBackgroundCopyJob5 *iface, IBackgroundCopyError **error )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, error );

    if (error) *error = NULL;
    if (FAILED(hr = begin_read( view, error ))) return hr;
    end_read( S_OK );
    return error_create( view, error );
}

static HRESULT WINAPI Job_GetOwner( IBackgroundCopyJob5 *iface, LPWSTR *sid )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, sid );

    if (FAILED(hr = begin_read( view, sid ))) return hr;
    return end_read( return_string( view->job->owner->sid, sid ) );
}

static HRESULT WINAPI Job_SetDisplayName( IBackgroundCopyJob5 *iface, LPCWSTR name )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %s.\n", iface, debugstr_w( name ));

    if (!name) return E_INVALIDARG;
    if (FAILED(hr = begin_change( view ))) return hr;
    return queue_end_change( view->job, job_set_name( view->job, name ) );
}

static HRESULT WINAPI Job_GetDisplayName( IBackgroundCopyJob5 *iface, LPWSTR *name )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, name );

    if (FAILED(hr = begin_read( view, name ))) return hr;
    return end_read( return_string( view->job->name, name ) );
}

static HRESULT WINAPI Job_SetDescription( IBackgroundCopyJob5 *iface, LPCWSTR description )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %s.\n", iface, debugstr_w( description ));

    if (!description) return E_INVALIDARG;
    if (FAILED(hr = begin_change( view ))) return hr;
    return queue_end_change( view->job, job_set_description( view->job, description ) );
}

static HRESULT WINAPI Job_GetDescription( IBackgroundCopyJob5 *iface, LPWSTR *description )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, description );

    if (FAILED(hr = begin_read( view, description ))) return hr;
    return end_read( return_string( view->job->description, description ) );
}

static HRESULT WINAPI Job_SetPriority( IBackgroundCopyJob5 *iface, BG_JOB_PRIORITY priority )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %u.\n", iface, priority );

    if (FAILED(hr = begin_change( view ))) return hr;
    return queue_end_change( view->job, queue_set_priority_locked( view->job, priority ) );
}

static HRESULT WINAPI Job_GetPriority( IBackgroundCopyJob5 *iface, BG_JOB_PRIORITY *priority )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, priority );

    if (FAILED(hr = begin_read( view, priority ))) return hr;
    *priority = view->job->priority;
    return end_read( S_OK );
}

static HRESULT WINAPI Job_SetNotifyFlags( IBackgroundCopyJob5 *iface, ULONG flags )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %#lx.\n", iface, flags );

    if (FAILED(hr = begin_change( view ))) return hr;
    return queue_end_change( view->job, job_set_notify_flags( view->job, flags ) );
}

static HRESULT WINAPI Job_GetNotifyFlags( IBackgroundCopyJob5 *iface, ULONG *flags )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, flags );

    if (FAILED(hr = begin_read( view, flags ))) return hr;
    *flags = view->job->notify_flags;
    return end_read( S_OK );
}

/* spec: api 5.2.23; QueryInterface is a call to the client */
static HRESULT WINAPI Job_SetNotifyInterface( IBackgroundCopyJob5 *iface, IUnknown *object )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    struct identity *caller;
    IUnknown *sink = NULL;
    enum sink_level level = SINK_JOBS;
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, object );

    if (FAILED(hr = check_change( view ))) return hr;
    if (FAILED(hr = identity_of_caller( &caller ))) return hr;
    if (!object || SUCCEEDED(hr = sink_from_object( object, &sink, &level )))
        hr = queue_set_sink( view->job, sink, level, caller );
    if (sink) IUnknown_Release( sink );
    identity_release( caller );
    return hr;
}

static HRESULT WINAPI Job_GetNotifyInterface( IBackgroundCopyJob5 *iface, IUnknown **object )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, object );

    if (object) *object = NULL;
    if (FAILED(hr = begin_read( view, object ))) return hr;
    end_read( S_OK );
    *object = queue_get_sink( view->job );
    return S_OK;
}

static HRESULT WINAPI Job_SetMinimumRetryDelay( IBackgroundCopyJob5 *iface, ULONG seconds )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %lu.\n", iface, seconds );

    if (FAILED(hr = check_change( view ))) return hr;
    return queue_set_retry_delay( view->job, seconds );
}

static HRESULT WINAPI Job_GetMinimumRetryDelay( IBackgroundCopyJob5 *iface, ULONG *seconds )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, seconds );

    if (FAILED(hr = begin_read( view, seconds ))) return hr;
    *seconds = view->job->retry_delay;
    return end_read( S_OK );
}

static HRESULT WINAPI Job_SetNoProgressTimeout( IBackgroundCopyJob5 *iface, ULONG seconds )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %lu.\n", iface, seconds );

    if (FAILED(hr = check_change( view ))) return hr;
    return queue_set_no_progress( view->job, seconds );
}

static HRESULT WINAPI Job_GetNoProgressTimeout( IBackgroundCopyJob5 *iface, ULONG *seconds )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, seconds );

    if (FAILED(hr = begin_read( view, seconds ))) return hr;
    *seconds = view->job->no_progress;
    return end_read( S_OK );
}

static HRESULT WINAPI Job_GetErrorCount( IBackgroundCopyJob5 *iface, ULONG *count )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, count );

    if (FAILED(hr = begin_read( view, count ))) return hr;
    *count = view->job->error_count;
    return end_read( S_OK );
}

static HRESULT WINAPI Job_SetProxySettings( IBackgroundCopyJob5 *iface, BG_JOB_PROXY_USAGE usage, LPCWSTR list,
                                            LPCWSTR bypass )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    /* passwords may be in the list */
    TRACE( "%p, %u, %p, %s.\n", iface, usage, list, debugstr_w( bypass ));

    if (FAILED(hr = begin_change( view ))) return hr;
    return queue_end_change( view->job, job_set_proxy( view->job, usage, list, bypass ) );
}

static HRESULT WINAPI Job_GetProxySettings( IBackgroundCopyJob5 *iface, BG_JOB_PROXY_USAGE *usage, LPWSTR *list,
                                            LPWSTR *bypass )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    const struct job_proxy *proxy = &view->job->proxy;
    HRESULT hr;

    TRACE( "%p, %p, %p, %p.\n", iface, usage, list, bypass );

    if (!usage || !list || !bypass) return E_INVALIDARG;
    if (FAILED(hr = begin_read( view, usage ))) return hr;
    *usage = proxy->usage;
    return end_read( return_strings( proxy->list, list, proxy->bypass, bypass ) );
}

/* spec: api 5.2.32: whoever calls becomes the owner, so it is the caller that is looked at and not the holder */
static HRESULT WINAPI Job_TakeOwnership( IBackgroundCopyJob5 *iface )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    struct identity *caller;
    HRESULT hr;

    TRACE( "%p.\n", iface );

    if (FAILED(hr = identity_of_caller( &caller ))) return hr;
    hr = queue_take_ownership( view->job, caller );
    identity_release( caller );
    return hr;
}

/* --- IBackgroundCopyJob2 ------------------------------------------------------------------------------------------ */

static HRESULT WINAPI Job_SetNotifyCmdLine( IBackgroundCopyJob5 *iface, LPCWSTR program, LPCWSTR parameters )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    struct identity *caller;
    HRESULT hr;

    /* secrets may be in the parameters */
    TRACE( "%p, %s, %p.\n", iface, debugstr_w( program ), parameters );

    if (FAILED(hr = check_change( view ))) return hr;
    if (FAILED(hr = identity_of_caller( &caller ))) return hr;
    hr = queue_set_command( view->job, program, parameters, caller );
    identity_release( caller );
    return hr;
}

/* spec: api 5.3.2: no command is two empty strings */
static HRESULT WINAPI Job_GetNotifyCmdLine( IBackgroundCopyJob5 *iface, LPWSTR *program, LPWSTR *parameters )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    const struct job_command *command = &view->job->command;
    HRESULT hr;

    TRACE( "%p, %p, %p.\n", iface, program, parameters );

    if (!program || !parameters) return E_INVALIDARG;
    if (FAILED(hr = begin_read( view, program ))) return hr;
    return end_read( return_strings( command->program ? command->program : L"", program,
                                     command->parameters ? command->parameters : L"", parameters ) );
}

/* The four about replies: a download has none (spec: api 5.3.3 - 5.3.6), and there are only downloads. */

static HRESULT WINAPI Job_GetReplyProgress( IBackgroundCopyJob5 *iface, BG_JOB_REPLY_PROGRESS *progress )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, progress );

    if (FAILED(hr = begin_read( view, progress ))) return hr;
    return end_read( E_NOTIMPL );
}

static HRESULT WINAPI Job_GetReplyData( IBackgroundCopyJob5 *iface, byte **buffer, UINT64 *length )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %p, %p.\n", iface, buffer, length );

    if (!buffer || !length) return E_INVALIDARG;
    *buffer = NULL;
    *length = 0;
    if (FAILED(hr = begin_read( view, buffer ))) return hr;
    return end_read( E_NOTIMPL );
}

static HRESULT WINAPI Job_SetReplyFileName( IBackgroundCopyJob5 *iface, LPCWSTR name )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %s.\n", iface, debugstr_w( name ));

    return FAILED(hr = check_change( view )) ? hr : E_NOTIMPL;
}

static HRESULT WINAPI Job_GetReplyFileName( IBackgroundCopyJob5 *iface, LPWSTR *name )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, name );

    if (name) *name = NULL;
    if (FAILED(hr = begin_read( view, name ))) return hr;
    return end_read( E_NOTIMPL );
}

/* spec: api 5.3.7 */
static HRESULT WINAPI Job_SetCredentials( IBackgroundCopyJob5 *iface, BG_AUTH_CREDENTIALS *credentials )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, credentials );

    if (!credentials) return E_INVALIDARG;
    if (credentials->Scheme == BG_AUTH_SCHEME_PASSPORT)
    {
        FIXME( "No Passport.\n" );
        return E_NOTIMPL;
    }
    if (FAILED(hr = begin_owner_change( view ))) return hr;
    return queue_end_change( view->job, job_set_credentials( view->job, credentials ) );
}

static HRESULT WINAPI Job_RemoveCredentials( IBackgroundCopyJob5 *iface, BG_AUTH_TARGET target,
                                             BG_AUTH_SCHEME scheme )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %u, %u.\n", iface, target, scheme );

    if (FAILED(hr = begin_owner_change( view ))) return hr;
    return queue_end_change( view->job, job_remove_credentials( view->job, target, scheme ) );
}

/* --- IBackgroundCopyJob3 ------------------------------------------------------------------------------------------ */

static HRESULT WINAPI Job_ReplaceRemotePrefix( IBackgroundCopyJob5 *iface, LPCWSTR old, LPCWSTR new )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %s, %s.\n", iface, debugstr_url( old ), debugstr_url( new ));

    if (FAILED(hr = check_change( view ))) return hr;
    return queue_replace_prefix( view->job, old, new );
}

static HRESULT WINAPI Job_AddFileWithRanges( IBackgroundCopyJob5 *iface, LPCWSTR remote, LPCWSTR local, DWORD count,
                                             BG_FILE_RANGE ranges[] )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %s, %s, %lu, %p.\n", iface, debugstr_url( remote ), debugstr_w( local ), count, ranges );

    if (!remote || !local) return E_INVALIDARG;
    if (FAILED(hr = check_change( view ))) return hr;
    return queue_add_file_with_ranges( view->job, remote, local, count, ranges );
}

static HRESULT WINAPI Job_SetFileACLFlags( IBackgroundCopyJob5 *iface, DWORD flags )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %#lx.\n", iface, flags );

    if (FAILED(hr = begin_change( view ))) return hr;
    return queue_end_change( view->job, job_set_acl_flags( view->job, flags ) );
}

static HRESULT WINAPI Job_GetFileACLFlags( IBackgroundCopyJob5 *iface, DWORD *flags )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, flags );

    if (FAILED(hr = begin_read( view, flags ))) return hr;
    *flags = view->job->acl_flags;
    return end_read( S_OK );
}

/* --- IBackgroundCopyJob4 ------------------------------------------------------------------------------------------ */

static HRESULT WINAPI Job_SetPeerCachingFlags( IBackgroundCopyJob5 *iface, DWORD flags )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %#lx.\n", iface, flags );

    if (FAILED(hr = begin_change( view ))) return hr;
    return queue_end_change( view->job, job_set_peer_flags( view->job, flags ) );
}

static HRESULT WINAPI Job_GetPeerCachingFlags( IBackgroundCopyJob5 *iface, DWORD *flags )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, flags );

    if (FAILED(hr = begin_read( view, flags ))) return hr;
    *flags = view->job->peer_flags;
    return end_read( S_OK );
}

static HRESULT WINAPI Job_GetOwnerIntegrityLevel( IBackgroundCopyJob5 *iface, ULONG *level )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, level );

    if (FAILED(hr = begin_read( view, level ))) return hr;
    *level = view->job->owner->integrity;
    return end_read( S_OK );
}

static HRESULT WINAPI Job_GetOwnerElevationState( IBackgroundCopyJob5 *iface, BOOL *elevated )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, elevated );

    if (FAILED(hr = begin_read( view, elevated ))) return hr;
    *elevated = view->job->owner->elevated;
    return end_read( S_OK );
}

static HRESULT WINAPI Job_SetMaximumDownloadTime( IBackgroundCopyJob5 *iface, ULONG seconds )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %lu.\n", iface, seconds );

    if (FAILED(hr = begin_change( view ))) return hr;
    job_set_max_download_time( view->job, seconds );
    return queue_end_change( view->job, S_OK );
}

static HRESULT WINAPI Job_GetMaximumDownloadTime( IBackgroundCopyJob5 *iface, ULONG *seconds )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, seconds );

    if (FAILED(hr = begin_read( view, seconds ))) return hr;
    *seconds = queue_download_limit_locked( view->job );
    return end_read( S_OK );
}

/* --- IBackgroundCopyJob5 ------------------------------------------------------------------------------------------ */

static HRESULT WINAPI Job_SetProperty( IBackgroundCopyJob5 *iface, BITS_JOB_PROPERTY_ID id,
                                       BITS_JOB_PROPERTY_VALUE value )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %u.\n", iface, id );

    if (FAILED(hr = check_change( view ))) return hr;
    return queue_set_property( view->job, id, &value );
}

static HRESULT WINAPI Job_GetProperty( IBackgroundCopyJob5 *iface, BITS_JOB_PROPERTY_ID id,
                                       BITS_JOB_PROPERTY_VALUE *value )
{
    struct view *view = impl_from_IBackgroundCopyJob5( iface );
    HRESULT hr;

    TRACE( "%p, %u, %p.\n", iface, id, value );

    if (FAILED(hr = begin_read( view, value ))) return hr;
    return end_read( job_get_property( view->job, id, value ) );
}

const IBackgroundCopyJob5Vtbl view_job_vtbl =
{
    Job_QueryInterface,
    Job_AddRef,
    Job_Release,
    Job_AddFileSet,
    Job_AddFile,
    Job_EnumFiles,
    Job_Suspend,
    Job_Resume,
    Job_Cancel,
    Job_Complete,
    Job_GetId,
    Job_GetType,
    Job_GetProgress,
    Job_GetTimes,
    Job_GetState,
    Job_GetError,
    Job_GetOwner,
    Job_SetDisplayName,
    Job_GetDisplayName,
    Job_SetDescription,
    Job_GetDescription,
    Job_SetPriority,
    Job_GetPriority,
    Job_SetNotifyFlags,
    Job_GetNotifyFlags,
    Job_SetNotifyInterface,
    Job_GetNotifyInterface,
    Job_SetMinimumRetryDelay,
    Job_GetMinimumRetryDelay,
    Job_SetNoProgressTimeout,
    Job_GetNoProgressTimeout,
    Job_GetErrorCount,
    Job_SetProxySettings,
    Job_GetProxySettings,
    Job_TakeOwnership,
    Job_SetNotifyCmdLine,
    Job_GetNotifyCmdLine,
    Job_GetReplyProgress,
    Job_GetReplyData,
    Job_SetReplyFileName,
    Job_GetReplyFileName,
    Job_SetCredentials,
    Job_RemoveCredentials,
    Job_ReplaceRemotePrefix,
    Job_AddFileWithRanges,
    Job_SetFileACLFlags,
    Job_GetFileACLFlags,
    Job_SetPeerCachingFlags,
    Job_GetPeerCachingFlags,
    Job_GetOwnerIntegrityLevel,
    Job_GetOwnerElevationState,
    Job_SetMaximumDownloadTime,
    Job_GetMaximumDownloadTime,
    Job_SetProperty,
    Job_GetProperty,
};
