/*
 * Tests of the frames between service and agent; no socket, no agent
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

#include <stdio.h>
#include <stdlib.h>

#include "wire.h"

static unsigned int passed, failed;

static void report( int ok, const char *sentence )
{
    printf( "%s - %s\n", ok ? "ok" : "not ok", sentence );
    if (ok) passed++;
    else failed++;
}

static void put_text( struct wire_writer *writer, enum wire_tag tag, const char *text )
{
    wire_put_string( writer, tag, text, strlen( text ) );
}

static size_t make_hello( unsigned char *buffer )
{
    struct wire_writer writer;

    wire_begin( &writer, buffer, WIRE_MAX_FRAME, WIRE_HELLO, 0 );
    wire_put_u32( &writer, WIRE_TAG_VERSION, WIRE_VERSION );
    return wire_end( &writer );
}

static size_t make_order( unsigned char *buffer )
{
    struct wire_writer writer;

    wire_begin( &writer, buffer, WIRE_MAX_FRAME, WIRE_ORDER, 0x12345678 );
    put_text( &writer, WIRE_TAG_METHOD, "GET" );
    put_text( &writer, WIRE_TAG_URL, "http://example.com/a" );
    put_text( &writer, WIRE_TAG_HEADERS, "" );
    put_text( &writer, WIRE_TAG_FILE, "/tmp/a" );
    wire_put_u64( &writer, WIRE_TAG_OFFSET, 0x1122334455667788 );
    wire_put_u32( &writer, WIRE_TAG_FLAGS, WIRE_FLAG_ALLOW_DOWNGRADE );
    wire_put_u32( &writer, WIRE_TAG_MAX_REDIRECTS, 0xfffffffe );
    wire_put_u32( &writer, WIRE_TAG_PROXY_MODE, WIRE_PROXY_EXPLICIT );
    put_text( &writer, WIRE_TAG_PROXY, "p:1" );
    return wire_end( &writer );
}

static int is_text( const struct wire_frame *frame, enum wire_tag tag, const char *text )
{
    size_t length;
    const char *value = wire_get_string( frame, tag, &length );

    return value && length == strlen( text ) && !memcmp( value, text, length );
}

/* The bytes are copied to memory of just their size, so that the sanitizer sees every step beyond it. */
static enum wire_read_result read_exact( struct wire_reader *reader, const unsigned char *data, size_t length,
                                         struct wire_frame *frame, size_t *used )
{
    unsigned char *copy = malloc( length ? length : 1 );
    enum wire_read_result result;
    volatile unsigned int sum = 0;
    unsigned int tag;
    uint32_t i;

    memcpy( copy, data, length );
    result = wire_read( reader, copy, length, frame, used );
    for (tag = 0; result == WIRE_READ_FRAME && tag < WIRE_TAG_END; tag++)
        for (i = 0; i < frame->fields[tag].length; i++) sum += frame->fields[tag].data[i];
    free( copy );
    return result;
}

static void test_round_trip( void )
{
    static unsigned char buffer[2 * WIRE_MAX_FRAME];
    struct wire_reader reader = { WIRE_FROM_SERVICE, 0 };
    struct wire_frame frame;
    size_t hello, order, used, length, text;
    int ok;

    hello = make_hello( buffer );
    order = make_order( buffer + hello );
    report( hello == 24 && order != 0, "a HELLO has 24 bytes and an order fits" );

    for (ok = 1, length = 0; length < hello; length++)
        ok &= wire_read( &reader, buffer, length, &frame, &used ) == WIRE_READ_MORE && !used;
    ok &= wire_read( &reader, buffer, hello + order, &frame, &used ) == WIRE_READ_FRAME && used == hello;
    report( ok && frame.type == WIRE_HELLO && reader.greeted, "a HELLO is read when whole, and no further" );

    ok = wire_read( &reader, buffer + hello, order, &frame, &used ) == WIRE_READ_FRAME && used == order;
    ok = ok && frame.type == WIRE_ORDER && frame.order == 0x12345678;
    ok = ok && is_text( &frame, WIRE_TAG_METHOD, "GET" ) && is_text( &frame, WIRE_TAG_HEADERS, "" );
    ok = ok && is_text( &frame, WIRE_TAG_URL, "http://example.com/a" ) && is_text( &frame, WIRE_TAG_FILE, "/tmp/a" );
    ok = ok && wire_get_u64( &frame, WIRE_TAG_OFFSET ) == 0x1122334455667788;
    ok = ok && wire_get_u32( &frame, WIRE_TAG_MAX_REDIRECTS ) == 0xfffffffe;
    report( ok, "an order's values arrive as they were written" );
    report( !wire_get_u64( &frame, WIRE_TAG_RATE ) && !wire_get_string( &frame, WIRE_TAG_USER, &text ) && !text,
            "an absent field is 0 or no string" );
}

