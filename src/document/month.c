#include "document/month.h"

#include "analysis/alarms.h"
#include "analysis/trend.h"
#include "document/rows.h"
#include "document/template.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

/* --- what was gathered ------------------------------------------------------------------------------------------ */

static const struct pr_project_data *project_data(
	const struct pr_report *report, const struct pr_project_report *project)
{
	const struct pr_dataset *dataset = report->dataset;

	for (size_t i = 0; dataset && dataset->projects && i < dataset->directory->project_count; i++)
		if (dataset->projects[i].project == project->project)
			return &dataset->projects[i];
	return NULL;
}

const struct pr_point_data *pr_month_point_data(
	const struct pr_report *report, const struct pr_project_report *project, const struct pr_subject *point)
{
	const struct pr_project_data *data = project_data(report, project);

	return data && data->points ? &data->points[(const struct pr_point *)point->model - project->project->points]
	                            : NULL;
}

const struct pr_sensor_data *pr_month_sensor_data(
	const struct pr_report *report, const struct pr_project_report *project, const struct pr_subject *sensor)
{
	const struct pr_project_data *data = project_data(report, project);

	return data && data->sensors ? &data->sensors[(const struct pr_sensor *)sensor->model - project->project->sensors]
	                             : NULL;
}

static pr_micro micro_of(const struct pr_findings *findings, const char *id)
{
	const struct pr_finding *finding = pr_findings_get(findings, id);

	return finding ? finding->value : PR_MICRO_MISSING;
}

/* --- quality ---------------------------------------------------------------------------------------------------- */

static bool is_incomer(const struct pr_subject *point)
{
	return ((const struct pr_point *)point->model)->role == PR_ROLE_INCOMER;
}

size_t pr_month_incomers(const struct pr_project_report *project)
{
	size_t count = 0;

	for (size_t i = 0; i < project->point_count; i++)
		count += is_incomer(&project->points[i]);
	return count;
}

/* How near to its limit, or beyond it: 1 = at it; −1 = not to be told. */
static double badness(const struct pr_subject *point, const char *id)
{
	const struct pr_finding *finding = pr_findings_get(&point->findings, id);
	double value, limit;

	if (!finding || finding->value == PR_MICRO_MISSING)
		return -1;
	value = fabs(pr_micro_to_double(finding->value));
	limit = finding->limit == PR_MICRO_MISSING ? 0 : pr_micro_to_double(finding->limit);
	if (!(limit > 0))
		return 0;
	return pr_text_starts(id, "quality.power_factor.") ? (value > 0 ? limit / value : 0) : value / limit;
}

const struct pr_subject *pr_month_worst(const struct pr_project_report *project, const char *id)
{
	const struct pr_subject *worst = NULL;
	double most = -1;

	for (size_t i = 0; i < project->point_count; i++) {
		double bad = is_incomer(&project->points[i]) ? badness(&project->points[i], id) : -1;
		if (bad <= most)
			continue;
		most = bad;
		worst = &project->points[i];
	}
	return worst;
}

static const char *harmonic_id(int parameter)
{
	static const char *const ids[PR_QUALITY_COUNT] = {[PR_QUALITY_HARMONIC_3] = "quality.harmonic.3.p95",
		[PR_QUALITY_HARMONIC_5] = "quality.harmonic.5.p95",
		[PR_QUALITY_HARMONIC_7] = "quality.harmonic.7.p95",
		[PR_QUALITY_HARMONIC_9] = "quality.harmonic.9.p95",
		[PR_QUALITY_HARMONIC_11] = "quality.harmonic.11.p95",
		[PR_QUALITY_HARMONIC_13] = "quality.harmonic.13.p95"};

	return ids[parameter];
}

/* The order of a point that stands worst against its limit; 0 where it has none. */
static int worst_order(const struct pr_subject *point, double *most)
{
	int order = 0;

	*most = -1;
	for (int i = PR_QUALITY_HARMONIC_3; i < PR_QUALITY_COUNT; i++) {
		double bad = badness(point, harmonic_id(i));
		if (bad <= *most)
			continue;
		*most = bad;
		order = i;
	}
	return order;
}

