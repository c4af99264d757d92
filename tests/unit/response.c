/*
 * Tests of reading response headers
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
#include "transfer/plan.h"

#define UNKNOWN BG_SIZE_UNKNOWN
#define GIB     ((UINT64)1 << 30)
#define LLU(n)  ((unsigned long long)(n))

static void reads_headers(void)
{
    static const struct
    {
        const char *headers;
        UINT64 length;
        BOOL ranged;
        UINT64 first, last, total;
        BOOL malformed;
    }
    cases[] =
    {
        /* Content-Length */
        { "",                                                   UNKNOWN, 0, 0, 0, UNKNOWN, 0 },
        { "Content-Length: 5\r\n",                              5, 0, 0, 0, UNKNOWN, 0 },
        { "content-LENGTH:5\r\n",                               5, 0, 0, 0, UNKNOWN, 0 },
        { "Content-Length \t: \t 5 \t\r\n",                     5, 0, 0, 0, UNKNOWN, 0 },
        { "Content-Length: 0\r\n",                              0, 0, 0, 0, UNKNOWN, 0 },
        { "Content-Length: 5368709120\r\n",                     5 * GIB, 0, 0, 0, UNKNOWN, 0 },
        { "Content-Length: 9223372036854775790\r\n",            9223372036854775790u, 0, 0, 0, UNKNOWN, 0 },
        { "Content-Length: 9223372036854775808\r\n",            UNKNOWN, 0, 0, 0, UNKNOWN, 1 },
        { "Content-Length: 99999999999999999999999999\r\n",     UNKNOWN, 0, 0, 0, UNKNOWN, 1 },
        { "Content-Length:\r\n",                                UNKNOWN, 0, 0, 0, UNKNOWN, 1 },
        { "Content-Length: -5\r\n",                             UNKNOWN, 0, 0, 0, UNKNOWN, 1 },
        { "Content-Length: +5\r\n",                             UNKNOWN, 0, 0, 0, UNKNOWN, 1 },
        { "Content-Length: 0x5\r\n",                            UNKNOWN, 0, 0, 0, UNKNOWN, 1 },
        { "Content-Length: 5 6\r\n",                            UNKNOWN, 0, 0, 0, UNKNOWN, 1 },
        { "Content-Length: 5\r\nContent-Length: 5\r\n",         5, 0, 0, 0, UNKNOWN, 0 },
        { "Content-Length: 5, 5\r\n",                           5, 0, 0, 0, UNKNOWN, 0 },
        { "Content-Length: 5\r\nContent-Length: 6\r\n",         5, 0, 0, 0, UNKNOWN, 1 },
        { "Content-Length: 5,\r\n",                             5, 0, 0, 0, UNKNOWN, 1 },
        { "X-Content-Length: 5\r\n",                            UNKNOWN, 0, 0, 0, UNKNOWN, 0 },
        { "X: a\r\n Content-Length: 5\r\n",                     UNKNOWN, 0, 0, 0, UNKNOWN, 0 },
        { "Content-Length: 5",                                  5, 0, 0, 0, UNKNOWN, 0 },
        { "Content-Length: 5\n\n\r\nX",                         5, 0, 0, 0, UNKNOWN, 0 },
        /* chunked: the length does not count */
        { "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", UNKNOWN, 0, 0, 0, UNKNOWN, 0 },
        { "Transfer-Encoding: Identity\r\nContent-Length: 5\r\n", 5, 0, 0, 0, UNKNOWN, 0 },
        /* Content-Range */
        { "Content-Range: bytes 0-4/5\r\n",                     UNKNOWN, 1, 0, 4, 5, 0 },
        { "Content-Range: BYTES  2 - 4 / 5 \r\n",               UNKNOWN, 1, 2, 4, 5, 0 },
        { "Content-Range: bytes 4294967296-5368709119/5368709120\r\n",
                                                                UNKNOWN, 1, 4 * GIB, 5 * GIB - 1, 5 * GIB, 0 },
        { "Content-Range: bytes 0-4/*\r\n",                     UNKNOWN, 1, 0, 4, UNKNOWN, 0 },
        { "Content-Range: bytes */5\r\n",                       UNKNOWN, 0, 0, 0, 5, 0 },
        { "Content-Range: bytes 0-4/5\r\nContent-Range: bytes 0-4/5\r\n",
                                                                UNKNOWN, 1, 0, 4, 5, 0 },
        { "Content-Range: bytes 0-4/9\r\nContent-Range: bytes 5-8/9\r\n",
                                                                UNKNOWN, 1, 0, 4, 9, 1 },
        { "Content-Range: bytes 0-4/9, bytes 0-4/9\r\n",        UNKNOWN, 0, 0, 0, UNKNOWN, 1 },
        { "Content-Range: bytes 0-5/5\r\n",                     UNKNOWN, 0, 0, 5, 5, 1 },
        { "Content-Range: bytes 3-2/5\r\n",                     UNKNOWN, 0, 3, 2, 5, 1 },
        { "Content-Range: bytes 0-4\r\n",                       UNKNOWN, 0, 0, 0, UNKNOWN, 1 },
        { "Content-Range: lines 0-4/5\r\n",                     UNKNOWN, 0, 0, 0, UNKNOWN, 1 },
        { "Content-Range: /\r\n",                               UNKNOWN, 0, 0, 0, UNKNOWN, 1 },
        { "Content-Range: bytes /5\r\n",                        UNKNOWN, 0, 0, 0, 5, 1 },
        { "Content-Range: bytes -/5\r\n",                       UNKNOWN, 0, 0, 0, 5, 1 },
        { "Content-Range:\r\n",                                 UNKNOWN, 0, 0, 0, UNKNOWN, 1 },
    };
    struct plan_response r;
    unsigned int i;
    char *copy;

    for (i = 0; i < ARRAY_SIZE(cases); i++)
    {
        /* on the heap and without a terminator, so that a sanitizer sees what is read behind the end */
        SIZE_T length = strlen( cases[i].headers );
        copy = malloc( length + !length );
        memcpy( copy, cases[i].headers, length );
        plan_parse( &r, 206, copy, length );
        free( copy );
        check( r.status == 206, "case %u\n", i );
        check( r.length == cases[i].length, "case %u: length %llu\n", i, LLU(r.length) );
        check( r.ranged == cases[i].ranged, "case %u: ranged %d\n", i, r.ranged );
        check( r.first == cases[i].first && r.last == cases[i].last, "case %u: %llu-%llu\n", i,
               LLU(r.first), LLU(r.last) );
        check( r.total == cases[i].total, "case %u: total %llu\n", i, LLU(r.total) );
        check( r.malformed == cases[i].malformed, "case %u: malformed %d\n", i, r.malformed );
        check( !r.modified, "case %u: modified %llu\n", i, LLU(r.modified) );
    }
}

