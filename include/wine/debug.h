/*
 * Debug channels for modules that are built with mingw outside of Wine's tree
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
 * The names and the meaning are those of Wine's own header, so that a source file that uses this one can move into
 * Wine's tree unchanged:
 *
 *     #include "wine/debug.h"
 *     WINE_DEFAULT_DEBUG_CHANNEL(qmgr);
 *     TRACE( "%p, %s.\n", job, debugstr_w( name ));
 *
 * Wine's header needs libwinecrt0, which a mingw build cannot link.  Here the functions that write the lines are
 * looked up in ntdll at the first message.  Where ntdll has none of them (Windows) nothing is ever written.
 *
 * WINEDEBUG=+qmgr turns everything on; without it FIXME and ERR are shown and TRACE and WARN are not.  Debian's Wine
 * shows ERR only unless WINEDEBUG=fixme+all.  A message that is turned off costs one load and one branch, and its
 * arguments are not evaluated.  The answer of ntdll is kept per
 * source file, so a later change of the channel (taskmgr can do that) is not seen.
 *
 * The strings made by the debugstr functions live in a ring of ntdll's: valid until about 1000 characters later, in
 * the same thread; good for one message, not for keeping.
 *
 * In native builds (no _WIN32) messages compile to nothing; the arguments are still checked by the compiler.
 * All functions may be called in any thread and with any lock held.
 */

#ifndef __WINE_WINE_DEBUG_H
#define __WINE_WINE_DEBUG_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>

#ifdef _WIN32

enum __wine_debug_class
{
    __WINE_DBCL_FIXME,
    __WINE_DBCL_ERR,
    __WINE_DBCL_WARN,
    __WINE_DBCL_TRACE,
    __WINE_DBCL_INIT = 7  /* ntdll has not been asked yet */
};

/* ntdll reads this struct: the layout is Wine's */
struct __wine_debug_channel
{
    unsigned char flags;
    char name[15];
};

struct __wine_dbg_functions
{
    unsigned char (__cdecl *get_channel_flags)( struct __wine_debug_channel *channel );
    const char *  (__cdecl *strdup)( const char *str );
    int           (__cdecl *output)( const char *str );
    int           (__cdecl *header)( enum __wine_debug_class cls, struct __wine_debug_channel *channel,
                                     const char *function );
};

/* Two threads may fill the table at the same time: both write the same values, and "ready" comes last. */
static inline const struct __wine_dbg_functions *__wine_dbg_get_functions(void)
{
    static struct __wine_dbg_functions functions;
    static LONG ready;

    if (!ready)
    {
        HMODULE ntdll = GetModuleHandleW( L"ntdll.dll" );

        functions.get_channel_flags = (void *)GetProcAddress( ntdll, "__wine_dbg_get_channel_flags" );
        functions.strdup = (void *)GetProcAddress( ntdll, "__wine_dbg_strdup" );
        functions.output = (void *)GetProcAddress( ntdll, "__wine_dbg_output" );
        functions.header = (void *)GetProcAddress( ntdll, "__wine_dbg_header" );
        InterlockedExchange( &ready, 1 );
    }
    return &functions;
}

static inline unsigned char __wine_dbg_get_channel_flags( struct __wine_debug_channel *channel )
{
    if (channel->flags & (1 << __WINE_DBCL_INIT))
    {
        const struct __wine_dbg_functions *functions = __wine_dbg_get_functions();
        BOOL usable = functions->get_channel_flags && functions->strdup && functions->output && functions->header;

        /* ntdll gets a copy: it may store its defaults, with its own idea of the INIT bit, in the channel */
        struct __wine_debug_channel asked = *channel;
        channel->flags = usable ? functions->get_channel_flags( &asked ) & ~(1 << __WINE_DBCL_INIT) : 0;
    }
    return channel->flags;
}

static inline const char *__wine_dbg_strdup( const char *str )
{
    const struct __wine_dbg_functions *functions = __wine_dbg_get_functions();
    return functions->strdup ? functions->strdup( str ) : "";
}

static const char *wine_dbg_sprintf( const char *format, ... ) __attribute__((format(printf, 1, 2)));
static inline const char *wine_dbg_sprintf( const char *format, ... )
{
    char buffer[200];
    va_list args;

    va_start( args, format );
    vsnprintf( buffer, sizeof(buffer), format, args );
    va_end( args );
    buffer[sizeof(buffer) - 1] = 0;
    return __wine_dbg_strdup( buffer );
}

