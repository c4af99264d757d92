/*
 * Journals: a job from the bytes of a file
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

/* The header:
 *       0  8 bytes: the magic; a transfer as text, or through seven bits, spoils it
 *       8  u16 major version
 *      10  u16 minor version
 *      12  16 bytes: the job's GUID
 *      28  u32 checksum of the 28 bytes before it
 * All major versions have it. */
static const unsigned char magic[8] = { 0x93, 'W', 'B', 'J', '\r', '\n', 0x1a, '\n' };

#define CHECKED_SIZE (STORE_HEADER_SIZE - 4)

void store_header( const GUID *id, unsigned char header[STORE_HEADER_SIZE] )
{
    memcpy( header, magic, sizeof(magic) );
    wire_store16( header + 8, STORE_MAJOR );
    wire_store16( header + 10, STORE_MINOR );
    wire_store32( header + 12, id->Data1 );
    wire_store16( header + 16, id->Data2 );
    wire_store16( header + 18, id->Data3 );
    memcpy( header + 20, id->Data4, sizeof(id->Data4) );
    wire_store32( header + CHECKED_SIZE, checksum( header, CHECKED_SIZE ));
}

void store_owner_free( struct store_owner *owner )
{
    members_free( &owner_fields, owner );
}

static HRESULT fail( struct store_reading *reading, enum store_verdict verdict, size_t position, const char *reason )
{
    reading->verdict = verdict;
    reading->good = position;
    reading->reason = reason;
    return E_FAIL;
}

static HRESULT read_header( const unsigned char *data, size_t size, const GUID *expected,
                            struct store_reading *reading )
{
    if (!size) return fail( reading, STORE_EMPTY, 0, "empty" );
    if (size < STORE_HEADER_SIZE || memcmp( data, magic, sizeof(magic) ))
        return fail( reading, STORE_FOREIGN, 0, "not a job's journal" );
    if (wire_load32( data + CHECKED_SIZE ) != checksum( data, CHECKED_SIZE ))
        return fail( reading, STORE_CORRUPT, 0, "header damaged" );
    reading->major = wire_load16( data + 8 );
    reading->minor = wire_load16( data + 10 );
    reading->id.Data1 = wire_load32( data + 12 );
    reading->id.Data2 = wire_load16( data + 16 );
    reading->id.Data3 = wire_load16( data + 18 );
    memcpy( reading->id.Data4, data + 20, sizeof(reading->id.Data4) );
    if (reading->major > STORE_MAJOR) return fail( reading, STORE_NEWER, 0, "written by a newer version" );
    if (expected && memcmp( expected, &reading->id, sizeof(*expected) ))
        return fail( reading, STORE_FOREIGN, 0, "the journal of another job" );
    return S_OK;
}

/* Whether only zeros are left, which some file systems leave after a crash of the machine. */
static BOOL is_zero( const unsigned char *data, size_t size )
{
    while (size--) if (*data++) return FALSE;
    return TRUE;
}

enum tail { WHOLE, TORN, DAMAGED };

/* Looks at the record at the front of SIZE bytes, which are not 0. */
static enum tail look_at_record( const unsigned char *data, size_t size, size_t *length )
{
    if (size < RECORD_HEADER_SIZE) return TORN;
    *length = wire_load32( data );
    if (wire_load32( data + 4 ) != (UINT32)~*length || !*length) return is_zero( data, size ) ? TORN : DAMAGED;
    if (*length > size - RECORD_HEADER_SIZE) return TORN;
    if (wire_load32( data + 8 ) == checksum( data + RECORD_HEADER_SIZE, *length )) return WHOLE;
    return *length == size - RECORD_HEADER_SIZE ? TORN : DAMAGED;
}

/* What is known while records are read. */
struct replay
{
    const struct store_clock *clock;
    ULONG files;                /* what the last part JOB said */
    struct field secrets;       /* the last part SECRETS */
};

static HRESULT replay_record( struct replay *replay, const unsigned char *data, size_t size,
                              struct store_reading *reading )
{
    struct job *job = reading->job;
    BOOL first = !reading->records;
    struct field part;
    HRESULT hr = S_OK;
    int more;

    while (SUCCEEDED(hr) && (more = next_field( &data, &size, &part )))
    {
        if (more < 0) return MALFORMED;
        /* a snapshot begins with the job, and nothing takes files away */
        if (first && part.tag != PART_JOB) return MALFORMED;
        first = FALSE;
        if (part.tag == PART_SECRETS) replay->secrets = part;
        else hr = apply_part( &part, replay->clock, job, &reading->owner, &replay->files );
        if (replay->files < job->file_count) return MALFORMED;
    }
    if (FAILED(hr)) return hr;
    if (!reading->owner.sid || job->file_count != replay->files) return MALFORMED;
    return job->error.file >= (int)job->file_count ? MALFORMED : S_OK;
}

