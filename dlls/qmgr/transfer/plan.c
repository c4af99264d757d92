/*
 * The plan of an HTTP download
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

#include "transfer/plan.h"

void plan_init( struct plan *plan, UINT64 size, UINT64 modified, UINT64 etag, UINT64 offset )
{
    memset( plan, 0, sizeof(*plan) );
    plan->size = size;
    if (size == BG_SIZE_UNKNOWN) return;
    plan->modified = modified;
    plan->etag = etag;
    plan->offset = offset <= size ? offset : 0;
}

void plan_set_ranges( struct plan *plan, ULONG count, const BG_FILE_RANGE *items )
{
    plan->range_count = count;
    plan->ranges = items;
}

void plan_set_pieces( struct plan *plan, ULONG count, const BG_FILE_RANGE *items )
{
    plan_set_ranges( plan, count, items );
    plan->sparse = TRUE;
}

UINT64 plan_position( const struct plan *plan )
{
    return plan->sparse ? plan->first : plan->offset;
}

void plan_init_single( struct plan *plan )
{
    plan_init( plan, BG_SIZE_UNKNOWN, 0, 0, 0 );
    plan->probed = TRUE;
}

void plan_init_dynamic( struct plan *plan )
{
    plan_init_single( plan );
    plan->dynamic = TRUE;
}

/* --- the request ----------------------------------------------------------------------------------------------- */

/* Bytes of a range; BG_SIZE_UNKNOWN: to an end that is not known. */
static UINT64 range_length( const struct plan *plan, const BG_FILE_RANGE *range )
{
    if (range->Length != BG_LENGTH_TO_EOF) return range->Length;
    if (plan->size == BG_SIZE_UNKNOWN) return BG_SIZE_UNKNOWN;
    return plan->size > range->InitialOffset ? plan->size - range->InitialOffset : 0;
}

UINT64 plan_whole( const struct plan *plan )
{
    if (plan->step != PLAN_GET || plan->ranged || plan->sparse || plan->offset) return 0;
    return plan->length == BG_SIZE_UNKNOWN ? 0 : plan->length;
}

UINT64 plan_total( const struct plan *plan )
{
    UINT64 total = 0, length;
    ULONG i;

    if (!plan->range_count) return plan->size;
    for (i = 0; i < plan->range_count; i++)
    {
        if ((length = range_length( plan, &plan->ranges[i] )) == BG_SIZE_UNKNOWN) return BG_SIZE_UNKNOWN;
        total += length;
    }
    return total;
}

/* Where the bytes come from that are wanted next, and how many they are. */
static void map_offset( struct plan *plan )
{
    UINT64 rest = plan->offset, length;
    ULONG i;

    plan->first = plan->offset;
    plan->length = plan->size == BG_SIZE_UNKNOWN ? BG_SIZE_UNKNOWN : plan->size - plan->offset;
    for (i = 0; i < plan->range_count; i++, rest -= length)
    {
        if ((length = range_length( plan, &plan->ranges[i] )) <= rest) continue;
        plan->first = plan->ranges[i].InitialOffset + rest;
        plan->length = length == BG_SIZE_UNKNOWN ? BG_SIZE_UNKNOWN : length - rest;
        return;
    }
}

/* As many of the ranges from the offset on as go into one request. */
static void choose_parts( struct plan *plan )
{
    UINT64 rest = plan->offset, length, bytes = 0;
    ULONG i;

    plan->part_count = 0;
    if (plan->single || plan->size == BG_SIZE_UNKNOWN) return;
    for (i = 0; i < plan->range_count && plan->part_count < WIRE_MAX_PARTS; i++)
    {
        struct wire_part *part = &plan->parts[plan->part_count];

        if ((length = range_length( plan, &plan->ranges[i] )) <= rest)
        {
            rest -= length;
            continue;
        }
        if (length - rest > PLAN_PARTS_BYTES - bytes) break;
        part->first = plan->ranges[i].InitialOffset + rest;
        part->length = length - rest;
        part->position = plan->sparse ? part->first : plan->offset + bytes;
        bytes += part->length;
        rest = 0;
        plan->part_count++;
    }
    if (plan->part_count < 2) plan->part_count = 0;
    else plan->length = bytes;
}

