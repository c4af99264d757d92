/*
 * Header lines, proxies and redirects from text
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

#include "transfer/options.h"

/* A part of a string. */
struct text
{
    const char *start, *end;
};

static char lower( char c )
{
    return c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c;
}

static SIZE_T text_length( struct text text )
{
    return text.end - text.start;
}

/* Letters match in either case. */
static BOOL text_equal( struct text left, struct text right )
{
    if (text_length( left ) != text_length( right )) return FALSE;
    for (; left.start < left.end; left.start++, right.start++)
        if (lower( *left.start ) != lower( *right.start )) return FALSE;
    return TRUE;
}

static BOOL text_is( struct text text, const char *word )
{
    struct text other = { word, word + strlen( word ) };

    return text_equal( text, other );
}

static char *text_dup( struct text text )
{
    char *copy;

    if (!(copy = malloc( text_length( text ) + 1 ))) return NULL;
    memcpy( copy, text.start, text_length( text ) );
    copy[text_length( text )] = 0;
    return copy;
}

/* --- header lines ---------------------------------------------------------------------------------------------- */

/* Takes the first line that has a name off the text. */
static BOOL next_line( struct text *rest, struct text *line, struct text *name )
{
    while (rest->start < rest->end)
    {
        line->start = line->end = rest->start;
        while (line->end < rest->end && *line->end != '\r' && *line->end != '\n') line->end++;
        rest->start = line->end < rest->end ? line->end + 1 : rest->end;

        name->start = name->end = line->start;
        while (name->end < line->end && *name->end != ':' && *name->end != ' ' && *name->end != '\t') name->end++;
        if (name->end > name->start && name->end < line->end && *name->end == ':') return TRUE;
    }
    return FALSE;
}

static BOOL has_header( const char *headers, struct text wanted )
{
    struct text rest = { headers, headers + strlen( headers ) }, line, name;

    while (next_line( &rest, &line, &name ))
        if (text_equal( name, wanted )) return TRUE;
    return FALSE;
}

static char *put_line( char *to, struct text line )
{
    memcpy( to, line.start, text_length( line ) );
    to += text_length( line );
    memcpy( to, "\r\n", 3 );
    return to + 2;
}

char *headers_append( const char *plan, const char *custom )
{
    struct text rest = { plan, plan + strlen( plan ) }, line, name;
    char *headers, *to;

    /* a line end of CUSTOM may become one character longer, and its last one may be missing */
    if (!(headers = malloc( strlen( plan ) + 2 * strlen( custom ) + 3 ))) return NULL;
    *(to = headers) = 0;
    while (next_line( &rest, &line, &name ))
        if (!has_header( custom, name )) to = put_line( to, line );
    rest.start = custom;
    rest.end = custom + strlen( custom );
    while (next_line( &rest, &line, &name )) to = put_line( to, line );
    return headers;
}

/* Whether WORD is among the words of the list, parted by blanks and commas. */
static BOOL has_word( struct text list, const char *word )
{
    struct text item = { list.start, list.start };

    for (; item.end < list.end; item.start = item.end + 1)
    {
        for (item.end = item.start; item.end < list.end && !strchr( ", \t", *item.end ); item.end++) ;
        if (text_is( item, word )) return TRUE;
    }
    return FALSE;
}

BOOL headers_offer( const char *headers, SIZE_T length, const char *name, const char *scheme )
{
    struct text rest = { headers, headers + length }, line, field, challenges;

    while (next_line( &rest, &line, &field ))
    {
        if (!text_is( field, name )) continue;
        challenges.start = field.end + 1;
        challenges.end = line.end;
        if (has_word( challenges, scheme )) return TRUE;
    }
    return FALSE;
}

/* --- proxies --------------------------------------------------------------------------------------------------- */

struct url
{
    struct text scheme;
    struct text origin;     /* scheme, name, password, host and port */
    struct text host;       /* without port */
    struct text path;       /* without query */
};

