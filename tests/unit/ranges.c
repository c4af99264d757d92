/*
 * Tests of byte ranges, of files with ranges and of on-demand mode
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
#include "job/job.h"

#define EOF_ BG_LENGTH_TO_EOF

static const GUID id = { 1, 2, 3, { 4 } };

static struct job *new_job(void)
{
    struct job *job = NULL;

    check( job_create( L"name", BG_JOB_TYPE_DOWNLOAD, &id, 1000, &job ) == S_OK, "no job\n" );
    return job;
}

static struct job *new_job_with_file( const WCHAR *remote )
{
    BG_FILE_INFO info = { (WCHAR *)remote, (WCHAR *)L"C:\\x" };
    struct job *job = new_job();

    check( job_add_files( job, 1, &info ) == S_OK, "no file\n" );
    return job;
}

/* Compares a list with items, of which the last has the offset EOF_. */
static void check_ranges( const struct ranges *ranges, const BG_FILE_RANGE *items, unsigned int test )
{
    ULONG i;

    for (i = 0; items[i].InitialOffset != EOF_; i++)
    {
        if (!check( i < ranges->count, "%u: only %u\n", test, (unsigned int)ranges->count )) return;
        check( ranges->items[i].InitialOffset == items[i].InitialOffset && ranges->items[i].Length == items[i].Length,
               "%u: item %u is %llu:%llu\n", test, (unsigned int)i, (unsigned long long)ranges->items[i].InitialOffset,
               (unsigned long long)ranges->items[i].Length );
    }
    check( ranges->count == i, "%u: %u items\n", test, (unsigned int)ranges->count );
}

/* spec: api 2.5, 5.4.2 */
static void ranges_are_checked_in_order_of_offset_only(void)
{
    static const struct
    {
        HRESULT hr;
        ULONG count;
        BG_FILE_RANGE items[3];
    }
    tests[] =
    {
        { S_OK, 1, { { 0, 1 } } },
        { S_OK, 1, { { 0, EOF_ } } },
        { S_OK, 2, { { 5, 5 }, { 0, 5 } } },                            /* touching, in any order */
        { S_OK, 3, { { 100, 100 }, { 1000, 100 }, { 200, 100 } } },
        { S_OK, 2, { { 10, EOF_ }, { 0, 10 } } },
        { S_OK, 1, { { EOF_ - 2, 1 } } },
        { BG_E_INVALID_RANGE, 1, { { EOF_, 1 } } },
        { BG_E_INVALID_RANGE, 1, { { EOF_, EOF_ } } },
        { BG_E_INVALID_RANGE, 1, { { 2, EOF_ - 1 } } },                 /* ends behind 64 bits */
        { BG_E_INVALID_RANGE, 3, { { 0, 5 }, { 0, 5 }, { EOF_, 1 } } }, /* before overlaps are looked for */
        { BG_E_OVERLAPPING_RANGES, 2, { { 0, 5 }, { 0, 5 } } },
        { BG_E_OVERLAPPING_RANGES, 2, { { 0, 5 }, { 4, 5 } } },
        { BG_E_OVERLAPPING_RANGES, 2, { { 4, 5 }, { 0, 5 } } },
        { BG_E_OVERLAPPING_RANGES, 2, { { 0, EOF_ }, { 400, 1 } } },
        { BG_E_OVERLAPPING_RANGES, 2, { { 0, EOF_ }, { 400, EOF_ } } },
        { BG_E_OVERLAPPING_RANGES, 3, { { 0, 100 }, { 300, 1 }, { 99, 1 } } },
        /* of two with the same offset the longer must not be the first */
        { S_OK, 2, { { 100, 0 }, { 100, 5 } } },
        { BG_E_OVERLAPPING_RANGES, 2, { { 100, 5 }, { 100, 0 } } },
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        HRESULT hr = ranges_check( tests[i].count, tests[i].items );

        check( hr == tests[i].hr, "%u: %#x\n", i, (unsigned int)hr );
    }
}

