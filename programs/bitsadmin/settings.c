/*
 * Commands that change what a job has
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

#include "bitsadmin.h"

static int set_display_name( struct call *call )
{
    return finish( call, IBackgroundCopyJob_SetDisplayName( call->job, call->args[1] ),
                   L"Display name set to %ls.\n", call->args[1] );
}

static int set_description( struct call *call )
{
    return finish( call, IBackgroundCopyJob_SetDescription( call->job, call->args[1] ),
                   L"Description set to %ls.\n", call->args[1] );
}

static int set_priority( struct call *call )
{
    int priority;

    if (!parse_word( call, 1, L"<priority>", priorities, &priority )) return EXIT_USAGE;
    return finish( call, IBackgroundCopyJob_SetPriority( call->job, priority ),
                   L"Priority set to %ls.\n", word_of( priorities, priority ) );
}

static int set_acl_flags( struct call *call )
{
    DWORD flags;
    HRESULT hr;

    if (!parse_acl_flags( call, 1, L"<flags>", &flags )) return EXIT_USAGE;
    CALL( hr, call->job, IBackgroundCopyJob3, SetFileACLFlags, flags );
    return finish( call, hr, L"ACL flags set to %ls.\n", call->args[1] );
}

static int set_notify_flags( struct call *call )
{
    DWORD flags;

    if (!parse_number( call, 1, L"<flags>", MAXDWORD, &flags )) return EXIT_USAGE;
    return finish( call, IBackgroundCopyJob_SetNotifyFlags( call->job, flags ), L"Notification flags set to %lu.\n", flags );
}

static int set_notify_command_line( struct call *call )
{
    const WCHAR *program = null_word( call->args[1] ), *parameters = call->count > 2 ? null_word( call->args[2] ) : NULL;
    HRESULT hr;

    CALL( hr, call->job, IBackgroundCopyJob2, SetNotifyCmdLine, program, parameters );
    return finish( call, hr, program ? L"Notification command line set to '%ls' '%ls'.\n" : L"Notification command line removed.\n",
                   program, parameters ? parameters : L"" );
}

static int set_min_retry_delay( struct call *call )
{
    DWORD seconds;

    if (!parse_number( call, 1, L"<seconds>", MAXDWORD, &seconds )) return EXIT_USAGE;
    return finish( call, IBackgroundCopyJob_SetMinimumRetryDelay( call->job, seconds ),
                   L"Minimum retry delay set to %lu.\n", seconds );
}

static int set_no_progress_timeout( struct call *call )
{
    DWORD seconds;

    if (!parse_number( call, 1, L"<seconds>", MAXDWORD, &seconds )) return EXIT_USAGE;
    return finish( call, IBackgroundCopyJob_SetNoProgressTimeout( call->job, seconds ),
                   L"No progress timeout set to %lu.\n", seconds );
}

static int set_max_download_time( struct call *call )
{
    DWORD seconds;
    HRESULT hr;

    if (!parse_number( call, 1, L"<seconds>", MAXDWORD, &seconds )) return EXIT_USAGE;
    CALL( hr, call->job, IBackgroundCopyJob4, SetMaximumDownloadTime, seconds );
    return finish( call, hr, L"Maximum download time set to %lu.\n", seconds );
}

static int set_proxy_settings( struct call *call )
{
    WCHAR *list = NULL, *bypass = NULL;
    int usage;

    if (!parse_word( call, 1, L"<usage>", proxy_usages, &usage )) return EXIT_USAGE;
    if (usage == BG_JOB_PROXY_USAGE_OVERRIDE)
    {
        if (call->count != 4) return wrong_argument( call, L"OVERRIDE", call->args[1], L"followed by a proxy list and a bypass list" );
        list = null_word( call->args[2] );
        bypass = null_word( call->args[3] );
    }
    else if (call->count > 2) return wrong_argument( call, L"the list", call->args[2], L"left out unless the usage is OVERRIDE" );
    return finish( call, IBackgroundCopyJob_SetProxySettings( call->job, usage, list, bypass ),
                   L"Proxy usage set to %ls.\n", word_of( proxy_usages, usage ) );
}

/* --- HTTP --- */

static int set_credentials( struct call *call )
{
    BG_AUTH_CREDENTIALS credentials;
    int target, scheme;
    HRESULT hr;

    if (!parse_word( call, 1, L"<target>", credential_targets, &target ) ||
        !parse_word( call, 2, L"<scheme>", credential_schemes, &scheme )) return EXIT_USAGE;
    credentials.Target = target;
    credentials.Scheme = scheme;
    credentials.Credentials.Basic.UserName = null_word( call->args[3] );
    credentials.Credentials.Basic.Password = null_word( call->args[4] );
    CALL( hr, call->job, IBackgroundCopyJob2, SetCredentials, &credentials );
    return finish( call, hr, L"OK, target = %ls, scheme = %ls.\n", word_of( credential_targets, target ),
                   word_of( credential_schemes, scheme ) );
}

