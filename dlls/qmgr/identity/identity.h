/*
 * The identity room: who calls, who owns, and the helper token
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

/* An identity is a value: who somebody was at one moment, with the token that can act for them.  It never changes,
 * so any thread may read it without a lock; it is counted, and freed with its token by the last release.
 *
 * Wine's COM has no call context, so the caller comes through a channel hook: the proxy DLL sends the id of the
 * calling thread and the blanket of the proxy (callerhook.h), the RPC runtime gives the client's process, and the
 * service opens the thread only when it belongs to that process: a client can name only its own threads.
 */

#ifndef WINEBITS_IDENTITY_H
#define WINEBITS_IDENTITY_H

#include "base/base.h"

struct identity
{
    LONG    refs;
    WCHAR  *sid;            /* S-1-…, the token's user */
    BOOL    administrator;  /* BUILTIN\Administrators is an enabled group; deny-only does not count */
    BOOL    elevated;       /* see docs/compat.md: under Wine the same as administrator */
    BOOL    restricted;     /* has restricting SIDs: may not create or change jobs (spec: behaviour 7) */
    DWORD   integrity;      /* RID of the mandatory label */
    HANDLE  token;          /* impersonation token, at impersonation level unless the caller's allows only to identify;
                             * may be NULL when it was restored */
};

/* Registers the service's side of the hook and finds out the Windows version that the prefix claims (RtlGetVersion).
 * Once, before any class object is registered. */
HRESULT identity_start(void);

/* The cheap check that every method makes: an explicit blanket below IDENTIFY is refused with E_ACCESSDENIED
 * (spec: api 1.5 item 4).  In a COM call, on its thread; no lock needed; opens nothing. */
HRESULT identity_check_call(void);

/* The process that makes the COM call that this thread is serving, from RPC: it cannot be forged.  0 outside of calls.
 * One system call. */
DWORD identity_client_process(void);

/* Who makes the COM call that this thread is serving: the caller's thread token, else its process token; with an
 * explicit blanket of static or no cloaking, the process token.  A call without hook data counts as the process.
 * Takes some system calls: only where identity is needed, and never under the queue lock.
 * E_ACCESSDENIED: blanket below IDENTIFY, or the token cannot be read.  The caller releases the result. */
HRESULT identity_of_caller( struct identity **caller );

/* The same, for SetHelperToken: below impersonation level (blanket or thread token) CO_E_FAILEDTOIMPERSONATE
 * (spec: api 5.8.4). */
HRESULT identity_of_helper( struct identity **helper );

struct identity *identity_addref( struct identity *identity );
void identity_release( struct identity *identity );     /* NULL is allowed */

/* Somebody as the store remembers them (restore.c).  The service's own user needs no token: he acts as the service does.
 * Anybody else gets a new one where Wine can make it, with the groups of every user and, maybe, Administrators; without
 * it identity_check_file() refuses every file.  E_OUTOFMEMORY. */
HRESULT identity_restore( const WCHAR *sid, BOOL administrator, BOOL elevated, DWORD integrity,
                          struct identity **identity );

/* --- who may do what with a job (spec: behaviour 7); pure, in rules.c ------------------------------------------ */

BOOL identity_same_user( const struct identity *a, const struct identity *b );

/* Whether CALLER may see a job of OWNER: administrators all, others their own, but an elevated one only elevated.
 * S_OK or E_ACCESSDENIED. */
HRESULT identity_check_access( const struct identity *caller, const struct identity *owner );

/* Whether they may change it too: not one of higher integrity, and with restricting SIDs none. */
HRESULT identity_check_change( const struct identity *caller, const struct identity *owner );

/* Whether they may become its owner: administrators who may change it (spec: api 5.2.32). */
HRESULT identity_check_new_owner( const struct identity *caller, const struct identity *owner );

/* Whether SID is the user that this process, and with it every file access, really is: the Unix user. */
BOOL identity_is_own_user( const WCHAR *sid );

/* Whether SID is that of LocalSystem, LocalService or NetworkService. */
BOOL identity_is_system_account( const WCHAR *sid );

/* Whether the limits of what a user may have are not for this one: administrators and system accounts (spec:
 * behaviour 8.1). */
BOOL identity_is_exempt( const struct identity *identity );

/* --- acting for somebody -------------------------------------------------------------------------------------- */