static void ranges_behind_the_end_of_the_file_are_invalid(void)
{
    static const struct
    {
        HRESULT hr;
        BG_FILE_RANGE item;
        UINT64 size;
    }
    tests[] =
    {
        { S_OK, { 0, 10 }, 10 },
        { S_OK, { 10, 0 }, 10 },
        { S_OK, { 10, EOF_ }, 10 },
        { BG_E_INVALID_RANGE, { 0, 11 }, 10 },
        { BG_E_INVALID_RANGE, { 11, 0 }, 10 },
        { BG_E_INVALID_RANGE, { 11, EOF_ }, 10 },
        { BG_E_INVALID_RANGE, { 5, EOF_ - 1 }, 10 },
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        HRESULT hr = ranges_within( 1, &tests[i].item, tests[i].size );

        check( hr == tests[i].hr, "%u: %#x\n", i, (unsigned int)hr );
    }
}

static void totals_know_what_the_end_of_the_file_is(void)
{
    BG_FILE_RANGE plain[] = { { 100, 100 }, { 900, 100 }, { 400, 100 } }, open[] = { { 0, 10 }, { 50, EOF_ } };
    struct ranges none = { NULL, 0 }, three = { plain, 3 }, two = { open, 2 };

    check( ranges_total( &none, 5 ) == 0, "no ranges\n" );
    check( ranges_total( &three, BG_SIZE_UNKNOWN ) == 300, "the size does not matter\n" );
    check( ranges_total( &two, BG_SIZE_UNKNOWN ) == BG_SIZE_UNKNOWN, "the size matters\n" );
    check( ranges_total( &two, 70 ) == 30, "10 + 20\n" );
    check( ranges_total( &two, 40 ) == 10, "behind the end\n" );
}

/* spec: api 5.9.15 */
static void filled_ranges_are_sorted_and_merged(void)
{
    static const struct
    {
        ULONG count;
        BG_FILE_RANGE items[5], expect[5];
    }
    tests[] =
    {
        { 1, { { 0, 0 } }, { { EOF_ } } },
        { 1, { { 0, 5 } }, { { 0, 5 }, { EOF_ } } },
        { 2, { { 50, 5 }, { 0, 5 } }, { { 0, 5 }, { 50, 5 }, { EOF_ } } },
        { 2, { { 5, 5 }, { 0, 5 } }, { { 0, 10 }, { EOF_ } } },
        { 2, { { 0, 5 }, { 5, 5 } }, { { 0, 10 }, { EOF_ } } },
        { 2, { { 0, 5 }, { 6, 5 } }, { { 0, 5 }, { 6, 5 }, { EOF_ } } },
        { 2, { { 0, 50 }, { 10, 5 } }, { { 0, 50 }, { EOF_ } } },
        { 2, { { 10, 5 }, { 0, 50 } }, { { 0, 50 }, { EOF_ } } },
        { 3, { { 0, 5 }, { 10, 5 }, { 5, 5 } }, { { 0, 15 }, { EOF_ } } },
        { 5, { { 0, 1 }, { 10, 1 }, { 20, 1 }, { 30, 1 }, { 5, 20 } },
             { { 0, 1 }, { 5, 20 }, { 30, 1 }, { EOF_ } } },
    };
    unsigned int i, j;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        struct ranges filled = { NULL, 0 };

        for (j = 0; j < tests[i].count; j++)
            check( ranges_fill( &filled, tests[i].items[j].InitialOffset, tests[i].items[j].Length ) == S_OK, "fill\n" );
        check_ranges( &filled, tests[i].expect, i );
        ranges_clear( &filled );
    }
}

