/*
 * What the API tests share
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

#ifndef __WINEBITS_TESTS_UTIL_H
#define __WINEBITS_TESTS_UTIL_H

#ifndef CONST_VTABLE
#define CONST_VTABLE
#endif
#ifndef COBJMACROS
#define COBJMACROS
#endif

#include <stdarg.h>
#include <stdio.h>

#include <winsock2.h>
#include <windows.h>
#include <objbase.h>
#include <sddl.h>

#include "bits.h"
#include "wine/test.h"

/* What a proxy answers when a parameter that may not be NULL is NULL (spec: api 1.6). */
#define NULL_REF_POINTER HRESULT_FROM_WIN32(RPC_X_NULL_REF_POINTER)

/* A pointer that no method returns, to see that an out parameter was written. */
#define SENTINEL ((void *)(UINT_PTR)0xdeadbee0)

/* The manager of the test that runs. */
extern IBackgroundCopyManager *manager;

/* A test begins with setup() and ends with teardown().  FALSE, after win_skip(): there is no BITS here. */
BOOL setup(void);
void teardown(void);

/* Stops the service and starts it again: manager is another one then, and every other pointer is worth nothing. */
void restart_service(void);

/* A download without files; the caller cancels or completes it, and releases it. */
#define create_job( name ) create_job_( __LINE__, name )
IBackgroundCopyJob *create_job_( int line, const WCHAR *name );

/* Cancels a job that may be finished already, and releases it. */
void cleanup_job( IBackgroundCopyJob *job );

/* Full path of NAME in the test's own directory, valid for seven more calls.  teardown() removes the directory. */
const WCHAR *test_path( const WCHAR *name );
/* That directory, new or not: any account may do anything in it. */
void make_shared_directory( const WCHAR *path );
/* The file of that name, with SIZE bytes of the pattern that the server sends too. */
void create_file( const WCHAR *path, DWORD size );
char file_pattern( UINT64 offset );
/* Whether the file has exactly SIZE bytes of the pattern. */
BOOL check_file( const WCHAR *path, DWORD size );

#define add_file( job, remote, local ) add_file_( __LINE__, job, remote, local )
void add_file_( int line, IBackgroundCopyJob *job, const WCHAR *remote, const WCHAR *local );
#define resume_job( job ) resume_job_( __LINE__, job )
void resume_job_( int line, IBackgroundCopyJob *job );

BG_JOB_STATE get_state( IBackgroundCopyJob *job );
/* Waits until the job has the state, or one that it does not leave by itself, or 30 seconds are over; checks that it
 * is the state expected and says which error the job has if not. */
#define wait_state( job, state ) wait_state_( __LINE__, job, state )
void wait_state_( int line, IBackgroundCopyJob *job, BG_JOB_STATE expected );

/* The error object has these. */
#define check_error( job, context, code ) check_error_( __LINE__, job, context, code )
void check_error_( int line, IBackgroundCopyJob *job, BG_ERROR_CONTEXT context, HRESULT code );

/* The only file of the job, or the first. */
IBackgroundCopyFile *first_file( IBackgroundCopyJob *job );

/* Lets some time pass between two looks at something that another process does: 10 ms. */
void short_wait(void);

/* --- tokens ------------------------------------------------------------------------------------------------------- */

/* An impersonation token of this user whose Administrators group is deny-only. */
HANDLE create_user_token( SECURITY_IMPERSONATION_LEVEL level );
/* Puts a token on this thread, NULL takes it off. */
void impersonate( HANDLE token );

/* --- server.c: a small HTTP server in this process ------------------------------------------------------------------
 *
 *   /file/N      N bytes of the pattern, with Last-Modified, HEAD and Range
 *   /status/N    that status, with a short text as its body
 *   /hang/N      as /file/N, but after the header of a GET nothing comes until server_stop()
 *   /short/N     as /file/N, but a GET gets half of the file and the end of the connection
 *   /reset/N     the same with a reset
 *   /unready/N   503 the first time, then as /file/N
 *   /endless     status 200 and no length
 *   /garbage     something that is not HTTP
 *   /redirect/N  a redirect to /file/N
 *   /whole/N     as /file/N, but without Range
 *   /basic/N     as /file/N for "user" with "password"; /digest/N for "user", whatever the password
 *   http://…     it is a proxy: as /file/N, whatever the host; one that begins with "login" wants the password
 *                with Basic, with "digest" the user with Digest
 *   anything else 404 */

/* Last-Modified of the files: 6 November 1994, 08:49:37 UTC. */
#define SERVER_FILE_TIME 0x01b98d5354912680ull

BOOL server_start(void);
void server_stop(void);
/* http://127.0.0.1:PORT and PATH, valid for seven more calls. */
const WCHAR *server_url( const char *path );
/* The server as an entry of a proxy list. */
const WCHAR *server_proxy(void);
/* How many requests since server_start() begin with START, such as "GET /file/", and hold LINE (NULL: whatever). */
UINT server_count( const char *start, const char *line );

#endif
