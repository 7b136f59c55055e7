/* Safety and alarms (method, sections 6 and 7). */
#include <math.h>
#include <string.h>

#include "analysis/alarms.h"
#include "analysis/alarms_judge.h"
#include "analysis/explain_condition.h"
#include "base/text.h"

/* --- sensors ------------------------------------------------------------------------------------------------------- */

static const struct pr_minute_buckets *month_of(const struct pr_explain_site *own, const struct pr_sensor *sensor)
{
	return own->site.data->sensors[sensor - own->site.project->sensors].month;
}

static const struct pr_explain_table *buckets_of(struct pr_explainer *explainer, const struct pr_explain_scope *scope)
{
	struct pr_explain_site *own = pr_explain_site_of(explainer, scope->project);
	const char *name = pr_explain_join(explainer, scope->path, "buckets");
	struct pr_explain_table *table = pr_table_find(explainer, name);
	if (table)
		return table;
	const struct pr_minute_buckets *month = month_of(own, scope->subject->model);
	table = pr_table_new(explainer, name, "buckets", "start readings least largest total", own->site.project->zone);
	for (size_t i = 0; month && i < month->count; i++) {
		const struct pr_bucket *bucket = &month->fields[0].buckets[i];
		if (!bucket->count)
			continue;
		pr_table_put(explainer, table, pr_cell_time(month->from_ms + (int64_t)i * month->step_ms));
		pr_table_put(explainer, table, pr_cell_count(bucket->count));
		pr_table_put(explainer, table, pr_cell_real(bucket->minimum));
		pr_table_put(explainer, table, pr_cell_real(bucket->maximum));
		pr_table_put(explainer, table, pr_cell_real(bucket->sum));
	}
	return table;
}

struct pr_explain_node *pr_explain_readings(struct pr_explainer *explainer, const struct pr_explain_scope *scope)
{
	bool made;
	struct pr_explain_node *node = pr_node_step(explainer, scope->path, "readings", "safety_readings", &made);
	if (made) {
		pr_node_rows(explainer, node, "readings", buckets_of(explainer, scope), "readings");
		pr_node_conclude(explainer, node, "sum(readings)", NULL, -1);
	}
	return node;
}

struct pr_explain_node *pr_explain_above(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, int limit)
{
	static const char *const names[] = {"above.warn", "above.alarm"};
	bool made;
	struct pr_explain_node *node = pr_node_step(explainer, scope->path, names[limit], "safety_above", &made);
	if (!made)
		return node;
	const struct pr_sensor *sensor = scope->subject->model;
	const struct pr_minute_buckets *month = month_of(pr_explain_site_of(explainer, scope->project), sensor);
	double limits[PR_SENSOR_LIMITS];
	pr_safety_limits(&explainer->quiet.method->safety, sensor, limits, NULL);
	bool is_counted = month && !isnan(limits[limit]);
	pr_node_given(explainer, node, is_counted ? pr_cell_count(month->fields[0].above[limit]) : pr_cell_text(NULL), NULL,
		"store location_1min_aiao");
	return node;
}

static void add_limit(
	struct pr_explainer *explainer, const struct pr_sensor *sensor, struct pr_explain_node *node, int limit)
{
	double limits[PR_SENSOR_LIMITS];
	const char *sources[PR_SENSOR_LIMITS];
	pr_safety_limits(&explainer->quiet.method->safety, sensor, limits, sources);
	pr_node_constant(explainer, node, "limit", pr_cell_micro(pr_micro_from_double(limits[limit])),
		sensor->kind == PR_SENSOR_RESIDUAL ? "mA" : "°C",
		sources[limit] ? sources[limit]
					   : pr_arena_format(explainer->arena, "sensor %lld %s", (long long)sensor->id,
							 limit ? "alarm_limit" : "warn_limit"));
}

