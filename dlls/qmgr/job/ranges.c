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


#include "job/job.h"

#define END_OF_ALL (~(UINT64)0)

/* The offset behind a range; END_OF_ALL for one to the end of the file. */
static UINT64 range_end( const BG_FILE_RANGE *range )
{
    if (range->Length > END_OF_ALL - range->InitialOffset) return END_OF_ALL;
    return range->InitialOffset + range->Length;
}

static BG_FILE_RANGE make_range( UINT64 start, UINT64 end )
{
    BG_FILE_RANGE range;

    range.InitialOffset = start;
    range.Length = end == END_OF_ALL ? BG_LENGTH_TO_EOF : end - start;
    return range;
}

/* Adds a range at the end of the list, unless it is empty. */
static HRESULT append( struct ranges *ranges, UINT64 start, UINT64 end )
{
    BG_FILE_RANGE *items;

    if (start >= end) return S_OK;
    if (!(items = realloc( ranges->items, (ranges->count + 1) * sizeof(*items) ))) return E_OUTOFMEMORY;
    ranges->items = items;
    items[ranges->count++] = make_range( start, end );
    return S_OK;
}

HRESULT ranges_append( struct ranges *ranges, const BG_FILE_RANGE *range )
{
    return append( ranges, range->InitialOffset, range_end( range ) );
}

void ranges_clear( struct ranges *ranges )
{
    free( ranges->items );
    ranges->items = NULL;
    ranges->count = 0;
}

HRESULT ranges_copy( struct ranges *ranges, ULONG count, const BG_FILE_RANGE *items )
{
    if (!count) return S_OK;
    if (!(ranges->items = malloc( count * sizeof(*items) ))) return E_OUTOFMEMORY;
    memcpy( ranges->items, items, count * sizeof(*items) );
    ranges->count = count;
    return S_OK;
}

static int compare_offsets( const void *left, const void *right )
{
    const BG_FILE_RANGE *a = *(const BG_FILE_RANGE * const *)left, *b = *(const BG_FILE_RANGE * const *)right;

    if (a->InitialOffset != b->InitialOffset) return a->InitialOffset < b->InitialOffset ? -1 : 1;
    return a < b ? -1 : 1;  /* both are in one array: the order given */
}

HRESULT ranges_check( ULONG count, const BG_FILE_RANGE *items )
{
    const BG_FILE_RANGE **sorted;
    HRESULT hr = S_OK;
    ULONG i;

    for (i = 0; i < count; i++)
    {
        if (items[i].InitialOffset == BG_LENGTH_TO_EOF) return BG_E_INVALID_RANGE;
        if (items[i].Length != BG_LENGTH_TO_EOF && range_end( &items[i] ) == END_OF_ALL) return BG_E_INVALID_RANGE;
    }
    if (count < 2) return S_OK;

    if (!(sorted = malloc( count * sizeof(*sorted) ))) return E_OUTOFMEMORY;
    for (i = 0; i < count; i++) sorted[i] = &items[i];
    qsort( sorted, count, sizeof(*sorted), compare_offsets );
    for (i = 1; i < count; i++)
        if (range_end( sorted[i - 1] ) > sorted[i]->InitialOffset) hr = BG_E_OVERLAPPING_RANGES;
    free( sorted );
    return hr;
}

HRESULT ranges_within( ULONG count, const BG_FILE_RANGE *items, UINT64 size )
{
    ULONG i;

    for (i = 0; i < count; i++)
    {
        if (items[i].InitialOffset > size) return BG_E_INVALID_RANGE;
        if (items[i].Length != BG_LENGTH_TO_EOF && items[i].Length > size - items[i].InitialOffset)
            return BG_E_INVALID_RANGE;
    }
    return S_OK;
}

UINT64 ranges_total( const struct ranges *ranges, UINT64 size )
{
    UINT64 total = 0;
    ULONG i;

    for (i = 0; i < ranges->count; i++)
    {
        const BG_FILE_RANGE *range = &ranges->items[i];

        if (range->Length != BG_LENGTH_TO_EOF) total += range->Length;
        else if (size == BG_SIZE_UNKNOWN) return BG_SIZE_UNKNOWN;
        else if (size > range->InitialOffset) total += size - range->InitialOffset;
    }
    return total;
}

HRESULT ranges_fill( struct ranges *filled, UINT64 offset, UINT64 length )
{
    BG_FILE_RANGE *items, range = { offset, length };
    UINT64 start = offset, end = range_end( &range );
    ULONG i, before, after;

    if (!length) return S_OK;
    /* all between BEFORE and AFTER overlap or touch the new one, and become one with it */
    for (before = 0; before < filled->count && range_end( &filled->items[before] ) < start; before++) ;
    for (after = before; after < filled->count && filled->items[after].InitialOffset <= end; after++)
    {
        if (filled->items[after].InitialOffset < start) start = filled->items[after].InitialOffset;
        if (range_end( &filled->items[after] ) > end) end = range_end( &filled->items[after] );
    }
    if (before == after)
    {
        if (!(items = realloc( filled->items, (filled->count + 1) * sizeof(*items) ))) return E_OUTOFMEMORY;
        filled->items = items;
        for (i = filled->count++; i > before; i--) items[i] = items[i - 1];
    }
    else
    {
        memmove( &filled->items[before + 1], &filled->items[after], (filled->count - after) * sizeof(*items) );
        filled->count -= after - before - 1;
    }
    filled->items[before] = make_range( start, end );
    return S_OK;
}

