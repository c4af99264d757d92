/*
 * The client as a receiver of notifications
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


#include "client.h"

struct callback
{
    IBackgroundCopyCallback IBackgroundCopyCallback_iface;
    LONG ref;
    HANDLE event;
};

static inline struct callback *impl_from_IBackgroundCopyCallback( IBackgroundCopyCallback *iface )
{
    return CONTAINING_RECORD( iface, struct callback, IBackgroundCopyCallback_iface );
}

static HRESULT WINAPI callback_QueryInterface( IBackgroundCopyCallback *iface, REFIID iid, void **out )
{
    if (!IsEqualGUID( iid, &IID_IUnknown ) && !IsEqualGUID( iid, &IID_IBackgroundCopyCallback ))
    {
        *out = NULL;
        return E_NOINTERFACE;
    }
    IBackgroundCopyCallback_AddRef( iface );
    *out = iface;
    return S_OK;
}

static ULONG WINAPI callback_AddRef( IBackgroundCopyCallback *iface )
{
    return InterlockedIncrement( &impl_from_IBackgroundCopyCallback( iface )->ref );
}

static ULONG WINAPI callback_Release( IBackgroundCopyCallback *iface )
{
    struct callback *callback = impl_from_IBackgroundCopyCallback( iface );
    ULONG ref = InterlockedDecrement( &callback->ref );

    if (!ref) CoTaskMemFree( callback );
    return ref;
}

static HRESULT WINAPI callback_JobTransferred( IBackgroundCopyCallback *iface, IBackgroundCopyJob *job )
{
    SetEvent( impl_from_IBackgroundCopyCallback( iface )->event );
    return S_OK;
}

static HRESULT WINAPI callback_JobError( IBackgroundCopyCallback *iface, IBackgroundCopyJob *job, IBackgroundCopyError *error )
{
    SetEvent( impl_from_IBackgroundCopyCallback( iface )->event );
    return S_OK;
}

static HRESULT WINAPI callback_JobModification( IBackgroundCopyCallback *iface, IBackgroundCopyJob *job, DWORD reserved )
{
    return S_OK;
}

static const IBackgroundCopyCallbackVtbl callback_vtbl =
{
    callback_QueryInterface,
    callback_AddRef,
    callback_Release,
    callback_JobTransferred,
    callback_JobError,
    callback_JobModification,
};

HRESULT notify_by_event( IBackgroundCopyJob *job, HANDLE event )
{
    struct callback *callback;
    HRESULT hr;

    if (!(callback = CoTaskMemAlloc( sizeof(*callback) ))) return E_OUTOFMEMORY;
    callback->IBackgroundCopyCallback_iface.lpVtbl = &callback_vtbl;
    callback->ref = 1;
    callback->event = event;
    hr = IBackgroundCopyJob_SetNotifyInterface( job, (IUnknown *)&callback->IBackgroundCopyCallback_iface );
    if (SUCCEEDED(hr)) hr = IBackgroundCopyJob_SetNotifyFlags( job, BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_ERROR );
    IBackgroundCopyCallback_Release( &callback->IBackgroundCopyCallback_iface );
    return hr;
}
