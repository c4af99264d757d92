/*
 * The tour of a job with a helper token
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


/* The helper is this user without administrator rights: a restricted token whose Administrators group only denies.
 * It needs no password and no second account, and to BITS it is a helper like any other. */

#include <stdio.h>
#include "client.h"
#include <bcrypt.h>
#include <sddl.h>

#define REDRAW_MS 200       /* of the progress line on a console */
#define LINE_MS 2000        /* between progress lines elsewhere */
#define DEADLINE_MS (2 * 60 * 1000)

static int step;
static void say_step( const WCHAR *title )
{
    say( L"\n%d. %ls\n", ++step, title );
}

/* --- identities --- */

HANDLE create_helper_token(void)
{
    HANDLE process = NULL, restricted = NULL, token = NULL;
    SID_AND_ATTRIBUTES administrators = { 0 };
    BYTE sid[SECURITY_MAX_SID_SIZE];
    DWORD size = sizeof(sid);

    administrators.Sid = sid;
    if (!CreateWellKnownSid( WinBuiltinAdministratorsSid, NULL, sid, &size ) ||
        !OpenProcessToken( GetCurrentProcess(), TOKEN_QUERY | TOKEN_DUPLICATE | TOKEN_ASSIGN_PRIMARY, &process ) ||
        !CreateRestrictedToken( process, 0, 1, &administrators, 0, NULL, 0, NULL, &restricted ) ||
        !DuplicateTokenEx( restricted, TOKEN_QUERY | TOKEN_IMPERSONATE | TOKEN_DUPLICATE, NULL, SecurityImpersonation,
                           TokenImpersonation, &token ))
        complain( L"the helper's token cannot be made", HRESULT_FROM_WIN32(GetLastError()) );
    if (restricted) CloseHandle( restricted );
    if (process) CloseHandle( process );
    return token;
}

static BOOL is_administrator( HANDLE token )
{
    BYTE sid[SECURITY_MAX_SID_SIZE];
    DWORD size = sizeof(sid);
    BOOL member = FALSE;

    return CreateWellKnownSid( WinBuiltinAdministratorsSid, NULL, sid, &size ) &&
           CheckTokenMembership( token, sid, &member ) && member;
}

HRESULT cloak( void *proxy )
{
    return CoSetProxyBlanket( proxy, RPC_C_AUTHN_DEFAULT, RPC_C_AUTHZ_DEFAULT, COLE_DEFAULT_PRINCIPAL,
                              RPC_C_AUTHN_LEVEL_DEFAULT, RPC_C_IMP_LEVEL_IMPERSONATE, NULL, EOAC_DYNAMIC_CLOAKING );
}

static int show_token( IBitsTokenOptions *options, DWORD *flags, BOOL *lent )
{
    WCHAR *sid;
    HRESULT hr;

    if (FAILED(hr = IBitsTokenOptions_GetHelperTokenFlags( options, flags ))) return complain( L"GetHelperTokenFlags", hr );
    if (FAILED(hr = IBitsTokenOptions_GetHelperTokenSid( options, &sid ))) return complain( L"GetHelperTokenSid", hr );
    say( L"   flags: 0x%lx%ls%ls, helper: %ls\n", *flags, *flags & BG_TOKEN_LOCAL_FILE ? L" LOCAL_FILE" : L"",
         *flags & BG_TOKEN_NETWORK ? L" NETWORK" : L"", sid ? sid : L"none" );
    *lent = sid != NULL;
    CoTaskMemFree( sid );
    return 0;
}

static int lend_token( IBitsTokenOptions *options, HANDLE helper )
{
    HRESULT hr;
    DWORD flags;
    BOOL lent;

    say_step( L"Lend the job a helper token" );
    if (FAILED(hr = cloak( options ))) return complain( L"CoSetProxyBlanket", hr );
    if (!ImpersonateLoggedOnUser( helper )) return complain( L"ImpersonateLoggedOnUser", HRESULT_FROM_WIN32(GetLastError()) );
    say( L"   this thread is now the helper: the same user, %ls\n", is_administrator( NULL ) ? L"AN ADMINISTRATOR" : L"no administrator" );
    hr = IBitsTokenOptions_SetHelperToken( options );
    RevertToSelf();
    if (FAILED(hr)) return complain( L"SetHelperToken", hr );
    hr = IBitsTokenOptions_SetHelperTokenFlags( options, BG_TOKEN_LOCAL_FILE | BG_TOKEN_NETWORK );
    if (FAILED(hr)) return complain( L"SetHelperTokenFlags", hr );
    if (show_token( options, &flags, &lent )) return 1;
    if (flags != (BG_TOKEN_LOCAL_FILE | BG_TOKEN_NETWORK) || !lent) return complain( L"the job did not keep the helper", E_UNEXPECTED );
    return 0;
}

