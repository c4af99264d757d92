/*
 * URLs as people may see them
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

#include "wine/debug.h"

#define HIDDEN "(set)"

const char *url_show( const char *url, char *buffer, size_t size )
{
    const char *start = strstr( url, "://" ), *path, *at = NULL, *p;
    char *end;
    int length;

    if (!start) length = snprintf( buffer, size, "%s", url );
    else
    {
        start += 3;
        path = start + strcspn( start, "/?#" );
        for (p = start; p < path; p++) if (*p == '@') at = p;
        p = path + strcspn( path, "?#" );
        length = snprintf( buffer, size, "%.*s%s%.*s%.*s%s", (int)(start - url), url, at ? HIDDEN : "",
                           (int)(p - (at ? at : start)), at ? at : start, *p ? 1 : 0, p, *p ? HIDDEN : "" );
    }
    /* a cut goes between characters */
    if (length < 0 || (size_t)length >= size)
    {
        for (end = buffer + size - sizeof("..."); end > buffer && ((unsigned char)*end & 0xc0) == 0x80; end--) ;
        strcpy( end, "..." );
    }
    return buffer;
}

const char *debugstr_url( const WCHAR *url )
{
    char buffer[URL_SHOWN_SIZE], *utf8;
    const char *ret;

    if (!url) return debugstr_w( NULL );
    if (FAILED(wstr_to_utf8( url, &utf8 ))) return "(not text)";
    ret = debugstr_a( url_show( utf8, buffer, sizeof(buffer) ));
    free( utf8 );
    return ret;
}
