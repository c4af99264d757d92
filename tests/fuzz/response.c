/*
 * Fuzz target: what servers put into their headers
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

#include "transfer/options.h"
#include "transfer/plan.h"

#include "fuzz.h"

static void judge( struct plan *plan, const struct plan_response *response )
{
    char headers[PLAN_HEADERS_SIZE];
    enum plan_verdict verdict;
    struct bits_error error;
    const char *reason;
    UINT64 offset;

    if (plan_next( plan, headers ) == PLAN_DONE) return;
    offset = plan->offset;
    verdict = plan_judge( plan, response, &error, &reason );
    assert( verdict != PLAN_FAIL || FAILED(error.code) );
    assert( plan->offset == offset || (verdict == PLAN_RESTART && !plan->offset) );
}

/* The first two bytes are the status.  wire.h lets no NUL through. */
void fuzz_response( const unsigned char *data, size_t size )
{
    static const BG_FILE_RANGE ranges[] = { { 5, 10 }, { 100, BG_LENGTH_TO_EOF } };
    struct plan_response response;
    char *headers, *target, *all;
    struct plan plan;
    UINT64 time = 0;
    UINT status;

    if (size < 2 || memchr( data + 2, 0, size - 2 )) return;
    status = (data[0] | data[1] << 8) % 1000;
    size -= 2;
    headers = fuzz_text( data + 2, size );

    plan_parse( &response, status, headers, size );
    assert( !(response.etag >> 32) );
    assert( status != 206 || !response.ranged || response.malformed || response.first <= response.last );
    plan_init( &plan, BG_SIZE_UNKNOWN, 0, 0, 0 );
    judge( &plan, &response );
    judge( &plan, &response );
    plan_init( &plan, 1000, 133000000000000000ull, 1, 500 );
    judge( &plan, &response );
    judge( &plan, &response );
    plan_init( &plan, BG_SIZE_UNKNOWN, 0, 0, 0 );
    plan_set_ranges( &plan, 2, ranges );
    judge( &plan, &response );
    judge( &plan, &response );

    if ((target = redirect_target( "https://user@host:1/a/b?c", headers, size ))) assert( *target && !strchr( target, '#' ) );
    free( target );
    if ((all = headers_append( "Accept: */*\r\nRange: bytes=0-1\r\n", headers )))
        assert( !*all || !strcmp( all + strlen( all ) - 2, "\r\n" ) );
    free( all );
    if (!http_date_parse( headers, &time )) assert( !time );
    free( headers );
}
