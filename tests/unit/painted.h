/*
 * A small document that uses all that painters know: two pages of Chinese and Latin text, a character above U+FFFF,
 * paths, dashes, clips, hatching, transparency, links, an outline, and a workbook. Made by hand, without templates.
 */
#ifndef PAINTED_H
#define PAINTED_H

#include "document/document.h"

/* `first` (a file for both weights, or NULL), Noto Sans SC of the build folder, DejaVu where it is installed. */
bool painted_open_faces(struct pr_typefaces **faces, const char *first, struct pr_error *error);
bool painted_document(
	struct pr_document *document, const struct pr_typefaces *faces, struct pr_arena *arena, struct pr_error *error);

/* The texts of the first page, line by line, as a reader should find them; ends with NULL. */
extern const char *const painted_lines[];

#endif
