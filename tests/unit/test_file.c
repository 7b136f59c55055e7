#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

static struct pr_arena arena;
static struct pr_error error;
static char folder[] = "/tmp/powerreport-file-XXXXXX";

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	struct pr_error ignored = {0};
	return pr_folder_remove(folder, &ignored) ? 0 : -1;
}

static int set_up(void **state)
{
	(void)state;
	pr_arena_init(&arena);
	pr_error_clear(&error);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	pr_arena_release(&arena);
	return 0;
}

static const char *inside(const char *name)
{
	return pr_arena_format(&arena, "%s/%s", folder, name);
}

static void good(bool is_done)
{
	if (!is_done)
		fail_msg("%s", error.text);
}

/* Fails with this text, in which %s is the test's folder. */
static void bad(bool is_done, const char *before, const char *name, const char *after)
{
	assert_false(is_done);
	assert_string_equal(error.text, pr_arena_format(&arena, "%s%s%s%s", before, folder, name, after));
	pr_error_clear(&error);
}

static bool is_there(const char *path)
{
	struct stat status;
	return lstat(path, &status) == 0;
}

static const char *content(const char *path)
{
	char *bytes = NULL;
	size_t count = 0;
	good(pr_file_read(path, 1000, &arena, &bytes, &count, &error));
	assert_int_equal(strlen(bytes), count);
	return bytes;
}

static void files_are_written_and_read(void **state)
{
	(void)state;
	char *bytes;
	size_t count;
	good(pr_file_write(inside("a"), "one", 3, &error));
	assert_string_equal(content(inside("a")), "one");
	good(pr_file_write(inside("a"), "", 0, &error));
	assert_string_equal(content(inside("a")), "");
	char large[200001];
	memset(large, 'x', sizeof large);
	good(pr_file_write(inside("large"), large, sizeof large, &error));
	good(pr_file_read(inside("large"), sizeof large, &arena, &bytes, &count, &error));
	assert_int_equal(count, sizeof large);
	assert_memory_equal(bytes, large, sizeof large);
	assert_int_equal(bytes[count], 0);
	bad(pr_file_read(inside("large"), sizeof large - 1, &arena, &bytes, &count, &error), "'", "/large",
		"' has 200001 bytes; expected at most 200000");
	bad(pr_file_read(inside("none"), 10, &arena, &bytes, &count, &error), "cannot read '", "/none",
		"': no such file or directory");
	bad(pr_file_read(folder, 10, &arena, &bytes, &count, &error), "cannot read '", "",
		"': it is a folder; expected a file");
	/* Of no size beforehand: a file of the kernel's. */
	good(pr_file_read("/proc/self/status", 100000, &arena, &bytes, &count, &error));
	assert_true(count > 100);
	assert_false(pr_file_read("/proc/self/status", 100, &arena, &bytes, &count, &error));
	assert_string_equal(error.text, "'/proc/self/status' is too long; expected at most 100 bytes");
}

static void writing_says_where_it_failed(void **state)
{
	(void)state;
	good(pr_file_write(inside("plain"), "x", 1, &error));
	bad(pr_folder_make(inside("plain"), &error), "cannot make '", "/plain",
		"': a file is in its place; expected a folder");
	bad(pr_folder_make(inside("plain/below"), &error), "cannot make '", "/plain",
		"': a file is in its place; expected a folder");
	assert_false(pr_folder_make("/proc/powerreport/out", &error));
	assert_string_equal(
		error.text, "cannot make '/proc/powerreport': no such file or directory; expected a writable folder");
	pr_error_clear(&error);
	assert_false(pr_file_write(inside("missing/a"), "x", 1, &error));
	assert_int_equal(error.code, PR_CODE_OUTPUT);
	pr_error_clear(&error);
	bad(pr_file_write(inside("sub/"), "x", 1, &error), "cannot write '", "/sub/",
		"': it names a folder; expected a file");
	/* The kernel's device that is always full. */
	assert_false(pr_file_create("/dev/full", "/dev", "x", 1, &error));
	assert_string_equal(
		error.text, "cannot write '/dev/full': no space left on device; expected room in folder '/dev'");
	assert_int_equal(error.code, PR_CODE_OUTPUT);
}

