#include "analysis/verify.h"

/* Sets `id` and `id`.rate; true where the difference is above the flag. Nothing is set where either is missing. */
static bool set_difference(const struct pr_site *site, const struct pr_bill *bill, pr_micro coverage,
	struct pr_findings *findings, const char *id, pr_micro ours, pr_micro theirs, pr_micro *rate)
{
	struct pr_arena *arena = site->work->arena;
	*rate = PR_MICRO_MISSING;
	if (ours == PR_MICRO_MISSING || theirs == PR_MICRO_MISSING || !bill->currency)
		return false;
	pr_wide difference = (pr_wide)ours - theirs;
	pr_findings_set(
		findings, arena, id, pr_wide_round(difference * PR_MICRO_ONE, 2), bill->currency, PR_PRECISION_MONEY)
		->coverage = coverage;
	*rate = pr_micro_ratio(difference, theirs < 0 ? -(pr_wide)theirs : theirs, PR_PRECISION_RATIO);
	pr_findings_set(findings, arena, pr_arena_format(arena, "%s.rate", id), *rate, "1", PR_PRECISION_RATIO)->coverage =
		coverage;
	pr_micro flag = pr_micro_from_double(site->work->method->verification_flag);
	return *rate == PR_MICRO_MISSING ? ours != theirs : *rate > flag || *rate < -flag;
}

/* Σ ingest charge against our energy charge of the same quarters of the same incomers. */
static void verify_ingest(const struct pr_site *site, const struct pr_bill *bill, struct pr_findings *findings)
{
	pr_wide ours_e12 = 0, theirs = 0;
	uint64_t compared = 0;
	for (size_t i = 0; i < site->incomer_count; i++) {
		for (size_t k = 0; k < site->window.count; k++) {
			const struct pr_settled_quarter *cell = &site->incomers[i].quarters[k];
			pr_micro price = site->quarters[k].price;
			if (cell->charge == PR_MICRO_MISSING || cell->kwh == PR_MICRO_MISSING || price == PR_MICRO_MISSING)
				continue;
			ours_e12 += pr_wide_product(cell->kwh, price);
			theirs += cell->charge;
			compared++;
		}
	}
	if (!compared) {
		pr_note_plain(site->work, "bill.ingest_missing", site->project->id, 0);
		return;
	}
	pr_micro rate;
	pr_micro their_sum = pr_wide_round(theirs * PR_MICRO_ONE, 2);
	bool flagged = set_difference(site, bill, pr_coverage(compared, site->expected), findings, "bill.ingest.difference",
		pr_wide_round(ours_e12, 2), their_sum, &rate);
	if (!flagged)
		return;
	struct pr_note note = pr_note_make("bill.ingest_difference", site->project->id, 0);
	note.count = compared;
	note.value = rate;
	note.unit = "1";
	pr_note_add(site->work, &note);
}

static const struct pr_utility_bill *utility_bill_of(const struct pr_project *project, struct pr_month month)
{
	for (size_t i = 0; i < project->utility_bill_count; i++)
		if (pr_month_compare(project->utility_bills[i].month, month) == 0)
			return &project->utility_bills[i];
	return NULL;
}

/* Whether every incomer's rows were read over all of [from, to). */
static bool was_read(const struct pr_site *site, int64_t from_ms, int64_t to_ms)
{
	for (size_t i = 0; i < site->incomer_count; i++) {
		const struct pr_point_data *data = site->incomer_data[i];
		bool read = false;
		for (size_t w = 0; w < data->window_count; w++)
			read = read || (data->windows[w].from_ms <= from_ms && data->windows[w].to_ms >= to_ms - 2 * PR_MS_MINUTE);
		if (!read)
			return false;
	}
	return true;
}

static void note_period(const struct pr_site *site, int64_t from_ms, int64_t to_ms)
{
	struct pr_note note = pr_note_make("bill.utility_period", site->project->id, 0);
	note.first_ms = from_ms;
	note.last_ms = to_ms;
	pr_note_add(site->work, &note);
}