static void reads_last_modified(void)
{
    static const char monday[] = "HTTP/1.1 200 OK\r\nLast-Modified: Mon, 16 Nov 2026 10:00:00 GMT\r\n";
    struct plan_response r;
    char header[300];
    UINT64 time;

    plan_parse( &r, 200, monday, strlen( monday ) );
    check( http_date_parse( "Mon, 16 Nov 2026 10:00:00 GMT", &time ) && r.modified == time, "got %llu\n", LLU(r.modified) );
    plan_parse( &r, 200, "Last-Modified: yesterday\r\n", strlen( "Last-Modified: yesterday\r\n" ) );
    check( !r.modified, "got %llu\n", LLU(r.modified) );
    memset( header, 'x', sizeof(header) );
    memcpy( header, "Last-Modified:", 14 );
    plan_parse( &r, 200, header, sizeof(header) );
    check( !r.modified, "got %llu\n", LLU(r.modified) );
}

static void reads_the_boundary(void)
{
    static const struct
    {
        const char *headers, *boundary;
    }
    cases[] =
    {
        { "Content-Type: multipart/byteranges; boundary=abc\r\n",             "abc" },
        { "content-type:MULTIPART/ByteRanges;BOUNDARY=00000000000000000012\r\n", "00000000000000000012" },
        { "Content-Type: multipart/byteranges; charset=x ; boundary = \"a b:c\" ; q\r\n", "a b:c" },
        { "Content-Type: multipart/byteranges; boundary=a'()+_,-./:=?b\r\n",  "a'()+_,-./:=?b" },
        { "Content-Type: multipart/byteranges; boundary=abc\r\nContent-Type: multipart/byteranges; boundary=abc\r\n", "abc" },
        { "Content-Type: multipart/byteranges; boundary="
          "1234567890123456789012345678901234567890123456789012345678901234567890\r\n",
          "1234567890123456789012345678901234567890123456789012345678901234567890" },
        { "Content-Type: multipart/byteranges; boundary="
          "12345678901234567890123456789012345678901234567890123456789012345678901\r\n", "" },
        { "Content-Type: multipart/byteranges\r\n",                           "" },
        { "Content-Type: multipart/byteranges; boundary\r\n",                 "" },
        { "Content-Type: multipart/byteranges; boundary=\r\n",                "" },
        { "Content-Type: multipart/byteranges; boundary=\"\"\r\n",            "" },
        { "Content-Type: multipart/byteranges; boundary=\"a\r\n",             "" },
        { "Content-Type: multipart/byteranges; boundary=a\x80\r\n",           "" },
        { "Content-Type: multipart/mixed; boundary=abc\r\n",                  "" },
        { "Content-Type: text/plain; x=multipart/byteranges; boundary=abc\r\n", "" },
        { "X-Content-Type: multipart/byteranges; boundary=abc\r\n",           "" },
        { "Content-Type:\r\n",                                                "" },
        { "Content-Type: ;boundary=abc\r\n",                                  "" },
    };
    struct plan_response r;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(cases); i++)
    {
        plan_parse( &r, 206, cases[i].headers, strlen( cases[i].headers ) );
        check( !strcmp( r.boundary, cases[i].boundary ), "case %u: %s\n", i, r.boundary );
        check( !r.malformed, "case %u: malformed\n", i );
    }
}

