/*
 * IBackgroundCopyJob to Job5: what is set and read, and the timers
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

static IBackgroundCopyJob5 *get_job5( IBackgroundCopyJob *job )
{
    IBackgroundCopyJob5 *job5 = NULL;
    HRESULT hr;

    OK( IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJob5, (void **)&job5 ), S_OK );
    return job5;
}

/* Waits until the job has left STATE, or 30 seconds are over. */
static BG_JOB_STATE wait_change( IBackgroundCopyJob *job, BG_JOB_STATE state )
{
    ULONGLONG end = GetTickCount64() + 30000;
    BG_JOB_STATE now;

    while ((now = get_state( job )) == state && GetTickCount64() < end) short_wait();
    return now;
}

static void test_retry_delay(void)
{
    static const struct { ULONG set, get; } tests[] =
    {
        /* spec: api 5.2.25: less than five become five */
        { 0, 5 }, { 1, 5 }, { 4, 5 }, { 5, 5 }, { 6, 6 }, { 60, 60 }, { 0xffffffff, 0xffffffff },
    };
    IBackgroundCopyJob *job = create_job( L"retry" );
    ULONG value = 0xdeadbeef;
    HRESULT hr;
    UINT i;

    OK( IBackgroundCopyJob_GetMinimumRetryDelay( job, &value ), S_OK );
    ok( value == 600, "got %lu.\n", value );
    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        OK( IBackgroundCopyJob_SetMinimumRetryDelay( job, tests[i].set ), S_OK );
        OK( IBackgroundCopyJob_GetMinimumRetryDelay( job, &value ), S_OK );
        ok( value == tests[i].get, "%lu: got %lu.\n", tests[i].set, value );
    }
    cleanup_job( job );
}

static void test_retry(void)
{
    IBackgroundCopyJob *job = create_job( L"retry" );
    ULONGLONG start, end = GetTickCount64() + 30000;
    UINT count;
    HRESULT hr;

    /* spec: behaviour 3.1 */
    OK( IBackgroundCopyJob_SetMinimumRetryDelay( job, 5 ), S_OK );
    add_file( job, server_url( "/status/503" ), test_path( L"retry" ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSIENT_ERROR );
    start = GetTickCount64();
    count = server_count( "HEAD /status/503", NULL );
    ok( count == 1, "got %u requests.\n", count );
    while ((count = server_count( "HEAD /status/503", NULL )) == 1 && GetTickCount64() < end) short_wait();
    ok( count == 2, "got %u requests.\n", count );
    ok( GetTickCount64() - start >= 4500, "retried after %I64u ms.\n", GetTickCount64() - start );
    wait_state( job, BG_JOB_STATE_TRANSIENT_ERROR );

    /* a longer delay counts for the wait that has begun, and Resume ends it */
    OK( IBackgroundCopyJob_SetMinimumRetryDelay( job, 600 ), S_OK );
    ok( get_state( job ) == BG_JOB_STATE_TRANSIENT_ERROR, "got state %u.\n", get_state( job ) );
    resume_job( job );
    while ((count = server_count( "HEAD /status/503", NULL )) == 2 && GetTickCount64() < end) short_wait();
    ok( count == 3, "got %u requests.\n", count );
    cleanup_job( job );
}

static void test_no_progress(void)
{
    IBackgroundCopyJob *job = create_job( L"progress" );
    ULONG value = 0xdeadbeef;
    BG_JOB_STATE state;
    HRESULT hr;

    /* spec: api 5.2.27 */
    OK( IBackgroundCopyJob_GetNoProgressTimeout( job, &value ), S_OK );
    ok( value == 1209600, "got %lu.\n", value );
    OK( IBackgroundCopyJob_SetNoProgressTimeout( job, 0xffffffff ), S_OK );
    OK( IBackgroundCopyJob_GetNoProgressTimeout( job, &value ), S_OK );
    ok( value == 0xffffffff, "got %lu.\n", value );

    /* zero: every error is fatal */
    OK( IBackgroundCopyJob_SetNoProgressTimeout( job, 0 ), S_OK );
    add_file( job, server_url( "/status/503" ), test_path( L"progress" ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_ERROR );
    check_error( job, BG_ERROR_CONTEXT_REMOTE_FILE, BG_E_HTTP_ERROR_503 );

    /* spec: api 5.2.25: less than the retry delay: no retry can come */
    OK( IBackgroundCopyJob_SetNoProgressTimeout( job, 599 ), S_OK );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_ERROR );

    /* it ends the wait, and the error stays */
    OK( IBackgroundCopyJob_SetNoProgressTimeout( job, 600 ), S_OK );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSIENT_ERROR );
    OK( IBackgroundCopyJob_SetNoProgressTimeout( job, 1 ), S_OK );
    state = wait_change( job, BG_JOB_STATE_TRANSIENT_ERROR );
    ok( state == BG_JOB_STATE_ERROR, "got state %u.\n", state );
    check_error( job, BG_ERROR_CONTEXT_REMOTE_FILE, BG_E_HTTP_ERROR_503 );
    cleanup_job( job );
}

