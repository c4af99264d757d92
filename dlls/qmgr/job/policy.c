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

#include <stddef.h>

#include "job/private.h"

#define DAY 86400
#define HOUR 3600

struct rule
{
    enum policy_key key;
    const WCHAR *name;
    size_t offset;
    ULONG min, max;
    ULONG initial;
};

#define RULE( key, name, member, min, max, initial ) \
    { POLICY_KEY_ ## key, name, offsetof( struct policy, member ), min, max, initial }
#define COST_RULE( name, priority ) \
    { POLICY_KEY_TRANSFER, name, offsetof( struct policy, cost_flags[BG_JOB_PRIORITY_ ## priority] ), 1, JOB_NO_LIMIT, \
      BITS_COST_STATE_TRANSFER_ALWAYS }

/* spec: behaviour 8.1; 8.2, where the names are a choice; and ours.  What has no documented range takes anything that
 * makes sense. */
static const struct rule rules[] =
{
    RULE( BITS, L"MaxJobsPerUser",             max_jobs_per_user,     1, JOB_NO_LIMIT, 60 ),
    RULE( BITS, L"MaxJobsPerMachine",          max_jobs_per_machine,  1, JOB_NO_LIMIT, 300 ),
    RULE( BITS, L"MaxFilesPerJob",             max_files_per_job,     1, JOB_NO_LIMIT, 200 ),
    RULE( BITS, L"MaxRangesPerFile",           max_ranges_per_file,   1, JOB_NO_LIMIT, 500 ),
    RULE( BITS, L"JobInactivityTimeout",       inactivity_days,       1, 999, 90 ),
    RULE( BITS, L"MaxDownloadTime",            max_download_time,     1, JOB_NO_LIMIT, 90 * DAY ),
    RULE( BITS, L"EnableBITSMaxBandwidth",     limit_bandwidth,       0, 1, 0 ),
    RULE( BITS, L"MaxTransferRateOnSchedule",  rate_on_schedule,      0, JOB_NO_LIMIT, 1000 ),
    RULE( BITS, L"MaxTransferRateOffSchedule", rate_off_schedule,     0, JOB_NO_LIMIT, JOB_NO_LIMIT ),
    RULE( BITS, L"UseSystemMaximum",           no_limit_off_schedule, 0, 1, 0 ),
    RULE( BITS, L"MaxBandwidthValidFrom",      valid_from,            0, 23, 8 ),
    RULE( BITS, L"MaxBandwidthValidTo",        valid_to,              0, 23, 17 ),
    RULE( BITS, L"EnablePeercaching",          peer_caching,          0, 1, 0 ),
    RULE( BITS, L"DisablePeerCachingClient",   no_peer_client,        0, 1, 0 ),
    RULE( BITS, L"DisablePeerCachingServer",   no_peer_server,        0, 1, 0 ),
    RULE( BITS, L"MaxContentAge",              max_content_age,       1, 120, 0 ),
    RULE( BITS, L"MaxCacheSize",               max_cache_size,        1, 80, 0 ),
    RULE( BITS, L"MaxBandwidthServed",         max_peer_bandwidth,    1048576, 4294967200u, 0 ),
    RULE( BITS, L"DisableBranchCache",         no_branch_cache,       0, 1, 0 ),

    COST_RULE( L"ForegroundTransferPolicy", FOREGROUND ),
    COST_RULE( L"HighTransferPolicy", HIGH ),
    COST_RULE( L"NormalTransferPolicy", NORMAL ),
    COST_RULE( L"LowTransferPolicy", LOW ),

    RULE( OWN,  L"InactivityTimeout",          inactivity_seconds,    1, JOB_NO_LIMIT, 0 ),
    RULE( OWN,  L"TimeSlice",                  time_slice,            1, DAY, 300 ),
    RULE( OWN,  L"NetworkCost",                network_cost,          1, COST_STATES, 0x1 /* not metered */ ),
};

static ULONG *member( struct policy *policy, const struct rule *rule )
{
    return (ULONG *)((char *)policy + rule->offset);
}

void policy_init( struct policy *policy )
{
    ULONG i;

    for (i = 0; i < ARRAY_SIZE(rules); i++) *member( policy, &rules[i] ) = rules[i].initial;
}

static const struct rule *find_rule( enum policy_key key, ULONG index )
{
    ULONG i;

    for (i = 0; i < ARRAY_SIZE(rules); i++)
        if (rules[i].key == key && !index--) return &rules[i];
    return NULL;
}

const WCHAR *policy_value_name( enum policy_key key, ULONG index )
{
    const struct rule *rule = find_rule( key, index );

    return rule ? rule->name : NULL;
}

/* One of the five rules by its number, or a mask (spec: behaviour 8.2, 8.3). */
static BOOL cost_rule( ULONG value, ULONG *flags )
{
    static const ULONG masks[] =
    {
        BITS_COST_STATE_TRANSFER_ALWAYS,
        BITS_COST_STATE_TRANSFER_NOT_ROAMING,
        BITS_COST_STATE_TRANSFER_NO_SURCHARGE,
        BITS_COST_STATE_TRANSFER_STANDARD,
        BITS_COST_STATE_TRANSFER_UNRESTRICTED,
    };

    *flags = value <= ARRAY_SIZE(masks) ? masks[value - 1] : value;
    return cost_flags_are_valid( *flags );
}

BOOL policy_set_value( struct policy *policy, enum policy_key key, ULONG index, ULONG value )
{
    const struct rule *rule = find_rule( key, index );

    if (value < rule->min || value > rule->max) return FALSE;
    if (key == POLICY_KEY_TRANSFER && !cost_rule( value, &value )) return FALSE;
    *member( policy, rule ) = value;
    return TRUE;
}

ULONG job_download_limit( const struct job *job, const struct policy *policy )
{
    return job->max_download_time_set ? job->max_download_time : policy->max_download_time;
}

DWORD job_cost_flags( const struct job *job, const struct policy *policy )
{
    return job->options.cost_flags_set ? job->options.cost_flags : policy->cost_flags[job->priority];
}

ULONG policy_inactivity( const struct policy *policy )
{
    return policy->inactivity_seconds ? policy->inactivity_seconds : policy->inactivity_days * DAY;
}

/* 1 counts as 2. */
static UINT64 bytes_per_second( ULONG kbits )
{
    if (kbits == JOB_NO_LIMIT) return POLICY_NO_RATE;
    return (kbits == 1 ? 2 : kbits) * (UINT64)1000 / 8;
}

UINT64 policy_rate( const struct policy *policy, ULONG second, ULONG *changes )
{
    ULONG from = policy->valid_from * HOUR, to = policy->valid_to * HOUR, end;
    BOOL inside;

    *changes = 0;
    if (!policy->limit_bandwidth) return POLICY_NO_RATE;
    if (from == to) return bytes_per_second( policy->rate_on_schedule );    /* all day (choice) */

    inside = from < to ? second >= from && second < to : second >= from || second < to;
    end = inside ? to : from;
    *changes = end > second ? end - second : end + DAY - second;
    if (inside) return bytes_per_second( policy->rate_on_schedule );
    if (policy->no_limit_off_schedule) return POLICY_NO_RATE;
    return bytes_per_second( policy->rate_off_schedule );
}
