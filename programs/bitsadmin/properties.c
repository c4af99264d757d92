/*
 * What can be read from jobs, files and errors
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

#include <stdio.h>
#include "bitsadmin.h"
#include <sddl.h>

/* --- jobs --- */

GETTER( get_id, IBackgroundCopyJob, GetId, GUID, set_guid( value, &raw ) )
GETTER( get_display_name, IBackgroundCopyJob, GetDisplayName, WCHAR *, set_text( value, raw ) )
GETTER( get_description, IBackgroundCopyJob, GetDescription, WCHAR *, set_text( value, raw ) )
GETTER( get_type, IBackgroundCopyJob, GetType, BG_JOB_TYPE, set_word( value, word_of( job_types, raw ) ) )
GETTER( get_state, IBackgroundCopyJob, GetState, BG_JOB_STATE, set_word( value, word_of( job_states, raw ) ) )
GETTER( get_priority, IBackgroundCopyJob, GetPriority, BG_JOB_PRIORITY, set_word( value, word_of( priorities, raw ) ) )
GETTER( get_owner_sid, IBackgroundCopyJob, GetOwner, WCHAR *, set_text( value, raw ) )

GETTER( get_files_total, IBackgroundCopyJob, GetProgress, BG_JOB_PROGRESS, set_number( value, raw.FilesTotal ) )
GETTER( get_files_done, IBackgroundCopyJob, GetProgress, BG_JOB_PROGRESS, set_number( value, raw.FilesTransferred ) )
GETTER( get_bytes_total, IBackgroundCopyJob, GetProgress, BG_JOB_PROGRESS, set_size( value, raw.BytesTotal ) )
GETTER( get_bytes_done, IBackgroundCopyJob, GetProgress, BG_JOB_PROGRESS, set_number( value, raw.BytesTransferred ) )
GETTER( get_creation_time, IBackgroundCopyJob, GetTimes, BG_JOB_TIMES, set_time( value, raw.CreationTime ) )
GETTER( get_modification_time, IBackgroundCopyJob, GetTimes, BG_JOB_TIMES, set_time( value, raw.ModificationTime ) )
GETTER( get_completion_time, IBackgroundCopyJob, GetTimes, BG_JOB_TIMES, set_time( value, raw.TransferCompletionTime ) )

GETTER( get_notify_flags, IBackgroundCopyJob, GetNotifyFlags, ULONG, set_number( value, raw ) )
GETTER( get_retry_delay, IBackgroundCopyJob, GetMinimumRetryDelay, ULONG, set_number( value, raw ) )
GETTER( get_no_progress_timeout, IBackgroundCopyJob, GetNoProgressTimeout, ULONG, set_number( value, raw ) )
GETTER( get_error_count, IBackgroundCopyJob, GetErrorCount, ULONG, set_number( value, raw ) )
GETTER( get_max_download_time, IBackgroundCopyJob4, GetMaximumDownloadTime, ULONG, set_number( value, raw ) )
GETTER( get_peer_caching_flags, IBackgroundCopyJob4, GetPeerCachingFlags, DWORD, set_number( value, raw ) )
GETTER( get_from_peers, IBackgroundCopyJob4, GetPeerCachingFlags, DWORD, set_truth( value, (raw & BG_JOB_ENABLE_PEERCACHING_CLIENT) != 0 ) )
GETTER( get_to_peers, IBackgroundCopyJob4, GetPeerCachingFlags, DWORD, set_truth( value, (raw & BG_JOB_ENABLE_PEERCACHING_SERVER) != 0 ) )
GETTER( get_integrity, IBackgroundCopyJob4, GetOwnerIntegrityLevel, ULONG, set_word( value, word_of( integrity_levels, raw ) ) )
GETTER( get_elevated, IBackgroundCopyJob4, GetOwnerElevationState, BOOL, set_truth( value, raw ) )
GETTER( get_security_flags, IBackgroundCopyJobHttpOptions, GetSecurityFlags, ULONG, set_number( value, raw ) )
GETTER( get_custom_headers, IBackgroundCopyJobHttpOptions, GetCustomHeaders, WCHAR *, set_text( value, raw ) )
GETTER( get_http_method, IBackgroundCopyJobHttpOptions2, GetHttpMethod, WCHAR *, set_text( value, raw ) )
GETTER( get_helper_sid, IBitsTokenOptions, GetHelperTokenSid, WCHAR *, set_text( value, raw ) )
GETTER( get_helper_flags, IBitsTokenOptions, GetHelperTokenFlags, DWORD, set_number( value, raw ) )
GETTER( get_reply_file, IBackgroundCopyJob2, GetReplyFileName, WCHAR *, set_text( value, raw ) )
GETTER( get_reply_total, IBackgroundCopyJob2, GetReplyProgress, BG_JOB_REPLY_PROGRESS, set_size( value, raw.BytesTotal ) )
GETTER( get_reply_done, IBackgroundCopyJob2, GetReplyProgress, BG_JOB_REPLY_PROGRESS, set_number( value, raw.BytesTransferred ) )

