/*
 * Tests of the plan of an HTTP download
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
#define MONDAY  "Last-Modified: Mon, 16 Nov 2026 10:00:00 GMT\r\n"
#define TUESDAY "Last-Modified: Tue, 17 Nov 2026 10:00:00 GMT\r\n"

/* The time in such a header line. */
static UINT64 time_of( const char *header )
{
    char date[64];
    UINT64 time = 0;

    snprintf( date, sizeof(date), "%s", strchr( header, ':' ) + 1 );
    date[strcspn( date, "\r" )] = 0;
    check( http_date_parse( date, &time ), "%s\n", date );
    return time;
}

/* --- requests -------------------------------------------------------------------------------------------------- */

#define COMMON "Connection: Keep-Alive\r\nAccept: */*\r\nAccept-Encoding: identity\r\n"
#define AGENT  "User-Agent: Microsoft BITS/7.8\r\n"
#define SINCE  "If-Unmodified-Since: Mon, 16 Nov 2026 10:00:00 GMT\r\n"

static enum plan_verdict answer( struct plan *plan, UINT status, const char *headers, HRESULT *code )
{
    struct plan_response response;
    struct bits_error error;
    enum plan_verdict verdict;
    const char *reason;

    plan_parse( &response, status, headers, strlen( headers ) );
    verdict = plan_judge( plan, &response, &error, &reason );
    *code = verdict == PLAN_FAIL ? error.code : S_OK;
    if (verdict == PLAN_FAIL) check( FAILED(error.code), "fails with %#x\n", (unsigned int)error.code );
    return verdict;
}

static void writes_the_headers_of_windows(void)
{
    static const struct
    {
        UINT64 size, offset;
        BOOL dated;
        const char *range;      /* NULL: nothing to do */
    }
    cases[] =
    {
        /* no Range for the whole entity */
        { 1, 0, FALSE, "" },
        { 5, 0, TRUE, "" },
        { 2 * GIB, 0, TRUE, "" },
        /* the rest of it */
        { 5, 1, TRUE, "Range: bytes=1-4\r\n" },
        { 5, 4, FALSE, "Range: bytes=4-4\r\n" },
        /* no more than 2 GiB at once */
        { 2 * GIB + 1, 0, TRUE, "Range: bytes=0-2147483647\r\n" },
        { 2 * GIB + 1, 1, TRUE, "Range: bytes=1-2147483648\r\n" },
        { 2 * GIB + 1, 2 * GIB, TRUE, "Range: bytes=2147483648-2147483648\r\n" },
        { 5 * GIB, 2 * GIB, FALSE, "Range: bytes=2147483648-4294967295\r\n" },
        { 5 * GIB, 4 * GIB, FALSE, "Range: bytes=4294967296-5368709119\r\n" },
        /* all there */
        { 5, 5, TRUE, NULL },
    };
    char headers[PLAN_HEADERS_SIZE], expect[PLAN_HEADERS_SIZE], response[200];
    struct plan plan;
    enum plan_step step;
    unsigned int i;
    HRESULT code;

    for (i = 0; i < ARRAY_SIZE(cases); i++)
    {
        plan_init( &plan, cases[i].size, 0, 0, cases[i].offset );
        step = plan_next( &plan, headers );
        check( step == PLAN_HEAD, "case %u: step %d\n", i, step );
        check( !strcmp( headers, COMMON AGENT ), "case %u: %s\n", i, headers );

        snprintf( response, sizeof(response), "Content-Length: %llu\r\n%s", LLU(cases[i].size),
                  cases[i].dated ? MONDAY : "" );
        check( answer( &plan, 200, response, &code ) == PLAN_TAKE, "case %u: %#x\n", i, (unsigned int)code );
        step = plan_next( &plan, headers );
        check( step == (cases[i].range ? PLAN_GET : PLAN_DONE), "case %u: step %d\n", i, step );
        snprintf( expect, sizeof(expect), COMMON "%s%s" AGENT, cases[i].dated ? SINCE : "",
                  cases[i].range ? cases[i].range : "" );
        check( !strcmp( headers, cases[i].range ? expect : "" ), "case %u: %s\n", i, headers );
    }
}

static void forgets_an_offset_without_a_size(void)
{
    struct plan plan;

    plan_init( &plan, UNKNOWN, 12345, 0, 10 );
    check( !plan.offset && !plan.modified, "offset %llu\n", LLU(plan.offset) );
    plan_init( &plan, 5, 12345, 0, 10 );
    check( !plan.offset && plan.modified == 12345, "offset %llu\n", LLU(plan.offset) );
}

/* --- verdicts -------------------------------------------------------------------------------------------------- */

#define LENGTH(n)       "Content-Length: " #n "\r\n"
#define RANGE(f, l, t)  "Content-Range: bytes " #f "-" #l "/" #t "\r\n"

struct exchange
{
    UINT64 size;            /* known before */
    const char *modified;   /* ... as a header, or NULL */
    UINT64 offset;
    UINT status;
    const char *headers;
    enum plan_verdict verdict;
    HRESULT code;           /* of PLAN_FAIL */
    UINT64 size_after;
};

static void check_exchange( const struct exchange *exchange, struct plan *plan, enum plan_step expect, unsigned int i )
{
    char headers[PLAN_HEADERS_SIZE];
    enum plan_verdict verdict;
    enum plan_step step;
    HRESULT code;

    step = plan_next( plan, headers );
    check( step == expect, "case %u: step %d\n", i, step );
    verdict = answer( plan, exchange->status, exchange->headers, &code );
    check( verdict == exchange->verdict, "case %u: verdict %d\n", i, verdict );
    check( code == exchange->code, "case %u: %#x\n", i, (unsigned int)code );
    if (verdict == PLAN_FAIL) return;
    check( plan->size == exchange->size_after, "case %u: size %llu\n", i, LLU(plan->size) );
    check( plan->offset == (verdict == PLAN_RESTART ? 0 : exchange->offset), "case %u: offset %llu\n", i,
           LLU(plan->offset) );
}

