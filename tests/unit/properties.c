/*
 * Tests of the rules of a job's properties
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


#include "unit.h"
#include "job/job.h"

static const GUID id = { 1, 2, 3, { 4 } };

static struct job *new_job(void)
{
    struct job *job = NULL;

    check( job_create( L"name", BG_JOB_TYPE_DOWNLOAD, &id, 1000, &job ) == S_OK, "no job\n" );
    return job;
}

static void add_file( struct job *job )
{
    BG_FILE_INFO info = { (WCHAR *)L"http://server/x", (WCHAR *)L"C:\\x" };

    check( job_add_files( job, 1, &info ) == S_OK, "no file\n" );
}

/* A text of LEN letters in a buffer that holds nothing behind it; the caller frees it. */
static WCHAR *text( ULONG len )
{
    WCHAR *ret = malloc( (len + 1) * sizeof(*ret) );
    ULONG i;

    for (i = 0; i < len; i++) ret[i] = 'x';
    ret[len] = 0;
    return ret;
}

static BOOL same( const WCHAR *left, const WCHAR *right )
{
    return left && right ? !wstr_cmp( left, right ) : left == right;
}

/* --- defaults ---------------------------------------------------------------------------------------------------- */

/* spec: api 4.3 */
static void new_jobs_have_the_default_properties(void)
{
    static const GUID null;
    struct job *job = new_job();

    check( job->max_download_time == 7776000 && !job->max_download_time_set && !job->download_time, "download time\n" );
    check( job->proxy.usage == BG_JOB_PROXY_USAGE_PRECONFIG && !job->proxy.list && !job->proxy.bypass, "proxy\n" );
    check( !job->command.program && !job->command.parameters && !job->command.user, "command\n" );
    check( !job->acl_flags && !job->peer_flags && !job->resumed, "flags\n" );
    check( !job->http.headers && !job->http.headers_write_only && !job->http.security_flags, "headers\n" );
    check( same( job_get_method( job ), L"GET" ) && !job->http.certificate.present, "method, certificate\n" );
    check( job->options.cost_flags == BITS_COST_STATE_TRANSFER_ALWAYS && !job->options.cost_flags_set, "cost\n" );
    check( !memcmp( &job->options.notify_clsid, &null, sizeof(null) ), "class\n" );
    check( !job->options.dynamic_content && !job->options.high_performance && !job->options.on_demand, "modes\n" );
    check( job->options.notify_interval == 500 && !job->options.max_download_size, "interval, size\n" );
    check( list_empty( &job->credentials ), "credentials\n" );
    job_destroy( job );
}

/* --- numbers and flags ------------------------------------------------------------------------------------------- */

/* spec: api 5.2.25 */
static void retry_delay_is_at_least_five_seconds(void)
{
    static const ULONG tests[][2] = { { 0, 5 }, { 4, 5 }, { 5, 5 }, { 6, 6 }, { ~0u, ~0u } };
    struct job *job = new_job();
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        job_set_retry_delay( job, tests[i][0] );
        check( job->retry_delay == tests[i][1], "%u: %u\n", i, (unsigned int)job->retry_delay );
    }
    job_destroy( job );
}

/* spec: api 5.2.27, 5.5.5 */
static void other_times_are_stored_as_given(void)
{
    static const ULONG tests[] = { 0, 1, 1209600, ~0u };
    struct job *job = new_job();
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        job_set_no_progress( job, tests[i] );
        job_set_max_download_time( job, tests[i] );
        check( job->no_progress == tests[i], "%u: no progress\n", i );
        check( job->max_download_time == tests[i] && job->max_download_time_set, "%u: download time\n", i );
    }
    job_destroy( job );
}

/* spec: api 5.4.3 */
static void acl_flags_are_set_before_the_transfer_ends(void)
{
    static const struct
    {
        HRESULT hr;
        BG_JOB_STATE state;
        DWORD flags;
    }
    tests[] =
    {
        { S_OK, BG_JOB_STATE_SUSPENDED, 0 },
        { S_OK, BG_JOB_STATE_SUSPENDED, BG_COPY_FILE_ALL },
        { S_OK, BG_JOB_STATE_TRANSFERRING, BG_COPY_FILE_DACL },
        { S_OK, BG_JOB_STATE_ERROR, BG_COPY_FILE_OWNER },
        { E_INVALIDARG, BG_JOB_STATE_SUSPENDED, 0x10 },
        { E_INVALIDARG, BG_JOB_STATE_TRANSFERRED, 0x80000000 },
        { BG_E_INVALID_STATE, BG_JOB_STATE_TRANSFERRED, 1 },
        { BG_E_INVALID_STATE, BG_JOB_STATE_ACKNOWLEDGED, 1 },
        { BG_E_INVALID_STATE, BG_JOB_STATE_CANCELLED, 1 },
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        struct job *job = new_job();
        HRESULT hr;

        job->acl_flags = 2;
        job->state = tests[i].state;
        hr = job_set_acl_flags( job, tests[i].flags );
        check( hr == tests[i].hr, "%u: %#x\n", i, (unsigned int)hr );
        check( job->acl_flags == (hr == S_OK ? tests[i].flags : 2), "%u: now %#x\n", i, (unsigned int)job->acl_flags );
        job_destroy( job );
    }
}

