/*
 * The schedule room: the queue, what runs when, and telling the clients
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

/* The queue holds every job that is not finished.  One lock, the queue lock, guards all of it and every struct job;
 * it is never held across I/O, an RPC, a callback or an impersonation.  Functions whose name ends in _locked need it;
 * all others take it themselves and must be called without it.
 *
 * Two counts: a job has one reference of the queue, and one for each view, run and notification; it is freed with the
 * last, long after it has left the queue if a client keeps a view.
 *
 * Data goes down once: a call changes the job under the lock, the scheduler's thread picks, a run (one thread) hands a
 * value to the transfer room; and comes back once: the run's events go through job_event(), and notifications follow.
 */

#ifndef WINEBITS_SCHEDULE_H
#define WINEBITS_SCHEDULE_H

#include "base/base.h"
#include "job/job.h"
#include "identity/identity.h"

/* --- telling clients: what the com room does for us -------------------------------------------------------------- */

/* What an object can be told. */
enum sink_level
{
    SINK_JOBS,      /* IBackgroundCopyCallback */
    SINK_FILES,     /* IBackgroundCopyCallback2 */
    SINK_RANGES     /* IBackgroundCopyCallback3 */
};

/* Called on a notification thread (multithreaded apartment), no lock held, one at a time for a job.  SINK is the object
 * to call: an IBackgroundCopyCallback, or an IBackgroundCopyCallback2 or 3 when its level says so; IDENTITY is whoever set it, and views made for the
 * callback are theirs.  Returns the HRESULT of the client's method, or of RPC. */
struct notifier
{
    HRESULT (*transferred)( IUnknown *sink, struct job *job, struct identity *identity );
    HRESULT (*failed)( IUnknown *sink, struct job *job, struct identity *identity );
    HRESULT (*modified)( IUnknown *sink, struct job *job, struct identity *identity );
    HRESULT (*file_transferred)( IUnknown *sink, struct job *job, ULONG file, struct identity *identity );
    HRESULT (*ranges_transferred)( IUnknown *sink, struct job *job, ULONG file, const struct ranges *ranges,
                                   struct identity *identity );
    /* Asks JUDGE, an IBackgroundCopyServerCertificateValidationCallback, about CHAIN (certificates in DER, one behind the
     * other).  On a thread of its own; more than one at a time. */
    HRESULT (*judge)( IUnknown *judge, struct job *job, ULONG file, const BYTE *chain, SIZE_T size,
                      struct identity *identity );
    /* Makes a sink of the notification class CLSID, in a process of its own. */
    HRESULT (*create)( const GUID *clsid, IUnknown **sink, enum sink_level *level );
    /* Called on the scheduler's thread, no lock held: the first job has become active, or the last has ceased to be.
     * No run starts meanwhile, so a process that is started here inherits nothing of a run's. */
    void (*work)( BOOL exists );
};

/* Loads the jobs of the store and starts the scheduler's thread.  NOTIFIER stays valid until queue_stop(). */
HRESULT queue_start( const struct notifier *notifier );
/* Stops all runs and notifications, waits for their threads, and lets go of all jobs.  Afterwards every function
 * that would change a job fails with HRESULT_FROM_WIN32(ERROR_SERVICE_NOT_ACTIVE); views may still be released. */
void queue_stop(void);

/* --- the machine ------------------------------------------------------------------------------------------------- */

/* What the administrator has set, before queue_start() and again when it has changed.  Copied. */
void queue_set_policy( const struct policy *policy );
/* The same, for whoever does not hold the lock. */
void queue_get_policy( struct policy *policy );
/* Seconds that JOB may be CONNECTING and TRANSFERRING, 0 for no limit: its own, or the policy's. */
ULONG queue_download_limit_locked( const struct job *job );

/* In how many networks this machine has an address, loopback not counted; before queue_start() and again when that has
 * changed.  Never called: it is in some.  More than before: every job in TRANSIENT_ERROR is tried at once.  None any
 * more: what runs begins anew, and what does not reach its server then waits with BG_E_NETWORK_DISCONNECTED (spec:
 * behaviour 1.2). */