static void explain_minutes(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node, int limit)
{
	node->rule = "safety_minutes";
	pr_node_input(explainer, node, "above", pr_explain_above(explainer, scope, limit));
	pr_node_rows(explainer, node, "readings", buckets_of(explainer, scope), "readings");
	add_limit(explainer, scope->subject->model, node, limit);
	pr_node_conclude(explainer, node, "round(above*count(readings)*15/sum(readings),4)", NULL, 0);
}

static bool explain_sensor(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	static const struct {
		const char *id, *formula;
	} rows[] = {{"safety.min", "round(min(least),4)"}, {"safety.mean", "round(sum(total)/sum(readings),4)"},
		{"safety.max", "round(max(largest),4)"}};
	static const char *const columns[] = {"least", "readings", "total", "largest"};
	const char *id = node->finding->id;
	if (pr_text_equal(id, "safety.warn_minutes") || pr_text_equal(id, "safety.alarm_minutes")) {
		explain_minutes(explainer, scope, node, pr_text_equal(id, "safety.alarm_minutes"));
		return true;
	}
	if (pr_text_equal(id, "safety.margin")) {
		node->rule = "safety_margin";
		pr_node_rows(explainer, node, "largest", buckets_of(explainer, scope), "largest");
		add_limit(explainer, scope->subject->model, node, 1);
		pr_node_conclude(explainer, node, "round((limit-max(largest))/where(limit,limit>0),6)", NULL, 0);
		return true;
	}
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (!pr_text_equal(rows[i].id, id))
			continue;
		node->rule = "safety_extremes";
		for (size_t k = 0; k < sizeof columns / sizeof *columns; k++)
			if (strstr(rows[i].formula, columns[k]))
				pr_node_rows(explainer, node, columns[k], buckets_of(explainer, scope), columns[k]);
		pr_node_conclude(explainer, node, rows[i].formula, NULL, 0);
		return true;
	}
	return false;
}

/* A sensor that is held against an alarm limit: the ambient ones are not. */
bool pr_explain_is_scored(struct pr_explainer *explainer, const struct pr_sensor *sensor)
{
	double limits[PR_SENSOR_LIMITS];
	pr_safety_limits(&explainer->quiet.method->safety, sensor, limits, NULL);
	return sensor->kind != PR_SENSOR_AMBIENT && !isnan(limits[PR_SENSOR_LIMITS - 1]);
}

void pr_explain_add_sensors(struct pr_explainer *explainer, size_t project, struct pr_explain_node *node)
{
	const struct pr_project_report *report = &explainer->report->projects[project];
	pr_node_list(explainer, node, "above", NULL);
	pr_node_list(explainer, node, "readings", NULL);
	for (size_t i = 0; i < report->sensor_count; i++) {
		if (!pr_explain_is_scored(explainer, report->sensors[i].model))
			continue;
		const struct pr_explain_scope scope =
			pr_explain_scope_subject(explainer, project, PR_EXPLAIN_SENSOR, &report->sensors[i]);
		pr_node_list(explainer, node, "above", pr_explain_above(explainer, &scope, 1));
		pr_node_list(explainer, node, "readings", pr_explain_readings(explainer, &scope));
	}
}

bool pr_explain_safety(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	if (scope->level == PR_EXPLAIN_SENSOR)
		return explain_sensor(explainer, scope, node);
	if (!pr_text_equal(node->finding->id, "safety.over_limit_sensors"))
		return false;
	node->rule = "safety_over_limit";
	if (scope->level == PR_EXPLAIN_PROJECT)
		pr_explain_add_sensors(explainer, scope->project, node);
	for (size_t i = 0; scope->level == PR_EXPLAIN_TENANT && i < explainer->report->project_count; i++)
		pr_explain_add_sensors(explainer, i, node);
	pr_node_list(explainer, node, "above", NULL);
	pr_node_list(explainer, node, "readings", NULL);
	pr_node_conclude(explainer, node, "where(count(where(above,both(above>0,readings>0))),count(readings)>0)", NULL, 0);
	return true;
}

