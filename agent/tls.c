/*
 * Certificates: which faults of the server's are forgiven, and our own as libcurl takes them
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

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "agent.h"

static unsigned int count_certificates( const char *bundle )
{
    FILE *file = fopen( bundle, "r" );
    unsigned int count = 0;
    char line[256];

    if (!file) return 0;
    while (fgets( line, sizeof(line), file ))
        if (!strncmp( line, "-----BEGIN ", 11 ) && strstr( line, "CERTIFICATE-----" )) count++;
    fclose( file );
    return count;
}

/* Eight digits, a dot and a number: by such a name OpenSSL finds an authority when it needs it. */
static int is_hashed_name( const struct dirent *entry )
{
    static const char digits[] = "0123456789abcdef";

    return strspn( entry->d_name, digits ) == 8 && entry->d_name[8] == '.' && entry->d_name[9] &&
           !entry->d_name[9 + strspn( entry->d_name + 9, "0123456789" )];
}

static unsigned int count_hashed_names( const char *directory )
{
    unsigned int count = 0;
    struct dirent *entry;
    DIR *names;

    if (!(names = opendir( directory ))) return 0;
    while ((entry = readdir( names ))) count += is_hashed_name( entry );
    closedir( names );
    return count;
}

/* From the system's directory they come one by one, but its file has to be read as a whole, which takes some 20 ms before
 * the first handshake.  The directory will do if it has as many. */
static int directory_will_do( const char *directory, const char *bundle )
{
    return directory && count_hashed_names( directory ) >= count_certificates( bundle );
}

void tls_authorities( CURL *easy, const char **file, const char **directory )
{
    static int looked, hashed;
    char *bundle = NULL, *names = NULL;

    *file = getenv( "SSL_CERT_FILE" );
    *directory = getenv( "SSL_CERT_DIR" );
    if (*directory && !**directory) *directory = NULL;
    if (*file && **file) return;

    curl_easy_getinfo( easy, CURLINFO_CAINFO, &bundle );
    curl_easy_getinfo( easy, CURLINFO_CAPATH, &names );
    *file = bundle && !access( bundle, R_OK ) ? bundle : NULL;
    if (!*file || *directory) return;
    if (!looked) hashed = directory_will_do( names, bundle );
    looked = 1;
    if (!hashed) return;
    *file = NULL;
    *directory = names;
}

/* --- the server's certificate --------------------------------------------------------------------- */

/* Which flag forgives this fault; 0: none does. */
static uint32_t forgiving_flag( int fault )
{
    switch (fault)
    {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
        return WIRE_FLAG_INSECURE_CA;
    case X509_V_ERR_CERT_NOT_YET_VALID:
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return WIRE_FLAG_INSECURE_DATE;
    case X509_V_ERR_INVALID_PURPOSE:
        return WIRE_FLAG_INSECURE_USAGE;
    default:
        return 0;
    }
}

/* What comes from the authorities themselves is trusted as it is. */
static int is_authority( X509_STORE_CTX *verification )
{
    return X509_STORE_CTX_get_error_depth( verification ) >= X509_STORE_CTX_get_num_untrusted( verification );
}

static int forgive( int ok, X509_STORE_CTX *verification )
{
    uint32_t flags = *(const uint32_t *)X509_STORE_CTX_get_app_data( verification );
    int fault = X509_STORE_CTX_get_error( verification );

    return ok || (flags & forgiving_flag( fault )) || (fault == X509_V_ERR_UNABLE_TO_GET_CRL && is_authority( verification ));
}

/* Parsed once in the life of the agent. */
static X509_STORE *get_authorities( CURL *easy )
{
    static X509_STORE *authorities;
    const char *file, *directory;

    if (authorities || !(authorities = X509_STORE_new())) return authorities;
    tls_authorities( easy, &file, &directory );
    if (file) X509_STORE_load_file( authorities, file );
    if (directory) X509_STORE_load_path( authorities, directory );
    if (!file && !directory) X509_STORE_set_default_paths( authorities );
    X509_STORE_set_flags( authorities, X509_V_FLAG_PARTIAL_CHAIN ); /* as libcurl has it */
    return authorities;
}

