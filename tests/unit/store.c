/*
 * Tests of the store: records and journals
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


#include "journal.h"
#include "unit.h"

/* --- tests -------------------------------------------------------------------------------------------------------- */

static void cover( const struct table *table, char *covered )
{
    static const size_t sizes[] =
    {
        [KIND_U64] = 8, [KIND_TIME] = 8, [KIND_TICK] = 8, [KIND_STRING] = sizeof(WCHAR *),
        [KIND_SECRET] = sizeof(WCHAR *), [KIND_URL] = sizeof(WCHAR *), [KIND_GUID] = 16,
        [KIND_HASH] = JOB_CERT_HASH_SIZE, [KIND_RANGES] = sizeof(struct ranges)
    };
    unsigned int i;

    for (i = 0; i < table->count; i++)
    {
        size_t size = sizes[table->members[i].kind];

        memset( covered + table->members[i].offset, 1, size ? size : 4 );
    }
}

/* Holes that the alignment of 64 bits leaves.  A member that fills such a hole is not noticed here, all others are. */
#define JOB_PADDING  36
#define FILE_PADDING 8

/* Whoever adds a member to these structures has to decide whether it is stored. */
static void test_every_member(void)
{
    static const struct { size_t offset, size; } not_in_table[] =
    {
#define MEMBER( member ) { offsetof( struct job, member ), sizeof(((struct job *)0)->member) }
        /* not stored */
        MEMBER( entry ), MEMBER( refs ), MEMBER( operation ), MEMBER( held ), MEMBER( run ), MEMBER( notify ),
        MEMBER( turn ), MEMBER( helper ), MEMBER( active_since ), MEMBER( slice_end ),
        MEMBER( writing ), MEMBER( persist ), MEMBER( unsaved ),
        /* stored in another way */
        MEMBER( owner ), MEMBER( id ), MEMBER( http.headers ), MEMBER( credentials ), MEMBER( files ),
        MEMBER( file_count ),
#undef MEMBER
    };
    char job[sizeof(struct job)] = { 0 }, file[sizeof(struct job_file)] = { 0 };
    size_t i, padding;

    cover( &job_fields, job );
    for (i = 0; i < ARRAY_SIZE(not_in_table); i++) memset( job + not_in_table[i].offset, 1, not_in_table[i].size );
    for (i = padding = 0; i < sizeof(job); i++) if (!job[i]) padding++;
    check( padding == JOB_PADDING, "%zu bytes of struct job are not stored\n", padding );

    cover( &file_fields, file );
    memset( file + offsetof( struct job_file, stored_remote ), 1, sizeof(WCHAR *) );
    memset( file + offsetof( struct job_file, unsaved ), 1, sizeof(enum unsaved) );
    memset( file + offsetof( struct job_file, filled ), 1, sizeof(struct ranges) );
    memset( file + offsetof( struct job_file, arrived ), 1, sizeof(struct ranges) );
    for (i = padding = 0; i < sizeof(file); i++) if (!file[i]) padding++;
    check( padding == FILE_PADDING, "%zu bytes of struct job_file are not stored\n", padding );
}

static void test_tags(void)
{
    static const struct table *tables[] =
    {
        &job_fields, &file_fields, &owner_fields, &credentials_fields, &progress_file_fields, &progress_job_fields
    };
    unsigned int t, i;

    for (t = 0; t < ARRAY_SIZE(tables); t++)
    {
        for (i = 0; i < tables[t]->count; i++)
        {
            unsigned int tag = tables[t]->members[i].tag;

            check( tag && tag < 0x100, "table %u has tag %u\n", t, tag );
            check( !i || tag > tables[t]->members[i - 1].tag, "table %u has tag %u twice\n", t, tag );
        }
    }
}

static void test_checksum(void)
{
    static const unsigned char zeros[32];

    check( checksum( "123456789", 9 ) == 0xe3069283, "%#x\n", checksum( "123456789", 9 ) );
    check( checksum( zeros, 32 ) == 0x8a9136aa, "%#x\n", checksum( zeros, 32 ) );      /* RFC 3720, B.4 */
    check( checksum( "", 0 ) == 0, "%#x\n", checksum( "", 0 ) );
}

