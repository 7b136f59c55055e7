/*
 * Pages: chapters flow onto them, block rows never parted from their titles, long tables broken with their heads
 * repeated. Then the contents are set, which must know the pages, and heads and feet, which must know how many.
 */
#include "document/flow.h"

#include <math.h>
#include <string.h>

#define CHAPTER_BASELINE 91.0
#define CHAPTER_TITLE_X 98.5
#define LEDE_BASELINE 115.0
#define LEDE_LEADING 17.0
#define LEDE_BELOW 14.0
#define FIRST_BLOCK_WITHOUT_LEDE 112.0
#define FLOWING_CHAPTER_RISE 42.0 /* from the end of the block before to the baseline of a title that flows */
#define BLOCK_SPACE 11.0
#define ROWS_KEPT 3 /* on either side of a break */
#define ROW_BLOCKS_MAX 12
#define COLUMN_STEP 42.5
#define COLUMN_GUTTER 14.0
#define CONTINUED_HEIGHT 21.0
#define PAGE_FILLED 250.0 /* a third of the content: less stands alone */

/* Where a reference is to be set, and where the chapters begin. */
struct reference {
	const struct pr_scope *scope;
	struct pr_flow_reference what;
	size_t page;
	double x, y;
};
struct chapter_start {
	const char *name;
	size_t page;
	int number;
};

