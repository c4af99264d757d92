/*
 * Dynamic content and high performance (spec: behaviour 4.6, 4.10)
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

/* A job with this property set, at this priority. */
static IBackgroundCopyJob *mode_job( BITS_JOB_PROPERTY_ID id, BG_JOB_PRIORITY priority, UINT64 max_size )
{
    IBackgroundCopyJob *job = create_job( L"mode" );
    BITS_JOB_PROPERTY_VALUE value;
    IBackgroundCopyJob5 *job5;
    HRESULT hr;

    OK( IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJob5, (void **)&job5 ), S_OK );
    memset( &value, 0, sizeof(value) );
    value.Enable = TRUE;
    OK( IBackgroundCopyJob5_SetProperty( job5, id, value ), S_OK );
    value.Uint64 = max_size;
    if (max_size) OK( IBackgroundCopyJob5_SetProperty( job5, BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE, value ), S_OK );
    OK( IBackgroundCopyJob5_SetPriority( job5, priority ), S_OK );
    IBackgroundCopyJob5_Release( job5 );
    return job;
}

static IBackgroundCopyJob *dynamic_job( BG_JOB_PRIORITY priority, UINT64 max_size )
{
    return mode_job( BITS_JOB_PROPERTY_DYNAMIC_CONTENT, priority, max_size );
}

static IBackgroundCopyJob *fast_job(void)
{
    return mode_job( BITS_JOB_PROPERTY_HIGH_PERFORMANCE, BG_JOB_PRIORITY_NORMAL, 0 );
}

static UINT64 bytes_of( IBackgroundCopyJob *job, UINT64 *total )
{
    BG_JOB_PROGRESS progress;
    HRESULT hr;

    OK( IBackgroundCopyJob_GetProgress( job, &progress ), S_OK );
    *total = progress.BytesTotal;
    return progress.BytesTransferred;
}

static void set_remote( IBackgroundCopyJob *job, const WCHAR *url )
{
    IBackgroundCopyFile *file = first_file( job );
    IBackgroundCopyFile2 *file2;
    HRESULT hr;

    OK( IBackgroundCopyFile_QueryInterface( file, &IID_IBackgroundCopyFile2, (void **)&file2 ), S_OK );
    OK( IBackgroundCopyFile2_SetRemoteName( file2, url ), S_OK );
    IBackgroundCopyFile2_Release( file2 );
    IBackgroundCopyFile_Release( file );
}

/* --- dynamic content ---------------------------------------------------------------------------------------------- */

