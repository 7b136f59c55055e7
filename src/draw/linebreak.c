/* Where a line may break, and accents that stand apart, from ICU. Nothing else in the program sees ICU. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "draw/faces.h"

enum kind { LINE_CHINESE, LINE_ENGLISH, WORD, KIND_COUNT };

struct pr_line_breaker {
	UBreakIterator *iterators[KIND_COUNT];
};

bool pr_line_breaker_open(struct pr_line_breaker **breaker, struct pr_error *error)
{
	static const struct {
		UBreakIteratorType type;
		const char *locale;
	} kinds[KIND_COUNT] = {
		[LINE_CHINESE] = {UBRK_LINE, "zh@lb=strict"},
		[LINE_ENGLISH] = {UBRK_LINE, "en"},
		[WORD] = {UBRK_WORD, "zh"},
	};
	struct pr_line_breaker *made = calloc(1, sizeof *made);
	if (!made)
		abort();
	*breaker = made;
	for (size_t i = 0; i < KIND_COUNT; i++) {
		UErrorCode status = U_ZERO_ERROR;
		made->iterators[i] = ubrk_open(kinds[i].type, kinds[i].locale, NULL, 0, &status);
		if (U_FAILURE(status)) {
			made->iterators[i] = NULL;
			return pr_error_set(error, PR_CODE_INTERNAL, "cannot open ICU's break rules for '%s': %s", kinds[i].locale,
				u_errorName(status));
		}
	}
	return true;
}

void pr_line_breaker_free(struct pr_line_breaker *breaker)
{
	if (!breaker)
		return;
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (breaker->iterators[i])
			ubrk_close(breaker->iterators[i]);
	free(breaker);
}

struct units {
	UChar *text;
	size_t *index; /* of the code point that a unit belongs to */
	size_t count;
};

static struct units to_units(const uint32_t *codes, size_t count, struct pr_arena *arena, bool *has_han)
{
	struct units units = {
		.text = pr_arena_array(arena, 2 * count + 1, sizeof *units.text),
		.index = pr_arena_array(arena, 2 * count + 1, sizeof *units.index),
	};
	*has_han = false;
	for (size_t i = 0; i < count; i++) {
		*has_han = *has_han || (codes[i] >= 0x2E80 && codes[i] <= 0x9FFF) || codes[i] >= 0x20000;
		size_t from = units.count;
		if (codes[i] > 0xFFFF) {
			units.text[units.count++] = (UChar)(0xD800 + ((codes[i] - 0x10000) >> 10));
			units.text[units.count++] = (UChar)(0xDC00 + ((codes[i] - 0x10000) & 0x3FF));
		} else {
			units.text[units.count++] = (UChar)codes[i];
		}
		for (size_t k = from; k < units.count; k++)
			units.index[k] = i;
	}
	return units;
}

static bool mark(UBreakIterator *iterator, const struct units *units, bool *flags, struct pr_error *error)
{
	UErrorCode status = U_ZERO_ERROR;
	ubrk_setText(iterator, units->text, (int32_t)units->count, &status);
	if (U_FAILURE(status))
		return pr_error_set(error, PR_CODE_INTERNAL, "cannot find line breaks: %s", u_errorName(status));
	for (int32_t at = ubrk_first(iterator); at != UBRK_DONE; at = ubrk_next(iterator))
		if ((size_t)at < units->count)
			flags[units->index[at]] = true;
	return true;
}

bool pr_line_breaker_run(struct pr_line_breaker *breaker, const uint32_t *codes, size_t count, struct pr_arena *arena,
	bool *may_break, bool *word_start, struct pr_error *error)
{
	if (count > INT32_MAX / 2)
		return pr_error_set(error, PR_CODE_INTERNAL, "a paragraph of %zu characters", count);
	bool has_han;
	struct units units = to_units(codes, count, arena, &has_han);
	return mark(breaker->iterators[has_han ? LINE_CHINESE : LINE_ENGLISH], &units, may_break, error) &&
	       mark(breaker->iterators[WORD], &units, word_start, error);
}

const char *pr_faces_compose(const char *text, struct pr_arena *arena)
{
	UErrorCode status = U_ZERO_ERROR;
	const UNormalizer2 *normalizer = unorm2_getNFCInstance(&status);
	const size_t length = strlen(text), room = 3 * length + 1; /* form C is at most three times as long */
	int32_t units = 0, composed = 0, bytes = 0;
	if (length == 0 || room > INT32_MAX / 3)
		return text;
	UChar *from = pr_arena_array(arena, length, sizeof *from), *to = pr_arena_array(arena, room, sizeof *to);
	char *out = pr_arena_array(arena, 3 * room, 1);
	u_strFromUTF8(from, (int32_t)length, &units, text, (int32_t)length, &status);
	composed = unorm2_normalize(normalizer, from, units, to, (int32_t)room, &status);
	u_strToUTF8(out, (int32_t)(3 * room), &bytes, to, composed, &status);
	return U_FAILURE(status) ? text : out;
}
