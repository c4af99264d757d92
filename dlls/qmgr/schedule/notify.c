/*
 * Telling the clients
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

/* A client sets a callback object on a job; it hears of TRANSFERRED and ERROR at least once, even when it came late,
 * and of other changes now and then (spec: behaviour 6).  One call at a time for a job, at most four at once; threads
 * exist only while there is something to deliver. */

#define COBJMACROS

#include "schedule/private.h"

#include <objbase.h>

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

#define MAX_NOTIFYING    4      /* spec: api 4.1 */

struct notify
{
    IUnknown *sink;
    struct identity *identity;  /* whoever set it */
    IUnknown *judge;            /* the client's judge of server certificates */
    BOOL busy;                  /* a call is on its way */
    BOOL state_pending;         /* TRANSFERRED or ERROR has not been delivered */
    BOOL modified_pending;
    UINT64 state_at;            /* tick before which they are not tried */
    UINT64 modified_at;
};

enum what { NOTHING, STATE, MODIFIED };

static BOOL has_state( const struct job *job )
{
    return job->state == BG_JOB_STATE_TRANSFERRED || job->state == BG_JOB_STATE_ERROR;
}

static BOOL wants_state( const struct job *job )
{
    DWORD flag = job->state == BG_JOB_STATE_TRANSFERRED ? BG_NOTIFY_JOB_TRANSFERRED : BG_NOTIFY_JOB_ERROR;

    return has_state( job ) && (job->notify_flags & flag) && !(job->notify_flags & BG_NOTIFY_DISABLE);
}

static BOOL wants_modified( const struct job *job )
{
    return (job->notify_flags & BG_NOTIFY_JOB_MODIFICATION) && !(job->notify_flags & BG_NOTIFY_DISABLE);
}

/* What could be delivered for this job, and the tick AT of its time. */
static enum what pending_locked( const struct job *job, UINT64 *at )
{
    const struct notify *notify = job->notify;
    enum what what = NOTHING;

    if (!notify || !notify->sink || notify->busy) return NOTHING;
    if (notify->state_pending && wants_state( job ))
    {
        what = STATE;
        *at = notify->state_at;
    }
    if (notify->modified_pending && wants_modified( job ) && (what == NOTHING || notify->modified_at < *at))
    {
        what = MODIFIED;
        *at = notify->modified_at;
    }
    return what;
}

void notify_modified_locked( struct job *job )
{
    struct notify *notify = job->notify;

    if (!notify || notify->modified_pending || !wants_modified( job )) return;
    notify->modified_pending = TRUE;
    kick_locked();
}

void notify_state_locked( struct job *job )
{
    if (!job->notify) return;
    job->notify->state_pending = TRUE;
    job->notify->state_at = 0;
}

/* --- delivering -------------------------------------------------------------------------------------------------- */

/* The client is gone, and its proxy with it. */
static BOOL is_dead( HRESULT hr )
{
    return hr == HRESULT_FROM_WIN32( RPC_S_SERVER_UNAVAILABLE ) || hr == RPC_E_DISCONNECTED ||
           hr == RPC_E_SERVER_DIED || hr == RPC_E_SERVER_DIED_DNE || hr == CO_E_OBJNOTCONNECTED ||
           hr == HRESULT_FROM_WIN32( RPC_S_CALL_FAILED );
}

/* Calls the client.  The lock is released meanwhile; the job may have any state afterwards. */
static void deliver_locked( struct job *job, enum what what )
{
    struct notify *notify = job->notify;
    struct identity *identity = identity_addref( notify->identity );
    BG_JOB_STATE state = job->state;
    IUnknown *sink = notify->sink;
    const struct notifier *notifier = queue.notifier;
    HRESULT hr;

    IUnknown_AddRef( sink );
    job_addref( job );
    notify->busy = TRUE;
    if (what == MODIFIED) notify->modified_pending = FALSE;
    else notify->state_pending = FALSE;
    queue_unlock();

    if (what == MODIFIED) hr = notifier->modified( sink, job, identity );
    else if (state == BG_JOB_STATE_TRANSFERRED) hr = notifier->transferred( sink, job, identity );
    else hr = notifier->failed( sink, job, identity );
    TRACE( "%s: %s, the client returned %#lx.\n", debugstr_guid( &job->id ),
           what == MODIFIED ? "JobModification" : state == BG_JOB_STATE_TRANSFERRED ? "JobTransferred" : "JobError", hr );
    IUnknown_Release( sink );
    identity_release( identity );

    queue_lock();
    if ((notify = job->notify))     /* still in the queue */
    {
        notify->busy = FALSE;
        notify->modified_at = GetTickCount64() + job->options.notify_interval;
        if (FAILED(hr)) event_unheard_locked( job, hr );
        if (what == STATE && hr != S_OK && notify->sink == sink && job->state == state)
        {
            notify->state_pending = TRUE;
            notify->state_at = GetTickCount64() + job->retry_delay * (UINT64)1000;
        }
        sink = is_dead( hr ) && notify->sink == sink ? notify->sink : NULL;
        if (sink) notify->sink = NULL;
        kick_locked();
        queue_unlock();
        if (sink) IUnknown_Release( sink );
    }
    else queue_unlock();
    job_release( job );
    queue_lock();
}