struct maker {
	const struct pr_builder *builder;
	const struct pr_scope *tenant;
	struct pr_page *pages;
	size_t page_count, page_capacity;
	bool unlisted; /* the chapter's blocks stand not in the contents */
	double y;      /* the next block's rule */
	struct pr_contents_entry *entries;
	size_t entry_count, entry_capacity;
	struct pr_document_chart *charts;
	size_t chart_count, chart_capacity;
	struct reference *references;
	size_t reference_count, reference_capacity;
	struct chapter_start *starts;
	size_t start_count, start_capacity;
	const struct pr_scope *scope; /* the chapter's that is being placed */
	int chapter, figure, table;
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

/* --- placing blocks --------------------------------------------------------------------------------------------- */

static void place_drawing(struct maker *maker, const struct pr_drawing *drawing, double x, double y)
{
	pr_drawing_append(page_of(maker), drawing, x, y);
}

static void anchor_block(struct maker *maker, const struct pr_flow *flow, double y)
{
	const char *anchor;

	if (!flow->title || !flow->number || maker->unlisted)
		return;
	anchor = pr_arena_format(maker->builder->arena, "block-%d-%s", maker->chapter, flow->name);
	pr_draw_anchor(page_of(maker), anchor, y);
	add_entry(maker, flow->number, flow->title, 2, anchor);
}

static void place_whole(struct maker *maker, const struct pr_flow *flow)
{
	double y = maker->y;

	if (flow->reference.chapter)
		*PR_PUSH(maker->builder->arena, maker->references, maker->reference_count, maker->reference_capacity) =
			(struct reference){maker->scope, flow->reference, maker->page_count - 1, flow->x, y};
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

/* How many pieces from `from` fit into `room`, so that no fewer than three stand on either side of the break. */
static size_t pieces_that_fit(const struct pr_flow *flow, size_t from, double room)
{
	size_t count = 0, left;
	double used = 0;

	while (from + count < flow->piece_count) {
		const struct pr_piece *piece = &flow->pieces[from + count];
		bool last = from + count + 1 == flow->piece_count;
		if (used + piece->height + (last ? flow->tail_height : 0) > room)
			break;
		used += piece->height;
		count++;
	}
	left = flow->piece_count - from - count;
	if (left == 0)
		return count;
	while (count > 0 && (left < ROWS_KEPT || flow->pieces[from + count - 1].keep)) {
		count--;
		left++;
	}
	return count >= ROWS_KEPT ? count : 0;
}

static bool place_continued_head(struct maker *maker, const struct pr_flow *flow, double *y)
{
	struct pr_style style = pr_type_role_style(maker->builder, PR_TYPE_SUB);
	const char *text = pr_arena_format(maker->builder->arena, "%s%s", flow->number ? flow->number : "",
		pr_words_plain(maker->builder->context.words, "page.continued"));

	pr_draw_line(page_of(maker), flow->x, *y, flow->x + flow->width, *y,
		pr_paint_stroke(pr_theme_colour(maker->builder->theme, "ink"), 0.75));
	if (!pr_draw_text(
			page_of(maker), maker->builder->faces, text, style, flow->x, *y + 14, PR_ALIGN_LEFT, NULL, maker->error))
		return false;
	*y += CONTINUED_HEIGHT;
	return true;
}

/* Pieces [from, from + count) with the block's head or, further on, what says that it goes on. */
static bool place_part(struct maker *maker, const struct pr_flow *flow, size_t from, size_t count)
{
	double y = maker->y, height = (from == 0 ? flow->head_height : CONTINUED_HEIGHT) + flow->repeat_height;
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
		place_drawing(maker, &flow->pieces[i].drawing, flow->x, y);
		y += flow->pieces[i].height;
	}
	if (last)
		place_drawing(maker, &flow->tail, flow->x, y);
	pr_draw_unbox(page_of(maker));
	maker->y = snap(maker->y + height + BLOCK_SPACE);
	return true;
}

static bool place_broken(struct maker *maker, const struct pr_flow *flow)
{
	size_t at = 0;

	while (at < flow->piece_count) {
		double head = at == 0 ? flow->head_height : CONTINUED_HEIGHT;
		double room = PR_PAGE_BOTTOM - maker->y - head - flow->repeat_height;
		size_t count = pieces_that_fit(flow, at, room);

		if (count == 0 && maker->y <= PR_PAGE_TOP)
			return pr_error_set(maker->error, PR_CODE_INTERNAL, "block '%s' does not fit on a page", flow->name);
		if (count == 0) {
			new_page(maker);
			continue;
		}
		if (!place_part(maker, flow, at, count))
			return false;
		at += count;
		if (at < flow->piece_count)
			new_page(maker);
	}
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
		height = fmax(height, pr_flow_height(&flows[i]));
	return height;
}

static bool place_row(struct maker *maker, struct pr_flow *flows, size_t count)
{
	double height = row_height(flows, count);

	if (maker->y + height > PR_PAGE_BOTTOM && count == 1 && flows[0].breaks)
		return place_broken(maker, &flows[0]);
	if (maker->y + height > PR_PAGE_BOTTOM && count == 1 &&
		!pr_block_shrink(maker->builder, &flows[0], maker->y + height - PR_PAGE_BOTTOM, maker->error))
		return false;
	height = row_height(flows, count);
	if (maker->y + height > PR_PAGE_BOTTOM && maker->y > PR_PAGE_TOP)
		new_page(maker);
	if (maker->y + height > PR_PAGE_BOTTOM + 1)
		return pr_error_set(maker->error, PR_CODE_INTERNAL, "block '%s' is %.0f points high and fits on no page",
			flows[0].name, height);
	for (size_t i = 0; i < count; i++) {
		keep_chart(maker, &flows[i]);
		place_whole(maker, &flows[i]);
	}
	maker->y = snap(maker->y + height + BLOCK_SPACE);
	return true;
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
		if (shown && block->column_from <= used_to)
			break;
		(*at)++;
		if (!shown)
			continue;
		if (!pr_block_layout(maker->builder, scope, block, width,
				block->numbered && block->title ? next_number(maker, block) : NULL, &flows[*count], maker->error))
			return false;
		flows[*count].x = PR_PAGE_LEFT + COLUMN_STEP * (block->column_from - 1);
		used_to = block->column_to;
		(*count)++;
	}
	return true;
}

struct chapter_head {
	struct pr_text_line *title, *lede;
	size_t title_count, lede_count;
	const char *plain_title;
	double height; /* from the title's baseline to the first block's rule */
};

static bool set_head(struct maker *maker, const struct pr_chapter_definition *chapter, const struct pr_scope *scope,
	struct chapter_head *head)
{
	const struct pr_builder *builder = maker->builder;
	struct pr_rich title = {0}, lede = {0};

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
	head->height = FIRST_BLOCK_WITHOUT_LEDE - CHAPTER_BASELINE + 28.0 * (double)(head->title_count - 1);
	if (head->lede_count > 0)
		head->height = LEDE_BASELINE - CHAPTER_BASELINE + 28.0 * (double)(head->title_count - 1) +
		               LEDE_LEADING * (double)(head->lede_count - 1) + LEDE_BELOW;
	return true;
}

