/* Rows of the platform's report: rankings, the survey, customers, problems of the data, projects without figures; and of
 * the project of the feed that is being written into a sheet. */
#include "document/rows.h"

#include <string.h>

#include "analysis/platform.h"

static const struct pr_platform *platform_of(const struct pr_row_builder *builder)
{
	return builder->context->report->platform;
}

static struct pr_value count_value(uint64_t count)
{
	return pr_value_number((double)count, NULL);
}

static struct pr_value id_value(struct pr_row_builder *builder, int64_t id)
{
	return pr_value_text(pr_arena_format(builder->context->arena, "%lld", (long long)id));
}

/* How many of the expected quarters are missing. */
static struct pr_value missing_of(const struct pr_summary *summary)
{
	const struct pr_finding *expected = pr_findings_get(&summary->findings, "coverage.expected");
	const struct pr_finding *measured = pr_findings_get(&summary->findings, "coverage.measured");

	return expected && measured ? pr_value_micro(pr_finding_difference(expected, measured->value), NULL)
	                            : pr_value_missing();
}

/* A project's row: its findings are the row's. */
static struct pr_scope *add_project(struct pr_row_builder *builder, const struct pr_platform_shown *shown)
{
	const struct pr_summary *summary = &shown->summary;
	struct pr_scope *row = pr_rows_add(builder);
	uint64_t before, now = pr_platform_surveyed(platform_of(builder), summary, &before);

	row->findings = &shown->report.findings;
	row->path = pr_arena_format(builder->context->arena, "projects/%lld", (long long)summary->project_id);
	row->zone = summary->zone;
	row->project = &shown->report;
	pr_rows_field(builder, row, "row.name", pr_value_text(summary->project_name));
	pr_rows_field(builder, row, "row.id", id_value(builder, summary->project_id));
	pr_rows_field(builder, row, "row.customer", pr_value_text(summary->tenant_name));
	pr_rows_field(builder, row, "row.customer_id", id_value(builder, summary->tenant_id));
	pr_rows_field(builder, row, "row.industry", pr_value_text(summary->industry));
	pr_rows_field(builder, row, "row.currency", pr_value_text(summary->currency));
	pr_rows_field(builder, row, "row.cutoff", pr_value_time(summary->cutoff_ms));
	pr_rows_field(builder, row, "row.surveyed",
		pr_rows_tagged(builder, count_value(now),
			pr_arena_format(builder->context->arena, "facts/platform.surveyed.%lld", (long long)summary->project_id)));
	pr_rows_field(builder, row, "row.surveyed_before",
		pr_rows_tagged(builder, count_value(before),
			pr_arena_format(
				builder->context->arena, "facts/platform.surveyed_before.%lld", (long long)summary->project_id)));
	pr_rows_field(builder, row, "row.missing",
		pr_rows_tagged(builder, missing_of(summary),
			pr_arena_format(builder->context->arena, "facts/platform.missing.%lld", (long long)summary->project_id)));
	for (size_t i = 0; i < platform_of(builder)->survey_count; i++) {
		const char *code = platform_of(builder)->survey[i].code;
		const struct pr_finding *alarms =
			pr_findings_get(&summary->findings, pr_arena_format(builder->context->arena, "alarms.type.%s", code));
		pr_rows_field(builder, row, pr_arena_format(builder->context->arena, "row.survey.%s", code),
			pr_rows_tagged(builder, pr_value_micro(alarms ? alarms->value : 0, NULL),
				alarms ? pr_arena_format(builder->context->arena, "%s/alarms.type.%s", row->path, code) : "0"));
	}
	return row;
}

bool pr_rows_platform_ranking(struct pr_row_builder *builder)
{
	const struct pr_platform *platform = platform_of(builder);
	size_t ranking = 0;

	while (ranking < PR_RANKING_COUNT &&
		   (builder->given_count == 0 || strcmp(builder->given[0], pr_platform_ranking_names[ranking]) != 0))
		ranking++;
	if (ranking == PR_RANKING_COUNT)
		return false;
	for (size_t i = 0; platform && i < platform->lists[ranking].count; i++) {
		const struct pr_platform_shown *shown =
			pr_platform_shown_of(platform, platform->lists[ranking].items[i].project_id);
		if (shown)
			pr_rows_field(builder, add_project(builder, shown), "row.rank", count_value(i + 1));
	}
	return true;
}

