/*
 * Frames between the service and the transfer agent
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
 * Both ends use this one implementation: the service (PE code) and the agent (native code).  It needs no
 * platform header, allocates nothing, keeps no state but what the caller passes in, and is free of locks:
 * any thread may use it as long as one writer or reader is not shared.
 *
 * The stream
 * ----------
 * One stream socket, which the agent inherits as its standard input, carries the agent's HELLO and shows each side the end
 * of the other.  HELLO names two pipes: everything that the service says goes through one, everything else that the agent
 * says through the other.  Wine reads a socket by way of its server, with five messages and two switches of threads each
 * time, and writes to it with two; a pipe it reads and writes by itself.
 * A frame is, all little-endian:
 *
 *      u32 payload length (at most WIRE_MAX_PAYLOAD)
 *      u16 type (enum wire_type)
 *      u16 0
 *      u32 order id (0 in HELLO and IDLE, never 0 elsewhere)
 *      payload: fields, one after the other, in any order, no padding:
 *          u16 tag (enum wire_tag)
 *          u16 0
 *          u32 length
 *          length bytes
 *
 * A number has exactly 4 or 8 bytes, as its tag says.  A string is bytes without NUL and without
 * terminator: UTF-8, but for the header block (as the server sent it) and Unix paths (as the kernel takes
 * them).  Bytes may be any.  The first frame in each direction is HELLO; the agent does not wait for the service's
 * before it sends more.  Whoever receives anything that wire_read() calls malformed, or a HELLO of another version, closes
 * the socket.  End of file on the socket, or any byte from the service there, ends the agent at once, in whatever state its
 * orders are; end of file on the pipe of events is the agent's end.
 *
 * The life of an order
 * --------------------
 *      service                     agent
 *      ORDER id            ->
 *                          <-      HEADERS id      of the final response, before any byte is written
 *      GO id               ->                      if HEADERS says that the agent waits: none of the body is in the
 *                                                  file until now; GO says too whether it is one run of bytes, or parts
 *                          <-      PROGRESS id ... at most one per interval, only when the count changed
 *                          <-      DURABLE id ...  about every 5 s while bytes arrive
 *                          <-      DONE id         the rest is then flushed without a word
 *
 * HEADERS is sent when the first body byte has come, or when the response is complete without one; it is missing
 * when the order fails before that (no connection, refused redirect, connection lost and so on).  When there is
 * no body (WIRE_FLAG_NO_BODY, 204, Content-Length: 0) HEADERS is followed by DONE without waiting for GO.  Nor does a body
 * wait that the order EXPECTED, which is one run of bytes then: for a small file, going there and back costs more time than
 * its bytes.  The service still judges the response, and what it does not take it cuts from the file.  CANCEL may be sent
 * at any time: the agent stops the transfer, writes nothing more to the file and sends DONE with WIRE_RESULT_CANCELLED.
 * A GO that nobody waits for is ignored, and so is a CANCEL that crosses DONE; GO or CANCEL with an id that was never
 * ordered too.  An id in use must not be ordered again; the service counts upwards.
 *
 * An order with ACCEPTED goes to no https server whose certificate is not listed there.  The agent itself comes first:
 * what it refuses is WIRE_RESULT_CERTIFICATE.  For what it would take, but nobody has accepted, it sends CERTIFICATE
 * and DONE with WIRE_RESULT_UNJUDGED; of this request the server has seen nothing then, but of one before may have
 * redirected it there.  The service may have the certificate judged, and order again with its fingerprint.
 *
 * Journals
 * --------
 * Started with the one argument WIRE_JOURNALS, the program is no agent: it reads many small files for the service, which
 * costs it far less than opening them by way of Wine's server.  No frames then.  The service says
 *
 *      u32 length of a directory's Unix path (at most WIRE_MAX_DIRECTORY)
 *      u32 number of folders in it (at most WIRE_MAX_FOLDERS)
 *      the path, without terminator
 *      the folders' names, of WIRE_FOLDER_NAME characters each, which are hexadecimal digits
 *
 * and gets for each folder, in that order,
 *
 *      u32 length of what follows (at most WIRE_MAX_FOLDER)
 *      files, one after the other:
 *          u32 length of the contents (1 to WIRE_MAX_JOURNAL)
 *          the name, of WIRE_JOURNAL_NAME characters
 *          the contents
 *
 * What is no such file, cannot be read or finds no room is left out: the service looks at it by itself.
 */
#ifndef WINEBITS_WIRE_H
#define WINEBITS_WIRE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define WIRE_VERSION        11u
#define WIRE_HEADER_SIZE    12u
#define WIRE_FIELD_SIZE     8u
#define WIRE_MAX_PAYLOAD    (256u * 1024u)
#define WIRE_MAX_FRAME      (WIRE_HEADER_SIZE + WIRE_MAX_PAYLOAD)
#define WIRE_MAX_PARTS      16u     /* Apache sends the whole file to those who jump back and forth more than 20 times */
#define WIRE_MAX_BOUNDARY   70u     /* RFC 2046 5.1.1 */
#define WIRE_FINGERPRINT    32u
#define WIRE_MAX_AUTHORITIES 65536u
#define WIRE_IDLE_TIME      60000u  /* ms */

