/*
 * What the tests of helper tokens share
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

#include "tokens.h"
#include <stddef.h>
#include <winternl.h>

BOOL since_1607;
HANDLE user_token;
WCHAR *own_sid;

static NTSTATUS (NTAPI *pRtlGetVersion)( RTL_OSVERSIONINFOW *info );
static NTSTATUS (NTAPI *pNtCreateToken)( HANDLE *token, ACCESS_MASK access, OBJECT_ATTRIBUTES *attr, TOKEN_TYPE type,
                                         LUID *id, LARGE_INTEGER *expires, TOKEN_USER *user, TOKEN_GROUPS *groups,
                                         TOKEN_PRIVILEGES *privileges, TOKEN_OWNER *owner, TOKEN_PRIMARY_GROUP *group,
                                         TOKEN_DEFAULT_DACL *dacl, TOKEN_SOURCE *source );

static WCHAR *token_sid( HANDLE token )
{
    BYTE buffer[256];
    WCHAR *sid = NULL;
    DWORD size;
    BOOL ret;

    ret = GetTokenInformation( token, TokenUser, buffer, sizeof(buffer), &size );
    ok( ret, "got error %lu.\n", GetLastError() );
    ret = ConvertSidToStringSidW( ((TOKEN_USER *)buffer)->User.Sid, &sid );
    ok( ret, "got error %lu.\n", GetLastError() );
    return sid;
}

static BOOL is_administrator( HANDLE token )
{
    BYTE sid[SECURITY_MAX_SID_SIZE];
    DWORD size = sizeof(sid);
    BOOL member = FALSE;

    CreateWellKnownSid( WinBuiltinAdministratorsSid, NULL, sid, &size );
    CheckTokenMembership( token, sid, &member );
    return member;
}

BOOL token_setup(void)
{
    RTL_OSVERSIONINFOW version = { sizeof(version) };
    HMODULE ntdll = GetModuleHandleA( "ntdll.dll" );
    HANDLE process;

    pRtlGetVersion = (void *)GetProcAddress( ntdll, "RtlGetVersion" );
    pNtCreateToken = (void *)GetProcAddress( ntdll, "NtCreateToken" );

    pRtlGetVersion( &version );
    since_1607 = version.dwMajorVersion > 10 || (version.dwMajorVersion == 10 && version.dwBuildNumber >= 14393);
    trace( "Windows %lu.%lu.%lu, the rule %s 1607.\n", version.dwMajorVersion, version.dwMinorVersion,
           version.dwBuildNumber, since_1607 ? "since" : "before" );

    if (!is_administrator( NULL ))
    {
        skip( "these tests need an administrator.\n" );
        return FALSE;
    }
    OpenProcessToken( GetCurrentProcess(), TOKEN_QUERY, &process );
    own_sid = token_sid( process );
    CloseHandle( process );
    user_token = create_user_token( SecurityImpersonation );
    ok( !is_administrator( user_token ), "the user is an administrator.\n" );
    return TRUE;
}

void token_teardown(void)
{
    CloseHandle( user_token );
    LocalFree( own_sid );
}

IBackgroundCopyJob *create_job_as( HANDLE token )
{
    IBackgroundCopyJob *job;

    impersonate( token );
    job = create_job( L"token" );
    impersonate( NULL );
    return job;
}

HRESULT get_job_as( HANDLE token, IBackgroundCopyJob *job, IBackgroundCopyJob **ret )
{
    HRESULT hr;
    GUID id;

    hr = IBackgroundCopyJob_GetId( job, &id );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    *ret = SENTINEL;
    impersonate( token );
    hr = IBackgroundCopyManager_GetJob( manager, &id, ret );
    impersonate( NULL );
    return hr;
}

IBitsTokenOptions *get_options_as_( int line, HANDLE token, IBackgroundCopyJob *job )
{
    IBitsTokenOptions *options = NULL;
    HRESULT hr;

    impersonate( token );
    hr = IBackgroundCopyJob_QueryInterface( job, &IID_IBitsTokenOptions, (void **)&options );
    impersonate( NULL );
    ok_( __FILE__, line )( hr == S_OK, "got hr %#lx.\n", hr );
    return options;
}

HRESULT set_token_as( HANDLE token, IBitsTokenOptions *options )
{
    HRESULT hr;

    impersonate( token );
    hr = IBitsTokenOptions_SetHelperToken( options );
    impersonate( NULL );
    return hr;
}

void check_sid_( int line, IBitsTokenOptions *options, const WCHAR *expected )
{
    WCHAR *sid = SENTINEL;
    HRESULT hr;

    hr = IBitsTokenOptions_GetHelperTokenSid( options, &sid );
    ok_( __FILE__, line )( hr == S_OK, "got hr %#lx.\n", hr );
    if (expected) ok_( __FILE__, line )( sid && !lstrcmpW( sid, expected ), "got %s.\n", wine_dbgstr_w( sid ) );
    else ok_( __FILE__, line )( !sid, "got %s.\n", wine_dbgstr_w( sid ) );
    CoTaskMemFree( sid );
}

void check_flags_( int line, IBitsTokenOptions *options, DWORD expected )
{
    DWORD flags = 0xdeadbeef;
    HRESULT hr;

    hr = IBitsTokenOptions_GetHelperTokenFlags( options, &flags );
    ok_( __FILE__, line )( hr == S_OK, "got hr %#lx.\n", hr );
    ok_( __FILE__, line )( flags == expected, "got flags %#lx.\n", flags );
}

static HANDLE create_account_token( const WCHAR *string, const WCHAR *main_group )
{
    SECURITY_QUALITY_OF_SERVICE qos = { sizeof(qos), SecurityImpersonation };
    OBJECT_ATTRIBUTES attr = { sizeof(attr) };
    LARGE_INTEGER expires = { .QuadPart = MAXLONGLONG };
    TOKEN_SOURCE source = { "bitstst" };
    TOKEN_DEFAULT_DACL dacl = { NULL };
    TOKEN_PRIVILEGES privileges = { 0 };
    TOKEN_PRIMARY_GROUP group;
    LUID id = { 0x3e4 };
    HANDLE token = NULL;
    TOKEN_GROUPS *groups;
    TOKEN_OWNER owner;
    PSID sid, sids[3];
    NTSTATUS status;
    TOKEN_USER user;
    UINT i;

    if (!pNtCreateToken)
    {
        skip( "no NtCreateToken.\n" );
        return NULL;
    }
    ConvertStringSidToSidW( string, &sid );
    ConvertStringSidToSidW( main_group, &sids[0] );
    ConvertStringSidToSidW( L"S-1-1-0", &sids[1] );
    ConvertStringSidToSidW( L"S-1-5-11", &sids[2] );
    groups = calloc( 1, offsetof( TOKEN_GROUPS, Groups[ARRAY_SIZE(sids)] ) );
    groups->GroupCount = ARRAY_SIZE(sids);
    for (i = 0; i < ARRAY_SIZE(sids); i++)
    {
        groups->Groups[i].Sid = sids[i];
        groups->Groups[i].Attributes = SE_GROUP_MANDATORY | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED;
    }
    user.User.Sid = owner.Owner = sid;
    user.User.Attributes = 0;
    group.PrimaryGroup = sids[0];
    attr.SecurityQualityOfService = &qos;
    status = pNtCreateToken( &token, TOKEN_ALL_ACCESS, &attr, TokenImpersonation, &id, &expires, &user, groups,
                             &privileges, &owner, &group, &dacl, &source );
    ok( !status, "%s: got status %#lx.\n", wine_dbgstr_w( string ), status );
    free( groups );
    for (i = 0; i < ARRAY_SIZE(sids); i++) LocalFree( sids[i] );
    LocalFree( sid );
    return token;
}

HANDLE create_foreign_token( const WCHAR *sid )
{
    return create_account_token( sid, L"S-1-5-32-545" );
}

HANDLE create_foreign_admin_token( const WCHAR *sid )
{
    return create_account_token( sid, L"S-1-5-32-544" );
}
