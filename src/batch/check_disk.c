/* The output folder before the night: room, rights, exchange of names, the lock, the ledgers, the metrics' folder. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "batch/check.h"
#include "batch/ledger.h"
#include "batch/lock.h"
#include "batch/worker.h"

#define REPORT_BYTES (2.0 * 1024 * 1024) /* where none is there to be measured */
#define REPORT_FILES 12.0                /* with folders and a stage */
#define MIB (1024.0 * 1024)
#define COMFORT 3 /* times the estimate: revisions, stages, a second month */
#define DEPTH 3   /* month / edition / report / file */

struct measure {
	double bytes;
	size_t reports;
};

static bool is_month(const char *name)
{
	struct pr_month month;
	return pr_month_parse(name, &month);
}

/* The sizes of the files of published reports, without their earlier revisions. */
static void measure(const char *path, int depth, struct measure *sum)
{
	struct pr_arena arena;
	DIR *folder = opendir(path);
	if (!folder)
		return;
	pr_arena_init(&arena);
	for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
		struct stat state;
		const char *inner = pr_arena_format(&arena, "%s/%s", path, entry->d_name);
		if (entry->d_name[0] == '.' || lstat(inner, &state) != 0)
			continue;
		if (S_ISREG(state.st_mode) && depth == DEPTH)
			sum->bytes += (double)state.st_size;
		if (!S_ISDIR(state.st_mode) || depth == DEPTH || (depth == 0 && !is_month(entry->d_name)))
			continue;
		sum->reports += depth + 1 == DEPTH;
		measure(inner, depth + 1, sum);
	}
	closedir(folder);
	pr_arena_release(&arena);
}

static void check_room(const char *out, const struct pr_probe *probe, size_t tenants)
{
	struct measure sum = {0};
	struct statvfs room;
	char why[128], whose[40] = "one tenant";
	if (tenants > 1)
		snprintf(whose, sizeof whose, "%zu tenants", tenants);
	if (statvfs(out, &room) != 0) {
		pr_probe_tell(
			probe, PR_PROBE_FAIL, "disk", NULL, "cannot tell the room in %s: %s", out, pr_error_reason(errno, why));
		return;
	}
	measure(out, 0, &sum);
	double each = sum.reports > 0 ? sum.bytes / (double)sum.reports : REPORT_BYTES;
	double count = tenants > 0 ? (double)tenants : 1;
	double needed = each * count, free_bytes = (double)room.f_bavail * (double)room.f_frsize;
	bool is_full = free_bytes < needed, is_tight = free_bytes < COMFORT * needed;
	pr_probe_tell(probe,
		is_full    ? PR_PROBE_FAIL
		: is_tight ? PR_PROBE_WARN
				   : PR_PROBE_OK,
		"disk", is_tight ? "make room, or name another folder in [output]" : NULL,
		"%.0f MiB free in %s; a month of %s takes about %.0f MiB (%.1f MiB a report, %s)", free_bytes / MIB, out, whose,
		needed / MIB, each / MIB, sum.reports > 0 ? "as measured there" : "by experience");
	/* File systems without a fixed number of inodes say 0 of 0. */
	if (room.f_files == 0)
		return;
	bool is_out = (double)room.f_favail < REPORT_FILES * count;
	pr_probe_tell(probe, is_out ? PR_PROBE_FAIL : PR_PROBE_OK, "inodes",
		is_out ? "remove files, or name another folder in [output]" : NULL, "%.0f free in %s; a month takes about %.0f",
		(double)room.f_favail, out, REPORT_FILES * count);
}

/* A report is published twice, the way that a run does, and removed. */
static void check_publishing(const char *out, const struct pr_probe *probe)
{
	static const char bytes[] = "powerreport check: this file may be removed\n";
	struct pr_arena arena;
	struct pr_error error = {0}, ignored = {0};
	bool is_done = true;
	pr_arena_init(&arena);
	const char *name = pr_arena_format(&arena, "check-%ld", (long)getpid());
	for (int i = 0; is_done && i < 2; i++) {
		struct pr_stage stage = {0};
		is_done = pr_stage_open(&stage, out, name, &arena, &error) &&
		          pr_stage_write(&stage, "probe", bytes, sizeof bytes - 1, &error) && pr_stage_publish(&stage, &error);
		pr_stage_drop(&stage);
	}
	if (!pr_folder_remove(pr_arena_format(&arena, "%s/%s", out, name), is_done ? &error : &ignored))
		is_done = false;
	if (is_done)
		pr_probe_tell(
			probe, PR_PROBE_OK, "output folder", NULL, "%s can be written; folders exchange their names", out);
	else
		pr_probe_fail(probe, "output folder", "let the user of the run write there, or name another folder", &error);
	pr_arena_release(&arena);
}