int pr_month_worst_order(const struct pr_subject *point)
{
	static const int orders[PR_QUALITY_COUNT] = {[PR_QUALITY_HARMONIC_3] = 3,
		[PR_QUALITY_HARMONIC_5] = 5,
		[PR_QUALITY_HARMONIC_7] = 7,
		[PR_QUALITY_HARMONIC_9] = 9,
		[PR_QUALITY_HARMONIC_11] = 11,
		[PR_QUALITY_HARMONIC_13] = 13};
	double bad;

	return orders[worst_order(point, &bad)];
}

const struct pr_subject *pr_month_worst_harmonic(const struct pr_project_report *project)
{
	const struct pr_subject *worst = NULL;
	double most = -1;

	for (size_t i = 0; i < project->point_count; i++) {
		double bad;
		if (!is_incomer(&project->points[i]) || !worst_order(&project->points[i], &bad) || bad <= most)
			continue;
		most = bad;
		worst = &project->points[i];
	}
	return worst;
}

static void add_text(struct pr_scope *scope, struct pr_arena *arena, const char *name, const char *text)
{
	pr_scope_add(scope, arena, name, pr_value_text(text));
}

static void add_count(struct pr_scope *scope, struct pr_arena *arena, const char *name, size_t count)
{
	pr_scope_add(scope, arena, name, pr_value_number((double)count, NULL));
}

/* Of the seven items of the table how many were judged how; harmonics count once, by their worst order. */
static void add_verdicts(struct pr_scope *scope, struct pr_arena *arena, const struct pr_project_report *project)
{
	static const char *const words[] = {"fail", "attention", "insufficient", "pass"}; /* the worst first */
	static const char *const names[] = {
		"quality.failed", "quality.attention", "quality.insufficient", "quality.passed"};
	size_t counts[sizeof words / sizeof *words] = {0}, harmonic = sizeof words / sizeof *words;

	for (int i = 0; i < PR_QUALITY_COUNT; i++) {
		const struct pr_finding *verdict =
			pr_findings_get(&project->findings, pr_arena_format(arena, "quality.%s.verdict", pr_quality_names[i]));
		for (size_t k = 0; verdict && k < sizeof words / sizeof *words; k++) {
			if (!pr_text_equal(verdict->word, words[k]))
				continue;
			if (i < PR_QUALITY_HARMONIC_3)
				counts[k]++;
			else if (k < harmonic)
				harmonic = k;
		}
	}
	if (harmonic < sizeof words / sizeof *words)
		counts[harmonic]++;
	for (size_t k = 0; k < sizeof words / sizeof *words; k++)
		add_count(scope, arena, names[k], counts[k]);
}

static void add_hours(struct pr_scope *scope, const struct pr_context *context, const struct pr_project_report *project,
	const struct pr_subject *point)
{
	const struct pr_point_data *data = point ? pr_month_point_data(context->report, project, point) : NULL;
	double shares[PR_DAY_HOURS];
	int top = 0;
	bool any = data && pr_trend_hours(project, data, shares);

	for (int hour = 1; any && hour < PR_DAY_HOURS; hour++)
		if (!(shares[top] >= shares[hour]) && !isnan(shares[hour]))
			top = hour;
	pr_scope_add(scope, context->arena, "quality.voltage.hour", any ? pr_value_number(top, NULL) : pr_value_missing());
	pr_scope_add(
		scope, context->arena, "quality.voltage.share", any ? pr_value_number(shares[top], "1") : pr_value_missing());
}

/* The highest current of each phase, of the incomer whose currents are shown. */
static void add_currents(struct pr_scope *scope, const struct pr_context *context,
	const struct pr_project_report *project, const struct pr_subject *point)
{
	static const char *const names[] = {"quality.current.max.a", "quality.current.max.b", "quality.current.max.c"};
	const struct pr_point_data *data = point ? pr_month_point_data(context->report, project, point) : NULL;

	for (int phase = 0; phase < (int)(sizeof names / sizeof *names); phase++) {
		struct pr_trend trend;
		double high = NAN;

		if (data &&
			pr_trend_make(project, data, (enum pr_trend_kind)(PR_TREND_CURRENT_A + phase), context->arena, &trend))
			for (size_t i = 0; i < trend.count; i++)
				high = fmax(high, trend.high[i]);
		pr_scope_add(scope, context->arena, names[phase], pr_value_number(high, "A"));
	}
}

