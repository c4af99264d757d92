/*
 * The files of a job
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

#define BLOCK 50            /* files that are asked for in one call */
#define MAX_LIST (16 << 20) /* bytes of a file with names of files */

HRESULT enum_files( IBackgroundCopyJob *job, IBackgroundCopyFile ***files, ULONG *count )
{
    IEnumBackgroundCopyFiles *enumerator;
    ULONG total, fetched;
    HRESULT hr;

    *files = NULL;
    *count = 0;
    if (FAILED(hr = IBackgroundCopyJob_EnumFiles( job, &enumerator ))) return hr;
    hr = IEnumBackgroundCopyFiles_GetCount( enumerator, &total );
    if (SUCCEEDED(hr) && total) *files = must_have( CoTaskMemAlloc( total * sizeof(**files) ) );
    while (SUCCEEDED(hr) && *count < total)
    {
        hr = IEnumBackgroundCopyFiles_Next( enumerator, min( BLOCK, total - *count ), *files + *count, &fetched );
        if (SUCCEEDED(hr)) *count += fetched;
        if (hr != S_OK) break;
    }
    IEnumBackgroundCopyFiles_Release( enumerator );
    if (FAILED(hr)) free_files( *files, *count );
    return hr;
}

void free_files( IBackgroundCopyFile **files, ULONG count )
{
    ULONG i;

    for (i = 0; i < count; i++) IBackgroundCopyFile_Release( files[i] );
    CoTaskMemFree( files );
}

int find_file( struct call *call, IBackgroundCopyFile **file )
{
    IBackgroundCopyFile **files;
    struct text expected = { 0 };
    DWORD index;
    ULONG count;
    HRESULT hr;

    if (!parse_number( call, 1, L"<file_index>", MAXDWORD, &index )) return EXIT_USAGE;
    if (FAILED(hr = enum_files( call->job, &files, &count )))
    {
        complain_about( call->manager, L"enum files", hr );
        return EXIT_FAILED;
    }
    *file = NULL;
    if (index < count)
    {
        *file = files[index];
        IBackgroundCopyFile_AddRef( *file );
    }
    free_files( files, count );
    if (*file) return EXIT_DONE;
    if (count) append( &expected, L"a number from 0 to %lu, as the job has %lu files", count - 1, count );
    wrong_argument( call, L"<file_index>", call->args[1], count ? expected.chars : L"left out, as the job has no files" );
    free_text( &expected );
    return EXIT_USAGE;
}

static int add_file( struct call *call )
{
    if (!parse_path( call, 2, L"<local_name>" )) return EXIT_USAGE;
    return finish( call, IBackgroundCopyJob_AddFile( call->job, call->args[1], call->args[2] ),
                   L"Added %ls -> %ls to job.\n", call->args[1], call->args[2] );
}

/* --- a list of files --- */

static DWORD read_list( const WCHAR *path, char **bytes, DWORD *size )
{
    HANDLE file = CreateFileW( path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL );
    DWORD error = ERROR_SUCCESS;
    LARGE_INTEGER length;

    *bytes = NULL;
    if (file == INVALID_HANDLE_VALUE) return GetLastError();
    if (!GetFileSizeEx( file, &length )) error = GetLastError();
    else if (length.QuadPart > MAX_LIST) error = ERROR_FILE_TOO_LARGE;
    else
    {
        *bytes = must_have( malloc( length.QuadPart + 1 ) );
        if (!ReadFile( file, *bytes, length.QuadPart, size, NULL )) error = GetLastError();
    }
    CloseHandle( file );
    if (error) free( *bytes );
    return error;
}

/* UTF-16 with a mark, UTF-8 with or without one, or else the system's code page. */
static WCHAR *decode_list( const char *bytes, DWORD size )
{
    UINT codepage = CP_UTF8;
    int length, skip = 0;
    WCHAR *text;

    if (size >= 2 && !memcmp( bytes, "\xff\xfe", 2 ))
    {
        text = must_have( malloc( size ) );
        memcpy( text, bytes + 2, size - 2 );
        text[size / 2 - 1] = 0;
        return text;
    }
    if (size >= 3 && !memcmp( bytes, "\xef\xbb\xbf", 3 )) skip = 3;
    length = MultiByteToWideChar( codepage, MB_ERR_INVALID_CHARS, bytes + skip, size - skip, NULL, 0 );
    if (!length) length = MultiByteToWideChar( codepage = CP_ACP, 0, bytes + skip, size - skip, NULL, 0 );
    text = must_have( malloc( (length + 1) * sizeof(WCHAR) ) );
    MultiByteToWideChar( codepage, 0, bytes + skip, size - skip, text, length );
    text[length] = 0;
    return text;
}

/* Takes "remote local" apart; the rest of a line is the local name.  FALSE after a complaint. */
static BOOL parse_list_line( struct call *call, WCHAR *line, unsigned int number, BG_FILE_INFO *info )
{
    WCHAR *end = line + wcslen( line );

    while (end > line && iswspace( end[-1] )) *--end = 0;
    info->RemoteName = line;
    info->LocalName = end;
    if ((line = wcspbrk( line, L" \t" )))
    {
        *line++ = 0;
        info->LocalName = line + wcsspn( line, L" \t" );
    }
    if (is_absolute_path( info->LocalName )) return TRUE;
    complain( L"Invalid line %u of \"%ls\": \"%ls\" must be an absolute path, such as C:\\folder\\file.\n", number,
              call->args[1], info->LocalName );
    return FALSE;
}

