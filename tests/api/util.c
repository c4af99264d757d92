/*
 * What the API tests share: manager, jobs, files, tokens
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

#define CONST_VTABLE
#define COBJMACROS
#include <winsock2.h>
#include <windows.h>
#include <objbase.h>
#include <initguid.h>
#include "util.h"
#include "qmgr.h"

#define DEADLINE 30000  /* ms for anything that the service does by itself */

IBackgroundCopyManager *manager;

static WCHAR directory[MAX_PATH];

BOOL setup(void)
{
    HRESULT hr;

    hr = CoInitializeEx( NULL, COINIT_MULTITHREADED );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = CoCreateInstance( &CLSID_BackgroundCopyManager, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager,
                           (void **)&manager );
    if (hr == REGDB_E_CLASSNOTREG)
    {
        win_skip( "BITS is not installed.\n" );
        CoUninitialize();
        return FALSE;
    }
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    if (FAILED(hr)) return FALSE;

    GetTempPathW( ARRAY_SIZE(directory), directory );
    swprintf( directory + lstrlenW( directory ), 64, L"winebits-test-%lu", GetCurrentProcessId() );
    ok( CreateDirectoryW( directory, NULL ), "got error %lu.\n", GetLastError() );
    return TRUE;
}

static void remove_files(void)
{
    WIN32_FIND_DATAW data;
    HANDLE find;

    if ((find = FindFirstFileW( test_path( L"*" ), &data )) == INVALID_HANDLE_VALUE) return;
    do
    {
        const WCHAR *path = test_path( data.cFileName );

        SetFileAttributesW( path, FILE_ATTRIBUTE_NORMAL );
        if (data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) RemoveDirectoryW( path );
        else DeleteFileW( path );
    }
    while (FindNextFileW( find, &data ));
    FindClose( find );
}

void teardown(void)
{
    remove_files();
    ok( RemoveDirectoryW( directory ), "got error %lu.\n", GetLastError() );
    IBackgroundCopyManager_Release( manager );
    CoUninitialize();
}

void restart_service(void)
{
    ULONGLONG end = GetTickCount64() + DEADLINE;
    SERVICE_STATUS status;
    SC_HANDLE scm, bits;
    HRESULT hr;
    BOOL ret;

    IBackgroundCopyManager_Release( manager );
    scm = OpenSCManagerW( NULL, NULL, SC_MANAGER_CONNECT );
    bits = OpenServiceW( scm, L"BITS", SERVICE_STOP | SERVICE_QUERY_STATUS );
    ok( bits != NULL, "got error %lu.\n", GetLastError() );
    ret = ControlService( bits, SERVICE_CONTROL_STOP, &status );
    ok( ret, "got error %lu.\n", GetLastError() );
    while (QueryServiceStatus( bits, &status ) && status.dwCurrentState != SERVICE_STOPPED && GetTickCount64() < end)
        short_wait();
    ok( status.dwCurrentState == SERVICE_STOPPED, "got state %lu.\n", status.dwCurrentState );
    CloseServiceHandle( bits );
    CloseServiceHandle( scm );

    hr = CoCreateInstance( &CLSID_BackgroundCopyManager, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager,
                           (void **)&manager );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
}

/* --- jobs --------------------------------------------------------------------------------------------------------- */

IBackgroundCopyJob *create_job_( int line, const WCHAR *name )
{
    IBackgroundCopyJob *job = NULL;
    HRESULT hr;
    GUID id;

    hr = IBackgroundCopyManager_CreateJob( manager, name, BG_JOB_TYPE_DOWNLOAD, &id, &job );
    ok_( __FILE__, line )( hr == S_OK && job, "got hr %#lx.\n", hr );
    return job;
}

void cleanup_job( IBackgroundCopyJob *job )
{
    IBackgroundCopyJob_Cancel( job );
    IBackgroundCopyJob_Release( job );
}

void add_file_( int line, IBackgroundCopyJob *job, const WCHAR *remote, const WCHAR *local )
{
    HRESULT hr = IBackgroundCopyJob_AddFile( job, remote, local );

    ok_( __FILE__, line )( hr == S_OK, "got hr %#lx for %s.\n", hr, wine_dbgstr_w( remote ) );
}

void resume_job_( int line, IBackgroundCopyJob *job )
{
    HRESULT hr = IBackgroundCopyJob_Resume( job );

    ok_( __FILE__, line )( hr == S_OK, "got hr %#lx.\n", hr );
}

BG_JOB_STATE get_state( IBackgroundCopyJob *job )
{
    BG_JOB_STATE state = 0xdeadbeef;
    HRESULT hr;

    hr = IBackgroundCopyJob_GetState( job, &state );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    return state;
}

static void describe_error( IBackgroundCopyJob *job )
{
    IBackgroundCopyError *error;
    BG_ERROR_CONTEXT context;
    WCHAR *text = NULL;
    HRESULT code;

    if (IBackgroundCopyJob_GetError( job, &error ) != S_OK) return;
    if (IBackgroundCopyError_GetError( error, &context, &code ) == S_OK)
    {
        IBackgroundCopyError_GetErrorDescription( error, MAKELANGID(LANG_ENGLISH, SUBLANG_DEFAULT), &text );
        trace( "the job's error is %#lx, context %u, %s.\n", code, context, wine_dbgstr_w( text ) );
        CoTaskMemFree( text );
    }
    IBackgroundCopyError_Release( error );
}

void short_wait(void)
{
    static HANDLE never;

    if (!never) never = CreateEventW( NULL, TRUE, FALSE, NULL );
    WaitForSingleObject( never, 10 );
}

