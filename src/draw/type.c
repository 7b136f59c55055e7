#include "draw/type.h"

#include <ft2build.h>
#include FT_FREETYPE_H

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "draw/faces.h"

#define PAGE_CODES 256U
#define PAGE_COUNT (0x110000U / PAGE_CODES)
#define QUOTED_BYTES 60 /* of a text in a message */

/* What a face says of a character, in its own units; filled when it is first asked for. */
struct entry {
	bool known, present;
	short advance, left, right;
};

struct face {
	struct pr_arena *arena; /* the typefaces' own */
	const char *path;
	void *bytes; /* mapped; NULL = none */
	size_t size;
	FT_Face face;
	struct entry *pages[PAGE_COUNT];
};

struct pr_typefaces {
	struct pr_arena arena; /* holds all but the handles */
	FT_Library library;
	struct face *files; /* a file once, even where regular and bold both name it */
	size_t file_count;
	size_t *order; /* by weight, then as given: index into files */
	size_t per_weight;
	struct pr_line_breaker *breaker;
	bool stands_in;
};

static bool map_file(struct face *face, struct pr_error *error)
{
	int file = open(face->path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return pr_error_set(
			error, PR_CODE_FONT, "cannot open font '%s': %s", face->path, pr_error_reason(errno, (char[128]){0}));
	struct stat status;
	if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size <= 0) {
		close(file);
		return pr_error_set(error, PR_CODE_FONT, "cannot read font '%s'; expected a TrueType file", face->path);
	}
	face->size = (size_t)status.st_size;
	void *bytes = mmap(NULL, face->size, PROT_READ, MAP_PRIVATE, file, 0);
	close(file);
	if (bytes == MAP_FAILED)
		return pr_error_set(
			error, PR_CODE_FONT, "cannot map font '%s': %s", face->path, pr_error_reason(errno, (char[128]){0}));
	face->bytes = bytes;
	return true;
}

static bool open_face(struct pr_typefaces *faces, struct face *face, struct pr_error *error)
{
	if (!map_file(face, error))
		return false;
	FT_Error failure =
		FT_New_Memory_Face(faces->library, (const FT_Byte *)face->bytes, (FT_Long)face->size, 0, &face->face);
	if (failure != 0)
		return pr_error_set(error, PR_CODE_FONT, "cannot read font '%s': not a font that FreeType knows (error %d)",
			face->path, failure);
	if (!FT_IS_SCALABLE(face->face) || face->face->units_per_EM == 0)
		return pr_error_set(error, PR_CODE_FONT, "font '%s' has no outlines; expected a TrueType font", face->path);
	if (FT_Select_Charmap(face->face, FT_ENCODING_UNICODE) != 0)
		return pr_error_set(error, PR_CODE_FONT, "font '%s' has no Unicode character map", face->path);
	return true;
}

static bool add_file(struct pr_typefaces *faces, const char *path, size_t *index, struct pr_error *error)
{
	for (*index = 0; *index < faces->file_count; (*index)++)
		if (strcmp(faces->files[*index].path, path) == 0)
			return true;
	struct face *face = &faces->files[faces->file_count++];
	face->arena = &faces->arena;
	face->path = pr_arena_copy(&faces->arena, path);
	return open_face(faces, face, error);
}

static bool open_all(struct pr_typefaces *faces, const char *const *regular, const char *const *bold, size_t count,
	struct pr_error *error)
{
	for (size_t i = 0; i < 2 * count; i++)
		if (!add_file(faces, i < count ? regular[i] : bold[i - count], &faces->order[i], error))
			return false;
	return pr_line_breaker_open(&faces->breaker, error);
}

bool pr_typefaces_open(struct pr_typefaces **faces, const char *const *regular, const char *const *bold, size_t count,
	struct pr_error *error)
{
	*faces = NULL;
	if (count == 0)
		return pr_error_set(error, PR_CODE_FONT, "no fonts; expected at least one file a weight");
	struct pr_typefaces *made = calloc(1, sizeof *made);
	if (!made)
		abort();
	made->per_weight = count;
	pr_arena_init(&made->arena);
	made->files = pr_arena_array(&made->arena, 2 * count, sizeof *made->files);
	made->order = pr_arena_array(&made->arena, 2 * count, sizeof *made->order);
	if (FT_Init_FreeType(&made->library) != 0) {
		made->library = NULL;
		pr_error_set(error, PR_CODE_INTERNAL, "cannot start FreeType");
	} else if (open_all(made, regular, bold, count, error)) {
		*faces = made;
		return true;
	}
	pr_typefaces_free(made);
	return false;
}

