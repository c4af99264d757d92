/*
 * Who makes a COM call
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

#include "identity/identity.h"
#include "identity/private.h"

#include <objbase.h>
#include <rpcdce.h>

#include "callerhook.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

LONG NTAPI RtlGetVersion( RTL_OSVERSIONINFOW *info );

/* What the hook keeps of the call that a thread serves, in two TLS slots so that nothing has to be freed: the
 * client's thread id, and the words below; both 0 for a call without payload. */
static DWORD thread_slot, words_slot;

#define WORD_LEVEL      0x0f    /* RPC_C_IMP_LEVEL_ */
#define WORD_EXPLICIT   0x10    /* the level is the client's own word */
#define WORD_CLOAKED    0x20    /* dynamic cloaking: the thread's token counts */

static BOOL since_1607;

BOOL token_rule_since_1607(void)
{
    return since_1607;
}

/* --- the service's side of the hook -------------------------------------------------------------------------------- */

static HRESULT WINAPI hook_QueryInterface( IChannelHook *iface, REFIID iid, void **obj )
{
    if (IsEqualGUID( iid, &IID_IUnknown ) || IsEqualGUID( iid, &IID_IChannelHook ))
    {
        *obj = iface;
        return S_OK;
    }
    *obj = NULL;
    return E_NOINTERFACE;
}

/* static: there is nothing to count */
static ULONG WINAPI hook_AddRef( IChannelHook *iface )
{
    return 2;
}

static ULONG WINAPI hook_Release( IChannelHook *iface )
{
    return 1;
}

/* The service's own calls to its clients need no payload, but Wine's COM garbles a message when one hook has data (the
 * proxy DLL's, which is in the service too) and another has none.  So this one sends a payload of version 0. */
static void WINAPI hook_ClientGetSize( IChannelHook *iface, REFGUID extension, REFIID iid, ULONG *size )
{
    *size = sizeof(struct caller_payload);
}

static void WINAPI hook_ClientFillBuffer( IChannelHook *iface, REFGUID extension, REFIID iid, ULONG *size, void *buffer )
{
    memset( buffer, 0, sizeof(struct caller_payload) );
    *size = sizeof(struct caller_payload);
}

static void WINAPI hook_ClientNotify( IChannelHook *iface, REFGUID extension, REFIID iid, ULONG size, void *buffer,
                                      DWORD representation, HRESULT fault )
{
}

static void WINAPI hook_ServerNotify( IChannelHook *iface, REFGUID extension, REFIID iid, ULONG size, void *buffer,
                                      DWORD representation )
{
    const struct caller_payload *payload = buffer;
    ULONG_PTR thread = 0, words = 0;

    if (payload && size >= sizeof(*payload) && payload->version)
    {
        thread = payload->thread_id;
        words = payload->imp_level & WORD_LEVEL;
        if (payload->flags & CALLER_BLANKET_EXPLICIT) words |= WORD_EXPLICIT;
        if (payload->capabilities & EOAC_DYNAMIC_CLOAKING) words |= WORD_CLOAKED;
    }
    TlsSetValue( thread_slot, (void *)thread );
    TlsSetValue( words_slot, (void *)words );
}

static void WINAPI hook_ServerGetSize( IChannelHook *iface, REFGUID extension, REFIID iid, HRESULT fault, ULONG *size )
{
    *size = 0;
}

static void WINAPI hook_ServerFillBuffer( IChannelHook *iface, REFGUID extension, REFIID iid, ULONG *size, void *buffer,
                                          HRESULT fault )
{
    *size = 0;
}

static IChannelHookVtbl hook_vtbl =
{
    hook_QueryInterface,
    hook_AddRef,
    hook_Release,
    hook_ClientGetSize,
    hook_ClientFillBuffer,
    hook_ClientNotify,
    hook_ServerNotify,
    hook_ServerGetSize,
    hook_ServerFillBuffer,
};

static IChannelHook hook = { &hook_vtbl };

