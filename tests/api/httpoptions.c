/*
 * IBackgroundCopyJobHttpOptions to 3, proxies and credentials: the rules, and what a server sees of them
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
#include <wincrypt.h>

#define OK(call, expected) hr = call; ok( hr == (expected), "%s: got hr %#lx.\n", #call, hr )

static IBackgroundCopyJobHttpOptions3 *get_options( IBackgroundCopyJob *job )
{
    IBackgroundCopyJobHttpOptions3 *options = NULL;
    HRESULT hr;

    OK( IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJobHttpOptions3, (void **)&options ), S_OK );
    return options;
}

/* A job with one file, and its options. */
static IBackgroundCopyJob *create_http_job( const WCHAR *url, IBackgroundCopyJobHttpOptions3 **options )
{
    IBackgroundCopyJob *job = create_job( L"http" );

    add_file( job, url, test_path( L"http" ) );
    *options = get_options( job );
    return job;
}

static void finish( IBackgroundCopyJob *job, IBackgroundCopyJobHttpOptions3 *options )
{
    IBackgroundCopyJobHttpOptions3_Release( options );
    cleanup_job( job );
}

#define transfer( job, size ) transfer_( __LINE__, job, size )
static void transfer_( int line, IBackgroundCopyJob *job, DWORD size )
{
    HRESULT hr;

    resume_job_( line, job );
    wait_state_( line, job, BG_JOB_STATE_TRANSFERRED );
    hr = IBackgroundCopyJob_Complete( job );
    ok_( __FILE__, line )( hr == S_OK, "got hr %#lx.\n", hr );
    ok_( __FILE__, line )( check_file( test_path( L"http" ), size ), "got another file.\n" );
    DeleteFileW( test_path( L"http" ) );
}

#define fail_transfer( job, context, code ) fail_transfer_( __LINE__, job, context, code )
static void fail_transfer_( int line, IBackgroundCopyJob *job, BG_ERROR_CONTEXT context, HRESULT code )
{
    resume_job_( line, job );
    wait_state_( line, job, BG_JOB_STATE_ERROR );
    check_error_( line, job, context, code );
}

#define check_remote_name( job, url ) check_remote_name_( __LINE__, job, url )
static void check_remote_name_( int line, IBackgroundCopyJob *job, const WCHAR *expected )
{
    IBackgroundCopyFile *file = first_file( job );
    WCHAR *name = NULL;
    HRESULT hr;

    hr = IBackgroundCopyFile_GetRemoteName( file, &name );
    ok_( __FILE__, line )( hr == S_OK, "got hr %#lx.\n", hr );
    ok_( __FILE__, line )( !lstrcmpW( name, expected ), "got %s, expected %s.\n", wine_dbgstr_w( name ),
                           wine_dbgstr_w( expected ) );
    CoTaskMemFree( name );
    IBackgroundCopyFile_Release( file );
}

/* --- headers ------------------------------------------------------------------------------------------------------ */

