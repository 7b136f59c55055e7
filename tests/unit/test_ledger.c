/* The ledger: what is written is read again, by other processes too; what is no ledger is refused and left alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "batch/ledger.h"
#include "batch/pack.h"

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
	snprintf(fixture->folder, sizeof fixture->folder, "/tmp/test_ledger.XXXXXX");
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

static void reopen(struct fixture *fixture)
{
	pr_ledger_close(fixture->ledger);
	assert_true(pr_ledger_open(&fixture->ledger, fixture->path, &fixture->error));
}

static void put(struct fixture *fixture, int64_t project_id, int64_t tenant_id, int64_t cutoff_ms, const char *text)
{
	assert_true(pr_ledger_put_summary(
		fixture->ledger, october, project_id, tenant_id, cutoff_ms, text, strlen(text), &fixture->error));
}

/* "project/tenant=text " of every summary of the month, as the cursor gives them. */
static const char *walk(struct fixture *fixture, struct pr_month month)
{
	char *out = pr_arena_copy(&fixture->arena, "");
	struct pr_ledger_cursor *cursor = NULL;
	struct pr_ledger_summary summary;
	bool more;

	assert_true(pr_ledger_cursor_open(&cursor, fixture->folder, month, &fixture->error));
	for (;;) {
		assert_true(pr_ledger_cursor_next(cursor, &summary, &more, &fixture->error));
		if (!more)
			break;
		assert_int_equal(strlen(summary.bytes), summary.count);
		out = pr_arena_format(&fixture->arena, "%s%lld/%lld=%s ", out, (long long)summary.project_id,
			(long long)summary.tenant_id, summary.bytes);
	}
	pr_ledger_cursor_close(cursor);
	return out;
}

static void summaries_come_by_project_then_tenant(void **state)
{
	struct fixture *fixture = *state;

	put(fixture, 20, 1, 5, "c");
	put(fixture, -3, 2, 5, "a");
	put(fixture, 20, -7, 5, "b");
	put(fixture, 1000000000007, 1, 5, "d");
	reopen(fixture);
	assert_string_equal(walk(fixture, october), "-3/2=a 20/-7=b 20/1=c 1000000000007/1=d ");
	assert_string_equal(walk(fixture, (struct pr_month){2026, 9}), "");
}

static void a_summary_replaces_the_one_before(void **state)
{
	struct fixture *fixture = *state;
	struct pr_ledger_summary summary;
	bool found;

	put(fixture, 20, 1, 5, "first");
	put(fixture, 20, 1, 4, "second");
	assert_true(
		pr_ledger_get_summary(fixture->ledger, october, 20, 1, &fixture->arena, &summary, &found, &fixture->error));
	assert_true(found);
	assert_string_equal(summary.bytes, "second");
	assert_int_equal(summary.count, 6);
	assert_int_equal(summary.cutoff_ms, 4);
	assert_true(
		pr_ledger_get_summary(fixture->ledger, october, 20, 2, &fixture->arena, &summary, &found, &fixture->error));
	assert_false(found);
}

static void a_summary_holds_any_bytes_and_none(void **state)
{
	struct fixture *fixture = *state;
	struct pr_ledger_summary summary;
	char bytes[100000];
	bool found;

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)(i * i % 251);
	assert_true(pr_ledger_put_summary(fixture->ledger, october, 1, 1, 0, bytes, sizeof bytes, &fixture->error));
	assert_true(pr_ledger_put_summary(fixture->ledger, october, 2, 1, 0, "", 0, &fixture->error));
	assert_true(
		pr_ledger_get_summary(fixture->ledger, october, 1, 1, &fixture->arena, &summary, &found, &fixture->error));
	assert_true(found);
	assert_int_equal(summary.count, sizeof bytes);
	assert_memory_equal(summary.bytes, bytes, sizeof bytes);
	assert_true(
		pr_ledger_get_summary(fixture->ledger, october, 2, 1, &fixture->arena, &summary, &found, &fixture->error));
	assert_true(found);
	assert_int_equal(summary.count, 0);
}

