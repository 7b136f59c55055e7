/* Projects side by side (method, section 13): what needs attention, shares of the tenant's sums, contributions. */
#include <string.h>

#include "analysis/explain_tree.h"
#include "base/text.h"

/* --- a project's --------------------------------------------------------------------------------------------------- */

static void add_finding(struct pr_explainer *explainer, const struct pr_explain_scope *scope,
	struct pr_explain_node *node, const char *name, const char *id)
{
	if (pr_findings_get(scope->findings, id))
		pr_node_input(explainer, node, name, pr_explain_finding(explainer, scope, id));
	else
		pr_node_constant(explainer, node, name, pr_cell_text(NULL), NULL, id);
}

static void explain_low_coverage(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	add_finding(explainer, scope, node, "expected", "coverage.expected");
	add_finding(explainer, scope, node, "measured", "coverage.measured");
	pr_node_constant(explainer, node, "gate", pr_cell_micro(pr_micro_from_double(explainer->quiet.method->gate)), "1",
		"settings report.gate");
	pr_node_conclude(explainer, node, "where(measured<gate*expected,expected>0)", NULL, 0);
}

static void explain_low_grade(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	add_finding(explainer, scope, node, "grade", "health.grade");
	pr_node_conclude(explainer, node, "where(either(grade=='fair',grade=='poor'),known(grade))", NULL, 0);
}

static void explain_high_demand(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	add_finding(explainer, scope, node, "demand", "demand.max");
	add_finding(explainer, scope, node, "contract", "demand.contract");
	pr_node_constant(explainer, node, "tolerance", pr_cell_micro(explainer->quiet.method->basic.contract_tolerance),
		"1", "method basic.contract_tolerance");
	pr_node_conclude(explainer, node, "demand>tolerance*contract", NULL, 0);
}

static const struct {
	const char *id, *of;
} above_zero[] = {{"attention.power_factor", "bill.pf.amount"}, {"attention.alarms", "alarms.level.1"},
	{"attention.sensors", "safety.over_limit_sensors"}};

static const char *const reasons[] = {"attention.coverage", "attention.grade", "attention.demand",
	"attention.power_factor", "attention.alarms", "attention.sensors"};

static bool explain_attention(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	const char *id = node->finding->id;
	node->rule = pr_arena_format(explainer->arena, "attention_%s", id + strlen("attention."));
	for (size_t i = 0; i < sizeof above_zero / sizeof *above_zero; i++) {
		if (!pr_text_equal(above_zero[i].id, id))
			continue;
		add_finding(explainer, scope, node, "value", above_zero[i].of);
		pr_node_conclude(explainer, node, "value>0", NULL, 0);
		return true;
	}
	if (pr_text_equal(id, "attention.coverage"))
		explain_low_coverage(explainer, scope, node);
	else if (pr_text_equal(id, "attention.grade"))
		explain_low_grade(explainer, scope, node);
	else if (pr_text_equal(id, "attention.demand"))
		explain_high_demand(explainer, scope, node);
	else if (pr_text_equal(id, "attention.projects")) {
		for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
			pr_node_list(explainer, node, "reasons", pr_explain_finding(explainer, scope, reasons[i]));
		pr_node_conclude(explainer, node, "max(reasons)", NULL, 0);
	} else {
		return false;
	}
	return true;
}

/* This month's less last month's; what was not measured at all adds nothing. */
static void explain_contribution(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	struct pr_explain_site *own = pr_explain_site_of(explainer, scope->project);
	bool is_bill = pr_text_equal(node->finding->id, "contribution.bill");
	const char *id = is_bill ? "bill.total" : "energy.total";
	const struct pr_base *month = pr_history_month(pr_explain_history(explainer, own));
	const struct pr_finding *now = pr_findings_get(scope->findings, id);
	const struct pr_finding *before = pr_findings_get(&month->findings, id);
	const struct pr_finding *expected = pr_findings_get(scope->findings, "coverage.expected");
	bool is_comparable = true;
	if (is_bill) {
		bool both = now && before && now->value != PR_MICRO_MISSING && before->value != PR_MICRO_MISSING;
		bool incomplete = (own->report->bill_incomplete && expected && expected->value > 0) ||
		                  (month->bill_incomplete && month->expected);
		is_comparable = own->report->currency && !incomplete && (!both || pr_text_equal(now->unit, before->unit));
	}
	add_finding(explainer, scope, node, "now", id);
	pr_node_constant(explainer, node, "before", pr_cell_micro(before ? before->value : PR_MICRO_MISSING), node->unit,
		pr_explain_source_month(explainer, 1));
	pr_node_constant(explainer, node, "comparable", pr_cell_count(is_comparable), NULL, "method 13");
	node->rule = "contribution";
	pr_node_conclude(explainer, node,
		"where(default(now,0)-default(before,0),both(either(known(now),known(before)),comparable))", NULL, 0);
}

