/*
 * The engine behind templates: values, scopes, expressions, words and number formats. Private to the document room.
 *
 * An expression names findings bare (energy.total, demand.max@at, tenant:energy.total) and variables with '$'
 * ($month, $project.name, $row.slot). Operators: + - * / (numbers; + also joins texts), == != < <= > >=, and, or, not,
 * parentheses; functions measured(x), abs(x), finding(id), min(a, b), max(a, b), round(x, digits). A finding that is not
 * measured, or not there, is missing: arithmetic with it is missing, comparisons with it are false.
 * Attributes behind '@': change_month, change_year, base_month, base_year, new_month, new_year, per_day_month,
 * per_day_year, at, phase, limit, coverage, source, rank, unit, text.
 *
 * A word is a text with placeholders: {expression} or {expression|style}, {if e}…{elif e}…{else}…{end}, {word e} (the
 * word with that key), {see chapter} or {see chapter.block} (the word page.see_chapter or page.see_block, a link), **bold**,
 * {{ for a brace. Styles, comma separated: a number of digits; bare (without unit);
 * large (万, million); abs; sign; prose (the decimals of running text); percent; trim (as many digits as there are); cut
 * (not rounded, for coverage); date, day, time, day_time, date_time, month, month_year, month_short, weekday,
 * iso_date, iso_time.
 */
#ifndef PR_DOCUMENT_ENGINE_H
#define PR_DOCUMENT_ENGINE_H

#include "analysis/findings.h"
#include "base/text.h"
#include "config/definition.h"
#include "draw/type.h"

enum pr_value_kind { PR_VALUE_MISSING, PR_VALUE_NUMBER, PR_VALUE_TEXT, PR_VALUE_TIME };

struct pr_value {
	enum pr_value_kind kind;
	double number;
	pr_micro micro;   /* the exact number, where it fits; else missing */
	const char *unit; /* "kWh", "KRW", "1"; NULL = a plain number */
	const char *text;
	int64_t time_ms;
	const char *finding; /* the path of the finding that it came from, or how it follows from some (docs/truth.md) */
	int digits;          /* the decimals to show where the style says none; −1 = by unit */
};

struct pr_value pr_value_missing(void);
struct pr_value pr_value_number(double number, const char *unit);
struct pr_value pr_value_micro(pr_micro micro, const char *unit);
struct pr_value pr_value_text(const char *text); /* NULL = missing */
struct pr_value pr_value_time(int64_t time_ms);
struct pr_value pr_value_place(size_t number);    /* of a page, a section: no figure */
bool pr_value_true(const struct pr_value *value); /* missing, 0 and "" are false */
/* `number` in the finding's unit and decimals. Of unit "1" only ratios keep it; counts, scores and power factors are
 * plain numbers with their own decimals. `project` NULL = the tenant's. */
struct pr_value pr_value_of_finding(const struct pr_report *report, const struct pr_project_report *project,
	const struct pr_finding *finding, pr_micro number);
/* The decimals of a mean price: as many as the tariffs' prices have, at least 2. */
int pr_price_digits(const struct pr_report *report, const struct pr_project_report *project);

struct pr_field {
	const char *name; /* without '$': "row.name" */
	struct pr_value value;
};

/* Where names are looked up: fields through all scopes outwards; findings in the innermost scope that has some. */
struct pr_scope {
	const struct pr_scope *outer;
	const struct pr_findings *findings;      /* NULL = the outer scope's */
	const char *path;                        /* of the findings: "", "projects/10", "projects/10/points/101" */
	const struct pr_zone *zone;              /* NULL = the outer scope's */
	const struct pr_project_report *project; /* NULL = the outer scope's */
	struct pr_field *fields;
	size_t field_count, field_capacity;
};
void pr_scope_add(struct pr_scope *scope, struct pr_arena *arena, const char *name, struct pr_value value);
const struct pr_zone *pr_scope_zone(const struct pr_scope *scope);
const struct pr_project_report *pr_scope_project(const struct pr_scope *scope);
/* False where no scope has the field. */
bool pr_scope_field(const struct pr_scope *scope, const char *name, struct pr_value *value);

/*
 * The words of one locale: keys are "<section>.<entry>" ("[overview] title" is "overview.title"). They stand in
 * <locale>.ini, which has the section [locale], and in its parts, <locale>.<part>.ini, which have none.
 */
struct pr_word {
	const char *key, *text, *path;
	int line;
};
struct pr_words {
	const char *locale, *path; /* of <locale>.ini */
	struct pr_word *items;     /* by key */
	size_t count, capacity;
	/* [locale] */
	const char *group, *minus;
	bool spaces;                     /* words are parted by spaces: lines of a long text are joined with one */
	double large_factor, large_from; /* 10,000 and 100,000 for Chinese */
	int large_digits;
};
PR_CHECK bool pr_words_read(
	struct pr_words *words, const char *path, const char *locale, struct pr_arena *arena, struct pr_error *error);
/* Adds a part; a key that is there already is refused. */
PR_CHECK bool pr_words_add(struct pr_words *words, const char *path, struct pr_arena *arena, struct pr_error *error);
const struct pr_word *pr_words_get(const struct pr_words *words, const char *key); /* NULL = none */

/* Where chapters and numbered blocks stand, for words that point to them. */
struct pr_guide_place {
	const char *chapter, *block;  /* names in the edition; block NULL = the chapter itself */
	const struct pr_scope *scope; /* the chapter's */
	const char *number, *anchor;  /* "3", "表3.1" */
	size_t page;                  /* as printed */
};
struct pr_guide {
	struct pr_guide_place *places;
	size_t count, capacity;
	bool asked; /* set by whoever looks something up */
};

