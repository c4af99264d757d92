/*
 * Tests of HTTP dates
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

#define SECOND ((UINT64)10000000)
#define DAY (86400 * SECOND)
#define UNTOUCHED ((UINT64)42)

static UINT64 parse( const char *str )
{
    UINT64 time = UNTOUCHED;
    return http_date_parse( str, &time ) ? time : UNTOUCHED;
}

static void three_forms_mean_the_same(void)
{
    /* Unix time of the example in RFC 9110: 784111777 */
    UINT64 expect = (784111777 + 11644473600ull) * SECOND;

    check( parse( "Sun, 06 Nov 1994 08:49:37 GMT" ) == expect, "IMF-fixdate\n" );
    check( parse( "Sunday, 06-Nov-94 08:49:37 GMT" ) == expect, "RFC 850\n" );
    check( parse( "Sun Nov  6 08:49:37 1994" ) == expect, "asctime\n" );
    check( parse( "  Sun, 06 Nov 1994 08:49:37 GMT \t" ) == expect, "blanks\n" );
    check( parse( "sun, 06 nov 1994 08:49:37 gmt" ) == expect, "small letters\n" );
    check( parse( "Mon, 06 Nov 1994 08:49:37 GMT" ) == expect, "the day's name is not compared\n" );
}

static void every_day_name_is_known(void)
{
    static const char *const names[] = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday" };
    char buffer[64];
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(names); i++)
    {
        snprintf( buffer, sizeof(buffer), "%s, 06-Nov-94 08:49:37 GMT", names[i] );
        check( parse( buffer ) == parse( "Sun, 06 Nov 1994 08:49:37 GMT" ), "%s\n", buffer );
        snprintf( buffer, sizeof(buffer), "%.3s, 06 Nov 1994 08:49:37 GMT", names[i] );
        check( parse( buffer ) != UNTOUCHED, "%s\n", buffer );
    }
}

static void two_digit_years_turn_at_70(void)
{
    check( parse( "Sunday, 01-Jan-70 00:00:00 GMT" ) == parse( "Thu, 01 Jan 1970 00:00:00 GMT" ), "70\n" );
    check( parse( "Sunday, 01-Jan-99 00:00:00 GMT" ) == parse( "Fri, 01 Jan 1999 00:00:00 GMT" ), "99\n" );
    check( parse( "Sunday, 01-Jan-00 00:00:00 GMT" ) == parse( "Sat, 01 Jan 2000 00:00:00 GMT" ), "00\n" );
    check( parse( "Sunday, 01-Jan-69 00:00:00 GMT" ) == parse( "Tue, 01 Jan 2069 00:00:00 GMT" ), "69\n" );
}

static void calendar_has_its_edges(void)
{
    check( parse( "Mon, 01 Jan 1601 00:00:00 GMT" ) == 0, "origin\n" );
    check( parse( "Tue, 02 Jan 1601 00:00:00 GMT" ) == DAY, "second day\n" );
    check( parse( "Thu, 01 Jan 1970 00:00:00 GMT" ) == 11644473600ull * SECOND, "Unix origin\n" );
    check( parse( "Wed, 01 Mar 2000 00:00:00 GMT" ) - parse( "Mon, 28 Feb 2000 00:00:00 GMT" ) == 2 * DAY, "2000\n" );
    check( parse( "Mon, 01 Mar 2100 00:00:00 GMT" ) - parse( "Sun, 28 Feb 2100 00:00:00 GMT" ) == DAY, "2100\n" );
    check( parse( "Sat, 31 Dec 2016 23:59:60 GMT" ) == parse( "Sat, 31 Dec 2016 23:59:59 GMT" ), "leap second\n" );
    check( parse( "Tue, 29 Feb 2100 00:00:00 GMT" ) == UNTOUCHED, "29 February 2100\n" );
    check( parse( "Tue, 29 Feb 2000 00:00:00 GMT" ) != UNTOUCHED, "29 February 2000\n" );
}

static void anything_else_is_refused(void)
{
    static const char *const bad[] =
    {
        "", " ", "0", "784111777", "Sun", "Sun,", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 06 Nov 1994 08:49:37 GMT+1", "Sun, 06 Nov 1994 08:49:37 GMT x", "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 94 08:49:37 GMT", "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 06 Nev 1994 08:49:37 GMT", "Sun, 06 Nov 1600 08:49:37 GMT",
        "Sun, 06 Nov 0000 08:49:37 GMT", "Son, 06 Nov 1994 08:49:37 GMT", "Sun, -6 Nov 1994 08:49:37 GMT",
        "Sun, +6 Nov 1994 08:49:37 GMT", "Sun, 06  Nov 1994 08:49:37 GMT", "Sunda, 06-Nov-94 08:49:37 GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT", "Sunday, 06 Nov 1994 08:49:37 GMT", "Sun Nov 6 08:49:37 1994",
        "Sun Nov  6 08:49:37 1994 GMT", "Sun Nov  6 08:49:37 94", "1994-11-06T08:49:37Z", "Fr\xc3\xad",
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(bad); i++)
    {
        UINT64 time = UNTOUCHED;
        /* a copy of the exact size: reading beyond it would be seen */
        char *copy = strdup( bad[i] );
        check( !http_date_parse( copy, &time ) && time == UNTOUCHED, "\"%s\" taken\n", bad[i] );
        free( copy );
    }
}

static void check_days( UINT64 first, UINT64 end )
{
    char buffer[HTTP_DATE_SIZE];
    UINT64 day, time;

    for (day = first; day < end; day++)
    {
        /* the clock runs through the hours meanwhile */
        UINT64 in = day * DAY + day * 7919 % 86400 * SECOND;

        if (!check( http_date_format( in, buffer ), "day %u refused\n", (UINT)day )) return;
        if (!check( http_date_parse( buffer, &time ), "\"%s\" not read\n", buffer )) return;
        if (!check( time == in, "\"%s\" read as another time\n", buffer )) return;
    }
}

/* The calendar repeats after 400 years: the first such period and the last one. */
static void every_day_comes_back(void)
{
    check_days( 0, 146097 );
    check_days( 3067671 - 146097, 3067671 );
}

static void format_is_exact(void)
{
    char buffer[HTTP_DATE_SIZE];

    check( http_date_format( (784111777 + 11644473600ull) * SECOND + 9999999, buffer ), "refused\n" );
    check( !strcmp( buffer, "Sun, 06 Nov 1994 08:49:37 GMT" ), "got \"%s\"\n", buffer );
    check( http_date_format( 0, buffer ) && !strcmp( buffer, "Mon, 01 Jan 1601 00:00:00 GMT" ), "got \"%s\"\n", buffer );
    check( http_date_format( 3067671 * DAY - 1, buffer ) && !strcmp( buffer, "Fri, 31 Dec 9999 23:59:59 GMT" ),
           "got \"%s\"\n", buffer );
    check( !http_date_format( 3067671 * DAY, buffer ) && !buffer[0], "year 10000\n" );
    check( !http_date_format( ~(UINT64)0, buffer ) && !buffer[0], "largest value\n" );
}

const struct test httpdate_tests[] =
{
    TEST(three_forms_mean_the_same),
    TEST(every_day_name_is_known),
    TEST(two_digit_years_turn_at_70),
    TEST(calendar_has_its_edges),
    TEST(anything_else_is_refused),
    TEST(every_day_comes_back),
    TEST(format_is_exact),
    { 0 }
};