/* --- events -------------------------------------------------------------------------------------------------------- */

static const char event_columns[] =
	"project id start end confirmed closed code category level point sensor phase value state month before carried "
	"confirm_minutes close_minutes";

static pr_micro minutes_between(const struct pr_alarm_rules *rules, int64_t from_ms, int64_t to_ms)
{
	if (to_ms == PR_TIME_MISSING || to_ms < from_ms ||
		(double)(to_ms - from_ms) > rules->longest_days * (double)PR_MS_DAY)
		return PR_MICRO_MISSING;
	return pr_micro_ratio(to_ms - from_ms, PR_MS_MINUTE, 6);
}

static struct pr_explain_cell id_cell(int64_t id)
{
	return id ? pr_cell_count((uint64_t)id) : pr_cell_text(NULL);
}

static void put_event(struct pr_explainer *explainer, const struct pr_explain_site *own, struct pr_explain_table *table,
	const struct pr_event *event, enum pr_alarm_verdict verdict)
{
	static const char *const states[PR_ALARM_VERDICT_COUNT] = {
		"counts", "test", "retired", "outside_validity", "implausible", "duplicate"};
	const struct pr_alarm_rules *rules = &explainer->quiet.method->alarms;
	const struct pr_alarm_type *type = pr_alarms_type(explainer->report->dataset->directory, event->code);
	const struct pr_window *window = &own->site.window;
	int64_t before_ms, end_ms;
	pr_zone_month(own->site.project->zone, pr_month_add(explainer->report->month, -1), &before_ms, &end_ms);
	bool is_now = event->started_at_ms >= window->from_ms && event->started_at_ms < window->to_ms;
	bool is_early = event->started_at_ms < window->from_ms;
	bool runs_on = event->ended_at_ms == PR_TIME_MISSING || event->ended_at_ms > window->from_ms;
	const struct pr_explain_cell cells[] = {pr_cell_count((uint64_t)own->site.project->id),
		pr_cell_text(event->event_id), pr_cell_time(event->started_at_ms), pr_cell_time(event->ended_at_ms),
		pr_cell_time(event->confirmed_at_ms), pr_cell_time(event->closed_at_ms), pr_cell_text(event->code),
		pr_cell_text(type && type->category ? type->category : "other"),
		event->level ? pr_cell_micro(event->level * PR_MICRO_ONE) : pr_cell_text(NULL), id_cell(event->point_id),
		id_cell(event->sensor_id), pr_cell_text(event->phase), pr_cell_real(event->value),
		pr_cell_text(states[verdict]), pr_cell_count(is_now),
		pr_cell_count(is_early && event->started_at_ms >= before_ms), pr_cell_count(is_early && runs_on),
		pr_cell_micro(minutes_between(rules, event->started_at_ms, event->confirmed_at_ms)),
		pr_cell_micro(minutes_between(rules, event->started_at_ms, event->closed_at_ms))};
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
		pr_table_put(explainer, table, cells[i]);
}

static void put_events(struct pr_explainer *explainer, struct pr_explain_table *table, size_t project)
{
	struct pr_explain_site *own = pr_explain_site_of(explainer, project);
	const enum pr_alarm_verdict *verdicts = pr_alarms_judge(&own->site);
	for (size_t i = 0; i < own->site.data->event_count; i++)
		put_event(explainer, own, table, &own->site.data->events[i], verdicts[i]);
}

const struct pr_explain_table *pr_explain_events(struct pr_explainer *explainer, const struct pr_explain_scope *scope)
{
	const char *name = pr_explain_join(explainer, scope->path, "events");
	struct pr_explain_table *table = pr_table_find(explainer, name);
	if (table)
		return table;
	table = pr_table_new(explainer, name, "events", event_columns,
		scope->level == PR_EXPLAIN_TENANT ? explainer->report->tenant->zone
										  : explainer->report->projects[scope->project].project->zone);
	if (scope->level == PR_EXPLAIN_PROJECT)
		put_events(explainer, table, scope->project);
	for (size_t i = 0; scope->level == PR_EXPLAIN_TENANT && i < explainer->report->project_count; i++)
		put_events(explainer, table, i);
	return table;
}

