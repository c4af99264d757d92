/*
 * /UTIL: the version, and the service itself
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
#include "bitsadmin.h"
#include <winevt.h>

#define SERVICE L"BITS"
#define IMAGE L"svchost.exe -k netsvcs"
#define STOP_MS 30000       /* how long the service may take to stop */

static int help( struct call *call )
{
    print_help( L"UTIL" );
    return EXIT_DONE;
}

static int finish_error( struct call *call, DWORD error, const WCHAR *text )
{
    return finish( call, HRESULT_FROM_WIN32(error), L"%ls", text );
}

/* --- the service --- */

/* Starts the service unless it runs. */
static DWORD start_service( SC_HANDLE service )
{
    if (StartServiceW( service, 0, NULL ) || GetLastError() == ERROR_SERVICE_ALREADY_RUNNING) return ERROR_SUCCESS;
    return GetLastError();
}

static DWORD stop_service( SC_HANDLE service )
{
    UINT64 deadline = GetTickCount64() + STOP_MS;
    SERVICE_STATUS status;

    if (!ControlService( service, SERVICE_CONTROL_STOP, &status ))
        return GetLastError() == ERROR_SERVICE_NOT_ACTIVE ? ERROR_SUCCESS : GetLastError();
    while (QueryServiceStatus( service, &status ) && status.dwCurrentState != SERVICE_STOPPED)
    {
        if (GetTickCount64() > deadline) return ERROR_SERVICE_REQUEST_TIMEOUT;
        Sleep( 50 );
    }
    return ERROR_SUCCESS;
}

static DWORD create_service( SC_HANDLE manager, const WCHAR *image, SC_HANDLE *service )
{
    *service = CreateServiceW( manager, SERVICE, L"BITS Service", SERVICE_ALL_ACCESS, SERVICE_WIN32_SHARE_PROCESS,
                               SERVICE_DEMAND_START, SERVICE_ERROR_NORMAL, image, NULL, NULL, NULL, NULL, NULL );
    return *service ? ERROR_SUCCESS : GetLastError();
}

/* Where the service is, and that it may be started.  A start type other than "disabled" is left alone. */
/* FORCE: whatever is there. */
static DWORD repair_config( SC_HANDLE service, const WCHAR *image, BOOL force )
{
    union
    {
        QUERY_SERVICE_CONFIGW config;
        BYTE bytes[8192];       /* the most that there can be */
    } u;
    DWORD size, start = SERVICE_NO_CHANGE;

    if (!QueryServiceConfigW( service, &u.config, sizeof(u), &size )) return GetLastError();
    if (force || u.config.dwStartType == SERVICE_DISABLED) start = SERVICE_DEMAND_START;
    if (start == SERVICE_NO_CHANGE && u.config.lpBinaryPathName && !_wcsicmp( u.config.lpBinaryPathName, image ))
        return ERROR_SUCCESS;
    return ChangeServiceConfigW( service, SERVICE_WIN32_SHARE_PROCESS, start, SERVICE_NO_CHANGE, image, NULL, NULL, NULL,
                                 NULL, NULL, NULL ) ? ERROR_SUCCESS : GetLastError();
}

static DWORD repair_parameters( const WCHAR *system )
{
    WCHAR dll[MAX_PATH + 16];

    _snwprintf( dll, ARRAYSIZE(dll), L"%ls\\qmgr.dll", system );
    return RegSetKeyValueW( HKEY_LOCAL_MACHINE, L"System\\CurrentControlSet\\Services\\" SERVICE L"\\Parameters",
                            L"ServiceDll", REG_EXPAND_SZ, dll, (wcslen( dll ) + 1) * sizeof(WCHAR) );
}

