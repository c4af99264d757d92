/*
 * Tickets for a name and a password: what libcurl leaves out of Negotiate
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

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "agent.h"

#ifdef HAVE_KRB5

#include <krb5.h>

/* What DOMAIN\name, name@domain or name is to Kerberos, which has realms in capitals where Windows does not care.
 * malloc'ed. */
static char *principal_name( const char *user )
{
    const char *separator = strchr( user, '\\' );
    char *name, *p;
    int ret;

    if (separator) ret = asprintf( &name, "%s@%.*s", separator + 1, (int)(separator - user), user );
    else ret = asprintf( &name, "%s", user );
    if (ret < 0) return NULL;
    for (p = strchr( name, '@' ); p && *p; p++) *p = toupper( (unsigned char)*p );
    return name;
}

/* *end is the ticket's. */
static krb5_error_code get_ticket( krb5_context context, const char *name, const char *password, time_t *end )
{
    krb5_get_init_creds_opt *options = NULL;
    krb5_principal principal = NULL;
    krb5_ccache cache = NULL;
    krb5_creds creds = { 0 };
    krb5_error_code error;

    if ((error = krb5_parse_name( context, name, &principal ))) goto done;
    if ((error = krb5_cc_default( context, &cache ))) goto done;
    if ((error = krb5_get_init_creds_opt_alloc( context, &options ))) goto done;
    if ((error = krb5_get_init_creds_opt_set_out_ccache( context, options, cache ))) goto done;
    error = krb5_get_init_creds_password( context, &creds, principal, password, NULL, NULL, 0, NULL, options );
    if (error) goto done;
    *end = (uint32_t)creds.times.endtime;   /* there are no times before 1970 */
    krb5_free_cred_contents( context, &creds );

done:
    krb5_get_init_creds_opt_free( context, options );
    if (cache) krb5_cc_close( context, cache );
    krb5_free_principal( context, principal );
    return error;
}

static void log_in( struct tickets *tickets, const char *user, const char *password )
{
    char *name = principal_name( user );
    krb5_context context = NULL;
    krb5_error_code error;
    const char *message;
    time_t end;

    tickets->due = time( NULL ) + TICKET_PAUSE;
    snprintf( tickets->missing, sizeof(tickets->missing), "Kerberos cannot be used" );
    /* in any other cache are the tickets of somebody who is not to lose them */
    if (name && !krb5_init_context( &context ) && !strcmp( krb5_cc_default_name( context ), WIRE_TICKETS ))
    {
        if ((error = get_ticket( context, name, password, &end )))
        {
            message = krb5_get_error_message( context, error );
            snprintf( tickets->missing, sizeof(tickets->missing), "No Kerberos ticket for %s: %s", name, message );
            krb5_free_error_message( context, message );
        }
        else
        {
            tickets->due = end - TICKET_MARGIN;
            *tickets->missing = 0;
        }
    }
    krb5_free_context( context );
    free( name );
}

#else

static void log_in( struct tickets *tickets, const char *user, const char *password )
{
    snprintf( tickets->missing, sizeof(tickets->missing), "Built without Kerberos" );
}

#endif

/* The field, terminated and malloc'ed; empty if it is absent. */
static char *dup_field( const struct wire_frame *frame, enum wire_tag tag )
{
    size_t length;
    const char *value = wire_get_string( frame, tag, &length );

    return strndup( value ? value : "", length );
}

static int has_login( const struct wire_frame *frame, enum wire_tag auth, enum wire_tag user )
{
    return (wire_get_u32( frame, auth ) & WIRE_AUTH_NEGOTIATE) && frame->fields[user].data;
}

const struct tickets *kerberos_log_in( struct tickets *tickets, const struct wire_frame *frame )
{
    int is_proxys = has_login( frame, WIRE_TAG_PROXY_AUTH, WIRE_TAG_PROXY_USER );
    char *user, *password;

    if (!is_proxys && !has_login( frame, WIRE_TAG_AUTH, WIRE_TAG_USER )) return NULL;
    if (time( NULL ) < tickets->due) return tickets;
    user = dup_field( frame, is_proxys ? WIRE_TAG_PROXY_USER : WIRE_TAG_USER );
    password = dup_field( frame, is_proxys ? WIRE_TAG_PROXY_PASSWORD : WIRE_TAG_PASSWORD );
    if (user && password) log_in( tickets, user, password );
    if (password) explicit_bzero( password, strlen( password ) );
    free( password );
    free( user );
    return tickets;
}
