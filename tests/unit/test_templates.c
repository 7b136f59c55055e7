#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/past.h"
#include "analysis/settle.h"
#include "base/file.h"
#include "reported.h"

/* The least that templates must hold. */
#define EDITION_HEAD \
	"[edition]\ntitle = a.title\nsubject = a.title\ncontents = a.title\n[cover]\nsubtitle = a.title\n" /* 6 lines */
#define CHAPTER "[chapter one]\ntitle = a.title\n"                                                     /* 7, 8 */
#define BLOCK "[block b]\n"                                                                            /* 9 */
#define TABLE "[table t]\nrows = slots\n"                                                              /* 1, 2 */
#define COLUMN "[column t.a]\n"                                                                        /* 3 */

static const char edition[] = EDITION_HEAD CHAPTER BLOCK "kind = table\ntable = t\n"
														 "[sheet s]\ntitle = a.title\ntables = t\n";
static const char tables[] = TABLE COLUMN "value = $row.energy\n";
static const char brand[] = "[brand]\n[zh-CN]\nname = 甲\n[en]\nname = A\n";
static const char chart[] = "[chart]\nkind = pie\nheight = 100\n[series x]\ndata = energy.total\nrole = accent\n";

static struct pr_templates *templates;
static struct pr_config config;

static const char *words_of(const char *base, const char *more)
{
	return pr_arena_format(&reported.arena, "%s[a]\ntitle = T\n%s", base, more);
}

static int set_up(void **state)
{
	if (reported_set_up(state) != 0)
		return -1;
	(void)unlink(pr_arena_format(&reported.arena, "%s/words.ini", reported.folder));
	(void)reported_write("words/zh-CN.ini", words_of(reported_english, ""));
	(void)reported_write("words/en.ini", words_of(reported_english, ""));
	(void)reported_write("brands/default/brand.ini", brand);
	(void)reported_write("charts/pie.ini", chart);
	(void)reported_write("tables.ini", tables);
	(void)reported_write("editions/single.ini", edition);
	config = (struct pr_config){.template_folder = reported.folder,
		.chart_folder = pr_arena_format(&reported.arena, "%s/charts", reported.folder)};
	return 0;
}

static bool reads(void)
{
	return pr_templates_read(&templates, &config, &reported.arena, &reported.error);
}

static void the_least_is_enough(void **state)
{
	const struct pr_edition_definition *single;

	(void)state;
	if (!reads())
		fail_msg("%s", reported.error.text);
	single = pr_templates_edition(templates, PR_EDITION_SINGLE);
	assert_non_null(single);
	assert_null(pr_templates_edition(templates, PR_EDITION_PLATFORM));
	assert_int_equal(single->chapter_count, 1);
	assert_int_equal(single->chapters[0].blocks[0].kind, PR_BLOCK_TABLE);
	assert_int_equal(single->chapters[0].blocks[0].column_from, 1);
	assert_int_equal(single->chapters[0].blocks[0].column_to, 12);
	assert_string_equal(single->chapters[0].blocks[0].table->columns[0].name, "a");
	assert_int_equal(single->sheet_count, 1);
	assert_string_equal(pr_brand_words_of(pr_templates_brand(templates, NULL), "zh-CN")->name, "甲");
	assert_null(pr_templates_brand(templates, "other"));
	assert_non_null(pr_templates_words(templates, "en"));
	assert_null(pr_templates_words(templates, "fr"));
}

/* Five lines: what they do not say is the default brand's, or nobody's. */
static void five_lines_make_a_brand(void **state)
{
	const struct pr_brand *other;
	const struct pr_brand_words *words;

	(void)state;
	(void)reported_write("brands/default/brand.ini",
		"[brand]\nname = A\ncontact = call A\n[zh-CN]\ntagline = 甲\ndisclaimer = 乙\n[en]\ntagline = a\n");
	(void)reported_write("brands/other/brand.ini",
		"[brand]\naccent = #5B3A8C\nlogo = l.svg\nname = Other\ncontact = call us\n[en]\nname = The other\n");
	(void)reported_write("brands/other/l.svg", "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 20 10'/>");
	if (!reads())
		fail_msg("%s", reported.error.text);
	other = pr_templates_brand(templates, "other");
	assert_non_null(other);
	assert_int_equal(other->theme.accent.red, 0x5B);
	assert_true(other->tag);
	assert_non_null(other->logo);
	words = pr_brand_words_of(other, "zh-CN");
	assert_string_equal(words->name, "Other");
	assert_string_equal(words->contact, "call us");
	assert_string_equal(words->tagline, "甲");
	assert_string_equal(words->disclaimer, "乙");
	assert_null(words->title);
	words = pr_brand_words_of(other, "en");
	assert_string_equal(words->name, "The other");
	assert_string_equal(words->tagline, "a");
	assert_null(words->disclaimer);
}

