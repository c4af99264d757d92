/*
 * One transfer: from ORDER to DONE
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

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent.h"

/* wire.h names libcurl's codes for the service, which has no curl.h */
#define SAME(a, b) _Static_assert( (int)(a) == (int)(b), #a " is not " #b )
SAME( WIRE_RESULT_PROTOCOL, CURLE_UNSUPPORTED_PROTOCOL );
SAME( WIRE_RESULT_BAD_URL, CURLE_URL_MALFORMAT );
SAME( WIRE_RESULT_NO_PROXY, CURLE_COULDNT_RESOLVE_PROXY );
SAME( WIRE_RESULT_NO_HOST, CURLE_COULDNT_RESOLVE_HOST );
SAME( WIRE_RESULT_NO_CONNECTION, CURLE_COULDNT_CONNECT );
SAME( WIRE_RESULT_BAD_REPLY, CURLE_WEIRD_SERVER_REPLY );
SAME( WIRE_RESULT_PARTIAL, CURLE_PARTIAL_FILE );
SAME( WIRE_RESULT_FILE, CURLE_WRITE_ERROR );
SAME( WIRE_RESULT_NO_MEMORY, CURLE_OUT_OF_MEMORY );
SAME( WIRE_RESULT_TIMEOUT, CURLE_OPERATION_TIMEDOUT );
SAME( WIRE_RESULT_TLS, CURLE_SSL_CONNECT_ERROR );
SAME( WIRE_RESULT_TOO_MANY_REDIRECTS, CURLE_TOO_MANY_REDIRECTS );
SAME( WIRE_RESULT_NOTHING, CURLE_GOT_NOTHING );
SAME( WIRE_RESULT_SEND, CURLE_SEND_ERROR );
SAME( WIRE_RESULT_RECEIVE, CURLE_RECV_ERROR );
SAME( WIRE_RESULT_CLIENT_CERTIFICATE, CURLE_SSL_CERTPROBLEM );
SAME( WIRE_RESULT_CERTIFICATE, CURLE_PEER_FAILED_VERIFICATION );
SAME( WIRE_RESULT_CA_FILE, CURLE_SSL_CACERT_BADFILE );
SAME( WIRE_RESULT_REVOCATION, CURLE_SSL_CRL_BADFILE );
SAME( WIRE_RESULT_REVOKED, CURLE_SSL_INVALIDCERTSTATUS );
SAME( WIRE_RESULT_HTTP2, CURLE_HTTP2_STREAM );
SAME( WIRE_RESULT_NO_CERTIFICATE, CURLE_SSL_CLIENTCERT );

#define RATE_CREDIT 100000      /* us of unused rate that may be caught up */
#define HELD_MAX    65536       /* bytes of an order that come before GO */

struct order *order_find( struct agent *agent, uint32_t id )
{
    struct order *order;

    for (order = agent->orders; order; order = order->next) if (order->id == id) break;
    return order;
}

/* Remember why the transfer ends; the first reason stands.  The caller then makes libcurl stop. */
static void __attribute__((format( printf, 3, 4 ))) fail( struct order *order, uint32_t code, const char *format, ... )
{
    va_list args;

    if (order->failure) return;
    order->failure = code;
    va_start( args, format );
    vsnprintf( order->failure_text, sizeof(order->failure_text), format, args );
    va_end( args );
}

static void enter_phase( struct order *order, enum order_phase phase )
{
    order->phase = phase;
    order->last_byte = agent_now();
}

/* --- events --------------------------------------------------------------------------------------- */

static void put_text( struct wire_writer *event, enum wire_tag tag, const char *text )
{
    if (!text) text = "";
    wire_put_string( event, tag, text, strlen( text ) );
}

static uint32_t http_version( CURL *easy )
{
    long version = 0;

    curl_easy_getinfo( easy, CURLINFO_HTTP_VERSION, &version );
    switch (version)
    {
    case CURL_HTTP_VERSION_1_0: return 10;
    case CURL_HTTP_VERSION_2_0: return 20;
    case CURL_HTTP_VERSION_3:   return 30;
    default:                    return 11;
    }
}

