/*
 * Temporary files
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

/* Wine's impersonation protects no files, so every access is asked for with identity_check_file() and done under the
 * identity's token besides, for the systems where the token does protect them.  A temporary file itself is never asked:
 * under Wine it belongs to the service's Unix user whoever it was made for, so the directory must tell. */

#include "transfer/private.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

/* The directory of a full path, with room for EXTRA more characters; "C:\" keeps its backslash. */
static WCHAR *directory_of( const WCHAR *path, SIZE_T extra )
{
    SIZE_T length = wstr_len( path );
    WCHAR *directory;

    while (length && path[length - 1] != '\\' && path[length - 1] != '/') length--;
    if (length > 1 && path[length - 2] != ':') length--;
    if (!(directory = malloc( (length + extra + 1) * sizeof(WCHAR) ))) return NULL;
    memcpy( directory, path, length * sizeof(WCHAR) );
    directory[length] = 0;
    return directory;
}

char *unix_path( const WCHAR *path )
{
    char *(CDECL *get_unix_file_name)( const WCHAR *path );
    char *name, *copy = NULL;

    get_unix_file_name = (void *)GetProcAddress( GetModuleHandleW( L"kernel32.dll" ), "wine_get_unix_file_name" );
    if (!get_unix_file_name || !(name = get_unix_file_name( path ))) return NULL;
    if ((copy = malloc( strlen( name ) + 1 ))) strcpy( copy, name );
    HeapFree( GetProcessHeap(), 0, name );
    return copy;
}

/* Another name for DIRECTORY, with room for EXTRA more characters; NULL: it has none.  Before Wine says that a file is
 * new it reads the whole directory for a name that differs in its case only; not so by this name. */
static WCHAR *exact_name( const WCHAR *directory, SIZE_T extra )
{
    char *path = unix_path( directory );
    WCHAR *wide, *name = NULL;

    if (path && !strchr( path, '\\' ) && SUCCEEDED(wstr_from_utf8( path, strlen( path ), &wide )))
    {
        name = unix_path_name( wide, extra );
        free( wide );
    }
    free( path );
    return name;
}

static DWORD check_directory( const struct identity *identity, const WCHAR *directory )
{
    DWORD attributes = GetFileAttributesW( directory ), error;

    if (attributes != INVALID_FILE_ATTRIBUTES)
    {
        if (!(attributes & FILE_ATTRIBUTE_DIRECTORY)) return ERROR_PATH_NOT_FOUND;
        return HRESULT_CODE( identity_check_file( identity, directory, FILE_ADD_FILE ) );
    }
    error = GetLastError();
    return error == ERROR_FILE_NOT_FOUND ? ERROR_PATH_NOT_FOUND : error;
}

/* Whether files may be made, and unmade, in the directory of PATH. */
static DWORD check_directory_of( const struct identity *identity, const WCHAR *path )
{
    WCHAR *directory = directory_of( path, 0 );
    DWORD error;

    if (!directory) return ERROR_OUTOFMEMORY;
    error = check_directory( identity, directory );
    free( directory );
    return error;
}

/* BIT, hexadecimal digits, .tmp: behind DIRECTORY, which has the room. */
static void append_name( WCHAR *directory, UINT32 number )
{
    static const WCHAR digits[] = L"0123456789ABCDEF";
    WCHAR *p = directory + wstr_len( directory );
    int shift;

    if (p > directory && p[-1] != '\\' && p[-1] != '/') *p++ = '\\';
    memcpy( p, L"BIT", 3 * sizeof(WCHAR) );
    p += 3;
    for (shift = 28; shift >= 16 && !(number >> shift); shift -= 4) ;
    for (; shift >= 0; shift -= 4) *p++ = digits[number >> shift & 0xf];
    memcpy( p, L".tmp", 5 * sizeof(WCHAR) );
}

/* Looks random, and is another one each time. */
static UINT32 new_number(void)
{
    static LONG count;
    LARGE_INTEGER now;

    QueryPerformanceCounter( &now );
    return (UINT32)(now.QuadPart ^ GetCurrentProcessId() << 20) * 2654435761u + InterlockedIncrement( &count );
}

