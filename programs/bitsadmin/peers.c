/*
 * The peer cache and the peers, as BITS 3.0 has them
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

/* --- properties --- */

GETTER( get_cache_limit, IBitsPeerCacheAdministration, GetMaximumCacheSize, DWORD, set_number( value, raw ) )
GETTER( get_expiration_time, IBitsPeerCacheAdministration, GetMaximumContentAge, ULONG, set_number( value, raw ) )
GETTER( get_configuration_flags, IBitsPeerCacheAdministration, GetConfigurationFlags, DWORD, set_number( value, raw ) )

const struct property admin_properties[] =
{
    { L"cacheLimit",         get_cache_limit },
    { L"expirationTime",     get_expiration_time },
    { L"configurationFlags", get_configuration_flags },
    { NULL }
};

GETTER( get_record_id, IBitsPeerCacheRecord, GetId, GUID, set_guid( value, &raw ) )
GETTER( get_origin_url, IBitsPeerCacheRecord, GetOriginUrl, WCHAR *, set_text( value, raw ) )
GETTER( get_file_size, IBitsPeerCacheRecord, GetFileSize, UINT64, set_size( value, raw ) )
GETTER( get_file_time, IBitsPeerCacheRecord, GetFileModificationTime, FILETIME, set_time( value, raw ) )
GETTER( get_access_time, IBitsPeerCacheRecord, GetLastAccessTime, FILETIME, set_time( value, raw ) )

/* The answer is the method's result: S_OK or S_FALSE. */
static HRESULT get_validated( IUnknown *record, struct value *value )
{
    HRESULT hr;

    CALL( hr, record, IBitsPeerCacheRecord, IsFileValidated );
    set_truth( value, hr == S_OK );
    return hr;
}

const struct property record_properties[] =
{
    { L"id",               get_record_id },
    { L"originUrl",        get_origin_url },
    { L"fileSize",         get_file_size },
    { L"modificationTime", get_file_time },
    { L"accessTime",       get_access_time },
    { L"validated",        get_validated },
    { NULL }
};

GETTER( get_peer_name, IBitsPeer, GetPeerName, WCHAR *, set_text( value, raw ) )
GETTER( get_authenticated, IBitsPeer, IsAuthenticated, BOOL, set_truth( value, raw ) )
GETTER( get_available, IBitsPeer, IsAvailable, BOOL, set_truth( value, raw ) )

const struct property peer_properties[] =
{
    { L"name",          get_peer_name },
    { L"authenticated", get_authenticated },
    { L"available",     get_available },
    { NULL }
};

#define RECORD_FIELDS L"$id $fileSize $originUrl\n"
#define RECORD_VERBOSE_FIELDS \
    L"ID: $id\n" \
    L"URL: $originUrl\n" \
    L"SIZE: $fileSize VALIDATED: $validated\n" \
    L"MODIFICATION TIME: $modificationTime LAST ACCESS TIME: $accessTime\n"
#define PEER_FIELDS L"$name AUTHENTICATED: $authenticated AVAILABLE: $available\n"

/* --- lists --- */

/* Appends one object; FIELDS is for text, JSON has everything. */
static HRESULT append_object( struct text *text, const struct property *table, void *object, const WCHAR *fields, BOOL first )
{
    HRESULT hr;

    if (!json_output) return append_fields( text, table, object, fields );
    append( text, first ? L"{" : L", {" );
    hr = append_json_fields( text, table, object, NULL );
    append( text, L"}" );
    return hr;
}

static HRESULT append_records( struct text *text, IBitsPeerCacheAdministration *admin, const WCHAR *fields, ULONG *count )
{
    IEnumBitsPeerCacheRecords *records;
    IBitsPeerCacheRecord *record;
    HRESULT hr;

    if (FAILED(hr = IBitsPeerCacheAdministration_EnumRecords( admin, &records ))) return hr;
    while ((hr = IEnumBitsPeerCacheRecords_Next( records, 1, &record, NULL )) == S_OK)
    {
        hr = append_object( text, record_properties, record, fields, !(*count)++ );
        IBitsPeerCacheRecord_Release( record );
        if (FAILED(hr)) break;
    }
    IEnumBitsPeerCacheRecords_Release( records );
    return hr;
}

