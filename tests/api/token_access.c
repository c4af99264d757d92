/*
 * Tests of owners, and of who may see a job and ask for its interfaces
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

/* Whether TOKEN's own jobs, or all jobs, have this one. */
static BOOL is_enumerated( HANDLE token, IBackgroundCopyJob *job )
{
    IEnumBackgroundCopyJobs *jobs;
    IBackgroundCopyJob *next;
    BOOL found = FALSE;
    GUID id, next_id;
    HRESULT hr;

    IBackgroundCopyJob_GetId( job, &id );
    impersonate( token );
    hr = IBackgroundCopyManager_EnumJobs( manager, 0, &jobs );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    while (IEnumBackgroundCopyJobs_Next( jobs, 1, &next, NULL ) == S_OK)
    {
        hr = IBackgroundCopyJob_GetId( next, &next_id );
        ok( hr == S_OK, "got hr %#lx.\n", hr );
        if (IsEqualGUID( &id, &next_id )) found = TRUE;
        IBackgroundCopyJob_Release( next );
    }
    IEnumBackgroundCopyJobs_Release( jobs );
    impersonate( NULL );
    return found;
}

#define check_owner( job, sid ) check_owner_( __LINE__, job, sid )
static void check_owner_( int line, IBackgroundCopyJob *job, const WCHAR *expected )
{
    WCHAR *sid = NULL;
    HRESULT hr;

    hr = IBackgroundCopyJob_GetOwner( job, &sid );
    ok_( __FILE__, line )( hr == S_OK, "got hr %#lx.\n", hr );
    ok_( __FILE__, line )( sid && !lstrcmpW( sid, expected ), "got %s.\n", wine_dbgstr_w( sid ) );
    CoTaskMemFree( sid );
}

/* A QueryInterface that is refused. */
#define check_refused( token, job, iid ) check_refused_( __LINE__, token, job, iid )
static void check_refused_( int line, HANDLE token, IBackgroundCopyJob *job, const IID *iid )
{
    IUnknown *unk = SENTINEL;
    HRESULT hr;

    impersonate( token );
    hr = IBackgroundCopyJob_QueryInterface( job, iid, (void **)&unk );
    impersonate( NULL );
    ok_( __FILE__, line )( hr == E_ACCESSDENIED, "got hr %#lx.\n", hr );
    ok_( __FILE__, line )( !unk, "got %p.\n", unk );
    if (hr == S_OK) IUnknown_Release( unk );
}

static void test_owner_and_access(void)
{
    IBackgroundCopyJob *admin_job = create_job_as( NULL ), *user_job = create_job_as( user_token ), *job;
    IEnumBackgroundCopyJobs *jobs;
    HRESULT hr;

    /* spec: behaviour 7: the owner is the user of the thread's token, else of the process's */
    check_owner( admin_job, own_sid );
    check_owner( user_job, own_sid );

    /* spec: api 1.5.7: an elevated job needs an elevated caller */
    hr = get_job_as( user_token, admin_job, &job );
    ok( hr == E_ACCESSDENIED, "got hr %#lx.\n", hr );
    ok( !job, "got %p.\n", job );
    ok( !is_enumerated( user_token, admin_job ), "the user sees the administrator's job.\n" );
    ok( is_enumerated( user_token, user_job ), "the user does not see the own job.\n" );
    hr = get_job_as( user_token, user_job, &job );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    IBackgroundCopyJob_Release( job );

    /* spec: api 1.5.2 */
    hr = get_job_as( NULL, user_job, &job );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    IBackgroundCopyJob_Release( job );
    ok( is_enumerated( NULL, user_job ), "the administrator does not see the user's job.\n" );

    /* spec: api 5.1.3 */
    jobs = SENTINEL;
    impersonate( user_token );
    hr = IBackgroundCopyManager_EnumJobs( manager, BG_JOB_ENUM_ALL_USERS, &jobs );
    impersonate( NULL );
    ok( hr == E_ACCESSDENIED, "got hr %#lx.\n", hr );
    ok( !jobs, "got %p.\n", jobs );

    /* spec: api 1.5.6: a pointer to the job is not enough for its other interfaces */
    check_refused( user_token, admin_job, &IID_IBackgroundCopyJob2 );
    check_refused( user_token, admin_job, &IID_IBackgroundCopyJob5 );
    check_refused( user_token, admin_job, &IID_IBackgroundCopyJobHttpOptions );
    check_refused( user_token, admin_job, &IID_IBitsTokenOptions );

    cleanup_job( admin_job );
    cleanup_job( user_job );
}

