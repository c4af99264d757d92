/*
 * Bodies of type multipart/byteranges
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

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "multipart.h"

static size_t fail( struct multipart *multipart, const char *reason )
{
    multipart->state = MULTIPART_MALFORMED;
    multipart->reason = reason;
    return 0;
}

void multipart_init( struct multipart *multipart, const struct wire_frame *go )
{
    const char *boundary;
    size_t length;

    memset( multipart, 0, sizeof(*multipart) );
    boundary = wire_get_string( go, WIRE_TAG_BOUNDARY, &length );
    memcpy( multipart->boundary, boundary, length );
    multipart->count = wire_get_parts( go, multipart->parts );
    multipart->size = wire_get_u64( go, WIRE_TAG_SIZE );
    multipart->empty_lines = 2;
}

/* Whether the line, which is not terminated, is a header of that name; *VALUE is then what follows, without the blanks
 * around it. */
static int is_header( const char *line, size_t length, const char *name, const char **value, size_t *value_length )
{
    size_t name_length = strlen( name );
    const char *end = line + length;

    if (length <= name_length || strncasecmp( line, name, name_length ) || line[name_length] != ':') return 0;
    for (line += name_length + 1; line < end && (*line == ' ' || *line == '\t'); line++) {}
    while (end > line && (end[-1] == ' ' || end[-1] == '\t')) end--;
    *value = line;
    *value_length = end - line;
    return 1;
}

static int is_wanted_range( const struct multipart *multipart, const char *value, size_t length )
{
    const struct wire_part *part = &multipart->parts[multipart->part];
    char wanted[80];
    int wanted_length;

    wanted_length = snprintf( wanted, sizeof(wanted), "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, part->first,
                              part->first + part->length - 1, multipart->size );
    return length == (size_t)wanted_length && !strncasecmp( value, wanted, length );
}

static void read_header( struct multipart *multipart )
{
    const char *value;
    size_t length;

    if (!multipart->line_used)
    {
        if (!multipart->has_range) fail( multipart, "A part does not say where it belongs" );
        else multipart->state = MULTIPART_DATA;
    }
    else if (is_header( multipart->line, multipart->line_used, "Content-Range", &value, &length ))
    {
        if (multipart->has_range++) fail( multipart, "A part says twice where it belongs" );
        else if (!is_wanted_range( multipart, value, length )) fail( multipart, "A part is not the one that was asked for" );
    }
    else if (is_header( multipart->line, multipart->line_used, "Content-Encoding", &value, &length ))
        fail( multipart, "A part is compressed" );
}

/* The part at work, if there is one, is whole. */
static void end_part( struct multipart *multipart )
{
    if (!multipart->after_part) return;
    multipart->bytes += multipart->parts[multipart->part++].length;
    multipart->done = 0;
}

static void start_part( struct multipart *multipart )
{
    end_part( multipart );
    multipart->state = MULTIPART_HEADERS;
    multipart->has_range = 0;
    multipart->header_bytes = 0;
    if (multipart->part == multipart->count) fail( multipart, "There are more parts than were asked for" );
}

static void close_body( struct multipart *multipart )
{
    end_part( multipart );
    multipart->state = MULTIPART_WHOLE;
    if (multipart->part != multipart->count) fail( multipart, "There are fewer parts than were asked for" );
}

/* Where the line goes on behind "--" and the boundary; 0: it does not begin with them. */
static size_t behind_boundary( const struct multipart *multipart )
{
    size_t length = strlen( multipart->boundary );

    if (multipart->line_used < 2 + length || memcmp( multipart->line, "--", 2 )) return 0;
    return memcmp( multipart->line + 2, multipart->boundary, length ) ? 0 : 2 + length;
}

static void read_delimiter( struct multipart *multipart )
{
    size_t end = behind_boundary( multipart );

    if (!multipart->line_used && multipart->empty_lines)
    {
        multipart->empty_lines--;
        return;
    }
    /* the line break in front of it is a part of the delimiter */
    if (!end || (multipart->after_part && multipart->empty_lines))
    {
        fail( multipart, multipart->after_part ? "A part has not the length that it says" : "The body begins with no part" );
        return;
    }
    while (end < multipart->line_used && (multipart->line[end] == ' ' || multipart->line[end] == '\t')) end++;
    if (end == multipart->line_used) start_part( multipart );
    else fail( multipart, "A delimiter has something behind it" );
}

/* The closing delimiter may be the last that comes, without a line break. */
static int is_closing( const struct multipart *multipart )
{
    size_t end = behind_boundary( multipart );

    return multipart->state == MULTIPART_DELIMITER && end && multipart->line_used == end + 2 &&
           !memcmp( multipart->line + end, "--", 2 ) && !(multipart->after_part && multipart->empty_lines);
}

/* Takes one byte of a line. */
static size_t read_line( struct multipart *multipart, char c )
{
    if (multipart->line_used == MULTIPART_MAX_LINE || ++multipart->header_bytes > MULTIPART_MAX_HEADERS)
        return fail( multipart, "The headers of a part are too long" );
    multipart->line[multipart->line_used++] = c;
    if (is_closing( multipart )) close_body( multipart );
    else if (c == '\n')
    {
        if (multipart->line_used < 2 || multipart->line[multipart->line_used - 2] != '\r')
            return fail( multipart, "A line of the body does not end as lines do" );
        multipart->line_used -= 2;
        if (multipart->state == MULTIPART_HEADERS) read_header( multipart );
        else read_delimiter( multipart );
        multipart->line_used = 0;
    }
    return multipart->state != MULTIPART_MALFORMED;
}

static size_t read_data( struct multipart *multipart, const char *data, size_t length, struct multipart_piece *piece )
{
    const struct wire_part *part = &multipart->parts[multipart->part];

    if (length > part->length - multipart->done) length = part->length - multipart->done;
    piece->data = data;
    piece->length = length;
    piece->position = part->position + multipart->done;
    multipart->done += length;
    if (multipart->done == part->length)
    {
        multipart->state = MULTIPART_DELIMITER;
        multipart->after_part = 1;
        multipart->empty_lines = 1;
        multipart->header_bytes = 0;
    }
    return length;
}

size_t multipart_read( struct multipart *multipart, const char *data, size_t length, struct multipart_piece *piece )
{
    piece->length = 0;
    switch (multipart->state)
    {
    case MULTIPART_DELIMITER:
    case MULTIPART_HEADERS:   return read_line( multipart, *data );
    case MULTIPART_DATA:      return read_data( multipart, data, length, piece );
    case MULTIPART_WHOLE:     return length;
    case MULTIPART_MALFORMED: break;
    }
    return 0;
}
