#include "document/facts.h"

#include <string.h>

#define ROW "row."

/* --- what is no fact ---------------------------------------------------------------------------------------------- */

/* Switches, and shares that only draw a bar. */
static const char *const switches[] = {"below_gate", "has_ingest_times", "survey", "bill.incomplete",
	"bill.provisional", "coverage.minutes", "tariff", "row.bar", "row.bar_limit", "row.used", "row.flagged", "row.weak",
	"row.beside", "row.breach", "row.size", "row.energy_size", "row.bill_size", "row.in_service"};
static const char *const places[] = {"row.index", "row.rank", "row.number"};

static bool is_among(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

#define IS_AMONG(names, name) is_among(names, sizeof(names) / sizeof *(names), name)

/* Texts with digits that pages print and that name nothing of the report. */
static const char *const texts[] = {"project.address", "project.timezone", "tariff.source", "rule.plausibility_source",
	"rule.load_source", "rule.basic_source", "rule.losses_source", "quality.harmonic.order", "tenant.short_name",
	"tenant.contact", "tenant.contact_email", "version", "row.source", "row.point"};

/* --- tags --------------------------------------------------------------------------------------------------------- */

static void tag(struct pr_field *field, const char *path, const char *prefix, struct pr_arena *arena)
{
	const char *name = pr_text_starts(field->name, ROW) ? field->name + sizeof ROW - 1 : field->name;

	bool is_text = field->value.kind == PR_VALUE_TEXT && IS_AMONG(texts, field->name);

	if ((field->value.kind != PR_VALUE_NUMBER && !is_text) || field->value.finding || IS_AMONG(switches, field->name))
		return;
	if (IS_AMONG(places, field->name))
		field->value.finding = PR_TAG_PLACE;
	else if (strcmp(field->name, "revision") == 0)
		field->value.finding = "revision";
	else
		field->value.finding = pr_arena_format(arena, "%s%sfacts/%s%s", path, *path ? "/" : "", prefix, name);
}

void pr_facts_tag(struct pr_scope *scope, struct pr_arena *arena)
{
	for (size_t i = 0; i < scope->field_count; i++)
		tag(&scope->fields[i], scope->path, "", arena);
}

/* Providers whose rows hold numbers that stand nowhere else. */
static const struct {
	const char *name;
	bool of_project;
} providers[] = {{"alarm_points", true}, {"axes", true}, {"bill", true}, {"checks", true}, {"days", true},
	{"gaps", true}, {"points", true}, {"slots", true}, {"tariffs", true}, {"transformers", true},
	{"notes_grouped", false}, {"platform_customers", false}, {"platform_problems", false}};
#define PROVIDER_COUNT (sizeof providers / sizeof *providers)

static const char *path_of(const struct pr_scope *scope)
{
	while (scope && !scope->path)
		scope = scope->outer;
	return scope ? scope->path : "";
}

void pr_facts_tag_rows(
	const struct pr_scope *scope, const char *provider, const struct pr_rows *rows, struct pr_arena *arena)
{
	size_t known = 0;

	while (known < PROVIDER_COUNT && strcmp(providers[known].name, provider) != 0)
		known++;
	for (size_t r = 0; r < rows->count; r++) {
		const char *prefix = pr_arena_format(arena, "%s.%zu.", provider, r + 1);
		for (size_t i = 0; i < rows->items[r].field_count; i++)
			if (known < PROVIDER_COUNT || IS_AMONG(places, rows->items[r].fields[i].name))
				tag(&rows->items[r].fields[i], path_of(scope), prefix, arena);
	}
}

/* --- what follows from several findings ---------------------------------------------------------------------------- */

static const struct {
	const char *name, *expression;
	bool of_project;
} derived[] = {
	{"demand.share", "demand.max / demand.contract", true},
	{"demand.tolerated", "demand.contract * $rule.contract_tolerance", true},
	{"energy.off_share", "energy.off / energy.total", true},
	{"energy.unmetered_share", "energy.unmetered / energy.total", true},
	{"plan.difference", "energy.total - energy.plan", true},
	{"plan.rate", "energy.total / energy.plan - 1", true},
	{"forecast.growth", "(forecast.energy - energy.total) / energy.total", true},
	{"quality.unjudged", "7 - $quality.passed - $quality.failed - $quality.attention - $quality.insufficient", true},
	{"alarms.type.share", "$alarms.type.count / alarms.total", true},
	{"alarms.point.share", "$alarms.point.count / alarms.total", true},
	{"savings.billed.capacity", "savings.basic.cost.capacity + savings.basic.year", true},
	{"savings.billed.actual_demand", "savings.basic.cost.actual_demand + savings.basic.year", true},
	{"savings.billed.best_contract", "savings.basic.cost.best_contract + savings.basic.year", true},
	{"savings.transformer.saved", "savings.transformer.loss - savings.transformer.best", true},
	/* The bill that the change is counted from, and without what the sites in only one of the months contribute. */
	{"change.before", "bill.total - change.total", true},
	{"change.before", "bill.total - change.total - change.projects", false},
	{"change.before", "bill.total - change.total", false},
	{"platform.below_gate", "platform.coverage.low + platform.coverage.poor + platform.coverage.none", false},
};

static bool is_there(const struct pr_scope *scope, const char *name)
{
	for (size_t i = 0; i < scope->field_count; i++)
		if (strcmp(scope->fields[i].name, name) == 0)
			return scope->fields[i].value.kind != PR_VALUE_MISSING;
	return false;
}

void pr_facts_derive(const struct pr_context *context, struct pr_scope *scope)
{
	for (size_t i = 0; i < sizeof derived / sizeof *derived; i++) {
		struct pr_error error = {0};
		struct pr_value value;

		if (derived[i].of_project != (scope->project != NULL))
			continue;
		/* Without a method there are no rules, and what follows from them is missing. */
		if (!pr_expression_value(context, scope, derived[i].expression, "", 0, &value, &error))
			value = pr_value_missing();
		value.finding = NULL;
		/* Counts have no unit, a share of them has one. */
		if (value.kind == PR_VALUE_NUMBER && strstr(derived[i].name, ".share"))
			value.unit = "1";
		if (!is_there(scope, derived[i].name))
			pr_scope_add(scope, context->arena, derived[i].name, value);
	}
}

/* --- all ---------------------------------------------------------------------------------------------------------- */

static void push(
	struct pr_findings *facts, struct pr_arena *arena, const char *id, const struct pr_value *value, int digits)
{
	struct pr_findings one = {0};

	if (value->kind == PR_VALUE_TEXT)
		pr_findings_set_word(&one, arena, id, value->text);
	else
		pr_findings_set(&one, arena, id, value->micro, value->unit, digits);
	one.items[0].unit = value->unit;
	*PR_PUSH(arena, facts->items, facts->count, facts->capacity) = one.items[0];
}

static void collect(const struct pr_context *context, const struct pr_scope *scope, struct pr_findings *facts)
{
	static const char mark[] = "facts/";
	bool is_first = context->report->revision < 2; /* of which nothing has changed */

	for (size_t i = 0; i < scope->field_count; i++) {
		const struct pr_field *field = &scope->fields[i];
		const char *id = field->value.finding ? strstr(field->value.finding, mark) : NULL;

		if (is_first && pr_text_starts(field->name, "changed."))
			continue;
		if (field->value.kind == PR_VALUE_NUMBER && id && field->value.micro != PR_MICRO_MISSING)
			push(facts, context->arena, id + sizeof mark - 1, &field->value, PR_PRECISION_RATIO);
		else if (field->value.kind == PR_VALUE_TEXT && IS_AMONG(texts, field->name))
			push(facts, context->arena, id ? id + sizeof mark - 1 : field->name, &field->value, 0);
	}
}

bool pr_facts_collect(
	const struct pr_context *context, const struct pr_scope *scope, struct pr_findings *facts, struct pr_error *error)
{
	*facts = (struct pr_findings){0};
	collect(context, scope, facts);
	for (size_t p = 0; p < PROVIDER_COUNT; p++) {
		struct pr_rows rows;

		if (providers[p].of_project != (scope->project != NULL))
			continue;
		if (!pr_rows_get(context, scope, providers[p].name, NULL, 0, &rows, error))
			return false;
		for (size_t r = 0; r < rows.count; r++)
			collect(context, &rows.items[r], facts);
	}
	return true;
}
