/*
 * Tests of IBitsTokenOptions: the five methods, who may call them, what the caller grants
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

/* What a method of IBitsTokenOptions gives to somebody whom the rule does not allow it. */
static void check_all_denied( IBitsTokenOptions *options )
{
    WCHAR *sid = SENTINEL;
    DWORD flags;
    HRESULT hr;

    hr = IBitsTokenOptions_SetHelperToken( options );
    ok( hr == E_ACCESSDENIED, "got hr %#lx.\n", hr );
    hr = IBitsTokenOptions_SetHelperTokenFlags( options, BG_TOKEN_NETWORK );
    ok( hr == E_ACCESSDENIED, "got hr %#lx.\n", hr );
    hr = IBitsTokenOptions_GetHelperTokenFlags( options, &flags );
    ok( hr == E_ACCESSDENIED, "got hr %#lx.\n", hr );
    hr = IBitsTokenOptions_ClearHelperToken( options );
    ok( hr == E_ACCESSDENIED, "got hr %#lx.\n", hr );
    hr = IBitsTokenOptions_GetHelperTokenSid( options, &sid );
    ok( hr == E_ACCESSDENIED, "got hr %#lx.\n", hr );
    ok( !sid, "got %s.\n", wine_dbgstr_w( sid ) );
}

/* --- the five methods, of an administrator, for whom both rules are the same ---------------------------------------- */

static void test_flags(void)
{
    static const DWORD wrong[] = { 4, 5, 8, 0x80000000, 0xffffffff };
    IBackgroundCopyJob *job = create_job_as( NULL );
    IBitsTokenOptions *options = get_options_as( NULL, job );
    HRESULT hr;
    DWORD i;

    /* spec: api 5.8.2, 5.8.3 */
    check_flags( options, 0 );
    for (i = 0; i <= (BG_TOKEN_LOCAL_FILE | BG_TOKEN_NETWORK); i++)
    {
        hr = IBitsTokenOptions_SetHelperTokenFlags( options, i );
        ok( hr == S_OK, "%#lx: got hr %#lx.\n", i, hr );
        check_flags( options, i );
    }
    for (i = 0; i < ARRAY_SIZE(wrong); i++)
    {
        hr = IBitsTokenOptions_SetHelperTokenFlags( options, wrong[i] );
        ok( hr == E_INVALIDARG, "%#lx: got hr %#lx.\n", wrong[i], hr );
        check_flags( options, BG_TOKEN_LOCAL_FILE | BG_TOKEN_NETWORK );
    }
    /* spec: api 1.6, 8.1 */
    hr = IBitsTokenOptions_GetHelperTokenFlags( options, NULL );
    ok( hr == NULL_REF_POINTER, "got hr %#lx.\n", hr );
    hr = IBitsTokenOptions_GetHelperTokenSid( options, NULL );
    ok( hr == NULL_REF_POINTER, "got hr %#lx.\n", hr );

    IBitsTokenOptions_Release( options );
    cleanup_job( job );
}

static void test_set_and_clear(void)
{
    IBackgroundCopyJob *job = create_job_as( NULL ), *job2;
    IBitsTokenOptions *options = get_options_as( NULL, job ), *options2;
    HRESULT hr;

    /* spec: api 5.8.6 */
    check_sid( options, NULL );

    /* spec: api 5.8.5, 8.1: without a token too */
    hr = IBitsTokenOptions_ClearHelperToken( options );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    check_flags( options, 0 );

    hr = IBitsTokenOptions_SetHelperTokenFlags( options, BG_TOKEN_NETWORK );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBitsTokenOptions_SetHelperToken( options );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    check_sid( options, own_sid );
    check_flags( options, BG_TOKEN_NETWORK );

    /* the token is the job's, not the pointer's */
    hr = get_job_as( NULL, job, &job2 );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    options2 = get_options_as( NULL, job2 );
    check_sid( options2, own_sid );
    check_flags( options2, BG_TOKEN_NETWORK );

    /* spec: api 5.8.5: the flags stay */
    hr = IBitsTokenOptions_ClearHelperToken( options );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    check_sid( options2, NULL );
    check_flags( options2, BG_TOKEN_NETWORK );
    hr = IBitsTokenOptions_ClearHelperToken( options );
    ok( hr == S_OK, "got hr %#lx.\n", hr );

    IBitsTokenOptions_Release( options2 );
    IBackgroundCopyJob_Release( job2 );
    IBitsTokenOptions_Release( options );
    cleanup_job( job );
}