static bool place_head(struct maker *maker, const struct chapter_head *head, double baseline)
{
	struct pr_style style = pr_type_role_style(maker->builder, PR_TYPE_CHAPTER_NUMBER);
	const char *number = pr_arena_format(maker->builder->arena, "%d", maker->chapter);
	const char *anchor = pr_arena_format(maker->builder->arena, "chapter-%d", maker->chapter);
	double y;

	pr_draw_anchor(page_of(maker), anchor, baseline - 21);
	add_entry(maker, number, head->plain_title, 1, anchor);
	pr_draw_box(
		page_of(maker), "chapter", (struct pr_rect){PR_PAGE_LEFT, baseline - 20, PR_PAGE_CONTENT, head->height + 6});
	if (!pr_draw_text(page_of(maker), maker->builder->faces, number, style, PR_PAGE_LEFT, baseline, PR_ALIGN_LEFT, NULL,
			maker->error))
		return false;
	y = pr_flow_lines(page_of(maker), head->title, head->title_count, CHAPTER_TITLE_X, baseline, 28);
	pr_flow_lines(
		page_of(maker), head->lede, head->lede_count, PR_PAGE_LEFT, y + LEDE_BASELINE - CHAPTER_BASELINE, LEDE_LEADING);
	pr_draw_unbox(page_of(maker));
	maker->y = snap(baseline + head->height);
	return true;
}

/* Blocks side by side, laid out and not yet placed. */
struct laid_row {
	struct pr_flow flows[ROW_BLOCKS_MAX];
	size_t count;
};

struct laid_rows {
	struct laid_row *items;
	size_t count, capacity;
};

static bool lay_rows(struct maker *maker, const struct pr_chapter_definition *chapter, const struct pr_scope *scope,
	struct laid_rows *rows)
{
	size_t at = 0;

	for (;;) {
		struct laid_row row;

		if (!lay_row(maker, chapter, scope, &at, row.flows, &row.count))
			return false;
		if (row.count == 0)
			return true;
		*PR_PUSH(maker->builder->arena, rows->items, rows->count, rows->capacity) = row;
	}
}

static double least_height(const struct laid_rows *rows)
{
	const struct pr_flow *first = rows->count > 0 ? rows->items[0].flows : NULL;
	double height;

	if (!first)
		return 0;
	if (rows->items[0].count > 1 || !first->breaks)
		return row_height(first, rows->items[0].count);
	height = first->head_height + first->repeat_height;
	for (size_t i = 0; i < first->piece_count && i < 2 * ROWS_KEPT; i++)
		height += first->pieces[i].height;
	return height;
}

static double rows_height(const struct laid_rows *rows)
{
	double height = 0;

	for (size_t i = 0; i < rows->count; i++)
		height += snap(row_height(rows->items[i].flows, rows->items[i].count) + BLOCK_SPACE);
	return height - (rows->count > 0 ? BLOCK_SPACE : 0);
}

/*
 * Whether a chapter begins where the one before it ended: where its first block fits below it, but not where that would
 * leave its last lines alone on a page (no other chapter flowing on behind them) while all of it fits on one.
 */
static bool flows_on(const struct maker *maker, const struct pr_chapter_definition *chapter,
	const struct chapter_head *head, const struct laid_rows *rows, double baseline)
{
	const struct pr_edition_definition *edition = maker->builder->edition;
	bool followed = chapter + 1 < edition->chapters + edition->chapter_count && chapter[1].flows;
	double first = snap(baseline + head->height), bottom = first + rows_height(rows);
	double alone = snap(CHAPTER_BASELINE + head->height) + rows_height(rows);

	if (!chapter->flows || maker->page_count == 0 || first + least_height(rows) > PR_PAGE_BOTTOM)
		return false;
	if (chapter->fits)
		return bottom <= PR_PAGE_BOTTOM;
	if (followed || bottom <= PR_PAGE_BOTTOM || alone > PR_PAGE_BOTTOM || maker->y < PR_PAGE_TOP + PAGE_FILLED)
		return true;
	return bottom - PR_PAGE_BOTTOM >= PAGE_FILLED;
}

