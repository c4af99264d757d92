/*
 * Tests of the enumerators of jobs and files
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

/* A job with the files http://127.0.0.1/0 to /2. */
static IBackgroundCopyJob *create_job_with_files(void)
{
    IBackgroundCopyJob *job = create_job( L"enum" );
    WCHAR url[64];
    UINT i;

    for (i = 0; i < 3; i++)
    {
        swprintf( url, ARRAY_SIZE(url), L"http://127.0.0.1/%u", i );
        add_file( job, url, test_path( L"enum" ) );
    }
    return job;
}

static IEnumBackgroundCopyFiles *enum_files( IBackgroundCopyJob *job )
{
    IEnumBackgroundCopyFiles *files = NULL;
    HRESULT hr;

    hr = IBackgroundCopyJob_EnumFiles( job, &files );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    return files;
}

#define check_file_number( file, number ) check_file_number_( __LINE__, file, number )
static void check_file_number_( int line, IBackgroundCopyFile *file, UINT number )
{
    WCHAR *name = NULL, url[64];
    HRESULT hr;

    hr = IBackgroundCopyFile_GetRemoteName( file, &name );
    ok_( __FILE__, line )( hr == S_OK, "got hr %#lx.\n", hr );
    swprintf( url, ARRAY_SIZE(url), L"http://127.0.0.1/%u", number );
    ok_( __FILE__, line )( name && !lstrcmpW( name, url ), "got %s.\n", wine_dbgstr_w( name ) );
    CoTaskMemFree( name );
}

static void test_files_snapshot(void)
{
    IBackgroundCopyJob *job = create_job_with_files();
    IEnumBackgroundCopyFiles *files = enum_files( job );
    IBackgroundCopyFile *got[4];
    ULONG count, i;
    IUnknown *unk;
    HRESULT hr;

    hr = IEnumBackgroundCopyFiles_QueryInterface( files, &IID_IUnknown, (void **)&unk );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    IUnknown_Release( unk );
    unk = SENTINEL;
    hr = IEnumBackgroundCopyFiles_QueryInterface( files, &IID_IEnumBackgroundCopyJobs, (void **)&unk );
    ok( hr == E_NOINTERFACE, "got hr %#lx.\n", hr );
    ok( !unk, "got %p.\n", unk );

    /* spec: api 5.11: what comes later is not in it */
    add_file( job, L"http://127.0.0.1/late", test_path( L"enum" ) );
    count = 0xdeadbeef;
    hr = IEnumBackgroundCopyFiles_GetCount( files, &count );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( count == 3, "got %lu.\n", count );
    hr = IEnumBackgroundCopyFiles_GetCount( files, NULL );
    ok( hr == NULL_REF_POINTER, "got hr %#lx.\n", hr );

    /* it outlives the job; spec: api 8.3: in the order added */
    cleanup_job( job );
    count = 0;
    hr = IEnumBackgroundCopyFiles_Next( files, 4, got, &count );
    ok( hr == S_FALSE, "got hr %#lx.\n", hr );
    ok( count == 3, "got %lu.\n", count );
    IEnumBackgroundCopyFiles_Release( files );
    for (i = 0; i < count; i++)
    {
        check_file_number( got[i], i );
        IBackgroundCopyFile_Release( got[i] );
    }
}

static void test_files_Next(void)
{
    IBackgroundCopyJob *job = create_job_with_files();
    IEnumBackgroundCopyFiles *files = enum_files( job );
    IBackgroundCopyFile *got[2], *file;
    ULONG count;
    HRESULT hr;

    /* spec: api 5.11 */
    count = 0;
    hr = IEnumBackgroundCopyFiles_Next( files, 2, got, &count );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( count == 2, "got %lu.\n", count );
    check_file_number( got[0], 0 );
    check_file_number( got[1], 1 );
    IBackgroundCopyFile_Release( got[0] );
    IBackgroundCopyFile_Release( got[1] );

    /* the count may be left out for a single one */
    file = SENTINEL;
    hr = IEnumBackgroundCopyFiles_Next( files, 1, &file, NULL );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    check_file_number( file, 2 );
    IBackgroundCopyFile_Release( file );
    file = SENTINEL;
    hr = IEnumBackgroundCopyFiles_Next( files, 1, &file, NULL );
    ok( hr == S_FALSE, "got hr %#lx.\n", hr );
    ok( !file, "got %p.\n", file );
    count = 0xdeadbeef;
    hr = IEnumBackgroundCopyFiles_Next( files, 1, &file, &count );
    ok( hr == S_FALSE, "got hr %#lx.\n", hr );
    ok( !count, "got %lu.\n", count );

    /* spec: api 8.3 */
    hr = IEnumBackgroundCopyFiles_Next( files, 2, got, NULL );
    ok( hr == E_INVALIDARG, "got hr %#lx.\n", hr );
    hr = IEnumBackgroundCopyFiles_Next( files, 1, NULL, &count );
    ok( hr == NULL_REF_POINTER, "got hr %#lx.\n", hr );
    count = 0xdeadbeef;
    hr = IEnumBackgroundCopyFiles_Next( files, 0, got, &count );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( !count, "got %lu.\n", count );

    IEnumBackgroundCopyFiles_Release( files );
    cleanup_job( job );
}

