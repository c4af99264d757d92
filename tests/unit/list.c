/*
 * Tests of the lists
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

struct thing
{
    int value;
    struct list entry;
};

/* value of the elements in order, as digits */
static int digits( const struct list *list )
{
    struct thing *thing;
    int ret = 0;

    LIST_FOR_EACH_ENTRY( thing, list, struct thing, entry ) ret = ret * 10 + thing->value;
    return ret;
}

static void order_is_kept(void)
{
    struct thing a = { 1 }, b = { 2 }, c = { 3 }, d = { 4 };
    struct list list;

    list_init( &list );
    check( list_empty( &list ) && !list_head( &list ) && !list_tail( &list ) && !list_count( &list ), "not empty\n" );
    list_add_tail( &list, &b.entry );
    list_add_tail( &list, &c.entry );
    list_add_head( &list, &a.entry );
    list_add_after( &b.entry, &d.entry );
    check( digits( &list ) == 1243, "got %d\n", digits( &list ) );
    check( !list_empty( &list ) && list_count( &list ) == 4, "got %u\n", list_count( &list ) );
    check( LIST_ENTRY( list_head( &list ), struct thing, entry ) == &a, "head\n" );
    check( LIST_ENTRY( list_tail( &list ), struct thing, entry ) == &c, "tail\n" );
    check( list_next( &list, &a.entry ) == &b.entry, "next\n" );
    check( !list_next( &list, &c.entry ), "next of the last\n" );

    list_remove( &b.entry );
    check( digits( &list ) == 143, "got %d\n", digits( &list ) );
    list_remove( &a.entry );
    list_remove( &c.entry );
    check( digits( &list ) == 4, "got %d\n", digits( &list ) );
    list_remove( &d.entry );
    check( list_empty( &list ), "not empty\n" );
}

static void safe_loop_may_free_its_element(void)
{
    struct thing *thing, *next;
    struct list list;
    int i, sum = 0;

    list_init( &list );
    for (i = 1; i <= 5; i++)
    {
        thing = malloc( sizeof(*thing) );
        thing->value = i;
        list_add_tail( &list, &thing->entry );
    }
    LIST_FOR_EACH_ENTRY_SAFE( thing, next, &list, struct thing, entry )
    {
        sum += thing->value;
        list_remove( &thing->entry );
        free( thing );
    }
    check( sum == 15 && list_empty( &list ), "sum %d\n", sum );
}

const struct test list_tests[] =
{
    TEST(order_is_kept),
    TEST(safe_loop_may_free_its_element),
    { 0 }
};
