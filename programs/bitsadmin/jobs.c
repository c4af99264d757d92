/*
 * Finding, making and ending jobs
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

#include <stdio.h>
#include "bitsadmin.h"

#define BLOCK 50    /* jobs that are asked for in one call */

HRESULT enum_jobs( IBackgroundCopyManager *manager, BOOL all_users, IBackgroundCopyJob ***jobs, ULONG *count )
{
    IEnumBackgroundCopyJobs *enumerator;
    ULONG total, fetched;
    HRESULT hr;

    *jobs = NULL;
    *count = 0;
    hr = IBackgroundCopyManager_EnumJobs( manager, all_users ? BG_JOB_ENUM_ALL_USERS : 0, &enumerator );
    if (FAILED(hr)) return hr;
    hr = IEnumBackgroundCopyJobs_GetCount( enumerator, &total );
    if (SUCCEEDED(hr) && total) *jobs = must_have( CoTaskMemAlloc( total * sizeof(**jobs) ) );
    while (SUCCEEDED(hr) && *count < total)
    {
        hr = IEnumBackgroundCopyJobs_Next( enumerator, min( BLOCK, total - *count ), *jobs + *count, &fetched );
        if (SUCCEEDED(hr)) *count += fetched;
        if (hr != S_OK) break;
    }
    IEnumBackgroundCopyJobs_Release( enumerator );
    if (FAILED(hr)) free_jobs( *jobs, *count );
    return hr;
}

void free_jobs( IBackgroundCopyJob **jobs, ULONG count )
{
    ULONG i;

    for (i = 0; i < count; i++) IBackgroundCopyJob_Release( jobs[i] );
    CoTaskMemFree( jobs );
}

/* --- by name --- */

static BOOL has_name( IBackgroundCopyJob *job, const WCHAR *name )
{
    WCHAR *text;
    BOOL ret;

    if (FAILED(IBackgroundCopyJob_GetDisplayName( job, &text ))) return FALSE;
    ret = !_wcsicmp( text, name );
    CoTaskMemFree( text );
    return ret;
}

/* Moves the jobs with that name to the front; their number. */
static ULONG select_jobs( IBackgroundCopyJob **jobs, ULONG count, const WCHAR *name )
{
    IBackgroundCopyJob *job;
    ULONG i, found = 0;

    for (i = 0; i < count; i++)
    {
        if (!has_name( jobs[i], name )) continue;
        job = jobs[found];
        jobs[found++] = jobs[i];
        jobs[i] = job;
    }
    return found;
}

static void complain_ambiguous( const WCHAR *name, IBackgroundCopyJob **jobs, ULONG count )
{
    struct text text = { 0 };
    ULONG i;

    for (i = 0; i < count; i++) append_fields( &text, job_properties, jobs[i], L"$id\n" );
    complain( L"Unable to find job - %lu jobs have the name \"%ls\", use the GUID of one:\n%ls", count, name, text.chars );
    free_text( &text );
}

/* A GUID without its braces, which no display name should look like. */
static BOOL lacks_braces( const WCHAR *name )
{
    WCHAR braced[39];
    GUID id;

    if (wcslen( name ) != 36) return FALSE;
    _snwprintf( braced, ARRAYSIZE(braced), L"{%ls}", name );
    return SUCCEEDED(CLSIDFromString( braced, &id ));
}

static int complain_not_found( struct call *call, const WCHAR *name )
{
    if (name[0] == '{') return wrong_argument( call, L"<job>", name, L"the display name of a job, or a GUID in braces" );
    if (lacks_braces( name )) return wrong_argument( call, L"<job>", name, L"in braces if it is a GUID" );
    complain( L"Unable to find job - no job has the name \"%ls\".\n", name );
    return EXIT_FAILED;
}

/* One of the caller's own jobs, or else of all that it may see. */
static int find_job_by_name( struct call *call, const WCHAR *name, IBackgroundCopyJob **job )
{
    IBackgroundCopyJob **jobs;
    BOOL all_users = FALSE;
    ULONG count, found;
    HRESULT hr;

    do
    {
        hr = enum_jobs( call->manager, all_users, &jobs, &count );
        /* whoever is no administrator cannot look at the jobs of others */
        if (hr == E_ACCESSDENIED && all_users) break;
        if (FAILED(hr))
        {
            complain_about( call->manager, L"enum jobs", hr );
            return EXIT_FAILED;
        }
        found = select_jobs( jobs, count, name );
        if (found == 1)
        {
            *job = jobs[0];
            IBackgroundCopyJob_AddRef( *job );
        }
        else if (found) complain_ambiguous( name, jobs, found );
        free_jobs( jobs, count );
        if (found) return found == 1 ? EXIT_DONE : EXIT_FAILED;
        all_users = !all_users;
    }
    while (all_users);
    return complain_not_found( call, name );
}

