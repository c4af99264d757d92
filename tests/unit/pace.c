/*
 * Tests of the pace of background transfers, on simulated paths
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
#include "../../agent/pace.h"

#define SEGMENT 1448
#define STEP    5000        /* us: everybody's bytes flow like water for so long */
#define SECOND  1000000

/* A bottleneck with a queue in front of it, our connection, and one more that competes with it. */
struct path
{
    double capacity;        /* bytes/s */
    double base;            /* us: the round trip without a queue */
    double limit;           /* bytes that the queue can have */
    double ours, theirs;    /* bytes on the way */
    double most;            /* bytes that our sender has on the way, if the window lets it */
    enum { NOBODY, LOSS_BASED, BBR, STREAM } competitor;
    double bandwidth;       /* BBR: what it has measured; STREAM: what it needs */
    double shortest;        /* BBR: us, the round trip that it has seen */
    int same_host;

    uint64_t now;
    struct pace pace;
    uint32_t rtt;           /* smoothed, as the kernel does */
    double sampled_ours, sampled_theirs;    /* bytes since the last sample */
    uint64_t got_ours, got_theirs;          /* bytes since measure() */
    uint64_t measured;
    uint32_t smallest;      /* clamp ever */
};

static void path_init( struct path *path, double mbits, double base_ms )
{
    memset( path, 0, sizeof(*path) );
    path->capacity = mbits * 125000;
    path->base = base_ms * 1000;
    path->limit = path->capacity / 10;
    path->ours = 10 * SEGMENT;
    path->most = 1e9;
    path->now = SECOND;
    path->smallest = UINT32_MAX;
    pace_init( &path->pace );
}

static void compete( struct path *path, int competitor, int same_host )
{
    path->competitor = competitor;
    path->same_host = same_host;
    path->theirs = competitor == NOBODY ? 0 : 10 * SEGMENT;
    path->shortest = 1e9;
    if (competitor == BBR) path->bandwidth = path->capacity / 2;   /* its start is over */
}

/* How much the competitor wants to have on the way, after another step in which it got so many bytes per second. */
static double their_window( struct path *path, double rtt, double rate, int lost )
{
    switch (path->competitor)
    {
    case LOSS_BASED:
        if (lost) return path->theirs / 2;
        /* it is past its slow start when the path is full */
        return path->theirs + (rate < path->capacity / 2 ? path->theirs : SEGMENT) * STEP / rtt;
    case BBR:
        /* it tries a quarter more at times, and forgets as slowly */
        path->bandwidth += (rate * 1.25 - path->bandwidth) * STEP / (8 * rtt);
        if (path->bandwidth > path->capacity) path->bandwidth = path->capacity;
        if (rtt < path->shortest) path->shortest = rtt;
        return 2 * path->bandwidth * path->shortest / SECOND;
    case STREAM:
        return path->bandwidth * rtt / SECOND;
    default:
        return 0;
    }
}

static void step( struct path *path )
{
    double pipe = path->capacity * path->base / SECOND, queue, rtt, our_rate, their_rate, limit;
    int lost;

    queue = path->ours + path->theirs - pipe;
    if ((lost = queue > path->limit)) queue = path->limit;
    if (queue < 0) queue = 0;
    rtt = path->base + queue / path->capacity * SECOND;
    our_rate = path->ours / rtt * SECOND;
    their_rate = path->theirs / rtt * SECOND;
    path->sampled_ours += our_rate * STEP / SECOND;
    path->sampled_theirs += their_rate * STEP / SECOND;
    path->rtt = path->rtt ? path->rtt + ((int32_t)rtt - (int32_t)path->rtt) / 4 : rtt;
    path->theirs = their_window( path, rtt, their_rate, lost );

    /* a sender doubles once per round trip */
    path->ours += path->ours * STEP / rtt;
    if (lost) path->ours /= 2;
    limit = path->pace.clamp < path->most ? path->pace.clamp : path->most;
    if (path->ours > limit) path->ours = limit;
    path->now += STEP;
}

static void measure( struct path *path )
{
    path->got_ours = path->got_theirs = 0;
    path->measured = path->now;
}

