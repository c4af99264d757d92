/*
 * HTTP and HTTPS: carries out a plan through the agent
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

#include <stdio.h>

#include "transfer/options.h"
#include "transfer/plan.h"
#include "transfer/private.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

struct http
{
    struct transfer *transfer;
    struct plan plan;
    struct request request;
    char *url;
    char *where;            /* the URL as errors show it, with the proxy that leads there */
    char *unix_name;        /* of the temporary file */
    UINT64 base, durable;   /* of the file when the order at work began */
    BOOL taken;             /* the body of its response belongs to the file */
    BOOL died;              /* the agent died before it had done anything: once is forgiven */
    BOOL misunderstood;     /* an answer that is no HTTP: the same */
};

/* A body that has no more bytes than this is written at once, and the next file's size is asked for while it comes. */
#define SMALL_MAX (256 * 1024)

/* An order was lost with its agent, which says nothing about the request: go on with the plan on a new agent. */
#define GO_ON S_FALSE

/* The URL without its secrets, uncut. */
static char *shown_url( const char *url )
{
    SIZE_T size = strlen( url ) + URL_SHOWN_SIZE;
    char *shown = malloc( size );

    if (shown) url_show( url, shown, size );
    return shown;
}

/* The first line of a header block; HTTP/2 has a blank at its end. */
static int status_line_length( const struct order_state *state )
{
    int length = (int)strcspn( state->headers, "\r\n" );

    while (length && state->headers[length - 1] == ' ') length--;
    return length;
}

/* How far the order has come. */
static void tell_state( struct http *http, const struct order_state *state )
{
    UINT64 bytes = state->bytes < http->plan.length ? state->bytes : http->plan.length;

    tell_progress( http->transfer, http->base + bytes, http->durable + state->durable );
}

static HRESULT fail_start( struct http *http, HRESULT hr, const WCHAR *path )
{
    struct bits_error error = { hr, BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER, ERROR_TRANSIENT };
    char *path_utf8 = NULL;

    if (path) wstr_to_utf8( path, &path_utf8 );
    hr = transfer_fail( http->transfer, error, "The transfer agent %s cannot be started.",
                        path_utf8 ? path_utf8 : "(unknown)" );
    free( path_utf8 );
    return hr;
}

static HRESULT fail_died( struct http *http, const struct order_state *state )
{
    struct bits_error error = { HRESULT_FROM_WIN32( ERROR_PROCESS_ABORTED ), BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER,
                                ERROR_TRANSIENT };
    char *path = NULL;
    HRESULT hr;

    wstr_to_utf8( state->path, &path );
    hr = transfer_fail( http->transfer, error, state->greeted ?
                        "The transfer agent %s ended in the middle of %s." :
                        "The transfer agent %s ended as soon as it was started, is of another version, or cannot be heard (%s).",
                        path ? path : "(unknown)", http->where );
    free( path );
    return hr;
}

static HRESULT fail_memory( struct transfer *transfer )
{
    return transfer_fail( transfer, error_from_curl( WIRE_RESULT_NO_MEMORY, 0, 0, 0 ), "There is no memory left." );
}

static HRESULT fail_options( struct http *http, HRESULT hr )
{
    struct bits_error error = error_from_code( hr );

    if (hr == BG_E_INVALID_PROXY_INFO) return transfer_fail( http->transfer, error, "The job's proxy list is invalid." );
    if (hr == CRYPT_E_NOT_FOUND || hr == NTE_NO_KEY || hr == NTE_BAD_KEY_STATE)
        return transfer_fail( http->transfer, error, "The job's client certificate, or its private key, %s.",
                              hr == NTE_BAD_KEY_STATE ? "is marked as not exportable" : "is no longer in its store" );
    return transfer_fail( http->transfer, error, "The job's HTTP settings cannot be put into a request." );
}

