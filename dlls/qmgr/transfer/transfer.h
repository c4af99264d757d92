/*
 * The transfer room: bytes from a remote file to a temporary file
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

/* This room knows files and servers and never a job: it gets a value that says what to transfer, tells what happens
 * through callbacks, and returns how it ended.  HTTP and HTTPS go through the agent of the network identity (one
 * native process per identity, started on demand, include/wire.h); paths and file:// are copied here.
 * No function may be called with the queue lock held. */

#ifndef WINEBITS_TRANSFER_H
#define WINEBITS_TRANSFER_H

#include "base/base.h"
#include "identity/identity.h"

/* Winsock; starts no process.  HRESULT from Win32. */
HRESULT transfer_start(void);
/* Ends all agents and waits until their threads are gone.  No transfer may be running. */
void transfer_stop(void);

/* --- starting processes (spawn.c) ---------------------------------------------------------------------------------- */

/* Held by whoever creates a process, of whatever kind: Wine's CreateProcess has descriptors for its child meanwhile that the
 * child of another thread would inherit too, and the end of an agent is not seen while somebody has its socket. */
extern SRWLOCK process_lock;

/* --- reading many small files (reader.c) -------------------------------------------------------------------------- */

/* Starts a native process that reads, under DIRECTORY, the journals in COUNT folders, of two characters each in FOLDERS
 * (include/wire.h, "Journals").  NULL: there is none; then, as after a failure to read, the files are there still. */
void *reader_open( const WCHAR *directory, const char *folders, ULONG count );
/* The next SIZE bytes of what it says.  FALSE: it has ended, or said nothing for some seconds; nothing follows. */
BOOL reader_read( void *reader, void *data, SIZE_T size );
void reader_close( void *reader );

/* --- how HTTP requests are made ---------------------------------------------------------------------------------- */

/* A name and a password, or neither: then whoever owns the agent's Kerberos ticket.  Negotiate with a name and a password is
 * a login without other schemes. */
struct http_login
{
    DWORD schemes;              /* 1 << (BG_AUTH_SCHEME_… - 1) for each that it is for */
    const WCHAR *user;
    const WCHAR *password;
};

#define HTTP_LOGINS_MAX 6   /* one for each scheme, and the ticket */

/* In the order in which they are tried, each after a challenge that the one before did not satisfy (spec: behaviour
 * 4.12); nothing is sent before the first challenge. */
struct http_logins
{
    struct http_login logins[HTTP_LOGINS_MAX];
    ULONG count;
};

enum http_proxy
{
    HTTP_PROXY_SETTINGS,        /* those of WinINet, else what http_proxy, https_proxy, all_proxy and no_proxy say */
    HTTP_PROXY_NONE,
    HTTP_PROXY_LIST,
    HTTP_PROXY_DETECT           /* as WPAD has it, else as these variables */
};

/* The certificate that is shown to servers that ask for one: see certificate_prove(). */
struct http_certificate
{
    const struct identity *owner;       /* of the store; NULL: there is none */
    BG_CERT_STORE_LOCATION location;
    const WCHAR *store;
    BYTE hash[CERTIFICATE_HASH_SIZE];
};

#define HTTP_FINGERPRINT_SIZE 32

/* Fingerprints, each of a server's certificate together with the server's name and port. */
struct http_accepted
{
    ULONG count;
    BYTE fingerprints[64][HTTP_FINGERPRINT_SIZE];
};

BOOL http_is_accepted( const struct http_accepted *accepted, const BYTE *fingerprint );
/* In place of the oldest, if there is no more room. */
void http_accept( struct http_accepted *accepted, const BYTE *fingerprint );

