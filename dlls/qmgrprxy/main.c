/*
 * Entry points and the factory in front of the standard one
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
#include "proxy.h"
#include "bits.h"
#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

extern const CLSID CLSID_PSFactoryBuffer;

/* made by dlldata.c under ENTRY_PREFIX */
BOOL WINAPI StdDllMain( HINSTANCE instance, DWORD reason, void *reserved );
void RPC_ENTRY GetProxyDllInfo( const ProxyFileInfo ***files, const CLSID **clsid );
HRESULT WINAPI StdDllGetClassObject( REFCLSID clsid, REFIID iid, void **obj );

IPSFactoryBuffer *standard_factory;

static HRESULT WINAPI Factory_QueryInterface( IPSFactoryBuffer *iface, REFIID iid, void **obj )
{
    if (IsEqualIID( iid, &IID_IUnknown ) || IsEqualIID( iid, &IID_IPSFactoryBuffer ))
    {
        *obj = iface;
        return S_OK;
    }
    /* the class has another factory, for the unmarshaller */
    if (IsEqualIID( iid, &IID_IClassFactory )) return IClassFactory_QueryInterface( &unmarshaller_factory, iid, obj );
    WARN( "No interface %s.\n", debugstr_guid( iid ));
    *obj = NULL;
    return E_NOINTERFACE;
}

/* static, and the DLL is pinned once the factory has been handed out */
static ULONG WINAPI Factory_AddRef( IPSFactoryBuffer *iface )
{
    return 2;
}

static ULONG WINAPI Factory_Release( IPSFactoryBuffer *iface )
{
    return 1;
}

static HRESULT WINAPI Factory_CreateProxy( IPSFactoryBuffer *iface, IUnknown *outer, REFIID iid,
                                           IRpcProxyBuffer **proxy, void **obj )
{
    TRACE( "outer %p, iid %s, proxy %p, obj %p.\n", outer, debugstr_guid( iid ), proxy, obj );

    return proxy_create( outer, iid, proxy, obj );
}

static HRESULT WINAPI Factory_CreateStub( IPSFactoryBuffer *iface, REFIID iid, IUnknown *server,
                                          IRpcStubBuffer **stub )
{
    TRACE( "iid %s, server %p, stub %p.\n", debugstr_guid( iid ), server, stub );

    return IPSFactoryBuffer_CreateStub( standard_factory, iid, server, stub );
}

static const IPSFactoryBufferVtbl factory_vtbl =
{
    Factory_QueryInterface,
    Factory_AddRef,
    Factory_Release,
    Factory_CreateProxy,
    Factory_CreateStub,
};

static IPSFactoryBuffer factory = { (IPSFactoryBufferVtbl *)&factory_vtbl };

static BOOL WINAPI register_hook( INIT_ONCE *once, void *param, void **context )
{
    *(HRESULT *)param = hook_register();
    return SUCCEEDED(*(HRESULT *)param);
}

/* Wine's COM looks into the registry for an interface's proxy class, and for the DLL of that class, each time that an
 * object is marshalled or unmarshalled: that is a third of what an object costs.  It asks there only for what the
 * process has not registered, and the apartment.  Without it everything works, just slower. */
static void register_shortcut( REFCLSID clsid )
{
    const ProxyFileInfo **files;
    const CLSID *unused;
    DWORD cookie, i;
    HRESULT hr;

    GetProxyDllInfo( &files, &unused );
    for (; *files; files++)
        for (i = 0; i < (*files)->TableSize; i++)
            if (FAILED(hr = CoRegisterPSClsid( (*files)->pStubVtblList[i]->header.piid, clsid ))) WARN( "%#lx.\n", hr );
    /* the end of the apartment takes it back */
    hr = CoRegisterClassObject( clsid, (IUnknown *)&factory, CLSCTX_INPROC_SERVER, REGCLS_MULTIPLEUSE, &cookie );
    if (FAILED(hr)) WARN( "%#lx.\n", hr );
}

/* COM calls this first in an apartment, with no loader lock held, when a BITS interface is about to be marshalled, or the
 * doorman's packet unmarshalled. */
HRESULT WINAPI DllGetClassObject( REFCLSID clsid, REFIID iid, void **obj )
{
    static INIT_ONCE once = INIT_ONCE_STATIC_INIT;
    HRESULT hr;

    TRACE( "clsid %s, iid %s, obj %p.\n", debugstr_guid( clsid ), debugstr_guid( iid ), obj );

    *obj = NULL;
    /* Wine's proxies have the id of their first interface: ours may stand in their place, for every prefix */
    if (!IsEqualCLSID( clsid, &CLSID_PSFactoryBuffer ) && !IsEqualCLSID( clsid, &IID_IBackgroundCopyManager ))
        return CLASS_E_CLASSNOTAVAILABLE;
    if (FAILED(hr = StdDllGetClassObject( &CLSID_PSFactoryBuffer, &IID_IPSFactoryBuffer, (void **)&standard_factory )))
        return hr;
    if (!InitOnceExecuteOnce( &once, register_hook, &hr, NULL )) return hr;
    register_shortcut( clsid );
    return IPSFactoryBuffer_QueryInterface( &factory, iid, obj );
}

BOOL WINAPI DllMain( HINSTANCE instance, DWORD reason, void *reserved )
{
    switch (reason)
    {
    case DLL_PROCESS_ATTACH:
        return StdDllMain( instance, reason, reserved ) && hook_attach();
    case DLL_PROCESS_DETACH:
        if (!reserved) hook_detach();
        break;
    }
    return TRUE;
}
