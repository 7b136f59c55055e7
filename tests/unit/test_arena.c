#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/arena.h"

static void pieces_are_zero_aligned_and_apart(void **state)
{
	(void)state;
	struct pr_arena arena;
	pr_arena_init(&arena);
	unsigned char *pieces[600];
	for (size_t i = 0; i < 600; i++) {
		size_t bytes = i * 7 % 991;
		pieces[i] = pr_arena_alloc(&arena, bytes);
		assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
		for (size_t k = 0; k < bytes; k++)
			assert_int_equal(pieces[i][k], 0);
		memset(pieces[i], (int)(i % 255) + 1, bytes);
	}
	for (size_t i = 0; i < 600; i++)
		for (size_t k = 0; k < i * 7 % 991; k++)
			assert_int_equal(pieces[i][k], i % 255 + 1);
	pr_arena_release(&arena);
	assert_null(arena.head);
	assert_int_equal(arena.used_bytes, 0);
}

static void large_pieces_leave_the_small_ones_room(void **state)
{
	(void)state;
	struct pr_arena arena;
	pr_arena_init(&arena);
	char *first = pr_arena_alloc(&arena, 16);
	char *large = pr_arena_array(&arena, 1000, 1000);
	char *second = pr_arena_alloc(&arena, 16);
	memset(large, 1, 1000000);
	/* The small pieces share a block, the large one has its own. */
	assert_true(second > first && second - first < 1024);
	assert_true(arena.used_bytes >= 1000032);
	pr_arena_release(&arena);
}

static void arrays_grow_and_keep_what_they_hold(void **state)
{
	(void)state;
	struct pr_arena arena;
	pr_arena_init(&arena);
	int *items = NULL;
	size_t count = 0, capacity = 0;
	for (int i = 0; i < 5000; i++) {
		int *item = PR_PUSH(&arena, items, count, capacity);
		assert_int_equal(*item, 0);
		*item = i;
	}
	assert_int_equal(count, 5000);
	for (int i = 0; i < 5000; i++)
		assert_int_equal(items[i], i);
	int *fewer = pr_arena_grow(&arena, items, count, 3, sizeof *fewer);
	assert_int_equal(fewer[2], 2);
	int *fresh = pr_arena_grow(&arena, NULL, 0, 4, sizeof *fresh);
	assert_int_equal(fresh[3], 0);
	pr_arena_release(&arena);
}

static void texts_are_copied(void **state)
{
	(void)state;
	struct pr_arena arena;
	pr_arena_init(&arena);
	char source[] = "abc";
	char *copy = pr_arena_copy(&arena, source);
	char *part = pr_arena_copy_n(&arena, source, 2);
	source[0] = 'x';
	assert_string_equal(copy, "abc");
	assert_string_equal(part, "ab");
	assert_null(pr_arena_copy(&arena, NULL));
	assert_string_equal(pr_arena_copy_n(&arena, "", 0), "");
	assert_string_equal(pr_arena_format(&arena, "%s-%03d", "a", 7), "a-007");
	pr_arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"pieces are zeroed, aligned and do not overlap", pieces_are_zero_aligned_and_apart, NULL, NULL, NULL},
		{"a large piece leaves the rest of the block in use", large_pieces_leave_the_small_ones_room, NULL, NULL, NULL},
		{"arrays grow and keep what they hold", arrays_grow_and_keep_what_they_hold, NULL, NULL, NULL},
		{"texts are copied and formatted", texts_are_copied, NULL, NULL, NULL},
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