static void judges_head(void)
{
    static const struct exchange cases[] =
    {
        { UNKNOWN, NULL, 0, 200, "Content-Length: 5\r\n", PLAN_TAKE, S_OK, 5 },
        { UNKNOWN, NULL, 0, 200, "Content-Length: five\r\n", PLAN_FAIL, BG_E_INVALID_SERVER_RESPONSE },
        /* the entity as it was sent is what the client gets (spec: behaviour 4.3) */
        { UNKNOWN, NULL, 0, 200, LENGTH(5) "Content-Encoding: x-gzip\r\n", PLAN_TAKE, S_OK, 5 },
        /* refused, or without a size that counts: GET will tell */
        { UNKNOWN, NULL, 0, 200, "", PLAN_SKIP, S_OK, UNKNOWN },
        { UNKNOWN, NULL, 0, 200, "Transfer-Encoding: chunked\r\n", PLAN_SKIP, S_OK, UNKNOWN },
        { UNKNOWN, NULL, 0, 200, LENGTH(0), PLAN_SKIP, S_OK, UNKNOWN },
        { UNKNOWN, NULL, 0, 204, "", PLAN_SKIP, S_OK, UNKNOWN },
        { UNKNOWN, NULL, 0, 206, LENGTH(5) RANGE(0, 4, 5), PLAN_SKIP, S_OK, UNKNOWN },
        { 5, MONDAY, 2, 200, MONDAY, PLAN_SKIP, S_OK, 5 },
        { 5, MONDAY, 2, 200, TUESDAY, PLAN_RESTART, S_OK, UNKNOWN },
        { UNKNOWN, NULL, 0, 400, "", PLAN_SKIP, S_OK, UNKNOWN },
        { UNKNOWN, NULL, 0, 404, LENGTH(50), PLAN_SKIP, S_OK, UNKNOWN },
        { UNKNOWN, NULL, 0, 500, "", PLAN_SKIP, S_OK, UNKNOWN },
        { 5, MONDAY, 2, 412, "", PLAN_SKIP, S_OK, 5 },
        { UNKNOWN, NULL, 0, 403, "", PLAN_SKIP, S_OK, UNKNOWN },
        { UNKNOWN, NULL, 0, 405, "Content-Length: 50\r\n", PLAN_SKIP, S_OK, UNKNOWN },
        { 5, MONDAY, 2, 501, "", PLAN_SKIP, S_OK, 5 },
        /* every other status is an error with its own code */
        { UNKNOWN, NULL, 0, 304, "", PLAN_FAIL, (HRESULT)0x80190130 },
        { UNKNOWN, NULL, 0, 401, "", PLAN_FAIL, (HRESULT)0x80190191 },
        { UNKNOWN, NULL, 0, 407, "", PLAN_FAIL, (HRESULT)0x80190197 },
        { UNKNOWN, NULL, 0, 408, "", PLAN_FAIL, (HRESULT)0x80190198 },
        { UNKNOWN, NULL, 0, 502, "", PLAN_FAIL, (HRESULT)0x801901f6 },
        { UNKNOWN, NULL, 0, 505, "", PLAN_SKIP, S_OK, UNKNOWN },
        { UNKNOWN, NULL, 0, 503, "", PLAN_FAIL, (HRESULT)0x801901f7 },
        /* resuming: the same file, as far as the server says */
        { 5, MONDAY, 2, 200, "Content-Length: 5\r\n" MONDAY, PLAN_TAKE, S_OK, 5 },
        { 5, MONDAY, 2, 200, "Content-Length: 5\r\n", PLAN_TAKE, S_OK, 5 },
        { 5, NULL, 2, 200, "Content-Length: 5\r\n" TUESDAY, PLAN_TAKE, S_OK, 5 },
        /* ... or another one, of which size and time are known at once */
        { 5, MONDAY, 2, 200, "Content-Length: 6\r\n" MONDAY, PLAN_RESTART, S_OK, 6 },
        { 5, MONDAY, 2, 200, "Content-Length: 5\r\n" TUESDAY, PLAN_RESTART, S_OK, 5 },
        { 5, MONDAY, 5, 200, "Content-Length: 5\r\n" TUESDAY, PLAN_RESTART, S_OK, 5 },
    };
    struct plan plan;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(cases); i++)
    {
        plan_init( &plan, cases[i].size, cases[i].modified ? time_of( cases[i].modified ) : 0, 0, cases[i].offset );
        check_exchange( &cases[i], &plan, PLAN_HEAD, i );
    }
}

/* A plan whose HEAD is behind it. */
static void init_probed( struct plan *plan, UINT64 size, const char *modified, UINT64 offset )
{
    char headers[PLAN_HEADERS_SIZE], response[200];
    HRESULT code;

    plan_init( plan, size, modified ? time_of( modified ) : 0, 0, offset );
    plan_next( plan, headers );
    snprintf( response, sizeof(response), "Content-Length: %llu\r\n%s", LLU(size), modified ? modified : "" );
    if (size == UNKNOWN) answer( plan, 405, "", &code );
    else answer( plan, 200, response, &code );
}

