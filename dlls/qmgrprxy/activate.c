/*
 * The client's way from the doorman to the service
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

/* include/activation.h tells the whole story. */

#define COBJMACROS
#include "proxy.h"
#include "activation.h"

#include <winsvc.h>

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

#define START_MS    30000       /* as long as COM itself waits for a server */
#define LOOK_MS     10          /* between two looks for a service that is starting */
#define ASK_MS      100         /* between two requests to start it: the one that is starting may be killed too */

/* --- the way to the BITS service ---------------------------------------------------------------------------------- */

/* What the BITS service published for that class. */
static HRESULT read_reference( const CLSID *class, IStream **stream )
{
    BYTE bytes[ACTIVATION_MAX_SIZE];
    DWORD size = sizeof(bytes);
    WCHAR name[40];
    LSTATUS error;
    HRESULT hr;

    StringFromGUID2( class, name, ARRAYSIZE(name) );
    if ((error = RegGetValueW( HKEY_LOCAL_MACHINE, ACTIVATION_KEY, name, RRF_RT_REG_BINARY | RRF_SUBKEY_WOW6464KEY, NULL,
                               bytes, &size ))) return HRESULT_FROM_WIN32( error );
    if (FAILED(hr = CreateStreamOnHGlobal( NULL, TRUE, stream ))) return hr;
    if (SUCCEEDED(hr = IStream_Write( *stream, bytes, size, NULL )))
        hr = IStream_Seek( *stream, (LARGE_INTEGER){ .QuadPart = 0 }, STREAM_SEEK_SET, NULL );
    if (FAILED(hr)) IStream_Release( *stream );
    return hr;
}

/* COM finds out whether it lives. */
static HRESULT connect_class_object( const CLSID *class, REFIID iid, void **obj )
{
    IStream *stream;
    HRESULT hr;

    if (FAILED(hr = read_reference( class, &stream ))) return hr;
    hr = CoUnmarshalInterface( stream, iid, obj );
    IStream_Release( stream );
    /* Wine calls it a success, S_FALSE, when the object goes in this moment */
    return SUCCEEDED(hr) && !*obj ? RPC_E_DISCONNECTED : hr;
}

/* S_OK also while it is starting or stopping. */
static HRESULT start_service(void)
{
    SC_HANDLE manager, service;
    DWORD error = 0;

    if (!(manager = OpenSCManagerW( NULL, NULL, SC_MANAGER_CONNECT ))) return HRESULT_FROM_WIN32( GetLastError() );
    if (!(service = OpenServiceW( manager, L"BITS", SERVICE_START ))) error = GetLastError();
    else
    {
        if (!StartServiceW( service, 0, NULL )) error = GetLastError();
        CloseServiceHandle( service );
    }
    CloseServiceHandle( manager );

    if (error == ERROR_SERVICE_ALREADY_RUNNING || error == ERROR_SERVICE_DATABASE_LOCKED) return S_OK;
    return HRESULT_FROM_WIN32( error );
}

static HRESULT reach_class_object( const CLSID *class, REFIID iid, void **obj )
{
    ULONGLONG now = GetTickCount64(), end = now + START_MS, ask = now;
    HRESULT hr, started;

    while (FAILED(hr = connect_class_object( class, iid, obj )) && hr != E_NOINTERFACE && (now = GetTickCount64()) < end)
    {
        if (now >= ask)
        {
            WARN( "There is no service, %#lx; it is started.\n", hr );
            if (FAILED(started = start_service())) return started;
            ask = now + ASK_MS;
        }
        Sleep( LOOK_MS );
    }
    return hr;
}

/* --- the unmarshaller --------------------------------------------------------------------------------------------- */

static HRESULT WINAPI Unmarshaller_QueryInterface( IMarshal *iface, REFIID iid, void **obj )
{
    *obj = NULL;
    if (!IsEqualIID( iid, &IID_IUnknown ) && !IsEqualIID( iid, &IID_IMarshal )) return E_NOINTERFACE;
    *obj = iface;
    return S_OK;
}

/* static, as the factory that hands it out */
static ULONG WINAPI Unmarshaller_AddRef( IMarshal *iface )
{
    return 2;
}

static ULONG WINAPI Unmarshaller_Release( IMarshal *iface )
{
    return 1;
}

