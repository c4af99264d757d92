/*
 * What a client wants of HTTP requests, as text of a request
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

/* Pure: no Windows function, no socket, file, clock or lock; it also builds natively for tests/unit.
 *
 * Strings are UTF-8, URLs have been checked by name_check_remote().  What is returned is malloc'ed. */

#ifndef WINEBITS_OPTIONS_H
#define WINEBITS_OPTIONS_H

#include "base/base.h"

/* The header lines of one request: PLAN's, then CUSTOM's (spec: api 5.6.5), each ended by CRLF.  In CUSTOM a line ends
 * with CR, LF or both, and one that has no name before a colon is left out; where both have a header of one name,
 * CUSTOM's is sent.  NULL: out of memory. */
char *headers_append( const char *plan, const char *custom );

/* Whether one of the lines NAME of the header block HEADERS (LENGTH bytes) has SCHEME among its challenges. */
BOOL headers_offer( const char *headers, SIZE_T length, const char *name, const char *scheme );

/* Which proxy of a list serves URL (spec: api 5.2.30).  LIST: [scheme=][scheme://]server[:port], several are parted by
 * blanks or semicolons; BYPASS (may be NULL): hosts, in which * stands for any characters, and <local>.
 *
 * Choices: of several entries for a scheme the first is taken; a list without an entry for the scheme of URL means no
 * proxy; the port is 80 when none is named; what stands before :// must be http or https and makes no difference.
 *
 * S_OK: *PROXY is http://server:port, or NULL: no proxy.  BG_E_INVALID_PROXY_INFO, only if STRICT: an entry, chosen or
 * not, makes no sense, or there is none.  Otherwise such entries do not count: WinINet's lists name proxies for ftp, and
 * socks, too.  E_OUTOFMEMORY. */
HRESULT proxy_choose( const char *list, const char *bypass, const char *url, BOOL strict, char **proxy );

/* Where the response to URL with the header block HEADERS (LENGTH bytes) redirects to: an absolute URL without a
 * fragment.  NULL: it has no Location, or there is no memory. */
char *redirect_target( const char *url, const char *headers, SIZE_T length );

#endif