static const struct {
	const char *what, *file, *text, *error;
} refusals[] = {
	{"an unknown key", "editions/single.ini", EDITION_HEAD "[chapter one]\ntitel = a.title\n",
		"editions/single.ini:8: unknown key 'titel' in [chapter one]; "
		"expected one of: title, lede, when, for, scope, start, listed; did you mean 'title'?"},
	{"an unknown section", "editions/single.ini", EDITION_HEAD "[page one]\n",
		"editions/single.ini:7: unknown section [page one]; expected one of: edition, cover, chapter, block, sheet"},
	{"an unknown word", "editions/single.ini", EDITION_HEAD "[chapter one]\ntitle = a.titel\n",
		"editions/single.ini:8: no word with the key 'a.titel'; expected it in templates/words"},
	{"a chapter without title", "editions/single.ini", EDITION_HEAD "[chapter one]\nlede = a.title\n",
		"editions/single.ini:7: 'title' in [chapter one] is missing; expected a key of the words"},
	{"an edition without cover", "editions/single.ini", "[edition]\ntitle = a.title\n",
		"editions/single.ini: section [cover] is missing"},
	{"an edition without contents", "editions/single.ini", "[edition]\ntitle = a.title\n[cover]\n",
		"editions/single.ini:1: [edition]: expected the keys title, subject, contents"},
	{"an edition of another name", "editions/deluxe.ini", "",
		"editions/deluxe.ini: 'deluxe' is no edition; expected single.ini, management.ini or platform.ini"},
	{"a block before its chapter", "editions/single.ini", EDITION_HEAD "[block b]\nkind = text\n",
		"editions/single.ini:7: block 'b' stands before the first chapter"},
	{"an unknown kind of block", "editions/single.ini", EDITION_HEAD CHAPTER BLOCK "kind = picture\n",
		"editions/single.ini:10: 'kind' in [block b] is 'picture'; "
		"expected one of: chart, table, text, conclusions, key_figure, score, advice"},
	{"an unknown chart", "editions/single.ini", EDITION_HEAD CHAPTER BLOCK "kind = chart\nchart = cake\n",
		"editions/single.ini:11: 'chart' in [block b] names no chart 'cake'; expected the name of a file in charts/"},
	{"a chart without name", "editions/single.ini", EDITION_HEAD CHAPTER BLOCK "kind = chart\n",
		"editions/single.ini:9: 'chart' in [block b] is missing; expected the name of a file in charts/"},
	{"an unknown table", "editions/single.ini", EDITION_HEAD CHAPTER BLOCK "kind = table\ntable = u\n",
		"editions/single.ini:11: 'table' in [block b] names no table of tables.ini"},
	{"columns out of range", "editions/single.ini",
		EDITION_HEAD CHAPTER BLOCK "kind = table\ntable = t\ncolumns = 0-4\n",
		"editions/single.ini:12: 'columns' in [block b] is '0-4'; expected a range such as '1-5' of 12"},
	{"columns beyond the twelfth", "editions/single.ini",
		EDITION_HEAD CHAPTER BLOCK "kind = table\ntable = t\ncolumns = 7-13\n",
		"editions/single.ini:12: 'columns' in [block b] is '7-13'; expected a range such as '1-5' of 12"},
	{"columns the wrong way round", "editions/single.ini",
		EDITION_HEAD CHAPTER BLOCK "kind = table\ntable = t\ncolumns = 5-4\n",
		"editions/single.ini:12: 'columns' in [block b] is '5-4'; expected a range such as '1-5' of 12"},
	{"a bad expression", "editions/single.ini",
		EDITION_HEAD CHAPTER BLOCK "kind = table\ntable = t\nwhen = bill.total >\n",
		"editions/single.ini:12: expression 'bill.total >', column 13: "
		"expected a finding, a $variable, a number or a 'text'"},
	{"a bad style", "editions/single.ini",
		EDITION_HEAD CHAPTER BLOCK "kind = key_figure\nvalue = bill.total\nstyle = huge\n",
		"editions/single.ini:12: 'style' in [block b] is 'huge'; expected a number style such as 'bare' or "
		"'large,2'"},
	{"a key figure without value", "editions/single.ini", EDITION_HEAD CHAPTER BLOCK "kind = key_figure\n",
		"editions/single.ini:9: 'value' in [block b] is missing; expected a finding"},
	{"a text without texts", "editions/single.ini", EDITION_HEAD CHAPTER BLOCK "kind = text\n",
		"editions/single.ini:9: 'texts' in [block b] is empty; expected keys of the words"},
	{"a sheet of no tables", "editions/single.ini", EDITION_HEAD "[sheet s]\ntitle = a.title\n",
		"editions/single.ini:7: 'tables' in [sheet s] is missing"},
	{"a sheet of unknown tables", "editions/single.ini", EDITION_HEAD "[sheet s]\ntitle = a.title\ntables = t, u\n",
		"editions/single.ini:9: 'tables' in [sheet s] names no table 'u' of tables.ini"},
	{"a column outside its table", "tables.ini", TABLE "[column u.a]\nvalue = 1\n",
		"tables.ini:3: column 'u.a' stands behind table 't'; expected a name such as 't.value'"},
	{"a column before any table", "tables.ini", "[column t.a]\nvalue = 1\n",
		"tables.ini:1: column 't.a' stands behind table ''; expected a name such as 'table.value'"},
	{"a column that shows nothing", "tables.ini", TABLE COLUMN "head = a.title\n",
		"tables.ini:3: column 't.a': expected one of the keys value, words, bar, chart"},
	{"rows that nothing gives", "tables.ini", "[table t]\nrows = weather\n",
		"tables.ini:2: 'rows' in [table t] is 'weather', which gives no rows; docs/templates.md lists what does"},
	{"an accent with too little contrast", "brands/default/brand.ini", "[brand]\naccent = #D9822B\n",
		"brands/default/brand.ini:2: 'accent' in [brand] is '#D9822B', with a contrast of 2.9 on white; expected at "
		"least "
		"4.5"},
	{"an accent that is no colour", "brands/default/brand.ini", "[brand]\naccent = teal\n",
		"brands/default/brand.ini:2: 'accent' in [brand] is 'teal'; expected a colour such as #0E4A66"},
	{"an accent like critical red", "brands/default/brand.ini", "[brand]\naccent = #A01818\n",
		"brands/default/brand.ini:2: 'accent' in [brand] is '#A01818', 2.2 from the colour of critical red; "
		"expected at least 12 (CAM02-UCS)"},
	{"an accent like a phase", "brands/default/brand.ini", "[brand]\naccent = #007A60\n",
		"brands/default/brand.ini:2: 'accent' in [brand] is '#007A60', 4.1 from the colour of phase B; "
		"expected at least 12 (CAM02-UCS)"},
	{"a logo of another folder", "brands/default/brand.ini", "[brand]\nlogo = ../logo.svg\nname = A\n",
		"brands/default/brand.ini:2: 'logo' in [brand] is '../logo.svg'; "
		"expected the name of a file beside brand.ini"},
	{"a tag that is neither", "brands/default/brand.ini", "[brand]\ntag = maybe\nname = A\n", NULL},
	{"a brand without a name in a locale", "brands/default/brand.ini", "[brand]\n[zh-CN]\nname = 甲\n",
		"brands/default/brand.ini: no name for the locale 'en'; expected 'name' in [en] or in [brand]"},
	{"a brand's unknown key", "brands/other/brand.ini", "[brand]\nname = A\ncolour = #000000\n", NULL},
	{"a brand with words of an unknown locale", "brands/default/brand.ini", "[brand]\n[fr]\nname = A\n",
		"brands/default/brand.ini:2: section [fr]: expected [brand] or a locale that has words"},
	{"a part of no locale", "words/fr.notes.ini", "[note]\nx = y\n",
		"words/fr.notes.ini: part of the words of 'fr'; expected fr.ini beside it"},
	{"a word that one locale lacks", "words/en.more.ini", "[more]\nword = here\n",
		"words/en.more.ini:2: word 'more.word' is missing in the words of 'zh-CN'; "
		"expected every locale to have the same keys"},
	{"an {if} without its {end}", "words/en.more.ini", "[more]\nword = {if 1}here\n",
		"words/en.more.ini:2: word 'more.word': expected an {end} for every {if}"},
};

