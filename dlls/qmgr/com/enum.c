/*
 * Enumerators: one cursor over a snapshot, a vtable for each kind of item
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

#define COBJMACROS
#include "com/com.h"
#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

/* What is enumerated: shared by an enumerator and its clones, never changes. */
struct snapshot
{
    LONG refs;
    ULONG count;            /* of items */
    struct job **jobs;
    struct identity *holder;/* of the jobs' views */
    struct view *view;      /* for what belongs to one job; the two above are NULL then */
};

/* What an enumerator gives. */
struct kind
{
    const IID *iid;         /* of the enumerator */
    BOOL values;            /* items are GUIDs, not interface pointers */
    /* NULL: there is never an item */
    HRESULT (*create_item)( struct snapshot *snapshot, ULONG index, void *item );
};

struct enumerator
{
    IUnknown IUnknown_iface;    /* the five methods behind it are those of the kind */
    LONG refs;
    struct com_object object;
    const struct kind *kind;
    struct snapshot *snapshot;
    ULONG pos;                  /* queue lock */
};

/* --- the snapshot ------------------------------------------------------------------------------------------------- */

static void snapshot_release( struct snapshot *snapshot )
{
    ULONG i;

    if (InterlockedDecrement( &snapshot->refs )) return;
    for (i = 0; snapshot->jobs && i < snapshot->count; i++) job_release( snapshot->jobs[i] );
    free( snapshot->jobs );
    identity_release( snapshot->holder );
    if (snapshot->view) view_release( snapshot->view );
    free( snapshot );
}

static struct snapshot *snapshot_create( ULONG count )
{
    struct snapshot *snapshot;

    if (!(snapshot = calloc( 1, sizeof(*snapshot) ))) return NULL;
    snapshot->refs = 1;
    snapshot->count = count;
    return snapshot;
}

/* Takes over the array and its references, also on failure. */
static struct snapshot *snapshot_jobs( struct job **jobs, ULONG count, struct identity *holder )
{
    struct snapshot *snapshot;
    ULONG i;

    if (!(snapshot = snapshot_create( count )))
    {
        for (i = 0; i < count; i++) job_release( jobs[i] );
        free( jobs );
        return NULL;
    }
    snapshot->jobs = jobs;
    snapshot->holder = identity_addref( holder );
    return snapshot;
}

/* COUNT things that belong to one job. */
static struct snapshot *snapshot_of( struct view *view, ULONG count )
{
    struct snapshot *snapshot;

    if (!(snapshot = snapshot_create( count ))) return NULL;
    view_addref( view );
    snapshot->view = view;
    return snapshot;
}

static HRESULT create_job_item( struct snapshot *snapshot, ULONG index, void *item )
{
    return view_return( snapshot->jobs[index], snapshot->holder, item );
}

static HRESULT create_file_item( struct snapshot *snapshot, ULONG index, void *item )
{
    return file_create( snapshot->view, index, item );
}

/* neither id changes any more */
static HRESULT copy_group_id( struct snapshot *snapshot, ULONG index, void *item )
{
    *(GUID *)item = snapshot->jobs[index]->id;
    return S_OK;
}

static HRESULT copy_group_job_id( struct snapshot *snapshot, ULONG index, void *item )
{
    *(GUID *)item = snapshot->view->job->group.job;
    return S_OK;
}

/* --- the enumerator ----------------------------------------------------------------------------------------------- */

static HRESULT enum_query_interface( struct enumerator *enumerator, REFIID iid, void **object )
{
    TRACE( "%p, %s, %p.\n", enumerator, debugstr_guid( iid ), object );

    if (IsEqualGUID( iid, &IID_IUnknown ) || IsEqualGUID( iid, enumerator->kind->iid ))
    {
        InterlockedIncrement( &enumerator->refs );
        *object = enumerator;
        return S_OK;
    }
    *object = NULL;
    return E_NOINTERFACE;
}

static ULONG enum_addref( struct enumerator *enumerator )
{
    ULONG refs = InterlockedIncrement( &enumerator->refs );

    TRACE( "%p, refs %lu.\n", enumerator, refs );
    return refs;
}

static ULONG enum_release( struct enumerator *enumerator )
{
    ULONG refs = InterlockedDecrement( &enumerator->refs );

    TRACE( "%p, refs %lu.\n", enumerator, refs );

    if (!refs)
    {
        snapshot_release( enumerator->snapshot );
        com_object_destroyed( &enumerator->object );
        free( enumerator );
    }
    return refs;
}

