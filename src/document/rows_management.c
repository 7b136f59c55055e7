/* Rows of a tenant with several projects: side by side, by what they contribute, what to do first, alarms by type. */
#include "document/rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define STEADY_SHARE 0.6     /* of the day's highest load: a lowest one above it is no fall */
#define SPACE "\xE3\x80\x80" /* a full-width one parts items in a line */
#define NAMES_MAX 4          /* projects named beside a type of alarm */

static const struct pr_finding *finding_of(const struct pr_project_report *project, const char *id)
{
	return pr_findings_get(&project->findings, id);
}

static pr_micro micro_of(const struct pr_project_report *project, const char *id)
{
	const struct pr_finding *finding = finding_of(project, id);

	return finding ? finding->value : PR_MICRO_MISSING;
}

static const struct pr_scope *tenant_scope(const struct pr_row_builder *builder)
{
	const struct pr_scope *scope = builder->scope;

	while (scope->outer)
		scope = scope->outer;
	return scope;
}

/* A row in the project's own scope, so that every expression and word of a project holds in it. */
static struct pr_scope *add_project(struct pr_row_builder *builder, size_t index)
{
	const struct pr_project_report *project = &builder->context->report->projects[index];
	struct pr_scope *row = pr_rows_add(builder);

	row->outer = pr_scope_of_project(builder->context, tenant_scope(builder), index);
	pr_rows_field(builder, row, "row.name", pr_value_text(project->project->name));
	pr_rows_field(builder, row, "row.id",
		pr_value_text(pr_arena_format(builder->context->arena, "%lld", (long long)project->project->id)));
	pr_rows_field(builder, row, "row.currency", pr_value_text(project->currency));
	return row;
}

/* --- order ------------------------------------------------------------------------------------------------------ */

struct place {
	size_t index;
	int first, second; /* ranks, 0 = none */
};

static int compare_places(const void *a, const void *b)
{
	const struct place *left = a, *right = b;

	if ((left->first == 0) != (right->first == 0))
		return left->first == 0 ? 1 : -1;
	if (left->first != right->first)
		return left->first < right->first ? -1 : 1;
	if ((left->second == 0) != (right->second == 0))
		return left->second == 0 ? 1 : -1;
	if (left->second != right->second)
		return left->second < right->second ? -1 : 1;
	return (left->index > right->index) - (left->index < right->index);
}

/* The projects by the rank of one finding, those without one by that of another, the rest in the list's order. */
static const struct place *in_order(const struct pr_row_builder *builder, const char *first, const char *second)
{
	const struct pr_report *report = builder->context->report;
	struct place *places = pr_arena_array(builder->context->arena, report->project_count, sizeof *places);

	for (size_t i = 0; i < report->project_count; i++) {
		const struct pr_finding *one = finding_of(&report->projects[i], first);
		const struct pr_finding *other = finding_of(&report->projects[i], second);
		places[i] = (struct place){i, one ? one->rank : 0, other ? other->rank : 0};
	}
	if (report->project_count > 1)
		qsort(places, report->project_count, sizeof *places, compare_places);
	return places;
}

/* The ground of a score: the darker, the lower, by the bounds of the grades; none where it was not measured. */
static void add_shades(struct pr_row_builder *builder, struct pr_scope *row, const struct pr_project_report *project)
{
	static const char *const beside[] = {"safety", "service"}, *const grounds[] = {
																   "heat.1", "heat.2", "heat.3", "poor"};
	const struct pr_health_rules *rules = &builder->context->report->method->health;
	struct pr_arena *arena = builder->context->arena;

	for (size_t i = 0; i < PR_HEALTH_AXIS_COUNT + 2; i++) {
		const char *name = i < PR_HEALTH_AXIS_COUNT ? pr_health_axis_names[i] : beside[i - PR_HEALTH_AXIS_COUNT];
		pr_micro score = micro_of(project, pr_arena_format(arena, "health.score.%s", name));
		size_t step = 0;
		while (step < PR_GRADE_POOR && pr_micro_to_double(score) < rules->grades[step])
			step++;
		pr_rows_field(builder, row, pr_arena_format(arena, "row.shade_%s", name),
			pr_value_text(score == PR_MICRO_MISSING ? NULL : grounds[step]));
	}
}

