/*
 * Tests of the texts for error codes
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

static const LANGID english = MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US);
static const LANGID german = MAKELANGID(LANG_GERMAN, SUBLANG_GERMAN);
static const LANGID languages[] =
{
    MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US), MAKELANGID(LANG_GERMAN, SUBLANG_GERMAN)
};

/* The text, which is valid until the next call. */
static const WCHAR *get_text( HRESULT code, LANGID language )
{
    static WCHAR buffer[1024];
    WCHAR *text = NULL;
    HRESULT hr;

    hr = IBackgroundCopyManager_GetErrorDescription( manager, code, language, &text );
    ok( hr == S_OK, "%#lx in %#x: got hr %#lx.\n", code, language, hr );
    lstrcpynW( buffer, text ? text : L"", ARRAY_SIZE(buffer) );
    CoTaskMemFree( text );
    return buffer;
}

/* The text of a code that has none of its own: it names the code. */
static BOOL is_unknown( HRESULT code, const WCHAR *text )
{
    WCHAR number[16];

    swprintf( number, ARRAY_SIZE(number), L"0x%08X", (UINT)code );
    return wcsstr( text, number ) != NULL;
}

/* Whether the text is a whole sentence, with nothing left to fill in. */
static BOOL is_sentence( const WCHAR *text )
{
    SIZE_T length = lstrlenW( text );

    return length > 10 && text[length - 1] == '.' && !wcschr( text, '%' ) && !wcspbrk( text, L"\r\n\t" );
}

/* Both languages have a sentence of their own for it. */
static void check_own_text( HRESULT code )
{
    WCHAR other[1024];
    const WCHAR *text;

    lstrcpyW( other, get_text( code, english ) );
    ok( is_sentence( other ) && !is_unknown( code, other ), "%#lx: got %s.\n", code, wine_dbgstr_w( other ) );
    text = get_text( code, german );
    ok( is_sentence( text ) && !is_unknown( code, text ), "%#lx: got %s.\n", code, wine_dbgstr_w( text ) );
    ok( lstrcmpW( text, other ), "%#lx: got %s twice.\n", code, wine_dbgstr_w( text ) );
}

static void check_unknown( HRESULT code )
{
    ULONG i;

    for (i = 0; i < ARRAY_SIZE(languages); i++)
    {
        const WCHAR *text = get_text( code, languages[i] );

        ok( is_sentence( text ) && is_unknown( code, text ), "%#lx: got %s.\n", code, wine_dbgstr_w( text ) );
    }
}

/* spec: api 6.1, 6.2: the numbers have holes, some for the success codes of the same number */
static void test_bits(void)
{
    static const HRESULT successes[] =
    {
        BG_S_ERROR_CONTEXT_NONE, BG_S_PARTIAL_COMPLETE, BG_S_UNABLE_TO_DELETE_FILES, BG_S_PROXY_CHANGED,
        BG_S_OVERRIDDEN_BY_POLICY
    };
    const ULONG last = HRESULT_CODE( BG_E_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK );
    ULONG number, i;

    for (i = 0; i < ARRAY_SIZE(successes); i++) check_own_text( successes[i] );
    for (number = 1; number <= last; number++)
    {
        BOOL hole = (number >= 0x4a && number <= 0x4f) || (number >= 0x5a && number <= 0x5f);

        for (i = 0; i < ARRAY_SIZE(successes); i++) if (HRESULT_CODE( successes[i] ) == number) hole = TRUE;
        if (hole) check_unknown( 0x80200000 + number );
        else check_own_text( 0x80200000 + number );
    }
    check_unknown( 0x80200000 + last + 1 );
    for (i = BITS_MC_JOB_CANCELLED; i <= BITS_MC_WSD_PORT; i++) check_own_text( i );
}

/* spec: api 6.3: each text names the status, and those that nobody knows have one as well */
static void test_http(void)
{
    static const struct { UINT first, last; } named[] =
    {
        { 100, 101 }, { 200, 206 }, { 300, 305 }, { 307, 307 }, { 400, 417 }, { 449, 449 }, { 500, 505 }
    };
    const WCHAR *text;
    WCHAR number[8];
    UINT status, i;

    for (status = 100; status < 600; status++)
    {
        swprintf( number, ARRAY_SIZE(number), L"%u", status );
        for (i = 0; i < ARRAY_SIZE(languages); i++)
        {
            text = get_text( 0x80190000 + status, languages[i] );
            ok( is_sentence( text ) && wcsstr( text, number ), "%u: got %s.\n", status, wine_dbgstr_w( text ) );
        }
    }
    for (i = 0; i < ARRAY_SIZE(named); i++)
    {
        for (status = named[i].first; status <= named[i].last; status++)
        {
            text = get_text( 0x80190000 + status, german );
            ok( wcschr( text, ':' ) != NULL, "%u: got %s.\n", status, wine_dbgstr_w( text ) );
        }
    }
}