/* The account of the owner, or its SID where that has no name. */
static HRESULT get_owner( IUnknown *job, struct value *value )
{
    WCHAR name[256], domain[256], *string;
    DWORD name_size = ARRAYSIZE(name), domain_size = ARRAYSIZE(domain);
    struct text account = { 0 };
    SID_NAME_USE use;
    HRESULT hr;
    PSID sid;

    CALL( hr, job, IBackgroundCopyJob, GetOwner, &string );
    if (FAILED(hr)) return hr;
    if (ConvertStringSidToSidW( string, &sid ))
    {
        if (LookupAccountSidW( NULL, sid, name, &name_size, domain, &domain_size, &use ))
        {
            append( &account, L"%ls\\%ls", domain, name );
            CoTaskMemFree( string );
            string = copy_string( account.chars );
            free_text( &account );
        }
        LocalFree( sid );
    }
    set_text( value, string );
    return S_OK;
}

static HRESULT get_acl_flags( IUnknown *job, struct value *value )
{
    const struct word *letter;
    WCHAR letters[5] = L"", *end = letters;
    DWORD flags;
    HRESULT hr;

    CALL( hr, job, IBackgroundCopyJob3, GetFileACLFlags, &flags );
    if (FAILED(hr)) return hr;
    for (letter = acl_letters; letter->word; letter++) if (flags & letter->value) *end++ = letter->word[0];
    *end = 0;
    set_text( value, copy_string( letters ) );
    return S_OK;
}

static HRESULT get_notify_interface( IUnknown *job, struct value *value )
{
    IUnknown *target = NULL;
    HRESULT hr;

    CALL( hr, job, IBackgroundCopyJob, GetNotifyInterface, &target );
    if (FAILED(hr)) return hr;
    set_word( value, target ? L"REGISTERED" : L"UNREGISTERED" );
    if (target) IUnknown_Release( target );
    return S_OK;
}

/* Takes the memory; an empty string is as good as none. */
static WCHAR *unless_empty( WCHAR *string )
{
    if (!string || string[0]) return string;
    CoTaskMemFree( string );
    return NULL;
}

static HRESULT get_notify_program( IUnknown *job, struct value *value )
{
    WCHAR *program, *parameters;
    HRESULT hr;

    CALL( hr, job, IBackgroundCopyJob2, GetNotifyCmdLine, &program, &parameters );
    if (FAILED(hr)) return hr;
    set_text( value, unless_empty( program ) );
    CoTaskMemFree( parameters );
    return S_OK;
}

static HRESULT get_notify_parameters( IUnknown *job, struct value *value )
{
    WCHAR *program, *parameters;
    HRESULT hr;

    CALL( hr, job, IBackgroundCopyJob2, GetNotifyCmdLine, &program, &parameters );
    if (FAILED(hr)) return hr;
    set_text( value, unless_empty( parameters ) );
    CoTaskMemFree( program );
    return S_OK;
}