static int send_headers( struct order *order, int waiting )
{
    struct wire_writer event;
    long redirects = 0;
    char *url = NULL;

    curl_easy_getinfo( order->easy, CURLINFO_REDIRECT_COUNT, &redirects );
    if (redirects) curl_easy_getinfo( order->easy, CURLINFO_EFFECTIVE_URL, &url );
    link_begin( &order->agent->link, &event, WIRE_HEADERS, order->id );
    wire_put_u32( &event, WIRE_TAG_STATUS, order->status );
    wire_put_u32( &event, WIRE_TAG_HTTP_VERSION, http_version( order->easy ) );
    put_text( &event, WIRE_TAG_URL, url );
    wire_put_string( &event, WIRE_TAG_HEADERS, order->headers, order->headers_used );
    wire_put_u32( &event, WIRE_TAG_WAITING, waiting );
    if (link_send( &order->agent->link, &event )) return 1;
    fail( order, CURLE_RECV_ERROR, "The URL after redirects is too long" );
    return 0;
}

static void send_progress( struct order *order )
{
    struct wire_writer event;

    link_begin( &order->agent->link, &event, WIRE_PROGRESS, order->id );
    wire_put_u64( &event, WIRE_TAG_BYTES, order->written );
    link_send( &order->agent->link, &event );
}

static void send_durable( struct agent *agent, const struct durable_result *result )
{
    struct wire_writer event;

    link_begin( &agent->link, &event, WIRE_DURABLE, result->order );
    wire_put_u64( &event, WIRE_TAG_BYTES, result->bytes );
    wire_put_u32( &event, WIRE_TAG_ERRNO, result->error );
    link_send( &agent->link, &event );
}

static int send_certificate( struct order *order, const struct tls_peer *peer )
{
    struct wire_writer event;

    link_begin( &order->agent->link, &event, WIRE_CERTIFICATE, order->id );
    wire_put_bytes( &event, WIRE_TAG_FINGERPRINT, peer->fingerprint, sizeof(peer->fingerprint) );
    wire_put_bytes( &event, WIRE_TAG_CHAIN, peer->chain, peer->chain_size );
    return link_send( &order->agent->link, &event );
}

static void send_done( struct order *order, uint32_t result )
{
    const char *text = order->failure_text;
    long connect_status = 0, os_errno = 0;
    struct wire_writer event;
    char *ip = NULL;

    curl_easy_getinfo( order->easy, CURLINFO_HTTP_CONNECTCODE, &connect_status );
    curl_easy_getinfo( order->easy, CURLINFO_PRIMARY_IP, &ip );
    if (result && result != WIRE_RESULT_CANCELLED)
    {
        curl_easy_getinfo( order->easy, CURLINFO_OS_ERRNO, &os_errno );
        if (!*text) text = *order->error ? order->error : curl_easy_strerror( result );
    }
    if (!*text && order->tickets) text = order->tickets->missing;

    link_begin( &order->agent->link, &event, WIRE_DONE, order->id );
    wire_put_u32( &event, WIRE_TAG_RESULT, result );
    wire_put_u32( &event, WIRE_TAG_STATUS, order->status );
    wire_put_u32( &event, WIRE_TAG_PROXY_STATUS, connect_status );
    wire_put_u32( &event, WIRE_TAG_ERRNO, order->file_errno ? order->file_errno : os_errno );
    wire_put_u64( &event, WIRE_TAG_BYTES, order->written );
    put_text( &event, WIRE_TAG_TEXT, text );
    put_text( &event, WIRE_TAG_IP, ip );
    link_send( &order->agent->link, &event );
}

/* --- libcurl's callbacks -------------------------------------------------------------------------- */

static int resolver_start( void *resolver, void *reserved, void *context )
{
    enter_phase( context, ORDER_CONNECTING );
    return 0;
}

/* What libcurl may start must not inherit our sockets. */
static curl_socket_t open_socket( void *context, curlsocktype purpose, struct curl_sockaddr *address )
{
    struct order *order = context;
    int fd;

    enter_phase( order, ORDER_CONNECTING );
    fd = socket( address->family, address->socktype | SOCK_CLOEXEC, address->protocol );
    if (fd < 0 || steer_open( order->agent, fd )) return fd;
    close( fd );
    return CURL_SOCKET_BAD;
}

/* The order that the socket was opened for may be gone. */
static int close_socket( void *context, curl_socket_t fd )
{
    steer_close( context, fd );
    return close( fd );
}

