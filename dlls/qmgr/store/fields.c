/*
 * Fields: what is stored of the structures, and how it becomes bytes
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

#include "store/private.h"

/* --- the tables ------------------------------------------------------------------------------------------------- */

/* A tag is never used for anything else again, so that journals of other versions can be read.  Limits of strings are
 * those of the interface (spec: api 4.1) or, where the documents disagree or are silent, well above. */

#define JOB( tag, kind, member, limit )  { tag, kind, offsetof( struct job, member ), limit, #member }
#define JOB_FILE( tag, kind, member, limit ) { tag, kind, offsetof( struct job_file, member ), limit, #member }
#define OWNER( tag, kind, member, limit ) { tag, kind, offsetof( struct store_owner, member ), limit, #member }
#define CREDENTIALS( tag, kind, member, limit ) { tag, kind, offsetof( struct job_credentials, member ), limit, #member }

static const struct member job_members[] =
{
    JOB(  1, KIND_ENUM,   type, BG_JOB_TYPE_DOWNLOAD ),
    JOB(  2, KIND_STATE,  state, BG_JOB_STATE_CANCELLED ),
    JOB(  3, KIND_ENUM,   priority, BG_JOB_PRIORITY_LOW ),
    JOB(  4, KIND_STRING, name, JOB_NAME_MAX ),
    JOB(  5, KIND_STRING, description, JOB_DESCRIPTION_MAX ),
    JOB(  6, KIND_FLAGS,  notify_flags, JOB_NOTIFY_FLAGS ),
    JOB(  7, KIND_U32,    retry_delay, 0 ),
    JOB(  8, KIND_U32,    no_progress, 0 ),
    JOB(  9, KIND_U32,    max_download_time, 0 ),
    JOB( 10, KIND_BOOL,   max_download_time_set, 0 ),
    JOB( 11, KIND_U64,    download_time, 0 ),
    JOB( 12, KIND_FLAGS,  acl_flags, 0xf ),
    JOB( 13, KIND_FLAGS,  peer_flags, 0x7 ),
    JOB( 14, KIND_FLAGS,  helper_flags, BG_TOKEN_LOCAL_FILE | BG_TOKEN_NETWORK ),
    JOB( 15, KIND_BOOL,   resumed, 0 ),
    JOB( 16, KIND_TIME,   created, 0 ),
    JOB( 17, KIND_TIME,   changed, 0 ),
    JOB( 18, KIND_TIME,   finished, 0 ),
    JOB( 19, KIND_TICK,   retry_at, 0 ),
    JOB( 20, KIND_TICK,   give_up_at, 0 ),
    JOB( 21, KIND_TIME,   touched, 0 ),
    JOB( 22, KIND_BOOL,   notified, 0 ),

    JOB( 24, KIND_HEX,    error.code, 0 ),
    JOB( 25, KIND_ENUM,   error.context, 8 /* BG_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK */ ),
    JOB( 26, KIND_U32,    error.file, 0 ),
    JOB( 27, KIND_STRING, error.detail, 0x10000 ),
    JOB( 28, KIND_U32,    error_count, 0 ),
    JOB( 29, KIND_BOOL,   retrying, 0 ),

    JOB( 32, KIND_ENUM,   proxy.usage, BG_JOB_PROXY_USAGE_AUTODETECT ),
    JOB( 33, KIND_STRING, proxy.list, 32767 ),
    JOB( 34, KIND_STRING, proxy.bypass, 32767 ),
    JOB( 35, KIND_STRING, command.program, 32767 ),
    JOB( 36, KIND_STRING, command.parameters, 32767 ),
    JOB( 37, KIND_STRING, command.user, 256 ),
    JOB( 38, KIND_BOOL,   command.administrator, 0 ),

    JOB( 40, KIND_BOOL,   http.headers_write_only, 0 ),
    JOB( 41, KIND_STRING, http.method, JOB_METHOD_MAX ),
    JOB( 42, KIND_FLAGS,  http.security_flags, 0xf1f ),
    JOB( 43, KIND_BOOL,   http.certificate.present, 0 ),
    JOB( 44, KIND_ENUM,   http.certificate.location, BG_CERT_STORE_LOCATION_LOCAL_MACHINE_ENTERPRISE ),
    JOB( 45, KIND_STRING, http.certificate.store, JOB_CERT_NAME_MAX ),
    JOB( 46, KIND_HASH,   http.certificate.hash, 0 ),
    JOB( 47, KIND_STRING, http.certificate.subject, JOB_CERT_NAME_MAX ),
    JOB( 48, KIND_BOOL,   http.judged, 0 ),

    JOB( 50, KIND_HEX,    options.cost_flags, 0 ),
    JOB( 51, KIND_BOOL,   options.cost_flags_set, 0 ),
    JOB( 52, KIND_GUID,   options.notify_clsid, 0 ),
    JOB( 53, KIND_BOOL,   options.dynamic_content, 0 ),
    JOB( 54, KIND_BOOL,   options.high_performance, 0 ),
    JOB( 55, KIND_U64,    options.max_download_size, 0 ),
    JOB( 56, KIND_ENUM,   options.stored_credentials, BG_AUTH_TARGET_PROXY ),
    JOB( 57, KIND_U32,    options.notify_interval, 0 ),
    JOB( 58, KIND_BOOL,   options.on_demand, 0 ),

    JOB( 80, KIND_BOOL,   group.present, 0 ),
    JOB( 81, KIND_GUID,   group.job, 0 ),
    JOB( 82, KIND_FLAGS,  group.notify_flags, 0xc7 ),
    JOB( 83, KIND_U32,    group.progress_size, 0 ),
    JOB( 84, KIND_U32,    group.progress_percent, 0 ),
};

