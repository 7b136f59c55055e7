#include "analysis/compare.h"

#include "base/text.h"

/* Which findings are compared. What adds up over days is compared per measured day where coverage is under the gate;
 * a maximum, a price, a rate or a month's fixed charge is not. */
static const struct {
	const char *prefix;
	bool adds_up;
} compared[] = {
	{"energy.total", true},
	{"energy.reactive", true},
	{"energy.slot.", true},
	{"energy.phase.", true},
	{"energy.largest_day", false},
	{"energy.working", true},
	{"energy.off", true},
	{"energy.per_area", true},
	{"energy.carbon", true},
	{"energy.coal", true},
	{"bill.energy", true},
	{"bill.funds", true},
	{"bill.basic", false},
	{"bill.pf.amount", false},
	{"bill.total", true},
	{"bill.price", false},
	{"demand.max", false},
	{"power_factor.month", false},
	{"load.running_minutes", true},
	{"load.outage_minutes", true},
	{"load.", false},
};

static int compared_index(const char *id)
{
	for (size_t i = 0; i < sizeof compared / sizeof *compared; i++)
		if (pr_text_starts(id, compared[i].prefix))
			return (int)i;
	return -1;
}

/* this ÷ base − 1; per day where `days` are given. Missing where the base is not above 0. */
static pr_micro change_of(pr_micro value, pr_micro base, pr_micro days, pr_micro base_days)
{
	if (value == PR_MICRO_MISSING || base == PR_MICRO_MISSING || base <= 0)
		return PR_MICRO_MISSING;
	pr_wide numerator = value, denominator = base;
	if (days != PR_MICRO_MISSING) {
		if (days <= 0 || base_days == PR_MICRO_MISSING || base_days <= 0)
			return PR_MICRO_MISSING;
		numerator *= base_days;
		denominator *= days;
	}
	/* One rounding: the difference is divided, so that the − 1 is exact. */
	return pr_micro_ratio(numerator - denominator, denominator, PR_PRECISION_RATIO);
}

void pr_compare_value(struct pr_finding *finding, const pr_micro before[PR_BEFORE_COUNT])
{
	pr_micro changes[PR_BEFORE_COUNT];
	for (int i = 0; i < PR_BEFORE_COUNT; i++)
		changes[i] = change_of(finding->value, before[i], PR_MICRO_MISSING, PR_MICRO_MISSING);
	finding->base_month = before[PR_BEFORE_MONTH];
	finding->base_year = before[PR_BEFORE_YEAR];
	finding->change_month = changes[PR_BEFORE_MONTH];
	finding->change_year = changes[PR_BEFORE_YEAR];
}

bool pr_compare(const struct pr_method *method, struct pr_findings *findings, const struct pr_base *now,
	const struct pr_base *base, enum pr_compare_with with)
{
	bool is_month = with == PR_COMPARE_MONTH, used = false, empty = !base || !base->measured;
	bool low = !empty && (pr_below_gate(method, now->measured, now->expected) ||
							 pr_below_gate(method, base->measured, base->expected));
	for (size_t i = 0; i < findings->count; i++) {
		struct pr_finding *finding = &findings->items[i];
		int index = compared_index(finding->id);
		if (index < 0 || finding->word)
			continue;
		const struct pr_finding *other = empty ? NULL : pr_findings_get(&base->findings, finding->id);
		if (other && !pr_text_equal(other->unit, finding->unit))
			other = NULL; /* another currency */
		if (!empty && (now->bill_incomplete || base->bill_incomplete) && pr_text_starts(finding->id, "bill."))
			other = NULL;
		bool per_day = low && compared[index].adds_up;
		pr_micro before = other ? other->value : PR_MICRO_MISSING;
		pr_micro change = change_of(
			finding->value, before, per_day ? now->days : PR_MICRO_MISSING, per_day ? base->days : PR_MICRO_MISSING);
		per_day = per_day && change != PR_MICRO_MISSING;
		used = used || per_day;
		*(is_month ? &finding->base_month : &finding->base_year) = before;
		*(is_month ? &finding->change_month : &finding->change_year) = change;
		*(is_month ? &finding->change_month_per_day : &finding->change_year_per_day) = per_day;
		*(is_month ? &finding->new_month : &finding->new_year) = empty && finding->value != PR_MICRO_MISSING;
	}
	return used;
}
