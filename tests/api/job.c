/*
 * Tests of IBackgroundCopyJob to Job5 and the HTTP options: interfaces, properties, files, states
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
        { &IID_IBackgroundCopyJob, S_OK },
        { &IID_IBackgroundCopyJob2, S_OK },
        { &IID_IBackgroundCopyJob3, S_OK },
        { &IID_IBackgroundCopyJob4, S_OK },
        { &IID_IBackgroundCopyJob5, S_OK },
        { &IID_IBackgroundCopyJobHttpOptions, S_OK },
        { &IID_IBackgroundCopyJobHttpOptions2, S_OK },
        { &IID_IBackgroundCopyJobHttpOptions3, S_OK },
        { &IID_IBitsTokenOptions, S_OK },
        { &IID_IBackgroundCopyManager, E_NOINTERFACE },
        { &IID_IBackgroundCopyFile, E_NOINTERFACE },
        { &IID_IBackgroundCopyError, E_NOINTERFACE },
        { &IID_IEnumBackgroundCopyFiles, E_NOINTERFACE },
        { &IID_IDispatch, E_NOINTERFACE },
    };
    IUnknown *unk, *unk2, *obj;
    IBackgroundCopyJob *job;
    HRESULT hr;
    UINT i;

    /* spec: api 1.3: one object */
    job = create_job( L"interfaces" );
    hr = IBackgroundCopyJob_QueryInterface( job, &IID_IUnknown, (void **)&unk );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        obj = SENTINEL;
        hr = IBackgroundCopyJob_QueryInterface( job, tests[i].iid, (void **)&obj );
        ok( hr == tests[i].hr, "%s: got hr %#lx.\n", wine_dbgstr_guid( tests[i].iid ), hr );
        if (FAILED(hr))
        {
            ok( !obj, "%s: got %p.\n", wine_dbgstr_guid( tests[i].iid ), obj );
            continue;
        }
        hr = IUnknown_QueryInterface( obj, &IID_IUnknown, (void **)&unk2 );
        ok( hr == S_OK, "got hr %#lx.\n", hr );
        ok( unk == unk2, "%s: got another IUnknown.\n", wine_dbgstr_guid( tests[i].iid ) );
        IUnknown_Release( unk2 );
        IUnknown_Release( obj );
    }
    IUnknown_Release( unk );
    cleanup_job( job );
}

static void test_null_pointers(void)
{
    IBackgroundCopyJob *job = create_job( L"NULL" );
    HRESULT hr;

    /* spec: api 1.6 */
#define CHECK(call) hr = call; ok( hr == NULL_REF_POINTER, "%s: got hr %#lx.\n", #call, hr )
    CHECK( IBackgroundCopyJob_AddFileSet( job, 1, NULL ) );
    CHECK( IBackgroundCopyJob_AddFile( job, NULL, L"C:\\file" ) );
    CHECK( IBackgroundCopyJob_AddFile( job, L"http://127.0.0.1/", NULL ) );
    CHECK( IBackgroundCopyJob_EnumFiles( job, NULL ) );
    CHECK( IBackgroundCopyJob_GetId( job, NULL ) );
    CHECK( IBackgroundCopyJob_GetType( job, NULL ) );
    CHECK( IBackgroundCopyJob_GetProgress( job, NULL ) );
    CHECK( IBackgroundCopyJob_GetTimes( job, NULL ) );
    CHECK( IBackgroundCopyJob_GetState( job, NULL ) );
    CHECK( IBackgroundCopyJob_GetError( job, NULL ) );
    CHECK( IBackgroundCopyJob_GetOwner( job, NULL ) );
    CHECK( IBackgroundCopyJob_SetDisplayName( job, NULL ) );
    CHECK( IBackgroundCopyJob_GetDisplayName( job, NULL ) );
    CHECK( IBackgroundCopyJob_SetDescription( job, NULL ) );
    CHECK( IBackgroundCopyJob_GetDescription( job, NULL ) );
    CHECK( IBackgroundCopyJob_GetPriority( job, NULL ) );
    CHECK( IBackgroundCopyJob_GetNotifyFlags( job, NULL ) );
    CHECK( IBackgroundCopyJob_GetNotifyInterface( job, NULL ) );
    CHECK( IBackgroundCopyJob_GetMinimumRetryDelay( job, NULL ) );
    CHECK( IBackgroundCopyJob_GetNoProgressTimeout( job, NULL ) );
    CHECK( IBackgroundCopyJob_GetErrorCount( job, NULL ) );
#undef CHECK
    cleanup_job( job );
}

