/*
 * The PDF painter, the one file with libharu (2.3.0). What the pages show is written by pdf_content.c and put into
 * libharu's page streams as it is; fonts are cut by pdf_font.c and put in as objects of our own (libharu's font loader
 * drops glyphs of composite fonts, knows only characters up to U+FFFF, and writes a ToUnicode map that readers refuse).
 * libharu makes the document around them: objects, pages, links, outline, metadata, compression, cross-references.
 *
 * libharu's return codes are not trusted: its handler keeps the first error, and a document that had one is dead.
 */
#include "output/pdf.h"

#include <hpdf.h>
#include <hpdf_annotation.h>
#include <hpdf_destination.h>
#include <hpdf_doc.h>
#include <math.h>
#include <string.h>

#include "base/calendar.h"
#include "base/text.h"
#include "base/version.h"
#include "output/pdf_content.h"

#define READ_BYTES 65536
#define LARGEST_PDF (256U << 20)
#define DESCRIPTOR_FLAGS 4 /* symbolic: the font's own set of characters */

struct failure {
	HPDF_STATUS code, detail;
};

struct anchor {
	const char *name;
	size_t page;
	double y;
};

struct painter {
	const struct pr_document *document;
	const struct pr_pdf_font *fonts;
	size_t face_count;
	struct pr_arena *arena;
	struct pr_error *error;
	struct failure failure;
	HPDF_Doc pdf;
	HPDF_Dict *font_dicts;                /* by face; NULL = not made yet */
	HPDF_ExtGState alphas[PR_PDF_ALPHAS]; /* likewise */
	struct shown {
		const struct pr_picture *picture;
		HPDF_Dict dict;
	} * shown; /* pictures that are in the file */
	size_t shown_count, shown_capacity;
	HPDF_Page *pages;
	struct anchor *anchors; /* by name */
	size_t anchor_count, anchor_capacity;
};

static void record_failure(HPDF_STATUS code, HPDF_STATUS detail, void *data)
{
	struct failure *failure = data;

	if (failure->code == HPDF_OK)
		*failure = (struct failure){code, detail};
}

static bool check(struct painter *painter, const char *what)
{
	if (painter->failure.code == HPDF_OK)
		return true;
	return pr_error_set(painter->error, PR_CODE_OUTPUT, "cannot write the PDF (%s): libharu error 0x%04lX, detail %lu",
		what, (unsigned long)painter->failure.code, (unsigned long)painter->failure.detail);
}

/* --- fonts ------------------------------------------------------------------------------------------------------- */

static HPDF_Dict add_stream(struct painter *painter, const void *bytes, size_t count)
{
	HPDF_Dict dict = HPDF_DictStream_New(painter->pdf->mmgr, painter->pdf->xref);

	if (dict == NULL)
		return NULL;
	dict->filter = HPDF_STREAM_FILTER_FLATE_DECODE;
	HPDF_Stream_Write(dict->stream, bytes, (HPDF_UINT)count);
	return dict;
}

static HPDF_Dict add_dict(struct painter *painter)
{
	HPDF_Dict dict = HPDF_Dict_New(painter->pdf->mmgr);

	if (dict != NULL)
		HPDF_Xref_Add(painter->pdf->xref, dict);
	return dict;
}

static void add_numbers(HPDF_Array array, const int *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		HPDF_Array_AddNumber(array, values[i]);
}