static void judges_get(void)
{
    static const struct exchange cases[] =
    {
        /* the whole */
        { 5, MONDAY, 0, 200, LENGTH(5) MONDAY, PLAN_TAKE, S_OK, 5 },
        { 5, NULL, 0, 200, LENGTH(5), PLAN_TAKE, S_OK, 5 },
        { 5, MONDAY, 0, 200, LENGTH(6) MONDAY, PLAN_RESTART, S_OK, UNKNOWN },
        { 5, MONDAY, 0, 200, LENGTH(5) TUESDAY, PLAN_RESTART, S_OK, UNKNOWN },
        { 5, MONDAY, 0, 200, MONDAY, PLAN_FAIL, BG_E_MISSING_FILE_SIZE },
        { 5, MONDAY, 0, 200, LENGTH(5) "Transfer-Encoding: chunked\r\n", PLAN_FAIL, BG_E_MISSING_FILE_SIZE },
        { 5, MONDAY, 0, 206, LENGTH(5) RANGE(0, 4, 5), PLAN_TAKE, S_OK, 5 },
        { 5, MONDAY, 0, 206, LENGTH(3) RANGE(0, 2, 5), PLAN_FAIL, BG_E_INVALID_SERVER_RESPONSE },
        { 5, MONDAY, 0, 206, LENGTH(3) RANGE(2, 4, 5), PLAN_FAIL, BG_E_INVALID_SERVER_RESPONSE },
        /* HEAD has told of an entity that is not compressed */
        { 5, NULL, 0, 200, LENGTH(5) "Content-Encoding: x-gzip\r\n", PLAN_FAIL, BG_E_INVALID_SERVER_RESPONSE },
        { 5, NULL, 0, 200, LENGTH(4) "Content-Encoding: gzip\r\n", PLAN_FAIL, BG_E_INVALID_SERVER_RESPONSE },
        { 5, NULL, 0, 200, LENGTH(5) "Content-Encoding: identity\r\n", PLAN_TAKE, S_OK, 5 },
        /* after a refused HEAD: size and time come with the body */
        { UNKNOWN, NULL, 0, 200, LENGTH(5) MONDAY, PLAN_TAKE, S_OK, 5 },
        { UNKNOWN, NULL, 0, 200, LENGTH(0), PLAN_TAKE, S_OK, 0 },
        { UNKNOWN, NULL, 0, 200, "", PLAN_FAIL, BG_E_MISSING_FILE_SIZE },
        { UNKNOWN, NULL, 0, 200, LENGTH(5) "Content-Encoding: gzip\r\n", PLAN_TAKE, S_OK, 5 },
        { UNKNOWN, NULL, 0, 206, LENGTH(5) RANGE(0, 4, 5), PLAN_TAKE, S_OK, 5 },
        { UNKNOWN, NULL, 0, 206, LENGTH(5) RANGE(0, 4, *), PLAN_FAIL, BG_E_INVALID_SERVER_RESPONSE },
        { UNKNOWN, NULL, 0, 403, "", PLAN_FAIL, (HRESULT)0x80190193 },
        { UNKNOWN, NULL, 0, 412, "", PLAN_FAIL, (HRESULT)0x8019019c },
        /* a part */
        { 5, MONDAY, 2, 206, LENGTH(3) RANGE(2, 4, 5) MONDAY, PLAN_TAKE, S_OK, 5 },
        { 5, MONDAY, 2, 206, RANGE(2, 4, 5), PLAN_TAKE, S_OK, 5 },
        { 5, MONDAY, 2, 206, LENGTH(3) RANGE(2, 4, *), PLAN_TAKE, S_OK, 5 },
        { 5, MONDAY, 2, 206, LENGTH(3) RANGE(2, 4, 6), PLAN_RESTART, S_OK, UNKNOWN },
        { 5, MONDAY, 2, 206, LENGTH(3) RANGE(2, 4, 5) TUESDAY, PLAN_RESTART, S_OK, UNKNOWN },
        { 5, MONDAY, 2, 206, LENGTH(3), PLAN_FAIL, BG_E_INVALID_SERVER_RESPONSE },
        { 5, MONDAY, 2, 206, LENGTH(3) RANGE(1, 3, 5), PLAN_FAIL, BG_E_INVALID_SERVER_RESPONSE },
        { 5, MONDAY, 2, 206, LENGTH(2) RANGE(2, 3, 5), PLAN_TAKE, S_OK, 5 },
        { 5, MONDAY, 2, 206, LENGTH(5) RANGE(0, 4, 5), PLAN_FAIL, BG_E_INVALID_SERVER_RESPONSE },
        { 5, MONDAY, 2, 206, LENGTH(4) RANGE(2, 4, 5), PLAN_FAIL, BG_E_INVALID_SERVER_RESPONSE },
        { 5, MONDAY, 2, 206, LENGTH(3) "Content-Range: bytes */5\r\n", PLAN_FAIL, BG_E_INVALID_SERVER_RESPONSE },
        { 5, MONDAY, 2, 206, LENGTH(90) "Content-Type: multipart/byteranges; boundary=x\r\n",
          PLAN_FAIL, BG_E_INVALID_SERVER_RESPONSE },
        /* a server without ranges: fatal unless the file has changed, since then it begins anew anyway */
        { 5, MONDAY, 2, 200, LENGTH(5) MONDAY, PLAN_FAIL, BG_E_INSUFFICIENT_RANGE_SUPPORT },
        { 5, MONDAY, 2, 200, LENGTH(6) MONDAY, PLAN_RESTART, S_OK, UNKNOWN },
        /* ... but not for the first of several ranges */
        { 3 * GIB, MONDAY, 0, 200, LENGTH(3221225472), PLAN_TAKE, S_OK, 3 * GIB },
        { 3 * GIB, MONDAY, 0, 206, LENGTH(2147483648) RANGE(0, 2147483647, 3221225472), PLAN_TAKE, S_OK, 3 * GIB },
        /* changed, says the server */
        { 5, MONDAY, 2, 412, "", PLAN_RESTART, S_OK, UNKNOWN },
        { 5, NULL, 2, 412, "", PLAN_FAIL, (HRESULT)0x8019019c },
        { 5, MONDAY, 2, 416, "Content-Range: bytes */1\r\n", PLAN_RESTART, S_OK, UNKNOWN },
        { 5, MONDAY, 2, 416, "Content-Range: bytes */5\r\n", PLAN_FAIL, (HRESULT)0x801901a0 },
        { 5, MONDAY, 2, 416, "", PLAN_FAIL, (HRESULT)0x801901a0 },
        /* errors */
        { 5, MONDAY, 2, 404, LENGTH(5), PLAN_FAIL, (HRESULT)0x80190194 },
        { 5, MONDAY, 2, 302, "", PLAN_FAIL, (HRESULT)0x8019012e },
        { 5, MONDAY, 2, 500, "", PLAN_FAIL, (HRESULT)0x801901f4 },
    };
    struct plan plan;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(cases); i++)
    {
        init_probed( &plan, cases[i].size, cases[i].modified, cases[i].offset );
        check_exchange( &cases[i], &plan, PLAN_GET, i );
    }
}