static int remove_credentials( struct call *call )
{
    int target, scheme;
    HRESULT hr;

    if (!parse_word( call, 1, L"<target>", credential_targets, &target ) ||
        !parse_word( call, 2, L"<scheme>", credential_schemes, &scheme )) return EXIT_USAGE;
    CALL( hr, call->job, IBackgroundCopyJob2, RemoveCredentials, target, scheme );
    return finish( call, hr, hr == S_FALSE ? L"There were no such credentials.\n" : L"Credentials removed.\n" );
}

static int set_custom_headers( struct call *call )
{
    struct text headers = { 0 };
    unsigned int i;
    HRESULT hr;

    for (i = 1; i < call->count; i++)
    {
        if (!wcschr( call->args[i], ':' ) || call->args[i][0] == ':')
        {
            free_text( &headers );
            return wrong_argument( call, L"<header>", call->args[i], L"Name:Value" );
        }
        append( &headers, L"%ls%ls", i > 1 ? L"\r\n" : L"", call->args[i] );
    }
    CALL( hr, call->job, IBackgroundCopyJobHttpOptions, SetCustomHeaders, headers.chars );
    free_text( &headers );
    return finish( call, hr, L"Custom headers set.\n" );
}

static int make_custom_headers_write_only( struct call *call )
{
    HRESULT hr;

    CALL( hr, call->job, IBackgroundCopyJobHttpOptions3, MakeCustomHeadersWriteOnly );
    return finish( call, hr, L"Custom headers are write-only now.\n" );
}

static int set_http_method( struct call *call )
{
    HRESULT hr;

    CALL( hr, call->job, IBackgroundCopyJobHttpOptions2, SetHttpMethod, call->args[1] );
    return finish( call, hr, L"HTTP method set to %ls.\n", call->args[1] );
}

/* BITSADMIN counts the locations from 1, the interface from 0. */
static BOOL parse_location( struct call *call, BG_CERT_STORE_LOCATION *location )
{
    DWORD number;

    if (!parse_number( call, 1, L"<location>", 8, &number )) return FALSE;
    if (!number)
    {
        wrong_argument( call, L"<location>", call->args[1], L"a number from 1 to 8" );
        return FALSE;
    }
    *location = number - 1;
    return TRUE;
}

static int set_client_certificate_by_id( struct call *call )
{
    BG_CERT_STORE_LOCATION location;
    BYTE hash[20];
    HRESULT hr;

    if (!parse_location( call, &location ) || !parse_hex( call, 3, L"<hash>", hash, sizeof(hash) )) return EXIT_USAGE;
    CALL( hr, call->job, IBackgroundCopyJobHttpOptions, SetClientCertificateByID, location, call->args[2], hash );
    return finish( call, hr, L"Client certificate set.\n" );
}

static int set_client_certificate_by_name( struct call *call )
{
    BG_CERT_STORE_LOCATION location;
    HRESULT hr;

    if (!parse_location( call, &location )) return EXIT_USAGE;
    CALL( hr, call->job, IBackgroundCopyJobHttpOptions, SetClientCertificateByName, location, call->args[2], call->args[3] );
    return finish( call, hr, L"Client certificate set.\n" );
}

static int remove_client_certificate( struct call *call )
{
    HRESULT hr;

    CALL( hr, call->job, IBackgroundCopyJobHttpOptions, RemoveClientCertificate );
    return finish( call, hr, L"Client certificate removed.\n" );
}

static int set_security_flags( struct call *call )
{
    DWORD flags;
    HRESULT hr;

    if (!parse_number( call, 1, L"<flags>", MAXDWORD, &flags )) return EXIT_USAGE;
    CALL( hr, call->job, IBackgroundCopyJobHttpOptions, SetSecurityFlags, flags );
    return finish( call, hr, L"Security flags set to 0x%lx.\n", flags );
}

static int set_peer_caching_flags( struct call *call )
{
    DWORD flags;
    HRESULT hr;

    if (!parse_number( call, 1, L"<flags>", MAXDWORD, &flags )) return EXIT_USAGE;
    CALL( hr, call->job, IBackgroundCopyJob4, SetPeerCachingFlags, flags );
    return finish( call, hr, L"Peer caching flags set to %lu.\n", flags );
}

static int set_reply_file_name( struct call *call )
{
    HRESULT hr;

    if (!parse_path( call, 1, L"<path>" )) return EXIT_USAGE;
    CALL( hr, call->job, IBackgroundCopyJob2, SetReplyFileName, call->args[1] );
    return finish( call, hr, L"Reply file name set to %ls.\n", call->args[1] );
}

