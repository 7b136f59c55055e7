/* The bill line by line, and the month's slots: rows with what a customer needs to check them with a calculator. */
#include "document/rows.h"

#include "analysis/work.h"
#include "document/workings.h"

#include <stdlib.h>
#include <string.h>

#define SHARE_DIGITS 3 /* tenths of a percent */
#define SHARE_STEP ((pr_micro)1000)

static struct pr_value finding_value(struct pr_row_builder *builder, const char *id)
{
	return pr_project_value(builder->context, builder->project, id);
}

static pr_micro finding_micro(struct pr_row_builder *builder, const char *id)
{
	const struct pr_finding *finding = pr_findings_get(&builder->project->findings, id);

	return finding ? finding->value : PR_MICRO_MISSING;
}

/* --- the bill --------------------------------------------------------------------------------------------------- */

enum group { GROUP_ENERGY, GROUP_BASIC, GROUP_POWER_FACTOR, GROUP_COUNT };
static const struct {
	const char *key, *finding;
} groups[GROUP_COUNT] = {{"bill.group.energy", "bill.energy"}, {"bill.group.basic", "bill.basic"},
	{"bill.group.power_factor", "bill.pf.amount"}};

static enum group group_of(enum pr_bill_line_kind kind)
{
	if (kind == PR_LINE_ENERGY)
		return GROUP_ENERGY;
	return kind == PR_LINE_POWER_FACTOR ? GROUP_POWER_FACTOR : GROUP_BASIC;
}

static struct pr_value line_value(
	struct pr_row_builder *builder, size_t index, const char *what, pr_micro micro, const char *unit, int digits)
{
	struct pr_value value = pr_value_micro(micro, unit);

	value.digits = digits;
	value.finding = pr_arena_format(builder->context->arena, "projects/%lld/bill_lines/%zu/%s",
		(long long)builder->project->project->id, index, what);
	return value;
}

