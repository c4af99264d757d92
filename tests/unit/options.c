/*
 * Header lines, proxies, redirects and ranges of requests
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
#include "transfer/options.h"
#include "transfer/plan.h"

/* --- header lines ---------------------------------------------------------------------------------------------- */

static void appends_headers(void)
{
    static const struct { const char *plan, *custom, *expected; } cases[] =
    {
        { "A: 1\r\nB: 2\r\n", "", "A: 1\r\nB: 2\r\n" },
        { "A: 1\r\n", "X: 1\r\nY: 2\r\n", "A: 1\r\nX: 1\r\nY: 2\r\n" },
        /* any line end, none at the end */
        { "A: 1\r\n", "X: 1\nY: 2\rZ:3", "A: 1\r\nX: 1\r\nY: 2\r\nZ:3\r\n" },
        { "", "\r\n\r\nX: 1\r\n\r\nY: 2\r\n\r\n", "X: 1\r\nY: 2\r\n" },
        /* what has no name cannot be sent */
        { "A: 1\r\n", "nothing\r\n: x\r\n X: 1\r\nX Y: 1\r\nY;\r\nZ: 1", "A: 1\r\nZ: 1\r\n" },
        /* the client's wins */
        { "Accept: */*\r\nUser-Agent: a\r\n", "user-AGENT: b", "Accept: */*\r\nuser-AGENT: b\r\n" },
        { "A: 1\r\n", "AA: 2\r\n", "A: 1\r\nAA: 2\r\n" },
        { "A: 1\r\n", "A:", "A:\r\n" },
    };
    unsigned int i;
    char *headers;

    for (i = 0; i < ARRAY_SIZE(cases); i++)
    {
        headers = headers_append( cases[i].plan, cases[i].custom );
        check( headers && !strcmp( headers, cases[i].expected ), "case %u: got \"%s\"\n", i, headers );
        free( headers );
    }
}

/* --- proxies --------------------------------------------------------------------------------------------------- */

static void chooses_proxies(void)
{
    static const struct { const char *list, *bypass, *url, *expected; } cases[] =
    {
        { "a", NULL, "http://h/", "http://a:80" },
        { " a:8080 ", NULL, "http://h/", "http://a:8080" },
        { "a:1 b:2", NULL, "http://h/", "http://a:1" },
        { "http://a:1/", NULL, "http://h/", "http://a:1" },
        { "https://a:1", NULL, "http://h/", "http://a:1" },
        { "http=a:1 https=b:2", NULL, "http://h/", "http://a:1" },
        { "http=a:1 https=b:2", NULL, "HTTPS://h/", "http://b:2" },
        { "http=a:1;https=http://b:2", NULL, "https://h/", "http://b:2" },
        { "c:3 http=a:1", NULL, "http://h/", "http://a:1" },
        { "c:3 http=a:1", NULL, "https://h/", "http://c:3" },
        { "http=a:1", NULL, "https://h/", NULL },
        { "[::1]:3", NULL, "http://h/", "http://[::1]:3" },
        { "[::1]", NULL, "http://h/", "http://[::1]:80" },
        /* hosts that are reached without */
        { "a", "h", "http://h/", NULL },
        { "a", "H", "http://h:81/", NULL },
        { "a", "h", "http://user:pass@h/", NULL },
        { "a", "h", "http://hh/", "http://a:80" },
        { "a", "x h", "http://h", NULL },
        { "a", "*.org", "http://www.Example.ORG/x", NULL },
        { "a", "*.org", "http://org/", "http://a:80" },
        { "a", "*.org", "http://g/", "http://a:80" },
        { "a", "*", "http://h/", NULL },
        { "a", "10.*", "http://10.1.2.3/", NULL },
        { "a", "10.*", "http://110.1.2.3/", "http://a:80" },
        { "a", "w*.*.org;x", "http://www.a.b.org/", NULL },
        { "a", "w*.*.org*", "http://www.org/", "http://a:80" },
        { "a", "<local>", "http://h/", NULL },
        { "a", "<LOCAL>", "http://h.org/", "http://a:80" },
        { "a", "<local>", "http://[::1]/", "http://a:80" },
        { "a", "[::1]", "http://[::1]:8/", NULL },
        { "a", "", "http://h?x", "http://a:80" },
    };
    unsigned int i;
    char *proxy;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(cases); i++)
    {
        hr = proxy_choose( cases[i].list, cases[i].bypass, cases[i].url, TRUE, &proxy );
        check( hr == S_OK, "case %u: %#x\n", i, (unsigned int)hr );
        check( !proxy == !cases[i].expected && (!proxy || !strcmp( proxy, cases[i].expected )), "case %u: got %s\n", i,
               proxy ? proxy : "none" );
        free( proxy );
    }
}

