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

/* A job's client hears of TRANSFERRED and ERROR at least once, even if it comes late, before that of each file, and of
 * other changes now and then (spec: behaviour 6).  There are three targets: the client's object; when there is none, or
 * it is gone, an object of the notification class; and for TRANSFERRED and ERROR the command line, when neither is
 * there or it has failed.
 *
 * What is left to tell follows from the job: its state, what of it is marked as notified, its flags and targets.  That
 * is asked anew each time, so that a change of any of these needs nothing else.  One call at a time for a job, at most
 * four of one user's at once; threads exist only while there is something to deliver. */

#define COBJMACROS

#include "schedule/private.h"

#include <objbase.h>

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

#define MAX_NOTIFYING    4      /* calls, and command lines, of one user (spec: api 4.1) */

/* An object to call. */
struct target
{
    IUnknown *sink;             /* NULL: there is none */
    enum sink_level level;
};

struct notify
{
    struct target client;       /* from SetNotifyInterface() */
    struct identity *identity;  /* whoever set that */
    struct target made;         /* of the notification class */
    GUID made_class;            /* which it was then */
    struct identity *commander; /* whoever set the command line, with a token; NULL after a restart */
    struct judge *judge;

    BOOL calling;               /* a call is on its way */
    LONG calling_file;          /* its file; -1: none, or that one was transferred anew meanwhile */
    BOOL running;               /* the command line */
    ULONG running_for;          /* the event that it runs for */
    ULONG event;                /* counts TRANSFERRED and ERROR, and the new targets for them */
    BOOL refused;               /* the object has failed with that event: it is the command line's turn */
    BOOL unreachable;           /* the last attempt could not start class or command line */
    BOOL modified;              /* something has changed */
    UINT64 event_at;            /* tick before which it is not tried */
    UINT64 file_at;
    UINT64 class_at;            /* the same for making an object of the class */
    UINT64 modified_at;
    UINT64 ranges_at;
};

enum what { NOTHING, EVENT, COMMAND, FILE_DONE, RANGES, MODIFIED };

/* One notification on its way, a value for the thread that makes it. */
struct delivery
{
    struct list entry;          /* in deliveries */
    struct job *job;            /* with a reference */
    WCHAR *sid;                 /* whose turn it uses up */
    struct identity *user;      /* they; NULL, for a command line after a restart: to be restored */
    BOOL administrator;         /* COMMAND: they were one */
    enum what what;
    BG_JOB_STATE state;         /* EVENT */
    ULONG event;                /* EVENT and COMMAND: struct notify.event */
    LONG file;                  /* FILE_DONE and RANGES */
    struct ranges ranges;       /* RANGES */
    struct target target;       /* all but COMMAND; without a sink it is to be made of CLASS */
    GUID class;
    BOOL made;                  /* it was */
    WCHAR *program;             /* COMMAND */
    WCHAR *parameters;
};

static struct list deliveries = { &deliveries, &deliveries };    /* queue lock */

struct notify *notify_create(void)
{
    struct notify *notify = calloc( 1, sizeof(*notify) );

    if (notify) notify->calling_file = -1;
    return notify;
}

/* --- what is left to tell ---------------------------------------------------------------------------------------- */

static BOOL wants( const struct job *job, DWORD flag )
{
    return (job->notify_flags & flag) && !(job->notify_flags & BG_NOTIFY_DISABLE);
}

static BOOL has_event( const struct job *job )
{
    if (job->notified) return FALSE;
    if (job->state == BG_JOB_STATE_TRANSFERRED) return wants( job, BG_NOTIFY_JOB_TRANSFERRED );
    return job->state == BG_JOB_STATE_ERROR && wants( job, BG_NOTIFY_JOB_ERROR );
}

/* The first file that the client has not heard of, -1 for none. */
static LONG next_file( const struct job *job )
{
    ULONG i;

    if (!wants( job, BG_NOTIFY_FILE_TRANSFERRED )) return -1;
    for (i = 0; i < job->file_count; i++)
        if (job->files[i]->transferred && !job->files[i]->notified) return i;
    return -1;
}

