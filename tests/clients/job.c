/*
 * A client that does what it is told, step by step
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

/* Each line of standard input is a step: a name and arguments, quoted as on a Windows command line.  The answer is
 * any number of facts, "key value", and at last
 *
 *      = HRESULT MILLISECONDS
 *
 * which is what the step's method returned, and how long it took.  All steps but the first three concern the job that they
 * made or found last.
 * End of file lets go of everything; the job itself stays in the queue.
 *
 *      create NAME             a download, with a callback that is recorded; fact: id
 *      find ID                 a job that is in the queue already, likewise
 *      list                    facts: job ID STATE PRIORITY FLAGS FILES NAME for each job of the queue
 *      add URL LOCAL
 *      priority N              of BG_JOB_PRIORITY
 *      notify N                the notify flags
 *      helper WHO              lends the token of "restricted" (this user without administrator rights) or of a SID
 *                              (ERROR_NOT_SUPPORTED where Wine cannot make tokens); "none" takes the token back
 *      flags N                 of the helper token; fact: sid
 *      proxy none|auto|LIST            none, by AUTODETECT, or this one and no other
 *      credentials server|proxy basic|digest|ntlm|negotiate USER PASSWORD
 *                              USER "": neither is given, so those of the session
 *      headers TEXT            the custom headers
 *      security N              the security flags
 *      certificate HOW PFX     puts what is in the file (a Windows path) into MY and shows it to servers: chosen by "id",
 *                              or HOW is its subject
 *      judge HOW               has us judge server certificates: "none" of us, or HOW is the HRESULT of each answer; "hang"
 *                              never gives one
 *      asked N MS              until the judge was asked that often; facts: asked, shown (client.h)
 *      command WHO PROGRAM PARAMETERS  the command line, and no callback; set by "self", or by "restricted" (as above)
 *      resume, suspend, cancel, complete
 *      wait STATES MS          until the job is in one of these states, separated by commas; fact: state
 *      bytes N MS              until that many bytes are transferred; fact: bytes
 *      heard NAME MS           until the callback was called so; see calls
 *      watch MS                looks at the counters all the time until the job is no longer active; facts: looks,
 *                              between (looks at a part of the file), backwards (counters that shrank), early
 *                              (counters full in TRANSFERRING), unknown (TRANSFERRING without a total), state
 *      facts                   everything that can be read of the job, its error and its files
 *      calls                   facts: call NAME CODE for each call of the callback, in order
 */

#include <stdio.h>
#include <stdlib.h>
#include <stddef.h>
#include "client.h"
#include <sddl.h>
#include <shellapi.h>
#include <winternl.h>

#define LOOK_MS 2       /* between two looks at something that no callback tells */
#define MAX_LINE 8192

static const WCHAR * const state_names[] =
{
    L"QUEUED", L"CONNECTING", L"TRANSFERRING", L"SUSPENDED", L"ERROR", L"TRANSIENT_ERROR", L"TRANSFERRED",
    L"ACKNOWLEDGED", L"CANCELLED",
};

static IBackgroundCopyManager *manager;
static IBackgroundCopyJob *job;
static IBackgroundCopyCallback *callback;
static struct record *record;

static void say_state( BG_JOB_STATE state )
{
    say( L"state %ls\n", (UINT)state < ARRAYSIZE(state_names) ? state_names[state] : L"?" );
}

/* --- making a job -------------------------------------------------------------------------------------------------- */

static void forget_job(void)
{
    if (job) IBackgroundCopyJob_Release( job );
    if (callback) IBackgroundCopyCallback_Release( callback );
    job = NULL;
    callback = NULL;
}

/* The service may have been stopped: the next job asks for it anew. */
static void forget_manager(void)
{
    IBackgroundCopyManager_Release( manager );
    manager = NULL;
}

/* What both ways to a job begin with. */
static HRESULT begin_job(void)
{
    forget_job();
    if (!manager && !(manager = connect_manager())) return E_FAIL;
    return (callback = create_record( &record )) ? S_OK : E_OUTOFMEMORY;
}

/* And end with; HR: whether there is a job now. */
static HRESULT end_job( HRESULT hr )
{
    if (FAILED(hr))
    {
        forget_manager();
        return hr;
    }
    hr = IBackgroundCopyJob_SetNotifyInterface( job, (IUnknown *)callback );
    if (SUCCEEDED(hr))
        hr = IBackgroundCopyJob_SetNotifyFlags( job, BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_ERROR );
    return hr;
}

