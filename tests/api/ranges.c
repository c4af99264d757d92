/*
 * Ranges, other remote names, validation, and properties of files
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

#define TO_EOF BG_LENGTH_TO_EOF

static IBackgroundCopyJob3 *get_job3( IBackgroundCopyJob *job )
{
    IBackgroundCopyJob3 *job3 = NULL;
    HRESULT hr;

    OK( IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJob3, (void **)&job3 ), S_OK );
    return job3;
}

static IBackgroundCopyFile5 *first_file5( IBackgroundCopyJob *job )
{
    IBackgroundCopyFile *file = first_file( job );
    IBackgroundCopyFile5 *file5 = NULL;
    HRESULT hr;

    OK( IBackgroundCopyFile_QueryInterface( file, &IID_IBackgroundCopyFile5, (void **)&file5 ), S_OK );
    IBackgroundCopyFile_Release( file );
    return file5;
}

static HRESULT add_ranges( IBackgroundCopyJob3 *job, const WCHAR *url, const BG_FILE_RANGE *ranges, DWORD count )
{
    return IBackgroundCopyJob3_AddFileWithRanges( job, url, test_path( L"ranges" ), count, (BG_FILE_RANGE *)ranges );
}

/* --- ranges ------------------------------------------------------------------------------------------------------- */

static void test_AddFileWithRanges(void)
{
    static const struct { BG_FILE_RANGE ranges[3]; DWORD count; HRESULT hr; } tests[] =
    {
        /* spec: api 5.4.2, behaviour 4.9 */
        { { { 0, 10 } }, 0, E_INVALIDARG },
        { { { TO_EOF, 10 } }, 1, BG_E_INVALID_RANGE },
        { { { 10, TO_EOF - 5 } }, 1, BG_E_INVALID_RANGE },
        { { { 0, 10 }, { 5, 10 } }, 2, BG_E_OVERLAPPING_RANGES },
        { { { 20, 10 }, { 0, TO_EOF } }, 2, BG_E_OVERLAPPING_RANGES },
        { { { 0, 10 }, { 0, 10 } }, 2, BG_E_OVERLAPPING_RANGES },
    };
    static const WCHAR url[] = L"http://127.0.0.1/file";
    static const BG_FILE_RANGE good[] = { { 900, 100 }, { 100, 10 }, { 1000, TO_EOF } };
    IBackgroundCopyJob *job = create_job( L"ranges" );
    IBackgroundCopyJob3 *job3 = get_job3( job );
    BG_FILE_RANGE *many, *ranges = SENTINEL;
    IBackgroundCopyFile5 *file;
    BG_JOB_PROGRESS progress;
    DWORD count = 0xdeadbeef;
    HRESULT hr;
    UINT i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        hr = add_ranges( job3, url, tests[i].ranges, tests[i].count );
        ok( hr == tests[i].hr, "%u: got hr %#lx.\n", i, hr );
    }
    OK( add_ranges( job3, L"nothing", good, 1 ), E_INVALIDARG );
    OK( add_ranges( job3, L"C:\\windows\\win.ini", good, 1 ), E_INVALIDARG );
    OK( IBackgroundCopyJob3_AddFileWithRanges( job3, url, L"file", 1, (BG_FILE_RANGE *)good ), E_INVALIDARG );
    OK( IBackgroundCopyJob3_AddFileWithRanges( job3, url, test_path( L"no\\directory" ), 1, (BG_FILE_RANGE *)good ),
        HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND) );
    OK( IBackgroundCopyJob3_AddFileWithRanges( job3, NULL, test_path( L"ranges" ), 1, (BG_FILE_RANGE *)good ),
        NULL_REF_POINTER );
    OK( IBackgroundCopyJob_GetProgress( job, &progress ), S_OK );
    ok( !progress.FilesTotal, "got %lu files.\n", progress.FilesTotal );

    /* spec: api 4.2: no limit for administrators */
    many = malloc( 600 * sizeof(*many) );
    for (i = 0; i < 600; i++)
    {
        many[i].InitialOffset = i * 10;
        many[i].Length = 5;
    }
    OK( add_ranges( job3, url, good, 3 ), S_OK );
    OK( add_ranges( job3, url, many, 600 ), S_OK );
    free( many );

    /* spec: api 5.9.4 */
    file = first_file5( job );
    OK( IBackgroundCopyFile5_GetFileRanges( file, &count, &ranges ), S_OK );
    ok( count == 3 && !memcmp( ranges, good, sizeof(good) ), "got %lu ranges.\n", count );
    CoTaskMemFree( ranges );
    IBackgroundCopyFile5_Release( file );
    IBackgroundCopyJob3_Release( job3 );
    cleanup_job( job );

    job = create_job( L"no ranges" );
    add_file( job, url, test_path( L"file" ) );
    file = first_file5( job );
    ranges = SENTINEL;
    count = 0xdeadbeef;
    OK( IBackgroundCopyFile5_GetFileRanges( file, &count, &ranges ), S_FALSE );
    ok( !count && !ranges, "got %lu at %p.\n", count, ranges );
    IBackgroundCopyFile5_Release( file );
    cleanup_job( job );
}

