/*
 * A run: one thread that transfers a job's files one after the other
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

#include "schedule/private.h"
#include "transfer/transfer.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

#define LOST_MAX        2       /* lost connections that are no error yet; none of before a file that came whole counts, */
#define LOST_FORGOTTEN  10000   /* ms, nor one that is longer ago than this when bytes come */
#define LOST_PAUSE      300     /* ms, before the file is tried again */

/* The run owns its reference to the job.  Its fields belong to the queue lock, but where it says otherwise, and abort. */
struct run
{
    struct job *job;
    struct job_file *file;      /* the one at work */
    ULONG index;                /* its place in the job, where files are only ever added at the end */
    struct job_file *next;      /* the one that is likely to follow; NULL: none */
    struct transfer_spare *spare;   /* made ready for it; belongs to the run's thread */
    const struct transfer_file *order;  /* what of it is being fetched */
    UINT64 arrived, durable;    /* of a sparse order: so many bytes of its ranges are counted as filled, and as durable */
    struct transfer_abort abort;    /* set together with stopped */
    ULONG lost;                 /* connections, see LOST_MAX */
    UINT64 lost_at;             /* tick, of the last of them */
    BOOL stopped;               /* its news no longer count for the job's state */
    BOOL discarded;             /* nor for the file; only if stopped */
};

HRESULT job_file_identity_locked( struct job *job, struct identity **ret )
{
    struct identity *identity = job->helper_flags & BG_TOKEN_LOCAL_FILE ? job->helper : job->owner;

    *ret = identity ? identity_addref( identity ) : NULL;
    return identity ? S_OK : BG_E_TOKEN_REQUIRED;
}

HRESULT job_network_identity_locked( struct job *job, struct identity **ret )
{
    struct identity *identity = job->helper_flags & BG_TOKEN_NETWORK ? job->helper : job->owner;

    *ret = identity ? identity_addref( identity ) : NULL;
    return identity ? S_OK : BG_E_TOKEN_REQUIRED;
}

static BOOL is_about_file( BG_ERROR_CONTEXT context )
{
    return context == BG_ERROR_CONTEXT_LOCAL_FILE || context == BG_ERROR_CONTEXT_REMOTE_FILE ||
           context == BG_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK;
}

static BOOL is_transient_locked( const struct job *job, struct bits_error error )
{
    /* no retry can come, or none is left */
    if (job->retry_delay > job->no_progress || (job->give_up_at && job->give_up_at <= GetTickCount64())) return FALSE;
    /* spec: behaviour 4.10 */
    if (job->http.method) return FALSE;
    return error.class == ERROR_TRANSIENT;
}

/* Whether the file is to be tried once more at once: its connection was lost, and not too often of late (spec: behaviour
 * 3.3).  Programs that take a transient error for the end would otherwise fail with every router that hiccups. */
static BOOL try_again_locked( struct run *run, struct bits_error error )
{
    if (!error_is_lost( error ) || run->lost >= LOST_MAX || !is_transient_locked( run->job, error )) return FALSE;
    run->lost++;
    run->lost_at = GetTickCount64();
    TRACE( "%s: the connection was lost, %lu.\n", debugstr_guid( &run->job->id ), run->lost );
    queue_unlock();
    WaitForSingleObject( run->abort.event, LOST_PAUSE );
    queue_lock();
    return TRUE;
}

/* The transfer of a file has failed (spec: behaviour 3.1). */
static void fail_locked( struct run *run, struct bits_error error, WCHAR *detail )
{
    struct job *job = run->job;
    struct job_error job_error = { error.code, error.context, -1, detail };
    BOOL transient = is_transient_locked( job, error );

    if (is_about_file( error.context )) job_error.file = run->index;
    /* so that Resume can go on without them */
    if (error.code == BG_E_INVALID_RANGE || error.code == BG_E_RANDOM_ACCESS_NOT_SUPPORTED)
    {
        job_file_drop_requests( run->file );
        unsaved_locked( job, run->file, UNSAVED_ALL );
    }
    run->stopped = TRUE;
    job_event_locked( job, transient ? JOB_FAIL_TRANSIENT : JOB_FAIL_FATAL, &job_error );
}