static HRESULT do_create( WCHAR **args )
{
    WCHAR text[40];
    HRESULT hr;
    GUID id;

    if (FAILED(hr = begin_job())) return hr;
    hr = IBackgroundCopyManager_CreateJob( manager, args[0], BG_JOB_TYPE_DOWNLOAD, &id, &job );
    if (SUCCEEDED(hr))
    {
        StringFromGUID2( &id, text, ARRAYSIZE(text) );
        say( L"id %ls\n", text );
    }
    return end_job( hr );
}

static HRESULT do_find( WCHAR **args )
{
    HRESULT hr;
    GUID id;

    if (FAILED(hr = CLSIDFromString( args[0], &id )) || FAILED(hr = begin_job())) return hr;
    return end_job( IBackgroundCopyManager_GetJob( manager, &id, &job ) );
}

static HRESULT say_listed( IBackgroundCopyJob *listed )
{
    BG_JOB_PROGRESS progress;
    BG_JOB_PRIORITY priority;
    BG_JOB_STATE state;
    WCHAR text[40], *name;
    ULONG flags;
    HRESULT hr;
    GUID id;

    if (FAILED(hr = IBackgroundCopyJob_GetId( listed, &id )) ||
        FAILED(hr = IBackgroundCopyJob_GetState( listed, &state )) ||
        FAILED(hr = IBackgroundCopyJob_GetPriority( listed, &priority )) ||
        FAILED(hr = IBackgroundCopyJob_GetNotifyFlags( listed, &flags )) ||
        FAILED(hr = IBackgroundCopyJob_GetProgress( listed, &progress )) ||
        FAILED(hr = IBackgroundCopyJob_GetDisplayName( listed, &name ))) return hr;
    StringFromGUID2( &id, text, ARRAYSIZE(text) );
    say( L"job %ls %ls %d %lu %lu %ls\n", text, state_names[state], priority, flags, progress.FilesTotal, name );
    CoTaskMemFree( name );
    return S_OK;
}

static HRESULT do_list( WCHAR **args )
{
    IEnumBackgroundCopyJobs *jobs;
    IBackgroundCopyJob *listed;
    HRESULT hr;

    if (!manager && !(manager = connect_manager())) return E_FAIL;
    if (FAILED(hr = IBackgroundCopyManager_EnumJobs( manager, 0, &jobs )))
    {
        forget_manager();
        return hr;
    }
    while (SUCCEEDED(hr) && (hr = IEnumBackgroundCopyJobs_Next( jobs, 1, &listed, NULL )) == S_OK)
    {
        hr = say_listed( listed );
        IBackgroundCopyJob_Release( listed );
    }
    IEnumBackgroundCopyJobs_Release( jobs );
    return SUCCEEDED(hr) ? S_OK : hr;
}

static HRESULT do_add( WCHAR **args )
{
    return IBackgroundCopyJob_AddFile( job, args[0], args[1] );
}

#define MAX_RANGES 64

/* OFFSET:LENGTH,OFFSET:LENGTH... where the last LENGTH may be eof; returns how many, 0: it cannot be read. */
static DWORD read_ranges( const WCHAR *text, BG_FILE_RANGE ranges[MAX_RANGES] )
{
    DWORD count = 0;
    WCHAR *end;

    do
    {
        if (count == MAX_RANGES) return 0;
        ranges[count].InitialOffset = _wcstoui64( text, &end, 10 );
        if (*end != ':') return 0;
        if (!wcscmp( text = end + 1, L"eof" ))
        {
            ranges[count].Length = BG_LENGTH_TO_EOF;
            return count + 1;
        }
        ranges[count++].Length = _wcstoui64( text, &end, 10 );
        text = end + 1;
    }
    while (*end == ',');
    return *end ? 0 : count;
}

static HRESULT do_ranges( WCHAR **args )
{
    BG_FILE_RANGE ranges[MAX_RANGES];
    DWORD count = read_ranges( args[2], ranges );
    IBackgroundCopyJob3 *job3;
    HRESULT hr;

    if (!count) return E_INVALIDARG;
    if (FAILED(hr = IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJob3, (void **)&job3 ))) return hr;
    hr = IBackgroundCopyJob3_AddFileWithRanges( job3, args[0], args[1], count, ranges );
    IBackgroundCopyJob3_Release( job3 );
    return hr;
}