static void add_blank_fields(struct pr_row_builder *builder, struct pr_scope *row)
{
	static const char *const names[] = {"row.quantity", "row.unit", "row.price", "row.amount", "row.share", "row.role",
		"row.number", "row.slot", "row.month_share", "row.discount", "row.times", "row.equals", "row.key",
		"row.total_key", "row.price_unit", "row.tariff", "row.line", "row.kind", "row.first", "row.last", "row.rate",
		"row.standard", "row.part"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		pr_rows_field(builder, row, names[i], pr_value_missing());
}

/* Of the contract's two printed parts the first: the second follows it. */
static bool is_first_part(const struct pr_project_report *project, size_t index)
{
	return project->bill_lines[index].kind == PR_LINE_BASIC_CONTRACT && index + 1 < project->bill_line_count &&
	       project->bill_lines[index + 1].kind == PR_LINE_BASIC_EXCESS;
}

static const char *line_key(struct pr_row_builder *builder, size_t index)
{
	return pr_arena_format(builder->context->arena, "line.%zu", index + 1);
}

/* What the workbook's formulas need: which line it is, and where its price and tariff stand. */
static void add_line_sources(struct pr_row_builder *builder, size_t index, struct pr_scope *row)
{
	const struct pr_bill_line *line = &builder->project->bill_lines[index];
	struct pr_arena *arena = builder->context->arena;
	const char *kind = pr_bill_line_names[line->kind];
	size_t rate = pr_workings_rate(builder->project, line->tariff_id, line->slot, line->price, arena);
	pr_micro standard = pr_workings_standard(builder->project, line->tariff_id);
	char plain[32];

	pr_rows_field(builder, row, "row.line", pr_value_text(line_key(builder, index)));
	pr_rows_field(builder, row, "row.kind",
		pr_value_text(is_first_part(builder->project, index) ? pr_arena_format(arena, "%s.part", kind) : kind));
	if (line->kind != PR_LINE_POWER_FACTOR) /* else the base would hold the adjustment */
		pr_rows_field(builder, row, "row.tariff",
			pr_value_text(line->tariff_id ? pr_arena_format(arena, "%lld", (long long)line->tariff_id) : NULL));
	if (line->kind == PR_LINE_BASIC_EXCESS && index > 0)
		pr_rows_field(builder, row, "row.part", pr_value_text(line_key(builder, index - 1)));
	pr_rows_field(builder, row, "row.rate", rate ? pr_value_number((double)rate, NULL) : pr_value_missing());
	if (standard != PR_MICRO_MISSING)
		pr_rows_field(
			builder, row, "row.standard", pr_value_text(pr_arena_copy(arena, pr_micro_plain(standard, plain))));
}

static void add_line(struct pr_row_builder *builder, size_t index)
{
	const struct pr_bill_line *line = &builder->project->bill_lines[index];
	struct pr_scope *row = pr_rows_add(builder);
	struct pr_arena *arena = builder->context->arena;
	const char *slot = line->slot >= 0 ? pr_slot_names[line->slot] : NULL;
	bool percent = line->kind == PR_LINE_POWER_FACTOR;

	pr_rows_field(builder, row, "row.level", pr_value_text("line"));
	pr_rows_field(builder, row, "row.key",
		pr_value_text(slot ? pr_arena_format(arena, "slot.%s", slot)
						   : pr_arena_format(arena, "bill.line.%s", pr_bill_line_names[line->kind])));
	pr_rows_field(builder, row, "row.slot", pr_value_text(slot));
	pr_rows_field(builder, row, "row.role", pr_value_text(slot ? pr_arena_format(arena, "slot.%s", slot) : NULL));
	pr_rows_field(builder, row, "row.quantity", line_value(builder, index, "quantity", line->quantity, line->unit, 2));
	pr_rows_field(builder, row, "row.unit", pr_value_text(line->unit));
	pr_rows_field(builder, row, "row.price",
		line_value(builder, index, "price", line->price, percent ? "%" : builder->project->currency, percent ? 2 : -2));
	pr_rows_field(builder, row, "row.price_unit", pr_value_text(percent ? "%" : NULL));
	pr_rows_field(builder, row, "row.times", pr_value_text("×"));
	pr_rows_field(builder, row, "row.equals", pr_value_text("="));
	pr_rows_field(
		builder, row, "row.amount", line_value(builder, index, "amount", line->amount, builder->project->currency, 2));
	pr_rows_field(builder, row, "row.month_share",
		line->share != PR_MICRO_MISSING && line->share < PR_MICRO_ONE ? pr_value_micro(line->share, "1")
																	  : pr_value_missing());
	pr_rows_field(builder, row, "row.discount", pr_value_micro(line->discount, NULL));
	add_line_sources(builder, index, row);
	add_blank_fields(builder, row);
}

static void add_empty_slot(struct pr_row_builder *builder, int slot)
{
	struct pr_scope *row = pr_rows_add(builder);
	const char *key = pr_arena_format(builder->context->arena, "slot.%s", pr_slot_names[slot]);

	pr_rows_field(builder, row, "row.level", pr_value_text("line"));
	pr_rows_field(builder, row, "row.key", pr_value_text(key));
	pr_rows_field(builder, row, "row.role", pr_value_text(key));
	pr_rows_field(builder, row, "row.slot", pr_value_text(pr_slot_names[slot]));
	add_blank_fields(builder, row);
}

/* Energy lines stand in the order of the slots, a slot without energy as an empty row. */
static void add_energy_lines(struct pr_row_builder *builder)
{
	for (int slot = 0; slot < PR_SLOT_COUNT; slot++) {
		bool any = false;
		for (size_t i = 0; i < builder->project->bill_line_count; i++) {
			const struct pr_bill_line *line = &builder->project->bill_lines[i];
			if (line->kind != PR_LINE_ENERGY || line->slot != slot)
				continue;
			any = true;
			add_line(builder, i);
		}
		if (!any)
			add_empty_slot(builder, slot);
	}
}

static bool has_group(const struct pr_row_builder *builder, enum group group)
{
	for (size_t i = 0; i < builder->project->bill_line_count; i++)
		if (group_of(builder->project->bill_lines[i].kind) == group)
			return true;
	return false;
}

/* The keys of its first and last line, as they stand: energy lines by slot. */
static void add_group_range(struct pr_row_builder *builder, enum group group, struct pr_scope *row)
{
	const struct pr_project_report *project = builder->project;
	size_t first = SIZE_MAX, last = 0;

	for (size_t i = 0; i < project->bill_line_count; i++) {
		const struct pr_bill_line *line = &project->bill_lines[i];
		if (group_of(line->kind) != group || (group == GROUP_ENERGY && line->slot < 0))
			continue;
		first = first == SIZE_MAX || line->slot < project->bill_lines[first].slot ? i : first;
		last = line->slot >= project->bill_lines[last].slot || last < first ? i : last;
	}
	if (first == SIZE_MAX)
		return;
	pr_rows_field(builder, row, "row.first", pr_value_text(line_key(builder, first)));
	pr_rows_field(builder, row, "row.last", pr_value_text(line_key(builder, last)));
}

static void add_group(struct pr_row_builder *builder, enum group group, int number, struct pr_value share)
{
	static const char *const keys[GROUP_COUNT] = {"energy", "basic", "power_factor"};
	struct pr_scope *row = pr_rows_add(builder);

	pr_rows_field(builder, row, "row.level", pr_value_text("group"));
	pr_rows_field(builder, row, "row.key", pr_value_text(groups[group].key));
	pr_rows_field(builder, row, "row.number", pr_value_number(number, NULL));
	pr_rows_field(builder, row, "row.amount", finding_value(builder, groups[group].finding));
	pr_rows_field(builder, row, "row.share", share);
	pr_rows_field(builder, row, "row.line", pr_value_text(keys[group]));
	pr_rows_field(builder, row, "row.kind", pr_value_text("group"));
	add_group_range(builder, group, row);
	add_blank_fields(builder, row);
	if (group == GROUP_ENERGY) {
		add_energy_lines(builder);
		return;
	}
	for (size_t i = 0; i < builder->project->bill_line_count; i++)
		if (group_of(builder->project->bill_lines[i].kind) == group)
			add_line(builder, i);
}

static void add_total(struct pr_row_builder *builder)
{
	struct pr_scope *row = pr_rows_add(builder);
	struct pr_value price = finding_value(builder, "bill.price");

	price.digits = pr_price_digits(builder->context->report, builder->project);
	pr_rows_field(builder, row, "row.level", pr_value_text("total"));
	pr_rows_field(builder, row, "row.total_key", pr_value_text("bill.total"));
	pr_rows_field(builder, row, "row.quantity", finding_value(builder, "energy.total"));
	pr_rows_field(builder, row, "row.unit", pr_value_text("kWh"));
	pr_rows_field(builder, row, "row.price", price);
	pr_rows_field(builder, row, "row.amount", finding_value(builder, "bill.total"));
	pr_rows_field(builder, row, "row.share",
		finding_micro(builder, "bill.total") == PR_MICRO_MISSING ? pr_value_missing()
																 : pr_value_micro(PR_MICRO_ONE, "1"));
	pr_rows_field(builder, row, "row.line", pr_value_text("total"));
	pr_rows_field(builder, row, "row.kind", pr_value_text("total"));
	add_blank_fields(builder, row);
}

/*
 * Shares of the total by largest remainder, also where a reward is negative: every share is cut downwards, and what is
 * left goes to those that were cut most. Only where every part is measured.
 */
static bool group_shares(struct pr_row_builder *builder, pr_micro *shares)
{
	pr_micro total = 0, left = PR_MICRO_ONE;
	pr_micro parts[GROUP_COUNT], cut_off[GROUP_COUNT];

	for (int group = 0; group < GROUP_COUNT; group++) {
		parts[group] = has_group(builder, (enum group)group) ? finding_micro(builder, groups[group].finding) : 0;
		if (parts[group] == PR_MICRO_MISSING || !pr_micro_add(total, parts[group], &total))
			return false;
	}
	if (total <= 0)
		return false;
	for (int group = 0; group < GROUP_COUNT; group++) {
		pr_micro share = pr_micro_ratio(parts[group], total, 6);

		cut_off[group] = (share % SHARE_STEP + SHARE_STEP) % SHARE_STEP;
		shares[group] = share - cut_off[group];
		left -= shares[group];
	}
	for (; left > 0; left -= SHARE_STEP) {
		int most = 0;
		for (int group = 1; group < GROUP_COUNT; group++)
			if (cut_off[group] > cut_off[most])
				most = group;
		shares[most] += SHARE_STEP;
		cut_off[most] = -1;
	}
	return true;
}

void pr_rows_bill_shares(const struct pr_context *context, struct pr_scope *scope)
{
	static const char *const names[GROUP_COUNT] = {"bill.share.energy", "bill.share.basic", "bill.share.pf"};
	struct pr_row_builder builder = {.context = context, .scope = scope, .project = pr_scope_project(scope)};
	pr_micro shares[GROUP_COUNT];
	bool shared = group_shares(&builder, shares);

	for (int group = 0; group < GROUP_COUNT; group++)
		pr_scope_add(scope, context->arena, names[group],
			shared && has_group(&builder, (enum group)group) ? pr_value_micro(shares[group], "1") : pr_value_missing());
}

bool pr_rows_bill(struct pr_row_builder *builder)
{
	pr_micro shares[GROUP_COUNT];
	int number = 0;
	bool shared;

	if (builder->project->bill_line_count == 0)
		return true;
	shared = group_shares(builder, shares);
	for (int group = 0; group < GROUP_COUNT; group++)
		if (has_group(builder, (enum group)group))
			add_group(
				builder, (enum group)group, ++number, shared ? pr_value_micro(shares[group], "1") : pr_value_missing());
	add_total(builder);
	return true;
}

/* --- the month's slots ------------------------------------------------------------------------------------------ */

/* The slot's one price, or missing where it has several in the month. */
static struct pr_value slot_price(struct pr_row_builder *builder, int slot)
{
	struct pr_value value = pr_value_missing();
	pr_micro price = PR_MICRO_MISSING;

	for (size_t i = 0; i < builder->project->bill_line_count; i++) {
		const struct pr_bill_line *line = &builder->project->bill_lines[i];
		if (line->kind != PR_LINE_ENERGY || line->slot != slot)
			continue;
		if (price != PR_MICRO_MISSING && price != line->price)
			return pr_value_missing();
		price = line->price;
		value = line_value(builder, i, "price", price, builder->project->currency, -2);
	}
	return value;
}

static bool charge_shares(struct pr_row_builder *builder, pr_micro shares[PR_SLOT_COUNT])
{
	pr_micro parts[PR_SLOT_COUNT];
	bool any = false;

	for (int slot = 0; slot < PR_SLOT_COUNT; slot++) {
		parts[slot] =
			finding_micro(builder, pr_arena_format(builder->context->arena, "bill.energy.%s", pr_slot_names[slot]));
		any = any || (parts[slot] != PR_MICRO_MISSING && parts[slot] > 0);
		if (parts[slot] == PR_MICRO_MISSING)
			parts[slot] = 0;
		if (parts[slot] < 0) /* of prices below 0 there are no shares */
			return false;
	}
	if (any)
		pr_shares(parts, PR_SLOT_COUNT, SHARE_DIGITS, builder->context->arena, shares);
	return any;
}

bool pr_rows_slots(struct pr_row_builder *builder)
{
	struct pr_arena *arena = builder->context->arena;
	pr_micro shares[PR_SLOT_COUNT];
	bool shared = charge_shares(builder, shares);

	for (int slot = 0; slot < PR_SLOT_COUNT; slot++) {
		struct pr_value energy = finding_value(builder, pr_arena_format(arena, "energy.slot.%s", pr_slot_names[slot]));
		bool used = energy.kind == PR_VALUE_NUMBER && energy.number != 0;
		const char *role = pr_arena_format(arena, "slot.%s", pr_slot_names[slot]);
		struct pr_scope *row = pr_rows_add(builder);

		pr_rows_field(builder, row, "row.slot", pr_value_text(pr_slot_names[slot]));
		pr_rows_field(builder, row, "row.key", pr_value_text(role));
		pr_rows_field(builder, row, "row.role", pr_value_text(role));
		pr_rows_field(builder, row, "row.used", pr_value_number(used, NULL));
		pr_rows_field(builder, row, "row.energy", used ? energy : pr_value_missing());
		pr_rows_field(builder, row, "row.share",
			used ? finding_value(builder, pr_arena_format(arena, "energy.share.%s", pr_slot_names[slot]))
				 : pr_value_missing());
		pr_rows_field(builder, row, "row.price", slot_price(builder, slot));
		pr_rows_field(builder, row, "row.charge",
			used ? finding_value(builder, pr_arena_format(arena, "bill.energy.%s", pr_slot_names[slot]))
				 : pr_value_missing());
		pr_rows_field(
			builder, row, "row.charge_share", used && shared ? pr_value_micro(shares[slot], "1") : pr_value_missing());
	}
	return true;
}
