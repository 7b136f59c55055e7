#include "analysis/load.h"

#include <math.h>

/* The rank-th value over the complete quarters, of which those above `floor` count (missing = all of them). */
static size_t collect(const struct pr_site *site, pr_micro above, pr_micro *values)
{
	size_t count = 0;
	for (size_t i = 0; i < site->window.count; i++) {
		pr_micro kw = pr_demand_kw(site->quarters[i].kwh);
		if (kw != PR_MICRO_MISSING && (above == PR_MICRO_MISSING || kw > above))
			values[count++] = kw;
	}
	pr_sort_micro(values, count);
	return count;
}

static pr_micro mean_of(const pr_micro *values, size_t count)
{
	pr_wide sum = 0;
	for (size_t i = 0; i < count; i++)
		sum += values[i];
	return pr_micro_ratio(sum, (pr_wide)count * PR_MICRO_ONE, 6);
}

/* The bucket of minutes that a quarter's start falls in; −1 = none. */
static int64_t bucket_at(const struct pr_minute_buckets *minutes, int64_t start_ms)
{
	if (!minutes || start_ms < minutes->from_ms || start_ms >= minutes->to_ms)
		return -1;
	return (start_ms - minutes->from_ms) / minutes->step_ms;
}

static const struct pr_bucket *field_at(const struct pr_minute_buckets *minutes, enum pr_minute_field field, int64_t at)
{
	const struct pr_bucket *buckets = minutes->fields[field].buckets;
	return buckets && buckets[at].count ? &buckets[at] : NULL;
}

/* Every measured current at rest (at least one measured). */
static bool currents_rest(const struct pr_load_rules *rules, const struct pr_point *point,
	const struct pr_minute_buckets *minutes, int64_t at)
{
	double limit = point->rated_current_a == PR_MICRO_MISSING
	                   ? rules->outage_current_a
	                   : rules->outage_current_share * pr_micro_to_double(point->rated_current_a);
	bool measured = false;
	for (int field = PR_IA; field <= PR_IC; field++) {
		const struct pr_bucket *bucket = field_at(minutes, (enum pr_minute_field)field, at);
		if (bucket && bucket->maximum > limit)
			return false;
		measured = measured || bucket;
	}
	return measured;
}

static bool voltage_gone(const struct pr_load_rules *rules, const struct pr_point *point,
	const struct pr_minute_buckets *minutes, int64_t at)
{
	bool line_to_line = point->wiring == PR_WIRING_3P3W;
	double limit = rules->outage_voltage_share * pr_micro_to_double(point->nominal_v);
	for (int field = line_to_line ? PR_UAB : PR_UA; field <= (int)(line_to_line ? PR_UCA : PR_UC); field++) {
		const struct pr_bucket *bucket = field_at(minutes, (enum pr_minute_field)field, at);
		if (bucket && bucket->minimum < limit)
			return true;
	}
	return false;
}

/* An outage is told from a low load by the minutes: every incomer that has some is without current or voltage. */
static bool is_outage(const struct pr_site *site, int64_t start_ms)
{
	const struct pr_load_rules *rules = &site->work->method->load;
	bool seen = false;
	for (size_t i = 0; i < site->incomer_count; i++) {
		const struct pr_point *point = site->incomers[i].point;
		const struct pr_minute_buckets *minutes = site->incomer_data[i]->minutes;
		int64_t at = bucket_at(minutes, start_ms);
		if (at < 0 || !minutes->samples[at])
			continue;
		if (!currents_rest(rules, point, minutes, at) && !voltage_gone(rules, point, minutes, at))
			return false;
		seen = true;
	}
	return seen;
}

static bool any_minutes(const struct pr_site *site)
{
	for (size_t i = 0; i < site->incomer_count; i++)
		if (site->incomer_data[i]->minutes && site->incomer_data[i]->has_minutes_in_month)
			return true;
	return false;
}

static void work_out_outages(const struct pr_site *site, struct pr_load *load)
{
	if (!any_minutes(site)) {
		pr_note_plain(site->work, "load.no_minutes", site->project->id, 0);
		return;
	}
	uint64_t quarters = 0;
	for (size_t i = 0; i < site->window.count; i++) {
		pr_micro kw = pr_demand_kw(site->quarters[i].kwh);
		if (kw != PR_MICRO_MISSING && kw <= load->threshold && is_outage(site, site->quarters[i].start_ms))
			quarters++;
	}
	load->outage_minutes = (pr_micro)quarters * 15 * PR_MICRO_ONE;
}

static void work_out_running(const struct pr_site *site, pr_micro *values, struct pr_load *load)
{
	size_t running = collect(site, load->threshold, values);
	load->running_minutes = (pr_micro)running * 15 * PR_MICRO_ONE;
	if (!running)
		return;
	load->min = values[0];
	load->base = pr_nearest_rank(values, running, site->work->method->load.base_rank);
	load->peak_valley = load->max - load->min;
	for (size_t i = 0; i < site->window.count; i++) {
		if (pr_demand_kw(site->quarters[i].kwh) == load->min) {
			load->min_quarter = i;
			break;
		}
	}
}

