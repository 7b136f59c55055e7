/* How a sheet is printed: on A4, as wide as the paper, each table whole where a page holds it. */
#include <math.h>

#include "base/text.h"
#include "output/xlsx_part.h"

#define PAPER_A4 9
#define LEFT_INCH 0.6
#define RIGHT_INCH 0.5
#define TOP_INCH 0.75
#define SHORT_INCH 8.27
#define LONG_INCH 11.69
#define PX_AN_INCH 96.0
#define PT_AN_INCH 72.0
#define CHARACTER_PX 7.0
#define COLUMN_PX 5.0 /* a column has beside its characters */
#define DEFAULT_COLUMN_PX 64.0
#define UPRIGHT_AT_LEAST 0.7 /* of full size: what would be smaller lies */
#define SMALLEST 0.4
#define ONE_PAGE_AT_LEAST 0.65 /* of full size: a list that would be smaller goes on to a second page at its right */
#define SPARE 0.97             /* another program's font may be wider */
#define ROW_PT 15.0
#define SHRUNK 1.2 /* a sheet of several tables that is so little longer than a page is made to fit it */
#define SPLIT_ROWS_MOST 500
#define ROWS_KEPT 3            /* stay with the head */
#define LONGEST_HEADER_TEXT 80 /* of the 255 bytes of a print header */
#define BREAKS_MOST 1000

struct printer {
	const struct pr_sheet *sheet;
	const struct pr_xlsx_place *place;
	double page_pt; /* what a page holds */
	double used_pt;
	lxw_row_t *breaks;
	size_t break_count;
};

bool pr_xlsx_check_code(lxw_error code, const char *what, struct pr_error *error)
{
	if (code == LXW_NO_ERROR)
		return true;
	return pr_error_set(error, PR_CODE_OUTPUT, "cannot write the workbook's %s: %s", what, lxw_strerror(code));
}

#define FULL_WIDTH_AMPERSAND "\xEF\xBC\x86"

/* Text of a print header, where '&' begins a command and '&&' stands for itself. The library looks for "&G" and
 * "&[Picture]" without seeing that, and wants pictures then: there a full-width '&' stands. */
static void add_header_text(struct pr_buffer *out, const char *text)
{
	size_t left = LONGEST_HEADER_TEXT;
	uint32_t code;

	while (text != NULL && left > 0 && (code = pr_utf8_next(&text)) != 0) {
		char bytes[4];
		const size_t size = pr_utf8_put(bytes, code);

		if (size > left)
			return;
		left -= size;
		if (code == '&' && (*text == 'G' || *text == '[')) {
			pr_buffer_add(out, FULL_WIDTH_AMPERSAND);
			continue;
		}
		if (code == '&')
			pr_buffer_add(out, "&");
		pr_buffer_add_n(out, bytes, size);
	}
}

static double height_of(const struct pr_xlsx_place *place, size_t from, size_t to)
{
	double height = ROW_PT * (double)(to - from);

	for (size_t i = 0; i < place->height_count; i++)
		if (place->heights[i].row >= from && place->heights[i].row < to)
			height += place->heights[i].height_pt - ROW_PT;
	return height;
}

/* --- pages --------------------------------------------------------------------------------------------------------- */

/* A part of the sheet that ought to stand on one page. */
static void place_part(struct printer *printer, size_t from, size_t to, double kept_pt)
{
	const double height = height_of(printer->place, from, to);

	if (printer->used_pt > 0 && printer->used_pt + fmin(height, kept_pt) > printer->page_pt &&
		printer->break_count < BREAKS_MOST) {
		printer->breaks[printer->break_count++] = (lxw_row_t)from;
		printer->used_pt = 0;
	}
	printer->used_pt = fmod(printer->used_pt + height, printer->page_pt);
}

static void place_table(struct printer *printer, size_t t)
{
	const struct pr_sheet_table *table = &printer->sheet->tables[t];
	const struct pr_xlsx_place *place = printer->place;
	const size_t start = place->starts[t], title = start + table->rows_above;
	const size_t end = t + 1 < printer->sheet->table_count ? place->starts[t + 1] : place->end;
	const size_t kept = place->heads[t] + 1 + ROWS_KEPT < end ? place->heads[t] + 1 + ROWS_KEPT : end;
	const double whole = height_of(place, title, end), least = height_of(place, title, kept);

	if (title > start)
		place_part(printer, start, title, height_of(place, start, title));
	place_part(printer, title, end, whole <= printer->page_pt ? whole : least);
}

