/*
 * Tests of jobs and of their state machine
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
#include "job/job.h"

static const GUID id = { 1, 2, 3, { 4 } };

static struct job *new_job( unsigned int files )
{
    BG_FILE_INFO info = { (WCHAR *)L"http://server/x", (WCHAR *)L"C:\\x" };
    struct job *job = NULL;

    check( job_create( L"name", BG_JOB_TYPE_DOWNLOAD, &id, 1000, &job ) == S_OK, "no job\n" );
    while (files--) check( job_add_files( job, 1, &info ) == S_OK, "no file\n" );
    return job;
}

/* spec: api 4.3 */
static void new_jobs_have_the_defaults(void)
{
    struct job *job = new_job( 0 );

    check( job->state == BG_JOB_STATE_SUSPENDED, "state %d\n", job->state );
    check( job->priority == BG_JOB_PRIORITY_NORMAL, "priority %d\n", job->priority );
    check( job->retry_delay == 600 && job->no_progress == 1209600, "timers\n" );
    check( job->notify_flags == 3, "flags\n" );
    check( !job->description[0] && !wstr_cmp( job->name, L"name" ), "strings\n" );
    check( job->created == 1000 && job->changed == 1000 && !job->finished, "times\n" );
    check( !job->helper && !job->helper_flags, "helper\n" );
    job_destroy( job );
}

/* spec: api 5.1.1 */
static void creation_checks_name_and_type(void)
{
    struct job *job = NULL;
    WCHAR name[258];
    unsigned int i;

    for (i = 0; i < 257; i++) name[i] = 'x';
    name[257] = 0;
    check( job_create( name, BG_JOB_TYPE_DOWNLOAD, &id, 0, &job ) == E_INVALIDARG, "257 characters taken\n" );
    check( job_create( NULL, BG_JOB_TYPE_DOWNLOAD, &id, 0, &job ) == E_INVALIDARG, "NULL taken\n" );
    check( job_create( L"", BG_JOB_TYPE_UPLOAD, &id, 0, &job ) == E_NOTIMPL, "upload taken\n" );
    check( job_create( L"", BG_JOB_TYPE_UPLOAD_REPLY, &id, 0, &job ) == E_NOTIMPL, "upload-reply taken\n" );
    check( job_create( L"", 3, &id, 0, &job ) == E_INVALIDARG, "type 3 taken\n" );
    check( !job, "a job came out\n" );
    name[256] = 0;
    check( job_create( name, BG_JOB_TYPE_DOWNLOAD, &id, 0, &job ) == S_OK, "256 characters refused\n" );
    /* spec: api 5.2.15: the setter has its own code for length */
    name[256] = 'x';
    check( job_set_name( job, name ) == BG_E_STRING_TOO_LONG, "257 characters set\n" );
    check( wstr_len( job->name ) == 256, "the name has changed\n" );
    check( job_set_name( job, NULL ) == E_INVALIDARG, "NULL set\n" );
    job_destroy( job );
}

/* spec: api 5.2.17 */
static void description_has_a_limit(void)
{
    struct job *job = new_job( 0 );
    WCHAR text[1026];
    unsigned int i;

    for (i = 0; i < 1025; i++) text[i] = 'x';
    text[1025] = 0;
    check( job_set_description( job, NULL ) == E_INVALIDARG, "NULL set\n" );
    check( job_set_description( job, text ) == BG_E_STRING_TOO_LONG && !job->description[0], "1025 characters set\n" );
    text[1024] = 0;
    check( job_set_description( job, text ) == S_OK && wstr_len( job->description ) == 1024, "1024 refused\n" );
    job_destroy( job );
}

static void setters_refuse_unknown_values(void)
{
    struct job *job = new_job( 0 );

    check( job_set_priority( job, 4 ) == E_NOTIMPL && job_set_priority( job, -1 ) == E_NOTIMPL, "priority\n" );
    check( job->priority == BG_JOB_PRIORITY_NORMAL, "the priority has changed\n" );
    check( job_set_notify_flags( job, 0x40 ) == E_NOTIMPL && job->notify_flags == 3, "flags\n" );
    check( job_set_notify_flags( job, 0x3f ) == S_OK && job->notify_flags == 0x3f, "flags\n" );
    job_destroy( job );
}

