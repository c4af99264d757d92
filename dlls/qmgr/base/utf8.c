/*
 * Strict conversion between UTF-16 and UTF-8
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

#include "base/base.h"

#define BAD_TEXT ((HRESULT)0x80070459)  /* HRESULT_FROM_WIN32(ERROR_NO_UNICODE_TRANSLATION) */

static BOOL is_lead_surrogate( UINT c )
{
    return c >= 0xd800 && c <= 0xdbff;
}

static BOOL is_trail_surrogate( UINT c )
{
    return c >= 0xdc00 && c <= 0xdfff;
}

/* Stores one code point, at most 4 bytes; returns the end. */
static char *put_utf8( char *dst, UINT c )
{
    if (c < 0x80)
    {
        *dst++ = c;
        return dst;
    }
    if (c < 0x800) *dst++ = 0xc0 | (c >> 6);
    else
    {
        if (c < 0x10000) *dst++ = 0xe0 | (c >> 12);
        else
        {
            *dst++ = 0xf0 | (c >> 18);
            *dst++ = 0x80 | ((c >> 12) & 0x3f);
        }
        *dst++ = 0x80 | ((c >> 6) & 0x3f);
    }
    *dst++ = 0x80 | (c & 0x3f);
    return dst;
}

HRESULT wstr_to_utf8( const WCHAR *str, char **ret )
{
    char *buffer, *dst, *shrunk;
    UINT c;

    *ret = NULL;
    /* a unit gives at most 3 bytes, a pair of them 4 */
    if (!(buffer = malloc( wstr_len( str ) * 3 + 1 ))) return E_OUTOFMEMORY;
    for (dst = buffer; (c = *str); str++)
    {
        if (is_trail_surrogate( c ) || (is_lead_surrogate( c ) && !is_trail_surrogate( str[1] )))
        {
            free( buffer );
            return BAD_TEXT;
        }
        if (is_lead_surrogate( c )) c = 0x10000 + ((c - 0xd800) << 10) + (*++str - 0xdc00);
        dst = put_utf8( dst, c );
    }
    *dst++ = 0;
    if (!(shrunk = realloc( buffer, dst - buffer ))) shrunk = buffer;
    *ret = shrunk;
    return S_OK;
}

/* Reads one code point.  Returns the bytes used, 0 when they are not the shortest form of a Unicode scalar value or
 * when it is NUL. */
static SIZE_T get_utf8( const unsigned char *src, SIZE_T len, UINT *ret )
{
    static const UINT smallest[] = { 0, 1, 0x80, 0x800, 0x10000 };
    SIZE_T size, i;
    UINT c;

    if (src[0] < 0x80) size = 1, c = src[0];
    else if ((src[0] & 0xe0) == 0xc0) size = 2, c = src[0] & 0x1f;
    else if ((src[0] & 0xf0) == 0xe0) size = 3, c = src[0] & 0x0f;
    else if ((src[0] & 0xf8) == 0xf0) size = 4, c = src[0] & 0x07;
    else return 0;

    if (size > len) return 0;
    for (i = 1; i < size; i++)
    {
        if ((src[i] & 0xc0) != 0x80) return 0;
        c = c << 6 | (src[i] & 0x3f);
    }
    if (c < smallest[size] || c > 0x10ffff || is_lead_surrogate( c ) || is_trail_surrogate( c )) return 0;
    *ret = c;
    return size;
}

HRESULT wstr_from_utf8( const char *str, SIZE_T len, WCHAR **ret )
{
    const unsigned char *src = (const unsigned char *)str;
    WCHAR *buffer, *dst;
    SIZE_T size;
    UINT c;

    *ret = NULL;
    if (len > MAXLONG || !(buffer = malloc( (len + 1) * sizeof(WCHAR) ))) return E_OUTOFMEMORY;
    for (dst = buffer; len; src += size, len -= size)
    {
        if (!(size = get_utf8( src, len, &c )))
        {
            free( buffer );
            return BAD_TEXT;
        }
        if (c >= 0x10000)
        {
            *dst++ = 0xd800 + ((c - 0x10000) >> 10);
            *dst++ = 0xdc00 + ((c - 0x10000) & 0x3ff);
        }
        else *dst++ = c;
    }
    *dst = 0;
    *ret = buffer;
    return S_OK;
}
