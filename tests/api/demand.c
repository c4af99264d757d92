/*
 * On-demand mode (spec: behaviour 4.10, api 5.9.13 - 5.9.15, 5.12.5)
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

#include "listener.h"

#define OK(call, expected) hr = call; ok( hr == (expected), "%s: got hr %#lx.\n", #call, hr )

#define TO_EOF BG_LENGTH_TO_EOF

static void set_flag( IBackgroundCopyJob *job, BITS_JOB_PROPERTY_ID id )
{
    BITS_JOB_PROPERTY_VALUE value;
    IBackgroundCopyJob5 *job5;
    HRESULT hr;

    OK( IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJob5, (void **)&job5 ), S_OK );
    memset( &value, 0, sizeof(value) );
    value.Enable = TRUE;
    OK( IBackgroundCopyJob5_SetProperty( job5, id, value ), S_OK );
    IBackgroundCopyJob5_Release( job5 );
}

static IBackgroundCopyFile6 *first_file6( IBackgroundCopyJob *job )
{
    IBackgroundCopyFile *file = first_file( job );
    IBackgroundCopyFile6 *file6 = NULL;
    HRESULT hr;

    OK( IBackgroundCopyFile_QueryInterface( file, &IID_IBackgroundCopyFile6, (void **)&file6 ), S_OK );
    IBackgroundCopyFile_Release( file );
    return file6;
}

/* An on-demand job with this file. */
static IBackgroundCopyJob *demand_job( const char *path, const WCHAR *local, IBackgroundCopyFile6 **file )
{
    IBackgroundCopyJob *job = create_job( L"demand" );

    set_flag( job, BITS_JOB_PROPERTY_ON_DEMAND_MODE );
    add_file( job, server_url( path ), test_path( local ) );
    *file = first_file6( job );
    return job;
}

static HRESULT request( IBackgroundCopyFile6 *file, UINT64 offset, UINT64 length )
{
    BG_FILE_RANGE range = { offset, length };

    return IBackgroundCopyFile6_RequestFileRanges( file, 1, &range );
}

#define check_filled( file, ranges, count ) check_filled_( __LINE__, file, ranges, count )
static void check_filled_( int line, IBackgroundCopyFile6 *file, const BG_FILE_RANGE *expected, DWORD expected_count )
{
    BG_FILE_RANGE *ranges = SENTINEL;
    DWORD count = 0xdeadbeef, i;
    HRESULT hr;

    hr = IBackgroundCopyFile6_GetFilledFileRanges( file, &count, &ranges );
    ok_( __FILE__, line )( hr == S_OK, "got hr %#lx.\n", hr );
    ok_( __FILE__, line )( count == expected_count, "got %lu ranges.\n", count );
    for (i = 0; i < min( count, expected_count ); i++)
        ok_( __FILE__, line )( ranges[i].InitialOffset == expected[i].InitialOffset &&
                               ranges[i].Length == expected[i].Length, "%lu: got %I64u:%I64u.\n", i,
                               ranges[i].InitialOffset, ranges[i].Length );
    if (SUCCEEDED(hr)) CoTaskMemFree( ranges );
}

/* Whether the temporary file has these bytes of the pattern. */
#define check_temporary( file, range ) check_temporary_( __LINE__, file, range )
static void check_temporary_( int line, IBackgroundCopyFile6 *file, const BG_FILE_RANGE *range )
{
    LARGE_INTEGER position;
    WCHAR *name = NULL;
    char data[1024];
    HANDLE handle;
    DWORD read, i;
    HRESULT hr;

    hr = IBackgroundCopyFile6_GetTemporaryName( file, &name );
    ok_( __FILE__, line )( hr == S_OK, "got hr %#lx.\n", hr );
    handle = CreateFileW( name, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                          OPEN_EXISTING, 0, NULL );
    ok_( __FILE__, line )( handle != INVALID_HANDLE_VALUE, "got error %lu.\n", GetLastError() );
    position.QuadPart = range->InitialOffset;
    SetFilePointerEx( handle, position, NULL, FILE_BEGIN );
    ok_( __FILE__, line )( ReadFile( handle, data, range->Length, &read, NULL ) && read == range->Length,
                           "got error %lu.\n", GetLastError() );
    for (i = 0; i < read && data[i] == file_pattern( range->InitialOffset + i ); i++) ;
    ok_( __FILE__, line )( i == read, "byte %lu is another one.\n", i );
    CloseHandle( handle );
    CoTaskMemFree( name );
}

