/*
 * /TRANSFER and /WAIT: jobs that somebody sits and waits for
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

struct transfer
{
    const WCHAR *name;
    int type, priority;
    DWORD acl_flags;
    BOOL dynamic;
    BOOL hashed;
    BYTE hash[SHA256_SIZE];     /* if hashed: of the only file */
    BG_FILE_INFO *files;
    ULONG count;
    WCHAR id[39];               /* once there is a job */
};

/* --- arguments --- */

/* Takes option INDEX and the value that it may have; *INDEX becomes that of the last argument taken. */
static BOOL parse_option( struct call *call, unsigned int *index, struct transfer *transfer )
{
    const WCHAR *option = call->args[*index];
    BOOL has_value = *index + 1 < call->count;

    if (!_wcsicmp( option, L"/DOWNLOAD" )) transfer->type = BG_JOB_TYPE_DOWNLOAD;
    else if (!_wcsicmp( option, L"/UPLOAD" )) transfer->type = BG_JOB_TYPE_UPLOAD;
    else if (!_wcsicmp( option, L"/DYNAMIC" )) transfer->dynamic = TRUE;
    else if (has_value && !_wcsicmp( option, L"/PRIORITY" ))
        return parse_word( call, ++*index, L"<priority>", priorities, &transfer->priority );
    else if (has_value && !_wcsicmp( option, L"/ACLFLAGS" ))
        return parse_acl_flags( call, ++*index, L"<flags>", &transfer->acl_flags );
    else if (has_value && !_wcsicmp( option, L"/SHA256" ))
        return transfer->hashed = parse_hex( call, ++*index, L"<hash>", transfer->hash, SHA256_SIZE );
    else
    {
        wrong_argument( call, L"an option", option, L"/DOWNLOAD, /UPLOAD, /PRIORITY <priority>, /ACLFLAGS <flags>, "
                                                    L"/DYNAMIC or /SHA256 <hash>" );
        return FALSE;
    }
    return TRUE;
}

static BOOL parse_transfer( struct call *call, struct transfer *transfer )
{
    WCHAR *remote = NULL;
    unsigned int i;

    transfer->name = call->args[0];
    transfer->priority = BG_JOB_PRIORITY_NORMAL;
    for (i = 1; i < call->count; i++)
    {
        if (call->args[i][0] == '/')
        {
            if (!parse_option( call, &i, transfer )) return FALSE;
        }
        else if (!remote) remote = call->args[i];
        else
        {
            if (!parse_path( call, i, L"<local_name>" )) return FALSE;
            transfer->files[transfer->count].RemoteName = remote;
            transfer->files[transfer->count++].LocalName = call->args[i];
            remote = NULL;
        }
    }
    if (remote) wrong_argument( call, L"<remote_url>", remote, L"followed by a local name" );
    else if (!transfer->count) wrong_argument( call, L"<name>", transfer->name, L"followed by a remote URL and a local name" );
    else if (transfer->hashed && (transfer->count != 1 || transfer->type != BG_JOB_TYPE_DOWNLOAD))
        wrong_argument( call, L"an option", L"/SHA256", L"used with a download of one file" );
    else return TRUE;
    return FALSE;
}

/* --- the job --- */

static HRESULT prepare_job( struct call *call, IBackgroundCopyJob *job, const struct transfer *transfer, const WCHAR **action )
{
    BITS_JOB_PROPERTY_VALUE dynamic;
    HRESULT hr;

    *action = L"set priority";
    if (FAILED(hr = IBackgroundCopyJob_SetPriority( job, transfer->priority ))) return hr;
    *action = L"set ACL flags";
    if (transfer->acl_flags) CALL( hr, job, IBackgroundCopyJob3, SetFileACLFlags, transfer->acl_flags );
    if (FAILED(hr)) return hr;
    *action = L"set dynamic content";
    dynamic.Enable = TRUE;
    if (transfer->dynamic) CALL( hr, job, IBackgroundCopyJob5, SetProperty, BITS_JOB_PROPERTY_DYNAMIC_CONTENT, dynamic );
    if (FAILED(hr)) return hr;
    *action = L"add file";
    if (FAILED(hr = IBackgroundCopyJob_AddFileSet( job, transfer->count, transfer->files ))) return hr;
    *action = L"resume job";
    return IBackgroundCopyJob_Resume( job );
}