/* As another user, since permission bits do not hold root back. */
static void a_folder_that_is_not_ours_is_refused(void **state)
{
	(void)state;
	good(pr_folder_make(inside("closed"), &error));
	assert_int_equal(chmod(inside("closed"), 0555), 0);
	assert_int_equal(chmod(folder, 0755), 0);
	const char *expected =
		pr_arena_format(&arena, "cannot make '%s/closed/out': permission denied; expected a writable folder", folder);
	const char *expected_room = pr_arena_format(
		&arena, "cannot write into folder '%s/closed': permission denied; expected a writable folder", folder);
	const char *path = inside("closed/out"), *closed = inside("closed");
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
			_exit(3);
		if (pr_folder_make(path, &error) || strcmp(error.text, expected) != 0)
			_exit(1);
		pr_error_clear(&error);
		_exit(pr_folder_check_room(closed, 1, &error) || strcmp(error.text, expected_room) != 0 ? 2 : 0);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(chmod(inside("closed"), 0755), 0);
}

static void folders_go_with_all_that_is_in_them(void **state)
{
	(void)state;
	good(pr_folder_make(inside("tree/a/b"), &error));
	good(pr_folder_make(inside("tree/a/b"), &error));
	good(pr_folder_make(inside("kept"), &error));
	good(pr_file_write(inside("tree/a/b/file"), "x", 1, &error));
	good(pr_file_write(inside("kept/file"), "x", 1, &error));
	assert_int_equal(symlink(inside("kept"), inside("tree/a/link")), 0);
	assert_int_equal(symlink(inside("kept"), inside("way")), 0);
	good(pr_folder_remove(inside("tree"), &error));
	assert_false(is_there(inside("tree")));
	assert_true(is_there(inside("kept/file")));
	bad(pr_folder_remove(inside("way"), &error), "cannot remove '", "/way", "': it is no folder");
	good(pr_folder_remove(inside("never"), &error));
	assert_true(is_there(inside("kept/file")));
}

static void a_stage_appears_whole(void **state)
{
	(void)state;
	struct pr_stage stage;
	good(pr_stage_open(&stage, inside("out/2018-03"), "7-name", &arena, &error));
	const char *hidden = stage.folder;
	good(pr_stage_write(&stage, "report.json", "{}", 2, &error));
	good(pr_stage_write(&stage, "charts/a/energy.svg", "<svg/>", 6, &error));
	assert_false(is_there(inside("out/2018-03/7-name")));
	good(pr_stage_publish(&stage, &error));
	assert_false(is_there(hidden));
	assert_string_equal(content(inside("out/2018-03/7-name/report.json")), "{}");
	assert_string_equal(content(inside("out/2018-03/7-name/charts/a/energy.svg")), "<svg/>");
	pr_stage_drop(&stage);
	assert_true(is_there(inside("out/2018-03/7-name/report.json")));
	assert_false(pr_stage_publish(&stage, &error));
	assert_int_equal(error.code, PR_CODE_INTERNAL);
}

static void a_stage_takes_the_place_of_an_older_folder(void **state)
{
	(void)state;
	struct pr_stage stage;
	good(pr_folder_make(inside("again/x/old"), &error));
	good(pr_stage_open(&stage, inside("again"), "x", &arena, &error));
	const char *hidden = stage.folder;
	good(pr_stage_write(&stage, "new", "1", 1, &error));
	assert_true(is_there(inside("again/x/old")));
	good(pr_stage_publish(&stage, &error));
	assert_string_equal(content(inside("again/x/new")), "1");
	assert_false(is_there(inside("again/x/old")));
	assert_false(is_there(hidden));
	/* And where the file system can't exchange two names. */
	good(pr_stage_open(&stage, inside("again"), "x", &arena, &error));
	good(pr_stage_write(&stage, "newer", "2", 1, &error));
	good(pr_stage_replace_aside(stage.folder, stage.final, &error));
	assert_string_equal(content(inside("again/x/newer")), "2");
	assert_false(is_there(inside("again/x/new")));
	pr_stage_drop(&stage);
	/* Nothing else is left: rmdir only takes an empty folder. */
	good(pr_folder_remove(inside("again/x"), &error));
	assert_int_equal(rmdir(inside("again")), 0);
}

