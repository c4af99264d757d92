/*
 * The event log's files
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

/* An event waits in memory, because it may come with any lock held, for a thread that does nothing else: a disk that is
 * slow, full or gone is in nobody's way.  The file is open only while it is written, and may be taken away any time. */

#include <stdio.h>

#include "store/private.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

#define MAX_SIZE        0x80000     /* bytes of one file */
#define MAX_BLOCK       0x10000     /* bytes that are written at once, and one line more */
#define MAX_WAITING     4096
#define TIME_SIZE       32
#define END_MS          5000
#define GATHER_MS       100         /* opening the file is what costs most */

struct waiting
{
    struct list entry;
    FILETIME time;
    HRESULT code;
    char text[1];
};

static struct
{
    SRWLOCK lock;               /* guards the following */
    CONDITION_VARIABLE wake;    /* for the thread: look again */
    struct list waiting;
    UINT count;
    UINT lost;
    BOOL ending;
    HANDLE thread;              /* NULL when the store is closed; not guarded */
}
events = { SRWLOCK_INIT, CONDITION_VARIABLE_INIT, { &events.waiting, &events.waiting } };

void store_event( const struct store_event *event )
{
    struct waiting *waiting;
    char text[EVENT_SIZE];

    event_format( event, text );
    TRACE( "%s\n", text );
    if ((waiting = malloc( sizeof(*waiting) + strlen( text ) )))
    {
        waiting->code = event->code;
        strcpy( waiting->text, text );
    }
    AcquireSRWLockExclusive( &events.lock );
    if (waiting && events.count < MAX_WAITING)
    {
        GetSystemTimeAsFileTime( &waiting->time );
        list_add_tail( &events.waiting, &waiting->entry );
        waiting = NULL;
        if (!events.count++) WakeConditionVariable( &events.wake );
    }
    else events.lost++;
    ReleaseSRWLockExclusive( &events.lock );
    free( waiting );
}

/* --- lines --------------------------------------------------------------------------------------------------------- */

static void format_time( const FILETIME *time, char text[TIME_SIZE] )
{
    SYSTEMTIME t;

    FileTimeToSystemTime( time, &t );
    snprintf( text, TIME_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", t.wYear, t.wMonth, t.wDay, t.wHour, t.wMinute,
              t.wSecond, t.wMilliseconds );
}

/* The English text of a code, malloc'ed UTF-8. */
static char *code_text( HRESULT code )
{
    char *utf8 = NULL;
    WCHAR *text;

    if (SUCCEEDED(code) || FAILED(error_text( code, LANG_ENGLISH, &text ))) return NULL;
    wstr_to_utf8( text, &utf8 );
    CoTaskMemFree( text );
    return utf8;
}

/* Appends one line to a block; FALSE without memory, then the block is as it was. */
static BOOL add_line( char **block, size_t *size, const FILETIME *time, const char *text, HRESULT code )
{
    char when[TIME_SIZE], *meaning = code_text( code ), *grown;
    size_t room = TIME_SIZE + strlen( text ) + (meaning ? strlen( meaning ) : 0) + 8;

    format_time( time, when );
    if ((grown = realloc( *block, *size + room )))
    {
        *block = grown;
        *size += snprintf( grown + *size, room, "%s %s%s%s%s\n", when, text, meaning ? " (" : "", meaning ? meaning : "",
                           meaning ? ")" : "" );
    }
    free( meaning );
    return grown != NULL;
}

/* --- files --------------------------------------------------------------------------------------------------------- */

static HRESULT open_log( const WCHAR *path, HANDLE *file, UINT32 *size )
{
    LARGE_INTEGER large;
    HRESULT hr = S_OK;

    *file = CreateFileW( path, GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_ALWAYS,
                         0, NULL );
    if (*file == INVALID_HANDLE_VALUE) return last_error();
    if (!GetFileSizeEx( *file, &large )) hr = last_error();
    else *size = (UINT32)min( large.QuadPart, MAX_SIZE );
    if (FAILED(hr)) CloseHandle( *file );
    return hr;
}