/* Both, for a reader. */
static HRESULT get_notify_command_line( IUnknown *job, struct value *value )
{
    WCHAR *program, *parameters;
    struct text text = { 0 };
    HRESULT hr;

    CALL( hr, job, IBackgroundCopyJob2, GetNotifyCmdLine, &program, &parameters );
    if (FAILED(hr)) return hr;
    set_absent( value, L"none" );
    if (program && program[0])
    {
        append( &text, L"'%ls' '%ls'", program, parameters ? parameters : L"" );
        set_text( value, copy_string( text.chars ) );
        free_text( &text );
    }
    CoTaskMemFree( program );
    CoTaskMemFree( parameters );
    return S_OK;
}

struct proxy_settings
{
    BG_JOB_PROXY_USAGE usage;
    WCHAR *list, *bypass;
};

static HRESULT read_proxy_settings( IUnknown *job, struct proxy_settings *settings )
{
    HRESULT hr;

    memset( settings, 0, sizeof(*settings) );
    CALL( hr, job, IBackgroundCopyJob, GetProxySettings, &settings->usage, &settings->list, &settings->bypass );
    return hr;
}

static HRESULT get_proxy_usage( IUnknown *job, struct value *value )
{
    struct proxy_settings settings;
    HRESULT hr = read_proxy_settings( job, &settings );

    CoTaskMemFree( settings.list );
    CoTaskMemFree( settings.bypass );
    set_word( value, word_of( proxy_usages, settings.usage ) );
    return hr;
}

static HRESULT get_proxy_list( IUnknown *job, struct value *value )
{
    struct proxy_settings settings;
    HRESULT hr = read_proxy_settings( job, &settings );

    CoTaskMemFree( settings.bypass );
    set_text( value, settings.list );
    return hr;
}

static HRESULT get_proxy_bypass( IUnknown *job, struct value *value )
{
    struct proxy_settings settings;
    HRESULT hr = read_proxy_settings( job, &settings );

    CoTaskMemFree( settings.list );
    set_text( value, settings.bypass );
    return hr;
}

/* --- a job's client certificate --- */

struct certificate
{
    BG_CERT_STORE_LOCATION location;
    WCHAR *store, *subject;
    BYTE *hash;
};

static HRESULT read_certificate( IUnknown *job, struct certificate *certificate )
{
    HRESULT hr;

    memset( certificate, 0, sizeof(*certificate) );
    CALL( hr, job, IBackgroundCopyJobHttpOptions, GetClientCertificate, &certificate->location, &certificate->store,
          &certificate->hash, &certificate->subject );
    return hr;
}

static void free_certificate( struct certificate *certificate )
{
    CoTaskMemFree( certificate->store );
    CoTaskMemFree( certificate->subject );
    CoTaskMemFree( certificate->hash );
}

static HRESULT get_certificate_location( IUnknown *job, struct value *value )
{
    struct certificate certificate;
    HRESULT hr = read_certificate( job, &certificate );

    if (FAILED(hr)) return hr;
    set_word( value, word_of( store_locations, certificate.location ) );
    free_certificate( &certificate );
    return S_OK;
}

static HRESULT get_certificate_store( IUnknown *job, struct value *value )
{
    struct certificate certificate;
    HRESULT hr = read_certificate( job, &certificate );

    if (FAILED(hr)) return hr;
    set_text( value, certificate.store );
    certificate.store = NULL;
    free_certificate( &certificate );
    return S_OK;
}

static HRESULT get_certificate_hash( IUnknown *job, struct value *value )
{
    struct certificate certificate;
    HRESULT hr = read_certificate( job, &certificate );
    struct text hex = { 0 };
    int i;

    if (FAILED(hr)) return hr;
    for (i = 0; certificate.hash && i < 20; i++) append( &hex, L"%02x", certificate.hash[i] );
    set_text( value, hex.chars ? copy_string( hex.chars ) : NULL );
    free_text( &hex );
    free_certificate( &certificate );
    return S_OK;
}

