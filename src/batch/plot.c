#include "batch/plot.h"

#include <math.h>
#include <string.h>

#include "analysis/alarms_judge.h"
#include "analysis/settle.h"
#include "base/text.h"
#include "model/safety.h"
#include "source/plot.h"

#define CANDIDATES_BYTES 560 /* of an error's text */
#define EARLY_MS (2 * PR_MS_MINUTE)
#define QUARTER_MINUTES 15
#define QUARTERS_AN_HOUR 4

struct home {
	int64_t project_id, tenant_id;
	struct pr_directory directory;
	const struct pr_plot_grid *grid;
	const struct pr_event *events; /* that count */
	size_t event_count;
};

struct plotting {
	struct pr_source *source;
	const struct pr_method *method;
	const struct pr_plot_request *request;
	struct pr_arena *arena;
	struct home **homes;
	size_t home_count, home_capacity;
	struct pr_plot_panel *panels;
	size_t panel_count, panel_capacity;
	struct pr_error *error;
};

/* --- what is meant ------------------------------------------------------------------------------------------------------ */

static void list_candidates(const struct plotting *plotting, const struct pr_plot_found *found, size_t count,
	bool sensors, struct pr_buffer *list)
{
	pr_buffer_init(list, plotting->arena);
	for (size_t i = 0; i < count; i++) {
		const char *line = pr_arena_format(plotting->arena, "\n  %s %lld  %s  project %lld %s  tenant %lld %s",
			sensors ? "sensor" : "point", (long long)found[i].id, pr_text_clean(plotting->arena, found[i].name),
			(long long)found[i].project_id, pr_text_clean(plotting->arena, found[i].project),
			(long long)found[i].tenant_id, pr_text_clean(plotting->arena, found[i].tenant));
		if (list->length + strlen(line) > CANDIDATES_BYTES) {
			pr_buffer_format(list, "\n  and %zu more", count - i);
			return;
		}
		pr_buffer_add(list, line);
	}
}

static bool find(struct plotting *plotting, const char *text, bool sensors, struct pr_plot_found *one)
{
	const struct pr_plot_request *request = plotting->request;
	const char *option = sensors ? "--sensor" : "--point";
	struct pr_plot_found *found;
	struct pr_buffer list;
	size_t count;

	if (!pr_source_plot_find(plotting->source, text, sensors, request->tenants, request->tenant_count, plotting->arena,
			&found, &count, plotting->error))
		return false;
	if (count == 0)
		return pr_error_set(plotting->error, PR_CODE_UNKNOWN, "%s: '%.120s' is no %s of %s; expected an id or a name",
			option, text, sensors ? "sensor" : "point",
			request->tenant_count > 0 ? "the tenants given" : "the directory");
	if (count > 1) {
		list_candidates(plotting, found, count, sensors, &list);
		return pr_error_set(plotting->error, PR_CODE_UNKNOWN,
			"%s: '%.120s' means %zu of them; expected the id or the whole name of one:%s", option, text, count,
			list.text);
	}
	if (found->tenant_id == 0)
		return pr_error_set(plotting->error, PR_CODE_UNKNOWN, "%s: project %lld of '%.120s' belongs to no tenant",
			option, (long long)found->project_id, text);
	*one = *found;
	return true;
}

static bool parse_period(struct plotting *plotting, const struct pr_zone *zone, int64_t *from_ms, int64_t *to_ms)
{
	const struct pr_plot_request *request = plotting->request;
	const struct {
		const char *option, *text;
		int64_t *into;
	} ends[] = {{"--from", request->from, from_ms}, {"--to", request->to, to_ms}};

	for (size_t i = 0; i < 2; i++)
		if (!pr_time_parse(ends[i].text, zone, ends[i].into))
			return pr_error_set(plotting->error, PR_CODE_USAGE,
				"%s: '%.40s' is not a time; expected such as 2026-10-03 or 2026-10-03T08:00", ends[i].option,
				ends[i].text);
	if (*from_ms >= *to_ms)
		return pr_error_set(
			plotting->error, PR_CODE_USAGE, "--to: '%.40s' is not after --from, '%.40s'", request->to, request->from);
	return true;
}

