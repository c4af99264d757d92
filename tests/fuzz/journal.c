/*
 * Fuzz target: the reader of journals
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

#include <assert.h>

#include "store/private.h"

#include "fuzz.h"

/* Each input is read as it is, and once more with its
 * lengths and checksums put right, since no mutation would ever guess a checksum.  What was read must be fit to be
 * written, and to be read again. */

static const struct store_clock now = { 1000000, 133000000000000000ull };

static HRESULT turn( const void *from, size_t size, void **to, size_t *to_size )
{
    unsigned char *p = malloc( size );
    size_t i;

    if (!p) return E_OUTOFMEMORY;
    for (i = 0; i < size; i++) p[i] = ((const unsigned char *)from)[i] ^ 0x5a;
    *to = p;
    *to_size = size;
    return S_OK;
}

static const struct store_secrets turning = { turn, turn };

static void ignore( const char *name, const char *value, void *context )
{
    assert( *name && strlen( value ) < 0x1000000 );
}

static void write_again( const struct store_reading *first )
{
    struct store_reading second;
    struct store_record record;
    unsigned char *journal;
    const unsigned char *data;
    size_t size;
    HRESULT hr;

    store_record_begin( &record, &now );
    store_record_snapshot_locked( &record, first->job, &first->owner );
    hr = store_record_finish( &record, &turning, &data, &size );
    assert( hr == S_OK );
    journal = malloc( STORE_HEADER_SIZE + size );
    assert( journal );
    store_header( &first->id, journal );
    memcpy( journal + STORE_HEADER_SIZE, data, size );
    store_read( journal, STORE_HEADER_SIZE + size, &first->id, &now, &turning, &second );
    assert( second.verdict == STORE_GOOD && second.job->file_count == first->job->file_count );
    hr = store_undo_locked( &record, second.job );
    assert( hr == S_OK );
    job_destroy( second.job );
    store_owner_free( &second.owner );
    store_record_free( &record );
    free( journal );
}

static void read_once( const unsigned char *data, size_t size )
{
    struct store_reading reading;

    store_read( data, size, NULL, &now, &turning, &reading );
    assert( reading.good <= size && (reading.verdict == STORE_GOOD) == !reading.reason );
    if (reading.verdict != STORE_GOOD)
    {
        assert( !reading.job && !reading.owner.sid );
        return;
    }
    store_describe( &reading, ignore, NULL );
    write_again( &reading );
    job_destroy( reading.job );
    store_owner_free( &reading.owner );
}

/* Puts right what a mutation cannot: magic, version and checksum of the header, complements and checksums of the
 * records, as far as their lengths fit. */
static void repair( unsigned char *data, size_t size )
{
    size_t position, length;
    GUID id = { 0 };

    if (size < STORE_HEADER_SIZE) return;
    store_header( &id, data );
    for (position = STORE_HEADER_SIZE; size - position > RECORD_HEADER_SIZE; position += RECORD_HEADER_SIZE + length)
    {
        length = wire_load32( data + position );
        if (length > size - position - RECORD_HEADER_SIZE) length = size - position - RECORD_HEADER_SIZE;
        wire_store32( data + position, (UINT32)length );
        wire_store32( data + position + 4, ~(UINT32)length );
        wire_store32( data + position + 8, checksum( data + position + RECORD_HEADER_SIZE, length ));
    }
}

void fuzz_journal( const unsigned char *data, size_t size )
{
    unsigned char *copy;

    read_once( data, size );
    copy = malloc( size ? size : 1 );
    assert( copy );
    if (size) memcpy( copy, data, size );
    repair( copy, size );
    read_once( copy, size );
    free( copy );
}