/* spec: api 5.9.14 */
static void requested_ranges_are_split_against_filled_and_pending_ones(void)
{
    static const struct
    {
        UINT64 size;
        HRESULT hr;
        ULONG count;
        BG_FILE_RANGE items[3], expect[6];
    }
    tests[] =
    {
        /* filled: 10-19 and 40-49; pending: 60-69 */
        { 100, S_OK, 1, { { 20, 10 } }, { { 60, 10 }, { 20, 10 }, { EOF_ } } },
        { 100, S_OK, 1, { { 10, 10 } }, { { 60, 10 }, { EOF_ } } },
        { 100, S_OK, 1, { { 12, 3 } }, { { 60, 10 }, { EOF_ } } },
        { 100, S_OK, 1, { { 60, 10 } }, { { 60, 10 }, { EOF_ } } },
        { 100, S_OK, 1, { { 5, 10 } }, { { 60, 10 }, { 5, 5 }, { EOF_ } } },
        { 100, S_OK, 1, { { 15, 10 } }, { { 60, 10 }, { 20, 5 }, { EOF_ } } },
        { 100, S_OK, 1, { { 0, 100 } }, { { 60, 10 }, { 0, 10 }, { 20, 20 }, { 50, 10 }, { 70, 30 }, { EOF_ } } },
        { 100, S_OK, 1, { { 65, EOF_ } }, { { 60, 10 }, { 70, 30 }, { EOF_ } } },
        { 100, S_OK, 1, { { 100, EOF_ } }, { { 60, 10 }, { EOF_ } } },
        { BG_SIZE_UNKNOWN, S_OK, 1, { { 65, EOF_ } }, { { 60, 10 }, { 70, EOF_ }, { EOF_ } } },
        { BG_SIZE_UNKNOWN, S_OK, 2, { { 80, EOF_ }, { 90, 5 } }, { { 60, 10 }, { 80, EOF_ }, { EOF_ } } },
        /* the order asked for is kept, and one request is split against another */
        { 100, S_OK, 2, { { 90, 5 }, { 85, 15 } }, { { 60, 10 }, { 90, 5 }, { 85, 5 }, { 95, 5 }, { EOF_ } } },
        /* all or none */
        { 100, BG_E_INVALID_RANGE, 2, { { 20, 10 }, { 99, 2 } }, { { 60, 10 }, { EOF_ } } },
        { 100, BG_E_INVALID_RANGE, 2, { { 20, 10 }, { 30, 0 } }, { { 60, 10 }, { EOF_ } } },
        { BG_SIZE_UNKNOWN, BG_E_INVALID_RANGE, 1, { { EOF_, 1 } }, { { 60, 10 }, { EOF_ } } },
    };
    BG_FILE_RANGE there[] = { { 10, 10 }, { 40, 10 } };
    struct ranges filled = { there, 2 };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        static const BG_FILE_RANGE pending = { 60, 10 };
        struct ranges requested = { NULL, 0 };
        HRESULT hr;

        check( ranges_copy( &requested, 1, &pending ) == S_OK, "copy\n" );
        hr = ranges_request( &requested, &filled, tests[i].count, tests[i].items, tests[i].size );
        check( hr == tests[i].hr, "%u: %#x\n", i, (unsigned int)hr );
        check_ranges( &requested, tests[i].expect, i );
        ranges_clear( &requested );
    }
}

static void served_bytes_are_requested_no_more(void)
{
    static const struct
    {
        BG_FILE_RANGE removed, expect[5];
    }
    tests[] =
    {
        /* requested: 50-59, 0-9, 80 to the end */
        { { 20, 10 }, { { 50, 10 }, { 0, 10 }, { 80, EOF_ }, { EOF_ } } },
        { { 50, 10 }, { { 0, 10 }, { 80, EOF_ }, { EOF_ } } },
        { { 52, 2 }, { { 50, 2 }, { 54, 6 }, { 0, 10 }, { 80, EOF_ }, { EOF_ } } },
        { { 0, 55 }, { { 55, 5 }, { 80, EOF_ }, { EOF_ } } },
        { { 80, 10 }, { { 50, 10 }, { 0, 10 }, { 90, EOF_ }, { EOF_ } } },
        { { 100, EOF_ }, { { 50, 10 }, { 0, 10 }, { 80, 20 }, { EOF_ } } },     /* the size is known now */
        { { 80, EOF_ }, { { 50, 10 }, { 0, 10 }, { EOF_ } } },
        { { 0, EOF_ }, { { EOF_ } } },
    };
    static const BG_FILE_RANGE asked[] = { { 50, 10 }, { 0, 10 }, { 80, EOF_ } };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        struct ranges requested = { NULL, 0 };

        check( ranges_copy( &requested, ARRAY_SIZE(asked), asked ) == S_OK, "copy\n" );
        check( ranges_remove( &requested, tests[i].removed.InitialOffset, tests[i].removed.Length ) == S_OK, "%u\n", i );
        check_ranges( &requested, tests[i].expect, i );
        ranges_clear( &requested );
    }
}