static HRESULT do_demand( WCHAR **args )
{
    BITS_JOB_PROPERTY_VALUE value = { 0 };
    IBackgroundCopyJob5 *job5;
    HRESULT hr;

    value.Enable = TRUE;
    if (FAILED(hr = IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJob5, (void **)&job5 ))) return hr;
    hr = IBackgroundCopyJob5_SetProperty( job5, BITS_JOB_PROPERTY_ON_DEMAND_MODE, value );
    IBackgroundCopyJob5_Release( job5 );
    return hr;
}

/* The job's only file. */
static HRESULT get_file( IBackgroundCopyFile6 **file )
{
    IEnumBackgroundCopyFiles *files;
    IBackgroundCopyFile *first;
    HRESULT hr;

    if (FAILED(hr = IBackgroundCopyJob_EnumFiles( job, &files ))) return hr;
    if ((hr = IEnumBackgroundCopyFiles_Next( files, 1, &first, NULL )) == S_OK)
    {
        hr = IBackgroundCopyFile_QueryInterface( first, &IID_IBackgroundCopyFile6, (void **)file );
        IBackgroundCopyFile_Release( first );
    }
    IEnumBackgroundCopyFiles_Release( files );
    return hr == S_FALSE ? E_FAIL : hr;
}

static HRESULT do_request( WCHAR **args )
{
    BG_FILE_RANGE ranges[MAX_RANGES];
    DWORD count = read_ranges( args[0], ranges );
    IBackgroundCopyFile6 *file;
    HRESULT hr;

    if (!count) return E_INVALIDARG;
    if (FAILED(hr = get_file( &file ))) return hr;
    hr = IBackgroundCopyFile6_RequestFileRanges( file, count, ranges );
    IBackgroundCopyFile6_Release( file );
    return hr;
}

/* One fact: the ranges that are there, as read_ranges() has them. */
static HRESULT do_filled( WCHAR **args )
{
    IBackgroundCopyFile6 *file;
    BG_FILE_RANGE *ranges;
    DWORD count, i;
    HRESULT hr;

    if (FAILED(hr = get_file( &file ))) return hr;
    if (SUCCEEDED(hr = IBackgroundCopyFile6_GetFilledFileRanges( file, &count, &ranges )))
    {
        say( L"filled " );
        for (i = 0; i < count; i++)
            say( L"%ls%I64u:%I64u", i ? L"," : L"", ranges[i].InitialOffset, ranges[i].Length );
        say( L"\n" );
        CoTaskMemFree( ranges );
    }
    IBackgroundCopyFile6_Release( file );
    return hr;
}

static HRESULT do_priority( WCHAR **args )
{
    return IBackgroundCopyJob_SetPriority( job, wcstoul( args[0], NULL, 0 ) );
}

static HRESULT do_notify( WCHAR **args )
{
    return IBackgroundCopyJob_SetNotifyFlags( job, wcstoul( args[0], NULL, 0 ) );
}

static HRESULT do_proxy( WCHAR **args )
{
    if (!wcscmp( args[0], L"none" )) return IBackgroundCopyJob_SetProxySettings( job, BG_JOB_PROXY_USAGE_NO_PROXY, NULL, NULL );
    if (!wcscmp( args[0], L"auto" )) return IBackgroundCopyJob_SetProxySettings( job, BG_JOB_PROXY_USAGE_AUTODETECT, NULL, NULL );
    return IBackgroundCopyJob_SetProxySettings( job, BG_JOB_PROXY_USAGE_OVERRIDE, args[0], NULL );
}

static HRESULT do_credentials( WCHAR **args )
{
    static const WCHAR * const schemes[] = { L"basic", L"digest", L"ntlm", L"negotiate" };
    BG_AUTH_CREDENTIALS credentials;
    IBackgroundCopyJob2 *job2;
    HRESULT hr;
    UINT i;

    for (i = 0; i < ARRAYSIZE(schemes) && wcscmp( args[1], schemes[i] ); i++) ;
    if (i == ARRAYSIZE(schemes)) return E_INVALIDARG;
    credentials.Target = wcscmp( args[0], L"proxy" ) ? BG_AUTH_TARGET_SERVER : BG_AUTH_TARGET_PROXY;
    credentials.Scheme = BG_AUTH_SCHEME_BASIC + i;
    credentials.Credentials.Basic.UserName = *args[2] ? args[2] : NULL;
    credentials.Credentials.Basic.Password = *args[2] ? args[3] : NULL;
    if (FAILED(hr = IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJob2, (void **)&job2 ))) return hr;
    hr = IBackgroundCopyJob2_SetCredentials( job2, &credentials );
    IBackgroundCopyJob2_Release( job2 );
    return hr;
}