/* KRB5CCNAME of an agent whose tickets are got with the name and password of its orders, which all have the same. */
#define WIRE_TICKETS        "MEMORY:login"

#define WIRE_JOURNALS       "--journals"
#define WIRE_MAX_DIRECTORY  4096u
#define WIRE_MAX_FOLDERS    256u
#define WIRE_FOLDER_NAME    2u
#define WIRE_JOURNAL_NAME   42u         /* {GUID}.wbj */
#define WIRE_JOURNAL_HEADER (4 + WIRE_JOURNAL_NAME)
#define WIRE_MAX_JOURNAL    0x10000u
#define WIRE_MAX_FOLDER     0x400000u   /* thus 10,000 jobs may have journals of 100 KiB */

/* Who sent what is being read; a frame type belongs to one sender, but for HELLO. */
enum wire_sender
{
    WIRE_FROM_SERVICE = 1,
    WIRE_FROM_AGENT   = 2
};

enum wire_type
{
    /* both: VERSION; the agent: EVENTS and ORDERS too */
    WIRE_HELLO    = 1,

    /* service: one HTTP request.  METHOD, URL, MAX_REDIRECTS, PROXY_MODE and FLAGS are required; FILE and
     * OFFSET are required without WIRE_FLAG_NO_BODY and forbidden with it; the rest is optional. */
    WIRE_ORDER    = 2,
    /* service: the body of the response whose HEADERS came may be written.  No fields: all of it, at OFFSET.  Or
     * BOUNDARY, SIZE and PARTS: it is multipart/byteranges, and has to hold just these parts of a file of SIZE bytes, in
     * this order; else WIRE_RESULT_PARTS.  A part counts in BYTES when the delimiter behind it has come. */
    WIRE_GO       = 3,
    /* service: stop; no fields */
    WIRE_CANCEL   = 4,

    /* agent: STATUS, HTTP_VERSION, URL (after redirects; empty when none was followed), HEADERS, WAITING */
    WIRE_HEADERS  = 16,
    /* agent: BYTES */
    WIRE_PROGRESS = 17,
    /* agent: BYTES, ERRNO.  The first BYTES body bytes of the order survive a crash of the machine.  ERRNO is 0,
     * or why flushing failed; BYTES is then what is still known to be on disk. */
    WIRE_DURABLE  = 18,
    /* agent: RESULT, STATUS, PROXY_STATUS, ERRNO, BYTES, TEXT, IP */
    WIRE_DONE     = 19,
    /* agent: FINGERPRINT, CHAIN */
    WIRE_CERTIFICATE = 20,
    /* agent: it has had no order for WIRE_IDLE_TIME; no fields, and order id 0 */
    WIRE_IDLE     = 21
};

enum wire_tag
{
    WIRE_TAG_VERSION = 1,       /* u32: WIRE_VERSION */

    /* the request */
    WIRE_TAG_METHOD,            /* string: GET, HEAD, ... */
    WIRE_TAG_URL,               /* string: absolute http or https URL */
    WIRE_TAG_HEADERS,           /* string.  ORDER: header lines, each "Name: value" ended by CRLF, sent in this order
                                   with these values; the agent adds only what HTTP needs (Host, Connection, and
                                   Authorization as ordered).  HEADERS: status line and header lines of the final
                                   response, each ended by CRLF, without the empty line. */
    WIRE_TAG_FLAGS,             /* u32: enum wire_flags */
    WIRE_TAG_FILE,              /* string: Unix path of an existing file that the agent may write; it is opened when
                                   the order arrives, and neither created nor truncated */
    WIRE_TAG_OFFSET,            /* u64: where in FILE the first body byte goes; below 2^63 */
    WIRE_TAG_MAX_REDIRECTS,     /* u32: 0: follow none, a 3xx response is then final like any other; more redirects
                                   than this give WIRE_RESULT_TOO_MANY_REDIRECTS */

    /* proxy and credentials */
    WIRE_TAG_PROXY_MODE,        /* u32: enum wire_proxy_mode */
    WIRE_TAG_PROXY,             /* string: [scheme://]host:port; required by WIRE_PROXY_EXPLICIT */
    WIRE_TAG_PROXY_BYPASS,      /* string: comma separated hosts, domain suffixes, addresses, networks (1.2.3.0/24) or
                                   "*" which are reached without the explicit proxy */
    WIRE_TAG_PROXY_USER,        /* string: absent: no credentials of ours */
    WIRE_TAG_PROXY_PASSWORD,    /* string */
    WIRE_TAG_PROXY_AUTH,        /* u32: enum wire_auth; the strongest that the proxy also offers is used */
    WIRE_TAG_USER,              /* string: for the server; never sent to another host after a redirect */
    WIRE_TAG_PASSWORD,          /* string */
    WIRE_TAG_AUTH,              /* u32: enum wire_auth */