static const struct member file_members[] =
{
    JOB_FILE(  1, KIND_URL,    remote, JOB_REMOTE_NAME_MAX ),
    JOB_FILE(  2, KIND_STRING, local, MAX_PATH ),
    JOB_FILE(  3, KIND_STRING, temp, 2 * MAX_PATH ),
    JOB_FILE(  4, KIND_RANGES, ranges, MAX_RANGES ),
    JOB_FILE(  5, KIND_U64,    size, 0 ),
    JOB_FILE(  6, KIND_TIME,   modified, 0 ),
    JOB_FILE(  7, KIND_U64,    offset, 0 ),
    JOB_FILE(  8, KIND_U64,    durable, 0 ),
    JOB_FILE(  9, KIND_U64,    from_origin, 0 ),
    JOB_FILE( 10, KIND_SECRET, response_headers, 0x40000 ),
    JOB_FILE( 11, KIND_BOOL,   transferred, 0 ),
    JOB_FILE( 12, KIND_BOOL,   completed, 0 ),
    JOB_FILE( 13, KIND_BOOL,   valid, 0 ),
    JOB_FILE( 14, KIND_RANGES, durable_filled, MAX_RANGES ),
    JOB_FILE( 15, KIND_RANGES, requested, MAX_RANGES ),
    JOB_FILE( 16, KIND_U64,    position, 0 ),
    JOB_FILE( 17, KIND_BOOL,   notified, 0 ),
    JOB_FILE( 18, KIND_U64,    etag, 0 ),
    JOB_FILE( 19, KIND_FLAGS,  attributes, FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM ),
};

static const struct member progress_file_members[] =
{
    JOB_FILE(  1, KIND_U64,    offset, 0 ),
    JOB_FILE(  2, KIND_U64,    durable, 0 ),
    JOB_FILE(  3, KIND_U64,    from_origin, 0 ),
};

static const struct member progress_job_members[] =
{
    JOB(   4, KIND_TIME,   changed, 0 ),
    JOB(   5, KIND_U64,    download_time, 0 ),
};

static const struct member owner_members[] =
{
    OWNER( 1, KIND_STRING, sid, 256 ),
    OWNER( 2, KIND_BOOL,   administrator, 0 ),
    OWNER( 3, KIND_BOOL,   elevated, 0 ),
    OWNER( 4, KIND_HEX,    integrity, 0 ),
};