static HRESULT do_headers( WCHAR **args )
{
    IBackgroundCopyJobHttpOptions *options;
    HRESULT hr;

    if (FAILED(hr = IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJobHttpOptions, (void **)&options )))
        return hr;
    hr = IBackgroundCopyJobHttpOptions_SetCustomHeaders( options, args[0] );
    IBackgroundCopyJobHttpOptions_Release( options );
    return hr;
}

static HRESULT do_resume( WCHAR **args )
{
    return IBackgroundCopyJob_Resume( job );
}

static HRESULT do_suspend( WCHAR **args )
{
    return IBackgroundCopyJob_Suspend( job );
}

static HRESULT do_cancel( WCHAR **args )
{
    return IBackgroundCopyJob_Cancel( job );
}

static HRESULT do_complete( WCHAR **args )
{
    return IBackgroundCopyJob_Complete( job );
}

/* --- the helper token ---------------------------------------------------------------------------------------------- */

/* An impersonation token of a user who need not exist, member of Users. */
static HRESULT create_foreign_token( const WCHAR *string, HANDLE *token )
{
    NTSTATUS (NTAPI *create_token)( HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *, TOKEN_TYPE, LUID *, LARGE_INTEGER *,
                                    TOKEN_USER *, TOKEN_GROUPS *, TOKEN_PRIVILEGES *, TOKEN_OWNER *,
                                    TOKEN_PRIMARY_GROUP *, TOKEN_DEFAULT_DACL *, TOKEN_SOURCE * );
    SECURITY_QUALITY_OF_SERVICE quality = { sizeof(quality), SecurityImpersonation };
    OBJECT_ATTRIBUTES attributes = { sizeof(attributes) };
    LARGE_INTEGER expires = { .QuadPart = MAXLONGLONG };
    TOKEN_PRIVILEGES privileges = { 0 };
    TOKEN_SOURCE source = { "bitstst" };
    TOKEN_DEFAULT_DACL dacl = { NULL };
    TOKEN_PRIMARY_GROUP group;
    TOKEN_GROUPS groups = { 1 };
    LUID logon = { 0x3e4 };
    TOKEN_OWNER owner;
    TOKEN_USER user = { { NULL } };
    NTSTATUS status;
    PSID sid, users;

    if (!(create_token = (void *)GetProcAddress( GetModuleHandleW( L"ntdll.dll" ), "NtCreateToken" )))
        return HRESULT_FROM_WIN32( ERROR_NOT_SUPPORTED );
    if (!ConvertStringSidToSidW( string, &sid )) return HRESULT_FROM_WIN32( GetLastError() );
    if (!ConvertStringSidToSidW( L"S-1-5-32-545", &users ))
    {
        LocalFree( sid );
        return HRESULT_FROM_WIN32( GetLastError() );
    }
    user.User.Sid = owner.Owner = sid;
    groups.Groups[0].Sid = group.PrimaryGroup = users;
    groups.Groups[0].Attributes = SE_GROUP_MANDATORY | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED;
    attributes.SecurityQualityOfService = &quality;
    status = create_token( token, TOKEN_ALL_ACCESS, &attributes, TokenImpersonation, &logon, &expires, &user, &groups,
                           &privileges, &owner, &group, &dacl, &source );
    LocalFree( users );
    LocalFree( sid );
    return status ? HRESULT_FROM_NT( status ) : S_OK;
}

static HRESULT set_helper( IBitsTokenOptions *options, const WCHAR *who )
{
    HANDLE token = NULL;
    HRESULT hr;

    if (!wcscmp( who, L"none" )) return IBitsTokenOptions_ClearHelperToken( options );
    if (!wcscmp( who, L"restricted" )) hr = (token = create_helper_token()) ? S_OK : E_FAIL;
    else hr = create_foreign_token( who, &token );
    if (FAILED(hr)) return hr;

    if (FAILED(hr = cloak( options ))) goto done;
    if (!ImpersonateLoggedOnUser( token ))
    {
        hr = HRESULT_FROM_WIN32( GetLastError() );
        goto done;
    }
    hr = IBitsTokenOptions_SetHelperToken( options );
    RevertToSelf();

done:
    CloseHandle( token );
    return hr;
}

