/* Rows of checks: the bill against what others say it is, and the incomers against what is measured below them. */
#include "document/rows.h"

#include <math.h>

#include "base/text.h"

static const struct pr_utility_bill *utility_bill(const struct pr_row_builder *builder)
{
	const struct pr_project *project = builder->project->project;

	for (size_t i = 0; i < project->utility_bill_count; i++)
		if (pr_month_compare(project->utility_bills[i].month, builder->context->report->month) == 0)
			return &project->utility_bills[i];
	return NULL;
}

static pr_micro planned_amount(const struct pr_row_builder *builder)
{
	const struct pr_project *project = builder->project->project;

	for (size_t i = 0; i < project->plan_count; i++)
		if (pr_month_compare(project->plans[i].month, builder->context->report->month) == 0)
			return project->plans[i].amount;
	return PR_MICRO_MISSING;
}

static pr_micro theirs_of(const struct pr_row_builder *builder, size_t which)
{
	const struct pr_utility_bill *utility = utility_bill(builder);

	switch (which) {
	case 1:
		return utility ? utility->energy_amount : PR_MICRO_MISSING;
	case 2:
		return utility ? utility->basic_amount : PR_MICRO_MISSING;
	case 3:
		return utility ? utility->amount : PR_MICRO_MISSING;
	case 4: /* the plan */
		return planned_amount(builder);
	default: /* what the ingest priced is known as a difference only: it may hold fewer quarters than the bill */
		return PR_MICRO_MISSING;
	}
}

bool pr_rows_checks(struct pr_row_builder *builder)
{
	/* What was planned is no bill that could be wrong. */
	enum { PLAN = 4 };
	static const char *const items[] = {"ingest", "utility.energy", "utility.basic", "utility.total", "plan"};
	const struct pr_method *method = builder->context->report->method;
	double flag = method ? method->verification_flag : 0;

	for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
		struct pr_arena *arena = builder->context->arena;
		const char *id = pr_arena_format(arena, "bill.%s.difference", items[i]);
		const struct pr_finding *difference = pr_findings_get(&builder->project->findings, id);
		struct pr_value rate =
			pr_project_value(builder->context, builder->project, pr_arena_format(arena, "%s.rate", id));
		pr_micro theirs = theirs_of(builder, i), ours = PR_MICRO_MISSING;
		struct pr_scope *row;

		bool flagged = i < PLAN && rate.kind == PR_VALUE_NUMBER && fabs(rate.number) > flag;

		if (!difference || difference->value == PR_MICRO_MISSING)
			continue;
		if (theirs != PR_MICRO_MISSING && !pr_micro_add(theirs, difference->value, &ours))
			ours = PR_MICRO_MISSING;
		row = pr_rows_add(builder);
		pr_rows_field(builder, row, "row.item", pr_value_text(items[i]));
		pr_rows_field(builder, row, "row.ours", pr_value_micro(ours, builder->project->currency));
		pr_rows_field(builder, row, "row.theirs", pr_value_micro(theirs, builder->project->currency));
		pr_rows_field(builder, row, "row.difference", pr_project_value(builder->context, builder->project, id));
		pr_rows_field(builder, row, "row.rate", rate);
		pr_rows_field(builder, row, "row.flagged", pr_value_number(flagged, NULL));
		pr_rows_field(builder, row, "row.verdict", pr_value_text(flagged ? "flagged" : i < PLAN ? "agrees" : NULL));
	}
	return true;
}
