/*
 * Wine's test interface, for tests that are built outside of Wine's tree
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

/*
 * The names and the meaning are those of Wine's own header, so that a test file can move into Wine's tree unchanged.
 *
 *     START_TEST(name)                         the test's function; its name is listed in winetest_testlist
 *     ok( condition, format, ... )             one check; the message should say what came
 *     ok_( file, line )( condition, ... )      the same, reported for the line of a helper's caller
 *     todo_wine statement                      checks in it are known to fail under Wine: a failure counts as todo, a
 *                                              success as a failure, so that the mark goes when the fault does
 *     todo_wine_if( condition ) statement      the same where the condition holds
 *     broken( condition )                      FALSE under Wine: ok( a || broken( b ), ... ) allows b on Windows only
 *     skip( format, ... )                      says why checks are left out
 *     win_skip( format, ... )                  the same for something that only Windows may lack: a failure under Wine
 *     trace( format, ... )                     output for the reader
 *     winetest_push_context( format, ... )     stands ahead of the messages until winetest_pop_context(); nests
 *
 * All of them may be used in any thread; location, todo level and context belong to the thread, the counts to the
 * process.
 *
 * One file of a test program defines STANDALONE ahead of this header, lists the tests in winetest_testlist and thereby
 * gets main().  "program NAME" runs a test and ends it with the line
 *     NAME: N tests executed (N marked as todo, N failures), N skipped.
 * and the number of failures, at most 255, as exit code.  "program" alone lists the names, one a line after the line
 * "Valid test names:".  Environment: WINETEST_DEBUG (0 to 2; 0 silences trace, default 1), WINETEST_REPORT_SUCCESS (1
 * prints checks that succeed), WINETEST_PLATFORM ("wine" or "windows", default: what runs).
 */

#ifndef __WINE_WINE_TEST_H
#define __WINE_WINE_TEST_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include "wine/debug.h"

#define WINETEST_PRINTF( fmt, args ) __attribute__((format(printf, fmt, args)))

struct test
{
    const char *name;
    void (*func)(void);
};

extern int winetest_debug;
extern int winetest_report_success;
extern const char *winetest_platform;

void winetest_set_location( const char *file, int line );
int winetest_vok( int condition, const char *format, va_list args );
void winetest_ok( int condition, const char *format, ... ) WINETEST_PRINTF( 2, 3 );
void winetest_skip( const char *format, ... ) WINETEST_PRINTF( 1, 2 );
void winetest_win_skip( const char *format, ... ) WINETEST_PRINTF( 1, 2 );
void winetest_trace( const char *format, ... ) WINETEST_PRINTF( 1, 2 );
void winetest_push_context( const char *format, ... ) WINETEST_PRINTF( 1, 2 );
void winetest_pop_context(void);
void winetest_start_todo( int is_todo );
int winetest_loop_todo(void);
void winetest_end_todo(void);
LONG winetest_get_failures(void);
/* The arguments of the program and their number; a test gets its own name as argv[1]. */
int winetest_get_mainargs( char ***argv );
/* Waits for a child that runs another part of the test, and counts its failures. */
void winetest_wait_child_process( HANDLE process );

#define START_TEST( name ) void func_##name(void); void func_##name(void)

/* the location is set first, the call follows with the arguments that the macro's user writes */
#define winetest_at( file, line, call ) (winetest_set_location( file, line ), 0) ? (void)0 : call

#define ok_( file, line )       winetest_at( file, line, winetest_ok )
#define skip_( file, line )     winetest_at( file, line, winetest_skip )
#define win_skip_( file, line ) winetest_at( file, line, winetest_win_skip )
#define trace_( file, line )    winetest_at( file, line, winetest_trace )

#define ok       ok_( __FILE__, __LINE__ )
#define skip     skip_( __FILE__, __LINE__ )
#define win_skip win_skip_( __FILE__, __LINE__ )
#define trace    trace_( __FILE__, __LINE__ )

#define todo_if( is_todo ) \
    for (winetest_start_todo( is_todo ); winetest_loop_todo(); winetest_end_todo())