    /* TLS: the authorities are the system's, from its directory if that has as many as its file, else from the file;
     * SSL_CERT_FILE in the agent's environment names another file, SSL_CERT_DIR a directory to use besides a file; an order's
     * AUTHORITIES count beside all of these */
    WIRE_TAG_ACCEPTED,          /* bytes: fingerprints, one behind the other, of certificates that others have judged;
                                   absent: nobody else judges */
    WIRE_TAG_CLIENT_CHAIN,      /* bytes: certificates in DER, one behind the other: whose key CLIENT_KEY is, then its
                                   issuers; shown to every server that asks */
    WIRE_TAG_CLIENT_KEY,        /* bytes: secret, an RSA key as Windows's PRIVATEKEYBLOB; there with CLIENT_CHAIN only */

    /* pace; absent or 0 is none */
    WIRE_TAG_RATE,              /* u64: body bytes per second */
    WIRE_TAG_CONNECT_TIMEOUT,   /* u32: ms for name, connection, proxy and TLS together */
    WIRE_TAG_FIRST_BYTE_TIMEOUT,/* u32: ms between the connection and the response's first byte */
    WIRE_TAG_STALL_TIMEOUT,     /* u32: ms without a byte after that; waiting for GO or for RATE does not count */
    WIRE_TAG_PROGRESS_INTERVAL, /* u32: ms between two PROGRESS events; 0: none at all */

    /* what happened */
    WIRE_TAG_STATUS,            /* u32: HTTP status.  DONE: of the last response, a refused redirect too; 0: none came */
    WIRE_TAG_HTTP_VERSION,      /* u32: 10, 11, 20 or 30 */
    WIRE_TAG_BYTES,             /* u64: body bytes since the start of the order (OFFSET not counted): written to the
                                   file (PROGRESS, DONE) or on disk (DURABLE) */
    WIRE_TAG_RESULT,            /* u32: enum wire_result */
    WIRE_TAG_PROXY_STATUS,      /* u32: HTTP status of the proxy's last answer to CONNECT, or 0 */
    WIRE_TAG_ERRNO,             /* u32: Linux errno of the file operation, or else of the connection, that failed; or 0 */
    WIRE_TAG_TEXT,              /* string: what failed, if only to get a ticket, in English, for logs; empty when nothing did */
    WIRE_TAG_IP,                /* string: address of the last peer (server or proxy), empty when there was none */

    /* how a body of several parts is to be read */
    WIRE_TAG_BOUNDARY,          /* string: 1 to WIRE_MAX_BOUNDARY bytes */
    WIRE_TAG_SIZE,              /* u64: of the whole remote file; below 2^63 */
    WIRE_TAG_PARTS,             /* bytes: 2 to WIRE_MAX_PARTS times the three numbers of struct wire_part */

    /* servers' certificates for others to judge */
    WIRE_TAG_FINGERPRINT,       /* WIRE_FINGERPRINT bytes: of the certificate together with the host's name and port */
    WIRE_TAG_CHAIN,             /* bytes: certificates in DER, one behind the other: the server's, then its issuers as far
                                   as they are known */

    /* the agent's HELLO */
    WIRE_TAG_EVENTS,            /* string: Unix path of the pipe through which the agent speaks, which can be opened as long
                                   as the agent lives */

    /* bodies that need no GO */
    WIRE_TAG_EXPECTED,          /* u64: such a body comes with status 200 and this Content-Length; there with FILE only */
    WIRE_TAG_WAITING,           /* u32: 1: there is a body, and GO is waited for; else 0 */

    /* authorities of one order */
    WIRE_TAG_AUTHORITIES,       /* bytes: certificates in DER, one behind the other, at most WIRE_MAX_AUTHORITIES bytes: whom
                                   it trusts besides the system's, to sign servers' certificates.  What comes behind one that
                                   cannot be read does not count.  A proxy's certificate they do not vouch for */

    /* the agent's HELLO */
    WIRE_TAG_ORDERS,            /* string: likewise, of the pipe through which it hears */

    WIRE_TAG_END
};

