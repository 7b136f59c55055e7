#include "document/advice.h"

#include <math.h>
#include <string.h>

static pr_micro value_of(const struct pr_findings *findings, const char *id)
{
	const struct pr_finding *finding = pr_findings_get(findings, id);

	return finding ? finding->value : PR_MICRO_MISSING;
}

/* The cheapest way of the basic charge but the present contract: its rank is the least of the others'. */
static const char *basic_key(const struct pr_project_report *project)
{
	static const struct {
		const char *id, *key;
	} ways[] = {{"savings.basic.cost.capacity", "basic_capacity"},
		{"savings.basic.cost.actual_demand", "basic_actual_demand"},
		{"savings.basic.cost.best_contract", "basic_best_contract"}};
	const char *key = "basic_best_contract";
	int least = 0;

	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		const struct pr_finding *finding = pr_findings_get(&project->findings, ways[i].id);
		if (!finding || !finding->rank || (least && finding->rank >= least))
			continue;
		least = finding->rank;
		key = ways[i].key;
	}
	return key;
}

/* Where the switching is to be mended, there is money and no kvar. */
static const char *power_factor_key(const struct pr_project_report *project)
{
	return value_of(&project->findings, "savings.power_factor.kvar") == PR_MICRO_MISSING ? "power_factor_mend"
	                                                                                     : "power_factor";
}

static const char *transformer_key(const struct pr_project_report *project)
{
	if (value_of(&project->findings, "savings.transformer.year") > 0)
		return "transformer_fewer";
	return project->transformer_count > 1 ? "transformer_all" : "transformer_one";
}

static const char *shift_key(const struct pr_project_report *project)
{
	(void)project;
	return "shift";
}

static const struct {
	const char *month, *year;
	const char *(*key)(const struct pr_project_report *project);
	bool also_nothing; /* shown where it saves nothing: there is something to say about it */
} kinds[PR_ADVICE_MAX] = {
	{"savings.basic.month", "savings.basic.year", basic_key, false},
	{"savings.power_factor.month", "savings.power_factor.year", power_factor_key, false},
	{"savings.shift.month", "savings.shift.year", shift_key, false},
	{"savings.transformer.month", "savings.transformer.year", transformer_key, true},
};

size_t pr_advice_list(const struct pr_project_report *project, struct pr_advice advice[PR_ADVICE_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < PR_ADVICE_MAX; i++) {
		pr_micro year = value_of(&project->findings, kinds[i].year);
		size_t at = count;

		if (year == PR_MICRO_MISSING || year < 0 || (year == 0 && !kinds[i].also_nothing))
			continue;
		for (; at > 0 && advice[at - 1].year_amount < year; at--)
			advice[at] = advice[at - 1];
		advice[at] = (struct pr_advice){kinds[i].key(project), kinds[i].month, kinds[i].year, year};
		count++;
	}
	return count;
}

static struct pr_value tagged(const struct pr_context *context, const struct pr_project_report *project, const char *id)
{
	const struct pr_finding *finding = pr_findings_get(&project->findings, id);
	struct pr_value value;

	if (!finding)
		return pr_value_missing();
	value = pr_value_of_finding(context->report, project, finding, finding->value);
	value.finding = pr_arena_format(context->arena, "projects/%lld/%s", (long long)project->project->id, id);
	return value;
}

/* The step of the workbook that gives it (document/workings_savings.c). */
static const char *month_step(const struct pr_row_builder *builder, const char *id)
{
	bool mend = strcmp(id, "savings.power_factor.month") == 0 &&
	            value_of(&builder->project->findings, "savings.power_factor.kvar") == PR_MICRO_MISSING;

	return mend ? "power_factor.mend" : id + strlen("savings.");
}

bool pr_rows_savings(struct pr_row_builder *builder)
{
	struct pr_advice advice[PR_ADVICE_MAX];
	size_t count = pr_advice_list(builder->project, advice);

	for (size_t i = 0; i < count; i++) {
		struct pr_scope *row = pr_rows_add(builder);
		double most = pr_micro_to_double(advice[0].year_amount);

		pr_rows_field(builder, row, "row.index", pr_value_number((double)i + 1, NULL));
		pr_rows_field(builder, row, "row.key", pr_value_text(advice[i].key));
		pr_rows_field(builder, row, "row.month_step", pr_value_text(month_step(builder, advice[i].month)));
		pr_rows_field(builder, row, "row.year_step", pr_value_text(advice[i].year + strlen("savings.")));
		pr_rows_field(builder, row, "row.month", tagged(builder->context, builder->project, advice[i].month));
		pr_rows_field(builder, row, "row.year", tagged(builder->context, builder->project, advice[i].year));
		pr_rows_field(builder, row, "row.bar",
			pr_value_number(most > 0 ? pr_micro_to_double(advice[i].year_amount) / most : 0, NULL));
	}
	return true;
}