static void test_final_states( BOOL complete )
{
    IBackgroundCopyJob *job = create_job_as( NULL );
    IBitsTokenOptions *options = get_options_as( NULL, job );
    HRESULT hr;

    hr = IBitsTokenOptions_SetHelperTokenFlags( options, BG_TOKEN_NETWORK );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBitsTokenOptions_SetHelperToken( options );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = complete ? IBackgroundCopyJob_Complete( job ) : IBackgroundCopyJob_Cancel( job );
    ok( hr == S_OK, "got hr %#lx.\n", hr );

    /* spec: api 8.1 */
    hr = IBitsTokenOptions_SetHelperTokenFlags( options, 0 );
    ok( hr == BG_E_INVALID_STATE, "got hr %#lx.\n", hr );
    hr = IBitsTokenOptions_SetHelperTokenFlags( options, 4 );
    ok( hr == E_INVALIDARG, "got hr %#lx.\n", hr );
    hr = IBitsTokenOptions_SetHelperToken( options );
    ok( hr == BG_E_INVALID_STATE, "got hr %#lx.\n", hr );
    hr = IBitsTokenOptions_ClearHelperToken( options );
    ok( hr == BG_E_INVALID_STATE, "got hr %#lx.\n", hr );
    check_flags( options, BG_TOKEN_NETWORK );

    IBitsTokenOptions_Release( options );
    IBackgroundCopyJob_Release( job );
}

/* --- who may do it -------------------------------------------------------------------------------------------------- */

/* The way the interface is meant to be used: the owner asks for it, the helper calls (spec: api 5.8.0). */
static void test_helper_without_access(void)
{
    IBackgroundCopyJob *job = create_job_as( NULL );
    IBitsTokenOptions *options = get_options_as( NULL, job );
    HRESULT hr;

    hr = set_token_as( user_token, options );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    check_sid( options, own_sid );
    impersonate( user_token );
    hr = IBitsTokenOptions_SetHelperTokenFlags( options, BG_TOKEN_NETWORK );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    check_flags( options, BG_TOKEN_NETWORK );
    hr = IBitsTokenOptions_ClearHelperToken( options );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    impersonate( NULL );

    IBitsTokenOptions_Release( options );
    cleanup_job( job );
}

/* spec: api 5.8.1: what counts is who asked for the interface, not who calls the method */
static void test_users_view(void)
{
    IBackgroundCopyJob *job = create_job_as( user_token );
    IBitsTokenOptions *options = get_options_as( user_token, job );
    HRESULT hr;

    if (!since_1607)
    {
        /* the caller is an administrator by now */
        check_all_denied( options );
        impersonate( user_token );
        check_all_denied( options );
        impersonate( NULL );
    }
    else
    {
        check_flags( options, 0 );
        check_sid( options, NULL );

        /* spec: api 5.8.4: an administrator's token is not for users to lend */
        hr = IBitsTokenOptions_SetHelperToken( options );
        ok( hr == E_ACCESSDENIED, "got hr %#lx.\n", hr );
        check_sid( options, NULL );
        hr = set_token_as( user_token, options );
        ok( hr == S_OK, "got hr %#lx.\n", hr );
        check_sid( options, own_sid );
        hr = IBitsTokenOptions_SetHelperToken( options );
        ok( hr == E_ACCESSDENIED, "got hr %#lx.\n", hr );
        check_sid( options, own_sid );

        hr = IBitsTokenOptions_SetHelperTokenFlags( options, BG_TOKEN_LOCAL_FILE );
        ok( hr == S_OK, "got hr %#lx.\n", hr );
        check_flags( options, BG_TOKEN_LOCAL_FILE );
        hr = IBitsTokenOptions_ClearHelperToken( options );
        ok( hr == S_OK, "got hr %#lx.\n", hr );
        check_sid( options, NULL );
        check_flags( options, BG_TOKEN_LOCAL_FILE );
    }
    IBitsTokenOptions_Release( options );
    cleanup_job( job );
}

