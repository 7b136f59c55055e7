/* powerreport plot: curves of one or several points over any period. */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "batch/plot.h"
#include "command/command.h"
#include "command/settings.h"
#include "config/method.h"

#define SCALE_DEFAULT 3.0

static const char *known_metrics(struct pr_arena *arena)
{
	struct pr_buffer list;

	pr_buffer_init(&list, arena);
	for (int i = 0; i < PR_PLOT_METRIC_COUNT; i++)
		pr_buffer_format(&list, "%s%s",
			i == 0                         ? ""
			: i + 1 < PR_PLOT_METRIC_COUNT ? ", "
										   : " or ",
			pr_plot_metrics[i].name);
	return list.text;
}

static bool is_asked(const struct pr_plot_request *request, enum pr_plot_metric metric)
{
	for (size_t i = 0; i < request->metric_count; i++)
		if (request->metrics[i] == metric)
			return true;
	return false;
}

static bool take_metrics(const struct pr_command_options *options, struct pr_plot_request *request,
	struct pr_arena *arena, struct pr_error *error)
{
	for (size_t i = 0; i < options->metric_count; i++) {
		enum pr_plot_metric metric = pr_plot_metric_of(options->metrics[i]);
		if (metric == PR_PLOT_METRIC_COUNT)
			return pr_error_set(error, PR_CODE_USAGE, "--metric: '%.60s' is unknown; expected %s", options->metrics[i],
				known_metrics(arena));
		if (!is_asked(request, metric))
			request->metrics[request->metric_count++] = metric;
	}
	if (request->metric_count == 0 && (request->point_count > 0 || request->project_id > 0))
		return pr_error_set(error, PR_CODE_USAGE, "--metric is missing; expected %s", known_metrics(arena));
	return true;
}

static bool check_options(const struct pr_command_options *options, struct pr_plot_request *request,
	enum pr_plot_file *kind, struct pr_arena *arena, struct pr_error *error)
{
	*request = (struct pr_plot_request){.points = options->points,
		.point_count = options->point_count,
		.sensors = options->sensors,
		.sensor_count = options->sensor_count,
		.project_id = options->subjects[PR_EXPLAIN_OPTION_PROJECT],
		.tenants = options->tenants,
		.tenant_count = options->tenant_count,
		.from = options->from,
		.to = options->to,
		.now_ms = options->now_ms};
	if (request->point_count + request->sensor_count == 0 && request->project_id == 0)
		return pr_error_set(
			error, PR_CODE_USAGE, "--point is missing; expected an id or a name, or --sensor, or --project ID");
	if (!options->from || !options->to)
		return pr_error_set(error, PR_CODE_USAGE, "%s is missing; expected such as 2026-10-03 or 2026-10-03T08:00",
			options->from ? "--to" : "--from");
	if (!options->step)
		return pr_error_set(error, PR_CODE_USAGE, "--step is missing; expected such as 1m, 15m, 1h or 1d");
	if (!pr_plot_step_parse(options->step, &request->step_minutes))
		return pr_error_set(error, PR_CODE_USAGE,
			"--step: '%.40s' is not a step; expected minutes or hours up to a day, or days: 1m, 15m, 1h, 1d",
			options->step);
	if (!options->output_file)
		return pr_error_set(
			error, PR_CODE_USAGE, "-o is missing; expected a file that ends in .png, .svg, .pdf, .xlsx or .csv");
	return take_metrics(options, request, arena, error) && pr_plot_file_kind(options->output_file, kind, error);
}

static bool make(const struct pr_command_options *options, const struct pr_plot_request *request,
	const struct pr_config *config, const struct pr_method *method, const struct pr_plot_files *files,
	struct pr_arena *arena, struct pr_error *error)
{
	struct pr_source *source = NULL;
	struct pr_plot_result result;
	uint64_t samples = 0, implausible = 0;

	if (!pr_source_open(&source, config, error))
		return false;
	bool is_read = pr_batch_plot(source, method, request, arena, &result, error);
	pr_source_free(source);
	if (!is_read)
		return false;
	if (options->locale)
		result.tenant.locale = options->locale;
	if (!pr_plot_files_write(files, method, &result, arena, error))
		return false;
	for (size_t i = 0; i < result.plot.panel_count; i++)
		for (size_t s = 0; s < result.plot.panels[i].series_count; s++) {
			samples += result.plot.panels[i].series[s].samples;
			implausible += result.plot.panels[i].series[s].implausible;
		}
	if (options->quiet)
		return true;
	const char *text =
		pr_arena_format(arena, "plot: %zu curves, %zu steps, %" PRIu64 " samples, %" PRIu64 " implausible: %s\n",
			result.plot.panel_count, result.plot.panels[0].grid->count, samples, implausible, files->path);
	return options->print(text) || pr_error_set(error, PR_CODE_OUTPUT, "cannot write to standard output");
}

bool pr_command_plot(
	const struct pr_command_options *options, struct pr_arena *arena, int *exit_code, struct pr_error *error)
{
	enum pr_plot_file kind = PR_PLOT_PNG;
	struct pr_plot_request request;
	struct pr_plot_files files = {0};
	struct pr_config config;
	struct pr_method method;

	if (!check_options(options, &request, &kind, arena, error) || !pr_settings_read(options, arena, &config, error) ||
		!pr_method_read(&method, &config, arena, error))
		return false;
	/* Templates, fonts and the folder are looked at before the store is asked. */
	bool is_done = pr_plot_files_open(&files, &config, options->output_file, kind,
					   options->scale > 0 ? options->scale : SCALE_DEFAULT, arena, error) &&
	               make(options, &request, &config, &method, &files, arena, error);
	pr_plot_files_close(&files);
	*exit_code = 0;
	return is_done;
}
