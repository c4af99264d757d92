/*
 * Tests of IBackgroundCopyManager
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

static void test_classes(void)
{
    static const CLSID * const classes[] =
    {
        &CLSID_BackgroundCopyManager, &CLSID_BackgroundCopyManager1_5, &CLSID_BackgroundCopyManager2_0,
        &CLSID_BackgroundCopyManager2_5, &CLSID_BackgroundCopyManager3_0, &CLSID_BackgroundCopyManager4_0,
        &CLSID_BackgroundCopyManager5_0, &CLSID_BackgroundCopyManager10_1, &CLSID_BackgroundCopyManager10_2,
        &CLSID_BackgroundCopyManager10_3,
    };
    IBackgroundCopyManager *obj;
    HRESULT hr;
    UINT i;

    /* spec: api 1.2 */
    for (i = 0; i < ARRAY_SIZE(classes); i++)
    {
        hr = CoCreateInstance( classes[i], NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager, (void **)&obj );
        ok( hr == S_OK || broken( hr == REGDB_E_CLASSNOTREG ) /* older versions */, "%u: got hr %#lx.\n", i, hr );
        if (hr == S_OK) IBackgroundCopyManager_Release( obj );
    }

    /* spec: api 1.1: out of process only */
    obj = SENTINEL;
    hr = CoCreateInstance( &CLSID_BackgroundCopyManager, NULL, CLSCTX_INPROC_SERVER, &IID_IBackgroundCopyManager,
                           (void **)&obj );
    ok( hr == REGDB_E_CLASSNOTREG, "got hr %#lx.\n", hr );
    ok( !obj, "got %p.\n", obj );

    obj = SENTINEL;
    hr = CoCreateInstance( &CLSID_BackgroundCopyManager, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyJob,
                           (void **)&obj );
    ok( hr == E_NOINTERFACE, "got hr %#lx.\n", hr );
    ok( !obj, "got %p.\n", obj );
}

static void test_interfaces(void)
{
    IUnknown *unk, *unk2;
    HRESULT hr;

    /* spec: api 1.3 */
    hr = IBackgroundCopyManager_QueryInterface( manager, &IID_IUnknown, (void **)&unk );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IUnknown_QueryInterface( unk, &IID_IBackgroundCopyManager, (void **)&unk2 );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    IUnknown_Release( unk2 );
    IUnknown_Release( unk );

    unk = SENTINEL;
    hr = IBackgroundCopyManager_QueryInterface( manager, &IID_IBackgroundCopyJob, (void **)&unk );
    ok( hr == E_NOINTERFACE, "got hr %#lx.\n", hr );
    ok( !unk, "got %p.\n", unk );

    hr = IBackgroundCopyManager_QueryInterface( manager, &IID_IBitsPeerCacheAdministration, (void **)&unk );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    IUnknown_Release( unk );
}

/* How many jobs have this name; they are cancelled. */
static UINT cancel_jobs( const WCHAR *name )
{
    IEnumBackgroundCopyJobs *jobs;
    IBackgroundCopyJob *job;
    UINT count = 0;
    WCHAR *text;
    HRESULT hr;

    hr = IBackgroundCopyManager_EnumJobs( manager, 0, &jobs );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    while (IEnumBackgroundCopyJobs_Next( jobs, 1, &job, NULL ) == S_OK)
    {
        hr = IBackgroundCopyJob_GetDisplayName( job, &text );
        ok( hr == S_OK, "got hr %#lx.\n", hr );
        if (!lstrcmpW( text, name ))
        {
            hr = IBackgroundCopyJob_Cancel( job );
            ok( hr == S_OK, "got hr %#lx.\n", hr );
            count++;
        }
        CoTaskMemFree( text );
        IBackgroundCopyJob_Release( job );
    }
    IEnumBackgroundCopyJobs_Release( jobs );
    return count;
}

