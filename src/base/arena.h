/*
 * Arenas: memory that is let go all at once. One lives as long as the run (configuration, templates, directory), one as
 * long as a report. Allocation never returns NULL: without memory the process ends (abort), since a worker process is
 * the unit of failure. Memory is zeroed and aligned for any type.
 *
 *     struct pr_arena arena;
 *     pr_arena_init(&arena);
 *     char *name = pr_arena_format(&arena, "%s-%d", base, i);
 *     pr_arena_release(&arena);
 */
#ifndef PR_BASE_ARENA_H
#define PR_BASE_ARENA_H

#include <stddef.h>

#include "base/error.h"

struct pr_arena_block;
struct pr_arena {
	struct pr_arena_block *head; /* owned */
	size_t used_bytes;           /* handed out in all, for statistics */
};

void pr_arena_init(struct pr_arena *arena);
void pr_arena_release(struct pr_arena *arena);

void *pr_arena_alloc(struct pr_arena *arena, size_t bytes);
/* count × size with the multiplication checked. */
void *pr_arena_array(struct pr_arena *arena, size_t count, size_t size);
/* A larger copy of an array that came from this arena; `old` may be NULL with old_count 0. New elements are zero. */
void *pr_arena_grow(struct pr_arena *arena, const void *old, size_t old_count, size_t new_count, size_t size);
char *pr_arena_copy(struct pr_arena *arena, const char *text); /* NULL stays NULL */
char *pr_arena_copy_n(struct pr_arena *arena, const char *text, size_t bytes);
char *pr_arena_format(struct pr_arena *arena, const char *format, ...) PR_PRINTF(2, 3);

/*
 * Appends to an array kept as (items, count, capacity) in an arena; evaluates to a pointer to the new, zeroed element:
 *     *PR_PUSH(arena, list->items, list->count, list->capacity) = item;
 */
#define PR_PUSH(arena, items, count, capacity) \
	((items) = pr_arena_room((arena), (items), (count), &(capacity), sizeof *(items)), &(items)[(count)++])
void *pr_arena_room(struct pr_arena *arena, void *items, size_t count, size_t *capacity, size_t size);

#endif
