#include "source/import_values.h"

#include <string.h>

#include "base/calendar.h"
#include "base/decimal.h"
#include "base/text.h"

#define TEXT_CHARACTERS_MAX 65535 /* MySQL's TEXT */

static const char *read_whole(
	const struct pr_schema_column *column, const char *text, struct pr_arena *arena, struct pr_store_value *value)
{
	value->type = PR_VALUE_WHOLE;
	if (!pr_text_to_int64(text, &value->whole))
		return "is not a whole number";
	if (column->kind == PR_COLUMN_ID)
		return value->whole < 1 ? "is not an id; expected a whole number from 1" : NULL;
	if (value->whole < column->low || value->whole > column->high)
		return pr_arena_format(arena, "is out of range; expected %d to %d", column->low, column->high);
	return NULL;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* DECIMAL(size, scale): at most size − scale digits before the point and scale behind it; idle zeros don't count. */
static const char *read_decimal(
	const struct pr_schema_column *column, const char *text, struct pr_arena *arena, struct pr_store_value *value)
{
	pr_micro micro;
	if (!pr_micro_from_text(text, &micro))
		return "is not a decimal";
	const char *at = text + (*text == '-');
	while (*at == '0')
		at++;
	int whole = 0;
	for (; is_digit(*at); at++)
		whole++;
	int places = 0;
	for (int i = 1; *at == '.' && is_digit(at[i]); i++)
		if (at[i] != '0')
			places = i;
	if (whole > column->size - column->scale)
		return pr_arena_format(arena, "has more than %d digits before the point", column->size - column->scale);
	if (places > column->scale)
		return pr_arena_format(arena, "has more than %d digits behind the point", column->scale);
	if (column->kind == PR_COLUMN_RATING && micro <= 0)
		return "is not above 0";
	value->type = PR_VALUE_TEXT; /* the store's column makes it a number */
	value->text = text;
	return NULL;
}

static const char *read_text(
	const struct pr_schema_column *column, const char *text, struct pr_arena *arena, struct pr_store_value *value)
{
	size_t limit = column->size > 0 ? (size_t)column->size : TEXT_CHARACTERS_MAX;
	value->type = PR_VALUE_TEXT;
	value->text = text;
	if (pr_utf8_count(text) > limit)
		return pr_arena_format(arena, "has more than %zu characters", limit);
	const struct pr_zone *zone;
	struct pr_error cause = {0};
	if (column->kind == PR_COLUMN_ZONE && !pr_zone_open(&zone, text, arena, &cause))
		return "is not a known time zone; expected an IANA name such as Asia/Shanghai";
	return NULL;
}

static const char *read_word(
	const struct pr_schema_column *column, const char *text, struct pr_arena *arena, struct pr_store_value *value)
{
	value->type = PR_VALUE_TEXT;
	value->text = text;
	for (int i = 0; i < column->word_count; i++)
		if (strcmp(column->words[i], text) == 0)
			return NULL;
	struct pr_buffer buffer;
	pr_buffer_init(&buffer, arena);
	pr_buffer_add(&buffer, "is not one of ");
	for (int i = 0; i < column->word_count; i++)
		pr_buffer_format(&buffer, "%s%s", i == 0 ? "" : ", ", column->words[i]);
	return buffer.text;
}

/* Dates stay texts, in one form only, so that the store compares and sorts them as such. */
static const char *read_date(
	const struct pr_schema_column *column, const char *text, struct pr_arena *arena, struct pr_store_value *value)
{
	(void)arena;
	struct pr_date date;
	struct pr_month month;
	int64_t utc_ms;
	value->type = PR_VALUE_TEXT;
	value->text = text;
	if (column->kind == PR_COLUMN_DATE)
		return pr_date_parse(text, &date) ? NULL : "is not a date; expected YYYY-MM-DD";
	if (column->kind == PR_COLUMN_MONTH)
		return pr_month_parse(text, &month) ? NULL : "is not a month; expected YYYY-MM";
	if (strlen(text) != strlen("YYYY-MM-DD HH:MM:SS") || text[10] != ' ' || text[16] != ':' ||
		!pr_time_parse(text, NULL, &utc_ms))
		return "is not a time; expected YYYY-MM-DD HH:MM:SS in UTC";
	return NULL;
}

/* A time without an offset could be anybody's; the date has '-' of its own, so that only what follows it counts. */
static bool has_offset(const char *text)
{
	return strlen(text) > 10 && strpbrk(text + 10, "Z+-") != NULL;
}

static const char *read_instant(
	const struct pr_schema_column *column, const char *text, struct pr_arena *arena, struct pr_store_value *value)
{
	(void)column;
	(void)arena;
	value->type = PR_VALUE_WHOLE;
	if (!pr_time_parse(text, NULL, &value->whole))
		return "is not a time; expected ISO 8601 such as 2018-03-01T08:00+09:00";
	return has_offset(text) ? NULL : "has no offset; expected ISO 8601 such as 2018-03-01T08:00+09:00 or with Z";
}

static const char *read_double(
	const struct pr_schema_column *column, const char *text, struct pr_arena *arena, struct pr_store_value *value)
{
	(void)column;
	(void)arena;
	value->type = PR_VALUE_DOUBLE;
	return pr_text_to_double(text, &value->number) ? NULL : "is not a number";
}

typedef const char *(*reader)(
	const struct pr_schema_column *, const char *, struct pr_arena *, struct pr_store_value *);

static const reader readers[] = {
	[PR_COLUMN_ID] = read_whole,
	[PR_COLUMN_TEXT] = read_text,
	[PR_COLUMN_ZONE] = read_text,
	[PR_COLUMN_WORD] = read_word,
	[PR_COLUMN_INTEGER] = read_whole,
	[PR_COLUMN_DECIMAL] = read_decimal,
	[PR_COLUMN_RATING] = read_decimal,
	[PR_COLUMN_DATETIME] = read_date,
	[PR_COLUMN_DATE] = read_date,
	[PR_COLUMN_MONTH] = read_date,
	[PR_COLUMN_INSTANT] = read_instant,
	[PR_COLUMN_DOUBLE] = read_double,
};

const char *pr_import_value(
	const struct pr_schema_column *column, const char *text, struct pr_arena *arena, struct pr_store_value *value)
{
	*value = (struct pr_store_value){.type = PR_VALUE_MISSING};
	if (!text)
		return column->required ? "is empty; it must have a value" : NULL;
	return readers[column->kind](column, text, arena, value);
}

enum rule_kind { RULE_NOT_AFTER, RULE_BEFORE, RULE_TOGETHER, RULE_QUARTER, RULE_STANDARD };

/* Rules between two columns of a row, or (second NULL) of one that its kind does not say. */
static const struct {
	const char *table, *first, *second;
	enum rule_kind kind;
} rules[] = {
	{"tenant", "service_from", "service_to", RULE_NOT_AFTER},
	{"transformer", "valid_from", "valid_to", RULE_NOT_AFTER},
	{"point", "valid_from", "valid_to", RULE_NOT_AFTER},
	{"sensor", "valid_from", "valid_to", RULE_NOT_AFTER},
	{"tariff", "valid_from", "valid_to", RULE_NOT_AFTER},
	{"tariff", "demand_discount_kwh_per_kva", "demand_discount", RULE_TOGETHER},
	{"tariff", "pf_standard", NULL, RULE_STANDARD},
	{"tariff_slot", "month_from", "month_to", RULE_NOT_AFTER},
	{"tariff_slot", "start_minute", "end_minute", RULE_BEFORE},
	{"tariff_slot", "start_minute", NULL, RULE_QUARTER},
	{"emission_factor", "valid_from", "valid_to", RULE_NOT_AFTER},
	{"utility_bill", "period_from", "period_to", RULE_BEFORE},
	{"utility_bill", "period_from", "period_to", RULE_TOGETHER},
};

static const struct pr_store_value *find_value(
	const struct pr_schema_table *table, const struct pr_store_value *values, const char *column)
{
	static const struct pr_store_value missing = {.type = PR_VALUE_MISSING};
	for (size_t i = 0; column && i < table->column_count; i++)
		if (strcmp(table->columns[i].name, column) == 0)
			return &values[i];
	return &missing;
}

/* Both present and of one kind: numbers, or texts whose order is that of the time that they tell. */
static int compare_values(const struct pr_store_value *a, const struct pr_store_value *b)
{
	if (a->type == PR_VALUE_TEXT)
		return strcmp(a->text, b->text);
	return (a->whole > b->whole) - (a->whole < b->whole);
}

static bool is_standard(const char *text)
{
	static const pr_micro standards[] = {900000, 850000, 800000};
	pr_micro value;
	if (!pr_micro_from_text(text, &value))
		return false;
	for (size_t i = 0; i < sizeof standards / sizeof *standards; i++)
		if (value == standards[i])
			return true;
	return false;
}

/* What the rule expects where it is broken, else NULL. */
static const char *broken(enum rule_kind kind, const struct pr_store_value *first, const struct pr_store_value *second)
{
	bool has_first = first->type != PR_VALUE_MISSING;
	bool has_second = second->type != PR_VALUE_MISSING;
	bool has_both = has_first && has_second;
	switch (kind) {
	case RULE_NOT_AFTER:
		return has_both && compare_values(first, second) > 0 ? "must not lie behind" : NULL;
	case RULE_BEFORE:
		return has_both && compare_values(first, second) >= 0 ? "must lie before" : NULL;
	case RULE_TOGETHER:
		return has_first != has_second ? "must be given or missing together with" : NULL;
	case RULE_QUARTER:
		return has_first && first->whole % 15 != 0 ? "must be a multiple of 15" : NULL;
	case RULE_STANDARD:
		return has_first && !is_standard(first->text) ? "must be 0.90, 0.85 or 0.80" : NULL;
	}
	return NULL;
}

const char *pr_import_row(
	const struct pr_schema_table *table, const struct pr_store_value *values, struct pr_arena *arena)
{
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		if (strcmp(rules[i].table, table->name) != 0)
			continue;
		const char *why = broken(
			rules[i].kind, find_value(table, values, rules[i].first), find_value(table, values, rules[i].second));
		if (why && rules[i].second)
			return pr_arena_format(arena, "column '%s' %s '%s'", rules[i].first, why, rules[i].second);
		if (why)
			return pr_arena_format(arena, "column '%s' %s", rules[i].first, why);
	}
	return NULL;
}
