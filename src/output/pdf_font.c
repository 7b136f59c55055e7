/*
 * The one file with HarfBuzz.
 */
#include "output/pdf_font.h"

#include <hb-ot.h>
#include <hb-subset.h>
#include <math.h>
#include <string.h>

#include "base/text.h"

#define CODE_POINTS 0x110000
#define MOST_CODES 65000
#define TO_UNICODE_BLOCK 100 /* the most entries that one bfchar block may hold */

/* A bit a code point, a field a face. */
static void mark_line(uint8_t **used, size_t face_count, const struct pr_text_line *line)
{
	for (size_t i = 0; i < line->count; i++) {
		const struct pr_text_run *run = &line->runs[i];
		const char *at = run->text;
		uint32_t code;

		while (run->face < face_count && (code = pr_utf8_next(&at)) != 0)
			used[run->face][code / 8] |= (uint8_t)(1U << code % 8);
	}
}

static void collect_codes(const uint8_t *used, struct pr_arena *arena, struct pr_pdf_font *font)
{
	size_t capacity = 0;

	for (uint32_t code = 1; code < CODE_POINTS; code++)
		if ((used[code / 8] & 1U << code % 8) != 0)
			*PR_PUSH(arena, font->codes, font->count, capacity) = code;
}

static hb_subset_input_t *describe_subset(const struct pr_pdf_font *font)
{
	/* Layout tables would pull in glyphs that are never shown; the others a PDF does not need. */
	static const hb_tag_t dropped[] = {HB_TAG('G', 'S', 'U', 'B'), HB_TAG('G', 'P', 'O', 'S'),
		HB_TAG('G', 'D', 'E', 'F'), HB_TAG('B', 'A', 'S', 'E'), HB_TAG('V', 'O', 'R', 'G'), HB_TAG('v', 'h', 'e', 'a'),
		HB_TAG('v', 'm', 't', 'x'), HB_TAG('k', 'e', 'r', 'n'), HB_TAG('n', 'a', 'm', 'e'), HB_TAG('p', 'o', 's', 't')};
	hb_subset_input_t *input = hb_subset_input_create_or_fail();

	if (input == NULL)
		return NULL;
	hb_subset_input_set_flags(input, HB_SUBSET_FLAGS_NO_HINTING);
	for (size_t i = 0; i < sizeof dropped / sizeof dropped[0]; i++)
		hb_set_add(hb_subset_input_set(input, HB_SUBSET_SETS_DROP_TABLE_TAG), dropped[i]);
	for (size_t i = 0; i < font->count; i++)
		hb_set_add(hb_subset_input_unicode_set(input), font->codes[i]);
	return input;
}

static int read_int16(const char *bytes)
{
	const int value = (unsigned char)bytes[0] << 8 | (unsigned char)bytes[1];

	return value >= 0x8000 ? value - 0x10000 : value;
}

static int in_thousandths(double units, unsigned units_per_em)
{
	return (int)lround(units * 1000 / units_per_em);
}

/* Ascent, descent, height of capitals and bounding box, for the font's description. */
static bool measure_face(hb_face_t *face, hb_font_t *hb, struct pr_pdf_font *font)
{
	const unsigned em = hb_face_get_upem(face);
	hb_blob_t *head = hb_face_reference_table(face, HB_TAG('h', 'e', 'a', 'd'));
	unsigned length = 0;
	const char *bytes = hb_blob_get_data(head, &length);
	const bool whole = length >= 54;
	hb_font_extents_t extents;
	hb_position_t capital = 0;

	for (int i = 0; whole && i < 4; i++)
		font->box[i] = in_thousandths(read_int16(bytes + 36 + (ptrdiff_t)2 * i), em);
	hb_blob_destroy(head);
	if (!hb_font_get_h_extents(hb, &extents))
		return false;
	font->ascent = in_thousandths(extents.ascender, em);
	font->descent = in_thousandths(extents.descender, em);
	if (!hb_ot_metrics_get_position(hb, HB_OT_METRICS_TAG_CAP_HEIGHT, &capital) || capital <= 0)
		capital = extents.ascender;
	font->cap_height = in_thousandths(capital, em);
	return whole;
}

