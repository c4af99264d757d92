/*
 * The store room: jobs that outlive the service
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

/* Each job has one journal: a file {GUID}.wbj with a header and records, of which each is one accepted change, whole or
 * not there at all.  The first record is a snapshot of the job; now and then the file is replaced by a new snapshot.
 * docs/store-format.md describes the bytes.
 *
 * A change to a job takes four steps (spec: behaviour 10; a call succeeds only when its effect is in the store):
 *
 *      queue lock taken
 *          store_record_begin( &before );  store_record_job_locked( &before, job );
 *          the change
 *          store_record_begin( &after );   store_record_job_locked( &after, job );
 *      queue lock released
 *      hr = store_write( journal, &after );
 *      queue lock taken, only when hr says failure
 *          store_undo_locked( &before, job );
 *      store_record_free() for both
 *
 * The records of a job must reach its journal in the order of the changes, and no other change may come between a
 * change and its undoing: from the change to the end of store_write() the caller serialises what it does to that one
 * job.  Journals of different jobs may be written in any threads at the same time.
 *
 * Encoding, decoding and undoing (record.c, fields.c, journal.c) are pure: no file, lock, clock or function of Windows,
 * so they may be called with any lock held, and they are tested and fuzzed natively.  The part under _WIN32 works on
 * files: call it with no lock held that anybody waits for.
 */

#ifndef WINEBITS_STORE_H
#define WINEBITS_STORE_H

#include <stdint.h>

#include "job/job.h"

/* --- what travels beside a job --------------------------------------------------------------------------------- */

/* The owner as the store knows him; struct identity is opaque here. */
struct store_owner
{
    WCHAR *sid;             /* S-1-… */
    BOOL   administrator;
    BOOL   elevated;
    DWORD  integrity;       /* RID of the mandatory label */
};

/* One moment on two clocks.  job->retry_at and job->give_up_at are ticks, which mean nothing after a restart; a record
 * has the time of day instead, and this pair converts. */
struct store_clock
{
    UINT64 tick;            /* ms, monotonic */
    UINT64 time;            /* FILETIME units, UTC */
};

/* How secrets (custom headers, credentials) are made unreadable, and back.  Each gives a malloc'ed block; a failure is
 * an HRESULT.  Called without a lock, by any thread. */
struct store_secrets
{
    HRESULT (*protect)( const void *plain, size_t size, void **blob, size_t *blob_size );
    HRESULT (*unprotect)( const void *blob, size_t size, void **plain, size_t *plain_size );
};

/* --- records (record.c) ---------------------------------------------------------------------------------------- */

/* Bytes that grow; members are private. */
struct store_bytes
{
    unsigned char *data;
    size_t size;
    size_t used;
    HRESULT status;         /* the first failure: nothing is added after it */
};

/* One change being put together, a value of the caller's.  Members are private. */
struct store_record
{
    struct store_bytes bytes;
    struct store_bytes secrets;     /* as plain text: they are protected when the record is written */
    struct store_clock clock;
    BOOL has_secrets;
};

/* The first call for a record.  A failure of the functions below (no memory; a value that the reader would refuse,
 * which is a mistake elsewhere) is kept in the record and comes out of store_write(). */
void store_record_begin( struct store_record *record, const struct store_clock *clock );

/* Each adds a part.  The queue lock protects the job while they read it.
 *
 * job:      every property, times, counters, error, number of files; but not the following
 * secrets:  custom headers and credentials.  Only when they changed
 * file:     everything about one file.  New files are added in the order of their indices, in one record with the job
 * progress: offset, durable and from_origin of one file, changed and download_time of the job.  Small, for the running
 *           transfer; nothing in a job with BITS_JOB_PROPERTY_HIGH_PERFORMANCE (spec: behaviour 10)
 * snapshot: all of it.  For store_create() and store_compact() */
void store_record_job_locked( struct store_record *record, const struct job *job );
void store_record_owner( struct store_record *record, const struct store_owner *owner );
void store_record_secrets_locked( struct store_record *record, const struct job *job );
void store_record_file_locked( struct store_record *record, const struct job *job, ULONG index );
void store_record_progress_locked( struct store_record *record, const struct job *job, ULONG index );
void store_record_snapshot_locked( struct store_record *record, const struct job *job,
                                   const struct store_owner *owner );

/* Whether anything was added, or failed to be: a record without parts need not be written. */
BOOL store_record_is_empty( const struct store_record *record );

/* Puts the job back to what it was when the record was made, as far as the record has it: the parts job, secrets, file
 * and progress (an owner is the caller's to put back).  Files beyond the number in the part job are removed; the others
 * keep their addresses.  Exact, job->state, ticks and an unsaved SetRemoteName() included.
 * E_OUTOFMEMORY, or the failure kept in the record; a part that could not be put back is then as it was. */
HRESULT store_undo_locked( const struct store_record *record, struct job *job );

