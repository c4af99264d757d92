/*
 * fdatasync on a thread of its own
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

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "agent.h"

/* Small files that are whole are flushed together: a file system such as ext4 then writes its journal once for all of them,
 * and nothing that makes the next file waits for it. */
#define COLLECT_TIME    500         /* ms that the first of them waits for others */
#define COLLECT_MAX     1000        /* files, each of which keeps a descriptor */
#define COLLECT_BYTES   (1 << 20)   /* a file that has no more */

struct queue
{
    struct durable_result *first, **last;
};

struct durable
{
    pthread_mutex_t lock;           /* of all that follows but woken() */
    pthread_cond_t asked_changed;
    struct queue asked, answered;
    struct queue collected;         /* asked too, but may wait */
    unsigned int collected_count;
    uint64_t collect_until;         /* agent_now(), if any are collected */
    void (*woken)( void *context );
    void *context;
};

static void queue_init( struct queue *queue )
{
    queue->first = NULL;
    queue->last = &queue->first;
}

static void queue_put( struct queue *queue, struct durable_result *flush )
{
    flush->next = NULL;
    *queue->last = flush;
    queue->last = &flush->next;
}

static struct durable_result *queue_take( struct queue *queue )
{
    struct durable_result *flush = queue->first;

    if (flush && !(queue->first = flush->next)) queue->last = &queue->first;
    return flush;
}

static void wait_until( struct durable *durable, uint64_t when )
{
    struct timespec time = { when / 1000, when % 1000 * 1000000 };

    pthread_cond_timedwait( &durable->asked_changed, &durable->lock, &time );
}

static int collection_is_due( const struct durable *durable )
{
    return durable->collected_count == COLLECT_MAX || (durable->collected_count && durable->collect_until <= agent_now());
}

/* With the lock.  Waits until there is something to flush, and takes it: what may not wait alone, the others together. */
static void take_asked( struct durable *durable, struct queue *taken )
{
    struct durable_result *flush;

    while (!(flush = queue_take( &durable->asked )) && !collection_is_due( durable ))
    {
        if (durable->collected_count) wait_until( durable, durable->collect_until );
        else pthread_cond_wait( &durable->asked_changed, &durable->lock );
    }
    queue_init( taken );
    if (flush) queue_put( taken, flush );
    else while ((flush = queue_take( &durable->collected ))) queue_put( taken, flush );
    if (!durable->collected.first) durable->collected_count = 0;
}

static void flush_file( struct durable_result *flush )
{
    struct durable_file *file = flush->file;

    if (!file->error && file->bytes < flush->bytes)
    {
        if (!fdatasync( file->fd )) file->bytes = flush->bytes;
        else file->error = errno;
    }
    flush->bytes = file->bytes;
    flush->error = file->error;
    if (flush->final) close( file->fd );
}

static void *helper_thread( void *arg )
{
    struct durable *durable = arg;
    struct durable_result *flush;
    struct queue taken;
    int final;

    pthread_mutex_lock( &durable->lock );
    for (;;)
    {
        take_asked( durable, &taken );
        pthread_mutex_unlock( &durable->lock );
        /* all on their way to the disk before the first is waited for */
        for (flush = taken.first; flush && flush->next; flush = flush->next)
            sync_file_range( flush->file->fd, 0, 0, SYNC_FILE_RANGE_WRITE );
        while ((flush = queue_take( &taken )))
        {
            flush_file( flush );
            final = flush->final;
            pthread_mutex_lock( &durable->lock );
            queue_put( &durable->answered, flush );     /* a final one is freed by whoever collects next */
            pthread_mutex_unlock( &durable->lock );
            if (!final) durable->woken( durable->context );
        }
        pthread_mutex_lock( &durable->lock );
    }
    return NULL;
}

struct durable *durable_create( void (*woken)( void *context ), void *context )
{
    pthread_condattr_t by_agent_now;
    struct durable *durable;

    if (!(durable = calloc( 1, sizeof(*durable) ))) return NULL;
    pthread_mutex_init( &durable->lock, NULL );
    pthread_condattr_init( &by_agent_now );
    pthread_condattr_setclock( &by_agent_now, CLOCK_MONOTONIC );
    pthread_cond_init( &durable->asked_changed, &by_agent_now );
    queue_init( &durable->asked );
    queue_init( &durable->answered );
    queue_init( &durable->collected );
    durable->woken = woken;
    durable->context = context;

    if (!(errno = agent_start_thread( helper_thread, durable ))) return durable;
    free( durable );
    return NULL;
}

struct durable_file *durable_open( const char *path )
{
    struct durable_file *file;

    if (!(file = calloc( 1, sizeof(*file) ))) return NULL;
    if ((file->fd = open( path, O_WRONLY | O_CLOEXEC )) == -1)
    {
        free( file );
        return NULL;
    }
    return file;
}

void durable_discard( struct durable_file *file )
{
    close( file->fd );
    free( file );
}

/* With the lock. */
static void collect( struct durable *durable, struct durable_result *flush )
{
    if (!durable->collected_count++) durable->collect_until = agent_now() + COLLECT_TIME;
    queue_put( &durable->collected, flush );
}

static void ask( struct durable *durable, struct durable_file *file, uint32_t order, uint64_t bytes, int final )
{
    struct durable_result *flush = &file->flush[final];

    flush->file = file;
    flush->order = order;
    flush->final = final;
    flush->bytes = bytes;
    pthread_mutex_lock( &durable->lock );
    if (final && bytes <= COLLECT_BYTES && durable->collected_count < COLLECT_MAX) collect( durable, flush );
    else queue_put( &durable->asked, flush );
    if (durable->asked.first || durable->collected_count == 1 || durable->collected_count == COLLECT_MAX)
        pthread_cond_signal( &durable->asked_changed );
    pthread_mutex_unlock( &durable->lock );
}

void durable_flush( struct durable *durable, struct durable_file *file, uint32_t order, uint64_t bytes )
{
    ask( durable, file, order, bytes, 0 );
}

void durable_finish( struct durable *durable, struct durable_file *file, uint64_t bytes )
{
    ask( durable, file, 0, bytes, 1 );
}

static struct durable_result *take_answer( struct durable *durable )
{
    struct durable_result *flush;

    pthread_mutex_lock( &durable->lock );
    flush = queue_take( &durable->answered );
    pthread_mutex_unlock( &durable->lock );
    return flush;
}

int durable_collect( struct durable *durable, struct durable_result *result )
{
    struct durable_result *flush;

    while ((flush = take_answer( durable )) && flush->final) free( flush->file );
    if (flush) *result = *flush;
    return flush != NULL;
}