static void test_round_trip(void)
{
    static struct journal journal;
    struct store_reading reading;
    struct store_owner owner;
    struct job *job = full_job( &owner );

    journal_snapshot( &journal, job, &owner );
    if (check( journal_read( journal.data, journal.size, &reading ) == STORE_GOOD, "%s\n", reading.reason ))
    {
        compare_jobs( job, reading.job, TRUE );
        compare( &owner_fields, &owner, &reading.owner, TRUE );
        check( reading.good == journal.size && reading.snapshot == journal.size, "lengths\n" );
        check( reading.records == 1 && !reading.secrets_lost, "%u records\n", reading.records );
    }
    reading_free( &reading );
    job_destroy( job );
    store_owner_free( &owner );
}

static void test_changes(void)
{
    static struct journal journal;
    struct store_reading reading;
    struct store_owner owner;
    struct job *job = small_journal( &journal, &owner );

    if (check( journal_read( journal.data, journal.size, &reading ) == STORE_GOOD, "%s\n", reading.reason ))
    {
        compare_jobs( job, reading.job, FALSE );
        check( reading.records == 4 && reading.snapshot == journal.ends[1], "%u records\n", reading.records );
    }
    reading_free( &reading );
    job_destroy( job );
    store_owner_free( &owner );
}

static void test_restart(void)
{
    static const struct { BG_JOB_STATE before, after; } states[] =
    {
        { BG_JOB_STATE_QUEUED, BG_JOB_STATE_QUEUED },
        { BG_JOB_STATE_CONNECTING, BG_JOB_STATE_QUEUED },
        { BG_JOB_STATE_TRANSFERRING, BG_JOB_STATE_QUEUED },
        { BG_JOB_STATE_SUSPENDED, BG_JOB_STATE_SUSPENDED },
        { BG_JOB_STATE_ERROR, BG_JOB_STATE_ERROR },
        { BG_JOB_STATE_TRANSIENT_ERROR, BG_JOB_STATE_TRANSIENT_ERROR },
        { BG_JOB_STATE_TRANSFERRED, BG_JOB_STATE_TRANSFERRED },
        { BG_JOB_STATE_ACKNOWLEDGED, BG_JOB_STATE_ACKNOWLEDGED },
        { BG_JOB_STATE_CANCELLED, BG_JOB_STATE_CANCELLED },
    };
    static struct journal journal;
    struct store_reading reading;
    struct store_clock later;
    struct store_owner owner;
    struct job *job = full_job( &owner );
    struct job_file *file = job->files[0];
    unsigned int i;

    job->options.high_performance = FALSE;
    file->offset = 5000;
    file->durable = 4000;
    file->stored_remote = file->remote;
    file->remote = wide( "http://other.example/" );
    job->files[1]->transferred = TRUE;
    job->retry_delay = 600;
    job->no_progress = 600;
    job->retry_at = journal_now.tick + 60000;
    job->give_up_at = journal_now.tick + 120000;
    for (i = 0; i < ARRAY_SIZE(states); i++)
    {
        job->state = states[i].before;
        journal_snapshot( &journal, job, &owner );
        if (check( journal_read( journal.data, journal.size, &reading ) == STORE_GOOD, "%s\n", reading.reason ))
        {
            check( reading.job->state == states[i].after, "%u: %u\n", states[i].before, reading.job->state );
            check( reading.job->files[0]->offset == 4000, "not durable\n" );
            check( !wstr_cmp( reading.job->files[0]->remote, file->stored_remote ) &&
                   !reading.job->files[0]->stored_remote, "unsaved remote name\n" );
        }
        reading_free( &reading );
    }

    /* what version 1.0 did not say */
    job->touched = 0;
    journal_snapshot( &journal, job, &owner );
    journal_read( journal.data, journal.size, &reading );
    check( reading.job->touched == job->changed, "%llu\n", (unsigned long long)reading.job->touched );
    reading_free( &reading );
    job->touched = journal_now.time - 5;
    journal_snapshot( &journal, job, &owner );

    /* the machine was started again: its ticks are small, 90 s have passed */
    later.tick = 1000;
    later.time = journal_now.time + 90 * 10000000ull;
    store_read( journal.data, journal.size, &journal_id, &later, &turning, &reading );
    check( reading.job->retry_at == 1, "%llu\n", (unsigned long long)reading.job->retry_at );
    check( reading.job->give_up_at == 31000, "%llu\n", (unsigned long long)reading.job->give_up_at );
    check( reading.job->touched == job->touched, "%llu\n", (unsigned long long)reading.job->touched );
    reading_free( &reading );

    /* the clock was put back by a day */
    later.time = journal_now.time - 86400 * 10000000ull;
    store_read( journal.data, journal.size, &journal_id, &later, &turning, &reading );
    check( reading.job->retry_at == 601000, "%llu\n", (unsigned long long)reading.job->retry_at );
    check( reading.job->give_up_at == 601000, "%llu\n", (unsigned long long)reading.job->give_up_at );
    check( reading.job->touched == later.time, "%llu\n", (unsigned long long)reading.job->touched );
    reading_free( &reading );

    job->options.high_performance = TRUE;
    journal_snapshot( &journal, job, &owner );
    journal_read( journal.data, journal.size, &reading );
    check( !reading.job->files[0]->offset && !reading.job->files[0]->durable, "progress of high performance\n" );
    check( reading.job->files[1]->offset == job->files[1]->offset, "a file that was transferred\n" );
    reading_free( &reading );
    job_destroy( job );
    store_owner_free( &owner );
}