static HRESULT get_certificate_subject( IUnknown *job, struct value *value )
{
    struct certificate certificate;
    HRESULT hr = read_certificate( job, &certificate );

    if (FAILED(hr)) return hr;
    set_text( value, certificate.subject );
    certificate.subject = NULL;
    free_certificate( &certificate );
    return S_OK;
}

const struct property job_properties[] =
{
    { L"id",                  get_id },
    { L"displayName",         get_display_name },
    { L"description",         get_description },
    { L"type",                get_type },
    { L"state",               get_state },
    { L"priority",            get_priority },
    { L"owner",               get_owner },
    { L"ownerSid",            get_owner_sid },
    { L"ownerIntegrityLevel", get_integrity },
    { L"ownerElevated",       get_elevated },
    { L"filesTransferred",    get_files_done },
    { L"filesTotal",          get_files_total },
    { L"bytesTransferred",    get_bytes_done },
    { L"bytesTotal",          get_bytes_total },
    { L"creationTime",        get_creation_time },
    { L"modificationTime",    get_modification_time },
    { L"completionTime",      get_completion_time },
    { L"aclFlags",            get_acl_flags },
    { L"notifyInterface",     get_notify_interface },
    { L"notifyFlags",         get_notify_flags },
    { L"notifyProgram",       get_notify_program },
    { L"notifyParameters",    get_notify_parameters },
    { L"notifyCommandLine",   get_notify_command_line },
    { L"minRetryDelay",       get_retry_delay },
    { L"noProgressTimeout",   get_no_progress_timeout },
    { L"maxDownloadTime",     get_max_download_time },
    { L"errorCount",          get_error_count },
    { L"proxyUsage",          get_proxy_usage },
    { L"proxyList",           get_proxy_list },
    { L"proxyBypassList",     get_proxy_bypass },
    { L"customHeaders",       get_custom_headers },
    { L"httpMethod",          get_http_method },
    { L"securityFlags",       get_security_flags },
    { L"clientCertificateLocation", get_certificate_location },
    { L"clientCertificateStore",    get_certificate_store },
    { L"clientCertificateHash",     get_certificate_hash },
    { L"clientCertificateSubject",  get_certificate_subject },
    { L"peerCachingFlags",    get_peer_caching_flags },
    { L"downloadFromPeers",   get_from_peers },
    { L"serveToPeers",        get_to_peers },
    { L"helperTokenSid",      get_helper_sid },
    { L"helperTokenFlags",    get_helper_flags },
    { L"replyFileName",       get_reply_file },
    { L"replyBytesTransferred", get_reply_done },
    { L"replyBytesTotal",     get_reply_total },
    { NULL }
};

/* --- files --- */

GETTER( get_remote_name, IBackgroundCopyFile, GetRemoteName, WCHAR *, set_text( value, raw ) )
GETTER( get_local_name, IBackgroundCopyFile, GetLocalName, WCHAR *, set_text( value, raw ) )
GETTER( get_file_done, IBackgroundCopyFile, GetProgress, BG_FILE_PROGRESS, set_number( value, raw.BytesTransferred ) )
GETTER( get_file_total, IBackgroundCopyFile, GetProgress, BG_FILE_PROGRESS, set_size( value, raw.BytesTotal ) )
GETTER( get_file_status, IBackgroundCopyFile, GetProgress, BG_FILE_PROGRESS, set_word( value, raw.Completed ? L"COMPLETED" : L"WORKING" ) )
GETTER( get_temporary_name, IBackgroundCopyFile3, GetTemporaryName, WCHAR *, set_text( value, raw ) )
GETTER( get_validation_state, IBackgroundCopyFile3, GetValidationState, BOOL, set_truth( value, raw ) )

static HRESULT get_bytes_from_origin( IUnknown *file, struct value *value )
{
    UINT64 origin, peers;
    HRESULT hr;

    CALL( hr, file, IBackgroundCopyFile4, GetPeerDownloadStats, &origin, &peers );
    if (SUCCEEDED(hr)) set_number( value, origin );
    return hr;
}

