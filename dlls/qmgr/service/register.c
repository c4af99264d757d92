/*
 * The registry keys of our classes and interfaces, and the doorman's service
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

#include "service/service.h"
#include "com/com.h"

#include <winsvc.h>

#include "activation.h"
#include "qmgr.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

#define APPID     L"{69AD4AEE-51BE-439B-A92C-86AE490E8B30}"
#define PROXY     L"{8204BF18-0FB2-4F7E-8064-21443F01AE2C}"   /* class id of winebitsps.dll, dlls/qmgrprxy/bitsps.idl */
#define GUID_CHARS 39

#define DOORMAN_MS 30000     /* as long as the service manager itself waits for a service */

#define SVCHOST   L"Software\\Microsoft\\Windows NT\\CurrentVersion\\Svchost"
#define SERVICES  L"System\\CurrentControlSet\\Services\\"

/* One value: KEY is below Software\Classes, VALUE NULL is the default value. */
struct entry
{
    const WCHAR *key;
    const WCHAR *value;
    const WCHAR *data;
};

const struct service_class service_classes[SERVICE_CLASSES] =
{
    { &CLSID_BackgroundCopyManager,     L"BackgroundCopyManager" },
    { &CLSID_BackgroundCopyManager1_5,  L"BackgroundCopyManager1_5" },
    { &CLSID_BackgroundCopyManager2_0,  L"BackgroundCopyManager2_0" },
    { &CLSID_BackgroundCopyManager2_5,  L"BackgroundCopyManager2_5" },
    { &CLSID_BackgroundCopyManager3_0,  L"BackgroundCopyManager3_0" },
    { &CLSID_BackgroundCopyManager4_0,  L"BackgroundCopyManager4_0" },
    { &CLSID_BackgroundCopyManager5_0,  L"BackgroundCopyManager5_0" },
    { &CLSID_BackgroundCopyManager10_1, L"BackgroundCopyManager10_1" },
    { &CLSID_BackgroundCopyManager10_2, L"BackgroundCopyManager10_2" },
    { &CLSID_BackgroundCopyManager10_3, L"BackgroundCopyManager10_3" },
    { &CLSID_BackgroundCopyQMgr,        L"BackgroundCopyQMgr" },
};

static HRESULT open_classes( REGSAM view, HKEY *root )
{
    return HRESULT_FROM_WIN32( RegCreateKeyExW( HKEY_LOCAL_MACHINE, L"Software\\Classes", 0, NULL, 0,
                                                KEY_ALL_ACCESS | view, NULL, root, NULL ) );
}

/* Leaves alone what is right already: the registry of a running session is not flushed for nothing. */
static HRESULT write_entry( HKEY root, REGSAM view, const struct entry *entry )
{
    WCHAR old[MAX_PATH];
    DWORD size = sizeof(old), type;
    LSTATUS error;
    HKEY key;

    if ((error = RegCreateKeyExW( root, entry->key, 0, NULL, 0, KEY_READ | KEY_WRITE | view, NULL, &key, NULL )))
        return HRESULT_FROM_WIN32( error );
    if (RegQueryValueExW( key, entry->value, NULL, &type, (BYTE *)old, &size ) || type != REG_SZ ||
        lstrcmpiW( old, entry->data ))
        error = RegSetValueExW( key, entry->value, 0, REG_SZ, (const BYTE *)entry->data,
                                (lstrlenW( entry->data ) + 1) * sizeof(WCHAR) );
    RegCloseKey( key );
    return HRESULT_FROM_WIN32( error );
}

static HRESULT write_entries( HKEY root, REGSAM view, const struct entry *entries, ULONG count )
{
    HRESULT hr = S_OK;
    ULONG i;

    for (i = 0; i < count && SUCCEEDED(hr); i++) hr = write_entry( root, view, &entries[i] );
    return hr;
}

static void key_name( WCHAR *key, const WCHAR *parent, const GUID *id, const WCHAR *child )
{
    WCHAR str[GUID_CHARS];

    StringFromGUID2( id, str, GUID_CHARS );
    lstrcpyW( key, parent );
    lstrcatW( key, str );
    lstrcatW( key, child );
}

/* Where the programs of a view find our proxies, as they name it: in a file of our own or, with a package that
 * replaces Wine's files for all prefixes, under the name of Wine's. */
