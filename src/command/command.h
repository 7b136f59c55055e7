/*
 * The command line: one file a sub-command, main.c dispatches. Options are parsed and checked once, here; a sub-command
 * gets them finished. Only main.c prints errors and turns them into exit codes; a sub-command writes its results to
 * standard output.
 */
#ifndef PR_COMMAND_COMMAND_H
#define PR_COMMAND_COMMAND_H

#include "base/arena.h"
#include "base/calendar.h"
#include "base/error.h"
#include "batch/formats.h"
#include "batch/shard.h"

#define PR_COMMAND_CODES_MAX 8

/* Whose finding is explained. */
enum pr_explain_option {
	PR_EXPLAIN_OPTION_PROJECT,
	PR_EXPLAIN_OPTION_POINT,
	PR_EXPLAIN_OPTION_TRANSFORMER,
	PR_EXPLAIN_OPTION_SENSOR,
	PR_EXPLAIN_OPTION_COUNT
};

struct pr_command_options {
	const char *config_path; /* --config; NULL = report.ini, then the installed one */
	const char *db_path;     /* --db: an embedded store instead of the configured one; NULL */
	const char *out_path;    /* --out; NULL = the configuration's */
	const char *output_file; /* -o FILE; NULL */
	int64_t now_ms;          /* --now, or the clock read once by main.c */
	bool has_now;            /* --now was given */
	bool has_month;
	struct pr_month month; /* --month */
	int64_t *tenants;      /* --tenant, each; NULL = all */
	size_t tenant_count;
	unsigned editions;     /* --edition: bits 1 << enum pr_edition; 0 = all */
	unsigned formats;      /* --format; default pdf,xlsx,json */
	int jobs;              /* --jobs, default 1 */
	struct pr_shard shard; /* --shard; count 0 = not given */
	bool dry_run, force, retry_failed;
	int64_t subjects[PR_EXPLAIN_OPTION_COUNT]; /* --project, --point, --transformer, --sensor; 0 = none */
	const char *codes[PR_COMMAND_CODES_MAX];   /* --codes, each once */
	size_t code_count;
	/* Of a plot: */
	const char **points, **sensors, **metrics; /* --point, --sensor, --metric, each */
	size_t point_count, sensor_count, metric_count;
	const char *from, *to, *step, *locale; /* NULL = not given */
	double scale;                          /* --scale; 0 = not given */
	/* Of the mail: */
	const char *draft_folder, *by; /* --draft, --by; NULL = not given */
	int64_t resend, revision;      /* --resend, --revision; 0 = not given */
	bool json, quiet, verbose;
	/* Results on standard output, written at once; false where that fails. main.c's, so that no module prints. */
	bool (*print)(const char *text);
	/* The terminal on standard error, for a line that is drawn anew; NULL where it is none. */
	void (*draw)(const char *text);
	int columns;            /* of that terminal */
	const char **arguments; /* positional, behind the sub-command's name */
	size_t argument_count;
};

/* The sub-commands. *exit_code is 0 or 1 where the function returns true; an error decides it otherwise. */
bool pr_command_run(
	const struct pr_command_options *options, struct pr_arena *arena, int *exit_code, struct pr_error *error);
bool pr_command_status(
	const struct pr_command_options *options, struct pr_arena *arena, int *exit_code, struct pr_error *error);
bool pr_command_survey(
	const struct pr_command_options *options, struct pr_arena *arena, int *exit_code, struct pr_error *error);
bool pr_command_import(
	const struct pr_command_options *options, struct pr_arena *arena, int *exit_code, struct pr_error *error);
bool pr_command_explain(
	const struct pr_command_options *options, struct pr_arena *arena, int *exit_code, struct pr_error *error);

bool pr_command_mail(
	const struct pr_command_options *options, struct pr_arena *arena, int *exit_code, struct pr_error *error);
bool pr_command_release(
	const struct pr_command_options *options, struct pr_arena *arena, int *exit_code, struct pr_error *error);

bool pr_command_plot(
	const struct pr_command_options *options, struct pr_arena *arena, int *exit_code, struct pr_error *error);
bool pr_command_snapshot(
	const struct pr_command_options *options, struct pr_arena *arena, int *exit_code, struct pr_error *error);
bool pr_command_check(
	const struct pr_command_options *options, struct pr_arena *arena, int *exit_code, struct pr_error *error);

#endif
