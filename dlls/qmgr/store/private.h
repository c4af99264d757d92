/*
 * Inside of the store room: the bytes of a journal
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

#ifndef WINEBITS_STORE_PRIVATE_H
#define WINEBITS_STORE_PRIVATE_H

#include "store/store.h"
#include "wire.h"

/* All numbers are little-endian, with the functions of wire.h.  A field is, as in a frame of the agent's:
 *      u16 tag
 *      u16 0
 *      u32 length
 *      length bytes
 * Fields of numbers and strings stand in a part, parts (fields themselves) in a record. */

#define FIELD_SIZE          8u
#define RECORD_HEADER_SIZE  12u     /* u32 length of the parts, u32 ~length, u32 checksum of the parts */
#define MAX_FILES           0x100000u
#define MAX_RANGES          0x100000u   /* in one list */

enum part
{
    PART_JOB      = 1,      /* job_fields and JOB_FILE_COUNT */
    PART_OWNER    = 2,      /* owner_fields */
    PART_SECRETS  = 3,      /* protected: SECRET_HEADERS at most once, SECRET_CREDENTIALS any number of times */
    PART_FILE     = 4,      /* file_fields and FILE_INDEX */
    PART_PROGRESS = 5       /* progress_file_fields, progress_job_fields and FILE_INDEX */
};

enum secret
{
    SECRET_HEADERS     = 1, /* string */
    SECRET_CREDENTIALS = 2  /* credentials_fields */
};

/* Fields that stand for no member of a structure.  The tables do not use these tags. */
#define JOB_FILE_COUNT  0x100   /* u32 */
#define FILE_INDEX      0x100   /* u32 */
#define FILE_PENDING    0x101   /* string: what SetRemoteName() said since the last Resume */

/* --- fields.c --------------------------------------------------------------------------------------------------- */

UINT32 checksum( const void *data, size_t size );   /* CRC-32C */

/* Adds a field with LENGTH bytes, which the caller fills; NULL after a failure. */
unsigned char *bytes_add_field( struct store_bytes *bytes, UINT tag, size_t length );
void bytes_add_u32( struct store_bytes *bytes, UINT tag, UINT32 value );
void bytes_add_string( struct store_bytes *bytes, UINT tag, const WCHAR *str );
void bytes_add( struct store_bytes *bytes, const void *data, size_t size );
/* Opens a field, into which others are added, and closes it. */
size_t bytes_begin_field( struct store_bytes *bytes, UINT tag );
void bytes_end_field( struct store_bytes *bytes, size_t start );
void bytes_wipe( struct store_bytes *bytes );       /* overwrites, frees, zeroes */
void wipe( void *data, size_t size );

/* A field that was read; its data lie in the bytes read from. */
struct field
{
    UINT tag;
    size_t length;
    const unsigned char *data;
};

/* Takes the next field off the front of *data.  1, 0 at the end, -1 when malformed. */
int next_field( const unsigned char **data, size_t *size, struct field *field );
HRESULT field_get_u32( const struct field *field, UINT32 *value );
HRESULT field_get_string( const struct field *field, size_t limit, WCHAR **str );

/* One member of a structure and how it is stored.  A member that is zero or NULL has no field, and what has no field is
 * read as zero or NULL.  The same tables serve writing, reading and describing. */
enum kind
{
    KIND_U32,
    KIND_HEX,       /* u32, for people in hexadecimal */
    KIND_BOOL,      /* u32: 0 or 1 */
    KIND_ENUM,      /* u32: 0 to limit */
    KIND_STATE,     /* likewise */
    KIND_FLAGS,     /* u32: bits outside limit are dropped when reading, as a newer version may have set them */
    KIND_U64,
    KIND_TIME,      /* u64, FILETIME units */
    KIND_TICK,      /* u64 tick in the structure, time in the record */
    KIND_STRING,    /* WCHAR *: UTF-16 without NUL, at most limit characters */
    KIND_SECRET,    /* likewise; overwritten before it is freed, and not shown to people */
    KIND_URL,       /* likewise; shown to people by url_show() */
    KIND_GUID,
    KIND_HASH,      /* BYTE[JOB_CERT_HASH_SIZE] */
    KIND_RANGES     /* struct ranges: u64 start, u64 length each, at most limit of them */
};

struct member
{
    unsigned short tag;
    unsigned short kind;
    unsigned int   offset;
    unsigned int   limit;
    const char    *name;
};

struct table
{
    const struct member *members;
    unsigned int count;
};