static const struct member credentials_members[] =
{
    CREDENTIALS( 1, KIND_ENUM,   target, BG_AUTH_TARGET_PROXY ),
    CREDENTIALS( 2, KIND_ENUM,   scheme, BG_AUTH_SCHEME_PASSPORT ),
    CREDENTIALS( 3, KIND_SECRET, user, JOB_USER_NAME_MAX ),
    CREDENTIALS( 4, KIND_SECRET, password, JOB_PASSWORD_MAX ),
};

#undef JOB
#undef JOB_FILE
#undef OWNER
#undef CREDENTIALS

#define TABLE( members ) { members, ARRAY_SIZE(members) }

const struct table job_fields = TABLE( job_members );
const struct table file_fields = TABLE( file_members );
const struct table progress_file_fields = TABLE( progress_file_members );
const struct table progress_job_fields = TABLE( progress_job_members );
const struct table owner_fields = TABLE( owner_members );
const struct table credentials_fields = TABLE( credentials_members );

/* SEEN has a bit for each */
C_ASSERT( ARRAY_SIZE(job_members) <= 64 );
C_ASSERT( sizeof(BOOL) == 4 && sizeof(BG_JOB_STATE) == 4 && sizeof(HRESULT) == 4 && sizeof(int) == 4 );

/* --- bytes ------------------------------------------------------------------------------------------------------ */

#define POLYNOMIAL 0x82f63b78   /* CRC-32C (Castagnoli), bits reflected */

/* [n][b]: what byte b does when n bytes follow. */
static UINT32 tables[4][256];

static void make_tables(void)
{
    UINT32 byte, crc;
    int i;

    for (byte = 0; byte < 256; byte++)
    {
        for (crc = byte, i = 0; i < 8; i++) crc = crc >> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
        tables[0][byte] = crc;
    }
    for (byte = 0; byte < 256; byte++)
        for (i = 1; i < 4; i++) tables[i][byte] = tables[i - 1][byte] >> 8 ^ tables[0][tables[i - 1][byte] & 0xff];
}

/* Four bytes at a time: the start of the service reads every record of every job. */
UINT32 checksum( const void *data, size_t size )
{
    static int made;
    const unsigned char *p = data;
    UINT32 crc = ~0u;

    /* two threads at once make the same */
    if (!__atomic_load_n( &made, __ATOMIC_ACQUIRE )) make_tables();
    __atomic_store_n( &made, 1, __ATOMIC_RELEASE );

    for (; size >= 4; size -= 4, p += 4)
    {
        crc ^= wire_load32( p );
        crc = tables[3][crc & 0xff] ^ tables[2][crc >> 8 & 0xff] ^ tables[1][crc >> 16 & 0xff] ^ tables[0][crc >> 24];
    }
    for (; size; size--, p++) crc = crc >> 8 ^ tables[0][(crc ^ *p) & 0xff];
    return ~crc;
}

/* memset() that the compiler keeps */
void wipe( void *data, size_t size )
{
    volatile unsigned char *p = data;

    while (size--) *p++ = 0;
}

void bytes_wipe( struct store_bytes *bytes )
{
    if (bytes->data) wipe( bytes->data, bytes->used );
    free( bytes->data );
    memset( bytes, 0, sizeof(*bytes) );
}

/* Room for SIZE more bytes; NULL after a failure. */
static unsigned char *bytes_reserve( struct store_bytes *bytes, size_t size )
{
    size_t wanted = bytes->size ? bytes->size : 512;
    unsigned char *data;

    if (FAILED(bytes->status)) return NULL;
    if (size > STORE_MAX_JOURNAL / 2 || bytes->used + size > STORE_MAX_JOURNAL / 2)
    {
        bytes->status = HRESULT_FROM_WIN32( ERROR_FILE_TOO_LARGE );
        return NULL;
    }
    while (wanted < bytes->used + size) wanted *= 2;
    if (wanted > bytes->size)
    {
        /* not realloc(), which would leave secrets behind */
        if (!(data = malloc( wanted )))
        {
            bytes->status = E_OUTOFMEMORY;
            return NULL;
        }
        if (bytes->used)
        {
            memcpy( data, bytes->data, bytes->used );
            wipe( bytes->data, bytes->used );
        }
        free( bytes->data );
        bytes->data = data;
        bytes->size = wanted;
    }
    data = bytes->data + bytes->used;
    bytes->used += size;
    return data;
}