bool pr_rows_platform_customers(struct pr_row_builder *builder)
{
	const struct pr_platform *platform = platform_of(builder);

	for (size_t i = 0; platform && i < platform->customer_count; i++) {
		const struct pr_platform_customer *customer = &platform->customers[i];
		const struct pr_platform_shown *shown = pr_platform_shown_of(platform, customer->project_id);
		struct pr_scope *row = pr_rows_add(builder);

		pr_rows_field(builder, row, "row.rank", count_value(i + 1));
		pr_rows_field(builder, row, "row.name", pr_value_text(shown ? shown->summary.tenant_name : NULL));
		pr_rows_field(builder, row, "row.id", id_value(builder, customer->id));
		pr_rows_field(builder, row, "row.projects", count_value(customer->projects));
		pr_rows_field(builder, row, "row.alarms", count_value(customer->alarms));
		pr_rows_field(builder, row, "row.before", count_value(customer->alarms_before));
		pr_rows_field(builder, row, "row.critical", count_value(customer->critical));
		pr_rows_field(builder, row, "row.open", count_value(customer->open));
		pr_rows_field(builder, row, "row.bar",
			pr_value_number((double)customer->alarms / (double)platform->customers[0].alarms, NULL));
	}
	return true;
}

bool pr_rows_platform_survey(struct pr_row_builder *builder)
{
	const struct pr_platform *platform = platform_of(builder);

	for (size_t i = 0; platform && i < platform->survey_count; i++) {
		struct pr_scope *row = pr_rows_add(builder);

		pr_rows_field(builder, row, "row.code", pr_value_text(platform->survey[i].code));
		pr_rows_field(
			builder, row, "row.name", pr_value_text(pr_alarm_name(builder->context, platform->survey[i].code)));
	}
	return true;
}

/* --- problems ----------------------------------------------------------------------------------------------------- */

static void add_problem(
	struct pr_row_builder *builder, struct pr_scope *row, const struct pr_summary *summary, size_t index)
{
	const struct pr_problem *problem = &summary->problems[index];
	enum pr_problem_kind kind = pr_problem_kind_of(problem->code);

	row->zone = summary->zone;
	pr_rows_field(
		builder, row, "row.kind", pr_value_text(kind == PR_PROBLEM_KIND_COUNT ? NULL : pr_problem_kind_names[kind]));
	pr_rows_field(builder, row, "row.code", pr_value_text(problem->code));
	pr_rows_field(builder, row, "row.name", pr_value_text(summary->project_name));
	pr_rows_field(builder, row, "row.id", id_value(builder, summary->project_id));
	pr_rows_field(builder, row, "row.customer", pr_value_text(summary->tenant_name));
	pr_rows_field(builder, row, "row.point", pr_value_text(problem->name));
	pr_rows_field(builder, row, "row.count", problem->count ? count_value(problem->count) : pr_value_missing());
	pr_rows_field(builder, row, "row.first", pr_value_time(problem->first_ms));
	pr_rows_field(builder, row, "row.last", pr_value_time(problem->last_ms));
}

/* The worst of each kind, which is named at its first. */
bool pr_rows_platform_problems(struct pr_row_builder *builder)
{
	const struct pr_platform *platform = platform_of(builder);

	for (size_t kind = 0; platform && kind < PR_PROBLEM_KIND_COUNT; kind++) {
		const struct pr_platform_problems *of = &platform->problems[kind];
		const char *key = pr_arena_format(builder->context->arena, "problem.%s", pr_problem_kind_names[kind]);

		for (size_t i = 0; i < of->worst_count; i++) {
			const struct pr_platform_shown *shown = pr_platform_shown_of(platform, of->worst[i].project_id);
			struct pr_scope *row;

			if (!shown)
				continue;
			row = pr_rows_add(builder);
			pr_rows_field(builder, row, "row.kind_key", pr_value_text(i == 0 ? key : NULL));
			add_problem(builder, row, &shown->summary, of->worst[i].index);
		}
	}
	return true;
}

bool pr_rows_platform_missing(struct pr_row_builder *builder)
{
	const struct pr_platform *platform = platform_of(builder);

	for (size_t i = 0; platform && i < platform->missing_named; i++) {
		const struct pr_platform_missing *missing = &platform->missing[i];
		struct pr_scope *row = pr_rows_add(builder);

		pr_rows_field(builder, row, "row.name", pr_value_text(missing->project));
		pr_rows_field(builder, row, "row.id", id_value(builder, missing->project_id));
		pr_rows_field(builder, row, "row.customer", pr_value_text(missing->tenant));
		pr_rows_field(builder, row, "row.reason", pr_value_text(missing->reason));
		pr_rows_field(builder, row, "row.state", pr_value_text(missing->older ? "older" : "none"));
	}
	return true;
}