/* --- the transfer's news ----------------------------------------------------------------------------------------- */

/* Counts even when the run was stopped meanwhile: somebody has to delete the file. */
static void set_temp( struct job *job, struct job_file *file, const WCHAR *temp )
{
    WCHAR *copy = wstr_dup( temp );

    queue_lock();
    free( file->temp );
    file->temp = copy;
    unsaved_locked( job, file, UNSAVED_ALL );
    queue_unlock();
    /* nobody would know the file after a kill */
    persist_unsaved( job );
}

static void on_created( void *context, const WCHAR *temp )
{
    struct run *run = context;

    set_temp( run->job, run->file, temp );
}

static void on_prepared( void *context, const WCHAR *temp )
{
    struct run *run = context;

    set_temp( run->job, run->next, temp );
}

/* A redirect is for good, unless the client has given another name meanwhile (spec: behaviour 4.11). */
static void set_location_locked( struct run *run, const WCHAR *location )
{
    enum name_kind kind;
    WCHAR *copy;

    if (run->stopped || name_check_remote( location, &kind ) != S_OK || kind == NAME_PATH) return;
    if (!(copy = wstr_dup( location ))) return;
    free( run->file->remote );
    free( run->file->stored_remote );
    run->file->remote = copy;
    run->file->stored_remote = NULL;
    job_changed_locked( run->job );
}

static void on_responded( void *context, const WCHAR *headers, const WCHAR *location )
{
    WCHAR *copy = wstr_dup( headers );
    struct run *run = context;

    queue_lock();
    free( run->file->response_headers );
    run->file->response_headers = copy;
    if (location) set_location_locked( run, location );
    queue_unlock();
}

/* spec: behaviour 4.10; of a file whose size is not known yet, what has come of it counts */
static BOOL is_too_large_locked( const struct job *job )
{
    UINT64 total = 0, max = job->options.max_download_size;
    BG_FILE_PROGRESS progress;
    ULONG i;

    for (i = 0; max && i < job->file_count; i++)
    {
        job_file_get_progress( job->files[i], &progress );
        if (progress.BytesTotal == BG_SIZE_UNKNOWN) progress.BytesTotal = progress.BytesTransferred;
        if (progress.BytesTotal > max - total) return TRUE;
        total += progress.BytesTotal;
    }
    return FALSE;
}

static void on_connected( void *context, UINT64 size, UINT64 modified, DWORD attributes )
{
    struct run *run = context;

    queue_lock();
    if (!run->stopped)
    {
        run->file->size = size;
        run->file->modified = modified;
        run->file->attributes = attributes;
        unsaved_locked( run->job, run->file, UNSAVED_ALL );
        if (is_too_large_locked( run->job )) run_fail_locked( run->job, BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED );
        else
        {
            job_event_locked( run->job, JOB_CONNECTED, NULL );
            event_file_locked( run->job, run->file, EVENT_TRANSFER_STARTED );
        }
    }
    queue_unlock();
}

static void on_tagged( void *context, UINT64 etag )
{
    struct run *run = context;

    queue_lock();
    run->file->etag = etag;
    unsaved_locked( run->job, run->file, UNSAVED_ALL );
    queue_unlock();
}

/* Bytes of the file at work have come. */
static void count_bytes_locked( struct run *run, UINT64 bytes )
{
    struct job *job = run->job;

    run->file->from_origin += bytes;
    if (run->lost && GetTickCount64() - run->lost_at >= LOST_FORGOTTEN) run->lost = 0;
    if (job->give_up_at) unsaved_locked( job, NULL, UNSAVED_NOTHING );
    job->give_up_at = 0;
    if (!job_is_final( job )) job_changed_locked( job );
}

/* The next piece of the sparse order, from byte FROM of its ranges up to byte TO. */
static BOOL next_piece( const struct run *run, UINT64 from, UINT64 to, BG_FILE_RANGE *piece )
{
    const struct ranges ranges = { (BG_FILE_RANGE *)run->order->ranges, run->order->range_count };

    if (from >= to || !ranges_locate( &ranges, run->file->size, from, piece )) return FALSE;
    piece->Length = min( piece->Length, to - from );
    return TRUE;
}