/* Those of an order, to be freed; NULL without memory. */
static X509_STORE *read_authorities( const unsigned char *next, size_t length )
{
    const unsigned char *end = next + length;
    X509_STORE *authorities = X509_STORE_new();
    X509 *certificate;

    while (authorities && next < end && (certificate = d2i_X509( NULL, &next, end - next )))
    {
        X509_STORE_add_cert( authorities, certificate );
        X509_free( certificate );
    }
    if (authorities) X509_STORE_set_flags( authorities, X509_V_FLAG_PARTIAL_CHAIN );
    return authorities;
}

/* Two servers with one certificate are not the same. */
static int get_fingerprint( const char *url, X509 *certificate, unsigned char *fingerprint )
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    char *host = NULL, *port = NULL;
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    CURLU *parsed = curl_url();
    unsigned int size;
    int ok;

    ok = digest && parsed && !curl_url_set( parsed, CURLUPART_URL, url, 0 ) &&
         !curl_url_get( parsed, CURLUPART_HOST, &host, 0 ) &&
         !curl_url_get( parsed, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT ) &&
         X509_digest( certificate, EVP_sha256(), hash, &size ) && EVP_DigestInit( digest, EVP_sha256() ) &&
         EVP_DigestUpdate( digest, host, strlen( host ) + 1 ) && EVP_DigestUpdate( digest, port, strlen( port ) + 1 ) &&
         EVP_DigestUpdate( digest, hash, size ) && EVP_DigestFinal( digest, fingerprint, &size );
    curl_free( host );
    curl_free( port );
    curl_url_cleanup( parsed );
    EVP_MD_CTX_free( digest );
    return ok;
}

static int get_chain( STACK_OF(X509) *chain, struct tls_peer *peer )
{
    BIO *bio = BIO_new( BIO_s_mem() );
    int i, ok = bio != NULL;
    char *data;

    for (i = 0; ok && i < sk_X509_num( chain ); i++) ok = i2d_X509_bio( bio, sk_X509_value( chain, i ) );
    if (ok && (ok = (peer->chain_size = BIO_get_mem_data( bio, &data )) && (peer->chain = malloc( peer->chain_size ))))
        memcpy( peer->chain, data, peer->chain_size );
    BIO_free( bio );
    return ok;
}

/* As the order's flags want it; lists NULL: revoked or not. */
static int verify( struct order *order, X509_STORE *authorities, X509_STORE_CTX *verification, SSL *ssl,
                   STACK_OF(X509_CRL) *lists )
{
    X509 *certificate = SSL_get1_peer_certificate( ssl );
    int ok = 0;

    if (authorities && certificate &&
        X509_STORE_CTX_init( verification, authorities, certificate, SSL_get_peer_cert_chain( ssl ) ))
    {
        X509_STORE_CTX_set_default( verification, "ssl_server" );
        X509_STORE_CTX_set_app_data( verification, &order->flags );
        X509_STORE_CTX_set_verify_cb( verification, forgive );
        if (lists) X509_STORE_CTX_set0_crls( verification, lists );
        if (lists) X509_STORE_CTX_set_flags( verification, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL );
        ok = X509_verify_cert( verification ) > 0;
    }
    X509_free( certificate );
    return ok;
}

/* By the system's authorities, and if they do not know it, by the order's own; these may be NULL. */
static int verify_by_any( struct order *order, X509_STORE *own, X509_STORE_CTX *verification, SSL *ssl )
{
    if (verify( order, get_authorities( order->easy ), verification, ssl, NULL )) return 1;
    if (!own || forgiving_flag( X509_STORE_CTX_get_error( verification ) ) != WIRE_FLAG_INSECURE_CA) return 0;
    X509_STORE_CTX_cleanup( verification );
    return verify( order, own, verification, ssl, NULL );
}

