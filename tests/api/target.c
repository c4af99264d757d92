/*
 * Tests of notifications to other processes: command lines, classes, dead clients
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

/* This program plays the other processes too; they write what happens to them into a file, one line for each:
 *
 *      target command FILE CODE    a command line: "command ADMINISTRATOR TICK"; ends with CODE
 *      target server FILE          a server of the class: "server", and a line for each call; until it is ended
 *      target client FILE JOB      sets a callback on the job: "client"; until it is ended
 */

#include "listener.h"
#include "tokens.h"

#define EVENTS (BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_ERROR)
#define DEADLINE 30000

static const CLSID class_id = { 0x4d6c0e5a, 0x2f0b, 0x4c7e, { 0x9a, 0x51, 0x77, 0x69, 0x6e, 0x65, 0x62, 0x31 } };
static const WCHAR class_key[] = L"Software\\Classes\\CLSID\\{4D6C0E5A-2F0B-4C7E-9A51-77696E656231}";

static WCHAR program_path[MAX_PATH];    /* this one */

/* --- the file of lines -------------------------------------------------------------------------------------------- */

static void write_line( const char *file, const char *format, ... )
{
    char line[128];
    va_list args;
    HANDLE handle;
    DWORD written;

    va_start( args, format );
    vsprintf( line, format, args );
    va_end( args );
    strcat( line, "\n" );
    handle = CreateFileA( file, FILE_APPEND_DATA, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_ALWAYS, 0, NULL );
    WriteFile( handle, line, strlen( line ), &written, NULL );
    CloseHandle( handle );
}

/* How many lines begin with START; the LAST of them is copied if that is not NULL. */
static UINT count_lines( const WCHAR *path, const char *start, char *last )
{
    HANDLE file = CreateFileW( path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL );
    char text[4096], *line;
    DWORD size = 0;
    UINT count = 0;

    if (file == INVALID_HANDLE_VALUE) return 0;
    ReadFile( file, text, sizeof(text) - 1, &size, NULL );
    CloseHandle( file );
    text[size] = 0;
    for (line = strtok( text, "\n" ); line; line = strtok( NULL, "\n" ))
    {
        if (strncmp( line, start, strlen( start ) )) continue;
        count++;
        if (last) strcpy( last, line );
    }
    return count;
}

#define wait_lines( path, start, count ) wait_lines_( __LINE__, path, start, count )
static void wait_lines_( int line, const WCHAR *path, const char *start, UINT count )
{
    ULONGLONG end = GetTickCount64() + DEADLINE;

    while (count_lines( path, start, NULL ) < count && GetTickCount64() < end) short_wait();
    ok_( __FILE__, line )( count_lines( path, start, NULL ) == count, "got %u lines of %s, expected %u.\n",
                           count_lines( path, start, NULL ), start, count );
}

/* --- the other processes ------------------------------------------------------------------------------------------ */

static const char *log_file;    /* of a process that has an object */

/* One object for both: what is told to it becomes a line. */
static HRESULT WINAPI Other_QueryInterface( IBackgroundCopyCallback2 *iface, REFIID iid, void **obj )
{
    if (IsEqualGUID( iid, &IID_IUnknown ) || IsEqualGUID( iid, &IID_IBackgroundCopyCallback ) ||
        IsEqualGUID( iid, &IID_IBackgroundCopyCallback2 ))
    {
        *obj = iface;
        return S_OK;
    }
    *obj = NULL;
    return E_NOINTERFACE;
}

static ULONG WINAPI Other_AddRef( IBackgroundCopyCallback2 *iface )
{
    return 2;
}

static ULONG WINAPI Other_Release( IBackgroundCopyCallback2 *iface )
{
    return 1;
}

static HRESULT WINAPI Other_JobTransferred( IBackgroundCopyCallback2 *iface, IBackgroundCopyJob *job )
{
    write_line( log_file, "transferred" );
    return S_OK;
}