static void test_secrets(void)
{
    static struct journal journal;
    struct store_record record;
    struct store_reading reading;
    struct store_owner owner;
    const unsigned char *data;
    struct job *job = full_job( &owner );
    size_t size, i;
    HRESULT hr;

    journal_snapshot( &journal, job, &owner );
    for (i = 0; i + 7 < journal.size; i++)
        if (!memcmp( journal.data + i, "h\0u\0s\0h", 7 )) break;
    check( i + 7 == journal.size, "the password is legible\n" );

    store_read( journal.data, journal.size, &journal_id, &journal_now, &refusing, &reading );
    check( reading.verdict == STORE_GOOD && reading.secrets_lost, "verdict %u\n", reading.verdict );
    check( !reading.job->http.headers && list_empty( &reading.job->credentials ), "there are secrets\n" );
    reading_free( &reading );
    store_read( journal.data, journal.size, &journal_id, &journal_now, NULL, &reading );
    check( reading.verdict == STORE_GOOD && reading.secrets_lost, "verdict %u\n", reading.verdict );
    reading_free( &reading );

    store_record_begin( &record, &journal_now );
    store_record_secrets_locked( &record, job );
    hr = store_record_finish( &record, &refusing, &data, &size );
    check( hr == E_ACCESSDENIED, "%#x\n", (UINT)hr );
    store_record_free( &record );

    /* the last ones win, also when there are none */
    free( job->http.headers );
    job->http.headers = NULL;
    while (!list_empty( &job->credentials ))
    {
        struct job_credentials *credentials = LIST_ENTRY( job->credentials.next, struct job_credentials, entry );

        list_remove( &credentials->entry );
        members_free( &credentials_fields, credentials );
        free( credentials );
    }
    store_record_begin( &record, &journal_now );
    store_record_secrets_locked( &record, job );
    journal_add( &journal, &record );
    journal_read( journal.data, journal.size, &reading );
    check( !reading.job->http.headers && list_empty( &reading.job->credentials ), "there are secrets\n" );
    check( !reading.secrets_lost, "secrets lost\n" );
    reading_free( &reading );
    job_destroy( job );
    store_owner_free( &owner );
}