static int is_accepted( const struct order *order, const struct tls_peer *peer )
{
    const unsigned char *known;

    if (!order->accepted || !peer->chain) return 1;
    for (known = order->accepted; known < order->accepted + order->accepted_size; known += WIRE_FINGERPRINT)
        if (!memcmp( known, peer->fingerprint, WIRE_FINGERPRINT )) return 1;
    return 0;
}

static int request_starts( void *context, char *peer_ip, char *local_ip, int peer_port, int local_port )
{
    struct order *order = context;
    struct tls_peer peer = { NULL };
    const char *reason;
    uint32_t result;

    enter_phase( order, ORDER_SENT );
    steer_request( order, local_port, peer_ip, peer_port );
    if (!(order->flags & TLS_OURS) && !order->accepted && !order->authorities) return CURL_PREREQFUNC_OK;
    result = tls_check( order, &peer, &reason );
    if (result == TLS_WAIT) return CURL_PREREQFUNC_ABORT;
    if (result) fail( order, result, "The server's certificate is refused: %s", reason );
    else if (!is_accepted( order, &peer ) && send_certificate( order, &peer ))
        fail( order, WIRE_RESULT_UNJUDGED, "Nobody has judged the server's certificate yet" );
    else if (!is_accepted( order, &peer ))
        fail( order, CURLE_PEER_FAILED_VERIFICATION, "The chain of the server's certificate is too long" );
    free( peer.chain );
    return order->failure ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/* A new response begins: forget the lines of the one before, which was not final. */
static void start_response( struct order *order, const char *line, size_t length )
{
    const char *space = memchr( line, ' ', length );
    uint32_t status = 0;
    char *url = NULL;

    while (space && ++space < line + length && *space >= '0' && *space <= '9' && status < 1000)
        status = 10 * status + *space - '0';
    if (status >= 200) order->status = status;
    order->headers_used = 0;
    order->headers_whole = 0;
    order->refusal = 0;

    if (order->flags & WIRE_FLAG_ALLOW_DOWNGRADE) return;
    curl_easy_getinfo( order->easy, CURLINFO_EFFECTIVE_URL, &url );
    if (url && !strncasecmp( url, "https:", 6 ) && request_refuse_http( order->easy ))
        fail( order, CURLE_OUT_OF_MEMORY, "Out of memory" );
}

static int add_header( struct order *order, const char *line, size_t length )
{
    char *headers;
    size_t size;

    if (memchr( line, 0, length ))
    {
        fail( order, CURLE_WEIRD_SERVER_REPLY, "A header of the response holds a NUL" );
        return 0;
    }
    if (order->headers_used + length + 2 > ORDER_MAX_HEADERS)
    {
        fail( order, CURLE_RECV_ERROR, "The headers of the response exceed %u bytes", ORDER_MAX_HEADERS );
        return 0;
    }
    if (order->headers_used + length + 2 > order->headers_size)
    {
        size = 2 * (order->headers_used + length) + 1024;
        if (!(headers = realloc( order->headers, size )))
        {
            fail( order, CURLE_OUT_OF_MEMORY, "Out of memory" );
            return 0;
        }
        order->headers = headers;
        order->headers_size = size;
    }
    memcpy( order->headers + order->headers_used, line, length );
    memcpy( order->headers + order->headers_used + length, "\r\n", 2 );
    order->headers_used += length + 2;
    return 1;
}

static size_t receive_header( char *data, size_t size, size_t count, void *context )
{
    struct order *order = context;
    size_t length = size * count;

    if (order->phase >= ORDER_WAITING) /* a trailer */
    {
        order->last_byte = agent_now();
        return size * count;
    }
    enter_phase( order, ORDER_HEADERS );
    while (length && (data[length - 1] == '\n' || data[length - 1] == '\r')) length--;
    if (length >= 5 && !memcmp( data, "HTTP/", 5 )) start_response( order, data, length );
    if (!length) order->headers_whole = 1;
    else if (!add_header( order, data, length )) return 0;
    return order->failure ? 0 : size * count;
}

/* Returns how many bytes are in the file, fewer than length after a failure. */
static size_t write_file( struct order *order, const char *data, size_t length, uint64_t position )
{
    size_t written = 0;
    ssize_t done;

    while (written < length)
    {
        done = pwrite( order->file->fd, data + written, length - written, position + written );
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0)
        {
            order->file_errno = done ? errno : EIO;
            fail( order, CURLE_WRITE_ERROR, "Cannot write the file: %s", strerror( order->file_errno ) );
            break;
        }
        written += done;
    }
    return written;
}