static void summaries_may_be_written_under_a_cursor(void **state)
{
	struct fixture *fixture = *state;
	struct pr_ledger_cursor *cursor = NULL;
	struct pr_ledger_summary summary;
	bool more;

	put(fixture, 1, 1, 0, "a");
	put(fixture, 3, 1, 0, "c");
	assert_true(pr_ledger_cursor_open(&cursor, fixture->folder, october, &fixture->error));
	assert_true(pr_ledger_cursor_next(cursor, &summary, &more, &fixture->error));
	put(fixture, 2, 1, 0, "b");
	assert_true(pr_ledger_cursor_next(cursor, &summary, &more, &fixture->error));
	assert_true(more);
	assert_string_equal(summary.bytes, "b");
	pr_ledger_cursor_close(cursor);
}

static void execute(const char *path, const char *sql)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

/* What was written last counts; of ledgers that don't know when (schema 2), the latest cut-off, then the first name. */
static void the_cursor_merges_the_ledgers_of_a_folder(void **state)
{
	struct fixture *fixture = *state;
	struct pr_ledger *shard = NULL;
	const char *path = pr_arena_format(&fixture->arena, "%s/ledger-0-of-2.db", fixture->folder);

	put(fixture, 1, 1, 10, "whole-1");
	put(fixture, 3, 1, 10, "whole-3");
	put(fixture, 4, 1, 10, "whole-4");
	assert_true(pr_ledger_open(&shard, path, &fixture->error));
	assert_true(pr_ledger_put_summary(shard, october, 2, 1, 10, "shard-2", 7, &fixture->error));
	assert_true(pr_ledger_put_summary(shard, october, 3, 1, 11, "shard-3", 7, &fixture->error));
	assert_true(pr_ledger_put_summary(shard, october, 1, 1, 9, "shard-1", 7, &fixture->error));
	assert_true(pr_ledger_put_summary(shard, october, 4, 1, 10, "shard-4", 7, &fixture->error));
	pr_ledger_close(shard);
	execute(path, "UPDATE summary SET written_ms = 2000");
	execute(fixture->path, "UPDATE summary SET written_ms = 3000 - 500 * project_id");
	assert_string_equal(walk(fixture, october), "1/1=whole-1 2/1=shard-2 3/1=shard-3 4/1=shard-4 ");
	execute(fixture->path, "UPDATE summary SET written_ms = 2001");
	assert_string_equal(walk(fixture, october), "1/1=whole-1 2/1=shard-2 3/1=whole-3 4/1=whole-4 ");
	execute(path, "ALTER TABLE summary DROP COLUMN written_ms; PRAGMA user_version = 2");
	execute(fixture->path, "UPDATE summary SET written_ms = 0");
	assert_string_equal(walk(fixture, october), "1/1=whole-1 2/1=shard-2 3/1=shard-3 4/1=shard-4 ");
}

static void a_folder_without_a_ledger_has_no_summaries(void **state)
{
	struct fixture *fixture = *state;
	struct pr_ledger_cursor *cursor = NULL;
	struct pr_ledger_summary summary;
	bool more = true;

	assert_true(pr_ledger_cursor_open(&cursor, "/tmp/test_ledger.nowhere", october, &fixture->error));
	assert_true(pr_ledger_cursor_next(cursor, &summary, &more, &fixture->error));
	assert_false(more);
	pr_ledger_cursor_close(cursor);
}

