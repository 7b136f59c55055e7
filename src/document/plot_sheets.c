/* The tables of a plot: a summary, a sheet a panel, and for CSV one of all rows. */
#include "document/plot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "document/rows.h"

#define SHEET_ROWS_MAX 1000000
#define PIECE 2000
#define SERIAL_EPOCH_DAYS 25569.0 /* 1970-01-01 after 1899-12-30 */
#define VALUES 5                  /* columns of a series: mean, minimum, maximum, samples, implausible */
#define TIME_FORMAT "yyyy-mm-dd hh:mm"
#define ROW_PX 20.0
#define CHART_WIDTH_PX 960.0
#define CHART_HEIGHT_PX 440.0
#define SMALL_WIDTH_PX 475.0 /* two abreast, where there are several panels */
#define SMALL_HEIGHT_PX 260.0
#define GUTTER_PX 10.0
#define CHARTS_MOST 12
#define WHOLE_FROM 50.0
#define CHART_POINTS_MAX 32000

static const char *const value_heads[VALUES] = {
	"plot_head.mean", "plot_head.minimum", "plot_head.maximum", "plot_head.samples", "plot_head.implausible"};

static struct pr_cell text_cell(const char *text)
{
	struct pr_cell cell = {.kind = text && *text ? PR_CELL_TEXT : PR_CELL_EMPTY, .text = text};
	return cell;
}

static struct pr_cell number_cell(double number, const char *format)
{
	struct pr_cell cell = {
		.kind = isfinite(number) ? PR_CELL_NUMBER : PR_CELL_EMPTY, .number = number, .format = format};
	return cell;
}

/* As the wall clock showed it. */
static struct pr_cell time_cell(const struct pr_zone *zone, int64_t time_ms)
{
	struct pr_cell cell = {.kind = PR_CELL_EMPTY, .format = TIME_FORMAT};

	if (time_ms == PR_TIME_MISSING)
		return cell;
	cell.kind = PR_CELL_TIME;
	cell.number = (double)(time_ms + pr_zone_local(zone, time_ms).offset_s * INT64_C(1000)) / (double)PR_MS_DAY +
	              SERIAL_EPOCH_DAYS;
	return cell;
}

static const char *format_of(const struct pr_plot_panel *panel)
{
	static const char *const formats[] = {"#,##0", "#,##0.0", "#,##0.00", "#,##0.000"};
	return formats[pr_plot_metrics[panel->metric].digits];
}

static const char *plain(const struct pr_plot_maker *maker, const char *key)
{
	return pr_words_plain(maker->builder->context.words, key);
}

static bool label_of(struct pr_plot_maker *maker, size_t panel, size_t series, const char **label)
{
	const struct pr_chart_item *item;

	if (!pr_plot_label(maker, panel, series, &item, label))
		return false;
	if (!*label)
		*label = maker->plot->panels[panel].series[series].name;
	return true;
}

/* --- values in pieces --------------------------------------------------------------------------------------------------- */

struct rows {
	struct pr_plot_maker *maker;
	size_t panel; /* of a sheet of its own */
	bool is_long; /* a row a bucket and series, of all panels */
	bool is_held; /* all rows at once, not in pieces */
	size_t at_panel, at_bucket, at_series;
	size_t column_count;
	struct pr_cell *cells; /* PIECE rows */
	struct pr_arena texts; /* of the piece */
	struct pr_sheet_stream stream;
};

static void add_values(struct pr_cell *cells, const struct pr_plot_value *value, const char *format)
{
	cells[0] = number_cell(value->mean, format);
	cells[1] = number_cell(value->minimum, format);
	cells[2] = number_cell(value->maximum, format);
	cells[3] = number_cell(value->count, "0");
	cells[4] = number_cell(value->implausible, "0");
}

/* "10-12 09:15" as a text: a spreadsheet's axis of times would put all of a day in one place. */
static const char *wall_clock(struct rows *rows, const struct pr_plot_panel *panel, int64_t time_ms)
{
	struct pr_local_time local = pr_zone_local(panel->project->zone, time_ms);
	/* Rows that are held need it for longer than a piece. */
	struct pr_arena *arena = rows->is_held ? rows->maker->arena : &rows->texts;

	return pr_arena_format(arena, "%04d-%02d-%02d %02d:%02d", local.date.year, local.date.month, local.date.day,
		local.minute_of_day / 60, local.minute_of_day % 60);
}