/* The lists that the verified chain needs. */
static enum lists find_lists( struct order *order, X509_STORE_CTX *verification, STACK_OF(X509_CRL) *lists )
{
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain( verification );
    enum lists result = LISTS_THERE, each;
    int i;

    for (i = 0; i < X509_STORE_CTX_get_num_untrusted( verification ); i++)
    {
        each = revocation_find( order, sk_X509_value( chain, i ), lists );
        if (each == LISTS_MISSING) return each;
        if (each == LISTS_WAIT) result = each;
    }
    return result;
}

/* The chain has been verified, but for this. */
static uint32_t check_revocation( struct order *order, X509_STORE_CTX *verification, SSL *ssl, const char **reason )
{
    STACK_OF(X509_CRL) *lists = sk_X509_CRL_new_null();
    X509_STORE_CTX *again = X509_STORE_CTX_new();
    uint32_t result = WIRE_RESULT_REVOCATION;
    enum lists found;

    *reason = "a list of revoked certificates cannot be had";
    found = lists && again ? find_lists( order, verification, lists ) : LISTS_MISSING;
    if (found == LISTS_WAIT) result = TLS_WAIT;
    if (found == LISTS_THERE)
    {
        if (verify( order, X509_STORE_CTX_get0_store( verification ), again, ssl, lists )) result = WIRE_RESULT_OK;
        else if (X509_STORE_CTX_get_error( again ) == X509_V_ERR_CERT_REVOKED) result = WIRE_RESULT_REVOKED;
        else revocation_drop( order->agent, lists );
        *reason = X509_verify_cert_error_string( X509_STORE_CTX_get_error( again ) );
    }
    X509_STORE_CTX_free( again );
    sk_X509_CRL_pop_free( lists, X509_CRL_free );
    return result;
}

/* Of https. */
static uint32_t check_peer( struct order *order, SSL *ssl, const char *url, struct tls_peer *peer, const char **reason )
{
    X509_STORE *own = order->authorities ? read_authorities( order->authorities, order->authorities_size ) : NULL;
    X509_STORE_CTX *verification = X509_STORE_CTX_new();
    uint32_t result = WIRE_RESULT_CERTIFICATE;
    STACK_OF(X509) *chain;

    *reason = "out of memory";
    if (verification && verify_by_any( order, own, verification, ssl )) result = WIRE_RESULT_OK;
    else if (verification) *reason = X509_verify_cert_error_string( X509_STORE_CTX_get_error( verification ) );
    if (!result && (order->flags & WIRE_FLAG_REVOCATION)) result = check_revocation( order, verification, ssl, reason );
    if (!result)
    {
        chain = X509_STORE_CTX_get0_chain( verification );
        *reason = "out of memory";
        if (!get_fingerprint( url, sk_X509_value( chain, 0 ), peer->fingerprint ) || !get_chain( chain, peer ))
            result = WIRE_RESULT_CERTIFICATE;
    }
    X509_STORE_CTX_free( verification );
    X509_STORE_free( own );
    return result;
}

uint32_t tls_check( struct order *order, struct tls_peer *peer, const char **reason )
{
    struct curl_tlssessioninfo *tls = NULL;
    CURL *easy = order->easy;
    char *url = NULL;

    *reason = "libcurl uses another library for TLS than OpenSSL";
    if (curl_easy_getinfo( easy, CURLINFO_TLS_SSL_PTR, &tls ) || !tls || tls->backend != CURLSSLBACKEND_OPENSSL)
        return WIRE_RESULT_CERTIFICATE;
    *reason = "it cannot be looked at";
    curl_easy_getinfo( easy, CURLINFO_EFFECTIVE_URL, &url );
    if (tls->internals) return check_peer( order, tls->internals, url, peer, reason );
    return url && !strncasecmp( url, "http:", 5 ) ? WIRE_RESULT_OK : WIRE_RESULT_CERTIFICATE;
}

/* --- what the server says of ours ------------------------------------------------------------------ */