static HRESULT do_helper( WCHAR **args )
{
    IBitsTokenOptions *options;
    HRESULT hr;

    if (FAILED(hr = IBackgroundCopyJob_QueryInterface( job, &IID_IBitsTokenOptions, (void **)&options ))) return hr;
    hr = set_helper( options, args[0] );
    IBitsTokenOptions_Release( options );
    return hr;
}

/* WHO calls, whose token COM may take from the thread. */
static HRESULT set_command( IBackgroundCopyJob2 *job2, const WCHAR *who, const WCHAR *program, const WCHAR *parameters )
{
    HANDLE token;
    HRESULT hr;

    if (!wcscmp( who, L"self" )) return IBackgroundCopyJob2_SetNotifyCmdLine( job2, program, parameters );
    if (wcscmp( who, L"restricted" )) return E_INVALIDARG;
    if (!(token = create_helper_token())) return E_FAIL;
    if (FAILED(hr = cloak( job2 ))) goto done;
    if (!ImpersonateLoggedOnUser( token ))
    {
        hr = HRESULT_FROM_WIN32( GetLastError() );
        goto done;
    }
    hr = IBackgroundCopyJob2_SetNotifyCmdLine( job2, program, parameters );
    RevertToSelf();

done:
    CloseHandle( token );
    return hr;
}

static HRESULT do_command( WCHAR **args )
{
    IBackgroundCopyJob2 *job2;
    HRESULT hr;

    if (FAILED(hr = IBackgroundCopyJob_SetNotifyInterface( job, NULL ))) return hr;
    if (FAILED(hr = IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJob2, (void **)&job2 ))) return hr;
    hr = set_command( job2, args[0], args[1], args[2] );
    IBackgroundCopyJob2_Release( job2 );
    return hr;
}

static HRESULT do_flags( WCHAR **args )
{
    IBitsTokenOptions *options;
    HRESULT hr;
    WCHAR *sid;

    if (FAILED(hr = IBackgroundCopyJob_QueryInterface( job, &IID_IBitsTokenOptions, (void **)&options ))) return hr;
    hr = IBitsTokenOptions_SetHelperTokenFlags( options, wcstoul( args[0], NULL, 0 ) );
    if (SUCCEEDED(hr) && SUCCEEDED(hr = IBitsTokenOptions_GetHelperTokenSid( options, &sid )))
    {
        say( L"sid %ls\n", sid ? sid : L"none" );
        CoTaskMemFree( sid );
    }
    IBitsTokenOptions_Release( options );
    return hr;
}

/* --- waiting -------------------------------------------------------------------------------------------------------- */

struct deadline
{
    DWORD started, ms;
};

static struct deadline set_deadline( const WCHAR *ms )
{
    struct deadline deadline = { GetTickCount(), wcstoul( ms, NULL, 10 ) };
    return deadline;
}

static BOOL is_over( const struct deadline *deadline )
{
    return GetTickCount() - deadline->started > deadline->ms;
}

/* FALSE when the time is over; else some of it has passed. */
static BOOL look_again( const struct deadline *deadline )
{
    if (is_over( deadline )) return FALSE;
    Sleep( LOOK_MS );
    return TRUE;
}

/* NAMES: separated by commas. */
static BOOL is_among( const WCHAR *name, const WCHAR *names )
{
    size_t length = wcslen( name );
    const WCHAR *p;

    for (p = names; p; p = wcschr( p, ',' ))
    {
        if (*p == ',') p++;
        if (!wcsncmp( p, name, length ) && (!p[length] || p[length] == ',')) return TRUE;
    }
    return FALSE;
}

static HRESULT do_wait( WCHAR **args )
{
    struct deadline deadline = set_deadline( args[1] );
    BG_JOB_STATE state;
    HRESULT hr;

    do
    {
        if (FAILED(hr = IBackgroundCopyJob_GetState( job, &state ))) return hr;
        if (is_among( state_names[state], args[0] )) break;
        hr = HRESULT_FROM_WIN32( ERROR_TIMEOUT );
    }
    while (look_again( &deadline ));
    say_state( state );
    return hr;
}

