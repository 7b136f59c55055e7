/*
 * The workbook: the tables of the edition's sheets as cells. Numbers stay numbers, with a number format that shows them
 * as the page does; what a page abbreviates (118.01 in ten thousands) stands in full.
 */
#include "document/workbook.h"
#include "analysis/platform.h"
#include "analysis/survey.h"
#include "document/workbook_formula.h"

#include <math.h>
#include <string.h>

#define SHEET_NAME_UNITS 31 /* UTF-16 units */
#define SURVEY_HELD 500     /* projects */
#define SURVEY_PIECE 100
#define DIGITS_BY_UNIT (-1)
#define PIECES_MEASURED 100 /* of a table in pieces: projects that give its widths */
#define ROWS_A_PROJECT 12   /* as an estimate */

struct maker {
	const struct pr_builder *builder;
	const struct pr_scope *tenant;
	struct pr_workbook *workbook;
	size_t capacity;
	struct pr_made_sheet *made; /* one a sheet */
	size_t made_count, made_capacity;
	struct pr_formula_book *formulas; /* NULL = rows in pieces */
	struct pr_error *error;
};

/* --- names ------------------------------------------------------------------------------------------------------ */

static size_t utf16_units(uint32_t code)
{
	return code > 0xFFFF ? 2 : 1;
}

/* The longest start of `name` of at most `units`, without spaces at its end. */
static const char *cut_name(struct pr_arena *arena, const char *name, size_t units)
{
	const char *at = name, *end = name;
	size_t used = 0;

	while (*at) {
		used += utf16_units(pr_utf8_next(&at));
		if (used > units)
			break;
		end = at;
	}
	return pr_text_trim(pr_arena_copy_n(arena, name, (size_t)(end - name)));
}

