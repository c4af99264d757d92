/*
 * Client certificates: which one is meant
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

#include "com/com.h"

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

static BOOL is_in_store( HCERTSTORE store, const BYTE *hash, const WCHAR *subject )
{
    CRYPT_HASH_BLOB blob = { JOB_CERT_HASH_SIZE, (BYTE *)hash };
    const CERT_CONTEXT *certificate = NULL;

    do
    {
        certificate = CertFindCertificateInStore( store, X509_ASN_ENCODING | PKCS_7_ASN_ENCODING, 0,
                                                  hash ? CERT_FIND_SHA1_HASH : CERT_FIND_SUBJECT_STR_W,
                                                  hash ? (const void *)&blob : subject, certificate );
    }
    while (certificate && !hash && !is_for_clients( certificate ));
    if (!certificate) return FALSE;
    CertFreeCertificateContext( certificate );
    return TRUE;
}

HRESULT certificate_find( const struct identity *caller, BG_CERT_STORE_LOCATION location, const WCHAR *name,
                          const BYTE *hash, const WCHAR *subject )
{
    HCERTSTORE store;
    HRESULT hr;

    if (FAILED(hr = identity_enter( caller ))) return hr;
    if ((store = CertOpenStore( CERT_STORE_PROV_SYSTEM_W, 0, 0, locations[location] | CERT_STORE_OPEN_EXISTING_FLAG |
                                CERT_STORE_READONLY_FLAG, name )))
    {
        hr = is_in_store( store, hash, subject ) ? S_OK : CRYPT_E_NOT_FOUND;
        CertCloseStore( store, 0 );
    }
    else hr = HRESULT_FROM_WIN32( GetLastError() );
    identity_leave();
    if (hr == HRESULT_FROM_WIN32( ERROR_FILE_NOT_FOUND ) && is_system_store( name )) hr = CRYPT_E_NOT_FOUND;

    TRACE( "%s: %#lx.\n", debugstr_w( name ), hr );
    return hr;
}
