/*
 * A client certificate out of a PFX file
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

#include "client.h"
#include <wincrypt.h>

static HRESULT read_whole( const WCHAR *path, BYTE *data, DWORD *size )
{
    HANDLE file = CreateFileW( path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL );
    HRESULT hr = file != INVALID_HANDLE_VALUE && ReadFile( file, data, *size, size, NULL ) ? S_OK :
                 HRESULT_FROM_WIN32( GetLastError() );

    CloseHandle( file );
    return hr;
}

HRESULT import_certificate( const WCHAR *path, BYTE *hash )
{
    DWORD size = 20, file_size = 16384;
    const CERT_CONTEXT *certificate;
    HCERTSTORE from, to;
    CRYPT_DATA_BLOB pfx;
    BYTE data[16384];
    HRESULT hr;

    if (FAILED(hr = read_whole( path, data, &file_size ))) return hr;
    pfx.cbData = file_size;
    pfx.pbData = data;
    if (!(from = PFXImportCertStore( &pfx, L"password", CRYPT_EXPORTABLE ))) return HRESULT_FROM_WIN32( GetLastError() );
    certificate = CertFindCertificateInStore( from, X509_ASN_ENCODING, 0, CERT_FIND_ANY, NULL, NULL );
    to = CertOpenSystemStoreW( 0, L"MY" );
    hr = certificate && CertAddCertificateContextToStore( to, certificate, CERT_STORE_ADD_REPLACE_EXISTING, NULL ) &&
         CertGetCertificateContextProperty( certificate, CERT_SHA1_HASH_PROP_ID, hash, &size ) ? S_OK :
         HRESULT_FROM_WIN32( GetLastError() );
    if (certificate) CertFreeCertificateContext( certificate );
    CertCloseStore( to, 0 );
    CertCloseStore( from, 0 );
    return hr;
}

HRESULT import_authority( const WCHAR *path, DWORD location )
{
    HCERTSTORE store;
    BYTE data[16384];
    DWORD size = sizeof(data);
    HRESULT hr;

    if (FAILED(hr = read_whole( path, data, &size ))) return hr;
    if (!(store = CertOpenStore( CERT_STORE_PROV_SYSTEM_W, 0, 0, location, L"ROOT" )))
        return HRESULT_FROM_WIN32( GetLastError() );
    if (!CertAddEncodedCertificateToStore( store, X509_ASN_ENCODING, data, size, CERT_STORE_ADD_REPLACE_EXISTING, NULL ))
        hr = HRESULT_FROM_WIN32( GetLastError() );
    CertCloseStore( store, 0 );
    return hr;
}
