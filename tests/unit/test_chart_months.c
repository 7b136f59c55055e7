/*
 * Charts of the savings and of next month: months with limits, values and an interval; a curve over a quantity. Places
 * are worked out by hand; awkward data is checked for what a reader would see.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "chart/canvas.h"

#define MONTHS 14
#define LENGTH(array) (sizeof(array) / sizeof *(array))

static struct pr_typefaces *faces;
static struct pr_arena arena;

static const char *font(const char *name)
{
	const char *fonts = getenv("POWERREPORT_FONTS");
	return pr_arena_format(&arena, "%s/%s", fonts ? fonts : "build/fonts", name);
}

static int open_all(void **state)
{
	(void)state;
	pr_arena_init(&arena);
	struct pr_error error = {0};
	const char *regular[] = {font("NotoSansSC-Regular.ttf")}, *bold[] = {font("NotoSansSC-Bold.ttf")};
	return pr_typefaces_open(&faces, regular, bold, 1, &error) ? 0 : 1;
}

static int close_all(void **state)
{
	(void)state;
	pr_typefaces_free(faces);
	pr_arena_release(&arena);
	return 0;
}

static const char *text_of(const struct pr_op *op)
{
	char *text = pr_arena_copy(&arena, "");
	for (size_t i = 0; i < op->line.count; i++)
		text = pr_arena_format(&arena, "%s%s", text, op->line.runs[i].text);
	return text;
}

static struct pr_rect text_box(const struct pr_op *op)
{
	double size = op->line.runs[0].style.size_pt;
	return (struct pr_rect){op->x, op->y - 0.72 * size, op->line.width_pt, 0.74 * size};
}

/* No text leaves the block, none stands on another. */
static void check_texts(const struct pr_drawing *drawing, struct pr_rect rect)
{
	for (size_t i = 0; i < drawing->count; i++) {
		if (drawing->ops[i].kind != PR_OP_TEXT)
			continue;
		struct pr_rect a = text_box(&drawing->ops[i]);
		if (a.x < rect.x - 0.1 || a.x + a.width > rect.x + rect.width + 0.1 || a.y < rect.y - 0.5 ||
			a.y + a.height > rect.y + rect.height + 0.5)
			fail_msg("outside: %s at %g %g", text_of(&drawing->ops[i]), a.x, a.y);
		for (size_t k = i + 1; k < drawing->count; k++) {
			if (drawing->ops[k].kind != PR_OP_TEXT)
				continue;
			struct pr_rect b = text_box(&drawing->ops[k]);
			if (a.x + a.width > b.x + 0.1 && b.x + b.width > a.x + 0.1 && a.y + a.height > b.y + 0.6 &&
				b.y + b.height > a.y + 0.6)
				fail_msg("over each other: %s, %s", text_of(&drawing->ops[i]), text_of(&drawing->ops[k]));
		}
	}
}

static struct pr_chart_definition shipped(const char *name)
{
	struct pr_chart_definition definition;
	struct pr_error error = {0};
	if (!pr_chart_read(&definition, "charts", name, &arena, &error))
		fail_msg("%s", error.text);
	return definition;
}

static struct pr_drawing draw(const struct pr_chart_definition *definition, struct pr_chart_data *data, double width)
{
	struct pr_drawing drawing;
	struct pr_error error = {0};
	struct pr_rect rect = {56, 100, width, pr_chart_height(definition, data, width)};
	data->group = ",";
	data->minus = "-";
	pr_drawing_init(&drawing, 600, 900, &arena);
	if (!pr_chart_draw(definition, data, faces, &pr_theme_default, rect, &drawing, &error))
		fail_msg("%s", error.text);
	assert_true(pr_drawing_check(&drawing, &error));
	check_texts(&drawing, rect);
	return drawing;
}

static const struct pr_op *find_text(const struct pr_drawing *drawing, const char *text)
{
	for (size_t i = 0; i < drawing->count; i++)
		if (drawing->ops[i].kind == PR_OP_TEXT && strcmp(text_of(&drawing->ops[i]), text) == 0)
			return &drawing->ops[i];
	return NULL;
}

static bool same_colour(struct pr_colour a, const char *role)
{
	struct pr_colour b = pr_theme_colour(&pr_theme_default, role);
	return a.red == b.red && a.green == b.green && a.blue == b.blue;
}

