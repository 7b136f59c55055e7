#include "analysis/platform.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/platform_times.h"
#include "analysis/portfolio.h"
#include "base/text.h"

const char *const pr_platform_ranking_names[PR_RANKING_COUNT] = {"health_low", "health_high", "coverage_low",
	"energy_high", "price_high", "price_low", "rise", "fall", "alarms_high", "surveyed"};
const char *const pr_platform_coverage_names[PR_COVERAGE_BINS] = {
	"complete", "high", "enough", "low", "poor", "none", "unknown"};

void pr_platform_init(
	struct pr_platform *platform, const struct pr_method *method, struct pr_month month, struct pr_arena *arena)
{
	const struct pr_platform_rules *rules = &method->platform;
	*platform = (struct pr_platform){.method = method,
		.month = month,
		.arena = arena,
		.earliest_ms = PR_TIME_MISSING,
		.latest_ms = PR_TIME_MISSING,
		.has_ingest_times = true,
		.survey_count = rules->survey_code_count};
	pr_totals_init(&platform->totals);
	platform->times = pr_platform_times_new(&method->alarms, arena);
	for (size_t i = 0; i < rules->survey_code_count && i < PR_PLATFORM_CODES; i++)
		platform->survey[i].code = rules->survey_codes[i];
}

/* --- rankings ----------------------------------------------------------------------------------------------------- */

static const struct {
	bool low; /* the least leads */
	size_t room;
} rankings[PR_RANKING_COUNT] = {
	[PR_RANKING_HEALTH_LOW] = {true, PR_PLATFORM_RANKED},
	[PR_RANKING_HEALTH_HIGH] = {false, PR_PLATFORM_RANKED},
	[PR_RANKING_COVERAGE_LOW] = {true, PR_PLATFORM_RANKED},
	[PR_RANKING_ENERGY_HIGH] = {false, PR_PLATFORM_RANKED},
	[PR_RANKING_PRICE_HIGH] = {false, PR_PLATFORM_RANKED},
	[PR_RANKING_PRICE_LOW] = {true, PR_PLATFORM_RANKED},
	[PR_RANKING_RISE] = {false, PR_PLATFORM_RANKED},
	[PR_RANKING_FALL] = {true, PR_PLATFORM_RANKED},
	[PR_RANKING_ALARMS_HIGH] = {false, PR_PLATFORM_RANKED},
	[PR_RANKING_SURVEY] = {false, PR_PLATFORM_SURVEYED},
};

/* Of equals the smaller id leads. */
static bool leads(
	enum pr_platform_ranking ranking, const struct pr_platform_ranked *a, const struct pr_platform_ranked *b)
{
	if (a->key != b->key)
		return (a->key < b->key) == rankings[ranking].low;
	return a->project_id < b->project_id;
}

static void rank(struct pr_platform *platform, enum pr_platform_ranking ranking, pr_micro key, int64_t project_id)
{
	struct pr_platform_list *list = &platform->lists[ranking];
	struct pr_platform_ranked item = {key, project_id};
	size_t at = list->count;
	if (key == PR_MICRO_MISSING)
		return;
	list->candidates++;
	if (list->count == rankings[ranking].room) {
		if (!leads(ranking, &item, &list->items[at - 1]))
			return;
		at--;
	} else {
		list->count++;
	}
	for (; at > 0 && leads(ranking, &item, &list->items[at - 1]); at--)
		list->items[at] = list->items[at - 1];
	list->items[at] = item;
}

static const struct pr_finding *finding_of(const struct pr_summary *summary, const char *id)
{
	return pr_findings_get(&summary->findings, id);
}

static pr_micro value_of(const struct pr_summary *summary, const char *id)
{
	const struct pr_finding *finding = finding_of(summary, id);
	return finding ? finding->value : PR_MICRO_MISSING;
}

static pr_micro above_zero(uint64_t count)
{
	return count > 0 ? (pr_micro)count * PR_MICRO_ONE : PR_MICRO_MISSING;
}