static void test_max_download_time(void)
{
    IBackgroundCopyJob *job = create_job( L"time" );
    IBackgroundCopyJob5 *job5 = get_job5( job );
    ULONG value = 0xdeadbeef;
    BG_JOB_STATE state;
    ULONGLONG start;
    HRESULT hr;

    /* spec: api 5.5.5 */
    OK( IBackgroundCopyJob5_GetMaximumDownloadTime( job5, &value ), S_OK );
    ok( value == 7776000, "got %lu.\n", value );
    OK( IBackgroundCopyJob5_SetMaximumDownloadTime( job5, 1 ), S_OK );
    OK( IBackgroundCopyJob5_GetMaximumDownloadTime( job5, &value ), S_OK );
    ok( value == 1, "got %lu.\n", value );

    add_file( job, server_url( "/hang/1000" ), test_path( L"time" ) );
    start = GetTickCount64();
    resume_job( job );
    wait_state( job, BG_JOB_STATE_ERROR );
    ok( GetTickCount64() - start >= 900, "ended after %I64u ms.\n", GetTickCount64() - start );
    check_error( job, BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER, BG_E_MAXDOWNLOAD_TIMEOUT );

    /* Resume begins a new count; no limit at all; and one that is over already when it is set */
    OK( IBackgroundCopyJob5_SetMaximumDownloadTime( job5, 0 ), S_OK );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRING );
    start = GetTickCount64();
    while (GetTickCount64() - start < 1100) short_wait();
    ok( get_state( job ) == BG_JOB_STATE_TRANSFERRING, "got state %u.\n", get_state( job ) );
    OK( IBackgroundCopyJob5_SetMaximumDownloadTime( job5, 1 ), S_OK );
    state = wait_change( job, BG_JOB_STATE_TRANSFERRING );
    ok( state == BG_JOB_STATE_ERROR, "got state %u.\n", state );
    check_error( job, BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER, BG_E_MAXDOWNLOAD_TIMEOUT );
    IBackgroundCopyJob5_Release( job5 );
    cleanup_job( job );
}

/* LIST and BYPASS NULL: none */
#define check_proxy( job, usage, list, bypass ) check_proxy_( __LINE__, job, usage, list, bypass )
static void check_proxy_( int line, IBackgroundCopyJob *job, BG_JOB_PROXY_USAGE expected, const WCHAR *expected_list,
                          const WCHAR *expected_bypass )
{
    WCHAR *list = SENTINEL, *bypass = SENTINEL;
    BG_JOB_PROXY_USAGE usage = 0xdeadbeef;
    HRESULT hr;

    hr = IBackgroundCopyJob_GetProxySettings( job, &usage, &list, &bypass );
    ok_( __FILE__, line )( hr == S_OK, "got hr %#lx.\n", hr );
    ok_( __FILE__, line )( usage == expected, "got usage %u.\n", usage );
    ok_( __FILE__, line )( !list == !expected_list && (!list || !lstrcmpW( list, expected_list )), "got list %s.\n",
                           wine_dbgstr_w( list ) );
    ok_( __FILE__, line )( !bypass == !expected_bypass && (!bypass || !lstrcmpW( bypass, expected_bypass )),
                           "got bypass %s.\n", wine_dbgstr_w( bypass ) );
    CoTaskMemFree( list );
    CoTaskMemFree( bypass );
}