static DWORD repair( SC_HANDLE manager, BOOL force )
{
    SC_HANDLE service = OpenServiceW( manager, SERVICE, SERVICE_ALL_ACCESS );
    WCHAR system[MAX_PATH], image[MAX_PATH + 32];
    DWORD error = service ? ERROR_SUCCESS : GetLastError();

    if (error && error != ERROR_SERVICE_DOES_NOT_EXIST) return error;
    GetSystemDirectoryW( system, ARRAYSIZE(system) );
    _snwprintf( image, ARRAYSIZE(image), L"%ls\\" IMAGE, system );
    /* not deleted and made anew: Wine starts what a 32-bit program makes as a 32-bit service */
    error = service && force ? stop_service( service ) : ERROR_SUCCESS;
    if (!error) error = service ? repair_config( service, image, force ) : create_service( manager, image, &service );
    if (!error) error = repair_parameters( system );
    if (!error) error = start_service( service );
    if (service) CloseServiceHandle( service );
    return error;
}

static int repair_service( struct call *call )
{
    SC_HANDLE manager = OpenSCManagerW( NULL, NULL, SC_MANAGER_ALL_ACCESS );
    DWORD error = GetLastError();

    if (manager)
    {
        error = repair( manager, call->options );
        CloseServiceHandle( manager );
    }
    return finish_error( call, error, L"The service is configured, and it starts.\n" );
}

/* --- versions --- */

/* The newest class that there is tells the version. */
static HRESULT find_version( const WCHAR **version )
{
    static const struct
    {
        const GUID *clsid;
        const WCHAR *version;
    }
    versions[] =
    {
        { &CLSID_BackgroundCopyManager10_3, L"10.3" },
        { &CLSID_BackgroundCopyManager10_2, L"10.2" },
        { &CLSID_BackgroundCopyManager10_1, L"10.1" },
        { &CLSID_BackgroundCopyManager5_0, L"5.0" },
        { &CLSID_BackgroundCopyManager4_0, L"4.0" },
        { &CLSID_BackgroundCopyManager3_0, L"3.0" },
        { &CLSID_BackgroundCopyManager2_5, L"2.5" },
        { &CLSID_BackgroundCopyManager2_0, L"2.0" },
        { &CLSID_BackgroundCopyManager1_5, L"1.5" },
        { &CLSID_BackgroundCopyManager, L"1.0" },
    };
    IBackgroundCopyManager *manager;
    unsigned int i;
    HRESULT hr;

    for (i = 0; i < ARRAYSIZE(versions); i++)
    {
        hr = CoCreateInstance( versions[i].clsid, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager, (void **)&manager );
        if (hr == REGDB_E_CLASSNOTREG) continue;
        if (SUCCEEDED(hr)) IBackgroundCopyManager_Release( manager );
        *version = versions[i].version;
        return hr;
    }
    return hr;
}

static void append_file_version( struct text *text, const WCHAR *name )
{
    WCHAR path[MAX_PATH + 32];
    VS_FIXEDFILEINFO *info;
    DWORD size, length;
    void *data = NULL;
    UINT info_size;

    length = GetSystemDirectoryW( path, MAX_PATH );
    _snwprintf( path + length, ARRAYSIZE(path) - length, L"\\%ls", name );
    if (GetFileAttributesW( path ) == INVALID_FILE_ATTRIBUTES) return;
    append( text, L"%ls ", path );
    if ((size = GetFileVersionInfoSizeW( path, NULL )) && (data = must_have( malloc( size ) )) &&
        GetFileVersionInfoW( path, 0, size, data ) && VerQueryValueW( data, L"\\", (void **)&info, &info_size ))
        append( text, L"%u.%u.%u.%u\n", HIWORD(info->dwFileVersionMS), LOWORD(info->dwFileVersionMS),
                HIWORD(info->dwFileVersionLS), LOWORD(info->dwFileVersionLS) );
    else append( text, L"(no version)\n" );
    free( data );
}

