/*
 * Fuzz target: both ends of the frames between service and agent
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

#include "wire.h"

#include "fuzz.h"

/* What was read is written again, field by field, and read once more: it must be the same. */
static void write_again( const struct wire_reader *before, const struct wire_frame *frame )
{
    static unsigned char buffer[WIRE_MAX_FRAME];
    struct wire_reader reader = *before;
    struct wire_writer writer;
    struct wire_frame again;
    unsigned int tag;
    size_t size, used;

    wire_begin( &writer, buffer, sizeof(buffer), frame->type, frame->order );
    for (tag = 1; tag < WIRE_TAG_END; tag++)
    {
        const struct wire_field *field = &frame->fields[tag];

        if (!field->data) continue;
        if (wire_number_size( tag ) == 4) wire_put_u32( &writer, tag, wire_get_u32( frame, tag ) );
        else if (wire_number_size( tag ) == 8) wire_put_u64( &writer, tag, wire_get_u64( frame, tag ) );
        else if (wire_is_bytes( tag )) wire_put_bytes( &writer, tag, field->data, field->length );
        else wire_put_string( &writer, tag, (const char *)field->data, field->length );
    }
    size = wire_end( &writer );
    assert( size );
    assert( wire_read( &reader, buffer, size, &again, &used ) == WIRE_READ_FRAME && used == size );
    assert( again.type == frame->type && again.order == frame->order );
    for (tag = 1; tag < WIRE_TAG_END; tag++)
    {
        assert( !again.fields[tag].data == !frame->fields[tag].data );
        assert( again.fields[tag].length == frame->fields[tag].length );
        assert( !memcmp( again.fields[tag].data ? again.fields[tag].data : buffer,
                         frame->fields[tag].data ? frame->fields[tag].data : buffer, frame->fields[tag].length ) );
    }
}

/* Bit 0 of the first byte: the agent has sent the rest; bit 1: its HELLO has come. */
void fuzz_wire( const unsigned char *data, size_t size )
{
    struct wire_reader reader, before;
    enum wire_read_result result;
    struct wire_frame frame;
    unsigned char *stream;
    size_t at, used;

    if (!size) return;
    reader.sender = data[0] & 1 ? WIRE_FROM_AGENT : WIRE_FROM_SERVICE;
    reader.greeted = data[0] >> 1 & 1;
    /* not a byte longer than what is read */
    stream = malloc( size );
    assert( stream );
    memcpy( stream, data + 1, --size );
    for (at = 0, result = WIRE_READ_FRAME; result == WIRE_READ_FRAME; at += used)
    {
        before = reader;
        result = wire_read( &reader, stream + at, size - at, &frame, &used );
        assert( used <= size - at && (result == WIRE_READ_FRAME) == (used != 0) );
        if (result == WIRE_READ_FRAME) write_again( &before, &frame );
    }
    free( stream );
}
