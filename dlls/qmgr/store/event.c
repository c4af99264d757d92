/*
 * Lines of the event log
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

#include "store/private.h"

#define MAX_SHOWN   600     /* bytes of one string */

struct line
{
    char *text;
    size_t used;
};

static const struct row
{
    enum event_id id;
    const char *level;
    const char *text;
}
rows[] =
{
    { EVENT_JOB_CREATED,         "info",    "The job was created." },
    { EVENT_JOB_COMPLETED,       "info",    "The job was completed." },
    { EVENT_JOB_CANCELLED,       "info",    "The job was cancelled." },
    { EVENT_TRANSFER_STARTED,    "info",    "The transfer of a file started." },
    { EVENT_FILE_TRANSFERRED,    "info",    "The transfer of a file is complete." },
    { EVENT_TRANSFER_FAILED,     "error",   "The job stopped with an error and waits for its client." },
    { EVENT_FILE_STAYS,          "warning", "A temporary file could not be deleted." },
    { EVENT_NEW_OWNER,           "info",    "The job has a new owner." },
    { EVENT_JOB_INACTIVE,        "warning", "The job was cancelled: nothing has happened to it for too long." },
    { EVENT_NOTIFICATION_FAILED, "warning", "The job's client could not be notified." },
    { EVENT_JOURNAL_CORRUPT,     "error",   "A stored job is damaged; its file was set aside." },
    { EVENT_NOT_STARTED,         "error",   "The service could not start." },
    { EVENT_TOO_MANY_JOBS,       "warning", "A job was not created: there are too many." },
    { EVENT_STARTED,             "info",    "The service is starting." },
    { EVENT_JOURNAL_NEWER,       "warning", "A stored job was written by a newer version and is left alone." },
    { EVENT_JOURNAL_TORN,        "warning", "The last change to a stored job was not written whole and is lost." },
    { EVENT_SECRETS_LOST,        "warning", "The job's credentials and custom headers cannot be read any more." },
    { EVENT_EVENTS_LOST,         "warning", "Some events could not be written." },
};

static void add( struct line *line, const char *format, ... ) __attribute__((format(printf, 2, 3)));
static void add( struct line *line, const char *format, ... )
{
    size_t room = EVENT_SIZE - line->used;
    va_list args;
    int length;

    va_start( args, format );
    length = vsnprintf( line->text + line->used, room, format, args );
    va_end( args );
    if (length > 0) line->used += min( (size_t)length, room - 1 );
}

/* A line stays one, and a quoted string ends where it seems to. */
static void add_string( struct line *line, const char *key, const char *text )
{
    char shown[MAX_SHOWN], *p;

    url_show( text, shown, sizeof(shown) );
    for (p = shown; *p; p++)
    {
        if ((unsigned char)*p < ' ' || *p == 0x7f) *p = '?';
        if (*p == '"') *p = '\'';
    }
    add( line, " %s=\"%s\"", key, shown );
}

static void add_wide( struct line *line, const char *key, const WCHAR *str )
{
    char *utf8;

    if (!str) return;
    if (FAILED(wstr_to_utf8( str, &utf8 ))) add( line, " %s=(not text)", key );
    else
    {
        add_string( line, key, utf8 );
        free( utf8 );
    }
}

static void add_job( struct line *line, const GUID *id )
{
    const BYTE *d;

    if (!id)
    {
        add( line, " -" );
        return;
    }
    d = id->Data4;
    add( line, " {%08X-%04X-%04X-%02X%02X-%02X%02X%02X%02X%02X%02X}", (UINT)id->Data1, id->Data2, id->Data3, d[0], d[1],
         d[2], d[3], d[4], d[5], d[6], d[7] );
}

/* The owner is ASCII: S-1-... */
static void add_owner( struct line *line, const WCHAR *sid )
{
    add( line, sid ? " " : " -" );
    for (; sid && *sid; sid++) add( line, "%c", *sid > ' ' && *sid < 0x7f ? (char)*sid : '?' );
}

void event_format( const struct store_event *event, char text[EVENT_SIZE] )
{
    struct line line = { text };
    const struct row *row = rows;

    while (row->id != event->id) row++;
    add( &line, "%u %s", row->id, event->retry ? "warning" : row->level );
    add_job( &line, event->job );
    add_owner( &line, event->owner );
    add( &line, " %s", event->retry ? "The transfer failed and will be tried again." : row->text );
    add_wide( &line, "name", event->name );
    add_wide( &line, "url", event->url );
    add_wide( &line, "file", event->file );
    if (event->bytes) add( &line, " bytes=%llu", (unsigned long long)*event->bytes );
    if (event->count) add( &line, " count=%llu", (unsigned long long)*event->count );
    if (event->retry) add( &line, " retry=%us", (UINT)event->retry );
    if (event->detail) add_string( &line, "detail", event->detail );
    if (FAILED(event->code)) add( &line, " status=0x%08X", (UINT)event->code );
}