/* spec: api 5.5.1 */
static void peer_flags_refuse_unknown_bits(void)
{
    struct job *job = new_job();

    check( job_set_peer_flags( job, 7 ) == S_OK && job->peer_flags == 7, "all\n" );
    check( job_set_peer_flags( job, 8 ) == E_NOTIMPL && job->peer_flags == 7, "unknown\n" );
    check( job_set_peer_flags( job, 0 ) == S_OK && !job->peer_flags, "none\n" );
    job_destroy( job );
}

/* spec: api 5.6.7 */
static void security_flags_refuse_what_is_not_defined(void)
{
    static const struct
    {
        HRESULT hr;
        DWORD flags;
    }
    tests[] =
    {
        { S_OK, 0 },
        { S_OK, 0x1f },
        { S_OK, BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT },
        { S_OK, BG_HTTP_REDIRECT_POLICY_DISALLOW | BG_SSL_ENABLE_CRL_CHECK },
        { S_OK, BG_HTTP_REDIRECT_POLICY_ALLOW_HTTPS_TO_HTTP },
        { S_OK, BG_HTTP_REDIRECT_POLICY_ALLOW_HTTPS_TO_HTTP | BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT },
        { E_NOTIMPL, BG_HTTP_REDIRECT_POLICY_ALLOW_HTTPS_TO_HTTP | BG_HTTP_REDIRECT_POLICY_DISALLOW },
        { E_NOTIMPL, 0x20 },
        { E_NOTIMPL, 0x80 },
        { E_NOTIMPL, 0x300 },
        { E_NOTIMPL, 0x400 },
        { E_NOTIMPL, 0x700 },
        { E_NOTIMPL, 0x1000 },
        { E_NOTIMPL, 0x80000000 },
    };
    struct job *job = new_job();
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        HRESULT hr;

        job->http.security_flags = 4;
        hr = job_set_security_flags( job, tests[i].flags );
        check( hr == tests[i].hr, "%u: %#x\n", i, (unsigned int)hr );
        check( job->http.security_flags == (hr == S_OK ? tests[i].flags : 4), "%u: changed\n", i );
    }
    job_destroy( job );
}

/* --- strings ----------------------------------------------------------------------------------------------------- */

/* spec: api 5.2.30 */
static void proxy_lists_go_with_override_only(void)
{
    static const struct
    {
        HRESULT hr;
        unsigned int usage;
        const WCHAR *list, *bypass;
    }
    tests[] =
    {
        { S_OK, BG_JOB_PROXY_USAGE_PRECONFIG },
        { S_OK, BG_JOB_PROXY_USAGE_NO_PROXY },
        { S_OK, BG_JOB_PROXY_USAGE_AUTODETECT },
        { S_OK, BG_JOB_PROXY_USAGE_OVERRIDE, L"proxy:8080" },
        { S_OK, BG_JOB_PROXY_USAGE_OVERRIDE, L"proxy:8080", L"*.org <local>" },
        { S_OK, BG_JOB_PROXY_USAGE_OVERRIDE, L"nobody looks at this" },
        { E_INVALIDARG, BG_JOB_PROXY_USAGE_OVERRIDE },
        { E_INVALIDARG, BG_JOB_PROXY_USAGE_OVERRIDE, NULL, L"*.org" },
        { E_INVALIDARG, BG_JOB_PROXY_USAGE_PRECONFIG, L"proxy" },
        { E_INVALIDARG, BG_JOB_PROXY_USAGE_NO_PROXY, NULL, L"*.org" },
        { E_INVALIDARG, BG_JOB_PROXY_USAGE_AUTODETECT, L"proxy", L"*.org" },
        { E_NOTIMPL, 4, L"proxy" },
        { E_NOTIMPL, ~0u },
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        struct job *job = new_job();
        HRESULT hr;

        check( job_set_proxy( job, BG_JOB_PROXY_USAGE_OVERRIDE, L"old", L"old too" ) == S_OK, "first\n" );
        hr = job_set_proxy( job, tests[i].usage, tests[i].list, tests[i].bypass );
        check( hr == tests[i].hr, "%u: %#x\n", i, (unsigned int)hr );
        check( job->proxy.usage == (hr == S_OK ? tests[i].usage : BG_JOB_PROXY_USAGE_OVERRIDE), "%u: usage\n", i );
        check( same( job->proxy.list, hr == S_OK ? tests[i].list : L"old" ), "%u: list\n", i );
        check( same( job->proxy.bypass, hr == S_OK ? tests[i].bypass : L"old too" ), "%u: bypass\n", i );
        job_destroy( job );
    }
}