static void knows_which_errors_pass(void)
{
    struct plan_response response;
    struct bits_error error;
    const char *reason;
    struct plan plan;
    char headers[PLAN_HEADERS_SIZE];

    init_probed( &plan, 5, MONDAY, 0 );
    plan_next( &plan, headers );
    plan_parse( &response, 503, "", 0 );
    check( plan_judge( &plan, &response, &error, &reason ) == PLAN_FAIL, "no failure\n" );
    check( error.class == ERROR_TRANSIENT && error.context == BG_ERROR_CONTEXT_REMOTE_FILE && !reason, "503\n" );
    plan_parse( &response, 200, "", 0 );
    check( plan_judge( &plan, &response, &error, &reason ) == PLAN_FAIL, "no failure\n" );
    check( error.class == ERROR_FATAL && error.context == BG_ERROR_CONTEXT_REMOTE_FILE && reason, "no size\n" );
}

static void gives_up_a_file_that_keeps_changing(void)
{
    char headers[PLAN_HEADERS_SIZE];
    struct plan_response response;
    struct bits_error error;
    const char *reason;
    struct plan plan;
    unsigned int i;
    HRESULT code;

    plan_init( &plan, UNKNOWN, 0, 0, 0 );
    plan_parse( &response, 200, LENGTH(6) MONDAY, strlen( LENGTH(6) MONDAY ) );
    for (i = 0; i <= PLAN_RESTARTS_MAX; i++)
    {
        check( plan_next( &plan, headers ) == PLAN_HEAD, "round %u\n", i );
        check( answer( &plan, 200, "Content-Length: 5\r\n" MONDAY, &code ) == PLAN_TAKE, "round %u\n", i );
        check( plan_next( &plan, headers ) == PLAN_GET, "round %u\n", i );
        check( plan_judge( &plan, &response, &error, &reason ) == (i < PLAN_RESTARTS_MAX ? PLAN_RESTART : PLAN_FAIL),
               "round %u\n", i );
    }
    check( error.code == BG_E_REMOTE_FILE_CHANGED, "got %#x\n", (unsigned int)error.code );
    check( error.class == ERROR_TRANSIENT, "fatal\n" );
}

/* A server that never has the file that it tells of. */
/* --- entity tags: choice in docs/compat.md ------------------------------------------------------------------------ */

static void compares_entity_tags_of_bytes(void)
{
    static const BG_FILE_RANGE ranges[] = { { 5, 10 }, { 20, 10 } };
    static const struct
    {
        UINT64 etag;            /* 1: that of "1" */
        enum plan_step step;
        UINT status;
        const char *headers;
        enum plan_verdict verdict;
    }
    cases[] =
    {
        { 1, PLAN_HEAD, 200, LENGTH(100) MONDAY "ETag: \"1\"\r\n", PLAN_TAKE },
        { 1, PLAN_HEAD, 200, LENGTH(100) MONDAY, PLAN_TAKE },
        { 1, PLAN_HEAD, 200, LENGTH(100) MONDAY "ETag: \"2\"\r\n", PLAN_RESTART },
        { 0, PLAN_HEAD, 200, LENGTH(100) MONDAY "ETag: \"2\"\r\n", PLAN_TAKE },
        { 1, PLAN_GET, 206, RANGE(50, 99, 100) MONDAY "ETag: W/\"1\"\r\n", PLAN_TAKE },
        { 1, PLAN_GET, 206, RANGE(50, 99, 100) MONDAY, PLAN_TAKE },
        { 1, PLAN_GET, 206, RANGE(50, 99, 100) MONDAY "ETag: \"2\"\r\n", PLAN_RESTART },
        { 1, PLAN_GET, 206, RANGE(50, 99, 100) "ETag: \"2\"\r\n", PLAN_RESTART },
        { 0, PLAN_GET, 206, RANGE(50, 99, 100) MONDAY "ETag: \"2\"\r\n", PLAN_TAKE },
        { 0x100000001, PLAN_GET, 206, RANGE(50, 99, 100) MONDAY "ETag: \"2\"\r\n", PLAN_TAKE },
    };
    char headers[PLAN_HEADERS_SIZE];
    struct plan_response one;
    struct plan plan;
    unsigned int i;
    HRESULT code;

    plan_parse( &one, 200, "ETag: \"1\"", 9 );
    for (i = 0; i < ARRAY_SIZE(cases); i++)
    {
        plan_init( &plan, 100, time_of( MONDAY ), cases[i].etag == 1 ? one.etag : cases[i].etag, 50 );
        plan_next( &plan, headers );
        if (cases[i].step == PLAN_GET)
        {
            check( answer( &plan, 200, LENGTH(100) MONDAY, &code ) == PLAN_TAKE, "case %u\n", i );
            plan_next( &plan, headers );
        }
        check( answer( &plan, cases[i].status, cases[i].headers, &code ) == cases[i].verdict, "case %u\n", i );
        check( plan.offset == (cases[i].verdict == PLAN_RESTART ? 0 : 50), "case %u: offset %llu\n", i, LLU(plan.offset) );
    }

    /* a tag for each answer: the second that differs means nothing, as long as there is a date */
    for (i = 0; i < 2; i++)
    {
        const char *first = i ? RANGE(5, 14, 100) "ETag: \"1\"\r\n" : RANGE(5, 14, 100) MONDAY "ETag: \"1\"\r\n";
        const char *second = i ? RANGE(20, 29, 100) "ETag: \"2\"\r\n" : RANGE(20, 29, 100) MONDAY "ETag: \"2\"\r\n";

        init_probed( &plan, 100, i ? NULL : MONDAY, 0 );
        plan_set_ranges( &plan, 2, ranges );
        plan_refuse_parts( &plan );
        plan_next( &plan, headers );
        check( answer( &plan, 206, first, &code ) == PLAN_TAKE && plan_received( &plan, 10, TRUE ) == S_OK, "first\n" );
        plan_next( &plan, headers );
        check( answer( &plan, 206, second, &code ) == PLAN_RESTART, "second\n" );
        check( plan_next( &plan, headers ) == PLAN_HEAD, "no HEAD\n" );
        check( answer( &plan, 200, i ? LENGTH(100) : LENGTH(100) MONDAY, &code ) == PLAN_TAKE, "HEAD\n" );
        plan_next( &plan, headers );
        check( answer( &plan, 206, first, &code ) == PLAN_TAKE && plan_received( &plan, 10, TRUE ) == S_OK, "third\n" );
        plan_next( &plan, headers );
        check( answer( &plan, 206, second, &code ) == (i ? PLAN_RESTART : PLAN_TAKE), "fourth\n" );
    }
}

