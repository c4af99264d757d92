/*
 * IBitsTokenOptions of a view: lending a helper token to a job
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

static inline struct view *impl_from_IBitsTokenOptions( IBitsTokenOptions *iface )
{
    return CONTAINING_RECORD( iface, struct view, IBitsTokenOptions_iface );
}

static HRESULT WINAPI TokenOptions_QueryInterface( IBitsTokenOptions *iface, REFIID iid, void **object )
{
    return view_query_interface( impl_from_IBitsTokenOptions( iface ), iid, object );
}

static ULONG WINAPI TokenOptions_AddRef( IBitsTokenOptions *iface )
{
    return view_addref( impl_from_IBitsTokenOptions( iface ) );
}

static ULONG WINAPI TokenOptions_Release( IBitsTokenOptions *iface )
{
    return view_release( impl_from_IBitsTokenOptions( iface ) );
}

/* Whether METHOD is allowed to whoever asked for the interface (spec: api 5.8.1); HELPER: the token being set, or NULL.
 * On success the queue lock is held until end_read(). */
static HRESULT begin_token_method( struct view *view, enum token_method method, const struct identity *helper )
{
    struct identity *owner;
    struct token_view asker;
    HRESULT hr;

    if (FAILED(hr = identity_check_call())) return hr;
    queue_lock();
    owner = view->job->owner;
    hr = E_ACCESSDENIED;
    if (view->lender && SUCCEEDED(hr = identity_check_access( view->lender, owner )))
    {
        asker = token_view_of( view->lender, owner );
        hr = token_rule( token_rule_since_1607(), method, &asker, owner->administrator, helper && helper->administrator );
    }
    if (FAILED(hr)) queue_unlock();
    return hr;
}

/* The same for a method that changes the job.  The lock is not held. */
static HRESULT check_token_change( struct view *view, enum token_method method, const struct identity *helper )
{
    HRESULT hr;

    if (FAILED(hr = begin_token_method( view, method, helper ))) return hr;
    return end_read( identity_check_change( view->lender, view->job->owner ) );
}

/* spec: api 5.8.2 */
static HRESULT WINAPI TokenOptions_SetHelperTokenFlags( IBitsTokenOptions *iface, DWORD flags )
{
    struct view *view = impl_from_IBitsTokenOptions( iface );
    struct identity *lender;
    HRESULT hr;

    TRACE( "%p, %#lx.\n", iface, flags );

    if (flags & ~(BG_TOKEN_LOCAL_FILE | BG_TOKEN_NETWORK)) return E_INVALIDARG;
    if (FAILED(hr = check_token_change( view, TOKEN_SET_FLAGS, NULL ))) return hr;
    queue_lock();
    lender = identity_addref( view->lender );
    queue_unlock();
    hr = queue_set_helper_flags( view->job, flags, lender );
    identity_release( lender );
    return hr;
}

/* spec: api 5.8.3 */
static HRESULT WINAPI TokenOptions_GetHelperTokenFlags( IBitsTokenOptions *iface, DWORD *flags )
{
    struct view *view = impl_from_IBitsTokenOptions( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, flags );

    if (!flags) return E_INVALIDARG;
    if (FAILED(hr = begin_token_method( view, TOKEN_OTHER, NULL ))) return hr;
    *flags = view->job->helper_flags;
    return end_read( S_OK );
}

/* spec: api 5.8.4: whoever calls now is the helper, whoever asked for the interface decides */
static HRESULT WINAPI TokenOptions_SetHelperToken( IBitsTokenOptions *iface )
{
    struct view *view = impl_from_IBitsTokenOptions( iface );
    struct identity *helper;
    HRESULT hr;

    TRACE( "%p.\n", iface );

    if (FAILED(hr = identity_of_helper( &helper ))) return hr;
    if (SUCCEEDED(hr = check_token_change( view, TOKEN_SET_TOKEN, helper ))) hr = queue_set_helper( view->job, helper );
    identity_release( helper );
    return hr;
}

/* spec: api 5.8.5 */
static HRESULT WINAPI TokenOptions_ClearHelperToken( IBitsTokenOptions *iface )
{
    struct view *view = impl_from_IBitsTokenOptions( iface );
    HRESULT hr;

    TRACE( "%p.\n", iface );

    if (FAILED(hr = check_token_change( view, TOKEN_OTHER, NULL ))) return hr;
    return queue_set_helper( view->job, NULL );
}

/* spec: api 5.8.6 */
static HRESULT WINAPI TokenOptions_GetHelperTokenSid( IBitsTokenOptions *iface, LPWSTR *sid )
{
    struct view *view = impl_from_IBitsTokenOptions( iface );
    HRESULT hr;

    TRACE( "%p, %p.\n", iface, sid );

    if (!sid) return E_INVALIDARG;
    *sid = NULL;
    if (FAILED(hr = begin_token_method( view, TOKEN_OTHER, NULL ))) return hr;
    return end_read( return_string( view->job->helper ? view->job->helper->sid : NULL, sid ) );
}

const IBitsTokenOptionsVtbl view_token_vtbl =
{
    TokenOptions_QueryInterface,
    TokenOptions_AddRef,
    TokenOptions_Release,
    TokenOptions_SetHelperTokenFlags,
    TokenOptions_GetHelperTokenFlags,
    TokenOptions_SetHelperToken,
    TokenOptions_ClearHelperToken,
    TokenOptions_GetHelperTokenSid,
};