static void test_header_rules(void)
{
    IBackgroundCopyJob *job = create_job( L"headers" );
    IBackgroundCopyJobHttpOptions3 *options = get_options( job );
    static WCHAR text[16386];
    WCHAR *ret = SENTINEL;
    HRESULT hr;
    UINT i;

    for (i = 0; i < 16384; i++) text[i] = 'h';

    /* spec: api 5.6.5, 5.6.6, 5.6.12 */
    OK( IBackgroundCopyJobHttpOptions3_GetCustomHeaders( options, &ret ), S_FALSE );
    ok( !ret, "got %p.\n", ret );
    OK( IBackgroundCopyJobHttpOptions3_GetCustomHeaders( options, NULL ), NULL_REF_POINTER );
    OK( IBackgroundCopyJobHttpOptions3_SetCustomHeaders( options, L"X-A: 1\r\nX-B: 2\r\n" ), S_OK );
    OK( IBackgroundCopyJobHttpOptions3_SetCustomHeaders( options, text ), BG_E_STRING_TOO_LONG );
    OK( IBackgroundCopyJobHttpOptions3_GetCustomHeaders( options, &ret ), S_OK );
    ok( !lstrcmpW( ret, L"X-A: 1\r\nX-B: 2\r\n" ), "got %s.\n", wine_dbgstr_w( ret ) );
    CoTaskMemFree( ret );
    text[16383] = 0;
    OK( IBackgroundCopyJobHttpOptions3_SetCustomHeaders( options, text ), S_OK );
    OK( IBackgroundCopyJobHttpOptions3_SetCustomHeaders( options, NULL ), S_OK );
    OK( IBackgroundCopyJobHttpOptions3_GetCustomHeaders( options, &ret ), S_FALSE );

    OK( IBackgroundCopyJobHttpOptions3_SetCustomHeaders( options, L"X-A: 1\r\n" ), S_OK );
    OK( IBackgroundCopyJobHttpOptions3_MakeCustomHeadersWriteOnly( options ), S_OK );
    OK( IBackgroundCopyJobHttpOptions3_MakeCustomHeadersWriteOnly( options ), S_OK );
    ret = SENTINEL;
    OK( IBackgroundCopyJobHttpOptions3_GetCustomHeaders( options, &ret ), E_ACCESSDENIED );
    ok( !ret, "got %p.\n", ret );
    OK( IBackgroundCopyJobHttpOptions3_SetCustomHeaders( options, L"X-B: 1\r\n" ), S_OK );
    OK( IBackgroundCopyJobHttpOptions3_GetCustomHeaders( options, &ret ), E_ACCESSDENIED );

    /* spec: behaviour 1.1 */
    OK( IBackgroundCopyJob_Cancel( job ), S_OK );
    OK( IBackgroundCopyJobHttpOptions3_SetCustomHeaders( options, NULL ), BG_E_INVALID_STATE );
    OK( IBackgroundCopyJobHttpOptions3_SetSecurityFlags( options, 0 ), BG_E_INVALID_STATE );
    OK( IBackgroundCopyJobHttpOptions3_SetHttpMethod( options, L"GET" ), BG_E_INVALID_STATE );
    OK( IBackgroundCopyJobHttpOptions3_RemoveClientCertificate( options ), BG_E_INVALID_STATE );
    OK( IBackgroundCopyJobHttpOptions3_SetServerCertificateValidationInterface( options, NULL ), BG_E_INVALID_STATE );
    OK( IBackgroundCopyJobHttpOptions3_MakeCustomHeadersWriteOnly( options ), S_OK );
    finish( job, options );
}

static void test_headers_sent(void)
{
    IBackgroundCopyJobHttpOptions3 *options;
    IBackgroundCopyJob *job = create_http_job( server_url( "/file/1001" ), &options );
    HRESULT hr;

    /* spec: behaviour 4.14: every request; lines may end in LF alone, and ours give way */
    OK( IBackgroundCopyJobHttpOptions3_SetCustomHeaders( options, L"X-One: \x00e4\nX-Two: b\r\nUser-Agent: me" ), S_OK );
    OK( IBackgroundCopyJobHttpOptions3_MakeCustomHeadersWriteOnly( options ), S_OK );
    transfer( job, 1001 );
    ok( server_count( "HEAD /file/1001", "\r\nX-One: \xc3\xa4\r\nX-Two: b\r\nUser-Agent: me\r\n" ) == 1, "HEAD without.\n" );
    ok( server_count( "GET /file/1001", "\r\nX-One: \xc3\xa4\r\nX-Two: b\r\nUser-Agent: me\r\n" ) == 1, "GET without.\n" );
    ok( !server_count( "GET /file/1001", "Microsoft BITS" ), "two user agents.\n" );
    ok( server_count( "GET /file/1001", "\r\nAccept-Encoding: identity\r\n" ) == 1, "ours are missing.\n" );
    finish( job, options );
}

