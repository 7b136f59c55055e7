/* powerreport explain: how a figure came about, down to the rows. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include <unistd.h>

#include "analysis/analysis.h"
#include "analysis/explain.h"
#include "base/log.h"
#include "batch/figures.h"
#include "batch/ledgers.h"
#include "batch/platform.h"
#include "command/command.h"
#include "command/explain_json.h"
#include "command/settings.h"
#include "config/method.h"
#include "document/explain.h"
#include "output/json.h"
#include "source/gather.h"

struct explaining {
	const struct pr_command_options *options;
	struct pr_arena *arena;
	struct pr_config config;
	struct pr_method method;
	struct pr_templates *templates;
	struct pr_source *source;
	struct pr_directory directory;
	struct pr_dataset dataset;
	struct pr_report report;
	struct pr_month month;
	int64_t cutoff_ms;
	/* What was published of the month; number 0 = nothing. */
	struct pr_ledger_revision revision;
	struct pr_figures published;
	struct pr_error *error;
};

/* --- the month ----------------------------------------------------------------------------------------------------- */

/* The published report's cut-off, so that its figures are explained, unless --now says another. */
static bool read_ledger(struct explaining *own)
{
	const char *path;
	bool found = false;

	own->cutoff_ms = own->options->now_ms;
	if (access(own->config.out_folder, R_OK | X_OK) != 0)
		return true;
	bool good = pr_ledgers_get_revision(own->config.out_folder, own->month, own->directory.tenant.id, own->arena,
					&own->revision, &path, &found, own->error) &&
	            (!found || pr_figures_read(&own->revision.findings, own->arena, &own->published, own->error));
	if (!found)
		own->revision.number = 0;
	else if (!own->options->has_now)
		own->cutoff_ms = own->revision.cutoff_ms;
	return good;
}

static void find_month(struct explaining *own)
{
	struct pr_local_time local = pr_zone_local(own->directory.tenant.zone, own->options->now_ms);

	own->month = own->options->has_month ? own->options->month
	                                     : pr_month_add((struct pr_month){local.date.year, local.date.month}, -1);
}

/* A platform's report is folded from the summaries in the ledger; those that are missing are worked out first. */
static bool read_platform(struct explaining *own)
{
	const struct pr_workshop workshop = {.config = &own->config,
		.method = own->method,
		.templates = own->templates,
		.formats = PR_FORMAT_JSON,
		.now_ms = own->cutoff_ms};
	const struct pr_run_so_far nothing = {NULL, 0, false};

	return pr_platform_gather(
			   &workshop, &own->directory.tenant, own->month, &nothing, own->arena, &own->report, own->error) &&
	       pr_document_print(own->templates, &own->report, own->arena, own->error);
}

static bool read_report(struct explaining *own)
{
	if (!pr_method_read(&own->method, &own->config, own->arena, own->error) ||
		!pr_templates_read(&own->templates, &own->config, own->arena, own->error) ||
		!pr_source_open(&own->source, &own->config, own->error) ||
		!pr_source_directory(own->source, own->options->tenants[0], own->arena, &own->directory, own->error))
		return false;
	find_month(own);
	if (!read_ledger(own))
		return false;
	if (own->directory.tenant.edition == PR_EDITION_PLATFORM)
		return read_platform(own);
	return pr_gather(own->source, &own->directory, &own->method, own->month, own->cutoff_ms, own->arena, &own->dataset,
			   own->error) &&
	       pr_analyse(&own->dataset, &own->method, own->arena, &own->report, own->error) &&
	       pr_document_print(own->templates, &own->report, own->arena, own->error);
}

/* The cells of one instant, plausible ones alone. Several rows there that differ are no one's. */
static bool read_minute(void *context, const struct pr_project *project, const struct pr_point *point,
	int64_t minute_ms, double values[PR_MINUTE_FIELD_COUNT], struct pr_error *error)
{
	struct explaining *own = context;
	const struct pr_transformer *transformer = pr_project_transformer(project, point->transformer_id);
	struct pr_bounds bounds[PR_MINUTE_FIELD_COUNT];
	const struct pr_minute_query query = {.point_id = point->id,
		.from_ms = minute_ms,
		.to_ms = minute_ms + 1,
		.step_ms = PR_MS_MINUTE,
		.fields = PR_FIELD_BIT(PR_MINUTE_FIELD_COUNT) - 1,
		.bounds = bounds,
		.idle_phase_share = own->method.plausibility.idle_phase_share};
	struct pr_minute_buckets buckets;

	pr_method_minute_bounds(
		&own->method.plausibility, point, transformer ? transformer->rated_kva : PR_MICRO_MISSING, bounds);
	if (!pr_source_minutes(own->source, &query, 1, own->arena, &buckets, error))
		return false;
	for (int field = 0; field < PR_MINUTE_FIELD_COUNT; field++) {
		const struct pr_bucket *bucket = buckets.fields[field].buckets;
		bool is_one = bucket && buckets.count > 0 && bucket->count > 0 && bucket->maximum <= bucket->minimum;
		values[field] = is_one ? bucket->maximum : (double)NAN;
	}
	return true;
}

