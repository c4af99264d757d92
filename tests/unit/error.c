/*
 * Tests of the error table
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

#include "unit.h"

/* The expected values are written as numbers on purpose: they are what programs compare with. */

#define LOCAL   BG_ERROR_CONTEXT_LOCAL_FILE
#define REMOTE  BG_ERROR_CONTEXT_REMOTE_FILE
#define GENERAL BG_ERROR_CONTEXT_GENERAL_TRANSPORT
#define QUEUE   BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER
#define FATAL   ERROR_FATAL
#define TRANSIENT ERROR_TRANSIENT

static void check_error_( int line, const char *name, struct bits_error got, UINT code, BG_ERROR_CONTEXT context,
                          enum error_class class )
{
    check( (UINT)got.code == code, "%s (line %d): code %#x, not %#x\n", name, line, (UINT)got.code, code );
    check( got.context == context, "%s (line %d): context %d, not %d\n", name, line, got.context, context );
    check( got.class == class, "%s (line %d): class %d, not %d\n", name, line, got.class, class );
}
#define check_error(name, got, code, context, class) check_error_( __LINE__, name, got, code, context, class )

struct named_row
{
    const char *name;
    UINT value;
    UINT code;
    BG_ERROR_CONTEXT context;
    enum error_class class;
};

static void http_statuses(void)
{
    static const struct named_row rows[] =
    {
        { "100", 100, 0x80190064, REMOTE, TRANSIENT }, { "201", 201, 0x801900c9, REMOTE, TRANSIENT },
        { "204", 204, 0x801900cc, REMOTE, TRANSIENT }, { "300", 300, 0x8019012c, REMOTE, FATAL },
        { "301", 301, 0x8019012d, REMOTE, FATAL },     { "302", 302, 0x8019012e, REMOTE, FATAL },
        { "303", 303, 0x8019012f, REMOTE, FATAL },     { "304", 304, 0x80190130, REMOTE, FATAL },
        { "305", 305, 0x80190131, REMOTE, FATAL },     { "306", 306, 0x80190132, REMOTE, TRANSIENT },
        { "307", 307, 0x80190133, REMOTE, FATAL },     { "308", 308, 0x80190134, REMOTE, TRANSIENT },
        { "399", 399, 0x8019018f, REMOTE, TRANSIENT }, { "400", 400, 0x80190190, REMOTE, FATAL },
        { "401", 401, 0x80190191, REMOTE, FATAL },     { "403", 403, 0x80190193, REMOTE, FATAL },
        { "404", 404, 0x80190194, REMOTE, FATAL },     { "407", 407, 0x80190197, REMOTE, FATAL },
        { "408", 408, 0x80190198, REMOTE, TRANSIENT }, { "409", 409, 0x80190199, REMOTE, TRANSIENT },
        { "410", 410, 0x8019019a, REMOTE, FATAL },     { "412", 412, 0x8019019c, REMOTE, FATAL },
        { "413", 413, 0x8019019d, REMOTE, FATAL },     { "414", 414, 0x8019019e, REMOTE, FATAL },
        { "416", 416, 0x801901a0, REMOTE, FATAL },     { "429", 429, 0x801901ad, REMOTE, FATAL },
        { "449", 449, 0x801901c1, REMOTE, FATAL },     { "499", 499, 0x801901f3, REMOTE, FATAL },
        { "500", 500, 0x801901f4, REMOTE, TRANSIENT }, { "501", 501, 0x801901f5, REMOTE, FATAL },
        { "502", 502, 0x801901f6, REMOTE, TRANSIENT }, { "503", 503, 0x801901f7, REMOTE, TRANSIENT },
        { "504", 504, 0x801901f8, REMOTE, TRANSIENT }, { "505", 505, 0x801901f9, REMOTE, FATAL },
        { "507", 507, 0x801901fb, REMOTE, TRANSIENT }, { "999", 999, 0x801903e7, REMOTE, TRANSIENT },
        { "0", 0, 0x80072f78, REMOTE, TRANSIENT },     { "99", 99, 0x80072f78, REMOTE, TRANSIENT },
        { "1000", 1000, 0x80072f78, REMOTE, TRANSIENT }, { "UINT_MAX", ~0u, 0x80072f78, REMOTE, TRANSIENT },
    };
    UINT i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
        check_error( rows[i].name, error_from_http( rows[i].value ), rows[i].code, rows[i].context, rows[i].class );
    check( error_from_http( 200 ).code == S_OK, "200\n" );
    check( error_from_http( 206 ).code == S_OK, "206\n" );
}