static HPDF_Dict describe_font(struct painter *painter, const struct pr_pdf_font *font)
{
	HPDF_Dict descriptor = add_dict(painter);
	HPDF_Dict file = add_stream(painter, font->bytes, font->byte_count);
	HPDF_Array box = HPDF_Array_New(painter->pdf->mmgr);

	if (descriptor == NULL || file == NULL || box == NULL)
		return NULL;
	HPDF_Dict_AddNumber(file, "Length1", (HPDF_INT32)font->byte_count);
	add_numbers(box, font->box, 4);
	HPDF_Dict_AddName(descriptor, "Type", "FontDescriptor");
	HPDF_Dict_AddName(descriptor, "FontName", font->name);
	HPDF_Dict_AddNumber(descriptor, "Flags", DESCRIPTOR_FLAGS);
	HPDF_Dict_Add(descriptor, "FontBBox", box);
	HPDF_Dict_AddNumber(descriptor, "ItalicAngle", 0);
	HPDF_Dict_AddNumber(descriptor, "Ascent", font->ascent);
	HPDF_Dict_AddNumber(descriptor, "Descent", font->descent);
	HPDF_Dict_AddNumber(descriptor, "CapHeight", font->cap_height);
	HPDF_Dict_AddNumber(descriptor, "StemV", font->bold ? 140 : 80);
	HPDF_Dict_Add(descriptor, "FontFile2", file);
	return descriptor;
}

/* Widths of codes 1, 2, … : "1 [1000 555 …]", in parts, as an array holds 32,767 elements at most. */
static HPDF_Array list_widths(struct painter *painter, const struct pr_pdf_font *font)
{
	HPDF_Array all = HPDF_Array_New(painter->pdf->mmgr), part = NULL;

	for (size_t i = 0; all != NULL && i < font->count; i++) {
		if (i % 1000 == 0) {
			part = HPDF_Array_New(painter->pdf->mmgr);
			HPDF_Array_AddNumber(all, (HPDF_INT32)i + 1);
			HPDF_Array_Add(all, part);
		}
		if (font->widths[i] == floor(font->widths[i]))
			HPDF_Array_AddNumber(part, (HPDF_INT32)font->widths[i]);
		else
			HPDF_Array_AddReal(part, (HPDF_REAL)font->widths[i]);
	}
	return all;
}

/* Which glyph of the file a code shows; code 0 shows the glyph for missing ones. */
static HPDF_Dict map_glyphs(struct painter *painter, const struct pr_pdf_font *font)
{
	unsigned char *map = pr_arena_array(painter->arena, font->count + 1, 2);

	for (size_t i = 0; i < font->count; i++) {
		map[2 * i + 2] = (unsigned char)(font->glyphs[i] >> 8);
		map[2 * i + 3] = (unsigned char)(font->glyphs[i] & 0xFF);
	}
	return add_stream(painter, map, 2 * (font->count + 1));
}

static HPDF_Dict describe_characters(struct painter *painter, const struct pr_pdf_font *font)
{
	HPDF_Dict dict = add_dict(painter), descriptor = describe_font(painter, font), map = map_glyphs(painter, font);
	HPDF_Dict system = HPDF_Dict_New(painter->pdf->mmgr);
	HPDF_Array widths = list_widths(painter, font);

	if (dict == NULL || descriptor == NULL || map == NULL || system == NULL || widths == NULL)
		return NULL;
	HPDF_Dict_Add(system, "Registry", HPDF_String_New(painter->pdf->mmgr, "Adobe", NULL));
	HPDF_Dict_Add(system, "Ordering", HPDF_String_New(painter->pdf->mmgr, "Identity", NULL));
	HPDF_Dict_AddNumber(system, "Supplement", 0);
	HPDF_Dict_AddName(dict, "Type", "Font");
	HPDF_Dict_AddName(dict, "Subtype", "CIDFontType2");
	HPDF_Dict_AddName(dict, "BaseFont", font->name);
	HPDF_Dict_Add(dict, "CIDSystemInfo", system);
	HPDF_Dict_Add(dict, "FontDescriptor", descriptor);
	HPDF_Dict_AddNumber(dict, "DW", 1000);
	HPDF_Dict_Add(dict, "W", widths);
	HPDF_Dict_Add(dict, "CIDToGIDMap", map);
	return dict;
}

