#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES ((size_t)64 * 1024)

struct pr_arena_block {
	struct pr_arena_block *next;
	size_t used, size;
	max_align_t data[];
};

void pr_arena_init(struct pr_arena *arena)
{
	arena->head = NULL;
	arena->used_bytes = 0;
}

void pr_arena_release(struct pr_arena *arena)
{
	struct pr_arena_block *block = arena->head;
	while (block) {
		struct pr_arena_block *next = block->next;
		free(block);
		block = next;
	}
	pr_arena_init(arena);
}

static struct pr_arena_block *new_block(size_t size)
{
	if (size > SIZE_MAX - sizeof(struct pr_arena_block))
		abort();
	struct pr_arena_block *block = calloc(1, sizeof *block + size);
	if (!block)
		abort();
	block->size = size;
	return block;
}

void *pr_arena_alloc(struct pr_arena *arena, size_t bytes)
{
	size_t unit = sizeof(max_align_t);
	if (bytes > SIZE_MAX - unit)
		abort();
	size_t rounded = bytes == 0 ? unit : (bytes + unit - 1) / unit * unit;
	arena->used_bytes += rounded;
	struct pr_arena_block *head = arena->head;
	if (head && head->size - head->used >= rounded) {
		void *result = (char *)head->data + head->used;
		head->used += rounded;
		return result;
	}
	/* A large piece has a block to itself, behind the head, whose free end stays in use. */
	bool is_large = rounded > BLOCK_BYTES / 4;
	struct pr_arena_block *block = new_block(is_large ? rounded : BLOCK_BYTES);
	struct pr_arena_block **link = is_large && head ? &head->next : &arena->head;
	block->used = rounded;
	block->next = *link;
	*link = block;
	return block->data;
}

static size_t checked_product(size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size)
		abort();
	return count * size;
}

void *pr_arena_array(struct pr_arena *arena, size_t count, size_t size)
{
	return pr_arena_alloc(arena, checked_product(count, size));
}

void *pr_arena_grow(struct pr_arena *arena, const void *old, size_t old_count, size_t new_count, size_t size)
{
	void *grown = pr_arena_array(arena, new_count, size);
	size_t kept = old_count < new_count ? old_count : new_count;
	if (old && kept > 0)
		memcpy(grown, old, checked_product(kept, size));
	return grown;
}

char *pr_arena_copy(struct pr_arena *arena, const char *text)
{
	return text ? pr_arena_copy_n(arena, text, strlen(text)) : NULL;
}

char *pr_arena_copy_n(struct pr_arena *arena, const char *text, size_t bytes)
{
	if (bytes == SIZE_MAX)
		abort();
	char *copy = pr_arena_alloc(arena, bytes + 1);
	if (bytes > 0)
		memcpy(copy, text, bytes);
	return copy;
}

char *pr_arena_format(struct pr_arena *arena, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	va_list again;
	va_copy(again, arguments);
	int count = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (count < 0)
		abort();
	size_t size = (size_t)count + 1;
	char *text = pr_arena_alloc(arena, size);
	vsnprintf(text, size, format, again);
	va_end(again);
	return text;
}

void *pr_arena_room(struct pr_arena *arena, void *items, size_t count, size_t *capacity, size_t size)
{
	if (count < *capacity)
		return items;
	size_t larger = *capacity < 8 ? 8 : checked_product(*capacity, 2);
	void *grown = pr_arena_grow(arena, items, count, larger, size);
	*capacity = larger;
	return grown;
}
