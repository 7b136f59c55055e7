#include "analysis/portfolio.h"

#include "analysis/health.h"
#include "base/text.h"

#define CONTRIBUTION_ENERGY "contribution.energy"
#define CONTRIBUTION_BILL "contribution.bill"
#define CHANGE_PROJECTS "change.projects"

static pr_micro value_of(const struct pr_findings *findings, const char *id)
{
	const struct pr_finding *finding = pr_findings_get(findings, id);
	return finding ? finding->value : PR_MICRO_MISSING;
}

/* --- attention -------------------------------------------------------------------------------------------------- */

enum answer { NO, YES, UNKNOWN };

static enum answer is_above(pr_micro value, pr_micro limit)
{
	if (value == PR_MICRO_MISSING || limit == PR_MICRO_MISSING)
		return UNKNOWN;
	return value > limit ? YES : NO;
}

static enum answer demand_exceeds(const struct pr_method *method, const struct pr_findings *findings)
{
	pr_micro demand = value_of(findings, "demand.max"), contract = value_of(findings, "demand.contract");
	if (demand == PR_MICRO_MISSING || contract == PR_MICRO_MISSING)
		return UNKNOWN;
	return (pr_wide)demand * PR_MICRO_ONE > (pr_wide)contract * method->basic.contract_tolerance ? YES : NO;
}

static enum answer grade_is_low(const char *grade)
{
	if (!grade)
		return UNKNOWN;
	return pr_text_equal(grade, pr_health_grade_names[PR_GRADE_FAIR]) ||
	               pr_text_equal(grade, pr_health_grade_names[PR_GRADE_POOR])
	           ? YES
	           : NO;
}

static enum answer coverage_is_low(const struct pr_method *method, const struct pr_cover *cover)
{
	if (!cover->expected)
		return UNKNOWN;
	return pr_below_gate(method, cover->measured, cover->expected) ? YES : NO;
}

void pr_attention_publish(
	const struct pr_work *work, const struct pr_cover *cover, const char *grade, struct pr_findings *findings)
{
	const struct {
		const char *id;
		enum answer answer;
	} reasons[] = {{"attention.coverage", coverage_is_low(work->method, cover)},
		{"attention.grade", grade_is_low(grade)}, {"attention.demand", demand_exceeds(work->method, findings)},
		{"attention.power_factor", is_above(value_of(findings, "bill.pf.amount"), 0)},
		{"attention.alarms", is_above(value_of(findings, "alarms.level.1"), 0)},
		{"attention.sensors", is_above(value_of(findings, "safety.over_limit_sensors"), 0)}};
	enum answer any = UNKNOWN;
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
		enum answer answer = reasons[i].answer;
		pr_findings_set(findings, work->arena, reasons[i].id,
			answer == UNKNOWN ? PR_MICRO_MISSING : answer * PR_MICRO_ONE, "1", PR_PRECISION_COUNT);
		if (answer == YES || (answer == NO && any == UNKNOWN))
			any = answer;
	}
	pr_findings_set(findings, work->arena, "attention.projects", any == UNKNOWN ? PR_MICRO_MISSING : any * PR_MICRO_ONE,
		"1", PR_PRECISION_COUNT);
}

/* --- shares and ranks ------------------------------------------------------------------------------------------- */

/* Each project's share of the sum, as printed adding up to 100.0 %. */
static void share_out(
	const struct pr_work *work, const char *id, const char *share_id, bool has_sum, struct pr_report *report)
{
	size_t count = report->project_count;
	pr_micro *values = pr_arena_array(work->arena, count, sizeof *values);
	pr_micro *shares = pr_arena_array(work->arena, count, sizeof *shares);
	pr_micro *shown = pr_arena_array(work->arena, count, sizeof *shown);
	for (size_t i = 0; i < count; i++)
		values[i] = has_sum ? value_of(&report->projects[i].findings, id) : PR_MICRO_MISSING;
	pr_shares(values, count, PR_PRECISION_RATIO, work->arena, shares);
	pr_shares(values, count, PR_SHOWN_SHARE_DIGITS, work->arena, shown);
	for (size_t i = 0; i < count; i++)
		pr_findings_set(&report->projects[i].findings, work->arena, share_id, shares[i], "1", PR_PRECISION_RATIO)
			->shown = shown[i];
}

