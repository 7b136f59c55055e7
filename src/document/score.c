/*
 * The score: the health index, its grade, a note of earlier ones below it, and the scale it stands on.
 *
 *     ───────────────────  rule
 *     用电健康指数            +14 (the block's title)
 *     83 良                 +71
 *     上月84　去年同月84        +77 (the block's note)
 *     ▬▬▬▬▬▬▬▬▬▬|▬▬▬|▬▬|▬▬   +96: bounds at 60, 80, 90; the grades named above, or the present one alone
 */
#include "document/flow.h"

#include <math.h>
#include <string.h>

#define INDEX_SIZE 46.0
#define GRADE_SIZE 16.0
#define GRADE_SIZE_MIN 8.0
#define INDEX_BASELINE 62.0
#define GRADE_GAP 12.0
#define NOTE_BASELINE 77.0
#define GRADE_LABEL_BASELINE 91.0
#define SCALE_TOP 95.0
#define SCALE_HEIGHT 2.6
#define SCALE_BASELINE 107.0
#define SCORE_HEIGHT 110.0
#define SCALE_SEAM 1.2
#define NAMES_APART 3.0
#define GRADE_EDGE 18.0 /* the last grade's name stays inside the block */

struct score {
	const struct pr_builder *builder;
	struct pr_drawing *drawing;
	const struct pr_scope *scope;
	double width;
	struct pr_value index;
	const char *grade;
	struct pr_error *error;
};

static bool draw_text(struct score *score, const char *text, struct pr_style style, double x, double baseline,
	enum pr_align align, const char *finding)
{
	return pr_draw_text(score->drawing, score->builder->faces, text, style, x, baseline, align, finding, score->error);
}

static const char *grade_word(const struct score *score, const char *word)
{
	return pr_words_plain(score->builder->context.words, pr_arena_format(score->builder->arena, "grade.%s", word));
}

static bool draw_index(struct score *score)
{
	static const struct pr_format_style one_decimal = {.digits = 1, .bare = true};
	struct pr_style big = pr_type_role_style(score->builder, PR_TYPE_KEY_FIGURE), grade;
	const char *text = pr_format_value(&score->builder->context, score->scope, &score->index, &one_decimal);
	double width;

	big.size_pt = INDEX_SIZE;
	grade = big;
	grade.size_pt = GRADE_SIZE;
	width = pr_type_width(score->builder->faces, big, text);
	/* "Excellent" stands smaller than 优: the index keeps its size, the grade its place beside it. */
	while (
		grade.size_pt > GRADE_SIZE_MIN &&
		width + GRADE_GAP + pr_type_width(score->builder->faces, grade, grade_word(score, score->grade)) > score->width)
		grade.size_pt -= 0.5;
	return draw_text(score, text, big, -1, INDEX_BASELINE, PR_ALIGN_LEFT, score->index.finding) &&
	       draw_text(
			   score, grade_word(score, score->grade), grade, width + GRADE_GAP, INDEX_BASELINE, PR_ALIGN_LEFT, NULL);
}

static bool draw_note(struct score *score, const struct pr_block_definition *block)
{
	const char *text, *tags;

	if (!block->note)
		return true;
	return pr_words_tagged(&score->builder->context, score->scope, block->note, &text, &tags, score->error) &&
	       draw_text(
			   score, text, pr_type_role_style(score->builder, PR_TYPE_NOTE), 0, NOTE_BASELINE, PR_ALIGN_LEFT, tags);
}

/* Whether every grade's name stands over its stretch; else only the present one is named. */
static bool names_fit(const struct score *score)
{
	const double *bounds = score->builder->context.report->method->health.grades;
	struct pr_style bold = pr_style_bold(pr_type_role_style(score->builder, PR_TYPE_NOTE), true);

	for (int grade = 0; grade <= PR_GRADE_POOR; grade++) {
		double from = bounds[grade], to = grade == 0 ? 100 : bounds[grade - 1];
		const char *name = grade_word(score, pr_health_grade_names[grade]);
		if (pr_type_width(score->builder->faces, bold, name) + NAMES_APART > score->width * (to - from) / 100)
			return false;
	}
	return true;
}

/* One grade's stretch of the scale: its bound below it, its name above it. */
static bool draw_grade(struct score *score, int grade)
{
	const double *bounds = score->builder->context.report->method->health.grades;
	const struct pr_theme *theme = score->builder->theme;
	struct pr_style small = pr_type_role_style(score->builder, PR_TYPE_NOTE);
	struct pr_style bold = pr_style_bold(pr_style_role(score->builder, small, "ink"), true);
	double from = bounds[grade], to = grade == 0 ? 100 : bounds[grade - 1];
	double left = score->width * from / 100, right = score->width * to / 100;
	double reached = fmin(fmax(score->width * score->index.number / 100, left), right);
	const char *name = pr_health_grade_names[grade];
	struct pr_rect rect = {left + (from > 0 ? SCALE_SEAM : 0), SCALE_TOP, 0, SCALE_HEIGHT};

	rect.width = right - rect.x;
	pr_draw_rect(score->drawing, rect, pr_paint_fill(pr_theme_colour(theme, "grid")));
	rect.width = reached - rect.x;
	if (rect.width > 0)
		pr_draw_rect(score->drawing, rect, pr_paint_fill(pr_theme_colour(theme, "accent")));
	if (!draw_text(score, pr_arena_format(score->builder->arena, "%.0f", from), small, left, SCALE_BASELINE,
			from > 0 ? PR_ALIGN_CENTRE : PR_ALIGN_LEFT, PR_TAG_TICK))
		return false;
	bool present = strcmp(name, score->grade) == 0, all_fit = names_fit(score);
	if (!present && !all_fit)
		return true;
	double middle = all_fit ? (left + right) / 2 : fmin((left + right) / 2, score->width - GRADE_EDGE);
	return draw_text(
		score, grade_word(score, name), present ? bold : small, middle, GRADE_LABEL_BASELINE, PR_ALIGN_CENTRE, NULL);
}

bool pr_score_layout(const struct pr_builder *builder, const struct pr_scope *scope,
	const struct pr_block_definition *block, struct pr_flow *flow, struct pr_error *error)
{
	struct score score = {.builder = builder, .scope = scope, .width = flow->width, .error = error};
	struct pr_value grade;
	struct pr_piece *piece;

	flow->head_height = 0;
	piece = pr_flow_piece(builder, flow, SCORE_HEIGHT);
	score.drawing = &piece->drawing;
	if (!pr_expression_value(
			&builder->context, scope, block->value, block->place.path, block->place.line, &score.index, error) ||
		!pr_expression_value(
			&builder->context, scope, "health.grade", block->place.path, block->place.line, &grade, error))
		return false;
	if (score.index.kind != PR_VALUE_NUMBER || grade.kind != PR_VALUE_TEXT)
		return pr_error_set(error, PR_CODE_INTERNAL, "a score without an index; expected `when` to leave it out");
	score.grade = grade.text;
	for (int i = 0; i < PR_GRADE_COUNT; i++)
		if (!draw_grade(&score, i))
			return false;
	return draw_index(&score) && draw_note(&score, block);
}
