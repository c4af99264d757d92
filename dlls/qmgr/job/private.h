/*
 * The job room's inside
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


#ifndef WINEBITS_JOB_PRIVATE_H
#define WINEBITS_JOB_PRIVATE_H

#include "job/job.h"

/* Replaces *FIELD by a copy of STR; NULL takes it away.  E_OUTOFMEMORY leaves it as it was. */
HRESULT set_string( WCHAR **field, const WCHAR *str );

/* Frees a string that nobody is to find in the memory afterwards; NULL is fine. */
void free_secret( WCHAR *secret );

void file_destroy( struct job_file *file );
/* Bytes that the local file is to have, BG_SIZE_UNKNOWN when they cannot be told yet; bytes that it has. */
UINT64 file_total( const struct job_file *file );
UINT64 file_bytes( const struct job_file *file );

/* BITS_COST_*: the bits that are states of a network. */
#define COST_STATES 0x000000ff

/* Whether FLAGS has no unknown bits, and at least one state: a mask without any would be a job that never runs. */
BOOL cost_flags_are_valid( DWORD flags );

/* The names that SetRemoteName() changed are the stored ones from now on. */
void files_store_names( struct job *job );

#endif
