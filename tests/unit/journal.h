/*
 * Journals for the tests of the store
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


/* Jobs and journals to test with.  What is given is the caller's to free: jobs with job_destroy(), owners with
 * store_owner_free(), readings with reading_free(). */

#ifndef __JOURNAL_H
#define __JOURNAL_H

#include "store/private.h"

extern const GUID journal_id;                   /* of every job here */
extern const struct store_clock journal_now;    /* when all records were made */
extern const struct store_secrets turning;      /* bits, so that a secret is not legible */
extern const struct store_secrets refusing;

WCHAR *wide( const char *ascii );
void put_string( WCHAR **str, const char *ascii );      /* frees the old one */
void add_file( struct job *job, const char *local );
void add_credentials( struct job *job, BG_AUTH_SCHEME scheme, const char *user );

/* A job of which every stored property has a value, with two files: of the second one that holds too. */
struct job *full_job( struct store_owner *owner );

/* A journal being written. */
struct journal
{
    unsigned char data[0x8000];
    size_t size;
    size_t ends[16];        /* of header and records */
    int count;
};

/* Begins it anew, with a snapshot. */
void journal_snapshot( struct journal *journal, const struct job *job, const struct store_owner *owner );
/* Finishes the record and frees it. */
HRESULT journal_add( struct journal *journal, struct store_record *record );

/* A snapshot of a small job, a new file, a progress, and a last change of the description. */
struct job *small_journal( struct journal *journal, struct store_owner *owner );

enum store_verdict journal_read( const void *data, size_t size, struct store_reading *reading );
void reading_free( struct store_reading *reading );

/* Check that all members are equal and, if asked, that none is zero. */
void compare( const struct table *table, const void *left, const void *right, BOOL all_set );
/* The same for jobs with their secrets and files; ALL_SET does not go for the first file. */
void compare_jobs( const struct job *left, const struct job *right, BOOL all_set );

#endif
