/*
 * Suspend, Resume, Cancel and Complete
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

HRESULT queue_suspend( struct job *job )
{
    HRESULT hr;

    AcquireSRWLockExclusive( &job->operation );
    if (SUCCEEDED(hr = queue_begin_change( job )))
    {
        if (SUCCEEDED(hr = job_event_locked( job, JOB_SUSPEND, NULL )) && job->state == BG_JOB_STATE_SUSPENDED)
            run_stop_locked( job );
        hr = queue_end_change( job, hr );
    }
    ReleaseSRWLockExclusive( &job->operation );
    return hr;
}

HRESULT queue_resume( struct job *job )
{
    HRESULT hr;

    AcquireSRWLockExclusive( &job->operation );
    /* names that SetRemoteName() changed are stored now */
    if (SUCCEEDED(hr = queue_begin_change_of( job, CHANGE_FILES )))
        hr = queue_end_change( job, job_event_locked( job, JOB_RESUME, NULL ) );
    ReleaseSRWLockExclusive( &job->operation );
    return hr;
}

/* A finished job leaves store and queue: the queue's reference and the client's callback with it. */
static void leave_queue( struct job *job )
{
    struct notify *notify;
    BOOL queued;

    persist_remove( job );
    queue_lock();
    if ((queued = !list_empty( &job->entry )))
    {
        list_remove( &job->entry );
        list_init( &job->entry );
    }
    notify = notify_detach_locked( job );
    queue_unlock();

    notify_free( notify );
    if (queued) job_release( job );
}

/* Deletes the temporary files: all, or only those of unfinished files.  BG_S_UNABLE_TO_DELETE_FILES if any stays. */
static HRESULT discard_files( struct job *job, struct identity *identity, BOOL all )
{
    HRESULT hr = S_OK;
    WCHAR *temp;
    ULONG i;

    for (i = 0; ; i++)
    {
        struct job_file *file;
        BOOL discard;

        queue_lock();
        if (i >= job->file_count)
        {
            queue_unlock();
            return hr;
        }
        file = job->files[i];
        discard = all || !file->transferred;    /* a completed file has none any more */
        temp = discard ? wstr_dup( file->temp ) : NULL;
        queue_unlock();

        if (temp && FAILED(transfer_discard( identity, temp )))
        {
            event_temp_stays( job, temp );
            hr = BG_S_UNABLE_TO_DELETE_FILES;
        }
        free( temp );
    }
}

HRESULT queue_cancel( struct job *job )
{
    struct identity *identity;
    BOOL stopped;
    HRESULT hr;

    AcquireSRWLockExclusive( &job->operation );
    queue_lock();
    if (SUCCEEDED(hr = check_open_locked( job )) && SUCCEEDED(hr = job_event_locked( job, JOB_CANCEL, NULL )))
    {
        run_stop_locked( job );
        if (!(stopped = run_wait_locked( job ))) WARN( "%s: the transfer does not end.\n", debugstr_guid( &job->id ) );
        if (FAILED(job_file_identity_locked( job, &identity ))) identity = identity_addref( job->owner );
    }
    queue_unlock();
    if (SUCCEEDED(hr))
    {
        hr = discard_files( job, identity, TRUE );
        identity_release( identity );
        leave_queue( job );
    }
    ReleaseSRWLockExclusive( &job->operation );
    return hr;
}

/* Writes that a file has its final name, or has not.  The lock is released meanwhile. */
static void set_completed_locked( struct job *job, struct job_file *file, BOOL completed )
{
    file->completed = completed;
    unsaved_locked( job, file, UNSAVED_ALL );
    queue_unlock();
    persist_unsaved( job );
    queue_lock();
}

/* Gives the whole files their names; those that have it stay so when a later one fails (spec: behaviour 4.8).
 *
 * The record goes before the rename.  A service that is killed between the two leaves a file that counts as completed
 * and still is the temporary one: the next Complete goes on with it.  The other way round there would be no telling
 * whether the temporary file was renamed or lost. */
static HRESULT finish_files( struct job *job, struct identity *identity, BOOL *partial )
{
    HRESULT hr = S_OK;
    ULONG i;

    *partial = FALSE;
    queue_lock();
    for (i = 0; i < job->file_count && SUCCEEDED(hr); i++)
    {
        struct job_file *file = job->files[i];
        BOOL again = file->completed;

        if (!file->transferred) *partial = TRUE;
        if (!file->transferred) continue;

        /* the run has ended: nobody else writes these fields now */
        if (!again) set_completed_locked( job, file, TRUE );
        queue_unlock();
        hr = transfer_finish( identity, file->temp, file->local, file->modified, file->attributes );
        queue_lock();
        if (again && hr == HRESULT_FROM_WIN32( ERROR_FILE_NOT_FOUND )) hr = S_OK;   /* it has its name */
        if (FAILED(hr))
        {
            WARN( "%s -> %s: %#lx.\n", debugstr_w( file->temp ), debugstr_w( file->local ), hr );
            if (!again) set_completed_locked( job, file, FALSE );
        }
    }
    queue_unlock();
    return hr;
}

/* Stops the transfer for the time of Complete.  The state stays what it is. */
static HRESULT hold( struct job *job )
{
    HRESULT hr;

    queue_lock();
    if (SUCCEEDED(hr = check_open_locked( job )) && SUCCEEDED(hr = job_event_allowed( job, JOB_COMPLETE, NULL )))
    {
        job->held = TRUE;
        run_stop_locked( job );
        if (!run_wait_locked( job )) hr = HRESULT_FROM_WIN32( ERROR_BUSY );
        if (FAILED(hr)) job->held = FALSE;
    }
    queue_unlock();
    return hr;
}

/* SUCCESS: the job is ACKNOWLEDGED; else it goes on where hold() found it. */
static void let_go( struct job *job, BOOL success )
{
    queue_lock();
    job->held = FALSE;
    job_event_locked( job, success ? JOB_COMPLETE : JOB_PREEMPT, NULL );
    kick_locked();
    queue_unlock();
    if (success) leave_queue( job );
}

HRESULT queue_complete( struct job *job, struct identity *caller )
{
    struct identity *identity;
    BOOL partial;
    HRESULT hr;

    AcquireSRWLockExclusive( &job->operation );
    if (SUCCEEDED(hr = hold( job )))
    {
        queue_lock();
        if (FAILED(job_file_identity_locked( job, &identity )) || identity == job->owner)
        {
            identity_release( identity );
            identity = identity_addref( caller );
        }
        queue_unlock();

        if (SUCCEEDED(hr = finish_files( job, identity, &partial )))
        {
            hr = discard_files( job, identity, FALSE );
            if (hr == S_OK && partial) hr = BG_S_PARTIAL_COMPLETE;
        }
        identity_release( identity );
        let_go( job, SUCCEEDED(hr) );
    }
    ReleaseSRWLockExclusive( &job->operation );
    return hr;
}