/* The first file of which ranges have come since the client last heard of them, -1 for none. */
static LONG next_arrived( const struct job *job )
{
    ULONG i;

    if (!wants( job, BG_NOTIFY_FILE_RANGES_TRANSFERRED )) return -1;
    for (i = 0; i < job->file_count; i++)
        if (job->files[i]->arrived.count) return i;
    return -1;
}

static BOOL has_class( const struct job *job )
{
    return !IsEqualGUID( &job->options.notify_clsid, &GUID_NULL );
}

/* spec: behaviour 6.4: never for these */
static BOOL has_command( const struct job *job )
{
    return job->command.program && !identity_is_system_account( job->owner->sid );
}

/* The object to call.  FALSE: there is neither one nor a class; a NULL sink: it has to be made of the class. */
static BOOL get_target_locked( const struct job *job, struct target *target )
{
    struct notify *notify = job->notify;

    *target = notify->client;
    if (target->sink) return TRUE;
    *target = notify->made;
    if (target->sink && IsEqualGUID( &notify->made_class, &job->options.notify_clsid )) return TRUE;
    target->sink = NULL;
    target->level = SINK_RANGES;     /* nobody knows yet */
    return has_class( job );
}

/* What is next for this job, and the tick AT of its time. */
static enum what pending_locked( const struct job *job, UINT64 now, UINT64 *at )
{
    const struct notify *notify = job->notify;
    UINT64 object_at = MAXUINT64;
    enum what what = NOTHING;
    struct target target;

    *at = MAXUINT64;
    if (notify->calling) return NOTHING;
    if (get_target_locked( job, &target )) object_at = target.sink ? 0 : notify->class_at;

    if (object_at != MAXUINT64 && target.level >= SINK_FILES && next_file( job ) >= 0)
    {
        what = FILE_DONE;
        *at = max( notify->file_at, object_at );
    }
    /* files come first, unless there is nobody who could be told */
    if (has_event( job ) && (what == NOTHING || object_at > now) &&
        !(notify->running && notify->running_for == notify->event))
    {
        BOOL object = object_at != MAXUINT64 && !(notify->refused && has_command( job ));

        if (has_command( job ) && !notify->running && (!object || object_at > now))
        {
            what = COMMAND;
            *at = notify->event_at;
        }
        else if (object && what == NOTHING)
        {
            what = EVENT;
            *at = max( notify->event_at, object_at );
        }
    }
    if (object_at != MAXUINT64 && target.level >= SINK_RANGES && next_arrived( job ) >= 0 &&
        max( notify->ranges_at, object_at ) < *at && *at > now)
    {
        what = RANGES;
        *at = max( notify->ranges_at, object_at );
    }
    if (notify->modified && wants( job, BG_NOTIFY_JOB_MODIFICATION ) && object_at != MAXUINT64 &&
        max( notify->modified_at, object_at ) < *at && *at > now)
    {
        what = MODIFIED;
        *at = max( notify->modified_at, object_at );
    }
    return what;
}

BOOL notify_has_work_locked( const struct job *job )
{
    if (job->notify->running) return TRUE;
    if (job->notify->unreachable) return FALSE;
    return (has_event( job ) && (has_class( job ) || has_command( job ))) ||
           (has_class( job ) && next_file( job ) >= 0);
}

void notify_modified_locked( struct job *job )
{
    struct notify *notify = job->notify;

    if (!notify || notify->modified || !wants( job, BG_NOTIFY_JOB_MODIFICATION )) return;
    notify->modified = TRUE;
    kick_locked();
}

void notify_file_locked( struct job *job, struct job_file *file )
{
    struct notify *notify = job->notify;

    file->notified = FALSE;
    if (notify && notify->calling_file >= 0 && job->files[notify->calling_file] == file) notify->calling_file = -1;
}

void notify_range_locked( struct job *job, struct job_file *file, UINT64 offset, UINT64 length )
{
    if (!length || !wants( job, BG_NOTIFY_FILE_RANGES_TRANSFERRED ) ||
        FAILED(job_file_check_random( job, file ))) return;
    if (FAILED(ranges_fill( &file->arrived, offset, length ))) WARN( "No memory for a notification.\n" );
    kick_locked();
}

