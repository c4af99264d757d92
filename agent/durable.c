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

struct queue
{
    struct durable_result *first, **last;
};

struct durable
{
    pthread_mutex_t lock;           /* of the two queues */
    pthread_cond_t asked_changed;
    struct queue asked, answered;
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

    pthread_mutex_lock( &durable->lock );
    for (;;)
    {
        while (!(flush = queue_take( &durable->asked ))) pthread_cond_wait( &durable->asked_changed, &durable->lock );
        pthread_mutex_unlock( &durable->lock );
        flush_file( flush );
        pthread_mutex_lock( &durable->lock );
        queue_put( &durable->answered, flush );
        if (flush->final) continue;     /* whoever collects next frees it */
        pthread_mutex_unlock( &durable->lock );
        durable->woken( durable->context );
        pthread_mutex_lock( &durable->lock );
    }
    return NULL;
}

struct durable *durable_create( void (*woken)( void *context ), void *context )
{
    struct durable *durable;

    if (!(durable = calloc( 1, sizeof(*durable) ))) return NULL;
    pthread_mutex_init( &durable->lock, NULL );
    pthread_cond_init( &durable->asked_changed, NULL );
    queue_init( &durable->asked );
    queue_init( &durable->answered );
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

static void ask( struct durable *durable, struct durable_file *file, uint32_t order, uint64_t bytes, int final )
{
    struct durable_result *flush = &file->flush[final];

    flush->file = file;
    flush->order = order;
    flush->final = final;
    flush->bytes = bytes;
    pthread_mutex_lock( &durable->lock );
    queue_put( &durable->asked, flush );
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
