/*
 * Tests of the scheduler: whose turn it is, and what policies forbid
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

#include "util.h"

#include "bits5_0.h"

#define POLICIES L"Software\\Policies\\Microsoft\\Windows\\BITS"
#define TRANSFER_POLICIES POLICIES L"\\TransferPolicy"
#define OWN L"Software\\winebits"

static void write_value( const WCHAR *key_name, const WCHAR *name, const DWORD *value )
{
    LSTATUS error;
    HKEY key;

    error = RegCreateKeyExW( HKEY_LOCAL_MACHINE, key_name, 0, NULL, 0, KEY_SET_VALUE | KEY_WOW64_64KEY, NULL, &key, NULL );
    ok( !error, "got error %lu.\n", error );
    if (error) return;
    if (value) error = RegSetValueExW( key, name, 0, REG_DWORD, (const BYTE *)value, sizeof(*value) );
    else error = RegDeleteValueW( key, name );
    ok( !error, "got error %lu for %ls.\n", error, name );
    RegCloseKey( key );
}

/* Waits until the service has read the registry: a limit that is seen nowhere else goes before. */
static void wait_until_read(void)
{
    static DWORD seconds = 10000000;
    IBackgroundCopyJob *job = create_job( L"sees policies" );
    ULONGLONG end = GetTickCount64() + 30000;
    IBackgroundCopyJob4 *job4;
    ULONG limit;
    HRESULT hr;

    seconds++;
    write_value( POLICIES, L"MaxDownloadTime", &seconds );
    hr = IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJob4, (void **)&job4 );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    do
    {
        short_wait();
        limit = 0;
        hr = IBackgroundCopyJob4_GetMaximumDownloadTime( job4, &limit );
    }
    while (hr == S_OK && limit != seconds && GetTickCount64() < end);
    ok( hr == S_OK && limit == seconds, "got hr %#lx, limit %lu.\n", hr, limit );

    /* the job's own goes before (spec: behaviour 3.1) */
    hr = IBackgroundCopyJob4_SetMaximumDownloadTime( job4, 5 );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyJob4_GetMaximumDownloadTime( job4, &limit );
    ok( hr == S_OK && limit == 5, "got hr %#lx, limit %lu.\n", hr, limit );
    IBackgroundCopyJob4_Release( job4 );
    cleanup_job( job );
    write_value( POLICIES, L"MaxDownloadTime", NULL );
}

static void set_value( const WCHAR *key, const WCHAR *name, DWORD value )
{
    write_value( key, name, &value );
    wait_until_read();
}

static void remove_value( const WCHAR *key, const WCHAR *name )
{
    write_value( key, name, NULL );
    wait_until_read();
}

static IBackgroundCopyJob *start_job( const WCHAR *name, const char *path, BG_JOB_PRIORITY priority )
{
    IBackgroundCopyJob *job = create_job( name );
    HRESULT hr;

    add_file( job, server_url( path ), test_path( name ) );
    hr = IBackgroundCopyJob_SetPriority( job, priority );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    resume_job( job );
    return job;
}

/* Unlike wait_state(), not only for what it can become by itself. */
static void wait_for( int line, IBackgroundCopyJob *job, BG_JOB_STATE expected )
{
    ULONGLONG end = GetTickCount64() + 30000;
    BG_JOB_STATE state;

    while ((state = get_state( job )) != expected && GetTickCount64() < end) short_wait();
    ok_( __FILE__, line )( state == expected, "got state %u, expected %u.\n", state, expected );
}

static void set_cost( IBackgroundCopyJob *job, DWORD flags )
{
    BITS_JOB_PROPERTY_VALUE value;
    IBackgroundCopyJob5 *job5;
    HRESULT hr;

    value.Dword = flags;
    hr = IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJob5, (void **)&job5 );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyJob5_SetProperty( job5, BITS_JOB_PROPERTY_ID_COST_FLAGS, value );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    IBackgroundCopyJob5_Release( job5 );
}

/* spec: behaviour 1.5: what is waited for does not count */
static void check_no_error_counted( IBackgroundCopyJob *job )
{
    ULONG count = 0xdead;
    HRESULT hr;

    hr = IBackgroundCopyJob_GetErrorCount( job, &count );
    ok( hr == S_OK && !count, "got hr %#lx, count %lu.\n", hr, count );
}

