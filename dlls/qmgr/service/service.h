/*
 * The service room: hosting in svchost, class objects, registration
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

/* The top room: it starts the others and knows them all.
 *
 * ServiceMain() heals the registration (an update of the prefix points common interfaces back to Wine's own proxies),
 * announces the classes, starts identity, transfer and queue, publishes the class objects and waits to be stopped, or
 * for the machine to change; then all of it in the opposite order. */

#ifndef WINEBITS_SERVICE_H
#define WINEBITS_SERVICE_H

#include "base/base.h"

extern HINSTANCE qmgr_instance;

/* Writes the keys of our class ids and interfaces into both registry views; what is right already is not written.
 * With the keys of the 32-bit view only where the prefix has one.  Win32 error as HRESULT. */
HRESULT registration_write(void);
/* Removes them.  Wine's own ones come back with the next update of the prefix. */
HRESULT registration_remove(void);

/* Work exists from now on, or no longer does: for struct notifier.  One thread at a time. */
void keeper_work( BOOL exists );
/* The service ends: lets the session go, but leaves the start type. */
void keeper_stop(void);

/* Reads what stands in the registry (job/policy.h) and hands it to the queue, now and each time that policy_update() is
 * called, which is to be when one of EVENTS (auto-reset; they stay ours) has been signalled.  The service's thread.
 * Win32 error as HRESULT. */
#define POLICY_EVENTS 2
HRESULT policy_start( HANDLE events[POLICY_EVENTS] );
void policy_update(void);
void policy_stop(void);

/* Counts the networks that the machine is in and tells the queue, now and each time that network_update() is called, which
 * is to be when EVENT (auto-reset; it stays ours) has been signalled.  The service's thread, between transfer_start() and
 * transfer_stop(), for Winsock.  Win32 error as HRESULT; that networks cannot be watched is none. */
HRESULT network_start( HANDLE *event );
void network_update(void);
void network_stop(void);

/* The class ids from 1.0 to 10.3 and that of the old queue manager (spec: api 1.2), and their names in the registry. */
#define SERVICE_CLASSES 11
struct service_class
{
    const CLSID *id;
    const WCHAR *name;
};
extern const struct service_class service_classes[SERVICE_CLASSES];

/* Clients find one class object for each of them by way of the doorman; see activation.h.  In the service's apartment.
 * factory_announce() comes first: it names the classes and starts the doorman, where clients then wait for the class
 * objects, which factory_register() publishes; that returns when the doorman is there. */
HRESULT factory_announce(void);
HRESULT factory_register(void);
void factory_revoke(void);

/* Starts the doorman unless it runs, and makes its service if that is missing.  Win32 error as HRESULT. */
HRESULT doorman_start(void);
/* Returns when it has started. */
HRESULT doorman_await(void);

#endif
