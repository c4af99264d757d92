/*
 * The command line
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

#include <initguid.h>
#include "bitsadmin.h"

static const struct
{
    const WCHAR *title;
    const struct command *commands;
}
groups[] =
{
    { L"Jobs",                job_commands },
    { L"Files",               file_commands },
    { L"Waiting",             transfer_commands },
    { L"Lists",               listing_commands },
    { L"Properties",          getter_commands },
    { L"Settings",            setter_commands },
    { L"Helper tokens",       token_commands },
    { L"Cache",               cache_commands },
    { L"Peers",               peer_commands },
    { L"Utilities",           util_commands },
};

static void print_banner(void)
{
    print( L"\nBITSADMIN version 3.0\nBITS administration utility.\n(C) Copyright the winebits authors.\n\n" );
}

/* --- help --- */

void print_help( const WCHAR *group )
{
    size_t length = group ? wcslen( group ) : 0;
    const struct command *command;
    unsigned int i;

    if (!group)
        print( L"USAGE: BITSADMIN [/RAWRETURN] [/WRAP | /NOWRAP] [/JSON] command\n"
               L"\n"
               L"/RAWRETURN  /CREATE and the /GET commands print the value alone.\n"
               L"/NOWRAP     Lines end at the width of the console.\n"
               L"/JSON       Lists, /INFO and the /GET commands print JSON (an addition of winebits).\n"
               L"<job>       A display name, or a GUID in braces.\n"
               L"\n"
               L"The exit code is 0 for success, 1 if something could not be done, 2 for a wrong command line;\n"
               L"of /TRANSFER and /WAIT also 3 for a failed job, 4 for a wait that was too short, 5 for a wrong hash, and\n"
               L"6 after Ctrl+C.\n"
               L"\n"
               L"/HELP or /?\n    Shows this.\n" );
    for (i = 0; i < ARRAYSIZE(groups); i++)
    {
        if (!group) print( L"\n%ls\n\n", groups[i].title );
        for (command = groups[i].commands; command->name[0]; command++)
            if (!_wcsnicmp( command->name, group ? group : L"", length ) && (!group || command->name[length] == ' '))
                print( L"/%ls %ls\n    %ls\n", command->name, command->syntax, command->help );
    }
}

/* --- finding the command --- */

/* Whether the words in ARGS are the name; the number of them. */
static int match_name( const WCHAR *name, WCHAR **args, int count )
{
    const WCHAR *second = wcschr( name, ' ' );
    size_t length = second ? second - name : wcslen( name );

    if (count < 1 || args[0][0] != '/' || wcslen( args[0] ) != length + 1 || _wcsnicmp( args[0] + 1, name, length )) return 0;
    if (!second) return 1;
    return count > 1 && !_wcsicmp( args[1], second + 1 ) ? 2 : 0;
}

/* The command, and how many arguments are its name; NULL if there is none. */
static const struct command *find_command( WCHAR **args, int count, int *words )
{
    const struct command *command;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(groups); i++)
        for (command = groups[i].commands; command->name[0]; command++)
            if ((*words = match_name( command->name, args, count ))) return command;
    return NULL;
}

/* --- options --- */

/* The number of an option in a syntax, -1 if it is none of it. */
static int find_option( const WCHAR *syntax, const WCHAR *arg )
{
    size_t length = wcslen( arg );
    int number = 0;

    for (; (syntax = wcschr( syntax, '/' )); syntax++, number++)
        if (!_wcsnicmp( syntax, arg, length ) && !iswalpha( syntax[length] ) && syntax[length] != '-') return number;
    return -1;
}

/* Moves the options from the arguments into a set. */
static void take_options( struct call *call )
{
    unsigned int i, count = 0;
    int number;

    for (i = 0; i < call->count; i++)
    {
        number = call->args[i][0] == '/' && call->args[i][1] ? find_option( call->command->syntax, call->args[i] ) : -1;
        if (number < 0) call->args[count++] = call->args[i];
        else call->options |= 1 << number;
    }
    call->count = count;
}

