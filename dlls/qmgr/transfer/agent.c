/*
 * Agents, one for each network identity and login with Negotiate, and the orders that they carry out
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

#include "transfer/private.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

/* spec: behaviour 3.1 for the two of five minutes; Windows does not document the first */
#define CONNECT_TIME      30000
#define FIRST_BYTE_TIME   300000
#define STALL_TIME        300000
#define PROGRESS_INTERVAL 250
#define AHEAD_PATIENCE    1000  /* for an answer from another continent */
#define AHEAD_PAUSE       60000

struct agent
{
    struct list entry;
    WCHAR *sid;
    struct order_login login;   /* whose tickets it has; without a name: those of the identity */
    WCHAR *path;
    struct link link;
    HANDLE thread;          /* reads what the agent says */
    struct list orders;
    UINT32 last_id;
    BOOL greeted;
    UINT64 in_turn;         /* nothing is asked ahead until then */
    BOOL ending;            /* takes no more orders */
    BOOL displaced;         /* ... because it did not answer CANCEL */
    BOOL finished;          /* its thread has nothing more to say */
};

struct order
{
    struct list entry;      /* in its agent's */
    struct agent *agent;
    UINT32 id;
    CONDITION_VARIABLE changed;     /* with the agents' lock */
    BOOL news;              /* that order_wait() has not told */
    struct order_state state;
    BYTE *asked;            /* ahead: what it asks, and when; NULL: somebody waits for it */
    SIZE_T asked_size;
    UINT64 asked_at;
};

static SRWLOCK start_lock = SRWLOCK_INIT;   /* before agents_lock */
static SRWLOCK agents_lock = SRWLOCK_INIT;
static struct list agents = { &agents, &agents };

/* --- what the agent says: on its thread -------------------------------------------------------------------------- */

/* A terminated copy of a field; *LENGTH may be NULL. */
static char *copy_string( const struct wire_frame *frame, enum wire_tag tag, SIZE_T *length )
{
    const char *string;
    size_t size;
    char *copy;

    string = wire_get_string( frame, tag, &size );
    if (!(copy = malloc( size + 1 ))) return NULL;
    memcpy( copy, string, size );
    copy[size] = 0;
    if (length) *length = size;
    return copy;
}

/* The fingerprint, and the chain behind it. */
static BOOL copy_certificate( struct order_state *state, const struct wire_frame *frame )
{
    const struct wire_field *fingerprint = &frame->fields[WIRE_TAG_FINGERPRINT], *chain = &frame->fields[WIRE_TAG_CHAIN];
    BYTE *copy;

    if (state->fingerprint || !(copy = malloc( fingerprint->length + chain->length ))) return FALSE;
    memcpy( copy, fingerprint->data, fingerprint->length );
    memcpy( copy + fingerprint->length, chain->data, chain->length );
    state->fingerprint = copy;
    state->chain = copy + fingerprint->length;
    state->chain_size = chain->length;
    return TRUE;
}

static void tell_news_locked( struct order *order )
{
    order->news = TRUE;
    WakeConditionVariable( &order->changed );
}

