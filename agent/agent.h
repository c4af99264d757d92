/*
 * The transfer agent
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

/*
 * winebits-agent performs HTTP orders for the service: see include/wire.h for what the two say to each other.
 * It holds no policy (no retries, no jobs) and remembers nothing between orders but its connection pool
 * and lists of revoked certificates.
 *
 * Threads: one loop (main.c) does everything; one helper thread (durable.c) only calls fdatasync and close, so
 * that neither ever delays an event; one (link.c) only waits for the end of the link.  libcurl's resolver threads are
 * its own and are never waited for.
 * Everything below is for the loop's thread, and there are no locks but the one inside durable.c.  No function blocks
 * but for the disk in order.c's writes, and what libcurl does not do in pieces: asking a KDC for a ticket, and reading
 * a file of authorities before the first TLS handshake.
 *
 * Times are milliseconds of CLOCK_MONOTONIC (microseconds where it says us); 0 means never.
 */
#ifndef WINEBITS_AGENT_H
#define WINEBITS_AGENT_H

#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <curl/curl.h>

#include "multipart.h"
#include "pace.h"
#include "wire.h"

struct agent;

/* Start a thread that is not waited for and takes no signals.  0, or an errno. */
int agent_start_thread( void *(*proc)( void * ), void *context );

uint64_t agent_now_us( void );

static inline uint64_t agent_now( void )
{
    return agent_now_us() / 1000;
}

/* The earlier of two times, where 0 is never. */
static inline uint64_t agent_earlier( uint64_t a, uint64_t b )
{
    if (!a || !b) return a | b;
    return a < b ? a : b;
}

/* --- link.c: the socket and the pipes to the service --------------------------------------------- */

/* Unsent events beyond this close the link: the service has stopped reading.  PROGRESS events, which may be
 * left out, are not even queued while anything is unsent. */
#define LINK_MAX_UNSENT (4 * 1024 * 1024)

struct link
{
    int fd;                         /* a stream socket; not ours to configure, we use MSG_DONTWAIT */
    /* the service opens both by their names in /proc; what it uses of them we hold open, so that it can */
    int events[2];                  /* ours go into [1] */
    int orders[2];                  /* the service's come out of [0] */
    int broken;                     /* nothing can be sent or received any more: the agent is to end */
    struct wire_reader reader;
    unsigned char *in;              /* WIRE_MAX_FRAME bytes */
    size_t in_used;
    unsigned char *out;
    size_t out_start, out_end, out_size;
};

/* Take fd, which stays open, make the pipes and say HELLO.  0, or an errno.
 * When the other end is closed the loop sees that and ends the process; if it is held up, the process ends under it
 * LINK_GRACE later, and nobody's connection or file stays in use. */
#define LINK_GRACE 5    /* ms */
int link_init( struct link *link, int fd );

/* Receive what is in the pipe and hand each whole frame to handle(), which returns 0 to break the link.  The frame is
 * valid during the call only.  Errors and malformed frames set link->broken. */
void link_receive( struct link *link, int (*handle)( struct agent *agent, const struct wire_frame *frame ),
                   struct agent *agent );

/* Start an event; fill it with wire_put_*() and give it to link_send().  When there is no memory the writer is
 * void: wire_put_*() does nothing and link_send() says no. */
void link_begin( struct link *link, struct wire_writer *event, enum wire_type type, uint32_t order );

/* Queue the event; nonzero unless it was too big for a frame. */
int link_send( struct link *link, struct wire_writer *event );

/* Write as much as the pipe takes now. */
void link_flush( struct link *link );

/* Whether events are queued that the pipe did not take. */
static inline int link_has_unsent( const struct link *link )
{
    return link->out_start != link->out_end;
}

/* --- durable.c: fdatasync on a thread of its own ------------------------------------------------- */

/* One flush, asked for and answered. */
struct durable_result
{
    struct durable_result *next;    /* private */
    struct durable_file *file;      /* private */
    int final;                      /* private */
    uint32_t order;
    uint64_t bytes;                 /* asked for; then what is known to be on disk */
    int error;                      /* 0, or the errno of the first flush of this file that failed */
};