static void rank_project(struct pr_platform *platform, const struct pr_summary *summary)
{
	const struct pr_finding *energy = finding_of(summary, "energy.total");
	pr_micro change = energy ? energy->change_month : PR_MICRO_MISSING;
	pr_micro health = value_of(summary, "health.index"), price = value_of(summary, "bill.price");
	uint64_t before;
	int64_t id = summary->project_id;
	rank(platform, PR_RANKING_HEALTH_LOW, health, id);
	rank(platform, PR_RANKING_HEALTH_HIGH, health, id);
	if (pr_below_gate(platform->method, summary->cover.measured, summary->cover.expected))
		rank(platform, PR_RANKING_COVERAGE_LOW, value_of(summary, "coverage.rate"), id);
	rank(platform, PR_RANKING_ENERGY_HIGH, energy ? energy->value : PR_MICRO_MISSING, id);
	rank(platform, PR_RANKING_PRICE_HIGH, price, id);
	rank(platform, PR_RANKING_PRICE_LOW, price, id);
	rank(platform, PR_RANKING_RISE, change > 0 ? change : PR_MICRO_MISSING, id);
	rank(platform, PR_RANKING_FALL, change < 0 ? change : PR_MICRO_MISSING, id);
	rank(platform, PR_RANKING_ALARMS_HIGH, above_zero(summary->condition.alarms.total), id);
	rank(platform, PR_RANKING_SURVEY, above_zero(pr_platform_surveyed(platform, summary, &before)), id);
}

/* --- distributions ------------------------------------------------------------------------------------------------ */

static size_t coverage_bin(const struct pr_method *method, const struct pr_cover *cover)
{
	double share = cover->expected ? (double)cover->measured / (double)cover->expected : 0;
	if (!cover->expected)
		return 6;
	if (cover->measured == cover->expected)
		return 0;
	if (!cover->measured)
		return 5;
	if (pr_below_gate(method, cover->measured, cover->expected))
		return share < method->platform.coverage_poor ? 4 : 3;
	return share >= method->platform.coverage_high ? 1 : 2;
}

static void distribute(struct pr_platform *platform, const struct pr_summary *summary)
{
	pr_micro index = summary->condition.health.index;
	platform->coverage[coverage_bin(platform->method, &summary->cover)]++;
	platform->grades[pr_health_grade_of(&platform->method->health, index)]++;
	if (index != PR_MICRO_MISSING) {
		pr_micro bin = index / (10 * PR_MICRO_ONE);
		platform->index_bins[bin < 0 ? 0 : bin >= PR_INDEX_BINS ? PR_INDEX_BINS - 1 : bin]++;
	} else if (platform->unindexed_count < PR_PLATFORM_NAMES) {
		platform->unindexed[platform->unindexed_count++] = pr_arena_copy(platform->arena, summary->project_name);
	}
}

/* --- alarms ------------------------------------------------------------------------------------------------------- */

static void add_count(struct pr_platform *platform, const struct pr_alarm_count *from)
{
	struct pr_alarms *alarms = &platform->alarms;
	size_t i = 0;
	while (i < alarms->count_count && !pr_text_equal(alarms->counts[i].id, from->id))
		i++;
	if (i == alarms->count_count)
		*PR_PUSH(platform->arena, alarms->counts, alarms->count_count, alarms->count_capacity) =
			(struct pr_alarm_count){.id = pr_arena_copy(platform->arena, from->id), .order = from->order};
	alarms->counts[i].now += from->now;
	alarms->counts[i].before += from->before;
}

static void add_alarms(struct pr_platform *platform, const struct pr_alarms *from)
{
	struct pr_alarms *alarms = &platform->alarms;
	for (size_t i = 0; i < from->count_count; i++)
		add_count(platform, &from->counts[i]);
	alarms->total += from->total;
	alarms->open += from->open;
	alarms->carried += from->carried;
	alarms->excluded += from->excluded;
	alarms->critical += from->critical;
	alarms->closed_in_time += from->closed_in_time;
	pr_platform_times_add(platform->times, from);
}

static void add_types(struct pr_platform *platform, const struct pr_summary *summary)
{
	for (size_t i = 0; i < summary->type_count; i++) {
		const struct pr_alarm_type *from = &summary->types[i];
		size_t k = 0;
		while (k < platform->type_count && !pr_text_equal(platform->types[k].code, from->code))
			k++;
		if (k == platform->type_count)
			*PR_PUSH(platform->arena, platform->types, platform->type_count, platform->type_capacity) =
				(struct pr_alarm_type){pr_arena_copy(platform->arena, from->code),
					pr_arena_copy(platform->arena, from->name_zh), pr_arena_copy(platform->arena, from->name_en),
					pr_arena_copy(platform->arena, from->category), from->retired};
	}
}

/* How often an alarm of the code began, now and in the month before. */
static uint64_t count_of(const struct pr_alarms *alarms, const char *code, uint64_t *before)
{
	static const char prefix[] = "alarms.type.";
	for (size_t i = 0; i < alarms->count_count; i++) {
		const struct pr_alarm_count *count = &alarms->counts[i];
		if (!pr_text_starts(count->id, prefix) || !pr_text_equal(count->id + sizeof prefix - 1, code))
			continue;
		*before = count->before;
		return count->now;
	}
	*before = 0;
	return 0;
}

