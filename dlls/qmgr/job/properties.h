/*
 * What clients set about a job and its files: the rules
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


/* Part of the job room's manual (job/job.h, which includes this).  Each function is the rule of one method: it checks
 * the arguments and the job as documented and stores, or changes nothing and gives the documented code.  What is not
 * documented is marked "choice". */

#ifndef WINEBITS_JOB_PROPERTIES_H
#define WINEBITS_JOB_PROPERTIES_H

/* --- limits: characters without the NUL (spec: api 4.1) -------------------------------------------------------- */

#define JOB_USER_NAME_MAX    300
#define JOB_PASSWORD_MAX     65536
#define JOB_CERT_NAME_MAX    255    /* of a store and of a subject */
#define JOB_HEADERS_MAX      16383
#define JOB_METHOD_MAX       64     /* choice: the documentation names none */
#define JOB_RETRY_DELAY_MIN  5      /* seconds */
#define JOB_NO_LIMIT         0xffffffffu  /* for the limits that policy sets and callers pass */

/* --- names, scheduling, notification --------------------------------------------------------------------------- */

/* E_INVALIDARG for NULL, BG_E_STRING_TOO_LONG (spec: api 5.2.15, 5.2.17). */
HRESULT job_set_name( struct job *job, const WCHAR *name );
HRESULT job_set_description( struct job *job, const WCHAR *description );

/* E_NOTIMPL for a value outside the enumeration (spec: api 5.2.19, 5.2.21).  With a method of its own the job's priority
 * is locked: BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD for any other than it has. */
HRESULT job_set_priority( struct job *job, BG_JOB_PRIORITY priority );
HRESULT job_set_notify_flags( struct job *job, DWORD flags );

/* spec: api 5.2.25, 5.2.27, 5.5.5.  Less than 5 seconds of retry delay become 5.  A maximum download time of 0 is no
 * limit (choice); setting one takes the job out of the machine's policy. */
void job_set_retry_delay( struct job *job, ULONG seconds );
void job_set_no_progress( struct job *job, ULONG seconds );
void job_set_max_download_time( struct job *job, ULONG seconds );

/* spec: api 5.2.30.  E_NOTIMPL for an undefined usage; E_INVALIDARG for OVERRIDE without a list, and for any other usage
 * with one (choice of code); BG_E_PROXY_LIST_TOO_LARGE and BG_E_PROXY_BYPASS_LIST_TOO_LARGE above 4,000 characters.
 * What the lists say is looked at when they are used. */
HRESULT job_set_proxy( struct job *job, BG_JOB_PROXY_USAGE usage, const WCHAR *list, const WCHAR *bypass );

/* spec: api 5.3.1.  Two NULLs take the command away, and so do two empty strings (choice).  E_INVALIDARG for parameters
 * without a program (choice of code), BG_E_STRING_TOO_LONG.  USER and ADMINISTRATOR: who sets it. */
HRESULT job_set_command( struct job *job, const WCHAR *program, const WCHAR *parameters, const WCHAR *user,
                         BOOL administrator );

/* spec: api 5.4.3.  E_INVALIDARG for unknown bits, BG_E_INVALID_STATE in TRANSFERRED. */
HRESULT job_set_acl_flags( struct job *job, DWORD flags );

/* spec: api 5.5.1.  E_NOTIMPL for unknown bits. */
HRESULT job_set_peer_flags( struct job *job, DWORD flags );

/* spec: api 5.7.  Codes and phases as in the tables there; -_AFTER_RESUME is for on-demand mode too.  Choices:
 * E_INVALIDARG for a cost mask with unknown bits or without any network; BG_E_UNSUPPORTED_JOB_CONFIGURATION when dynamic
 * content and on-demand mode meet, or one of them a file with ranges; before they are set, the maximum download size
 * and the target of stored credentials read as 0. */
HRESULT job_set_property( struct job *job, BITS_JOB_PROPERTY_ID id, const BITS_JOB_PROPERTY_VALUE *value );
HRESULT job_get_property( const struct job *job, BITS_JOB_PROPERTY_ID id, BITS_JOB_PROPERTY_VALUE *value );