static char folded(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static bool same_name(const char *a, const char *b)
{
	while (*a && folded(*a) == folded(*b)) {
		a++;
		b++;
	}
	return folded(*a) == folded(*b);
}

/* Without what a sheet's name may not hold: []:*?/\ anywhere, an apostrophe at its ends, "History". */
static const char *legal_name(struct pr_arena *arena, const char *text)
{
	char *name = pr_arena_copy(arena, cut_name(arena, pr_text_clean(arena, text), SHEET_NAME_UNITS));
	size_t length = strlen(name);

	for (char *at = name; *at; at++)
		if (strchr("[]:*?/\\", *at))
			*at = '_';
	if (length == 0)
		return "_";
	if (name[0] == '\'')
		name[0] = '_';
	if (name[length - 1] == '\'')
		name[length - 1] = '_';
	return same_name(name, "History") ? pr_arena_format(arena, "%s_", name) : name;
}

static bool is_taken(const struct maker *maker, const char *name)
{
	for (size_t i = 0; i < maker->workbook->sheet_count; i++)
		if (maker->workbook->sheets[i].name && same_name(maker->workbook->sheets[i].name, name))
			return true;
	return false;
}

static const char *sheet_name(const struct maker *maker, const char *text)
{
	struct pr_arena *arena = maker->builder->arena;
	const char *name = legal_name(arena, text), *tried = name;

	for (int n = 2; is_taken(maker, tried); n++) {
		const char *suffix = pr_arena_format(arena, " (%d)", n);
		tried = pr_arena_format(arena, "%s%s", cut_name(arena, name, SHEET_NAME_UNITS - strlen(suffix)), suffix);
	}
	return tried;
}

/* --- cells ------------------------------------------------------------------------------------------------------ */

static bool is_ratio(const struct pr_value *value, const struct pr_format_style *style)
{
	return style->percent || (value->unit && strcmp(value->unit, "1") == 0);
}

/* The page's decimals, or negative where it shows as many as the number has. An abbreviated number has its unit's. */
static int digits_of(const struct pr_value *value, const struct pr_format_style *style)
{
	if (style->digits != DIGITS_BY_UNIT && !style->large)
		return style->digits;
	if (value->digits != DIGITS_BY_UNIT)
		return value->digits;
	return pr_format_digits(value->unit, style->prose);
}

/* A unit as a literal of a number format; Latin ones stand a space apart. */
static const char *unit_literal(struct pr_arena *arena, const char *unit)
{
	if (!*unit || strchr(unit, '"'))
		return "";
	return pr_arena_format(arena, "\"%s%s\"", folded(*unit) >= 'a' && folded(*unit) <= 'z' ? " " : "", unit);
}

static const char *number_pattern(struct pr_arena *arena, int digits, bool percent, const char *suffix)
{
	static const char zeros[] = "000000";
	const char *unit = unit_literal(arena, suffix);

	if (digits < 0)
		return percent ? "0.0%" : *unit ? pr_arena_format(arena, "General%s", unit) : NULL;
	return pr_arena_format(
		arena, "%s%s%.*s%s%s", percent ? "0" : "#,##0", digits > 0 ? "." : "", digits, zeros, percent ? "%" : "", unit);
}

/* Signed numbers have the plus too: "+0.0%;-0.0%;0.0%". */
static const char *signed_pattern(struct pr_arena *arena, const char *pattern)
{
	return pattern ? pr_arena_format(arena, "+%s;-%s;%s", pattern, pattern, pattern) : NULL;
}

/* Excel has no cut: the number itself is cut to the decimals that are shown. */
static double cut_number(double number, int digits)
{
	double scale = pow(10, digits);
	pr_micro micro = pr_micro_from_double(number * scale);

	return micro == PR_MICRO_MISSING ? number : pr_micro_to_double(micro / PR_MICRO_ONE * PR_MICRO_ONE) / scale;
}

static const char *unit_behind(
	const struct maker *maker, const struct pr_table_cell *cell, const struct pr_format_style *style)
{
	if (is_ratio(&cell->value, style))
		return "";
	if (cell->suffix)
		return cell->suffix;
	if (style->bare)
		return "";
	return pr_format_unit(&maker->builder->context, cell->value.unit);
}

static void set_number(const struct maker *maker, const struct pr_table_column *column,
	const struct pr_table_cell *from, const struct pr_format_style *style, struct pr_cell *cell)
{
	struct pr_arena *arena = maker->builder->arena;
	bool percent = is_ratio(&from->value, style);
	int digits = digits_of(&from->value, style);
	const char *pattern = number_pattern(arena, digits, percent, unit_behind(maker, from, style));

	cell->kind = PR_CELL_NUMBER;
	cell->number = style->abs ? fabs(from->value.number) : from->value.number;
	if (style->cut && digits >= 0)
		cell->number = cut_number(cell->number, digits + (percent ? 2 : 0));
	cell->format = column->sheet_format ? column->sheet_format : style->sign ? signed_pattern(arena, pattern) : pattern;
}

static const char *time_pattern(enum pr_time_style style)
{
	switch (style) {
	case PR_TIME_DATE:
	case PR_TIME_DAY:
	case PR_TIME_ISO_DATE:
		return "yyyy-mm-dd";
	case PR_TIME_MONTH:
	case PR_TIME_MONTH_YEAR:
	case PR_TIME_MONTH_SHORT:
		return "yyyy-mm";
	case PR_TIME_CLOCK:
		return "hh:mm";
	case PR_TIME_WEEKDAY: /* stays a word */
		return NULL;
	case PR_TIME_NONE:
	case PR_TIME_DAY_TIME:
	case PR_TIME_DATE_TIME:
	case PR_TIME_ISO_TIME:
		break;
	}
	return "yyyy-mm-dd hh:mm";
}

/* Days since 1899-12-30, by the wall clock. With fewer digits than it has, 01:15 would be shown as 01:14. */
static double serial_days(const struct pr_zone *zone, int64_t time_ms)
{
	struct pr_local_time local = pr_zone_local(zone, time_ms);
	int64_t days = pr_date_to_day(local.date) - pr_date_to_day((struct pr_date){1899, 12, 30});
	int64_t seconds = (int64_t)local.minute_of_day * 60 + local.second;

	return (double)days + ((double)seconds + local.millisecond / 1000.0) / 86400.0;
}

static void set_text(const struct maker *maker, const struct pr_table_cell *from, struct pr_cell *cell)
{
	if (!from->text || !*from->text)
		return;
	cell->kind = PR_CELL_TEXT;
	cell->text = from->second ? pr_arena_format(maker->builder->arena, "%s %s", from->text, from->second) : from->text;
}

/* The finding of a text that prints one figure and nothing else. */
static const char *finding_of(const struct pr_table_cell *cell)
{
	if (cell->value.finding)
		return cell->value.finding;
	return cell->rich.count == 1 ? cell->rich.spans[0].finding : NULL;
}

static void set_cell(const struct maker *maker, const struct pr_table_column *column, const struct pr_table_row *row,
	const struct pr_table_cell *from, struct pr_cell *cell)
{
	struct pr_format_style style;

	if (!pr_format_style_parse(column->style ? column->style : "bare", &style))
		style = (struct pr_format_style){.digits = DIGITS_BY_UNIT, .bare = true};
	*cell = (struct pr_cell){.bold = row->bold, .mark = from->mark, .finding = finding_of(from)};
	if (from->value.kind == PR_VALUE_NUMBER) {
		set_number(maker, column, from, &style, cell);
	} else if (from->value.kind == PR_VALUE_TIME && time_pattern(style.time)) {
		cell->kind = PR_CELL_TIME;
		cell->number = serial_days(row->zone, from->value.time_ms);
		cell->format = column->sheet_format ? column->sheet_format : time_pattern(style.time);
	} else if (from->value.kind != PR_VALUE_MISSING) {
		set_text(maker, from, cell);
		cell->spread = column->spread && cell->kind == PR_CELL_TEXT;
	} else if (!column->value && !column->words && isfinite(from->bar)) {
		cell->kind = PR_CELL_NUMBER;
		cell->number = from->bar;
		cell->format = column->sheet_format ? column->sheet_format : "0.0%";
	}
}

/* --- tables ----------------------------------------------------------------------------------------------------- */

/* A bar without a head draws what another column says, a chart what the workbook has as a series. */
static bool is_shown(const struct pr_table_column *column)
{
	return column->value || column->words || (column->head && !column->chart);
}

static bool set_column(struct maker *maker, const struct pr_scope *scope, const struct pr_table_column *column,
	struct pr_sheet_column *shown)
{
	const struct pr_context *context = &maker->builder->context;
	struct pr_value unit = pr_value_missing();

	*shown = (struct pr_sheet_column){.name = column->name, .head = "", .right = column->right};
	if (column->head && !pr_words_text(context, scope, column->head, &shown->head, maker->error))
		return false;
	if (column->unit &&
		!pr_expression_value(context, scope, column->unit, column->place.path, column->place.line, &unit, maker->error))
		return false;
	if (unit.kind == PR_VALUE_TEXT)
		shown->unit = pr_format_unit(context, unit.text);
	return true;
}

/* A ratio's cells have their own '%' behind the number; the head needs none. */
static void drop_percent(struct pr_sheet_table *table, size_t column)
{
	struct pr_sheet_column *shown = &table->columns[column];

	for (size_t row = 0; pr_text_equal(shown->unit, "%") && row < table->row_count; row++) {
		const char *format = table->cells[row * table->column_count + column].format;
		if (format && strchr(format, '%'))
			shown->unit = NULL;
	}
}

/* Of the definition's columns, the place in the sheet. */
static const size_t *kept_columns(const struct maker *maker, const struct pr_table_definition *definition)
{
	size_t *kept = pr_arena_array(maker->builder->arena, definition->column_count + 1, sizeof *kept), count = 0;

	for (size_t i = 0; i < definition->column_count; i++)
		kept[i] = is_shown(&definition->columns[i]) ? count++ : SIZE_MAX;
	return kept;
}

static void set_notes(const struct maker *maker, const struct pr_table *filled, struct pr_sheet_table *table)
{
	table->notes = pr_arena_array(maker->builder->arena, filled->note_count + 1, sizeof *table->notes);
	if (filled->empty)
		table->notes[table->note_count++] = filled->empty;
	for (size_t i = 0; i < filled->note_count; i++)
		table->notes[table->note_count++] = filled->notes[i];
}

static void set_rows(const struct maker *maker, const struct pr_table *filled, struct pr_sheet_table *table)
{
	const struct pr_table_definition *definition = filled->definition;

	table->row_count = filled->row_count;
	table->cells =
		pr_arena_array(maker->builder->arena, filled->row_count * table->column_count + 1, sizeof *table->cells);
	for (size_t row = 0; row < filled->row_count; row++) {
		struct pr_cell *cell = &table->cells[row * table->column_count];
		for (size_t i = 0; i < definition->column_count; i++)
			if (is_shown(&definition->columns[i]))
				set_cell(maker, &definition->columns[i], &filled->rows[row], &filled->rows[row].cells[i], cell++);
		table->total_rows = filled->rows[row].total ? table->total_rows + 1 : 0;
	}
}

/* --- tables in pieces --------------------------------------------------------------------------------------------- */

/* Rows in memory that is let go before the next: of a platform's feed a project at a time, of a survey some projects. */
struct piecewise {
	struct pr_builder builder; /* with the arena of a piece */
	const struct pr_scope *scope;
	const struct pr_table_definition *definition;
	struct pr_platform *platform; /* NULL = a survey's */
	size_t next;                  /* of the survey's projects */
	struct pr_arena arena;
	bool has_arena;
	struct pr_platform_shown shown;
	struct pr_sheet_table piece;
	const struct pr_sheet_table *table; /* the whole: columns with their widths */
	struct pr_sheet_stream stream;
};

static void let_go(struct piecewise *piecewise)
{
	if (piecewise->has_arena)
		pr_arena_release(&piecewise->arena);
	piecewise->has_arena = false;
	if (piecewise->platform)
		piecewise->platform->current = NULL;
}

static bool rewind_pieces(void *context, struct pr_error *error)
{
	struct piecewise *piecewise = context;

	let_go(piecewise);
	piecewise->next = 0;
	return !piecewise->platform || piecewise->platform->feed.rewind(piecewise->platform->feed.context, error);
}

static bool next_summary(struct piecewise *piecewise, bool *more, struct pr_error *error)
{
	const struct pr_platform_feed *feed = &piecewise->platform->feed;

	if (!feed->next(feed->context, &piecewise->arena, &piecewise->shown.summary, more, error))
		return false;
	if (!*more)
		return true;
	pr_summary_project(&piecewise->shown.summary, &piecewise->arena, &piecewise->shown.report);
	piecewise->platform->current = &piecewise->shown;
	return true;
}

static void next_projects(struct piecewise *piecewise, bool *more)
{
	struct pr_context *context = &piecewise->builder.context;

	*more = piecewise->next < context->report->survey->project_count;
	context->rows_from = piecewise->next;
	context->rows_to = piecewise->next + SURVEY_PIECE;
	piecewise->next = context->rows_to;
}

static bool next_piece(
	void *context, const struct pr_cell **cells, size_t *row_count, bool *more, struct pr_error *error)
{
	struct piecewise *piecewise = context;
	struct maker maker = {.builder = &piecewise->builder, .error = error};
	struct pr_table filled;

	let_go(piecewise);
	*row_count = 0;
	pr_arena_init(&piecewise->arena);
	piecewise->has_arena = true;
	if (piecewise->platform && !next_summary(piecewise, more, error))
		return false;
	if (!piecewise->platform)
		next_projects(piecewise, more);
	if (!*more) {
		let_go(piecewise);
		return true;
	}
	if (!pr_table_fill(&piecewise->builder, piecewise->scope, piecewise->definition, &filled, error))
		return false;
	piecewise->piece =
		(struct pr_sheet_table){.columns = piecewise->table->columns, .column_count = piecewise->table->column_count};
	set_rows(&maker, &filled, &piecewise->piece);
	for (size_t i = 0; i < piecewise->piece.column_count; i++)
		pr_sheet_set_lines(&piecewise->piece, i);
	*cells = piecewise->piece.cells;
	*row_count = piecewise->piece.row_count;
	return true;
}

/* Widths by the first of the projects. */
static bool measure_pieces(struct piecewise *piecewise, struct pr_sheet_table *table, struct pr_error *error)
{
	bool more = true;

	for (size_t i = 0; i < table->column_count; i++)
		pr_sheet_set_width(table, i);
	if (!rewind_pieces(piecewise, error))
		return false;
	for (size_t i = 0; more && i < PIECES_MEASURED; i++) {
		const struct pr_cell *cells;
		size_t rows;
		if (!next_piece(piecewise, &cells, &rows, &more, error))
			return false;
		for (size_t column = 0; column < table->column_count; column++)
			for (size_t row = 0; row < rows; row++)
				pr_sheet_widen(&table->columns[column], &cells[row * table->column_count + column]);
	}
	let_go(piecewise);
	return true;
}

static bool stream_table(struct maker *maker, const struct pr_scope *scope,
	const struct pr_table_definition *definition, struct pr_sheet_table *table)
{
	struct piecewise *piecewise = pr_arena_alloc(maker->builder->arena, sizeof *piecewise);

	piecewise->builder = *maker->builder;
	piecewise->builder.arena = &piecewise->arena;
	piecewise->builder.context.arena = &piecewise->arena;
	piecewise->scope = scope;
	piecewise->definition = definition;
	piecewise->platform = pr_rows_of_survey(definition->rows) ? NULL : maker->builder->context.report->platform;
	piecewise->table = table;
	piecewise->stream = (struct pr_sheet_stream){rewind_pieces, next_piece, piecewise,
		piecewise->platform ? (size_t)piecewise->platform->projects * ROWS_A_PROJECT
							: maker->builder->context.report->survey->project_count * PR_SURVEY_CODES_MAX};
	table->stream = &piecewise->stream;
	return measure_pieces(piecewise, table, maker->error);
}

/* Few rows stay at hand, and may be a real table. */
static bool is_streamed(const struct pr_context *context, const char *rows)
{
	if (pr_rows_of_survey(rows))
		return context->report->survey && context->report->survey->project_count > SURVEY_HELD;
	return pr_rows_streamed(rows) && context->report->platform;
}

/* Sentences that say nothing here. */
static void drop_empty(struct pr_sheet_table *table)
{
	size_t kept = 0;

	for (size_t row = 0; row < table->row_count; row++)
		if (table->cells[row].kind != PR_CELL_EMPTY)
			table->cells[kept++] = table->cells[row];
	table->row_count = kept;
	for (size_t row = 0; row < kept; row++)
		table->cells[row].spread = true;
}

/* Neither rows nor a word on why there are none: it is left out. What has such a word needs no head. */
static bool is_void(const struct pr_sheet_table *table)
{
	return table->row_count == 0 && !table->plain && !table->stream;
}

static bool make_table(struct maker *maker, const struct pr_scope *scope, const struct pr_table_definition *definition,
	const char *title_key, struct pr_sheet_table *table)
{
	struct pr_builder builder = *maker->builder;
	bool streamed = is_streamed(&builder.context, definition->rows);
	struct pr_table filled;

	if (streamed) /* heads and notes alone */
		builder.context.rows_from = builder.context.rows_to = SIZE_MAX;
	if (!pr_table_shown(maker->builder, scope, &definition, maker->error) ||
		!pr_table_fill(&builder, scope, definition, &filled, maker->error))
		return false;
	if (title_key && !pr_words_text(&maker->builder->context, scope, title_key, &table->title, maker->error))
		return false;
	table->name = definition->name;
	table->columns = pr_arena_array(maker->builder->arena, definition->column_count, sizeof *table->columns);
	for (size_t i = 0; i < definition->column_count; i++)
		if (is_shown(&definition->columns[i]) &&
			!set_column(maker, scope, &definition->columns[i], &table->columns[table->column_count++]))
			return false;
	if (streamed)
		return stream_table(maker, scope, definition, table);
	set_rows(maker, &filled, table);
	set_notes(maker, &filled, table);
	table->plain = definition->column_count == 1 && definition->columns[0].spread;
	if (table->plain)
		drop_empty(table);
	table->plain = table->plain ? table->row_count > 0 : filled.empty && !table->filter;
	for (size_t i = 0; i < table->column_count; i++) {
		drop_percent(table, i);
		pr_sheet_set_width(table, i);
	}
	if (table->plain || is_void(table))
		return true;
	return pr_formula_book_add(maker->formulas, scope, &filled, kept_columns(maker, definition), table, maker->error);
}

/* --- sheets ----------------------------------------------------------------------------------------------------- */

static bool make_sheet(struct maker *maker, const struct pr_sheet_definition *definition, const struct pr_scope *scope,
	const char *name_behind)
{
	struct pr_arena *arena = maker->builder->arena;
	struct pr_workbook *workbook = maker->workbook;
	struct pr_sheet sheet = {.table_count = 0};
	const char *name;

	if (!pr_words_text(&maker->builder->context, scope, definition->name, &name, maker->error))
		return false;
	sheet.name = sheet_name(maker, name_behind ? pr_arena_format(arena, "%s %s", name, name_behind) : name);
	sheet.tables =
		pr_arena_array(arena, definition->table_count + 1, sizeof *sheet.tables); /* one for a list of sheets */
	for (size_t i = 0; i < definition->table_count; i++) {
		const char *title = i < definition->title_count ? definition->titles[i] : NULL;
		struct pr_sheet_table *table = &sheet.tables[sheet.table_count];
		*table = (struct pr_sheet_table){.filter = definition->filter && definition->table_count == 1};
		if (!make_table(maker, scope, definition->tables[i], title, table))
			return pr_error_context(maker->error, "sheet '%s'", sheet.name);
		sheet.table_count += table->filter || !is_void(table);
	}
	if (sheet.table_count == 0)
		return true;
	*PR_PUSH(arena, workbook->sheets, workbook->sheet_count, maker->capacity) = sheet;
	*PR_PUSH(arena, maker->made, maker->made_count, maker->made_capacity) = (struct pr_made_sheet){definition, scope};
	return true;
}

/* As chapters do: once a project, or in the first project's scope, or in the tenant's. */
static bool make_sheets(struct maker *maker, const struct pr_sheet_definition *definition)
{
	const struct pr_context *context = &maker->builder->context;
	const struct pr_report *report = context->report;
	size_t times = definition->for_projects && !definition->tenant_scope ? report->project_count : 1;

	for (size_t i = 0; i < times; i++) {
		bool of_project = !definition->tenant_scope && report->project_count > 0, shown;
		const struct pr_scope *scope = of_project ? pr_scope_of_project(context, maker->tenant, i) : maker->tenant;

		if (!pr_expression_true(
				context, scope, definition->when, definition->place.path, definition->place.line, &shown, maker->error))
			return false;
		if (shown && !make_sheet(maker, definition, scope, times > 1 ? report->projects[i].project->name : NULL))
			return false;
	}
	return true;
}

bool pr_workbook_build(const struct pr_builder *builder, const struct pr_scope *tenant, struct pr_workbook *workbook,
	struct pr_error *error)
{
	struct maker maker = {.builder = builder,
		.tenant = tenant,
		.workbook = workbook,
		.formulas = pr_formula_book_new(builder),
		.error = error};

	*workbook = (struct pr_workbook){0};
	for (size_t i = 0; i < builder->edition->sheet_count; i++)
		if (!make_sheets(&maker, &builder->edition->sheets[i]))
			return false;
	if (!pr_workbook_add_links(builder, maker.made, workbook, error) ||
		!pr_workbook_add_charts(builder, maker.made, workbook, error))
		return false;
	pr_workbook_fit(workbook);
	pr_workbook_place(workbook);
	return pr_formula_book_finish(maker.formulas, tenant, workbook, error);
}