static void test_agents_frames( void )
{
    unsigned char buffer[256];
    struct wire_reader reader = { WIRE_FROM_AGENT, 0 };
    struct wire_writer writer;
    struct wire_frame frame;
    size_t size, used;
    int ok;

    size = make_hello( buffer );
    report( read_exact( &reader, buffer, size, &frame, &used ) == WIRE_READ_MALFORMED,
            "the agent's HELLO is refused without its pipes" );
    wire_begin( &writer, buffer, sizeof(buffer), WIRE_HELLO, 0 );
    wire_put_u32( &writer, WIRE_TAG_VERSION, WIRE_VERSION );
    put_text( &writer, WIRE_TAG_EVENTS, "/proc/1/fd/5" );
    put_text( &writer, WIRE_TAG_ORDERS, "/proc/1/fd/8" );
    size = wire_end( &writer );
    ok = read_exact( &reader, buffer, size, &frame, &used ) == WIRE_READ_FRAME && reader.greeted;
    report( ok, "and read with them" );
    wire_begin( &writer, buffer, sizeof(buffer), WIRE_IDLE, 7 );
    size = wire_end( &writer );
    ok = read_exact( &reader, buffer, size, &frame, &used ) == WIRE_READ_MALFORMED;
    wire_set_order( &writer, 0 );
    ok = ok && read_exact( &reader, buffer, size, &frame, &used ) == WIRE_READ_FRAME && frame.type == WIRE_IDLE;
    report( ok, "IDLE is of no order" );
}

static void test_bounds( void )
{
    static unsigned char buffer[WIRE_MAX_FRAME + 1];
    static char text[WIRE_MAX_PAYLOAD];
    struct wire_reader reader = { WIRE_FROM_SERVICE, 1 };
    struct wire_writer writer;
    struct wire_frame frame;
    size_t size, used;
    int ok;

    memset( text, 'x', sizeof(text) );
    buffer[WIRE_MAX_FRAME] = 0xaa;
    wire_begin( &writer, buffer, sizeof(buffer), WIRE_ORDER, 1 );
    wire_put_string( &writer, WIRE_TAG_URL, text, WIRE_MAX_PAYLOAD - WIRE_FIELD_SIZE );
    ok = wire_end( &writer ) == WIRE_MAX_FRAME;
    wire_begin( &writer, buffer, sizeof(buffer), WIRE_ORDER, 1 );
    wire_put_string( &writer, WIRE_TAG_URL, text, WIRE_MAX_PAYLOAD - WIRE_FIELD_SIZE + 1 );
    report( ok && !wire_end( &writer ) && buffer[WIRE_MAX_FRAME] == 0xaa, "a frame holds the maximum and not a byte more" );

    for (ok = 1, size = 0; size < 24; size++)
    {
        unsigned char *exact = malloc( size ? size : 1 );
        wire_begin( &writer, exact, size, WIRE_HELLO, 0 );
        wire_put_u32( &writer, WIRE_TAG_VERSION, WIRE_VERSION );
        ok &= !wire_end( &writer );
        free( exact );
    }
    report( ok, "a buffer that is too small is never overrun and gives no frame" );

    wire_begin( &writer, buffer, sizeof(buffer), WIRE_ORDER, 1 );
    wire_put_string( &writer, WIRE_TAG_URL, "a\0b", 3 );
    wire_put_u32( &writer, WIRE_TAG_FLAGS, 0 );
    report( !wire_end( &writer ), "a string with NUL gives no frame" );

    wire_begin( &writer, buffer, sizeof(buffer), WIRE_GO, 1 );
    size = wire_end( &writer );
    report( read_exact( &reader, buffer, size, &frame, &used ) == WIRE_READ_FRAME && used == WIRE_HEADER_SIZE,
            "a frame may have no fields" );
    wire_store32( buffer, WIRE_MAX_PAYLOAD + 1 );
    report( read_exact( &reader, buffer, WIRE_HEADER_SIZE, &frame, &used ) == WIRE_READ_MALFORMED,
            "an over-long frame is refused by its header" );
    reader.sender = WIRE_FROM_AGENT;
    wire_store32( buffer, 0 );
    report( read_exact( &reader, buffer, WIRE_HEADER_SIZE, &frame, &used ) == WIRE_READ_MALFORMED,
            "a frame of the other direction is refused" );
}