static HRESULT append_peers( struct text *text, IBitsPeerCacheAdministration *admin, const WCHAR *fields, ULONG *count )
{
    IEnumBitsPeers *peers;
    IBitsPeer *peer;
    HRESULT hr;

    if (FAILED(hr = IBitsPeerCacheAdministration_EnumPeers( admin, &peers ))) return hr;
    while ((hr = IEnumBitsPeers_Next( peers, 1, &peer, NULL )) == S_OK)
    {
        hr = append_object( text, peer_properties, peer, fields, !(*count)++ );
        IBitsPeer_Release( peer );
        if (FAILED(hr)) break;
    }
    IEnumBitsPeers_Release( peers );
    return hr;
}

static int list( struct call *call, const WCHAR *what, const WCHAR *fields,
                 HRESULT (*append_all)( struct text *, IBitsPeerCacheAdministration *, const WCHAR *, ULONG * ) )
{
    IBitsPeerCacheAdministration *admin;
    struct text text = { 0 };
    ULONG count = 0;
    HRESULT hr;
    int ret;

    hr = IBackgroundCopyManager_QueryInterface( call->manager, &IID_IBitsPeerCacheAdministration, (void **)&admin );
    if (SUCCEEDED(hr))
    {
        if (json_output) append( &text, L"{\"%ls\": [", what );
        hr = append_all( &text, admin, fields, &count );
        if (json_output) append( &text, L"]}\n" );
        else append( &text, L"Listed %lu %ls.\n", count, what );
        IBitsPeerCacheAdministration_Release( admin );
    }
    ret = finish( call, hr, L"%ls", text.chars );
    free_text( &text );
    return ret;
}

static int list_records( struct call *call )
{
    return list( call, L"records", call->options ? RECORD_VERBOSE_FIELDS : RECORD_FIELDS, append_records );
}

static int list_peers( struct call *call )
{
    return list( call, L"peers", PEER_FIELDS, append_peers );
}

/* --- the cache --- */

static int get( struct call *call )
{
    return print_fields( call, admin_properties, call->manager, call->command->fields );
}

static int show_record( struct call *call )
{
    IBitsPeerCacheRecord *record;
    struct text text = { 0 };
    HRESULT hr;
    GUID id;
    int ret;

    if (!parse_guid( call, 0, L"<id>", &id )) return EXIT_USAGE;
    CALL( hr, call->manager, IBitsPeerCacheAdministration, GetRecord, &id, &record );
    if (SUCCEEDED(hr))
    {
        hr = append_object( &text, record_properties, record, call->options ? RECORD_VERBOSE_FIELDS : RECORD_FIELDS, TRUE );
        IBitsPeerCacheRecord_Release( record );
    }
    ret = finish( call, hr, json_output ? L"%ls\n" : L"%ls", text.chars );
    free_text( &text );
    return ret;
}

static int clear_cache( struct call *call )
{
    HRESULT hr;

    CALL( hr, call->manager, IBitsPeerCacheAdministration, ClearRecords );
    return finish( call, hr, L"Cache cleared.\n" );
}

static int delete_record( struct call *call )
{
    HRESULT hr;
    GUID id;

    if (!parse_guid( call, 0, L"<id>", &id )) return EXIT_USAGE;
    CALL( hr, call->manager, IBitsPeerCacheAdministration, DeleteRecord, &id );
    return finish( call, hr, L"Record deleted.\n" );
}

static int delete_url( struct call *call )
{
    HRESULT hr;

    CALL( hr, call->manager, IBitsPeerCacheAdministration, DeleteUrl, call->args[0] );
    return finish( call, hr, hr == S_OK ? L"Records of the URL deleted.\n" : L"The cache has no record of the URL.\n" );
}

/* A setter whose value a policy overrides succeeds, and says so: with S_FALSE or BG_S_OVERRIDDEN_BY_POLICY. */
static int finish_setting( struct call *call, HRESULT hr, const WCHAR *what, DWORD value )
{
    return finish( call, hr, hr == S_OK ? L"%ls set to %lu.\n" : L"%ls set to %lu, but a policy overrides it.\n", what, value );
}

static int set_cache_limit( struct call *call )
{
    DWORD percent;
    HRESULT hr;

    if (!parse_number( call, 0, L"<percent>", 100, &percent )) return EXIT_USAGE;
    CALL( hr, call->manager, IBitsPeerCacheAdministration, SetMaximumCacheSize, percent );
    return finish_setting( call, hr, L"Cache limit", percent );
}