/* An administrator and a job of a user. */
static void test_users_job(void)
{
    IBackgroundCopyJob *user_view = create_job_as( user_token ), *admin_view;
    IBitsTokenOptions *options, *user_options;
    HRESULT hr;

    hr = get_job_as( NULL, user_view, &admin_view );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    options = get_options_as( NULL, admin_view );
    user_options = get_options_as( user_token, user_view );

    hr = IBitsTokenOptions_SetHelperTokenFlags( options, BG_TOKEN_NETWORK );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    check_flags( options, BG_TOKEN_NETWORK );
    hr = IBitsTokenOptions_SetHelperToken( options );
    /* spec: api 5.8.4: before 1607 the job had to be an administrator's */
    ok( hr == (since_1607 ? S_OK : E_ACCESSDENIED), "got hr %#lx.\n", hr );
    check_sid( options, since_1607 ? own_sid : NULL );

    if (since_1607)
    {
        /* spec: api 5.8.1: while that token is there, its flags are not the user's to set */
        hr = IBitsTokenOptions_SetHelperTokenFlags( user_options, 0 );
        ok( hr == E_ACCESSDENIED, "got hr %#lx.\n", hr );
        hr = IBitsTokenOptions_SetHelperTokenFlags( user_options, 4 );
        ok( hr == E_INVALIDARG, "got hr %#lx.\n", hr );
        check_flags( user_options, BG_TOKEN_NETWORK );
        check_sid( user_options, own_sid );

        /* a second call replaces: the token that is lent now is a user's */
        hr = set_token_as( user_token, options );
        ok( hr == S_OK, "got hr %#lx.\n", hr );
        hr = IBitsTokenOptions_SetHelperTokenFlags( user_options, BG_TOKEN_LOCAL_FILE );
        ok( hr == S_OK, "got hr %#lx.\n", hr );
        check_flags( options, BG_TOKEN_LOCAL_FILE );

        /* and back; the user may throw it away */
        hr = IBitsTokenOptions_SetHelperToken( options );
        ok( hr == S_OK, "got hr %#lx.\n", hr );
        hr = IBitsTokenOptions_SetHelperTokenFlags( user_options, 0 );
        ok( hr == E_ACCESSDENIED, "got hr %#lx.\n", hr );
        hr = IBitsTokenOptions_ClearHelperToken( user_options );
        ok( hr == S_OK, "got hr %#lx.\n", hr );
        check_sid( options, NULL );
        hr = IBitsTokenOptions_SetHelperTokenFlags( user_options, 0 );
        ok( hr == S_OK, "got hr %#lx.\n", hr );
        check_flags( options, 0 );
    }
    else
    {
        hr = IBitsTokenOptions_ClearHelperToken( options );
        ok( hr == S_OK, "got hr %#lx.\n", hr );
        check_all_denied( user_options );
        check_flags( options, BG_TOKEN_NETWORK );
    }

    IBitsTokenOptions_Release( user_options );
    IBitsTokenOptions_Release( options );
    IBackgroundCopyJob_Release( admin_view );
    cleanup_job( user_view );
}

/* The case that the newer rule was made for: a service that lends its job the token of another one. */
static void test_foreign_helper(void)
{
    HANDLE network_service, local_service;
    IBitsTokenOptions *options;
    IBackgroundCopyJob *job;
    HRESULT hr;

    if (!(network_service = create_foreign_token( L"S-1-5-20" ))) return;
    local_service = create_foreign_token( L"S-1-5-19" );
    job = create_job_as( network_service );
    options = get_options_as( network_service, job );

    if (!since_1607) check_all_denied( options );
    else
    {
        hr = set_token_as( local_service, options );
        ok( hr == S_OK, "got hr %#lx.\n", hr );
        /* captured then: what the thread does afterwards changes nothing */
        check_sid( options, L"S-1-5-19" );
        impersonate( network_service );
        check_sid( options, L"S-1-5-19" );
        impersonate( NULL );

        /* spec: api 8.1: replaces */
        hr = set_token_as( network_service, options );
        ok( hr == S_OK, "got hr %#lx.\n", hr );
        check_sid( options, L"S-1-5-20" );
        /* the process is an administrator's, the view is not */
        hr = IBitsTokenOptions_SetHelperToken( options );
        ok( hr == E_ACCESSDENIED, "got hr %#lx.\n", hr );
        check_sid( options, L"S-1-5-20" );
        hr = IBitsTokenOptions_ClearHelperToken( options );
        ok( hr == S_OK, "got hr %#lx.\n", hr );
        check_sid( options, NULL );
    }
    IBitsTokenOptions_Release( options );
    cleanup_job( job );

    /* an administrator may lend any token to an own job, by both rules */
    job = create_job_as( NULL );
    options = get_options_as( NULL, job );
    hr = set_token_as( local_service, options );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    check_sid( options, L"S-1-5-19" );
    hr = set_token_as( network_service, options );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    check_sid( options, L"S-1-5-20" );
    IBitsTokenOptions_Release( options );
    cleanup_job( job );
    CloseHandle( network_service );
    CloseHandle( local_service );
}

