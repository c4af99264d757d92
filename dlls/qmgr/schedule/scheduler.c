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

/* The tick when the maximum download time of a running job is over, MAXUINT64 for never. */
static UINT64 download_end( const struct job *job )
{
    UINT64 limit = job->max_download_time * (UINT64)1000;

    if (!limit) return MAXUINT64;
    return limit > job->download_time ? job->active_since + limit - job->download_time : 0;
}

/* Does what is due for jobs in TRANSIENT_ERROR and for running ones; returns the tick when more is. */
static UINT64 expire_timers_locked( UINT64 now )
{
    UINT64 next = MAXUINT64;
    struct job *job;

    LIST_FOR_EACH_ENTRY( job, &queue.jobs, struct job, entry )
    {
        if (job->held) continue;
        if (is_running_state( job->state ))
        {
            if (download_end( job ) <= now) run_fail_locked( job, BG_E_MAXDOWNLOAD_TIMEOUT );
            else next = min( next, download_end( job ) );
        }
        else if (job->state == BG_JOB_STATE_TRANSIENT_ERROR)
        {
            if (job->give_up_at <= now) job_event_locked( job, JOB_GIVE_UP, NULL );
            else if (job->retry_at <= now) job_event_locked( job, JOB_RETRY, NULL );
            else next = min( next, min( job->retry_at, job->give_up_at ) );
        }
    }
    return next;
}

static void start_runs_locked(void)
{
    struct job *job, *stop;
    HRESULT hr;

    while ((job = pick_job( &queue.jobs, &stop )))
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

/* Writes what has happened by itself since.  Releases the lock meanwhile. */
static void save_locked(void)
{
    struct job *job, *next;

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

/* Tells when there begins, or ceases, to be a job with work to do; TOLD: what was told last, -1 for nothing.  Releases
 * the lock meanwhile. */
static void tell_work_locked( int *told )
{
    BOOL exists = FALSE;
    struct job *job;

    LIST_FOR_EACH_ENTRY( job, &queue.jobs, struct job, entry )
        if ((exists = job_is_active( job ))) break;
    if (exists == *told) return;
    *told = exists;
    queue_unlock();
    queue.notifier->work( exists );
    queue_lock();
}

/* Sleeps without a limit when there is nothing to wait for. */
static DWORD CALLBACK scheduler_proc( void *context )
{
    int told = -1;
    UINT64 now, next;

    queue_lock();
    while (queue.running)
    {
        queue.kicked = FALSE;
        now = GetTickCount64();
        next = expire_timers_locked( now );
        next = min( next, notify_due_locked( now ) );
        tell_work_locked( &told );
        start_runs_locked();
        save_locked();
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
    if (FAILED(hr = persist_start())) return hr;
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
}
