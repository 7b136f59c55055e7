/*
 * The bill of one project (method, section 3): energy by slot, basic charge, power-factor adjustment. Exact throughout;
 * each printed line is rounded once, half away from zero, and the total is the sum of the printed lines.
 */
#ifndef PR_ANALYSIS_BILL_H
#define PR_ANALYSIS_BILL_H

#include "analysis/demand.h"

/* What keeps a line from being worked out; the order is that of the note's detail. */
enum pr_bill_lack {
	PR_LACK_ENERGY,
	PR_LACK_TARIFF,
	PR_LACK_SLOT,
	PR_LACK_PRICE,
	PR_LACK_CAPACITY_PRICE,
	PR_LACK_CAPACITY,
	PR_LACK_DEMAND_PRICE,
	PR_LACK_CONTRACT,
	PR_LACK_DEMAND,
	PR_LACK_POWER_FACTOR,
	PR_LACK_RANGE, /* an amount that no exact number holds */
	PR_LACK_COUNT
};

/* What one tariff of the window adds to the base of the adjustment, in 10^-12 of money. */
struct pr_bill_share {
	pr_wide base_e12;
	bool used; /* it was in force for some quarter of the window */
};

struct pr_power_factor {
	pr_wide active, reactive; /* Wp, Wq: millionths of kWh, kvarh */
	uint32_t used;            /* quarters that hold kWh and lag, summed over the incomers */
	int hundredths;           /* cos φ rounded to 2 decimals; −1 = not measured */
};

struct pr_bill {
	struct pr_bill_line *lines;
	size_t line_count, line_capacity;
	struct pr_bill_share *shares;        /* one for each of the project's tariffs */
	const struct pr_tariff *tariff;      /* the last in force; NULL = none, and no bill */
	const char *currency;                /* NULL = none, or several */
	pr_micro slot_kwh[PR_SLOT_COUNT];    /* 0 for a slot that the tariff does not have; missing without any energy */
	pr_micro slot_amount[PR_SLOT_COUNT]; /* missing where a line of the slot is */
	pr_micro energy, funds, basic, adjustment_base, adjustment_percent, adjustment, total, price;
	struct pr_power_factor power_factor;
	bool incomplete, provisional;
	bool lacks[PR_LACK_COUNT];
	struct pr_tally unpriced; /* quarters with energy that has no price */
	pr_micro unpriced_kwh;
};

void pr_bill_work_out(const struct pr_site *site, const struct pr_demand *demand, struct pr_bill *bill);
/* The basic charge with another demand in place of D, the same tariffs and days; missing where no line of it depends on
 * the demand, or one lacks something. */
pr_micro pr_bill_basic_at(const struct pr_site *site, const struct pr_bill *bill, pr_micro kw);
void pr_bill_publish(const struct pr_site *site, const struct pr_bill *bill, struct pr_findings *findings);

/* What a tariff's basic charge in a window is made of. */
struct pr_basis {
	const struct pr_tariff *tariff;
	int64_t days, month_days; /* in force (never above the whole), of the whole */
	int64_t force_days;       /* in force, by the calendar */
	pr_wide kva_days;         /* Σ rated kVA × days in service, never above the whole */
	pr_wide kva_force_days;   /* the same by the calendar */
	pr_micro rated_kva;       /* mean over the tariff's days; missing = no transformer */
	pr_micro discount;        /* missing = none */
	bool alike;               /* every transformer served as long as the tariff */
	pr_micro sum_kva;
};
/* Of the window's quarters, tariffs and energy alone. */
struct pr_basis pr_bill_basis(const struct pr_site *site, int tariff_index);
/* What it costs by each mode, whatever the tariff's own is; missing where a price, a rating or a quantity is. */
pr_micro pr_basis_capacity(const struct pr_basis *basis);
pr_micro pr_basis_actual(const struct pr_basis *basis, pr_micro kw);
pr_micro pr_basis_contract(
	const struct pr_basic_rules *rules, const struct pr_basis *basis, pr_micro kw, pr_micro contract);
/* 40 % of the rated kVA, the least that a contract counts as; 0 without a rating. */
pr_micro pr_basis_floor(const struct pr_basic_rules *rules, const struct pr_basis *basis);

/* Parts of it, each for itself testable. */
void pr_bill_basic(const struct pr_site *site, const struct pr_demand *demand, struct pr_bill *bill); /* basic.c */
void pr_power_factor_sum(const struct pr_site *site, struct pr_power_factor *factor);
void pr_bill_adjust(const struct pr_site *site, struct pr_bill *bill);
/* cos φ = active ÷ √(active² + reactive²), rounded to hundredths in integers; −1 where both are 0. */
int pr_power_factor_hundredths(pr_wide active, pr_wide reactive);
/* base × percent, rounded to 0.01; `base_e12` in 10^-12 of money, `percent` in 10^-6 of a percent. */
pr_micro pr_power_factor_amount(pr_wide base_e12, pr_micro percent);
/* The adjustment in percent by the table of a standard; false = no such table. */
bool pr_power_factor_percent(const struct pr_method *method, pr_micro standard, int hundredths, pr_micro *percent);

#endif
