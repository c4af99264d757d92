/*
 * Harness of the native unit tests
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

/*
 * A file of tests ends with a list of them and adds that list to the table in main.c:
 *
 *     static void counts_characters(void) { check( wstr_len( L"abc" ) == 3, "got %u\n", ... ); }
 *     const struct test wstr_tests[] = { TEST(counts_characters), { 0 } };
 *
 * The name of a test is a sentence about what is tested.  Tests share no state and run in one thread.
 */

#ifndef __UNIT_H
#define __UNIT_H

#include <stdio.h>

#include "base/base.h"

struct test
{
    const char *name;
    void (*run)(void);
};

#define TEST(function) { #function, function }

/* Fails the running test when cond is false and says why; the test goes on.  Gives cond. */
#define check(cond, ...) check_( __FILE__, __LINE__, (cond) ? 1 : 0, #cond, __VA_ARGS__ )

/* Counts the running test as skipped, unless something in it fails. */
void skip( const char *reason );

int check_( const char *file, int line, int good, const char *cond, const char *format, ... )
    __attribute__((format(printf, 5, 6)));

#endif  /* __UNIT_H */