static BOOL is_moving( BG_JOB_STATE state )
{
    return state == BG_JOB_STATE_QUEUED || state == BG_JOB_STATE_CONNECTING || state == BG_JOB_STATE_TRANSFERRING;
}

void wait_state_( int line, IBackgroundCopyJob *job, BG_JOB_STATE expected )
{
    ULONGLONG end = GetTickCount64() + DEADLINE;
    BG_JOB_STATE state;

    while ((state = get_state( job )) != expected && is_moving( state ) && GetTickCount64() < end) short_wait();
    ok_( __FILE__, line )( state == expected, "got state %u, expected %u.\n", state, expected );
    if (state != expected) describe_error( job );
}

void check_error_( int line, IBackgroundCopyJob *job, BG_ERROR_CONTEXT expect_context, HRESULT expect_code )
{
    IBackgroundCopyError *error;
    BG_ERROR_CONTEXT context;
    HRESULT hr, code;

    hr = IBackgroundCopyJob_GetError( job, &error );
    ok_( __FILE__, line )( hr == S_OK, "got hr %#lx.\n", hr );
    if (FAILED(hr)) return;
    hr = IBackgroundCopyError_GetError( error, &context, &code );
    ok_( __FILE__, line )( hr == S_OK, "got hr %#lx.\n", hr );
    ok_( __FILE__, line )( code == expect_code, "got code %#lx, expected %#lx.\n", code, expect_code );
    ok_( __FILE__, line )( context == expect_context, "got context %u, expected %u.\n", context, expect_context );
    IBackgroundCopyError_Release( error );
}

IBackgroundCopyFile *first_file( IBackgroundCopyJob *job )
{
    IEnumBackgroundCopyFiles *files;
    IBackgroundCopyFile *file = NULL;
    HRESULT hr;

    hr = IBackgroundCopyJob_EnumFiles( job, &files );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IEnumBackgroundCopyFiles_Next( files, 1, &file, NULL );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    IEnumBackgroundCopyFiles_Release( files );
    return file;
}

/* --- files -------------------------------------------------------------------------------------------------------- */

const WCHAR *test_path( const WCHAR *name )
{
    static WCHAR paths[8][MAX_PATH];
    static unsigned int next;
    WCHAR *path = paths[next++ % ARRAY_SIZE(paths)];

    swprintf( path, MAX_PATH, L"%ls\\%ls", directory, name );
    return path;
}

char file_pattern( UINT64 offset )
{
    return offset % 251;
}

void make_shared_directory( const WCHAR *path )
{
    static const WCHAR everyone[] = L"D:(A;OICI;FA;;;WD)(A;OICI;FA;;;BA)";
    PSECURITY_DESCRIPTOR descriptor;
    BOOL ret;

    ret = CreateDirectoryW( path, NULL ) || GetLastError() == ERROR_ALREADY_EXISTS;
    ok( ret, "got error %lu.\n", GetLastError() );
    ret = ConvertStringSecurityDescriptorToSecurityDescriptorW( everyone, SDDL_REVISION_1, &descriptor, NULL );
    ok( ret, "got error %lu.\n", GetLastError() );
    ret = SetFileSecurityW( path, DACL_SECURITY_INFORMATION, descriptor );
    ok( ret, "got error %lu.\n", GetLastError() );
    LocalFree( descriptor );
}

void create_file( const WCHAR *path, DWORD size )
{
    DWORD written, i;
    HANDLE file;
    char *data;

    file = CreateFileW( path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL );
    ok( file != INVALID_HANDLE_VALUE, "got error %lu.\n", GetLastError() );
    data = malloc( size + 1 );
    for (i = 0; i < size; i++) data[i] = file_pattern( i );
    ok( WriteFile( file, data, size, &written, NULL ) && written == size, "got error %lu.\n", GetLastError() );
    free( data );
    CloseHandle( file );
}

BOOL check_file( const WCHAR *path, DWORD size )
{
    DWORD read = 0, i;
    BOOL same;
    HANDLE file;
    char *data;

    file = CreateFileW( path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL );
    if (file == INVALID_HANDLE_VALUE) return FALSE;
    data = malloc( size + 1 );
    same = ReadFile( file, data, size + 1, &read, NULL ) && read == size;
    for (i = 0; same && i < size; i++) same = data[i] == file_pattern( i );
    free( data );
    CloseHandle( file );
    return same;
}

/* --- tokens ------------------------------------------------------------------------------------------------------- */

HANDLE create_user_token( SECURITY_IMPERSONATION_LEVEL level )
{
    HANDLE process, restricted, token = NULL;
    BYTE sid[SECURITY_MAX_SID_SIZE];
    SID_AND_ATTRIBUTES disable = { sid };
    DWORD size = sizeof(sid);
    BOOL ret;

    ret = OpenProcessToken( GetCurrentProcess(), TOKEN_ALL_ACCESS, &process );
    ok( ret, "got error %lu.\n", GetLastError() );
    CreateWellKnownSid( WinBuiltinAdministratorsSid, NULL, sid, &size );
    ret = CreateRestrictedToken( process, 0, 1, &disable, 0, NULL, 0, NULL, &restricted );
    ok( ret, "got error %lu.\n", GetLastError() );
    ret = DuplicateTokenEx( restricted, TOKEN_ALL_ACCESS, NULL, level, TokenImpersonation, &token );
    ok( ret, "got error %lu.\n", GetLastError() );
    CloseHandle( restricted );
    CloseHandle( process );
    return token;
}

void impersonate( HANDLE token )
{
    BOOL ret = SetThreadToken( NULL, token );

    ok( ret, "got error %lu.\n", GetLastError() );
}