static void proxy_path( REGSAM view, WCHAR *path )
{
    WCHAR file[MAX_PATH];

    if (view & KEY_WOW64_32KEY) GetSystemWow64DirectoryW( file, MAX_PATH - 20 );
    else GetSystemDirectoryW( file, MAX_PATH - 20 );
    lstrcatW( file, L"\\winebitsps.dll" );
    GetSystemDirectoryW( path, MAX_PATH - 20 );
    lstrcatW( path, GetFileAttributesW( file ) == INVALID_FILE_ATTRIBUTES ? L"\\qmgrprxy.dll" : L"\\winebitsps.dll" );
}

static HRESULT write_view( REGSAM view )
{
    WCHAR key[MAX_PATH], proxy[MAX_PATH];
    struct entry application[] =
    {
        { L"AppID\\" APPID, L"LocalService", L"BITS" },
        { L"AppID\\BITS", L"AppID", APPID },
    };
    struct entry proxy_class[] =
    {
        { L"CLSID\\" PROXY, NULL, L"PSFactoryBuffer" },
        { L"CLSID\\" PROXY L"\\InprocServer32", NULL, proxy },
        { L"CLSID\\" PROXY L"\\InprocServer32", L"ThreadingModel", L"Both" },
    };
    HRESULT hr;
    HKEY root;
    ULONG i;

    proxy_path( view, proxy );
    if (FAILED(hr = open_classes( view, &root ))) return hr;
    hr = write_entries( root, view, application, ARRAY_SIZE( application ) );
    if (SUCCEEDED(hr)) hr = write_entries( root, view, proxy_class, ARRAY_SIZE( proxy_class ) );
    for (i = 0; i < SERVICE_CLASSES && SUCCEEDED(hr); i++)
    {
        struct entry class_entries[] = { { key, NULL, service_classes[i].name }, { key, L"AppID", APPID } };

        key_name( key, L"CLSID\\", service_classes[i].id, L"" );
        hr = write_entries( root, view, class_entries, ARRAY_SIZE( class_entries ) );
    }
    for (i = 0; i < COM_INTERFACES && SUCCEEDED(hr); i++)
    {
        struct entry interface_entry = { key, NULL, PROXY };

        key_name( key, L"Interface\\", com_interfaces[i], L"\\ProxyStubClsid32" );
        hr = write_entry( root, view, &interface_entry );
    }
    RegCloseKey( root );
    return hr;
}

static void remove_key( HKEY root, REGSAM view, const WCHAR *name )
{
    HKEY key;

    if (RegOpenKeyExW( root, name, 0, KEY_ALL_ACCESS | view, &key )) return;
    RegDeleteTreeW( key, NULL );
    RegCloseKey( key );
    RegDeleteKeyExW( root, name, view, 0 );
}

static void remove_view( REGSAM view )
{
    WCHAR key[MAX_PATH];
    HKEY root;
    ULONG i;

    if (FAILED(open_classes( view, &root ))) return;
    for (i = 0; i < SERVICE_CLASSES; i++)
    {
        key_name( key, L"CLSID\\", service_classes[i].id, L"" );
        remove_key( root, view, key );
    }
    for (i = 0; i < COM_INTERFACES; i++)
    {
        key_name( key, L"Interface\\", com_interfaces[i], L"" );
        remove_key( root, view, key );
    }
    remove_key( root, view, L"CLSID\\" PROXY );
    RegCloseKey( root );
}

/* --- the doorman -------------------------------------------------------------------------------------------------- */

static HRESULT create_doorman( SC_HANDLE manager, SC_HANDLE *service )
{
    static const WCHAR description[] = L"Finds the Background Intelligent Transfer Service for programs that use it";
    static const WCHAR group[] = DOORMAN_SERVICE L"\0";
    WCHAR path[MAX_PATH], program[MAX_PATH];
    LSTATUS error;

    GetSystemDirectoryW( path, MAX_PATH - 40 );
    lstrcpyW( program, path );
    lstrcatW( program, L"\\svchost.exe -k " DOORMAN_SERVICE );
    proxy_path( 0, path );
    if ((error = RegSetKeyValueW( HKEY_LOCAL_MACHINE, SVCHOST, DOORMAN_SERVICE, REG_MULTI_SZ, group, sizeof(group) )))
        return HRESULT_FROM_WIN32( error );
    if (!(*service = CreateServiceW( manager, DOORMAN_SERVICE, L"winebits activation", SERVICE_ALL_ACCESS,
                                     SERVICE_WIN32_SHARE_PROCESS, SERVICE_DEMAND_START, SERVICE_ERROR_NORMAL, program,
                                     NULL, NULL, NULL, NULL, NULL )))
        return HRESULT_FROM_WIN32( GetLastError() );
    RegSetKeyValueW( HKEY_LOCAL_MACHINE, SERVICES DOORMAN_SERVICE, L"Description", REG_SZ, description,
                     sizeof(description) );
    error = RegSetKeyValueW( HKEY_LOCAL_MACHINE, SERVICES DOORMAN_SERVICE L"\\Parameters", L"ServiceDll", REG_SZ, path,
                             (lstrlenW( path ) + 1) * sizeof(WCHAR) );
    return HRESULT_FROM_WIN32( error );
}

