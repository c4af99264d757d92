/*
 * A name lookup that never ends, to preload into the agent
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

#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <unistd.h>

/* Makes the file SLOWRESOLVER_ASKED, if there is such a variable. */
int getaddrinfo( const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result )
{
    const char *asked = getenv( "SLOWRESOLVER_ASKED" );

    if (asked) close( creat( asked, 0600 ) );
    for (;;) pause();
}
