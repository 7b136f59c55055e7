/*
 * Pages: chapters flow onto them, block rows never parted from their titles, long tables broken with their heads
 * repeated. Then the contents are set, which must know the pages, and heads and feet, which must know how many.
 */
#include "document/flow.h"

#include <math.h>
#include <string.h>

#define CHAPTER_TITLE_X 98.5
#define LEDE_BASELINE 115.0
#define LEDE_LEADING 17.0
#define FIRST_BLOCK_WITHOUT_LEDE 112.0
#define ROW_BLOCKS_MAX 12
#define SETTLE_ROUNDS 6
#define COLUMN_STEP 42.5
#define COLUMN_GUTTER 14.0

/* Where a reference is to be set. */
struct reference {
	const struct pr_scope *scope;
	struct pr_flow_reference what;
	size_t page;
	double x, y;
};

struct chapter_head {
	struct pr_text_line *title, *lede;
	size_t title_count, lede_count;
	const char *plain_title;
	double height; /* from the title's baseline to the first block's rule */
};

/* A chapter laid out, not yet placed. */
struct laid_chapter {
	const struct pr_chapter_definition *definition;
	const struct pr_scope *scope;
	int number;
	bool asks; /* its words point to pages */
	struct chapter_head head;
};

/* A chapter's head (no flows), or blocks that stand beside each other. */
struct laid_item {
	struct laid_chapter *chapter;
	struct pr_flow *flows;
	size_t count;
};

struct maker {
	const struct pr_builder *builder;
	const struct pr_scope *tenant;
	struct pr_page *pages;
	size_t page_count, page_capacity;
	double y; /* the next block's rule */
	struct laid_item *items;
	size_t item_count, item_capacity;
	struct pr_contents_entry *entries;
	size_t entry_count, entry_capacity;
	struct pr_document_chart *charts;
	size_t chart_count, chart_capacity;
	struct reference *references;
	size_t reference_count, reference_capacity;
	struct pr_guide found;             /* where everything stands, pages from 0 */
	const struct laid_chapter *placed; /* the chapter that is being placed */
	int chapter, figure, table;        /* the last numbers given */
	struct pr_error *error;
};

static double snap(double y)
{
	return ceil(y / PR_GRID - 1e-6) * PR_GRID;
}

static struct pr_drawing *page_of(struct maker *maker)
{
	return &maker->pages[maker->page_count - 1].drawing;
}

static void new_page(struct maker *maker)
{
	struct pr_page *page = PR_PUSH(maker->builder->arena, maker->pages, maker->page_count, maker->page_capacity);

	pr_drawing_init(&page->drawing, PR_PAGE_WIDTH, PR_PAGE_HEIGHT, maker->builder->arena);
	maker->y = PR_PAGE_TOP;
}

static void add_entry(struct maker *maker, const char *number, const char *title, int level, const char *anchor)
{
	*PR_PUSH(maker->builder->arena, maker->entries, maker->entry_count, maker->entry_capacity) =
		(struct pr_contents_entry){
			.number = number, .title = title, .level = level, .page = maker->page_count - 1, .anchor = anchor};
}

static void add_place(struct maker *maker, const char *block, const char *number, const char *anchor)
{
	*PR_PUSH(maker->builder->arena, maker->found.places, maker->found.count, maker->found.capacity) =
		(struct pr_guide_place){.chapter = maker->placed->definition->name,
			.block = block,
			.scope = maker->placed->scope,
			.number = number,
			.anchor = anchor,
			.page = maker->page_count - 1};
}

/* --- placing blocks --------------------------------------------------------------------------------------------- */

static void place_drawing(struct maker *maker, const struct pr_drawing *drawing, double x, double y)
{
	pr_drawing_append(page_of(maker), drawing, x, y);
}

static void anchor_block(struct maker *maker, const struct pr_flow *flow, double y)
{
	const char *anchor;

	if (!flow->title || !flow->number || maker->placed->definition->unlisted)
		return;
	anchor = pr_arena_format(maker->builder->arena, "block-%d-%s", maker->placed->number, flow->name);
	pr_draw_anchor(page_of(maker), anchor, y);
	add_entry(maker, flow->number, flow->title, 2, anchor);
	add_place(maker, flow->name, flow->number, anchor);
}

