/*
 * Breaking lines: Unicode's opportunities, less those that Chinese typesetting and numbers forbid (docs/typesetting.md).
 * Left-aligned text, so lines are filled one after the other; only the last one looks back.
 */
#include <string.h>

#include "draw/faces.h"
#include "draw/setting.h"

#define FIT_PT 1e-6 /* rounding of sums */
#define LAST_LINE_CHARS 2
#define UNIT_CHARS 3 /* longest dictionary word that a number holds on to */

/* Where a line may begin, from best to worst. */
enum { BREAK_NONE, BREAK_IF_MUST, BREAK_GOOD };

struct breaking {
	const struct pr_chars *chars;
	const bool *word_start;
	unsigned char *places; /* by character: may a line begin with it? */
	double measure_pt;
};

static unsigned traits(const struct breaking *b, size_t i)
{
	return b->chars->items[i].traits;
}

/* The last character before `i` that is no ordinary space; `i` itself where there is none. */
static size_t skip_spaces_back(const struct breaking *b, size_t i)
{
	size_t at = i;
	while (at > 0 && b->chars->items[at - 1].code == ' ')
		at--;
	return at > 0 ? at - 1 : i;
}

/* Character `i` belongs to the unit or measure word of a number that stands directly before it. */
static bool is_in_unit(const struct breaking *b, size_t i)
{
	if (!(traits(b, i) & PR_CHAR_HAN))
		return false;
	size_t start = i, length = 0;
	while (!b->word_start[start] && start > 0 && length < UNIT_CHARS) {
		start--;
		length++;
	}
	while (start > 0 && (traits(b, start - 1) & PR_CHAR_MULTIPLIER))
		start--;
	return start > 0 && start <= i && (traits(b, start - 1) & PR_CHAR_DIGIT) != 0;
}

/* "March 2018", "Figure 3.1": a capitalised word and a year or a place, or a currency code and its amount. */
static bool is_named_number(const struct breaking *b, size_t word_end, size_t i)
{
	size_t start = word_end, digits = i;
	while (start > 0 && (traits(b, start - 1) & PR_CHAR_LETTER))
		start--;
	while (digits < b->chars->count && (traits(b, digits) & PR_CHAR_DIGIT))
		digits++;
	bool capitals = true;
	for (size_t k = start; k <= word_end; k++)
		capitals = capitals && b->chars->items[k].code >= 'A' && b->chars->items[k].code <= 'Z';
	bool capitalised = b->chars->items[start].code >= 'A' && b->chars->items[start].code <= 'Z';
	bool place = digits + 1 < b->chars->count && b->chars->items[digits].code == '.' &&
	             (traits(b, digits + 1) & PR_CHAR_DIGIT) != 0;
	return (capitalised && (place || digits - i == 4)) || (capitals && word_end - start + 1 == 3);
}

/* What must stay together across the boundary before `i`, be there a space or not. */
static bool holds_together(const struct breaking *b, size_t i)
{
	size_t before = skip_spaces_back(b, i);
	unsigned left = traits(b, before), right = traits(b, i);
	bool spaced = before + 1 < i;
	if ((left | right) & PR_CHAR_ARROW)
		return true;
	if (spaced)
		return ((left & PR_CHAR_DIGIT) && (right & (PR_CHAR_LETTER | PR_CHAR_HAN))) ||
		       ((left & PR_CHAR_LETTER) && (right & PR_CHAR_DIGIT) && is_named_number(b, before, i));
	if ((left & (PR_CHAR_SIGN | PR_CHAR_ORDINAL)) && (right & PR_CHAR_DIGIT))
		return true;
	if ((left & PR_CHAR_DIGIT) && (right & (PR_CHAR_SIGN | PR_CHAR_HAN)))
		return true;
	if ((left & PR_CHAR_CALENDAR) && (right & PR_CHAR_DIGIT) && before > 0)
		return (traits(b, before - 1) & PR_CHAR_DIGIT) != 0;
	if (b->chars->items[before].code == '/' && (right & (PR_CHAR_LETTER | PR_CHAR_DIGIT)))
		return true;
	if ((left & PR_CHAR_MULTIPLIER) && (right & PR_CHAR_HAN))
		return is_in_unit(b, before);
	return !b->word_start[i] && is_in_unit(b, i);
}

static void find_places(struct breaking *b, const bool *may_break)
{
	const unsigned word = PR_CHAR_LETTER | PR_CHAR_DIGIT;
	for (size_t i = 1; i < b->chars->count; i++) {
		size_t before = skip_spaces_back(b, i);
		if (!may_break[i] || (traits(b, i) & PR_CHAR_NOT_FIRST) || (traits(b, before) & PR_CHAR_NOT_LAST))
			continue;
		if ((traits(b, i - 1) & word) && (traits(b, i) & word))
			continue;
		b->places[i] = holds_together(b, i) ? BREAK_IF_MUST : BREAK_GOOD;
	}
}

/* Where the line [from, to) ends when the spaces behind it are dropped. */
static size_t trim_end(const struct breaking *b, size_t from, size_t to)
{
	while (to > from && (traits(b, to - 1) & PR_CHAR_SPACE))
		to--;
	return to;
}

static bool fits(const struct breaking *b, size_t from, size_t to)
{
	double hang;
	double width = pr_setting_width(b->chars, from, trim_end(b, from, to), &hang);
	return width - hang <= b->measure_pt + FIT_PT;
}

