#include "analysis/usage.h"

#include "base/text.h"

/* A sum over the incomers' quarters of one cell, with how many hold it. */
struct sum {
	pr_micro value;
	uint32_t count;
};

static void add(struct sum *sum, pr_micro value)
{
	if (value == PR_MICRO_MISSING)
		return;
	sum->value = pr_sum_present(sum->value, value);
	sum->count++;
}

struct sums {
	struct sum lag, lead, phase[3];
};

static struct sums sum_incomers(const struct pr_site *site)
{
	static const struct sum none = {PR_MICRO_MISSING, 0};
	struct sums sums = {none, none, {none, none, none}};
	for (size_t i = 0; i < site->incomer_count; i++) {
		for (size_t k = 0; k < site->incomers[i].count; k++) {
			const struct pr_settled_quarter *cell = &site->incomers[i].quarters[k];
			pr_micro lead = cell->kvarh_lead;
			if (cell->kwh == PR_MICRO_MISSING) /* the quarter is not measured */
				continue;
			add(&sums.lag, cell->kvarh_lag);
			add(&sums.lead, lead != PR_MICRO_MISSING && lead < 0 ? -lead : lead);
			for (size_t phase = 0; phase < 3; phase++)
				add(&sums.phase[phase], cell->phase_kwh[phase]);
		}
	}
	return sums;
}

static struct pr_finding *set(const struct pr_site *site, struct pr_findings *findings, const char *id, pr_micro value,
	const char *unit, pr_micro coverage)
{
	struct pr_finding *finding = pr_findings_set(findings, site->work->arena, id, value, unit, PR_PRECISION_QUANTITY);
	finding->coverage = coverage;
	return finding;
}

static void publish_reactive(const struct pr_site *site, struct pr_findings *findings)
{
	struct sums sums = sum_incomers(site);
	pr_micro coverage = pr_coverage(sums.lag.count, site->expected);
	if (!sums.lag.count && !sums.lead.count && site->energy != PR_MICRO_MISSING)
		pr_note_plain(site->work, "energy.no_reactive", site->project->id, 0);
	set(site, findings, "energy.reactive", pr_sum_present(sums.lag.value, sums.lead.value), "kvarh", coverage);
	set(site, findings, "energy.reactive.lag", sums.lag.value, "kvarh", coverage);
	set(site, findings, "energy.reactive.lead", sums.lead.value, "kvarh", pr_coverage(sums.lead.count, site->expected));
	static const char *const ids[] = {"energy.phase.a", "energy.phase.b", "energy.phase.c"};
	static const char *const phases[] = {"a", "b", "c"};
	for (size_t phase = 0; phase < 3; phase++)
		if (sums.phase[phase].count)
			set(site, findings, ids[phase], sums.phase[phase].value, "kWh",
				pr_coverage(sums.phase[phase].count, site->expected))
				->phase = phases[phase];
}

static void publish_slots(const struct pr_site *site, const struct pr_bill *bill, struct pr_findings *findings)
{
	struct pr_arena *arena = site->work->arena;
	pr_micro coverage = pr_site_coverage(site), shares[PR_SLOT_COUNT], shown[PR_SLOT_COUNT];
	pr_shares(bill->slot_kwh, PR_SLOT_COUNT, PR_PRECISION_RATIO, arena, shares);
	pr_shares(bill->slot_kwh, PR_SLOT_COUNT, PR_SHOWN_SHARE_DIGITS, arena, shown);
	for (int slot = 0; slot < PR_SLOT_COUNT; slot++) {
		const char *name = pr_slot_names[slot];
		set(site, findings, pr_arena_format(arena, "energy.slot.%s", name), bill->slot_kwh[slot], "kWh", coverage);
		struct pr_finding *share = pr_findings_set(
			findings, arena, pr_arena_format(arena, "energy.share.%s", name), shares[slot], "1", PR_PRECISION_RATIO);
		share->coverage = coverage;
		share->shown = shown[slot];
	}
}

