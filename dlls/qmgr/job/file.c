/*
 * Files of a job
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

static void clear_filled( struct job_file *file )
{
    ranges_clear( &file->filled );
    ranges_clear( &file->durable_filled );
}

void file_destroy( struct job_file *file )
{
    if (!file) return;
    free( file->remote );
    free( file->stored_remote );
    free( file->local );
    free( file->temp );
    free( file->response_headers );
    ranges_clear( &file->ranges );
    clear_filled( file );
    ranges_clear( &file->arrived );
    ranges_clear( &file->requested );
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

/* --- adding ------------------------------------------------------------------------------------------------------ */

HRESULT job_check_file_limit( const struct job *job, ULONG count, ULONG max )
{
    if (job->file_count > max || count > max - job->file_count) return BG_E_TOO_MANY_FILES_IN_JOB;
    return S_OK;
}

/* Room for COUNT more files. */
static HRESULT reserve_files( struct job *job, ULONG count )
{
    struct job_file **files;

    if (!(files = realloc( job->files, (job->file_count + count) * sizeof(*files) ))) return E_OUTOFMEMORY;
    job->files = files;
    return S_OK;
}

HRESULT job_add_files( struct job *job, ULONG count, const BG_FILE_INFO *infos )
{
    struct job_file **files;
    HRESULT hr;
    ULONG i;

    if (!count || count > 0x10000 || !infos) return E_INVALIDARG;
    for (i = 0; i < count; i++)
    {
        if (name_check_remote( infos[i].RemoteName, NULL ) != S_OK || name_check_local( infos[i].LocalName ) != S_OK)
            return E_INVALIDARG;
    }
    if (FAILED(hr = reserve_files( job, count ))) return hr;
    files = job->files + job->file_count;
    for (i = 0; i < count; i++)
    {
        if (!(files[i] = file_new( infos[i].RemoteName, infos[i].LocalName )))
        {
            while (i--) file_destroy( files[i] );
            return E_OUTOFMEMORY;
        }
    }
    job->file_count += count;
    return S_OK;
}

HRESULT job_add_file_with_ranges( struct job *job, const WCHAR *remote, const WCHAR *local, ULONG count,
                                  const BG_FILE_RANGE *ranges, ULONG max_ranges )
{
    struct job_file *file;
    enum name_kind kind;
    HRESULT hr;

    if (job->type != BG_JOB_TYPE_DOWNLOAD) return E_NOTIMPL;
    if (!count || !ranges) return E_INVALIDARG;
    if (name_check_remote( remote, &kind ) != S_OK || kind == NAME_PATH) return E_INVALIDARG;
    if (name_check_local( local ) != S_OK) return E_INVALIDARG;
    if (count > max_ranges) return BG_E_TOO_MANY_RANGES_IN_FILE;
    if (FAILED(hr = ranges_check( count, ranges ))) return hr;
    if (job->options.dynamic_content || job->options.on_demand) return BG_E_UNSUPPORTED_JOB_CONFIGURATION;

    if (FAILED(hr = reserve_files( job, 1 ))) return hr;
    if (!(file = file_new( remote, local ))) return E_OUTOFMEMORY;
    if (FAILED(hr = ranges_copy( &file->ranges, count, ranges )))
    {
        file_destroy( file );
        return hr;
    }
    job->files[job->file_count++] = file;
    return S_OK;
}

/* --- remote names ------------------------------------------------------------------------------------------------ */

/* Whether a file can have this name from now on: ranges come over HTTP alone. */
static HRESULT check_new_name( const struct job *job, const struct job_file *file, const WCHAR *remote )
{
    enum name_kind kind;

    if (name_check_remote( remote, &kind ) != S_OK) return E_INVALIDARG;
    return (file->ranges.count || job_file_is_random( job, file )) && kind == NAME_PATH ? E_INVALIDARG : S_OK;
}

HRESULT job_file_set_remote( const struct job *job, struct job_file *file, const WCHAR *remote )
{
    WCHAR *copy;

    if (job->type != BG_JOB_TYPE_DOWNLOAD) return E_NOTIMPL;
    if (check_new_name( job, file, remote ) != S_OK) return E_INVALIDARG;
    if (!(copy = wstr_dup( remote ))) return E_OUTOFMEMORY;
    if (file->stored_remote) free( file->remote );
    else file->stored_remote = file->remote;
    file->remote = copy;
    return S_OK;
}

void files_store_names( struct job *job )
{
    ULONG i;

    for (i = 0; i < job->file_count; i++)
    {
        free( job->files[i]->stored_remote );
        job->files[i]->stored_remote = NULL;
    }
}

