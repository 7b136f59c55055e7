/*
 * The contents: chapters with their figures and tables, each a link to its page. Few stand in one column; more in two,
 * a chapter never parted where it fits, both columns as high as each other.
 */
#include "document/flow.h"

#include <math.h>

#define TITLE_BASELINE 91.0
#define FIRST_BASELINE 133.0
#define TITLE_X 98.5
#define PAGE_GAP 20.0
#define NUMBER_WIDTH 42.5 /* a column and its gutter */
#define COLUMN_STEP 255.0 /* six columns and a gutter */
#define COLUMN_WIDTH 241.0
#define WRAP_LEADING 11.0
#define LINK_RISE 10.0
#define LINK_HEIGHT 14.0
#define GRID_STEPS 93 /* from the first baseline to the last */

/* The first that all entries fit into on one page. */
static const struct form {
	size_t columns;
	double leading, chapter; /* from line to line, and more above a chapter */
} forms[] = {{1, 14, 12}, {2, 14, 14}, {2, 14, 7}, {2, 12.5, 7}, {2, 11.5, 5}};
#define FORM_COUNT (sizeof forms / sizeof *forms)

struct set_entry {
	struct pr_text_line *lines;
	size_t line_count;
	size_t column; /* through all pages */
	double y;
};

struct contents {
	const struct pr_builder *builder;
	const struct pr_contents_entry *entries;
	size_t count;
	const struct form *form;
	struct set_entry *set;
	size_t column_count;
	struct pr_error *error;
};

static struct pr_style title_style(const struct contents *contents, const struct pr_contents_entry *entry)
{
	const struct pr_builder *builder = contents->builder;

	if (entry->level == 1)
		return pr_style_bold(pr_type_role_style(builder, PR_TYPE_CELL), true);
	return pr_style_role(
		builder, pr_type_role_style(builder, contents->form->columns > 1 ? PR_TYPE_HEAD : PR_TYPE_CELL), "text2");
}

static double column_width(const struct contents *contents)
{
	return contents->form->columns > 1 ? COLUMN_WIDTH : PR_PAGE_CONTENT;
}

static bool set_titles(struct contents *contents)
{
	double measure = column_width(contents) - NUMBER_WIDTH - PAGE_GAP;

	for (size_t i = 0; i < contents->count; i++) {
		const struct pr_contents_entry *entry = &contents->entries[i];
		struct pr_span span = {.text = entry->title, .style = title_style(contents, entry), .finding = PR_TAG_TITLE};

		if (!pr_type_paragraph(contents->builder->faces, &span, 1, measure, contents->builder->arena,
				&contents->set[i].lines, &contents->set[i].line_count, contents->error))
			return false;
	}
	return true;
}

static double wrapped(const struct set_entry *set)
{
	return WRAP_LEADING * (double)(set->line_count > 1 ? set->line_count - 1 : 0);
}

/* How far below an entry's first baseline its chapter ends; of a figure, itself. */
static double reach_of(const struct contents *contents, size_t index)
{
	double reach = wrapped(&contents->set[index]);

	for (size_t i = index + 1; contents->entries[index].level == 1 && i < contents->count; i++) {
		if (contents->entries[i].level == 1)
			break;
		reach += contents->form->leading + wrapped(&contents->set[i]);
	}
	return reach;
}

/* Places every entry in columns that end at `bottom`. */
static void place(struct contents *contents, double bottom)
{
	const struct form *form = contents->form;
	double y = FIRST_BASELINE;
	bool at_top = true;

	contents->column_count = 1;
	for (size_t i = 0; i < contents->count; i++) {
		bool is_chapter = contents->entries[i].level == 1;
		double reach = reach_of(contents, i);

		if (!at_top)
			y += form->leading + (is_chapter ? form->chapter : 0);
		if (!at_top && (y + wrapped(&contents->set[i]) > bottom ||
						   (is_chapter && y + reach > bottom && FIRST_BASELINE + reach <= bottom))) {
			contents->column_count++;
			y = FIRST_BASELINE;
		}
		contents->set[i].column = contents->column_count - 1;
		contents->set[i].y = y;
		y += wrapped(&contents->set[i]);
		at_top = false;
	}
}