/* Zeroed: as if nobody had set anything. */
struct http_options
{
    const WCHAR *headers;       /* of every request (spec: behaviour 4.14) */
    const WCHAR *method;        /* a single request by this method, from the first byte; NULL: HEAD, then GET */
    DWORD security_flags;       /* BG_HTTP_REDIRECT_*; BG_SSL_* */
    enum http_proxy proxy;
    const WCHAR *proxy_list;    /* HTTP_PROXY_LIST: as in options.h */
    const WCHAR *proxy_bypass;
    struct http_logins server, proxy_logins;
    struct http_certificate certificate;
    BOOL judged;                /* no request to a server whose certificate is not accepted: see judge() */
    struct http_accepted accepted;
};

/* What to transfer.  All pointers are borrowed for the call. */
struct transfer_file
{
    const WCHAR *remote;                    /* an http or https URL that name_check_remote() accepts, or the Windows
                                             * path that name_remote_path() gives for a name of kind NAME_PATH: never
                                             * file:// */
    const WCHAR *local;                     /* checked by name_check_local() */
    const WCHAR *temp;                      /* temporary file of an earlier run, NULL: create one */
    const WCHAR *next;                      /* REMOTE of the transfer that is likely to follow with the same options, and
                                             * from its beginning; NULL: none */
    const WCHAR *next_local;                /* its LOCAL, if it has no temporary file yet and needs one; else NULL */
    UINT64 size;                            /* what the earlier run learned; BG_SIZE_UNKNOWN */
    UINT64 modified;                        /* FILETIME units, 0 unknown */
    UINT64 etag;                            /* what tagged() told last; 0 nothing */
    UINT64 offset;                          /* go on from here */
    const BG_FILE_RANGE *ranges;            /* http and https: what is wanted, put one behind the other */
    ULONG range_count;                      /* 0: the whole file */
    BOOL sparse;                            /* the ranges go where they are in the remote file too.  OFFSET is then the
                                             * end of what is in the temporary file, and progress() counts from 0, and
                                             * the bytes of the ranges alone; S_OK: they are on the disk itself */
    DWORD acl_flags;                        /* paths: BG_COPY_FILE_*, what of the source's security is copied, too */
    BOOL dynamic;                           /* http and https: made while it is sent, so that the server need not know
                                             * its size, and only the beginning can be asked for: OFFSET is 0 */
    BOOL direct;                            /* no temporary file: LOCAL itself is written; TEMP is NULL */
    BOOL background;                        /* http and https: yields to all other traffic */
    UINT64 rate;                            /* http and https: bytes per second, 0 for no limit */
    const struct identity *file_identity;   /* creates and writes the temporary file; not NULL */
    const struct identity *network_identity;/* selects the agent, by its SID; opens a remote path; not NULL */
    struct http_options http;               /* for http and https */
};

/* Told on the thread that called transfer_run(), no lock held, in the order things happen. */
struct transfer_events
{
    /* A temporary file is about to be made under this name, and may be there from now on: also when the one of the earlier
     * run was missing.  Not with DIRECT. */
    void (*created)( void *context, const WCHAR *temp );
    /* The same for the transfer that is likely to follow. */
    void (*prepared)( void *context, const WCHAR *temp );
    /* A response came, of any status but a challenge that is answered: its header block, and, if the redirect policy is
     * to report or to refuse, where it was redirected to (an absolute URL), else NULL. */
    void (*responded)( void *context, const WCHAR *headers, const WCHAR *location );
    /* The server was reached: size (unknown only of what is dynamic, or when a server names ranges without it), time stamp
     * (0 when it has none) and, of a path, the attributes for transfer_finish().  Comes once for each run, and again after
     * restarted(). */
    void (*connected)( void *context, UINT64 size, UINT64 modified, DWORD attributes );
    /* The bytes that come now have this mark of their server's, not 0: those of another do not belong to them. */
    void (*tagged)( void *context, UINT64 etag );
    /* OFFSET bytes are in the temporary file, never the whole of it if its size is known: the last bytes are reported by the return
     * value.  DURABLE of them are on the disk itself.  A few times a second, and once more just before the transfer
     * fails or ends with E_ABORT: that one counts too, the bytes are there. */
    void (*progress)( void *context, UINT64 offset, UINT64 durable );
    /* The remote file has changed, or (LOST) the temporary file of the earlier run is no longer there: everything known is
     * void, offset is 0 (spec: behaviour 4.5). */
    void (*restarted)( void *context, BOOL lost );
    /* The certificate of a server, to which the next request would go, is good as far as the agent can tell, but not yet
     * accepted.  CHAIN: in DER, one behind the other, the server's and then its issuers.  May wait, but not longer than
     * until ABORT is set.  S_OK accepts for this transfer; else it fails with that code and the context
     * SERVER_CERTIFICATE_CALLBACK, for the moment. */
    HRESULT (*judge)( void *context, const BYTE *fingerprint, const BYTE *chain, SIZE_T size );
};

