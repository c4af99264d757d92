/*
 * Chromium's updater, call by call (spec: clients 2)
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

#define JOB_NAME   L"Chrome Component Updater"
#define MAX_QUEUED 10
#define FILE_SIZE  100000

/* It asks for any context. */
static IBackgroundCopyManager *connect_any(void)
{
    IBackgroundCopyManager *all = NULL;
    HRESULT hr;

    OK( CoCreateInstance( &CLSID_BackgroundCopyManager, NULL, CLSCTX_ALL, &IID_IBackgroundCopyManager, (void **)&all ),
        S_OK );
    return all;
}

/* Whether the job's only file is from URL. */
static BOOL is_from( IBackgroundCopyJob *job, const WCHAR *url )
{
    IEnumBackgroundCopyFiles *files;
    IBackgroundCopyFile *file;
    WCHAR *name = NULL;
    ULONG count = 0;
    HRESULT hr;
    BOOL ret;

    OK( IBackgroundCopyJob_EnumFiles( job, &files ), S_OK );
    OK( IEnumBackgroundCopyFiles_GetCount( files, &count ), S_OK );
    if (!count)
    {
        IEnumBackgroundCopyFiles_Release( files );
        return FALSE;
    }
    ok( count == 1, "got %lu files.\n", count );
    OK( IEnumBackgroundCopyFiles_Next( files, 1, &file, NULL ), S_OK );
    OK( IBackgroundCopyFile_GetRemoteName( file, &name ), S_OK );
    ret = !lstrcmpW( name, url );
    CoTaskMemFree( name );
    IBackgroundCopyFile_Release( file );
    IEnumBackgroundCopyFiles_Release( files );
    return ret;
}

/* Goes through all jobs, as far as they have its name.  URL: the first one with that file is returned; *OURS is how many
 * there are. */
static IBackgroundCopyJob *find( IBackgroundCopyManager *bits, const WCHAR *url, ULONG *ours )
{
    IBackgroundCopyJob *job, *found = NULL;
    IEnumBackgroundCopyJobs *jobs;
    ULONG count = 0, i;
    WCHAR *name;
    HRESULT hr;

    *ours = 0;
    OK( IBackgroundCopyManager_EnumJobs( bits, 0, &jobs ), S_OK );
    OK( IEnumBackgroundCopyJobs_GetCount( jobs, &count ), S_OK );
    for (i = 0; i < count; i++)
    {
        OK( IEnumBackgroundCopyJobs_Next( jobs, 1, &job, NULL ), S_OK );
        name = NULL;
        OK( IBackgroundCopyJob_GetDisplayName( job, &name ), S_OK );
        if (!lstrcmpW( name, JOB_NAME ))
        {
            ++*ours;
            if (url && !found && is_from( job, url ))
            {
                found = job;
                IBackgroundCopyJob_AddRef( found );
            }
        }
        CoTaskMemFree( name );
        IBackgroundCopyJob_Release( job );
    }
    OK( IEnumBackgroundCopyJobs_Next( jobs, 1, &job, NULL ), S_FALSE );
    IEnumBackgroundCopyJobs_Release( jobs );
    return found;
}

static IBackgroundCopyJob *queue_job( IBackgroundCopyManager *bits, const WCHAR *url, const WCHAR *local )
{
    IBackgroundCopyJob *job = NULL;
    HRESULT hr;
    GUID id;

    OK( IBackgroundCopyManager_CreateJob( bits, JOB_NAME, BG_JOB_TYPE_DOWNLOAD, &id, &job ), S_OK );
    OK( IBackgroundCopyJob_AddFile( job, url, local ), S_OK );
    OK( IBackgroundCopyJob_SetDescription( job, L"chrome-component" ), S_OK );
    OK( IBackgroundCopyJob_SetPriority( job, BG_JOB_PRIORITY_NORMAL ), S_OK );
    OK( IBackgroundCopyJob_SetMinimumRetryDelay( job, 60 ), S_OK );
    OK( IBackgroundCopyJob_SetNoProgressTimeout( job, 24 * 60 * 60 ), S_OK );
    return job;
}

static UINT64 time_of( const FILETIME *time )
{
    return (UINT64)time->dwHighDateTime << 32 | time->dwLowDateTime;
}