/* An order's file.  The loop writes to fd; the rest is private to durable.c. */
struct durable_file
{
    int fd;
    int error;                      /* the kernel reports a failure only once */
    uint64_t bytes;                 /* known to be on disk */
    struct durable_result flush[2]; /* the one on the way, and the final one: asking needs no memory */
};

struct durable;

/* Start the helper thread.  woken() is called on it, with no lock held, when there is an answer to collect, and
 * must not call back into this file.  NULL with errno. */
struct durable *durable_create( void (*woken)( void *context ), void *context );

/* Open an existing file for writing.  NULL with errno. */
struct durable_file *durable_open( const char *path );

/* Close a file into which nothing was written that counts. */
void durable_discard( struct durable_file *file );

/* Have file's first `bytes` body bytes flushed; answered by one durable_collect(), in the order of the calls.
 * At most one may be on the way. */
void durable_flush( struct durable *durable, struct durable_file *file, uint32_t order, uint64_t bytes );

/* Have all of it flushed, in half a second if it is small, and the file closed, without an answer; the caller must not touch
 * it any more. */
void durable_finish( struct durable *durable, struct durable_file *file, uint64_t bytes );

/* Take the oldest answer; 0 when there is none. */
int durable_collect( struct durable *durable, struct durable_result *result );

/* --- kerberos.c: tickets for a name and a password ----------------------------------------------- */

#define TICKET_MARGIN   60      /* s before its end, when a new one is got */
#define TICKET_PAUSE    60      /* s after a failure: KDCs lock those out who are wrong too often */

/* The principal whose tickets this process has in WIRE_TICKETS. */
struct tickets
{
    time_t due;                     /* when the KDC is to be asked (again) */
    char missing[256];              /* why there is no ticket; empty: there is one */
};

/* See that there is a ticket for the name and password that the frame has for Negotiate, if any: waits for the KDC.  The
 * tickets, or NULL: the frame has none. */
const struct tickets *kerberos_log_in( struct tickets *tickets, const struct wire_frame *frame );

/* --- order.c: one transfer ----------------------------------------------------------------------- */

#define ORDER_FLUSH_INTERVAL    5000            /* ms between two flushes of a file that grows */
#define ORDER_MAX_HEADERS       (128 * 1024)    /* of a header block that still fits a frame with its URL */

enum order_phase
{
    ORDER_CONNECTING,       /* from the start, and again for each redirect and authentication round */
    ORDER_LISTS,            /* libcurl has put it aside until lists of revoked certificates have come */
    ORDER_SENT,             /* connected, no byte of the response yet */
    ORDER_HEADERS,          /* header lines arrive; also the ignored bodies of redirects */
    ORDER_WAITING,          /* HEADERS sent, GO has not come: libcurl paused, if not what came could be held */
    ORDER_BODY
};

struct order
{
    struct order *next;
    struct agent *agent;
    uint32_t id;
    enum order_phase phase;
    CURL *easy;                     /* in agent->multi */
    int socket;                     /* of its connection; -1: none yet, or no longer */
    struct curl_slist *lines;       /* request headers, used by easy */
    const struct tickets *tickets;  /* the agent's, if they are for this order's name and password; or NULL */
    char error[CURL_ERROR_SIZE];    /* filled by libcurl */

    struct durable_file *file;      /* NULL: the response has no body */
    uint64_t offset;
    uint64_t expected;              /* length of the body that need not wait for GO; 0: they all do */
    uint64_t written;               /* body bytes in the file that count */
    int file_errno;
    struct multipart *parts;        /* NULL: the body is one run of bytes */
    char *held;                     /* HELD_MAX bytes, of which so many came before GO; NULL: none */
    size_t held_length;
    int ended;                      /* libcurl was done before GO, with this code */
    uint32_t code;

    uint32_t flags;                 /* enum wire_flags */
    CURL *fetcher;                  /* how lists of revoked certificates are fetched; NULL: they are not asked */
    uint64_t started;               /* the order, us */
    uint32_t refusal;               /* enum wire_result, should the server break off for want of (another) client certificate; 0:
                                     * it has not asked for one, or has answered */
    int refused;                    /* it has */
    uint32_t lists;                 /* serial number of the last list that it needs; 0: none */
    unsigned char *accepted;        /* fingerprints of certificates; NULL: nobody but us judges */
    size_t accepted_size;
    unsigned char *authorities;     /* in DER, trusted besides the system's; NULL: none */
    size_t authorities_size;
    uint32_t status;                /* of the last response but 1xx; 0: none */
    char *headers;                  /* of the last response: lines ending in CRLF */
    size_t headers_used, headers_size;
    int headers_whole;              /* the blank line has come */

