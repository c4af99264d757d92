/*
 * Tests of notifications to an object: files, order, retries, limits
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

#include "listener.h"
#include "tokens.h"

#define EVENTS (BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_ERROR)
#define FILES (EVENTS | BG_NOTIFY_FILE_TRANSFERRED)

/* spec: behaviour 6.3: one after the other, in order, and before JobTransferred */
static void test_files(void)
{
    IBackgroundCopyJob *job = notify_job( FILES, "/file/1000", L"1" );
    struct listener listener;

    add_file( job, server_url( "/file/10" ), test_path( L"2" ) );
    add_file( job, server_url( "/file/0" ), test_path( L"3" ) );
    listener_init( &listener );
    listener.success = S_FALSE;     /* a success */
    listen_to( job, &listener );
    resume_job( job );
    wait_calls( &listener, "123T" );
    ok( listener.most == 1, "got %ld calls at once.\n", listener.most );

    /* a file that was added later */
    add_file( job, server_url( "/file/20" ), test_path( L"4" ) );
    resume_job( job );
    wait_calls( &listener, "123T4T" );
    cleanup_job( job );
    listener_done( &listener );
}

/* spec: behaviour 6.3: before JobError, too */
static void test_files_before_error(void)
{
    IBackgroundCopyJob *job = notify_job( FILES, "/file/1000", L"1" );
    struct listener listener;

    add_file( job, server_url( "/status/404" ), test_path( L"2" ) );
    listener_init( &listener );
    listen_to( job, &listener );
    resume_job( job );
    wait_calls( &listener, "1E" );
    cleanup_job( job );
    listener_done( &listener );
}

/* spec: api 5.12.4: the next file and the job's event wait until it has succeeded */
static void test_file_refused(void)
{
    IBackgroundCopyJob *job = notify_job( FILES, "/file/1000", L"1" );
    struct listener listener;

    add_file( job, server_url( "/file/10" ), test_path( L"2" ) );
    listener_init( &listener );
    listener.refuse_files = 1;
    listen_to( job, &listener );
    resume_job( job );
    wait_calls( &listener, "112T" );
    cleanup_job( job );
    listener_done( &listener );
}

/* spec: behaviour 6.3: again after another transfer of the file */
static void test_file_again(void)
{
    IBackgroundCopyJob *job = notify_job( FILES, "/file/1000", L"1" );
    IBackgroundCopyFile *file;
    IBackgroundCopyFile3 *file3;
    struct listener listener;
    HRESULT hr;

    listener_init( &listener );
    listen_to( job, &listener );
    resume_job( job );
    wait_calls( &listener, "1T" );
    file = first_file( job );
    hr = IBackgroundCopyFile_QueryInterface( file, &IID_IBackgroundCopyFile3, (void **)&file3 );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyFile3_SetValidationState( file3, FALSE );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    wait_calls( &listener, "1TE" );
    resume_job( job );
    wait_calls( &listener, "1TE1T" );
    IBackgroundCopyFile3_Release( file3 );
    IBackgroundCopyFile_Release( file );
    cleanup_job( job );
    listener_done( &listener );
}

/* spec: behaviour 6.3: what has happened is told to a late client, also that of files whose flag comes late */
static void test_files_late(void)
{
    IBackgroundCopyJob *job = notify_job( FILES, "/file/1000", L"1" );
    struct listener listener;
    HRESULT hr;

    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    listener_init( &listener );
    listen_to( job, &listener );
    wait_calls( &listener, "1T" );
    cleanup_job( job );
    listener_done( &listener );

    job = notify_job( EVENTS, "/file/1000", L"1" );
    listener_init( &listener );
    listen_to( job, &listener );
    resume_job( job );
    wait_calls( &listener, "T" );
    hr = IBackgroundCopyJob_SetNotifyFlags( job, FILES );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    wait_calls( &listener, "T1" );
    cleanup_job( job );
    listener_done( &listener );
}

/* spec: api 5.12: an object with IBackgroundCopyCallback only hears of no file, and of everything else */
static void test_old_object(void)
{
    IBackgroundCopyJob *job = notify_job( FILES, "/file/1000", L"1" );
    struct listener listener;

    listener_init( &listener );
    listener.old = TRUE;
    listen_to( job, &listener );
    resume_job( job );
    wait_calls( &listener, "T" );
    cleanup_job( job );
    listener_done( &listener );
}

/* spec: api 5.12.1: until it succeeds, and then no more */
static void test_event_refused(void)
{
    IBackgroundCopyJob *job = notify_job( EVENTS, "/file/1000", L"1" );
    struct listener listener;

    listener_init( &listener );
    listener.refuse_events = 1;
    listen_to( job, &listener );
    resume_job( job );
    wait_calls( &listener, "TT" );
    ok( listener.shortest >= 4900, "again after %I64u ms.\n", listener.shortest );
    resume_job( job );
    ok( get_state( job ) == BG_JOB_STATE_TRANSFERRED, "got state %u.\n", get_state( job ) );
    wait_calls( &listener, "TT" );
    cleanup_job( job );
    listener_done( &listener );
}

