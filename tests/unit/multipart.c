/*
 * Tests of bodies of several parts
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

#include "unit.h"
#include "../../agent/multipart.h"

/* All that follows is about these bytes of a file of 1000, which go to bytes 0 to 9 of the local file. */
static const struct wire_part wanted[] = { { 10, 5, 0 }, { 100, 3, 5 }, { 20, 2, 8 } };

#define ONE     "--b\r\nContent-Type: text/plain\r\nContent-Range: bytes 10-14/1000\r\n\r\nabcde"
#define TWO     "\r\n--b\r\nContent-Range: bytes 100-102/1000\r\n\r\nfgh"
#define THREE   "\r\n--b\r\nContent-Range: bytes 20-21/1000\r\n\r\nij"
#define END     "\r\n--b--\r\n"
/* another first part */
#define FIRST( headers ) "--b\r\n" headers "\r\n\r\nabcde" TWO THREE END
#define X64     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X512    X64 X64 X64 X64 X64 X64 X64 X64
#define HEADER  "X: " X64 X64 X64 X64 X64 X64 X64 "\r\n"

static void init( struct multipart *multipart )
{
    static unsigned char buffer[1024];
    struct wire_reader reader = { WIRE_FROM_SERVICE, 1 };
    struct wire_writer writer;
    struct wire_frame frame;
    size_t size, used;

    wire_begin( &writer, buffer, sizeof(buffer), WIRE_GO, 1 );
    wire_put_string( &writer, WIRE_TAG_BOUNDARY, "b", 1 );
    wire_put_u64( &writer, WIRE_TAG_SIZE, 1000 );
    wire_put_parts( &writer, wanted, ARRAY_SIZE(wanted) );
    size = wire_end( &writer );
    check( wire_read( &reader, buffer, size, &frame, &used ) == WIRE_READ_FRAME, "the frame is malformed\n" );
    multipart_init( multipart, &frame );
}

/* The body in reads of STEP bytes; FILE gets the local file's ten bytes. */
static void read_body( struct multipart *multipart, const char *body, size_t step, char file[11] )
{
    size_t left = strlen( body ), length, used;
    struct multipart_piece piece;
    char *copy;

    init( multipart );
    strcpy( file, "----------" );
    for (; left && multipart->state != MULTIPART_MALFORMED; body += length, left -= length)
    {
        length = left < step ? left : step;
        /* just these bytes, for the sanitizer */
        copy = malloc( length );
        memcpy( copy, body, length );
        for (used = 0; used < length && multipart->state != MULTIPART_MALFORMED;)
        {
            used += multipart_read( multipart, copy + used, length - used, &piece );
            check( used <= length, "took %zu of %zu bytes\n", used, length );
            if (!piece.length) continue;
            if (check( piece.length <= 10 && piece.position <= 10 - piece.length, "%zu bytes\n", piece.length ))
                memcpy( file + piece.position, piece.data, piece.length );
        }
        free( copy );
    }
}

static void reads_parts(void)
{
    static const char *bodies[] =
    {
        ONE TWO THREE END,
        ONE TWO THREE "\r\n--b--",
        "\r\n" ONE TWO THREE END,
        "\r\n\r\n" ONE TWO THREE END,
        ONE TWO THREE END "whatever\r\n--b\r\nfollows",
        "--b \t\r\nContent-Range: bytes 10-14/1000\r\n\r\nabcde" TWO THREE END,
        FIRST( "content-range: \t BYTES 10-14/1000 \t" ),
        FIRST( "Content-Range:bytes 10-14/1000" ),
        FIRST( "Content-Range: bytes 10-14/1000\r\nX-Content-Range: bytes 0-0/1\r\nX\r\n:\r\n folded: 1" ),
        FIRST( HEADER HEADER HEADER HEADER "Content-Range: bytes 10-14/1000" ),
    };
    struct multipart multipart;
    char file[11];
    unsigned int i;
    size_t step;

    for (i = 0; i < ARRAY_SIZE(bodies); i++)
    {
        for (step = 1; step < 400; step++)
        {
            read_body( &multipart, bodies[i], step, file );
            check( multipart.state == MULTIPART_WHOLE && multipart.bytes == 10, "body %u by %zu: %s\n", i, step,
                   multipart.reason ? multipart.reason : "not whole" );
            check( !strcmp( file, "abcdefghij" ), "body %u by %zu: %s\n", i, step, file );
        }
    }
}