static void test_defaults(void)
{
    IBackgroundCopyJob *job = create_job( L"defaults" );
    ULONGLONG created, changed;
    BG_JOB_PROGRESS progress;
    BG_JOB_PRIORITY priority;
    BG_JOB_TIMES times;
    BG_JOB_TYPE type;
    FILETIME now;
    WCHAR *text;
    ULONG value;
    HRESULT hr;

    /* spec: api 4.3 */
    ok( get_state( job ) == BG_JOB_STATE_SUSPENDED, "got state %u.\n", get_state( job ) );

    type = 0xdeadbeef;
    hr = IBackgroundCopyJob_GetType( job, &type );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( type == BG_JOB_TYPE_DOWNLOAD, "got type %u.\n", type );

    priority = 0xdeadbeef;
    hr = IBackgroundCopyJob_GetPriority( job, &priority );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( priority == BG_JOB_PRIORITY_NORMAL, "got priority %u.\n", priority );

    value = 0xdeadbeef;
    hr = IBackgroundCopyJob_GetNotifyFlags( job, &value );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( value == (BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_ERROR), "got flags %#lx.\n", value );

    value = 0xdeadbeef;
    hr = IBackgroundCopyJob_GetErrorCount( job, &value );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( !value, "got %lu.\n", value );

    text = SENTINEL;
    hr = IBackgroundCopyJob_GetDescription( job, &text );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( text && !text[0], "got %s.\n", wine_dbgstr_w( text ) );
    CoTaskMemFree( text );

    text = SENTINEL;
    hr = IBackgroundCopyJob_GetOwner( job, &text );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( text && !wcsncmp( text, L"S-1-5-21-", 9 ), "got %s.\n", wine_dbgstr_w( text ) );
    CoTaskMemFree( text );

    /* spec: api 2.5: nothing of nothing */
    memset( &progress, 0xcc, sizeof(progress) );
    hr = IBackgroundCopyJob_GetProgress( job, &progress );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( !progress.BytesTotal && !progress.BytesTransferred, "got %I64u of %I64u.\n", progress.BytesTransferred,
        progress.BytesTotal );
    ok( !progress.FilesTotal && !progress.FilesTransferred, "got %lu of %lu.\n", progress.FilesTransferred,
        progress.FilesTotal );

    /* spec: behaviour 1.6 */
    GetSystemTimeAsFileTime( &now );
    memset( &times, 0xcc, sizeof(times) );
    hr = IBackgroundCopyJob_GetTimes( job, &times );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    created = (ULONGLONG)times.CreationTime.dwHighDateTime << 32 | times.CreationTime.dwLowDateTime;
    changed = (ULONGLONG)times.ModificationTime.dwHighDateTime << 32 | times.ModificationTime.dwLowDateTime;
    ok( created == changed, "got %I64x and %I64x.\n", created, changed );
    ok( CompareFileTime( &times.CreationTime, &now ) <= 0, "created in the future.\n" );
    ok( !times.TransferCompletionTime.dwLowDateTime && !times.TransferCompletionTime.dwHighDateTime,
        "got a completion time.\n" );

    cleanup_job( job );
}

