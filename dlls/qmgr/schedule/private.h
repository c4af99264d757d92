/*
 * Inside the schedule room
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

#ifndef WINEBITS_SCHEDULE_PRIVATE_H
#define WINEBITS_SCHEDULE_PRIVATE_H

#include "schedule/schedule.h"
#include "store/store.h"
#include "transfer/transfer.h"

/* The queue lock's guarded data. */
struct queue
{
    SRWLOCK lock;
    CONDITION_VARIABLE wake;            /* for the scheduler's thread: look again */
    CONDITION_VARIABLE ended;           /* a run, or one of our threads, has ended */
    struct list jobs;                   /* struct job.entry, in the order of creation */
    const struct notifier *notifier;
    struct policy policy;
    UINT64 rate;                        /* of background jobs: bytes per second, POLICY_NO_RATE, 0 for not at all */
    UINT64 rate_until;                  /* tick when it has to be looked at again */
    ULONG addresses;                    /* of this machine in networks; 0: it is in none */
    UINT64 turn;                        /* the last one given to a job */
    HANDLE stopping;                    /* manual-reset: set when running ends, for threads that wait without the lock */
    ULONG threads;                      /* of ours: scheduler, runs, notifications */
    BOOL running;                       /* between queue_start() and queue_stop() */
    BOOL kicked;                        /* wake was signalled since the scheduler looked */
    UINT64 save_at;                     /* tick when what is unsaved is to be written; MAXUINT64: nothing is */
};

extern struct queue queue;

/* FILETIME units, UTC. */
UINT64 time_now(void);
/* The same, but as if nobody had set the clock since the service was started. */
UINT64 time_steady(void);

/* Makes the scheduler look again. */
void kick_locked(void);

/* Starts a thread of ours that queue_stop() waits for; it calls thread_ended_locked() as its last act. */
HRESULT thread_start_locked( LPTHREAD_START_ROUTINE proc, void *context );
void thread_ended_locked(void);

/* The one way for a job to change its state: job_event(), then what the new state means for the queue: timers, turn,
 * notifications. */
HRESULT job_event_locked( struct job *job, enum job_event event, const struct job_error *error );

static inline BOOL is_running_state( BG_JOB_STATE state )
{
    return state == BG_JOB_STATE_CONNECTING || state == BG_JOB_STATE_TRANSFERRING;
}

/* Whether it uses what bandwidth nobody else wants, within the machine's limits (spec: behaviour 2, 4.10). */
static inline BOOL is_background( const struct job *job )
{
    return job->priority != BG_JOB_PRIORITY_FOREGROUND && !job->options.high_performance;
}

/* Whether anything may still be changed: BG_E_INVALID_STATE when the job is finished, or the service is ending. */
HRESULT check_open_locked( const struct job *job );

/* The job has changed in any other way: ModificationTime, notification. */
void job_changed_locked( struct job *job );

/* --- the store (persist.c) --------------------------------------------------------------------------------------- */

/* Opens the store and puts its jobs into the queue, before anybody else sees it. */
HRESULT persist_start(void);
/* All journals are closed. */
void persist_stop(void);

/* Makes the journal of a job that nobody else knows yet; without the lock.  Win32 error as HRESULT. */
HRESULT persist_create( struct job *job );
/* The job is finished: deletes its journal.  persist_close(): the service ends; saves and closes it.  Without the lock. */
void persist_remove( struct job *job );
void persist_close( struct job *job );

/* A client's change, between the two; the caller holds job->writing as well.  The second releases the queue lock,
 * writes, and undoes the change when that fails: the failure is returned. */
void persist_begin_locked( struct job *job, enum change_parts parts );
HRESULT persist_end_locked( struct job *job, BOOL changed );

/* Something happened by itself: to be written by persist_unsaved(), which the scheduler's thread calls within SAVE_DELAY. */
void unsaved_locked( struct job *job, struct job_file *file, enum unsaved what );
#define SAVE_DELAY 10   /* ms; a job of many small files has several events for each */
/* Writes it now, without the lock.  A failure is only traced. */
void persist_unsaved( struct job *job );
/* Brings download_time of a running job up to date. */
void count_download_time_locked( struct job *job );

/* --- the event log (events.c) ------------------------------------------------------------------------------------ */

/* Something happened to the job, with or without the lock, to one of its files; something failed, CODE says why; it
 * entered its state; this temporary file of it could not be deleted.  Nothing is written here: the store's thread does
 * that. */
void event_job_locked( const struct job *job, enum event_id id );
void event_job( const struct job *job, enum event_id id );
void event_file_locked( const struct job *job, const struct job_file *file, enum event_id id );
void event_failure_locked( const struct job *job, enum event_id id, HRESULT code );
void event_state_locked( const struct job *job );
void event_temp_stays( const struct job *job, const WCHAR *temp );

/* --- runs (run.c) ------------------------------------------------------------------------------------------------ */

/* Starts the transfer of a job that has just become CONNECTING. */
HRESULT run_start_locked( struct job *job );
/* Something else than the transfer itself found that the job cannot go on: ends its run, if any, and puts it into
 * ERROR or TRANSIENT_ERROR, whatever CODE is. */
