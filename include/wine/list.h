/*
 * Doubly linked lists inside the elements
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
 * The names are those of Wine's header of the same name, which no package installs; source files that use them can
 * move into Wine's tree unchanged.
 *
 *     struct thing { int value; struct list entry; };
 *     struct list things;                      the head is no element
 *     list_init( &things );
 *     list_add_tail( &things, &thing->entry );
 *     LIST_FOR_EACH_ENTRY( thing, &things, struct thing, entry ) use( thing->value );
 *
 * The list owns nothing: the caller frees the elements and holds whatever lock they need.
 */

#ifndef __WINE_SERVER_LIST_H
#define __WINE_SERVER_LIST_H

#include <stddef.h>

struct list
{
    struct list *next;
    struct list *prev;
};

/* Makes an empty list. */
static inline void list_init( struct list *list )
{
    list->next = list->prev = list;
}

/* Adds to_add, which is in no list, directly behind elem; elem may be the head. */
static inline void list_add_after( struct list *elem, struct list *to_add )
{
    to_add->next = elem->next;
    to_add->prev = elem;
    elem->next->prev = to_add;
    elem->next = to_add;
}

static inline void list_add_head( struct list *list, struct list *elem )
{
    list_add_after( list, elem );
}

static inline void list_add_tail( struct list *list, struct list *elem )
{
    list_add_after( list->prev, elem );
}

/* Takes elem out of the list it is in.  Its own links stay as they were. */
static inline void list_remove( struct list *elem )
{
    elem->next->prev = elem->prev;
    elem->prev->next = elem->next;
}

static inline int list_empty( const struct list *list )
{
    return list->next == list;
}

/* The element behind elem, NULL behind the last one. */
static inline struct list *list_next( const struct list *list, const struct list *elem )
{
    return elem->next == list ? NULL : elem->next;
}

/* First element, NULL when empty. */
static inline struct list *list_head( const struct list *list )
{
    return list_next( list, list );
}

/* Last element, NULL when empty. */
static inline struct list *list_tail( const struct list *list )
{
    return list->prev == list ? NULL : list->prev;
}

static inline unsigned int list_count( const struct list *list )
{
    const struct list *elem;
    unsigned int count = 0;

    for (elem = list->next; elem != list; elem = elem->next) count++;
    return count;
}

/* From the address of the links to the element.  winnt.h has a type of this name; this macro always has arguments. */
#undef LIST_ENTRY
#define LIST_ENTRY(elem, type, field) ((type *)((char *)(elem) - offsetof(type, field)))

/* Loops over all elements.  The list must not change in the loop. */
#define LIST_FOR_EACH_ENTRY(elem, list, type, field) \
    for ((elem) = LIST_ENTRY((list)->next, type, field); \
         &(elem)->field != (list); \
         (elem) = LIST_ENTRY((elem)->field.next, type, field))

/* As above; the loop may remove and free the element it is at, but no other.  next_elem: a second variable. */
#define LIST_FOR_EACH_ENTRY_SAFE(elem, next_elem, list, type, field) \
    for ((elem) = LIST_ENTRY((list)->next, type, field), \
         (next_elem) = LIST_ENTRY((elem)->field.next, type, field); \
         &(elem)->field != (list); \
         (elem) = (next_elem), (next_elem) = LIST_ENTRY((elem)->field.next, type, field))

#endif  /* __WINE_SERVER_LIST_H */