static void a_failed_stage_leaves_nothing(void **state)
{
	(void)state;
	struct pr_stage stage;
	good(pr_stage_open(&stage, inside("failed"), "x", &arena, &error));
	good(pr_stage_write(&stage, "a", "1", 1, &error));
	good(pr_file_write(inside("failed/x"), "file", 4, &error));
	bad(pr_stage_publish(&stage, &error), "cannot put '", "/failed/x",
		"' in place: a file is there; expected a folder or none");
	pr_stage_drop(&stage);
	pr_stage_drop(&stage);
	assert_string_equal(content(inside("failed/x")), "file");
	assert_int_equal(unlink(inside("failed/x")), 0);
	assert_int_equal(rmdir(inside("failed")), 0);
}

static void a_stage_is_never_left(void **state)
{
	(void)state;
	static const char *const names[] = {"", ".", "..", "a/b", "../x", "/"};
	static const char *const files[] = {"", "..", "../x", "a/../../x", "/x", "a//x", "a/"};
	struct pr_stage stage;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		assert_false(pr_stage_open(&stage, inside("names"), names[i], &arena, &error));
		pr_error_clear(&error);
		pr_stage_drop(&stage);
	}
	good(pr_stage_open(&stage, inside("names"), "x", &arena, &error));
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		assert_false(pr_stage_write(&stage, files[i], "x", 1, &error));
		assert_string_equal(
			error.text, pr_arena_format(&arena, "bad file name '%s'; expected a path inside the folder", files[i]));
		pr_error_clear(&error);
	}
	pr_stage_drop(&stage);
}

static void a_sweep_takes_only_what_is_left_over(void **state)
{
	(void)state;
	struct pr_stage stage;
	/* A process that has ended. */
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	good(pr_stage_open(&stage, inside("sweep"), "living", &arena, &error));
	/* As stages call this machine: ".living.HOST.PID.part"; in a container its name space is part of the name. */
	char machine[256], host[256];
	assert_int_equal(gethostname(machine, sizeof machine), 0);
	machine[strcspn(machine, ".")] = '\0';
	snprintf(host, sizeof host, "%s", strstr(stage.folder, ".living.") + strlen(".living."));
	host[strcspn(host, ".")] = '\0';
	assert_true(strncmp(host, machine, strlen(machine)) == 0);
	const char *dead = pr_arena_format(&arena, "%s/sweep/.a.b.%s.%ld.part", folder, host, (long)child);
	const char *foreign = inside("sweep/.a.elsewhere.1.part");
	const char *aside = pr_arena_format(&arena, "%s/sweep/.lost.%s.%ld.aside", folder, host, (long)child);
	const char *stale = pr_arena_format(&arena, "%s/sweep/.living.%s.%ld.aside", folder, host, (long)child);
	const char *const others[] = {".git", ".x.1", ".part", ".a.part", ".host.1.part", "a.host.1.part", ".a.b.0.part"};
	good(pr_folder_make(pr_arena_format(&arena, "%s/charts", dead), &error));
	good(pr_folder_make(foreign, &error));
	good(pr_folder_make(pr_arena_format(&arena, "%s/report", aside), &error));
	good(pr_folder_make(stale, &error));
	good(pr_folder_make(inside("sweep/living"), &error));
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		good(pr_folder_make(pr_arena_format(&arena, "%s/sweep/%s", folder, others[i]), &error));
	good(pr_stage_sweep(inside("sweep"), &error));
	assert_false(is_there(dead));
	assert_false(is_there(stale));
	assert_true(is_there(stage.folder));
	assert_true(is_there(foreign));
	/* Killed while the old folder was aside: it is back. */
	assert_true(is_there(inside("sweep/lost/report")));
	assert_false(is_there(aside));
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_true(is_there(pr_arena_format(&arena, "%s/sweep/%s", folder, others[i])));
	/* Two days later another machine's stage counts as left over: set its time back. */
	struct timespec times[2] = {{.tv_sec = 1500000000}, {.tv_sec = 1500000000}};
	assert_int_equal(utimensat(-100 /* AT_FDCWD */, foreign, times, 0), 0);
	good(pr_stage_sweep(inside("sweep"), &error));
	assert_false(is_there(foreign));
	good(pr_stage_sweep(inside("nowhere"), &error));
	pr_stage_drop(&stage);
}

