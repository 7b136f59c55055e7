/*
 * A file that the caller has named with -o: what its ending asks for, whether it can be written, and a workbook as
 * bytes, so that every such file appears whole or not at all (pr_file_write).
 */
#ifndef PR_BATCH_TARGET_H
#define PR_BATCH_TARGET_H

#include "document/document.h"

/* Index of the path's ending among `endings` (without the dot, in small letters), capitals being the same; -1 = none.
 * A name that is nothing but an ending has none. */
int pr_target_ending(const char *path, const char *const *endings, int count);

/* PR_CODE_USAGE where the folder is none, or something is there that is no regular file. */
PR_CHECK bool pr_target_check(const char *path, struct pr_arena *arena, struct pr_error *error);

/* The workbook's painter needs a folder of its own, which is made beside `path` and removed again. */
PR_CHECK bool pr_target_paint_workbook(const char *path, const struct pr_document *document, struct pr_arena *arena,
	char **bytes, size_t *count, struct pr_error *error);

#endif
