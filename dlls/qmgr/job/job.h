/*
 * The job room: what a job is, which states it has and what may happen to it
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

/* This room is pure: it has no file, socket, thread, lock or clock of its own, calls nothing of Windows, and builds
 * and tests natively.  Its caller (the schedule room) holds the queue lock around every function that takes a
 * struct job, and passes the time in.
 *
 * Strings handed in are copied; strings in the structures belong to them.  Times are FILETIME units (100 ns since
 * 1601, UTC).  HRESULTs are the documented ones of the method that the function serves; a function that fails has
 * changed nothing.  Any that copies a string can fail with E_OUTOFMEMORY, which is not mentioned at each.
 *
 * That a job in a final state refuses every change with BG_E_INVALID_STATE is looked at by the caller, once for all of
 * them; so is who may change what.  job/ranges.h, job/properties.h and job/policy.h, included here, continue
 * this manual.
 */

#ifndef WINEBITS_JOB_H
#define WINEBITS_JOB_H

#include "base/base.h"
#include "job/ranges.h"

struct identity;    /* identity room; opaque here */
struct notify;      /* schedule room: the client to be notified; opaque here */
struct run;         /* schedule room: the transfer that is going on; opaque here */
struct persist;     /* schedule room: the job's journal; opaque here */

/* --- names (spec: api 2.5 BG_FILE_INFO, behaviour 4.2) ------------------------------------------------------- */

enum name_kind
{
    NAME_HTTP,      /* http://host… */
    NAME_HTTPS,     /* https://host… */
    NAME_PATH,      /* X:\…, \\server\share\…, or file://… : copied, not fetched */
};

#define JOB_REMOTE_NAME_MAX  2200   /* characters without the NUL (spec: api 4.1) */

/* Whether NAME can be a remote name; its kind goes to KIND (may be NULL).  S_OK or E_INVALIDARG. */
HRESULT name_check_remote( const WCHAR *name, enum name_kind *kind );

/* Whether NAME can be a local name: absolute, no wildcard, no stream, no \\?\, at most MAX_PATH characters.
 * S_OK or E_INVALIDARG.  Does not touch the file system. */
HRESULT name_check_local( const WCHAR *name );

/* The Windows path that a remote name of kind NAME_PATH stands for: file://server/share/x, file:///C:/x (percent
 * escapes decoded), or the path itself.  malloc'ed; NULL when out of memory or malformed. */
WCHAR *name_remote_path( const WCHAR *name );

/* --- files ---------------------------------------------------------------------------------------------------- */

/* How much of a file is newer than the journal. */
enum unsaved { UNSAVED_NOTHING, UNSAVED_PROGRESS, UNSAVED_ALL };

struct job_file
{
    enum unsaved unsaved;   /* schedule room */
    WCHAR *remote;
    WCHAR *stored_remote;   /* what a record says instead of remote, which SetRemoteName() changed since the last Resume
                             * (spec: api 5.9.5); NULL when they are the same */
    WCHAR *local;
    WCHAR *temp;            /* full path of the temporary file; NULL until the transfer has created it */
    struct ranges ranges;   /* what AddFileWithRanges() asked for, in the order given; none: the whole file */
    UINT64 size;            /* of the remote file; BG_SIZE_UNKNOWN until the server told */
    UINT64 modified;        /* the remote file's time stamp; 0 when unknown */
    DWORD  attributes;      /* of a path: those of FILE_ATTRIBUTE_* that the local file gets, too */
    UINT64 etag;            /* which version of it the temporary file has, as the transfer room tells; 0 when unknown */
    UINT64 offset;          /* bytes in the temporary file, from its start; never above size, or the ranges' sum */
    UINT64 durable;         /* bytes of those that survive a crash of the machine; never above offset */
    UINT64 from_origin;     /* bytes that came over the network, refetched ones included (spec: api 5.9.10) */
    WCHAR *response_headers;/* header block of the last HTTP response; NULL before the first */
    BOOL   transferred;     /* the temporary file is whole */
    BOOL   completed;       /* the local file has its name: the client may use it */
    BOOL   notified;        /* the client has heard of transferred */
    BOOL   valid;           /* what SetValidationState() said last; ask job_file_is_valid() */