void run_fail_locked( struct job *job, HRESULT code );
/* Tells the run, if any, to end; what it reports from now on does not touch the job's state. */
void run_stop_locked( struct job *job );
/* What the run, if any, brings of FILE does not count from now on, if that is what it is at. */
void run_discard_locked( struct job *job, const struct job_file *file );
/* Waits, with the lock released meanwhile, until the job has no run.  FALSE: it did not end within two seconds. */
BOOL run_wait_locked( struct job *job );
/* The same, and the job waits for another turn with what it is then. */
void run_again_locked( struct job *job );

/* How the job wants its HTTP requests, copied (options.c).  run_options_free() also after failure. */
HRESULT run_options_init_locked( const struct job *job, struct http_options *options );
/* Overwrites the secrets. */
void run_options_free( struct http_options *options );

/* Who touches the job's local files, and who goes out to the network: with a reference.  BG_E_TOKEN_REQUIRED: the
 * flags ask for a helper token and there is none (spec: api 5.8.0). */
HRESULT job_file_identity_locked( struct job *job, struct identity **identity );
HRESULT job_network_identity_locked( struct job *job, struct identity **identity );

/* --- picking (pick.c; pure) -------------------------------------------------------------------------------------- */

#define MAX_FOREGROUND 16

/* The job of JOBS whose turn it is at tick NOW, NULL for none: all foreground jobs at once up to the cap, one background
 * job, higher priority first, the same priority in turn, each for a time slice if others wait (spec: behaviour 2).
 * STOP is a running job that has to give way: call again when it has ended.  LOOK is lowered to the tick when a slice
 * ends that others wait for. */
struct job *pick_job( struct list *jobs, UINT64 now, struct job **stop, UINT64 *look );

/* Why JOB may not run at the moment: S_OK, BG_E_BLOCKED_BY_POLICY, BG_E_BLOCKED_BY_COST_TRANSFER_POLICY
 * (spec: behaviour 2, 8).  RATE: of background jobs. */
HRESULT job_blocked( const struct job *job, const struct policy *policy, UINT64 rate );
/* Whether JOB is in TRANSIENT_ERROR for something that is no longer so: NETWORK says whether there is one. */
BOOL job_unblocked( const struct job *job, const struct policy *policy, UINT64 rate, BOOL network );

/* --- notifications (notify.c) ------------------------------------------------------------------------------------ */

/* What a job has of them; NULL without memory. */
struct notify *notify_create(void);

/* Something happened that the client may want to know. */
void notify_modified_locked( struct job *job );
/* This file is transferred now, for the first time or anew. */
void notify_file_locked( struct job *job, struct job_file *file );
/* This part of it has come. */
void notify_range_locked( struct job *job, struct job_file *file, UINT64 offset, UINT64 length );
/* The job is TRANSFERRED or in ERROR now. */
void notify_state_locked( struct job *job );
/* There is a new target: what has happened already is told anew. */
void notify_target_locked( struct job *job );
/* Whether the session has to live on for something that is not delivered yet: a command line runs, or it, or an object
 * of the notification class, is due or to be tried again.  Not when the last attempt could not even start it. */
BOOL notify_has_work_locked( const struct job *job );
/* Starts threads for what is due at tick NOW; returns the tick when more is due, MAXUINT64 for never. */
UINT64 notify_due_locked( UINT64 now );
/* Where the job's judge of certificates is (itself NULL without one); NULL: the job has left the queue. */
struct judge **notify_judge_locked( const struct job *job );
/* Whether a call failed with HR because the client is gone, and its proxy with it. */
BOOL notify_is_dead( HRESULT hr );
/* The job has left the queue: takes the client away from it; free with notify_free() without the lock. */
struct notify *notify_detach_locked( struct job *job );
void notify_free( struct notify *notify );

/* --- the client's judge of server certificates (judge.c) ---------------------------------------------------------- */

/* Asks the job's judge about a certificate for FILE (spec: api 5.13), as struct transfer_events says; without the lock.
 * Its call has a thread of its own and may outlive ABORT; its answer counts then for the next who asks, unless there is a
 * new judge.  Besides what the client returns: BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED when it is gone or there is
 * none, E_FAIL for a success that is not S_OK, E_ABORT, E_OUTOFMEMORY or the Win32 error of the thread. */
HRESULT judge_ask( struct job *job, ULONG file, HANDLE abort, const BYTE *fingerprint, const BYTE *chain, SIZE_T size );
/* What it has accepted; ACCEPTED stays as it is without a judge. */
void judge_get_accepted_locked( const struct job *job, struct http_accepted *accepted );
/* Without the lock. */
void judge_release( struct judge *judge );

/* --- command lines (command.c) ------------------------------------------------------------------------------------ */

/* Runs PROGRAM as IDENTITY and waits until it has ended (spec: behaviour 6.4); without the lock.  PARAMETERS is the
 * command line, NULL for none.  S_OK, and its EXIT_CODE, which stays as it is for a native program, whose end nobody
 * can wait for; E_ABORT: the service is stopping; else it could not be started. */
HRESULT command_run( const struct identity *identity, const WCHAR *program, const WCHAR *parameters, DWORD *exit_code );

#endif
