/*
 * The queue of jobs
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

#include <objbase.h>

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

struct queue queue =
{
    .lock = SRWLOCK_INIT,
    .wake = CONDITION_VARIABLE_INIT,
    .ended = CONDITION_VARIABLE_INIT,
    .jobs = { &queue.jobs, &queue.jobs },
    .rate = POLICY_NO_RATE,
    .save_at = MAXUINT64,
    .addresses = 1,
};

UINT64 time_now(void)
{
    FILETIME time;

    GetSystemTimeAsFileTime( &time );
    return (UINT64)time.dwHighDateTime << 32 | time.dwLowDateTime;
}

UINT64 time_steady(void)
{
    static UINT64 start;    /* tick 0 */
    UINT64 passed = GetTickCount64() * 10000;

    if (!start) start = time_now() - passed;
    return start + passed;
}

void queue_lock(void)
{
    AcquireSRWLockExclusive( &queue.lock );
}

void queue_unlock(void)
{
    ReleaseSRWLockExclusive( &queue.lock );
}

void kick_locked(void)
{
    queue.kicked = TRUE;
    WakeConditionVariable( &queue.wake );
}

/* --- the machine ------------------------------------------------------------------------------------------------- */

void queue_set_policy( const struct policy *policy )
{
    queue_lock();
    queue.policy = *policy;
    queue.rate_until = 0;
    kick_locked();
    queue_unlock();
}

void queue_get_policy( struct policy *policy )
{
    queue_lock();
    *policy = queue.policy;
    queue_unlock();
}

ULONG queue_download_limit_locked( const struct job *job )
{
    return job_download_limit( job, &queue.policy );
}

void queue_set_network( ULONG addresses )
{
    struct job *job;

    TRACE( "%lu.\n", addresses );

    queue_lock();
    LIST_FOR_EACH_ENTRY( job, &queue.jobs, struct job, entry )
    {
        if (job->held) continue;
        /* a connection does not hear that its network has gone */
        if (!addresses && queue.addresses) run_again_locked( job );
        else if (addresses > queue.addresses && SUCCEEDED(job_blocked( job, &queue.policy, queue.rate )))
            job_event_locked( job, JOB_RETRY, NULL );
    }
    queue.addresses = addresses;
    kick_locked();
    queue_unlock();
}

/* --- references -------------------------------------------------------------------------------------------------- */

struct job *job_addref( struct job *job )
{
    InterlockedIncrement( &job->refs );
    return job;
}

void job_release( struct job *job )
{
    if (InterlockedDecrement( &job->refs )) return;
    TRACE( "%s is freed.\n", debugstr_guid( &job->id ) );
    identity_release( job->owner );
    identity_release( job->helper );
    notify_free( job->notify );     /* only if it never was in the queue */
    job_destroy( job );
}

/* --- finding ----------------------------------------------------------------------------------------------------- */

/* spec: behaviour 8.1: what is not limited does not count either */
static HRESULT check_job_limits_locked( const struct identity *owner )
{
    ULONG own = 0, all = 0;
    struct job *job;

    if (identity_is_exempt( owner )) return S_OK;
    LIST_FOR_EACH_ENTRY( job, &queue.jobs, struct job, entry )
    {
        if (identity_is_exempt( job->owner )) continue;
        all++;
        if (identity_same_user( owner, job->owner )) own++;
    }
    if (own >= queue.policy.max_jobs_per_user) return BG_E_TOO_MANY_JOBS_PER_USER;
    return all >= queue.policy.max_jobs_per_machine ? BG_E_TOO_MANY_JOBS_PER_MACHINE : S_OK;
}

static HRESULT create_job( const WCHAR *name, BG_JOB_TYPE type, const GUID *id, BOOL group, struct identity *owner,
                           struct job **ret )
{
    struct job *job;
    HRESULT hr;

    if (FAILED(hr = job_create( name, type, id, time_now(), &job ))) return hr;
    job->owner = identity_addref( owner );
    job->touched = time_steady();
    job->group.present = group;

    if (!(job->notify = notify_create())) hr = E_OUTOFMEMORY;
    else if (SUCCEEDED(hr = persist_create( job )))
    {
        queue_lock();
        if (!queue.running) hr = HRESULT_FROM_WIN32( ERROR_SERVICE_NOT_ACTIVE );
        else if (FAILED(hr = check_job_limits_locked( owner ))) event_failure_locked( job, EVENT_TOO_MANY_JOBS, hr );
        else
        {
            list_add_tail( &queue.jobs, &job->entry );
            event_job_locked( job, EVENT_JOB_CREATED );
            *ret = job_addref( job );
        }
        queue_unlock();
        if (FAILED(hr)) persist_remove( job );
    }
    if (FAILED(hr)) job_release( job );
    else TRACE( "%s, %s, owner %s.\n", debugstr_guid( id ), debugstr_w( name ), debugstr_w( owner->sid ) );
    return hr;
}

