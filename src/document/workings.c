/* Raw quarters of the billed incomers, and the rates that they fall under. */
#include "document/workings.h"

#include "analysis/demand.h"
#include "analysis/past.h"
#include "analysis/settle.h"

/* --- rates ------------------------------------------------------------------------------------------------------ */

static int compare_rates(const struct pr_rate *a, const struct pr_rate *b)
{
	if (a->tariff_id != b->tariff_id)
		return a->tariff_id < b->tariff_id ? -1 : 1;
	if (a->slot != b->slot)
		return a->slot < b->slot ? -1 : 1;
	return (a->price > b->price) - (a->price < b->price);
}

size_t pr_workings_rates(const struct pr_project_report *project, struct pr_arena *arena, struct pr_rate **rates)
{
	size_t count = 0, capacity = 0;

	*rates = NULL;
	for (size_t q = 0; q < project->quarter_count; q++) {
		const struct pr_quarter *quarter = &project->quarters[q];
		struct pr_rate rate = {quarter->tariff_id, quarter->slot, quarter->price};
		size_t at = count;

		if (!rate.tariff_id || rate.slot < 0 || rate.price == PR_MICRO_MISSING)
			continue;
		while (at > 0 && compare_rates(&(*rates)[at - 1], &rate) > 0)
			at--;
		if (at > 0 && compare_rates(&(*rates)[at - 1], &rate) == 0)
			continue;
		*PR_PUSH(arena, *rates, count, capacity) = rate;
		for (size_t i = count - 1; i > at; i--)
			(*rates)[i] = (*rates)[i - 1];
		(*rates)[at] = rate;
	}
	return count;
}

static size_t place_of(const struct pr_rate *rates, size_t count, const struct pr_rate *rate)
{
	for (size_t i = 0; i < count; i++)
		if (compare_rates(&rates[i], rate) == 0)
			return i + 1;
	return 0;
}

size_t pr_workings_rate(
	const struct pr_project_report *project, int64_t tariff_id, int slot, pr_micro price, struct pr_arena *arena)
{
	const struct pr_rate rate = {tariff_id, slot, price};
	struct pr_rate *rates;
	size_t count = pr_workings_rates(project, arena, &rates);

	return place_of(rates, count, &rate);
}

pr_micro pr_workings_standard(const struct pr_project_report *project, int64_t tariff_id)
{
	for (size_t i = 0; i < project->project->tariff_count; i++)
		if (project->project->tariffs[i].id == tariff_id)
			return project->project->tariffs[i].pf_standard;
	return PR_MICRO_MISSING;
}

static struct pr_value id_value(struct pr_row_builder *builder, int64_t id)
{
	return pr_value_text(id ? pr_arena_format(builder->context->arena, "%lld", (long long)id) : NULL);
}

static struct pr_value slot_key(struct pr_row_builder *builder, int slot)
{
	return pr_value_text(slot < 0 ? NULL : pr_arena_format(builder->context->arena, "slot.%s", pr_slot_names[slot]));
}

bool pr_rows_rates(struct pr_row_builder *builder)
{
	struct pr_rate *rates;
	size_t count = pr_workings_rates(builder->project, builder->context->arena, &rates);

	for (size_t i = 0; i < count; i++) {
		struct pr_scope *row = pr_rows_add(builder);
		struct pr_value price = pr_value_micro(rates[i].price, builder->project->currency);

		price.digits = -2;
		pr_rows_field(builder, row, "row.rate", pr_value_number((double)i + 1, NULL));
		pr_rows_field(builder, row, "row.tariff", id_value(builder, rates[i].tariff_id));
		pr_rows_field(builder, row, "row.slot_key", slot_key(builder, rates[i].slot));
		pr_rows_field(builder, row, "row.price", price);
	}
	return true;
}

/* --- quarters --------------------------------------------------------------------------------------------------- */

/* A quarter of an incomer counts for the power factor: kWh, lag and, where the meter ever has one, lead. */
static bool counts(const struct pr_settled *incomer, const struct pr_settled_quarter *cell)
{
	return cell->kwh != PR_MICRO_MISSING && cell->kvarh_lag != PR_MICRO_MISSING &&
	       (!incomer->lead_ever || cell->kvarh_lead != PR_MICRO_MISSING);
}