/* On this thread's token; TEMP is zeroed, and again after failure. */
static DWORD choose_name( struct temp *temp, const struct identity *identity, const WCHAR *local )
{
    const SIZE_T room = sizeof("\\BIT01234567.tmp");
    UINT32 number = new_number();
    DWORD error;

    if (!(temp->name = directory_of( local, room ))) return ERROR_OUTOFMEMORY;
    if ((error = check_directory( identity, temp->name )))
    {
        temp_close( temp );
        return error;
    }
    if ((temp->exact = exact_name( temp->name, room ))) append_name( temp->exact, number );
    append_name( temp->name, number );
    return 0;
}

/* On this thread's token. */
static DWORD create_named( struct temp *temp, DWORD flags )
{
    HANDLE handle;

    handle = CreateFileW( temp->exact ? temp->exact : temp->name, GENERIC_READ | GENERIC_WRITE | DELETE,
                          FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, CREATE_NEW,
                          FILE_ATTRIBUTE_HIDDEN | flags, NULL );
    if (handle == INVALID_HANDLE_VALUE) return GetLastError();
    temp->handle = handle;
    return 0;
}

/* Whether LOCAL may be replaced.  A read-only file is not, as on Windows; the rename of Wine 8 would do it. */
static DWORD check_local( const struct identity *identity, const WCHAR *local )
{
    DWORD attributes = GetFileAttributesW( local ), error;

    if (attributes != INVALID_FILE_ATTRIBUTES)
    {
        if (attributes & (FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_DIRECTORY)) return ERROR_ACCESS_DENIED;
        if ((error = HRESULT_CODE( identity_check_file( identity, local, DELETE ) ))) return error;
    }
    return check_directory_of( identity, local );
}

/* On this thread's token. */
static DWORD open_named( struct temp *temp, const struct identity *identity, const WCHAR *name, BOOL direct )
{
    DWORD error = direct ? check_local( identity, name ) : check_directory_of( identity, name );
    HANDLE handle;

    if (error) return error;
    if (!(temp->name = wstr_dup( name ))) return ERROR_OUTOFMEMORY;
    handle = CreateFileW( name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                          NULL, direct ? OPEN_ALWAYS : OPEN_EXISTING, 0, NULL );
    if (handle == INVALID_HANDLE_VALUE) return GetLastError();
    temp->handle = handle;
    return 0;
}

/* Cuts an old file off behind *OFFSET; one that is shorter is begun anew. */
static DWORD fit_size( struct temp *temp, UINT64 *offset )
{
    LARGE_INTEGER size;

    if (!GetFileSizeEx( temp->handle, &size )) return GetLastError();
    if (size.QuadPart < *offset) *offset = 0;
    return size.QuadPart == *offset ? 0 : temp_resize( temp, *offset );
}

DWORD temp_name( struct temp *temp, const struct identity *identity, const WCHAR *local )
{
    DWORD error;
    HRESULT hr;

    memset( temp, 0, sizeof(*temp) );
    if (FAILED(hr = identity_enter( identity ))) return HRESULT_CODE( hr );
    error = choose_name( temp, identity, local );
    identity_leave( identity );
    return error;
}

DWORD temp_create( struct temp *temp, const struct identity *identity )
{
    DWORD error;
    HRESULT hr;

    if (FAILED(hr = identity_enter( identity ))) error = HRESULT_CODE( hr );
    else
    {
        error = create_named( temp, 0 );
        identity_leave( identity );
    }
    if (error) temp_close( temp );
    return error;
}

DWORD temp_open( struct temp *temp, const struct identity *identity, const WCHAR *name, BOOL direct, UINT64 *offset )
{
    DWORD error;
    HRESULT hr;

    memset( temp, 0, sizeof(*temp) );
    if (FAILED(hr = identity_enter( identity ))) return HRESULT_CODE( hr );
    error = open_named( temp, identity, name, direct );
    identity_leave( identity );
    if (!error) error = fit_size( temp, offset );
    if (error) temp_close( temp );
    return error;
}