/* Outlined shapes with a fill of that role; rectangles and circles alike. */
static size_t count_filled(const struct pr_drawing *drawing, const char *fill, double outline)
{
	size_t count = 0;
	for (size_t i = 0; i < drawing->count; i++) {
		const struct pr_op *op = &drawing->ops[i];
		count += op->kind == PR_OP_PATH && op->paint.fill && op->paint.stroke &&
		         same_colour(op->paint.fill_colour, fill) && fabs(op->paint.stroke_width - outline) < 1e-9;
	}
	return count;
}

static size_t count_strokes(const struct pr_drawing *drawing, const char *role, double width)
{
	size_t count = 0;
	for (size_t i = 0; i < drawing->count; i++) {
		const struct pr_op *op = &drawing->ops[i];
		count += op->kind == PR_OP_PATH && op->paint.stroke && !op->paint.fill &&
		         same_colour(op->paint.stroke_colour, role) && fabs(op->paint.stroke_width - width) < 1e-9;
	}
	return count;
}

static struct pr_chart_data months_of(struct pr_chart_series *series, size_t count, size_t months)
{
	struct pr_chart_category *categories = pr_arena_array(&arena, months, sizeof *categories);
	for (size_t i = 0; i < months; i++)
		categories[i] = (struct pr_chart_category){
			.label = i ? pr_arena_format(&arena, "%zu", i + 1) : "17-04", .emphasised = i + 1 == months};
	return (struct pr_chart_data){
		.series = series, .series_count = count, .categories = categories, .category_count = months};
}

static const char **texts_of(const double *values, size_t count)
{
	const char **texts = pr_arena_array(&arena, count, sizeof *texts);
	for (size_t i = 0; i < count; i++)
		texts[i] = isfinite(values[i]) ? pr_arena_format(&arena, "%.0f", values[i]) : NULL;
	return texts;
}

/* Picture 07: nine of twelve maxima above 105 % of 500. */
static void test_demands(void **state)
{
	(void)state;
	static const double values[] = {548, 541, 533, 498, 521, 512, 539, 566, 591, 613, 582, 605};
	struct pr_chart_definition definition = shipped("savings_demand");
	struct pr_chart_series series = {.name = "demand", .role = "accent", .values = values, .count = 12};
	struct pr_chart_limit limits[] = {
		{.label = "合同500", .value = 500}, {.label = "105%", .value = 525, .dashed = true}};
	struct pr_chart_data data = months_of(&series, 1, 12);
	series.texts = texts_of(values, 12);
	data.limits = limits;
	data.limit_count = 2;
	data.note = "from {}";
	struct pr_drawing drawing = draw(&definition, &data, 496);
	assert_int_equal(count_filled(&drawing, "accent", 1.1), 9); /* dots above, each on a stem */
	assert_int_equal(count_strokes(&drawing, "accent", 1.6), 9);
	assert_int_equal(count_filled(&drawing, "white", 1.1), 3);
	for (size_t i = 0; i < 12; i++)
		assert_non_null(find_text(&drawing, series.texts[i]));
	assert_int_equal(find_text(&drawing, "605")->line.runs[0].style.weight, PR_BOLD);
	assert_non_null(find_text(&drawing, "from 450"));                           /* steps of 50: 498 lies below 500 */
	assert_true(find_text(&drawing, "498")->y > find_text(&drawing, "521")->y); /* in the valley below its dot */
}

/* Without a contract every month is a filled dot; missing ones part the line, and a run of them is hatched. */
static void test_without_limits(void **state)
{
	(void)state;
	static const double values[] = {NAN, NAN, 10, 12, NAN, 14, 15};
	struct pr_chart_definition definition = shipped("savings_demand");
	struct pr_chart_series series = {.name = "demand", .role = "accent", .values = values, .count = 7};
	struct pr_chart_data data = months_of(&series, 1, 7);
	series.texts = texts_of(values, 7);
	data.unexpected = 2; /* before the customer came */
	struct pr_drawing drawing = draw(&definition, &data, 496);
	assert_int_equal(count_filled(&drawing, "accent", 1.1), 4);
	assert_int_equal(count_strokes(&drawing, "accent.light", 1.0), 2);
	size_t hatched = 0;
	for (size_t i = 0; i < drawing.count; i++)
		hatched += drawing.ops[i].kind == PR_OP_PATH && drawing.ops[i].paint.stroke &&
		           fabs(drawing.ops[i].paint.stroke_width - 0.4) < 1e-9;
	assert_true(hatched > 0);
}