/* --- which finding ------------------------------------------------------------------------------------------------- */

static const struct pr_project_report *project_with(
	const struct explaining *own, int64_t project_id, enum pr_explain_option which, int64_t id, size_t *found)
{
	const struct pr_project_report *holder = NULL;
	*found = 0;
	for (size_t i = 0; i < own->report.project_count; i++) {
		const struct pr_project_report *project = &own->report.projects[i];
		const struct pr_subject *subjects = which == PR_EXPLAIN_OPTION_POINT         ? project->points
		                                    : which == PR_EXPLAIN_OPTION_TRANSFORMER ? project->transformers
		                                                                             : project->sensors;
		size_t count = which == PR_EXPLAIN_OPTION_POINT         ? project->point_count
		               : which == PR_EXPLAIN_OPTION_TRANSFORMER ? project->transformer_count
		                                                        : project->sensor_count;
		if (project_id && project->project->id != project_id)
			continue;
		for (size_t k = 0; k < count; k++) {
			if (subjects[k].id != id)
				continue;
			holder = project;
			++*found;
		}
	}
	return holder;
}

/* FINDING with --project, --point, --sensor or --transformer in front; a path stands for itself. */
static bool find_path(struct explaining *own, const char *finding, const char **path)
{
	static const char *const folders[] = {"projects", "points", "transformers", "sensors"};
	const int64_t *subjects = own->options->subjects;
	int64_t project = subjects[PR_EXPLAIN_OPTION_PROJECT];
	bool is_line = pr_text_starts(finding, "bill_lines/");

	*path = finding;
	for (int i = PR_EXPLAIN_OPTION_POINT; i < PR_EXPLAIN_OPTION_COUNT; i++) {
		size_t found;
		if (!subjects[i])
			continue;
		const struct pr_project_report *holder =
			project_with(own, project, (enum pr_explain_option)i, subjects[i], &found);
		if (found != 1)
			return pr_error_set(own->error, PR_CODE_UNKNOWN, "%s %" PRId64 " is no subject of the month's report",
				folders[i], subjects[i]);
		*path = pr_arena_format(own->arena, "projects/%" PRId64 "/%s/%" PRId64 "/%s", holder->project->id, folders[i],
			subjects[i], finding);
		return true;
	}
	if (!project && is_line && own->report.project_count == 1)
		project = own->report.projects[0].project->id;
	if (project)
		*path = pr_arena_format(own->arena, "projects/%" PRId64 "/%s", project, finding);
	return true;
}

/* --- printing ------------------------------------------------------------------------------------------------------ */

static const char *rule_words(void *context, const char *key)
{
	const struct explaining *own = context;

	return pr_document_explain_rule(own->templates, &own->report, key, own->arena);
}

/* What the published revision says of a path; NULL = nothing, or the same. */
static const char *published_value(const struct explaining *own, const struct pr_explain_node *node)
{
	char plain[40];

	for (size_t i = 0; own->revision.number > 0 && i < own->published.count; i++) {
		const struct pr_figure *figure = &own->published.items[i];
		if (strcmp(figure->path, node->path) != 0)
			continue;
		const char *told = figure->value.word ? figure->value.word : pr_micro_plain(figure->value.number, plain);
		char mine[40];
		const char *now =
			node->value.kind == PR_EXPLAIN_TEXT ? node->value.text : pr_micro_plain(node->finding->value, mine);
		return strcmp(told, now) == 0 ? NULL : pr_arena_copy(own->arena, told);
	}
	return NULL;
}

static bool put(struct explaining *own, struct pr_buffer *line)
{
	if (!own->options->print(line->text))
		return pr_error_set(own->error, PR_CODE_OUTPUT, "cannot write to standard output");
	line->length = 0;
	line->text[0] = '\0';
	return true;
}

