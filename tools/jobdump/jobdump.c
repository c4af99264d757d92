/*
 * Prints a store of jobs
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
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "store/store.h"

static const char usage[] =
    "Usage: winebits-jobdump [DIRECTORY|FILE]...\n"
    "Prints the jobs of a store, one line for each property; secrets are \"(set)\".\n"
    "Without an argument: Microsoft/Network/Downloader in ${WINEPREFIX:-~/.wine}/drive_c/ProgramData.\n"
    "Ends with 1 if a journal cannot be read, is damaged, or of a newer version.\n";

static unsigned int jobs, bad;

/* 1970 in FILETIME units */
#define UNIX_EPOCH 116444736000000000ull

static void print_property( const char *name, const char *value, void *context )
{
    printf( "    %s: %s\n", name, value );
}

static void print_journal( const char *path, const unsigned char *data, size_t size )
{
    struct store_reading reading;
    struct store_clock now;

    /* ticks are then the milliseconds that are left */
    now.tick = 0;
    now.time = UNIX_EPOCH + (UINT64)time( NULL ) * 10000000;
    store_read( data, size, NULL, &now, NULL, &reading );
    if (reading.verdict != STORE_GOOD)
    {
        bad++;
        fflush( stdout );
        fprintf( stderr, "%s: %s, at %zu of %zu bytes\n", path, reading.reason, reading.good, size );
        return;
    }
    jobs++;
    printf( "%s: version %u.%u, %u records, %zu bytes\n", path, reading.major, reading.minor, (UINT)reading.records,
            size );
    if (reading.good < size) printf( "    (torn: the last %zu bytes do not count)\n", size - reading.good );
    store_describe( &reading, print_property, NULL );
    job_destroy( reading.job );
    store_owner_free( &reading.owner );
}

static void fail( const char *path )
{
    bad++;
    fflush( stdout );
    fprintf( stderr, "%s: %s\n", path, strerror( errno ));
}

static void print_file( const char *path )
{
    unsigned char *data = NULL;
    FILE *file = fopen( path, "rb" );
    struct stat st;
    size_t size;

    if (!file)
    {
        fail( path );
        return;
    }
    if (!fstat( fileno( file ), &st ) && st.st_size > STORE_MAX_JOURNAL) errno = EFBIG;
    else if ((data = malloc( st.st_size + 1 )))
    {
        size = fread( data, 1, st.st_size, file );
        if (!ferror( file ))
        {
            print_journal( path, data, size );
            free( data );
            fclose( file );
            return;
        }
    }
    fail( path );
    free( data );
    fclose( file );
}

static int select_entry( const struct dirent *entry )
{
    const char *name = entry->d_name;
    size_t length = strlen( name );

    if (length == 2) return strspn( name, "0123456789ABCDEF" ) == 2;
    return length > 4 && !strcmp( name + length - 4, ".wbj" );
}

/* DEPTH: how many levels of directories may follow. */
static void print_path( const char *path, int depth )
{
    struct dirent **entries;
    int count, i;
    struct stat st;
    char *name;

    if (stat( path, &st ))
    {
        fail( path );
        return;
    }
    if (!S_ISDIR(st.st_mode))
    {
        print_file( path );
        return;
    }
    if (!depth) return;
    if ((count = scandir( path, &entries, select_entry, alphasort )) < 0)
    {
        fail( path );
        return;
    }
    for (i = 0; i < count; i++)
    {
        if (asprintf( &name, "%s/%s", path, entries[i]->d_name ) >= 0)
        {
            print_path( name, depth - 1 );
            free( name );
        }
        else fail( path );
        free( entries[i] );
    }
    free( entries );
}

static void print_prefix(void)
{
    const char *prefix = getenv( "WINEPREFIX" ), *home = getenv( "HOME" );
    char *path;

    if (asprintf( &path, "%s%s/drive_c/ProgramData/Microsoft/Network/Downloader", prefix ? prefix : home ? home : "",
                  prefix ? "" : "/.wine" ) < 0) exit( 1 );
    print_path( path, 2 );
    free( path );
}

int main( int argc, char *argv[] )
{
    int i;

    if (argc > 1 && argv[1][0] == '-')
    {
        BOOL help = !strcmp( argv[1], "--help" ) || !strcmp( argv[1], "-h" );

        fputs( usage, help ? stdout : stderr );
        return help ? 0 : 2;
    }
    for (i = 1; i < argc; i++) print_path( argv[i], 2 );
    if (argc < 2) print_prefix();
    printf( "%u jobs, %u bad\n", jobs, bad );
    return bad != 0;
}