/* 1 = the largest, by magnitude; of equals the first in the list. Only among figures of one unit. */
static void rank(const char *id, struct pr_report *report)
{
	for (size_t i = 0; i < report->project_count; i++) {
		struct pr_finding *finding = pr_findings_edit(&report->projects[i].findings, id);
		if (!finding || finding->value == PR_MICRO_MISSING)
			continue;
		finding->rank = 1;
		for (size_t k = 0; k < report->project_count; k++) {
			pr_micro mine = finding->value < 0 ? -finding->value : finding->value;
			pr_micro other = value_of(&report->projects[k].findings, id);
			if (k == i || other == PR_MICRO_MISSING)
				continue;
			other = other < 0 ? -other : other;
			finding->rank += other > mine || (other == mine && k < i);
		}
	}
}

/* --- contributions ---------------------------------------------------------------------------------------------- */

/* This month's less last month's, what was not measured at all adding nothing, so that the parts make up the whole. */
static pr_micro difference(pr_micro now, pr_micro before)
{
	if (now == PR_MICRO_MISSING && before == PR_MICRO_MISSING)
		return PR_MICRO_MISSING;
	return (now == PR_MICRO_MISSING ? 0 : now) - (before == PR_MICRO_MISSING ? 0 : before);
}

/* A bill that is not complete, or in another currency than last month's, is compared with none; before its first day a
 * project has none. */
static bool is_comparable(const struct pr_project_bases *bases, const struct pr_finding *now)
{
	const struct pr_finding *before = pr_findings_get(&bases->month->findings, "bill.total");
	bool both = now && before && now->value != PR_MICRO_MISSING && before->value != PR_MICRO_MISSING;
	bool incomplete = (bases->now.bill_incomplete && bases->now.expected) ||
	                  (bases->month->bill_incomplete && bases->month->expected);
	return !incomplete && (!both || pr_text_equal(now->unit, before->unit));
}

static void contribute(const struct pr_work *work, const struct pr_project_bases *bases, struct pr_findings *findings)
{
	const struct pr_finding *bill = pr_findings_get(findings, "bill.total");
	pr_micro energy = difference(value_of(findings, "energy.total"), value_of(&bases->month->findings, "energy.total"));
	pr_micro money = PR_MICRO_MISSING;
	if (bases->currency && is_comparable(bases, bill))
		money = difference(bill ? bill->value : PR_MICRO_MISSING, value_of(&bases->month->findings, "bill.total"));
	pr_findings_set(findings, work->arena, CONTRIBUTION_ENERGY, energy, "kWh", PR_PRECISION_QUANTITY);
	pr_findings_set(
		findings, work->arena, CONTRIBUTION_BILL, money, bases->currency ? bases->currency : "1", PR_PRECISION_MONEY);
}

/* --- the tenant's ----------------------------------------------------------------------------------------------- */

static void sum_up(const struct pr_work *work, const char *id, const char *unit, int digits, struct pr_report *report)
{
	pr_micro sum = PR_MICRO_MISSING;
	for (size_t i = 0; i < report->project_count; i++)
		sum = pr_sum_present(sum, value_of(&report->projects[i].findings, id));
	pr_findings_set(&report->findings, work->arena, id, sum, unit, digits);
}

/* What the change of the bills has beside the parts of those that have some: projects that are new or ended. */
static void add_rest_of_change(const struct pr_work *work, struct pr_report *report)
{
	pr_micro parts = value_of(&report->findings, "change.total");
	pr_micro whole = value_of(&report->findings, CONTRIBUTION_BILL);
	if (parts == PR_MICRO_MISSING || whole == PR_MICRO_MISSING)
		return;
	const char *currency = pr_findings_get(&report->findings, "change.total")->unit;
	pr_findings_set(&report->findings, work->arena, CHANGE_PROJECTS, whole - parts, currency, PR_PRECISION_MONEY);
}