static void stops_naming_a_date_that_is_refused(void)
{
    char headers[PLAN_HEADERS_SIZE];
    struct plan plan;
    HRESULT code;

    init_probed( &plan, 5, MONDAY, 0 );
    plan_next( &plan, headers );
    check( strstr( headers, SINCE ) != NULL, "%s\n", headers );
    check( answer( &plan, 412, "", &code ) == PLAN_RESTART, "%#x\n", (unsigned int)code );
    check( plan_next( &plan, headers ) == PLAN_HEAD, "no HEAD\n" );
    check( answer( &plan, 200, LENGTH(5) MONDAY, &code ) == PLAN_TAKE, "%#x\n", (unsigned int)code );
    plan_next( &plan, headers );
    check( !strstr( headers, "If-Unmodified-Since" ), "%s\n", headers );
    check( answer( &plan, 412, "", &code ) == PLAN_FAIL && code == (HRESULT)0x8019019c, "%#x\n", (unsigned int)code );
}

static void asks_for_the_rest_of_a_part(void)
{
    char headers[PLAN_HEADERS_SIZE];
    struct plan plan;
    HRESULT hr;

    init_probed( &plan, 5, MONDAY, 1 );
    plan_next( &plan, headers );
    check( answer( &plan, 206, RANGE(1, 2, 5), &hr ) == PLAN_TAKE, "%#x\n", (unsigned int)hr );
    check( plan_received( &plan, 2, TRUE ) == S_OK, "wrong length\n" );
    check( plan_next( &plan, headers ) == PLAN_GET, "offset %llu\n", LLU(plan.offset) );
    check( strstr( headers, "bytes=3-4\r\n" ) != NULL, "%s\n", headers );
}

/* --- bodies ---------------------------------------------------------------------------------------------------- */

static void counts_what_came(void)
{
    static const struct
    {
        UINT64 bytes;
        BOOL complete;
        HRESULT hr;
        UINT64 offset;
    }
    cases[] =
    {
        { 3, TRUE, S_OK, 5 },
        { 3, FALSE, S_OK, 5 },
        { 2, FALSE, S_OK, 4 },
        { 0, FALSE, S_OK, 2 },
        { 2, TRUE, BG_E_INVALID_SERVER_RESPONSE, 4 },
        { 4, TRUE, BG_E_INVALID_SERVER_RESPONSE, 5 },
        { 4, FALSE, BG_E_INVALID_SERVER_RESPONSE, 5 },
    };
    char headers[PLAN_HEADERS_SIZE];
    struct plan plan;
    unsigned int i;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(cases); i++)
    {
        init_probed( &plan, 5, MONDAY, 2 );
        plan_next( &plan, headers );
        check( answer( &plan, 206, RANGE(2, 4, 5), &hr ) == PLAN_TAKE, "case %u\n", i );
        hr = plan_received( &plan, cases[i].bytes, cases[i].complete );
        check( hr == cases[i].hr, "case %u: %#x\n", i, (unsigned int)hr );
        check( plan.offset == cases[i].offset, "case %u: offset %llu\n", i, LLU(plan.offset) );
    }
}

/* spec: behaviour 4.10 */
static void takes_dynamic_content_as_it_comes(void)
{
    static const struct
    {
        UINT status;
        const char *headers;
        HRESULT code;
        UINT64 size;        /* before the body's end */
    }
    cases[] =
    {
        { 200, "", S_OK, UNKNOWN },
        { 200, "Transfer-Encoding: chunked\r\n" MONDAY, S_OK, UNKNOWN },
        { 200, LENGTH(5) MONDAY, S_OK, 5 },
        { 200, "Content-Length: five\r\n", BG_E_INVALID_SERVER_RESPONSE },
        { 206, LENGTH(5) RANGE(0, 4, 9), BG_E_INVALID_SERVER_RESPONSE },
        { 404, "", (HRESULT)0x80190194 },
    };
    char headers[PLAN_HEADERS_SIZE];
    struct plan plan;
    unsigned int i;
    HRESULT code;

    for (i = 0; i < ARRAY_SIZE(cases); i++)
    {
        plan_init_dynamic( &plan );
        check( plan_next( &plan, headers ) == PLAN_GET && !strcmp( headers, COMMON AGENT ), "case %u: %s\n", i, headers );
        answer( &plan, cases[i].status, cases[i].headers, &code );
        check( code == cases[i].code, "case %u: %#x\n", i, (unsigned int)code );
        if (FAILED(code)) continue;
        check( plan.size == cases[i].size, "case %u: size %llu\n", i, LLU(plan.size) );

        /* broken off: from the beginning, with a body that has to be emptied first */
        check( plan_received( &plan, 3, FALSE ) == S_OK && plan.offset == 3, "case %u\n", i );
        check( plan_next( &plan, headers ) == PLAN_GET && !strcmp( headers, COMMON AGENT ), "case %u: %s\n", i, headers );
        check( answer( &plan, 200, cases[i].headers, &code ) == PLAN_RESTART && !plan.offset, "case %u\n", i );
        check( plan_next( &plan, headers ) == PLAN_GET && !strcmp( headers, COMMON AGENT ), "case %u: %s\n", i, headers );
        check( answer( &plan, 200, cases[i].headers, &code ) == PLAN_TAKE, "case %u\n", i );
        check( plan_received( &plan, 5, TRUE ) == S_OK && plan.size == 5, "case %u\n", i );
        check( plan_next( &plan, headers ) == PLAN_DONE, "case %u\n", i );
    }
    plan_init_dynamic( &plan );
    plan_next( &plan, headers );
    answer( &plan, 200, "", &code );
    check( plan_received( &plan, 0, TRUE ) == S_OK && plan_next( &plan, headers ) == PLAN_DONE, "nothing\n" );
}