static void proxy_lists_have_a_limit(void)
{
    WCHAR *good = text( 4000 ), *bad = text( 4001 );
    struct job *job = new_job();

    check( job_set_proxy( job, BG_JOB_PROXY_USAGE_OVERRIDE, good, good ) == S_OK, "refused\n" );
    check( job_set_proxy( job, BG_JOB_PROXY_USAGE_OVERRIDE, bad, NULL ) == BG_E_PROXY_LIST_TOO_LARGE, "list\n" );
    check( job_set_proxy( job, BG_JOB_PROXY_USAGE_OVERRIDE, L"proxy", bad ) == BG_E_PROXY_BYPASS_LIST_TOO_LARGE,
           "bypass\n" );
    check( same( job->proxy.list, good ) && same( job->proxy.bypass, good ), "changed\n" );
    job_destroy( job );
    free( good );
    free( bad );
}

/* spec: api 5.3.1 */
static void command_needs_a_program(void)
{
    static const struct
    {
        HRESULT hr;
        const WCHAR *program, *parameters, *expect_program, *expect_parameters;
    }
    tests[] =
    {
        { S_OK, L"C:\\a.exe", L"a.exe -x", L"C:\\a.exe", L"a.exe -x" },
        { S_OK, L"C:\\a.exe", NULL, L"C:\\a.exe", NULL },
        { S_OK, L"C:\\a.exe", L"", L"C:\\a.exe", L"" },
        { S_OK, NULL, NULL, NULL, NULL },
        { S_OK, L"", L"", NULL, NULL },
        { E_INVALIDARG, NULL, L"a.exe", L"old", L"old x" },
        { E_INVALIDARG, L"", L"a.exe", L"old", L"old x" },
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        struct job *job = new_job();
        HRESULT hr;

        check( job_set_command( job, L"old", L"old x", L"S-1-5-18", TRUE ) == S_OK, "first\n" );
        hr = job_set_command( job, tests[i].program, tests[i].parameters, L"S-1-5-18", TRUE );
        check( hr == tests[i].hr, "%u: %#x\n", i, (unsigned int)hr );
        check( same( job->command.program, tests[i].expect_program ), "%u: program\n", i );
        check( same( job->command.parameters, tests[i].expect_parameters ), "%u: parameters\n", i );
        check( same( job->command.user, tests[i].expect_program ? L"S-1-5-18" : NULL ), "%u: user\n", i );
        check( job->command.administrator == !!tests[i].expect_program, "%u: administrator\n", i );
        job_destroy( job );
    }
}

static void command_has_limits(void)
{
    WCHAR *program = text( 261 ), *parameters = text( 4001 );
    struct job *job = new_job();

    check( job_set_command( job, program, NULL, L"S-1-5-18", TRUE ) == BG_E_STRING_TOO_LONG, "program\n" );
    program[260] = 0;
    check( job_set_command( job, program, parameters, L"S-1-5-18", TRUE ) == BG_E_STRING_TOO_LONG, "parameters\n" );
    check( !job->command.program, "changed\n" );
    parameters[4000] = 0;
    check( job_set_command( job, program, parameters, L"S-1-5-18", TRUE ) == S_OK, "refused\n" );
    job_destroy( job );
    free( program );
    free( parameters );
}

/* spec: api 5.6.5, 5.6.6, 5.6.12 */
static void headers_can_be_hidden_for_ever(void)
{
    const WCHAR *headers = L"?";
    struct job *job = new_job();

    check( job_get_headers( job, &headers ) == S_FALSE && !headers, "none\n" );
    check( job_set_headers( job, L"A: b\r\n" ) == S_OK, "set\n" );
    check( job_get_headers( job, &headers ) == S_OK && same( headers, L"A: b\r\n" ), "get\n" );
    check( job_set_headers( job, NULL ) == S_OK && job_get_headers( job, &headers ) == S_FALSE, "removed\n" );
    check( job_set_headers( job, L"" ) == S_OK && job_get_headers( job, &headers ) == S_FALSE, "empty\n" );

    job_hide_headers( job );
    check( job_get_headers( job, &headers ) == E_ACCESSDENIED && !headers, "none, but hidden\n" );
    check( job_set_headers( job, L"C: d\r\n" ) == S_OK && same( job->http.headers, L"C: d\r\n" ), "set again\n" );
    check( job_get_headers( job, &headers ) == E_ACCESSDENIED && !headers, "hidden\n" );
    job_destroy( job );
}

static void headers_have_a_limit(void)
{
    WCHAR *headers = text( 16384 );
    struct job *job = new_job();

    check( job_set_headers( job, headers ) == BG_E_STRING_TOO_LONG && !job->http.headers, "16384\n" );
    headers[16383] = 0;
    check( job_set_headers( job, headers ) == S_OK && same( job->http.headers, headers ), "16383\n" );
    job_destroy( job );
    free( headers );
}

/* --- method ------------------------------------------------------------------------------------------------------ */