static bool make_font(struct painter *painter, size_t face)
{
	const struct pr_pdf_font *font = &painter->fonts[face];
	const char *text = pr_pdf_font_to_unicode(font, painter->arena);
	HPDF_Dict dict = add_dict(painter), characters = describe_characters(painter, font);
	HPDF_Dict to_unicode = add_stream(painter, text, strlen(text));
	HPDF_Array descendants = HPDF_Array_New(painter->pdf->mmgr);

	if (dict == NULL || characters == NULL || to_unicode == NULL || descendants == NULL)
		return check(painter, "fonts");
	HPDF_Array_Add(descendants, characters);
	HPDF_Dict_AddName(dict, "Type", "Font");
	HPDF_Dict_AddName(dict, "Subtype", "Type0");
	HPDF_Dict_AddName(dict, "BaseFont", font->name);
	HPDF_Dict_AddName(dict, "Encoding", "Identity-H");
	HPDF_Dict_Add(dict, "DescendantFonts", descendants);
	HPDF_Dict_Add(dict, "ToUnicode", to_unicode);
	painter->font_dicts[face] = dict;
	return check(painter, "fonts");
}

/* --- pages ------------------------------------------------------------------------------------------------------- */

static HPDF_Dict resources_part(struct painter *painter, HPDF_Page page, const char *key)
{
	HPDF_Dict resources = HPDF_Page_GetInheritableItem(page, "Resources", HPDF_OCLASS_DICT);
	HPDF_Dict part = HPDF_Dict_New(painter->pdf->mmgr);

	if (resources == NULL || part == NULL || HPDF_Dict_Add(resources, key, part) != HPDF_OK)
		return NULL;
	return part;
}

static bool name_fonts(struct painter *painter, HPDF_Page page, const struct pr_pdf_content *content)
{
	HPDF_Dict fonts = NULL;

	for (size_t face = 0; face < painter->face_count; face++) {
		if (!content->faces[face])
			continue;
		if (painter->font_dicts[face] == NULL && !make_font(painter, face))
			return false;
		if (fonts == NULL && (fonts = resources_part(painter, page, "Font")) == NULL)
			return check(painter, "fonts");
		HPDF_Dict_Add(fonts, pr_arena_format(painter->arena, "F%zu", face), painter->font_dicts[face]);
	}
	return check(painter, "fonts");
}

static bool name_alphas(struct painter *painter, HPDF_Page page, const struct pr_pdf_content *content)
{
	HPDF_Dict states = NULL;

	for (int i = 0; i < PR_PDF_ALPHAS; i++) {
		if (!content->alphas[i])
			continue;
		if (painter->alphas[i] == NULL) {
			painter->alphas[i] = HPDF_CreateExtGState(painter->pdf);
			HPDF_ExtGState_SetAlphaFill(painter->alphas[i], (HPDF_REAL)i / 1000);
			HPDF_ExtGState_SetAlphaStroke(painter->alphas[i], (HPDF_REAL)i / 1000);
		}
		if (states == NULL && (states = resources_part(painter, page, "ExtGState")) == NULL)
			return check(painter, "transparency");
		HPDF_Dict_Add(states, pr_arena_format(painter->arena, "A%d", i), painter->alphas[i]);
	}
	return check(painter, "transparency");
}

/* One channel or three of a picture's pixels as an image. */
static HPDF_Dict add_image(struct painter *painter, const struct pr_picture *picture, bool alpha)
{
	const size_t count = (size_t)picture->width * (size_t)picture->height, channels = alpha ? 1 : 3;
	unsigned char *bytes = pr_arena_array(painter->arena, count, channels), *out = bytes;
	HPDF_Dict image;

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < channels; k++)
			*out++ = picture->rgba[4 * i + (alpha ? 3 : k)];
	image = add_stream(painter, bytes, count * channels);
	if (image == NULL)
		return NULL;
	HPDF_Dict_AddName(image, "Type", "XObject");
	HPDF_Dict_AddName(image, "Subtype", "Image");
	HPDF_Dict_AddNumber(image, "Width", picture->width);
	HPDF_Dict_AddNumber(image, "Height", picture->height);
	HPDF_Dict_AddName(image, "ColorSpace", alpha ? "DeviceGray" : "DeviceRGB");
	HPDF_Dict_AddNumber(image, "BitsPerComponent", 8);
	return image;
}

