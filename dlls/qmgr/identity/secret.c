/*
 * Secrets at rest
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

#include "identity/identity.h"

#include <wincrypt.h>

/* Takes the block of the system's over into one of ours. */
static HRESULT take( DATA_BLOB *from, void **data, size_t *size )
{
    if ((*data = malloc( from->cbData ? from->cbData : 1 )))
    {
        memcpy( *data, from->pbData, from->cbData );
        *size = from->cbData;
    }
    SecureZeroMemory( from->pbData, from->cbData );
    LocalFree( from->pbData );
    return *data ? S_OK : E_OUTOFMEMORY;
}

HRESULT identity_protect( const void *plain, size_t size, void **blob, size_t *blob_size )
{
    DATA_BLOB in = { size, (BYTE *)plain }, out;

    if (!CryptProtectData( &in, L"winebits", NULL, NULL, NULL, CRYPTPROTECT_UI_FORBIDDEN, &out ))
        return HRESULT_FROM_WIN32( GetLastError() );
    return take( &out, blob, blob_size );
}

HRESULT identity_unprotect( const void *blob, size_t size, void **plain, size_t *plain_size )
{
    DATA_BLOB in = { size, (BYTE *)blob }, out;

    if (!CryptUnprotectData( &in, NULL, NULL, NULL, NULL, CRYPTPROTECT_UI_FORBIDDEN, &out ))
        return HRESULT_FROM_WIN32( GetLastError() );
    return take( &out, plain, plain_size );
}