uint64_t pr_platform_surveyed(const struct pr_platform *platform, const struct pr_summary *summary, uint64_t *before)
{
	uint64_t now = 0;
	*before = 0;
	for (size_t i = 0; i < platform->survey_count; i++) {
		uint64_t of_code;
		now += count_of(&summary->condition.alarms, platform->survey[i].code, &of_code);
		*before += of_code;
	}
	return now;
}

static void survey(struct pr_platform *platform, const struct pr_summary *summary)
{
	bool any = false;
	for (size_t i = 0; i < platform->survey_count; i++) {
		struct pr_platform_survey *of = &platform->survey[i];
		uint64_t before, now = count_of(&summary->condition.alarms, of->code, &before);
		of->now += now;
		of->before += before;
		of->projects += now > 0;
		any = any || now > 0;
	}
	platform->survey_projects += any;
}

static struct pr_platform_customer *customer_of(struct pr_platform *platform, int64_t id)
{
	size_t low = 0, high = platform->customer_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (platform->customers[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < platform->customer_count && platform->customers[low].id == id)
		return &platform->customers[low];
	(void)PR_PUSH(platform->arena, platform->customers, platform->customer_count, platform->customer_capacity);
	memmove(&platform->customers[low + 1], &platform->customers[low],
		(platform->customer_count - 1 - low) * sizeof *platform->customers);
	platform->customers[low] = (struct pr_platform_customer){.id = id};
	return &platform->customers[low];
}

static void add_customer(struct pr_platform *platform, const struct pr_summary *summary)
{
	struct pr_platform_customer *customer = customer_of(platform, summary->tenant_id);
	const struct pr_alarms *alarms = &summary->condition.alarms;
	if (!customer->projects || summary->project_id < customer->project_id)
		customer->project_id = summary->project_id;
	customer->projects++;
	customer->alarms += alarms->total;
	customer->critical += alarms->critical;
	customer->open += alarms->open;
	for (size_t i = 0; i < alarms->count_count; i++)
		if (pr_text_equal(alarms->counts[i].id, "alarms.total"))
			customer->alarms_before += alarms->counts[i].before;
}

/* --- problems ----------------------------------------------------------------------------------------------------- */

static bool is_worse(const struct pr_platform_problem *a, const struct pr_platform_problem *b)
{
	if (a->count != b->count)
		return a->count > b->count;
	return a->project_id != b->project_id ? a->project_id < b->project_id : a->index < b->index;
}

static void keep_problem(struct pr_platform_problems *of, struct pr_platform_problem problem)
{
	size_t at = of->worst_count;
	if (of->worst_count == PR_PLATFORM_PROBLEMS) {
		if (!is_worse(&problem, &of->worst[at - 1]))
			return;
		at--;
	} else {
		of->worst_count++;
	}
	for (; at > 0 && is_worse(&problem, &of->worst[at - 1]); at--)
		of->worst[at] = of->worst[at - 1];
	of->worst[at] = problem;
}

static void add_problems(struct pr_platform *platform, const struct pr_summary *summary)
{
	bool has[PR_PROBLEM_KIND_COUNT] = {false};
	for (size_t i = 0; i < summary->problem_count; i++) {
		enum pr_problem_kind kind = pr_problem_kind_of(summary->problems[i].code);
		if (kind == PR_PROBLEM_KIND_COUNT)
			continue;
		struct pr_platform_problems *of = &platform->problems[kind];
		of->projects += !has[kind];
		of->subjects++;
		has[kind] = true;
		keep_problem(of, (struct pr_platform_problem){summary->project_id, i, summary->problems[i].count});
	}
}

/* --- adding ------------------------------------------------------------------------------------------------------- */

static void add_attention(struct pr_platform *platform, const struct pr_summary *summary)
{
	static const char *const ids[] = {"attention.coverage", "attention.grade", "attention.demand",
		"attention.power_factor", "attention.alarms", "attention.sensors", "attention.projects"};
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
		platform->attention[i] += value_of(summary, ids[i]) == PR_MICRO_ONE;
}

static void add_cutoff(struct pr_platform *platform, int64_t cutoff_ms)
{
	if (platform->earliest_ms == PR_TIME_MISSING || cutoff_ms < platform->earliest_ms)
		platform->earliest_ms = cutoff_ms;
	if (platform->latest_ms == PR_TIME_MISSING || cutoff_ms > platform->latest_ms)
		platform->latest_ms = cutoff_ms;
}

void pr_platform_add(struct pr_platform *platform, const struct pr_summary *summary)
{
	const struct pr_project_bases bases = pr_summary_bases(summary);
	const struct pr_safety *safety = &summary->condition.safety;
	platform->projects++;
	platform->of_minutes += summary->cover.of_minutes;
	platform->without_customer += summary->tenant_id == platform->operator_id;
	platform->without_tariff += !summary->currency;
	platform->without_rows += !summary->has_rows;
	platform->has_ingest_times = platform->has_ingest_times && summary->has_ingest_times;
	if (summary->price_digits > platform->price_digits)
		platform->price_digits = summary->price_digits;
	pr_totals_add(&platform->totals, platform->arena, &bases);
	platform->safety.samples += safety->samples;
	platform->safety.over += safety->over;
	platform->safety.measured += safety->measured;
	platform->safety.over_limit += safety->over_limit;
	pr_health_sum_add(&platform->health, &summary->condition.health);
	add_alarms(platform, &summary->condition.alarms);
	add_types(platform, summary);
	add_customer(platform, summary);
	add_attention(platform, summary);
	add_cutoff(platform, summary->cutoff_ms);
	distribute(platform, summary);
	survey(platform, summary);
	rank_project(platform, summary);
	add_problems(platform, summary);
}

/* The most alarms first; of equals the smaller id. */
static int compare_customers(const void *left, const void *right)
{
	const struct pr_platform_customer *a = left, *b = right;
	if (a->alarms != b->alarms)
		return a->alarms > b->alarms ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

static int compare_types(const void *left, const void *right)
{
	return strcmp(((const struct pr_alarm_type *)left)->code, ((const struct pr_alarm_type *)right)->code);
}

void pr_platform_rank(struct pr_platform *platform)
{
	if (platform->type_count > 1)
		qsort(platform->types, platform->type_count, sizeof *platform->types, compare_types);
	platform->all_customers = platform->customer_count;
	if (platform->customer_count > 1)
		qsort(platform->customers, platform->customer_count, sizeof *platform->customers, compare_customers);
	if (platform->customer_count > PR_PLATFORM_CUSTOMERS)
		platform->customer_count = PR_PLATFORM_CUSTOMERS;
	while (platform->customer_count > 0 && platform->customers[platform->customer_count - 1].alarms == 0)
		platform->customer_count--;
	if (platform->totals.currency_count != 1)
		platform->lists[PR_RANKING_PRICE_HIGH].count = platform->lists[PR_RANKING_PRICE_LOW].count = 0;
	pr_platform_times_rank(platform->times);
}

/* --- what is shown ------------------------------------------------------------------------------------------------ */

bool pr_platform_wants(const struct pr_platform *platform, int64_t project_id)
{
	for (size_t r = 0; r < PR_RANKING_COUNT; r++)
		for (size_t i = 0; i < platform->lists[r].count; i++)
			if (platform->lists[r].items[i].project_id == project_id)
				return true;
	for (size_t k = 0; k < PR_PROBLEM_KIND_COUNT; k++)
		for (size_t i = 0; i < platform->problems[k].worst_count; i++)
			if (platform->problems[k].worst[i].project_id == project_id)
				return true;
	for (size_t i = 0; i < platform->customer_count; i++)
		if (platform->customers[i].project_id == project_id)
			return true;
	return false;
}

void pr_platform_show(struct pr_platform *platform, const struct pr_summary *summary)
{
	pr_platform_times_refine(platform->times, &summary->condition.alarms);
	if (!pr_platform_wants(platform, summary->project_id))
		return;
	struct pr_platform_shown *shown =
		PR_PUSH(platform->arena, platform->shown, platform->shown_count, platform->shown_capacity);
	shown->summary = *summary;
	pr_summary_project(summary, platform->arena, &shown->report);
}

const struct pr_platform_shown *pr_platform_shown_of(const struct pr_platform *platform, int64_t project_id)
{
	for (size_t i = 0; i < platform->shown_count; i++)
		if (platform->shown[i].summary.project_id == project_id)
			return &platform->shown[i];
	return NULL;
}

void pr_platform_miss(struct pr_platform *platform, const struct pr_platform_missing *missing)
{
	platform->missing_count += !missing->older;
	platform->older_count += missing->older;
	if (platform->missing_named < PR_PLATFORM_MISSING)
		platform->missing[platform->missing_named++] = *missing;
}
