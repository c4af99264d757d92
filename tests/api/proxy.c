/*
 * Tests of the proxies: strings, security blankets
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

/* The blanket of PROXY is this one (spec: api 1.5). */
#define check_blanket( proxy, level, imp_level, capabilities ) \
    check_blanket_( __LINE__, (IUnknown *)(proxy), level, imp_level, capabilities )
static void check_blanket_( int line, IUnknown *proxy, DWORD expect_level, DWORD expect_imp, DWORD expect_caps )
{
    DWORD authn_svc = 0xdeadbeef, authz_svc = 0xdeadbeef, level = 0xdeadbeef, imp = 0xdeadbeef, caps = 0xdeadbeef;
    void *auth_info = SENTINEL;
    WCHAR *principal;
    HRESULT hr;

    hr = CoQueryProxyBlanket( proxy, &authn_svc, &authz_svc, &principal, &level, &imp, &auth_info, &caps );
    ok_( __FILE__, line )( hr == S_OK, "got hr %#lx.\n", hr );
    if (FAILED(hr)) return;
    ok_( __FILE__, line )( authn_svc == RPC_C_AUTHN_WINNT, "got authentication service %lu.\n", authn_svc );
    ok_( __FILE__, line )( authz_svc == RPC_C_AUTHZ_NONE, "got authorization service %lu.\n", authz_svc );
    ok_( __FILE__, line )( level == expect_level, "got authentication level %lu.\n", level );
    ok_( __FILE__, line )( imp == expect_imp, "got impersonation level %lu.\n", imp );
    ok_( __FILE__, line )( !auth_info, "got %p.\n", auth_info );
    ok_( __FILE__, line )( caps == expect_caps, "got capabilities %#lx.\n", caps );
    CoTaskMemFree( principal );
}

static HRESULT set_blanket( void *proxy, DWORD level, DWORD imp_level, DWORD capabilities )
{
    return CoSetProxyBlanket( proxy, RPC_C_AUTHN_WINNT, RPC_C_AUTHZ_NONE, NULL, level, imp_level, NULL, capabilities );
}

/* A proxy of any interface keeps what is set, and what is invalid changes nothing. */
static void check_proxy( void *proxy )
{
    static const struct
    {
        DWORD authn_svc, authz_svc, level, imp_level, capabilities;
    }
    invalid[] =
    {
        { 1234, RPC_C_AUTHZ_NONE, RPC_C_AUTHN_LEVEL_CALL, RPC_C_IMP_LEVEL_IDENTIFY, EOAC_NONE },
        { RPC_C_AUTHN_WINNT, 9, RPC_C_AUTHN_LEVEL_CALL, RPC_C_IMP_LEVEL_IDENTIFY, EOAC_NONE },
        { RPC_C_AUTHN_WINNT, RPC_C_AUTHZ_NONE, 7, RPC_C_IMP_LEVEL_IDENTIFY, EOAC_NONE },
        { RPC_C_AUTHN_WINNT, RPC_C_AUTHZ_NONE, RPC_C_AUTHN_LEVEL_CALL, 5, EOAC_NONE },
        { RPC_C_AUTHN_WINNT, RPC_C_AUTHZ_NONE, RPC_C_AUTHN_LEVEL_CALL, RPC_C_IMP_LEVEL_IDENTIFY,
          EOAC_STATIC_CLOAKING | EOAC_DYNAMIC_CLOAKING },
        { RPC_C_AUTHN_WINNT, RPC_C_AUTHZ_NONE, RPC_C_AUTHN_LEVEL_CALL, RPC_C_IMP_LEVEL_IDENTIFY, 0x80000000 },
    };
    unsigned int i;
    HRESULT hr;

    hr = set_blanket( proxy, RPC_C_AUTHN_LEVEL_PKT_INTEGRITY, RPC_C_IMP_LEVEL_DELEGATE, EOAC_STATIC_CLOAKING );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    check_blanket( proxy, RPC_C_AUTHN_LEVEL_PKT_INTEGRITY, RPC_C_IMP_LEVEL_DELEGATE, EOAC_STATIC_CLOAKING );

    for (i = 0; i < ARRAY_SIZE(invalid); i++)
    {
        winetest_push_context( "invalid %u", i );
        hr = CoSetProxyBlanket( proxy, invalid[i].authn_svc, invalid[i].authz_svc, NULL, invalid[i].level,
                                invalid[i].imp_level, NULL, invalid[i].capabilities );
        ok( hr == E_INVALIDARG, "got hr %#lx.\n", hr );
        winetest_pop_context();
    }
    check_blanket( proxy, RPC_C_AUTHN_LEVEL_PKT_INTEGRITY, RPC_C_IMP_LEVEL_DELEGATE, EOAC_STATIC_CLOAKING );

    hr = CoQueryProxyBlanket( proxy, NULL, NULL, NULL, NULL, NULL, NULL, NULL );
    ok( hr == S_OK, "got hr %#lx.\n", hr );

    hr = set_blanket( proxy, RPC_C_AUTHN_LEVEL_PKT_PRIVACY, RPC_C_IMP_LEVEL_IMPERSONATE, EOAC_DYNAMIC_CLOAKING );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    check_blanket( proxy, RPC_C_AUTHN_LEVEL_PKT_PRIVACY, RPC_C_IMP_LEVEL_IMPERSONATE, EOAC_DYNAMIC_CLOAKING );
}