HRESULT queue_create_job( const WCHAR *name, BG_JOB_TYPE type, struct identity *owner, struct job **job )
{
    HRESULT hr;
    GUID id;

    if (FAILED(hr = CoCreateGuid( &id ))) return hr;
    return create_job( name, type, &id, FALSE, owner, job );
}

HRESULT queue_create_group( const WCHAR *name, const GUID *id, struct identity *owner, struct job **job )
{
    /* the store refuses an id that there is already */
    return create_job( name, BG_JOB_TYPE_DOWNLOAD, id, TRUE, owner, job );
}

HRESULT queue_find_job( const GUID *id, const struct identity *caller, struct job **ret )
{
    HRESULT hr = BG_E_NOT_FOUND;
    struct job *job;

    queue_lock();
    LIST_FOR_EACH_ENTRY( job, &queue.jobs, struct job, entry )
    {
        if (!IsEqualGUID( &job->id, id )) continue;
        if (SUCCEEDED(hr = identity_check_access( caller, job->owner ))) *ret = job_addref( job );
        break;
    }
    queue_unlock();
    return hr;
}

HRESULT queue_list_jobs( const struct identity *caller, BOOL all, struct job ***ret, ULONG *count )
{
    HRESULT hr = S_OK;
    struct job **jobs;
    struct job *job;

    if (all && caller && !caller->administrator) return E_ACCESSDENIED;

    queue_lock();
    if ((jobs = malloc( (list_count( &queue.jobs ) + 1) * sizeof(*jobs) )))
    {
        *count = 0;
        LIST_FOR_EACH_ENTRY( job, &queue.jobs, struct job, entry )
        {
            if (!all && !identity_same_user( caller, job->owner )) continue;
            if (!caller || SUCCEEDED(identity_check_access( caller, job->owner ))) jobs[(*count)++] = job_addref( job );
        }
        *ret = jobs;
    }
    else hr = E_OUTOFMEMORY;
    queue_unlock();
    return hr;
}

/* --- changing ---------------------------------------------------------------------------------------------------- */

void job_changed_locked( struct job *job )
{
    job->changed = time_now();
    job->touched = time_steady();
    notify_modified_locked( job );
}

HRESULT check_open_locked( const struct job *job )
{
    if (!queue.running) return HRESULT_FROM_WIN32( ERROR_SERVICE_NOT_ACTIVE );
    return job_is_final( job ) ? BG_E_INVALID_STATE : S_OK;
}

HRESULT queue_begin_change_of( struct job *job, enum change_parts parts )
{
    HRESULT hr;

    AcquireSRWLockExclusive( &job->writing );
    queue_lock();
    if (SUCCEEDED(hr = check_open_locked( job )))
    {
        persist_begin_locked( job, parts );
        return hr;
    }
    queue_unlock();
    ReleaseSRWLockExclusive( &job->writing );
    return hr;
}

HRESULT queue_begin_change( struct job *job )
{
    return queue_begin_change_of( job, CHANGE_JOB );
}

HRESULT queue_end_change( struct job *job, HRESULT result )
{
    HRESULT hr;

    if (SUCCEEDED(result))
    {
        job_changed_locked( job );
        kick_locked();
    }
    hr = persist_end_locked( job, SUCCEEDED(result) );
    ReleaseSRWLockExclusive( &job->writing );
    return FAILED(hr) ? hr : result;
}

void count_download_time_locked( struct job *job )
{
    UINT64 now = GetTickCount64();

    if (is_running_state( job->state )) job->download_time += now - job->active_since;
    job->active_since = now;
}

/* What a state means for the queue. */
static void enter_state_locked( struct job *job, BG_JOB_STATE from )
{
    UINT64 now = GetTickCount64();

    switch (job->state)
    {
    case BG_JOB_STATE_CONNECTING:
        job->slice_end = now + queue.policy.time_slice * (UINT64)1000;
        break;
    case BG_JOB_STATE_QUEUED:
        job->turn = ++queue.turn;
        job->retry_at = 0;
        if (from == BG_JOB_STATE_ERROR) job->give_up_at = 0;
        break;
    case BG_JOB_STATE_TRANSIENT_ERROR:
        job->retry_at = now + job->retry_delay * (UINT64)1000;
        if (!job->give_up_at) job->give_up_at = now + job->no_progress * (UINT64)1000;
        TRACE( "%s: again in %lu s, for good in %I64u s.\n", debugstr_guid( &job->id ), job->retry_delay,
               job->give_up_at > now ? (job->give_up_at - now) / 1000 : 0 );
        break;
    case BG_JOB_STATE_ERROR:
    case BG_JOB_STATE_TRANSFERRED:
        job->give_up_at = 0;
        break;
    default:
        break;
    }
}

