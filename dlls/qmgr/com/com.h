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
 * object from its cache and could not tell two callers apart.  The view remembers its holder, who received it, and lets
 * whoever calls do what the holder may: a helper without rights needs none of its own, and after TakeOwnership the old
 * owner's views are of no use.  Files and errors refer to the view that they come from.
 *
 * Every method may be called on any thread of the service's multithreaded apartment, takes the queue lock for as
 * long as it reads or changes the job, and checks first the arguments, then the call's impersonation level, then the
 * job.  Out parameters are set to NULL or left alone on failure; strings are allocated by CoTaskMemAlloc.
 * What is not there yet returns E_NOTIMPL after a FIXME. */

#ifndef WINEBITS_COM_H
#define WINEBITS_COM_H

#ifndef CONST_VTABLE
#define CONST_VTABLE        /* vtables are constant, as in Wine */
#endif

#include "base/base.h"
#include "job/job.h"
#include "identity/identity.h"
#include "schedule/schedule.h"

#include "qmgr.h"

/* The manager: one object serves all class ids from 1.0 to 10.3 (spec: api 1.2).  IID must be one of its interfaces:
 * E_NOINTERFACE. */
HRESULT manager_create( REFIID iid, void **object );

/* The queue manager from before BITS 1.0 (spec: api 5.15).  Its groups are jobs, whose id is the group's; a group holds one
 * job, which is no object of its own.  A group completes itself when its files are there. */
HRESULT qmgr_create( REFIID iid, void **object );

/* Takes care of the groups that the queue has loaded.  After queue_start(), before there are clients. */
HRESULT groups_start(void);

/* Every interface of BITS: those that our objects have, and behind them the others. */
#define COM_OWN_INTERFACES 27
#define COM_INTERFACES 34
extern const IID * const com_interfaces[COM_INTERFACES];

/* From here until the process ends the multithreaded apartment stays, with the objects in it, and the RPC registration of our
 * interfaces, whatever objects come and go (anchor.c says why).  An interface for which that fails is named in the log.
 * May be called at each start of the service.  E_OUTOFMEMORY. */
HRESULT anchor_start(void);

/* How notifications reach the client's callback object; for queue_start().  A sink is what sink_from_object() made. */
extern const struct notifier com_notifier;

/* The newest callback interface of a client's object that the service calls (calls to the client): of
 * that LEVEL.  E_NOINTERFACE without any. */
HRESULT sink_from_object( IUnknown *object, IUnknown **sink, enum sink_level *level );

/* --- inside the room: objects and their clients (client.c) --------------------------------------------------------- */

/* Part of each object that clients may hold. */
struct com_object
{
    struct list entry;
    IUnknown *iface;
    LONG *refs;
};

/* The start of an object's life, with IFACE and REFS within it.  Some seconds after the end of the process whose call this
 * thread is serving, COM's references of the object are released, whoever holds them then; outside of a call they never
 * are.  Takes a few system calls: not under the queue lock. */
void com_object_created( struct com_object *object, void *iface, LONG *refs );
/* The end: the last reference is gone, the memory still there.  Not under the queue lock. */
void com_object_destroyed( struct com_object *object );

/* --- inside the room: objects ------------------------------------------------------------------------------------- */

/* The manager, for the files that implement its interfaces. */
struct manager
{
    IBackgroundCopyManager IBackgroundCopyManager_iface;
    IBitsPeerCacheAdministration IBitsPeerCacheAdministration_iface;
    LONG refs;
    struct com_object object;
};

extern const IBitsPeerCacheAdministrationVtbl manager_peercache_vtbl;   /* peercache.c */

/* The view, for the files that implement its interfaces. */
struct view
{
    IBackgroundCopyJob5 IBackgroundCopyJob5_iface;
    IBackgroundCopyJobHttpOptions3 IBackgroundCopyJobHttpOptions3_iface;
    IBitsTokenOptions IBitsTokenOptions_iface;
    LONG refs;
    struct com_object object;
    struct job *job;
    struct identity *holder;
    struct identity *lender;    /* who last asked for IBitsTokenOptions; NULL: nobody has.  Queue lock */
};

/* A view of JOB for HOLDER, with references of its own.  IBackgroundCopyJob is how views are marshalled and asks nobody;
 * for every other interface QueryInterface looks at who asks (spec: api 1.5.6). */
HRESULT view_create( struct job *job, struct identity *holder, struct view **view );
/* The same for an out parameter. */
HRESULT view_return( struct job *job, struct identity *holder, IBackgroundCopyJob **view );

static inline IBackgroundCopyJob *view_job( struct view *view )
{
    return (IBackgroundCopyJob *)&view->IBackgroundCopyJob5_iface;
}

/* And back, without a reference; NULL if it is somebody else's object. */
struct view *view_from_job( IBackgroundCopyJob *iface );

/* The live file number INDEX of the view's job, which must exist (spec: api 5.9). */
HRESULT file_create( struct view *view, ULONG index, IBackgroundCopyFile **file );
/* The index of such a file; FALSE if it is somebody else's object. */
BOOL file_get_index( IBackgroundCopyFile *file, ULONG *index );