/* FALSE: the agent breaks the rules, or there is no memory. */
static BOOL order_event_locked( struct order *order, const struct wire_frame *frame )
{
    struct order_state *state = &order->state;

    switch (frame->type)
    {
    case WIRE_HEADERS:
        if (state->headers || !(state->headers = copy_string( frame, WIRE_TAG_HEADERS, &state->headers_length )))
            return FALSE;
        if (!(state->url = copy_string( frame, WIRE_TAG_URL, NULL ))) return FALSE;
        state->status = wire_get_u32( frame, WIRE_TAG_STATUS );
        state->waiting = wire_get_u32( frame, WIRE_TAG_WAITING );
        TRACE( "Order %u of %s: status %u.\n", order->id, debugstr_w( order->agent->sid ), state->status );
        break;
    case WIRE_CERTIFICATE:
        if (!copy_certificate( state, frame )) return FALSE;
        break;
    case WIRE_PROGRESS:
        state->bytes = wire_get_u64( frame, WIRE_TAG_BYTES );
        break;
    case WIRE_DURABLE:
        state->durable = wire_get_u64( frame, WIRE_TAG_BYTES );
        break;
    case WIRE_DONE:
        if (state->end != ORDER_RUNNING) return FALSE;
        if (wire_get_u32( frame, WIRE_TAG_RESULT ) == WIRE_RESULT_UNJUDGED && !state->fingerprint) return FALSE;
        if (!(state->text = copy_string( frame, WIRE_TAG_TEXT, NULL ))) return FALSE;
        state->end = ORDER_DONE;
        state->bytes = wire_get_u64( frame, WIRE_TAG_BYTES );
        state->code = wire_get_u32( frame, WIRE_TAG_RESULT );
        state->os_errno = wire_get_u32( frame, WIRE_TAG_ERRNO );
        state->last_status = wire_get_u32( frame, WIRE_TAG_STATUS );
        state->proxy_status = wire_get_u32( frame, WIRE_TAG_PROXY_STATUS );
        TRACE( "Order %u of %s: %I64u bytes, %s, errno %d, status %u, of the proxy %u, %s.\n", order->id,
               debugstr_w( order->agent->sid ), state->bytes, error_curl_name( state->code ), state->os_errno,
               state->last_status, state->proxy_status, debugstr_a( state->text ) );
        break;
    default:
        return FALSE;
    }
    tell_news_locked( order );
    return TRUE;
}

/* An agent that is idle gets no more orders and ends, unless there is one on the way to it. */
static BOOL agent_retire_locked( struct agent *agent )
{
    struct order *order;

    LIST_FOR_EACH_ENTRY( order, &agent->orders, struct order, entry )
        if (!order->asked) return FALSE;
    return agent->ending = TRUE;
}

/* FALSE: the agent is to end.  An order that nobody waits for any more may still get events: they are dropped. */
static BOOL agent_event( struct agent *agent, const struct wire_frame *frame )
{
    struct order *order;
    BOOL ret = TRUE;

    AcquireSRWLockExclusive( &agents_lock );
    if (frame->type == WIRE_HELLO) agent->greeted = TRUE;
    else if (frame->type == WIRE_IDLE) ret = !agent_retire_locked( agent );
    else LIST_FOR_EACH_ENTRY( order, &agent->orders, struct order, entry )
    {
        if (order->id != frame->order) continue;
        ret = order_event_locked( order, frame );
        break;
    }
    ReleaseSRWLockExclusive( &agents_lock );
    return ret;
}

static void order_lost_locked( struct order *order )
{
    if (order->state.end != ORDER_RUNNING) return;
    order->state.end = order->agent->displaced ? ORDER_DISPLACED : ORDER_DIED;
    order->state.greeted = order->agent->greeted;
    tell_news_locked( order );
}

/* The agent ends, or has ended: all its orders are lost.  One that hangs is not waited for. */
static void agent_end_locked( struct agent *agent )
{
    struct order *order;

    agent->ending = TRUE;
    link_break( &agent->link );
    LIST_FOR_EACH_ENTRY( order, &agent->orders, struct order, entry ) order_lost_locked( order );
}

static void agent_end( struct agent *agent )
{
    AcquireSRWLockExclusive( &agents_lock );
    agent_end_locked( agent );
    ReleaseSRWLockExclusive( &agents_lock );
}

static DWORD CALLBACK agent_proc( void *context )
{
    struct agent *agent = context;
    struct wire_frame frame;

    while (link_read( &agent->link, &frame ) && agent_event( agent, &frame )) {}

    AcquireSRWLockExclusive( &agents_lock );
    if (!agent->ending) WARN( "%s of %s has gone%s.\n", debugstr_w( agent->path ), debugstr_w( agent->sid ),
                              agent->link.malformed ? " mad" : "" );
    agent_end_locked( agent );
    agent->finished = TRUE;
    ReleaseSRWLockExclusive( &agents_lock );
    return 0;
}

/* --- the agents' lives ------------------------------------------------------------------------------------------ */