static bool make_chapter(struct maker *maker, const struct pr_chapter_definition *chapter, const struct pr_scope *scope)
{
	struct chapter_head head;
	struct laid_rows rows = {0};
	double baseline = maker->y + FLOWING_CHAPTER_RISE - BLOCK_SPACE;

	maker->chapter++;
	maker->unlisted = chapter->unlisted;
	maker->figure = maker->table = 0;
	if (!set_head(maker, chapter, scope, &head) || !lay_rows(maker, chapter, scope, &rows))
		return false;
	if (!flows_on(maker, chapter, &head, &rows, baseline)) {
		new_page(maker);
		baseline = CHAPTER_BASELINE;
	}
	maker->scope = scope;
	*PR_PUSH(maker->builder->arena, maker->starts, maker->start_count, maker->start_capacity) =
		(struct chapter_start){chapter->name, maker->page_count - 1, maker->chapter};
	if (!place_head(maker, &head, baseline))
		return false;
	for (size_t i = 0; i < rows.count; i++)
		if (!place_row(maker, rows.items[i].flows, rows.items[i].count))
			return false;
	return true;
}

static bool chapter_shown(
	struct maker *maker, const struct pr_chapter_definition *chapter, const struct pr_scope *scope, bool *shown)
{
	return pr_expression_true(
		&maker->builder->context, scope, chapter->when, chapter->place.path, chapter->place.line, shown, maker->error);
}

static bool make_chapters(struct maker *maker)
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
			if (!chapter_shown(maker, chapter, scope, &shown))
				return false;
			if (shown && !make_chapter(maker, chapter, scope))
				return pr_error_context(maker->error, "chapter '%s'", chapter->name);
		}
	}
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

	if (!pr_words_text(&maker->builder->context, scope, "page.head_left", &span.text, maker->error) ||
		!pr_type_fit(maker->builder->faces, &span, 360, maker->builder->arena, &line, maker->error))
		return false;
	pr_draw_set_line(drawing, &line, PR_PAGE_LEFT, 46, PR_ALIGN_LEFT, 0);
	return draw_words(maker, drawing, scope, "page.head_right", PR_PAGE_LEFT + PR_PAGE_CONTENT, 46, PR_ALIGN_RIGHT);
}

static bool decorate(struct maker *maker, struct pr_page *page, size_t number, size_t total)
{
	struct pr_arena *arena = maker->builder->arena;
	struct pr_scope scope = {.outer = maker->tenant};

	pr_scope_add(&scope, arena, "page", pr_value_number((double)number, NULL));
	pr_scope_add(&scope, arena, "pages", pr_value_number((double)total, NULL));
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
	const struct chapter_start *start = maker->starts;
	const char *text;

	while (start < maker->starts + maker->start_count && strcmp(start->name, reference->what.chapter) != 0)
		start++;
	if (start == maker->starts + maker->start_count || !reference->what.words)
		return true;
	pr_scope_add(
		&scope, builder->arena, "reference.page", pr_value_number((double)(pages_before + start->page + 1), NULL));
	pr_scope_add(&scope, builder->arena, "reference.chapter", pr_value_number(start->number, NULL));
	return pr_words_text(&builder->context, &scope, reference->what.words, &text, maker->error) &&
	       pr_draw_text(&maker->pages[reference->page].drawing, builder->faces, text,
			   pr_type_role_style(builder, PR_TYPE_SUB), reference->x + reference->what.x,
			   reference->y + reference->what.baseline, PR_ALIGN_LEFT, NULL, maker->error);
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

bool pr_pages_build(const struct pr_builder *builder, const struct pr_scope *tenant, struct pr_document *document,
	struct pr_error *error)
{
	struct maker maker = {.builder = builder, .tenant = tenant, .error = error};
	struct pr_page *front = NULL;
	size_t count = 0;

	return make_chapters(&maker) && (builder->edition->plain || make_front(&maker, &front, &count)) &&
	       assemble(&maker, front, count, document);
}
