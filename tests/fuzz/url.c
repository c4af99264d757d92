/*
 * Fuzz target: remote names and URLs
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

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "job/job.h"
#include "transfer/options.h"

#include "fuzz.h"

static void use_url( const char *url )
{
    char shown[URL_SHOWN_SIZE], tiny[8], *target, *proxy;

    assert( strlen( url_show( url, shown, sizeof(shown) ) ) < sizeof(shown) );
    assert( strlen( url_show( url, tiny, sizeof(tiny) ) ) < sizeof(tiny) );
    if ((target = redirect_target( url, "Location: ../x\r\n", 16 ))) assert( strstr( target, "://" ) );
    free( target );
    if (proxy_choose( "http=a:1 b", "*.x <local>", url, TRUE, &proxy ) == S_OK) free( proxy );
}

void fuzz_url( const unsigned char *data, size_t size )
{
    enum name_kind kind;
    WCHAR *name, *path;
    char *text;

    if (FAILED(wstr_from_utf8( (const char *)data, size, &name ))) return;
    if (name_check_remote( name, &kind ) == S_OK)
    {
        text = fuzz_text( data, size );
        if (kind != NAME_PATH) use_url( text );
        else if ((path = name_remote_path( name ))) free( path );
        free( text );
    }
    free( name );
}
