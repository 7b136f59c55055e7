/*
 * Tables on pages: column widths, cells, rules. Columns are as wide as their content; what is left goes to the columns
 * with a weight, and where it is too little those are narrowed and their texts wrapped.
 */
#include "document/flow.h"

#include "document/cell.h"

#include <math.h>
#include <string.h>

#define ROW_HEIGHT 14.0
#define CHART_ROW_HEIGHT 16.5
#define BASELINE_UP 4.5 /* text above its rule */
#define HEAD_LEADING 11.0
#define WRAP_LEADING 12.0
#define SECOND_LEADING 11.0
#define GROUP_SPACE 4.0
#define INDENT 14.0
#define MARK_SIZE 7.0
#define MARK_SPACE 11.0
#define MARK_UP 6.6 /* above the baseline */
#define MARK_OUTLINE 1.4
#define SHAPE_SIZE 8.0
#define SUFFIX_GAP 4.0
#define NARROW_ROUNDS 1000 /* of 8 points: two names of 4,000 */
#define NOTE_LEADING 11.0
#define ROWS_WHOLE 12 /* a table of more may break; so may one that long names make as high as twelve such rows */
#define HEIGHT_WHOLE 430.0
#define NOTE_SPACE 12.5
#define GAP_WIDE 28.0
#define GAP_NARROW 7.0
#define GAP_NARROWEST 4.0
#define WHOLE_FROM 1000.0
#define COLUMNS_MAX 24

/* What a table gives up, one after the other, until it fits its width. */
enum tightness {
	LOOSE,
	HEADS_WRAP,
	GAPS_NARROW,
	TEXTS_WRAP, /* those of columns without a weight, too */
	TYPE_SMALL,
	TYPE_SMALLEST,
	NUMBERS_WHOLE /* from a thousand on, where eight columns of billions stand abreast */
};
/* How narrow a column of texts may then be. */
static const double narrowest[] = {72, 72, 64, 56, 48, 36, 36};

struct layout {
	const struct pr_builder *builder;
	const struct pr_table *table;
	struct pr_flow *flow;
	size_t count;
	double x[COLUMNS_MAX], width[COLUMNS_MAX], suffix[COLUMNS_MAX];
	bool wraps[COLUMNS_MAX];
	int tightness; /* enum tightness */
	double gap;
	struct pr_error *error;
};

static const struct pr_table_column *column_of(const struct layout *layout, size_t index)
{
	return &layout->table->definition->columns[index];
}

static struct pr_style cell_style(
	const struct layout *layout, const struct pr_table_row *row, const struct pr_table_cell *cell)
{
	struct pr_style style = pr_type_role_style(
		layout->builder, row->total && layout->table->definition->level ? PR_TYPE_TOTAL : PR_TYPE_CELL);

	style.weight = row->bold ? PR_BOLD : PR_REGULAR;
	if (cell->value.kind == PR_VALUE_MISSING && pr_text_equal(cell->text, "—"))
		style = pr_style_role(layout->builder, style, "text3");
	if (layout->tightness >= TYPE_SMALL)
		style.size_pt = fmin(style.size_pt, layout->tightness == TYPE_SMALL ? 7.5 : 7.0);
	return pr_cell_style(layout->builder, cell, style);
}

/* Its number without decimals; NULL where it stays as it is. */
static const char *whole_number(const struct layout *layout, const struct pr_table_cell *cell)
{
	struct pr_format_style style = {.bare = true, .sign = cell->text[0] == '+'};

	if (layout->tightness < NUMBERS_WHOLE || cell->value.kind != PR_VALUE_NUMBER || cell->rich.count != 1 ||
		fabs(cell->value.number) < WHOLE_FROM || !strchr(cell->text, '.'))
		return NULL;
	return pr_format_value(&layout->builder->context, NULL, &cell->value, &style);
}

/* The cell's spans in the row's style; ** in words still makes bold. */
static struct pr_rich styled(
	const struct layout *layout, const struct pr_table_row *row, const struct pr_table_cell *cell)
{
	struct pr_style style = cell_style(layout, row, cell);
	struct pr_rich rich = {.count = cell->rich.count, .capacity = cell->rich.count};
	const char *whole = whole_number(layout, cell);

	rich.spans = pr_arena_array(layout->builder->arena, rich.count, sizeof *rich.spans);
	for (size_t i = 0; i < rich.count; i++) {
		bool bold = cell->rich.spans[i].style.weight == PR_BOLD;
		rich.spans[i] = cell->rich.spans[i];
		rich.spans[i].style = style;
		if (whole)
			rich.spans[i].text = whole;
		if (bold)
			rich.spans[i].style.weight = PR_BOLD;
	}
	return rich;
}