int find_job( struct call *call, const WCHAR *name, IBackgroundCopyJob **job )
{
    HRESULT hr;
    GUID id;

    if (name[0] != '{' || FAILED(CLSIDFromString( name, &id ))) return find_job_by_name( call, name, job );
    if (SUCCEEDED(hr = IBackgroundCopyManager_GetJob( call->manager, &id, job ))) return EXIT_DONE;
    complain_about( call->manager, L"get job", hr );
    return EXIT_FAILED;
}

/* --- commands --- */

static int create( struct call *call )
{
    static const BG_JOB_TYPE types[] = { BG_JOB_TYPE_DOWNLOAD, BG_JOB_TYPE_UPLOAD, BG_JOB_TYPE_UPLOAD_REPLY };
    IBackgroundCopyJob *job;
    WCHAR id[39] = L"";
    DWORD option = 0;
    HRESULT hr;
    GUID guid;

    if (call->options && (!_BitScanForward( &option, call->options ) || call->options != 1u << option))
        return wrong_argument( call, L"the type", L"/DOWNLOAD /UPLOAD /UPLOAD-REPLY", L"one of these options" );
    hr = IBackgroundCopyManager_CreateJob( call->manager, call->args[0], types[option], &guid, &job );
    if (SUCCEEDED(hr))
    {
        StringFromGUID2( &guid, id, ARRAYSIZE(id) );
        IBackgroundCopyJob_Release( job );
    }
    return finish( call, hr, raw_output ? L"%ls" : L"Created job %ls.\n", id );
}

static int suspend( struct call *call )
{
    return finish( call, IBackgroundCopyJob_Suspend( call->job ), L"Job suspended.\n" );
}

static int resume( struct call *call )
{
    return finish( call, IBackgroundCopyJob_Resume( call->job ), L"Job resumed.\n" );
}

static int cancel( struct call *call )
{
    return finish( call, IBackgroundCopyJob_Cancel( call->job ), L"Job canceled.\n" );
}

static int complete( struct call *call )
{
    HRESULT hr = IBackgroundCopyJob_Complete( call->job );

    return finish( call, hr, hr == BG_S_PARTIAL_COMPLETE ? L"Job completed, but not all files were transferred.\n" : L"Job completed.\n" );
}

static int take_ownership( struct call *call )
{
    return finish( call, IBackgroundCopyJob_TakeOwnership( call->job ), L"Job ownership taken.\n" );
}

static int reset( struct call *call )
{
    IBackgroundCopyJob **jobs;
    struct text text = { 0 };
    ULONG i, count, done = 0;
    HRESULT hr;

    if (FAILED(hr = enum_jobs( call->manager, call->options, &jobs, &count )))
    {
        complain_about( call->manager, L"enum jobs", hr );
        return EXIT_FAILED;
    }
    for (i = 0; i < count; i++)
    {
        append_fields( &text, job_properties, jobs[i], L"$id" );
        if (SUCCEEDED(hr = IBackgroundCopyJob_Cancel( jobs[i] )))
        {
            print( L"%ls canceled.\n", text.chars );
            done++;
        }
        else
        {
            complain( L"%ls: ", text.chars );
            complain_about( call->manager, call->command->action, hr );
        }
        free_text( &text );
    }
    free_jobs( jobs, count );
    print( L"%lu out of %lu jobs canceled.\n", done, count );
    return done == count ? EXIT_DONE : EXIT_FAILED;
}

const struct command job_commands[] =
{
    { L"CREATE", L"[/DOWNLOAD | /UPLOAD | /UPLOAD-REPLY] <name>", 1, 1, 0, create, L"create job",
      L"Creates a job, a download by default." },
    { L"SUSPEND", L"<job>", 1, 1, JOB, suspend, L"suspend job", L"Stops the job for the time being." },
    { L"RESUME", L"<job>", 1, 1, JOB, resume, L"resume job", L"Puts the job in the queue." },
    { L"CANCEL", L"<job>", 1, 1, JOB, cancel, L"cancel job", L"Ends the job and deletes what it has transferred." },
    { L"COMPLETE", L"<job>", 1, 1, JOB, complete, L"complete job", L"Ends the job and keeps what it has transferred." },
    { L"TAKEOWNERSHIP", L"<job>", 1, 1, JOB, take_ownership, L"take ownership", L"Makes the job yours." },
    { L"RESET", L"[/ALLUSERS]", 0, 0, 0, reset, L"cancel job", L"Cancels all your jobs, or those of all users." },
    { L"" }
};