/* Overwrites the secrets and frees all memory; the record may then begin again. */
void store_record_free( struct store_record *record );

/* Makes the record complete: protects the secrets, fills in length and checksum.  *data stays the record's.  For
 * store_write() and for tests; once for each record, nothing may be added after it.
 * The failure kept in the record, or that of protect(). */
HRESULT store_record_finish( struct store_record *record, const struct store_secrets *secrets,
                             const unsigned char **data, size_t *size );

/* --- journals as bytes (journal.c) ----------------------------------------------------------------------------- */

#define STORE_MAJOR           1     /* a reader refuses a higher one */
#define STORE_MINOR           3     /* a reader skips what a higher one has added */
#define STORE_HEADER_SIZE     32u
#define STORE_MAX_JOURNAL     0x20000000u   /* bytes; longer files are refused unread */

/* The bytes before the first record. */
void store_header( const GUID *id, unsigned char header[STORE_HEADER_SIZE] );

enum store_verdict
{
    STORE_GOOD,
    STORE_EMPTY,        /* no byte: its creation was not finished */
    STORE_FOREIGN,      /* not a journal, or that of another job than its name says */
    STORE_NEWER,        /* of a higher major version: to be left alone */
    STORE_CORRUPT,
    STORE_NO_MEMORY
};

struct store_reading
{
    enum store_verdict verdict;
    GUID id;                    /* from the header; GOOD, NEWER and CORRUPT after the header only */
    UINT major, minor;          /* likewise */
    size_t good;                /* GOOD: length of what is whole; less than the size when there is a torn tail.
                                 * CORRUPT: where the damage is */
    size_t snapshot;            /* GOOD: length of header and first record */
    ULONG records;              /* whole ones */
    const char *reason;         /* what is wrong, in English; NULL for GOOD */
    BOOL secrets_lost;          /* GOOD: there were secrets and unprotect() failed; the job has none now */
    struct job *job;            /* GOOD: the caller's; as it is after a restart, see below */
    struct store_owner owner;   /* GOOD: the caller's */
};

/* Rebuilds a job from its journal.  EXPECTED is the id in the file's name, NULL for any.  Trusts nothing: every bound
 * is checked, names and numbers are what the setters would have allowed.
 *
 * What a restart changes (spec: behaviour 10): QUEUED, CONNECTING and TRANSFERRING become QUEUED (the only place
 * outside job_event() that writes job->state, with store_undo_locked()); a file goes on where it is durable, or from
 * its beginning in a job of high performance; an unsaved SetRemoteName() is forgotten; ticks belong to CLOCK, and no
 * timer has more left than its full length.  ACKNOWLEDGED and CANCELLED stay: such a journal is only waiting to be
 * deleted.
 *
 * A record is torn if it is the last one and not whole or not right, or only zeros follow: then the job is that of the
 * record before.  Anything else that is wrong is corruption, and so is a first record that is not whole.
 * SECRETS may be NULL: secrets are skipped, secrets_lost says whether there are any. */
void store_read( const void *data, size_t size, const GUID *expected, const struct store_clock *clock,
                 const struct store_secrets *secrets, struct store_reading *reading );

void store_owner_free( struct store_owner *owner );     /* what it points to */

/* --- the event log (event.c, eventlog.c) ------------------------------------------------------------------------ */

/* Wine keeps no events, so what Windows writes into its event logs goes into a file beside the journals, events.log,
 * with the ids that Windows uses (spec: behaviour 13) and some of our own.  A line each, in UTF-8:
 *
 *      2026-11-22T21:40:00.123Z 3 info {JOB} S-1-5-21-... The job was created. name="..."
 *
 * Time (UTC), id, level (info, warning, error), job and owner ("-": none) have no blanks; a sentence and what belongs
 * to it follow.  Secrets in URLs are hidden, see url_show().  At half a MiB the file becomes events.1.log, that one
 * events.2.log, and that one is gone. */
enum event_id
{
    EVENT_JOB_CREATED         = 3,
    EVENT_JOB_COMPLETED       = 4,
    EVENT_JOB_CANCELLED       = 5,
    EVENT_TRANSFER_STARTED    = 59,
    EVENT_FILE_TRANSFERRED    = 60,
    EVENT_TRANSFER_FAILED     = 61,
    EVENT_FILE_STAYS          = 16385,
    EVENT_NEW_OWNER           = 16388,
    EVENT_JOB_INACTIVE        = 16389,
    EVENT_NOTIFICATION_FAILED = 16390,
    EVENT_JOURNAL_CORRUPT     = 16391,
    EVENT_NOT_STARTED         = 16392,
    EVENT_TOO_MANY_JOBS       = 16398,
    /* ours */
    EVENT_STARTED             = 50000,
    EVENT_JOURNAL_NEWER       = 50001,
    EVENT_JOURNAL_TORN        = 50002,
    EVENT_SECRETS_LOST        = 50003,
    EVENT_EVENTS_LOST         = 50004
};

