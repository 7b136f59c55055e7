#include "analysis/bill.h"

#include "base/text.h"

static const char *const lack_names[PR_LACK_COUNT] = {
	[PR_LACK_ENERGY] = "energy",
	[PR_LACK_TARIFF] = "tariff",
	[PR_LACK_SLOT] = "slot",
	[PR_LACK_PRICE] = "price",
	[PR_LACK_CAPACITY_PRICE] = "capacity_price",
	[PR_LACK_CAPACITY] = "capacity",
	[PR_LACK_DEMAND_PRICE] = "demand_price",
	[PR_LACK_CONTRACT] = "contract",
	[PR_LACK_DEMAND] = "demand",
	[PR_LACK_POWER_FACTOR] = "power_factor",
	[PR_LACK_RANGE] = "range",
};

/* The energy of one (tariff, slot, price): a line. */
struct part {
	int tariff, slot;
	pr_micro price, kwh;
};
struct parts {
	struct part *items;
	size_t count, capacity;
};

static int compare_parts(const struct part *a, const struct part *b)
{
	/* Without a tariff or a slot: last. Unsigned, −1 is the largest. */
	if (a->tariff != b->tariff)
		return (unsigned)a->tariff < (unsigned)b->tariff ? -1 : 1;
	if (a->slot != b->slot)
		return (unsigned)a->slot < (unsigned)b->slot ? -1 : 1;
	return (a->price > b->price) - (a->price < b->price);
}

/* The part with the key of `key`, added in its place where it is new. */
static struct part *part_of(struct parts *parts, struct pr_arena *arena, const struct part *key)
{
	size_t at = 0;
	while (at < parts->count && compare_parts(&parts->items[at], key) < 0)
		at++;
	if (at < parts->count && compare_parts(&parts->items[at], key) == 0)
		return &parts->items[at];
	*PR_PUSH(arena, parts->items, parts->count, parts->capacity) = *key;
	for (size_t i = parts->count - 1; i > at; i--)
		parts->items[i] = parts->items[i - 1];
	parts->items[at] = *key;
	return &parts->items[at];
}

static void collect_parts(const struct pr_site *site, struct pr_bill *bill, struct parts *parts)
{
	for (size_t i = 0; i < site->window.count; i++) {
		const struct pr_quarter *quarter = &site->quarters[i];
		int tariff = site->tariffs[i];
		if (tariff >= 0) {
			bill->shares[tariff].used = true;
			bill->tariff = &site->project->tariffs[tariff];
		}
		if (quarter->partial_kwh == PR_MICRO_MISSING)
			continue;
		struct part key = {tariff, quarter->slot, quarter->price, 0};
		struct part *part = part_of(parts, site->work->arena, &key);
		part->kwh = pr_sum_present(part->kwh, quarter->partial_kwh);
		if (quarter->slot >= 0)
			bill->slot_kwh[quarter->slot] = pr_sum_present(bill->slot_kwh[quarter->slot], quarter->partial_kwh);
		if (quarter->price != PR_MICRO_MISSING)
			continue;
		pr_tally_add(&bill->unpriced, quarter->start_ms, 0);
		bill->unpriced_kwh = pr_sum_present(bill->unpriced_kwh, quarter->partial_kwh);
		bill->lacks[tariff < 0 ? PR_LACK_TARIFF : quarter->slot < 0 ? PR_LACK_SLOT : PR_LACK_PRICE] = true;
	}
}

static void charge_energy(const struct pr_site *site, struct pr_bill *bill, const struct parts *parts)
{
	bool lacking[PR_SLOT_COUNT] = {false};
	pr_wide funds_e12 = 0;
	for (size_t i = 0; i < parts->count; i++) {
		const struct part *part = &parts->items[i];
		const struct pr_tariff *tariff = part->tariff < 0 ? NULL : &site->project->tariffs[part->tariff];
		struct pr_bill_line *line = PR_PUSH(site->work->arena, bill->lines, bill->line_count, bill->line_capacity);
		*line = (struct pr_bill_line){.kind = PR_LINE_ENERGY,
			.tariff_id = tariff ? tariff->id : 0,
			.slot = part->slot,
			.quantity = part->kwh,
			.unit = "kWh",
			.price = part->price,
			.share = PR_MICRO_ONE,
			.discount = PR_MICRO_MISSING,
			.amount = PR_MICRO_MISSING};
		if (tariff && tariff->fund_price != PR_MICRO_MISSING) {
			pr_wide funds = pr_wide_product(tariff->fund_price, part->kwh);
			funds_e12 += funds;
			bill->shares[part->tariff].base_e12 -= funds;
		}
		if (part->price == PR_MICRO_MISSING) {
			if (part->slot >= 0)
				lacking[part->slot] = true;
			continue;
		}
		line->amount = pr_wide_round(pr_wide_product(part->kwh, part->price), 2);
		if (line->amount == PR_MICRO_MISSING) {
			bill->lacks[PR_LACK_RANGE] = lacking[part->slot] = true;
			continue;
		}
		bill->slot_amount[part->slot] = pr_sum_present(bill->slot_amount[part->slot], line->amount);
		bill->energy = pr_sum_present(bill->energy, line->amount);
		bill->shares[part->tariff].base_e12 += (pr_wide)line->amount * PR_MICRO_ONE;
	}
	for (int slot = 0; slot < PR_SLOT_COUNT; slot++)
		if (lacking[slot])
			bill->slot_amount[slot] = PR_MICRO_MISSING;
	if (parts->count)
		bill->funds = pr_wide_round(funds_e12, 2);
}