static void wide_row(struct rows *rows, size_t bucket, struct pr_cell *cells)
{
	const struct pr_plot_panel *panel = &rows->maker->plot->panels[rows->panel];

	cells[0] = time_cell(panel->project->zone, panel->grid->edges[bucket]);
	for (size_t s = 0; s < panel->series_count; s++)
		add_values(cells + 1 + s * VALUES, &panel->series[s].values[bucket], format_of(panel));
	cells[1 + panel->series_count * VALUES] = text_cell(wall_clock(rows, panel, panel->grid->edges[bucket]));
}

static void long_row(struct rows *rows, struct pr_cell *cells)
{
	const struct pr_plot_panel *panel = &rows->maker->plot->panels[rows->at_panel];
	const struct pr_plot_series *series = &panel->series[rows->at_series];
	char time[40];

	pr_time_iso(panel->grid->edges[rows->at_bucket], panel->project->zone, time);
	cells[0] = text_cell(pr_arena_copy(&rows->texts, time));
	cells[1] = number_cell((double)panel->project->id, "0");
	cells[2] = panel->point ? number_cell((double)panel->point->id, "0") : text_cell(NULL);
	cells[3] = panel->sensor ? number_cell((double)panel->sensor->id, "0") : text_cell(NULL);
	cells[4] = text_cell(panel->sensor ? panel->sensor->name : panel->point ? panel->point->name : NULL);
	cells[5] = text_cell(pr_plot_metrics[panel->metric].name);
	cells[6] = text_cell(series->name);
	cells[7] = text_cell(pr_plot_metrics[panel->metric].unit);
	add_values(cells + 8, &series->values[rows->at_bucket], format_of(panel));
}

static bool rewind_rows(void *context, struct pr_error *error)
{
	struct rows *rows = context;

	(void)error;
	rows->at_panel = rows->is_long ? 0 : rows->panel;
	rows->at_bucket = rows->at_series = 0;
	return true;
}

/* Bucket by bucket, in each its series. */
static bool advance(struct rows *rows)
{
	const struct pr_plot *plot = rows->maker->plot;

	if (rows->is_long && ++rows->at_series < plot->panels[rows->at_panel].series_count)
		return true;
	rows->at_series = 0;
	if (++rows->at_bucket < plot->panels[rows->at_panel].grid->count)
		return true;
	rows->at_bucket = 0;
	rows->at_panel++;
	return rows->is_long && rows->at_panel < plot->panel_count;
}

static bool next_rows(
	void *context, const struct pr_cell **cells, size_t *row_count, bool *more, struct pr_error *error)
{
	struct rows *rows = context;
	size_t end = rows->is_long ? rows->maker->plot->panel_count : rows->panel + 1;

	(void)error;
	*row_count = 0;
	*cells = rows->cells;
	*more = rows->at_panel < end;
	pr_arena_release(&rows->texts);
	pr_arena_init(&rows->texts);
	while (rows->at_panel < end && *row_count < PIECE) {
		struct pr_cell *row = rows->cells + *row_count * rows->column_count;
		if (rows->is_long)
			long_row(rows, row);
		else
			wide_row(rows, rows->at_bucket, row);
		++*row_count;
		if (!advance(rows))
			break;
	}
	return true;
}

static struct rows *make_rows(
	struct pr_plot_maker *maker, size_t panel, bool is_long, size_t column_count, size_t count)
{
	struct rows *rows = pr_arena_alloc(maker->arena, sizeof *rows);

	*rows = (struct rows){.maker = maker, .panel = panel, .is_long = is_long, .column_count = column_count};
	rows->cells = pr_arena_array(maker->arena, PIECE * column_count, sizeof *rows->cells);
	rows->stream = (struct pr_sheet_stream){rewind_rows, next_rows, rows, count};
	pr_arena_init(&rows->texts);
	return rows;
}

static void set_column(struct pr_sheet_column *column, const char *head, const char *unit, double width, bool right)
{
	*column = (struct pr_sheet_column){.name = head, .head = head, .unit = unit, .width = width, .right = right};
}

/* --- for CSV ------------------------------------------------------------------------------------------------------------ */

