/*
 * Changes that concern a job while it waits or runs
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

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

/* --- timers ----------------------------------------------------------------------------------------------------- */

/* A tick that was OLD seconds behind some moment, and is to be SECONDS behind it. */
static UINT64 move( UINT64 tick, ULONG old, ULONG seconds )
{
    return tick - old * (UINT64)1000 + seconds * (UINT64)1000;
}

HRESULT queue_set_retry_delay( struct job *job, ULONG seconds )
{
    HRESULT hr;
    ULONG old;

    if (FAILED(hr = queue_begin_change( job ))) return hr;
    old = job->retry_delay;
    job_set_retry_delay( job, seconds );
    if (job->state == BG_JOB_STATE_TRANSIENT_ERROR) job->retry_at = move( job->retry_at, old, job->retry_delay );
    return queue_end_change( job, S_OK );
}

HRESULT queue_set_no_progress( struct job *job, ULONG seconds )
{
    HRESULT hr;
    ULONG old;

    if (FAILED(hr = queue_begin_change( job ))) return hr;
    old = job->no_progress;
    job_set_no_progress( job, seconds );
    if (job->give_up_at) job->give_up_at = move( job->give_up_at, old, job->no_progress );
    return queue_end_change( job, S_OK );
}

/* --- its place among the others ---------------------------------------------------------------------------------- */

HRESULT queue_set_priority_locked( struct job *job, BG_JOB_PRIORITY priority )
{
    BOOL background = is_background( job );
    HRESULT hr = job_set_priority( job, priority );

    if (SUCCEEDED(hr) && is_background( job ) != background) run_again_locked( job );
    return hr;
}

/* --- whom to tell ------------------------------------------------------------------------------------------------ */

HRESULT queue_set_property( struct job *job, BITS_JOB_PROPERTY_ID id, const BITS_JOB_PROPERTY_VALUE *value )
{
    HRESULT hr;

    if (FAILED(hr = queue_begin_change( job ))) return hr;
    hr = job_set_property( job, id, value );
    if (SUCCEEDED(hr) && id == BITS_JOB_PROPERTY_NOTIFICATION_CLSID && !IsEqualGUID( &value->ClsID, &GUID_NULL ))
        notify_target_locked( job );
    return queue_end_change( job, hr );
}

/* --- requests ---------------------------------------------------------------------------------------------------- */

/* What has come of files by https was sent by a server whose certificate may be revoked (spec: behaviour 4.11).  What a
 * program has been told that it is there stays. */
static void forget_begun_locked( struct job *job )
{
    enum name_kind kind;
    ULONG i;

    if (job->options.on_demand) return;
    for (i = 0; i < job->file_count; i++)
    {
        if (job->files[i]->transferred || FAILED(name_check_remote( job->files[i]->remote, &kind )) || kind != NAME_HTTPS)
            continue;
        run_discard_locked( job, job->files[i] );
        job_file_forget( job->files[i] );
    }
}

HRESULT queue_set_security_flags( struct job *job, DWORD flags )
{
    BOOL checked;
    HRESULT hr;

    if (FAILED(hr = queue_begin_change_of( job, CHANGE_FILES ))) return hr;
    checked = job->http.security_flags & BG_SSL_ENABLE_CRL_CHECK;
    if (SUCCEEDED(hr = job_set_security_flags( job, flags )) && !checked && (flags & BG_SSL_ENABLE_CRL_CHECK))
    {
        forget_begun_locked( job );
        run_again_locked( job );
    }
    return queue_end_change( job, hr );
}

/* --- files ------------------------------------------------------------------------------------------------------- */

HRESULT queue_replace_prefix( struct job *job, const WCHAR *old_prefix, const WCHAR *new_prefix )
{
    HRESULT hr;

    if (FAILED(hr = queue_begin_change_of( job, CHANGE_FILES ))) return hr;
    if ((hr = job_replace_prefix( job, old_prefix, new_prefix )) == S_OK) run_again_locked( job );
    return queue_end_change( job, hr );
}

