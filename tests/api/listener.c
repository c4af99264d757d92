/*
 * A callback object that does as it is told
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

#include "listener.h"

#define DEADLINE 30000

static inline struct listener *impl_from_IBackgroundCopyCallback3( IBackgroundCopyCallback3 *iface )
{
    return CONTAINING_RECORD( iface, struct listener, IBackgroundCopyCallback3_iface );
}

static HRESULT WINAPI Listener_QueryInterface( IBackgroundCopyCallback3 *iface, REFIID iid, void **obj )
{
    struct listener *listener = impl_from_IBackgroundCopyCallback3( iface );

    if (IsEqualGUID( iid, &IID_IUnknown ) || IsEqualGUID( iid, &IID_IBackgroundCopyCallback ) ||
        ((IsEqualGUID( iid, &IID_IBackgroundCopyCallback2 ) || IsEqualGUID( iid, &IID_IBackgroundCopyCallback3 )) &&
         !listener->old))
    {
        IBackgroundCopyCallback3_AddRef( iface );
        *obj = iface;
        return S_OK;
    }
    *obj = NULL;
    return E_NOINTERFACE;
}

static ULONG WINAPI Listener_AddRef( IBackgroundCopyCallback3 *iface )
{
    return InterlockedIncrement( &impl_from_IBackgroundCopyCallback3( iface )->refs );
}

static ULONG WINAPI Listener_Release( IBackgroundCopyCallback3 *iface )
{
    return InterlockedDecrement( &impl_from_IBackgroundCopyCallback3( iface )->refs );
}

static void begin_call( struct listener *listener, char name )
{
    ULONGLONG now = GetTickCount64();
    LONG inside = InterlockedIncrement( &listener->inside );
    size_t length;

    EnterCriticalSection( &listener->lock );
    listener->most = max( listener->most, inside );
    length = strlen( listener->calls );
    if (length < sizeof(listener->calls) - 1) listener->calls[length] = name;
    if (length) listener->shortest = min( listener->shortest, now - listener->last );
    listener->last = now;
    LeaveCriticalSection( &listener->lock );
}

static HRESULT end_call( struct listener *listener, LONG *refuse, HRESULT success )
{
    InterlockedDecrement( &listener->inside );
    if (!refuse) return success;
    return InterlockedDecrement( refuse ) >= 0 ? E_FAIL : success;
}

static HRESULT WINAPI Listener_JobTransferred( IBackgroundCopyCallback3 *iface, IBackgroundCopyJob *job )
{
    struct listener *listener = impl_from_IBackgroundCopyCallback3( iface );

    begin_call( listener, 'T' );
    if (listener->gate) WaitForSingleObject( listener->gate, DEADLINE );
    return end_call( listener, &listener->refuse_events, S_OK );
}

static HRESULT WINAPI Listener_JobError( IBackgroundCopyCallback3 *iface, IBackgroundCopyJob *job,
                                         IBackgroundCopyError *error )
{
    struct listener *listener = impl_from_IBackgroundCopyCallback3( iface );

    begin_call( listener, 'E' );
    return end_call( listener, &listener->refuse_events, S_OK );
}

static HRESULT WINAPI Listener_JobModification( IBackgroundCopyCallback3 *iface, IBackgroundCopyJob *job,
                                                DWORD reserved )
{
    struct listener *listener = impl_from_IBackgroundCopyCallback3( iface );

    begin_call( listener, 'M' );
    return end_call( listener, NULL, S_OK );
}

static HRESULT WINAPI Listener_FileTransferred( IBackgroundCopyCallback3 *iface, IBackgroundCopyJob *job,
                                                IBackgroundCopyFile *file )
{
    struct listener *listener = impl_from_IBackgroundCopyCallback3( iface );
    WCHAR *name = NULL;
    HRESULT hr;

    hr = IBackgroundCopyFile_GetLocalName( file, &name );
    begin_call( listener, SUCCEEDED(hr) && *name ? name[lstrlenW( name ) - 1] : '?' );
    CoTaskMemFree( name );
    return end_call( listener, &listener->refuse_files, listener->success );
}

static HRESULT WINAPI Listener_FileRangesTransferred( IBackgroundCopyCallback3 *iface, IBackgroundCopyJob *job,
                                                      IBackgroundCopyFile *file, DWORD count,
                                                      const BG_FILE_RANGE ranges[] )
{
    struct listener *listener = impl_from_IBackgroundCopyCallback3( iface );
    DWORD i;

    begin_call( listener, 'R' );
    EnterCriticalSection( &listener->lock );
    for (i = 0; i < count; i++)
        if (listener->range_count < ARRAY_SIZE(listener->ranges)) listener->ranges[listener->range_count++] = ranges[i];
    LeaveCriticalSection( &listener->lock );
    return end_call( listener, NULL, S_OK );
}

static const IBackgroundCopyCallback3Vtbl listener_vtbl =
{
    Listener_QueryInterface,
    Listener_AddRef,
    Listener_Release,
    Listener_JobTransferred,
    Listener_JobError,
    Listener_JobModification,
    Listener_FileTransferred,
    Listener_FileRangesTransferred,
};

void listener_init( struct listener *listener )
{
    memset( listener, 0, sizeof(*listener) );
    listener->IBackgroundCopyCallback3_iface.lpVtbl = &listener_vtbl;
    listener->refs = 1;
    listener->shortest = ~0ull;
    InitializeCriticalSection( &listener->lock );
}

void listener_done( struct listener *listener )
{
    ULONGLONG end = GetTickCount64() + DEADLINE;

    while (InterlockedCompareExchange( &listener->refs, 0, 0 ) > 1 && GetTickCount64() < end) short_wait();
    ok( listener->refs == 1, "got %ld references.\n", listener->refs );
    DeleteCriticalSection( &listener->lock );
}

void listen_to( IBackgroundCopyJob *job, struct listener *listener )
{
    HRESULT hr;

    hr = IBackgroundCopyJob_SetNotifyInterface( job, listener ?
                                                (IUnknown *)&listener->IBackgroundCopyCallback3_iface : NULL );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
}

void wait_calls_( int line, struct listener *listener, const char *calls )
{
    ULONGLONG end = GetTickCount64() + DEADLINE;
    char got[sizeof(listener->calls)];

    do
    {
        EnterCriticalSection( &listener->lock );
        strcpy( got, listener->calls );
        LeaveCriticalSection( &listener->lock );
        if (strlen( got ) >= strlen( calls )) break;
        short_wait();
    }
    while (GetTickCount64() < end);
    ok_( __FILE__, line )( !strcmp( got, calls ), "got calls %s, expected %s.\n", got, calls );
}

IBackgroundCopyJob *notify_job( DWORD flags, const char *url, const WCHAR *local )
{
    IBackgroundCopyJob *job = create_job( L"notify" );
    HRESULT hr;

    hr = IBackgroundCopyJob_SetPriority( job, BG_JOB_PRIORITY_FOREGROUND );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyJob_SetNotifyFlags( job, flags );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyJob_SetMinimumRetryDelay( job, 5 );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    add_file( job, server_url( url ), test_path( local ) );
    return job;
}