static HRESULT get_bytes_from_peers( IUnknown *file, struct value *value )
{
    UINT64 origin, peers;
    HRESULT hr;

    CALL( hr, file, IBackgroundCopyFile4, GetPeerDownloadStats, &origin, &peers );
    if (SUCCEEDED(hr)) set_number( value, peers );
    return hr;
}

const struct property file_properties[] =
{
    { L"remoteName",       get_remote_name },
    { L"localName",        get_local_name },
    { L"bytesTransferred", get_file_done },
    { L"bytesTotal",       get_file_total },
    { L"status",           get_file_status },
    { L"temporaryName",    get_temporary_name },
    { L"validationState",  get_validation_state },
    { L"bytesFromOrigin",  get_bytes_from_origin },
    { L"bytesFromPeers",   get_bytes_from_peers },
    { NULL }
};

/* --- errors --- */

static HRESULT read_error( IUnknown *error, BG_ERROR_CONTEXT *context, HRESULT *code )
{
    HRESULT hr;

    CALL( hr, error, IBackgroundCopyError, GetError, context, code );
    return hr;
}

static void set_code( struct value *value, DWORD code )
{
    WCHAR text[11];

    _snwprintf( text, ARRAYSIZE(text), L"0x%08lx", code );
    set_text( value, copy_string( text ) );
}

static HRESULT get_error_code( IUnknown *error, struct value *value )
{
    BG_ERROR_CONTEXT context;
    HRESULT code, hr = read_error( error, &context, &code );

    if (SUCCEEDED(hr)) set_code( value, code );
    return hr;
}

static HRESULT get_error_context( IUnknown *error, struct value *value )
{
    BG_ERROR_CONTEXT context;
    HRESULT code, hr = read_error( error, &context, &code );

    if (SUCCEEDED(hr)) set_code( value, context );
    return hr;
}

/* System messages end with a line break. */
static void set_message( struct value *value, WCHAR *text )
{
    size_t length = wcslen( text );

    while (length && iswspace( text[length - 1] )) text[--length] = 0;
    set_text( value, text );
}

static HRESULT get_error_message( IUnknown *error, struct value *value )
{
    WCHAR *text;
    HRESULT hr;

    CALL( hr, error, IBackgroundCopyError, GetErrorDescription, LANGIDFROMLCID(GetThreadLocale()), &text );
    if (SUCCEEDED(hr)) set_message( value, text );
    return hr;
}

static HRESULT get_context_message( IUnknown *error, struct value *value )
{
    WCHAR *text;
    HRESULT hr;

    CALL( hr, error, IBackgroundCopyError, GetErrorContextDescription, LANGIDFROMLCID(GetThreadLocale()), &text );
    if (SUCCEEDED(hr)) set_message( value, text );
    return hr;
}

/* An error that no file is to blame for has none: S_OK. */
static HRESULT get_error_file_name( IUnknown *error, struct value *value,
                                    HRESULT (*get)( IUnknown *object, struct value *value ) )
{
    IBackgroundCopyFile *file;
    HRESULT hr;

    CALL( hr, error, IBackgroundCopyError, GetFile, &file );
    set_absent( value, L"NULL" );
    if (hr == BG_E_FILE_NOT_AVAILABLE) return S_OK;
    if (FAILED(hr)) return hr;
    hr = get( (IUnknown *)file, value );
    IBackgroundCopyFile_Release( file );
    return hr;
}

static HRESULT get_error_remote_name( IUnknown *error, struct value *value )
{
    return get_error_file_name( error, value, get_remote_name );
}

static HRESULT get_error_local_name( IUnknown *error, struct value *value )
{
    return get_error_file_name( error, value, get_local_name );
}

const struct property error_properties[] =
{
    { L"remoteName",     get_error_remote_name },
    { L"localName",      get_error_local_name },
    { L"code",           get_error_code },
    { L"message",        get_error_message },
    { L"context",        get_error_context },
    { L"contextMessage", get_context_message },
    { NULL }
};