/* Header blocks need not be UTF-8. */
static WCHAR *header_text( const char *bytes, SIZE_T length )
{
    WCHAR *text;
    SIZE_T i;

    if (SUCCEEDED(wstr_from_utf8( bytes, length, &text ))) return text;
    if (!(text = malloc( (length + 1) * sizeof(WCHAR) ))) return NULL;
    for (i = 0; i < length; i++) text[i] = (unsigned char)bytes[i];
    text[length] = 0;
    return text;
}

/* Where the response leads, if the client wants to see that; to be freed. */
static WCHAR *reported_target( struct http *http, const struct order_state *state )
{
    DWORD policy = http->transfer->file->http.security_flags & BG_HTTP_REDIRECT_POLICY_MASK;
    char *refused = NULL;
    WCHAR *target;
    HRESULT hr = E_FAIL;

    if (policy == BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT && *state->url)
        hr = wstr_from_utf8( state->url, strlen( state->url ), &target );
    else if (policy == BG_HTTP_REDIRECT_POLICY_DISALLOW && state->status / 100 == 3 &&
             (refused = redirect_target( http->url, state->headers, state->headers_length )))
        hr = wstr_from_utf8( refused, strlen( refused ), &target );
    free( refused );
    return SUCCEEDED(hr) ? target : NULL;
}

static HRESULT tell_response( struct http *http, const struct order_state *state )
{
    const struct transfer *transfer = http->transfer;
    WCHAR *headers, *target;

    if (!(headers = header_text( state->headers, state->headers_length ))) return fail_memory( http->transfer );
    target = reported_target( http, state );
    transfer->events->responded( transfer->context, headers, target );
    free( headers );
    free( target );
    return S_OK;
}

/* The server or the proxy wants to know who we are; HEADERS, or NULL: not known.  S_OK: the request goes out again with an
 * answer; S_FALSE: there is none (left). */
static HRESULT answer_challenge( struct http *http, UINT status, const char *headers, SIZE_T length )
{
    const char *name = status == 401 ? "WWW-Authenticate" : "Proxy-Authenticate";
    HRESULT hr;

    if (status != 401 && status != 407) return S_FALSE;
    hr = request_next_login( status == 401 ? &http->request.server : &http->request.proxy_login,
                             !headers || headers_offer( headers, length, name, "Negotiate" ) );
    TRACE( "%s: status %u, %#lx.\n", debugstr_a( http->where ), status, hr );
    return FAILED(hr) ? fail_options( http, hr ) : hr;
}

/* The client sees the server's certificate before the server sees the request (spec: behaviour 4.11), which then goes out
 * again. */
static HRESULT judge_certificate( struct http *http, const struct order_state *state )
{
    struct bits_error error = { S_OK, BG_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK, ERROR_TRANSIENT };
    struct transfer *transfer = http->transfer;

    error.code = transfer->events->judge( transfer->context, state->fingerprint, state->chain, state->chain_size );
    if (transfer_is_aborted( transfer )) return E_ABORT;
    if (error.code != S_OK)
        return transfer_fail( transfer, error, error.code == BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED ?
                              "%s: the program that has to judge the server's certificate cannot be asked." :
                              "%s: the program that judges the server's certificate does not accept it.", http->where );
    http_accept( &http->request.accepted, state->fingerprint );
    return GO_ON;
}

/* The response has come: is its body wanted?  S_FALSE: no, but the plan goes on. */
static HRESULT judge( struct http *http, const struct order_state *state )
{
    struct plan_response response;
    enum plan_verdict verdict;
    struct bits_error error;
    const char *reason;
    HRESULT hr;

    if ((hr = answer_challenge( http, state->status, state->headers, state->headers_length )) != S_FALSE)
        return FAILED(hr) ? hr : S_FALSE;
    if (FAILED(hr = tell_response( http, state ))) return hr;

    plan_parse( &response, state->status, state->headers, state->headers_length );
    plan_parse_host( &response, *state->url ? state->url : http->url );
    verdict = plan_judge( &http->plan, &response, &error, &reason );
    TRACE( "%s: status %u, verdict %d.\n", debugstr_a( http->where ), state->status, verdict );
    if (verdict == PLAN_FAIL)
        return transfer_fail( http->transfer, error, reason ? "%s %s (%.*s)." : "%s%s answers %.*s.", http->where,
                              reason ? reason : "", status_line_length( state ), state->headers );

    if (verdict == PLAN_RESTART) hr = tell_restarted( http->transfer, FALSE );
    if (SUCCEEDED(hr) && (verdict == PLAN_TAKE || http->plan.size != BG_SIZE_UNKNOWN))
        tell_connected( http->transfer, http->plan.size, plan_total( &http->plan ), http->plan.modified, 0 );
    if (SUCCEEDED(hr)) tell_tagged( http->transfer, http->plan.etag );
    if (FAILED(hr)) return hr;
    return verdict == PLAN_TAKE ? S_OK : S_FALSE;
}