static void choose_range( struct plan *plan )
{
    map_offset( plan );
    choose_parts( plan );
    if (plan->dynamic)  /* nothing that an earlier request has told counts */
    {
        plan->first = plan->modified = plan->etag = 0;
        plan->length = plan->size = BG_SIZE_UNKNOWN;
    }
    if (plan->length != BG_SIZE_UNKNOWN && plan->length > PLAN_RANGE_MAX) plan->length = PLAN_RANGE_MAX;
    plan->ranged = plan->part_count || plan->first || plan->length != plan->size;
}

/* Returns the length. */
static int write_range( char *text, SIZE_T size, UINT64 first, UINT64 length )
{
    char last[32] = "";

    if (length != BG_SIZE_UNKNOWN) snprintf( last, sizeof(last), "%llu", (unsigned long long)(first + length - 1) );
    return snprintf( text, size, "%llu-%s", (unsigned long long)first, last );
}

/* The line, or nothing. */
static void write_range_header( const struct plan *plan, char *text, SIZE_T size )
{
    int used;
    UINT i;

    text[0] = 0;
    if (!plan->ranged) return;
    used = snprintf( text, size, "Range: bytes=" );
    if (!plan->part_count) used += write_range( text + used, size - used, plan->first, plan->length );
    for (i = 0; i < plan->part_count; i++)
    {
        if (i) text[used++] = ',';
        used += write_range( text + used, size - used, plan->parts[i].first, plan->parts[i].length );
    }
    snprintf( text + used, size - used, "\r\n" );
}

static void write_headers( const struct plan *plan, char headers[PLAN_HEADERS_SIZE] )
{
    char since[64] = "", range[WIRE_MAX_PARTS * 40 + 24] = "", date[HTTP_DATE_SIZE];    /* two numbers below 2^63 */

    if (plan->step == PLAN_GET)
    {
        if (plan->modified && plan->modified != plan->refused && http_date_format( plan->modified, date ))
            snprintf( since, sizeof(since), "If-Unmodified-Since: %s\r\n", date );
        write_range_header( plan, range, sizeof(range) );
    }
    snprintf( headers, PLAN_HEADERS_SIZE, "Connection: Keep-Alive\r\nAccept: */*\r\nAccept-Encoding: identity\r\n"
              "%s%sUser-Agent: Microsoft BITS/7.8\r\n", since, range );
}

enum plan_step plan_next( struct plan *plan, char headers[PLAN_HEADERS_SIZE] )
{
    headers[0] = 0;
    if (!plan->probed) plan->step = PLAN_HEAD;
    else if (plan->offset == plan_total( plan )) return plan->step = PLAN_DONE;
    else
    {
        plan->step = PLAN_GET;
        choose_range( plan );
    }
    write_headers( plan, headers );
    return plan->step;
}

/* --- reading a response ---------------------------------------------------------------------------------------- */

/* One header line or a part of it; blanks around it do not count. */
struct text
{
    const char *start, *end;
};

static BOOL is_blank( char c )
{
    return c == ' ' || c == '\t' || c == '\r';
}

static struct text trim( const char *start, const char *end )
{
    struct text text;

    while (start < end && is_blank( *start )) start++;
    while (end > start && is_blank( end[-1] )) end--;
    text.start = start;
    text.end = end;
    return text;
}

static char lower( char c )
{
    return c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c;
}

static BOOL text_is( struct text text, const char *word )
{
    for (; text.start < text.end && *word; text.start++, word++)
        if (lower( *text.start ) != lower( *word )) return FALSE;
    return text.start == text.end && !*word;
}

