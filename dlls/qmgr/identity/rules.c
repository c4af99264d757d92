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
