/*
 * What a client sets about a job
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


#include <stdlib.h>
#include <string.h>

#include "job/private.h"

/* spec: api 4.1 */
#define PROXY_LIST_MAX          4000
#define COMMAND_PROGRAM_MAX     260
#define COMMAND_PARAMETERS_MAX  4000

#define PEER_FLAGS (BG_JOB_ENABLE_PEERCACHING_CLIENT | BG_JOB_ENABLE_PEERCACHING_SERVER | BG_JOB_DISABLE_BRANCH_CACHE)
#define COST_OPTIONS (BITS_COST_STATE_RESERVED | BITS_COST_OPTION_IGNORE_CONGESTION)

HRESULT job_set_priority( struct job *job, BG_JOB_PRIORITY priority )
{
    if ((unsigned int)priority > BG_JOB_PRIORITY_LOW) return E_NOTIMPL;
    if (job->http.method && priority != job->priority) return BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD;
    job->priority = priority;
    return S_OK;
}

HRESULT job_set_notify_flags( struct job *job, DWORD flags )
{
    if (flags & ~JOB_NOTIFY_FLAGS) return E_NOTIMPL;
    job->notify_flags = flags;
    return S_OK;
}

void job_set_retry_delay( struct job *job, ULONG seconds )
{
    job->retry_delay = seconds < JOB_RETRY_DELAY_MIN ? JOB_RETRY_DELAY_MIN : seconds;
}

void job_set_no_progress( struct job *job, ULONG seconds )
{
    job->no_progress = seconds;
}

void job_set_max_download_time( struct job *job, ULONG seconds )
{
    job->max_download_time = seconds;
    job->max_download_time_set = TRUE;
}

static BOOL is_longer( const WCHAR *str, ULONG max )
{
    return str && wstr_len_max( str, max ) > max;
}

/* Replaces two strings or none. */
static HRESULT set_strings( WCHAR **first_field, const WCHAR *first, WCHAR **second_field, const WCHAR *second )
{
    WCHAR *first_copy = wstr_dup( first ), *second_copy = wstr_dup( second );

    if ((first && !first_copy) || (second && !second_copy))
    {
        free( first_copy );
        free( second_copy );
        return E_OUTOFMEMORY;
    }
    free( *first_field );
    free( *second_field );
    *first_field = first_copy;
    *second_field = second_copy;
    return S_OK;
}

HRESULT job_set_proxy( struct job *job, BG_JOB_PROXY_USAGE usage, const WCHAR *list, const WCHAR *bypass )
{
    HRESULT hr;

    if ((unsigned int)usage > BG_JOB_PROXY_USAGE_AUTODETECT) return E_NOTIMPL;
    if (usage == BG_JOB_PROXY_USAGE_OVERRIDE ? !list : list || bypass) return E_INVALIDARG;
    if (is_longer( list, PROXY_LIST_MAX )) return BG_E_PROXY_LIST_TOO_LARGE;
    if (is_longer( bypass, PROXY_LIST_MAX )) return BG_E_PROXY_BYPASS_LIST_TOO_LARGE;
    if (FAILED(hr = set_strings( &job->proxy.list, list, &job->proxy.bypass, bypass ))) return hr;
    job->proxy.usage = usage;
    return S_OK;
}

HRESULT job_set_command( struct job *job, const WCHAR *program, const WCHAR *parameters, const WCHAR *user,
                         BOOL administrator )
{
    WCHAR *user_copy;
    HRESULT hr;

    /* what the getter gives when there is none may be given back */
    if (program && !*program) program = NULL;
    if (!program && parameters && !*parameters) parameters = NULL;

    if (!program && parameters) return E_INVALIDARG;
    if (is_longer( program, COMMAND_PROGRAM_MAX ) || is_longer( parameters, COMMAND_PARAMETERS_MAX ))
        return BG_E_STRING_TOO_LONG;
    if (!program) user = NULL;
    if (!(user_copy = wstr_dup( user )) && user) return E_OUTOFMEMORY;
    if (FAILED(hr = set_strings( &job->command.program, program, &job->command.parameters, parameters )))
    {
        free( user_copy );
        return hr;
    }
    free( job->command.user );
    job->command.user = user_copy;
    job->command.administrator = user && administrator;
    return S_OK;
}

HRESULT job_set_acl_flags( struct job *job, DWORD flags )
{
    if (flags & ~BG_COPY_FILE_ALL) return E_INVALIDARG;
    if (job->state == BG_JOB_STATE_TRANSFERRED || job_is_final( job )) return BG_E_INVALID_STATE;
    job->acl_flags = flags;
    return S_OK;
}

HRESULT job_set_peer_flags( struct job *job, DWORD flags )
{
    if (flags & ~PEER_FLAGS) return E_NOTIMPL;
    job->peer_flags = flags;
    return S_OK;
}

/* --- IBackgroundCopyJob5 ----------------------------------------------------------------------------------------- */

/* How long a property can be set, and on which jobs (spec: api 5.7.2). */
enum phase { ALWAYS, BEFORE_FILES, BEFORE_RESUME };

