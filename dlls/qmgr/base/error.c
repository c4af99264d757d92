/*
 * The error table
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

#include "base/base.h"

/* HRESULT_FROM_WIN32 is a function in some headers and cannot stand in a table */
#define FROM_WIN32(error)   ((HRESULT)(0x80070000u | (error)))

#ifndef ERROR_DISK_QUOTA_EXCEEDED  /* not in mingw-w64's headers */
# define ERROR_DISK_QUOTA_EXCEEDED 1295
#endif

/* WinHTTP's errors, which programs know from BITS on Windows */
#define HTTP_TIMEOUT            FROM_WIN32(12002)
#define HTTP_INTERNAL_ERROR     FROM_WIN32(12004)
#define HTTP_INVALID_URL        FROM_WIN32(12005)
#define HTTP_BAD_SCHEME         FROM_WIN32(12006)
#define HTTP_NAME_NOT_RESOLVED  FROM_WIN32(12007)
#define HTTP_LOGIN_FAILURE      FROM_WIN32(12015)
#define HTTP_CANNOT_CONNECT     FROM_WIN32(12029)
#define HTTP_CONNECTION_ERROR   FROM_WIN32(12030)
#define HTTP_CLIENT_CERT_NEEDED FROM_WIN32(12044)
#define HTTP_CERT_REV_FAILED    FROM_WIN32(12057)
#define HTTP_CERT_REVOKED       FROM_WIN32(12170)
#define HTTP_INVALID_RESPONSE   FROM_WIN32(12152)
#define HTTP_REDIRECT_FAILED    FROM_WIN32(12156)
#define HTTP_CHANNEL_ERROR      FROM_WIN32(12157)
#define HTTP_SECURE_FAILURE     FROM_WIN32(12175)
#define HTTP_CERT_NO_KEY        FROM_WIN32(12186)

enum source
{
    HTTP,     /* statuses that differ from the class of their hundred */
    CURL,     /* CURLcode */
    LOCAL,    /* Win32 error of a local file */
    REMOTE,   /* Win32 error of a remote file */
    CODE      /* what the service found itself */
};

