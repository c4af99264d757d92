/*
 * A client's view of a job: one object, three vtables, and what its caller may do
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

static const struct
{
    const IID *iid;
    SIZE_T offset;      /* of the interface in struct view */
    BOOL open;          /* no look at the caller */
}
view_interfaces[] =
{
    { &IID_IUnknown, FIELD_OFFSET(struct view, IBackgroundCopyJob5_iface), TRUE },
    /* what views are marshalled as: whoever made the view has looked at the caller */
    { &IID_IBackgroundCopyJob, FIELD_OFFSET(struct view, IBackgroundCopyJob5_iface), TRUE },
    { &IID_IBackgroundCopyJob2, FIELD_OFFSET(struct view, IBackgroundCopyJob5_iface) },
    { &IID_IBackgroundCopyJob3, FIELD_OFFSET(struct view, IBackgroundCopyJob5_iface) },
    { &IID_IBackgroundCopyJob4, FIELD_OFFSET(struct view, IBackgroundCopyJob5_iface) },
    { &IID_IBackgroundCopyJob5, FIELD_OFFSET(struct view, IBackgroundCopyJob5_iface) },
    { &IID_IBackgroundCopyJobHttpOptions, FIELD_OFFSET(struct view, IBackgroundCopyJobHttpOptions3_iface) },
    { &IID_IBackgroundCopyJobHttpOptions2, FIELD_OFFSET(struct view, IBackgroundCopyJobHttpOptions3_iface) },
    { &IID_IBackgroundCopyJobHttpOptions3, FIELD_OFFSET(struct view, IBackgroundCopyJobHttpOptions3_iface) },
    { &IID_IBitsTokenOptions, FIELD_OFFSET(struct view, IBitsTokenOptions_iface) },
};

/* spec: api 1.5.6, 5.8.1: who asks is looked at here and not in the methods, so that a helper without any rights to
 * the job can call SetHelperToken on a pointer that the owner obtained. */
static HRESULT view_check_caller( struct view *view, REFIID iid )
{
    struct identity *caller, *old = NULL;
    HRESULT hr;

    if (FAILED(hr = identity_of_caller( &caller ))) return hr;

    queue_lock();
    hr = identity_check_access( caller, view->job->owner );
    if (SUCCEEDED(hr) && IsEqualGUID( iid, &IID_IBitsTokenOptions ))
    {
        old = view->lender;
        view->lender = identity_addref( caller );
    }
    queue_unlock();

    identity_release( old );
    identity_release( caller );
    return hr;
}

HRESULT view_query_interface( struct view *view, REFIID iid, void **object )
{
    HRESULT hr;
    UINT i;

    TRACE( "%p, %s, %p.\n", view, debugstr_guid( iid ), object );

    *object = NULL;
    for (i = 0; i < ARRAY_SIZE(view_interfaces); i++)
    {
        if (!IsEqualGUID( iid, view_interfaces[i].iid )) continue;

        if (!view_interfaces[i].open && FAILED(hr = view_check_caller( view, iid )))
        {
            WARN( "%s refused, hr %#lx.\n", debugstr_guid( iid ), hr );
            return hr;
        }
        view_addref( view );
        *object = (char *)view + view_interfaces[i].offset;
        return S_OK;
    }
    return E_NOINTERFACE;
}

ULONG view_addref( struct view *view )
{
    ULONG refs = InterlockedIncrement( &view->refs );

    TRACE( "%p, refs %lu.\n", view, refs );
    return refs;
}

ULONG view_release( struct view *view )
{
    ULONG refs = InterlockedDecrement( &view->refs );

    TRACE( "%p, refs %lu.\n", view, refs );

    if (!refs)
    {
        identity_release( view->holder );
        identity_release( view->lender );
        job_release( view->job );
        com_object_destroyed( &view->object );
        free( view );
    }
    return refs;
}

HRESULT view_create( struct job *job, struct identity *holder, struct view **ret )
{
    struct view *view;

    *ret = NULL;
    if (!(view = calloc( 1, sizeof(*view) ))) return E_OUTOFMEMORY;
    view->IBackgroundCopyJob5_iface.lpVtbl = &view_job_vtbl;
    view->IBackgroundCopyJobHttpOptions3_iface.lpVtbl = &view_http_vtbl;
    view->IBitsTokenOptions_iface.lpVtbl = &view_token_vtbl;
    view->refs = 1;
    view->job = job_addref( job );
    view->holder = identity_addref( holder );
    com_object_created( &view->object, &view->IBackgroundCopyJob5_iface, &view->refs );

    TRACE( "%p of job %s for %s.\n", view, debugstr_guid( &job->id ), debugstr_w( holder->sid ) );
    *ret = view;
    return S_OK;
}

struct view *view_from_job( IBackgroundCopyJob *iface )
{
    if ((const void *)iface->lpVtbl != &view_job_vtbl) return NULL;
    return CONTAINING_RECORD( (IBackgroundCopyJob5 *)iface, struct view, IBackgroundCopyJob5_iface );
}

HRESULT view_return( struct job *job, struct identity *holder, IBackgroundCopyJob **ret )
{
    struct view *view;
    HRESULT hr;

    hr = view_create( job, holder, &view );
    *ret = SUCCEEDED(hr) ? view_job( view ) : NULL;
    return hr;
}