/* spec: api 5.6.9 */
static void methods_are_tokens(void)
{
    static const struct
    {
        HRESULT hr;
        const WCHAR *method;
    }
    tests[] =
    {
        { S_OK, L"POST" },
        { S_OK, L"get" },           /* methods have a case */
        { S_OK, L"X-!#$%&'*+-.^_`|~09az" },
        { E_INVALIDARG, NULL },
        { E_INVALIDARG, L"" },
        { E_INVALIDARG, L"PO ST" },
        { E_INVALIDARG, L"POST\r\nA: b" },
        { E_INVALIDARG, L"POST/" },
        { E_INVALIDARG, L"P\x00d6ST" },
        { E_INVALIDARG, L"P\x0121" },
        { E_INVALIDARG, L"A\x007f" },
    };
    WCHAR *method = text( 65 );
    struct job *job;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        HRESULT hr;

        job = new_job();
        hr = job_set_method( job, tests[i].method );
        check( hr == tests[i].hr, "%u: %#x\n", i, (unsigned int)hr );
        check( same( job_get_method( job ), hr == S_OK ? tests[i].method : L"GET" ), "%u: method\n", i );
        check( job->priority == (hr == S_OK ? BG_JOB_PRIORITY_FOREGROUND : BG_JOB_PRIORITY_NORMAL), "%u: %u\n", i,
               job->priority );
        job_destroy( job );
    }
    job = new_job();
    check( job_set_method( job, method ) == BG_E_STRING_TOO_LONG && !job->http.method, "65 characters\n" );
    method[64] = 0;
    check( job_set_method( job, method ) == S_OK, "64 characters\n" );
    job_destroy( job );
    free( method );
}

static void default_method_changes_nothing(void)
{
    struct job *job = new_job();

    check( job_set_method( job, L"GET" ) == S_OK && job->priority == BG_JOB_PRIORITY_NORMAL, "download\n" );
    job->resumed = TRUE;
    job->options.dynamic_content = TRUE;
    check( job_set_method( job, L"GET" ) == S_OK && job->priority == BG_JOB_PRIORITY_NORMAL, "at any time\n" );
    job->type = BG_JOB_TYPE_UPLOAD_REPLY;
    check( same( job_get_method( job ), L"BITS_POST" ), "upload\n" );
    check( job_set_method( job, L"BITS_POST" ) == S_OK && !job->http.method, "upload\n" );
    check( job->priority == BG_JOB_PRIORITY_NORMAL, "priority\n" );
    job_destroy( job );
}

static void methods_must_be_set_early_and_alone(void)
{
    struct job *job = new_job();

    job->options.on_demand = TRUE;
    check( job_set_method( job, L"POST" ) == BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD, "on-demand mode\n" );
    job->options.on_demand = FALSE;
    job->options.dynamic_content = TRUE;
    check( job_set_method( job, L"POST" ) == BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD, "dynamic content\n" );
    job->resumed = TRUE;
    check( job_set_method( job, L"POST" ) == BG_E_READ_ONLY_PROPERTY_AFTER_RESUME, "late\n" );
    check( !job->http.method && job->priority == BG_JOB_PRIORITY_NORMAL, "changed\n" );
    job_destroy( job );
}

/* spec: api 5.2.19 */
static void own_method_locks_the_priority(void)
{
    struct job *job = new_job();

    check( job_set_method( job, L"POST" ) == S_OK, "method\n" );
    check( job_set_priority( job, BG_JOB_PRIORITY_HIGH ) == BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD, "not locked\n" );
    check( job_set_priority( job, 4 ) == E_NOTIMPL, "undefined\n" );
    check( job_set_priority( job, BG_JOB_PRIORITY_FOREGROUND ) == S_OK, "the same\n" );
    check( job->priority == BG_JOB_PRIORITY_FOREGROUND, "changed\n" );

    check( job_set_method( job, L"GET" ) == S_OK && !job->http.method, "back\n" );
    check( job_set_priority( job, BG_JOB_PRIORITY_HIGH ) == S_OK, "still locked\n" );
    check( job_set_method( job, L"PUT" ) == S_OK, "again\n" );
    job->resumed = TRUE;
    check( job_set_method( job, L"GET" ) == BG_E_READ_ONLY_PROPERTY_AFTER_RESUME, "back, but late\n" );
    check( same( job_get_method( job ), L"PUT" ), "changed\n" );
    job_destroy( job );
}

/* --- client certificate ------------------------------------------------------------------------------------------ */

#define NULL_REF HRESULT_FROM_WIN32( RPC_X_NULL_REF_POINTER )