static void add_quality(
	struct pr_scope *scope, const struct pr_context *context, const struct pr_project_report *project)
{
	const struct pr_subject *voltage = pr_month_worst(project, "quality.voltage_deviation.p95");
	const struct pr_subject *current = pr_month_worst(project, "quality.current_unbalance.p95");
	const struct pr_subject *harmonic = pr_month_worst_harmonic(project);
	struct pr_arena *arena = context->arena;
	double ratio = 0;
	int order = harmonic ? worst_order(harmonic, &ratio) : 0;

	size_t sampled = pr_month_sampled(context->report, project);

	add_count(scope, arena, "quality.incomers", pr_month_incomers(project));
	add_count(scope, arena, "quality.shown", sampled < PR_MONTH_INCOMERS_SHOWN ? sampled : PR_MONTH_INCOMERS_SHOWN);
	add_count(scope, arena, "quality.more", sampled < PR_MONTH_INCOMERS_SHOWN ? 0 : sampled - PR_MONTH_INCOMERS_SHOWN);
	add_text(scope, arena, "quality.voltage.point", voltage ? voltage->name : NULL);
	add_text(scope, arena, "quality.current.point", current ? current->name : NULL);
	add_text(scope, arena, "quality.harmonic.point", harmonic ? harmonic->name : NULL);
	add_text(scope, arena, "quality.harmonic.order", order ? pr_quality_names[order] + sizeof "harmonic." - 1 : NULL);
	pr_scope_add(scope, arena, "quality.harmonic.ratio", ratio > 0 ? pr_value_number(ratio, "1") : pr_value_missing());
	add_hours(scope, context, project, voltage);
	add_currents(scope, context, project, current);
	add_verdicts(scope, arena, project);
}

size_t pr_month_sampled(const struct pr_report *report, const struct pr_project_report *project)
{
	size_t count = 0;

	for (size_t i = 0; i < project->point_count; i++) {
		const struct pr_point_data *data = pr_month_point_data(report, project, &project->points[i]);
		count += data && data->quality;
	}
	return count;
}

/* --- sensors ---------------------------------------------------------------------------------------------------- */

static int rank_of(const struct pr_subject *sensor)
{
	const struct pr_finding *margin = pr_findings_get(&sensor->findings, "safety.margin");

	return margin && margin->rank > 0 ? margin->rank : INT32_MAX;
}

const struct pr_subject **pr_month_sensors(const struct pr_project_report *project, struct pr_arena *arena)
{
	const struct pr_subject **sorted = pr_arena_array(arena, project->sensor_count, sizeof *sorted);

	for (size_t i = 0; i < project->sensor_count; i++) {
		size_t at = i;
		while (at > 0 && rank_of(sorted[at - 1]) > rank_of(&project->sensors[i])) {
			sorted[at] = sorted[at - 1];
			at--;
		}
		sorted[at] = &project->sensors[i];
	}
	return sorted;
}

bool pr_month_is_ambient(const struct pr_subject *sensor)
{
	return ((const struct pr_sensor *)sensor->model)->kind == PR_SENSOR_AMBIENT;
}

static void add_sensors(
	struct pr_scope *scope, const struct pr_context *context, const struct pr_project_report *project)
{
	struct pr_arena *arena = context->arena;
	const struct pr_subject **sorted = pr_month_sensors(project, arena);
	const struct pr_subject *top = project->sensor_count > 0 && rank_of(sorted[0]) == 1 ? sorted[0] : NULL;
	size_t ambient = 0, silent = 0, warned = 0, scored;