/* STR with NEW_PREFIX in place of its first OLD_LEN characters; NULL when out of memory. */
static WCHAR *replace_prefix( const WCHAR *str, SIZE_T old_len, const WCHAR *new_prefix )
{
    SIZE_T new_len = wstr_len( new_prefix ), rest = wstr_len( str ) - old_len;
    WCHAR *ret;

    if (!(ret = malloc( (new_len + rest + 1) * sizeof(WCHAR) ))) return NULL;
    memcpy( ret, new_prefix, new_len * sizeof(WCHAR) );
    memcpy( ret + new_len, str + old_len, (rest + 1) * sizeof(WCHAR) );
    return ret;
}

static BOOL has_prefix( const WCHAR *str, const WCHAR *prefix )
{
    for (; *prefix; str++, prefix++)
        if (*str != *prefix) return FALSE;
    return TRUE;
}

/* The new names of all files whose name begins with OLD_PREFIX, NULL for the others. */
static HRESULT make_new_names( const struct job *job, const WCHAR *old_prefix, const WCHAR *new_prefix, WCHAR **names )
{
    SIZE_T old_len = wstr_len( old_prefix );
    BOOL found = FALSE;
    HRESULT hr;
    ULONG i;

    for (i = 0; i < job->file_count; i++)
    {
        const struct job_file *file = job->files[i];

        if (!has_prefix( file->remote, old_prefix )) continue;
        if (!(names[i] = replace_prefix( file->remote, old_len, new_prefix ))) return E_OUTOFMEMORY;
        if (FAILED(hr = check_new_name( job, file, names[i] ))) return hr;
        found = TRUE;
    }
    return found ? S_OK : S_FALSE;
}

HRESULT job_replace_prefix( struct job *job, const WCHAR *old_prefix, const WCHAR *new_prefix )
{
    WCHAR **names;
    HRESULT hr;
    ULONG i;

    if (job->type != BG_JOB_TYPE_DOWNLOAD) return E_NOTIMPL;
    if (!old_prefix || !*old_prefix || !new_prefix || !*new_prefix) return E_INVALIDARG;
    if (wstr_len_max( new_prefix, JOB_REMOTE_NAME_MAX ) > JOB_REMOTE_NAME_MAX) return E_INVALIDARG;
    if (!job->file_count) return S_FALSE;

    if (!(names = calloc( job->file_count, sizeof(*names) ))) return E_OUTOFMEMORY;
    hr = make_new_names( job, old_prefix, new_prefix, names );
    for (i = 0; i < job->file_count; i++)
    {
        if (hr == S_OK && names[i])
        {
            struct job_file *file = job->files[i];

            free( file->remote );
            free( file->stored_remote );
            file->remote = names[i];
            file->stored_remote = NULL;
        }
        else free( names[i] );
    }
    free( names );
    return hr;
}

/* --- validation -------------------------------------------------------------------------------------------------- */

HRESULT job_file_set_validation( struct job_file *file, BOOL valid )
{
    if (!file->transferred) return E_PENDING;
    file->valid = !!valid;
    if (valid) return S_OK;

    file->transferred = FALSE;
    file->offset = file->durable = 0;
    clear_filled( file );
    return S_OK;
}

BOOL job_file_is_valid( const struct job_file *file )
{
    return file->valid || file->completed;
}

/* --- on-demand mode ---------------------------------------------------------------------------------------------- */

HRESULT job_file_check_random( const struct job *job, const struct job_file *file )
{
    enum name_kind kind;

    if (job->type != BG_JOB_TYPE_DOWNLOAD || job->options.dynamic_content || job->http.method || file->ranges.count ||
        name_check_remote( file->remote, &kind ) != S_OK || kind == NAME_PATH)
        return BG_E_RANDOM_ACCESS_NOT_SUPPORTED;
    return S_OK;
}

HRESULT job_file_get_filled( const struct job *job, const struct job_file *file, struct ranges *filled )
{
    BG_FILE_RANGE start = { 0, file->offset };
    HRESULT hr;

    memset( filled, 0, sizeof(*filled) );
    if (FAILED(hr = job_file_check_random( job, file ))) return hr;
    if (file->filled.count) return ranges_copy( filled, file->filled.count, file->filled.items );
    return file->offset ? ranges_copy( filled, 1, &start ) : S_OK;
}