void bytes_add( struct store_bytes *bytes, const void *data, size_t size )
{
    unsigned char *p = bytes_reserve( bytes, size );

    if (p && size) memcpy( p, data, size );
}

unsigned char *bytes_add_field( struct store_bytes *bytes, UINT tag, size_t length )
{
    unsigned char *p = bytes_reserve( bytes, FIELD_SIZE + length );

    if (!p) return NULL;
    wire_store16( p, tag );
    wire_store16( p + 2, 0 );
    wire_store32( p + 4, (UINT32)length );
    return p + FIELD_SIZE;
}

void bytes_add_u32( struct store_bytes *bytes, UINT tag, UINT32 value )
{
    unsigned char *p = bytes_add_field( bytes, tag, sizeof(value) );

    if (p) wire_store32( p, value );
}

static void bytes_add_u64( struct store_bytes *bytes, UINT tag, UINT64 value )
{
    unsigned char *p = bytes_add_field( bytes, tag, sizeof(value) );

    if (p) wire_store64( p, value );
}

void bytes_add_string( struct store_bytes *bytes, UINT tag, const WCHAR *str )
{
    size_t length = wstr_len( str ), i;
    unsigned char *p = bytes_add_field( bytes, tag, length * 2 );

    if (!p) return;
    for (i = 0; i < length; i++) wire_store16( p + 2 * i, str[i] );
}

size_t bytes_begin_field( struct store_bytes *bytes, UINT tag )
{
    size_t start = bytes->used;

    bytes_add_field( bytes, tag, 0 );
    return start;
}

void bytes_end_field( struct store_bytes *bytes, size_t start )
{
    if (FAILED(bytes->status)) return;
    wire_store32( bytes->data + start + 4, (UINT32)(bytes->used - start - FIELD_SIZE) );
}

int next_field( const unsigned char **data, size_t *size, struct field *field )
{
    if (!*size) return 0;
    if (*size < FIELD_SIZE) return -1;
    field->tag = wire_load16( *data );
    field->length = wire_load32( *data + 4 );
    field->data = *data + FIELD_SIZE;
    if (wire_load16( *data + 2 ) || field->length > *size - FIELD_SIZE) return -1;
    *data += FIELD_SIZE + field->length;
    *size -= FIELD_SIZE + field->length;
    return 1;
}

HRESULT field_get_u32( const struct field *field, UINT32 *value )
{
    if (field->length != sizeof(*value)) return MALFORMED;
    *value = wire_load32( field->data );
    return S_OK;
}

HRESULT field_get_string( const struct field *field, size_t limit, WCHAR **str )
{
    size_t length = field->length / 2, i;
    WCHAR *ret;

    if (field->length % 2 || length > limit) return MALFORMED;
    for (i = 0; i < length; i++) if (!wire_load16( field->data + 2 * i )) return MALFORMED;
    if (!(ret = malloc( (length + 1) * sizeof(WCHAR) ))) return E_OUTOFMEMORY;
    for (i = 0; i < length; i++) ret[i] = wire_load16( field->data + 2 * i );
    ret[length] = 0;
    *str = ret;
    return S_OK;
}

/* --- members ------------------------------------------------------------------------------------------------------ */

static size_t member_size( const struct member *member )
{
    switch (member->kind)
    {
    case KIND_U64:
    case KIND_TIME:
    case KIND_TICK:
        return sizeof(UINT64);
    case KIND_STRING:
    case KIND_SECRET:
    case KIND_URL:
        return sizeof(WCHAR *);
    case KIND_GUID:
        return sizeof(GUID);
    case KIND_HASH:
        return JOB_CERT_HASH_SIZE;
    case KIND_RANGES:
        return sizeof(struct ranges);
    default:
        return sizeof(UINT32);
    }
}