static void test_torn(void)
{
    static struct journal journal;
    struct store_reading reading;
    struct store_owner owner;
    struct job *job = small_journal( &journal, &owner );
    size_t size;
    int whole;

    for (size = 0; size <= journal.size; size++)
    {
        enum store_verdict verdict = journal_read( journal.data, size, &reading );

        for (whole = 0; whole < journal.count && journal.ends[whole] <= size; whole++) ;
        if (!size) check( verdict == STORE_EMPTY, "%zu: %u\n", size, verdict );
        else if (!whole) check( verdict == STORE_FOREIGN, "%zu: %u\n", size, verdict );
        else if (whole == 1) check( verdict == STORE_CORRUPT, "%zu: %u\n", size, verdict );
        else check( verdict == STORE_GOOD && reading.good == journal.ends[whole - 1] &&
                    reading.records == whole - 1, "%zu: %u, %zu\n", size, verdict, reading.good );
        reading_free( &reading );
    }

    /* zeros where a record was to be */
    memset( journal.data + journal.size, 0, 5000 );
    journal_read( journal.data, journal.size + 5000, &reading );
    check( reading.verdict == STORE_GOOD && reading.good == journal.size, "%u, %zu\n", reading.verdict, reading.good );
    reading_free( &reading );
    journal.data[journal.size + 4000] = 1;
    journal_read( journal.data, journal.size + 5000, &reading );
    check( reading.verdict == STORE_CORRUPT && reading.good == journal.size, "%u, %zu\n", reading.verdict,
           reading.good );
    reading_free( &reading );
    job_destroy( job );
    store_owner_free( &owner );
}

/* No flip goes unseen.  In the last record it costs that record, anywhere else the job. */
static void test_flips(void)
{
    static struct journal journal;
    struct store_reading reading;
    struct store_owner owner;
    struct job *job = small_journal( &journal, &owner );
    size_t last = journal.ends[journal.count - 2], bit;

    for (bit = 0; bit < journal.size * 8; bit++)
    {
        enum store_verdict verdict;

        journal.data[bit / 8] ^= 1 << bit % 8;
        verdict = journal_read( journal.data, journal.size, &reading );
        if (bit / 8 < last) check( verdict == STORE_CORRUPT || verdict == STORE_FOREIGN, "%zu: %u\n", bit, verdict );
        else if (bit / 8 < last + 8) check( verdict == STORE_CORRUPT, "%zu: %u\n", bit, verdict );
        else check( verdict == STORE_GOOD && reading.good == last, "%zu: %u, %zu\n", bit, verdict, reading.good );
        reading_free( &reading );
        journal.data[bit / 8] ^= 1 << bit % 8;
    }
    job_destroy( job );
    store_owner_free( &owner );
}

static void test_versions(void)
{
    static const GUID other = { 1 };
    static struct journal journal;
    struct store_reading reading;
    struct store_record record;
    struct store_owner owner;
    struct job *job = small_journal( &journal, &owner );
    size_t start;

    store_read( journal.data, journal.size, &other, &journal_now, &turning, &reading );
    check( reading.verdict == STORE_FOREIGN, "%u\n", reading.verdict );
    store_read( journal.data, journal.size, NULL, &journal_now, &turning, &reading );
    check( reading.verdict == STORE_GOOD, "%u\n", reading.verdict );
    reading_free( &reading );

    /* a higher minor version has a new field in a part, and a new part */
    wire_store16( journal.data + 10, STORE_MINOR + 1 );
    wire_store32( journal.data + 28, checksum( journal.data, 28 ) );
    store_record_begin( &record, &journal_now );
    store_record_job_locked( &record, job );
    bytes_add_u32( &record.bytes, 0xff, 1 );
    wire_store32( record.bytes.data + RECORD_HEADER_SIZE + 4,
                  (UINT32)(record.bytes.used - RECORD_HEADER_SIZE - FIELD_SIZE) );
    start = bytes_begin_field( &record.bytes, 0x7fff );
    bytes_add( &record.bytes, "anything", 8 );
    bytes_end_field( &record.bytes, start );
    journal_add( &journal, &record );
    journal_read( journal.data, journal.size, &reading );
    if (check( reading.verdict == STORE_GOOD && reading.records == 5, "%u, %s\n", reading.verdict, reading.reason ))
        compare_jobs( job, reading.job, FALSE );
    check( reading.minor == STORE_MINOR + 1, "%u\n", reading.minor );
    reading_free( &reading );

    wire_store16( journal.data + 8, STORE_MAJOR + 1 );
    wire_store32( journal.data + 28, checksum( journal.data, 28 ) );
    journal_read( journal.data, journal.size, &reading );
    check( reading.verdict == STORE_NEWER && reading.major == STORE_MAJOR + 1, "%u\n", reading.verdict );
    job_destroy( job );
    store_owner_free( &owner );
}

/* --- what is refused ---------------------------------------------------------------------------------------------- */

