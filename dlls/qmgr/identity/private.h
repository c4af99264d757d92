/*
 * Inside the identity room
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

#ifndef WINEBITS_IDENTITY_PRIVATE_H
#define WINEBITS_IDENTITY_PRIVATE_H

/* What TOKEN says, with a duplicate of it as impersonation token; TOKEN stays the caller's.  E_ACCESSDENIED when it
 * cannot be read or duplicated. */
HRESULT identity_from_token( HANDLE token, struct identity **identity );

#endif