static void ignores_content_range_unless_partial(void)
{
    static const char headers[] = "Content-Range: nonsense\r\nContent-Length: 5\r\n";
    struct plan_response r;

    plan_parse( &r, 200, headers, strlen( headers ) );
    check( !r.malformed, "malformed\n" );
}

static UINT64 tag_of( const char *headers, const char *url )
{
    struct plan_response r;

    plan_parse( &r, 200, headers, strlen( headers ) );
    plan_parse_host( &r, url );
    return r.etag;
}

static void reads_entity_tags(void)
{
    static const char url[] = "http://a.example:80/x";
    UINT64 one = tag_of( "ETag: \"1\"\r\n", url );

    check( one >> 32 && (UINT32)one, "got %llx\n", LLU(one) );
    check( tag_of( "etag:W/\"1\" \r\n", url ) == one, "a weak one is another\n" );
    check( tag_of( "ETag: \"1\"\r\nETag: \"2\"\r\n", url ) == one, "the second counts\n" );
    check( tag_of( "ETag: \"2\"\r\n", url ) != one, "all are one\n" );
    check( tag_of( "ETag: \"2\"\r\n", url ) >> 32 == one >> 32, "another host\n" );
    check( tag_of( "ETag: \"1\"\r\n", "http://a.example:80?y" ) == one, "the path counts\n" );
    check( tag_of( "ETag: \"1\"\r\n", "http://b.example:80/x" ) >> 32 != one >> 32, "all hosts are one\n" );
    check( !tag_of( "ETag:\r\n", url ) && !tag_of( "X: \"1\"\r\n", url ), "there is one\n" );
    check( tag_of( "ETag: W/\r\n", url ) != 0, "there is none\n" );
}

const struct test response_tests[] =
{
    TEST(reads_headers),
    TEST(reads_last_modified),
    TEST(reads_the_boundary),
    TEST(ignores_content_range_unless_partial),
    TEST(reads_entity_tags),
    { 0 }
};