/* spec: api 5.6.1, 5.6.2 */
static void certificate_arguments_are_checked(void)
{
    static const BYTE hash[JOB_CERT_HASH_SIZE] = { 1 };
    WCHAR *good = text( 255 ), *bad = text( 256 );

    check( certificate_check_id( BG_CERT_STORE_LOCATION_LOCAL_MACHINE_ENTERPRISE, good, hash ) == S_OK, "good\n" );
    check( certificate_check_id( 8, L"MY", hash ) == E_NOTIMPL, "location 8\n" );
    check( certificate_check_id( -1, L"MY", hash ) == E_NOTIMPL, "location -1\n" );
    check( certificate_check_id( 0, NULL, hash ) == NULL_REF, "no store\n" );
    check( certificate_check_id( 0, L"MY", NULL ) == NULL_REF, "no hash\n" );
    check( certificate_check_id( 0, bad, hash ) == BG_E_STRING_TOO_LONG, "long store\n" );

    check( certificate_check_name( BG_CERT_STORE_LOCATION_CURRENT_USER, good, good ) == S_OK, "good\n" );
    check( certificate_check_name( 8, L"MY", L"x" ) == E_NOTIMPL, "location 8\n" );
    check( certificate_check_name( 0, NULL, L"x" ) == NULL_REF, "no store\n" );
    check( certificate_check_name( 0, L"MY", NULL ) == NULL_REF, "no subject\n" );
    check( certificate_check_name( 0, bad, L"x" ) == BG_E_STRING_TOO_LONG, "long store\n" );
    check( certificate_check_name( 0, L"MY", bad ) == BG_E_STRING_TOO_LONG, "long subject\n" );
    check( certificate_check_name( 0, L"MY", L"" ) == E_INVALIDARG, "empty subject\n" );
    free( good );
    free( bad );
}

/* spec: api 5.6.3 */
static void certificate_is_replaced_and_removed(void)
{
    static const BYTE hash[JOB_CERT_HASH_SIZE] = { 1, 2, 3 }, other[JOB_CERT_HASH_SIZE] = { 4 };
    struct job *job = new_job();
    struct job_certificate *certificate = &job->http.certificate;

    check( job_remove_certificate( job ) == S_FALSE, "there was none\n" );
    check( job_set_certificate( job, BG_CERT_STORE_LOCATION_USERS, L"MY", hash, NULL ) == S_OK, "by id\n" );
    check( certificate->present && certificate->location == BG_CERT_STORE_LOCATION_USERS, "location\n" );
    check( same( certificate->store, L"MY" ) && same( certificate->subject, L"" ), "names\n" );
    check( !memcmp( certificate->hash, hash, sizeof(hash) ), "hash\n" );
    check( job_set_certificate( job, BG_CERT_STORE_LOCATION_CURRENT_USER, L"CA", other, L"me" ) == S_OK, "by name\n" );
    check( same( certificate->store, L"CA" ) && same( certificate->subject, L"me" ), "names\n" );
    check( !memcmp( certificate->hash, other, sizeof(other) ), "hash\n" );
    check( job_remove_certificate( job ) == S_OK && !certificate->present, "not removed\n" );
    check( job_remove_certificate( job ) == S_FALSE, "removed twice\n" );
    job_destroy( job );
}

/* --- credentials ------------------------------------------------------------------------------------------------- */

static HRESULT set_credentials( struct job *job, unsigned int target, unsigned int scheme, const WCHAR *user,
                                const WCHAR *password )
{
    BG_AUTH_CREDENTIALS credentials;

    credentials.Target = target;
    credentials.Scheme = scheme;
    credentials.Credentials.Basic.UserName = (WCHAR *)user;
    credentials.Credentials.Basic.Password = (WCHAR *)password;
    return job_set_credentials( job, &credentials );
}

/* spec: api 5.3.7 */
static void credentials_are_checked_as_documented(void)
{
    static const struct
    {
        HRESULT hr;
        unsigned int target, scheme;
        const WCHAR *user, *password;
    }
    tests[] =
    {
        { S_OK, 1, BG_AUTH_SCHEME_BASIC, L"me", L"secret" },
        { S_OK, 2, BG_AUTH_SCHEME_BASIC, L"me", L"" },
        { S_OK, 1, BG_AUTH_SCHEME_DIGEST, L"me", L"secret" },
        { S_OK, 1, BG_AUTH_SCHEME_PASSPORT, L"me@server", L"secret" },
        { S_OK, 1, BG_AUTH_SCHEME_NTLM, L"domain\\me", L"secret" },
        { S_OK, 1, BG_AUTH_SCHEME_NTLM, NULL, NULL },
        { S_OK, 2, BG_AUTH_SCHEME_NEGOTIATE, NULL, NULL },
        { BG_E_INVALID_AUTH_TARGET, 0, BG_AUTH_SCHEME_BASIC, L"me", L"secret" },
        { BG_E_INVALID_AUTH_TARGET, 3, 99, NULL, NULL },
        { BG_E_INVALID_AUTH_SCHEME, 1, 0, L"me", L"secret" },
        { BG_E_INVALID_AUTH_SCHEME, 1, 6, NULL, NULL },
        { BG_E_INVALID_AUTH_SCHEME, 1, ~0u, NULL, NULL },
        { E_INVALIDARG, 1, BG_AUTH_SCHEME_BASIC, NULL, NULL },
        { E_INVALIDARG, 1, BG_AUTH_SCHEME_BASIC, L"me", NULL },
        { E_INVALIDARG, 1, BG_AUTH_SCHEME_DIGEST, NULL, L"secret" },
        { E_INVALIDARG, 1, BG_AUTH_SCHEME_PASSPORT, NULL, NULL },
        { BG_E_INVALID_CREDENTIALS, 1, BG_AUTH_SCHEME_NTLM, L"me", NULL },
        { BG_E_INVALID_CREDENTIALS, 1, BG_AUTH_SCHEME_NEGOTIATE, NULL, L"secret" },
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        const struct job_credentials *found;
        struct job *job = new_job();
        HRESULT hr;

        hr = set_credentials( job, tests[i].target, tests[i].scheme, tests[i].user, tests[i].password );
        check( hr == tests[i].hr, "%u: %#x\n", i, (unsigned int)hr );
        found = job_find_credentials( job, tests[i].target, tests[i].scheme );
        check( !found == (hr != S_OK), "%u: stored %p\n", i, found );
        if (found) check( same( found->user, tests[i].user ) && same( found->password, tests[i].password ),
                          "%u: not as given\n", i );
        job_destroy( job );
    }
}