static void test_CreateJob(void)
{
    IBackgroundCopyJob *job, *job2;
    WCHAR name[258], *ret_name;
    GUID id, id2;
    UINT i, count;
    HRESULT hr;

    /* spec: api 1.6, 5.1.1 */
    job = SENTINEL;
    hr = IBackgroundCopyManager_CreateJob( manager, NULL, BG_JOB_TYPE_DOWNLOAD, &id, &job );
    ok( hr == NULL_REF_POINTER, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyManager_CreateJob( manager, L"NULL", BG_JOB_TYPE_DOWNLOAD, NULL, &job );
    ok( hr == NULL_REF_POINTER, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyManager_CreateJob( manager, L"NULL", BG_JOB_TYPE_DOWNLOAD, &id, NULL );
    ok( hr == NULL_REF_POINTER, "got hr %#lx.\n", hr );
    count = cancel_jobs( L"NULL" );
    ok( !count, "got %u jobs.\n", count );

    /* spec: api 8.2 */
    job = SENTINEL;
    hr = IBackgroundCopyManager_CreateJob( manager, L"test", BG_JOB_TYPE_UPLOAD_REPLY + 1, &id, &job );
    ok( hr == E_INVALIDARG, "got hr %#lx.\n", hr );
    ok( !job, "got %p.\n", job );

    /* spec: api 4.1 */
    for (i = 0; i < 257; i++) name[i] = 'n';
    name[257] = 0;
    job = SENTINEL;
    hr = IBackgroundCopyManager_CreateJob( manager, name, BG_JOB_TYPE_DOWNLOAD, &id, &job );
    ok( hr == E_INVALIDARG, "got hr %#lx.\n", hr );
    ok( !job, "got %p.\n", job );

    name[256] = 0;
    hr = IBackgroundCopyManager_CreateJob( manager, name, BG_JOB_TYPE_DOWNLOAD, &id, &job );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyJob_GetDisplayName( job, &ret_name );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( !lstrcmpW( ret_name, name ), "got %s.\n", wine_dbgstr_w( ret_name ) );
    CoTaskMemFree( ret_name );
    hr = IBackgroundCopyJob_GetId( job, &id2 );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( IsEqualGUID( &id, &id2 ), "got %s, expected %s.\n", wine_dbgstr_guid( &id2 ), wine_dbgstr_guid( &id ) );

    /* names need not be unique */
    hr = IBackgroundCopyManager_CreateJob( manager, name, BG_JOB_TYPE_DOWNLOAD, &id2, &job2 );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( !IsEqualGUID( &id, &id2 ), "got the same id twice.\n" );
    cleanup_job( job2 );
    cleanup_job( job );

    hr = IBackgroundCopyManager_CreateJob( manager, L"", BG_JOB_TYPE_DOWNLOAD, &id, &job );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    cleanup_job( job );

    for (i = BG_JOB_TYPE_UPLOAD; i <= BG_JOB_TYPE_UPLOAD_REPLY; i++)
    {
        job = NULL;
        hr = IBackgroundCopyManager_CreateJob( manager, L"upload", i, &id, &job );
        todo_wine ok( hr == S_OK, "%u: got hr %#lx.\n", i, hr );
        if (job) cleanup_job( job );
    }
}

static void test_GetJob(void)
{
    static const GUID unknown = { 0x12345678, 0x1234, 0x1234, { 1, 2, 3, 4, 5, 6, 7, 8 } };
    IBackgroundCopyJob *job, *found;
    BG_JOB_STATE state;
    HRESULT hr;
    GUID id;

    /* spec: api 5.1.2 */
    hr = IBackgroundCopyManager_GetJob( manager, &unknown, NULL );
    ok( hr == NULL_REF_POINTER, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyManager_GetJob( manager, NULL, &found );
    ok( hr == NULL_REF_POINTER, "got hr %#lx.\n", hr );
    found = SENTINEL;
    hr = IBackgroundCopyManager_GetJob( manager, &unknown, &found );
    ok( hr == BG_E_NOT_FOUND, "got hr %#lx.\n", hr );
    ok( !found, "got %p.\n", found );

    job = create_job( L"GetJob" );
    hr = IBackgroundCopyJob_GetId( job, &id );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyManager_GetJob( manager, &id, &found );
    ok( hr == S_OK, "got hr %#lx.\n", hr );

    /* both stand for the same job */
    hr = IBackgroundCopyJob_SetDescription( found, L"changed" );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyJob_Cancel( job );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyJob_GetState( found, &state );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( state == BG_JOB_STATE_CANCELLED, "got state %u.\n", state );
    IBackgroundCopyJob_Release( found );

    /* spec: behaviour 1.1: finished jobs have left the queue */
    found = SENTINEL;
    hr = IBackgroundCopyManager_GetJob( manager, &id, &found );
    ok( hr == BG_E_NOT_FOUND, "got hr %#lx.\n", hr );
    ok( !found, "got %p.\n", found );
    IBackgroundCopyJob_Release( job );

    /* a job lives without anybody holding it */
    job = create_job( L"GetJob" );
    IBackgroundCopyJob_GetId( job, &id );
    IBackgroundCopyJob_Release( job );
    hr = IBackgroundCopyManager_GetJob( manager, &id, &job );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyJob_Complete( job );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyManager_GetJob( manager, &id, &found );
    ok( hr == BG_E_NOT_FOUND, "got hr %#lx.\n", hr );
    IBackgroundCopyJob_Release( job );
}

static void test_EnumJobs(void)
{
    static const DWORD wrong[] = { 2, 3, 0x80000000, 0xffffffff };
    IEnumBackgroundCopyJobs *jobs;
    HRESULT hr;
    UINT i;

    /* spec: api 5.1.3, 8.2; ownership and BG_JOB_ENUM_ALL_USERS are tested in token.c, the enumerator in enum.c */
    hr = IBackgroundCopyManager_EnumJobs( manager, 0, NULL );
    ok( hr == NULL_REF_POINTER, "got hr %#lx.\n", hr );
    for (i = 0; i < ARRAY_SIZE(wrong); i++)
    {
        jobs = SENTINEL;
        hr = IBackgroundCopyManager_EnumJobs( manager, wrong[i], &jobs );
        ok( hr == E_INVALIDARG, "%#lx: got hr %#lx.\n", wrong[i], hr );
        ok( !jobs, "got %p.\n", jobs );
    }
    for (i = 0; i <= BG_JOB_ENUM_ALL_USERS; i++)
    {
        hr = IBackgroundCopyManager_EnumJobs( manager, i, &jobs );
        ok( hr == S_OK, "%u: got hr %#lx.\n", i, hr );
        IEnumBackgroundCopyJobs_Release( jobs );
    }
}

static void test_GetErrorDescription(void)
{
    static const HRESULT codes[] =
    {
        BG_E_NOT_FOUND, BG_E_INVALID_STATE, BG_E_TOKEN_REQUIRED, BG_E_REMOTE_FILE_CHANGED, BG_S_PARTIAL_COMPLETE,
        BG_E_HTTP_ERROR_404, BG_E_HTTP_ERROR_503, E_ACCESSDENIED, E_OUTOFMEMORY,
        0x80070002, 0x80070070,     /* Win32 */
        0x80072ee7, 0x80072efe,     /* WinHTTP */
        0x8f00beef,                 /* nobody's */
    };
    static const LANGID english = MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US);
    WCHAR *text;
    HRESULT hr;
    UINT i;

    /* spec: api 5.1.4, 6 */
    for (i = 0; i < ARRAY_SIZE(codes); i++)
    {
        text = SENTINEL;
        hr = IBackgroundCopyManager_GetErrorDescription( manager, codes[i], english, &text );
        ok( hr == S_OK, "%#lx: got hr %#lx.\n", codes[i], hr );
        ok( text && text[0] && text[lstrlenW( text ) - 1] != '\n', "%#lx: got %s.\n", codes[i], wine_dbgstr_w( text ) );
        CoTaskMemFree( text );
    }

    /* spec: api 8.2: no language means any */
    text = SENTINEL;
    hr = IBackgroundCopyManager_GetErrorDescription( manager, BG_E_NOT_FOUND, 0, &text );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( text && text[0], "got %s.\n", wine_dbgstr_w( text ) );
    CoTaskMemFree( text );

    text = SENTINEL;
    hr = IBackgroundCopyManager_GetErrorDescription( manager, BG_E_NOT_FOUND,
                                                     MAKELANGID(LANG_MALTESE, SUBLANG_DEFAULT), &text );
    ok( hr == HRESULT_FROM_WIN32(ERROR_RESOURCE_LANG_NOT_FOUND), "got hr %#lx.\n", hr );
    ok( !text, "got %s.\n", wine_dbgstr_w( text ) );

    hr = IBackgroundCopyManager_GetErrorDescription( manager, BG_E_NOT_FOUND, english, NULL );
    ok( hr == NULL_REF_POINTER, "got hr %#lx.\n", hr );
}

static DWORD CALLBACK apartment_proc( void *context )
{
    static const DWORD models[] = { COINIT_APARTMENTTHREADED, COINIT_APARTMENTTHREADED, COINIT_MULTITHREADED };
    IBackgroundCopyManager *own;
    IBackgroundCopyJob *job;
    HRESULT hr;
    GUID id;
    UINT i;

    for (i = 0; i < ARRAY_SIZE(models); i++)
    {
        hr = CoInitializeEx( NULL, models[i] );
        ok( hr == S_OK, "%u: got hr %#lx.\n", i, hr );
        hr = CoCreateInstance( &CLSID_BackgroundCopyManager, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager,
                               (void **)&own );
        ok( hr == S_OK, "%u: got hr %#lx.\n", i, hr );
        hr = IBackgroundCopyManager_CreateJob( own, L"apartment", BG_JOB_TYPE_DOWNLOAD, &id, &job );
        ok( hr == S_OK, "%u: got hr %#lx.\n", i, hr );
        hr = IBackgroundCopyJob_Cancel( job );
        ok( hr == S_OK, "%u: got hr %#lx.\n", i, hr );
        IBackgroundCopyJob_Release( job );
        IBackgroundCopyManager_Release( own );
        CoUninitialize();
    }
    return 0;
}

static void use_apartments(void)
{
    HANDLE thread = CreateThread( NULL, 0, apartment_proc, NULL, 0, NULL );

    ok( thread != NULL, "got error %lu.\n", GetLastError() );
    WaitForSingleObject( thread, INFINITE );
    CloseHandle( thread );
}

/* What the proxies register with COM ends with an apartment, and is there again in the next one; with the process's last
 * one all of it ends. */
static void test_apartments(void)
{
    HRESULT hr;

    use_apartments();
    IBackgroundCopyManager_Release( manager );
    CoUninitialize();
    use_apartments();
    hr = CoInitializeEx( NULL, COINIT_MULTITHREADED );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = CoCreateInstance( &CLSID_BackgroundCopyManager, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager,
                           (void **)&manager );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
}

START_TEST(manager)
{
    if (!setup()) return;
    test_apartments();
    test_classes();
    test_interfaces();
    test_CreateJob();
    test_GetJob();
    test_EnumJobs();
    test_GetErrorDescription();
    teardown();
}
