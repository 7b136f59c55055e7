#include "document/engine.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Decimals by unit (visual system, section 5): in tables, and in running text. TRIM = as many as the value has. */
#define DIGITS_TRIM (-2)
#define ALIKE_PARTS 10.0
#define LARGE_UNIT_PATTERN "pattern.large_unit" /* "# million @" */
static const struct {
	const char *unit;
	int table, prose;
} unit_digits[] = {{"kWh", 2, 0}, {"kvarh", 2, 0}, {"kWh/m2", 2, 2}, {"kg", 0, 0}, {"kgce", 0, 0}, {"kW", 2, 2},
	{"kvar", 0, 0}, {"kVA", DIGITS_TRIM, DIGITS_TRIM}, {"kV", DIGITS_TRIM, DIGITS_TRIM}, {"min", 0, 0}, {"V", 1, 1},
	{"A", 1, 1}, {"mA", 0, 0}, {"°C", 1, 1}, {"Hz", 2, 2}, {"%", 2, 2}, {"1", 1, 1}};

bool pr_unit_is_currency(const char *unit)
{
	if (!unit || strlen(unit) != 3)
		return false;
	for (int i = 0; i < 3; i++)
		if (unit[i] < 'A' || unit[i] > 'Z')
			return false;
	return true;
}

int pr_format_digits(const char *unit, bool prose)
{
	if (!unit)
		return DIGITS_TRIM;
	for (size_t i = 0; i < sizeof unit_digits / sizeof *unit_digits; i++)
		if (strcmp(unit_digits[i].unit, unit) == 0)
			return prose ? unit_digits[i].prose : unit_digits[i].table;
	return 2;
}

/* --- styles ----------------------------------------------------------------------------------------------------- */

static const char *const time_style_names[] = {"", "date", "day", "time", "day_time", "date_time", "month",
	"month_short", "weekday", "iso_date", "iso_time", "month_year"};
#define TIME_STYLE_COUNT ((int)(sizeof time_style_names / sizeof *time_style_names))

static bool style_flag(const char *name, struct pr_format_style *style)
{
	struct {
		const char *name;
		bool *flag;
	} const flags[] = {{"bare", &style->bare}, {"large", &style->large}, {"abs", &style->abs}, {"sign", &style->sign},
		{"prose", &style->prose}, {"percent", &style->percent}, {"cut", &style->cut}, {"alike", &style->alike}};

	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		if (strcmp(flags[i].name, name) == 0) {
			*flags[i].flag = true;
			return true;
		}
	if (strlen(name) == 1 && name[0] >= '0' && name[0] <= '6') {
		style->digits = name[0] - '0';
		return true;
	}
	if (strcmp(name, "trim") == 0) {
		style->digits = DIGITS_TRIM;
		return true;
	}
	for (int i = 1; i < TIME_STYLE_COUNT; i++)
		if (strcmp(time_style_names[i], name) == 0) {
			style->time = (enum pr_time_style)i;
			return true;
		}
	return false;
}

bool pr_format_style_parse(const char *text, struct pr_format_style *style)
{
	char name[16];

	*style = (struct pr_format_style){.digits = -1};
	while (text && *text) {
		size_t length = strcspn(text, ",");
		const char *next = text[length] ? text + length + 1 : text + length;

		while (length > 0 && *text == ' ') {
			text++;
			length--;
		}
		while (length > 0 && text[length - 1] == ' ')
			length--;
		if (length >= sizeof name)
			return false;
		memcpy(name, text, length);
		name[length] = '\0';
		if (!style_flag(name, style))
			return false;
		text = next;
	}
	return true;
}

/* --- times ------------------------------------------------------------------------------------------------------ */

