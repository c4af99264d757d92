/*
 * One of many clients that use the service at once
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
/* A client knows what it did to its jobs, and compares every answer with that.  After every tenth call it writes a
 * line, so that whoever started it knows how far it is. */

#include <stdio.h>
#include <stdlib.h>
#include "client.h"
#include <winsvc.h>
#include <winternl.h>

#define MAX_JOBS    6
#define DEADLINE_MS 60000

struct client_job
{
    IBackgroundCopyJob *job;        /* NULL: none */
    GUID id;
    ULONG number;                   /* in its name and description */
    ULONG files;
    BG_JOB_PRIORITY priority;
    BG_JOB_STATE state;
};

static IBackgroundCopyManager *manager;
static struct client_job jobs[MAX_JOBS];
static const WCHAR *url;
static UINT random_state;
static ULONG calls_made, jobs_made;

static UINT random_below( UINT limit )
{
    random_state = random_state * 1103515245 + 12345;
    return (random_state >> 16) % limit;
}

/* Counts a call.  Ends the process after a complaint unless HR is as it has to be. */
static void expect( const WCHAR *what, HRESULT hr, HRESULT expected )
{
    if (hr != expected) ExitProcess( complain( what, hr ));
    if (!(++calls_made % 10)) say( L"%lu\n", calls_made );
}

static void expect_same( const WCHAR *what, ULONG got, ULONG expected )
{
    if (got == expected) return;
    say( L"%lu instead of %lu\n", got, expected );
    ExitProcess( complain( what, E_FAIL ));
}

/* --- the calls ------------------------------------------------------------------------------------------------------ */

static void make_name( const struct client_job *job, WCHAR *name )
{
    wsprintfW( name, L"stress %lu.%lu", GetCurrentProcessId(), job->number );
}

static void make_path( const struct client_job *job, WCHAR *path )
{
    wsprintfW( path, L"C:\\windows\\temp\\stress-%lu-%lu-%lu", GetCurrentProcessId(), job->number, job->files );
}

static void create( struct client_job *job )
{
    WCHAR name[64];

    memset( job, 0, sizeof(*job) );
    job->number = jobs_made++;
    job->priority = BG_JOB_PRIORITY_NORMAL;
    job->state = BG_JOB_STATE_SUSPENDED;
    make_name( job, name );
    expect( L"CreateJob", IBackgroundCopyManager_CreateJob( manager, name, BG_JOB_TYPE_DOWNLOAD, &job->id, &job->job ), S_OK );
}

static void add_file( struct client_job *job )
{
    WCHAR path[MAX_PATH];

    make_path( job, path );
    expect( L"AddFile", IBackgroundCopyJob_AddFile( job->job, url, path ), S_OK );
    job->files++;
}

static void check_name( struct client_job *job )
{
    WCHAR expected[64], *name;

    make_name( job, expected );
    expect( L"GetDisplayName", IBackgroundCopyJob_GetDisplayName( job->job, &name ), S_OK );
    expect_same( L"the name", wcscmp( name, expected ), 0 );
    CoTaskMemFree( name );
}

static void change_description( struct client_job *job )
{
    WCHAR text[64], *got;

    wsprintfW( text, L"%u", random_below( 1000000 ));
    expect( L"SetDescription", IBackgroundCopyJob_SetDescription( job->job, text ), S_OK );
    expect( L"GetDescription", IBackgroundCopyJob_GetDescription( job->job, &got ), S_OK );
    expect_same( L"the description", wcscmp( text, got ), 0 );
    CoTaskMemFree( got );
}

static void change_priority( struct client_job *job )
{
    BG_JOB_PRIORITY got;

    job->priority = random_below( 4 );
    expect( L"SetPriority", IBackgroundCopyJob_SetPriority( job->job, job->priority ), S_OK );
    expect( L"GetPriority", IBackgroundCopyJob_GetPriority( job->job, &got ), S_OK );
    expect_same( L"the priority", got, job->priority );
}

static void check_state( struct client_job *job )
{
    BG_JOB_PROGRESS progress;
    BG_JOB_STATE got;

    expect( L"GetState", IBackgroundCopyJob_GetState( job->job, &got ), S_OK );
    expect_same( L"the state", got, job->state );
    expect( L"GetProgress", IBackgroundCopyJob_GetProgress( job->job, &progress ), S_OK );
    expect_same( L"the number of files", progress.FilesTotal, job->files );
}

