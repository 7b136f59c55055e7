/* What is taken over into a stage: the same bytes and times, by a second name or by a copy. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

struct fixture {
	struct pr_arena arena;
	struct pr_error error;
	char folder[64];
	struct pr_stage stage;
};

static const struct timespec old_times[2] = {{1520000000, 123456789}, {1510000000, 987654321}};

static const char *at(struct fixture *fixture, const char *name)
{
	return pr_arena_format(&fixture->arena, "%s/%s", fixture->folder, name);
}

static void put(struct fixture *fixture, const char *name, const char *text)
{
	assert_true(pr_file_write(at(fixture, name), text, strlen(text), &fixture->error));
	assert_int_equal(utimensat(AT_FDCWD, at(fixture, name), old_times, 0), 0);
}

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);

	if (!fixture)
		return -1;
	pr_arena_init(&fixture->arena);
	snprintf(fixture->folder, sizeof fixture->folder, "/tmp/test_carry.XXXXXX");
	if (!mkdtemp(fixture->folder) || !pr_folder_make(at(fixture, "report/revisions/r1"), &fixture->error))
		return -1;
	*state = fixture;
	put(fixture, "report/report.pdf", "second");
	put(fixture, "report/revisions/r1/report.pdf", "first");
	return pr_stage_open(&fixture->stage, fixture->folder, "report", &fixture->arena, &fixture->error) ? 0 : -1;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	struct pr_error error = {0};
	bool gone;

	pr_stage_drop(&fixture->stage);
	gone = pr_folder_remove(fixture->folder, &error);
	pr_arena_release(&fixture->arena);
	free(fixture);
	return gone ? 0 : -1;
}

static void assert_file(struct fixture *fixture, const char *name, const char *text)
{
	struct stat status;
	size_t count;
	char *bytes;

	assert_true(pr_file_read(at(fixture, name), 1000, &fixture->arena, &bytes, &count, &fixture->error));
	assert_string_equal(bytes, text);
	assert_int_equal(stat(at(fixture, name), &status), 0);
	assert_true(status.st_mtim.tv_sec == old_times[1].tv_sec && status.st_mtim.tv_nsec == old_times[1].tv_nsec);
}

static bool carry(struct fixture *fixture, const char *name, const char *as)
{
	return pr_stage_carry(&fixture->stage, at(fixture, name), as, &fixture->error);
}

static void a_carried_folder_outlives_the_one_it_came_from(void **state)
{
	struct fixture *fixture = *state;

	assert_true(carry(fixture, "report/revisions", "revisions"));
	assert_true(carry(fixture, "report/report.pdf", "revisions/r2/report.pdf"));
	assert_true(pr_stage_write(&fixture->stage, "report.pdf", "third", 5, &fixture->error));
	assert_true(pr_stage_publish(&fixture->stage, &fixture->error));
	assert_file(fixture, "report/revisions/r1/report.pdf", "first");
	assert_file(fixture, "report/revisions/r2/report.pdf", "second");
}

static void it_holds_where_folders_cannot_change_places(void **state)
{
	struct fixture *fixture = *state;

	assert_true(carry(fixture, "report/revisions", "revisions"));
	assert_true(pr_stage_replace_aside(fixture->stage.folder, at(fixture, "report"), &fixture->error)); /* as on NFS */
	fixture->stage.folder = NULL;
	assert_file(fixture, "report/revisions/r1/report.pdf", "first");
	assert_int_not_equal(access(at(fixture, "report/report.pdf"), F_OK), 0);
}

static void a_copy_has_bytes_and_times(void **state)
{
	struct fixture *fixture = *state;

	assert_true(pr_file_copy(at(fixture, "report/report.pdf"), at(fixture, "copy.pdf"), &fixture->error));
	assert_file(fixture, "copy.pdf", "second");
	assert_false(pr_file_copy(at(fixture, "report/report.pdf"), at(fixture, "copy.pdf"), &fixture->error));
	assert_non_null(strstr(fixture->error.text, "cannot copy"));
}

static void what_is_not_there_is_passed_over_and_links_are_left(void **state)
{
	struct fixture *fixture = *state;
	struct stat status;

	assert_int_equal(symlink("/etc/passwd", at(fixture, "report/revisions/link")), 0);
	assert_true(carry(fixture, "nothing", "nothing"));
	assert_true(carry(fixture, "report/revisions", "revisions"));
	assert_int_not_equal(
		lstat(pr_arena_format(&fixture->arena, "%s/revisions/link", fixture->stage.folder), &status), 0);
}

static void a_name_that_is_taken_is_an_error(void **state)
{
	struct fixture *fixture = *state;

	assert_true(pr_stage_write(&fixture->stage, "report.pdf", "third", 5, &fixture->error));
	assert_false(carry(fixture, "report/report.pdf", "report.pdf"));
}

int main(void)
{
#define WITH_STAGE(sentence, function)              \
	{                                               \
		sentence, function, set_up, tear_down, NULL \
	}
	const struct CMUnitTest tests[] = {
		WITH_STAGE("a carried folder outlives the one it came from", a_carried_folder_outlives_the_one_it_came_from),
		WITH_STAGE("it holds where folders cannot change places", it_holds_where_folders_cannot_change_places),
		WITH_STAGE("a copy has bytes and times", a_copy_has_bytes_and_times),
		WITH_STAGE("what is not there is passed over, and links are left",
			what_is_not_there_is_passed_over_and_links_are_left),
		WITH_STAGE("a name that is taken is an error", a_name_that_is_taken_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
