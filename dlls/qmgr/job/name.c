/*
 * Remote and local names
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

#include <stdlib.h>
#include <string.h>

#include "job/job.h"

#define SEGMENT_MAX  260    /* spec: api 4.1 */
#define PATH_MAX_LEN 260

static BOOL is_letter( WCHAR ch )
{
    return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z');
}

static BOOL is_digit( WCHAR ch )
{
    return ch >= '0' && ch <= '9';
}

/* Whether STR begins with the ASCII text PREFIX (lower case), in any case. */
static BOOL has_prefix( const WCHAR *str, const char *prefix )
{
    for (; *prefix; str++, prefix++)
    {
        WCHAR ch = *str >= 'A' && *str <= 'Z' ? *str + 'a' - 'A' : *str;

        if (ch != (unsigned char)*prefix) return FALSE;
    }
    return TRUE;
}

/* A path's characters after its root: no wildcards, no streams, no control characters, no over-long part. */
static BOOL check_path_rest( const WCHAR *path )
{
    ULONG part = 0;

    for (; *path; path++)
    {
        if (*path < ' ' || *path == '*' || *path == '?' || *path == '<' || *path == '>' || *path == '|' ||
            *path == '"' || *path == ':')
            return FALSE;
        part = *path == '\\' || *path == '/' ? 0 : part + 1;
        if (part > SEGMENT_MAX) return FALSE;
    }
    return TRUE;
}

/* X:\… or \\server\share\…, naming a file and not a directory or a device. */
static BOOL check_path( const WCHAR *path )
{
    const WCHAR *rest;
    ULONG len = wstr_len( path );

    if (!len || path[len - 1] == '\\' || path[len - 1] == '/') return FALSE;
    if (is_letter( path[0] ) && path[1] == ':')
        return (path[2] == '\\' || path[2] == '/') && path[3] && check_path_rest( path + 3 );

    if (path[0] != '\\' || path[1] != '\\') return FALSE;
    rest = path + 2;
    if (*rest == '?' || *rest == '.' || *rest == '\\') return FALSE;
    while (*rest && *rest != '\\') rest++;
    if (!*rest++ || *rest == '\\' || !*rest) return FALSE;
    if (has_prefix( rest, "pipe\\" )) return FALSE;
    while (*rest && *rest != '\\') rest++;
    if (!*rest++ || !*rest) return FALSE;
    return check_path_rest( path + 2 );
}

/* host or [IPv6 literal], then an optional port, up to the end of the authority; user information before it. */
static BOOL check_authority( const WCHAR *str, const WCHAR *end )
{
    const WCHAR *p, *host = str;
    ULONG port = 0;

    for (p = str; p < end; p++)
    {
        if (*p > 0x7e) return FALSE;    /* must be IDN-encoded already */
        if (*p == '@') host = p + 1;
    }
    if (host < end && *host == '[')
    {
        for (p = host + 1; p < end && *p != ']'; p++)
            if (!is_digit( *p ) && !is_letter( *p ) && *p != ':' && *p != '.' && *p != '%') return FALSE;
        if (p == end || p == host + 1) return FALSE;
        p++;
    }
    else
    {
        for (p = host; p < end && *p != ':'; p++)
            if (!is_digit( *p ) && !is_letter( *p ) && *p != '-' && *p != '.' && *p != '_' && *p != '%') return FALSE;
        if (p == host) return FALSE;
    }
    if (p == end) return TRUE;
    if (*p++ != ':') return FALSE;
    for (; p < end; p++)
    {
        if (!is_digit( *p )) return FALSE;
        if ((port = port * 10 + *p - '0') > 65535) return FALSE;
    }
    return port != 0;
}

static BOOL check_url( const WCHAR *url )
{
    const WCHAR *end = url, *p;
    ULONG part = 0;
    BOOL query = FALSE;

    while (*end && *end != '/' && *end != '?' && *end != '#') end++;
    if (!check_authority( url, end )) return FALSE;
    for (p = end; *p; p++)
    {
        /* the caller has escaped everything: BITS does not (spec: behaviour 4.2) */
        if (*p <= ' ' || *p == 0x7f || *p == '"' || *p == '<' || *p == '>') return FALSE;
        if (*p == '?' || *p == '#') query = TRUE;
        part = *p == '/' ? 0 : part + 1;
        if (!query && part > SEGMENT_MAX) return FALSE;
    }
    return TRUE;
}

