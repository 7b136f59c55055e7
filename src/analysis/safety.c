#include "analysis/safety.h"

#include <math.h>

#include "analysis/series.h"

enum { WARN, ALARM };

/* A sensor's month in figures. */
struct month {
	uint64_t count;
	double minimum, maximum, mean; /* NaN = no reading */
	uint64_t quarters;             /* that hold a reading */
	int64_t maximum_ms;
	uint64_t above[PR_SENSOR_LIMITS];
};

static struct month sum_up(const struct pr_minute_buckets *buckets)
{
	struct month month = {.minimum = NAN, .maximum = NAN, .mean = NAN, .maximum_ms = PR_TIME_MISSING};
	double sum = 0;
	for (size_t i = 0; buckets && i < buckets->count; i++) {
		const struct pr_bucket *bucket = &buckets->fields[0].buckets[i];
		if (!bucket->count)
			continue;
		month.count += bucket->count;
		month.quarters++;
		month.minimum = fmin(month.minimum, bucket->minimum);
		month.maximum = fmax(month.maximum, bucket->maximum);
		sum += bucket->sum;
	}
	if (!month.count)
		return month;
	month.mean = sum / (double)month.count;
	month.maximum_ms = buckets->fields[0].maximum_ms;
	for (int i = 0; i < PR_SENSOR_LIMITS; i++)
		month.above[i] = buckets->fields[0].above[i];
	return month;
}

/* Of the quarters that begin in the sensor's validity and the tenant's service, those that hold a reading. */
static pr_micro coverage_of(
	const struct pr_site *site, const struct pr_sensor *sensor, const struct pr_minute_buckets *buckets)
{
	const struct pr_validity service = pr_settle_service(site->work->report->tenant, site->project);
	uint64_t expected = 0, measured = 0;
	for (size_t i = 0; i < site->window.count; i++) {
		int64_t start_ms = site->window.quarters[i].start_ms;
		if (!pr_valid_at(&sensor->validity, start_ms) || !pr_valid_at(&service, start_ms))
			continue;
		expected++;
		measured += buckets && i < buckets->count && buckets->fields[0].buckets[i].count > 0;
	}
	return pr_coverage(measured, expected);
}

static void add_line(const struct pr_site *site, const struct pr_minute_buckets *buckets, const char *id,
	const char *unit, int64_t start_ms, size_t count, struct pr_project_report *report)
{
	double *values = pr_series_add(site->work->arena, report, id, unit, "PT15M", start_ms, count);
	for (size_t i = 0; buckets && i < buckets->count && i < count; i++) {
		const struct pr_bucket *bucket = &buckets->fields[0].buckets[i];
		if (bucket->count)
			values[i] = bucket->sum / bucket->count;
	}
}

static void note_sensor(const struct pr_site *site, const struct pr_sensor *sensor, const char *code, uint64_t count,
	int64_t first_ms, int64_t last_ms)
{
	struct pr_note note = pr_note_make(code, site->project->id, 0);
	note.sensor_id = sensor->id;
	note.count = count;
	note.first_ms = first_ms;
	note.last_ms = last_ms;
	pr_note_add(site->work, &note);
}

static void compare(struct pr_finding *finding, double base)
{
	pr_micro before = pr_micro_round(pr_micro_from_double(base), finding->digits);
	finding->new_month = before == PR_MICRO_MISSING && finding->value != PR_MICRO_MISSING;
	finding->base_month = before;
	if (finding->value != PR_MICRO_MISSING && before != PR_MICRO_MISSING && before > 0)
		finding->change_month = pr_micro_ratio((pr_wide)finding->value - before, before, PR_PRECISION_RATIO);
}

/* Share of the readings above a limit × quarters that hold one × 15. */
static pr_micro minutes_above(const struct month *month, int limit)
{
	if (!month->count)
		return PR_MICRO_MISSING;
	return pr_micro_ratio(
		(pr_wide)month->above[limit] * (pr_wide)month->quarters * 15, (pr_wide)month->count, PR_PRECISION_QUANTITY);
}

static void publish_limits(const struct pr_site *site, const struct pr_sensor *sensor, const struct month *month,
	struct pr_findings *findings, struct pr_safety *safety)
{
	static const char *const ids[] = {[WARN] = "safety.warn_minutes", [ALARM] = "safety.alarm_minutes"};
	struct pr_arena *arena = site->work->arena;
	double limits[PR_SENSOR_LIMITS];
	const char *sources[PR_SENSOR_LIMITS];
	pr_safety_limits(&site->work->method->safety, sensor, limits, sources);
	bool is_ambient = sensor->kind == PR_SENSOR_AMBIENT;
	for (int i = 0; i < PR_SENSOR_LIMITS; i++) {
		if (is_ambient && isnan(limits[i]))
			continue;
		struct pr_finding *finding = pr_findings_set(findings, arena, ids[i],
			isnan(limits[i]) ? PR_MICRO_MISSING : minutes_above(month, i), "min", PR_PRECISION_QUANTITY);
		finding->limit = pr_micro_from_double(limits[i]);
		finding->source = sources[i];
	}
	if (is_ambient)
		return;
	struct pr_finding *margin = pr_findings_set_double(findings, arena, "safety.margin",
		limits[ALARM] > 0 ? (limits[ALARM] - month->maximum) / limits[ALARM] : (double)NAN, "1", PR_PRECISION_RATIO);
	struct pr_finding *maximum = pr_findings_edit(findings, "safety.max");
	margin->limit = maximum->limit = pr_micro_from_double(limits[ALARM]);
	margin->source = maximum->source = sources[ALARM];
	if (!month->count || isnan(limits[ALARM]))
		return;
	safety->measured++;
	safety->over_limit += month->above[ALARM] > 0;
	safety->samples += month->count;
	safety->over += month->above[ALARM];
}