static void test_dynamic(void)
{
    IBackgroundCopyJob *job = dynamic_job( BG_JOB_PRIORITY_FOREGROUND, 0 );
    UINT64 bytes, total;
    HRESULT hr;

    /* spec: behaviour 4.10: neither HEAD nor a length is asked for */
    add_file( job, server_url( "/endless" ), test_path( L"dynamic" ) );
    add_file( job, server_url( "/file/700" ), test_path( L"static" ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    bytes = bytes_of( job, &total );
    ok( bytes == 1700 && total == 1700, "got %I64u of %I64u.\n", bytes, total );
    ok( !server_count( "HEAD ", NULL ), "got a HEAD.\n" );
    OK( IBackgroundCopyJob_Complete( job ), S_OK );
    ok( check_file( test_path( L"dynamic" ), 1000 ), "got another file.\n" );
    ok( check_file( test_path( L"static" ), 700 ), "got another file.\n" );
    IBackgroundCopyJob_Release( job );
}

static void test_dynamic_background(void)
{
    IBackgroundCopyJob *job = dynamic_job( BG_JOB_PRIORITY_NORMAL, 0 ), *other = create_job( L"other" );
    HRESULT hr;

    /* spec: behaviour 2: it does not run unless its priority is FOREGROUND; a background job passes it by */
    add_file( job, server_url( "/endless" ), test_path( L"dynamic" ) );
    add_file( other, server_url( "/file/10" ), test_path( L"other" ) );
    resume_job( job );
    resume_job( other );
    wait_state( other, BG_JOB_STATE_TRANSFERRED );
    ok( get_state( job ) == BG_JOB_STATE_QUEUED, "got state %u.\n", get_state( job ) );
    OK( IBackgroundCopyJob_SetPriority( job, BG_JOB_PRIORITY_FOREGROUND ), S_OK );
    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    cleanup_job( job );
    cleanup_job( other );
}

static void test_dynamic_interrupted(void)
{
    IBackgroundCopyJob *job = dynamic_job( BG_JOB_PRIORITY_FOREGROUND, 0 );
    UINT64 bytes, total;
    HRESULT hr;

    /* spec: behaviour 3.3, 4.10: an interruption is transient, and it begins with byte 0 again */
    add_file( job, server_url( "/short/3000" ), test_path( L"dynamic" ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSIENT_ERROR );
    bytes = bytes_of( job, &total );
    ok( bytes == 1500 && total == 3000, "got %I64u of %I64u.\n", bytes, total );
    set_remote( job, server_url( "/file/1234" ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    ok( server_count( "GET /file/1234", NULL ) == 1, "got %u requests.\n", server_count( "GET /file/1234", NULL ) );
    ok( !server_count( "GET /file/1234", "\r\nRange:" ), "got a range.\n" );
    ok( !server_count( "GET /file/1234", "\r\nIf-Unmodified-Since:" ), "got a date.\n" );
    OK( IBackgroundCopyJob_Complete( job ), S_OK );
    ok( check_file( test_path( L"dynamic" ), 1234 ), "got another file.\n" );
    IBackgroundCopyJob_Release( job );
}

static void test_dynamic_limit(void)
{
    static const struct { UINT64 max; BG_JOB_STATE state; } tests[] =
    {
        { 1000, BG_JOB_STATE_TRANSFERRED },
        { 999, BG_JOB_STATE_ERROR },
        { 1, BG_JOB_STATE_ERROR },
    };
    IBackgroundCopyJob *job;
    UINT i;

    /* spec: api 5.7.2: the cap counts what comes, when nobody says how much that will be */
    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        winetest_push_context( "%u", i );
        job = dynamic_job( BG_JOB_PRIORITY_FOREGROUND, tests[i].max );
        add_file( job, server_url( "/endless" ), test_path( L"dynamic" ) );
        resume_job( job );
        wait_state( job, tests[i].state );
        if (tests[i].state == BG_JOB_STATE_ERROR)
        {
            check_error( job, BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER, BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED );
            /* Resume does not make it smaller */
            resume_job( job );
            wait_state( job, BG_JOB_STATE_ERROR );
        }
        cleanup_job( job );
        winetest_pop_context();
    }
}

/* --- high performance --------------------------------------------------------------------------------------------- */

static void check_no_temporary_name( IBackgroundCopyJob *job )
{
    IBackgroundCopyFile *file = first_file( job );
    IBackgroundCopyFile3 *file3;
    WCHAR *name = SENTINEL;
    HRESULT hr;

    OK( IBackgroundCopyFile_QueryInterface( file, &IID_IBackgroundCopyFile3, (void **)&file3 ), S_OK );
    OK( IBackgroundCopyFile3_GetTemporaryName( file3, &name ), BG_E_FILE_NOT_AVAILABLE );
    ok( !name, "got %s.\n", wine_dbgstr_w( name ) );
    IBackgroundCopyFile3_Release( file3 );
    IBackgroundCopyFile_Release( file );
}

static void test_fast(void)
{
    IBackgroundCopyJob *job = fast_job();
    WIN32_FILE_ATTRIBUTE_DATA data;
    HRESULT hr;

    /* spec: behaviour 4.6: written straight to the destination, whatever was there, and available at once */
    create_file( test_path( L"fast" ), 5000 );
    add_file( job, server_url( "/file/3000" ), test_path( L"fast" ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    check_no_temporary_name( job );
    ok( check_file( test_path( L"fast" ), 3000 ), "got another file.\n" );
    OK( IBackgroundCopyJob_Complete( job ), S_OK );
    ok( check_file( test_path( L"fast" ), 3000 ), "got another file.\n" );
    ok( GetFileAttributesExW( test_path( L"fast" ), GetFileExInfoStandard, &data ), "got error %lu.\n", GetLastError() );
    ok( !(data.dwFileAttributes & FILE_ATTRIBUTE_HIDDEN), "got attributes %#lx.\n", data.dwFileAttributes );
    ok( ((UINT64)data.ftLastWriteTime.dwHighDateTime << 32 | data.ftLastWriteTime.dwLowDateTime) == SERVER_FILE_TIME,
        "got another time.\n" );
    IBackgroundCopyJob_Release( job );
}

static void test_fast_interrupted(void)
{
    IBackgroundCopyJob *job = fast_job();
    HRESULT hr;

    /* it goes on where it was as long as the service lives; each of three connections brings half of the rest (spec:
     * behaviour 3.3) */
    add_file( job, server_url( "/short/3000" ), test_path( L"fast" ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSIENT_ERROR );
    ok( check_file( test_path( L"fast" ), 2625 ), "got another file.\n" );
    set_remote( job, server_url( "/file/3000" ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    ok( server_count( "GET /file/3000", "\r\nRange: bytes=2625-2999\r\n" ) == 1, "did not go on.\n" );
    OK( IBackgroundCopyJob_Complete( job ), S_OK );
    ok( check_file( test_path( L"fast" ), 3000 ), "got another file.\n" );
    IBackgroundCopyJob_Release( job );

    /* spec: behaviour 4.6: what is there stays when the job is cancelled */
    job = fast_job();
    add_file( job, server_url( "/short/2000" ), test_path( L"cancelled" ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSIENT_ERROR );
    OK( IBackgroundCopyJob_Cancel( job ), S_OK );
    ok( check_file( test_path( L"cancelled" ), 1750 ), "got another file.\n" );
    IBackgroundCopyJob_Release( job );
}

static void test_fast_restart(void)
{
    IBackgroundCopyJob *job = fast_job();
    UINT64 bytes, total;
    HRESULT hr;
    GUID id;

    /* spec: behaviour 4.6, 10: progress is not stored: another service begins with byte 0 */
    OK( IBackgroundCopyJob_GetId( job, &id ), S_OK );
    add_file( job, server_url( "/short/4000" ), test_path( L"fast" ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSIENT_ERROR );
    IBackgroundCopyJob_Release( job );
    restart_service();
    OK( IBackgroundCopyManager_GetJob( manager, &id, &job ), S_OK );
    bytes = bytes_of( job, &total );
    ok( !bytes, "got %I64u bytes.\n", bytes );
    set_remote( job, server_url( "/file/4000" ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    ok( server_count( "GET /file/4000", NULL ) == 1 && !server_count( "GET /file/4000", "\r\nRange:" ),
        "did not begin anew.\n" );
    OK( IBackgroundCopyJob_Complete( job ), S_OK );
    ok( check_file( test_path( L"fast" ), 4000 ), "got another file.\n" );
    IBackgroundCopyJob_Release( job );
}

/* --- paths --------------------------------------------------------------------------------------------------------- */

/* spec: behaviour 4.7 */
static void test_attributes(void)
{
    static const DWORD copied = FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM;
    DWORD attributes, source;
    IBackgroundCopyJob *job;
    HRESULT hr;
    BOOL fast;
    GUID id;

    for (fast = FALSE; fast <= TRUE; fast++)
    {
        winetest_push_context( "%d", fast );
        job = fast ? fast_job() : create_job( L"attributes" );
        OK( IBackgroundCopyJob_GetId( job, &id ), S_OK );
        create_file( test_path( L"source" ), 5000 );
        ok( SetFileAttributesW( test_path( L"source" ), copied ), "got error %lu.\n", GetLastError() );
        /* not every file system of Linux keeps more than the first one */
        source = GetFileAttributesW( test_path( L"source" ) ) & copied;
        ok( source & FILE_ATTRIBUTE_READONLY, "got attributes %#lx.\n", source );
        add_file( job, test_path( L"source" ), test_path( L"copy" ) );
        resume_job( job );
        wait_state( job, BG_JOB_STATE_TRANSFERRED );
        IBackgroundCopyJob_Release( job );
        restart_service();
        OK( IBackgroundCopyManager_GetJob( manager, &id, &job ), S_OK );
        OK( IBackgroundCopyJob_Complete( job ), S_OK );
        attributes = GetFileAttributesW( test_path( L"copy" ) );
        ok( (attributes & copied) == source, "got attributes %#lx, not %#lx.\n", attributes, source );
        IBackgroundCopyJob_Release( job );
        SetFileAttributesW( test_path( L"source" ), FILE_ATTRIBUTE_NORMAL );
        SetFileAttributesW( test_path( L"copy" ), FILE_ATTRIBUTE_NORMAL );
        ok( DeleteFileW( test_path( L"copy" ) ), "got error %lu.\n", GetLastError() );
        winetest_pop_context();
    }
}

START_TEST(modes)
{
    if (!setup()) return;
    if (server_start())
    {
        test_dynamic();
        test_dynamic_background();
        test_dynamic_interrupted();
        test_dynamic_limit();
        test_fast();
        test_fast_interrupted();
        test_fast_restart();
        server_stop();
    }
    test_attributes();
    teardown();
}