static void credentials_have_limits(void)
{
    WCHAR *user = text( 301 ), *password = text( 65537 );
    struct job *job = new_job();

    check( job_set_credentials( job, NULL ) == E_INVALIDARG, "NULL\n" );
    check( set_credentials( job, 1, BG_AUTH_SCHEME_BASIC, user, password ) == BG_E_USERNAME_TOO_LARGE, "user\n" );
    user[300] = 0;
    check( set_credentials( job, 1, BG_AUTH_SCHEME_BASIC, user, password ) == BG_E_PASSWORD_TOO_LARGE, "password\n" );
    check( list_empty( &job->credentials ), "stored\n" );
    password[65536] = 0;
    check( set_credentials( job, 1, BG_AUTH_SCHEME_BASIC, user, password ) == S_OK, "refused\n" );
    job_destroy( job );
    free( user );
    free( password );
}

/* spec: api 5.3.7, 5.3.8 */
static void credentials_are_kept_for_each_target_and_scheme(void)
{
    struct job *job = new_job();

    check( set_credentials( job, 1, BG_AUTH_SCHEME_BASIC, L"a", L"1" ) == S_OK, "server, basic\n" );
    check( set_credentials( job, 2, BG_AUTH_SCHEME_BASIC, L"b", L"2" ) == S_OK, "proxy, basic\n" );
    check( set_credentials( job, 1, BG_AUTH_SCHEME_NTLM, L"c", L"3" ) == S_OK, "server, NTLM\n" );
    check( set_credentials( job, 1, BG_AUTH_SCHEME_BASIC, L"d", L"4" ) == S_OK, "again\n" );
    check( list_count( &job->credentials ) == 3, "%u\n", list_count( &job->credentials ) );
    check( same( job_find_credentials( job, 1, BG_AUTH_SCHEME_BASIC )->user, L"d" ), "not replaced\n" );
    check( same( job_find_credentials( job, 2, BG_AUTH_SCHEME_BASIC )->user, L"b" ), "wrong one replaced\n" );

    check( set_credentials( job, 1, BG_AUTH_SCHEME_BASIC, L"e", NULL ) == E_INVALIDARG, "bad\n" );
    check( same( job_find_credentials( job, 1, BG_AUTH_SCHEME_BASIC )->user, L"d" ), "lost by a failure\n" );

    check( job_remove_credentials( job, 1, BG_AUTH_SCHEME_DIGEST ) == S_FALSE, "there was none\n" );
    check( job_remove_credentials( job, 1, BG_AUTH_SCHEME_BASIC ) == S_OK, "remove\n" );
    check( job_remove_credentials( job, 1, BG_AUTH_SCHEME_BASIC ) == S_FALSE, "removed twice\n" );
    check( job_remove_credentials( job, 3, BG_AUTH_SCHEME_BASIC ) == BG_E_INVALID_AUTH_TARGET, "target\n" );
    check( job_remove_credentials( job, 1, 6 ) == BG_E_INVALID_AUTH_SCHEME, "scheme\n" );
    check( list_count( &job->credentials ) == 2, "%u left\n", list_count( &job->credentials ) );
    job_destroy( job );
}

/* spec: api 5.2.32 */
static void new_owner_inherits_no_secrets(void)
{
    static const BYTE hash[JOB_CERT_HASH_SIZE] = { 1 };
    struct job *job = new_job();

    check( set_credentials( job, 1, BG_AUTH_SCHEME_BASIC, L"a", L"1" ) == S_OK, "credentials\n" );
    check( job_set_certificate( job, 0, L"MY", hash, L"me" ) == S_OK, "certificate\n" );
    check( job_set_headers( job, L"A: b\r\n" ) == S_OK, "headers\n" );
    check( job_set_command( job, L"C:\\a.exe", L"a", L"S-1-5-18", TRUE ) == S_OK, "command\n" );
    check( job_set_proxy( job, BG_JOB_PROXY_USAGE_OVERRIDE, L"proxy", NULL ) == S_OK, "proxy\n" );
    job_hide_headers( job );
    job_drop_owner_settings( job );
    check( list_empty( &job->credentials ) && !job->http.certificate.present && !job->http.headers &&
           !job->command.program && !job->command.parameters && !job->command.user, "something is left\n" );
    check( job->http.headers_write_only && same( job->proxy.list, L"proxy" ), "too much is gone\n" );
    job_destroy( job );
}