void queue_set_network( ULONG addresses );

/* --- jobs ------------------------------------------------------------------------------------------------------- */

/* Makes a job of OWNER and puts it into store and queue; the caller gets a reference.  Errors of job_create(), or the
 * Win32 error of the store; BG_E_TOO_MANY_JOBS_PER_USER, BG_E_TOO_MANY_JOBS_PER_MACHINE (spec: behaviour 8.1). */
HRESULT queue_create_job( const WCHAR *name, BG_JOB_TYPE type, struct identity *owner, struct job **job );
/* The same for a group with an id of the client's choice.  HRESULT_FROM_WIN32(ERROR_FILE_EXISTS): some job has it. */
HRESULT queue_create_group( const WCHAR *name, const GUID *id, struct identity *owner, struct job **job );

/* BG_E_NOT_FOUND when the queue has no such job, E_ACCESSDENIED when CALLER may not see it (spec: api 5.1.2). */
HRESULT queue_find_job( const GUID *id, const struct identity *caller, struct job **job );

/* A snapshot of the jobs that CALLER owns and may see, or of all jobs when ALL, in the order of their creation:
 * a malloc'ed array with a reference for each (spec: api 5.1.3).  ALL needs an administrator: E_ACCESSDENIED.
 * CALLER NULL: the service itself, which sees them all. */
HRESULT queue_list_jobs( const struct identity *caller, BOOL all, struct job ***jobs, ULONG *count );

struct job *job_addref( struct job *job );
void job_release( struct job *job );

/* --- reading and changing ----------------------------------------------------------------------------------------- */

/* For reading a job's fields. */
void queue_lock(void);
void queue_unlock(void);

/* For a setter: takes the lock and looks whether the job may still be changed.  On failure (BG_E_INVALID_STATE in a
 * final state) the lock is not held.  On S_OK change the job through the job room, then call queue_end_change() with
 * the setter's result: on success it moves ModificationTime, notifies and wakes the scheduler; it always unlocks, and
 * returns the result once the change is in the store.  When the store cannot take it, the change is undone and the
 * Win32 error returned.
 * queue_begin_change() is for the job's own properties and for adding files; with PARTS also for what they name.
 * CHANGE_OWNER: owner, helper token and secrets. */
enum change_parts { CHANGE_JOB = 0, CHANGE_FILES = 1, CHANGE_SECRETS = 2, CHANGE_OWNER = 6 };
HRESULT queue_begin_change( struct job *job );
HRESULT queue_begin_change_of( struct job *job, enum change_parts parts );
HRESULT queue_end_change( struct job *job, HRESULT result );

/* The four state-changing methods (spec: api 5.2.4 - 5.2.7, behaviour 1.3, 4.8).  Serialised for each job.
 * CALLER: whose rights Complete uses for the final name when no helper token is lent for files. */
HRESULT queue_suspend( struct job *job );
HRESULT queue_resume( struct job *job );
HRESULT queue_cancel( struct job *job );
HRESULT queue_complete( struct job *job, struct identity *caller );

/* Adds files, all or none, after looking whether the local directories may be written by whoever will write them
 * (spec: api 5.2.1).  E_INVALIDARG, E_ACCESSDENIED, BG_E_INVALID_STATE, Win32 errors; BG_E_TOO_MANY_FILES_IN_JOB when
 * the owner is not exempt from the machine's limits. */
HRESULT queue_add_files( struct job *job, ULONG count, const BG_FILE_INFO *infos );

/* The same for one file of which only ranges are wanted; codes of job_add_file_with_ranges(). */
HRESULT queue_add_file_with_ranges( struct job *job, const WCHAR *remote, const WCHAR *local, ULONG count,
                                    const BG_FILE_RANGE *ranges );

/* --- what a change means for a job that waits or runs (change.c); FILE is an index.  All: BG_E_INVALID_STATE -------- */

/* A wait that has begun becomes longer or shorter with it (choice). */
HRESULT queue_set_retry_delay( struct job *job, ULONG seconds );
HRESULT queue_set_no_progress( struct job *job, ULONG seconds );

