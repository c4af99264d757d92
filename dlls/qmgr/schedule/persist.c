/*
 * Keeping the queue in the store
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

/* A client's change is in the job's journal before its call returns; when the journal cannot be written, the change is
 * undone and the call fails.  What happens by itself (timers, news of a transfer) is marked as unsaved and written soon
 * after by the scheduler's thread.
 *
 * job->writing serialises all of it for one job: taken before the queue lock, held until the record is in the file. */

#include "schedule/private.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

struct persist
{
    struct store_journal *journal;
    struct store_record before;     /* of the change at work */
    enum change_parts parts;
    ULONG files;                    /* how many there were before it */
    struct identity *owner;         /* with CHANGE_OWNER those before it, else NULL */
    struct identity *helper;
};

static const struct store_secrets secrets = { identity_protect, identity_unprotect };

static struct store_clock clock_now(void)
{
    struct store_clock clock = { GetTickCount64(), time_now() };

    return clock;
}

static void get_owner( const struct job *job, struct store_owner *owner )
{
    owner->sid = job->owner->sid;
    owner->administrator = job->owner->administrator;
    owner->elevated = job->owner->elevated;
    owner->integrity = job->owner->integrity;
}

static void record_snapshot_locked( struct store_record *record, const struct job *job )
{
    struct store_clock clock = clock_now();
    struct store_owner owner;

    get_owner( job, &owner );
    store_record_begin( record, &clock );
    store_record_snapshot_locked( record, job, &owner );
}

/* --- new, finished and loaded jobs ------------------------------------------------------------------------------- */

HRESULT persist_create( struct job *job )
{
    struct store_record snapshot;
    struct persist *persist;
    HRESULT hr;

    if (!(persist = calloc( 1, sizeof(*persist) ))) return E_OUTOFMEMORY;
    record_snapshot_locked( &snapshot, job );
    hr = store_create( &job->id, &snapshot, &persist->journal );
    store_record_free( &snapshot );
    if (SUCCEEDED(hr)) job->persist = persist;
    else free( persist );
    return hr;
}

static void record_job_locked( struct store_record *record, const struct job *job )
{
    struct store_clock clock = clock_now();

    store_record_begin( record, &clock );
    store_record_job_locked( record, job );
}

void persist_remove( struct job *job )
{
    struct persist *persist;
    struct store_record record;
    HRESULT hr;

    AcquireSRWLockExclusive( &job->writing );
    queue_lock();
    persist = job->persist;
    job->persist = NULL;
    record_job_locked( &record, job );
    queue_unlock();
    if (persist && FAILED(hr = store_delete( persist->journal )))
    {
        /* it says at least that the job is finished: the next start deletes it */
        WARN( "%s: the journal stays, %#lx.\n", debugstr_guid( &job->id ), hr );
        if (FAILED(hr = store_write( persist->journal, &record )))
            ERR( "%s comes back with the next start, %#lx.\n", debugstr_guid( &job->id ), hr );
        store_close( persist->journal );
    }
    store_record_free( &record );
    free( persist );
    ReleaseSRWLockExclusive( &job->writing );
}

void persist_close( struct job *job )
{
    struct persist *persist;

    persist_unsaved( job );
    AcquireSRWLockExclusive( &job->writing );   /* a call that began before the service was told to end */
    queue_lock();
    persist = job->persist;
    job->persist = NULL;
    queue_unlock();
    ReleaseSRWLockExclusive( &job->writing );
    if (persist) store_close( persist->journal );
    free( persist );
}

/* The same as LAST if that is the same owner: reading a user's rights costs several system calls for each job. */
static HRESULT restore_owner( const struct store_owner *owner, struct identity **last, struct identity **ret )
{
    const struct identity *other = *last;
    HRESULT hr;

    if (!other || wstr_cmp( other->sid, owner->sid ) || other->administrator != owner->administrator ||
        other->elevated != owner->elevated || other->integrity != owner->integrity)
    {
        identity_release( *last );
        *last = NULL;
        hr = identity_restore( owner->sid, owner->administrator, owner->elevated, owner->integrity, last );
        if (FAILED(hr)) return hr;
    }
    *ret = identity_addref( *last );
    return S_OK;
}

/* The job comes back from an earlier run of the service; nobody else knows it yet.  CONTEXT: the last job's owner. */
static void on_loaded( struct job *job, const struct store_owner *owner, struct store_journal *journal, BOOL secrets_lost,
                       void *context )
{
    struct persist *persist = calloc( 1, sizeof(*persist) );
    HRESULT hr = E_OUTOFMEMORY;

    if (persist && (job->notify = notify_create()))
        hr = restore_owner( owner, context, &job->owner );
    if (FAILED(hr))
    {
        ERR( "%s is left out until the next start, %#lx.\n", debugstr_guid( &job->id ), hr );
        store_close( journal );
        notify_free( job->notify );
        free( persist );
        job_destroy( job );
        return;
    }
    persist->journal = journal;
    job->persist = persist;
    job->turn = ++queue.turn;
    list_add_tail( &queue.jobs, &job->entry );
    if (secrets_lost) event_job_locked( job, EVENT_SECRETS_LOST );
    TRACE( "%s, %s, is back.\n", debugstr_guid( &job->id ), debugstr_job_state( job->state ) );
}