bool pr_plot_row_table(struct pr_plot_maker *maker, struct pr_workbook *workbook)
{
	static const char *const heads[] = {"time", "project_id", "point_id", "sensor_id", "name", "metric", "series",
		"unit", "mean", "minimum", "maximum", "samples", "implausible"};
	size_t count = sizeof heads / sizeof *heads, total = 0;
	struct pr_sheet *sheet = pr_arena_alloc(maker->arena, sizeof *sheet);
	struct pr_sheet_table *table = pr_arena_alloc(maker->arena, sizeof *table);

	for (size_t i = 0; i < maker->plot->panel_count; i++)
		total += maker->plot->panels[i].grid->count * maker->plot->panels[i].series_count;
	table->columns = pr_arena_array(maker->arena, count, sizeof *table->columns);
	table->column_count = count;
	for (size_t i = 0; i < count; i++)
		set_column(&table->columns[i], heads[i], NULL, 12, i >= 8);
	table->filter = true;
	table->stream = &make_rows(maker, 0, true, count, total)->stream;
	*sheet = (struct pr_sheet){.name = "plot", .tables = table, .table_count = 1};
	*workbook = (struct pr_workbook){.sheets = sheet, .sheet_count = 1};
	return true;
}

/* --- the workbook ------------------------------------------------------------------------------------------------------- */

static bool series_table(struct pr_plot_maker *maker, struct pr_sheet_table *table)
{
	static const char *const heads[] = {"plot_head.name", "plot_head.metric", "plot_head.series", "plot_head.unit",
		"plot_head.mean", "plot_head.minimum", "plot_head.at", "plot_head.maximum", "plot_head.at", "plot_head.samples",
		"plot_head.implausible"};
	static const double widths[] = {24, 16, 10, 8, 11, 11, 17, 11, 17, 10, 12};
	size_t columns = sizeof heads / sizeof *heads;
	const struct pr_plot *plot = maker->plot;

	table->columns = pr_arena_array(maker->arena, columns, sizeof *table->columns);
	table->column_count = columns;
	for (size_t i = 0; i < columns; i++)
		set_column(&table->columns[i], plain(maker, heads[i]), NULL, widths[i], i >= 4);
	table->cells = pr_arena_array(maker->arena, plot->panel_count * PR_PLOT_SERIES * columns, sizeof *table->cells);
	for (size_t p = 0; p < plot->panel_count; p++)
		for (size_t s = 0; s < plot->panels[p].series_count; s++) {
			const struct pr_plot_panel *panel = &plot->panels[p];
			const struct pr_plot_series *series = &panel->series[s];
			struct pr_cell *cells = table->cells + table->row_count * columns;
			struct pr_value value;
			const char *label;
			if (series->samples + series->implausible == 0)
				continue;
			if (!label_of(maker, p, s, &label))
				return false;
			cells[0] = text_cell(pr_scope_field(maker->panels[p], "plot.name", &value) ? value.text : NULL);
			cells[1] = text_cell(pr_scope_field(maker->panels[p], "plot.metric_name", &value) ? value.text : NULL);
			cells[2] = text_cell(label);
			cells[3] = text_cell(pr_format_unit(&maker->builder->context, pr_plot_metrics[panel->metric].unit));
			cells[4] = number_cell(series->mean, format_of(panel));
			cells[5] = number_cell(series->minimum.value, format_of(panel));
			cells[6] = time_cell(panel->project->zone, series->minimum.at_ms);
			cells[7] = number_cell(series->maximum.value, format_of(panel));
			cells[8] = time_cell(panel->project->zone, series->maximum.at_ms);
			cells[9] = number_cell((double)series->samples, "#,##0");
			cells[10] = number_cell((double)series->implausible, "#,##0");
			table->row_count++;
		}
	return true;
}

