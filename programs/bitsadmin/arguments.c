/*
 * What a user typed, and what is wrong with it
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

#include <stdio.h>
#include "bitsadmin.h"

const struct word job_types[] =
{
    { L"DOWNLOAD",     BG_JOB_TYPE_DOWNLOAD },
    { L"UPLOAD",       BG_JOB_TYPE_UPLOAD },
    { L"UPLOAD-REPLY", BG_JOB_TYPE_UPLOAD_REPLY },
    { NULL }
};

const struct word job_states[] =
{
    { L"QUEUED",          BG_JOB_STATE_QUEUED },
    { L"CONNECTING",      BG_JOB_STATE_CONNECTING },
    { L"TRANSFERRING",    BG_JOB_STATE_TRANSFERRING },
    { L"SUSPENDED",       BG_JOB_STATE_SUSPENDED },
    { L"ERROR",           BG_JOB_STATE_ERROR },
    { L"TRANSIENT_ERROR", BG_JOB_STATE_TRANSIENT_ERROR },
    { L"TRANSFERRED",     BG_JOB_STATE_TRANSFERRED },
    { L"ACKNOWLEDGED",    BG_JOB_STATE_ACKNOWLEDGED },
    { L"CANCELLED",       BG_JOB_STATE_CANCELLED },
    { NULL }
};

const struct word priorities[] =
{
    { L"FOREGROUND", BG_JOB_PRIORITY_FOREGROUND },
    { L"HIGH",       BG_JOB_PRIORITY_HIGH },
    { L"NORMAL",     BG_JOB_PRIORITY_NORMAL },
    { L"LOW",        BG_JOB_PRIORITY_LOW },
    { NULL }
};

const struct word proxy_usages[] =
{
    { L"PRECONFIG",  BG_JOB_PROXY_USAGE_PRECONFIG },
    { L"AUTODETECT", BG_JOB_PROXY_USAGE_AUTODETECT },
    { L"NO_PROXY",   BG_JOB_PROXY_USAGE_NO_PROXY },
    { L"OVERRIDE",   BG_JOB_PROXY_USAGE_OVERRIDE },
    { NULL }
};

const struct word credential_targets[] =
{
    { L"SERVER", BG_AUTH_TARGET_SERVER },
    { L"PROXY",  BG_AUTH_TARGET_PROXY },
    { NULL }
};

const struct word credential_schemes[] =
{
    { L"BASIC",     BG_AUTH_SCHEME_BASIC },
    { L"DIGEST",    BG_AUTH_SCHEME_DIGEST },
    { L"NTLM",      BG_AUTH_SCHEME_NTLM },
    { L"NEGOTIATE", BG_AUTH_SCHEME_NEGOTIATE },
    { L"PASSPORT",  BG_AUTH_SCHEME_PASSPORT },
    { NULL }
};

const struct word store_locations[] =
{
    { L"CURRENT_USER",               BG_CERT_STORE_LOCATION_CURRENT_USER },
    { L"LOCAL_MACHINE",              BG_CERT_STORE_LOCATION_LOCAL_MACHINE },
    { L"CURRENT_SERVICE",            BG_CERT_STORE_LOCATION_CURRENT_SERVICE },
    { L"SERVICES",                   BG_CERT_STORE_LOCATION_SERVICES },
    { L"USERS",                      BG_CERT_STORE_LOCATION_USERS },
    { L"CURRENT_USER_GROUP_POLICY",  BG_CERT_STORE_LOCATION_CURRENT_USER_GROUP_POLICY },
    { L"LOCAL_MACHINE_GROUP_POLICY", BG_CERT_STORE_LOCATION_LOCAL_MACHINE_GROUP_POLICY },
    { L"LOCAL_MACHINE_ENTERPRISE",   BG_CERT_STORE_LOCATION_LOCAL_MACHINE_ENTERPRISE },
    { NULL }
};

const struct word integrity_levels[] =
{
    { L"UNTRUSTED",   SECURITY_MANDATORY_UNTRUSTED_RID },
    { L"LOW",         SECURITY_MANDATORY_LOW_RID },
    { L"MEDIUM",      SECURITY_MANDATORY_MEDIUM_RID },
    { L"MEDIUM_PLUS", SECURITY_MANDATORY_MEDIUM_RID + 0x100 },
    { L"HIGH",        SECURITY_MANDATORY_HIGH_RID },
    { L"SYSTEM",      SECURITY_MANDATORY_SYSTEM_RID },
    { NULL }
};

const struct word acl_letters[] =
{
    { L"O", BG_COPY_FILE_OWNER },
    { L"G", BG_COPY_FILE_GROUP },
    { L"D", BG_COPY_FILE_DACL },
    { L"S", BG_COPY_FILE_SACL },
    { NULL }
};

const struct word truths[] =
{
    { L"TRUE",  TRUE },
    { L"FALSE", FALSE },
    { NULL }
};

const WCHAR *word_of( const struct word *words, int value )
{
    for (; words->word; words++) if (words->value == value) return words->word;
    return L"UNKNOWN";
}

int wrong_argument( struct call *call, const WCHAR *name, const WCHAR *value, const WCHAR *expected )
{
    complain( L"Invalid argument \"%ls\": %ls must be %ls.\n", value, name, expected );
    complain( L"Usage: bitsadmin /%ls %ls\n", call->command->name, call->command->syntax );
    return EXIT_USAGE;
}

BOOL parse_word( struct call *call, unsigned int index, const WCHAR *name, const struct word *words, int *value )
{
    const struct word *word;
    struct text expected = { 0 };

    for (word = words; word->word; word++)
    {
        if (!_wcsicmp( word->word, call->args[index] ))
        {
            *value = word->value;
            return TRUE;
        }
        append( &expected, L"%ls%ls", word == words ? L"" : word[1].word ? L", " : L" or ", word->word );
    }
    wrong_argument( call, name, call->args[index], expected.chars );
    free_text( &expected );
    return FALSE;
}

BOOL parse_number( struct call *call, unsigned int index, const WCHAR *name, DWORD max, DWORD *value )
{
    const WCHAR *arg = call->args[index];
    BOOL hex = arg[0] == '0' && (arg[1] == 'x' || arg[1] == 'X');
    struct text expected = { 0 };
    UINT64 number;
    WCHAR *end;

    number = _wcstoui64( arg, &end, hex ? 16 : 10 );
    /* the function also takes blanks and signs */
    if ((hex ? iswxdigit( arg[2] ) : iswdigit( arg[0] )) && !*end && number <= max)
    {
        *value = number;
        return TRUE;
    }
    append( &expected, L"a number from 0 to %lu", max );
    wrong_argument( call, name, arg, expected.chars );
    free_text( &expected );
    return FALSE;
}