/* spec: api 5.9.13 */
static void missing_bytes_are_looked_for_from_the_position_on(void)
{
    static const struct
    {
        UINT64 position, size;
        BOOL missing;
        BG_FILE_RANGE gap;
    }
    tests[] =
    {
        /* filled: 10-19 and 40-49 */
        { 0, 100, TRUE, { 0, 10 } },
        { 5, 100, TRUE, { 5, 5 } },
        { 10, 100, TRUE, { 20, 20 } },
        { 45, 100, TRUE, { 50, 50 } },
        { 99, 100, TRUE, { 99, 1 } },
        { 45, 50, TRUE, { 0, 10 } },
        { 100, 100, TRUE, { 0, 10 } },
        { 12, 15, TRUE, { 0, 10 } },
        { 0, 0, FALSE },
        { 7, 0, FALSE },
    };
    BG_FILE_RANGE there[] = { { 10, 10 }, { 40, 10 } }, all = { 0, 50 }, gap;
    struct ranges filled = { there, 2 }, whole = { &all, 1 };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        BOOL missing = ranges_next_missing( &filled, tests[i].position, tests[i].size, &gap );

        check( missing == tests[i].missing, "%u: %d\n", i, missing );
        if (missing) check( gap.InitialOffset == tests[i].gap.InitialOffset && gap.Length == tests[i].gap.Length,
                            "%u: %llu:%llu\n", i, (unsigned long long)gap.InitialOffset,
                            (unsigned long long)gap.Length );
    }
    check( !ranges_next_missing( &whole, 20, 50, &gap ), "nothing is missing\n" );
}

static void bytes_of_ranges_are_located(void)
{
    static const struct
    {
        UINT64 size, offset;
        BOOL found;
        BG_FILE_RANGE rest;
    }
    tests[] =
    {
        /* 20-29, 5, 50 to the end */
        { 100, 0, TRUE, { 20, 10 } },
        { 100, 9, TRUE, { 29, 1 } },
        { 100, 10, TRUE, { 5, 1 } },
        { 100, 11, TRUE, { 50, 50 } },
        { 100, 60, TRUE, { 99, 1 } },
        { 100, 61, FALSE },
        { 50, 11, FALSE },
        { 40, 11, FALSE },
        { BG_SIZE_UNKNOWN, 10, TRUE, { 5, 1 } },
        { BG_SIZE_UNKNOWN, 61, TRUE, { 100, BG_LENGTH_TO_EOF } },
    };
    BG_FILE_RANGE items[] = { { 20, 10 }, { 5, 1 }, { 50, BG_LENGTH_TO_EOF } }, rest;
    struct ranges ranges = { items, ARRAY_SIZE(items) };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        BOOL found = ranges_locate( &ranges, tests[i].size, tests[i].offset, &rest );

        check( found == tests[i].found, "%u: %d\n", i, found );
        if (found) check( rest.InitialOffset == tests[i].rest.InitialOffset && rest.Length == tests[i].rest.Length,
                          "%u: %llu:%llu\n", i, (unsigned long long)rest.InitialOffset,
                          (unsigned long long)rest.Length );
    }
}

/* A few thousand random steps, compared with a map that has a byte for each byte. */
static void range_lists_agree_with_a_map_of_bytes(void)
{
    enum { SIZE = 200 };
    struct ranges filled = { NULL, 0 }, requested = { NULL, 0 };
    unsigned char map[SIZE] = { 0 };    /* 1: requested, 2: filled */
    unsigned int seed = 1, step, i;
    ULONG j;

    for (step = 0; step < 5000; step++)
    {
        unsigned char now[SIZE] = { 0 };
        BG_FILE_RANGE range;
        BOOL fill;

        seed = seed * 1103515245 + 12345;
        range.InitialOffset = (seed >> 16) % SIZE;
        seed = seed * 1103515245 + 12345;
        range.Length = 1 + (seed >> 16) % 10;
        if (range.Length > SIZE - range.InitialOffset) range.Length = SIZE - range.InitialOffset;
        fill = (seed >> 28) & 1;
        if (!(step % 100))
        {
            ranges_clear( &filled );
            ranges_clear( &requested );
            memset( map, 0, sizeof(map) );
        }
        for (i = range.InitialOffset; i < range.InitialOffset + range.Length; i++)
            if (fill) map[i] = 2;
            else if (!map[i]) map[i] = 1;

        if (fill)
        {
            check( ranges_fill( &filled, range.InitialOffset, range.Length ) == S_OK, "fill\n" );
            check( ranges_remove( &requested, range.InitialOffset, range.Length ) == S_OK, "remove\n" );
        }
        else check( ranges_request( &requested, &filled, 1, &range, SIZE ) == S_OK, "request\n" );

        for (j = 0; j < requested.count; j++)
            for (i = 0; i < requested.items[j].Length; i++) now[requested.items[j].InitialOffset + i] += 1;
        for (j = 0; j < filled.count; j++)
        {
            for (i = 0; i < filled.items[j].Length; i++) now[filled.items[j].InitialOffset + i] += 2;
            if (j) check( filled.items[j].InitialOffset > filled.items[j - 1].InitialOffset +
                          filled.items[j - 1].Length, "step %u: not merged\n", step );
        }
        if (!check( !memcmp( now, map, sizeof(map) ), "step %u\n", step )) break;
    }
    ranges_clear( &filled );
    ranges_clear( &requested );
}