static bool alarm_table(struct pr_plot_maker *maker, struct pr_sheet_table *table)
{
	static const char *const heads[] = {"plot_head.name", "plot_head.alarm", "plot_head.level", "plot_head.from",
		"plot_head.to", "plot_head.value", "plot_head.limit"};
	size_t columns = sizeof heads / sizeof *heads, count = 0;
	const struct pr_plot *plot = maker->plot;

	for (size_t p = 0; p < plot->panel_count; p++)
		count += plot->panels[p].event_count;
	table->title = plain(maker, "plot_head.alarms");
	table->columns = pr_arena_array(maker->arena, columns, sizeof *table->columns);
	table->column_count = columns;
	for (size_t i = 0; i < columns; i++)
		set_column(&table->columns[i], plain(maker, heads[i]), NULL, 14, i == 2 || i >= 5);
	table->cells = pr_arena_array(maker->arena, (count + 1) * columns, sizeof *table->cells);
	for (size_t p = 0; p < plot->panel_count; p++)
		for (size_t i = 0; i < plot->panels[p].event_count; i++) {
			const struct pr_event *event = &plot->panels[p].events[i];
			const struct pr_zone *zone = plot->panels[p].project->zone;
			struct pr_cell *cells = table->cells + table->row_count++ * columns;
			struct pr_value value;
			cells[0] = text_cell(pr_scope_field(maker->panels[p], "plot.name", &value) ? value.text : NULL);
			cells[1] = text_cell(pr_alarm_name(&maker->builder->context, event->code));
			cells[2] = number_cell(event->level > 0 ? event->level : (double)NAN, "0");
			cells[3] = time_cell(zone, event->started_at_ms);
			cells[4] = time_cell(zone, event->ended_at_ms);
			cells[5] = number_cell(event->value, NULL);
			cells[6] = number_cell(event->limit_value, NULL);
		}
	return true;
}

static bool value_sheet(struct pr_plot_maker *maker, size_t panel, struct pr_sheet *sheet)
{
	const struct pr_plot_panel *of = &maker->plot->panels[panel];
	struct pr_sheet_table *table = pr_arena_alloc(maker->arena, sizeof *table);
	const char *unit = pr_plot_metrics[of->metric].unit
	                       ? pr_format_unit(&maker->builder->context, pr_plot_metrics[of->metric].unit)
	                       : NULL;

	table->column_count = 2 + of->series_count * VALUES;
	table->columns = pr_arena_array(maker->arena, table->column_count, sizeof *table->columns);
	set_column(&table->columns[0], plain(maker, "plot_head.time"), NULL, 17, false);
	for (size_t s = 0; s < of->series_count; s++) {
		const char *label;
		if (!label_of(maker, panel, s, &label))
			return false;
		for (size_t v = 0; v < VALUES; v++)
			set_column(&table->columns[1 + s * VALUES + v],
				pr_arena_format(maker->arena, "%s %s", label, plain(maker, value_heads[v])), v < 3 ? unit : NULL, 13,
				true);
	}
	set_column(&table->columns[table->column_count - 1], plain(maker, "plot_head.label"), NULL, 17, false);
	table->filter = true;
	if (of->grid->count > SHEET_ROWS_MAX)
		return pr_error_set(maker->error, PR_CODE_USAGE,
			"--step: %zu rows; expected a step of at most %d for a workbook", of->grid->count, SHEET_ROWS_MAX);
	struct rows *rows = make_rows(maker, panel, false, table->column_count, of->grid->count);
	table->cells = pr_arena_array(maker->arena,
		of->grid->count <= CHART_POINTS_MAX ? of->grid->count * table->column_count : 1, sizeof *table->cells);
	if (of->grid->count > CHART_POINTS_MAX) {
		table->stream = &rows->stream;
	} else {
		rows->is_held = true;
		for (size_t i = 0; i < of->grid->count; i++)
			wide_row(rows, i, table->cells + i * table->column_count);
		table->row_count = of->grid->count;
	}
	*sheet =
		(struct pr_sheet){.name = pr_arena_format(maker->arena, "%zu %s", panel + 1, plain(maker, "plot_head.values")),
			.tables = table,
			.table_count = 1};
	return true;
}

/* A point's name and metric: a title above says what stands out in all of them. */
static bool chart_title(struct pr_plot_maker *maker, size_t panel, const char **title)
{
	struct pr_scope scope = {.outer = maker->panels[panel]};
	struct pr_value value;

	if (maker->plot->panel_count == 1)
		return pr_plot_word(maker, maker->scope, "plot.title", title);
	if (pr_scope_field(maker->scope, "plot.one_project", &value))
		pr_scope_add(&scope, maker->arena, "plot.one_project", value);
	pr_scope_add(&scope, maker->arena, "plot.one_metric", pr_value_number(0, NULL));
	pr_scope_add(&scope, maker->arena, "line.label", pr_value_text(NULL));
	return pr_plot_word(maker, &scope, "plot.frame_title", title);
}

/* Ticks of hundreds need no decimals. */
static const char *axis_format(const struct pr_plot_panel *panel)
{
	for (size_t s = 0; s < panel->series_count; s++)
		if (panel->series[s].maximum.value >= WHOLE_FROM)
			return "#,##0";
	return format_of(panel);
}