/* Whether all fit on one page; its columns are then no higher than they need to be. */
static bool fits_one_page(struct contents *contents)
{
	place(contents, PR_PAGE_BOTTOM);
	if (contents->column_count > contents->form->columns)
		return false;
	for (int step = 0; step < GRID_STEPS; step++) {
		place(contents, PR_PAGE_BOTTOM - PR_GRID * (GRID_STEPS - step));
		if (contents->column_count <= contents->form->columns)
			return true;
	}
	place(contents, PR_PAGE_BOTTOM);
	return true;
}

static bool choose_form(struct contents *contents)
{
	contents->set = pr_arena_array(contents->builder->arena, contents->count + 1, sizeof *contents->set);
	for (size_t i = 0; i < FORM_COUNT; i++) {
		contents->form = &forms[i];
		if ((i == 0 || forms[i].columns != forms[i - 1].columns) && !set_titles(contents))
			return false;
		if (fits_one_page(contents))
			return true;
	}
	contents->form = &forms[1];
	place(contents, PR_PAGE_BOTTOM);
	return true;
}

static size_t pages_of(const struct contents *contents)
{
	return (contents->column_count + contents->form->columns - 1) / contents->form->columns;
}

bool pr_contents_pages(const struct pr_builder *builder, const struct pr_contents_entry *entries, size_t count,
	size_t *pages, struct pr_error *error)
{
	struct contents contents = {.builder = builder, .entries = entries, .count = count, .error = error};

	if (!choose_form(&contents))
		return false;
	*pages = pages_of(&contents);
	return true;
}

static bool start_page(struct contents *contents, const struct pr_scope *tenant, struct pr_page *page)
{
	const struct pr_builder *builder = contents->builder;
	const char *title;

	pr_drawing_init(&page->drawing, PR_PAGE_WIDTH, PR_PAGE_HEIGHT, builder->arena);
	return pr_words_text(&builder->context, tenant, builder->edition->contents_title, &title, contents->error) &&
	       pr_draw_text(&page->drawing, builder->faces, title, pr_type_role_style(builder, PR_TYPE_CHAPTER), TITLE_X,
			   TITLE_BASELINE, PR_ALIGN_LEFT, NULL, contents->error);
}

static bool draw_entry(struct contents *contents, size_t index, struct pr_page *pages, size_t first)
{
	const struct pr_builder *builder = contents->builder;
	const struct pr_contents_entry *entry = &contents->entries[index];
	const struct set_entry *set = &contents->set[index];
	struct pr_drawing *drawing = &pages[set->column / contents->form->columns].drawing;
	struct pr_style title = title_style(contents, entry);
	struct pr_style number = pr_style_role(builder, title, entry->level == 1 ? "accent" : "text3");
	const char *page = pr_arena_format(builder->arena, "%zu", first + entry->page);
	double left = PR_PAGE_LEFT + COLUMN_STEP * (double)(set->column % contents->form->columns);

	number.weight = PR_REGULAR;
	if (entry->level > 1)
		number.size_pt = 7;
	pr_draw_link(drawing,
		(struct pr_rect){left, set->y - LINK_RISE, column_width(contents), LINK_HEIGHT + wrapped(set)}, entry->anchor);
	if (!pr_draw_text(
			drawing, builder->faces, entry->number, number, left, set->y, PR_ALIGN_LEFT, PR_TAG_PLACE, contents->error))
		return false;
	pr_flow_lines(drawing, set->lines, set->line_count, left + NUMBER_WIDTH, set->y, WRAP_LEADING);
	return pr_draw_text(drawing, builder->faces, page, title, left + column_width(contents), set->y, PR_ALIGN_RIGHT,
		PR_TAG_PLACE, contents->error);
}

bool pr_contents_build(const struct pr_builder *builder, const struct pr_scope *tenant,
	const struct pr_contents_entry *entries, size_t count, size_t pages_before, struct pr_page **pages,
	size_t *page_count, struct pr_error *error)
{
	struct contents contents = {.builder = builder, .entries = entries, .count = count, .error = error};

	if (!choose_form(&contents))
		return false;
	*page_count = pages_of(&contents);
	*pages = pr_arena_array(builder->arena, *page_count, sizeof **pages);
	for (size_t i = 0; i < *page_count; i++)
		if (!start_page(&contents, tenant, &(*pages)[i]))
			return false;
	for (size_t i = 0; i < count; i++)
		if (!draw_entry(&contents, i, *pages, pages_before + *page_count + 1))
			return false;
	return true;
}