/* A sum that holds only some of the projects says of how many. */
static void note_partial_sums(const struct pr_work *work, const struct pr_report *report)
{
	static const struct {
		const char *id, *code;
	} sums[] = {{"energy.plan", "energy.plan_partial"}, {"energy.carbon", "energy.carbon_partial"},
		{"bill.utility.total.difference", "bill.utility_partial"}};
	for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
		struct pr_note note = pr_note_make(sums[i].code, 0, 0);
		for (size_t k = 0; k < report->project_count; k++)
			note.count += value_of(&report->projects[k].findings, sums[i].id) != PR_MICRO_MISSING;
		if (value_of(&report->findings, sums[i].id) != PR_MICRO_MISSING && note.count < report->project_count)
			pr_note_add(work, &note);
	}
}

/* Several currencies have no sum: each has its own, "bill.currency.CNY". */
static void sum_currencies(const struct pr_work *work, struct pr_report *report)
{
	for (size_t i = 0; i < report->project_count; i++) {
		const struct pr_project_report *project = &report->projects[i];
		if (!project->currency)
			continue;
		const char *id = pr_arena_format(work->arena, "bill.currency.%s", project->currency);
		pr_micro sum = pr_sum_present(value_of(&report->findings, id), value_of(&project->findings, "bill.total"));
		pr_findings_set(&report->findings, work->arena, id, sum, project->currency, PR_PRECISION_MONEY);
	}
}

static bool has_several_currencies(const struct pr_project_bases *bases, size_t count, const char **currency)
{
	*currency = NULL;
	for (size_t i = 0; i < count; i++) {
		if (bases[i].currency && *currency && !pr_text_equal(bases[i].currency, *currency))
			return true;
		if (bases[i].currency)
			*currency = bases[i].currency;
	}
	return false;
}

void pr_portfolio_publish(
	const struct pr_work *work, const struct pr_project_bases *bases, size_t count, struct pr_report *report)
{
	static const char *const attention[] = {"attention.coverage", "attention.grade", "attention.demand",
		"attention.power_factor", "attention.alarms", "attention.sensors", "attention.projects"};
	const char *currency;
	bool mixed = has_several_currencies(bases, count, &currency);
	if (report->tenant->edition == PR_EDITION_SINGLE)
		return;
	for (size_t i = 0; i < count; i++) {
		struct pr_findings *findings = &report->projects[i].findings;
		const struct pr_finding *grade = pr_findings_get(findings, "health.grade");
		pr_attention_publish(work, bases[i].cover, grade ? grade->word : NULL, findings);
		contribute(work, &bases[i], findings);
	}
	share_out(work, "energy.total", "energy.share", true, report);
	share_out(work, "bill.total", "bill.share", !mixed, report);
	rank("energy.total", report);
	rank(CONTRIBUTION_ENERGY, report);
	if (!mixed) {
		rank("bill.total", report);
		rank(CONTRIBUTION_BILL, report);
	}
	for (size_t i = 0; i < sizeof attention / sizeof *attention; i++)
		sum_up(work, attention[i], "1", PR_PRECISION_COUNT, report);
	sum_up(work, CONTRIBUTION_ENERGY, "kWh", PR_PRECISION_QUANTITY, report);
	if (mixed || !currency)
		pr_findings_set(&report->findings, work->arena, CONTRIBUTION_BILL, PR_MICRO_MISSING, "1", PR_PRECISION_MONEY);
	else
		sum_up(work, CONTRIBUTION_BILL, currency, PR_PRECISION_MONEY, report);
	add_rest_of_change(work, report);
	if (mixed)
		sum_currencies(work, report);
	note_partial_sums(work, report);
}
