/*
 * A key figure: label, figure with unit, change against last month and last year, 13 months as a line.
 *
 *     ───────────────  rule
 *     电费合计           +14 (the block's title)
 *     1,322.80 万韩元    +39.5
 *     较上月    ▼ 19.4%  +56
 *     较去年同月 ▼ 3.5%   +68
 *     ∿∿∿∿∿∿∿∿∿●        +76
 */
#include "document/flow.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define FIGURE_BASELINE 39.5
#define CHANGE_BASELINE 56.0
#define CHANGE_LEADING 12.0
#define NOTE_LINES 3
#define CHART_TOP 75.0
#define UNIT_GAP 5.0
#define TRIANGLE 5.4
#define FIGURE_MIN_PT 11.0

struct key_figure {
	const struct pr_builder *builder;
	const struct pr_scope *scope;
	const struct pr_block_definition *block;
	struct pr_drawing *drawing; /* its origin is the rule */
	double width;
	struct pr_value value;
	struct pr_format_style style;
	struct pr_error *error;
};

const char *pr_key_figure_unit(
	const struct pr_context *context, const struct pr_value *value, const struct pr_format_style *style)
{
	const char *unit = value->unit;
	char key[48];

	if (value->kind != PR_VALUE_NUMBER || !unit)
		return "";
	if (style->large && pr_unit_is_currency(unit) && fabs(value->number) >= context->words->large_from) {
		snprintf(key, sizeof key, "large_unit.%s", unit);
		if (pr_words_get(context->words, key))
			return pr_words_plain(context->words, key);
	}
	return strcmp(unit, "1") == 0 ? "" : pr_format_unit(context, unit);
}

static const char *unit_text(const struct key_figure *figure)
{
	const struct pr_context *context = &figure->builder->context;

	if (figure->value.kind == PR_VALUE_NUMBER && figure->value.unit && figure->block->unit)
		return pr_words_plain(context->words, figure->block->unit);
	return pr_key_figure_unit(context, &figure->value, &figure->style);
}

/* The figure shrinks where it would leave its columns: 9 digits and a unit must fit into 113 points. */
bool pr_key_figure_draw(const struct pr_builder *builder, struct pr_drawing *drawing,
	const struct pr_figure_text *figure, double width, struct pr_error *error)
{
	struct pr_style big = pr_type_role_style(builder, PR_TYPE_KEY_FIGURE);
	struct pr_style small = pr_type_role_style(builder, PR_TYPE_KEY_UNIT);
	double unit_width = pr_type_width(builder->faces, small, figure->unit) + (*figure->unit ? UNIT_GAP : 0);
	double x = -0.5;

	while (big.size_pt > FIGURE_MIN_PT && pr_type_width(builder->faces, big, figure->text) + unit_width > width)
		big.size_pt -= 0.5;
	if (!pr_draw_text(
			drawing, builder->faces, figure->text, big, x, FIGURE_BASELINE, PR_ALIGN_LEFT, figure->finding, error))
		return false;
	return pr_draw_text(drawing, builder->faces, figure->unit, small,
		x + pr_type_width(builder->faces, big, figure->text) + UNIT_GAP, FIGURE_BASELINE, PR_ALIGN_LEFT, NULL, error);
}

static bool draw_figure(struct key_figure *figure)
{
	const struct pr_figure_text text = {
		.text = pr_format_value(&figure->builder->context, figure->scope, &figure->value, &figure->style),
		.unit = unit_text(figure),
		.finding = figure->value.kind == PR_VALUE_NUMBER ? figure->value.finding : NULL};

	return pr_key_figure_draw(figure->builder, figure->drawing, &text, figure->width, figure->error);
}

static void draw_triangle(struct key_figure *figure, double right, double baseline, bool up)
{
	double middle = right - TRIANGLE / 2, top = baseline - 5.4, bottom = baseline - 1.0;
	double x[3] = {right - TRIANGLE, right, middle};
	double y[3] = {up ? bottom : top, up ? bottom : top, up ? top : bottom};

	pr_draw_polyline(figure->drawing, x, y, 3, true, pr_paint_fill(pr_theme_colour(figure->builder->theme, "ink")));
}

/* "▼ 19.4%" for a relative change, "▼ 0.02" for an absolute one, the word for what is new, "—" without a base. */
static const char *change_text(
	const struct key_figure *figure, const struct pr_finding *finding, bool year, int *direction)
{
	const struct pr_context *context = &figure->builder->context;
	struct pr_format_style style = {.digits = -1, .abs = true};
	pr_micro change = year ? finding->change_year : finding->change_month;
	pr_micro base = year ? finding->base_year : finding->base_month;
	struct pr_value value;

	*direction = 0;
	if (year ? finding->new_year : finding->new_month)
		return pr_words_plain(context->words, "change.new");
	if (pr_text_equal(figure->block->change, "absolute")) {
		if (base == PR_MICRO_MISSING || finding->value == PR_MICRO_MISSING)
			return "—";
		change = pr_finding_difference(finding, base);
		value = pr_value_micro(change, finding->unit);
		style.digits = finding->digits;
		style.bare = true;
		if (finding->unit && strcmp(finding->unit, "1") == 0)
			value.unit = NULL;
	} else {
		if (change == PR_MICRO_MISSING)
			return "—";
		value = pr_value_micro(change, "1");
		style.digits = 1;
	}
	*direction = change > 0 ? 1 : change < 0 ? -1 : 0;
	return pr_format_value(context, figure->scope, &value, &style);
}