static void test_refusal_is_not_remembered(void)
{
    IBackgroundCopyJob *job = create_job_as( NULL );
    IBitsTokenOptions *options;

    check_refused( user_token, job, &IID_IBitsTokenOptions );
    options = get_options_as( NULL, job );
    check_flags( options, 0 );
    IBitsTokenOptions_Release( options );
    cleanup_job( job );
}

static void test_restricting_sids(void)
{
    BYTE sid[SECURITY_MAX_SID_SIZE];
    SID_AND_ATTRIBUTES restrict_to = { sid };
    HANDLE process, restricted, token;
    DWORD size = sizeof(sid);
    IBackgroundCopyJob *job;
    HRESULT hr;
    GUID id;

    OpenProcessToken( GetCurrentProcess(), TOKEN_ALL_ACCESS, &process );
    CreateWellKnownSid( WinWorldSid, NULL, sid, &size );
    if (!CreateRestrictedToken( process, 0, 0, NULL, 0, NULL, 1, &restrict_to, &restricted )) restricted = NULL;
    CloseHandle( process );
    if (!restricted || !IsTokenRestricted( restricted ))
    {
        skip( "no restricting SIDs.\n" );
        if (restricted) CloseHandle( restricted );
        return;
    }
    DuplicateTokenEx( restricted, TOKEN_ALL_ACCESS, NULL, SecurityImpersonation, TokenImpersonation, &token );

    /* spec: api 1.5.3 */
    job = SENTINEL;
    impersonate( token );
    hr = IBackgroundCopyManager_CreateJob( manager, L"restricted", BG_JOB_TYPE_DOWNLOAD, &id, &job );
    impersonate( NULL );
    ok( hr == E_ACCESSDENIED, "got hr %#lx.\n", hr );
    ok( !job, "got %p.\n", job );
    if (hr == S_OK) cleanup_job( job );
    CloseHandle( token );
    CloseHandle( restricted );
}

static void test_foreign_access(void)
{
    HANDLE network_service, local_service;
    IBackgroundCopyJob *job, *found;
    IEnumBackgroundCopyJobs *jobs;
    HRESULT hr;

    if (!(network_service = create_foreign_token( L"S-1-5-20" ))) return;
    local_service = create_foreign_token( L"S-1-5-19" );
    job = create_job_as( network_service );

    /* spec: behaviour 7 */
    check_owner( job, L"S-1-5-20" );
    ok( is_enumerated( network_service, job ), "the owner does not see the job.\n" );
    ok( !is_enumerated( NULL, job ), "it is among somebody else's own jobs.\n" );
    hr = get_job_as( NULL, job, &found );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    IBackgroundCopyJob_Release( found );

    /* another account */
    ok( !is_enumerated( local_service, job ), "a stranger sees the job.\n" );
    hr = get_job_as( local_service, job, &found );
    ok( hr == E_ACCESSDENIED, "got hr %#lx.\n", hr );
    ok( !found, "got %p.\n", found );
    impersonate( local_service );
    hr = IBackgroundCopyManager_EnumJobs( manager, BG_JOB_ENUM_ALL_USERS, &jobs );
    impersonate( NULL );
    ok( hr == E_ACCESSDENIED, "got hr %#lx.\n", hr );
    check_refused( local_service, job, &IID_IBackgroundCopyJob2 );
    check_refused( local_service, job, &IID_IBackgroundCopyJobHttpOptions3 );
    check_refused( local_service, job, &IID_IBitsTokenOptions );

    cleanup_job( job );
    CloseHandle( network_service );
    CloseHandle( local_service );
}

START_TEST(token_access)
{
    if (!setup()) return;
    if (token_setup())
    {
        test_owner_and_access();
        test_refusal_is_not_remembered();
        test_restricting_sids();
        test_foreign_access();
        token_teardown();
    }
    teardown();
}
