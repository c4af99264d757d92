/*
 * Tests of whose turn it is
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

#include "unit.h"
#include "schedule/private.h"

struct queued
{
    BG_JOB_STATE state;
    BG_JOB_PRIORITY priority;
    UINT64 turn;
};

/* Builds a queue and asks; -1 stands for no job. */
static void expect( const char *what, const struct queued *queued, unsigned int count, int next, int stop )
{
    struct list jobs = { &jobs, &jobs };
    struct job job[32], *stopped, *picked;
    unsigned int i;

    memset( job, 0, sizeof(job) );
    for (i = 0; i < count; i++)
    {
        job[i].state = queued[i].state;
        job[i].priority = queued[i].priority;
        job[i].turn = queued[i].turn;
        list_add_tail( &jobs, &job[i].entry );
    }
    picked = pick_job( &jobs, &stopped );
    check( picked == (next < 0 ? NULL : &job[next]), "%s: picked %d\n", what, picked ? (int)(picked - job) : -1 );
    check( stopped == (stop < 0 ? NULL : &job[stop]), "%s: stopped %d\n", what, stopped ? (int)(stopped - job) : -1 );
}

#define QUE BG_JOB_STATE_QUEUED
#define TRA BG_JOB_STATE_TRANSFERRING
#define FOR BG_JOB_PRIORITY_FOREGROUND
#define HIG BG_JOB_PRIORITY_HIGH
#define NOR BG_JOB_PRIORITY_NORMAL
#define LOW BG_JOB_PRIORITY_LOW

/* spec: behaviour 2 */
static void levels_and_turns(void)
{
    static const struct queued
        idle[] = { { BG_JOB_STATE_SUSPENDED, FOR, 1 }, { BG_JOB_STATE_ERROR, HIG, 2 } },
        levels[] = { { QUE, LOW, 1 }, { QUE, NOR, 2 }, { QUE, HIG, 3 } },
        turns[] = { { QUE, NOR, 7 }, { QUE, NOR, 5 }, { QUE, NOR, 6 } },
        one_background[] = { { TRA, NOR, 1 }, { QUE, NOR, 2 } },
        foreground_beside[] = { { TRA, NOR, 1 }, { QUE, FOR, 2 } },
        higher[] = { { TRA, LOW, 1 }, { QUE, HIG, 2 } },
        lower[] = { { TRA, HIG, 1 }, { QUE, LOW, 2 } },
        waiting[] = { { BG_JOB_STATE_TRANSIENT_ERROR, HIG, 1 }, { QUE, LOW, 2 } },
        lowered[] = { { TRA, LOW, 1 }, { TRA, NOR, 2 }, { QUE, FOR, 3 } };

    expect( "nothing to do", idle, 2, -1, -1 );
    expect( "highest level first", levels, 3, 2, -1 );
    expect( "in turn", turns, 3, 1, -1 );
    expect( "one background job", one_background, 2, -1, -1 );
    expect( "foreground beside background", foreground_beside, 2, 1, -1 );
    expect( "higher level pre-empts", higher, 2, -1, 0 );
    expect( "lower level waits", lower, 2, -1, -1 );
    expect( "a job in TRANSIENT_ERROR does not block", waiting, 2, 1, -1 );
    expect( "two in the background: one stops", lowered, 3, -1, 0 );
}

static void foreground_has_a_cap(void)
{
    struct queued queued[MAX_FOREGROUND + 1];
    unsigned int i;

    for (i = 0; i <= MAX_FOREGROUND; i++)
    {
        queued[i].state = i < MAX_FOREGROUND - 1 ? TRA : QUE;
        queued[i].priority = FOR;
        queued[i].turn = i;
    }
    expect( "one below the cap", queued, MAX_FOREGROUND + 1, MAX_FOREGROUND - 1, -1 );
    queued[MAX_FOREGROUND - 1].state = TRA;
    expect( "at the cap", queued, MAX_FOREGROUND + 1, -1, -1 );
}

static void held_and_ending_jobs_wait(void)
{
    struct list jobs = { &jobs, &jobs };
    struct job job, *stop;

    memset( &job, 0, sizeof(job) );
    job.state = QUE;
    list_add_tail( &jobs, &job.entry );
    check( pick_job( &jobs, &stop ) == &job, "not picked\n" );
    job.held = TRUE;
    check( !pick_job( &jobs, &stop ), "held job picked\n" );
    job.held = FALSE;
    job.run = (struct run *)&job;
    check( !pick_job( &jobs, &stop ), "its last run has not ended\n" );
}

const struct test pick_tests[] =
{
    TEST(levels_and_turns),
    TEST(foreground_has_a_cap),
    TEST(held_and_ending_jobs_wait),
    { NULL }
};