HRESULT name_check_remote( const WCHAR *name, enum name_kind *kind )
{
    enum name_kind found;
    WCHAR *path;
    BOOL ok;

    if (!name || wstr_len_max( name, JOB_REMOTE_NAME_MAX ) > JOB_REMOTE_NAME_MAX) return E_INVALIDARG;

    if (has_prefix( name, "http://" ))
    {
        found = NAME_HTTP;
        ok = check_url( name + 7 );
    }
    else if (has_prefix( name, "https://" ))
    {
        found = NAME_HTTPS;
        ok = check_url( name + 8 );
    }
    else
    {
        found = NAME_PATH;
        if (!(path = name_remote_path( name ))) return E_INVALIDARG;
        ok = check_path( path );
        free( path );
    }
    if (!ok) return E_INVALIDARG;
    if (kind) *kind = found;
    return S_OK;
}

HRESULT name_check_local( const WCHAR *name )
{
    if (!name || wstr_len_max( name, PATH_MAX_LEN + 1 ) > PATH_MAX_LEN) return E_INVALIDARG;
    return check_path( name ) ? S_OK : E_INVALIDARG;
}

static int hex_digit( WCHAR ch )
{
    if (is_digit( ch )) return ch - '0';
    if (ch >= 'a' && ch <= 'f') return ch - 'a' + 10;
    if (ch >= 'A' && ch <= 'F') return ch - 'A' + 10;
    return -1;
}

/* Undoes percent escapes, which stand for UTF-8, and turns slashes round.  malloc'ed; NULL when malformed. */
static WCHAR *unescape( const WCHAR *str )
{
    char *utf8, *from, *to;
    WCHAR *ret;

    if (FAILED(wstr_to_utf8( str, &utf8 ))) return NULL;
    for (from = to = utf8; *from; from++)
    {
        int high, low;

        if (*from == '%')
        {
            if ((high = hex_digit( (unsigned char)from[1] )) < 0 || (low = hex_digit( (unsigned char)from[2] )) < 0 ||
                !(high | low))
            {
                free( utf8 );
                return NULL;
            }
            *to++ = high << 4 | low;
            from += 2;
        }
        else *to++ = *from == '/' ? '\\' : *from;
    }
    *to = 0;
    wstr_from_utf8( utf8, to - utf8, &ret );
    free( utf8 );
    return ret;
}

WCHAR *name_remote_path( const WCHAR *name )
{
    WCHAR *path, *ret;
    ULONG len;

    if (!has_prefix( name, "file://" )) return wstr_dup( name );
    if (!(path = unescape( name + 7 ))) return NULL;

    if (path[0] == '\\' && is_letter( path[1] ) && (path[2] == ':' || path[2] == '|'))  /* file:///C:/x */
    {
        path[2] = ':';
        memmove( path, path + 1, wstr_len( path ) * sizeof(WCHAR) );
        return path;
    }
    if (has_prefix( path, "localhost\\" ) && is_letter( path[10] ) && path[11] == ':')
    {
        memmove( path, path + 10, (wstr_len( path ) - 9) * sizeof(WCHAR) );
        return path;
    }
    if (path[0] == '\\' && path[1] == '\\') return path;                                /* file:////server/share/x */
    if (path[0] == '\\' || (is_letter( path[0] ) && path[1] == ':'))                    /* file://C:/x */
    {
        if (path[0] != '\\') return path;
        free( path );
        return NULL;
    }
    len = wstr_len( path );                                                             /* file://server/share/x */
    if ((ret = malloc( (len + 3) * sizeof(WCHAR) )))
    {
        ret[0] = ret[1] = '\\';
        memcpy( ret + 2, path, (len + 1) * sizeof(WCHAR) );
    }
    free( path );
    return ret;
}
