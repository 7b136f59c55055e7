#include "analysis/history.h"

#include "analysis/series.h"
#include "analysis/usage.h"
#include "base/text.h"

void pr_month_work_out(const struct pr_work *work, const struct pr_project_data *data, struct pr_month month,
	struct pr_month_result *result)
{
	struct pr_window window;
	pr_window_month(&window, data->project, month, work->arena);
	*result = (struct pr_month_result){0};
	struct pr_findings *findings = &result->base.findings;
	pr_site_init(&result->site, work, data, &window);
	pr_coverage_work_out(&result->site, &result->cover);
	pr_demand_work_out(&result->site, &result->demand);
	pr_bill_work_out(&result->site, &result->demand, &result->bill);
	pr_load_work_out(&result->site, &result->demand, &result->load);
	pr_coverage_publish(work->arena, &result->cover, findings);
	pr_usage_publish(&result->site, &result->bill, month, findings);
	pr_bill_publish(&result->site, &result->bill, findings);
	pr_demand_publish(&result->site, &result->demand, result->bill.tariff, findings);
	pr_load_publish(&result->site, &result->demand, &result->load, findings);
	result->base.expected = result->cover.expected;
	result->base.measured = result->cover.measured;
	result->base.days = pr_site_measured_days(&result->site);
	result->base.bill_incomplete = result->bill.incomplete;
}

/* A copy that outlives the arena which the findings were made in. Units and sources are the directory's or constant. */
static struct pr_base keep(const struct pr_base *base, struct pr_arena *arena)
{
	struct pr_base kept = *base;
	kept.findings.items = pr_arena_grow(
		arena, base->findings.items, base->findings.count, base->findings.count, sizeof *base->findings.items);
	kept.findings.capacity = base->findings.count;
	for (size_t i = 0; i < kept.findings.count; i++)
		kept.findings.items[i].id = pr_arena_copy(arena, base->findings.items[i].id);
	return kept;
}

void pr_history_work_out(const struct pr_work *work, const struct pr_project_data *data, struct pr_month month,
	const struct pr_month_result *now, struct pr_history *history)
{
	int64_t to_ms;
	pr_zone_month(data->project->zone, pr_month_add(month, 1 - PR_HISTORY_MONTHS), &history->from_ms, &to_ms);
	for (int i = 0; i < PR_HISTORY_MONTHS - 1; i++) {
		struct pr_arena scratch;
		pr_arena_init(&scratch);
		struct pr_work quiet = {work->dataset, work->method, &scratch, NULL};
		struct pr_month_result result;
		struct pr_month base_month = pr_month_add(month, i + 1 - PR_HISTORY_MONTHS);
		pr_month_work_out(&quiet, data, base_month, &result);
		history->months[i] = keep(&result.base, work->arena);
		pr_past_take(&result.site, &result.demand, &result.bill, base_month, work->arena, &history->past[i]);
		pr_arena_release(&scratch);
	}
	history->months[PR_HISTORY_MONTHS - 1] = now->base;
	pr_past_take(&now->site, &now->demand, &now->bill, month, work->arena, &history->past[PR_HISTORY_MONTHS - 1]);
}

const struct pr_base *pr_history_month(const struct pr_history *history)
{
	return &history->months[PR_HISTORY_MONTHS - 2];
}

const struct pr_base *pr_history_year(const struct pr_history *history)
{
	return &history->months[0];
}

void pr_history_series(const struct pr_work *work, const struct pr_history *history, const char *currency,
	struct pr_project_report *report)
{
	/* With a dot in front: for charts only, not in the contract's list. */
	const struct {
		const char *series, *finding, *unit;
	} rows[] = {
		{"months13.energy", "energy.total", "kWh"},
		{"months13.charge", "bill.total", currency},
		{"months13.demand", "demand.max", "kW"},
		{".months13.energy_charge", "bill.energy", currency},
		{".months13.basic", "bill.basic", currency},
		{".months13.pf", "bill.pf.amount", currency},
		{".months13.price", "bill.price", currency},
		{".months13.power_factor", "power_factor.month", "1"},
		{".months13.load_rate", "load.rate", "1"},
		{".months13.coverage", "coverage.rate", "1"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (!rows[i].unit)
			continue;
		double *values = pr_series_add(
			work->arena, report, rows[i].series, rows[i].unit, "P1M", history->from_ms, PR_HISTORY_MONTHS);
		for (size_t k = 0; k < PR_HISTORY_MONTHS; k++) {
			const struct pr_finding *finding = pr_findings_get(&history->months[k].findings, rows[i].finding);
			/* Another currency, or the sum of a part of a bill, is no bar beside the others. */
			bool is_money = rows[i].unit == currency;
			bool comparable =
				finding &&
				(!is_money || (pr_text_equal(finding->unit, currency) && !history->months[k].bill_incomplete));
			if (comparable)
				values[k] = pr_micro_to_double(finding->value);
		}
	}
}