/* A job that is due: events of a state go before modifications. */
static struct job *next_due_locked( UINT64 now, enum what *what )
{
    struct job *job, *modified = NULL;
    UINT64 at;

    LIST_FOR_EACH_ENTRY( job, &queue.jobs, struct job, entry )
    {
        enum what pending = pending_locked( job, &at );

        if (pending == NOTHING || at > now) continue;
        if (pending == STATE)
        {
            *what = STATE;
            return job;
        }
        if (!modified) modified = job;
    }
    *what = modified ? MODIFIED : NOTHING;
    return modified;
}

static DWORD CALLBACK notify_proc( void *context )
{
    struct job *job;
    enum what what;

    CoInitializeEx( NULL, COINIT_MULTITHREADED );
    queue_lock();
    while (queue.running && (job = next_due_locked( GetTickCount64(), &what ))) deliver_locked( job, what );
    queue.notifying--;
    queue_unlock();
    CoUninitialize();

    queue_lock();
    thread_ended_locked();
    queue_unlock();
    return 0;
}

UINT64 notify_due_locked( UINT64 now )
{
    UINT64 next = MAXUINT64, at;
    ULONG due = 0;
    struct job *job;

    LIST_FOR_EACH_ENTRY( job, &queue.jobs, struct job, entry )
    {
        if (pending_locked( job, &at ) == NOTHING) continue;
        if (at <= now) due++;
        else next = min( next, at );
    }
    while (queue.notifying < MAX_NOTIFYING && due--)
    {
        if (FAILED(thread_start_locked( notify_proc, NULL )))
        {
            WARN( "No thread for a notification.\n" );
            return min( next, now + 1000 );
        }
        queue.notifying++;
    }
    return next;
}

/* --- the client's object ----------------------------------------------------------------------------------------- */

HRESULT queue_set_sink( struct job *job, IUnknown *sink, struct identity *identity )
{
    struct identity *old_identity = NULL;
    IUnknown *old_sink = NULL;
    HRESULT hr;

    queue_lock();
    hr = check_open_locked( job );
    if (SUCCEEDED(hr) && !job->notify && !(job->notify = calloc( 1, sizeof(*job->notify) ))) hr = E_OUTOFMEMORY;
    if (SUCCEEDED(hr))
    {
        /* never stored: it dies with the client or with us (spec: behaviour 10) */
        struct notify *notify = job->notify;

        old_sink = notify->sink;
        old_identity = notify->identity;
        if ((notify->sink = sink)) IUnknown_AddRef( sink );
        notify->identity = identity_addref( identity );
        /* what has happened already is told to a late client too */
        if (sink && has_state( job )) notify_state_locked( job );
        job_changed_locked( job );
        kick_locked();
    }
    queue_unlock();

    if (old_sink) IUnknown_Release( old_sink );
    identity_release( old_identity );
    return hr;
}

IUnknown *queue_get_sink( struct job *job )
{
    IUnknown *sink = NULL;

    queue_lock();
    if (job->notify && (sink = job->notify->sink)) IUnknown_AddRef( sink );
    queue_unlock();
    return sink;
}

HRESULT queue_set_judge( struct job *job, IUnknown *judge )
{
    IUnknown *old = NULL;
    HRESULT hr;

    queue_lock();
    hr = check_open_locked( job );
    if (SUCCEEDED(hr) && job_is_active( job )) hr = BG_E_READ_ONLY_WHEN_JOB_ACTIVE;
    if (SUCCEEDED(hr) && !job->notify && !(job->notify = calloc( 1, sizeof(*job->notify) ))) hr = E_OUTOFMEMORY;
    if (SUCCEEDED(hr))
    {
        /* never stored, like the callback */
        old = job->notify->judge;
        if ((job->notify->judge = judge)) IUnknown_AddRef( judge );
        job_changed_locked( job );
    }
    queue_unlock();
    if (old) IUnknown_Release( old );
    return hr;
}

BOOL notify_has_judge_locked( const struct job *job )
{
    return job->notify && job->notify->judge;
}

struct notify *notify_detach_locked( struct job *job )
{
    struct notify *notify = job->notify;

    job->notify = NULL;
    return notify;
}

void notify_free( struct notify *notify )
{
    if (!notify) return;
    if (notify->sink) IUnknown_Release( notify->sink );
    if (notify->judge) IUnknown_Release( notify->judge );
    identity_release( notify->identity );
    free( notify );
}