/* Thirteen months and a forecast: a ring in its interval, a dashed lead from the last month. */
static void test_forecast(void **state)
{
	(void)state;
	double past[MONTHS], next[MONTHS], low[MONTHS], high[MONTHS];
	struct pr_chart_definition definition = shipped("forecast_energy");
	for (size_t i = 0; i < MONTHS; i++) {
		past[i] = i + 1 < MONTHS ? 700000.0 + 10000.0 * (double)(i % 5) : (double)NAN;
		next[i] = low[i] = high[i] = NAN;
	}
	next[MONTHS - 1] = 760000;
	low[MONTHS - 1] = 720000;
	high[MONTHS - 1] = 790000;
	struct pr_chart_series series[] = {{.name = "actual", .role = "accent", .values = past, .count = MONTHS},
		{.name = "forecast", .label = "预测", .role = "accent", .dashed = true, .values = next, .count = MONTHS},
		{.name = "low", .values = low, .count = MONTHS}, {.name = "high", .values = high, .count = MONTHS}};
	series[0].texts = texts_of(past, MONTHS);
	series[1].texts = texts_of(next, MONTHS);
	struct pr_chart_data data = months_of(series, 4, MONTHS);
	struct pr_drawing drawing = draw(&definition, &data, 496);
	assert_int_equal(count_filled(&drawing, "accent.pale", 0.5), 1);
	assert_int_equal(count_filled(&drawing, "accent", 1.1), 13);
	assert_int_equal(count_filled(&drawing, "white", 1.1), 1);
	assert_non_null(find_text(&drawing, "760000"));
	assert_non_null(find_text(&drawing, "预测"));
}

/* Long figures stand where there is room for them: the reported month's and the extremes always. */
static void test_long_values(void **state)
{
	(void)state;
	double values[MONTHS];
	struct pr_chart_definition definition = shipped("savings_demand");
	static const double widths[] = {283, 496};
	for (size_t w = 0; w < LENGTH(widths); w++) {
		for (int shape = 0; shape < 4; shape++) {
			for (size_t i = 0; i < MONTHS; i++)
				values[i] = 123456789.0 + (shape == 0 ? 0 : 1e6 * (double)(i * (size_t)(2 * shape + 1) % 7));
			struct pr_chart_series series = {.name = "demand", .role = "accent", .values = values, .count = MONTHS};
			struct pr_chart_data data = months_of(&series, 1, MONTHS);
			series.texts = texts_of(values, MONTHS);
			struct pr_drawing drawing = draw(&definition, &data, widths[w]);
			if (shape > 0)
				assert_non_null(find_text(&drawing, series.texts[MONTHS - 1]));
		}
	}
}

static void test_nothing(void **state)
{
	(void)state;
	static const double values[] = {NAN, NAN, NAN};
	struct pr_chart_definition months = shipped("savings_ways"), curve = shipped("savings_curve");
	struct pr_chart_series series = {.name = "demand", .values = values, .count = 3};
	struct pr_chart_data data = months_of(&series, 1, 3), none = {.series_count = 0};
	draw(&months, &data, 283);
	draw(&months, &none, 283);
	draw(&curve, &none, 198);
}

/* A curve from 400 to 600 with marks at 500 and 523: the plot begins 26 beyond the edge and ends 7 before the other. */
static void test_curve(void **state)
{
	(void)state;
	static const double kw[] = {400, 450, 500, 523, 550, 600}, cost[] = {66, 61, 58.32, 56.81, 57.5, 62};
	struct pr_chart_definition definition = shipped("savings_curve");
	struct pr_chart_series series = {.name = "cost", .role = "accent", .values = cost, .count = 6};
	struct pr_chart_mark marks[] = {
		{.index = 3, .value_text = "最省523", .time_text = "56.81"}, {.index = 2, .value_text = "现行500"}};
	struct pr_chart_data data = {.series = &series, .series_count = 1, .xs = kw, .marks = marks, .mark_count = 2};
	struct pr_drawing drawing = draw(&definition, &data, 198);
	const struct pr_op *line = NULL;
	size_t rings = 0;
	for (size_t i = 0; i < drawing.count; i++) {
		const struct pr_op *op = &drawing.ops[i];
		if (op->kind == PR_OP_PATH && op->paint.stroke && fabs(op->paint.stroke_width - 1.4) < 1e-9)
			line = op;
		rings += op->kind == PR_OP_PATH && op->paint.fill && op->paint.stroke;
	}
	assert_int_equal(rings, 2);
	if (!line || line->segment_count != 6) {
		fail_msg("no line of six places");
		return;
	}
	assert_true(fabs(line->segments[0].x - (56 + 26)) < 1e-6);
	assert_true(fabs(line->segments[5].x - (56 + 198 - 7)) < 1e-6);
	/* 523 lies at (523 − 400) ÷ 200 of 165 points. */
	assert_true(fabs(line->segments[3].x - (82 + 165 * 123 / 200.0)) < 1e-6);
	assert_non_null(find_text(&drawing, "500"));
}