/* --- files with ranges ------------------------------------------------------------------------------------------- */

/* spec: api 5.4.2 */
static void file_with_ranges_is_checked_as_documented(void)
{
    static const BG_FILE_RANGE good[] = { { 100, 100 }, { 900, 100 } }, bad[] = { { EOF_, 1 }, { 0, 1 } },
                               overlap[] = { { 0, 5 }, { 0, 5 } };
    static const struct
    {
        HRESULT hr;
        const WCHAR *remote, *local;
        ULONG count;
        const BG_FILE_RANGE *ranges;
        ULONG max;
    }
    tests[] =
    {
        { S_OK, L"http://server/x", L"C:\\x", 2, good, 2 },
        { S_OK, L"https://server/x", L"C:\\x", 1, good, JOB_NO_LIMIT },
        { E_INVALIDARG, L"http://server/x", L"C:\\x", 0, good, 2 },
        { E_INVALIDARG, L"http://server/x", L"C:\\x", 2, NULL, 2 },
        { E_INVALIDARG, L"http://server/x", L"x", 2, good, 2 },
        { E_INVALIDARG, L"http://server/x", NULL, 2, good, 2 },
        { E_INVALIDARG, NULL, L"C:\\x", 2, good, 2 },
        { E_INVALIDARG, L"ftp://server/x", L"C:\\x", 2, good, 2 },
        { E_INVALIDARG, L"\\\\server\\share\\x", L"C:\\x", 2, good, 2 },
        { E_INVALIDARG, L"file://server/share/x", L"C:\\x", 2, good, 2 },
        { BG_E_TOO_MANY_RANGES_IN_FILE, L"http://server/x", L"C:\\x", 2, good, 1 },
        { BG_E_TOO_MANY_RANGES_IN_FILE, L"http://server/x", L"C:\\x", 2, bad, 1 },
        { BG_E_INVALID_RANGE, L"http://server/x", L"C:\\x", 2, bad, 2 },
        { BG_E_OVERLAPPING_RANGES, L"http://server/x", L"C:\\x", 2, overlap, 2 },
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        struct job *job = new_job();
        HRESULT hr = job_add_file_with_ranges( job, tests[i].remote, tests[i].local, tests[i].count, tests[i].ranges,
                                               tests[i].max );

        check( hr == tests[i].hr, "%u: %#x\n", i, (unsigned int)hr );
        check( job->file_count == (hr == S_OK), "%u: %u files\n", i, (unsigned int)job->file_count );
        if (hr == S_OK)
        {
            check( job->files[0]->ranges.count == tests[i].count, "%u: count\n", i );
            check( !memcmp( job->files[0]->ranges.items, tests[i].ranges, tests[i].count * sizeof(*tests[i].ranges) ),
                   "%u: not as given\n", i );
        }
        job_destroy( job );
    }
}