struct pr_workings_factor pr_workings_factor(const struct pr_project_report *project)
{
	struct pr_workings_factor sums = {0, 0, 0, false};

	for (size_t p = 0; p < project->incomer_count; p++) {
		const struct pr_settled *incomer = &project->incomers[p];

		for (size_t q = 0; q < incomer->count; q++) {
			const struct pr_settled_quarter *cell = &incomer->quarters[q];
			pr_micro lead = incomer->lead_ever ? cell->kvarh_lead : 0;

			if (!counts(incomer, cell))
				continue;
			sums.active = pr_sum_present(sums.active, cell->kwh);
			sums.lag = pr_sum_present(sums.lag, cell->kvarh_lag);
			sums.lead = pr_sum_present(sums.lead, lead < 0 ? -lead : lead);
			sums.any = true;
		}
	}
	return sums;
}

static void add_rate(struct pr_row_builder *builder, const struct pr_quarter *quarter, const struct pr_rate *rates,
	size_t rate_count, struct pr_scope *row)
{
	const struct pr_rate own = {quarter->tariff_id, quarter->slot, quarter->price};
	struct pr_value price = pr_value_micro(quarter->price, builder->project->currency);
	size_t rate = place_of(rates, rate_count, &own);

	price.digits = -2;
	pr_rows_field(builder, row, "row.tariff", id_value(builder, quarter->tariff_id));
	pr_rows_field(builder, row, "row.slot_key", slot_key(builder, quarter->slot));
	pr_rows_field(builder, row, "row.rate", rate ? pr_value_number((double)rate, NULL) : pr_value_missing());
	pr_rows_field(builder, row, "row.price", price);
}

static void add_cell(
	struct pr_row_builder *builder, const struct pr_settled *incomer, size_t quarter, struct pr_scope *row)
{
	const struct pr_settled_quarter *cell = &incomer->quarters[quarter];

	pr_rows_field(builder, row, "row.point",
		pr_value_text(pr_subject_name(builder->project->points, builder->project->point_count, incomer->point->id)));
	pr_rows_field(builder, row, "row.kwh", pr_value_micro(cell->kwh, "kWh"));
	pr_rows_field(builder, row, "row.lag", pr_value_micro(cell->kvarh_lag, "kvarh"));
	pr_rows_field(builder, row, "row.lead", pr_value_micro(cell->kvarh_lead, "kvarh"));
	pr_rows_field(builder, row, "row.counts", pr_value_number(counts(incomer, cell), NULL));
	pr_rows_field(builder, row, "row.meter", pr_value_text(incomer->lead_ever ? "with_lead" : "without_lead"));
}

/* The site's load stands in the first row of a quarter. */
bool pr_rows_incomer_quarters(struct pr_row_builder *builder)
{
	const struct pr_project_report *project = builder->project;
	struct pr_rate *rates;
	size_t rate_count = pr_workings_rates(project, builder->context->arena, &rates);

	for (size_t q = 0; q < project->quarter_count; q++) {
		const struct pr_quarter *quarter = &project->quarters[q];
		pr_micro kw = pr_demand_kw(quarter->partial_kwh);
		enum pr_day_kind kind =
			pr_project_day_kind(project->project, pr_zone_local(project->project->zone, quarter->start_ms).date);

		for (size_t p = 0; p < project->incomer_count; p++) {
			struct pr_scope *row;

			if (!project->incomers[p].quarters[q].expected)
				continue;
			row = pr_rows_add(builder);
			pr_rows_field(builder, row, "row.number", pr_value_number((double)q + 1, NULL));
			pr_rows_field(builder, row, "row.start", pr_value_time(quarter->start_ms));
			pr_rows_field(builder, row, "row.day_kind", pr_value_text(pr_day_kind_names[kind]));
			add_cell(builder, &project->incomers[p], q, row);
			pr_rows_field(builder, row, "row.kw", pr_value_micro(kw, "kW"));
			pr_rows_field(builder, row, "row.incomers", pr_value_text(project->incomer_count > 1 ? "several" : "one"));
			add_rate(builder, quarter, rates, rate_count, row);
			kw = PR_MICRO_MISSING;
		}
	}
	return true;
}