static void curl_results(void)
{
    static const struct named_row rows[] =
    {
        { "UNSUPPORTED_PROTOCOL",      1, 0x80072ee6, REMOTE,  FATAL },
        { "FAILED_INIT",               2, 0x80072ee4, GENERAL, TRANSIENT },
        { "NOT_BUILT_IN",              4, 0x80072ee4, GENERAL, FATAL },
        { "SEND_FAIL_REWIND",         65, 0x80072efe, REMOTE,  TRANSIENT },
        { "LOGIN_DENIED",             67, 0x80072eef, REMOTE,  FATAL },
        { "SSL_SHUTDOWN_FAILED",      80, 0x80072efe, REMOTE,  TRANSIENT },
        { "UNRECOVERABLE_POLL",       99, 0x80072ee4, GENERAL, TRANSIENT },
        { "TOO_LARGE",               100, 0x80072f78, REMOTE,  TRANSIENT },
        { "URL_MALFORMAT",             3, 0x80072ee5, REMOTE,  FATAL },
        { "COULDNT_RESOLVE_PROXY",     5, 0x80072ee7, GENERAL, TRANSIENT },
        { "COULDNT_RESOLVE_HOST",      6, 0x80072ee7, REMOTE,  TRANSIENT },
        { "COULDNT_CONNECT",           7, 0x80072efd, REMOTE,  TRANSIENT },
        { "WEIRD_SERVER_REPLY",        8, 0x80072f78, REMOTE,  TRANSIENT },
        { "HTTP2",                    16, 0x80072efe, REMOTE,  TRANSIENT },
        { "PARTIAL_FILE",             18, 0x80072efe, REMOTE,  TRANSIENT },
        { "OUT_OF_MEMORY",            27, 0x8007000e, GENERAL, TRANSIENT },
        { "OPERATION_TIMEDOUT",       28, 0x80072ee2, REMOTE,  TRANSIENT },
        { "RANGE_ERROR",              33, 0x80200013, REMOTE,  FATAL },
        { "SSL_CONNECT_ERROR",        35, 0x80072f7d, REMOTE,  FATAL },
        { "TOO_MANY_REDIRECTS",       47, 0x80072f7c, REMOTE,  FATAL },
        { "GOT_NOTHING",              52, 0x80072efe, REMOTE,  TRANSIENT },
        { "SEND_ERROR",               55, 0x80072efe, REMOTE,  TRANSIENT },
        { "RECV_ERROR",               56, 0x80072efe, REMOTE,  TRANSIENT },
        { "SSL_CERTPROBLEM",          58, 0x80072f9a, REMOTE,  FATAL },
        { "SSL_CIPHER",               59, 0x80072f7d, REMOTE,  FATAL },
        { "PEER_FAILED_VERIFICATION", 60, 0x80072f8f, REMOTE,  FATAL },
        { "BAD_CONTENT_ENCODING",     61, 0x8020001b, REMOTE,  FATAL },
        { "SSL_CACERT_BADFILE",       77, 0x80072f7d, GENERAL, FATAL },
        { "SSL_CRL_BADFILE",          82, 0x80072f19, REMOTE,  FATAL },
        { "SSL_ISSUER_ERROR",         83, 0x80072f8f, REMOTE,  FATAL },
        { "SSL_PINNEDPUBKEYNOTMATCH", 90, 0x80072f8f, REMOTE,  FATAL },
        { "SSL_INVALIDCERTSTATUS",    91, 0x80072f8a, REMOTE,  FATAL },
        { "HTTP2_STREAM",             92, 0x80072efe, REMOTE,  TRANSIENT },
        { "AUTH_ERROR",               94, 0x80072eef, REMOTE,  FATAL },
        { "PROXY",                    97, 0x80072efd, GENERAL, TRANSIENT },
        { "SSL_CLIENTCERT",           98, 0x80072f0c, REMOTE,  FATAL },
        { "unknown",                4711, 0x80072ee4, GENERAL, TRANSIENT },
        { "unknown",                  -1, 0x80072ee4, GENERAL, TRANSIENT },
    };
    UINT i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        check_error( rows[i].name, error_from_curl( rows[i].value, 0, 0, 0 ), rows[i].code, rows[i].context,
                     rows[i].class );
        check( !strcmp( error_curl_name( rows[i].value ), rows[i].name ), "%s is called %s\n", rows[i].name,
               error_curl_name( rows[i].value ));
    }
    check( !strcmp( error_curl_name( 0 ), "OK" ), "name of 0\n" );
    check( !strcmp( error_curl_name( 23 ), "WRITE_ERROR" ), "name of 23\n" );
}

