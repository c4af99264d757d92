/*
 * Python's install manager, call by call (spec: clients 2)
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

#define FILE_SIZE 5000000
#define DEADLINE  30000

/* The job is known by its GUID between two runs of the program.  A proxy is looked for when none is configured, before
 * there is a file. */
static GUID begin( const WCHAR *url, const WCHAR *user, const WCHAR *password )
{
    BG_AUTH_CREDENTIALS credentials = { BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC };
    IBackgroundCopyJob2 *job2;
    IBackgroundCopyJob *job;
    HRESULT hr;
    GUID id;

    OK( IBackgroundCopyManager_CreateJob( manager, L"PyManager", BG_JOB_TYPE_DOWNLOAD, &id, &job ), S_OK );
    OK( IBackgroundCopyJob_SetPriority( job, BG_JOB_PRIORITY_FOREGROUND ), S_OK );
    OK( IBackgroundCopyJob_SetProxySettings( job, BG_JOB_PROXY_USAGE_AUTODETECT, NULL, NULL ), S_OK );
    if (user)
    {
        credentials.Credentials.Basic.UserName = (WCHAR *)user;
        credentials.Credentials.Basic.Password = (WCHAR *)password;
        OK( IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJob2, (void **)&job2 ), S_OK );
        OK( IBackgroundCopyJob2_SetCredentials( job2, &credentials ), S_OK );
        IBackgroundCopyJob2_Release( job2 );
    }
    OK( IBackgroundCopyJob_AddFile( job, url, test_path( L"python.nupkg" )), S_OK );
    OK( IBackgroundCopyJob_Resume( job ), S_OK );
    IBackgroundCopyJob_Release( job );
    return id;
}

static IBackgroundCopyJob *find( const GUID *id )
{
    IBackgroundCopyJob *job = NULL;
    HRESULT hr;

    OK( IBackgroundCopyManager_GetJob( manager, id, &job ), S_OK );
    return job;
}

/* It calls Complete as soon as either counter is full, whatever the state: so this must not be before the end.  The
 * state is read after the counters, hence a job that is still TRANSFERRING was so then. */
static BG_JOB_STATE poll( IBackgroundCopyJob *job )
{
    ULONGLONG end = GetTickCount64() + DEADLINE;
    BG_JOB_PROGRESS progress;
    BG_JOB_STATE state;
    HRESULT hr;

    for (;;)
    {
        OK( IBackgroundCopyJob_GetProgress( job, &progress ), S_OK );
        state = get_state( job );
        if (state != BG_JOB_STATE_QUEUED && state != BG_JOB_STATE_CONNECTING && state != BG_JOB_STATE_TRANSFERRING)
            return state;
        ok( progress.FilesTransferred < progress.FilesTotal, "%lu of %lu files in state %u.\n", progress.FilesTransferred,
            progress.FilesTotal, state );
        ok( progress.BytesTransferred < progress.BytesTotal, "%I64u of %I64u bytes in state %u.\n",
            progress.BytesTransferred, progress.BytesTotal, state );
        if (GetTickCount64() > end) return state;
    }
}

static void check_gone( const GUID *id )
{
    IBackgroundCopyJob *job = SENTINEL;
    HRESULT hr;

    OK( IBackgroundCopyManager_GetJob( manager, id, &job ), BG_E_NOT_FOUND );
}

static void test_download( const WCHAR *url, const WCHAR *user, const WCHAR *password )
{
    GUID id = begin( url, user, password );
    IBackgroundCopyJob *job = find( &id );
    BG_JOB_PROGRESS progress;
    BG_JOB_STATE state;
    HRESULT hr;

    state = poll( job );
    ok( state == BG_JOB_STATE_TRANSFERRED, "got state %u.\n", state );
    OK( IBackgroundCopyJob_GetProgress( job, &progress ), S_OK );
    ok( progress.FilesTransferred == 1 && progress.FilesTotal == 1, "got %lu of %lu files.\n", progress.FilesTransferred,
        progress.FilesTotal );
    ok( progress.BytesTransferred == FILE_SIZE && progress.BytesTotal == FILE_SIZE, "got %I64u of %I64u bytes.\n",
        progress.BytesTransferred, progress.BytesTotal );
    OK( IBackgroundCopyJob_Complete( job ), S_OK );
    ok( check_file( test_path( L"python.nupkg" ), FILE_SIZE ), "got another file.\n" );
    DeleteFileW( test_path( L"python.nupkg" ));
    IBackgroundCopyJob_Release( job );
    check_gone( &id );
}

#define check_text( hr, text ) check_text_( __LINE__, hr, text )
static void check_text_( int line, HRESULT hr, WCHAR *text )
{
    ok_( __FILE__, line )( hr == S_OK && text && *text, "got hr %#lx, %s.\n", hr, wine_dbgstr_w( text ));
    if (hr == S_OK) CoTaskMemFree( text );
}

/* To the user it shows both descriptions, and gives up; also when the service would try again. */
static void test_error( const WCHAR *url, BG_JOB_STATE expected_state, HRESULT expected )
{
    DWORD language = LANGIDFROMLCID( GetThreadLocale() );
    GUID id = begin( url, NULL, NULL );
    IBackgroundCopyJob *job = find( &id );
    IBackgroundCopyError *error;
    BG_ERROR_CONTEXT context;
    BG_JOB_STATE state;
    HRESULT hr, code;
    WCHAR *text;

    state = poll( job );
    ok( state == expected_state, "got state %u.\n", state );
    OK( IBackgroundCopyJob_GetError( job, &error ), S_OK );
    if (hr == S_OK)
    {
        code = 0xdeadbeef;
        OK( IBackgroundCopyError_GetError( error, &context, &code ), S_OK );
        ok( code == expected, "got code %#lx, expected %#lx.\n", code, expected );
        text = NULL;
        hr = IBackgroundCopyError_GetErrorDescription( error, language, &text );
        check_text( hr, text );
        text = NULL;
        hr = IBackgroundCopyError_GetErrorContextDescription( error, language, &text );
        check_text( hr, text );
        IBackgroundCopyError_Release( error );
    }
    OK( IBackgroundCopyJob_Cancel( job ), S_OK );
    IBackgroundCopyJob_Release( job );
    check_gone( &id );
}

void func_replay_pymanager(void)
{
    HRESULT hr;
    WCHAR *text;

    if (!setup()) return;
    if (server_start())
    {
        test_download( server_url( "/file/5000000" ), NULL, NULL );
        test_download( server_url( "/basic/5000000" ), L"user", L"password" );
        test_error( server_url( "/basic/5000000" ), BG_JOB_STATE_ERROR, BG_E_HTTP_ERROR_401 );
        test_error( server_url( "/status/503" ), BG_JOB_STATE_TRANSIENT_ERROR, BG_E_HTTP_ERROR_503 );
        test_error( server_url( "/reset/5000000" ), BG_JOB_STATE_TRANSIENT_ERROR, (HRESULT)0x80072efe );
        server_stop();
    }
    /* the one that BITS on Windows has no words for */
    text = NULL;
    hr = IBackgroundCopyManager_GetErrorDescription( manager, (HRESULT)0x80072efe, LANGIDFROMLCID( GetThreadLocale() ), &text );
    check_text( hr, text );
    teardown();
}