static void write_parts( struct order *order, const char *data, size_t length )
{
    struct multipart_piece piece;
    size_t used;

    while (length && !order->failure)
    {
        used = multipart_read( order->parts, data, length, &piece );
        order->written = order->parts->bytes;
        if (order->parts->state == MULTIPART_MALFORMED) fail( order, WIRE_RESULT_PARTS, "%s", order->parts->reason );
        else write_file( order, piece.data, piece.length, piece.position );
        data += used;
        length -= used;
    }
}

static void write_run( struct order *order, const char *data, size_t length )
{
    order->written += write_file( order, data, length, order->offset + order->written );
}

void order_write_gathered( struct agent *agent )
{
    struct order *order = agent->gathered.order;

    agent->gathered.order = NULL;
    if (order) write_run( order, agent->gathered.data, agent->gathered.length );
}

/* libcurl brings the records of TLS one by one, each 16 KiB at most: the file system needs half as long for 16 of them
 * together. */
static void gather( struct order *order, const char *data, size_t length )
{
    struct gathered *gathered = &order->agent->gathered;

    if (gathered->order != order || length > sizeof(gathered->data) - gathered->length) order_write_gathered( order->agent );
    if (order->failure) return;
    if (length > sizeof(gathered->data) / 2)
    {
        write_run( order, data, length );
        return;
    }
    if (!gathered->order) gathered->length = 0;
    gathered->order = order;
    memcpy( gathered->data + gathered->length, data, length );
    gathered->length += length;
}

static int write_body( struct order *order, const char *data, size_t length )
{
    if (order->parts) write_parts( order, data, length );
    else gather( order, data, length );
    return !order->failure;
}

/* Whether the next bytes have to wait; the order's tick then lets them go on.  libcurl's own limit lets whole small
 * files pass. */
static int over_rate( struct order *order )
{
    if (!order->rate || order->rate_due <= agent_now_us()) return 0;
    order->throttled = 1;
    return 1;
}

/* A transfer that fell behind may catch up a little, which makes up for late timers. */
static void count_rate( struct order *order, size_t length )
{
    uint64_t now = agent_now_us();

    if (!order->rate) return;
    if (order->rate_due + RATE_CREDIT < now) order->rate_due = now - RATE_CREDIT;
    order->rate_due += (uint64_t)length * 1000000 / order->rate;
}

static int is_expected( const struct order *order )
{
    curl_off_t length = -1;

    curl_easy_getinfo( order->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length );
    return order->status == 200 && length > 0 && (uint64_t)length == order->expected;
}

/* Its bytes may be written from now on. */
static void begin_body( struct order *order )
{
    enter_phase( order, ORDER_BODY );
    order->progress_time = order->flush_time = order->last_byte;
    order->rate_due = agent_now_us();
}

/* The headers are complete, and a body follows.  0: it cannot be told. */
static int end_headers( struct order *order )
{
    int waiting = !is_expected( order );

    if (!send_headers( order, waiting )) return 0;
    if (waiting) enter_phase( order, ORDER_WAITING );
    else begin_body( order );
    return 1;
}

/* Keeps what comes before GO.  0: it has no room.  libcurl 8 forgets what it holds itself of a paused transfer when the
 * connection ends. */
static int hold( struct order *order, const char *data, size_t length )
{
    if (order->rate || length > HELD_MAX - order->held_length) return 0;
    if (!order->held && !(order->held = malloc( HELD_MAX ))) return 0;
    memcpy( order->held + order->held_length, data, length );
    order->held_length += length;
    return 1;
}

/* libcurl brings only the body of the final response here. */
static size_t receive_body( char *data, size_t size, size_t count, void *context )
{
    struct order *order = context;

    if (order->phase < ORDER_WAITING && !end_headers( order )) return 0;
    if (order->phase == ORDER_WAITING)
    {
        if (!hold( order, data, size * count )) return CURL_WRITEFUNC_PAUSE;
    }
    else
    {
        if (over_rate( order )) return CURL_WRITEFUNC_PAUSE;
        if (!write_body( order, data, size * count )) return 0;
        count_rate( order, size * count );
    }
    order->agent->received += size * count;
    order->last_byte = agent_now();
    return size * count;
}

/* --- the life of an order ------------------------------------------------------------------------- */

