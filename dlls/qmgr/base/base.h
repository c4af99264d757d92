/*
 * Base room: words that all other rooms use
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
 * The bottom room: lists, wide strings, UTF-8, URLs, HTTP dates, the error table, error texts.  It knows no other room.
 *
 * Everything except the part under _WIN32 at the end is pure: no function of Windows is called, nothing is kept
 * between calls, so all of it may be called in any thread with any lock held, and it also builds natively with
 * -fshort-wchar for the unit tests.  A WCHAR is 16 bits in both builds; never pass one to a wcs function of the C
 * library.
 *
 * Memory that is given to the caller comes from malloc() and is the caller's to free(), unless a comment says
 * CoTaskMemAlloc.
 */

#ifndef __QMGR_BASE_H
#define __QMGR_BASE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
# ifndef WIN32_LEAN_AND_MEAN
#  define WIN32_LEAN_AND_MEAN  /* windows.h must not bring the old winsock.h in */
# endif
# include <windows.h>
#else
# include "windef.h"
# include "winbase.h"
#endif
#include "bits.h"
#include "bitsmsg.h"
#include "wine/list.h"

#ifndef ARRAY_SIZE
# define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#endif

/* --- wide strings (wstr.c) ------------------------------------------------------------------------------------ */

/* Length in WCHARs without the NUL. */
SIZE_T wstr_len( const WCHAR *str );

/* As wstr_len, but reads no more than max + 1 characters: max + 1 means "longer than max".  Use for every string of
 * a client that has a limit: if (wstr_len_max( name, 256 ) > 256) ... */
SIZE_T wstr_len_max( const WCHAR *str, SIZE_T max );

/* A copy, NULL when there is no memory or str is NULL. */
WCHAR *wstr_dup( const WCHAR *str );

/* <0, 0, >0 by code unit.  Case matters. */
int wstr_cmp( const WCHAR *left, const WCHAR *right );

/* As wstr_cmp, but A-Z equal a-z and nothing else is folded: for schemes, host names, header names, never for file
 * names. */
int wstr_icmp_ascii( const WCHAR *left, const WCHAR *right );

/* --- UTF-16 and UTF-8 (utf8.c) -------------------------------------------------------------------------------- */

/* Both ways are strict, because what crosses the wire must come back as it was.
 *
 * S_OK              *ret is NUL-terminated and the caller's to free()
 * HRESULT_FROM_WIN32(ERROR_NO_UNICODE_TRANSLATION)
 *                   lone surrogate; or bytes that are not the shortest UTF-8 form, a surrogate in UTF-8, a value above
 *                   U+10FFFF, or a NUL within the given length
 * E_OUTOFMEMORY
 * On failure *ret is NULL. */
HRESULT wstr_to_utf8( const WCHAR *str, char **ret );

/* len: bytes of str, which needs no NUL at its end (a field of a wire frame). */
HRESULT wstr_from_utf8( const char *str, SIZE_T len, WCHAR **ret );

/* --- URLs for people (url.c) ------------------------------------------------------------------------------------ */

#define URL_SHOWN_SIZE 288  /* of a buffer that is large enough for most */

/* What logs, traces and dumps show of a URL: "(set)" stands for user and password, and for query and fragment, in
 * which tokens travel.  A path is shown as it is.  BUFFER of SIZE bytes, 8 or more, gets as much as fits, whole UTF-8
 * characters and "..." when something was cut; gives BUFFER. */
const char *url_show( const char *url, char *buffer, size_t size );
/* The same for TRACE() and its like. */
const char *debugstr_url( const WCHAR *url );

/* --- HTTP dates (httpdate.c) ---------------------------------------------------------------------------------- */

/* A point in time is a UINT64 with the unit and origin of FILETIME: 100 ns since 1 January 1601, UTC. */

#define HTTP_DATE_SIZE 30  /* bytes of a formatted date with its NUL */

/* Reads a header value in any of the three forms of RFC 9110 5.6.7:
 *     Sun, 06 Nov 1994 08:49:37 GMT      IMF-fixdate
 *     Sunday, 06-Nov-94 08:49:37 GMT     RFC 850; years 70 to 99 are 19xx, years 00 to 69 are 20xx
 *     Sun Nov  6 08:49:37 1994           asctime
 * Blanks around it are ignored, letters match in either case, the name of the day is not compared with the date.
 * FALSE for anything else, for dates that no calendar has and for years before 1601; then *time is not touched.
 * Second 60 is read as 59. */
BOOL http_date_parse( const char *str, UINT64 *time );

