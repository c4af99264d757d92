/*
 * A small BITS client: what tools/demo, tools/bench and the tests of transfers run
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


/* A client of the public interface and nothing else: it would run on Windows.  Each command is one file with one
 * entry, returns the exit code, and has said on standard error what went wrong when that is not 0.
 * All commands run in the multithreaded apartment. */

#ifndef WINEBITS_CLIENT_H
#define WINEBITS_CLIENT_H

#define COBJMACROS
#define CONST_VTABLE
#include <windows.h>
#include "bits.h"

/* URL LOCAL [SHA256]: the whole tour of a job with a helper token, told to a human. */
int demo( int argc, WCHAR **argv );
/* URL LOCAL [COUNT]: prints the milliseconds from Resume to TRANSFERRED.  With COUNT the job has so many files, and both
 * names are followed by a number from 0. */
int download( int argc, WCHAR **argv );
/* N: prints what N calls of GetState cost, beside N calls of an object that does nothing, in microseconds. */
int calls( int argc, WCHAR **argv );
/* EVENT: the process with that object; started by calls(). */
int calls_server( int argc, WCHAR **argv );
/* Carries out the steps that it reads from standard input; job.c describes them. */
int job_steps( int argc, WCHAR **argv );
/* The same for what a long queue costs; queue.c describes them. */
int queue_steps( int argc, WCHAR **argv );
/* CALLS SEED URL: that many calls of all kinds, chosen by SEED, with jobs whose files are URL. */
int stress( int argc, WCHAR **argv );
/* Cancels all jobs; prints how many, and how many handles the service has. */
int stress_rest( int argc, WCHAR **argv );

/* Prints to standard output: UTF-16 to a console, UTF-8 elsewhere.  Format as in wprintf, strings are %ls. */
void say( const WCHAR *format, ... );
/* Whether standard output is a console, where a line can be drawn anew after \r. */
BOOL is_console(void);

/* Prints WHAT, the code and its text on standard error; returns 1, for "return complain(...)". */
int complain( const WCHAR *what, HRESULT hr );

/* A new manager, of a class that Wine's own service has not; NULL after a complaint. */
IBackgroundCopyManager *connect_manager(void);
/* The same of the oldest class, which every service has. */
IBackgroundCopyManager *connect_any_manager(void);
/* A suspended foreground download of one file; NULL after a complaint. */
IBackgroundCopyJob *create_download( IBackgroundCopyManager *manager, const WCHAR *name, const WCHAR *url,
                                     const WCHAR *local, GUID *id );
/* Complains with the job's own error, if it is in one. */
int complain_job( IBackgroundCopyJob *job );

/* An impersonation token of this process with Administrators as deny-only; NULL after a complaint. */
HANDLE create_helper_token(void);
/* Lets calls through this proxy carry the thread's token of the moment, as impersonation needs it on Windows. */
HRESULT cloak( void *proxy );

/* Has EVENT set when the job is transferred or in error.  The job keeps the callback object. */
HRESULT notify_by_event( IBackgroundCopyJob *job, HANDLE event );

/* A callback object that remembers what it was told; any thread. */
struct record;
/* COM's reference of the caller; NULL without memory. */
IBackgroundCopyCallback *create_record( struct record **record );
/* The name of call NUMBER, and the code of the job's error for "error"; FALSE: there is none yet. */
BOOL get_record( struct record *record, UINT number, const WCHAR **name, HRESULT *code );

/* Puts the certificate of a PFX file, whose password is "password", into MY; HASH: its thumbprint, 20 bytes. */
HRESULT import_certificate( const WCHAR *path, BYTE *hash );
/* Puts the certificate of a file, in DER, into ROOT of a CERT_SYSTEM_STORE_*. */
HRESULT import_authority( const WCHAR *path, DWORD location );

/* The object that judges server certificates, from now on in this way; it lives as long as the process. */
IUnknown *get_judge( HRESULT answer, BOOL hangs );
/* How often it was asked since then, and what it was shown last: the subject's name, how many certificates the chain has
 * (0: it cannot be read), the name of the job, the URL of the file. */
LONG get_judged( WCHAR *shown, UINT size );

#endif