static int set_expiration_time( struct call *call )
{
    DWORD seconds;
    HRESULT hr;

    if (!parse_number( call, 0, L"<seconds>", MAXDWORD, &seconds )) return EXIT_USAGE;
    CALL( hr, call->manager, IBitsPeerCacheAdministration, SetMaximumContentAge, seconds );
    return finish_setting( call, hr, L"Expiration time", seconds );
}

static int set_configuration_flags( struct call *call )
{
    DWORD flags;
    HRESULT hr;

    if (!parse_number( call, 0, L"<flags>", MAXDWORD, &flags )) return EXIT_USAGE;
    CALL( hr, call->manager, IBitsPeerCacheAdministration, SetConfigurationFlags, flags );
    return finish_setting( call, hr, L"Configuration flags", flags );
}

static int discover_peers( struct call *call )
{
    HRESULT hr;

    CALL( hr, call->manager, IBitsPeerCacheAdministration, DiscoverPeers );
    return finish( call, hr, L"Looking for peers.\n" );
}

static int clear_peers( struct call *call )
{
    HRESULT hr;

    CALL( hr, call->manager, IBitsPeerCacheAdministration, ClearPeers );
    return finish( call, hr, L"List of peers cleared.\n" );
}

static int help( struct call *call )
{
    WCHAR group[16];

    wcscpy( group, call->command->name );
    *wcschr( group, ' ' ) = 0;
    print_help( group );
    return EXIT_DONE;
}

const struct command cache_commands[] =
{
    { L"CACHE /HELP", L"", 0, 0, ALONE, help, L"show help", L"Shows these commands." },
    { L"CACHE /CLEAR", L"", 0, 0, 0, clear_cache, L"clear cache", L"Deletes all records of the cache." },
    { L"CACHE /DELETE", L"<id>", 1, 1, 0, delete_record, L"delete record", L"Deletes a record." },
    { L"CACHE /DELETEURL", L"<url>", 1, 1, 0, delete_url, L"delete records", L"Deletes the records of a URL." },
    { L"CACHE /LIST", L"[/VERBOSE]", 0, 0, JSON, list_records, L"enum records", L"Lists the records." },
    { L"CACHE /INFO", L"<id> [/VERBOSE]", 1, 1, JSON, show_record, L"get record", L"Shows a record." },
    { L"CACHE /GETLIMIT", L"", 0, 0, JSON, get, L"get cache limit", L"Shows the cache's limit in percent of the disk.", L"$cacheLimit" },
    { L"CACHE /SETLIMIT", L"<percent>", 1, 1, 0, set_cache_limit, L"set cache limit", L"Sets that limit." },
    { L"CACHE /GETEXPIRATIONTIME", L"", 0, 0, JSON, get, L"get expiration time", L"Shows after how many seconds a record expires.", L"$expirationTime" },
    { L"CACHE /SETEXPIRATIONTIME", L"<seconds>", 1, 1, 0, set_expiration_time, L"set expiration time", L"Sets that time." },
    { L"" }
};

const struct command peer_commands[] =
{
    { L"PEERCACHING /HELP", L"", 0, 0, ALONE, help, L"show help", L"Shows these commands." },
    { L"PEERCACHING /GETCONFIGURATIONFLAGS", L"", 0, 0, JSON, get, L"get configuration flags", L"Shows the flags: 1 download from peers, 2 serve them.", L"$configurationFlags" },
    { L"PEERCACHING /SETCONFIGURATIONFLAGS", L"<flags>", 1, 1, 0, set_configuration_flags, L"set configuration flags", L"Sets the flags." },
    { L"PEERS /HELP", L"", 0, 0, ALONE, help, L"show help", L"Shows these commands." },
    { L"PEERS /DISCOVER", L"", 0, 0, 0, discover_peers, L"discover peers", L"Looks for peers anew." },
    { L"PEERS /CLEAR", L"", 0, 0, 0, clear_peers, L"clear peers", L"Empties the list of peers." },
    { L"PEERS /LIST", L"", 0, 0, JSON, list_peers, L"enum peers", L"Lists the peers." },
    { L"" }
};