static void mistakes_are_refused(void **state)
{
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
		if (i > 0) {
			assert_int_equal(reported_tear_down(state), 0);
			assert_int_equal(set_up(state), 0);
		}
		(void)reported_write(refusals[i].file, refusals[i].text);
		if (reads())
			fail_msg("%s passed", refusals[i].what);
		if (refusals[i].error)
			assert_refused(refusals[i].error);
	}
}

static void a_missing_folder_is_refused(void **state)
{
	(void)state;
	config.template_folder = "/nowhere/templates";
	assert_false(reads());
	assert_refused("/nowhere/templates/words: cannot read the folder; expected templates there");
}

/* --- the templates of the repository; unit tests run in its root --- */

static void read_real_templates(void)
{
	config = (struct pr_config){.template_folder = "templates", .chart_folder = "charts"};
	if (!reads())
		fail_msg("%s:%d: %s", reported.error.source, reported.error.line, reported.error.text);
}

static void real_templates_are_right(void **state)
{
	(void)state;
	read_real_templates();
	assert_non_null(pr_templates_edition(templates, PR_EDITION_SINGLE));
	assert_non_null(pr_templates_words(templates, "zh-CN"));
	assert_non_null(pr_templates_words(templates, "en"));
}

/* The codes that docs/notes.md lists: the first cell of each row, between back quotes. */
static size_t note_codes(const char **codes, size_t room)
{
	size_t count = 0, bytes;
	char *text;

	if (!pr_file_read("docs/notes.md", 1 << 20, &reported.arena, &text, &bytes, &reported.error))
		fail_msg("%s", reported.error.text);
	for (char *at = text; (at = strstr(at, "\n| `")) != NULL;) {
		at += 4;
		assert_true(count < room);
		codes[count++] = pr_arena_copy_n(&reported.arena, at, strcspn(at, "`"));
	}
	return count;
}

