/* The mail's part of the ledger: an address gets a revision once, whatever is called when, and by which process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "batch/ledger_runs.h"
#include "batch/lock.h"
#include "batch/mailing.h"

static const struct pr_month october = {2026, 10};

struct fixture {
	struct pr_arena arena;
	struct pr_error error;
	char folder[64];
	const char *path;
	struct pr_ledger *ledger;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);

	if (!fixture)
		return -1;
	pr_arena_init(&fixture->arena);
	snprintf(fixture->folder, sizeof fixture->folder, "/tmp/test_mailing.XXXXXX");
	if (!mkdtemp(fixture->folder))
		return -1;
	fixture->path = pr_ledger_path(fixture->folder, &fixture->arena);
	if (!pr_ledger_open(&fixture->ledger, fixture->path, &fixture->error))
		return -1;
	*state = fixture;
	return 0;
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

static struct pr_sending sending_to(const char *address, int revision)
{
	return (struct pr_sending){.month = october,
		.tenant_id = 3,
		.edition = "single",
		.revision = revision,
		.address = address,
		.kind = "to",
		.message_id = "<m@x>",
		.began_ms = 1000};
}

static bool end(struct fixture *fixture, struct pr_sending *sending, enum pr_sending_state state, const char *reply)
{
	sending->state = state;
	sending->reply = reply;
	sending->ended_ms = 2000;
	return pr_mailing_end(fixture->ledger, sending, &fixture->error);
}

/* "address state reply attempts; " of each, as whoever looks sees them. */
static bool note(void *context, const struct pr_sending *sending, struct pr_error *error)
{
	char *text = context;
	size_t length = strlen(text);

	(void)error;
	snprintf(text + length, 1000 - length, "%s %s %s %d; ", sending->address, pr_sending_state_names[sending->state],
		sending->reply ? sending->reply : "-", sending->attempts);
	return true;
}

static void assert_seen(struct fixture *fixture, const char *expected)
{
	char text[1000] = "";

	assert_true(pr_mailing_each(fixture->folder, october, note, text, &fixture->error));
	assert_string_equal(text, expected);
}

static void an_address_gets_a_revision_once_however_it_is_spelt(void **state)
{
	struct fixture *fixture = *state;
	struct pr_sending first = sending_to("Boss@X.example", 1), again = sending_to("boss@x.EXAMPLE", 1);
	struct pr_sending later = sending_to("boss@x.example", 2);

	assert_true(pr_mailing_begin(fixture->ledger, &first, &fixture->error));
	assert_true(end(fixture, &first, PR_SENDING_SENT, "250 OK"));
	assert_false(pr_mailing_begin(fixture->ledger, &again, &fixture->error));
	pr_error_clear(&fixture->error);
	assert_true(pr_mailing_begin(fixture->ledger, &later, &fixture->error));
	assert_int_not_equal(first.id, later.id);
	assert_true(end(fixture, &later, PR_SENDING_SENT, "250 OK too"));
	assert_seen(fixture, "Boss@X.example sent 250 OK 1; boss@x.example sent 250 OK too 1; ");
}

static void what_failed_is_begun_again_in_its_row(void **state)
{
	struct fixture *fixture = *state;
	struct pr_sending first = sending_to("a@x.example", 1), again = sending_to("a@x.example", 1);

	assert_true(pr_mailing_begin(fixture->ledger, &first, &fixture->error));
	assert_true(end(fixture, &first, PR_SENDING_FAILED, "550 no"));
	assert_true(pr_mailing_begin(fixture->ledger, &again, &fixture->error));
	assert_int_equal(first.id, again.id);
	assert_true(end(fixture, &again, PR_SENDING_SENT, "250 yes"));
	assert_seen(fixture, "a@x.example sent 250 yes 2; ");
}