static void free_member( const struct member *member, void *base )
{
    void *p = (char *)base + member->offset;
    WCHAR *str;

    switch (member->kind)
    {
    case KIND_SECRET:
        if ((str = *(WCHAR **)p)) wipe( str, wstr_len( str ) * sizeof(WCHAR) );
        /* fall through */
    case KIND_STRING:
    case KIND_URL:
        free( *(WCHAR **)p );
        break;
    case KIND_RANGES:
        free( ((struct ranges *)p)->items );
        break;
    }
    memset( p, 0, member_size( member ) );
}

void members_free( const struct table *table, void *base )
{
    unsigned int i;

    for (i = 0; i < table->count; i++) free_member( &table->members[i], base );
}

void members_move( const struct table *table, void *to, void *from )
{
    unsigned int i;

    for (i = 0; i < table->count; i++)
    {
        const struct member *member = &table->members[i];
        size_t size = member_size( member );

        free_member( member, to );
        memcpy( (char *)to + member->offset, (char *)from + member->offset, size );
        memset( (char *)from + member->offset, 0, size );
    }
}

static void write_ranges( const struct member *member, const struct ranges *ranges, struct store_bytes *bytes )
{
    unsigned char *p;
    ULONG i;

    if (!ranges->count) return;
    if (ranges->count > member->limit) bytes->status = E_INVALIDARG;
    if (!(p = bytes_add_field( bytes, member->tag, (size_t)ranges->count * 16 ))) return;
    for (i = 0; i < ranges->count; i++, p += 16)
    {
        wire_store64( p, ranges->items[i].InitialOffset );
        wire_store64( p + 8, ranges->items[i].Length );
    }
}

static void write_guid( UINT tag, const GUID *guid, struct store_bytes *bytes )
{
    static const GUID none;
    unsigned char *p;

    if (!memcmp( guid, &none, sizeof(none) ) || !(p = bytes_add_field( bytes, tag, 16 ))) return;
    wire_store32( p, guid->Data1 );
    wire_store16( p + 4, guid->Data2 );
    wire_store16( p + 6, guid->Data3 );
    memcpy( p + 8, guid->Data4, 8 );
}

static void write_hash( UINT tag, const BYTE *hash, struct store_bytes *bytes )
{
    static const BYTE none[JOB_CERT_HASH_SIZE];
    unsigned char *p;

    if (!memcmp( hash, none, sizeof(none) ) || !(p = bytes_add_field( bytes, tag, sizeof(none) ))) return;
    memcpy( p, hash, sizeof(none) );
}

/* A tick in the past, or far in the future, is a time then. */
static UINT64 time_from_tick( UINT64 tick, const struct store_clock *clock )
{
    return tick ? clock->time + (tick - clock->tick) * 10000 : 0;
}

static UINT64 tick_from_time( UINT64 time, const struct store_clock *clock )
{
    INT64 left = (INT64)(time - clock->time) / 10000;
    UINT64 tick = clock->tick + left;

    if (!time) return 0;
    if (left < 0 && clock->tick <= (UINT64)-left) return 1;     /* before the machine's start; 0 would mean never */
    return tick;
}

static void write_number( const struct member *member, const void *p, struct store_bytes *bytes )
{
    UINT32 value;

    memcpy( &value, p, sizeof(value) );     /* BOOL, DWORD, HRESULT or an enumeration */
    if (!value) return;
    if (((member->kind == KIND_ENUM || member->kind == KIND_STATE) && value > member->limit) ||
        (member->kind == KIND_FLAGS && (value & ~member->limit))) bytes->status = E_INVALIDARG;
    bytes_add_u32( bytes, member->tag, member->kind == KIND_BOOL ? 1 : value );
}

void members_write( const struct table *table, const void *base, const struct store_clock *clock,
                    struct store_bytes *bytes )
{
    unsigned int i;