    uint32_t failure;               /* enum wire_result: why we stopped libcurl; 0: its own code counts */
    char failure_text[CURL_ERROR_SIZE];

    uint64_t last_byte;             /* when the phase began or the last byte came */
    uint32_t first_byte_timeout, stall_timeout;
    uint64_t rate;                  /* body bytes per second, 0: unlimited */
    uint64_t rate_due;              /* us: when the next bytes may be written */
    int throttled;                  /* libcurl paused until then */
    uint32_t progress_interval;
    uint64_t progress_sent;         /* bytes, and when */
    uint64_t progress_time;
    uint64_t flush_asked;           /* bytes, and when */
    uint64_t flush_time;
    int flushing;
};

/* Start what an ORDER frame says.  Failure becomes a DONE event.  0 when its id is in use, which is malformed. */
int order_start( struct agent *agent, const struct wire_frame *frame );

/* NULL: it has ended, or there never was one. */
struct order *order_find( struct agent *agent, uint32_t id );

/* Write what libcurl has brought since it was called.  An order for which that fails gets its failure. */
void order_write_gathered( struct agent *agent );

/* GO and CANCEL; an id that is not known (any more) is ignored. */
void order_go( struct agent *agent, const struct wire_frame *frame );
void order_cancel( struct agent *agent, uint32_t id );

/* libcurl is done with the order's handle. */
void order_done( struct order *order, uint32_t code );

/* Time-outs, progress and flushes that are due; returns when to call again. */
uint64_t order_tick( struct agent *agent, uint64_t now );

/* A flush ended. */
void order_flushed( struct agent *agent, const struct durable_result *result );

/* --- request.c: an ORDER frame as libcurl options ------------------------------------------------ */

/* Set up easy as the frame says; *lines is the header list, to be freed after easy.  Callbacks, the error buffer
 * and the share are the caller's, as is kerberos_log_in(). */
CURLcode request_setup( CURL *easy, const struct wire_frame *frame, const struct tickets *tickets, struct curl_slist **lines );

/* From now on, a redirect of easy may go to https only; or to both again. */
CURLcode request_refuse_http( CURL *easy );
CURLcode request_allow_http( CURL *easy );

/* A handle that fetches what is not secret, by the frame's proxy; the URL and what becomes of the answer are the caller's.
 * NULL without memory. */
CURL *request_fetcher( const struct wire_frame *frame, const struct tickets *tickets );

/* --- steer.c: background orders yield (pace.h says how) ------------------------------------------ */

/* What the window of background orders is steered by.  One of them counts at a time, since BITS runs one background job;
 * the others get the same window. */
struct steer
{
    struct steer_socket *sockets;   /* all that libcurl has open; private to steer.c */
    struct pace pace;
    char peer[64];                  /* the address that pace knows the path from; empty: none yet */
    int socket;                     /* of the last sample; -1: closed */
    uint64_t sampled;               /* us: when that was */
    uint64_t received;              /* bytes on the connection until then */
    char interface[16];             /* that they came by; empty: it has no part in this */
    uint64_t interface_bytes;       /* received by it until then */
};

void steer_init( struct steer *steer );

/* libcurl has got a socket, or gives it up.  0 without memory. */
int steer_open( struct agent *agent, int fd );
void steer_close( struct agent *agent, int fd );

/* The order's request is about to go out on the connection with these ends, which an order of the other kind may have had
 * before. */
void steer_request( struct order *order, int local_port, const char *peer, int peer_port );

/* Takes a sample and obeys it, if the body of a background order is coming and it is time; returns when to call again. */
uint64_t steer_tick( struct agent *agent, uint64_t now );

/* --- tls.c: certificates, by OpenSSL ------------------------------------------------------------- */

