/*
 * IBitsPeerCacheAdministration: what there is of a cache that was withdrawn
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

#include "util.h"

/* spec: api 5.14, behaviour 9 */

#define OK( call, expected ) \
    do { HRESULT hr_ = (call); ok( hr_ == (expected), "got hr %#lx for " #call ".\n", hr_ ); } while (0)

static IBitsPeerCacheAdministration *cache;

static BOOL open_cache(void)
{
    HRESULT hr;

    cache = NULL;
    hr = IBackgroundCopyManager_QueryInterface( manager, &IID_IBitsPeerCacheAdministration, (void **)&cache );
    ok( hr == S_OK && cache, "got hr %#lx.\n", hr );
    return cache != NULL;
}

static void test_interfaces(void)
{
    IUnknown *unk, *unk2;

    OK( IBitsPeerCacheAdministration_QueryInterface( cache, &IID_IUnknown, (void **)&unk ), S_OK );
    OK( IBackgroundCopyManager_QueryInterface( manager, &IID_IUnknown, (void **)&unk2 ), S_OK );
    ok( unk == unk2, "two objects.\n" );
    IUnknown_Release( unk );
    IUnknown_Release( unk2 );

    OK( IBitsPeerCacheAdministration_QueryInterface( cache, &IID_IBackgroundCopyManager, (void **)&unk ), S_OK );
    IUnknown_Release( unk );
    unk = SENTINEL;
    OK( IBitsPeerCacheAdministration_QueryInterface( cache, &IID_IBackgroundCopyJob, (void **)&unk ), E_NOINTERFACE );
    ok( !unk, "got %p.\n", unk );
}

/* Opens the cache anew: whoever looks sees what was set. */
static IBitsPeerCacheAdministration *other_pointer(void)
{
    IBitsPeerCacheAdministration *other = NULL;
    IBackgroundCopyManager *second;

    OK( CoCreateInstance( &CLSID_BackgroundCopyManager10_3, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager,
                          (void **)&second ), S_OK );
    OK( IBackgroundCopyManager_QueryInterface( second, &IID_IBitsPeerCacheAdministration, (void **)&other ), S_OK );
    IBackgroundCopyManager_Release( second );
    return other;
}

static void test_cache_size(void)
{
    static const DWORD bad[] = { 0, 81, ~0u };
    IBitsPeerCacheAdministration *other;
    DWORD size = 0xdeadbeef, i;

    OK( IBitsPeerCacheAdministration_GetMaximumCacheSize( cache, NULL ), NULL_REF_POINTER );
    OK( IBitsPeerCacheAdministration_GetMaximumCacheSize( cache, &size ), S_OK );
    ok( size == 1, "got %lu.\n", size );

    OK( IBitsPeerCacheAdministration_SetMaximumCacheSize( cache, 80 ), S_OK );
    for (i = 0; i < ARRAY_SIZE(bad); i++)
        OK( IBitsPeerCacheAdministration_SetMaximumCacheSize( cache, bad[i] ), E_INVALIDARG );
    other = other_pointer();
    OK( IBitsPeerCacheAdministration_GetMaximumCacheSize( other, &size ), S_OK );
    ok( size == 80, "got %lu.\n", size );
    IBitsPeerCacheAdministration_Release( other );

    OK( IBitsPeerCacheAdministration_SetMaximumCacheSize( cache, 1 ), S_OK );
    OK( IBitsPeerCacheAdministration_GetMaximumCacheSize( cache, &size ), S_OK );
    ok( size == 1, "got %lu.\n", size );
}

static void test_content_age(void)
{
    static const ULONG bad[] = { 0, 86399, 10368001, ~0u };
    IBitsPeerCacheAdministration *other;
    ULONG age = 0xdeadbeef, i;

    OK( IBitsPeerCacheAdministration_GetMaximumContentAge( cache, NULL ), NULL_REF_POINTER );
    OK( IBitsPeerCacheAdministration_GetMaximumContentAge( cache, &age ), S_OK );
    ok( age == 7776000, "got %lu.\n", age );

    OK( IBitsPeerCacheAdministration_SetMaximumContentAge( cache, 86400 ), S_OK );
    OK( IBitsPeerCacheAdministration_SetMaximumContentAge( cache, 10368000 ), S_OK );
    for (i = 0; i < ARRAY_SIZE(bad); i++)
        OK( IBitsPeerCacheAdministration_SetMaximumContentAge( cache, bad[i] ), E_INVALIDARG );
    other = other_pointer();
    OK( IBitsPeerCacheAdministration_GetMaximumContentAge( other, &age ), S_OK );
    ok( age == 10368000, "got %lu.\n", age );
    IBitsPeerCacheAdministration_Release( other );

    OK( IBitsPeerCacheAdministration_SetMaximumContentAge( cache, 7776000 ), S_OK );
}

static void test_configuration(void)
{
    IBitsPeerCacheAdministration *other;
    DWORD flags = 0xdeadbeef;

    OK( IBitsPeerCacheAdministration_GetConfigurationFlags( cache, NULL ), NULL_REF_POINTER );
    OK( IBitsPeerCacheAdministration_GetConfigurationFlags( cache, &flags ), S_OK );
    ok( !flags, "got %#lx.\n", flags );

    OK( IBitsPeerCacheAdministration_SetConfigurationFlags( cache, BG_ENABLE_PEERCACHING_CLIENT |
                                                            BG_ENABLE_PEERCACHING_SERVER ), S_OK );
    OK( IBitsPeerCacheAdministration_SetConfigurationFlags( cache, 8 ), E_INVALIDARG );
    other = other_pointer();
    OK( IBitsPeerCacheAdministration_GetConfigurationFlags( other, &flags ), S_OK );
    ok( flags == 3, "got %#lx.\n", flags );
    IBitsPeerCacheAdministration_Release( other );

    OK( IBitsPeerCacheAdministration_SetConfigurationFlags( cache, 0 ), S_OK );
}

/* spec: api 5.11 */
static void test_records(void)
{
    IEnumBitsPeerCacheRecords *records = NULL, *clone = NULL;
    IBitsPeerCacheRecord *record = SENTINEL;
    static const GUID id = { 1 };
    ULONG count = 0xdeadbeef;

    OK( IBitsPeerCacheAdministration_EnumRecords( cache, &records ), S_OK );
    OK( IEnumBitsPeerCacheRecords_GetCount( records, &count ), S_OK );
    ok( !count, "got %lu.\n", count );
    OK( IEnumBitsPeerCacheRecords_Next( records, 1, &record, NULL ), S_FALSE );
    ok( !record, "got %p.\n", record );
    count = 0xdeadbeef;
    OK( IEnumBitsPeerCacheRecords_Next( records, 1, &record, &count ), S_FALSE );
    ok( !count, "got %lu.\n", count );
    OK( IEnumBitsPeerCacheRecords_Skip( records, 1 ), S_FALSE );
    OK( IEnumBitsPeerCacheRecords_Skip( records, 0 ), S_OK );
    OK( IEnumBitsPeerCacheRecords_Reset( records ), S_OK );
    OK( IEnumBitsPeerCacheRecords_Clone( records, &clone ), S_OK );
    OK( IEnumBitsPeerCacheRecords_GetCount( clone, &count ), S_OK );
    ok( !count, "got %lu.\n", count );
    IEnumBitsPeerCacheRecords_Release( clone );
    IEnumBitsPeerCacheRecords_Release( records );

    record = SENTINEL;
    OK( IBitsPeerCacheAdministration_GetRecord( cache, &id, &record ), BG_E_PEERCACHING_DISABLED );
    ok( !record, "got %p.\n", record );
    OK( IBitsPeerCacheAdministration_DeleteRecord( cache, &id ), BG_E_PEERCACHING_DISABLED );
    OK( IBitsPeerCacheAdministration_DeleteUrl( cache, L"http://127.0.0.1/file" ), S_FALSE );
    OK( IBitsPeerCacheAdministration_DeleteUrl( cache, NULL ), NULL_REF_POINTER );
    OK( IBitsPeerCacheAdministration_ClearRecords( cache ), S_OK );
}

static void test_peers(void)
{
    IEnumBitsPeers *peers = NULL, *clone = NULL;
    IBitsPeer *peer = SENTINEL;
    ULONG count = 0xdeadbeef;

    OK( IBitsPeerCacheAdministration_EnumPeers( cache, &peers ), S_OK );
    OK( IEnumBitsPeers_GetCount( peers, &count ), S_OK );
    ok( !count, "got %lu.\n", count );
    OK( IEnumBitsPeers_Next( peers, 1, &peer, NULL ), S_FALSE );
    ok( !peer, "got %p.\n", peer );
    OK( IEnumBitsPeers_Skip( peers, 1 ), S_FALSE );
    OK( IEnumBitsPeers_Reset( peers ), S_OK );
    OK( IEnumBitsPeers_Clone( peers, &clone ), S_OK );
    OK( IEnumBitsPeers_GetCount( clone, &count ), S_OK );
    ok( !count, "got %lu.\n", count );
    IEnumBitsPeers_Release( clone );
    IEnumBitsPeers_Release( peers );

    OK( IBitsPeerCacheAdministration_DiscoverPeers( cache ), BG_E_PEERCACHING_DISABLED );
    OK( IBitsPeerCacheAdministration_ClearPeers( cache ), S_OK );
}

/* --- policies (spec: behaviour 8.1) -------------------------------------------------------------------------------- */

#define POLICIES L"Software\\Policies\\Microsoft\\Windows\\BITS"

static void set_policy( const WCHAR *name, DWORD value )
{
    LSTATUS error = RegSetKeyValueW( HKEY_LOCAL_MACHINE, POLICIES, name, REG_DWORD, &value, sizeof(value) );

    ok( !error, "got error %ld.\n", error );
}

static void remove_policy( const WCHAR *name )
{
    LSTATUS error = RegDeleteKeyValueW( HKEY_LOCAL_MACHINE, POLICIES, name );

    ok( !error, "got error %ld.\n", error );
}

/* Until the service has heard of the change, or 30 seconds are over. */
#define wait_value( get, expected ) wait_value_( __LINE__, get, expected )
static void wait_value_( int line, HRESULT (WINAPI *get)( IBitsPeerCacheAdministration *, DWORD * ), DWORD expected )
{
    ULONGLONG end = GetTickCount64() + 30000;
    DWORD value = 0xdeadbeef;
    HRESULT hr;

    while ((hr = get( cache, &value )) == S_OK && value != expected && GetTickCount64() < end) short_wait();
    ok_( __FILE__, line )( hr == S_OK && value == expected, "got hr %#lx, %lu.\n", hr, value );
}

static void test_policies(void)
{
    set_policy( L"MaxCacheSize", 30 );
    wait_value( cache->lpVtbl->GetMaximumCacheSize, 30 );
    OK( IBitsPeerCacheAdministration_SetMaximumCacheSize( cache, 5 ), S_FALSE );
    OK( IBitsPeerCacheAdministration_SetMaximumCacheSize( cache, 30 ), S_OK );
    OK( IBitsPeerCacheAdministration_SetMaximumCacheSize( cache, 1 ), S_FALSE );
    wait_value( cache->lpVtbl->GetMaximumCacheSize, 30 );
    remove_policy( L"MaxCacheSize" );
    wait_value( cache->lpVtbl->GetMaximumCacheSize, 1 );

    set_policy( L"MaxContentAge", 2 );
    wait_value( cache->lpVtbl->GetMaximumContentAge, 2 * 86400 );
    OK( IBitsPeerCacheAdministration_SetMaximumContentAge( cache, 86400 ), S_FALSE );
    OK( IBitsPeerCacheAdministration_SetMaximumContentAge( cache, 7776000 ), S_FALSE );
    remove_policy( L"MaxContentAge" );
    wait_value( cache->lpVtbl->GetMaximumContentAge, 7776000 );

    set_policy( L"EnablePeercaching", 1 );
    wait_value( cache->lpVtbl->GetConfigurationFlags, 3 );
    set_policy( L"DisablePeerCachingServer", 1 );
    wait_value( cache->lpVtbl->GetConfigurationFlags, 1 );
    OK( IBitsPeerCacheAdministration_SetConfigurationFlags( cache, 2 ), BG_S_OVERRIDDEN_BY_POLICY );
    OK( IBitsPeerCacheAdministration_SetConfigurationFlags( cache, 1 ), S_OK );
    OK( IBitsPeerCacheAdministration_SetConfigurationFlags( cache, 0 ), BG_S_OVERRIDDEN_BY_POLICY );
    remove_policy( L"EnablePeercaching" );
    remove_policy( L"DisablePeerCachingServer" );
    wait_value( cache->lpVtbl->GetConfigurationFlags, 0 );
}

/* Everybody may read; what changes the machine is for administrators. */
static void test_administrators(void)
{
    HANDLE user = create_user_token( SecurityImpersonation );
    IEnumBitsPeerCacheRecords *records;
    IBitsPeerCacheRecord *record;
    static const GUID id = { 1 };
    IEnumBitsPeers *peers;
    DWORD value;

    impersonate( user );
    OK( IBitsPeerCacheAdministration_SetMaximumCacheSize( cache, 2 ), E_ACCESSDENIED );
    OK( IBitsPeerCacheAdministration_SetMaximumCacheSize( cache, 81 ), E_INVALIDARG );
    OK( IBitsPeerCacheAdministration_SetMaximumContentAge( cache, 86400 ), E_ACCESSDENIED );
    OK( IBitsPeerCacheAdministration_SetConfigurationFlags( cache, 1 ), E_ACCESSDENIED );
    OK( IBitsPeerCacheAdministration_GetRecord( cache, &id, &record ), E_ACCESSDENIED );
    OK( IBitsPeerCacheAdministration_ClearRecords( cache ), E_ACCESSDENIED );
    OK( IBitsPeerCacheAdministration_DeleteRecord( cache, &id ), E_ACCESSDENIED );
    OK( IBitsPeerCacheAdministration_DeleteUrl( cache, L"http://127.0.0.1/file" ), E_ACCESSDENIED );
    OK( IBitsPeerCacheAdministration_ClearPeers( cache ), E_ACCESSDENIED );
    OK( IBitsPeerCacheAdministration_DiscoverPeers( cache ), E_ACCESSDENIED );

    OK( IBitsPeerCacheAdministration_GetMaximumCacheSize( cache, &value ), S_OK );
    ok( value == 1, "got %lu.\n", value );
    OK( IBitsPeerCacheAdministration_GetMaximumContentAge( cache, &value ), S_OK );
    ok( value == 7776000, "got %lu.\n", value );
    OK( IBitsPeerCacheAdministration_GetConfigurationFlags( cache, &value ), S_OK );
    ok( !value, "got %#lx.\n", value );
    OK( IBitsPeerCacheAdministration_EnumRecords( cache, &records ), S_OK );
    IEnumBitsPeerCacheRecords_Release( records );
    OK( IBitsPeerCacheAdministration_EnumPeers( cache, &peers ), S_OK );
    IEnumBitsPeers_Release( peers );
    impersonate( NULL );
    CloseHandle( user );
}

START_TEST( peercache )
{
    if (!setup()) return;
    if (open_cache())
    {
        test_interfaces();
        test_cache_size();
        test_content_age();
        test_configuration();
        test_records();
        test_peers();
        test_policies();
        test_administrators();
        IBitsPeerCacheAdministration_Release( cache );
    }
    teardown();
}
