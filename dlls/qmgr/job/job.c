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

#include "job/job.h"

/* spec: api 4.3 */
#define DEFAULT_RETRY_DELAY 600
#define DEFAULT_NO_PROGRESS 1209600
#define DEFAULT_MAX_DOWNLOAD_TIME 7776000
#define DEFAULT_NOTIFY_INTERVAL 500

/* Frees a string that nobody is to find in the memory afterwards. */
static void free_secret( WCHAR *secret )
{
    volatile WCHAR *p;

    if (!secret) return;
    for (p = secret; *p; p++) *p = 0;
    free( secret );
}

static void credentials_destroy( struct job_credentials *credentials )
{
    list_remove( &credentials->entry );
    free_secret( credentials->user );
    free_secret( credentials->password );
    free( credentials );
}

static void file_destroy( struct job_file *file )
{
    if (!file) return;
    free( file->remote );
    free( file->stored_remote );
    free( file->local );
    free( file->temp );
    free( file->ranges.items );
    free( file->response_headers );
    free( file->filled.items );
    free( file->requested.items );
    free( file );
}

static struct job_file *file_new( const WCHAR *remote, const WCHAR *local )
{
    struct job_file *file;

    if (!(file = calloc( 1, sizeof(*file) ))) return NULL;
    file->size = BG_SIZE_UNKNOWN;
    if (!(file->remote = wstr_dup( remote )) || !(file->local = wstr_dup( local )))
    {
        file_destroy( file );
        return NULL;
    }
    return file;
}

HRESULT job_create( const WCHAR *name, BG_JOB_TYPE type, const GUID *id, UINT64 now, struct job **ret )
{
    struct job *job;

    if (!name || wstr_len_max( name, JOB_NAME_MAX + 1 ) > JOB_NAME_MAX) return E_INVALIDARG;
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
    struct job_credentials *credentials, *next;
    ULONG i;

    LIST_FOR_EACH_ENTRY_SAFE( credentials, next, &job->credentials, struct job_credentials, entry )
        credentials_destroy( credentials );
    free( job->proxy.list );
    free( job->proxy.bypass );
    free( job->command.program );
    free( job->command.parameters );
    free_secret( job->http.headers );
    free( job->http.method );
    free( job->http.certificate.store );
    free( job->http.certificate.subject );
    for (i = 0; i < job->file_count; i++) file_destroy( job->files[i] );
    free( job->files );
    free( job->error.detail );
    free( job->name );
    free( job->description );
    free( job );
}

static HRESULT set_string( WCHAR **field, const WCHAR *str, ULONG max )
{
    WCHAR *copy;

    if (!str) return E_INVALIDARG;
    if (wstr_len_max( str, max + 1 ) > max) return BG_E_STRING_TOO_LONG;
    if (!(copy = wstr_dup( str ))) return E_OUTOFMEMORY;
    free( *field );
    *field = copy;
    return S_OK;
}

HRESULT job_set_name( struct job *job, const WCHAR *name )
{
    return set_string( &job->name, name, JOB_NAME_MAX );
}

HRESULT job_set_description( struct job *job, const WCHAR *description )
{
    return set_string( &job->description, description, JOB_DESCRIPTION_MAX );
}

HRESULT job_set_priority( struct job *job, BG_JOB_PRIORITY priority )
{
    if ((unsigned int)priority > BG_JOB_PRIORITY_LOW) return E_NOTIMPL;
    job->priority = priority;
    return S_OK;
}

HRESULT job_set_notify_flags( struct job *job, DWORD flags )
{
    if (flags & ~JOB_NOTIFY_FLAGS) return E_NOTIMPL;
    job->notify_flags = flags;
    return S_OK;
}

HRESULT job_add_files( struct job *job, ULONG count, const BG_FILE_INFO *infos )
{
    struct job_file **files;
    ULONG i;

    if (!count || count > 0x10000 || !infos) return E_INVALIDARG;
    for (i = 0; i < count; i++)
    {
        if (name_check_remote( infos[i].RemoteName, NULL ) != S_OK || name_check_local( infos[i].LocalName ) != S_OK)
            return E_INVALIDARG;
    }
    if (!(files = realloc( job->files, (job->file_count + count) * sizeof(*files) ))) return E_OUTOFMEMORY;
    job->files = files;
    for (i = 0; i < count; i++)
    {
        if (!(files[job->file_count + i] = file_new( infos[i].RemoteName, infos[i].LocalName )))
        {
            while (i--) file_destroy( files[job->file_count + i] );
            return E_OUTOFMEMORY;
        }
    }
    job->file_count += count;
    return S_OK;
}

int job_next_file( const struct job *job )
{
    ULONG i;

    for (i = 0; i < job->file_count; i++)
        if (!job->files[i]->transferred) return i;
    return -1;
}

void job_get_progress( const struct job *job, BG_JOB_PROGRESS *progress )
{
    ULONG i;

    memset( progress, 0, sizeof(*progress) );
    progress->FilesTotal = job->file_count;
    for (i = 0; i < job->file_count; i++)
    {
        const struct job_file *file = job->files[i];

        progress->BytesTransferred += file->offset;
        if (file->transferred) progress->FilesTransferred++;
        if (file->size == BG_SIZE_UNKNOWN || progress->BytesTotal == BG_SIZE_UNKNOWN)
            progress->BytesTotal = BG_SIZE_UNKNOWN;
        else
            progress->BytesTotal += file->size;
    }
}

void job_file_get_progress( const struct job_file *file, BG_FILE_PROGRESS *progress )
{
    memset( progress, 0, sizeof(*progress) );
    progress->BytesTotal = file->size;
    progress->BytesTransferred = file->offset;
    progress->Completed = file->completed;
}