/* Digits and nothing else, below 2^63: no file is larger. */
static BOOL read_number( struct text text, UINT64 *number )
{
    UINT64 value = 0;

    if (text.start == text.end) return FALSE;
    for (; text.start < text.end; text.start++)
    {
        if (*text.start < '0' || *text.start > '9') return FALSE;
        if (value > (((UINT64)1 << 63) - 10) / 10) return FALSE;
        value = value * 10 + (*text.start - '0');
    }
    *number = value;
    return TRUE;
}

/* Also "5, 5", which a proxy makes of a header that came twice. */
static void read_length( struct plan_response *response, struct text text )
{
    const char *comma;
    UINT64 length;

    for (;;)
    {
        if (!(comma = memchr( text.start, ',', text.end - text.start ))) comma = text.end;
        if (!read_number( trim( text.start, comma ), &length ) ||
            (response->length != BG_SIZE_UNKNOWN && response->length != length))
        {
            response->malformed = TRUE;
            return;
        }
        response->length = length;
        if (comma == text.end) return;
        text.start = comma + 1;
    }
}

/* Whether TEXT is the first of its name, or the same as the first. */
static BOOL is_only( struct text *first, struct text text )
{
    SIZE_T length = text.end - text.start;

    if (!first->start) *first = text;
    return first->end - first->start == length && !memcmp( first->start, text.start, length );
}

/* bytes FIRST-LAST/TOTAL, where TOTAL or FIRST-LAST may be an asterisk */
static BOOL read_range( struct plan_response *response, struct text text )
{
    const char *slash = memchr( text.start, '/', text.end - text.start ), *dash;
    struct text range, total;

    if (!slash || slash - text.start < 6 || !text_is( trim( text.start, text.start + 6 ), "bytes" )) return FALSE;
    range = trim( text.start + 6, slash );
    total = trim( slash + 1, text.end );
    if (!text_is( total, "*" ) && !read_number( total, &response->total )) return FALSE;
    if (text_is( range, "*" )) return TRUE;

    if (!(dash = memchr( range.start, '-', range.end - range.start ))) return FALSE;
    if (!read_number( trim( range.start, dash ), &response->first )) return FALSE;
    if (!read_number( trim( dash + 1, range.end ), &response->last )) return FALSE;
    if (response->last < response->first) return FALSE;
    if (response->total != BG_SIZE_UNKNOWN && response->last >= response->total) return FALSE;
    response->ranged = TRUE;
    return TRUE;
}

/* A boundary of RFC 2046 5.1.1, which may stand in quotation marks. */
static void read_boundary( struct plan_response *response, struct text text )
{
    SIZE_T length, i;

    if (text.end - text.start >= 2 && *text.start == '"' && text.end[-1] == '"') text = trim( text.start + 1, text.end - 1 );
    length = text.end - text.start;
    if (!length || length > WIRE_MAX_BOUNDARY) return;
    for (i = 0; i < length; i++)
    {
        char c = lower( text.start[i] );

        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && !memchr( "'()+_,-./:=? ", c, 13 )) return;
    }
    memcpy( response->boundary, text.start, length );
    response->boundary[length] = 0;
}

/* multipart/byteranges; boundary=... */
static void read_type( struct plan_response *response, struct text text )
{
    const char *start, *end, *equal;

    if (!(end = memchr( text.start, ';', text.end - text.start ))) return;
    if (!text_is( trim( text.start, end ), "multipart/byteranges" )) return;
    while (end < text.end)
    {
        start = end + 1;
        if (!(end = memchr( start, ';', text.end - start ))) end = text.end;
        if ((equal = memchr( start, '=', end - start )) && text_is( trim( start, equal ), "boundary" ))
            read_boundary( response, trim( equal + 1, end ) );
    }
}

static void read_date( struct plan_response *response, struct text text )
{
    char buffer[64];
    SIZE_T length = text.end - text.start;

    if (length >= sizeof(buffer)) return;
    memcpy( buffer, text.start, length );
    buffer[length] = 0;
    http_date_parse( buffer, &response->modified );
}