static int version( struct call *call )
{
    static const WCHAR * const files[] =
        { L"qmgr.dll", L"qmgrprxy.dll", L"winebitsps.dll", L"bitsprx2.dll", L"bitsprx3.dll", L"bitsprx4.dll",
          L"bitsprx5.dll", L"bitsadmin.exe" };
    const WCHAR *version = NULL;
    struct text text = { 0 };
    unsigned int i;
    HRESULT hr;

    hr = find_version( &version );
    if (call->options)
    {
        for (i = 0; i < ARRAYSIZE(files); i++) append_file_version( &text, files[i] );
        append( &text, SUCCEEDED(hr) ? L"The service starts.\n" : L"The service does not start.\n" );
        print( L"%ls", text.chars );
        free_text( &text );
    }
    return finish( call, hr, raw_output ? L"%ls" : L"%ls\n", version );
}

/* --- settings of Windows --- */

static int ie_proxy( struct call *call )
{
    static const struct word accounts[] = { { L"LOCALSYSTEM" }, { L"NETWORKSERVICE" }, { L"LOCALSERVICE" }, { NULL } };
    int account;

    if (!parse_word( call, 0, L"<account>", accounts, &account )) return EXIT_USAGE;
    complain( L"Unable to %ls - 0x%08lx\n"
              L"Service accounts have no proxy settings of their own here. The proxies of a job can be set with "
              L"/SETPROXYSETTINGS, those of all jobs with http_proxy and https_proxy in the service's environment.\n",
              call->command->action, HRESULT_FROM_WIN32(ERROR_NOT_SUPPORTED) );
    return EXIT_FAILED;
}

/* Wine's functions pretend to succeed, so the answer is what can be read back. */
static DWORD enable_channel( BOOL enable )
{
    EVT_VARIANT value = { .BooleanVal = enable, .Type = EvtVarTypeBoolean };
    DWORD error = ERROR_SUCCESS, size;
    EVT_HANDLE channel;

    if (!(channel = EvtOpenChannelConfig( NULL, L"Microsoft-Windows-Bits-Client/Analytic", 0 ))) return GetLastError();
    if (!EvtSetChannelConfigProperty( channel, EvtChannelConfigEnabled, 0, &value ) || !EvtSaveChannelConfig( channel, 0 ))
        error = GetLastError();
    memset( &value, 0, sizeof(value) );
    if (!error && (!EvtGetChannelConfigProperty( channel, EvtChannelConfigEnabled, 0, sizeof(value), &value, &size ) ||
                   value.Type != EvtVarTypeBoolean || value.BooleanVal != enable))
        error = ERROR_CALL_NOT_IMPLEMENTED;
    EvtClose( channel );
    return error;
}

static int enable_analytic_channel( struct call *call )
{
    int enable;

    if (!parse_word( call, 0, L"<state>", truths, &enable )) return EXIT_USAGE;
    return finish_error( call, enable_channel( enable ), enable ? L"Analytic channel enabled.\n" : L"Analytic channel disabled.\n" );
}

const struct command util_commands[] =
{
    { L"UTIL /HELP", L"", 0, 0, ALONE, help, L"show help", L"Shows these commands." },
    { L"UTIL /VERSION", L"[/VERBOSE]", 0, 0, ALONE, version, L"get version",
      L"Shows the version of BITS, and if verbose those of its files and whether the service starts." },
    { L"UTIL /REPAIRSERVICE", L"[/FORCE]", 0, 0, ALONE, repair_service, L"repair service",
      L"Mends the configuration of the service; by force, stops it and writes all of it anew." },
    { L"UTIL /SETIEPROXY", L"<account> <usage> [<list> <bypass>] [/CONN <name>]", 2, 5, ALONE, ie_proxy,
      L"set proxy settings", L"Sets the proxies of a service account; refused, as there are no such accounts." },
    { L"UTIL /GETIEPROXY", L"<account> [/CONN <name>]", 1, 2, ALONE, ie_proxy, L"get proxy settings",
      L"Shows the proxies of a service account; refused, as there are no such accounts." },
    { L"UTIL /ENABLEANALYTICCHANNEL", L"<TRUE|FALSE>", 1, 1, ALONE, enable_analytic_channel, L"enable analytic channel",
      L"Turns that channel of the event log on or off." },
    { L"" }
};