static double left_of(
	const struct layout *layout, const struct pr_table_row *row, const struct pr_table_cell *cell, size_t index)
{
	double x = 0;

	if (row->line && index == 0)
		x += INDENT;
	if (cell->mark)
		x += MARK_SPACE;
	(void)layout;
	return x;
}

static bool natural_width(struct layout *layout, const struct pr_table_row *row, size_t index, double *width)
{
	const struct pr_table_cell *cell = &row->cells[index];
	struct pr_rich rich = styled(layout, row, cell);
	struct pr_style small = pr_type_role_style(layout->builder, PR_TYPE_HEAD);
	struct pr_text_line line;

	if (!pr_type_line(layout->builder->faces, rich.spans, rich.count, layout->builder->arena, &line, layout->error))
		return false;
	*width = line.width_pt + left_of(layout, row, cell, index);
	if (cell->second && column_of(layout, index)->weight <= 0) /* one that takes what is left has room behind it */
		*width = fmax(
			*width, pr_type_width(layout->builder->faces, small, cell->second) + left_of(layout, row, cell, index));
	return true;
}

static bool break_rich(struct layout *layout, const struct pr_rich *rich, struct pr_style style, double measure,
	struct pr_text_line **lines, size_t *count)
{
	struct pr_rich shown = *rich;

	pr_rich_restyle(&shown, style, layout->builder->arena);
	return pr_type_paragraph(
		layout->builder->faces, shown.spans, shown.count, measure, layout->builder->arena, lines, count, layout->error);
}

/* A head on one line; or no wider than its column's cells, if its words allow. */
static bool head_width(struct layout *layout, size_t index, double cells, double *width)
{
	struct pr_style style = pr_type_role_style(layout->builder, PR_TYPE_HEAD);
	struct pr_text_line *lines;
	size_t count;

	*width = pr_type_width(layout->builder->faces, style, layout->table->heads[index]);
	if (layout->tightness < HEADS_WRAP || *width <= cells)
		return true;
	if (!break_rich(layout, &layout->table->head_riches[index], style, fmax(cells, 8), &lines, &count))
		return false;
	*width = 0;
	for (size_t i = 0; i < count; i++)
		*width = fmax(*width, lines[i].width_pt);
	return true;
}

static bool measure_column(struct layout *layout, size_t index)
{
	const struct pr_table_column *column = column_of(layout, index);
	struct pr_style small = pr_type_role_style(layout->builder, PR_TYPE_HEAD);
	double widest = 0, width;

	layout->suffix[index] = 0;
	layout->wraps[index] = false;
	for (size_t r = 0; r < layout->table->row_count; r++) {
		const struct pr_table_row *row = &layout->table->rows[r];
		if (!natural_width(layout, row, index, &width))
			return false;
		widest = fmax(widest, width);
		layout->suffix[index] =
			fmax(layout->suffix[index], pr_type_width(layout->builder->faces, small, row->cells[index].suffix));
	}
	/* The head ends where the numbers end, before their small units. */
	if (!head_width(layout, index, widest, &width))
		return false;
	widest = fmax(widest, width);
	if (layout->suffix[index] > 0)
		widest += layout->suffix[index] + SUFFIX_GAP;
	layout->width[index] = column->width_pt > 0 ? column->width_pt : widest;
	return true;
}

static bool may_wrap(const struct layout *layout, size_t index)
{
	const struct pr_table_column *column = column_of(layout, index);

	return column->weight > 0 || (layout->tightness >= TEXTS_WRAP && !column->right && !column->bar && !column->chart &&
									 column->width_pt <= 0);
}

/* Takes the excess from the widest of the columns that may wrap, one level after the other; what is left of it. */
static double narrow(struct layout *layout, double excess)
{
	for (int round = 0; round < NARROW_ROUNDS && excess > 0.01; round++) {
		size_t widest = COLUMNS_MAX;
		for (size_t i = 0; i < layout->count; i++)
			if (may_wrap(layout, i) && layout->width[i] > narrowest[layout->tightness] &&
				(widest == COLUMNS_MAX || layout->width[i] > layout->width[widest]))
				widest = i;
		if (widest == COLUMNS_MAX)
			return excess;
		double step = fmin(fmin(excess, 8.0), layout->width[widest] - narrowest[layout->tightness]);
		layout->width[widest] -= step;
		layout->wraps[widest] = true;
		excess -= step;
	}
	return excess;
}

