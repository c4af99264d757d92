/*
 * An ORDER frame as libcurl options
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
#include <strings.h>
#include <unistd.h>

#include "agent.h"

/* One read of a socket: the most that libcurl 7.88 takes. */
#define READ_SIZE   (512 * 1024)

/* The first failure of a setter sticks and makes the rest do nothing. */
struct request
{
    CURL *easy;
    const struct wire_frame *frame;
    const struct tickets *tickets;
    CURLcode code;
};

static void set_long( struct request *request, CURLoption option, long value )
{
    if (!request->code) request->code = curl_easy_setopt( request->easy, option, value );
}

static void set_string( struct request *request, CURLoption option, const char *value )
{
    if (!request->code) request->code = curl_easy_setopt( request->easy, option, value );
}

/* A field's string with a terminator, to be freed; NULL when the field is absent or memory is short. */
static char *dup_field( struct request *request, enum wire_tag tag )
{
    const char *value;
    size_t length;
    char *copy;

    if (!(value = wire_get_string( request->frame, tag, &length ))) return NULL;
    if (!(copy = strndup( value, length ))) request->code = CURLE_OUT_OF_MEMORY;
    return copy;
}

/* Set the option to the field's string, or leave it alone when the field is absent. */
static void set_field( struct request *request, CURLoption option, enum wire_tag tag )
{
    char *value = dup_field( request, tag );

    if (value) set_string( request, option, value );
    free( value );
}

static void set_method( struct request *request )
{
    char *method = dup_field( request, WIRE_TAG_METHOD );
    int no_body = !!(wire_get_u32( request->frame, WIRE_TAG_FLAGS ) & WIRE_FLAG_NO_BODY);

    if (!method) return;
    set_long( request, CURLOPT_NOBODY, no_body );
    if (strcmp( method, no_body ? "HEAD" : "GET" )) set_string( request, CURLOPT_CUSTOMREQUEST, method );
    free( method );
}

static void add_line( struct request *request, struct curl_slist **lines, const char *line )
{
    struct curl_slist *added;

    if ((added = curl_slist_append( *lines, line ))) *lines = added;
    else request->code = CURLE_OUT_OF_MEMORY;
}

/* libcurl takes "Name:" for "leave this header out" and "Name;" for an empty value. */
static void set_headers( struct request *request, struct curl_slist **lines )
{
    char *headers = dup_field( request, WIRE_TAG_HEADERS ), *line, *next, *value;
    int has_accept = 0;

    for (line = headers; line && *line; line = next)
    {
        if ((next = strstr( line, "\r\n" )))
        {
            *next = 0;
            next += 2;
        }
        if (!strncasecmp( line, "Accept:", 7 )) has_accept = 1;
        if ((value = strchr( line, ':' )) && !value[1 + strspn( value + 1, " \t" )]) strcpy( value, ";" );
        add_line( request, lines, line );
    }
    if (!has_accept) add_line( request, lines, "Accept:" );
    if (!request->code) request->code = curl_easy_setopt( request->easy, CURLOPT_HTTPHEADER, *lines );
    free( headers );
}

static void set_redirects( struct request *request )
{
    uint32_t max = wire_get_u32( request->frame, WIRE_TAG_MAX_REDIRECTS );

    set_string( request, CURLOPT_PROTOCOLS_STR, "http,https" );
    set_string( request, CURLOPT_REDIR_PROTOCOLS_STR, "http,https" );
    set_long( request, CURLOPT_FOLLOWLOCATION, max != 0 );
    set_long( request, CURLOPT_MAXREDIRS, max < 1000 ? max : 1000 );
}

static long auth_mask( uint32_t auth )
{
    long mask = 0;

    if (auth & WIRE_AUTH_BASIC) mask |= CURLAUTH_BASIC;
    if (auth & WIRE_AUTH_DIGEST) mask |= CURLAUTH_DIGEST;
    if (auth & WIRE_AUTH_NTLM) mask |= CURLAUTH_NTLM;
    if (auth & WIRE_AUTH_NEGOTIATE) mask |= CURLAUTH_NEGOTIATE;
    return mask;
}

