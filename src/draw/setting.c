/* Text as characters: what each is, how wide, and the space between neighbours (docs/typesetting.md). */
#include "draw/setting.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "draw/faces.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define GAP_EM 0.25    /* between Han and Latin letters or digits */
#define WIDTH_CHARS 48 /* texts up to here are measured without memory of their own */
#define HALF_EM 0.5    /* what compression takes away */

/* Traits by code point, after W3C clreq; sorted, ranges inclusive. */
static const struct {
	uint32_t from, to;
	unsigned traits;
} classes[] = {
	{0x000A, 0x000A, PR_CHAR_NEWLINE | PR_CHAR_SPACE},
	{0x0020, 0x0020, PR_CHAR_SPACE},
	{0x0021, 0x0021, PR_CHAR_NOT_FIRST},                  /* ! */
	{0x0023, 0x0024, PR_CHAR_LETTER},                     /* # $ */
	{0x0025, 0x0025, PR_CHAR_LETTER | PR_CHAR_NOT_FIRST}, /* % */
	{0x0026, 0x0026, PR_CHAR_LETTER},                     /* & */
	{0x0028, 0x0028, PR_CHAR_NOT_LAST},                   /* ( */
	{0x0029, 0x0029, PR_CHAR_NOT_FIRST},                  /* ) */
	{0x002B, 0x002B, PR_CHAR_SIGN},                       /* + */
	{0x002C, 0x002C, PR_CHAR_NOT_FIRST},                  /* , */
	{0x002D, 0x002D, PR_CHAR_SIGN},                       /* - */
	{0x002E, 0x002E, PR_CHAR_NOT_FIRST},                  /* . */
	{0x0030, 0x0039, PR_CHAR_DIGIT},
	{0x003A, 0x003B, PR_CHAR_NOT_FIRST}, /* : ; */
	{0x003F, 0x003F, PR_CHAR_NOT_FIRST}, /* ? */
	{0x0040, 0x0040, PR_CHAR_LETTER},    /* @ */
	{0x0041, 0x005A, PR_CHAR_LETTER},
	{0x005B, 0x005B, PR_CHAR_NOT_LAST},  /* [ */
	{0x005D, 0x005D, PR_CHAR_NOT_FIRST}, /* ] */
	{0x0061, 0x007A, PR_CHAR_LETTER},
	{0x007B, 0x007B, PR_CHAR_NOT_LAST},                   /* { */
	{0x007D, 0x007D, PR_CHAR_NOT_FIRST},                  /* } */
	{0x00A2, 0x00A5, PR_CHAR_LETTER},                     /* cent, pound, currency, yen */
	{0x00B0, 0x00B0, PR_CHAR_LETTER | PR_CHAR_NOT_FIRST}, /* degree */
	{0x00B1, 0x00B1, PR_CHAR_ARROW},                      /* plus-minus: one em wide, holds its number */
	{0x00B2, 0x00B3, PR_CHAR_LETTER | PR_CHAR_NOT_FIRST}, /* squared, cubed */
	{0x00B5, 0x00B5, PR_CHAR_LETTER},                     /* micro */
	{0x00B7, 0x00B7, PR_CHAR_NOT_FIRST},                  /* middle dot */
	{0x00B9, 0x00B9, PR_CHAR_LETTER | PR_CHAR_NOT_FIRST},
	{0x00C0, 0x00D6, PR_CHAR_LETTER},
	{0x00D8, 0x00F6, PR_CHAR_LETTER},
	{0x00F8, 0x02AF, PR_CHAR_LETTER},
	{0x0370, 0x03FF, PR_CHAR_LETTER},
	{0x0400, 0x052F, PR_CHAR_LETTER},
	{0x2013, 0x2015, PR_CHAR_NOT_FIRST}, /* dashes */
	{0x2018, 0x2018, PR_CHAR_NOT_LAST | PR_CHAR_OPENING},
	{0x2019, 0x2019, PR_CHAR_NOT_FIRST | PR_CHAR_CLOSING},
	{0x201C, 0x201C, PR_CHAR_NOT_LAST | PR_CHAR_OPENING},
	{0x201D, 0x201D, PR_CHAR_NOT_FIRST | PR_CHAR_CLOSING},
	{0x2025, 0x2026, PR_CHAR_NOT_FIRST},                  /* ellipses */
	{0x2030, 0x2030, PR_CHAR_LETTER | PR_CHAR_NOT_FIRST}, /* per mille */
	{0x20A0, 0x20BF, PR_CHAR_LETTER},                     /* currencies */
	{0x2103, 0x2103, PR_CHAR_NOT_FIRST},                  /* degree Celsius */
	{0x2126, 0x212B, PR_CHAR_LETTER},                     /* ohm, kelvin, angstrom */
	{0x2190, 0x2193, PR_CHAR_ARROW},
	{0x2212, 0x2212, PR_CHAR_SIGN},
	{0x2E80, 0x2FDF, PR_CHAR_HAN},
	{0x3000, 0x3000, PR_CHAR_SPACE},
	{0x3001, 0x3002, PR_CHAR_NOT_FIRST | PR_CHAR_CLOSING},
	{0x3005, 0x3005, PR_CHAR_HAN | PR_CHAR_NOT_FIRST}, /* iteration mark */
	{0x3007, 0x3007, PR_CHAR_HAN},                     /* the Han zero */
	{0x3008, 0x3008, PR_CHAR_NOT_LAST | PR_CHAR_OPENING},
	{0x3009, 0x3009, PR_CHAR_NOT_FIRST | PR_CHAR_CLOSING},
	{0x300A, 0x300A, PR_CHAR_NOT_LAST | PR_CHAR_OPENING},
	{0x300B, 0x300B, PR_CHAR_NOT_FIRST | PR_CHAR_CLOSING},
	{0x300C, 0x300C, PR_CHAR_NOT_LAST | PR_CHAR_OPENING},
	{0x300D, 0x300D, PR_CHAR_NOT_FIRST | PR_CHAR_CLOSING},
	{0x300E, 0x300E, PR_CHAR_NOT_LAST | PR_CHAR_OPENING},
	{0x300F, 0x300F, PR_CHAR_NOT_FIRST | PR_CHAR_CLOSING},
	{0x3010, 0x3010, PR_CHAR_NOT_LAST | PR_CHAR_OPENING},
	{0x3011, 0x3011, PR_CHAR_NOT_FIRST | PR_CHAR_CLOSING},
	{0x3014, 0x3014, PR_CHAR_NOT_LAST | PR_CHAR_OPENING},
	{0x3015, 0x3015, PR_CHAR_NOT_FIRST | PR_CHAR_CLOSING},
	{0x3016, 0x3016, PR_CHAR_NOT_LAST | PR_CHAR_OPENING},
	{0x3017, 0x3017, PR_CHAR_NOT_FIRST | PR_CHAR_CLOSING},
	{0x30FB, 0x30FC, PR_CHAR_NOT_FIRST},
	{0x3400, 0x4DBF, PR_CHAR_HAN},
	{0x4E00, 0x9FFF, PR_CHAR_HAN},
	{0xF900, 0xFAFF, PR_CHAR_HAN},
	{0xFF01, 0xFF01, PR_CHAR_NOT_FIRST | PR_CHAR_CLOSING}, /* full-width ! */
	{0xFF05, 0xFF05, PR_CHAR_NOT_FIRST},
	{0xFF08, 0xFF08, PR_CHAR_NOT_LAST | PR_CHAR_OPENING},
	{0xFF09, 0xFF09, PR_CHAR_NOT_FIRST | PR_CHAR_CLOSING},
	{0xFF0C, 0xFF0C, PR_CHAR_NOT_FIRST | PR_CHAR_CLOSING},
	{0xFF0E, 0xFF0E, PR_CHAR_NOT_FIRST | PR_CHAR_CLOSING},
	{0xFF0F, 0xFF0F, PR_CHAR_NOT_FIRST}, /* full-width solidus */
	{0xFF1A, 0xFF1B, PR_CHAR_NOT_FIRST | PR_CHAR_CLOSING},
	{0xFF1F, 0xFF1F, PR_CHAR_NOT_FIRST | PR_CHAR_CLOSING},
	{0xFF3B, 0xFF3B, PR_CHAR_NOT_LAST | PR_CHAR_OPENING},
	{0xFF3D, 0xFF3D, PR_CHAR_NOT_FIRST | PR_CHAR_CLOSING},
	{0xFF5B, 0xFF5B, PR_CHAR_NOT_LAST | PR_CHAR_OPENING},
	{0xFF5D, 0xFF5D, PR_CHAR_NOT_FIRST | PR_CHAR_CLOSING},
	{0x20000, 0x3FFFF, PR_CHAR_HAN},
};

