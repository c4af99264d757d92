/*
 * Properties of objects, as text and as JSON
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

#include <wchar.h>
#include "bitsadmin.h"

void set_word( struct value *value, const WCHAR *word )
{
    value->type = VALUE_WORD;
    value->word = word;
}

void set_absent( struct value *value, const WCHAR *word )
{
    value->type = VALUE_ABSENT;
    value->word = word;
}

void set_text( struct value *value, WCHAR *text )
{
    set_absent( value, L"NULL" );
    if (!text) return;
    value->type = VALUE_TEXT;
    value->text = text;
}

void set_guid( struct value *value, const GUID *guid )
{
    WCHAR text[39];

    StringFromGUID2( guid, text, ARRAYSIZE(text) );
    set_text( value, copy_string( text ) );
}

void set_number( struct value *value, UINT64 number )
{
    value->type = VALUE_NUMBER;
    value->number = number;
}

void set_size( struct value *value, UINT64 size )
{
    if (size == BG_SIZE_UNKNOWN) set_absent( value, L"UNKNOWN" );
    else set_number( value, size );
}

void set_truth( struct value *value, BOOL truth )
{
    value->type = VALUE_TRUTH;
    value->number = truth;
}

void set_time( struct value *value, FILETIME time )
{
    set_absent( value, L"UNKNOWN" );
    if (!time.dwLowDateTime && !time.dwHighDateTime) return;
    value->type = VALUE_TIME;
    value->number = (UINT64)time.dwHighDateTime << 32 | time.dwLowDateTime;
}

static SYSTEMTIME system_time( UINT64 number )
{
    FILETIME filetime = { number, number >> 32 };
    SYSTEMTIME time;

    FileTimeToSystemTime( &filetime, &time );
    return time;
}

static void append_local_time( struct text *text, UINT64 number )
{
    SYSTEMTIME utc = system_time( number ), local;
    WCHAR date[64], time[64];

    SystemTimeToTzSpecificLocalTime( NULL, &utc, &local );
    GetDateFormatW( LOCALE_USER_DEFAULT, DATE_SHORTDATE, &local, NULL, date, ARRAYSIZE(date) );
    GetTimeFormatW( LOCALE_USER_DEFAULT, 0, &local, NULL, time, ARRAYSIZE(time) );
    append( text, L"%ls %ls", date, time );
}

static void append_value( struct text *text, const struct value *value )
{
    switch (value->type)
    {
    case VALUE_ABSENT:
    case VALUE_WORD:   append( text, L"%ls", value->word ); break;
    case VALUE_TEXT:   append( text, L"%ls", value->text ); break;
    case VALUE_NUMBER: append( text, L"%I64u", value->number ); break;
    case VALUE_TRUTH:  append( text, value->number ? L"true" : L"false" ); break;
    case VALUE_TIME:   append_local_time( text, value->number ); break;
    }
}

void append_json_string( struct text *text, const WCHAR *string )
{
    append( text, L"\"" );
    for (; *string; string++)
    {
        if (*string == '"' || *string == '\\') append( text, L"\\%lc", *string );
        else if (*string < ' ') append( text, L"\\u%04x", *string );
        else append( text, L"%lc", *string );
    }
    append( text, L"\"" );
}

static void append_json_value( struct text *text, const struct value *value )
{
    SYSTEMTIME time;

    switch (value->type)
    {
    case VALUE_ABSENT: append( text, L"null" ); break;
    case VALUE_WORD:   append_json_string( text, value->word ); break;
    case VALUE_TEXT:   append_json_string( text, value->text ); break;
    case VALUE_NUMBER: append( text, L"%I64u", value->number ); break;
    case VALUE_TRUTH:  append( text, value->number ? L"true" : L"false" ); break;
    case VALUE_TIME:
        time = system_time( value->number );
        append( text, L"\"%04u-%02u-%02uT%02u:%02u:%02uZ\"", time.wYear, time.wMonth, time.wDay, time.wHour,
                time.wMinute, time.wSecond );
        break;
    }
}

static HRESULT read_property( const struct property *property, void *object, struct value *value )
{
    HRESULT hr;

    memset( value, 0, sizeof(*value) );
    hr = property->get( object, value );
    if (FAILED(hr)) set_absent( value, L"UNKNOWN" );
    return hr;
}

/* The length of the name at the start of a string. */
static size_t name_length( const WCHAR *string )
{
    size_t length = 0;

    while (iswalnum( string[length] )) length++;
    return length;
}

static BOOL is_name( const WCHAR *name, const WCHAR *string )
{
    size_t length = name_length( string );

    return length == wcslen( name ) && !wcsncmp( name, string, length );
}

HRESULT append_fields( struct text *text, const struct property *table, void *object, const WCHAR *fields )
{
    const struct property *property;
    HRESULT hr, ret = S_OK;
    struct value value;

    while (*fields)
    {
        if (*fields != '$')
        {
            append( text, L"%lc", *fields++ );
            continue;
        }
        for (property = table; property->name; property++)
        {
            if (!is_name( property->name, fields + 1 )) continue;
            if (FAILED(hr = read_property( property, object, &value )) && SUCCEEDED(ret)) ret = hr;
            append_value( text, &value );
            CoTaskMemFree( value.text );
            break;
        }
        fields += 1 + name_length( fields + 1 );
    }
    return ret;
}

static BOOL is_mentioned( const WCHAR *name, const WCHAR *fields )
{
    if (!fields) return TRUE;
    while ((fields = wcschr( fields, '$' ))) if (is_name( name, ++fields )) return TRUE;
    return FALSE;
}

HRESULT append_json_fields( struct text *text, const struct property *table, void *object, const WCHAR *fields )
{
    const struct property *property;
    HRESULT hr, ret = S_OK;
    struct value value;
    BOOL first = TRUE;

    for (property = table; property->name; property++)
    {
        if (!is_mentioned( property->name, fields )) continue;
        if (FAILED(hr = read_property( property, object, &value )) && SUCCEEDED(ret)) ret = hr;
        append( text, L"%ls\"%ls\": ", first ? L"" : L", ", property->name );
        append_json_value( text, &value );
        CoTaskMemFree( value.text );
        first = FALSE;
    }
    return ret;
}

int print_fields( struct call *call, const struct property *table, void *object, const WCHAR *fields )
{
    struct text text = { 0 };
    HRESULT hr;
    int ret;

    if (json_output)
    {
        append( &text, L"{" );
        hr = append_json_fields( &text, table, object, fields );
        append( &text, L"}" );
    }
    else
    {
        hr = append_fields( &text, table, object, fields );
        while (text.length && text.chars[text.length - 1] == '\n') text.chars[--text.length] = 0;
    }
    ret = finish( call, hr, raw_output ? L"%ls" : L"%ls\n", text.chars ? text.chars : L"" );
    free_text( &text );
    return ret;
}
