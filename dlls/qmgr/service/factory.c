/*
 * Class objects of the manager, and of the old queue manager
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

/* spec: api 1.2; the last one is the old queue manager */
static const CLSID * const classes[] =
{
    &CLSID_BackgroundCopyManager,
    &CLSID_BackgroundCopyManager1_5,
    &CLSID_BackgroundCopyManager2_0,
    &CLSID_BackgroundCopyManager2_5,
    &CLSID_BackgroundCopyManager3_0,
    &CLSID_BackgroundCopyManager4_0,
    &CLSID_BackgroundCopyManager5_0,
    &CLSID_BackgroundCopyManager10_1,
    &CLSID_BackgroundCopyManager10_2,
    &CLSID_BackgroundCopyManager10_3,
    &CLSID_BackgroundCopyQMgr,
};

static DWORD cookies[ARRAY_SIZE( classes )];

HRESULT factory_register(void)
{
    HRESULT hr = S_OK;
    ULONG i;

    for (i = 0; i < ARRAY_SIZE( classes ) && SUCCEEDED(hr); i++)
    {
        struct factory *factory = i < ARRAY_SIZE( classes ) - 1 ? &manager_factory : &qmgr_factory;

        if (FAILED(hr = CoRegisterClassObject( classes[i], (IUnknown *)&factory->IClassFactory_iface,
                                               CLSCTX_LOCAL_SERVER, REGCLS_MULTIPLEUSE, &cookies[i] )))
            ERR( "%s: %#lx.\n", debugstr_guid( classes[i] ), hr );
    }
    if (FAILED(hr)) factory_revoke();
    return hr;
}

/* A registration that is not revoked would answer for us after our end. */
void factory_revoke(void)
{
    ULONG i;

    for (i = 0; i < ARRAY_SIZE( classes ); i++)
    {
        if (cookies[i]) CoRevokeClassObject( cookies[i] );
        cookies[i] = 0;
    }
}