static void go_on( struct path *path, double seconds )
{
    uint64_t end = path->now + seconds * SECOND;
    struct pace_sample sample = { 0 };
    int i;

    measure( path );
    while (path->now < end)
    {
        for (i = 0; i < PACE_INTERVAL / STEP; i++) step( path );
        sample.now = path->now;
        sample.interval = PACE_INTERVAL;
        sample.received = path->sampled_ours;
        sample.others = path->same_host ? path->sampled_theirs : 0;
        sample.segment = SEGMENT;
        sample.rtt = path->rtt;
        path->got_ours += path->sampled_ours;
        path->got_theirs += path->sampled_theirs;
        path->sampled_ours = path->sampled_theirs = 0;
        pace_update( &path->pace, &sample );
        if (path->pace.clamp < path->smallest) path->smallest = path->pace.clamp;
    }
}

static unsigned int percent( const struct path *path, uint64_t bytes )
{
    return bytes * 100.0 * SECOND / (path->now - path->measured) / path->capacity;
}

static unsigned int our_share( const struct path *path )
{
    return percent( path, path->got_ours );
}

static unsigned int their_share( const struct path *path )
{
    return percent( path, path->got_theirs );
}

/* --- the tests ----------------------------------------------------------------------------------------------------- */

static void fills_an_idle_path_and_no_queue(void)
{
    static const double paths[][2] = { { 100, 1 }, { 100, 20 }, { 8, 40 }, { 1000, 10 }, { 1, 150 } };
    struct path path;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(paths); i++)
    {
        path_init( &path, paths[i][0], paths[i][1] );
        go_on( &path, 5 );
        go_on( &path, 120 );
        check( our_share( &path ) >= 85, "%g Mbit/s, %g ms: %u %%\n", paths[i][0], paths[i][1], our_share( &path ) );
        check( path.rtt <= path.base + 2 * PACE_TARGET, "%g Mbit/s, %g ms: %u us\n", paths[i][0], paths[i][1], path.rtt );
    }
}

static void run_beside( int competitor, int same_host, double mbits, double base )
{
    struct path path;

    path_init( &path, mbits, base );
    go_on( &path, 10 );
    compete( &path, competitor, same_host );
    go_on( &path, 8 );
    check( our_share( &path ) <= 10, "%d, %d, %g Mbit/s, %g ms: we take %u %%\n", competitor, same_host, mbits, base,
           our_share( &path ) );
    check( their_share( &path ) >= 85, "%d, %d, %g Mbit/s, %g ms: they get %u %%\n", competitor, same_host, mbits, base,
           their_share( &path ) );
    check( our_share( &path ) >= 1 || path.got_ours > 8 * 16384, "%d, %d, %g Mbit/s, %g ms: no trickle\n", competitor,
           same_host, mbits, base );
    compete( &path, NOBODY, 0 );
    go_on( &path, 3 );
    go_on( &path, 5 );
    check( our_share( &path ) >= 85, "%d, %d, %g Mbit/s, %g ms: %u %% when they have gone\n", competitor, same_host,
           mbits, base, our_share( &path ) );
    check( path.smallest >= 2 * SEGMENT, "clamp %u\n", path.smallest );
}

static void yields_to_a_loss_based_competitor(void)
{
    run_beside( LOSS_BASED, 0, 100, 1 );
    run_beside( LOSS_BASED, 1, 100, 1 );
    run_beside( LOSS_BASED, 0, 100, 20 );
    run_beside( LOSS_BASED, 1, 20, 20 );
}

static void yields_to_a_competitor_that_keeps_the_queue_short(void)
{
    run_beside( BBR, 0, 100, 5 );
    run_beside( BBR, 1, 100, 5 );
    run_beside( BBR, 0, 100, 20 );
    run_beside( BBR, 1, 20, 20 );
}

static void yields_for_as_long_as_it_takes(void)
{
    struct path path;

    path_init( &path, 100, 20 );
    go_on( &path, 10 );
    compete( &path, LOSS_BASED, 0 );
    go_on( &path, 300 );
    check( our_share( &path ) <= 10, "we take %u %%\n", our_share( &path ) );
}

static void leaves_a_stream_what_it_needs_and_takes_the_rest(void)
{
    struct path path;

    path_init( &path, 100, 10 );
    go_on( &path, 5 );
    compete( &path, STREAM, 1 );
    path.bandwidth = path.capacity * 0.3;
    go_on( &path, 5 );
    go_on( &path, 20 );
    check( our_share( &path ) >= 40, "we take %u %%\n", our_share( &path ) );
    check( their_share( &path ) >= 28, "they get %u %%\n", their_share( &path ) );
}