static void list_files( struct client_job *job )
{
    IEnumBackgroundCopyFiles *files;
    IBackgroundCopyFile *file;
    ULONG count;
    WCHAR *name;

    expect( L"EnumFiles", IBackgroundCopyJob_EnumFiles( job->job, &files ), S_OK );
    expect( L"GetCount", IEnumBackgroundCopyFiles_GetCount( files, &count ), S_OK );
    expect_same( L"the number of files", count, job->files );
    while (count--)
    {
        expect( L"Next", IEnumBackgroundCopyFiles_Next( files, 1, &file, NULL ), S_OK );
        expect( L"GetRemoteName", IBackgroundCopyFile_GetRemoteName( file, &name ), S_OK );
        expect_same( L"the remote name", wcscmp( name, url ), 0 );
        CoTaskMemFree( name );
        IBackgroundCopyFile_Release( file );
    }
    expect( L"Next", IEnumBackgroundCopyFiles_Next( files, 1, &file, NULL ), S_FALSE );
    IEnumBackgroundCopyFiles_Release( files );
}

/* A second pointer to the same job. */
static void find( struct client_job *job )
{
    IBackgroundCopyJob2 *job2;
    IBackgroundCopyJob *found;
    GUID id;

    expect( L"GetJob", IBackgroundCopyManager_GetJob( manager, &job->id, &found ), S_OK );
    expect( L"GetId", IBackgroundCopyJob_GetId( found, &id ), S_OK );
    expect_same( L"the id", IsEqualGUID( &id, &job->id ), TRUE );
    expect( L"QueryInterface", IBackgroundCopyJob_QueryInterface( found, &IID_IBackgroundCopyJob2, (void **)&job2 ), S_OK );
    IBackgroundCopyJob2_Release( job2 );
    IBackgroundCopyJob_Release( found );
}

/* Every one of ours is among all the others. */
static void list_jobs(void)
{
    ULONG count, got, ours = 0, expected = 0, i;
    IEnumBackgroundCopyJobs *list;
    IBackgroundCopyJob *listed;
    GUID id;

    expect( L"EnumJobs", IBackgroundCopyManager_EnumJobs( manager, 0, &list ), S_OK );
    expect( L"GetCount", IEnumBackgroundCopyJobs_GetCount( list, &count ), S_OK );
    while (count--)
    {
        expect( L"Next", IEnumBackgroundCopyJobs_Next( list, 1, &listed, &got ), S_OK );
        expect_same( L"Next", got, 1 );
        expect( L"GetId", IBackgroundCopyJob_GetId( listed, &id ), S_OK );
        for (i = 0; i < MAX_JOBS; i++) if (jobs[i].job && IsEqualGUID( &jobs[i].id, &id )) ours++;
        IBackgroundCopyJob_Release( listed );
    }
    for (i = 0; i < MAX_JOBS; i++) if (jobs[i].job) expected++;
    expect_same( L"the number of jobs", ours, expected );
    IEnumBackgroundCopyJobs_Release( list );
}

/* Afterwards the job is known no more. */
static void end( struct client_job *job )
{
    IBackgroundCopyJob *found;

    if (job->state == BG_JOB_STATE_TRANSFERRED) expect( L"Complete", IBackgroundCopyJob_Complete( job->job ), S_OK );
    else expect( L"Cancel", IBackgroundCopyJob_Cancel( job->job ), S_OK );
    expect( L"GetJob", IBackgroundCopyManager_GetJob( manager, &job->id, &found ), BG_E_NOT_FOUND );
    expect( L"SetDescription", IBackgroundCopyJob_SetDescription( job->job, L"" ), BG_E_INVALID_STATE );
    IBackgroundCopyJob_Release( job->job );
    job->job = NULL;
}

