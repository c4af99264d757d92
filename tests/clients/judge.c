/*
 * An object that judges server certificates and remembers what it was shown
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
#include <stdio.h>
#include <wincrypt.h>

/* One for the whole process, which shares its fields with COM's threads. */
static struct
{
    SRWLOCK lock;
    LONG asked;
    WCHAR shown[512];
    HRESULT answer;
    BOOL hangs;
} judge = { SRWLOCK_INIT };

static HRESULT WINAPI judge_QueryInterface( IBackgroundCopyServerCertificateValidationCallback *iface, REFIID iid, void **out )
{
    *out = IsEqualGUID( iid, &IID_IUnknown ) || IsEqualGUID( iid, &IID_IBackgroundCopyServerCertificateValidationCallback ) ?
           iface : NULL;
    return *out ? S_OK : E_NOINTERFACE;
}

/* static */
static ULONG WINAPI judge_AddRef( IBackgroundCopyServerCertificateValidationCallback *iface )
{
    return 2;
}

static ULONG WINAPI judge_Release( IBackgroundCopyServerCertificateValidationCallback *iface )
{
    return 1;
}

/* The certificates of a serialized store, and whether ONE is among them; 0: it is none. */
static int count_certificates( const BYTE *data, DWORD size, const CERT_CONTEXT *one )
{
    CRYPT_DATA_BLOB blob = { size, (BYTE *)data };
    HCERTSTORE store = CertOpenStore( CERT_STORE_PROV_SERIALIZED, 0, 0, 0, &blob );
    const CERT_CONTEXT *found = NULL;
    BOOL same = FALSE;
    int count = 0;

    if (!store) return 0;
    while ((found = CertEnumCertificatesInStore( store, found )))
    {
        count++;
        if (CertCompareCertificate( X509_ASN_ENCODING, found->pCertInfo, one->pCertInfo )) same = TRUE;
    }
    CertCloseStore( store, 0 );
    return same ? count : 0;
}

/* Subject, number of certificates, the job's name and the file's URL. */
static HRESULT look( IBackgroundCopyJob *job, IBackgroundCopyFile *file, const CERT_CONTEXT *certificate, int count )
{
    WCHAR subject[64], *job_name, *url;
    HRESULT hr;

    CertGetNameStringW( certificate, CERT_NAME_SIMPLE_DISPLAY_TYPE, 0, NULL, subject, ARRAYSIZE(subject) );
    if (FAILED(hr = IBackgroundCopyJob_GetDisplayName( job, &job_name ))) return hr;
    if (SUCCEEDED(hr = IBackgroundCopyFile_GetRemoteName( file, &url )))
    {
        AcquireSRWLockExclusive( &judge.lock );
        swprintf( judge.shown, ARRAYSIZE(judge.shown), L"%ls %d %ls %ls", subject, count, job_name, url );
        ReleaseSRWLockExclusive( &judge.lock );
        CoTaskMemFree( url );
    }
    CoTaskMemFree( job_name );
    return hr;
}

static HRESULT WINAPI judge_ValidateServerCertificate( IBackgroundCopyServerCertificateValidationCallback *iface,
                                                       IBackgroundCopyJob *job, IBackgroundCopyFile *file, DWORD size,
                                                       const BYTE data[], DWORD encoding, DWORD store_size,
                                                       const BYTE store[] )
{
    const CERT_CONTEXT *certificate = CertCreateCertificateContext( encoding, data, size );
    HRESULT hr = E_UNEXPECTED;

    if (certificate)
    {
        hr = look( job, file, certificate, count_certificates( store, store_size, certificate ) );
        CertFreeCertificateContext( certificate );
    }
    InterlockedIncrement( &judge.asked );
    if (judge.hangs) Sleep( INFINITE );
    return FAILED(hr) ? hr : judge.answer;
}

static const IBackgroundCopyServerCertificateValidationCallbackVtbl judge_vtbl =
{
    judge_QueryInterface,
    judge_AddRef,
    judge_Release,
    judge_ValidateServerCertificate,
};

IUnknown *get_judge( HRESULT answer, BOOL hangs )
{
    static IBackgroundCopyServerCertificateValidationCallback object = { &judge_vtbl };

    judge.asked = 0;
    judge.answer = answer;
    judge.hangs = hangs;
    return (IUnknown *)&object;
}

LONG get_judged( WCHAR *shown, UINT size )
{
    LONG asked = judge.asked;

    AcquireSRWLockExclusive( &judge.lock );
    swprintf( shown, size, L"%ls", judge.shown );
    ReleaseSRWLockExclusive( &judge.lock );
    return asked;
}