/* Our bill over the utility's own period; false where that reaches beyond what was read. */
static bool bill_of_period(const struct pr_site *site, const struct pr_utility_bill *theirs, const struct pr_bill *bill,
	struct pr_bill *ours, pr_micro *coverage)
{
	*ours = *bill;
	*coverage = pr_site_coverage(site);
	if (!theirs->period_from.year || !theirs->period_to.year)
		return true;
	struct pr_window window;
	pr_window_init(&window, site->project, theirs->period_from, theirs->period_to, site->work->arena);
	if (window.from_ms == site->window.from_ms && window.to_ms == site->window.to_ms)
		return true;
	note_period(site, window.from_ms, window.to_ms);
	if (!window.count || !was_read(site, window.from_ms, window.to_ms))
		return false;
	struct pr_work quiet = *site->work;
	quiet.report = NULL;
	struct pr_site period;
	struct pr_demand demand;
	pr_site_init(&period, &quiet, site->data, &window);
	pr_demand_work_out(&period, &demand);
	pr_bill_work_out(&period, &demand, ours);
	*coverage = pr_site_coverage(&period);
	return true;
}

static void verify_utility(
	const struct pr_site *site, const struct pr_bill *bill, struct pr_month month, struct pr_findings *findings)
{
	const struct pr_utility_bill *theirs = utility_bill_of(site->project, month);
	if (!theirs) {
		pr_note_plain(site->work, "bill.utility_missing", site->project->id, 0);
		return;
	}
	struct pr_bill ours;
	pr_micro coverage;
	if (!bill_of_period(site, theirs, bill, &ours, &coverage) || ours.incomplete)
		return;
	const struct {
		const char *id;
		const char *name;
		pr_micro ours, theirs;
	} parts[] = {
		{"bill.utility.energy.difference", "energy", ours.energy, theirs->energy_amount},
		{"bill.utility.basic.difference", "basic", ours.basic, theirs->basic_amount},
		{"bill.utility.total.difference", "total", ours.total, theirs->amount},
	};
	struct pr_note note = pr_note_make("bill.utility_difference", site->project->id, 0);
	note.unit = "1";
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		pr_micro rate;
		if (!set_difference(site, &ours, coverage, findings, parts[i].id, parts[i].ours, parts[i].theirs, &rate))
			continue;
		note.detail =
			note.detail ? pr_arena_format(site->work->arena, "%s, %s", note.detail, parts[i].name) : parts[i].name;
		note.value = rate;
	}
	if (note.detail)
		pr_note_add(site->work, &note);
}

/* The basic charge by the meter's own maximum, which a utility with a sliding window takes. */
static void publish_reported(const struct pr_site *site, const struct pr_bill *bill, const struct pr_demand *demand,
	struct pr_findings *findings)
{
	pr_micro basic = pr_bill_basic_at(site, bill, demand->reported_kw);
	if (basic == PR_MICRO_MISSING)
		return;
	struct pr_finding *finding =
		pr_findings_set(findings, site->work->arena, "bill.basic.reported", basic, bill->currency, PR_PRECISION_MONEY);
	finding->source = bill->tariff->source;
	finding->coverage = pr_site_coverage(site);
}

void pr_verify_publish(const struct pr_site *site, const struct pr_bill *bill, const struct pr_demand *demand,
	struct pr_month month, struct pr_findings *findings)
{
	if (!bill->currency)
		return;
	publish_reported(site, bill, demand, findings);
	verify_ingest(site, bill, findings);
	verify_utility(site, bill, month, findings);
	for (size_t i = 0; i < site->project->plan_count; i++) {
		pr_micro rate;
		if (pr_month_compare(site->project->plans[i].month, month) == 0 && !bill->incomplete)
			set_difference(site, bill, pr_site_coverage(site), findings, "bill.plan.difference", bill->total,
				site->project->plans[i].amount, &rate);
	}
}
