/*
 * Class objects of the manager and of the old queue manager, and how clients find them
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

#define COBJMACROS

#include "com/com.h"
#include "service/service.h"

#include <objbase.h>

#include "activation.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

struct factory
{
    IClassFactory IClassFactory_iface;
    HRESULT (*create)( REFIID iid, void **object );
};

static HRESULT WINAPI factory_QueryInterface( IClassFactory *iface, REFIID iid, void **obj )
{
    if (IsEqualGUID( iid, &IID_IUnknown ) || IsEqualGUID( iid, &IID_IClassFactory ))
    {
        *obj = iface;
        return S_OK;
    }
    *obj = NULL;
    return E_NOINTERFACE;
}

/* static: the service's life does not depend on it */
static ULONG WINAPI factory_AddRef( IClassFactory *iface )
{
    return 2;
}

static ULONG WINAPI factory_Release( IClassFactory *iface )
{
    return 1;
}

static HRESULT WINAPI factory_CreateInstance( IClassFactory *iface, IUnknown *outer, REFIID iid, void **obj )
{
    struct factory *factory = CONTAINING_RECORD( iface, struct factory, IClassFactory_iface );

    TRACE( "%p, %s, %p.\n", outer, debugstr_guid( iid ), obj );

    *obj = NULL;
    if (outer) return CLASS_E_NOAGGREGATION;
    return factory->create( iid, obj );
}

static HRESULT WINAPI factory_LockServer( IClassFactory *iface, BOOL lock )
{
    TRACE( "%d.\n", lock );

    return S_OK;
}

static const IClassFactoryVtbl factory_vtbl =
{
    factory_QueryInterface,
    factory_AddRef,
    factory_Release,
    factory_CreateInstance,
    factory_LockServer,
};

static struct factory manager_factory = { { (IClassFactoryVtbl *)&factory_vtbl }, manager_create };
static struct factory qmgr_factory = { { (IClassFactoryVtbl *)&factory_vtbl }, qmgr_create };

/* --- where the doorman finds it: activation.h --------------------------------------------------------------------- */

static LSTATUS open_activation( HKEY *key )
{
    LSTATUS error;
    HKEY parent;

    /* that one is not volatile, other settings are in it */
    if ((error = RegCreateKeyExW( HKEY_LOCAL_MACHINE, ACTIVATION_PARENT, 0, NULL, 0, KEY_WRITE, NULL, &parent, NULL )))
        return error;
    RegCloseKey( parent );
    return RegCreateKeyExW( HKEY_LOCAL_MACHINE, ACTIVATION_KEY, 0, NULL, REG_OPTION_VOLATILE, KEY_WRITE, NULL, key, NULL );
}

/* A reference of the class object that any number of clients may take. */
static HRESULT marshal_factory( struct factory *factory, BYTE *bytes, ULONG *size )
{
    IStream *stream;
    HRESULT hr;

    if (FAILED(hr = CreateStreamOnHGlobal( NULL, TRUE, &stream ))) return hr;
    hr = CoMarshalInterface( stream, &IID_IClassFactory, (IUnknown *)&factory->IClassFactory_iface, MSHCTX_LOCAL, NULL,
                             MSHLFLAGS_TABLESTRONG );
    if (SUCCEEDED(hr)) hr = IStream_Seek( stream, (LARGE_INTEGER){ .QuadPart = 0 }, STREAM_SEEK_SET, NULL );
    if (SUCCEEDED(hr)) hr = IStream_Read( stream, bytes, ACTIVATION_MAX_SIZE, size );
    IStream_Release( stream );
    return hr;
}

static LSTATUS publish( HKEY key, const CLSID *class, const BYTE *bytes, ULONG size )
{
    WCHAR name[40];

    StringFromGUID2( class, name, ARRAY_SIZE( name ) );
    return RegSetValueExW( key, name, 0, REG_BINARY, bytes, size );
}

HRESULT factory_announce(void)
{
    LSTATUS error;
    HRESULT hr;
    ULONG i;
    HKEY key;

    if (!(error = open_activation( &key )))
    {
        for (i = 0; i < SERVICE_CLASSES && !error; i++) error = publish( key, service_classes[i].id, NULL, 0 );
        RegCloseKey( key );
    }
    hr = error ? HRESULT_FROM_WIN32( error ) : doorman_start();
    if (FAILED(hr)) factory_revoke();
    return hr;
}

HRESULT factory_register(void)
{
    BYTE bytes[ACTIVATION_MAX_SIZE];
    LSTATUS error;
    ULONG i, size;
    HRESULT hr = S_OK;
    HKEY key;

    if ((error = open_activation( &key ))) return HRESULT_FROM_WIN32( error );
    for (i = 0; i < SERVICE_CLASSES && SUCCEEDED(hr); i++)
    {
        const CLSID *class = service_classes[i].id;
        struct factory *factory = IsEqualGUID( class, &CLSID_BackgroundCopyQMgr ) ? &qmgr_factory : &manager_factory;

        if (SUCCEEDED(hr = marshal_factory( factory, bytes, &size )))
            hr = HRESULT_FROM_WIN32( publish( key, class, bytes, size ) );
    }
    RegCloseKey( key );
    return FAILED(hr) ? hr : doorman_await();
}

void factory_revoke(void)
{
    WCHAR name[40];
    HKEY key;
    ULONG i;

    if (!open_activation( &key ))
    {
        for (i = 0; i < SERVICE_CLASSES; i++)
        {
            StringFromGUID2( service_classes[i].id, name, ARRAY_SIZE( name ) );
            RegDeleteValueW( key, name );
        }
        RegCloseKey( key );
    }
    /* ends the references that were published */
    CoDisconnectObject( (IUnknown *)&manager_factory.IClassFactory_iface, 0 );
    CoDisconnectObject( (IUnknown *)&qmgr_factory.IClassFactory_iface, 0 );
}