/* The rule of job_set_priority(), inside a change that the caller begins and ends.  A transfer that is going on starts anew
 * when it enters or leaves the background. */
HRESULT queue_set_priority_locked( struct job *job, BG_JOB_PRIORITY priority );

/* The rule of job_set_security_flags().  With the check of revocation lists, new, files by https that are not whole begin
 * anew. */
HRESULT queue_set_security_flags( struct job *job, DWORD flags );

/* The rules of job_replace_prefix() and job_file_set_remote().  A transfer that is going on starts anew, with the new
 * names. */
HRESULT queue_replace_prefix( struct job *job, const WCHAR *old_prefix, const WCHAR *new_prefix );
HRESULT queue_set_remote( struct job *job, ULONG file, const WCHAR *remote );

/* The rules of job_file_request_ranges() and job_file_set_position().  Without on-demand mode a transfer that is going on
 * turns to what was asked for; on demand that comes behind what was asked for before. */
HRESULT queue_request_ranges( struct job *job, ULONG file, ULONG count, const BG_FILE_RANGE *ranges );
HRESULT queue_set_position( struct job *job, ULONG file, UINT64 position );

/* The rule of job_file_set_validation().  FALSE puts the job into ERROR with BG_E_VALIDATION_FAILED. */
HRESULT queue_set_validation( struct job *job, ULONG file, BOOL valid );

/* CALLER becomes the owner; the old one's credentials, client certificate, headers, command line and helper token are
 * dropped, and a transfer that is going on starts anew (spec: api 5.2.32, behaviour 7).  E_ACCESSDENIED: not an
 * administrator, or one that may not change the job.  BG_E_NEW_OWNER_NO_FILE_ACCESS: he could not go on with the
 * temporary files. */
HRESULT queue_take_ownership( struct job *job, struct identity *caller );

/* --- the helper token (spec: api 5.8); rights have been checked by the caller, except those that depend on the token
 * that is set at the moment of the change, which are checked here under the lock --------------------------------- */

/* HELPER NULL clears it.  The flags stay.  A running transfer that used the old token starts anew with what there is
 * then.  BG_E_INVALID_STATE in a final state. */
HRESULT queue_set_helper( struct job *job, struct identity *helper );
/* E_ACCESSDENIED while the token set is an administrator's and ASKER is none; see token_rule(). */
HRESULT queue_set_helper_flags( struct job *job, DWORD flags, const struct identity *asker );

/* --- notification (spec: api 5.2.23, behaviour 6) ----------------------------------------------------------------- */

/* Three targets, tried in this order: the client's object, an object of the job's notification class, the command line.
 * Setting one of them on a job that is TRANSFERRED or in ERROR notifies anew, whatever was delivered before (choice).
 * All of them: BG_E_INVALID_STATE in a final state. */

/* SINK NULL clears it; else the queue keeps a reference, and IDENTITY's.  It replaces an object of the class, too.
 * LEVEL: of its interface. */
HRESULT queue_set_sink( struct job *job, IUnknown *sink, enum sink_level level, struct identity *identity );
/* The rule of job_set_command(); IDENTITY, who sets it, is who it will run as. */
HRESULT queue_set_command( struct job *job, const WCHAR *program, const WCHAR *parameters, struct identity *identity );
/* The rule of job_set_property(), for a notification class too. */
HRESULT queue_set_property( struct job *job, BITS_JOB_PROPERTY_ID id, const BITS_JOB_PROPERTY_VALUE *value );

/* With a reference; NULL when none is set. */
IUnknown *queue_get_sink( struct job *job );

/* The client's judge of server certificates (spec: api 5.6.11), an IBackgroundCopyServerCertificateValidationCallback, and
 * IDENTITY, who sets it; NULL clears it.  That there is one is stored; the object is not, and neither is what it has
 * accepted, which a new judge has to accept again.  BG_E_READ_ONLY_WHEN_JOB_ACTIVE, BG_E_INVALID_STATE. */
HRESULT queue_set_judge( struct job *job, IUnknown *judge, struct identity *identity );

#endif