static void refuses_other_parts(void)
{
    static const struct
    {
        const char *body;
        unsigned int bytes;     /* that count */
    }
    cases[] =
    {
        /* not the beginning of one */
        { "nonsense\r\n" ONE TWO THREE END, 0 },
        { "\r\n\r\n\r\n" ONE TWO THREE END, 0 },
        { "--c\r\n", 0 },
        { "--bb\r\n", 0 },
        { "-b\r\n", 0 },
        { "b\r\n", 0 },
        { "--b\n", 0 },
        { "\n--b\r\n", 0 },
        { "--b--\r\n", 0 },
        /* headers */
        { FIRST( "Content-Type: text/plain" ), 0 },
        { FIRST( "" ), 0 },
        { FIRST( "Content-Range: bytes 10-14/1000\r\nContent-Range: bytes 10-14/1000" ), 0 },
        { FIRST( "Content-Range: bytes 10-14/1000\nX: y" ), 0 },
        { FIRST( "Content-Range: bytes 10-14/1000\r\nContent-Encoding: gzip" ), 0 },
        { FIRST( "Content-Range: bytes 10-13/1000" ), 0 },
        { FIRST( "Content-Range: bytes 11-14/1000" ), 0 },
        { FIRST( "Content-Range: bytes 10-14/1001" ), 0 },
        { FIRST( "Content-Range: bytes 10-14/*" ), 0 },
        { FIRST( "Content-Range: bytes 10-14/10000" ), 0 },
        { FIRST( "Content-Range: bytes 10-14/100" ), 0 },
        { FIRST( "Content-Range: bytes 10-14" ), 0 },
        { FIRST( "Content-Range: 10-14/1000" ), 0 },
        { FIRST( "Content-Range" ), 0 },
        { FIRST( "Content-Range:" ), 0 },
        { FIRST( "X: " X512 ), 0 },
        { FIRST( HEADER HEADER HEADER HEADER HEADER "Content-Range: bytes 10-14/1000" ), 0 },
        /* another order, twice, merged, left out, or more */
        { "--b\r\nContent-Range: bytes 100-102/1000\r\n\r\nfgh\r\n" ONE THREE END, 0 },
        { ONE "\r\n" ONE TWO THREE END, 5 },
        { FIRST( "Content-Range: bytes 10-21/1000" ), 0 },
        { ONE THREE END, 5 },
        { ONE TWO END, 8 },
        { ONE TWO THREE THREE END, 10 },
        /* another length than it says */
        { "--b\r\nContent-Range: bytes 10-14/1000\r\n\r\nabcd" TWO THREE END, 0 },
        { "--b\r\nContent-Range: bytes 10-14/1000\r\n\r\nabcdef" TWO THREE END, 0 },
        { "--b\r\nContent-Range: bytes 10-14/1000\r\n\r\nabcde--b\r\n" THREE END, 0 },
        { ONE "\r\n" TWO THREE END, 0 },
        { ONE TWO THREE "\n--b--\r\n", 8 },
        { ONE TWO THREE "\r\n--b-x\r\n", 8 },
        { ONE TWO THREE "\r\n" X512 "x", 8 },
    };
    struct multipart multipart;
    char file[11];
    unsigned int i;
    size_t step;

    for (i = 0; i < ARRAY_SIZE(cases); i++)
    {
        for (step = 1; step < 100; step++)
        {
            read_body( &multipart, cases[i].body, step, file );
            check( multipart.state == MULTIPART_MALFORMED && multipart.reason, "body %u by %zu\n", i, step );
            check( multipart.bytes == cases[i].bytes, "body %u by %zu: %u bytes\n", i, step, (unsigned int)multipart.bytes );
        }
    }
}

/* A part counts when its end has come; whole is only what the last delimiter closes. */
static void counts_parts_that_are_whole(void)
{
    static const char body[] = ONE TWO THREE "\r\n--b--";
    const size_t first = sizeof(ONE "\r\n--b\r\n") - 1, second = sizeof(ONE TWO "\r\n--b\r\n") - 1;
    struct multipart multipart;
    unsigned int expect;
    char cut[sizeof(body)], file[11];
    size_t length;

    for (length = 0; length < sizeof(body); length++)
    {
        memcpy( cut, body, length );
        cut[length] = 0;
        read_body( &multipart, cut, 7, file );
        expect = length == sizeof(body) - 1 ? 10 : length >= second ? 8 : length >= first ? 5 : 0;
        check( multipart.bytes == expect, "%zu bytes: %u\n", length, (unsigned int)multipart.bytes );
        check( (multipart.state == MULTIPART_WHOLE) == (expect == 10) && multipart.state != MULTIPART_MALFORMED,
               "%zu bytes: state %d\n", length, multipart.state );
    }
}

/* Servers do not look whether the data holds their boundary. */
static void takes_data_that_looks_like_a_delimiter(void)
{
    static const struct wire_part parts[] = { { 0, 9, 0 }, { 9, 1, 9 } };
    static const char body[] = "--b\r\nContent-Range: bytes 0-8/1000\r\n\r\n\r\n--b--\r\n"
                               "\r\n--b\r\nContent-Range: bytes 9-9/1000\r\n\r\n-\r\n--b--";
    struct multipart_piece piece;
    struct multipart multipart;
    size_t used, i;

    init( &multipart );
    memcpy( multipart.parts, parts, sizeof(parts) );
    multipart.count = 2;
    for (i = 0; i < sizeof(body) - 1; i += used)
    {
        used = multipart_read( &multipart, body + i, sizeof(body) - 1 - i, &piece );
        check( used != 0, "malformed at %zu\n", i );
        if (!used) return;
    }
    check( multipart.state == MULTIPART_WHOLE && multipart.bytes == 10, "state %d\n", multipart.state );
}

const struct test multipart_tests[] =
{
    TEST(reads_parts),
    TEST(refuses_other_parts),
    TEST(counts_parts_that_are_whole),
    TEST(takes_data_that_looks_like_a_delimiter),
    { 0 }
};