static void place_whole(struct maker *maker, const struct pr_flow *flow)
{
	double y = maker->y + flow->y;

	if (flow->reference.chapter)
		*PR_PUSH(maker->builder->arena, maker->references, maker->reference_count, maker->reference_capacity) =
			(struct reference){maker->placed->scope, flow->reference, maker->page_count - 1, flow->x, y};
	pr_draw_box(page_of(maker), flow->name, (struct pr_rect){flow->x, y, flow->width, pr_flow_height(flow)});
	anchor_block(maker, flow, y);
	place_drawing(maker, &flow->head, flow->x, y);
	y += flow->head_height;
	place_drawing(maker, &flow->repeat, flow->x, y);
	y += flow->repeat_height;
	for (size_t i = 0; i < flow->piece_count; i++) {
		place_drawing(maker, &flow->pieces[i].drawing, flow->x, y);
		y += flow->pieces[i].height;
	}
	place_drawing(maker, &flow->tail, flow->x, y);
	pr_draw_unbox(page_of(maker));
}

static bool place_continued_head(struct maker *maker, const struct pr_flow *flow, double *y)
{
	struct pr_style style = pr_type_role_style(maker->builder, PR_TYPE_SUB);
	const char *text = pr_arena_format(maker->builder->arena, "%s%s", flow->number ? flow->number : "",
		pr_words_plain(maker->builder->context.words, "page.continued"));

	pr_draw_line(page_of(maker), flow->x, *y, flow->x + flow->width, *y,
		pr_paint_stroke(pr_theme_colour(maker->builder->theme, "ink"), 0.75));
	if (!pr_draw_text(page_of(maker), maker->builder->faces, text, style, flow->x, *y + 14, PR_ALIGN_LEFT, PR_TAG_PLACE,
			maker->error))
		return false;
	*y += PR_CONTINUED_HEIGHT;
	return true;
}

/* Pieces [from, from + count) with the block's head or, further on, what says that it goes on. */
static bool place_pieces(struct maker *maker, const struct pr_flow *flow, size_t from, size_t count)
{
	double y = maker->y, height = (from == 0 ? flow->head_height : PR_CONTINUED_HEIGHT) + flow->repeat_height;
	bool last = from + count == flow->piece_count;

	for (size_t i = from; i < from + count; i++)
		height += flow->pieces[i].height;
	height += last ? flow->tail_height : 0;
	pr_draw_box(page_of(maker), flow->name, (struct pr_rect){flow->x, y, flow->width, height});
	if (from == 0) {
		anchor_block(maker, flow, y);
		place_drawing(maker, &flow->head, flow->x, y);
		y += flow->head_height;
	} else if (!place_continued_head(maker, flow, &y)) {
		return false;
	}
	place_drawing(maker, &flow->repeat, flow->x, y);
	y += flow->repeat_height;
	for (size_t i = from; i < from + count; i++) {
		const struct pr_piece *piece = &flow->pieces[i];
		place_drawing(maker, i == from && from > 0 && piece->first ? piece->first : &piece->drawing, flow->x, y);
		y += flow->pieces[i].height;
	}
	if (last)
		place_drawing(maker, &flow->tail, flow->x, y);
	pr_draw_unbox(page_of(maker));
	maker->y = snap(maker->y + height + PR_BLOCK_SPACE);
	return true;
}

static void keep_chart(struct maker *maker, const struct pr_flow *flow)
{
	struct pr_document_chart *chart;
	double height = pr_flow_height(flow);

	if (!flow->chart || !flow->number)
		return;
	chart = PR_PUSH(maker->builder->arena, maker->charts, maker->chart_count, maker->chart_capacity);
	chart->name = flow->chart->name;
	pr_drawing_init(
		&chart->drawing, flow->width + 2 * COLUMN_GUTTER, height + 2 * COLUMN_GUTTER, maker->builder->arena);
	pr_drawing_append(&chart->drawing, &flow->head, COLUMN_GUTTER, COLUMN_GUTTER);
	pr_drawing_append(&chart->drawing, &flow->pieces[0].drawing, COLUMN_GUTTER, COLUMN_GUTTER + flow->head_height);
}

static double row_height(const struct pr_flow *flows, size_t count)
{
	double height = 0;

	for (size_t i = 0; i < count; i++)
		height = fmax(height, flows[i].y + pr_flow_height(&flows[i]));
	return height;
}

/* Blocks side by side. */
static void place_row(struct maker *maker, const struct pr_flow *flows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		place_whole(maker, &flows[i]);
	maker->y = snap(maker->y + row_height(flows, count) + PR_BLOCK_SPACE);
}

