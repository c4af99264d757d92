/*
 * Jobs and their files
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

/* spec: api 4.3 */
#define DEFAULT_RETRY_DELAY 600
#define DEFAULT_NO_PROGRESS 1209600
#define DEFAULT_MAX_DOWNLOAD_TIME 7776000
#define DEFAULT_NOTIFY_INTERVAL 500

HRESULT set_string( WCHAR **field, const WCHAR *str )
{
    WCHAR *copy = NULL;

    if (str && !(copy = wstr_dup( str ))) return E_OUTOFMEMORY;
    free( *field );
    *field = copy;
    return S_OK;
}

void free_secret( WCHAR *secret )
{
    volatile WCHAR *p;

    if (!secret) return;
    for (p = secret; *p; p++) *p = 0;
    free( secret );
}

HRESULT job_create( const WCHAR *name, BG_JOB_TYPE type, const GUID *id, UINT64 now, struct job **ret )
{
    struct job *job;

    if (!name || wstr_len_max( name, JOB_NAME_MAX ) > JOB_NAME_MAX) return E_INVALIDARG;
    if (type == BG_JOB_TYPE_UPLOAD || type == BG_JOB_TYPE_UPLOAD_REPLY) return E_NOTIMPL;
    if (type != BG_JOB_TYPE_DOWNLOAD) return E_INVALIDARG;

    if (!(job = calloc( 1, sizeof(*job) ))) return E_OUTOFMEMORY;
    list_init( &job->entry );
    job->refs = 1;
    job->id = *id;
    job->type = type;
    job->state = BG_JOB_STATE_SUSPENDED;
    job->priority = BG_JOB_PRIORITY_NORMAL;
    job->notify_flags = BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_ERROR;
    job->retry_delay = DEFAULT_RETRY_DELAY;
    job->no_progress = DEFAULT_NO_PROGRESS;
    job->max_download_time = DEFAULT_MAX_DOWNLOAD_TIME;
    job->options.cost_flags = BITS_COST_STATE_TRANSFER_ALWAYS;
    job->options.notify_interval = DEFAULT_NOTIFY_INTERVAL;
    list_init( &job->credentials );
    job->created = job->changed = now;
    job->error.file = -1;
    job->name = wstr_dup( name );
    job->description = calloc( 1, sizeof(WCHAR) );
    if (!job->name || !job->description)
    {
        job_destroy( job );
        return E_OUTOFMEMORY;
    }
    *ret = job;
    return S_OK;
}

void job_destroy( struct job *job )
{
    ULONG i;

    job_drop_owner_settings( job );
    for (i = 0; i < job->file_count; i++) file_destroy( job->files[i] );
    free( job->files );
    free( job->proxy.list );
    free( job->proxy.bypass );
    free( job->http.method );
    free( job->error.detail );
    free( job->name );
    free( job->description );
    free( job );
}

/* A text that has to be there and must not be longer than MAX. */
static HRESULT set_text( WCHAR **field, const WCHAR *str, ULONG max )
{
    if (!str) return E_INVALIDARG;
    if (wstr_len_max( str, max ) > max) return BG_E_STRING_TOO_LONG;
    return set_string( field, str );
}

HRESULT job_set_name( struct job *job, const WCHAR *name )
{
    return set_text( &job->name, name, JOB_NAME_MAX );
}

HRESULT job_set_description( struct job *job, const WCHAR *description )
{
    return set_text( &job->description, description, JOB_DESCRIPTION_MAX );
}

int job_next_file( const struct job *job )
{
    ULONG i;

    for (i = 0; i < job->file_count; i++)
        if (!job->files[i]->transferred) return i;
    return -1;
}

int job_next_work( const struct job *job )
{
    ULONG i;

    for (i = 0; i < job->file_count; i++)
        if (!job->files[i]->transferred && job->files[i]->requested.count) return i;
    return job->options.on_demand ? -1 : job_next_file( job );
}

void job_get_progress( const struct job *job, BG_JOB_PROGRESS *progress )
{
    ULONG i;

    memset( progress, 0, sizeof(*progress) );
    progress->FilesTotal = job->file_count;
    for (i = 0; i < job->file_count; i++)
    {
        const struct job_file *file = job->files[i];

        UINT64 total = file_total( file );

        progress->BytesTransferred += file_bytes( file );
        if (file->transferred) progress->FilesTransferred++;
        if (total == BG_SIZE_UNKNOWN || progress->BytesTotal == BG_SIZE_UNKNOWN)
            progress->BytesTotal = BG_SIZE_UNKNOWN;
        else
            progress->BytesTotal += total;
    }
}
