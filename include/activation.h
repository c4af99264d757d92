/*
 * How clients find the running service
 *
 * Copyright 2026 The winebits authors
 *
 * This library is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 */

/* Wine's COM keeps what a process has registered with CoRegisterClassObject when that process is killed, hands it out
 * until the session ends, and never asks a living process that has registered the same class later.  So it is not the
 * BITS service that registers its classes but a small one beside it, the doorman (dlls/qmgrprxy/doorman.c), which does
 * nothing that could end it:
 *
 *     client -- CoCreateInstance --> doorman: a packet with the class id
 *        |
 *        |  winebitsps.dll, in the client, unmarshals the packet: looks into the registry for the class object
 *        v
 *     BITS service: everything else
 *
 * Each time it starts, the BITS service puts the names of its classes into the registry and starts the doorman, which
 * registers each of them; when the queue is there it adds references of its class objects.  The unmarshaller in the
 * client (dlls/qmgrprxy/activate.c) takes the reference of the moment; when that is missing or dead it starts the BITS
 * service, unless that is starting already, and looks again.  A client is thus served by the first call of
 * CoCreateInstance after the service was killed, and waits for a long queue no longer than it takes to load. */

#ifndef __WINEBITS_ACTIVATION_H
#define __WINEBITS_ACTIVATION_H

/* The doorman: its name for the service manager, and as the svchost group that has it alone. */
#define DOORMAN_SERVICE     L"winebits"

/* Class of the unmarshaller: that of the proxies, whose DLL is in each client anyway. */
static const CLSID CLSID_WinebitsProxy =
    { 0x8204bf18, 0x0fb2, 0x4f7e, { 0x80, 0x64, 0x21, 0x44, 0x3f, 0x01, 0xae, 0x2c } };

/* A volatile key in the service's own view (for 32-bit clients of a 64-bit service: KEY_WOW64_64KEY).  Each value,
 * REG_BINARY, is named by a class id in braces and holds what CoMarshalInterface( IID_IClassFactory, MSHLFLAGS_TABLESTRONG )
 * wrote, or nothing while the service starts.  The key is empty after a clean stop. */
#define ACTIVATION_PARENT   L"Software\\winebits"
#define ACTIVATION_KEY      L"Software\\winebits\\Classes"
#define ACTIVATION_MAX_SIZE 1024        /* bytes of a reference */
#define ACTIVATION_MAX_CLASSES 16

#endif /* __WINEBITS_ACTIVATION_H */
