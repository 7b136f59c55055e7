#include "analysis/site.h"

#include "analysis/rates.h"

static void settle_incomers(struct pr_site *site)
{
	const struct pr_project *project = site->project;
	site->incomers = pr_arena_array(site->work->arena, project->point_count, sizeof *site->incomers);
	site->incomer_data = pr_arena_array(site->work->arena, project->point_count, sizeof *site->incomer_data);
	for (size_t i = 0; i < project->point_count; i++) {
		const struct pr_point *point = &project->points[i];
		if (point->role != PR_ROLE_INCOMER)
			continue;
		site->never_quarters = site->never_quarters && !site->data->points[i].has_quarters_ever;
		/* Rows of a point that is no longer valid are read too, so that they are noted. */
		struct pr_settled *settled = &site->incomers[site->incomer_count];
		pr_settle(site->work, project, point, &site->data->points[i], &site->window, settled);
		site->has_rows = site->has_rows || settled->has_rows;
		if (!pr_valid_within(&point->validity, site->window.from_ms, site->window.to_ms))
			continue;
		site->incomer_data[site->incomer_count++] = &site->data->points[i];
		site->expected += settled->expected;
		site->measured += settled->measured;
	}
}

/* Adds a cell to a sum that is missing as soon as one is. */
static void add_strict(pr_micro *sum, pr_micro value)
{
	if (*sum == PR_MICRO_MISSING || value == PR_MICRO_MISSING || !pr_micro_add(*sum, value, sum))
		*sum = PR_MICRO_MISSING;
}

static void sum_quarter(struct pr_site *site, size_t index)
{
	struct pr_quarter *quarter = &site->quarters[index];
	*quarter = (struct pr_quarter){.start_ms = site->window.quarters[index].start_ms,
		.partial_kwh = PR_MICRO_MISSING,
		.price = PR_MICRO_MISSING,
		.slot = -1};
	for (size_t i = 0; i < site->incomer_count; i++) {
		const struct pr_settled_quarter *cell = &site->incomers[i].quarters[index];
		quarter->implausible = quarter->implausible || cell->implausible;
		if (!cell->expected)
			continue;
		quarter->expected++;
		quarter->measured = (uint16_t)(quarter->measured + (cell->kwh != PR_MICRO_MISSING));
		add_strict(&quarter->kwh, cell->kwh);
		add_strict(&quarter->kvarh_lag, cell->kvarh_lag);
		add_strict(&quarter->kvarh_lead, cell->kvarh_lead);
		quarter->partial_kwh = pr_sum_present(quarter->partial_kwh, cell->kwh);
	}
	if (!quarter->expected)
		quarter->kwh = quarter->kvarh_lag = quarter->kvarh_lead = PR_MICRO_MISSING;
	site->expected_spans += quarter->expected > 0;
	site->energy = pr_sum_present(site->energy, quarter->partial_kwh);
}

static void price_quarter(struct pr_site *site, size_t index)
{
	struct pr_quarter *quarter = &site->quarters[index];
	int tariff_index = pr_rates_tariff_at(site->project, quarter->start_ms);
	site->tariffs[index] = tariff_index;
	if (tariff_index < 0)
		return;
	const struct pr_tariff *tariff = &site->project->tariffs[tariff_index];
	const struct pr_window_quarter *at = &site->window.quarters[index];
	const struct pr_window_day *day = &site->window.days[at->day];
	quarter->tariff_id = tariff->id;
	const struct pr_tariff_slot *slot = pr_rates_slot(tariff, day->date.month, day->kind, at->minute);
	if (!slot)
		return;
	quarter->slot = (int8_t)slot->slot;
	quarter->price = slot->price;
}

/* A sum that leaves the range is no figure: the site then counts as not measured. */
static void drop_lost(struct pr_site *site)
{
	if (site->energy != PR_SUM_LOST)
		return;
	for (size_t i = 0; i < site->window.count; i++)
		site->quarters[i].kwh = site->quarters[i].partial_kwh = PR_MICRO_MISSING;
	for (size_t i = 0; i < site->incomer_count; i++)
		for (size_t k = 0; k < site->window.count; k++)
			site->incomers[i].quarters[k].kwh = PR_MICRO_MISSING;
	site->energy = PR_MICRO_MISSING;
	site->measured = 0;
}

void pr_site_init(struct pr_site *site, const struct pr_work *work, const struct pr_project_data *data,
	const struct pr_window *window)
{
	*site = (struct pr_site){.work = work,
		.project = data->project,
		.data = data,
		.window = *window,
		.never_quarters = true,
		.energy = PR_MICRO_MISSING};
	settle_incomers(site);
	site->quarters = pr_arena_array(work->arena, window->count, sizeof *site->quarters);
	site->tariffs = pr_arena_array(work->arena, window->count, sizeof *site->tariffs);
	for (size_t i = 0; i < window->count; i++) {
		sum_quarter(site, i);
		price_quarter(site, i);
	}
	drop_lost(site);
}

pr_micro pr_site_measured_days(const struct pr_site *site)
{
	if (!site->expected)
		return PR_MICRO_MISSING;
	return pr_micro_ratio((pr_wide)site->measured * site->expected_spans, (pr_wide)site->expected * 96, 6);
}

pr_micro pr_site_coverage(const struct pr_site *site)
{
	return pr_coverage(site->measured, site->expected);
}
