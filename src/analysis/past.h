/*
 * What is kept of a month's working out beside its findings, for what looks over several months: why the bill changed,
 * the basic charge three ways, next month. Everything lies in the arena that it was taken into.
 */
#ifndef PR_ANALYSIS_PAST_H
#define PR_ANALYSIS_PAST_H

#include "analysis/bill.h"

#define PR_PAST_MONTHS 13
#define PR_DAY_QUARTERS 96

struct pr_past_day {
	struct pr_date date;
	enum pr_day_kind kind;
	uint32_t expected, measured;     /* quarters, summed over the incomers */
	pr_micro kwh, largest;           /* Σ and largest of what was measured in its quarters; missing = nothing */
	pr_micro cells[PR_DAY_QUARTERS]; /* kWh by the quarter of the day on the wall clock; missing = not measured */
};

struct pr_past {
	struct pr_month month;
	uint64_t expected, measured; /* quarters, summed over the incomers */
	uint32_t service_days;       /* days on which something was expected */
	const char *currency;        /* NULL = no bill */
	bool bill_incomplete;
	pr_micro energy_kwh; /* missing = nothing measured */
	pr_micro slot_kwh[PR_SLOT_COUNT], slot_amount[PR_SLOT_COUNT];
	pr_micro
		slot_price[PR_SLOT_COUNT]; /* of the tariff in force longest, at its first quarter; missing = no such slot */
	pr_micro energy, basic, adjustment, total;
	int hundredths; /* cos φ; −1 = not measured */
	pr_micro demand_kw;
	struct pr_basis *bases; /* of each tariff in force */
	size_t basis_count;
	struct pr_past_day *days;
	size_t day_count;
};

void pr_past_take(const struct pr_site *site, const struct pr_demand *demand, const struct pr_bill *bill,
	struct pr_month month, struct pr_arena *arena, struct pr_past *past);
/* A slot's mean price: its charge ÷ its kWh, as every price a whole number of millionths; of a slot without kWh that of
 * the tariff in force longest. Missing = the tariff has no such slot. */
pr_micro pr_past_slot_price(const struct pr_past *past, enum pr_slot slot);
/* The basic charge of the month by a mode, Σ over its tariffs; missing where one cannot say. `contract` missing = each
 * tariff's own. */
pr_micro pr_past_basic(
	const struct pr_past *past, const struct pr_basic_rules *rules, enum pr_basic_mode mode, pr_micro contract);

#endif
