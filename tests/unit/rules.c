/*
 * Tests of the rules of IBitsTokenOptions
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

#include "unit.h"
#include "identity/identity.h"

/* spec: api 5.8.1: the rule since Windows 10 1607, that is 10.0.14393 */
static void version_selects_the_rule(void)
{
    static const struct { DWORD major, minor, build; BOOL since; } versions[] =
    {
        { 5, 1, 2600, FALSE }, { 6, 1, 7601, FALSE }, { 6, 3, 9600, FALSE }, { 10, 0, 10240, FALSE },
        { 10, 0, 14392, FALSE }, { 10, 0, 14393, TRUE }, { 10, 0, 19043, TRUE }, { 10, 0, 22000, TRUE },
        { 10, 1, 0, TRUE }, { 11, 0, 0, TRUE },
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(versions); i++)
        check( token_rule_version( versions[i].major, versions[i].minor, versions[i].build ) == versions[i].since,
               "version %u\n", i );
}

#define DENIED E_ACCESSDENIED

/* Columns: SetHelperToken, SetHelperTokenFlags, the others; with the helper token's rights. */
static void every_case(void)
{
    static const struct
    {
        BOOL since, owner, admin, owner_admin, helper_admin;
        HRESULT set_token, set_flags, other;
    }
    cases[] =
    {
        /* since 1607: administrators may do all, whoever the owner is */
        { 1, 0, 1, 0, 0, S_OK, S_OK, S_OK },
        { 1, 0, 1, 0, 1, S_OK, S_OK, S_OK },
        { 1, 1, 1, 1, 1, S_OK, S_OK, S_OK },
        /* the owner too, but not with an administrator's token */
        { 1, 1, 0, 0, 0, S_OK, S_OK, S_OK },
        { 1, 1, 0, 0, 1, DENIED, DENIED, S_OK },
        /* nobody else */
        { 1, 0, 0, 0, 0, DENIED, DENIED, DENIED },
        { 1, 0, 0, 1, 1, DENIED, DENIED, DENIED },
        /* before: administrators, and only for jobs that administrators own */
        { 0, 1, 1, 1, 0, S_OK, S_OK, S_OK },
        { 0, 0, 1, 1, 1, S_OK, S_OK, S_OK },
        { 0, 0, 1, 0, 0, DENIED, S_OK, S_OK },
        { 0, 1, 0, 0, 0, DENIED, DENIED, DENIED },
        { 0, 1, 0, 1, 0, DENIED, DENIED, DENIED },
        { 0, 0, 0, 0, 0, DENIED, DENIED, DENIED },
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(cases); i++)
    {
        struct token_view view = { cases[i].owner, cases[i].admin };
        HRESULT hr;

        hr = token_rule( cases[i].since, TOKEN_SET_TOKEN, &view, cases[i].owner_admin, cases[i].helper_admin );
        check( hr == cases[i].set_token, "case %u: SetHelperToken %#x\n", i, (unsigned int)hr );
        hr = token_rule( cases[i].since, TOKEN_SET_FLAGS, &view, cases[i].owner_admin, cases[i].helper_admin );
        check( hr == cases[i].set_flags, "case %u: SetHelperTokenFlags %#x\n", i, (unsigned int)hr );
        hr = token_rule( cases[i].since, TOKEN_OTHER, &view, cases[i].owner_admin, cases[i].helper_admin );
        check( hr == cases[i].other, "case %u: others %#x\n", i, (unsigned int)hr );
    }
}

const struct test rules_tests[] =
{
    TEST(version_selects_the_rule),
    TEST(every_case),
    { NULL }
};