static const struct row
{
    enum source source;
    UINT value;
    const char *name;
    HRESULT code;     /* 0: made from the value */
    BG_ERROR_CONTEXT context;
    enum error_class class;
}
table[] =
{
#define CONTEXT(name) BG_ERROR_CONTEXT_##name
    { HTTP, 306, "306", 0, CONTEXT(REMOTE_FILE), ERROR_TRANSIENT },
    { HTTP, 408, "408", 0, CONTEXT(REMOTE_FILE), ERROR_TRANSIENT },
    { HTTP, 409, "409", 0, CONTEXT(REMOTE_FILE), ERROR_TRANSIENT },
    { HTTP, 501, "501", 0, CONTEXT(REMOTE_FILE), ERROR_FATAL },
    { HTTP, 505, "505", 0, CONTEXT(REMOTE_FILE), ERROR_FATAL },

#define ROW(value, name, code, context, class) { CURL, value, name, code, CONTEXT(context), ERROR_##class }
    ROW(  1, "UNSUPPORTED_PROTOCOL",     HTTP_BAD_SCHEME,         REMOTE_FILE,       FATAL ),
    ROW(  2, "FAILED_INIT",              HTTP_INTERNAL_ERROR,     GENERAL_TRANSPORT, TRANSIENT ),
    ROW(  3, "URL_MALFORMAT",            HTTP_INVALID_URL,        REMOTE_FILE,       FATAL ),
    ROW(  4, "NOT_BUILT_IN",             HTTP_INTERNAL_ERROR,     GENERAL_TRANSPORT, FATAL ),
    ROW(  5, "COULDNT_RESOLVE_PROXY",    HTTP_NAME_NOT_RESOLVED,  GENERAL_TRANSPORT, TRANSIENT ),
    ROW(  6, "COULDNT_RESOLVE_HOST",     HTTP_NAME_NOT_RESOLVED,  REMOTE_FILE,       TRANSIENT ),
    ROW(  7, "COULDNT_CONNECT",          HTTP_CANNOT_CONNECT,     REMOTE_FILE,       TRANSIENT ),
    ROW(  8, "WEIRD_SERVER_REPLY",       HTTP_INVALID_RESPONSE,   REMOTE_FILE,       TRANSIENT ),
    ROW( 16, "HTTP2",                    HTTP_CONNECTION_ERROR,   REMOTE_FILE,       TRANSIENT ),
    /* A short body is what a lost connection leaves.  WinHTTP, and so BITS on Windows, reports both with this code,
     * which programs know; BG_E_CONNECTION_CLOSED they do not. */
    ROW( 18, "PARTIAL_FILE",             HTTP_CONNECTION_ERROR,   REMOTE_FILE,       TRANSIENT ),
    ROW( 27, "OUT_OF_MEMORY",            E_OUTOFMEMORY,           GENERAL_TRANSPORT, TRANSIENT ),
    ROW( 28, "OPERATION_TIMEDOUT",       HTTP_TIMEOUT,            REMOTE_FILE,       TRANSIENT ),
    ROW( 33, "RANGE_ERROR",              BG_E_INSUFFICIENT_RANGE_SUPPORT, REMOTE_FILE, FATAL ),
    ROW( 35, "SSL_CONNECT_ERROR",        HTTP_CHANNEL_ERROR,      REMOTE_FILE,       FATAL ),
    ROW( 47, "TOO_MANY_REDIRECTS",       HTTP_REDIRECT_FAILED,    REMOTE_FILE,       FATAL ),
    ROW( 52, "GOT_NOTHING",              HTTP_CONNECTION_ERROR,   REMOTE_FILE,       TRANSIENT ),
    ROW( 55, "SEND_ERROR",               HTTP_CONNECTION_ERROR,   REMOTE_FILE,       TRANSIENT ),
    ROW( 56, "RECV_ERROR",               HTTP_CONNECTION_ERROR,   REMOTE_FILE,       TRANSIENT ),
    ROW( 58, "SSL_CERTPROBLEM",          HTTP_CERT_NO_KEY,        REMOTE_FILE,       FATAL ),
    ROW( 59, "SSL_CIPHER",               HTTP_CHANNEL_ERROR,      REMOTE_FILE,       FATAL ),
    /* expired, wrong host, unknown authority: all of them */
    ROW( 60, "PEER_FAILED_VERIFICATION", HTTP_SECURE_FAILURE,     REMOTE_FILE,       FATAL ),
    ROW( 61, "BAD_CONTENT_ENCODING",     BG_E_INVALID_SERVER_RESPONSE, REMOTE_FILE,  FATAL ),
    ROW( 65, "SEND_FAIL_REWIND",         HTTP_CONNECTION_ERROR,   REMOTE_FILE,       TRANSIENT ),
    ROW( 67, "LOGIN_DENIED",             HTTP_LOGIN_FAILURE,      REMOTE_FILE,       FATAL ),
    ROW( 77, "SSL_CACERT_BADFILE",       HTTP_CHANNEL_ERROR,      GENERAL_TRANSPORT, FATAL ),
    ROW( 80, "SSL_SHUTDOWN_FAILED",      HTTP_CONNECTION_ERROR,   REMOTE_FILE,       TRANSIENT ),
    ROW( 82, "SSL_CRL_BADFILE",          HTTP_CERT_REV_FAILED,    REMOTE_FILE,       FATAL ),
    ROW( 83, "SSL_ISSUER_ERROR",         HTTP_SECURE_FAILURE,     REMOTE_FILE,       FATAL ),
    ROW( 90, "SSL_PINNEDPUBKEYNOTMATCH", HTTP_SECURE_FAILURE,     REMOTE_FILE,       FATAL ),
    ROW( 91, "SSL_INVALIDCERTSTATUS",    HTTP_CERT_REVOKED,       REMOTE_FILE,       FATAL ),
    ROW( 92, "HTTP2_STREAM",             HTTP_CONNECTION_ERROR,   REMOTE_FILE,       TRANSIENT ),
    ROW( 94, "AUTH_ERROR",               HTTP_LOGIN_FAILURE,      REMOTE_FILE,       FATAL ),
    ROW( 97, "PROXY",                    HTTP_CANNOT_CONNECT,     GENERAL_TRANSPORT, TRANSIENT ),
    ROW( 98, "SSL_CLIENTCERT",           HTTP_CLIENT_CERT_NEEDED, REMOTE_FILE,       FATAL ),
    ROW( 99, "UNRECOVERABLE_POLL",       HTTP_INTERNAL_ERROR,     GENERAL_TRANSPORT, TRANSIENT ),
    ROW( 100, "TOO_LARGE",               HTTP_INVALID_RESPONSE,   REMOTE_FILE,       TRANSIENT ),
#undef ROW

#define ROW(name, code, class) { LOCAL, ERROR_##name, #name, code, CONTEXT(LOCAL_FILE), ERROR_##class }
    ROW( TOO_MANY_OPEN_FILES,    0, TRANSIENT ),
    ROW( NOT_ENOUGH_MEMORY,      0, TRANSIENT ),
    ROW( OUTOFMEMORY,            0, TRANSIENT ),
    ROW( NOT_READY,              0, TRANSIENT ),
    ROW( SHARING_VIOLATION,      0, TRANSIENT ),
    ROW( LOCK_VIOLATION,         0, TRANSIENT ),
    ROW( HANDLE_DISK_FULL,       0, TRANSIENT ),
    ROW( DRIVE_LOCKED,           BG_E_DESTINATION_LOCKED, TRANSIENT ),
    ROW( DISK_FULL,              0, TRANSIENT ),
    ROW( BUSY,                   0, TRANSIENT ),
    ROW( DISK_QUOTA_EXCEEDED,    0, TRANSIENT ),
    ROW( NO_SYSTEM_RESOURCES,    0, TRANSIENT ),
#undef ROW

#define ROW(name, code, class) { REMOTE, ERROR_##name, #name, code, CONTEXT(REMOTE_FILE), ERROR_##class }
    ROW( FILE_NOT_FOUND,         0, FATAL ),
    ROW( PATH_NOT_FOUND,         0, FATAL ),
    ROW( ACCESS_DENIED,          0, FATAL ),
    ROW( INVALID_DRIVE,          0, FATAL ),
    ROW( NETWORK_ACCESS_DENIED,  0, FATAL ),
    ROW( BAD_NET_NAME,           0, FATAL ),
    ROW( INVALID_PASSWORD,       0, FATAL ),
    ROW( INVALID_NAME,           0, FATAL ),
    ROW( BAD_PATHNAME,           0, FATAL ),
    ROW( FILENAME_EXCED_RANGE,   0, FATAL ),
    ROW( DIRECTORY,              0, FATAL ),
    ROW( LOGON_FAILURE,          0, FATAL ),
    ROW( ACCOUNT_DISABLED,       0, FATAL ),
    /* documented: the copy of owner and ACL needs a privilege */
    ROW( PRIVILEGE_NOT_HELD,     E_ACCESSDENIED, TRANSIENT ),
#undef ROW

#define ROW(name, context, class) { CODE, (UINT)BG_E_##name, #name, BG_E_##name, CONTEXT(context), ERROR_##class }
    ROW( DESTINATION_LOCKED,           LOCAL_FILE,            TRANSIENT ),
    ROW( VOLUME_CHANGED,               LOCAL_FILE,            FATAL ),
    ROW( NETWORK_DISCONNECTED,         GENERAL_TRANSPORT,     TRANSIENT ),
    ROW( MISSING_FILE_SIZE,            REMOTE_FILE,           FATAL ),
    ROW( INSUFFICIENT_HTTP_SUPPORT,    REMOTE_FILE,           FATAL ),
    ROW( INSUFFICIENT_RANGE_SUPPORT,   REMOTE_FILE,           FATAL ),
    ROW( INVALID_SERVER_RESPONSE,      REMOTE_FILE,           FATAL ),
    ROW( LOCAL_FILE_CHANGED,           LOCAL_FILE,            FATAL ),
    ROW( SESSION_NOT_FOUND,            REMOTE_FILE,           TRANSIENT ),
    ROW( TOO_LARGE,                    REMOTE_FILE,           FATAL ),
    ROW( CLIENT_SERVER_PROTOCOL_MISMATCH, REMOTE_FILE,        FATAL ),
    ROW( SERVER_EXECUTE_ENABLE,        REMOTE_FILE,           FATAL ),
    ROW( NO_PROGRESS,                  REMOTE_FILE,           TRANSIENT ),
    ROW( INVALID_RANGE,                REMOTE_FILE,           FATAL ),
    ROW( CONNECT_FAILURE,              GENERAL_TRANSPORT,     TRANSIENT ),
    ROW( CONNECTION_CLOSED,            REMOTE_FILE,           TRANSIENT ),
    ROW( BLOCKED_BY_POLICY,            GENERAL_QUEUE_MANAGER, TRANSIENT ),
    ROW( INVALID_PROXY_INFO,           GENERAL_TRANSPORT,     FATAL ),
    ROW( VALIDATION_FAILED,            REMOTE_FILE,           FATAL ),
    ROW( MAXDOWNLOAD_TIMEOUT,          GENERAL_QUEUE_MANAGER, FATAL ),
    ROW( TOKEN_REQUIRED,               GENERAL_QUEUE_MANAGER, FATAL ),
    ROW( BLOCKED_BY_COST_TRANSFER_POLICY, GENERAL_QUEUE_MANAGER, TRANSIENT ),
    ROW( MAX_DOWNLOAD_SIZE_LIMIT_REACHED, GENERAL_QUEUE_MANAGER, FATAL ),
    ROW( RANDOM_ACCESS_NOT_SUPPORTED,  REMOTE_FILE,           FATAL ),
    ROW( REMOTE_FILE_CHANGED,          REMOTE_FILE,           FATAL ),
    ROW( SERVER_CERT_VALIDATION_INTERFACE_REQUIRED, SERVER_CERTIFICATE_CALLBACK, TRANSIENT ),
#undef ROW
};

