/*
 * A drawing as the operators of a PDF page. Written here and not through libharu's page functions, which know only
 * characters up to U+FFFF, lose their errors in long texts, and write five digits after the point where two are a
 * thousandth of a hair.
 *
 * Fonts are named F0, F1, … by face; states of transparency A0 .. A1000 by thousandths of alpha.
 */
#ifndef PR_OUTPUT_PDF_CONTENT_H
#define PR_OUTPUT_PDF_CONTENT_H

#include "output/pdf_font.h"

#define PR_PDF_ALPHAS 1001

struct pr_pdf_content {
	const char *bytes;
	size_t count;
	bool *faces;                        /* those that the page uses */
	bool alphas[PR_PDF_ALPHAS];         /* likewise, by thousandths */
	const struct pr_picture **pictures; /* shown as P0, P1, … */
	size_t picture_count, picture_capacity;
};

/* Errors: PR_CODE_INTERNAL for a drawing that is not sound, PR_CODE_FONT for a character without a code. */
PR_CHECK bool pr_pdf_content_write(const struct pr_drawing *drawing, const struct pr_pdf_font *fonts, size_t face_count,
	struct pr_arena *arena, struct pr_pdf_content *content, struct pr_error *error);

#endif
