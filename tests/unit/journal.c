/*
 * Journals for the tests of the store
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

const GUID journal_id = { 0x01234567, 0x89ab, 0xcdef, { 1, 2, 3, 4, 5, 6, 7, 8 } };
const struct store_clock journal_now = { 5000000, 133000000000000000ull };

static HRESULT turn( const void *from, size_t size, void **to, size_t *to_size )
{
    unsigned char *p = malloc( size );
    size_t i;

    if (!p) return E_OUTOFMEMORY;
    for (i = 0; i < size; i++) p[i] = ((const unsigned char *)from)[i] ^ 0x5a;
    *to = p;
    *to_size = size;
    return S_OK;
}

static HRESULT refuse( const void *from, size_t size, void **to, size_t *to_size )
{
    return E_ACCESSDENIED;
}

const struct store_secrets turning = { turn, turn };
const struct store_secrets refusing = { refuse, refuse };

WCHAR *wide( const char *ascii )
{
    size_t length = strlen( ascii ), i;
    WCHAR *ret = malloc( (length + 1) * sizeof(WCHAR) );

    for (i = 0; i <= length; i++) ret[i] = (unsigned char)ascii[i];
    return ret;
}

void put_string( WCHAR **str, const char *ascii )
{
    free( *str );
    *str = wide( ascii );
}

static void set_ranges( struct ranges *ranges, UINT64 start, UINT64 length )
{
    BG_FILE_RANGE items[] = { { start, length }, { start + length + 10, 7 } };

    ranges_clear( ranges );
    ranges_copy( ranges, ARRAY_SIZE(items), items );
}

void add_file( struct job *job, const char *local )
{
    struct job_file *file = calloc( 1, sizeof(*file) );

    file->remote = wide( "http://user:secret@server.example/path?query" );
    file->local = wide( local );
    file->size = BG_SIZE_UNKNOWN;
    job->files = realloc( job->files, (job->file_count + 1) * sizeof(*job->files) );
    job->files[job->file_count++] = file;
}

void add_credentials( struct job *job, BG_AUTH_SCHEME scheme, const char *user )
{
    struct job_credentials *credentials = calloc( 1, sizeof(*credentials) );

    credentials->target = BG_AUTH_TARGET_SERVER;
    credentials->scheme = scheme;
    if (user)
    {
        credentials->user = wide( user );
        credentials->password = wide( "hush" );
    }
    list_add_tail( &job->credentials, &credentials->entry );
}

/* Every number is 1, which is allowed everywhere; what has rules of its own comes after. */
static void fill( const struct table *table, void *base )
{
    unsigned int i;

    for (i = 0; i < table->count; i++)
    {
        const struct member *member = &table->members[i];
        char *p = (char *)base + member->offset;

        switch (member->kind)
        {
        case KIND_U64: case KIND_TIME:
            *(UINT64 *)p = 0x123456789abcdull + i;
            break;
        case KIND_TICK:
            *(UINT64 *)p = journal_now.tick + 1000;
            break;
        case KIND_STRING: case KIND_SECRET: case KIND_URL:
            put_string( (WCHAR **)p, member->name );
            break;
        case KIND_GUID:
            memcpy( p, &journal_id, sizeof(journal_id) );
            break;
        case KIND_HASH:
            memset( p, 0x5c, JOB_CERT_HASH_SIZE );
            break;
        case KIND_RANGES:
            set_ranges( (struct ranges *)p, i * 100, 50 );
            break;
        default:
            *(UINT32 *)p = 1;
        }
    }
}

static struct job *empty_job(void)
{
    WCHAR *name = wide( "name" );
    struct job *job;

    job_create( name, BG_JOB_TYPE_DOWNLOAD, &journal_id, journal_now.time, &job );
    free( name );
    return job;
}

/* A job of which every stored property has a value. */
struct job *full_job( struct store_owner *owner )
{
    struct job *job = empty_job();
    struct job_file *file;

    fill( &job_fields, job );
    job->type = BG_JOB_TYPE_DOWNLOAD;
    job->state = BG_JOB_STATE_TRANSIENT_ERROR;
    job->retry_delay = 5;
    job->proxy.usage = BG_JOB_PROXY_USAGE_OVERRIDE;
    job->options.stored_credentials = BG_AUTH_TARGET_PROXY;
    job->http.headers = wide( "X-A: 1\r\n" );
    add_credentials( job, BG_AUTH_SCHEME_BASIC, "me" );
    add_credentials( job, BG_AUTH_SCHEME_NTLM, NULL );
    add_file( job, "C:\\first" );
    add_file( job, "C:\\second" );
    file = job->files[1];
    fill( &file_fields, file );
    put_string( &file->remote, "https://server.example/b" );
    put_string( &file->local, "C:\\dir\\b" );
    put_string( &file->temp, "C:\\dir\\BIT12.tmp" );
    file->offset = file->durable = file->size - 1;
    memset( owner, 0, sizeof(*owner) );
    fill( &owner_fields, owner );
    put_string( &owner->sid, "S-1-5-21-0-0-0-1000" );
    return job;
}