/* The numbers are those of Linux on all architectures that Wine runs on, not those of this compiler's errno.h. */
static const struct
{
    int os_errno;
    const char *name;
    DWORD error;
}
errno_table[] =
{
    {   1, "EPERM",        ERROR_ACCESS_DENIED },
    {   2, "ENOENT",       ERROR_PATH_NOT_FOUND },   /* the service has made the file: a directory has gone */
    {   4, "EINTR",        ERROR_BUSY },
    {   5, "EIO",          ERROR_IO_DEVICE },
    {   6, "ENXIO",        ERROR_NOT_READY },
    {  11, "EAGAIN",       ERROR_BUSY },
    {  12, "ENOMEM",       ERROR_NOT_ENOUGH_MEMORY },
    {  13, "EACCES",       ERROR_ACCESS_DENIED },
    {  16, "EBUSY",        ERROR_SHARING_VIOLATION },
    {  19, "ENODEV",       ERROR_NOT_READY },
    {  20, "ENOTDIR",      ERROR_PATH_NOT_FOUND },
    {  21, "EISDIR",       ERROR_ACCESS_DENIED },
    {  23, "ENFILE",       ERROR_TOO_MANY_OPEN_FILES },
    {  24, "EMFILE",       ERROR_TOO_MANY_OPEN_FILES },
    {  26, "ETXTBSY",      ERROR_SHARING_VIOLATION },
    {  27, "EFBIG",        ERROR_FILE_TOO_LARGE },
    {  28, "ENOSPC",       ERROR_DISK_FULL },
    {  30, "EROFS",        ERROR_WRITE_PROTECT },
    {  36, "ENAMETOOLONG", ERROR_FILENAME_EXCED_RANGE },
    {  40, "ELOOP",        ERROR_PATH_NOT_FOUND },
    {  75, "EOVERFLOW",    ERROR_FILE_TOO_LARGE },
    { 107, "ENOTCONN",     ERROR_NOT_READY },        /* the daemon of a FUSE file system has ended */
    { 110, "ETIMEDOUT",    ERROR_NOT_READY },        /* so is a network file system */
    { 112, "EHOSTDOWN",    ERROR_NOT_READY },
    { 116, "ESTALE",       ERROR_NETNAME_DELETED },
    { 122, "EDQUOT",       ERROR_DISK_QUOTA_EXCEEDED },
};