static HRESULT WINAPI Other_JobError( IBackgroundCopyCallback2 *iface, IBackgroundCopyJob *job,
                                      IBackgroundCopyError *error )
{
    write_line( log_file, "error" );
    return S_OK;
}

static HRESULT WINAPI Other_JobModification( IBackgroundCopyCallback2 *iface, IBackgroundCopyJob *job, DWORD reserved )
{
    return S_OK;
}

static HRESULT WINAPI Other_FileTransferred( IBackgroundCopyCallback2 *iface, IBackgroundCopyJob *job,
                                             IBackgroundCopyFile *file )
{
    write_line( log_file, "file" );
    return S_OK;
}

static const IBackgroundCopyCallback2Vtbl other_vtbl =
{
    Other_QueryInterface,
    Other_AddRef,
    Other_Release,
    Other_JobTransferred,
    Other_JobError,
    Other_JobModification,
    Other_FileTransferred,
};

static IBackgroundCopyCallback2 other = { &other_vtbl };

static HRESULT WINAPI Factory_QueryInterface( IClassFactory *iface, REFIID iid, void **obj )
{
    *obj = IsEqualGUID( iid, &IID_IUnknown ) || IsEqualGUID( iid, &IID_IClassFactory ) ? iface : NULL;
    return *obj ? S_OK : E_NOINTERFACE;
}

static ULONG WINAPI Factory_AddRef( IClassFactory *iface )
{
    return 2;
}

static ULONG WINAPI Factory_Release( IClassFactory *iface )
{
    return 1;
}

static HRESULT WINAPI Factory_CreateInstance( IClassFactory *iface, IUnknown *outer, REFIID iid, void **obj )
{
    *obj = NULL;
    return outer ? CLASS_E_NOAGGREGATION : IBackgroundCopyCallback2_QueryInterface( &other, iid, obj );
}

static HRESULT WINAPI Factory_LockServer( IClassFactory *iface, BOOL lock )
{
    return S_OK;
}

static const IClassFactoryVtbl factory_vtbl =
{
    Factory_QueryInterface,
    Factory_AddRef,
    Factory_Release,
    Factory_CreateInstance,
    Factory_LockServer,
};

static IClassFactory factory = { &factory_vtbl };

/* Until the test ends the process; or not for ever, if it forgets. */
static void wait_for_end(void)
{
    WaitForSingleObject( GetCurrentThread(), 4 * DEADLINE );
}

static void run_server( const char *file )
{
    DWORD cookie;

    log_file = file;
    CoInitializeEx( NULL, COINIT_MULTITHREADED );
    /* for one use: else Wine's COM would go on to name it when it has been ended without a word */
    if (SUCCEEDED(CoRegisterClassObject( &class_id, (IUnknown *)&factory, CLSCTX_LOCAL_SERVER, REGCLS_SINGLEUSE,
                                         &cookie )))
        write_line( file, "server %lu", GetCurrentProcessId() );
    wait_for_end();
}

static void run_client( const char *file, const char *text )
{
    IBackgroundCopyManager *own;
    IBackgroundCopyJob *job;
    WCHAR string[64];
    GUID id;

    log_file = file;
    CoInitializeEx( NULL, COINIT_MULTITHREADED );
    MultiByteToWideChar( CP_ACP, 0, text, -1, string, ARRAY_SIZE(string) );
    CLSIDFromString( string, &id );
    if (SUCCEEDED(CoCreateInstance( &CLSID_BackgroundCopyManager, NULL, CLSCTX_LOCAL_SERVER,
                                    &IID_IBackgroundCopyManager, (void **)&own )) &&
        SUCCEEDED(IBackgroundCopyManager_GetJob( own, &id, &job )) &&
        SUCCEEDED(IBackgroundCopyJob_SetNotifyInterface( job, (IUnknown *)&other )))
        write_line( file, "client" );
    wait_for_end();
}

