/*
 * One download job, timed
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


#include <stdio.h>
#include "client.h"

#define DEADLINE_MS (2 * 60 * 1000)
#define CHECK_MS 1000

/* Waits for the notification; 0 when the job is transferred.  An error that is tried again, which brings no
 * notification, counts as failure too: there is no time worth measuring any more. */
static int wait_transferred( IBackgroundCopyJob *job, HANDLE event )
{
    DWORD started = GetTickCount(), woken;
    BG_JOB_STATE state;
    HRESULT hr;

    do
    {
        woken = WaitForSingleObject( event, CHECK_MS );
        if (FAILED(hr = IBackgroundCopyJob_GetState( job, &state ))) return complain( L"GetState", hr );
        if (woken == WAIT_OBJECT_0 || state == BG_JOB_STATE_TRANSIENT_ERROR)
            return state == BG_JOB_STATE_TRANSFERRED ? 0 : complain_job( job );
    }
    while (GetTickCount() - started < DEADLINE_MS);
    return complain( L"no notification within two minutes", E_FAIL );
}

static int timed_download( IBackgroundCopyJob *job )
{
    LARGE_INTEGER start, end, frequency;
    HANDLE event;
    HRESULT hr;
    int ret;

    if (!(event = CreateEventW( NULL, FALSE, FALSE, NULL ))) return complain( L"CreateEvent", HRESULT_FROM_WIN32(GetLastError()) );
    if (FAILED(hr = notify_by_event( job, event ))) return complain( L"SetNotifyInterface", hr );

    QueryPerformanceFrequency( &frequency );
    QueryPerformanceCounter( &start );
    if (FAILED(hr = IBackgroundCopyJob_Resume( job ))) return complain( L"Resume", hr );
    ret = wait_transferred( job, event );
    QueryPerformanceCounter( &end );
    if (ret) return ret;

    if (FAILED(hr = IBackgroundCopyJob_Complete( job ))) return complain( L"Complete", hr );
    if (hr != S_OK) return complain( L"Complete left files out", hr );
    say( L"%.1f\n", (end.QuadPart - start.QuadPart) * 1000.0 / frequency.QuadPart );
    return 0;
}

/* The files 1 to COUNT - 1 of the names; 0 is in the job. */
static int add_numbered( IBackgroundCopyJob *job, const WCHAR *url, const WCHAR *local, ULONG count )
{
    WCHAR urls[1024], locals[MAX_PATH];
    HRESULT hr;
    ULONG i;

    for (i = 1; i < count; i++)
    {
        _snwprintf( urls, ARRAYSIZE(urls), L"%ls%lu", url, i );
        _snwprintf( locals, ARRAYSIZE(locals), L"%ls%lu", local, i );
        if (FAILED(hr = IBackgroundCopyJob_AddFile( job, urls, locals ))) return complain( urls, hr );
    }
    return 0;
}

int download( int argc, WCHAR **argv )
{
    IBackgroundCopyManager *manager;
    IBackgroundCopyJob *job;
    WCHAR url[1024], local[MAX_PATH];
    GUID id;
    int ret;

    if (!(manager = connect_any_manager())) return 1;
    _snwprintf( url, ARRAYSIZE(url), argc > 2 ? L"%ls0" : L"%ls", argv[0] );
    _snwprintf( local, ARRAYSIZE(local), argc > 2 ? L"%ls0" : L"%ls", argv[1] );
    if (!(job = create_download( manager, L"winebits bench", url, local, &id ))) return 1;
    ret = argc > 2 ? add_numbered( job, argv[0], argv[1], wcstoul( argv[2], NULL, 10 ) ) : 0;
    if (ret || (ret = timed_download( job ))) IBackgroundCopyJob_Cancel( job );
    IBackgroundCopyJob_Release( job );
    IBackgroundCopyManager_Release( manager );
    return ret;
}