static void gets_used_to_a_longer_path(void)
{
    struct path path;

    path_init( &path, 100, 10 );
    go_on( &path, 10 );
    path.base = 60000;
    go_on( &path, 60 );
    go_on( &path, 20 );
    check( our_share( &path ) >= 85, "longer: %u %%\n", our_share( &path ) );
    path.base = 5000;
    go_on( &path, 5 );
    go_on( &path, 20 );
    check( our_share( &path ) >= 85, "shorter: %u %%\n", our_share( &path ) );
}

static void gets_used_to_a_slower_path(void)
{
    struct path path;

    path_init( &path, 100, 10 );
    go_on( &path, 10 );
    path.capacity /= 2;
    path.limit /= 2;
    go_on( &path, 120 );
    go_on( &path, 20 );
    check( our_share( &path ) >= 85, "%u %%\n", our_share( &path ) );
}

static void takes_what_a_slow_server_sends(void)
{
    struct path path;

    path_init( &path, 100, 20 );
    go_on( &path, 10 );
    path.most = path.capacity / 5 * path.base / SECOND;
    go_on( &path, 30 );
    check( our_share( &path ) >= 17, "%u %%\n", our_share( &path ) );
}

static void a_slow_disk_is_no_competitor(void)
{
    struct pace_sample sample = { SECOND, PACE_INTERVAL, 500000, 0, SEGMENT, 2000, 0 };
    struct pace pace;
    int i;

    pace_init( &pace );
    for (i = 0; i < 40; i++, sample.now += PACE_INTERVAL) pace_update( &pace, &sample );
    sample.received = 50000;
    sample.rtt = 20000;
    sample.behind = 1;
    for (i = 0; i < 40; i++, sample.now += PACE_INTERVAL) pace_update( &pace, &sample );
    check( pace.clamp > 2 * SEGMENT, "clamp %u\n", pace.clamp );
}

static void without_a_round_trip_time_nothing_is_held_back(void)
{
    struct pace_sample sample = { SECOND, PACE_INTERVAL, 500000, 0, 0, 0, 0 };
    struct pace pace;
    int i;

    pace_init( &pace );
    for (i = 0; i < 200; i++, sample.now += PACE_INTERVAL)
    {
        sample.received = i % 3 ? 500000 : 0;
        pace_update( &pace, &sample );
    }
    check( pace.clamp >= 64 * 1024, "clamp %u\n", pace.clamp );
}

static void extreme_samples_do_no_harm(void)
{
    static const uint64_t bytes[] = { 0, 1, 1500, 1u << 31, (uint64_t)1 << 40 };
    static const uint32_t times[] = { 0, 1, 999, 65000, UINT32_MAX };
    struct pace_sample sample = { SECOND };
    struct pace pace;
    unsigned int i;

    pace_init( &pace );
    for (i = 0; i < 20000; i++)
    {
        sample.interval = 1 + i % 7 * 20000;
        sample.now += sample.interval;
        sample.received = bytes[i / 3 % 5];
        sample.others = bytes[i / 5 % 5];
        sample.rtt = times[i / 7 % 5];
        sample.segment = times[i / 11 % 4];
        pace_update( &pace, &sample );
        if (!check( pace.clamp >= 2 * 1460 && pace.clamp <= PACE_MAX_CLAMP, "clamp %u at %u\n", pace.clamp, i )) break;
    }
}

const struct test pace_tests[] =
{
    TEST(fills_an_idle_path_and_no_queue),
    TEST(yields_to_a_loss_based_competitor),
    TEST(yields_to_a_competitor_that_keeps_the_queue_short),
    TEST(yields_for_as_long_as_it_takes),
    TEST(leaves_a_stream_what_it_needs_and_takes_the_rest),
    TEST(gets_used_to_a_longer_path),
    TEST(gets_used_to_a_slower_path),
    TEST(takes_what_a_slow_server_sends),
    TEST(a_slow_disk_is_no_competitor),
    TEST(without_a_round_trip_time_nothing_is_held_back),
    TEST(extreme_samples_do_no_harm),
    { 0 }
};