static void release_face(struct face *face)
{
	if (face->face)
		FT_Done_Face(face->face);
	if (face->bytes)
		munmap(face->bytes, face->size);
}

void pr_typefaces_free(struct pr_typefaces *faces)
{
	if (!faces)
		return;
	for (size_t i = 0; i < faces->file_count; i++)
		release_face(&faces->files[i]);
	if (faces->library)
		FT_Done_FreeType(faces->library);
	pr_line_breaker_free(faces->breaker);
	pr_arena_release(&faces->arena);
	free(faces);
}

size_t pr_typefaces_count(const struct pr_typefaces *faces)
{
	return faces->file_count;
}

const void *pr_typefaces_bytes(const struct pr_typefaces *faces, size_t face, size_t *count, unsigned *index_in_file)
{
	*count = faces->files[face].size;
	*index_in_file = 0;
	return faces->files[face].bytes;
}

const char *pr_typefaces_path(const struct pr_typefaces *faces, size_t face)
{
	return faces->files[face].path;
}

void *pr_typefaces_freetype(const struct pr_typefaces *faces, size_t face)
{
	return faces->files[face].face;
}

struct pr_line_breaker *pr_faces_breaker(const struct pr_typefaces *faces)
{
	return faces->breaker;
}

void pr_typefaces_stand_in(struct pr_typefaces *faces)
{
	faces->stands_in = true;
}

bool pr_faces_stands_in(const struct pr_typefaces *faces)
{
	return faces->stands_in;
}

static void fill_entry(struct face *face, uint32_t code, struct entry *entry)
{
	entry->known = true;
	FT_UInt glyph = FT_Get_Char_Index(face->face, code);
	if (glyph == 0 || FT_Load_Glyph(face->face, glyph, FT_LOAD_NO_SCALE) != 0)
		return;
	const FT_Glyph_Metrics *metrics = &face->face->glyph->metrics;
	entry->present = true;
	entry->advance = (short)metrics->horiAdvance;
	entry->left = (short)(metrics->width > 0 ? metrics->horiBearingX : 0);
	entry->right = (short)(metrics->width > 0 ? metrics->horiBearingX + metrics->width : 0);
}

static const struct entry *find_entry(struct face *face, uint32_t code)
{
	struct entry **page = &face->pages[code / PAGE_CODES % PAGE_COUNT];
	if (!*page)
		*page = pr_arena_array(face->arena, PAGE_CODES, sizeof **page);
	struct entry *entry = &(*page)[code % PAGE_CODES];
	if (!entry->known)
		fill_entry(face, code, entry);
	return entry;
}

bool pr_faces_find(
	const struct pr_typefaces *faces, enum pr_weight weight, uint32_t code, struct pr_glyph_metrics *metrics)
{
	const size_t *order = &faces->order[weight == PR_BOLD ? faces->per_weight : 0];
	for (size_t i = 0; i < faces->per_weight; i++) {
		struct face *face = &faces->files[order[i]];
		const struct entry *entry = find_entry(face, code);
		if (!entry->present)
			continue;
		double em = face->face->units_per_EM;
		*metrics = (struct pr_glyph_metrics){order[i], entry->advance / em, entry->left / em, entry->right / em};
		return true;
	}
	return false;
}

bool pr_faces_refuse(
	const struct pr_typefaces *faces, enum pr_weight weight, uint32_t code, const char *text, struct pr_error *error)
{
	char glyph[5] = {0}, names[300] = {0};
	pr_utf8_put(glyph, code);
	size_t length = strlen(text);
	if (length > QUOTED_BYTES)
		for (length = QUOTED_BYTES; length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80;)
			length--;
	const size_t *order = &faces->order[weight == PR_BOLD ? faces->per_weight : 0];
	size_t used = 0;
	for (size_t i = 0; i < faces->per_weight && used < sizeof names; i++) {
		int put = snprintf(names + used, sizeof names - used, "%s%s", i == 0 ? "" : ", ", faces->files[order[i]].path);
		used += put > 0 ? (size_t)put : sizeof names;
	}
	return pr_error_set(error, PR_CODE_FONT, "no glyph for U+%04X '%s' in the text '%.*s'; fonts tried: %s",
		(unsigned)code, glyph, (int)length, text, names);
}