static void run_command( const char *file, const char *code )
{
    BYTE sid[SECURITY_MAX_SID_SIZE];
    DWORD size = sizeof(sid);
    BOOL member = FALSE;

    CreateWellKnownSid( WinBuiltinAdministratorsSid, NULL, sid, &size );
    CheckTokenMembership( NULL, sid, &member );
    write_line( file, "command %d %I64u", member, GetTickCount64() );
    ExitProcess( atoi( code ) );
}

/* A process like this one with another role. */
static HANDLE start_role( const char *role, const WCHAR *path, const WCHAR *more )
{
    PROCESS_INFORMATION process = { 0 };
    STARTUPINFOW startup = { sizeof(startup) };
    WCHAR command[1024];

    swprintf( command, ARRAY_SIZE(command), L"\"%ls\" target %hs \"%ls\" %ls", program_path, role, path, more );
    ok( CreateProcessW( program_path, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process ),
        "got error %lu.\n", GetLastError() );
    CloseHandle( process.hThread );
    return process.hProcess;
}

/* --- command lines ------------------------------------------------------------------------------------------------ */

#define set_command( job, path, code ) set_command_( __LINE__, job, path, code )
static void set_command_( int line, IBackgroundCopyJob *job, const WCHAR *path, int code )
{
    WCHAR parameters[1024];
    IBackgroundCopyJob2 *job2;
    HRESULT hr;

    hr = IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJob2, (void **)&job2 );
    ok_( __FILE__, line )( hr == S_OK, "got hr %#lx.\n", hr );
    swprintf( parameters, ARRAY_SIZE(parameters), L"\"%ls\" target command \"%ls\" %d", program_path, path, code );
    hr = IBackgroundCopyJob2_SetNotifyCmdLine( job2, program_path, parameters );
    ok_( __FILE__, line )( hr == S_OK, "got hr %#lx.\n", hr );
    IBackgroundCopyJob2_Release( job2 );
}

/* spec: api 5.3.1 */
static void test_command(void)
{
    const WCHAR *path = test_path( L"command.log" );
    IBackgroundCopyJob *job = notify_job( BG_NOTIFY_JOB_ERROR, "/file/10", L"1" );
    HRESULT hr;

    set_command( job, path, 0 );
    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    /* its flags count */
    wait_lines( path, "command", 0 );
    hr = IBackgroundCopyJob_SetNotifyFlags( job, EVENTS );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    wait_lines( path, "command 1", 1 );

    add_file( job, server_url( "/status/404" ), test_path( L"2" ) );
    resume_job( job );
    wait_lines( path, "command 1", 2 );
    ok( get_state( job ) == BG_JOB_STATE_ERROR, "got state %u.\n", get_state( job ) );
    cleanup_job( job );
    DeleteFileW( path );
}

/* spec: behaviour 6.4: after the minimum retry delay, until it has ended with 0, or the job has */
static void test_command_fails(void)
{
    const WCHAR *path = test_path( L"command.log" );
    IBackgroundCopyJob *job = notify_job( EVENTS, "/file/10", L"1" );
    ULONGLONG first, second;
    char line[128] = "";

    set_command( job, path, 1 );
    resume_job( job );
    wait_lines( path, "command", 1 );
    count_lines( path, "command", line );
    first = strtoull( line + 10, NULL, 10 );
    wait_lines( path, "command", 2 );
    count_lines( path, "command", line );
    second = strtoull( line + 10, NULL, 10 );
    ok( second - first >= 4900, "again after %I64u ms.\n", second - first );
    cleanup_job( job );
    DeleteFileW( path );
}