HRESULT job_file_request_ranges( const struct job *job, struct job_file *file, ULONG count,
                                 const BG_FILE_RANGE *ranges )
{
    struct ranges filled;
    HRESULT hr;

    if (!count || !ranges) return E_INVALIDARG;
    if (FAILED(hr = job_file_get_filled( job, file, &filled ))) return hr;
    hr = ranges_request( &file->requested, &filled, count, ranges, file->size );
    ranges_clear( &filled );
    return hr;
}

HRESULT job_file_set_position( const struct job *job, struct job_file *file, UINT64 position )
{
    HRESULT hr;

    if (FAILED(hr = job_file_check_random( job, file ))) return hr;
    if (file->size != BG_SIZE_UNKNOWN && position > file->size) return BG_E_INVALID_RANGE;
    file->position = position;
    return S_OK;
}

BOOL job_file_is_random( const struct job *job, const struct job_file *file )
{
    return job->options.on_demand || file->requested.count || file->filled.count || file->position;
}

/* What is not filled, from POSITION on and then before it. */
static HRESULT get_gaps( const struct job_file *file, struct ranges *gaps )
{
    BG_FILE_RANGE gap = { file->position, BG_LENGTH_TO_EOF };
    struct ranges filled = { NULL };
    HRESULT hr;

    if (file->size == BG_SIZE_UNKNOWN) return ranges_copy( gaps, 1, &gap );
    hr = ranges_copy( &filled, file->filled.count, file->filled.items );
    while (SUCCEEDED(hr) && ranges_next_missing( &filled, file->position, file->size, &gap ))
    {
        if (SUCCEEDED(hr = ranges_append( gaps, &gap ))) hr = ranges_fill( &filled, gap.InitialOffset, gap.Length );
    }
    ranges_clear( &filled );
    if (FAILED(hr)) ranges_clear( gaps );
    return hr;
}

HRESULT job_file_get_pieces( const struct job *job, struct job_file *file, struct ranges *pieces )
{
    HRESULT hr;

    memset( pieces, 0, sizeof(*pieces) );
    if (FAILED(hr = job_file_check_random( job, file ))) return hr;
    if (file->offset)
    {
        if (FAILED(hr = ranges_fill( &file->filled, 0, file->offset ))) return hr;
        if (file->durable && FAILED(hr = ranges_fill( &file->durable_filled, 0, file->durable ))) return hr;
        file->offset = file->durable = 0;
    }
    if (file->requested.count) return ranges_copy( pieces, file->requested.count, file->requested.items );
    return get_gaps( file, pieces );
}

HRESULT job_file_fill( struct job_file *file, const BG_FILE_RANGE *range )
{
    HRESULT hr = ranges_fill( &file->filled, range->InitialOffset, range->Length );

    return FAILED(hr) ? hr : ranges_remove( &file->requested, range->InitialOffset, range->Length );
}

BOOL job_file_finish_pieces( struct job_file *file )
{
    struct ranges durable = { NULL };

    /* the rest of a range to the end of the file */
    if (ranges_within( file->requested.count, file->requested.items, file->size ) == S_OK)
        ranges_remove( &file->requested, file->size, BG_LENGTH_TO_EOF );
    if (file->size && (file->size == BG_SIZE_UNKNOWN || ranges_total( &file->filled, file->size ) != file->size))
    {
        if (FAILED(ranges_copy( &durable, file->filled.count, file->filled.items ))) return FALSE;
        ranges_clear( &file->durable_filled );
        file->durable_filled = durable;
        return FALSE;
    }
    clear_filled( file );
    file->offset = file->durable = file->size;
    file->position = 0;
    return TRUE;
}

void job_file_drop_requests( struct job_file *file )
{
    ranges_clear( &file->requested );
    file->position = 0;
}

void job_file_forget( struct job_file *file )
{
    file->size = BG_SIZE_UNKNOWN;
    file->modified = file->etag = 0;
    file->attributes = 0;
    file->offset = file->durable = 0;
    clear_filled( file );
}

/* --- progress ---------------------------------------------------------------------------------------------------- */

UINT64 file_total( const struct job_file *file )
{
    return file->ranges.count ? ranges_total( &file->ranges, file->size ) : file->size;
}

UINT64 file_bytes( const struct job_file *file )
{
    return file->filled.count ? ranges_total( &file->filled, file->size ) : file->offset;
}

void job_file_get_progress( const struct job_file *file, BG_FILE_PROGRESS *progress )
{
    memset( progress, 0, sizeof(*progress) );
    progress->BytesTotal = file_total( file );
    progress->BytesTransferred = file_bytes( file );
    progress->Completed = file->completed;
}
