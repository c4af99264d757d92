/*
 * The objects that clients hold, and what becomes of them when a client dies
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

/* Wine's COM never releases the references of a client that died.  So each object is remembered for the process that it
 * was made for, and some time after the end of that process CoDisconnectObject drops what references COM still keeps of
 * it.  A thread watches the processes as long as there are any.  It is no wait of the thread pool: while that has one, a
 * worker of it wakes up every five seconds. */

#define COBJMACROS
#include "com/com.h"

#include <objbase.h>

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr_clients);

/* For the calls that were under way when the client died.  CoDisconnectObject and the end of a Release that came from
 * the client would both free what COM knows of the object. */
#define GRACE_MS    5000

struct client
{
    struct list entry;
    struct list objects;    /* struct com_object.entry */
    DWORD pid;              /* not used again as long as the handle is open */
    HANDLE process;
    UINT64 over_at;         /* tick at which the grace is over; 0 while the process lives */
};

static SRWLOCK lock = SRWLOCK_INIT;     /* of all of it; a leaf */
static struct list clients = { &clients, &clients };
static LONG object_count;
static HANDLE news;                     /* event: there is another client */
static BOOL watching;                   /* there is a thread */

/* A reference, unless the last one is gone already. */
static BOOL pin( struct com_object *object )
{
    LONG refs;

    do if (!(refs = *(volatile LONG *)object->refs)) return FALSE;
    while (InterlockedCompareExchange( object->refs, refs + 1, refs ) != refs);
    return TRUE;
}

/* The lock is given up for each of them. */
static void disconnect_objects_locked( struct list *objects )
{
    struct com_object *object;
    struct list *head;
    IUnknown *iface;

    while ((head = list_head( objects )))
    {
        object = LIST_ENTRY( head, struct com_object, entry );
        list_remove( &object->entry );
        list_init( &object->entry );
        if (!pin( object )) continue;
        iface = object->iface;
        ReleaseSRWLockExclusive( &lock );
        CoDisconnectObject( iface, 0 );
        IUnknown_Release( iface );
        AcquireSRWLockExclusive( &lock );
    }
}

/* Takes the clients whose grace is over at tick NOW. */
static void free_clients_locked( UINT64 now )
{
    struct client *client, *next;
    struct list over = { &over, &over };

    LIST_FOR_EACH_ENTRY_SAFE( client, next, &clients, struct client, entry )
    {
        if (!client->over_at || client->over_at > now) continue;
        list_remove( &client->entry );
        list_add_tail( &over, &client->entry );
    }
    LIST_FOR_EACH_ENTRY_SAFE( client, next, &over, struct client, entry )
    {
        disconnect_objects_locked( &client->objects );
        TRACE( "What process %#lx had is free, %ld objects are left.\n", client->pid, object_count );
        CloseHandle( client->process );
        free( client );
    }
}

/* What to wait for, and how long: the first clients, as many as a thread can wait for.  Others have their turn when one
 * of these has ended. */
static DWORD list_living_locked( UINT64 now, struct client **living, HANDLE *handles, DWORD *timeout )
{
    struct client *client;
    DWORD count = 0;

    *timeout = INFINITE;
    handles[count++] = news;
    LIST_FOR_EACH_ENTRY( client, &clients, struct client, entry )
    {
        if (client->over_at) *timeout = min( *timeout, client->over_at - now );
        else if (count < MAXIMUM_WAIT_OBJECTS)
        {
            living[count] = client;
            handles[count++] = client->process;
        }
    }
    return count;
}

static DWORD CALLBACK watch_proc( void *context )
{
    struct client *living[MAXIMUM_WAIT_OBJECTS];
    HANDLE handles[MAXIMUM_WAIT_OBJECTS];
    DWORD count, timeout, which;
    UINT64 now;

    AcquireSRWLockExclusive( &lock );
    for (;;)
    {
        now = GetTickCount64();
        free_clients_locked( now );
        if (list_empty( &clients )) break;
        count = list_living_locked( now, living, handles, &timeout );
        ReleaseSRWLockExclusive( &lock );
        which = WaitForMultipleObjects( count, handles, FALSE, timeout );
        AcquireSRWLockExclusive( &lock );
        if (which > 0 && which < count) living[which]->over_at = GetTickCount64() + GRACE_MS;
    }
    watching = FALSE;
    ReleaseSRWLockExclusive( &lock );
    return 0;
}

static BOOL start_watching_locked(void)
{
    HANDLE thread;

    if (!news && !(news = CreateEventW( NULL, FALSE, FALSE, NULL ))) return FALSE;
    if (watching) return SetEvent( news );
    if (!(thread = CreateThread( NULL, 0, watch_proc, NULL, 0, NULL ))) return FALSE;
    CloseHandle( thread );
    watching = TRUE;
    return TRUE;
}

/* NULL: it cannot be watched. */
static struct client *watch_locked( DWORD pid )
{
    struct client *client;

    if (!(client = calloc( 1, sizeof(*client) ))) return NULL;
    if (!(client->process = OpenProcess( SYNCHRONIZE, FALSE, pid )) || !start_watching_locked())
    {
        WARN( "Process %#lx cannot be watched, error %lu.\n", pid, GetLastError() );
        if (client->process) CloseHandle( client->process );
        free( client );
        return NULL;
    }
    list_init( &client->objects );
    client->pid = pid;
    list_add_tail( &clients, &client->entry );
    return client;
}

static struct client *find_locked( DWORD pid )
{
    struct client *client;

    LIST_FOR_EACH_ENTRY( client, &clients, struct client, entry )
    {
        if (client->pid == pid) return client;
    }
    return watch_locked( pid );
}

void com_object_created( struct com_object *object, void *iface, LONG *refs )
{
    DWORD pid = identity_client_process();
    struct client *client;

    object->iface = iface;
    object->refs = refs;
    list_init( &object->entry );

    AcquireSRWLockExclusive( &lock );
    object_count++;
    if (pid && (client = find_locked( pid ))) list_add_tail( &client->objects, &object->entry );
    ReleaseSRWLockExclusive( &lock );
}

void com_object_destroyed( struct com_object *object )
{
    AcquireSRWLockExclusive( &lock );
    list_remove( &object->entry );
    object_count--;
    ReleaseSRWLockExclusive( &lock );
}
