/*
 * Starting an agent: a socket pair, an environment, a native process
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

#include "transfer/private.h"

#include <winternl.h>

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

PEB * NTAPI RtlGetCurrentPeb(void);

static const WCHAR settings_key[] = L"Software\\winebits";

WCHAR *agent_path(void)
{
    WCHAR *path;
    DWORD size;

    if (!RegGetValueW( HKEY_LOCAL_MACHINE, settings_key, L"Agent", RRF_RT_REG_SZ, NULL, NULL, &size ))
    {
        if (!(path = malloc( size ))) return NULL;
        if (!RegGetValueW( HKEY_LOCAL_MACHINE, settings_key, L"Agent", RRF_RT_REG_SZ, NULL, path, &size )) return path;
        free( path );
    }
    return FAILED(wstr_from_utf8( WINEBITS_AGENT, strlen( WINEBITS_AGENT ), &path )) ? NULL : path;
}

/* --- the socket pair -------------------------------------------------------------------------------------------- */

/* Overlapped, or else timeouts have no effect. */
static SOCKET new_socket(void)
{
    SOCKET s = WSASocketW( AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED );

    if (s != INVALID_SOCKET) SetHandleInformation( (HANDLE)s, HANDLE_FLAG_INHERIT, 0 );
    return s;
}

/* Frames are small and each is waited for: none may be held back to be sent with the next. */
static void set_no_delay( SOCKET s )
{
    BOOL yes = TRUE;
    setsockopt( s, IPPROTO_TCP, TCP_NODELAY, (const char *)&yes, sizeof(yes) );
}

static SOCKET listen_on_loopback( struct sockaddr_in *address )
{
    int length = sizeof(*address);
    SOCKET s = new_socket();

    memset( address, 0, sizeof(*address) );
    address->sin_family = AF_INET;
    address->sin_addr.s_addr = htonl( INADDR_LOOPBACK );
    if (s == INVALID_SOCKET) return s;
    if (!bind( s, (struct sockaddr *)address, sizeof(*address) ) && !listen( s, 8 ) &&
        !getsockname( s, (struct sockaddr *)address, &length )) return s;
    closesocket( s );
    return INVALID_SOCKET;
}

/* Any program of this machine can connect to our port: wait for the one whose other end is OURS. */
static SOCKET accept_ours( SOCKET listener, SOCKET ours )
{
    struct sockaddr_in own, peer;
    int length = sizeof(own);
    SOCKET s;

    if (getsockname( ours, (struct sockaddr *)&own, &length )) return INVALID_SOCKET;
    for (;;)
    {
        length = sizeof(peer);
        if ((s = accept( listener, (struct sockaddr *)&peer, &length )) == INVALID_SOCKET) return s;
        if (peer.sin_port == own.sin_port && peer.sin_addr.s_addr == own.sin_addr.s_addr) break;
        WARN( "Somebody else connected to us.\n" );
        closesocket( s );
    }
    SetHandleInformation( (HANDLE)s, HANDLE_FLAG_INHERIT, 0 );
    return s;
}

/* Ours is the one that connects: for a socket from accept() Wine asks the wineserver at every use. */
static DWORD make_pair( SOCKET *ours, SOCKET *agents )
{
    struct sockaddr_in address;
    DWORD error = 0;
    SOCKET listener;

    *ours = *agents = INVALID_SOCKET;
    if ((listener = listen_on_loopback( &address )) == INVALID_SOCKET) return WSAGetLastError();
    if ((*ours = new_socket()) == INVALID_SOCKET ||
        connect( *ours, (struct sockaddr *)&address, sizeof(address) ) ||
        (*agents = accept_ours( listener, *ours )) == INVALID_SOCKET)
    {
        error = WSAGetLastError();
        if (*ours != INVALID_SOCKET) closesocket( *ours );
    }
    else
    {
        set_no_delay( *ours );
        set_no_delay( *agents );
    }
    closesocket( listener );
    return error;
}

/* --- the environment -------------------------------------------------------------------------------------------- */

/* A block of "name=value" strings that grows. */
struct environment
{
    WCHAR *block;
    SIZE_T length;      /* characters used, without the final NUL */
    BOOL failed;
};