static void test_proxy_settings(void)
{
    static const BG_JOB_PROXY_USAGE others[] =
    {
        BG_JOB_PROXY_USAGE_NO_PROXY, BG_JOB_PROXY_USAGE_AUTODETECT, BG_JOB_PROXY_USAGE_PRECONFIG,
    };
    IBackgroundCopyJob *job = create_job( L"proxy" );
    BG_JOB_PROXY_USAGE usage;
    WCHAR *text, text4001[4002];
    HRESULT hr;
    UINT i;

    for (i = 0; i < ARRAY_SIZE(text4001) - 1; i++) text4001[i] = 'x';
    text4001[4001] = 0;

    /* spec: api 5.2.30, 5.2.31 */
    check_proxy( job, BG_JOB_PROXY_USAGE_PRECONFIG, NULL, NULL );
    OK( IBackgroundCopyJob_GetProxySettings( job, NULL, &text, &text ), NULL_REF_POINTER );
    OK( IBackgroundCopyJob_GetProxySettings( job, &usage, NULL, &text ), NULL_REF_POINTER );
    OK( IBackgroundCopyJob_GetProxySettings( job, &usage, &text, NULL ), NULL_REF_POINTER );
    OK( IBackgroundCopyJob_SetProxySettings( job, BG_JOB_PROXY_USAGE_OVERRIDE, L"a:1 b", L"<local> *.org" ), S_OK );
    check_proxy( job, BG_JOB_PROXY_USAGE_OVERRIDE, L"a:1 b", L"<local> *.org" );

    OK( IBackgroundCopyJob_SetProxySettings( job, BG_JOB_PROXY_USAGE_AUTODETECT + 1, NULL, NULL ), E_NOTIMPL );
    OK( IBackgroundCopyJob_SetProxySettings( job, BG_JOB_PROXY_USAGE_OVERRIDE, NULL, NULL ), E_INVALIDARG );
    OK( IBackgroundCopyJob_SetProxySettings( job, BG_JOB_PROXY_USAGE_OVERRIDE, NULL, L"a" ), E_INVALIDARG );
    OK( IBackgroundCopyJob_SetProxySettings( job, BG_JOB_PROXY_USAGE_OVERRIDE, text4001, NULL ), BG_E_PROXY_LIST_TOO_LARGE );
    OK( IBackgroundCopyJob_SetProxySettings( job, BG_JOB_PROXY_USAGE_OVERRIDE, L"a", text4001 ),
        BG_E_PROXY_BYPASS_LIST_TOO_LARGE );
    check_proxy( job, BG_JOB_PROXY_USAGE_OVERRIDE, L"a:1 b", L"<local> *.org" );
    text4001[4000] = 0;
    OK( IBackgroundCopyJob_SetProxySettings( job, BG_JOB_PROXY_USAGE_OVERRIDE, text4001, text4001 ), S_OK );
    check_proxy( job, BG_JOB_PROXY_USAGE_OVERRIDE, text4001, text4001 );

    for (i = 0; i < ARRAY_SIZE(others); i++)
    {
        OK( IBackgroundCopyJob_SetProxySettings( job, others[i], L"a", NULL ), E_INVALIDARG );
        OK( IBackgroundCopyJob_SetProxySettings( job, others[i], NULL, L"a" ), E_INVALIDARG );
        OK( IBackgroundCopyJob_SetProxySettings( job, others[i], NULL, NULL ), S_OK );
        check_proxy( job, others[i], NULL, NULL );
    }
    cleanup_job( job );
}

#define check_command( job, program, parameters ) check_command_( __LINE__, job, program, parameters )
static void check_command_( int line, IBackgroundCopyJob5 *job, const WCHAR *expected, const WCHAR *expected_parameters )
{
    WCHAR *program = SENTINEL, *parameters = SENTINEL;
    HRESULT hr;

    hr = IBackgroundCopyJob5_GetNotifyCmdLine( job, &program, &parameters );
    ok_( __FILE__, line )( hr == S_OK, "got hr %#lx.\n", hr );
    ok_( __FILE__, line )( !lstrcmpW( program, expected ), "got %s.\n", wine_dbgstr_w( program ) );
    ok_( __FILE__, line )( !lstrcmpW( parameters, expected_parameters ), "got %s.\n", wine_dbgstr_w( parameters ) );
    CoTaskMemFree( program );
    CoTaskMemFree( parameters );
}

