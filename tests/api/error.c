/*
 * Tests of IBackgroundCopyError
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

static const LANGID english = MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US);

#define check_no_error( job ) check_no_error_( __LINE__, job )
static void check_no_error_( int line, IBackgroundCopyJob *job )
{
    IBackgroundCopyError *error = SENTINEL;
    HRESULT hr;

    hr = IBackgroundCopyJob_GetError( job, &error );
    ok_( __FILE__, line )( hr == BG_E_ERROR_INFORMATION_UNAVAILABLE, "got hr %#lx.\n", hr );
    ok_( __FILE__, line )( !error, "got %p.\n", error );
}

static IBackgroundCopyError *get_error( IBackgroundCopyJob *job )
{
    IBackgroundCopyError *error = NULL;
    HRESULT hr;

    hr = IBackgroundCopyJob_GetError( job, &error );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    return error;
}

/* A job with one file, run until it fails. */
static IBackgroundCopyJob *failed_job( const WCHAR *remote, BG_JOB_STATE state )
{
    IBackgroundCopyJob *job = create_job( L"error" );

    add_file( job, remote, test_path( L"error" ) );
    resume_job( job );
    wait_state( job, state );
    return job;
}

#define check_protocol( error, protocol ) check_protocol_( __LINE__, error, protocol )
static void check_protocol_( int line, IBackgroundCopyError *error, const WCHAR *expected )
{
    WCHAR *protocol = SENTINEL;
    HRESULT hr;

    hr = IBackgroundCopyError_GetProtocol( error, &protocol );
    ok_( __FILE__, line )( hr == (expected ? S_OK : BG_E_PROTOCOL_NOT_AVAILABLE), "got hr %#lx.\n", hr );
    if (expected) ok_( __FILE__, line )( !lstrcmpW( protocol, expected ), "got %s.\n", wine_dbgstr_w( protocol ) );
    else ok_( __FILE__, line )( !protocol, "got %s.\n", wine_dbgstr_w( protocol ) );
    CoTaskMemFree( protocol );
}

static void check_descriptions( IBackgroundCopyError *error )
{
    WCHAR *text;
    HRESULT hr;

    /* spec: api 5.10.3 */
    text = SENTINEL;
    hr = IBackgroundCopyError_GetErrorDescription( error, english, &text );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( text && text[0], "got %s.\n", wine_dbgstr_w( text ) );
    CoTaskMemFree( text );
    text = SENTINEL;
    hr = IBackgroundCopyError_GetErrorDescription( error, 0, &text );
    ok( hr == E_INVALIDARG, "got hr %#lx.\n", hr );
    ok( !text, "got %s.\n", wine_dbgstr_w( text ) );
    text = SENTINEL;
    hr = IBackgroundCopyError_GetErrorDescription( error, MAKELANGID(LANG_MALTESE, SUBLANG_DEFAULT), &text );
    ok( hr == HRESULT_FROM_WIN32(ERROR_RESOURCE_LANG_NOT_FOUND), "got hr %#lx.\n", hr );
    ok( !text, "got %s.\n", wine_dbgstr_w( text ) );
    hr = IBackgroundCopyError_GetErrorDescription( error, english, NULL );
    ok( hr == NULL_REF_POINTER, "got hr %#lx.\n", hr );

    /* spec: api 5.10.4 */
    text = SENTINEL;
    hr = IBackgroundCopyError_GetErrorContextDescription( error, english, &text );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( text && text[0], "got %s.\n", wine_dbgstr_w( text ) );
    CoTaskMemFree( text );
    text = SENTINEL;
    hr = IBackgroundCopyError_GetErrorContextDescription( error, 0, &text );
    ok( hr == E_INVALIDARG, "got hr %#lx.\n", hr );
    ok( !text, "got %s.\n", wine_dbgstr_w( text ) );
    text = SENTINEL;
    hr = IBackgroundCopyError_GetErrorContextDescription( error, MAKELANGID(LANG_MALTESE, SUBLANG_DEFAULT), &text );
    ok( hr == HRESULT_FROM_WIN32(ERROR_RESOURCE_LANG_NOT_FOUND), "got hr %#lx.\n", hr );
    ok( !text, "got %s.\n", wine_dbgstr_w( text ) );
    hr = IBackgroundCopyError_GetErrorContextDescription( error, english, NULL );
    ok( hr == NULL_REF_POINTER, "got hr %#lx.\n", hr );
}

