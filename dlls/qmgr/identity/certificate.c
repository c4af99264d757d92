/*
 * Client certificates: which one is meant, and what proves it
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

#include <wincrypt.h>

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

static const DWORD locations[] =
{
    CERT_SYSTEM_STORE_CURRENT_USER,
    CERT_SYSTEM_STORE_LOCAL_MACHINE,
    CERT_SYSTEM_STORE_CURRENT_SERVICE,
    CERT_SYSTEM_STORE_SERVICES,
    CERT_SYSTEM_STORE_USERS,
    CERT_SYSTEM_STORE_CURRENT_USER_GROUP_POLICY,
    CERT_SYSTEM_STORE_LOCAL_MACHINE_GROUP_POLICY,
    CERT_SYSTEM_STORE_LOCAL_MACHINE_ENTERPRISE,
};

C_ASSERT( ARRAY_SIZE(locations) == BG_CERT_STORE_LOCATION_LOCAL_MACHINE_ENTERPRISE + 1 );

/* The stores that every user has, whether there is something in them or not (spec: api 5.6.1). */
static BOOL is_system_store( const WCHAR *name )
{
    static const WCHAR * const names[] = { L"CA", L"MY", L"ROOT", L"SPC" };
    ULONG i;

    for (i = 0; i < ARRAY_SIZE(names); i++)
        if (!wstr_icmp_ascii( name, names[i] )) return TRUE;
    return FALSE;
}

static BOOL has_usage( const CERT_ENHKEY_USAGE *usage, const char *oid )
{
    DWORD i;

    for (i = 0; i < usage->cUsageIdentifier; i++)
        if (!strcmp( usage->rgpszUsageIdentifier[i], oid )) return TRUE;
    return FALSE;
}

/* Valid today, and for client authentication or for anything. */
static BOOL is_for_clients( const CERT_CONTEXT *certificate )
{
    CERT_ENHKEY_USAGE *usage;
    DWORD size = 0;
    BOOL ret;

    if (CertVerifyTimeValidity( NULL, certificate->pCertInfo )) return FALSE;
    if (!CertGetEnhancedKeyUsage( certificate, 0, NULL, &size ) || !(usage = malloc( size ))) return FALSE;
    ret = CertGetEnhancedKeyUsage( certificate, 0, usage, &size ) &&
          (has_usage( usage, szOID_PKIX_KP_CLIENT_AUTH ) ||
           (!usage->cUsageIdentifier && GetLastError() == CRYPT_E_NOT_FOUND));
    free( usage );
    return ret;
}

static const CERT_CONTEXT *find_in_store( HCERTSTORE store, const BYTE *hash, const WCHAR *subject )
{
    CRYPT_HASH_BLOB blob = { CERTIFICATE_HASH_SIZE, (BYTE *)hash };
    const CERT_CONTEXT *certificate = NULL;

    do
    {
        certificate = CertFindCertificateInStore( store, X509_ASN_ENCODING | PKCS_7_ASN_ENCODING, 0,
                                                  hash ? CERT_FIND_SHA1_HASH : CERT_FIND_SUBJECT_STR_W,
                                                  hash ? (const void *)&blob : subject, certificate );
    }
    while (certificate && !hash && !is_for_clients( certificate ));
    return certificate;
}

/* Impersonating the owner. */
static HRESULT find_certificate( BG_CERT_STORE_LOCATION location, const WCHAR *name, const BYTE *hash,
                                 const WCHAR *subject, const CERT_CONTEXT **certificate )
{
    HCERTSTORE store;
    HRESULT hr;

    *certificate = NULL;
    if ((store = CertOpenStore( CERT_STORE_PROV_SYSTEM_W, 0, 0, locations[location] | CERT_STORE_OPEN_EXISTING_FLAG |
                                CERT_STORE_READONLY_FLAG, name )))
    {
        *certificate = find_in_store( store, hash, subject );
        hr = *certificate ? S_OK : CRYPT_E_NOT_FOUND;
        CertCloseStore( store, 0 );
    }
    else hr = HRESULT_FROM_WIN32( GetLastError() );
    if (hr == HRESULT_FROM_WIN32( ERROR_FILE_NOT_FOUND ) && is_system_store( name )) hr = CRYPT_E_NOT_FOUND;

    TRACE( "%s: %#lx.\n", debugstr_w( name ), hr );
    return hr;
}

HRESULT certificate_find( const struct identity *owner, BG_CERT_STORE_LOCATION location, const WCHAR *store,
                          const BYTE *hash, const WCHAR *subject, BYTE *ret )
{
    const CERT_CONTEXT *certificate;
    DWORD size = CERTIFICATE_HASH_SIZE;
    HRESULT hr;

    if (FAILED(hr = identity_enter( owner ))) return hr;
    if (SUCCEEDED(hr = find_certificate( location, store, hash, subject, &certificate )) &&
        !CertGetCertificateContextProperty( certificate, CERT_SHA1_HASH_PROP_ID, ret, &size ))
        hr = HRESULT_FROM_WIN32( GetLastError() );
    if (certificate) CertFreeCertificateContext( certificate );
    identity_leave( owner );
    return hr;
}

