/*
 * Helper tokens
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

#include "bitsadmin.h"

/* The calls carry this process's primary token, since no thread here impersonates anybody. */
static int set_helper_token( struct call *call )
{
    HRESULT hr;

    if (call->count > 1)
    {
        complain( L"Unable to set helper token - a user and a password are not accepted: Wine's LogonUser gives out a "
                  L"handle that is no token, whatever the password.\n"
                  L"Without them the token of this prompt is set.\n" );
        return EXIT_FAILED;
    }
    CALL( hr, call->job, IBitsTokenOptions, SetHelperToken );
    return finish( call, hr, L"Helper token set.\n" );
}

static int clear_helper_token( struct call *call )
{
    HRESULT hr;

    CALL( hr, call->job, IBitsTokenOptions, ClearHelperToken );
    return finish( call, hr, L"Helper token cleared.\n" );
}

static int set_helper_token_flags( struct call *call )
{
    DWORD flags;
    HRESULT hr;

    if (!parse_number( call, 1, L"<flags>", BG_TOKEN_LOCAL_FILE | BG_TOKEN_NETWORK, &flags )) return EXIT_USAGE;
    CALL( hr, call->job, IBitsTokenOptions, SetHelperTokenFlags, flags );
    return finish( call, hr, L"Helper token flags set to %lu.\n", flags );
}

const struct command token_commands[] =
{
    { L"SETHELPERTOKEN", L"<job> [<user@domain> <password>]", 1, 3, JOB, set_helper_token, L"set helper token",
      L"Lends the job the token of this prompt." },
    { L"CLEARHELPERTOKEN", L"<job>", 1, 1, JOB, clear_helper_token, L"clear helper token",
      L"Takes the token back (an addition of winebits)." },
    { L"SETHELPERTOKENFLAGS", L"<job> <flags>", 2, 2, JOB, set_helper_token_flags, L"set helper token flags",
      L"Sets what the helper token is for: 1 local files, 2 network, 3 both, 0 neither." },
    { L"" }
};
