/*
 * Interface proxies that keep a security blanket, and the caller hook
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

/* What the DLL adds to the proxies and stubs that widl makes from bitsps.idl.
 *
 * Wine's proxy manager answers IClientSecurity with E_NOTIMPL, so CoSetProxyBlanket and its sisters fail on every
 * proxy.  Ours keep the blanket themselves.  main.c puts our factory in front of the standard one; for each interface
 * proxy that COM asks for, proxy.c puts itself around the standard proxy on three sides:
 *
 *     client --> standard interface proxy ----> our channel --> COM's channel --> service
 *                     | QI, AddRef, Release         | GetBuffer
 *                     v                             v
 *                our outer object                blanket in the thread's slot (hook.c)
 *                     |                             ^
 *                     v QI                          |
 *                COM's proxy manager ---------------+ remote QueryInterface
 *
 * so that IClientSecurity is answered per interface pointer (security.c), and the blanket is in the thread's slot
 * whenever COM runs the channel hooks: in GetBuffer of a call, and in the QueryInterface that goes to the service.
 *
 * Limits: a pointer to IUnknown, and IMultiQI, belong to COM's proxy manager.  A blanket cannot be set on them
 * (E_NOTIMPL), and a QueryInterface on them goes out with the default blanket.
 *
 * spec: api 1.5
 */

#ifndef __QMGRPRXY_PROXY_H
#define __QMGRPRXY_PROXY_H

#include <windows.h>
#include <objidl.h>
#include <rpcproxy.h>

/* --- the hook (hook.c) ---------------------------------------------------------------------------------------- */

/* The part of a blanket that goes to the service; see struct caller_payload. */
struct offer
{
    UINT32 flags;
    UINT32 imp_level;
    UINT32 capabilities;
    UINT32 authn_level;
};

/* Allocates and frees the thread slot.  From DllMain only. */
BOOL hook_attach(void);
void hook_detach(void);

/* Registers the hook with COM and pins the DLL, since COM has no way to unregister a hook.  Once per process, not
 * under the loader lock.  Returns what CoRegisterChannelHook returns. */
HRESULT hook_register(void);

/* Makes OFFER the one that the hook sends for calls of this thread until hook_restore() gets the result back.  The
 * pairs nest.  OFFER must live that long. */
const struct offer *hook_publish( const struct offer *offer );
void hook_restore( const struct offer *previous );

/* --- the interface proxy (proxy.c) ---------------------------------------------------------------------------- */

struct blanket
{
    BOOL   is_explicit;     /* the client has set it */
    DWORD  authn_svc;       /* this and the following: in force, "default" is resolved */
    DWORD  authz_svc;
    DWORD  authn_level;
    DWORD  imp_level;
    DWORD  capabilities;
    WCHAR *principal;       /* ours, or NULL */
    void  *auth_info;       /* the client's, only handed back */
};

/* References: one count for the object that COM holds as IRpcProxyBuffer and, until Disconnect, for the channel that
 * the standard proxy holds.  The outer object and IClientSecurity count on the proxy manager, which in turn holds
 * the IRpcProxyBuffer as long as anybody holds it. */
struct proxy
{
    IUnknown          IUnknown_iface;           /* outer object of the standard proxy */
    IRpcProxyBuffer   IRpcProxyBuffer_iface;    /* what COM holds */
    IRpcChannelBuffer IRpcChannelBuffer_iface;  /* what the standard proxy calls through */
    IClientSecurity   IClientSecurity_iface;
    LONG              refs;
    IUnknown         *outer;                    /* COM's proxy manager, or a private copy's; not counted */
    IRpcProxyBuffer  *standard;
    IUnknown         *iface;                    /* what the client calls; not counted */
    IID               iid;
    SRWLOCK           lock;                     /* of the members below; never held across a call */
    IRpcChannelBuffer *channel;                 /* COM's; NULL when not connected */
    struct blanket    blanket;
};

/* As IPSFactoryBuffer::CreateProxy with the default blanket; *IFACE carries a reference on OUTER. */
HRESULT proxy_create( IUnknown *outer, REFIID iid, IRpcProxyBuffer **buffer, void **iface );

/* The proxy behind a client's interface pointer: PROXY itself, or one of the same object or of another.
 * NULL if IFACE is not a pointer to a proxy of this DLL.  On success the caller releases IFACE's object through
 * the result's outer object: IUnknown_Release( result->outer ). */
struct proxy *proxy_from_iface( struct proxy *proxy, IUnknown *iface );

/* --- the blanket (security.c) --------------------------------------------------------------------------------- */

extern const IClientSecurityVtbl client_security_vtbl;

void blanket_init( struct blanket *blanket );
void blanket_clear( struct blanket *blanket );

/* --- finding the service (activate.c) ------------------------------------------------------------------------- */

/* Makes the object that unmarshals what the doorman hands out; see activation.h.  Static. */
extern IClassFactory unmarshaller_factory;

/* --- the standard factory (main.c) ---------------------------------------------------------------------------- */

/* Valid once DllGetClassObject has succeeded, and so whenever a proxy exists. */
extern IPSFactoryBuffer *standard_factory;

#endif /* __QMGRPRXY_PROXY_H */
