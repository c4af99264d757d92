/*
 * A callback object that remembers what it was told
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

#define MAX_CALLS 256

struct record
{
    IBackgroundCopyCallback IBackgroundCopyCallback_iface;
    LONG ref;
    SRWLOCK lock;       /* guards what follows */
    UINT count;
    struct { const WCHAR *name; HRESULT code; } calls[MAX_CALLS];
};

static inline struct record *impl_from_IBackgroundCopyCallback( IBackgroundCopyCallback *iface )
{
    return CONTAINING_RECORD( iface, struct record, IBackgroundCopyCallback_iface );
}

/* What does not fit is told to COM, and so to the service, as a failure. */
static HRESULT add_call( struct record *record, const WCHAR *name, HRESULT code )
{
    HRESULT hr = S_OK;

    AcquireSRWLockExclusive( &record->lock );
    if (record->count < MAX_CALLS)
    {
        record->calls[record->count].name = name;
        record->calls[record->count++].code = code;
    }
    else hr = E_OUTOFMEMORY;
    ReleaseSRWLockExclusive( &record->lock );
    return hr;
}

static HRESULT WINAPI record_QueryInterface( IBackgroundCopyCallback *iface, REFIID iid, void **out )
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

static ULONG WINAPI record_AddRef( IBackgroundCopyCallback *iface )
{
    return InterlockedIncrement( &impl_from_IBackgroundCopyCallback( iface )->ref );
}

static ULONG WINAPI record_Release( IBackgroundCopyCallback *iface )
{
    struct record *record = impl_from_IBackgroundCopyCallback( iface );
    ULONG ref = InterlockedDecrement( &record->ref );

    if (!ref) CoTaskMemFree( record );
    return ref;
}

static HRESULT WINAPI record_JobTransferred( IBackgroundCopyCallback *iface, IBackgroundCopyJob *job )
{
    return add_call( impl_from_IBackgroundCopyCallback( iface ), L"transferred", S_OK );
}

static HRESULT WINAPI record_JobError( IBackgroundCopyCallback *iface, IBackgroundCopyJob *job, IBackgroundCopyError *error )
{
    BG_ERROR_CONTEXT context;
    HRESULT hr, code;

    if (FAILED(hr = IBackgroundCopyError_GetError( error, &context, &code ))) return hr;
    return add_call( impl_from_IBackgroundCopyCallback( iface ), L"error", code );
}

static HRESULT WINAPI record_JobModification( IBackgroundCopyCallback *iface, IBackgroundCopyJob *job, DWORD reserved )
{
    return add_call( impl_from_IBackgroundCopyCallback( iface ), L"modification", S_OK );
}

static const IBackgroundCopyCallbackVtbl record_vtbl =
{
    record_QueryInterface,
    record_AddRef,
    record_Release,
    record_JobTransferred,
    record_JobError,
    record_JobModification,
};

IBackgroundCopyCallback *create_record( struct record **record )
{
    if (!(*record = CoTaskMemAlloc( sizeof(**record) ))) return NULL;
    memset( *record, 0, sizeof(**record) );
    (*record)->IBackgroundCopyCallback_iface.lpVtbl = &record_vtbl;
    (*record)->ref = 1;
    InitializeSRWLock( &(*record)->lock );
    return &(*record)->IBackgroundCopyCallback_iface;
}

BOOL get_record( struct record *record, UINT number, const WCHAR **name, HRESULT *code )
{
    BOOL ret;

    AcquireSRWLockExclusive( &record->lock );
    if ((ret = number < record->count))
    {
        *name = record->calls[number].name;
        *code = record->calls[number].code;
    }
    ReleaseSRWLockExclusive( &record->lock );
    return ret;
}