/* Moves the cursor by COUNT items, or to the end; returns by how many, and where it was. */
static ULONG enum_advance( struct enumerator *enumerator, ULONG count, ULONG *first )
{
    queue_lock();
    *first = enumerator->pos;
    count = min( count, enumerator->snapshot->count - enumerator->pos );
    enumerator->pos += count;
    queue_unlock();
    return count;
}

/* spec: api 5.11; without FETCHED only a single item may be asked for */
static HRESULT enum_next( struct enumerator *enumerator, ULONG count, void *items, ULONG *fetched )
{
    const struct kind *kind = enumerator->kind;
    SIZE_T size = kind->values ? sizeof(GUID) : sizeof(IUnknown *);
    ULONG first, got, i;
    HRESULT hr;

    TRACE( "%p, %lu, %p, %p.\n", enumerator, count, items, fetched );

    if (fetched) *fetched = 0;
    if ((!items && count) || (!fetched && count != 1)) return E_INVALIDARG;
    if (FAILED(hr = identity_check_call())) return hr;

    got = enum_advance( enumerator, count, &first );
    /* the proxy looks at a single item whether there is one or not */
    if (got < count) memset( (char *)items + got * size, 0, size );
    for (i = 0; i < got; i++)
    {
        if (FAILED(hr = kind->create_item( enumerator->snapshot, first + i, (char *)items + i * size )))
        {
            while (i--) IUnknown_Release( ((IUnknown **)items)[i] );    /* copying a GUID cannot fail */
            memset( items, 0, size );
            return hr;
        }
    }
    if (fetched) *fetched = got;
    return got < count ? S_FALSE : S_OK;
}

static HRESULT enum_skip( struct enumerator *enumerator, ULONG count )
{
    ULONG first;
    HRESULT hr;

    TRACE( "%p, %lu.\n", enumerator, count );

    if (FAILED(hr = identity_check_call())) return hr;
    return enum_advance( enumerator, count, &first ) < count ? S_FALSE : S_OK;
}

static HRESULT enum_reset( struct enumerator *enumerator )
{
    HRESULT hr;

    TRACE( "%p.\n", enumerator );

    if (FAILED(hr = identity_check_call())) return hr;
    queue_lock();
    enumerator->pos = 0;
    queue_unlock();
    return S_OK;
}

static HRESULT enum_clone( struct enumerator *enumerator, struct enumerator **ret )
{
    struct enumerator *clone;
    HRESULT hr;

    TRACE( "%p, %p.\n", enumerator, ret );

    if (!ret) return E_INVALIDARG;
    *ret = NULL;
    if (FAILED(hr = identity_check_call())) return hr;

    if (!(clone = malloc( sizeof(*clone) ))) return E_OUTOFMEMORY;
    queue_lock();
    *clone = *enumerator;
    queue_unlock();
    clone->refs = 1;
    InterlockedIncrement( &clone->snapshot->refs );
    com_object_created( &clone->object, &clone->IUnknown_iface, &clone->refs );
    *ret = clone;
    return S_OK;
}

static HRESULT enum_get_count( struct enumerator *enumerator, ULONG *count )
{
    HRESULT hr;

    TRACE( "%p, %p.\n", enumerator, count );

    if (!count) return E_INVALIDARG;
    if (FAILED(hr = identity_check_call())) return hr;
    *count = enumerator->snapshot->count;
    return S_OK;
}

/* Takes over the snapshot, also on failure. */
static HRESULT enum_create( const struct kind *kind, const void *vtbl, struct snapshot *snapshot, void **ret )
{
    struct enumerator *enumerator;

    *ret = NULL;
    if (!snapshot) return E_OUTOFMEMORY;
    if (!(enumerator = calloc( 1, sizeof(*enumerator) )))
    {
        snapshot_release( snapshot );
        return E_OUTOFMEMORY;
    }
    enumerator->IUnknown_iface.lpVtbl = (IUnknownVtbl *)vtbl;
    enumerator->refs = 1;
    enumerator->kind = kind;
    enumerator->snapshot = snapshot;
    com_object_created( &enumerator->object, &enumerator->IUnknown_iface, &enumerator->refs );
    *ret = &enumerator->IUnknown_iface;
    return S_OK;
}

/* --- the vtables -------------------------------------------------------------------------------------------------- */

