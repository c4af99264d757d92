/*
 * Omaha (Google Update, and the updaters that descend from it), call by call (spec: clients 2)
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

#define FILE_SIZE 1013

struct settings
{
    BG_JOB_PRIORITY priority;
    ULONG retry_delay, no_progress;     /* 0: not set */
    BG_JOB_PROXY_USAGE usage;
    const WCHAR *proxy;
};

static IBackgroundCopyJob *new_job( const WCHAR *name, const WCHAR *url, const struct settings *settings )
{
    BG_JOB_STATE state = 0xdeadbeef;
    IBackgroundCopyJob *job = NULL;
    HRESULT hr;
    GUID id;

    /* the job has the name of its file */
    OK( IBackgroundCopyManager_CreateJob( manager, name, BG_JOB_TYPE_DOWNLOAD, &id, &job ), S_OK );
    OK( IBackgroundCopyJob_AddFile( job, url, test_path( name )), S_OK );
    OK( IBackgroundCopyJob_SetDescription( job, L"Google Update Service" ), S_OK );
    OK( IBackgroundCopyJob_SetPriority( job, settings->priority ), S_OK );
    if (settings->retry_delay)
    {
        OK( IBackgroundCopyJob_SetMinimumRetryDelay( job, settings->retry_delay ), S_OK );
    }
    if (settings->no_progress)
    {
        OK( IBackgroundCopyJob_SetNoProgressTimeout( job, settings->no_progress ), S_OK );
    }
    OK( IBackgroundCopyJob_SetProxySettings( job, settings->usage, settings->proxy, NULL ), S_OK );
    OK( IBackgroundCopyJob_GetState( job, &state ), S_OK );
    ok( state == BG_JOB_STATE_SUSPENDED, "got state %u.\n", state );
    return job;
}

/* By name alone. */
static IBackgroundCopyJob *find( const WCHAR *name )
{
    IBackgroundCopyJob *job = NULL;
    IEnumBackgroundCopyJobs *jobs;
    WCHAR *display_name = NULL;
    BOOL found = FALSE;
    HRESULT hr;

    OK( IBackgroundCopyManager_EnumJobs( manager, 0, &jobs ), S_OK );
    while (!found && (hr = IEnumBackgroundCopyJobs_Next( jobs, 1, &job, NULL )) == S_OK)
    {
        OK( IBackgroundCopyJob_GetDisplayName( job, &display_name ), S_OK );
        found = !lstrcmpW( display_name, name );
        CoTaskMemFree( display_name );
        if (!found) IBackgroundCopyJob_Release( job );
    }
    ok( found || hr == S_FALSE, "got hr %#lx.\n", hr );
    IEnumBackgroundCopyJobs_Release( jobs );
    return found ? job : NULL;
}

/* What it does every second, without the pauses, until it has a result; TRANSIENT_ERROR is none. */
static BG_JOB_STATE poll( IBackgroundCopyJob *job, UINT *transient )
{
    ULONGLONG end = GetTickCount64() + 30000;
    BG_JOB_PROGRESS progress, last = { 0 };
    BG_JOB_STATE state;
    HRESULT hr;

    *transient = 0;
    for (;;)
    {
        state = get_state( job );
        /* it asserts this: Resume has queued the job before it returned */
        ok( state != BG_JOB_STATE_SUSPENDED, "a resumed job is suspended.\n" );
        if (state == BG_JOB_STATE_TRANSFERRED || state == BG_JOB_STATE_ERROR || GetTickCount64() > end) return state;
        if (state == BG_JOB_STATE_TRANSIENT_ERROR) ++*transient;
        OK( IBackgroundCopyJob_GetProgress( job, &progress ), S_OK );
        ok( progress.BytesTransferred >= last.BytesTransferred, "%I64u bytes after %I64u.\n",
            progress.BytesTransferred, last.BytesTransferred );
        last = progress;
        short_wait();
    }
}

#define resume_and_poll( job, expected ) resume_and_poll_( __LINE__, job, expected )
static UINT resume_and_poll_( int line, IBackgroundCopyJob *job, BG_JOB_STATE expected )
{
    BG_JOB_STATE state;
    UINT transient;

    resume_job_( line, job );
    state = poll( job, &transient );
    ok_( __FILE__, line )( state == expected, "got state %u, expected %u.\n", state, expected );
    return transient;
}

/* Files that could not be deleted do not trouble it, but there are none. */
static void complete( IBackgroundCopyJob *job, const WCHAR *name )
{
    HRESULT hr;

    OK( IBackgroundCopyJob_Complete( job ), S_OK );
    ok( check_file( test_path( name ), FILE_SIZE ), "%s: got another file.\n", wine_dbgstr_w( name ));
    DeleteFileW( test_path( name ));
    IBackgroundCopyJob_Release( job );
}

/* It tries one kind of proxy after the other on the same job. */
static void test_proxies(void)
{
    static const struct settings settings = { BG_JOB_PRIORITY_FOREGROUND, 0, 0, BG_JOB_PROXY_USAGE_NO_PROXY };
    IBackgroundCopyJob *job = new_job( L"proxies", server_url( "/file/1013" ), &settings ), *found;
    HRESULT hr;

    OK( IBackgroundCopyJob_SetProxySettings( job, BG_JOB_PROXY_USAGE_AUTODETECT, NULL, NULL ), S_OK );
    OK( IBackgroundCopyJob_SetProxySettings( job, BG_JOB_PROXY_USAGE_OVERRIDE, server_proxy(), NULL ), S_OK );
    resume_and_poll( job, BG_JOB_STATE_TRANSFERRED );
    ok( server_count( "GET http://", NULL ) == 1, "the proxy was not asked.\n" );

    found = find( L"proxies" );
    ok( found != NULL, "the job was not found.\n" );
    IBackgroundCopyJob_Release( job );
    if (found) complete( found, L"proxies" );
    ok( !find( L"proxies" ), "a completed job is listed.\n" );
}