static void add_time_code(
	const struct pr_context *context, struct pr_buffer *out, char code, const struct pr_local_time *local)
{
	char key[32];

	switch (code) {
	case 'Y':
		pr_buffer_format(out, "%d", local->date.year);
		break;
	case 'y':
		pr_buffer_format(out, "%02d", local->date.year % 100);
		break;
	case 'n':
		pr_buffer_format(out, "%d", local->date.month);
		break;
	case 'm':
		pr_buffer_format(out, "%02d", local->date.month);
		break;
	case 'e':
		pr_buffer_format(out, "%d", local->date.day);
		break;
	case 'd':
		pr_buffer_format(out, "%02d", local->date.day);
		break;
	case 'H':
		pr_buffer_format(out, "%02d", local->minute_of_day / 60);
		break;
	case 'M':
		pr_buffer_format(out, "%02d", local->minute_of_day % 60);
		break;
	case 'B':
	case 'b':
		snprintf(key, sizeof key, "%s.%d", code == 'B' ? "month_name" : "month_short", local->date.month);
		pr_buffer_add(out, pr_words_plain(context->words, key));
		break;
	case 'a':
		snprintf(key, sizeof key, "weekday.%d", pr_date_weekday(local->date));
		pr_buffer_add(out, pr_words_plain(context->words, key));
		break;
	default:
		pr_buffer_add_code(out, (uint32_t)(unsigned char)code);
		break;
	}
}

static const char *time_pattern(const struct pr_context *context, enum pr_time_style style)
{
	char key[32];

	if (style == PR_TIME_ISO_DATE)
		return "%Y-%m-%d";
	if (style == PR_TIME_ISO_TIME)
		return "%Y-%m-%d %H:%M";
	if (style == PR_TIME_CLOCK)
		return "%H:%M";
	snprintf(key, sizeof key, "date.%s", time_style_names[style == PR_TIME_NONE ? PR_TIME_DATE_TIME : style]);
	return pr_words_plain(context->words, key);
}

static const char *format_time(
	const struct pr_context *context, const struct pr_scope *scope, int64_t time_ms, enum pr_time_style style)
{
	struct pr_local_time local = pr_zone_local(pr_scope_zone(scope), time_ms);
	struct pr_buffer out;

	pr_buffer_init(&out, context->arena);
	for (const char *at = time_pattern(context, style); *at; at++) {
		if (at[0] == '%' && at[1])
			add_time_code(context, &out, *++at, &local);
		else
			pr_buffer_add_n(&out, at, 1);
	}
	return out.text;
}

/* --- numbers ---------------------------------------------------------------------------------------------------- */

const char *pr_format_unit(const struct pr_context *context, const char *unit)
{
	char key[48];

	if (!unit)
		return "";
	if (strcmp(unit, "1") == 0)
		return "%";
	snprintf(key, sizeof key, "unit.%s", unit);
	return pr_words_get(context->words, key) ? pr_words_plain(context->words, key) : unit;
}

static int trimmed_digits(pr_micro value)
{
	int digits = 6;

	while (digits > 0 && value % 10 == 0) {
		value /= 10;
		digits--;
	}
	return digits;
}

/* A pattern such as "@ # million": '#' is the number, '@' the unit. */
static const char *fill_pattern(struct pr_arena *arena, const char *pattern, const char *number, const char *unit)
{
	struct pr_buffer out;

	pr_buffer_init(&out, arena);
	for (const char *at = pattern; *at; at++) {
		if (*at == '#')
			pr_buffer_add(&out, number);
		else if (*at == '@')
			pr_buffer_add(&out, unit);
		else
			pr_buffer_add_n(&out, at, 1);
	}
	return out.text;
}