/* --- what the caller grants ------------------------------------------------------------------------------------------ */

static void set_blanket( void *proxy, DWORD level, DWORD capabilities )
{
    HRESULT hr;

    hr = CoSetProxyBlanket( proxy, RPC_C_AUTHN_DEFAULT, RPC_C_AUTHZ_DEFAULT, COLE_DEFAULT_PRINCIPAL,
                            RPC_C_AUTHN_LEVEL_DEFAULT, level, NULL, capabilities );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
}

static void test_impersonation_level(void)
{
    HANDLE identification = create_user_token( SecurityIdentification );
    IBackgroundCopyJob *job = create_job_as( NULL );
    IBitsTokenOptions *options = get_options_as( NULL, job );
    HRESULT hr;

    /* spec: api 5.8.4: the token of the thread */
    hr = set_token_as( identification, options );
    ok( hr == CO_E_FAILEDTOIMPERSONATE, "got hr %#lx.\n", hr );
    check_sid( options, NULL );
    /* it is enough for everything else; spec: api 1.5.4 */
    impersonate( identification );
    check_flags( options, 0 );
    impersonate( NULL );

    /* the blanket of the proxy */
    set_blanket( options, RPC_C_IMP_LEVEL_IDENTIFY, EOAC_DYNAMIC_CLOAKING );
    hr = IBitsTokenOptions_SetHelperToken( options );
    ok( hr == CO_E_FAILEDTOIMPERSONATE, "got hr %#lx.\n", hr );
    check_sid( options, NULL );
    hr = IBitsTokenOptions_SetHelperTokenFlags( options, BG_TOKEN_NETWORK );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    check_flags( options, BG_TOKEN_NETWORK );

    set_blanket( options, RPC_C_IMP_LEVEL_ANONYMOUS, EOAC_DYNAMIC_CLOAKING );
    hr = IBitsTokenOptions_SetHelperToken( options );
    ok( hr == CO_E_FAILEDTOIMPERSONATE, "got hr %#lx.\n", hr );
    hr = IBitsTokenOptions_SetHelperTokenFlags( options, 0 );
    ok( hr == E_ACCESSDENIED, "got hr %#lx.\n", hr );

    set_blanket( options, RPC_C_IMP_LEVEL_IMPERSONATE, EOAC_DYNAMIC_CLOAKING );
    hr = IBitsTokenOptions_SetHelperToken( options );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    check_flags( options, BG_TOKEN_NETWORK );
    set_blanket( options, RPC_C_IMP_LEVEL_DELEGATE, EOAC_DYNAMIC_CLOAKING );
    hr = IBitsTokenOptions_SetHelperToken( options );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    check_sid( options, own_sid );

    /* a failed one leaves the token that is there */
    hr = set_token_as( identification, options );
    ok( hr == CO_E_FAILEDTOIMPERSONATE, "got hr %#lx.\n", hr );
    check_sid( options, own_sid );

    IBitsTokenOptions_Release( options );
    cleanup_job( job );
    CloseHandle( identification );
}

