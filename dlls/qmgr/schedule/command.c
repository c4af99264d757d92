/*
 * Notifications: the command line
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

#include "schedule/private.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

/* A copy that CreateProcess may write to; without parameters the quoted program.  NULL without memory. */
static WCHAR *make_command( const WCHAR *program, const WCHAR *parameters )
{
    SIZE_T length = wstr_len( program );
    WCHAR *command;

    if (parameters) return wstr_dup( parameters );
    if (!(command = malloc( (length + 3) * sizeof(WCHAR) ))) return NULL;
    command[0] = command[length + 1] = '"';
    memcpy( command + 1, program, length * sizeof(WCHAR) );
    command[length + 2] = 0;
    return command;
}

/* A native program has no handles, and Wine 10 gives some others in their place. */
static BOOL has_handles( const PROCESS_INFORMATION *process )
{
    return process->hProcess && GetProcessId( process->hProcess ) == process->dwProcessId;
}

/* The user shall see the program: on the desktop that programs have, not the service's, and a console program in a
 * console of its own, as it gets from a service on Windows.  No handle of ours is inherited.  RET is NULL for a native
 * program. */
static HRESULT start( HANDLE token, const WCHAR *program, const WCHAR *parameters, HANDLE *ret )
{
    WCHAR desktop[] = L"WinSta0\\Default", *command;
    STARTUPINFOW startup = { sizeof(startup) };
    PROCESS_INFORMATION process;
    HRESULT hr = S_OK;
    BOOL created;

    if (!(command = make_command( program, parameters ))) return E_OUTOFMEMORY;
    startup.lpDesktop = desktop;
    AcquireSRWLockExclusive( &process_lock );
    created = CreateProcessAsUserW( token, program, command, NULL, NULL, FALSE, CREATE_NEW_CONSOLE, NULL, NULL, &startup,
                                    &process );
    ReleaseSRWLockExclusive( &process_lock );   /* leaves GetLastError() alone */
    if (created)
    {
        /* secrets may be in the parameters */
        TRACE( "Process %#lx: %s.\n", process.dwProcessId, debugstr_w( program ) );
        if (has_handles( &process )) CloseHandle( process.hThread );
        else process.hProcess = NULL;
        *ret = process.hProcess;
    }
    else hr = HRESULT_FROM_WIN32( GetLastError() );
    free( command );
    return hr;
}

HRESULT command_run( const struct identity *identity, const WCHAR *program, const WCHAR *parameters, DWORD *exit_code )
{
    HANDLE token, wait[2];
    HRESULT hr;

    if (FAILED(hr = identity_process_token( identity, &token ))) return hr;
    hr = start( token, program, parameters, &wait[0] );
    CloseHandle( token );
    if (FAILED(hr) || !wait[0]) return hr;

    wait[1] = queue.stopping;
    if (WaitForMultipleObjects( 2, wait, FALSE, INFINITE ) != WAIT_OBJECT_0) hr = E_ABORT;
    else if (!GetExitCodeProcess( wait[0], exit_code )) hr = HRESULT_FROM_WIN32( GetLastError() );
    CloseHandle( wait[0] );
    return hr;
}