/* --- method ------------------------------------------------------------------------------------------------------- */

static void test_method_rules(void)
{
    IBackgroundCopyJob *job = create_job( L"method" );
    IBackgroundCopyJobHttpOptions3 *options = get_options( job );
    WCHAR text[66], *ret = SENTINEL;
    BG_JOB_PRIORITY priority;
    HRESULT hr;
    UINT i;

    for (i = 0; i < 65; i++) text[i] = 'M';
    text[65] = 0;

    /* spec: api 5.6.9, 5.6.10; codes are choices */
    OK( IBackgroundCopyJobHttpOptions3_GetHttpMethod( options, &ret ), S_OK );
    ok( !lstrcmpW( ret, L"GET" ), "got %s.\n", wine_dbgstr_w( ret ) );
    CoTaskMemFree( ret );
    OK( IBackgroundCopyJobHttpOptions3_GetHttpMethod( options, NULL ), NULL_REF_POINTER );
    OK( IBackgroundCopyJobHttpOptions3_SetHttpMethod( options, NULL ), NULL_REF_POINTER );
    OK( IBackgroundCopyJobHttpOptions3_SetHttpMethod( options, L"" ), E_INVALIDARG );
    OK( IBackgroundCopyJobHttpOptions3_SetHttpMethod( options, L"A B" ), E_INVALIDARG );
    OK( IBackgroundCopyJobHttpOptions3_SetHttpMethod( options, text ), BG_E_STRING_TOO_LONG );
    OK( IBackgroundCopyJobHttpOptions3_SetHttpMethod( options, L"GET" ), S_OK );
    OK( IBackgroundCopyJob_GetPriority( job, &priority ), S_OK );
    ok( priority == BG_JOB_PRIORITY_NORMAL, "got priority %u.\n", priority );

    OK( IBackgroundCopyJobHttpOptions3_SetHttpMethod( options, L"POST" ), S_OK );
    OK( IBackgroundCopyJobHttpOptions3_GetHttpMethod( options, &ret ), S_OK );
    ok( !lstrcmpW( ret, L"POST" ), "got %s.\n", wine_dbgstr_w( ret ) );
    CoTaskMemFree( ret );
    OK( IBackgroundCopyJob_GetPriority( job, &priority ), S_OK );
    ok( priority == BG_JOB_PRIORITY_FOREGROUND, "got priority %u.\n", priority );
    OK( IBackgroundCopyJob_SetPriority( job, BG_JOB_PRIORITY_HIGH ), BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD );
    OK( IBackgroundCopyJob_SetPriority( job, BG_JOB_PRIORITY_FOREGROUND ), S_OK );
    finish( job, options );
}

static void test_method_used(void)
{
    IBackgroundCopyJobHttpOptions3 *options;
    IBackgroundCopyJob *job = create_http_job( server_url( "/file/1002" ), &options );
    HRESULT hr;

    /* spec: behaviour 4.10 */
    OK( IBackgroundCopyJobHttpOptions3_SetHttpMethod( options, L"POST" ), S_OK );
    transfer( job, 1002 );
    ok( server_count( "POST /file/1002", NULL ) == 1, "got no POST.\n" );
    ok( !server_count( "HEAD /file/1002", NULL ) && !server_count( "GET /file/1002", NULL ), "got other requests.\n" );
    finish( job, options );

    /* every error is fatal */
    job = create_http_job( server_url( "/short/100000" ), &options );
    OK( IBackgroundCopyJobHttpOptions3_SetHttpMethod( options, L"REPORT" ), S_OK );
    fail_transfer( job, BG_ERROR_CONTEXT_REMOTE_FILE, 0x80072efe );
    OK( IBackgroundCopyJobHttpOptions3_SetHttpMethod( options, L"POST" ), BG_E_READ_ONLY_PROPERTY_AFTER_RESUME );

    /* and Resume begins with the first byte */
    fail_transfer( job, BG_ERROR_CONTEXT_REMOTE_FILE, 0x80072efe );
    ok( server_count( "REPORT /short/100000", NULL ) == 2, "got %u requests.\n",
        server_count( "REPORT /short/100000", NULL ) );
    ok( !server_count( "REPORT /short/100000", "\r\nRange:" ), "got a range.\n" );
    finish( job, options );
}