/* The offset up to which the list answers the question whether POSITION is in one of its ranges: COVERED says what the
 * answer is, and the result lies behind POSITION. */
static UINT64 run_from( const struct ranges *ranges, UINT64 position, BOOL *covered )
{
    UINT64 end = END_OF_ALL;
    ULONG i;

    for (i = 0; i < ranges->count; i++)
    {
        const BG_FILE_RANGE *range = &ranges->items[i];

        if (range->InitialOffset > position)
        {
            if (range->InitialOffset < end) end = range->InitialOffset;
        }
        else if (range_end( range ) > position)
        {
            *covered = TRUE;
            return range_end( range );
        }
    }
    *covered = FALSE;
    return end;
}

/* Adds what of a range is in neither list. */
static HRESULT request_rest( struct ranges *requested, const struct ranges *filled, UINT64 position, UINT64 end )
{
    UINT64 filled_end, requested_end, next;
    BOOL is_filled, is_requested;
    HRESULT hr;

    for (; position < end; position = next)
    {
        filled_end = run_from( filled, position, &is_filled );
        requested_end = run_from( requested, position, &is_requested );
        if (is_filled) next = filled_end;
        else if (is_requested) next = requested_end;
        else
        {
            next = filled_end < requested_end ? filled_end : requested_end;
            if (next > end) next = end;
            if (FAILED(hr = append( requested, position, next ))) return hr;
        }
    }
    return S_OK;
}

HRESULT ranges_request( struct ranges *requested, const struct ranges *filled, ULONG count,
                        const BG_FILE_RANGE *items, UINT64 size )
{
    ULONG i, old_count = requested->count;
    HRESULT hr;

    for (i = 0; i < count; i++)
        if (!items[i].Length || items[i].InitialOffset == BG_LENGTH_TO_EOF) return BG_E_INVALID_RANGE;
    if (size != BG_SIZE_UNKNOWN && FAILED(hr = ranges_within( count, items, size ))) return hr;

    for (i = 0; i < count; i++)
    {
        UINT64 end = range_end( &items[i] );

        if (end > size) end = size;
        if (FAILED(hr = request_rest( requested, filled, items[i].InitialOffset, end )))
        {
            requested->count = old_count;
            return hr;
        }
    }
    return S_OK;
}

HRESULT ranges_remove( struct ranges *requested, UINT64 offset, UINT64 length )
{
    BG_FILE_RANGE removed = { offset, length };
    struct ranges rest = { 0 };
    UINT64 end = range_end( &removed );
    HRESULT hr = S_OK;
    ULONG i;

    for (i = 0; i < requested->count && SUCCEEDED(hr); i++)
    {
        UINT64 item_start = requested->items[i].InitialOffset, item_end = range_end( &requested->items[i] );

        if (end <= item_start || item_end <= offset) hr = append( &rest, item_start, item_end );
        else if (SUCCEEDED(hr = append( &rest, item_start, offset ))) hr = append( &rest, end, item_end );
    }
    if (FAILED(hr))
    {
        ranges_clear( &rest );
        return hr;
    }
    ranges_clear( requested );
    *requested = rest;
    return S_OK;
}

BOOL ranges_locate( const struct ranges *ranges, UINT64 size, UINT64 offset, BG_FILE_RANGE *rest )
{
    ULONG i;

    for (i = 0; i < ranges->count; i++)
    {
        UINT64 start = ranges->items[i].InitialOffset, end = range_end( &ranges->items[i] );

        if (end > size) end = size;
        if (end <= start) continue;
        if (offset < end - start)
        {
            *rest = make_range( start + offset, end );
            return TRUE;
        }
        offset -= end - start;
    }
    return FALSE;
}

/* The first gap from START on, not beyond LIMIT. */
static BOOL find_gap( const struct ranges *filled, UINT64 start, UINT64 limit, BG_FILE_RANGE *gap )
{
    BOOL covered;
    UINT64 end;

    for (; start < limit; start = end)
    {
        end = run_from( filled, start, &covered );
        if (covered) continue;
        *gap = make_range( start, end < limit ? end : limit );
        return TRUE;
    }
    return FALSE;
}

BOOL ranges_next_missing( const struct ranges *filled, UINT64 position, UINT64 size, BG_FILE_RANGE *missing )
{
    return find_gap( filled, position, size, missing ) || find_gap( filled, 0, size, missing );
}