static void file_with_ranges_needs_a_plain_download(void)
{
    static const BG_FILE_RANGE range = { 0, 5 };
    struct job *job = new_job();

    job->type = BG_JOB_TYPE_UPLOAD;
    check( job_add_file_with_ranges( job, L"http://s/x", L"C:\\x", 1, &range, 9 ) == E_NOTIMPL, "upload\n" );
    job->type = BG_JOB_TYPE_DOWNLOAD;
    job->options.dynamic_content = TRUE;
    check( job_add_file_with_ranges( job, L"http://s/x", L"C:\\x", 1, &range, 9 ) ==
           BG_E_UNSUPPORTED_JOB_CONFIGURATION, "dynamic content\n" );
    job->options.dynamic_content = FALSE;
    job->options.on_demand = TRUE;
    check( job_add_file_with_ranges( job, L"http://s/x", L"C:\\x", 1, &range, 9 ) ==
           BG_E_UNSUPPORTED_JOB_CONFIGURATION, "on-demand mode\n" );
    check( !job->file_count, "added\n" );
    job_destroy( job );
}

/* spec: api 2.5 BG_FILE_PROGRESS, behaviour 1.6 */
static void progress_counts_requested_bytes_only(void)
{
    static const BG_FILE_RANGE closed[] = { { 100, 100 }, { 900, 100 } }, open = { 50, EOF_ };
    struct job *job = new_job();
    BG_FILE_PROGRESS file;
    BG_JOB_PROGRESS sum;

    check( job_add_file_with_ranges( job, L"http://s/x", L"C:\\x", 2, closed, 9 ) == S_OK, "closed\n" );
    job_get_progress( job, &sum );
    check( sum.BytesTotal == 200 && !sum.BytesTransferred, "known before the size is\n" );
    job->files[0]->offset = 120;
    job->files[0]->size = 5000;
    job_file_get_progress( job->files[0], &file );
    check( file.BytesTotal == 200 && file.BytesTransferred == 120 && !file.Completed, "of the file\n" );

    check( job_add_file_with_ranges( job, L"http://s/y", L"C:\\y", 1, &open, 9 ) == S_OK, "open\n" );
    job_get_progress( job, &sum );
    check( sum.BytesTotal == BG_SIZE_UNKNOWN && sum.BytesTransferred == 120, "the end is not known\n" );
    job->files[1]->size = 80;
    job_get_progress( job, &sum );
    check( sum.BytesTotal == 230, "%llu bytes\n", (unsigned long long)sum.BytesTotal );
    job_destroy( job );
}

/* --- on-demand mode ---------------------------------------------------------------------------------------------- */

/* spec: api 5.9.13 - 5.9.15 */
static void random_access_has_requirements(void)
{
    enum { NOTHING, UPLOAD, DYNAMIC, METHOD, RANGES, SHARE };
    static const struct
    {
        HRESULT hr;
        int what;
    }
    tests[] =
    {
        { S_OK, NOTHING },
        { BG_E_RANDOM_ACCESS_NOT_SUPPORTED, UPLOAD },
        { BG_E_RANDOM_ACCESS_NOT_SUPPORTED, DYNAMIC },
        { BG_E_RANDOM_ACCESS_NOT_SUPPORTED, METHOD },
        { BG_E_RANDOM_ACCESS_NOT_SUPPORTED, RANGES },
        { BG_E_RANDOM_ACCESS_NOT_SUPPORTED, SHARE },
    };
    static const BG_FILE_RANGE range = { 0, 5 };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        int what = tests[i].what;
        struct job *job = new_job_with_file( what == SHARE ? L"\\\\server\\share\\x" : L"http://server/x" );
        struct job_file *file = job->files[0];
        struct ranges filled;
        HRESULT hr;

        if (what == UPLOAD) job->type = BG_JOB_TYPE_UPLOAD;
        if (what == DYNAMIC) job->options.dynamic_content = TRUE;
        if (what == METHOD) check( job_set_method( job, L"POST" ) == S_OK, "method\n" );
        if (what == RANGES) check( ranges_copy( &file->ranges, 1, &range ) == S_OK, "ranges\n" );
        hr = job_file_request_ranges( job, file, 1, &range );
        check( hr == tests[i].hr && file->requested.count == (hr == S_OK), "%u: request %#x\n", i, (unsigned int)hr );
        hr = job_file_set_position( job, file, 7 );
        check( hr == tests[i].hr && file->position == (hr == S_OK ? 7 : 0), "%u: position %#x\n", i, (unsigned int)hr );
        hr = job_file_get_filled( job, file, &filled );
        check( hr == tests[i].hr && !filled.count, "%u: filled %#x\n", i, (unsigned int)hr );
        job_destroy( job );
    }
}