/* The methods of the enumerator interface TYPE, which differ in the type of their items alone, as VTBL. */
#define DEFINE_ENUMERATOR( prefix, type, item, vtbl ) \
static inline struct enumerator *impl_from_##type( type *iface ) \
{ \
    return CONTAINING_RECORD( (IUnknown *)iface, struct enumerator, IUnknown_iface ); \
} \
static HRESULT WINAPI prefix##_QueryInterface( type *iface, REFIID iid, void **object ) \
{ \
    return enum_query_interface( impl_from_##type( iface ), iid, object ); \
} \
static ULONG WINAPI prefix##_AddRef( type *iface ) \
{ \
    return enum_addref( impl_from_##type( iface ) ); \
} \
static ULONG WINAPI prefix##_Release( type *iface ) \
{ \
    return enum_release( impl_from_##type( iface ) ); \
} \
static HRESULT WINAPI prefix##_Next( type *iface, ULONG count, item *items, ULONG *fetched ) \
{ \
    return enum_next( impl_from_##type( iface ), count, items, fetched ); \
} \
static HRESULT WINAPI prefix##_Skip( type *iface, ULONG count ) \
{ \
    return enum_skip( impl_from_##type( iface ), count ); \
} \
static HRESULT WINAPI prefix##_Reset( type *iface ) \
{ \
    return enum_reset( impl_from_##type( iface ) ); \
} \
static HRESULT WINAPI prefix##_Clone( type *iface, type **clone ) \
{ \
    return enum_clone( impl_from_##type( iface ), (struct enumerator **)clone ); \
} \
static HRESULT WINAPI prefix##_GetCount( type *iface, ULONG *count ) \
{ \
    return enum_get_count( impl_from_##type( iface ), count ); \
} \
static const type##Vtbl vtbl = \
{ \
    prefix##_QueryInterface, \
    prefix##_AddRef, \
    prefix##_Release, \
    prefix##_Next, \
    prefix##_Skip, \
    prefix##_Reset, \
    prefix##_Clone, \
    prefix##_GetCount, \
};

DEFINE_ENUMERATOR( EnumJobs, IEnumBackgroundCopyJobs, IBackgroundCopyJob *, enum_jobs_vtbl )
DEFINE_ENUMERATOR( EnumFiles, IEnumBackgroundCopyFiles, IBackgroundCopyFile *, enum_files_vtbl )
DEFINE_ENUMERATOR( EnumRecords, IEnumBitsPeerCacheRecords, IBitsPeerCacheRecord *, enum_records_vtbl )
DEFINE_ENUMERATOR( EnumPeers, IEnumBitsPeers, IBitsPeer *, enum_peers_vtbl )
DEFINE_ENUMERATOR( EnumGroups, IEnumBackgroundCopyGroups, GUID, enum_groups_vtbl )
DEFINE_ENUMERATOR( EnumGroupJobs, IEnumBackgroundCopyJobs1, GUID, enum_group_jobs_vtbl )

/* --- the kinds ---------------------------------------------------------------------------------------------------- */

static const struct kind kind_jobs = { &IID_IEnumBackgroundCopyJobs, FALSE, create_job_item };
static const struct kind kind_files = { &IID_IEnumBackgroundCopyFiles, FALSE, create_file_item };
static const struct kind kind_records = { &IID_IEnumBitsPeerCacheRecords };
static const struct kind kind_peers = { &IID_IEnumBitsPeers };
static const struct kind kind_groups = { &IID_IEnumBackgroundCopyGroups, TRUE, copy_group_id };
static const struct kind kind_group_jobs = { &IID_IEnumBackgroundCopyJobs1, TRUE, copy_group_job_id };

HRESULT enum_jobs_create( struct job **jobs, ULONG count, struct identity *holder, IEnumBackgroundCopyJobs **ret )
{
    return enum_create( &kind_jobs, &enum_jobs_vtbl, snapshot_jobs( jobs, count, holder ), (void **)ret );
}

HRESULT enum_files_create( struct view *view, ULONG count, IEnumBackgroundCopyFiles **ret )
{
    return enum_create( &kind_files, &enum_files_vtbl, snapshot_of( view, count ), (void **)ret );
}

HRESULT enum_records_create( IEnumBitsPeerCacheRecords **ret )
{
    return enum_create( &kind_records, &enum_records_vtbl, snapshot_create( 0 ), (void **)ret );
}

HRESULT enum_peers_create( IEnumBitsPeers **ret )
{
    return enum_create( &kind_peers, &enum_peers_vtbl, snapshot_create( 0 ), (void **)ret );
}

HRESULT enum_groups_create( struct job **jobs, ULONG count, struct identity *holder, IEnumBackgroundCopyGroups **ret )
{
    return enum_create( &kind_groups, &enum_groups_vtbl, snapshot_jobs( jobs, count, holder ), (void **)ret );
}

HRESULT enum_group_jobs_create( struct view *view, ULONG count, IEnumBackgroundCopyJobs1 **ret )
{
    return enum_create( &kind_group_jobs, &enum_group_jobs_vtbl, snapshot_of( view, count ), (void **)ret );
}
