/* Shards: which tenant belongs where, for good; what --shard takes; names of ledgers; who may work in one folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "batch/lock.h"
#include "batch/shard.h"
#include "command/table.h"

/* By hand, with Python: ((id * 0x9E3779B97F4A7C15 % 2**64) >> 32) * count >> 32. Ledgers are found by it: never change. */
static void a_tenants_shard_is_for_good(void **state)
{
	static const struct {
		int64_t id;
		int count, index;
	} known[] = {{1, 2, 1}, {2, 2, 0}, {3, 2, 1}, {4, 2, 0}, {5, 2, 0}, {6, 2, 1}, {1, 3, 1}, {2, 3, 0}, {3, 3, 2},
		{4, 3, 1}, {5, 3, 0}, {6, 3, 2}, {1000000007, 1000, 76}, {INT64_MAX, 7, 6}, {INT64_MIN, 7, 3}, {-1, 4, 1},
		{0, 4, 0}, {42, 1, 0}};

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		assert_int_equal(pr_shard_of(known[i].id, known[i].count), known[i].index);
}

static void everybody_is_in_one_shard(void **state)
{
	(void)state;
	for (int64_t id = -50; id < 500; id++) {
		int shards = 0;
		for (int index = 0; index < 16; index++)
			shards += pr_shard_has((struct pr_shard){index, 16}, id);
		assert_int_equal(shards, 1);
		assert_true(pr_shard_has((struct pr_shard){0, 0}, id));
	}
}

static void a_ledgers_name_says_its_shard(void **state)
{
	static const char *const others[] = {"ledger-old.db", "ledger-2-of-2.db", "ledger-01-of-2.db",
		"ledger-0-of-2.db.bak", "ledger-0-of-1001.db", "ledger-0-of-.db", "ledger--1-of-2.db", "ledger-00000-of-2.db",
		"xledger.db"};
	struct pr_arena arena;
	struct pr_shard shard;

	(void)state;
	pr_arena_init(&arena);
	assert_string_equal(pr_shard_ledger_path("out", (struct pr_shard){0, 0}, &arena), "out/ledger.db");
	assert_string_equal(pr_shard_ledger_path("out", (struct pr_shard){9, 10}, &arena), "out/ledger-9-of-10.db");
	assert_true(pr_shard_of_ledger("ledger.db", &shard));
	assert_int_equal(shard.count, 0);
	assert_true(pr_shard_of_ledger("ledger-9-of-10.db", &shard));
	assert_int_equal(shard.index, 9);
	assert_int_equal(shard.count, 10);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_false(pr_shard_of_ledger(others[i], &shard));
	pr_arena_release(&arena);
}

static void refuses(const char *text, const char *said)
{
	struct pr_error error = {0};
	struct pr_shard shard = {7, 7};

	assert_false(pr_shard_parse(text, &shard, &error));
	assert_int_equal(error.code, PR_CODE_USAGE);
	if (!strstr(error.text, said))
		fail_msg("'%s' is not in '%s'", said, error.text);
}

static void set_task(const char *task, const char *first, const char *last, const char *completion)
{
	static const char *const names[] = {
		"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_MAX", "JOB_COMPLETION_INDEX"};
	const char *const values[] = {task, first, last, completion};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		unsetenv(names[i]);
		if (values[i])
			setenv(names[i], values[i], 1);
	}
}

static void a_shard_is_read_or_refused(void **state)
{
	struct pr_error error = {0};
	struct pr_shard shard;

	(void)state;
	set_task(NULL, NULL, NULL, NULL);
	assert_true(pr_shard_parse("3/16", &shard, &error));
	assert_int_equal(shard.index, 3);
	assert_int_equal(shard.count, 16);
	refuses("16/16", "'16/16' is no shard");
	refuses("a/2", "'a/2' is no shard");
	refuses("", "'' is no shard");
	refuses("/2", "'/2' is no shard");
	refuses("1/2/3", "'1/2/3' is no shard");
	refuses("auto/4", "neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX is set");
	set_task("3", "0", "3", "1");
	assert_true(pr_shard_parse("auto/4", &shard, &error));
	assert_int_equal(shard.index, 3);
	set_task("1", "1", "4", NULL);
	refuses("auto/4", "the array's tasks are 1 to 4; expected 0 to 3 (sbatch --array=0-3)");
	set_task("-1", NULL, NULL, NULL);
	refuses("auto/4", "SLURM_ARRAY_TASK_ID is -1; expected 0 to 3");
	set_task(NULL, NULL, NULL, "4");
	refuses("auto/4", "JOB_COMPLETION_INDEX is 4; expected 0 to 3");
	set_task(NULL, NULL, NULL, NULL);
}

