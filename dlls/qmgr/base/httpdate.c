/*
 * HTTP dates
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

#include "base/base.h"

#define TICKS_PER_SECOND 10000000
#define SECONDS_PER_DAY  86400

static const char day_names[] = "SunMonTueWedThuFriSat";
static const char month_names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

struct date
{
    int year, month, day;       /* month 0 to 11, day 1 to 31 */
    int hour, minute, second;
};

static BOOL is_leap_year( int year )
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month( int year, int month )
{
    static const char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return days[month] + (month == 1 && is_leap_year( year ));
}

/* Days from 1 January 1601 to 1 January of year (1601 or later). */
static UINT days_before_year( int year )
{
    UINT years = year - 1601;
    return years * 365 + years / 4 - years / 100 + years / 400;
}

/* --- reading: each function moves *p behind what it read, or returns FALSE --- */

static char lower( char c )
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static BOOL read_char( const char **p, char c )
{
    if (**p != c) return FALSE;
    (*p)++;
    return TRUE;
}

/* exactly "digits" digits; with blank, the first may be a blank */
static BOOL read_number( const char **p, int digits, BOOL blank, int *ret )
{
    int value = 0, i;

    for (i = 0; i < digits; i++, (*p)++)
    {
        if (**p >= '0' && **p <= '9') value = value * 10 + **p - '0';
        else if (!(blank && !i && **p == ' ')) return FALSE;
    }
    *ret = value;
    return TRUE;
}

/* one of the three-letter names; *ret is its index */
static BOOL read_name( const char **p, const char *names, int *ret )
{
    int i;

    for (i = 0; names[i * 3]; i++)
    {
        const char *name = names + i * 3;

        if (lower( (*p)[0] ) != lower( name[0] ) || lower( (*p)[1] ) != lower( name[1] ) ||
            lower( (*p)[2] ) != lower( name[2] )) continue;
        *p += 3;
        *ret = i;
        return TRUE;
    }
    return FALSE;
}

static BOOL read_clock( const char **p, struct date *date )
{
    return read_number( p, 2, FALSE, &date->hour ) && read_char( p, ':' ) &&
           read_number( p, 2, FALSE, &date->minute ) && read_char( p, ':' ) &&
           read_number( p, 2, FALSE, &date->second );
}

static BOOL read_gmt( const char **p )
{
    int zone;
    return read_char( p, ' ' ) && read_name( p, "GMT", &zone );
}

/* "06 Nov 1994 08:49:37 GMT" */
static BOOL read_imf( const char **p, struct date *date )
{
    return read_number( p, 2, FALSE, &date->day ) && read_char( p, ' ' ) &&
           read_name( p, month_names, &date->month ) && read_char( p, ' ' ) &&
           read_number( p, 4, FALSE, &date->year ) && read_char( p, ' ' ) &&
           read_clock( p, date ) && read_gmt( p );
}

/* "06-Nov-94 08:49:37 GMT" */
static BOOL read_rfc850( const char **p, struct date *date )
{
    if (!read_number( p, 2, FALSE, &date->day ) || !read_char( p, '-' ) ||
        !read_name( p, month_names, &date->month ) || !read_char( p, '-' ) ||
        !read_number( p, 2, FALSE, &date->year ) || !read_char( p, ' ' ) ||
        !read_clock( p, date ) || !read_gmt( p )) return FALSE;
    date->year += date->year < 70 ? 2000 : 1900;
    return TRUE;
}

/* "Nov  6 08:49:37 1994" */
static BOOL read_asctime( const char **p, struct date *date )
{
    return read_name( p, month_names, &date->month ) && read_char( p, ' ' ) &&
           read_number( p, 2, TRUE, &date->day ) && read_char( p, ' ' ) &&
           read_clock( p, date ) && read_char( p, ' ' ) &&
           read_number( p, 4, FALSE, &date->year );
}

/* What follows the name of the day tells the forms apart. */
static BOOL read_date( const char **p, struct date *date )
{
    static const char *const rest[] = { "day", "day", "sday", "nesday", "rsday", "day", "urday" };
    const char *r;
    int day;

    if (!read_name( p, day_names, &day )) return FALSE;
    if (read_char( p, ' ' )) return read_asctime( p, date );
    if (read_char( p, ',' )) return read_char( p, ' ' ) && read_imf( p, date );
    for (r = rest[day]; *r; r++, (*p)++) if (lower( **p ) != *r) return FALSE;
    return read_char( p, ',' ) && read_char( p, ' ' ) && read_rfc850( p, date );
}

static const char *skip_blanks( const char *p )
{
    while (*p == ' ' || *p == '\t') p++;
    return p;
}

BOOL http_date_parse( const char *str, UINT64 *time )
{
    struct date date;
    UINT days;
    int month;

    str = skip_blanks( str );
    if (!read_date( &str, &date ) || *skip_blanks( str )) return FALSE;
    if (date.year < 1601 || date.day < 1 || date.day > days_in_month( date.year, date.month )) return FALSE;
    if (date.hour > 23 || date.minute > 59 || date.second > 60) return FALSE;
    if (date.second == 60) date.second = 59;

    days = days_before_year( date.year ) + date.day - 1;
    for (month = 0; month < date.month; month++) days += days_in_month( date.year, month );
    *time = ((UINT64)days * SECONDS_PER_DAY + date.hour * 3600 + date.minute * 60 + date.second) * TICKS_PER_SECOND;
    return TRUE;
}

BOOL http_date_format( UINT64 time, char buffer[HTTP_DATE_SIZE] )
{
    UINT64 seconds = time / TICKS_PER_SECOND, all_days = seconds / SECONDS_PER_DAY;
    UINT clock = seconds % SECONDS_PER_DAY, days;
    int year, month = 0;

    buffer[0] = 0;
    if (all_days >= days_before_year( 10000 )) return FALSE;
    days = all_days;
    for (year = 1601 + days / 366; days >= days_before_year( year + 1 ); year++) ;
    days -= days_before_year( year );
    while (days >= days_in_month( year, month )) days -= days_in_month( year, month++ );

    /* 1 January 1601 was a Monday */
    snprintf( buffer, HTTP_DATE_SIZE, "%.3s, %02u %.3s %04u %02u:%02u:%02u GMT", day_names + (all_days + 1) % 7 * 3,
              (days + 1) % 100, month_names + month * 3, (UINT)year % 10000, clock / 3600 % 24, clock / 60 % 60,
              clock % 60 );
    return TRUE;
}