static int take_token_back( IBitsTokenOptions *options )
{
    HRESULT hr;
    DWORD flags;
    BOOL lent;

    say_step( L"Take the token back" );
    if (FAILED(hr = IBitsTokenOptions_ClearHelperToken( options ))) return complain( L"ClearHelperToken", hr );
    if (show_token( options, &flags, &lent )) return 1;
    if (lent) return complain( L"the job still has the helper's token", E_UNEXPECTED );
    if (flags != (BG_TOKEN_LOCAL_FILE | BG_TOKEN_NETWORK)) return complain( L"the flags changed", E_UNEXPECTED );
    say( L"   the token is gone, the flags stayed\n" );
    return 0;
}

/* An administrator's job is closed to everybody who is none, even the same user. */
static int show_refusal( IBackgroundCopyManager *manager, const GUID *id, HANDLE helper )
{
    IBackgroundCopyJob *job = NULL;
    HRESULT hr;

    say_step( L"Ask for the job as somebody who is no administrator" );
    if (FAILED(hr = cloak( manager ))) return complain( L"CoSetProxyBlanket", hr );
    if (!ImpersonateLoggedOnUser( helper )) return complain( L"ImpersonateLoggedOnUser", HRESULT_FROM_WIN32(GetLastError()) );
    hr = IBackgroundCopyManager_GetJob( manager, id, &job );
    RevertToSelf();
    if (job) IBackgroundCopyJob_Release( job );
    if (hr != E_ACCESSDENIED) return complain( L"GetJob should have been refused", hr );
    say( L"   GetJob is refused: 0x%08lx, access denied\n", hr );
    return 0;
}

/* --- the download --- */

struct rate
{
    UINT64 bytes;
    DWORD time;
    double bytes_per_second;    /* smoothed */
};

static void update_rate( struct rate *rate, UINT64 bytes )
{
    DWORD now = GetTickCount();
    double current;

    if (now == rate->time) return;
    current = (bytes - rate->bytes) * 1000.0 / (now - rate->time);
    rate->bytes_per_second = rate->bytes_per_second ? rate->bytes_per_second * 0.7 + current * 0.3 : current;
    rate->bytes = bytes;
    rate->time = now;
}

static void say_progress( const BG_JOB_PROGRESS *progress, const struct rate *rate )
{
    WCHAR line[160], left[32] = L"";
    UINT64 done = progress->BytesTransferred, total = progress->BytesTotal;

    if (total == BG_SIZE_UNKNOWN)
    {
        swprintf( line, ARRAYSIZE(line), L"   %.1f MB", done / 1e6 );
    }
    else
    {
        if (rate->bytes_per_second >= 1)
            swprintf( left, ARRAYSIZE(left), L"%.0f s left", (total - done) / rate->bytes_per_second );
        swprintf( line, ARRAYSIZE(line), L"   %.1f of %.1f MB  %3d %%  %.1f MB/s  %ls", done / 1e6, total / 1e6,
                  total ? (int)(done * 100 / total) : 100, rate->bytes_per_second / 1e6, left );
    }
    if (is_console()) say( L"\r%-70ls", line );
    else say( L"%ls\n", line );
}

static int wait_download( IBackgroundCopyJob *job, HANDLE event )
{
    DWORD started = GetTickCount(), wait = is_console() ? REDRAW_MS : LINE_MS;
    struct rate rate = { 0, started, 0 };
    BG_JOB_PROGRESS progress;
    BG_JOB_STATE state;
    HRESULT hr;

    for (;;)
    {
        DWORD woken = WaitForSingleObject( event, wait );

        if (FAILED(hr = IBackgroundCopyJob_GetState( job, &state ))) return complain( L"GetState", hr );
        if (FAILED(hr = IBackgroundCopyJob_GetProgress( job, &progress ))) return complain( L"GetProgress", hr );
        update_rate( &rate, progress.BytesTransferred );
        say_progress( &progress, &rate );
        /* the server is on this machine: there is nothing to wait for that a retry would mend */
        if (woken == WAIT_OBJECT_0 || state == BG_JOB_STATE_TRANSIENT_ERROR) break;
        if (GetTickCount() - started > DEADLINE_MS) return complain( L"the download takes too long", E_FAIL );
    }
    if (is_console()) say( L"\n" );
    if (state != BG_JOB_STATE_TRANSFERRED) return complain_job( job );
    say( L"   transferred in %.1f s\n", (GetTickCount() - started) / 1000.0 );
    return 0;
}

