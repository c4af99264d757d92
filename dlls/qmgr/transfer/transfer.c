/*
 * Transfers: one file from its beginning to its end
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

#include <stdarg.h>
#include <stdio.h>

#include "transfer/private.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

#define DETAIL_SIZE 4096    /* bytes; a URL has at most 2200 characters */

HRESULT transfer_start(void)
{
    WSADATA data;

    return HRESULT_FROM_WIN32( WSAStartup( MAKEWORD( 2, 2 ), &data ) );
}

void transfer_stop(void)
{
    agents_stop();
    settings_forget();
    WSACleanup();
}

/* --- the next temporary file ------------------------------------------------------------------------------------ */

struct transfer_spare
{
    struct identity *identity;  /* that made it */
    struct temp temp;
    struct temp last;           /* of the transfer before, to be closed */
};

void transfer_spare_free( struct transfer_spare *spare )
{
    if (!spare) return;
    temp_close( &spare->temp );
    temp_close( &spare->last );
    identity_release( spare->identity );
    free( spare );
}

/* TELL comes first: after a kill between the two nobody would know the file. */
static DWORD create_temp( struct transfer *transfer, struct temp *temp, const struct identity *identity, const WCHAR *local,
                          void (*tell)( void *context, const WCHAR *temp ) )
{
    int tries = TEMP_NAME_TRIES;
    DWORD error;

    do
    {
        if ((error = temp_name( temp, identity, local ))) return error;
        tell( transfer->context, temp->name );
        error = temp_create( temp, identity );
    } while (error == ERROR_FILE_EXISTS && --tries);
    return error;
}

void prepare_next( struct transfer *transfer )
{
    const struct transfer_file *file = transfer->file;
    struct transfer_spare *spare;

    temp_close( &transfer->last );
    if (!file->next_local || *transfer->spare || !(spare = calloc( 1, sizeof(*spare) ))) return;
    spare->identity = identity_addref( (struct identity *)file->file_identity );
    if (!create_temp( transfer, &spare->temp, spare->identity, file->next_local, transfer->events->prepared ))
        *transfer->spare = spare;
    else transfer_spare_free( spare );
}

/* What the transfer before has made ready is this one's, or nobody's. */
static BOOL take_spare( struct transfer *transfer )
{
    const struct transfer_file *file = transfer->file;
    struct transfer_spare *spare = *transfer->spare;
    BOOL fits = spare && file->temp && !wstr_cmp( file->temp, spare->temp.name ) &&
                file->file_identity == spare->identity && !file->offset;

    if (fits)
    {
        transfer->temp = spare->temp;
        transfer->last = spare->last;
        memset( &spare->temp, 0, sizeof(spare->temp) );
        memset( &spare->last, 0, sizeof(spare->last) );
    }
    transfer_spare_free( spare );
    *transfer->spare = NULL;
    return fits;
}

/* A file that is whole can be closed while the server works for the next one: it takes several messages. */
static void close_temp( struct transfer *transfer, HRESULT hr )
{
    struct transfer_spare *spare = *transfer->spare;

    temp_close( &transfer->last );
    if (SUCCEEDED(hr) && spare)
    {
        spare->last = transfer->temp;
        memset( &transfer->temp, 0, sizeof(transfer->temp) );
    }
    else temp_close( &transfer->temp );
}

/* --- ending transfers early -------------------------------------------------------------------------------------- */

DWORD transfer_abort_init( struct transfer_abort *abort )
{
    abort->set = FALSE;
    return (abort->event = CreateEventW( NULL, TRUE, FALSE, NULL )) ? 0 : GetLastError();
}

void transfer_abort_clear( struct transfer_abort *abort )
{
    CloseHandle( abort->event );
}

void transfer_abort_set( struct transfer_abort *abort )
{
    InterlockedExchange( &abort->set, TRUE );
    SetEvent( abort->event );
    orders_wake();
}

/* --- what http.c and local.c share ------------------------------------------------------------------------------ */

void tell_connected( struct transfer *transfer, UINT64 size, UINT64 total, UINT64 modified, DWORD attributes )
{
    transfer->total = total;
    if (transfer->connected && transfer->size == size) return;
    transfer->connected = TRUE;
    transfer->size = size;
    transfer->events->connected( transfer->context, size, modified, attributes );
}

void tell_tagged( struct transfer *transfer, UINT64 etag )
{
    if (!etag || transfer->etag == etag) return;
    transfer->etag = etag;
    transfer->events->tagged( transfer->context, etag );
}

void tell_progress( struct transfer *transfer, UINT64 offset, UINT64 durable )
{
    if (offset >= transfer->total) return;
    if (offset == transfer->offset && durable <= transfer->durable) return;
    transfer->offset = offset;
    if (durable > transfer->durable) transfer->durable = durable;
    transfer->events->progress( transfer->context, offset, transfer->durable );
}

HRESULT empty_temp( struct transfer *transfer )
{
    DWORD error = temp_resize( &transfer->temp, 0 );

    if (!error) return S_OK;
    return transfer_fail( transfer, error_from_local( error ), "The temporary file cannot be emptied." );
}