/* Nothing touches the file any more once the order is out of the list. */
static void end_order( struct order *order, uint32_t result )
{
    struct agent *agent = order->agent;
    struct order **link;

    for (link = &agent->orders; *link != order; link = &(*link)->next) {}
    *link = order->next;
    order_write_gathered( agent );
    send_done( order, result );
    curl_multi_remove_handle( agent->multi, order->easy );
    curl_easy_cleanup( order->easy );
    curl_easy_cleanup( order->fetcher );
    curl_slist_free_all( order->lines );
    if (order->file && order->written)
        durable_finish( agent->durable, order->file, order->written );
    else if (order->file)
        durable_discard( order->file );
    free( order->held );
    free( order->accepted );
    free( order->authorities );
    free( order->headers );
    free( order->parts );
    free( order );
}

/* The request has not gone out.  It begins anew when the lists are there. */
static void put_aside( struct order *order )
{
    curl_multi_remove_handle( order->agent->multi, order->easy );
    enter_phase( order, ORDER_LISTS );
    revocation_start( order->agent );
}

/* With TLS 1.3 the server says so after the handshake, which libcurl takes for a lost connection; or what it said is lost,
 * since it had gone before our request went out. */
static int is_refused( const struct order *order, uint32_t code )
{
    return order->refused || (order->refusal && code == CURLE_SEND_ERROR);
}

void order_done( struct order *order, uint32_t code )
{
    if (order->lists && order->phase == ORDER_SENT && !order->failure)
    {
        put_aside( order );
        return;
    }
    if (order->phase == ORDER_WAITING && order->held_length && !order->failure)
    {
        order->ended = 1;
        order->code = code;
        order->socket = -1;     /* somebody else's now */
        return;
    }
    order_write_gathered( order->agent );
    if (!code && order->phase < ORDER_WAITING)
    {
        /* libcurl makes do with what came when a connection ends in the middle of a line */
        if (order->headers_used && !order->headers_whole)
            fail( order, CURLE_PARTIAL_FILE, "The connection ended in the middle of the headers" );
        else send_headers( order, 0 );
    }
    if (!code && order->parts && order->parts->state != MULTIPART_WHOLE)
        fail( order, WIRE_RESULT_PARTS, "The body ended in the middle of its parts" );
    if (code && is_refused( order, code )) code = order->refusal;
    end_order( order, order->failure ? order->failure : code );
}

static uint32_t open_file( struct order *order, const struct wire_frame *frame )
{
    const char *name;
    size_t length;
    char *path;

    if (!(name = wire_get_string( frame, WIRE_TAG_FILE, &length ))) return CURLE_OK;
    if (!(path = strndup( name, length ))) return CURLE_OUT_OF_MEMORY;
    if (!(order->file = durable_open( path )))
    {
        order->file_errno = errno;
        fail( order, CURLE_WRITE_ERROR, "Cannot open the file: %s", strerror( errno ) );
    }
    free( path );
    return order->failure;
}

static CURLcode set_callbacks( struct order *order )
{
    CURL *easy = order->easy;
    CURLcode code;

    if ((code = curl_easy_setopt( easy, CURLOPT_PRIVATE, order ))) return code;
    if ((code = curl_easy_setopt( easy, CURLOPT_ERRORBUFFER, order->error ))) return code;
    if ((code = curl_easy_setopt( easy, CURLOPT_SHARE, order->agent->share ))) return code;
    if ((code = curl_easy_setopt( easy, CURLOPT_RESOLVER_START_FUNCTION, resolver_start ))) return code;
    if ((code = curl_easy_setopt( easy, CURLOPT_RESOLVER_START_DATA, order ))) return code;
    if ((code = curl_easy_setopt( easy, CURLOPT_OPENSOCKETFUNCTION, open_socket ))) return code;
    if ((code = curl_easy_setopt( easy, CURLOPT_OPENSOCKETDATA, order ))) return code;
    if ((code = curl_easy_setopt( easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket ))) return code;
    if ((code = curl_easy_setopt( easy, CURLOPT_CLOSESOCKETDATA, order->agent ))) return code;
    if ((code = curl_easy_setopt( easy, CURLOPT_SSL_CTX_FUNCTION, tls_listen ))) return code;
    if ((code = curl_easy_setopt( easy, CURLOPT_SSL_CTX_DATA, order ))) return code;
    if ((code = curl_easy_setopt( easy, CURLOPT_PREREQFUNCTION, request_starts ))) return code;
    if ((code = curl_easy_setopt( easy, CURLOPT_PREREQDATA, order ))) return code;
    if ((code = curl_easy_setopt( easy, CURLOPT_HEADERFUNCTION, receive_header ))) return code;
    if ((code = curl_easy_setopt( easy, CURLOPT_HEADERDATA, order ))) return code;
    if ((code = curl_easy_setopt( easy, CURLOPT_WRITEFUNCTION, receive_body ))) return code;
    return curl_easy_setopt( easy, CURLOPT_WRITEDATA, order );
}