/* --- locks ----------------------------------------------------------------------------------------------------------- */

static const struct pr_shard whole = {0, 0}, first = {0, 2}, second = {1, 2}, third = {2, 3};

static void takes(struct pr_lock *lock, const char *folder, struct pr_shard shard, const char *said)
{
	struct pr_error error = {0};
	bool taken = pr_lock_take(lock, folder, shard, 1500000000000, &error);

	if (taken != (said == NULL) || (said && !strstr(error.text, said)))
		fail_msg("shard %d/%d: %s", shard.index, shard.count, taken ? "taken" : error.text);
}

static void shards_of_one_split_share_a_folder(void **state)
{
	char folder[] = "/tmp/test_shard.XXXXXX";
	struct pr_lock locks[2], other;
	struct pr_error error = {0};

	(void)state;
	assert_non_null(mkdtemp(folder));
	takes(&locks[0], folder, first, NULL);
	takes(&locks[1], folder, second, NULL);
	assert_true(pr_lock_is_held(folder, first));
	assert_false(pr_lock_is_held(folder, whole));
	assert_false(pr_lock_is_held(folder, third));
	takes(&other, folder, first, "shard 0/2 is at work there: process ");
	takes(&other, folder, third, "with 3 shards: shard ");
	takes(&other, folder, whole, "expected one run at a time, or shards of one number");
	pr_lock_release(&locks[0]);
	assert_false(pr_lock_is_held(folder, first));
	takes(&other, folder, whole, "shard 1/2 is at work there: process ");
	pr_lock_release(&locks[1]);
	takes(&locks[0], folder, whole, NULL);
	assert_true(pr_lock_is_held(folder, whole));
	takes(&other, folder, first, "another run is at work there: process ");
	pr_lock_release(&locks[0]);
	takes(&locks[0], folder, third, NULL);
	pr_lock_release(&locks[0]);
	assert_int_equal(rmdir(folder), 0); /* no lock is left over */
	assert_true(pr_folder_remove(folder, &error));
}

/* --- tables ---------------------------------------------------------------------------------------------------------- */

static void a_table_is_set_by_the_cells_of_a_terminal(void **state)
{
	static const struct pr_table_column columns[] = {{"name", false}, {"n", true}, {"empty", false}, {"why", false}};
	static const char *const cells[] = {"华澄", "1", "", "", "e\xCC\x81t", "-12", "", "x y"};
	struct pr_arena arena;
	struct pr_table table;
	struct pr_buffer out;

	(void)state;
	pr_arena_init(&arena);
	pr_buffer_init(&out, &arena);
	pr_table_init(&table, columns, 4, &arena);
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
		pr_table_add(&table, cells[i]);
	pr_table_write(&table, &out);
	assert_string_equal(out.text, "name    n  why\n"
								  "华澄    1\n"
								  "e\xCC\x81t    -12  x y\n");
	assert_int_equal(pr_table_width("Ａ가\U0001F600z"), 7);
	pr_arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"a tenant's shard is for good", a_tenants_shard_is_for_good, NULL, NULL, NULL},
		{"everybody is in one shard", everybody_is_in_one_shard, NULL, NULL, NULL},
		{"a ledger's name says its shard", a_ledgers_name_says_its_shard, NULL, NULL, NULL},
		{"a shard is read or refused", a_shard_is_read_or_refused, NULL, NULL, NULL},
		{"shards of one split share a folder", shards_of_one_split_share_a_folder, NULL, NULL, NULL},
		{"a table is set by the cells of a terminal", a_table_is_set_by_the_cells_of_a_terminal, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