static void test_command_line(void)
{
    IBackgroundCopyJob *job = create_job( L"command" );
    IBackgroundCopyJob5 *job5 = get_job5( job );
    WCHAR text[4002], *ret;
    HRESULT hr;
    UINT i;

    for (i = 0; i < ARRAY_SIZE(text) - 1; i++) text[i] = 'x';
    text[4001] = 0;

    /* spec: api 5.3.1, 5.3.2 */
    check_command( job5, L"", L"" );
    OK( IBackgroundCopyJob5_GetNotifyCmdLine( job5, NULL, &ret ), NULL_REF_POINTER );
    OK( IBackgroundCopyJob5_GetNotifyCmdLine( job5, &ret, NULL ), NULL_REF_POINTER );
    OK( IBackgroundCopyJob5_SetNotifyCmdLine( job5, L"C:\\a.exe", L"a.exe 1 2" ), S_OK );
    check_command( job5, L"C:\\a.exe", L"a.exe 1 2" );
    OK( IBackgroundCopyJob5_SetNotifyCmdLine( job5, NULL, L"a.exe" ), E_INVALIDARG );
    OK( IBackgroundCopyJob5_SetNotifyCmdLine( job5, L"C:\\a.exe", text ), BG_E_STRING_TOO_LONG );
    text[4000] = 0;
    OK( IBackgroundCopyJob5_SetNotifyCmdLine( job5, L"C:\\a.exe", text ), S_OK );
    check_command( job5, L"C:\\a.exe", text );
    text[261] = 0;
    OK( IBackgroundCopyJob5_SetNotifyCmdLine( job5, text, NULL ), BG_E_STRING_TOO_LONG );
    text[260] = 0;
    OK( IBackgroundCopyJob5_SetNotifyCmdLine( job5, text, NULL ), S_OK );
    check_command( job5, text, L"" );
    OK( IBackgroundCopyJob5_SetNotifyCmdLine( job5, NULL, NULL ), S_OK );
    check_command( job5, L"", L"" );
    IBackgroundCopyJob5_Release( job5 );
    cleanup_job( job );
}

static void test_replies(void)
{
    IBackgroundCopyJob *job = create_job( L"reply" );
    IBackgroundCopyJob5 *job5 = get_job5( job );
    BG_JOB_REPLY_PROGRESS progress = { 0 };
    UINT64 length = 0xdeadbeef;
    BYTE *buffer = SENTINEL;
    WCHAR *name = SENTINEL;
    HRESULT hr;

    /* spec: api 5.3.3 - 5.3.6: a download has none */
    OK( IBackgroundCopyJob5_GetReplyProgress( job5, &progress ), E_NOTIMPL );
    OK( IBackgroundCopyJob5_GetReplyProgress( job5, NULL ), NULL_REF_POINTER );
    OK( IBackgroundCopyJob5_GetReplyData( job5, &buffer, &length ), E_NOTIMPL );
    ok( !buffer, "got %p.\n", buffer );
    OK( IBackgroundCopyJob5_GetReplyFileName( job5, &name ), E_NOTIMPL );
    ok( !name, "got %p.\n", name );
    OK( IBackgroundCopyJob5_SetReplyFileName( job5, NULL ), E_NOTIMPL );
    OK( IBackgroundCopyJob5_SetReplyFileName( job5, L"C:\\reply" ), E_NOTIMPL );
    IBackgroundCopyJob5_Release( job5 );
    cleanup_job( job );
}

static HRESULT set_credentials( IBackgroundCopyJob5 *job, UINT target, UINT scheme, const WCHAR *user,
                                const WCHAR *password )
{
    BG_AUTH_CREDENTIALS credentials = { target, scheme, { { (WCHAR *)user, (WCHAR *)password } } };

    return IBackgroundCopyJob5_SetCredentials( job, &credentials );
}

