/*
 * What the workbook's formulas work with (templates/formulas.ini): raw quarters, rates, terms of the tariffs, rules and
 * steps between, as rows (docs/templates.md). Private to the document room.
 */
#ifndef PR_DOCUMENT_WORKINGS_H
#define PR_DOCUMENT_WORKINGS_H

#include "document/rows.h"

/* A price per kWh that quarters of the month fall under. */
struct pr_rate {
	int64_t tariff_id;
	int slot;
	pr_micro price;
};
/* Those of the month, by tariff, slot and price. */
size_t pr_workings_rates(const struct pr_project_report *project, struct pr_arena *arena, struct pr_rate **rates);
/* The place of one of them, from 1; 0 = no such. */
size_t pr_workings_rate(
	const struct pr_project_report *project, int64_t tariff_id, int slot, pr_micro price, struct pr_arena *arena);
/* The power factor that the tariff asks for; missing = none. */
pr_micro pr_workings_standard(const struct pr_project_report *project, int64_t tariff_id);

/* Sums over the incomers' quarters that count for the power factor. */
struct pr_workings_factor {
	pr_micro active, lag, lead; /* kWh, kvarh; lead as a magnitude */
	bool any;
};
struct pr_workings_factor pr_workings_factor(const struct pr_project_report *project);

bool pr_rows_incomer_quarters(struct pr_row_builder *builder);
bool pr_rows_rates(struct pr_row_builder *builder);
bool pr_rows_terms(struct pr_row_builder *builder);
bool pr_rows_capacities(struct pr_row_builder *builder);
bool pr_rows_workings(struct pr_row_builder *builder);
bool pr_rows_adjustments(struct pr_row_builder *builder);
/* Of the savings (workings_savings.c). */
bool pr_rows_basic_months(struct pr_row_builder *builder);
bool pr_rows_contracts(struct pr_row_builder *builder);
bool pr_rows_saving_steps(struct pr_row_builder *builder);

#endif