/* Only a whole file that begins anew may be written before its response is judged. */
static void tells_what_is_whole(void)
{
    static const BG_FILE_RANGE all = { 0, BG_LENGTH_TO_EOF }, part = { 0, 5 };
    static const struct
    {
        UINT64 size, offset;
        const BG_FILE_RANGE *range, *piece;
        UINT64 whole;
    }
    cases[] =
    {
        { 9, 0, NULL, NULL, 9 },
        { 9, 4, NULL, NULL, 0 },
        { 9, 0, &all, NULL, 9 },
        { 9, 0, &part, NULL, 0 },
        { 9, 0, NULL, &all, 0 },
        { PLAN_RANGE_MAX + 1, 0, NULL, NULL, 0 },
        { BG_SIZE_UNKNOWN, 0, NULL, NULL, 0 }
    };
    char headers[PLAN_HEADERS_SIZE];
    struct plan plan;
    HRESULT code;
    UINT i;

    for (i = 0; i < ARRAY_SIZE(cases); i++)
    {
        plan_init( &plan, cases[i].size, 0, 0, cases[i].offset );
        if (cases[i].range) plan_set_ranges( &plan, 1, cases[i].range );
        if (cases[i].piece) plan_set_pieces( &plan, 1, cases[i].piece );
        check( plan_next( &plan, headers ) == PLAN_HEAD && !plan_whole( &plan ), "case %u: HEAD\n", i );
        answer( &plan, 405, "", &code );
        check( plan_next( &plan, headers ) == PLAN_GET && plan_whole( &plan ) == cases[i].whole, "case %u: got %llu\n", i,
               LLU(plan_whole( &plan )) );
    }
}

/* spec: behaviour 4.10 */
static void puts_pieces_where_they_belong(void)
{
    static const BG_FILE_RANGE pieces[] = { { 6, 2 }, { 2, BG_LENGTH_TO_EOF } }, all = { 0, BG_LENGTH_TO_EOF };
    char headers[PLAN_HEADERS_SIZE];
    struct plan plan;
    HRESULT code;

    init_probed( &plan, 9, MONDAY, 0 );
    plan_set_pieces( &plan, 2, pieces );
    check( plan_total( &plan ) == 9, "total %llu\n", LLU(plan_total( &plan )) );
    plan_refuse_parts( &plan );
    check( plan_next( &plan, headers ) == PLAN_GET && strstr( headers, "Range: bytes=6-7\r\n" ), "%s\n", headers );
    check( plan_position( &plan ) == 6, "at %llu\n", LLU(plan_position( &plan )) );
    check( answer( &plan, 206, RANGE(6, 7, 9), &code ) == PLAN_TAKE, "%#x\n", (unsigned int)code );
    check( plan_received( &plan, 1, FALSE ) == S_OK, "received\n" );
    check( plan_next( &plan, headers ) == PLAN_GET && strstr( headers, "Range: bytes=7-7\r\n" ), "%s\n", headers );
    check( plan_position( &plan ) == 7, "at %llu\n", LLU(plan_position( &plan )) );
    check( answer( &plan, 206, RANGE(7, 7, 9), &code ) == PLAN_TAKE, "%#x\n", (unsigned int)code );
    check( plan_received( &plan, 1, TRUE ) == S_OK, "received\n" );
    check( plan_next( &plan, headers ) == PLAN_GET && strstr( headers, "Range: bytes=2-8\r\n" ), "%s\n", headers );
    check( plan_position( &plan ) == 2, "at %llu\n", LLU(plan_position( &plan )) );
    check( answer( &plan, 206, RANGE(2, 8, 9), &code ) == PLAN_TAKE, "%#x\n", (unsigned int)code );
    check( plan_received( &plan, 7, TRUE ) == S_OK && plan_next( &plan, headers ) == PLAN_DONE, "not done\n" );

    /* a server without ranges will do for the whole, and for nothing else */
    init_probed( &plan, 9, MONDAY, 0 );
    plan_set_pieces( &plan, 2, pieces );
    plan_refuse_parts( &plan );
    plan_next( &plan, headers );
    check( answer( &plan, 200, LENGTH(9) MONDAY, &code ) == PLAN_FAIL && code == BG_E_RANDOM_ACCESS_NOT_SUPPORTED,
           "%#x\n", (unsigned int)code );
    init_probed( &plan, 9, MONDAY, 0 );
    plan_set_pieces( &plan, 1, &all );
    check( plan_next( &plan, headers ) == PLAN_GET && !strstr( headers, "Range" ), "%s\n", headers );
    check( answer( &plan, 200, LENGTH(9) MONDAY, &code ) == PLAN_TAKE, "%#x\n", (unsigned int)code );
}

#define PARTS "Content-Type: multipart/byteranges; boundary=x\r\n"