    for (i = 0; i < table->count; i++)
    {
        const struct member *member = &table->members[i];
        const void *p = (const char *)base + member->offset;
        UINT64 value;
        WCHAR *str;

        switch (member->kind)
        {
        case KIND_U64:
        case KIND_TIME:
        case KIND_TICK:
            value = *(const UINT64 *)p;
            if (member->kind == KIND_TICK) value = time_from_tick( value, clock );
            if (value) bytes_add_u64( bytes, member->tag, value );
            break;
        case KIND_STRING:
        case KIND_SECRET:
        case KIND_URL:
            if (!(str = *(WCHAR * const *)p)) break;
            if (wstr_len_max( str, member->limit ) > member->limit) bytes->status = E_INVALIDARG;
            bytes_add_string( bytes, member->tag, str );
            break;
        case KIND_GUID:
            write_guid( member->tag, p, bytes );
            break;
        case KIND_HASH:
            write_hash( member->tag, p, bytes );
            break;
        case KIND_RANGES:
            write_ranges( member, p, bytes );
            break;
        default:
            write_number( member, p, bytes );
        }
    }
}

static HRESULT read_number( const struct member *member, const struct field *field, void *p )
{
    UINT32 value;
    HRESULT hr;

    if (FAILED(hr = field_get_u32( field, &value ))) return hr;
    switch (member->kind)
    {
    case KIND_BOOL:
        if (value > 1) return MALFORMED;
        break;
    case KIND_ENUM:
    case KIND_STATE:
        if (value > member->limit) return MALFORMED;
        break;
    case KIND_FLAGS:
        value &= member->limit;
        break;
    }
    memcpy( p, &value, sizeof(value) );
    return S_OK;
}

static HRESULT read_ranges( const struct member *member, const struct field *field, struct ranges *ranges )
{
    size_t count = field->length / 16, i;
    const unsigned char *p = field->data;
    BG_FILE_RANGE *items;

    if (field->length % 16 || !count || count > member->limit) return MALFORMED;
    if (!(items = malloc( count * sizeof(*items) ))) return E_OUTOFMEMORY;
    for (i = 0; i < count; i++, p += 16)
    {
        items[i].InitialOffset = wire_load64( p );
        items[i].Length = wire_load64( p + 8 );
    }
    ranges->items = items;
    ranges->count = count;
    return S_OK;
}

static HRESULT read_guid( const struct field *field, GUID *guid )
{
    if (field->length != 16) return MALFORMED;
    guid->Data1 = wire_load32( field->data );
    guid->Data2 = wire_load16( field->data + 4 );
    guid->Data3 = wire_load16( field->data + 6 );
    memcpy( guid->Data4, field->data + 8, 8 );
    return S_OK;
}

HRESULT member_read( const struct table *table, const struct field *field, const struct store_clock *clock,
                     void *base, UINT64 *seen )
{
    const struct member *member;
    unsigned int i;
    UINT64 value;
    void *p;

    for (i = 0; i < table->count && table->members[i].tag != field->tag; i++) ;
    if (i == table->count) return S_FALSE;
    if (*seen >> i & 1) return MALFORMED;
    *seen |= (UINT64)1 << i;
    member = &table->members[i];
    p = (char *)base + member->offset;
    switch (member->kind)
    {
    case KIND_U64:
    case KIND_TIME:
    case KIND_TICK:
        if (field->length != sizeof(value)) return MALFORMED;
        value = wire_load64( field->data );
        *(UINT64 *)p = member->kind == KIND_TICK ? tick_from_time( value, clock ) : value;
        return S_OK;
    case KIND_STRING:
    case KIND_SECRET:
    case KIND_URL:
        return field_get_string( field, member->limit, p );
    case KIND_GUID:
        return read_guid( field, p );
    case KIND_HASH:
        if (field->length != JOB_CERT_HASH_SIZE) return MALFORMED;
        memcpy( p, field->data, JOB_CERT_HASH_SIZE );
        return S_OK;
    case KIND_RANGES:
        return read_ranges( member, field, p );
    default:
        return read_number( member, field, p );
    }
}
