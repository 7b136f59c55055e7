/*
 * The fonts of a PDF: of every face the glyphs that a document's pages use, renumbered and cut out by HarfBuzz.
 * Everything lies in the arena.
 *
 * A character's code in the PDF is its place in `codes`, counted from 1: two bytes, also for characters above U+FFFF,
 * and one for each character even where two share a glyph, so that copying gives back the text that was set.
 */
#ifndef PR_OUTPUT_PDF_FONT_H
#define PR_OUTPUT_PDF_FONT_H

#include <stdint.h>

#include "base/text.h"
#include "document/document.h"

struct pr_pdf_font {
	uint32_t *codes; /* code points, rising; count 0 = the face is not used */
	size_t count;
	uint16_t *glyphs; /* of the subset, by code */
	double *widths;   /* in thousandths of an em, by code */
	const char *name; /* "ABCDEF+NotoSansSC-Bold" */
	const char *bytes;
	size_t byte_count;
	int ascent, descent, cap_height, box[4]; /* in thousandths of an em */
	bool bold;
};

/* One font for every face of `faces`; `pages` drawings are looked through. Errors: PR_CODE_FONT for a face that cannot
 * be cut or lacks a character. */
PR_CHECK bool pr_pdf_fonts_make(const struct pr_page *pages, size_t page_count, const struct pr_typefaces *faces,
	struct pr_arena *arena, struct pr_pdf_font **fonts, struct pr_error *error);
/* 1 .. count, or 0. */
unsigned pr_pdf_font_code(const struct pr_pdf_font *font, uint32_t code_point);
/* The CMap that gives code points for codes. */
const char *pr_pdf_font_to_unicode(const struct pr_pdf_font *font, struct pr_arena *arena);
/* UTF-16, big endian, in hexadecimal digits. */
void pr_pdf_add_utf16(struct pr_buffer *out, const char *text);

#endif