    /* on-demand mode (spec: api 5.9.13 - 5.9.15) */
    struct ranges filled;   /* what is in the temporary file, sorted and merged; none: its first OFFSET bytes.  Else
                             * offset and durable are 0 */
    struct ranges durable_filled;   /* what of filled survives a crash of the machine; the same */
    struct ranges arrived;  /* what the client has not heard of, the same; none if it does not want to */
    struct ranges requested;/* what has been asked for and is not filled, in the order asked; no two overlap */
    UINT64 position;        /* UpdateDownloadPosition(): where to look first for what is missing */
};

/* --- errors --------------------------------------------------------------------------------------------------- */

struct job_error
{
    HRESULT          code;
    BG_ERROR_CONTEXT context;       /* BG_ERROR_CONTEXT_NONE: there is no error */
    int              file;          /* index of the file it is about, -1 for none */
    WCHAR           *detail;        /* what happened and where, for the description; may be NULL */
};

/* --- settings that are things of their own -------------------------------------------------------------------- */

/* "secret" marks what is protected in the store and never traced. */

/* Length in bytes of a SHA-1 thumbprint. */
#define JOB_CERT_HASH_SIZE   20

struct job_proxy
{
    BG_JOB_PROXY_USAGE usage;
    WCHAR             *list;        /* NULL unless usage is OVERRIDE */
    WCHAR             *bypass;      /* may be NULL with OVERRIDE too */
};

/* What to run when the job is transferred or in error; program NULL: nothing. */
struct job_command
{
    WCHAR *program;
    WCHAR *parameters;              /* the command line; NULL: none was given */
    WCHAR *user;                    /* SID of whoever set it, as whom it runs; NULL: the owner */
    BOOL   administrator;           /* they were one */
};

struct job_certificate
{
    BOOL                   present; /* the rest means nothing otherwise */
    BG_CERT_STORE_LOCATION location;
    WCHAR                 *store;
    BYTE                   hash[JOB_CERT_HASH_SIZE];
    WCHAR                 *subject; /* never NULL when present; may be empty */
};

/* One for each pair of target and scheme. */
struct job_credentials
{
    struct list    entry;           /* in job->credentials */
    BG_AUTH_TARGET target;
    BG_AUTH_SCHEME scheme;
    WCHAR         *user;            /* secret; NULL: those of the owner's session */
    WCHAR         *password;        /* secret; NULL only if user is */
};

/* What IBackgroundCopyJobHttpOptions3 sets. */
struct job_http
{
    WCHAR *headers;                 /* secret; each ends in CR LF; NULL for none */
    BOOL   headers_write_only;      /* GetCustomHeaders() is refused for ever */
    BOOL   judged;                  /* a client has to accept servers' certificates, even if it is gone */
    WCHAR *method;                  /* NULL: the job type's own verb.  Otherwise the priority is locked */
    DWORD  security_flags;          /* BG_SSL_* and BG_HTTP_REDIRECT_* */
    struct job_certificate certificate;
};

/* What IBackgroundCopyJob5::SetProperty sets (spec: api 5.7.2). */
struct job_options
{
    DWORD  cost_flags;              /* BITS_COST_*: network costs at which it may run */
    BOOL   cost_flags_set;          /* by the client; FALSE: the machine's policy decides (spec: behaviour 8.2) */
    GUID   notify_clsid;            /* class to notify when there is no live callback; GUID_NULL for none */
    BOOL   dynamic_content;
    BOOL   high_performance;
    UINT64 max_download_size;       /* bytes; 0 for no limit */
    DWORD  stored_credentials;      /* BG_AUTH_TARGET_PROXY, or 0 for never set */
    DWORD  notify_interval;         /* ms between two notifications of the paced kinds */
    BOOL   on_demand;
};