static HRESULT do_bytes( WCHAR **args )
{
    struct deadline deadline = set_deadline( args[1] );
    UINT64 wanted = _wcstoui64( args[0], NULL, 10 );
    BG_JOB_PROGRESS progress;
    HRESULT hr;

    do
    {
        if (FAILED(hr = IBackgroundCopyJob_GetProgress( job, &progress ))) return hr;
        if (progress.BytesTransferred >= wanted) break;
        hr = HRESULT_FROM_WIN32( ERROR_TIMEOUT );
    }
    while (look_again( &deadline ));
    say( L"bytes %I64u\n", progress.BytesTransferred );
    return hr;
}

static HRESULT do_heard( WCHAR **args )
{
    struct deadline deadline = set_deadline( args[1] );
    const WCHAR *name;
    HRESULT code;
    UINT i = 0;

    do
    {
        for (; get_record( record, i, &name, &code ); i++)
            if (!wcscmp( name, args[0] )) return S_OK;
    }
    while (look_again( &deadline ));
    return HRESULT_FROM_WIN32( ERROR_TIMEOUT );
}

/* The state is read after the counters: they were so in this state or in one before it. */
static HRESULT do_watch( WCHAR **args )
{
    UINT looks = 0, between = 0, backwards = 0, early = 0, unknown = 0;
    struct deadline deadline = set_deadline( args[0] );
    BG_JOB_STATE state, last_state = BG_JOB_STATE_QUEUED;
    BG_JOB_PROGRESS progress, last = { 0 };
    HRESULT hr;

    do
    {
        if (is_over( &deadline )) return HRESULT_FROM_WIN32( ERROR_TIMEOUT );
        if (FAILED(hr = IBackgroundCopyJob_GetProgress( job, &progress ))) return hr;
        if (FAILED(hr = IBackgroundCopyJob_GetState( job, &state ))) return hr;
        looks++;
        if (progress.BytesTransferred && progress.BytesTransferred < progress.BytesTotal) between++;
        if (progress.BytesTransferred < last.BytesTransferred || progress.FilesTransferred < last.FilesTransferred)
            backwards++;
        if (state == BG_JOB_STATE_TRANSFERRING && (progress.FilesTransferred == progress.FilesTotal ||
                                                   progress.BytesTransferred >= progress.BytesTotal)) early++;
        if (last_state == BG_JOB_STATE_TRANSFERRING && state == last_state && progress.BytesTotal == BG_SIZE_UNKNOWN)
            unknown++;
        last = progress;
        last_state = state;
    }
    while (state <= BG_JOB_STATE_TRANSFERRING);
    say( L"looks %u\nbetween %u\nbackwards %u\nearly %u\nunknown %u\n", looks, between, backwards, early, unknown );
    say_state( state );
    return S_OK;
}

/* --- reading --------------------------------------------------------------------------------------------------------- */

static void say_text( const WCHAR *key, WCHAR *text )
{
    WCHAR *p;

    for (p = text; *p; p++) if (*p == '\r' || *p == '\n') *p = ' ';
    say( L"%ls %.800ls\n", key, text );
    CoTaskMemFree( text );
}

static HRESULT say_error(void)
{
    IBackgroundCopyError *error;
    IBackgroundCopyFile *file;
    BG_ERROR_CONTEXT context;
    HRESULT hr, code;
    WCHAR *text;

    hr = IBackgroundCopyJob_GetError( job, &error );
    if (hr == BG_E_ERROR_INFORMATION_UNAVAILABLE) return S_OK;
    if (FAILED(hr)) return hr;
    if (SUCCEEDED(hr = IBackgroundCopyError_GetError( error, &context, &code )))
    {
        say( L"code 0x%08lx\ncontext %u\n", code, context );
        hr = IBackgroundCopyError_GetErrorDescription( error, MAKELANGID(LANG_ENGLISH, SUBLANG_DEFAULT), &text );
    }
    if (SUCCEEDED(hr))
    {
        say_text( L"description", text );
        hr = IBackgroundCopyError_GetFile( error, &file );
        if (hr == BG_E_FILE_NOT_AVAILABLE) hr = S_OK;
        else if (SUCCEEDED(hr))
        {
            if (SUCCEEDED(hr = IBackgroundCopyFile_GetLocalName( file, &text ))) say_text( L"file", text );
            IBackgroundCopyFile_Release( file );
        }
    }
    IBackgroundCopyError_Release( error );
    return hr;
}