static HRESULT set_proxy_credentials( IBackgroundCopyJob *job, BG_AUTH_SCHEME scheme, const WCHAR *user,
                                      const WCHAR *password )
{
    BG_AUTH_CREDENTIALS credentials = { BG_AUTH_TARGET_PROXY, scheme };
    IBackgroundCopyJob2 *job2;
    HRESULT hr;

    OK( IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJob2, (void **)&job2 ), S_OK );
    credentials.Credentials.Basic.UserName = (WCHAR *)user;
    credentials.Credentials.Basic.Password = (WCHAR *)password;
    hr = IBackgroundCopyJob2_SetCredentials( job2, &credentials );
    IBackgroundCopyJob2_Release( job2 );
    return hr;
}

/* A proxy wants to know who asks: implicit credentials first, then those that the user types in.  The same job is
 * resumed each time. */
static void test_proxy_credentials(void)
{
    static const BG_AUTH_SCHEME implicit[] = { BG_AUTH_SCHEME_NEGOTIATE, BG_AUTH_SCHEME_NTLM };
    static const BG_AUTH_SCHEME explicit[] = { BG_AUTH_SCHEME_DIGEST, BG_AUTH_SCHEME_NTLM, BG_AUTH_SCHEME_NEGOTIATE };
    struct settings settings = { BG_JOB_PRIORITY_FOREGROUND, 0, 0, BG_JOB_PROXY_USAGE_OVERRIDE, server_proxy() };
    IBackgroundCopyJob *job = new_job( L"login", L"http://digest.invalid/file/1013", &settings );
    HRESULT hr;
    UINT i;

    resume_and_poll( job, BG_JOB_STATE_ERROR );
    check_error( job, BG_ERROR_CONTEXT_REMOTE_FILE, BG_E_HTTP_ERROR_407 );
    for (i = 0; i < ARRAY_SIZE(implicit); i++)
    {
        OK( set_proxy_credentials( job, implicit[i], NULL, NULL ), S_OK );
        resume_and_poll( job, BG_JOB_STATE_ERROR );
        check_error( job, BG_ERROR_CONTEXT_REMOTE_FILE, BG_E_HTTP_ERROR_407 );
    }
    for (i = 0; i < ARRAY_SIZE(explicit); i++)
    {
        OK( set_proxy_credentials( job, explicit[i], L"user", L"password" ), S_OK );
    }
    resume_and_poll( job, BG_JOB_STATE_TRANSFERRED );
    complete( job, L"login" );
}

/* A server that is not ready is waited for. */
static void test_transient(void)
{
    static const struct settings settings = { BG_JOB_PRIORITY_NORMAL, 5, 600, BG_JOB_PROXY_USAGE_NO_PROXY };
    IBackgroundCopyJob *job = new_job( L"unready", server_url( "/unready/1013" ), &settings );
    UINT transient;

    transient = resume_and_poll( job, BG_JOB_STATE_TRANSFERRED );
    ok( transient, "there was no transient error.\n" );
    complete( job, L"unready" );
}

static void test_error(void)
{
    static const struct settings settings = { BG_JOB_PRIORITY_NORMAL, 0, 0, BG_JOB_PROXY_USAGE_AUTODETECT };
    IBackgroundCopyJob *job = new_job( L"missing", server_url( "/status/404" ), &settings );
    HRESULT hr;

    resume_and_poll( job, BG_JOB_STATE_ERROR );
    check_error( job, BG_ERROR_CONTEXT_REMOTE_FILE, BG_E_HTTP_ERROR_404 );
    OK( IBackgroundCopyJob_Cancel( job ), S_OK );
    IBackgroundCopyJob_Release( job );
    ok( !find( L"missing" ), "a cancelled job is listed.\n" );
}

/* It has met proxies whose DLL had gone. */
static void test_proxy_lifetime(void)
{
    static const struct settings settings = { BG_JOB_PRIORITY_NORMAL, 0, 0, BG_JOB_PROXY_USAGE_NO_PROXY };
    IBackgroundCopyJob *job = new_job( L"lifetime", server_url( "/file/1013" ), &settings );
    BG_JOB_STATE state = 0xdeadbeef;
    HRESULT hr;

    CoFreeUnusedLibrariesEx( 0, 0 );
    CoFreeUnusedLibrariesEx( 0, 0 );    /* the second one frees what the first has marked */
    OK( IBackgroundCopyJob_GetState( job, &state ), S_OK );
    ok( state == BG_JOB_STATE_SUSPENDED, "got state %u.\n", state );
    cleanup_job( job );
    /* and the next pointer brings it back, if it has gone meanwhile */
    CoFreeUnusedLibrariesEx( 0, 0 );
    CoFreeUnusedLibrariesEx( 0, 0 );
    job = new_job( L"lifetime", server_url( "/file/1013" ), &settings );
    cleanup_job( job );
}

void func_replay_omaha(void)
{
    if (!setup()) return;
    if (server_start())
    {
        test_proxies();
        test_proxy_credentials();
        test_transient();
        test_error();
        test_proxy_lifetime();
        server_stop();
    }
    teardown();
}