static bool make_grid(struct plotting *plotting, struct home *home)
{
	const struct pr_project *project = &home->directory.projects[0];
	struct pr_plot_grid *grid = pr_arena_alloc(plotting->arena, sizeof *grid);
	int64_t from_ms = 0, to_ms = 0;

	if (!parse_period(plotting, project->zone, &from_ms, &to_ms))
		return false;
	if (!pr_plot_grid_make(project->zone, from_ms, to_ms, plotting->request->step_minutes, plotting->arena, grid))
		return pr_error_set(plotting->error, PR_CODE_USAGE,
			"--step: too fine for the period; expected at most %zu steps in it", PR_PLOT_BUCKETS_MAX);
	home->grid = grid;
	return true;
}

/* The project's events that the method counts. */
static bool read_events(struct plotting *plotting, struct home *home)
{
	const struct pr_project *project = &home->directory.projects[0];
	const struct pr_dataset dataset = {.directory = &home->directory, .cutoff_ms = plotting->request->now_ms};
	const struct pr_work work = {.dataset = &dataset, .method = plotting->method, .arena = plotting->arena};
	struct pr_project_data data = {.project = project};
	const struct pr_site site = {.work = &work, .project = project, .data = &data};
	struct pr_event *kept;

	if (!pr_source_events(plotting->source, project->id, home->grid->edges[0], home->grid->edges[home->grid->count],
			plotting->request->now_ms, plotting->arena, &data.events, &data.event_count, plotting->error))
		return false;
	const enum pr_alarm_verdict *verdicts = pr_alarms_judge(&site);
	kept = pr_arena_array(plotting->arena, data.event_count, sizeof *kept);
	for (size_t i = 0; i < data.event_count; i++)
		if (verdicts[i] == PR_ALARM_COUNTS)
			kept[home->event_count++] = data.events[i];
	home->events = kept;
	return true;
}

static bool open_home(struct plotting *plotting, int64_t tenant_id, int64_t project_id, struct home **home)
{
	for (size_t i = 0; i < plotting->home_count; i++) {
		*home = plotting->homes[i];
		if ((*home)->project_id == project_id && (*home)->tenant_id == tenant_id)
			return true;
	}
	*home = pr_arena_alloc(plotting->arena, sizeof **home);
	**home = (struct home){.project_id = project_id, .tenant_id = tenant_id};
	if (!pr_source_project(
			plotting->source, tenant_id, project_id, plotting->arena, &(*home)->directory, plotting->error))
		return false;
	if ((*home)->directory.project_count != 1)
		return pr_error_set(
			plotting->error, PR_CODE_UNKNOWN, "the directory has no project %lld", (long long)project_id);
	*PR_PUSH(plotting->arena, plotting->homes, plotting->home_count, plotting->home_capacity) = *home;
	return make_grid(plotting, *home) && read_events(plotting, *home);
}

/* --- panels ------------------------------------------------------------------------------------------------------------- */

static bool belongs(const struct pr_event *event, const struct pr_plot_panel *panel)
{
	if (panel->sensor)
		return event->sensor_id == panel->sensor->id;
	return event->point_id == panel->point->id && event->sensor_id == 0;
}