static void what_failed_before_a_byte_was_handed_over_has_a_row(void **state)
{
	struct fixture *fixture = *state;
	struct pr_sending sending = sending_to("no address", 1);

	assert_true(end(fixture, &sending, PR_SENDING_FAILED, "no"));
	assert_int_not_equal(sending.id, 0);
	assert_seen(fixture, "no address failed no 0; ");
}

static void one_that_was_interrupted_is_unknown_to_whoever_looks_and_after_the_next_start(void **state)
{
	struct fixture *fixture = *state;
	struct pr_sending sending = sending_to("a@x.example", 1), again = sending_to("a@x.example", 1);
	struct pr_lock_file lock = {0};

	assert_true(pr_mailing_begin(fixture->ledger, &sending, &fixture->error));
	assert_true(pr_lock_take_mail(&lock, fixture->folder, 0, &fixture->error));
	assert_seen(fixture, "a@x.example sending - 1; ");
	pr_lock_file_release(&lock);
	assert_seen(fixture, "a@x.example unknown its mail run was killed 1; ");
	assert_false(pr_mailing_begin(fixture->ledger, &again, &fixture->error));
	pr_error_clear(&fixture->error);
	assert_true(pr_mailing_settle(fixture->ledger, &fixture->error));
	assert_true(pr_mailing_begin(fixture->ledger, &again, &fixture->error)); /* as a person wanted */
	assert_int_equal(sending.id, again.id);
}

static void counts_are_of_a_revision(void **state)
{
	struct fixture *fixture = *state;
	struct pr_sending sent = sending_to("a@x.example", 1), failed = sending_to("b@x.example", 1);
	struct pr_sending other = sending_to("a@x.example", 2);
	struct pr_mailing_counts counts = {0};

	assert_true(pr_mailing_begin(fixture->ledger, &sent, &fixture->error) &&
				end(fixture, &sent, PR_SENDING_SENT, NULL) && end(fixture, &failed, PR_SENDING_FAILED, NULL) &&
				end(fixture, &other, PR_SENDING_FAILED, NULL));
	assert_true(pr_mailing_count(fixture->folder, october, 3, 1, &counts, &fixture->error));
	assert_int_equal(counts.counts[PR_SENDING_SENT], 1);
	assert_int_equal(counts.counts[PR_SENDING_FAILED], 1);
	assert_int_equal(counts.last_sent_ms, 2000);
	assert_true(pr_mailing_count(fixture->folder, october, 4, 1, &counts, &fixture->error));
	assert_int_equal(counts.counts[PR_SENDING_SENT], 0);
	assert_int_equal(counts.last_sent_ms, PR_TIME_MISSING);
}

