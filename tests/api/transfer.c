/*
 * Tests of downloads: states, progress, results of Complete and Cancel
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

#define HELD_UP 10000   /* ms after which a call was held up by its server: a CI machine may stall for seconds */

static void check_progress_( int line, IBackgroundCopyJob *job, UINT64 transferred, UINT64 total, ULONG files_done,
                             ULONG files )
{
    BG_JOB_PROGRESS progress;
    HRESULT hr;

    hr = IBackgroundCopyJob_GetProgress( job, &progress );
    ok_( __FILE__, line )( hr == S_OK, "got hr %#lx.\n", hr );
    ok_( __FILE__, line )( progress.BytesTransferred == transferred && progress.BytesTotal == total,
                           "got %I64d of %I64d bytes.\n", progress.BytesTransferred, progress.BytesTotal );
    ok_( __FILE__, line )( progress.FilesTransferred == files_done && progress.FilesTotal == files,
                           "got %lu of %lu files.\n", progress.FilesTransferred, progress.FilesTotal );
}
#define check_progress( job, transferred, total, files_done, files ) \
    check_progress_( __LINE__, job, transferred, total, files_done, files )

static BOOL exists( const WCHAR *path )
{
    return GetFileAttributesW( path ) != INVALID_FILE_ATTRIBUTES;
}

/* The test's directory has so many BIT*.tmp files, all of them hidden (spec: behaviour 4.6). */
#define check_temporary_files( count ) check_temporary_files_( __LINE__, count )
static void check_temporary_files_( int line, UINT expected )
{
    WIN32_FIND_DATAW data;
    HANDLE find;
    UINT count = 0;

    find = FindFirstFileW( test_path( L"BIT*.tmp" ), &data );
    if (find != INVALID_HANDLE_VALUE)
    {
        do
        {
            ok_( __FILE__, line )( data.dwFileAttributes & FILE_ATTRIBUTE_HIDDEN, "%s is not hidden, attributes %#lx.\n",
                                   wine_dbgstr_w( data.cFileName ), data.dwFileAttributes );
            count++;
        }
        while (FindNextFileW( find, &data ));
        FindClose( find );
    }
    ok_( __FILE__, line )( count == expected, "got %u temporary files, expected %u.\n", count, expected );
}

/* A whole download of one file, from Resume to what can be read after Complete. */
static void download( const WCHAR *remote, DWORD size, BOOL has_time )
{
    IBackgroundCopyJob *job = create_job( L"download" );
    const WCHAR *local = test_path( L"downloaded" );
    WIN32_FILE_ATTRIBUTE_DATA attributes;
    BG_FILE_PROGRESS progress;
    IBackgroundCopyFile *file;
    BG_JOB_STATE state;
    BG_JOB_TIMES times;
    HRESULT hr;

    /* it will be replaced; spec: behaviour 4.8 */
    create_file( local, 17 );

    add_file( job, remote, local );
    check_progress( job, 0, BG_SIZE_UNKNOWN, 0, 1 );

    /* spec: clients 2: SUSPENDED is over when Resume returns */
    hr = IBackgroundCopyJob_Resume( job );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    state = get_state( job );
    ok( state != BG_JOB_STATE_SUSPENDED, "got state %u.\n", state );

    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    check_progress( job, size, size, 1, 1 );
    ok( check_file( local, 17 ), "the local file has changed before Complete.\n" );
    hr = IBackgroundCopyJob_GetTimes( job, &times );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( CompareFileTime( &times.TransferCompletionTime, &times.CreationTime ) >= 0, "got no completion time.\n" );
    ok( CompareFileTime( &times.TransferCompletionTime, &times.ModificationTime ) <= 0, "completed after the end.\n" );
    file = first_file( job );
    hr = IBackgroundCopyFile_GetProgress( file, &progress );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( !progress.Completed, "completed before Complete.\n" );
    ok( progress.BytesTotal == size && progress.BytesTransferred == size, "got %I64d of %I64d.\n",
        progress.BytesTransferred, progress.BytesTotal );

    /* nothing left to do; spec: behaviour 14.3 */
    hr = IBackgroundCopyJob_Resume( job );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyJob_Suspend( job );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( get_state( job ) == BG_JOB_STATE_TRANSFERRED, "got state %u.\n", get_state( job ) );

    hr = IBackgroundCopyJob_Complete( job );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( get_state( job ) == BG_JOB_STATE_ACKNOWLEDGED, "got state %u.\n", get_state( job ) );
    ok( check_file( local, size ), "got another file.\n" );
    ok( GetFileAttributesExW( local, GetFileExInfoStandard, &attributes ), "got error %lu.\n", GetLastError() );
    ok( !(attributes.dwFileAttributes & FILE_ATTRIBUTE_HIDDEN), "the file is hidden.\n" );
    /* spec: behaviour 4.7 */
    if (has_time)
        ok( ((UINT64)attributes.ftLastWriteTime.dwHighDateTime << 32 | attributes.ftLastWriteTime.dwLowDateTime) ==
            SERVER_FILE_TIME, "got another time stamp.\n" );
    check_temporary_files( 0 );

    /* spec: clients 2: a finished job still tells about its files */
    check_progress( job, size, size, 1, 1 );
    hr = IBackgroundCopyFile_GetProgress( file, &progress );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( progress.Completed, "not completed.\n" );
    ok( progress.BytesTotal == size && progress.BytesTransferred == size, "got %I64d of %I64d.\n",
        progress.BytesTransferred, progress.BytesTotal );
    IBackgroundCopyFile_Release( file );
    IBackgroundCopyJob_Release( job );
    DeleteFileW( local );
}