/* spec: behaviour 4.9 */
static void asks_for_several_ranges_at_once(void)
{
    static const BG_FILE_RANGE mapping[] = { { 100, 100 }, { 1000, 100 }, { 200, 100 } };
    static const BG_FILE_RANGE empty[] = { { 5, 10 }, { 50, 0 }, { 20, 10 }, { 90, BG_LENGTH_TO_EOF } };
    static const BG_FILE_RANGE large[] = { { 0, 10 }, { 2 << 20, PLAN_PARTS_BYTES - 10 }, { 50, 1 }, { 60, 1 } };
    static const struct
    {
        UINT64 size;
        const BG_FILE_RANGE *ranges;
        ULONG count;
        UINT64 offset;
        const char *expect;
        UINT64 length;
        UINT64 last_position;   /* of the last part in the local file; 0: there is just one */
    }
    cases[] =
    {
        { 5000, mapping, 3, 0,   "Range: bytes=100-199,1000-1099,200-299\r\n", 300, 200 },
        { 5000, mapping, 3, 25,  "Range: bytes=125-199,1000-1099,200-299\r\n", 275, 200 },
        { 5000, mapping, 3, 100, "Range: bytes=1000-1099,200-299\r\n", 200, 200 },
        { 5000, mapping, 3, 199, "Range: bytes=1099-1099,200-299\r\n", 101, 200 },
        { 5000, mapping, 3, 200, "Range: bytes=200-299\r\n", 100, 0 },
        { 100, empty, 4, 0,      "Range: bytes=5-14,20-29,90-99\r\n", 30, 20 },
        { 100, empty, 4, 10,     "Range: bytes=20-29,90-99\r\n", 20, 20 },
        { 100, empty, 3, 10,     "Range: bytes=20-29\r\n", 10, 0 },
        { 90, empty, 4, 0,       "Range: bytes=5-14,20-29\r\n", 20, 10 },
        { 4 << 20, large, 4, 0,  "Range: bytes=0-9,2097152-3145717\r\n", PLAN_PARTS_BYTES, 10 },
        { 4 << 20, large, 4, 11, "Range: bytes=2097153-3145717,50-50,60-60\r\n", PLAN_PARTS_BYTES - 9,
          PLAN_PARTS_BYTES + 1 },
    };
    char headers[PLAN_HEADERS_SIZE];
    struct plan plan;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(cases); i++)
    {
        init_probed( &plan, cases[i].size, MONDAY, cases[i].offset );
        plan_set_ranges( &plan, cases[i].count, cases[i].ranges );
        check( plan_next( &plan, headers ) == PLAN_GET && strstr( headers, cases[i].expect ), "case %u: %s\n", i, headers );
        check( plan.length == cases[i].length, "case %u: length %llu\n", i, LLU(plan.length) );
        check( !plan.part_count == !cases[i].last_position, "case %u: %u parts\n", i, plan.part_count );
        if (!plan.part_count) continue;
        check( plan.parts[0].position == plan.offset, "case %u: at %llu\n", i, LLU(plan.parts[0].position) );
        check( plan.parts[plan.part_count - 1].position == cases[i].last_position, "case %u: at %llu\n", i,
               LLU(plan.parts[plan.part_count - 1].position) );
    }

    /* pieces stay where they are */
    init_probed( &plan, 5000, MONDAY, 25 );
    plan_set_pieces( &plan, 3, mapping );
    plan_next( &plan, headers );
    check( plan.part_count == 3 && plan.parts[0].position == 125 && plan.parts[2].position == 200, "%s\n", headers );
}

static void bounds_a_request_for_ranges(void)
{
    BG_FILE_RANGE ranges[WIRE_MAX_PARTS + 1];
    char headers[PLAN_HEADERS_SIZE];
    struct plan plan;
    HRESULT code;
    UINT i;

    for (i = 0; i < ARRAY_SIZE(ranges); i++)
    {
        ranges[i].InitialOffset = ((UINT64)1 << 62) + 3 * i;    /* 19 digits */
        ranges[i].Length = 2;
    }
    init_probed( &plan, ((UINT64)1 << 63) - 20, MONDAY, 0 );
    plan_set_ranges( &plan, ARRAY_SIZE(ranges), ranges );
    plan_next( &plan, headers );
    check( plan.part_count == WIRE_MAX_PARTS, "%u parts\n", plan.part_count );
    check( strlen( headers ) > 16 * 40 && !strcmp( headers + strlen( headers ) - strlen( AGENT ), AGENT ), "%s\n", headers );

    /* of a file whose size is not known, one range; its answer tells */
    plan_init( &plan, UNKNOWN, 0, 0, 0 );
    plan_set_ranges( &plan, 2, ranges );
    plan_next( &plan, headers );
    check( answer( &plan, 405, "", &code ) == PLAN_SKIP, "%#x\n", (unsigned int)code );
    plan_next( &plan, headers );
    check( !plan.part_count, "%u parts\n", plan.part_count );
}