/* Without memory something is fetched again. */
static void fill_locked( struct run *run, UINT64 arrived, UINT64 durable )
{
    BG_FILE_RANGE piece;
    HRESULT hr = S_OK;

    while (SUCCEEDED(hr) && next_piece( run, run->arrived, arrived, &piece ))
    {
        run->arrived += piece.Length;
        count_bytes_locked( run, piece.Length );
        notify_range_locked( run->job, run->file, piece.InitialOffset, piece.Length );
        hr = job_file_fill( run->file, &piece );
    }
    while (SUCCEEDED(hr) && next_piece( run, run->durable, durable, &piece ))
    {
        run->durable += piece.Length;
        hr = ranges_fill( &run->file->durable_filled, piece.InitialOffset, piece.Length );
        unsaved_locked( run->job, run->file, UNSAVED_ALL );
    }
    if (FAILED(hr)) WARN( "%#lx.\n", hr );
}

static void on_progress( void *context, UINT64 offset, UINT64 durable )
{
    struct run *run = context;

    /* counts even when the run was stopped meanwhile: what is there need not be fetched again */
    queue_lock();
    if (run->discarded)
    {
        queue_unlock();
        return;
    }
    if (run->order->sparse) fill_locked( run, offset, durable );
    else if (offset > run->file->offset)
    {
        notify_range_locked( run->job, run->file, run->file->offset, offset - run->file->offset );
        count_bytes_locked( run, offset - run->file->offset );
        run->file->offset = offset;
    }
    if (!run->order->sparse && durable > run->file->durable && durable <= run->file->offset)
    {
        run->file->durable = durable;
        if (!run->job->options.high_performance) unsaved_locked( run->job, run->file, UNSAVED_PROGRESS );
    }
    if (!run->stopped && is_too_large_locked( run->job )) run_fail_locked( run->job, BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED );
    queue_unlock();
}

static void on_restarted( void *context, BOOL lost )
{
    struct run *run = context;
    BOOL served;

    queue_lock();
    /* counts even when the run was stopped meanwhile */
    served = run->job->options.on_demand && run->file->filled.count;
    job_file_forget( run->file );
    run->arrived = run->durable = 0;
    unsaved_locked( run->job, run->file, UNSAVED_ALL );
    /* what a program has been told that it is there cannot silently become something else */
    if (!run->stopped && served)
    {
        run_stop_locked( run->job );
        fail_locked( run, lost ? error_from_local( ERROR_FILE_NOT_FOUND ) : error_from_code( BG_E_REMOTE_FILE_CHANGED ),
                     NULL );
    }
    else if (!run->stopped) job_changed_locked( run->job );
    queue_unlock();
}

static HRESULT on_judge( void *context, const BYTE *fingerprint, const BYTE *chain, SIZE_T size )
{
    struct run *run = context;

    /* which file is at work changes only between two of them */
    return judge_ask( run->job, run->index, run->abort.event, fingerprint, chain, size );
}

static const struct transfer_events events =
{
    on_created, on_prepared, on_responded, on_connected, on_tagged, on_progress, on_restarted, on_judge
};

/* --- one file ---------------------------------------------------------------------------------------------------- */

static void transfer_file_free( struct transfer_file *file )
{
    identity_release( (struct identity *)file->file_identity );
    identity_release( (struct identity *)file->network_identity );
    free( (WCHAR *)file->remote );
    free( (WCHAR *)file->local );
    free( (WCHAR *)file->temp );
    free( (WCHAR *)file->next );
    free( (WCHAR *)file->next_local );
    free( (BG_FILE_RANGE *)file->ranges );
    run_options_free( &file->http );
}

/* What the transfer room asks for: the URL, or the path that the name stands for. */
static WCHAR *remote_to_open( const WCHAR *name )
{
    enum name_kind kind;

    if (SUCCEEDED(name_check_remote( name, &kind )) && kind == NAME_PATH) return name_remote_path( name );
    return wstr_dup( name );
}