/* WinHTTP's, whose numbers have holes: of each there is a sentence, of those that transfers end with an own one. */
static void test_winhttp(void)
{
    static const UINT used[] =
    {
        12002, 12004, 12005, 12006, 12007, 12015, 12029, 12030, 12031, 12037, 12038, 12044, 12045, 12057, 12152, 12156,
        12157, 12169, 12170, 12175, 12180, 12186
    };
    UINT error, i;

    for (error = 12001; error <= 12186; error++)
    {
        for (i = 0; i < ARRAY_SIZE(languages); i++)
        {
            const WCHAR *text = get_text( HRESULT_FROM_WIN32( error ), languages[i] );

            ok( is_sentence( text ), "%u: got %s.\n", error, wine_dbgstr_w( text ) );
        }
    }
    for (i = 0; i < ARRAY_SIZE(used); i++) check_own_text( HRESULT_FROM_WIN32( used[i] ) );
}

/* What the system has texts for, and what we add. */
static void test_system(void)
{
    static const HRESULT codes[] =
    {
        E_NOTIMPL, E_NOINTERFACE, E_POINTER, E_ABORT, E_FAIL, E_UNEXPECTED, E_ACCESSDENIED, E_OUTOFMEMORY, E_INVALIDARG,
        RPC_E_SERVERFAULT, RPC_E_DISCONNECTED, REGDB_E_CLASSNOTREG, CRYPT_E_NOT_FOUND,
        0x80010123, /* CO_E_FAILEDTOIMPERSONATE */
    };
    static const UINT errors[] =
    {
        ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ERROR_ACCESS_DENIED, ERROR_NOT_SAME_DEVICE, ERROR_WRITE_PROTECT,
        ERROR_NOT_READY, ERROR_CRC, ERROR_WRITE_FAULT, ERROR_READ_FAULT, ERROR_SHARING_VIOLATION,
        ERROR_LOCK_VIOLATION, ERROR_HANDLE_DISK_FULL, ERROR_BAD_NETPATH, ERROR_BAD_NET_NAME, ERROR_FILE_EXISTS,
        ERROR_DISK_FULL, ERROR_INVALID_NAME, ERROR_ALREADY_EXISTS, ERROR_FILENAME_EXCED_RANGE, ERROR_FILE_TOO_LARGE,
        ERROR_DIRECTORY, ERROR_SERVICE_NOT_ACTIVE, ERROR_IO_DEVICE, ERROR_NETWORK_UNREACHABLE, ERROR_HOST_UNREACHABLE,
        ERROR_CONNECTION_REFUSED, ERROR_CONNECTION_ABORTED, ERROR_NOT_LOGGED_ON, 1295 /* ERROR_DISK_QUOTA_EXCEEDED */,
        ERROR_LOGON_FAILURE, ERROR_BAD_IMPERSONATION_LEVEL, ERROR_TIMEOUT, RPC_S_SERVER_UNAVAILABLE,
        RPC_S_CALL_FAILED, RPC_X_NULL_REF_POINTER, ERROR_RESOURCE_LANG_NOT_FOUND, WSAENETUNREACH, WSAECONNABORTED,
        WSAECONNRESET, WSAETIMEDOUT, WSAECONNREFUSED, WSAEHOSTUNREACH, WSAHOST_NOT_FOUND,
    };
    ULONG i;

    for (i = 0; i < ARRAY_SIZE(errors) + ARRAY_SIZE(codes); i++)
    {
        HRESULT code = i < ARRAY_SIZE(codes) ? codes[i] : HRESULT_FROM_WIN32( errors[i - ARRAY_SIZE(codes)] );
        WCHAR other[1024];
        const WCHAR *text;

        /* the system's texts need not be sentences */
        lstrcpyW( other, get_text( code, english ) );
        ok( other[0] && !is_unknown( code, other ), "%#lx: got %s.\n", code, wine_dbgstr_w( other ) );
        text = get_text( code, german );
        ok( text[0] && !is_unknown( code, text ), "%#lx: got %s.\n", code, wine_dbgstr_w( text ) );
        ok( lstrcmpW( text, other ), "%#lx: got %s twice.\n", code, wine_dbgstr_w( text ) );
    }

    /* the system's text has an insert that nobody can fill in */
    check_unknown( HRESULT_FROM_WIN32( ERROR_MR_MID_NOT_FOUND ) );
}

