/*
 * Byte ranges of a file
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


/* Part of the job room's manual (job/job.h).  A range whose Length is BG_LENGTH_TO_EOF goes to the end of the file,
 * wherever that is.  No function here keeps anything; one that fails has changed nothing.  E_OUTOFMEMORY can come from
 * each that returns an HRESULT, and is not mentioned again. */

#ifndef WINEBITS_JOB_RANGES_H
#define WINEBITS_JOB_RANGES_H

#include "base/base.h"

/* A list of byte ranges of a remote file.  Zeroed: there are none.  ITEMS comes from malloc. */
struct ranges
{
    BG_FILE_RANGE *items;
    ULONG          count;
};

/* Frees the items and leaves an empty list. */
void ranges_clear( struct ranges *ranges );

/* Puts a copy of COUNT items into RANGES, which must be empty. */
HRESULT ranges_copy( struct ranges *ranges, ULONG count, const BG_FILE_RANGE *items );

/* Adds a range at the end of the list, unless it is empty. */
HRESULT ranges_append( struct ranges *ranges, const BG_FILE_RANGE *range );

/* What AddFileWithRanges() checks (spec: api 5.4.2).
 *
 * BG_E_INVALID_RANGE       an offset of BG_LENGTH_TO_EOF, or an end that 64 bits do not hold
 * BG_E_OVERLAPPING_RANGES  sorted by offset alone, one begins before its predecessor ends.  Of two with the same offset
 *                          the one given first is the predecessor: 100:0, 100:5 passes and 100:5, 100:0 does not */
HRESULT ranges_check( ULONG count, const BG_FILE_RANGE *items );

/* Whether all of it lies in a file of SIZE bytes.  S_OK or BG_E_INVALID_RANGE. */
HRESULT ranges_within( ULONG count, const BG_FILE_RANGE *items, UINT64 size );

/* The sum of the lengths; BG_SIZE_UNKNOWN when one goes to the end of the file and SIZE is BG_SIZE_UNKNOWN.  A range to
 * the end that begins behind SIZE counts nothing. */
UINT64 ranges_total( const struct ranges *ranges, UINT64 size );

/* --- on-demand mode (spec: api 5.9.13 - 5.9.15) ---------------------------------------------------------------- */

/* Adds bytes that have arrived.  FILLED is sorted by offset and has no two ranges that overlap or touch, before and
 * after. */
HRESULT ranges_fill( struct ranges *filled, UINT64 offset, UINT64 length );

/* Adds to REQUESTED those parts of the items that are neither in FILLED nor in REQUESTED already, in the order given;
 * no two ranges of REQUESTED overlap.  SIZE may be BG_SIZE_UNKNOWN: a range to the end then stays one.
 * BG_E_INVALID_RANGE for an empty range, and for one that is not within SIZE. */
HRESULT ranges_request( struct ranges *requested, const struct ranges *filled, ULONG count,
                        const BG_FILE_RANGE *items, UINT64 size );

/* Takes bytes that need not be fetched any more out of REQUESTED.  With offset SIZE and length BG_LENGTH_TO_EOF it turns
 * ranges to the end of the file into plain ones, once SIZE is known and ranges_within() has been asked. */
HRESULT ranges_remove( struct ranges *requested, UINT64 offset, UINT64 length );

/* Where byte OFFSET of the ranges lies, put one behind the other, and how much of its range is left from there.  SIZE is
 * for those to the end of the file, and may be unknown.  FALSE: behind the last. */
BOOL ranges_locate( const struct ranges *ranges, UINT64 size, UINT64 offset, BG_FILE_RANGE *rest );

/* The first gap of FILLED at or after POSITION, else the first of all, in a file of SIZE bytes, which must be known.
 * FALSE: nothing is missing. */
BOOL ranges_next_missing( const struct ranges *filled, UINT64 position, UINT64 size, BG_FILE_RANGE *missing );

#endif