/* --- chapters --------------------------------------------------------------------------------------------------- */

/* "图2.1", "Figure 2.1": Latin words stand a space apart. */
static const char *next_number(struct maker *maker, const struct pr_block_definition *block)
{
	bool table = block->kind == PR_BLOCK_TABLE;
	int number = table ? ++maker->table : ++maker->figure;
	const char *word = pr_words_plain(maker->builder->context.words, table ? "page.table" : "page.figure");

	return pr_arena_format(maker->builder->arena, "%s%s%d.%d", word, maker->builder->context.words->spaces ? " " : "",
		maker->chapter, number);
}

/* A block goes below the one before it, where that stands in the same columns. */
static bool is_below(const struct pr_block_definition *block, const struct pr_flow *flows, size_t count)
{
	double x = PR_PAGE_LEFT + COLUMN_STEP * (block->column_from - 1);
	double width = COLUMN_STEP * (block->column_to - block->column_from + 1) - COLUMN_GUTTER;

	return block->below && count > 0 && flows[count - 1].x == x && flows[count - 1].width == width;
}

/* Blocks that stand side by side: those whose columns begin behind the ones before. */
static bool lay_row(struct maker *maker, const struct pr_chapter_definition *chapter, const struct pr_scope *scope,
	size_t *at, struct pr_flow *flows, size_t *count)
{
	int used_to = 0;

	*count = 0;
	while (*at < chapter->block_count && *count < ROW_BLOCKS_MAX) {
		const struct pr_block_definition *block = &chapter->blocks[*at];
		double width = COLUMN_STEP * (block->column_to - block->column_from + 1) - COLUMN_GUTTER;
		bool shown;

		if (!pr_expression_true(&maker->builder->context, scope, block->when, block->place.path, block->place.line,
				&shown, maker->error))
			return false;
		bool below = is_below(block, flows, *count);
		if (shown && !below && block->column_from <= used_to)
			break;
		(*at)++;
		if (!shown)
			continue;
		if (!pr_block_layout(maker->builder, scope, block, width,
				block->numbered && block->title ? next_number(maker, block) : NULL, &flows[*count], maker->error))
			return false;
		flows[*count].x = PR_PAGE_LEFT + COLUMN_STEP * (block->column_from - 1);
		if (below)
			flows[*count].y = snap(flows[*count - 1].y + pr_flow_height(&flows[*count - 1]) + PR_BLOCK_SPACE);
		used_to = block->column_to;
		(*count)++;
	}
	return true;
}

static bool set_head(struct maker *maker, const struct pr_chapter_definition *chapter, const struct pr_scope *scope,
	struct chapter_head *head)
{
	const struct pr_builder *builder = maker->builder;
	struct pr_rich title = {0}, lede = {0};
	double more_pt;

	*head = (struct chapter_head){0};
	if (!pr_words_render(&builder->context, scope, chapter->title, pr_type_role_style(builder, PR_TYPE_CHAPTER), &title,
			maker->error) ||
		!pr_words_text(&builder->context, scope, chapter->title, &head->plain_title, maker->error) ||
		!pr_type_paragraph(builder->faces, title.spans, title.count, PR_PAGE_LEFT + PR_PAGE_CONTENT - CHAPTER_TITLE_X,
			builder->arena, &head->title, &head->title_count, maker->error))
		return false;
	if (chapter->lede && !pr_words_render(&builder->context, scope, chapter->lede,
							 pr_type_role_style(builder, PR_TYPE_LEDE), &lede, maker->error))
		return false;
	if (lede.count > 0 && !pr_type_paragraph(builder->faces, lede.spans, lede.count, PR_PAGE_CONTENT, builder->arena,
							  &head->lede, &head->lede_count, maker->error))
		return false;
	/* A site without a name has a title without a line. */
	more_pt = head->title_count > 1 ? 28.0 * (double)(head->title_count - 1) : 0;
	head->height = FIRST_BLOCK_WITHOUT_LEDE - PR_CHAPTER_BASELINE + more_pt;
	if (head->lede_count > 0)
		head->height = LEDE_BASELINE - PR_CHAPTER_BASELINE + more_pt + LEDE_LEADING * (double)(head->lede_count - 1) +
		               PR_LEDE_BELOW;
	return true;
}