/* *spare: what the columns leave of the width; less than 0 = they do not fit. */
static bool measure_columns(struct layout *layout, double *spare)
{
	double total = 0;

	layout->gap = layout->table->definition->gap_pt;
	if (layout->tightness >= GAPS_NARROW)
		layout->gap = fmin(layout->gap, layout->tightness >= NUMBERS_WHOLE ? GAP_NARROWEST : GAP_NARROW);
	for (size_t i = 0; i < layout->count; i++) {
		if (!measure_column(layout, i))
			return false;
		total += layout->width[i] + (i > 0 ? layout->gap : 0);
	}
	*spare = layout->flow->width - total;
	if (*spare < 0)
		*spare = -narrow(layout, -*spare);
	return true;
}

/* Where there is room, numbers stand apart as much as from the names: half of the room goes between the columns. */
static void widen_gaps(struct layout *layout, double weights, double *spare)
{
	double gaps = (double)layout->count - 1, more;

	if (weights <= 0 || layout->count < 2)
		return;
	more = fmin(GAP_WIDE - layout->gap, *spare / 2 / gaps);
	if (more <= 0)
		return;
	layout->gap += more;
	*spare -= more * gaps;
}

static bool measure(struct layout *layout)
{
	double weights = 0, x = 0, spare;

	for (layout->tightness = LOOSE;; layout->tightness++) {
		if (!measure_columns(layout, &spare))
			return false;
		if (spare > -0.1 || layout->tightness == NUMBERS_WHOLE)
			break;
	}
	for (size_t i = 0; i < layout->count; i++)
		weights += column_of(layout, i)->weight;
	widen_gaps(layout, weights, &spare);
	for (size_t i = 0; i < layout->count; i++) {
		if (spare > 0 && weights > 0)
			layout->width[i] += spare * column_of(layout, i)->weight / weights;
		layout->x[i] = x;
		x += layout->width[i] + layout->gap;
	}
	/* Without weights the last column keeps the right edge. */
	if (spare > 0 && weights == 0 && layout->count > 0)
		layout->x[layout->count - 1] += spare;
	return true;
}

/* --- drawing ---------------------------------------------------------------------------------------------------- */

static void rule(const struct layout *layout, struct pr_drawing *drawing, double y, const char *role, double width)
{
	pr_draw_line(
		drawing, 0, y, layout->flow->width, y, pr_paint_stroke(pr_theme_colour(layout->builder->theme, role), width));
}

static bool draw_heads(struct layout *layout)
{
	struct pr_style style = pr_type_role_style(layout->builder, PR_TYPE_HEAD);
	struct pr_text_line *lines[COLUMNS_MAX] = {0};
	size_t counts[COLUMNS_MAX] = {0}, most = 1;
	struct pr_drawing *drawing = &layout->flow->repeat;

	for (size_t i = 0; i < layout->count; i++) {
		if (!break_rich(
				layout, &layout->table->head_riches[i], style, fmax(layout->width[i], 8) + 0.01, &lines[i], &counts[i]))
			return false;
		most = counts[i] > most ? counts[i] : most;
	}
	layout->flow->repeat_height = ROW_HEIGHT + HEAD_LEADING * (double)(most - 1);
	pr_draw_box(drawing, "heads", (struct pr_rect){0, 0, layout->flow->width, layout->flow->repeat_height});
	for (size_t i = 0; i < layout->count; i++) {
		pr_draw_box(drawing, pr_arena_format(layout->builder->arena, "column %s", column_of(layout, i)->name),
			(struct pr_rect){layout->x[i], 0, layout->width[i], layout->flow->repeat_height});
		for (size_t l = 0; l < counts[i]; l++) {
			double baseline = layout->flow->repeat_height - BASELINE_UP - HEAD_LEADING * (double)(counts[i] - 1 - l);
			bool right = column_of(layout, i)->right;
			double edge =
				layout->x[i] + layout->width[i] - (layout->suffix[i] > 0 ? layout->suffix[i] + SUFFIX_GAP : 0);
			pr_draw_set_line(drawing, &lines[i][l], right ? edge : layout->x[i], baseline,
				right ? PR_ALIGN_RIGHT : PR_ALIGN_LEFT, 0);
		}
		pr_draw_unbox(drawing);
	}
	pr_draw_unbox(drawing);
	rule(layout, drawing, layout->flow->repeat_height, "ink", 0.5);
	return true;
}

