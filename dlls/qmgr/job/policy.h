/*
 * What the machine's administrator has set
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

/* Part of the job room's manual (job/job.h, which includes this).
 *
 * The service room reads the registry into a struct policy whenever it changes, and hands it to the queue
 * (schedule/schedule.h, queue_set_policy()), which keeps the one that counts; nobody else looks into the registry for
 * these values. */

#ifndef WINEBITS_JOB_POLICY_H
#define WINEBITS_JOB_POLICY_H

/* A plain value; every member has a meaning, set or not. */
struct policy
{
    /* limits of what ordinary users may have; administrators and service accounts are exempt (spec: behaviour 8.1) */
    ULONG max_jobs_per_user;
    ULONG max_jobs_per_machine;
    ULONG max_files_per_job;
    ULONG max_ranges_per_file;

    /* times */
    ULONG max_download_time;    /* seconds in CONNECTING and TRANSFERRING, for jobs that have not set their own */
    ULONG inactivity_days;      /* until a job that nothing happens to is cancelled; ask policy_inactivity() */
    ULONG inactivity_seconds;   /* the same, winebits' own value, which goes before; 0: not set */
    ULONG time_slice;           /* seconds of a background job while others of its level wait */

    /* bandwidth of background jobs; ask policy_rate() */
    ULONG limit_bandwidth;      /* BOOL: the next five count */
    ULONG rate_on_schedule;     /* kbit/s */
    ULONG rate_off_schedule;    /* kbit/s; JOB_NO_LIMIT */
    ULONG no_limit_off_schedule;/* BOOL: the one above does not count */
    ULONG valid_from, valid_to; /* hours, 0 to 23, local time */

    /* cost of the network */
    ULONG cost_flags[BG_JOB_PRIORITY_LOW + 1];  /* by priority: BITS_COST_*, for jobs that have not set their own */
    ULONG network_cost;         /* what it is now: one or more of the BITS_COST_STATE_* bits below 0x100 */

    /* the peer cache of BITS 3.0, and BranchCache: 0 where nothing is set */
    ULONG peer_caching;         /* BOOL */
    ULONG no_peer_client;       /* BOOL */
    ULONG no_peer_server;       /* BOOL */
    ULONG max_content_age;      /* days */
    ULONG max_cache_size;       /* percent of the system's disk */
    ULONG max_peer_bandwidth;   /* bit/s */
    ULONG no_branch_cache;      /* BOOL */
};

/* Where the values stand, below HKEY_LOCAL_MACHINE. */
enum policy_key
{
    POLICY_KEY_BITS,            /* Software\Policies\Microsoft\Windows\BITS (spec: behaviour 8.1) */
    POLICY_KEY_TRANSFER,        /* TransferPolicy below it (spec: behaviour 8.2) */
    POLICY_KEY_OWN,             /* Software\winebits */
    POLICY_KEY_COUNT
};

/* Without any value in the registry. */
void policy_init( struct policy *policy );

/* The name of value INDEX of KEY, all of which are REG_DWORD; NULL behind the last. */
const WCHAR *policy_value_name( enum policy_key key, ULONG index );

/* Takes over what stands in the registry.  FALSE: the value is outside of its documented range; the default stays. */
BOOL policy_set_value( struct policy *policy, enum policy_key key, ULONG index, ULONG value );

/* Seconds that JOB may be CONNECTING and TRANSFERRING, 0 for no limit. */
ULONG job_download_limit( const struct job *job, const struct policy *policy );

/* BITS_COST_*: the networks on which JOB may run. */
DWORD job_cost_flags( const struct job *job, const struct policy *policy );

/* Seconds without any progress and any change after which a job is cancelled (spec: behaviour 3.1). */
ULONG policy_inactivity( const struct policy *policy );

#define POLICY_NO_RATE ((UINT64)-1)

/* How fast background jobs may be at SECOND of the day, local time: bytes per second, POLICY_NO_RATE for no limit, 0
 * for not at all (spec: behaviour 8.1).  CHANGES: seconds until it may be another, 0 for never. */
UINT64 policy_rate( const struct policy *policy, ULONG second, ULONG *changes );

#endif