/* The one currency of the tariffs in force; NULL and a note where they differ. */
static const char *currency_of(const struct pr_site *site, const struct pr_bill *bill)
{
	const char *currency = NULL;
	for (size_t i = 0; i < site->project->tariff_count; i++) {
		const char *other = site->project->tariffs[i].currency;
		if (!bill->shares[i].used)
			continue;
		if (!currency)
			currency = other;
		if (pr_text_equal(currency, other))
			continue;
		struct pr_note note = pr_note_make("currency.mixed", site->project->id, 0);
		note.count = 2;
		note.detail = pr_arena_format(site->work->arena, "%s, %s", currency, other);
		pr_note_add(site->work, &note);
		return NULL;
	}
	return currency;
}

static void note_lacks(const struct pr_site *site, struct pr_bill *bill)
{
	struct pr_buffer detail;
	pr_buffer_init(&detail, site->work->arena);
	for (int lack = 0; lack < PR_LACK_COUNT; lack++) {
		if (!bill->lacks[lack])
			continue;
		if (detail.length)
			pr_buffer_add(&detail, ", ");
		pr_buffer_add(&detail, lack_names[lack]);
	}
	bill->incomplete = detail.length > 0;
	if (!bill->incomplete)
		return;
	struct pr_note note = pr_note_make("tariff.incomplete", site->project->id, 0);
	note.detail = detail.text;
	if (bill->unpriced.count) {
		note.count = bill->unpriced.count;
		note.first_ms = bill->unpriced.first_ms;
		note.last_ms = bill->unpriced.last_ms;
		note.value = bill->unpriced_kwh;
		note.unit = "kWh";
	}
	pr_note_add(site->work, &note);
}

static void note_power_factor(const struct pr_site *site, const struct pr_bill *bill)
{
	if (bill->lacks[PR_LACK_POWER_FACTOR] && bill->power_factor.hundredths < 0)
		pr_note_plain(site->work, "power_factor.unmeasured", site->project->id, 0);
	if (!bill->provisional)
		return;
	struct pr_note note = pr_note_make("power_factor.provisional", site->project->id, 0);
	note.count = bill->power_factor.used;
	note.value = pr_coverage(bill->power_factor.used, site->expected);
	note.unit = "1";
	pr_note_add(site->work, &note);
}

static void clear_bill(const struct pr_site *site, struct pr_bill *bill)
{
	*bill = (struct pr_bill){.energy = PR_MICRO_MISSING,
		.funds = PR_MICRO_MISSING,
		.basic = PR_MICRO_MISSING,
		.adjustment_base = PR_MICRO_MISSING,
		.adjustment_percent = PR_MICRO_MISSING,
		.adjustment = PR_MICRO_MISSING,
		.total = PR_MICRO_MISSING,
		.price = PR_MICRO_MISSING,
		.unpriced_kwh = PR_MICRO_MISSING};
	for (int slot = 0; slot < PR_SLOT_COUNT; slot++)
		bill->slot_kwh[slot] = bill->slot_amount[slot] = PR_MICRO_MISSING;
	bill->shares = pr_arena_array(site->work->arena, site->project->tariff_count, sizeof *bill->shares);
}

/* A slot that no measured quarter fell under used 0 kWh for 0.00, once anything was measured. */
static void fill_slots(struct pr_bill *bill)
{
	for (int slot = 0; slot < PR_SLOT_COUNT; slot++) {
		if (bill->slot_kwh[slot] != PR_MICRO_MISSING)
			continue;
		bill->slot_kwh[slot] = 0;
		bill->slot_amount[slot] = bill->currency ? 0 : PR_MICRO_MISSING;
	}
}

