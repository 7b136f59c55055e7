/* The tenant's figures out of its projects' (method, section 13), and what changes are against. */
#include <string.h>

#include "analysis/explain_tree.h"
#include "base/text.h"

/* --- the only project of a single edition --------------------------------------------------------------------------- */

static bool is_single(const struct pr_report *report)
{
	return report->tenant->edition == PR_EDITION_SINGLE && report->project_count == 1;
}

static void explain_copy(struct pr_explainer *explainer, struct pr_explain_node *node)
{
	const struct pr_explain_scope scope = pr_explain_scope_project(explainer, 0);
	node->rule = "of_the_project";
	pr_node_input(explainer, node, "project", pr_explain_finding(explainer, &scope, node->finding->id));
	pr_node_conclude(explainer, node, "project", NULL, 0);
}

/* --- sums ---------------------------------------------------------------------------------------------------------- */

static void add_projects(struct pr_explainer *explainer, struct pr_explain_node *node, const char *name, const char *id)
{
	pr_node_list(explainer, node, name, NULL);
	for (size_t i = 0; i < explainer->report->project_count; i++) {
		const struct pr_explain_scope scope = pr_explain_scope_project(explainer, i);
		if (pr_findings_get(scope.findings, id))
			pr_node_list(explainer, node, name, pr_explain_finding(explainer, &scope, id));
	}
}

static void explain_sum(struct pr_explainer *explainer, struct pr_explain_node *node)
{
	node->rule = "sum_of_projects";
	add_projects(explainer, node, "projects", node->finding->id);
	pr_node_conclude(explainer, node, "sum(projects)", NULL, 0);
}

/* The tenant's coverage is of quarters; of minutes only where no project with an expectation has quarters. */
static bool counts_for_coverage(const struct pr_report *report, const struct pr_project_report *project)
{
	bool any_quarters = false;
	for (size_t i = 0; i < report->project_count; i++) {
		const struct pr_finding *expected = pr_findings_get(&report->projects[i].findings, "coverage.expected");
		any_quarters = any_quarters || (!report->projects[i].coverage_of_minutes && expected && expected->value > 0);
	}
	return project->coverage_of_minutes != any_quarters;
}

static void add_covers(struct pr_explainer *explainer, struct pr_explain_node *node, const char *name, const char *id)
{
	pr_node_list(explainer, node, name, NULL);
	for (size_t i = 0; i < explainer->report->project_count; i++) {
		const struct pr_explain_scope scope = pr_explain_scope_project(explainer, i);
		if (counts_for_coverage(explainer->report, &explainer->report->projects[i]) &&
			pr_findings_get(scope.findings, id))
			pr_node_list(explainer, node, name, pr_explain_finding(explainer, &scope, id));
	}
}

#define MINUTES "where(samples,samples>0)"

/* A project's quarters with a sample, which are no finding of their own. */
static void add_minutes(struct pr_explainer *explainer, struct pr_explain_node *node)
{
	pr_node_list(explainer, node, "measured", NULL);
	for (size_t i = 0; i < explainer->report->project_count; i++) {
		bool made;
		struct pr_explain_site *own = pr_explain_site_of(explainer, i);
		if (!counts_for_coverage(explainer->report, &explainer->report->projects[i]))
			continue;
		struct pr_explain_node *step = pr_node_step(explainer, own->path, "minute.quarters", "coverage_minutes", &made);
		if (made) {
			pr_explain_columns(explainer, own, step, "samples");
			pr_node_conclude(explainer, step, "count(" MINUTES ")", NULL, -1);
		}
		pr_node_list(explainer, node, "measured", step);
	}
}

static bool explain_coverage(struct pr_explainer *explainer, struct pr_explain_node *node)
{
	const char *id = node->finding->id;
	node->rule = "coverage_tenant";
	if (pr_text_equal(id, "coverage.expected") || pr_text_equal(id, "coverage.measured")) {
		add_covers(explainer, node, "projects", id);
		pr_node_conclude(explainer, node,
			pr_text_equal(id, "coverage.expected") ? "default(sum(projects),0)" : "sum(projects)", NULL, 0);
		return true;
	}
	if (pr_text_equal(id, "coverage.rate"))
		add_covers(explainer, node, "measured", "coverage.measured");
	else
		add_minutes(explainer, node);
	add_covers(explainer, node, "expected", "coverage.expected");
	pr_node_conclude(explainer, node, "coverage(sum(measured),sum(expected))", NULL, 0);
	return true;
}

static void add_slots(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	for (int i = 0; i < PR_SLOT_COUNT; i++)
		pr_node_list(explainer, node, "slots",
			pr_explain_finding(
				explainer, scope, pr_arena_format(explainer->arena, "energy.slot.%s", pr_slot_names[i])));
}

static void explain_share(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	int slot = pr_name_index(pr_slot_names, PR_SLOT_COUNT, node->finding->id + strlen("energy.share."));
	node->rule = "energy_share";
	pr_explain_share_of(explainer, scope, node, slot, add_slots);
}

/* Σ money ÷ Σ kWh of the projects whose bills are whole. */
static void explain_price(struct pr_explainer *explainer, struct pr_explain_node *node)
{
	node->rule = "price_of_projects";
	pr_node_list(explainer, node, "money", NULL);
	pr_node_list(explainer, node, "energy", NULL);
	for (size_t i = 0; i < explainer->report->project_count; i++) {
		const struct pr_explain_scope scope = pr_explain_scope_project(explainer, i);
		const struct pr_finding *price = pr_findings_get(scope.findings, "bill.price");
		if (!price || price->value == PR_MICRO_MISSING)
			continue;
		pr_node_list(explainer, node, "money", pr_explain_finding(explainer, &scope, "bill.total"));
		pr_node_list(explainer, node, "energy", pr_explain_finding(explainer, &scope, "energy.total"));
	}
	pr_node_conclude(explainer, node, "round(sum(money)/where(sum(energy),sum(energy)>0),6)", NULL, 0);
}