static struct url parse_url( const char *str )
{
    const char *end = str + strcspn( str, "#" ), *p;
    struct url url;

    url.scheme.start = url.origin.start = str;
    url.scheme.end = strstr( str, "://" );
    url.host.start = url.scheme.end + 3;
    url.origin.end = url.host.start + strcspn( url.host.start, "/?#" );
    for (p = url.host.start; p < url.origin.end; p++)
        if (*p == '@') url.host.start = p + 1;
    if (*url.host.start == '[') url.host.end = url.host.start + strcspn( url.host.start, "]" ) + 1;
    else url.host.end = url.host.start + strcspn( url.host.start, ":/?#" );
    url.path.start = url.origin.end;
    url.path.end = url.path.start + strcspn( url.path.start, "?#" );
    if (url.path.end > end) url.path.end = end;
    return url;
}

/* Takes the first word off the list. */
static BOOL next_word( const char **list, struct text *word )
{
    static const char blanks[] = " \t\r\n;";

    *list += strspn( *list, blanks );
    word->start = *list;
    *list += strcspn( *list, blanks );
    word->end = *list;
    return word->start < word->end;
}

/* A * stands for any characters. */
static BOOL text_matches( struct text pattern, struct text text )
{
    const char *star = NULL, *mark = NULL;

    while (text.start < text.end)
    {
        if (pattern.start < pattern.end && *pattern.start == '*')
        {
            star = ++pattern.start;
            mark = text.start;
        }
        else if (pattern.start < pattern.end && lower( *pattern.start ) == lower( *text.start ))
        {
            pattern.start++;
            text.start++;
        }
        else if (star)
        {
            pattern.start = star;
            text.start = ++mark;
        }
        else return FALSE;
    }
    while (pattern.start < pattern.end && *pattern.start == '*') pattern.start++;
    return pattern.start == pattern.end;
}

static BOOL is_bypassed( const char *bypass, struct text host )
{
    struct text word;

    while (bypass && next_word( &bypass, &word ))
    {
        if (text_is( word, "<local>" ))
        {
            if (*host.start != '[' && !memchr( host.start, '.', text_length( host ) )) return TRUE;
        }
        else if (text_matches( word, host )) return TRUE;
    }
    return FALSE;
}

struct proxy
{
    struct text scheme;     /* that it is for; empty: all others */
    struct text server;
    UINT port;
};

static BOOL is_scheme( struct text text )
{
    return text_is( text, "http" ) || text_is( text, "https" );
}

static const char *find( struct text text, const char *what )
{
    const char *found = strstr( text.start, what );

    return found && found < text.end ? found : NULL;
}

static BOOL read_port( struct text text, UINT *port )
{
    UINT value = 0;

    if (text.start == text.end) return FALSE;
    for (; text.start < text.end; text.start++)
    {
        if (*text.start < '0' || *text.start > '9') return FALSE;
        if ((value = value * 10 + *text.start - '0') > 65535) return FALSE;
    }
    *port = value;
    return value != 0;
}

static BOOL is_server( struct text text )
{
    static const char marks[] = ".-_:[]%";
    BOOL bracket = text.start < text.end && *text.start == '[';

    if (text.start == text.end) return FALSE;
    if (bracket != (text.end[-1] == ']')) return FALSE;
    for (; text.start < text.end; text.start++)
    {
        char c = lower( *text.start );

        if ((c < '0' || c > '9') && (c < 'a' || c > 'z') && !strchr( marks, c )) return FALSE;
    }
    return TRUE;
}

