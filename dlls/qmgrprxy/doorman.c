/*
 * The doorman: the service that tells clients how to find the BITS service
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

/* Why there is one: include/activation.h.  It runs in a svchost of its own from the first start of the BITS service to
 * the end of the session, which it does not delay, and keeps no state besides what it has registered. */

#define COBJMACROS
#include "proxy.h"
#include "activation.h"

#include <winsvc.h>

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

struct door
{
    IClassFactory IClassFactory_iface;
    IMarshal IMarshal_iface;
    CLSID class;
    DWORD cookie;
};

static struct door doors[ACTIVATION_MAX_CLASSES];
static ULONG door_count;

static SERVICE_STATUS_HANDLE status_handle;
static HANDLE stop_event;

/* --- class objects: what is handed out in the place of one -------------------------------------------------------- */

static inline struct door *impl_from_IClassFactory( IClassFactory *iface )
{
    return CONTAINING_RECORD( iface, struct door, IClassFactory_iface );
}

static HRESULT WINAPI Door_QueryInterface( IClassFactory *iface, REFIID iid, void **obj )
{
    struct door *door = impl_from_IClassFactory( iface );

    *obj = NULL;
    if (IsEqualIID( iid, &IID_IUnknown ) || IsEqualIID( iid, &IID_IClassFactory )) *obj = iface;
    else if (IsEqualIID( iid, &IID_IMarshal )) *obj = &door->IMarshal_iface;
    return *obj ? S_OK : E_NOINTERFACE;
}

/* static */
static ULONG WINAPI Door_AddRef( IClassFactory *iface )
{
    return 2;
}

static ULONG WINAPI Door_Release( IClassFactory *iface )
{
    return 1;
}

/* Nobody has a proxy of this object: it is marshalled by hand. */
static HRESULT WINAPI Door_CreateInstance( IClassFactory *iface, IUnknown *outer, REFIID iid, void **obj )
{
    *obj = NULL;
    return E_UNEXPECTED;
}

static HRESULT WINAPI Door_LockServer( IClassFactory *iface, BOOL lock )
{
    return E_UNEXPECTED;
}

static const IClassFactoryVtbl door_vtbl =
{
    Door_QueryInterface,
    Door_AddRef,
    Door_Release,
    Door_CreateInstance,
    Door_LockServer,
};

static inline struct door *impl_from_IMarshal( IMarshal *iface )
{
    return CONTAINING_RECORD( iface, struct door, IMarshal_iface );
}

static HRESULT WINAPI DoorMarshal_QueryInterface( IMarshal *iface, REFIID iid, void **obj )
{
    return IClassFactory_QueryInterface( &impl_from_IMarshal( iface )->IClassFactory_iface, iid, obj );
}

static ULONG WINAPI DoorMarshal_AddRef( IMarshal *iface )
{
    return 2;
}

static ULONG WINAPI DoorMarshal_Release( IMarshal *iface )
{
    return 1;
}

static HRESULT WINAPI DoorMarshal_GetUnmarshalClass( IMarshal *iface, REFIID iid, void *obj, DWORD context,
                                                     void *reserved, DWORD flags, CLSID *clsid )
{
    *clsid = CLSID_WinebitsProxy;
    return S_OK;
}

static HRESULT WINAPI DoorMarshal_GetMarshalSizeMax( IMarshal *iface, REFIID iid, void *obj, DWORD context,
                                                     void *reserved, DWORD flags, DWORD *size )
{
    *size = sizeof(CLSID);
    return S_OK;
}

static HRESULT WINAPI DoorMarshal_MarshalInterface( IMarshal *iface, IStream *stream, REFIID iid, void *obj,
                                                    DWORD context, void *reserved, DWORD flags )
{
    return IStream_Write( stream, &impl_from_IMarshal( iface )->class, sizeof(CLSID), NULL );
}

/* The next two are the client's side: activate.c. */
static HRESULT WINAPI DoorMarshal_UnmarshalInterface( IMarshal *iface, IStream *stream, REFIID iid, void **obj )
{
    *obj = NULL;
    return E_UNEXPECTED;
}

static HRESULT WINAPI DoorMarshal_ReleaseMarshalData( IMarshal *iface, IStream *stream )
{
    return S_OK;
}

static HRESULT WINAPI DoorMarshal_DisconnectObject( IMarshal *iface, DWORD reserved )
{
    return S_OK;
}

