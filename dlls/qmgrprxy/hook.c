/*
 * The channel hook that tells the service who calls
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
#include "callerhook.h"
#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

static DWORD slot = TLS_OUT_OF_INDEXES;

BOOL hook_attach(void)
{
    return (slot = TlsAlloc()) != TLS_OUT_OF_INDEXES;
}

void hook_detach(void)
{
    TlsFree( slot );
}

const struct offer *hook_publish( const struct offer *offer )
{
    const struct offer *previous = TlsGetValue( slot );

    TlsSetValue( slot, (void *)offer );
    return previous;
}

void hook_restore( const struct offer *previous )
{
    TlsSetValue( slot, (void *)previous );
}

static HRESULT WINAPI ChannelHook_QueryInterface( IChannelHook *iface, REFIID iid, void **obj )
{
    if (IsEqualIID( iid, &IID_IUnknown ) || IsEqualIID( iid, &IID_IChannelHook ))
    {
        *obj = iface;
        return S_OK;
    }
    *obj = NULL;
    return E_NOINTERFACE;
}

static ULONG WINAPI ChannelHook_AddRef( IChannelHook *iface )
{
    return 2;
}

static ULONG WINAPI ChannelHook_Release( IChannelHook *iface )
{
    return 1;
}

/* For every COM call of the process, also those to other servers: COM in Wine 8.0 writes a header for a hook without
 * data when another hook has data, but reserves no room for it.  So no hook of ours ever has none. */
static void WINAPI ChannelHook_ClientGetSize( IChannelHook *iface, REFGUID extension, REFIID iid, ULONG *size )
{
    *size = sizeof(struct caller_payload);
}

static void WINAPI ChannelHook_ClientFillBuffer( IChannelHook *iface, REFGUID extension, REFIID iid, ULONG *size,
                                                 void *buffer )
{
    const struct offer *offer = TlsGetValue( slot );
    struct caller_payload *payload = buffer;

    payload->version = CALLER_PAYLOAD_VERSION;
    payload->thread_id = GetCurrentThreadId();
    payload->flags = offer ? offer->flags : 0;
    payload->imp_level = offer ? offer->imp_level : CALLER_DEFAULT_IMP_LEVEL;
    payload->capabilities = offer ? offer->capabilities : CALLER_DEFAULT_CAPABILITIES;
    payload->authn_level = offer ? offer->authn_level : CALLER_DEFAULT_AUTHN_LEVEL;
    *size = sizeof(*payload);
}

static void WINAPI ChannelHook_ClientNotify( IChannelHook *iface, REFGUID extension, REFIID iid, ULONG size,
                                             void *buffer, DWORD rep, HRESULT hr )
{
}

static void WINAPI ChannelHook_ServerNotify( IChannelHook *iface, REFGUID extension, REFIID iid, ULONG size,
                                             void *buffer, DWORD rep )
{
}

static void WINAPI ChannelHook_ServerGetSize( IChannelHook *iface, REFGUID extension, REFIID iid, HRESULT hr,
                                              ULONG *size )
{
    *size = 0;
}

static void WINAPI ChannelHook_ServerFillBuffer( IChannelHook *iface, REFGUID extension, REFIID iid, ULONG *size,
                                                 void *buffer, HRESULT hr )
{
    *size = 0;
}

static const IChannelHookVtbl channel_hook_vtbl =
{
    ChannelHook_QueryInterface,
    ChannelHook_AddRef,
    ChannelHook_Release,
    ChannelHook_ClientGetSize,
    ChannelHook_ClientFillBuffer,
    ChannelHook_ClientNotify,
    ChannelHook_ServerNotify,
    ChannelHook_ServerGetSize,
    ChannelHook_ServerFillBuffer,
};

static IChannelHook channel_hook = { (IChannelHookVtbl *)&channel_hook_vtbl };

HRESULT hook_register(void)
{
    HMODULE module;
    HRESULT hr;

    if (!GetModuleHandleExW( GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                             (const WCHAR *)&channel_hook, &module ))
        return HRESULT_FROM_WIN32( GetLastError() );

    if (FAILED(hr = CoRegisterChannelHook( &CALLER_HOOK_EXTENSION, &channel_hook )))
        ERR( "Failed to register the channel hook, hr %#lx.\n", hr );
    return hr;
}
