/*
 * How a job wants its HTTP requests
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

#include "schedule/private.h"

static HRESULT copy_string( const WCHAR *from, const WCHAR **to )
{
    *to = wstr_dup( from );
    return from && !*to ? E_OUTOFMEMORY : S_OK;
}

static void free_secret( const WCHAR *secret )
{
    if (secret) SecureZeroMemory( (WCHAR *)secret, wstr_len( secret ) * sizeof(WCHAR) );
    free( (WCHAR *)secret );
}

/* --- names and passwords ---------------------------------------------------------------------------------------- */

static BOOL is_same( const WCHAR *left, const WCHAR *right )
{
    return left && right ? !wstr_cmp( left, right ) : left == right;
}

#define NEGOTIATE (1 << (BG_AUTH_SCHEME_NEGOTIATE - 1))

/* The login with this name and password, but no Negotiate with a password; the end if there is none. */
static struct http_login *find_login( struct http_logins *logins, const WCHAR *user, const WCHAR *password )
{
    struct http_login *login, *end = logins->logins + logins->count;

    for (login = logins->logins; login < end; login++)
        if (!(login->user && login->schemes == NEGOTIATE) && is_same( login->user, user ) &&
            is_same( login->password, password )) break;
    return login;
}

/* Schemes with the same name and password go together, so that the server chooses.  But Negotiate goes alone and before:
 * for it the request goes to an agent of its own, and libcurl would stay with it where there is no ticket for the server. */
static HRESULT add_login( struct http_logins *logins, DWORD scheme, const WCHAR *user, const WCHAR *password )
{
    struct http_login *login = find_login( logins, user, password ), *end = logins->logins + logins->count;
    HRESULT hr;

    if (login < end && !(user && scheme == NEGOTIATE))
    {
        login->schemes |= scheme;
        return S_OK;
    }
    memmove( login + 1, login, (end - login) * sizeof(*login) );
    logins->count++;
    memset( login, 0, sizeof(*login) );
    login->schemes = scheme;
    if (FAILED(hr = copy_string( user, &login->user ))) return hr;
    return copy_string( password, &login->password );
}

/* Whoever owns the ticket of the agent's identity can be proved by Negotiate alone; nobody has a password for NTLM. */
static HRESULT init_logins( const struct job *job, BG_AUTH_TARGET target, struct http_logins *logins,
                            BOOL *explicit, BOOL *implicit )
{
    const struct job_credentials *credentials;
    HRESULT hr;

    *explicit = *implicit = FALSE;
    LIST_FOR_EACH_ENTRY( credentials, &job->credentials, const struct job_credentials, entry )
    {
        DWORD scheme = 1 << (credentials->scheme - 1);

        if (credentials->target != target) continue;
        *(credentials->user ? explicit : implicit) = TRUE;
        if (!credentials->user && scheme != NEGOTIATE) continue;
        if (FAILED(hr = add_login( logins, scheme, credentials->user, credentials->password ))) return hr;
    }
    return S_OK;
}

static HRESULT init_all_logins( const struct job *job, struct http_options *options )
{
    BOOL server_explicit, server_implicit, proxy_explicit, proxy_implicit;
    HRESULT hr;

    if (FAILED(hr = init_logins( job, BG_AUTH_TARGET_SERVER, &options->server, &server_explicit, &server_implicit )))
        return hr;
    if (FAILED(hr = init_logins( job, BG_AUTH_TARGET_PROXY, &options->proxy_logins, &proxy_explicit, &proxy_implicit )))
        return hr;
    /* spec: behaviour 4.10, 4.12 */
    if (job->options.stored_credentials == BG_AUTH_TARGET_PROXY &&
        FAILED(hr = add_login( &options->proxy_logins, NEGOTIATE, NULL, NULL )))
        return hr;
    if (proxy_implicit && !server_explicit) return add_login( &options->server, NEGOTIATE, NULL, NULL );
    return S_OK;
}

/* --- all of it --------------------------------------------------------------------------------------------------- */

static enum http_proxy choose_proxy( BG_JOB_PROXY_USAGE usage )
{
    switch (usage)
    {
    case BG_JOB_PROXY_USAGE_NO_PROXY: return HTTP_PROXY_NONE;
    case BG_JOB_PROXY_USAGE_OVERRIDE: return HTTP_PROXY_LIST;
    case BG_JOB_PROXY_USAGE_AUTODETECT: return HTTP_PROXY_DETECT;
    default: return HTTP_PROXY_SETTINGS;
    }
}

/* The owner's, whoever goes out to the network (spec: behaviour 4.11). */
static HRESULT init_certificate( const struct job *job, struct http_certificate *certificate )
{
    if (!job->http.certificate.present) return S_OK;
    certificate->owner = identity_addref( job->owner );
    certificate->location = job->http.certificate.location;
    memcpy( certificate->hash, job->http.certificate.hash, sizeof(certificate->hash) );
    return copy_string( job->http.certificate.store, &certificate->store );
}

HRESULT run_options_init_locked( const struct job *job, struct http_options *options )
{
    HRESULT hr;

    memset( options, 0, sizeof(*options) );
    options->security_flags = job->http.security_flags;
    options->proxy = choose_proxy( job->proxy.usage );
    options->judged = job->http.judged;
    judge_get_accepted_locked( job, &options->accepted );
    if (FAILED(hr = copy_string( job->http.headers, &options->headers ))) return hr;
    if (FAILED(hr = copy_string( job->http.method, &options->method ))) return hr;
    if (FAILED(hr = copy_string( job->proxy.list, &options->proxy_list ))) return hr;
    if (FAILED(hr = copy_string( job->proxy.bypass, &options->proxy_bypass ))) return hr;
    if (FAILED(hr = init_certificate( job, &options->certificate ))) return hr;
    return init_all_logins( job, options );
}

static void free_logins( struct http_logins *logins )
{
    ULONG i;

    for (i = 0; i < logins->count; i++)
    {
        free_secret( logins->logins[i].user );
        free_secret( logins->logins[i].password );
    }
}

void run_options_free( struct http_options *options )
{
    free_secret( options->headers );
    free( (WCHAR *)options->method );
    free( (WCHAR *)options->proxy_list );
    free( (WCHAR *)options->proxy_bypass );
    free( (WCHAR *)options->certificate.store );
    identity_release( (struct identity *)options->certificate.owner );
    free_logins( &options->server );
    free_logins( &options->proxy_logins );
}