/* --- IBackgroundCopyJob5 ----------------------------------------------------------------------------------------- */

/* A value with the member that the property has. */
static BITS_JOB_PROPERTY_VALUE value_of( unsigned int property, UINT64 number )
{
    BITS_JOB_PROPERTY_VALUE value;

    memset( &value, 0xcc, sizeof(value) );
    switch (property)
    {
    case BITS_JOB_PROPERTY_NOTIFICATION_CLSID:
        memset( &value.ClsID, number, sizeof(value.ClsID) );
        break;
    case BITS_JOB_PROPERTY_DYNAMIC_CONTENT:
    case BITS_JOB_PROPERTY_HIGH_PERFORMANCE:
    case BITS_JOB_PROPERTY_ON_DEMAND_MODE:
        value.Enable = number;
        break;
    case BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE:
        value.Uint64 = number;
        break;
    case BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS:
        value.Target = number;
        break;
    default:
        value.Dword = number;
        break;
    }
    return value;
}

static BOOL is_number( const struct job *job, unsigned int property, UINT64 number )
{
    BITS_JOB_PROPERTY_VALUE value, expect = value_of( property, number );

    if (!check( job_get_property( job, property, &value ) == S_OK, "property %u\n", property )) return FALSE;
    switch (property)
    {
    case BITS_JOB_PROPERTY_NOTIFICATION_CLSID: return !memcmp( &value.ClsID, &expect.ClsID, sizeof(value.ClsID) );
    case BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE:  return value.Uint64 == expect.Uint64;
    default:                                   return value.Dword == expect.Dword;
    }
}

/* when a property is set; each includes what comes before */
enum when { FRESH, UPLOAD, FILES, RESUMED };

#define COST    BITS_JOB_PROPERTY_ID_COST_FLAGS
#define CLASS   BITS_JOB_PROPERTY_NOTIFICATION_CLSID
#define DYNAMIC BITS_JOB_PROPERTY_DYNAMIC_CONTENT
#define FAST    BITS_JOB_PROPERTY_HIGH_PERFORMANCE
#define MAX     BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE
#define STORED  BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS
#define PACE    BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS
#define DEMAND  BITS_JOB_PROPERTY_ON_DEMAND_MODE

/* spec: api 5.7.2 */
static void properties_follow_the_documented_table(void)
{
    static const struct
    {
        HRESULT hr;
        enum when when;
        unsigned int property;
        UINT64 number, before;
    }
    tests[] =
    {
        { S_OK, FRESH, COST, BITS_COST_STATE_TRANSFER_UNRESTRICTED, 0x800000ff },
        { S_OK, UPLOAD, COST, 1, 0x800000ff },
        { S_OK, RESUMED, COST, 0xc0000001, 0x800000ff },
        { E_INVALIDARG, FRESH, COST, 0, 0x800000ff },
        { E_INVALIDARG, FRESH, COST, 0x80000000, 0x800000ff },
        { E_INVALIDARG, FRESH, COST, 0x101, 0x800000ff },
        { S_OK, FRESH, CLASS, 0x17, 0 },
        { S_OK, UPLOAD, CLASS, 0, 0 },
        { S_OK, RESUMED, CLASS, 0x17, 0 },
        { S_OK, FRESH, DYNAMIC, 1, 0 },
        { S_OK, FILES, DYNAMIC, 1, 0 },
        { BG_E_READ_ONLY_PROPERTY_AFTER_RESUME, RESUMED, DYNAMIC, 1, 0 },
        { BG_E_PROPERTY_SUPPORTED_FOR_DOWNLOAD_JOBS_ONLY, UPLOAD, DYNAMIC, 1, 0 },
        { S_OK, FRESH, FAST, 1, 0 },
        { BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE, FILES, FAST, 1, 0 },
        { BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE, RESUMED, FAST, 1, 0 },
        { BG_E_PROPERTY_SUPPORTED_FOR_DOWNLOAD_JOBS_ONLY, UPLOAD, FAST, 1, 0 },
        { S_OK, FRESH, MAX, 1, 0 },
        { S_OK, FILES, MAX, ~(UINT64)0, 0 },
        { BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE, FRESH, MAX, 0, 0 },
        { BG_E_READ_ONLY_PROPERTY_AFTER_RESUME, RESUMED, MAX, 1, 0 },
        { BG_E_PROPERTY_SUPPORTED_FOR_DOWNLOAD_JOBS_ONLY, UPLOAD, MAX, 1, 0 },
        { S_OK, FRESH, STORED, BG_AUTH_TARGET_PROXY, 0 },
        { S_OK, UPLOAD, STORED, BG_AUTH_TARGET_PROXY, 0 },
        { S_OK, RESUMED, STORED, BG_AUTH_TARGET_PROXY, 0 },
        { BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED, FRESH, STORED, BG_AUTH_TARGET_SERVER, 0 },
        { BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED, FRESH, STORED, 0, 0 },
        { S_OK, FRESH, PACE, 0, 500 },
        { S_OK, RESUMED, PACE, 60000, 500 },
        { S_OK, UPLOAD, PACE, 1, 500 },
        { S_OK, FRESH, DEMAND, 1, 0 },
        { S_OK, FILES, DEMAND, 1, 0 },
        { BG_E_READ_ONLY_PROPERTY_AFTER_RESUME, RESUMED, DEMAND, 1, 0 },
        { BG_E_PROPERTY_SUPPORTED_FOR_DOWNLOAD_JOBS_ONLY, UPLOAD, DEMAND, 1, 0 },
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        BITS_JOB_PROPERTY_VALUE value = value_of( tests[i].property, tests[i].number );
        struct job *job = new_job();
        HRESULT hr;

        if (tests[i].when == UPLOAD) job->type = BG_JOB_TYPE_UPLOAD;
        if (tests[i].when >= FILES) add_file( job );
        if (tests[i].when == RESUMED) check( job_event( job, JOB_RESUME, NULL, 2 ) == S_OK, "resume\n" );
        check( is_number( job, tests[i].property, tests[i].before ), "%u: default\n", i );
        hr = job_set_property( job, tests[i].property, &value );
        check( hr == tests[i].hr, "%u: %#x\n", i, (unsigned int)hr );
        check( is_number( job, tests[i].property, hr == S_OK ? tests[i].number : tests[i].before ), "%u: value\n", i );
        check( job->options.cost_flags_set == (hr == S_OK && tests[i].property == COST), "%u: policy\n", i );
        job_destroy( job );
    }
}