/* spec: behaviour 2 */
static void test_levels(void)
{
    IBackgroundCopyJob *low, *normal, *foreground;
    HRESULT hr;

    low = start_job( L"low", "/hang/1000", BG_JOB_PRIORITY_LOW );
    wait_state( low, BG_JOB_STATE_TRANSFERRING );
    /* one in the background; the foreground goes beside it */
    normal = start_job( L"low too", "/file/1000", BG_JOB_PRIORITY_LOW );
    foreground = start_job( L"foreground", "/file/1000", BG_JOB_PRIORITY_FOREGROUND );
    wait_state( foreground, BG_JOB_STATE_TRANSFERRED );
    ok( get_state( normal ) == BG_JOB_STATE_QUEUED, "got state %u.\n", get_state( normal ) );
    ok( get_state( low ) == BG_JOB_STATE_TRANSFERRING, "got state %u.\n", get_state( low ) );

    /* a higher level takes the place, and gives it back */
    hr = IBackgroundCopyJob_SetPriority( normal, BG_JOB_PRIORITY_NORMAL );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    wait_state( normal, BG_JOB_STATE_TRANSFERRED );
    wait_state( low, BG_JOB_STATE_TRANSFERRING );
    cleanup_job( low );
    cleanup_job( normal );
    cleanup_job( foreground );
}

/* spec: behaviour 2, 14 */
static void test_slices(void)
{
    IBackgroundCopyJob *first, *second, *third;

    set_value( OWN, L"TimeSlice", 1 );
    first = start_job( L"first", "/hang/1000", BG_JOB_PRIORITY_NORMAL );
    wait_state( first, BG_JOB_STATE_TRANSFERRING );
    second = start_job( L"second", "/hang/1000", BG_JOB_PRIORITY_NORMAL );
    third = start_job( L"third", "/file/1000", BG_JOB_PRIORITY_NORMAL );
    wait_state( third, BG_JOB_STATE_TRANSFERRED );
    wait_state( first, BG_JOB_STATE_TRANSFERRING );
    wait_state( second, BG_JOB_STATE_TRANSFERRING );
    check_no_error_counted( first );
    cleanup_job( first );
    cleanup_job( second );
    cleanup_job( third );
    remove_value( OWN, L"TimeSlice" );
}

/* spec: behaviour 8.2, 8.3; api 5.7 */
static void test_cost(void)
{
    IBackgroundCopyJob *own = start_job( L"own mask", "/hang/1000", BG_JOB_PRIORITY_FOREGROUND );
    IBackgroundCopyJob *policy = start_job( L"policy", "/hang/1000", BG_JOB_PRIORITY_LOW );

    set_cost( own, BITS_COST_STATE_TRANSFER_NOT_ROAMING );
    wait_state( own, BG_JOB_STATE_TRANSFERRING );
    wait_state( policy, BG_JOB_STATE_TRANSFERRING );
    set_value( OWN, L"NetworkCost", BITS_COST_STATE_ROAMING );
    wait_for( __LINE__, own, BG_JOB_STATE_TRANSIENT_ERROR );
    check_error( own, BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER, BG_E_BLOCKED_BY_COST_TRANSFER_POLICY );
    check_no_error_counted( own );
    wait_state( policy, BG_JOB_STATE_TRANSFERRING );

    /* the mask changes */
    set_cost( own, BITS_COST_STATE_TRANSFER_ALWAYS );
    wait_for( __LINE__, own, BG_JOB_STATE_TRANSFERRING );
    set_cost( own, BITS_COST_STATE_TRANSFER_UNRESTRICTED );
    wait_for( __LINE__, own, BG_JOB_STATE_TRANSIENT_ERROR );
    /* Resume does not help */
    resume_job( own );
    wait_for( __LINE__, own, BG_JOB_STATE_TRANSIENT_ERROR );

    /* the policy is for jobs without a mask of their own, by level */
    set_value( TRANSFER_POLICIES, L"LowTransferPolicy", 2 );
    wait_for( __LINE__, policy, BG_JOB_STATE_TRANSIENT_ERROR );
    check_error( policy, BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER, BG_E_BLOCKED_BY_COST_TRANSFER_POLICY );
    remove_value( OWN, L"NetworkCost" );
    wait_for( __LINE__, policy, BG_JOB_STATE_TRANSFERRING );
    wait_for( __LINE__, own, BG_JOB_STATE_TRANSFERRING );
    remove_value( TRANSFER_POLICIES, L"LowTransferPolicy" );
    cleanup_job( own );
    cleanup_job( policy );
}