static void requests_and_positions_stay_in_the_file(void)
{
    static const BG_FILE_RANGE behind = { 90, 11 }, last = { 90, EOF_ };
    struct job *job = new_job_with_file( L"http://server/x" );
    struct job_file *file = job->files[0];

    check( job_file_request_ranges( job, file, 0, &last ) == E_INVALIDARG, "nothing\n" );
    check( job_file_request_ranges( job, file, 1, NULL ) == E_INVALIDARG, "NULL\n" );
    file->size = 100;
    check( job_file_request_ranges( job, file, 1, &behind ) == BG_E_INVALID_RANGE, "behind the end\n" );
    check( job_file_request_ranges( job, file, 1, &last ) == S_OK, "the last bytes\n" );
    check( file->requested.count == 1 && file->requested.items[0].Length == 10, "not cut at the end\n" );
    check( job_file_set_position( job, file, 101 ) == BG_E_INVALID_RANGE && !file->position, "behind the end\n" );
    check( job_file_set_position( job, file, 100 ) == S_OK && file->position == 100, "the end\n" );
    job_destroy( job );
}

static void file_filled_from_its_start_has_one_filled_range(void)
{
    static const BG_FILE_RANGE all = { 0, 100 };
    struct job *job = new_job_with_file( L"http://server/x" );
    struct job_file *file = job->files[0];
    BG_FILE_PROGRESS progress;
    struct ranges filled;

    file->size = 100;
    file->offset = 30;
    check( job_file_get_filled( job, file, &filled ) == S_OK && filled.count == 1, "%u ranges\n",
           (unsigned int)filled.count );
    check( !filled.items[0].InitialOffset && filled.items[0].Length == 30, "not its start\n" );
    ranges_clear( &filled );
    check( job_file_request_ranges( job, file, 1, &all ) == S_OK && file->requested.count == 1, "request\n" );
    check( file->requested.items[0].InitialOffset == 30 && file->requested.items[0].Length == 70, "twice\n" );

    check( ranges_fill( &file->filled, 0, 30 ) == S_OK && ranges_fill( &file->filled, 50, 5 ) == S_OK, "fill\n" );
    check( job_file_get_filled( job, file, &filled ) == S_OK && filled.count == 2, "%u ranges\n",
           (unsigned int)filled.count );
    ranges_clear( &filled );
    job_file_get_progress( file, &progress );
    check( progress.BytesTotal == 100 && progress.BytesTransferred == 35, "progress\n" );
    job_destroy( job );
}

/* The ranges of the file's next pieces, as "start+length " each. */
static const char *pieces_of( const struct job *job, struct job_file *file )
{
    static char text[200];
    struct ranges pieces;
    unsigned int i;
    size_t length = 0;

    check( job_file_get_pieces( job, file, &pieces ) == S_OK, "pieces\n" );
    for (i = text[0] = 0; i < pieces.count; i++)
        length += snprintf( text + length, sizeof(text) - length, "%llu+%lld ",
                            (unsigned long long)pieces.items[i].InitialOffset, (long long)pieces.items[i].Length );
    ranges_clear( &pieces );
    return text;
}

static void fill( struct job_file *file, UINT64 offset, UINT64 length )
{
    BG_FILE_RANGE range = { offset, length };

    check( job_file_fill( file, &range ) == S_OK, "fill\n" );
}