static void test_credentials(void)
{
    IBackgroundCopyJob *job = create_job( L"credentials" );
    IBackgroundCopyJob5 *job5 = get_job5( job );
    WCHAR user[302], *password;
    HRESULT hr;
    UINT i;

    password = malloc( 65538 * sizeof(WCHAR) );
    for (i = 0; i < 65537; i++) password[i] = 'p';
    password[65537] = 0;
    for (i = 0; i < 301; i++) user[i] = 'u';
    user[301] = 0;

    /* spec: api 5.3.7, 5.3.8 */
    OK( IBackgroundCopyJob5_SetCredentials( job5, NULL ), NULL_REF_POINTER );
    OK( set_credentials( job5, 0, BG_AUTH_SCHEME_BASIC, L"u", L"p" ), BG_E_INVALID_AUTH_TARGET );
    OK( set_credentials( job5, 3, BG_AUTH_SCHEME_BASIC, L"u", L"p" ), BG_E_INVALID_AUTH_TARGET );
    OK( set_credentials( job5, BG_AUTH_TARGET_PROXY, BG_AUTH_SCHEME_BASIC, user, L"p" ), BG_E_USERNAME_TOO_LARGE );
    OK( set_credentials( job5, BG_AUTH_TARGET_PROXY, BG_AUTH_SCHEME_BASIC, L"u", password ), BG_E_PASSWORD_TOO_LARGE );
    OK( set_credentials( job5, BG_AUTH_TARGET_PROXY, BG_AUTH_SCHEME_BASIC, NULL, NULL ), E_INVALIDARG );
    OK( set_credentials( job5, BG_AUTH_TARGET_PROXY, BG_AUTH_SCHEME_BASIC, L"u", NULL ), E_INVALIDARG );
    OK( set_credentials( job5, BG_AUTH_TARGET_PROXY, BG_AUTH_SCHEME_DIGEST, NULL, NULL ), E_INVALIDARG );
    OK( set_credentials( job5, BG_AUTH_TARGET_PROXY, BG_AUTH_SCHEME_NTLM, L"u", NULL ), BG_E_INVALID_CREDENTIALS );
    /* choice: nobody speaks it any more */
    OK( set_credentials( job5, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_PASSPORT, L"u", L"p" ), E_NOTIMPL );
    OK( IBackgroundCopyJob5_RemoveCredentials( job5, BG_AUTH_TARGET_PROXY, BG_AUTH_SCHEME_BASIC ), S_FALSE );
    OK( IBackgroundCopyJob5_RemoveCredentials( job5, 3, BG_AUTH_SCHEME_BASIC ), BG_E_INVALID_AUTH_TARGET );

    user[300] = password[65536] = 0;
    OK( set_credentials( job5, BG_AUTH_TARGET_PROXY, BG_AUTH_SCHEME_BASIC, user, password ), S_OK );
    OK( set_credentials( job5, BG_AUTH_TARGET_PROXY, BG_AUTH_SCHEME_BASIC, L"again", L"" ), S_OK );
    OK( set_credentials( job5, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_NEGOTIATE, NULL, NULL ), S_OK );
    OK( set_credentials( job5, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_NTLM, NULL, NULL ), S_OK );
    OK( IBackgroundCopyJob5_RemoveCredentials( job5, BG_AUTH_TARGET_PROXY, BG_AUTH_SCHEME_DIGEST ), S_FALSE );
    OK( IBackgroundCopyJob5_RemoveCredentials( job5, BG_AUTH_TARGET_PROXY, BG_AUTH_SCHEME_BASIC ), S_OK );
    OK( IBackgroundCopyJob5_RemoveCredentials( job5, BG_AUTH_TARGET_PROXY, BG_AUTH_SCHEME_BASIC ), S_FALSE );
    OK( IBackgroundCopyJob5_RemoveCredentials( job5, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_NEGOTIATE ), S_OK );
    free( password );
    IBackgroundCopyJob5_Release( job5 );
    cleanup_job( job );
}

static void test_flags_and_owner(void)
{
    IBackgroundCopyJob *job = create_job( L"flags" );
    IBackgroundCopyJob5 *job5 = get_job5( job );
    ULONG value = 0xdeadbeef;
    BOOL flag = 0xdeadbeef;
    DWORD flags;
    HRESULT hr;

    /* spec: api 5.4.3, 5.4.4 */
    flags = 0xdeadbeef;
    OK( IBackgroundCopyJob5_GetFileACLFlags( job5, &flags ), S_OK );
    ok( !flags, "got %#lx.\n", flags );
    OK( IBackgroundCopyJob5_SetFileACLFlags( job5, BG_COPY_FILE_ALL ), S_OK );
    OK( IBackgroundCopyJob5_SetFileACLFlags( job5, BG_COPY_FILE_ALL + 1 ), E_INVALIDARG );
    OK( IBackgroundCopyJob5_GetFileACLFlags( job5, &flags ), S_OK );
    ok( flags == BG_COPY_FILE_ALL, "got %#lx.\n", flags );

    /* spec: api 5.5.1, 5.5.2 */
    flags = 0xdeadbeef;
    OK( IBackgroundCopyJob5_GetPeerCachingFlags( job5, &flags ), S_OK );
    ok( !flags, "got %#lx.\n", flags );
    OK( IBackgroundCopyJob5_SetPeerCachingFlags( job5, 7 ), S_OK );
    OK( IBackgroundCopyJob5_SetPeerCachingFlags( job5, 8 ), E_NOTIMPL );
    OK( IBackgroundCopyJob5_GetPeerCachingFlags( job5, &flags ), S_OK );
    ok( flags == 7, "got %#lx.\n", flags );

    /* spec: api 5.5.3, 5.5.4: whoever runs the tests is an administrator */
    OK( IBackgroundCopyJob5_GetOwnerIntegrityLevel( job5, &value ), S_OK );
    ok( value == SECURITY_MANDATORY_HIGH_RID || value == SECURITY_MANDATORY_MEDIUM_RID, "got %#lx.\n", value );
    OK( IBackgroundCopyJob5_GetOwnerElevationState( job5, &flag ), S_OK );
    ok( flag == TRUE, "got %d.\n", flag );
    OK( IBackgroundCopyJob5_GetOwnerIntegrityLevel( job5, NULL ), NULL_REF_POINTER );
    OK( IBackgroundCopyJob5_GetOwnerElevationState( job5, NULL ), NULL_REF_POINTER );
    OK( IBackgroundCopyJob5_GetFileACLFlags( job5, NULL ), NULL_REF_POINTER );
    OK( IBackgroundCopyJob5_GetPeerCachingFlags( job5, NULL ), NULL_REF_POINTER );
    OK( IBackgroundCopyJob5_GetMaximumDownloadTime( job5, NULL ), NULL_REF_POINTER );
    IBackgroundCopyJob5_Release( job5 );
    cleanup_job( job );
}