HRESULT persist_start(void)
{
    static const struct store_reader reader = { reader_open, reader_read, reader_close };
    struct store_clock clock = clock_now();
    struct identity *last = NULL;
    HRESULT hr;

    if (FAILED(hr = store_start( NULL, &secrets ))) return hr;
    if (FAILED(hr = store_load( &clock, &reader, on_loaded, &last ))) store_stop();
    identity_release( last );
    return hr;
}

void persist_stop(void)
{
    store_stop();
}

/* --- a client's change ------------------------------------------------------------------------------------------- */

static void record_parts_locked( struct store_record *record, const struct job *job, enum change_parts parts,
                                 ULONG first_file )
{
    struct store_owner owner;
    ULONG i;

    record_job_locked( record, job );
    if ((parts & CHANGE_OWNER) == CHANGE_OWNER)
    {
        get_owner( job, &owner );
        store_record_owner( record, &owner );
    }
    if (parts & CHANGE_SECRETS) store_record_secrets_locked( record, job );
    for (i = parts & CHANGE_FILES ? 0 : first_file; i < job->file_count; i++) store_record_file_locked( record, job, i );
}

void persist_begin_locked( struct job *job, enum change_parts parts )
{
    struct persist *persist = job->persist;

    persist->parts = parts;
    persist->files = job->file_count;
    record_parts_locked( &persist->before, job, parts, job->file_count );
    if ((parts & CHANGE_OWNER) != CHANGE_OWNER) return;
    persist->owner = identity_addref( job->owner );
    if (job->helper) persist->helper = identity_addref( job->helper );
}

static void exchange( struct identity **left, struct identity **right )
{
    struct identity *identity = *left;

    *left = *right;
    *right = identity;
}

/* The journal does not take the change: as if it had never been.  A transfer begins anew with what is true again. */
static void undo( struct job *job )
{
    HRESULT hr;

    queue_lock();
    run_stop_locked( job );
    if (FAILED(hr = store_undo_locked( &job->persist->before, job )))
        ERR( "%s: a change stays although it is not in the store, %#lx.\n", debugstr_guid( &job->id ), hr );
    if (job->persist->owner)
    {
        exchange( &job->owner, &job->persist->owner );
        exchange( &job->helper, &job->persist->helper );
    }
    job_event_locked( job, JOB_PREEMPT, NULL );
    kick_locked();
    queue_unlock();
}

static void compact( struct job *job )
{
    struct store_record snapshot;
    HRESULT hr;

    if (!store_wants_compaction( job->persist->journal )) return;
    queue_lock();
    record_snapshot_locked( &snapshot, job );
    queue_unlock();
    if (FAILED(hr = store_compact( job->persist->journal, &snapshot )))
        WARN( "%s: the journal stays long, %#lx.\n", debugstr_guid( &job->id ), hr );
    store_record_free( &snapshot );
}

HRESULT persist_end_locked( struct job *job, BOOL changed )
{
    struct persist *persist = job->persist;
    struct store_record after;
    HRESULT hr = S_OK;

    if (changed) record_parts_locked( &after, job, persist->parts, persist->files );
    queue_unlock();
    if (changed)
    {
        if (FAILED(hr = store_write( persist->journal, &after )))
        {
            WARN( "%s: %#lx.\n", debugstr_guid( &job->id ), hr );
            undo( job );
        }
        else compact( job );
        store_record_free( &after );
    }
    store_record_free( &persist->before );
    identity_release( persist->owner );
    identity_release( persist->helper );
    persist->owner = persist->helper = NULL;
    return hr;
}

/* --- what happens by itself -------------------------------------------------------------------------------------- */

void unsaved_locked( struct job *job, struct job_file *file, enum unsaved what )
{
    job->unsaved = TRUE;
    if (file && what > file->unsaved) file->unsaved = what;
    if (queue.save_at != MAXUINT64) return;
    queue.save_at = GetTickCount64() + SAVE_DELAY;
    kick_locked();
}

void persist_unsaved( struct job *job )
{
    struct store_record record;
    HRESULT hr;
    ULONG i;

    AcquireSRWLockExclusive( &job->writing );
    queue_lock();
    if (!job->unsaved || !job->persist)
    {
        queue_unlock();
        ReleaseSRWLockExclusive( &job->writing );
        return;
    }
    job->unsaved = FALSE;
    count_download_time_locked( job );
    record_job_locked( &record, job );
    for (i = 0; i < job->file_count; i++)
    {
        struct job_file *file = job->files[i];

        if (file->unsaved == UNSAVED_ALL) store_record_file_locked( &record, job, i );
        else if (file->unsaved == UNSAVED_PROGRESS) store_record_progress_locked( &record, job, i );
        file->unsaved = UNSAVED_NOTHING;
    }
    queue_unlock();
    /* what is lost here costs a restart some work, and comes with the next record */
    if (FAILED(hr = store_write( job->persist->journal, &record )))
        WARN( "%s: progress is not stored, %#lx.\n", debugstr_guid( &job->id ), hr );
    else compact( job );
    store_record_free( &record );
    ReleaseSRWLockExclusive( &job->writing );
}
