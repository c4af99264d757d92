/*
 * The state machine of a job
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

/*
 *                 Resume               turn              server reached
 *  SUSPENDED ----------------> QUEUED ------> CONNECTING --------------> TRANSFERRING ----> TRANSFERRED
 *      ^                       ^ ^  ^             |                        | |    all done      |
 *      |                       | |  |             | <- pre-empted, anew -> | |                  |
 *      |                       | |  +-------------+------------------------+ |                  |
 *      |  Suspend,             | |                |                          |                  |
 *      +- any state but        | |   retry delay, v       recoverable        |                  |
 *         TRANSFERRED; served  | +---------- TRANSIENT_ERROR <--------------+                  |
 *                              |   Resume         | no progress              | fatal            |
 *                              |                  v                          v                  |
 *                              +---------------- ERROR <---------------------+                  |
 *                                   Resume                                                      |
 *                                                                                               v
 *  Cancel, any state that is not final: CANCELLED          Complete, likewise: ACKNOWLEDGED  <--+
 *  Validation failed, likewise: ERROR
 *
 * docs/states.md lists every transition, and what each event stands for.  What holds:
 *  1. job_event() alone writes job->state.
 *  2. ACKNOWLEDGED and CANCELLED are never left.
 *  3. An error is there in ERROR and TRANSIENT_ERROR, and stays until TRANSFERRING or a finished job, so that it can
 *     still be read while the retry is queued (spec: behaviour 1.5).
 *  4. TRANSFERRED means that every file is transferred, or that files were added since and Resume was not called.
 *  5. finished is not zero if and only if the job is or was TRANSFERRED.
 */

#include <stdlib.h>

#include "job/private.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

#define STATES (BG_JOB_STATE_CANCELLED + 1)

/* what a cell can say besides a next state */
enum { STAYS = -1 /* S_OK, no change */, IGNORED = -2 /* S_FALSE */, INVALID = -3 /* BG_E_INVALID_STATE */ };

#define QUE  BG_JOB_STATE_QUEUED
#define CON  BG_JOB_STATE_CONNECTING
#define TRA  BG_JOB_STATE_TRANSFERRING
#define SUS  BG_JOB_STATE_SUSPENDED
#define ERO  BG_JOB_STATE_ERROR
#define TRE  BG_JOB_STATE_TRANSIENT_ERROR
#define DON  BG_JOB_STATE_TRANSFERRED
#define ACK  BG_JOB_STATE_ACKNOWLEDGED
#define CAN  BG_JOB_STATE_CANCELLED
#define ___  IGNORED

static const signed char table[STATES][JOB_EVENT_COUNT] =
{
    /* RESUME   SUSPEND  CANCEL   COMPLETE START CONNECTED PREEMPT RETRY GIVE_UP ALL_DONE SERVED TRANSIENT FATAL VALID. */
    [QUE] = { STAYS,   SUS,     CAN,     ACK,     CON,  ___,      ___,    ___,  ___,    ___,    ___,   TRE,   ERO,  ERO },
    [CON] = { STAYS,   SUS,     CAN,     ACK,     ___,  TRA,      QUE,    ___,  ___,    DON,    SUS,   TRE,   ERO,  ERO },
    [TRA] = { STAYS,   SUS,     CAN,     ACK,     ___,  STAYS,    QUE,    ___,  ___,    DON,    SUS,   TRE,   ERO,  ERO },
    [SUS] = { QUE,     STAYS,   CAN,     ACK,     ___,  ___,      ___,    ___,  ___,    ___,    ___,   ___,   ___,  ERO },
    [ERO] = { QUE,     SUS,     CAN,     ACK,     ___,  ___,      ___,    ___,  ___,    ___,    ___,   ___,   ___,  STAYS },
    [TRE] = { QUE,     SUS,     CAN,     ACK,     ___,  ___,      ___,    QUE,  ERO,    ___,    ___,   ___,   ___,  ERO },
    [DON] = { STAYS,   STAYS,   CAN,     ACK,     ___,  ___,      ___,    ___,  ___,    ___,    ___,   ___,   ___,  ERO },
    [ACK] = { INVALID, INVALID, INVALID, INVALID, ___,  ___,      ___,    ___,  ___,    ___,    ___,   ___,   ___,  ___ },
    [CAN] = { INVALID, INVALID, INVALID, INVALID, ___,  ___,      ___,    ___,  ___,    ___,    ___,   ___,   ___,  ___ },
};