struct set_lines {
	struct pr_text_line *lines;
	size_t count;
};

/* Before a text: a slot's square, an alarm level's own shape, a judgement's square (hollow where it is only fair). */
static void draw_mark(
	const struct layout *layout, const char *role, double left, double baseline, struct pr_drawing *drawing)
{
	const struct pr_theme *theme = layout->builder->theme;
	const struct pr_rect square = {left, baseline - MARK_UP, MARK_SIZE, MARK_SIZE};
	const double inset = MARK_OUTLINE / 2;
	struct pr_colour colour;

	if (!pr_theme_role(theme, role, &colour))
		return;
	if (pr_text_starts(role, "alarm."))
		pr_chart_draw_shape(drawing, theme, left + MARK_SIZE / 2, square.y + MARK_SIZE / 2, SHAPE_SIZE, role);
	else if (pr_text_equal(role, "fair"))
		pr_draw_rect(drawing,
			(struct pr_rect){left + inset, square.y + inset, MARK_SIZE - 2 * inset, MARK_SIZE - 2 * inset},
			pr_paint_stroke(colour, MARK_OUTLINE));
	else
		pr_draw_rect(drawing, square, pr_paint_fill(colour));
}

static bool draw_cell(struct layout *layout, const struct pr_table_row *row, size_t index,
	const struct pr_text_line *lines, size_t count, const struct set_lines *seconds, double top,
	struct pr_drawing *drawing)
{
	const struct pr_table_cell *cell = &row->cells[index];
	const struct pr_table_column *column = column_of(layout, index);
	struct pr_style small = pr_type_role_style(layout->builder, PR_TYPE_HEAD);
	double baseline = top + ROW_HEIGHT - BASELINE_UP;
	double left = layout->x[index] + left_of(layout, row, cell, index);
	double right = layout->x[index] + layout->width[index];
	struct pr_rect rect = {left, top, right - left, ROW_HEIGHT};

	if (!pr_cell_draw(layout->builder, column, row, cell, rect, drawing, layout->gap, layout->error))
		return false;
	if (cell->mark)
		draw_mark(layout, cell->mark, left - MARK_SPACE, baseline, drawing);
	if (layout->suffix[index] > 0) {
		right -= layout->suffix[index] + SUFFIX_GAP;
		if (*cell->text && cell->value.kind != PR_VALUE_MISSING &&
			!pr_draw_text(drawing, layout->builder->faces, cell->suffix, small, right + SUFFIX_GAP, baseline,
				PR_ALIGN_LEFT, NULL, layout->error))
			return false;
	}
	if (cell->shade && count > 0) {
		struct pr_rect ground = pr_cell_ground(rect, layout->gap);
		pr_draw_set_line(drawing, &lines[0], ground.x + ground.width / 2, baseline, PR_ALIGN_CENTRE, 0);
		return true;
	}
	for (size_t l = 0; l < count; l++)
		pr_draw_set_line(drawing, &lines[l], column->right ? right : left, baseline + WRAP_LEADING * (double)l,
			column->right ? PR_ALIGN_RIGHT : PR_ALIGN_LEFT, 0);
	for (size_t l = 0; l < seconds->count; l++)
		pr_draw_set_line(drawing, &seconds->lines[l], column->right ? right : left,
			baseline + WRAP_LEADING * (double)(count > 0 ? count - 1 : 0) + SECOND_LEADING * (double)(l + 1),
			column->right ? PR_ALIGN_RIGHT : PR_ALIGN_LEFT, 0);
	return true;
}

static bool is_blank(const struct layout *layout, const struct pr_table_row *row, size_t index)
{
	const struct pr_table_cell *cell = &row->cells[index];

	return !*cell->text && !cell->second && !cell->mark && isnan(cell->bar) && !column_of(layout, index)->chart;
}