static void test_files_Clone(void)
{
    IBackgroundCopyJob *job = create_job_with_files();
    IEnumBackgroundCopyFiles *files = enum_files( job ), *clone;
    IBackgroundCopyFile *got[4];
    ULONG count;
    HRESULT hr;

    /* spec: api 5.11: a clone stands where its original stands, and then goes its own way */
    hr = IEnumBackgroundCopyFiles_Skip( files, 2 );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IEnumBackgroundCopyFiles_Clone( files, NULL );
    ok( hr == NULL_REF_POINTER, "got hr %#lx.\n", hr );
    hr = IEnumBackgroundCopyFiles_Clone( files, &clone );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    count = 0;
    hr = IEnumBackgroundCopyFiles_Next( clone, 4, got, &count );
    ok( hr == S_FALSE, "got hr %#lx.\n", hr );
    ok( count == 1, "got %lu.\n", count );
    check_file_number( got[0], 2 );
    IBackgroundCopyFile_Release( got[0] );
    hr = IEnumBackgroundCopyFiles_GetCount( clone, &count );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( count == 3, "got %lu.\n", count );
    IEnumBackgroundCopyFiles_Release( clone );

    hr = IEnumBackgroundCopyFiles_Next( files, 1, got, NULL );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    check_file_number( got[0], 2 );
    IBackgroundCopyFile_Release( got[0] );
    IEnumBackgroundCopyFiles_Release( files );
    cleanup_job( job );
}

static void test_files_Skip(void)
{
    IBackgroundCopyJob *job = create_job_with_files();
    IEnumBackgroundCopyFiles *files = enum_files( job );
    IBackgroundCopyFile *file;
    HRESULT hr;

    /* spec: api 5.11 */
    hr = IEnumBackgroundCopyFiles_Skip( files, 3 );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IEnumBackgroundCopyFiles_Skip( files, 0 );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IEnumBackgroundCopyFiles_Skip( files, 1 );
    ok( hr == S_FALSE, "got hr %#lx.\n", hr );
    hr = IEnumBackgroundCopyFiles_Reset( files );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IEnumBackgroundCopyFiles_Skip( files, 0xffffffff );
    ok( hr == S_FALSE, "got hr %#lx.\n", hr );
    hr = IEnumBackgroundCopyFiles_Next( files, 1, &file, NULL );
    ok( hr == S_FALSE, "got hr %#lx.\n", hr );
    hr = IEnumBackgroundCopyFiles_Reset( files );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IEnumBackgroundCopyFiles_Skip( files, 1 );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IEnumBackgroundCopyFiles_Next( files, 1, &file, NULL );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    check_file_number( file, 1 );
    IBackgroundCopyFile_Release( file );

    IEnumBackgroundCopyFiles_Release( files );
    cleanup_job( job );
}

static void test_no_files(void)
{
    IBackgroundCopyFile *file = SENTINEL;
    IEnumBackgroundCopyFiles *files;
    IBackgroundCopyJob *job;
    ULONG count;
    HRESULT hr;

    job = create_job( L"empty" );
    hr = IBackgroundCopyJob_EnumFiles( job, &files );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IEnumBackgroundCopyFiles_GetCount( files, &count );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( !count, "got %lu.\n", count );
    hr = IEnumBackgroundCopyFiles_Next( files, 1, &file, NULL );
    ok( hr == S_FALSE, "got hr %#lx.\n", hr );
    ok( !file, "got %p.\n", file );
    IEnumBackgroundCopyFiles_Release( files );
    cleanup_job( job );
}