BOOL parse_guid( struct call *call, unsigned int index, const WCHAR *name, GUID *guid )
{
    if (SUCCEEDED(CLSIDFromString( call->args[index], guid )) && call->args[index][0] == '{') return TRUE;
    wrong_argument( call, name, call->args[index], L"a GUID in braces" );
    return FALSE;
}

BOOL is_absolute_path( const WCHAR *path )
{
    if (path[0] == '\\' && path[1] == '\\') return path[2] != 0;
    return iswalpha( path[0] ) && path[1] == ':' && (path[2] == '\\' || path[2] == '/');
}

BOOL parse_path( struct call *call, unsigned int index, const WCHAR *name )
{
    if (is_absolute_path( call->args[index] )) return TRUE;
    wrong_argument( call, name, call->args[index], L"an absolute path, such as C:\\folder\\file" );
    return FALSE;
}

BOOL parse_hex( struct call *call, unsigned int index, const WCHAR *name, BYTE *bytes, unsigned int size )
{
    const WCHAR *arg = call->args[index];
    struct text expected = { 0 };
    unsigned int i, byte;

    for (i = 0; i < size; i++)
    {
        if (!iswxdigit( arg[2 * i] ) || !iswxdigit( arg[2 * i + 1] )) break;
        swscanf( arg + 2 * i, L"%2x", &byte );
        bytes[i] = byte;
    }
    if (i == size && !arg[2 * i]) return TRUE;
    append( &expected, L"%u hexadecimal digits", 2 * size );
    wrong_argument( call, name, arg, expected.chars );
    free_text( &expected );
    return FALSE;
}

BOOL parse_acl_flags( struct call *call, unsigned int index, const WCHAR *name, DWORD *flags )
{
    const struct word *letter;
    const WCHAR *p;

    *flags = 0;
    for (p = call->args[index]; *p; p++)
    {
        for (letter = acl_letters; letter->word && letter->word[0] != towupper( *p ); letter++) continue;
        if (!letter->word) break;
        *flags |= letter->value;
    }
    if (!*p && p > call->args[index]) return TRUE;
    wrong_argument( call, name, call->args[index], L"one or more of the letters O, G, D and S" );
    return FALSE;
}

WCHAR *null_word( WCHAR *arg )
{
    return !arg[0] || !_wcsicmp( arg, L"NULL" ) ? NULL : arg;
}
