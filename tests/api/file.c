/*
 * Tests of IBackgroundCopyFile to File6
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

static void test_interfaces(void)
{
    static const struct
    {
        const IID *iid;
        HRESULT hr;
    }
    tests[] =
    {
        { &IID_IBackgroundCopyFile, S_OK },
        { &IID_IBackgroundCopyFile2, S_OK },
        { &IID_IBackgroundCopyFile3, S_OK },
        { &IID_IBackgroundCopyFile4, S_OK },
        { &IID_IBackgroundCopyFile5, S_OK },
        { &IID_IBackgroundCopyFile6, S_OK },
        { &IID_IBackgroundCopyJob, E_NOINTERFACE },
        { &IID_IBackgroundCopyError, E_NOINTERFACE },
    };
    IBackgroundCopyJob *job = create_job( L"file" );
    IUnknown *unk, *unk2, *obj;
    IBackgroundCopyFile *file;
    HRESULT hr;
    UINT i;

    /* spec: api 1.3 */
    add_file( job, L"http://127.0.0.1/file", test_path( L"file" ) );
    file = first_file( job );
    hr = IBackgroundCopyFile_QueryInterface( file, &IID_IUnknown, (void **)&unk );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        obj = SENTINEL;
        hr = IBackgroundCopyFile_QueryInterface( file, tests[i].iid, (void **)&obj );
        ok( hr == tests[i].hr, "%s: got hr %#lx.\n", wine_dbgstr_guid( tests[i].iid ), hr );
        if (FAILED(hr))
        {
            ok( !obj, "got %p.\n", obj );
            continue;
        }
        hr = IUnknown_QueryInterface( obj, &IID_IUnknown, (void **)&unk2 );
        ok( hr == S_OK, "got hr %#lx.\n", hr );
        ok( unk == unk2, "%s: got another IUnknown.\n", wine_dbgstr_guid( tests[i].iid ) );
        IUnknown_Release( unk2 );
        IUnknown_Release( obj );
    }
    IUnknown_Release( unk );
    IBackgroundCopyFile_Release( file );
    cleanup_job( job );
}

static void test_properties(void)
{
    static const WCHAR url[] = L"http://127.0.0.1/some/file?with=parameters";
    IBackgroundCopyJob *job = create_job( L"file" );
    BG_FILE_PROGRESS progress;
    IBackgroundCopyFile *file;
    WCHAR *text;
    HRESULT hr;

    add_file( job, url, test_path( L"file" ) );
    file = first_file( job );

    /* spec: api 1.6 */
    hr = IBackgroundCopyFile_GetRemoteName( file, NULL );
    ok( hr == NULL_REF_POINTER, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyFile_GetLocalName( file, NULL );
    ok( hr == NULL_REF_POINTER, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyFile_GetProgress( file, NULL );
    ok( hr == NULL_REF_POINTER, "got hr %#lx.\n", hr );

    /* spec: api 5.9.1 - 5.9.3 */
    text = SENTINEL;
    hr = IBackgroundCopyFile_GetRemoteName( file, &text );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( !lstrcmpW( text, url ), "got %s.\n", wine_dbgstr_w( text ) );
    CoTaskMemFree( text );
    text = SENTINEL;
    hr = IBackgroundCopyFile_GetLocalName( file, &text );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( !lstrcmpW( text, test_path( L"file" ) ), "got %s.\n", wine_dbgstr_w( text ) );
    CoTaskMemFree( text );
    memset( &progress, 0xcc, sizeof(progress) );
    hr = IBackgroundCopyFile_GetProgress( file, &progress );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( progress.BytesTotal == BG_SIZE_UNKNOWN, "got %I64u.\n", progress.BytesTotal );
    ok( !progress.BytesTransferred, "got %I64u.\n", progress.BytesTransferred );
    ok( !progress.Completed, "got %d.\n", progress.Completed );

    /* a file object outlives its job's other pointers */
    cleanup_job( job );
    hr = IBackgroundCopyFile_GetRemoteName( file, &text );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( !lstrcmpW( text, url ), "got %s.\n", wine_dbgstr_w( text ) );
    CoTaskMemFree( text );
    IBackgroundCopyFile_Release( file );
}

static IBackgroundCopyFile3 *first_file3( IBackgroundCopyJob *job )
{
    IBackgroundCopyFile *file = first_file( job );
    IBackgroundCopyFile3 *file3;
    HRESULT hr;

    hr = IBackgroundCopyFile_QueryInterface( file, &IID_IBackgroundCopyFile3, (void **)&file3 );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    IBackgroundCopyFile_Release( file );
    return file3;
}

#define check_no_temporary_name( file ) check_no_temporary_name_( __LINE__, file )
static void check_no_temporary_name_( int line, IBackgroundCopyFile3 *file )
{
    WCHAR *name = SENTINEL;
    HRESULT hr;

    hr = IBackgroundCopyFile3_GetTemporaryName( file, &name );
    ok_( __FILE__, line )( hr == BG_E_FILE_NOT_AVAILABLE, "got hr %#lx.\n", hr );
    ok_( __FILE__, line )( !name, "got %s.\n", wine_dbgstr_w( name ) );
}

static void test_temporary_name( BOOL complete )
{
    IBackgroundCopyJob *job = create_job( L"file" );
    IBackgroundCopyFile3 *file;
    const WCHAR *base;
    WCHAR *name;
    HRESULT hr;

    /* spec: api 5.9.6, behaviour 4.6 */
    add_file( job, server_url( "/file/1000" ), test_path( L"temporary" ) );
    file = first_file3( job );
    hr = IBackgroundCopyFile3_GetTemporaryName( file, NULL );
    ok( hr == NULL_REF_POINTER, "got hr %#lx.\n", hr );
    check_no_temporary_name( file );

    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    name = SENTINEL;
    hr = IBackgroundCopyFile3_GetTemporaryName( file, &name );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    base = name + lstrlenW( test_path( L"" ) );
    ok( !wcsncmp( name, test_path( L"" ), base - name ), "got %s.\n", wine_dbgstr_w( name ) );
    ok( !wcsncmp( base, L"BIT", 3 ) && !lstrcmpW( base + lstrlenW( base ) - 4, L".tmp" ), "got %s.\n",
        wine_dbgstr_w( name ) );
    ok( check_file( name, 1000 ), "the temporary file is not whole.\n" );

    hr = complete ? IBackgroundCopyJob_Complete( job ) : IBackgroundCopyJob_Cancel( job );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    check_no_temporary_name( file );
    ok( GetFileAttributesW( name ) == INVALID_FILE_ATTRIBUTES, "the temporary file is still there.\n" );
    CoTaskMemFree( name );
    IBackgroundCopyFile3_Release( file );
    IBackgroundCopyJob_Release( job );
}

/* What is not there yet: each line says what it must become. */
START_TEST(file)
{
    if (!setup()) return;
    test_interfaces();
    test_properties();
    if (server_start())
    {
        test_temporary_name( TRUE );
        test_temporary_name( FALSE );
        server_stop();
    }
    teardown();
}