/* "name=value" of NAME_LENGTH + 1 + VALUE_LENGTH characters. */
static void add_variable( struct environment *environment, const WCHAR *name, SIZE_T name_length, const WCHAR *value,
                          SIZE_T value_length )
{
    SIZE_T length = environment->length + name_length + value_length + 2;
    WCHAR *block, *p;

    if (!(block = realloc( environment->block, (length + 1) * sizeof(WCHAR) )))
    {
        environment->failed = TRUE;
        return;
    }
    environment->block = block;
    p = block + environment->length;
    memcpy( p, name, name_length * sizeof(WCHAR) );
    p[name_length] = '=';
    memcpy( p + name_length + 1, value, value_length * sizeof(WCHAR) );
    block[length - 1] = block[length] = 0;
    environment->length = length;
}

/* Case matters: a Unix program tells http_proxy from HTTP_PROXY. */
static void remove_variable( struct environment *environment, const WCHAR *name, SIZE_T name_length )
{
    WCHAR *end = environment->block + environment->length, *p, *next;

    for (p = environment->block; p < end; p = next)
    {
        next = p + wstr_len( p ) + 1;
        if (next - p <= name_length || p[name_length] != '=' || memcmp( p, name, name_length * sizeof(WCHAR) ))
            continue;
        memmove( p, next, (end - next + 1) * sizeof(WCHAR) );
        environment->length -= next - p;
        return;
    }
}

static void copy_environment( struct environment *environment )
{
    WCHAR *strings = GetEnvironmentStringsW();
    const WCHAR *p, *equals;
    SIZE_T length;

    if (!strings)
    {
        environment->failed = TRUE;
        return;
    }
    for (p = strings; *p && !environment->failed; p += length + 1)
    {
        length = wstr_len( p );
        for (equals = p + 1; *equals && *equals != '='; equals++) ;  /* the first may be the one of "=C:=C:\" */
        if (*equals) add_variable( environment, p, equals - p, equals + 1, p + length - equals - 1 );
    }
    FreeEnvironmentStringsW( strings );
}

static HKEY open_identity( const WCHAR *sid )
{
    HKEY settings, identities, key = NULL;

    if (RegOpenKeyExW( HKEY_LOCAL_MACHINE, settings_key, 0, KEY_READ, &settings )) return NULL;
    if (!RegOpenKeyExW( settings, L"Identities", 0, KEY_READ, &identities ))
    {
        if (RegOpenKeyExW( identities, sid, 0, KEY_READ, &key )) key = NULL;
        RegCloseKey( identities );
    }
    RegCloseKey( settings );
    return key;
}

static void set_variable( struct environment *environment, const WCHAR *name, const WCHAR *value )
{
    SIZE_T length = wstr_len( name );

    remove_variable( environment, name, length );
    add_variable( environment, name, length, value, wstr_len( value ) );
}

static void add_identity( struct environment *environment, HKEY key )
{
    WCHAR name[256], *value;
    DWORD i, length, size;

    for (i = 0; length = ARRAY_SIZE(name), !RegEnumValueW( key, i, name, &length, NULL, NULL, NULL, NULL ); i++)
    {
        if (!length || RegGetValueW( key, NULL, name, RRF_RT_REG_SZ, NULL, NULL, &size )) continue;
        if (!(value = malloc( size )))
        {
            environment->failed = TRUE;
            return;
        }
        /* this also expands a REG_EXPAND_SZ */
        if (!RegGetValueW( key, NULL, name, RRF_RT_REG_SZ, NULL, value, &size ))
            set_variable( environment, name, value );
        free( value );
    }
}

/* Whoever is not the Unix user must not be taken for him: without tickets of their own they have none.  Kerberos would
 * otherwise look where the Unix user's are, and for keys to get new ones with. */
static void forget_tickets( struct environment *environment, const WCHAR *cache )
{
    set_variable( environment, L"KRB5CCNAME", cache );
    set_variable( environment, L"KRB5_CLIENT_KTNAME", L"MEMORY:none" );
}

static WCHAR *make_environment( const WCHAR *sid, BOOL login )
{
    struct environment environment = { NULL };
    HKEY key;

    copy_environment( &environment );
    if (!identity_is_own_user( sid )) forget_tickets( &environment, L"MEMORY:none" );
    if ((key = open_identity( sid )))
    {
        add_identity( &environment, key );
        RegCloseKey( key );
    }
    if (login) forget_tickets( &environment, L"" WIRE_TICKETS );
    if (!environment.failed) return environment.block;
    free( environment.block );
    return NULL;
}

/* --- the process ------------------------------------------------------------------------------------------------ */

