/* How a workbook's tables share their sheet: columns that fit cells, heads and paper, and lines where they do not. */
#include "document/workbook.h"

#include <math.h>
#include <string.h>

#define WIDTH_MIN 6
#define WIDTH_MAX 60
#define WIDTH_SPACE 2
#define BUTTON_WIDTH 3      /* of a filter, in the head */
#define SHEET_WIDTH 150.0   /* that an A4 page lying holds at nine tenths of full size */
#define UPRIGHT_WIDTH 126.0 /* … that one upright holds at seven tenths */
#define TEXT_WIDTH 24.0     /* a text's column is not made narrower, */
#define NARROW_WIDTH 14.0   /* but in a sheet of very many columns */
#define TEXT_STEP 2.0
#define WIDEST 190.0     /* seven tenths of full size */
#define COLUMNS_MOST 512 /* more are left as they are */

/* --- widths ----------------------------------------------------------------------------------------------------- */

double pr_sheet_text_width(const char *text)
{
	double width = 0;

	while (text && *text) {
		uint32_t code = pr_utf8_next(&text);
		width += code >= 0x1100 && (code <= 0x115F || code >= 0x2E80) ? 2 : 1;
	}
	return width;
}

/* How wide the number format prints it: the whole part with its commas, the decimals, sign and unit. */
static double number_width(double number, const char *format)
{
	bool percent = format && strchr(format, '%');
	const char *point = format ? strchr(format, '.') : NULL;
	const char *unit = format ? strchr(format, '"') : NULL;
	double size = fabs(number) * (percent ? 100 : 1);
	int whole_digits = size >= 1 ? (int)floor(log10(size)) + 1 : 1;
	double width = number < 0 ? 1 : 0;
	char text[64];

	if (format && !pr_text_starts(format, "General")) {
		width += whole_digits + (percent ? 0 : (whole_digits - 1) / 3);
		width += (point ? (double)strspn(point + 1, "0") + 1 : 0) + (percent ? 1 : 0);
	} else {
		width = pr_sheet_text_width(pr_micro_plain(pr_micro_from_double(number), text));
	}
	return width + (unit ? pr_sheet_text_width(unit) - 2 : 0);
}

static double cell_width(const struct pr_cell *cell)
{
	switch (cell->kind) {
	case PR_CELL_NUMBER:
		return number_width(cell->number, cell->format);
	case PR_CELL_TEXT:
		return pr_sheet_text_width(cell->text);
	case PR_CELL_TIME:
		return pr_sheet_text_width(cell->format);
	case PR_CELL_EMPTY:
		break;
	}
	return 0;
}

/* A text that spreads over the columns right of it asks nothing of its own. */
void pr_sheet_widen(struct pr_sheet_column *column, const struct pr_cell *cell)
{
	if (cell->spread)
		return;
	column->content = fmin(fmax(column->content, cell_width(cell) + WIDTH_SPACE), WIDTH_MAX);
	column->width = fmax(column->width, column->content);
}

static int lines_of(double text, double width)
{
	return text <= width ? 1 : (int)ceil(text / fmax(width - WIDTH_SPACE, 1));
}

void pr_sheet_set_lines(const struct pr_sheet_table *table, size_t column)
{
	for (size_t row = 0; row < table->row_count; row++) {
		struct pr_cell *cell = &table->cells[row * table->column_count + column];
		if (cell->kind == PR_CELL_TEXT && !cell->spread)
			cell->lines = lines_of(cell_width(cell), table->columns[column].width);
	}
}

static double head_width(const struct pr_sheet_column *column)
{
	return pr_sheet_text_width(column->head) + (column->unit ? pr_sheet_text_width(column->unit) + 3 : 0);
}

void pr_sheet_set_width(const struct pr_sheet_table *table, size_t column)
{
	struct pr_sheet_column *shown = &table->columns[column];

	shown->width = fmin(fmax(head_width(shown) + WIDTH_SPACE, WIDTH_MIN), WIDTH_MAX);
	for (size_t row = 0; row < table->row_count; row++)
		pr_sheet_widen(shown, &table->cells[row * table->column_count + column]);
	pr_sheet_set_lines(table, column);
}

/* --- sheets ----------------------------------------------------------------------------------------------------- */

struct fitter {
	struct pr_sheet *sheet;
	size_t column_count;
	double text_width;                               /* of a text's column, at least */
	int head_lines;                                  /* of a head, at most */
	double width[COLUMNS_MOST], fixed[COLUMNS_MOST]; /* fixed: what cannot go on in a further line */
};

/* The longest word: a head goes on in further lines between words, a Chinese one anywhere. */
static double longest_word(const char *text)
{
	double longest = 0, width = 0;

	while (text && *text) {
		uint32_t code = pr_utf8_next(&text);
		width = code == ' ' || code >= 0x2E80 ? 0 : width + 1;
		longest = fmax(longest, width);
	}
	return longest;
}

static double head_need(
	const struct fitter *fitter, const struct pr_sheet_table *table, const struct pr_sheet_column *column)
{
	double words = fmax(longest_word(column->head), column->unit ? pr_sheet_text_width(column->unit) + 2 : 0);

	return fmax(fmax(ceil(head_width(column) / fitter->head_lines) + 1, words) + WIDTH_SPACE +
					(table->filter ? BUTTON_WIDTH : 0),
		WIDTH_MIN);
}