static void files_are_added_all_or_none(void)
{
    BG_FILE_INFO infos[] =
    {
        { (WCHAR *)L"http://server/x", (WCHAR *)L"C:\\x" },
        { (WCHAR *)L"http://server/y", (WCHAR *)L"y" },
    };
    struct job *job = new_job( 1 );

    check( job_add_files( job, 2, infos ) == E_INVALIDARG, "bad name taken\n" );
    check( job->file_count == 1, "%u files\n", (unsigned int)job->file_count );
    check( job_add_files( job, 0, infos ) == E_INVALIDARG, "nothing taken\n" );
    infos[1].LocalName = (WCHAR *)L"C:\\y";
    check( job_add_files( job, 2, infos ) == S_OK && job->file_count == 3, "not added\n" );
    job_destroy( job );
}

/* spec: api 4.2, 5.2.1 */
static void file_limit_counts_all_files(void)
{
    static const struct
    {
        HRESULT hr;
        ULONG count, max;
    }
    tests[] =
    {
        /* two files are there */
        { S_OK, 1, 3 },
        { S_OK, 0x10000, JOB_NO_LIMIT },
        { BG_E_TOO_MANY_FILES_IN_JOB, 2, 3 },
        { BG_E_TOO_MANY_FILES_IN_JOB, 1, 1 },   /* the limit was lowered */
        { BG_E_TOO_MANY_FILES_IN_JOB, ~0u, 200 },
    };
    struct job *job = new_job( 2 );
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        HRESULT hr = job_check_file_limit( job, tests[i].count, tests[i].max );

        check( hr == tests[i].hr, "%u: %#x\n", i, (unsigned int)hr );
    }
    job_destroy( job );
}

/* spec: api 5.9.5 */
static void new_remote_name_is_stored_at_resume(void)
{
    static const BG_FILE_RANGE range = { 0, 5 };
    struct job *job = new_job( 1 );
    struct job_file *file = job->files[0];

    check( job_file_set_remote( job, file, NULL ) == E_INVALIDARG, "NULL\n" );
    check( job_file_set_remote( job, file, L"ftp://server/x" ) == E_INVALIDARG, "ftp\n" );
    job->type = BG_JOB_TYPE_UPLOAD;
    check( job_file_set_remote( job, file, L"http://server/y" ) == E_NOTIMPL, "upload\n" );
    job->type = BG_JOB_TYPE_DOWNLOAD;
    check( !wstr_cmp( file->remote, L"http://server/x" ) && !file->stored_remote, "changed\n" );

    file->offset = 5;
    check( job_file_set_remote( job, file, L"https://other/y" ) == S_OK, "first\n" );
    check( job_file_set_remote( job, file, L"\\\\server\\share\\z" ) == S_OK, "second\n" );
    check( !wstr_cmp( file->remote, L"\\\\server\\share\\z" ) && file->offset == 5, "not the last\n" );
    check( file->stored_remote && !wstr_cmp( file->stored_remote, L"http://server/x" ), "not the first\n" );
    check( job_event( job, JOB_RESUME, NULL, 2 ) == S_OK && !file->stored_remote, "not stored\n" );
    check( job_file_set_remote( job, file, L"http://server/x" ) == S_OK && file->stored_remote, "while active\n" );
    check( job_event( job, JOB_RESUME, NULL, 2 ) == S_OK && !file->stored_remote, "not stored\n" );

    check( ranges_copy( &file->ranges, 1, &range ) == S_OK, "ranges\n" );
    check( job_file_set_remote( job, file, L"\\\\server\\share\\x" ) == E_INVALIDARG, "ranges of a share\n" );
    job_destroy( job );
}