static void finished_orders_are_judged_by_their_status(void)
{
    check( error_from_curl( 0, 0, 200, 0 ).code == S_OK, "200\n" );
    check( error_from_curl( 0, 0, 206, 200 ).code == S_OK, "206\n" );
    check_error( "404", error_from_curl( 0, 0, 404, 0 ), 0x80190194, REMOTE, FATAL );
    check_error( "503", error_from_curl( 0, 0, 503, 0 ), 0x801901f7, REMOTE, TRANSIENT );
    check_error( "no status", error_from_curl( 0, 0, 0, 0 ), 0x80072f78, REMOTE, TRANSIENT );
}

static void refused_redirects_keep_their_status(void)
{
    check_error( "scheme", error_from_curl( 1, 0, 302, 0 ), 0x8019012e, REMOTE, FATAL );
    check_error( "Location", error_from_curl( 3, 0, 301, 0 ), 0x8019012d, REMOTE, FATAL );
    check_error( "too many", error_from_curl( 47, 0, 307, 0 ), 0x80190133, REMOTE, FATAL );
    /* followed, and then the next host failed: the redirect is not to blame */
    check_error( "next name", error_from_curl( 6, 0, 302, 0 ), 0x80072ee7, REMOTE, TRANSIENT );
    check_error( "next host", error_from_curl( 7, 111, 302, 0 ), 0x80072efd, REMOTE, TRANSIENT );
    check_error( "next certificate", error_from_curl( 60, 0, 302, 0 ), 0x80072f8f, REMOTE, FATAL );
    check_error( "next body", error_from_curl( 56, 104, 302, 0 ), 0x80072efe, REMOTE, TRANSIENT );
}

static void error_statuses_win_over_broken_bodies(void)
{
    static const int results[] = { 16, 18, 28, 55, 56, 92 };
    UINT i;

    for (i = 0; i < ARRAY_SIZE(results); i++)
    {
        const char *name = error_curl_name( results[i] );

        check_error( name, error_from_curl( results[i], 0, 404, 0 ), 0x80190194, REMOTE, FATAL );
        check( error_from_curl( results[i], 0, 200, 0 ).class == TRANSIENT, "%s with 200\n", name );
        check( (UINT)error_from_curl( results[i], 0, 200, 0 ).code >> 16 == 0x8007, "%s with 200\n", name );
        /* broken in the middle of authentication */
        check( error_from_curl( results[i], 0, 401, 0 ).class == TRANSIENT, "%s with 401\n", name );
        check( error_from_curl( results[i], 0, 407, 0 ).class == TRANSIENT, "%s with 407\n", name );
    }
}

static void proxies_that_refuse_are_named(void)
{
    check_error( "407", error_from_curl( 56, 0, 0, 407 ), 0x80190197, REMOTE, FATAL );
    check_error( "403", error_from_curl( 56, 0, 0, 403 ), 0x80190193, REMOTE, FATAL );
    check_error( "503", error_from_curl( 7, 0, 0, 503 ), 0x801901f7, REMOTE, TRANSIENT );
    check_error( "tunnel stood", error_from_curl( 56, 104, 200, 200 ), 0x80072efe, REMOTE, TRANSIENT );
    check_error( "no host", error_from_curl( 6, 0, 0, 403 ), 0x80072ee7, REMOTE, TRANSIENT );
}

static void lost_handshakes_are_lost_connections(void)
{
    check_error( "ECONNRESET", error_from_curl( 35, 104, 0, 0 ), 0x80072efe, REMOTE, TRANSIENT );
    check_error( "EPIPE", error_from_curl( 35, 32, 0, 0 ), 0x80072efe, REMOTE, TRANSIENT );
    check_error( "other", error_from_curl( 35, 22, 0, 0 ), 0x80072f7d, REMOTE, FATAL );
}

