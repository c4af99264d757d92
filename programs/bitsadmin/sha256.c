/*
 * The hash of a file
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

#include "bitsadmin.h"
#include <bcrypt.h>

#define BLOCK (1 << 20)

static NTSTATUS hash_blocks( BCRYPT_HASH_HANDLE hash, HANDLE file, HANDLE stop, BYTE *buffer, DWORD *error )
{
    NTSTATUS status = 0;
    DWORD size;

    do
    {
        if (WaitForSingleObject( stop, 0 ) != WAIT_TIMEOUT) *error = ERROR_CANCELLED;
        else if (!ReadFile( file, buffer, BLOCK, &size, NULL )) *error = GetLastError();
        else if (size) status = BCryptHashData( hash, buffer, size, 0 );
    }
    while (!*error && !status && size);
    return status;
}

DWORD hash_file( const WCHAR *path, HANDLE stop, BYTE result[SHA256_SIZE] )
{
    BCRYPT_ALG_HANDLE algorithm = NULL;
    BCRYPT_HASH_HANDLE hash = NULL;
    DWORD error = ERROR_SUCCESS;
    BYTE *buffer;
    NTSTATUS status;
    HANDLE file;

    file = CreateFileW( path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING,
                        FILE_FLAG_SEQUENTIAL_SCAN, NULL );
    if (file == INVALID_HANDLE_VALUE) return GetLastError();
    buffer = must_have( malloc( BLOCK ) );
    if (!(status = BCryptOpenAlgorithmProvider( &algorithm, BCRYPT_SHA256_ALGORITHM, NULL, 0 )) &&
             !(status = BCryptCreateHash( algorithm, &hash, NULL, 0, NULL, 0, 0 )) &&
             !(status = hash_blocks( hash, file, stop, buffer, &error )) && !error)
        status = BCryptFinishHash( hash, result, SHA256_SIZE, 0 );
    if (!error && status) error = ERROR_GEN_FAILURE;
    if (hash) BCryptDestroyHash( hash );
    if (algorithm) BCryptCloseAlgorithmProvider( algorithm, 0 );
    free( buffer );
    CloseHandle( file );
    return error;
}
