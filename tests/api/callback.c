/*
 * Tests of notifications through IBackgroundCopyCallback
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

#include "util.h"

#define DEADLINE 30000

/* The events of a job in the order in which they came; JobModification is kept apart, it may come at any time. */
struct callback
{
    IBackgroundCopyCallback IBackgroundCopyCallback_iface;
    LONG refs;
    HANDLE event;           /* set by each event */
    LONG transferred, failed, modified;
    GUID id;                /* of the job that the last event was about */
    HRESULT code;           /* of JobError */
    HRESULT inner;          /* first failure of what is called from inside */
};

static inline struct callback *impl_from_IBackgroundCopyCallback( IBackgroundCopyCallback *iface )
{
    return CONTAINING_RECORD( iface, struct callback, IBackgroundCopyCallback_iface );
}

static HRESULT WINAPI Callback_QueryInterface( IBackgroundCopyCallback *iface, REFIID iid, void **obj )
{
    if (IsEqualGUID( iid, &IID_IUnknown ) || IsEqualGUID( iid, &IID_IBackgroundCopyCallback ))
    {
        IBackgroundCopyCallback_AddRef( iface );
        *obj = iface;
        return S_OK;
    }
    *obj = NULL;
    return E_NOINTERFACE;
}

static ULONG WINAPI Callback_AddRef( IBackgroundCopyCallback *iface )
{
    return InterlockedIncrement( &impl_from_IBackgroundCopyCallback( iface )->refs );
}

static ULONG WINAPI Callback_Release( IBackgroundCopyCallback *iface )
{
    return InterlockedDecrement( &impl_from_IBackgroundCopyCallback( iface )->refs );
}

/* A client may use the job from inside. */
static void look_at_job( struct callback *callback, IBackgroundCopyJob *job )
{
    IBackgroundCopyJob2 *job2;
    BG_JOB_STATE state;
    HRESULT hr;

    if (SUCCEEDED(hr = IBackgroundCopyJob_GetId( job, &callback->id )) &&
        SUCCEEDED(hr = IBackgroundCopyJob_GetState( job, &state )) &&
        SUCCEEDED(hr = IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJob2, (void **)&job2 )))
        IBackgroundCopyJob2_Release( job2 );
    if (SUCCEEDED(callback->inner)) callback->inner = hr;
}

static HRESULT WINAPI Callback_JobTransferred( IBackgroundCopyCallback *iface, IBackgroundCopyJob *job )
{
    struct callback *callback = impl_from_IBackgroundCopyCallback( iface );

    look_at_job( callback, job );
    InterlockedIncrement( &callback->transferred );
    SetEvent( callback->event );
    return S_OK;
}

static HRESULT WINAPI Callback_JobError( IBackgroundCopyCallback *iface, IBackgroundCopyJob *job,
                                         IBackgroundCopyError *error )
{
    struct callback *callback = impl_from_IBackgroundCopyCallback( iface );
    BG_ERROR_CONTEXT context;
    HRESULT hr;

    look_at_job( callback, job );
    hr = IBackgroundCopyError_GetError( error, &context, &callback->code );
    if (SUCCEEDED(callback->inner)) callback->inner = hr;
    InterlockedIncrement( &callback->failed );
    SetEvent( callback->event );
    return S_OK;
}

static HRESULT WINAPI Callback_JobModification( IBackgroundCopyCallback *iface, IBackgroundCopyJob *job,
                                                DWORD reserved )
{
    struct callback *callback = impl_from_IBackgroundCopyCallback( iface );

    look_at_job( callback, job );
    if (reserved && SUCCEEDED(callback->inner)) callback->inner = E_UNEXPECTED;
    InterlockedIncrement( &callback->modified );
    SetEvent( callback->event );
    return S_OK;
}

static const IBackgroundCopyCallbackVtbl callback_vtbl =
{
    Callback_QueryInterface,
    Callback_AddRef,
    Callback_Release,
    Callback_JobTransferred,
    Callback_JobError,
    Callback_JobModification,
};

static void callback_init( struct callback *callback )
{
    memset( callback, 0, sizeof(*callback) );
    callback->IBackgroundCopyCallback_iface.lpVtbl = &callback_vtbl;
    callback->refs = 1;
    callback->event = CreateEventW( NULL, FALSE, FALSE, NULL );
}

/* Waits until COUNT, one of the callback's counters, is not 0. */
static BOOL wait_count( struct callback *callback, LONG *count )
{
    ULONGLONG end = GetTickCount64() + DEADLINE, now;

    while (!InterlockedCompareExchange( count, 0, 0 ) && (now = GetTickCount64()) < end)
        WaitForSingleObject( callback->event, end - now );
    return InterlockedCompareExchange( count, 0, 0 ) != 0;
}