/* What makes a job a group of IBackgroundCopyQMgr (spec: api 5.15). */
struct job_group
{
    BOOL   present;                 /* it is one, made by CreateGroup; the rest means nothing otherwise */
    GUID   job;                     /* id of the one job in it; GUID_NULL: there is none yet */
    DWORD  notify_flags;            /* QM_NOTIFY_* */
    DWORD  progress_size;           /* bytes between two reports; 0: none */
    DWORD  progress_percent;        /* likewise */
};

/* --- the job -------------------------------------------------------------------------------------------------- */

struct job
{
    /* the queue's part (schedule room) */
    struct list      entry;         /* in the queue; unlinked when finished */
    LONG             refs;          /* the queue's reference, and one for each view, run and notification */
    SRWLOCK          operation;     /* serialises the four state-changing methods; taken before writing */
    SRWLOCK          writing;       /* serialises what goes into the journal; taken before the queue lock */
    struct persist  *persist;       /* the journal; NULL in a finished job */
    BOOL             unsaved;       /* the job, or one of its files, is newer than its journal */
    BOOL             held;          /* such a method is at work: no new run may start */
    struct run      *run;           /* the transfer going on, NULL for none */
    struct notify   *notify;        /* whom to tell */
    UINT64           turn;          /* place in the round robin: lower is sooner */
    UINT64           retry_at;      /* tick (ms, monotonic) of the next try in TRANSIENT_ERROR */
    UINT64           give_up_at;    /* tick when the no-progress timeout ends; 0 when it is not running */
    UINT64           active_since;  /* CONNECTING and TRANSFERRING: tick up to which download_time counts */
    UINT64           slice_end;     /* the same: tick from which others of its level have precedence */

    /* who */
    struct identity *owner;
    struct identity *helper;        /* helper token, NULL for none */
    DWORD            helper_flags;  /* BG_TOKEN_*; live on without the token (spec: api 5.8.5) */

    /* what */
    GUID             id;
    BG_JOB_TYPE      type;
    BG_JOB_STATE     state;         /* written by job_event() alone */
    BG_JOB_PRIORITY  priority;
    WCHAR           *name;
    WCHAR           *description;
    DWORD            notify_flags;  /* BG_NOTIFY_* */
    BOOL             notified;      /* TRANSFERRED and ERROR: the client has heard of it */
    ULONG            retry_delay;   /* seconds, at least 5 */
    ULONG            no_progress;   /* seconds; 0: every error is fatal */
    ULONG            max_download_time; /* seconds in CONNECTING and TRANSFERRING until it has failed */
    BOOL             max_download_time_set; /* by the client; FALSE: the machine's policy decides */
    UINT64           download_time; /* ms spent of those since the last Resume */
    DWORD            acl_flags;     /* BG_COPY_FILE_* */
    DWORD            peer_flags;    /* BG_JOB_*PEERCACHING*, BG_JOB_DISABLE_BRANCH_CACHE */
    struct job_proxy proxy;
    struct job_command command;
    struct job_http  http;
    struct job_options options;
    struct job_group group;
    struct list      credentials;   /* struct job_credentials */
    BOOL             resumed;       /* Resume has succeeded once: some settings are fixed now */
    UINT64           created;
    UINT64           changed;       /* ModificationTime */
    UINT64           touched;       /* last progress, or change by a client; no other change of state (spec: behaviour
                                     * 3.1).  By the queue's steady clock */
    UINT64           finished;      /* TransferCompletionTime, 0 before */

    struct job_file **files;        /* in the order added; a file is never removed */
    ULONG            file_count;

    struct job_error error;
    ULONG            error_count;
    BOOL             retrying;      /* queued out of TRANSIENT_ERROR: the next failure counts (spec: behaviour 1.5) */
};

