/*
 * What happens to jobs, for the event log
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

/* What every event of a job says. */
static struct store_event event_of( const struct job *job, enum event_id id )
{
    struct store_event event = { id };

    event.job = &job->id;
    event.owner = job->owner->sid;
    event.name = job->name;
    return event;
}

void event_job_locked( const struct job *job, enum event_id id )
{
    const struct store_event event = event_of( job, id );

    store_event( &event );
}

void event_file_locked( const struct job *job, const struct job_file *file, enum event_id id )
{
    struct store_event event = event_of( job, id );

    event.url = file->remote;
    if (file->size != BG_SIZE_UNKNOWN) event.bytes = &file->size;
    store_event( &event );
}

void event_temp_stays( const struct job *job, const WCHAR *temp )
{
    struct store_event event;

    queue_lock();
    event = event_of( job, EVENT_FILE_STAYS );
    event.file = temp;
    store_event( &event );
    queue_unlock();
}

void event_job( const struct job *job, enum event_id id )
{
    queue_lock();
    event_job_locked( job, id );
    queue_unlock();
}

void event_failure_locked( const struct job *job, enum event_id id, HRESULT code )
{
    struct store_event event = event_of( job, id );

    event.code = code;
    store_event( &event );
}

/* spec: behaviour 13, id 61 */
static void event_error_locked( const struct job *job )
{
    struct store_event event = event_of( job, EVENT_TRANSFER_FAILED );

    event.code = job->error.code;
    if (job->error.file >= 0) event.url = job->files[job->error.file]->remote;
    if (job->state == BG_JOB_STATE_TRANSIENT_ERROR) event.retry = job->retry_delay;
    store_event( &event );
}

void event_state_locked( const struct job *job )
{
    switch (job->state)
    {
    case BG_JOB_STATE_ERROR:
    case BG_JOB_STATE_TRANSIENT_ERROR:
        event_error_locked( job );
        break;
    case BG_JOB_STATE_ACKNOWLEDGED:
        event_job_locked( job, EVENT_JOB_COMPLETED );
        break;
    case BG_JOB_STATE_CANCELLED:
        event_job_locked( job, EVENT_JOB_CANCELLED );
        break;
    default:
        break;
    }
}