static void test_names(void)
{
    IBackgroundCopyJob *job = create_job( L"first" );
    WCHAR text[1026], *ret;
    HRESULT hr;
    UINT i;

    for (i = 0; i < ARRAY_SIZE(text); i++) text[i] = 0x4e00 + i;

    /* spec: api 5.2.15 */
    text[257] = 0;
    hr = IBackgroundCopyJob_SetDisplayName( job, text );
    ok( hr == BG_E_STRING_TOO_LONG, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyJob_GetDisplayName( job, &ret );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( !lstrcmpW( ret, L"first" ), "got %s.\n", wine_dbgstr_w( ret ) );
    CoTaskMemFree( ret );
    text[256] = 0;
    hr = IBackgroundCopyJob_SetDisplayName( job, text );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyJob_GetDisplayName( job, &ret );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( !lstrcmpW( ret, text ), "got %s.\n", wine_dbgstr_w( ret ) );
    CoTaskMemFree( ret );

    /* spec: api 5.2.17 */
    text[256] = text[257] = 'x';
    text[1025] = 0;
    hr = IBackgroundCopyJob_SetDescription( job, text );
    ok( hr == BG_E_STRING_TOO_LONG, "got hr %#lx.\n", hr );
    text[1024] = 0;
    hr = IBackgroundCopyJob_SetDescription( job, text );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyJob_GetDescription( job, &ret );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( !lstrcmpW( ret, text ), "got %s.\n", wine_dbgstr_w( ret ) );
    CoTaskMemFree( ret );
    hr = IBackgroundCopyJob_SetDescription( job, L"" );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyJob_GetDescription( job, &ret );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( !ret[0], "got %s.\n", wine_dbgstr_w( ret ) );
    CoTaskMemFree( ret );

    cleanup_job( job );
}

static void test_priority_and_flags(void)
{
    static const ULONG wrong_flags[] = { 0x40, 0x80000000, 0xffffffff };
    IBackgroundCopyJob *job = create_job( L"numbers" );
    BG_JOB_PRIORITY priority;
    ULONG flags, i;
    HRESULT hr;

    /* spec: api 5.2.19 */
    for (i = BG_JOB_PRIORITY_FOREGROUND; i <= BG_JOB_PRIORITY_LOW; i++)
    {
        hr = IBackgroundCopyJob_SetPriority( job, i );
        ok( hr == S_OK, "%lu: got hr %#lx.\n", i, hr );
        hr = IBackgroundCopyJob_GetPriority( job, &priority );
        ok( hr == S_OK, "got hr %#lx.\n", hr );
        ok( priority == i, "got %u, expected %lu.\n", priority, i );
    }
    hr = IBackgroundCopyJob_SetPriority( job, BG_JOB_PRIORITY_LOW + 1 );
    ok( hr == E_NOTIMPL, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyJob_SetPriority( job, 0x7fff );
    ok( hr == E_NOTIMPL, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyJob_GetPriority( job, &priority );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( priority == BG_JOB_PRIORITY_LOW, "got %u.\n", priority );

    /* spec: api 5.2.21 */
    for (i = 0; i <= 0x3f; i++)
    {
        hr = IBackgroundCopyJob_SetNotifyFlags( job, i );
        ok( hr == S_OK, "%#lx: got hr %#lx.\n", i, hr );
        hr = IBackgroundCopyJob_GetNotifyFlags( job, &flags );
        ok( hr == S_OK, "got hr %#lx.\n", hr );
        ok( flags == i, "got %#lx, expected %#lx.\n", flags, i );
    }
    for (i = 0; i < ARRAY_SIZE(wrong_flags); i++)
    {
        hr = IBackgroundCopyJob_SetNotifyFlags( job, wrong_flags[i] );
        ok( hr == E_NOTIMPL, "%#lx: got hr %#lx.\n", wrong_flags[i], hr );
    }
    hr = IBackgroundCopyJob_GetNotifyFlags( job, &flags );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( flags == 0x3f, "got %#lx.\n", flags );

    cleanup_job( job );
}

static ULONG count_files( IBackgroundCopyJob *job )
{
    BG_JOB_PROGRESS progress = { 0 };
    HRESULT hr;

    hr = IBackgroundCopyJob_GetProgress( job, &progress );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    return progress.FilesTotal;
}

static void test_AddFile_names(void)
{
    static const WCHAR good_url[] = L"http://127.0.0.1/file";
    static const WCHAR * const wrong_remote[] =
    {
        L"", L"file", L"/file", L"ftp://127.0.0.1/file", L"gopher://127.0.0.1/file", L"http://", L"http:///file",
        L"http:/127.0.0.1/file", L"http://127.0.0.1:99999/file", L"http://127.0.0.1/a b", L"C:file", L"C:\\*.txt",
        L"\\\\server", L"\\\\server\\share", L"\\\\?\\C:\\file", L"\\\\server\\pipe\\x", L"file://", L"mailto:a@b",
    };
    static const WCHAR * const good_remote[] =
    {
        good_url, L"https://127.0.0.1/file", L"HTTP://127.0.0.1:8080/a/b?c=d#e", L"http://user:password@127.0.0.1/",
        L"http://[::1]/file", L"C:\\windows\\win.ini", L"\\\\server\\share\\file", L"file:///C:/windows/win.ini",
        L"file://server/share/file",
    };
    IBackgroundCopyJob *job = create_job( L"AddFile" );
    WCHAR remote[2210];
    UINT i, count = 0;
    HRESULT hr;

    /* spec: api 2.5 (BG_FILE_INFO), 5.2.1 */
    for (i = 0; i < ARRAY_SIZE(wrong_remote); i++)
    {
        hr = IBackgroundCopyJob_AddFile( job, wrong_remote[i], test_path( L"local" ) );
        ok( hr == E_INVALIDARG, "%s: got hr %#lx.\n", wine_dbgstr_w( wrong_remote[i] ), hr );
    }
    ok( !count_files( job ), "got %lu files.\n", count_files( job ) );
    for (i = 0; i < ARRAY_SIZE(good_remote); i++)
    {
        hr = IBackgroundCopyJob_AddFile( job, good_remote[i], test_path( L"local" ) );
        ok( hr == S_OK, "%s: got hr %#lx.\n", wine_dbgstr_w( good_remote[i] ), hr );
        count++;
    }

    /* spec: api 4.1: 2,200 characters, of which 260 in a segment */
    lstrcpyW( remote, L"http://127.0.0.1" );
    for (i = lstrlenW( remote ); i < 2201; i++) remote[i] = i % 200 ? 'x' : '/';
    remote[16] = '/';
    remote[2201] = 0;
    hr = IBackgroundCopyJob_AddFile( job, remote, test_path( L"local" ) );
    ok( hr == E_INVALIDARG, "got hr %#lx.\n", hr );
    remote[2200] = 0;
    hr = IBackgroundCopyJob_AddFile( job, remote, test_path( L"local" ) );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    count++;
    for (i = 17; i < 17 + 261; i++) remote[i] = 'y';
    remote[i] = 0;
    hr = IBackgroundCopyJob_AddFile( job, remote, test_path( L"local" ) );
    ok( hr == E_INVALIDARG, "got hr %#lx.\n", hr );
    remote[i - 1] = 0;
    hr = IBackgroundCopyJob_AddFile( job, remote, test_path( L"local" ) );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    count++;
    ok( count_files( job ) == count, "got %lu files, expected %u.\n", count_files( job ), count );

    cleanup_job( job );
}

static void test_AddFile_local(void)
{
    static const WCHAR url[] = L"http://127.0.0.1/file";
    static const WCHAR * const wrong[] =
    {
        L"", L"file", L"dir\\file", L"\\file", L"C:file", L"C:\\", L"C:\\windows\\", L"C:\\*", L"C:\\file?",
        L"C:\\file:stream", L"\\\\?\\C:\\file", L"\\\\.\\C:\\file", L"http://127.0.0.1/file",
    };
    IBackgroundCopyJob *job = create_job( L"AddFile" );
    WCHAR local[300];
    HRESULT hr;
    UINT i;

    /* spec: api 2.5 (BG_FILE_INFO), 5.2.1 */
    for (i = 0; i < ARRAY_SIZE(wrong); i++)
    {
        hr = IBackgroundCopyJob_AddFile( job, url, wrong[i] );
        ok( hr == E_INVALIDARG, "%s: got hr %#lx.\n", wine_dbgstr_w( wrong[i] ), hr );
    }

    /* spec: api 4.1 */
    lstrcpyW( local, test_path( L"" ) );
    for (i = lstrlenW( local ); i < 261; i++) local[i] = 'x';
    local[261] = 0;
    hr = IBackgroundCopyJob_AddFile( job, url, local );
    ok( hr == E_INVALIDARG, "got hr %#lx.\n", hr );

    /* the directory must exist */
    hr = IBackgroundCopyJob_AddFile( job, url, test_path( L"no\\such\\directory\\file" ) );
    ok( hr == HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND), "got hr %#lx.\n", hr );

    ok( !count_files( job ), "got %lu files.\n", count_files( job ) );
    hr = IBackgroundCopyJob_AddFile( job, url, test_path( L"good" ) );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( count_files( job ) == 1, "got %lu files.\n", count_files( job ) );
    /* a mere AddFile leaves nothing behind */
    ok( GetFileAttributesW( test_path( L"good" ) ) == INVALID_FILE_ATTRIBUTES, "the file exists.\n" );

    cleanup_job( job );
}

static void test_AddFileSet(void)
{
    IBackgroundCopyJob *job = create_job( L"AddFileSet" );
    BG_FILE_INFO infos[3];
    HRESULT hr;
    UINT i;

    for (i = 0; i < ARRAY_SIZE(infos); i++)
    {
        infos[i].RemoteName = (WCHAR *)L"http://127.0.0.1/file";
        infos[i].LocalName = (WCHAR *)test_path( L"local" );
    }
    hr = IBackgroundCopyJob_AddFileSet( job, 0, infos );
    ok( hr == E_INVALIDARG, "got hr %#lx.\n", hr );

    /* all or none; spec: api 5.2.1, 8.3 */
    infos[1].RemoteName = (WCHAR *)L"nothing";
    hr = IBackgroundCopyJob_AddFileSet( job, ARRAY_SIZE(infos), infos );
    ok( hr == E_INVALIDARG, "got hr %#lx.\n", hr );
    infos[1].RemoteName = NULL;
    hr = IBackgroundCopyJob_AddFileSet( job, ARRAY_SIZE(infos), infos );
    ok( hr == E_INVALIDARG, "got hr %#lx.\n", hr );
    infos[1].RemoteName = infos[0].RemoteName;
    infos[2].LocalName = NULL;
    hr = IBackgroundCopyJob_AddFileSet( job, ARRAY_SIZE(infos), infos );
    ok( hr == E_INVALIDARG, "got hr %#lx.\n", hr );
    infos[2].LocalName = (WCHAR *)test_path( L"no\\directory" );
    hr = IBackgroundCopyJob_AddFileSet( job, ARRAY_SIZE(infos), infos );
    ok( hr == HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND), "got hr %#lx.\n", hr );
    ok( !count_files( job ), "got %lu files.\n", count_files( job ) );

    infos[2].LocalName = infos[0].LocalName;
    hr = IBackgroundCopyJob_AddFileSet( job, ARRAY_SIZE(infos), infos );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( count_files( job ) == 3, "got %lu files.\n", count_files( job ) );

    cleanup_job( job );
}

static void test_ModificationTime(void)
{
    IBackgroundCopyJob *job = create_job( L"times" );
    BG_JOB_TIMES times, before;
    ULONGLONG end = GetTickCount64() + 5000;
    HRESULT hr;

    /* spec: api 2.5 (BG_JOB_TIMES) */
    IBackgroundCopyJob_GetTimes( job, &before );
    do
    {
        hr = IBackgroundCopyJob_SetDescription( job, L"changed" );
        ok( hr == S_OK, "got hr %#lx.\n", hr );
        hr = IBackgroundCopyJob_GetTimes( job, &times );
        ok( hr == S_OK, "got hr %#lx.\n", hr );
    }
    while (!CompareFileTime( &times.ModificationTime, &before.ModificationTime ) && GetTickCount64() < end);
    ok( CompareFileTime( &times.ModificationTime, &before.ModificationTime ) > 0, "the time did not change.\n" );
    ok( !CompareFileTime( &times.CreationTime, &before.CreationTime ), "the creation time changed.\n" );

    /* a setter that fails changes nothing */
    before = times;
    hr = IBackgroundCopyJob_SetPriority( job, 17 );
    ok( hr == E_NOTIMPL, "got hr %#lx.\n", hr );
    IBackgroundCopyJob_GetTimes( job, &times );
    ok( !CompareFileTime( &times.ModificationTime, &before.ModificationTime ), "the time changed.\n" );

    cleanup_job( job );
}

static void test_methods_without_files(void)
{
    IBackgroundCopyJob *job = create_job( L"empty" );
    HRESULT hr;

    /* spec: behaviour 1.3 */
    hr = IBackgroundCopyJob_Resume( job );
    ok( hr == BG_E_EMPTY, "got hr %#lx.\n", hr );
    ok( get_state( job ) == BG_JOB_STATE_SUSPENDED, "got state %u.\n", get_state( job ) );
    hr = IBackgroundCopyJob_Suspend( job );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( get_state( job ) == BG_JOB_STATE_SUSPENDED, "got state %u.\n", get_state( job ) );
    hr = IBackgroundCopyJob_Cancel( job );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( get_state( job ) == BG_JOB_STATE_CANCELLED, "got state %u.\n", get_state( job ) );
    IBackgroundCopyJob_Release( job );

    job = create_job( L"empty" );
    hr = IBackgroundCopyJob_Complete( job );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( get_state( job ) == BG_JOB_STATE_ACKNOWLEDGED, "got state %u.\n", get_state( job ) );
    IBackgroundCopyJob_Release( job );
}

/* Every method that changes a job, on a finished one. */
static void check_final_setters( IBackgroundCopyJob *job )
{
    BG_FILE_INFO info = { (WCHAR *)L"http://127.0.0.1/", (WCHAR *)test_path( L"late" ) };
    HRESULT hr;

#define CHECK(call) hr = call; ok( hr == BG_E_INVALID_STATE, "%s: got hr %#lx.\n", #call, hr )
    CHECK( IBackgroundCopyJob_Suspend( job ) );
    CHECK( IBackgroundCopyJob_Resume( job ) );
    CHECK( IBackgroundCopyJob_Cancel( job ) );
    CHECK( IBackgroundCopyJob_Complete( job ) );
    CHECK( IBackgroundCopyJob_AddFile( job, info.RemoteName, info.LocalName ) );
    CHECK( IBackgroundCopyJob_AddFileSet( job, 1, &info ) );
    CHECK( IBackgroundCopyJob_SetDisplayName( job, L"late" ) );
    CHECK( IBackgroundCopyJob_SetDescription( job, L"late" ) );
    CHECK( IBackgroundCopyJob_SetPriority( job, BG_JOB_PRIORITY_HIGH ) );
    CHECK( IBackgroundCopyJob_SetNotifyFlags( job, 0 ) );
    CHECK( IBackgroundCopyJob_SetNotifyInterface( job, NULL ) );
    CHECK( IBackgroundCopyJob_SetMinimumRetryDelay( job, 60 ) );
    CHECK( IBackgroundCopyJob_SetNoProgressTimeout( job, 60 ) );
    CHECK( IBackgroundCopyJob_SetProxySettings( job, BG_JOB_PROXY_USAGE_NO_PROXY, NULL, NULL ) );
    CHECK( IBackgroundCopyJob_TakeOwnership( job ) );
#undef CHECK
}

static void test_final_states( BOOL complete )
{
    IBackgroundCopyJob *job = create_job( L"final" );
    BG_JOB_STATE expected = complete ? BG_JOB_STATE_ACKNOWLEDGED : BG_JOB_STATE_CANCELLED;
    IBackgroundCopyFile *file;
    IUnknown *unk = SENTINEL;
    BG_JOB_PRIORITY priority;
    BG_JOB_PROGRESS progress;
    BG_JOB_TIMES times;
    WCHAR *text;
    ULONG value;
    HRESULT hr;
    GUID id;

    add_file( job, L"http://127.0.0.1/file", test_path( L"final" ) );
    /* nothing of it was transferred; spec: behaviour 4.8 */
    hr = complete ? IBackgroundCopyJob_Complete( job ) : IBackgroundCopyJob_Cancel( job );
    ok( hr == (complete ? BG_S_PARTIAL_COMPLETE : S_OK), "got hr %#lx.\n", hr );
    ok( get_state( job ) == expected, "got state %u.\n", get_state( job ) );

    /* spec: behaviour 1.1: setters fail */
    check_final_setters( job );

    /* and getters go on */
    ok( get_state( job ) == expected, "got state %u.\n", get_state( job ) );
#define CHECK(call) hr = call; ok( hr == S_OK, "%s: got hr %#lx.\n", #call, hr )
    CHECK( IBackgroundCopyJob_GetId( job, &id ) );
    CHECK( IBackgroundCopyJob_GetTimes( job, &times ) );
    CHECK( IBackgroundCopyJob_GetPriority( job, &priority ) );
    CHECK( IBackgroundCopyJob_GetNotifyFlags( job, &value ) );
    CHECK( IBackgroundCopyJob_GetErrorCount( job, &value ) );
    CHECK( IBackgroundCopyJob_GetProgress( job, &progress ) );
    ok( progress.FilesTotal == 1, "got %lu files.\n", progress.FilesTotal );
    CHECK( IBackgroundCopyJob_GetNotifyInterface( job, &unk ) );
    ok( !unk, "got %p.\n", unk );
    CHECK( IBackgroundCopyJob_GetDisplayName( job, &text ) );
    ok( !lstrcmpW( text, L"final" ), "got %s.\n", wine_dbgstr_w( text ) );
    CoTaskMemFree( text );
    CHECK( IBackgroundCopyJob_GetOwner( job, &text ) );
    CoTaskMemFree( text );
#undef CHECK
    file = first_file( job );
    hr = IBackgroundCopyFile_GetLocalName( file, &text );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( !lstrcmpW( text, test_path( L"final" ) ), "got %s.\n", wine_dbgstr_w( text ) );
    CoTaskMemFree( text );
    IBackgroundCopyFile_Release( file );
    IBackgroundCopyJob_Release( job );
}

/* What is not there yet: it must become S_OK. */
START_TEST(job)
{
    if (!setup()) return;
    test_interfaces();
    test_null_pointers();
    test_defaults();
    test_names();
    test_priority_and_flags();
    test_AddFile_names();
    test_AddFile_local();
    test_AddFileSet();
    test_ModificationTime();
    test_methods_without_files();
    test_final_states( TRUE );
    test_final_states( FALSE );
    teardown();
}