static bool print_json(struct explaining *own, const struct pr_explainer *explainer, const struct pr_explain_node *node)
{
	const struct pr_explain_node *const *nodes;
	const struct pr_explain_table *const *tables;
	size_t node_count, table_count;
	struct pr_buffer line;
	char month[16], time[40];

	pr_explain_nodes(explainer, &nodes, &node_count);
	pr_explain_tables(explainer, &tables, &table_count);
	pr_buffer_init(&line, own->arena);
	pr_buffer_format(&line, "{\"explain\": ");
	pr_json_quote(&line, node ? node->path : "all");
	pr_buffer_format(&line,
		", \"schema\": \"powerreport/explanation/1\", \"tenant\": %" PRId64 ", \"month\": \"%s\", \"cutoff\": \"%s\"",
		own->report.tenant->id, pr_month_iso(own->month, month),
		pr_time_iso(own->cutoff_ms, own->report.tenant->zone, time));
	if (own->revision.number > 0)
		pr_buffer_format(&line, ", \"revision\": %d", own->revision.number);
	const char *told = node && node->finding ? published_value(own, node) : NULL;
	if (told) {
		pr_buffer_add(&line, ", \"published\": ");
		pr_json_quote(&line, told);
	}
	pr_buffer_add(&line, "}\n");
	for (size_t i = 0; i < node_count; i++) {
		pr_explain_json_node(&line, nodes[i], rule_words, own);
		if (!put(own, &line))
			return false;
	}
	for (size_t i = 0; i < table_count; i++) {
		pr_explain_json_table(&line, tables[i], nodes, node_count);
		if (!put(own, &line))
			return false;
	}
	return put(own, &line);
}

static bool print_text(struct explaining *own, const struct pr_explain_node *node)
{
	const struct pr_explain_print print = {.templates = own->templates,
		.report = &own->report,
		.all_rows = own->options->verbose,
		.published = node->finding ? published_value(own, node) : NULL,
		.revision = own->revision.number};
	const char *text;

	if (!pr_document_explain(&print, node, own->arena, &text, own->error))
		return false;
	if (!own->options->print(text))
		return pr_error_set(own->error, PR_CODE_OUTPUT, "cannot write to standard output");
	return true;
}

/* The customer that a project of the platform belongs to; 0 = none. */
static bool find_customer(struct explaining *own, const char *path, int64_t *customer)
{
	const struct pr_platform_feed *feed = &own->report.platform->feed;
	bool more = true;

	*customer = 0;
	if (!feed->rewind(feed->context, own->error))
		return false;
	while (more && !*customer) {
		struct pr_summary summary;
		struct pr_arena scratch;
		pr_arena_init(&scratch);
		bool good = feed->next(feed->context, &scratch, &summary, &more, own->error);
		if (good && more) {
			const char *prefix = pr_arena_format(&scratch, "projects/%" PRId64 "/", summary.project_id);
			*customer = pr_text_starts(path, prefix) ? summary.tenant_id : 0;
		}
		pr_arena_release(&scratch);
		if (!good)
			return false;
	}
	return true;
}

/* A project's figures are its customer's: the platform only passes them on. */
static bool explain_of_customer(struct explaining *own, const char *path)
{
	int64_t customer;
	const char *arguments[] = {path};

	if (!find_customer(own, path, &customer))
		return false;
	if (!customer || customer == own->report.tenant->id)
		return pr_error_set(
			own->error, PR_CODE_UNKNOWN, "the platform has no customer with '%s'; expected one of its projects", path);
	struct pr_command_options options = *own->options;
	int exit_code;
	options.tenants = &customer;
	options.arguments = arguments;
	options.argument_count = 1;
	memset(options.subjects, 0, sizeof options.subjects);
	return pr_command_explain(&options, own->arena, &exit_code, own->error);
}

static bool explain(struct explaining *own)
{
	struct pr_explainer *explainer = pr_explain_new(&own->report, read_minute, own, own->arena);
	const char *finding = own->options->argument_count ? own->options->arguments[0] : "all", *path;
	const struct pr_explain_node *node = NULL, *const * nodes;
	size_t count;

	if (strcmp(finding, "all") != 0) {
		if (!find_path(own, finding, &path))
			return false;
		if (own->report.platform && pr_text_starts(path, "projects/"))
			return explain_of_customer(own, path);
		if (!pr_explain_path(explainer, path, &node, own->error))
			return false;
		return own->options->json ? print_json(own, explainer, node) : print_text(own, node);
	}
	if (!pr_explain_all(explainer, &nodes, &count, own->error))
		return false;
	if (own->options->json)
		return print_json(own, explainer, NULL);
	for (size_t i = 0; i < count; i++)
		if (!print_text(own, nodes[i]))
			return false;
	return true;
}

bool pr_command_explain(
	const struct pr_command_options *options, struct pr_arena *arena, int *exit_code, struct pr_error *error)
{
	struct explaining own = {.options = options, .arena = arena, .error = error};

	*exit_code = 0;
	if (options->tenant_count != 1)
		return pr_error_set(error, PR_CODE_USAGE, "--tenant: one is expected; see 'powerreport explain --help'");
	if (options->argument_count > 1)
		return pr_error_set(
			error, PR_CODE_USAGE, "unexpected argument '%s'; expected one finding, or all", options->arguments[1]);
	bool good = pr_settings_read(options, arena, &own.config, error) && read_report(&own) && explain(&own);
	pr_source_free(own.source);
	if (own.report.platform)
		pr_platform_release(&own.report);
	return good;
}