/* FNV-1a, never 0 */
static UINT32 hash_text( const char *start, const char *end )
{
    UINT32 hash = 2166136261u;

    for (; start < end; start++) hash = (hash ^ (unsigned char)*start) * 16777619;
    return hash ? hash : 1;
}

/* A weak tag is as good: that two of them differ says as much. */
static void read_tag( struct plan_response *response, struct text text )
{
    if (text.end - text.start > 2 && text.start[0] == 'W' && text.start[1] == '/') text.start += 2;
    if (text.start < text.end) response->etag = hash_text( text.start, text.end );
}

void plan_parse_host( struct plan_response *response, const char *url )
{
    const char *host = strstr( url, "://" );

    if (!host || !response->etag) return;
    host += 3;
    response->etag |= (UINT64)hash_text( host, host + strcspn( host, "/?#" ) ) << 32;
}

void plan_parse( struct plan_response *response, UINT status, const char *headers, SIZE_T length )
{
    const char *end = headers + length, *line, *line_end, *colon;
    struct text name, value, type = { NULL }, range = { NULL }, tag = { NULL };
    BOOL chunked = FALSE, range_is_sound = TRUE;

    memset( response, 0, sizeof(*response) );
    response->status = status;
    response->length = response->total = BG_SIZE_UNKNOWN;

    for (line = headers; line < end; line = line_end + 1)
    {
        if (!(line_end = memchr( line, '\n', end - line ))) line_end = end;
        /* the status line of HTTP and folded lines have no name */
        if (is_blank( *line ) || !(colon = memchr( line, ':', line_end - line ))) continue;
        name = trim( line, colon );
        value = trim( colon + 1, line_end );
        if (text_is( name, "Content-Length" )) read_length( response, value );
        else if (text_is( name, "Last-Modified" )) read_date( response, value );
        else if (text_is( name, "ETag" ) && is_only( &tag, value )) read_tag( response, value );
        else if (text_is( name, "Transfer-Encoding" )) chunked |= !text_is( value, "identity" );
        else if (text_is( name, "Content-Range" )) range_is_sound &= is_only( &range, value ) && read_range( response, value );
        else if (text_is( name, "Content-Type" ) && is_only( &type, value )) read_type( response, value );
        else if (text_is( name, "Content-Encoding" )) response->encoded |= !text_is( value, "identity" );
    }
    if (chunked) response->length = BG_SIZE_UNKNOWN;  /* RFC 9112 6.3: it does not count then */
    response->malformed |= status == 206 && !range_is_sound;
}

/* --- judging a response ---------------------------------------------------------------------------------------- */

static enum plan_verdict fail( struct bits_error *error, HRESULT code, const char **reason, const char *text )
{
    *error = error_from_code( code );
    *reason = text;
    return PLAN_FAIL;
}

/* The file is another one than before: nothing is known of it. */
static enum plan_verdict restart( struct plan *plan, struct bits_error *error, const char **reason )
{
    if (plan->restarts++ == PLAN_RESTARTS_MAX)
    {
        fail( error, BG_E_REMOTE_FILE_CHANGED, reason, "changes again and again during the download" );
        error->class = ERROR_TRANSIENT;  /* it may come to rest */
        return PLAN_FAIL;
    }
    plan->size = BG_SIZE_UNKNOWN;
    plan->modified = plan->etag = 0;
    plan->offset = 0;
    plan->probed = plan->dynamic;
    plan->plain = FALSE;
    return PLAN_RESTART;
}

/* Of one host; where they differ a second time, though size and date stay, each answer has its own. */
static BOOL has_other_tag( struct plan *plan, const struct plan_response *response )
{
    if (!plan->etag || !response->etag || plan->etag == response->etag) return FALSE;
    if (plan->etag >> 32 != response->etag >> 32) return FALSE;
    if (plan->retagged && plan->modified && plan->modified == response->modified) return FALSE;
    return plan->retagged = TRUE;
}