WCHAR *unix_path_name( const WCHAR *path, SIZE_T extra )
{
    SIZE_T length = wstr_len( path ), prefix = wstr_len( UNIX_PREFIX ), i;
    WCHAR *name;

    if (!(name = malloc( (prefix + length + extra + 1) * sizeof(WCHAR) ))) return NULL;
    memcpy( name, UNIX_PREFIX, prefix * sizeof(WCHAR) );
    for (i = 0; i <= length; i++) name[prefix + i] = path[i] == '/' ? '\\' : path[i];
    return name;
}

/* The path is there for an administrator to find the process by. */
static WCHAR *command_line( const WCHAR *path, const WCHAR *arguments )
{
    SIZE_T length = wstr_len( path ), arguments_size = (wstr_len( arguments ) + 1) * sizeof(WCHAR);
    WCHAR *command;

    if (!(command = malloc( (length + 2) * sizeof(WCHAR) + arguments_size ))) return NULL;
    command[0] = '"';
    memcpy( command + 1, path, length * sizeof(WCHAR) );
    command[length + 1] = '"';
    memcpy( command + length + 2, arguments, arguments_size );
    return command;
}

/* Wine hands its standard input to a native program only if that shares a console with its parent, which a service
 * does not have: newer versions leave it out without a console, older ones with a new console, whatever flags
 * CreateProcess is given.  So the process says for the time of the call that it has one, as those do that are started
 * from a Unix shell.  It is the first of the reserved pointers in either bitness. */
#define CONSOLE_OF_SHELL ((void *)4)

SRWLOCK process_lock = SRWLOCK_INIT;

static BOOL create_with_input( const WCHAR *name, WCHAR *command, WCHAR *environment, STARTUPINFOW *startup,
                               PROCESS_INFORMATION *process )
{
    void **console = &RtlGetCurrentPeb()->ProcessParameters->Reserved2[0];
    void *before;
    BOOL ret;

    AcquireSRWLockExclusive( &process_lock );
    before = InterlockedCompareExchangePointer( console, CONSOLE_OF_SHELL, NULL );
    ret = CreateProcessW( name, command, NULL, NULL, TRUE, CREATE_UNICODE_ENVIRONMENT, environment, NULL, startup,
                          process );
    if (!before) *console = NULL;   /* leaves GetLastError() alone */
    ReleaseSRWLockExclusive( &process_lock );
    return ret;
}

/* ENVIRONMENT: NULL for ours. */
static DWORD start_process( const WCHAR *path, const WCHAR *arguments, WCHAR *environment, SOCKET input )
{
    WCHAR *name = unix_path_name( path, 0 ), *command = command_line( path, arguments );
    STARTUPINFOW startup = { sizeof(startup) };
    PROCESS_INFORMATION process;
    DWORD error = ERROR_OUTOFMEMORY;

    if (!name || !command) goto done;
    startup.dwFlags = STARTF_USESTDHANDLES;
    startup.hStdInput = (HANDLE)input;
    error = 0;
    if (!SetHandleInformation( startup.hStdInput, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT ) ||
        !create_with_input( name, command, environment, &startup, &process ))
        error = GetLastError();
    /* A native process has no handles, and Wine 10 leaves in PROCESS what its stack held: closing that would close
     * handles of ours.  Its death is the end of the socket. */

done:
    free( name );
    free( command );
    return error;
}

static DWORD spawn( const WCHAR *path, const WCHAR *arguments, WCHAR *environment, SOCKET *socket )
{
    SOCKET ours, agents;
    DWORD error;

    if ((error = make_pair( &ours, &agents ))) return error;
    error = start_process( path, arguments, environment, agents );
    closesocket( agents );
    if (error) closesocket( ours );
    else *socket = ours;
    return error;
}

DWORD agent_spawn( const WCHAR *path, const WCHAR *sid, BOOL login, SOCKET *socket )
{
    WCHAR *environment;
    DWORD error;

    TRACE( "%s, %s, %d.\n", debugstr_w( path ), debugstr_w( sid ), login );

    if (!(environment = make_environment( sid, login ))) return ERROR_OUTOFMEMORY;
    error = spawn( path, L"", environment, socket );
    free( environment );
    return error;
}

DWORD reader_spawn( const WCHAR *path, SOCKET *socket )
{
    TRACE( "%s.\n", debugstr_w( path ) );

    return spawn( path, L" " WIRE_JOURNALS, NULL, socket );
}