static void agent_destroy( struct agent *agent )
{
    if (agent->thread)
    {
        WaitForSingleObject( agent->thread, INFINITE );
        CloseHandle( agent->thread );
    }
    if (agent->link.buffer) link_close( &agent->link );
    free( agent->sid );
    secret_free( (char *)agent->login.user );
    secret_free( (char *)agent->login.password );
    free( agent->path );
    free( agent );
}

/* Frees the agents that have ended and that no order refers to. */
static void agents_reap(void)
{
    struct agent *agent, *next;
    struct list ended;

    list_init( &ended );
    AcquireSRWLockExclusive( &agents_lock );
    LIST_FOR_EACH_ENTRY_SAFE( agent, next, &agents, struct agent, entry )
    {
        if (!agent->finished || !list_empty( &agent->orders )) continue;
        list_remove( &agent->entry );
        list_add_tail( &ended, &agent->entry );
    }
    ReleaseSRWLockExclusive( &agents_lock );
    LIST_FOR_EACH_ENTRY_SAFE( agent, next, &ended, struct agent, entry ) agent_destroy( agent );
}

static BOOL copy_login( struct order_login *to, const struct order_login *from )
{
    if (!from->user) return TRUE;
    to->user = strdup( from->user );
    to->password = strdup( from->password );
    return to->user && to->password;
}

/* Starts PATH, which changes hands also on failure. */
static HRESULT agent_create( const WCHAR *sid, const struct order_login *login, WCHAR *path, struct agent **ret )
{
    struct agent *agent;
    HRESULT hr = E_OUTOFMEMORY;
    SOCKET socket;
    DWORD error;

    if (!(agent = calloc( 1, sizeof(*agent) )))
    {
        free( path );
        return hr;
    }
    agent->path = path;
    list_init( &agent->orders );
    if (!(agent->sid = wstr_dup( sid )) || !copy_login( &agent->login, login )) goto done;
    if ((error = agent_spawn( path, sid, login->user != NULL, &socket )))
    {
        hr = HRESULT_FROM_WIN32( error );
        goto done;
    }
    if (FAILED(hr = link_init( &agent->link, socket )))
    {
        closesocket( socket );
        goto done;
    }
    if (!(agent->thread = CreateThread( NULL, 0, agent_proc, agent, 0, NULL )))
        hr = HRESULT_FROM_WIN32( GetLastError() );

done:
    if (FAILED(hr)) agent_destroy( agent );
    else *ret = agent;
    return hr;
}

/* --- orders ------------------------------------------------------------------------------------------------------ */

/* Whose tickets REQUEST needs, if they are not those of the identity. */
static const struct order_login *find_login( const struct order_request *request )
{
    static const struct order_login none;

    if ((request->proxy_login.schemes & WIRE_AUTH_NEGOTIATE) && request->proxy_login.user) return &request->proxy_login;
    if ((request->server_login.schemes & WIRE_AUTH_NEGOTIATE) && request->server_login.user) return &request->server_login;
    return &none;
}

static void attach_locked( struct order *order, struct agent *agent )
{
    order->agent = agent;
    order->id = ++agent->last_id;
    order->state.path = agent->path;
    list_add_tail( &agent->orders, &order->entry );
}

static BOOL attach_to_running( struct order *order, const WCHAR *sid, const struct order_login *login )
{
    struct agent *agent;
    BOOL ret = FALSE;

    AcquireSRWLockExclusive( &agents_lock );
    LIST_FOR_EACH_ENTRY( agent, &agents, struct agent, entry )
    {
        if (agent->ending || wstr_cmp( agent->sid, sid ) || !order_login_same( &agent->login, login )) continue;
        attach_locked( order, agent );
        ret = TRUE;
        break;
    }
    ReleaseSRWLockExclusive( &agents_lock );
    return ret;
}

/* With the start lock. */
static HRESULT attach_to_new( struct order *order, const WCHAR *sid, const struct order_login *login, WCHAR **path )
{
    struct agent *agent;
    WCHAR *copy;
    HRESULT hr;

    if (!(*path = agent_path()) || !(copy = wstr_dup( *path ))) return E_OUTOFMEMORY;
    if (FAILED(hr = agent_create( sid, login, copy, &agent ))) return hr;

    AcquireSRWLockExclusive( &agents_lock );
    list_add_tail( &agents, &agent->entry );
    attach_locked( order, agent );
    /* it may have gone already */
    if (agent->finished) order_lost_locked( order );
    ReleaseSRWLockExclusive( &agents_lock );
    return S_OK;
}