/* After the service has let go of the object. */
static void callback_done( struct callback *callback )
{
    ULONGLONG end = GetTickCount64() + DEADLINE;

    while (InterlockedCompareExchange( &callback->refs, 0, 0 ) > 1 && GetTickCount64() < end) short_wait();
    ok( callback->refs == 1, "got %ld references.\n", callback->refs );
    ok( callback->inner == S_OK, "got hr %#lx inside the callback.\n", callback->inner );
    CloseHandle( callback->event );
}

static void set_callback( IBackgroundCopyJob *job, struct callback *callback )
{
    HRESULT hr;

    hr = IBackgroundCopyJob_SetNotifyInterface( job, callback ?
                                                (IUnknown *)&callback->IBackgroundCopyCallback_iface : NULL );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
}

/* An object that is no callback. */
static HRESULT WINAPI Other_QueryInterface( IUnknown *iface, REFIID iid, void **obj )
{
    *obj = IsEqualGUID( iid, &IID_IUnknown ) ? iface : NULL;
    return *obj ? S_OK : E_NOINTERFACE;
}

static ULONG WINAPI Other_AddRef( IUnknown *iface )
{
    return 2;
}

static ULONG WINAPI Other_Release( IUnknown *iface )
{
    return 1;
}

static const IUnknownVtbl other_vtbl = { Other_QueryInterface, Other_AddRef, Other_Release };

