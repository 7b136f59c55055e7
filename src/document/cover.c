/*
 * The cover: brand, title, month, customer; the month as a fingerprint, a row a day; period, cut-off, coverage and
 * revision. A long name moves what is below it down, within the room that the page has to spare.
 */
#include "document/flow.h"

#include <math.h>

#define BRAND_Y 56.0
#define BRAND_BASELINE 66.0
#define BRAND_NAME_X 98.5
#define TITLE_BASELINE 167.0
#define MONTH_BASELINE 201.0
#define CUSTOMER_RULE 227.0
#define CUSTOMER_BASELINE 247.0
#define CUSTOMER_LEADING 19.0
#define CUSTOMER_LINES 3
#define CUSTOMER_MIN_PT 8.0
#define SUBTITLE_BELOW 18.0
#define SUBTITLE_LEADING 14.0
#define SUBTITLE_LINES 2
#define SUBTITLE_MIN_PT 7.0
#define CHART_RULE_BELOW 29.0 /* from the subtitle's baseline */
#define CHART_BELOW 36.0
#define FACTS_RULE 735.0
#define FOOT_BASELINE 812.0

struct cover {
	const struct pr_builder *builder;
	const struct pr_scope *scope;
	struct pr_drawing *drawing;
	struct pr_error *error;
};

static double column_x(int column)
{
	return PR_PAGE_LEFT + 42.5 * (column - 1);
}

static bool draw(struct cover *cover, const char *key, enum pr_type_role role, const char *colour, double x,
	double baseline, enum pr_align align)
{
	struct pr_style style = pr_type_role_style(cover->builder, role);
	struct pr_rich rich = {0};
	struct pr_text_line line;

	if (colour)
		style = pr_style_role(cover->builder, style, colour);
	if (!key)
		return true;
	if (!pr_words_render(&cover->builder->context, cover->scope, key, style, &rich, cover->error) ||
		!pr_type_line(cover->builder->faces, rich.spans, rich.count, cover->builder->arena, &line, cover->error))
		return false;
	pr_draw_set_line(cover->drawing, &line, x, baseline, align, 0);
	return true;
}

static void rule(struct cover *cover, double y)
{
	pr_draw_line(cover->drawing, PR_PAGE_LEFT, y, PR_PAGE_LEFT + PR_PAGE_CONTENT, y,
		pr_paint_stroke(pr_theme_colour(cover->builder->theme, "ink"), 0.75));
}

static bool draw_name(struct cover *cover)
{
	pr_draw_rect(cover->drawing, (struct pr_rect){PR_PAGE_LEFT, BRAND_Y, 28.5, 14},
		pr_paint_fill(pr_theme_colour(cover->builder->theme, "accent")));
	return draw(cover, "cover.brand", PR_TYPE_LEDE, NULL, BRAND_NAME_X, BRAND_BASELINE, PR_ALIGN_LEFT);
}

/* The logo takes the place of tag and name; its bottom is theirs, at 70. */
static bool draw_brand(struct cover *cover)
{
	const struct pr_picture *logo = cover->builder->house->logo;

	pr_draw_box(cover->drawing, "brand", (struct pr_rect){PR_PAGE_LEFT, BRAND_Y, PR_PAGE_CONTENT, 14});
	if (logo)
		pr_draw_picture(cover->drawing, logo,
			(struct pr_rect){PR_PAGE_LEFT, BRAND_Y + 14 - logo->height_pt, logo->width_pt, logo->height_pt});
	else if (!draw_name(cover))
		return false;
	if (!draw(cover, "cover.edition", PR_TYPE_CELL, "text2", PR_PAGE_LEFT + PR_PAGE_CONTENT, BRAND_BASELINE,
			PR_ALIGN_RIGHT))
		return false;
	pr_draw_unbox(cover->drawing);
	return true;
}

/* Lines of at most `most`, set smaller where there would be more. */
static bool set_lines(struct cover *cover, const char *key, struct pr_style style, double least_pt, size_t most,
	struct pr_text_line **lines, size_t *count)
{
	for (;;) {
		struct pr_rich rich = {0};

		if (!pr_words_render(&cover->builder->context, cover->scope, key, style, &rich, cover->error) ||
			!pr_type_paragraph(cover->builder->faces, rich.spans, rich.count, PR_PAGE_CONTENT, cover->builder->arena,
				lines, count, cover->error))
			return false;
		if (*count <= most || style.size_pt - 0.5 < least_pt)
			return true;
		style.size_pt -= 0.5;
	}
}