/* Members are NULL or 0 where they mean nothing. */
struct store_event
{
    enum event_id id;
    const GUID *job;
    const WCHAR *owner;         /* SID */
    const WCHAR *name;          /* the job's display name */
    const WCHAR *url;           /* the remote name, with its secrets */
    const WCHAR *file;          /* a local path */
    const UINT64 *bytes;
    const UINT64 *count;
    ULONG retry;                /* seconds until the next try: then EVENT_TRANSFER_FAILED is but a warning */
    const char *detail;         /* English */
    HRESULT code;               /* a failure, which is put into words too */
};

#ifdef _WIN32

/* Only remembers the event, with the present time, for a thread that writes from store_start() to store_stop(), in the
 * order of these calls: any thread, any lock, no failure.  What cannot be written is lost, and a later line says how
 * many that were. */
void store_event( const struct store_event *event );

/* --- the directory (store.c) ------------------------------------------------------------------------------------ */

/* A job's journal: which file, and how long it is.  Opaque. */
struct store_journal;

/* Opens the store in DIRECTORY, which is made, for the owner only, if it is not there; NULL is
 * Microsoft\Network\Downloader in the directory for all users (C:\ProgramData).  One process at a time:
 * HRESULT_FROM_WIN32(ERROR_SHARING_VIOLATION) when another has it.  SECRETS stays the caller's and must live until store_stop().
 * Any Win32 error as HRESULT. */
HRESULT store_start( const WCHAR *directory, const struct store_secrets *secrets );

/* After this, nothing of the store may be in use. */
void store_stop(void);

/* Gives a loaded job and its journal, which are the callee's from now on; OWNER is valid during the call.
 * SECRETS_LOST: the job had custom headers or credentials that cannot be read here any more. */
typedef void (*store_loaded)( struct job *job, const struct store_owner *owner, struct store_journal *journal,
                              BOOL secrets_lost, void *context );

/* Reads journals sooner than they can be opened one by one: what include/wire.h says under "Journals".  One thread at a
 * time. */
struct store_reader
{
    void *(*open)( const WCHAR *directory, const char *folders, ULONG count );  /* NULL: it cannot be had */
    BOOL (*read)( void *reader, void *data, SIZE_T size );      /* FALSE: not that many bytes will come */
    void (*close)( void *reader );
};

/* Reads all journals, then calls LOADED for each job, oldest first, in this thread and with no lock held.  A torn tail
 * is cut off.  What is corrupt or foreign is renamed to NAME.bad-N; a journal of a newer version is left alone; both
 * are named in the log.  Journals of finished jobs, and what unfinished work has left, are deleted.
 * Fails only when the directory cannot be listed, or without memory; LOADED was then not called at all.
 * READER is opened when there are many journals.  What it does not give is read from its file, which under Wine takes
 * about 100 us, nearly all of it for opening and closing. */
HRESULT store_load( const struct store_clock *clock, const struct store_reader *reader, store_loaded loaded, void *context );

/* The functions below return a Win32 error as HRESULT, E_OUTOFMEMORY, or the failure kept in the record. */

/* Writes a new job's journal.  SNAPSHOT is a snapshot.  After a failure there is no file. */
HRESULT store_create( const GUID *id, struct store_record *snapshot, struct store_journal **journal );

/* Appends a record; an empty one is S_OK.  Afterwards it outlives the process, though not a crash of the machine. After
 * a failure the journal is as before. */
HRESULT store_write( struct store_journal *journal, struct store_record *record );

/* Whether store_compact() is worth its cost: the file is larger than 64 KiB and than four times its snapshot. */
BOOL store_wants_compaction( const struct store_journal *journal );

/* Replaces the file by SNAPSHOT, which is on the disk before the old file goes.  After a failure the journal is as
 * before. */
HRESULT store_compact( struct store_journal *journal, struct store_record *snapshot );

/* Waits until everything written to the journal is on the disk. */
HRESULT store_flush( struct store_journal *journal );

/* Deletes the file and frees the journal.  After a failure both are there still; write a final state before, then the
 * next start deletes it. */
HRESULT store_delete( struct store_journal *journal );

/* Frees the journal only; NULL is allowed. */
void store_close( struct store_journal *journal );

#else

/* --- for people (describe.c) ------------------------------------------------------------------------------------ */

/* One property and its value as UTF-8 text, which is valid during the call; secrets are "(set)". */
typedef void (*store_describer)( const char *name, const char *value, void *context );

/* Calls DESCRIBER for every property of the job that is not zero or empty, its owner and its files.  READING was made
 * with a clock whose tick was 0. */
void store_describe( const struct store_reading *reading, store_describer describer, void *context );

#endif  /* _WIN32 */

#endif