/* Faults of a server's certificate that an order may forgive one by one. */
#define TLS_FORGIVEN (WIRE_FLAG_INSECURE_CA | WIRE_FLAG_INSECURE_DATE | WIRE_FLAG_INSECURE_USAGE)
/* What makes us look at certificates ourselves; so do ACCEPTED and AUTHORITIES. */
#define TLS_OURS (TLS_FORGIVEN | WIRE_FLAG_REVOCATION)

/* Where the authorities are (wire.h says which); either may be NULL.  Both strings live as long as easy and the
 * environment. */
void tls_authorities( CURL *easy, const char **file, const char **directory );

/* Who is at the other end of a connection, for others to judge. */
struct tls_peer
{
    unsigned char *chain;           /* as WIRE_TAG_CHAIN, malloc'ed; NULL: there is no certificate, as this is http */
    size_t chain_size;
    unsigned char fingerprint[WIRE_FINGERPRINT];
};

/* Whether the certificate on the order's connection, whose request is about to go out, is good but for what its flags
 * forgive, by the system's authorities or by the order's own; http has none.  Other results are WIRE_RESULT_CERTIFICATE,
 * REVOCATION or REVOKED, and *reason is static text that says why; and TLS_WAIT, with order->lists set.  The peer is filled
 * in if it is good. */
uint32_t tls_check( struct order *order, struct tls_peer *peer, const char **reason );
#define TLS_WAIT UINT32_MAX

/* CURLOPT_SSL_CTX_FUNCTION, with the order that makes the connection: sees to its refusal and refused. */
CURLcode tls_listen( CURL *easy, void *ctx, void *order );

/* CLIENT_CHAIN and CLIENT_KEY as libcurl takes them: malloc'ed text; NULL when they are void. */
char *tls_chain_to_pem( const void *chain, size_t length );
char *tls_key_to_pem( const void *key, size_t length );

/* --- revocation.c: lists of revoked certificates ------------------------------------------------- */

/* They are fetched by http from where certificates say, which takes no longer than LISTS_TIMEOUT each, and kept as long as
 * they are valid. */
#define LISTS_TIMEOUT   15000               /* ms */
#define LISTS_MAX       32                  /* kept at a time, of at most LISTS_MAX_SIZE bytes each */
#define LISTS_MAX_SIZE  (16 * 1024 * 1024)

struct x509_st;
struct stack_st_X509_CRL;

enum lists
{
    LISTS_THERE,
    LISTS_WAIT,         /* not yet: order->lists says until when */
    LISTS_MISSING       /* certificate names none, or it cannot be had: tried since the order began */
};

/* Adds to lists the one that covers the certificate, with a reference. */
enum lists revocation_find( struct order *order, struct x509_st *certificate, struct stack_st_X509_CRL *lists );

/* One of these lists is no good after all, which whoever is in the way could bring about: none of them is kept. */
void revocation_drop( struct agent *agent, const struct stack_st_X509_CRL *lists );

/* Outside of libcurl's callbacks: starts what revocation_find() asked for. */
void revocation_start( struct agent *agent );

/* libcurl is done with a handle that is not an order's. */
void revocation_fetched( struct agent *agent, CURL *easy, CURLcode code );

/* Whether the list with that serial number, or one before it, has not come yet. */
int revocation_pending( const struct agent *agent, uint32_t serial );

/* --- journals.c ---------------------------------------------------------------------------------- */

/* What the program does with WIRE_JOURNALS; the exit code. */
int journals_run( int fd );

/* --- main.c -------------------------------------------------------------------------------------- */

struct agent
{
    CURLM *multi;                   /* the connection pool */
    CURLSH *share;                  /* TLS sessions */
    struct link link;
    struct durable *durable;
    struct order *orders;
    uint64_t received;              /* body bytes of all orders so far */
    struct gathered
    {
        struct order *order;        /* whose bytes these are, behind those that it has written; NULL: nobody's */
        size_t length;
        char data[256 * 1024];
    } gathered;                     /* not written yet, for as long as libcurl is at work */
    uint64_t idle_since;            /* the last order left, or the service was told so */
    struct list *lists;             /* of revoked certificates, the newest first */
    uint32_t last_list;             /* serial number */
    struct steer steer;
    struct tickets tickets;
};

#endif /* WINEBITS_AGENT_H */