/* Han characters that numbers hold on to. */
static const struct {
	uint32_t code;
	unsigned traits;
} numerals[] = {
	{0x4E07, PR_CHAR_MULTIPLIER}, /* 10^4 */
	{0x4EBF, PR_CHAR_MULTIPLIER}, /* 10^8 */
	{0x5206, PR_CHAR_CALENDAR},   /* minute */
	{0x5341, PR_CHAR_MULTIPLIER}, /* 10 */
	{0x5343, PR_CHAR_MULTIPLIER}, /* 10^3 */
	{0x56FE, PR_CHAR_ORDINAL},    /* "figure …" */
	{0x5E74, PR_CHAR_CALENDAR},   /* year */
	{0x65E5, PR_CHAR_CALENDAR},   /* day */
	{0x65F6, PR_CHAR_CALENDAR},   /* hour */
	{0x6708, PR_CHAR_CALENDAR},   /* month */
	{0x767E, PR_CHAR_MULTIPLIER}, /* 10^2 */
	{0x7B2C, PR_CHAR_ORDINAL},    /* "number …" */
	{0x8868, PR_CHAR_ORDINAL},    /* "table …" */
};

static unsigned traits_of(uint32_t code)
{
	size_t low = 0, high = COUNT(classes);
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (classes[middle].to < code)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == COUNT(classes) || code < classes[low].from)
		return 0;
	unsigned traits = classes[low].traits;
	for (size_t i = 0; (traits & PR_CHAR_HAN) && i < COUNT(numerals); i++)
		if (numerals[i].code == code)
			traits |= numerals[i].traits;
	return traits;
}