pr_micro *pr_usage_days(const struct pr_site *site)
{
	pr_micro *days = pr_arena_array(site->work->arena, site->window.day_count, sizeof *days);
	for (size_t i = 0; i < site->window.day_count; i++)
		days[i] = PR_MICRO_MISSING;
	for (size_t i = 0; i < site->window.count; i++) {
		pr_micro *day = &days[site->window.quarters[i].day];
		*day = pr_sum_present(*day, site->quarters[i].partial_kwh);
	}
	return days;
}

int pr_usage_largest_day(const struct pr_site *site, const pr_micro *days)
{
	int largest = -1;
	for (size_t i = 0; i < site->window.day_count; i++)
		if (days[i] != PR_MICRO_MISSING && (largest < 0 || days[i] > days[largest]))
			largest = (int)i;
	return largest;
}

static void publish_days(const struct pr_site *site, struct pr_findings *findings)
{
	const pr_micro *days = pr_usage_days(site);
	int largest = pr_usage_largest_day(site, days);
	pr_micro working = PR_MICRO_MISSING, off = PR_MICRO_MISSING, coverage = pr_site_coverage(site);
	for (size_t i = 0; i < site->window.day_count; i++) {
		if (site->window.days[i].kind == PR_DAY_WORKDAY)
			working = pr_sum_present(working, days[i]);
		else
			off = pr_sum_present(off, days[i]);
	}
	struct pr_finding *finding =
		set(site, findings, "energy.largest_day", largest < 0 ? PR_MICRO_MISSING : days[largest], "kWh", coverage);
	if (largest >= 0)
		finding->at_ms = site->window.days[largest].start_ms;
	set(site, findings, "energy.working", working, "kWh", coverage);
	set(site, findings, "energy.off", off, "kWh", coverage);
}

/* Carbon and coal: each quarter's kWh × the factor in force; null (with a note) where one has none. */
static void publish_emissions(const struct pr_site *site, struct pr_findings *findings)
{
	const struct pr_project *project = site->project;
	pr_wide carbon_e12 = 0, coal_e12 = 0;
	const char *source = NULL;
	struct pr_tally lacking = {0};
	if (!project->emission_factor_count || site->energy == PR_MICRO_MISSING)
		return;
	for (size_t i = 0; i < site->window.count; i++) {
		const struct pr_quarter *quarter = &site->quarters[i];
		const struct pr_emission_factor *factor = NULL;
		for (size_t k = 0; k < project->emission_factor_count; k++)
			if (pr_valid_at(&project->emission_factors[k].validity, quarter->start_ms))
				factor = &project->emission_factors[k];
		if (quarter->partial_kwh == PR_MICRO_MISSING)
			continue;
		if (!factor) {
			pr_tally_add(&lacking, quarter->start_ms, 0);
			continue;
		}
		source = factor->source;
		carbon_e12 += pr_wide_product(quarter->partial_kwh, factor->kg_co2_per_kwh);
		coal_e12 += pr_wide_product(quarter->partial_kwh, factor->kgce_per_kwh);
	}
	pr_tally_note(site->work, &lacking, "emission.incomplete", project->id, 0, NULL, NULL);
	pr_micro coverage = pr_site_coverage(site);
	set(site, findings, "energy.carbon", lacking.count ? PR_MICRO_MISSING : pr_wide_round(carbon_e12, 4), "kg",
		coverage)
		->source = source;
	set(site, findings, "energy.coal", lacking.count ? PR_MICRO_MISSING : pr_wide_round(coal_e12, 4), "kgce", coverage)
		->source = source;
}

static void publish_plan(const struct pr_site *site, struct pr_month month, struct pr_findings *findings)
{
	for (size_t i = 0; i < site->project->plan_count; i++)
		if (pr_month_compare(site->project->plans[i].month, month) == 0 &&
			site->project->plans[i].energy_kwh != PR_MICRO_MISSING)
			set(site, findings, "energy.plan", site->project->plans[i].energy_kwh, "kWh", PR_MICRO_MISSING);
}

void pr_usage_publish(
	const struct pr_site *site, const struct pr_bill *bill, struct pr_month month, struct pr_findings *findings)
{
	pr_micro coverage = pr_site_coverage(site), area = site->project->area_m2;
	set(site, findings, "energy.total", site->energy, "kWh", coverage);
	publish_reactive(site, findings);
	publish_slots(site, bill, findings);
	publish_days(site, findings);
	if (area != PR_MICRO_MISSING && area > 0 && site->energy != PR_MICRO_MISSING)
		set(site, findings, "energy.per_area", pr_micro_ratio(site->energy, area, 4), "kWh/m2", coverage);
	publish_emissions(site, findings);
	publish_plan(site, month, findings);
}