/* spec: behaviour 6.4: also set after the event; console programs and others */
static void test_command_late(void)
{
    IBackgroundCopyJob *job = notify_job( EVENTS, "/file/10", L"1" );
    WCHAR system[MAX_PATH], windows[MAX_PATH], parameters[1024];
    const WCHAR *path = test_path( L"late.log" );
    IBackgroundCopyJob2 *job2;
    ULONGLONG end;
    HRESULT hr;

    resume_job( job );
    wait_state( job, BG_JOB_STATE_TRANSFERRED );
    hr = IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJob2, (void **)&job2 );
    ok( hr == S_OK, "got hr %#lx.\n", hr );

    GetSystemDirectoryW( system, ARRAY_SIZE(system) );
    lstrcatW( system, L"\\cmd.exe" );
    swprintf( parameters, ARRAY_SIZE(parameters), L"cmd /c echo done>\"%ls\"", path );
    hr = IBackgroundCopyJob2_SetNotifyCmdLine( job2, system, parameters );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    wait_lines( path, "done", 1 );

    GetWindowsDirectoryW( windows, ARRAY_SIZE(windows) );
    lstrcatW( windows, L"\\regedit.exe" );
    path = test_path( L"late.reg" );
    swprintf( parameters, ARRAY_SIZE(parameters), L"regedit /E \"%ls\" HKEY_CURRENT_USER\\Environment", path );
    hr = IBackgroundCopyJob2_SetNotifyCmdLine( job2, windows, parameters );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    end = GetTickCount64() + DEADLINE;
    while (GetFileAttributesW( path ) == INVALID_FILE_ATTRIBUTES && GetTickCount64() < end) short_wait();
    ok( GetFileAttributesW( path ) != INVALID_FILE_ATTRIBUTES, "no file.\n" );

    IBackgroundCopyJob2_Release( job2 );
    cleanup_job( job );
}

/* spec: behaviour 6.4: as whoever set it */
static void test_command_user(void)
{
    const WCHAR *path = test_path( L"command.log" );
    IBackgroundCopyJob *job;

    impersonate( user_token );
    job = notify_job( EVENTS, "/file/10", L"1" );
    set_command( job, path, 0 );
    impersonate( NULL );
    resume_job( job );
    wait_lines( path, "command 0", 1 );
    cleanup_job( job );
    DeleteFileW( path );
}

/* spec: behaviour 6.4: never for jobs of the system's accounts */
static void test_command_of_system(void)
{
    const WCHAR *path = test_path( L"command.log" ), *system_path = test_path( L"system.log" );
    IBackgroundCopyJob *job, *system_job;
    HANDLE system;

    if (!(system = create_foreign_token( L"S-1-5-18" ))) return;
    impersonate( system );
    system_job = notify_job( EVENTS, "/file/10", L"1" );
    set_command( system_job, system_path, 0 );
    impersonate( NULL );
    resume_job( system_job );
    wait_state( system_job, BG_JOB_STATE_TRANSFERRED );

    /* another one that is due later is started */
    job = notify_job( EVENTS, "/file/10", L"2" );
    set_command( job, path, 0 );
    resume_job( job );
    wait_lines( path, "command", 1 );
    wait_lines( system_path, "command", 0 );
    cleanup_job( job );
    cleanup_job( system_job );
    DeleteFileW( path );
    CloseHandle( system );
}

/* spec: api 5.3.1: only when the object has failed; and when both have, again after the minimum retry delay */
static void test_command_and_object(void)
{
    const WCHAR *path = test_path( L"command.log" );
    IBackgroundCopyJob *job = notify_job( EVENTS, "/file/10", L"1" );
    struct listener listener;

    listener_init( &listener );
    listener.refuse_events = 1;
    set_command( job, path, 0 );
    listen_to( job, &listener );
    resume_job( job );
    wait_lines( path, "command", 1 );
    wait_calls( &listener, "T" );

    /* the object is content with the next event */
    add_file( job, server_url( "/status/404" ), test_path( L"2" ) );
    resume_job( job );
    wait_calls( &listener, "TE" );
    wait_lines( path, "command", 1 );
    cleanup_job( job );
    listener_done( &listener );
    DeleteFileW( path );

    job = notify_job( EVENTS, "/file/10", L"3" );
    listener_init( &listener );
    listener.refuse_events = 1;
    set_command( job, path, 1 );
    listen_to( job, &listener );
    resume_job( job );
    wait_calls( &listener, "T" );
    wait_calls( &listener, "TT" );
    wait_lines( path, "command", 1 );
    cleanup_job( job );
    listener_done( &listener );
    DeleteFileW( path );
}

