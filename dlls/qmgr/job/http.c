/*
 * What a client sets about a job's HTTP requests
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

#define SECURITY_SSL_FLAGS (BG_SSL_ENABLE_CRL_CHECK | BG_SSL_IGNORE_CERT_CN_INVALID | \
                            BG_SSL_IGNORE_CERT_DATE_INVALID | BG_SSL_IGNORE_UNKNOWN_CA | \
                            BG_SSL_IGNORE_CERT_WRONG_USAGE)

/* --- headers ----------------------------------------------------------------------------------------------------- */

HRESULT job_set_headers( struct job *job, const WCHAR *headers )
{
    WCHAR *copy = NULL;

    if (headers && wstr_len_max( headers, JOB_HEADERS_MAX ) > JOB_HEADERS_MAX) return BG_E_STRING_TOO_LONG;
    if (headers && *headers && !(copy = wstr_dup( headers ))) return E_OUTOFMEMORY;
    free_secret( job->http.headers );
    job->http.headers = copy;
    return S_OK;
}

HRESULT job_get_headers( const struct job *job, const WCHAR **headers )
{
    *headers = NULL;
    if (job->http.headers_write_only) return E_ACCESSDENIED;
    *headers = job->http.headers;
    return *headers ? S_OK : S_FALSE;
}

void job_hide_headers( struct job *job )
{
    job->http.headers_write_only = TRUE;
}

/* --- security flags ---------------------------------------------------------------------------------------------- */

HRESULT job_set_security_flags( struct job *job, DWORD flags )
{
    DWORD redirect = flags & BG_HTTP_REDIRECT_POLICY_MASK;

    if (flags & ~(SECURITY_SSL_FLAGS | BG_HTTP_REDIRECT_POLICY_MASK | BG_HTTP_REDIRECT_POLICY_ALLOW_HTTPS_TO_HTTP))
        return E_NOTIMPL;
    switch (redirect)
    {
    case BG_HTTP_REDIRECT_POLICY_ALLOW_SILENT:
    case BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT:
        break;
    case BG_HTTP_REDIRECT_POLICY_DISALLOW:
        /* no redirect at all, but this one? */
        if (flags & BG_HTTP_REDIRECT_POLICY_ALLOW_HTTPS_TO_HTTP) return E_NOTIMPL;
        break;
    default:
        return E_NOTIMPL;
    }
    job->http.security_flags = flags;
    return S_OK;
}

/* --- method ------------------------------------------------------------------------------------------------------ */

static const WCHAR *default_method( const struct job *job )
{
    return job->type == BG_JOB_TYPE_DOWNLOAD ? L"GET" : L"BITS_POST";
}

/* A token of RFC 9110 5.6.2. */
static BOOL is_token( const WCHAR *str )
{
    static const char marks[] = "!#$%&'*+-.^_`|~";

    if (!*str) return FALSE;
    for (; *str; str++)
    {
        if ((*str >= '0' && *str <= '9') || (*str >= 'A' && *str <= 'Z') || (*str >= 'a' && *str <= 'z')) continue;
        if (*str > '~' || !strchr( marks, *str )) return FALSE;
    }
    return TRUE;
}

HRESULT job_set_method( struct job *job, const WCHAR *method )
{
    BOOL custom;
    HRESULT hr;

    if (!method) return E_INVALIDARG;
    if (wstr_len_max( method, JOB_METHOD_MAX ) > JOB_METHOD_MAX) return BG_E_STRING_TOO_LONG;
    if (!is_token( method )) return E_INVALIDARG;

    custom = wstr_cmp( method, default_method( job ) ) != 0;
    if (!custom && !job->http.method) return S_OK;
    if (job->resumed) return BG_E_READ_ONLY_PROPERTY_AFTER_RESUME;
    if (job->options.dynamic_content || job->options.on_demand) return BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD;

    if (FAILED(hr = set_string( &job->http.method, custom ? method : NULL ))) return hr;
    job->priority = BG_JOB_PRIORITY_FOREGROUND;
    return S_OK;
}

const WCHAR *job_get_method( const struct job *job )
{
    return job->http.method ? job->http.method : default_method( job );
}

/* --- client certificate ------------------------------------------------------------------------------------------ */

static HRESULT check_store( BG_CERT_STORE_LOCATION location, const WCHAR *store )
{
    if ((unsigned int)location > BG_CERT_STORE_LOCATION_LOCAL_MACHINE_ENTERPRISE) return E_NOTIMPL;
    if (wstr_len_max( store, JOB_CERT_NAME_MAX ) > JOB_CERT_NAME_MAX) return BG_E_STRING_TOO_LONG;
    return S_OK;
}

HRESULT certificate_check_id( BG_CERT_STORE_LOCATION location, const WCHAR *store, const BYTE *hash )
{
    if (!store || !hash) return HRESULT_FROM_WIN32( RPC_X_NULL_REF_POINTER );
    return check_store( location, store );
}

HRESULT certificate_check_name( BG_CERT_STORE_LOCATION location, const WCHAR *store, const WCHAR *subject )
{
    HRESULT hr;

    if (!store || !subject) return HRESULT_FROM_WIN32( RPC_X_NULL_REF_POINTER );
    if (FAILED(hr = check_store( location, store ))) return hr;
    if (wstr_len_max( subject, JOB_CERT_NAME_MAX ) > JOB_CERT_NAME_MAX) return BG_E_STRING_TOO_LONG;
    return *subject ? S_OK : E_INVALIDARG;
}

HRESULT job_set_certificate( struct job *job, BG_CERT_STORE_LOCATION location, const WCHAR *store, const BYTE *hash,
                             const WCHAR *subject )
{
    struct job_certificate certificate = { TRUE, location };

    certificate.store = wstr_dup( store );
    certificate.subject = wstr_dup( subject ? subject : L"" );
    if (!certificate.store || !certificate.subject)
    {
        free( certificate.store );
        free( certificate.subject );
        return E_OUTOFMEMORY;
    }
    memcpy( certificate.hash, hash, sizeof(certificate.hash) );
    job_remove_certificate( job );
    job->http.certificate = certificate;
    return S_OK;
}

HRESULT job_remove_certificate( struct job *job )
{
    struct job_certificate *certificate = &job->http.certificate;

    if (!certificate->present) return S_FALSE;
    free( certificate->store );
    free( certificate->subject );
    memset( certificate, 0, sizeof(*certificate) );
    return S_OK;
}