/* The file becomes an older one, the oldest goes. */
static HRESULT rotate( const WCHAR *path )
{
    WCHAR older[MAX_PATH], oldest[MAX_PATH];

    store_path( L"\\events.1.log", older );
    store_path( L"\\events.2.log", oldest );
    if (!MoveFileExW( older, oldest, MOVEFILE_REPLACE_EXISTING ) && GetLastError() != ERROR_FILE_NOT_FOUND)
        return last_error();
    return MoveFileExW( path, older, MOVEFILE_REPLACE_EXISTING ) ? S_OK : last_error();
}

static HRESULT append_block( const char *block, size_t size )
{
    WCHAR path[MAX_PATH];
    HANDLE file;
    UINT32 end;
    HRESULT hr;

    store_path( L"\\events.log", path );
    if (FAILED(hr = open_log( path, &file, &end ))) return hr;
    if (end && size > MAX_SIZE - end)
    {
        CloseHandle( file );
        if (FAILED(hr = rotate( path ))) return hr;
        if (FAILED(hr = open_log( path, &file, &end ))) return hr;
    }
    /* half a line would spoil the next */
    if (FAILED(hr = file_write_at( file, end, block, (UINT32)size ))) file_cut( file, end );
    CloseHandle( file );
    return hr;
}

/* --- writing ------------------------------------------------------------------------------------------------------- */

/* Lines that go to the file together. */
struct block
{
    char *data;
    size_t size;
    UINT count;
};

static void add_lost( UINT count )
{
    AcquireSRWLockExclusive( &events.lock );
    events.lost += count;
    ReleaseSRWLockExclusive( &events.lock );
}

static struct waiting *take_event(void)
{
    struct waiting *event = NULL;

    AcquireSRWLockExclusive( &events.lock );
    if (!list_empty( &events.waiting ))
    {
        event = LIST_ENTRY( list_head( &events.waiting ), struct waiting, entry );
        list_remove( &event->entry );
        events.count--;
    }
    ReleaseSRWLockExclusive( &events.lock );
    return event;
}

/* Writes the block, which is empty afterwards.  A failure costs its events only: nobody waits for them. */
static void flush_block( struct block *block )
{
    HRESULT hr;

    if (block->size && FAILED(hr = append_block( block->data, block->size )))
    {
        WARN( "%u events are lost, %#lx.\n", block->count, hr );
        add_lost( block->count );
    }
    block->size = block->count = 0;
}

/* Says that something is missing, once there is something to write. */
static void report_lost(void)
{
    struct store_event event = { EVENT_EVENTS_LOST };
    UINT64 count;

    AcquireSRWLockExclusive( &events.lock );
    count = list_empty( &events.waiting ) ? 0 : events.lost;
    events.lost -= (UINT)count;
    ReleaseSRWLockExclusive( &events.lock );
    event.count = &count;
    if (count) store_event( &event );
}

/* Writes what waits. */
static void write_events(void)
{
    struct block block = { NULL };
    struct waiting *event;

    report_lost();
    while ((event = take_event()))
    {
        if (add_line( &block.data, &block.size, &event->time, event->text, event->code )) block.count++;
        else add_lost( 1 );
        free( event );
        if (block.size >= MAX_BLOCK) flush_block( &block );
    }
    flush_block( &block );
    free( block.data );
}

static DWORD CALLBACK events_proc( void *context )
{
    BOOL ending = FALSE;

    while (!ending)
    {
        AcquireSRWLockExclusive( &events.lock );
        while (!events.ending && list_empty( &events.waiting ))
            SleepConditionVariableSRW( &events.wake, &events.lock, INFINITE, 0 );
        if (!events.ending) SleepConditionVariableSRW( &events.wake, &events.lock, GATHER_MS, 0 );
        ending = events.ending;
        ReleaseSRWLockExclusive( &events.lock );
        write_events();
    }
    return 0;
}

HRESULT events_start(void)
{
    events.ending = FALSE;
    events.thread = CreateThread( NULL, 0, events_proc, NULL, 0, NULL );
    return events.thread ? S_OK : last_error();
}

void events_stop(void)
{
    if (!events.thread) return;
    AcquireSRWLockExclusive( &events.lock );
    events.ending = TRUE;
    ReleaseSRWLockExclusive( &events.lock );
    WakeConditionVariable( &events.wake );
    if (WaitForSingleObject( events.thread, END_MS )) WARN( "The thread of the event log is left behind.\n" );
    CloseHandle( events.thread );
    events.thread = NULL;
}