static bool place_head(struct maker *maker, const struct chapter_head *head, double baseline)
{
	int chapter = maker->placed->number;
	struct pr_style style = pr_type_role_style(maker->builder, PR_TYPE_CHAPTER_NUMBER);
	const char *number = pr_arena_format(maker->builder->arena, "%d", chapter);
	const char *anchor = pr_arena_format(maker->builder->arena, "chapter-%d", chapter);
	double y;

	pr_draw_anchor(page_of(maker), anchor, baseline - 21);
	add_entry(maker, number, head->plain_title, 1, anchor);
	add_place(maker, NULL, number, anchor);
	pr_draw_box(
		page_of(maker), "chapter", (struct pr_rect){PR_PAGE_LEFT, baseline - 20, PR_PAGE_CONTENT, head->height + 6});
	if (!pr_draw_text(page_of(maker), maker->builder->faces, number, style, PR_PAGE_LEFT, baseline, PR_ALIGN_LEFT,
			PR_TAG_PLACE, maker->error))
		return false;
	y = pr_flow_lines(page_of(maker), head->title, head->title_count, CHAPTER_TITLE_X, baseline, 28);
	pr_flow_lines(page_of(maker), head->lede, head->lede_count, PR_PAGE_LEFT, y + LEDE_BASELINE - PR_CHAPTER_BASELINE,
		LEDE_LEADING);
	pr_draw_unbox(page_of(maker));
	maker->y = snap(baseline + head->height);
	return true;
}

static bool lay_chapter(
	struct maker *maker, const struct pr_chapter_definition *definition, const struct pr_scope *scope)
{
	struct pr_arena *arena = maker->builder->arena;
	struct laid_chapter *chapter = pr_arena_alloc(arena, sizeof *chapter);

	*chapter = (struct laid_chapter){.definition = definition, .scope = scope, .number = ++maker->chapter};
	maker->builder->context.guide->asked = false;
	maker->figure = maker->table = 0;
	if (!set_head(maker, definition, scope, &chapter->head))
		return false;
	*PR_PUSH(arena, maker->items, maker->item_count, maker->item_capacity) = (struct laid_item){.chapter = chapter};
	for (size_t at = 0;;) {
		struct pr_flow flows[ROW_BLOCKS_MAX];
		struct laid_item row = {.chapter = chapter};

		if (!lay_row(maker, definition, scope, &at, flows, &row.count))
			return false;
		if (row.count == 0)
			break;
		row.flows = pr_arena_array(arena, row.count, sizeof *row.flows);
		memcpy(row.flows, flows, row.count * sizeof *flows);
		for (size_t i = 0; i < row.count; i++)
			keep_chart(maker, &row.flows[i]);
		*PR_PUSH(arena, maker->items, maker->item_count, maker->item_capacity) = row;
	}
	chapter->asks = maker->builder->context.guide->asked;
	return true;
}

/* Words that point to pages again, now that the guide knows more: their chapters have the same rows. */
static bool lay_again(struct maker *maker)
{
	size_t at = 0;

	for (size_t i = 0; i < maker->item_count; i++) {
		struct laid_item *item = &maker->items[i];
		struct laid_chapter *chapter = item->chapter;
		struct pr_flow flows[ROW_BLOCKS_MAX];

		if (!chapter->asks)
			continue;
		if (item->count == 0) {
			at = 0;
			maker->chapter = chapter->number;
			maker->figure = maker->table = 0;
			if (!set_head(maker, chapter->definition, chapter->scope, &chapter->head))
				return false;
			continue;
		}
		if (!lay_row(maker, chapter->definition, chapter->scope, &at, flows, &item->count))
			return false;
		memcpy(item->flows, flows, item->count * sizeof *flows);
	}
	return true;
}

static bool lay_chapters(struct maker *maker)
{
	const struct pr_edition_definition *edition = maker->builder->edition;
	const struct pr_report *report = maker->builder->context.report;

	for (size_t c = 0; c < edition->chapter_count; c++) {
		const struct pr_chapter_definition *chapter = &edition->chapters[c];
		size_t times = chapter->for_projects && !chapter->tenant_scope ? report->project_count : 1;

		for (size_t p = 0; p < times; p++) {
			const struct pr_scope *scope = maker->tenant;
			bool shown;

			if (!chapter->tenant_scope && report->project_count > 0)
				scope = pr_scope_of_project(&maker->builder->context, maker->tenant, p);
			if (!pr_expression_true(&maker->builder->context, scope, chapter->when, chapter->place.path,
					chapter->place.line, &shown, maker->error))
				return false;
			if (shown && !lay_chapter(maker, chapter, scope))
				return pr_error_context(maker->error, "chapter '%s'", chapter->name);
		}
	}
	return true;
}

