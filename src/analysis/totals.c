#include "analysis/totals.h"

#include "base/text.h"

/* What is summed over projects; a prefix ends in a dot. */
static const char *const summed[] = {"energy.total", "energy.reactive", "energy.reactive.", "energy.slot.",
	"energy.phase.", "energy.working", "energy.off", "energy.unmetered", "energy.carbon", "energy.coal", "energy.plan",
	"bill.energy.", "bill.energy", "bill.funds", "bill.basic", "bill.pf.base", "bill.pf.amount", "bill.total",
	"bill.utility.total.difference", "bill.plan.difference", "change.", "savings.basic.month", "savings.basic.year",
	"savings.power_factor.month", "savings.power_factor.year", "savings.shift.month", "savings.shift.year",
	"savings.transformer.month", "savings.transformer.year"};

static bool is_summed(const char *id)
{
	for (size_t i = 0; i < sizeof summed / sizeof *summed; i++) {
		size_t length = 0;
		while (summed[i][length])
			length++;
		bool prefix = summed[i][length - 1] == '.';
		if (prefix ? pr_text_starts(id, summed[i]) : pr_text_equal(id, summed[i]))
			return true;
	}
	return false;
}

bool pr_totals_need(const char *id)
{
	return is_summed(id) || pr_text_equal(id, "bill.price");
}

static bool is_money(const char *id)
{
	return pr_text_starts(id, "bill.") || pr_text_starts(id, "change.") || pr_text_starts(id, "savings.");
}

static void add_findings(struct pr_arena *arena, const struct pr_findings *from, struct pr_findings *sums)
{
	for (size_t i = 0; i < from->count; i++) {
		const struct pr_finding *finding = &from->items[i];
		if (!is_summed(finding->id))
			continue;
		struct pr_finding *sum = pr_findings_edit(sums, finding->id);
		if (!sum) {
			/* What is summed may be gone before the sum is. */
			sum = pr_findings_set(sums, arena, pr_arena_copy(arena, finding->id), finding->value,
				pr_arena_copy(arena, finding->unit), finding->digits);
			sum->phase = pr_arena_copy(arena, finding->phase);
			continue;
		}
		sum->value = pr_sum_present(sum->value, finding->value);
	}
}

static void add_shares(struct pr_arena *arena, struct pr_findings *sums)
{
	pr_micro values[PR_SLOT_COUNT], shares[PR_SLOT_COUNT], shown[PR_SLOT_COUNT];
	for (int slot = 0; slot < PR_SLOT_COUNT; slot++) {
		const struct pr_finding *finding =
			pr_findings_get(sums, pr_arena_format(arena, "energy.slot.%s", pr_slot_names[slot]));
		values[slot] = finding ? finding->value : PR_MICRO_MISSING;
	}
	pr_shares(values, PR_SLOT_COUNT, PR_PRECISION_RATIO, arena, shares);
	pr_shares(values, PR_SLOT_COUNT, PR_SHOWN_SHARE_DIGITS, arena, shown);
	for (int slot = 0; slot < PR_SLOT_COUNT; slot++)
		pr_findings_set(sums, arena, pr_arena_format(arena, "energy.share.%s", pr_slot_names[slot]), shares[slot], "1",
			PR_PRECISION_RATIO)
			->shown = shown[slot];
}

/* --- adding up ---------------------------------------------------------------------------------------------------- */

/* Energy is summed over all projects; quarters and days only over those whose coverage is of quarters. A price is
 * Σ total ÷ Σ kWh over the projects with a complete bill. */
static void add_base(struct pr_arena *arena, struct pr_total *total, const struct pr_base *base, bool of_minutes)
{
	const struct pr_finding *price = pr_findings_get(&base->findings, "bill.price");
	add_findings(arena, &base->findings, &total->base.findings);
	/* Where nothing was expected there was no bill that could lack something. */
	total->base.bill_incomplete = total->base.bill_incomplete || (base->bill_incomplete && base->expected);
	if (price && price->value != PR_MICRO_MISSING) {
		total->money = pr_sum_present(total->money, pr_findings_get(&base->findings, "bill.total")->value);
		total->energy = pr_sum_present(total->energy, pr_findings_get(&base->findings, "energy.total")->value);
	}
	if (of_minutes)
		return;
	total->base.expected += base->expected;
	total->base.measured += base->measured;
	total->base.days = pr_sum_present(total->base.days, base->days);
}

static void add_cover(struct pr_cover *sum, const struct pr_cover *cover)
{
	sum->of_minutes = cover->of_minutes;
	sum->expected += cover->expected;
	sum->measured += cover->measured;
	sum->minute_measured += cover->minute_measured;
	sum->has_minutes = sum->has_minutes || cover->has_minutes;
}

static void add_currency(struct pr_arena *arena, struct pr_totals *totals, const struct pr_project_bases *bases)
{
	const struct pr_finding *charge = pr_findings_get(&bases->now.findings, "bill.total");
	struct pr_currency_total *of = NULL;
	if (!bases->currency)
		return;
	for (size_t i = 0; i < totals->currency_count; i++)
		if (pr_text_equal(totals->currencies[i].currency, bases->currency))
			of = &totals->currencies[i];
	if (!of) {
		of = PR_PUSH(arena, totals->currencies, totals->currency_count, totals->currency_capacity);
		*of = (struct pr_currency_total){
			.currency = pr_arena_copy(arena, bases->currency), .charge = PR_MICRO_MISSING, .energy = PR_MICRO_MISSING};
	}
	of->projects++;
	if (charge)
		of->charge = pr_sum_present(of->charge, charge->value);
	charge = pr_findings_get(&bases->now.findings, "energy.total");
	if (charge)
		of->energy = pr_sum_present(of->energy, charge->value);
}