HRESULT queue_set_remote( struct job *job, ULONG file, const WCHAR *remote )
{
    HRESULT hr;

    if (FAILED(hr = queue_begin_change_of( job, CHANGE_FILES ))) return hr;
    if (SUCCEEDED(hr = job_file_set_remote( job, job->files[file], remote ))) run_again_locked( job );
    return queue_end_change( job, hr );
}

HRESULT queue_request_ranges( struct job *job, ULONG file, ULONG count, const BG_FILE_RANGE *ranges )
{
    HRESULT hr;

    if (FAILED(hr = queue_begin_change_of( job, CHANGE_FILES ))) return hr;
    hr = job_file_request_ranges( job, job->files[file], count, ranges );
    if (SUCCEEDED(hr) && job->files[file]->requested.count && !job->options.on_demand) run_again_locked( job );
    return queue_end_change( job, hr );
}

HRESULT queue_set_position( struct job *job, ULONG file, UINT64 position )
{
    HRESULT hr;

    if (FAILED(hr = queue_begin_change_of( job, CHANGE_FILES ))) return hr;
    hr = job_file_set_position( job, job->files[file], position );
    if (SUCCEEDED(hr) && !job->files[file]->transferred && !job->options.on_demand) run_again_locked( job );
    return queue_end_change( job, hr );
}

HRESULT queue_set_validation( struct job *job, ULONG file, BOOL valid )
{
    struct bits_error error = error_from_code( BG_E_VALIDATION_FAILED );
    struct job_error job_error = { error.code, error.context, file };
    HRESULT hr;

    if (FAILED(hr = queue_begin_change_of( job, CHANGE_FILES ))) return hr;
    hr = job_file_set_validation( job->files[file], valid );
    if (SUCCEEDED(hr) && !valid)
    {
        run_stop_locked( job );
        job_event_locked( job, JOB_VALIDATION_FAILED, &job_error );
    }
    return queue_end_change( job, hr );
}

/* --- the owner --------------------------------------------------------------------------------------------------- */

/* Whether CALLER could go on with the temporary files.  That the drives are the same for all users of a prefix makes
 * BG_E_NEW_OWNER_DIFF_MAPPING impossible. */
static HRESULT check_temp_files( struct job *job, const struct identity *caller )
{
    HRESULT hr = S_OK;
    WCHAR *temp;
    ULONG i;

    for (i = 0; hr != E_ACCESSDENIED; i++)
    {
        queue_lock();
        if (i >= job->file_count)
        {
            queue_unlock();
            return S_OK;
        }
        temp = job->files[i]->completed ? NULL : wstr_dup( job->files[i]->temp );
        queue_unlock();

        if (temp) hr = transfer_check_directory( caller, temp );
        free( temp );
    }
    return BG_E_NEW_OWNER_NO_FILE_ACCESS;
}

static void set_owner_locked( struct job *job, struct identity *owner )
{
    struct identity *old_owner = job->owner, *old_helper = job->helper;

    TRACE( "%s: %s -> %s.\n", debugstr_guid( &job->id ), debugstr_w( old_owner->sid ), debugstr_w( owner->sid ) );
    job->owner = identity_addref( owner );
    job->helper = NULL;     /* it was lent to the old owner; the flags say that the job needs another */
    job_drop_owner_settings( job );
    identity_release( old_owner );
    identity_release( old_helper );
    run_again_locked( job );
}

HRESULT queue_take_ownership( struct job *job, struct identity *caller )
{
    HRESULT hr;

    AcquireSRWLockExclusive( &job->operation );
    queue_lock();
    if (SUCCEEDED(hr = identity_check_new_owner( caller, job->owner ))) hr = check_open_locked( job );
    queue_unlock();
    if (SUCCEEDED(hr)) hr = check_temp_files( job, caller );
    if (SUCCEEDED(hr) && SUCCEEDED(hr = queue_begin_change_of( job, CHANGE_OWNER )))
    {
        set_owner_locked( job, caller );
        if (SUCCEEDED(hr = queue_end_change( job, S_OK ))) event_job( job, EVENT_NEW_OWNER );
    }
    ReleaseSRWLockExclusive( &job->operation );
    return hr;
}