/* spec: behaviour 4.4, step 6 */
static void falls_back_to_single_ranges(void)
{
    static const BG_FILE_RANGE ranges[] = { { 5, 10 }, { 20, 10 } };
    static const struct
    {
        UINT status;
        const char *headers;
        enum plan_verdict verdict;
        HRESULT code;
        const char *next;       /* in the headers of the next request; NULL: it is a HEAD */
    }
    cases[] =
    {
        { 206, PARTS MONDAY, PLAN_TAKE, S_OK, "Range: bytes=5-14,20-29\r\n" },
        { 206, PARTS LENGTH(500), PLAN_TAKE, S_OK, "Range: bytes=5-14,20-29\r\n" },
        { 206, "Content-Type: multipart/byteranges\r\n", PLAN_SKIP, S_OK, "Range: bytes=5-14\r\n" },
        { 206, "Content-Type: text/plain\r\n", PLAN_SKIP, S_OK, "Range: bytes=5-14\r\n" },
        { 206, RANGE(5, 14, 100) MONDAY, PLAN_SKIP, S_OK, "Range: bytes=5-14\r\n" },
        { 206, RANGE(5, 29, 100) MONDAY, PLAN_SKIP, S_OK, "Range: bytes=5-14\r\n" },
        { 200, LENGTH(100) MONDAY, PLAN_SKIP, S_OK, "Range: bytes=5-14\r\n" },
        { 200, PARTS LENGTH(100), PLAN_SKIP, S_OK, "Range: bytes=5-14\r\n" },
        { 400, "", PLAN_SKIP, S_OK, "Range: bytes=5-14\r\n" },
        { 416, "", PLAN_SKIP, S_OK, "Range: bytes=5-14\r\n" },
        /* another file */
        { 206, PARTS TUESDAY, PLAN_RESTART, S_OK, NULL },
        { 200, LENGTH(101) MONDAY, PLAN_RESTART, S_OK, NULL },
        { 412, "", PLAN_RESTART, S_OK, NULL },
        { 416, "Content-Range: bytes */10\r\n", PLAN_RESTART, S_OK, NULL },
        { 404, "", PLAN_FAIL, BG_E_HTTP_ERROR_400 + 4, "" },
        { 206, PARTS LENGTH(100) "Content-Encoding: gzip\r\n", PLAN_FAIL, BG_E_INVALID_SERVER_RESPONSE, "" },
    };
    char headers[PLAN_HEADERS_SIZE];
    struct plan plan;
    unsigned int i;
    HRESULT code;

    for (i = 0; i < ARRAY_SIZE(cases); i++)
    {
        init_probed( &plan, 100, MONDAY, 0 );
        plan_set_ranges( &plan, 2, ranges );
        plan_next( &plan, headers );
        check( answer( &plan, cases[i].status, cases[i].headers, &code ) == cases[i].verdict, "case %u\n", i );
        check( code == cases[i].code, "case %u: %#x\n", i, (unsigned int)code );
        if (cases[i].verdict == PLAN_FAIL) continue;
        check( plan_next( &plan, headers ) == (cases[i].next ? PLAN_GET : PLAN_HEAD), "case %u: %s\n", i, headers );
        if (cases[i].next) check( strstr( headers, cases[i].next ) != NULL, "case %u: %s\n", i, headers );
    }

    /* a body that breaks off: what of it counts is not asked for again */
    init_probed( &plan, 100, MONDAY, 0 );
    plan_set_ranges( &plan, 2, ranges );
    plan_next( &plan, headers );
    check( answer( &plan, 206, PARTS, &code ) == PLAN_TAKE && !strcmp( plan.boundary, "x" ), "%s\n", plan.boundary );
    check( plan_received( &plan, 10, FALSE ) == S_OK && plan.offset == 10, "offset %llu\n", LLU(plan.offset) );
    plan_refuse_parts( &plan );
    check( plan_next( &plan, headers ) == PLAN_GET && strstr( headers, "Range: bytes=20-29\r\n" ), "%s\n", headers );
}

static void fetches_a_large_file_in_ranges(void)
{
    static const char *ranges[] =
    {
        "bytes=0-2147483647\r\n", "bytes=2147483648-4294967295\r\n", "bytes=4294967296-5368709119\r\n"
    };
    static const char *responses[] =
    {
        RANGE(0, 2147483647, 5368709120), RANGE(2147483648, 4294967295, 5368709120),
        RANGE(4294967296, 5368709119, 5368709120)
    };
    static const UINT64 lengths[] = { 2 * GIB, 2 * GIB, GIB };
    char headers[PLAN_HEADERS_SIZE];
    struct plan plan;
    unsigned int i;
    HRESULT hr;

    init_probed( &plan, 5 * GIB, MONDAY, 0 );
    for (i = 0; i < 3; i++)
    {
        check( plan_next( &plan, headers ) == PLAN_GET, "range %u\n", i );
        check( strstr( headers, ranges[i] ) != NULL, "range %u: %s\n", i, headers );
        check( answer( &plan, 206, responses[i], &hr ) == PLAN_TAKE, "range %u: %#x\n", i, (unsigned int)hr );
        check( plan_received( &plan, lengths[i], TRUE ) == S_OK, "range %u\n", i );
    }
    check( plan_next( &plan, headers ) == PLAN_DONE, "offset %llu\n", LLU(plan.offset) );
}

static void takes_a_whole_large_file_from_a_server_without_ranges(void)
{
    char headers[PLAN_HEADERS_SIZE];
    struct plan plan;
    HRESULT hr;

    init_probed( &plan, 5 * GIB, MONDAY, 0 );
    plan_next( &plan, headers );
    check( answer( &plan, 200, LENGTH(5368709120), &hr ) == PLAN_TAKE, "%#x\n", (unsigned int)hr );
    check( plan_received( &plan, 5 * GIB, TRUE ) == S_OK, "wrong length\n" );
    check( plan_next( &plan, headers ) == PLAN_DONE, "offset %llu\n", LLU(plan.offset) );
}

const struct test plan_tests[] =
{
    TEST(writes_the_headers_of_windows),
    TEST(forgets_an_offset_without_a_size),
    TEST(judges_head),
    TEST(judges_get),
    TEST(knows_which_errors_pass),
    TEST(gives_up_a_file_that_keeps_changing),
    TEST(compares_entity_tags_of_bytes),
    TEST(stops_naming_a_date_that_is_refused),
    TEST(asks_for_the_rest_of_a_part),
    TEST(counts_what_came),
    TEST(takes_dynamic_content_as_it_comes),
    TEST(tells_what_is_whole),
    TEST(puts_pieces_where_they_belong),
    TEST(asks_for_several_ranges_at_once),
    TEST(bounds_a_request_for_ranges),
    TEST(falls_back_to_single_ranges),
    TEST(fetches_a_large_file_in_ranges),
    TEST(takes_a_whole_large_file_from_a_server_without_ranges),
    { 0 }
};