/* The image of a picture, put into the file once; transparency is an image of its own. */
static HPDF_Dict show_picture(struct painter *painter, const struct pr_picture *picture)
{
	HPDF_Dict image, mask;

	for (size_t i = 0; i < painter->shown_count; i++)
		if (painter->shown[i].picture == picture)
			return painter->shown[i].dict;
	image = add_image(painter, picture, false);
	if (image != NULL && !picture->opaque && (mask = add_image(painter, picture, true)) != NULL)
		HPDF_Dict_Add(image, "SMask", mask);
	*PR_PUSH(painter->arena, painter->shown, painter->shown_count, painter->shown_capacity) =
		(struct shown){picture, image};
	return image;
}

static bool name_pictures(struct painter *painter, HPDF_Page page, const struct pr_pdf_content *content)
{
	HPDF_Dict pictures = NULL;

	for (size_t i = 0; i < content->picture_count; i++) {
		HPDF_Dict image = show_picture(painter, content->pictures[i]);

		if (image == NULL || (pictures == NULL && (pictures = resources_part(painter, page, "XObject")) == NULL))
			return check(painter, "pictures");
		HPDF_Dict_Add(pictures, pr_arena_format(painter->arena, "P%zu", i), image);
	}
	return check(painter, "pictures");
}

static bool paint_page(struct painter *painter, size_t number)
{
	const struct pr_drawing *drawing = &painter->document->pages[number].drawing;
	struct pr_pdf_content content;
	HPDF_Page page;

	if (!pr_pdf_content_write(drawing, painter->fonts, painter->face_count, painter->arena, &content, painter->error))
		return false;
	page = HPDF_AddPage(painter->pdf);
	if (page == NULL)
		return check(painter, "pages");
	painter->pages[number] = page;
	HPDF_Page_SetWidth(page, (HPDF_REAL)drawing->width);
	HPDF_Page_SetHeight(page, (HPDF_REAL)drawing->height);
	HPDF_Stream_Write(((HPDF_PageAttr)page->attr)->stream, (const HPDF_BYTE *)content.bytes, (HPDF_UINT)content.count);
	return name_fonts(painter, page, &content) && name_alphas(painter, page, &content) &&
	       name_pictures(painter, page, &content) && check(painter, "pages");
}

/* --- links and outline ------------------------------------------------------------------------------------------- */

static void collect_anchors(struct painter *painter)
{
	for (size_t page = 0; page < painter->document->page_count; page++) {
		const struct pr_drawing *drawing = &painter->document->pages[page].drawing;

		for (size_t i = 0; i < drawing->count; i++)
			if (drawing->ops[i].kind == PR_OP_ANCHOR)
				*PR_PUSH(painter->arena, painter->anchors, painter->anchor_count, painter->anchor_capacity) =
					(struct anchor){drawing->ops[i].name, page, drawing->ops[i].y};
	}
}

static const struct anchor *find_anchor(const struct painter *painter, const char *name)
{
	for (size_t i = 0; i < painter->anchor_count; i++)
		if (pr_text_equal(painter->anchors[i].name, name))
			return &painter->anchors[i];
	return NULL;
}

/* A place on a page that keeps the reader's zoom: "[page /XYZ null y null]", which libharu's own call refuses. */
static HPDF_Destination make_destination(struct painter *painter, size_t page, double y)
{
	HPDF_Destination place = HPDF_Page_CreateDestination(painter->pages[page]);
	const double height = painter->document->pages[page].drawing.height;

	if (place == NULL)
		return NULL;
	HPDF_Array_Clear(place);
	HPDF_Array_Add(place, painter->pages[page]);
	HPDF_Array_AddName(place, "XYZ");
	HPDF_Array_Add(place, HPDF_Null_New(painter->pdf->mmgr));
	HPDF_Array_AddReal(place, (HPDF_REAL)(isfinite(y) ? fmax(0, fmin(height, height - y)) : height));
	HPDF_Array_Add(place, HPDF_Null_New(painter->pdf->mmgr));
	return place;
}

