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
 * object with each interface, which nobody is told of. */

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

/* Where COM has written down what to take back; NULL for what is not marshalled. */
static IStream *streams[COM_OWN_INTERFACES + 1];

static const IID *anchored( ULONG index )
{
    return index < COM_OWN_INTERFACES ? com_interfaces[index] : &IID_IUnknown;
}

static HRESULT WINAPI anchor_QueryInterface( IUnknown *iface, REFIID iid, void **object )
{
    ULONG i;

    *object = NULL;
    for (i = 0; i < ARRAY_SIZE(streams) && !*object; i++) if (IsEqualGUID( iid, anchored( i ) )) *object = iface;
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

void anchor_stop(void)
{
    static const LARGE_INTEGER start;
    ULONG i;

    for (i = 0; i < ARRAY_SIZE(streams); i++)
    {
        if (!streams[i]) continue;
        IStream_Seek( streams[i], start, STREAM_SEEK_SET, NULL );
        CoReleaseMarshalData( streams[i] );
        IStream_Release( streams[i] );
        streams[i] = NULL;
    }
}

void anchor_start(void)
{
    HRESULT hr;
    ULONG i;

    for (i = 0; i < ARRAY_SIZE(streams); i++)
    {
        if (FAILED(hr = CreateStreamOnHGlobal( NULL, TRUE, &streams[i] ))) streams[i] = NULL;
        else hr = CoMarshalInterface( streams[i], anchored( i ), &anchor, MSHCTX_LOCAL, NULL, MSHLFLAGS_TABLESTRONG );
        if (SUCCEEDED(hr)) continue;
        ERR( "%s: %#lx.\n", debugstr_guid( anchored( i ) ), hr );
        if (streams[i]) IStream_Release( streams[i] );
        streams[i] = NULL;
    }
}