/* spec: api 5.7.2, behaviour 3.1: the pace of JobModification */
static void test_pace(void)
{
    IBackgroundCopyJob *job = notify_job( BG_NOTIFY_JOB_MODIFICATION, "/file/1000", L"1" );
    BITS_JOB_PROPERTY_VALUE value = { .Dword = 2000 };
    struct listener listener;
    IBackgroundCopyJob5 *job5;
    UINT i;
    HRESULT hr;

    hr = IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJob5, (void **)&job5 );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyJob5_SetProperty( job5, BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS, value );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    listener_init( &listener );
    listen_to( job, &listener );
    wait_calls( &listener, "M" );
    for (i = 0; i < 10; i++)
    {
        hr = IBackgroundCopyJob5_SetDescription( job5, L"modified" );
        ok( hr == S_OK, "got hr %#lx.\n", hr );
    }
    wait_calls( &listener, "MM" );
    ok( listener.shortest >= 1900, "again after %I64u ms.\n", listener.shortest );
    IBackgroundCopyJob5_Release( job5 );
    cleanup_job( job );
    listener_done( &listener );
}

static LONG count_inside( struct listener *listeners, UINT count )
{
    LONG inside = 0;
    UINT i;

    for (i = 0; i < count; i++) inside += InterlockedCompareExchange( &listeners[i].inside, 0, 0 );
    return inside;
}

static void wait_inside( struct listener *listeners, UINT count, LONG inside )
{
    ULONGLONG end = GetTickCount64() + 30000;

    while (count_inside( listeners, count ) != inside && GetTickCount64() < end) short_wait();
    ok( count_inside( listeners, count ) == inside, "%ld are called, not %ld.\n", count_inside( listeners, count ), inside );
}

/* spec: behaviour 6.3: four calls of one user's objects at once; whoever blocks them is in nobody else's way */
static void test_four(void)
{
    IBackgroundCopyJob *jobs[6], *foreign_job = NULL;
    struct listener listeners[6], foreign_listener;
    HANDLE gate = CreateEventW( NULL, TRUE, FALSE, NULL );
    HANDLE foreign = create_foreign_token( L"S-1-5-21-1-2-3-1005" );
    HRESULT hr;
    UINT i;

    for (i = 0; i < ARRAY_SIZE(jobs); i++)
    {
        WCHAR name[] = { 'a' + i, 0 };

        jobs[i] = notify_job( EVENTS, "/file/10", name );
        listener_init( &listeners[i] );
        listeners[i].gate = gate;
        listen_to( jobs[i], &listeners[i] );
        resume_job( jobs[i] );
    }
    for (i = 0; i < ARRAY_SIZE(jobs); i++) wait_state( jobs[i], BG_JOB_STATE_TRANSFERRED );
    wait_inside( listeners, ARRAY_SIZE(listeners), 4 );

    listener_init( &foreign_listener );
    if (foreign)
    {
        impersonate( foreign );
        foreign_job = create_job( L"foreign" );
        listen_to( foreign_job, &foreign_listener );
        impersonate( NULL );
        make_shared_directory( test_path( L"shared" ) );
        add_file( foreign_job, server_url( "/file/10" ), test_path( L"shared\\foreign" ) );
        hr = IBackgroundCopyJob_SetPriority( foreign_job, BG_JOB_PRIORITY_FOREGROUND );
        ok( hr == S_OK, "got hr %#lx.\n", hr );
        resume_job( foreign_job );
        wait_calls( &foreign_listener, "T" );
        cleanup_job( foreign_job );
        CloseHandle( foreign );
    }
    listener_done( &foreign_listener );
    ok( count_inside( listeners, ARRAY_SIZE(listeners) ) == 4, "%ld are called.\n",
        count_inside( listeners, ARRAY_SIZE(listeners) ) );

    SetEvent( gate );
    for (i = 0; i < ARRAY_SIZE(jobs); i++)
    {
        wait_calls( &listeners[i], "T" );
        cleanup_job( jobs[i] );
        listener_done( &listeners[i] );
    }
    CloseHandle( gate );
}

START_TEST(notify)
{
    if (!setup()) return;
    if (token_setup())
    {
        if (server_start())
        {
            test_files();
            test_files_before_error();
            test_file_refused();
            test_file_again();
            test_files_late();
            test_old_object();
            test_event_refused();
            test_pace();
            test_four();
            server_stop();
        }
        token_teardown();
    }
    teardown();
}