static void test_every_object(void)
{
    IEnumBackgroundCopyFiles *enum_files;
    IEnumBackgroundCopyJobs *enum_jobs;
    IBitsTokenOptions *options;
    IBackgroundCopyFile *file;
    IBackgroundCopyJob *job = create_job( L"proxy" );
    HRESULT hr;

    winetest_push_context( "manager" );
    check_proxy( manager );
    winetest_pop_context();

    winetest_push_context( "job" );
    check_proxy( job );
    winetest_pop_context();

    hr = IBackgroundCopyJob_QueryInterface( job, &IID_IBitsTokenOptions, (void **)&options );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    winetest_push_context( "token options" );
    check_proxy( options );
    winetest_pop_context();
    IBitsTokenOptions_Release( options );

    hr = IBackgroundCopyManager_EnumJobs( manager, 0, &enum_jobs );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    winetest_push_context( "job enumerator" );
    check_proxy( enum_jobs );
    winetest_pop_context();
    IEnumBackgroundCopyJobs_Release( enum_jobs );

    add_file( job, L"http://127.0.0.1/proxy", test_path( L"proxy" ) );
    hr = IBackgroundCopyJob_EnumFiles( job, &enum_files );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    winetest_push_context( "file enumerator" );
    check_proxy( enum_files );
    winetest_pop_context();
    IEnumBackgroundCopyFiles_Release( enum_files );

    file = first_file( job );
    winetest_push_context( "file" );
    check_proxy( file );
    winetest_pop_context();
    IBackgroundCopyFile_Release( file );
    cleanup_job( job );
}