enum wire_flags
{
    WIRE_FLAG_NO_BODY          = 0x1,   /* the response has no body (HEAD) */
    WIRE_FLAG_ALLOW_DOWNGRADE  = 0x2,   /* follow a redirect from https to http; else WIRE_RESULT_PROTOCOL */
    WIRE_FLAG_INSECURE_CA      = 0x4,   /* accept a certificate from an unknown authority */
    WIRE_FLAG_INSECURE_HOST    = 0x8,   /* ... for another host */
    WIRE_FLAG_NETRC            = 0x10,  /* without USER, look for credentials in ~/.netrc of the agent's identity */
    WIRE_FLAG_INSECURE_DATE    = 0x20,  /* accept a certificate that is not valid any more, or not yet */
    WIRE_FLAG_INSECURE_USAGE   = 0x40,  /* ... that is not for servers */
    WIRE_FLAG_BACKGROUND       = 0x80,  /* be no burden to anybody else's traffic: RATE is a ceiling above that */
    WIRE_FLAG_REVOCATION       = 0x100, /* accept no certificate unless the lists that it names, and those of its issuers, say
                                           that none of them is revoked */
    WIRE_FLAG_ALL              = 0x1ff
};

enum wire_proxy_mode
{
    WIRE_PROXY_NONE        = 0,     /* no proxy, whatever the environment says */
    WIRE_PROXY_ENVIRONMENT = 1,     /* what http_proxy, https_proxy, all_proxy and no_proxy say */
    WIRE_PROXY_EXPLICIT    = 2
};

enum wire_auth
{
    WIRE_AUTH_BASIC     = 0x1,
    WIRE_AUTH_DIGEST    = 0x2,
    WIRE_AUTH_NTLM      = 0x4,
    WIRE_AUTH_NEGOTIATE = 0x8,      /* with a user name: as him, if the agent has WIRE_TICKETS and the KDC takes the password,
                                       else this scheme does not count; without: the ticket of the agent's identity, and no
                                       other scheme.  A process has one cache of tickets: AUTH and PROXY_AUTH may both have
                                       this only with the same name and password, or none */
    WIRE_AUTH_ALL       = 0xf
};

/* The result of an order.  Those below 1000 are libcurl's codes, of which any may occur; the ones that mean
 * something to a policy have names here. */
enum wire_result
{
    WIRE_RESULT_OK                 = 0,
    WIRE_RESULT_PROTOCOL           = 1,     /* not HTTP, or a redirect to what is not allowed (STATUS is then 3xx) */
    WIRE_RESULT_BAD_URL            = 3,
    WIRE_RESULT_NO_PROXY           = 5,     /* the proxy's name has no address */
    WIRE_RESULT_NO_HOST            = 6,     /* the host's name has no address */
    WIRE_RESULT_NO_CONNECTION      = 7,
    WIRE_RESULT_BAD_REPLY          = 8,     /* not understood as HTTP */
    WIRE_RESULT_PARTIAL            = 18,    /* the body ended before Content-Length */
    WIRE_RESULT_FILE               = 23,    /* the file could not be opened or written: see ERRNO */
    WIRE_RESULT_NO_MEMORY          = 27,
    WIRE_RESULT_TIMEOUT            = 28,    /* any of the order's timeouts; TEXT says which */
    WIRE_RESULT_TLS                = 35,    /* no TLS connection */
    WIRE_RESULT_TOO_MANY_REDIRECTS = 47,
    WIRE_RESULT_NOTHING            = 52,    /* the server closed without a word */
    WIRE_RESULT_SEND               = 55,
    WIRE_RESULT_RECEIVE            = 56,    /* connection lost, proxy refused CONNECT (see PROXY_STATUS), or a header
                                               block too big for a frame */
    WIRE_RESULT_CLIENT_CERTIFICATE = 58,    /* ours is void: no certificate or no key, or they do not fit */
    WIRE_RESULT_CERTIFICATE        = 60,    /* the server's certificate was refused */
    WIRE_RESULT_CA_FILE            = 77,    /* the authorities cannot be read */
    WIRE_RESULT_REVOCATION         = 82,    /* whether the server's certificate is revoked cannot be told */
    WIRE_RESULT_REVOKED            = 91,    /* the server's certificate is revoked */
    WIRE_RESULT_HTTP2              = 92,    /* HTTP/2 stream or (16) connection broke */
    WIRE_RESULT_NO_CERTIFICATE     = 98,    /* the server wants one of us, and there is none; one that it does not take is
                                               WIRE_RESULT_TLS */
    WIRE_RESULT_CANCELLED          = 1000,
    WIRE_RESULT_PARTS              = 1001,  /* the body is not made of the parts that GO named; what counts in BYTES is */
    WIRE_RESULT_UNJUDGED           = 1002   /* see CERTIFICATE */
};

/* --- writing ------------------------------------------------------------------------------------- */

/* A frame being built in the caller's buffer.  Members are private. */
struct wire_writer
{
    unsigned char *data;
    size_t size;
    size_t used;
    int failed;
};

static inline void wire_store16( unsigned char *p, uint16_t value )
{
    p[0] = value & 0xff;
    p[1] = value >> 8;
}

static inline void wire_store32( unsigned char *p, uint32_t value )
{
    wire_store16( p, value & 0xffff );
    wire_store16( p + 2, value >> 16 );
}