#define JOB_NAME_MAX         256    /* characters without the NUL (spec: api 4.1) */
#define JOB_DESCRIPTION_MAX  1024
#define JOB_NOTIFY_FLAGS     (BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_ERROR | BG_NOTIFY_DISABLE | \
                              BG_NOTIFY_JOB_MODIFICATION | BG_NOTIFY_FILE_TRANSFERRED | \
                              BG_NOTIFY_FILE_RANGES_TRANSFERRED)

/* Makes a job with the defaults of spec: api 4.3, SUSPENDED, without an owner, one reference.  ID is its GUID.
 * E_INVALIDARG for a NULL or over-long name (spec: api 5.1.1) or an undefined type, E_NOTIMPL for uploads. */
HRESULT job_create( const WCHAR *name, BG_JOB_TYPE type, const GUID *id, UINT64 now, struct job **job );

/* Frees the job's own memory: strings, files, credentials, error; overwrites the secrets first.  The opaque parts must have been released before. */
void job_destroy( struct job *job );

/* The first file that is not transferred, -1 when all are. */
int job_next_file( const struct job *job );

/* The one to be fetched next: before others those of which ranges have been asked for; on demand no others (spec: api
 * 5.9.14).  -1 for none. */
int job_next_work( const struct job *job );

/* spec: api 2.5.  Of a file with ranges only those count: its total is known from the start unless one of them goes to
 * the end of the file. */
void job_get_progress( const struct job *job, BG_JOB_PROGRESS *progress );
void job_file_get_progress( const struct job_file *file, BG_FILE_PROGRESS *progress );

/* --- states: one table, drawn above it in state.c (spec: behaviour 1.1 - 1.3) ---------------------------------- */

enum job_event
{
    /* the client's */
    JOB_RESUME,
    JOB_SUSPEND,
    JOB_CANCEL,
    JOB_COMPLETE,
    /* the scheduler's */
    JOB_START,          /* it is this job's turn */
    JOB_CONNECTED,      /* the server was reached: bytes will move */
    JOB_PREEMPT,        /* another job's turn, or the run has to begin anew */
    JOB_RETRY,          /* the retry delay is over */
    JOB_GIVE_UP,        /* the no-progress timeout is over */
    /* the transfer's */
    JOB_ALL_DONE,       /* the last file is whole */
    JOB_SERVED,         /* on demand: what was asked for is there, and that is not all */
    JOB_FAIL_TRANSIENT,
    JOB_FAIL_FATAL,
    /* what a client found out about the bytes */
    JOB_VALIDATION_FAILED,
    JOB_EVENT_COUNT
};

/* The table's answer, without doing it: the HRESULT of the method that the event belongs to; NEXT (may be NULL) is
 * the state that would follow.  S_FALSE: the event means nothing in this state and is ignored. */
HRESULT job_event_allowed( const struct job *job, enum job_event event, BG_JOB_STATE *next );

/* Does it: writes the state, traces the transition, keeps error, counters and times.  ERROR is read for the
 * three failures (copied, detail included) and NULL otherwise.  BG_E_EMPTY from JOB_RESUME without files, and
 * BG_E_INVALID_STATE in a final state (spec: behaviour 1.3); S_FALSE when ignored. */
HRESULT job_event( struct job *job, enum job_event event, const struct job_error *error, UINT64 now );

/* Errors that mean a wait for something outside, and do not count (spec: behaviour 1.5). */
BOOL job_error_is_wait( HRESULT code );

/* ACKNOWLEDGED and CANCELLED: setters fail with BG_E_INVALID_STATE (spec: behaviour 1.1). */
BOOL job_is_final( const struct job *job );
/* QUEUED, CONNECTING, TRANSFERRING, TRANSIENT_ERROR: the scheduler has, or will have, work with it. */
BOOL job_is_active( const struct job *job );

const char *debugstr_job_state( BG_JOB_STATE state );

#include "job/properties.h"
#include "job/policy.h"

#endif