const size_t *pr_rows_ranking(const struct pr_context *context)
{
	const struct pr_row_builder builder = {.context = context};
	const struct place *places = in_order(&builder, "bill.total", "energy.total");
	size_t *order = pr_arena_array(context->arena, context->report->project_count, sizeof *order);

	for (size_t i = 0; i < context->report->project_count; i++)
		order[i] = places[i].index;
	return order;
}

bool pr_rows_ranked(struct pr_row_builder *builder)
{
	const size_t *order = pr_rows_ranking(builder->context);

	for (size_t i = 0; i < builder->context->report->project_count; i++) {
		struct pr_scope *row = add_project(builder, order[i]);
		pr_rows_field(builder, row, "row.rank", pr_value_number((double)i + 1, NULL));
		add_shades(builder, row, &builder->context->report->projects[order[i]]);
	}
	return true;
}

/* --- contributions ---------------------------------------------------------------------------------------------- */

/* The share of the largest, with its sign: −1 to 1. */
static struct pr_value size_of(const struct pr_row_builder *builder, const char *id, size_t index)
{
	const struct pr_report *report = builder->context->report;
	pr_micro value = micro_of(&report->projects[index], id);
	double largest = 0;

	for (size_t i = 0; i < report->project_count; i++) {
		pr_micro other = micro_of(&report->projects[i], id);
		double size = other == PR_MICRO_MISSING ? 0 : (double)llabs(other) / 1e6;
		largest = size > largest ? size : largest;
	}
	if (value == PR_MICRO_MISSING)
		return pr_value_missing();
	return pr_value_number(largest > 0 ? pr_micro_to_double(value) / largest : 0, NULL);
}

bool pr_rows_contributions(struct pr_row_builder *builder)
{
	const struct place *places = in_order(builder, "contribution.bill", "contribution.energy");

	for (size_t i = 0; i < builder->context->report->project_count; i++) {
		struct pr_scope *row = add_project(builder, places[i].index);
		pr_rows_field(builder, row, "row.rank", pr_value_number((double)i + 1, NULL));
		pr_rows_field(builder, row, "row.energy_size", size_of(builder, "contribution.energy", places[i].index));
		pr_rows_field(builder, row, "row.bill_size", size_of(builder, "contribution.bill", places[i].index));
	}
	return true;
}

/* --- what to do first ------------------------------------------------------------------------------------------- */

static const char *const savings[] = {"power_factor", "basic", "shift", "transformer"};
enum urgency { SAFETY, MONEY, DATA, NOTHING };
static const char *const urgency_names[] = {"safety", "money", "data"};

struct advice {
	size_t index;
	enum urgency urgency;
	const char *item; /* the saving with the most money a year; NULL = none */
	pr_micro money;
};

static bool is_set(const struct pr_project_report *project, const char *id)
{
	pr_micro value = micro_of(project, id);

	return value != PR_MICRO_MISSING && value > 0;
}

static bool is_unsafe(const struct pr_project_report *project)
{
	return is_set(project, "attention.alarms") || is_set(project, "attention.sensors");
}

/* Whether the load of a working day hardly falls at night. */
static bool is_steady(const struct pr_project_report *project)
{
	const struct pr_series *load = pr_project_series(project, "typical_workday");
	double low = INFINITY, high = 0;

	for (size_t i = 0; load && i < load->count; i++) {
		if (!isfinite(load->values[i]))
			return false;
		low = fmin(low, load->values[i]);
		high = fmax(high, load->values[i]);
	}
	return high > 0 && low >= STEADY_SHARE * high;
}