/* Writes the IMF-fixdate form; fractions of a second are cut off.  FALSE for years after 9999, then buffer is "". */
BOOL http_date_format( UINT64 time, char buffer[HTTP_DATE_SIZE] );

/* --- the error table (error.c) -------------------------------------------------------------------------------- */

/* spec: behaviour 3.2, 3.3, 1.5; api 3.5, 6.3, 6.5.  One table says for every way in which a transfer can fail what
 * the client sees (code and context) and what the job does (class). */

enum error_class
{
    ERROR_FATAL,      /* job state ERROR: somebody has to do something */
    ERROR_TRANSIENT   /* job state TRANSIENT_ERROR: tried again after the retry delay */
};

struct bits_error
{
    HRESULT code;               /* S_OK: nothing is wrong; context and class then mean nothing */
    BG_ERROR_CONTEXT context;
    enum error_class class;
};

/* A final HTTP status: context REMOTE_FILE, code 0x80190000 + status.  200 and 206 give S_OK.  Statuses that are an
 * answer to something special (401 and 407 before authentication, 412 for a changed file) must be dealt with before.
 * Redirect statuses are errors here: they surface only when the redirect was refused or could not be followed. */
struct bits_error error_from_http( UINT status );

/* Whether the order has failed, as far as resolver or kernel can tell, because there is no way to the server or its
 * proxy, rather than because of them. */
BOOL error_is_unreachable( int result, int os_errno );

/* Whether the connection to the server was lost, be it before the answer or in the midst of it. */
BOOL error_is_lost( struct bits_error error );

/* The end of an order, from the values of the same names in WIRE_DONE (include/wire.h).
 * result: CURLcode; os_errno: errno of a Linux host, 0 when unknown; status: HTTP status of the last response, 0 when
 * there was none; proxy_status: the proxy's last answer to CONNECT, 0 when there was none.
 * A status of 400 and above, except 401 and 407, explains a failed transfer better than the way its body ended and
 * therefore wins; so does a 3xx when the redirect itself was refused (too many, wrong scheme, bad Location), and the
 * status with which a proxy refused CONNECT.  A result that is not in the table is transient with 0x80072EE4.
 * Result 0 with a status that is not success gives the error of that status.  A cancelled order is no error: do not
 * ask. */
struct bits_error error_from_curl( int result, int os_errno, UINT status, UINT proxy_status );

/* A failed operation on a file of this machine: context LOCAL_FILE, code HRESULT_FROM_WIN32(error) except for a
 * volume that is locked (BG_E_DESTINATION_LOCKED).  What clears up by itself (disk full, quota, sharing violation) is
 * transient, everything else fatal. */
struct bits_error error_from_local( DWORD error );

/* A failed operation on a remote file that is reached through the file system: context REMOTE_FILE.  Missing files
 * and refused access are fatal, everything else is a matter of the network and transient. */
struct bits_error error_from_remote( DWORD error );

/* An errno of a Linux host as a Win32 error; ERROR_WRITE_FAULT for those not in the table. */
DWORD error_win32_from_errno( int os_errno );

/* A condition that the service itself found and that has a BG_E_ code, e.g. BG_E_TOKEN_REQUIRED.  Codes that are not
 * in the table are fatal with context GENERAL_QUEUE_MANAGER. */
struct bits_error error_from_code( HRESULT code );

/* Name of a CURLcode for traces, "unknown" for those not in the table. */
const char *error_curl_name( int result );

/* Message id of the text of an error context, for error_text().  An undefined value counts as
 * BG_ERROR_CONTEXT_UNKNOWN.  spec: api 6.5 */
HRESULT error_context_text_id( BG_ERROR_CONTEXT context );

/* --- error texts (text.c): not pure --------------------------------------------------------------------------- */

#ifdef _WIN32

/* The text of a code in a language, without a line end.  spec: api 5.1.4, 5.10.3; choices in docs/compat.md
 *
 * langid: only the primary language counts, so that any English finds the English texts.  0 (and any other langid
 * without a primary language) is the user's language and, if that has no text, English; the error object has to refuse
 * 0 itself.
 * Looked for in our message table, then in the system's.  A code that neither knows gets a general sentence that names
 * it in hexadecimal, if our table has the language at all.
 *
 * S_OK: *text is from CoTaskMemAlloc
 * HRESULT_FROM_WIN32(ERROR_RESOURCE_LANG_NOT_FOUND): no text in that language; *text is NULL
 * E_OUTOFMEMORY: *text is NULL
 * Any thread; no lock needed. */
HRESULT error_text( HRESULT code, DWORD langid, WCHAR **text );

#endif  /* _WIN32 */

#endif  /* __QMGR_BASE_H */