/* Whether a cell has nothing below the row's first line. */
static bool is_low(const struct layout *layout, const struct pr_table_row *row, size_t index, const size_t *counts)
{
	const struct pr_table_cell *cell = &row->cells[index];

	return is_blank(layout, row, index) || (counts[index] <= 1 && !cell->second && !column_of(layout, index)->chart);
}

/* The room of a cell's second line: its column's, and that of the cells behind it that have one line. */
static double second_room(
	const struct layout *layout, const struct pr_table_row *row, size_t index, const size_t *counts)
{
	size_t last = index;

	while (!column_of(layout, index)->right && last + 1 < layout->count && is_low(layout, row, last + 1, counts))
		last++;
	return layout->x[last] + layout->width[last] - layout->x[index];
}

/* The smaller lines below a cell's text. */
static bool set_second(struct layout *layout, const struct pr_table_row *row, size_t index, const size_t *counts,
	struct set_lines *seconds)
{
	const struct pr_table_cell *cell = &row->cells[index];
	struct pr_style style = pr_type_role_style(layout->builder, PR_TYPE_HEAD);
	double measure = second_room(layout, row, index, counts) - left_of(layout, row, cell, index);

	*seconds = (struct set_lines){0};
	return !cell->second || !*cell->second ||
	       break_rich(layout, &cell->second_rich, style, fmax(measure, 8) + 0.01, &seconds->lines, &seconds->count);
}

static bool set_cell(
	struct layout *layout, const struct pr_table_row *row, size_t index, struct pr_text_line **lines, size_t *count)
{
	const struct pr_table_cell *cell = &row->cells[index];
	struct pr_rich rich = styled(layout, row, cell);
	double measure = layout->width[index] - left_of(layout, row, cell, index);

	*count = 1;
	if (layout->wraps[index])
		return pr_type_paragraph(layout->builder->faces, rich.spans, rich.count, measure + 0.01, layout->builder->arena,
			lines, count, layout->error);
	*lines = pr_arena_alloc(layout->builder->arena, sizeof **lines);
	return pr_type_line(layout->builder->faces, rich.spans, rich.count, layout->builder->arena, *lines, layout->error);
}

static double cell_height(size_t lines, size_t seconds)
{
	return ROW_HEIGHT + WRAP_LEADING * (double)(lines > 1 ? lines - 1 : 0) +
	       (seconds > 0 ? SECOND_LEADING * (double)seconds + 3.0 : 0);
}

/* A row set: what its cells say, and where that stands. */
struct set_row {
	struct pr_text_line *lines[COLUMNS_MAX];
	struct set_lines seconds[COLUMNS_MAX];
	size_t counts[COLUMNS_MAX];
	double top, height, text_top;
};

static bool paint_row(
	struct layout *layout, size_t index, const struct set_row *set, double piece_height, struct pr_drawing *drawing)
{
	const struct pr_table_row *row = &layout->table->rows[index];
	const bool last = index + 1 == layout->table->row_count;

	pr_draw_box(drawing, row->total ? "total" : "row", (struct pr_rect){0, set->top, layout->flow->width, set->height});
	for (size_t i = 0; i < layout->count; i++)
		if (!draw_cell(layout, row, i, set->lines[i], set->counts[i], &set->seconds[i], set->text_top, drawing))
			return false;
	pr_draw_unbox(drawing);
	if (row->total && index > 0)
		rule(layout, drawing, 0, "ink", 0.5);
	if (last)
		rule(layout, drawing, piece_height, "ink", 0.75);
	else if (row->group)
		rule(layout, drawing, piece_height, "rule", 0.5);
	else if (!row[1].total)
		rule(layout, drawing, piece_height, "grid", 0.5);
	return true;
}

/* The row as it begins a page: with the names of the groups that began on the one before. */
static bool paint_first(struct layout *layout, size_t index, const struct set_row *set, struct pr_piece *piece)
{
	const struct pr_table_row *rows = layout->table->rows;
	struct set_row shown = *set;
	bool differs = false;

	for (size_t i = 0; i < layout->count && !rows[index].total; i++) {
		size_t above = index;

		if (!column_of(layout, i)->again || *rows[index].cells[i].text)
			continue;
		while (above > 0 && !*rows[above].cells[i].text)
			above--;
		if (!set_cell(layout, &rows[above], i, &shown.lines[i], &shown.counts[i]))
			return false;
		if (cell_height(shown.counts[i], 0) > set->height) { /* no room: nothing is better than half of it */
			shown.lines[i] = set->lines[i];
			shown.counts[i] = set->counts[i];
			continue;
		}
		differs = true;
	}
	if (!differs)
		return true;
	piece->first = pr_arena_alloc(layout->builder->arena, sizeof *piece->first);
	pr_drawing_init(piece->first, layout->flow->width, piece->height, layout->builder->arena);
	return paint_row(layout, index, &shown, piece->height, piece->first);
}