/* What has no figure above a project: a demand, money in several currencies. */
static void explain_none(struct pr_explainer *explainer, struct pr_explain_node *node, const char *rule)
{
	node->rule = rule;
	pr_node_constant(explainer, node, "none", pr_cell_text(NULL), NULL, "method 13");
	pr_node_conclude(explainer, node, "none", NULL, 0);
}

static bool has_one_currency(const struct pr_report *report)
{
	const char *currency = NULL;
	for (size_t i = 0; i < report->project_count; i++) {
		const char *own = report->projects[i].currency;
		if (own && currency && !pr_text_equal(own, currency))
			return false;
		currency = own ? own : currency;
	}
	return currency != NULL;
}

static bool is_sum(const char *id)
{
	static const char *const prefixes[] = {"energy.", "bill.", "change.", "savings."};
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (pr_text_starts(id, prefixes[i]))
			return true;
	return false;
}

bool pr_explain_totals(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	const char *id = node->finding->id;
	if (scope->level != PR_EXPLAIN_TENANT)
		return false;
	if (is_single(explainer->report)) {
		explain_copy(explainer, node);
		return true;
	}
	bool is_money = pr_text_starts(id, "bill.");
	if (pr_text_starts(id, "coverage."))
		return explain_coverage(explainer, node);
	if (pr_text_equal(id, "demand.max"))
		explain_none(explainer, node, "demand_none");
	else if (is_money && !has_one_currency(explainer->report))
		explain_none(explainer, node, "currency_mixed");
	else if (pr_text_starts(id, "energy.share."))
		explain_share(explainer, scope, node);
	else if (pr_text_equal(id, "bill.price"))
		explain_price(explainer, node);
	else if (is_sum(id))
		explain_sum(explainer, node);
	else
		return false;
	return true;
}

/* --- changes ------------------------------------------------------------------------------------------------------- */

const char *pr_explain_source_month(struct pr_explainer *explainer, int months_before)
{
	char month[16];
	return pr_arena_format(
		explainer->arena, "month %s", pr_month_iso(pr_month_add(explainer->report->month, -months_before), month));
}

/* Measured days of a month: quarters ÷ 96; of several incomers coverage × days. */
static pr_micro days_of(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, size_t project, int before)
{
	const struct pr_project_data *data = &explainer->report->dataset->projects[project];
	struct pr_arena scratch;
	pr_arena_init(&scratch);
	const struct pr_work quiet = {explainer->report->dataset, explainer->report->method, &scratch, NULL};
	struct pr_window window;
	pr_micro days;
	pr_window_month(&window, data->project, pr_month_add(explainer->report->month, -before), &scratch);
	if (scope->level == PR_EXPLAIN_POINT) {
		const struct pr_point *point = scope->subject->model;
		struct pr_settled settled;
		pr_settle(&quiet, data->project, point, &data->points[point - data->project->points], &window, &settled);
		days = pr_micro_ratio(settled.measured, 96, 6);
	} else {
		struct pr_site site;
		pr_site_init(&site, &quiet, data, &window);
		days = pr_site_measured_days(&site);
	}
	pr_arena_release(&scratch);
	return days;
}

static struct pr_explain_node *days_step(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, int before)
{
	bool made;
	struct pr_explain_node *node = pr_node_step(
		explainer, scope->path, pr_arena_format(explainer->arena, "days.%d", before), "measured_days", &made);
	if (!made)
		return node;
	pr_micro sum = PR_MICRO_MISSING;
	if (explainer->report->platform) {
		pr_explain_platform_days(explainer, node, before);
		return node;
	}
	if (scope->level != PR_EXPLAIN_TENANT)
		sum = days_of(explainer, scope, scope->project, before);
	for (size_t i = 0; scope->level == PR_EXPLAIN_TENANT && i < explainer->report->project_count; i++)
		if (!explainer->report->projects[i].coverage_of_minutes || is_single(explainer->report))
			sum = pr_sum_present(sum, days_of(explainer, scope, i, before));
	pr_node_given(explainer, node, pr_cell_micro(sum), "d", pr_explain_source_month(explainer, before));
	return node;
}

static void compare_with(struct pr_explainer *explainer, const struct pr_explain_scope *scope,
	struct pr_explain_node *node, const char *name, pr_micro change, pr_micro base, bool per_day, int before)
{
	if (change == PR_MICRO_MISSING)
		return;
	struct pr_explain_node *attribute =
		pr_node_attribute(explainer, node, name, pr_cell_micro(change), per_day ? "change_per_day" : "change_against");
	attribute->digits = PR_PRECISION_RATIO;
	pr_node_input(explainer, attribute, "now", node);
	pr_node_constant(
		explainer, attribute, "base", pr_cell_micro(base), node->unit, pr_explain_source_month(explainer, before));
	if (per_day) {
		pr_node_input(explainer, attribute, "days", days_step(explainer, scope, 0));
		pr_node_input(explainer, attribute, "base_days", days_step(explainer, scope, before));
	}
	pr_node_conclude(explainer, attribute,
		per_day ? "round((now*base_days-base*days)/(base*days),6)" : "round((now-base)/base,6)", "1", 6);
}

void pr_explain_compare(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	const struct pr_finding *finding = node->finding;
	compare_with(explainer, scope, node, "change_month", finding->change_month, finding->base_month,
		finding->change_month_per_day, 1);
	compare_with(explainer, scope, node, "change_year", finding->change_year, finding->base_year,
		finding->change_year_per_day, 12);
}