static void skips_what_wininet_lists_for_others(void)
{
    static const struct { const char *list, *expected; } cases[] =
    {
        { "ftp=f:21;http=a:1;socks=s:1080", "http://a:1" },
        { "socks=s:1080", NULL },
        { "a,b c:3", "http://c:3" },
        { "", NULL },
    };
    unsigned int i;
    char *proxy;

    for (i = 0; i < ARRAY_SIZE(cases); i++)
    {
        check( proxy_choose( cases[i].list, NULL, "http://h/", FALSE, &proxy ) == S_OK, "case %u\n", i );
        check( !proxy == !cases[i].expected && (!proxy || !strcmp( proxy, cases[i].expected )), "case %u: got %s\n", i,
               proxy ? proxy : "none" );
        free( proxy );
    }
}

static void refuses_bad_proxy_lists(void)
{
    static const char * const lists[] =
    {
        "", " ", ":80", "a:", "a:0", "a:65536", "a:1x", "a:99999999999999", "ftp=a", "=a", "http=", "ftp://a", "a/b",
        "a,b", "http=http://", "[::1", "::1]", "good bad!", "a\xc3\xa4",
    };
    unsigned int i;
    char *proxy;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(lists); i++)
    {
        hr = proxy_choose( lists[i], NULL, "http://h/", TRUE, &proxy );
        check( hr == BG_E_INVALID_PROXY_INFO, "\"%s\": %#x\n", lists[i], (unsigned int)hr );
        check( !proxy, "\"%s\": %s\n", lists[i], proxy );
    }
}

/* --- redirects ------------------------------------------------------------------------------------------------- */

static void resolves_redirects(void)
{
    static const struct { const char *url, *location, *expected; } cases[] =
    {
        { "http://h/a/b", "http://other/c", "http://other/c" },
        { "http://h/a/b", "https://other", "https://other" },
        { "http://h:8/a/b?q", "/c?d", "http://h:8/c?d" },
        { "http://h:8/a/b?q=/x/", "c", "http://h:8/a/c" },
        { "http://h", "c", "http://h/c" },
        { "http://h?q", "c", "http://h/c" },
        { "https://h/a", "//other/c", "https://other/c" },
        { "http://h/a/b?q", "?r", "http://h/a/b?r" },
        { "http://h#f", "?r", "http://h/?r" },
        { "http://h/a", " \t/c \t", "http://h/c" },
        { "http://h/a", "/c#part", "http://h/c" },
        { "http://h/a", "/", "http://h/" },
        { "http://h/a", "c:d", "c:d" },
        { "http://h/a", "", NULL },
        { "http://h/a", "#part", NULL },
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(cases); i++)
    {
        char block[256], *copy, *target;
        SIZE_T length;

        /* on the heap and without a terminator, so that a sanitizer sees what is read behind the end */
        length = snprintf( block, sizeof(block), "HTTP/1.1 302 Found\r\nX: y\r\nlocation:%s", cases[i].location );
        copy = malloc( length );
        memcpy( copy, block, length );
        target = redirect_target( cases[i].url, copy, length );
        free( copy );
        check( !target == !cases[i].expected && (!target || !strcmp( target, cases[i].expected )), "case %u: got %s\n", i,
               target ? target : "nothing" );
        free( target );
    }
    check( !redirect_target( "http://h/", "HTTP/1.1 302 Found\r\n", 20 ), "got one from nowhere\n" );
}

static void which_schemes_are_offered(void)
{
    static const struct { const char *lines; BOOL expected; } cases[] =
    {
        { "WWW-Authenticate: Negotiate\r\n", TRUE },
        { "www-authenticate:negotiate", TRUE },
        { "WWW-Authenticate: Basic realm=\"a\"\r\nWWW-Authenticate: Negotiate abc==\r\n", TRUE },
        { "WWW-Authenticate: NTLM, Basic realm=\"a\",\tNegotiate", TRUE },
        { "WWW-Authenticate: NTLM\r\n", FALSE },
        { "WWW-Authenticate: Basic realm=\"Negotiate\"\r\n", FALSE },
        { "WWW-Authenticate: Negotiated\r\n", FALSE },
        { "WWW-Authenticate: Negotiat", FALSE },
        { "WWW-Authenticate:", FALSE },
        { "Proxy-Authenticate: Negotiate\r\n", FALSE },
        { "X: Negotiate\r\n", FALSE },
        { "", FALSE },
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(cases); i++)
    {
        char block[256], *copy;
        SIZE_T length;
        BOOL got;

        /* as above */
        length = snprintf( block, sizeof(block), "HTTP/1.1 401 Negotiate\r\n%s", cases[i].lines );
        copy = malloc( length );
        memcpy( copy, block, length );
        got = headers_offer( copy, length, "WWW-Authenticate", "Negotiate" );
        check( got == cases[i].expected, "case %u: got %d\n", i, got );
        free( copy );
    }
}

