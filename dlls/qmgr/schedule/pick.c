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

static BOOL is_runnable( const struct job *job )
{
    return job->state == BG_JOB_STATE_QUEUED && !job->run && !job->held;
}

static BOOL is_before( const struct job *a, const struct job *b )
{
    if (!b) return TRUE;
    return a->priority != b->priority ? a->priority < b->priority : a->turn < b->turn;
}

struct job *pick_job( struct list *jobs, struct job **stop )
{
    struct job *job, *next = NULL, *background = NULL;
    ULONG foreground = 0;

    *stop = NULL;
    LIST_FOR_EACH_ENTRY( job, jobs, struct job, entry )
    {
        if (is_runnable( job ))
        {
            if (is_before( job, next )) next = job;
        }
        else if (is_running_state( job->state ))
        {
            if (job->priority == BG_JOB_PRIORITY_FOREGROUND) foreground++;
            /* a lowered priority can leave two in the background: the better one stays */
            else if (!background) background = job;
            else if (is_before( job, background ))
            {
                *stop = background;
                background = job;
            }
            else *stop = job;
        }
    }
    if (*stop || !next) return NULL;
    if (next->priority == BG_JOB_PRIORITY_FOREGROUND) return foreground < MAX_FOREGROUND ? next : NULL;
    if (!background) return next;
    if (next->priority < background->priority) *stop = background;
    return NULL;
}