/* What of the file is wanted. */
static HRESULT init_ranges_locked( const struct job *job, struct job_file *from, struct transfer_file *file )
{
    struct ranges ranges = { NULL };
    const BG_FILE_RANGE *last;
    HRESULT hr;

    file->offset = from->offset;
    if ((file->sparse = job_file_is_random( job, from )))
    {
        if (FAILED(hr = job_file_get_pieces( job, from, &ranges ))) return hr;
        last = &from->filled.items[from->filled.count - 1];
        file->offset = from->filled.count ? last->InitialOffset + last->Length : 0;
    }
    else if (FAILED(hr = ranges_copy( &ranges, from->ranges.count, from->ranges.items ))) return hr;
    file->ranges = ranges.items;
    file->range_count = ranges.count;
    return S_OK;
}

/* The file behind the one at work, if it is to be fetched from its beginning; NULL without one. */
static struct job_file *next_file_locked( const struct run *run )
{
    ULONG i = run->index + 1;
    struct job_file *file;

    if (i >= run->job->file_count || run->job->options.on_demand || run->job->options.dynamic_content) return NULL;
    file = run->job->files[i];
    if (file->transferred || file->size != BG_SIZE_UNKNOWN || file->ranges.count || file->requested.count) return NULL;
    return file;
}

/* The order, a value that needs no lock: copies of what it takes from the job. */
static HRESULT transfer_file_init_locked( struct run *run, struct transfer_file *file )
{
    struct identity *file_identity = NULL, *network_identity = NULL;
    struct job_file *from = run->file;
    HRESULT hr;

    memset( file, 0, sizeof(*file) );
    if (FAILED(hr = job_file_identity_locked( run->job, &file_identity ))) return hr;
    file->file_identity = file_identity;
    if (SUCCEEDED(hr = job_network_identity_locked( run->job, &network_identity )))
    {
        file->network_identity = network_identity;
        file->dynamic = run->job->options.dynamic_content;
        file->direct = run->job->options.high_performance;
        /* they cannot go on in the middle (spec: behaviour 4.10) */
        if (run->job->http.method || file->dynamic) job_file_forget( from );
        if (SUCCEEDED(hr = run_options_init_locked( run->job, &file->http )))
            hr = init_ranges_locked( run->job, from, file );
        file->remote = remote_to_open( from->remote );
        file->local = wstr_dup( from->local );
        file->temp = wstr_dup( from->temp );
        if ((run->next = next_file_locked( run ))) file->next = remote_to_open( run->next->remote );
        if (run->next && !run->next->temp && !file->direct) file->next_local = wstr_dup( run->next->local );
        file->size = from->size;
        file->modified = from->modified;
        file->etag = from->etag;
        file->acl_flags = run->job->acl_flags;
        file->background = is_background( run->job );
        if (file->background && queue.rate != POLICY_NO_RATE) file->rate = queue.rate;
        if (!file->remote || !file->local || (from->temp && !file->temp)) hr = E_OUTOFMEMORY;
    }
    if (FAILED(hr)) transfer_file_free( file );
    return hr;
}

static void file_done_locked( struct run *run )
{
    struct job_file *file = run->file;
    struct job *job = run->job;
    BG_FILE_PROGRESS progress;

    job_file_get_progress( file, &progress );
    if (progress.BytesTotal == BG_SIZE_UNKNOWN) progress.BytesTotal = file->size = file->offset;
    file->transferred = TRUE;
    run->lost = 0;
    notify_file_locked( job, file );
    notify_range_locked( job, file, file->offset, progress.BytesTotal - file->offset );
    file->from_origin += progress.BytesTotal - file->offset;
    file->offset = progress.BytesTotal;
    job->give_up_at = 0;
    event_file_locked( job, file, EVENT_FILE_TRANSFERRED );
    unsaved_locked( job, run->file, UNSAVED_ALL );
    /* the last file and the job's state change together: no counter is full while the job is still TRANSFERRING */
    if (!run->stopped && job_next_file( job ) < 0) job_event_locked( job, JOB_ALL_DONE, NULL );
    else job_changed_locked( job );
}

/* The transfer has brought all that it was told to. */
static void order_done_locked( struct run *run )
{
    if (run->order->sparse)
    {
        fill_locked( run, MAXUINT64, 0 );
        unsaved_locked( run->job, run->file, UNSAVED_ALL );
        if (!job_file_finish_pieces( run->file ))
        {
            job_changed_locked( run->job );
            return;
        }
    }
    file_done_locked( run );
}

