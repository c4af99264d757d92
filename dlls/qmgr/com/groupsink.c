/*
 * What happens to a group is completed, and told to IBackgroundCopyCallback1
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

/* The family knows no Complete: a group's files have their names when it is done.  So each group has, instead of a
 * client's callback, an object of ours, which completes the job and calls the client with what the group's properties ask
 * for.  A program that sets a callback of its own through the newer interface takes both over. */

#define COBJMACROS
#include "com/com.h"
#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

struct group_sink
{
    IBackgroundCopyCallback2 IBackgroundCopyCallback2_iface;
    LONG refs;
    IBackgroundCopyCallback1 *callback; /* the client's; NULL for none */
    DWORD told_size;                    /* progress of the last report; calls for one job come one after another */
    DWORD told_percent;
};

static inline struct group_sink *impl_from_IBackgroundCopyCallback2( IBackgroundCopyCallback2 *iface )
{
    return CONTAINING_RECORD( iface, struct group_sink, IBackgroundCopyCallback2_iface );
}

static HRESULT WINAPI GroupSink_QueryInterface( IBackgroundCopyCallback2 *iface, REFIID iid, void **object )
{
    TRACE( "%p, %s, %p.\n", iface, debugstr_guid( iid ), object );

    if (IsEqualGUID( iid, &IID_IUnknown ) || IsEqualGUID( iid, &IID_IBackgroundCopyCallback ) ||
        IsEqualGUID( iid, &IID_IBackgroundCopyCallback2 ))
    {
        IBackgroundCopyCallback2_AddRef( iface );
        *object = iface;
        return S_OK;
    }
    *object = NULL;
    return E_NOINTERFACE;
}

static ULONG WINAPI GroupSink_AddRef( IBackgroundCopyCallback2 *iface )
{
    struct group_sink *group_sink = impl_from_IBackgroundCopyCallback2( iface );
    ULONG refs = InterlockedIncrement( &group_sink->refs );

    TRACE( "%p, refs %lu.\n", iface, refs );
    return refs;
}

static ULONG WINAPI GroupSink_Release( IBackgroundCopyCallback2 *iface )
{
    struct group_sink *group_sink = impl_from_IBackgroundCopyCallback2( iface );
    ULONG refs = InterlockedDecrement( &group_sink->refs );

    TRACE( "%p, refs %lu.\n", iface, refs );

    if (!refs)
    {
        if (group_sink->callback) IBackgroundCopyCallback1_Release( group_sink->callback );
        free( group_sink );
    }
    return refs;
}

/* What the client is told about, taken under the lock. */
struct news
{
    IBackgroundCopyGroup *group;
    IBackgroundCopyJob1 *group_job;
    DWORD win32, transport, retries;
};

static HRESULT news_init( struct news *news, struct view *view )
{
    const struct job *job = view->job;
    HRESULT hr;

    queue_lock();
    group_results_locked( job, &news->win32, &news->transport );
    news->retries = job->error_count;
    queue_unlock();
    if (FAILED(hr = group_create( view, &news->group ))) return hr;
    if (FAILED(hr = group_job_create( view, &news->group_job ))) IBackgroundCopyGroup_Release( news->group );
    return hr;
}

static void news_free( struct news *news )
{
    IBackgroundCopyJob1_Release( news->group_job );
    IBackgroundCopyGroup_Release( news->group );
}

/* The properties of a group; FALSE when nobody wants to be told anything. */
static BOOL get_wishes( const struct group_sink *sink, struct view *view, struct job_group *wishes )
{
    queue_lock();
    *wishes = view->job->group;
    queue_unlock();
    return sink->callback && !(wishes->notify_flags & QM_NOTIFY_DISABLE_NOTIFY);
}

/* A client that fails is not asked again: the family documents no repetition. */
static void tell_status( struct group_sink *sink, struct view *view, DWORD file, DWORD status )
{
    struct news news;
    HRESULT hr;

    if (!status || FAILED(news_init( &news, view ))) return;
    hr = IBackgroundCopyCallback1_OnStatus( sink->callback, news.group, news.group_job, file, status, news.retries,
                                            news.win32, news.transport );
    TRACE( "%s: status %#lx, the client returned %#lx.\n", debugstr_guid( &view->job->id ), status, hr );
    news_free( &news );
}

static void tell_progress( struct group_sink *sink, struct view *view, DWORD type, DWORD file, DWORD value, BOOL extended )
{
    struct news news;
    HRESULT hr;

    if (FAILED(news_init( &news, view ))) return;
    if (extended) hr = IBackgroundCopyCallback1_OnProgressEx( sink->callback, type, news.group, news.group_job, file,
                                                              value, 0, NULL );
    else hr = IBackgroundCopyCallback1_OnProgress( sink->callback, type, news.group, news.group_job, file, value );
    TRACE( "%s: progress %lu is %lu, the client returned %#lx.\n", debugstr_guid( &view->job->id ), type, value, hr );
    news_free( &news );
}

/* Whether VALUE is STEP (0: never) further than TOLD, which is then VALUE; also when it went back. */
static BOOL is_step( DWORD *told, DWORD value, DWORD step )
{
    if (!step || (value >= *told && value - *told < step)) return FALSE;
    *told = value;
    return TRUE;
}

