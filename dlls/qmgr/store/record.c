/*
 * Records: one change of a job as bytes, and back
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

#include "store/private.h"

/* --- what is allowed ---------------------------------------------------------------------------------------------- */

HRESULT check_job( const struct job *job )
{
    const struct job_certificate *certificate = &job->http.certificate;

    if (!job->name || !job->description) return MALFORMED;
    if ((job->state == BG_JOB_STATE_ERROR || job->state == BG_JOB_STATE_TRANSIENT_ERROR) &&
        job->error.context == BG_ERROR_CONTEXT_NONE) return MALFORMED;
    if (job->error.file < -1) return MALFORMED;
    if (job->proxy.usage == BG_JOB_PROXY_USAGE_OVERRIDE ? !job->proxy.list : job->proxy.list || job->proxy.bypass)
        return MALFORMED;
    if (job->command.parameters && !job->command.program) return MALFORMED;
    if (job->retry_delay < JOB_RETRY_DELAY_MIN) return MALFORMED;
    if (!certificate->present != !certificate->store || !certificate->present != !certificate->subject)
        return MALFORMED;
    if (job->options.stored_credentials && job->options.stored_credentials != BG_AUTH_TARGET_PROXY) return MALFORMED;
    return S_OK;
}

/* A full path whose last part is BIT….tmp: nothing else may be written to, renamed or deleted as a temporary file. */
static HRESULT check_temp( const WCHAR *path )
{
    static const WCHAR prefix[] = {'B','I','T'}, suffix[] = {'.','t','m','p'};
    SIZE_T length = wstr_len( path ), last = length;

    if (!(path[0] && path[1] == ':') && !(path[0] == '\\' && path[1] == '\\')) return MALFORMED;
    while (last && path[last - 1] != '\\' && path[last - 1] != '/') last--;
    if (!last || length - last < ARRAY_SIZE(prefix) + ARRAY_SIZE(suffix)) return MALFORMED;
    if (memcmp( path + last, prefix, sizeof(prefix) )) return MALFORMED;
    return memcmp( path + length - ARRAY_SIZE(suffix), suffix, sizeof(suffix) ) ? MALFORMED : S_OK;
}

/* What has arrived: sorted, merged, with an end. */
static HRESULT check_filled( const struct ranges *ranges )
{
    UINT64 end = 0;
    ULONG i;

    for (i = 0; i < ranges->count; i++)
    {
        const BG_FILE_RANGE *range = &ranges->items[i];

        if (!range->Length || range->Length == BG_LENGTH_TO_EOF || range->Length > ~(UINT64)0 - range->InitialOffset ||
            (i && range->InitialOffset <= end)) return MALFORMED;
        end = range->InitialOffset + range->Length;
    }
    return S_OK;
}

static HRESULT check_ranges( const struct ranges *ranges )
{
    HRESULT hr = ranges->count ? ranges_check( ranges->count, ranges->items ) : S_OK;

    return SUCCEEDED(hr) || hr == E_OUTOFMEMORY ? hr : MALFORMED;
}

HRESULT check_file( const struct job_file *file )
{
    HRESULT hr;

    if (name_check_remote( file->remote, NULL ) != S_OK || name_check_local( file->local ) != S_OK) return MALFORMED;
    if (file->temp && FAILED(check_temp( file->temp ))) return MALFORMED;
    if (file->durable > file->offset || file->offset > MAXLONGLONG) return MALFORMED;
    if (!file->ranges.count && file->offset > file->size) return MALFORMED;
    if (FAILED(hr = check_ranges( &file->ranges )) || FAILED(hr = check_ranges( &file->requested ))) return hr;
    return check_filled( &file->durable_filled );
}