HRESULT identity_start(void)
{
    static BOOL registered;
    RTL_OSVERSIONINFOW version = { sizeof(version) };
    HRESULT hr;

    RtlGetVersion( &version );
    since_1607 = token_rule_version( version.dwMajorVersion, version.dwMinorVersion, version.dwBuildNumber );
    TRACE( "Windows %lu.%lu.%lu: helper tokens by the rule %s 1607.\n", version.dwMajorVersion,
           version.dwMinorVersion, version.dwBuildNumber, since_1607 ? "since" : "before" );

    /* a hook cannot be taken back, and a service that was stopped can be started again in the same process */
    if (registered) return S_OK;
    thread_slot = TlsAlloc();
    words_slot = TlsAlloc();
    if (thread_slot == TLS_OUT_OF_INDEXES || words_slot == TLS_OUT_OF_INDEXES) return E_OUTOFMEMORY;
    if (SUCCEEDED(hr = CoRegisterChannelHook( &CALLER_HOOK_EXTENSION, &hook ))) registered = TRUE;
    return hr;
}

/* --- the caller ---------------------------------------------------------------------------------------------------- */

DWORD identity_client_process(void)
{
    ULONG pid;

    return I_RpcBindingInqLocalClientPID( NULL, &pid ) == RPC_S_OK ? pid : 0;
}

/* An explicit blanket of less than LEVEL. */
static BOOL is_below( DWORD level )
{
    ULONG_PTR words = (ULONG_PTR)TlsGetValue( words_slot );

    return (words & WORD_EXPLICIT) && (words & WORD_LEVEL) < level;
}

HRESULT identity_check_call(void)
{
    return is_below( RPC_C_IMP_LEVEL_IDENTIFY ) ? E_ACCESSDENIED : S_OK;
}

/* The token of the client's thread.  S_FALSE when it has none, or does not offer it. */
static HRESULT open_thread_token( DWORD pid, HANDLE *token )
{
    ULONG_PTR words = (ULONG_PTR)TlsGetValue( words_slot );
    DWORD tid = (ULONG_PTR)TlsGetValue( thread_slot ), error = ERROR_NO_TOKEN;
    HANDLE thread;

    if (!tid || !(words & WORD_CLOAKED)) return S_FALSE;
    if (!(thread = OpenThread( THREAD_QUERY_INFORMATION, FALSE, tid ))) return E_ACCESSDENIED;
    if (GetProcessIdOfThread( thread ) != pid)
    {
        WARN( "Process %#lx names thread %#lx, which is not its own.\n", pid, tid );
        error = ERROR_ACCESS_DENIED;
    }
    else if (OpenThreadToken( thread, TOKEN_QUERY | TOKEN_DUPLICATE | TOKEN_IMPERSONATE, TRUE, token )) error = 0;
    else error = GetLastError();
    CloseHandle( thread );

    if (!error) return S_OK;
    return error == ERROR_NO_TOKEN ? S_FALSE : E_ACCESSDENIED;
}

static HRESULT open_process_token( DWORD pid, HANDLE *token )
{
    HANDLE process;
    BOOL ret;

    if (!(process = OpenProcess( PROCESS_QUERY_INFORMATION, FALSE, pid ))) return E_ACCESSDENIED;
    ret = OpenProcessToken( process, TOKEN_QUERY | TOKEN_DUPLICATE | TOKEN_IMPERSONATE, token );
    CloseHandle( process );
    return ret ? S_OK : E_ACCESSDENIED;
}

/* DENIED: what is returned when the client grants less than LEVEL. */
static HRESULT capture( SECURITY_IMPERSONATION_LEVEL level, HRESULT denied, struct identity **identity )
{
    SECURITY_IMPERSONATION_LEVEL token_level;
    HANDLE token;
    DWORD size;
    HRESULT hr;
    DWORD pid;

    /* RPC_C_IMP_LEVEL_IDENTIFY and SecurityIdentification are one apart */
    if (is_below( level + 1 )) return denied;
    if (!(pid = identity_client_process())) return E_ACCESSDENIED;

    if (FAILED(hr = open_thread_token( pid, &token ))) return denied;
    if (hr == S_OK)
    {
        if (!GetTokenInformation( token, TokenImpersonationLevel, &token_level, sizeof(token_level), &size ) ||
            token_level < level)
        {
            CloseHandle( token );
            return denied;
        }
    }
    else if (FAILED(open_process_token( pid, &token ))) return E_ACCESSDENIED;

    hr = identity_from_token( token, identity );
    CloseHandle( token );
    return hr;
}

HRESULT identity_of_caller( struct identity **caller )
{
    return capture( SecurityIdentification, E_ACCESSDENIED, caller );
}

HRESULT identity_of_helper( struct identity **helper )
{
    return capture( SecurityImpersonation, CO_E_FAILEDTOIMPERSONATE, helper );
}