/* What another way costs is a dashed line with its name on it, clear of the curve. */
static void test_curve_limit(void **state)
{
	(void)state;
	static const double kw[] = {400, 450, 500, 523, 550, 600}, cost[] = {66, 61, 58.32, 56.81, 57.5, 62};
	struct pr_chart_definition definition = shipped("savings_curve");
	struct pr_chart_series series = {.name = "cost", .role = "accent", .values = cost, .count = 6};
	struct pr_chart_limit limit = {.label = "beside 55.32", .value = 55.32, .dashed = true, .role = "accent"};
	struct pr_chart_data data = {.series = &series, .series_count = 1, .xs = kw, .limits = &limit, .limit_count = 1};
	struct pr_drawing drawing = draw(&definition, &data, 198);
	const struct pr_op *name = find_text(&drawing, "beside 55.32"), *line = NULL;
	struct pr_colour accent = pr_theme_colour(&pr_theme_default, "accent");
	for (size_t i = 0; i < drawing.count; i++)
		if (drawing.ops[i].kind == PR_OP_PATH && drawing.ops[i].paint.dash_count == 2)
			line = &drawing.ops[i];
	if (!name || !line) {
		fail_msg("a limit without a name or a line");
		return;
	}
	assert_memory_equal(&name->line.runs[0].style.colour, &accent, sizeof accent);
	/* Beside the line: above it by 1.5 and the descent, or below it by 1.5 and the ascent of 7 points. */
	assert_true(fabs(name->y - line->segments[0].y) < 1.5 + 7);
	assert_true(name->x >= 56 + 26 && name->x + name->line.width_pt <= 56 + 198);
}

/* Beside other names the axis says at its own place where it begins; without them, above the plot. */
static void test_axis_note(void **state)
{
	(void)state;
	static const double values[] = {548, 541, 533, 498, 521, 512};
	struct pr_chart_definition definition = shipped("savings_demand");
	struct pr_chart_series series = {.name = "demand", .role = "accent", .values = values, .count = 6};
	struct pr_chart_limit limit = {.label = "contract 500", .value = 500};
	struct pr_chart_data data = months_of(&series, 1, 6);
	data.note = "axis from {}";
	double top = 0;
	for (int limits = 0; limits < 2; limits++) {
		data.limits = &limit;
		data.limit_count = (size_t)limits;
		struct pr_drawing drawing = draw(&definition, &data, 496);
		const struct pr_op *note = find_text(&drawing, "axis from 480");
		if (!note) {
			fail_msg("an axis from 480 that does not say so");
			return;
		}
		if (limits == 0)
			top = note->y;
		else /* 136 of the chart less 15 below the axis, which the text stands at the middle of */
			assert_true(fabs(note->y - (top - 6 + 136 - 15 + 0.35 * 7)) < 0.1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"a curve's limit has its name on its line", test_curve_limit, NULL, NULL, NULL},
		{"an axis says at its place where it begins", test_axis_note, NULL, NULL, NULL},
		{"maximum demands above what is tolerated are filled, on stems", test_demands, NULL, NULL, NULL},
		{"months without a contract, and missing ones", test_without_limits, NULL, NULL, NULL},
		{"a forecast is a ring in its interval", test_forecast, NULL, NULL, NULL},
		{"long figures don't stand on each other", test_long_values, NULL, NULL, NULL},
		{"nothing measured is no chart that fails", test_nothing, NULL, NULL, NULL},
		{"a curve with its marks", test_curve, NULL, NULL, NULL},
	};
	return cmocka_run_group_tests_name("charts of months", tests, open_all, close_all);
}