static int agent_index = -1, order_index = -1;      /* of an SSL_CTX: the agent, and the id of the order */

/* The order that made the connection, which may outlive it. */
static struct order *get_order( const SSL *ssl )
{
    SSL_CTX *ctx = SSL_get_SSL_CTX( ssl );

    return order_find( SSL_CTX_get_ex_data( ctx, agent_index ), (uintptr_t)SSL_CTX_get_ex_data( ctx, order_index ) );
}

static int asked( SSL *ssl, void *context )
{
    struct order *order = get_order( ssl );

    if (order) order->refusal = SSL_get_certificate( ssl ) ? WIRE_RESULT_TLS : WIRE_RESULT_NO_CERTIFICATE;
    return 1;
}

static int is_refusal( int alert )
{
    switch (alert)
    {
    case SSL_AD_HANDSHAKE_FAILURE:      /* so OpenSSL has it, with TLS 1.2 */
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_REVOKED:
    case SSL_AD_CERTIFICATE_EXPIRED:
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_UNKNOWN_CA:
    case SSL_AD_ACCESS_DENIED:
    case SSL_AD_CERTIFICATE_REQUIRED:
        return 1;
    default:
        return 0;
    }
}

static void hear( const SSL *ssl, int where, int alert )
{
    struct order *order;

    if ((where & SSL_CB_READ_ALERT) != SSL_CB_READ_ALERT || !is_refusal( alert & 0xff )) return;
    if ((order = get_order( ssl )) && order->refusal) order->refused = 1;
}

CURLcode tls_listen( CURL *easy, void *ctx, void *context )
{
    struct curl_tlssessioninfo *tls = NULL;
    struct order *order = context;

    if (curl_easy_getinfo( easy, CURLINFO_TLS_SSL_PTR, &tls ) || !tls || tls->backend != CURLSSLBACKEND_OPENSSL)
        return CURLE_OK;
    if (agent_index < 0) agent_index = SSL_CTX_get_ex_new_index( 0, NULL, NULL, NULL, NULL );
    if (order_index < 0) order_index = SSL_CTX_get_ex_new_index( 0, NULL, NULL, NULL, NULL );
    if (!SSL_CTX_set_ex_data( ctx, agent_index, order->agent ) ||
        !SSL_CTX_set_ex_data( ctx, order_index, (void *)(uintptr_t)order->id )) return CURLE_OUT_OF_MEMORY;
    SSL_CTX_set_cert_cb( ctx, asked, NULL );
    SSL_CTX_set_info_callback( ctx, hear );
    return CURLE_OK;
}

/* --- ours ------------------------------------------------------------------------------------------ */

/* Frees the BIO, whose text may be secret. */
static char *take_text( BIO *bio )
{
    char *data, *text = NULL;
    long length = BIO_get_mem_data( bio, &data );

    if (length > 0) text = strndup( data, length );
    if (length > 0) explicit_bzero( data, length );
    BIO_free( bio );
    return text;
}

char *tls_chain_to_pem( const void *chain, size_t length )
{
    const unsigned char *next = chain, *end = next + length;
    BIO *bio = BIO_new( BIO_s_mem() );
    X509 *certificate;
    int ok = bio != NULL;

    while (ok && next < end)
    {
        certificate = d2i_X509( NULL, &next, end - next );
        ok = certificate && PEM_write_bio_X509( bio, certificate );
        X509_free( certificate );
    }
    if (ok) return take_text( bio );
    BIO_free( bio );
    return NULL;
}

char *tls_key_to_pem( const void *key, size_t length )
{
    const unsigned char *blob = key;
    BIO *bio = BIO_new( BIO_s_mem() );
    EVP_PKEY *parsed = b2i_PrivateKey( &blob, length );
    int ok = bio && parsed && PEM_write_bio_PrivateKey( bio, parsed, NULL, NULL, 0, NULL, NULL );

    EVP_PKEY_free( parsed );
    if (ok) return take_text( bio );
    BIO_free( bio );
    return NULL;
}