/* Without a user name only Negotiate can say who we are, and libcurl wants an empty name for that; with one it shows the
 * ticket all the same, which is somebody else's unless we got it for that name.  A server may take all that comes over a
 * connection for the user who has shown a ticket there, and libcurl would use it for orders without one. */
static void set_credentials( struct request *request, enum wire_tag user, enum wire_tag password, enum wire_tag auth,
                             CURLoption user_option, CURLoption password_option, CURLoption auth_option )
{
    uint32_t mask = wire_get_u32( request->frame, auth );

    if (!request->frame->fields[user].data) mask &= WIRE_AUTH_NEGOTIATE;
    else if (!request->tickets || *request->tickets->missing) mask &= ~WIRE_AUTH_NEGOTIATE;
    if (!mask) return;
    if (mask & WIRE_AUTH_NEGOTIATE) set_long( request, CURLOPT_FORBID_REUSE, 1 );
    set_long( request, auth_option, auth_mask( mask ) );
    set_string( request, user_option, "" );
    set_string( request, password_option, "" );
    set_field( request, user_option, user );
    set_field( request, password_option, password );
}

/* An empty string keeps libcurl from asking the environment. */
static void set_proxy( struct request *request )
{
    switch (wire_get_u32( request->frame, WIRE_TAG_PROXY_MODE ))
    {
    case WIRE_PROXY_NONE:
        set_string( request, CURLOPT_PROXY, "" );
        break;
    case WIRE_PROXY_EXPLICIT:
        set_field( request, CURLOPT_PROXY, WIRE_TAG_PROXY );
        set_string( request, CURLOPT_NOPROXY, "" );
        set_field( request, CURLOPT_NOPROXY, WIRE_TAG_PROXY_BYPASS );
        break;
    default:
        break;
    }
    set_long( request, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1 );
    set_credentials( request, WIRE_TAG_PROXY_USER, WIRE_TAG_PROXY_PASSWORD, WIRE_TAG_PROXY_AUTH,
                     CURLOPT_PROXYUSERNAME, CURLOPT_PROXYPASSWORD, CURLOPT_PROXYAUTH );
}

/* libcurl keeps parsed authorities for the next connection (20 ms of work) only when they come from a file alone; in a
 * directory it looks for those that it needs. */
static void set_authorities( struct request *request )
{
    const char *file, *directory;

    tls_authorities( request->easy, &file, &directory );
    if (!file && !directory) return;
    set_string( request, CURLOPT_CAINFO, file );
    set_string( request, CURLOPT_PROXY_CAINFO, file );
    set_string( request, CURLOPT_CAPATH, directory );
    set_string( request, CURLOPT_PROXY_CAPATH, directory );
}

static void set_blob( struct request *request, CURLoption option, char *data )
{
    struct curl_blob blob = { data, data ? strlen( data ) : 0, CURL_BLOB_COPY };

    if (!data && !request->code) request->code = CURLE_SSL_CERTPROBLEM;
    if (!request->code) request->code = curl_easy_setopt( request->easy, option, &blob );
    if (data) explicit_bzero( data, blob.len );
    free( data );
}

static void set_client_certificate( struct request *request )
{
    const char *chain, *key;
    size_t chain_length, key_length;

    if (!(chain = wire_get_string( request->frame, WIRE_TAG_CLIENT_CHAIN, &chain_length ))) return;
    key = wire_get_string( request->frame, WIRE_TAG_CLIENT_KEY, &key_length );
    set_blob( request, CURLOPT_SSLCERT_BLOB, tls_chain_to_pem( chain, chain_length ) );
    set_blob( request, CURLOPT_SSLKEY_BLOB, tls_key_to_pem( key, key_length ) );
}

