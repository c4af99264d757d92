/*
 * A callback object that does as it is told
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

#ifndef __WINEBITS_TESTS_LISTENER_H
#define __WINEBITS_TESTS_LISTENER_H

#include "util.h"

/* Remembers each call as one letter: T for JobTransferred, E for JobError, M for JobModification, R for
 * FileRangesTransferred, and for FileTransferred the last character of the local name. */
struct listener
{
    IBackgroundCopyCallback3 IBackgroundCopyCallback3_iface;
    LONG refs;
    BOOL old;               /* has IBackgroundCopyCallback only */
    LONG refuse_events;     /* so many JobTransferred and JobError are answered with E_FAIL */
    LONG refuse_files;      /* the same for FileTransferred */
    HRESULT success;        /* what FileTransferred returns then */
    HANDLE gate;            /* JobTransferred waits for it; NULL: it does not */
    LONG inside, most;      /* calls at this moment, and how many there have been at once */
    CRITICAL_SECTION lock;  /* guards the rest */
    char calls[256];
    BG_FILE_RANGE ranges[16];   /* of all FileRangesTransferred, one behind the other */
    DWORD range_count;
    ULONGLONG last;         /* tick of the last call */
    ULONGLONG shortest;     /* ms between two calls */
};

void listener_init( struct listener *listener );
/* After the service has let go of it. */
void listener_done( struct listener *listener );
/* LISTENER NULL takes the job's callback away. */
void listen_to( IBackgroundCopyJob *job, struct listener *listener );
/* Waits until the calls are these. */
#define wait_calls( listener, calls ) wait_calls_( __LINE__, listener, calls )
void wait_calls_( int line, struct listener *listener, const char *calls );

/* Notify flags, minimum retry delay 5 s, and a file that is to become the job's. */
IBackgroundCopyJob *notify_job( DWORD flags, const char *url, const WCHAR *local );

#endif