/* --- dead clients ------------------------------------------------------------------------------------------------- */

/* A client that has set its object and is gone. */
static void let_client_die( IBackgroundCopyJob *job )
{
    const WCHAR *path = test_path( L"client.log" );
    WCHAR string[40];
    HANDLE process;
    HRESULT hr;
    GUID id;

    hr = IBackgroundCopyJob_GetId( job, &id );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    StringFromGUID2( &id, string, ARRAY_SIZE(string) );
    process = start_role( "client", path, string );
    wait_lines( path, "client", 1 );
    TerminateProcess( process, 0 );
    WaitForSingleObject( process, INFINITE );
    CloseHandle( process );
    DeleteFileW( path );
}

/* spec: behaviour 6.2: the next target's turn */
static void test_dead_client(void)
{
    const WCHAR *path = test_path( L"command.log" );
    IBackgroundCopyJob *job = notify_job( EVENTS | BG_NOTIFY_FILE_TRANSFERRED, "/file/10", L"1" );
    struct listener listener;

    let_client_die( job );
    set_command( job, path, 0 );
    resume_job( job );
    wait_lines( path, "command", 1 );

    /* spec: behaviour 6.3: a new object is told again, and of the files that nobody has heard of */
    listener_init( &listener );
    listen_to( job, &listener );
    wait_calls( &listener, "1T" );
    cleanup_job( job );
    listener_done( &listener );
    DeleteFileW( path );
}

/* --- the class ---------------------------------------------------------------------------------------------------- */

static void set_class( IBackgroundCopyJob *job, const CLSID *class )
{
    BITS_JOB_PROPERTY_VALUE value = { .ClsID = *class };
    IBackgroundCopyJob5 *job5;
    HRESULT hr;

    hr = IBackgroundCopyJob_QueryInterface( job, &IID_IBackgroundCopyJob5, (void **)&job5 );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    hr = IBackgroundCopyJob5_SetProperty( job5, BITS_JOB_PROPERTY_NOTIFICATION_CLSID, value );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    memset( &value, 0xcc, sizeof(value) );
    hr = IBackgroundCopyJob5_GetProperty( job5, BITS_JOB_PROPERTY_NOTIFICATION_CLSID, &value );
    ok( hr == S_OK, "got hr %#lx.\n", hr );
    ok( IsEqualGUID( &value.ClsID, class ), "got %s.\n", wine_dbgstr_guid( &value.ClsID ) );
    IBackgroundCopyJob5_Release( job5 );
}

/* In the view that the service sees. */
static void register_class( const WCHAR *path )
{
    WCHAR command[1024];
    LSTATUS status;
    HKEY key, server;

    swprintf( command, ARRAY_SIZE(command), L"\"%ls\" target server \"%ls\"", program_path, path );
    status = RegCreateKeyExW( HKEY_LOCAL_MACHINE, class_key, 0, NULL, 0, KEY_WRITE | KEY_WOW64_64KEY, NULL, &key, NULL );
    ok( !status, "got error %ld.\n", status );
    status = RegCreateKeyExW( key, L"LocalServer32", 0, NULL, 0, KEY_WRITE | KEY_WOW64_64KEY, NULL, &server, NULL );
    ok( !status, "got error %ld.\n", status );
    status = RegSetValueExW( server, NULL, 0, REG_SZ, (BYTE *)command, (lstrlenW( command ) + 1) * sizeof(WCHAR) );
    ok( !status, "got error %ld.\n", status );
    RegCloseKey( server );
    RegCloseKey( key );
}