static const struct row *find_row( enum source source, UINT value )
{
    UINT i;

    for (i = 0; i < ARRAY_SIZE(table); i++)
        if (table[i].source == source && table[i].value == value) return &table[i];
    return NULL;
}

static struct bits_error make_error( HRESULT code, BG_ERROR_CONTEXT context, enum error_class class )
{
    struct bits_error error = { code, context, class };
    return error;
}

static struct bits_error from_row( const struct row *row, HRESULT made_code )
{
    return make_error( row->code ? row->code : made_code, row->context, row->class );
}

struct bits_error error_from_http( UINT status )
{
    const struct row *row;
    HRESULT code;

    if (status == 200 || status == 206) return make_error( S_OK, BG_ERROR_CONTEXT_NONE, ERROR_TRANSIENT );
    if (status < 100 || status > 999)
        return make_error( HTTP_INVALID_RESPONSE, BG_ERROR_CONTEXT_REMOTE_FILE, ERROR_TRANSIENT );

    code = (HRESULT)(0x80190000u + status);
    if ((row = find_row( HTTP, status ))) return from_row( row, code );
    if ((status >= 300 && status <= 307) || (status >= 400 && status <= 499))
        return make_error( code, BG_ERROR_CONTEXT_REMOTE_FILE, ERROR_FATAL );
    return make_error( code, BG_ERROR_CONTEXT_REMOTE_FILE, ERROR_TRANSIENT );
}

/* Does the status say more than the result?  Not 401 and 407: with those the exchange broke in the middle of
 * authentication, which may well succeed the next time. */