static void put_string( struct wire_writer *frame, enum wire_tag tag, const char *string )
{
    wire_put_string( frame, tag, string, strlen( string ) );
}

static void put_login( struct wire_writer *frame, const struct order_login *login, enum wire_tag user,
                       enum wire_tag password, enum wire_tag schemes )
{
    if (!login->schemes) return;
    wire_put_u32( frame, schemes, login->schemes );
    if (!login->user) return;
    put_string( frame, user, login->user );
    put_string( frame, password, login->password );
}

#define ORDER_FIELDS_SIZE 1024  /* of a frame, without its strings */

/* Room for the frame that asks for REQUEST. */
static SIZE_T frame_size( const struct order_request *request )
{
    const char *strings[] = { request->method, request->url, request->headers, request->file, request->proxy,
                              request->server_login.user, request->server_login.password, request->proxy_login.user,
                              request->proxy_login.password };
    SIZE_T size = ORDER_FIELDS_SIZE + request->proof.chain_size + request->proof.key_size +
                  request->authorities_size;
    UINT i;

    if (request->accepted) size += request->accepted->count * WIRE_FINGERPRINT;
    for (i = 0; i < ARRAY_SIZE(strings); i++)
        if (strings[i]) size += strlen( strings[i] );
    return size;
}

/* Makes that frame, still without its order's id; its length, 0 if it is too large. */
static SIZE_T make_frame( struct wire_writer *frame, BYTE *buffer, const struct order_request *request )
{
    wire_begin( frame, buffer, frame_size( request ), WIRE_ORDER, 0 );
    put_string( frame, WIRE_TAG_METHOD, request->method );
    put_string( frame, WIRE_TAG_URL, request->url );
    put_string( frame, WIRE_TAG_HEADERS, request->headers );
    wire_put_u32( frame, WIRE_TAG_FLAGS, request->flags | (request->file ? 0 : WIRE_FLAG_NO_BODY) );
    if (request->file)
    {
        put_string( frame, WIRE_TAG_FILE, request->file );
        wire_put_u64( frame, WIRE_TAG_OFFSET, request->offset );
        if (request->expected) wire_put_u64( frame, WIRE_TAG_EXPECTED, request->expected );
    }
    wire_put_u32( frame, WIRE_TAG_MAX_REDIRECTS, request->max_redirects );
    wire_put_u32( frame, WIRE_TAG_PROXY_MODE, request->proxy_mode );
    if (request->proxy_mode == WIRE_PROXY_EXPLICIT) put_string( frame, WIRE_TAG_PROXY, request->proxy );
    put_login( frame, &request->server_login, WIRE_TAG_USER, WIRE_TAG_PASSWORD, WIRE_TAG_AUTH );
    put_login( frame, &request->proxy_login, WIRE_TAG_PROXY_USER, WIRE_TAG_PROXY_PASSWORD, WIRE_TAG_PROXY_AUTH );
    if (request->proof.chain)
    {
        wire_put_bytes( frame, WIRE_TAG_CLIENT_CHAIN, request->proof.chain, request->proof.chain_size );
        wire_put_bytes( frame, WIRE_TAG_CLIENT_KEY, request->proof.key, request->proof.key_size );
    }
    if (request->accepted)
        wire_put_bytes( frame, WIRE_TAG_ACCEPTED, request->accepted->fingerprints,
                        request->accepted->count * WIRE_FINGERPRINT );
    if (request->authorities)
        wire_put_bytes( frame, WIRE_TAG_AUTHORITIES, request->authorities, request->authorities_size );
    wire_put_u64( frame, WIRE_TAG_RATE, request->rate );
    wire_put_u32( frame, WIRE_TAG_CONNECT_TIMEOUT, CONNECT_TIME );
    wire_put_u32( frame, WIRE_TAG_FIRST_BYTE_TIMEOUT, FIRST_BYTE_TIME );
    wire_put_u32( frame, WIRE_TAG_STALL_TIMEOUT, STALL_TIME );
    wire_put_u32( frame, WIRE_TAG_PROGRESS_INTERVAL, PROGRESS_INTERVAL );
    return wire_end( frame );
}