static struct advice advice_for(const struct pr_row_builder *builder, size_t index)
{
	const struct pr_project_report *project = &builder->context->report->projects[index];
	struct advice advice = {.index = index, .urgency = NOTHING};

	for (size_t i = 0; i < sizeof savings / sizeof *savings; i++) {
		pr_micro money = micro_of(project, pr_arena_format(builder->context->arena, "savings.%s.year", savings[i]));
		if (money == PR_MICRO_MISSING || money <= advice.money)
			continue;
		advice.item = savings[i];
		advice.money = money;
	}
	if (is_unsafe(project))
		advice.urgency = SAFETY;
	else if (advice.item)
		advice.urgency = MONEY;
	else if (is_set(project, "attention.coverage"))
		advice.urgency = DATA;
	return advice;
}

/* Safety first, then by money, then what only lacks data; money of several currencies stands in the list's order. */
static int compare_advice(const void *a, const void *b)
{
	const struct advice *left = a, *right = b;

	if (left->urgency != right->urgency)
		return left->urgency < right->urgency ? -1 : 1;
	if (left->money != right->money)
		return left->money > right->money ? -1 : 1;
	return (left->index > right->index) - (left->index < right->index);
}

bool pr_rows_advice(struct pr_row_builder *builder)
{
	const struct pr_report *report = builder->context->report;
	struct advice *list = pr_arena_array(builder->context->arena, report->project_count, sizeof *list);

	for (size_t i = 0; i < report->project_count; i++)
		list[i] = advice_for(builder, i);
	if (report->project_count > 1)
		qsort(list, report->project_count, sizeof *list, compare_advice);
	for (size_t i = 0; i < report->project_count && list[i].urgency != NOTHING; i++) {
		struct pr_scope *row = add_project(builder, list[i].index);
		struct pr_value money = pr_value_missing();

		if (list[i].item)
			money = pr_project_value(builder->context, &report->projects[list[i].index],
				pr_arena_format(builder->context->arena, "savings.%s.year", list[i].item));
		pr_rows_field(builder, row, "row.index", pr_value_number((double)i + 1, NULL));
		pr_rows_field(builder, row, "row.kind", pr_value_text(urgency_names[list[i].urgency]));
		pr_rows_field(builder, row, "row.item", pr_value_text(list[i].item));
		pr_rows_field(builder, row, "row.money", money);
	}
	return true;
}

/* --- alarms by type --------------------------------------------------------------------------------------------- */

struct holder {
	size_t index;
	pr_micro count;
};

static int compare_holders(const void *a, const void *b)
{
	const struct holder *left = a, *right = b;

	if (left->count != right->count)
		return left->count > right->count ? -1 : 1;
	return (left->index > right->index) - (left->index < right->index);
}

/* "启明广场 61　启明大厦 2": the projects with the most of it. */
static struct pr_value where(const struct pr_row_builder *builder, const char *id)
{
	const struct pr_report *report = builder->context->report;
	struct holder *holders = pr_arena_array(builder->context->arena, report->project_count, sizeof *holders);
	struct pr_buffer out, tags;
	struct pr_value value;
	char text[64];

	pr_buffer_init(&out, builder->context->arena);
	pr_buffer_init(&tags, builder->context->arena);
	for (size_t i = 0; i < report->project_count; i++) {
		pr_micro count = micro_of(&report->projects[i], id);
		holders[i] = (struct holder){i, count == PR_MICRO_MISSING ? 0 : count};
	}
	if (report->project_count > 1)
		qsort(holders, report->project_count, sizeof *holders, compare_holders);
	for (size_t i = 0; i < report->project_count && holders[i].count > 0; i++) {
		if (i == NAMES_MAX) {
			pr_buffer_add(&out, SPACE "…");
			break;
		}
		pr_micro_group(holders[i].count, 0, builder->context->words->group, builder->context->words->minus, text);
		pr_buffer_format(&out, builder->context->words->spaces ? "%s%s (%s)" : "%s%s\xEF\xBC\x88%s\xEF\xBC\x89",
			i > 0 ? SPACE : "", report->projects[holders[i].index].project->name, text);
		pr_buffer_format(&tags, "%sprojects/%lld/%s", i > 0 ? PR_TAG_AND : "",
			(long long)report->projects[holders[i].index].project->id, id);
	}
	value = pr_value_text(out.text);
	value.finding = tags.text;
	return value;
}