bool pr_rows_forecast(struct pr_row_builder *builder)
{
	static const struct {
		const char *item, *actual;
	} items[] = {{"energy", "energy.total"}, {"charge", "bill.total"}, {"demand", "demand.max"}};
	static const char *const ends[][2] = {{"row.value", ""}, {"row.low", ".low"}, {"row.high", ".high"}};

	for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
		struct pr_arena *arena = builder->context->arena;
		struct pr_scope *row;

		if (value_of(&builder->project->findings, pr_arena_format(arena, "forecast.%s", items[i].item)) ==
			PR_MICRO_MISSING)
			continue;
		row = pr_rows_add(builder);
		pr_rows_field(builder, row, "row.item", pr_value_text(items[i].item));
		pr_rows_field(builder, row, "row.now", tagged(builder->context, builder->project, items[i].actual));
		for (size_t e = 0; e < sizeof ends / sizeof *ends; e++)
			pr_rows_field(builder, row, ends[e][0],
				tagged(builder->context, builder->project,
					pr_arena_format(arena, "forecast.%s%s", items[i].item, ends[e][1])));
	}
	return true;
}

/* --- what the words ask for --------------------------------------------------------------------------------------- */

static void append_name(const struct pr_context *context, struct pr_buffer *names, const char *name)
{
	if (names->length)
		pr_buffer_add(names, pr_words_plain(context->words, "savings.separator"));
	if (names->length && context->words->spaces)
		pr_buffer_add(names, " ");
	pr_buffer_add(names, name);
}

/* Names of the transformers of the best combination, and of those that stand by; how many have losses of their class. */
static void add_transformers(
	const struct pr_context *context, const struct pr_project_report *project, struct pr_scope *scope)
{
	struct pr_buffer run, rest;
	size_t estimated = 0;

	pr_buffer_init(&run, context->arena);
	pr_buffer_init(&rest, context->arena);
	for (size_t i = 0; i < project->transformer_count; i++) {
		const struct pr_finding *loss =
			pr_findings_get(&project->transformers[i].findings, "savings.transformer.load_loss");
		pr_micro chosen = value_of(&project->transformers[i].findings, "savings.transformer.chosen");

		estimated += loss && loss->source;
		if (chosen != PR_MICRO_MISSING)
			append_name(context, chosen > 0 ? &run : &rest, project->transformers[i].name);
	}
	pr_scope_add(scope, context->arena, "savings.running", pr_value_text(run.length ? run.text : NULL));
	pr_scope_add(scope, context->arena, "savings.estimated", pr_value_number((double)estimated, NULL));
	pr_scope_add(scope, context->arena, "savings.resting", pr_value_text(rest.length ? rest.text : NULL));
}

/* Names of the points that promise most of shifting, by rank; and the same with what each promises a month. */
static void add_points(
	const struct pr_context *context, const struct pr_project_report *project, struct pr_scope *scope)
{
	static const struct pr_format_style money = {.digits = -1, .large = true};
	const struct pr_words *words = context->words;
	struct pr_buffer names, promises, tags;
	struct pr_value promised;

	pr_buffer_init(&names, context->arena);
	pr_buffer_init(&promises, context->arena);
	pr_buffer_init(&tags, context->arena);
	for (int rank = 1; rank <= 3; rank++)
		for (size_t i = 0; i < project->point_count; i++) {
			const struct pr_finding *finding = pr_findings_get(&project->points[i].findings, "savings.shift.month");
			struct pr_value value;

			if (!finding || finding->rank != rank ||
				((const struct pr_point *)project->points[i].model)->role == PR_ROLE_INCOMER)
				continue;
			value = pr_value_of_finding(context->report, project, finding, finding->value);
			append_name(context, &names, project->points[i].name);
			append_name(context, &promises,
				pr_arena_format(context->arena, "%s%s%s%s%s", project->points[i].name, words->spaces ? " " : "",
					pr_words_plain(words, "savings.open"), pr_format_value(context, scope, &value, &money),
					pr_words_plain(words, "savings.close")));
			pr_buffer_format(&tags, "%s%s/points/%lld/%s", tags.length ? PR_TAG_AND : "", scope->path,
				(long long)project->points[i].id, finding->id);
		}
	promised = pr_value_text(promises.length ? promises.text : NULL);
	promised.finding = tags.text;
	pr_scope_add(scope, context->arena, "savings.promises", promised);
	pr_scope_add(scope, context->arena, "savings.points", pr_value_text(names.length ? names.text : NULL));
}