void notify_state_locked( struct job *job )
{
    struct notify *notify = job->notify;

    job->notified = FALSE;
    if (!notify) return;
    notify->event++;
    notify->refused = FALSE;
    notify->event_at = 0;
}

void notify_target_locked( struct job *job )
{
    notify_state_locked( job );
    job->notify->unreachable = FALSE;
    job->notify->class_at = job->notify->file_at = 0;
}

/* --- one delivery ------------------------------------------------------------------------------------------------ */

static void delivery_free( struct delivery *delivery )
{
    if (delivery->target.sink) IUnknown_Release( delivery->target.sink );
    identity_release( delivery->user );
    free( delivery->sid );
    free( delivery->program );
    free( delivery->parameters );
    ranges_clear( &delivery->ranges );
    job_release( delivery->job );
    free( delivery );
}

/* As whom the command line runs; NULL when they have to be restored.  The identity that set it counts as long as it is
 * the one that the job names: that of a change which the store refused does not. */
static struct identity *commander_locked( const struct job *job )
{
    const struct job_command *command = &job->command;
    struct identity *commander = job->notify->commander;

    if (!command->user) return identity_addref( job->owner );
    if (commander && !wstr_cmp( commander->sid, command->user ) && commander->administrator == command->administrator)
        return identity_addref( commander );
    return NULL;
}

/* Who is told, without a reference: only to be compared. */
static const WCHAR *user_locked( const struct job *job, enum what what )
{
    if (what == COMMAND) return job->command.user ? job->command.user : job->owner->sid;
    return job->notify->client.sink ? job->notify->identity->sid : job->owner->sid;
}

/* spec: behaviour 6.3; programs are counted apart, since those that stay open must not keep their user's callbacks back */
static BOOL may_start_locked( const struct job *job, enum what what )
{
    const WCHAR *user = user_locked( job, what );
    struct delivery *delivery;
    ULONG count = 0;

    LIST_FOR_EACH_ENTRY( delivery, &deliveries, struct delivery, entry )
        if ((delivery->what == COMMAND) == (what == COMMAND) && !wstr_cmp( delivery->sid, user )) count++;
    return count < MAX_NOTIFYING;
}

static BOOL begin_command_locked( struct delivery *delivery )
{
    struct job *job = delivery->job;

    delivery->program = wstr_dup( job->command.program );
    delivery->parameters = wstr_dup( job->command.parameters );
    if (!delivery->program || (job->command.parameters && !delivery->parameters)) return FALSE;
    delivery->user = commander_locked( job );
    delivery->administrator = job->command.administrator;
    job->notify->running = TRUE;
    job->notify->running_for = job->notify->event;
    return TRUE;
}

static void begin_call_locked( struct delivery *delivery )
{
    struct job *job = delivery->job;
    struct notify *notify = job->notify;

    get_target_locked( job, &delivery->target );
    if (delivery->target.sink) IUnknown_AddRef( delivery->target.sink );
    delivery->class = job->options.notify_clsid;
    delivery->user = identity_addref( notify->client.sink ? notify->identity : job->owner );
    delivery->file = delivery->what == FILE_DONE ? next_file( job ) : -1;
    notify->calling = TRUE;
    notify->calling_file = delivery->file;
    if (delivery->what == RANGES)
    {
        delivery->file = next_arrived( job );
        delivery->ranges = job->files[delivery->file]->arrived;
        memset( &job->files[delivery->file]->arrived, 0, sizeof(delivery->ranges) );
    }
    if (delivery->what == MODIFIED) notify->modified = FALSE;
}

/* NULL without memory. */
static struct delivery *delivery_create_locked( struct job *job, enum what what )
{
    struct delivery *delivery;

    if (!(delivery = calloc( 1, sizeof(*delivery) ))) return NULL;
    delivery->job = job_addref( job );
    delivery->what = what;
    delivery->state = job->state;
    delivery->event = job->notify->event;
    delivery->sid = wstr_dup( user_locked( job, what ) );
    if (!delivery->sid || (what == COMMAND && !begin_command_locked( delivery )))
    {
        delivery_free( delivery );
        return NULL;
    }
    if (what != COMMAND) begin_call_locked( delivery );
    list_add_tail( &deliveries, &delivery->entry );
    return delivery;
}