/* Letters beyond ASCII come out as they are. */
static void test_umlauts(void)
{
    static const struct { HRESULT code; const WCHAR *text; } texts[] =
    {
        { BG_S_OVERRIDDEN_BY_POLICY,
          L"Die Einstellung wurde gespeichert, wird aber von einer Richtlinie au\x00df" L"er Kraft gesetzt." },
        { BG_E_INVALID_STATE, L"Der gegenw\x00e4rtige Zustand des Auftrags l\x00e4sst dies nicht zu." },
        { BG_E_EMPTY,
          L"Der Auftrag enth\x00e4lt keine Dateien. F\x00fcgen Sie eine Datei hinzu, bevor Sie ihn starten." },
        { BG_E_MISSING_FILE_SIZE, L"Der Server hat nicht angegeben, wie gro\x00df die Datei ist." },
        { BG_E_INVALID_SERVER_RESPONSE, L"Die Antwort des Servers ist ung\x00fcltig." },
        { BG_E_NETWORK_DISCONNECTED,
          L"Es besteht keine Netzwerkverbindung. Der Auftrag wird fortgesetzt, sobald sie wieder besteht." },
        { BG_E_VALIDATION_FAILED,
          L"Das Programm, dem der Auftrag geh\x00f6rt, hat die heruntergeladene Datei f\x00fcr ung\x00fcltig erkl\x00e4rt." },
        { 0x80072f91, L"Das Skript, das den Proxy ausw\x00e4hlt, ist fehlgeschlagen." },
        { BG_E_HTTP_ERROR_411, L"Length Required (HTTP-Status 411): Der Server verlangt vorab die L\x00e4nge der Daten." },
    };
    const WCHAR *text;
    ULONG i;

    for (i = 0; i < ARRAY_SIZE(texts); i++)
    {
        text = get_text( texts[i].code, german );
        ok( !lstrcmpW( text, texts[i].text ), "%#lx: got %s.\n", texts[i].code, wine_dbgstr_w( text ) );
    }

    /* the primary language decides */
    text = get_text( BG_E_INVALID_SERVER_RESPONSE, MAKELANGID(LANG_GERMAN, SUBLANG_GERMAN_AUSTRIAN) );
    ok( !lstrcmpW( text, L"Die Antwort des Servers ist ung\x00fcltig." ), "got %s.\n", wine_dbgstr_w( text ) );
}

/* A language without texts of ours is missing, even when the system has some (spec: api 5.1.4). */
static void test_missing(void)
{
    static const HRESULT codes[] = { BG_E_NOT_FOUND, BG_E_HTTP_ERROR_404, 0x80072ee7, 0x8f00beef };
    ULONG i;

    for (i = 0; i < ARRAY_SIZE(codes); i++)
    {
        WCHAR *text = SENTINEL;
        HRESULT hr;

        hr = IBackgroundCopyManager_GetErrorDescription( manager, codes[i], MAKELANGID(LANG_FRENCH, SUBLANG_FRENCH),
                                                         &text );
        ok( hr == HRESULT_FROM_WIN32(ERROR_RESOURCE_LANG_NOT_FOUND), "%#lx: got hr %#lx.\n", codes[i], hr );
        ok( !text, "%#lx: got %s.\n", codes[i], wine_dbgstr_w( text ) );
    }
}

/* A job that failed: its two descriptions in German (spec: api 5.10.3, 5.10.4, 6.5). */
static void test_job(void)
{
    static const WCHAR expected[] = L"Not Found (HTTP-Status 404): Die Datei ist auf dem Server nicht vorhanden.";
    IBackgroundCopyJob *job = create_job( L"words" );
    IBackgroundCopyError *error;
    WCHAR *text = NULL;
    HRESULT hr;

    add_file( job, server_url( "/status/404" ), test_path( L"words" ) );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_ERROR );
    hr = IBackgroundCopyJob_GetError( job, &error );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyError_GetErrorDescription( error, german, &text );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    /* details follow in a line of their own */
    ok( text && !wcsncmp( text, expected, lstrlenW( expected ) ), "got %s.\n", wine_dbgstr_w( text ) );
    CoTaskMemFree( text );
    text = NULL;
    hr = IBackgroundCopyError_GetErrorContextDescription( error, german, &text );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( !lstrcmpW( text, L"Der Fehler ist beim Verarbeiten der entfernten Datei aufgetreten." ),
        "got %s.\n", wine_dbgstr_w( text ) );
    CoTaskMemFree( text );
    IBackgroundCopyError_Release( error );
    cleanup_job( job );
}

START_TEST(words)
{
    if (!setup()) return;
    test_bits();
    test_http();
    test_winhttp();
    test_system();
    test_umlauts();
    test_missing();
    if (server_start())
    {
        test_job();
        server_stop();
    }
    teardown();
}