/* --- redirects and other security flags --------------------------------------------------------------------------- */

static void test_security_rules(void)
{
    static const struct { ULONG flags; HRESULT hr; } tests[] =
    {
        /* spec: api 5.6.7, behaviour 4.11 */
        { 0, S_OK },
        { BG_SSL_IGNORE_CERT_CN_INVALID, S_OK },
        { 0x1e, S_OK },
        { BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT | BG_HTTP_REDIRECT_POLICY_ALLOW_HTTPS_TO_HTTP, S_OK },
        { BG_HTTP_REDIRECT_POLICY_ALLOW_HTTPS_TO_HTTP, S_OK },
        { BG_HTTP_REDIRECT_POLICY_DISALLOW, S_OK },
        { BG_HTTP_REDIRECT_POLICY_DISALLOW | BG_HTTP_REDIRECT_POLICY_ALLOW_HTTPS_TO_HTTP, E_NOTIMPL },
        { 0x20, E_NOTIMPL }, { 0x1000, E_NOTIMPL }, { 0x300, E_NOTIMPL }, { 0x400, E_NOTIMPL },
        { BG_SSL_IGNORE_UNKNOWN_CA, S_OK },
        { BG_SSL_IGNORE_CERT_DATE_INVALID | BG_SSL_IGNORE_CERT_CN_INVALID, S_OK },
        { BG_SSL_IGNORE_CERT_WRONG_USAGE, S_OK },
        { BG_SSL_ENABLE_CRL_CHECK, S_OK },
    };
    IBackgroundCopyJob *job = create_job( L"security" );
    IBackgroundCopyJobHttpOptions3 *options = get_options( job );
    ULONG flags = 0xdeadbeef, expected = 0;
    HRESULT hr;
    UINT i;

    OK( IBackgroundCopyJobHttpOptions3_GetSecurityFlags( options, &flags ), S_OK );
    ok( !flags, "got %#lx.\n", flags );
    OK( IBackgroundCopyJobHttpOptions3_GetSecurityFlags( options, NULL ), NULL_REF_POINTER );
    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        hr = IBackgroundCopyJobHttpOptions3_SetSecurityFlags( options, tests[i].flags );
        ok( hr == tests[i].hr, "%#lx: got hr %#lx.\n", tests[i].flags, hr );
        if (hr == S_OK) expected = tests[i].flags;
        OK( IBackgroundCopyJobHttpOptions3_GetSecurityFlags( options, &flags ), S_OK );
        ok( flags == expected, "got %#lx, expected %#lx.\n", flags, expected );
    }
    finish( job, options );
}

static void test_redirects(void)
{
    IBackgroundCopyJobHttpOptions3 *options;
    IBackgroundCopyJob *job;
    HRESULT hr;

    /* spec: behaviour 4.11, clients 2: the name stays by default */
    job = create_http_job( server_url( "/redirect/1003" ), &options );
    transfer( job, 1003 );
    check_remote_name( job, server_url( "/redirect/1003" ) );
    finish( job, options );

    job = create_http_job( server_url( "/redirect/1003" ), &options );
    OK( IBackgroundCopyJobHttpOptions3_SetSecurityFlags( options, BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT ), S_OK );
    transfer( job, 1003 );
    check_remote_name( job, server_url( "/file/1003" ) );
    finish( job, options );

    job = create_http_job( server_url( "/file/1003#part" ), &options );
    OK( IBackgroundCopyJobHttpOptions3_SetSecurityFlags( options, BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT ), S_OK );
    transfer( job, 1003 );
    check_remote_name( job, server_url( "/file/1003#part" ) );
    finish( job, options );

    job = create_http_job( server_url( "/redirect/1004" ), &options );
    OK( IBackgroundCopyJobHttpOptions3_SetSecurityFlags( options, BG_HTTP_REDIRECT_POLICY_DISALLOW ), S_OK );
    fail_transfer( job, BG_ERROR_CONTEXT_REMOTE_FILE, BG_E_HTTP_ERROR_302 );
    check_remote_name( job, server_url( "/file/1004" ) );
    ok( !server_count( "HEAD /file/1004", NULL ), "followed the redirect.\n" );
    transfer( job, 1004 );
    finish( job, options );
}

