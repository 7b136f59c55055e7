/* The PDF painter: replays a document's pages through libharu, with subset fonts, links, outline and metadata. Decides
 * nothing. The bytes lie in the arena. Same document, same bytes. Errors: PR_CODE_FONT, PR_CODE_OUTPUT, PR_CODE_INTERNAL. */
#ifndef PR_OUTPUT_PDF_H
#define PR_OUTPUT_PDF_H

#include "document/document.h"

PR_CHECK bool pr_pdf_paint(const struct pr_document *document, const struct pr_typefaces *faces, struct pr_arena *arena,
	char **bytes, size_t *count, struct pr_error *error);

#endif