/* spec: api 5.4.1 */
static void prefix_is_replaced_in_all_names_or_none(void)
{
    static const struct
    {
        HRESULT hr;
        const WCHAR *old_prefix, *new_prefix, *first, *second;
    }
    tests[] =
    {
        { S_OK, L"http://server/a/", L"https://other/b/", L"https://other/b/1", L"http://server/A/2" },
        { S_OK, L"http://server", L"http://server:8080", L"http://server:8080/a/1", L"http://server:8080/A/2" },
        { S_OK, L"http://server/A/2", L"http://server/3", L"http://server/a/1", L"http://server/3" },
        { S_OK, L"http:", L"https:", L"https://server/a/1", L"https://server/A/2" },
        { S_FALSE, L"HTTP://server", L"http://other", L"http://server/a/1", L"http://server/A/2" },
        { S_FALSE, L"http://server/a/1x", L"http://other", L"http://server/a/1", L"http://server/A/2" },
        { S_FALSE, L"server", L"other", L"http://server/a/1", L"http://server/A/2" },
        { E_INVALIDARG, L"", L"http://other", L"http://server/a/1", L"http://server/A/2" },
        { E_INVALIDARG, L"http:", L"", L"http://server/a/1", L"http://server/A/2" },
        { E_INVALIDARG, NULL, L"http://other", L"http://server/a/1", L"http://server/A/2" },
        { E_INVALIDARG, L"http:", NULL, L"http://server/a/1", L"http://server/A/2" },
        { E_INVALIDARG, L"http://server/a/1", L"gopher://other", L"http://server/a/1", L"http://server/A/2" },
        { E_INVALIDARG, L"http://server/", L"http://server:99999/", L"http://server/a/1", L"http://server/A/2" },
    };
    BG_FILE_INFO infos[] =
    {
        { (WCHAR *)L"http://server/a/1", (WCHAR *)L"C:\\1" },
        { (WCHAR *)L"http://server/A/2", (WCHAR *)L"C:\\2" },
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        struct job *job = new_job( 0 );
        HRESULT hr;

        check( job_add_files( job, 2, infos ) == S_OK, "no files\n" );
        hr = job_replace_prefix( job, tests[i].old_prefix, tests[i].new_prefix );
        check( hr == tests[i].hr, "%u: %#x\n", i, (unsigned int)hr );
        check( !wstr_cmp( job->files[0]->remote, tests[i].first ), "%u: first name\n", i );
        check( !wstr_cmp( job->files[1]->remote, tests[i].second ), "%u: second name\n", i );
        job_destroy( job );
    }
}

static void prefix_is_for_downloads_and_has_a_limit(void)
{
    static const BG_FILE_RANGE range = { 0, 5 };
    BG_FILE_INFO longer = { (WCHAR *)L"http://server/xy", (WCHAR *)L"C:\\xy" };
    struct job *job = new_job( 1 ), *empty = new_job( 0 );
    WCHAR prefix[2300];
    unsigned int i;

    check( job_replace_prefix( empty, L"http:", L"https:" ) == S_FALSE, "no files\n" );
    job->type = BG_JOB_TYPE_UPLOAD;
    check( job_replace_prefix( job, L"http:", L"https:" ) == E_NOTIMPL, "upload\n" );
    job->type = BG_JOB_TYPE_DOWNLOAD;

    memcpy( prefix, L"http://server/", 14 * sizeof(WCHAR) );
    for (i = 14; i < 2299; i++) prefix[i] = i % 200 ? 'x' : '/';
    prefix[2299] = 0;
    check( job_replace_prefix( job, L"http://server/", prefix ) == E_INVALIDARG, "2300 characters\n" );
    prefix[2199] = 0;
    check( job_add_files( job, 1, &longer ) == S_OK, "no file\n" );
    check( job_replace_prefix( job, L"http://server/", prefix ) == E_INVALIDARG, "2200 and 2201 characters\n" );
    check( !wstr_cmp( job->files[0]->remote, L"http://server/x" ), "the first is changed\n" );
    prefix[2198] = 0;
    check( job_replace_prefix( job, L"http://server/", prefix ) == S_OK, "2199 and 2200 characters\n" );
    check( wstr_len( job->files[1]->remote ) == 2200, "length\n" );

    check( job_file_set_remote( job, job->files[0], L"http://server/y" ) == S_OK, "name\n" );
    check( job_replace_prefix( job, L"http://server/y", L"https://server/y" ) == S_OK, "replaced\n" );
    check( !job->files[0]->stored_remote, "not stored\n" );
    check( ranges_copy( &job->files[0]->ranges, 1, &range ) == S_OK, "ranges\n" );
    check( job_replace_prefix( job, L"https://server/y", L"file://server/share/y" ) == E_INVALIDARG, "ranges of a share\n" );
    job_destroy( job );
    job_destroy( empty );
}