/* spec: api 5.9.13, 5.9.14 */
static void pieces_are_requests_and_then_gaps(void)
{
    static const BG_FILE_RANGE asked[] = { { 60, 10 }, { 90, BG_LENGTH_TO_EOF } };
    struct job *job = new_job_with_file( L"http://server/x" );
    struct job_file *file = job->files[0];

    check( !job_file_is_random( job, file ), "from its beginning to its end\n" );
    check( job_file_set_position( job, file, 50 ) == S_OK, "position\n" );
    check( job_file_is_random( job, file ), "from its middle\n" );
    check( !strcmp( pieces_of( job, file ), "50+-1 " ), "no size: %s\n", pieces_of( job, file ) );

    file->size = 100;
    file->offset = 30;
    file->durable = 20;
    check( !strcmp( pieces_of( job, file ), "50+50 30+20 " ), "a gap: %s\n", pieces_of( job, file ) );
    check( !file->offset && !file->durable && file->filled.items[0].Length == 30 &&
           file->durable_filled.items[0].Length == 20, "still from the beginning\n" );
    check( job_file_request_ranges( job, file, 2, asked ) == S_OK, "request\n" );
    check( !strcmp( pieces_of( job, file ), "60+10 90+10 " ), "requests: %s\n", pieces_of( job, file ) );
    check( job_next_work( job ) == 0, "no work\n" );
    job->options.on_demand = TRUE;

    fill( file, 60, 10 );
    fill( file, 90, 10 );
    check( !file->requested.count, "%u requests\n", (unsigned int)file->requested.count );
    check( !job_file_finish_pieces( file ), "whole\n" );
    check( file->durable_filled.count == 3, "%u durable\n", (unsigned int)file->durable_filled.count );
    check( job_next_work( job ) == -1, "work on demand\n" );
    job->options.on_demand = FALSE;
    check( job_next_work( job ) == 0, "no work\n" );
    check( !strcmp( pieces_of( job, file ), "50+10 70+20 30+20 " ), "gaps: %s\n", pieces_of( job, file ) );

    fill( file, 30, 30 );
    fill( file, 70, 20 );
    check( !strcmp( pieces_of( job, file ), "" ), "whole: %s\n", pieces_of( job, file ) );
    check( job_file_finish_pieces( file ) && file->offset == 100 && !file->filled.count, "not whole\n" );
    job_destroy( job );
}

static void request_to_an_unknown_end_is_served_at_the_end(void)
{
    static const BG_FILE_RANGE asked = { 90, BG_LENGTH_TO_EOF };
    struct job *job = new_job_with_file( L"http://server/x" );
    struct job_file *file = job->files[0];

    job->options.on_demand = TRUE;
    check( job_file_request_ranges( job, file, 1, &asked ) == S_OK, "request\n" );
    check( !strcmp( pieces_of( job, file ), "90+-1 " ), "%s\n", pieces_of( job, file ) );
    file->size = 100;
    fill( file, 90, 10 );
    check( !job_file_finish_pieces( file ) && !file->requested.count, "%u requests\n",
           (unsigned int)file->requested.count );
    job_file_forget( file );
    check( !file->filled.count && !file->durable_filled.count && file->size == BG_SIZE_UNKNOWN, "not forgotten\n" );
    job_destroy( job );
}

static void files_that_were_asked_for_come_first(void)
{
    static const BG_FILE_RANGE asked = { 0, 10 };
    struct job *job = new_job_with_file( L"http://server/x" );
    BG_FILE_INFO second = { (WCHAR *)L"http://server/y", (WCHAR *)L"C:\\y" };

    check( job_add_files( job, 1, &second ) == S_OK, "add\n" );
    check( job_next_work( job ) == 0, "in their order\n" );
    check( job_file_request_ranges( job, job->files[1], 1, &asked ) == S_OK, "request\n" );
    check( job_next_work( job ) == 1, "the other one\n" );
    job_file_drop_requests( job->files[1] );
    check( job_next_work( job ) == 0, "in their order\n" );
    job_destroy( job );
}

const struct test ranges_tests[] =
{
    TEST(ranges_are_checked_in_order_of_offset_only),
    TEST(ranges_behind_the_end_of_the_file_are_invalid),
    TEST(totals_know_what_the_end_of_the_file_is),
    TEST(filled_ranges_are_sorted_and_merged),
    TEST(requested_ranges_are_split_against_filled_and_pending_ones),
    TEST(served_bytes_are_requested_no_more),
    TEST(missing_bytes_are_looked_for_from_the_position_on),
    TEST(bytes_of_ranges_are_located),
    TEST(range_lists_agree_with_a_map_of_bytes),
    TEST(file_with_ranges_is_checked_as_documented),
    TEST(file_with_ranges_needs_a_plain_download),
    TEST(progress_counts_requested_bytes_only),
    TEST(random_access_has_requirements),
    TEST(requests_and_positions_stay_in_the_file),
    TEST(file_filled_from_its_start_has_one_filled_range),
    TEST(pieces_are_requests_and_then_gaps),
    TEST(request_to_an_unknown_end_is_served_at_the_end),
    TEST(files_that_were_asked_for_come_first),
    { NULL }
};
