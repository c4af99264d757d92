/*
 * The directory of journals
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

/* DIRECTORY\XX\{XX…}.wbj, where XX are the first two digits of the job's GUID: Wine looks at every name of a directory
 * before it says that a name is new, so that in a flat directory of 10,000 journals the creation of the next one would
 * take twenty times as long.
 *
 *      {…}.wbj         a journal
 *      {…}.wbj.new     a snapshot that is to replace it, not finished
 *      ….bad-N         set aside; never touched again
 *      store.lock      there while a process has the store
 *
 * Opening a file costs several messages to the wineserver and writing to one that is open costs none, hence the
 * journals used last stay open.  All of them would be too many handles. */

#include "store/private.h"

#include <sddl.h>
#include <winternl.h>

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

/* winternl.h has it not everywhere */
NTSTATUS NTAPI NtWriteFile( HANDLE file, HANDLE event, PIO_APC_ROUTINE apc, void *context, IO_STATUS_BLOCK *io,
                            const void *data, ULONG size, LARGE_INTEGER *offset, ULONG *key );

#define MAX_OPEN        64
#define GUID_LENGTH     38
#define NAME_ROOM       80      /* behind the directory: \XX\{…}.wbj and the longest ending */
#define COMPACT_SIZE    0x10000
#define FIRST_READ      0x10000
#define READERS         2       /* threads; the wineserver, which they both wait for, is one more */

struct store_journal
{
    GUID id;
    struct list entry;          /* in store.opened, when the file is open and nobody is using it */
    HANDLE file;                /* NULL when it is not open */
    UINT32 size;                /* of what is whole */
    UINT32 snapshot;            /* size after the last compaction */
    BOOL torn;                  /* there may be bytes behind SIZE */
};

static struct
{
    WCHAR directory[MAX_PATH];
    HANDLE lock_file;
    const struct store_secrets *secrets;
    SRWLOCK lock;               /* guards the following, and the file and entry of journals that nobody is using */
    struct list opened;         /* the one used last at the end */
    UINT open_count;
}
store;

/* --- names -------------------------------------------------------------------------------------------------------- */

HRESULT last_error(void)
{
    DWORD error = GetLastError();

    return HRESULT_FROM_WIN32( error ? error : ERROR_WRITE_FAULT );
}

static WCHAR *append( WCHAR *to, const WCHAR *str )
{
    while ((*to = *str++)) to++;
    return to;
}

void store_path( const WCHAR *name, WCHAR path[MAX_PATH] )
{
    append( append( path, store.directory ), name );
}

/* PATH becomes the name of a journal, followed by ENDING. */
static void journal_path( const GUID *id, const WCHAR *ending, WCHAR path[MAX_PATH] )
{
    WCHAR name[GUID_LENGTH + 1], *p = append( path, store.directory );

    StringFromGUID2( id, name, ARRAY_SIZE(name) );
    *p++ = '\\';
    *p++ = name[1];
    *p++ = name[2];
    *p++ = '\\';
    append( append( append( p, name ), L".wbj" ), ending );
}

static BOOL has_ending( const WCHAR *name, const WCHAR *ending )
{
    SIZE_T length = wstr_len( name ), ending_length = wstr_len( ending );

    return length >= ending_length && !wstr_icmp_ascii( name + length - ending_length, ending );
}

/* Whether a journal of that name belongs into this folder; then its id is in the name. */
static BOOL parse_name( const WCHAR *folder, const WCHAR *name, GUID *id )
{
    WCHAR guid[GUID_LENGTH + 1];

    if (wstr_len( name ) != GUID_LENGTH + 4 || name[1] != folder[0] || name[2] != folder[1]) return FALSE;
    memcpy( guid, name, GUID_LENGTH * sizeof(WCHAR) );
    guid[GUID_LENGTH] = 0;
    return SUCCEEDED(IIDFromString( guid, id ));
}

/* --- open journals ------------------------------------------------------------------------------------------------ */

static HRESULT open_journal( const GUID *id, HANDLE *file )
{
    WCHAR path[MAX_PATH];

    journal_path( id, L"", path );
    *file = CreateFileW( path, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL, OPEN_EXISTING,
                         0, NULL );
    if (*file != INVALID_HANDLE_VALUE) return S_OK;
    *file = NULL;
    return last_error();
}

