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

#define NEVER (~(UINT64)0)

struct queued
{
    BG_JOB_STATE state;
    BG_JOB_PRIORITY priority;
    UINT64 turn;
    UINT64 slice_end;
};

/* Builds a queue and asks at tick 100; -1 stands for no job.  Gives the tick when to look again. */
static UINT64 expect( const char *what, const struct queued *queued, unsigned int count, int next, int stop )
{
    struct list jobs = { &jobs, &jobs };
    struct job job[32], *stopped, *picked;
    UINT64 look = NEVER;
    unsigned int i;

    memset( job, 0, sizeof(job) );
    for (i = 0; i < count; i++)
    {
        job[i].state = queued[i].state;
        job[i].priority = queued[i].priority;
        job[i].turn = queued[i].turn;
        job[i].slice_end = queued[i].slice_end ? queued[i].slice_end : 150;
        list_add_tail( &jobs, &job[i].entry );
    }
    picked = pick_job( &jobs, 100, &stopped, &look );
    check( picked == (next < 0 ? NULL : &job[next]), "%s: picked %d\n", what, picked ? (int)(picked - job) : -1 );
    check( stopped == (stop < 0 ? NULL : &job[stop]), "%s: stopped %d\n", what, stopped ? (int)(stopped - job) : -1 );
    return look;
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

/* spec: behaviour 2 */
static void slices_end_only_for_peers(void)
{
    static const struct queued
        in_slice[] = { { TRA, NOR, 1, 101 }, { QUE, NOR, 2 } },
        over[] = { { TRA, NOR, 1, 100 }, { QUE, NOR, 2 } },
        alone[] = { { TRA, NOR, 1, 100 } },
        others[] = { { TRA, NOR, 1, 100 }, { QUE, LOW, 2 }, { BG_JOB_STATE_SUSPENDED, NOR, 3 } },
        foreground[] = { { TRA, FOR, 1, 100 }, { QUE, FOR, 2 } };

    check( expect( "within its slice", in_slice, 2, -1, -1 ) == 101, "not looked at again\n" );
    check( expect( "its slice is over", over, 2, -1, 0 ) == NEVER, "looked at again\n" );
    check( expect( "nobody waits", alone, 1, -1, -1 ) == NEVER, "looked at again\n" );
    check( expect( "nobody of its level waits", others, 3, -1, -1 ) == NEVER, "looked at again\n" );
    check( expect( "foreground has no slices", foreground, 2, 1, -1 ) == NEVER, "looked at again\n" );
}

static void foreground_has_a_cap(void)
{
    struct queued queued[MAX_FOREGROUND + 1], mixed[MAX_FOREGROUND + 2];
    const struct queued background = { QUE, LOW, 99 };
    unsigned int i;

    for (i = 0; i <= MAX_FOREGROUND; i++)
    {
        queued[i].state = i < MAX_FOREGROUND - 1 ? TRA : QUE;
        queued[i].priority = FOR;
        queued[i].turn = i;
        queued[i].slice_end = 0;
    }
    expect( "one below the cap", queued, MAX_FOREGROUND + 1, MAX_FOREGROUND - 1, -1 );
    queued[MAX_FOREGROUND - 1].state = TRA;
    expect( "at the cap", queued, MAX_FOREGROUND + 1, -1, -1 );
    memcpy( mixed, queued, sizeof(queued) );
    mixed[MAX_FOREGROUND + 1] = background;
    expect( "the background goes on", mixed, MAX_FOREGROUND + 2, MAX_FOREGROUND + 1, -1 );
}

static void held_and_ending_jobs_wait(void)
{
    struct list jobs = { &jobs, &jobs };
    struct job job, *stop;
    UINT64 look = 0;

    memset( &job, 0, sizeof(job) );
    job.state = QUE;
    job.priority = NOR;
    list_add_tail( &jobs, &job.entry );
    check( pick_job( &jobs, 0, &stop, &look ) == &job, "not picked\n" );
    job.held = TRUE;
    check( !pick_job( &jobs, 0, &stop, &look ), "held job picked\n" );
    job.held = FALSE;
    job.run = (struct run *)&job;
    check( !pick_job( &jobs, 0, &stop, &look ), "its last run has not ended\n" );
    job.run = NULL;
    job.options.dynamic_content = TRUE;
    check( !pick_job( &jobs, 0, &stop, &look ), "dynamic content in the background\n" );
    job.priority = FOR;
    check( pick_job( &jobs, 0, &stop, &look ) == &job, "dynamic content in the foreground\n" );
}

/* spec: behaviour 2, 8.1 - 8.3 */
static void policy_blocks_jobs(void)
{
    struct policy policy;
    struct job job;

    policy_init( &policy );
    memset( &job, 0, sizeof(job) );
    job.state = QUE;
    job.priority = NOR;
    check( job_blocked( &job, &policy, POLICY_NO_RATE ) == S_OK, "no policy\n" );
    check( job_blocked( &job, &policy, 1 ) == S_OK, "a slow rate\n" );
    check( job_blocked( &job, &policy, 0 ) == BG_E_BLOCKED_BY_POLICY, "no rate\n" );
    job.priority = FOR;
    check( job_blocked( &job, &policy, 0 ) == S_OK, "foreground has no rate\n" );
    job.priority = NOR;
    job.options.high_performance = TRUE;
    check( job_blocked( &job, &policy, 0 ) == S_OK, "nor has high performance\n" );
    job.options.high_performance = FALSE;
    job.priority = FOR;

    policy.network_cost = BITS_COST_STATE_ROAMING | BITS_COST_STATE_BELOW_CAP;
    policy.cost_flags[NOR] = BITS_COST_STATE_TRANSFER_NOT_ROAMING;
    check( job_blocked( &job, &policy, 0 ) == S_OK, "another level's\n" );
    job.priority = NOR;
    check( job_blocked( &job, &policy, 1 ) == BG_E_BLOCKED_BY_COST_TRANSFER_POLICY, "roaming\n" );
    job.options.cost_flags_set = TRUE;
    job.options.cost_flags = BITS_COST_STATE_TRANSFER_ALWAYS;
    check( job_blocked( &job, &policy, 1 ) == S_OK, "its own mask\n" );
    job.options.cost_flags = BITS_COST_STATE_ROAMING;
    check( job_blocked( &job, &policy, 1 ) == BG_E_BLOCKED_BY_COST_TRANSFER_POLICY, "one of two states\n" );

    job.state = BG_JOB_STATE_TRANSIENT_ERROR;
    job.error.code = BG_E_BLOCKED_BY_COST_TRANSFER_POLICY;
    check( !job_unblocked( &job, &policy, 1, TRUE ), "still roaming\n" );
    policy.network_cost = BITS_COST_STATE_UNRESTRICTED;
    job.options.cost_flags = BITS_COST_STATE_TRANSFER_UNRESTRICTED;
    check( job_unblocked( &job, &policy, 1, FALSE ), "no longer roaming\n" );
    check( !job_unblocked( &job, &policy, 0, TRUE ), "now for another reason\n" );
    job.error.code = BG_E_NETWORK_DISCONNECTED;
    check( !job_unblocked( &job, &policy, 1, FALSE ) && job_unblocked( &job, &policy, 1, TRUE ), "network\n" );
    job.error.code = E_FAIL;
    check( !job_unblocked( &job, &policy, 1, TRUE ), "any error\n" );
    job.state = QUE;
    job.error.code = BG_E_BLOCKED_BY_POLICY;
    check( !job_unblocked( &job, &policy, 1, TRUE ), "any state\n" );
}

const struct test pick_tests[] =
{
    TEST(levels_and_turns),
    TEST(slices_end_only_for_peers),
    TEST(foreground_has_a_cap),
    TEST(held_and_ending_jobs_wait),
    TEST(policy_blocks_jobs),
    { NULL }
};
