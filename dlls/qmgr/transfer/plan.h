/*
 * The plan of an HTTP download: which request comes next, and what a response means
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

/* Pure: no Windows function, no socket, file, clock or lock; it also builds natively for tests/unit.
 *
 *      plan_init();
 *      while ((step = plan_next( &plan, headers )) != PLAN_DONE)
 *      {
 *          send STEP with HEADERS;  plan_parse() the response;
 *          plan_judge(): TAKE the body, SKIP it, RESTART the file, or fail;
 *          plan_received() what the body brought, also when it broke off;
 *      }
 *
 * spec: behaviour 4.1, 4.3 - 4.5; choices in docs/compat.md
 *   - HEAD goes first, once for each run; where it is refused or tells no size, GET tells.
 *   - No Range where the whole entity is wanted, else one range of at most PLAN_RANGE_MAX bytes.
 *   - Of a file of which only ranges are wanted, one range after the other, in the order given; of small ones several
 *     with one request.  A server that does not answer that with just these parts is asked for one range at a time.
 *   - Size and Last-Modified tell whether the file has changed, and ETag whether bytes belong to those that are there;
 *     what the server does not say is not compared.
 */

#ifndef WINEBITS_PLAN_H
#define WINEBITS_PLAN_H

#include "base/base.h"
#include "wire.h"

#define PLAN_RANGE_MAX    ((UINT64)1 << 31)     /* larger entities are fetched in ranges of this size */
#define PLAN_PARTS_BYTES  ((UINT64)1 << 20)     /* of one request for several ranges: what an interruption may cost */
#define PLAN_RESTARTS_MAX 5                     /* in one run; a file that changes oftener is a transient error */
#define PLAN_HEADERS_SIZE 1024

enum plan_step
{
    PLAN_HEAD,
    PLAN_GET,   /* the body's first byte is number plan_position() of the local file */
    PLAN_DONE   /* OFFSET is plan_total() */
};

enum plan_verdict
{
    PLAN_TAKE,      /* the body belongs at OFFSET (a HEAD has none) */
    PLAN_SKIP,      /* the body is not wanted; go on with plan_next() */
    PLAN_RESTART,   /* the file has changed: OFFSET is 0 now, and SIZE and MODIFIED are what is known of the new one;
                     * the body is not wanted; go on with plan_next() */
    PLAN_FAIL
};

struct plan
{
    UINT64 size;            /* BG_SIZE_UNKNOWN until a response told */
    UINT64 modified;        /* FILETIME units, 0 unknown */
    UINT64 etag;            /* of the answers whose bytes were taken: see struct plan_response */
    UINT64 offset;          /* so many bytes are in the local file */
    /* private */
    const BG_FILE_RANGE *ranges;
    ULONG range_count;      /* 0: the whole file is wanted */
    BOOL sparse;            /* plan_set_pieces() */
    BOOL single;            /* the server cannot send several ranges at once */
    BOOL probed;            /* HEAD was answered or refused */
    BOOL dynamic;           /* plan_init_dynamic() */
    enum plan_step step;    /* the request that is out */
    BOOL ranged;            /* it has a Range header */
    UINT64 first;           /* where in the remote file the body begins that it asks for */
    UINT64 length;          /* of that body, or of the whole entity that came instead; BG_SIZE_UNKNOWN: to the end */
    struct wire_part parts[WIRE_MAX_PARTS];     /* the ranges that it asks for, in the order in which they are wanted */
    UINT part_count;        /* 0: just one */
    char boundary[WIRE_MAX_BOUNDARY + 1];       /* of the body that was taken and has them */
    BOOL plain;             /* HEAD told the size of an entity without Content-Encoding */
    UINT64 refused;         /* the date that GET got 412 for */
    BOOL retagged;          /* an ETag alone has told a change */
    unsigned int restarts;
};

/* What is known from an earlier run; without a size the others mean nothing.  ETAG: of what is in the local file, 0 if that
 * is empty. */