static bool map_codes(hb_face_t *face, hb_font_t *hb, struct pr_arena *arena, struct pr_pdf_font *font,
	const char *path, struct pr_error *error)
{
	font->glyphs = pr_arena_array(arena, font->count, sizeof *font->glyphs);
	font->widths = pr_arena_array(arena, font->count, sizeof *font->widths);
	for (size_t i = 0; i < font->count; i++) {
		hb_codepoint_t glyph = 0;

		if (!hb_font_get_nominal_glyph(hb, font->codes[i], &glyph) || glyph == 0 || glyph > UINT16_MAX)
			return pr_error_set(error, PR_CODE_FONT, "font '%s' lacks U+%04X", path, (unsigned)font->codes[i]);
		font->glyphs[i] = (uint16_t)glyph;
		font->widths[i] = hb_font_get_glyph_h_advance(hb, glyph) * 1000.0 / hb_face_get_upem(face);
	}
	return true;
}

/* Six letters that follow from the characters and the face, so that the same document has the same name. */
static const char *name_subset(hb_face_t *face, size_t number, struct pr_arena *arena, const struct pr_pdf_font *font)
{
	uint64_t sum = UINT64_C(14695981039346656037) + number;
	char tag[7] = "", name[80] = "";
	unsigned size = sizeof name;
	size_t kept = 0;

	for (size_t i = 0; i < font->count; i++)
		sum = (sum ^ font->codes[i]) * UINT64_C(1099511628211);
	for (size_t i = 0; i < 6; i++, sum /= 26)
		tag[i] = (char)('A' + sum % 26);
	hb_ot_name_get_utf8(face, HB_OT_NAME_ID_POSTSCRIPT_NAME, HB_LANGUAGE_INVALID, &size, name);
	for (const char *at = name; *at != '\0'; at++)
		if ((*at >= '0' && *at <= '9') || (*at >= 'A' && *at <= 'Z') || (*at >= 'a' && *at <= 'z') || *at == '-')
			name[kept++] = *at;
	name[kept] = '\0';
	return pr_arena_format(arena, "%s+%s", tag, kept == 0 ? "Font" : name);
}

static bool has_table(hb_face_t *face, hb_tag_t tag)
{
	hb_blob_t *blob = hb_face_reference_table(face, tag);
	const bool found = hb_blob_get_length(blob) > 0;

	hb_blob_destroy(blob);
	return found;
}

static bool is_bold(hb_face_t *face)
{
	hb_blob_t *blob = hb_face_reference_table(face, HB_TAG('O', 'S', '/', '2'));
	unsigned length = 0;
	const char *bytes = hb_blob_get_data(blob, &length);
	const bool bold = length >= 6 && read_int16(bytes + 4) >= 600;

	hb_blob_destroy(blob);
	return bold;
}

static bool keep_bytes(hb_face_t *subset, struct pr_arena *arena, struct pr_pdf_font *font)
{
	hb_blob_t *blob = hb_face_reference_blob(subset);
	unsigned length = 0;
	const char *bytes = hb_blob_get_data(blob, &length);

	font->byte_count = length;
	font->bytes = length == 0 ? NULL : pr_arena_copy_n(arena, bytes, length);
	hb_blob_destroy(blob);
	return font->bytes != NULL;
}

static bool cut(hb_face_t *face, size_t number, const char *path, struct pr_arena *arena, struct pr_pdf_font *font,
	struct pr_error *error)
{
	hb_subset_input_t *input = NULL;
	hb_face_t *subset = NULL;
	hb_font_t *hb = NULL;
	bool done = false;

	if (!has_table(face, HB_TAG('g', 'l', 'y', 'f')))
		return pr_error_set(error, PR_CODE_FONT, "font '%s' has no TrueType outlines, expected a table 'glyf'", path);
	input = describe_subset(font);
	subset = input == NULL ? NULL : hb_subset_or_fail(face, input);
	if (subset == NULL || !keep_bytes(subset, arena, font)) {
		pr_error_set(error, PR_CODE_FONT, "cannot cut %zu characters out of font '%s'", font->count, path);
		goto out;
	}
	hb = hb_font_create(subset);
	font->name = name_subset(face, number, arena, font);
	font->bold = is_bold(face);
	if (!measure_face(subset, hb, font)) {
		pr_error_set(error, PR_CODE_FONT, "font '%s' has no usable tables 'head' and 'hhea'", path);
		goto out;
	}
	done = map_codes(subset, hb, arena, font, path, error);
out:
	hb_font_destroy(hb);
	hb_face_destroy(subset);
	hb_subset_input_destroy(input);
	return done;
}