/* A journal with the job's snapshot and one part with one field. */
static void check_field( enum part part, UINT tag, const void *data, size_t size, enum store_verdict expected )
{
    static struct journal journal;
    struct store_reading reading;
    struct store_record record;
    struct store_owner owner;
    struct job *job = small_journal( &journal, &owner );
    unsigned char *p;
    size_t start;

    store_record_begin( &record, &journal_now );
    if (part == PART_JOB || part == PART_OWNER)
    {
        /* the rest of the part is sound */
        if (part == PART_JOB) store_record_job_locked( &record, job );
        else store_record_owner( &record, &owner );
        start = RECORD_HEADER_SIZE;
    }
    else
    {
        static const unsigned char header[RECORD_HEADER_SIZE];

        bytes_add( &record.bytes, header, sizeof(header) );
        start = bytes_begin_field( &record.bytes, part );
        if (tag != FILE_INDEX) bytes_add_u32( &record.bytes, FILE_INDEX, 0 );
    }
    if ((p = bytes_add_field( &record.bytes, tag, size ))) memcpy( p, data, size );
    bytes_end_field( &record.bytes, start );
    journal_add( &journal, &record );
    journal_read( journal.data, journal.size, &reading );
    check( reading.verdict == expected, "part %u, tag %#x, %zu bytes: %u\n", part, tag, size, reading.verdict );
    if (expected == STORE_CORRUPT)
        check( reading.good == journal.ends[journal.count - 2], "damage at %zu\n", reading.good );
    reading_free( &reading );
    job_destroy( job );
    store_owner_free( &owner );
}

static void test_values_refused(void)
{
    static const unsigned char u32_2[] = { 2, 0, 0, 0 }, u32_99[] = { 99, 0, 0, 0 }, u64[] = { 1, 0, 0, 0, 0, 0, 0, 0 };
    static const unsigned char all[] = { 255, 255, 255, 255, 255, 255, 255, 255 }, nul[] = { 'a', 0, 0, 0 };
    static const unsigned char range[] = { 255, 255, 255, 255, 255, 255, 255, 255, 5, 0, 0, 0, 0, 0, 0, 0 };

    check_field( PART_JOB, 10, u32_2, 4, STORE_CORRUPT );       /* a BOOL of 2 */
    check_field( PART_JOB, 10, all, 1, STORE_CORRUPT );         /* a number of one byte */
    check_field( PART_JOB, 10, u64, 8, STORE_CORRUPT );         /* and of eight */
    check_field( PART_JOB, 12, u32_99, 4, STORE_GOOD );         /* flags that nobody knows are dropped */
    check_field( PART_JOB, 25, u32_99, 4, STORE_CORRUPT );      /* an undefined enumeration value */
    check_field( PART_JOB, 26, u32_99, 4, STORE_CORRUPT );      /* an error of a file that there is not */
    check_field( PART_JOB, 27, nul, 4, STORE_CORRUPT );         /* NUL in a string */
    check_field( PART_JOB, 27, nul, 1, STORE_CORRUPT );         /* half a character */
    check_field( PART_JOB, 33, nul, 2, STORE_CORRUPT );         /* a proxy list without OVERRIDE */
    check_field( PART_JOB, 4, nul, 2, STORE_CORRUPT );          /* a second name */
    check_field( PART_JOB, 52, all, 8, STORE_CORRUPT );         /* half a GUID */
    check_field( PART_JOB, 46, all, 8, STORE_CORRUPT );         /* half a hash */
    check_field( PART_JOB, 56, all, 4, STORE_CORRUPT );
    check_field( PART_JOB, JOB_FILE_COUNT, u32_99, 4, STORE_CORRUPT );
    check_field( PART_JOB, JOB_FILE_COUNT, "\0\0\0", 4, STORE_CORRUPT );
    check_field( PART_JOB, 0xff, all, 8, STORE_GOOD );
    check_field( PART_OWNER, 1, nul, 2, STORE_CORRUPT );
    check_field( PART_FILE, FILE_INDEX, u64, 4, STORE_CORRUPT );    /* without any names */
    check_field( PART_PROGRESS, 1, all, 8, STORE_CORRUPT );
    check_field( PART_PROGRESS, 1, u64, 8, STORE_GOOD );
    check_field( PART_PROGRESS, 2, u64, 8, STORE_CORRUPT );         /* more durable than there is */
    check_field( PART_PROGRESS, FILE_INDEX, u32_99, 4, STORE_CORRUPT );
    check_field( PART_PROGRESS, FILE_INDEX, nul, 2, STORE_CORRUPT );
    check_field( PART_FILE, 4, range, 16, STORE_CORRUPT );
}