static void room_is_checked_before(void **state)
{
	(void)state;
	good(pr_folder_check_room(folder, 1, &error));
	assert_false(pr_folder_check_room(folder, UINT64_MAX, &error));
	assert_non_null(strstr(error.text, " KiB free; expected 18014398509481984"));
	pr_error_clear(&error);
	bad(pr_folder_check_room(inside("none"), 1, &error), "cannot use folder '", "/none",
		"': no such file or directory; expected a writable folder");
	good(pr_file_write(inside("file"), "x", 1, &error));
	bad(pr_folder_check_room(inside("file"), 1, &error), "cannot use '", "/file",
		"': it is a file; expected a writable folder");
}

static void secrets_must_be_private(void **state)
{
	(void)state;
	char *secret = NULL;
	good(pr_file_write(inside("secret"), "  s3cret \r\nsecond line\n", 24, &error));
	assert_int_equal(chmod(inside("secret"), 0644), 0);
	bad(pr_file_read_secret(inside("secret"), &arena, &secret, &error), "secret file '", "/secret",
		"' has mode 0644; expected 0600 or stricter");
	assert_int_equal(chmod(inside("secret"), 0600), 0);
	good(pr_file_read_secret(inside("secret"), &arena, &secret, &error));
	assert_string_equal(secret, "s3cret");
	assert_int_equal(chmod(inside("secret"), 0400), 0);
	good(pr_file_read_secret(inside("secret"), &arena, &secret, &error));
	good(pr_file_write(inside("empty"), "\nx", 2, &error));
	assert_int_equal(chmod(inside("empty"), 0600), 0);
	bad(pr_file_read_secret(inside("empty"), &arena, &secret, &error), "secret file '", "/empty",
		"' has an empty first line");
	assert_int_equal(mkfifo(inside("pipe"), 0600), 0);
	bad(pr_file_read_secret(inside("pipe"), &arena, &secret, &error), "secret file '", "/pipe", "' is no regular file");
	bad(pr_file_read_secret(inside("none"), &arena, &secret, &error), "cannot read secret file '", "/none",
		"': no such file or directory");
	if (geteuid() == 0) {
		assert_int_equal(chown(inside("secret"), 65534, 65534), 0);
		bad(pr_file_read_secret(inside("secret"), &arena, &secret, &error), "secret file '", "/secret",
			"' belongs to user 65534; expected 0");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"files are written and read whole", files_are_written_and_read, set_up, tear_down, NULL},
		{"a failed write says where and what was expected", writing_says_where_it_failed, set_up, tear_down, NULL},
		{"a folder without permission is refused", a_folder_that_is_not_ours_is_refused, set_up, tear_down, NULL},
		{"folders go with their content, links are not followed", folders_go_with_all_that_is_in_them, set_up,
			tear_down, NULL},
		{"a stage appears whole under its final name", a_stage_appears_whole, set_up, tear_down, NULL},
		{"a stage replaces an older folder, with and without exchange", a_stage_takes_the_place_of_an_older_folder,
			set_up, tear_down, NULL},
		{"a failed stage leaves nothing behind", a_failed_stage_leaves_nothing, set_up, tear_down, NULL},
		{"no name leads out of a stage", a_stage_is_never_left, set_up, tear_down, NULL},
		{"a sweep takes only what is left over", a_sweep_takes_only_what_is_left_over, set_up, tear_down, NULL},
		{"room is checked beforehand", room_is_checked_before, set_up, tear_down, NULL},
		{"secrets must be private files", secrets_must_be_private, set_up, tear_down, NULL},
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
