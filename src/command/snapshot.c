/* powerreport snapshot: what a report used, copied into an embedded store. See source/snapshot.h. */
#include <stdio.h>
#include <sys/stat.h>

#include "base/text.h"
#include "command/command.h"
#include "command/settings.h"
#include "config/method.h"
#include "output/json.h"
#include "source/snapshot.h"

static void draw_progress(void *context, size_t done, size_t all, size_t rows)
{
	const struct pr_command_options *options = context;
	char line[120];
	snprintf(line, sizeof line, "\rsnapshot: %zu of %zu windows, %zu rows ", done, all, rows);
	options->draw(line);
}

static bool check_options(const struct pr_command_options *options, struct pr_error *error)
{
	if (options->tenant_count != 1)
		return pr_error_set(error, PR_CODE_USAGE, "--tenant %s; expected the id of one tenant",
			options->tenant_count == 0 ? "is missing" : "is given more than once");
	if (!options->has_month)
		return pr_error_set(error, PR_CODE_USAGE, "--month is missing; expected such as 2018-03");
	if (!options->output_file)
		return pr_error_set(error, PR_CODE_USAGE, "-o is missing; expected the file of the new store");
	return true;
}

static void add_json(
	struct pr_buffer *text, const struct pr_command_options *options, const struct pr_snapshot_result *result)
{
	char month[16], time[40];
	pr_buffer_add(text, "{\"db\": ");
	pr_json_quote(text, options->output_file);
	pr_buffer_format(text, ", \"tenant\": %lld, \"month\": \"%s\", \"now\": \"%s\", \"rows\": {",
		(long long)options->tenants[0], pr_month_iso(options->month, month), pr_time_iso(options->now_ms, NULL, time));
	for (size_t i = 0; i < PR_SCHEMA_TABLE_COUNT; i++)
		pr_buffer_format(text, "%s\"%s\": %zu", i == 0 ? "" : ", ", pr_schema_tables[i].name, result->rows[i]);
	pr_buffer_add(text, "}}\n");
}

static void add_lines(
	struct pr_buffer *text, const struct pr_command_options *options, const struct pr_snapshot_result *result)
{
	char month[16], time[40];
	for (size_t i = 0; i < PR_SCHEMA_TABLE_COUNT; i++)
		if (result->rows[i] > 0)
			pr_buffer_format(text, "%-20s %9zu rows\n", pr_schema_tables[i].name, result->rows[i]);
	pr_buffer_format(text, "made %s; its report: powerreport run --db %s --tenant %lld --month %s --now %s\n",
		options->output_file, options->output_file, (long long)options->tenants[0], pr_month_iso(options->month, month),
		pr_time_iso(options->now_ms, NULL, time));
}

/* --force replaces a file that is there, but not the one that is read. */
static bool check_source(
	const struct pr_command_options *options, const struct pr_config *config, struct pr_error *error)
{
	struct stat store, file;
	return config->store.kind != PR_STORE_EMBEDDED || stat(config->store.path, &store) != 0 ||
	       stat(options->output_file, &file) != 0 || store.st_ino != file.st_ino || store.st_dev != file.st_dev ||
	       pr_error_set(
			   error, PR_CODE_USAGE, "-o: '%s' is the store that is read; expected another file", options->output_file);
}

static bool make(const struct pr_command_options *options, const struct pr_config *config,
	const struct pr_method *method, struct pr_snapshot_result *result, struct pr_error *error)
{
	const struct pr_snapshot_request request = {.tenant_id = options->tenants[0],
		.month = options->month,
		.cutoff_ms = options->now_ms,
		.path = options->output_file,
		.replaces = options->force,
		.progress = options->draw ? draw_progress : NULL,
		.context = (void *)(uintptr_t)options};
	struct pr_source *source = NULL;
	if (!pr_source_open(&source, config, error))
		return false;
	bool is_made = pr_snapshot(source, method, &request, result, error);
	pr_source_free(source);
	if (options->draw)
		options->draw("\r\033[K");
	return is_made;
}

bool pr_command_snapshot(
	const struct pr_command_options *options, struct pr_arena *arena, int *exit_code, struct pr_error *error)
{
	struct pr_snapshot_result result;
	struct pr_config config;
	struct pr_method method;
	struct pr_buffer text;
	if (!check_options(options, error) || !pr_settings_read(options, arena, &config, error) ||
		!check_source(options, &config, error) || !pr_method_read(&method, &config, arena, error) ||
		!make(options, &config, &method, &result, error))
		return false;
	pr_buffer_init(&text, arena);
	if (options->json)
		add_json(&text, options, &result);
	else if (!options->quiet)
		add_lines(&text, options, &result);
	*exit_code = 0;
	return options->print(text.text) || pr_error_set(error, PR_CODE_OUTPUT, "cannot write to standard output");
}