/* Completes the job, which gets this file of the pattern, and releases both. */
#define finish_job( job, file, local, size ) finish_job_( __LINE__, job, file, local, size )
static void finish_job_( int line, IBackgroundCopyJob *job, IBackgroundCopyFile6 *file, const WCHAR *local, UINT64 size )
{
    HRESULT hr;

    hr = IBackgroundCopyJob_Complete( job );
    ok_( __FILE__, line )( hr == S_OK, "got hr %#lx.\n", hr );
    ok_( __FILE__, line )( check_file( test_path( local ), size ), "got another file.\n" );
    IBackgroundCopyFile6_Release( file );
    IBackgroundCopyJob_Release( job );
}

static UINT fetched( const char *path, const char *range )
{
    char start[64], line[64];

    sprintf( start, "GET %s ", path );
    sprintf( line, "\r\nRange: bytes=%s\r\n", range );
    return server_count( start, line );
}

/* --- the rules ---------------------------------------------------------------------------------------------------- */

#define check_no_random_access( job ) check_no_random_access_( __LINE__, job )
static void check_no_random_access_( int line, IBackgroundCopyJob *job )
{
    IBackgroundCopyFile6 *file = first_file6( job );
    BG_FILE_RANGE *ranges = SENTINEL;
    DWORD count = 0xdeadbeef;
    HRESULT hr;

    hr = IBackgroundCopyFile6_UpdateDownloadPosition( file, 0 );
    ok_( __FILE__, line )( hr == BG_E_RANDOM_ACCESS_NOT_SUPPORTED, "got hr %#lx.\n", hr );
    hr = request( file, 0, 10 );
    ok_( __FILE__, line )( hr == BG_E_RANDOM_ACCESS_NOT_SUPPORTED, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyFile6_GetFilledFileRanges( file, &count, &ranges );
    ok_( __FILE__, line )( hr == BG_E_RANDOM_ACCESS_NOT_SUPPORTED, "got hr %#lx.\n", hr );
    IBackgroundCopyFile6_Release( file );
    cleanup_job( job );
}

static void test_requirements(void)
{
    BG_FILE_RANGE range = { 0, 10 };
    IBackgroundCopyJob3 *job3;
    IBackgroundCopyJob *job;
    HRESULT hr;

    /* spec: api 5.9: no dynamic content, no ranges of its own, http alone */
    job = create_job( L"dynamic" );
    set_flag( job, BITS_JOB_PROPERTY_DYNAMIC_CONTENT );
    add_file( job, L"http://127.0.0.1/file", test_path( L"file" ) );
    check_no_random_access( job );

    job = create_job( L"path" );
    create_file( test_path( L"source" ), 10 );
    add_file( job, test_path( L"source" ), test_path( L"file" ) );
    check_no_random_access( job );

    job = create_job( L"ranges" );
    OK( IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJob3, (void **)&job3 ), S_OK );
    OK( IBackgroundCopyJob3_AddFileWithRanges( job3, L"http://127.0.0.1/file", test_path( L"file" ), 1, &range ), S_OK );
    IBackgroundCopyJob3_Release( job3 );
    check_no_random_access( job );
}

static void test_arguments(void)
{
    IBackgroundCopyFile6 *file;
    IBackgroundCopyJob *job = demand_job( "/file/5000", L"file", &file );
    BG_FILE_RANGE *ranges;
    DWORD count;
    HRESULT hr;

    OK( request( file, TO_EOF, 10 ), BG_E_INVALID_RANGE );
    OK( request( file, 10, 0 ), BG_E_INVALID_RANGE );
    OK( IBackgroundCopyFile6_GetFilledFileRanges( file, NULL, &ranges ), NULL_REF_POINTER );
    OK( IBackgroundCopyFile6_GetFilledFileRanges( file, &count, NULL ), NULL_REF_POINTER );
    check_filled( file, NULL, 0 );
    OK( IBackgroundCopyJob_Cancel( job ), S_OK );
    OK( request( file, 0, 10 ), BG_E_INVALID_STATE );
    OK( IBackgroundCopyFile6_UpdateDownloadPosition( file, 10 ), BG_E_INVALID_STATE );
    IBackgroundCopyFile6_Release( file );
    IBackgroundCopyJob_Release( job );
}