/* --- ranges ---------------------------------------------------------------------------------------------------- */

#define TO_EOF BG_LENGTH_TO_EOF
#define SIZE   1000

/* A server with a file of SIZE bytes; a body breaks off after LIMIT bytes.  Writes down the ranges that it was asked
 * for. */
static BOOL serve( struct plan *plan, BOOL head, UINT64 limit, char *asked )
{
    char headers[PLAN_HEADERS_SIZE], response[256], *range;
    struct plan_response parsed;
    enum plan_verdict verdict;
    struct bits_error error;
    enum plan_step step;
    const char *reason;
    unsigned long first, last;

    while ((step = plan_next( plan, headers )) != PLAN_DONE)
    {
        if (step == PLAN_HEAD)
        {
            snprintf( response, sizeof(response), "Content-Length: %u\r\n", SIZE );
            plan_parse( &parsed, head ? 200 : 405, response, strlen( response ) );
            verdict = plan_judge( plan, &parsed, &error, &reason );
            if (verdict == PLAN_FAIL) return FALSE;
            check( verdict == (head ? PLAN_TAKE : PLAN_SKIP), "got %d\n", verdict );
            continue;
        }
        if ((range = strstr( headers, "Range: bytes=" )))
        {
            first = strtoul( range + 13, &range, 10 );
            last = range[1] == '\r' ? SIZE - 1 : strtoul( range + 1, NULL, 10 );
            sprintf( asked + strlen( asked ), "%lu-%lu ", first, last );
            snprintf( response, sizeof(response), "Content-Range: bytes %lu-%lu/%u\r\n", first, last, SIZE );
        }
        else
        {
            first = 0;
            last = SIZE - 1;
            strcat( asked, "all " );
            snprintf( response, sizeof(response), "Content-Length: %u\r\n", SIZE );
        }
        plan_parse( &parsed, range ? 206 : 200, response, strlen( response ) );
        if ((verdict = plan_judge( plan, &parsed, &error, &reason )) == PLAN_FAIL) return FALSE;
        check( verdict == PLAN_TAKE, "got %d\n", verdict );
        plan_received( plan, last - first + 1 < limit ? last - first + 1 : limit, last - first + 1 <= limit );
    }
    return TRUE;
}

/* One at a time; for several at once see plan.c. */
static void fetches_ranges_in_their_order(void)
{
    static const struct
    {
        BG_FILE_RANGE ranges[3];
        ULONG count;
        UINT64 limit, total;
        const char *asked;
    }
    cases[] =
    {
        { { { 900, 100 }, { 0, 10 } }, 2, SIZE, 110, "900-999 0-9 " },
        { { { 900, 100 }, { 0, 10 } }, 2, 60, 110, "900-999 960-999 0-9 " },
        { { { 100, 0 }, { 200, 5 } }, 2, SIZE, 5, "200-204 " },
        { { { 10, 20 }, { 900, TO_EOF } }, 2, SIZE, 120, "10-29 900-999 " },
        { { { 10, 20 }, { 900, TO_EOF } }, 2, 70, 120, "10-29 900-999 970-999 " },
        { { { 1000, TO_EOF }, { 5, 1 } }, 2, SIZE, 1, "5-5 " },
        { { { 0, SIZE } }, 1, SIZE, SIZE, "all " },
        { { { 0, TO_EOF } }, 1, 600, SIZE, "all 600-999 " },
    };
    struct plan plan;
    char asked[256];
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(cases); i++)
    {
        asked[0] = 0;
        plan_init( &plan, BG_SIZE_UNKNOWN, 0, 0, 0 );
        plan_set_ranges( &plan, cases[i].count, cases[i].ranges );
        plan_refuse_parts( &plan );
        check( serve( &plan, TRUE, cases[i].limit, asked ), "case %u: failed\n", i );
        check( !strcmp( asked, cases[i].asked ), "case %u: asked %s\n", i, asked );
        check( plan_total( &plan ) == cases[i].total && plan.offset == cases[i].total, "case %u: got %llu of %llu\n", i,
               (unsigned long long)plan.offset, (unsigned long long)plan_total( &plan ) );
        check( plan.size == SIZE, "case %u: got size %llu\n", i, (unsigned long long)plan.size );
    }
}