static inline void wire_store64( unsigned char *p, uint64_t value )
{
    wire_store32( p, value & 0xffffffff );
    wire_store32( p + 4, value >> 32 );
}

/* Start a frame in buffer, which has room for size bytes (WIRE_MAX_FRAME is always enough). */
static inline void wire_begin( struct wire_writer *writer, void *buffer, size_t size, enum wire_type type,
                               uint32_t order )
{
    writer->data = buffer;
    writer->size = size < WIRE_MAX_FRAME ? size : WIRE_MAX_FRAME;
    writer->used = WIRE_HEADER_SIZE;
    writer->failed = writer->size < WIRE_HEADER_SIZE;
    if (writer->failed) return;
    memset( writer->data, 0, WIRE_HEADER_SIZE );
    wire_store16( writer->data + 4, type );
    wire_store32( writer->data + 8, order );
}

/* Room for a field of length bytes, or NULL; private to the functions below. */
static inline unsigned char *wire_put( struct wire_writer *writer, enum wire_tag tag, size_t length )
{
    unsigned char *p;

    if (writer->failed || writer->size - writer->used < WIRE_FIELD_SIZE ||
        writer->size - writer->used - WIRE_FIELD_SIZE < length)
    {
        writer->failed = 1;
        return NULL;
    }
    p = writer->data + writer->used;
    wire_store16( p, tag );
    wire_store16( p + 2, 0 );
    wire_store32( p + 4, (uint32_t)length );
    writer->used += WIRE_FIELD_SIZE + length;
    return p + WIRE_FIELD_SIZE;
}

static inline void wire_put_u32( struct wire_writer *writer, enum wire_tag tag, uint32_t value )
{
    unsigned char *p = wire_put( writer, tag, sizeof(value) );
    if (p) wire_store32( p, value );
}

static inline void wire_put_u64( struct wire_writer *writer, enum wire_tag tag, uint64_t value )
{
    unsigned char *p = wire_put( writer, tag, sizeof(value) );
    if (p) wire_store64( p, value );
}

/* length in bytes, without terminator; a string with NUL makes wire_end() fail. */
static inline void wire_put_string( struct wire_writer *writer, enum wire_tag tag, const char *string, size_t length )
{
    unsigned char *p;

    if (length && memchr( string, 0, length )) writer->failed = 1;
    if ((p = wire_put( writer, tag, length )) && length) memcpy( p, string, length );
}

/* Any bytes, for the tags that wire_is_bytes() names. */
static inline void wire_put_bytes( struct wire_writer *writer, enum wire_tag tag, const void *bytes, size_t length )
{
    unsigned char *p;

    if ((p = wire_put( writer, tag, length )) && length) memcpy( p, bytes, length );
}

/* One part of a body: LENGTH bytes, not 0, of the remote file from FIRST on; they go to POSITION of the local file. */
struct wire_part
{
    uint64_t first, length, position;
};

#define WIRE_PART_SIZE 24u

static inline void wire_put_parts( struct wire_writer *writer, const struct wire_part *parts, unsigned int count )
{
    unsigned char *p = wire_put( writer, WIRE_TAG_PARTS, (size_t)count * WIRE_PART_SIZE );

    for (; p && count; count--, parts++, p += WIRE_PART_SIZE)
    {
        wire_store64( p, parts->first );
        wire_store64( p + 8, parts->length );
        wire_store64( p + 16, parts->position );
    }
}

/* Another order id than the one given to wire_begin(). */
static inline void wire_set_order( struct wire_writer *writer, uint32_t order )
{
    if (!writer->failed) wire_store32( writer->data + 8, order );
}

/* Finish: the length of the whole frame, which starts at the buffer given to wire_begin(); 0 when something
 * did not fit or held a NUL (nothing must be sent then). */
static inline size_t wire_end( struct wire_writer *writer )
{
    if (writer->failed) return 0;
    wire_store32( writer->data, (uint32_t)(writer->used - WIRE_HEADER_SIZE) );
    return writer->used;
}

/* --- reading ------------------------------------------------------------------------------------- */

struct wire_field
{
    const unsigned char *data;      /* NULL: absent */
    uint32_t length;
};

/* A checked frame.  The fields point into the bytes given to wire_read() and live as long as those. */
struct wire_frame
{
    enum wire_type type;
    uint32_t order;
    struct wire_field fields[WIRE_TAG_END];
};

/* What one end remembers between frames: set it up as { sender, 0 }. */
struct wire_reader
{
    enum wire_sender sender;        /* of what is being read */
    int greeted;                    /* its HELLO came */
};

enum wire_read_result
{
    WIRE_READ_FRAME,        /* *frame is filled; *used bytes belong to it */
    WIRE_READ_MORE,         /* not a whole frame yet */
    WIRE_READ_MALFORMED     /* close the socket */
};

