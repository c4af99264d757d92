/*
 * Inside the transfer room: transfers, temporary files, orders and agents
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

/*      transfer_run()      transfer.c  one file; http.c or local.c does it
 *        |    |
 *        |    temp.c                the temporary file
 *      order_start() ...   agent.c  which agent, and what it says about an order
 *        |
 *      link_*()            link.c   the agent's pipes: frames in and out
 *      agent_spawn()       spawn.c  a new native process with such a socket
 */

#ifndef WINEBITS_TRANSFER_PRIVATE_H
#define WINEBITS_TRANSFER_PRIVATE_H

#include <winsock2.h>

#include "transfer/transfer.h"
#include "wire.h"

/* --- temporary files (temp.c): Win32 errors, ERROR_SUCCESS is 0 ------------------------------------------------- */

struct temp
{
    WCHAR *name;
    WCHAR *exact;       /* unix_path_name() of it, if it is new; NULL: not known */
    HANDLE handle;      /* NULL: not made yet; shared with whoever shares writing with us; closed while nothing is
                         * transferred */
};

/* Chooses a name for a new temporary file beside LOCAL, where IDENTITY may make one.  Nothing is made yet.  temp_close() frees
 * it. */
DWORD temp_name( struct temp *temp, const struct identity *identity, const WCHAR *local );
/* Makes that file, hidden, as IDENTITY.  After failure there is nothing to close.  ERROR_FILE_EXISTS: another name may do. */
DWORD temp_create( struct temp *temp, const struct identity *identity );

#define TEMP_NAME_TRIES 64
/* Opens the temporary file NAME for going on at *OFFSET; whatever lies behind *OFFSET is cut off.  A file that is too short
 * is begun anew: *OFFSET is 0 then.  DIRECT: NAME is no temporary file but the local one, whatever it was before, and is made
 * if need be.  ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND: there is none.  ERROR_SHARING_VIOLATION while somebody has it open
 * who does not share. */
DWORD temp_open( struct temp *temp, const struct identity *identity, const WCHAR *name, BOOL direct, UINT64 *offset );
/* Cuts the file off, or lengthens it. */
DWORD temp_resize( struct temp *temp, UINT64 size );
/* 0 if that cannot be told. */
UINT64 temp_size( const struct temp *temp );
/* The path for native programs, to be freed; NULL when there is none. */
char *temp_unix_name( const struct temp *temp );
/* A terminated copy of the Unix path of what is there; NULL without one. */
char *unix_path( const WCHAR *path );
/* Any number of times; void fields are allowed. */
void temp_close( struct temp *temp );

/* --- a transfer (transfer.c): what http.c and local.c share, on the thread of transfer_run() -------------------- */

struct transfer
{
    const struct transfer_file *file;
    const struct transfer_events *events;
    void *context;
    const struct transfer_abort *abort;
    struct transfer_spare **spare;
    struct transfer_result *result;
    struct temp temp;
    struct temp last;   /* of the transfer before, closed by prepare_next() or in the end */
    UINT64 offset;      /* bytes in the temporary file */
    UINT64 durable;     /* of them, on the disk itself */
    BOOL restarted;     /* tell_restarted() was called */
    BOOL connected;     /* tell_connected() was called, since the last restart */
    UINT64 size;        /* as told by it; BG_SIZE_UNKNOWN before */
    UINT64 etag;        /* as told by tell_tagged() */
    UINT64 total;       /* bytes that the temporary file is going to have; likewise */
};

/* They tell the events, but nothing twice. */
void tell_connected( struct transfer *transfer, UINT64 size, UINT64 total, UINT64 modified, DWORD attributes );
void tell_tagged( struct transfer *transfer, UINT64 etag );     /* 0: not known (yet) */
void tell_progress( struct transfer *transfer, UINT64 offset, UINT64 durable );
/* Everything known of the file is void; empties the temporary file.  S_OK, or fails the transfer. */
HRESULT tell_restarted( struct transfer *transfer, BOOL lost );

/* Closes the last transfer's temporary file and makes the next one's while the server works for this one; that it cannot be
 * made is no error yet. */
void prepare_next( struct transfer *transfer );