static void unknown_properties_are_refused(void)
{
    static const unsigned int tests[] = { 0, 6, 8, 11, 0x7fffffff, ~0u };
    BITS_JOB_PROPERTY_VALUE value = { 0 };
    struct job *job = new_job();
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        check( job_set_property( job, tests[i], &value ) == BG_E_UNKNOWN_PROPERTY_ID, "set %u\n", tests[i] );
        check( job_get_property( job, tests[i], &value ) == BG_E_UNKNOWN_PROPERTY_ID, "get %u\n", tests[i] );
    }
    job_destroy( job );
}

static void modes_exclude_each_other_and_ranges_and_methods(void)
{
    static const unsigned int modes[][2] = { { DYNAMIC, DEMAND }, { DEMAND, DYNAMIC } };
    static const BG_FILE_RANGE range = { 0, 5 };
    BITS_JOB_PROPERTY_VALUE on = value_of( DYNAMIC, 1 ), off = value_of( DYNAMIC, 0 );
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(modes); i++)
    {
        struct job *job = new_job();

        check( job_set_property( job, modes[i][0], &on ) == S_OK, "%u: set\n", i );
        check( job_set_property( job, modes[i][1], &on ) == BG_E_UNSUPPORTED_JOB_CONFIGURATION, "%u: both\n", i );
        check( job_set_property( job, modes[i][1], &off ) == S_OK, "%u: the other off\n", i );
        check( job_set_property( job, modes[i][0], &off ) == S_OK && is_number( job, modes[i][0], 0 ), "%u: off\n", i );

        check( job_set_method( job, L"POST" ) == S_OK, "%u: method\n", i );
        check( job_set_property( job, modes[i][0], &on ) == BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD,
               "%u: with method\n", i );
        check( job_set_method( job, L"GET" ) == S_OK, "%u: method\n", i );

        check( job_add_file_with_ranges( job, L"http://s/x", L"C:\\x", 1, &range, 9 ) == S_OK, "%u: ranges\n", i );
        check( job_set_property( job, modes[i][0], &on ) == BG_E_UNSUPPORTED_JOB_CONFIGURATION, "%u: with ranges\n", i );
        check( is_number( job, modes[i][0], 0 ), "%u: changed\n", i );
        job_destroy( job );
    }
}

const struct test properties_tests[] =
{
    TEST(new_jobs_have_the_default_properties),
    TEST(retry_delay_is_at_least_five_seconds),
    TEST(other_times_are_stored_as_given),
    TEST(acl_flags_are_set_before_the_transfer_ends),
    TEST(peer_flags_refuse_unknown_bits),
    TEST(security_flags_refuse_what_is_not_defined),
    TEST(proxy_lists_go_with_override_only),
    TEST(proxy_lists_have_a_limit),
    TEST(command_needs_a_program),
    TEST(command_has_limits),
    TEST(headers_can_be_hidden_for_ever),
    TEST(headers_have_a_limit),
    TEST(methods_are_tokens),
    TEST(default_method_changes_nothing),
    TEST(methods_must_be_set_early_and_alone),
    TEST(own_method_locks_the_priority),
    TEST(certificate_arguments_are_checked),
    TEST(certificate_is_replaced_and_removed),
    TEST(credentials_are_checked_as_documented),
    TEST(credentials_have_limits),
    TEST(credentials_are_kept_for_each_target_and_scheme),
    TEST(new_owner_inherits_no_secrets),
    TEST(properties_follow_the_documented_table),
    TEST(unknown_properties_are_refused),
    TEST(modes_exclude_each_other_and_ranges_and_methods),
    { NULL }
};