DWORD temp_resize( struct temp *temp, UINT64 size )
{
    LARGE_INTEGER position;

    position.QuadPart = size;
    if (!SetFilePointerEx( temp->handle, position, NULL, FILE_BEGIN ) || !SetEndOfFile( temp->handle ))
        return GetLastError();
    return 0;
}

UINT64 temp_size( const struct temp *temp )
{
    LARGE_INTEGER size;

    return GetFileSizeEx( temp->handle, &size ) ? size.QuadPart : 0;
}

char *temp_unix_name( const struct temp *temp )
{
    const SIZE_T prefix = wstr_len( UNIX_PREFIX );
    char *name, *p;

    if (!temp->exact) return unix_path( temp->name );
    if (FAILED(wstr_to_utf8( temp->exact + prefix, &name ))) return NULL;
    for (p = name; *p; p++) if (*p == '\\') *p = '/';
    return name;
}

void temp_close( struct temp *temp )
{
    if (temp->handle) CloseHandle( temp->handle );
    free( temp->name );
    free( temp->exact );
    memset( temp, 0, sizeof(*temp) );
}

/* --- for the schedule room ------------------------------------------------------------------------------------- */

/* On this thread's token.  Whoever wants to know whether a file can be created creates one. */
static DWORD try_directory( const struct identity *identity, const WCHAR *local )
{
    struct temp temp = { NULL };
    int tries = TEMP_NAME_TRIES;
    DWORD error;

    do
    {
        if ((error = choose_name( &temp, identity, local ))) return error;
        error = create_named( &temp, FILE_FLAG_DELETE_ON_CLOSE );
        temp_close( &temp );
    } while (error == ERROR_FILE_EXISTS && --tries);
    return error;
}

/* The last directory that was tried with success.  A program that adds a thousand files need not have a thousand made and
 * deleted again: a file system such as ext4 makes new ones the slower, the more have just gone. */
static struct
{
    SRWLOCK lock;
    WCHAR *sid;         /* whose try it was */
    WCHAR *directory;
    UINT64 until;       /* tick; in between the directory may have become another */
} tried = { SRWLOCK_INIT };

#define TRIED_TIME 1000 /* ms */

static BOOL was_tried( const struct identity *identity, const WCHAR *directory )
{
    BOOL ret;

    AcquireSRWLockExclusive( &tried.lock );
    ret = tried.sid && !wstr_cmp( tried.sid, identity->sid ) && !wstr_cmp( tried.directory, directory ) &&
          GetTickCount64() < tried.until;
    ReleaseSRWLockExclusive( &tried.lock );
    return ret;
}

/* Takes both. */
static void remember_tried( WCHAR *sid, WCHAR *directory )
{
    WCHAR *old_sid, *old_directory;

    AcquireSRWLockExclusive( &tried.lock );
    old_sid = tried.sid;
    old_directory = tried.directory;
    tried.sid = sid;
    tried.directory = directory;
    tried.until = GetTickCount64() + TRIED_TIME;
    ReleaseSRWLockExclusive( &tried.lock );
    free( old_sid );
    free( old_directory );
}

HRESULT transfer_check_directory( const struct identity *identity, const WCHAR *local )
{
    WCHAR *directory = directory_of( local, 0 ), *sid = NULL;
    DWORD error;
    HRESULT hr;

    TRACE( "%p, %s.\n", identity, debugstr_w( local ) );

    if (!directory) return E_OUTOFMEMORY;
    if (FAILED(hr = identity_enter( identity )))
    {
        free( directory );
        return hr;
    }
    if (was_tried( identity, directory )) error = check_directory( identity, directory );
    else if (!(error = try_directory( identity, local )) && (sid = wstr_dup( identity->sid )))
    {
        remember_tried( sid, directory );
        directory = NULL;
    }
    identity_leave( identity );
    free( directory );
    return HRESULT_FROM_WIN32( error );
}