#define todo_wine               todo_if( !strcmp( winetest_platform, "wine" ) )
#define todo_wine_if( is_todo ) todo_if( (is_todo) && !strcmp( winetest_platform, "wine" ) )

static inline int broken( int condition )
{
    return condition && strcmp( winetest_platform, "wine" );
}

#ifndef ARRAY_SIZE
# define ARRAY_SIZE( array ) (sizeof(array) / sizeof((array)[0]))
#endif

#ifdef STANDALONE

extern const struct test winetest_testlist[];   /* the caller's; ends with a NULL name */

int winetest_debug = 1;
int winetest_report_success;
const char *winetest_platform;

static char **winetest_argv;
static int winetest_argc;
static const char *winetest_name;
static LONG winetest_successes, winetest_failures, winetest_todos, winetest_skips;
static DWORD winetest_slot;

struct winetest_thread
{
    const char  *file;
    int          line;
    unsigned int todo_level;    /* one bit for each todo block around, the innermost lowest */
    BOOL         todo_loop;
    unsigned int contexts;
    char         context[8][128];
};

static struct winetest_thread *winetest_get_thread(void)
{
    struct winetest_thread *thread = TlsGetValue( winetest_slot );

    if (!thread)
    {
        thread = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof(*thread) );
        TlsSetValue( winetest_slot, thread );
    }
    return thread;
}

/* one write per message, so that those of several threads and processes do not mix */
static void winetest_vprint( const char *kind, const char *format, va_list args )
{
    struct winetest_thread *thread = winetest_get_thread();
    char buffer[4096];
    unsigned int i;
    int len;

    len = snprintf( buffer, sizeof(buffer), "%s:%d: %s", thread->file ? thread->file : "", thread->line, kind );
    for (i = 0; i < thread->contexts && len < (int)sizeof(buffer); i++)
        len += snprintf( buffer + len, sizeof(buffer) - len, "%s: ", thread->context[i] );
    if (len < (int)sizeof(buffer)) vsnprintf( buffer + len, sizeof(buffer) - len, format, args );
    buffer[sizeof(buffer) - 1] = 0;
    fputs( buffer, stdout );
    fflush( stdout );
}

static void winetest_print( const char *kind, const char *format, ... ) WINETEST_PRINTF( 2, 3 );
static void winetest_print( const char *kind, const char *format, ... )
{
    va_list args;

    va_start( args, format );
    winetest_vprint( kind, format, args );
    va_end( args );
}

void winetest_set_location( const char *file, int line )
{
    struct winetest_thread *thread = winetest_get_thread();
    const char *p;

    for (p = file; *p; p++) if (*p == '/' || *p == '\\') file = p + 1;
    thread->file = file;
    thread->line = line;
}

int winetest_vok( int condition, const char *format, va_list args )
{
    BOOL todo = winetest_get_thread()->todo_level != 0;

    if (!condition && todo)
    {
        winetest_vprint( "Test marked todo: ", format, args );
        InterlockedIncrement( &winetest_todos );
        return 1;
    }
    if (!condition || todo)
    {
        winetest_vprint( todo ? "Test succeeded inside todo block: " : "Test failed: ", format, args );
        InterlockedIncrement( &winetest_failures );
        return 0;
    }
    if (winetest_report_success) winetest_print( "Test succeeded", "\n" );
    InterlockedIncrement( &winetest_successes );
    return 1;
}

void winetest_ok( int condition, const char *format, ... )
{
    va_list args;

    va_start( args, format );
    winetest_vok( condition, format, args );
    va_end( args );
}

void winetest_skip( const char *format, ... )
{
    va_list args;

    va_start( args, format );
    winetest_vprint( "Tests skipped: ", format, args );
    va_end( args );
    InterlockedIncrement( &winetest_skips );
}

void winetest_win_skip( const char *format, ... )
{
    va_list args;

    va_start( args, format );
    if (strcmp( winetest_platform, "wine" ))
    {
        winetest_vprint( "Tests skipped: ", format, args );
        InterlockedIncrement( &winetest_skips );
    }
    else winetest_vok( 0, format, args );
    va_end( args );
}