/* Events and files go before modifications.  NULL: nothing can be delivered at tick NOW; NEXT is when that may be. */
static struct delivery *next_delivery_locked( UINT64 now, UINT64 *next )
{
    struct job *job, *best = NULL;
    enum what what, best_what = NOTHING;
    struct delivery *delivery;
    UINT64 at;

    *next = MAXUINT64;
    LIST_FOR_EACH_ENTRY( job, &queue.jobs, struct job, entry )
    {
        if ((what = pending_locked( job, now, &at )) == NOTHING) continue;
        if (at > now) *next = min( *next, at );
        /* who may not, is looked at again by the thread that makes room */
        else if ((!best || best_what >= RANGES) && (!best || what < RANGES) && may_start_locked( job, what ))
        {
            best = job;
            best_what = what;
        }
    }
    if (!best) return NULL;
    if ((delivery = delivery_create_locked( best, best_what ))) return delivery;
    WARN( "No memory for a notification.\n" );
    *next = min( *next, now + 1000 );
    return NULL;
}

BOOL notify_is_dead( HRESULT hr )
{
    return hr == HRESULT_FROM_WIN32( RPC_S_SERVER_UNAVAILABLE ) || hr == RPC_E_DISCONNECTED ||
           hr == RPC_E_SERVER_DIED || hr == RPC_E_SERVER_DIED_DNE || hr == CO_E_OBJNOTCONNECTED ||
           hr == HRESULT_FROM_WIN32( RPC_S_CALL_FAILED );
}

/* Without the lock. */
static HRESULT call( struct delivery *delivery )
{
    const struct notifier *notifier = queue.notifier;
    IUnknown *sink = delivery->target.sink;
    struct identity *user = delivery->user;
    struct job *job = delivery->job;

    switch (delivery->what)
    {
    case EVENT:
        if (delivery->state == BG_JOB_STATE_TRANSFERRED) return notifier->transferred( sink, job, user );
        return notifier->failed( sink, job, user );
    case FILE_DONE:
        /* one that was made just now may have no use for files */
        if (delivery->target.level < SINK_FILES) return S_OK;
        return notifier->file_transferred( sink, job, delivery->file, user );
    case RANGES:
        if (delivery->target.level < SINK_RANGES) return S_OK;
        return notifier->ranges_transferred( sink, job, delivery->file, &delivery->ranges, user );
    default:
        return notifier->modified( sink, job, user );
    }
}

static HRESULT make_target( struct delivery *delivery )
{
    HRESULT hr;

    if (delivery->target.sink) return S_OK;
    hr = queue.notifier->create( &delivery->class, &delivery->target.sink, &delivery->target.level );
    if (FAILED(hr))
    {
        WARN( "%s: no object of class %s, %#lx.\n", debugstr_guid( &delivery->job->id ),
              debugstr_guid( &delivery->class ), hr );
        delivery->target.sink = NULL;
    }
    else delivery->made = TRUE;
    return hr;
}

static UINT64 retry_tick( const struct job *job )
{
    return GetTickCount64() + job->retry_delay * (UINT64)1000;
}

/* The object made is kept until it is disconnected.  OLD: to be released without the lock. */
static void keep_made_locked( struct delivery *delivery, IUnknown **old )
{
    struct notify *notify = delivery->job->notify;

    *old = notify->made.sink;
    notify->made = delivery->target;
    notify->made_class = delivery->class;
    IUnknown_AddRef( notify->made.sink );
    notify->unreachable = FALSE;
}

/* The object is disconnected: the next target's turn, which may be another one of the class. */
static void forget_target_locked( struct delivery *delivery, IUnknown **old )
{
    struct notify *notify = delivery->job->notify;
    struct target *target = &notify->client;

    if (target->sink != delivery->target.sink) target = &notify->made;
    if (target->sink != delivery->target.sink) return;
    *old = target->sink;
    target->sink = NULL;
    /* a server that dies of its first call would be started for ever */
    if (delivery->made) notify->class_at = retry_tick( delivery->job );
}