/* --- on demand ---------------------------------------------------------------------------------------------------- */

static void test_demand(void)
{
    static const BG_FILE_RANGE asked[] = { { 1000, 100 }, { 500, 200 }, { 1050, 100 } };
    static const BG_FILE_RANGE filled[] = { { 500, 200 }, { 1000, 150 } }, all = { 0, 5000 };
    IBackgroundCopyFile6 *file;
    IBackgroundCopyJob *job = demand_job( "/file/5000", L"demand", &file );
    BG_FILE_PROGRESS progress;
    HRESULT hr;

    /* nothing was asked for */
    resume_job( job );
    wait_state( job, BG_JOB_STATE_SUSPENDED );
    ok( !server_count( "GET /file/5000", NULL ), "got requests.\n" );

    /* spec: api 5.9.14: overlaps are split; SUSPENDED when all requests are served */
    OK( IBackgroundCopyFile6_RequestFileRanges( file, 3, asked ), S_OK );
    ok( get_state( job ) == BG_JOB_STATE_SUSPENDED, "got state %u.\n", get_state( job ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_SUSPENDED );
    check_filled( file, filled, 2 );
    check_temporary( file, &filled[0] );
    check_temporary( file, &filled[1] );
    /* spec: behaviour 4.9: the server cannot send them all at once */
    ok( fetched( "/file/5000", "1000-1099,500-699,1100-1149" ) == 1, "did not ask for all.\n" );
    ok( fetched( "/file/5000", "1000-1099" ) == 1, "no first range.\n" );
    ok( fetched( "/file/5000", "500-699" ) == 1, "no second range.\n" );
    ok( fetched( "/file/5000", "1100-1149" ) == 1, "no third range.\n" );
    ok( server_count( "GET /file/5000", NULL ) == 4, "got other requests.\n" );
    OK( IBackgroundCopyFile6_GetProgress( file, &progress ), S_OK );
    ok( progress.BytesTransferred == 350 && progress.BytesTotal == 5000, "got %I64u of %I64u.\n",
        progress.BytesTransferred, progress.BytesTotal );

    /* spec: api 5.9.14: what is there is not asked for again; TRANSFERRED when the file is whole */
    OK( request( file, 0, TO_EOF ), S_OK );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    ok( fetched( "/file/5000", "0-499" ) == 1 && fetched( "/file/5000", "700-999" ) == 1 &&
        fetched( "/file/5000", "1150-4999" ) == 1, "got other ranges.\n" );
    check_filled( file, &all, 1 );
    OK( request( file, 10, 20 ), S_OK );
    finish_job( job, file, L"demand", 5000 );
}

static void test_outside(void)
{
    static const BG_FILE_RANGE filled = { 10, 20 };
    IBackgroundCopyFile6 *file;
    IBackgroundCopyJob *job = demand_job( "/file/4000", L"outside", &file );
    HRESULT hr;

    /* spec: api 5.9.14: at run time as long as the size is not known, then at once; the others can go on */
    OK( request( file, 3990, 20 ), S_OK );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_ERROR );
    check_error( job, BG_ERROR_CONTEXT_REMOTE_FILE, BG_E_INVALID_RANGE );
    OK( request( file, 10, 20 ), S_OK );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_SUSPENDED );
    check_filled( file, &filled, 1 );
    OK( request( file, 3990, 20 ), BG_E_INVALID_RANGE );
    OK( IBackgroundCopyFile6_UpdateDownloadPosition( file, 4001 ), BG_E_INVALID_RANGE );
    OK( IBackgroundCopyFile6_UpdateDownloadPosition( file, 4000 ), S_OK );
    IBackgroundCopyFile6_Release( file );
    cleanup_job( job );
}