static void report_progress( struct group_sink *sink, struct view *view, const struct job_group *wishes )
{
    BOOL extended = wishes->notify_flags & QM_NOTIFY_USE_PROGRESSEX;
    const struct job *job = view->job;
    DWORD size, percent;
    int file;

    queue_lock();
    group_progress_locked( job, QM_PROGRESS_SIZE_DONE, &size );
    group_progress_locked( job, QM_PROGRESS_PERCENT_DONE, &percent );
    if ((file = job_next_file( job )) < 0) file = job->file_count ? job->file_count - 1 : 0;
    queue_unlock();

    if (is_step( &sink->told_percent, percent, wishes->progress_percent ))
        tell_progress( sink, view, QM_PROGRESS_PERCENT_DONE, file, percent, extended );
    if (is_step( &sink->told_size, size, wishes->progress_size ))
        tell_progress( sink, view, QM_PROGRESS_SIZE_DONE, file, size, extended );
}

/* Anybody who has our object from GetNotifyInterface may call it, with any object. */
static struct view *get_group( IBackgroundCopyJob *iface )
{
    struct view *view = iface ? view_from_job( iface ) : NULL;
    BOOL present = FALSE;

    if (view)
    {
        queue_lock();
        present = view->job->group.present;
        queue_unlock();
    }
    return present ? view : NULL;
}

static HRESULT WINAPI GroupSink_JobTransferred( IBackgroundCopyCallback2 *iface, IBackgroundCopyJob *job )
{
    struct group_sink *sink = impl_from_IBackgroundCopyCallback2( iface );
    struct view *view = get_group( job );
    struct identity *owner;
    struct job_group wishes;
    DWORD status = 0;
    BOOL told;
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, job );

    if (!view) return E_INVALIDARG;
    if ((told = get_wishes( sink, view, &wishes ))) report_progress( sink, view, &wishes );

    queue_lock();
    owner = identity_addref( view->job->owner );
    queue_unlock();
    hr = queue_complete( view->job, owner );
    identity_release( owner );
    if (FAILED(hr))
    {
        WARN( "%s is not completed, %#lx.\n", debugstr_guid( &view->job->id ), hr );
        return hr;
    }
    if (wishes.notify_flags & QM_NOTIFY_JOB_DONE) status |= QM_STATUS_JOB_COMPLETE;
    if (wishes.notify_flags & QM_NOTIFY_GROUP_DONE) status |= QM_STATUS_GROUP_COMPLETE;
    if (told) tell_status( sink, view, 0, status );
    return S_OK;
}

static HRESULT WINAPI GroupSink_JobError( IBackgroundCopyCallback2 *iface, IBackgroundCopyJob *job,
                                          IBackgroundCopyError *error )
{
    struct group_sink *sink = impl_from_IBackgroundCopyCallback2( iface );
    struct view *view = get_group( job );
    struct job_group wishes;
    DWORD status = 0;
    int file;

    TRACE( "%p, %p, %p.\n", iface, job, error );

    if (!view) return E_INVALIDARG;
    queue_lock();
    file = max( view->job->error.file, 0 );
    queue_unlock();
    if (!get_wishes( sink, view, &wishes )) return S_OK;
    if (wishes.notify_flags & QM_NOTIFY_JOB_DONE) status |= QM_STATUS_JOB_ERROR;
    if (wishes.notify_flags & QM_NOTIFY_GROUP_DONE) status |= QM_STATUS_GROUP_ERROR;
    tell_status( sink, view, file, status );
    return S_OK;
}

static HRESULT WINAPI GroupSink_JobModification( IBackgroundCopyCallback2 *iface, IBackgroundCopyJob *job,
                                                 DWORD reserved )
{
    struct group_sink *sink = impl_from_IBackgroundCopyCallback2( iface );
    struct view *view = get_group( job );
    struct job_group wishes;

    TRACE( "%p, %p, %#lx.\n", iface, job, reserved );

    if (!view) return E_INVALIDARG;
    if (get_wishes( sink, view, &wishes )) report_progress( sink, view, &wishes );
    return S_OK;
}

static HRESULT WINAPI GroupSink_FileTransferred( IBackgroundCopyCallback2 *iface, IBackgroundCopyJob *job,
                                                 IBackgroundCopyFile *file )
{
    struct group_sink *sink = impl_from_IBackgroundCopyCallback2( iface );
    struct view *view = get_group( job );
    struct job_group wishes;
    ULONG index;

    TRACE( "%p, %p, %p.\n", iface, job, file );

    if (!view || !file || !file_get_index( file, &index )) return E_INVALIDARG;
    if (get_wishes( sink, view, &wishes ) && (wishes.notify_flags & QM_NOTIFY_FILE_DONE))
        tell_status( sink, view, index, QM_STATUS_FILE_COMPLETE );
    return S_OK;
}

static const IBackgroundCopyCallback2Vtbl group_sink_vtbl =
{
    GroupSink_QueryInterface,
    GroupSink_AddRef,
    GroupSink_Release,
    GroupSink_JobTransferred,
    GroupSink_JobError,
    GroupSink_JobModification,
    GroupSink_FileTransferred,
};

HRESULT group_watch( struct job *job, IBackgroundCopyCallback1 *callback, struct identity *identity )
{
    struct group_sink *sink;
    HRESULT hr;

    if (!(sink = calloc( 1, sizeof(*sink) ))) return E_OUTOFMEMORY;
    sink->IBackgroundCopyCallback2_iface.lpVtbl = &group_sink_vtbl;
    sink->refs = 1;
    if ((sink->callback = callback)) IBackgroundCopyCallback1_AddRef( callback );

    hr = queue_set_sink( job, (IUnknown *)&sink->IBackgroundCopyCallback2_iface, SINK_FILES, identity );
    IBackgroundCopyCallback2_Release( &sink->IBackgroundCopyCallback2_iface );
    return hr;
}