/* The next three are the doorman's side. */
static HRESULT WINAPI Unmarshaller_GetUnmarshalClass( IMarshal *iface, REFIID iid, void *obj, DWORD context,
                                                      void *reserved, DWORD flags, CLSID *clsid )
{
    return E_UNEXPECTED;
}

static HRESULT WINAPI Unmarshaller_GetMarshalSizeMax( IMarshal *iface, REFIID iid, void *obj, DWORD context,
                                                      void *reserved, DWORD flags, DWORD *size )
{
    return E_UNEXPECTED;
}

static HRESULT WINAPI Unmarshaller_MarshalInterface( IMarshal *iface, IStream *stream, REFIID iid, void *obj,
                                                     DWORD context, void *reserved, DWORD flags )
{
    return E_UNEXPECTED;
}

static HRESULT WINAPI Unmarshaller_UnmarshalInterface( IMarshal *iface, IStream *stream, REFIID iid, void **obj )
{
    static SRWLOCK lock = SRWLOCK_INIT;
    CLSID class;
    HRESULT hr;

    TRACE( "stream %p, iid %s, obj %p.\n", stream, debugstr_guid( iid ), obj );

    *obj = NULL;
    if (FAILED(hr = IStream_Read( stream, &class, sizeof(class), NULL ))) return hr;
    /* one at a time: COM in Wine 8.0 fails when several threads ask for one object of a dead process */
    AcquireSRWLockExclusive( &lock );
    hr = reach_class_object( &class, iid, obj );
    ReleaseSRWLockExclusive( &lock );
    return hr;
}

static HRESULT WINAPI Unmarshaller_ReleaseMarshalData( IMarshal *iface, IStream *stream )
{
    return S_OK;    /* a packet holds nothing */
}

static HRESULT WINAPI Unmarshaller_DisconnectObject( IMarshal *iface, DWORD reserved )
{
    return S_OK;
}

static const IMarshalVtbl unmarshaller_vtbl =
{
    Unmarshaller_QueryInterface,
    Unmarshaller_AddRef,
    Unmarshaller_Release,
    Unmarshaller_GetUnmarshalClass,
    Unmarshaller_GetMarshalSizeMax,
    Unmarshaller_MarshalInterface,
    Unmarshaller_UnmarshalInterface,
    Unmarshaller_ReleaseMarshalData,
    Unmarshaller_DisconnectObject,
};

static IMarshal unmarshaller = { (IMarshalVtbl *)&unmarshaller_vtbl };

/* --- its factory -------------------------------------------------------------------------------------------------- */

static HRESULT WINAPI UnmarshallerFactory_QueryInterface( IClassFactory *iface, REFIID iid, void **obj )
{
    *obj = NULL;
    if (!IsEqualIID( iid, &IID_IUnknown ) && !IsEqualIID( iid, &IID_IClassFactory )) return E_NOINTERFACE;
    *obj = iface;
    return S_OK;
}

static ULONG WINAPI UnmarshallerFactory_AddRef( IClassFactory *iface )
{
    return 2;
}

static ULONG WINAPI UnmarshallerFactory_Release( IClassFactory *iface )
{
    return 1;
}

static HRESULT WINAPI UnmarshallerFactory_CreateInstance( IClassFactory *iface, IUnknown *outer, REFIID iid, void **obj )
{
    TRACE( "outer %p, iid %s, obj %p.\n", outer, debugstr_guid( iid ), obj );

    *obj = NULL;
    if (outer) return CLASS_E_NOAGGREGATION;
    return IMarshal_QueryInterface( &unmarshaller, iid, obj );
}

static HRESULT WINAPI UnmarshallerFactory_LockServer( IClassFactory *iface, BOOL lock )
{
    return S_OK;    /* the DLL is pinned */
}

static const IClassFactoryVtbl unmarshaller_factory_vtbl =
{
    UnmarshallerFactory_QueryInterface,
    UnmarshallerFactory_AddRef,
    UnmarshallerFactory_Release,
    UnmarshallerFactory_CreateInstance,
    UnmarshallerFactory_LockServer,
};

IClassFactory unmarshaller_factory = { (IClassFactoryVtbl *)&unmarshaller_factory_vtbl };