/* The jobs of the enumerator whose name begins with "enum", in order, as a string of their last letters. */
static const char *read_jobs( IEnumBackgroundCopyJobs *jobs )
{
    static char letters[32];
    IBackgroundCopyJob *job;
    unsigned int count = 0;
    WCHAR *name;
    HRESULT hr;

    while ((hr = IEnumBackgroundCopyJobs_Next( jobs, 1, &job, NULL )) == S_OK)
    {
        hr = IBackgroundCopyJob_GetDisplayName( job, &name );
        ok( hr == S_OK, "got hr %#lx.\n", hr );
        if (!wcsncmp( name, L"enum ", 5 ) && count < sizeof(letters) - 1) letters[count++] = name[5];
        CoTaskMemFree( name );
        IBackgroundCopyJob_Release( job );
    }
    ok( hr == S_FALSE, "got hr %#lx.\n", hr );
    letters[count] = 0;
    return letters;
}

static void test_jobs(void)
{
    static const WCHAR * const names[] = { L"enum a", L"enum b", L"enum c" };
    IEnumBackgroundCopyJobs *enum_jobs, *clone;
    IBackgroundCopyJob *jobs[3], *got[2];
    const char *letters;
    BG_JOB_STATE state;
    ULONG i, count, others;
    IUnknown *unk;
    HRESULT hr;

    /* whoever they belong to: they come first */
    hr = IBackgroundCopyManager_EnumJobs( manager, 0, &enum_jobs );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IEnumBackgroundCopyJobs_GetCount( enum_jobs, &others );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    IEnumBackgroundCopyJobs_Release( enum_jobs );

    for (i = 0; i < ARRAY_SIZE(jobs); i++) jobs[i] = create_job( names[i] );
    hr = IBackgroundCopyManager_EnumJobs( manager, 0, &enum_jobs );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    unk = SENTINEL;
    hr = IEnumBackgroundCopyJobs_QueryInterface( enum_jobs, &IID_IEnumBackgroundCopyFiles, (void **)&unk );
    ok( hr == E_NOINTERFACE, "got hr %#lx.\n", hr );
    ok( !unk, "got %p.\n", unk );

    hr = IEnumBackgroundCopyJobs_GetCount( enum_jobs, &count );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( count == others + 3, "got %lu, expected %lu.\n", count, others + 3 );
    letters = read_jobs( enum_jobs );
    ok( !strcmp( letters, "abc" ), "got %s.\n", letters );

    /* a snapshot of living jobs; spec: behaviour 1.6 */
    hr = IBackgroundCopyJob_Cancel( jobs[1] );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IEnumBackgroundCopyJobs_Reset( enum_jobs );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IEnumBackgroundCopyJobs_Skip( enum_jobs, others + 1 );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IEnumBackgroundCopyJobs_Clone( enum_jobs, &clone );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    count = 0;
    hr = IEnumBackgroundCopyJobs_Next( enum_jobs, 2, got, &count );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( count == 2, "got %lu.\n", count );
    hr = IBackgroundCopyJob_GetState( got[0], &state );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( state == BG_JOB_STATE_CANCELLED, "got state %u.\n", state );
    hr = IBackgroundCopyJob_GetState( got[1], &state );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( state == BG_JOB_STATE_SUSPENDED, "got state %u.\n", state );
    IBackgroundCopyJob_Release( got[0] );
    IBackgroundCopyJob_Release( got[1] );
    IEnumBackgroundCopyJobs_Release( enum_jobs );
    letters = read_jobs( clone );
    ok( !strcmp( letters, "bc" ), "got %s.\n", letters );
    hr = IEnumBackgroundCopyJobs_Next( clone, 2, got, NULL );
    ok( hr == E_INVALIDARG, "got hr %#lx.\n", hr );
    IEnumBackgroundCopyJobs_Release( clone );

    /* a new one has no finished jobs; an administrator sees all users' */
    for (i = 0; i <= BG_JOB_ENUM_ALL_USERS; i++)
    {
        hr = IBackgroundCopyManager_EnumJobs( manager, i, &enum_jobs );
        ok( hr == S_OK, "got hr %#lx.\n", hr );
        letters = read_jobs( enum_jobs );
        ok( !strcmp( letters, "ac" ), "%lu: got %s.\n", i, letters );
        IEnumBackgroundCopyJobs_Release( enum_jobs );
    }

    IBackgroundCopyJob_Release( jobs[1] );
    cleanup_job( jobs[0] );
    cleanup_job( jobs[2] );
}

START_TEST(enum)
{
    if (!setup()) return;
    test_files_snapshot();
    test_files_Next();
    test_files_Clone();
    test_files_Skip();
    test_no_files();
    test_jobs();
    teardown();
}