static void test_error(void)
{
    IBackgroundCopyJob *job = create_job( L"proxy error" );
    IBackgroundCopyError *error;
    HRESULT hr;

    if (!server_start())
    {
        skip( "There is no server.\n" );
        cleanup_job( job );
        return;
    }
    add_file( job, server_url( "/status/404" ), test_path( L"proxy error" ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_ERROR );
    hr = IBackgroundCopyJob_GetError( job, &error );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    if (hr == S_OK)
    {
        check_proxy( error );
        IBackgroundCopyError_Release( error );
    }
    cleanup_job( job );
    server_stop();
}

/* spec: api 1.5 item 5: a blanket belongs to one interface pointer and is not inherited */
static void test_per_interface(void)
{
    IBackgroundCopyJob *job = create_job( L"proxy interfaces" );
    IClientSecurity *security;
    IUnknown *unk, *unk2;
    IBackgroundCopyJob2 *job2;
    HRESULT hr;

    hr = set_blanket( job, RPC_C_AUTHN_LEVEL_PKT, RPC_C_IMP_LEVEL_IDENTIFY, EOAC_NONE );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJob2, (void **)&job2 );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( (void *)job2 != (void *)job, "got the same pointer.\n" );
    hr = set_blanket( job2, RPC_C_AUTHN_LEVEL_CALL, RPC_C_IMP_LEVEL_DELEGATE, EOAC_DYNAMIC_CLOAKING );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    check_blanket( job, RPC_C_AUTHN_LEVEL_PKT, RPC_C_IMP_LEVEL_IDENTIFY, EOAC_NONE );
    check_blanket( job2, RPC_C_AUTHN_LEVEL_CALL, RPC_C_IMP_LEVEL_DELEGATE, EOAC_DYNAMIC_CLOAKING );

    /* IClientSecurity of one pointer reaches the others of the object, and is the object's by identity */
    hr = IBackgroundCopyJob_QueryInterface( job, &IID_IClientSecurity, (void **)&security );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IClientSecurity_SetBlanket( security, (IUnknown *)job2, RPC_C_AUTHN_WINNT, RPC_C_AUTHZ_NONE, NULL,
                                     RPC_C_AUTHN_LEVEL_PKT, RPC_C_IMP_LEVEL_IMPERSONATE, NULL, EOAC_NONE );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    check_blanket( job, RPC_C_AUTHN_LEVEL_PKT, RPC_C_IMP_LEVEL_IDENTIFY, EOAC_NONE );
    check_blanket( job2, RPC_C_AUTHN_LEVEL_PKT, RPC_C_IMP_LEVEL_IMPERSONATE, EOAC_NONE );
    hr = IClientSecurity_SetBlanket( security, NULL, RPC_C_AUTHN_WINNT, RPC_C_AUTHZ_NONE, NULL, RPC_C_AUTHN_LEVEL_PKT,
                                     RPC_C_IMP_LEVEL_IMPERSONATE, NULL, EOAC_NONE );
    ok( hr == E_INVALIDARG, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyJob_QueryInterface( job, &IID_IUnknown, (void **)&unk );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IClientSecurity_QueryInterface( security, &IID_IUnknown, (void **)&unk2 );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( unk == unk2, "got %p and %p.\n", unk, unk2 );
    IUnknown_Release( unk2 );
    IUnknown_Release( unk );
    IClientSecurity_Release( security );

    IBackgroundCopyJob2_Release( job2 );
    cleanup_job( job );
}

static void test_defaults(void)
{
    IBackgroundCopyJob *job = create_job( L"proxy defaults" );
    DWORD level = 0, imp = 0xdeadbeef, caps = 0xdeadbeef, level2, imp2, caps2;
    WCHAR *principal;
    HRESULT hr;

    hr = CoQueryProxyBlanket( (IUnknown *)job, NULL, NULL, NULL, &level, &imp, NULL, &caps );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( level == RPC_C_AUTHN_LEVEL_PKT_PRIVACY, "got authentication level %lu.\n", level );

    hr = CoSetProxyBlanket( (IUnknown *)job, RPC_C_AUTHN_WINNT, RPC_C_AUTHZ_NONE, (WCHAR *)L"principal",
                            RPC_C_AUTHN_LEVEL_PKT, RPC_C_IMP_LEVEL_DELEGATE, NULL, EOAC_STATIC_CLOAKING );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = CoQueryProxyBlanket( (IUnknown *)job, NULL, NULL, &principal, NULL, NULL, NULL, NULL );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( !lstrcmpW( principal, L"principal" ), "got %s.\n", wine_dbgstr_w( principal ) );
    CoTaskMemFree( principal );

    /* what was never set comes back */
    hr = CoSetProxyBlanket( (IUnknown *)job, RPC_C_AUTHN_DEFAULT, RPC_C_AUTHZ_DEFAULT, COLE_DEFAULT_PRINCIPAL,
                            RPC_C_AUTHN_LEVEL_DEFAULT, RPC_C_IMP_LEVEL_DEFAULT, COLE_DEFAULT_AUTHINFO, EOAC_DEFAULT );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = CoQueryProxyBlanket( (IUnknown *)job, NULL, NULL, NULL, &level2, &imp2, NULL, &caps2 );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( level2 == level, "got authentication level %lu.\n", level2 );
    ok( imp2 == imp, "got impersonation level %lu.\n", imp2 );
    ok( caps2 == caps, "got capabilities %#lx.\n", caps2 );

    cleanup_job( job );
}

static void test_copy(void)
{
    IBackgroundCopyJob *job = create_job( L"proxy copy" ), *copy;
    IUnknown *unk, *unk2;
    BG_JOB_STATE state;
    HRESULT hr;
    ULONG ref;

    hr = set_blanket( job, RPC_C_AUTHN_LEVEL_PKT, RPC_C_IMP_LEVEL_IDENTIFY, EOAC_NONE );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = CoCopyProxy( (IUnknown *)job, (IUnknown **)&copy );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( copy != job, "got the same pointer.\n" );
    hr = set_blanket( copy, RPC_C_AUTHN_LEVEL_CALL, RPC_C_IMP_LEVEL_IMPERSONATE, EOAC_DYNAMIC_CLOAKING );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    check_blanket( job, RPC_C_AUTHN_LEVEL_PKT, RPC_C_IMP_LEVEL_IDENTIFY, EOAC_NONE );
    check_blanket( copy, RPC_C_AUTHN_LEVEL_CALL, RPC_C_IMP_LEVEL_IMPERSONATE, EOAC_DYNAMIC_CLOAKING );

    hr = IBackgroundCopyJob_GetState( copy, &state );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( state == BG_JOB_STATE_SUSPENDED, "got state %u.\n", state );
    hr = IBackgroundCopyJob_QueryInterface( job, &IID_IUnknown, (void **)&unk );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyJob_QueryInterface( copy, &IID_IUnknown, (void **)&unk2 );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( unk == unk2, "got %p and %p.\n", unk, unk2 );
    IUnknown_Release( unk2 );
    IUnknown_Release( unk );

    ref = IBackgroundCopyJob_Release( copy );
    ok( !ref, "got %lu references.\n", ref );
    check_blanket( job, RPC_C_AUTHN_LEVEL_PKT, RPC_C_IMP_LEVEL_IDENTIFY, EOAC_NONE );
    cleanup_job( job );
}

/* A pointer of the proxy's keeps the object, whichever comes last. */
static void test_references(void)
{
    IBackgroundCopyJob *job = create_job( L"proxy references" );
    IClientSecurity *security;
    DWORD level = 0;
    HRESULT hr;
    ULONG ref;

    hr = set_blanket( job, RPC_C_AUTHN_LEVEL_CALL, RPC_C_IMP_LEVEL_IMPERSONATE, EOAC_DYNAMIC_CLOAKING );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyJob_QueryInterface( job, &IID_IClientSecurity, (void **)&security );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyJob_Cancel( job );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ref = IBackgroundCopyJob_Release( job );
    ok( ref == 1, "got %lu references.\n", ref );
    hr = IClientSecurity_QueryBlanket( security, (IUnknown *)job, NULL, NULL, NULL, &level, NULL, NULL, NULL );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( level == RPC_C_AUTHN_LEVEL_CALL, "got authentication level %lu.\n", level );
    ref = IClientSecurity_Release( security );
    ok( !ref, "got %lu references.\n", ref );
}

/* A NULL that comes out keeps the HRESULT that came with it. */
static void test_null_strings(void)
{
    IBackgroundCopyJob *job = create_job( L"proxy strings" );
    IBackgroundCopyJobHttpOptions *http;
    IBitsTokenOptions *options;
    WCHAR *list, *bypass, *str;
    BG_JOB_PROXY_USAGE usage;
    HRESULT hr;

    list = bypass = SENTINEL;
    usage = 0xdeadbeef;
    hr = IBackgroundCopyJob_GetProxySettings( job, &usage, &list, &bypass );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( usage == BG_JOB_PROXY_USAGE_PRECONFIG, "got usage %u.\n", usage );
    ok( !list, "got %s.\n", wine_dbgstr_w( list ) );
    ok( !bypass, "got %s.\n", wine_dbgstr_w( bypass ) );

    hr = IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJobHttpOptions, (void **)&http );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    str = SENTINEL;
    hr = IBackgroundCopyJobHttpOptions_GetCustomHeaders( http, &str );
    ok( hr == S_FALSE, "got hr %#lx.\n", hr );
    ok( !str, "got %s.\n", wine_dbgstr_w( str ) );
    IBackgroundCopyJobHttpOptions_Release( http );

    hr = IBackgroundCopyJob_QueryInterface( job, &IID_IBitsTokenOptions, (void **)&options );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    str = SENTINEL;
    hr = IBitsTokenOptions_GetHelperTokenSid( options, &str );
    ok( SUCCEEDED(hr), "got hr %#lx.\n", hr );
    ok( !str, "got %s.\n", wine_dbgstr_w( str ) );
    IBitsTokenOptions_Release( options );

    cleanup_job( job );
}

START_TEST(proxy)
{
    if (!setup()) return;

    test_every_object();
    test_error();
    test_per_interface();
    test_defaults();
    test_copy();
    test_references();
    test_null_strings();

    teardown();
}
