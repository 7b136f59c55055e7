#include "analysis/change.h"

#include "base/text.h"

static const char *const part_ids[PR_CHANGE_COUNT] = {
	[PR_CHANGE_DAYS] = "change.days",
	[PR_CHANGE_VOLUME] = "change.volume",
	[PR_CHANGE_SLOTS] = "change.slots",
	[PR_CHANGE_PRICE] = "change.price",
	[PR_CHANGE_DEMAND] = "change.demand",
	[PR_CHANGE_POWER_FACTOR] = "change.power_factor",
	[PR_CHANGE_ROUNDING] = "change.rounding",
	[PR_CHANGE_TOTAL] = "change.total",
};

/* a × b ÷ c of millionths, in 10^-12, half away from zero; false where it leaves the range. */
static bool scaled(pr_micro a, pr_micro b, pr_micro c, pr_wide *result_e12)
{
	const pr_wide most = (pr_wide)1000000000000000 * 1000000000000000;
	pr_wide product = pr_wide_product(a, b), whole = product / c, rest = product % c;
	if (whole > most || whole < -most)
		return false;
	pr_wide part = rest * PR_MICRO_ONE * 2 / c;
	*result_e12 = whole * PR_MICRO_ONE + (part + (part > 0) - (part < 0)) / 2;
	return true;
}

/* Σ p₀ k₁ and Σ p₁ k₁: this month's kWh at last month's prices and at its own. */
static void at_prices(const struct pr_past *now, const struct pr_past *before, pr_wide *old_e12, pr_wide *new_e12)
{
	*old_e12 = *new_e12 = 0;
	for (int slot = 0; slot < PR_SLOT_COUNT; slot++) {
		pr_micro kwh = now->slot_kwh[slot];
		if (kwh <= 0)
			continue;
		pr_micro price = pr_past_slot_price(now, (enum pr_slot)slot),
				 price_before = pr_past_slot_price(before, (enum pr_slot)slot);
		*new_e12 += pr_wide_product(price, kwh);
		*old_e12 += pr_wide_product(price_before == PR_MICRO_MISSING ? price : price_before, kwh);
	}
}

static pr_micro or_zero(pr_micro value)
{
	return value == PR_MICRO_MISSING ? 0 : value;
}

static const char *obstacle(const struct pr_past *now, const struct pr_past *before)
{
	if (!before->currency || (before->total == PR_MICRO_MISSING && !before->bill_incomplete) || !before->measured)
		return "bill";
	if (now->bill_incomplete || before->bill_incomplete || now->total == PR_MICRO_MISSING)
		return "incomplete";
	if (!pr_text_equal(now->currency, before->currency))
		return "currency";
	if (before->energy_kwh <= 0 || !before->service_days)
		return "energy";
	return NULL;
}

const char *pr_change_work_out(const struct pr_past *now, const struct pr_past *before, pr_micro parts[PR_CHANGE_COUNT])
{
	const char *lack = obstacle(now, before);
	for (int part = 0; part < PR_CHANGE_COUNT; part++)
		parts[part] = PR_MICRO_MISSING;
	if (lack)
		return lack;
	pr_wide same_days_e12, same_mean_e12, old_prices_e12, new_prices_e12;
	pr_micro days_now = (pr_micro)now->service_days * PR_MICRO_ONE;
	pr_micro days_before = (pr_micro)before->service_days * PR_MICRO_ONE;
	if (!scaled(before->energy, days_now, days_before, &same_days_e12) ||
		!scaled(before->energy, now->energy_kwh, before->energy_kwh, &same_mean_e12))
		return "range";
	at_prices(now, before, &old_prices_e12, &new_prices_e12);
	pr_wide energy_before_e12 = (pr_wide)before->energy * PR_MICRO_ONE;
	parts[PR_CHANGE_DAYS] = pr_wide_round(same_days_e12 - energy_before_e12, 2);
	parts[PR_CHANGE_VOLUME] = pr_wide_round(same_mean_e12 - same_days_e12, 2);
	parts[PR_CHANGE_SLOTS] = pr_wide_round(old_prices_e12 - same_mean_e12, 2);
	parts[PR_CHANGE_PRICE] = pr_wide_round(new_prices_e12 - old_prices_e12, 2);
	parts[PR_CHANGE_DEMAND] = or_zero(now->basic) - or_zero(before->basic);
	parts[PR_CHANGE_POWER_FACTOR] = or_zero(now->adjustment) - or_zero(before->adjustment);
	parts[PR_CHANGE_TOTAL] = now->total - before->total;
	pr_micro rest = parts[PR_CHANGE_TOTAL];
	for (int part = 0; part < PR_CHANGE_ROUNDING; part++)
		rest -= parts[part];
	parts[PR_CHANGE_ROUNDING] = rest;
	return NULL;
}

void pr_change_publish(const struct pr_work *work, int64_t project_id, const struct pr_past *now,
	const struct pr_past *before, struct pr_findings *findings)
{
	pr_micro parts[PR_CHANGE_COUNT];
	if (!now->currency || now->energy_kwh == PR_MICRO_MISSING)
		return;
	const char *lack = pr_change_work_out(now, before, parts);
	pr_micro coverage = pr_coverage(now->measured, now->expected);
	pr_micro coverage_before = pr_coverage(before->measured, before->expected);
	for (int part = 0; part < PR_CHANGE_COUNT; part++)
		pr_findings_set(findings, work->arena, part_ids[part], parts[part], now->currency, PR_PRECISION_MONEY)
			->coverage = coverage;
	struct pr_note note = pr_note_make(lack ? "change.none" : "change.coverage", project_id, 0);
	note.detail = lack;
	if (!lack) {
		if (coverage == coverage_before)
			return;
		note.value = coverage_before;
		note.unit = "1";
	}
	pr_note_add(work, &note);
}
