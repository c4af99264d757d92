/*
 * A client's object that judges server certificates, and what it is shown
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

#include <wincrypt.h>

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

/* The bytes of the DER sequence at DATA; 0: it is none, or not all there. */
static SIZE_T sequence_size( const BYTE *data, SIZE_T size )
{
    SIZE_T length, head = 2, i;

    if (size < head || data[0] != 0x30) return 0;
    length = data[1];
    if (data[1] & 0x80)
    {
        head += data[1] & 0x7f;
        if (head > 2 + sizeof(DWORD) || size < head) return 0;
        for (i = 2, length = 0; i < head; i++) length = length << 8 | data[i];
    }
    return length <= size - head ? head + length : 0;
}

/* A serialized store of all certificates of CHAIN, malloc'ed; SIZE: of the first one.  CRYPT_E_ASN1_BADTAG, E_OUTOFMEMORY, or
 * what the store says. */
static HRESULT serialize_chain( const BYTE *chain, SIZE_T chain_size, SIZE_T *size, CRYPT_DATA_BLOB *ret )
{
    CRYPT_DATA_BLOB blob = { 0 };
    HRESULT hr = S_OK;
    HCERTSTORE store;
    SIZE_T at, next;

    *size = sequence_size( chain, chain_size );
    if (!(store = CertOpenStore( CERT_STORE_PROV_MEMORY, 0, 0, CERT_STORE_CREATE_NEW_FLAG, NULL ))) return E_OUTOFMEMORY;
    for (at = 0; SUCCEEDED(hr) && at < chain_size; at += next)
    {
        if (!(next = sequence_size( chain + at, chain_size - at ))) hr = CRYPT_E_ASN1_BADTAG;
        else if (!CertAddEncodedCertificateToStore( store, X509_ASN_ENCODING, chain + at, next, CERT_STORE_ADD_ALWAYS, NULL ))
            hr = HRESULT_FROM_WIN32( GetLastError() );
    }
    if (SUCCEEDED(hr) && !CertSaveStore( store, X509_ASN_ENCODING, CERT_STORE_SAVE_AS_STORE, CERT_STORE_SAVE_TO_MEMORY, &blob, 0 ))
        hr = HRESULT_FROM_WIN32( GetLastError() );
    if (SUCCEEDED(hr) && !(blob.pbData = malloc( blob.cbData ))) hr = E_OUTOFMEMORY;
    if (SUCCEEDED(hr) && !CertSaveStore( store, X509_ASN_ENCODING, CERT_STORE_SAVE_AS_STORE, CERT_STORE_SAVE_TO_MEMORY, &blob, 0 ))
        hr = HRESULT_FROM_WIN32( GetLastError() );
    CertCloseStore( store, 0 );
    if (SUCCEEDED(hr)) *ret = blob;
    else free( blob.pbData );
    return hr;
}

HRESULT certificate_judge( IUnknown *judge, struct job *job, ULONG index, const BYTE *chain, SIZE_T size,
                           struct identity *identity )
{
    IBackgroundCopyFile *file;
    CRYPT_DATA_BLOB store;
    struct view *view;
    SIZE_T first;
    HRESULT hr;

    TRACE( "%p, %s, %lu.\n", judge, debugstr_guid( &job->id ), index );

    if (FAILED(hr = serialize_chain( chain, size, &first, &store ))) return hr;
    if (SUCCEEDED(hr = view_create( job, identity, &view )))
    {
        if (SUCCEEDED(hr = file_create( view, index, &file )))
        {
            hr = IBackgroundCopyServerCertificateValidationCallback_ValidateServerCertificate(
                    (IBackgroundCopyServerCertificateValidationCallback *)judge, view_job( view ), file, first, chain,
                    X509_ASN_ENCODING, store.cbData, store.pbData );
            IBackgroundCopyFile_Release( file );
        }
        view_release( view );
    }
    free( store.pbData );
    return hr;
}