static void send_cancel( struct order *order )
{
    unsigned char buffer[WIRE_HEADER_SIZE];
    struct wire_writer frame;

    TRACE( "Order %u of %s.\n", order->id, debugstr_w( order->agent->sid ) );

    wire_begin( &frame, buffer, sizeof(buffer), WIRE_CANCEL, order->id );
    link_send( &order->agent->link, buffer, wire_end( &frame ) );
}

/* Overwrites the secrets. */
static void forget_asked( struct order *order )
{
    if (order->asked) SecureZeroMemory( order->asked, order->asked_size );
    free( order->asked );
    order->asked = NULL;
}

static struct order *order_alloc(void)
{
    struct order *order;

    if ((order = calloc( 1, sizeof(*order) ))) InitializeConditionVariable( &order->changed );
    return order;
}

void order_free( struct order *order )
{
    AcquireSRWLockExclusive( &agents_lock );
    if (order->agent) list_remove( &order->entry );
    ReleaseSRWLockExclusive( &agents_lock );
    free( order->state.headers );
    free( order->state.url );
    free( order->state.text );
    free( (BYTE *)order->state.fingerprint );
    forget_asked( order );
    free( order );
    agents_reap();
}

/* --- orders that nobody waits for yet ---------------------------------------------------------------------------- */

/* An order that was asked at least AGE ms ago and is not wanted any more; nobody else takes it then. */
static struct order *take_old( UINT64 age )
{
    UINT64 now = GetTickCount64();
    struct agent *agent;
    struct order *order, *old = NULL;

    AcquireSRWLockExclusive( &agents_lock );
    LIST_FOR_EACH_ENTRY( agent, &agents, struct agent, entry )
        LIST_FOR_EACH_ENTRY( order, &agent->orders, struct order, entry )
            if (order->asked && now - order->asked_at >= age) old = order;
    if (old) forget_asked( old );
    ReleaseSRWLockExclusive( &agents_lock );
    return old;
}

/* Nobody waits for it, and it has no file. */
static void order_drop( struct order *order )
{
    send_cancel( order );
    order_free( order );
}

static void aheads_drop( UINT64 age )
{
    struct order *order;

    while ((order = take_old( age ))) order_drop( order );
}

/* The order that asks the same as these LENGTH bytes, now somebody's; NULL: there is none. */
static struct order *find_ahead( const struct identity *identity, const BYTE *frame, SIZE_T length )
{
    SIZE_T size = length - WIRE_HEADER_SIZE;
    struct order *order, *found = NULL;
    struct agent *agent;

    AcquireSRWLockExclusive( &agents_lock );
    LIST_FOR_EACH_ENTRY( agent, &agents, struct agent, entry )
    {
        if (agent->ending || wstr_cmp( agent->sid, identity->sid )) continue;
        LIST_FOR_EACH_ENTRY( order, &agent->orders, struct order, entry )
            if (order->asked && order->asked_size == size && !memcmp( order->asked, frame + WIRE_HEADER_SIZE, size ))
                found = order;
    }
    if (found) forget_asked( found );
    ReleaseSRWLockExclusive( &agents_lock );
    return found;
}

/* Not the answer of a server that does not want more than one connection at a time. */
static BOOL is_answer( UINT status )
{
    return status && status / 100 != 5 && status != 403 && status != 429;
}

/* Whether the answer to what was asked ahead can stand for one that was asked when it was time.  There are servers that look
 * at a second connection only when the first is closed: who has to wait too long asks again, and for a while nothing is
 * asked before it is time. */