/* --- credentials -------------------------------------------------------------------------------------------------- */

static void set_credentials( IBackgroundCopyJob *job, BG_AUTH_TARGET target, BG_AUTH_SCHEME scheme, const WCHAR *user,
                             const WCHAR *password )
{
    BG_AUTH_CREDENTIALS credentials = { target, scheme, { { (WCHAR *)user, (WCHAR *)password } } };
    IBackgroundCopyJob2 *job2;
    HRESULT hr;

    OK( IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJob2, (void **)&job2 ), S_OK );
    OK( IBackgroundCopyJob2_SetCredentials( job2, &credentials ), S_OK );
    IBackgroundCopyJob2_Release( job2 );
}

static void test_server_credentials(void)
{
    IBackgroundCopyJobHttpOptions3 *options;
    IBackgroundCopyJob *job = create_http_job( server_url( "/basic/1005" ), &options );

    /* spec: behaviour 4.12: an answer to a challenge, and never more */
    fail_transfer( job, BG_ERROR_CONTEXT_REMOTE_FILE, BG_E_HTTP_ERROR_401 );
    set_credentials( job, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC, L"user", L"wrong" );
    fail_transfer( job, BG_ERROR_CONTEXT_REMOTE_FILE, BG_E_HTTP_ERROR_401 );
    set_credentials( job, BG_AUTH_TARGET_PROXY, BG_AUTH_SCHEME_BASIC, L"user", L"password" );
    fail_transfer( job, BG_ERROR_CONTEXT_REMOTE_FILE, BG_E_HTTP_ERROR_401 );
    set_credentials( job, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC, L"user", L"password" );
    transfer( job, 1005 );
    finish( job, options );

    job = create_http_job( server_url( "/file/1006" ), &options );
    set_credentials( job, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC, L"user", L"password" );
    transfer( job, 1006 );
    ok( !server_count( "HEAD /file/1006", "Authorization" ) && !server_count( "GET /file/1006", "Authorization" ),
        "sent without a challenge.\n" );
    finish( job, options );

    /* one for each scheme: all are tried */
    job = create_http_job( server_url( "/basic/1007" ), &options );
    set_credentials( job, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_NEGOTIATE, NULL, NULL );
    set_credentials( job, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_DIGEST, L"other", L"other" );
    set_credentials( job, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC, L"user", L"password" );
    transfer( job, 1007 );
    finish( job, options );

    job = create_http_job( server_url( "/digest/1008" ), &options );
    set_credentials( job, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_DIGEST, L"user", L"password" );
    set_credentials( job, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC, L"user", L"password" );
    transfer( job, 1008 );
    ok( !server_count( "GET /digest/1008", "Authorization: Basic" ), "the password was told.\n" );
    finish( job, options );
}

/* --- proxies ------------------------------------------------------------------------------------------------------ */

static void set_proxy( IBackgroundCopyJob *job, BG_JOB_PROXY_USAGE usage, const WCHAR *list, const WCHAR *bypass )
{
    HRESULT hr;

    OK( IBackgroundCopyJob_SetProxySettings( job, usage, list, bypass ), S_OK );
}