static bool add_panel(struct plotting *plotting, const struct home *home, enum pr_plot_metric metric,
	const struct pr_point *point, const struct pr_sensor *sensor)
{
	const struct pr_validity *validity = sensor ? &sensor->validity : &point->validity;
	int64_t from_ms = home->grid->edges[0], to_ms = home->grid->edges[home->grid->count];
	double limits[PR_SENSOR_LIMITS] = {NAN, NAN};
	struct pr_event *events = pr_arena_array(plotting->arena, home->event_count, sizeof *events);
	struct pr_plot_panel *panel;

	if (plotting->panel_count == PR_PLOT_PANELS_MAX)
		return pr_error_set(plotting->error, PR_CODE_USAGE, "more than %d curves; expected fewer points or metrics",
			PR_PLOT_PANELS_MAX);
	if (sensor)
		pr_safety_limits(&plotting->method->safety, sensor, limits, NULL);
	panel = PR_PUSH(plotting->arena, plotting->panels, plotting->panel_count, plotting->panel_capacity);
	*panel = (struct pr_plot_panel){.metric = metric,
		.tenant = &home->directory.tenant,
		.project = &home->directory.projects[0],
		.point = point,
		.sensor = sensor,
		.grid = home->grid,
		.expected_from_ms = validity->from_ms > from_ms ? validity->from_ms : from_ms,
		.expected_to_ms = to_ms,
		.events = events,
		.warn_limit = limits[0],
		.alarm_limit = limits[1]};
	if (validity->to_ms != PR_TIME_MISSING && validity->to_ms < panel->expected_to_ms)
		panel->expected_to_ms = validity->to_ms;
	if (plotting->request->now_ms < panel->expected_to_ms)
		panel->expected_to_ms = plotting->request->now_ms;
	for (size_t i = 0; i < home->event_count; i++)
		if (belongs(&home->events[i], panel))
			events[panel->event_count++] = home->events[i];
	return true;
}

static bool is_of_kind(const struct pr_sensor *sensor, enum pr_plot_metric metric)
{
	return pr_plot_metrics[metric].sensor_kinds & (1U << sensor->kind);
}

/* A point's metric: its minutes, or each of its sensors of that kind. */
static bool add_point(struct plotting *plotting, const struct home *home, const struct pr_point *point)
{
	const struct pr_project *project = &home->directory.projects[0];

	for (size_t m = 0; m < plotting->request->metric_count; m++) {
		enum pr_plot_metric metric = plotting->request->metrics[m];
		size_t before = plotting->panel_count;
		if (!pr_plot_metrics[metric].is_sensor) {
			if (!add_panel(plotting, home, metric, point, NULL))
				return false;
			continue;
		}
		for (size_t i = 0; i < project->sensor_count; i++)
			if (project->sensors[i].point_id == point->id && is_of_kind(&project->sensors[i], metric) &&
				!add_panel(plotting, home, metric, point, &project->sensors[i]))
				return false;
		if (plotting->panel_count == before)
			return pr_error_set(plotting->error, PR_CODE_UNKNOWN, "--metric: point %lld '%s' has no sensor of %s",
				(long long)point->id, point->name, pr_plot_metrics[metric].name);
	}
	return true;
}

static bool add_points(struct plotting *plotting)
{
	const struct pr_plot_request *request = plotting->request;

	for (size_t i = 0; i < request->point_count; i++) {
		struct pr_plot_found found = {0};
		struct home *home;
		if (!find(plotting, request->points[i], false, &found) ||
			!open_home(plotting, found.tenant_id, found.project_id, &home))
			return false;
		const struct pr_point *point = pr_project_point(&home->directory.projects[0], found.id);
		if (!point)
			return pr_error_set(
				plotting->error, PR_CODE_UNKNOWN, "the directory has no point %lld", (long long)found.id);
		if (!add_point(plotting, home, point))
			return false;
	}
	return true;
}

static bool add_sensor(struct plotting *plotting, const struct home *home, int64_t id)
{
	const struct pr_project *project = &home->directory.projects[0];

	for (size_t i = 0; i < project->sensor_count; i++) {
		const struct pr_sensor *sensor = &project->sensors[i];
		if (sensor->id != id)
			continue;
		for (int metric = 0; metric < PR_PLOT_METRIC_COUNT; metric++)
			if (pr_plot_metrics[metric].is_sensor && is_of_kind(sensor, (enum pr_plot_metric)metric))
				return add_panel(
					plotting, home, (enum pr_plot_metric)metric, pr_project_point(project, sensor->point_id), sensor);
	}
	return pr_error_set(plotting->error, PR_CODE_UNKNOWN, "the directory has no sensor %lld", (long long)id);
}