static void publish_sensor(const struct pr_site *site, const struct pr_sensor *sensor,
	const struct pr_sensor_data *data, struct pr_project_report *report, struct pr_findings *findings,
	struct pr_safety *safety)
{
	struct pr_arena *arena = site->work->arena;
	const char *unit = sensor->kind == PR_SENSOR_RESIDUAL ? "mA" : "°C";
	const struct month month = sum_up(data->month), before = sum_up(data->before);
	pr_findings_set_double(findings, arena, "safety.min", month.minimum, unit, PR_PRECISION_QUANTITY);
	compare(
		pr_findings_set_double(findings, arena, "safety.mean", month.mean, unit, PR_PRECISION_QUANTITY), before.mean);
	struct pr_finding *maximum =
		pr_findings_set_double(findings, arena, "safety.max", month.maximum, unit, PR_PRECISION_QUANTITY);
	maximum->at_ms = month.maximum_ms;
	compare(maximum, before.maximum);
	publish_limits(site, sensor, &month, findings, safety);
	pr_micro coverage = coverage_of(site, sensor, data->month);
	for (size_t i = 0; i < findings->count; i++)
		findings->items[i].coverage = coverage;
	if (month.count) {
		int64_t from_ms, to_ms;
		pr_zone_month(site->project->zone, pr_month_add(site->work->dataset->month, -1), &from_ms, &to_ms);
		add_line(site, data->month, pr_arena_format(arena, "sensor.%lld", (long long)sensor->id), unit,
			site->window.from_ms, site->window.count, report);
		if (before.count)
			add_line(site, data->before, pr_arena_format(arena, ".sensor.%lld.before", (long long)sensor->id), unit,
				from_ms, (size_t)((to_ms - from_ms) / PR_MS_QUARTER), report);
	} else if (data->month) {
		note_sensor(site, sensor, "sensor.silent", 0, PR_TIME_MISSING, PR_TIME_MISSING);
	}
	const struct pr_bucket_field *values = data->month ? &data->month->fields[0] : NULL;
	if (values && values->implausible_count)
		note_sensor(site, sensor, "sensor.implausible", values->implausible_count, values->implausible_first_ms,
			values->implausible_last_ms);
}

/* By margin, smallest first; of equals the first in the list. */
static void rank_sensors(struct pr_project_report *report)
{
	for (size_t i = 0; i < report->sensor_count; i++) {
		struct pr_finding *margin = pr_findings_edit(&report->sensors[i].findings, "safety.margin");
		if (!margin || margin->value == PR_MICRO_MISSING)
			continue;
		margin->rank = 1;
		for (size_t k = 0; k < report->sensor_count; k++) {
			const struct pr_finding *other = pr_findings_get(&report->sensors[k].findings, "safety.margin");
			if (k != i && other && other->value != PR_MICRO_MISSING)
				margin->rank += other->value < margin->value || (other->value == margin->value && k < i);
		}
	}
}

void pr_safety_count(struct pr_arena *arena, const struct pr_safety *safety, struct pr_findings *findings)
{
	pr_findings_set(findings, arena, "safety.over_limit_sensors",
		safety->measured ? (pr_micro)safety->over_limit * PR_MICRO_ONE : PR_MICRO_MISSING, "1", PR_PRECISION_COUNT);
}

/* Those that are held to an alarm limit alone. */
static void note_without_warning(const struct pr_site *site, const struct pr_project_report *report)
{
	struct pr_note note = pr_note_make("sensor.no_warn_limit", site->project->id, 0);

	for (size_t i = 0; i < report->sensor_count; i++) {
		const struct pr_finding *minutes = pr_findings_get(&report->sensors[i].findings, "safety.warn_minutes");
		note.count += minutes && minutes->limit == PR_MICRO_MISSING;
	}
	if (note.count > 0)
		pr_note_add(site->work, &note);
}

void pr_safety_publish(const struct pr_site *site, struct pr_project_report *report, struct pr_safety *safety)
{
	*safety = (struct pr_safety){0};
	for (size_t i = 0; i < report->sensor_count; i++) {
		const struct pr_sensor *sensor = report->sensors[i].model;
		publish_sensor(site, sensor, &site->data->sensors[sensor - site->project->sensors], report,
			&report->sensors[i].findings, safety);
	}
	if (!report->sensor_count)
		pr_note_plain(site->work, "sensor.none", site->project->id, 0);
	note_without_warning(site, report);
	rank_sensors(report);
	pr_safety_count(site->work->arena, safety, &report->findings);
}
