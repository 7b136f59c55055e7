/* Blocks laid out: the head of every block, and what is simple enough for one function a kind. */
#include "document/flow.h"

#include <math.h>
#include <string.h>

#define TITLE_BASELINE 14.0
#define TITLE_LEADING 14.0
#define SUB_LEADING 11.0
#define CONTENT_BELOW 7.0
#define PARAGRAPH_SPACE 5.0
#define BODY_LEADING 14.0
#define CONCLUSION_LEADING 19.0
#define CONCLUSION_FIRST 22.0 /* from the title's baseline to the first line's */
#define NUMBER_GAP 8.0

/* --- styles ----------------------------------------------------------------------------------------------------- */

static const struct {
	double size;
	enum pr_weight weight;
	const char *colour;
} type_roles[PR_TYPE_ROLE_COUNT] = {
	[PR_TYPE_BODY] = {9, PR_REGULAR, "ink"},
	[PR_TYPE_BLOCK_TITLE] = {9.5, PR_BOLD, "ink"},
	[PR_TYPE_SUB] = {7.5, PR_REGULAR, "text2"},
	[PR_TYPE_CELL] = {8.5, PR_REGULAR, "ink"},
	[PR_TYPE_HEAD] = {7.5, PR_REGULAR, "text2"},
	[PR_TYPE_NOTE] = {7, PR_REGULAR, "text2"},
	[PR_TYPE_CONCLUSION] = {11, PR_REGULAR, "ink"},
	[PR_TYPE_LEDE] = {10, PR_REGULAR, "ink"},
	[PR_TYPE_CHAPTER] = {20, PR_BOLD, "ink"},
	[PR_TYPE_CHAPTER_NUMBER] = {20, PR_REGULAR, "accent"},
	[PR_TYPE_KEY_LABEL] = {8.5, PR_BOLD, "ink"},
	[PR_TYPE_KEY_FIGURE] = {20, PR_BOLD, "ink"},
	[PR_TYPE_KEY_UNIT] = {8.5, PR_REGULAR, "text2"},
	[PR_TYPE_RUNNING] = {7, PR_REGULAR, "text3"},
	[PR_TYPE_RUNNING_BOLD] = {7, PR_BOLD, "ink"},
	[PR_TYPE_COVER_TITLE] = {34, PR_BOLD, "ink"},
	[PR_TYPE_COVER_MONTH] = {20, PR_REGULAR, "ink"},
	[PR_TYPE_COVER_CUSTOMER] = {14, PR_BOLD, "ink"},
	[PR_TYPE_TOTAL] = {8.5, PR_BOLD, "ink"},
};

struct pr_style pr_type_role_style(const struct pr_builder *builder, enum pr_type_role role)
{
	return (struct pr_style){.weight = type_roles[role].weight,
		.size_pt = type_roles[role].size,
		.colour = pr_theme_colour(builder->theme, type_roles[role].colour)};
}

struct pr_style pr_style_bold(struct pr_style style, bool bold)
{
	style.weight = bold ? PR_BOLD : PR_REGULAR;
	return style;
}

struct pr_style pr_style_role(const struct pr_builder *builder, struct pr_style style, const char *colour_role)
{
	style.colour = pr_theme_colour(builder->theme, colour_role);
	return style;
}

/* --- parts ------------------------------------------------------------------------------------------------------ */

double pr_flow_height(const struct pr_flow *flow)
{
	double height = flow->head_height + flow->repeat_height + flow->tail_height;

	for (size_t i = 0; i < flow->piece_count; i++)
		height += flow->pieces[i].height;
	return height;
}

struct pr_piece *pr_flow_piece(const struct pr_builder *builder, struct pr_flow *flow, double height)
{
	struct pr_piece *piece = PR_PUSH(builder->arena, flow->pieces, flow->piece_count, flow->piece_capacity);

	pr_drawing_init(&piece->drawing, flow->width, height, builder->arena);
	piece->height = height;
	return piece;
}

double pr_flow_lines(struct pr_drawing *drawing, const struct pr_text_line *lines, size_t count, double x,
	double baseline, double leading)
{
	for (size_t i = 0; i < count; i++)
		pr_draw_set_line(drawing, &lines[i], x, baseline + leading * (double)i, PR_ALIGN_LEFT, 0);
	return baseline + leading * (double)(count > 0 ? count - 1 : 0);
}

