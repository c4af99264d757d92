/*
 * Who may use IBitsTokenOptions
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

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

BOOL identity_is_system_account( const WCHAR *sid )
{
    static const WCHAR start[] = {'S','-','1','-','5','-'};

    if (wstr_len_max( sid, 8 ) != 8 || memcmp( sid, start, sizeof(start) )) return FALSE;
    return (sid[6] == '1' && (sid[7] == '8' || sid[7] == '9')) || (sid[6] == '2' && sid[7] == '0');
}

BOOL identity_is_exempt( const struct identity *identity )
{
    return identity->administrator || identity_is_system_account( identity->sid );
}

BOOL identity_same_user( const struct identity *a, const struct identity *b )
{
    return !wstr_cmp( a->sid, b->sid );
}

static HRESULT refuse( const struct identity *caller, const struct identity *owner, const char *why )
{
    WARN( "%s may not do this to a job of %s: %s.\n", debugstr_w( caller->sid ), debugstr_w( owner->sid ), why );
    return E_ACCESSDENIED;
}

HRESULT identity_check_access( const struct identity *caller, const struct identity *owner )
{
    if (caller->administrator) return S_OK;
    if (!identity_same_user( caller, owner )) return refuse( caller, owner, "neither its owner nor an administrator" );
    return owner->elevated && !caller->elevated ? refuse( caller, owner, "not elevated" ) : S_OK;
}

HRESULT identity_check_change( const struct identity *caller, const struct identity *owner )
{
    if (caller->restricted) return refuse( caller, owner, "a restricted token" );
    if (caller->integrity < owner->integrity) return refuse( caller, owner, "a lower integrity" );
    return identity_check_access( caller, owner );
}

HRESULT identity_check_new_owner( const struct identity *caller, const struct identity *owner )
{
    if (!caller->administrator || !caller->elevated) return refuse( caller, owner, "not an elevated administrator" );
    return identity_check_change( caller, owner );
}

struct token_view token_view_of( const struct identity *asker, const struct identity *owner )
{
    struct token_view view = { identity_same_user( asker, owner ), asker->administrator };

    return view;
}

BOOL token_rule_version( DWORD major, DWORD minor, DWORD build )
{
    if (major != 10) return major > 10;
    return minor || build >= 14393;
}

HRESULT token_rule( BOOL since_1607, enum token_method method, const struct token_view *view, BOOL owner_admin,
                    BOOL helper_admin )
{
    if (view->administrator)
    {
        /* before 1607 only a job of an administrator could have a helper token (spec: api 5.8.1) */
        if (!since_1607 && method == TOKEN_SET_TOKEN && !owner_admin) return E_ACCESSDENIED;
        return S_OK;
    }
    if (!since_1607 || !view->owner) return E_ACCESSDENIED;
    /* an owner without administrator rights must not get them by way of the helper token */
    if (method != TOKEN_OTHER && helper_admin) return E_ACCESSDENIED;
    return S_OK;
}