HRESULT doorman_await(void)
{
    SC_HANDLE manager, service = NULL;
    DWORD started = GetTickCount();
    SERVICE_STATUS status;
    HRESULT hr = S_OK;

    if ((manager = OpenSCManagerW( NULL, NULL, SC_MANAGER_CONNECT )))
        service = OpenServiceW( manager, DOORMAN_SERVICE, SERVICE_QUERY_STATUS );
    if (!service) hr = HRESULT_FROM_WIN32( GetLastError() );
    while (SUCCEEDED(hr))
    {
        if (!QueryServiceStatus( service, &status )) hr = HRESULT_FROM_WIN32( GetLastError() );
        else if (status.dwCurrentState == SERVICE_RUNNING) break;
        else if (status.dwCurrentState != SERVICE_START_PENDING) hr = HRESULT_FROM_WIN32( ERROR_SERVICE_NOT_ACTIVE );
        else if (GetTickCount() - started > DOORMAN_MS) hr = HRESULT_FROM_WIN32( ERROR_SERVICE_REQUEST_TIMEOUT );
        else Sleep( 10 );
    }
    if (service) CloseServiceHandle( service );
    if (manager) CloseServiceHandle( manager );
    return hr;
}

/* The service manager refuses while it starts another service, as at the session's beginning. */
static HRESULT start_service( SC_HANDLE service )
{
    DWORD started = GetTickCount(), error;

    for (;;)
    {
        if (StartServiceW( service, 0, NULL )) return S_OK;
        if ((error = GetLastError()) == ERROR_SERVICE_ALREADY_RUNNING) return S_OK;
        if (error != ERROR_SERVICE_DATABASE_LOCKED || GetTickCount() - started > DOORMAN_MS)
            return HRESULT_FROM_WIN32( error );
        Sleep( 10 );
    }
}

HRESULT doorman_start(void)
{
    SC_HANDLE manager, service;
    HRESULT hr = S_OK;

    if (!(manager = OpenSCManagerW( NULL, NULL, SC_MANAGER_CONNECT | SC_MANAGER_CREATE_SERVICE )))
        return HRESULT_FROM_WIN32( GetLastError() );
    if (!(service = OpenServiceW( manager, DOORMAN_SERVICE, SERVICE_START ))) hr = create_doorman( manager, &service );
    if (SUCCEEDED(hr)) hr = start_service( service );
    if (service) CloseServiceHandle( service );
    CloseServiceHandle( manager );
    return hr;
}

static void remove_doorman(void)
{
    SC_HANDLE manager, service;
    SERVICE_STATUS status;

    if (!(manager = OpenSCManagerW( NULL, NULL, SC_MANAGER_CONNECT ))) return;
    if ((service = OpenServiceW( manager, DOORMAN_SERVICE, SERVICE_STOP | DELETE )))
    {
        ControlService( service, SERVICE_CONTROL_STOP, &status );
        DeleteService( service );
        CloseServiceHandle( service );
    }
    CloseServiceHandle( manager );
    RegDeleteKeyValueW( HKEY_LOCAL_MACHINE, SVCHOST, DOORMAN_SERVICE );
}

/* Whether 32-bit programs run in this prefix: a 32-bit service needs no second view. */
static BOOL has_wow64(void)
{
    WCHAR path[MAX_PATH];

    return sizeof(void *) > sizeof(int) && GetSystemWow64DirectoryW( path, MAX_PATH );
}

HRESULT registration_write(void)
{
    HRESULT hr = write_view( 0 );

    if (SUCCEEDED(hr) && has_wow64()) hr = write_view( KEY_WOW64_32KEY );
    if (FAILED(hr)) WARN( "The registry cannot be written, %#lx.\n", hr );
    return hr;
}

HRESULT registration_remove(void)
{
    remove_doorman();
    remove_view( 0 );
    if (has_wow64()) remove_view( KEY_WOW64_32KEY );
    return S_OK;
}
