/*
 * Waiting for a job
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

#include "bitsadmin.h"

#define POLL_MS 200         /* between two looks at the job, and redraws of the live line */
#define RATE_MS 1000        /* over which a rate is measured */
#define RECONNECT_MS 30000  /* how long to look for the service when it has ended */
#define LINE_MS 10000       /* between two lines when the output is no console */

/* --- Ctrl+C --- */

static HANDLE stop_event;

static BOOL WINAPI on_ctrl( DWORD event )
{
    if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT) return FALSE;
    SetEvent( stop_event );
    return TRUE;
}

HANDLE catch_ctrl_c(void)
{
    stop_event = CreateEventW( NULL, TRUE, FALSE, NULL );
    SetConsoleCtrlHandler( on_ctrl, TRUE );
    return stop_event;
}

/* --- progress --- */

struct watch
{
    struct call *call;
    IBackgroundCopyJob *job;
    UINT64 start;               /* milliseconds */
    UINT64 line_time;           /* of the last line */
    UINT64 rate_time;           /* since when the rate is measured */
    UINT64 rate_bytes;          /* transferred then */
    UINT64 rate;                /* bytes per second; 0: not known */
    BOOL told;                  /* the transient error that the job is in */
    GUID id;
    ULONG errors;               /* the job's count of errors then */
};

static void measure_rate( struct watch *watch, UINT64 bytes )
{
    UINT64 now = GetTickCount64(), elapsed = now - watch->rate_time, current;

    if (watch->rate_time && bytes >= watch->rate_bytes)
    {
        if (elapsed < RATE_MS) return;
        current = (bytes - watch->rate_bytes) * 1000 / elapsed;
        watch->rate = watch->rate ? (watch->rate + current) / 2 : current;
    }
    else watch->rate = 0;   /* the first time, or the file has begun anew */
    watch->rate_time = now;
    watch->rate_bytes = bytes;
}

static void append_bytes( struct text *text, UINT64 bytes )
{
    static const WCHAR *units[] = { L"KB", L"MB", L"GB", L"TB" };
    double amount = bytes / 1024.0;
    unsigned int unit = 0;

    if (bytes < 1024)
    {
        append( text, L"%I64u B", bytes );
        return;
    }
    while (amount >= 1024 && unit + 1 < ARRAYSIZE(units))
    {
        amount /= 1024;
        unit++;
    }
    append( text, L"%.1f %ls", amount, units[unit] );
}

static void append_time_left( struct text *text, UINT64 seconds )
{
    if (seconds >= 3600) append( text, L"%I64u:%02u:", seconds / 3600, (unsigned int)(seconds / 60 % 60) );
    else append( text, L"%u:", (unsigned int)(seconds / 60) );
    append( text, L"%02u left", (unsigned int)(seconds % 60) );
}

/* What a live line says after the name. */
static void append_progress( struct text *text, struct watch *watch, BG_JOB_STATE state, const BG_JOB_PROGRESS *progress )
{
    append( text, L" %ls %lu / %lu files, ", word_of( job_states, state ), progress->FilesTransferred, progress->FilesTotal );
    append_bytes( text, progress->BytesTransferred );
    if (progress->BytesTotal != BG_SIZE_UNKNOWN)
    {
        append( text, L" / " );
        append_bytes( text, progress->BytesTotal );
        if (progress->BytesTotal)
            append( text, L" (%u%%)", (unsigned int)(progress->BytesTransferred * 100.0 / progress->BytesTotal) );
    }
    if (state != BG_JOB_STATE_TRANSFERRING || !watch->rate) return;
    append( text, L", " );
    append_bytes( text, watch->rate );
    append( text, L"/s" );
    if (progress->BytesTotal == BG_SIZE_UNKNOWN) return;
    append( text, L", " );
    append_time_left( text, (progress->BytesTotal - progress->BytesTransferred) / watch->rate );
}

/* A long name is cut, the numbers are not. */
static void show_progress( struct watch *watch, BG_JOB_STATE state )
{
    struct text line = { 0 }, numbers = { 0 };
    BG_JOB_PROGRESS progress;
    int width, length;
    WCHAR *name;

    if (FAILED(IBackgroundCopyJob_GetProgress( watch->job, &progress ))) return;
    if (FAILED(IBackgroundCopyJob_GetDisplayName( watch->job, &name ))) return;
    measure_rate( watch, progress.BytesTransferred );
    append_progress( &numbers, watch, state, &progress );
    length = wcslen( name );
    width = (int)console_width() - (int)numbers.length - 2;
    if (is_console() && length > width)
        append( &line, L"'%.*ls...'%ls", max( width - 3, 0 ), name, numbers.chars );
    else append( &line, L"'%ls'%ls", name, numbers.chars );
    show_live_line( line.chars );
    if (!is_console() && GetTickCount64() - watch->line_time >= LINE_MS)
    {
        print( L"%ls\n", line.chars );
        watch->line_time = GetTickCount64();
    }
    free_text( &numbers );
    free_text( &line );
    CoTaskMemFree( name );
}