static void test_prefixes( void )
{
    static unsigned char buffer[WIRE_MAX_FRAME];
    struct wire_reader reader = { WIRE_FROM_SERVICE, 1 };
    struct wire_frame frame;
    size_t length = make_order( buffer ), used, cut, whole = 0;
    int ok = 1;

    for (cut = 0; cut < length; cut++)
        ok &= read_exact( &reader, buffer, cut, &frame, &used ) == WIRE_READ_MORE;
    report( ok, "every part of a good frame wants more" );

    for (cut = WIRE_HEADER_SIZE; cut < length; cut++)
    {
        wire_store32( buffer, cut - WIRE_HEADER_SIZE );
        whole += read_exact( &reader, buffer, cut, &frame, &used ) != WIRE_READ_MALFORMED;
    }
    report( !whole, "a payload cut anywhere is malformed" );
}

/* Random changes to good frames: whatever the reader says, it must stay inside its bytes and keep its promises. */
static void test_random( void )
{
    static unsigned char good[WIRE_MAX_FRAME], changed[WIRE_MAX_FRAME];
    size_t length = make_order( good ), used;
    unsigned int round, accepted = 0, i;
    struct wire_frame frame;
    uint32_t seed = 1;
    int ok = 1;

    for (round = 0; round < 200000; round++)
    {
        struct wire_reader reader = { WIRE_FROM_SERVICE, 1 };
        size_t size = length;

        memcpy( changed, good, length );
        for (i = 0; i <= round % 3; i++)
        {
            seed = seed * 1664525 + 1013904223;
            changed[(seed >> 8) % length] = round & 1 ? seed >> 24 : changed[(seed >> 8) % length] ^ 1 << (seed >> 29);
        }
        if (round % 5 == 0) size = (seed >> 4) % length;
        if (read_exact( &reader, changed, size, &frame, &used ) != WIRE_READ_FRAME) continue;
        accepted++;
        wire_read( &reader, changed, size, &frame, &used );
        ok &= used <= size && frame.order && frame.type == WIRE_ORDER && frame.fields[WIRE_TAG_URL].data != NULL;
        ok &= !(wire_get_u64( &frame, WIRE_TAG_OFFSET ) >> 63) && !(wire_get_u32( &frame, WIRE_TAG_FLAGS ) & ~WIRE_FLAG_ALL);
    }
    report( ok && accepted > 1000 && accepted < 200000, "changed frames are refused or sound" );
}

int main( void )
{
    test_round_trip();
    test_agents_frames();
    test_bounds();
    test_prefixes();
    test_random();
    printf( "%u passed, %u failed, 0 skipped\n", passed, failed );
    return failed != 0;
}