	for (size_t i = 0; i < project->sensor_count; i++) {
		const struct pr_subject *sensor = &project->sensors[i];
		ambient += pr_month_is_ambient(sensor);
		silent += !pr_month_is_ambient(sensor) && micro_of(&sensor->findings, "safety.max") == PR_MICRO_MISSING;
		warned += !pr_month_is_ambient(sensor) && micro_of(&sensor->findings, "safety.warn_minutes") > 0;
	}
	add_count(scope, arena, "sensors.ambient", ambient);
	scored = project->sensor_count - ambient;
	add_count(scope, arena, "sensors.scored", scored);
	add_count(scope, arena, "sensors.silent", silent);
	add_count(scope, arena, "sensors.warned", warned);
	add_count(scope, arena, "sensors.shown", scored < PR_CHART_POINTS_MAX ? scored : PR_CHART_POINTS_MAX);
	add_count(scope, arena, "sensors.more", scored < PR_CHART_POINTS_MAX ? 0 : scored - PR_CHART_POINTS_MAX);
	add_text(scope, arena, "sensors.top.name", top ? top->name : NULL);
	for (size_t i = 0; i < 2; i++) {
		static const char *const ids[] = {"safety.max", "safety.margin"};
		static const char *const names[] = {"sensors.top.figure", "sensors.top.margin"};
		const struct pr_finding *finding = top ? pr_findings_get(&top->findings, ids[i]) : NULL;
		struct pr_value value = pr_value_missing();
		if (finding) {
			value = pr_value_of_finding(context->report, project, finding, finding->value);
			value.finding = pr_arena_format(arena, "%s/sensors/%lld/%s", scope->path, (long long)top->id, ids[i]);
		}
		pr_scope_add(scope, arena, names[i], value);
		if (i == 0)
			pr_scope_add(scope, arena, "sensors.top.at", pr_value_time(finding ? finding->at_ms : PR_TIME_MISSING));
	}
}

/* --- alarms ----------------------------------------------------------------------------------------------------- */

const char *pr_month_event_subject(const struct pr_project_report *project, const struct pr_event *event)
{
	const char *name =
		event->sensor_id ? pr_subject_name(project->sensors, project->sensor_count, event->sensor_id) : NULL;

	if (!name)
		name = event->point_name;
	if (!name && event->point_id)
		name = pr_subject_name(project->points, project->point_count, event->point_id);
	return name ? name : project->project->name;
}

int64_t pr_month_event_end(const struct pr_report *report, const struct pr_event *event, bool is_carried)
{
	struct pr_event until = *event;
	int64_t lasted_ms;

	if (until.ended_at_ms == PR_TIME_MISSING)
		until.ended_at_ms = report->cutoff_ms;
	lasted_ms =
		pr_alarms_duration_ms(&report->method->alarms, &until, is_carried || event->ended_at_ms == PR_TIME_MISSING);
	return lasted_ms == PR_TIME_MISSING ? event->started_at_ms : event->started_at_ms + lasted_ms;
}

/* How many events were left out, by reason; how many are listed. */
static void add_excluded(
	struct pr_scope *scope, const struct pr_context *context, const struct pr_project_report *project)
{
	static const char *const reasons[] = {"test", "retired", "outside_validity", "implausible", "duplicate"};
	const struct pr_report *report = context->report;

	for (size_t r = 0; r < sizeof reasons / sizeof *reasons; r++) {
		const char *code = pr_arena_format(context->arena, "alarm.%s", reasons[r]);
		uint64_t count = 0;
		for (size_t i = 0; i < report->note_count; i++)
			if (strcmp(report->notes[i].code, code) == 0 && report->notes[i].project_id == project->project->id)
				count += report->notes[i].count;
		add_count(
			scope, context->arena, pr_arena_format(context->arena, "alarms.left_out.%s", reasons[r]), (size_t)count);
	}
}

/* The finding with the prefix that is ranked first; NULL where none is. */
static const struct pr_finding *first_ranked(const struct pr_project_report *project, const char *prefix)
{
	for (size_t i = 0; i < project->findings.count; i++)
		if (project->findings.items[i].rank == 1 && pr_text_starts(project->findings.items[i].id, prefix))
			return &project->findings.items[i];
	return NULL;
}

static void add_first(struct pr_scope *scope, const struct pr_context *context, const struct pr_project_report *project,
	const char *name, const struct pr_finding *first, const char *text)
{
	struct pr_value value = pr_value_missing();

	if (first)
		value = pr_project_value(context, project, first->id);
	add_text(scope, context->arena, pr_arena_format(context->arena, "alarms.%s.name", name), text);
	pr_scope_add(scope, context->arena, pr_arena_format(context->arena, "alarms.%s.count", name), value);
}