/* *COPY stays NULL when the field is absent. */
static uint32_t copy_bytes( const struct wire_frame *frame, enum wire_tag tag, unsigned char **copy, size_t *size )
{
    const char *bytes;

    if (!(bytes = wire_get_string( frame, tag, size ))) return WIRE_RESULT_OK;
    if (!(*copy = malloc( *size + 1 ))) return WIRE_RESULT_NO_MEMORY;
    memcpy( *copy, bytes, *size );
    return WIRE_RESULT_OK;
}

static uint32_t start_transfer( struct order *order, const struct wire_frame *frame )
{
    uint32_t code;

    if ((code = set_callbacks( order ))) return code;
    if ((code = copy_bytes( frame, WIRE_TAG_ACCEPTED, &order->accepted, &order->accepted_size ))) return code;
    if ((code = copy_bytes( frame, WIRE_TAG_AUTHORITIES, &order->authorities, &order->authorities_size ))) return code;
    order->tickets = kerberos_log_in( &order->agent->tickets, frame );
    if ((order->flags & WIRE_FLAG_REVOCATION) && !(order->fetcher = request_fetcher( frame, order->tickets )))
        return WIRE_RESULT_NO_MEMORY;
    if ((code = request_setup( order->easy, frame, order->tickets, &order->lines ))) return code;
    if ((code = open_file( order, frame ))) return code;
    return curl_multi_add_handle( order->agent->multi, order->easy ) ? CURLE_OUT_OF_MEMORY : CURLE_OK;
}

int order_start( struct agent *agent, const struct wire_frame *frame )
{
    struct order *order;
    uint32_t code;

    if (order_find( agent, frame->order )) return 0;
    if (!(order = calloc( 1, sizeof(*order) ))) return 0;
    if (!(order->easy = curl_easy_init()))
    {
        free( order );
        return 0;
    }
    order->agent = agent;
    order->started = agent_now_us();
    order->id = frame->order;
    order->socket = -1;
    order->offset = wire_get_u64( frame, WIRE_TAG_OFFSET );
    order->expected = wire_get_u64( frame, WIRE_TAG_EXPECTED );
    order->flags = wire_get_u32( frame, WIRE_TAG_FLAGS );
    order->first_byte_timeout = wire_get_u32( frame, WIRE_TAG_FIRST_BYTE_TIMEOUT );
    order->stall_timeout = wire_get_u32( frame, WIRE_TAG_STALL_TIMEOUT );
    order->rate = wire_get_u64( frame, WIRE_TAG_RATE );
    order->progress_interval = wire_get_u32( frame, WIRE_TAG_PROGRESS_INTERVAL );
    enter_phase( order, ORDER_CONNECTING );
    order->next = agent->orders;
    agent->orders = order;
    if ((code = start_transfer( order, frame ))) end_order( order, code );
    return 1;
}

/* libcurl hands over what it holds at once, so writing may fail here and end the order. */
static void resume( struct order *order )
{
    CURLcode code;

    order->throttled = 0;
    order->last_byte = agent_now();
    code = curl_easy_pause( order->easy, CURLPAUSE_CONT );
    order_write_gathered( order->agent );
    if (code || order->failure) order_done( order, code );
}

void order_go( struct agent *agent, const struct wire_frame *frame )
{
    struct order *order = order_find( agent, frame->order );

    if (!order || order->phase != ORDER_WAITING) return;
    if (frame->fields[WIRE_TAG_PARTS].data)
    {
        if (!(order->parts = malloc( sizeof(*order->parts) )))
        {
            end_order( order, CURLE_OUT_OF_MEMORY );
            return;
        }
        multipart_init( order->parts, frame );
    }
    begin_body( order );
    if (order->held_length && !write_body( order, order->held, order->held_length )) order_done( order, CURLE_WRITE_ERROR );
    else if (order->ended) order_done( order, order->code );
    else resume( order );
}

