/*
 * What all HTTP requests of a transfer have in common
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

#include "transfer/options.h"
#include "transfer/private.h"

#define MAX_REDIRECTS 10

C_ASSERT( HTTP_FINGERPRINT_SIZE == WIRE_FINGERPRINT );
C_ASSERT( WIRE_AUTH_BASIC == 1 << (BG_AUTH_SCHEME_BASIC - 1) );
C_ASSERT( WIRE_AUTH_DIGEST == 1 << (BG_AUTH_SCHEME_DIGEST - 1) );
C_ASSERT( WIRE_AUTH_NTLM == 1 << (BG_AUTH_SCHEME_NTLM - 1) );
C_ASSERT( WIRE_AUTH_NEGOTIATE == 1 << (BG_AUTH_SCHEME_NEGOTIATE - 1) );

BOOL http_is_accepted( const struct http_accepted *accepted, const BYTE *fingerprint )
{
    ULONG i;

    for (i = 0; i < accepted->count; i++)
        if (!memcmp( accepted->fingerprints[i], fingerprint, HTTP_FINGERPRINT_SIZE )) return TRUE;
    return FALSE;
}

void http_accept( struct http_accepted *accepted, const BYTE *fingerprint )
{
    if (accepted->count == ARRAY_SIZE(accepted->fingerprints))
        memmove( accepted->fingerprints[0], accepted->fingerprints[1], --accepted->count * HTTP_FINGERPRINT_SIZE );
    memcpy( accepted->fingerprints[accepted->count++], fingerprint, HTTP_FINGERPRINT_SIZE );
}

void secret_free( char *secret )
{
    if (secret) SecureZeroMemory( secret, strlen( secret ) );
    free( secret );
}

static HRESULT copy_string( const WCHAR *from, char **to )
{
    return from ? wstr_to_utf8( from, to ) : S_OK;
}

static HRESULT proxy_of_list( const struct http_options *options, const char *url, char **proxy )
{
    char *list = NULL, *bypass = NULL;
    HRESULT hr;

    if (SUCCEEDED(hr = copy_string( options->proxy_list, &list )) &&
        SUCCEEDED(hr = copy_string( options->proxy_bypass, &bypass )))
        hr = proxy_choose( list, bypass, url, TRUE, proxy );
    free( list );
    free( bypass );
    return hr;
}

static HRESULT choose_proxy( struct request *request, const struct transfer_file *file, const char *url, HANDLE abort )
{
    enum http_proxy usage = file->http.proxy;
    HRESULT hr = S_OK;

    if (usage == HTTP_PROXY_LIST) hr = proxy_of_list( &file->http, url, &request->proxy );
    else if (usage == HTTP_PROXY_DETECT) hr = proxy_of_script( NULL, url, abort, &request->proxy );
    else if (usage != HTTP_PROXY_NONE) hr = proxy_of_settings( &request->settings, url, abort, &request->proxy );
    request->proxy_mode = request->proxy ? WIRE_PROXY_EXPLICIT : hr == S_FALSE ? WIRE_PROXY_ENVIRONMENT : WIRE_PROXY_NONE;
    return hr;
}

static HRESULT prove_certificate( const struct http_certificate *certificate, struct certificate_proof *proof )
{
    return certificate_prove( certificate->owner, certificate->location, certificate->store, certificate->hash, proof );
}

HRESULT request_init( struct request *request, const struct transfer_file *file, const char *url, HANDLE abort )
{
    const struct http_options *options = &file->http;
    HRESULT hr;

    memset( request, 0, sizeof(*request) );
    request->options = options;
    request->accepted = options->accepted;
    request->server.logins = &options->server;
    request->proxy_login.logins = &options->proxy_logins;
    if (FAILED(hr = copy_string( options->headers, &request->headers ))) return hr;
    if (FAILED(hr = copy_string( options->method, &request->method ))) return hr;
    if (options->certificate.owner && FAILED(hr = prove_certificate( &options->certificate, &request->proof ))) return hr;
    if (FAILED(hr = settings_get( file->network_identity, &request->settings ))) return hr;
    return choose_proxy( request, file, url, abort );
}

static void clear_login( struct request_login *login )
{
    secret_free( login->user );
    secret_free( login->password );
    login->user = login->password = NULL;
}

void request_clear( struct request *request )
{
    secret_free( request->headers );
    free( request->method );
    free( request->proxy );
    clear_login( &request->server );
    clear_login( &request->proxy_login );
    certificate_proof_clear( &request->proof );
    settings_clear( &request->settings );
}

HRESULT request_next_login( struct request_login *login, BOOL negotiate )
{
    const struct http_logins *logins = login->logins;
    const struct http_login *next;
    ULONG i = login->tried;
    HRESULT hr;

    while (!negotiate && i < logins->count && logins->logins[i].schemes == WIRE_AUTH_NEGOTIATE) i++;
    if (i == logins->count) return S_FALSE;
    next = &logins->logins[i];
    clear_login( login );
    login->tried = i + 1;
    if (FAILED(hr = copy_string( next->user, &login->user ))) return hr;
    return copy_string( next->password, &login->password );
}

static void fill_login( const struct request_login *login, struct order_login *order )
{
    if (!login->tried) return;
    order->schemes = login->logins->logins[login->tried - 1].schemes;
    order->user = login->user;
    order->password = login->password;
}

static BOOL is_same( const char *left, const char *right )
{
    return left && right ? !strcmp( left, right ) : left == right;
}

BOOL order_login_same( const struct order_login *left, const struct order_login *right )
{
    return is_same( left->user, right->user ) && is_same( left->password, right->password );
}

/* Without the proxy's there is no way to the server. */
static void leave_one_principal( struct order_request *order )
{
    if (!(order->server_login.schemes & order->proxy_login.schemes & WIRE_AUTH_NEGOTIATE)) return;
    if (!order_login_same( &order->server_login, &order->proxy_login )) order->server_login.schemes &= ~WIRE_AUTH_NEGOTIATE;
}