HRESULT tell_restarted( struct transfer *transfer, BOOL lost )
{
    TRACE( "%s%s.\n", debugstr_url( transfer->file->remote ), lost ? ": what had come of it is gone" : " has changed" );
    transfer->offset = transfer->durable = 0;
    transfer->size = transfer->total = BG_SIZE_UNKNOWN;
    transfer->etag = 0;
    transfer->connected = FALSE;
    transfer->restarted = TRUE;
    transfer->events->restarted( transfer->context, lost );
    return empty_temp( transfer );
}

BOOL transfer_is_aborted( const struct transfer *transfer )
{
    return transfer->abort->set;
}

/* Servers and libcurl do not promise UTF-8. */
static void make_printable( char *str )
{
    WCHAR *test;
    BOOL is_utf8;

    is_utf8 = SUCCEEDED(wstr_from_utf8( str, strlen( str ), &test ));
    if (is_utf8) free( test );
    for (; *str; str++)
        if ((unsigned char)*str < ' ' || *str == 127 || (!is_utf8 && (unsigned char)*str > 127)) *str = '?';
}

HRESULT transfer_fail( struct transfer *transfer, struct bits_error error, const char *format, ... )
{
    char buffer[DETAIL_SIZE];
    va_list args;

    va_start( args, format );
    vsnprintf( buffer, sizeof(buffer), format, args );
    va_end( args );
    make_printable( buffer );
    WARN( "%#lx: %s\n", error.code, debugstr_a( buffer ) );

    transfer->result->error = error;
    free( transfer->result->detail );
    if (FAILED(wstr_from_utf8( buffer, strlen( buffer ), &transfer->result->detail ))) transfer->result->detail = NULL;
    return error.code;
}

/* --- a transfer ------------------------------------------------------------------------------------------------- */

static BOOL has_scheme( const WCHAR *name, const WCHAR *scheme )
{
    for (; *scheme; name++, scheme++)
        if (*name != *scheme && !(*name >= 'A' && *name <= 'Z' && *name + 'a' - 'A' == *scheme)) return FALSE;
    return TRUE;
}

static BOOL is_http( const WCHAR *name )
{
    return has_scheme( name, L"http://" ) || has_scheme( name, L"https://" );
}

static HRESULT fail_temp( struct transfer *transfer, DWORD error )
{
    const struct transfer_file *file = transfer->file;
    char *name = NULL;
    HRESULT hr;

    wstr_to_utf8( file->temp ? file->temp : file->local, &name );
    hr = transfer_fail( transfer, error_from_local( error ), file->temp ? "The temporary file %s cannot be opened." :
                        file->direct ? "The file %s cannot be opened." : "A temporary file beside %s cannot be created.", name ? name : "(unknown)" );
    free( name );
    return hr;
}

/* Opens the temporary file.  When what an earlier run left is no longer there, everything begins anew. */
static HRESULT open_temp( struct transfer *transfer )
{
    const struct transfer_file *file = transfer->file;
    UINT64 offset = file->size == BG_SIZE_UNKNOWN ? 0 : file->offset;
    const WCHAR *name = file->direct ? file->local : file->temp;
    DWORD error = ERROR_FILE_NOT_FOUND;

    if (take_spare( transfer )) return S_OK;
    if (name) error = temp_open( &transfer->temp, file->file_identity, name, file->direct, &offset );
    if (!file->direct && (error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND))
    {
        offset = 0;
        error = create_temp( transfer, &transfer->temp, file->file_identity, file->local, transfer->events->created );
    }
    if (error) return fail_temp( transfer, error );
    transfer->offset = transfer->durable = file->sparse ? 0 : offset;
    return offset == file->offset ? S_OK : tell_restarted( transfer, TRUE );
}

HRESULT transfer_run( const struct transfer_file *file, const struct transfer_events *events, void *context,
                      const struct transfer_abort *abort, struct transfer_spare **spare, struct transfer_result *result )
{
    struct transfer transfer = { file, events, context, abort, spare, result };
    HRESULT hr;

    TRACE( "%s, %s, %s, offset %I64u of %I64d, files as %s, network as %s.\n", debugstr_url( file->remote ),
           debugstr_w( file->local ), debugstr_w( file->temp ), file->offset, (INT64)file->size,
           debugstr_w( file->file_identity->sid ), debugstr_w( file->network_identity->sid ) );

    memset( result, 0, sizeof(*result) );
    transfer.size = transfer.total = BG_SIZE_UNKNOWN;
    transfer.etag = file->etag;
    if (transfer_is_aborted( &transfer )) return E_ABORT;
    if (SUCCEEDED(hr = open_temp( &transfer )))
        hr = is_http( file->remote ) ? http_run( &transfer ) : local_run( &transfer );
    close_temp( &transfer, hr );

    TRACE( "%s: %#lx.\n", debugstr_url( file->remote ), hr );
    return hr;
}