static inline uint16_t wire_load16( const unsigned char *p )
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t wire_load32( const unsigned char *p )
{
    return wire_load16( p ) | (uint32_t)wire_load16( p + 2 ) << 16;
}

static inline uint64_t wire_load64( const unsigned char *p )
{
    return wire_load32( p ) | (uint64_t)wire_load32( p + 4 ) << 32;
}

/* The number in a field, 0 when the field is absent. */
static inline uint32_t wire_get_u32( const struct wire_frame *frame, enum wire_tag tag )
{
    return frame->fields[tag].data ? wire_load32( frame->fields[tag].data ) : 0;
}

static inline uint64_t wire_get_u64( const struct wire_frame *frame, enum wire_tag tag )
{
    return frame->fields[tag].data ? wire_load64( frame->fields[tag].data ) : 0;
}

/* The string in a field, not terminated, with its length; NULL and 0 when the field is absent. */
static inline const char *wire_get_string( const struct wire_frame *frame, enum wire_tag tag, size_t *length )
{
    *length = frame->fields[tag].length;
    return (const char *)frame->fields[tag].data;
}

/* The parts in the field; 0 when it is absent. */
static inline unsigned int wire_get_parts( const struct wire_frame *frame, struct wire_part parts[WIRE_MAX_PARTS] )
{
    const unsigned char *p = frame->fields[WIRE_TAG_PARTS].data;
    unsigned int i, count = frame->fields[WIRE_TAG_PARTS].length / WIRE_PART_SIZE;

    for (i = 0; i < count; i++, p += WIRE_PART_SIZE)
    {
        parts[i].first = wire_load64( p );
        parts[i].length = wire_load64( p + 8 );
        parts[i].position = wire_load64( p + 16 );
    }
    return count;
}

/* Whether a field with this tag, which is no number, may hold NULs. */
static inline int wire_is_bytes( enum wire_tag tag )
{
    return tag == WIRE_TAG_AUTHORITIES || tag == WIRE_TAG_CLIENT_CHAIN || tag == WIRE_TAG_CLIENT_KEY || tag == WIRE_TAG_PARTS ||
           tag == WIRE_TAG_ACCEPTED || tag == WIRE_TAG_FINGERPRINT || tag == WIRE_TAG_CHAIN;
}

/* Bytes of a number with this tag; 0 for a string or bytes. */
static inline uint32_t wire_number_size( enum wire_tag tag )
{
    switch (tag)
    {
    case WIRE_TAG_VERSION:
    case WIRE_TAG_FLAGS:
    case WIRE_TAG_MAX_REDIRECTS:
    case WIRE_TAG_PROXY_MODE:
    case WIRE_TAG_PROXY_AUTH:
    case WIRE_TAG_AUTH:
    case WIRE_TAG_CONNECT_TIMEOUT:
    case WIRE_TAG_FIRST_BYTE_TIMEOUT:
    case WIRE_TAG_STALL_TIMEOUT:
    case WIRE_TAG_PROGRESS_INTERVAL:
    case WIRE_TAG_STATUS:
    case WIRE_TAG_HTTP_VERSION:
    case WIRE_TAG_WAITING:
    case WIRE_TAG_RESULT:
    case WIRE_TAG_PROXY_STATUS:
    case WIRE_TAG_ERRNO:
        return 4;
    case WIRE_TAG_OFFSET:
    case WIRE_TAG_EXPECTED:
    case WIRE_TAG_RATE:
    case WIRE_TAG_BYTES:
    case WIRE_TAG_SIZE:
        return 8;
    default:
        return 0;
    }
}

#define WIRE_BIT(tag) ((uint64_t)1 << WIRE_TAG_##tag)

