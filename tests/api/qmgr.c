/*
 * IBackgroundCopyQMgr and its family: groups that are jobs
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
#include "qmgr.h"

/* spec: api 5.15; what the documentation leaves open stands in docs/compat.md */

#define OK( call, expected ) \
    do { HRESULT hr_ = (call); ok( hr_ == (expected), "got hr %#lx for " #call ".\n", hr_ ); } while (0)

static const GUID group_id = { 0x6d2f3ae1, 0x1be0, 0x4c05, { 0x8f, 0x10, 0x55, 0x21, 0x3a, 0xc1, 0x77, 0x01 } };
static const GUID other_id = { 0x6d2f3ae1, 0x1be0, 0x4c05, { 0x8f, 0x10, 0x55, 0x21, 0x3a, 0xc1, 0x77, 0x02 } };
static const GUID job_id = { 0x6d2f3ae1, 0x1be0, 0x4c05, { 0x8f, 0x10, 0x55, 0x21, 0x3a, 0xc1, 0x77, 0x03 } };

static IBackgroundCopyQMgr *qmgr;

static BOOL open_qmgr(void)
{
    qmgr = NULL;
    OK( CoCreateInstance( &CLSID_BackgroundCopyQMgr, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyQMgr,
                          (void **)&qmgr ), S_OK );
    return qmgr != NULL;
}

#define create_group( job ) create_group_( __LINE__, job )
static IBackgroundCopyGroup *create_group_( int line, IBackgroundCopyJob1 **job )
{
    IBackgroundCopyGroup *group = NULL;
    HRESULT hr;

    hr = IBackgroundCopyQMgr_CreateGroup( qmgr, group_id, &group );
    ok_( __FILE__, line )( hr == S_OK && group, "got hr %#lx.\n", hr );
    if (!job) return group;
    *job = NULL;
    hr = IBackgroundCopyGroup_CreateJob( group, job_id, job );
    ok_( __FILE__, line )( hr == S_OK && *job, "got hr %#lx.\n", hr );
    return group;
}

static void cleanup_group( IBackgroundCopyGroup *group, IBackgroundCopyJob1 *job )
{
    IBackgroundCopyGroup_CancelGroup( group );
    if (job) IBackgroundCopyJob1_Release( job );
    IBackgroundCopyGroup_Release( group );
}

#define add_set( job, remote, local, expected ) add_set_( __LINE__, job, remote, local, expected )
static void add_set_( int line, IBackgroundCopyJob1 *job, const WCHAR *remote, const WCHAR *local, HRESULT expected )
{
    FILESETINFO info = { SysAllocString( remote ), SysAllocString( local ), 1000 }, *infos[] = { &info };
    HRESULT hr;

    hr = IBackgroundCopyJob1_AddFiles( job, 1, infos );
    ok_( __FILE__, line )( hr == expected, "got hr %#lx for %s.\n", hr, wine_dbgstr_w( remote ) );
    SysFreeString( info.bstrRemoteFile );
    SysFreeString( info.bstrLocalFile );
}

static void test_interfaces(void)
{
    IUnknown *unk;

    OK( IBackgroundCopyQMgr_QueryInterface( qmgr, &IID_IUnknown, (void **)&unk ), S_OK );
    IUnknown_Release( unk );
    unk = SENTINEL;
    OK( IBackgroundCopyQMgr_QueryInterface( qmgr, &IID_IBackgroundCopyManager, (void **)&unk ), E_NOINTERFACE );
    ok( !unk, "got %p.\n", unk );
    OK( CoCreateInstance( &CLSID_BackgroundCopyQMgr, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager,
                          (void **)&unk ), E_NOINTERFACE );
}

static void test_CreateGroup(void)
{
    IBackgroundCopyGroup *group, *same = SENTINEL;
    IBackgroundCopyJob *job;
    GUID id;

    OK( IBackgroundCopyQMgr_CreateGroup( qmgr, GUID_NULL, &same ), E_INVALIDARG );
    ok( !same, "got %p.\n", same );
    OK( IBackgroundCopyQMgr_CreateGroup( qmgr, group_id, NULL ), NULL_REF_POINTER );
    OK( IBackgroundCopyQMgr_GetGroup( qmgr, group_id, &same ), QM_E_ITEM_NOT_FOUND );

    group = create_group( NULL );
    memset( &id, 0xcc, sizeof(id) );
    OK( IBackgroundCopyGroup_get_GroupID( group, &id ), S_OK );
    ok( IsEqualGUID( &id, &group_id ), "got %s.\n", wine_dbgstr_guid( &id ) );
    same = SENTINEL;
    OK( IBackgroundCopyQMgr_CreateGroup( qmgr, group_id, &same ), HRESULT_FROM_WIN32( ERROR_FILE_EXISTS ) );
    ok( !same, "got %p.\n", same );

    /* it is a job */
    OK( IBackgroundCopyManager_GetJob( manager, &group_id, &job ), S_OK );
    ok( get_state( job ) == BG_JOB_STATE_SUSPENDED, "got state %u.\n", get_state( job ) );
    IBackgroundCopyJob_Release( job );
    cleanup_group( group, NULL );
    OK( IBackgroundCopyQMgr_GetGroup( qmgr, group_id, &same ), QM_E_ITEM_NOT_FOUND );
}

static void test_GetGroup(void)
{
    IBackgroundCopyGroup *group = create_group( NULL ), *same = NULL;
    IBackgroundCopyJob *job = create_job( L"no group" );
    GUID id;

    OK( IBackgroundCopyQMgr_GetGroup( qmgr, group_id, &same ), S_OK );
    OK( IBackgroundCopyGroup_get_GroupID( same, &id ), S_OK );
    ok( IsEqualGUID( &id, &group_id ), "got %s.\n", wine_dbgstr_guid( &id ) );
    IBackgroundCopyGroup_Release( same );

    same = SENTINEL;
    OK( IBackgroundCopyQMgr_GetGroup( qmgr, other_id, &same ), QM_E_ITEM_NOT_FOUND );
    ok( !same, "got %p.\n", same );
    OK( IBackgroundCopyJob_GetId( job, &id ), S_OK );
    OK( IBackgroundCopyQMgr_GetGroup( qmgr, id, &same ), QM_E_ITEM_NOT_FOUND );
    cleanup_job( job );
    cleanup_group( group, NULL );
}

static void test_EnumGroups(void)
{
    IEnumBackgroundCopyGroups *groups = NULL, *clone = NULL;
    IBackgroundCopyGroup *first = create_group( NULL ), *second = NULL;
    IBackgroundCopyJob *job = create_job( L"no group" );
    ULONG count = 0xdeadbeef;
    GUID ids[3];

    OK( IBackgroundCopyQMgr_CreateGroup( qmgr, other_id, &second ), S_OK );
    OK( IBackgroundCopyQMgr_EnumGroups( qmgr, 1, &groups ), E_INVALIDARG );
    OK( IBackgroundCopyQMgr_EnumGroups( qmgr, 0, &groups ), S_OK );
    OK( IEnumBackgroundCopyGroups_GetCount( groups, &count ), S_OK );
    ok( count == 2, "got %lu.\n", count );
    memset( ids, 0xcc, sizeof(ids) );
    OK( IEnumBackgroundCopyGroups_Next( groups, 3, ids, &count ), S_FALSE );
    ok( count == 2, "got %lu.\n", count );
    ok( IsEqualGUID( &ids[0], &group_id ), "got %s.\n", wine_dbgstr_guid( &ids[0] ) );
    ok( IsEqualGUID( &ids[1], &other_id ), "got %s.\n", wine_dbgstr_guid( &ids[1] ) );
    OK( IEnumBackgroundCopyGroups_Next( groups, 1, ids, NULL ), S_FALSE );

    OK( IEnumBackgroundCopyGroups_Reset( groups ), S_OK );
    OK( IEnumBackgroundCopyGroups_Skip( groups, 1 ), S_OK );
    OK( IEnumBackgroundCopyGroups_Clone( groups, &clone ), S_OK );
    OK( IEnumBackgroundCopyGroups_Next( clone, 1, ids, NULL ), S_OK );
    ok( IsEqualGUID( &ids[0], &other_id ), "got %s.\n", wine_dbgstr_guid( &ids[0] ) );
    OK( IEnumBackgroundCopyGroups_Skip( groups, 2 ), S_FALSE );
    OK( IEnumBackgroundCopyGroups_Next( groups, 2, ids, NULL ), E_INVALIDARG );
    IEnumBackgroundCopyGroups_Release( clone );
    IEnumBackgroundCopyGroups_Release( groups );
    cleanup_job( job );
    cleanup_group( first, NULL );
    cleanup_group( second, NULL );
}

static void test_CreateJob(void)
{
    IBackgroundCopyGroup *group = create_group( NULL );
    IBackgroundCopyJob1 *job = SENTINEL, *same = NULL;
    IEnumBackgroundCopyJobs1 *jobs = NULL, *clone = NULL;
    ULONG count = 0xdeadbeef;
    GUID id;

    OK( IBackgroundCopyGroup_EnumJobs( group, 0, &jobs ), S_OK );
    OK( IEnumBackgroundCopyJobs1_GetCount( jobs, &count ), S_OK );
    ok( !count, "got %lu.\n", count );
    IEnumBackgroundCopyJobs1_Release( jobs );
    OK( IBackgroundCopyGroup_GetJob( group, GUID_NULL, &job ), QM_E_ITEM_NOT_FOUND );
    ok( !job, "got %p.\n", job );
    OK( IBackgroundCopyGroup_CreateJob( group, GUID_NULL, &job ), E_INVALIDARG );

    OK( IBackgroundCopyGroup_CreateJob( group, job_id, NULL ), NULL_REF_POINTER );
    OK( IBackgroundCopyGroup_CreateJob( group, job_id, &job ), S_OK );
    same = SENTINEL;
    OK( IBackgroundCopyGroup_CreateJob( group, other_id, &same ), QM_E_INVALID_STATE );
    ok( !same, "got %p.\n", same );
    OK( IBackgroundCopyGroup_GetJob( group, other_id, &same ), QM_E_ITEM_NOT_FOUND );
    OK( IBackgroundCopyGroup_GetJob( group, job_id, &same ), S_OK );
    memset( &id, 0xcc, sizeof(id) );
    OK( IBackgroundCopyJob1_get_JobID( same, &id ), S_OK );
    ok( IsEqualGUID( &id, &job_id ), "got %s.\n", wine_dbgstr_guid( &id ) );
    IBackgroundCopyJob1_Release( same );

    OK( IBackgroundCopyGroup_EnumJobs( group, 1, &jobs ), E_INVALIDARG );
    OK( IBackgroundCopyGroup_EnumJobs( group, 0, &jobs ), S_OK );
    OK( IEnumBackgroundCopyJobs1_GetCount( jobs, &count ), S_OK );
    ok( count == 1, "got %lu.\n", count );
    OK( IEnumBackgroundCopyJobs1_Clone( jobs, &clone ), S_OK );
    OK( IEnumBackgroundCopyJobs1_Skip( clone, 1 ), S_OK );
    OK( IEnumBackgroundCopyJobs1_Next( clone, 1, &id, NULL ), S_FALSE );
    OK( IEnumBackgroundCopyJobs1_Reset( clone ), S_OK );
    memset( &id, 0xcc, sizeof(id) );
    OK( IEnumBackgroundCopyJobs1_Next( clone, 1, &id, &count ), S_OK );
    ok( count == 1 && IsEqualGUID( &id, &job_id ), "got %lu, %s.\n", count, wine_dbgstr_guid( &id ) );
    IEnumBackgroundCopyJobs1_Release( clone );
    IEnumBackgroundCopyJobs1_Release( jobs );

    OK( IBackgroundCopyJob1_CancelJob( job ), S_OK );
    OK( IBackgroundCopyJob1_CancelJob( job ), QM_E_INVALID_STATE );
    OK( IBackgroundCopyGroup_CancelGroup( group ), QM_E_INVALID_STATE );
    cleanup_group( group, job );
}

static void test_files(void)
{
    FILESETINFO info, *infos[2] = { &info, NULL };
    IBackgroundCopyJob1 *job;
    IBackgroundCopyGroup *group = create_group( &job );
    DWORD count = 0xdeadbeef;

    OK( IBackgroundCopyJob1_GetFileCount( job, &count ), S_OK );
    ok( !count, "got %lu.\n", count );
    memset( &info, 0, sizeof(info) );
    OK( IBackgroundCopyJob1_AddFiles( job, 0, infos ), E_INVALIDARG );
    OK( IBackgroundCopyJob1_AddFiles( job, 1, infos ), E_INVALIDARG );
    add_set( job, L"nonsense", test_path( L"a" ), E_INVALIDARG );
    add_set( job, server_url( "/file/1000" ), L"relative", E_INVALIDARG );
    add_set( job, server_url( "/file/1000" ), test_path( L"a" ), S_OK );
    add_set( job, server_url( "/file/2000" ), test_path( L"b" ), S_OK );

    /* all or none */
    info.bstrRemoteFile = SysAllocString( server_url( "/file/3000" ) );
    info.bstrLocalFile = SysAllocString( test_path( L"c" ) );
    OK( IBackgroundCopyJob1_AddFiles( job, 2, infos ), E_INVALIDARG );
    SysFreeString( info.bstrRemoteFile );
    SysFreeString( info.bstrLocalFile );
    OK( IBackgroundCopyJob1_GetFileCount( job, &count ), S_OK );
    ok( count == 2, "got %lu.\n", count );

    memset( &info, 0xcc, sizeof(info) );
    OK( IBackgroundCopyJob1_GetFile( job, 1, &info ), S_OK );
    ok( !lstrcmpW( info.bstrRemoteFile, server_url( "/file/2000" ) ), "got %s.\n", wine_dbgstr_w( info.bstrRemoteFile ) );
    ok( !lstrcmpW( info.bstrLocalFile, test_path( L"b" ) ), "got %s.\n", wine_dbgstr_w( info.bstrLocalFile ) );
    ok( !info.dwSizeHint, "got %lu.\n", info.dwSizeHint );
    SysFreeString( info.bstrRemoteFile );
    SysFreeString( info.bstrLocalFile );
    OK( IBackgroundCopyJob1_GetFile( job, 2, &info ), QM_E_ITEM_NOT_FOUND );
    cleanup_group( group, job );
}

/* --- properties --------------------------------------------------------------------------------------------------- */

static void set_number( IBackgroundCopyGroup *group, GROUPPROP prop, LONG number, HRESULT expected )
{
    VARIANT value;
    HRESULT hr;

    V_VT( &value ) = VT_I4;
    V_I4( &value ) = number;
    hr = IBackgroundCopyGroup_SetProp( group, prop, &value );
    ok( hr == expected, "property %u: got hr %#lx for %ld.\n", prop, hr, number );
}

static void check_number( IBackgroundCopyGroup *group, GROUPPROP prop, LONG expected )
{
    VARIANT value;
    HRESULT hr;

    VariantInit( &value );
    hr = IBackgroundCopyGroup_GetProp( group, prop, &value );
    ok( hr == S_OK && V_VT( &value ) == VT_I4 && V_I4( &value ) == expected, "property %u: got hr %#lx, type %u, %ld.\n",
        prop, hr, V_VT( &value ), V_I4( &value ) );
}

static void set_text( IBackgroundCopyGroup *group, GROUPPROP prop, const WCHAR *text, HRESULT expected )
{
    VARIANT value;
    HRESULT hr;

    V_VT( &value ) = VT_BSTR;
    V_BSTR( &value ) = SysAllocString( text );
    hr = IBackgroundCopyGroup_SetProp( group, prop, &value );
    ok( hr == expected, "property %u: got hr %#lx for %s.\n", prop, hr, wine_dbgstr_w( text ) );
    VariantClear( &value );
}

static void check_text( IBackgroundCopyGroup *group, GROUPPROP prop, const WCHAR *expected )
{
    VARIANT value;
    HRESULT hr;

    VariantInit( &value );
    hr = IBackgroundCopyGroup_GetProp( group, prop, &value );
    ok( hr == S_OK && V_VT( &value ) == VT_BSTR, "property %u: got hr %#lx, type %u.\n", prop, hr, V_VT( &value ) );
    if (V_VT( &value ) == VT_BSTR)
        ok( !lstrcmpW( V_BSTR( &value ), expected ), "property %u: got %s.\n", prop, wine_dbgstr_w( V_BSTR( &value ) ) );
    VariantClear( &value );
}

static void test_properties(void)
{
    static const GROUPPROP missing[] = { GROUPPROP_REMOTEUSERID, GROUPPROP_REMOTEUSERPWD, GROUPPROP_LOCALUSERPWD,
                                         GROUPPROP_NOTIFYCLSID, GROUPPROP_PROGRESSTIME };
    IBackgroundCopyGroup *group = create_group( NULL );
    WCHAR long_name[258], id[40];
    IBackgroundCopyJob *job;
    VARIANT value;
    WCHAR *owner;
    UINT i;

    check_number( group, GROUPPROP_PRIORITY, BG_JOB_PRIORITY_NORMAL );
    set_number( group, GROUPPROP_PRIORITY, BG_JOB_PRIORITY_HIGH, S_OK );
    set_number( group, GROUPPROP_PRIORITY, 4, E_NOTIMPL );
    check_number( group, GROUPPROP_PRIORITY, BG_JOB_PRIORITY_HIGH );

    check_number( group, GROUPPROP_PROTOCOLFLAGS, QM_PROTOCOL_HTTP );
    set_number( group, GROUPPROP_PROTOCOLFLAGS, QM_PROTOCOL_HTTP, S_OK );
    set_number( group, GROUPPROP_PROTOCOLFLAGS, QM_PROTOCOL_FTP, E_INVALIDARG );

    check_number( group, GROUPPROP_NOTIFYFLAGS, 0 );
    set_number( group, GROUPPROP_NOTIFYFLAGS, 0xc7, S_OK );
    set_number( group, GROUPPROP_NOTIFYFLAGS, 8, E_INVALIDARG );
    check_number( group, GROUPPROP_NOTIFYFLAGS, 0xc7 );

    check_number( group, GROUPPROP_PROGRESSSIZE, 0 );
    set_number( group, GROUPPROP_PROGRESSSIZE, 65536, S_OK );
    check_number( group, GROUPPROP_PROGRESSSIZE, 65536 );
    check_number( group, GROUPPROP_PROGRESSPERCENT, 0 );
    set_number( group, GROUPPROP_PROGRESSPERCENT, 100, S_OK );
    set_number( group, GROUPPROP_PROGRESSPERCENT, 101, E_INVALIDARG );
    set_number( group, GROUPPROP_PROGRESSPERCENT, -1, E_INVALIDARG );
    check_number( group, GROUPPROP_PROGRESSPERCENT, 100 );

    StringFromGUID2( &group_id, id, ARRAY_SIZE(id) );
    check_text( group, GROUPPROP_DISPLAYNAME, id );
    set_text( group, GROUPPROP_DISPLAYNAME, L"group", S_OK );
    for (i = 0; i < 257; i++) long_name[i] = 'x';
    long_name[i] = 0;
    set_text( group, GROUPPROP_DISPLAYNAME, long_name, BG_E_STRING_TOO_LONG );
    check_text( group, GROUPPROP_DISPLAYNAME, L"group" );
    check_text( group, GROUPPROP_DESCRIPTION, L"" );
    set_text( group, GROUPPROP_DESCRIPTION, L"what it is", S_OK );
    check_text( group, GROUPPROP_DESCRIPTION, L"what it is" );

    OK( IBackgroundCopyManager_GetJob( manager, &group_id, &job ), S_OK );
    OK( IBackgroundCopyJob_GetOwner( job, &owner ), S_OK );
    check_text( group, GROUPPROP_LOCALUSERID, owner );
    set_text( group, GROUPPROP_LOCALUSERID, owner, E_NOTIMPL );
    CoTaskMemFree( owner );
    IBackgroundCopyJob_Release( job );

    for (i = 0; i < ARRAY_SIZE(missing); i++)
    {
        V_VT( &value ) = VT_I4;
        OK( IBackgroundCopyGroup_GetProp( group, missing[i], &value ), E_NOTIMPL );
        ok( V_VT( &value ) == VT_EMPTY, "got type %u.\n", V_VT( &value ) );
        set_text( group, missing[i], L"text", E_NOTIMPL );
    }
    OK( IBackgroundCopyGroup_GetProp( group, 13, &value ), E_INVALIDARG );
    set_text( group, 13, L"text", E_INVALIDARG );
    set_text( group, GROUPPROP_PRIORITY, L"1", E_INVALIDARG );
    set_number( group, GROUPPROP_DISPLAYNAME, 1, E_INVALIDARG );
    OK( IBackgroundCopyGroup_GetProp( group, GROUPPROP_PRIORITY, NULL ), NULL_REF_POINTER );
    OK( IBackgroundCopyGroup_SetProp( group, GROUPPROP_PRIORITY, NULL ), NULL_REF_POINTER );
    cleanup_group( group, NULL );
}

/* --- progress and status ------------------------------------------------------------------------------------------ */

#define check_status( group, expected ) check_status_( __LINE__, group, expected )
static void check_status_( int line, IBackgroundCopyGroup *group, DWORD expected )
{
    DWORD status = 0xdeadbeef, index = 0xdeadbeef;
    HRESULT hr;

    hr = IBackgroundCopyGroup_GetStatus( group, &status, &index );
    ok_( __FILE__, line )( hr == S_OK && status == expected && !index, "got hr %#lx, status %#lx, index %lu.\n", hr,
                           status, index );
}

#define check_job_status( job, expected, transport ) check_job_status_( __LINE__, job, expected, transport )
static void check_job_status_( int line, IBackgroundCopyJob1 *job, DWORD expected, DWORD expected_transport )
{
    DWORD status = 0xdeadbeef, win32 = 0xdeadbeef, transport = 0xdeadbeef, retries = 0xdeadbeef;
    HRESULT hr;

    hr = IBackgroundCopyJob1_GetStatus( job, &status, &win32, &transport, &retries );
    ok_( __FILE__, line )( hr == S_OK && status == expected && !win32 && transport == expected_transport,
                           "got hr %#lx, status %#lx, results %#lx, %#lx.\n", hr, status, win32, transport );
}

static void test_status(void)
{
    IBackgroundCopyJob1 *job;
    IBackgroundCopyGroup *group = create_group( &job );
    DWORD value = 0xdeadbeef;

    check_status( group, QM_STATUS_GROUP_INCOMPLETE | QM_STATUS_GROUP_SUSPENDED );
    check_job_status( job, QM_STATUS_JOB_INCOMPLETE, 0 );
    OK( IBackgroundCopyGroup_SuspendGroup( group ), S_OK );
    OK( IBackgroundCopyGroup_ResumeGroup( group ), BG_E_EMPTY );

    OK( IBackgroundCopyGroup_SwitchToForeground( group ), S_OK );
    check_status( group, QM_STATUS_GROUP_INCOMPLETE | QM_STATUS_GROUP_SUSPENDED | QM_STATUS_GROUP_FOREGROUND );
    check_job_status( job, QM_STATUS_JOB_INCOMPLETE | QM_STATUS_JOB_FOREGROUND, 0 );
    set_number( group, GROUPPROP_PRIORITY, BG_JOB_PRIORITY_LOW, S_OK );
    check_job_status( job, QM_STATUS_JOB_INCOMPLETE, 0 );
    OK( IBackgroundCopyJob1_SwitchToForeground( job ), S_OK );
    check_number( group, GROUPPROP_PRIORITY, BG_JOB_PRIORITY_FOREGROUND );

    add_set( job, server_url( "/hang/1000" ), test_path( L"hang" ), S_OK );
    OK( IBackgroundCopyGroup_ResumeGroup( group ), S_OK );
    check_status( group, QM_STATUS_GROUP_INCOMPLETE | QM_STATUS_GROUP_FOREGROUND );
    OK( IBackgroundCopyGroup_SuspendGroup( group ), S_OK );
    check_status( group, QM_STATUS_GROUP_INCOMPLETE | QM_STATUS_GROUP_SUSPENDED | QM_STATUS_GROUP_FOREGROUND );

    OK( IBackgroundCopyGroup_GetProgress( group, QM_PROGRESS_PERCENT_DONE, &value ), S_OK );
    ok( !value, "got %lu.\n", value );
    OK( IBackgroundCopyGroup_GetProgress( group, QM_PROGRESS_TIME_DONE, &value ), E_NOTIMPL );
    OK( IBackgroundCopyGroup_GetProgress( group, 0, &value ), E_INVALIDARG );
    OK( IBackgroundCopyJob1_GetProgress( job, 4, &value ), E_INVALIDARG );
    OK( IBackgroundCopyGroup_CancelGroup( group ), S_OK );
    OK( IBackgroundCopyGroup_ResumeGroup( group ), QM_E_INVALID_STATE );
    OK( IBackgroundCopyGroup_SuspendGroup( group ), QM_E_INVALID_STATE );
    OK( IBackgroundCopyGroup_SwitchToForeground( group ), QM_E_INVALID_STATE );
    OK( IBackgroundCopyJob1_SwitchToForeground( job ), QM_E_INVALID_STATE );
    add_set( job, server_url( "/file/1000" ), test_path( L"late" ), QM_E_INVALID_STATE );
    cleanup_group( group, job );
}

static void test_QueryNewJobInterface(void)
{
    IBackgroundCopyGroup *group = create_group( NULL );
    IBackgroundCopyJob5 *job5 = NULL;
    IUnknown *unk = SENTINEL;
    GUID id;

    OK( IBackgroundCopyGroup_QueryNewJobInterface( group, &IID_IBackgroundCopyJob5, (IUnknown **)&job5 ), S_OK );
    OK( IBackgroundCopyJob5_GetId( job5, &id ), S_OK );
    ok( IsEqualGUID( &id, &group_id ), "got %s.\n", wine_dbgstr_guid( &id ) );
    IBackgroundCopyJob5_Release( job5 );
    OK( IBackgroundCopyGroup_QueryNewJobInterface( group, &IID_IBackgroundCopyFile, &unk ), E_NOINTERFACE );
    ok( !unk, "got %p.\n", unk );
    cleanup_group( group, NULL );
}

/* --- the client's callback ---------------------------------------------------------------------------------------- */

/* What it was told; calls come from one thread at a time. */
static struct
{
    DWORD files;        /* how many were reported as complete */
    DWORD progress, progress_ex;
    DWORD percent;      /* of the last report */
    DWORD status, transport;
    HANDLE done;        /* a status of job or group has come */
} told;

static HRESULT WINAPI Callback_QueryInterface( IBackgroundCopyCallback1 *iface, REFIID iid, void **object )
{
    if (IsEqualGUID( iid, &IID_IUnknown ) || IsEqualGUID( iid, &IID_IBackgroundCopyCallback1 ))
    {
        *object = iface;
        return S_OK;
    }
    *object = NULL;
    return E_NOINTERFACE;
}

static ULONG WINAPI Callback_AddRef( IBackgroundCopyCallback1 *iface )
{
    return 2;
}

static ULONG WINAPI Callback_Release( IBackgroundCopyCallback1 *iface )
{
    return 1;
}

static void check_arguments( IBackgroundCopyGroup *group, IBackgroundCopyJob1 *job )
{
    GUID id;

    OK( IBackgroundCopyGroup_get_GroupID( group, &id ), S_OK );
    ok( IsEqualGUID( &id, &group_id ), "got %s.\n", wine_dbgstr_guid( &id ) );
    OK( IBackgroundCopyJob1_get_JobID( job, &id ), S_OK );
    ok( IsEqualGUID( &id, &job_id ), "got %s.\n", wine_dbgstr_guid( &id ) );
}

static HRESULT WINAPI Callback_OnStatus( IBackgroundCopyCallback1 *iface, IBackgroundCopyGroup *group,
                                         IBackgroundCopyJob1 *job, DWORD file, DWORD status, DWORD retries, DWORD win32,
                                         DWORD transport )
{
    check_arguments( group, job );
    if (status == QM_STATUS_FILE_COMPLETE)
    {
        ok( file == told.files, "got file %lu.\n", file );
        told.files++;
        return S_OK;
    }
    ok( !win32, "got result %#lx.\n", win32 );
    told.status = status;
    told.transport = transport;
    SetEvent( told.done );
    return S_OK;
}

static HRESULT WINAPI Callback_OnProgress( IBackgroundCopyCallback1 *iface, DWORD type, IBackgroundCopyGroup *group,
                                           IBackgroundCopyJob1 *job, DWORD file, DWORD value )
{
    check_arguments( group, job );
    ok( type == QM_PROGRESS_PERCENT_DONE, "got type %lu.\n", type );
    told.progress++;
    told.percent = value;
    return S_OK;
}

static HRESULT WINAPI Callback_OnProgressEx( IBackgroundCopyCallback1 *iface, DWORD type, IBackgroundCopyGroup *group,
                                             IBackgroundCopyJob1 *job, DWORD file, DWORD value, DWORD size, BYTE *bytes )
{
    check_arguments( group, job );
    ok( type == QM_PROGRESS_SIZE_DONE, "got type %lu.\n", type );
    ok( !size && !bytes, "got %lu bytes.\n", size );
    told.progress_ex++;
    told.percent = value;
    return S_OK;
}

static const IBackgroundCopyCallback1Vtbl callback_vtbl =
{
    Callback_QueryInterface,
    Callback_AddRef,
    Callback_Release,
    Callback_OnStatus,
    Callback_OnProgress,
    Callback_OnProgressEx,
};

static IBackgroundCopyCallback1 callback = { (IBackgroundCopyCallback1Vtbl *)&callback_vtbl };

#define run_group( group ) run_group_( __LINE__, group )
static void run_group_( int line, IBackgroundCopyGroup *group )
{
    HRESULT hr;

    memset( &told, 0, sizeof(told) );
    told.done = CreateEventW( NULL, FALSE, FALSE, NULL );
    hr = IBackgroundCopyGroup_SetNotificationPointer( group, &IID_IBackgroundCopyCallback1, (IUnknown *)&callback );
    ok_( __FILE__, line )( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyGroup_ResumeGroup( group );
    ok_( __FILE__, line )( hr == S_OK, "got hr %#lx.\n", hr );
    ok_( __FILE__, line )( !WaitForSingleObject( told.done, 30000 ), "the client is not told.\n" );
    CloseHandle( told.done );
}

static void test_download(void)
{
    IBackgroundCopyJob1 *job;
    IBackgroundCopyGroup *group = create_group( &job );
    DWORD value = 0xdeadbeef;

    add_set( job, server_url( "/file/30000" ), test_path( L"a" ), S_OK );
    add_set( job, server_url( "/file/10000" ), test_path( L"b" ), S_OK );
    set_number( group, GROUPPROP_NOTIFYFLAGS, QM_NOTIFY_GROUP_DONE | QM_NOTIFY_JOB_DONE, S_OK );
    set_number( group, GROUPPROP_PROGRESSPERCENT, 50, S_OK );
    run_group( group );

    /* told when the files have their names */
    ok( told.status == (QM_STATUS_GROUP_COMPLETE | QM_STATUS_JOB_COMPLETE), "got status %#lx.\n", told.status );
    ok( told.progress && told.percent == 100, "got %lu reports, %lu.\n", told.progress, told.percent );
    ok( !told.progress_ex && !told.files, "got %lu, %lu.\n", told.progress_ex, told.files );
    ok( check_file( test_path( L"a" ), 30000 ), "wrong file.\n" );
    ok( check_file( test_path( L"b" ), 10000 ), "wrong file.\n" );
    check_status( group, QM_STATUS_GROUP_COMPLETE );
    check_job_status( job, QM_STATUS_JOB_COMPLETE, 0 );
    OK( IBackgroundCopyGroup_GetProgress( group, QM_PROGRESS_PERCENT_DONE, &value ), S_OK );
    ok( value == 100, "got %lu.\n", value );
    OK( IBackgroundCopyJob1_GetProgress( job, QM_PROGRESS_SIZE_DONE, &value ), S_OK );
    ok( value == 40000, "got %lu.\n", value );
    OK( IBackgroundCopyGroup_get_Size( group, &value ), S_OK );
    ok( value == 40000, "got %lu.\n", value );
    cleanup_group( group, job );

    group = create_group( &job );
    add_set( job, server_url( "/file/30000" ), test_path( L"c" ), S_OK );
    set_number( group, GROUPPROP_NOTIFYFLAGS, QM_NOTIFY_JOB_DONE | QM_NOTIFY_USE_PROGRESSEX, S_OK );
    set_number( group, GROUPPROP_PROGRESSSIZE, 30000, S_OK );
    run_group( group );
    ok( told.status == QM_STATUS_JOB_COMPLETE, "got status %#lx.\n", told.status );
    ok( told.progress_ex == 1 && told.percent == 30000, "got %lu reports, %lu.\n", told.progress_ex, told.percent );
    ok( !told.progress, "got %lu.\n", told.progress );
    cleanup_group( group, job );
}

static void test_file_status(void)
{
    IBackgroundCopyJob1 *job;
    IBackgroundCopyGroup *group = create_group( &job );

    add_set( job, server_url( "/file/30000" ), test_path( L"d" ), S_OK );
    add_set( job, server_url( "/file/10000" ), test_path( L"e" ), S_OK );
    set_number( group, GROUPPROP_NOTIFYFLAGS, QM_NOTIFY_GROUP_DONE | QM_NOTIFY_FILE_DONE, S_OK );
    run_group( group );
    ok( told.status == QM_STATUS_GROUP_COMPLETE, "got status %#lx.\n", told.status );
    ok( told.files == 2, "got %lu files.\n", told.files );
    cleanup_group( group, job );
}

static void test_error(void)
{
    IBackgroundCopyJob1 *job;
    IBackgroundCopyGroup *group = create_group( &job );

    add_set( job, server_url( "/status/404" ), test_path( L"missing" ), S_OK );
    set_number( group, GROUPPROP_NOTIFYFLAGS, QM_NOTIFY_GROUP_DONE | QM_NOTIFY_JOB_DONE, S_OK );
    run_group( group );
    ok( told.status == (QM_STATUS_GROUP_ERROR | QM_STATUS_JOB_ERROR), "got status %#lx.\n", told.status );
    ok( told.transport == 0x80190194, "got result %#lx.\n", told.transport );
    check_status( group, QM_STATUS_GROUP_INCOMPLETE | QM_STATUS_GROUP_ERROR );
    check_job_status( job, QM_STATUS_JOB_INCOMPLETE | QM_STATUS_JOB_ERROR, 0x80190194 );
    cleanup_group( group, job );
}

/* Waits until the group has completed itself. */
static void wait_complete( IBackgroundCopyGroup *group )
{
    ULONGLONG end = GetTickCount64() + 30000;
    DWORD status = 0, index;

    while (IBackgroundCopyGroup_GetStatus( group, &status, &index ) == S_OK && !(status & QM_STATUS_GROUP_COMPLETE) &&
           GetTickCount64() < end) short_wait();
    ok( status == QM_STATUS_GROUP_COMPLETE, "got status %#lx.\n", status );
}

/* Nobody listens: it completes itself all the same. */
static void test_SetNotificationPointer(void)
{
    IBackgroundCopyJob1 *job;
    IBackgroundCopyGroup *group = create_group( &job );
    IUnknown *client = (IUnknown *)&callback;

    memset( &told, 0, sizeof(told) );
    OK( IBackgroundCopyGroup_SetNotificationPointer( group, &IID_IUnknown, client ), E_NOINTERFACE );
    OK( IBackgroundCopyGroup_SetNotificationPointer( group, &IID_IBackgroundCopyCallback1, client ), S_OK );
    OK( IBackgroundCopyGroup_SetNotificationPointer( group, &IID_IBackgroundCopyCallback1, NULL ), S_OK );
    set_number( group, GROUPPROP_NOTIFYFLAGS, QM_NOTIFY_GROUP_DONE, S_OK );
    add_set( job, server_url( "/file/500" ), test_path( L"f" ), S_OK );
    OK( IBackgroundCopyGroup_ResumeGroup( group ), S_OK );
    wait_complete( group );
    ok( check_file( test_path( L"f" ), 500 ), "wrong file.\n" );
    ok( !told.status, "got status %#lx.\n", told.status );
    cleanup_group( group, job );
}

/* --- what the store keeps ------------------------------------------------------------------------------------------ */

/* A clean stop; the next CoCreateInstance starts it again.  All proxies are dead afterwards. */
static void stop_service(void)
{
    SC_HANDLE scm = OpenSCManagerW( NULL, NULL, SC_MANAGER_CONNECT );
    SC_HANDLE service = OpenServiceW( scm, L"BITS", SERVICE_STOP | SERVICE_QUERY_STATUS );
    ULONGLONG end = GetTickCount64() + 30000;
    SERVICE_STATUS status;

    ok( service != NULL, "got error %lu.\n", GetLastError() );
    ok( ControlService( service, SERVICE_CONTROL_STOP, &status ), "got error %lu.\n", GetLastError() );
    while (QueryServiceStatus( service, &status ) && status.dwCurrentState != SERVICE_STOPPED && GetTickCount64() < end)
        short_wait();
    ok( status.dwCurrentState == SERVICE_STOPPED, "got state %lu.\n", status.dwCurrentState );
    CloseServiceHandle( service );
    CloseServiceHandle( scm );
}

static void test_restart(void)
{
    IBackgroundCopyJob1 *job;
    IBackgroundCopyGroup *group = create_group( &job );

    add_set( job, server_url( "/file/500" ), test_path( L"g" ), S_OK );
    set_number( group, GROUPPROP_NOTIFYFLAGS, QM_NOTIFY_GROUP_DONE | QM_NOTIFY_USE_PROGRESSEX, S_OK );
    set_number( group, GROUPPROP_PROGRESSSIZE, 400, S_OK );
    set_number( group, GROUPPROP_PROGRESSPERCENT, 30, S_OK );
    IBackgroundCopyJob1_Release( job );
    IBackgroundCopyGroup_Release( group );
    IBackgroundCopyQMgr_Release( qmgr );
    IBackgroundCopyManager_Release( manager );

    stop_service();
    OK( CoCreateInstance( &CLSID_BackgroundCopyManager, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager,
                          (void **)&manager ), S_OK );
    if (!open_qmgr()) return;

    group = NULL;
    OK( IBackgroundCopyQMgr_GetGroup( qmgr, group_id, &group ), S_OK );
    check_number( group, GROUPPROP_NOTIFYFLAGS, QM_NOTIFY_GROUP_DONE | QM_NOTIFY_USE_PROGRESSEX );
    check_number( group, GROUPPROP_PROGRESSSIZE, 400 );
    check_number( group, GROUPPROP_PROGRESSPERCENT, 30 );
    OK( IBackgroundCopyGroup_GetJob( group, job_id, &job ), S_OK );
    OK( IBackgroundCopyGroup_ResumeGroup( group ), S_OK );
    wait_complete( group );
    ok( check_file( test_path( L"g" ), 500 ), "wrong file.\n" );
    cleanup_group( group, job );
}

START_TEST( qmgr )
{
    if (!setup()) return;
    if (open_qmgr())
    {
        ok( server_start(), "no server.\n" );
        test_interfaces();
        test_CreateGroup();
        test_GetGroup();
        test_EnumGroups();
        test_CreateJob();
        test_files();
        test_properties();
        test_status();
        test_QueryNewJobInterface();
        test_download();
        test_file_status();
        test_error();
        test_SetNotificationPointer();
        test_restart();
        server_stop();
        IBackgroundCopyQMgr_Release( qmgr );
    }
    teardown();
}
