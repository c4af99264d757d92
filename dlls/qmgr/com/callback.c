/*
 * Notifications: the client's callback object
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

/* The views are those of IDENTITY, who set the sink, or the owner for an object of the class: after TakeOwnership the
 * former still hears of the job (spec: api 5.2.23), and may no longer look at it. */

HRESULT sink_from_object( IUnknown *object, IUnknown **sink, enum sink_level *level )
{
    *level = SINK_RANGES;
    if (SUCCEEDED(IUnknown_QueryInterface( object, &IID_IBackgroundCopyCallback3, (void **)sink ))) return S_OK;
    *level = SINK_FILES;
    if (SUCCEEDED(IUnknown_QueryInterface( object, &IID_IBackgroundCopyCallback2, (void **)sink ))) return S_OK;
    *level = SINK_JOBS;
    return IUnknown_QueryInterface( object, &IID_IBackgroundCopyCallback, (void **)sink );
}

/* As every server of the class has to, it runs in a process of its own (spec: behaviour 6.2). */
static HRESULT notify_create_sink( const GUID *clsid, IUnknown **sink, enum sink_level *level )
{
    IUnknown *object;
    HRESULT hr;

    TRACE( "%s.\n", debugstr_guid( clsid ));

    if (FAILED(hr = CoCreateInstance( clsid, NULL, CLSCTX_LOCAL_SERVER, &IID_IUnknown, (void **)&object ))) return hr;
    hr = sink_from_object( object, sink, level );
    IUnknown_Release( object );
    return hr;
}

static HRESULT notify_transferred( IUnknown *sink, struct job *job, struct identity *identity )
{
    struct view *view;
    HRESULT hr;

    TRACE( "%p, %s.\n", sink, debugstr_guid( &job->id ));

    if (FAILED(hr = view_create( job, identity, &view ))) return hr;
    hr = IBackgroundCopyCallback_JobTransferred( (IBackgroundCopyCallback *)sink, view_job( view ) );
    view_release( view );
    return hr;
}

static HRESULT notify_failed( IUnknown *sink, struct job *job, struct identity *identity )
{
    IBackgroundCopyError *error;
    struct view *view;
    HRESULT hr;

    TRACE( "%p, %s.\n", sink, debugstr_guid( &job->id ));

    if (FAILED(hr = view_create( job, identity, &view ))) return hr;
    if (SUCCEEDED(hr = error_create( view, &error )))
    {
        hr = IBackgroundCopyCallback_JobError( (IBackgroundCopyCallback *)sink, view_job( view ), error );
        IBackgroundCopyError_Release( error );
    }
    view_release( view );
    return hr;
}

static HRESULT notify_modified( IUnknown *sink, struct job *job, struct identity *identity )
{
    struct view *view;
    HRESULT hr;

    TRACE( "%p, %s.\n", sink, debugstr_guid( &job->id ));

    if (FAILED(hr = view_create( job, identity, &view ))) return hr;
    hr = IBackgroundCopyCallback_JobModification( (IBackgroundCopyCallback *)sink, view_job( view ), 0 );
    view_release( view );
    return hr;
}

static HRESULT notify_file_transferred( IUnknown *sink, struct job *job, ULONG index, struct identity *identity )
{
    IBackgroundCopyFile *file;
    struct view *view;
    HRESULT hr;

    TRACE( "%p, %s, %lu.\n", sink, debugstr_guid( &job->id ), index );

    if (FAILED(hr = view_create( job, identity, &view ))) return hr;
    if (SUCCEEDED(hr = file_create( view, index, &file )))
    {
        hr = IBackgroundCopyCallback2_FileTransferred( (IBackgroundCopyCallback2 *)sink, view_job( view ), file );
        IBackgroundCopyFile_Release( file );
    }
    view_release( view );
    return hr;
}

static HRESULT notify_ranges_transferred( IUnknown *sink, struct job *job, ULONG index, const struct ranges *ranges,
                                          struct identity *identity )
{
    IBackgroundCopyFile *file;
    struct view *view;
    HRESULT hr;

    TRACE( "%p, %s, %lu, %lu ranges.\n", sink, debugstr_guid( &job->id ), index, ranges->count );

    if (FAILED(hr = view_create( job, identity, &view ))) return hr;
    if (SUCCEEDED(hr = file_create( view, index, &file )))
    {
        hr = IBackgroundCopyCallback3_FileRangesTransferred( (IBackgroundCopyCallback3 *)sink, view_job( view ), file,
                                                             ranges->count, ranges->items );
        IBackgroundCopyFile_Release( file );
    }
    view_release( view );
    return hr;
}

const struct notifier com_notifier =
{
    notify_transferred,
    notify_failed,
    notify_modified,
    notify_file_transferred,
    notify_ranges_transferred,
    certificate_judge,
    notify_create_sink,
};