/* The means of a panel as lines of the spreadsheet's own. */
static bool line_chart(
	struct pr_plot_maker *maker, size_t index, struct pr_workbook *workbook, struct pr_sheet_chart *chart)
{
	const struct pr_plot_panel *panel = &maker->plot->panels[index];
	const struct pr_sheet_table *table = &workbook->sheets[index + 1].tables[0];
	bool alone = maker->plot->panel_count == 1;
	const char *title;

	if (!chart_title(maker, index, &title))
		return false;
	*chart = (struct pr_sheet_chart){.name = "plot",
		.kind = PR_SHEET_CHART_LINE,
		.title = title,
		.y_title = alone ? pr_plot_metrics[panel->metric].unit : NULL,
		.value_format = axis_format(panel),
		.legend = true,
		.sheet = index + 1,
		.categories = table->column_count - 1,
		.row_count = table->row_count,
		.x_px = (double)(index % 2) * (SMALL_WIDTH_PX + GUTTER_PX),
		.y_px = (double)(index / 2) * (SMALL_HEIGHT_PX + GUTTER_PX),
		.width_px = alone ? CHART_WIDTH_PX : SMALL_WIDTH_PX,
		.height_px = alone ? CHART_HEIGHT_PX : SMALL_HEIGHT_PX,
		.interval = panel->grid->count / (alone ? 8 : 3) + 1,
		.value_max = NAN,
		.value_step = NAN};
	chart->series = pr_arena_array(maker->arena, panel->series_count, sizeof *chart->series);
	for (size_t s = 0; s < panel->series_count; s++) {
		struct pr_sheet_chart_series *series = &chart->series[chart->series_count];
		const struct pr_chart_item *item;
		if (!pr_plot_label(maker, index, s, &item, &series->label))
			return false;
		if (!item || panel->series[s].samples == 0)
			continue;
		series->column = 1 + s * VALUES;
		series->colour = pr_theme_colour(maker->builder->theme, item->role ? item->role : "accent");
		series->width_pt = item->width > 0 ? item->width : 1.25;
		series->dashed = item->dashed;
		chart->series_count++;
	}
	chart->legend = chart->series_count > 1;
	return true;
}

static bool add_charts(struct pr_plot_maker *maker, struct pr_workbook *workbook, struct pr_sheet *sheet)
{
	double bottom = 0;

	sheet->charts = pr_arena_array(maker->arena, CHARTS_MOST, sizeof *sheet->charts);
	for (size_t i = 0; i < maker->plot->panel_count && i < CHARTS_MOST; i++) {
		struct pr_sheet_chart *chart = &sheet->charts[sheet->chart_count];
		if (workbook->sheets[i + 1].tables[0].stream)
			continue; /* more points than a chart holds */
		if (!line_chart(maker, i, workbook, chart))
			return false;
		if (chart->series_count == 0)
			continue;
		bottom = fmax(bottom, chart->y_px + chart->height_px);
		sheet->chart_count++;
	}
	if (sheet->chart_count > 0)
		sheet->tables[0].rows_above = (size_t)ceil(bottom / ROW_PX) + 1;
	return true;
}

bool pr_plot_workbook(struct pr_plot_maker *maker, struct pr_workbook *workbook)
{
	size_t panels = maker->plot->panel_count, alarms = 0;
	struct pr_sheet *sheets = pr_arena_array(maker->arena, panels + 1, sizeof *sheets);
	struct pr_sheet_table *tables = pr_arena_array(maker->arena, 2, sizeof *tables);

	for (size_t i = 0; i < panels; i++)
		alarms += maker->plot->panels[i].event_count;
	*workbook = (struct pr_workbook){.sheets = sheets, .sheet_count = panels + 1};
	sheets[0] = (struct pr_sheet){
		.name = plain(maker, "plot_head.summary"), .tables = tables, .table_count = alarms > 0 ? 2 : 1};
	if (!pr_plot_word(maker, maker->scope, "plot.title", &tables[0].title) ||
		!pr_plot_word(maker, maker->scope, "plot.sub", &tables[0].sub) || !series_table(maker, &tables[0]) ||
		!alarm_table(maker, &tables[1]))
		return false;
	for (size_t i = 0; i < panels; i++)
		if (!value_sheet(maker, i, &sheets[i + 1]))
			return false;
	return add_charts(maker, workbook, &sheets[0]);
}