static const struct rule
{
    BITS_JOB_PROPERTY_ID id;
    enum phase phase;
    BOOL download_only;
}
rules[] =
{
    { BITS_JOB_PROPERTY_ID_COST_FLAGS,                    ALWAYS,        FALSE },
    { BITS_JOB_PROPERTY_NOTIFICATION_CLSID,               ALWAYS,        FALSE },
    { BITS_JOB_PROPERTY_DYNAMIC_CONTENT,                  BEFORE_RESUME, TRUE },
    { BITS_JOB_PROPERTY_HIGH_PERFORMANCE,                 BEFORE_FILES,  TRUE },
    { BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE,                BEFORE_RESUME, TRUE },
    { BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS,           ALWAYS,        FALSE },
    { BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS, ALWAYS,        FALSE },
    { BITS_JOB_PROPERTY_ON_DEMAND_MODE,                   BEFORE_RESUME, TRUE },
};

static HRESULT check_rule( const struct job *job, BITS_JOB_PROPERTY_ID id )
{
    ULONG i;

    for (i = 0; i < ARRAY_SIZE(rules); i++)
    {
        if (rules[i].id != id) continue;
        if (rules[i].download_only && job->type != BG_JOB_TYPE_DOWNLOAD)
            return BG_E_PROPERTY_SUPPORTED_FOR_DOWNLOAD_JOBS_ONLY;
        if (rules[i].phase == BEFORE_FILES && job->file_count) return BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE;
        if (rules[i].phase == BEFORE_RESUME && job->resumed) return BG_E_READ_ONLY_PROPERTY_AFTER_RESUME;
        return S_OK;
    }
    return BG_E_UNKNOWN_PROPERTY_ID;
}

BOOL cost_flags_are_valid( DWORD flags )
{
    return !(flags & ~(COST_STATES | COST_OPTIONS)) && flags & COST_STATES;
}

static HRESULT set_cost_flags( struct job *job, DWORD flags )
{
    if (!cost_flags_are_valid( flags )) return E_INVALIDARG;
    job->options.cost_flags = flags;
    job->options.cost_flags_set = TRUE;
    return S_OK;
}

/* Dynamic content and on-demand mode exclude each other, ranges and custom methods. */
static HRESULT set_mode( struct job *job, BOOL *mode, BOOL other, BOOL enable )
{
    ULONG i;

    if (enable)
    {
        if (job->http.method) return BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD;
        if (other) return BG_E_UNSUPPORTED_JOB_CONFIGURATION;
        for (i = 0; i < job->file_count; i++)
            if (job->files[i]->ranges.count) return BG_E_UNSUPPORTED_JOB_CONFIGURATION;
    }
    *mode = !!enable;
    return S_OK;
}

HRESULT job_set_property( struct job *job, BITS_JOB_PROPERTY_ID id, const BITS_JOB_PROPERTY_VALUE *value )
{
    struct job_options *options = &job->options;
    HRESULT hr;

    if (FAILED(hr = check_rule( job, id ))) return hr;
    switch (id)
    {
    case BITS_JOB_PROPERTY_ID_COST_FLAGS:
        return set_cost_flags( job, value->Dword );
    case BITS_JOB_PROPERTY_NOTIFICATION_CLSID:
        options->notify_clsid = value->ClsID;
        return S_OK;
    case BITS_JOB_PROPERTY_DYNAMIC_CONTENT:
        return set_mode( job, &options->dynamic_content, options->on_demand, value->Enable );
    case BITS_JOB_PROPERTY_HIGH_PERFORMANCE:
        options->high_performance = !!value->Enable;
        return S_OK;
    case BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE:
        if (!value->Uint64) return BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE;
        options->max_download_size = value->Uint64;
        return S_OK;
    case BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS:
        if (value->Target != BG_AUTH_TARGET_PROXY) return BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED;
        options->stored_credentials = value->Target;
        return S_OK;
    case BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS:
        options->notify_interval = value->Dword;
        return S_OK;
    case BITS_JOB_PROPERTY_ON_DEMAND_MODE:
        return set_mode( job, &options->on_demand, options->dynamic_content, value->Enable );
    }
    return BG_E_UNKNOWN_PROPERTY_ID;
}

HRESULT job_get_property( const struct job *job, BITS_JOB_PROPERTY_ID id, BITS_JOB_PROPERTY_VALUE *value )
{
    const struct job_options *options = &job->options;

    memset( value, 0, sizeof(*value) );
    switch (id)
    {
    case BITS_JOB_PROPERTY_ID_COST_FLAGS:
        value->Dword = options->cost_flags;
        return S_OK;
    case BITS_JOB_PROPERTY_NOTIFICATION_CLSID:
        value->ClsID = options->notify_clsid;
        return S_OK;
    case BITS_JOB_PROPERTY_DYNAMIC_CONTENT:
        value->Enable = options->dynamic_content;
        return S_OK;
    case BITS_JOB_PROPERTY_HIGH_PERFORMANCE:
        value->Enable = options->high_performance;
        return S_OK;
    case BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE:
        value->Uint64 = options->max_download_size;
        return S_OK;
    case BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS:
        value->Target = options->stored_credentials;
        return S_OK;
    case BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS:
        value->Dword = options->notify_interval;
        return S_OK;
    case BITS_JOB_PROPERTY_ON_DEMAND_MODE:
        value->Enable = options->on_demand;
        return S_OK;
    }
    return BG_E_UNKNOWN_PROPERTY_ID;
}