/* --- onto pages ------------------------------------------------------------------------------------------------- */

static struct pr_fill_item fill_head(const struct maker *maker, size_t index)
{
	const struct laid_chapter *chapter = maker->items[index].chapter;
	struct pr_fill_item item = {.is_head = true, .height = chapter->head.height, .start = PR_FILL_PAGE};

	if (chapter->definition->flows)
		item.start = chapter->definition->fits ? PR_FILL_FIT : PR_FILL_FLOW;
	item.chapter_end = index + 1;
	while (item.chapter_end < maker->item_count && maker->items[item.chapter_end].chapter == chapter)
		item.chapter_end++;
	return item;
}

/* Beside each other, all change by as much as the least of them can. */
static struct pr_fill_item fill_row(const struct laid_item *row)
{
	struct pr_fill_item item = {.height = row_height(row->flows, row->count), .lower = INFINITY, .higher = INFINITY};

	item.explains = row->count == 1 && row->flows[0].is_text;
	for (size_t i = 0; i < row->count; i++) {
		double lower, higher;

		pr_block_limits(&row->flows[i], &lower, &higher);
		item.lower = fmin(item.lower, lower);
		item.higher = fmin(item.higher, higher);
	}
	if (row->count == 1 && row->flows[0].breaks && row->flows[0].piece_count > 0)
		item.parts = &row->flows[0];
	return item;
}

static bool place_part(struct maker *maker, const struct pr_fill_part *part)
{
	const struct laid_item *item = &maker->items[part->item];
	double baseline = maker->y + PR_CHAPTER_RISE;
	struct pr_flow *flows;

	if (part->new_page) {
		new_page(maker);
		baseline = PR_CHAPTER_BASELINE;
	}
	if (item->count == 0) {
		maker->placed = item->chapter;
		return place_head(maker, &item->chapter->head, baseline);
	}
	/* Copies change: the chapters may be placed again. */
	flows = pr_arena_array(maker->builder->arena, item->count, sizeof *flows);
	memcpy(flows, item->flows, item->count * sizeof *flows);
	for (size_t i = 0; i < item->count; i++)
		if (!pr_block_change(maker->builder, &flows[i], part->change, maker->error))
			return false;
	if (item->count == 1 && flows[0].breaks && part->count < flows[0].piece_count)
		return place_pieces(maker, &flows[0], part->from, part->count);
	place_row(maker, flows, item->count);
	return true;
}

static bool place_chapters(struct maker *maker)
{
	struct pr_arena *arena = maker->builder->arena;
	struct pr_fill_item *items = pr_arena_array(arena, maker->item_count, sizeof *items);
	struct pr_fill_part *parts;
	size_t count, misfit;

	maker->page_count = maker->entry_count = maker->reference_count = maker->found.count = 0;
	if (maker->item_count == 0)
		return true;
	for (size_t i = 0; i < maker->item_count; i++)
		items[i] = maker->items[i].count == 0 ? fill_head(maker, i) : fill_row(&maker->items[i]);
	if (!pr_filling_find(items, maker->item_count, arena, &parts, &count, &misfit))
		return pr_error_set(maker->error, PR_CODE_INTERNAL,
			"chapter '%s', block '%s' is %.0f points high and fits on no page",
			maker->items[misfit].chapter->definition->name,
			maker->items[misfit].count > 0 ? maker->items[misfit].flows[0].name : "", items[misfit].height);
	for (size_t i = 0; i < count; i++)
		if (!place_part(maker, &parts[i]))
			return false;
	return true;
}

/* --- heads and feet --------------------------------------------------------------------------------------------- */

static bool draw_words(struct maker *maker, struct pr_drawing *drawing, const struct pr_scope *scope, const char *key,
	double x, double baseline, enum pr_align align)
{
	struct pr_rich rich = {0};
	struct pr_text_line line;

	if (!pr_words_render(&maker->builder->context, scope, key, pr_type_role_style(maker->builder, PR_TYPE_RUNNING),
			&rich, maker->error))
		return false;
	if (!pr_type_line(maker->builder->faces, rich.spans, rich.count, maker->builder->arena, &line, maker->error))
		return false;
	pr_draw_set_line(drawing, &line, x, baseline, align, 0);
	return true;
}