static bool set_breaks(struct printer *printer, struct pr_arena *arena, struct pr_error *error)
{
	printer->breaks = pr_arena_array(arena, BREAKS_MOST + 1, sizeof *printer->breaks);
	for (size_t t = 0; t < printer->sheet->table_count; t++)
		place_table(printer, t);
	if (printer->break_count == 0)
		return true;
	return pr_xlsx_check_code(
		worksheet_set_h_pagebreaks(printer->place->worksheet, printer->breaks), "page breaks", error);
}

/* --- size ---------------------------------------------------------------------------------------------------------- */

static double tables_px(const struct pr_xlsx_place *place)
{
	return CHARACTER_PX * place->width + COLUMN_PX * (double)place->columns;
}

static double charts_px(const struct pr_sheet *sheet)
{
	double right = 0;

	for (size_t i = 0; i < sheet->chart_count; i++)
		right = fmax(right, sheet->charts[i].x_px + sheet->charts[i].width_px);
	return right;
}

/* A list that would be too small is as wide as two sheets of paper, with its names on both. */
static bool is_split(const struct pr_xlsx_place *place, double scale)
{
	return place->names > 0 && scale < ONE_PAGE_AT_LEAST && place->end <= SPLIT_ROWS_MOST;
}

static bool set_size(
	const struct pr_sheet *sheet, const struct pr_xlsx_place *place, struct pr_arena *arena, struct pr_error *error)
{
	const double width = fmax(fmax(tables_px(place), charts_px(sheet)), 1) / SPARE;
	const double upright = (SHORT_INCH - LEFT_INCH - RIGHT_INCH) * PX_AN_INCH / width;
	const double lying = (LONG_INCH - LEFT_INCH - RIGHT_INCH) * PX_AN_INCH / width;
	const bool lies = upright < UPRIGHT_AT_LEAST;
	const double scale = fmin(fmax(lies ? lying : upright, SMALLEST), 1);
	struct printer printer = {.sheet = sheet,
		.place = place,
		.page_pt = ((lies ? SHORT_INCH : LONG_INCH) - 2 * TOP_INCH) * PT_AN_INCH / scale * SPARE};

	if (lies)
		worksheet_set_landscape(place->worksheet);
	/* Not by a scale: another program's font may be wider, and a last column would stand on pages of its own. */
	const double whole_pt = height_of(place, 0, place->end);
	const bool shrinks = sheet->table_count > 1 && whole_pt <= printer.page_pt * SHRUNK && scale >= SMALLEST * SHRUNK;
	worksheet_fit_to_pages(place->worksheet, is_split(place, scale) ? 2 : 1, shrinks ? 1 : 0);
	if (is_split(place, scale) &&
		!pr_xlsx_check_code(
			worksheet_repeat_columns(place->worksheet, 0, (lxw_col_t)(place->names - 1)), "print columns", error))
		return false;
	if (shrinks || (sheet->table_count == 1 && sheet->chart_count == 0))
		return true;
	return set_breaks(&printer, arena, error);
}

static bool set_area(const struct pr_sheet *sheet, const struct pr_xlsx_place *place, struct pr_error *error)
{
	const double beyond = charts_px(sheet) - tables_px(place);
	const size_t columns = place->columns + (beyond > 0 ? (size_t)ceil(beyond / DEFAULT_COLUMN_PX) : 0);

	if (place->end == 0 || columns == 0)
		return true;
	return pr_xlsx_check_code(
		worksheet_print_area(place->worksheet, 0, 0, (lxw_row_t)(place->end - 1), (lxw_col_t)(columns - 1)),
		"print area", error);
}

bool pr_xlsx_set_print(const struct pr_document *document, const struct pr_sheet *sheet,
	const struct pr_xlsx_place *place, struct pr_arena *arena, struct pr_error *error)
{
	struct pr_buffer header;

	pr_buffer_init(&header, arena);
	pr_buffer_add(&header, "&L");
	add_header_text(&header, document->title);
	pr_buffer_add(&header, "&R");
	add_header_text(&header, sheet->name);
	worksheet_set_paper(place->worksheet, PAPER_A4);
	worksheet_set_margins(place->worksheet, LEFT_INCH, RIGHT_INCH, TOP_INCH, TOP_INCH);
	return set_size(sheet, place, arena, error) && set_area(sheet, place, error) &&
	       pr_xlsx_check_code(worksheet_set_header(place->worksheet, header.text), "page header", error) &&
	       pr_xlsx_check_code(worksheet_set_footer(place->worksheet, "&R&P / &N"), "page footer", error);
}
