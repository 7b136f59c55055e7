#include "painted.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE_WIDTH 595.28
#define PAGE_HEIGHT 841.89
#define FALLBACK "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"

const char *const painted_lines[] = {
	"电能质量月报 2026年10月",
	"23日用电4,757 kWh最多，（峰谷差）605.24 kW。",
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz",
	"0123456789 +−±×÷ %‰ ℃ ²³ ≤≥",
	"Ω \u2126 \u00b5 \u03bc kgce/kWh \\ ( ) < > [ ] { } / #", /* ohm and micro beside their Greek letters */
	"\U00020087字 U+20087 缅甸",
	"变压器、互感器、断路器、隔离开关、避雷器、电容器、电抗器、母线、电缆、绝缘子",
	NULL,
};

bool painted_open_faces(struct pr_typefaces **faces, const char *first, struct pr_error *error)
{
	const char *build = getenv("BUILD");
	char regular[512], bold[512];
	const char *regulars[3] = {first, regular, FALLBACK};
	const char *bolds[3] = {first, bold, FALLBACK};
	const size_t skipped = first == NULL ? 1 : 0, count = access(FALLBACK, R_OK) == 0 ? 3 : 2;

	(void)snprintf(regular, sizeof regular, "%s/fonts/NotoSansSC-Regular.ttf", build == NULL ? "build" : build);
	if (access(regular, R_OK) != 0) /* a second build folder shares the first one's fonts */
		(void)snprintf(regular, sizeof regular, "build/fonts/NotoSansSC-Regular.ttf");
	(void)snprintf(bold, sizeof bold, "%.*sBold.ttf", (int)(strlen(regular) - strlen("Regular.ttf")), regular);
	return pr_typefaces_open(faces, regulars + skipped, bolds + skipped, count - skipped, error);
}

static struct pr_style style(enum pr_weight weight, double size_pt, uint8_t red, uint8_t green, uint8_t blue)
{
	return (struct pr_style){weight, size_pt, {red, green, blue}};
}

static bool draw_words(struct pr_drawing *page, const struct pr_typefaces *faces, struct pr_error *error)
{
	static const double sizes[] = {20, 11, 9, 9, 9, 20, 8.5};

	for (size_t i = 0; painted_lines[i] != NULL; i++)
		if (!pr_draw_text(page, faces, painted_lines[i],
				style(i % 2 == 0 ? PR_BOLD : PR_REGULAR, sizes[i], 0x14, 0x19, 0x1D), 56, 80 + 40 * (double)i,
				PR_ALIGN_LEFT, NULL, error))
			return false;
	return true;
}

static bool first_page(struct pr_drawing *page, const struct pr_typefaces *faces, struct pr_error *error)
{
	pr_drawing_init(page, PAGE_WIDTH, PAGE_HEIGHT, page->arena);
	pr_draw_box(page, "words", (struct pr_rect){56, 60, 496, 300});
	if (!draw_words(page, faces, error))
		return false;
	pr_draw_unbox(page);
	pr_draw_rect(page, (struct pr_rect){56, 28, 28.5, 3.5}, pr_paint_fill((struct pr_colour){0x0E, 0x4A, 0x66}));
	pr_draw_link(page, (struct pr_rect){56, 60, 200, 24}, "second");
	return true;
}

static void draw_shapes(struct pr_drawing *page)
{
	const struct pr_colour accent = {0x0E, 0x4A, 0x66}, red = {0xA3, 0x16, 0x21}, rule = {0x9A, 0xA3, 0xA9};
	const double x[] = {70, 120, 170, 220, 270, 320}, y[] = {260, 180, 230, 150, 240, 170};
	struct pr_paint band = pr_paint_fill(accent), dashed = pr_paint_stroke(red, 0.75),
					line = pr_paint_stroke(accent, 3);

	band.alpha = 0.55;
	dashed.dash[0] = 3;
	dashed.dash[1] = 1.5;
	dashed.dash_count = 2;
	line.round_join = true;
	pr_draw_rect(page, (struct pr_rect){60, 140, 280, 130}, pr_paint_stroke(rule, 0.5));
	pr_draw_rect(page, (struct pr_rect){100, 160, 80, 100}, band);
	pr_draw_rect(page, (struct pr_rect){140, 180, 80, 60}, band);
	pr_draw_polyline(page, x, y, 6, false, line);
	pr_draw_line(page, 60, 200, 340, 200, dashed);
	pr_draw_hatch(page, (struct pr_rect){360, 140, 60, 130}, 3, rule, 0.4);
	pr_draw_clip(page, (struct pr_rect){440, 140, 50, 50});
	pr_draw_clip(page, (struct pr_rect){450, 100, 100, 200});
	pr_draw_circle(page, 465, 165, 30, pr_paint_fill(red));
	pr_draw_unclip(page);
	pr_draw_unclip(page);
	pr_draw_sector(page, 465, 240, 30, 0, 0.3, pr_paint_fill(accent));
	pr_draw_sector(page, 465, 240, 30, 0.3, 1, pr_paint_fill(rule));
}

