/*
 * Tests of who may do what with a job, and of the rules of IBitsTokenOptions
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

/* spec: behaviour 6.4 */
static void system_accounts(void)
{
    static const struct { const WCHAR *sid; BOOL system; } sids[] =
    {
        { L"S-1-5-18", TRUE }, { L"S-1-5-19", TRUE }, { L"S-1-5-20", TRUE }, { L"S-1-5-17", FALSE },
        { L"S-1-5-21", FALSE }, { L"S-1-5-28", FALSE }, { L"S-1-5-180", FALSE }, { L"S-1-5-1", FALSE },
        { L"S-1-5-18-1", FALSE }, { L"S-1-1-18", FALSE }, { L"S-1-5-21-0-0-0-1000", FALSE }, { L"", FALSE },
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(sids); i++)
        check( identity_is_system_account( sids[i].sid ) == sids[i].system, "SID %u\n", i );
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

/* --- who may see, change and take over a job; spec: behaviour 7, api 1.5 ----------------------------------------- */

#define ME    L"S-1-5-21-1-2-3-1000"
#define OTHER L"S-1-5-21-1-2-3-1001"

#define ADMIN( sid )      { 1, (WCHAR *)sid, TRUE, TRUE, FALSE, 0x3000 }
#define USER( sid )       { 1, (WCHAR *)sid, FALSE, FALSE, FALSE, 0x2000 }
#define RESTRICTED( sid ) { 1, (WCHAR *)sid, TRUE, TRUE, TRUE, 0x3000 }
#define LOW( sid )        { 1, (WCHAR *)sid, FALSE, FALSE, FALSE, 0x1000 }
#define LOCAL_SYSTEM      { 1, (WCHAR *)L"S-1-5-18", TRUE, TRUE, FALSE, 0x4000 }

static void who_may_do_what(void)
{
    static const struct
    {
        struct identity caller, owner;
        HRESULT see, change, take;
    }
    cases[] =
    {
        /* owners their own, and nobody else's */
        { USER( ME ), USER( ME ), S_OK, S_OK, DENIED },
        { USER( ME ), USER( OTHER ), DENIED, DENIED, DENIED },
        { USER( ME ), ADMIN( OTHER ), DENIED, DENIED, DENIED },
        /* administrators all of them */
        { ADMIN( ME ), USER( OTHER ), S_OK, S_OK, S_OK },
        { ADMIN( ME ), ADMIN( OTHER ), S_OK, S_OK, S_OK },
        { ADMIN( ME ), USER( ME ), S_OK, S_OK, S_OK },
        /* elevation */
        { USER( ME ), ADMIN( ME ), DENIED, DENIED, DENIED },
        { ADMIN( ME ), ADMIN( ME ), S_OK, S_OK, S_OK },
        /* integrity is about changing: an elevated prompt sees the jobs of LocalSystem */
        { ADMIN( ME ), LOCAL_SYSTEM, S_OK, DENIED, DENIED },
        { LOCAL_SYSTEM, ADMIN( ME ), S_OK, S_OK, S_OK },
        { LOW( ME ), USER( ME ), S_OK, DENIED, DENIED },
        { USER( ME ), LOW( ME ), S_OK, S_OK, DENIED },
        /* restricting SIDs */
        { RESTRICTED( ME ), ADMIN( ME ), S_OK, DENIED, DENIED },
        { RESTRICTED( ME ), USER( OTHER ), S_OK, DENIED, DENIED },
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(cases); i++)
    {
        HRESULT hr;

        hr = identity_check_access( &cases[i].caller, &cases[i].owner );
        check( hr == cases[i].see, "case %u: seeing %#x\n", i, (unsigned int)hr );
        hr = identity_check_change( &cases[i].caller, &cases[i].owner );
        check( hr == cases[i].change, "case %u: changing %#x\n", i, (unsigned int)hr );
        hr = identity_check_new_owner( &cases[i].caller, &cases[i].owner );
        check( hr == cases[i].take, "case %u: taking over %#x\n", i, (unsigned int)hr );
    }
}

/* spec: behaviour 8.1 */
static void who_is_exempt_from_limits(void)
{
    static const struct { struct identity identity; BOOL exempt; } cases[] =
    {
        { USER( ME ), FALSE }, { ADMIN( ME ), TRUE }, { LOCAL_SYSTEM, TRUE },
        { USER( L"S-1-5-18" ), TRUE }, { USER( L"S-1-5-19" ), TRUE }, { USER( L"S-1-5-20" ), TRUE },
        { USER( L"S-1-5-17" ), FALSE }, { USER( L"S-1-5-1" ), FALSE }, { USER( L"S-1-5-21" ), FALSE },
        { USER( L"S-1-5-180" ), FALSE }, { USER( L"S-1-5-20-1" ), FALSE },
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(cases); i++)
        check( identity_is_exempt( &cases[i].identity ) == cases[i].exempt, "case %u\n", i );
}

static void what_an_asker_is(void)
{
    static const struct identity user = USER( ME ), admin = ADMIN( ME ), other = USER( OTHER );
    struct token_view view;

    view = token_view_of( &user, &admin );
    check( view.owner && !view.administrator, "%d, %d\n", view.owner, view.administrator );
    view = token_view_of( &admin, &other );
    check( !view.owner && view.administrator, "%d, %d\n", view.owner, view.administrator );
}

const struct test rules_tests[] =
{
    TEST(version_selects_the_rule),
    TEST(every_case),
    TEST(who_may_do_what),
    TEST(who_is_exempt_from_limits),
    TEST(what_an_asker_is),
    TEST(system_accounts),
    { NULL }
};