/* Changes of one file that must not be written, nor read if somebody did. */
static void test_files_refused(void)
{
    static const struct { const char *remote, *local, *temp; } names[] =
    {
        { "gopher://server/a", "C:\\a", NULL },
        { "http://server/a b", "C:\\a", NULL },
        { "http://server/a", "a", NULL },
        { "http://server/a", "C:\\a*", NULL },
        { "http://server/a", "C:\\a", "C:\\b" },
        { "http://server/a", "C:\\a", "BIT1.tmp" },
        { "http://server/a", "C:\\a", "C:\\BIT1.exe" },
        { "http://server/a", "C:\\a", "C:\\BIT1.tmp\\passwd" },
        { "http://server/a", "C:\\a", "C:\\BIT.tmp" },
    };
    struct store_record record;
    struct store_owner owner;
    static struct journal journal;
    struct job *job = small_journal( &journal, &owner );
    struct job_file *file = job->files[0];
    unsigned int i;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(names); i++)
    {
        put_string( &file->remote, names[i].remote );
        put_string( &file->local, names[i].local );
        free( file->temp );
        file->temp = names[i].temp ? wide( names[i].temp ) : NULL;
        store_record_begin( &record, &journal_now );
        store_record_file_locked( &record, job, 0 );
        hr = journal_add( &journal, &record );
        check( hr == (i == ARRAY_SIZE(names) - 1 ? S_OK : E_INVALIDARG), "%u: %#x\n", i, (UINT)hr );
    }
    file->size = 10;
    file->offset = 11;
    store_record_begin( &record, &journal_now );
    store_record_progress_locked( &record, job, 0 );
    hr = journal_add( &journal, &record );
    check( hr == E_INVALIDARG, "beyond the end: %#x\n", (UINT)hr );
    job_destroy( job );
    store_owner_free( &owner );
}

static void test_jobs_refused(void)
{
    struct store_record record;
    struct store_owner owner;
    struct job *job = full_job( &owner );
    const unsigned char *data;
    size_t size;
    HRESULT hr;
    char *text;

#define REFUSED( what ) \
    store_record_begin( &record, &journal_now ); \
    store_record_snapshot_locked( &record, job, &owner ); \
    hr = store_record_finish( &record, &turning, &data, &size ); \
    check( hr == E_INVALIDARG, "%s: %#x\n", what, (UINT)hr ); \
    store_record_free( &record );

    text = calloc( 1, JOB_NAME_MAX + 2 );
    memset( text, 'n', JOB_NAME_MAX + 1 );
    put_string( &job->name, text );
    REFUSED( "over-long name" );
    free( text );
    put_string( &job->name, "n" );

    job->error.context = BG_ERROR_CONTEXT_NONE;
    REFUSED( "error without an error" );
    job->error.context = BG_ERROR_CONTEXT_UNKNOWN;

    job->priority = 17;
    REFUSED( "priority" );
    job->priority = 0;

    job->retry_delay = 1;
    REFUSED( "retry delay" );
    job->retry_delay = 60;

    put_string( &owner.sid, "root" );
    REFUSED( "owner" );
#undef REFUSED

    /* the structures hold what no setter allows; nothing of it is looked at when they are freed */
    job_destroy( job );
    store_owner_free( &owner );
}

/* --- undoing -------------------------------------------------------------------------------------------------------- */