static bool measure(
	const struct pr_typefaces *faces, const struct pr_span *span, struct pr_char *item, struct pr_error *error)
{
	uint32_t code = item->traits & PR_CHAR_NEWLINE ? ' ' : item->code;
	struct pr_glyph_metrics metrics;
	if (!pr_faces_find(faces, span->style.weight, code, &metrics))
		return pr_faces_refuse(faces, span->style.weight, item->code, span->text, error);
	double size = span->style.size_pt;
	item->face = metrics.face;
	item->advance_pt = metrics.advance_em * size;
	bool full = metrics.advance_em >= 0.99;
	bool empty = ((item->traits & PR_CHAR_CLOSING) && metrics.right_em <= HALF_EM) ||
	             ((item->traits & PR_CHAR_OPENING) && metrics.left_em >= HALF_EM);
	if (full && empty)
		item->half_pt = HALF_EM * size;
	else
		item->traits &= ~(unsigned)(PR_CHAR_CLOSING | PR_CHAR_OPENING);
	return true;
}

#define FIRST_ACCENT 0x0300U /* that stands apart from its letter */
#define LAST_ACCENT 0x036FU
#define REPLACEMENT 0xFFFDU /* what cleaning makes of bytes that are no text; few fonts have it */

/* A character that stands for one without a glyph. */
static uint32_t stand_in(const struct pr_typefaces *faces, enum pr_weight weight)
{
	static const uint32_t marks[] = {REPLACEMENT, 0x3013 /* geta mark */, 0x25A1 /* white square */};
	struct pr_glyph_metrics metrics;
	for (size_t i = 0; i < COUNT(marks); i++)
		if (pr_faces_find(faces, weight, marks[i], &metrics))
			return marks[i];
	return '?';
}

/* Accents joined with their letters; a mark for bytes that were no text, and where that is wanted for what no face has. */
static const char *mend(
	const struct pr_typefaces *faces, enum pr_weight weight, const char *text, struct pr_arena *arena)
{
	const uint32_t mark = stand_in(faces, weight);
	const bool always = pr_faces_stands_in(faces);
	struct pr_glyph_metrics metrics;
	struct pr_buffer mended;
	pr_buffer_init(&mended, arena);
	for (const char *at = pr_faces_compose(text, arena); *at;) {
		uint32_t code = pr_utf8_next(&at);
		bool kept = code == '\n' || (code != REPLACEMENT && !always) || pr_faces_find(faces, weight, code, &metrics);
		pr_buffer_add_code(&mended, kept ? code : mark);
	}
	return mended.text;
}

static bool needs_mending(const struct pr_typefaces *faces, enum pr_weight weight, const char *text)
{
	struct pr_glyph_metrics metrics;
	while (*text) {
		uint32_t code = pr_utf8_next(&text);
		if (code < FIRST_ACCENT)
			continue;
		if (code <= LAST_ACCENT || !pr_faces_find(faces, weight, code, &metrics))
			return true;
	}
	return false;
}