/* The options before the command; the number of them. */
static int parse_global_options( WCHAR **args, int count, BOOL *wrap_given )
{
    int i;

    for (i = 0; i < count; i++)
    {
        if (!_wcsicmp( args[i], L"/RAWRETURN" )) raw_output = TRUE;
        else if (!_wcsicmp( args[i], L"/JSON" )) json_output = TRUE;
        else if (!_wcsicmp( args[i], L"/WRAP" ) || !_wcsicmp( args[i], L"/NOWRAP" ))
        {
            wrap_lines = !_wcsicmp( args[i], L"/WRAP" );
            *wrap_given = TRUE;
        }
        else break;
    }
    return i;
}

static int check_call( struct call *call )
{
    const struct command *command = call->command;

    if (json_output && !(command->flags & JSON))
    {
        complain( L"Invalid argument \"/JSON\": /%ls has nothing to list.\n", command->name );
        return EXIT_USAGE;
    }
    if (!(command->flags & OWN_OPTIONS)) take_options( call );
    if (call->count < command->min) complain( L"Too few arguments.\n" );
    else if (call->count > command->max) complain( L"Too many arguments: \"%ls\".\n", call->args[command->max] );
    else return EXIT_DONE;
    complain( L"Usage: bitsadmin /%ls %ls\n", command->name, command->syntax );
    return EXIT_USAGE;
}

/* --- running it --- */

HRESULT connect_manager( IBackgroundCopyManager **manager )
{
    return CoCreateInstance( &CLSID_BackgroundCopyManager, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager,
                             (void **)manager );
}

static int run_with_service( struct call *call )
{
    HRESULT hr;
    int ret;

    /* BITS on Windows asks for the identity of its callers. */
    hr = CoInitializeSecurity( NULL, -1, NULL, NULL, RPC_C_AUTHN_LEVEL_CONNECT, RPC_C_IMP_LEVEL_IMPERSONATE, NULL,
                               EOAC_DYNAMIC_CLOAKING, NULL );
    if (FAILED(hr) || FAILED(hr = connect_manager( &call->manager )))
    {
        complain_about( NULL, L"connect to BITS", hr );
        return EXIT_FAILED;
    }
    if (!(call->command->flags & JOB)) ret = call->command->run( call );
    else if (!(ret = find_job( call, call->args[0], &call->job )))
    {
        ret = call->command->run( call );
        IBackgroundCopyJob_Release( call->job );
    }
    IBackgroundCopyManager_Release( call->manager );
    return ret;
}

static int run( struct call *call )
{
    HRESULT hr;
    int ret;

    if ((ret = check_call( call ))) return ret;
    if (FAILED(hr = CoInitializeEx( NULL, COINIT_MULTITHREADED )))
    {
        complain_about( NULL, L"initialize COM", hr );
        return EXIT_FAILED;
    }
    ret = call->command->flags & ALONE ? call->command->run( call ) : run_with_service( call );
    CoUninitialize();
    return ret;
}

int __cdecl wmain( int argc, WCHAR **argv )
{
    struct call call = { 0 };
    BOOL wrap_given = FALSE;
    int first, words;

    first = 1 + parse_global_options( argv + 1, argc - 1, &wrap_given );
    call.command = find_command( argv + first, argc - first, &words );
    if (call.command && (call.command->flags & UNWRAPPED) && !wrap_given) wrap_lines = FALSE;
    if (!raw_output && !json_output) print_banner();
    if (first < argc && (!_wcsicmp( argv[first], L"/HELP" ) || !_wcsicmp( argv[first], L"/?" )))
    {
        print_help( NULL );
        return EXIT_DONE;
    }
    if (!call.command)
    {
        complain( L"Invalid command\n\n" );
        print_help( NULL );
        return EXIT_USAGE;
    }
    call.args = argv + first + words;
    call.count = argc - first - words;
    return run( &call );
}