static bool add_sensors(struct plotting *plotting)
{
	for (size_t i = 0; i < plotting->request->sensor_count; i++) {
		struct pr_plot_found found = {0};
		struct home *home;
		if (!find(plotting, plotting->request->sensors[i], true, &found) ||
			!open_home(plotting, found.tenant_id, found.project_id, &home) || !add_sensor(plotting, home, found.id))
			return false;
	}
	return true;
}

/* Of a project: every incomer that was one in the period; of a sensors' metric every sensor of its kind. */
static bool add_project(struct plotting *plotting)
{
	const struct pr_plot_request *request = plotting->request;
	int64_t tenant_id, from_ms, to_ms;
	struct home *home;

	if (request->project_id == 0)
		return true;
	if (!pr_source_plot_tenant(plotting->source, request->project_id, request->tenants, request->tenant_count,
			plotting->arena, &tenant_id, plotting->error) ||
		!open_home(plotting, tenant_id, request->project_id, &home))
		return false;
	const struct pr_project *project = &home->directory.projects[0];
	from_ms = home->grid->edges[0];
	to_ms = home->grid->edges[home->grid->count];
	for (size_t m = 0; m < request->metric_count; m++) {
		enum pr_plot_metric metric = request->metrics[m];
		bool is_sensor = pr_plot_metrics[metric].is_sensor;
		for (size_t i = 0; !is_sensor && i < project->point_count; i++)
			if (project->points[i].role == PR_ROLE_INCOMER &&
				pr_valid_within(&project->points[i].validity, from_ms, to_ms) &&
				!add_panel(plotting, home, metric, &project->points[i], NULL))
				return false;
		for (size_t i = 0; is_sensor && i < project->sensor_count; i++)
			if (is_of_kind(&project->sensors[i], metric) &&
				pr_valid_within(&project->sensors[i].validity, from_ms, to_ms) &&
				!add_panel(plotting, home, metric, pr_project_point(project, project->sensors[i].point_id),
					&project->sensors[i]))
				return false;
	}
	return plotting->panel_count > 0 || pr_error_set(plotting->error, PR_CODE_NO_DATA,
											"project %lld has no %s in the period", (long long)request->project_id,
											pr_plot_metrics[request->metrics[0]].is_sensor ? "such sensor" : "incomer");
}

/* --- power from energy -------------------------------------------------------------------------------------------------- */

static void add_power(struct pr_plot_panel *panel, struct pr_plot_series *series, int64_t start_ms, double power_kw)
{
	size_t at = pr_plot_grid_find(panel->grid, start_ms);
	struct pr_plot_value *value;

	if (at == SIZE_MAX || start_ms < panel->expected_from_ms || start_ms >= panel->expected_to_ms)
		return;
	value = &series->values[at];
	value->minimum = value->count > 0 ? fmin(value->minimum, power_kw) : power_kw;
	value->maximum = value->count > 0 ? fmax(value->maximum, power_kw) : power_kw;
	value->mean = value->count > 0 ? (value->mean * value->count + power_kw) / (value->count + 1) : power_kw;
	value->count++;
	if (!(power_kw <= series->maximum.value))
		series->maximum = (struct pr_plot_extreme){power_kw, start_ms};
	if (!(power_kw >= series->minimum.value))
		series->minimum = (struct pr_plot_extreme){power_kw, start_ms};
	series->mean =
		series->samples > 0 ? series->mean + (power_kw - series->mean) / (double)(series->samples + 1) : power_kw;
	series->samples++;
}