/* Customer, subtitle, what a later revision replaces and, where coverage holds the report, that; *y becomes the last baseline. */
static bool draw_customer(struct cover *cover, double *y)
{
	struct pr_style name = pr_type_role_style(cover->builder, PR_TYPE_COVER_CUSTOMER);
	struct pr_style small = pr_style_role(cover->builder, pr_type_role_style(cover->builder, PR_TYPE_BODY), "text2");
	struct pr_text_line *lines;
	size_t count;

	rule(cover, CUSTOMER_RULE);
	if (!set_lines(cover, "cover.customer", name, CUSTOMER_MIN_PT, CUSTOMER_LINES, &lines, &count))
		return false;
	*y = pr_flow_lines(cover->drawing, lines, count, PR_PAGE_LEFT, CUSTOMER_BASELINE, CUSTOMER_LEADING);
	*y += SUBTITLE_BELOW;
	if (cover->builder->edition->cover_subtitle) {
		if (!set_lines(
				cover, cover->builder->edition->cover_subtitle, small, SUBTITLE_MIN_PT, SUBTITLE_LINES, &lines, &count))
			return false;
		*y = pr_flow_lines(cover->drawing, lines, count, PR_PAGE_LEFT, *y, SUBTITLE_LEADING);
	}
	if (cover->builder->context.report->revision > 1) {
		*y += SUBTITLE_LEADING;
		if (!draw(cover, "cover.revised", PR_TYPE_BODY, NULL, PR_PAGE_LEFT, *y, PR_ALIGN_LEFT))
			return false;
	}
	if (!cover->builder->context.report->below_gate)
		return true;
	*y += SUBTITLE_LEADING;
	return draw(cover, "cover.held", PR_TYPE_BODY, "poor", PR_PAGE_LEFT, *y, PR_ALIGN_LEFT);
}

static bool draw_fingerprint(struct cover *cover, double y, double *bottom)
{
	const struct pr_edition_definition *edition = cover->builder->edition;
	struct pr_rect rect = {PR_PAGE_LEFT, y + CHART_BELOW - 14, PR_PAGE_CONTENT, 0};
	struct pr_chart_data data;

	*bottom = y;
	if (!edition->fingerprint)
		return true;
	if (!pr_chart_data_build(cover->builder, cover->scope, edition->fingerprint, &data, cover->error))
		return false;
	if (data.series_count == 0)
		return true;
	rule(cover, y);
	if (!draw(cover, edition->cover_fingerprint_title, PR_TYPE_CELL, NULL, PR_PAGE_LEFT, y + 14, PR_ALIGN_LEFT))
		return false;
	rect.height = pr_chart_height(edition->fingerprint, &data, rect.width);
	*bottom = rect.y + rect.height;
	return pr_chart_draw(
		edition->fingerprint, &data, cover->builder->faces, cover->builder->theme, rect, cover->drawing, cover->error);
}

static bool draw_facts(struct cover *cover, double y)
{
	static const struct {
		const char *name;
		int column;
	} facts[] = {{"period", 1}, {"cutoff", 5}, {"coverage", 8}, {"revision", 12}};

	rule(cover, y);
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
		double x = column_x(facts[i].column);
		const char *label = pr_arena_format(cover->builder->arena, "cover.%s", facts[i].name);
		const char *value = pr_arena_format(cover->builder->arena, "cover.%s_value", facts[i].name);

		if (!draw(cover, label, PR_TYPE_NOTE, NULL, x, y + 13, PR_ALIGN_LEFT) ||
			!draw(cover, value, PR_TYPE_CELL, NULL, x, y + 26, PR_ALIGN_LEFT))
			return false;
	}
	return true;
}

bool pr_cover_build(const struct pr_builder *builder, const struct pr_scope *tenant, const struct pr_scope *project,
	struct pr_page *page, struct pr_error *error)
{
	struct cover cover = {
		.builder = builder, .scope = project ? project : tenant, .drawing = &page->drawing, .error = error};
	double y, bottom;

	pr_drawing_init(&page->drawing, PR_PAGE_WIDTH, PR_PAGE_HEIGHT, builder->arena);
	if (!draw_brand(&cover) ||
		!draw(&cover, builder->edition->title, PR_TYPE_COVER_TITLE, NULL, PR_PAGE_LEFT - 1, TITLE_BASELINE,
			PR_ALIGN_LEFT) ||
		!draw(&cover, "cover.month", PR_TYPE_COVER_MONTH, NULL, PR_PAGE_LEFT - 0.5, MONTH_BASELINE, PR_ALIGN_LEFT) ||
		!draw_customer(&cover, &y) || !draw_fingerprint(&cover, y + CHART_RULE_BELOW, &bottom))
		return pr_error_context(error, "cover");
	if (!draw_facts(&cover, fmax(FACTS_RULE, bottom + 10)) ||
		!draw(&cover, "page.foot_left", PR_TYPE_RUNNING, NULL, PR_PAGE_LEFT, FOOT_BASELINE, PR_ALIGN_LEFT) ||
		!draw(&cover, "cover.disclaimer", PR_TYPE_RUNNING, NULL, PR_PAGE_LEFT + PR_PAGE_CONTENT, FOOT_BASELINE,
			PR_ALIGN_RIGHT))
		return pr_error_context(error, "cover");
	return true;
}