/* The call is over: HR is what it returned, or why the target could not be made. */
static void settle_call_locked( struct delivery *delivery, HRESULT hr, IUnknown **old )
{
    struct job *job = delivery->job;
    struct notify *notify = job->notify;
    BOOL same_file = notify->calling_file == delivery->file;

    notify->calling = FALSE;
    notify->calling_file = -1;
    if (FAILED(hr)) event_failure_locked( job, EVENT_NOTIFICATION_FAILED, hr );
    if (delivery->what == RANGES) notify->ranges_at = GetTickCount64() + job->options.notify_interval;
    if (delivery->what == MODIFIED) notify->modified_at = GetTickCount64() + job->options.notify_interval;
    if (!delivery->target.sink)
    {
        notify->unreachable = TRUE;
        notify->class_at = retry_tick( job );
    }
    else if (notify_is_dead( hr )) forget_target_locked( delivery, old );
    else if (delivery->what == FILE_DONE && same_file)
    {
        if (FAILED(hr)) notify->file_at = retry_tick( job );
        else if (delivery->target.level >= SINK_FILES)
        {
            job->files[delivery->file]->notified = TRUE;
            unsaved_locked( job, job->files[delivery->file], UNSAVED_ALL );
        }
    }
    else if (delivery->what == EVENT && delivery->event == notify->event)
    {
        if ((job->notified = hr == S_OK)) unsaved_locked( job, NULL, UNSAVED_NOTHING );
        else if (has_command( job )) notify->refused = TRUE;
        else notify->event_at = retry_tick( job );
    }
}

static void deliver_call( struct delivery *delivery )
{
    IUnknown *old_made = NULL, *old = NULL;
    HRESULT hr;

    if (SUCCEEDED(hr = make_target( delivery ))) hr = call( delivery );
    TRACE( "%s: %s, the client returned %#lx.\n", debugstr_guid( &delivery->job->id ),
           delivery->what == MODIFIED ? "JobModification" :
           delivery->what == RANGES ? "FileRangesTransferred" : delivery->what == FILE_DONE ? "FileTransferred" :
           delivery->state == BG_JOB_STATE_TRANSFERRED ? "JobTransferred" : "JobError", hr );

    queue_lock();
    if (delivery->job->notify)  /* still in the queue */
    {
        if (delivery->made) keep_made_locked( delivery, &old_made );
        settle_call_locked( delivery, hr, &old );
    }
    queue_unlock();
    if (old_made) IUnknown_Release( old_made );
    if (old) IUnknown_Release( old );
}

/* When object and command line have failed, it begins again with the object (choice). */
static void deliver_command( struct delivery *delivery )
{
    struct job *job = delivery->job;
    struct notify *notify;
    DWORD exit_code = 0;
    HRESULT hr = S_OK;

    if (!delivery->user)
        hr = identity_restore( delivery->sid, delivery->administrator, delivery->administrator, 0, &delivery->user );
    if (SUCCEEDED(hr)) hr = command_run( delivery->user, delivery->program, delivery->parameters, &exit_code );
    if (hr == S_OK) TRACE( "%s: %s ended with %lu.\n", debugstr_guid( &job->id ), debugstr_w( delivery->program ),
                           exit_code );
    else WARN( "%s: %s, %#lx.\n", debugstr_guid( &job->id ), debugstr_w( delivery->program ), hr );

    queue_lock();
    if ((notify = job->notify))
    {
        notify->running = FALSE;
        if (FAILED(hr) && hr != E_ABORT) event_failure_locked( job, EVENT_NOTIFICATION_FAILED, hr );
        if (notify->event == delivery->event && !job->notified)
        {
            notify->unreachable = hr != S_OK;
            notify->refused = FALSE;
            notify->event_at = retry_tick( job );
            if ((job->notified = hr == S_OK && !exit_code)) unsaved_locked( job, NULL, UNSAVED_NOTHING );
        }
    }
    queue_unlock();
}

