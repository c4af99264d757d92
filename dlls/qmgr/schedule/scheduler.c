/*
 * The scheduler's thread: turns and timers
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

#include "schedule/private.h"
#include "transfer/transfer.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

#define SAVE_DOWNLOAD_TIME 60000    /* ms between two records of it, when nothing else is to be recorded */

HRESULT thread_start_locked( LPTHREAD_START_ROUTINE proc, void *context )
{
    HANDLE thread;

    if (!(thread = CreateThread( NULL, 0, proc, context, 0, NULL ))) return HRESULT_FROM_WIN32( GetLastError() );
    CloseHandle( thread );
    queue.threads++;
    return S_OK;
}

void thread_ended_locked(void)
{
    queue.threads--;
    WakeAllConditionVariable( &queue.ended );
}

/* --- what is due at a time; each lowers NEXT to the tick when it has to be looked at again ------------------------ */

/* How fast background jobs may be now.  One that runs begins anew with another rate. */
static void update_rate_locked( UINT64 now, UINT64 *next )
{
    UINT64 rate = queue.rate;
    SYSTEMTIME time;
    struct job *job;
    ULONG changes;

    if (queue.rate_until <= now)
    {
        GetLocalTime( &time );
        rate = policy_rate( &queue.policy, (time.wHour * 60 + time.wMinute) * 60 + time.wSecond, &changes );
        queue.rate_until = changes ? now + changes * (UINT64)1000 : MAXUINT64;
    }
    *next = min( *next, queue.rate_until );
    if (rate == queue.rate) return;

    TRACE( "%I64u bytes/s instead of %I64u.\n", rate, queue.rate );
    queue.rate = rate;
    LIST_FOR_EACH_ENTRY( job, &queue.jobs, struct job, entry )
        if (is_background( job ) && !job->held) run_again_locked( job );
}

static void check_running_locked( struct job *job, UINT64 now, UINT64 *next )
{
    UINT64 limit = job_download_limit( job, &queue.policy ) * (UINT64)1000, end, save;

    end = !limit ? MAXUINT64 : limit > job->download_time ? job->active_since + limit - job->download_time : 0;
    if (end <= now)
    {
        run_fail_locked( job, BG_E_MAXDOWNLOAD_TIMEOUT );
        return;
    }
    /* what a service that is killed may forget */
    save = job->active_since + SAVE_DOWNLOAD_TIME;
    if (save <= now) unsaved_locked( job, NULL, UNSAVED_NOTHING );
    else *next = min( *next, min( save, end ) );
}

/* Policy is waited for, and nothing else; a network also by the timer, since Wine does not tell of every one. */
static void check_waiting_locked( struct job *job, UINT64 now, UINT64 *next )
{
    BOOL blocked = FAILED(job_blocked( job, &queue.policy, queue.rate ));

    if (job->give_up_at <= now) job_event_locked( job, JOB_GIVE_UP, NULL );
    else if (job_unblocked( job, &queue.policy, queue.rate, queue.addresses )) job_event_locked( job, JOB_RETRY, NULL );
    else if (!blocked && job->retry_at <= now) job_event_locked( job, JOB_RETRY, NULL );
    else *next = min( *next, blocked ? job->give_up_at : min( job->retry_at, job->give_up_at ) );
}

/* Whether nothing has happened to the job for so long that it is to be cancelled (spec: behaviour 3.1). */
static BOOL is_inactive_locked( const struct job *job, UINT64 now, UINT64 *next )
{
    UINT64 limit = policy_inactivity( &queue.policy ) * (UINT64)10000000, passed = time_steady() - job->touched;

    if (job->type != BG_JOB_TYPE_DOWNLOAD && job->state == BG_JOB_STATE_TRANSFERRED) return FALSE;
    if (passed >= limit) return TRUE;
    *next = min( *next, now + (limit - passed) / 10000 + 1 );
    return FALSE;
}

/* Does what is due for each job; INACTIVE is the first that is to be cancelled. */
static void check_jobs_locked( UINT64 now, struct job **inactive, UINT64 *next )
{
    struct job *job;
    HRESULT blocked;

    *inactive = NULL;
    LIST_FOR_EACH_ENTRY( job, &queue.jobs, struct job, entry )
    {
        if (job->held || job_is_final( job )) continue;
        if (is_inactive_locked( job, now, next ))
        {
            if (!*inactive) *inactive = job;
            continue;
        }
        blocked = job_blocked( job, &queue.policy, queue.rate );
        if (FAILED(blocked) && (is_running_state( job->state ) || job->state == BG_JOB_STATE_QUEUED))
            run_fail_locked( job, blocked );
        if (is_running_state( job->state )) check_running_locked( job, now, next );
        else if (job->state == BG_JOB_STATE_TRANSIENT_ERROR) check_waiting_locked( job, now, next );
    }
}