/* The agent's result without what a checked URL cannot mean. */
static int order_result( const struct order_state *state )
{
    /* done, but nothing came; or "unsupported protocol" without a redirect to one: both are no HTTP */
    if (!state->code || (state->code == WIRE_RESULT_PROTOCOL && !state->last_status)) return WIRE_RESULT_BAD_REPLY;
    return state->code;
}

static HRESULT refuse_parts( struct http *http, const struct order_state *state )
{
    TRACE( "%s: %s.\n", debugstr_a( http->where ), debugstr_a( state->text ) );
    plan_refuse_parts( &http->plan );
    return GO_ON;
}

/* HEADERS is what all_headers() makes of the plan's. */
static void init_order( const struct http *http, enum plan_step step, const char *url, const char *headers,
                        struct order_request *request )
{
    const struct transfer_file *file = http->transfer->file;

    memset( request, 0, sizeof(*request) );
    request->method = step == PLAN_HEAD ? "HEAD" : "GET";
    request->url = url;
    request->headers = headers;
    if (step == PLAN_GET)
    {
        request->file = http->unix_name;
        request->offset = plan_position( &http->plan );
        if (plan_whole( &http->plan ) <= SMALL_MAX) request->expected = plan_whole( &http->plan );
        request->rate = file->rate;
    }
    if (file->background) request->flags |= WIRE_FLAG_BACKGROUND;
    request_fill( &http->request, request );
}

/* The plan's and the client's; NULL without memory. */
static char *all_headers( const struct http *http, const char *plan_headers )
{
    return headers_append( plan_headers, http->request.headers ? http->request.headers : "" );
}

static void free_headers( char *headers )
{
    SecureZeroMemory( headers, strlen( headers ) );
    free( headers );
}

/* Up to the end of the host and port, URLs are the same. */
static BOOL same_server( const char *url, const char *other )
{
    SIZE_T length = strcspn( url, ":" ) + 3;

    length += strcspn( url + length, "/?#" );
    return !strncmp( url, other, length ) && (!other[length] || strchr( "/?#", other[length] ));
}

/* The transfer that follows begins with this request; what it has to prove first, or by which proxy it goes, is not known
 * but for the same server.  Its URL and headers are malloc'ed.  FALSE: it is not asked ahead. */
static BOOL init_ahead( const struct http *http, struct order_request *request )
{
    char plan_headers[PLAN_HEADERS_SIZE], *url, *headers;
    struct plan plan;

    if (http->plan.step != PLAN_GET || http->plan.length > SMALL_MAX || !http->transfer->file->next) return FALSE;
    if (http->request.method || http->request.server.tried || http->request.proxy_login.tried) return FALSE;
    if (FAILED(wstr_to_utf8( http->transfer->file->next, &url ))) return FALSE;
    plan_init( &plan, BG_SIZE_UNKNOWN, 0, 0, 0 );
    if (same_server( http->url, url ) && plan_next( &plan, plan_headers ) == PLAN_HEAD &&
        (headers = all_headers( http, plan_headers )))
    {
        init_order( http, PLAN_HEAD, url, headers, request );
        return TRUE;
    }
    free( url );
    return FALSE;
}

static void clear_ahead( struct order_request *request )
{
    free( (char *)request->url );
    free_headers( (char *)request->headers );
}

