/*
 * Firefox's BITS client, call by call (spec: clients 2)
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

#define OK(call, expected) hr = call; ok( hr == (expected), "%s: got hr %#lx.\n", #call, hr )

#define JOB_NAME  L"MozillaUpdate 308046B0AF4A39CB"
#define FILE_SIZE 1013
#define DEADLINE  30000

/* --- its callback --------------------------------------------------------------------------------------------------- */

struct callback
{
    IBackgroundCopyCallback IBackgroundCopyCallback_iface;
    LONG refs;
    HANDLE event;               /* set by the two that it waits for */
    LONG transferred, failed;
    HRESULT code;               /* of the error */
};

static inline struct callback *impl_from_IBackgroundCopyCallback( IBackgroundCopyCallback *iface )
{
    return CONTAINING_RECORD( iface, struct callback, IBackgroundCopyCallback_iface );
}

static HRESULT WINAPI Callback_QueryInterface( IBackgroundCopyCallback *iface, REFIID iid, void **obj )
{
    *obj = NULL;
    if (!IsEqualGUID( iid, &IID_IUnknown ) && !IsEqualGUID( iid, &IID_IBackgroundCopyCallback )) return E_NOINTERFACE;
    IBackgroundCopyCallback_AddRef( iface );
    *obj = iface;
    return S_OK;
}

static ULONG WINAPI Callback_AddRef( IBackgroundCopyCallback *iface )
{
    return InterlockedIncrement( &impl_from_IBackgroundCopyCallback( iface )->refs );
}

static ULONG WINAPI Callback_Release( IBackgroundCopyCallback *iface )
{
    return InterlockedDecrement( &impl_from_IBackgroundCopyCallback( iface )->refs );
}

static HRESULT WINAPI Callback_JobTransferred( IBackgroundCopyCallback *iface, IBackgroundCopyJob *job )
{
    struct callback *callback = impl_from_IBackgroundCopyCallback( iface );

    InterlockedIncrement( &callback->transferred );
    SetEvent( callback->event );
    return S_OK;
}

static HRESULT WINAPI Callback_JobError( IBackgroundCopyCallback *iface, IBackgroundCopyJob *job,
                                         IBackgroundCopyError *error )
{
    struct callback *callback = impl_from_IBackgroundCopyCallback( iface );
    BG_ERROR_CONTEXT context;

    IBackgroundCopyError_GetError( error, &context, &callback->code );
    InterlockedIncrement( &callback->failed );
    SetEvent( callback->event );
    return S_OK;
}

static HRESULT WINAPI Callback_JobModification( IBackgroundCopyCallback *iface, IBackgroundCopyJob *job, DWORD reserved )
{
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

/* --- its jobs ------------------------------------------------------------------------------------------------------- */

static void set_http_options( IBackgroundCopyJob *job )
{
    IBackgroundCopyJobHttpOptions *options;
    HRESULT hr;

    OK( IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJobHttpOptions, (void **)&options ), S_OK );
    OK( IBackgroundCopyJobHttpOptions_SetSecurityFlags( options, BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT ), S_OK );
    OK( IBackgroundCopyJobHttpOptions_SetCustomHeaders( options, L"X-Firefox: 1\r\n" ), S_OK );
    IBackgroundCopyJobHttpOptions_Release( options );
}

static IBackgroundCopyJob *start( const WCHAR *url, BG_JOB_PROXY_USAGE proxy, BG_JOB_PRIORITY priority,
                                  struct callback *callback, GUID *id )
{
    IBackgroundCopyJob *job = NULL;
    HRESULT hr;

    OK( IBackgroundCopyManager_CreateJob( manager, JOB_NAME, BG_JOB_TYPE_DOWNLOAD, id, &job ), S_OK );
    OK( IBackgroundCopyJob_SetDescription( job, L"Update of a browser" ), S_OK );
    OK( IBackgroundCopyJob_SetProxySettings( job, proxy, NULL, NULL ), S_OK );
    set_http_options( job );
    OK( IBackgroundCopyJob_SetPriority( job, priority ), S_OK );
    OK( IBackgroundCopyJob_SetMinimumRetryDelay( job, 60 ), S_OK );
    OK( IBackgroundCopyJob_SetNoProgressTimeout( job, 10 ), S_OK );
    OK( IBackgroundCopyJob_AddFile( job, url, test_path( L"update.mar" )), S_OK );
    OK( IBackgroundCopyJob_SetNotifyInterface( job, (IUnknown *)&callback->IBackgroundCopyCallback_iface ), S_OK );
    OK( IBackgroundCopyJob_SetNotifyFlags( job, BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_ERROR | BG_NOTIFY_JOB_MODIFICATION ),
        S_OK );
    OK( IBackgroundCopyJob_Resume( job ), S_OK );
    return job;
}