/* Whether the local file holds these ranges of a file of SIZE bytes, one behind the other, and nothing else. */
static BOOL check_ranges( const WCHAR *path, const BG_FILE_RANGE *ranges, UINT count, UINT64 size )
{
    static char data[4096];
    DWORD read = 0, pos = 0;
    BOOL same;
    HANDLE file;
    UINT64 at;
    UINT i;

    file = CreateFileW( path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL );
    if (file == INVALID_HANDLE_VALUE) return FALSE;
    same = ReadFile( file, data, sizeof(data), &read, NULL );
    CloseHandle( file );
    for (i = 0; same && i < count; i++)
    {
        UINT64 end = ranges[i].Length == TO_EOF ? size : ranges[i].InitialOffset + ranges[i].Length;

        for (at = ranges[i].InitialOffset; same && at < end; at++, pos++)
            same = pos < read && data[pos] == file_pattern( at );
    }
    return same && pos == read;
}

static void test_transfer(void)
{
    static const BG_FILE_RANGE ranges[] = { { 900, 100 }, { 100, 250 }, { 4000, TO_EOF }, { 0, 1 } };
    IBackgroundCopyJob *job = create_job( L"ranges" );
    IBackgroundCopyJob3 *job3 = get_job3( job );
    BG_JOB_PROGRESS progress;
    HRESULT hr;

    /* spec: behaviour 4.9: in the order given */
    OK( add_ranges( job3, server_url( "/file/5000" ), ranges, 2 ), S_OK );
    OK( IBackgroundCopyJob_GetProgress( job, &progress ), S_OK );
    ok( progress.BytesTotal == 350, "got %I64u bytes.\n", progress.BytesTotal );
    OK( IBackgroundCopyJob_Cancel( job ), S_OK );
    IBackgroundCopyJob3_Release( job3 );
    IBackgroundCopyJob_Release( job );

    job = create_job( L"ranges" );
    job3 = get_job3( job );
    OK( add_ranges( job3, server_url( "/file/5000" ), ranges, ARRAY_SIZE(ranges) ), S_OK );
    OK( IBackgroundCopyJob_GetProgress( job, &progress ), S_OK );
    ok( progress.BytesTotal == BG_SIZE_UNKNOWN, "got %I64u bytes.\n", progress.BytesTotal );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    OK( IBackgroundCopyJob_GetProgress( job, &progress ), S_OK );
    ok( progress.BytesTotal == 1351 && progress.BytesTransferred == 1351, "got %I64u of %I64u bytes.\n",
        progress.BytesTransferred, progress.BytesTotal );
    ok( server_count( "GET /file/5000", "\r\nRange: bytes=900-999\r\n" ) == 1, "got no request for the first.\n" );
    ok( server_count( "GET /file/5000", "\r\nRange: bytes=4000-4999\r\n" ) == 1, "got no request for the third.\n" );
    OK( IBackgroundCopyJob_Complete( job ), S_OK );
    ok( check_ranges( test_path( L"ranges" ), ranges, ARRAY_SIZE(ranges), 5000 ), "got another file.\n" );
    IBackgroundCopyJob3_Release( job3 );
    IBackgroundCopyJob_Release( job );
}