/* Latin units stand a space apart; 万, 元, %, ℃ do not. */
static bool stands_apart(const char *unit)
{
	unsigned char first = (unsigned char)unit[0];

	return (first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z');
}

static const char *with_unit(const struct pr_context *context, const char *number, const char *unit, bool large)
{
	char key[48];
	const char *name;

	if (large && !pr_unit_is_currency(unit))
		return pr_text_trim(pr_arena_copy(
			context->arena, fill_pattern(context->arena, pr_words_plain(context->words, LARGE_UNIT_PATTERN), number,
								pr_format_unit(context, unit))));
	if (pr_unit_is_currency(unit)) {
		snprintf(key, sizeof key, "%s.%s", large ? "large" : "unit", unit);
		name = pr_words_get(context->words, key) ? pr_words_plain(context->words, key) : unit;
		return fill_pattern(
			context->arena, pr_words_plain(context->words, large ? "pattern.large" : "pattern.money"), number, name);
	}
	name = pr_format_unit(context, unit);
	return pr_arena_format(context->arena, "%s%s%s", number, stands_apart(name) ? " " : "", name);
}

/* From what on a number is printed in large units: a part of a bill that is, too, from a tenth of the unit on. */
static double large_from(
	const struct pr_context *context, const struct pr_scope *scope, const struct pr_format_style *style)
{
	struct pr_value factor;

	if (style->alike && scope && pr_scope_field(scope, "money.factor", &factor) && factor.number > 1)
		return fmin(context->words->large_from, factor.number / ALIKE_PARTS);
	return context->words->large_from;
}

/* Money always has words for it; other units where the locale has a pattern. Bare, the word stands elsewhere. */
static bool is_large(const struct pr_context *context, const struct pr_scope *scope, const struct pr_value *value,
	const struct pr_format_style *style)
{
	return style->large && fabs(value->number) >= large_from(context, scope, style) &&
	       (style->bare || pr_unit_is_currency(value->unit) || pr_words_get(context->words, LARGE_UNIT_PATTERN));
}

static pr_micro shown_number(const struct pr_value *value, const struct pr_format_style *style, bool percent)
{
	pr_micro micro = value->micro;

	if (micro == PR_MICRO_MISSING)
		return micro;
	if (percent)
		micro = llabs(micro) > INT64_MAX / 100 ? PR_MICRO_MISSING : micro * 100;
	if (style->abs && micro != PR_MICRO_MISSING && micro < 0)
		micro = -micro;
	return micro;
}

static pr_micro cut_to(pr_micro value, int digits)
{
	pr_micro unit = 1;

	for (int i = digits; i < 6; i++)
		unit *= 10;
	return value / unit * unit;
}

static int digits_of(const struct pr_value *value, const struct pr_format_style *style, pr_micro shown)
{
	int digits = style->digits;

	if (digits == -1)
		digits = value->digits != -1 ? value->digits : pr_format_digits(value->unit, style->prose);
	return digits == DIGITS_TRIM ? trimmed_digits(shown) : digits;
}

static const char *format_number(const struct pr_context *context, const struct pr_scope *scope,
	const struct pr_value *value, const struct pr_format_style *style)
{
	const struct pr_words *words = context->words;
	bool ratio = value->unit && strcmp(value->unit, "1") == 0;
	bool percent = style->percent || ratio;
	bool large = is_large(context, scope, value, style);
	pr_micro shown = shown_number(value, style, percent);
	char text[72];
	int digits, offset = 0;

	if (shown == PR_MICRO_MISSING)
		return "—";
	if (large)
		shown = pr_micro_ratio(shown, (pr_wide)llround(words->large_factor) * PR_MICRO_ONE, 6);
	digits = large ? (style->digits >= 0 ? style->digits : words->large_digits) : digits_of(value, style, shown);
	if (style->cut)
		shown = cut_to(shown, digits);
	if (style->sign && pr_micro_round(shown, digits) > 0)
		text[offset++] = '+';
	pr_micro_group(shown, digits, words->group, words->minus, text + offset);
	if (percent)
		return pr_arena_format(context->arena, "%s%s", text, style->bare ? "" : "%");
	if (style->bare || (!value->unit && !large))
		return pr_arena_copy(context->arena, text);
	return with_unit(context, text, value->unit, large);
}

const char *pr_format_value(const struct pr_context *context, const struct pr_scope *scope,
	const struct pr_value *value, const struct pr_format_style *style)
{
	switch (value->kind) {
	case PR_VALUE_NUMBER:
		return format_number(context, scope, value, style);
	case PR_VALUE_TEXT:
		return value->text;
	case PR_VALUE_TIME:
		return format_time(context, scope, value->time_ms, style->time);
	case PR_VALUE_MISSING:
		break;
	}
	return "—";
}