static void test_acl_copy(void)
{
    IBackgroundCopyJob *job = create_job( L"ACL" );
    IBackgroundCopyJob5 *job5 = get_job5( job );
    BYTE buffer[2][1024];
    DWORD size;
    HRESULT hr;
    UINT i;

    /* spec: api 5.4.3: a copy of a path takes over the source's security */
    create_file( test_path( L"source" ), 1000 );
    ok( SetFileAttributesW( test_path( L"source" ), FILE_ATTRIBUTE_READONLY ), "got error %lu.\n", GetLastError() );
    add_file( job, test_path( L"source" ), test_path( L"copy" ) );
    OK( IBackgroundCopyJob5_SetFileACLFlags( job5, BG_COPY_FILE_OWNER | BG_COPY_FILE_GROUP | BG_COPY_FILE_DACL ), S_OK );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    OK( IBackgroundCopyJob5_SetFileACLFlags( job5, 0 ), BG_E_INVALID_STATE );
    OK( IBackgroundCopyJob_Complete( job ), S_OK );
    for (i = 0; i < 2; i++)
    {
        memset( buffer[i], 0, sizeof(buffer[i]) );
        ok( GetFileSecurityW( test_path( i ? L"copy" : L"source" ), OWNER_SECURITY_INFORMATION |
                              GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, buffer[i], sizeof(buffer[i]),
                              &size ), "got error %lu.\n", GetLastError() );
    }
    ok( !memcmp( buffer[0], buffer[1], sizeof(buffer[0]) ), "got another security descriptor.\n" );
    IBackgroundCopyJob5_Release( job5 );
    IBackgroundCopyJob_Release( job );
}

static HRESULT set_dword( IBackgroundCopyJob5 *job, BITS_JOB_PROPERTY_ID id, DWORD number )
{
    BITS_JOB_PROPERTY_VALUE value;

    memset( &value, 0, sizeof(value) );
    value.Dword = number;
    return IBackgroundCopyJob5_SetProperty( job, id, value );
}

static DWORD get_dword( IBackgroundCopyJob5 *job, BITS_JOB_PROPERTY_ID id )
{
    BITS_JOB_PROPERTY_VALUE value;
    HRESULT hr;

    memset( &value, 0xcc, sizeof(value) );
    OK( IBackgroundCopyJob5_GetProperty( job, id, &value ), S_OK );
    return value.Dword;
}

