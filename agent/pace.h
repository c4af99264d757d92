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

/*
 * Background transfers use what nobody else wants (spec: behaviour 2).  Samples of the connection go in, the window
 * that it may advertise comes out.  Pure: no socket, no clock.
 *
 * Running, the window is steered towards PACE_TARGET of queueing, which is the round-trip time beyond its minimum of
 * the last PACE_HISTORY or up to twice that.  That fills an idle path and lets go of one where others fill the queue.
 * Senders such as BBR hardly fill it, so there is a second sign of others: the queue is not empty, so the path is full,
 * but we get less than we did when we were alone, or much of what this host receives is not ours.
 *
 * Then it yields: a trickle, 2 % of what the path carries, or two segments for each round trip.  If the others are on this
 * host and leave something, it takes that, too.  It runs again as soon as the signs are gone, and where they may be gone
 * without being seen, it tries every PACE_RETRY: for the fifth of a second that it takes to see that others are still
 * there.  Each failure makes it expect 1 % less of the path, which may have become slower.
 *
 * A second after its start, and every PACE_BREATH, it yields for a moment: to see the path without its own queue, which
 * would pass for a part of it in the end, and whether somebody takes at once what it leaves.
 */
#ifndef WINEBITS_AGENT_PACE_H
#define WINEBITS_AGENT_PACE_H

#include <stdint.h>

/* All times in us. */
#define PACE_INTERVAL   50000       /* between two samples, about */
#define PACE_TARGET     20000       /* queueing that we may cause */
#define PACE_HISTORY    20000000
#define PACE_RETRY      1500000
#define PACE_BREATH     15000000
#define PACE_MAX_CLAMP  (16 << 20)  /* bytes */

struct pace_sample
{
    uint64_t now;
    uint64_t interval;      /* since the sample before */
    uint64_t received;      /* bytes that came on the connection during it */
    uint64_t others;        /* bytes that came to this host for others, by the same interface */
    uint32_t segment;       /* bytes that come in one piece */
    uint32_t rtt;           /* round-trip time now; 0: unknown */
    int behind;             /* bytes that came lie unread: the delay is ours */
};

struct pace
{
    uint32_t clamp;         /* result: bytes that the window may have */

    /* private */
    int yielding;
    uint64_t since;         /* when it began to run or to yield */
    uint64_t pause;         /* while yielding, until when at least */
    uint64_t next;          /* running, until when at most */
    uint32_t busy;          /* samples in succession with signs of others */
    uint32_t segment;       /* the largest */
    uint32_t lowest[2];     /* rtt in this piece of history and in the one before; 0: unknown */
    uint64_t piece;         /* when this one began */
    uint64_t fast, steady;  /* bytes/s, averaged over 2 and 8 samples or so */
    uint64_t others;        /* likewise, over 2 */
    uint64_t capacity;      /* bytes/s that we had on this path when alone */
    int seen;               /* while yielding, others have been in sight */
};

void pace_init( struct pace *pace );
void pace_update( struct pace *pace, const struct pace_sample *sample );

#endif /* WINEBITS_AGENT_PACE_H */