static void test_bad_ranges(void)
{
    static const struct { const char *path; BG_FILE_RANGE range; HRESULT code; } tests[] =
    {
        { "/file/5000", { 4990, 20 }, BG_E_INVALID_RANGE },
        { "/file/5000", { 6000, TO_EOF }, BG_E_INVALID_RANGE },
        { "/whole/5000", { 10, 20 }, BG_E_INSUFFICIENT_RANGE_SUPPORT },
    };
    IBackgroundCopyJob3 *job3;
    IBackgroundCopyJob *job;
    HRESULT hr;
    UINT i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        winetest_push_context( "%u", i );
        job = create_job( L"ranges" );
        job3 = get_job3( job );
        OK( add_ranges( job3, server_url( tests[i].path ), &tests[i].range, 1 ), S_OK );
        resume_job( job );
        wait_state( job, BG_JOB_STATE_ERROR );
        check_error( job, BG_ERROR_CONTEXT_REMOTE_FILE, tests[i].code );
        IBackgroundCopyJob3_Release( job3 );
        cleanup_job( job );
        winetest_pop_context();
    }
}

/* --- remote names ------------------------------------------------------------------------------------------------- */

#define check_remote_name( job, url ) check_remote_name_( __LINE__, job, url )
static void check_remote_name_( int line, IBackgroundCopyJob *job, const WCHAR *expected )
{
    IBackgroundCopyFile *file = first_file( job );
    WCHAR *name = NULL;
    HRESULT hr;

    hr = IBackgroundCopyFile_GetRemoteName( file, &name );
    ok_( __FILE__, line )( hr == S_OK, "got hr %#lx.\n", hr );
    ok_( __FILE__, line )( !lstrcmpW( name, expected ), "got %s.\n", wine_dbgstr_w( name ) );
    CoTaskMemFree( name );
    IBackgroundCopyFile_Release( file );
}

static void test_names(void)
{
    IBackgroundCopyJob *job = create_job( L"names" );
    IBackgroundCopyJob3 *job3 = get_job3( job );
    IBackgroundCopyFile5 *file;
    static WCHAR text[2300];
    HRESULT hr;
    UINT i;

    /* spec: api 5.4.1 */
    OK( IBackgroundCopyJob3_ReplaceRemotePrefix( job3, L"http://old/", L"http://new/" ), S_FALSE );
    add_file( job, L"http://old/file", test_path( L"file" ) );
    OK( IBackgroundCopyJob3_ReplaceRemotePrefix( job3, L"http://OLD/", L"http://new/" ), S_FALSE );
    OK( IBackgroundCopyJob3_ReplaceRemotePrefix( job3, L"", L"http://new/" ), E_INVALIDARG );
    OK( IBackgroundCopyJob3_ReplaceRemotePrefix( job3, L"http://old/", L"" ), E_INVALIDARG );
    OK( IBackgroundCopyJob3_ReplaceRemotePrefix( job3, L"http://old/", L"ftp://new/" ), E_INVALIDARG );
    OK( IBackgroundCopyJob3_ReplaceRemotePrefix( job3, NULL, L"http://new/" ), NULL_REF_POINTER );
    lstrcpyW( text, L"http://new/" );
    for (i = lstrlenW( text ); i < 2200; i++) text[i] = i % 200 ? 'x' : '/';
    OK( IBackgroundCopyJob3_ReplaceRemotePrefix( job3, L"http://old/", text ), E_INVALIDARG );
    check_remote_name( job, L"http://old/file" );
    OK( IBackgroundCopyJob3_ReplaceRemotePrefix( job3, L"http://old/", L"https://new/a/" ), S_OK );
    check_remote_name( job, L"https://new/a/file" );

    /* spec: api 5.9.5 */
    file = first_file5( job );
    OK( IBackgroundCopyFile5_SetRemoteName( file, L"http://third/file" ), S_OK );
    check_remote_name( job, L"http://third/file" );
    OK( IBackgroundCopyFile5_SetRemoteName( file, L"nothing" ), E_INVALIDARG );
    text[2200] = 'x';
    OK( IBackgroundCopyFile5_SetRemoteName( file, text ), E_INVALIDARG );
    OK( IBackgroundCopyFile5_SetRemoteName( file, NULL ), NULL_REF_POINTER );
    check_remote_name( job, L"http://third/file" );
    OK( IBackgroundCopyJob_Cancel( job ), S_OK );
    OK( IBackgroundCopyFile5_SetRemoteName( file, L"http://late/file" ), BG_E_INVALID_STATE );
    IBackgroundCopyFile5_Release( file );
    IBackgroundCopyJob3_Release( job3 );
    cleanup_job( job );
}