static int wine_dbg_log( enum __wine_debug_class cls, struct __wine_debug_channel *channel, const char *function,
                         const char *format, ... ) __attribute__((format(printf, 4, 5)));
static inline int wine_dbg_log( enum __wine_debug_class cls, struct __wine_debug_channel *channel,
                                const char *function, const char *format, ... )
{
    char buffer[1024];
    va_list args;
    int ret;

    if ((ret = __wine_dbg_get_functions()->header( cls, channel, function )) == -1) return ret;
    va_start( args, format );
    vsnprintf( buffer, sizeof(buffer), format, args );
    va_end( args );
    buffer[sizeof(buffer) - 1] = 0;
    return ret + __wine_dbg_get_functions()->output( buffer );
}

/* Writes one character of a quoted string.  wide: escapes as \1234, else as \x12.  At most 5 bytes. */
static inline char *__wine_dbg_quote( char *dst, unsigned int c, BOOL wide )
{
    static const char short_escapes[] = "\n\r\t\"\\", letters[] = "nrt\"\\";
    unsigned int i;

    for (i = 0; letters[i]; i++)
    {
        if (c != (unsigned char)short_escapes[i]) continue;
        *dst++ = '\\';
        *dst++ = letters[i];
        return dst;
    }
    if (c >= ' ' && c < 127) *dst++ = c;
    else dst += sprintf( dst, wide ? "\\%04x" : "\\x%02x", c );
    return dst;
}

/* Quoted strings, cut after about 290 characters.  NULL gives (null).  n: characters to show, -1: up to the NUL. */
static inline const char *wine_dbgstr_an( const char *str, int n )
{
    char buffer[300], *dst = buffer;

    if (!str) return "(null)";
    if (!((ULONG_PTR)str >> 16)) return wine_dbg_sprintf( "#%04x", LOWORD((ULONG_PTR)str) );
    *dst++ = '"';
    for (; n == -1 ? *str : n > 0; str++, n -= n > 0)
    {
        if (dst > buffer + sizeof(buffer) - 10) break;
        dst = __wine_dbg_quote( dst, (unsigned char)*str, FALSE );
    }
    strcpy( dst, (n == -1 ? *str : n > 0) ? "\"..." : "\"" );
    return __wine_dbg_strdup( buffer );
}

static inline const char *wine_dbgstr_wn( const WCHAR *str, int n )
{
    char buffer[300], *dst = buffer;

    if (!str) return "(null)";
    if (!((ULONG_PTR)str >> 16)) return wine_dbg_sprintf( "#%04x", LOWORD((ULONG_PTR)str) );
    *dst++ = 'L';
    *dst++ = '"';
    for (; n == -1 ? *str : n > 0; str++, n -= n > 0)
    {
        if (dst > buffer + sizeof(buffer) - 10) break;
        dst = __wine_dbg_quote( dst, *str, TRUE );
    }
    strcpy( dst, (n == -1 ? *str : n > 0) ? "\"..." : "\"" );
    return __wine_dbg_strdup( buffer );
}

static inline const char *wine_dbgstr_guid( const GUID *id )
{
    if (!id) return "(null)";
    if (!((ULONG_PTR)id >> 16)) return wine_dbg_sprintf( "<guid-0x%04x>", LOWORD((ULONG_PTR)id) );
    return wine_dbg_sprintf( "{%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x}",
                             (unsigned int)id->Data1, id->Data2, id->Data3, id->Data4[0], id->Data4[1],
                             id->Data4[2], id->Data4[3], id->Data4[4], id->Data4[5], id->Data4[6], id->Data4[7] );
}

/* Hexadecimal, without a prefix. */
static inline const char *wine_dbgstr_longlong( ULONGLONG ll )
{
    if (ll >> 32) return wine_dbg_sprintf( "%x%08x", (unsigned int)(ll >> 32), (unsigned int)ll );
    return wine_dbg_sprintf( "%x", (unsigned int)ll );
}