static HRESULT say_file( UINT number, IBackgroundCopyFile *file )
{
    BG_FILE_PROGRESS progress;
    IBackgroundCopyFile3 *file3;
    WCHAR *temp, *remote;
    HRESULT hr;

    if (FAILED(hr = IBackgroundCopyFile_GetRemoteName( file, &remote ))) return hr;
    say( L"file.%u.remote %ls\n", number, remote );
    CoTaskMemFree( remote );
    if (FAILED(hr = IBackgroundCopyFile_GetProgress( file, &progress ))) return hr;
    say( L"file.%u.bytes %I64u\nfile.%u.total %I64u\nfile.%u.completed %u\n", number, progress.BytesTransferred, number,
         progress.BytesTotal, number, progress.Completed );
    if (FAILED(hr = IBackgroundCopyFile_QueryInterface( file, &IID_IBackgroundCopyFile3, (void **)&file3 ))) return hr;
    if (SUCCEEDED(IBackgroundCopyFile3_GetTemporaryName( file3, &temp )))
    {
        say( L"file.%u.temp %ls\n", number, temp );
        CoTaskMemFree( temp );
    }
    IBackgroundCopyFile3_Release( file3 );
    return S_OK;
}

static HRESULT say_files(void)
{
    IEnumBackgroundCopyFiles *files;
    IBackgroundCopyFile *file;
    UINT number = 0;
    HRESULT hr;

    if (FAILED(hr = IBackgroundCopyJob_EnumFiles( job, &files ))) return hr;
    while (SUCCEEDED(hr) && (hr = IEnumBackgroundCopyFiles_Next( files, 1, &file, NULL )) == S_OK)
    {
        hr = say_file( number++, file );
        IBackgroundCopyFile_Release( file );
    }
    IEnumBackgroundCopyFiles_Release( files );
    return SUCCEEDED(hr) ? S_OK : hr;
}

static HRESULT do_facts( WCHAR **args )
{
    BG_JOB_PROGRESS progress;
    BG_JOB_PRIORITY priority;
    BG_JOB_STATE state;
    ULONG count;
    HRESULT hr;

    if (FAILED(hr = IBackgroundCopyJob_GetState( job, &state ))) return hr;
    say_state( state );
    if (FAILED(hr = IBackgroundCopyJob_GetPriority( job, &priority ))) return hr;
    say( L"priority %d\n", priority );
    if (FAILED(hr = IBackgroundCopyJob_GetProgress( job, &progress ))) return hr;
    say( L"bytes %I64u\ntotal %I64u\nfiles %lu\nfiles_transferred %lu\n", progress.BytesTransferred,
         progress.BytesTotal, progress.FilesTotal, progress.FilesTransferred );
    if (FAILED(hr = IBackgroundCopyJob_GetErrorCount( job, &count ))) return hr;
    say( L"error_count %lu\n", count );
    if (FAILED(hr = say_error())) return hr;
    return say_files();
}

static HRESULT do_calls( WCHAR **args )
{
    const WCHAR *name;
    HRESULT code;
    UINT i;

    for (i = 0; get_record( record, i, &name, &code ); i++) say( L"call %ls 0x%08lx\n", name, code );
    return S_OK;
}

/* --- certificates ------------------------------------------------------------------------------------------------- */

static HRESULT do_security( WCHAR **args )
{
    IBackgroundCopyJobHttpOptions *options;
    HRESULT hr;

    if (FAILED(hr = IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJobHttpOptions, (void **)&options )))
        return hr;
    hr = IBackgroundCopyJobHttpOptions_SetSecurityFlags( options, wcstoul( args[0], NULL, 0 ) );
    IBackgroundCopyJobHttpOptions_Release( options );
    return hr;
}

static HRESULT do_certificate( WCHAR **args )
{
    const BG_CERT_STORE_LOCATION user = BG_CERT_STORE_LOCATION_CURRENT_USER;
    IBackgroundCopyJobHttpOptions *options;
    BYTE hash[20];
    HRESULT hr;

    if (FAILED(hr = import_certificate( args[1], hash ))) return hr;
    if (FAILED(hr = IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJobHttpOptions, (void **)&options )))
        return hr;
    if (!wcscmp( args[0], L"id" ))
        hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByID( options, user, L"MY", hash );
    else
        hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByName( options, user, L"MY", args[0] );
    IBackgroundCopyJobHttpOptions_Release( options );
    return hr;
}

static HRESULT do_trust( WCHAR **args )
{
    return import_authority( args[1], wcscmp( args[0], L"policy" ) ? CERT_SYSTEM_STORE_CURRENT_USER :
                                                                     CERT_SYSTEM_STORE_LOCAL_MACHINE_GROUP_POLICY );
}