static bool draw_row(struct layout *layout, size_t index)
{
	const struct pr_table_row *row = &layout->table->rows[index];
	const bool last = index + 1 == layout->table->row_count;
	const struct pr_table_row *next = last ? NULL : row + 1;
	struct set_row set = {.top = row->group && index > 0 ? GROUP_SPACE : 0};
	double height = ROW_HEIGHT, lowest = ROW_HEIGHT;
	struct pr_piece *piece;
	bool charts = false;

	for (size_t i = 0; i < layout->count; i++)
		if (!set_cell(layout, row, i, &set.lines[i], &set.counts[i]))
			return false;
	for (size_t i = 0; i < layout->count; i++) {
		if (!set_second(layout, row, i, set.counts, &set.seconds[i]))
			return false;
		height = fmax(height, cell_height(set.counts[i], set.seconds[i].count));
		charts = charts || column_of(layout, i)->chart;
	}
	/* Charts need some more room, in the middle of which the text stands. */
	lowest = height;
	if (charts)
		height = fmax(height, CHART_ROW_HEIGHT);
	set.height = height;
	set.text_top = set.top + (height - lowest) / 2;
	piece = pr_flow_piece(layout->builder, layout->flow, set.top + height);
	piece->keep = row->group || (next && next->total && next[0].total);
	return paint_row(layout, index, &set, piece->height, &piece->drawing) && paint_first(layout, index, &set, piece);
}

static bool draw_notes(struct layout *layout)
{
	struct pr_style style = pr_type_role_style(layout->builder, PR_TYPE_NOTE);
	double baseline = NOTE_SPACE;

	for (size_t i = 0; i < layout->table->note_count; i++) {
		struct pr_text_line *lines;
		size_t count;

		if (!break_rich(layout, &layout->table->note_riches[i], style, layout->flow->width, &lines, &count))
			return false;
		baseline = pr_flow_lines(&layout->flow->tail, lines, count, 0, baseline, NOTE_LEADING) + NOTE_LEADING;
	}
	if (layout->table->note_count > 0)
		layout->flow->tail_height = baseline - NOTE_LEADING + 2;
	return true;
}

static bool draw_empty(struct layout *layout)
{
	struct pr_style style = pr_type_role_style(layout->builder, PR_TYPE_BODY);
	struct pr_text_line *lines;
	struct pr_piece *piece;
	size_t count;

	if (!break_rich(layout, &layout->table->empty_rich, style, layout->flow->width, &lines, &count))
		return false;
	piece = pr_flow_piece(layout->builder, layout->flow, ROW_HEIGHT * (double)count + 2);
	pr_flow_lines(&piece->drawing, lines, count, 0, 10, ROW_HEIGHT);
	return true;
}

bool pr_table_layout(const struct pr_builder *builder, const struct pr_scope *scope,
	const struct pr_table_definition *definition, struct pr_flow *flow, struct pr_error *error)
{
	struct layout layout = {.builder = builder, .flow = flow, .error = error};
	struct pr_table table;

	if (!pr_table_shown(builder, scope, &definition, error))
		return false;
	layout.count = definition->column_count;
	if (definition->column_count > COLUMNS_MAX)
		return pr_error_set_at(error, PR_CODE_CONFIG, definition->place.path, definition->place.line,
			"table '%s' has %zu columns; expected at most %d", definition->name, definition->column_count, COLUMNS_MAX);
	if (!pr_table_fill(builder, scope, definition, &table, error))
		return false;
	layout.table = &table;
	if (table.empty)
		return draw_empty(&layout);
	if (!measure(&layout) || !draw_heads(&layout))
		return false;
	for (size_t i = 0; i < table.row_count; i++)
		if (!draw_row(&layout, i))
			return false;
	if (!draw_notes(&layout))
		return false;
	flow->breaks = table.row_count > ROWS_WHOLE || pr_flow_height(flow) > HEIGHT_WHOLE;
	return true;
}
