/*
 * What the methods of all objects share
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

HRESULT begin_read( const struct view *view, const void *out )
{
    HRESULT hr;

    if (!out) return E_INVALIDARG;
    if (FAILED(hr = identity_check_call())) return hr;
    queue_lock();
    hr = identity_check_access( view->holder, view->job->owner );
    if (FAILED(hr)) queue_unlock();
    return hr;
}

HRESULT end_read( HRESULT hr )
{
    queue_unlock();
    return hr;
}

HRESULT begin_change( struct view *view )
{
    HRESULT hr;

    if (FAILED(hr = identity_check_call())) return hr;
    if (FAILED(hr = queue_begin_change( view->job ))) return hr;
    hr = identity_check_change( view->holder, view->job->owner );
    return FAILED(hr) ? queue_end_change( view->job, hr ) : S_OK;
}

HRESULT check_administrator(void)
{
    struct identity *caller;
    HRESULT hr;

    if (FAILED(hr = identity_of_caller( &caller ))) return hr;
    if (!caller->administrator) hr = E_ACCESSDENIED;
    identity_release( caller );
    return hr;
}

HRESULT check_change( const struct view *view )
{
    HRESULT hr;

    if (FAILED(hr = identity_check_call())) return hr;
    queue_lock();
    hr = identity_check_change( view->holder, view->job->owner );
    queue_unlock();
    return hr;
}

HRESULT begin_owner_change( struct view *view )
{
    struct identity *caller;
    HRESULT hr;

    if (FAILED(hr = identity_of_caller( &caller ))) return hr;
    if (SUCCEEDED(hr = queue_begin_change_of( view->job, CHANGE_SECRETS )))
    {
        hr = identity_check_change( view->holder, view->job->owner );
        if (SUCCEEDED(hr) && !identity_same_user( caller, view->job->owner )) hr = E_ACCESSDENIED;
        if (FAILED(hr)) queue_end_change( view->job, hr );
    }
    identity_release( caller );
    return hr;
}

HRESULT begin_owner_read( const struct view *view, const void *out )
{
    struct identity *caller;
    HRESULT hr;

    if (FAILED(hr = identity_of_caller( &caller ))) return hr;
    if (SUCCEEDED(hr = begin_read( view, out )) && !identity_same_user( caller, view->job->owner ))
        hr = end_read( E_ACCESSDENIED );
    identity_release( caller );
    return hr;
}

HRESULT return_bytes( const void *bytes, SIZE_T size, void **ret )
{
    if (!(*ret = CoTaskMemAlloc( size ))) return E_OUTOFMEMORY;
    memcpy( *ret, bytes, size );
    return S_OK;
}

HRESULT return_string( const WCHAR *str, WCHAR **ret )
{
    *ret = NULL;
    return str ? return_bytes( str, (wstr_len( str ) + 1) * sizeof(WCHAR), (void **)ret ) : S_OK;
}

HRESULT return_strings( const WCHAR *first, WCHAR **first_ret, const WCHAR *second, WCHAR **second_ret )
{
    HRESULT hr;

    *second_ret = NULL;
    if (FAILED(hr = return_string( first, first_ret ))) return hr;
    if (FAILED(hr = return_string( second, second_ret )))
    {
        CoTaskMemFree( *first_ret );
        *first_ret = NULL;
    }
    return hr;
}