static const IMarshalVtbl door_marshal_vtbl =
{
    DoorMarshal_QueryInterface,
    DoorMarshal_AddRef,
    DoorMarshal_Release,
    DoorMarshal_GetUnmarshalClass,
    DoorMarshal_GetMarshalSizeMax,
    DoorMarshal_MarshalInterface,
    DoorMarshal_UnmarshalInterface,
    DoorMarshal_ReleaseMarshalData,
    DoorMarshal_DisconnectObject,
};

static HRESULT open_door( const WCHAR *class )
{
    struct door *door = &doors[door_count];
    HRESULT hr;

    if (FAILED(hr = CLSIDFromString( class, &door->class ))) return hr;
    door->IClassFactory_iface.lpVtbl = (IClassFactoryVtbl *)&door_vtbl;
    door->IMarshal_iface.lpVtbl = (IMarshalVtbl *)&door_marshal_vtbl;
    hr = CoRegisterClassObject( &door->class, (IUnknown *)&door->IClassFactory_iface, CLSCTX_LOCAL_SERVER,
                                REGCLS_MULTIPLEUSE, &door->cookie );
    if (SUCCEEDED(hr)) door_count++;
    return hr;
}

static void close_doors(void)
{
    while (door_count) CoRevokeClassObject( doors[--door_count].cookie );
}

/* One for each class that the BITS service has published. */
static HRESULT open_doors(void)
{
    WCHAR class[40];
    DWORD i, len;
    HRESULT hr = S_OK;
    LSTATUS error;
    HKEY key;

    if ((error = RegOpenKeyExW( HKEY_LOCAL_MACHINE, ACTIVATION_KEY, 0, KEY_QUERY_VALUE, &key )))
        return HRESULT_FROM_WIN32( error );
    for (i = 0; i < ARRAYSIZE(doors) && SUCCEEDED(hr); i++)
    {
        len = ARRAYSIZE(class);
        if ((error = RegEnumValueW( key, i, class, &len, NULL, NULL, NULL, NULL ))) break;
        hr = open_door( class );
    }
    RegCloseKey( key );
    if (SUCCEEDED(hr) && error && error != ERROR_NO_MORE_ITEMS) hr = HRESULT_FROM_WIN32( error );
    if (FAILED(hr)) close_doors();
    return hr;
}

/* --- hosting in svchost ------------------------------------------------------------------------------------------- */

static void set_status( DWORD state, DWORD error )
{
    SERVICE_STATUS status = { SERVICE_WIN32_SHARE_PROCESS, state };

    if (state == SERVICE_RUNNING) status.dwControlsAccepted = SERVICE_ACCEPT_STOP;
    status.dwWin32ExitCode = error;
    SetServiceStatus( status_handle, &status );
}

static DWORD WINAPI handle_control( DWORD control, DWORD type, void *data, void *context )
{
    if (control == SERVICE_CONTROL_INTERROGATE) return NO_ERROR;
    if (control != SERVICE_CONTROL_STOP) return ERROR_CALL_NOT_IMPLEMENTED;
    set_status( SERVICE_STOP_PENDING, NO_ERROR );
    SetEvent( stop_event );
    return NO_ERROR;
}

void WINAPI ServiceMain( DWORD argc, WCHAR **argv )
{
    HRESULT hr;

    TRACE( "\n" );

    if (!(status_handle = RegisterServiceCtrlHandlerExW( DOORMAN_SERVICE, handle_control, NULL ))) return;
    set_status( SERVICE_START_PENDING, NO_ERROR );
    if (!(stop_event = CreateEventW( NULL, TRUE, FALSE, NULL )))
    {
        set_status( SERVICE_STOPPED, GetLastError() );
        return;
    }

    if (SUCCEEDED(hr = CoInitializeEx( NULL, COINIT_MULTITHREADED )))
    {
        if (SUCCEEDED(hr = open_doors()))
        {
            set_status( SERVICE_RUNNING, NO_ERROR );
            WaitForSingleObject( stop_event, INFINITE );
            close_doors();
        }
        CoUninitialize();
    }
    if (FAILED(hr)) ERR( "Clients do not reach the service, %#lx.\n", hr );
    CloseHandle( stop_event );
    set_status( SERVICE_STOPPED, FAILED(hr) ? ERROR_EXCEPTION_IN_SERVICE : NO_ERROR );
}