static bool link_page(struct painter *painter, size_t number)
{
	const struct pr_drawing *drawing = &painter->document->pages[number].drawing;

	for (size_t i = 0; i < drawing->count; i++) {
		const struct pr_op *op = &drawing->ops[i];
		const struct anchor *anchor;
		HPDF_Annotation link;

		if (op->kind != PR_OP_LINK)
			continue;
		anchor = find_anchor(painter, op->name);
		if (anchor == NULL)
			return pr_error_set(painter->error, PR_CODE_INTERNAL, "PDF: a link leads to '%s', which no page has",
				op->name == NULL ? "" : op->name);
		link = HPDF_Page_CreateLinkAnnot(painter->pages[number],
			(HPDF_Rect){(HPDF_REAL)op->rect.x, (HPDF_REAL)(drawing->height - op->rect.y - op->rect.height),
				(HPDF_REAL)(op->rect.x + op->rect.width), (HPDF_REAL)(drawing->height - op->rect.y)},
			make_destination(painter, anchor->page, anchor->y));
		if (link != NULL)
			HPDF_LinkAnnot_SetBorderStyle(link, 0, 0, 0);
	}
	return check(painter, "links");
}

/* Text in UTF-16 with its mark, whole also above U+FFFF. */
static HPDF_Binary make_text(struct painter *painter, const char *text)
{
	unsigned char *bytes = pr_arena_array(painter->arena, pr_utf8_count(text) + 1, 4);
	HPDF_UINT count = 0;
	uint32_t code;

	bytes[count++] = 0xFE;
	bytes[count++] = 0xFF;
	while ((code = pr_utf8_next(&text)) != 0) {
		const uint32_t units[2] = {0xD800 + ((code - 0x10000) >> 10), 0xDC00 + ((code - 0x10000) & 0x3FF)};

		for (int i = 0; i < (code >= 0x10000 ? 2 : 1); i++) {
			const uint32_t unit = code >= 0x10000 ? units[i] : code;

			bytes[count++] = (unsigned char)(unit >> 8);
			bytes[count++] = (unsigned char)(unit & 0xFF);
		}
	}
	return HPDF_Binary_New(painter->pdf->mmgr, bytes, count);
}

#define DEEPEST_OUTLINE 8

static bool write_outline(struct painter *painter)
{
	HPDF_Outline parents[DEEPEST_OUTLINE + 1] = {NULL};
	int deepest = 0;

	for (size_t i = 0; i < painter->document->outline_count; i++) {
		const struct pr_outline_entry *entry = &painter->document->outline[i];
		/* An entry that skips a level hangs under the last one there is. */
		const int level = entry->level < 1 ? 1 : entry->level > deepest + 1 ? deepest + 1 : entry->level;
		HPDF_Outline outline;

		if (entry->page >= painter->document->page_count || level > DEEPEST_OUTLINE)
			return pr_error_set(painter->error, PR_CODE_INTERNAL,
				"PDF: outline entry '%s' at page %zu, level %d, expected a page below %zu and at most level %d",
				entry->title, entry->page, level, painter->document->page_count, DEEPEST_OUTLINE);
		outline = HPDF_CreateOutline(painter->pdf, parents[level - 1], "-", NULL);
		if (outline == NULL)
			return check(painter, "outline");
		HPDF_Dict_Add(outline, "Title", make_text(painter, entry->title));
		HPDF_Outline_SetDestination(outline, make_destination(painter, entry->page, entry->y));
		parents[level] = outline;
		deepest = level;
	}
	if (painter->document->outline_count > 0)
		HPDF_SetPageMode(painter->pdf, HPDF_PAGE_MODE_USE_OUTLINE);
	return check(painter, "outline");
}

/* --- the document ------------------------------------------------------------------------------------------------ */

static void set_info(struct painter *painter, const char *key, HPDF_InfoType type, const char *text)
{
	if (text == NULL || text[0] == '\0')
		return;
	/* libharu makes the dictionary with the first text; its texts know no character above U+FFFF. */
	HPDF_SetInfoAttr(painter->pdf, type, "-");
	if (painter->pdf->info != NULL)
		HPDF_Dict_Add(painter->pdf->info, key, make_text(painter, text));
}