static void test_new_name_is_used( BOOL prefix )
{
    IBackgroundCopyJob *job = create_job( L"names" );
    IBackgroundCopyJob3 *job3 = get_job3( job );
    IBackgroundCopyFile5 *file;
    HRESULT hr;

    /* spec: behaviour 1.4: a running transfer turns to the new name */
    add_file( job, server_url( "/hang/3000" ), test_path( L"file" ) );
    file = first_file5( job );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRING );
    if (prefix)
    {
        OK( IBackgroundCopyJob3_ReplaceRemotePrefix( job3, server_url( "/hang/" ), server_url( "/file/" ) ), S_OK );
    }
    else
    {
        OK( IBackgroundCopyFile5_SetRemoteName( file, server_url( "/file/3000" ) ), S_OK );
    }
    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    OK( IBackgroundCopyJob_Complete( job ), S_OK );
    ok( check_file( test_path( L"file" ), 3000 ), "got another file.\n" );
    IBackgroundCopyFile5_Release( file );
    IBackgroundCopyJob3_Release( job3 );
    IBackgroundCopyJob_Release( job );
}

/* --- validation and the rest -------------------------------------------------------------------------------------- */

#define check_valid( file, valid ) check_valid_( __LINE__, file, valid )
static void check_valid_( int line, IBackgroundCopyFile5 *file, BOOL expected )
{
    BOOL valid = 0xdeadbeef;
    HRESULT hr;

    hr = IBackgroundCopyFile5_GetValidationState( file, &valid );
    ok_( __FILE__, line )( hr == S_OK, "got hr %#lx.\n", hr );
    ok_( __FILE__, line )( valid == expected, "got %d.\n", valid );
}