static bool has_several_currencies(const struct pr_report *report)
{
	const char *currency = NULL;
	for (size_t i = 0; i < report->project_count; i++) {
		const char *own = report->projects[i].currency;
		if (own && currency && !pr_text_equal(own, currency))
			return true;
		currency = own ? own : currency;
	}
	return false;
}

static void add_all(struct pr_explainer *explainer, struct pr_explain_node *node, const char *id)
{
	pr_node_list(explainer, node, "projects", NULL);
	for (size_t i = 0; i < explainer->report->project_count; i++) {
		const struct pr_explain_scope scope = pr_explain_scope_project(explainer, i);
		if (pr_findings_get(scope.findings, id))
			pr_node_list(explainer, node, "projects", pr_explain_finding(explainer, &scope, id));
	}
}

/* Where a project stands among those that have the finding, from 1. */
static size_t place_of(struct pr_explainer *explainer, const struct pr_explain_scope *scope, const char *id)
{
	size_t place = 1;
	for (size_t i = 0; i < scope->project; i++)
		place += pr_findings_get(&explainer->report->projects[i].findings, id) != NULL;
	return place;
}

static void explain_share(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	const char *id = pr_text_equal(node->finding->id, "bill.share") ? "bill.total" : "energy.total";
	bool is_mixed = pr_text_equal(id, "bill.total") && has_several_currencies(explainer->report);
	size_t place = place_of(explainer, scope, id);
	node->rule = is_mixed ? "currency_mixed" : "portfolio_share";
	if (is_mixed || !pr_findings_get(scope->findings, id)) {
		pr_node_constant(explainer, node, "none", pr_cell_text(NULL), NULL, "method 13");
		pr_node_conclude(explainer, node, "none", NULL, 0);
		return;
	}
	add_all(explainer, node, id);
	pr_node_conclude(explainer, node, pr_arena_format(explainer->arena, "share(%zu,6,projects)", place), NULL, 0);
	if (node->finding->shown == PR_MICRO_MISSING)
		return;
	struct pr_explain_node *shown =
		pr_node_attribute(explainer, node, "shown", pr_cell_micro(node->finding->shown), "energy_share_shown");
	add_all(explainer, shown, id);
	pr_node_conclude(explainer, shown, pr_arena_format(explainer->arena, "share(%zu,3,projects)", place), "1", 3);
}

static bool explain_project(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	const char *id = node->finding->id;
	if (pr_text_starts(id, "attention."))
		return explain_attention(explainer, scope, node);
	if (pr_text_equal(id, "energy.share") || pr_text_equal(id, "bill.share"))
		explain_share(explainer, scope, node);
	else if (pr_text_starts(id, "contribution."))
		explain_contribution(explainer, scope, node);
	else
		return false;
	return true;
}

/* --- the tenant's -------------------------------------------------------------------------------------------------- */

static void explain_currency(struct pr_explainer *explainer, struct pr_explain_node *node)
{
	const char *currency = node->finding->id + strlen("bill.currency.");
	node->rule = "sum_of_projects";
	pr_node_list(explainer, node, "projects", NULL);
	for (size_t i = 0; i < explainer->report->project_count; i++) {
		const struct pr_explain_scope scope = pr_explain_scope_project(explainer, i);
		if (pr_text_equal(explainer->report->projects[i].currency, currency))
			pr_node_list(explainer, node, "projects", pr_explain_finding(explainer, &scope, "bill.total"));
	}
	pr_node_conclude(explainer, node, "sum(projects)", NULL, 0);
}

static bool explain_tenant(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	const char *id = node->finding->id;
	if (pr_text_starts(id, "bill.currency.")) {
		explain_currency(explainer, node);
		return true;
	}
	if (pr_text_equal(id, "change.projects")) {
		node->rule = "change_projects";
		pr_node_input(explainer, node, "whole", pr_explain_finding(explainer, scope, "contribution.bill"));
		pr_node_input(explainer, node, "parts", pr_explain_finding(explainer, scope, "change.total"));
		pr_node_conclude(explainer, node, "whole-parts", NULL, 0);
		return true;
	}
	if (!pr_text_starts(id, "attention.") && !pr_text_starts(id, "contribution."))
		return false;
	bool is_mixed = pr_text_equal(id, "contribution.bill") && has_several_currencies(explainer->report);
	node->rule = is_mixed ? "currency_mixed" : "sum_of_projects";
	if (is_mixed)
		pr_node_list(explainer, node, "projects", NULL);
	else
		add_all(explainer, node, id);
	pr_node_conclude(explainer, node, "sum(projects)", NULL, 0);
	return true;
}

bool pr_explain_portfolio(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	if (explainer->report->tenant->edition == PR_EDITION_SINGLE)
		return false;
	if (scope->level == PR_EXPLAIN_TENANT)
		return explain_tenant(explainer, scope, node);
	return scope->level == PR_EXPLAIN_PROJECT && explain_project(explainer, scope, node);
}