void pr_load_work_out(const struct pr_site *site, const struct pr_demand *demand, struct pr_load *load)
{
	const struct pr_load_rules *rules = &site->work->method->load;
	*load = (struct pr_load){demand->kw, PR_MICRO_MISSING, PR_MICRO_MISSING, PR_MICRO_MISSING, PR_MICRO_MISSING,
		PR_MICRO_MISSING, 0, PR_MICRO_MISSING, PR_MICRO_MISSING, PR_MICRO_MISSING};
	pr_micro *values = pr_arena_array(site->work->arena, site->window.count, sizeof *values);
	size_t count = collect(site, PR_MICRO_MISSING, values);
	if (!count)
		return;
	load->mean = mean_of(values, count);
	if (demand->kw > 0)
		load->rate = pr_micro_ratio(load->mean, demand->kw, 6);
	pr_micro high = pr_nearest_rank(values, count, rules->running_rank);
	load->threshold = pr_wide_round(pr_wide_product(pr_micro_from_double(rules->running_share), high), 6);
	work_out_running(site, values, load);
	work_out_outages(site, load);
}

void pr_load_publish(const struct pr_site *site, const struct pr_demand *demand, const struct pr_load *load,
	struct pr_findings *findings)
{
	struct pr_arena *arena = site->work->arena;
	pr_micro coverage = pr_site_coverage(site);
	const struct {
		const char *id, *unit;
		pr_micro value;
		int digits;
	} rows[] = {
		{"load.max", "kW", load->max, PR_PRECISION_QUANTITY},
		{"load.min", "kW", load->min, PR_PRECISION_QUANTITY},
		{"load.mean", "kW", load->mean, PR_PRECISION_QUANTITY},
		{"load.base", "kW", load->base, PR_PRECISION_QUANTITY},
		{"load.peak_valley", "kW", load->peak_valley, PR_PRECISION_QUANTITY},
		{"load.rate", "1", load->rate, PR_PRECISION_RATIO},
		{"load.running_minutes", "min", load->running_minutes, PR_PRECISION_QUANTITY},
		{"load.outage_minutes", "min", load->outage_minutes, PR_PRECISION_QUANTITY},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pr_finding *finding =
			pr_findings_set(findings, arena, rows[i].id, rows[i].value, rows[i].unit, rows[i].digits);
		finding->coverage = coverage;
	}
	pr_findings_edit(findings, "load.max")->at_ms = demand->at_ms;
	if (load->min != PR_MICRO_MISSING)
		pr_findings_edit(findings, "load.min")->at_ms = site->quarters[load->min_quarter].start_ms;
}

enum pr_role pr_load_role(const struct pr_site *site, int64_t transformer_id)
{
	for (size_t i = 0; i < site->project->point_count; i++) {
		const struct pr_point *point = &site->project->points[i];
		if (point->transformer_id == transformer_id && point->role == PR_ROLE_INCOMER &&
			pr_valid_within(&point->validity, site->window.from_ms, site->window.to_ms))
			return PR_ROLE_INCOMER;
	}
	return PR_ROLE_FEEDER;
}

bool pr_load_power_at(const struct pr_site *site, const struct pr_settled *points, int64_t transformer_id,
	enum pr_role role, size_t index, double *active, double *reactive)
{
	bool any = false;
	*active = *reactive = 0;
	for (size_t i = 0; i < site->project->point_count; i++) {
		const struct pr_point *point = &site->project->points[i];
		if (point->transformer_id != transformer_id || point->role != role || !points[i].count)
			continue;
		const struct pr_settled_quarter *cell = &points[i].quarters[index];
		if (!cell->expected)
			continue;
		bool lead_lacks = points[i].lead_ever && cell->kvarh_lead == PR_MICRO_MISSING;
		if (cell->kwh == PR_MICRO_MISSING || cell->kvarh_lag == PR_MICRO_MISSING || lead_lacks)
			return false;
		double lead = points[i].lead_ever ? fabs(pr_micro_to_double(cell->kvarh_lead)) : 0;
		*active += pr_micro_to_double(cell->kwh) * 4;
		*reactive += (pr_micro_to_double(cell->kvarh_lag) - lead) * 4;
		any = true;
	}
	return any;
}