void request_fill( const struct request *request, struct order_request *order )
{
    const struct http_options *options = request->options;
    DWORD flags = options->security_flags;

    if (request->method) order->method = request->method;
    order->max_redirects = MAX_REDIRECTS;
    if ((flags & BG_HTTP_REDIRECT_POLICY_MASK) == BG_HTTP_REDIRECT_POLICY_DISALLOW) order->max_redirects = 0;
    if (flags & BG_HTTP_REDIRECT_POLICY_ALLOW_HTTPS_TO_HTTP) order->flags |= WIRE_FLAG_ALLOW_DOWNGRADE;
    if (flags & BG_SSL_ENABLE_CRL_CHECK) order->flags |= WIRE_FLAG_REVOCATION;
    if (flags & BG_SSL_IGNORE_CERT_CN_INVALID) order->flags |= WIRE_FLAG_INSECURE_HOST;
    if (flags & BG_SSL_IGNORE_CERT_DATE_INVALID) order->flags |= WIRE_FLAG_INSECURE_DATE;
    if (flags & BG_SSL_IGNORE_UNKNOWN_CA) order->flags |= WIRE_FLAG_INSECURE_CA;
    if (flags & BG_SSL_IGNORE_CERT_WRONG_USAGE) order->flags |= WIRE_FLAG_INSECURE_USAGE;

    order->proxy_mode = request->proxy_mode;
    order->proxy = request->proxy;
    fill_login( &request->server, &order->server_login );
    fill_login( &request->proxy_login, &order->proxy_login );
    leave_one_principal( order );
    order->proof = request->proof;
    order->authorities = request->settings.authorities;
    order->authorities_size = request->settings.authorities_size;
    if (options->judged) order->accepted = &request->accepted;
}
