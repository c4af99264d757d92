/*
 * Tests of transfers with a helper token, or without one that is needed
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

static void test_token_required( DWORD flags )
{
    IBackgroundCopyJob *job = create_job_as( NULL );
    IBitsTokenOptions *options = get_options_as( NULL, job );
    HRESULT hr;

    /* spec: behaviour 7.1 */
    create_file( test_path( L"source" ), 1000 );
    add_file( job, test_path( L"source" ), test_path( L"token" ) );
    hr = IBitsTokenOptions_SetHelperTokenFlags( options, flags );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_ERROR );
    check_error( job, BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER, BG_E_TOKEN_REQUIRED );

    /* no way around it */
    resume_job( job );
    wait_state( job, BG_JOB_STATE_ERROR );
    check_error( job, BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER, BG_E_TOKEN_REQUIRED );

    /* the first way out */
    hr = IBitsTokenOptions_SetHelperToken( options );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( get_state( job ) == BG_JOB_STATE_ERROR, "got state %u.\n", get_state( job ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    hr = IBackgroundCopyJob_Complete( job );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( check_file( test_path( L"token" ), 1000 ), "got another file.\n" );
    IBitsTokenOptions_Release( options );
    IBackgroundCopyJob_Release( job );

    /* the second one */
    job = create_job_as( NULL );
    options = get_options_as( NULL, job );
    add_file( job, test_path( L"source" ), test_path( L"token" ) );
    hr = IBitsTokenOptions_SetHelperTokenFlags( options, flags );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBitsTokenOptions_SetHelperToken( options );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBitsTokenOptions_ClearHelperToken( options );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_ERROR );
    check_error( job, BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER, BG_E_TOKEN_REQUIRED );
    hr = IBitsTokenOptions_SetHelperTokenFlags( options, 0 );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    hr = IBackgroundCopyJob_Complete( job );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    IBitsTokenOptions_Release( options );
    IBackgroundCopyJob_Release( job );
}

/* A transfer with each of the flags, over HTTP. */
static void test_transfer_with_helper(void)
{
    IBackgroundCopyJob *job;
    IBitsTokenOptions *options;
    HRESULT hr;
    DWORD flags;

    if (!server_start()) return;
    for (flags = 0; flags <= (BG_TOKEN_LOCAL_FILE | BG_TOKEN_NETWORK); flags++)
    {
        job = create_job_as( NULL );
        options = get_options_as( NULL, job );
        hr = set_token_as( user_token, options );
        ok( hr == S_OK, "got hr %#lx.\n", hr );
        hr = IBitsTokenOptions_SetHelperTokenFlags( options, flags );
        ok( hr == S_OK, "got hr %#lx.\n", hr );
        add_file( job, server_url( "/file/100000" ), test_path( L"helper" ) );
        resume_job( job );
        wait_state( job, BG_JOB_STATE_TRANSFERRED );
        hr = IBackgroundCopyJob_Complete( job );
        ok( hr == S_OK, "%#lx: got hr %#lx.\n", flags, hr );
        ok( check_file( test_path( L"helper" ), 100000 ), "%#lx: got another file.\n", flags );
        IBitsTokenOptions_Release( options );
        IBackgroundCopyJob_Release( job );
    }
    server_stop();
}

static void test_cleared_while_running(void)
{
    IBackgroundCopyJob *job = create_job_as( NULL );
    IBitsTokenOptions *options = get_options_as( NULL, job );
    HRESULT hr;

    if (!server_start()) return;
    hr = IBitsTokenOptions_SetHelperToken( options );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBitsTokenOptions_SetHelperTokenFlags( options, BG_TOKEN_NETWORK );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    add_file( job, server_url( "/hang/1000" ), test_path( L"helper" ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRING );

    /* spec: behaviour 7.1, Loss */
    hr = IBitsTokenOptions_ClearHelperToken( options );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    wait_state( job, BG_JOB_STATE_ERROR );
    check_error( job, BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER, BG_E_TOKEN_REQUIRED );

    IBitsTokenOptions_Release( options );
    cleanup_job( job );
    server_stop();
}

/* spec: api 5.8.0: BG_TOKEN_LOCAL_FILE creates and renames with the helper's rights */
static void test_foreign_file(void)
{
    IBitsTokenOptions *options;
    IBackgroundCopyJob *job;
    HANDLE local_service;
    HRESULT hr;
    BOOL ret;

    if (!(local_service = create_foreign_token( L"S-1-5-19" ))) return;
    job = create_job_as( NULL );
    options = get_options_as( NULL, job );

    ret = CreateDirectoryW( test_path( L"shut" ), NULL );
    ok( ret, "got error %lu.\n", GetLastError() );
    create_file( test_path( L"source" ), 1000 );
    add_file( job, test_path( L"source" ), test_path( L"shut\\file" ) );
    hr = set_token_as( local_service, options );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBitsTokenOptions_SetHelperTokenFlags( options, BG_TOKEN_LOCAL_FILE );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_ERROR );
    check_error( job, BG_ERROR_CONTEXT_LOCAL_FILE, E_ACCESSDENIED );

    /* with the flag the directory is looked at for the helper; spec: api 5.2.1 */
    hr = IBackgroundCopyJob_AddFile( job, test_path( L"source" ), test_path( L"shut\\file2" ) );
    ok( hr == E_ACCESSDENIED, "got hr %#lx.\n", hr );

    make_shared_directory( test_path( L"shut" ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    hr = IBackgroundCopyJob_Complete( job );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( check_file( test_path( L"shut\\file" ), 1000 ), "got another file.\n" );
    DeleteFileW( test_path( L"shut\\file" ) );

    IBitsTokenOptions_Release( options );
    IBackgroundCopyJob_Release( job );
    CloseHandle( local_service );
}

START_TEST(token_use)
{
    if (!setup()) return;
    if (token_setup())
    {
        test_token_required( BG_TOKEN_LOCAL_FILE );
        test_token_required( BG_TOKEN_NETWORK );
        test_transfer_with_helper();
        test_cleared_while_running();
        test_foreign_file();
        token_teardown();
    }
    teardown();
}