/* What rendering needs beside a scope. */
struct pr_context {
	const struct pr_words *words;
	const struct pr_report *report;
	struct pr_arena *arena;
	struct pr_guide *guide;    /* NULL = there are no pages to point to */
	size_t rows_from, rows_to; /* of a survey's projects, those that rows are made of; 0, 0 = all */
};

/* Checks the syntax of an expression (templates are checked when they are read). */
PR_CHECK bool pr_expression_check(
	const char *text, const char *path, int line, struct pr_arena *arena, struct pr_error *error);
PR_CHECK bool pr_expression_value(const struct pr_context *context, const struct pr_scope *scope, const char *text,
	const char *path, int line, struct pr_value *value, struct pr_error *error);
/* NULL text is true. */
PR_CHECK bool pr_expression_true(const struct pr_context *context, const struct pr_scope *scope, const char *text,
	const char *path, int line, bool *truth, struct pr_error *error);

/* How a value is printed. */
enum pr_time_style {
	PR_TIME_NONE,
	PR_TIME_DATE,
	PR_TIME_DAY,
	PR_TIME_CLOCK,
	PR_TIME_DAY_TIME,
	PR_TIME_DATE_TIME,
	PR_TIME_MONTH,
	PR_TIME_MONTH_SHORT,
	PR_TIME_WEEKDAY,
	PR_TIME_ISO_DATE,
	PR_TIME_ISO_TIME,
	PR_TIME_MONTH_YEAR
};
struct pr_format_style {
	int digits; /* −1 = by unit */
	bool bare, large, abs, sign, prose, percent;
	bool cut;   /* printed coverage is cut, not rounded */
	bool alike; /* with large: in the unit of the bill that it is a part of ($money.factor), where that says enough */
	enum pr_time_style time;
};
PR_CHECK bool pr_format_style_parse(const char *text, struct pr_format_style *style); /* "0,bare" */
/* The printed text; "—" for missing. Numbers with their unit unless bare. In arena memory. */
const char *pr_format_value(const struct pr_context *context, const struct pr_scope *scope,
	const struct pr_value *value, const struct pr_format_style *style);
/* The tag of a value's printed text (draw/type.h); NULL where it has no digits, and for a number without a place. */
const char *pr_value_tag(
	const struct pr_value *value, const struct pr_format_style *style, const char *text, struct pr_arena *arena);
/* The unit as a head shows it ("kWh", "韩元", "%"); "" for none. */
const char *pr_format_unit(const struct pr_context *context, const char *unit);
/* Decimals in a table's cell by unit: energy 2, money 2, percent 1, kW 2 … (visual 5). */
int pr_format_digits(const char *unit, bool prose);
bool pr_unit_is_currency(const char *unit);

/* Rendered words: spans in one base style, bold toggled by **. */
struct pr_rich {
	struct pr_span *spans;
	size_t count, capacity;
};
PR_CHECK bool pr_words_check(const struct pr_words *words, struct pr_arena *arena, struct pr_error *error);
/* `key` must exist: PR_CODE_CONFIG naming the words' file and the key otherwise. */
PR_CHECK bool pr_words_render(const struct pr_context *context, const struct pr_scope *scope, const char *key,
	struct pr_style base, struct pr_rich *rich, struct pr_error *error);
/* Its text; the tags of its spans in their order, parted by PR_TAG_AND, NULL = none; all spans in one style. */
#define PR_TAG_AND ";"
const char *pr_rich_text(const struct pr_rich *rich, struct pr_arena *arena);
const char *pr_rich_tags(const struct pr_rich *rich, struct pr_arena *arena);
void pr_rich_restyle(struct pr_rich *rich, struct pr_style style, struct pr_arena *arena);
/* The same as plain text, with the tags of the whole or without. */
PR_CHECK bool pr_words_tagged(const struct pr_context *context, const struct pr_scope *scope, const char *key,
	const char **text, const char **tags, struct pr_error *error);
PR_CHECK bool pr_words_text(const struct pr_context *context, const struct pr_scope *scope, const char *key,
	const char **text, struct pr_error *error);
/* Plain text of a word that has no placeholders; `key` itself where there is none. */
const char *pr_words_plain(const struct pr_words *words, const char *key);

/* The scopes of a report: the tenant's with its variables; a project's inside it. In the arena. */
struct pr_scope *pr_scope_tenant(const struct pr_context *context);
struct pr_scope *pr_scope_of_project(const struct pr_context *context, const struct pr_scope *tenant, size_t index);

/* Whether the rows are a survey's projects, which a context may limit. */
bool pr_rows_of_survey(const char *name);
struct pr_survey_code;
/* A survey's type of alarm in the reader's language; one that the directory doesn't know goes by its code. */
const char *pr_survey_code_name(const struct pr_context *context, const struct pr_survey_code *code);

/* What a project's charts of money are divided by (1, or the words' large factor where a month reaches it). */
double pr_money_scale(const struct pr_context *context, const struct pr_project_report *project);

/*
 * Rows for tables: each a scope with fields "row.…" (docs/templates.md lists them by provider), and findings where the
 * row is a subject. Unknown names are PR_CODE_CONFIG.
 */
struct pr_rows {
	struct pr_scope *items;
	size_t count;
};
bool pr_rows_known(const char *name);
/* Whether they are of one project of a platform's feed at a time (analysis/platform.h). */
bool pr_rows_streamed(const char *name);
/* `items`: the table's own list, for the provider "items" (each row has row.item). */
PR_CHECK bool pr_rows_get(const struct pr_context *context, const struct pr_scope *scope, const char *name,
	const char *const *items, size_t item_count, struct pr_rows *rows, struct pr_error *error);

#endif