/* S_OK, or fails the transfer. */
HRESULT empty_temp( struct transfer *transfer );

BOOL transfer_is_aborted( const struct transfer *transfer );

/* Fills the result and returns its code.  The sentence is UTF-8; what is not becomes a question mark. */
HRESULT transfer_fail( struct transfer *transfer, struct bits_error error, const char *format, ... )
    __attribute__((format(printf, 3, 4)));

HRESULT http_run( struct transfer *transfer );
HRESULT local_run( struct transfer *transfer );

/* --- an agent's socket and pipes (link.c) ------------------------------------------------------------------------ */

struct link
{
    SOCKET socket;
    SRWLOCK lock;                   /* one call sends at a time; it guards what follows */
    HANDLE orders;                  /* the pipe that the agent reads; NULL before its HELLO */
    BYTE *held;                     /* what is sent to it then */
    SIZE_T held_length;
    struct wire_reader reader;      /* from here on: for the one thread that reads */
    HANDLE events;                  /* the pipe that the agent writes; NULL before its HELLO */
    BOOL malformed;                 /* something that is no frame came */
    unsigned char *buffer;          /* WIRE_MAX_FRAME bytes */
    SIZE_T start, end;              /* what of it has not been read */
};

/* Takes SOCKET, connected and blocking, and says HELLO.  E_OUTOFMEMORY: it stays open. */
HRESULT link_init( struct link *link, SOCKET socket );
/* Nobody may be using it any more. */
void link_close( struct link *link );
/* Any thread: nothing can be sent any more, and the agent ends; link_read() returns when it has. */
void link_break( struct link *link );
/* Any thread.  Whole frames, LENGTH bytes, kept until the agent's HELLO has come; FALSE: the link is broken, in 5 s at the
 * latest if the agent hangs, or there is no memory to keep them. */
BOOL link_send( struct link *link, const void *frames, SIZE_T length );
/* One thread.  The frame is valid until the next call.  FALSE: end of file, an error, something malformed, no HELLO within
 * a minute, or pipes that cannot be opened. */
BOOL link_read( struct link *link, struct wire_frame *frame );

/* --- starting an agent (spawn.c) --------------------------------------------------------------------------------- */

/* The Unix path of the agent: value "Agent" of HKLM\Software\winebits, or where it was installed.  malloc'ed. */
WCHAR *agent_path(void);

/* Starts PATH, a Unix path, with one end of a new loopback connection as its standard input, for the identity SID:
 * its environment is ours with the values of HKLM\Software\winebits\Identities\<SID> (REG_SZ, REG_EXPAND_SZ: name and
 * value of a variable) on top.  They are read at each start, so they count from the next agent on.  Whoever is not the
 * Unix user has the Kerberos tickets that these values name and no others; LOGIN: nobody's, but WIRE_TICKETS.
 * The other end goes to SOCKET: blocking, not inherited.  Win32 or winsock error.
 * One call at a time. */
DWORD agent_spawn( const WCHAR *path, const WCHAR *sid, BOOL login, SOCKET *socket );
/* Likewise, but reads journals, in our environment. */
DWORD reader_spawn( const WCHAR *path, SOCKET *socket );

/* The name by which Wine reaches any Unix file: UNIX_PREFIX and PATH with backslashes; malloc'ed, with room for EXTRA more
 * characters.  NULL without memory. */
WCHAR *unix_path_name( const WCHAR *path, SIZE_T extra );

#define UNIX_PREFIX L"\\\\?\\unix"

/* --- agents and orders (agent.c) --------------------------------------------------------------------------------- */

/* One agent serves all orders of one identity (one SID), but for those with a name and a password for Negotiate: these
 * have an agent of their own for each such pair, since a process shows the tickets of one principal.  One that has had no
 * order for WIRE_IDLE_TIME is ended.
 * Two locks, both inside agent.c: the agents' lock guards agents and orders and is held for no longer than it takes to
 * copy some fields; the start lock is held while an agent is started, so that nobody gets two. */

/* Ends all agents and waits for their threads, but no longer than AGENTS_STOP_TIME for one that hangs. */
void agents_stop(void);

#define AGENTS_STOP_TIME 2000   /* ms */