/* spec: api 5.9.7, 5.9.8 */
static void validation_is_for_transferred_files(void)
{
    struct job *job = new_job( 1 );
    struct job_file *file = job->files[0];

    check( job_file_set_validation( file, TRUE ) == E_PENDING, "not transferred\n" );
    check( job_file_set_validation( file, FALSE ) == E_PENDING && !job_file_is_valid( file ), "not transferred\n" );
    file->size = file->offset = file->durable = 100;
    file->transferred = TRUE;
    check( !job_file_is_valid( file ), "nobody said so\n" );
    check( job_file_set_validation( file, 7 ) == S_OK && job_file_is_valid( file ) && file->valid == TRUE, "valid\n" );
    check( file->offset == 100 && file->transferred, "progress lost\n" );

    check( ranges_fill( &file->filled, 0, 100 ) == S_OK, "fill\n" );
    check( job_file_set_validation( file, FALSE ) == S_OK && !job_file_is_valid( file ), "invalid\n" );
    check( !file->offset && !file->durable && !file->filled.count && !file->transferred, "progress kept\n" );
    check( file->size == 100 && job_next_file( job ) == 0, "not to be fetched again\n" );
    file->completed = TRUE;
    check( job_file_is_valid( file ), "Complete says so\n" );
    job_destroy( job );
}

/* spec: api 2.5 BG_JOB_PROGRESS */
static void progress_is_summed(void)
{
    struct job *job = new_job( 0 ), *two = new_job( 2 );
    BG_JOB_PROGRESS progress;

    job_get_progress( job, &progress );
    check( !progress.BytesTotal && !progress.FilesTotal, "empty job\n" );
    two->files[0]->size = 100;
    two->files[0]->offset = 40;
    job_get_progress( two, &progress );
    check( progress.BytesTotal == BG_SIZE_UNKNOWN && progress.BytesTransferred == 40, "one size unknown\n" );
    two->files[1]->size = 0;
    two->files[1]->transferred = TRUE;
    job_get_progress( two, &progress );
    check( progress.BytesTotal == 100 && progress.FilesTotal == 2 && progress.FilesTransferred == 1, "sum\n" );
    check( job_next_file( two ) == 0, "next file\n" );
    job_destroy( job );
    job_destroy( two );
}

/* --- the table ----------------------------------------------------------------------------------------------------- */

#define QUE  BG_JOB_STATE_QUEUED
#define CON  BG_JOB_STATE_CONNECTING
#define TRA  BG_JOB_STATE_TRANSFERRING
#define SUS  BG_JOB_STATE_SUSPENDED
#define ERO  BG_JOB_STATE_ERROR
#define TRE  BG_JOB_STATE_TRANSIENT_ERROR
#define DON  BG_JOB_STATE_TRANSFERRED
#define ACK  BG_JOB_STATE_ACKNOWLEDGED
#define CAN  BG_JOB_STATE_CANCELLED

/* spec: behaviour 1.3, row by row */
static void methods_follow_the_documented_table(void)
{
    static const struct { BG_JOB_STATE state, resume, suspend; } rows[] =
    {
        { SUS, QUE, SUS }, { QUE, QUE, SUS }, { CON, CON, SUS }, { TRA, TRA, SUS }, { TRE, QUE, SUS }, { ERO, QUE, SUS },
    };
    static const BG_JOB_STATE open_states[] = { SUS, QUE, CON, TRA, TRE, ERO, DON };
    static const BG_JOB_STATE final_states[] = { ACK, CAN };
    struct job *job = new_job( 1 );
    BG_JOB_STATE next;
    unsigned int i, event;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        job->state = rows[i].state;
        check( job_event_allowed( job, JOB_RESUME, &next ) == S_OK && next == rows[i].resume, "resume %u\n", i );
        check( job_event_allowed( job, JOB_SUSPEND, &next ) == S_OK && next == rows[i].suspend, "suspend %u\n", i );
    }
    for (i = 0; i < ARRAY_SIZE(open_states); i++)
    {
        job->state = open_states[i];
        check( job_event_allowed( job, JOB_CANCEL, &next ) == S_OK && next == CAN, "cancel %u\n", i );
        check( job_event_allowed( job, JOB_COMPLETE, &next ) == S_OK && next == ACK, "complete %u\n", i );
    }
    for (i = 0; i < ARRAY_SIZE(final_states); i++)
    {
        job->state = final_states[i];
        for (event = JOB_RESUME; event <= JOB_COMPLETE; event++)
            check( job_event( job, event, NULL, 0 ) == BG_E_INVALID_STATE, "final %u, event %u\n", i, event );
        for (event = JOB_START; event <= JOB_FAIL_FATAL; event++)
            check( job_event( job, event, NULL, 0 ) == S_FALSE, "final %u, event %u\n", i, event );
        check( job->state == final_states[i], "a final state was left\n" );
    }
    job_destroy( job );
}