/* A snapshot of the job's error (spec: api 5.2.13); BG_E_ERROR_INFORMATION_UNAVAILABLE when there is none. */
HRESULT error_create( struct view *view, IBackgroundCopyError **error );

/* Enumerators over a snapshot (spec: api 5.11).  JOBS: a malloc'ed array and its references change hands, also on
 * failure; the views that Next makes are HOLDER's.  COUNT of the files: the first ones of the job, since files are only
 * ever added at the end. */
HRESULT enum_jobs_create( struct job **jobs, ULONG count, struct identity *holder,
                          IEnumBackgroundCopyJobs **enumerator );
HRESULT enum_files_create( struct view *view, ULONG count, IEnumBackgroundCopyFiles **enumerator );
/* Of the peer cache, in which there is never anything. */
HRESULT enum_records_create( IEnumBitsPeerCacheRecords **enumerator );
HRESULT enum_peers_create( IEnumBitsPeers **enumerator );
/* Of ids: groups, as enum_jobs_create(); the COUNT (0 or 1) jobs in the group that the view is of. */
HRESULT enum_groups_create( struct job **jobs, ULONG count, struct identity *holder,
                            IEnumBackgroundCopyGroups **enumerator );
HRESULT enum_group_jobs_create( struct view *view, ULONG count, IEnumBackgroundCopyJobs1 **enumerator );

extern const IBackgroundCopyJob5Vtbl view_job_vtbl;                     /* job.c */
extern const IBackgroundCopyJobHttpOptions3Vtbl view_http_vtbl;         /* http.c */
extern const IBitsTokenOptionsVtbl view_token_vtbl;                     /* token.c */

/* IUnknown of the view, for the three vtables. */
HRESULT view_query_interface( struct view *view, REFIID iid, void **object );
ULONG view_addref( struct view *view );
ULONG view_release( struct view *view );

/* Asks the client's object about a server's certificate: see struct notifier (certificate.c). */
HRESULT certificate_judge( IUnknown *judge, struct job *job, ULONG index, const BYTE *chain, SIZE_T size,
                           struct identity *identity );

/* --- inside the room: groups (group.c, groupjob.c, groupsink.c) ---------------------------------------------------- */

/* The group that a view's job is, and the job in it. */
HRESULT group_create( struct view *view, IBackgroundCopyGroup **group );
HRESULT group_job_create( struct view *view, IBackgroundCopyJob1 **group_job );

/* Makes ours the callback of the job: it completes the group when all is there, and tells CALLBACK (NULL: nobody) what
 * the group's properties ask for.  IDENTITY is whoever wants it.  Codes of queue_set_sink(). */
HRESULT group_watch( struct job *job, IBackgroundCopyCallback1 *callback, struct identity *identity );

/* What GetProgress of both gives for QM_PROGRESS_*: E_NOTIMPL for the time, E_INVALIDARG for what is undefined. */
HRESULT group_progress_locked( const struct job *job, DWORD type, DWORD *value );

/* The results of the last error as GetStatus and OnStatus have them, both 0 when there is none.  Transport: errors of the
 * remote side. */
void group_results_locked( const struct job *job, DWORD *win32, DWORD *transport );

/* The codes of the family for some of ours. */
HRESULT group_hresult( HRESULT hr );

/* --- inside the room: what methods share (object.c) --------------------------------------------------------------- */

/* What every method of a view begins with.  All of them fail with E_ACCESSDENIED when the call's blanket is below
 * IDENTIFY, and when the holder may not see the job, or change it (spec: behaviour 7). */

/* A getter is begin_read(), the copy, end_read().  OUT is the out parameter: E_INVALIDARG when NULL.  On success the
 * queue lock is held until end_read(), which returns its argument. */
HRESULT begin_read( const struct view *view, const void *out );
HRESULT end_read( HRESULT hr );

/* A setter is begin_change(), the change, queue_end_change().  Fails as queue_begin_change() does too, and on failure
 * the lock is not held. */
HRESULT begin_change( struct view *view );

/* For a setter that is a function of the schedule room. */
HRESULT check_change( const struct view *view );

/* The same for what the owner alone may change or read, not even administrators: whoever calls must be the owner. */
HRESULT begin_owner_change( struct view *view );
HRESULT begin_owner_read( const struct view *view, const void *out );

/* Whether whoever makes this call is an administrator: S_OK or E_ACCESSDENIED.  Not under the lock. */
HRESULT check_administrator(void);

/* CoTaskMemAlloc'ed copy of SIZE bytes for an out parameter: S_OK or E_OUTOFMEMORY. */
HRESULT return_bytes( const void *bytes, SIZE_T size, void **ret );

/* CoTaskMemAlloc'ed copy of STR (NULL gives NULL) for an out parameter: S_OK or E_OUTOFMEMORY. */
HRESULT return_string( const WCHAR *str, WCHAR **ret );
/* Two of them, or none. */
HRESULT return_strings( const WCHAR *first, WCHAR **first_ret, const WCHAR *second, WCHAR **second_ret );

#endif
