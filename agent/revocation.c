/*
 * Lists of revoked certificates: fetched, kept, and forgotten when they are old
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

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include <openssl/x509v3.h>

#include "agent.h"

struct list
{
    struct list *next;
    char *url;
    X509_CRL *crl;              /* NULL: there is none */
    uint64_t failed;            /* us: when the last attempt did; 0: it did not */
    uint32_t serial;            /* of the last attempt */
    CURL *easy;                 /* which is under way */
    int started;                /* ... in agent->multi */
    unsigned char *data;        /* of it */
    size_t used;
};

/* --- which list ----------------------------------------------------------------------------------- */

static int is_http( const ASN1_STRING *name )
{
    const char *text = (const char *)ASN1_STRING_get0_data( name );
    int length = ASN1_STRING_length( name );

    return length > 7 && !strncasecmp( text, "http://", 7 ) && !memchr( text, 0, length );
}

/* The number-th address of a list that covers all reasons and that the issuer itself signs; NULL: there are no more. */
static char *get_url( const CRL_DIST_POINTS *points, int number )
{
    const DIST_POINT *point;
    const GENERAL_NAME *name;
    int i, j;

    for (i = 0; i < sk_DIST_POINT_num( points ); i++)
    {
        point = sk_DIST_POINT_value( points, i );
        if (point->reasons || point->CRLissuer || !point->distpoint || point->distpoint->type) continue;
        for (j = 0; j < sk_GENERAL_NAME_num( point->distpoint->name.fullname ); j++)
        {
            name = sk_GENERAL_NAME_value( point->distpoint->name.fullname, j );
            if (name->type != GEN_URI || !is_http( name->d.uniformResourceIdentifier ) || number--) continue;
            return strndup( (const char *)ASN1_STRING_get0_data( name->d.uniformResourceIdentifier ),
                            ASN1_STRING_length( name->d.uniformResourceIdentifier ) );
        }
    }
    return NULL;
}

/* --- the ones that are kept ----------------------------------------------------------------------- */

static void list_free( struct list *list )
{
    free( list->url );
    X509_CRL_free( list->crl );
    free( list );
}

/* Without a time to end, a list could be kept for ever. */
static int is_valid( const X509_CRL *crl )
{
    const ASN1_TIME *end = crl ? X509_CRL_get0_nextUpdate( crl ) : NULL;

    return end && X509_cmp_current_time( end ) > 0;
}

/* The oldest go that nobody waits for. */
static void make_room( struct agent *agent )
{
    struct list **link, **last = NULL;
    unsigned int count = 0;
    struct list *list;

    for (link = &agent->lists; *link; link = &(*link)->next, count++)
        if (!(*link)->easy) last = link;
    if (count < LISTS_MAX || !last) return;
    list = *last;
    *last = list->next;
    list_free( list );
}

/* There need not be a list yet. */
static struct list *get_list( struct agent *agent, const char *url )
{
    struct list *list;

    for (list = agent->lists; list; list = list->next) if (!strcmp( list->url, url )) return list;
    make_room( agent );
    if (!(list = calloc( 1, sizeof(*list) )) || !(list->url = strdup( url )))
    {
        free( list );
        return NULL;
    }
    list->next = agent->lists;
    agent->lists = list;
    return list;
}

/* --- fetching ------------------------------------------------------------------------------------- */

/* What libcurl may start must not inherit our sockets. */
static curl_socket_t open_socket( void *context, curlsocktype purpose, struct curl_sockaddr *address )
{
    return socket( address->family, address->socktype | SOCK_CLOEXEC, address->protocol );
}

static size_t receive( char *data, size_t size, size_t count, void *context )
{
    struct list *list = context;
    unsigned char *more;

    if (list->used + size * count > LISTS_MAX_SIZE) return 0;
    if (!(more = realloc( list->data, list->used + size * count ))) return 0;
    memcpy( more + list->used, data, size * count );
    list->data = more;
    list->used += size * count;
    return size * count;
}