/* As a run without shards would take it; shards that are at work hold it, too. That one is at work is no failure. */
static void check_lock(const char *out, const struct pr_probe *probe)
{
	const struct pr_shard whole = {.count = 0};
	struct pr_lock lock = pr_lock_free;
	struct pr_error error = {0};
	bool is_taken = pr_lock_take(&lock, out, whole, probe->clock_ms, &error);
	if (!is_taken && strstr(error.text, "is at work there"))
		pr_probe_tell(probe, PR_PROBE_WARN, "lock", "wait for it, or look what it does", "%s", error.text);
	else if (!is_taken)
		pr_probe_fail(probe, "lock", "let the user of the run write there", &error);
	else if (lock.folder.descriptor < 0)
		pr_probe_tell(probe, PR_PROBE_FAIL, "lock", "let the user of the run write there", "%s cannot be locked", out);
	else
		pr_probe_tell(probe, PR_PROBE_OK, "lock", NULL, "%s/.lock can be taken", out);
	pr_lock_release(&lock);
}

static void check_ledgers(const char *out, const struct pr_probe *probe)
{
	struct pr_arena arena;
	struct pr_error error = {0};
	const char **names = NULL;
	size_t count = 0, good = 0;
	pr_arena_init(&arena);
	if (!pr_ledger_list(out, &arena, &names, &count, &error)) {
		pr_probe_fail(probe, "ledger", NULL, &error);
	} else if (count == 0) {
		pr_probe_tell(probe, PR_PROBE_OK, "ledger", NULL, "none in %s yet: the first run makes it", out);
	}
	for (size_t i = 0; i < count; i++) {
		pr_error_clear(&error);
		if (pr_ledger_check(pr_arena_format(&arena, "%s/%s", out, names[i]), &error))
			good++;
		else
			pr_probe_fail(probe, "ledger",
				"move it away: the next run reads the folders (docs/operations.md); one of a later version wants that "
				"program",
				&error);
	}
	if (good > 0)
		pr_probe_tell(probe, PR_PROBE_OK, "ledger", NULL, "%zu can be read, of a schema that is known", good);
	pr_arena_release(&arena);
}

static void check_metrics(const struct pr_config *config, const struct pr_probe *probe)
{
	char why[128];
	struct pr_arena arena;
	if (!config->metrics_file)
		return;
	pr_arena_init(&arena);
	const char *slash = strrchr(config->metrics_file, '/');
	const char *folder =
		slash ? pr_arena_copy_n(&arena, config->metrics_file, (size_t)(slash - config->metrics_file)) : ".";
	if (access(*folder ? folder : "/", W_OK | X_OK) == 0)
		pr_probe_tell(probe, PR_PROBE_OK, "metrics", NULL, "%s can be written", config->metrics_file);
	else
		pr_probe_tell(probe, PR_PROBE_FAIL, "metrics", "let the user of the run write there, or empty [output] metrics",
			"%s cannot be written: %s", config->metrics_file, pr_error_reason(errno, why));
	pr_arena_release(&arena);
}

/* Nothing is made that a run would have to make: the nearest folder that is there tells whether it can. */
static void check_parent(const char *out, const struct pr_probe *probe, size_t tenants)
{
	struct pr_arena arena;
	struct stat state;
	char why[128];
	pr_arena_init(&arena);
	const char *path = out;
	while (stat(path, &state) != 0 && errno == ENOENT && *path) {
		const char *slash = strrchr(path, '/');
		if (!slash || slash == path)
			path = slash ? "/" : ".";
		else
			path = pr_arena_copy_n(&arena, path, (size_t)(slash - path));
	}
	bool is_folder = stat(path, &state) == 0 && S_ISDIR(state.st_mode);
	errno = is_folder ? 0 : ENOTDIR;
	if (is_folder && access(path, W_OK | X_OK) == 0) {
		pr_probe_tell(
			probe, PR_PROBE_OK, "output folder", NULL, "%s is not there yet: the first run makes it in %s", out, path);
		check_room(path, probe, tenants);
	} else {
		pr_probe_tell(probe, PR_PROBE_FAIL, "output folder",
			"let the user of the run write there, or name another folder",
			"%s is not there and cannot be made in %s: %s", out, path, pr_error_reason(errno, why));
	}
	pr_arena_release(&arena);
}

void pr_check_disk(const struct pr_config *config, const struct pr_probe *probe, size_t tenants)
{
	const char *out = config->out_folder;
	struct stat state;
	if (stat(out, &state) != 0 && errno == ENOENT) {
		check_parent(out, probe, tenants);
	} else {
		check_room(out, probe, tenants);
		check_publishing(out, probe);
		check_lock(out, probe);
		check_ledgers(out, probe);
	}
	check_metrics(config, probe);
}
