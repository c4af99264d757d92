/*
 * What a long queue costs
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
/* Each line of standard input is a step.  Its answer is the milliseconds that it took, or the end of the program after
 * a complaint.
 *
 *      start               the first step: starts the service and makes a first call, which gets a list of all jobs
 *      enum COUNT          EnumJobs and GetCount, which is to be COUNT
 *      take COUNT BLOCK    what EnumJobs gave, BLOCK jobs for each call of Next, and lets go of them
 *      create COUNT N      makes that many jobs, in N threads at once
 *      object COUNT N      gets that many enumerators of a job without files, likewise: what COM takes to hand out an
 *                          object that costs the service nothing
 *      fill COUNT          the same, with a description and a file each, for a start */

#include <stdio.h>
#include <stdlib.h>
#include "client.h"
#include <winsvc.h>

#define MAX_THREADS 16
#define MAX_BLOCK   4096
#define DEADLINE_MS 60000

static IBackgroundCopyManager *manager;
static IEnumBackgroundCopyJobs *list;

/* --- start --------------------------------------------------------------------------------------------------------- */

static HRESULT start_service(void)
{
    DWORD started = GetTickCount();
    SC_HANDLE manager, service = NULL;
    SERVICE_STATUS status;
    HRESULT hr = S_OK;

    if ((manager = OpenSCManagerW( NULL, NULL, SC_MANAGER_CONNECT )))
        service = OpenServiceW( manager, L"BITS", SERVICE_START | SERVICE_QUERY_STATUS );
    if (!service) hr = HRESULT_FROM_WIN32( GetLastError() );
    while (SUCCEEDED(hr) && !StartServiceW( service, 0, NULL ))
    {
        /* at the session's beginning others are being started */
        if (GetLastError() != ERROR_SERVICE_DATABASE_LOCKED || GetTickCount() - started > DEADLINE_MS)
            hr = HRESULT_FROM_WIN32( GetLastError() );
        else Sleep( 1 );
    }
    while (SUCCEEDED(hr))
    {
        if (!QueryServiceStatus( service, &status )) hr = HRESULT_FROM_WIN32( GetLastError() );
        else if (status.dwCurrentState == SERVICE_RUNNING) break;
        else if (status.dwCurrentState != SERVICE_START_PENDING) hr = E_FAIL;
        else if (GetTickCount() - started > DEADLINE_MS) hr = HRESULT_FROM_WIN32( ERROR_TIMEOUT );
        else Sleep( 1 );
    }
    if (service) CloseServiceHandle( service );
    if (manager) CloseServiceHandle( manager );
    return hr;
}

static HRESULT enum_jobs(void)
{
    if (list) IEnumBackgroundCopyJobs_Release( list );
    list = NULL;
    return IBackgroundCopyManager_EnumJobs( manager, 0, &list );
}

static HRESULT do_start( ULONG *args )
{
    HRESULT hr;

    if (FAILED(hr = start_service())) return hr;
    return (manager = connect_any_manager()) ? enum_jobs() : E_FAIL;
}

/* --- enumerating --------------------------------------------------------------------------------------------------- */

static HRESULT do_enum( ULONG *args )
{
    ULONG count;
    HRESULT hr;

    if (FAILED(hr = enum_jobs()) || FAILED(hr = IEnumBackgroundCopyJobs_GetCount( list, &count ))) return hr;
    if (count == args[0]) return S_OK;
    say( L"%lu jobs\n", count );
    return E_FAIL;
}

static HRESULT do_take( ULONG *args )
{
    static IBackgroundCopyJob *jobs[MAX_BLOCK];
    ULONG block = min( args[1], MAX_BLOCK ), total = 0, got, i;
    HRESULT hr;

    if (FAILED(hr = IEnumBackgroundCopyJobs_Reset( list ))) return hr;
    do
    {
        if (FAILED(hr = IEnumBackgroundCopyJobs_Next( list, block, jobs, &got ))) return hr;
        for (i = 0; i < got; i++) IBackgroundCopyJob_Release( jobs[i] );
        total += got;
    }
    while (hr == S_OK);
    return total == args[0] ? S_OK : E_FAIL;
}

/* --- creating ------------------------------------------------------------------------------------------------------ */

static HRESULT describe_job( IBackgroundCopyJob *job )
{
    HRESULT hr;

    if (FAILED(hr = IBackgroundCopyJob_SetDescription( job, L"One of very many jobs that wait for their turn" ))) return hr;
    return IBackgroundCopyJob_AddFile( job, L"http://127.0.0.1/some/directory/some.file",
                                       L"C:\\windows\\temp\\some.file" );
}