/* What libcurl would forgive all together or not at all, what it has no lists for, what others are to judge, and whom this
 * order alone trusts, is left to tls_check(), for each request anew: a connection is then not trusted for the order that
 * made it, and a session, which has no chain any more, is of no use. */
static void set_tls( struct request *request, uint32_t flags )
{
    const struct wire_field *fields = request->frame->fields;
    int ours = (flags & TLS_OURS) || fields[WIRE_TAG_ACCEPTED].data || fields[WIRE_TAG_AUTHORITIES].data;

    set_authorities( request );
    set_long( request, CURLOPT_SSL_VERIFYPEER, !ours );
    set_long( request, CURLOPT_SSL_SESSIONID_CACHE, !ours );
    set_long( request, CURLOPT_SSL_VERIFYHOST, flags & WIRE_FLAG_INSECURE_HOST ? 0 : 2 );
    set_client_certificate( request );
}

/* A background order has a connection for itself: its window is steered. */
static void set_version( struct request *request, uint32_t flags )
{
    if (flags & WIRE_FLAG_BACKGROUND) set_long( request, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1 );
}

/* With a low rate the pieces must be small for the bytes to come evenly. */
static void set_pace( struct request *request )
{
    uint64_t rate = wire_get_u64( request->frame, WIRE_TAG_RATE );
    uint32_t timeout = wire_get_u32( request->frame, WIRE_TAG_CONNECT_TIMEOUT );

    set_long( request, CURLOPT_BUFFERSIZE, rate && rate < 8 * READ_SIZE ? rate / 8 + 1 : READ_SIZE );
    set_long( request, CURLOPT_CONNECTTIMEOUT_MS, timeout && timeout < INT32_MAX ? timeout : INT32_MAX );
}

CURLcode request_setup( CURL *easy, const struct wire_frame *frame, const struct tickets *tickets, struct curl_slist **lines )
{
    struct request request = { easy, frame, tickets, CURLE_OK };
    uint32_t flags = wire_get_u32( frame, WIRE_TAG_FLAGS );

    *lines = NULL;
    set_long( &request, CURLOPT_NOSIGNAL, 1 );
    set_long( &request, CURLOPT_QUICK_EXIT, 1 );
    set_field( &request, CURLOPT_URL, WIRE_TAG_URL );
    set_method( &request );
    set_headers( &request, lines );
    set_redirects( &request );
    set_proxy( &request );
    set_credentials( &request, WIRE_TAG_USER, WIRE_TAG_PASSWORD, WIRE_TAG_AUTH,
                     CURLOPT_USERNAME, CURLOPT_PASSWORD, CURLOPT_HTTPAUTH );
    set_long( &request, CURLOPT_NETRC, flags & WIRE_FLAG_NETRC ? CURL_NETRC_OPTIONAL : CURL_NETRC_IGNORED );
    set_tls( &request, flags );
    set_version( &request, flags );
    set_pace( &request );
    return request.code;
}

CURLcode request_refuse_http( CURL *easy )
{
    return curl_easy_setopt( easy, CURLOPT_REDIR_PROTOCOLS_STR, "https" );
}

CURLcode request_allow_http( CURL *easy )
{
    return curl_easy_setopt( easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https" );
}

CURL *request_fetcher( const struct wire_frame *frame, const struct tickets *tickets )
{
    struct request request = { curl_easy_init(), frame, tickets, CURLE_OK };

    if (!request.easy) return NULL;
    set_long( &request, CURLOPT_NOSIGNAL, 1 );
    set_long( &request, CURLOPT_QUICK_EXIT, 1 );
    set_string( &request, CURLOPT_PROTOCOLS_STR, "http" );
    set_long( &request, CURLOPT_FAILONERROR, 1 );
    set_long( &request, CURLOPT_FRESH_CONNECT, 1 );     /* the pool's connections are steered */
    set_long( &request, CURLOPT_FORBID_REUSE, 1 );
    set_proxy( &request );
    if (!request.code) return request.easy;
    curl_easy_cleanup( request.easy );
    return NULL;
}
