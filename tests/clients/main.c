/*
 * Entry of the client, and what its commands share
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
#include <stdarg.h>
#include <initguid.h>
#include "client.h"
#include <shellapi.h>

static void write_text( DWORD which, const WCHAR *text, int len )
{
    HANDLE handle = GetStdHandle( which );
    char bytes[4096];
    DWORD mode, written;

    if (GetConsoleMode( handle, &mode ))
    {
        WriteConsoleW( handle, text, len, &written, NULL );
        return;
    }
    len = WideCharToMultiByte( CP_UTF8, 0, text, len, bytes, sizeof(bytes), NULL, NULL );
    WriteFile( handle, bytes, len, &written, NULL );
}

void say( const WCHAR *format, ... )
{
    WCHAR text[1024];
    va_list args;
    int len;

    va_start( args, format );
    len = _vsnwprintf( text, ARRAYSIZE(text), format, args );
    va_end( args );
    write_text( STD_OUTPUT_HANDLE, text, len < 0 ? ARRAYSIZE(text) : len );
}

BOOL is_console(void)
{
    DWORD mode;

    return GetConsoleMode( GetStdHandle( STD_OUTPUT_HANDLE ), &mode );
}

int complain( const WCHAR *what, HRESULT hr )
{
    WCHAR text[1024];
    int len;

    len = _snwprintf( text, ARRAYSIZE(text), L"winebits_client: %ls: 0x%08lx\n", what, (long)hr );
    write_text( STD_ERROR_HANDLE, text, len < 0 ? ARRAYSIZE(text) : len );
    return 1;
}

static IBackgroundCopyManager *manager_of_class( const CLSID *class )
{
    IBackgroundCopyManager *manager;
    HRESULT hr;

    hr = CoCreateInstance( class, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager, (void **)&manager );
    if (SUCCEEDED(hr)) return manager;
    complain( L"no transfer service", hr );
    return NULL;
}

IBackgroundCopyManager *connect_manager(void)
{
    return manager_of_class( &CLSID_BackgroundCopyManager4_0 );
}

IBackgroundCopyManager *connect_any_manager(void)
{
    return manager_of_class( &CLSID_BackgroundCopyManager );
}

IBackgroundCopyJob *create_download( IBackgroundCopyManager *manager, const WCHAR *name, const WCHAR *url,
                                     const WCHAR *local, GUID *id )
{
    IBackgroundCopyJob *job;
    HRESULT hr;

    if (FAILED(hr = IBackgroundCopyManager_CreateJob( manager, name, BG_JOB_TYPE_DOWNLOAD, id, &job )))
    {
        complain( L"CreateJob", hr );
        return NULL;
    }
    if (SUCCEEDED(hr = IBackgroundCopyJob_SetPriority( job, BG_JOB_PRIORITY_FOREGROUND )) &&
        SUCCEEDED(hr = IBackgroundCopyJob_AddFile( job, url, local ))) return job;
    complain( url, hr );
    IBackgroundCopyJob_Cancel( job );
    IBackgroundCopyJob_Release( job );
    return NULL;
}

int complain_job( IBackgroundCopyJob *job )
{
    IBackgroundCopyError *error;
    BG_ERROR_CONTEXT context;
    WCHAR *text = NULL;
    BG_JOB_STATE state;
    HRESULT hr, code;

    if (FAILED(hr = IBackgroundCopyJob_GetState( job, &state ))) return complain( L"GetState", hr );
    if (FAILED(hr = IBackgroundCopyJob_GetError( job, &error ))) return complain( L"the job stopped without an error", hr );
    hr = IBackgroundCopyError_GetError( error, &context, &code );
    if (SUCCEEDED(hr)) hr = IBackgroundCopyError_GetErrorDescription( error, LANGIDFROMLCID(GetThreadLocale()), &text );
    IBackgroundCopyError_Release( error );
    if (FAILED(hr)) return complain( L"the job's error cannot be read", hr );
    complain( text, code );
    CoTaskMemFree( text );
    return 1;
}

static const struct command
{
    const WCHAR *name;
    int args, optional;
    int (*run)( int argc, WCHAR **argv );
}
commands[] =
{
    { L"demo",         2, 1, demo },
    { L"download",     2, 1, download },
    { L"calls",        1, 0, calls },
    { L"calls-server", 1, 0, calls_server },
    { L"job",          0, 0, job_steps },
    { L"queue",        0, 0, queue_steps },
    { L"stress",       3, 0, stress },
    { L"stress-rest",  0, 0, stress_rest },
};

int main(void)
{
    const struct command *command;
    int argc, ret;
    WCHAR **argv;
    HRESULT hr;

    if (!(argv = CommandLineToArgvW( GetCommandLineW(), &argc ))) return 2;
    for (command = commands; command < commands + ARRAYSIZE(commands); command++)
    {
        if (argc < 2 || wcscmp( argv[1], command->name )) continue;
        if (argc - 2 < command->args || argc - 2 > command->args + command->optional) break;
        if (FAILED(hr = CoInitializeEx( NULL, COINIT_MULTITHREADED ))) return complain( L"CoInitializeEx", hr );
        ret = command->run( argc - 2, argv + 2 );
        CoUninitialize();
        return ret;
    }
    say( L"Usage: winebits_client demo URL LOCAL [SHA256] | download URL LOCAL [COUNT] | calls N | job |\n"
         L"       queue | stress CALLS SEED URL | stress-rest\n" );
    return 2;
}