/* Which rows of an id count, beside those of the month that count. */
static bool add_group(struct pr_explainer *explainer, struct pr_explain_input *rows, const char *id)
{
	static const char *const groups[] = {"type", "category", "level", "point"};
	static const char *const columns[] = {"code", "category", "level", "point"};
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
		const char *prefix = pr_arena_format(explainer->arena, "alarms.%s.", groups[i]);
		if (!pr_text_starts(id, prefix))
			continue;
		const char *rest = id + strlen(prefix);
		int64_t number;
		bool is_number = i >= 2 && pr_text_to_int64(rest, &number);
		pr_input_where(rows, columns[i], is_number ? pr_cell_count((uint64_t)number) : pr_cell_text(rest));
		return true;
	}
	return false;
}

static bool add_kind(struct pr_explain_input *rows, const char *id)
{
	const struct pr_explain_cell one = pr_cell_count(1);
	if (pr_text_equal(id, "alarms.excluded")) {
		pr_input_where_not(rows, "state", pr_cell_text("counts"));
		pr_input_where(rows, "month", one);
		return true;
	}
	pr_input_where(rows, "state", pr_cell_text("counts"));
	pr_input_where(rows, pr_text_equal(id, "alarms.carried") ? "carried" : "month", one);
	if (pr_text_equal(id, "alarms.open"))
		pr_input_where(rows, "end", pr_cell_time(PR_TIME_MISSING));
	return pr_text_equal(id, "alarms.total") || pr_text_equal(id, "alarms.open") || pr_text_equal(id, "alarms.carried");
}

static bool explain_times(
	struct pr_explainer *explainer, const struct pr_explain_table *table, struct pr_explain_node *node)
{
	const char *id = node->finding->id;
	bool is_confirm = pr_text_starts(id, "alarms.confirm_minutes."),
		 is_close = pr_text_starts(id, "alarms.close_minutes.");
	if (!is_confirm && !is_close)
		return false;
	bool is_median = pr_text_equal(strrchr(id, '.'), ".median");
	struct pr_explain_input *rows =
		pr_node_rows(explainer, node, "minutes", table, is_confirm ? "confirm_minutes" : "close_minutes");
	node->rule = "alarms_times";
	pr_input_where(rows, "state", pr_cell_text("counts"));
	pr_input_where(rows, "month", pr_cell_count(1));
	pr_node_constant(explainer, node, "share",
		pr_cell_micro(is_median ? PR_MICRO_ONE / 2 : pr_micro_from_double(explainer->quiet.method->alarms.high_rank)),
		"1", is_median ? "method 7" : "method alarms.high_rank");
	pr_node_conclude(explainer, node, "round(rank(minutes,share),4)", NULL, 0);
	return true;
}

bool pr_explain_alarms(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	if ((scope->level != PR_EXPLAIN_PROJECT && scope->level != PR_EXPLAIN_TENANT) ||
		!pr_text_starts(node->finding->id, "alarms."))
		return false;
	const struct pr_explain_table *table = pr_explain_events(explainer, scope);
	if (explain_times(explainer, table, node))
		return true;
	struct pr_explain_input *rows = pr_node_rows(explainer, node, "events", table, "id");
	bool known = add_kind(rows, node->finding->id) || add_group(explainer, rows, node->finding->id);
	node->rule = pr_text_equal(node->finding->id, "alarms.excluded")  ? "alarms_excluded"
	             : pr_text_equal(node->finding->id, "alarms.carried") ? "alarms_carried"
	             : pr_text_equal(node->finding->id, "alarms.open")    ? "alarms_open"
	                                                                  : "alarms_count";
	pr_node_conclude(explainer, node, "count(events)", NULL, 0);
	return known;
}