/* Makes the temporary file what the final one shall be, all but its name. */
static DWORD polish( const WCHAR *temp, UINT64 modified )
{
    DWORD error = 0;
    FILETIME time;
    HANDLE handle;

    handle = CreateFileW( temp, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                          NULL, OPEN_EXISTING, 0, NULL );
    if (handle == INVALID_HANDLE_VALUE) return GetLastError();
    time.dwLowDateTime = (DWORD)modified;
    time.dwHighDateTime = modified >> 32;
    if (!FlushFileBuffers( handle ) || (modified && !SetFileTime( handle, &time, NULL, &time ))) error = GetLastError();
    CloseHandle( handle );
    return error;
}

/* Wine 8 keeps HIDDEN over the rename and Wine 10 does not: show the file first, then the rename is the last step.
 * ATTRIBUTES come behind it: a temporary file that was read-only could not be finished any more after a kill. */
static DWORD rename_shown( const WCHAR *temp, const WCHAR *local, DWORD old, DWORD attributes )
{
    DWORD shown = (old & ~FILE_ATTRIBUTE_HIDDEN) | FILE_ATTRIBUTE_ARCHIVE, error;

    if (!SetFileAttributesW( temp, shown )) return GetLastError();
    if (!MoveFileExW( temp, local, MOVEFILE_REPLACE_EXISTING ))
    {
        error = GetLastError();
        SetFileAttributesW( temp, old );
        return error;
    }
    if (attributes && !SetFileAttributesW( local, shown | attributes ))
        WARN( "%s does not get its attributes: error %lu.\n", debugstr_w( local ), GetLastError() );
    return 0;
}

static DWORD finish_temp( const struct identity *identity, const WCHAR *temp, const WCHAR *local, UINT64 modified,
                          DWORD attributes )
{
    /* first of all: Wine 10's SetFileTime clears them */
    DWORD old = GetFileAttributesW( temp ), error;

    if (old == INVALID_FILE_ATTRIBUTES) return GetLastError();
    if ((error = check_local( identity, local )) || (error = polish( temp, modified ))) return error;
    return rename_shown( temp, local, old, attributes );
}

static DWORD finish_direct( const WCHAR *local, UINT64 modified, DWORD attributes )
{
    DWORD old = GetFileAttributesW( local ), error;

    if (old == INVALID_FILE_ATTRIBUTES) return GetLastError();
    /* by an earlier try, before the service was killed */
    if (old & attributes & FILE_ATTRIBUTE_READONLY && !SetFileAttributesW( local, old & ~FILE_ATTRIBUTE_READONLY ))
        return GetLastError();
    if ((error = polish( local, modified ))) return error;
    if (GetFileAttributesW( local ) == (old | attributes)) return 0;
    return SetFileAttributesW( local, old | attributes ) ? 0 : GetLastError();
}

HRESULT transfer_finish( const struct identity *identity, const WCHAR *temp, const WCHAR *local, UINT64 modified,
                         DWORD attributes )
{
    DWORD error;
    HRESULT hr;

    TRACE( "%p, %s, %s, %s, %#lx.\n", identity, debugstr_w( temp ), debugstr_w( local ), wine_dbgstr_longlong( modified ),
           attributes );

    if (FAILED(hr = identity_enter( identity ))) return hr;
    if (temp) error = finish_temp( identity, temp, local, modified, attributes );
    else error = finish_direct( local, modified, attributes );
    identity_leave( identity );
    if (error) WARN( "%s cannot become %s: error %lu.\n", debugstr_w( temp ), debugstr_w( local ), error );
    return HRESULT_FROM_WIN32( error );
}

HRESULT transfer_discard( const struct identity *identity, const WCHAR *temp )
{
    DWORD error;
    HRESULT hr;

    TRACE( "%p, %s.\n", identity, debugstr_w( temp ) );

    if (FAILED(hr = identity_enter( identity ))) return hr;
    if (!(error = check_directory_of( identity, temp )) && !DeleteFileW( temp )) error = GetLastError();
    identity_leave( identity );
    if (error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND) return S_OK;
    return HRESULT_FROM_WIN32( error );
}
