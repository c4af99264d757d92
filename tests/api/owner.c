/*
 * What the owner of a job alone may do
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

#include "tokens.h"

#define OK(call, expected) hr = call; ok( hr == (expected), "%s: got hr %#lx.\n", #call, hr )

/* Of a job that JOB's user created, as the administrator who runs the test; spec: behaviour 7 */
static void check_administrator( IBackgroundCopyJob *job, BOOL owner )
{
    BG_AUTH_CREDENTIALS credentials = { BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC,
                                        { { (WCHAR *)L"user", (WCHAR *)L"password" } } };
    HRESULT expected = owner ? S_OK : E_ACCESSDENIED;
    IBackgroundCopyJobHttpOptions3 *options;
    BYTE hash[20] = { 1 };
    IBackgroundCopyJob2 *job2;
    WCHAR *text = SENTINEL;
    HRESULT hr;

    OK( IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJob2, (void **)&job2 ), S_OK );
    OK( IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJobHttpOptions3, (void **)&options ), S_OK );

    OK( IBackgroundCopyJob2_SetCredentials( job2, &credentials ), expected );
    OK( IBackgroundCopyJob2_RemoveCredentials( job2, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC ), expected );
    OK( IBackgroundCopyJobHttpOptions3_SetCustomHeaders( options, L"X-A: 1\r\n" ), expected );
    OK( IBackgroundCopyJobHttpOptions3_GetCustomHeaders( options, &text ), expected );
    CoTaskMemFree( text );
    OK( IBackgroundCopyJobHttpOptions3_SetClientCertificateByID( options, BG_CERT_STORE_LOCATION_CURRENT_USER, L"MY",
                                                                 hash ), owner ? CRYPT_E_NOT_FOUND : E_ACCESSDENIED );
    OK( IBackgroundCopyJobHttpOptions3_RemoveClientCertificate( options ), owner ? S_FALSE : E_ACCESSDENIED );

    /* everything else is open to administrators */
    OK( IBackgroundCopyJob2_SetMinimumRetryDelay( job2, 60 ), S_OK );
    OK( IBackgroundCopyJob2_SetProxySettings( job2, BG_JOB_PROXY_USAGE_NO_PROXY, NULL, NULL ), S_OK );
    OK( IBackgroundCopyJobHttpOptions3_SetSecurityFlags( options, BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT ), S_OK );
    OK( IBackgroundCopyJobHttpOptions3_MakeCustomHeadersWriteOnly( options ), S_OK );

    IBackgroundCopyJobHttpOptions3_Release( options );
    IBackgroundCopyJob2_Release( job2 );
}

START_TEST(owner)
{
    IBackgroundCopyJob *job, *own;
    HANDLE network_service;
    HRESULT hr;

    if (!setup()) return;
    if (token_setup())
    {
        job = create_job_as( NULL );
        check_administrator( job, TRUE );
        cleanup_job( job );

        /* the same user without administrator rights is the same owner */
        job = create_job_as( user_token );
        check_administrator( job, TRUE );
        cleanup_job( job );

        if ((network_service = create_foreign_token( L"S-1-5-20" )))
        {
            job = create_job_as( network_service );
            hr = get_job_as( NULL, job, &own );
            ok( hr == S_OK, "got hr %#lx.\n", hr );
            check_administrator( own, FALSE );
            IBackgroundCopyJob_Release( own );
            cleanup_job( job );
            CloseHandle( network_service );
        }
        token_teardown();
    }
    teardown();
}