static void go( struct http *http, struct order *order )
{
    struct order_parts parts = { http->plan.boundary, http->plan.size, http->plan.parts, http->plan.part_count };

    order_go( order, &parts );
}

/* How much of the body is in the file.  An agent that died has not told of its last bytes, but wrote them one behind the
 * other.  One byte is left for the next agent: a counter reaches its total only with the end of the body. */
static UINT64 bytes_in_file( const struct http *http, const struct order_state *state )
{
    UINT64 size, last = http->plan.length - 1;

    /* a sparse file says nothing: other pieces lie behind this one; and a part counts as a whole */
    if (state->end != ORDER_DIED || http->transfer->file->sparse || http->plan.part_count ||
        (size = temp_size( &http->transfer->temp )) <= http->base + state->bytes)
        return state->bytes;
    return size - http->base < last ? size - http->base : last;
}

/* The order ended: how? */
static HRESULT finish( struct http *http, const struct order_state *state )
{
    struct transfer *transfer = http->transfer;
    BOOL complete = state->end == ORDER_DONE && !state->code;
    HRESULT hr = S_OK;

    if (http->taken && http->plan.step == PLAN_GET)
    {
        hr = plan_received( &http->plan, bytes_in_file( http, state ), complete );
        tell_progress( transfer, http->plan.offset, http->durable + state->durable );
    }
    if (state->end == ORDER_DISPLACED) return GO_ON;
    if (state->end == ORDER_DIED)
    {
        if (http->taken || http->died) return fail_died( http, state );
        http->died = TRUE;
        return GO_ON;
    }
    http->died = FALSE;
    if (state->code == WIRE_RESULT_PARTS) return refuse_parts( http, state );
    if (state->code == WIRE_RESULT_UNJUDGED) return judge_certificate( http, state );
    /* it may be the rest of an answer to somebody else, who had the connection before */
    if (!http->taken && order_result( state ) == WIRE_RESULT_BAD_REPLY && !http->misunderstood && !http->request.method)
    {
        http->misunderstood = TRUE;
        return GO_ON;
    }

    if (FAILED(hr))
        return transfer_fail( transfer, error_from_code( hr ), "%s sends %I64u bytes instead of %I64u.", http->where,
                              state->bytes, http->plan.length );
    if (complete && http->taken) return S_OK;
    /* to CONNECT, which leaves no response */
    if (!http->taken && (hr = answer_challenge( http, state->proxy_status, NULL, 0 )) != S_FALSE)
        return FAILED(hr) ? hr : GO_ON;
    transfer->result->unreachable = error_is_unreachable( order_result( state ), state->os_errno );
    return transfer_fail( transfer, error_from_curl( order_result( state ), state->os_errno, state->last_status,
                                                     state->proxy_status ), "%s: %s.", http->where,
                          state->text && *state->text ? state->text : error_curl_name( state->code ) );
}

/* Follows an order to its end. */
static HRESULT follow( struct http *http, struct order *order )
{
    struct order_state state;
    HRESULT hr;

    http->base = http->plan.offset;
    http->durable = http->transfer->durable;
    http->taken = FALSE;
    do
    {
        if (!order_wait( order, http->transfer->abort, &state ))
        {
            order_cancel( order, &state );
            if (http->taken) tell_state( http, &state );
            return E_ABORT;
        }
        if (state.headers && !http->taken)
        {
            if ((hr = judge( http, &state )) != S_OK)
            {
                order_cancel( order, &state );
                return FAILED(hr) ? hr : S_OK;
            }
            http->taken = TRUE;
            if (state.waiting) go( http, order );
        }
        if (state.end == ORDER_RUNNING) tell_state( http, &state );
    }
    while (state.end == ORDER_RUNNING);
    return finish( http, &state );
}