static bool make_font(const struct pr_typefaces *faces, size_t number, struct pr_arena *arena, struct pr_pdf_font *font,
	struct pr_error *error)
{
	const char *path = pr_typefaces_path(faces, number);
	size_t size = 0;
	unsigned index = 0;
	const void *bytes = pr_typefaces_bytes(faces, number, &size, &index);
	hb_blob_t *blob;
	hb_face_t *face;
	bool done;

	if (font->count > MOST_CODES || size > UINT32_MAX)
		return pr_error_set(error, PR_CODE_FONT, "font '%s': %zu characters of %zu bytes, expected at most %d", path,
			font->count, size, MOST_CODES);
	blob = hb_blob_create(bytes, (unsigned)size, HB_MEMORY_MODE_READONLY, NULL, NULL);
	face = hb_face_create(blob, index);
	done = cut(face, number, path, arena, font, error);
	hb_face_destroy(face);
	hb_blob_destroy(blob);
	return done;
}

bool pr_pdf_fonts_make(const struct pr_page *pages, size_t page_count, const struct pr_typefaces *faces,
	struct pr_arena *arena, struct pr_pdf_font **fonts, struct pr_error *error)
{
	const size_t face_count = pr_typefaces_count(faces);
	uint8_t **used = pr_arena_array(arena, face_count + 1, sizeof *used);

	*fonts = pr_arena_array(arena, face_count + 1, sizeof **fonts);
	for (size_t face = 0; face < face_count; face++)
		used[face] = pr_arena_array(arena, CODE_POINTS / 8, 1);
	for (size_t page = 0; page < page_count; page++)
		for (size_t i = 0; i < pages[page].drawing.count; i++)
			if (pages[page].drawing.ops[i].kind == PR_OP_TEXT)
				mark_line(used, face_count, &pages[page].drawing.ops[i].line);
	for (size_t face = 0; face < face_count; face++) {
		collect_codes(used[face], arena, &(*fonts)[face]);
		if ((*fonts)[face].count > 0 && !make_font(faces, face, arena, &(*fonts)[face], error))
			return false;
	}
	return true;
}

unsigned pr_pdf_font_code(const struct pr_pdf_font *font, uint32_t code_point)
{
	size_t low = 0, high = font->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (font->codes[middle] == code_point)
			return (unsigned)middle + 1;
		if (font->codes[middle] < code_point)
			low = middle + 1;
		else
			high = middle;
	}
	return 0;
}

static void add_utf16_code(struct pr_buffer *out, uint32_t code)
{
	if (code >= 0x10000)
		pr_buffer_format(out, "%04X%04X", (unsigned)(0xD800 + ((code - 0x10000) >> 10)),
			(unsigned)(0xDC00 + ((code - 0x10000) & 0x3FF)));
	else
		pr_buffer_format(out, "%04X", (unsigned)code);
}

void pr_pdf_add_utf16(struct pr_buffer *out, const char *text)
{
	uint32_t code;

	while ((code = pr_utf8_next(&text)) != 0)
		add_utf16_code(out, code);
}

const char *pr_pdf_font_to_unicode(const struct pr_pdf_font *font, struct pr_arena *arena)
{
	struct pr_buffer out;

	pr_buffer_init(&out, arena);
	pr_buffer_add(&out, "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
						"/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n"
						"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
						"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n");
	for (size_t i = 0; i < font->count; i++) {
		const size_t left = font->count - i;

		if (i % TO_UNICODE_BLOCK == 0)
			pr_buffer_format(&out, "%zu beginbfchar\n", left < TO_UNICODE_BLOCK ? left : (size_t)TO_UNICODE_BLOCK);
		pr_buffer_format(&out, "<%04X> <", (unsigned)i + 1);
		add_utf16_code(&out, font->codes[i]);
		pr_buffer_add(&out, ">\n");
		if (left == 1 || i % TO_UNICODE_BLOCK == TO_UNICODE_BLOCK - 1)
			pr_buffer_add(&out, "endbfchar\n");
	}
	pr_buffer_add(&out, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
	return out.text;
}
