/*
 * What a call of the service costs, beside a bare call between processes
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


/* The bare call is IPersist::GetClassID on an object in a second process, through the proxy that comes with the
 * system: what COM takes for one small call and nothing else.  Blocks of the two alternate, so that whatever else the
 * machine does meets both alike; the medians of the blocks are compared. */

#include <stdlib.h>
#include <initguid.h>
#include "client.h"

#define BLOCKS 25
#define DEADLINE_MS 30000

DEFINE_GUID( CLSID_BareObject, 0x5a3d7d52, 0x91c4, 0x4e5e, 0x9d, 0x0b, 0x61, 0x3f, 0x2a, 0x77, 0xc8, 0x04 );

/* --- the object; one, never freed --- */

static HRESULT WINAPI bare_QueryInterface( IPersist *iface, REFIID iid, void **out )
{
    *out = NULL;
    if (!IsEqualGUID( iid, &IID_IUnknown ) && !IsEqualGUID( iid, &IID_IPersist )) return E_NOINTERFACE;
    *out = iface;
    return S_OK;
}

static ULONG WINAPI bare_AddRef( IPersist *iface ) { return 2; }
static ULONG WINAPI bare_Release( IPersist *iface ) { return 1; }

static HRESULT WINAPI bare_GetClassID( IPersist *iface, CLSID *id )
{
    *id = CLSID_BareObject;
    return S_OK;
}

static const IPersistVtbl bare_vtbl = { bare_QueryInterface, bare_AddRef, bare_Release, bare_GetClassID };
static IPersist bare_object = { &bare_vtbl };

int calls_server( int argc, WCHAR **argv )
{
    HANDLE ready, parent;
    DWORD cookie;
    HRESULT hr;

    if (!(ready = OpenEventW( EVENT_MODIFY_STATE, FALSE, argv[0] ))) return 1;
    /* the event is named after its maker */
    if (!(parent = OpenProcess( SYNCHRONIZE, FALSE, wcstoul( wcsrchr( argv[0], '-' ) + 1, NULL, 10 ) ))) return 1;
    hr = CoRegisterClassObject( &CLSID_BareObject, (IUnknown *)&bare_object, CLSCTX_LOCAL_SERVER, REGCLS_MULTIPLEUSE, &cookie );
    if (FAILED(hr)) return complain( L"CoRegisterClassObject", hr );
    SetEvent( ready );
    WaitForSingleObject( parent, INFINITE );
    CoRevokeClassObject( cookie );
    return 0;
}

/* Starts the server and gets its object; NULL after a complaint. */
static IPersist *start_bare_object(void)
{
    WCHAR path[MAX_PATH], name[64], command[MAX_PATH + 96];
    STARTUPINFOW startup = { sizeof(startup) };
    PROCESS_INFORMATION process;
    HANDLE handles[2];
    IPersist *object;
    HRESULT hr;

    wsprintfW( name, L"winebits-calls-%lu", GetCurrentProcessId() );
    if (!(handles[0] = CreateEventW( NULL, TRUE, FALSE, name ))) return NULL;
    GetModuleFileNameW( NULL, path, ARRAYSIZE(path) );
    wsprintfW( command, L"\"%s\" calls-server %s", path, name );
    if (!CreateProcessW( path, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process ))
    {
        complain( L"CreateProcess", HRESULT_FROM_WIN32(GetLastError()) );
        return NULL;
    }
    handles[1] = process.hProcess;
    if (WaitForMultipleObjects( 2, handles, FALSE, DEADLINE_MS ) != WAIT_OBJECT_0)
    {
        complain( L"the second process did not start", E_FAIL );
        return NULL;
    }
    hr = CoGetClassObject( &CLSID_BareObject, CLSCTX_LOCAL_SERVER, NULL, &IID_IPersist, (void **)&object );
    if (SUCCEEDED(hr)) return object;
    complain( L"CoGetClassObject", hr );
    return NULL;
}

/* --- measuring --- */

/* Microseconds for one of COUNT calls of either object; the other is NULL.  Negative when a call fails. */
static double time_block( IBackgroundCopyJob *job, IPersist *bare, int count )
{
    LARGE_INTEGER start, end, frequency;
    BG_JOB_STATE state;
    CLSID id;
    int i;

    QueryPerformanceFrequency( &frequency );
    QueryPerformanceCounter( &start );
    for (i = 0; i < count; i++)
    {
        if (job ? IBackgroundCopyJob_GetState( job, &state ) : IPersist_GetClassID( bare, &id )) return -1;
    }
    QueryPerformanceCounter( &end );
    return (end.QuadPart - start.QuadPart) * 1e6 / frequency.QuadPart / count;
}

static int __cdecl compare_double( const void *a, const void *b )
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static int measure( IBackgroundCopyJob *job, IPersist *bare, int count )
{
    double service[BLOCKS], plain[BLOCKS];
    int i;

    /* the first calls load and connect things */
    if (time_block( job, NULL, 100 ) < 0 || time_block( NULL, bare, 100 ) < 0) return complain( L"a call failed", E_FAIL );
    for (i = 0; i < BLOCKS; i++)
    {
        service[i] = time_block( job, NULL, count );
        plain[i] = time_block( NULL, bare, count );
        if (service[i] < 0 || plain[i] < 0) return complain( L"a call failed", E_FAIL );
    }
    qsort( service, BLOCKS, sizeof(*service), compare_double );
    qsort( plain, BLOCKS, sizeof(*plain), compare_double );
    say( L"GetState   median %.1f us (%.1f to %.1f)\n", service[BLOCKS / 2], service[0], service[BLOCKS - 1] );
    say( L"bare call  median %.1f us (%.1f to %.1f)\n", plain[BLOCKS / 2], plain[0], plain[BLOCKS - 1] );
    say( L"%d blocks of %d calls each; ratio %.3f\n", BLOCKS, count, service[BLOCKS / 2] / plain[BLOCKS / 2] );
    return 0;
}

int calls( int argc, WCHAR **argv )
{
    IBackgroundCopyManager *manager;
    int ret, count = wcstol( argv[0], NULL, 10 ) / BLOCKS;
    IBackgroundCopyJob *job;
    IPersist *bare;
    HRESULT hr;
    GUID id;

    if (count < 1) return complain( L"too few calls", E_INVALIDARG );
    if (!(bare = start_bare_object())) return 1;
    if (!(manager = connect_manager())) return 1;
    hr = IBackgroundCopyManager_CreateJob( manager, L"winebits bench", BG_JOB_TYPE_DOWNLOAD, &id, &job );
    if (FAILED(hr)) return complain( L"CreateJob", hr );
    ret = measure( job, bare, count );
    IBackgroundCopyJob_Cancel( job );
    IBackgroundCopyJob_Release( job );
    IBackgroundCopyManager_Release( manager );
    IPersist_Release( bare );
    return ret;
}