static void test_proxy(void)
{
    IBackgroundCopyJobHttpOptions3 *options;
    IBackgroundCopyJob *job;
    WCHAR list[128];

    /* spec: behaviour 4.13; no name server knows this host */
    job = create_http_job( L"http://host.invalid/file/1009", &options );
    set_proxy( job, BG_JOB_PROXY_USAGE_OVERRIDE, server_proxy(), NULL );
    transfer( job, 1009 );
    ok( server_count( "GET http://host.invalid/file/1009", NULL ) == 1, "the proxy was not asked.\n" );
    finish( job, options );

    job = create_http_job( L"http://host.invalid/file/1010", &options );
    swprintf( list, ARRAY_SIZE(list), L"https=127.0.0.1:1 http=http://%ls", server_proxy() );
    set_proxy( job, BG_JOB_PROXY_USAGE_OVERRIDE, list, L"<local> *.valid other" );
    transfer( job, 1010 );
    finish( job, options );

    /* without a proxy, or around it */
    job = create_http_job( server_url( "/file/1011" ), &options );
    set_proxy( job, BG_JOB_PROXY_USAGE_OVERRIDE, L"127.0.0.1:1", L"127.0.0.1" );
    transfer( job, 1011 );
    finish( job, options );
    job = create_http_job( server_url( "/file/1011" ), &options );
    set_proxy( job, BG_JOB_PROXY_USAGE_NO_PROXY, NULL, NULL );
    transfer( job, 1011 );
    finish( job, options );
    job = create_http_job( server_url( "/file/1011" ), &options );
    set_proxy( job, BG_JOB_PROXY_USAGE_AUTODETECT, NULL, NULL );
    transfer( job, 1011 );
    finish( job, options );

    /* spec: api 5.2.30: looked at when it is used */
    job = create_http_job( server_url( "/file/1012" ), &options );
    set_proxy( job, BG_JOB_PROXY_USAGE_OVERRIDE, L"ftp=127.0.0.1", NULL );
    fail_transfer( job, BG_ERROR_CONTEXT_GENERAL_TRANSPORT, BG_E_INVALID_PROXY_INFO );
    finish( job, options );
}

static void test_proxy_credentials(void)
{
    IBackgroundCopyJobHttpOptions3 *options;
    IBackgroundCopyJob *job = create_http_job( L"http://login.invalid/file/1013", &options );

    /* spec: clients 2: after 407, credentials, Resume */
    set_proxy( job, BG_JOB_PROXY_USAGE_OVERRIDE, server_proxy(), NULL );
    fail_transfer( job, BG_ERROR_CONTEXT_REMOTE_FILE, BG_E_HTTP_ERROR_407 );
    set_credentials( job, BG_AUTH_TARGET_PROXY, BG_AUTH_SCHEME_NEGOTIATE, NULL, NULL );
    set_credentials( job, BG_AUTH_TARGET_PROXY, BG_AUTH_SCHEME_NTLM, NULL, NULL );
    fail_transfer( job, BG_ERROR_CONTEXT_REMOTE_FILE, BG_E_HTTP_ERROR_407 );
    set_credentials( job, BG_AUTH_TARGET_PROXY, BG_AUTH_SCHEME_BASIC, L"user", L"password" );
    transfer( job, 1013 );
    finish( job, options );
}

/* --- certificates ------------------------------------------------------------------------------------------------- */

/* The thumbprint of any of them. */
static BOOL some_authority( BYTE *hash )
{
    HCERTSTORE store = CertOpenSystemStoreW( 0, L"ROOT" );
    const CERT_CONTEXT *certificate = CertEnumCertificatesInStore( store, NULL );
    DWORD size = 20;
    BOOL ret = FALSE;

    if (certificate)
    {
        ret = CertGetCertificateContextProperty( certificate, CERT_SHA1_HASH_PROP_ID, hash, &size );
        CertFreeCertificateContext( certificate );
    }
    CertCloseStore( store, 0 );
    return ret;
}

