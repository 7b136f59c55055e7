#include "batch/card.h"

#include <string.h>

#include "base/text.h"
#include "output/json.h"
#include "source/json_reader.h"

#define TOTAL "bill.total"
#define BY_CURRENCY "bill.currency."
#define PER_DAY "day"
#define NEW "new"

/* --- writing ------------------------------------------------------------------------------------------------------ */

static pr_micro value_of(const struct pr_findings *findings, const char *id)
{
	const struct pr_finding *finding = pr_findings_get(findings, id);

	return finding ? finding->value : PR_MICRO_MISSING;
}

static void add_cost(struct pr_card *card, struct pr_arena *arena, const struct pr_finding *finding)
{
	*PR_PUSH(arena, card->costs, card->cost_count, card->cost_capacity) = (struct pr_index_cost){
		finding->value, finding->unit, finding->change_month, finding->change_month_per_day, finding->new_month};
}

/* The whole bill; where it is in several currencies, each of them. */
static void take_costs(struct pr_card *card, struct pr_arena *arena, const struct pr_findings *findings)
{
	const struct pr_finding *total = pr_findings_get(findings, TOTAL);

	if (total && total->value != PR_MICRO_MISSING) {
		add_cost(card, arena, total);
		return;
	}
	for (size_t i = 0; i < findings->count; i++)
		if (pr_text_starts(findings->items[i].id, BY_CURRENCY) && findings->items[i].value != PR_MICRO_MISSING)
			add_cost(card, arena, &findings->items[i]);
}

static void put_number(struct pr_buffer *out, pr_micro number)
{
	char plain[32];

	if (number == PR_MICRO_MISSING)
		pr_buffer_add(out, "null");
	else
		pr_json_quote(out, pr_micro_plain(number, plain));
}

static void put_text(struct pr_buffer *out, const char *text)
{
	if (text)
		pr_json_quote(out, text);
	else
		pr_buffer_add(out, "null");
}

static const char *write_card(const struct pr_card *card, struct pr_arena *arena)
{
	struct pr_buffer out;

	pr_buffer_init(&out, arena);
	pr_buffer_add(&out, "{\"locale\": ");
	put_text(&out, card->locale);
	pr_buffer_add(&out, ", \"zone\": ");
	put_text(&out, card->zone);
	pr_buffer_add(&out, ", \"coverage\": ");
	put_number(&out, card->coverage);
	pr_buffer_add(&out, ", \"health\": ");
	put_number(&out, card->health);
	pr_buffer_add(&out, ", \"grade\": ");
	put_text(&out, card->grade);
	pr_buffer_add(&out, ", \"cost\": [");
	for (size_t i = 0; i < card->cost_count; i++) {
		const struct pr_index_cost *cost = &card->costs[i];
		pr_buffer_add(&out, i > 0 ? ", [" : "[");
		put_number(&out, cost->amount);
		pr_buffer_add(&out, ", ");
		put_text(&out, cost->currency);
		pr_buffer_add(&out, ", ");
		put_number(&out, cost->change);
		pr_buffer_add(&out, ", ");
		put_text(&out, cost->is_new ? NEW : cost->per_day ? PER_DAY : "");
		pr_buffer_add(&out, "]");
	}
	pr_buffer_add(&out, "]}");
	return out.text;
}