bool pr_rows_types(struct pr_row_builder *builder)
{
	static const char prefix[] = "alarms.type.";
	const struct pr_findings *findings = &builder->context->report->findings;

	for (size_t i = 0; i < findings->count; i++) {
		const char *id = findings->items[i].id, *code = id + strlen(prefix), *category;
		struct pr_scope *row;

		if (!pr_text_starts(id, prefix))
			continue;
		row = pr_rows_add(builder);
		category = pr_alarm_category(builder->context, code);
		pr_rows_field(builder, row, "row.id", pr_value_text(id));
		pr_rows_field(builder, row, "row.name", pr_value_text(pr_alarm_name(builder->context, code)));
		pr_rows_field(builder, row, "row.category",
			pr_value_text(category ? pr_arena_format(builder->context->arena, "alarm_category.%s", category) : NULL));
		pr_rows_field(builder, row, "row.where", where(builder, id));
	}
	return true;
}

/* --- several currencies ----------------------------------------------------------------------------------------- */

bool pr_rows_currencies(struct pr_row_builder *builder)
{
	static const char prefix[] = "bill.currency.";
	const struct pr_findings *findings = &builder->context->report->findings;

	for (size_t i = 0; i < findings->count; i++) {
		struct pr_scope *row;

		if (!pr_text_starts(findings->items[i].id, prefix))
			continue;
		row = pr_rows_add(builder);
		pr_rows_field(builder, row, "row.id", pr_value_text(findings->items[i].id));
		pr_rows_field(builder, row, "row.currency", pr_value_text(findings->items[i].unit));
	}
	return true;
}

/* --- what stands out -------------------------------------------------------------------------------------------- */

static bool is_further(pr_micro value, pr_micro best, bool low, bool by_size)
{
	if (by_size) {
		value = value < 0 ? -value : value;
		best = best < 0 ? -best : best;
	}
	return low ? value < best : value > best;
}

/* The projects of a kind: how many, and the names of the first. */
static void add_named(const struct pr_context *context, struct pr_scope *scope, const char *kind,
	bool (*is_one)(const struct pr_project_report *project))
{
	const struct pr_report *report = context->report;
	const struct pr_words *words = context->words;
	struct pr_buffer names;
	size_t count = 0, named = 0;

	pr_buffer_init(&names, context->arena);
	for (size_t i = 0; i < report->project_count; i++)
		count += is_one(&report->projects[i]);
	for (size_t i = 0; i < report->project_count && named < (count > NAMES_MAX ? NAMES_MAX - 1 : count); i++) {
		if (!is_one(&report->projects[i]))
			continue;
		pr_buffer_format(&names, "%s%s%s", named > 0 ? pr_words_plain(words, "management.list") : "",
			named > 0 && words->spaces ? " " : "", report->projects[i].project->name);
		named++;
	}
	pr_scope_add(scope, context->arena, pr_arena_format(context->arena, "%s.names", kind),
		pr_value_text(count ? names.text : NULL));
	pr_scope_add(
		scope, context->arena, pr_arena_format(context->arena, "%s.count", kind), pr_value_number((double)count, NULL));
	pr_scope_add(scope, context->arena, pr_arena_format(context->arena, "%s.unnamed", kind),
		pr_value_number((double)(count - named), NULL));
}

