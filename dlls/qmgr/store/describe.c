/*
 * Jobs as text, for people: native only
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

#include "store/private.h"

#define VALUE_SIZE 64

struct target
{
    store_describer describer;
    void *context;
    const char *prefix;
};

static void say( const struct target *target, const char *name, const char *value )
{
    char full[128];

    snprintf( full, sizeof(full), "%s%s", target->prefix, name );
    target->describer( full, value, target->context );
}

/* Gives the text with its secrets hidden, in the place of URL; NULL without memory. */
static char *hide_secrets( char *url )
{
    size_t size = strlen( url ) + 16;
    char *shown = malloc( size );

    if (shown) url_show( url, shown, size );
    free( url );
    return shown;
}

/* Line ends and other control characters would break the line. */
static void say_string( const struct target *target, const struct member *member, const WCHAR *str )
{
    const char *name = member->name;
    char *utf8, *p;

    if (FAILED(wstr_to_utf8( str, &utf8 )))
    {
        say( target, name, "(not text)" );
        return;
    }
    if (member->kind == KIND_URL && !(utf8 = hide_secrets( utf8 )))
    {
        say( target, name, "(no memory)" );
        return;
    }
    for (p = utf8; *p; p++) if ((unsigned char)*p < ' ' || *p == 0x7f) *p = '|';
    say( target, name, utf8 );
    free( utf8 );
}

static void format_time( UINT64 time, char value[VALUE_SIZE] )
{
    if (!http_date_format( time, value )) snprintf( value, VALUE_SIZE, "%llu", (unsigned long long)time );
}

static void say_number( const struct target *target, const struct member *member, const void *p )
{
    char value[VALUE_SIZE];
    UINT32 number;

    memcpy( &number, p, sizeof(number) );
    if (!number && member->kind != KIND_STATE) return;
    switch (member->kind)
    {
    case KIND_STATE:
        say( target, member->name, debugstr_job_state( number ));
        return;
    case KIND_BOOL:
        say( target, member->name, "yes" );
        return;
    case KIND_HEX:
    case KIND_FLAGS:
        snprintf( value, sizeof(value), "0x%08x", number );
        break;
    default:
        snprintf( value, sizeof(value), "%d", (int)number );
    }
    say( target, member->name, value );
}

static void say_guid( const struct target *target, const char *name, const GUID *guid )
{
    static const GUID none;
    const BYTE *d = guid->Data4;
    char value[VALUE_SIZE];

    if (!memcmp( guid, &none, sizeof(none) )) return;
    snprintf( value, sizeof(value), "{%08X-%04X-%04X-%02X%02X-%02X%02X%02X%02X%02X%02X}", (UINT)guid->Data1,
              guid->Data2, guid->Data3, d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7] );
    say( target, name, value );
}

static void say_hash( const struct target *target, const char *name, const BYTE *hash )
{
    char value[2 * JOB_CERT_HASH_SIZE + 1];
    BYTE any = 0;
    int i;

    for (i = 0; i < JOB_CERT_HASH_SIZE; i++)
    {
        snprintf( value + 2 * i, 3, "%02x", hash[i] );
        any |= hash[i];
    }
    if (any) say( target, name, value );
}

static void say_ranges( const struct target *target, const char *name, const struct ranges *ranges )
{
    char value[VALUE_SIZE];
    ULONG i;

    for (i = 0; i < ranges->count; i++)
    {
        const BG_FILE_RANGE *range = &ranges->items[i];

        if (range->Length == BG_LENGTH_TO_EOF)
            snprintf( value, sizeof(value), "%llu to the end", (unsigned long long)range->InitialOffset );
        else
            snprintf( value, sizeof(value), "%llu, %llu bytes", (unsigned long long)range->InitialOffset,
                      (unsigned long long)range->Length );
        say( target, name, value );
    }
}

static void say_members( const struct target *target, const struct table *table, const void *base )
{
    char value[VALUE_SIZE];
    unsigned int i;

    for (i = 0; i < table->count; i++)
    {
        const struct member *member = &table->members[i];
        const void *p = (const char *)base + member->offset;

        switch (member->kind)
        {
        case KIND_TICK:
            if (!*(const UINT64 *)p) break;
            snprintf( value, sizeof(value), "in %llu s", (unsigned long long)*(const UINT64 *)p / 1000 );
            say( target, member->name, value );
            break;
        case KIND_U64:
            if (!*(const UINT64 *)p) break;
            if (*(const UINT64 *)p == BG_SIZE_UNKNOWN) snprintf( value, sizeof(value), "unknown" );
            else snprintf( value, sizeof(value), "%llu", (unsigned long long)*(const UINT64 *)p );
            say( target, member->name, value );
            break;
        case KIND_TIME:
            if (!*(const UINT64 *)p) break;
            format_time( *(const UINT64 *)p, value );
            say( target, member->name, value );
            break;
        case KIND_STRING:
        case KIND_URL:
            if (*(WCHAR * const *)p) say_string( target, member, *(WCHAR * const *)p );
            break;
        case KIND_SECRET:
            if (*(WCHAR * const *)p) say( target, member->name, "(set)" );
            break;
        case KIND_GUID:
            say_guid( target, member->name, p );
            break;
        case KIND_HASH:
            say_hash( target, member->name, p );
            break;
        case KIND_RANGES:
            say_ranges( target, member->name, p );
            break;
        default:
            say_number( target, member, p );
        }
    }
}

void store_describe( const struct store_reading *reading, store_describer describer, void *context )
{
    struct target target = { describer, context, "" };
    const struct job *job = reading->job;
    char prefix[32];
    ULONG i;

    say_guid( &target, "id", &job->id );
    say_members( &target, &job_fields, job );
    if (reading->secrets_lost || job->http.headers || !list_empty( &job->credentials ))
        say( &target, "secrets", "(set)" );
    target.prefix = "owner.";
    say_members( &target, &owner_fields, &reading->owner );
    target.prefix = prefix;
    for (i = 0; i < job->file_count; i++)
    {
        snprintf( prefix, sizeof(prefix), "files[%u].", (UINT)i );
        say_members( &target, &file_fields, job->files[i] );
    }
}