static void unregister_class(void)
{
    HKEY key;

    if (RegOpenKeyExW( HKEY_LOCAL_MACHINE, class_key, 0, KEY_WRITE | KEY_WOW64_64KEY, &key )) return;
    RegDeleteKeyExW( key, L"LocalServer32", KEY_WOW64_64KEY, 0 );
    RegCloseKey( key );
    RegDeleteKeyExW( HKEY_LOCAL_MACHINE, class_key, KEY_WOW64_64KEY, 0 );
}

/* The last server that wrote its line. */
static void kill_server( const WCHAR *path )
{
    char line[128] = "server 0";
    HANDLE process;

    count_lines( path, "server ", line );
    process = OpenProcess( PROCESS_TERMINATE | SYNCHRONIZE, FALSE, strtoul( line + 7, NULL, 10 ) );
    ok( process != NULL, "got error %lu.\n", GetLastError() );
    TerminateProcess( process, 0 );
    WaitForSingleObject( process, INFINITE );
    CloseHandle( process );
}

/* spec: behaviour 6.2, api 5.7.2 */
static void test_class(void)
{
    const WCHAR *path = test_path( L"server.log" ), *command_path = test_path( L"command.log" );
    IBackgroundCopyJob *job = notify_job( EVENTS | BG_NOTIFY_FILE_TRANSFERRED, "/file/10", L"1" );
    struct listener listener;

    /* before the command line; one object for all */
    register_class( path );
    set_class( job, &class_id );
    set_command( job, command_path, 0 );
    resume_job( job );
    wait_lines( path, "transferred", 1 );
    wait_lines( path, "file", 1 );
    wait_lines( path, "server", 1 );
    add_file( job, server_url( "/status/404" ), test_path( L"2" ) );
    resume_job( job );
    wait_lines( path, "error", 1 );
    wait_lines( path, "server", 1 );

    /* another one when it is gone */
    kill_server( path );
    resume_job( job );
    wait_lines( path, "error", 2 );
    wait_lines( path, "server", 2 );

    /* not when there is a client's */
    listener_init( &listener );
    listen_to( job, &listener );
    wait_calls( &listener, "E" );
    wait_lines( path, "error", 2 );
    wait_lines( command_path, "command", 0 );
    set_class( job, &GUID_NULL );
    cleanup_job( job );
    listener_done( &listener );
    kill_server( path );
    unregister_class();
    DeleteFileW( path );
}

/* spec: behaviour 6.2: a class that does not work is as none */
static void test_bad_class(void)
{
    const WCHAR *path = test_path( L"command.log" );
    IBackgroundCopyJob *job = notify_job( EVENTS | BG_NOTIFY_FILE_TRANSFERRED, "/file/10", L"1" );

    set_class( job, &class_id );
    set_command( job, path, 0 );
    resume_job( job );
    wait_lines( path, "command", 1 );
    cleanup_job( job );
    DeleteFileW( path );
}

static BOOL play_role( int argc, char **argv )
{
    if (argc < 4) return FALSE;
    if (!strcmp( argv[2], "server" )) run_server( argv[3] );
    else if (!strcmp( argv[2], "client" ) && argc > 4) run_client( argv[3], argv[4] );
    else if (!strcmp( argv[2], "command" ) && argc > 4) run_command( argv[3], argv[4] );
    return TRUE;
}

START_TEST(target)
{
    char **argv;
    int argc = winetest_get_mainargs( &argv );

    if (play_role( argc, argv )) return;
    GetModuleFileNameW( NULL, program_path, ARRAY_SIZE(program_path) );
    if (!setup()) return;
    if (token_setup())
    {
        if (server_start())
        {
            test_command();
            test_command_fails();
            test_command_late();
            test_command_user();
            test_command_of_system();
            test_command_and_object();
            test_dead_client();
            test_class();
            test_bad_class();
            server_stop();
        }
        token_teardown();
    }
    teardown();
}