static void fetches_ranges_without_head(void)
{
    static const BG_FILE_RANGE ranges[] = { { 10, 20 }, { 900, TO_EOF } }, end[] = { { 990, TO_EOF } };
    char asked[256] = "";
    struct plan plan;

    plan_init( &plan, BG_SIZE_UNKNOWN, 0, 0, 0 );
    plan_set_ranges( &plan, 2, ranges );
    check( serve( &plan, FALSE, SIZE, asked ), "failed\n" );
    check( !strcmp( asked, "10-29 900-999 " ), "asked %s\n", asked );
    plan_init( &plan, BG_SIZE_UNKNOWN, 0, 0, 0 );
    plan_set_ranges( &plan, 1, end );
    asked[0] = 0;
    check( serve( &plan, FALSE, SIZE, asked ), "failed\n" );
    check( !strcmp( asked, "990-999 " ), "asked %s\n", asked );
    check( plan_total( &plan ) == 10, "got %llu\n", (unsigned long long)plan_total( &plan ) );
}

static void refuses_ranges_behind_the_end(void)
{
    static const BG_FILE_RANGE ranges[] = { { 990, 11 }, { 1001, TO_EOF }, { 2000, 1 }, { 5, BG_LENGTH_TO_EOF - 5 } };
    struct plan_response parsed;
    struct bits_error error;
    struct plan plan;
    const char *reason;
    char headers[PLAN_HEADERS_SIZE];
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(ranges); i++)
    {
        plan_init( &plan, BG_SIZE_UNKNOWN, 0, 0, 0 );
        plan_set_ranges( &plan, 1, &ranges[i] );
        plan_next( &plan, headers );
        plan_parse( &parsed, 200, "Content-Length: 1000\r\n", 22 );
        check( plan_judge( &plan, &parsed, &error, &reason ) == PLAN_FAIL, "range %u passes\n", i );
        check( error.code == BG_E_INVALID_RANGE && error.class == ERROR_FATAL, "range %u: %#x\n", i,
               (unsigned int)error.code );
    }
}

static void needs_a_server_with_ranges(void)
{
    static const BG_FILE_RANGE range = { 0, 10 };
    struct plan_response parsed;
    struct bits_error error;
    struct plan plan;
    const char *reason;
    char headers[PLAN_HEADERS_SIZE];

    plan_init( &plan, SIZE, 0, 0, 0 );
    plan_set_ranges( &plan, 1, &range );
    plan_next( &plan, headers );
    plan_parse( &parsed, 200, "Content-Length: 1000\r\n", 22 );
    check( plan_judge( &plan, &parsed, &error, &reason ) == PLAN_TAKE, "HEAD fails\n" );
    plan_next( &plan, headers );
    check( plan_judge( &plan, &parsed, &error, &reason ) == PLAN_FAIL, "the whole file passes\n" );
    check( error.code == BG_E_INSUFFICIENT_RANGE_SUPPORT, "%#x\n", (unsigned int)error.code );
}

static void asks_once_with_another_method(void)
{
    struct plan_response parsed;
    struct bits_error error;
    struct plan plan;
    const char *reason;
    char headers[PLAN_HEADERS_SIZE];

    plan_init_single( &plan );
    check( plan_next( &plan, headers ) == PLAN_GET, "asks by HEAD\n" );
    check( !strstr( headers, "Range" ) && !strstr( headers, "If-" ), "got %s\n", headers );
    plan_parse( &parsed, 200, "Content-Length: 1000\r\n", 22 );
    check( plan_judge( &plan, &parsed, &error, &reason ) == PLAN_TAKE, "refused\n" );
    check( plan_received( &plan, 1000, TRUE ) == S_OK, "not whole\n" );
    check( plan_next( &plan, headers ) == PLAN_DONE, "not done\n" );
}

const struct test options_tests[] =
{
    TEST(appends_headers),
    TEST(chooses_proxies),
    TEST(skips_what_wininet_lists_for_others),
    TEST(refuses_bad_proxy_lists),
    TEST(resolves_redirects),
    TEST(which_schemes_are_offered),
    TEST(fetches_ranges_in_their_order),
    TEST(fetches_ranges_without_head),
    TEST(refuses_ranges_behind_the_end),
    TEST(needs_a_server_with_ranges),
    TEST(asks_once_with_another_method),
    { 0 }
};