/* One request and its response. */
static HRESULT exchange( struct http *http, enum plan_step step, const char *headers )
{
    struct order_request request, ahead;
    BOOL has_ahead = init_ahead( http, &ahead );
    struct order *order;
    WCHAR *path;
    HRESULT hr, cut;

    init_order( http, step, http->url, headers, &request );
    hr = order_start( http->transfer->file->network_identity, &request, has_ahead ? &ahead : NULL, http->transfer->abort,
                      &order, &path );
    if (SUCCEEDED(hr))
    {
        if (request.expected) prepare_next( http->transfer );
        hr = follow( http, order );
        order_free( order );
        /* what was written without being asked for is none of the file's */
        if (request.expected && !http->taken && FAILED(cut = empty_temp( http->transfer ))) hr = cut;
    }
    else if (hr == HRESULT_FROM_WIN32( ERROR_BUFFER_OVERFLOW )) hr = fail_options( http, hr );
    else hr = fail_start( http, hr, path );
    if (has_ahead) clear_ahead( &ahead );
    free( path );
    return hr;
}

static HRESULT exchange_next( struct http *http, enum plan_step step, const char *plan_headers )
{
    char *headers;
    HRESULT hr;

    if (transfer_is_aborted( http->transfer )) return E_ABORT;
    if (!(headers = all_headers( http, plan_headers ))) return fail_memory( http->transfer );
    hr = exchange( http, step, headers );
    free_headers( headers );
    return hr;
}

/* Its status or its silence may be the reason for an error. */
static HRESULT name_proxy( struct http *http )
{
    static const char format[] = "%s (through %s)";
    SIZE_T size = strlen( http->where ) + strlen( http->request.proxy ) + sizeof(format);
    char *where = malloc( size );

    if (!where) return fail_memory( http->transfer );
    snprintf( where, size, format, http->where, http->request.proxy );
    free( http->where );
    http->where = where;
    return S_OK;
}

static HRESULT carry_out( struct http *http )
{
    char headers[PLAN_HEADERS_SIZE];
    enum plan_step step;
    HRESULT hr;

    hr = request_init( &http->request, http->transfer->file, http->url, http->transfer->abort->event );
    if (FAILED(hr) && hr != E_ABORT) hr = fail_options( http, hr );
    if (SUCCEEDED(hr) && http->request.proxy) hr = name_proxy( http );
    while (SUCCEEDED(hr) && (step = plan_next( &http->plan, headers )) != PLAN_DONE)
        hr = exchange_next( http, step, headers );
    request_clear( &http->request );
    if (SUCCEEDED(hr) && http->transfer->file->sparse && !FlushFileBuffers( http->transfer->temp.handle ))
        hr = transfer_fail( http->transfer, error_from_local( GetLastError() ), "The temporary file cannot be flushed." );
    return FAILED(hr) ? hr : S_OK;
}

HRESULT http_run( struct transfer *transfer )
{
    const struct transfer_file *file = transfer->file;
    struct http http = { transfer };
    HRESULT hr = E_OUTOFMEMORY;

    /* what an earlier run learned counts only with the bytes that it left */
    if (file->http.method) plan_init_single( &http.plan );
    else if (file->dynamic) plan_init_dynamic( &http.plan );
    else plan_init( &http.plan, transfer->restarted ? BG_SIZE_UNKNOWN : file->size, file->modified,
                    file->offset ? file->etag : 0, transfer->offset );
    if (file->sparse) plan_set_pieces( &http.plan, file->range_count, file->ranges );
    else plan_set_ranges( &http.plan, file->range_count, file->ranges );
    if (FAILED(wstr_to_utf8( file->remote, &http.url )))
        hr = transfer_fail( transfer, error_from_curl( WIRE_RESULT_BAD_URL, 0, 0, 0 ), "The URL is no valid text." );
    else if (!(http.where = shown_url( http.url )))
        hr = fail_memory( transfer );
    else if (!(http.unix_name = temp_unix_name( &transfer->temp )))
        hr = transfer_fail( transfer, error_from_local( ERROR_BAD_PATHNAME ), "The temporary file has no Unix path." );
    else
        hr = carry_out( &http );
    free( http.url );
    free( http.where );
    free( http.unix_name );
    return hr;
}