static void test_validation(void)
{
    IBackgroundCopyJob *job = create_job( L"validation" );
    UINT64 origin = 0xdeadbeef, peers = 0xdeadbeef;
    IBackgroundCopyFile5 *file;
    BG_FILE_PROGRESS progress;
    BOOL flag = 0xdeadbeef;
    HRESULT hr;

    /* spec: api 5.9.7 - 5.9.10 */
    add_file( job, server_url( "/file/1000" ), test_path( L"valid" ) );
    file = first_file5( job );
    OK( IBackgroundCopyFile5_SetValidationState( file, TRUE ), E_PENDING );
    OK( IBackgroundCopyFile5_SetValidationState( file, FALSE ), E_PENDING );
    OK( IBackgroundCopyFile5_GetValidationState( file, NULL ), NULL_REF_POINTER );
    check_valid( file, FALSE );
    OK( IBackgroundCopyFile5_GetPeerDownloadStats( file, &origin, &peers ), S_OK );
    ok( !origin && !peers, "got %I64u and %I64u.\n", origin, peers );
    OK( IBackgroundCopyFile5_IsDownloadedFromPeer( file, &flag ), S_OK );
    ok( !flag, "got %d.\n", flag );

    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    check_valid( file, FALSE );
    OK( IBackgroundCopyFile5_SetValidationState( file, TRUE ), S_OK );
    check_valid( file, TRUE );
    ok( get_state( job ) == BG_JOB_STATE_TRANSFERRED, "got state %u.\n", get_state( job ) );

    OK( IBackgroundCopyFile5_SetValidationState( file, FALSE ), S_OK );
    check_valid( file, FALSE );
    ok( get_state( job ) == BG_JOB_STATE_ERROR, "got state %u.\n", get_state( job ) );
    check_error( job, BG_ERROR_CONTEXT_REMOTE_FILE, BG_E_VALIDATION_FAILED );
    OK( IBackgroundCopyFile5_GetProgress( file, &progress ), S_OK );
    ok( !progress.BytesTransferred, "got %I64u bytes.\n", progress.BytesTransferred );

    /* Resume fetches it again, and Complete says that it is good */
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    OK( IBackgroundCopyFile5_GetPeerDownloadStats( file, &origin, &peers ), S_OK );
    ok( origin == 2000 && !peers, "got %I64u and %I64u.\n", origin, peers );
    ok( server_count( "GET /file/1000", NULL ) == 2, "got %u requests.\n", server_count( "GET /file/1000", NULL ) );
    OK( IBackgroundCopyJob_Complete( job ), S_OK );
    ok( check_file( test_path( L"valid" ), 1000 ), "got another file.\n" );
    check_valid( file, TRUE );
    OK( IBackgroundCopyFile5_SetValidationState( file, FALSE ), BG_E_INVALID_STATE );
    IBackgroundCopyFile5_Release( file );
    IBackgroundCopyJob_Release( job );
}

static void test_file_properties(void)
{
    IBackgroundCopyJob *job = create_job( L"properties" );
    BITS_FILE_PROPERTY_VALUE value;
    IBackgroundCopyFile5 *file;
    HRESULT hr;

    /* spec: api 5.9.11, 5.9.12 */
    add_file( job, server_url( "/file/1234" ), test_path( L"properties" ) );
    file = first_file5( job );
    value.String = NULL;
    OK( IBackgroundCopyFile5_SetProperty( file, BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS, value ),
        BG_E_READ_ONLY_PROPERTY );
    OK( IBackgroundCopyFile5_SetProperty( file, 2, value ), BG_E_UNKNOWN_PROPERTY_ID );
    value.String = SENTINEL;
    OK( IBackgroundCopyFile5_GetProperty( file, 2, &value ), BG_E_UNKNOWN_PROPERTY_ID );
    value.String = SENTINEL;
    OK( IBackgroundCopyFile5_GetProperty( file, BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS, &value ), S_OK );
    ok( !value.String, "got %s.\n", wine_dbgstr_w( value.String ) );

    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    OK( IBackgroundCopyFile5_GetProperty( file, BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS, &value ), S_OK );
    ok( value.String && !wcsncmp( value.String, L"HTTP/1.1 200 OK\r\n", 17 ), "got %s.\n",
        wine_dbgstr_w( value.String ) );
    ok( value.String && wcsstr( value.String, L"\r\nContent-Length: 1234\r\n" ), "got %s.\n",
        wine_dbgstr_w( value.String ) );
    CoTaskMemFree( value.String );
    IBackgroundCopyFile5_Release( file );
    cleanup_job( job );
}

START_TEST(ranges)
{
    if (!setup()) return;
    test_AddFileWithRanges();
    test_names();
    if (server_start())
    {
        test_transfer();
        test_bad_ranges();
        test_new_name_is_used( TRUE );
        test_new_name_is_used( FALSE );
        test_validation();
        test_file_properties();
        server_stop();
    }
    teardown();
}
