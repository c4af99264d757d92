/*
 * Fuzz target: lists of proxies and of what is reached without
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

#include "transfer/options.h"

#include "fuzz.h"

void fuzz_proxy( const unsigned char *data, size_t size )
{
    static const char * const urls[] = { "http://host/", "https://www.example.org:8443/x", "http://[::1]/" };
    char *list = fuzz_text( data, size ), *bypass = strchr( list, '\n' ), *strict, *lenient;
    unsigned int i;
    HRESULT hr;

    if (bypass) *bypass++ = 0;
    for (i = 0; i < ARRAY_SIZE(urls); i++)
    {
        hr = proxy_choose( list, bypass, urls[i], TRUE, &strict );
        assert( hr == S_OK || (hr == BG_E_INVALID_PROXY_INFO && !strict) );
        assert( proxy_choose( list, bypass, urls[i], FALSE, &lenient ) == S_OK );
        assert( !lenient || !strncmp( lenient, "http://", 7 ) );
        /* what is sound is read alike */
        assert( hr != S_OK || (strict ? lenient && !strcmp( strict, lenient ) : !lenient) );
        free( strict );
        free( lenient );
    }
    free( list );
}
