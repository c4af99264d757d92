/*
 * An object that keeps our interfaces known to RPC
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

/* Wine's COM registers an interface with RPC when the first object of the process is marshalled with it, and takes the
 * registration back with the last one.  Taking back waits for calls of that interface that are still at work, and misses
 * the end of one that ends at just that moment (RpcServerUnregisterIf); then the client's Release, for which it was
 * done, never returns.  On a machine with two busy processors that happened to one job in 8,000.  So there is always one
 * object with each interface, which nobody is told of.
 *
 * The end of the last apartment takes everything back, too: now and then a service that was stopped while clients called
 * it never ended, and could not be started any more.  So the apartment stays until the process ends, and the objects in
 * it. */

#define COBJMACROS
#include "com/com.h"

#include <objbase.h>

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

/* spec: api 1.4 */
const IID * const com_interfaces[COM_INTERFACES] =
{
    &IID_IBackgroundCopyManager,
    &IID_IBitsPeerCacheAdministration,
    &IID_IBackgroundCopyJob,
    &IID_IBackgroundCopyJob2,
    &IID_IBackgroundCopyJob3,
    &IID_IBackgroundCopyJob4,
    &IID_IBackgroundCopyJob5,
    &IID_IBackgroundCopyJobHttpOptions,
    &IID_IBackgroundCopyJobHttpOptions2,
    &IID_IBackgroundCopyJobHttpOptions3,
    &IID_IBitsTokenOptions,
    &IID_IBackgroundCopyFile,
    &IID_IBackgroundCopyFile2,
    &IID_IBackgroundCopyFile3,
    &IID_IBackgroundCopyFile4,
    &IID_IBackgroundCopyFile5,
    &IID_IBackgroundCopyFile6,
    &IID_IBackgroundCopyError,
    &IID_IEnumBackgroundCopyJobs,
    &IID_IEnumBackgroundCopyFiles,
    &IID_IEnumBitsPeerCacheRecords,
    &IID_IEnumBitsPeers,
    &IID_IBackgroundCopyQMgr,
    &IID_IBackgroundCopyGroup,
    &IID_IBackgroundCopyJob1,
    &IID_IEnumBackgroundCopyGroups,
    &IID_IEnumBackgroundCopyJobs1,

    /* of clients' objects, or of none */
    &IID_IBackgroundCopyCallback,
    &IID_IBackgroundCopyCallback2,
    &IID_IBackgroundCopyCallback3,
    &IID_IBackgroundCopyServerCertificateValidationCallback,
    &IID_IBitsPeerCacheRecord,
    &IID_IBitsPeer,
    &IID_IBackgroundCopyCallback1,
};

/* What class objects and sinks are asked for. */
static const IID * const other_interfaces[] = { &IID_IUnknown, &IID_IClassFactory };

#define ANCHORED (COM_OWN_INTERFACES + ARRAY_SIZE(other_interfaces))

static const IID *anchored( ULONG index )
{
    return index < COM_OWN_INTERFACES ? com_interfaces[index] : other_interfaces[index - COM_OWN_INTERFACES];
}

static HRESULT WINAPI anchor_QueryInterface( IUnknown *iface, REFIID iid, void **object )
{
    ULONG i;

    *object = NULL;
    for (i = 0; i < ANCHORED && !*object; i++) if (IsEqualGUID( iid, anchored( i ) )) *object = iface;
    return *object ? S_OK : E_NOINTERFACE;
}

/* static */
static ULONG WINAPI anchor_AddRef( IUnknown *iface )
{
    return 2;
}

static ULONG WINAPI anchor_Release( IUnknown *iface )
{
    return 1;
}

/* Methods there are none: no pointer to it ever leaves the process. */
static const IUnknownVtbl anchor_vtbl = { anchor_QueryInterface, anchor_AddRef, anchor_Release };
static IUnknown anchor = { (IUnknownVtbl *)&anchor_vtbl };

static HRESULT drop_anchor( const IID *iid )
{
    IStream *stream;
    HRESULT hr;

    if (FAILED(hr = CreateStreamOnHGlobal( NULL, TRUE, &stream ))) return hr;
    hr = CoMarshalInterface( stream, iid, &anchor, MSHCTX_LOCAL, NULL, MSHLFLAGS_TABLESTRONG );
    IStream_Release( stream );
    return hr;
}

HRESULT anchor_start(void)
{
    static CO_MTA_USAGE_COOKIE apartment;   /* the process may be there from an earlier start */
    HRESULT (WINAPI *increment_usage)( CO_MTA_USAGE_COOKIE *cookie );
    HRESULT hr;
    ULONG i;

    if (apartment) return S_OK;
    /* the import library of mingw-w64 for 32 bits does not have it */
    increment_usage = (void *)GetProcAddress( GetModuleHandleW( L"ole32.dll" ), "CoIncrementMTAUsage" );
    if (!increment_usage) return HRESULT_FROM_WIN32( GetLastError() );
    if (FAILED(hr = increment_usage( &apartment ))) return hr;
    for (i = 0; i < ANCHORED; i++)
        if (FAILED(hr = drop_anchor( anchored( i ) ))) ERR( "%s: %#lx.\n", debugstr_guid( anchored( i ) ), hr );
    return S_OK;
}