/* --- HTTP (http.c) --------------------------------------------------------------------------------------------- */

/* spec: api 5.6.5.  NULL, and "" (choice), take them away; BG_E_STRING_TOO_LONG.  Their syntax is not looked at. */
HRESULT job_set_headers( struct job *job, const WCHAR *headers );
/* spec: api 5.6.6.  *HEADERS stays the job's.  E_ACCESSDENIED when they are write-only, else S_FALSE for none. */
HRESULT job_get_headers( const struct job *job, const WCHAR **headers );
/* spec: api 5.6.12.  For ever. */
void job_hide_headers( struct job *job );

/* spec: api 5.6.7.  E_NOTIMPL for unknown bits, an undefined redirect policy, and for the step from HTTPS to HTTP
 * together with no redirects at all (choice). */
HRESULT job_set_security_flags( struct job *job, DWORD flags );

/* spec: api 5.6.9.  The job type's own verb changes nothing; any other sets the priority to FOREGROUND and locks it.
 * Codes are choices: E_INVALIDARG for NULL and for what is no token of HTTP, BG_E_STRING_TOO_LONG,
 * BG_E_READ_ONLY_PROPERTY_AFTER_RESUME, BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD on a job with dynamic content or
 * in on-demand mode.  Going back from another verb to the type's own ends the lock. */
HRESULT job_set_method( struct job *job, const WCHAR *method );
/* The job's own string or a constant; never NULL. */
const WCHAR *job_get_method( const struct job *job );

/* spec: api 5.6.1, 5.6.2: what is refused before the certificate is looked for.  HRESULT_FROM_WIN32(
 * RPC_X_NULL_REF_POINTER), E_NOTIMPL for an undefined location, BG_E_STRING_TOO_LONG; E_INVALIDARG for an empty
 * subject (choice). */
HRESULT certificate_check_id( BG_CERT_STORE_LOCATION location, const WCHAR *store, const BYTE *hash );
HRESULT certificate_check_name( BG_CERT_STORE_LOCATION location, const WCHAR *store, const WCHAR *subject );
/* Stores the one that was found: its thumbprint of JOB_CERT_HASH_SIZE bytes and its subject (NULL: empty). */
HRESULT job_set_certificate( struct job *job, BG_CERT_STORE_LOCATION location, const WCHAR *store, const BYTE *hash,
                             const WCHAR *subject );
/* spec: api 5.6.3.  S_FALSE when there is none. */
HRESULT job_remove_certificate( struct job *job );

/* --- credentials (credentials.c) ------------------------------------------------------------------------------- */

/* spec: api 5.3.7, in this order: BG_E_INVALID_AUTH_TARGET, BG_E_INVALID_AUTH_SCHEME, BG_E_USERNAME_TOO_LARGE,
 * BG_E_PASSWORD_TOO_LARGE; E_INVALIDARG for a NULL with BASIC, DIGEST or PASSPORT; BG_E_INVALID_CREDENTIALS for just one
 * NULL with NTLM or NEGOTIATE (choice).  Replaces what was set for the same target and scheme. */
HRESULT job_set_credentials( struct job *job, const BG_AUTH_CREDENTIALS *credentials );
/* spec: api 5.3.8.  S_FALSE when there are none; undefined values as above (choice). */
HRESULT job_remove_credentials( struct job *job, BG_AUTH_TARGET target, BG_AUTH_SCHEME scheme );
/* NULL when there are none.  They stay the job's. */
const struct job_credentials *job_find_credentials( const struct job *job, BG_AUTH_TARGET target,
                                                    BG_AUTH_SCHEME scheme );

/* Takes away what a new owner must not use (spec: api 5.2.32): credentials, certificate, headers, command. */
void job_drop_owner_settings( struct job *job );

/* --- files (file.c) -------------------------------------------------------------------------------------------- */