/* A job on its way; NULL after a complaint, and then there is none. */
static IBackgroundCopyJob *start_job( struct call *call, struct transfer *transfer )
{
    const WCHAR *action = L"create job";
    IBackgroundCopyJob *job;
    HRESULT hr;
    GUID id;

    hr = IBackgroundCopyManager_CreateJob( call->manager, transfer->name, transfer->type, &id, &job );
    if (SUCCEEDED(hr))
    {
        StringFromGUID2( &id, transfer->id, ARRAYSIZE(transfer->id) );
        if (SUCCEEDED(hr = prepare_job( call, job, transfer, &action ))) return job;
        IBackgroundCopyJob_Cancel( job );
        IBackgroundCopyJob_Release( job );
    }
    complain_about( call->manager, action, hr );
    return NULL;
}

/* Says why, cancels the job and says that too.  Returns EXIT. */
static int give_up( struct call *call, IBackgroundCopyJob *job, const struct transfer *transfer, const WCHAR *why, int exit )
{
    HRESULT hr = IBackgroundCopyJob_Cancel( job );

    if (FAILED(hr)) complain_about( call->manager, L"cancel job", hr );
    complain( L"%ls %ls job %ls.\n", why, SUCCEEDED(hr) ? L"Canceled" : L"Left in the queue:", transfer->id );
    return exit;
}

static void show_error( struct call *call, IBackgroundCopyJob *job )
{
    IBackgroundCopyError *error;
    struct text text = { 0 };
    HRESULT hr;

    if (FAILED(hr = IBackgroundCopyJob_GetError( job, &error )))
    {
        complain_about( call->manager, L"get error", hr );
        return;
    }
    append_fields( &text, error_properties, error, ERROR_FIELDS );
    complain( L"%ls", text.chars );
    free_text( &text );
    IBackgroundCopyError_Release( error );
}

/* The temporary file is the one that is hashed, so nothing wrong ever has the final name. */
static int check_hash( struct call *call, IBackgroundCopyJob *job, const struct transfer *transfer, HANDLE stop )
{
    IBackgroundCopyFile **files;
    BYTE hash[SHA256_SIZE];
    WCHAR *path = NULL;
    DWORD error = ERROR_SUCCESS;
    ULONG count;
    HRESULT hr;

    if (SUCCEEDED(hr = enum_files( job, &files, &count )))
    {
        CALL( hr, files[0], IBackgroundCopyFile3, GetTemporaryName, &path );
        free_files( files, count );
    }
    if (SUCCEEDED(hr)) error = hash_file( path, stop, hash );
    CoTaskMemFree( path );
    if (error == ERROR_CANCELLED) return give_up( call, job, transfer, L"Transfer stopped.", EXIT_STOPPED );
    if (error) hr = HRESULT_FROM_WIN32(error);
    if (FAILED(hr))
    {
        complain_about( call->manager, L"check the hash", hr );
        return give_up( call, job, transfer, L"The file could not be checked.", EXIT_FAILED );
    }
    if (!memcmp( hash, transfer->hash, SHA256_SIZE )) return EXIT_DONE;
    return give_up( call, job, transfer, L"The file has another SHA-256 hash than the one given.", EXIT_HASH );
}

static int end_transferred( struct call *call, IBackgroundCopyJob *job, const struct transfer *transfer, HANDLE stop )
{
    HRESULT hr;
    int ret;

    if (transfer->hashed && (ret = check_hash( call, job, transfer, stop ))) return ret;
    if (FAILED(hr = IBackgroundCopyJob_Complete( job )))
    {
        complain_about( call->manager, L"complete job", hr );
        complain( L"Left in the queue: job %ls.\n", transfer->id );
        return EXIT_FAILED;
    }
    print( L"Transfer complete.\n" );
    return EXIT_DONE;
}