static void every_note_of_the_docs_can_be_printed(void **state)
{
	static const char *const locales[] = {"zh-CN", "en"};
	const char *codes[200];
	size_t count = note_codes(codes, 200);

	(void)state;
	assert_true(count > 40);
	read_real_templates();
	for (size_t i = 0; i < count * 2; i++) {
		struct pr_note note = {.code = codes[i / 2],
			.project_id = 10,
			.point_id = 101,
			.count = 2,
			.first_ms = local("2018-03-05T10:15"),
			.last_ms = local("2018-03-06T10:15"),
			.detail = "slot",
			.value = micro("0.5"),
			.unit = "kWh"};

		reported.tenant.locale = locales[i % 2];
		reported.report.notes = &note;
		reported.report.note_count = 1;
		if (!pr_document_print(templates, &reported.report, &reported.arena, &reported.error))
			fail_msg("%s: %s", note.code, reported.error.text);
		if (strlen(note.text) < 20 || strpbrk(note.text, "{}*") || strstr(note.text, "  ") ||
			strstr(note.text, "note."))
			fail_msg("%s: %s", note.code, note.text);
		if (getenv("SHOW"))
			print_message("%s: %s\n", note.code, note.text);
	}
}

/* Nothing is said of a count, a time or a detail that a note has not. */
static void notes_without_parameters_have_no_dashes(void **state)
{
	static const char *const codes[] = {"cutoff.unavailable", "coverage.of_minutes", "coverage.none", "tariff.missing",
		"power_factor.no_lead", "power_factor.unmeasured", "bill.ingest_missing", "bill.utility_missing",
		"load.no_minutes", "load.no_rating", "base.month_new", "base.year_new", "base.per_day", "transformer.none"};

	(void)state;
	read_real_templates();
	for (size_t i = 0; i < 2 * sizeof codes / sizeof *codes; i++) {
		struct pr_note note = {.code = codes[i / 2],
			.project_id = 10,
			.first_ms = PR_TIME_MISSING,
			.last_ms = PR_TIME_MISSING,
			.value = PR_MICRO_MISSING};

		reported.tenant.locale = i % 2 ? "en" : "zh-CN";
		reported.report.notes = &note;
		reported.report.note_count = 1;
		assert_true(pr_document_print(templates, &reported.report, &reported.arena, &reported.error));
		if (strstr(note.text, "—"))
			fail_msg("%s: %s", note.code, note.text);
	}
}

/* --- docs/templates.md says what there is --- */

static char *docs;

static void assert_in_docs(const char *what, const char *name)
{
	if (!strstr(docs, pr_arena_format(&reported.arena, "`%s`", name)))
		fail_msg("docs/templates.md does not name %s `%s`", what, name);
}

