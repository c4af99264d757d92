/*
 * Copying from a path: drives, shares and file:// names
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

/* Size and last-write time are the validators, as for HTTP (spec: behaviour 4.5). */

#include "transfer/plan.h"
#include "transfer/private.h"

#define PIECE_SIZE        (1024 * 1024)
#define PROGRESS_INTERVAL 250       /* ms */
#define FLUSH_INTERVAL    5000

/* spec: behaviour 4.7; every copy has FILE_ATTRIBUTE_ARCHIVE, as new files do */
#define COPIED_ATTRIBUTES (FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM)

struct copy
{
    struct transfer *transfer;
    HANDLE source;
    char *where;            /* its path in UTF-8 */
    char *buffer;
    UINT64 size, modified;
    DWORD attributes;       /* COPIED_ATTRIBUTES of them */
    UINT64 offset;
    UINT64 told_at, flushed_at;     /* ticks */
};

static HRESULT fail_remote( struct copy *copy, DWORD error )
{
    return transfer_fail( copy->transfer, error_from_remote( error ), "%s cannot be read.", copy->where );
}

static HRESULT fail_local( struct copy *copy, DWORD error )
{
    return transfer_fail( copy->transfer, error_from_local( error ), "The temporary file for %s cannot be written.",
                          copy->where );
}

static HRESULT open_source( struct copy *copy )
{
    const struct transfer_file *file = copy->transfer->file;
    DWORD error = 0;
    HRESULT hr;

    if (FAILED(hr = identity_enter( file->network_identity ))) return fail_remote( copy, HRESULT_CODE( hr ) );
    copy->source = CreateFileW( file->remote, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                NULL, OPEN_EXISTING, FILE_FLAG_SEQUENTIAL_SCAN, NULL );
    if (copy->source == INVALID_HANDLE_VALUE) error = GetLastError();
    else error = HRESULT_CODE( identity_check_file( file->network_identity, file->remote, GENERIC_READ ) );
    identity_leave( file->network_identity );
    return error ? fail_remote( copy, error ) : S_OK;
}

static DWORD read_info( struct copy *copy )
{
    BY_HANDLE_FILE_INFORMATION info;

    if (!GetFileInformationByHandle( copy->source, &info )) return GetLastError();
    copy->size = (UINT64)info.nFileSizeHigh << 32 | info.nFileSizeLow;
    copy->modified = (UINT64)info.ftLastWriteTime.dwHighDateTime << 32 | info.ftLastWriteTime.dwLowDateTime;
    copy->attributes = info.dwFileAttributes & COPIED_ATTRIBUTES;
    return 0;
}

/* Puts both files at the offset from which the copy goes on. */
static HRESULT seek( struct copy *copy )
{
    LARGE_INTEGER position;

    position.QuadPart = copy->offset;
    if (!SetFilePointerEx( copy->source, position, NULL, FILE_BEGIN )) return fail_remote( copy, GetLastError() );
    if (!SetFilePointerEx( copy->transfer->temp.handle, position, NULL, FILE_BEGIN ))
        return fail_local( copy, GetLastError() );
    return S_OK;
}

/* S_FALSE: the source ended before its size. */
static HRESULT copy_piece( struct copy *copy )
{
    DWORD length = PIECE_SIZE, read, written;

    if (length > copy->size - copy->offset) length = copy->size - copy->offset;
    if (!ReadFile( copy->source, copy->buffer, length, &read, NULL )) return fail_remote( copy, GetLastError() );
    if (!read) return S_FALSE;
    if (!WriteFile( copy->transfer->temp.handle, copy->buffer, read, &written, NULL ))
        return fail_local( copy, GetLastError() );
    copy->offset += written;
    return written == read ? S_OK : fail_local( copy, ERROR_DISK_FULL );
}

static HRESULT tell_pieces( struct copy *copy )
{
    UINT64 now = GetTickCount64(), durable = 0;

    if (now - copy->told_at < PROGRESS_INTERVAL) return S_OK;
    if (now - copy->flushed_at >= FLUSH_INTERVAL)
    {
        if (!FlushFileBuffers( copy->transfer->temp.handle )) return fail_local( copy, GetLastError() );
        copy->flushed_at = GetTickCount64();
        durable = copy->offset;
    }
    tell_progress( copy->transfer, copy->offset, durable );
    copy->told_at = now;
    return S_OK;
}

static HRESULT copy_rest( struct copy *copy )
{
    HRESULT hr;

    if (FAILED(hr = seek( copy ))) return hr;
    copy->told_at = copy->flushed_at = GetTickCount64();
    while (copy->offset < copy->size)
    {
        if (transfer_is_aborted( copy->transfer ))
        {
            tell_progress( copy->transfer, copy->offset, 0 );
            return E_ABORT;
        }
        if ((hr = copy_piece( copy )) == S_FALSE) return S_OK;
        if (SUCCEEDED(hr)) hr = tell_pieces( copy );
        if (FAILED(hr)) return hr;
    }
    return FlushFileBuffers( copy->transfer->temp.handle ) ? S_OK : fail_local( copy, GetLastError() );
}