static void test_interface(void)
{
    IBackgroundCopyJob *job = create_job( L"callback" );
    IUnknown other = { &other_vtbl };
    struct callback callback;
    IUnknown *unk;
    HRESULT hr;

    callback_init( &callback );

    /* spec: api 5.2.24, 8.4 */
    unk = SENTINEL;
    hr = IBackgroundCopyJob_GetNotifyInterface( job, &unk );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( !unk, "got %p.\n", unk );

    hr = IBackgroundCopyJob_SetNotifyInterface( job, &other );
    ok( hr == E_NOINTERFACE, "got hr %#lx.\n", hr );

    set_callback( job, &callback );
    hr = IBackgroundCopyJob_GetNotifyInterface( job, &unk );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( unk == (IUnknown *)&callback.IBackgroundCopyCallback_iface, "got %p.\n", unk );
    if (unk) IUnknown_Release( unk );

    /* one that fails leaves the old one */
    hr = IBackgroundCopyJob_SetNotifyInterface( job, &other );
    ok( hr == E_NOINTERFACE, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyJob_GetNotifyInterface( job, &unk );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( unk == (IUnknown *)&callback.IBackgroundCopyCallback_iface, "got %p.\n", unk );
    if (unk) IUnknown_Release( unk );

    set_callback( job, NULL );
    unk = SENTINEL;
    hr = IBackgroundCopyJob_GetNotifyInterface( job, &unk );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( !unk, "got %p.\n", unk );
    callback_done( &callback );

    /* Cancel lets go of it; spec: behaviour 6.3: without an event */
    callback_init( &callback );
    set_callback( job, &callback );
    cleanup_job( job );
    callback_done( &callback );
    ok( !callback.transferred && !callback.failed, "got events.\n" );
}

static void test_transferred(void)
{
    IBackgroundCopyJob *job = create_job( L"callback" );
    struct callback callback;
    HRESULT hr;
    GUID id;

    /* spec: api 5.12.1 */
    callback_init( &callback );
    set_callback( job, &callback );
    add_file( job, server_url( "/file/10000" ), test_path( L"callback" ) );
    resume_job( job );
    ok( wait_count( &callback, &callback.transferred ), "no JobTransferred.\n" );
    hr = IBackgroundCopyJob_GetId( job, &id );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( IsEqualGUID( &id, &callback.id ), "got another job.\n" );
    ok( get_state( job ) == BG_JOB_STATE_TRANSFERRED, "got state %u.\n", get_state( job ) );
    hr = IBackgroundCopyJob_Complete( job );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    callback_done( &callback );
    ok( callback.transferred == 1, "got %ld events.\n", callback.transferred );
    ok( !callback.failed && !callback.modified, "got other events.\n" );
    IBackgroundCopyJob_Release( job );
}

static void test_error(void)
{
    IBackgroundCopyJob *job = create_job( L"callback" );
    struct callback callback;

    /* spec: api 5.12.2 */
    callback_init( &callback );
    set_callback( job, &callback );
    add_file( job, server_url( "/status/404" ), test_path( L"callback" ) );
    resume_job( job );
    ok( wait_count( &callback, &callback.failed ), "no JobError.\n" );
    ok( callback.code == BG_E_HTTP_ERROR_404, "got code %#lx.\n", callback.code );

    /* again after a second failure */
    InterlockedExchange( &callback.failed, 0 );
    resume_job( job );
    ok( wait_count( &callback, &callback.failed ), "no JobError.\n" );
    cleanup_job( job );
    callback_done( &callback );
    ok( callback.failed == 1, "got %ld events.\n", callback.failed );
    ok( !callback.transferred && !callback.modified, "got other events.\n" );
}

static void test_no_event_for_transient_error(void)
{
    IBackgroundCopyJob *job = create_job( L"callback" );
    struct callback callback;
    HRESULT hr;

    /* spec: api 5.12: and none for flags that are not set; the job's next error is the proof that the queue went on */
    callback_init( &callback );
    set_callback( job, &callback );
    add_file( job, server_url( "/status/503" ), test_path( L"callback" ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSIENT_ERROR );
    hr = IBackgroundCopyJob_SetNotifyFlags( job, BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_ERROR |
                                            BG_NOTIFY_JOB_MODIFICATION );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( wait_count( &callback, &callback.modified ), "no JobModification.\n" );
    ok( !callback.failed && !callback.transferred, "got other events.\n" );
    cleanup_job( job );
    callback_done( &callback );
}

static void test_flags(void)
{
    IBackgroundCopyJob *job = create_job( L"callback" );
    struct callback callback;
    HRESULT hr;

    /* spec: behaviour 6.1: DISABLE wins; what happened meanwhile is told when it is taken back */
    callback_init( &callback );
    set_callback( job, &callback );
    hr = IBackgroundCopyJob_SetNotifyFlags( job, BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_DISABLE );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    add_file( job, server_url( "/file/10" ), test_path( L"callback" ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    ok( !callback.transferred, "got an event.\n" );
    hr = IBackgroundCopyJob_SetNotifyFlags( job, BG_NOTIFY_JOB_TRANSFERRED );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( wait_count( &callback, &callback.transferred ), "no JobTransferred.\n" );
    cleanup_job( job );
    callback_done( &callback );
}

static void test_late_registration(void)
{
    IBackgroundCopyJob *job = create_job( L"callback" );
    struct callback first, second;

    /* spec: behaviour 6.3: also what has happened already, and to every new one */
    add_file( job, server_url( "/file/10" ), test_path( L"callback" ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    callback_init( &first );
    set_callback( job, &first );
    ok( wait_count( &first, &first.transferred ), "no JobTransferred.\n" );
    callback_init( &second );
    set_callback( job, &second );
    ok( wait_count( &second, &second.transferred ), "no JobTransferred.\n" );
    callback_done( &first );
    cleanup_job( job );
    callback_done( &second );

    /* the same for an error */
    job = create_job( L"callback" );
    add_file( job, server_url( "/status/404" ), test_path( L"callback" ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_ERROR );
    callback_init( &first );
    set_callback( job, &first );
    ok( wait_count( &first, &first.failed ), "no JobError.\n" );
    cleanup_job( job );
    callback_done( &first );
}

static void test_modification(void)
{
    IBackgroundCopyJob *job = create_job( L"callback" );
    struct callback callback;
    HRESULT hr;

    /* spec: api 5.12.3 */
    callback_init( &callback );
    hr = IBackgroundCopyJob_SetNotifyFlags( job, BG_NOTIFY_JOB_MODIFICATION );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    set_callback( job, &callback );
    hr = IBackgroundCopyJob_SetDescription( job, L"modified" );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( wait_count( &callback, &callback.modified ), "no JobModification.\n" );

    InterlockedExchange( &callback.modified, 0 );
    add_file( job, server_url( "/file/10" ), test_path( L"callback" ) );
    ok( wait_count( &callback, &callback.modified ), "no JobModification.\n" );

    /* the end of the transfer is no modification, and its flag is not set */
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    cleanup_job( job );
    callback_done( &callback );
    ok( !callback.transferred && !callback.failed, "got other events.\n" );
}

START_TEST(callback)
{
    if (!setup()) return;
    test_interface();
    if (server_start())
    {
        test_transferred();
        test_error();
        test_no_event_for_transient_error();
        test_flags();
        test_late_registration();
        test_modification();
        server_stop();
    }
    teardown();
}