extern const struct table job_fields;               /* struct job */
extern const struct table file_fields;              /* struct job_file */
extern const struct table owner_fields;             /* struct store_owner */
extern const struct table credentials_fields;       /* struct job_credentials */
extern const struct table progress_file_fields;     /* struct job_file */
extern const struct table progress_job_fields;      /* struct job */

#define MALFORMED HRESULT_FROM_WIN32( ERROR_FILE_CORRUPT )

/* Writes the members of the structure at BASE.  A string or list above its limit, or a number outside its enumeration,
 * is E_INVALIDARG in bytes->status: it could not be read again. */
void members_write( const struct table *table, const void *base, const struct store_clock *clock,
                    struct store_bytes *bytes );

/* Reads a field into a member of the structure at BASE.  S_OK, S_FALSE when the table does not know the tag, MALFORMED
 * (a value out of bounds, a tag that came before), E_OUTOFMEMORY.  SEEN: a zeroed bit field of the caller's. */
HRESULT member_read( const struct table *table, const struct field *field, const struct store_clock *clock,
                     void *base, UINT64 *seen );

/* Frees what the members at TO point to, then moves those at FROM there; those at FROM are zero afterwards. */
void members_move( const struct table *table, void *to, void *from );
void members_free( const struct table *table, void *base );     /* and zeroes the members */

/* --- record.c --------------------------------------------------------------------------------------------------- */

/* Whether the structures are what this room may give to others: S_OK or MALFORMED.  The same checks are made before
 * writing. */
HRESULT check_job( const struct job *job );
HRESULT check_file( const struct job_file *file );

/* Applies one part.  FILES: where the file count of a part JOB goes.  OWNER: NULL when undoing, which leaves the owner
 * alone and adds no files.  S_OK (also for an unknown part), MALFORMED,
 * E_OUTOFMEMORY; the part has no effect when it fails.  PART_SECRETS is not for this. */
HRESULT apply_part( const struct field *part, const struct store_clock *clock, struct job *job,
                    struct store_owner *owner, ULONG *files );
HRESULT apply_secrets( const unsigned char *plain, size_t size, struct job *job );

/* --- event.c ---------------------------------------------------------------------------------------------------- */

#define EVENT_SIZE      3072    /* bytes of the longest line, without its time and the text of its code */

/* The line of an event, without these two. */
void event_format( const struct store_event *event, char text[EVENT_SIZE] );

#ifdef _WIN32

/* --- store.c: files; Win32 errors as HRESULT -------------------------------------------------------------------- */

HRESULT last_error(void);
/* DIRECTORY and NAME, which begins with a backslash. */
void store_path( const WCHAR *name, WCHAR path[MAX_PATH] );
HRESULT file_write_at( HANDLE file, UINT32 position, const void *data, UINT32 size );
HRESULT file_cut( HANDLE file, UINT32 size );

/* --- folders.c: the folders while they are loaded, by several threads -------------------------------------------- */

/* Zeroed, but for READER; folders are added before they are taken. */
struct folders
{
    char names[WIRE_MAX_FOLDERS][WIRE_FOLDER_NAME];
    ULONG count;
    const struct store_reader *reader;
    LONG files;             /* journals read from their files so far; interlocked */
    SRWLOCK lock;           /* guards the following */
    ULONG next;
    BOOL tried;             /* to open the reader */
    void *stream;           /* what it gave, which goes on with the next folder; NULL: there is none, or it has failed */
};

/* What the reader has of one folder, as in wire.h; none without it.  The caller frees the data in the end. */
struct journals
{
    unsigned char *data;
    size_t size;
};

/* No more than there can be. */
void folders_add( struct folders *folders, const WCHAR *name );
void folders_count_file( struct folders *folders );
/* The next folder of DIRECTORY, and what the reader has of it, in place of what was in JOURNALS.  FALSE: there are no
 * more. */
BOOL folders_take( struct folders *folders, const WCHAR *directory, WCHAR name[WIRE_FOLDER_NAME + 1],
                   struct journals *journals );
void folders_close( struct folders *folders );
/* The bytes of the journal NAME, which stay theirs; NULL: it has to be read from its file. */
const unsigned char *journals_find( const struct journals *journals, const WCHAR *name, size_t *size );

/* --- eventlog.c: the thread that writes ------------------------------------------------------------------------- */

/* The directory is there. */
HRESULT events_start(void);
/* Writes what waits still. */
void events_stop(void);

#endif

#endif