/* Puts IDENTITY's token on this thread until identity_leave(), unless it is the service's own.  The pair may not nest and
 * must not span a COM call or a lock.  NULL means the service itself.  Fails with the Win32 error as HRESULT. */
HRESULT identity_enter( const struct identity *identity );
void identity_leave( const struct identity *identity );

/* A primary token, to start a process as IDENTITY; the caller closes it.  Without a token that may act for them, the
 * service's own user gets the service's token, with Administrators disabled if IDENTITY is no administrator; for
 * anybody else it fails with HRESULT_FROM_WIN32(ERROR_NOT_LOGGED_ON).  Any other Win32 error as HRESULT. */
HRESULT identity_process_token( const struct identity *identity, HANDLE *token );

/* Wine's impersonation protects no files: they follow the Unix user.  So for an identity whose user is not the
 * service's own, this asks the security descriptor of PATH whether the token has ACCESS (generic or FILE_* rights).
 * S_OK, E_ACCESSDENIED, or the Win32 error of reading the descriptor. */
HRESULT identity_check_file( const struct identity *identity, const WCHAR *path, DWORD access );

/* --- secrets (secret.c) --------------------------------------------------------------------------------------------- */

/* Makes a block of bytes unreadable for other users, and back; malloc'ed.  Win32 error as HRESULT. */
HRESULT identity_protect( const void *plain, size_t size, void **blob, size_t *blob_size );
HRESULT identity_unprotect( const void *blob, size_t size, void **plain, size_t *plain_size );

/* --- client certificates (certificate.c) --------------------------------------------------------------------------- */

#define CERTIFICATE_HASH_SIZE 20

/* Looks for a certificate as OWNER: by its thumbprint of CERTIFICATE_HASH_SIZE bytes, or, HASH NULL, the first one that
 * is good for client authentication and whose subject holds SUBJECT.  RET gets its thumbprint.  The arguments have been
 * checked by the job room.  Codes of spec: api 5.6.1, 5.6.2: E_ACCESSDENIED, 0x80070002 for no such store,
 * CRYPT_E_NOT_FOUND.  Not under the lock. */
HRESULT certificate_find( const struct identity *owner, BG_CERT_STORE_LOCATION location, const WCHAR *store,
                          const BYTE *hash, const WCHAR *subject, BYTE *ret );

struct certificate_proof
{
    BYTE *chain;        /* certificates in DER, one behind the other: the one meant, then its issuers */
    SIZE_T chain_size;
    BYTE *key;          /* secret: PRIVATEKEYBLOB */
    SIZE_T key_size;
};

/* What shows a server that OWNER has the certificate with this thumbprint; PROOF, zeroed, is to be cleared also after
 * failure.  Codes as above; NTE_NO_KEY: it has no private key; NTE_BAD_KEY_STATE: nobody may export that. */
HRESULT certificate_prove( const struct identity *owner, BG_CERT_STORE_LOCATION location, const WCHAR *store,
                           const BYTE *hash, struct certificate_proof *proof );
void certificate_proof_clear( struct certificate_proof *proof );

/* --- IBitsTokenOptions (spec: api 5.8.1, behaviour 7.1); pure, in rules.c --------------------------------------- */

/* What somebody who asked for IBitsTokenOptions is to the job. */
struct token_view
{
    BOOL owner;             /* his SID is the owner's */
    BOOL administrator;     /* he was an administrator */
};

struct token_view token_view_of( const struct identity *asker, const struct identity *owner );

enum token_method { TOKEN_SET_TOKEN, TOKEN_SET_FLAGS, TOKEN_OTHER };

/* Whether METHOD is allowed.  SINCE_1607 selects the rule; OWNER_ADMIN: the job's owner is an administrator;
 * HELPER_ADMIN: the token being set (TOKEN_SET_TOKEN) or the one set now (TOKEN_SET_FLAGS) has Administrators
 * enabled.  S_OK or E_ACCESSDENIED. */
HRESULT token_rule( BOOL since_1607, enum token_method method, const struct token_view *view, BOOL owner_admin,
                    BOOL helper_admin );

/* The rule in force: the prefix claims Windows 10.0.14393 (1607) or later.  After identity_start(). */
BOOL token_rule_since_1607(void);
/* Pure part of it. */
BOOL token_rule_version( DWORD major, DWORD minor, DWORD build );

#endif
