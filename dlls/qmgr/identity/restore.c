/*
 * Identities that come out of the store
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

#include "identity/identity.h"
#include "identity/private.h"

#include <sddl.h>
#include <winternl.h>

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

typedef NTSTATUS (NTAPI *create_token_t)( HANDLE *token, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes,
                                          TOKEN_TYPE type, LUID *logon, LARGE_INTEGER *expires, TOKEN_USER *user,
                                          TOKEN_GROUPS *groups, TOKEN_PRIVILEGES *privileges, TOKEN_OWNER *owner,
                                          TOKEN_PRIMARY_GROUP *group, TOKEN_DEFAULT_DACL *dacl, TOKEN_SOURCE *source );

/* Every user's groups, and the one that only administrators have. */
static const WELL_KNOWN_SID_TYPE group_types[] =
{
    WinBuiltinUsersSid, WinWorldSid, WinAuthenticatedUserSid, WinBuiltinAdministratorsSid
};

struct groups
{
    DWORD count;                                        /* as TOKEN_GROUPS */
    SID_AND_ATTRIBUTES items[ARRAY_SIZE(group_types)];
    BYTE sids[ARRAY_SIZE(group_types)][SECURITY_MAX_SID_SIZE];
};

static BOOL fill_groups( struct groups *groups, BOOL administrator )
{
    ULONG i;

    groups->count = ARRAY_SIZE(group_types) - !administrator;
    for (i = 0; i < groups->count; i++)
    {
        DWORD size = sizeof(groups->sids[i]);

        if (!CreateWellKnownSid( group_types[i], NULL, groups->sids[i], &size )) return FALSE;
        groups->items[i].Sid = groups->sids[i];
        groups->items[i].Attributes = SE_GROUP_MANDATORY | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED;
    }
    return TRUE;
}

/* An impersonation token of USER, whom nobody has logged on.  NULL: this Wine cannot, as before 9.0. */
static HANDLE create_token( PSID user_sid, BOOL administrator )
{
    create_token_t create = (create_token_t)GetProcAddress( GetModuleHandleW( L"ntdll.dll" ), "NtCreateToken" );
    SECURITY_QUALITY_OF_SERVICE qos = { sizeof(qos), SecurityImpersonation };
    OBJECT_ATTRIBUTES attributes = { sizeof(attributes) };
    LARGE_INTEGER expires = { .QuadPart = MAXLONGLONG };
    LUID logon = { 0x3e4 };     /* that of the network service */
    TOKEN_SOURCE source = { "winebit" };
    TOKEN_USER user = { { user_sid } };
    TOKEN_OWNER owner = { user_sid };
    TOKEN_PRIVILEGES privileges = { 0 };
    TOKEN_DEFAULT_DACL dacl = { NULL };
    TOKEN_PRIMARY_GROUP group;
    struct groups groups;
    NTSTATUS status;
    HANDLE token;

    if (!create || !fill_groups( &groups, administrator )) return NULL;
    attributes.SecurityQualityOfService = &qos;
    group.PrimaryGroup = groups.items[0].Sid;
    status = create( &token, TOKEN_QUERY | TOKEN_IMPERSONATE | TOKEN_DUPLICATE, &attributes, TokenImpersonation, &logon,
                     &expires, &user, (TOKEN_GROUPS *)&groups, &privileges, &owner, &group, &dacl, &source );
    if (!status) return token;
    WARN( "No token, status %#lx.\n", status );
    return NULL;
}

HRESULT identity_restore( const WCHAR *sid, BOOL administrator, BOOL elevated, DWORD integrity, struct identity **ret )
{
    struct identity *identity;
    PSID user;

    if (!(identity = calloc( 1, sizeof(*identity) ))) return E_OUTOFMEMORY;
    identity->refs = 1;
    identity->administrator = administrator;
    identity->elevated = elevated;
    identity->integrity = integrity;
    if (!(identity->sid = wstr_dup( sid )))
    {
        identity_release( identity );
        return E_OUTOFMEMORY;
    }
    if (!identity_is_own_user( sid ) && ConvertStringSidToSidW( sid, &user ))
    {
        identity->token = create_token( user, administrator );
        LocalFree( user );
    }
    *ret = identity;
    return S_OK;
}