/* Which fields a frame of this type must and may have; returns 0 for a type that sender does not send. */
static inline int wire_fields_of( enum wire_sender sender, unsigned int type, uint64_t *required, uint64_t *allowed )
{
    enum wire_sender owner = type >= WIRE_HEADERS ? WIRE_FROM_AGENT : WIRE_FROM_SERVICE;

    *required = *allowed = 0;
    switch (type)
    {
    case WIRE_HELLO:
        owner = sender;
        *required = WIRE_BIT( VERSION );
        if (sender == WIRE_FROM_AGENT) *required |= WIRE_BIT( EVENTS ) | WIRE_BIT( ORDERS );
        break;
    case WIRE_ORDER:
        *required = WIRE_BIT( METHOD ) | WIRE_BIT( URL ) | WIRE_BIT( FLAGS ) | WIRE_BIT( MAX_REDIRECTS ) |
                    WIRE_BIT( PROXY_MODE );
        *allowed = WIRE_BIT( HEADERS ) | WIRE_BIT( FILE ) | WIRE_BIT( OFFSET ) | WIRE_BIT( EXPECTED ) |
                   WIRE_BIT( PROXY ) | WIRE_BIT( PROXY_BYPASS ) | WIRE_BIT( PROXY_USER ) | WIRE_BIT( PROXY_PASSWORD ) |
                   WIRE_BIT( PROXY_AUTH ) | WIRE_BIT( USER ) | WIRE_BIT( PASSWORD ) | WIRE_BIT( AUTH ) |
                   WIRE_BIT( AUTHORITIES ) | WIRE_BIT( CLIENT_CHAIN ) | WIRE_BIT( CLIENT_KEY ) |
                   WIRE_BIT( ACCEPTED ) | WIRE_BIT( RATE ) | WIRE_BIT( CONNECT_TIMEOUT ) |
                   WIRE_BIT( FIRST_BYTE_TIMEOUT ) | WIRE_BIT( STALL_TIMEOUT ) | WIRE_BIT( PROGRESS_INTERVAL );
        break;
    case WIRE_GO:
        *allowed = WIRE_BIT( BOUNDARY ) | WIRE_BIT( SIZE ) | WIRE_BIT( PARTS );
        break;
    case WIRE_CANCEL:
        break;
    case WIRE_HEADERS:
        *required = WIRE_BIT( STATUS ) | WIRE_BIT( HTTP_VERSION ) | WIRE_BIT( URL ) | WIRE_BIT( HEADERS ) |
                    WIRE_BIT( WAITING );
        break;
    case WIRE_PROGRESS:
        *required = WIRE_BIT( BYTES );
        break;
    case WIRE_DURABLE:
        *required = WIRE_BIT( BYTES ) | WIRE_BIT( ERRNO );
        break;
    case WIRE_DONE:
        *required = WIRE_BIT( RESULT ) | WIRE_BIT( STATUS ) | WIRE_BIT( PROXY_STATUS ) | WIRE_BIT( ERRNO ) |
                    WIRE_BIT( BYTES ) | WIRE_BIT( TEXT ) | WIRE_BIT( IP );
        break;
    case WIRE_CERTIFICATE:
        *required = WIRE_BIT( FINGERPRINT ) | WIRE_BIT( CHAIN );
        break;
    case WIRE_IDLE:
        break;
    default:
        return 0;
    }
    *allowed |= *required;
    return owner == sender;
}

/* Whether both are absent, or hold the same bytes; private to wire_read(). */
static inline int wire_same_field( const struct wire_field *left, const struct wire_field *right )
{
    return !!left->data == !!right->data && left->length == right->length &&
           (!left->length || !memcmp( left->data, right->data, left->length ));
}

/* Whether at most one principal is to be shown; private to wire_read(). */
static inline int wire_negotiate_is_sound( const struct wire_frame *frame )
{
    const struct wire_field *fields = frame->fields;

    if (!(wire_get_u32( frame, WIRE_TAG_AUTH ) & wire_get_u32( frame, WIRE_TAG_PROXY_AUTH ) & WIRE_AUTH_NEGOTIATE)) return 1;
    return wire_same_field( &fields[WIRE_TAG_USER], &fields[WIRE_TAG_PROXY_USER] ) &&
           wire_same_field( &fields[WIRE_TAG_PASSWORD], &fields[WIRE_TAG_PROXY_PASSWORD] );
}

/* The rules about an ORDER's values; private to wire_read(). */
static inline int wire_order_is_sound( const struct wire_frame *frame )
{
    uint32_t mode = wire_get_u32( frame, WIRE_TAG_PROXY_MODE );
    int no_body = wire_get_u32( frame, WIRE_TAG_FLAGS ) & WIRE_FLAG_NO_BODY;

    if (wire_get_u32( frame, WIRE_TAG_FLAGS ) & ~(uint32_t)WIRE_FLAG_ALL) return 0;
    if (!!frame->fields[WIRE_TAG_FILE].data == !!no_body) return 0;
    if (!!frame->fields[WIRE_TAG_OFFSET].data == !!no_body) return 0;
    if (wire_get_u64( frame, WIRE_TAG_OFFSET ) >> 63) return 0;
    if (frame->fields[WIRE_TAG_EXPECTED].data && no_body) return 0;
    if (!!frame->fields[WIRE_TAG_CLIENT_CHAIN].data != !!frame->fields[WIRE_TAG_CLIENT_KEY].data) return 0;
    if (frame->fields[WIRE_TAG_ACCEPTED].length % WIRE_FINGERPRINT) return 0;
    if (frame->fields[WIRE_TAG_AUTHORITIES].length > WIRE_MAX_AUTHORITIES) return 0;
    if (mode > WIRE_PROXY_EXPLICIT) return 0;
    if (!!frame->fields[WIRE_TAG_PROXY].data != (mode == WIRE_PROXY_EXPLICIT)) return 0;
    if (frame->fields[WIRE_TAG_PROXY_BYPASS].data && mode != WIRE_PROXY_EXPLICIT) return 0;
    if (wire_get_u32( frame, WIRE_TAG_AUTH ) & ~(uint32_t)WIRE_AUTH_ALL) return 0;
    if (wire_get_u32( frame, WIRE_TAG_PROXY_AUTH ) & ~(uint32_t)WIRE_AUTH_ALL) return 0;
    return wire_negotiate_is_sound( frame );
}

