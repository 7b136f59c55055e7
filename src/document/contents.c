/* The contents: chapters with their figures and tables, each a link to its page. */
#include "document/flow.h"

#define TITLE_BASELINE 91.0
#define FIRST_BASELINE 133.0
#define NUMBER_X PR_PAGE_LEFT
#define TITLE_X 98.5
#define PAGE_GAP 20.0

/* From line to line, and above a chapter: closer where that spares a page with a few lines on it. */
static const struct spacing {
	double leading, chapter;
} spacings[] = {{14, 12}, {12.5, 10}, {11, 7}, {10.5, 5}};
#define SPACING_COUNT (sizeof spacings / sizeof *spacings)

struct contents {
	const struct pr_builder *builder;
	const struct pr_scope *scope;
	struct pr_page *pages;
	size_t count, capacity;
	double y;
	const struct spacing *spacing;
	struct pr_error *error;
};

static bool start_page(struct contents *contents)
{
	const struct pr_builder *builder = contents->builder;
	struct pr_page *page = PR_PUSH(builder->arena, contents->pages, contents->count, contents->capacity);
	const char *title;

	pr_drawing_init(&page->drawing, PR_PAGE_WIDTH, PR_PAGE_HEIGHT, builder->arena);
	contents->y = FIRST_BASELINE;
	return pr_words_text(
			   &builder->context, contents->scope, builder->edition->contents_title, &title, contents->error) &&
	       pr_draw_text(&page->drawing, builder->faces, title, pr_type_role_style(builder, PR_TYPE_CHAPTER), TITLE_X,
			   TITLE_BASELINE, PR_ALIGN_LEFT, NULL, contents->error);
}

static bool draw_entry(struct contents *contents, const struct pr_contents_entry *entry, size_t page_number)
{
	const struct pr_builder *builder = contents->builder;
	struct pr_drawing *drawing = &contents->pages[contents->count - 1].drawing;
	struct pr_style cell = pr_type_role_style(builder, PR_TYPE_CELL);
	struct pr_style number = pr_style_role(builder, cell, entry->level == 1 ? "accent" : "text3");
	const char *page = pr_arena_format(builder->arena, "%zu", page_number);
	struct pr_span span = {.text = entry->title, .finding = PR_TAG_TITLE};
	struct pr_text_line line;
	double right = PR_PAGE_LEFT + PR_PAGE_CONTENT;

	cell = pr_style_bold(cell, entry->level == 1);
	number.size_pt = entry->level == 1 ? cell.size_pt : 7;
	span.style = entry->level == 1 ? cell : pr_style_role(builder, cell, "text2");
	if (!pr_type_fit(builder->faces, &span, right - TITLE_X - PAGE_GAP, builder->arena, &line, contents->error))
		return false;
	pr_draw_set_line(drawing, &line, TITLE_X, contents->y, PR_ALIGN_LEFT, 0);
	pr_draw_link(drawing, (struct pr_rect){NUMBER_X, contents->y - 10, PR_PAGE_CONTENT, contents->spacing->leading},
		entry->anchor);
	return pr_draw_text(drawing, builder->faces, entry->number, number, NUMBER_X, contents->y, PR_ALIGN_LEFT,
			   PR_TAG_PLACE, contents->error) &&
	       pr_draw_text(
			   drawing, builder->faces, page, cell, right, contents->y, PR_ALIGN_RIGHT, PR_TAG_PLACE, contents->error);
}

/* How many pages the entries take: their pages come behind these. */
static size_t pages_needed(const struct pr_contents_entry *entries, size_t count, const struct spacing *spacing)
{
	double y = FIRST_BASELINE;
	size_t pages = 1;

	for (size_t i = 0; i < count; i++) {
		y += i > 0 ? spacing->leading + (entries[i].level == 1 ? spacing->chapter : 0) : 0;
		if (y > PR_PAGE_BOTTOM) {
			pages++;
			y = FIRST_BASELINE;
		}
	}
	return pages;
}

static const struct spacing *choose_spacing(const struct pr_contents_entry *entries, size_t count)
{
	size_t loosest = 0;

	while (loosest + 1 < SPACING_COUNT && pages_needed(entries, count, &spacings[loosest]) > 1)
		loosest++;
	return &spacings[pages_needed(entries, count, &spacings[loosest]) > 1 ? 0 : loosest];
}

size_t pr_contents_pages(const struct pr_contents_entry *entries, size_t count)
{
	return pages_needed(entries, count, choose_spacing(entries, count));
}

bool pr_contents_build(const struct pr_builder *builder, const struct pr_scope *tenant,
	const struct pr_contents_entry *entries, size_t count, size_t pages_before, struct pr_page **pages,
	size_t *page_count, struct pr_error *error)
{
	struct contents contents = {.builder = builder, .scope = tenant, .error = error};
	size_t first;

	contents.spacing = choose_spacing(entries, count);
	first = pages_before + pages_needed(entries, count, contents.spacing) + 1;

	if (!start_page(&contents))
		return false;
	for (size_t i = 0; i < count; i++) {
		contents.y += i > 0 ? contents.spacing->leading + (entries[i].level == 1 ? contents.spacing->chapter : 0) : 0;
		if (contents.y > PR_PAGE_BOTTOM && !start_page(&contents))
			return false;
		if (!draw_entry(&contents, &entries[i], first + entries[i].page))
			return false;
	}
	*pages = contents.pages;
	*page_count = contents.count;
	return true;
}