static void write_errors_are_local(void)
{
    static const struct named_row rows[] =
    {
        { "EPERM",          1, 0x80070005, LOCAL, FATAL },
        { "ENOENT",         2, 0x80070003, LOCAL, FATAL },
        { "EINTR",          4, 0x800700aa, LOCAL, TRANSIENT },
        { "ENXIO",          6, 0x80070015, LOCAL, TRANSIENT },
        { "EAGAIN",        11, 0x800700aa, LOCAL, TRANSIENT },
        { "ELOOP",         40, 0x80070003, LOCAL, FATAL },
        { "EOVERFLOW",     75, 0x800700df, LOCAL, FATAL },
        { "ENOTCONN",     107, 0x80070015, LOCAL, TRANSIENT },
        { "ETIMEDOUT",    110, 0x80070015, LOCAL, TRANSIENT },
        { "EHOSTDOWN",    112, 0x80070015, LOCAL, TRANSIENT },
        { "EIO",            5, 0x8007045d, LOCAL, FATAL },
        { "ENOMEM",        12, 0x80070008, LOCAL, TRANSIENT },
        { "EACCES",        13, 0x80070005, LOCAL, FATAL },
        { "EBUSY",         16, 0x80070020, LOCAL, TRANSIENT },
        { "ENODEV",        19, 0x80070015, LOCAL, TRANSIENT },
        { "ENOTDIR",       20, 0x80070003, LOCAL, FATAL },
        { "EISDIR",        21, 0x80070005, LOCAL, FATAL },
        { "ENFILE",        23, 0x80070004, LOCAL, TRANSIENT },
        { "EMFILE",        24, 0x80070004, LOCAL, TRANSIENT },
        { "ETXTBSY",       26, 0x80070020, LOCAL, TRANSIENT },
        { "EFBIG",         27, 0x800700df, LOCAL, FATAL },
        { "ENOSPC",        28, 0x80070070, LOCAL, TRANSIENT },
        { "EROFS",         30, 0x80070013, LOCAL, FATAL },
        { "ENAMETOOLONG",  36, 0x800700ce, LOCAL, FATAL },
        { "ESTALE",       116, 0x80070040, LOCAL, FATAL },
        { "EDQUOT",       122, 0x8007050f, LOCAL, TRANSIENT },
        { "none",           0, 0x8007001d, LOCAL, FATAL },
        { "unknown",     9999, 0x8007001d, LOCAL, FATAL },
    };
    UINT i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        check_error( rows[i].name, error_from_curl( 23, rows[i].value, 200, 0 ), rows[i].code, rows[i].context,
                     rows[i].class );
        check( error_win32_from_errno( rows[i].value ) == (rows[i].code & 0xffff), "%s\n", rows[i].name );
    }
}

static void local_files(void)
{
    static const struct named_row rows[] =
    {
        { "FILE_NOT_FOUND",         2, 0x80070002, LOCAL, FATAL },
        { "PATH_NOT_FOUND",         3, 0x80070003, LOCAL, FATAL },
        { "TOO_MANY_OPEN_FILES",    4, 0x80070004, LOCAL, TRANSIENT },
        { "ACCESS_DENIED",          5, 0x80070005, LOCAL, FATAL },
        { "NOT_ENOUGH_MEMORY",      8, 0x80070008, LOCAL, TRANSIENT },
        { "OUTOFMEMORY",           14, 0x8007000e, LOCAL, TRANSIENT },
        { "WRITE_PROTECT",         19, 0x80070013, LOCAL, FATAL },
        { "NOT_READY",             21, 0x80070015, LOCAL, TRANSIENT },
        { "SHARING_VIOLATION",     32, 0x80070020, LOCAL, TRANSIENT },
        { "LOCK_VIOLATION",        33, 0x80070021, LOCAL, TRANSIENT },
        { "HANDLE_DISK_FULL",      39, 0x80070027, LOCAL, TRANSIENT },
        { "DRIVE_LOCKED",         108, 0x8020000d, LOCAL, TRANSIENT },
        { "DISK_FULL",            112, 0x80070070, LOCAL, TRANSIENT },
        { "BUSY",                 170, 0x800700aa, LOCAL, TRANSIENT },
        { "ALREADY_EXISTS",       183, 0x800700b7, LOCAL, FATAL },
        { "DISK_QUOTA_EXCEEDED", 1295, 0x8007050f, LOCAL, TRANSIENT },
        { "NO_SYSTEM_RESOURCES", 1450, 0x800705aa, LOCAL, TRANSIENT },
    };
    UINT i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
        check_error( rows[i].name, error_from_local( rows[i].value ), rows[i].code, rows[i].context, rows[i].class );
}

