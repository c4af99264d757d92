/*
 * Tests of what the machine's administrator can set
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
#include "job/job.h"

static BOOL set( struct policy *policy, const WCHAR *name, ULONG value )
{
    const WCHAR *known;
    int key, i;

    for (key = 0; key < POLICY_KEY_COUNT; key++)
        for (i = 0; (known = policy_value_name( key, i )); i++)
            if (!wstr_cmp( known, name )) return policy_set_value( policy, key, i, value );
    check( FALSE, "no such value\n" );
    return FALSE;
}

/* spec: behaviour 8.1, 8.2 */
static void nothing_set_means_the_defaults(void)
{
    struct policy policy;
    ULONG changes;

    policy_init( &policy );
    check( policy.max_jobs_per_user == 60 && policy.max_jobs_per_machine == 300, "jobs\n" );
    check( policy.max_files_per_job == 200 && policy.max_ranges_per_file == 500, "files\n" );
    check( policy.max_download_time == 7776000 && policy_inactivity( &policy ) == 7776000, "times\n" );
    check( policy.cost_flags[BG_JOB_PRIORITY_FOREGROUND] == 0x800000ff, "cost of foreground\n" );
    check( policy.cost_flags[BG_JOB_PRIORITY_LOW] == 0x800000ff && policy.network_cost == 1, "cost\n" );
    check( policy_rate( &policy, 0, &changes ) == POLICY_NO_RATE && !changes, "rate\n" );
    check( !policy.peer_caching && !policy.max_content_age && !policy.max_cache_size, "peers\n" );
}

static void values_out_of_range_do_not_count(void)
{
    static const struct
    {
        const WCHAR *name;
        ULONG value;
        BOOL good;
    }
    tests[] =
    {
        { L"MaxJobsPerUser", 0, FALSE },
        { L"MaxJobsPerUser", 1, TRUE },
        { L"JobInactivityTimeout", 0, FALSE },
        { L"JobInactivityTimeout", 999, TRUE },
        { L"JobInactivityTimeout", 1000, FALSE },
        { L"MaxBandwidthValidFrom", 23, TRUE },
        { L"MaxBandwidthValidTo", 24, FALSE },
        { L"EnableBITSMaxBandwidth", 2, FALSE },
        { L"MaxTransferRateOnSchedule", 0, TRUE },
        { L"MaxBandwidthServed", 1048575, FALSE },
        { L"MaxContentAge", 121, FALSE },
        { L"MaxCacheSize", 81, FALSE },
        { L"NormalTransferPolicy", 0, FALSE },
        { L"NormalTransferPolicy", 6, TRUE },           /* a mask */
        { L"NormalTransferPolicy", 0x80000000, FALSE }, /* without a state */
        { L"NormalTransferPolicy", 0x100, FALSE },
        { L"NetworkCost", 0x100, FALSE },
        { L"NetworkCost", 0, FALSE },
        { L"TimeSlice", 0, FALSE },
    };
    struct policy policy;
    unsigned int i;

    policy_init( &policy );
    for (i = 0; i < ARRAY_SIZE(tests); i++)
        check( set( &policy, tests[i].name, tests[i].value ) == tests[i].good, "%u: taken or not\n", i );
    check( policy.max_jobs_per_user == 1 && policy.inactivity_days == 999 && policy.valid_to == 17, "stored\n" );
}

/* spec: behaviour 8.2, 8.3 */
static void cost_rules_are_numbers_or_masks(void)
{
    static const ULONG masks[] = { 0x800000ff, 0x8000007f, 0x8000006f, 0x80000067, 0x80000021 };
    struct policy policy;
    unsigned int i;

    policy_init( &policy );
    for (i = 0; i < ARRAY_SIZE(masks); i++)
    {
        check( set( &policy, L"HighTransferPolicy", i + 1 ), "%u refused\n", i + 1 );
        check( policy.cost_flags[BG_JOB_PRIORITY_HIGH] == masks[i], "%#x\n", (int)policy.cost_flags[BG_JOB_PRIORITY_HIGH] );
    }
    check( set( &policy, L"HighTransferPolicy", 0x40000006 ), "mask refused\n" );
    check( policy.cost_flags[BG_JOB_PRIORITY_HIGH] == 0x40000006, "mask\n" );
    check( policy.cost_flags[BG_JOB_PRIORITY_NORMAL] == 0x800000ff, "another level\n" );
}

static void inactivity_is_days_or_our_own_seconds(void)
{
    struct policy policy;

    policy_init( &policy );
    check( set( &policy, L"JobInactivityTimeout", 2 ) && policy_inactivity( &policy ) == 172800, "days\n" );
    check( set( &policy, L"InactivityTimeout", 7 ) && policy_inactivity( &policy ) == 7, "seconds\n" );
}

/* spec: behaviour 8.1 */
static void rates_have_an_interval(void)
{
    static const struct
    {
        ULONG from, to;
        ULONG hour;
        UINT64 rate;
        ULONG changes;      /* in hours */
    }
    tests[] =
    {
        { 8, 17, 7, 12500, 1 },
        { 8, 17, 8, 0, 9 },
        { 8, 17, 16, 0, 1 },
        { 8, 17, 17, 12500, 15 },
        { 22, 6, 21, 12500, 1 },
        { 22, 6, 22, 0, 8 },
        { 22, 6, 0, 0, 6 },
        { 22, 6, 6, 12500, 16 },
        { 5, 5, 12, 0, 0 },
    };
    struct policy policy;
    ULONG changes;
    unsigned int i;

    policy_init( &policy );
    policy.limit_bandwidth = 1;
    policy.rate_on_schedule = 0;
    policy.rate_off_schedule = 100;
    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        policy.valid_from = tests[i].from;
        policy.valid_to = tests[i].to;
        check( policy_rate( &policy, tests[i].hour * 3600, &changes ) == tests[i].rate, "%u: rate\n", i );
        check( changes == tests[i].changes * 3600, "%u: changes in %u\n", i, (unsigned int)changes );
    }
    policy.valid_from = 8;
    policy.valid_to = 17;
    check( policy_rate( &policy, 17 * 3600 - 1, &changes ) == 0 && changes == 1, "last second\n" );
    policy.rate_on_schedule = 1;
    check( policy_rate( &policy, 8 * 3600, &changes ) == 250, "1 kbit/s counts as 2\n" );
    policy.no_limit_off_schedule = 1;
    check( policy_rate( &policy, 0, &changes ) == POLICY_NO_RATE && changes == 8 * 3600, "no limit\n" );
    policy.limit_bandwidth = 0;
    check( policy_rate( &policy, 8 * 3600, &changes ) == POLICY_NO_RATE && !changes, "off\n" );
}

const struct test policy_tests[] =
{
    TEST(nothing_set_means_the_defaults),
    TEST(values_out_of_range_do_not_count),
    TEST(cost_rules_are_numbers_or_masks),
    TEST(inactivity_is_days_or_our_own_seconds),
    TEST(rates_have_an_interval),
    { NULL }
};
