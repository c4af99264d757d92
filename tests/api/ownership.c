/*
 * Tests of TakeOwnership
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

#include "tokens.h"

#define OK(call, expected) hr = call; ok( hr == (expected), "%s: got hr %#lx.\n", #call, hr )

/* A callback that is there and does not listen. */
static HRESULT WINAPI Callback_QueryInterface( IBackgroundCopyCallback *iface, REFIID iid, void **obj )
{
    BOOL known = IsEqualGUID( iid, &IID_IUnknown ) || IsEqualGUID( iid, &IID_IBackgroundCopyCallback );

    *obj = known ? iface : NULL;
    return known ? S_OK : E_NOINTERFACE;
}

static ULONG WINAPI Callback_AddRef( IBackgroundCopyCallback *iface )
{
    return 2;
}

static ULONG WINAPI Callback_Release( IBackgroundCopyCallback *iface )
{
    return 1;
}

static HRESULT WINAPI Callback_JobTransferred( IBackgroundCopyCallback *iface, IBackgroundCopyJob *job )
{
    return S_OK;
}

static HRESULT WINAPI Callback_JobError( IBackgroundCopyCallback *iface, IBackgroundCopyJob *job,
                                         IBackgroundCopyError *error )
{
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

static IBackgroundCopyCallback callback = { &callback_vtbl };

/* As the administrator, who gets a pointer of his own. */
static IBackgroundCopyJob *take_over( IBackgroundCopyJob *job )
{
    IBackgroundCopyJob *own;
    HRESULT hr;

    hr = get_job_as( NULL, job, &own );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    OK( IBackgroundCopyJob_TakeOwnership( own ), S_OK );
    return own;
}

static void test_refused(void)
{
    IBackgroundCopyJob *job = create_job_as( user_token );
    WCHAR *sid = NULL;
    HRESULT hr;

    /* spec: api 5.2.32: not even of one's own job, without being an administrator */
    impersonate( user_token );
    hr = IBackgroundCopyJob_TakeOwnership( job );
    impersonate( NULL );
    ok( hr == E_ACCESSDENIED, "got hr %#lx.\n", hr );
    OK( IBackgroundCopyJob_GetOwner( job, &sid ), S_OK );
    ok( !lstrcmpW( sid, own_sid ), "got %s.\n", wine_dbgstr_w( sid ) );
    CoTaskMemFree( sid );

    OK( IBackgroundCopyJob_Cancel( job ), S_OK );
    OK( IBackgroundCopyJob_TakeOwnership( job ), BG_E_INVALID_STATE );
    IBackgroundCopyJob_Release( job );
}

/* spec: api 5.2.32, behaviour 7 */
static void test_what_stays(void)
{
    BG_AUTH_CREDENTIALS credentials = { BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC,
                                        { { (WCHAR *)L"user", (WCHAR *)L"password" } } };
    IBackgroundCopyJob *job = create_job_as( NULL );
    IBackgroundCopyJobHttpOptions *options;
    WCHAR *text, *text2;
    IBackgroundCopyJob2 *job2;
    IBitsTokenOptions *tokens;
    IUnknown *object = NULL;
    ULONG value = 0;
    HRESULT hr;

    OK( IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJob2, (void **)&job2 ), S_OK );
    OK( IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJobHttpOptions, (void **)&options ), S_OK );
    tokens = get_options_as( NULL, job );
    OK( IBackgroundCopyJob2_SetCredentials( job2, &credentials ), S_OK );
    OK( IBackgroundCopyJob2_SetNotifyCmdLine( job2, L"C:\\program.exe", L"program.exe" ), S_OK );
    OK( IBackgroundCopyJob2_SetNotifyInterface( job2, (IUnknown *)&callback ), S_OK );
    OK( IBackgroundCopyJob2_SetMinimumRetryDelay( job2, 77 ), S_OK );
    OK( IBackgroundCopyJobHttpOptions_SetCustomHeaders( options, L"X-A: 1\r\n" ), S_OK );
    OK( IBitsTokenOptions_SetHelperToken( tokens ), S_OK );
    OK( IBitsTokenOptions_SetHelperTokenFlags( tokens, BG_TOKEN_NETWORK ), S_OK );

    OK( IBackgroundCopyJob_TakeOwnership( job ), S_OK );

    /* what was the old owner's is gone */
    OK( IBackgroundCopyJob2_RemoveCredentials( job2, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC ), S_FALSE );
    text = SENTINEL;
    OK( IBackgroundCopyJobHttpOptions_GetCustomHeaders( options, &text ), S_FALSE );
    ok( !text, "got %s.\n", wine_dbgstr_w( text ) );
    OK( IBackgroundCopyJobHttpOptions_RemoveClientCertificate( options ), S_FALSE );
    OK( IBackgroundCopyJob2_GetNotifyCmdLine( job2, &text, &text2 ), S_OK );
    ok( !text[0] && !text2[0], "got %s, %s.\n", wine_dbgstr_w( text ), wine_dbgstr_w( text2 ) );
    CoTaskMemFree( text );
    CoTaskMemFree( text2 );
    check_sid( tokens, NULL );

    /* the rest is the job's */
    check_flags( tokens, BG_TOKEN_NETWORK );
    OK( IBackgroundCopyJob2_GetNotifyInterface( job2, &object ), S_OK );
    ok( object == (IUnknown *)&callback, "got %p.\n", object );
    if (object) IUnknown_Release( object );
    OK( IBackgroundCopyJob2_GetMinimumRetryDelay( job2, &value ), S_OK );
    ok( value == 77, "got %lu.\n", value );

    OK( IBackgroundCopyJob2_SetNotifyInterface( job2, NULL ), S_OK );
    IBitsTokenOptions_Release( tokens );
    IBackgroundCopyJobHttpOptions_Release( options );
    IBackgroundCopyJob2_Release( job2 );
    cleanup_job( job );
}