static void test_undo(void)
{
    struct store_owner owner, other_owner;
    struct job *job = full_job( &owner ), *twin = full_job( &other_owner );
    struct job_file *second = job->files[1];
    struct store_record before;
    HRESULT hr;

    job->state = twin->state = BG_JOB_STATE_TRANSFERRING;
    job->files[0]->stored_remote = wide( "http://server/stored" );
    twin->files[0]->stored_remote = wide( "http://server/stored" );

    store_record_begin( &before, &journal_now );
    check( store_record_is_empty( &before ), "a new record is not empty\n" );
    store_record_job_locked( &before, job );
    store_record_secrets_locked( &before, job );
    store_record_file_locked( &before, job, 0 );
    store_record_file_locked( &before, job, 1 );
    check( !store_record_is_empty( &before ), "empty\n" );

    put_string( &job->name, "other" );
    free( job->proxy.bypass );
    job->proxy.bypass = NULL;
    job->state = BG_JOB_STATE_SUSPENDED;
    job->retry_at = job->give_up_at = 0;
    put_string( &job->http.headers, "X-B: 2\r\n" );
    add_credentials( job, BG_AUTH_SCHEME_DIGEST, "you" );
    add_file( job, "C:\\third" );
    add_file( job, "C:\\fourth" );
    put_string( &job->files[0]->remote, "http://server/new" );
    free( job->files[0]->stored_remote );
    job->files[0]->stored_remote = NULL;
    second->offset = second->durable = 0;
    second->transferred = FALSE;
    ranges_clear( &second->durable_filled );

    hr = store_undo_locked( &before, job );
    check( hr == S_OK, "%#x\n", (UINT)hr );
    compare_jobs( twin, job, FALSE );
    check( job->files[1] == second, "a file has moved\n" );
    check( !wstr_cmp( job->files[0]->stored_remote, twin->files[0]->stored_remote ), "stored name\n" );
    store_record_free( &before );

    /* a progress, which a job of high performance has none of */
    store_record_begin( &before, &journal_now );
    store_record_progress_locked( &before, job, 1 );
    check( store_record_is_empty( &before ), "not empty\n" );
    job->options.high_performance = twin->options.high_performance = FALSE;
    store_record_progress_locked( &before, job, 1 );
    second->offset++;
    job->changed++;
    hr = store_undo_locked( &before, job );
    check( hr == S_OK, "%#x\n", (UINT)hr );
    compare_jobs( twin, job, FALSE );
    store_record_free( &before );

    job_destroy( job );
    job_destroy( twin );
    store_owner_free( &owner );
    store_owner_free( &other_owner );
}

/* --- for people --------------------------------------------------------------------------------------------------- */

struct lines
{
    char text[0x4000];
    size_t used;
};

static void add_line( const char *name, const char *value, void *context )
{
    struct lines *lines = context;

    lines->used += snprintf( lines->text + lines->used, sizeof(lines->text) - lines->used, "%s=%s\n", name, value );
}

static void test_describe(void)
{
    static const char * const wanted[] =
    {
        "id={01234567-89AB-CDEF-0102-030405060708}\n", "state=TRANSIENT_ERROR\n", "name=name\n",
        "owner.sid=S-1-5-21-0-0-0-1000\n", "files[0].remote=http://(set)@server.example/path?(set)\n",
        "files[1].local=C:\\dir\\b\n", "files[1].response_headers=(set)\n", "secrets=(set)\n", "files[0].size=unknown\n",
    };
    static struct journal journal;
    static struct lines lines;
    struct store_reading reading;
    struct store_owner owner;
    struct job *job = full_job( &owner );
    unsigned int i;

    journal_snapshot( &journal, job, &owner );
    journal_read( journal.data, journal.size, &reading );
    store_describe( &reading, add_line, &lines );
    for (i = 0; i < ARRAY_SIZE(wanted); i++) check( strstr( lines.text, wanted[i] ) != NULL, "no %s", wanted[i] );
    check( !strstr( lines.text, "secret@" ) && !strstr( lines.text, "hush" ) && !strstr( lines.text, "X-A" ),
           "a secret in:\n%s", lines.text );
    reading_free( &reading );
    job_destroy( job );
    store_owner_free( &owner );
}

const struct test store_tests[] =
{
    TEST( test_every_member ),
    TEST( test_tags ),
    TEST( test_checksum ),
    TEST( test_round_trip ),
    TEST( test_changes ),
    TEST( test_restart ),
    TEST( test_secrets ),
    TEST( test_torn ),
    TEST( test_flips ),
    TEST( test_versions ),
    TEST( test_values_refused ),
    TEST( test_files_refused ),
    TEST( test_jobs_refused ),
    TEST( test_undo ),
    TEST( test_describe ),
    { NULL, NULL }
};