/* The rules about a GO's values; private to wire_read(). */
static inline int wire_go_is_sound( const struct wire_frame *frame )
{
    const struct wire_field *boundary = &frame->fields[WIRE_TAG_BOUNDARY], *field = &frame->fields[WIRE_TAG_PARTS];
    uint64_t size = wire_get_u64( frame, WIRE_TAG_SIZE );
    struct wire_part parts[WIRE_MAX_PARTS];
    unsigned int i, count;

    if (!!boundary->data != !!field->data || !!boundary->data != !!frame->fields[WIRE_TAG_SIZE].data) return 0;
    if (!field->data) return 1;
    if (!boundary->length || boundary->length > WIRE_MAX_BOUNDARY || size >> 63) return 0;
    if (field->length % WIRE_PART_SIZE || field->length < 2 * WIRE_PART_SIZE ||
        field->length > WIRE_MAX_PARTS * WIRE_PART_SIZE) return 0;
    count = wire_get_parts( frame, parts );
    for (i = 0; i < count; i++)
    {
        if (!parts[i].length || parts[i].length > size || parts[i].first > size - parts[i].length) return 0;
        if (parts[i].position >> 63) return 0;
    }
    return 1;
}

/* Check the payload of a frame and find its fields; private to wire_read(). */
static inline int wire_read_fields( const unsigned char *data, uint32_t length, uint64_t allowed, uint64_t required,
                                    struct wire_frame *frame )
{
    unsigned int tag;
    uint32_t size;

    while (length)
    {
        if (length < WIRE_FIELD_SIZE) return 0;
        tag = wire_load16( data );
        size = wire_load32( data + 4 );
        if (wire_load16( data + 2 ) || size > length - WIRE_FIELD_SIZE) return 0;
        if (!tag || tag >= WIRE_TAG_END || !(allowed >> tag & 1) || frame->fields[tag].data) return 0;
        data += WIRE_FIELD_SIZE;
        if (wire_number_size( tag ) && size != wire_number_size( tag )) return 0;
        if (!wire_number_size( tag ) && !wire_is_bytes( tag ) && memchr( data, 0, size )) return 0;
        frame->fields[tag].data = data;
        frame->fields[tag].length = size;
        required &= ~((uint64_t)1 << tag);
        data += size;
        length -= WIRE_FIELD_SIZE + size;
    }
    return !required;
}

/* Look at the bytes received so far, of which the first is the first of a frame.  A header that can only
 * start a malformed frame is refused before its payload has come. */
static inline enum wire_read_result wire_read( struct wire_reader *reader, const void *bytes, size_t length,
                                               struct wire_frame *frame, size_t *used )
{
    const unsigned char *data = bytes;
    uint64_t required, allowed;
    uint32_t payload;
    unsigned int type;

    *used = 0;
    if (length < WIRE_HEADER_SIZE) return WIRE_READ_MORE;
    payload = wire_load32( data );
    type = wire_load16( data + 4 );
    if (payload > WIRE_MAX_PAYLOAD || wire_load16( data + 6 )) return WIRE_READ_MALFORMED;
    if (!wire_fields_of( reader->sender, type, &required, &allowed )) return WIRE_READ_MALFORMED;
    if ((type == WIRE_HELLO) == !!reader->greeted) return WIRE_READ_MALFORMED;

    memset( frame, 0, sizeof(*frame) );
    frame->type = (enum wire_type)type;
    frame->order = wire_load32( data + 8 );
    if ((type == WIRE_HELLO || type == WIRE_IDLE) != !frame->order) return WIRE_READ_MALFORMED;
    if (length - WIRE_HEADER_SIZE < payload) return WIRE_READ_MORE;
    if (!wire_read_fields( data + WIRE_HEADER_SIZE, payload, allowed, required, frame )) return WIRE_READ_MALFORMED;
    if (type == WIRE_HELLO && wire_get_u32( frame, WIRE_TAG_VERSION ) != WIRE_VERSION) return WIRE_READ_MALFORMED;
    if (type == WIRE_ORDER && !wire_order_is_sound( frame )) return WIRE_READ_MALFORMED;
    if (type == WIRE_GO && !wire_go_is_sound( frame )) return WIRE_READ_MALFORMED;
    if (type == WIRE_CERTIFICATE && frame->fields[WIRE_TAG_FINGERPRINT].length != WIRE_FINGERPRINT) return WIRE_READ_MALFORMED;
    if (type == WIRE_HELLO) reader->greeted = 1;
    *used = WIRE_HEADER_SIZE + payload;
    return WIRE_READ_FRAME;
}

#undef WIRE_BIT

#endif /* WINEBITS_WIRE_H */