static void add_alarms(
	struct pr_scope *scope, const struct pr_context *context, const struct pr_project_report *project)
{
	static const char type_prefix[] = "alarms.type.", point_prefix[] = "alarms.point.";
	const struct pr_finding *type = first_ranked(project, type_prefix), *point = first_ranked(project, point_prefix);
	int64_t id = 0;

	add_first(
		scope, context, project, "type", type, type ? pr_alarm_name(context, type->id + sizeof type_prefix - 1) : NULL);
	if (point && !pr_text_to_int64(point->id + sizeof point_prefix - 1, &id))
		id = 0;
	add_first(scope, context, project, "point", point,
		id ? pr_subject_name(project->points, project->point_count, id) : NULL);
	add_excluded(scope, context, project);
	add_count(scope, context->arena, "alarms.listed", project->event_count);
	pr_month_add_alarm_days(scope, context, project);
}

/* --- why the bill changed, and health ---------------------------------------------------------------------------- */

/* The parts of the change by magnitude: "change.first.key", ".amount", and second. */
static void add_change(
	struct pr_scope *scope, const struct pr_context *context, const struct pr_project_report *project)
{
	static const char *const parts[] = {"days", "volume", "slots", "price", "demand", "power_factor"};
	static const char *const places[] = {"first", "second"};
	size_t taken = sizeof parts / sizeof *parts;

	for (size_t place = 0; place < sizeof places / sizeof *places; place++) {
		size_t best = sizeof parts / sizeof *parts;
		pr_micro most = 0;
		for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
			pr_micro value = micro_of(&project->findings, pr_arena_format(context->arena, "change.%s", parts[i]));
			pr_micro size = value == PR_MICRO_MISSING ? 0 : value < 0 ? -value : value;
			if (i == taken || size <= most)
				continue;
			most = size;
			best = i;
		}
		bool any = best < sizeof parts / sizeof *parts;
		pr_scope_add(scope, context->arena, pr_arena_format(context->arena, "change.%s.key", places[place]),
			pr_value_text(any ? pr_arena_format(context->arena, "change.part.%s", parts[best]) : NULL));
		pr_scope_add(scope, context->arena, pr_arena_format(context->arena, "change.%s.amount", places[place]),
			any ? pr_project_value(context, project, pr_arena_format(context->arena, "change.%s", parts[best]))
				: pr_value_missing());
		taken = best;
	}
}

static void add_health(
	struct pr_scope *scope, const struct pr_context *context, const struct pr_project_report *project)
{
	struct pr_arena *arena = context->arena;
	pr_micro least = PR_MICRO_MISSING;
	int weakest = -1;
	size_t measured = 0;

	for (int i = 0; i < PR_HEALTH_AXIS_COUNT; i++) {
		pr_micro score =
			micro_of(&project->findings, pr_arena_format(arena, "health.score.%s", pr_health_axis_names[i]));
		if (score == PR_MICRO_MISSING)
			continue;
		measured++;
		if (weakest >= 0 && score >= least)
			continue;
		least = score;
		weakest = i;
	}
	add_text(scope, arena, "health.weakest.axis", weakest >= 0 ? pr_health_axis_names[weakest] : NULL);
	pr_scope_add(scope, arena, "health.weakest.score",
		weakest >= 0 ? pr_project_value(
						   context, project, pr_arena_format(arena, "health.score.%s", pr_health_axis_names[weakest]))
					 : pr_value_missing());
	add_count(scope, arena, "health.axes", measured);
	pr_scope_add(scope, arena, "health.pass_score",
		context->report->method ? pr_value_number(pr_health_pass(&context->report->method->health), NULL)
								: pr_value_missing());
}

void pr_month_scope(const struct pr_context *context, struct pr_scope *scope)
{
	const struct pr_project_report *project = scope->project;

	add_quality(scope, context, project);
	add_sensors(scope, context, project);
	add_alarms(scope, context, project);
	add_change(scope, context, project);
	add_health(scope, context, project);
}
