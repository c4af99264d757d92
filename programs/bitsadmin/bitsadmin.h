/*
 * bitsadmin: what its files share
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

/* A client of the public interfaces and nothing else: it would run on Windows.  spec: behaviour 11.
 *
 * main.c finds the command in the tables that the files with themes hold (jobs, files, listing, settings, token,
 * transfer, peers, util), takes the options out of its arguments, counts the rest, connects to the service, finds the
 * job, and calls the command's function.  That prints what it has to say and returns the exit code.
 * Everything runs on one thread in the multithreaded apartment; running out of memory ends the program. */

#ifndef BITSADMIN_H
#define BITSADMIN_H

#define COBJMACROS
#define CONST_VTABLE
#include <windows.h>
#include "bits.h"

enum exit_code
{
    EXIT_DONE = 0,
    EXIT_FAILED = 1,        /* the service or the system refused; the code and its text were printed */
    EXIT_USAGE = 2,         /* a wrong command line; nothing was done */
    EXIT_JOB_FAILED = 3,    /* the job that was waited for is in error, or was cancelled */
    EXIT_TIMEOUT = 4,       /* the job that was waited for needs longer */
    EXIT_HASH = 5,          /* the file is not the one that was expected */
    EXIT_STOPPED = 6,       /* Ctrl+C while waiting for a job */
};

/* --- commands --- */

struct call;

enum command_flags
{
    ALONE = 1,          /* needs no service */
    JOB = 2,            /* the first argument names a job */
    JSON = 4,           /* can answer in JSON */
    OWN_OPTIONS = 8,    /* has options with values, and parses its arguments itself */
    UNWRAPPED = 16,     /* cuts lines at the width of the console unless /WRAP is given */
};

struct command
{
    const WCHAR *name;      /* without the slash; a command of a group is two words, as in "UTIL /VERSION" */
    const WCHAR *syntax;    /* of its arguments; each word in it that begins with a slash is an option */
    unsigned int min, max;  /* number of arguments, not counting options */
    unsigned int flags;
    int (*run)( struct call *call );
    const WCHAR *action;    /* what follows "Unable to" when it fails */
    const WCHAR *help;      /* a sentence */
    const WCHAR *fields;    /* what a getter shows: a template (view.c) */
};

/* Command tables end with an empty name. */
extern const struct command job_commands[], file_commands[], listing_commands[], getter_commands[],
                            setter_commands[], token_commands[], transfer_commands[], cache_commands[],
                            peer_commands[], util_commands[];

struct call
{
    const struct command *command;
    WCHAR **args;                       /* without the options */
    unsigned int count;
    unsigned int options;               /* bit N: the option that is number N in the syntax was given */
    IBackgroundCopyManager *manager;    /* NULL for commands that need no service */
    IBackgroundCopyJob *job;            /* of commands that name one */
};

/* The options before the command. */
extern BOOL raw_output, json_output, wrap_lines;

/* Prints the help of the commands whose name begins with GROUP (NULL: of all). */
void print_help( const WCHAR *group );

/* A new connection to the service, which starts it if need be. */
HRESULT connect_manager( IBackgroundCopyManager **manager );