static const struct pr_finding *finding_of(const struct key_figure *figure)
{
	const struct pr_scope *scope = figure->scope;

	while (scope && !scope->findings)
		scope = scope->outer;
	return scope ? pr_findings_get(scope->findings, figure->block->value) : NULL;
}

static bool draw_change(struct key_figure *figure, const char *label_key, bool year, double baseline)
{
	const struct pr_typefaces *faces = figure->builder->faces;
	struct pr_style style = pr_type_role_style(figure->builder, PR_TYPE_HEAD);
	struct pr_style bold = pr_style_bold(pr_style_role(figure->builder, style, "ink"), true);
	const struct pr_finding *finding = finding_of(figure);
	const char *label = "", *labelled, *text, *tag = NULL;
	int direction = 0;

	if (!label_key)
		return true;
	if (!pr_words_tagged(&figure->builder->context, figure->scope, label_key, &label, &labelled, figure->error))
		return false;
	text = finding ? change_text(figure, finding, year, &direction) : "—";
	if (figure->value.finding)
		tag = pr_arena_format(figure->builder->arena, "%s@%s_%s", figure->value.finding,
			pr_text_equal(figure->block->change, "absolute") ? "difference" : "change", year ? "year" : "month");
	if (tag && direction < 0) /* the triangle is its sign */
		tag = pr_arena_format(figure->builder->arena, "(0|-|%s)", tag);
	if (!pr_draw_text(figure->drawing, faces, label, style, 0, baseline, PR_ALIGN_LEFT, labelled, figure->error) ||
		!pr_draw_text(figure->drawing, faces, text, bold, figure->width, baseline, PR_ALIGN_RIGHT, tag, figure->error))
		return false;
	if (direction != 0)
		draw_triangle(figure, figure->width - pr_type_width(faces, bold, text) - 3.5, baseline, direction > 0);
	return true;
}

static bool draw_chart(struct key_figure *figure, double *height)
{
	const struct pr_block_definition *block = figure->block;
	struct pr_chart_data data;
	struct pr_rect rect = {0, CHART_TOP, figure->width, 0};

	*height = CHANGE_BASELINE + (block->change_year ? CHANGE_LEADING : 0) + 2;
	if (!block->chart)
		return true;
	if (!pr_chart_data_build(figure->builder, figure->scope, block->chart, &data, figure->error))
		return false;
	rect.height = pr_chart_height(block->chart, &data, figure->width);
	*height = rect.y + rect.height;
	return pr_chart_draw(
		block->chart, &data, figure->builder->faces, figure->builder->theme, rect, figure->drawing, figure->error);
}

/* Up to three lines where the changes of other figures stand. */
static bool draw_note(struct key_figure *figure, double *height)
{
	struct pr_rich rich = {0};
	struct pr_text_line *lines;
	size_t count;

	if (!figure->block->note)
		return true;
	if (!pr_words_render(&figure->builder->context, figure->scope, figure->block->note,
			pr_type_role_style(figure->builder, PR_TYPE_HEAD), &rich, figure->error) ||
		!pr_type_paragraph(figure->builder->faces, rich.spans, rich.count, figure->width, figure->builder->arena,
			&lines, &count, figure->error))
		return false;
	count = count < NOTE_LINES ? count : NOTE_LINES;
	pr_flow_lines(figure->drawing, lines, count, 0, CHANGE_BASELINE, CHANGE_LEADING);
	*height = fmax(*height, CHANGE_BASELINE + CHANGE_LEADING * (double)(count > 0 ? count - 1 : 0) + 2);
	return true;
}

bool pr_key_figure_layout(const struct pr_builder *builder, const struct pr_scope *scope,
	const struct pr_block_definition *block, struct pr_flow *flow, struct pr_error *error)
{
	struct key_figure figure = {
		.builder = builder, .scope = scope, .block = block, .width = flow->width, .error = error};
	struct pr_piece *piece;
	double height;

	/* The head is drawn already; the figure's piece starts at the rule, so that its places are those of the picture. */
	flow->head_height = 0;
	piece = pr_flow_piece(builder, flow, 0);
	figure.drawing = &piece->drawing;
	if (!pr_format_style_parse(block->style, &figure.style))
		return pr_error_set_at(
			error, PR_CODE_CONFIG, block->place.path, block->place.line, "style '%s' is none", block->style);
	figure.style.bare = true;
	if (!pr_expression_value(
			&builder->context, scope, block->value, block->place.path, block->place.line, &figure.value, error) ||
		!draw_figure(&figure) || !draw_change(&figure, block->change_month, false, CHANGE_BASELINE) ||
		!draw_change(&figure, block->change_year, true, CHANGE_BASELINE + CHANGE_LEADING) ||
		!draw_chart(&figure, &height) || !draw_note(&figure, &height))
		return false;
	piece->height = height;
	return true;
}