void winetest_trace( const char *format, ... )
{
    va_list args;

    if (!winetest_debug) return;
    va_start( args, format );
    winetest_vprint( "", format, args );
    va_end( args );
}

void winetest_push_context( const char *format, ... )
{
    struct winetest_thread *thread = winetest_get_thread();
    va_list args;

    if (thread->contexts == ARRAY_SIZE(thread->context))
    {
        winetest_ok( 0, "too many contexts.\n" );
        return;
    }
    va_start( args, format );
    vsnprintf( thread->context[thread->contexts], sizeof(thread->context[0]), format, args );
    va_end( args );
    thread->context[thread->contexts++][sizeof(thread->context[0]) - 1] = 0;
}

void winetest_pop_context(void)
{
    struct winetest_thread *thread = winetest_get_thread();

    if (thread->contexts) thread->contexts--;
    else winetest_ok( 0, "no context to remove.\n" );
}

void winetest_start_todo( int is_todo )
{
    struct winetest_thread *thread = winetest_get_thread();

    thread->todo_level = (thread->todo_level << 1) | (is_todo != 0);
    thread->todo_loop = TRUE;
}

int winetest_loop_todo(void)
{
    struct winetest_thread *thread = winetest_get_thread();
    BOOL loop = thread->todo_loop;

    thread->todo_loop = FALSE;
    return loop;
}

void winetest_end_todo(void)
{
    winetest_get_thread()->todo_level >>= 1;
}

LONG winetest_get_failures(void)
{
    return winetest_failures;
}

int winetest_get_mainargs( char ***argv )
{
    *argv = winetest_argv;
    return winetest_argc;
}

void winetest_wait_child_process( HANDLE process )
{
    DWORD code;

    if (WaitForSingleObject( process, 60000 ) != WAIT_OBJECT_0 || !GetExitCodeProcess( process, &code ))
        winetest_ok( 0, "the child process does not end.\n" );
    else if (code)
    {
        winetest_print( "", "%lu failures in the child process.\n", code );
        InterlockedExchangeAdd( &winetest_failures, code );
    }
}

static int winetest_end(void)
{
    printf( "%s: %ld tests executed (%ld marked as todo, %ld failures), %ld skipped.\n", winetest_name,
            winetest_successes + winetest_failures + winetest_todos, winetest_todos, winetest_failures,
            winetest_skips );
    fflush( stdout );
    return winetest_failures < 255 ? winetest_failures : 255;
}

static LONG WINAPI winetest_exception( EXCEPTION_POINTERS *pointers )
{
    winetest_print( "Test failed: ", "after this line: unhandled exception %#lx at %p.\n",
                    pointers->ExceptionRecord->ExceptionCode, pointers->ExceptionRecord->ExceptionAddress );
    InterlockedIncrement( &winetest_failures );
    ExitProcess( winetest_end() );
}

int main( int argc, char **argv )
{
    const struct test *test;
    const char *value;

    winetest_slot = TlsAlloc();
    winetest_argc = argc;
    winetest_argv = argv;
    winetest_platform = GetProcAddress( GetModuleHandleA( "ntdll.dll" ), "wine_get_version" ) ? "wine" : "windows";
    if ((value = getenv( "WINETEST_PLATFORM" ))) winetest_platform = value;
    if ((value = getenv( "WINETEST_DEBUG" ))) winetest_debug = atoi( value );
    if ((value = getenv( "WINETEST_REPORT_SUCCESS" ))) winetest_report_success = atoi( value );

    for (test = winetest_testlist; argc > 1 && test->name; test++)
    {
        if (strcmp( test->name, argv[1] )) continue;
        winetest_name = test->name;
        SetUnhandledExceptionFilter( winetest_exception );
        test->func();
        return winetest_end();
    }

    if (argc > 1) printf( "There is no test \"%s\".\n\n", argv[1] );
    printf( "Usage: %s test_name\n\nValid test names:\n", argv[0] );
    for (test = winetest_testlist; test->name; test++) printf( "    %s\n", test->name );
    return argc > 1;
}

#endif /* STANDALONE */

#endif /* __WINE_WINE_TEST_H */
