/*
 * Bodies of type multipart/byteranges, of which is known what they have to hold
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

/* Pure: no file, socket or memory of its own; also built by tests/unit and tests/fuzz.
 *
 * A body may have up to two empty lines before its first delimiter.  Each part has one Content-Range, which says just
 * what was asked for, and as many bytes as that; so data may hold what looks like a delimiter.  Nothing else passes: a
 * server that merges, sorts, leaves out or repeats ranges is asked for one range at a time.  spec: behaviour 4.1, 4.4 */

#ifndef WINEBITS_MULTIPART_H
#define WINEBITS_MULTIPART_H

#include "wire.h"

#define MULTIPART_MAX_LINE    512   /* bytes of a header line or a delimiter */
#define MULTIPART_MAX_HEADERS 2048  /* bytes of the headers of one part */

enum multipart_state
{
    MULTIPART_DELIMITER,    /* empty lines, then a delimiter */
    MULTIPART_HEADERS,
    MULTIPART_DATA,
    MULTIPART_WHOLE,        /* the closing delimiter has come; what follows means nothing */
    MULTIPART_MALFORMED
};

struct multipart
{
    enum multipart_state state;
    uint64_t bytes;             /* of the parts behind which a delimiter has come: only they are known to be whole */
    const char *reason;         /* MALFORMED: static text */
    /* private */
    char boundary[WIRE_MAX_BOUNDARY + 1];
    struct wire_part parts[WIRE_MAX_PARTS];
    unsigned int count;
    uint64_t size;
    unsigned int part;          /* the one at work, or that comes next */
    uint64_t done;              /* bytes of it */
    unsigned int empty_lines;   /* that may come before the delimiter */
    int after_part;             /* the delimiter ends PART */
    int has_range;              /* Content-Range has come */
    size_t header_bytes;
    char line[MULTIPART_MAX_LINE];
    size_t line_used;
};

/* Bytes that belong into the local file. */
struct multipart_piece
{
    const char *data;
    size_t length;              /* 0: none */
    uint64_t position;          /* of these */
};

/* GO: a frame that has passed wire_read() and has PARTS. */
void multipart_init( struct multipart *multipart, const struct wire_frame *go );

/* Takes the next LENGTH bytes of the body, not 0.  Returns how many of them it has taken, at least one, unless it is
 * MALFORMED now; PIECE is what of them is data. */
size_t multipart_read( struct multipart *multipart, const char *data, size_t length, struct multipart_piece *piece );

#endif /* WINEBITS_MULTIPART_H */
