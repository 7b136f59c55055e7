#include "analysis/demand.h"

pr_micro pr_demand_kw(pr_micro kwh)
{
	return kwh == PR_MICRO_MISSING || kwh > INT64_MAX / 4 || kwh < -(INT64_MAX / 4) ? PR_MICRO_MISSING : kwh * 4;
}

/* value ≤ factor × base, exactly. */
static bool at_most(pr_micro value, double factor, pr_micro base)
{
	return (pr_wide)value * PR_MICRO_ONE <= (pr_wide)pr_micro_from_double(factor) * base;
}

/* The largest load that a report of the meter may claim: against D, and against the transformer. */
static bool reported_plausible(
	const struct pr_site *site, const struct pr_point *point, int64_t start_ms, pr_micro reported, pr_micro kw)
{
	const struct pr_plausibility *rules = &site->work->method->plausibility;
	const struct pr_transformer *transformer = pr_settle_transformer(site->project, point, start_ms);
	if (reported < 0 || !at_most(reported, rules->demand_high_factor, kw))
		return false;
	return !transformer || at_most(reported, rules->demand_rating_factor, transformer->rated_kva);
}

static void work_out_reported(const struct pr_site *site, struct pr_demand *demand)
{
	const struct pr_settled *incomer = &site->incomers[0];
	struct pr_tally absurd = {0};
	pr_micro largest = PR_MICRO_MISSING;
	int64_t largest_at_ms = PR_TIME_MISSING;
	for (size_t i = 0; i < incomer->count; i++) {
		pr_micro reported = incomer->quarters[i].mdp_max;
		if (reported == PR_MICRO_MISSING)
			continue;
		if (!reported_plausible(site, incomer->point, site->window.quarters[i].start_ms, reported, demand->kw)) {
			pr_tally_add(&absurd, site->window.quarters[i].start_ms, pr_micro_to_double(reported));
			continue;
		}
		if (largest == PR_MICRO_MISSING || reported > largest) {
			largest = reported;
			largest_at_ms = site->window.quarters[i].start_ms;
		}
	}
	/* Reported maxima that stay under the energy of their own quarters were not measured in them. */
	if (largest != PR_MICRO_MISSING &&
		(pr_wide)largest * PR_MICRO_ONE <
			(pr_wide)pr_micro_from_double(site->work->method->plausibility.demand_low_factor) * demand->kw) {
		pr_tally_add(&absurd, largest_at_ms, pr_micro_to_double(largest));
		largest = PR_MICRO_MISSING;
		largest_at_ms = PR_TIME_MISSING;
	}
	demand->reported_kw = largest;
	demand->reported_at_ms = largest_at_ms;
	pr_tally_note(
		site->work, &absurd, "demand.reported_implausible", site->project->id, incomer->point->id, "kW", NULL);
}

static bool is_reported(const struct pr_settled *incomer)
{
	for (size_t i = 0; i < incomer->count; i++)
		if (incomer->quarters[i].mdp_max != PR_MICRO_MISSING)
			return true;
	return false;
}

void pr_demand_work_out(const struct pr_site *site, struct pr_demand *demand)
{
	*demand = (struct pr_demand){PR_MICRO_MISSING, PR_TIME_MISSING, 0, 0, PR_MICRO_MISSING, PR_TIME_MISSING};
	for (size_t i = 0; i < site->window.count; i++) {
		const struct pr_quarter *quarter = &site->quarters[i];
		pr_micro kw = pr_demand_kw(quarter->partial_kwh);
		if (kw == PR_MICRO_MISSING || (demand->kw != PR_MICRO_MISSING && kw <= demand->kw))
			continue;
		demand->kw = kw;
		demand->at_ms = quarter->start_ms;
		demand->quarter = i;
		demand->missing_incomers = (uint16_t)(quarter->expected - quarter->measured);
	}
	if (demand->kw == PR_MICRO_MISSING)
		return;
	if (demand->missing_incomers) {
		struct pr_note note = pr_note_make("demand.partial", site->project->id, 0);
		note.count = demand->missing_incomers;
		note.first_ms = note.last_ms = demand->at_ms;
		pr_note_add(site->work, &note);
	}
	if (site->incomer_count == 1)
		work_out_reported(site, demand);
	if (site->incomer_count != 1 || !is_reported(&site->incomers[0]))
		pr_note_plain(site->work, "demand.not_reported", site->project->id, 0);
}

void pr_demand_publish(const struct pr_site *site, const struct pr_demand *demand, const struct pr_tariff *tariff,
	struct pr_findings *findings)
{
	struct pr_arena *arena = site->work->arena;
	pr_micro contract = tariff && tariff->basic_mode == PR_BASIC_CONTRACT ? tariff->contract_kw : PR_MICRO_MISSING;
	struct pr_finding *finding =
		pr_findings_set(findings, arena, "demand.max", demand->kw, "kW", PR_PRECISION_QUANTITY);
	finding->at_ms = demand->at_ms;
	finding->coverage = pr_site_coverage(site);
	finding->limit = contract;
	finding = pr_findings_set(findings, arena, "demand.reported", demand->reported_kw, "kW", PR_PRECISION_QUANTITY);
	finding->at_ms = demand->reported_at_ms;
	finding->coverage = demand->reported_kw == PR_MICRO_MISSING ? PR_MICRO_MISSING : pr_site_coverage(site);
	if (contract != PR_MICRO_MISSING) {
		finding = pr_findings_set(findings, arena, "demand.contract", contract, "kW", PR_PRECISION_QUANTITY);
		finding->source = tariff->source;
	}
}