/* By the job's times it knows what is stuck (15 minutes) and what is old (three days). */
static void check_times( IBackgroundCopyJob *job )
{
    BG_JOB_TIMES times;
    FILETIME now;
    HRESULT hr;

    memset( &times, 0, sizeof(times) );
    OK( IBackgroundCopyJob_GetTimes( job, &times ), S_OK );
    GetSystemTimeAsFileTime( &now );
    ok( time_of( &times.CreationTime ) && time_of( &times.CreationTime ) <= time_of( &times.ModificationTime ) &&
        time_of( &times.ModificationTime ) <= time_of( &now ), "got times %#I64x and %#I64x, it is %#I64x.\n",
        time_of( &times.CreationTime ), time_of( &times.ModificationTime ), time_of( &now ));
}

/* What it does every four seconds, without the pauses; returns the state in which it stops. */
static BG_JOB_STATE poll( IBackgroundCopyJob *job )
{
    ULONGLONG end = GetTickCount64() + 30000;
    BG_JOB_PROGRESS progress;
    BG_JOB_STATE state;
    HRESULT hr;

    for (;;)
    {
        state = get_state( job );
        if (state == BG_JOB_STATE_TRANSFERRED || state == BG_JOB_STATE_ERROR || state == BG_JOB_STATE_TRANSIENT_ERROR)
            return state;
        OK( IBackgroundCopyJob_GetProgress( job, &progress ), S_OK );
        check_times( job );
        if (GetTickCount64() > end) return state;
        short_wait();
    }
}

/* The browser process ends itself unless all of this is so, on the job object that it has completed. */
static void check_completed( IBackgroundCopyJob *job, const WCHAR *local )
{
    IBackgroundCopyFile *file = first_file( job );
    BG_FILE_PROGRESS progress;
    WCHAR *name = NULL;
    HRESULT hr;

    OK( IBackgroundCopyFile_GetLocalName( file, &name ), S_OK );
    ok( !lstrcmpW( name, local ), "got %s.\n", wine_dbgstr_w( name ));
    CoTaskMemFree( name );
    memset( &progress, 0xcc, sizeof(progress) );
    OK( IBackgroundCopyFile_GetProgress( file, &progress ), S_OK );
    ok( progress.Completed == TRUE, "got %d.\n", progress.Completed );
    ok( progress.BytesTotal == progress.BytesTransferred && progress.BytesTotal == FILE_SIZE, "got %I64u of %I64u.\n",
        progress.BytesTransferred, progress.BytesTotal );
    IBackgroundCopyFile_Release( file );
    ok( check_file( local, FILE_SIZE ), "got another file.\n" );
}

static void test_download( IBackgroundCopyManager *bits, const char *path )
{
    const WCHAR *url = server_url( path ), *local = test_path( L"chromium" );
    IBackgroundCopyJob *job, *found;
    BG_JOB_STATE state;
    HRESULT hr;
    ULONG ours;

    found = find( bits, url, &ours );
    ok( !found && !ours, "got job %p, one of %lu.\n", found, ours );
    job = queue_job( bits, url, local );
    OK( IBackgroundCopyJob_Resume( job ), S_OK );
    IBackgroundCopyJob_Release( job );

    /* a later process finds the job by its name and the URL that it was made with, redirected or not */
    job = find( bits, url, &ours );
    ok( job && ours == 1, "got job %p, one of %lu.\n", job, ours );
    state = poll( job );
    ok( state == BG_JOB_STATE_TRANSFERRED, "got state %u.\n", state );
    ok( is_from( job, url ), "the file has another remote name.\n" );
    OK( IBackgroundCopyJob_Complete( job ), S_OK );
    check_completed( job, local );
    IBackgroundCopyJob_Release( job );
    DeleteFileW( local );
}