static BOOL read_proxy( struct text word, struct proxy *proxy )
{
    const char *mark;

    proxy->scheme.start = proxy->scheme.end = word.start;
    proxy->port = 80;
    if ((mark = find( word, "=" )))
    {
        proxy->scheme.end = mark;
        if (!is_scheme( proxy->scheme )) return FALSE;
        word.start = mark + 1;
    }
    if ((mark = find( word, "://" )))
    {
        struct text scheme = { word.start, mark };

        if (!is_scheme( scheme )) return FALSE;
        word.start = mark + 3;
    }
    if (word.start < word.end && word.end[-1] == '/') word.end--;

    proxy->server = word;
    for (mark = word.end; mark > word.start && mark[-1] != ':' && mark[-1] != ']'; mark--) ;
    if (mark > word.start && mark[-1] == ':')
    {
        struct text port = { mark, word.end };

        proxy->server.end = mark - 1;
        if (!read_port( port, &proxy->port )) return FALSE;
    }
    return is_server( proxy->server );
}

/* Looks through LIST for SCHEME's proxy, whose port is 0 when it has none.  Returns whether every entry makes sense, and
 * there is one. */
static BOOL find_proxy( const char *list, struct text scheme, struct proxy *ret )
{
    struct proxy proxy, own = { { 0 } }, other = { { 0 } };
    BOOL any = FALSE, sound = TRUE;
    struct text word;

    while (next_word( &list, &word ))
    {
        any = TRUE;
        if (!read_proxy( word, &proxy )) sound = FALSE;
        else if (text_equal( proxy.scheme, scheme ))
        {
            if (!own.port) own = proxy;
        }
        else if (!text_length( proxy.scheme ) && !other.port) other = proxy;
    }
    *ret = own.port ? own : other;
    return any && sound;
}

HRESULT proxy_choose( const char *list, const char *bypass, const char *url, BOOL strict, char **ret )
{
    struct url parsed = parse_url( url );
    struct proxy proxy;

    *ret = NULL;
    if (!find_proxy( list, parsed.scheme, &proxy ) && strict) return BG_E_INVALID_PROXY_INFO;
    if (!proxy.port || is_bypassed( bypass, parsed.host )) return S_OK;

    if (!(*ret = malloc( text_length( proxy.server ) + 16 ))) return E_OUTOFMEMORY;
    sprintf( *ret, "http://%.*s:%u", (int)text_length( proxy.server ), proxy.server.start, proxy.port );
    return S_OK;
}

/* --- redirects ------------------------------------------------------------------------------------------------- */

static char *join( struct text first, const char *middle, struct text last )
{
    SIZE_T size = text_length( first ) + strlen( middle ) + text_length( last ) + 1;
    char *ret;

    if ((ret = malloc( size )))
        snprintf( ret, size, "%.*s%s%.*s", (int)text_length( first ), first.start, middle, (int)text_length( last ),
                  last.start );
    return ret;
}

/* RFC 3986 5.2 but for the dots, which the server may resolve.  LOCATION is not empty. */
static char *resolve( const char *base, struct text location )
{
    struct url url = parse_url( base );
    struct text first = url.origin;

    if (*location.start == '/' && text_length( location ) > 1 && location.start[1] == '/')
        first.end = url.scheme.end + 1;
    else if (*location.start != '/')
    {
        first.end = url.path.end;
        if (*location.start != '?')
            while (first.end > url.path.start && first.end[-1] != '/') first.end--;
    }
    return join( first, first.end == url.path.start && *location.start != '/' ? "/" : "", location );
}

char *redirect_target( const char *url, const char *headers, SIZE_T length )
{
    struct text rest = { headers, headers + length }, line, name, location;
    const char *p;

    do
    {
        if (!next_line( &rest, &line, &name )) return NULL;
    }
    while (!text_is( name, "Location" ));

    location.start = name.end + 1;
    location.end = line.end;
    while (location.start < location.end && (*location.start == ' ' || *location.start == '\t')) location.start++;
    for (p = location.start; p < location.end && *p != '#' && *p != ' ' && *p != '\t'; p++) ;
    location.end = p;
    if (location.start == location.end) return NULL;
    for (p = location.start; p < location.end && *p != '/' && *p != '?' && *p != ':'; p++) ;
    return p < location.end && *p == ':' ? text_dup( location ) : resolve( url, location );
}