/* Whether all members are equal; and, if asked, none is zero. */
void compare( const struct table *table, const void *left, const void *right, BOOL all_set )
{
    static const char zero[64];
    unsigned int i;

    for (i = 0; i < table->count; i++)
    {
        const struct member *member = &table->members[i];
        const char *l = (const char *)left + member->offset, *r = (const char *)right + member->offset;
        const struct ranges *lr = (const struct ranges *)l, *rr = (const struct ranges *)r;
        WCHAR *ls, *rs;
        size_t size = sizeof(UINT32);

        switch (member->kind)
        {
        case KIND_STRING: case KIND_SECRET: case KIND_URL:
            ls = *(WCHAR **)l;
            rs = *(WCHAR **)r;
            if (all_set) check( ls && *ls, "%s is not set\n", member->name );
            check( !ls == !rs && (!ls || !wstr_cmp( ls, rs )), "%s differs\n", member->name );
            continue;
        case KIND_RANGES:
            if (all_set) check( lr->count, "%s is not set\n", member->name );
            check( lr->count == rr->count && (!lr->count || !memcmp( lr->items, rr->items, lr->count * 16 )),
                   "%s differs\n", member->name );
            continue;
        case KIND_U64: case KIND_TIME: case KIND_TICK: size = 8; break;
        case KIND_GUID: size = 16; break;
        case KIND_HASH: size = JOB_CERT_HASH_SIZE; break;
        }
        if (all_set && member->offset != offsetof( struct job, type ))
            check( memcmp( l, zero, size ), "%s is not set\n", member->name );
        check( !memcmp( l, r, size ), "%s differs\n", member->name );
    }
}

void compare_jobs( const struct job *left, const struct job *right, BOOL all_set )
{
    const struct job_credentials *lc, *rc;
    ULONG i;

    compare( &job_fields, left, right, all_set );
    check( !memcmp( &left->id, &right->id, sizeof(GUID) ), "id differs\n" );
    check( !left->http.headers == !right->http.headers &&
           (!left->http.headers || !wstr_cmp( left->http.headers, right->http.headers )), "headers differ\n" );
    if (!check( list_count( &left->credentials ) == list_count( &right->credentials ), "credentials differ\n" )) return;
    rc = LIST_ENTRY( right->credentials.next, struct job_credentials, entry );
    LIST_FOR_EACH_ENTRY( lc, &left->credentials, const struct job_credentials, entry )
    {
        compare( &credentials_fields, lc, rc, FALSE );
        rc = LIST_ENTRY( rc->entry.next, struct job_credentials, entry );
    }
    if (!check( left->file_count == right->file_count, "%u and %u files\n", left->file_count, right->file_count ))
        return;
    for (i = 0; i < left->file_count; i++)
    {
        compare( &file_fields, left->files[i], right->files[i], all_set && i == 1 );
        check( !left->files[i]->stored_remote == !right->files[i]->stored_remote, "stored_remote differs\n" );
    }
}

static void journal_begin( struct journal *journal )
{
    store_header( &journal_id, journal->data );
    journal->size = journal->ends[0] = STORE_HEADER_SIZE;
    journal->count = 1;
}

/* Frees the record. */
HRESULT journal_add( struct journal *journal, struct store_record *record )
{
    const unsigned char *data;
    size_t size;
    HRESULT hr;

    if (SUCCEEDED(hr = store_record_finish( record, &turning, &data, &size )))
    {
        memcpy( journal->data + journal->size, data, size );
        journal->size += size;
        journal->ends[journal->count++] = journal->size;
    }
    store_record_free( record );
    return hr;
}

void journal_snapshot( struct journal *journal, const struct job *job, const struct store_owner *owner )
{
    struct store_record record;
    HRESULT hr;

    journal_begin( journal );
    store_record_begin( &record, &journal_now );
    store_record_snapshot_locked( &record, job, owner );
    hr = journal_add( journal, &record );
    check( hr == S_OK, "%#x\n", (UINT)hr );
}

enum store_verdict journal_read( const void *data, size_t size, struct store_reading *reading )
{
    /* a copy of exactly that size, so that the sanitizer sees who reads behind it */
    void *copy = malloc( size ? size : 1 );

    memcpy( copy, data, size );
    store_read( copy, size, &journal_id, &journal_now, &turning, reading );
    free( copy );
    return reading->verdict;
}

void reading_free( struct store_reading *reading )
{
    if (reading->job) job_destroy( reading->job );
    store_owner_free( &reading->owner );
}

/* A snapshot of a small job, a new file, a progress, and a last change of the description. */
struct job *small_journal( struct journal *journal, struct store_owner *owner )
{
    struct job *job = empty_job();
    struct store_record record;

    job->touched = job->changed;
    memset( owner, 0, sizeof(*owner) );
    owner->sid = wide( "S-1-5-18" );
    journal_snapshot( journal, job, owner );

    add_file( job, "C:\\first" );
    store_record_begin( &record, &journal_now );
    store_record_job_locked( &record, job );
    store_record_file_locked( &record, job, 0 );
    journal_add( journal, &record );

    job->files[0]->offset = job->files[0]->durable = 1000;
    store_record_begin( &record, &journal_now );
    store_record_progress_locked( &record, job, 0 );
    journal_add( journal, &record );

    put_string( &job->description, "described" );
    store_record_begin( &record, &journal_now );
    store_record_job_locked( &record, job );
    journal_add( journal, &record );
    return job;
}