/* Whoever waits for an order looks whether his transfer is aborted. */
void orders_wake(void);

/* What to ask for; borrowed. */
struct order_request
{
    const char *method;     /* GET or HEAD; HEAD has no body */
    const char *url;        /* UTF-8 */
    const char *headers;    /* lines, each ended by CRLF */
    const char *file;       /* Unix path; NULL for HEAD */
    UINT64      offset;
    UINT64      expected;   /* length of the body that is written without order_go(); 0: none is */
    UINT64      rate;       /* bytes per second; 0: no limit */
    UINT        flags;      /* WIRE_FLAG_* but for NO_BODY */
    UINT        max_redirects;
    UINT        proxy_mode;
    const char *proxy;      /* WIRE_PROXY_EXPLICIT */
    struct order_login
    {
        UINT        schemes;        /* WIRE_AUTH_*; 0: none */
        const char *user, *password;
    } server_login, proxy_login;
    struct certificate_proof proof;     /* of a client certificate; zeroed: none */
    const struct http_accepted *accepted;   /* NULL: the agent alone judges servers */
    const BYTE *authorities;    /* DER, one behind the other, trusted besides the system's */
    SIZE_T      authorities_size;
};

enum order_end
{
    ORDER_RUNNING,
    ORDER_DONE,         /* the agent's DONE has come */
    ORDER_DIED,         /* the agent has gone */
    ORDER_DISPLACED     /* the agent was ended for the sake of another order; nothing is wrong with this one */
};

/* An order as far as the agent has reported it.  The fields are written by the agent's thread under the agents' lock;
 * read them in the copy that order_wait() makes. */
struct order_state
{
    enum order_end end;
    const WCHAR *path;      /* of the agent; valid until order_free() */
    BOOL     greeted;       /* DIED: it had said HELLO, so it could be started and is of our version */
    UINT     status;        /* HEADERS: HTTP status, 0 before */
    char    *url;           /* HEADERS: after redirects, empty without one; as long as headers */
    char    *headers;       /* HEADERS: the block; belongs to the order, stays until order_free() */
    SIZE_T   headers_length;
    BOOL     waiting;       /* HEADERS: the agent waits for order_go() */
    const BYTE *fingerprint;    /* CERTIFICATE: HTTP_FINGERPRINT_SIZE bytes; belongs to the order, as does CHAIN */
    const BYTE *chain;
    SIZE_T   chain_size;
    UINT64   bytes;         /* of the body in the file; of parts, those that have come to their end */
    UINT64   durable;       /* of them, on disk */
    int      code;          /* DONE: enum wire_result */
    int      os_errno;      /* DONE */
    UINT     last_status;   /* DONE: of the last response, of a refused redirect too */
    UINT     proxy_status;  /* DONE */
    char    *text;          /* DONE: curl's words, terminated; belongs to the order; NULL none */
};

struct order;

/* Gives REQUEST to the agent of IDENTITY, or of the name and password that REQUEST has for Negotiate, which is started if
 * there is none.  ERROR_BUFFER_OVERFLOW: it is too large for a frame.  E_OUTOFMEMORY, or the Win32 error of starting the
 * agent; *PATH, malloc'ed, then is the path tried.
 * AHEAD, or NULL, is a HEAD, which is given to the agent in the same breath, for whoever starts the same within
 * ORDER_AHEAD_TIME, to the byte: order_start() then gives him that order, if its answer comes within a second and is
 * not that of a server that does not like it (status 403, 429, 5xx), or ABORT is set; else it asks anew.  That nothing
 * can be asked ahead is no error. */
HRESULT order_start( const struct identity *identity, const struct order_request *request,
                     const struct order_request *ahead, const struct transfer_abort *abort, struct order **order,
                     WCHAR **path );

#define ORDER_AHEAD_TIME 2000   /* ms */

/* Waits until there is news since the last call, or ABORT is set (FALSE). */
BOOL order_wait( struct order *order, const struct transfer_abort *abort, struct order_state *state );