static void writers_of_several_processes_wait_for_each_other(void **state)
{
	struct fixture *fixture = *state;
	size_t spaces = 0;

	pr_ledger_close(fixture->ledger); /* a connection must not cross a fork */
	fixture->ledger = NULL;
	for (int writer = 0; writer < 4; writer++) {
		if (fork() != 0)
			continue;
		struct pr_error error = {0};
		struct pr_ledger *ledger = NULL;
		bool good = pr_ledger_open(&ledger, fixture->path, &error);
		for (int i = 0; good && i < 25; i++)
			good = pr_ledger_put_summary(ledger, october, i, writer, 0, "x", 1, &error);
		pr_ledger_close(ledger);
		_exit(good ? 0 : 1);
	}
	for (int writer = 0; writer < 4; writer++) {
		int status = -1;
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_true(pr_ledger_open(&fixture->ledger, fixture->path, &fixture->error));
	for (const char *at = walk(fixture, october); *at; at++)
		spaces += *at == ' ';
	assert_int_equal(spaces, 100);
}

static void what_was_not_committed_is_undone(void **state)
{
	struct fixture *fixture = *state;

	assert_true(pr_ledger_begin(fixture->ledger, &fixture->error));
	put(fixture, 1, 1, 0, "lost");
	reopen(fixture);
	assert_true(pr_ledger_begin(fixture->ledger, &fixture->error));
	put(fixture, 2, 1, 0, "kept");
	assert_true(pr_ledger_commit(fixture->ledger, &fixture->error));
	pr_ledger_undo(fixture->ledger);
	assert_string_equal(walk(fixture, october), "2/1=kept ");
}

/* --- revisions --- */

static struct pr_ledger_revision sample(int number, struct pr_ledger_file *files, size_t file_count)
{
	struct pr_ledger_revision revision = {.month = october,
		.tenant_id = 3,
		.edition = "single",
		.number = number,
		.cutoff_ms = 1000 + number,
		.checked_ms = 2000 + number,
		.released_ms = PR_TIME_MISSING,
		.state = number > 1 ? "held" : "done",
		.reason = number > 1 ? "revision 2 is not released" : NULL,
		.coverage = NAN,
		.folder = "2026-10/single/3-医院",
		.formats = 5,
		.findings = {number > 1 ? "new" : "old", 3, 30},
		.changes = "",
		.files = files,
		.file_count = file_count};

	snprintf(revision.hash, sizeof revision.hash, "%d", number);
	return revision;
}

static bool get(struct fixture *fixture, int number, struct pr_ledger_revision *revision)
{
	bool found;

	assert_true(pr_ledger_get_revision(
		fixture->ledger, october, 3, number, &fixture->arena, revision, &found, &fixture->error));
	return found;
}

static bool get_intent(struct fixture *fixture, struct pr_ledger_revision *revision)
{
	bool found;

	assert_true(pr_ledger_get_intent(fixture->ledger, october, 3, &fixture->arena, revision, &found, &fixture->error));
	return found;
}

static void a_revision_is_read_as_it_was_written(void **state)
{
	struct fixture *fixture = *state;
	struct pr_ledger_file files[] = {{.name = "report.pdf", .format = 1, .bytes = 77, .hash = "aa"},
		{.name = "charts/01.svg", .format = 16, .bytes = 5000000000, .hash = "bb"}};
	struct pr_ledger_revision written = sample(2, files, 2), read;

	written.coverage = 0.967573;
	written.released_ms = 99;
	written.changes = "changed";
	written.changes_count = 7;
	assert_true(pr_ledger_adopt(fixture->ledger, &written, &fixture->error));
	reopen(fixture);
	assert_true(get(fixture, 0, &read));
	assert_int_equal(read.number, 2);
	assert_int_equal(read.cutoff_ms, 1002);
	assert_int_equal(read.checked_ms, 2002);
	assert_int_equal(read.released_ms, 99);
	assert_string_equal(read.edition, "single");
	assert_string_equal(read.state, "held");
	assert_string_equal(read.reason, "revision 2 is not released");
	assert_true(read.coverage == 0.967573);
	assert_string_equal(read.folder, "2026-10/single/3-医院");
	assert_int_equal(read.formats, 5);
	assert_string_equal(read.hash, "2");
	assert_string_equal(read.findings.bytes, "new");
	assert_int_equal(read.findings.count, 3);
	assert_int_equal(read.findings.unpacked, 30);
	assert_string_equal(read.changes, "changed");
	assert_int_equal(read.file_count, 2);
	assert_string_equal(read.files[0].name, "charts/01.svg");
	assert_true(read.files[0].bytes == 5000000000);
	assert_string_equal(read.files[1].hash, "aa");
}

static void an_intent_counts_for_nothing_before_it_is_settled(void **state)
{
	struct fixture *fixture = *state;
	struct pr_ledger_file file = {.name = "report.pdf", .format = 1, .bytes = 77, .hash = "aa"};
	struct pr_ledger_revision first = sample(1, &file, 1), second = sample(2, &file, 1), read;

	assert_true(pr_ledger_adopt(fixture->ledger, &first, &fixture->error));
	assert_true(pr_ledger_intend(fixture->ledger, &second, &fixture->error));
	reopen(fixture);
	assert_true(get(fixture, 0, &read));
	assert_int_equal(read.number, 1);
	assert_true(get_intent(fixture, &read));
	assert_int_equal(read.number, 2);
	assert_int_equal(read.file_count, 1);
	assert_true(pr_ledger_settle(fixture->ledger, october, 3, true, &fixture->error));
	assert_false(get_intent(fixture, &read));
	assert_true(get(fixture, 0, &read));
	assert_int_equal(read.number, 2);
	assert_true(isnan(read.coverage));
	assert_int_equal(read.released_ms, PR_TIME_MISSING);
	assert_true(get(fixture, 1, &read));
	assert_int_equal(read.number, 1);
	assert_null(read.reason);
	assert_false(get(fixture, 3, &read));
}

static void an_intent_that_came_to_nothing_is_forgotten(void **state)
{
	struct fixture *fixture = *state;
	struct pr_ledger_file files[] = {{.name = "a", .hash = "1"}, {.name = "b", .hash = "2"}};
	struct pr_ledger_revision first = sample(1, files, 2), second = sample(2, files, 2), read;

	assert_true(pr_ledger_adopt(fixture->ledger, &first, &fixture->error));
	assert_true(pr_ledger_intend(fixture->ledger, &second, &fixture->error));
	assert_true(pr_ledger_settle(fixture->ledger, october, 3, false, &fixture->error));
	assert_false(get_intent(fixture, &read));
	assert_true(get(fixture, 0, &read));
	assert_int_equal(read.number, 1);
	assert_int_equal(read.file_count, 2);
	/* Settling what is not there changes nothing. */
	assert_true(pr_ledger_settle(fixture->ledger, october, 3, true, &fixture->error));
	assert_true(get(fixture, 0, &read));
	assert_int_equal(read.number, 1);
}

static void a_revision_made_again_replaces_its_files(void **state)
{
	struct fixture *fixture = *state;
	struct pr_ledger_file two[] = {{.name = "a", .hash = "1"}, {.name = "b", .hash = "2"}};
	struct pr_ledger_file one = {.name = "c", .hash = "3"};
	struct pr_ledger_revision before = sample(1, two, 2), after = sample(1, &one, 1), read;

	after.cutoff_ms = 7;
	assert_true(pr_ledger_adopt(fixture->ledger, &before, &fixture->error));
	assert_true(pr_ledger_intend(fixture->ledger, &before, &fixture->error));
	assert_true(pr_ledger_intend(fixture->ledger, &after, &fixture->error));
	assert_true(pr_ledger_settle(fixture->ledger, october, 3, true, &fixture->error));
	assert_true(get(fixture, 0, &read));
	assert_int_equal(read.cutoff_ms, 7);
	assert_int_equal(read.file_count, 1);
	assert_string_equal(read.files[0].name, "c");
}

static void a_check_is_noted(void **state)
{
	struct fixture *fixture = *state;
	struct pr_ledger_revision first = sample(1, NULL, 0), read;

	assert_true(pr_ledger_adopt(fixture->ledger, &first, &fixture->error));
	assert_true(
		pr_ledger_note_check(fixture->ledger, october, 3, 1, 5555, "held", "coverage under the gate", &fixture->error));
	assert_true(get(fixture, 0, &read));
	assert_int_equal(read.checked_ms, 5555);
	assert_int_equal(read.cutoff_ms, 1001);
	assert_string_equal(read.state, "held");
	assert_string_equal(read.reason, "coverage under the gate");
}

/* --- files that are none of ours --- */

/* Opening and checking fail with `words`, and the file keeps its bytes. */
static void assert_refused(struct fixture *fixture, const char *path, const char *words)
{
	struct pr_ledger *ledger = NULL;
	char *before, *after;
	size_t before_count, after_count;

	assert_true(pr_file_read(path, 10000000, &fixture->arena, &before, &before_count, &fixture->error));
	for (int i = 0; i < 2; i++) {
		struct pr_error error = {0};
		assert_false(i == 0 ? pr_ledger_open(&ledger, path, &error) : pr_ledger_check(path, &error));
		assert_null(ledger);
		assert_int_equal(error.code, PR_CODE_OUTPUT);
		if (!strstr(error.text, words) || !strstr(error.text, path))
			fail_msg("'%s' does not say '%s'", error.text, words);
	}
	assert_true(pr_file_read(path, 10000000, &fixture->arena, &after, &after_count, &fixture->error));
	assert_int_equal(before_count, after_count);
	assert_memory_equal(before, after, before_count);
}

static void a_schema_of_a_later_program_is_refused(void **state)
{
	struct fixture *fixture = *state;

	execute(fixture->path, "PRAGMA user_version=99");
	assert_refused(fixture, fixture->path, "its schema is 99; expected 1 to");
}

static void another_programs_file_is_refused(void **state)
{
	struct fixture *fixture = *state;
	const char *path = pr_arena_format(&fixture->arena, "%s/other.db", fixture->folder);

	execute(path, "CREATE TABLE theirs(x)");
	assert_refused(fixture, path, "an SQLite file of another program");
}

static void a_broken_file_is_refused(void **state)
{
	struct fixture *fixture = *state;
	const char *path = pr_arena_format(&fixture->arena, "%s/broken.db", fixture->folder);

	assert_true(pr_file_write(path, "this is no database, but long enough to be taken for one", 56, &fixture->error));
	assert_refused(fixture, path, "not a database");
}

static void a_broken_summary_is_an_error(void **state)
{
	struct fixture *fixture = *state;
	struct pr_ledger_summary summary;
	bool found;

	put(fixture, 1, 1, 0, "a text that is packed");
	execute(fixture->path, "UPDATE summary SET packed = x'0011223344'");
	assert_false(
		pr_ledger_get_summary(fixture->ledger, october, 1, 1, &fixture->arena, &summary, &found, &fixture->error));
	assert_non_null(strstr(fixture->error.text, "broken: packed bytes that do not unpack to 21"));
}

static void a_ledger_that_is_not_there_is_fine(void **state)
{
	struct fixture *fixture = *state;
	const char *path = pr_arena_format(&fixture->arena, "%s/deep/er/ledger.db", fixture->folder);
	struct pr_ledger *ledger = NULL;
	struct stat status;

	assert_true(pr_ledger_check(path, &fixture->error));
	assert_int_not_equal(stat(path, &status), 0);
	assert_true(pr_ledger_open(&ledger, path, &fixture->error));
	assert_int_equal(stat(path, &status), 0);
	pr_ledger_close(ledger);
}

static void packed_bytes_come_out_again(void **state)
{
	struct fixture *fixture = *state;
	char *text = pr_arena_alloc(&fixture->arena, 50001), *out;
	size_t packed_count;
	void *packed;

	memset(text, 'x', 50000);
	assert_true(pr_pack(text, 50000, &fixture->arena, &packed, &packed_count, &fixture->error));
	assert_true(packed_count < 1000);
	assert_true(pr_unpack(packed, packed_count, 50000, &fixture->arena, &out, &fixture->error));
	assert_string_equal(out, text);
	assert_false(pr_unpack(packed, packed_count, 49999, &fixture->arena, &out, &fixture->error));
}

static void lines_are_packed_piece_by_piece(void **state)
{
	struct fixture *fixture = *state;
	struct pr_packer *packer = pr_packer_new();
	struct pr_unpacker *unpacker;
	struct pr_packed packed;
	const char *line;
	size_t length;
	char text[64];

	for (int i = 0; i < 20000; i++) {
		int count = snprintf(text, sizeof text, "%d%s", i * 7, i < 19999 ? "\n" : "");
		assert_true(pr_packer_add(packer, text, (size_t)count, &fixture->error));
	}
	assert_true(pr_packer_end(packer, &fixture->arena, &packed, &fixture->error));
	pr_packer_free(packer);
	unpacker = pr_unpacker_new(&packed);
	for (int i = 0; i < 20000; i++) {
		snprintf(text, sizeof text, "%d", i * 7);
		assert_true(pr_unpacker_line(unpacker, &line, &length, &fixture->error));
		assert_string_equal(line, text);
		assert_int_equal(length, strlen(text));
	}
	assert_true(pr_unpacker_line(unpacker, &line, &length, &fixture->error));
	assert_null(line);
	pr_unpacker_free(unpacker);
	packed.count -= 10; /* cut short */
	unpacker = pr_unpacker_new(&packed);
	while (pr_unpacker_line(unpacker, &line, &length, &fixture->error))
		assert_non_null(line);
	assert_non_null(strstr(fixture->error.text, "broken: packed lines that do not unpack to"));
	pr_unpacker_free(unpacker);
}

static const char *in_pieces(const char *text, size_t count, size_t piece, char out[PR_SHA256_TEXT])
{
	struct pr_sha256 sum;

	pr_sha256_begin(&sum);
	for (size_t i = 0; i < count; i += piece)
		pr_sha256_add(&sum, text + i, count - i < piece ? count - i : piece);
	return pr_sha256_end(&sum, out);
}

/* FIPS 180-4's examples, and lengths around the end of a block as `sha256sum` gives them. */
static void sha256_is_that_of_the_standard(void **state)
{
	char out[PR_SHA256_TEXT], text[120];

	(void)state;
	memset(text, 'a', sizeof text);
	assert_string_equal(pr_sha256("", 0, out), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	for (size_t piece = 1; piece < 119; piece += 29)
		assert_string_equal(
			in_pieces(text, 119, piece, out), "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb");
	assert_string_equal(pr_sha256("abc", 3, out), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_string_equal(pr_sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, out),
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	assert_string_equal(pr_sha256(text, 55, out), "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318");
	assert_string_equal(pr_sha256(text, 64, out), "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
	assert_string_equal(pr_sha256(text, 119, out), "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb");
}

int main(void)
{
#define WITH_LEDGER(sentence, function)             \
	{                                               \
		sentence, function, set_up, tear_down, NULL \
	}
	const struct CMUnitTest tests[] = {
		WITH_LEDGER("summaries come by project, then tenant", summaries_come_by_project_then_tenant),
		WITH_LEDGER("a summary replaces the one before", a_summary_replaces_the_one_before),
		WITH_LEDGER("a summary holds any bytes, and none", a_summary_holds_any_bytes_and_none),
		WITH_LEDGER("summaries may be written under a cursor", summaries_may_be_written_under_a_cursor),
		WITH_LEDGER("the cursor merges the ledgers of a folder", the_cursor_merges_the_ledgers_of_a_folder),
		WITH_LEDGER("a folder without a ledger has no summaries", a_folder_without_a_ledger_has_no_summaries),
		WITH_LEDGER(
			"writers of several processes wait for each other", writers_of_several_processes_wait_for_each_other),
		WITH_LEDGER("what was not committed is undone", what_was_not_committed_is_undone),
		WITH_LEDGER("a revision is read as it was written", a_revision_is_read_as_it_was_written),
		WITH_LEDGER(
			"an intent counts for nothing before it is settled", an_intent_counts_for_nothing_before_it_is_settled),
		WITH_LEDGER("an intent that came to nothing is forgotten", an_intent_that_came_to_nothing_is_forgotten),
		WITH_LEDGER("a revision made again replaces its files", a_revision_made_again_replaces_its_files),
		WITH_LEDGER("a check is noted", a_check_is_noted),
		WITH_LEDGER("a schema of a later program is refused", a_schema_of_a_later_program_is_refused),
		WITH_LEDGER("another program's file is refused", another_programs_file_is_refused),
		WITH_LEDGER("a broken file is refused", a_broken_file_is_refused),
		WITH_LEDGER("a broken summary is an error", a_broken_summary_is_an_error),
		WITH_LEDGER("a ledger that is not there is fine", a_ledger_that_is_not_there_is_fine),
		WITH_LEDGER("packed bytes come out again", packed_bytes_come_out_again),
		WITH_LEDGER("lines are packed piece by piece", lines_are_packed_piece_by_piece),
		{"SHA-256 is that of the standard", sha256_is_that_of_the_standard, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