static BOOL answer_counts( struct order *order, const struct transfer_abort *abort )
{
    UINT64 deadline = GetTickCount64() + AHEAD_PATIENCE, now;
    BOOL ret;

    AcquireSRWLockExclusive( &agents_lock );
    while (!order->state.headers && order->state.end == ORDER_RUNNING && !abort->set && (now = GetTickCount64()) < deadline)
        SleepConditionVariableSRW( &order->changed, &agents_lock, (DWORD)(deadline - now), 0 );
    ret = abort->set || is_answer( order->state.status );
    if (!ret) order->agent->in_turn = GetTickCount64() + AHEAD_PAUSE;
    ReleaseSRWLockExclusive( &agents_lock );
    TRACE( "Order %u of %s: %d.\n", order->id, debugstr_w( order->agent->sid ), ret );
    return ret;
}

static struct order *take_ahead( const struct identity *identity, const BYTE *frame, SIZE_T length,
                                 const struct transfer_abort *abort )
{
    struct order *order = find_ahead( identity, frame, length );

    if (!order || answer_counts( order, abort )) return order;
    order_drop( order );
    return NULL;
}

static BOOL is_in_turn( const struct agent *agent )
{
    BOOL ret;

    AcquireSRWLockExclusive( &agents_lock );
    ret = GetTickCount64() < agent->in_turn;
    ReleaseSRWLockExclusive( &agents_lock );
    return ret;
}

/* Makes an order for AGENT, and its frame; the frame's length, 0 if that cannot be done. */
static SIZE_T make_ahead( struct agent *agent, BYTE *buffer, const struct order_request *request )
{
    struct wire_writer frame;
    struct order *order;
    SIZE_T length;

    if (is_in_turn( agent ) || !(length = make_frame( &frame, buffer, request )) || !(order = order_alloc())) return 0;
    order->asked_size = length - WIRE_HEADER_SIZE;
    if (!(order->asked = malloc( order->asked_size )))
    {
        order_free( order );
        return 0;
    }
    memcpy( order->asked, buffer + WIRE_HEADER_SIZE, order->asked_size );
    order->asked_at = GetTickCount64();
    AcquireSRWLockExclusive( &agents_lock );
    attach_locked( order, agent );
    wire_set_order( &frame, order->id );
    ReleaseSRWLockExclusive( &agents_lock );
    return length;
}

/* --- giving and following orders ---------------------------------------------------------------------------------- */

/* Finds or starts the agent, but gives it nothing yet. */
static HRESULT order_create( const struct identity *identity, const struct order_login *login, struct order **ret,
                             WCHAR **path )
{
    struct order *order;
    HRESULT hr = S_OK;

    if (!(order = order_alloc())) return E_OUTOFMEMORY;
    AcquireSRWLockExclusive( &start_lock );
    if (!attach_to_running( order, identity->sid, login )) hr = attach_to_new( order, identity->sid, login, path );
    ReleaseSRWLockExclusive( &start_lock );
    agents_reap();
    if (SUCCEEDED(hr)) *ret = order;
    else order_free( order );
    return hr;
}

static void trace_request( const struct identity *identity, const struct order_request *request, const char *how )
{
    char url[URL_SHOWN_SIZE], proxy[URL_SHOWN_SIZE];

    TRACE( "%s: %s %s, offset %I64u, proxy %s%s.\n", debugstr_w( identity->sid ), request->method,
           debugstr_a( url_show( request->url, url, sizeof(url) ) ), request->offset,
           request->proxy ? debugstr_a( url_show( request->proxy, proxy, sizeof(proxy) ) ) : "(none)", how );
}

HRESULT order_start( const struct identity *identity, const struct order_request *request,
                     const struct order_request *ahead, const struct transfer_abort *abort, struct order **order,
                     WCHAR **path )
{
    SIZE_T length, room = frame_size( request ) + (ahead ? frame_size( ahead ) : 0);
    struct wire_writer frame;
    BYTE *frames = NULL;
    HRESULT hr = S_OK;

    *path = NULL;
    aheads_drop( ORDER_AHEAD_TIME );
    if (!(frames = malloc( room ))) return E_OUTOFMEMORY;
    if (!(length = make_frame( &frame, frames, request ))) hr = HRESULT_FROM_WIN32( ERROR_BUFFER_OVERFLOW );
    else if ((*order = take_ahead( identity, frames, length, abort ))) trace_request( identity, request, ", was asked ahead" );
    else if (SUCCEEDED(hr = order_create( identity, find_login( request ), order, path )))
    {
        trace_request( identity, request, "" );
        wire_set_order( &frame, (*order)->id );
        if (ahead) length += make_ahead( (*order)->agent, frames + length, ahead );
        /* nothing would ever come for an order that was not sent */
        if (!link_send( &(*order)->agent->link, frames, length )) agent_end( (*order)->agent );
    }
    SecureZeroMemory( frames, room );
    free( frames );
    return hr;
}