/* What stands in one line: numbers, times, and texts of a column that is no text's. */
static double fixed_width(const struct fitter *fitter, const struct pr_sheet_table *table, size_t column)
{
	double width = 0;

	if (table->stream)
		return fmin(table->columns[column].content, table->columns[column].right ? WIDTH_MAX : fitter->text_width);
	for (size_t row = 0; row < table->row_count; row++) {
		const struct pr_cell *cell = &table->cells[row * table->column_count + column];
		double needed = cell->spread ? 0 : cell_width(cell) + WIDTH_SPACE;

		width = fmax(width, cell->kind == PR_CELL_TEXT ? fmin(needed, fitter->text_width) : needed);
	}
	return width;
}

static void measure_sheet(struct fitter *fitter)
{
	for (size_t t = 0; t < fitter->sheet->table_count; t++) {
		const struct pr_sheet_table *table = &fitter->sheet->tables[t];

		for (size_t i = 0; i < table->column_count && !table->plain; i++) {
			fitter->width[i] = fmax(fitter->width[i], table->columns[i].width + (table->filter ? BUTTON_WIDTH : 0));
			fitter->fixed[i] = fmax(fitter->fixed[i], fixed_width(fitter, table, i));
			fitter->column_count = i + 1 > fitter->column_count ? i + 1 : fitter->column_count;
		}
	}
}

static double total_width(const struct fitter *fitter)
{
	double total = 0;

	for (size_t i = 0; i < fitter->column_count; i++)
		total += fitter->width[i];
	return total;
}

/* Heads of two lines, where that is what makes a column wide. */
static void fold_heads(struct fitter *fitter)
{
	for (size_t i = 0; i < fitter->column_count; i++) {
		double width = 0;

		for (size_t t = 0; t < fitter->sheet->table_count; t++) {
			const struct pr_sheet_table *table = &fitter->sheet->tables[t];
			if (i < table->column_count && !table->plain)
				width = fmax(width, fmax(table->columns[i].content, head_need(fitter, table, &table->columns[i])));
		}
		fitter->width[i] = fmin(fitter->width[i], width);
	}
}

/* The widest texts go on in further lines. */
static void fold_texts(struct fitter *fitter, double sheet_width)
{
	while (total_width(fitter) > sheet_width) {
		size_t widest = 0;

		for (size_t i = 1; i < fitter->column_count; i++)
			if (fitter->width[i] - fitter->fixed[i] > fitter->width[widest] - fitter->fixed[widest])
				widest = i;
		if (fitter->width[widest] - TEXT_STEP < fmax(fitter->fixed[widest], fitter->text_width))
			return;
		fitter->width[widest] -= TEXT_STEP;
	}
}

static void set_spread(const struct fitter *fitter, struct pr_sheet_table *table)
{
	for (size_t row = 0; row < table->row_count; row++)
		for (size_t i = 0; i < table->column_count; i++) {
			struct pr_cell *cell = &table->cells[row * table->column_count + i];
			double width = 0;

			for (size_t c = i; c < fitter->column_count && cell->spread; c++)
				width += fitter->width[c];
			if (cell->spread)
				cell->lines = lines_of(cell_width(cell), width);
		}
}

static void apply(const struct fitter *fitter)
{
	for (size_t t = 0; t < fitter->sheet->table_count; t++) {
		struct pr_sheet_table *table = &fitter->sheet->tables[t];

		for (size_t i = 0; i < table->column_count && !table->plain; i++) {
			double button = table->filter ? BUTTON_WIDTH : 0;
			int lines = lines_of(head_width(&table->columns[i]) + WIDTH_SPACE / 2.0 + button, fitter->width[i]);

			table->columns[i].width = fitter->width[i];
			table->head_lines = lines > table->head_lines ? lines : table->head_lines;
			pr_sheet_set_lines(table, i);
		}
		set_spread(fitter, table);
	}
}

/* A sheet of several tables is read from above like a page: upright, where folding its texts is enough for that. */
static void fold_upright(struct fitter *fitter)
{
	struct fitter folded = *fitter;

	if (fitter->sheet->table_count < 2)
		return;
	fold_texts(&folded, UPRIGHT_WIDTH);
	if (total_width(&folded) <= UPRIGHT_WIDTH)
		*fitter = folded;
}

static void fold(struct fitter *fitter)
{
	measure_sheet(fitter);
	if (total_width(fitter) > SHEET_WIDTH)
		fold_heads(fitter);
	fold_upright(fitter);
	fold_texts(fitter, SHEET_WIDTH);
}

void pr_workbook_fit(struct pr_workbook *workbook)
{
	for (size_t i = 0; i < workbook->sheet_count; i++) {
		struct fitter fitter = {.sheet = &workbook->sheets[i], .text_width = TEXT_WIDTH, .head_lines = 2};
		bool fits = true;

		for (size_t t = 0; t < fitter.sheet->table_count; t++)
			fits = fits && fitter.sheet->tables[t].column_count <= COLUMNS_MOST;
		if (!fits)
			continue;
		fold(&fitter);
		if (total_width(&fitter) > WIDEST) {
			struct fitter narrow = {.sheet = fitter.sheet, .text_width = NARROW_WIDTH, .head_lines = 3};

			fold(&narrow);
			fitter = narrow;
		}
		apply(&fitter);
	}
}