static BOOL is_elevated( IBackgroundCopyJob *job )
{
    IBackgroundCopyJob4 *job4;
    BOOL elevated = 0xdeadbeef;
    HRESULT hr;

    OK( IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJob4, (void **)&job4 ), S_OK );
    OK( IBackgroundCopyJob4_GetOwnerElevationState( job4, &elevated ), S_OK );
    IBackgroundCopyJob4_Release( job4 );
    return elevated;
}

/* spec: behaviour 7: who owns it elevated has an elevated job; what the old owner was granted ends */
static void test_old_pointers(void)
{
    IBackgroundCopyJob *job = create_job_as( user_token ), *own, *found;
    IBitsTokenOptions *tokens = NULL;
    IBackgroundCopyFile *file;
    BG_FILE_PROGRESS progress;
    BG_JOB_STATE state;
    WCHAR *sid;
    HRESULT hr;

    ok( !is_elevated( job ), "it is elevated.\n" );
    create_file( test_path( L"source" ), 10 );
    add_file( job, test_path( L"source" ), test_path( L"taken" ) );
    file = first_file( job );
    if (since_1607) tokens = get_options_as( user_token, job );
    own = take_over( job );

    ok( is_elevated( own ), "it is not elevated.\n" );
    hr = get_job_as( user_token, own, &found );
    ok( hr == E_ACCESSDENIED, "got hr %#lx.\n", hr );

    OK( IBackgroundCopyJob_GetState( job, &state ), E_ACCESSDENIED );
    OK( IBackgroundCopyJob_GetOwner( job, &sid ), E_ACCESSDENIED );
    OK( IBackgroundCopyJob_SetPriority( job, BG_JOB_PRIORITY_LOW ), E_ACCESSDENIED );
    OK( IBackgroundCopyJob_AddFile( job, test_path( L"source" ), test_path( L"taken2" ) ), E_ACCESSDENIED );
    OK( IBackgroundCopyJob_Resume( job ), E_ACCESSDENIED );
    OK( IBackgroundCopyJob_Complete( job ), E_ACCESSDENIED );
    OK( IBackgroundCopyJob_Cancel( job ), E_ACCESSDENIED );
    OK( IBackgroundCopyFile_GetProgress( file, &progress ), E_ACCESSDENIED );
    if (tokens)
    {
        OK( IBitsTokenOptions_SetHelperTokenFlags( tokens, BG_TOKEN_NETWORK ), E_ACCESSDENIED );
        OK( IBitsTokenOptions_GetHelperTokenSid( tokens, &sid ), E_ACCESSDENIED );
        IBitsTokenOptions_Release( tokens );
    }
    IBackgroundCopyFile_Release( file );
    IBackgroundCopyJob_Release( job );

    OK( IBackgroundCopyJob_Resume( own ), S_OK );
    wait_state( own, BG_JOB_STATE_TRANSFERRED );
    OK( IBackgroundCopyJob_Complete( own ), S_OK );
    ok( check_file( test_path( L"taken" ), 10 ), "got another file.\n" );
    IBackgroundCopyJob_Release( own );
}

