/*
 * What the proxy DLL tells the service about the caller of each COM call
 *
 * Copyright 2026 The winebits authors
 *
 * This library is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 */

/* Wine's COM has no call context: the service cannot impersonate its client.  So the proxy DLL registers a channel
 * hook (IChannelHook) in the client, which puts a struct caller_payload under CALLER_HOOK_EXTENSION into each COM call
 * of that process.  The service registers its own hook under the same id, reads the payload in ServerNotify and keeps
 * it for the duration of the call: ServerNotify runs on the thread that then serves the call, also for a remote
 * QueryInterface (interface id IID_IRemUnknown).
 *
 * The payload is what the client says.  Only the process id is known for certain (I_RpcBindingInqLocalClientPID), so
 * the receiver must check that the thread belongs to that process: a client can then name only its own threads.
 *
 * A call may come without payload: ServerNotify then has a size of 0 and must forget what the thread kept from the
 * call before.  This happens until the client has loaded the proxy DLL (CoCreateInstance itself, and a first
 * QueryInterface on an IUnknown), and with Wine's own proxies.
 *
 * The proxy DLL is loaded in the service too, for stubs and for the proxies of the clients' callbacks.  There its
 * hook puts a payload into the calls that the service makes, and ignores what it receives.
 *
 * No client side of a hook may answer 0 in ClientGetSize when another hook of the process has data: COM in Wine 8.0
 * then writes an empty extension that it has not counted, over the end of the buffer, and the other side misreads the
 * call.  So the service's hook, too, sends a payload in every call: all of it 0 (version 0 says nothing).
 *
 * spec: api 1.5; docs: compat
 */

#ifndef __WINEBITS_CALLERHOOK_H
#define __WINEBITS_CALLERHOOK_H

static const GUID CALLER_HOOK_EXTENSION =
    { 0x9276e65f, 0x69bd, 0x4deb, { 0x9a, 0xa4, 0xb7, 0xa6, 0x03, 0x2e, 0x92, 0xfa } };

/* Later versions only append members, so a receiver takes any payload that is at least as long as the structure it
 * knows and whose version is not 0. */
#define CALLER_PAYLOAD_VERSION  1

/* The client has set a blanket on this proxy (CoSetProxyBlanket), so imp_level and capabilities are its own words. */
#define CALLER_BLANKET_EXPLICIT 0x00000001

/* Little endian, the same in both bitnesses, and a multiple of 8 bytes: Wine reserves space for a multiple of 8 and
 * counts what the hook has filled in. */
struct caller_payload
{
    UINT32 version;         /* CALLER_PAYLOAD_VERSION */
    UINT32 thread_id;       /* of the thread that makes the call */
    UINT32 flags;           /* CALLER_... */
    UINT32 imp_level;       /* RPC_C_IMP_LEVEL_ANONYMOUS to _DELEGATE in force, never _DEFAULT */
    UINT32 capabilities;    /* EOAC_... in force, never EOAC_DEFAULT; without EOAC_DYNAMIC_CLOAKING the thread's token
                               is not offered and the process token counts */
    UINT32 authn_level;     /* RPC_C_AUTHN_LEVEL_NONE to _PKT_PRIVACY in force, never _DEFAULT */
};

/* In force on a proxy on which the client has not set (or has set to "default") the respective value.  Windows would
 * take them from CoInitializeSecurity, which Wine does not keep. */
#define CALLER_DEFAULT_IMP_LEVEL    3       /* RPC_C_IMP_LEVEL_IMPERSONATE */
#define CALLER_DEFAULT_CAPABILITIES 0x40    /* EOAC_DYNAMIC_CLOAKING */
#define CALLER_DEFAULT_AUTHN_LEVEL  6       /* RPC_C_AUTHN_LEVEL_PKT_PRIVACY */

#endif /* __WINEBITS_CALLERHOOK_H */