/* How the body is to be read that has come for several ranges; borrowed. */
struct order_parts
{
    const char *boundary;
    UINT64 size;                    /* of the whole remote file */
    const struct wire_part *items;
    UINT count;                     /* at most WIRE_MAX_PARTS; 0: the body is one run of bytes */
};

/* The body is wanted that the agent waits with. */
void order_go( struct order *order, const struct order_parts *parts );

/* Stops the order and waits until the agent writes nothing more.  An agent that does not answer within
 * ORDER_CANCEL_TIME is ended.  STATE is how far the order came. */
void order_cancel( struct order *order, struct order_state *state );

#define ORDER_CANCEL_TIME 80    /* ms */

/* The order must have ended or been cancelled. */
void order_free( struct order *order );

/* --- what the user has configured (settings.c) ---------------------------------------------------------------------- */

struct settings
{
    WCHAR  *script;                     /* of WinINet, as its proxies (spec: behaviour 4.13); NULL: none */
    WCHAR  *proxies, *bypass;
    BYTE   *authorities;                /* certificates in DER, one behind the other; NULL: none */
    SIZE_T  authorities_size;
};

/* Settings of IDENTITY, to be given to settings_clear() even if it fails: those of WinINet; and the authorities of its store
 * CurrentUser\ROOT and of the machine's ROOT of Group Policy, but for what has no room in WIRE_MAX_AUTHORITIES.  What cannot
 * be read is as if it were not there.  E_OUTOFMEMORY. */
HRESULT settings_get( const struct identity *identity, struct settings *settings );
void settings_clear( struct settings *settings );

/* Frees what is kept of them, when no transfer is running any more. */
void settings_forget(void);

/* --- proxies that the user has configured (proxy.c) ----------------------------------------------------------------- */

/* The proxy for URL by WinINet's settings: by the automatic configuration script, else the server with its exceptions.  A
 * script that cannot be had within PROXY_SCRIPT_TIME counts as none.  S_OK: *PROXY, malloc'ed, serves URL; NULL: it is
 * reached directly.  S_FALSE: nothing is configured.  E_ABORT: ABORT was set.  E_OUTOFMEMORY. */
HRESULT proxy_of_settings( const struct settings *settings, const char *url, HANDLE abort, char **proxy );

/* The same by the script at the URL SCRIPT; NULL: by that which WPAD finds. */
HRESULT proxy_of_script( const WCHAR *script, const char *url, HANDLE abort, char **proxy );

#define PROXY_SCRIPT_TIME 10000     /* ms */

/* --- what all requests of a transfer have in common (request.c) -------------------------------------------------- */

struct request_login
{
    const struct http_logins *logins;
    ULONG tried;            /* so many of them, 0: none yet; the last of these is the one in use */
    char *user, *password;  /* of that one */
};

struct request
{
    const struct http_options *options;
    char *headers;
    char *method;           /* NULL: the plan's */
    UINT proxy_mode;        /* WIRE_PROXY_* */
    char *proxy;
    struct request_login server, proxy_login;
    struct certificate_proof proof;
    struct http_accepted accepted;  /* only if OPTIONS are judged; may grow */
    struct settings settings;
};

/* The options of FILE in UTF-8, for requests to URL.  E_ABORT: ABORT was set.  BG_E_INVALID_PROXY_INFO, E_OUTOFMEMORY, HRESULT_FROM_WIN32(
 * ERROR_NO_UNICODE_TRANSLATION) for a string that is no text, or a code of certificate_prove().  request_clear() also after failure. */
HRESULT request_init( struct request *request, const struct transfer_file *file, const char *url, HANDLE abort );
/* Overwrites what is freed; NULL is nothing. */
void secret_free( char *secret );
/* Overwrites the secrets. */
void request_clear( struct request *request );
/* The server or the proxy has answered with a challenge, with or without NEGOTIATE: takes the next name and password for
 * it.  S_OK, S_FALSE when there are no more, or as request_init(). */
HRESULT request_next_login( struct request_login *login, BOOL negotiate );
/* Whether both have the same name and password, or none. */
BOOL order_login_same( const struct order_login *left, const struct order_login *right );
/* Puts all of it into ORDER, but for the headers; and at most one principal for Negotiate. */
void request_fill( const struct request *request, struct order_request *order );

#endif