/* Once for each time that the job runs into one.  The count alone does not tell: the first failure to connect is not
 * in it. */
static void show_transient_error( struct watch *watch )
{
    IBackgroundCopyError *error;
    struct text text = { 0 };
    ULONG count, delay;

    if (FAILED(IBackgroundCopyJob_GetErrorCount( watch->job, &count ))) return;
    if (watch->told && count == watch->errors) return;
    if (FAILED(IBackgroundCopyJob_GetMinimumRetryDelay( watch->job, &delay ))) return;
    if (FAILED(IBackgroundCopyJob_GetError( watch->job, &error ))) return;
    watch->told = TRUE;
    watch->errors = count;
    append_fields( &text, error_properties, error, L"Transient error $code - $message" );
    append( &text, L" Waiting %lu seconds before the next try.\n", delay );
    clear_live_line();
    print_text( &text );
    free_text( &text );
    IBackgroundCopyError_Release( error );
}

static BOOL is_settled( BG_JOB_STATE state )
{
    return state == BG_JOB_STATE_TRANSFERRED || state == BG_JOB_STATE_ERROR || state == BG_JOB_STATE_ACKNOWLEDGED ||
           state == BG_JOB_STATE_CANCELLED;
}

/* What calls give when the process at the other end is no more. */
static BOOL is_service_gone( HRESULT hr )
{
    return hr == HRESULT_FROM_WIN32(RPC_S_SERVER_UNAVAILABLE) || hr == HRESULT_FROM_WIN32(RPC_S_CALL_FAILED) ||
           hr == HRESULT_FROM_WIN32(RPC_S_CALL_FAILED_DNE) || hr == RPC_E_DISCONNECTED || hr == RPC_E_SERVER_DIED ||
           hr == RPC_E_SERVER_DIED_DNE || hr == CO_E_OBJNOTCONNECTED;
}

/* The job is in the service's store: asks a new service for it.  The error of the last try. */
static HRESULT reconnect( struct watch *watch, HANDLE stop )
{
    UINT64 deadline = GetTickCount64() + RECONNECT_MS;
    IBackgroundCopyManager *manager;
    IBackgroundCopyJob *job;
    HRESULT hr;

    do
    {
        if (FAILED(hr = connect_manager( &manager ))) continue;
        if (SUCCEEDED(hr = IBackgroundCopyManager_GetJob( manager, &watch->id, &job )))
        {
            IBackgroundCopyJob_Release( watch->job );
            IBackgroundCopyManager_Release( watch->call->manager );
            watch->job = job;
            watch->call->manager = manager;
            return S_OK;
        }
        IBackgroundCopyManager_Release( manager );
        if (!is_service_gone( hr )) break;
    }
    while (GetTickCount64() < deadline && WaitForSingleObject( stop, POLL_MS ) == WAIT_TIMEOUT);
    return hr;
}

static HRESULT look_at_job( struct watch *watch, HANDLE stop, BG_JOB_STATE *state )
{
    HRESULT hr = IBackgroundCopyJob_GetState( watch->job, state );

    if (is_service_gone( hr ) && SUCCEEDED(hr = reconnect( watch, stop )))
        hr = IBackgroundCopyJob_GetState( watch->job, state );
    return hr;
}

/* watch_job() without the beginning and the end */
static DWORD watch_until( struct watch *watch, HANDLE stop, DWORD timeout, BG_JOB_STATE *state )
{
    UINT64 elapsed;
    DWORD pause;
    HRESULT hr;

    do
    {
        if (FAILED(hr = look_at_job( watch, stop, state )))
        {
            clear_live_line();
            complain_about( watch->call->manager, L"get state", hr );
            return WAIT_FAILED;
        }
        if (is_settled( *state )) return WAIT_OBJECT_0;
        if (*state == BG_JOB_STATE_TRANSIENT_ERROR) show_transient_error( watch );
        else watch->told = FALSE;
        show_progress( watch, *state );
        elapsed = GetTickCount64() - watch->start;
        if (elapsed >= timeout && timeout != WATCH_FOREVER) return WAIT_TIMEOUT;
        pause = timeout == WATCH_FOREVER ? POLL_MS : min( POLL_MS, timeout - elapsed );
    }
    while (WaitForSingleObject( stop, pause ) == WAIT_TIMEOUT);
    return WAIT_ABANDONED;
}

DWORD watch_job( struct call *call, IBackgroundCopyJob **job, HANDLE stop, DWORD timeout, BG_JOB_STATE *state )
{
    struct watch watch = { call, *job, GetTickCount64(), GetTickCount64() };
    HRESULT hr;
    DWORD ret;

    if (FAILED(hr = IBackgroundCopyJob_GetId( *job, &watch.id )))
    {
        complain_about( call->manager, L"get job", hr );
        return WAIT_FAILED;
    }
    ret = watch_until( &watch, stop, timeout, state );
    clear_live_line();
    *job = watch.job;
    return ret;
}