/* spec: behaviour 1.2, 8.1 */
static void test_bandwidth(void)
{
    static const DWORD enable = 1, hour = 0;
    IBackgroundCopyJob *background, *waiting, *foreground;
    ULONGLONG start;

    background = start_job( L"background", "/hang/1000", BG_JOB_PRIORITY_HIGH );
    wait_state( background, BG_JOB_STATE_TRANSFERRING );
    waiting = start_job( L"waiting", "/file/6000", BG_JOB_PRIORITY_LOW );
    write_value( POLICIES, L"MaxBandwidthValidFrom", &hour );
    write_value( POLICIES, L"MaxBandwidthValidTo", &hour );
    write_value( POLICIES, L"EnableBITSMaxBandwidth", &enable );
    set_value( POLICIES, L"MaxTransferRateOnSchedule", 0 );
    wait_for( __LINE__, background, BG_JOB_STATE_TRANSIENT_ERROR );
    check_error( background, BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER, BG_E_BLOCKED_BY_POLICY );
    check_no_error_counted( background );
    wait_for( __LINE__, waiting, BG_JOB_STATE_TRANSIENT_ERROR );
    foreground = start_job( L"free", "/file/1000", BG_JOB_PRIORITY_FOREGROUND );
    wait_state( foreground, BG_JOB_STATE_TRANSFERRED );
    cleanup_job( foreground );
    cleanup_job( background );

    /* 2000 bytes a second: it cannot be faster, however slow the machine */
    start = GetTickCount64();
    set_value( POLICIES, L"MaxTransferRateOnSchedule", 16 );
    wait_for( __LINE__, waiting, BG_JOB_STATE_TRANSFERRED );
    ok( GetTickCount64() - start > 1500, "took %I64u ms.\n", GetTickCount64() - start );
    cleanup_job( waiting );

    write_value( POLICIES, L"MaxBandwidthValidFrom", NULL );
    write_value( POLICIES, L"MaxBandwidthValidTo", NULL );
    write_value( POLICIES, L"EnableBITSMaxBandwidth", NULL );
    remove_value( POLICIES, L"MaxTransferRateOnSchedule" );
}

/* spec: behaviour 3.1 */
static void test_max_download_time(void)
{
    static const DWORD seconds = 2;
    IBackgroundCopyJob *job = start_job( L"slow", "/hang/1000", BG_JOB_PRIORITY_NORMAL );

    wait_state( job, BG_JOB_STATE_TRANSFERRING );
    write_value( POLICIES, L"MaxDownloadTime", &seconds );
    wait_state( job, BG_JOB_STATE_ERROR );
    check_error( job, BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER, BG_E_MAXDOWNLOAD_TIMEOUT );
    write_value( POLICIES, L"MaxDownloadTime", NULL );
    cleanup_job( job );
}

/* spec: behaviour 1.2, 3.1 */
static void test_inactivity(void)
{
    static const DWORD seconds = 2;
    IBackgroundCopyJob *hanging = start_job( L"hanging", "/hang/1000", BG_JOB_PRIORITY_NORMAL );
    IBackgroundCopyJob *idle = create_job( L"idle" ), *found = SENTINEL;
    WIN32_FIND_DATAW data;
    HANDLE find;
    HRESULT hr;
    GUID id;

    wait_state( hanging, BG_JOB_STATE_TRANSFERRING );
    hr = IBackgroundCopyJob_GetId( hanging, &id );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    write_value( OWN, L"InactivityTimeout", &seconds );
    wait_for( __LINE__, hanging, BG_JOB_STATE_CANCELLED );
    wait_for( __LINE__, idle, BG_JOB_STATE_CANCELLED );
    remove_value( OWN, L"InactivityTimeout" );

    hr = IBackgroundCopyManager_GetJob( manager, &id, &found );
    ok( hr == BG_E_NOT_FOUND, "got hr %#lx.\n", hr );
    find = FindFirstFileW( test_path( L"BIT*.tmp" ), &data );
    ok( find == INVALID_HANDLE_VALUE, "%ls is left.\n", data.cFileName );
    if (find != INVALID_HANDLE_VALUE) FindClose( find );
    IBackgroundCopyJob_Release( hanging );
    IBackgroundCopyJob_Release( idle );
}

START_TEST(schedule)
{
    if (!setup()) return;
    if (server_start())
    {
        test_levels();
        test_slices();
        test_cost();
        test_bandwidth();
        test_max_download_time();
        test_inactivity();
        server_stop();
    }
    teardown();
}
