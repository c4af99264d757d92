/*
 * Lists of jobs and files, and what each getter shows
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

#define DEFAULT_REFRESH 5
#define MAX_REFRESH 86400

/* the first and the second part of a verbose listing; between them stand the lines of the error and of the files */
#define VERBOSE_FIELDS \
    L"GUID: $id DISPLAY: '$displayName'\n" \
    L"TYPE: $type STATE: $state OWNER: $owner\n" \
    L"PRIORITY: $priority FILES: $filesTransferred / $filesTotal BYTES: $bytesTransferred / $bytesTotal\n" \
    L"CREATION TIME: $creationTime MODIFICATION TIME: $modificationTime\n" \
    L"COMPLETION TIME: $completionTime ACL FLAGS: $aclFlags\n" \
    L"NOTIFY INTERFACE: $notifyInterface NOTIFICATION FLAGS: $notifyFlags\n" \
    L"RETRY DELAY: $minRetryDelay NO PROGRESS TIMEOUT: $noProgressTimeout ERROR COUNT: $errorCount\n" \
    L"PROXY USAGE: $proxyUsage PROXY LIST: $proxyList PROXY BYPASS LIST: $proxyBypassList\n"
#define VERBOSE_FIELDS_2 \
    L"NOTIFICATION COMMAND LINE: $notifyCommandLine\n" \
    L"owner MIC integrity level: $ownerIntegrityLevel\n" \
    L"owner elevated ?           $ownerElevated\n" \
    L"\n" \
    L"Peercaching flags\n" \
    L"\t Enable download from peers      :$downloadFromPeers\n" \
    L"\t Enable serving to peers         :$serveToPeers\n" \
    L"\n" \
    L"CUSTOM HEADERS: $customHeaders\n"
#define FILE_FIELDS L"$bytesTransferred / $bytesTotal $status $remoteName -> $localName\n"
/* what a job always has; the rest of the properties belongs to a verbose listing */
#define BRIEF_JSON_FIELDS BRIEF_FIELDS L"$type $owner $priority $creationTime $modificationTime $errorCount"

/* --- files --- */

static HRESULT append_files( struct text *text, IBackgroundCopyJob *job, const WCHAR *indent )
{
    IBackgroundCopyFile **files;
    ULONG i, count;
    HRESULT hr;

    if (FAILED(hr = enum_files( job, &files, &count ))) return hr;
    for (i = 0; SUCCEEDED(hr) && i < count; i++)
    {
        append( text, L"%ls", indent );
        hr = append_fields( text, file_properties, files[i], FILE_FIELDS );
    }
    free_files( files, count );
    return hr;
}

static HRESULT append_json_files( struct text *text, IBackgroundCopyJob *job )
{
    IBackgroundCopyFile **files;
    ULONG i, count;
    HRESULT hr;

    if (FAILED(hr = enum_files( job, &files, &count ))) return hr;
    append( text, L"\"files\": [" );
    for (i = 0; SUCCEEDED(hr) && i < count; i++)
    {
        append( text, i ? L", {" : L"{" );
        hr = append_json_fields( text, file_properties, files[i], FILE_FIELDS );
        append( text, L"}" );
    }
    append( text, L"]" );
    free_files( files, count );
    return hr;
}

static int list_files( struct call *call )
{
    struct text text = { 0 };
    HRESULT hr;
    int ret;

    append( &text, json_output ? L"{" : L"" );
    if (!json_output) hr = append_files( &text, call->job, L"" );
    else if (SUCCEEDED(hr = append_json_files( &text, call->job ))) append( &text, L"}\n" );
    ret = finish( call, hr, L"%ls", text.chars );
    free_text( &text );
    return ret;
}

/* --- one job --- */

static void append_error( struct text *text, IBackgroundCopyJob *job )
{
    IBackgroundCopyError *error;

    if (json_output) append( text, L"\"error\": " );
    if (FAILED(IBackgroundCopyJob_GetError( job, &error )))
    {
        if (json_output) append( text, L"null" );
        return;
    }
    if (json_output)
    {
        append( text, L"{" );
        append_json_fields( text, error_properties, error, NULL );
        append( text, L"}" );
    }
    else append_fields( text, error_properties, error, ERROR_FIELDS );
    IBackgroundCopyError_Release( error );
}

/* What a version of BITS or another user's job does not tell is UNKNOWN. */
static HRESULT append_verbose( struct text *text, IBackgroundCopyJob *job )
{
    HRESULT hr;

    append_fields( text, job_properties, job, VERBOSE_FIELDS );
    append_error( text, job );
    append_fields( text, job_properties, job, L"DESCRIPTION: $description\nJOB FILES:\n" );
    hr = append_files( text, job, L"\t" );
    append_fields( text, job_properties, job, VERBOSE_FIELDS_2 );
    return hr;
}

static HRESULT append_json_verbose( struct text *text, IBackgroundCopyJob *job )
{
    append_json_fields( text, job_properties, job, NULL );
    append( text, L", " );
    append_error( text, job );
    append( text, L", " );
    return append_json_files( text, job );
}