static bool write_metadata(struct painter *painter)
{
	const struct pr_document *document = painter->document;
	const struct pr_local_time time = pr_zone_local(NULL, document->created_ms);
	const HPDF_Date date = {time.date.year, time.date.month, time.date.day, time.minute_of_day / 60,
		time.minute_of_day % 60, time.second, 'Z', 0, 0};

	set_info(painter, "Title", HPDF_INFO_TITLE, document->title);
	set_info(painter, "Author", HPDF_INFO_AUTHOR, document->author);
	set_info(painter, "Subject", HPDF_INFO_SUBJECT, document->subject);
	set_info(painter, "Creator", HPDF_INFO_CREATOR, "powerreport " PR_VERSION);
	HPDF_SetInfoDateAttr(painter->pdf, HPDF_INFO_CREATION_DATE, date);
	HPDF_SetInfoDateAttr(painter->pdf, HPDF_INFO_MOD_DATE, date);
	if (document->locale != NULL)
		HPDF_Dict_Add(painter->pdf->catalog, "Lang", HPDF_String_New(painter->pdf->mmgr, document->locale, NULL));
	return check(painter, "metadata");
}

static bool read_back(struct painter *painter, char **bytes, size_t *count)
{
	HPDF_UINT32 size, done = 0;

	HPDF_SaveToStream(painter->pdf);
	if (!check(painter, "saving"))
		return false;
	size = HPDF_GetStreamSize(painter->pdf);
	if (size == 0 || size > LARGEST_PDF)
		return pr_error_set(
			painter->error, PR_CODE_OUTPUT, "the PDF has %u bytes, expected 1 to %u", size, LARGEST_PDF);
	HPDF_ResetStream(painter->pdf);
	*bytes = pr_arena_alloc(painter->arena, (size_t)size + 1);
	while (done < size) {
		HPDF_UINT32 part = size - done < READ_BYTES ? size - done : READ_BYTES;

		HPDF_ReadFromStream(painter->pdf, (HPDF_BYTE *)*bytes + done, &part);
		if (part == 0)
			return pr_error_set(painter->error, PR_CODE_OUTPUT, "the PDF ends after %u of its %u bytes", done, size);
		done += part;
	}
	*count = size;
	return check(painter, "reading back");
}

static bool paint_document(struct painter *painter, char **bytes, size_t *count)
{
	const struct pr_document *document = painter->document;

	HPDF_SetCompressionMode(painter->pdf, HPDF_COMP_ALL);
	painter->pdf->pdf_version = HPDF_VER_14; /* transparency, and text that stands for what is shown */
	for (size_t i = 0; i < document->page_count; i++)
		if (!paint_page(painter, i))
			return false;
	collect_anchors(painter);
	for (size_t i = 0; i < document->page_count; i++)
		if (!link_page(painter, i))
			return false;
	return write_outline(painter) && write_metadata(painter) && read_back(painter, bytes, count);
}

bool pr_pdf_paint(const struct pr_document *document, const struct pr_typefaces *faces, struct pr_arena *arena,
	char **bytes, size_t *count, struct pr_error *error)
{
	struct painter painter = {.document = document, .arena = arena, .error = error};
	struct pr_pdf_font *fonts = NULL;
	bool done;

	if (document->page_count == 0)
		return pr_error_set(error, PR_CODE_INTERNAL, "PDF: a document without pages");
	if (!pr_pdf_fonts_make(document->pages, document->page_count, faces, arena, &fonts, error))
		return false;
	painter.fonts = fonts;
	painter.face_count = pr_typefaces_count(faces);
	painter.font_dicts = pr_arena_array(arena, painter.face_count + 1, sizeof(HPDF_Dict));
	painter.pages = pr_arena_array(arena, document->page_count, sizeof(HPDF_Page));
	painter.pdf = HPDF_New(record_failure, &painter.failure);
	if (painter.pdf == NULL)
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot write the PDF: libharu does not start");
	done = paint_document(&painter, bytes, count);
	HPDF_Free(painter.pdf);
	return done;
}