#define __WINE_DPRINTF(dbcl, dbch) \
    do { if (__WINE_IS_DEBUG_ON(dbcl, dbch)) { \
        struct __wine_debug_channel * const __dbch = (dbch); \
        const enum __wine_debug_class __dbcl = __WINE_DBCL##dbcl; \
        __WINE_DBG_LOG
#define __WINE_DBG_LOG(...) wine_dbg_log( __dbcl, __dbch, __func__, __VA_ARGS__ ); } } while (0)
/* The first test is the whole cost of a message that is off; it passes once more, while INIT is still set. */
#define __WINE_IS_DEBUG_ON(dbcl, dbch) \
    (((dbch)->flags & (1 << __WINE_DBCL##dbcl)) && (__wine_dbg_get_channel_flags(dbch) & (1 << __WINE_DBCL##dbcl)))

#define WINE_DECLARE_DEBUG_CHANNEL(ch) \
    static struct __wine_debug_channel __wine_dbch_##ch = { 0xff, #ch }
#define WINE_DEFAULT_DEBUG_CHANNEL(ch) \
    static struct __wine_debug_channel __wine_dbch_##ch = { 0xff, #ch }; \
    static struct __wine_debug_channel * const __wine_dbch___default = &__wine_dbch_##ch

#define WINE_TRACE          __WINE_DPRINTF(_TRACE, __wine_dbch___default)
#define WINE_WARN           __WINE_DPRINTF(_WARN, __wine_dbch___default)
#define WINE_FIXME          __WINE_DPRINTF(_FIXME, __wine_dbch___default)
#define WINE_ERR            __WINE_DPRINTF(_ERR, __wine_dbch___default)
#define WINE_TRACE_(ch)     __WINE_DPRINTF(_TRACE, &__wine_dbch_##ch)
#define WINE_WARN_(ch)      __WINE_DPRINTF(_WARN, &__wine_dbch_##ch)
#define WINE_FIXME_(ch)     __WINE_DPRINTF(_FIXME, &__wine_dbch_##ch)
#define WINE_ERR_(ch)       __WINE_DPRINTF(_ERR, &__wine_dbch_##ch)
#define WINE_TRACE_ON(ch)   __WINE_IS_DEBUG_ON(_TRACE, &__wine_dbch_##ch)
#define WINE_WARN_ON(ch)    __WINE_IS_DEBUG_ON(_WARN, &__wine_dbch_##ch)

#else  /* _WIN32 */

static inline void __wine_dbg_ignore( const char *format, ... ) { }
static inline const char *wine_dbgstr_an( const char *str, int n ) { return ""; }
static inline const char *wine_dbgstr_wn( const WCHAR *str, int n ) { return ""; }
static inline const char *wine_dbgstr_guid( const GUID *id ) { return ""; }
static inline const char *wine_dbgstr_longlong( ULONGLONG ll ) { return ""; }

#define WINE_DECLARE_DEBUG_CHANNEL(ch)  struct __wine_debug_channel
#define WINE_DEFAULT_DEBUG_CHANNEL(ch)  struct __wine_debug_channel
#define WINE_TRACE(...)     do { if (0) __wine_dbg_ignore( __VA_ARGS__ ); } while (0)
#define WINE_WARN           WINE_TRACE
#define WINE_FIXME          WINE_TRACE
#define WINE_ERR            WINE_TRACE
#define WINE_TRACE_(ch)     WINE_TRACE
#define WINE_WARN_(ch)      WINE_TRACE
#define WINE_FIXME_(ch)     WINE_TRACE
#define WINE_ERR_(ch)       WINE_TRACE
#define WINE_TRACE_ON(ch)   0
#define WINE_WARN_ON(ch)    0

#endif  /* _WIN32 */

static inline const char *wine_dbgstr_a( const char *str ) { return wine_dbgstr_an( str, -1 ); }
static inline const char *wine_dbgstr_w( const WCHAR *str ) { return wine_dbgstr_wn( str, -1 ); }

static inline const char *debugstr_an( const char *str, int n ) { return wine_dbgstr_an( str, n ); }
static inline const char *debugstr_wn( const WCHAR *str, int n ) { return wine_dbgstr_wn( str, n ); }
static inline const char *debugstr_a( const char *str ) { return wine_dbgstr_an( str, -1 ); }
static inline const char *debugstr_w( const WCHAR *str ) { return wine_dbgstr_wn( str, -1 ); }
static inline const char *debugstr_guid( const GUID *id ) { return wine_dbgstr_guid( id ); }

#undef ERR
#define TRACE               WINE_TRACE
#define TRACE_(ch)          WINE_TRACE_(ch)
#define TRACE_ON(ch)        WINE_TRACE_ON(ch)
#define WARN                WINE_WARN
#define WARN_(ch)           WINE_WARN_(ch)
#define WARN_ON(ch)         WINE_WARN_ON(ch)
#define FIXME               WINE_FIXME
#define FIXME_(ch)          WINE_FIXME_(ch)
#define ERR                 WINE_ERR
#define ERR_(ch)            WINE_ERR_(ch)

#endif  /* __WINE_WINE_DEBUG_H */
