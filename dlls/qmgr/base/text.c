/*
 * Texts of error codes
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

#include "base/base.h"
#include "messages.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

/* Texts are short; the system's longest has some 200 characters. */
#define MAX_TEXT 1024

/* Whether a text waits for a value that nobody has. */
static BOOL has_insert( const WCHAR *text )
{
    for (; *text; text++) if (text[0] == '%' && text[1] >= '1' && text[1] <= '9') return TRUE;
    return FALSE;
}

/* Our message table, or the system's when module is NULL.  Gives the length of the text, 0 when there is none. */
static DWORD find_text( HMODULE module, DWORD code, LANGID langid, WCHAR buffer[MAX_TEXT] )
{
    DWORD flags = FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK;
    DWORD len;

    flags |= module ? FORMAT_MESSAGE_FROM_HMODULE : FORMAT_MESSAGE_FROM_SYSTEM;
    len = FormatMessageW( flags, module, code, langid, buffer, MAX_TEXT, NULL );
    while (len && (buffer[len - 1] == ' ' || buffer[len - 1] == '\r' || buffer[len - 1] == '\n')) buffer[--len] = 0;
    return len && !has_insert( buffer ) ? len : 0;
}

/* As above for one of our two texts with an insert. */
static DWORD find_text_for_unknown( HMODULE module, DWORD id, LANGID langid, DWORD insert, WCHAR buffer[MAX_TEXT] )
{
    DWORD_PTR args[] = { insert };
    DWORD flags = FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_ARGUMENT_ARRAY | FORMAT_MESSAGE_MAX_WIDTH_MASK;
    DWORD len = FormatMessageW( flags, module, id, langid, buffer, MAX_TEXT, (va_list *)args );

    while (len && buffer[len - 1] == ' ') buffer[--len] = 0;
    return len;
}

static BOOL find_any_text( HMODULE module, HRESULT code, LANGID langid, WCHAR buffer[MAX_TEXT] )
{
    /* our table and the system's have their texts under the default sublanguage */
    langid = MAKELANGID( PRIMARYLANGID( langid ), SUBLANG_DEFAULT );

    if (find_text( module, code, langid, buffer )) return TRUE;
    if (find_text( NULL, code, langid, buffer )) return TRUE;
    if (HRESULT_FACILITY(code) == FACILITY_WIN32 && find_text( NULL, HRESULT_CODE(code), langid, buffer )) return TRUE;
    if (((UINT)code & 0xffff0000) == 0x80190000 && HRESULT_CODE(code) < 1000 &&
        find_text_for_unknown( module, MSG_UNKNOWN_STATUS, langid, HRESULT_CODE(code), buffer )) return TRUE;
    return find_text_for_unknown( module, MSG_UNKNOWN_CODE, langid, code, buffer ) != 0;
}

HRESULT error_text( HRESULT code, DWORD langid, WCHAR **text )
{
    WCHAR buffer[MAX_TEXT];
    HMODULE module;
    SIZE_T size;

    TRACE( "%#lx, %#lx, %p.\n", code, langid, text );

    *text = NULL;
    if (!GetModuleHandleExW( GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                             (const WCHAR *)error_text, &module )) return HRESULT_FROM_WIN32( GetLastError() );

    if (PRIMARYLANGID( langid ))
    {
        if (!find_any_text( module, code, langid, buffer )) return HRESULT_FROM_WIN32( ERROR_RESOURCE_LANG_NOT_FOUND );
    }
    else if (!find_any_text( module, code, GetUserDefaultLangID(), buffer ) &&
             !find_any_text( module, code, LANG_ENGLISH, buffer )) return HRESULT_FROM_WIN32( GetLastError() );

    size = (wstr_len( buffer ) + 1) * sizeof(WCHAR);
    if (!(*text = CoTaskMemAlloc( size ))) return E_OUTOFMEMORY;
    memcpy( *text, buffer, size );
    return S_OK;
}