#define SET( name, syntax, count, run, what, help ) { name, L"<job> " syntax, count, count, JOB, run, L"set " what, help }

const struct command setter_commands[] =
{
    SET( L"SETDISPLAYNAME", L"<name>", 2, set_display_name, L"display name", L"Names the job." ),
    SET( L"SETDESCRIPTION", L"<text>", 2, set_description, L"description", L"Describes the job." ),
    SET( L"SETPRIORITY", L"<FOREGROUND|HIGH|NORMAL|LOW>", 2, set_priority, L"priority", L"Sets the job's priority." ),
    SET( L"SETACLFLAGS", L"<letters>", 2, set_acl_flags, L"ACL flags",
         L"Sets what is copied with a file: any of O (owner), G (group), D (DACL), S (SACL)." ),
    SET( L"SETNOTIFYFLAGS", L"<flags>", 2, set_notify_flags, L"notification flags",
         L"Sets which events are told: 1 transferred, 2 error, 4 none, 8 modification, 16 file transferred." ),
    { L"SETNOTIFYCMDLINE", L"<job> <program|NULL> [<parameters|NULL>]", 2, 3, JOB, set_notify_command_line,
      L"set notification command line",
      L"Sets the program that is run when the job is transferred or in error; the parameters begin with its name." },
    SET( L"SETMINRETRYDELAY", L"<seconds>", 2, set_min_retry_delay, L"minimum retry delay",
         L"Sets how long the job waits after a transient error." ),
    SET( L"SETNOPROGRESSTIMEOUT", L"<seconds>", 2, set_no_progress_timeout, L"no progress timeout",
         L"Sets after which time without progress a transient error becomes a fatal one." ),
    SET( L"SETMAXDOWNLOADTIME", L"<seconds>", 2, set_max_download_time, L"maximum download time",
         L"Sets how long the job may transfer." ),
    { L"SETPROXYSETTINGS", L"<job> <PRECONFIG|AUTODETECT|NO_PROXY|OVERRIDE> [<list> <bypass>]", 2, 4, JOB,
      set_proxy_settings, L"set proxy settings",
      L"Sets the proxies; OVERRIDE needs the lists, where NULL or \"\" is an empty one." },
    SET( L"SETCREDENTIALS", L"<SERVER|PROXY> <BASIC|DIGEST|NTLM|NEGOTIATE|PASSPORT> <user> <password>", 5,
         set_credentials, L"credentials", L"Sets a name and a password; NULL NULL means those of the user." ),
    { L"REMOVECREDENTIALS", L"<job> <SERVER|PROXY> <BASIC|DIGEST|NTLM|NEGOTIATE|PASSPORT>", 3, 3, JOB,
      remove_credentials, L"remove credentials", L"Removes a name and a password." },
    { L"SETCUSTOMHEADERS", L"<job> <Name:Value> ...", 2, 1000, JOB, set_custom_headers, L"set custom headers",
      L"Sets headers for the job's HTTP requests." },
    { L"MAKECUSTOMHEADERSWRITEONLY", L"<job>", 1, 1, JOB, make_custom_headers_write_only,
      L"make custom headers write-only", L"Lets nobody read the custom headers any more." },
    SET( L"SETHTTPMETHOD", L"<method>", 2, set_http_method, L"HTTP method", L"Sets the method, which is GET by default." ),
    SET( L"SETCLIENTCERTIFICATEBYID", L"<location> <store> <hash>", 4, set_client_certificate_by_id, L"client certificate",
         L"Sets the client certificate with that SHA-1 hash; locations are 1 (CURRENT_USER) to 8." ),
    SET( L"SETCLIENTCERTIFICATEBYNAME", L"<location> <store> <subject>", 4, set_client_certificate_by_name,
         L"client certificate", L"Sets the client certificate with that subject." ),
    { L"REMOVECLIENTCERTIFICATE", L"<job>", 1, 1, JOB, remove_client_certificate, L"remove client certificate",
      L"Removes the client certificate." },
    SET( L"SETSECURITYFLAGS", L"<flags>", 2, set_security_flags, L"security flags",
         L"Sets what is tolerated in certificates and redirects." ),
    SET( L"SETPEERCACHINGFLAGS", L"<flags>", 2, set_peer_caching_flags, L"peer caching flags",
         L"Sets 1 to download from peers, 2 to serve them." ),
    SET( L"SETREPLYFILENAME", L"<path>", 2, set_reply_file_name, L"reply file name",
         L"Sets the file for the reply to an upload." ),
    { L"" }
};