static void test_property_values(void)
{
    IBackgroundCopyJob *job = create_job( L"values" );
    IBackgroundCopyJob5 *job5 = get_job5( job );
    BITS_JOB_PROPERTY_VALUE value;
    DWORD number;
    HRESULT hr;

    /* spec: api 5.7; no other ids */
    OK( set_dword( job5, 0, 1 ), BG_E_UNKNOWN_PROPERTY_ID );
    OK( set_dword( job5, 6, 1 ), BG_E_UNKNOWN_PROPERTY_ID );
    OK( set_dword( job5, 11, 1 ), BG_E_UNKNOWN_PROPERTY_ID );
    OK( IBackgroundCopyJob5_GetProperty( job5, 6, &value ), BG_E_UNKNOWN_PROPERTY_ID );
    OK( IBackgroundCopyJob5_GetProperty( job5, BITS_JOB_PROPERTY_ID_COST_FLAGS, NULL ), NULL_REF_POINTER );

    number = get_dword( job5, BITS_JOB_PROPERTY_ID_COST_FLAGS );
    ok( number == BITS_COST_STATE_TRANSFER_ALWAYS, "got %#lx.\n", number );
    OK( set_dword( job5, BITS_JOB_PROPERTY_ID_COST_FLAGS, BITS_COST_STATE_TRANSFER_UNRESTRICTED ), S_OK );
    OK( set_dword( job5, BITS_JOB_PROPERTY_ID_COST_FLAGS, 0 ), E_INVALIDARG );
    OK( set_dword( job5, BITS_JOB_PROPERTY_ID_COST_FLAGS, BITS_COST_STATE_UNRESTRICTED | 0x100 ), E_INVALIDARG );
    number = get_dword( job5, BITS_JOB_PROPERTY_ID_COST_FLAGS );
    ok( number == BITS_COST_STATE_TRANSFER_UNRESTRICTED, "got %#lx.\n", number );

    number = get_dword( job5, BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS );
    ok( number == 500, "got %lu.\n", number );
    OK( set_dword( job5, BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS, 10 ), S_OK );
    number = get_dword( job5, BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS );
    ok( number == 10, "got %lu.\n", number );

    number = get_dword( job5, BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS );
    ok( !number, "got %lu.\n", number );
    OK( set_dword( job5, BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS, BG_AUTH_TARGET_SERVER ),
        BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED );
    OK( set_dword( job5, BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS, BG_AUTH_TARGET_PROXY ), S_OK );
    number = get_dword( job5, BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS );
    ok( number == BG_AUTH_TARGET_PROXY, "got %lu.\n", number );

    /* whatever the class is; and GUID_NULL clears it */
    value.ClsID = IID_IUnknown;
    OK( IBackgroundCopyJob5_SetProperty( job5, BITS_JOB_PROPERTY_NOTIFICATION_CLSID, value ), S_OK );
    memset( &value, 0xcc, sizeof(value) );
    OK( IBackgroundCopyJob5_GetProperty( job5, BITS_JOB_PROPERTY_NOTIFICATION_CLSID, &value ), S_OK );
    ok( IsEqualGUID( &value.ClsID, &IID_IUnknown ), "got %s.\n", wine_dbgstr_guid( &value.ClsID ) );
    memset( &value, 0, sizeof(value) );
    OK( IBackgroundCopyJob5_SetProperty( job5, BITS_JOB_PROPERTY_NOTIFICATION_CLSID, value ), S_OK );
    memset( &value, 0xcc, sizeof(value) );
    OK( IBackgroundCopyJob5_GetProperty( job5, BITS_JOB_PROPERTY_NOTIFICATION_CLSID, &value ), S_OK );
    ok( IsEqualGUID( &value.ClsID, &GUID_NULL ), "got %s.\n", wine_dbgstr_guid( &value.ClsID ) );
    IBackgroundCopyJob5_Release( job5 );
    cleanup_job( job );
}

