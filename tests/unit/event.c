/*
 * Tests of the event log's lines
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

#include "unit.h"
#include "store/private.h"

static const GUID id = { 0x01234567, 0x89ab, 0xcdef, { 1, 2, 3, 4, 5, 6, 7, 8 } };
#define ID "{01234567-89AB-CDEF-0102-030405060708}"

static void is_line( const struct store_event *event, const char *expected )
{
    char *text = malloc( EVENT_SIZE );  /* one byte more would be seen by the address sanitizer */

    event_format( event, text );
    check( !strcmp( text, expected ), "%s\n", text );
    free( text );
}

static void lines_say_what_there_is(void)
{
    UINT64 bytes = 5000000000ull, none = 0, lost = 7;
    struct store_event created = { EVENT_JOB_CREATED, &id, L"S-1-5-21-1", L"f\x00fcnf" };
    struct store_event file = { .id = EVENT_TRANSFER_STARTED, .job = &id, .url = L"http://server/file", .bytes = &bytes };
    struct store_event aside = { .id = EVENT_JOURNAL_CORRUPT, .file = L"C:\\x.wbj.bad-1", .detail = "damaged" };
    struct store_event events = { .id = EVENT_EVENTS_LOST, .count = &lost };

    is_line( &created, "3 info " ID " S-1-5-21-1 The job was created. name=\"f\xc3\xbcnf\"" );
    is_line( &file, "59 info " ID " - The transfer of a file started. url=\"http://server/file\" bytes=5000000000" );
    file.bytes = &none;
    is_line( &file, "59 info " ID " - The transfer of a file started. url=\"http://server/file\" bytes=0" );
    is_line( &aside, "16391 error - - A stored job is damaged; its file was set aside. file=\"C:\\x.wbj.bad-1\" "
             "detail=\"damaged\"" );
    is_line( &events, "50004 warning - - Some events could not be written. count=7" );
}

/* spec: behaviour 13, id 61 */
static void a_retry_is_but_a_warning(void)
{
    struct store_event event = { .id = EVENT_TRANSFER_FAILED, .job = &id, .code = BG_E_HTTP_ERROR_404 };

    is_line( &event, "61 error " ID " - The job stopped with an error and waits for its client. status=0x80190194" );
    event.retry = 600;
    is_line( &event, "61 warning " ID " - The transfer failed and will be tried again. retry=600s status=0x80190194" );
}

static void secrets_are_hidden(void)
{
    struct store_event event = { .id = EVENT_FILE_TRANSFERRED, .url = L"https://user:word@server/file?token=1#2" };

    is_line( &event, "60 info - - The transfer of a file is complete. url=\"https://(set)@server/file?(set)\"" );
}

/* A client's text cannot make a line of its own. */
static void a_line_stays_one(void)
{
    struct store_event event = { .id = EVENT_JOB_CREATED, .owner = L"S-1\n\x00e4", .name = L"a\r\nb\x7f \"c\"" };

    is_line( &event, "3 info - S-1?? The job was created. name=\"a??b? 'c'\"" );
    event.name = L"\xd800";
    event.owner = NULL;
    is_line( &event, "3 info - - The job was created. name=(not text)" );
}

static void long_texts_are_cut(void)
{
    struct store_event event = { .id = EVENT_FILE_STAYS, .code = E_FAIL };
    static WCHAR name[3000];
    char text[EVENT_SIZE];
    ULONG i;

    for (i = 0; i < ARRAY_SIZE(name) - 1; i++) name[i] = 0x20ac;
    event.name = event.url = event.file = event.owner = name;
    event_format( &event, text );
    check( strlen( text ) < EVENT_SIZE, "%u bytes\n", (UINT)strlen( text ) );
    event.owner = NULL;
    event_format( &event, text );
    check( !!strstr( text, "\xe2\x82\xac...\" file=\"\xe2\x82\xac" ), "%s\n", text );
    check( !strcmp( text + strlen( text ) - 18, " status=0x80004005" ), "%s\n", text );
}

static void every_event_has_a_line(void)
{
    static const enum event_id ids[] =
    {
        EVENT_JOB_CREATED, EVENT_JOB_COMPLETED, EVENT_JOB_CANCELLED, EVENT_TRANSFER_STARTED, EVENT_FILE_TRANSFERRED,
        EVENT_TRANSFER_FAILED, EVENT_FILE_STAYS, EVENT_NEW_OWNER, EVENT_JOB_INACTIVE, EVENT_TOO_MANY_JOBS,
        EVENT_NOTIFICATION_FAILED, EVENT_JOURNAL_CORRUPT,
        EVENT_NOT_STARTED, EVENT_STARTED, EVENT_JOURNAL_NEWER, EVENT_JOURNAL_TORN, EVENT_SECRETS_LOST, EVENT_EVENTS_LOST
    };
    char text[EVENT_SIZE];
    ULONG i;

    for (i = 0; i < ARRAY_SIZE(ids); i++)
    {
        struct store_event event = { ids[i] };

        event_format( &event, text );
        check( (UINT)atoi( text ) == ids[i] && text[strlen( text ) - 1] == '.', "%u: %s\n", ids[i], text );
    }
}

const struct test event_tests[] =
{
    TEST(lines_say_what_there_is),
    TEST(a_retry_is_but_a_warning),
    TEST(secrets_are_hidden),
    TEST(a_line_stays_one),
    TEST(long_texts_are_cut),
    TEST(every_event_has_a_line),
    { 0 }
};
