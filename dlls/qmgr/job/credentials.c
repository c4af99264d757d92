/*
 * Credentials of a job, and what a new owner must not inherit
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


#include <stdlib.h>
#include <string.h>

#include "job/private.h"

static HRESULT check_key( BG_AUTH_TARGET target, BG_AUTH_SCHEME scheme )
{
    if (target != BG_AUTH_TARGET_SERVER && target != BG_AUTH_TARGET_PROXY) return BG_E_INVALID_AUTH_TARGET;
    if (scheme < BG_AUTH_SCHEME_BASIC || scheme > BG_AUTH_SCHEME_PASSPORT) return BG_E_INVALID_AUTH_SCHEME;
    return S_OK;
}

/* Only NTLM and NEGOTIATE know what the session's own credentials are. */
static HRESULT check_names( BG_AUTH_SCHEME scheme, const WCHAR *user, const WCHAR *password )
{
    if (user && wstr_len_max( user, JOB_USER_NAME_MAX ) > JOB_USER_NAME_MAX) return BG_E_USERNAME_TOO_LARGE;
    if (password && wstr_len_max( password, JOB_PASSWORD_MAX ) > JOB_PASSWORD_MAX) return BG_E_PASSWORD_TOO_LARGE;
    if (scheme == BG_AUTH_SCHEME_NTLM || scheme == BG_AUTH_SCHEME_NEGOTIATE)
        return !user == !password ? S_OK : BG_E_INVALID_CREDENTIALS;
    return user && password ? S_OK : E_INVALIDARG;
}

const struct job_credentials *job_find_credentials( const struct job *job, BG_AUTH_TARGET target,
                                                    BG_AUTH_SCHEME scheme )
{
    const struct job_credentials *credentials;

    LIST_FOR_EACH_ENTRY( credentials, &job->credentials, const struct job_credentials, entry )
        if (credentials->target == target && credentials->scheme == scheme) return credentials;
    return NULL;
}

static void credentials_free( struct job_credentials *credentials )
{
    free_secret( credentials->user );
    free_secret( credentials->password );
    free( credentials );
}

static struct job_credentials *credentials_new( const BG_AUTH_CREDENTIALS *from )
{
    struct job_credentials *credentials;

    if (!(credentials = calloc( 1, sizeof(*credentials) ))) return NULL;
    credentials->target = from->Target;
    credentials->scheme = from->Scheme;
    credentials->user = wstr_dup( from->Credentials.Basic.UserName );
    credentials->password = wstr_dup( from->Credentials.Basic.Password );
    if (!credentials->user == !from->Credentials.Basic.UserName &&
        !credentials->password == !from->Credentials.Basic.Password)
        return credentials;
    credentials_free( credentials );
    return NULL;
}

HRESULT job_set_credentials( struct job *job, const BG_AUTH_CREDENTIALS *from )
{
    struct job_credentials *credentials;
    HRESULT hr;

    if (!from) return E_INVALIDARG;
    if (FAILED(hr = check_key( from->Target, from->Scheme ))) return hr;
    if (FAILED(hr = check_names( from->Scheme, from->Credentials.Basic.UserName, from->Credentials.Basic.Password )))
        return hr;
    if (!(credentials = credentials_new( from ))) return E_OUTOFMEMORY;
    job_remove_credentials( job, from->Target, from->Scheme );
    list_add_tail( &job->credentials, &credentials->entry );
    return S_OK;
}

HRESULT job_remove_credentials( struct job *job, BG_AUTH_TARGET target, BG_AUTH_SCHEME scheme )
{
    struct job_credentials *credentials;
    HRESULT hr;

    if (FAILED(hr = check_key( target, scheme ))) return hr;
    if (!(credentials = (struct job_credentials *)job_find_credentials( job, target, scheme ))) return S_FALSE;
    list_remove( &credentials->entry );
    credentials_free( credentials );
    return S_OK;
}

void job_drop_owner_settings( struct job *job )
{
    struct job_credentials *credentials, *next;

    LIST_FOR_EACH_ENTRY_SAFE( credentials, next, &job->credentials, struct job_credentials, entry )
    {
        list_remove( &credentials->entry );
        credentials_free( credentials );
    }
    job_remove_certificate( job );
    free_secret( job->http.headers );
    job->http.headers = NULL;
    job_set_command( job, NULL, NULL, NULL, FALSE );
}