static void test_downloads(void)
{
    WCHAR url[MAX_PATH + 16], *p;

    download( server_url( "/file/0" ), 0, TRUE );
    download( server_url( "/file/1" ), 1, TRUE );
    download( server_url( "/file/3000000" ), 3000000, TRUE );
    download( server_url( "/redirect/100000" ), 100000, TRUE );

    create_file( test_path( L"source" ), 100000 );
    download( test_path( L"source" ), 100000, FALSE );
    swprintf( url, ARRAY_SIZE(url), L"file:///%ls", test_path( L"source" ) );
    for (p = url; *p; p++) if (*p == '\\') *p = '/';
    download( url, 100000, FALSE );
    ok( check_file( test_path( L"source" ), 100000 ), "the source has changed.\n" );
}

static void test_several_files(void)
{
    IBackgroundCopyJob *job = create_job( L"several" );
    HRESULT hr;

    /* spec: api 5.2.1: files may be added to a transferred job */
    add_file( job, server_url( "/file/1000" ), test_path( L"1" ) );
    add_file( job, server_url( "/file/2000" ), test_path( L"2" ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    check_progress( job, 3000, 3000, 2, 2 );
    add_file( job, server_url( "/file/3000" ), test_path( L"3" ) );
    ok( get_state( job ) == BG_JOB_STATE_TRANSFERRED, "got state %u.\n", get_state( job ) );
    check_progress( job, 3000, BG_SIZE_UNKNOWN, 2, 3 );
    resume_job( job );
    ok( get_state( job ) != BG_JOB_STATE_SUSPENDED, "got state %u.\n", get_state( job ) );
    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    check_progress( job, 6000, 6000, 3, 3 );
    hr = IBackgroundCopyJob_Complete( job );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( check_file( test_path( L"1" ), 1000 ), "got another file.\n" );
    ok( check_file( test_path( L"2" ), 2000 ), "got another file.\n" );
    ok( check_file( test_path( L"3" ), 3000 ), "got another file.\n" );
    IBackgroundCopyJob_Release( job );
}

static void test_partial_complete(void)
{
    IBackgroundCopyJob *job = create_job( L"partial" );
    HRESULT hr;

    /* spec: api 5.2.7 */
    add_file( job, server_url( "/file/1000" ), test_path( L"whole" ) );
    add_file( job, server_url( "/status/404" ), test_path( L"missing" ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_ERROR );
    ok( !exists( test_path( L"whole" ) ), "the file is there before Complete.\n" );
    hr = IBackgroundCopyJob_Complete( job );
    ok( hr == BG_S_PARTIAL_COMPLETE, "got hr %#lx.\n", hr );
    ok( get_state( job ) == BG_JOB_STATE_ACKNOWLEDGED, "got state %u.\n", get_state( job ) );
    ok( check_file( test_path( L"whole" ), 1000 ), "got another file.\n" );
    ok( !exists( test_path( L"missing" ) ), "an error page became a file.\n" );
    check_temporary_files( 0 );
    IBackgroundCopyJob_Release( job );
}

static void test_complete_while_active(void)
{
    IBackgroundCopyJob *job = create_job( L"active" );
    ULONGLONG start;
    HRESULT hr;

    add_file( job, server_url( "/file/1000" ), test_path( L"before" ) );
    add_file( job, server_url( "/hang/1000" ), test_path( L"hanging" ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRING );
    start = GetTickCount64();
    hr = IBackgroundCopyJob_Complete( job );
    ok( hr == BG_S_PARTIAL_COMPLETE, "got hr %#lx.\n", hr );
    ok( GetTickCount64() - start < HELD_UP, "took %I64u ms.\n", GetTickCount64() - start );
    ok( !exists( test_path( L"hanging" ) ), "half a file was completed.\n" );
    check_temporary_files( 0 );
    IBackgroundCopyJob_Release( job );
}

static void test_complete_fails(void)
{
    IBackgroundCopyJob *job = create_job( L"rename" );
    BG_FILE_PROGRESS progress;
    IBackgroundCopyFile *file;
    HANDLE handle;
    HRESULT hr;

    /* spec: api 5.2.7: the job stays TRANSFERRED, what was renamed is usable, and Complete can be repeated */
    add_file( job, server_url( "/file/1000" ), test_path( L"free" ) );
    add_file( job, server_url( "/file/2000" ), test_path( L"busy" ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    handle = CreateFileW( test_path( L"busy" ), GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL );
    ok( handle != INVALID_HANDLE_VALUE, "got error %lu.\n", GetLastError() );
    hr = IBackgroundCopyJob_Complete( job );
    ok( hr == E_ACCESSDENIED || hr == HRESULT_FROM_WIN32(ERROR_SHARING_VIOLATION), "got hr %#lx.\n", hr );
    ok( get_state( job ) == BG_JOB_STATE_TRANSFERRED, "got state %u.\n", get_state( job ) );
    ok( check_file( test_path( L"free" ), 1000 ), "got another file.\n" );
    file = first_file( job );
    hr = IBackgroundCopyFile_GetProgress( file, &progress );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( progress.Completed, "the first file is not completed.\n" );
    IBackgroundCopyFile_Release( file );
    check_temporary_files( 1 );

    CloseHandle( handle );
    hr = IBackgroundCopyJob_Complete( job );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( get_state( job ) == BG_JOB_STATE_ACKNOWLEDGED, "got state %u.\n", get_state( job ) );
    ok( check_file( test_path( L"busy" ), 2000 ), "got another file.\n" );
    IBackgroundCopyJob_Release( job );
}

static void test_suspend_and_cancel(void)
{
    IBackgroundCopyJob *job = create_job( L"hanging" );
    ULONGLONG start, time;
    HRESULT hr;

    /* spec: api 5.2.4, 5.2.6; a server that hangs holds nothing up */
    add_file( job, server_url( "/hang/1000000" ), test_path( L"hanging" ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRING );
    check_progress( job, 0, 1000000, 0, 1 );
    check_temporary_files( 1 );

    /* active already */
    resume_job( job );
    ok( get_state( job ) == BG_JOB_STATE_TRANSFERRING, "got state %u.\n", get_state( job ) );

    start = GetTickCount64();
    hr = IBackgroundCopyJob_Suspend( job );
    time = GetTickCount64() - start;
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( time < HELD_UP, "took %I64u ms.\n", time );
    ok( get_state( job ) == BG_JOB_STATE_SUSPENDED, "got state %u.\n", get_state( job ) );

    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRING );
    start = GetTickCount64();
    hr = IBackgroundCopyJob_Cancel( job );
    time = GetTickCount64() - start;
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( time < HELD_UP, "took %I64u ms.\n", time );
    ok( get_state( job ) == BG_JOB_STATE_CANCELLED, "got state %u.\n", get_state( job ) );
    check_temporary_files( 0 );
    IBackgroundCopyJob_Release( job );

    /* what is transferred and not completed goes too */
    job = create_job( L"transferred" );
    add_file( job, server_url( "/file/1000" ), test_path( L"cancelled" ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    check_temporary_files( 1 );
    hr = IBackgroundCopyJob_Cancel( job );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    check_temporary_files( 0 );
    ok( !exists( test_path( L"cancelled" ) ), "the file was completed.\n" );
    IBackgroundCopyJob_Release( job );
}

static void test_unable_to_delete(void)
{
    IBackgroundCopyFile3 *file3;
    IBackgroundCopyFile *file;
    IBackgroundCopyJob *job;
    HANDLE handle;
    WCHAR *temp;
    HRESULT hr;

    /* spec: api 3.2 */
    job = create_job( L"undeletable" );
    add_file( job, server_url( "/file/1000" ), test_path( L"undeletable" ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    file = first_file( job );
    hr = IBackgroundCopyFile_QueryInterface( file, &IID_IBackgroundCopyFile3, (void **)&file3 );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyFile3_GetTemporaryName( file3, &temp );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    handle = CreateFileW( temp, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL );
    ok( handle != INVALID_HANDLE_VALUE, "got error %lu.\n", GetLastError() );
    hr = IBackgroundCopyJob_Cancel( job );
    ok( hr == BG_S_UNABLE_TO_DELETE_FILES, "got hr %#lx.\n", hr );
    ok( get_state( job ) == BG_JOB_STATE_CANCELLED, "got state %u.\n", get_state( job ) );
    CloseHandle( handle );
    ok( exists( temp ), "the file is gone.\n" );
    ok( DeleteFileW( temp ), "got error %lu.\n", GetLastError() );
    CoTaskMemFree( temp );
    IBackgroundCopyFile3_Release( file3 );
    IBackgroundCopyFile_Release( file );
    IBackgroundCopyJob_Release( job );
}

/* Whatever the server says, nothing that is not the file becomes one. */
static void test_statuses(void)
{
    static const struct
    {
        const char *path;
        HRESULT code;
        BG_JOB_STATE state;
    }
    tests[] =
    {
        /* spec: behaviour 3.2 */
        { "/status/400", BG_E_HTTP_ERROR_400, BG_JOB_STATE_ERROR },
        { "/status/401", BG_E_HTTP_ERROR_401, BG_JOB_STATE_ERROR },
        { "/status/403", BG_E_HTTP_ERROR_403, BG_JOB_STATE_ERROR },
        { "/status/404", BG_E_HTTP_ERROR_404, BG_JOB_STATE_ERROR },
        { "/status/410", BG_E_HTTP_ERROR_410, BG_JOB_STATE_ERROR },
        { "/status/408", BG_E_HTTP_ERROR_408, BG_JOB_STATE_TRANSIENT_ERROR },
        { "/status/409", BG_E_HTTP_ERROR_409, BG_JOB_STATE_TRANSIENT_ERROR },
        { "/status/500", BG_E_HTTP_ERROR_500, BG_JOB_STATE_TRANSIENT_ERROR },
        { "/status/501", BG_E_HTTP_ERROR_501, BG_JOB_STATE_ERROR },
        { "/status/503", BG_E_HTTP_ERROR_503, BG_JOB_STATE_TRANSIENT_ERROR },
        { "/status/505", BG_E_HTTP_ERROR_505, BG_JOB_STATE_ERROR },
    };
    IBackgroundCopyJob *job;
    HRESULT hr;
    UINT i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        job = create_job( L"status" );
        add_file( job, server_url( tests[i].path ), test_path( L"status" ) );
        resume_job( job );
        wait_state( job, tests[i].state );
        check_error( job, BG_ERROR_CONTEXT_REMOTE_FILE, tests[i].code );
        hr = IBackgroundCopyJob_Cancel( job );
        ok( hr == S_OK, "%s: got hr %#lx.\n", tests[i].path, hr );
        ok( !exists( test_path( L"status" ) ), "%s: got a file.\n", tests[i].path );
        check_temporary_files( 0 );
        IBackgroundCopyJob_Release( job );
    }
}

/* Neither a hang nor a short file that is called complete. */
static void test_bad_servers(void)
{
    static const struct
    {
        const char *path;
        HRESULT code;
        BG_JOB_STATE state;
    }
    tests[] =
    {
        /* spec: behaviour 3.3, 4.1 */
        { "/short/100000", 0x80072efe, BG_JOB_STATE_TRANSIENT_ERROR },
        { "/reset/100000", 0x80072efe, BG_JOB_STATE_TRANSIENT_ERROR },
        { "/garbage", 0x80072f78, BG_JOB_STATE_TRANSIENT_ERROR },
        { "/endless", BG_E_MISSING_FILE_SIZE, BG_JOB_STATE_ERROR },
    };
    IBackgroundCopyJob *job;
    ULONG count;
    HRESULT hr;
    UINT i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        winetest_push_context( "%s", tests[i].path );
        job = create_job( L"bad server" );
        add_file( job, server_url( tests[i].path ), test_path( L"bad" ) );
        resume_job( job );
        wait_state( job, tests[i].state );
        check_error( job, BG_ERROR_CONTEXT_REMOTE_FILE, tests[i].code );
        /* spec: behaviour 1.5: the job was TRANSFERRING or not */
        hr = IBackgroundCopyJob_GetErrorCount( job, &count );
        ok( hr == S_OK, "got hr %#lx.\n", hr );
        ok( count == (i < 2), "got %lu errors.\n", count );
        hr = IBackgroundCopyJob_Complete( job );
        ok( hr == BG_S_PARTIAL_COMPLETE, "got hr %#lx.\n", hr );
        ok( !exists( test_path( L"bad" ) ), "got a file.\n" );
        check_temporary_files( 0 );
        IBackgroundCopyJob_Release( job );
        winetest_pop_context();
    }
}

START_TEST(transfer)
{
    if (!setup()) return;
    if (server_start())
    {
        test_downloads();
        test_several_files();
        test_partial_complete();
        test_complete_while_active();
        test_complete_fails();
        test_suspend_and_cancel();
        test_unable_to_delete();
        test_statuses();
        test_bad_servers();
        server_stop();
    }
    teardown();
}