struct transfer_result
{
    struct bits_error error;    /* code, context, class; valid when transfer_run() fails, but for E_ABORT */
    BOOL unreachable;           /* there is no way to the server: see error_is_unreachable() */
    WCHAR *detail;              /* one sentence, what happened and where, malloc'ed, may be NULL; caller frees */
};

/* What ends a transfer early. */
struct transfer_abort
{
    HANDLE event;       /* manual-reset, for those who wait for something else too */
    volatile LONG set;  /* for those who look: a question to the event is a message to the wineserver */
};

/* Win32 error. */
DWORD transfer_abort_init( struct transfer_abort *abort );
void transfer_abort_clear( struct transfer_abort *abort );
/* Any thread, with or without the queue's lock. */
void transfer_abort_set( struct transfer_abort *abort );

/* A temporary file that is open for a transfer to come. */
struct transfer_spare;

/* Closes it; NULL is allowed.  The file stays. */
void transfer_spare_free( struct transfer_spare *spare );

/* Transfers one file to its end, or until ABORT is set.
 * S_OK: the temporary file is whole.  E_ABORT: stopped; no more bytes will be written to the temporary file, and
 * nothing holds it open.  Else the code of RESULT->error.
 * After ABORT is set it returns within 100 ms whatever the server does; an agent that does not answer is ended, and
 * the other transfers that it carried go on by themselves on a new one.  (A path is copied in pieces of 1 MiB, and a
 * file system that hangs cannot be interrupted.)
 * *SPARE, NULL at first, keeps what one transfer has made ready for the next one, and its own temporary file until then:
 * transfer_spare_free() in the end.
 * Dying of the agent, or one that cannot be started, is a transient error whose detail names the path tried:
 * HRESULT_FROM_WIN32(ERROR_PROCESS_ABORTED), or the Win32 error of starting it, context GENERAL_QUEUE_MANAGER. */
HRESULT transfer_run( const struct transfer_file *file, const struct transfer_events *events, void *context,
                      const struct transfer_abort *abort, struct transfer_spare **spare, struct transfer_result *result );

/* --- local files ---------------------------------------------------------------------------------------------- */

/* Whether IDENTITY may create a file in the directory of LOCAL (spec: api 5.2.1): E_ACCESSDENIED, or
 * 0x80070003 when the directory is missing, or another Win32 error.  Leaves nothing behind. */
HRESULT transfer_check_directory( const struct identity *identity, const WCHAR *local );

/* Gives the whole temporary file its final name: flushes, sets the time stamps (MODIFIED; 0 leaves them), renames
 * over an existing file in one step, un-hides, or gives it the ATTRIBUTES (spec: behaviour 4.7, 4.8).  Win32 error as
 * HRESULT, E_ACCESSDENIED when LOCAL is read-only, a directory or open (on every version of Wine, as on Windows); the
 * temporary file then keeps its name and is hidden.  TEMP NULL: LOCAL was written directly and gets only these. */
HRESULT transfer_finish( const struct identity *identity, const WCHAR *temp, const WCHAR *local, UINT64 modified,
                         DWORD attributes );

/* Deletes a temporary file; one that is gone is S_OK.  Win32 error as HRESULT. */
HRESULT transfer_discard( const struct identity *identity, const WCHAR *temp );

#endif