static void transfer( struct client_job *job )
{
    DWORD started = GetTickCount();
    BG_JOB_STATE state;
    HRESULT hr;

    expect( L"Resume", IBackgroundCopyJob_Resume( job->job ), S_OK );
    while (SUCCEEDED(hr = IBackgroundCopyJob_GetState( job->job, &state )) && state != BG_JOB_STATE_TRANSFERRED)
    {
        if (state > BG_JOB_STATE_TRANSFERRING) ExitProcess( complain_job( job->job ));
        if (GetTickCount() - started > DEADLINE_MS) ExitProcess( complain( L"a transfer takes too long", E_FAIL ));
        Sleep( 10 );
    }
    expect( L"GetState", hr, S_OK );
    job->state = BG_JOB_STATE_TRANSFERRED;
    end( job );
}

static void one_call(void)
{
    static void (* const on_jobs[])( struct client_job *job ) =
    {
        check_name, change_description, check_state, check_state, list_files, find, change_priority
    };
    struct client_job *job = &jobs[random_below( MAX_JOBS )];
    UINT what = random_below( 100 );

    if (!job->job) create( job );
    else if (what < 2) list_jobs();
    else if (what < 5 && job->files) transfer( job );
    else if (what < 10) end( job );
    else if (what < 20 && job->files < 5) add_file( job );
    else on_jobs[random_below( ARRAYSIZE(on_jobs) )]( job );
}

int stress( int argc, WCHAR **argv )
{
    ULONG count = wcstoul( argv[0], NULL, 10 ), i;

    random_state = wcstoul( argv[1], NULL, 10 );
    url = argv[2];
    if (!(manager = connect_manager())) return 1;
    while (calls_made < count) one_call();
    for (i = 0; i < MAX_JOBS; i++) if (jobs[i].job) end( &jobs[i] );
    IBackgroundCopyManager_Release( manager );
    return 0;
}

/* --- what is left --------------------------------------------------------------------------------------------------- */

/* Cancels every job that killed clients have left. */
static HRESULT clear_queue(void)
{
    IEnumBackgroundCopyJobs *list;
    IBackgroundCopyJob *job;
    ULONG count = 0;
    HRESULT hr;

    if (FAILED(hr = IBackgroundCopyManager_EnumJobs( manager, 0, &list ))) return hr;
    while ((hr = IEnumBackgroundCopyJobs_Next( list, 1, &job, NULL )) == S_OK)
    {
        if (FAILED(hr = IBackgroundCopyJob_Cancel( job ))) break;
        IBackgroundCopyJob_Release( job );
        count++;
    }
    IEnumBackgroundCopyJobs_Release( list );
    if (FAILED(hr)) return hr;
    say( L"cancelled %lu\n", count );
    return S_OK;
}

static HRESULT get_service_pid( DWORD *pid )
{
    SC_HANDLE scm, service = NULL;
    SERVICE_STATUS_PROCESS status;
    HRESULT hr = S_OK;
    DWORD size;

    if ((scm = OpenSCManagerW( NULL, NULL, SC_MANAGER_CONNECT ))) service = OpenServiceW( scm, L"BITS", SERVICE_QUERY_STATUS );
    if (!service || !QueryServiceStatusEx( service, SC_STATUS_PROCESS_INFO, (BYTE *)&status, sizeof(status), &size ))
        hr = HRESULT_FROM_WIN32( GetLastError() );
    else *pid = status.dwProcessId;
    if (service) CloseServiceHandle( service );
    if (scm) CloseServiceHandle( scm );
    return hr;
}

/* How many handles the service has. */
static HRESULT say_handles(void)
{
    SYSTEM_HANDLE_INFORMATION *info = NULL;
    ULONG size = 0x100000, i, count = 0;
    NTSTATUS status;
    DWORD pid = 0;
    HRESULT hr;

    if (FAILED(hr = get_service_pid( &pid ))) return hr;
    if (!(info = malloc( size ))) return E_OUTOFMEMORY;
    status = NtQuerySystemInformation( SystemHandleInformation, info, size, NULL );
    if (!status)
    {
        for (i = 0; i < info->Count; i++) if (info->Handle[i].OwnerPid == pid) count++;
        say( L"handles %lu\n", count );
    }
    free( info );
    return status ? HRESULT_FROM_NT( status ) : S_OK;
}

int stress_rest( int argc, WCHAR **argv )
{
    HRESULT hr;

    if (!(manager = connect_manager())) return 1;
    if (SUCCEEDED(hr = clear_queue())) hr = say_handles();
    IBackgroundCopyManager_Release( manager );
    return FAILED(hr) ? complain( L"what is left", hr ) : 0;
}