/* The files in a list, with memory of its lines.  FALSE after a complaint. */
static BOOL parse_list( struct call *call, WCHAR *text, BG_FILE_INFO **files, ULONG *count )
{
    unsigned int number;
    WCHAR *line, *next;

    *files = NULL;
    *count = 0;
    for (line = text, number = 1; line; line = next, number++)
    {
        if ((next = wcschr( line, '\n' ))) *next++ = 0;
        line += wcsspn( line, L" \t\r" );
        if (!*line || *line == '#') continue;
        *files = must_have( realloc( *files, (*count + 1) * sizeof(**files) ) );
        if (!parse_list_line( call, line, number, *files + *count )) return FALSE;
        ++*count;
    }
    if (!*count) complain( L"Invalid argument \"%ls\": <textfile> names no files.\n", call->args[1] );
    return *count > 0;
}

static int add_file_set( struct call *call )
{
    BG_FILE_INFO *files = NULL;
    int ret = EXIT_USAGE;
    DWORD error, size;
    WCHAR *text;
    char *bytes;
    ULONG count;
    HRESULT hr;

    if ((error = read_list( call->args[1], &bytes, &size )))
    {
        complain_about( call->manager, L"read the list of files", HRESULT_FROM_WIN32(error) );
        return EXIT_FAILED;
    }
    text = decode_list( bytes, size );
    if (parse_list( call, text, &files, &count ))
    {
        hr = IBackgroundCopyJob_AddFileSet( call->job, count, files );
        ret = finish( call, hr, L"Added %lu files to job.\n", count );
    }
    free( files );
    free( text );
    free( bytes );
    return ret;
}

/* --- ranges --- */

static BOOL parse_range( const WCHAR **p, BG_FILE_RANGE *range )
{
    WCHAR *end;

    if (!iswdigit( **p )) return FALSE;
    range->InitialOffset = _wcstoui64( *p, &end, 10 );
    if (*end++ != ':') return FALSE;
    if (!_wcsnicmp( end, L"eof", 3 ))
    {
        range->Length = BG_LENGTH_TO_EOF;
        end += 3;
    }
    else if (iswdigit( *end )) range->Length = _wcstoui64( end, &end, 10 );
    else return FALSE;
    *p = end;
    return !*end || *end == ',';
}

static int add_file_with_ranges( struct call *call )
{
    const WCHAR *p = call->args[3];
    BG_FILE_RANGE *ranges;
    unsigned int count = 0;
    BOOL valid = TRUE;
    HRESULT hr;
    int ret;

    if (!parse_path( call, 2, L"<local_name>" )) return EXIT_USAGE;
    /* no range is shorter than "0:1" */
    ranges = must_have( malloc( (wcslen( p ) / 3 + 1) * sizeof(*ranges) ) );
    while (valid && (valid = parse_range( &p, ranges + count )))
    {
        count++;
        if (!*p++) break;
    }
    if (valid)
    {
        CALL( hr, call->job, IBackgroundCopyJob3, AddFileWithRanges, call->args[1], call->args[2], count, ranges );
        ret = finish( call, hr, L"Added %ls -> %ls to job, %u ranges.\n", call->args[1], call->args[2], count );
    }
    else ret = wrong_argument( call, L"<ranges>", call->args[3],
                               L"a list of offset:length, where the length may be eof, separated by commas" );
    free( ranges );
    return ret;
}

static int replace_remote_prefix( struct call *call )
{
    HRESULT hr;

    CALL( hr, call->job, IBackgroundCopyJob3, ReplaceRemotePrefix, call->args[1], call->args[2] );
    return finish( call, hr, hr == S_FALSE ? L"No file has that prefix.\n" : L"Remote prefix replaced.\n" );
}

static int set_validation_state( struct call *call )
{
    IBackgroundCopyFile *file;
    int valid, ret;
    HRESULT hr;

    if (!parse_word( call, 2, L"<state>", truths, &valid )) return EXIT_USAGE;
    if ((ret = find_file( call, &file ))) return ret;
    CALL( hr, file, IBackgroundCopyFile3, SetValidationState, valid );
    IBackgroundCopyFile_Release( file );
    return finish( call, hr, L"Validation state set to %ls.\n", word_of( truths, valid ) );
}

const struct command file_commands[] =
{
    { L"ADDFILE", L"<job> <remote_url> <local_name>", 3, 3, JOB, add_file, L"add file", L"Adds a file to the job." },
    { L"ADDFILESET", L"<job> <textfile>", 2, 2, JOB, add_file_set, L"add files",
      L"Adds the files in the text file, one \"remote_url local_name\" on a line; # begins a comment." },
    { L"ADDFILEWITHRANGES", L"<job> <remote_url> <local_name> <ranges>", 4, 4, JOB, add_file_with_ranges, L"add file",
      L"Adds parts of a file, given as offset:length,offset:length,offset:eof." },
    { L"REPLACEREMOTEPREFIX", L"<job> <old_prefix> <new_prefix>", 3, 3, JOB, replace_remote_prefix,
      L"replace remote prefix", L"Changes the URLs of the job that begin with the old prefix." },
    { L"SETVALIDATIONSTATE", L"<job> <file_index> <TRUE|FALSE>", 3, 3, JOB, set_validation_state,
      L"set validation state", L"Says whether the content of a transferred file is right." },
    { L"" }
};