static void remote_files(void)
{
    static const struct named_row rows[] =
    {
        { "FILE_NOT_FOUND",           2, 0x80070002, REMOTE, FATAL },
        { "PATH_NOT_FOUND",           3, 0x80070003, REMOTE, FATAL },
        { "ACCESS_DENIED",            5, 0x80070005, REMOTE, FATAL },
        { "INVALID_DRIVE",           15, 0x8007000f, REMOTE, FATAL },
        { "SHARING_VIOLATION",       32, 0x80070020, REMOTE, TRANSIENT },
        { "BAD_NETPATH",             53, 0x80070035, REMOTE, TRANSIENT },
        { "NETNAME_DELETED",         64, 0x80070040, REMOTE, TRANSIENT },
        { "NETWORK_ACCESS_DENIED",   65, 0x80070041, REMOTE, FATAL },
        { "BAD_NET_NAME",            67, 0x80070043, REMOTE, FATAL },
        { "INVALID_PASSWORD",        86, 0x80070056, REMOTE, FATAL },
        { "SEM_TIMEOUT",            121, 0x80070079, REMOTE, TRANSIENT },
        { "INVALID_NAME",           123, 0x8007007b, REMOTE, FATAL },
        { "BAD_PATHNAME",           161, 0x800700a1, REMOTE, FATAL },
        { "FILENAME_EXCED_RANGE",   206, 0x800700ce, REMOTE, FATAL },
        { "DIRECTORY",              267, 0x8007010b, REMOTE, FATAL },
        { "PRIVILEGE_NOT_HELD",    1314, 0x80070005, REMOTE, TRANSIENT },
        { "LOGON_FAILURE",         1326, 0x8007052e, REMOTE, FATAL },
        { "ACCOUNT_DISABLED",      1331, 0x80070533, REMOTE, FATAL },
        { "NETWORK_UNREACHABLE",   1231, 0x800704cf, REMOTE, TRANSIENT },
    };
    UINT i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
        check_error( rows[i].name, error_from_remote( rows[i].value ), rows[i].code, rows[i].context, rows[i].class );
}

