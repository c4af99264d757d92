/*
 * Tests of remote and local names
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

static const WCHAR *const good_remote[] =
{
    L"http://server/file", L"HTTP://server/file", L"https://server:8443/a/b?c=*&d=?", L"http://server",
    L"http://user:password@server/", L"http://[::1]:8080/x", L"http://127.0.0.1/%20x", L"http://a.b-c_d/é",
    L"C:\\dir\\file", L"z:/dir/file", L"\\\\server\\share\\file", L"\\\\server\\share\\dir\\file",
    L"file://server/share/file", L"file:///C:/dir/a%20b", L"file://localhost/C:/x", L"file:////server/share/x",
};

static const WCHAR *const bad_remote[] =
{
    L"", L"ftp://server/file", L"server/file", L"http:/server", L"http://", L"http:///file", L"http://ser ver/",
    L"http://server/a b", L"http://server/a\nb", L"http://server:0/", L"http://server:65536/", L"http://server:x/",
    L"http://sérver/", L"http://[::1/", L"http://[]/", L"http://@/", L"http://server/<", L"dir\\file", L"\\dir\\file",
    L"C:file", L"C:\\", L"C:\\dir\\", L"C:\\*.txt", L"C:\\a?", L"C:\\a:stream", L"\\\\server", L"\\\\server\\share",
    L"\\\\server\\share\\", L"\\\\?\\C:\\x", L"\\\\.\\C:", L"\\\\server\\pipe\\x", L"file://", L"file:///dir/file",
    L"file:///C:/%zz", L"file:///C:/%00", L"file://server/",
};

static void remote_names_are_told_apart(void)
{
    static const struct { const WCHAR *name; enum name_kind kind; } kinds[] =
    {
        { L"http://s/", NAME_HTTP }, { L"hTTps://s/", NAME_HTTPS }, { L"C:\\x", NAME_PATH }, { L"file://s/t/x", NAME_PATH },
    };
    enum name_kind kind;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(good_remote); i++)
        check( name_check_remote( good_remote[i], NULL ) == S_OK, "name %u refused\n", i );
    for (i = 0; i < ARRAY_SIZE(bad_remote); i++)
        check( name_check_remote( bad_remote[i], NULL ) == E_INVALIDARG, "name %u taken\n", i );
    for (i = 0; i < ARRAY_SIZE(kinds); i++)
        check( name_check_remote( kinds[i].name, &kind ) == S_OK && kind == kinds[i].kind, "kind %u\n", i );
    check( name_check_remote( NULL, NULL ) == E_INVALIDARG, "NULL taken\n" );
}

static void fill( WCHAR *str, unsigned int count, WCHAR ch )
{
    while (count--) *str++ = ch;
    *str = 0;
}

/* spec: api 4.1 */
static void limits_of_remote_names(void)
{
    WCHAR url[2300], part[] = L"http://s/";
    unsigned int i;

    memcpy( url, part, sizeof(part) );
    fill( url + 9, 260, 'x' );
    check( name_check_remote( url, NULL ) == S_OK, "segment of 260 refused\n" );
    fill( url + 9, 261, 'x' );
    check( name_check_remote( url, NULL ) == E_INVALIDARG, "segment of 261 taken\n" );
    url[9] = '?';
    check( name_check_remote( url, NULL ) == S_OK, "long query refused\n" );

    fill( url + 9, 2200 - 9, 'x' );
    for (i = 9; i < 2200; i += 100) url[i] = '/';
    check( name_check_remote( url, NULL ) == S_OK, "2200 characters refused\n" );
    url[2200] = 'x';
    url[2201] = 0;
    check( name_check_remote( url, NULL ) == E_INVALIDARG, "2201 characters taken\n" );
}

static void local_names(void)
{
    static const WCHAR *const good[] = { L"C:\\x", L"c:/dir/x", L"\\\\server\\share\\x", L"C:\\dir.with.dots\\x y" };
    static const WCHAR *const bad[] =
    {
        L"", L"x", L"dir\\x", L"\\x", L"C:x", L"C:\\", L"C:\\dir\\", L"C:\\a*", L"C:\\a?b", L"C:\\a:b", L"C:\\a<",
        L"C:\\a|b", L"C:\\a\"b", L"C:\\a\tb", L"\\\\?\\C:\\x", L"\\\\?\\unix\\tmp\\x", L"\\\\.\\pipe\\x",
        L"file:///C:/x", L"http://s/x", L"%TEMP%\\x",
    };
    WCHAR path[300];
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(good); i++) check( name_check_local( good[i] ) == S_OK, "name %u refused\n", i );
    for (i = 0; i < ARRAY_SIZE(bad); i++) check( name_check_local( bad[i] ) == E_INVALIDARG, "name %u taken\n", i );
    check( name_check_local( NULL ) == E_INVALIDARG, "NULL taken\n" );

    memcpy( path, L"C:\\", 8 );
    fill( path + 3, 257, 'x' );
    path[100] = '\\';
    check( name_check_local( path ) == S_OK, "260 characters refused\n" );
    path[260] = 'x';
    path[261] = 0;
    check( name_check_local( path ) == E_INVALIDARG, "261 characters taken\n" );
}

static void file_urls_become_paths(void)
{
    static const struct { const WCHAR *url, *path; } pairs[] =
    {
        { L"file:///C:/dir/a%20b", L"C:\\dir\\a b" },
        { L"file://localhost/C:/x", L"C:\\x" },
        { L"FILE://server/share/%C3%BC", L"\\\\server\\share\\ü" },
        { L"file:////server/share/x", L"\\\\server\\share\\x" },
        { L"file://C:/x", L"C:\\x" },
        { L"file:///C|/x", L"C:\\x" },
        { L"C:\\x", L"C:\\x" },
        { L"\\\\server\\share\\x", L"\\\\server\\share\\x" },
        { L"file:///unix/path", NULL },
        { L"file:///C:/%", NULL },
        { L"file:///C:/%c3", NULL },
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(pairs); i++)
    {
        WCHAR *path = name_remote_path( pairs[i].url );

        check( pairs[i].path ? path && !wstr_cmp( path, pairs[i].path ) : !path, "pair %u\n", i );
        free( path );
    }
}

const struct test name_tests[] =
{
    TEST(remote_names_are_told_apart),
    TEST(limits_of_remote_names),
    TEST(local_names),
    TEST(file_urls_become_paths),
    { NULL }
};
