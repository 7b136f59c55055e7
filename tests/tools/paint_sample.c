/*
 * Paints the small document of tests/unit/painted.c into a folder, for tests that look at it with other programs:
 *     paint_sample FOLDER [FONT]
 * writes sample.pdf, sample.xlsx, page1.png, page2.png, page1.svg, page2.svg. FONT is asked for every character before Noto
 * Sans SC.
 */
#include <stdio.h>

#include "base/file.h"
#include "output/image.h"
#include "output/pdf.h"
#include "output/xlsx.h"
#include "painted.h"

#define PICTURE_SCALE (150.0 / 72)

static bool write(const char *folder, const char *name, const char *bytes, size_t count, struct pr_arena *arena,
	struct pr_error *error)
{
	return pr_file_write(pr_arena_format(arena, "%s/%s", folder, name), bytes, count, error);
}

static bool paint_pictures(const struct pr_document *document, const struct pr_typefaces *faces, const char *folder,
	struct pr_arena *arena, struct pr_error *error)
{
	char *bytes;
	size_t count;

	for (size_t page = 0; page < document->page_count; page++) {
		const struct pr_drawing *drawing = &document->pages[page].drawing;

		if (!pr_image_paint(drawing, faces, PR_IMAGE_PNG, PICTURE_SCALE, arena, &bytes, &count, error) ||
			!write(folder, pr_arena_format(arena, "page%zu.png", page + 1), bytes, count, arena, error) ||
			!pr_image_paint(drawing, faces, PR_IMAGE_SVG, 1, arena, &bytes, &count, error) ||
			!write(folder, pr_arena_format(arena, "page%zu.svg", page + 1), bytes, count, arena, error))
			return false;
	}
	return true;
}

static bool paint(
	const char *folder, const char *font, struct pr_typefaces **faces, struct pr_arena *arena, struct pr_error *error)
{
	struct pr_document document;
	char *bytes;
	size_t count;

	if (!painted_open_faces(faces, font, error))
		return false;
	return painted_document(&document, *faces, arena, error) &&
	       pr_pdf_paint(&document, *faces, arena, &bytes, &count, error) &&
	       write(folder, "sample.pdf", bytes, count, arena, error) &&
	       paint_pictures(&document, *faces, folder, arena, error) &&
	       pr_xlsx_paint(&document, pr_arena_format(arena, "%s/sample.xlsx", folder), arena, error);
}

int main(int count, char **arguments)
{
	struct pr_error error = {0};
	struct pr_typefaces *faces = NULL;
	struct pr_arena arena;
	bool done;

	if (count < 2 || count > 3) {
		(void)fprintf(stderr, "usage: paint_sample FOLDER [FONT]\n");
		return 2;
	}
	pr_arena_init(&arena);
	done = paint(arguments[1], count == 3 ? arguments[2] : NULL, &faces, &arena, &error);
	if (!done)
		(void)fprintf(stderr, "paint_sample: %s\n", error.text);
	pr_typefaces_free(faces);
	pr_arena_release(&arena);
	return done ? 0 : 1;
}