static void conditions_found_by_the_service(void)
{
    static const struct named_row rows[] =
    {
        { "DESTINATION_LOCKED",              0x8020000d, 0x8020000d, LOCAL,   TRANSIENT },
        { "VOLUME_CHANGED",                  0x8020000e, 0x8020000e, LOCAL,   FATAL },
        { "NETWORK_DISCONNECTED",            0x80200010, 0x80200010, GENERAL, TRANSIENT },
        { "MISSING_FILE_SIZE",               0x80200011, 0x80200011, REMOTE,  FATAL },
        { "INSUFFICIENT_HTTP_SUPPORT",       0x80200012, 0x80200012, REMOTE,  FATAL },
        { "INSUFFICIENT_RANGE_SUPPORT",      0x80200013, 0x80200013, REMOTE,  FATAL },
        { "INVALID_SERVER_RESPONSE",         0x8020001b, 0x8020001b, REMOTE,  FATAL },
        { "LOCAL_FILE_CHANGED",              0x8020001d, 0x8020001d, LOCAL,   FATAL },
        { "SESSION_NOT_FOUND",               0x8020001f, 0x8020001f, REMOTE,  TRANSIENT },
        { "TOO_LARGE",                       0x80200020, 0x80200020, REMOTE,  FATAL },
        { "CLIENT_SERVER_PROTOCOL_MISMATCH", 0x80200022, 0x80200022, REMOTE,  FATAL },
        { "SERVER_EXECUTE_ENABLE",           0x80200023, 0x80200023, REMOTE,  FATAL },
        { "NO_PROGRESS",                     0x80200024, 0x80200024, REMOTE,  TRANSIENT },
        { "INVALID_RANGE",                   0x8020002b, 0x8020002b, REMOTE,  FATAL },
        { "CONNECT_FAILURE",                 0x8020002d, 0x8020002d, GENERAL, TRANSIENT },
        { "CONNECTION_CLOSED",               0x8020002e, 0x8020002e, REMOTE,  TRANSIENT },
        { "BLOCKED_BY_POLICY",               0x8020003e, 0x8020003e, QUEUE,   TRANSIENT },
        { "INVALID_PROXY_INFO",              0x8020003f, 0x8020003f, GENERAL, FATAL },
        { "VALIDATION_FAILED",               0x80200053, 0x80200053, REMOTE,  FATAL },
        { "MAXDOWNLOAD_TIMEOUT",             0x80200054, 0x80200054, QUEUE,   FATAL },
        { "TOKEN_REQUIRED",                  0x80200056, 0x80200056, QUEUE,   FATAL },
        { "BLOCKED_BY_COST_TRANSFER_POLICY", 0x80200059, 0x80200059, QUEUE,   TRANSIENT },
        { "MAX_DOWNLOAD_SIZE_LIMIT_REACHED", 0x80200064, 0x80200064, QUEUE,   FATAL },
        { "REMOTE_FILE_CHANGED",             0x80200073, 0x80200073, REMOTE,  FATAL },
        { "SERVER_CERT_VALIDATION_INTERFACE_REQUIRED", 0x80200074, 0x80200074,
          BG_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK, TRANSIENT },
        { "not in the table",                0x80004005, 0x80004005, QUEUE,   FATAL },
    };
    UINT i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
        check_error( rows[i].name, error_from_code( rows[i].value ), rows[i].code, rows[i].context, rows[i].class );
}

static void context_texts_mind_their_order(void)
{
    static const UINT ids[] =
    {
        0x00200006, 0x80200007, 0x80200008, 0x8020000c, 0x80200009, 0x8020000a, 0x8020000b, 0x8020001e, 0x80200076,
    };
    UINT i;

    for (i = 0; i < ARRAY_SIZE(ids); i++)
        check( (UINT)error_context_text_id( i ) == ids[i], "%u: got %#x\n", i, (UINT)error_context_text_id( i ));
    check( (UINT)error_context_text_id( 9 ) == 0x80200007, "9: got %#x\n", (UINT)error_context_text_id( 9 ));
}

/* spec: behaviour 1.2: the kernel's or the resolver's word that there is no way */
static void unreachable_is_not_refused(void)
{
    check( error_is_unreachable( 6, 0 ) && error_is_unreachable( 5, 0 ), "no name\n" );
    check( error_is_unreachable( 7, 101 ) && error_is_unreachable( 7, 113 ) && error_is_unreachable( 7, 100 ), "no way\n" );
    check( !error_is_unreachable( 7, 111 ) && !error_is_unreachable( 7, 0 ), "refused\n" );
    check( !error_is_unreachable( 0, 101 ) && !error_is_unreachable( 56, 101 ), "was connected\n" );
    /* GOT_NOTHING, PARTIAL_FILE, a handshake that ECONNRESET ends; refused, OPERATION_TIMEDOUT, status 503 */
    check( error_is_lost( error_from_curl( 52, 0, 0, 0 ) ) && error_is_lost( error_from_curl( 18, 0, 200, 0 ) ) &&
           error_is_lost( error_from_curl( 35, 104, 0, 0 ) ), "lost\n" );
    check( !error_is_lost( error_from_curl( 7, 111, 0, 0 ) ) && !error_is_lost( error_from_curl( 28, 0, 0, 0 ) ) &&
           !error_is_lost( error_from_http( 503 ) ), "not lost\n" );
}

const struct test error_tests[] =
{
    TEST(http_statuses),
    TEST(curl_results),
    TEST(finished_orders_are_judged_by_their_status),
    TEST(refused_redirects_keep_their_status),
    TEST(error_statuses_win_over_broken_bodies),
    TEST(proxies_that_refuse_are_named),
    TEST(lost_handshakes_are_lost_connections),
    TEST(write_errors_are_local),
    TEST(local_files),
    TEST(remote_files),
    TEST(conditions_found_by_the_service),
    TEST(context_texts_mind_their_order),
    TEST(unreachable_is_not_refused),
    { 0 }
};