static HRESULT read_records( struct replay *replay, const unsigned char *data, size_t size,
                             struct store_reading *reading )
{
    size_t position = STORE_HEADER_SIZE, length;
    enum tail tail = WHOLE;
    HRESULT hr;

    for (; position < size; position += RECORD_HEADER_SIZE + length)
    {
        if ((tail = look_at_record( data + position, size - position, &length )) == TORN) break;
        if (tail == DAMAGED) return fail( reading, STORE_CORRUPT, position, "record damaged" );
        hr = replay_record( replay, data + position + RECORD_HEADER_SIZE, length, reading );
        if (hr == E_OUTOFMEMORY) return fail( reading, STORE_NO_MEMORY, position, "no memory" );
        if (FAILED(hr)) return fail( reading, STORE_CORRUPT, position, "record makes no sense" );
        if (!reading->records++) reading->snapshot = position + RECORD_HEADER_SIZE + length;
    }
    if (!reading->records) return fail( reading, STORE_CORRUPT, position, "first record not whole" );
    reading->good = position;
    return S_OK;
}

static HRESULT read_secrets( const struct field *part, const struct store_secrets *secrets,
                             struct store_reading *reading )
{
    size_t plain_size;
    void *plain;
    HRESULT hr;

    if (!part->length) return S_OK;
    if (!secrets || FAILED(secrets->unprotect( part->data, part->length, &plain, &plain_size )))
    {
        reading->secrets_lost = TRUE;
        return S_OK;
    }
    hr = apply_secrets( plain, plain_size, reading->job );
    wipe( plain, plain_size );
    free( plain );
    if (hr == E_OUTOFMEMORY) return fail( reading, STORE_NO_MEMORY, 0, "no memory" );
    if (FAILED(hr)) reading->secrets_lost = TRUE;
    return S_OK;
}

static UINT64 at_most( UINT64 tick, UINT64 now, ULONG seconds )
{
    UINT64 latest = now + (UINT64)seconds * 1000;

    return tick < latest ? tick : latest;
}

/* What a restart changes; see store.h. */
static void restart( struct job *job, const struct store_clock *clock )
{
    ULONG i;

    if (job->state == BG_JOB_STATE_CONNECTING || job->state == BG_JOB_STATE_TRANSFERRING)
        job->state = BG_JOB_STATE_QUEUED;
    job->retry_at = at_most( job->retry_at, clock->tick, job->retry_delay );
    job->give_up_at = at_most( job->give_up_at, clock->tick, job->no_progress );
    if (!job->touched) job->touched = job->changed;     /* a journal of version 1.0 */
    if (job->touched > clock->time) job->touched = clock->time;
    for (i = 0; i < job->file_count; i++)
    {
        struct job_file *file = job->files[i];

        if (file->stored_remote)
        {
            free( file->remote );
            file->remote = file->stored_remote;
            file->stored_remote = NULL;
        }
        if (file->transferred) continue;
        if (job->options.high_performance)
        {
            file->durable = 0;
            ranges_clear( &file->durable_filled );
        }
        file->offset = file->durable;
        /* without memory it is fetched again */
        if (FAILED(ranges_copy( &file->filled, file->durable_filled.count, file->durable_filled.items )))
            ranges_clear( &file->durable_filled );
    }
}

void store_read( const void *data, size_t size, const GUID *expected, const struct store_clock *clock,
                 const struct store_secrets *secrets, struct store_reading *reading )
{
    static const WCHAR no_name[1];
    struct replay replay;
    HRESULT hr;

    memset( reading, 0, sizeof(*reading) );
    if (FAILED(read_header( data, size, expected, reading ))) return;

    memset( &replay, 0, sizeof(replay) );
    replay.clock = clock;
    if (FAILED(job_create( no_name, BG_JOB_TYPE_DOWNLOAD, &reading->id, 0, &reading->job )))
    {
        fail( reading, STORE_NO_MEMORY, 0, "no memory" );
        return;
    }
    hr = read_records( &replay, data, size, reading );
    if (SUCCEEDED(hr)) hr = read_secrets( &replay.secrets, secrets, reading );
    if (SUCCEEDED(hr))
    {
        restart( reading->job, clock );
        return;
    }
    job_destroy( reading->job );
    reading->job = NULL;
    store_owner_free( &reading->owner );
}