static const char * const event_names[JOB_EVENT_COUNT] =
{
    "resume", "suspend", "cancel", "complete", "start", "connected", "pre-empt", "retry", "give up", "all done",
    "served", "transient error", "fatal error", "validation failed",
};

const char *debugstr_job_state( BG_JOB_STATE state )
{
    static const char * const names[STATES] =
    {
        "QUEUED", "CONNECTING", "TRANSFERRING", "SUSPENDED", "ERROR", "TRANSIENT_ERROR", "TRANSFERRED",
        "ACKNOWLEDGED", "CANCELLED",
    };

    return (unsigned int)state < STATES ? names[state] : "?";
}

BOOL job_is_final( const struct job *job )
{
    return job->state == ACK || job->state == CAN;
}

BOOL job_is_active( const struct job *job )
{
    return job->state == QUE || job->state == CON || job->state == TRA || job->state == TRE;
}

HRESULT job_event_allowed( const struct job *job, enum job_event event, BG_JOB_STATE *next )
{
    int cell = table[job->state][event];

    if (next) *next = job->state;
    if (cell == INVALID) return BG_E_INVALID_STATE;
    if (cell == IGNORED) return S_FALSE;
    if (event == JOB_RESUME)
    {
        if (!job->file_count) return BG_E_EMPTY;
        /* files were added to a finished transfer (spec: behaviour 1.3) */
        if (job->state == DON && job_next_file( job ) >= 0) cell = QUE;
    }
    if (cell != STAYS && next) *next = cell;
    return S_OK;
}

static void clear_error( struct job *job )
{
    free( job->error.detail );
    job->error.detail = NULL;
    job->error.code = S_OK;
    job->error.context = BG_ERROR_CONTEXT_NONE;
    job->error.file = -1;
}

static void set_error( struct job *job, const struct job_error *error )
{
    WCHAR *detail = error->detail ? wstr_dup( error->detail ) : NULL;

    clear_error( job );
    job->error = *error;
    job->error.detail = detail;
}

BOOL job_error_is_wait( HRESULT code )
{
    return code == BG_E_NETWORK_DISCONNECTED || code == BG_E_DESTINATION_LOCKED || code == BG_E_BLOCKED_BY_POLICY ||
           code == BG_E_BLOCKED_BY_COST_TRANSFER_POLICY;
}

/* What entering a state means for the job's own fields. */
static void enter_state( struct job *job, BG_JOB_STATE from, enum job_event event, const struct job_error *error,
                         UINT64 now )
{
    switch (event)
    {
    case JOB_CONNECTED:
        clear_error( job );
        job->retrying = FALSE;
        break;
    case JOB_FAIL_TRANSIENT:
    case JOB_FAIL_FATAL:
        set_error( job, error );
        if ((from == TRA || job->retrying) && !job_error_is_wait( error->code )) job->error_count++;
        job->retrying = FALSE;
        break;
    case JOB_VALIDATION_FAILED:
        set_error( job, error );
        if (from == TRA) job->error_count++;
        job->retrying = FALSE;
        break;
    case JOB_ALL_DONE:
        clear_error( job );
        job->finished = now;
        break;
    case JOB_RETRY:
        job->retrying = TRUE;
        break;
    case JOB_RESUME:
        job->retrying = from == TRE;
        break;
    case JOB_CANCEL:
    case JOB_COMPLETE:
        clear_error( job );
        break;
    default:
        break;
    }
}

/* What every Resume does, even of a job that runs (spec: behaviour 1.3). */
static void resume( struct job *job )
{
    job->resumed = TRUE;
    job->download_time = 0;
    files_store_names( job );
}

HRESULT job_event( struct job *job, enum job_event event, const struct job_error *error, UINT64 now )
{
    BG_JOB_STATE from = job->state, next;
    HRESULT hr;

    if ((hr = job_event_allowed( job, event, &next )) != S_OK)
    {
        if (FAILED(hr)) TRACE( "%s: %s in %s: %#lx.\n", debugstr_guid( &job->id ), event_names[event],
                               debugstr_job_state( from ), (unsigned long)hr );
        return hr;
    }
    if (event == JOB_RESUME) resume( job );
    if (next == from && event != JOB_CONNECTED) return S_OK;

    TRACE( "%s: %s -> %s (%s, code %#lx).\n", debugstr_guid( &job->id ), debugstr_job_state( from ),
           debugstr_job_state( next ), event_names[event], error ? (unsigned long)error->code : 0 );
    enter_state( job, from, event, error, now );
    job->state = next;
    job->changed = now;
    return S_OK;
}