/* Customer and report; a name that is too long is cut with "…". */
static bool draw_running_head(struct maker *maker, struct pr_drawing *drawing, const struct pr_scope *scope)
{
	struct pr_span span = {.style = pr_type_role_style(maker->builder, PR_TYPE_RUNNING)};
	struct pr_text_line line;

	if (!pr_words_tagged(&maker->builder->context, scope, "page.head_left", &span.text, &span.finding, maker->error) ||
		!pr_type_fit(maker->builder->faces, &span, 360, maker->builder->arena, &line, maker->error))
		return false;
	pr_draw_set_line(drawing, &line, PR_PAGE_LEFT, 46, PR_ALIGN_LEFT, 0);
	return draw_words(maker, drawing, scope, "page.head_right", PR_PAGE_LEFT + PR_PAGE_CONTENT, 46, PR_ALIGN_RIGHT);
}

static bool decorate(struct maker *maker, struct pr_page *page, size_t number, size_t total)
{
	struct pr_arena *arena = maker->builder->arena;
	struct pr_scope scope = {.outer = maker->tenant};

	pr_scope_add(&scope, arena, "page", pr_value_place(number));
	pr_scope_add(&scope, arena, "pages", pr_value_place(total));
	pr_draw_box(&page->drawing, "running", (struct pr_rect){PR_PAGE_LEFT, 28, PR_PAGE_CONTENT, 20});
	if (maker->builder->house->tag)
		pr_draw_rect(&page->drawing, (struct pr_rect){PR_PAGE_LEFT, 28, 28.5, 3.5},
			pr_paint_fill(pr_theme_colour(maker->builder->theme, "accent")));
	if (!draw_running_head(maker, &page->drawing, &scope))
		return false;
	pr_draw_unbox(&page->drawing);
	pr_draw_box(&page->drawing, "foot", (struct pr_rect){PR_PAGE_LEFT, 804, PR_PAGE_CONTENT, 11});
	if (!draw_words(maker, &page->drawing, &scope, "page.foot_left", PR_PAGE_LEFT, 812, PR_ALIGN_LEFT) ||
		!draw_words(maker, &page->drawing, &scope, "page.number", PR_PAGE_LEFT + PR_PAGE_CONTENT, 812, PR_ALIGN_RIGHT))
		return false;
	pr_draw_unbox(&page->drawing);
	return true;
}

/* The page and number of the first chapter of that name; nothing is said of one that the report doesn't have. */
static bool set_reference(struct maker *maker, const struct reference *reference, size_t pages_before)
{
	const struct pr_builder *builder = maker->builder;
	struct pr_scope scope = {.outer = reference->scope};
	const struct pr_guide_place *place = maker->found.places, *end = place + maker->found.count;
	struct pr_span span = {.style = pr_type_role_style(builder, PR_TYPE_SUB)};
	struct pr_value number;
	struct pr_text_line line;

	while (place < end && (place->block || strcmp(place->chapter, reference->what.chapter) != 0))
		place++;
	if (place == end || !reference->what.words)
		return true;
	number = pr_value_text(place->number);
	number.finding = PR_TAG_PLACE;
	pr_scope_add(&scope, builder->arena, "reference.page", pr_value_place(pages_before + place->page + 1));
	pr_scope_add(&scope, builder->arena, "reference.chapter", number);
	span.link = place->anchor;
	if (!pr_words_tagged(&builder->context, &scope, reference->what.words, &span.text, &span.finding, maker->error) ||
		!pr_type_line(builder->faces, &span, 1, builder->arena, &line, maker->error))
		return false;
	pr_draw_set_line(&maker->pages[reference->page].drawing, &line, reference->x + reference->what.x,
		reference->y + reference->what.baseline, PR_ALIGN_LEFT, 0);
	return true;
}

/* --- all together ----------------------------------------------------------------------------------------------- */

static void add_outline(struct maker *maker, struct pr_document *document, size_t pages_before)
{
	struct pr_arena *arena = maker->builder->arena;

	document->outline = pr_arena_array(arena, maker->entry_count, sizeof *document->outline);
	for (size_t i = 0; i < maker->entry_count; i++) {
		const struct pr_contents_entry *entry = &maker->entries[i];
		document->outline[document->outline_count++] =
			(struct pr_outline_entry){.title = pr_arena_format(arena, "%s %s", entry->number, entry->title),
				.level = entry->level,
				.page = pages_before + entry->page};
	}
}