static BOOL status_explains( int result, UINT status )
{
    switch (result)
    {
    case 1:   /* UNSUPPORTED_PROTOCOL */
    case 3:   /* URL_MALFORMAT */
    case 47:  /* TOO_MANY_REDIRECTS */
        return status >= 300;
    case 16:  /* HTTP2 */
    case 18:  /* PARTIAL_FILE */
    case 28:  /* OPERATION_TIMEDOUT */
    case 55:  /* SEND_ERROR */
    case 56:  /* RECV_ERROR */
    case 92:  /* HTTP2_STREAM */
        return status >= 400 && status != 401 && status != 407;
    default:
        return FALSE;
    }
}

struct bits_error error_from_curl( int result, int os_errno, UINT status, UINT proxy_status )
{
    const struct row *row;

    if (!result) return error_from_http( status );
    if (result == 23) return error_from_local( error_win32_from_errno( os_errno ));  /* WRITE_ERROR */
    if ((result == 7 || result == 56) && proxy_status >= 300) return error_from_http( proxy_status );
    if (status_explains( result, status )) return error_from_http( status );
    /* the connection was lost in the middle of the handshake: ECONNRESET, EPIPE */
    if (result == 35 && (os_errno == 104 || os_errno == 32))
        return make_error( HTTP_CONNECTION_ERROR, BG_ERROR_CONTEXT_REMOTE_FILE, ERROR_TRANSIENT );
    if ((row = find_row( CURL, result ))) return from_row( row, row->code );
    return make_error( HTTP_INTERNAL_ERROR, BG_ERROR_CONTEXT_GENERAL_TRANSPORT, ERROR_TRANSIENT );
}

BOOL error_is_unreachable( int result, int os_errno )
{
    if (result == 5 || result == 6) return TRUE;    /* COULDNT_RESOLVE_PROXY, -_HOST */
    /* COULDNT_CONNECT: ENETDOWN, ENETUNREACH, EHOSTUNREACH */
    return result == 7 && (os_errno == 100 || os_errno == 101 || os_errno == 113);
}

BOOL error_is_lost( struct bits_error error )
{
    return error.code == HTTP_CONNECTION_ERROR;
}

struct bits_error error_from_local( DWORD error )
{
    const struct row *row = find_row( LOCAL, error );

    if (row) return from_row( row, FROM_WIN32(error) );
    return make_error( FROM_WIN32(error), BG_ERROR_CONTEXT_LOCAL_FILE, ERROR_FATAL );
}

struct bits_error error_from_remote( DWORD error )
{
    const struct row *row = find_row( REMOTE, error );

    if (row) return from_row( row, FROM_WIN32(error) );
    return make_error( FROM_WIN32(error), BG_ERROR_CONTEXT_REMOTE_FILE, ERROR_TRANSIENT );
}

struct bits_error error_from_code( HRESULT code )
{
    const struct row *row = find_row( CODE, code );

    if (row) return from_row( row, code );
    return make_error( code, BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER, ERROR_FATAL );
}

DWORD error_win32_from_errno( int os_errno )
{
    UINT i;

    for (i = 0; i < ARRAY_SIZE(errno_table); i++)
        if (errno_table[i].os_errno == os_errno) return errno_table[i].error;
    return ERROR_WRITE_FAULT;
}

const char *error_curl_name( int result )
{
    const struct row *row;

    if (!result) return "OK";
    if (result == 23) return "WRITE_ERROR";
    row = find_row( CURL, result );
    return row ? row->name : "unknown";
}

HRESULT error_context_text_id( BG_ERROR_CONTEXT context )
{
    switch (context)
    {
    case BG_ERROR_CONTEXT_NONE:                        return BG_S_ERROR_CONTEXT_NONE;
    case BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER:       return BG_E_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER;
    case BG_ERROR_CONTEXT_QUEUE_MANAGER_NOTIFICATION:  return BG_E_ERROR_CONTEXT_QUEUE_MANAGER_NOTIFICATION;
    case BG_ERROR_CONTEXT_LOCAL_FILE:                  return BG_E_ERROR_CONTEXT_LOCAL_FILE;
    case BG_ERROR_CONTEXT_REMOTE_FILE:                 return BG_E_ERROR_CONTEXT_REMOTE_FILE;
    case BG_ERROR_CONTEXT_GENERAL_TRANSPORT:           return BG_E_ERROR_CONTEXT_GENERAL_TRANSPORT;
    case BG_ERROR_CONTEXT_REMOTE_APPLICATION:          return BG_E_ERROR_CONTEXT_REMOTE_APPLICATION;
    case BG_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK: return BG_E_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK;
    default:                                           return BG_E_ERROR_CONTEXT_UNKNOWN;
    }
}