void pr_usage_point(const struct pr_site *site, const struct pr_settled *settled, struct pr_findings *findings)
{
	pr_micro energy = PR_MICRO_MISSING, largest = PR_MICRO_MISSING;
	int64_t at_ms = PR_TIME_MISSING;
	for (size_t i = 0; i < settled->count; i++) {
		pr_micro kwh = settled->quarters[i].kwh;
		if (kwh == PR_MICRO_MISSING)
			continue;
		energy = pr_sum_present(energy, kwh);
		if (largest != PR_MICRO_MISSING && kwh <= largest)
			continue;
		largest = kwh;
		at_ms = site->window.quarters[i].start_ms;
	}
	pr_micro coverage = pr_coverage(settled->measured, settled->expected), rate = PR_MICRO_MISSING;
	set(site, findings, "energy.total", energy, "kWh", coverage);
	set(site, findings, "demand.max", pr_demand_kw(largest), "kW", coverage)->at_ms = at_ms;
	if (largest != PR_MICRO_MISSING && largest > 0)
		rate = pr_micro_ratio(energy, (pr_wide)largest * settled->measured, 6);
	pr_findings_set(findings, site->work->arena, "load.rate", rate, "1", PR_PRECISION_RATIO)->coverage = coverage;
}

/* The balance of an incomer over the quarters that it and all its expected children hold; how many there were. */
static uint64_t balance_of(
	const struct pr_site *site, const struct pr_settled *points, size_t incomer, pr_micro *balance)
{
	const struct pr_project *project = site->project;
	int64_t id = project->points[incomer].id;
	uint64_t quarters = 0;
	*balance = PR_MICRO_MISSING;
	for (size_t i = 0; i < site->window.count; i++) {
		pr_micro left = points[incomer].quarters[i].kwh;
		bool holds = left != PR_MICRO_MISSING, any = false;
		for (size_t k = 0; holds && k < project->point_count; k++) {
			if (project->points[k].parent_id != id || !points[k].count || !points[k].quarters[i].expected)
				continue;
			any = true;
			holds = points[k].quarters[i].kwh != PR_MICRO_MISSING;
			if (holds)
				left -= points[k].quarters[i].kwh;
		}
		if (!holds || !any)
			continue;
		*balance = pr_sum_present(*balance, left);
		quarters++;
	}
	return quarters;
}

static bool has_children(const struct pr_site *site, const struct pr_settled *points, size_t incomer)
{
	for (size_t i = 0; i < site->project->point_count; i++)
		if (site->project->points[i].parent_id == site->project->points[incomer].id && points[i].expected)
			return true;
	return false;
}

void pr_usage_balance(const struct pr_site *site, const struct pr_settled *points, struct pr_project_report *report)
{
	const struct pr_project *project = site->project;
	pr_micro sum = PR_MICRO_MISSING;
	uint64_t held = 0, expected = 0;
	bool any = false;
	for (size_t s = 0; s < report->point_count; s++) {
		const struct pr_point *point = report->points[s].model;
		size_t index = (size_t)(point - project->points);
		pr_micro balance;
		if (point->role != PR_ROLE_INCOMER || !has_children(site, points, index))
			continue;
		uint64_t quarters = balance_of(site, points, index, &balance);
		set(site, &report->points[s].findings, "energy.unmetered", balance, "kWh",
			pr_coverage(quarters, points[index].expected));
		any = true;
		held += quarters;
		expected += points[index].expected;
		sum = pr_sum_present(sum, balance);
		if (balance == PR_MICRO_MISSING || balance >= 0)
			continue;
		struct pr_note note = pr_note_make("balance.negative", project->id, point->id);
		note.count = quarters;
		note.value = balance;
		note.unit = "kWh";
		pr_note_add(site->work, &note);
	}
	if (any)
		set(site, &report->findings, "energy.unmetered", sum, "kWh", pr_coverage(held, expected));
}