static bool second_page(struct pr_drawing *page, const struct pr_typefaces *faces, struct pr_error *error)
{
	struct pr_text_line line;
	const struct pr_span spans[] = {
		{"粗体", style(PR_BOLD, 12, 0xA3, 0x16, 0x21), NULL, NULL},
		{"and regular细体", style(PR_REGULAR, 12, 0x14, 0x19, 0x1D), NULL, NULL},
		{" 12.5%", style(PR_BOLD, 8, 0x0E, 0x4A, 0x66), NULL, NULL},
	};

	pr_drawing_init(page, PAGE_WIDTH, PAGE_HEIGHT, page->arena);
	pr_draw_anchor(page, "second", 80);
	draw_shapes(page);
	if (!pr_type_line(faces, spans, 3, page->arena, &line, error))
		return false;
	pr_draw_set_line(page, &line, 552, 100, PR_ALIGN_RIGHT, 0);
	if (!pr_type_line(faces, spans + 1, 1, page->arena, &line, error))
		return false;
	pr_draw_set_line(page, &line, 140, 205, PR_ALIGN_CENTRE, 2.4);
	return true;
}

static const struct pr_sheet_column columns[] = {
	{.head = "日期", .unit = NULL, .width = 12, .right = false},
	{.head = "电量", .unit = "kWh", .width = 14, .right = true},
	{.head = "说明", .unit = NULL, .width = 40, .right = false},
	{.head = "时刻", .unit = NULL, .width = 18, .right = false},
};

static struct pr_cell cell(enum pr_cell_kind kind, double number, const char *text, const char *format)
{
	return (struct pr_cell){.kind = kind, .number = number, .text = text, .format = format};
}

static void fill_table(struct pr_sheet_table *table, size_t rows, bool filter, struct pr_arena *arena)
{
	*table = (struct pr_sheet_table){.title = "逐日电量",
		.sub = "kWh，按日",
		.column_count = 4,
		.row_count = rows,
		.total_rows = filter ? 0 : 1,
		.filter = filter};
	table->columns = pr_arena_array(arena, 4, sizeof columns[0]);
	memcpy(table->columns, columns, sizeof columns);
	table->cells = pr_arena_array(arena, rows * 4, sizeof *table->cells);
	for (size_t row = 0; row < rows; row++) {
		struct pr_cell *cells = &table->cells[4 * row];

		cells[0] = cell(PR_CELL_TEXT, 0, pr_arena_format(arena, "2026-10-%02zu", row % 31 + 1), NULL);
		cells[1] = cell(PR_CELL_NUMBER, filter && row == 4 ? NAN : 1000.25 + (double)row, NULL, "#,##0.00");
		cells[2] =
			cell(row % 3 == 2 ? PR_CELL_EMPTY : PR_CELL_TEXT, 0, row % 3 == 1 ? "=1+1" : "\xf0\xa0\x82\x87 <&>", NULL);
		cells[3] = cell(PR_CELL_TIME, 46296.5 + (double)row, NULL, "yyyy-mm-dd hh:mm");
	}
	for (size_t i = 0; i < 4 && !filter; i++)
		table->cells[4 * (rows - 1) + i].bold = true;
}

static void make_workbook(struct pr_workbook *workbook, struct pr_arena *arena)
{
	static const char *notes[] = {"注：缺测的日子不计入。", "=HYPERLINK(\"x\")"};

	workbook->sheet_count = 2;
	workbook->sheets = pr_arena_array(arena, 2, sizeof *workbook->sheets);
	workbook->sheets[0] = (struct pr_sheet){.name = "概览", .table_count = 2};
	workbook->sheets[0].tables = pr_arena_array(arena, 2, sizeof(struct pr_sheet_table));
	fill_table(&workbook->sheets[0].tables[0], 5, false, arena);
	fill_table(&workbook->sheets[0].tables[1], 3, false, arena);
	workbook->sheets[0].tables[1].notes = notes;
	workbook->sheets[0].tables[1].note_count = 2;
	workbook->sheets[1] = (struct pr_sheet){.name = "明细", .table_count = 1};
	workbook->sheets[1].tables = pr_arena_array(arena, 1, sizeof(struct pr_sheet_table));
	fill_table(&workbook->sheets[1].tables[0], 40, true, arena);
}

bool painted_document(
	struct pr_document *document, const struct pr_typefaces *faces, struct pr_arena *arena, struct pr_error *error)
{
	static struct pr_outline_entry outline[] = {
		{"第一章 \xf0\xa0\x82\x87 overview", 1, 0, 70},
		{"图形", 2, 1, 140},
		{"第二章", 1, 1, 80},
	};

	memset(document, 0, sizeof *document);
	document->title = "电能质量月报 \xf0\xa0\x82\x87";
	document->subject = "2026-10";
	document->author = "某电力服务公司";
	document->locale = "zh-CN";
	document->created_ms = INT64_C(1793750400000); /* 2026-11-04T00:00:00Z */
	document->outline = outline;
	document->outline_count = sizeof outline / sizeof outline[0];
	document->page_count = 2;
	document->pages = pr_arena_array(arena, 2, sizeof *document->pages);
	document->pages[0].drawing.arena = arena;
	document->pages[1].drawing.arena = arena;
	make_workbook(&document->workbook, arena);
	return first_page(&document->pages[0].drawing, faces, error) &&
	       second_page(&document->pages[1].drawing, faces, error);
}