void order_cancel( struct agent *agent, uint32_t id )
{
    struct order *order = order_find( agent, id );

    if (order) end_order( order, WIRE_RESULT_CANCELLED );
}

/* --- what time brings ----------------------------------------------------------------------------- */

static void fail_timeout( struct order *order, const char *what, uint32_t timeout )
{
    char *url = NULL, *host = NULL;
    CURLU *parsed;

    curl_easy_getinfo( order->easy, CURLINFO_EFFECTIVE_URL, &url );
    if ((parsed = curl_url()) && url && !curl_url_set( parsed, CURLUPART_URL, url, 0 ))
        curl_url_get( parsed, CURLUPART_HOST, &host, 0 );
    fail( order, CURLE_OPERATION_TIMEDOUT, "%s %s for %u ms", host ? host : "The server", what, timeout );
    curl_free( host );
    curl_url_cleanup( parsed );
}

/* Returns when the order's patience ends, or 0. */
static uint64_t check_timeout( struct order *order, uint64_t now )
{
    uint64_t end = 0;

    if (order->phase == ORDER_SENT && order->first_byte_timeout)
    {
        end = order->last_byte + order->first_byte_timeout;
        if (end <= now) fail_timeout( order, "did not answer", order->first_byte_timeout );
    }
    if ((order->phase == ORDER_HEADERS || order->phase == ORDER_BODY) && !order->throttled && order->stall_timeout)
    {
        end = order->last_byte + order->stall_timeout;
        if (end <= now) fail_timeout( order, "sent nothing", order->stall_timeout );
    }
    return end;
}

/* A service that is behind with reading has no use for more progress: the socket's readiness brings us back. */
static uint64_t check_progress( struct order *order, uint64_t now )
{
    uint64_t due = order->progress_time + order->progress_interval;

    if (!order->progress_interval || order->written == order->progress_sent) return 0;
    if (due > now) return due;
    if (link_has_unsent( &order->agent->link )) return 0;
    send_progress( order );
    order->progress_sent = order->written;
    order->progress_time = now;
    return 0;
}

static uint64_t check_flush( struct order *order, uint64_t now )
{
    uint64_t due = order->flush_time + ORDER_FLUSH_INTERVAL;

    if (order->flushing || order->written == order->flush_asked) return 0;
    if (due > now) return due;
    durable_flush( order->agent->durable, order->file, order->id, order->written );
    order->flushing = 1;
    order->flush_asked = order->written;
    order->flush_time = now;
    return 0;
}

/* May end the order. */
static uint64_t check_rate( struct order *order, uint64_t now )
{
    uint64_t due = order->rate_due / 1000 + 1;

    if (!order->throttled) return 0;
    if (due > now) return due;
    resume( order );
    return now;
}

/* The lists have come, or not: it is all the same here. */
static void check_lists( struct order *order )
{
    if (order->phase != ORDER_LISTS || revocation_pending( order->agent, order->lists )) return;
    order->lists = 0;
    order->status = 0;
    order->headers_used = 0;
    enter_phase( order, ORDER_CONNECTING );
    if (request_allow_http( order->easy ) || curl_multi_add_handle( order->agent->multi, order->easy ))
        fail( order, WIRE_RESULT_NO_MEMORY, "Out of memory" );
}

uint64_t order_tick( struct agent *agent, uint64_t now )
{
    struct order *order, *next;
    uint64_t when = 0;

    for (order = agent->orders; order; order = next)
    {
        next = order->next;
        check_lists( order );
        when = agent_earlier( when, check_timeout( order, now ) );
        if (order->failure)
        {
            order_done( order, order->failure );
            continue;
        }
        when = agent_earlier( when, check_progress( order, now ) );
        when = agent_earlier( when, check_flush( order, now ) );
        when = agent_earlier( when, check_rate( order, now ) );
    }
    return when;
}

/* After a failure there is nothing more to promise for this file: it is not flushed again before the end. */
void order_flushed( struct agent *agent, const struct durable_result *result )
{
    struct order *order;

    if (!(order = order_find( agent, result->order ))) return;
    order->flushing = result->error != 0;
    send_durable( agent, result );
}
