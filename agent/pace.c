/*
 * How fast a background transfer may be
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

#include <string.h>

#include "pace.h"

#define FIRST_CLAMP     (64 * 1024) /* bytes */
#define FIRST_RATE      (3 << 20)   /* bytes/s, about what they are with PACE_TARGET */
#define RESOLUTION      1000        /* us: the kernel's clock of time stamps */
#define SEGMENT         1460
#define QUEUE           1500        /* us of queueing, beside an eighth of the round trip, that are no noise: the path is full */
#define RETRY_QUEUE     10000       /* us of queueing that a try may cause */
#define RETRY_SELDOM    10000000    /* us between two tries while others are in sight: it may be the path that has changed */
#define FIRST_BREATH    1000000     /* us: soon enough to know whether we are alone before much is taken */
#define SETTLE          100000      /* us after which a try can be judged, beside two round trips */

static uint64_t min64( uint64_t a, uint64_t b )
{
    return a < b ? a : b;
}

static uint64_t max64( uint64_t a, uint64_t b )
{
    return a > b ? a : b;
}

/* The round trip of the empty path. */
static uint32_t path_rtt( const struct pace *pace )
{
    uint32_t rtt = pace->lowest[0];

    if (pace->lowest[1] && pace->lowest[1] < rtt) rtt = pace->lowest[1];
    return max64( rtt, RESOLUTION );
}

static int is_full( const struct pace *pace, uint32_t queueing )
{
    return queueing > QUEUE + path_rtt( pace ) / 8;
}

static void note_rtt( struct pace *pace, const struct pace_sample *sample )
{
    if (!sample->rtt) return;
    if (sample->now - pace->piece >= PACE_HISTORY)
    {
        pace->lowest[1] = pace->lowest[0];
        pace->lowest[0] = 0;
        pace->piece = sample->now;
    }
    if (!pace->lowest[0] || sample->rtt < pace->lowest[0]) pace->lowest[0] = sample->rtt;
}

static void note_rates( struct pace *pace, const struct pace_sample *sample )
{
    uint64_t rate = sample->received * 1000000 / sample->interval;
    uint64_t others = sample->others * 1000000 / sample->interval;

    pace->fast = (pace->fast + rate) / 2;
    pace->steady = (7 * pace->steady + rate) / 8;
    pace->others = (pace->others + others) / 2;
}

/* Bytes that fill the path and a queue of some us. */
static uint32_t window( const struct pace *pace, uint64_t rate, uint32_t queueing )
{
    uint64_t size = rate * (path_rtt( pace ) + queueing) / 1000000;

    return min64( max64( size, 2 * pace->segment ), PACE_MAX_CLAMP );
}

/* Bytes/s that are always taken, so that jobs get on. */
static uint64_t trickle( const struct pace *pace )
{
    return pace->capacity / 50;
}

/* For PAUSE us at least. */
static void yield( struct pace *pace, const struct pace_sample *sample, uint64_t pause )
{
    pace->yielding = 1;
    pace->since = sample->now;
    pace->pause = pause;
    pace->seen = 0;
    pace->clamp = window( pace, trickle( pace ), 0 );
}

static void run( struct pace *pace, const struct pace_sample *sample )
{
    pace->yielding = 0;
    pace->since = sample->now;
    pace->busy = 0;
    pace->clamp = window( pace, pace->capacity, RETRY_QUEUE );
}

static void update_running( struct pace *pace, const struct pace_sample *sample, uint32_t queueing )
{
    int64_t change;

    if (sample->now - pace->since < SETTLE + 2 * (uint64_t)sample->rtt)
    {
        pace->fast = sample->received * 1000000 / sample->interval;
        return;
    }
    if (!sample->behind && is_full( pace, queueing ) &&
        (pace->fast < pace->capacity * 3 / 4 || pace->others > pace->fast / 3)) pace->busy++;
    else pace->busy = 0;
    if (pace->busy >= 2)
    {
        pace->capacity -= pace->capacity / 100;
        yield( pace, sample, PACE_RETRY );
        return;
    }
    pace->capacity = max64( pace->capacity - pace->capacity / 2048, pace->steady );

    if (sample->now - pace->since >= pace->next)
    {
        pace->next = PACE_BREATH;
        yield( pace, sample, 0 );
        return;
    }
    if (queueing > 2 * PACE_TARGET) change = -(int64_t)pace->clamp / 2;
    else change = (int64_t)pace->clamp * (PACE_TARGET - (int64_t)queueing) / (8 * PACE_TARGET);
    pace->clamp = max64( pace->clamp + change, 2 * pace->segment );
    /* more than the sender uses would be no limit when one is needed */
    pace->clamp = min64( pace->clamp, window( pace, 2 * pace->fast + FIRST_RATE, PACE_TARGET ) );
}

static void update_yielding( struct pace *pace, const struct pace_sample *sample, uint32_t queueing )
{
    uint64_t passed = sample->now - pace->since;
    int in_sight = queueing > PACE_TARGET || pace->others > pace->capacity / 4;
    uint64_t rate = trickle( pace ), most = pace->capacity * 4 / 5;

    /* others whom we see, and who have had the time to take what they can, may leave something */
    if (pace->others > pace->capacity / 4 && pace->others < most && passed > PACE_RETRY && !is_full( pace, queueing ))
        rate = max64( rate, most - pace->others );
    pace->clamp = window( pace, rate, 0 );
    if (passed < SETTLE + 2 * (uint64_t)sample->rtt) return;
    if (in_sight) pace->seen = 1;
    if (in_sight ? passed >= RETRY_SELDOM : pace->seen || passed >= pace->pause) run( pace, sample );
}

void pace_init( struct pace *pace )
{
    memset( pace, 0, sizeof(*pace) );
    pace->clamp = FIRST_CLAMP;
    pace->next = FIRST_BREATH;
}

void pace_update( struct pace *pace, const struct pace_sample *sample )
{
    uint32_t queueing;

    if (!pace->piece) pace->piece = pace->since = sample->now;
    pace->segment = max64( max64( pace->segment, sample->segment ), SEGMENT );
    note_rtt( pace, sample );
    note_rates( pace, sample );
    queueing = sample->rtt > path_rtt( pace ) ? sample->rtt - path_rtt( pace ) : 0;
    if (pace->yielding) update_yielding( pace, sample, queueing );
    else update_running( pace, sample, queueing );
}
