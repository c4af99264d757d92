/*
 * The folders of journals, one after the other, and what of them is read without opening files
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

#include "store/private.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

#define MANY    200     /* files; to start the reader takes as long as to read some of these */

void folders_add( struct folders *folders, const WCHAR *name )
{
    char *to;

    if (folders->count == WIRE_MAX_FOLDERS) return;
    to = folders->names[folders->count++];
    to[0] = name[0];
    to[1] = name[1];
}

void folders_count_file( struct folders *folders )
{
    InterlockedIncrement( &folders->files );
}

static BOOL read_journals( struct folders *folders, struct journals *journals )
{
    unsigned char length[4], *data;
    size_t size;

    if (!folders->reader->read( folders->stream, length, sizeof(length) )) return FALSE;
    if ((size = wire_load32( length )) > WIRE_MAX_FOLDER) return FALSE;
    if (!(data = realloc( journals->data, size + 1 ))) return FALSE;
    journals->data = data;
    if (!folders->reader->read( folders->stream, data, size )) return FALSE;
    journals->size = size;
    return TRUE;
}

BOOL folders_take( struct folders *folders, const WCHAR *directory, WCHAR name[WIRE_FOLDER_NAME + 1],
                   struct journals *journals )
{
    ULONG left;
    UINT i;

    journals->size = 0;
    AcquireSRWLockExclusive( &folders->lock );
    if ((left = folders->count - folders->next))
    {
        const char *next = folders->names[folders->next++];

        for (i = 0; i < WIRE_FOLDER_NAME; i++) name[i] = next[i];
        name[i] = 0;
        if (!folders->tried && folders->files >= MANY)
        {
            folders->tried = TRUE;
            folders->stream = folders->reader->open( directory, next, left );
        }
        if (folders->stream && !read_journals( folders, journals ))
        {
            WARN( "The reader has failed at folder %lu of %lu.\n", folders->next, folders->count );
            folders_close( folders );
        }
    }
    ReleaseSRWLockExclusive( &folders->lock );
    return left != 0;
}

void folders_close( struct folders *folders )
{
    if (folders->stream) folders->reader->close( folders->stream );
    folders->stream = NULL;
}

const unsigned char *journals_find( const struct journals *journals, const WCHAR *name, size_t *size )
{
    const unsigned char *p = journals->data, *end = p + journals->size;
    UINT i;

    for (; end - p >= WIRE_JOURNAL_HEADER; p += *size)
    {
        *size = wire_load32( p );
        for (i = 0; i < WIRE_JOURNAL_NAME && name[i] == p[4 + i]; i++) ;
        p += WIRE_JOURNAL_HEADER;
        if (*size > end - p) break;
        if (i == WIRE_JOURNAL_NAME) return p;
    }
    return NULL;
}