/* Calls one method of any interface that the object has; sets hr. */
#define CALL( hr, object, type, method, ... ) \
    do { \
        type *iface_; \
        if (SUCCEEDED((hr) = IUnknown_QueryInterface( (IUnknown *)(object), &IID_##type, (void **)&iface_ ))) \
        { \
            (hr) = iface_->lpVtbl->method( iface_, ##__VA_ARGS__ ); \
            iface_->lpVtbl->Release( iface_ ); \
        } \
    } while (0)

/* --- arguments.c: what a user typed, and what is wrong with it --- */

struct word
{
    const WCHAR *word;
    int value;
};

/* Tables end with a NULL word. */
extern const struct word job_types[], job_states[], priorities[], proxy_usages[], credential_targets[],
                         credential_schemes[], store_locations[], integrity_levels[], acl_letters[], truths[];

/* The word for that value; "UNKNOWN" if there is none. */
const WCHAR *word_of( const struct word *words, int value );

/* Says that argument VALUE, which the syntax calls NAME, should be EXPECTED, and how the command is used.
 * Returns EXIT_USAGE. */
int wrong_argument( struct call *call, const WCHAR *name, const WCHAR *value, const WCHAR *expected );

/* These take argument INDEX of the call, which the syntax calls NAME.  FALSE after wrong_argument(). */
BOOL parse_word( struct call *call, unsigned int index, const WCHAR *name, const struct word *words, int *value );
BOOL parse_number( struct call *call, unsigned int index, const WCHAR *name, DWORD max, DWORD *value );
BOOL parse_guid( struct call *call, unsigned int index, const WCHAR *name, GUID *guid );
/* A path with a drive or a share. */
BOOL parse_path( struct call *call, unsigned int index, const WCHAR *name );
/* SIZE bytes as hexadecimal digits. */
BOOL parse_hex( struct call *call, unsigned int index, const WCHAR *name, BYTE *bytes, unsigned int size );
/* Any of the letters O G D S; the BG_COPY_FILE flags. */
BOOL parse_acl_flags( struct call *call, unsigned int index, const WCHAR *name, DWORD *flags );

BOOL is_absolute_path( const WCHAR *path );
/* NULL for the word NULL, as some commands take it, and for an empty one. */
WCHAR *null_word( WCHAR *arg );

/* --- output.c --- */

/* A string that grows; { 0 } is an empty one.  free_text() makes it that again. */
struct text
{
    WCHAR *chars;       /* NULL when empty */
    size_t length, size;
};

/* Formats as in wprintf: strings are %ls, 64-bit numbers are %I64u. */
void append( struct text *text, const WCHAR *format, ... );
void free_text( struct text *text );
WCHAR *copy_string( const WCHAR *string );      /* from CoTaskMemAlloc */
/* Returns the memory; ends the program if that is NULL. */
void *must_have( void *memory );

/* To standard output: UTF-16 to a console, UTF-8 elsewhere, with CR LF for each \n. */
void print( const WCHAR *format, ... );
void print_text( const struct text *text );
/* Like print(), for what went wrong: to standard error when standard output is read by a program (/RAWRETURN, /JSON). */
void complain( const WCHAR *format, ... );

/* Prints "Unable to ACTION - CODE" and the code's text; MANAGER knows more texts than the system, and may be NULL. */
void complain_about( IBackgroundCopyManager *manager, const WCHAR *action, HRESULT hr );
/* What a command ends with.  Success: prints the format and its arguments, EXIT_DONE.  Failure: complain_about() the
 * command's action, EXIT_FAILED. */
int finish( struct call *call, HRESULT hr, const WCHAR *format, ... );

/* Whether standard output is a console. */
BOOL is_console(void);
/* A line on the console that the next one replaces; nothing elsewhere. */
void show_live_line( const WCHAR *line );
/* Takes the live line away, so that something can be printed. */
void clear_live_line(void);
/* The columns that a live line can have. */
unsigned int console_width(void);
/* Empties the console's window; elsewhere nothing. */
void clear_window(void);

/* --- view.c: properties of objects, as text and as JSON --- */

enum value_type { VALUE_ABSENT, VALUE_WORD, VALUE_TEXT, VALUE_NUMBER, VALUE_TRUTH, VALUE_TIME };

struct value
{
    enum value_type type;
    const WCHAR *word;      /* of VALUE_WORD; of VALUE_ABSENT, where JSON has null, what stands in a text */
    WCHAR *text;            /* from CoTaskMemAlloc */
    UINT64 number;          /* also a FILETIME */
};

void set_word( struct value *value, const WCHAR *word );
void set_absent( struct value *value, const WCHAR *word );
void set_text( struct value *value, WCHAR *text );      /* takes the memory; NULL is absent */
void set_guid( struct value *value, const GUID *guid );
void set_number( struct value *value, UINT64 number );
void set_size( struct value *value, UINT64 size );      /* BG_SIZE_UNKNOWN is absent */
void set_truth( struct value *value, BOOL truth );
void set_time( struct value *value, FILETIME time );    /* 0 is absent */

/* What can be read from an object.  Tables end with a NULL name.  The names are those of the JSON fields, and are
 * documented in docs/bitsadmin.md: they do not change. */
struct property
{
    const WCHAR *name;
    HRESULT (*get)( IUnknown *object, struct value *value );
};

extern const struct property job_properties[], file_properties[], error_properties[], record_properties[],
                             peer_properties[], admin_properties[];

/* Writes a getter's body: calls METHOD, which has one out parameter of that type; SET stores "raw" in "value". */
#define GETTER( function, type, method, raw_type, set ) \
    static HRESULT function( IUnknown *object, struct value *value ) \
    { \
        raw_type raw; \
        HRESULT hr; \
        memset( &raw, 0, sizeof(raw) ); \
        CALL( hr, object, type, method, &raw ); \
        if (SUCCEEDED(hr)) set; \
        return hr; \
    }

/* Appends the template, in which $name stands for a property.  One that cannot be read becomes UNKNOWN; returns the
 * first error of that kind. */
HRESULT append_fields( struct text *text, const struct property *table, void *object, const WCHAR *fields );
/* Appends "name": value, ... of the properties in the template, or of all when that is NULL; null for one that cannot
 * be read.  Returns the first error of that kind. */
HRESULT append_json_fields( struct text *text, const struct property *table, void *object, const WCHAR *fields );
/* What a getter does: prints the template, /RAWRETURN without a newline, or the JSON object. */
int print_fields( struct call *call, const struct property *table, void *object, const WCHAR *fields );
void append_json_string( struct text *text, const WCHAR *string );

/* --- listing.c --- */

#define BRIEF_FIELDS L"$id '$displayName' $state $filesTransferred / $filesTotal $bytesTransferred / $bytesTotal\n"
#define ERROR_FIELDS \
    L"ERROR FILE:    $remoteName -> $localName\n" \
    L"ERROR CODE:    $code - $message\n" \
    L"ERROR CONTEXT: $context - $contextMessage\n"

/* --- jobs.c --- */

/* The job with that GUID or display name.  EXIT_DONE, or the exit code after a complaint. */
int find_job( struct call *call, const WCHAR *name, IBackgroundCopyJob **job );
/* The jobs of the caller or of all users, at most *COUNT of which exist; release them with free_jobs(). */
HRESULT enum_jobs( IBackgroundCopyManager *manager, BOOL all_users, IBackgroundCopyJob ***jobs, ULONG *count );
void free_jobs( IBackgroundCopyJob **jobs, ULONG count );

/* --- files.c --- */

/* All files of a job; release them with free_files(). */
HRESULT enum_files( IBackgroundCopyJob *job, IBackgroundCopyFile ***files, ULONG *count );
void free_files( IBackgroundCopyFile **files, ULONG count );
/* The file with the number in argument 1.  EXIT_DONE, or the exit code after a complaint. */
int find_file( struct call *call, IBackgroundCopyFile **file );

/* --- watch.c: waiting for a job --- */

#define WATCH_FOREVER INFINITE

/* Lets Ctrl+C set the event that it returns, which lives as long as the program, instead of ending the program. */
HANDLE catch_ctrl_c(void);

/* Waits until the job is in a state that it does not leave by itself (WAIT_OBJECT_0), at most that many milliseconds
 * (WAIT_TIMEOUT), or until STOP is set (WAIT_ABANDONED); *STATE is the job's.  Shows its progress, on a console in a
 * live line, elsewhere in a line now and then, and its transient errors.
 * When the service ends, waits for the next one: *JOB and the call's manager are then new pointers, and the old ones
 * are released.  WAIT_FAILED after a complaint that there is none, or that it does not know the job. */
DWORD watch_job( struct call *call, IBackgroundCopyJob **job, HANDLE stop, DWORD timeout, BG_JOB_STATE *state );

/* --- sha256.c --- */

#define SHA256_SIZE 32

/* The hash of a file's content.  ERROR_CANCELLED when STOP is set meanwhile. */
DWORD hash_file( const WCHAR *path, HANDLE stop, BYTE hash[SHA256_SIZE] );

#endif