static const char *plain_text(struct pr_arena *arena, const struct pr_rich *rich)
{
	struct pr_buffer out;

	pr_buffer_init(&out, arena);
	for (size_t i = 0; i < rich->count; i++)
		pr_buffer_add(&out, rich->spans[i].text);
	return out.text;
}

/* Renders a word and breaks it; no key, or nothing to say, gives no lines. */
static bool set_words(const struct pr_builder *builder, const struct pr_scope *scope, const char *key,
	struct pr_style style, double measure, struct pr_text_line **lines, size_t *count, const char **plain,
	struct pr_error *error)
{
	struct pr_rich rich = {0};

	*lines = NULL;
	*count = 0;
	if (plain)
		*plain = NULL;
	if (!key)
		return true;
	if (!pr_words_render(&builder->context, scope, key, style, &rich, error))
		return false;
	if (rich.count == 0)
		return true;
	if (plain)
		*plain = plain_text(builder->arena, &rich);
	return pr_type_paragraph(builder->faces, rich.spans, rich.count, measure, builder->arena, lines, count, error);
}

static bool lay_head(const struct pr_builder *builder, const struct pr_scope *scope,
	const struct pr_block_definition *block, struct pr_flow *flow, struct pr_error *error)
{
	struct pr_style small = pr_type_role_style(builder, PR_TYPE_SUB);
	double number_width = flow->number ? pr_type_width(builder->faces, small, flow->number) + NUMBER_GAP : 0;
	struct pr_text_line *title, *sub;
	size_t title_count, sub_count;
	double y = 0;

	pr_draw_line(&flow->head, 0, 0, flow->width, 0, pr_paint_stroke(pr_theme_colour(builder->theme, "ink"), 0.75));
	if (!set_words(builder, scope, block->title, pr_type_role_style(builder, PR_TYPE_BLOCK_TITLE), flow->width, &title,
			&title_count, &flow->title, error) ||
		!set_words(builder, scope, block->sub, small, flow->width - number_width, &sub, &sub_count, NULL, error))
		return false;
	if (title_count > 0)
		y = pr_flow_lines(&flow->head, title, title_count, 0, TITLE_BASELINE, TITLE_LEADING);
	if (sub_count > 0 || flow->number)
		y += title_count > 0 ? SUB_LEADING : TITLE_BASELINE;
	if (flow->number && !pr_draw_text(&flow->head, builder->faces, flow->number, pr_style_role(builder, small, "text3"),
							flow->width, y, PR_ALIGN_RIGHT, PR_TAG_PLACE, error))
		return false;
	if (sub_count > 0)
		y = pr_flow_lines(&flow->head, sub, sub_count, 0, y, SUB_LEADING);
	flow->head_height = y + CONTENT_BELOW;
	return true;
}

/* --- kinds ------------------------------------------------------------------------------------------------------ */

static bool draw_chart(const struct pr_builder *builder, struct pr_flow *flow, double height, struct pr_error *error)
{
	struct pr_rect rect = {.width = flow->width, .height = height};
	struct pr_piece *piece = pr_flow_piece(builder, flow, height);

	return pr_chart_draw(flow->chart, flow->chart_data, builder->faces, builder->theme, rect, &piece->drawing, error);
}

static bool lay_chart(const struct pr_builder *builder, const struct pr_scope *scope,
	const struct pr_block_definition *block, struct pr_flow *flow, struct pr_error *error)
{
	struct pr_chart_data *data = pr_arena_alloc(builder->arena, sizeof *data);

	if (!pr_chart_data_build(builder, scope, block->chart, data, error))
		return false;
	flow->chart = block->chart;
	flow->chart_data = data;
	return draw_chart(builder, flow, pr_chart_height(block->chart, data, flow->width), error);
}

static double whole_steps(double length)
{
	return fmax(0, floor(length / PR_GRID + 1e-6) * PR_GRID);
}

