/*
 * Tests of URLs as people may see them
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

static void shows( const char *url, const char *expected )
{
    char buffer[URL_SHOWN_SIZE];

    url_show( url, buffer, sizeof(buffer) );
    check( !strcmp( buffer, expected ), "%s: %s\n", url, buffer );
}

static void secrets_are_hidden(void)
{
    shows( "http://user:word@server/file", "http://(set)@server/file" );
    shows( "http://a@b@server", "http://(set)@server" );
    shows( "https://server/file?token=1&x=2", "https://server/file?(set)" );
    shows( "https://server/file#part", "https://server/file#(set)" );
    shows( "https://server?token", "https://server?(set)" );
    shows( "https://user:word@server:8080/a?b#c", "https://(set)@server:8080/a?(set)" );
    shows( "http://server/file?mail=a@b", "http://server/file?(set)" );
    shows( "http://server/a@b", "http://server/a@b" );
}

static void the_rest_is_shown(void)
{
    shows( "http://server/file", "http://server/file" );
    shows( "http://server", "http://server" );
    shows( "http://", "http://" );
    shows( "", "" );
    shows( "\\\\?\\C:\\file#1", "\\\\?\\C:\\file#1" );
    shows( "\\\\server\\share\\a@b", "\\\\server\\share\\a@b" );
}

static void cut( const char *url, size_t size, const char *expected )
{
    char *buffer = malloc( size );      /* one byte more would be seen by the address sanitizer */

    url_show( url, buffer, size );
    check( !strcmp( buffer, expected ), "%s in %u: %s\n", url, (UINT)size, buffer );
    free( buffer );
}

static void cuts_are_between_characters(void)
{
    cut( "http://server", 14, "http://server" );
    cut( "http://server", 13, "http://se..." );
    cut( "http://s\xc3\xa4" "cde", 14, "http://s\xc3\xa4" "cde" );
    cut( "http://s\xc3\xa4" "cdef", 14, "http://s\xc3\xa4..." );
    cut( "http://s\xc3\xa4" "cdef", 13, "http://s..." );
    cut( "C:\\file.txt", 8, "C:\\f..." );
    cut( "http://user:word@server/file", 14, "http://(se..." );
}

const struct test url_tests[] =
{
    TEST(secrets_are_hidden),
    TEST(the_rest_is_shown),
    TEST(cuts_are_between_characters),
    { 0 }
};