static void test_property_phases(void)
{
    static const BITS_JOB_PROPERTY_ID flags[] =
    {
        BITS_JOB_PROPERTY_DYNAMIC_CONTENT, BITS_JOB_PROPERTY_HIGH_PERFORMANCE, BITS_JOB_PROPERTY_ON_DEMAND_MODE,
    };
    IBackgroundCopyJob *job = create_job( L"phases" );
    IBackgroundCopyJob5 *job5 = get_job5( job );
    BITS_JOB_PROPERTY_VALUE value;
    DWORD flag;
    HRESULT hr;
    UINT i;

    for (i = 0; i < ARRAY_SIZE(flags); i++)
    {
        flag = get_dword( job5, flags[i] );
        ok( !flag, "%u: got %lu.\n", flags[i], flag );
        OK( set_dword( job5, flags[i], FALSE ), S_OK );
        OK( set_dword( job5, flags[i], TRUE ), S_OK );
        OK( set_dword( job5, flags[i], FALSE ), S_OK );
    }

    /* spec: api 5.7.2 */
    value.Uint64 = 0;
    OK( IBackgroundCopyJob5_SetProperty( job5, BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE, value ),
        BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE );
    value.Uint64 = 2500;
    OK( IBackgroundCopyJob5_SetProperty( job5, BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE, value ), S_OK );
    add_file( job, server_url( "/file/1000" ), test_path( L"1" ) );
    OK( set_dword( job5, BITS_JOB_PROPERTY_HIGH_PERFORMANCE, FALSE ), BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE );
    OK( set_dword( job5, BITS_JOB_PROPERTY_DYNAMIC_CONTENT, FALSE ), S_OK );

    /* spec: behaviour 4.10: the sum of the files counts */
    add_file( job, server_url( "/file/2000" ), test_path( L"2" ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_ERROR );
    check_error( job, BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER, BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED );
    ok( !server_count( "GET /file/2000", NULL ), "fetched more than allowed.\n" );
    OK( set_dword( job5, BITS_JOB_PROPERTY_DYNAMIC_CONTENT, FALSE ), BG_E_READ_ONLY_PROPERTY_AFTER_RESUME );
    OK( set_dword( job5, BITS_JOB_PROPERTY_ON_DEMAND_MODE, FALSE ), BG_E_READ_ONLY_PROPERTY_AFTER_RESUME );
    OK( IBackgroundCopyJob5_SetProperty( job5, BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE, value ),
        BG_E_READ_ONLY_PROPERTY_AFTER_RESUME );
    OK( set_dword( job5, BITS_JOB_PROPERTY_ID_COST_FLAGS, BITS_COST_STATE_TRANSFER_ALWAYS ), S_OK );
    IBackgroundCopyJob5_Release( job5 );
    cleanup_job( job );
}

static void test_final(void)
{
    IBackgroundCopyJob *job = create_job( L"final" );
    IBackgroundCopyJob5 *job5 = get_job5( job );
    BITS_JOB_PROPERTY_VALUE value = { 0 };
    BG_FILE_RANGE range = { 0, 1 };
    DWORD flags;
    HRESULT hr;

    /* spec: behaviour 1.1 */
    OK( IBackgroundCopyJob_Cancel( job ), S_OK );
#define CHECK(call) OK( call, BG_E_INVALID_STATE )
    CHECK( IBackgroundCopyJob5_SetMinimumRetryDelay( job5, 60 ) );
    CHECK( IBackgroundCopyJob5_SetNoProgressTimeout( job5, 60 ) );
    CHECK( IBackgroundCopyJob5_SetProxySettings( job5, BG_JOB_PROXY_USAGE_NO_PROXY, NULL, NULL ) );
    CHECK( IBackgroundCopyJob5_SetNotifyCmdLine( job5, NULL, NULL ) );
    CHECK( set_credentials( job5, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC, L"u", L"p" ) );
    CHECK( IBackgroundCopyJob5_RemoveCredentials( job5, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC ) );
    CHECK( IBackgroundCopyJob5_ReplaceRemotePrefix( job5, L"a", L"b" ) );
    CHECK( IBackgroundCopyJob5_AddFileWithRanges( job5, L"http://127.0.0.1/", test_path( L"late" ), 1, &range ) );
    CHECK( IBackgroundCopyJob5_SetFileACLFlags( job5, 0 ) );
    CHECK( IBackgroundCopyJob5_SetPeerCachingFlags( job5, 0 ) );
    CHECK( IBackgroundCopyJob5_SetMaximumDownloadTime( job5, 60 ) );
    value.Dword = BITS_COST_STATE_TRANSFER_ALWAYS;
    CHECK( IBackgroundCopyJob5_SetProperty( job5, BITS_JOB_PROPERTY_ID_COST_FLAGS, value ) );
#undef CHECK
    OK( IBackgroundCopyJob5_GetFileACLFlags( job5, &flags ), S_OK );
    check_proxy( job, BG_JOB_PROXY_USAGE_PRECONFIG, NULL, NULL );
    check_command( job5, L"", L"" );
    IBackgroundCopyJob5_Release( job5 );
    IBackgroundCopyJob_Release( job );
}

START_TEST(properties)
{
    if (!setup()) return;
    test_retry_delay();
    test_proxy_settings();
    test_command_line();
    test_replies();
    test_credentials();
    test_flags_and_owner();
    test_acl_copy();
    test_property_values();
    test_final();
    if (server_start())
    {
        test_retry();
        test_no_progress();
        test_max_download_time();
        test_property_phases();
        server_stop();
    }
    teardown();
}
