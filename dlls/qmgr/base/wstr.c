/*
 * Wide strings
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

SIZE_T wstr_len( const WCHAR *str )
{
    SIZE_T len = 0;

    while (str[len]) len++;
    return len;
}

SIZE_T wstr_len_max( const WCHAR *str, SIZE_T max )
{
    SIZE_T len = 0;

    while (len <= max && str[len]) len++;
    return len;
}

WCHAR *wstr_dup( const WCHAR *str )
{
    SIZE_T size;
    WCHAR *ret;

    if (!str) return NULL;
    size = (wstr_len( str ) + 1) * sizeof(WCHAR);
    if ((ret = malloc( size ))) memcpy( ret, str, size );
    return ret;
}

int wstr_cmp( const WCHAR *left, const WCHAR *right )
{
    while (*left && *left == *right)
    {
        left++;
        right++;
    }
    return (int)*left - (int)*right;
}

static WCHAR fold_ascii( WCHAR c )
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

int wstr_icmp_ascii( const WCHAR *left, const WCHAR *right )
{
    while (*left && fold_ascii( *left ) == fold_ascii( *right ))
    {
        left++;
        right++;
    }
    return (int)fold_ascii( *left ) - (int)fold_ascii( *right );
}