/* An incomer's quarter, and a month with a tariff's terms: what the workbook's formulas work with. */
static void add_workings(struct pr_quarter *quarter)
{
	static struct pr_past past[PR_PAST_MONTHS];
	static struct pr_basis basis;
	static struct pr_settled_quarter cell;
	static struct pr_settled incomer;
	static struct pr_method method;
	static struct pr_transformer transformer;

	*quarter =
		(struct pr_quarter){.slot = 1, .tariff_id = 1, .price = micro("0.5"), .start_ms = local("2018-03-01T00:00")};
	cell = (struct pr_settled_quarter){.expected = true};
	incomer = (struct pr_settled){.point = &reported.point, .quarters = &cell, .count = 1};
	transformer = (struct pr_transformer){.rated_kva = micro("100"), .validity = {0, PR_TIME_MISSING}};
	method.power_factor[0].standard_hundredths = 90;
	method.power_factor_count = 1;
	reported.tariff.pf_standard = micro("0.9");
	basis = (struct pr_basis){.tariff = &reported.tariff, .days = 31, .month_days = 31, .force_days = 31};
	past[PR_PAST_MONTHS - 1] = (struct pr_past){.currency = "KRW", .bases = &basis, .basis_count = 1};
	reported.project.transformers = &transformer;
	reported.project.transformer_count = 1;
	reported.report.method = &method;
	reported.project_report.incomers = &incomer;
	reported.project_report.incomer_count = 1;
	reported.project_report.past = past;
}

static void every_variable_and_field_is_in_the_docs(void **state)
{
	static const char *const providers[] = {"points", "days", "months", "slots", "bill", "tariffs", "incomer_quarters",
		"rates", "terms", "capacities", "workings", "adjustments", "gaps", "notes", "findings", "projects",
		"transformers"};
	struct pr_subject transformer = {.id = 1, .model = &(struct pr_transformer){0}};
	struct pr_quarter quarter;
	struct pr_gap gap = {.point_id = 101};
	struct pr_note note = {.code = "a"};
	enum pr_day_kind kind = PR_DAY_WORKDAY;
	uint32_t one = 1;
	size_t bytes;

	(void)state;
	if (!pr_file_read("docs/templates.md", 1 << 20, &reported.arena, &docs, &bytes, &reported.error))
		fail_msg("%s", reported.error.text);
	for (size_t i = 0; i < reported.tenant_scope->field_count; i++)
		assert_in_docs("the variable", pr_arena_format(&reported.arena, "$%s", reported.tenant_scope->fields[i].name));
	for (size_t i = 0; i < reported.scope->field_count; i++)
		assert_in_docs("the variable", pr_arena_format(&reported.arena, "$%s", reported.scope->fields[i].name));
	add_workings(&quarter);
	reported.project_report.transformers = &transformer;
	reported.project_report.quarters = &quarter;
	reported.project_report.gaps = &gap;
	reported.project_report.day_kinds = &kind;
	reported.project_report.day_expected = reported.project_report.day_measured = &one;
	reported.project_report.transformer_count = reported.project_report.quarter_count = 1;
	reported.project_report.gap_count = reported.project_report.day_count = 1;
	reported.report.notes = &note;
	reported.report.note_count = 1;
	for (size_t p = 0; p < sizeof providers / sizeof *providers; p++) {
		struct pr_rows rows;

		assert_true(pr_rows_get(&reported.context, reported.scope, providers[p], NULL, 0, &rows, &reported.error));
		assert_true(rows.count > 0);
		assert_in_docs("the rows", providers[p]);
		for (size_t i = 0; i < rows.items[0].field_count; i++)
			assert_in_docs("the field", rows.items[0].fields[i].name + strlen("row."));
	}
}

#define TEST(text, function)                             \
	{                                                    \
		text, function, set_up, reported_tear_down, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("the least that templates must hold is enough", the_least_is_enough),
		{"five lines make a brand", five_lines_make_a_brand, set_up, reported_tear_down, NULL},
		TEST("a mistake is refused with file, line and what was expected", mistakes_are_refused),
		TEST("a missing folder is refused", a_missing_folder_is_refused),
		TEST("the repository's templates are right", real_templates_are_right),
		TEST("every note of docs/notes.md can be printed", every_note_of_the_docs_can_be_printed),
		TEST("a note without parameters has no dashes", notes_without_parameters_have_no_dashes),
		TEST("docs/templates.md names every variable, provider and field", every_variable_and_field_is_in_the_docs),
	};

	return cmocka_run_group_tests_name("templates", tests, NULL, NULL);
}
