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

/* The sink comes from SetNotifyInterface, which asked the client's object for this interface.  The views are marshalled
 * as IBackgroundCopyJob, so IDENTITY, who set the sink and could see the job then, is not looked at again. */
static inline IBackgroundCopyCallback *callback_from_sink( IUnknown *sink )
{
    return (IBackgroundCopyCallback *)sink;
}

static HRESULT notify_transferred( IUnknown *sink, struct job *job, struct identity *identity )
{
    IBackgroundCopyJob *view;
    HRESULT hr;

    TRACE( "%p, %s.\n", sink, debugstr_guid( &job->id ));

    if (FAILED(hr = view_create( job, &view ))) return hr;
    hr = IBackgroundCopyCallback_JobTransferred( callback_from_sink( sink ), view );
    IBackgroundCopyJob_Release( view );
    return hr;
}

static HRESULT notify_failed( IUnknown *sink, struct job *job, struct identity *identity )
{
    IBackgroundCopyError *error;
    IBackgroundCopyJob *view;
    HRESULT hr;

    TRACE( "%p, %s.\n", sink, debugstr_guid( &job->id ));

    if (FAILED(hr = error_create( job, &error ))) return hr;
    if (SUCCEEDED(hr = view_create( job, &view )))
    {
        hr = IBackgroundCopyCallback_JobError( callback_from_sink( sink ), view, error );
        IBackgroundCopyJob_Release( view );
    }
    IBackgroundCopyError_Release( error );
    return hr;
}

static HRESULT notify_modified( IUnknown *sink, struct job *job, struct identity *identity )
{
    IBackgroundCopyJob *view;
    HRESULT hr;

    TRACE( "%p, %s.\n", sink, debugstr_guid( &job->id ));

    if (FAILED(hr = view_create( job, &view ))) return hr;
    hr = IBackgroundCopyCallback_JobModification( callback_from_sink( sink ), view, 0 );
    IBackgroundCopyJob_Release( view );
    return hr;
}

const struct notifier com_notifier =
{
    notify_transferred,
    notify_failed,
    notify_modified,
};
