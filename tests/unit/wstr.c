/*
 * Tests of wide strings
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

static void length_stops_at_the_limit(void)
{
    /* no NUL: reading on would be seen by the address sanitizer */
    WCHAR *unterminated = malloc( 4 * sizeof(WCHAR) );
    unsigned int i;

    for (i = 0; i < 4; i++) unterminated[i] = 'x';
    check( wstr_len_max( unterminated, 3 ) == 4, "longer than 3 not seen\n" );
    free( unterminated );

    check( wstr_len( L"" ) == 0, "empty\n" );
    check( wstr_len( L"abc" ) == 3, "abc\n" );
    check( wstr_len_max( L"", 0 ) == 0, "empty\n" );
    check( wstr_len_max( L"a", 0 ) == 1, "one above the limit\n" );
    check( wstr_len_max( L"abc", 3 ) == 3, "as long as the limit\n" );
    check( wstr_len_max( L"abcd", 3 ) == 4, "one above the limit\n" );
    check( wstr_len_max( L"abcdefg", 3 ) == 4, "far above the limit\n" );
}

static void copy_is_equal_and_separate(void)
{
    static const WCHAR text[] = L"z\x00fcrich \xd83d\xde00";
    WCHAR *copy = wstr_dup( text );

    check( copy && copy != text && !wstr_cmp( copy, text ), "different copy\n" );
    free( copy );
    copy = wstr_dup( L"" );
    check( copy && !copy[0], "empty string\n" );
    free( copy );
    check( !wstr_dup( NULL ), "copy of NULL\n" );
}

static void comparison_orders_by_code_unit(void)
{
    check( wstr_cmp( L"a", L"a" ) == 0, "same\n" );
    check( wstr_cmp( L"a", L"A" ) > 0, "case ignored\n" );
    check( wstr_cmp( L"a", L"ab" ) < 0, "prefix\n" );
    check( wstr_cmp( L"ab", L"a" ) > 0, "prefix\n" );
    check( wstr_cmp( L"\xffff", L"a" ) > 0, "sign\n" );
}

static void caseless_comparison_folds_ascii_only(void)
{
    check( wstr_icmp_ascii( L"HTTPS", L"https" ) == 0, "letters\n" );
    check( wstr_icmp_ascii( L"http", L"https" ) < 0, "prefix\n" );
    check( wstr_icmp_ascii( L"@[`{", L"@[`{" ) == 0, "same\n" );
    check( wstr_icmp_ascii( L"@", L"`" ) != 0, "neighbours of the letters folded\n" );
    check( wstr_icmp_ascii( L"[", L"{" ) != 0, "neighbours of the letters folded\n" );
    check( wstr_icmp_ascii( L"\x00c4", L"\x00e4" ) != 0, "umlaut folded\n" );
    check( wstr_icmp_ascii( L"K", L"\x212a" ) != 0, "Kelvin sign folded\n" );
}

const struct test wstr_tests[] =
{
    TEST(length_stops_at_the_limit),
    TEST(copy_is_equal_and_separate),
    TEST(comparison_orders_by_code_unit),
    TEST(caseless_comparison_folds_ascii_only),
    { 0 }
};