/* 0 without memory. */
static int prepare( struct list *list, CURL *fetcher )
{
    CURL *easy;

    if (!(easy = curl_easy_duphandle( fetcher ))) return 0;
    if (curl_easy_setopt( easy, CURLOPT_URL, list->url ) ||
        curl_easy_setopt( easy, CURLOPT_TIMEOUT_MS, (long)LISTS_TIMEOUT ) ||
        curl_easy_setopt( easy, CURLOPT_OPENSOCKETFUNCTION, open_socket ) ||
        curl_easy_setopt( easy, CURLOPT_WRITEFUNCTION, receive ) || curl_easy_setopt( easy, CURLOPT_WRITEDATA, list ))
    {
        curl_easy_cleanup( easy );
        return 0;
    }
    list->easy = easy;
    list->started = 0;
    return 1;
}

/* The attempt is over: what came is a list, or it failed. */
static void settle( struct list *list, int came )
{
    const unsigned char *data = list->data;
    X509_CRL *crl = NULL;

    if (came && data) crl = d2i_X509_CRL( NULL, &data, list->used );
    list->failed = is_valid( crl ) ? 0 : agent_now_us();
    if (list->failed) X509_CRL_free( crl );
    else
    {
        X509_CRL_free( list->crl );
        list->crl = crl;
    }
    free( list->data );
    list->data = NULL;
    list->used = 0;
    curl_easy_cleanup( list->easy );
    list->easy = NULL;
}

void revocation_start( struct agent *agent )
{
    struct list *list;

    for (list = agent->lists; list; list = list->next)
    {
        if (!list->easy || list->started) continue;
        list->started = 1;
        if (curl_multi_add_handle( agent->multi, list->easy )) settle( list, 0 );
    }
}

void revocation_fetched( struct agent *agent, CURL *easy, CURLcode code )
{
    struct list *list;

    curl_multi_remove_handle( agent->multi, easy );
    for (list = agent->lists; list->easy != easy; list = list->next) {}
    settle( list, !code );
}

int revocation_pending( const struct agent *agent, uint32_t serial )
{
    const struct list *list;

    for (list = agent->lists; list; list = list->next) if (list->easy && list->serial <= serial) return 1;
    return 0;
}

/* --- for an order --------------------------------------------------------------------------------- */

static enum lists look( struct order *order, const char *url, STACK_OF(X509_CRL) *lists )
{
    struct agent *agent = order->agent;
    struct list *list;

    if (!(list = get_list( agent, url ))) return LISTS_MISSING;
    if (is_valid( list->crl ) && sk_X509_CRL_push( lists, list->crl ) && X509_CRL_up_ref( list->crl )) return LISTS_THERE;
    if (!list->easy)
    {
        if (list->failed > order->started || !prepare( list, order->fetcher )) return LISTS_MISSING;
        list->serial = ++agent->last_list;
    }
    if (list->serial > order->lists) order->lists = list->serial;
    return LISTS_WAIT;
}

enum lists revocation_find( struct order *order, X509 *certificate, STACK_OF(X509_CRL) *lists )
{
    CRL_DIST_POINTS *points = X509_get_ext_d2i( certificate, NID_crl_distribution_points, NULL, NULL );
    enum lists result = LISTS_MISSING;
    char *url;
    int i;

    for (i = 0; result == LISTS_MISSING && (url = get_url( points, i )); i++)
    {
        result = look( order, url, lists );
        free( url );
    }
    CRL_DIST_POINTS_free( points );
    return result;
}

void revocation_drop( struct agent *agent, const STACK_OF(X509_CRL) *lists )
{
    struct list *list;
    int i;

    for (list = agent->lists; list; list = list->next)
    {
        for (i = 0; i < sk_X509_CRL_num( lists ) && sk_X509_CRL_value( lists, i ) != list->crl; i++) {}
        if (i == sk_X509_CRL_num( lists )) continue;
        X509_CRL_free( list->crl );
        list->crl = NULL;
    }
}