/* BG_E_TOO_MANY_FILES_IN_JOB when the job would have more than MAX files with COUNT more. */
HRESULT job_check_file_limit( const struct job *job, ULONG count, ULONG max );

/* Adds COUNT files at the end, all or none.  E_INVALIDARG for a bad name (spec: api 5.2.1). */
HRESULT job_add_files( struct job *job, ULONG count, const BG_FILE_INFO *infos );

/* spec: api 5.4.2.  In this order: E_NOTIMPL for uploads; E_INVALIDARG for no ranges, bad names, and remote names other
 * than http and https; BG_E_TOO_MANY_RANGES_IN_FILE above MAX_RANGES; the codes of ranges_check();
 * BG_E_UNSUPPORTED_JOB_CONFIGURATION with dynamic content or on-demand mode (choice of code). */
HRESULT job_add_file_with_ranges( struct job *job, const WCHAR *remote, const WCHAR *local, ULONG count,
                                  const BG_FILE_RANGE *ranges, ULONG max_ranges );

/* spec: api 5.4.1.  S_FALSE when no name begins so; E_INVALIDARG for an empty prefix, and when one of the new names
 * would not be valid: then none is changed.  E_NOTIMPL for uploads.  Bytes and states of the files stay as they are:
 * the next run finds out whether the new resource is the same.  Counts as stored at once, together with a name of
 * SetRemoteName() that it begins with (choice). */
HRESULT job_replace_prefix( struct job *job, const WCHAR *old_prefix, const WCHAR *new_prefix );

/* spec: api 5.9.5.  E_NOTIMPL for uploads, E_INVALIDARG.  Until the next Resume a record still says the old name. */
HRESULT job_file_set_remote( const struct job *job, struct job_file *file, const WCHAR *remote );

/* spec: api 5.9.7, 5.9.8.  E_PENDING until the file is transferred.  FALSE takes its progress back to 0; the caller
 * then has to report JOB_VALIDATION_FAILED with BG_E_VALIDATION_FAILED. */
HRESULT job_file_set_validation( struct job_file *file, BOOL valid );
BOOL job_file_is_valid( const struct job_file *file );

/* spec: api 5.9.13 - 5.9.15.  All of them: BG_E_RANDOM_ACCESS_NOT_SUPPORTED for uploads, dynamic content, a method of its
 * own (choice), a file with ranges, and names other than http and https.
 * That the server serves ranges shows later.
 * The list of filled ranges goes to the caller, who ranges_clear()s it.
 * Requests: E_INVALIDARG for none (choice), else as ranges_request().
 * Without on-demand mode the rest of the file is fetched too, but later.
 * Position: BG_E_INVALID_RANGE behind the end, once that is known (choice). */
HRESULT job_file_check_random( const struct job *job, const struct job_file *file );
HRESULT job_file_get_filled( const struct job *job, const struct job_file *file, struct ranges *filled );
HRESULT job_file_request_ranges( const struct job *job, struct job_file *file, ULONG count,
                                 const BG_FILE_RANGE *ranges );
HRESULT job_file_set_position( const struct job *job, struct job_file *file, UINT64 position );

/* Whether the file is fetched in any other order than from its beginning to its end. */
BOOL job_file_is_random( const struct job *job, const struct job_file *file );
/* Such a file is to be fetched next: what of it, in this order; nothing when it is whole.  PIECES is the caller's.  From
 * here on only filled says what is there.  BG_E_RANDOM_ACCESS_NOT_SUPPORTED as above. */
HRESULT job_file_get_pieces( const struct job *job, struct job_file *file, struct ranges *pieces );
/* A range has come: takes it out of what was requested. */
HRESULT job_file_fill( struct job_file *file, const BG_FILE_RANGE *range );
/* All that job_file_get_pieces() gave has come and is durable.  TRUE: the file is whole, and filled says no more. */
BOOL job_file_finish_pieces( struct job_file *file );
/* What was asked for cannot be had. */
void job_file_drop_requests( struct job_file *file );
/* Nothing of the file is there, and nothing is known of it. */
void job_file_forget( struct job_file *file );

#endif