static void test_no_ranges(void)
{
    IBackgroundCopyFile6 *file;
    IBackgroundCopyJob *job = demand_job( "/whole/3000", L"whole", &file );
    HRESULT hr;

    /* spec: api 5.9.14: a server without ranges */
    OK( request( file, 100, 20 ), S_OK );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_ERROR );
    check_error( job, BG_ERROR_CONTEXT_REMOTE_FILE, BG_E_RANDOM_ACCESS_NOT_SUPPORTED );
    IBackgroundCopyFile6_Release( file );
    cleanup_job( job );
}

/* Nothing that was there counts any more: the next range alone is fetched, and the fault is told. */
static void check_anew( IBackgroundCopyJob *job, IBackgroundCopyFile6 *file, BG_ERROR_CONTEXT context, HRESULT code )
{
    static const BG_FILE_RANGE again = { 50, 20 };
    HRESULT hr;

    OK( request( file, again.InitialOffset, again.Length ), S_OK );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_ERROR );
    check_error( job, context, code );
    check_filled( file, NULL, 0 );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_SUSPENDED );
    check_filled( file, &again, 1 );
    check_temporary( file, &again );
    IBackgroundCopyFile6_Release( file );
    cleanup_job( job );
}

static void test_changed(void)
{
    static const BG_FILE_RANGE filled = { 10, 20 };
    IBackgroundCopyFile6 *file;
    IBackgroundCopyJob *job = demand_job( "/file/2000", L"changed", &file );
    HRESULT hr;

    /* spec: behaviour 4.10 (choice): what was delivered cannot silently become another file's */
    OK( request( file, 10, 20 ), S_OK );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_SUSPENDED );
    check_filled( file, &filled, 1 );
    OK( IBackgroundCopyFile6_SetRemoteName( file, server_url( "/file/2001" ) ), S_OK );
    check_anew( job, file, BG_ERROR_CONTEXT_REMOTE_FILE, BG_E_REMOTE_FILE_CHANGED );
}

static void test_lost(void)
{
    IBackgroundCopyFile6 *file;
    IBackgroundCopyJob *job = demand_job( "/file/2100", L"lost", &file );
    WCHAR *name;
    HRESULT hr;

    /* the same (choice), for somebody else's fault */
    OK( request( file, 10, 20 ), S_OK );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_SUSPENDED );
    OK( IBackgroundCopyFile6_GetTemporaryName( file, &name ), S_OK );
    ok( DeleteFileW( name ), "got error %lu.\n", GetLastError() );
    CoTaskMemFree( name );
    check_anew( job, file, BG_ERROR_CONTEXT_LOCAL_FILE, HRESULT_FROM_WIN32( ERROR_FILE_NOT_FOUND ) );
}

static void test_restart(void)
{
    static const BG_FILE_RANGE filled[] = { { 100, 200 }, { 800, 100 } };
    IBackgroundCopyFile6 *file;
    IBackgroundCopyJob *job = demand_job( "/file/1500", L"restart", &file );
    HRESULT hr;
    GUID id;

    /* ranges outlive the service: those that are there, and those that were asked for */
    OK( IBackgroundCopyJob_GetId( job, &id ), S_OK );
    OK( IBackgroundCopyFile6_RequestFileRanges( file, 2, filled ), S_OK );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_SUSPENDED );
    OK( request( file, 0, TO_EOF ), S_OK );
    IBackgroundCopyFile6_Release( file );
    IBackgroundCopyJob_Release( job );
    restart_service();

    OK( IBackgroundCopyManager_GetJob( manager, &id, &job ), S_OK );
    file = first_file6( job );
    check_filled( file, filled, 2 );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    ok( fetched( "/file/1500", "100-299" ) == 1 && fetched( "/file/1500", "800-899" ) == 1, "fetched twice.\n" );
    ok( fetched( "/file/1500", "0-99" ) == 1 && fetched( "/file/1500", "300-799" ) == 1 &&
        fetched( "/file/1500", "900-1499" ) == 1, "got other ranges.\n" );
    finish_job( job, file, L"restart", 1500 );
}

/* --- other jobs --------------------------------------------------------------------------------------------------- */