/* SIZE: of the whole file, as the response says. */
static BOOL has_changed( struct plan *plan, const struct plan_response *response, UINT64 size )
{
    if (plan->size != BG_SIZE_UNKNOWN && size != BG_SIZE_UNKNOWN && plan->size != size) return TRUE;
    if (plan->modified && response->modified && plan->modified != response->modified) return TRUE;
    return has_other_tag( plan, response );
}

static void learn( struct plan *plan, const struct plan_response *response, UINT64 size )
{
    plan->probed = TRUE;
    plan->size = size;
    if (!plan->modified) plan->modified = response->modified;
}

/* Whether the ranges that are wanted exist, as soon as that can be told. */
static BOOL has_ranges( const struct plan *plan )
{
    ULONG i;

    for (i = 0; plan->size != BG_SIZE_UNKNOWN && i < plan->range_count; i++)
    {
        const BG_FILE_RANGE *range = &plan->ranges[i];

        if (range->InitialOffset > plan->size) return FALSE;
        if (range->Length != BG_LENGTH_TO_EOF && range->Length > plan->size - range->InitialOffset) return FALSE;
    }
    return TRUE;
}

static enum plan_verdict judge_head( struct plan *plan, const struct plan_response *response,
                                     struct bits_error *error, const char **reason )
{
    /* some servers count the body of the response to HEAD: there is none */
    BOOL has_size = response->status == 200 && response->length && response->length != BG_SIZE_UNKNOWN;
    enum plan_verdict verdict = has_size ? PLAN_TAKE : PLAN_SKIP;

    plan->probed = TRUE;
    if (has_changed( plan, response, has_size ? response->length : BG_SIZE_UNKNOWN ))
        verdict = restart( plan, error, reason );
    /* what came describes the new file, so it need not be asked for again */
    if (verdict != PLAN_FAIL && has_size)
    {
        learn( plan, response, response->length );
        plan->plain = !response->encoded;
    }
    return verdict;
}

static enum plan_verdict judge_whole( struct plan *plan, const struct plan_response *response,
                                      struct bits_error *error, const char **reason )
{
    if (response->length == BG_SIZE_UNKNOWN && !plan->dynamic)
        return fail( error, BG_E_MISSING_FILE_SIZE, reason, "does not tell the size of the file" );
    if (has_changed( plan, response, response->length ) || (plan->dynamic && plan->offset))
        return restart( plan, error, reason );
    if (plan->offset || (plan->range_count && plan->ranged))
        return fail( error, plan->sparse ? BG_E_RANDOM_ACCESS_NOT_SUPPORTED : BG_E_INSUFFICIENT_RANGE_SUPPORT, reason, "sends only the whole file and no ranges" );
    learn( plan, response, response->length );
    plan->length = response->length;
    return PLAN_TAKE;
}

static enum plan_verdict judge_part( struct plan *plan, const struct plan_response *response,
                                     struct bits_error *error, const char **reason )
{
    UINT64 length = response->last - response->first + 1;

    if (has_changed( plan, response, response->total ) || (plan->dynamic && plan->offset))
        return restart( plan, error, reason );
    /* fewer bytes than the range has are fine (RFC 9110 15.3.7): the next request asks for the rest */
    if (!response->ranged || response->first != plan->first || length > plan->length ||
        (!plan->ranged && length != response->total) ||
        (response->length != BG_SIZE_UNKNOWN && response->length != length))
        return fail( error, BG_E_INVALID_SERVER_RESPONSE, reason, "sends another range than was asked for" );
    learn( plan, response, plan->size != BG_SIZE_UNKNOWN ? plan->size : response->total );
    plan->length = length;
    if (plan_total( plan ) == BG_SIZE_UNKNOWN)
        return fail( error, BG_E_MISSING_FILE_SIZE, reason, "does not tell the size of the file" );
    return PLAN_TAKE;
}