/* `front` are the pages before the chapters: the first, the cover, has neither head nor foot. */
static bool assemble(struct maker *maker, const struct pr_page *front, size_t count, struct pr_document *document)
{
	struct pr_arena *arena = maker->builder->arena;
	size_t total = count + maker->page_count;

	document->pages = pr_arena_array(arena, total, sizeof *document->pages);
	document->page_count = total;
	if (count > 0)
		memcpy(document->pages, front, count * sizeof *front);
	if (maker->page_count > 0)
		memcpy(document->pages + count, maker->pages, maker->page_count * sizeof *maker->pages);
	for (size_t i = count > 0; i < total; i++)
		if (!decorate(maker, &document->pages[i], i + 1, total))
			return false;
	for (size_t i = 0; i < total; i++)
		if (!pr_drawing_check(&document->pages[i].drawing, maker->error))
			return pr_error_context(maker->error, "page %zu", i + 1);
	document->charts = maker->charts;
	document->chart_count = maker->chart_count;
	add_outline(maker, document, count);
	return true;
}

/* Cover and contents. */
static bool make_front(struct maker *maker, struct pr_page **front, size_t *count)
{
	const struct pr_builder *builder = maker->builder;
	const struct pr_scope *project = NULL;
	struct pr_page *contents, cover;

	if (builder->context.report->project_count == 1)
		project = pr_scope_of_project(&builder->context, maker->tenant, 0);
	if (!pr_cover_build(builder, maker->tenant, project, &cover, maker->error) ||
		!pr_contents_build(
			builder, maker->tenant, maker->entries, maker->entry_count, 1, &contents, count, maker->error))
		return false;
	*front = pr_arena_array(builder->arena, *count + 1, sizeof **front);
	(*front)[0] = cover;
	memcpy(*front + 1, contents, *count * sizeof *contents);
	++*count;
	for (size_t i = 0; i < maker->reference_count; i++)
		if (!set_reference(maker, &maker->references[i], *count))
			return false;
	return true;
}

static bool any_asks(const struct maker *maker)
{
	for (size_t i = 0; i < maker->item_count; i++)
		if (maker->items[i].chapter->asks)
			return true;
	return false;
}

/* Tells the guide where everything stands; *settled = it knew. */
static bool tell_guide(struct maker *maker, bool *settled)
{
	struct pr_guide *guide = maker->builder->context.guide;
	size_t before = 1, contents;
	bool known = guide->count == maker->found.count;

	if (!maker->builder->edition->plain) {
		if (!pr_contents_pages(maker->builder, maker->entries, maker->entry_count, &contents, maker->error))
			return false;
		before += 1 + contents;
	}
	for (size_t i = 0; known && i < guide->count; i++)
		known = guide->places[i].page == maker->found.places[i].page + before;
	guide->count = 0;
	for (size_t i = 0; i < maker->found.count; i++) {
		struct pr_guide_place *place = PR_PUSH(maker->builder->arena, guide->places, guide->count, guide->capacity);

		*place = maker->found.places[i];
		place->page += before;
	}
	*settled = known;
	return true;
}

/* A page number takes room, and what takes room may move a page: again, until every number is the page's. */
static bool settle(struct maker *maker)
{
	struct pr_guide *guide = maker->builder->context.guide;
	bool settled;
	int round = 0;

	if (!any_asks(maker))
		return true;
	while (tell_guide(maker, &settled)) {
		if (settled)
			return true;
		if (++round > SETTLE_ROUNDS) { /* never seen: then nothing is pointed to */
			guide->count = 0;
			return lay_again(maker) && place_chapters(maker);
		}
		if (!lay_again(maker) || !place_chapters(maker))
			return false;
	}
	return false;
}

bool pr_pages_build(const struct pr_builder *builder, const struct pr_scope *tenant, struct pr_document *document,
	struct pr_error *error)
{
	struct pr_guide guide = {0};
	struct pr_builder guided = *builder;
	struct maker maker = {.builder = &guided, .tenant = tenant, .error = error};
	struct pr_page *front = NULL;
	size_t count = 0;

	guided.context.guide = &guide;
	return lay_chapters(&maker) && place_chapters(&maker) && settle(&maker) &&
	       (builder->edition->plain || make_front(&maker, &front, &count)) && assemble(&maker, front, count, document);
}
