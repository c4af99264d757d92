/*
 * Identities: what a token says, and acting with it
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

#include <aclapi.h>
#include <sddl.h>

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

/* malloc'ed; NULL when the token does not say.  Asks once, where that is enough: each question is a message. */
static void *token_information( HANDLE token, TOKEN_INFORMATION_CLASS class )
{
    DWORD size = 512;
    void *info;

    if (!(info = malloc( size ))) return NULL;
    if (GetTokenInformation( token, class, info, size, &size )) return info;
    if (GetLastError() == ERROR_INSUFFICIENT_BUFFER)
    {
        free( info );
        if (!(info = malloc( size ))) return NULL;
        if (GetTokenInformation( token, class, info, size, &size )) return info;
    }
    free( info );
    return NULL;
}

static WCHAR *token_user( HANDLE token )
{
    TOKEN_USER *user = token_information( token, TokenUser );
    WCHAR *str, *ret = NULL;

    if (user && ConvertSidToStringSidW( user->User.Sid, &str ))
    {
        ret = wstr_dup( str );
        LocalFree( str );
    }
    free( user );
    return ret;
}

static BOOL token_is_administrator( HANDLE token )
{
    BYTE sid[SECURITY_MAX_SID_SIZE];
    DWORD size = sizeof(sid);
    BOOL member;

    if (!CreateWellKnownSid( WinBuiltinAdministratorsSid, NULL, sid, &size )) return FALSE;
    return CheckTokenMembership( token, sid, &member ) && member;
}

/* Up to 10.0 Wine has no restricting SIDs, and complains on stderr each time it is asked; once is enough. */
static BOOL token_is_restricted( HANDLE token )
{
    static LONG unknown;
    TOKEN_GROUPS *groups;
    BOOL ret;

    if (unknown) return FALSE;
    SetLastError( ERROR_SUCCESS );
    groups = token_information( token, TokenRestrictedSids );
    if (!groups && GetLastError() != ERROR_SUCCESS) InterlockedExchange( &unknown, TRUE );
    ret = groups && groups->GroupCount;
    free( groups );
    return ret;
}

static DWORD token_integrity( HANDLE token )
{
    TOKEN_MANDATORY_LABEL *label = token_information( token, TokenIntegrityLevel );
    DWORD ret = SECURITY_MANDATORY_MEDIUM_RID;

    if (label) ret = *GetSidSubAuthority( label->Label.Sid, *GetSidSubAuthorityCount( label->Label.Sid ) - 1 );
    free( label );
    return ret;
}

/* A token that may only identify cannot become more by being duplicated. */
static SECURITY_IMPERSONATION_LEVEL duplicate_level( HANDLE token )
{
    SECURITY_IMPERSONATION_LEVEL level;
    DWORD size;

    if (GetTokenInformation( token, TokenImpersonationLevel, &level, sizeof(level), &size ) &&
        level == SecurityIdentification) return level;
    return SecurityImpersonation;
}

HRESULT identity_from_token( HANDLE token, struct identity **ret )
{
    struct identity *identity;

    if (!(identity = calloc( 1, sizeof(*identity) ))) return E_OUTOFMEMORY;
    identity->refs = 1;
    if (!DuplicateTokenEx( token, TOKEN_QUERY | TOKEN_IMPERSONATE | TOKEN_DUPLICATE, NULL, duplicate_level( token ),
                           TokenImpersonation, &identity->token ) ||
        !(identity->sid = token_user( identity->token )))
    {
        WARN( "The token cannot be read, error %lu.\n", GetLastError() );
        identity_release( identity );
        return E_ACCESSDENIED;
    }
    identity->administrator = token_is_administrator( identity->token );
    identity->elevated = identity->administrator;
    identity->restricted = token_is_restricted( identity->token );
    identity->integrity = token_integrity( identity->token );
    *ret = identity;
    return S_OK;
}

struct identity *identity_addref( struct identity *identity )
{
    InterlockedIncrement( &identity->refs );
    return identity;
}

void identity_release( struct identity *identity )
{
    if (!identity || InterlockedDecrement( &identity->refs )) return;
    if (identity->token) CloseHandle( identity->token );
    free( identity->sid );
    free( identity );
}

