/*
 * Fuzz targets
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

/* Each is called with an input by libFuzzer (libfuzzer.c), or by replay.c with the files of its corpus, and ends the program
 * at what is wrong: by an assertion, or a sanitizer does. */

#ifndef WINEBITS_FUZZ_H
#define WINEBITS_FUZZ_H

#include <stddef.h>

void fuzz_journal( const unsigned char *data, size_t size );    /* the reader of journals */
void fuzz_wire( const unsigned char *data, size_t size );       /* both ends of wire.h; the first byte says whose */
void fuzz_response( const unsigned char *data, size_t size );   /* header blocks: ranges, lengths, dates, redirects */
void fuzz_multipart( const unsigned char *data, size_t size );   /* bodies of several parts, in reads of the first byte's size */
void fuzz_url( const unsigned char *data, size_t size );        /* remote names and URLs */
void fuzz_proxy( const unsigned char *data, size_t size );      /* lists of proxies; exceptions behind the first LF */

/* A copy with a NUL behind it, to be freed. */
char *fuzz_text( const unsigned char *data, size_t size );

#endif