static void test_http(void)
{
    IBackgroundCopyJob *job = failed_job( server_url( "/status/404" ), BG_JOB_STATE_ERROR );
    IBackgroundCopyError *error = get_error( job );
    BG_ERROR_CONTEXT context;
    IBackgroundCopyFile *file;
    HRESULT hr, code;
    IUnknown *unk;
    WCHAR *text;
    ULONG count;

    hr = IBackgroundCopyError_QueryInterface( error, &IID_IUnknown, (void **)&unk );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    IUnknown_Release( unk );
    unk = SENTINEL;
    hr = IBackgroundCopyError_QueryInterface( error, &IID_IBackgroundCopyJob, (void **)&unk );
    ok( hr == E_NOINTERFACE, "got hr %#lx.\n", hr );
    ok( !unk, "got %p.\n", unk );

    /* spec: api 5.10.1 */
    hr = IBackgroundCopyError_GetError( error, NULL, &code );
    ok( hr == NULL_REF_POINTER, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyError_GetError( error, &context, NULL );
    ok( hr == NULL_REF_POINTER, "got hr %#lx.\n", hr );
    check_error( job, BG_ERROR_CONTEXT_REMOTE_FILE, BG_E_HTTP_ERROR_404 );

    /* spec: api 5.10.2 */
    hr = IBackgroundCopyError_GetFile( error, NULL );
    ok( hr == NULL_REF_POINTER, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyError_GetFile( error, &file );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyFile_GetRemoteName( file, &text );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( !lstrcmpW( text, server_url( "/status/404" ) ), "got %s.\n", wine_dbgstr_w( text ) );
    CoTaskMemFree( text );
    IBackgroundCopyFile_Release( file );

    /* spec: api 5.10.5 */
    hr = IBackgroundCopyError_GetProtocol( error, NULL );
    ok( hr == NULL_REF_POINTER, "got hr %#lx.\n", hr );
    check_protocol( error, L"http" );
    check_descriptions( error );

    /* spec: api 5.2.29: the job was only connecting */
    hr = IBackgroundCopyJob_GetErrorCount( job, &count );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( !count, "got %lu.\n", count );

    /* the object is a snapshot, the job's error ends with the job; spec: behaviour 1.5 */
    hr = IBackgroundCopyJob_Cancel( job );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    check_no_error( job );
    hr = IBackgroundCopyError_GetError( error, &context, &code );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( code == BG_E_HTTP_ERROR_404, "got code %#lx.\n", code );
    IBackgroundCopyError_Release( error );
    IBackgroundCopyJob_Release( job );
}

static void test_second_file(void)
{
    IBackgroundCopyJob *job = create_job( L"error" );
    IBackgroundCopyError *error;
    IBackgroundCopyFile *file;
    WCHAR *text;
    HRESULT hr;

    /* spec: behaviour 1.5: one failing file stops the job */
    add_file( job, server_url( "/file/10" ), test_path( L"1" ) );
    add_file( job, server_url( "/status/403" ), test_path( L"2" ) );
    add_file( job, server_url( "/file/10" ), test_path( L"3" ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_ERROR );
    error = get_error( job );
    hr = IBackgroundCopyError_GetFile( error, &file );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyFile_GetLocalName( file, &text );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( !lstrcmpW( text, test_path( L"2" ) ), "got %s.\n", wine_dbgstr_w( text ) );
    CoTaskMemFree( text );
    IBackgroundCopyFile_Release( file );
    IBackgroundCopyError_Release( error );
    cleanup_job( job );
}

static void test_path_source(void)
{
    IBackgroundCopyJob *job = failed_job( test_path( L"missing" ), BG_JOB_STATE_ERROR );
    IBackgroundCopyError *error = get_error( job );
    HRESULT hr;

    /* spec: behaviour 3.3 */
    check_error( job, BG_ERROR_CONTEXT_REMOTE_FILE, HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND) );
    check_protocol( error, L"file" );
    check_descriptions( error );
    IBackgroundCopyError_Release( error );

    /* and the way out: spec: behaviour 1.3 */
    create_file( test_path( L"missing" ), 100 );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    check_no_error( job );
    hr = IBackgroundCopyJob_Complete( job );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( check_file( test_path( L"error" ), 100 ), "got another file.\n" );
    IBackgroundCopyJob_Release( job );
}

/* Nobody listens: a port that was just given back. */
static void test_transient(void)
{
    struct sockaddr_in address = { AF_INET };
    int size = sizeof(address);
    IBackgroundCopyError *error;
    IBackgroundCopyJob *job;
    WCHAR url[64];
    ULONG count;
    HRESULT hr;
    SOCKET s;

    s = socket( AF_INET, SOCK_STREAM, IPPROTO_TCP );
    address.sin_addr.s_addr = htonl( INADDR_LOOPBACK );
    ok( !bind( s, (struct sockaddr *)&address, sizeof(address) ), "got error %d.\n", WSAGetLastError() );
    ok( !getsockname( s, (struct sockaddr *)&address, &size ), "got error %d.\n", WSAGetLastError() );
    swprintf( url, ARRAY_SIZE(url), L"http://127.0.0.1:%u/file", ntohs( address.sin_port ) );

    /* the socket is bound and does not listen: refused */
    job = failed_job( url, BG_JOB_STATE_TRANSIENT_ERROR );
    check_error( job, BG_ERROR_CONTEXT_REMOTE_FILE, 0x80072efd );
    error = get_error( job );
    check_protocol( error, L"http" );
    check_descriptions( error );
    IBackgroundCopyError_Release( error );
    hr = IBackgroundCopyJob_GetErrorCount( job, &count );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( !count, "got %lu.\n", count );

    /* a failed retry counts; spec: behaviour 1.5 */
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSIENT_ERROR );
    hr = IBackgroundCopyJob_GetErrorCount( job, &count );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( count == 1, "got %lu.\n", count );

    /* spec: behaviour 1.3 */
    hr = IBackgroundCopyJob_Suspend( job );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( get_state( job ) == BG_JOB_STATE_SUSPENDED, "got state %u.\n", get_state( job ) );
    cleanup_job( job );
    closesocket( s );
}

static void test_no_error(void)
{
    IBackgroundCopyJob *job = create_job( L"error" );
    HRESULT hr;

    /* spec: api 5.2.13: a method that fails makes no error */
    check_no_error( job );
    hr = IBackgroundCopyJob_Resume( job );
    ok( hr == BG_E_EMPTY, "got hr %#lx.\n", hr );
    check_no_error( job );
    hr = IBackgroundCopyJob_AddFile( job, L"nothing", L"nothing" );
    ok( hr == E_INVALIDARG, "got hr %#lx.\n", hr );
    check_no_error( job );
    cleanup_job( job );
}

/* An error that no file and no protocol is to blame for. */
static void test_no_file(void)
{
    IBackgroundCopyFile *file = SENTINEL;
    IBackgroundCopyError *error;
    IBitsTokenOptions *options;
    IBackgroundCopyJob *job;
    HRESULT hr;

    job = create_job( L"error" );
    add_file( job, server_url( "/file/10" ), test_path( L"error" ) );
    hr = IBackgroundCopyJob_QueryInterface( job, &IID_IBitsTokenOptions, (void **)&options );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBitsTokenOptions_SetHelperTokenFlags( options, BG_TOKEN_NETWORK );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    IBitsTokenOptions_Release( options );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_ERROR );

    error = get_error( job );
    hr = IBackgroundCopyError_GetFile( error, &file );
    ok( hr == BG_E_FILE_NOT_AVAILABLE, "got hr %#lx.\n", hr );
    ok( !file, "got %p.\n", file );
    check_protocol( error, NULL );
    check_descriptions( error );
    IBackgroundCopyError_Release( error );
    cleanup_job( job );
}

START_TEST(error)
{
    if (!setup()) return;
    test_no_error();
    if (server_start())
    {
        test_http();
        test_second_file();
        test_path_source();
        test_transient();
        test_no_file();
        server_stop();
    }
    teardown();
}