/* The SID of the process, which stays the same; NULL when it cannot be told. */
static const WCHAR *own_sid(void)
{
    static WCHAR *known;
    HANDLE token;
    WCHAR *sid;

    if (known) return known;
    if (!OpenProcessToken( GetCurrentProcess(), TOKEN_QUERY, &token )) return NULL;
    sid = token_user( token );
    CloseHandle( token );
    if (sid && InterlockedCompareExchangePointer( (void **)&known, sid, NULL )) free( sid );
    return known;
}

BOOL identity_is_own_user( const WCHAR *sid )
{
    const WCHAR *own = own_sid();

    return own && !wstr_cmp( own, sid );
}

/* Whether it may do what the service may, and nothing else: then a token changes nothing but costs two messages. */
static BOOL is_service( const struct identity *identity )
{
    if (!identity) return TRUE;
    if (!identity_is_own_user( identity->sid )) return FALSE;
    return !identity->token || (identity->administrator && !identity->restricted);
}

HRESULT identity_enter( const struct identity *identity )
{
    if (is_service( identity ) || SetThreadToken( NULL, identity->token )) return S_OK;
    return HRESULT_FROM_WIN32( GetLastError() );
}

void identity_leave( const struct identity *identity )
{
    if (!is_service( identity )) RevertToSelf();
}

static HRESULT open_own_token( BOOL administrator, HANDLE *ret )
{
    BYTE sid[SECURITY_MAX_SID_SIZE];
    SID_AND_ATTRIBUTES disable = { sid };
    DWORD size = sizeof(sid);
    HRESULT hr = S_OK;
    HANDLE token;

    if (!OpenProcessToken( GetCurrentProcess(), TOKEN_QUERY | TOKEN_DUPLICATE | TOKEN_ASSIGN_PRIMARY, &token ))
        return HRESULT_FROM_WIN32( GetLastError() );
    if (administrator)
    {
        *ret = token;
        return S_OK;
    }
    if (!CreateWellKnownSid( WinBuiltinAdministratorsSid, NULL, sid, &size ) ||
        !CreateRestrictedToken( token, 0, 1, &disable, 0, NULL, 0, NULL, ret ))
        hr = HRESULT_FROM_WIN32( GetLastError() );
    CloseHandle( token );
    return hr;
}

HRESULT identity_process_token( const struct identity *identity, HANDLE *token )
{
    if (identity->token && duplicate_level( identity->token ) != SecurityIdentification)
    {
        if (DuplicateTokenEx( identity->token, TOKEN_ALL_ACCESS, NULL, SecurityImpersonation, TokenPrimary, token ))
            return S_OK;
        return HRESULT_FROM_WIN32( GetLastError() );
    }
    if (!identity_is_own_user( identity->sid )) return HRESULT_FROM_WIN32( ERROR_NOT_LOGGED_ON );
    return open_own_token( identity->administrator, token );
}

HRESULT identity_check_file( const struct identity *identity, const WCHAR *path, DWORD access )
{
    static const SECURITY_INFORMATION parts = OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION |
                                              DACL_SECURITY_INFORMATION;
    GENERIC_MAPPING mapping = { FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE, FILE_ALL_ACCESS };
    DWORD size = 0, granted, set_size;
    PSECURITY_DESCRIPTOR descriptor;
    PRIVILEGE_SET set;
    HRESULT hr = S_OK;
    BOOL allowed;

    if (!identity || identity_is_own_user( identity->sid )) return S_OK;
    if (!identity->token) return E_ACCESSDENIED;

    GetFileSecurityW( path, parts, NULL, 0, &size );
    if (!size) return HRESULT_FROM_WIN32( GetLastError() );
    if (!(descriptor = malloc( size ))) return E_OUTOFMEMORY;
    set_size = sizeof(set);
    MapGenericMask( &access, &mapping );
    if (!GetFileSecurityW( path, parts, descriptor, size, &size ) ||
        !AccessCheck( descriptor, identity->token, access, &mapping, &set, &set_size, &granted, &allowed ))
        hr = HRESULT_FROM_WIN32( GetLastError() );
    else if (!allowed)
        hr = E_ACCESSDENIED;
    free( descriptor );
    TRACE( "%s, %s, access %#lx: %#lx.\n", debugstr_w( identity->sid ), debugstr_w( path ), access, hr );
    return hr;
}