/* As the version before made it: schema 2, of which the mail knows nothing. */
static void a_ledger_of_before_the_mail_is_read_and_brought_up(void **state)
{
	static const char *const before = "DROP TABLE mail; ALTER TABLE revision DROP COLUMN released_by;"
									  "ALTER TABLE revision DROP COLUMN adopted;"
									  "ALTER TABLE revision DROP COLUMN written_ms;"
									  "ALTER TABLE summary DROP COLUMN written_ms; DROP TABLE card;"
									  "PRAGMA user_version=2;";
	struct fixture *fixture = *state;
	struct pr_sending sending = sending_to("a@x.example", 1);
	struct pr_ledger_revision revision = {.month = october,
		.tenant_id = 3,
		.edition = "single",
		.number = 1,
		.released_ms = PR_TIME_MISSING,
		.state = "held",
		.reason = "coverage",
		.coverage = 0.9,
		.folder = "f",
		.changes = "",
		.findings = {"", 0, 0}};
	struct pr_ledger_revision read;
	sqlite3 *db = NULL;
	bool found;

	assert_true(pr_ledger_intend(fixture->ledger, &revision, &fixture->error));
	assert_true(pr_ledger_settle(fixture->ledger, october, 3, true, &fixture->error));
	pr_ledger_close(fixture->ledger);
	fixture->ledger = NULL;
	assert_int_equal(sqlite3_open(fixture->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, before, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	assert_seen(fixture, "");
	assert_true(pr_ledger_open_to_read(&fixture->ledger, fixture->path, &fixture->error));
	assert_true(
		pr_ledger_get_revision(fixture->ledger, october, 3, 0, &fixture->arena, &read, &found, &fixture->error));
	assert_true(found && !read.adopted && !read.released_by);
	assert_true(pr_mailing_find(fixture->ledger, &sending, &fixture->arena, &sending, &found, &fixture->error));
	assert_false(found);
	pr_ledger_close(fixture->ledger);
	assert_true(pr_ledger_open(&fixture->ledger, fixture->path, &fixture->error));
	assert_true(pr_ledger_release(fixture->ledger, october, 3, 1, 5000, "Shen", &fixture->error));
	assert_true(
		pr_ledger_get_revision(fixture->ledger, october, 3, 0, &fixture->arena, &read, &found, &fixture->error));
	assert_true(found && read.released_ms == 5000);
	assert_string_equal(read.released_by, "Shen");
	assert_string_equal(read.state, "done");
	assert_true(pr_mailing_begin(fixture->ledger, &sending, &fixture->error));
}

static void a_release_stays_though_a_run_makes_the_revision_again_meanwhile(void **state)
{
	struct fixture *fixture = *state;
	struct pr_ledger_revision revision = {.month = october,
		.tenant_id = 3,
		.edition = "single",
		.number = 2,
		.released_ms = PR_TIME_MISSING,
		.state = "held",
		.reason = "revision 2",
		.coverage = 1,
		.folder = "f",
		.changes = "",
		.findings = {"", 0, 0}};
	struct pr_ledger_revision read;
	bool found;

	assert_true(pr_ledger_adopt(fixture->ledger, &revision, &fixture->error));
	assert_true(pr_ledger_intend(fixture->ledger, &revision, &fixture->error));
	assert_true(pr_ledger_release(fixture->ledger, october, 3, 2, 5000, "Shen", &fixture->error));
	assert_true(pr_ledger_settle(fixture->ledger, october, 3, true, &fixture->error));
	assert_true(pr_ledger_note_check(fixture->ledger, october, 3, 2, 6000, "held", "revision 2", &fixture->error));
	assert_true(
		pr_ledger_get_revision(fixture->ledger, october, 3, 0, &fixture->arena, &read, &found, &fixture->error));
	assert_true(found && read.adopted && read.released_ms == 5000 && !read.reason);
	assert_string_equal(read.state, "done");
	assert_string_equal(read.released_by, "Shen");
	/* The next one is nobody's yet. */
	revision.number = 3;
	assert_true(pr_ledger_intend(fixture->ledger, &revision, &fixture->error));
	assert_true(pr_ledger_settle(fixture->ledger, october, 3, true, &fixture->error));
	assert_true(
		pr_ledger_get_revision(fixture->ledger, october, 3, 0, &fixture->arena, &read, &found, &fixture->error));
	assert_true(read.number == 3 && read.released_ms == PR_TIME_MISSING && !read.adopted);
	assert_string_equal(read.state, "held");
}

#define WITH(sentence, test)                    \
	{                                           \
		sentence, test, set_up, tear_down, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH("an address gets a revision once, however it is spelt",
			an_address_gets_a_revision_once_however_it_is_spelt),
		WITH("what failed is begun again in its row", what_failed_is_begun_again_in_its_row),
		WITH(
			"what failed before a byte was handed over has a row", what_failed_before_a_byte_was_handed_over_has_a_row),
		WITH("one that was interrupted is unknown to whoever looks, and after the next start",
			one_that_was_interrupted_is_unknown_to_whoever_looks_and_after_the_next_start),
		WITH("counts are of a revision", counts_are_of_a_revision),
		WITH("a ledger of before the mail is read and brought up", a_ledger_of_before_the_mail_is_read_and_brought_up),
		WITH("a release stays, though a run makes the revision again meanwhile",
			a_release_stays_though_a_run_makes_the_revision_again_meanwhile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
