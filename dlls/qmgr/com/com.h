/*
 * The com room: the interface objects that clients hold
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

/* Thin objects without a state of their own.  A job is handed out as a view: a new light object for each pointer that
 * CreateJob, GetJob, Next or a callback gives away, since COM's stub manager answers a repeated QueryInterface for one
 * object from its cache and could not tell two callers apart.  The view remembers what its caller may do.
 *
 * Every method may be called on any thread of the service's multithreaded apartment, takes the queue lock for as
 * long as it reads or changes the job, and checks first the arguments, then the call's impersonation level, then the
 * job.  Out parameters are set to NULL or left alone on failure; strings are allocated by CoTaskMemAlloc. */

#ifndef WINEBITS_COM_H
#define WINEBITS_COM_H

#include "base/base.h"
#include "job/job.h"
#include "identity/identity.h"
#include "schedule/schedule.h"

/* Objects alive, of all kinds; for the service to know whether clients are there. */
LONG com_object_count(void);

/* The manager: one object serves all class ids from 1.0 to 10.3 (spec: api 1.2).  IID must be one of its interfaces:
 * E_NOINTERFACE. */
HRESULT manager_create( REFIID iid, void **object );

/* How notifications reach the client's callback object; for queue_start(). */
extern const struct notifier com_notifier;

/* --- inside the room ---------------------------------------------------------------------------------------------- */

/* A view of JOB for CALLER; the reference to JOB and to CALLER are its own.  Rights have been checked. */
HRESULT view_create( struct job *job, struct identity *caller, IBackgroundCopyJob **view );

/* The live file number INDEX of JOB (spec: api 5.9). */
HRESULT file_create( struct job *job, ULONG index, IBackgroundCopyFile **file );

/* A snapshot of the job's error (spec: api 5.2.13); BG_E_ERROR_INFORMATION_UNAVAILABLE when there is none. */
HRESULT error_create( struct job *job, IBackgroundCopyError **error );

/* Enumerators over a snapshot (spec: api 5.11).  JOBS: a malloc'ed array and its references change hands, also on
 * failure; CALLER as for view_create(). */
HRESULT enum_jobs_create( struct job **jobs, ULONG count, struct identity *caller, IEnumBackgroundCopyJobs **enumerator );
HRESULT enum_files_create( struct job *job, ULONG count, IEnumBackgroundCopyFiles **enumerator );

/* CoTaskMemAlloc'ed copy of STR (NULL gives NULL) for an out parameter: S_OK or E_OUTOFMEMORY. */
HRESULT return_string( const WCHAR *str, WCHAR **ret );

#endif