void plan_init( struct plan *plan, UINT64 size, UINT64 modified, UINT64 etag, UINT64 offset );

/* Only these are wanted, put one behind the other (spec: behaviour 4.9); no two overlap.  After plan_init(); ITEMS stay
 * the caller's. */
void plan_set_ranges( struct plan *plan, ULONG count, const BG_FILE_RANGE *items );

/* Only these are wanted, and they go where they are in the remote file too.  OFFSET, and what plan_total() says, count
 * their bytes as if they were put one behind the other.  A server without ranges:
 * BG_E_RANDOM_ACCESS_NOT_SUPPORTED.  Else as plan_set_ranges(). */
void plan_set_pieces( struct plan *plan, ULONG count, const BG_FILE_RANGE *items );

/* Where in the local file the body goes that the last plan_next() asks for. */
UINT64 plan_position( const struct plan *plan );

/* Bytes of the body that the last plan_next() asks for, if that is a whole file of which nothing has come yet; else 0. */
UINT64 plan_whole( const struct plan *plan );

/* Bytes that the local file is going to have; BG_SIZE_UNKNOWN when that cannot be told yet. */
UINT64 plan_total( const struct plan *plan );

/* For a method that is neither HEAD nor GET: one request, for the whole entity, and nothing is asked before it. */
void plan_init_single( struct plan *plan );

/* For content that is made while it is sent (spec: behaviour 4.10): the same by GET.  The server need not tell the size,
 * which is then known when the body's end has come; what has broken off begins anew. */
void plan_init_dynamic( struct plan *plan );

/* The next request; HEADERS gets its header lines, each ended by CRLF, in the order that Windows sends them (Host is
 * the agent's).  Empty for PLAN_DONE. */
enum plan_step plan_next( struct plan *plan, char headers[PLAN_HEADERS_SIZE] );

/* What matters of a response. */
struct plan_response
{
    UINT   status;
    UINT64 length;          /* Content-Length; BG_SIZE_UNKNOWN: none that counts */
    UINT64 modified;        /* Last-Modified; 0: none that can be read */
    UINT64 etag;            /* ETag, without telling weak from strong, as a hash: the low half; 0: none.  The high half is a
                             * hash of the host: tags of mirrors differ though their files do not */
    BOOL   ranged;          /* Content-Range names FIRST and LAST */
    UINT64 first, last;
    UINT64 total;           /* the size that Content-Range names, of a 416 too; BG_SIZE_UNKNOWN: none */
    char   boundary[WIRE_MAX_BOUNDARY + 1];     /* of multipart/byteranges; empty: it is not that, or has none */
    BOOL   encoded;         /* Content-Encoding names one */
    BOOL   malformed;       /* a length or range that cannot be read, or two that differ */
};

/* HEADERS: LENGTH bytes, the status line and the header lines, each ended by LF or CRLF; need not end in a NUL. */
void plan_parse( struct plan_response *response, UINT status, const char *headers, SIZE_T length );

/* After plan_parse(): the response came from URL, an absolute one. */
void plan_parse_host( struct plan_response *response, const char *url );

/* What the response to the request of the last plan_next() means.  For PLAN_FAIL, ERROR says what the client sees and
 * REASON is half an English sentence of static storage ("gave no size"), NULL when the status line says it all. */
enum plan_verdict plan_judge( struct plan *plan, const struct plan_response *response, struct bits_error *error,
                              const char **reason );

/* BYTES of the body that was taken are in the file, and its end has come (COMPLETE) or it broke off.  S_OK, or
 * BG_E_INVALID_SERVER_RESPONSE when a complete body has not the length that its headers promised: what is too much
 * does not count. */
HRESULT plan_received( struct plan *plan, UINT64 bytes, BOOL complete );

/* The body that was taken had not just the parts that were asked for. */
void plan_refuse_parts( struct plan *plan );

#endif