static HRESULT create_jobs( ULONG count, BOOL describe )
{
    IBackgroundCopyJob *job;
    HRESULT hr = S_OK;
    GUID id;

    while (count-- && SUCCEEDED(hr))
    {
        hr = IBackgroundCopyManager_CreateJob( manager, L"winebits bench", BG_JOB_TYPE_DOWNLOAD, &id, &job );
        if (FAILED(hr)) break;
        if (describe) hr = describe_job( job );
        IBackgroundCopyJob_Release( job );
    }
    return hr;
}

static HRESULT do_fill( ULONG *args )
{
    return create_jobs( args[0], TRUE );
}

static HRESULT create_objects( ULONG count )
{
    IEnumBackgroundCopyFiles *files;
    IBackgroundCopyJob *job;
    HRESULT hr;
    GUID id;

    hr = IBackgroundCopyManager_CreateJob( manager, L"winebits bench", BG_JOB_TYPE_DOWNLOAD, &id, &job );
    if (FAILED(hr)) return hr;
    while (count-- && SUCCEEDED(hr = IBackgroundCopyJob_EnumFiles( job, &files ))) IEnumBackgroundCopyFiles_Release( files );
    IBackgroundCopyJob_Cancel( job );
    IBackgroundCopyJob_Release( job );
    return hr;
}

struct share
{
    ULONG count;
    BOOL jobs;          /* or objects */
};

static DWORD CALLBACK create_proc( void *context )
{
    const struct share *share = context;
    HRESULT hr = CoInitializeEx( NULL, COINIT_MULTITHREADED );

    if (FAILED(hr)) return hr;
    hr = share->jobs ? create_jobs( share->count, FALSE ) : create_objects( share->count );
    CoUninitialize();
    return hr;
}

static HRESULT create_in_threads( ULONG count, ULONG thread_count, BOOL jobs )
{
    HANDLE threads[MAX_THREADS];
    struct share share;
    HRESULT hr = S_OK;
    DWORD code;
    ULONG i;

    if (!thread_count || thread_count > MAX_THREADS) return E_INVALIDARG;
    share.count = count / thread_count;
    share.jobs = jobs;
    for (i = 0; i < thread_count; i++)
        if (!(threads[i] = CreateThread( NULL, 0, create_proc, &share, 0, NULL ))) ExitProcess( 1 );
    for (i = 0; i < thread_count; i++)
    {
        WaitForSingleObject( threads[i], INFINITE );
        GetExitCodeThread( threads[i], &code );
        CloseHandle( threads[i] );
        if (FAILED(code)) hr = code;
    }
    return hr;
}

static HRESULT do_create( ULONG *args )
{
    return create_in_threads( args[0], args[1], TRUE );
}

static HRESULT do_object( ULONG *args )
{
    return create_in_threads( args[0], args[1], FALSE );
}

/* --- the steps ----------------------------------------------------------------------------------------------------- */

static const struct step
{
    const char *name;
    int args;
    HRESULT (*run)( ULONG *args );
}
steps[] =
{
    { "start",  0, do_start },
    { "enum",   1, do_enum },
    { "take",   2, do_take },
    { "create", 2, do_create },
    { "object", 2, do_object },
    { "fill",   1, do_fill },
};

static HRESULT run_step( const char *line )
{
    LARGE_INTEGER start, end, frequency;
    ULONG args[2] = { 0 };
    char name[16];
    HRESULT hr;
    int count;
    UINT i;

    count = sscanf( line, "%15s %lu %lu", name, &args[0], &args[1] );
    for (i = 0; i < ARRAYSIZE(steps); i++)
    {
        if (count != steps[i].args + 1 || strcmp( name, steps[i].name )) continue;
        QueryPerformanceFrequency( &frequency );
        QueryPerformanceCounter( &start );
        hr = steps[i].run( args );
        QueryPerformanceCounter( &end );
        if (SUCCEEDED(hr)) say( L"%.1f\n", (end.QuadPart - start.QuadPart) * 1000.0 / frequency.QuadPart );
        return hr;
    }
    return E_INVALIDARG;
}

int queue_steps( int argc, WCHAR **argv )
{
    char line[64];
    HRESULT hr = S_OK;

    while (SUCCEEDED(hr) && fgets( line, sizeof(line), stdin )) hr = run_step( line );
    if (list) IEnumBackgroundCopyJobs_Release( list );
    if (manager) IBackgroundCopyManager_Release( manager );
    return FAILED(hr) ? complain( L"a step failed", hr ) : 0;
}