static int run_download( IBackgroundCopyJob *job, const WCHAR *url )
{
    HANDLE event;
    HRESULT hr;
    int ret;

    say_step( L"Download" );
    say( L"   %ls\n", url );
    if (!(event = CreateEventW( NULL, FALSE, FALSE, NULL ))) return complain( L"CreateEvent", HRESULT_FROM_WIN32(GetLastError()) );
    hr = notify_by_event( job, event );
    if (SUCCEEDED(hr)) hr = IBackgroundCopyJob_Resume( job );
    ret = FAILED(hr) ? complain( L"the job does not start", hr ) : wait_download( job, event );
    if (ret) IBackgroundCopyJob_SetNotifyInterface( job, NULL );
    return ret;
}

/* --- the file --- */

/* The SHA-256 of a file in hexadecimal. */
static HRESULT hash_file( const WCHAR *path, WCHAR hex[65] )
{
    static BYTE buffer[1 << 20];
    BCRYPT_ALG_HANDLE algorithm = NULL;
    BCRYPT_HASH_HANDLE hash = NULL;
    HRESULT hr = E_FAIL;
    BYTE digest[32];
    HANDLE file;
    DWORD len;
    int i;

    file = CreateFileW( path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL );
    if (file == INVALID_HANDLE_VALUE) return HRESULT_FROM_WIN32( GetLastError() );
    if (BCryptOpenAlgorithmProvider( &algorithm, BCRYPT_SHA256_ALGORITHM, NULL, 0 )) goto done;
    if (BCryptCreateHash( algorithm, &hash, NULL, 0, NULL, 0, 0 )) goto done;
    for (;;)
    {
        if (!ReadFile( file, buffer, sizeof(buffer), &len, NULL )) goto done;
        if (!len) break;
        if (BCryptHashData( hash, buffer, len, 0 )) goto done;
    }
    if (BCryptFinishHash( hash, digest, sizeof(digest), 0 )) goto done;
    for (i = 0; i < sizeof(digest); i++) wsprintfW( hex + 2 * i, L"%02x", digest[i] );
    hr = S_OK;

done:
    if (hash) BCryptDestroyHash( hash );
    if (algorithm) BCryptCloseAlgorithmProvider( algorithm, 0 );
    CloseHandle( file );
    return hr;
}

static int complete( IBackgroundCopyJob *job, const WCHAR *local, const WCHAR *expected )
{
    WCHAR hex[65];
    HRESULT hr;

    say_step( L"Complete the job" );
    hr = IBackgroundCopyJob_Complete( job );
    if (hr != S_OK) return complain( L"Complete", hr );
    if (FAILED(hr = hash_file( local, hex ))) return complain( local, hr );
    say( L"   %ls is there\n   SHA-256 %ls", local, hex );
    if (!expected) { say( L"\n" ); return 0; }
    if (wcscmp( hex, expected )) { say( L"\n" ); return complain( L"the file differs from the server's", E_UNEXPECTED ); }
    say( L", as on the server\n" );
    return 0;
}

static int tour( IBackgroundCopyManager *manager, IBackgroundCopyJob *job, const GUID *id, WCHAR **argv, const WCHAR *hash )
{
    IBitsTokenOptions *options;
    HANDLE helper;
    HRESULT hr;
    int ret;

    if (!(helper = create_helper_token())) return 1;
    hr = IBackgroundCopyJob_QueryInterface( job, &IID_IBitsTokenOptions, (void **)&options );
    if (FAILED(hr)) return complain( L"IBitsTokenOptions", hr );
    ret = lend_token( options, helper );
    if (!ret) ret = run_download( job, argv[0] );
    if (!ret) ret = take_token_back( options );
    if (!ret) ret = show_refusal( manager, id, helper );
    if (!ret) ret = complete( job, argv[1], hash );
    IBitsTokenOptions_Release( options );
    CloseHandle( helper );
    return ret;
}

int demo( int argc, WCHAR **argv )
{
    IBackgroundCopyManager *manager;
    IBackgroundCopyJob *job;
    WCHAR *owner, text[64];
    HRESULT hr;
    GUID id;
    int ret;

    say_step( L"Create a job" );
    if (!(manager = connect_manager())) return 1;
    if (!(job = create_download( manager, L"winebits demo", argv[0], argv[1], &id ))) return 1;
    if (FAILED(hr = IBackgroundCopyJob_GetOwner( job, &owner ))) return complain( L"GetOwner", hr );
    StringFromGUID2( &id, text, ARRAYSIZE(text) );
    say( L"   job %ls\n   owner %ls, %ls\n", text, owner, is_administrator( NULL ) ? L"an administrator" : L"no administrator" );
    CoTaskMemFree( owner );

    ret = tour( manager, job, &id, argv, argc > 2 ? argv[2] : NULL );
    if (ret) IBackgroundCopyJob_Cancel( job );
    IBackgroundCopyJob_Release( job );
    IBackgroundCopyManager_Release( manager );
    return ret;
}