static bool read_span(const struct pr_typefaces *faces, const struct pr_span *spans, size_t index,
	struct pr_arena *arena, struct pr_chars *chars, struct pr_error *error)
{
	const char *at = spans[index].text ? spans[index].text : "";
	if (needs_mending(faces, spans[index].style.weight, at))
		at = mend(faces, spans[index].style.weight, at, arena);
	while (*at) {
		struct pr_char *item = &chars->items[chars->count];
		*item = (struct pr_char){.text = at};
		item->code = pr_utf8_next(&at);
		item->bytes = (size_t)(at - item->text);
		item->span = index;
		item->traits = traits_of(item->code);
		if (!measure(faces, &spans[index], item, error))
			return false;
		chars->count++;
	}
	return true;
}

/* A sign belongs to the number behind it, unless it stands between two Latin characters. */
static bool is_western(const struct pr_chars *chars, size_t i)
{
	if (chars->items[i].traits & (PR_CHAR_LETTER | PR_CHAR_DIGIT))
		return true;
	return (chars->items[i].traits & PR_CHAR_SIGN) && i + 1 < chars->count &&
	       (chars->items[i + 1].traits & PR_CHAR_DIGIT);
}

static double space_before(const struct pr_chars *chars, const struct pr_span *spans, size_t i)
{
	const struct pr_char *left = &chars->items[i - 1], *right = &chars->items[i];
	bool han_western = (left->traits & PR_CHAR_HAN) && is_western(chars, i);
	bool western_han = (left->traits & (PR_CHAR_LETTER | PR_CHAR_DIGIT)) && (right->traits & PR_CHAR_HAN);
	if (han_western || western_han)
		return GAP_EM * (spans[left->span].style.size_pt + spans[right->span].style.size_pt) / 2;
	if ((left->traits & PR_CHAR_CLOSING) && (right->traits & PR_CHAR_CLOSING))
		return -left->half_pt;
	if ((left->traits & PR_CHAR_CLOSING) && (right->traits & PR_CHAR_OPENING))
		return -fmin(left->half_pt, right->half_pt);
	if ((left->traits & PR_CHAR_OPENING) && (right->traits & PR_CHAR_OPENING))
		return -right->half_pt;
	return 0;
}

static size_t count_bytes(const struct pr_span *spans, size_t count)
{
	size_t bytes = 0;
	for (size_t i = 0; i < count; i++)
		bytes += spans[i].text ? strlen(spans[i].text) : 0;
	return bytes;
}

/* chars->items has room for every byte. */
static bool read_spans(const struct pr_typefaces *faces, const struct pr_span *spans, size_t count,
	struct pr_arena *arena, struct pr_chars *chars, struct pr_error *error)
{
	chars->count = 0;
	for (size_t i = 0; i < count; i++)
		if (!read_span(faces, spans, i, arena, chars, error))
			return false;
	for (size_t i = 1; i < chars->count; i++)
		chars->items[i].before_pt = space_before(chars, spans, i);
	return true;
}

bool pr_setting_read(const struct pr_typefaces *faces, const struct pr_span *spans, size_t count,
	struct pr_arena *arena, struct pr_chars *chars, struct pr_error *error)
{
	chars->items = pr_arena_array(arena, count_bytes(spans, count) + 1, sizeof *chars->items);
	return read_spans(faces, spans, count, arena, chars, error);
}

/* An opening mark at the line's start stands out by its empty half, so that its ink is flush. */
static double start_of(const struct pr_chars *chars, size_t from, size_t to)
{
	return from < to && (chars->items[from].traits & PR_CHAR_OPENING) ? -chars->items[from].half_pt : 0;
}

double pr_setting_width(const struct pr_chars *chars, size_t from, size_t to, double *hang_pt)
{
	double width = start_of(chars, from, to);
	for (size_t i = from; i < to; i++)
		width += chars->items[i].advance_pt + (i > from ? chars->items[i].before_pt : 0);
	*hang_pt = to > from && (chars->items[to - 1].traits & PR_CHAR_CLOSING) ? chars->items[to - 1].half_pt : 0;
	return width;
}

/* The bytes of characters [first, last]; a line break that stands inside a single line is a space. */
static char *copy_text(struct pr_arena *arena, const struct pr_char *first, const struct pr_char *last)
{
	char *text = pr_arena_copy_n(arena, first->text, (size_t)(last->text + last->bytes - first->text));
	for (char *at = text; *at; at++)
		if (*at == '\n')
			*at = ' ';
	return text;
}