/* Releases the lock meanwhile. */
static void cancel_locked( struct job *job )
{
    HRESULT hr;

    TRACE( "%s: nothing has happened for too long.\n", debugstr_guid( &job->id ) );
    job_addref( job );
    queue_unlock();
    if (FAILED(hr = queue_cancel( job ))) WARN( "%s: %#lx.\n", debugstr_guid( &job->id ), hr );
    else event_job( job, EVENT_JOB_INACTIVE );
    job_release( job );
    queue_lock();
    queue.kicked = TRUE;    /* there may be more */
}

static void start_runs_locked( UINT64 now, UINT64 *next )
{
    struct job *job, *stop;
    HRESULT hr;

    while ((job = pick_job( &queue.jobs, now, &stop, next )))
    {
        job_event_locked( job, JOB_START, NULL );
        if (FAILED(hr = run_start_locked( job )))
        {
            struct job_error error = { hr, BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER, -1 };

            job_event_locked( job, JOB_FAIL_TRANSIENT, &error );
        }
    }
    if (stop)
    {
        TRACE( "%s gives way.\n", debugstr_guid( &stop->id ) );
        run_again_locked( stop );
    }
}

/* --- the thread -------------------------------------------------------------------------------------------------- */

/* Writes what has happened by itself since.  Releases the lock meanwhile. */
static void save_locked(void)
{
    struct job *job, *next;

    queue.save_at = MAXUINT64;
    for (;;)
    {
        next = NULL;
        LIST_FOR_EACH_ENTRY( job, &queue.jobs, struct job, entry )
        {
            if (!job->unsaved) continue;
            next = job_addref( job );
            break;
        }
        if (!next) return;
        queue_unlock();
        persist_unsaved( next );
        job_release( next );
        queue_lock();
    }
}

/* Tells when there begins, or ceases, to be a job with work to do; TOLD: what was told last, -1 for nothing.  The session may
 * end with the work: what has become of it is written before.  Releases the lock meanwhile. */
static void tell_work_locked( int *told )
{
    BOOL exists = FALSE;
    struct job *job;

    LIST_FOR_EACH_ENTRY( job, &queue.jobs, struct job, entry )
        if ((exists = job_is_active( job ) || notify_has_work_locked( job ))) break;
    if (exists == *told || (!exists && queue.save_at != MAXUINT64)) return;
    *told = exists;
    queue_unlock();
    queue.notifier->work( exists );
    queue_lock();
}

/* Sleeps without a limit when there is nothing to wait for. */
static DWORD CALLBACK scheduler_proc( void *context )
{
    struct job *inactive;
    int told = -1;
    UINT64 now, next;

    queue_lock();
    while (queue.running)
    {
        queue.kicked = FALSE;
        now = GetTickCount64();
        next = notify_due_locked( now );
        update_rate_locked( now, &next );
        check_jobs_locked( now, &inactive, &next );
        if (inactive) cancel_locked( inactive );
        start_runs_locked( now, &next );
        if (queue.save_at <= now) save_locked();
        tell_work_locked( &told );
        next = min( next, queue.save_at );
        while (queue.running && !queue.kicked && (now = GetTickCount64()) < next)
            SleepConditionVariableSRW( &queue.wake, &queue.lock,
                                       next == MAXUINT64 ? INFINITE : (DWORD)min( next - now, 0x7fffffff ), 0 );
    }
    thread_ended_locked();
    queue_unlock();
    return 0;
}

HRESULT queue_start( const struct notifier *notifier )
{
    HRESULT hr;

    queue.notifier = notifier;
    if (!(queue.stopping = CreateEventW( NULL, TRUE, FALSE, NULL ))) return HRESULT_FROM_WIN32( GetLastError() );
    if (FAILED(hr = persist_start()))
    {
        CloseHandle( queue.stopping );
        return hr;
    }
    queue_lock();
    queue.running = TRUE;
    if (FAILED(hr = thread_start_locked( scheduler_proc, NULL ))) queue.running = FALSE;
    queue_unlock();
    if (FAILED(hr)) queue_stop();
    return hr;
}

void queue_stop(void)
{
    UINT64 deadline = GetTickCount64() + 10000, now;
    struct job *job;

    queue_lock();
    queue.running = FALSE;
    SetEvent( queue.stopping );
    LIST_FOR_EACH_ENTRY( job, &queue.jobs, struct job, entry ) run_stop_locked( job );
    kick_locked();
    /* a client that hangs in its callback cannot keep the service from stopping */
    while (queue.threads && (now = GetTickCount64()) < deadline)
        SleepConditionVariableSRW( &queue.ended, &queue.lock, (DWORD)(deadline - now), 0 );
    if (queue.threads) WARN( "%lu threads are left behind.\n", queue.threads );

    while (!list_empty( &queue.jobs ))
    {
        struct notify *notify;

        job = LIST_ENTRY( list_head( &queue.jobs ), struct job, entry );
        list_remove( &job->entry );
        list_init( &job->entry );
        notify = notify_detach_locked( job );
        queue_unlock();
        persist_close( job );
        notify_free( notify );
        job_release( job );
        queue_lock();
    }
    queue_unlock();
    persist_stop();
    if (!queue.threads) CloseHandle( queue.stopping );
}