bool pr_rows_streamed(const char *name)
{
	return pr_text_starts(name, "platform_project");
}

/* --- the feed ----------------------------------------------------------------------------------------------------- */

bool pr_rows_platform_project(struct pr_row_builder *builder)
{
	const struct pr_platform *platform = platform_of(builder);

	if (platform && platform->current)
		add_project(builder, platform->current);
	return true;
}

bool pr_rows_platform_project_problems(struct pr_row_builder *builder)
{
	const struct pr_platform *platform = platform_of(builder);
	const struct pr_summary *summary = platform && platform->current ? &platform->current->summary : NULL;

	for (size_t i = 0; summary && i < summary->problem_count; i++)
		add_problem(builder, pr_rows_add(builder), summary, i);
	return true;
}

/* --- the tenant's scope ------------------------------------------------------------------------------------------- */

/* The survey's alarms of a project that stands in its ranking. */
static void add_surveyed(const struct pr_context *context, struct pr_scope *scope, int64_t project_id)
{
	const struct pr_platform *platform = context->report->platform;
	const struct pr_platform_shown *shown = pr_platform_shown_of(platform, project_id);
	uint64_t now, before;

	if (!shown)
		return;
	now = pr_platform_surveyed(platform, &shown->summary, &before);
	pr_scope_add(scope, context->arena,
		pr_arena_format(context->arena, "platform.surveyed.%lld", (long long)project_id), count_value(now));
	pr_scope_add(scope, context->arena,
		pr_arena_format(context->arena, "platform.surveyed_before.%lld", (long long)project_id), count_value(before));
}

static void add_missing(const struct pr_context *context, struct pr_scope *scope, int64_t project_id)
{
	const struct pr_platform_shown *shown = pr_platform_shown_of(context->report->platform, project_id);

	if (shown)
		pr_scope_add(scope, context->arena,
			pr_arena_format(context->arena, "platform.missing.%lld", (long long)project_id),
			missing_of(&shown->summary));
}

void pr_rows_platform_fields(const struct pr_context *context, struct pr_scope *scope)
{
	const struct pr_platform *platform = context->report->platform;
	struct pr_arena *arena = context->arena;
	uint64_t problems = 0;

	for (size_t i = 0; platform && i < PR_PROBLEM_KIND_COUNT; i++)
		problems += platform->problems[i].subjects;
	pr_scope_add(scope, arena, "platform.earliest", pr_value_time(platform ? platform->earliest_ms : PR_TIME_MISSING));
	pr_scope_add(scope, arena, "platform.latest", pr_value_time(platform ? platform->latest_ms : PR_TIME_MISSING));
	pr_scope_add(scope, arena, "platform.currencies", count_value(platform ? platform->totals.currency_count : 0));
	pr_scope_add(scope, arena, "platform.problems", count_value(problems));
	pr_scope_add(scope, arena, "platform.named", count_value(platform ? platform->missing_named : 0));
	pr_scope_add(
		scope, arena, "platform.surveyed", count_value(platform ? platform->lists[PR_RANKING_SURVEY].candidates : 0));
	for (size_t i = 0; platform && i < PR_INDEX_BINS; i++)
		pr_scope_add(scope, arena, pr_arena_format(arena, "platform.index_bin.%zu", i + 1),
			count_value(platform->index_bins[i]));
	for (size_t i = 0; platform && i < platform->lists[PR_RANKING_SURVEY].count; i++)
		add_surveyed(context, scope, platform->lists[PR_RANKING_SURVEY].items[i].project_id);
	for (size_t i = 0; platform && i < platform->lists[PR_RANKING_COVERAGE_LOW].count; i++)
		add_missing(context, scope, platform->lists[PR_RANKING_COVERAGE_LOW].items[i].project_id);
	for (size_t i = 0; i < PR_RANKING_COUNT; i++) {
		const struct pr_platform_shown *first =
			platform && platform->lists[i].count > 0
				? pr_platform_shown_of(platform, platform->lists[i].items[0].project_id)
				: NULL;
		pr_scope_add(scope, arena, pr_arena_format(arena, "%s.name", pr_platform_ranking_names[i]),
			pr_value_text(first ? first->summary.project_name : NULL));
		pr_scope_add(scope, arena, pr_arena_format(arena, "%s.count", pr_platform_ranking_names[i]),
			count_value(platform ? platform->lists[i].count : 0));
	}
}