static void test_anonymous(void)
{
    IBackgroundCopyJob *job = create_job( L"anonymous" ), *job2 = SENTINEL;
    IBackgroundCopyManager *manager2;
    IEnumBackgroundCopyJobs *jobs;
    BG_JOB_STATE state;
    WCHAR *text;
    HRESULT hr;
    GUID id;

    IBackgroundCopyJob_GetId( job, &id );
    hr = CoCreateInstance( &CLSID_BackgroundCopyManager, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager,
                           (void **)&manager2 );
    ok( hr == S_OK, "got hr %#lx.\n", hr );

    /* spec: api 1.5.4 */
    set_blanket( manager2, RPC_C_IMP_LEVEL_ANONYMOUS, EOAC_DYNAMIC_CLOAKING );
    hr = IBackgroundCopyManager_CreateJob( manager2, L"anonymous", BG_JOB_TYPE_DOWNLOAD, &id, &job2 );
    ok( hr == E_ACCESSDENIED, "got hr %#lx.\n", hr );
    ok( !job2, "got %p.\n", job2 );
    hr = IBackgroundCopyManager_GetJob( manager2, &id, &job2 );
    ok( hr == E_ACCESSDENIED, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyManager_EnumJobs( manager2, 0, &jobs );
    ok( hr == E_ACCESSDENIED, "got hr %#lx.\n", hr );
    IBackgroundCopyManager_Release( manager2 );

    set_blanket( job, RPC_C_IMP_LEVEL_ANONYMOUS, EOAC_DYNAMIC_CLOAKING );
    hr = IBackgroundCopyJob_GetState( job, &state );
    ok( hr == E_ACCESSDENIED, "got hr %#lx.\n", hr );
    text = SENTINEL;
    hr = IBackgroundCopyJob_GetOwner( job, &text );
    ok( hr == E_ACCESSDENIED, "got hr %#lx.\n", hr );
    ok( !text, "got %s.\n", wine_dbgstr_w( text ) );
    hr = IBackgroundCopyJob_SetPriority( job, BG_JOB_PRIORITY_LOW );
    ok( hr == E_ACCESSDENIED, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyJob_Cancel( job );
    ok( hr == E_ACCESSDENIED, "got hr %#lx.\n", hr );

    set_blanket( job, RPC_C_IMP_LEVEL_IDENTIFY, EOAC_NONE );
    ok( get_state( job ) == BG_JOB_STATE_SUSPENDED, "got state %u.\n", get_state( job ) );
    cleanup_job( job );
}

/* spec: api 1.5.5: without dynamic cloaking it is the process that calls, whatever the thread's token */
static void test_cloaking( DWORD capabilities )
{
    IBackgroundCopyManager *manager2;
    IBackgroundCopyJob *job, *job2;
    IBitsTokenOptions *options;
    HRESULT hr;
    GUID id;

    hr = CoCreateInstance( &CLSID_BackgroundCopyManager, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager,
                           (void **)&manager2 );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    set_blanket( manager2, RPC_C_IMP_LEVEL_IMPERSONATE, capabilities );
    impersonate( user_token );
    hr = IBackgroundCopyManager_CreateJob( manager2, L"cloaking", BG_JOB_TYPE_DOWNLOAD, &id, &job );
    impersonate( NULL );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    /* so that the job is an administrator's */
    hr = get_job_as( user_token, job, &job2 );
    ok( hr == E_ACCESSDENIED, "got hr %#lx.\n", hr );
    IBackgroundCopyManager_Release( manager2 );
    cleanup_job( job );

    if (!since_1607) return;
    job = create_job_as( user_token );
    options = get_options_as( user_token, job );
    set_blanket( options, RPC_C_IMP_LEVEL_IMPERSONATE, capabilities );
    hr = set_token_as( user_token, options );
    ok( hr == E_ACCESSDENIED, "got hr %#lx.\n", hr );
    check_sid( options, NULL );
    set_blanket( options, RPC_C_IMP_LEVEL_IMPERSONATE, EOAC_DYNAMIC_CLOAKING );
    hr = set_token_as( user_token, options );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    IBitsTokenOptions_Release( options );
    cleanup_job( job );
}

START_TEST(token)
{
    if (!setup()) return;
    if (token_setup())
    {
        test_flags();
        test_set_and_clear();
        test_final_states( TRUE );
        test_final_states( FALSE );
        test_helper_without_access();
        test_users_view();
        test_users_job();
        test_foreign_helper();
        test_impersonation_level();
        test_anonymous();
        test_cloaking( EOAC_STATIC_CLOAKING );
        test_cloaking( EOAC_NONE );
        token_teardown();
    }
    teardown();
}