/* S-1-, then digits and dashes */
static HRESULT check_owner( const struct store_owner *owner )
{
    static const WCHAR prefix[] = {'S','-','1','-'};
    const WCHAR *p;

    if (!owner->sid || wstr_len_max( owner->sid, 4 ) <= 4 || memcmp( owner->sid, prefix, sizeof(prefix) ))
        return MALFORMED;
    for (p = owner->sid + 4; *p; p++) if (*p != '-' && (*p < '0' || *p > '9')) return MALFORMED;
    return S_OK;
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

void store_record_begin( struct store_record *record, const struct store_clock *clock )
{
    memset( record, 0, sizeof(*record) );
    record->clock = *clock;
}

static size_t begin_part( struct store_record *record, enum part part )
{
    static const unsigned char header[RECORD_HEADER_SIZE];

    if (!record->bytes.used) bytes_add( &record->bytes, header, sizeof(header) );
    return bytes_begin_field( &record->bytes, part );
}

static void end_part( struct store_record *record, size_t start, HRESULT sound )
{
    bytes_end_field( &record->bytes, start );
    if (FAILED(sound) && SUCCEEDED(record->bytes.status))
        record->bytes.status = sound == E_OUTOFMEMORY ? sound : E_INVALIDARG;
}

void store_record_job_locked( struct store_record *record, const struct job *job )
{
    size_t start = begin_part( record, PART_JOB );

    members_write( &job_fields, job, &record->clock, &record->bytes );
    bytes_add_u32( &record->bytes, JOB_FILE_COUNT, job->file_count );
    end_part( record, start, check_job( job ));
}

void store_record_owner( struct store_record *record, const struct store_owner *owner )
{
    size_t start = begin_part( record, PART_OWNER );

    members_write( &owner_fields, owner, &record->clock, &record->bytes );
    end_part( record, start, check_owner( owner ));
}

void store_record_secrets_locked( struct store_record *record, const struct job *job )
{
    struct store_bytes *secrets = &record->secrets;
    const struct job_credentials *credentials;

    record->has_secrets = TRUE;
    if (job->http.headers) bytes_add_string( secrets, SECRET_HEADERS, job->http.headers );
    LIST_FOR_EACH_ENTRY( credentials, &job->credentials, struct job_credentials, entry )
    {
        size_t start = bytes_begin_field( secrets, SECRET_CREDENTIALS );

        members_write( &credentials_fields, credentials, &record->clock, secrets );
        bytes_end_field( secrets, start );
    }
    if (FAILED(secrets->status) && SUCCEEDED(record->bytes.status)) record->bytes.status = secrets->status;
}

void store_record_file_locked( struct store_record *record, const struct job *job, ULONG index )
{
    struct job_file stored = *job->files[index];
    size_t start = begin_part( record, PART_FILE );

    if (stored.stored_remote) stored.remote = stored.stored_remote;
    bytes_add_u32( &record->bytes, FILE_INDEX, index );
    members_write( &file_fields, &stored, &record->clock, &record->bytes );
    if (stored.stored_remote) bytes_add_string( &record->bytes, FILE_PENDING, job->files[index]->remote );
    end_part( record, start, index < MAX_FILES ? check_file( &stored ) : MALFORMED );
}

void store_record_progress_locked( struct store_record *record, const struct job *job, ULONG index )
{
    size_t start;

    if (job->options.high_performance) return;
    start = begin_part( record, PART_PROGRESS );
    bytes_add_u32( &record->bytes, FILE_INDEX, index );
    members_write( &progress_file_fields, job->files[index], &record->clock, &record->bytes );
    members_write( &progress_job_fields, job, &record->clock, &record->bytes );
    end_part( record, start, check_file( job->files[index] ));
}

void store_record_snapshot_locked( struct store_record *record, const struct job *job,
                                   const struct store_owner *owner )
{
    ULONG i;

    store_record_job_locked( record, job );
    store_record_owner( record, owner );
    store_record_secrets_locked( record, job );
    for (i = 0; i < job->file_count; i++) store_record_file_locked( record, job, i );
}

BOOL store_record_is_empty( const struct store_record *record )
{
    return !record->bytes.used && !record->has_secrets && SUCCEEDED(record->bytes.status);
}

void store_record_free( struct store_record *record )
{
    bytes_wipe( &record->bytes );
    bytes_wipe( &record->secrets );
    record->has_secrets = FALSE;
}

/* Adds the secrets, which are unreadable from here on.  A part without bytes says that there are none. */
static HRESULT finish_secrets( struct store_record *record, const struct store_secrets *secrets )
{
    size_t start, blob_size = 0;
    void *blob = NULL;
    HRESULT hr;

    if (record->secrets.used &&
        FAILED(hr = secrets->protect( record->secrets.data, record->secrets.used, &blob, &blob_size ))) return hr;
    start = begin_part( record, PART_SECRETS );
    bytes_add( &record->bytes, blob, blob_size );
    bytes_end_field( &record->bytes, start );
    free( blob );
    bytes_wipe( &record->secrets );
    record->has_secrets = FALSE;
    return record->bytes.status;
}

HRESULT store_record_finish( struct store_record *record, const struct store_secrets *secrets,
                             const unsigned char **data, size_t *size )
{
    unsigned char *p;
    UINT32 length;
    HRESULT hr;

    if (FAILED(record->bytes.status)) return record->bytes.status;
    if (record->has_secrets && FAILED(hr = finish_secrets( record, secrets ))) return hr;
    if (!record->bytes.used) return E_INVALIDARG;
    p = record->bytes.data;
    length = (UINT32)(record->bytes.used - RECORD_HEADER_SIZE);
    wire_store32( p, length );
    wire_store32( p + 4, ~length );
    wire_store32( p + 8, checksum( p + RECORD_HEADER_SIZE, length ));
    *data = p;
    *size = record->bytes.used;
    return S_OK;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

/* Frees files from the end until COUNT are left. */
static void remove_files( struct job *job, ULONG count )
{
    while (job->file_count > count)
    {
        struct job_file *file = job->files[--job->file_count];

        members_free( &file_fields, file );
        free( file->stored_remote );
        free( file );
    }
}

static HRESULT apply_job( const struct field *part, const struct store_clock *clock, struct job *job, ULONG *files )
{
    const unsigned char *data = part->data;
    size_t size = part->length;
    UINT32 count = 0;
    struct field field;
    struct job read;
    UINT64 seen = 0;
    HRESULT hr = S_OK;
    int more;

    memset( &read, 0, sizeof(read) );
    while (SUCCEEDED(hr) && (more = next_field( &data, &size, &field )))
    {
        if (more < 0) hr = MALFORMED;
        else if (field.tag == JOB_FILE_COUNT) hr = field_get_u32( &field, &count );
        else hr = member_read( &job_fields, &field, clock, &read, &seen );
    }
    if (SUCCEEDED(hr) && count > MAX_FILES) hr = MALFORMED;
    if (SUCCEEDED(hr)) hr = check_job( &read );
    if (SUCCEEDED(hr))
    {
        members_move( &job_fields, job, &read );
        *files = count;
    }
    members_free( &job_fields, &read );
    return hr;
}

static HRESULT apply_owner( const struct field *part, const struct store_clock *clock, struct store_owner *owner )
{
    const unsigned char *data = part->data;
    size_t size = part->length;
    struct store_owner read;
    struct field field;
    UINT64 seen = 0;
    HRESULT hr = S_OK;
    int more;

    memset( &read, 0, sizeof(read) );
    while (SUCCEEDED(hr) && (more = next_field( &data, &size, &field )))
        hr = more < 0 ? MALFORMED : member_read( &owner_fields, &field, clock, &read, &seen );
    if (SUCCEEDED(hr)) hr = check_owner( &read );
    if (SUCCEEDED(hr)) members_move( &owner_fields, owner, &read );
    members_free( &owner_fields, &read );
    return hr;
}

/* A new file at the end.  The array has room for the next power of two. */
static HRESULT add_file( struct job *job )
{
    ULONG count = job->file_count;
    struct job_file **files, *file;

    if (!(count & (count - 1)))
    {
        if (!(files = realloc( job->files, (count ? 2 * (size_t)count : 1) * sizeof(*files) ))) return E_OUTOFMEMORY;
        job->files = files;
    }
    if (!(file = calloc( 1, sizeof(*file) ))) return E_OUTOFMEMORY;
    job->files[job->file_count++] = file;
    return S_OK;
}

static HRESULT read_file( const struct field *part, const struct store_clock *clock, struct job_file *file,
                          UINT32 *index )
{
    const unsigned char *data = part->data;
    size_t size = part->length;
    struct field field;
    UINT64 seen = 0;
    HRESULT hr = S_OK;
    WCHAR *pending;
    int more;

    *index = ~0u;
    while (SUCCEEDED(hr) && (more = next_field( &data, &size, &field )))
    {
        if (more < 0) hr = MALFORMED;
        else if (field.tag == FILE_INDEX) hr = field_get_u32( &field, index );
        else if (field.tag == FILE_PENDING)
        {
            /* written behind remote */
            if (!file->remote || file->stored_remote) hr = MALFORMED;
            else if (SUCCEEDED(hr = field_get_string( &field, JOB_REMOTE_NAME_MAX, &pending )))
            {
                file->stored_remote = file->remote;
                file->remote = pending;
                if (name_check_remote( file->stored_remote, NULL ) != S_OK) hr = MALFORMED;
            }
        }
        else hr = member_read( &file_fields, &field, clock, file, &seen );
    }
    return SUCCEEDED(hr) ? check_file( file ) : hr;
}

/* GROW: a file behind the last one is a new one. */
static HRESULT apply_file( const struct field *part, const struct store_clock *clock, struct job *job, BOOL grow )
{
    struct job_file read, *file;
    UINT32 index;
    HRESULT hr;

    memset( &read, 0, sizeof(read) );
    hr = read_file( part, clock, &read, &index );
    if (SUCCEEDED(hr) && (index > job->file_count || (index == job->file_count && (!grow || index >= MAX_FILES))))
        hr = MALFORMED;
    if (SUCCEEDED(hr) && index == job->file_count) hr = add_file( job );
    if (SUCCEEDED(hr))
    {
        file = job->files[index];
        members_move( &file_fields, file, &read );
        free( file->stored_remote );
        file->stored_remote = read.stored_remote;
        read.stored_remote = NULL;
    }
    members_free( &file_fields, &read );
    free( read.stored_remote );
    return hr;
}

static HRESULT apply_progress( const struct field *part, const struct store_clock *clock, struct job *job )
{
    const unsigned char *data = part->data;
    UINT64 file_seen = 0, job_seen = 0;
    size_t size = part->length;
    struct job_file file, read;
    UINT32 index = ~0u;
    struct job times;
    struct field field;
    HRESULT hr = S_OK;
    int more;

    memset( &read, 0, sizeof(read) );
    memset( &times, 0, sizeof(times) );
    while (SUCCEEDED(hr) && (more = next_field( &data, &size, &field )))
    {
        if (more < 0) hr = MALFORMED;
        else if (field.tag == FILE_INDEX) hr = field_get_u32( &field, &index );
        else if ((hr = member_read( &progress_file_fields, &field, clock, &read, &file_seen )) == S_FALSE)
            hr = member_read( &progress_job_fields, &field, clock, &times, &job_seen );
    }
    if (FAILED(hr)) return hr;
    if (index >= job->file_count) return MALFORMED;
    file = *job->files[index];
    file.offset = read.offset;
    file.durable = read.durable;
    if (FAILED(hr = check_file( &file ))) return hr;
    members_move( &progress_file_fields, job->files[index], &read );
    members_move( &progress_job_fields, job, &times );
    return S_OK;
}

HRESULT apply_part( const struct field *part, const struct store_clock *clock, struct job *job,
                    struct store_owner *owner, ULONG *files )
{
    switch (part->tag)
    {
    case PART_JOB:
        return apply_job( part, clock, job, files );
    case PART_OWNER:
        return owner ? apply_owner( part, clock, owner ) : S_OK;
    case PART_FILE:
        return apply_file( part, clock, job, owner != NULL );
    case PART_PROGRESS:
        return apply_progress( part, clock, job );
    default:
        return S_OK;
    }
}

static void free_credentials( struct job_credentials *credentials )
{
    members_free( &credentials_fields, credentials );
    free( credentials );
}

static void free_all_credentials( struct list *list )
{
    struct job_credentials *credentials, *next;

    LIST_FOR_EACH_ENTRY_SAFE( credentials, next, list, struct job_credentials, entry ) free_credentials( credentials );
    list_init( list );
}

static HRESULT read_credentials( const struct field *field, struct list *list )
{
    struct job_credentials *credentials, *other;
    static const struct store_clock no_clock;
    const unsigned char *data = field->data;
    size_t size = field->length;
    struct field inner;
    UINT64 seen = 0;
    HRESULT hr = S_OK;
    int more;

    if (!(credentials = calloc( 1, sizeof(*credentials) ))) return E_OUTOFMEMORY;
    while (SUCCEEDED(hr) && (more = next_field( &data, &size, &inner )))
        hr = more < 0 ? MALFORMED : member_read( &credentials_fields, &inner, &no_clock, credentials, &seen );
    if (SUCCEEDED(hr) && (!credentials->target || !credentials->scheme || !credentials->user != !credentials->password))
        hr = MALFORMED;
    LIST_FOR_EACH_ENTRY( other, list, struct job_credentials, entry )
        if (other->target == credentials->target && other->scheme == credentials->scheme) hr = MALFORMED;
    if (FAILED(hr)) free_credentials( credentials );
    else list_add_tail( list, &credentials->entry );
    return hr;
}

HRESULT apply_secrets( const unsigned char *plain, size_t size, struct job *job )
{
    WCHAR *headers = NULL, *old_headers;
    struct list list;
    struct field field;
    HRESULT hr = S_OK;
    struct list *elem;
    int more;

    list_init( &list );
    while (SUCCEEDED(hr) && (more = next_field( &plain, &size, &field )))
    {
        if (more < 0 || (field.tag == SECRET_HEADERS && headers)) hr = MALFORMED;
        else if (field.tag == SECRET_HEADERS) hr = field_get_string( &field, JOB_HEADERS_MAX, &headers );
        else if (field.tag == SECRET_CREDENTIALS) hr = read_credentials( &field, &list );
    }
    if (SUCCEEDED(hr))
    {
        old_headers = job->http.headers;
        job->http.headers = headers;
        headers = old_headers;
        free_all_credentials( &job->credentials );
        while ((elem = list_head( &list )))
        {
            list_remove( elem );
            list_add_tail( &job->credentials, elem );
        }
    }
    if (headers) wipe( headers, wstr_len( headers ) * sizeof(WCHAR) );
    free( headers );
    free_all_credentials( &list );
    return hr;
}

HRESULT store_undo_locked( const struct store_record *record, struct job *job )
{
    const unsigned char *data;
    ULONG files = job->file_count;
    struct field part;
    HRESULT hr = record->bytes.status;
    size_t size;

    if (FAILED(hr)) return hr;
    if (record->bytes.used)
    {
        data = record->bytes.data + RECORD_HEADER_SIZE;
        size = record->bytes.used - RECORD_HEADER_SIZE;
        while (SUCCEEDED(hr) && next_field( &data, &size, &part ) > 0)
            hr = apply_part( &part, &record->clock, job, NULL, &files );
        if (SUCCEEDED(hr)) remove_files( job, files );
    }
    if (SUCCEEDED(hr) && record->has_secrets) hr = apply_secrets( record->secrets.data, record->secrets.used, job );
    return hr;
}