static void test_position(void)
{
    IBackgroundCopyJob *job = create_job( L"position" );
    IBackgroundCopyFile6 *file;
    HRESULT hr;

    /* spec: api 5.9.13: the rest is fetched, too */
    add_file( job, server_url( "/file/2500" ), test_path( L"position" ) );
    file = first_file6( job );
    OK( IBackgroundCopyFile6_UpdateDownloadPosition( file, 1000 ), S_OK );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    ok( fetched( "/file/2500", "1000-2499" ) == 1 && fetched( "/file/2500", "0-999" ) == 1, "got other ranges.\n" );
    finish_job( job, file, L"position", 2500 );
}

static void test_request_in_between(void)
{
    IBackgroundCopyJob *job = create_job( L"between" );
    ULONGLONG end = GetTickCount64() + 30000;
    IBackgroundCopyFile6 *file;
    HRESULT hr;

    /* spec: api 5.9.14: ranges go before the rest, of a running transfer too */
    add_file( job, server_url( "/hang/3500" ), test_path( L"between" ) );
    file = first_file6( job );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRING );
    OK( request( file, 100, 50 ), S_OK );
    while (!fetched( "/hang/3500", "100-149" ) && GetTickCount64() < end) short_wait();
    ok( fetched( "/hang/3500", "100-149" ) == 1, "got no request.\n" );
    OK( IBackgroundCopyFile6_SetRemoteName( file, server_url( "/file/3500" ) ), S_OK );
    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    ok( fetched( "/file/3500", "100-149" ) == 1 && fetched( "/file/3500", "0-99" ) == 1 &&
        fetched( "/file/3500", "150-3499" ) == 1, "got other ranges.\n" );
    finish_job( job, file, L"between", 3500 );
}

/* --- FileRangesTransferred ---------------------------------------------------------------------------------------- */

static void wait_bytes( struct listener *listener, UINT64 expected )
{
    ULONGLONG end = GetTickCount64() + 30000;
    UINT64 bytes;
    DWORD i;

    do
    {
        if (expected) short_wait();
        EnterCriticalSection( &listener->lock );
        for (i = bytes = 0; i < listener->range_count; i++) bytes += listener->ranges[i].Length;
        LeaveCriticalSection( &listener->lock );
    }
    while (bytes < expected && GetTickCount64() < end);
    ok( bytes == expected, "got %I64u bytes in %lu ranges.\n", bytes, listener->range_count );
}

static void test_callback(void)
{
    IBackgroundCopyFile6 *file;
    IBackgroundCopyJob *job = demand_job( "/file/1700", L"callback", &file );
    struct listener listener;
    HRESULT hr;

    /* spec: api 5.12.5 */
    OK( IBackgroundCopyJob_SetNotifyFlags( job, BG_NOTIFY_FILE_RANGES_TRANSFERRED ), S_OK );
    listener_init( &listener );
    listen_to( job, &listener );
    OK( request( file, 600, 100 ), S_OK );
    resume_job( job );
    wait_bytes( &listener, 100 );
    ok( listener.ranges[0].InitialOffset == 600, "got offset %I64u.\n", listener.ranges[0].InitialOffset );
    wait_state( job, BG_JOB_STATE_SUSPENDED );
    OK( request( file, 0, TO_EOF ), S_OK );
    resume_job( job );
    wait_bytes( &listener, 1700 );
    cleanup_job( job );
    IBackgroundCopyFile6_Release( file );
    listener_done( &listener );

    /* spec: api 5.2.21: of any job that could be one on demand */
    job = notify_job( BG_NOTIFY_FILE_RANGES_TRANSFERRED, "/file/1800", L"1" );
    listener_init( &listener );
    listen_to( job, &listener );
    resume_job( job );
    wait_bytes( &listener, 1800 );
    cleanup_job( job );
    listener_done( &listener );
}

START_TEST(demand)
{
    if (!setup()) return;
    test_requirements();
    if (server_start())
    {
        test_arguments();
        test_demand();
        test_outside();
        test_no_ranges();
        test_changed();
    test_lost();
        test_restart();
        test_position();
        test_request_in_between();
        test_callback();
        server_stop();
    }
    teardown();
}