/* By its GUID when that is known, else the one of ours with that name. */
static void check_findable( const GUID *id )
{
    IEnumBackgroundCopyJobs *jobs;
    IBackgroundCopyJob *job = NULL;
    UINT found = 0;
    ULONG fetched;
    WCHAR *name;
    HRESULT hr;
    GUID other;

    OK( IBackgroundCopyManager_GetJob( manager, id, &job ), S_OK );
    IBackgroundCopyJob_Release( job );
    OK( IBackgroundCopyManager_EnumJobs( manager, 0, &jobs ), S_OK );
    for (;;)
    {
        fetched = 0xdeadbeef;
        job = SENTINEL;
        if ((hr = IEnumBackgroundCopyJobs_Next( jobs, 1, &job, &fetched )) != S_OK) break;
        ok( fetched == 1, "got %lu jobs.\n", fetched );
        OK( IBackgroundCopyJob_GetDisplayName( job, &name ), S_OK );
        OK( IBackgroundCopyJob_GetId( job, &other ), S_OK );
        if (!lstrcmpW( name, JOB_NAME ) && IsEqualGUID( &other, id )) found++;
        CoTaskMemFree( name );
        IBackgroundCopyJob_Release( job );
    }
    ok( hr == S_FALSE && !fetched, "got hr %#lx and %lu jobs at the end.\n", hr, fetched );
    OK( IEnumBackgroundCopyJobs_Next( jobs, 1, &job, &fetched ), S_FALSE );
    IEnumBackgroundCopyJobs_Release( jobs );
    ok( found == 1, "got %u jobs.\n", found );
}

static void check_gone( const GUID *id )
{
    IBackgroundCopyJob *job = SENTINEL;
    HRESULT hr;

    OK( IBackgroundCopyManager_GetJob( manager, id, &job ), BG_E_NOT_FOUND );
}

/* One look at the job, as it is asked for now and then. */
static void check_status( IBackgroundCopyJob *job, ULONG errors )
{
    BG_JOB_PROGRESS progress;
    BG_JOB_TIMES times;
    ULONG count = 0xdeadbeef;
    HRESULT hr;

    OK( IBackgroundCopyJob_GetProgress( job, &progress ), S_OK );
    ok( progress.FilesTotal == 1, "got %lu files.\n", progress.FilesTotal );
    memset( &times, 0, sizeof(times) );
    OK( IBackgroundCopyJob_GetTimes( job, &times ), S_OK );
    ok( times.CreationTime.dwHighDateTime && times.ModificationTime.dwHighDateTime, "a time is missing.\n" );
    ok( !times.TransferCompletionTime.dwHighDateTime == (get_state( job ) != BG_JOB_STATE_TRANSFERRED),
        "got completion time %#lx.\n", times.TransferCompletionTime.dwHighDateTime );
    OK( IBackgroundCopyJob_GetErrorCount( job, &count ), S_OK );
    ok( count == errors, "got %lu errors.\n", count );
}

/* How it lets go of a job: first the notifications. */
static void disconnect( IBackgroundCopyJob *job, struct callback *callback )
{
    ULONGLONG end = GetTickCount64() + DEADLINE;
    HRESULT hr;

    OK( IBackgroundCopyJob_SetNotifyFlags( job, BG_NOTIFY_DISABLE ), S_OK );
    OK( IBackgroundCopyJob_SetNotifyInterface( job, NULL ), S_OK );
    while (InterlockedCompareExchange( &callback->refs, 0, 0 ) > 1 && GetTickCount64() < end) short_wait();
    ok( callback->refs == 1, "got %ld references.\n", callback->refs );
    CloseHandle( callback->event );
}

static void check_final_name( IBackgroundCopyJob *job, const WCHAR *url )
{
    IBackgroundCopyFile *file = first_file( job );
    WCHAR *name = NULL;
    HRESULT hr;

    OK( IBackgroundCopyFile_GetRemoteName( file, &name ), S_OK );
    ok( !lstrcmpW( name, url ), "got %s.\n", wine_dbgstr_w( name ));
    CoTaskMemFree( name );
    IBackgroundCopyFile_Release( file );
}

