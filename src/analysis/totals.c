#include "analysis/totals.h"

#include "base/text.h"

/* What is summed over projects; a prefix ends in a dot. */
static const char *const summed[] = {"energy.total", "energy.reactive", "energy.reactive.", "energy.slot.",
	"energy.phase.", "energy.working", "energy.off", "energy.unmetered", "energy.carbon", "energy.coal", "energy.plan",
	"bill.energy.", "bill.energy", "bill.funds", "bill.basic", "bill.pf.base", "bill.pf.amount", "bill.total", "change.",
	"savings.basic.month", "savings.basic.year", "savings.power_factor.month", "savings.power_factor.year",
	"savings.shift.month", "savings.shift.year", "savings.transformer.month", "savings.transformer.year"};

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

static bool is_money(const char *id)
{
	return pr_text_starts(id, "bill.") || pr_text_starts(id, "change.") || pr_text_starts(id, "savings.");
}

static void add_findings(
	struct pr_arena *arena, const struct pr_findings *from, bool with_money, struct pr_findings *sums)
{
	for (size_t i = 0; i < from->count; i++) {
		const struct pr_finding *finding = &from->items[i];
		if (!is_summed(finding->id) || (is_money(finding->id) && !with_money))
			continue;
		struct pr_finding *sum = pr_findings_edit(sums, finding->id);
		if (!sum) {
			sum = pr_findings_set(sums, arena, finding->id, finding->value, finding->unit, finding->digits);
			sum->phase = finding->phase;
			continue;
		}
		sum->value = pr_sum_present(sum->value, finding->value);
	}
}

/* Σ total ÷ Σ kWh over the projects with a complete bill. */
static void add_price(struct pr_arena *arena, struct pr_findings *const *projects, size_t count, const char *currency,
	struct pr_findings *sums)
{
	pr_micro money = PR_MICRO_MISSING, energy = PR_MICRO_MISSING;
	for (size_t i = 0; i < count; i++) {
		const struct pr_finding *price = pr_findings_get(projects[i], "bill.price");
		if (!price || price->value == PR_MICRO_MISSING)
			continue;
		money = pr_sum_present(money, pr_findings_get(projects[i], "bill.total")->value);
		energy = pr_sum_present(energy, pr_findings_get(projects[i], "energy.total")->value);
	}
	pr_micro price = PR_MICRO_MISSING;
	if (energy != PR_MICRO_MISSING && energy > 0)
		price = pr_micro_ratio(money, energy, PR_PRECISION_PRICE);
	pr_findings_set(sums, arena, "bill.price", price, currency, PR_PRECISION_PRICE);
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

/* The one currency of the projects; NULL with none or several, which a note says. */
static const char *common_currency(const struct pr_work *work, const struct pr_project_bases *bases, size_t count)
{
	const char *currency = NULL, *list = NULL;
	uint64_t currencies = 0;
	for (size_t i = 0; i < count; i++) {
		bool is_new = bases[i].currency != NULL;
		for (size_t k = 0; is_new && k < i; k++)
			is_new = !pr_text_equal(bases[k].currency, bases[i].currency);
		if (!is_new)
			continue;
		currency = bases[i].currency;
		list = list ? pr_arena_format(work->arena, "%s, %s", list, currency) : currency;
		currencies++;
	}
	if (currencies < 2)
		return currency;
	struct pr_note note = pr_note_make("currency.mixed", 0, 0);
	note.count = currencies;
	note.detail = list;
	pr_note_add(work, &note);
	return NULL;
}

enum when { NOW, MONTH_BEFORE, YEAR_BEFORE };

static const struct pr_base *base_at(const struct pr_project_bases *bases, enum when when)
{
	return when == NOW ? &bases->now : when == MONTH_BEFORE ? bases->month : bases->year;
}

/* Energy is summed over all projects; quarters and days only over those whose coverage is of quarters. */
static struct pr_base sum_bases(const struct pr_work *work, const struct pr_project_bases *bases, size_t count,
	const char *currency, enum when when)
{
	struct pr_base sum = {.days = PR_MICRO_MISSING};
	struct pr_findings **all = pr_arena_array(work->arena, count, sizeof(struct pr_findings *));
	for (size_t i = 0; i < count; i++) {
		const struct pr_base *base = base_at(&bases[i], when);
		struct pr_findings *copy = pr_arena_alloc(work->arena, sizeof *copy);
		*copy = base->findings;
		all[i] = copy;
		add_findings(work->arena, copy, currency != NULL, &sum.findings);
		/* Where nothing was expected there was no bill that could lack something. */
		sum.bill_incomplete = sum.bill_incomplete || (base->bill_incomplete && base->expected);
		if (bases[i].cover->of_minutes)
			continue;
		sum.expected += base->expected;
		sum.measured += base->measured;
		sum.days = pr_sum_present(sum.days, base->days);
	}
	add_shares(work->arena, &sum.findings);
	if (currency)
		add_price(work->arena, all, count, currency, &sum.findings);
	return sum;
}

static struct pr_cover sum_covers(const struct pr_project_bases *bases, size_t count, bool of_minutes)
{
	struct pr_cover sum = {.of_minutes = of_minutes};
	for (size_t i = 0; i < count; i++) {
		const struct pr_cover *cover = bases[i].cover;
		if (cover->of_minutes != of_minutes)
			continue;
		sum.expected += cover->expected;
		sum.measured += cover->measured;
		sum.minute_measured += cover->minute_measured;
		sum.has_minutes = sum.has_minutes || cover->has_minutes;
	}
	return sum;
}

/* The tenant's own coverage: of quarters; of minutes only where no project with an expectation has quarters. */
static struct pr_cover tenant_cover(const struct pr_project_bases *bases, size_t count)
{
	struct pr_cover quarters = sum_covers(bases, count, false);
	return quarters.expected ? quarters : sum_covers(bases, count, true);
}

static void publish_sums(const struct pr_work *work, const struct pr_project_bases *bases, size_t count,
	const struct pr_cover *cover, struct pr_report *report)
{
	const char *currency = common_currency(work, bases, count);
	struct pr_base now = sum_bases(work, bases, count, currency, NOW);
	struct pr_base month = sum_bases(work, bases, count, currency, MONTH_BEFORE);
	struct pr_base year = sum_bases(work, bases, count, currency, YEAR_BEFORE);
	struct pr_findings *findings = &report->findings;
	pr_micro coverage = pr_coverage(now.measured, now.expected);
	for (size_t i = 0; i < now.findings.count; i++)
		now.findings.items[i].coverage = coverage;
	pr_coverage_publish(work->arena, cover, findings);
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
	struct pr_cover cover = tenant_cover(bases, count);
	if (report->tenant->edition == PR_EDITION_SINGLE && count == 1) {
		const struct pr_findings *from = &report->projects[0].findings;
		report->findings =
			(struct pr_findings){pr_arena_grow(work->arena, from->items, from->count, from->count, sizeof *from->items),
				from->count, from->count};
	} else {
		publish_sums(work, bases, count, &cover, report);
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