/* The two largest parts of the change of all bills, by magnitude: "change.first.key", ".amount", and second. */
static void add_causes(const struct pr_context *context, struct pr_scope *scope)
{
	static const char *const parts[] = {"days", "volume", "slots", "price", "demand", "power_factor", "projects"};
	static const char *const places[] = {"first", "second"};
	struct pr_arena *arena = context->arena;
	const char *best[2] = {NULL, NULL};
	pr_micro most[2] = {0, 0};

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		const struct pr_finding *part =
			pr_findings_get(&context->report->findings, pr_arena_format(arena, "change.%s", parts[i]));
		pr_micro size = !part || part->value == PR_MICRO_MISSING ? 0 : part->value < 0 ? -part->value : part->value;
		size_t place = size > most[0] ? 0 : 1;
		if (size <= most[place])
			continue;
		if (place == 0) {
			most[1] = most[0];
			best[1] = best[0];
		}
		most[place] = size;
		best[place] = parts[i];
	}
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		pr_scope_add(scope, arena, pr_arena_format(arena, "change.%s.key", places[i]),
			pr_value_text(best[i] ? pr_arena_format(arena, "change.part.%s", best[i]) : NULL));
		pr_scope_add(scope, arena, pr_arena_format(arena, "change.%s.amount", places[i]),
			best[i] ? pr_project_value(context, NULL, pr_arena_format(arena, "change.%s", best[i]))
					: pr_value_missing());
	}
}

/* The saving with the most money a year of all projects, where they have one currency. */
static void add_best_saving(const struct pr_context *context, struct pr_scope *scope, bool one_currency)
{
	const struct pr_report *report = context->report;
	const struct pr_row_builder builder = {.context = context};
	struct advice best = {0};

	for (size_t i = 0; one_currency && i < report->project_count; i++) {
		struct advice advice = advice_for(&builder, i);
		if (advice.item && advice.money > best.money)
			best = advice;
	}
	pr_scope_add(scope, context->arena, "best_saving.name",
		pr_value_text(best.item ? report->projects[best.index].project->name : NULL));
	pr_scope_add(scope, context->arena, "best_saving.item", pr_value_text(best.item));
	pr_scope_add(scope, context->arena, "best_saving.figure",
		best.item ? pr_project_value(context, &report->projects[best.index],
						pr_arena_format(context->arena, "savings.%s.year", best.item))
				  : pr_value_missing());
}

void pr_rows_extremes(const struct pr_context *context, struct pr_scope *scope)
{
	static const struct {
		const char *name, *id;
		bool low, by_size, of_money;
	} extremes[] = {{"largest", "bill.total", false, false, true}, {"largest_use", "energy.total", false, false, false},
		{"dearest", "bill.price", false, false, true}, {"weakest", "health.index", true, false, false},
		{"mover", "contribution.bill", false, true, true}, {"energy_mover", "contribution.energy", false, true, false}};
	const struct pr_report *report = context->report;
	const struct pr_finding *total = pr_findings_get(&report->findings, "bill.total");
	bool summed = total && total->value != PR_MICRO_MISSING, one_currency = total && !pr_text_equal(total->unit, "1");

	for (size_t e = 0; e < sizeof extremes / sizeof *extremes; e++) {
		const struct pr_project_report *best = NULL;
		for (size_t i = 0; i < report->project_count; i++) {
			pr_micro value = micro_of(&report->projects[i], extremes[e].id);
			if (value != PR_MICRO_MISSING && (!extremes[e].of_money || summed) &&
				(!best || is_further(value, micro_of(best, extremes[e].id), extremes[e].low, extremes[e].by_size)))
				best = &report->projects[i];
		}
		pr_scope_add(scope, context->arena, pr_arena_format(context->arena, "%s.name", extremes[e].name),
			pr_value_text(best ? best->project->name : NULL));
		pr_scope_add(scope, context->arena, pr_arena_format(context->arena, "%s.figure", extremes[e].name),
			best ? pr_project_value(context, best, extremes[e].id) : pr_value_missing());
	}
	add_named(context, scope, "unsafe", is_unsafe);
	add_named(context, scope, "steady", is_steady);
	add_causes(context, scope);
	add_best_saving(context, scope, one_currency);
}
