/*
 * Output: to a console or to whatever reads it
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

#include <stdarg.h>
#include <stdio.h>
#include "bitsadmin.h"

#define CONSOLE_CHARS 8192      /* that a console certainly takes at a time */

BOOL raw_output, json_output, wrap_lines = TRUE;

static WCHAR *live_line;    /* what the console shows now */

void *must_have( void *memory )
{
    static const char message[] = "Out of memory.\r\n";
    DWORD written;

    if (memory) return memory;
    WriteFile( GetStdHandle( STD_ERROR_HANDLE ), message, sizeof(message) - 1, &written, NULL );
    ExitProcess( EXIT_FAILED );
}

/* --- strings --- */

static void append_args( struct text *text, const WCHAR *format, va_list args )
{
    va_list again;
    int length;

    for (;;)
    {
        va_copy( again, args );
        length = _vsnwprintf( text->chars + text->length, text->size - text->length, format, again );
        va_end( again );
        if (length >= 0 && text->length + length < text->size) break;
        text->size = max( 256, text->size * 2 );
        text->chars = must_have( realloc( text->chars, text->size * sizeof(WCHAR) ) );
    }
    text->length += length;
}

void append( struct text *text, const WCHAR *format, ... )
{
    va_list args;

    va_start( args, format );
    append_args( text, format, args );
    va_end( args );
}

void free_text( struct text *text )
{
    free( text->chars );
    memset( text, 0, sizeof(*text) );
}

WCHAR *copy_string( const WCHAR *string )
{
    size_t size = (wcslen( string ) + 1) * sizeof(WCHAR);

    return memcpy( must_have( CoTaskMemAlloc( size ) ), string, size );
}

/* --- standard output and standard error --- */

static BOOL is_console_handle( HANDLE handle )
{
    DWORD mode;

    return GetConsoleMode( handle, &mode );
}

BOOL is_console(void)
{
    return is_console_handle( GetStdHandle( STD_OUTPUT_HANDLE ) );
}

static void write_chars( HANDLE handle, const WCHAR *chars, int length )
{
    DWORD written;
    char *bytes;
    int size;

    if (!length) return;
    if (is_console_handle( handle ))
    {
        for (; length > 0; chars += CONSOLE_CHARS, length -= CONSOLE_CHARS)
            WriteConsoleW( handle, chars, min( length, CONSOLE_CHARS ), &written, NULL );
        return;
    }
    size = WideCharToMultiByte( CP_UTF8, 0, chars, length, NULL, 0, NULL, NULL );
    bytes = must_have( malloc( size ) );
    WideCharToMultiByte( CP_UTF8, 0, chars, length, bytes, size, NULL, NULL );
    WriteFile( handle, bytes, size, &written, NULL );
    free( bytes );
}

static void write_lines( DWORD which, const struct text *text )
{
    HANDLE handle = GetStdHandle( which );
    int length, width = !wrap_lines && is_console_handle( handle ) ? console_width() : INT_MAX;
    const WCHAR *line = text->chars, *end = text->chars + text->length, *p;
    struct text out = { 0 };

    for (; line < end; line = p + 1)
    {
        for (p = line; p < end && *p != '\n'; p++) continue;
        length = p - line;
        if (p < end && length && line[length - 1] == '\r') length--;     /* as system messages have it */
        append( &out, L"%.*ls%ls", min( length, width ), line, p < end ? L"\r\n" : L"" );
    }
    write_chars( handle, out.chars, out.length );
    free_text( &out );
}

void print_text( const struct text *text )
{
    write_lines( STD_OUTPUT_HANDLE, text );
}

static void print_args( DWORD which, const WCHAR *format, va_list args )
{
    struct text text = { 0 };

    append_args( &text, format, args );
    write_lines( which, &text );
    free_text( &text );
}

void print( const WCHAR *format, ... )
{
    va_list args;

    va_start( args, format );
    print_args( STD_OUTPUT_HANDLE, format, args );
    va_end( args );
}

void complain( const WCHAR *format, ... )
{
    va_list args;

    va_start( args, format );
    print_args( raw_output || json_output ? STD_ERROR_HANDLE : STD_OUTPUT_HANDLE, format, args );
    va_end( args );
}

void complain_about( IBackgroundCopyManager *manager, const WCHAR *action, HRESULT hr )
{
    WCHAR *text = NULL;
    int length;

    complain( L"Unable to %ls - 0x%08lx\n", action, hr );
    if (manager && SUCCEEDED(IBackgroundCopyManager_GetErrorDescription( manager, hr, LANGIDFROMLCID(GetThreadLocale()), &text )))
    {
        for (length = wcslen( text ); length && iswspace( text[length - 1] ); length--) continue;
        complain( L"%.*ls\n", length, text );
        CoTaskMemFree( text );
    }
    else if ((length = FormatMessageW( FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS,
                                       NULL, hr, 0, (WCHAR *)&text, 0, NULL )))
    {
        while (length && iswspace( text[length - 1] )) length--;
        complain( L"%.*ls\n", length, text );
        LocalFree( text );
    }
}

int finish( struct call *call, HRESULT hr, const WCHAR *format, ... )
{
    va_list args;

    if (FAILED(hr))
    {
        complain_about( call->manager, call->command->action, hr );
        return EXIT_FAILED;
    }
    va_start( args, format );
    print_args( STD_OUTPUT_HANDLE, format, args );
    va_end( args );
    return EXIT_DONE;
}

/* --- the console --- */

unsigned int console_width(void)
{
    CONSOLE_SCREEN_BUFFER_INFO info;

    if (!GetConsoleScreenBufferInfo( GetStdHandle( STD_OUTPUT_HANDLE ), &info )) return 79;
    /* the last column stays empty: a character there moves the cursor to the next line */
    return max( info.srWindow.Right - info.srWindow.Left, 1 );
}

/* Wine's console knows \r, but no escape sequences. */
static void draw_live_line( const WCHAR *line )
{
    unsigned int old = live_line ? wcslen( live_line ) : 0, length = min( wcslen( line ), console_width() );
    struct text text = { 0 };

    append( &text, L"\r%.*ls", length, line );
    while (text.length < old + 1) append( &text, L" " );
    if (length < old) append( &text, L"\r%.*ls", length, line );
    write_chars( GetStdHandle( STD_OUTPUT_HANDLE ), text.chars, text.length );
    free_text( &text );
}

void show_live_line( const WCHAR *line )
{
    if (!is_console() || (live_line && !wcscmp( live_line, line ))) return;
    draw_live_line( line );
    free( live_line );
    live_line = must_have( _wcsdup( line ) );
}

void clear_live_line(void)
{
    if (!live_line) return;
    draw_live_line( L"" );
    free( live_line );
    live_line = NULL;
}

void clear_window(void)
{
    HANDLE handle = GetStdHandle( STD_OUTPUT_HANDLE );
    CONSOLE_SCREEN_BUFFER_INFO info;
    DWORD cells, written;
    COORD top;

    if (!GetConsoleScreenBufferInfo( handle, &info )) return;
    top.X = 0;
    top.Y = info.srWindow.Top;
    cells = info.dwSize.X * (info.srWindow.Bottom - info.srWindow.Top + 1);
    FillConsoleOutputCharacterW( handle, ' ', cells, top, &written );
    SetConsoleCursorPosition( handle, top );
}