static int run_transfer( struct call *call, struct transfer *transfer )
{
    HANDLE stop = catch_ctrl_c();
    IBackgroundCopyJob *job;
    BG_JOB_STATE state;
    int ret;

    if (!(job = start_job( call, transfer ))) return EXIT_FAILED;
    switch (watch_job( call, &job, stop, WATCH_FOREVER, &state ))
    {
    case WAIT_ABANDONED:
        ret = give_up( call, job, transfer, L"Transfer stopped.", EXIT_STOPPED );
        break;
    case WAIT_OBJECT_0:
        if (state == BG_JOB_STATE_TRANSFERRED) ret = end_transferred( call, job, transfer, stop );
        else if (state == BG_JOB_STATE_ERROR)
        {
            show_error( call, job );
            ret = give_up( call, job, transfer, L"Transfer failed.", EXIT_JOB_FAILED );
        }
        else
        {
            /* somebody else was quicker */
            ret = state == BG_JOB_STATE_ACKNOWLEDGED ? EXIT_DONE : EXIT_JOB_FAILED;
            if (ret) complain( L"Transfer failed. Job %ls was canceled by somebody else.\n", transfer->id );
            else print( L"Transfer complete.\n" );
        }
        break;
    default:
        complain( L"Left in the queue: job %ls.\n", transfer->id );
        ret = EXIT_FAILED;
    }
    IBackgroundCopyJob_Release( job );
    return ret;
}

static int transfer( struct call *call )
{
    struct transfer transfer = { 0 };
    int ret = EXIT_USAGE;

    transfer.files = must_have( malloc( call->count * sizeof(*transfer.files) ) );
    if (parse_transfer( call, &transfer )) ret = run_transfer( call, &transfer );
    free( transfer.files );
    return ret;
}

/* --- /WAIT --- */

static int wait( struct call *call )
{
    DWORD seconds, timeout = WATCH_FOREVER;
    BG_JOB_STATE state;

    if (call->count > 1)
    {
        if (!parse_number( call, 1, L"<seconds>", WATCH_FOREVER / 1000 - 1, &seconds )) return EXIT_USAGE;
        timeout = seconds * 1000;
    }
    switch (watch_job( call, &call->job, catch_ctrl_c(), timeout, &state ))
    {
    case WAIT_TIMEOUT:
        complain( L"The job is %ls after %lu seconds.\n", word_of( job_states, state ), seconds );
        return EXIT_TIMEOUT;
    case WAIT_ABANDONED:
        complain( L"Stopped waiting. The job is %ls.\n", word_of( job_states, state ) );
        return EXIT_STOPPED;
    case WAIT_FAILED:
        return EXIT_FAILED;
    }
    if (state == BG_JOB_STATE_ERROR) show_error( call, call->job );
    print( L"The job is %ls.\n", word_of( job_states, state ) );
    return state == BG_JOB_STATE_TRANSFERRED || state == BG_JOB_STATE_ACKNOWLEDGED ? EXIT_DONE : EXIT_JOB_FAILED;
}

const struct command transfer_commands[] =
{
    { L"TRANSFER", L"<name> [/DOWNLOAD | /UPLOAD] [/PRIORITY <priority>] [/ACLFLAGS <flags>] [/DYNAMIC] [/SHA256 <hash>] "
                   L"<remote_url> <local_name> [<remote_url> <local_name>] ...", 1, 10000, OWN_OPTIONS, transfer, L"transfer",
      L"Creates a job, waits until it is done, and completes it, or cancels it if it fails or on Ctrl+C. /SHA256 (an "
      L"addition of winebits) checks the file first and leaves nothing behind if it is another." },
    { L"WAIT", L"<job> [<seconds>]", 1, 2, JOB, wait, L"wait for job",
      L"Waits until the job is transferred or in error (an addition of winebits)." },
    { L"" }
};
