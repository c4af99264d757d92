/*
 * What the tests of helper tokens share
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

/* The rules differ by the Windows version that the prefix claims; the tests have both, so run them with both.
 *
 * "Administrator" is the process that runs the test, "user" the same account with Administrators deny-only, which an
 * unelevated program has.  Tokens of other accounts come from NtCreateToken, which not every Wine has.
 * A token of NULL means the process. */

#ifndef __WINEBITS_TESTS_TOKENS_H
#define __WINEBITS_TESTS_TOKENS_H

#include "util.h"

extern BOOL since_1607;         /* the newer rule; spec: api 5.8.1 */
extern HANDLE user_token;       /* the user's, an impersonation token */
extern WCHAR *own_sid;          /* of both */

/* After setup(); FALSE: skip the test. */
BOOL token_setup(void);
void token_teardown(void);

/* An impersonation token of another account, which is no administrator's.  NULL after skip() where it cannot be. */
HANDLE create_foreign_token( const WCHAR *sid );
/* The same of one who is. */
HANDLE create_foreign_admin_token( const WCHAR *sid );

IBackgroundCopyJob *create_job_as( HANDLE token );
/* GetJob; *RET is NULL if it fails, or the check fails. */
HRESULT get_job_as( HANDLE token, IBackgroundCopyJob *job, IBackgroundCopyJob **ret );
#define get_options_as( token, job ) get_options_as_( __LINE__, token, job )
IBitsTokenOptions *get_options_as_( int line, HANDLE token, IBackgroundCopyJob *job );
HRESULT set_token_as( HANDLE token, IBitsTokenOptions *options );

/* SID NULL: no helper token */
#define check_sid( options, sid ) check_sid_( __LINE__, options, sid )
void check_sid_( int line, IBitsTokenOptions *options, const WCHAR *expected );
#define check_flags( options, flags ) check_flags_( __LINE__, options, flags )
void check_flags_( int line, IBitsTokenOptions *options, DWORD expected );

#endif