static void test_client_certificate(void)
{
    IBackgroundCopyJob *job = create_job( L"certificate" );
    IBackgroundCopyJobHttpOptions3 *options = get_options( job );
    WCHAR text[257], *store = SENTINEL, *subject = SENTINEL;
    BYTE hash[20] = { 1 }, *blob = SENTINEL;
    BG_CERT_STORE_LOCATION location;
    HRESULT hr;
    UINT i;

    for (i = 0; i < 256; i++) text[i] = 'x';
    text[256] = 0;

    /* spec: api 5.6.1 - 5.6.4 */
#define BY_ID(location, store, hash) IBackgroundCopyJobHttpOptions3_SetClientCertificateByID( options, location, store, hash )
#define BY_NAME(location, store, name) \
        IBackgroundCopyJobHttpOptions3_SetClientCertificateByName( options, location, store, name )
    OK( BY_ID( 0, NULL, hash ), NULL_REF_POINTER );
    OK( BY_ID( 0, L"MY", NULL ), NULL_REF_POINTER );
    OK( BY_ID( 8, L"MY", hash ), E_NOTIMPL );
    OK( BY_ID( 0, text, hash ), BG_E_STRING_TOO_LONG );
    OK( BY_ID( BG_CERT_STORE_LOCATION_CURRENT_USER, L"no such store", hash ), HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND) );
    OK( BY_ID( BG_CERT_STORE_LOCATION_CURRENT_USER, L"MY", hash ), CRYPT_E_NOT_FOUND );
    OK( BY_ID( BG_CERT_STORE_LOCATION_LOCAL_MACHINE, L"root", hash ), CRYPT_E_NOT_FOUND );
    OK( BY_ID( BG_CERT_STORE_LOCATION_CURRENT_USER, L"SPC", hash ), CRYPT_E_NOT_FOUND );
    OK( BY_NAME( 0, NULL, L"nobody" ), NULL_REF_POINTER );
    OK( BY_NAME( 0, L"MY", NULL ), NULL_REF_POINTER );
    OK( BY_NAME( 8, L"MY", L"nobody" ), E_NOTIMPL );
    OK( BY_NAME( 0, L"MY", text ), BG_E_STRING_TOO_LONG );
    OK( BY_NAME( 0, L"MY", L"" ), E_INVALIDARG );
    OK( BY_NAME( BG_CERT_STORE_LOCATION_CURRENT_USER, L"MY", L"nobody" ), CRYPT_E_NOT_FOUND );
#undef BY_NAME
    OK( IBackgroundCopyJobHttpOptions3_RemoveClientCertificate( options ), S_FALSE );
    OK( IBackgroundCopyJobHttpOptions3_GetClientCertificate( options, &location, &store, &blob, &subject ),
        HRESULT_FROM_WIN32(RPC_X_BAD_STUB_DATA) );
    ok( !store && !blob && !subject, "got %p, %p, %p.\n", store, blob, subject );
    OK( IBackgroundCopyJobHttpOptions3_GetClientCertificate( options, NULL, &store, &blob, &subject ), NULL_REF_POINTER );
    OK( IBackgroundCopyJobHttpOptions3_GetClientCertificate( options, &location, &store, NULL, &subject ),
        NULL_REF_POINTER );

    if (some_authority( hash ))
    {
        OK( BY_ID( BG_CERT_STORE_LOCATION_CURRENT_USER, L"ROOT", hash ), S_OK );
        OK( IBackgroundCopyJobHttpOptions3_GetClientCertificate( options, &location, &store, &blob, &subject ), S_OK );
        ok( location == BG_CERT_STORE_LOCATION_CURRENT_USER, "got %u.\n", location );
        ok( !wcscmp( store, L"ROOT" ), "got %s.\n", wine_dbgstr_w( store ) );
        ok( !memcmp( blob, hash, sizeof(hash) ), "got another thumbprint.\n" );
        ok( !*subject, "got %s.\n", wine_dbgstr_w( subject ) );
        CoTaskMemFree( store );
        CoTaskMemFree( blob );
        CoTaskMemFree( subject );
        hash[0] ^= 1;
        OK( BY_ID( BG_CERT_STORE_LOCATION_CURRENT_USER, L"ROOT", hash ), CRYPT_E_NOT_FOUND );
        OK( IBackgroundCopyJobHttpOptions3_RemoveClientCertificate( options ), S_OK );
        OK( IBackgroundCopyJobHttpOptions3_RemoveClientCertificate( options ), S_FALSE );
    }
    else win_skip( "no authority is known.\n" );