/* --- what proves it ----------------------------------------------------------------------------------------------- */

/* CryptAcquireCertificatePrivateKey() does not say for sure which of the container's two keys it is: Wine's PFX import
 * leaves both marks. */
static BOOL get_key( HCRYPTPROV provider, DWORD spec, HCRYPTKEY *key )
{
    return ((spec & AT_KEYEXCHANGE) && CryptGetUserKey( provider, AT_KEYEXCHANGE, key )) ||
           ((spec & AT_SIGNATURE) && CryptGetUserKey( provider, AT_SIGNATURE, key ));
}

static HRESULT export_key( HCRYPTKEY key, struct certificate_proof *proof )
{
    DWORD size = 0;

    if (!CryptExportKey( key, 0, PRIVATEKEYBLOB, 0, NULL, &size )) return HRESULT_FROM_WIN32( GetLastError() );
    if (!(proof->key = malloc( size ))) return E_OUTOFMEMORY;
    proof->key_size = size;
    if (CryptExportKey( key, 0, PRIVATEKEYBLOB, 0, proof->key, &size )) return S_OK;
    return HRESULT_FROM_WIN32( GetLastError() );
}

static HRESULT prove_key( const CERT_CONTEXT *certificate, struct certificate_proof *proof )
{
    HCRYPTPROV_OR_NCRYPT_KEY_HANDLE provider;
    HRESULT hr = NTE_NO_KEY;
    BOOL release;
    HCRYPTKEY key;
    DWORD spec;

    if (!CryptAcquireCertificatePrivateKey( certificate, CRYPT_ACQUIRE_SILENT_FLAG, NULL, &provider, &spec, &release ))
        return HRESULT_FROM_WIN32( GetLastError() );
    if (get_key( provider, spec, &key ))
    {
        hr = export_key( key, proof );
        CryptDestroyKey( key );
    }
    if (release) CryptReleaseContext( provider, 0 );
    return hr;
}

static HRESULT append( const CERT_CONTEXT *certificate, struct certificate_proof *proof )
{
    BYTE *chain;

    if (!(chain = realloc( proof->chain, proof->chain_size + certificate->cbCertEncoded ))) return E_OUTOFMEMORY;
    memcpy( chain + proof->chain_size, certificate->pbCertEncoded, certificate->cbCertEncoded );
    proof->chain = chain;
    proof->chain_size += certificate->cbCertEncoded;
    return S_OK;
}

static BOOL is_self_signed( const CERT_CONTEXT *certificate )
{
    return CertCompareCertificateName( X509_ASN_ENCODING, &certificate->pCertInfo->Issuer,
                                       &certificate->pCertInfo->Subject );
}

/* The certificate and the issuers that the server may lack; it has the last one. */
static HRESULT prove_chain( const CERT_CONTEXT *certificate, struct certificate_proof *proof )
{
    CERT_CHAIN_PARA para = { sizeof(para) };
    const CERT_CHAIN_CONTEXT *chain;
    HRESULT hr;
    DWORD i;

    if (FAILED(hr = append( certificate, proof ))) return hr;
    if (!CertGetCertificateChain( NULL, certificate, NULL, NULL, &para, CERT_CHAIN_CACHE_ONLY_URL_RETRIEVAL, NULL,
                                  &chain ))
        return S_OK;
    for (i = 1; SUCCEEDED(hr) && chain->cChain && i < chain->rgpChain[0]->cElement; i++)
        if (!is_self_signed( chain->rgpChain[0]->rgpElement[i]->pCertContext ))
            hr = append( chain->rgpChain[0]->rgpElement[i]->pCertContext, proof );
    CertFreeCertificateChain( chain );
    return hr;
}

HRESULT certificate_prove( const struct identity *owner, BG_CERT_STORE_LOCATION location, const WCHAR *store,
                           const BYTE *hash, struct certificate_proof *proof )
{
    const CERT_CONTEXT *certificate;
    HRESULT hr;

    if (FAILED(hr = identity_enter( owner ))) return hr;
    if (SUCCEEDED(hr = find_certificate( location, store, hash, NULL, &certificate )) &&
        SUCCEEDED(hr = prove_key( certificate, proof )))
        hr = prove_chain( certificate, proof );
    if (certificate) CertFreeCertificateContext( certificate );
    identity_leave( owner );
    return hr;
}

void certificate_proof_clear( struct certificate_proof *proof )
{
    if (proof->key) SecureZeroMemory( proof->key, proof->key_size );
    free( proof->key );
    free( proof->chain );
    memset( proof, 0, sizeof(*proof) );
}