void orders_wake(void)
{
    struct agent *agent;
    struct order *order;

    AcquireSRWLockExclusive( &agents_lock );
    LIST_FOR_EACH_ENTRY( agent, &agents, struct agent, entry )
        LIST_FOR_EACH_ENTRY( order, &agent->orders, struct order, entry ) WakeConditionVariable( &order->changed );
    ReleaseSRWLockExclusive( &agents_lock );
}

BOOL order_wait( struct order *order, const struct transfer_abort *abort, struct order_state *state )
{
    AcquireSRWLockExclusive( &agents_lock );
    while (!order->news && !abort->set)
        SleepConditionVariableSRW( &order->changed, &agents_lock, INFINITE, 0 );
    order->news = FALSE;
    *state = order->state;
    ReleaseSRWLockExclusive( &agents_lock );
    return !abort->set;
}

void order_go( struct order *order, const struct order_parts *parts )
{
    unsigned char buffer[1024];     /* enough for a boundary and WIRE_MAX_PARTS */
    struct wire_writer frame;

    TRACE( "Order %u of %s: %u parts.\n", order->id, debugstr_w( order->agent->sid ), parts->count );

    wire_begin( &frame, buffer, sizeof(buffer), WIRE_GO, order->id );
    if (parts->count)
    {
        put_string( &frame, WIRE_TAG_BOUNDARY, parts->boundary );
        wire_put_u64( &frame, WIRE_TAG_SIZE, parts->size );
        wire_put_parts( &frame, parts->items, parts->count );
    }
    link_send( &order->agent->link, buffer, wire_end( &frame ) );
}

static BOOL order_is_running( struct order *order )
{
    BOOL ret;

    AcquireSRWLockExclusive( &agents_lock );
    ret = order->state.end == ORDER_RUNNING;
    ReleaseSRWLockExclusive( &agents_lock );
    return ret;
}

/* Until DEADLINE. */
static void wait_end_locked( struct order *order, UINT64 deadline )
{
    UINT64 now;

    while (order->state.end == ORDER_RUNNING && (now = GetTickCount64()) < deadline)
        SleepConditionVariableSRW( &order->changed, &agents_lock, (DWORD)(deadline - now), 0 );
}

void order_cancel( struct order *order, struct order_state *state )
{
    UINT64 deadline = GetTickCount64() + ORDER_CANCEL_TIME;

    if (order_is_running( order )) send_cancel( order );
    AcquireSRWLockExclusive( &agents_lock );
    wait_end_locked( order, deadline );
    if (order->state.end == ORDER_RUNNING)
    {
        WARN( "The agent of %s does not answer.\n", debugstr_w( order->agent->sid ) );
        order->agent->displaced = TRUE;
        agent_end_locked( order->agent );
    }
    *state = order->state;
    ReleaseSRWLockExclusive( &agents_lock );
}

/* --- the end ------------------------------------------------------------------------------------------------------ */

void agents_stop(void)
{
    struct agent *agent, *next;

    AcquireSRWLockExclusive( &agents_lock );
    LIST_FOR_EACH_ENTRY( agent, &agents, struct agent, entry ) agent_end_locked( agent );
    ReleaseSRWLockExclusive( &agents_lock );

    /* no transfer is running, so nobody starts another one */
    aheads_drop( 0 );
    LIST_FOR_EACH_ENTRY_SAFE( agent, next, &agents, struct agent, entry )
    {
        list_remove( &agent->entry );
        if (!WaitForSingleObject( agent->thread, AGENTS_STOP_TIME )) agent_destroy( agent );
        else WARN( "%s of %s hangs.\n", debugstr_w( agent->path ), debugstr_w( agent->sid ) );
    }
}