static size_t count_finite(const struct pr_series *series)
{
	size_t count = 0;

	for (size_t i = 0; series && i < series->count; i++)
		count += isfinite(series->values[i]) != 0;
	return count;
}

/* The cheapest of the three ways of the basic charge, how many of them are known, and of how many months. */
static void add_ways(const struct pr_context *context, const struct pr_project_report *project, struct pr_scope *scope)
{
	static const char *const ways[] = {"capacity", "contract_demand", "actual_demand"};
	const char *cheapest = NULL;
	pr_micro least = PR_MICRO_MISSING;
	size_t known = 0, compared = 0;

	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		pr_micro cost = value_of(&project->findings, pr_arena_format(context->arena, "savings.basic.cost.%s", ways[i]));
		size_t months =
			count_finite(pr_project_series(project, pr_arena_format(context->arena, ".savings.basic.%s", ways[i])));
		compared = months > compared ? months : compared;
		if (cost == PR_MICRO_MISSING || (known++ > 0 && cost >= least))
			continue;
		least = cost;
		cheapest = ways[i];
	}
	pr_scope_add(scope, context->arena, "savings.way", pr_value_text(cheapest));
	pr_scope_add(scope, context->arena, "savings.ways", pr_value_number((double)known, NULL));
	pr_scope_add(scope, context->arena, "savings.compared", pr_value_number((double)compared, NULL));
}

/* How many of the last twelve months have a maximum demand, and how many are above what the contract tolerates. */
static void add_demands(
	const struct pr_context *context, const struct pr_project_report *project, struct pr_scope *scope)
{
	const struct pr_series *demand = pr_project_series(project, "months13.demand");
	const struct pr_method *method = context->report->method;
	double contract = pr_micro_to_double(value_of(&project->findings, "demand.contract"));
	double tolerated = method ? contract * pr_micro_to_double(method->basic.contract_tolerance) : (double)NAN;
	size_t months = 0, over = 0;

	for (size_t i = demand && demand->count > 12 ? demand->count - 12 : 0; demand && i < demand->count; i++) {
		months += isfinite(demand->values[i]);
		over += demand->values[i] > tolerated;
	}
	pr_scope_add(scope, context->arena, "savings.months", pr_value_number((double)months, NULL));
	pr_scope_add(scope, context->arena, "savings.over", pr_value_number((double)over, NULL));
}

void pr_advice_scope(const struct pr_context *context, struct pr_scope *scope)
{
	const struct pr_project_report *project = scope->project;
	struct pr_advice advice[PR_ADVICE_MAX];
	size_t count = pr_advice_list(project, advice), worth = 0;
	int64_t from_ms, to_ms;

	for (size_t i = 0; i < count; i++)
		worth += advice[i].year_amount > 0;
	pr_scope_add(scope, context->arena, "savings.count", pr_value_number((double)count, NULL));
	pr_scope_add(scope, context->arena, "savings.worth", pr_value_number((double)worth, NULL));
	pr_scope_add(scope, context->arena, "savings.first.key", pr_value_text(worth ? advice[0].key : NULL));
	pr_scope_add(scope, context->arena, "savings.first.month",
		worth ? tagged(context, project, advice[0].month) : pr_value_missing());
	pr_scope_add(scope, context->arena, "savings.first.year",
		worth ? tagged(context, project, advice[0].year) : pr_value_missing());
	if (context->report->method)
		pr_scope_add(
			scope, context->arena, "rule.losses_source", pr_value_text(context->report->method->economy.class_source));
	pr_zone_month(project->project->zone, pr_month_add(context->report->month, 1), &from_ms, &to_ms);
	pr_scope_add(scope, context->arena, "month.next", pr_value_time(from_ms));
	add_transformers(context, project, scope);
	add_points(context, project, scope);
	add_ways(context, project, scope);
	add_demands(context, project, scope);
}