static HRESULT append_job( struct text *text, IBackgroundCopyJob *job, BOOL verbose )
{
    HRESULT hr;

    if (!json_output) return verbose ? append_verbose( text, job ) : append_fields( text, job_properties, job, BRIEF_FIELDS );
    append( text, L"{" );
    hr = verbose ? append_json_verbose( text, job ) : append_json_fields( text, job_properties, job, BRIEF_JSON_FIELDS );
    append( text, L"}" );
    return hr;
}

static int info( struct call *call )
{
    struct text text = { 0 };
    HRESULT hr;
    int ret;

    hr = append_job( &text, call->job, call->options );
    ret = finish( call, hr, json_output ? L"%ls\n" : L"%ls", text.chars );
    free_text( &text );
    return ret;
}

/* --- all jobs --- */

static HRESULT append_jobs( struct text *text, struct call *call, BOOL all_users, BOOL verbose )
{
    IBackgroundCopyJob **jobs;
    ULONG i, count;
    HRESULT hr;

    if (FAILED(hr = enum_jobs( call->manager, all_users, &jobs, &count ))) return hr;
    if (json_output) append( text, L"{\"jobs\": [" );
    for (i = 0; SUCCEEDED(hr) && i < count; i++)
    {
        if (json_output && i) append( text, L", " );
        hr = append_job( text, jobs[i], verbose );
        if (verbose && !json_output) append( text, L"\n" );
    }
    free_jobs( jobs, count );
    append( text, json_output ? L"]}\n" : L"Listed %lu job(s).\n", count );
    return hr;
}

static int list( struct call *call )
{
    struct text text = { 0 };
    HRESULT hr;
    int ret;

    hr = append_jobs( &text, call, call->options & 1, call->options & 2 );
    ret = finish( call, hr, L"%ls", text.chars );
    free_text( &text );
    return ret;
}

static int monitor( struct call *call )
{
    DWORD refresh = DEFAULT_REFRESH;
    struct text text = { 0 };
    HANDLE stop;
    HRESULT hr;

    if (call->count != (call->options & 2 ? 1 : 0))
        return wrong_argument( call, L"/REFRESH", call->count ? call->args[0] : L"", L"followed by a number of seconds" );
    if (call->count && !parse_number( call, 0, L"<seconds>", MAX_REFRESH, &refresh )) return EXIT_USAGE;
    if (!refresh) return wrong_argument( call, L"<seconds>", call->args[0], L"more than 0" );
    stop = catch_ctrl_c();
    do
    {
        append( &text, L"MONITORING BACKGROUND COPY MANAGER(%lu second refresh)\n", refresh );
        if (FAILED(hr = append_jobs( &text, call, call->options & 1, FALSE ))) break;
        clear_window();
        print_text( &text );
        free_text( &text );
    }
    while (WaitForSingleObject( stop, refresh * 1000 ) == WAIT_TIMEOUT);
    free_text( &text );
    /* the cursor may stand behind a ^C */
    return finish( call, hr, is_console() ? L"\n" : L"" );
}

const struct command listing_commands[] =
{
    { L"LIST", L"[/ALLUSERS] [/VERBOSE]", 0, 0, JSON, list, L"enum jobs", L"Lists your jobs, or those of all users." },
    { L"INFO", L"<job> [/VERBOSE]", 1, 1, JOB | JSON, info, L"get job info", L"Shows a job." },
    { L"LISTFILES", L"<job>", 1, 1, JOB | JSON, list_files, L"enum files", L"Lists the files of the job." },
    { L"MONITOR", L"[/ALLUSERS] [/REFRESH <seconds>]", 0, 1, UNWRAPPED, monitor, L"enum jobs",
      L"Lists the jobs again and again, every 5 seconds by default, until Ctrl+C." },
    { L"" }
};

/* --- getters --- */

static int get( struct call *call )
{
    return print_fields( call, job_properties, call->job, call->command->fields );
}

static int get_notify_command_line( struct call *call )
{
    return print_fields( call, job_properties, call->job,
                         json_output ? L"$notifyProgram $notifyParameters" : L"$notifyCommandLine" );
}

static int get_of_file( struct call *call )
{
    IBackgroundCopyFile *file;
    int ret;

    if ((ret = find_file( call, &file ))) return ret;
    ret = print_fields( call, file_properties, file, call->command->fields );
    IBackgroundCopyFile_Release( file );
    return ret;
}

static int get_error( struct call *call )
{
    IBackgroundCopyError *error;
    HRESULT hr;
    int ret;

    if (FAILED(hr = IBackgroundCopyJob_GetError( call->job, &error ))) return finish( call, hr, L"" );
    ret = print_fields( call, error_properties, error, call->command->fields );
    IBackgroundCopyError_Release( error );
    return ret;
}