/* Takes the journal out of the list of open ones, so that its file stays open. */
static HANDLE take_file( struct store_journal *journal )
{
    AcquireSRWLockExclusive( &store.lock );
    if (journal->file)
    {
        list_remove( &journal->entry );
        store.open_count--;
    }
    ReleaseSRWLockExclusive( &store.lock );
    return journal->file;
}

static HRESULT begin_use( struct store_journal *journal )
{
    return take_file( journal ) ? S_OK : open_journal( &journal->id, &journal->file );
}

/* The file stays open; the one that was not used for longest is closed, when there are too many. */
static void end_use( struct store_journal *journal )
{
    struct store_journal *oldest;
    HANDLE file = NULL;

    AcquireSRWLockExclusive( &store.lock );
    list_add_tail( &store.opened, &journal->entry );
    if (++store.open_count > MAX_OPEN)
    {
        oldest = LIST_ENTRY( list_head( &store.opened ), struct store_journal, entry );
        list_remove( &oldest->entry );
        store.open_count--;
        file = oldest->file;
        oldest->file = NULL;
    }
    ReleaseSRWLockExclusive( &store.lock );
    if (file) CloseHandle( file );
}

static void close_file( struct store_journal *journal )
{
    HANDLE file = take_file( journal );

    journal->file = NULL;
    if (file) CloseHandle( file );
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

/* Not WriteFile(): with a position it sends the wineserver one message more, for a completion port that there is not. */
HRESULT file_write_at( HANDLE file, UINT32 position, const void *data, UINT32 size )
{
    LARGE_INTEGER offset;
    IO_STATUS_BLOCK io;
    NTSTATUS status;

    offset.QuadPart = position;
    if ((status = NtWriteFile( file, NULL, NULL, NULL, &io, data, size, &offset, NULL )))
        return HRESULT_FROM_WIN32( RtlNtStatusToDosError( status ));
    return io.Information == size ? S_OK : HRESULT_FROM_WIN32( ERROR_DISK_FULL );
}

HRESULT file_cut( HANDLE file, UINT32 size )
{
    LARGE_INTEGER position;

    position.QuadPart = size;
    return SetFilePointerEx( file, position, NULL, FILE_BEGIN ) && SetEndOfFile( file ) ? S_OK : last_error();
}

/* Header and first record in one block, which is the caller's to free. */
static HRESULT whole_journal( const GUID *id, struct store_record *snapshot, unsigned char **ret, size_t *ret_size )
{
    const unsigned char *data;
    unsigned char *journal;
    size_t size;
    HRESULT hr;

    if (FAILED(hr = store_record_finish( snapshot, store.secrets, &data, &size ))) return hr;
    if (!(journal = malloc( STORE_HEADER_SIZE + size ))) return E_OUTOFMEMORY;
    store_header( id, journal );
    memcpy( journal + STORE_HEADER_SIZE, data, size );
    *ret = journal;
    *ret_size = STORE_HEADER_SIZE + size;
    return S_OK;
}

/* Makes a file with these contents and leaves it open; there is no file after a failure. */
static HRESULT new_file( const WCHAR *path, DWORD disposition, const void *data, size_t size, HANDLE *ret )
{
    HANDLE file;
    HRESULT hr;

    file = CreateFileW( path, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL, disposition, 0,
                        NULL );
    if (file == INVALID_HANDLE_VALUE) return last_error();
    if (SUCCEEDED(hr = file_write_at( file, 0, data, (UINT32)size )))
    {
        *ret = file;
        return S_OK;
    }
    CloseHandle( file );
    if (!DeleteFileW( path )) WARN( "%s is left, error %lu.\n", debugstr_w( path ), GetLastError() );
    return hr;
}

/* Makes the folder of a journal. */
static HRESULT new_folder( const WCHAR *path )
{
    WCHAR folder[MAX_PATH];

    append( folder, path );
    folder[wstr_len( store.directory ) + 3] = 0;
    return CreateDirectoryW( folder, NULL ) || GetLastError() == ERROR_ALREADY_EXISTS ? S_OK : last_error();
}

static struct store_journal *new_journal( const GUID *id, size_t size, size_t snapshot )
{
    struct store_journal *journal;

    if (!(journal = calloc( 1, sizeof(*journal) ))) return NULL;
    journal->id = *id;
    journal->size = (UINT32)size;
    journal->snapshot = (UINT32)snapshot;
    return journal;
}

HRESULT store_create( const GUID *id, struct store_record *snapshot, struct store_journal **ret )
{
    struct store_journal *journal;
    WCHAR path[MAX_PATH];
    unsigned char *data;
    size_t size;
    HRESULT hr;

    TRACE( "%s, %p, %p.\n", debugstr_guid( id ), snapshot, ret );

    if (FAILED(hr = whole_journal( id, snapshot, &data, &size ))) return hr;
    if (!(journal = new_journal( id, size, size )))
    {
        free( data );
        return E_OUTOFMEMORY;
    }
    journal_path( id, L"", path );
    hr = new_file( path, CREATE_NEW, data, size, &journal->file );
    if (hr == HRESULT_FROM_WIN32( ERROR_PATH_NOT_FOUND ) && SUCCEEDED(hr = new_folder( path )))
        hr = new_file( path, CREATE_NEW, data, size, &journal->file );
    free( data );
    if (FAILED(hr))
    {
        WARN( "%s cannot be made, %#lx.\n", debugstr_w( path ), hr );
        free( journal );
        return hr;
    }
    end_use( journal );
    *ret = journal;
    return S_OK;
}

HRESULT store_write( struct store_journal *journal, struct store_record *record )
{
    const unsigned char *data;
    size_t size;
    HRESULT hr;

    TRACE( "%s, %p.\n", debugstr_guid( &journal->id ), record );

    if (store_record_is_empty( record )) return S_OK;
    if (FAILED(hr = store_record_finish( record, store.secrets, &data, &size ))) return hr;
    if (size > STORE_MAX_JOURNAL - journal->size) return HRESULT_FROM_WIN32( ERROR_FILE_TOO_LARGE );
    if (FAILED(hr = begin_use( journal ))) return hr;
    if (journal->torn && SUCCEEDED(hr = file_cut( journal->file, journal->size ))) journal->torn = FALSE;
    if (SUCCEEDED(hr) && SUCCEEDED(hr = file_write_at( journal->file, journal->size, data, (UINT32)size )))
        journal->size += (UINT32)size;
    else
    {
        journal->torn = FAILED(file_cut( journal->file, journal->size ));
        WARN( "%s cannot be written, %#lx%s.\n", debugstr_guid( &journal->id ), hr, journal->torn ? ", nor cut" : "" );
    }
    end_use( journal );
    return hr;
}

BOOL store_wants_compaction( const struct store_journal *journal )
{
    return journal->size > COMPACT_SIZE && journal->size / 4 > journal->snapshot;
}

HRESULT store_compact( struct store_journal *journal, struct store_record *snapshot )
{
    WCHAR path[MAX_PATH], new_path[MAX_PATH];
    unsigned char *data;
    HANDLE file;
    size_t size;
    HRESULT hr;

    TRACE( "%s, %p.\n", debugstr_guid( &journal->id ), snapshot );

    if (FAILED(hr = whole_journal( &journal->id, snapshot, &data, &size ))) return hr;
    journal_path( &journal->id, L"", path );
    journal_path( &journal->id, L".new", new_path );
    hr = new_file( new_path, CREATE_ALWAYS, data, size, &file );
    free( data );
    if (FAILED(hr)) return hr;
    if (!FlushFileBuffers( file )) hr = last_error();
    CloseHandle( file );
    close_file( journal );      /* nothing replaces a file that is open */
    if (SUCCEEDED(hr) && !MoveFileExW( new_path, path, MOVEFILE_REPLACE_EXISTING )) hr = last_error();
    if (FAILED(hr))
    {
        WARN( "%s cannot be compacted, %#lx.\n", debugstr_w( path ), hr );
        DeleteFileW( new_path );
        return hr;
    }
    journal->size = journal->snapshot = (UINT32)size;
    journal->torn = FALSE;
    return S_OK;
}

HRESULT store_flush( struct store_journal *journal )
{
    HRESULT hr;

    TRACE( "%s.\n", debugstr_guid( &journal->id ));

    if (FAILED(hr = begin_use( journal ))) return hr;
    if (!FlushFileBuffers( journal->file )) hr = last_error();
    end_use( journal );
    return hr;
}

void store_close( struct store_journal *journal )
{
    if (!journal) return;
    close_file( journal );
    free( journal );
}

HRESULT store_delete( struct store_journal *journal )
{
    WCHAR path[MAX_PATH];

    TRACE( "%s.\n", debugstr_guid( &journal->id ));

    close_file( journal );
    journal_path( &journal->id, L"", path );
    if (!DeleteFileW( path ) && GetLastError() != ERROR_FILE_NOT_FOUND)
    {
        HRESULT hr = last_error();

        WARN( "%s cannot be deleted, %#lx.\n", debugstr_w( path ), hr );
        return hr;
    }
    free( journal );
    return S_OK;
}

/* --- loading ------------------------------------------------------------------------------------------------------ */

struct loaded
{
    struct job *job;
    struct store_owner owner;
    struct store_journal *journal;
    BOOL secrets_lost;
};

/* What one thread works with. */
struct loading
{
    const struct store_clock *clock;
    struct folders *folders;
    HRESULT hr;
    unsigned char *buffer;          /* for any number of files */
    size_t buffer_size;
    struct journals known;          /* what of the folder has been read already */
    struct loaded *jobs;
    size_t count, room;
};

static HRESULT grow_buffer( struct loading *loading, size_t used )
{
    size_t size = loading->buffer_size ? loading->buffer_size * 2 : FIRST_READ;
    unsigned char *buffer;

    if (used == STORE_MAX_JOURNAL) return HRESULT_FROM_WIN32( ERROR_FILE_TOO_LARGE );
    if (!(buffer = realloc( loading->buffer, size ))) return E_OUTOFMEMORY;
    loading->buffer = buffer;
    loading->buffer_size = size;
    return S_OK;
}

/* The whole file into the buffer. */
static HRESULT read_file( struct loading *loading, const WCHAR *path, size_t *size )
{
    HANDLE file = CreateFileW( path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                               OPEN_EXISTING, 0, NULL );
    size_t used = 0, wanted;
    HRESULT hr = S_OK;
    DWORD got = 0;

    if (file == INVALID_HANDLE_VALUE) return last_error();
    do
    {
        used += got;
        if (used == loading->buffer_size && FAILED(hr = grow_buffer( loading, used ))) break;
        wanted = loading->buffer_size - used;
        if (!ReadFile( file, loading->buffer + used, (DWORD)wanted, &got, NULL )) hr = last_error();
    } while (SUCCEEDED(hr) && got == wanted);
    CloseHandle( file );
    *size = used + got;
    return hr;
}

/* A journal that costs its job, or the job's last change. */
static void journal_event( enum event_id id, const GUID *job, const WCHAR *path, const char *reason )
{
    const struct store_event event = { .id = id, .job = job, .file = path, .detail = reason };

    store_event( &event );
}

/* Gives a file a name that the store never looks at again. */
static void set_aside( const WCHAR *path, const char *reason, size_t position )
{
    WCHAR name[MAX_PATH], *end = append( append( name, path ), L".bad-" ), *p;
    UINT number, rest;

    for (number = 1; number < 1000; number++)
    {
        p = end;
        for (rest = 100; rest; rest /= 10) if (number >= rest) *p++ = '0' + number / rest % 10;
        *p = 0;
        if (MoveFileExW( path, name, 0 ))
        {
            ERR( "%s: %s (at byte %lu); set aside as %s.\n", debugstr_w( path ), reason, (ULONG)position,
                 debugstr_w( name ));
            journal_event( EVENT_JOURNAL_CORRUPT, NULL, name, reason );
            return;
        }
        if (GetLastError() != ERROR_ALREADY_EXISTS && GetLastError() != ERROR_FILE_EXISTS) break;
    }
    ERR( "%s: %s (at byte %lu); cannot be set aside, error %lu.\n", debugstr_w( path ), reason, (ULONG)position,
         GetLastError() );
}

static void delete_leftover( const WCHAR *path, const char *what )
{
    TRACE( "%s: %s.\n", debugstr_w( path ), what );
    if (!DeleteFileW( path )) WARN( "%s cannot be deleted, error %lu.\n", debugstr_w( path ), GetLastError() );
}

static void cut_tail( struct store_journal *journal, size_t size )
{
    HRESULT hr = begin_use( journal );

    ERR( "%s: the last %lu bytes of its journal were not written whole and are cut off.\n",
         debugstr_guid( &journal->id ), (ULONG)(size - journal->size) );
    journal_event( EVENT_JOURNAL_TORN, &journal->id, NULL, NULL );
    journal->torn = TRUE;
    if (SUCCEEDED(hr))
    {
        journal->torn = FAILED(file_cut( journal->file, journal->size ));
        end_use( journal );
    }
}

/* Takes over a good reading. */
static HRESULT add_job( struct loading *loading, const struct store_reading *reading, size_t size )
{
    struct loaded *loaded;

    if (loading->count == loading->room)
    {
        size_t room = loading->room ? loading->room * 2 : 64;

        if (!(loaded = realloc( loading->jobs, room * sizeof(*loaded) ))) return E_OUTOFMEMORY;
        loading->jobs = loaded;
        loading->room = room;
    }
    loaded = &loading->jobs[loading->count];
    if (!(loaded->journal = new_journal( &reading->id, reading->good, reading->snapshot ))) return E_OUTOFMEMORY;
    loaded->job = reading->job;
    loaded->owner = reading->owner;
    loaded->secrets_lost = reading->secrets_lost;
    loading->count++;
    if (reading->good < size) cut_tail( loaded->journal, size );
    return S_OK;
}

/* What a single file does wrong costs that file only. */
static HRESULT load_journal( struct loading *loading, const GUID *id, const WCHAR *name, const WCHAR *path )
{
    struct store_reading reading;
    const unsigned char *data;
    HRESULT hr = S_OK;
    size_t size;

    if (!(data = journals_find( &loading->known, name, &size )))
    {
        folders_count_file( loading->folders );
        hr = read_file( loading, path, &size );
        data = loading->buffer;
    }
    if (FAILED(hr))
    {
        ERR( "%s cannot be read, %#lx.\n", debugstr_w( path ), hr );
        return hr == E_OUTOFMEMORY ? hr : S_OK;
    }
    store_read( data, size, id, loading->clock, store.secrets, &reading );
    switch (reading.verdict)
    {
    case STORE_GOOD:
        if (!job_is_final( reading.job ) && SUCCEEDED(hr = add_job( loading, &reading, size ))) return S_OK;
        if (SUCCEEDED(hr)) delete_leftover( path, "the job is finished" );
        job_destroy( reading.job );
        store_owner_free( &reading.owner );
        return hr;
    case STORE_EMPTY:
        delete_leftover( path, "was never written" );
        return S_OK;
    case STORE_NEWER:
        ERR( "%s: version %u.%u is newer than %u.%u; the job is left alone.\n", debugstr_w( path ), reading.major,
             reading.minor, STORE_MAJOR, STORE_MINOR );
        journal_event( EVENT_JOURNAL_NEWER, &reading.id, path, NULL );
        return S_OK;
    case STORE_NO_MEMORY:
        return E_OUTOFMEMORY;
    default:
        set_aside( path, reading.reason, reading.good );
        return S_OK;
    }
}

/* FOLDER: the two digits, or NULL for the directory itself, in which there should be no journals. */
static HRESULT load_file( struct loading *loading, const WCHAR *folder, const WCHAR *name, const WCHAR *path )
{
    GUID id;

    if (has_ending( name, L".wbj.new" ))
    {
        delete_leftover( path, "a compaction was not finished" );
        return S_OK;
    }
    if (!has_ending( name, L".wbj" )) return S_OK;
    if (folder && parse_name( folder, name, &id )) return load_journal( loading, &id, name, path );
    set_aside( path, "is not in its place", 0 );
    return S_OK;
}

static BOOL is_folder( const WIN32_FIND_DATAW *found )
{
    static const WCHAR digits[] = L"0123456789ABCDEF";
    const WCHAR *name = found->cFileName;
    UINT i, good = 0;

    if (!(found->dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY)) return FALSE;
    for (i = 0; i < 16; i++) good += (name[0] == digits[i]) + (name[0] && name[1] == digits[i]);
    return good == 2 && !name[2];
}

/* PATH has room for a name behind its LENGTH characters. */
static HRESULT load_folder( struct loading *loading, const WCHAR *folder, WCHAR *path, SIZE_T length )
{
    WIN32_FIND_DATAW found;
    HRESULT hr = S_OK;
    HANDLE find;

    append( path + length, L"\\*" );
    find = FindFirstFileExW( path, FindExInfoBasic, &found, FindExSearchNameMatch, NULL, FIND_FIRST_EX_LARGE_FETCH );
    if (find == INVALID_HANDLE_VALUE) return last_error();
    do
    {
        if (length + wstr_len( found.cFileName ) + 16 > MAX_PATH) continue;
        append( path + length + 1, found.cFileName );
        if (!folder && is_folder( &found )) folders_add( loading->folders, found.cFileName );
        else if (!(found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY))
            hr = load_file( loading, folder, found.cFileName, path );
    } while (SUCCEEDED(hr) && FindNextFileW( find, &found ));
    if (SUCCEEDED(hr) && GetLastError() != ERROR_NO_MORE_FILES) hr = last_error();
    FindClose( find );
    return hr;
}

/* Reads one folder after the other.  A failure ends this thread; the others' jobs are then not used. */
static DWORD CALLBACK reader_proc( void *context )
{
    WCHAR path[MAX_PATH], name[WIRE_FOLDER_NAME + 1], *end;
    struct loading *loading = context;

    while (SUCCEEDED(loading->hr) && folders_take( loading->folders, store.directory, name, &loading->known ))
    {
        end = append( append( append( path, store.directory ), L"\\" ), name );
        loading->hr = load_folder( loading, name, path, end - path );
    }
    return 0;
}

/* The first reader is this thread. */
static void read_folders( struct loading loadings[READERS] )
{
    HANDLE threads[READERS - 1];
    ULONG count = 0, i;

    while (count < READERS - 1 && (threads[count] = CreateThread( NULL, 0, reader_proc, &loadings[count + 1], 0, NULL )))
        count++;
    reader_proc( &loadings[0] );
    for (i = 0; i < count; i++)
    {
        WaitForSingleObject( threads[i], INFINITE );
        CloseHandle( threads[i] );
    }
}

/* Moves the jobs of FROM to those of TO. */
static void merge( struct loading *to, struct loading *from )
{
    struct loaded *jobs;

    if (SUCCEEDED(to->hr)) to->hr = from->hr;
    if (from->count && (jobs = realloc( to->jobs, (to->count + from->count) * sizeof(*jobs) )))
    {
        memcpy( jobs + to->count, from->jobs, from->count * sizeof(*jobs) );
        to->jobs = jobs;
        to->count += from->count;
        from->count = 0;
    }
    else if (from->count) to->hr = E_OUTOFMEMORY;
}

static void give_away( struct loading *loading, HRESULT hr, store_loaded callback, void *context )
{
    size_t i;

    for (i = 0; i < loading->count; i++)
    {
        struct loaded *loaded = &loading->jobs[i];

        if (SUCCEEDED(hr)) callback( loaded->job, &loaded->owner, loaded->journal, loaded->secrets_lost, context );
        else
        {
            job_destroy( loaded->job );
            store_close( loaded->journal );
        }
        store_owner_free( &loaded->owner );
    }
    free( loading->jobs );
    free( loading->buffer );
    free( loading->known.data );
}

static int __cdecl compare_age( const void *left, const void *right )
{
    const struct job *l = ((const struct loaded *)left)->job, *r = ((const struct loaded *)right)->job;

    if (l->created != r->created) return l->created < r->created ? -1 : 1;
    return memcmp( &l->id, &r->id, sizeof(l->id) );
}

HRESULT store_load( const struct store_clock *clock, const struct store_reader *reader, store_loaded callback,
                    void *context )
{
    struct loading loadings[READERS], *all = &loadings[0];
    struct folders *folders;
    WCHAR path[MAX_PATH];
    ULONG i;

    TRACE( "%p, %p, %p, %p.\n", clock, reader, callback, context );

    if (!(folders = calloc( 1, sizeof(*folders) ))) return E_OUTOFMEMORY;
    folders->reader = reader;
    memset( loadings, 0, sizeof(loadings) );
    for (i = 0; i < READERS; i++)
    {
        loadings[i].clock = clock;
        loadings[i].folders = folders;
    }
    append( path, store.directory );
    all->hr = load_folder( all, NULL, path, wstr_len( path ));
    if (SUCCEEDED(all->hr)) read_folders( loadings );
    folders_close( folders );
    for (i = 1; i < READERS; i++) merge( all, &loadings[i] );
    if (SUCCEEDED(all->hr) && all->count) qsort( all->jobs, all->count, sizeof(*all->jobs), compare_age );
    for (i = 0; i < READERS; i++) give_away( &loadings[i], all->hr, callback, context );
    free( folders );
    if (FAILED(all->hr)) ERR( "The store in %s cannot be loaded, %#lx.\n", debugstr_w( store.directory ), all->hr );
    return all->hr;
}

/* --- start and stop ----------------------------------------------------------------------------------------------- */

static void make_parents( WCHAR *path )
{
    WCHAR *p;

    for (p = path + 3; *p; p++)
    {
        if (*p != '\\') continue;
        *p = 0;
        CreateDirectoryW( path, NULL );     /* what matters is whether the last one can be made */
        *p = '\\';
    }
}

/* The directory for all users, as programs see it: in the service's own environment Wine 8 names another one, and in the
 * session that makes a prefix none at all.  PATH has room for MAX_PATH. */
static HRESULT default_directory( WCHAR *path )
{
    static const WCHAR name[] = L"\\Microsoft\\Network\\Downloader";
    DWORD size = (MAX_PATH - ARRAY_SIZE(name)) * sizeof(WCHAR);
    LSTATUS error;

    error = RegGetValueW( HKEY_LOCAL_MACHINE, L"Software\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList", L"ProgramData",
                          RRF_RT_REG_SZ, NULL, path, &size );
    if (error) return HRESULT_FROM_WIN32( error );
    append( path + wstr_len( path ), name );
    return S_OK;
}

/* For the owner alone; Wine counts his group as the owner. */
static HRESULT make_directory( const WCHAR *path )
{
    SECURITY_ATTRIBUTES attributes = { sizeof(attributes) };
    HRESULT hr = S_OK;

    if (!ConvertStringSecurityDescriptorToSecurityDescriptorW( L"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)", SDDL_REVISION_1,
                                                               &attributes.lpSecurityDescriptor, NULL ))
        return last_error();
    if (!CreateDirectoryW( path, &attributes ) && GetLastError() != ERROR_ALREADY_EXISTS) hr = last_error();
    LocalFree( attributes.lpSecurityDescriptor );
    return hr;
}

HRESULT store_start( const WCHAR *directory, const struct store_secrets *secrets )
{
    WCHAR path[MAX_PATH];
    DWORD length;
    HRESULT hr;

    TRACE( "%s, %p.\n", debugstr_w( directory ), secrets );

    if (!directory)
    {
        if (FAILED(hr = default_directory( path )))
        {
            ERR( "The directory for all users is not known, %#lx.\n", hr );
            return hr;
        }
        directory = path;
    }
    length = wstr_len_max( directory, MAX_PATH );
    if (length < 4 || length > MAX_PATH - NAME_ROOM) return HRESULT_FROM_WIN32( ERROR_FILENAME_EXCED_RANGE );
    append( store.directory, directory );
    make_parents( store.directory );
    if (FAILED(hr = make_directory( store.directory )))
    {
        ERR( "%s cannot be made, %#lx.\n", debugstr_w( store.directory ), hr );
        return hr;
    }
    store_path( L"\\store.lock", path );
    store.lock_file = CreateFileW( path, GENERIC_WRITE, 0, NULL, OPEN_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, NULL );
    if (store.lock_file == INVALID_HANDLE_VALUE)
    {
        hr = last_error();
        ERR( "%s cannot be taken, %#lx.\n", debugstr_w( path ), hr );
        return hr;
    }
    store.secrets = secrets;
    list_init( &store.opened );
    store.open_count = 0;
    if (FAILED(hr = events_start())) CloseHandle( store.lock_file );
    return hr;
}

void store_stop(void)
{
    TRACE( ".\n" );

    events_stop();
    CloseHandle( store.lock_file );
}