void pr_block_limits(const struct pr_flow *flow, double *lower_pt, double *higher_pt)
{
	double least, most;

	*lower_pt = *higher_pt = 0;
	if (!flow->chart || flow->piece_count != 1)
		return;
	pr_chart_limits(flow->chart, flow->chart_data, flow->width, &least, &most);
	*lower_pt = whole_steps(flow->pieces[0].height - least);
	*higher_pt = whole_steps(most - flow->pieces[0].height);
}

bool pr_block_change(const struct pr_builder *builder, struct pr_flow *flow, double change_pt, struct pr_error *error)
{
	double height;

	if (!flow->chart || flow->piece_count != 1 || change_pt == 0)
		return true;
	height = flow->pieces[0].height + change_pt;
	flow->pieces = NULL; /* a copy's, too */
	flow->piece_count = flow->piece_capacity = 0;
	return draw_chart(builder, flow, height, error);
}

/* Paragraphs, a piece a line; first and last two lines of a paragraph stay together. */
static bool lay_paragraphs(const struct pr_builder *builder, const struct pr_scope *scope,
	const struct pr_block_definition *block, struct pr_style style, double leading, struct pr_flow *flow,
	struct pr_error *error)
{
	bool first = true;

	for (size_t i = 0; i < block->text_count; i++) {
		struct pr_text_line *lines;
		size_t count;

		if (!set_words(builder, scope, block->texts[i], style, flow->width, &lines, &count, NULL, error))
			return false;
		for (size_t l = 0; l < count; l++) {
			double space = l == 0 && !first ? PARAGRAPH_SPACE : 0;
			struct pr_piece *piece = pr_flow_piece(builder, flow, leading + space);

			piece->keep = (l == 0 && count > 1) || l + 2 == count;
			pr_draw_set_line(&piece->drawing, &lines[l], 0, space + leading * 0.72, PR_ALIGN_LEFT, 0);
			first = false;
		}
	}
	flow->breaks = flow->piece_count > 8;
	return true;
}

static bool lay_content(const struct pr_builder *builder, const struct pr_scope *scope,
	const struct pr_block_definition *block, struct pr_flow *flow, struct pr_error *error)
{
	switch (block->kind) {
	case PR_BLOCK_CHART:
		return lay_chart(builder, scope, block, flow, error);
	case PR_BLOCK_TABLE:
		return pr_table_layout(builder, scope, block->table, flow, error);
	case PR_BLOCK_TEXT:
		flow->is_text = true;
		return lay_paragraphs(
			builder, scope, block, pr_type_role_style(builder, PR_TYPE_BODY), BODY_LEADING, flow, error);
	case PR_BLOCK_CONCLUSIONS:
		flow->head_height = TITLE_BASELINE + CONCLUSION_FIRST - CONCLUSION_LEADING * 0.72;
		return lay_paragraphs(
			builder, scope, block, pr_type_role_style(builder, PR_TYPE_CONCLUSION), CONCLUSION_LEADING, flow, error);
	case PR_BLOCK_KEY_FIGURE:
		return pr_key_figure_layout(builder, scope, block, flow, error);
	case PR_BLOCK_SCORE:
		return pr_score_layout(builder, scope, block, flow, error);
	case PR_BLOCK_ADVICE:
		return pr_advice_layout(builder, scope, block, flow, error);
	case PR_BLOCK_KIND_COUNT:
		break;
	}
	return pr_error_set(error, PR_CODE_INTERNAL, "block '%s' has no kind", block->name);
}

bool pr_block_layout(const struct pr_builder *builder, const struct pr_scope *scope,
	const struct pr_block_definition *block, double width, const char *number, struct pr_flow *flow,
	struct pr_error *error)
{
	*flow = (struct pr_flow){.name = block->name, .width = width, .number = number};
	pr_drawing_init(&flow->head, width, 0, builder->arena);
	pr_drawing_init(&flow->repeat, width, 0, builder->arena);
	pr_drawing_init(&flow->tail, width, 0, builder->arena);
	/* The first advice has a rule and a label of its own. */
	if ((block->kind != PR_BLOCK_ADVICE && !lay_head(builder, scope, block, flow, error)) ||
		!lay_content(builder, scope, block, flow, error))
		return pr_error_context(error, "block '%s'", block->name);
	return true;
}
