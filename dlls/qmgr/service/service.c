/*
 * Hosting in svchost
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

#include "com/com.h"
#include "identity/identity.h"
#include "schedule/schedule.h"
#include "service/service.h"
#include "store/store.h"
#include "transfer/transfer.h"

#include <objbase.h>
#include <winsvc.h>

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

HINSTANCE qmgr_instance;

static SERVICE_STATUS_HANDLE status_handle;
static HANDLE stop_event;
static HANDLE policy_events[POLICY_EVENTS], network_event;

BOOL WINAPI DllMain( HINSTANCE instance, DWORD reason, void *reserved )
{
    if (reason != DLL_PROCESS_ATTACH) return TRUE;
    qmgr_instance = instance;
    DisableThreadLibraryCalls( instance );
    return TRUE;
}

static void set_status( DWORD state, DWORD error )
{
    SERVICE_STATUS status = { SERVICE_WIN32_SHARE_PROCESS, state };

    if (state == SERVICE_RUNNING) status.dwControlsAccepted = SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_SHUTDOWN;
    if (state == SERVICE_START_PENDING || state == SERVICE_STOP_PENDING) status.dwWaitHint = 15000;
    status.dwWin32ExitCode = error;
    SetServiceStatus( status_handle, &status );
}

static DWORD WINAPI handle_control( DWORD control, DWORD type, void *data, void *context )
{
    TRACE( "%lu.\n", control );

    switch (control)
    {
    case SERVICE_CONTROL_STOP:
    case SERVICE_CONTROL_SHUTDOWN:
        set_status( SERVICE_STOP_PENDING, NO_ERROR );
        SetEvent( stop_event );
        return NO_ERROR;
    case SERVICE_CONTROL_INTERROGATE:
        return NO_ERROR;
    default:
        return ERROR_CALL_NOT_IMPLEMENTED;
    }
}

static void stop_rooms(void)
{
    factory_revoke();
    queue_stop();
    policy_stop();
    network_stop();
    keeper_stop();
    transfer_stop();
}

/* For the event log: the store writes it. */
static void report( enum event_id id, HRESULT code )
{
    const struct store_event event = { .id = id, .detail = "winebits " WINEBITS_VERSION, .code = code };

    store_event( &event );
}

static HRESULT start_rooms(void)
{
    static struct notifier notifier;
    HRESULT hr;

    notifier = com_notifier;
    notifier.work = keeper_work;
    report( EVENT_STARTED, S_OK );
    registration_write();   /* what cannot be healed may still work */
    if (FAILED(hr = factory_announce())) return hr;
    if (FAILED(hr = identity_start()) || FAILED(hr = transfer_start()))
    {
        factory_revoke();
        return hr;
    }
    if (SUCCEEDED(hr = anchor_start()) && SUCCEEDED(hr = policy_start( policy_events )) &&
        SUCCEEDED(hr = network_start( &network_event )) && SUCCEEDED(hr = queue_start( &notifier )) &&
        SUCCEEDED(hr = groups_start()) && SUCCEEDED(hr = factory_register())) return hr;
    report( EVENT_NOT_STARTED, hr );
    stop_rooms();
    return hr;
}

/* Until the service is told to stop. */
static void serve(void)
{
    HANDLE events[] = { policy_events[0], policy_events[1], network_event, stop_event };
    DWORD which;

    while ((which = WaitForMultipleObjects( ARRAY_SIZE( events ), events, FALSE, INFINITE )) <= POLICY_EVENTS)
    {
        if (which == POLICY_EVENTS) network_update();
        else policy_update();
    }
}

static DWORD win32_error( HRESULT hr )
{
    return HRESULT_FACILITY( hr ) == FACILITY_WIN32 ? HRESULT_CODE( hr ) : ERROR_EXCEPTION_IN_SERVICE;
}

void WINAPI ServiceMain( DWORD argc, WCHAR **argv )
{
    HRESULT hr;

    TRACE( "winebits %s.\n", WINEBITS_VERSION );

    if (!(status_handle = RegisterServiceCtrlHandlerExW( L"BITS", handle_control, NULL ))) return;
    set_status( SERVICE_START_PENDING, NO_ERROR );
    if (!(stop_event = CreateEventW( NULL, TRUE, FALSE, NULL )))
    {
        set_status( SERVICE_STOPPED, GetLastError() );
        return;
    }

    if (SUCCEEDED(hr = CoInitializeEx( NULL, COINIT_MULTITHREADED )))
    {
        if (SUCCEEDED(hr = start_rooms()))
        {
            set_status( SERVICE_RUNNING, NO_ERROR );
            serve();
            stop_rooms();
        }
        CoUninitialize();
    }
    if (FAILED(hr)) ERR( "The service cannot start, %#lx.\n", hr );
    CloseHandle( stop_event );
    set_status( SERVICE_STOPPED, FAILED(hr) ? win32_error( hr ) : NO_ERROR );
}

HRESULT WINAPI DllRegisterServer(void)
{
    TRACE( "\n" );

    return registration_write();
}

HRESULT WINAPI DllUnregisterServer(void)
{
    TRACE( "\n" );

    return registration_remove();
}