/* Transfers the next file of the job, as far as it comes.  FALSE when there is nothing more to do.  Called and returns with
 * the lock. */
static BOOL run_next_file_locked( struct run *run )
{
    struct transfer_result result = { { 0 } };
    struct transfer_file file;
    HRESULT hr;
    int index;

    if (run->stopped) return FALSE;
    if ((index = job_next_work( run->job )) < 0)
    {
        job_event_locked( run->job, job_next_file( run->job ) < 0 ? JOB_ALL_DONE : JOB_SERVED, NULL );
        return FALSE;
    }
    run->index = index;
    run->file = run->job->files[index];
    run->order = &file;
    run->arrived = run->durable = 0;
    if (FAILED(hr = transfer_file_init_locked( run, &file )))
    {
        fail_locked( run, error_from_code( hr ), NULL );
        return FALSE;
    }

    if (!file.sparse || file.range_count)   /* else all of it is there already */
    {
        queue_unlock();
        hr = transfer_run( &file, &events, run, &run->abort, &run->spare, &result );
        queue_lock();
    }

    if (SUCCEEDED(hr) && !run->discarded && !is_too_large_locked( run->job )) order_done_locked( run );
    else if (!run->stopped)
    {
        /* it is the machine that is in no network */
        if (result.unreachable && !queue.addresses) result.error = error_from_code( BG_E_NETWORK_DISCONNECTED );
        if (try_again_locked( run, result.error )) hr = S_OK;
        else fail_locked( run, result.error, result.detail );
    }
    free( result.detail );
    transfer_file_free( &file );
    return SUCCEEDED(hr);
}

/* --- the thread -------------------------------------------------------------------------------------------------- */

static DWORD CALLBACK run_proc( void *context )
{
    struct run *run = context;
    struct job *job = run->job;

    TRACE( "%s starts.\n", debugstr_guid( &job->id ) );
    queue_lock();
    while (run_next_file_locked( run )) ;
    queue_unlock();
    transfer_spare_free( run->spare );
    queue_lock();
    job->run = NULL;
    thread_ended_locked();
    kick_locked();
    queue_unlock();

    TRACE( "%s ends.\n", debugstr_guid( &job->id ) );
    transfer_abort_clear( &run->abort );
    free( run );
    job_release( job );
    return 0;
}

HRESULT run_start_locked( struct job *job )
{
    struct run *run;
    DWORD error;
    HRESULT hr;

    if (!(run = calloc( 1, sizeof(*run) ))) return E_OUTOFMEMORY;
    if ((error = transfer_abort_init( &run->abort )))
    {
        free( run );
        return HRESULT_FROM_WIN32( error );
    }
    run->job = job_addref( job );
    job->run = run;
    if (SUCCEEDED(hr = thread_start_locked( run_proc, run ))) return S_OK;

    job->run = NULL;
    job_release( job );
    transfer_abort_clear( &run->abort );
    free( run );
    return hr;
}

void run_stop_locked( struct job *job )
{
    if (!job->run) return;
    job->run->stopped = TRUE;
    transfer_abort_set( &job->run->abort );
}

void run_discard_locked( struct job *job, const struct job_file *file )
{
    if (!job->run || job->run->file != file) return;
    run_stop_locked( job );
    job->run->discarded = TRUE;
}

void run_fail_locked( struct job *job, HRESULT code )
{
    struct bits_error error = error_from_code( code );
    struct job_error job_error = { error.code, error.context, -1 };

    run_stop_locked( job );
    job_event_locked( job, error.class == ERROR_TRANSIENT ? JOB_FAIL_TRANSIENT : JOB_FAIL_FATAL, &job_error );
}

BOOL run_wait_locked( struct job *job )
{
    UINT64 deadline = GetTickCount64() + 2000, now;

    while (job->run && (now = GetTickCount64()) < deadline)
        SleepConditionVariableSRW( &queue.ended, &queue.lock, (DWORD)(deadline - now), 0 );
    return !job->run;
}

void run_again_locked( struct job *job )
{
    if (job_event_locked( job, JOB_PREEMPT, NULL ) == S_OK) run_stop_locked( job );
}