/* kWh of the quarters that the method accepts, × 4. */
static bool power_from_quarters(struct plotting *plotting, const struct home *home, struct pr_plot_panel *panel)
{
	int64_t from_ms = panel->grid->edges[0], to_ms = panel->grid->edges[panel->grid->count];
	int64_t history_ms = plotting->method->plausibility.quarter_history_days * PR_MS_DAY;
	struct pr_date first = pr_zone_local(panel->project->zone, from_ms).date;
	struct pr_date last = pr_zone_local(panel->project->zone, to_ms - 1).date;
	const struct pr_dataset dataset = {.directory = &home->directory, .cutoff_ms = plotting->request->now_ms};
	const struct pr_work work = {.dataset = &dataset, .method = plotting->method, .arena = plotting->arena};
	struct pr_window window;
	struct pr_quarter_rows rows;
	struct pr_settled settled;

	pr_window_init(&window, panel->project, first, pr_date_from_day(pr_date_to_day(last) + 1), plotting->arena);
	const struct pr_quarter_query query = {panel->point->id, window.from_ms - EARLY_MS - history_ms, window.to_ms};
	if (!pr_source_quarters(
			plotting->source, &query, 1, plotting->request->now_ms, plotting->arena, &rows, plotting->error))
		return false;
	const struct pr_point_data data = {.windows = &rows, .window_count = 1};
	pr_settle(&work, panel->project, panel->point, &data, &window, &settled);
	for (size_t i = 0; i < settled.count; i++)
		if (settled.quarters[i].kwh != PR_MICRO_MISSING)
			add_power(panel, &panel->series[0], window.quarters[i].start_ms,
				pr_micro_to_double(settled.quarters[i].kwh) * QUARTERS_AN_HOUR);
	panel->from_quarters = panel->series[0].samples > 0;
	return true;
}

static bool fall_back(struct plotting *plotting)
{
	for (size_t i = 0; i < plotting->panel_count; i++) {
		struct pr_plot_panel *panel = &plotting->panels[i];
		if (panel->metric != PR_PLOT_POWER || pr_plot_panel_measured(panel) ||
			plotting->request->step_minutes < QUARTER_MINUTES)
			continue;
		for (size_t h = 0; h < plotting->home_count; h++)
			if (&plotting->homes[h]->directory.projects[0] == panel->project &&
				!power_from_quarters(plotting, plotting->homes[h], panel))
				return false;
	}
	return true;
}

/* --- all ---------------------------------------------------------------------------------------------------------------- */

static bool check_measured(const struct plotting *plotting)
{
	const struct pr_plot_panel *first = plotting->panels;

	if (plotting->panel_count == 0 || plotting->home_count == 0 || !first)
		return pr_error_set(plotting->error, PR_CODE_NO_DATA, "nothing was asked for that the directory holds");
	for (size_t i = 0; i < plotting->panel_count; i++)
		for (size_t s = 0; s < plotting->panels[i].series_count; s++)
			if (plotting->panels[i].series[s].samples + plotting->panels[i].series[s].implausible > 0)
				return true;
	return pr_error_set(plotting->error, PR_CODE_NO_DATA, "no data: %s of %s '%s' was not measured from %s to %s%s",
		pr_plot_metrics[first->metric].name, first->sensor ? "sensor" : "point",
		first->sensor ? first->sensor->name : first->point->name, plotting->request->from, plotting->request->to,
		first->metric == PR_PLOT_POWER && plotting->request->step_minutes < QUARTER_MINUTES
			? "; expected a step of 15m or more, for power from the energy of quarters"
			: "");
}

bool pr_batch_plot(struct pr_source *source, const struct pr_method *method, const struct pr_plot_request *request,
	struct pr_arena *arena, struct pr_plot_result *result, struct pr_error *error)
{
	struct plotting plotting = {.source = source, .method = method, .request = request, .arena = arena, .error = error};

	if (!add_points(&plotting) || !add_sensors(&plotting) || !add_project(&plotting) ||
		!pr_source_plot_read(source, method, plotting.panels, plotting.panel_count, arena, error) ||
		!fall_back(&plotting) || !check_measured(&plotting) || !plotting.homes)
		return false;
	const struct home *home = plotting.homes[0];
	*result = (struct pr_plot_result){.tenant = home->directory.tenant, .directory = &home->directory};
	result->plot = (struct pr_plot){.panels = plotting.panels,
		.panel_count = plotting.panel_count,
		.from_ms = home->grid->edges[0],
		.to_ms = home->grid->edges[home->grid->count],
		.step_minutes = request->step_minutes,
		.cutoff_ms = request->now_ms,
		.method = method,
		.alarm_types = home->directory.alarm_types,
		.alarm_type_count = home->directory.alarm_type_count};
	return true;
}