/* Any status above 500 makes it leave BITS alone for a while; the job is thrown away. */
static void test_status( IBackgroundCopyManager *bits, UINT status, BG_JOB_STATE expected )
{
    const WCHAR *local = test_path( L"failed" );
    IBackgroundCopyFile *file;
    IBackgroundCopyJob *job;
    WCHAR *name = NULL;
    BG_JOB_STATE state;
    char path[32];
    HRESULT hr;

    sprintf( path, "/status/%u", status );
    job = queue_job( bits, server_url( path ), local );
    OK( IBackgroundCopyJob_Resume( job ), S_OK );
    state = poll( job );
    ok( state == expected, "%u: got state %u.\n", status, state );
    check_error( job, BG_ERROR_CONTEXT_REMOTE_FILE, MAKE_HRESULT( SEVERITY_ERROR, 0x19, status ));

    file = first_file( job );
    OK( IBackgroundCopyFile_GetLocalName( file, &name ), S_OK );
    CoTaskMemFree( name );
    OK( IBackgroundCopyJob_Cancel( job ), S_OK );
    /* it reads them before, and notes that it could afterwards */
    name = NULL;
    OK( IBackgroundCopyFile_GetLocalName( file, &name ), S_OK );
    ok( !lstrcmpW( name, local ), "got %s.\n", wine_dbgstr_w( name ));
    CoTaskMemFree( name );
    IBackgroundCopyFile_Release( file );
    file = first_file( job );
    IBackgroundCopyFile_Release( file );
    ok( get_state( job ) == BG_JOB_STATE_CANCELLED, "got state %u.\n", get_state( job ));
    IBackgroundCopyJob_Release( job );
}

/* It keeps at most ten jobs, all with one name, and tells them apart itself. */
static void test_queue( IBackgroundCopyManager *bits )
{
    IBackgroundCopyJob *jobs[MAX_QUEUED], *job;
    IEnumBackgroundCopyJobs *snapshot;
    ULONG count = 0, ours, i;
    char path[32];
    HRESULT hr;

    for (i = 0; i < MAX_QUEUED; i++)
    {
        sprintf( path, "/file/%lu", i );
        jobs[i] = queue_job( bits, server_url( path ), test_path( L"queued" ));
    }
    for (i = 0; i < MAX_QUEUED; i++)
    {
        GUID id, found;

        sprintf( path, "/file/%lu", i );
        job = find( bits, server_url( path ), &ours );
        ok( job && ours == MAX_QUEUED, "got job %p, one of %lu.\n", job, ours );
        if (!job) continue;
        OK( IBackgroundCopyJob_GetId( jobs[i], &id ), S_OK );
        OK( IBackgroundCopyJob_GetId( job, &found ), S_OK );
        ok( IsEqualGUID( &id, &found ), "got another job.\n" );
        IBackgroundCopyJob_Release( job );
    }

    /* what changes meanwhile does not change the list */
    OK( IBackgroundCopyManager_EnumJobs( bits, 0, &snapshot ), S_OK );
    OK( IEnumBackgroundCopyJobs_GetCount( snapshot, &count ), S_OK );
    ok( count == MAX_QUEUED, "got %lu jobs.\n", count );
    for (i = 0; i < MAX_QUEUED; i += 2) cleanup_job( jobs[i] );
    job = queue_job( bits, server_url( "/file/1000" ), test_path( L"queued" ));
    OK( IEnumBackgroundCopyJobs_GetCount( snapshot, &count ), S_OK );
    ok( count == MAX_QUEUED, "got %lu jobs.\n", count );
    for (i = 0; i < MAX_QUEUED; i++)
    {
        IBackgroundCopyJob *listed = NULL;

        OK( IEnumBackgroundCopyJobs_Next( snapshot, 1, &listed, NULL ), S_OK );
        ok( get_state( listed ) == (i % 2 ? BG_JOB_STATE_SUSPENDED : BG_JOB_STATE_CANCELLED), "%lu: got state %u.\n", i,
            get_state( listed ));
        IBackgroundCopyJob_Release( listed );
    }
    IEnumBackgroundCopyJobs_Release( snapshot );
    cleanup_job( job );
    for (i = 1; i < MAX_QUEUED; i += 2) cleanup_job( jobs[i] );
}

void func_replay_chromium(void)
{
    IBackgroundCopyManager *bits;

    if (!setup()) return;
    if (server_start())
    {
        bits = connect_any();
        test_download( bits, "/file/100000" );
        test_download( bits, "/redirect/100000" );
        test_status( bits, 404, BG_JOB_STATE_ERROR );
        test_status( bits, 503, BG_JOB_STATE_TRANSIENT_ERROR );
        test_queue( bits );
        IBackgroundCopyManager_Release( bits );
        server_stop();
    }
    teardown();
}