/* --- threads ----------------------------------------------------------------------------------------------------- */

static DWORD CALLBACK notify_proc( void *context )
{
    struct delivery *delivery = context;
    UINT64 next;

    CoInitializeEx( NULL, COINIT_MULTITHREADED );
    do
    {
        if (delivery->what == COMMAND) deliver_command( delivery );
        else deliver_call( delivery );
        queue_lock();
        list_remove( &delivery->entry );
        queue_unlock();
        delivery_free( delivery );

        queue_lock();
        delivery = queue.running ? next_delivery_locked( GetTickCount64(), &next ) : NULL;
        kick_locked();      /* NEXT may be sooner than what the scheduler waits for */
        queue_unlock();
    }
    while (delivery);
    CoUninitialize();

    queue_lock();
    thread_ended_locked();
    queue_unlock();
    return 0;
}

UINT64 notify_due_locked( UINT64 now )
{
    struct delivery *delivery;
    UINT64 next;

    while ((delivery = next_delivery_locked( now, &next )))
    {
        if (SUCCEEDED(thread_start_locked( notify_proc, delivery ))) continue;
        WARN( "No thread for a notification.\n" );
        if (delivery->what == COMMAND) delivery->job->notify->running = FALSE;
        else delivery->job->notify->calling = FALSE;
        if (delivery->what == MODIFIED) delivery->job->notify->modified = TRUE;
        list_remove( &delivery->entry );
        /* the queue has references of its own to what this lets go of */
        delivery_free( delivery );
        return min( next, now + 1000 );
    }
    return next;
}

/* --- the targets ------------------------------------------------------------------------------------------------- */

HRESULT queue_set_sink( struct job *job, IUnknown *sink, enum sink_level level, struct identity *identity )
{
    struct identity *old_identity = NULL;
    IUnknown *old_sink = NULL, *old_made = NULL;
    HRESULT hr;

    queue_lock();
    if (SUCCEEDED(hr = check_open_locked( job )))
    {
        /* never stored: it dies with the client or with us (spec: behaviour 10) */
        struct notify *notify = job->notify;

        old_sink = notify->client.sink;
        old_identity = notify->identity;
        if ((notify->client.sink = sink)) IUnknown_AddRef( sink );
        notify->client.level = level;
        notify->identity = identity_addref( identity );
        if (sink)
        {
            old_made = notify->made.sink;
            notify->made.sink = NULL;
            /* what has happened already is told to a late client too */
            notify_target_locked( job );
            unsaved_locked( job, NULL, UNSAVED_NOTHING );
        }
        job_changed_locked( job );
        kick_locked();
    }
    queue_unlock();

    if (old_sink) IUnknown_Release( old_sink );
    if (old_made) IUnknown_Release( old_made );
    identity_release( old_identity );
    return hr;
}

IUnknown *queue_get_sink( struct job *job )
{
    IUnknown *sink = NULL;

    queue_lock();
    if (job->notify && (sink = job->notify->client.sink)) IUnknown_AddRef( sink );
    queue_unlock();
    return sink;
}

HRESULT queue_set_command( struct job *job, const WCHAR *program, const WCHAR *parameters, struct identity *identity )
{
    struct identity *old = NULL;
    HRESULT hr;

    if (FAILED(hr = queue_begin_change( job ))) return hr;
    hr = job_set_command( job, program, parameters, identity->sid, identity->administrator );
    if (SUCCEEDED(hr))
    {
        old = job->notify->commander;
        job->notify->commander = job->command.program ? identity_addref( identity ) : NULL;
        if (job->command.program) notify_target_locked( job );
    }
    hr = queue_end_change( job, hr );
    identity_release( old );
    return hr;
}

struct judge **notify_judge_locked( const struct job *job )
{
    return job->notify ? &job->notify->judge : NULL;
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
    if (notify->client.sink) IUnknown_Release( notify->client.sink );
    if (notify->made.sink) IUnknown_Release( notify->made.sink );
    judge_release( notify->judge );
    identity_release( notify->identity );
    identity_release( notify->commander );
    free( notify );
}
