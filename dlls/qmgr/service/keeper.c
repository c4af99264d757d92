/*
 * Keeping the session alive while there is work
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

/* A Wine session ends soon after its last ordinary process, services and all, without a word to them: a transfer would
 * stop with the client that began it.  So while a job has work to do, the service keeps an ordinary process of its own,
 * and the service manager starts it with the prefix's next session, should this one be ended all the same.
 *
 * The process is FIND, which is small and reads what a pipe has for it.  It ends when the pipe does, also when that is
 * because the service has died. */

#include "service/service.h"
#include "transfer/transfer.h"

#include <winsvc.h>

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

static HANDLE pipe_end;

/* With INPUT as its standard input, and no other handle of ours: one that an agent is just being given would keep the agent's
 * end from being seen. */
static HRESULT start_process( const WCHAR *program, WCHAR *command, HANDLE input )
{
    STARTUPINFOEXW startup = { { sizeof(startup) } };
    PROCESS_INFORMATION process;
    HRESULT hr = S_OK;
    SIZE_T size = 0;
    BOOL created;

    InitializeProcThreadAttributeList( NULL, 1, 0, &size );
    if (!(startup.lpAttributeList = malloc( size ))) return E_OUTOFMEMORY;
    startup.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
    startup.StartupInfo.hStdInput = input;
    AcquireSRWLockExclusive( &process_lock );
    created = InitializeProcThreadAttributeList( startup.lpAttributeList, 1, 0, &size ) &&
              UpdateProcThreadAttribute( startup.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, &input,
                                         sizeof(input), NULL, NULL ) &&
              CreateProcessW( program, command, NULL, NULL, TRUE, DETACHED_PROCESS | EXTENDED_STARTUPINFO_PRESENT, NULL,
                              NULL, &startup.StartupInfo, &process );
    ReleaseSRWLockExclusive( &process_lock );   /* leaves GetLastError() alone */
    if (!created)
        hr = HRESULT_FROM_WIN32( GetLastError() );
    else
    {
        TRACE( "Process %#lx keeps the session.\n", process.dwProcessId );
        CloseHandle( process.hThread );
        CloseHandle( process.hProcess );
    }
    free( startup.lpAttributeList );
    return hr;
}

static HRESULT start_keeper(void)
{
    SECURITY_ATTRIBUTES inherited = { sizeof(inherited), NULL, TRUE };
    WCHAR program[MAX_PATH], command[] = L"find.exe \"x\"";
    HANDLE input;
    HRESULT hr;

    GetSystemDirectoryW( program, MAX_PATH - 10 );
    lstrcatW( program, L"\\find.exe" );
    if (!CreatePipe( &input, &pipe_end, &inherited, 0 )) return HRESULT_FROM_WIN32( GetLastError() );
    SetHandleInformation( pipe_end, HANDLE_FLAG_INHERIT, 0 );
    hr = start_process( program, command, input );
    CloseHandle( input );
    if (FAILED(hr)) keeper_stop();
    return hr;
}

void keeper_stop(void)
{
    if (pipe_end) CloseHandle( pipe_end );
    pipe_end = NULL;
}

/* spec: behaviour 0: automatic while there are active jobs, else on demand */
static void set_start_type( DWORD type )
{
    SC_HANDLE manager, service;

    if (!(manager = OpenSCManagerW( NULL, NULL, SC_MANAGER_CONNECT ))) return;
    if ((service = OpenServiceW( manager, L"BITS", SERVICE_CHANGE_CONFIG )))
    {
        if (!ChangeServiceConfigW( service, SERVICE_NO_CHANGE, type, SERVICE_NO_CHANGE, NULL, NULL, NULL, NULL, NULL,
                                   NULL, NULL ))
            WARN( "The start type stays, error %lu.\n", GetLastError() );
        CloseServiceHandle( service );
    }
    CloseServiceHandle( manager );
}

void keeper_work( BOOL exists )
{
    HRESULT hr;

    TRACE( "%d.\n", exists );

    set_start_type( exists ? SERVICE_AUTO_START : SERVICE_DEMAND_START );
    if (!exists) keeper_stop();
    else if (!pipe_end && FAILED(hr = start_keeper()))
        WARN( "Transfers end with the last program, %#lx.\n", hr );
}