/* The answer to a request for several ranges (spec: behaviour 4.4, step 6).  The body's parts tell the size of the file. */
static enum plan_verdict judge_parts( struct plan *plan, const struct plan_response *response,
                                      struct bits_error *error, const char **reason )
{
    if (has_changed( plan, response, response->status == 200 ? response->length : response->total ))
        return restart( plan, error, reason );
    if (response->status != 206 || !*response->boundary)
    {
        plan_refuse_parts( plan );
        return PLAN_SKIP;
    }
    learn( plan, response, plan->size );
    strcpy( plan->boundary, response->boundary );
    return PLAN_TAKE;
}

static enum plan_verdict judge_success( struct plan *plan, const struct plan_response *response,
                                        struct bits_error *error, const char **reason )
{
    enum plan_verdict verdict;

    if (response->malformed)
        return fail( error, BG_E_INVALID_SERVER_RESPONSE, reason, "sends a malformed size or range" );
    if (plan->step == PLAN_GET && plan->plain && response->encoded)
        return fail( error, BG_E_INVALID_SERVER_RESPONSE, reason, "compresses the file although it must not" );
    if (plan->step == PLAN_HEAD) verdict = judge_head( plan, response, error, reason );
    else if (plan->part_count) verdict = judge_parts( plan, response, error, reason );
    else if (response->status == 200) verdict = judge_whole( plan, response, error, reason );
    else verdict = judge_part( plan, response, error, reason );
    if (verdict == PLAN_TAKE && plan->step == PLAN_GET && !plan->etag) plan->etag = response->etag;

    if (verdict != PLAN_FAIL && !has_ranges( plan ))
        return fail( error, BG_E_INVALID_RANGE, reason, "is shorter than the ranges that are wanted" );
    return verdict;
}

/* The status may be an answer to the method, not to the URL: pages without HEAD, URLs that are signed for GET alone. */
static BOOL refuses_head( UINT status, const struct bits_error *error )
{
    if (status == 401 || status == 407) return FALSE;
    return status == 500 || (status >= 400 && error->class == ERROR_FATAL);
}

/* 412 says that the file is not the one of PLAN's date.  A server may mean something else by it: is its file of that
 * date again, the next request names none. */
static enum plan_verdict judge_date_refused( struct plan *plan, struct bits_error *error, const char **reason )
{
    UINT64 refused = plan->modified;
    enum plan_verdict verdict = restart( plan, error, reason );

    plan->refused = refused;
    return verdict;
}

enum plan_verdict plan_judge( struct plan *plan, const struct plan_response *response, struct bits_error *error,
                              const char **reason )
{
    *error = error_from_http( response->status );
    *reason = NULL;

    if (plan->step == PLAN_HEAD && refuses_head( response->status, error ))
    {
        plan->probed = TRUE;
        return PLAN_SKIP;
    }
    if (plan->step == PLAN_GET && response->status == 412 && plan->modified && plan->modified != plan->refused)
        return judge_date_refused( plan, error, reason );
    if (plan->step == PLAN_GET && response->status == 416 && has_changed( plan, response, response->total ))
        return restart( plan, error, reason );
    if (plan->step == PLAN_GET && plan->part_count && (response->status == 400 || response->status == 416))
    {
        plan_refuse_parts( plan );
        return PLAN_SKIP;
    }
    if (plan->step == PLAN_GET && response->status == 416 && plan->range_count)
        return fail( error, BG_E_INVALID_RANGE, reason, "has not the ranges that are wanted" );
    if (FAILED(error->code) && !(plan->step == PLAN_HEAD && response->status / 100 == 2)) return PLAN_FAIL;
    return judge_success( plan, response, error, reason );
}

HRESULT plan_received( struct plan *plan, UINT64 bytes, BOOL complete )
{
    BOOL wrong;

    if (complete && plan->length == BG_SIZE_UNKNOWN) plan->length = plan->size = bytes;
    wrong = bytes > plan->length || (complete && bytes < plan->length);
    if (bytes > plan->length) bytes = plan->length;
    plan->offset += bytes;
    return wrong ? BG_E_INVALID_SERVER_RESPONSE : S_OK;
}

void plan_refuse_parts( struct plan *plan )
{
    plan->single = TRUE;
}