static int get_reply_data( struct call *call )
{
    struct text text = { 0 };
    BYTE *data = NULL;
    UINT64 i, size = 0;
    HRESULT hr;
    int ret;

    CALL( hr, call->job, IBackgroundCopyJob2, GetReplyData, &data, &size );
    if (SUCCEEDED(hr))
    {
        append( &text, json_output ? L"{\"replyData\": \"" : L"" );
        for (i = 0; i < size; i++)
        {
            append( &text, L"%02x", data[i] );
            if (!json_output && !raw_output) append( &text, i % 16 == 15 || i + 1 == size ? L"\n" : L" " );
        }
        append( &text, json_output ? L"\"}\n" : L"" );
        CoTaskMemFree( data );
    }
    ret = finish( call, hr, L"%ls", text.chars );
    free_text( &text );
    return ret;
}

#define GET( name, what, fields ) \
    { L"GET" name, L"<job>", 1, 1, JOB | JSON, get, L"get " what, L"Shows the job's " what L".", fields }
#define GET_OF_FILE( name, what, fields ) \
    { L"GET" name, L"<job> <file_index>", 2, 2, JOB | JSON, get_of_file, L"get " what, \
      L"Shows " what L" of the file; 0 is the first.", fields }

const struct command getter_commands[] =
{
    GET( L"TYPE", L"type", L"$type" ),
    GET( L"STATE", L"state", L"$state" ),
    GET( L"ACLFLAGS", L"ACL flags", L"$aclFlags" ),
    GET( L"BYTESTOTAL", L"size in bytes", L"$bytesTotal" ),
    GET( L"BYTESTRANSFERRED", L"number of transferred bytes", L"$bytesTransferred" ),
    GET( L"FILESTOTAL", L"number of files", L"$filesTotal" ),
    GET( L"FILESTRANSFERRED", L"number of transferred files", L"$filesTransferred" ),
    GET( L"CREATIONTIME", L"creation time", L"$creationTime" ),
    GET( L"MODIFICATIONTIME", L"modification time", L"$modificationTime" ),
    GET( L"COMPLETIONTIME", L"completion time", L"$completionTime" ),
    { L"GETERROR", L"<job>", 1, 1, JOB | JSON, get_error, L"get error", L"Shows the job's error.", ERROR_FIELDS },
    GET( L"ERRORCOUNT", L"number of errors", L"$errorCount" ),
    GET( L"OWNER", L"owner", L"$owner" ),
    GET( L"DISPLAYNAME", L"display name", L"$displayName" ),
    GET( L"DESCRIPTION", L"description", L"$description" ),
    GET( L"PRIORITY", L"priority", L"$priority" ),
    GET( L"NOTIFYFLAGS", L"notification flags", L"$notifyFlags" ),
    GET( L"NOTIFYINTERFACE", L"notification interface", L"$notifyInterface" ),
    { L"GETNOTIFYCMDLINE", L"<job>", 1, 1, JOB | JSON, get_notify_command_line, L"get notification command line",
      L"Shows the job's notification command line." },
    GET( L"MINRETRYDELAY", L"minimum retry delay in seconds", L"$minRetryDelay" ),
    GET( L"NOPROGRESSTIMEOUT", L"no-progress timeout in seconds", L"$noProgressTimeout" ),
    GET( L"MAXDOWNLOADTIME", L"maximum download time in seconds", L"$maxDownloadTime" ),
    GET( L"PROXYUSAGE", L"proxy usage", L"$proxyUsage" ),
    GET( L"PROXYLIST", L"proxy list", L"$proxyList" ),
    GET( L"PROXYBYPASSLIST", L"proxy bypass list", L"$proxyBypassList" ),
    GET( L"CUSTOMHEADERS", L"custom headers", L"$customHeaders" ),
    GET( L"HTTPMETHOD", L"HTTP method", L"$httpMethod" ),
    GET( L"CLIENTCERTIFICATE", L"client certificate",
         L"$clientCertificateLocation $clientCertificateStore $clientCertificateHash $clientCertificateSubject" ),
    GET( L"SECURITYFLAGS", L"security flags", L"$securityFlags" ),
    GET( L"PEERCACHINGFLAGS", L"peer caching flags", L"$peerCachingFlags" ),
    GET( L"HELPERTOKENSID", L"helper token's SID", L"$helperTokenSid" ),
    GET( L"HELPERTOKENFLAGS", L"helper token's flags", L"$helperTokenFlags" ),
    GET_OF_FILE( L"VALIDATIONSTATE", L"the validation state", L"$validationState" ),
    GET_OF_FILE( L"TEMPORARYNAME", L"the temporary name", L"$temporaryName" ),
    GET_OF_FILE( L"PEERSTATS", L"the bytes from the origin and from peers", L"$bytesFromOrigin $bytesFromPeers" ),
    GET( L"REPLYFILENAME", L"reply file", L"$replyFileName" ),
    GET( L"REPLYPROGRESS", L"progress of the reply", L"$replyBytesTransferred / $replyBytesTotal" ),
    { L"GETREPLYDATA", L"<job>", 1, 1, JOB | JSON, get_reply_data, L"get reply data", L"Shows the reply in hexadecimal." },
    { L"" }
};
