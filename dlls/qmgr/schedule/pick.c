/*
 * Whose turn it is
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

/* Dynamic content cannot be slowed down, and therefore has no place in the background. */
static BOOL is_runnable( const struct job *job )
{
    return job->state == BG_JOB_STATE_QUEUED && !job->run && !job->held &&
           (job->priority == BG_JOB_PRIORITY_FOREGROUND || !job->options.dynamic_content);
}

static BOOL is_before( const struct job *a, const struct job *b )
{
    if (!b) return TRUE;
    return a->priority != b->priority ? a->priority < b->priority : a->turn < b->turn;
}

struct job *pick_job( struct list *jobs, UINT64 now, struct job **stop, UINT64 *look )
{
    struct job *job, *foreground = NULL, *background = NULL, *running = NULL;
    ULONG count = 0;

    *stop = NULL;
    LIST_FOR_EACH_ENTRY( job, jobs, struct job, entry )
    {
        if (is_runnable( job ))
        {
            struct job **next = job->priority == BG_JOB_PRIORITY_FOREGROUND ? &foreground : &background;

            if (is_before( job, *next )) *next = job;
        }
        else if (is_running_state( job->state ))
        {
            if (job->priority == BG_JOB_PRIORITY_FOREGROUND) count++;
            /* a lowered priority can leave two in the background: the better one stays */
            else if (!running) running = job;
            else if (is_before( job, running ))
            {
                *stop = running;
                running = job;
            }
            else *stop = job;
        }
    }
    if (*stop) return NULL;
    if (foreground && count < MAX_FOREGROUND) return foreground;
    if (!background || !running) return background;
    if (background->priority > running->priority) return NULL;
    if (background->priority < running->priority || running->slice_end <= now) *stop = running;
    else *look = min( *look, running->slice_end );
    return NULL;
}

HRESULT job_blocked( const struct job *job, const struct policy *policy, UINT64 rate )
{
    if (policy->network_cost & ~job_cost_flags( job, policy )) return BG_E_BLOCKED_BY_COST_TRANSFER_POLICY;
    if (is_background( job ) && !rate) return BG_E_BLOCKED_BY_POLICY;
    return S_OK;
}

BOOL job_unblocked( const struct job *job, const struct policy *policy, UINT64 rate, BOOL network )
{
    if (job->state != BG_JOB_STATE_TRANSIENT_ERROR || FAILED(job_blocked( job, policy, rate ))) return FALSE;
    switch (job->error.code)
    {
    case BG_E_BLOCKED_BY_POLICY:
    case BG_E_BLOCKED_BY_COST_TRANSFER_POLICY:
        return TRUE;
    case BG_E_NETWORK_DISCONNECTED:
        return network;
    default:
        return FALSE;
    }
}