void pr_load_transformer(const struct pr_site *site, const struct pr_transformer *transformer,
	const struct pr_settled *points, struct pr_findings *findings)
{
	enum pr_role role = pr_load_role(site, transformer->id);
	double sum = 0, largest = NAN, kva = pr_micro_to_double(transformer->rated_kva);
	int64_t largest_at_ms = PR_TIME_MISSING;
	uint64_t count = 0, expected = 0;
	const struct pr_validity service = pr_settle_service(&site->work->dataset->directory->tenant, site->project);
	for (size_t i = 0; i < site->window.count; i++) {
		int64_t start_ms = site->window.quarters[i].start_ms;
		double active, reactive;
		if (!pr_valid_at(&transformer->validity, start_ms) || !pr_valid_at(&service, start_ms))
			continue;
		expected++;
		if (!(kva > 0) || !pr_load_power_at(site, points, transformer->id, role, i, &active, &reactive))
			continue;
		double beta = sqrt(active * active + reactive * reactive) / kva;
		sum += beta;
		count++;
		if (isnan(largest) || beta > largest) {
			largest = beta;
			largest_at_ms = start_ms;
		}
	}
	struct pr_arena *arena = site->work->arena;
	struct pr_finding *mean = pr_findings_set_double(
		findings, arena, "load.beta.mean", count ? sum / (double)count : (double)NAN, "1", PR_PRECISION_RATIO);
	mean->coverage = pr_coverage(count, expected);
	struct pr_finding *max = pr_findings_set_double(findings, arena, "load.beta.max", largest, "1", PR_PRECISION_RATIO);
	max->coverage = pr_coverage(count, expected);
	max->at_ms = largest_at_ms;
	if (count || !site->energy || site->energy == PR_MICRO_MISSING)
		return;
	struct pr_note note = pr_note_make("load.no_reactive", site->project->id, 0);
	note.detail = transformer->name;
	pr_note_add(site->work, &note);
}

static bool is_measured(const struct pr_site *site, int64_t transformer_id, enum pr_role role)
{
	for (size_t i = 0; i < site->project->point_count; i++) {
		const struct pr_point *point = &site->project->points[i];
		if (point->transformer_id == transformer_id && point->role == role &&
			pr_valid_within(&point->validity, site->window.from_ms, site->window.to_ms))
			return true;
	}
	return false;
}

struct pr_load_apparent *pr_load_apparent(const struct pr_site *site, const struct pr_settled *points)
{
	struct pr_load_apparent *apparent = pr_arena_array(site->work->arena, site->window.count, sizeof *apparent);
	for (size_t k = 0; k < site->project->transformer_count; k++) {
		const struct pr_transformer *transformer = &site->project->transformers[k];
		enum pr_role role = pr_load_role(site, transformer->id);
		double kva = pr_micro_to_double(transformer->rated_kva);
		if (!(kva > 0) || !is_measured(site, transformer->id, role))
			continue;
		for (size_t i = 0; i < site->window.count; i++) {
			double active, reactive;
			if (!pr_valid_at(&transformer->validity, site->window.quarters[i].start_ms))
				continue;
			apparent[i].rated_kva += kva;
			apparent[i].kva += pr_load_power_at(site, points, transformer->id, role, i, &active, &reactive)
			                       ? sqrt(active * active + reactive * reactive)
			                       : (double)NAN;
		}
	}
	return apparent;
}

/* Means of the largest phase's current and its maximum, over the buckets of the month. */
static void largest_currents(const struct pr_minute_buckets *minutes, double *mean, double *maximum, int64_t *at_ms)
{
	double sum = 0;
	uint64_t count = 0;
	*mean = *maximum = NAN;
	*at_ms = PR_TIME_MISSING;
	for (size_t i = 0; i < minutes->count; i++) {
		double mean_here = NAN;
		for (int field = PR_IA; field <= PR_IC; field++) {
			const struct pr_bucket *bucket = field_at(minutes, (enum pr_minute_field)field, (int64_t)i);
			if (!bucket)
				continue;
			mean_here = fmax(mean_here, bucket->sum / bucket->count);
			if (isnan(*maximum) || bucket->maximum > *maximum) {
				*maximum = bucket->maximum;
				*at_ms = minutes->from_ms + (int64_t)i * minutes->step_ms;
			}
		}
		if (isnan(mean_here))
			continue;
		sum += mean_here;
		count++;
	}
	if (count)
		*mean = sum / (double)count;
}

void pr_load_point_current(const struct pr_site *site, const struct pr_point *point, const struct pr_point_data *data,
	struct pr_findings *findings)
{
	if (point->transformer_id)
		return;
	double rated = pr_micro_to_double(point->rated_current_a);
	if (!(rated > 0)) {
		if (point->role == PR_ROLE_INCOMER)
			pr_note_plain(site->work, "load.no_rating", site->project->id, point->id);
		return;
	}
	if (!data->minutes || !data->has_minutes_in_month)
		return;
	double mean, maximum;
	int64_t at_ms;
	largest_currents(data->minutes, &mean, &maximum, &at_ms);
	struct pr_arena *arena = site->work->arena;
	pr_findings_set_double(findings, arena, "load.beta.mean", mean / rated, "1", PR_PRECISION_RATIO);
	pr_findings_set_double(findings, arena, "load.beta.max", maximum / rated, "1", PR_PRECISION_RATIO)->at_ms = at_ms;
}