static void resume_needs_files(void)
{
    struct job *job = new_job( 0 );

    check( job_event( job, JOB_RESUME, NULL, 0 ) == BG_E_EMPTY, "resumed\n" );
    check( job->state == SUS, "state %d\n", job->state );
    job_destroy( job );
}

/* spec: behaviour 1.3 */
static void every_resume_starts_the_download_time_anew(void)
{
    struct job *job = new_job( 1 ), *empty = new_job( 0 );

    check( job_event( empty, JOB_RESUME, NULL, 1 ) == BG_E_EMPTY && !empty->resumed, "resumed without files\n" );
    job->download_time = 5000;
    check( job_event( job, JOB_RESUME, NULL, 1 ) == S_OK && job->resumed && !job->download_time, "first\n" );
    job->state = TRA;
    job->download_time = 5000;
    check( job_event( job, JOB_RESUME, NULL, 1 ) == S_OK && !job->download_time, "of a running job\n" );
    job->download_time = 5000;
    check( job_event( job, JOB_SUSPEND, NULL, 1 ) == S_OK && job->download_time == 5000, "suspended\n" );
    check( job->resumed, "forgotten\n" );
    job_destroy( job );
    job_destroy( empty );
}

static void transferred_job_goes_on_after_files_were_added(void)
{
    BG_FILE_INFO info = { (WCHAR *)L"http://server/y", (WCHAR *)L"C:\\y" };
    struct job *job = new_job( 1 );

    job->files[0]->transferred = TRUE;
    job->state = DON;
    check( job_event( job, JOB_RESUME, NULL, 0 ) == S_OK && job->state == DON, "resumed without need\n" );
    check( job_event( job, JOB_SUSPEND, NULL, 0 ) == S_OK && job->state == DON, "suspended\n" );
    check( job_add_files( job, 1, &info ) == S_OK && job->state == DON, "adding changed the state\n" );
    check( job_event( job, JOB_RESUME, NULL, 0 ) == S_OK && job->state == QUE, "state %d\n", job->state );
    job_destroy( job );
}

/* spec: behaviour 1.2, 1.5 */
static void errors_live_until_transferring(void)
{
    struct job_error error = { E_ACCESSDENIED, BG_ERROR_CONTEXT_REMOTE_FILE, 0, (WCHAR *)L"detail" };
    struct job *job = new_job( 1 );

    job_event( job, JOB_RESUME, NULL, 1 );
    job_event( job, JOB_START, NULL, 2 );
    check( job_event( job, JOB_FAIL_TRANSIENT, &error, 3 ) == S_OK && job->state == TRE, "state %d\n", job->state );
    check( job->error.code == E_ACCESSDENIED && !wstr_cmp( job->error.detail, L"detail" ), "error\n" );
    check( !job->error_count, "a first failure in CONNECTING counts\n" );
    job_event( job, JOB_RETRY, NULL, 4 );
    job_event( job, JOB_START, NULL, 5 );
    check( job->state == CON && job->error.code == E_ACCESSDENIED, "error is gone before TRANSFERRING\n" );
    job_event( job, JOB_FAIL_TRANSIENT, &error, 6 );
    check( job->error_count == 1, "a failed retry does not count\n" );
    job_event( job, JOB_RETRY, NULL, 7 );
    job_event( job, JOB_START, NULL, 8 );
    check( job_event( job, JOB_CONNECTED, NULL, 9 ) == S_OK && job->state == TRA, "state %d\n", job->state );
    check( job->error.context == BG_ERROR_CONTEXT_NONE && !job->error.detail, "error lives on\n" );
    job_event( job, JOB_FAIL_FATAL, &error, 10 );
    check( job->state == ERO && job->error_count == 2 && job->changed == 10, "fatal\n" );
    job_destroy( job );
}

