/* Cards: what the index page shows of a revision stands and falls with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "batch/card.h"
#include "batch/ledger.h"

static const struct pr_month october = {2026, 10};

struct fixture {
	struct pr_arena arena;
	struct pr_error error;
	char folder[64];
	struct pr_ledger *ledger;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);

	if (!fixture)
		return -1;
	pr_arena_init(&fixture->arena);
	snprintf(fixture->folder, sizeof fixture->folder, "/tmp/test_card.XXXXXX");
	if (!mkdtemp(fixture->folder))
		return -1;
	*state = fixture;
	return pr_ledger_open(
			   &fixture->ledger, pr_arena_format(&fixture->arena, "%s/ledger.db", fixture->folder), &fixture->error)
	           ? 0
	           : -1;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	struct pr_error error = {0};
	bool gone;

	pr_ledger_close(fixture->ledger);
	gone = pr_folder_remove(fixture->folder, &error);
	pr_arena_release(&fixture->arena);
	free(fixture);
	return gone ? 0 : -1;
}

static struct pr_ledger_revision revision_with(const char *figures, const char *picture)
{
	return (struct pr_ledger_revision){.month = october,
		.tenant_id = 3,
		.edition = "single",
		.number = 1,
		.released_ms = PR_TIME_MISSING,
		.state = "done",
		.coverage = NAN,
		.folder = "2026-10/single/3-x",
		.findings = {"", 0, 0},
		.changes = "",
		.card = {figures, picture, picture ? strlen(picture) : 0}};
}

static struct pr_ledger_card card_of(struct fixture *fixture, bool with_picture)
{
	struct pr_ledger_card card;

	assert_true(
		pr_ledger_get_card(fixture->ledger, october, 3, 1, with_picture, &fixture->arena, &card, &fixture->error));
	return card;
}

static void test_intent(void **state)
{
	struct fixture *fixture = *state;
	struct pr_ledger_revision first = revision_with("{\"health\": \"1\"}", "PNG one");
	struct pr_ledger_revision again = revision_with("{\"health\": \"2\"}", NULL);

	assert_true(pr_ledger_intend(fixture->ledger, &first, &fixture->error));
	assert_null(card_of(fixture, true).figures);
	assert_true(pr_ledger_settle(fixture->ledger, october, 3, true, &fixture->error));
	assert_string_equal(card_of(fixture, false).figures, "{\"health\": \"1\"}");
	assert_null(card_of(fixture, false).picture);
	assert_int_equal(card_of(fixture, true).picture_bytes, 7);
	assert_memory_equal(card_of(fixture, true).picture, "PNG one", 7);

	assert_true(pr_ledger_intend(fixture->ledger, &again, &fixture->error));
	assert_true(pr_ledger_settle(fixture->ledger, october, 3, false, &fixture->error));
	assert_string_equal(card_of(fixture, true).figures, "{\"health\": \"1\"}");

	assert_true(pr_ledger_intend(fixture->ledger, &again, &fixture->error));
	assert_true(pr_ledger_settle(fixture->ledger, october, 3, true, &fixture->error));
	assert_string_equal(card_of(fixture, true).figures, "{\"health\": \"2\"}");
	assert_null(card_of(fixture, true).picture);
}

static void test_published(void **state)
{
	static const char report[] =
		"{\"tenant\": {\"locale\": \"en\", \"timezone\": \"Europe/Berlin\"}, \"findings\": {"
		"\"coverage.rate\": {\"value\": 0.967573, \"unit\": \"1\"},"
		"\"bill.total\": {\"value\": 378493.31, \"unit\": \"CNY\", \"change_month\": -0.095704},"
		"\"bill.currency.EUR\": {\"value\": 5, \"unit\": \"EUR\"},"
		"\"health.index\": {\"value\": null, \"unit\": \"1\"}, \"health.grade\": {\"value\": \"good\"}}}";
	static const char platform[] = "{\"findings\": {\"bill.total\": {\"value\": null, \"unit\": \"1\"},"
								   "\"bill.currency.CNY\": {\"value\": 1.5, \"unit\": \"CNY\"},"
								   "\"bill.currency.EUR\": {\"value\": 2, \"unit\": \"EUR\"}}}";
	struct fixture *fixture = *state;
	struct pr_arena *arena = &fixture->arena;
	struct pr_card card;

	assert_true(pr_card_read(pr_card_of_json(report, sizeof report - 1, arena), arena, &card, &fixture->error));
	assert_string_equal(card.locale, "en");
	assert_string_equal(card.zone, "Europe/Berlin");
	assert_true(card.coverage == 967573 && card.health == PR_MICRO_MISSING);
	assert_string_equal(card.grade, "good");
	assert_int_equal(card.cost_count, 1);
	assert_true(card.costs[0].amount == 378493310000 && card.costs[0].change == -95704);
	assert_string_equal(card.costs[0].currency, "CNY");

	assert_true(pr_card_read(pr_card_of_json(platform, sizeof platform - 1, arena), arena, &card, &fixture->error));
	assert_int_equal(card.cost_count, 2);
	assert_true(card.costs[1].amount == 2000000 && card.costs[1].change == PR_MICRO_MISSING);
	assert_null(pr_card_of_json("{", 1, arena));
}

static void test_broken(void **state)
{
	struct fixture *fixture = *state;
	struct pr_card card;

	assert_true(pr_card_read(NULL, &fixture->arena, &card, &fixture->error));
	assert_true(card.health == PR_MICRO_MISSING && card.cost_count == 0);
	assert_false(pr_card_read("{\"health\": ", &fixture->arena, &card, &fixture->error));
	assert_non_null(strstr(fixture->error.text, "a card of the ledger is broken"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"a card counts when its revision is settled, and goes with it", test_intent, set_up, tear_down, NULL},
		{"a published report gives its card", test_published, set_up, tear_down, NULL},
		{"a broken card is refused, none is empty", test_broken, set_up, tear_down, NULL},
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
