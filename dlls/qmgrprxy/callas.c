/*
 * Where what the client calls is not quite what travels
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

#define COBJMACROS
#include <windows.h>
#include "bits.h"
#include "qmgr.h"

/* --- new jobs ----------------------------------------------------------------------------------------------------- */

/* Wine's RPC runtime looks at a NULL for an interface pointer only when the reply is there, and then there would be a job
 * that nobody holds (spec: api 1.6). */
HRESULT CALLBACK IBackgroundCopyManager_CreateJob_Proxy( IBackgroundCopyManager *This, LPCWSTR DisplayName,
                                                         BG_JOB_TYPE Type, GUID *pJobId, IBackgroundCopyJob **ppJob )
{
    if (!ppJob) return HRESULT_FROM_WIN32( RPC_X_NULL_REF_POINTER );
    return IBackgroundCopyManager_RemoteCreateJob_Proxy( This, DisplayName, Type, pJobId, ppJob );
}

HRESULT __RPC_STUB IBackgroundCopyManager_CreateJob_Stub( IBackgroundCopyManager *This, LPCWSTR DisplayName,
                                                          BG_JOB_TYPE Type, GUID *pJobId, IBackgroundCopyJob **ppJob )
{
    return IBackgroundCopyManager_CreateJob( This, DisplayName, Type, pJobId, ppJob );
}

HRESULT CALLBACK IBackgroundCopyQMgr_CreateGroup_Proxy( IBackgroundCopyQMgr *This, GUID guidGroupID,
                                                        IBackgroundCopyGroup **ppGroup )
{
    if (!ppGroup) return HRESULT_FROM_WIN32( RPC_X_NULL_REF_POINTER );
    return IBackgroundCopyQMgr_RemoteCreateGroup_Proxy( This, &guidGroupID, ppGroup );
}

HRESULT __RPC_STUB IBackgroundCopyQMgr_CreateGroup_Stub( IBackgroundCopyQMgr *This, const GUID *guidGroupID,
                                                         IBackgroundCopyGroup **ppGroup )
{
    return IBackgroundCopyQMgr_CreateGroup( This, *guidGroupID, ppGroup );
}

HRESULT CALLBACK IBackgroundCopyGroup_CreateJob_Proxy( IBackgroundCopyGroup *This, GUID guidJobID,
                                                       IBackgroundCopyJob1 **ppJob )
{
    if (!ppJob) return HRESULT_FROM_WIN32( RPC_X_NULL_REF_POINTER );
    return IBackgroundCopyGroup_RemoteCreateJob_Proxy( This, &guidJobID, ppJob );
}

HRESULT __RPC_STUB IBackgroundCopyGroup_CreateJob_Stub( IBackgroundCopyGroup *This, const GUID *guidJobID,
                                                        IBackgroundCopyJob1 **ppJob )
{
    return IBackgroundCopyGroup_CreateJob( This, *guidJobID, ppJob );
}

/* --- file properties ---------------------------------------------------------------------------------------------- */

/* The string belongs to one property; for any other id the member may hold anything. */
static BOOL has_string( BITS_FILE_PROPERTY_ID id )
{
    return id == BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS;
}

HRESULT CALLBACK IBackgroundCopyFile5_SetProperty_Proxy( IBackgroundCopyFile5 *This, BITS_FILE_PROPERTY_ID PropertyId,
                                                         BITS_FILE_PROPERTY_VALUE PropertyValue )
{
    return IBackgroundCopyFile5_RemoteSetProperty_Proxy( This, PropertyId,
                                                         has_string( PropertyId ) ? PropertyValue.String : NULL );
}

HRESULT __RPC_STUB IBackgroundCopyFile5_SetProperty_Stub( IBackgroundCopyFile5 *This, BITS_FILE_PROPERTY_ID PropertyId,
                                                          LPCWSTR String )
{
    BITS_FILE_PROPERTY_VALUE value;

    value.String = (WCHAR *)String;
    return IBackgroundCopyFile5_SetProperty( This, PropertyId, value );
}

HRESULT CALLBACK IBackgroundCopyFile5_GetProperty_Proxy( IBackgroundCopyFile5 *This, BITS_FILE_PROPERTY_ID PropertyId,
                                                         BITS_FILE_PROPERTY_VALUE *PropertyValue )
{
    if (!PropertyValue) return HRESULT_FROM_WIN32( RPC_X_NULL_REF_POINTER );
    PropertyValue->String = NULL;
    return IBackgroundCopyFile5_RemoteGetProperty_Proxy( This, PropertyId, &PropertyValue->String );
}

HRESULT __RPC_STUB IBackgroundCopyFile5_GetProperty_Stub( IBackgroundCopyFile5 *This, BITS_FILE_PROPERTY_ID PropertyId,
                                                          LPWSTR *String )
{
    BITS_FILE_PROPERTY_VALUE value;
    HRESULT hr;

    value.String = NULL;
    hr = IBackgroundCopyFile5_GetProperty( This, PropertyId, &value );
    *String = has_string( PropertyId ) ? value.String : NULL;
    return hr;
}
