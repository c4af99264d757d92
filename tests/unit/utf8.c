/*
 * Tests of UTF-8
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

#define BAD_TEXT HRESULT_FROM_WIN32(ERROR_NO_UNICODE_TRANSLATION)

static void check_both_ways( const WCHAR *wide, const char *utf8 )
{
    WCHAR *wide_ret;
    char *utf8_ret;
    HRESULT hr;

    hr = wstr_to_utf8( wide, &utf8_ret );
    check( hr == S_OK, "%s: got %#x\n", utf8, (int)hr );
    if (hr == S_OK) check( !strcmp( utf8_ret, utf8 ), "got %s, not %s\n", utf8_ret, utf8 );
    free( utf8_ret );

    hr = wstr_from_utf8( utf8, strlen( utf8 ), &wide_ret );
    check( hr == S_OK, "%s: got %#x\n", utf8, (int)hr );
    if (hr == S_OK) check( !wstr_cmp( wide_ret, wide ), "%s: other text\n", utf8 );
    free( wide_ret );
}

static void text_survives_both_ways(void)
{
    check_both_ways( L"", "" );
    check_both_ways( L"plain", "plain" );
    check_both_ways( L"\x7f\x80\x7ff\x800\xd7ff\xe000\xffff", "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf" );
    check_both_ways( L"\xd800\xdc00\xdbff\xdfff", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf" );
    check_both_ways( L"\x65e5\x672c\x8a9e", "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e" );
}

static void every_code_point_survives(void)
{
    WCHAR wide[3], *back;
    unsigned int c;
    char *utf8;

    for (c = 1; c <= 0x10ffff; c++)
    {
        if (c >= 0xd800 && c <= 0xdfff) continue;
        memset( wide, 0, sizeof(wide) );
        if (c < 0x10000) wide[0] = c;
        else
        {
            wide[0] = 0xd7c0 + (c >> 10);
            wide[1] = 0xdc00 | (c & 0x3ff);
        }
        if (!check( wstr_to_utf8( wide, &utf8 ) == S_OK, "U+%04X refused\n", c )) return;
        if (!check( wstr_from_utf8( utf8, strlen( utf8 ), &back ) == S_OK, "U+%04X refused back\n", c )) return;
        if (!check( !wstr_cmp( wide, back ), "U+%04X changed\n", c )) return;
        free( utf8 );
        free( back );
    }
}

static void lone_surrogates_are_refused(void)
{
    static const WCHAR *const bad[] =
    {
        L"\xd800", L"\xdbff", L"\xdc00", L"\xdfff", L"a\xd800z", L"\xdc00\xd800", L"\xd800\xd800\xdc00",
        L"\xd800\xdc00\xdc00",
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(bad); i++)
    {
        char *ret = (char *)0xdead;
        HRESULT hr = wstr_to_utf8( bad[i], &ret );
        check( hr == BAD_TEXT && !ret, "%u: got %#x, %p\n", i, (int)hr, ret );
    }
}

static void malformed_utf8_is_refused(void)
{
    static const struct
    {
        const char *name, *bytes;
        unsigned int len;
    }
    bad[] =
    {
        { "NUL inside", "a\0b", 3 },
        { "NUL alone", "", 1 },
        { "lone continuation", "\x80", 1 },
        { "overlong slash, 2 bytes", "\xc0\xaf", 2 },
        { "overlong U+007F", "\xc1\xbf", 2 },
        { "overlong slash, 3 bytes", "\xe0\x80\xaf", 3 },
        { "overlong U+07FF", "\xe0\x9f\xbf", 3 },
        { "overlong slash, 4 bytes", "\xf0\x80\x80\xaf", 4 },
        { "overlong U+FFFF", "\xf0\x8f\xbf\xbf", 4 },
        { "surrogate", "\xed\xa0\x80", 3 },
        { "surrogate pair", "\xed\xa0\x80\xed\xb0\x80", 6 },
        { "U+110000", "\xf4\x90\x80\x80", 4 },
        { "five bytes", "\xf8\x88\x80\x80\x80", 5 },
        { "0xff", "\xff", 1 },
        { "cut after 1 of 2", "\xc3", 1 },
        { "cut after 2 of 3", "\xe6\x97", 2 },
        { "cut after 3 of 4", "\xf0\x90\x80", 3 },
        { "letter as continuation", "\xc3(", 2 },
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(bad); i++)
    {
        /* a copy of the exact size: reading beyond it would be seen */
        char *bytes = malloc( bad[i].len );
        WCHAR *ret = (WCHAR *)0xdead;
        HRESULT hr;

        memcpy( bytes, bad[i].bytes, bad[i].len );
        hr = wstr_from_utf8( bytes, bad[i].len, &ret );
        check( hr == BAD_TEXT && !ret, "%s: got %#x, %p\n", bad[i].name, (int)hr, ret );
        free( bytes );
    }
}

static void length_needs_no_nul(void)
{
    WCHAR *ret;
    HRESULT hr = wstr_from_utf8( "abcdef", 3, &ret );

    check( hr == S_OK && !wstr_cmp( ret, L"abc" ), "got %#x\n", (int)hr );
    free( ret );
}

const struct test utf8_tests[] =
{
    TEST(text_survives_both_ways),
    TEST(every_code_point_survives),
    TEST(lone_surrogates_are_refused),
    TEST(malformed_utf8_is_refused),
    TEST(length_needs_no_nul),
    { 0 }
};