HRESULT job_event_locked( struct job *job, enum job_event event, const struct job_error *error )
{
    BG_JOB_STATE from = job->state;
    HRESULT hr;

    count_download_time_locked( job );
    if ((hr = job_event( job, event, error, time_now() )) != S_OK) return hr;
    if (job->state == from) return hr;

    enter_state_locked( job, from );
    event_state_locked( job );
    unsaved_locked( job, NULL, UNSAVED_NOTHING );
    if (job->state == BG_JOB_STATE_TRANSFERRED || job->state == BG_JOB_STATE_ERROR) notify_state_locked( job );
    else notify_modified_locked( job );
    kick_locked();
    return hr;
}

/* The directories are looked at with the rights of whoever will write there. */
static HRESULT check_directories( struct job *job, ULONG count, const BG_FILE_INFO *infos )
{
    struct identity *identity;
    HRESULT hr = S_OK;
    ULONG i;

    for (i = 0; i < count; i++)
    {
        if (name_check_remote( infos[i].RemoteName, NULL ) != S_OK || name_check_local( infos[i].LocalName ) != S_OK)
            return E_INVALIDARG;
    }
    queue_lock();
    if (FAILED(job_file_identity_locked( job, &identity ))) identity = identity_addref( job->owner );
    queue_unlock();
    for (i = 0; i < count && SUCCEEDED(hr); i++) hr = transfer_check_directory( identity, infos[i].LocalName );
    identity_release( identity );
    return hr;
}

/* LIMIT, or none for a job that an administrator or a system account owns. */
static ULONG limit_locked( const struct job *job, ULONG limit )
{
    return identity_is_exempt( job->owner ) ? JOB_NO_LIMIT : limit;
}

/* As queue_begin_change(), for adding COUNT files. */
static HRESULT begin_adding( struct job *job, ULONG count )
{
    HRESULT hr;

    if (FAILED(hr = queue_begin_change( job ))) return hr;
    hr = job_check_file_limit( job, count, limit_locked( job, queue.policy.max_files_per_job ) );
    return FAILED(hr) ? queue_end_change( job, hr ) : S_OK;
}

HRESULT queue_add_files( struct job *job, ULONG count, const BG_FILE_INFO *infos )
{
    HRESULT hr;

    if (!count || !infos) return E_INVALIDARG;
    if (FAILED(hr = check_directories( job, count, infos ))) return hr;
    if (FAILED(hr = begin_adding( job, count ))) return hr;
    return queue_end_change( job, job_add_files( job, count, infos ) );
}

HRESULT queue_add_file_with_ranges( struct job *job, const WCHAR *remote, const WCHAR *local, ULONG count,
                                    const BG_FILE_RANGE *ranges )
{
    BG_FILE_INFO info = { (WCHAR *)remote, (WCHAR *)local };
    HRESULT hr;

    if (!count || !ranges) return E_INVALIDARG;
    if (FAILED(hr = check_directories( job, 1, &info ))) return hr;
    if (FAILED(hr = begin_adding( job, 1 ))) return hr;
    return queue_end_change( job, job_add_file_with_ranges( job, remote, local, count, ranges,
                                                            limit_locked( job, queue.policy.max_ranges_per_file ) ) );
}

/* --- the helper token -------------------------------------------------------------------------------------------- */

HRESULT queue_set_helper( struct job *job, struct identity *helper )
{
    struct identity *old = NULL;
    HRESULT hr;

    queue_lock();
    if (SUCCEEDED(hr = check_open_locked( job )))
    {
        /* a token is never stored: there is nothing to write */
        old = job->helper;
        job->helper = helper ? identity_addref( helper ) : NULL;
        TRACE( "%s: %s -> %s, flags %#lx.\n", debugstr_guid( &job->id ), debugstr_w( old ? old->sid : NULL ),
               debugstr_w( helper ? helper->sid : NULL ), job->helper_flags );
        /* one that was taken back must not go on working */
        if (job->helper_flags) run_again_locked( job );
        job_changed_locked( job );
    }
    queue_unlock();
    identity_release( old );
    return hr;
}

HRESULT queue_set_helper_flags( struct job *job, DWORD flags, const struct identity *asker )
{
    struct token_view view;
    HRESULT hr;

    if (FAILED(hr = queue_begin_change( job ))) return hr;
    view = token_view_of( asker, job->owner );
    hr = token_rule( token_rule_since_1607(), TOKEN_SET_FLAGS, &view, job->owner->administrator,
                     job->helper && job->helper->administrator );
    if (SUCCEEDED(hr) && flags != job->helper_flags)
    {
        TRACE( "%s: %#lx -> %#lx.\n", debugstr_guid( &job->id ), job->helper_flags, flags );
        job->helper_flags = flags;
        run_again_locked( job );
    }
    return queue_end_change( job, hr );
}