/* Copies until the source has the same validators before and behind the copy. */
static HRESULT copy_stable( struct copy *copy )
{
    UINT64 size = copy->transfer->file->size, modified = copy->transfer->file->modified;
    struct bits_error changes;
    int restarts;
    DWORD error;
    HRESULT hr;

    /* what an earlier run learned counts only with the bytes that it left */
    if (copy->transfer->offset != copy->transfer->file->offset) size = BG_SIZE_UNKNOWN;
    copy->offset = copy->transfer->offset;
    if ((error = read_info( copy ))) return fail_remote( copy, error );

    for (restarts = 0; restarts <= PLAN_RESTARTS_MAX; restarts++)
    {
        if (size != BG_SIZE_UNKNOWN && (size != copy->size || (modified && modified != copy->modified)))
        {
            copy->offset = 0;
            if (FAILED(hr = tell_restarted( copy->transfer, FALSE ))) return hr;
        }
        size = copy->size;
        modified = copy->modified;
        tell_connected( copy->transfer, size, size, modified, copy->attributes );
        if (FAILED(hr = copy_rest( copy ))) return hr;
        if ((error = read_info( copy ))) return fail_remote( copy, error );
        if (size == copy->size && modified == copy->modified && copy->offset == size) return S_OK;
    }
    changes = error_from_code( BG_E_REMOTE_FILE_CHANGED );
    changes.class = ERROR_TRANSIENT;  /* it may come to rest */
    return transfer_fail( copy->transfer, changes, "%s changes again and again during the copy.", copy->where );
}

/* The parts of SOURCE's security descriptor that the client wants; malloc'ed.  Win32 error. */
static DWORD read_security( const struct transfer_file *file, SECURITY_INFORMATION parts, SECURITY_DESCRIPTOR **ret )
{
    SECURITY_DESCRIPTOR *descriptor = NULL;
    DWORD error = 0, size = 0;

    if (FAILED(identity_enter( file->network_identity ))) return ERROR_ACCESS_DENIED;
    if (GetFileSecurityW( file->remote, parts, NULL, 0, &size ) || GetLastError() != ERROR_INSUFFICIENT_BUFFER)
        error = GetLastError();
    else if (!(descriptor = malloc( size ))) error = ERROR_OUTOFMEMORY;
    else if (!GetFileSecurityW( file->remote, parts, descriptor, size, &size )) error = GetLastError();
    identity_leave( file->network_identity );
    if (error) free( descriptor );
    else *ret = descriptor;
    return error;
}

static DWORD write_security( const struct copy *copy, SECURITY_INFORMATION parts, SECURITY_DESCRIPTOR *descriptor )
{
    DWORD error;

    if (FAILED(identity_enter( copy->transfer->file->file_identity ))) return ERROR_ACCESS_DENIED;
    error = SetFileSecurityW( copy->transfer->temp.name, parts, descriptor ) ? 0 : GetLastError();
    identity_leave( copy->transfer->file->file_identity );
    return error;
}

/* spec: api 5.4.3 */
static HRESULT copy_security( struct copy *copy )
{
    struct bits_error denied = { E_ACCESSDENIED, BG_ERROR_CONTEXT_LOCAL_FILE, ERROR_TRANSIENT };
    DWORD flags = copy->transfer->file->acl_flags, error;
    SECURITY_DESCRIPTOR *descriptor;
    SECURITY_INFORMATION parts = 0;

    if (flags & BG_COPY_FILE_OWNER) parts |= OWNER_SECURITY_INFORMATION;
    if (flags & BG_COPY_FILE_GROUP) parts |= GROUP_SECURITY_INFORMATION;
    if (flags & BG_COPY_FILE_DACL) parts |= DACL_SECURITY_INFORMATION;
    if (flags & BG_COPY_FILE_SACL) parts |= SACL_SECURITY_INFORMATION;
    if (!parts) return S_OK;

    if (!(error = read_security( copy->transfer->file, parts, &descriptor )))
    {
        error = write_security( copy, parts, descriptor );
        free( descriptor );
    }
    if (!error) return S_OK;
    return transfer_fail( copy->transfer, denied, "The owner or the access rights of %s cannot be copied (error %lu).",
                          copy->where, error );
}

HRESULT local_run( struct transfer *transfer )
{
    struct copy copy = { transfer, INVALID_HANDLE_VALUE };
    HRESULT hr;

    if (FAILED(wstr_to_utf8( transfer->file->remote, &copy.where )))
        hr = transfer_fail( transfer, error_from_remote( ERROR_INVALID_NAME ), "The remote name is no valid text." );
    else if (!(copy.buffer = malloc( PIECE_SIZE )))
        hr = transfer_fail( transfer, error_from_local( ERROR_OUTOFMEMORY ), "There is no memory left." );
    else if (SUCCEEDED(hr = open_source( &copy )) && SUCCEEDED(hr = copy_stable( &copy )))
        hr = copy_security( &copy );
    if (copy.source != INVALID_HANDLE_VALUE) CloseHandle( copy.source );
    free( copy.buffer );
    free( copy.where );
    return hr;
}
