/*
 * Tests of how much ordinary users may have
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

#define DEADLINE    30000   /* ms until the service has seen a change of the registry */

#define USER_JOBS   60
#define JOB_FILES   200
#define FILE_RANGES 500

/* CreateJob as the user. */
static HRESULT try_create( IBackgroundCopyJob **job )
{
    HRESULT hr;
    GUID id;

    *job = SENTINEL;
    impersonate( user_token );
    hr = IBackgroundCopyManager_CreateJob( manager, L"limits", BG_JOB_TYPE_DOWNLOAD, &id, job );
    impersonate( NULL );
    return hr;
}

/* spec: behaviour 8.1; the user may have jobs already */
static void test_jobs_per_user(void)
{
    IBackgroundCopyJob *jobs[USER_JOBS + 1], *extra;
    UINT count = 0;
    HRESULT hr;

    while ((hr = try_create( &jobs[count] )) == S_OK && count < USER_JOBS) count++;
    ok( hr == BG_E_TOO_MANY_JOBS_PER_USER, "got hr %#lx.\n", hr );
    ok( !jobs[count], "got %p.\n", jobs[count] );
    ok( count > 0 && count <= USER_JOBS, "got %u jobs.\n", count );

    /* administrators are exempt */
    extra = create_job( L"limits" );
    cleanup_job( extra );

    /* room for one more */
    if (count)
    {
        cleanup_job( jobs[--count] );
        hr = try_create( &jobs[count] );
        ok( hr == S_OK, "got hr %#lx.\n", hr );
        if (hr == S_OK) count++;
    }
    while (count) cleanup_job( jobs[--count] );
}

/* Creates jobs until it ends as EXPECTED, which it does as soon as the service knows the policy. */
static void wait_create( HRESULT expected )
{
    ULONGLONG end = GetTickCount64() + DEADLINE;
    IBackgroundCopyJob *job;
    HRESULT hr;

    for (;;)
    {
        hr = try_create( &job );
        if (hr == S_OK) cleanup_job( job );
        if (hr == expected || GetTickCount64() >= end) break;
        short_wait();
    }
    ok( hr == expected, "got hr %#lx.\n", hr );
}

static void test_jobs_per_machine(void)
{
    static const WCHAR name[] = L"MaxJobsPerMachine";
    IBackgroundCopyJob *job;
    DWORD value = 1;
    LSTATUS error;
    HRESULT hr;
    HKEY key;

    error = RegCreateKeyExW( HKEY_LOCAL_MACHINE, L"Software\\Policies\\Microsoft\\Windows\\BITS", 0, NULL, 0,
                             KEY_SET_VALUE | KEY_WOW64_64KEY, NULL, &key, NULL );
    ok( !error, "got error %lu.\n", error );
    hr = try_create( &job );
    ok( hr == S_OK, "got hr %#lx.\n", hr );

    error = RegSetValueExW( key, name, 0, REG_DWORD, (BYTE *)&value, sizeof(value) );
    ok( !error, "got error %lu.\n", error );
    wait_create( BG_E_TOO_MANY_JOBS_PER_MACHINE );
    error = RegDeleteValueW( key, name );
    ok( !error, "got error %lu.\n", error );
    wait_create( S_OK );

    RegCloseKey( key );
    cleanup_job( job );
}

static ULONG count_files( IBackgroundCopyJob *job )
{
    BG_JOB_PROGRESS progress = { 0 };
    HRESULT hr;

    OK( IBackgroundCopyJob_GetProgress( job, &progress ), S_OK );
    return progress.FilesTotal;
}

static void test_files_per_job(void)
{
    BG_FILE_INFO files[JOB_FILES + 1];
    const WCHAR *path = test_path( L"limits" );
    IBackgroundCopyJob *job;
    HRESULT hr;
    UINT i;

    for (i = 0; i < ARRAY_SIZE(files); i++)
    {
        files[i].RemoteName = (WCHAR *)L"http://127.0.0.1/file";
        files[i].LocalName = (WCHAR *)path;
    }

    /* the owner counts, not the caller */
    job = create_job_as( user_token );
    OK( IBackgroundCopyJob_AddFileSet( job, JOB_FILES + 1, files ), BG_E_TOO_MANY_FILES_IN_JOB );
    ok( !count_files( job ), "got %lu files.\n", count_files( job ) );
    OK( IBackgroundCopyJob_AddFileSet( job, JOB_FILES, files ), S_OK );
    OK( IBackgroundCopyJob_AddFile( job, files[0].RemoteName, path ), BG_E_TOO_MANY_FILES_IN_JOB );
    ok( count_files( job ) == JOB_FILES, "got %lu files.\n", count_files( job ) );
    cleanup_job( job );

    job = create_job_as( NULL );
    OK( IBackgroundCopyJob_AddFileSet( job, JOB_FILES + 1, files ), S_OK );
    cleanup_job( job );
}

static void test_ranges_per_file( HANDLE owner, HRESULT expected )
{
    IBackgroundCopyJob *job = create_job_as( owner );
    BG_FILE_RANGE ranges[FILE_RANGES + 1];
    IBackgroundCopyJob3 *job3;
    HRESULT hr;
    UINT i;

    for (i = 0; i < ARRAY_SIZE(ranges); i++)
    {
        ranges[i].InitialOffset = i * 10;
        ranges[i].Length = 5;
    }
    OK( IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJob3, (void **)&job3 ), S_OK );
    OK( IBackgroundCopyJob3_AddFileWithRanges( job3, L"http://127.0.0.1/file", test_path( L"limits" ), FILE_RANGES + 1,
                                               ranges ), expected );
    OK( IBackgroundCopyJob3_AddFileWithRanges( job3, L"http://127.0.0.1/file", test_path( L"limits" ), FILE_RANGES,
                                               ranges ), S_OK );
    IBackgroundCopyJob3_Release( job3 );
    cleanup_job( job );
}

START_TEST(limits)
{
    if (!setup()) return;
    if (token_setup())
    {
        test_jobs_per_user();
        test_jobs_per_machine();
        test_files_per_job();
        test_ranges_per_file( user_token, BG_E_TOO_MANY_RANGES_IN_FILE );
        test_ranges_per_file( NULL, S_OK );
        token_teardown();
    }
    teardown();
}