static void test_running(void)
{
    IBackgroundCopyJob *job, *own;
    IBitsTokenOptions *tokens;
    IBackgroundCopyFile2 *file2;
    IBackgroundCopyFile *file;
    HRESULT hr;

    if (!server_start()) return;

    /* it begins anew, as the new owner's */
    job = create_job_as( user_token );
    add_file( job, server_url( "/hang/1000" ), test_path( L"running" ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRING );
    own = take_over( job );
    IBackgroundCopyJob_Release( job );
    wait_state( own, BG_JOB_STATE_TRANSFERRING );
    file = first_file( own );
    OK( IBackgroundCopyFile_QueryInterface( file, &IID_IBackgroundCopyFile2, (void **)&file2 ), S_OK );
    OK( IBackgroundCopyFile2_SetRemoteName( file2, server_url( "/file/1000" ) ), S_OK );
    IBackgroundCopyFile2_Release( file2 );
    IBackgroundCopyFile_Release( file );
    wait_state( own, BG_JOB_STATE_TRANSFERRED );
    OK( IBackgroundCopyJob_Complete( own ), S_OK );
    ok( check_file( test_path( L"running" ), 1000 ), "got another file.\n" );
    IBackgroundCopyJob_Release( own );

    /* spec: behaviour 7.1: with the helper token that was lent to the old owner it cannot go on */
    job = create_job_as( NULL );
    tokens = get_options_as( NULL, job );
    OK( IBitsTokenOptions_SetHelperToken( tokens ), S_OK );
    OK( IBitsTokenOptions_SetHelperTokenFlags( tokens, BG_TOKEN_NETWORK ), S_OK );
    add_file( job, server_url( "/hang/1000" ), test_path( L"running" ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRING );
    OK( IBackgroundCopyJob_TakeOwnership( job ), S_OK );
    wait_state( job, BG_JOB_STATE_ERROR );
    check_error( job, BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER, BG_E_TOKEN_REQUIRED );
    IBitsTokenOptions_Release( tokens );
    cleanup_job( job );

    server_stop();
}

/* An administrator of another account, for whom a directory is closed. */
static void test_foreign(void)
{
    static const WCHAR not_for_administrators[] = L"D:P(A;OICI;FA;;;S-1-5-20)(A;OICI;FA;;;OW)";
    HANDLE network_service, admin;
    PSECURITY_DESCRIPTOR descriptor;
    IBackgroundCopyJob *job, *own;
    WCHAR *sid = NULL;
    HRESULT hr;

    if (!(network_service = create_foreign_token( L"S-1-5-20" ))) return;
    admin = create_foreign_admin_token( L"S-1-5-21-1-2-3-1005" );

    /* spec: api 5.2.32: the temporary file is where the new owner cannot go */
    ok( CreateDirectoryW( test_path( L"shut" ), NULL ), "got error %lu.\n", GetLastError() );
    ConvertStringSecurityDescriptorToSecurityDescriptorW( not_for_administrators, SDDL_REVISION_1, &descriptor, NULL );
    ok( SetFileSecurityW( test_path( L"shut" ), DACL_SECURITY_INFORMATION, descriptor ), "got error %lu.\n",
        GetLastError() );
    LocalFree( descriptor );
    if (!server_start()) return;
    job = create_job_as( NULL );
    add_file( job, server_url( "/hang/1000" ), test_path( L"shut\\file" ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRING );
    hr = get_job_as( admin, job, &own );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    impersonate( admin );
    hr = IBackgroundCopyJob_TakeOwnership( own );
    impersonate( NULL );
    ok( hr == BG_E_NEW_OWNER_NO_FILE_ACCESS, "got hr %#lx.\n", hr );
    OK( IBackgroundCopyJob_GetOwner( own, &sid ), S_OK );
    ok( !lstrcmpW( sid, own_sid ), "got %s.\n", wine_dbgstr_w( sid ) );
    CoTaskMemFree( sid );
    IBackgroundCopyJob_Release( own );
    cleanup_job( job );
    server_stop();

    /* another user's job */
    job = create_job_as( network_service );
    hr = get_job_as( admin, job, &own );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    impersonate( admin );
    hr = IBackgroundCopyJob_TakeOwnership( own );
    impersonate( NULL );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    OK( IBackgroundCopyJob_GetOwner( own, &sid ), S_OK );
    ok( !lstrcmpW( sid, L"S-1-5-21-1-2-3-1005" ), "got %s.\n", wine_dbgstr_w( sid ) );
    CoTaskMemFree( sid );
    OK( IBackgroundCopyJob_GetOwner( job, &sid ), E_ACCESSDENIED );
    IBackgroundCopyJob_Release( job );
    cleanup_job( own );

    CloseHandle( admin );
    CloseHandle( network_service );
}

/* The job of that id, again from GetJob as TOKEN. */
static IBackgroundCopyJob *find_job( HANDLE token, const GUID *id )
{
    IBackgroundCopyJob *job = NULL;
    HRESULT hr;

    impersonate( token );
    hr = IBackgroundCopyManager_GetJob( manager, id, &job );
    impersonate( NULL );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    return job;
}

/* spec: behaviour 10: the owner is what the last one to take over was */
static void test_restart(void)
{
    IBackgroundCopyJob *job = create_job_as( user_token ), *own;
    HRESULT hr;
    GUID id;

    OK( IBackgroundCopyJob_GetId( job, &id ), S_OK );
    own = take_over( job );
    IBackgroundCopyJob_Release( own );
    IBackgroundCopyJob_Release( job );
    restart_service();

    impersonate( user_token );
    hr = IBackgroundCopyManager_GetJob( manager, &id, &job );
    impersonate( NULL );
    ok( hr == E_ACCESSDENIED, "got hr %#lx.\n", hr );
    job = find_job( NULL, &id );
    ok( is_elevated( job ), "it is not elevated.\n" );
    cleanup_job( job );
}

/* The files of a user who has not called since the service was started are still looked at for him. */
static void test_foreign_restart(void)
{
    static const WCHAR not_for_others[] = L"D:P(A;OICI;FA;;;BA)";
    PSECURITY_DESCRIPTOR descriptor;
    HANDLE network_service;
    IBackgroundCopyJob *job;
    WCHAR *sid = NULL;
    HRESULT hr;
    GUID id;

    if (!(network_service = create_foreign_token( L"S-1-5-20" ))) return;
    ok( CreateDirectoryW( test_path( L"closed" ), NULL ), "got error %lu.\n", GetLastError() );
    ConvertStringSecurityDescriptorToSecurityDescriptorW( not_for_others, SDDL_REVISION_1, &descriptor, NULL );
    ok( SetFileSecurityW( test_path( L"closed" ), DACL_SECURITY_INFORMATION, descriptor ), "got error %lu.\n",
        GetLastError() );
    LocalFree( descriptor );
    job = create_job_as( network_service );
    OK( IBackgroundCopyJob_GetId( job, &id ), S_OK );
    IBackgroundCopyJob_Release( job );
    restart_service();

    job = find_job( network_service, &id );
    OK( IBackgroundCopyJob_GetOwner( job, &sid ), S_OK );
    ok( !lstrcmpW( sid, L"S-1-5-20" ), "got %s.\n", wine_dbgstr_w( sid ) );
    CoTaskMemFree( sid );
    OK( IBackgroundCopyJob_AddFile( job, L"http://127.0.0.1/file", test_path( L"closed\\file" ) ), E_ACCESSDENIED );
    ok( RemoveDirectoryW( test_path( L"closed" ) ), "got error %lu.\n", GetLastError() );
    cleanup_job( job );
    CloseHandle( network_service );
}

START_TEST(ownership)
{
    if (!setup()) return;
    if (token_setup())
    {
        test_refused();
        test_what_stays();
        test_old_pointers();
        test_running();
        test_foreign();
        test_restart();
        test_foreign_restart();
        token_teardown();
    }
    teardown();
}