/* How far [from, …) goes on one line, whether or not it may break there; at least one character. */
static size_t reach(const struct breaking *b, size_t from, size_t end)
{
	double width = 0;
	size_t to = from;
	while (to < end) {
		const struct pr_char *item = &b->chars->items[to];
		width += item->advance_pt + (to > from ? item->before_pt : 0);
		if (width > b->measure_pt + FIT_PT && !fits(b, from, to + 1))
			break;
		to++;
	}
	return to > from ? to : from + 1;
}

/* The end of the line that begins at `from`; `end` is the paragraph's. */
static size_t line_end(const struct breaking *b, size_t from, size_t end)
{
	size_t far = reach(b, from, end);
	if (far >= end)
		return end;
	for (int wanted = BREAK_GOOD; wanted >= BREAK_IF_MUST; wanted--)
		for (size_t i = far; i > from; i--)
			if (b->places[i] >= wanted)
				return i;
	size_t at = far;
	while (at > from + 1 && ((traits(b, at) & PR_CHAR_NOT_FIRST) || (traits(b, at - 1) & PR_CHAR_NOT_LAST)))
		at--;
	return at > from + 1 ? at : far;
}

static size_t count_visible(const struct breaking *b, size_t from, size_t end)
{
	const unsigned marks = PR_CHAR_SPACE | PR_CHAR_NOT_FIRST | PR_CHAR_NOT_LAST;
	size_t count = 0;
	for (size_t i = from; i < end; i++)
		count += (traits(b, i) & PR_CHAR_LETTER) != 0 || !(traits(b, i) & marks);
	return count;
}

/* Moves the last line's beginning back until it holds two characters. */
static size_t pull_down(const struct breaking *b, size_t previous, size_t start, size_t end)
{
	if (count_visible(b, start, end) >= LAST_LINE_CHARS)
		return start;
	for (size_t i = start; i-- > previous + 1;)
		if (b->places[i] == BREAK_GOOD && count_visible(b, i, end) >= LAST_LINE_CHARS)
			return fits(b, i, end) ? i : start;
	return start;
}

struct lines {
	size_t (*items)[2]; /* from, to */
	size_t count;
};

static size_t skip_spaces(const struct breaking *b, size_t at, size_t end)
{
	while (at < end && (traits(b, at) & PR_CHAR_SPACE))
		at++;
	return at;
}

/* Breaks the characters [from, end) of one paragraph; an empty one is an empty line. */
static void break_paragraph(const struct breaking *b, size_t from, size_t end, struct lines *lines)
{
	size_t first = lines->count, at = from;
	do {
		size_t to = line_end(b, at, end);
		lines->items[lines->count][0] = at;
		lines->items[lines->count++][1] = trim_end(b, at, to);
		at = skip_spaces(b, to, end);
	} while (at < end);
	if (lines->count < first + 2)
		return;
	size_t *last = lines->items[lines->count - 1], *previous = lines->items[lines->count - 2];
	last[0] = pull_down(b, previous[0], last[0], end);
	if (last[0] < previous[1])
		previous[1] = trim_end(b, previous[0], last[0]);
}

static void break_all(const struct breaking *b, struct lines *lines)
{
	size_t from = 0;
	for (size_t i = 0; i <= b->chars->count; i++) {
		if (i < b->chars->count && !(traits(b, i) & PR_CHAR_NEWLINE))
			continue;
		break_paragraph(b, from, i, lines);
		from = i + 1;
	}
}

static void set_lines(const struct breaking *b, const struct lines *broken, const struct pr_span *spans,
	struct pr_arena *arena, struct pr_text_line *lines)
{
	for (size_t i = 0; i < broken->count; i++) {
		size_t from = broken->items[i][0], to = broken->items[i][1];
		pr_setting_line(b->chars, spans, from, to, arena, &lines[i]);
		double hang;
		double width = pr_setting_width(b->chars, from, to, &hang);
		if (width > b->measure_pt)
			lines[i].width_pt = width - hang;
	}
}

bool pr_type_paragraph(const struct pr_typefaces *faces, const struct pr_span *spans, size_t count, double measure_pt,
	struct pr_arena *arena, struct pr_text_line **lines, size_t *line_count, struct pr_error *error)
{
	*lines = NULL;
	*line_count = 0;
	struct pr_chars chars;
	if (!pr_setting_read(faces, spans, count, arena, &chars, error))
		return false;
	if (chars.count == 0)
		return true;
	uint32_t *codes = pr_arena_array(arena, chars.count, sizeof *codes);
	for (size_t i = 0; i < chars.count; i++)
		codes[i] = chars.items[i].code;
	bool *may_break = pr_arena_array(arena, chars.count, sizeof *may_break);
	bool *word_start = pr_arena_array(arena, chars.count, sizeof *word_start);
	if (!pr_line_breaker_run(pr_faces_breaker(faces), codes, chars.count, arena, may_break, word_start, error))
		return false;
	struct breaking b = {.chars = &chars,
		.word_start = word_start,
		.measure_pt = measure_pt,
		.places = pr_arena_array(arena, chars.count + 1, sizeof *b.places)};
	find_places(&b, may_break);
	struct lines broken = {.items = pr_arena_array(arena, chars.count + 1, sizeof *broken.items)};
	break_all(&b, &broken);
	*lines = pr_arena_array(arena, broken.count, sizeof **lines);
	*line_count = broken.count;
	set_lines(&b, &broken, spans, arena, *lines);
	return true;
}
