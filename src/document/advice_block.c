/*
 * The first advice: what it saves a year at the left, under the accent, and what to do at the right.
 *
 *     ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━  rule, 2 wide, accent
 *     首要建议          轻载时让补偿电容自动退出   +14: the block's title; texts[0]
 *     304.96 万元／年   sentences …            +39.5; texts[1] from +29
 *     详见第 11 页，建议 1                       +54, once the pages are known
 */
#include "document/flow.h"

#include <math.h>

#define RULE_PT 2.0
#define LABEL_BASELINE 14.0
#define SEE_BASELINE 54.0
#define TITLE_BASELINE 14.5
#define TEXT_BASELINE 31.0
#define TEXT_LEADING 14.0
#define TEXT_X 170.0 /* the fifth column */
#define TITLE_SIZE 10.5
#define LEAST_HEIGHT 58.0

struct advice {
	const struct pr_builder *builder;
	const struct pr_scope *scope;
	const struct pr_block_definition *block;
	struct pr_drawing *drawing; /* its origin is the rule */
	double left_width;
	struct pr_error *error;
};

static bool draw_figure(const struct advice *advice, const struct pr_value *value, struct pr_format_style style)
{
	const struct pr_context *context = &advice->builder->context;
	const char *a_year = advice->block->unit ? pr_words_plain(context->words, advice->block->unit) : "";
	const struct pr_figure_text text = {.text = pr_format_value(context, advice->scope, value, &style),
		.unit = pr_arena_format(advice->builder->arena, "%s%s%s", pr_key_figure_unit(context, value, &style),
			*a_year && context->words->spaces ? " " : "", a_year),
		.finding = value->finding};

	return pr_key_figure_draw(advice->builder, advice->drawing, &text, advice->left_width, advice->error);
}

static bool draw_left(const struct advice *advice, struct pr_flow *flow)
{
	const struct pr_block_definition *block = advice->block;
	struct pr_style label =
		pr_style_role(advice->builder, pr_type_role_style(advice->builder, PR_TYPE_KEY_LABEL), "accent");
	struct pr_format_style style;
	struct pr_value value = pr_value_missing();
	const char *text = NULL, *tags = NULL;

	if (block->title &&
		!pr_words_tagged(&advice->builder->context, advice->scope, block->title, &text, &tags, advice->error))
		return false;
	if (text && !pr_draw_text(advice->drawing, advice->builder->faces, text, label, 0, LABEL_BASELINE, PR_ALIGN_LEFT,
					tags, advice->error))
		return false;
	if (!pr_format_style_parse(block->style, &style))
		return pr_error_set_at(
			advice->error, PR_CODE_CONFIG, block->place.path, block->place.line, "style '%s' is none", block->style);
	style.bare = true;
	if (!pr_expression_value(&advice->builder->context, advice->scope, block->value, block->place.path,
			block->place.line, &value, advice->error))
		return false;
	if (value.kind != PR_VALUE_NUMBER)
		return true;
	flow->reference =
		(struct pr_flow_reference){.chapter = block->chapter, .words = block->sub, .x = 0, .baseline = SEE_BASELINE};
	return draw_figure(advice, &value, style);
}

/* Sets a text of the block from a first baseline; returns the last one through *baseline. */
static bool draw_text(const struct advice *advice, size_t index, struct pr_style style, double *baseline)
{
	struct pr_rich rich = {0};
	struct pr_text_line *lines;
	size_t count;

	if (index >= advice->block->text_count)
		return true;
	if (!pr_words_render(
			&advice->builder->context, advice->scope, advice->block->texts[index], style, &rich, advice->error))
		return false;
	if (rich.count == 0)
		return true;
	if (!pr_type_paragraph(advice->builder->faces, rich.spans, rich.count, advice->drawing->width - TEXT_X,
			advice->builder->arena, &lines, &count, advice->error))
		return false;
	*baseline = pr_flow_lines(advice->drawing, lines, count, TEXT_X, *baseline, TEXT_LEADING);
	return true;
}

bool pr_advice_layout(const struct pr_builder *builder, const struct pr_scope *scope,
	const struct pr_block_definition *block, struct pr_flow *flow, struct pr_error *error)
{
	struct pr_style title = pr_type_role_style(builder, PR_TYPE_BLOCK_TITLE);
	struct pr_piece *piece;
	double titled = TITLE_BASELINE, baseline;
	struct advice advice = {
		.builder = builder, .scope = scope, .block = block, .left_width = TEXT_X - 14, .error = error};

	/* The rule and the title are this block's own. */
	pr_drawing_init(&flow->head, flow->width, 0, builder->arena);
	flow->head_height = 0;
	piece = pr_flow_piece(builder, flow, 0);
	advice.drawing = &piece->drawing;
	pr_draw_line(
		advice.drawing, 0, 0, flow->width, 0, pr_paint_stroke(pr_theme_colour(builder->theme, "accent"), RULE_PT));
	title.size_pt = TITLE_SIZE;
	if (!draw_left(&advice, flow) || !draw_text(&advice, 0, title, &titled))
		return false;
	baseline = titled + TEXT_BASELINE - TITLE_BASELINE;
	if (!draw_text(&advice, 1, pr_type_role_style(builder, PR_TYPE_BODY), &baseline))
		return false;
	piece->height = fmax(LEAST_HEIGHT, baseline + 4);
	return true;
}