static void test_download( const char *path, BG_JOB_PROXY_USAGE proxy, BG_JOB_PRIORITY priority )
{
    struct callback callback;
    IBackgroundCopyJob *job;
    HRESULT hr;
    GUID id;

    callback_init( &callback );
    job = start( server_url( path ), proxy, priority, &callback, &id );
    check_findable( &id );
    ok( !WaitForSingleObject( callback.event, DEADLINE ), "there was no call.\n" );
    ok( callback.transferred == 1 && !callback.failed, "got %ld and %ld calls.\n", callback.transferred, callback.failed );
    ok( get_state( job ) == BG_JOB_STATE_TRANSFERRED, "got state %u.\n", get_state( job ));
    check_status( job, 0 );
    /* whatever it was redirected to is told */
    check_final_name( job, server_url( "/file/1013" ));
    disconnect( job, &callback );
    OK( IBackgroundCopyJob_Complete( job ), S_OK );
    ok( check_file( test_path( L"update.mar" ), FILE_SIZE ), "got another file.\n" );
    DeleteFileW( test_path( L"update.mar" ));
    ok( callback.transferred == 1, "got %ld calls.\n", callback.transferred );
    check_gone( &id );
    IBackgroundCopyJob_Release( job );
    ok( server_count( "GET ", "\r\nX-Firefox: 1\r\n" ), "the header was not sent.\n" );
}

static void test_error(void)
{
    struct callback callback;
    IBackgroundCopyJob *job;
    HRESULT hr;
    GUID id;

    callback_init( &callback );
    job = start( server_url( "/status/404" ), BG_JOB_PROXY_USAGE_PRECONFIG, BG_JOB_PRIORITY_FOREGROUND, &callback, &id );
    ok( !WaitForSingleObject( callback.event, DEADLINE ), "there was no call.\n" );
    ok( !callback.transferred && callback.failed == 1, "got %ld and %ld calls.\n", callback.transferred, callback.failed );
    ok( callback.code == BG_E_HTTP_ERROR_404, "got code %#lx.\n", callback.code );
    check_error( job, BG_ERROR_CONTEXT_REMOTE_FILE, BG_E_HTTP_ERROR_404 );
    check_status( job, 0 );     /* it counts what happens to bytes that move (spec: behaviour 1.5) */
    disconnect( job, &callback );
    OK( IBackgroundCopyJob_Cancel( job ), S_OK );
    check_gone( &id );
    IBackgroundCopyJob_Release( job );
}

/* It takes what there is, when that is enough. */
static void test_partial(void)
{
    struct callback callback;
    IBackgroundCopyJob *job;
    HRESULT hr;
    GUID id;

    callback_init( &callback );
    job = start( server_url( "/file/1013" ), BG_JOB_PROXY_USAGE_NO_PROXY, BG_JOB_PRIORITY_FOREGROUND, &callback, &id );
    ok( !WaitForSingleObject( callback.event, DEADLINE ), "there was no call.\n" );
    OK( IBackgroundCopyJob_Suspend( job ), S_OK );
    add_file( job, server_url( "/status/404" ), test_path( L"missing" ));
    OK( IBackgroundCopyJob_Resume( job ), S_OK );
    ok( !WaitForSingleObject( callback.event, DEADLINE ), "there was no call.\n" );
    ok( callback.transferred == 1 && callback.failed == 1, "got %ld and %ld calls.\n", callback.transferred, callback.failed );
    disconnect( job, &callback );
    OK( IBackgroundCopyJob_Complete( job ), BG_S_PARTIAL_COMPLETE );
    ok( check_file( test_path( L"update.mar" ), FILE_SIZE ), "got another file.\n" );
    DeleteFileW( test_path( L"update.mar" ));
    check_gone( &id );
    IBackgroundCopyJob_Release( job );
}

void func_replay_firefox(void)
{
    if (!setup()) return;
    if (server_start())
    {
        test_download( "/file/1013", BG_JOB_PROXY_USAGE_PRECONFIG, BG_JOB_PRIORITY_FOREGROUND );
        test_download( "/redirect/1013", BG_JOB_PROXY_USAGE_NO_PROXY, BG_JOB_PRIORITY_HIGH );
        test_download( "/file/1013", BG_JOB_PROXY_USAGE_AUTODETECT, BG_JOB_PRIORITY_LOW );
        test_error();
        test_partial();
        server_stop();
    }
    teardown();
}