static void network_loss_is_no_counted_error(void)
{
    struct job_error error = { BG_E_NETWORK_DISCONNECTED, BG_ERROR_CONTEXT_GENERAL_TRANSPORT, -1 };
    struct job *job = new_job( 1 );

    job->state = TRA;
    job_event( job, JOB_FAIL_TRANSIENT, &error, 1 );
    check( job->state == TRE && !job->error_count, "counted\n" );
    check( job_event( job, JOB_GIVE_UP, NULL, 2 ) == S_OK && job->state == ERO, "not given up\n" );
    check( job->error.code == BG_E_NETWORK_DISCONNECTED, "the last error is lost\n" );
    job_destroy( job );
}

static void news_of_a_stopped_run_are_ignored(void)
{
    struct job_error error = { E_FAIL, BG_ERROR_CONTEXT_REMOTE_FILE, 0 };
    struct job *job = new_job( 1 );
    unsigned int event;

    for (event = JOB_START; event <= JOB_FAIL_FATAL; event++)
        check( job_event( job, event, &error, 1 ) == S_FALSE, "event %u\n", event );
    check( job->state == SUS && job->error.context == BG_ERROR_CONTEXT_NONE && job->changed == 1000, "changed\n" );
    job_destroy( job );
}

/* spec: behaviour 1.2; what a client says of its bytes is news in any state */
static void failed_validation_is_an_error(void)
{
    static const struct
    {
        BG_JOB_STATE from, to;
        ULONG count;
    }
    tests[] =
    {
        { BG_JOB_STATE_QUEUED, ERO, 0 },
        { BG_JOB_STATE_CONNECTING, ERO, 0 },
        { TRA, ERO, 1 },
        { SUS, ERO, 0 },
        { TRE, ERO, 0 },
        { DON, ERO, 0 },
    };
    struct job_error error = { BG_E_VALIDATION_FAILED, BG_ERROR_CONTEXT_REMOTE_FILE, 0 };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        struct job *job = new_job( 1 );

        job->state = tests[i].from;
        check( job_event( job, JOB_VALIDATION_FAILED, &error, 5 ) == S_OK, "state %u\n", tests[i].from );
        check( job->state == tests[i].to && job->error.code == BG_E_VALIDATION_FAILED && job->changed == 5,
               "state %u: now %u\n", tests[i].from, job->state );
        check( job->error_count == tests[i].count, "state %u: %u errors\n", tests[i].from,
               (unsigned int)job->error_count );
        job_destroy( job );
    }
}

static void completion_time_is_kept(void)
{
    struct job *job = new_job( 1 );

    job->state = TRA;
    job_event( job, JOB_ALL_DONE, NULL, 77 );
    check( job->state == DON && job->finished == 77, "TransferCompletionTime\n" );
    job_event( job, JOB_COMPLETE, NULL, 78 );
    check( job->state == ACK && job->finished == 77 && job->changed == 78, "times after Complete\n" );
    check( job_is_final( job ) && !job_is_active( job ), "not final\n" );
    job_destroy( job );
}

const struct test job_tests[] =
{
    TEST(new_jobs_have_the_defaults),
    TEST(creation_checks_name_and_type),
    TEST(description_has_a_limit),
    TEST(setters_refuse_unknown_values),
    TEST(files_are_added_all_or_none),
    TEST(file_limit_counts_all_files),
    TEST(new_remote_name_is_stored_at_resume),
    TEST(prefix_is_replaced_in_all_names_or_none),
    TEST(prefix_is_for_downloads_and_has_a_limit),
    TEST(validation_is_for_transferred_files),
    TEST(progress_is_summed),
    TEST(methods_follow_the_documented_table),
    TEST(resume_needs_files),
    TEST(every_resume_starts_the_download_time_anew),
    TEST(transferred_job_goes_on_after_files_were_added),
    TEST(errors_live_until_transferring),
    TEST(network_loss_is_no_counted_error),
    TEST(news_of_a_stopped_run_are_ignored),
    TEST(failed_validation_is_an_error),
    TEST(completion_time_is_kept),
    { NULL }
};