static HRESULT do_judge( WCHAR **args )
{
    IBackgroundCopyJobHttpOptions3 *options;
    IUnknown *judge = NULL;
    HRESULT hr;

    if (FAILED(hr = IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJobHttpOptions3, (void **)&options )))
        return hr;
    if (wcscmp( args[0], L"none" )) judge = get_judge( wcstoul( args[0], NULL, 0 ), !wcscmp( args[0], L"hang" ) );
    hr = IBackgroundCopyJobHttpOptions3_SetServerCertificateValidationInterface( options, judge );
    IBackgroundCopyJobHttpOptions3_Release( options );
    return hr;
}

static HRESULT do_asked( WCHAR **args )
{
    struct deadline deadline = set_deadline( args[1] );
    LONG wanted = wcstol( args[0], NULL, 10 ), asked;
    WCHAR shown[512];

    while ((asked = get_judged( shown, ARRAYSIZE(shown) )) < wanted && look_again( &deadline )) ;
    say( L"asked %ld\n", asked );
    say( L"shown %ls\n", shown );
    return asked >= wanted ? S_OK : HRESULT_FROM_WIN32( ERROR_TIMEOUT );
}

/* --- the steps -------------------------------------------------------------------------------------------------------- */

static const struct step
{
    const WCHAR *name;
    int args;
    HRESULT (*run)( WCHAR **args );
}
steps[] =
{
    { L"create",   1, do_create },
    { L"find",     1, do_find },
    { L"list",     0, do_list },
    { L"add",      2, do_add },
    { L"ranges",   3, do_ranges },
    { L"demand",   0, do_demand },
    { L"request",  1, do_request },
    { L"filled",   0, do_filled },
    { L"priority", 1, do_priority },
    { L"notify",   1, do_notify },
    { L"helper",   1, do_helper },
    { L"flags",    1, do_flags },
    { L"proxy",    1, do_proxy },
    { L"credentials", 4, do_credentials },
    { L"headers",  1, do_headers },
    { L"security", 1, do_security },
    { L"certificate", 2, do_certificate },
    { L"trust",    2, do_trust },
    { L"judge",    1, do_judge },
    { L"asked",    2, do_asked },
    { L"command",  3, do_command },
    { L"resume",   0, do_resume },
    { L"suspend",  0, do_suspend },
    { L"cancel",   0, do_cancel },
    { L"complete", 0, do_complete },
    { L"wait",     2, do_wait },
    { L"bytes",    2, do_bytes },
    { L"heard",    2, do_heard },
    { L"watch",    1, do_watch },
    { L"facts",    0, do_facts },
    { L"calls",    0, do_calls },
};

static const struct step *find_step( int argc, WCHAR **argv )
{
    UINT i;

    for (i = 0; i < ARRAYSIZE(steps); i++)
        if (!wcscmp( argv[0], steps[i].name ) && argc == steps[i].args + 1 && (job || i < 3)) return &steps[i];
    return NULL;
}

/* FALSE after a complaint: the line is no step. */
static BOOL run_line( const char *line )
{
    LARGE_INTEGER start, end, frequency;
    const struct step *step;
    WCHAR text[MAX_LINE], **argv;
    HRESULT hr;
    int argc;

    if (!MultiByteToWideChar( CP_UTF8, MB_ERR_INVALID_CHARS, line, -1, text, ARRAYSIZE(text) ) ||
        !(argv = CommandLineToArgvW( text, &argc ))) return !complain( L"the line cannot be read", E_INVALIDARG );
    if (!(step = find_step( argc, argv ))) complain( text, E_INVALIDARG );
    else
    {
        QueryPerformanceFrequency( &frequency );
        QueryPerformanceCounter( &start );
        hr = step->run( argv + 1 );
        QueryPerformanceCounter( &end );
        say( L"= 0x%08lx %.1f\n", hr, (end.QuadPart - start.QuadPart) * 1000.0 / frequency.QuadPart );
    }
    LocalFree( argv );
    return step != NULL;
}

int job_steps( int argc, WCHAR **argv )
{
    char line[MAX_LINE];
    int ret = 0;

    while (!ret && fgets( line, sizeof(line), stdin ))
    {
        line[strcspn( line, "\r\n" )] = 0;
        if (!run_line( line )) ret = 1;
    }
    forget_job();
    if (manager) IBackgroundCopyManager_Release( manager );
    return ret;
}
