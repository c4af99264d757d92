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

/* The sink comes from SetNotifyInterface, which asked the client's object for this interface.  The views are those of
 * IDENTITY, who set it: after TakeOwnership he still hears of the job (spec: api 5.2.23), and may no longer look at it. */
static inline IBackgroundCopyCallback *callback_from_sink( IUnknown *sink )
{
    return (IBackgroundCopyCallback *)sink;
}

static HRESULT notify_transferred( IUnknown *sink, struct job *job, struct identity *identity )
{
    struct view *view;
    HRESULT hr;

    TRACE( "%p, %s.\n", sink, debugstr_guid( &job->id ));

    if (FAILED(hr = view_create( job, identity, &view ))) return hr;
    hr = IBackgroundCopyCallback_JobTransferred( callback_from_sink( sink ), view_job( view ) );
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
        hr = IBackgroundCopyCallback_JobError( callback_from_sink( sink ), view_job( view ), error );
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
    hr = IBackgroundCopyCallback_JobModification( callback_from_sink( sink ), view_job( view ), 0 );
    view_release( view );
    return hr;
}

const struct notifier com_notifier =
{
    notify_transferred,
    notify_failed,
    notify_modified,
};