void pr_totals_init(struct pr_totals *totals)
{
	*totals = (struct pr_totals){.minutes = {.of_minutes = true}};
	struct pr_total *all[] = {&totals->now, &totals->month, &totals->year};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		all[i]->base.days = PR_MICRO_MISSING;
		all[i]->money = all[i]->energy = PR_MICRO_MISSING;
	}
}

void pr_totals_add(struct pr_totals *totals, struct pr_arena *arena, const struct pr_project_bases *bases)
{
	bool of_minutes = bases->cover->of_minutes;
	add_base(arena, &totals->now, &bases->now, of_minutes);
	add_base(arena, &totals->month, bases->month, of_minutes);
	add_base(arena, &totals->year, bases->year, of_minutes);
	add_cover(of_minutes ? &totals->minutes : &totals->quarters, bases->cover);
	add_currency(arena, totals, bases);
}

const char *pr_totals_currency(const struct pr_totals *totals)
{
	return totals->currency_count == 1 ? totals->currencies[0].currency : NULL;
}

const struct pr_cover *pr_totals_cover(const struct pr_totals *totals)
{
	return totals->quarters.expected ? &totals->quarters : &totals->minutes;
}

/* --- publishing --------------------------------------------------------------------------------------------------- */

/* Several currencies have no sum, which a note says. */
static void note_currencies(const struct pr_work *work, const struct pr_totals *totals)
{
	struct pr_note note = pr_note_make("currency.mixed", 0, 0);
	if (totals->currency_count < 2)
		return;
	note.count = totals->currency_count;
	for (size_t i = 0; i < totals->currency_count; i++)
		note.detail = note.detail ? pr_arena_format(work->arena, "%s, %s", note.detail, totals->currencies[i].currency)
		                          : totals->currencies[i].currency;
	pr_note_add(work, &note);
}

/* Money only where it is of one currency. */
static struct pr_base finish(const struct pr_work *work, const struct pr_total *total, const char *currency)
{
	struct pr_base base = total->base;
	base.findings = (struct pr_findings){0};
	for (size_t i = 0; i < total->base.findings.count; i++) {
		const struct pr_finding *finding = &total->base.findings.items[i];
		if (currency || !is_money(finding->id))
			*PR_PUSH(work->arena, base.findings.items, base.findings.count, base.findings.capacity) = *finding;
	}
	add_shares(work->arena, &base.findings);
	if (currency)
		pr_findings_set(&base.findings, work->arena, "bill.price",
			total->energy != PR_MICRO_MISSING && total->energy > 0
				? pr_micro_ratio(total->money, total->energy, PR_PRECISION_PRICE)
				: PR_MICRO_MISSING,
			currency, PR_PRECISION_PRICE);
	return base;
}

void pr_totals_set(const struct pr_work *work, const struct pr_totals *totals, struct pr_findings *findings)
{
	const char *currency = pr_totals_currency(totals);
	struct pr_base now = finish(work, &totals->now, currency);
	struct pr_base month = finish(work, &totals->month, currency);
	struct pr_base year = finish(work, &totals->year, currency);
	pr_micro coverage = pr_coverage(now.measured, now.expected);
	note_currencies(work, totals);
	for (size_t i = 0; i < now.findings.count; i++)
		now.findings.items[i].coverage = coverage;
	pr_coverage_publish(work->arena, pr_totals_cover(totals), findings);
	for (size_t i = 0; i < now.findings.count; i++)
		*PR_PUSH(work->arena, findings->items, findings->count, findings->capacity) = now.findings.items[i];
	if (!currency) {
		pr_findings_set(findings, work->arena, "bill.total", PR_MICRO_MISSING, "1", PR_PRECISION_MONEY);
		pr_findings_set(findings, work->arena, "bill.price", PR_MICRO_MISSING, "1", PR_PRECISION_PRICE);
	}
	/* Above project level there is no demand. */
	pr_findings_set(findings, work->arena, "demand.max", PR_MICRO_MISSING, "kW", PR_PRECISION_QUANTITY);
	pr_compare(work->method, findings, &now, &month, PR_COMPARE_MONTH);
	pr_compare(work->method, findings, &now, &year, PR_COMPARE_YEAR);
}

/* Whether the service covers some of a project's month. A tenant without a project has no report. */
static bool is_served(const struct pr_report *report, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct pr_project_report *project = &report->projects[i];
		struct pr_validity service = pr_settle_service(report->tenant, project->project);
		if (pr_valid_within(&service, project->month_from_ms, project->month_to_ms))
			return true;
	}
	return false;
}

void pr_totals_publish(
	const struct pr_work *work, const struct pr_project_bases *bases, size_t count, struct pr_report *report)
{
	struct pr_totals totals;
	pr_totals_init(&totals);
	for (size_t i = 0; i < count; i++)
		pr_totals_add(&totals, work->arena, &bases[i]);
	const struct pr_cover cover = *pr_totals_cover(&totals);
	if (report->tenant->edition == PR_EDITION_SINGLE && count == 1) {
		const struct pr_findings *from = &report->projects[0].findings;
		report->findings =
			(struct pr_findings){pr_arena_grow(work->arena, from->items, from->count, from->count, sizeof *from->items),
				from->count, from->count};
	} else {
		pr_totals_set(work, &totals, &report->findings);
	}
	report->in_service = is_served(report, count);
	report->below_gate =
		report->tenant->edition != PR_EDITION_PLATFORM && pr_below_gate(work->method, cover.measured, cover.expected);
	if (!report->below_gate)
		return;
	struct pr_note note = pr_note_make("coverage.tenant_low", 0, 0);
	note.count = cover.expected - cover.measured;
	note.value = pr_coverage(cover.measured, cover.expected);
	note.unit = "1";
	pr_note_add(work, &note);
}