static bool starts_run(const struct pr_chars *chars, size_t from, size_t i)
{
	const struct pr_char *item = &chars->items[i];
	return i == from || item->span != item[-1].span || item->face != item[-1].face || item->before_pt != 0;
}

/* What is no number needs no reason not to be one. */
static const char *tag_of(const struct pr_span *span)
{
	return span->finding && span->finding[0] == '@' && !strpbrk(span->text, "0123456789") ? NULL : span->finding;
}

void pr_setting_line(const struct pr_chars *chars, const struct pr_span *spans, size_t from, size_t to,
	struct pr_arena *arena, struct pr_text_line *line)
{
	size_t count = 0;
	for (size_t i = from; i < to; i++)
		count += starts_run(chars, from, i);
	*line = (struct pr_text_line){.runs = pr_arena_array(arena, count, sizeof *line->runs)};
	double x = start_of(chars, from, to);
	for (size_t i = from; i < to;) {
		size_t end = i + 1;
		while (end < to && !starts_run(chars, from, end))
			end++;
		const struct pr_char *first = &chars->items[i], *last = &chars->items[end - 1];
		struct pr_text_run *run = &line->runs[line->count++];
		run->text = copy_text(arena, first, last);
		run->face = first->face;
		run->style = spans[first->span].style;
		run->finding = tag_of(&spans[first->span]);
		run->link = spans[first->span].link;
		x += i > from ? first->before_pt : 0;
		run->x_pt = x;
		for (; i < end; i++)
			run->width_pt += chars->items[i].advance_pt;
		x += run->width_pt;
	}
	line->width_pt = x;
}

bool pr_type_line(const struct pr_typefaces *faces, const struct pr_span *spans, size_t count, struct pr_arena *arena,
	struct pr_text_line *line, struct pr_error *error)
{
	*line = (struct pr_text_line){0};
	struct pr_chars chars;
	if (!pr_setting_read(faces, spans, count, arena, &chars, error))
		return false;
	if (chars.count > 0)
		pr_setting_line(&chars, spans, 0, chars.count, arena, line);
	return true;
}

bool pr_type_fit(const struct pr_typefaces *faces, const struct pr_span *span, double measure_pt,
	struct pr_arena *arena, struct pr_text_line *line, struct pr_error *error)
{
	if (!pr_type_line(faces, span, 1, arena, line, error))
		return false;
	if (line->width_pt <= measure_pt || line->count == 0)
		return true;
	struct pr_span cut = {.text = "\xE2\x80\xA6", .style = span->style, .finding = span->finding};
	struct pr_chars chars;
	if (!pr_type_line(faces, &cut, 1, arena, line, error) || !pr_setting_read(faces, span, 1, arena, &chars, error))
		return false;
	double room = measure_pt - line->width_pt, width = start_of(&chars, 0, chars.count);
	size_t kept = 0;
	for (size_t i = 0; i < chars.count; i++) {
		width += chars.items[i].advance_pt + (i > 0 ? chars.items[i].before_pt : 0);
		if (width > room)
			break;
		kept = i + 1;
	}
	while (kept > 0 && (chars.items[kept - 1].traits & (PR_CHAR_SPACE | PR_CHAR_NOT_LAST)))
		kept--;
	/* The characters' own text: what was mended is no longer the span's. */
	const char *text = chars.items[0].text;
	size_t bytes = kept == 0 ? 0 : (size_t)(chars.items[kept - 1].text + chars.items[kept - 1].bytes - text);
	cut.text = pr_arena_format(arena, "%.*s\xE2\x80\xA6", (int)bytes, text);
	return pr_type_line(faces, &cut, 1, arena, line, error);
}

double pr_type_width(const struct pr_typefaces *faces, struct pr_style style, const char *text)
{
	const struct pr_span span = {.text = text, .style = style};
	struct pr_char few[WIDTH_CHARS];
	struct pr_chars chars = {.items = few};
	struct pr_error error = {0};
	struct pr_arena arena;
	double hang;
	if (!text || *text == '\0')
		return 0;
	pr_arena_init(&arena);
	bool read = strlen(text) <= WIDTH_CHARS ? read_spans(faces, &span, 1, &arena, &chars, &error)
	                                        : pr_setting_read(faces, &span, 1, &arena, &chars, &error);
	double width = read ? pr_setting_width(&chars, 0, chars.count, &hang) : 0;
	pr_arena_release(&arena);
	return width;
}