void pr_bill_work_out(const struct pr_site *site, const struct pr_demand *demand, struct pr_bill *bill)
{
	clear_bill(site, bill);
	struct parts parts = {0};
	collect_parts(site, bill, &parts);
	pr_power_factor_sum(site, &bill->power_factor);
	if (!bill->tariff) {
		pr_note_plain(site->work, "tariff.missing", site->project->id, 0);
		return;
	}
	bill->currency = currency_of(site, bill);
	if (parts.count)
		fill_slots(bill);
	if (!bill->currency)
		return;
	charge_energy(site, bill, &parts);
	if (!parts.count)
		bill->lacks[PR_LACK_ENERGY] = true;
	pr_bill_basic(site, demand, bill);
	if (parts.count)
		pr_bill_adjust(site, bill);
	note_lacks(site, bill);
	note_power_factor(site, bill);
	if (bill->energy == PR_MICRO_MISSING)
		return;
	bill->total = pr_sum_present(pr_sum_present(bill->energy, bill->basic), bill->adjustment);
	if (!bill->incomplete && site->energy != 0)
		bill->price = pr_micro_ratio(bill->total, site->energy, 6);
}

pr_micro pr_bill_basic_at(const struct pr_site *site, const struct pr_bill *bill, pr_micro kw)
{
	bool depends = false;
	struct pr_work quiet = *site->work;
	quiet.report = NULL;
	struct pr_site copy = *site;
	copy.work = &quiet;
	struct pr_bill other;
	clear_bill(&copy, &other);
	for (size_t i = 0; i < site->project->tariff_count; i++) {
		enum pr_basic_mode mode = site->project->tariffs[i].basic_mode;
		other.shares[i].used = bill->shares[i].used;
		depends = depends || (bill->shares[i].used && (mode == PR_BASIC_CONTRACT || mode == PR_BASIC_ACTUAL));
	}
	const struct pr_demand demand = {.kw = kw, .at_ms = PR_TIME_MISSING};
	if (!depends || !bill->currency || kw == PR_MICRO_MISSING)
		return PR_MICRO_MISSING;
	pr_bill_basic(&copy, &demand, &other);
	for (int lack = 0; lack < PR_LACK_COUNT; lack++)
		if (other.lacks[lack])
			return PR_MICRO_MISSING;
	return other.basic;
}

static void set_money(const struct pr_site *site, const struct pr_bill *bill, struct pr_findings *findings,
	const char *id, pr_micro value, int digits)
{
	struct pr_finding *finding = pr_findings_set(findings, site->work->arena, id, value, bill->currency, digits);
	finding->source = bill->tariff->source;
	finding->coverage = pr_site_coverage(site);
}

void pr_bill_publish(const struct pr_site *site, const struct pr_bill *bill, struct pr_findings *findings)
{
	struct pr_arena *arena = site->work->arena;
	const struct pr_power_factor *factor = &bill->power_factor;
	struct pr_finding *finding = pr_findings_set(findings, arena, "power_factor.month",
		factor->hundredths < 0 ? PR_MICRO_MISSING : (pr_micro)factor->hundredths * (PR_MICRO_ONE / 100), "1",
		PR_PRECISION_POWER_FACTOR);
	finding->coverage = pr_coverage(factor->used, site->expected);
	if (bill->tariff)
		finding->limit = bill->tariff->pf_standard;
	if (!bill->tariff || !bill->currency) { /* a note says which */
		pr_findings_set(findings, arena, "bill.total", PR_MICRO_MISSING, "1", PR_PRECISION_MONEY);
		return;
	}
	for (int slot = 0; slot < PR_SLOT_COUNT; slot++)
		set_money(site, bill, findings, pr_arena_format(arena, "bill.energy.%s", pr_slot_names[slot]),
			bill->slot_amount[slot], PR_PRECISION_MONEY);
	set_money(site, bill, findings, "bill.energy", bill->energy, PR_PRECISION_MONEY);
	set_money(site, bill, findings, "bill.funds", bill->funds, PR_PRECISION_MONEY);
	set_money(site, bill, findings, "bill.basic", bill->basic, PR_PRECISION_MONEY);
	if (bill->tariff->pf_standard != PR_MICRO_MISSING || bill->adjustment != PR_MICRO_MISSING) {
		set_money(site, bill, findings, "bill.pf.base", bill->adjustment_base, PR_PRECISION_MONEY);
		set_money(site, bill, findings, "bill.pf.percent", bill->adjustment_percent, PR_PRECISION_RATIO);
		pr_findings_edit(findings, "bill.pf.percent")->unit = "%";
		set_money(site, bill, findings, "bill.pf.amount", bill->adjustment, PR_PRECISION_MONEY);
	}
	set_money(site, bill, findings, "bill.total", bill->total, PR_PRECISION_MONEY);
	set_money(site, bill, findings, "bill.price", bill->price, PR_PRECISION_PRICE);
}