const char *pr_card_write(const struct pr_report *report, struct pr_arena *arena)
{
	const struct pr_findings *findings = &report->findings;
	const struct pr_finding *grade = pr_findings_get(findings, "health.grade");
	struct pr_card card = {.locale = report->tenant->locale,
		.zone = pr_zone_name(report->tenant->zone),
		.coverage = value_of(findings, "coverage.rate"),
		.health = value_of(findings, "health.index"),
		.grade = grade ? grade->word : NULL};

	take_costs(&card, arena, findings);
	return write_card(&card, arena);
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static pr_micro read_number(const struct pr_json *node)
{
	const char *text = pr_json_text(node);
	pr_micro number;
	double real;

	if (text && pr_micro_from_text(text, &number))
		return number;
	return pr_json_number(node, &real) ? pr_micro_from_double(real) : PR_MICRO_MISSING;
}

static const char *read_text(const struct pr_json *node, struct pr_arena *arena)
{
	return pr_arena_copy(arena, pr_json_text(node));
}

static void read_cost(struct pr_card *card, const struct pr_json *node, struct pr_arena *arena)
{
	const char *how = pr_json_text(pr_json_at(node, 3));

	*PR_PUSH(arena, card->costs, card->cost_count, card->cost_capacity) =
		(struct pr_index_cost){.amount = read_number(pr_json_at(node, 0)),
			.currency = read_text(pr_json_at(node, 1), arena),
			.change = read_number(pr_json_at(node, 2)),
			.per_day = pr_text_equal(how, PER_DAY),
			.is_new = pr_text_equal(how, NEW)};
}

bool pr_card_read(const char *text, struct pr_arena *arena, struct pr_card *card, struct pr_error *error)
{
	struct pr_json_document *document = NULL;
	const struct pr_json *root, *costs;

	*card = (struct pr_card){.coverage = PR_MICRO_MISSING, .health = PR_MICRO_MISSING};
	if (!text)
		return true;
	if (!pr_json_parse(&document, text, strlen(text), error))
		return pr_error_context(error, "a card of the ledger is broken");
	root = pr_json_root(document);
	card->locale = read_text(pr_json_get(root, "locale"), arena);
	card->zone = read_text(pr_json_get(root, "zone"), arena);
	card->coverage = read_number(pr_json_get(root, "coverage"));
	card->health = read_number(pr_json_get(root, "health"));
	card->grade = read_text(pr_json_get(root, "grade"), arena);
	costs = pr_json_get(root, "cost");
	for (size_t i = 0; i < pr_json_count(costs); i++)
		read_cost(card, pr_json_at(costs, i), arena);
	pr_json_free(document);
	return true;
}

/* --- of a published report ---------------------------------------------------------------------------------------- */

static void cost_of_json(struct pr_card *card, const struct pr_json *finding, struct pr_arena *arena)
{
	struct pr_index_cost cost = {.amount = read_number(pr_json_get(finding, "value")),
		.currency = read_text(pr_json_get(finding, "unit"), arena),
		.change = read_number(pr_json_get(finding, "change_month"))};

	if (cost.amount != PR_MICRO_MISSING)
		*PR_PUSH(arena, card->costs, card->cost_count, card->cost_capacity) = cost;
}

const char *pr_card_of_json(const char *json, size_t count, struct pr_arena *arena)
{
	struct pr_json_document *document = NULL;
	struct pr_error error = {0};
	struct pr_card card = {0};
	const struct pr_json *tenant, *findings;
	struct pr_json_walk walk = {0};
	bool has_total;

	if (!pr_json_parse(&document, json, count, &error))
		return NULL;
	tenant = pr_json_get(pr_json_root(document), "tenant");
	findings = pr_json_get(pr_json_root(document), "findings");
	card.locale = read_text(pr_json_get(tenant, "locale"), arena);
	card.zone = read_text(pr_json_get(tenant, "timezone"), arena);
	card.coverage = read_number(pr_json_path(findings, "coverage.rate", "value", NULL));
	card.health = read_number(pr_json_path(findings, "health.index", "value", NULL));
	card.grade = read_text(pr_json_path(findings, "health.grade", "value", NULL), arena);
	cost_of_json(&card, pr_json_get(findings, TOTAL), arena);
	has_total = card.cost_count > 0;
	while (pr_json_next(findings, &walk))
		if (!has_total && pr_text_starts(walk.key, BY_CURRENCY))
			cost_of_json(&card, walk.value, arena);
	pr_json_free(document);
	return write_card(&card, arena);
}
