/*
 * Fuzz target: bodies of several parts
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
#include <stdlib.h>
#include <string.h>

#include "../../agent/multipart.h"
#include "fuzz.h"

/* Small numbers, which mutations hit; the last part is longer than a read. */
static const struct wire_part parts[] = { { 10, 5, 0 }, { 100, 3, 5 }, { 20, 300, 8 } };

static void init( struct multipart *multipart )
{
    unsigned char buffer[1024];
    struct wire_reader reader = { WIRE_FROM_SERVICE, 1 };
    struct wire_writer writer;
    struct wire_frame frame;
    size_t size, used;

    wire_begin( &writer, buffer, sizeof(buffer), WIRE_GO, 1 );
    wire_put_string( &writer, WIRE_TAG_BOUNDARY, "b", 1 );
    wire_put_u64( &writer, WIRE_TAG_SIZE, 1000 );
    wire_put_parts( &writer, parts, sizeof(parts) / sizeof(parts[0]) );
    size = wire_end( &writer );
    assert( size );
    assert( wire_read( &reader, buffer, size, &frame, &used ) == WIRE_READ_FRAME && used == size );
    multipart_init( multipart, &frame );
}

/* Pieces come one behind the other, and what counts has come. */
static size_t read_some( struct multipart *multipart, const unsigned char *data, size_t length, uint64_t *end )
{
    struct multipart_piece piece;
    uint64_t counted = multipart->bytes;
    size_t used;

    used = multipart_read( multipart, (const char *)data, length, &piece );
    assert( used <= length && !used == (multipart->state == MULTIPART_MALFORMED) );
    assert( !multipart->reason == (multipart->state != MULTIPART_MALFORMED) );
    assert( piece.length <= used && (!piece.length || piece.position == *end) );
    assert( !piece.length || ((const unsigned char *)piece.data >= data && piece.length <= length) );
    *end += piece.length;
    assert( multipart->bytes >= counted && multipart->bytes <= *end && *end <= 308 );
    assert( multipart->state != MULTIPART_WHOLE || multipart->bytes == 308 );
    return used;
}

void fuzz_multipart( const unsigned char *data, size_t size )
{
    struct multipart whole, pieces;
    uint64_t whole_end = 0, pieces_end = 0;
    size_t at, step, length, used;
    unsigned char *copy;

    if (!size) return;
    step = data[0] + 1;
    data++;
    size--;

    init( &whole );
    for (at = 0; at < size && whole.state != MULTIPART_MALFORMED;)
        at += read_some( &whole, data + at, size - at, &whole_end );

    init( &pieces );
    for (at = 0; at < size && pieces.state != MULTIPART_MALFORMED; at += length)
    {
        length = size - at < step ? size - at : step;
        copy = malloc( length );
        assert( copy );
        memcpy( copy, data + at, length );
        for (used = 0; used < length && pieces.state != MULTIPART_MALFORMED;)
            used += read_some( &pieces, copy + used, length - used, &pieces_end );
        free( copy );
    }

    /* it does not matter how the body is cut */
    assert( whole.state == pieces.state && whole.bytes == pieces.bytes && whole_end == pieces_end );
    assert( whole.reason == pieces.reason );
}
