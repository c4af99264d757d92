/*
 * The client's judge of server certificates: one question at a time
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

/* The client is another process, which may hang or die while it is asked.  So each question has a thread of its own, and
 * whoever waits for the answer may leave. */

#define COBJMACROS

#include "schedule/private.h"

#include <objbase.h>

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

/* Belongs to its job until there is another one, and to each question.  The fields below belong to the queue lock. */
struct judge
{
    LONG refs;
    IUnknown *object;
    struct identity *identity;      /* whoever set it */
    struct http_accepted accepted;
    struct question *question;      /* what it is being asked; its thread owns that */
};

/* Belongs to its thread, and to those who wait for the answer. */
struct question
{
    LONG refs;
    struct judge *judge;            /* NULL: it is not being asked */
    struct job *job;
    ULONG file;
    BYTE fingerprint[HTTP_FINGERPRINT_SIZE];
    BYTE *chain;
    SIZE_T size;
    HANDLE answered;                /* manual-reset */
    HRESULT answer;                 /* valid then */
};

void judge_release( struct judge *judge )
{
    if (!judge || InterlockedDecrement( &judge->refs )) return;
    IUnknown_Release( judge->object );
    identity_release( judge->identity );
    free( judge );
}

static struct judge *judge_create( IUnknown *object, struct identity *identity )
{
    struct judge *judge;

    if (!(judge = calloc( 1, sizeof(*judge) ))) return NULL;
    judge->refs = 1;
    judge->object = object;
    IUnknown_AddRef( object );
    judge->identity = identity_addref( identity );
    return judge;
}

/* --- questions ---------------------------------------------------------------------------------------------------- */

/* Without the lock. */
static void question_release( struct question *question )
{
    if (InterlockedDecrement( &question->refs )) return;
    judge_release( question->judge );
    job_release( question->job );
    if (question->answered) CloseHandle( question->answered );
    free( question->chain );
    free( question );
}

/* S_OK, or why the certificate is not accepted. */
static HRESULT put_question( const struct question *question )
{
    const struct judge *judge = question->judge;
    HRESULT hr;

    CoInitializeEx( NULL, COINIT_MULTITHREADED );
    hr = queue.notifier->judge( judge->object, question->job, question->file, question->chain, question->size,
                                judge->identity );
    CoUninitialize();
    TRACE( "%s: the client returned %#lx.\n", debugstr_guid( &question->job->id ), hr );
    if (notify_is_dead( hr )) return BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED;
    return SUCCEEDED(hr) && hr != S_OK ? E_FAIL : hr;
}

static DWORD CALLBACK question_proc( void *context )
{
    struct question *question = context;
    HRESULT hr = put_question( question );

    queue_lock();
    question->answer = hr;
    question->judge->question = NULL;
    if (hr == S_OK) http_accept( &question->judge->accepted, question->fingerprint );
    SetEvent( question->answered );
    queue_unlock();
    question_release( question );

    queue_lock();
    thread_ended_locked();
    queue_unlock();
    return 0;
}

static struct question *question_create( struct job *job, ULONG file, const BYTE *fingerprint, const BYTE *chain,
                                         SIZE_T size )
{
    struct question *question;

    if (!(question = calloc( 1, sizeof(*question) ))) return NULL;
    question->refs = 1;
    question->job = job_addref( job );
    question->file = file;
    memcpy( question->fingerprint, fingerprint, sizeof(question->fingerprint) );
    question->size = size;
    question->chain = malloc( size );
    question->answered = CreateEventW( NULL, TRUE, FALSE, NULL );
    if (question->chain && question->answered)
    {
        memcpy( question->chain, chain, size );
        return question;
    }
    question_release( question );
    return NULL;
}

/* JUDGE is asked nothing else at the moment. */
static HRESULT question_start_locked( struct question *question, struct judge *judge )
{
    HRESULT hr;

    question->judge = judge;
    if (FAILED(hr = thread_start_locked( question_proc, question )))
    {
        question->judge = NULL;
        return hr;
    }
    InterlockedIncrement( &question->refs );
    InterlockedIncrement( &judge->refs );
    judge->question = question;
    return S_OK;
}

/* S_FALSE: whether QUESTION is accepted will be known when OTHER, with a reference, has its answer: look again then, or it is
 * QUESTION itself. */
static HRESULT look_locked( struct question *question, struct question **other )
{
    struct judge **judge = notify_judge_locked( question->job );
    HRESULT hr;

    if (!judge || !*judge) return BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED;
    if (http_is_accepted( &(*judge)->accepted, question->fingerprint )) return S_OK;
    if (!(*judge)->question && FAILED(hr = question_start_locked( question, *judge ))) return hr;
    *other = (*judge)->question;
    InterlockedIncrement( &(*other)->refs );
    return S_FALSE;
}

static HRESULT ask( struct question *question, HANDLE abort )
{
    struct question *other = NULL;
    HANDLE handles[2] = { abort };
    BOOL answered;
    HRESULT hr;

    while (other != question)
    {
        queue_lock();
        hr = look_locked( question, &other );
        queue_unlock();
        if (hr != S_FALSE) return hr;
        handles[1] = other->answered;
        answered = WaitForMultipleObjects( 2, handles, FALSE, INFINITE ) == WAIT_OBJECT_0 + 1;
        question_release( other );
        if (!answered) return E_ABORT;
    }
    return question->answer;
}

HRESULT judge_ask( struct job *job, ULONG file, HANDLE abort, const BYTE *fingerprint, const BYTE *chain, SIZE_T size )
{
    struct question *question;
    HRESULT hr;

    TRACE( "%s, %lu, %Iu bytes.\n", debugstr_guid( &job->id ), file, size );

    if (!(question = question_create( job, file, fingerprint, chain, size ))) return E_OUTOFMEMORY;
    hr = ask( question, abort );
    question_release( question );
    return hr;
}

/* --- the judge ---------------------------------------------------------------------------------------------------- */

void judge_get_accepted_locked( const struct job *job, struct http_accepted *accepted )
{
    struct judge **judge = notify_judge_locked( job );

    if (judge && *judge) *accepted = (*judge)->accepted;
}

/* An answer to the old one's question is not heard any more. */
static void replace_judge( struct job *job, struct judge *judge )
{
    struct judge **place, *old = judge;

    queue_lock();
    if ((place = notify_judge_locked( job )))
    {
        old = *place;
        *place = judge;
    }
    queue_unlock();
    judge_release( old );
}

HRESULT queue_set_judge( struct job *job, IUnknown *object, struct identity *identity )
{
    struct judge *judge = NULL;
    HRESULT hr;

    if (object && !(judge = judge_create( object, identity ))) return E_OUTOFMEMORY;
    if (SUCCEEDED(hr = queue_begin_change( job )))
    {
        if (job_is_active( job )) hr = BG_E_READ_ONLY_WHEN_JOB_ACTIVE;
        else job->http.judged = object != NULL;
        hr = queue_end_change( job, hr );
    }
    if (SUCCEEDED(hr)) replace_judge( job, judge );
    else judge_release( judge );
    return hr;
}