#undef BY_ID
    finish( job, options );
}

static HRESULT WINAPI Judge_QueryInterface( IBackgroundCopyServerCertificateValidationCallback *iface, REFIID iid,
                                            void **object )
{
    if (IsEqualGUID( iid, &IID_IUnknown ) || IsEqualGUID( iid, &IID_IBackgroundCopyServerCertificateValidationCallback ))
    {
        *object = iface;
        return S_OK;
    }
    *object = NULL;
    return E_NOINTERFACE;
}

static ULONG WINAPI Judge_AddRef( IBackgroundCopyServerCertificateValidationCallback *iface )
{
    return 2;
}

static ULONG WINAPI Judge_Release( IBackgroundCopyServerCertificateValidationCallback *iface )
{
    return 1;
}

static HRESULT WINAPI Judge_ValidateServerCertificate( IBackgroundCopyServerCertificateValidationCallback *iface,
                                                       IBackgroundCopyJob *job, IBackgroundCopyFile *file,
                                                       DWORD length, const BYTE data[], DWORD encoding,
                                                       DWORD store_length, const BYTE store[] )
{
    ok( 0, "there is no certificate.\n" );
    return E_UNEXPECTED;
}

static const IBackgroundCopyServerCertificateValidationCallbackVtbl judge_vtbl =
{
    Judge_QueryInterface,
    Judge_AddRef,
    Judge_Release,
    Judge_ValidateServerCertificate,
};

static void test_validation_interface(void)
{
    static IBackgroundCopyServerCertificateValidationCallback judge = { &judge_vtbl };
    IBackgroundCopyJobHttpOptions3 *options;
    IBackgroundCopyJob *job;
    HRESULT hr;

    /* spec: api 5.6.11; an object that is no judge: the manager */
#define SET(object) IBackgroundCopyJobHttpOptions3_SetServerCertificateValidationInterface( options, (IUnknown *)object )
    job = create_http_job( server_url( "/hang/1000" ), &options );
    OK( SET( NULL ), S_OK );
    OK( SET( &judge ), S_OK );
    OK( SET( manager ), E_NOINTERFACE );
    /* http has no certificate */
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRING );
    OK( SET( &judge ), BG_E_READ_ONLY_WHEN_JOB_ACTIVE );
    OK( SET( NULL ), BG_E_READ_ONLY_WHEN_JOB_ACTIVE );
    OK( IBackgroundCopyJob_Suspend( job ), S_OK );
    OK( SET( NULL ), S_OK );
    finish( job, options );

    /* nor has a server that cannot be reached */
    job = create_http_job( L"https://127.0.0.1:1/file", &options );
    OK( SET( &judge ), S_OK );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSIENT_ERROR );
    check_error( job, BG_ERROR_CONTEXT_REMOTE_FILE, 0x80072efd );
    OK( SET( &judge ), BG_E_READ_ONLY_WHEN_JOB_ACTIVE );
#undef SET
    finish( job, options );
}

START_TEST(httpoptions)
{
    if (!setup()) return;
    test_header_rules();
    test_method_rules();
    test_security_rules();
    test_client_certificate();
    if (server_start())
    {
        test_headers_sent();
        test_method_used();
        test_redirects();
        test_server_credentials();
        test_proxy();
        test_proxy_credentials();
        test_validation_interface();
        server_stop();
    }
    teardown();
}
