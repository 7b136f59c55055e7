/*
 * Charts of the later pages: radar, waterfall, sensors, heat, alarm bars, bars with a limit of their own. Places are
 * worked out by hand from the visual system; awkward data is checked for what a reader would see.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chart/canvas.h"

#define LEFT 56.0
#define TOP 100.0
#define WIDTH 496.0
#define LENGTH(array) (sizeof(array) / sizeof *(array))
#define assert_near(a, b) assert_true(fabs((a) - (b)) < 1e-6)
#define DASH "\xE2\x80\x94"
#define MINUS "\xE2\x88\x92"

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

/* --- what is drawn ---------------------------------------------------------------------------------------------- */

static struct pr_chart_definition shipped(const char *name)
{
	struct pr_chart_definition definition;
	struct pr_error error = {0};
	bool ok = pr_chart_read(&definition, "charts", name, &arena, &error);
	if (!ok)
		print_error("%s\n", error.text);
	assert_true(ok);
	return definition;
}

static struct pr_rect text_box(const struct pr_op *op)
{
	double size = op->line.runs[0].style.size_pt;
	return (struct pr_rect){op->x, op->y - 0.72 * size, op->line.width_pt, 0.74 * size};
}

static const char *text_of(const struct pr_op *op)
{
	char *text = pr_arena_copy(&arena, "");
	for (size_t i = 0; i < op->line.count; i++)
		text = pr_arena_format(&arena, "%s%s", text, op->line.runs[i].text);
	return text;
}

static bool is_over(struct pr_rect a, struct pr_rect b, double play)
{
	return a.x + a.width > b.x + 0.1 && b.x + b.width > a.x + 0.1 && a.y + a.height > b.y + play &&
	       b.y + b.height > a.y + play;
}

static void check_texts(const struct pr_drawing *drawing, struct pr_rect rect)
{
	for (size_t i = 0; i < drawing->count; i++) {
		if (drawing->ops[i].kind != PR_OP_TEXT)
			continue;
		struct pr_rect a = text_box(&drawing->ops[i]);
		bool inside = a.x >= rect.x - 0.1 && a.x + a.width <= rect.x + rect.width + 0.1 && a.y >= rect.y - 0.5 &&
		              a.y + a.height <= rect.y + rect.height + 0.5;
		if (!inside)
			print_error("outside: %s at %g %g\n", text_of(&drawing->ops[i]), a.x, a.y);
		assert_true(inside);
		for (size_t k = i + 1; k < drawing->count; k++) {
			if (drawing->ops[k].kind != PR_OP_TEXT || !is_over(a, text_box(&drawing->ops[k]), 0.6))
				continue;
			print_error("over each other: %s, %s\n", text_of(&drawing->ops[i]), text_of(&drawing->ops[k]));
			assert_true(false);
		}
	}
}

static struct pr_rect rect_for(const struct pr_chart_definition *definition, struct pr_chart_data *data, double width)
{
	return (struct pr_rect){LEFT, TOP, width, pr_chart_height(definition, data, width)};
}

static struct pr_drawing draw(const struct pr_chart_definition *definition, struct pr_chart_data *data, double width)
{
	struct pr_drawing drawing;
	struct pr_error error = {0};
	data->group = ",";
	data->minus = MINUS;
	struct pr_rect rect = rect_for(definition, data, width);
	pr_drawing_init(&drawing, 600, 900, &arena);
	bool ok = pr_chart_draw(definition, data, faces, &pr_theme_default, rect, &drawing, &error);
	if (!ok)
		print_error("%s\n", error.text);
	assert_true(ok);
	assert_true(pr_drawing_check(&drawing, &error));
	check_texts(&drawing, rect);
	return drawing;
}

/* The op of the text, which must be there once. */
static const struct pr_op *get_text(const struct pr_drawing *drawing, const char *text)
{
	const struct pr_op *found = NULL;
	for (size_t i = 0; i < drawing->count; i++) {
		if (drawing->ops[i].kind != PR_OP_TEXT || strcmp(text_of(&drawing->ops[i]), text) != 0)
			continue;
		assert_null(found);
		found = &drawing->ops[i];
	}
	if (!found) {
		print_error("no text '%s'\n", text);
		fail();
		abort();
	}
	return found;
}

static size_t count_texts(const struct pr_drawing *drawing, const char *text)
{
	size_t count = 0;
	for (size_t i = 0; i < drawing->count; i++)
		count += drawing->ops[i].kind == PR_OP_TEXT && strcmp(text_of(&drawing->ops[i]), text) == 0;
	return count;
}

static bool same_colour(struct pr_colour a, const char *role)
{
	struct pr_colour b = pr_theme_colour(&pr_theme_default, role);
	return a.red == b.red && a.green == b.green && a.blue == b.blue;
}

static bool is_role(const struct pr_op *op, const char *role)
{
	return same_colour(op->line.runs[0].style.colour, role);
}

static size_t closes_of(const struct pr_op *op)
{
	size_t count = 0;
	for (size_t k = 0; k < op->segment_count; k++)
		count += op->segments[k].kind == PR_CLOSE;
	return count;
}

/* Where nothing is found. */
static struct pr_segment no_segments[8];
static const struct pr_op no_op = {.segments = no_segments};

/* How many filled shapes of a role there are; their last op through *last. */
static size_t find_fills(const struct pr_drawing *drawing, const char *role, const struct pr_op **last)
{
	size_t count = 0;
	if (last)
		*last = &no_op;
	for (size_t i = 0; i < drawing->count; i++) {
		const struct pr_op *op = &drawing->ops[i];
		if (op->kind != PR_OP_PATH || !op->paint.fill || !same_colour(op->paint.fill_colour, role))
			continue;
		count += closes_of(op);
		if (last)
			*last = op;
	}
	return count;
}

static size_t find_strokes(
	const struct pr_drawing *drawing, const char *role, double width, bool dashed, const struct pr_op **last)
{
	size_t count = 0;
	if (last)
		*last = &no_op;
	for (size_t i = 0; i < drawing->count; i++) {
		const struct pr_op *op = &drawing->ops[i];
		if (op->kind != PR_OP_PATH || !op->paint.stroke || !same_colour(op->paint.stroke_colour, role) ||
			fabs(op->paint.stroke_width - width) > 1e-9 || (op->paint.dash_count > 0) != dashed)
			continue;
		count++;
		if (last)
			*last = op;
	}
	return count;
}

static struct pr_rect bounds_of(const struct pr_op *op)
{
	double x1 = INFINITY, y1 = INFINITY, x2 = -INFINITY, y2 = -INFINITY;
	for (size_t i = 0; i < op->segment_count; i++) {
		if (op->segments[i].kind == PR_CLOSE)
			continue;
		x1 = fmin(x1, op->segments[i].x);
		x2 = fmax(x2, op->segments[i].x);
		y1 = fmin(y1, op->segments[i].y);
		y2 = fmax(y2, op->segments[i].y);
	}
	return (struct pr_rect){x1, y1, x2 - x1, y2 - y1};
}

/* --- radar ------------------------------------------------------------------------------------------------------ */

static const char *const axis_names[] = {
	"频率", "电压偏差", "电压不平衡", "谐波电压", "功率因数", "负载率", "安全", "服务"};
static const char *const english_names[] = {"Frequency", "Voltage deviation", "Voltage unbalance", "Harmonic currents",
	"Power factor", "Transformer load", "Safety", "Service"};

static struct pr_chart_data radar_data(const char *const *names, const double *scores, size_t count)
{
	struct pr_chart_category *axes = pr_arena_array(&arena, count, sizeof *axes);
	const char **texts = pr_arena_array(&arena, count, sizeof *texts);
	for (size_t i = 0; i < count; i++) {
		axes[i].label = names[i];
		texts[i] = isnan(scores[i]) ? NULL : pr_arena_format(&arena, "%.0f", scores[i]);
	}
	struct pr_chart_series *series = pr_arena_array(&arena, 1, sizeof *series);
	*series = (struct pr_chart_series){.values = scores, .texts = texts, .count = count, .finding = "health.scores"};
	return (struct pr_chart_data){.series = series, .series_count = 1, .categories = axes, .category_count = count};
}

static const struct pr_op *find_polygon(const struct pr_drawing *drawing)
{
	for (size_t i = 0; i < drawing->count; i++)
		if (drawing->ops[i].kind == PR_OP_PATH && drawing->ops[i].paint.fill &&
			fabs(drawing->ops[i].paint.alpha - 0.12) < 1e-9)
			return &drawing->ops[i];
	return NULL;
}

static void test_radar(void **state)
{
	(void)state;
	struct pr_chart_definition definition = shipped("health_radar");
	static const double scores[] = {100, 92, 95, 86, 50, 75};
	struct pr_chart_data data = radar_data(axis_names, scores, 6);
	struct pr_drawing drawing = draw(&definition, &data, 198);
	/* 133 high less 13 above and below: a radius of 53.5 around (56 + 99, 100 + 13 + 53.5). */
	const struct pr_op *polygon = find_polygon(&drawing);
	assert_non_null(polygon);
	assert_int_equal(polygon->segment_count, 7);
	assert_near(polygon->segments[0].x, 155);
	assert_near(polygon->segments[0].y, 113);
	/* 92 at 60 degrees: 53.5 × 0.92 × (0.8660254, 0.5). */
	assert_near(polygon->segments[1].x, 155 + 49.22 * 0.8660254037844386);
	assert_near(polygon->segments[1].y, 166.5 - 24.61);
	const struct pr_op *compliant;
	assert_int_equal(find_strokes(&drawing, "ink", 0.7, true, &compliant), 1);
	assert_near(compliant->segments[0].y, 166.5 - 53.5 * 0.6);
	/* Rings of 20, 40 and 80 and six axes; that of 100 is darker. */
	assert_int_equal(find_strokes(&drawing, "grid", 0.5, false, NULL), 3 + 6);
	assert_int_equal(find_strokes(&drawing, "rule", 0.5, false, NULL), 1);
	const struct pr_op *weak;
	assert_int_equal(find_fills(&drawing, "poor", &weak), 1);
	assert_near(bounds_of(weak).x + bounds_of(weak).width / 2, 155 - 26.75 * 0.8660254037844386);
	assert_int_equal(find_fills(&drawing, "accent", NULL), 1 + 5);
	assert_true(is_role(get_text(&drawing, "功率因数"), "poor"));
	const struct pr_op *score = get_text(&drawing, "50");
	assert_true(is_role(score, "poor"));
	assert_int_equal(score->line.runs[0].style.weight, PR_BOLD);
	assert_string_equal(score->line.runs[0].finding, "health.scores");
	assert_true(is_role(get_text(&drawing, "负载率"), "ink"));
	get_text(&drawing, "频率100");
}

static void test_radar_unmeasured(void **state)
{
	(void)state;
	struct pr_chart_definition definition = shipped("health_radar");
	static const double scores[] = {100, NAN, 95, 60, 59.999, 75, NAN, NAN};
	struct pr_chart_data data = radar_data(axis_names, scores, 8);
	struct pr_drawing drawing = draw(&definition, &data, 198);
	assert_int_equal(find_polygon(&drawing)->segment_count, 5 + 1);
	assert_int_equal(count_texts(&drawing, DASH), 3);
	assert_true(is_role(get_text(&drawing, "服务"), "text3"));
	assert_int_equal(find_fills(&drawing, "poor", NULL), 1); /* 60 is compliant */
	/* Two measured axes are a line without an area, one is a dot, none is nothing; one at the top has its dash beside. */
	static const double two[] = {NAN, 90, NAN, NAN, 80, NAN}, one[] = {NAN, 90, NAN, NAN, NAN, NAN};
	data = radar_data(axis_names, two, 6);
	drawing = draw(&definition, &data, 198);
	assert_null(find_polygon(&drawing));
	assert_int_equal(find_strokes(&drawing, "accent", 1.3, false, NULL), 1);
	get_text(&drawing, "频率 " DASH);
	data = radar_data(axis_names, one, 6);
	drawing = draw(&definition, &data, 198);
	assert_int_equal(find_strokes(&drawing, "accent", 1.3, false, NULL), 0);
	assert_int_equal(find_fills(&drawing, "accent", NULL), 1);
	/* Two axes are no radar: two lines of text. */
	data = radar_data(axis_names, scores, 2);
	drawing = draw(&definition, &data, 198);
	get_text(&drawing, "频率100");
	get_text(&drawing, "电压偏差 " DASH);
	assert_int_equal(find_strokes(&drawing, "grid", 0.5, false, NULL), 0);
	data.series_count = 0;
	draw(&definition, &data, 198);
}

/* Any count of axes, long names, narrow blocks, scores out of range. */
static void test_radar_awkward(void **state)
{
	(void)state;
	struct pr_chart_definition definition = shipped("health_radar");
	static const double scores[] = {0, 100, 140, -3, NAN, 60, 12, 99}, widths[] = {144, 156, 198, 241, 496};
	for (size_t count = 1; count <= 8; count++) {
		for (size_t w = 0; w < LENGTH(widths); w++) {
			struct pr_chart_data data = radar_data(axis_names, scores, count);
			draw(&definition, &data, widths[w]);
			data = radar_data(english_names, scores, count);
			struct pr_drawing drawing = draw(&definition, &data, widths[w]);
			const struct pr_op *polygon = find_polygon(&drawing);
			struct pr_rect inside = polygon ? bounds_of(polygon) : (struct pr_rect){LEFT, TOP, 0, 0};
			assert_true(inside.x >= LEFT && inside.x + inside.width <= LEFT + widths[w]);
			assert_true(inside.y >= TOP && inside.y + inside.height <= TOP + 133);
		}
	}
}

/* --- waterfall -------------------------------------------------------------------------------------------------- */

static const char *amount_text(double value, bool total)
{
	return pr_arena_format(&arena, "%s%.2f", value < 0 ? MINUS : value > 0 && !total ? "+" : "", fabs(value));
}

static struct pr_chart_data waterfall_data(const double *values, size_t count)
{
	static const char *const names[] = {"天数", "电量", "时段构成", "电价", "需量", "功率因数", "尾差"};
	static const char *const seconds[] = {
		"28→31天", "日均−20.8%", "峰35.7→51.8%", "冬季→春秋季", "582→605 kW", "0.89→0.87", "仅取整"};
	struct pr_chart_category *parts = pr_arena_array(&arena, count, sizeof *parts);
	const char **texts = pr_arena_array(&arena, count, sizeof *texts);
	for (size_t i = 0; i < count; i++) {
		parts[i].total = i == 0 || i + 1 == count;
		parts[i].label = i == 0 ? "2月" : parts[i].total ? "3月" : names[(i - 1) % LENGTH(names)];
		parts[i].second = parts[i].total ? NULL : seconds[(i - 1) % LENGTH(seconds)];
		texts[i] = isnan(values[i]) ? NULL : amount_text(values[i], parts[i].total);
	}
	struct pr_chart_series *series = pr_arena_array(&arena, 1, sizeof *series);
	*series = (struct pr_chart_series){.values = values, .texts = texts, .count = count, .finding = "change"};
	return (struct pr_chart_data){
		.series = series, .series_count = 1, .categories = parts, .category_count = count, .gap_label = "缺测"};
}

/* No text over a bar: bars are the filled rectangles. */
static void check_off_bars(const struct pr_drawing *drawing)
{
	static const char *const roles[] = {"accent", "accent.light", "ink", "white"};
	for (size_t i = 0; i < drawing->count; i++) {
		const struct pr_op *op = &drawing->ops[i];
		bool bar = false;
		for (size_t r = 0; op->kind == PR_OP_PATH && op->paint.fill && r < LENGTH(roles); r++)
			bar = bar || same_colour(op->paint.fill_colour, roles[r]);
		for (size_t k = 0; bar && k < drawing->count; k++) {
			if (drawing->ops[k].kind != PR_OP_TEXT || !is_over(text_box(&drawing->ops[k]), bounds_of(op), 0.1))
				continue;
			print_error("over a bar: %s\n", text_of(&drawing->ops[k]));
			assert_true(false);
		}
	}
}

static void test_waterfall(void **state)
{
	(void)state;
	struct pr_chart_definition definition = shipped("change_waterfall");
	static const double values[] = {1641.33, 118.01, -253.64, 97.48, -330.37, 38.60, 11.38, 0, 1322.79};
	struct pr_chart_data data = waterfall_data(values, 9);
	struct pr_drawing drawing = draw(&definition, &data, WIDTH);
	check_off_bars(&drawing);
	/* 161 less 12 above and 10 + 9 + 2 for two lines of names: 128 from y = 112 for 0 to 1759.34. */
	double unit = 128 / 1759.34, step = 470.0 / 9, bar = step * 0.68;
	const struct pr_op *op;
	assert_int_equal(find_fills(&drawing, "accent", &op), 2); /* last: March */
	assert_near(bounds_of(op).x, LEFT + 26 + 8.5 * step - bar / 2);
	assert_near(bounds_of(op).width, bar);
	assert_near(bounds_of(op).height, 1322.79 * unit);
	assert_near(bounds_of(op).y + bounds_of(op).height, 112 + 128);
	assert_int_equal(find_fills(&drawing, "accent.light", &op), 4); /* last: +11.38 up to 1322.79 */
	assert_near(bounds_of(op).y, 112 + (1759.34 - 1322.79) * unit);
	assert_near(bounds_of(op).height, 11.38 * unit);
	/* Decreases: white, hatched, outlined; the last from 1602.88 down to 1272.81 … 1603.18 − 330.37. */
	assert_int_equal(find_fills(&drawing, "white", &op), 2);
	assert_near(bounds_of(op).y, 112 + (1759.34 - 1603.18) * unit);
	assert_near(bounds_of(op).height, 330.37 * unit);
	assert_int_equal(find_strokes(&drawing, "accent", 0.45, false, NULL), 2);
	assert_int_equal(find_strokes(&drawing, "accent", 0.7, false, NULL), 2);
	assert_int_equal(find_fills(&drawing, "ink", &op), 1);
	assert_near(bounds_of(op).height, 1.2);
	assert_int_equal(find_strokes(&drawing, "text3", 0.5, true, NULL), 8);
	/* Signs; an increase is named above its bar, a decrease below. */
	assert_true(get_text(&drawing, "+118.01")->y < 112);
	assert_true(get_text(&drawing, MINUS "330.37")->y > 112 + (1759.34 - 1272.81) * unit + 5);
	assert_int_equal(get_text(&drawing, MINUS "330.37")->line.runs[0].style.weight, PR_BOLD);
	assert_int_equal(get_text(&drawing, "0.00")->line.runs[0].style.weight, PR_REGULAR);
	assert_near(get_text(&drawing, "仅取整")->y - get_text(&drawing, "尾差")->y, 9);
	get_text(&drawing, "峰35.7→51.8%"); /* wider than its step, but its neighbours leave room */
}

static void test_waterfall_negative(void **state)
{
	(void)state;
	struct pr_chart_definition definition = shipped("change_waterfall");
	static const double credit[] = {-120, -40, 300, -260, 90, -170, 0, 20, -180};
	struct pr_chart_data data = waterfall_data(credit, 9);
	struct pr_drawing drawing = draw(&definition, &data, WIDTH);
	check_off_bars(&drawing);
	const struct pr_op *zero, *march, *highest;
	assert_int_equal(find_strokes(&drawing, "ink", 0.75, false, &zero), 1);
	assert_int_equal(find_fills(&drawing, "accent", &march), 2);
	assert_near(bounds_of(march).y, bounds_of(zero).y); /* hangs from zero */
	assert_true(get_text(&drawing, MINUS "180.00")->y > bounds_of(march).y + bounds_of(march).height);
	/* 300 from −160 to 140 crosses the zero line. */
	highest = NULL;
	for (size_t i = 0; i < drawing.count; i++)
		if (drawing.ops[i].kind == PR_OP_PATH && drawing.ops[i].paint.fill &&
			same_colour(drawing.ops[i].paint.fill_colour, "accent.light") && !highest)
			highest = &drawing.ops[i];
	assert_non_null(highest);
	double above = bounds_of(zero).y - bounds_of(highest).y;
	assert_near(above / bounds_of(highest).height, 140.0 / 300);
}

/* An unknown sum is hatched and leaves the level alone; no bars at all are a zero line. */
static void test_waterfall_unknown(void **state)
{
	(void)state;
	struct pr_chart_definition definition = shipped("change_waterfall");
	static const double unknown[] = {100, NAN, 20, 120}, nothing[] = {NAN, NAN}, zero[] = {0, 0, 0};
	struct pr_chart_data data = waterfall_data(unknown, 4);
	struct pr_drawing drawing = draw(&definition, &data, WIDTH);
	assert_int_equal(find_strokes(&drawing, "rule", 0.4, false, NULL), 1);
	get_text(&drawing, "缺测");
	const struct pr_op *rise;
	assert_int_equal(find_fills(&drawing, "accent.light", &rise), 1);
	/* From 100 to 120 of a scale of 125 on 128 pt. */
	assert_near(bounds_of(rise).y, 112 + 128 * 5 / 125.0);
	assert_near(bounds_of(rise).height, 128 * 20 / 125.0);
	assert_int_equal(find_strokes(&drawing, "text3", 0.5, true, NULL), 2);
	data = waterfall_data(nothing, 2);
	drawing = draw(&definition, &data, WIDTH);
	assert_int_equal(find_fills(&drawing, "accent", NULL), 0);
	data = waterfall_data(zero, 3);
	drawing = draw(&definition, &data, WIDTH);
	assert_int_equal(find_fills(&drawing, "ink", NULL), 3);
	data.series_count = 0;
	draw(&definition, &data, WIDTH);
}

/* Numbers of a fixed sequence (Lehmer, 48271), so that every run draws the same. */
static double next_number(uint64_t *seed)
{
	*seed = *seed * 48271 % 2147483647;
	return (double)*seed / 2147483647;
}

static void test_waterfall_everywhere(void **state)
{
	(void)state;
	struct pr_chart_definition definition = shipped("change_waterfall");
	uint64_t seed = 7;
	for (size_t round = 0; round < 300; round++) {
		size_t count = 3 + round % 8;
		double *values = pr_arena_array(&arena, count, sizeof *values);
		double scale = pow(10, (double)(round % 5)), level = values[0] = scale * (2 * next_number(&seed) - 0.5);
		for (size_t i = 1; i + 1 < count; i++) {
			values[i] = next_number(&seed) < 0.1 ? 0 : scale * (next_number(&seed) - 0.5) * pow(next_number(&seed), 3);
			level += values[i];
		}
		values[count - 1] = level;
		struct pr_chart_data data = waterfall_data(values, count);
		struct pr_drawing drawing = draw(&definition, &data, WIDTH);
		check_off_bars(&drawing);
	}
}

/* Amounts wider than their steps, as cents of a large bill: still apart from each other and off the bars. */
static void test_waterfall_wide(void **state)
{
	(void)state;
	struct pr_chart_definition definition = shipped("change_waterfall");
	static const double cents[] = {
		16413327.07, 1180127.48, -2536449.54, 974803.81, -3303697.23, 386048.00, 113829.18, -0.01, 13227988.76};
	struct pr_chart_data data = waterfall_data(cents, 9);
	struct pr_drawing drawing = draw(&definition, &data, WIDTH);
	check_off_bars(&drawing);
	drawing = draw(&definition, &data, 326); /* a step of 30 for labels of 47 */
	check_off_bars(&drawing);
}

/* --- sensors ---------------------------------------------------------------------------------------------------- */

struct sensors {
	struct pr_chart_series series[4];
	struct pr_chart_column columns[3];
	struct pr_chart_data data;
};

static struct sensors *sensor_data(double (*figures)[4], size_t count)
{
	static const char *const names[] = {"minimum", "mean", "maximum", "warn"};
	struct sensors *sensors = pr_arena_alloc(&arena, sizeof *sensors);
	struct pr_chart_category *rows = pr_arena_array(&arena, count, sizeof *rows);
	const char **most = pr_arena_array(&arena, count, sizeof *most),
			   **time = pr_arena_array(&arena, count, sizeof *time);
	const char **findings = pr_arena_array(&arena, count, sizeof *findings);
	*sensors = (struct sensors){0};
	for (size_t k = 0; k < 4; k++) {
		double *values = pr_arena_array(&arena, count, sizeof *values);
		for (size_t i = 0; i < count; i++)
			values[i] = figures[i][k];
		sensors->series[3 - k] = (struct pr_chart_series){.name = names[k], .values = values, .count = count};
	}
	for (size_t i = 0; i < count; i++) {
		rows[i].label = pr_arena_format(&arena, "%zu号柜漏电流", i + 1);
		most[i] = pr_arena_format(&arena, "%zu.5 ℃", i + 40);
		time[i] = pr_arena_format(&arena, "%zu日14:20", i + 1);
		findings[i] = pr_arena_format(&arena, "sensors/%zu", i);
	}
	sensors->columns[0] =
		(struct pr_chart_column){.label = "最大", .texts = most, .findings = findings, .judged = true};
	sensors->columns[1] = (struct pr_chart_column){.label = "最大时刻", .texts = time, .quiet = true, .left = true};
	sensors->columns[2] = (struct pr_chart_column){.label = "裕度", .texts = most};
	sensors->data = (struct pr_chart_data){.series = sensors->series,
		.series_count = 4,
		.categories = rows,
		.category_count = count,
		.columns = sensors->columns,
		.column_count = 2,
		.row_label = "传感器"};
	return sensors;
}

static double centre_of(const struct pr_op *op)
{
	return op->x + op->line.width_pt / 2;
}

static void test_dots(void **state)
{
	(void)state;
	struct pr_chart_definition definition = shipped("sensors");
	static double figures[][4] = {{25, 60, 104, 80}, {20, 40, 50, NAN}, {10, 30, 100, 80}, {NAN, NAN, NAN, 80}};
	struct sensors *sensors = sensor_data(figures, 4);
	struct pr_drawing drawing = draw(&definition, &sensors->data, WIDTH);
	assert_near(pr_chart_height(&definition, &sensors->data, WIDTH), 14 + 4 * 14 + 1);
	/* The axis by its own labels: 50 % lies in the middle between 0 and 100, 25 % halfway to it. */
	double x0 = centre_of(get_text(&drawing, "0%")), x100 = centre_of(get_text(&drawing, "100%")), unit = x100 - x0;
	assert_near(centre_of(get_text(&drawing, "50%")), x0 + unit / 2);
	assert_true(is_role(get_text(&drawing, "100%"), "poor"));
	const struct pr_op *op;
	assert_int_equal(find_strokes(&drawing, "poor", 0.75, false, &op), 1);
	assert_near(bounds_of(op).x, x100);
	assert_near(bounds_of(op).height, 4 * 14);
	assert_int_equal(find_strokes(&drawing, "poor", 1.6, false, &op), 1);
	assert_near(bounds_of(op).x, x0 + 0.25 * unit);
	assert_near(bounds_of(op).width, 0.79 * unit);
	assert_int_equal(find_strokes(&drawing, "accent.light", 1.6, false, &op), 2);
	/* One diamond; at the limit itself nothing is breached. */
	assert_int_equal(find_fills(&drawing, "poor", &op), 1);
	assert_int_equal(op->segment_count, 5);
	assert_near(bounds_of(op).x + bounds_of(op).width / 2, x0 + 1.04 * unit);
	assert_int_equal(find_fills(&drawing, "accent", &op), 2);
	assert_near(bounds_of(op).x + bounds_of(op).width / 2, x100);
	assert_int_equal(find_strokes(&drawing, "fair", 1.1, false, &op), 3);
	assert_near(bounds_of(op).x, x0 + 0.8 * unit);
	assert_int_equal(find_strokes(&drawing, "accent", 0.9, false, NULL), 2);
	/* The breach's row is bold, its judged figure red; grey columns stay grey. */
	assert_int_equal(get_text(&drawing, "1号柜漏电流")->line.runs[0].style.weight, PR_BOLD);
	assert_int_equal(get_text(&drawing, "2号柜漏电流")->line.runs[0].style.weight, PR_REGULAR);
	assert_true(is_role(get_text(&drawing, "40.5 ℃"), "poor"));
	assert_true(is_role(get_text(&drawing, "41.5 ℃"), "ink"));
	assert_true(is_role(get_text(&drawing, "1日14:20"), "text2"));
	assert_string_equal(get_text(&drawing, "41.5 ℃")->line.runs[0].finding, "sensors/1");
	/* Columns: right-aligned ones end together with their head, left-aligned ones begin with it. */
	const struct pr_op *head = get_text(&drawing, "最大"), *cell = get_text(&drawing, "41.5 ℃");
	assert_near(head->x + head->line.width_pt, cell->x + cell->line.width_pt);
	assert_near(get_text(&drawing, "最大时刻")->x, get_text(&drawing, "3日14:20")->x);
}

static void test_dots_awkward(void **state)
{
	(void)state;
	struct pr_chart_definition definition = shipped("sensors");
	/* 450 % runs out at 200 with an arrow of three corners, −90 % is cut at −50. */
	static double far[][4] = {{20, 300, 450, 80}, {-90, -60, 30, NAN}};
	struct sensors *sensors = sensor_data(far, 2);
	sensors->data.categories[1].label =
		"东区二号配电室三楼空调水泵及新风机组动力配电柜第十二回路（备用电源自动投入装置后）出线电缆头";
	struct pr_drawing drawing = draw(&definition, &sensors->data, WIDTH);
	const struct pr_op *arrow, *line;
	assert_int_equal(find_fills(&drawing, "poor", &arrow), 1);
	assert_int_equal(arrow->segment_count, 4);
	double x0 = centre_of(get_text(&drawing, "0%")), x200 = centre_of(get_text(&drawing, "200%"));
	assert_near(bounds_of(arrow).x + bounds_of(arrow).width, x200);
	assert_int_equal(find_strokes(&drawing, "accent.light", 1.6, false, &line), 1);
	assert_near(bounds_of(line).x, x0 - (x200 - x0) / 4);
	bool cut = false;
	for (size_t i = 0; i < drawing.count; i++) {
		const char *text = drawing.ops[i].kind == PR_OP_TEXT ? text_of(&drawing.ops[i]) : "";
		cut = cut || (strncmp(text, "东区", strlen("东区")) == 0 && strcmp(text + strlen(text) - 3, "…") == 0);
	}
	assert_true(cut);
	/* Narrow blocks leave columns out rather than the plot; many rows stand closer. */
	static const double widths[] = {198, 241, 284, 326, 496};
	double many[60][4];
	for (size_t i = 0; i < 60; i++) {
		many[i][0] = 10;
		many[i][1] = 40;
		many[i][2] = 130 - (double)i;
		many[i][3] = 80;
	}
	for (size_t w = 0; w < LENGTH(widths); w++) {
		sensors = sensor_data(many, 60);
		sensors->data.column_count = 3;
		drawing = draw(&definition, &sensors->data, widths[w]);
		assert_near(pr_chart_height(&definition, &sensors->data, widths[w]), 14 + 600 + 1);
		assert_int_equal(find_fills(&drawing, "poor", NULL), 30);
	}
	sensors->data.series_count = 0;
	drawing = draw(&definition, &sensors->data, WIDTH);
	assert_int_equal(find_fills(&drawing, "accent", NULL), 0);
}

/* --- alarms ----------------------------------------------------------------------------------------------------- */

#define DAYS 30

static struct pr_chart_category *make_days(void)
{
	struct pr_chart_category *days = pr_arena_array(&arena, DAYS, sizeof *days);
	for (size_t d = 0; d < DAYS; d++)
		days[d].label = pr_arena_format(&arena, "%zu", d + 1);
	return days;
}

static struct pr_chart_data alarm_data(void)
{
	static const char *const labels[] = {"一般", "严重", "危急"}, *const roles[] = {"alarm.3", "alarm.2", "alarm.1"};
	struct pr_chart_series *series = pr_arena_array(&arena, 3, sizeof *series);
	for (size_t s = 0; s < 3; s++) {
		double *values = pr_arena_array(&arena, DAYS, sizeof *values);
		for (size_t d = 0; d < DAYS; d++)
			values[d] = d % 5 == s ? 4 - (double)s : 0;
		series[s] = (struct pr_chart_series){.label = labels[s], .role = roles[s], .values = values, .count = DAYS};
	}
	return (struct pr_chart_data){
		.series = series, .series_count = 3, .categories = make_days(), .category_count = DAYS};
}

static void test_alarm_bars(void **state)
{
	(void)state;
	struct pr_chart_definition definition = shipped("alarms_by_day");
	assert_true(definition.shapes);
	struct pr_chart_data data = alarm_data();
	struct pr_drawing drawing = draw(&definition, &data, 326);
	const struct pr_op *diamond, *square, *disc;
	/* Six bars each and the legend's mark, which is drawn last. */
	assert_int_equal(find_fills(&drawing, "alarm.1", &diamond), 7);
	assert_int_equal(find_fills(&drawing, "alarm.2", &square), 7);
	assert_int_equal(find_fills(&drawing, "alarm.3", &disc), 7);
	assert_near(diamond->segments[0].x, diamond->segments[2].x); /* top over bottom */
	assert_near(square->segments[0].y, square->segments[1].y);
	assert_int_equal(disc->segments[1].kind, PR_CURVE);
	assert_true(disc->paint.stroke && same_colour(disc->paint.stroke_colour, "text3"));
	assert_near(disc->paint.stroke_width, 0.5);
	assert_true(bounds_of(diamond).y < bounds_of(square).y && bounds_of(square).y < bounds_of(disc).y);
	definition.shapes = false;
	drawing = draw(&definition, &data, 326);
	find_fills(&drawing, "alarm.1", &diamond);
	assert_near(diamond->segments[0].y, diamond->segments[1].y); /* a square */
}

static struct pr_chart_data heat_data(const double *minutes, size_t count, size_t steps)
{
	static const double bounds[] = {7.5, 22.5, 37.5, 52.5, 57, 59};
	static const char *const names[] = {"0", "15", "30", "45", "60", "70", "80"};
	struct pr_chart_series *series = pr_arena_array(&arena, 1, sizeof *series);
	*series = (struct pr_chart_series){.values = minutes, .count = count};
	return (struct pr_chart_data){.series = series,
		.series_count = 1,
		.categories = make_days(),
		.category_count = DAYS,
		.values_per_day = 24,
		.steps = bounds,
		.step_texts = names,
		.step_count = steps,
		.hour_label = "时",
		.gap_label = "缺测"};
}

static void test_heat(void **state)
{
	(void)state;
	struct pr_chart_definition definition = shipped("alarm_hours"), above = shipped("alarms_by_day");
	double minutes[DAYS * 24];
	for (size_t i = 0; i < LENGTH(minutes); i++)
		minutes[i] = i % 24 < 6 ? 60 : i % 24 == 6 ? 7.5 : i % 24 == 7 ? 7.4 : 0;
	for (size_t i = 3 * 24 + 10; i < 5 * 24; i++)
		minutes[i] = NAN;
	struct pr_chart_data data = heat_data(minutes, LENGTH(minutes), 5), bars = alarm_data();
	/* The margins of the chart above, whatever its legend takes. */
	struct pr_rect rect = rect_for(&above, &bars, 326), plot;
	struct pr_error error = {0};
	assert_true(pr_chart_plot(&above, &bars, faces, &pr_theme_default, rect, &arena, &plot, &error));
	data.left_pt = plot.x - rect.x;
	data.right_pt = rect.x + rect.width - plot.x - plot.width;
	assert_true(data.right_pt > 30);
	struct pr_drawing drawing = draw(&definition, &data, 326);
	/* Day 5 has no hour at all, day 4 ten: 29 × 6 cells of 60 less none, and the key. */
	const struct pr_op *cells = NULL;
	assert_int_equal(find_fills(&drawing, "heat.7", NULL), 29 * 6 + 1);
	assert_int_equal(find_fills(&drawing, "part.5", NULL), 29 + 1);
	assert_int_equal(find_fills(&drawing, "heat.4", NULL), 1);
	assert_int_equal(find_fills(&drawing, "heat.1", NULL), 29 * 17 - 14 + 1);
	assert_int_equal(find_strokes(&drawing, "rule", 0.4, false, NULL), 2 + 1);
	for (size_t i = 0; i < drawing.count; i++)
		if (drawing.ops[i].kind == PR_OP_PATH && closes_of(&drawing.ops[i]) == 29 * 6)
			cells = &drawing.ops[i];
	assert_non_null(cells);
	/* A cell is a day's step wide less the seam of 0.4, and begins with it. */
	double step = plot.width / DAYS;
	assert_near(cells->segments[0].x, plot.x);
	assert_near(cells->segments[1].x - cells->segments[0].x, step - 0.4);
	assert_near(cells->segments[30].x, plot.x + step); /* six cells of five segments later: the second day */
	get_text(&drawing, "18时");
	assert_int_equal(count_texts(&drawing, "15"), 2); /* a day and a step */
	assert_int_equal(count_texts(&drawing, "30"), 2);
	get_text(&drawing, "缺测");
}

static void test_heat_awkward(void **state)
{
	(void)state;
	struct pr_chart_definition definition = shipped("alarm_hours");
	/* A day of 23 hours without the third, one of 25 with two at the same place: the larger one shows. */
	double minutes[48];
	struct pr_chart_place places[48];
	for (size_t i = 0; i < 48; i++) {
		size_t hour = i < 23 ? (i < 2 ? i : i + 1) : i - 23 < 3 ? i - 23 : i - 24;
		places[i] = (struct pr_chart_place){i < 23 ? 0 : 1, (int)hour * 60};
		minutes[i] = 0;
	}
	minutes[23 + 2] = 60;
	minutes[23 + 3] = 5;
	struct pr_chart_data data = heat_data(minutes, 48, 7);
	data.places = places;
	data.category_count = 2;
	struct pr_drawing drawing = draw(&definition, &data, 326);
	assert_int_equal(find_fills(&drawing, "heat.7", NULL), 1 + 1);
	assert_int_equal(find_fills(&drawing, "heat.1", NULL), 23 + 23 + 1);
	assert_int_equal(find_strokes(&drawing, "rule", 0.4, false, NULL), 0); /* nothing is missing */
	for (size_t i = 0; i < 48; i++)
		minutes[i] = NAN;
	draw(&definition, &data, 198);
	data.series_count = 0;
	drawing = draw(&definition, &data, 326);
	assert_int_equal(find_fills(&drawing, "heat.1", NULL), 1);
}

/* --- columns with limits of their own ---------------------------------------------------------------------------- */

static void test_own_limits(void **state)
{
	(void)state;
	struct pr_chart_definition definition = shipped("demand_by_day");
	static const double currents[] = {1, 3, NAN, 2}, limits[] = {2, 2, 2, NAN};
	struct pr_chart_series series[] = {
		{.values = currents, .count = 4, .role = "accent.light"}, {.name = "limit", .values = limits, .count = 4}};
	struct pr_chart_data data = {
		.series = series, .series_count = 2, .categories = make_days(), .category_count = 4, .gap_label = "缺测"};
	struct pr_drawing drawing = draw(&definition, &data, 241);
	const struct pr_op *stroke, *above;
	assert_int_equal(find_strokes(&drawing, "poor", 0.9, false, &stroke), 3);
	assert_int_equal(
		find_fills(&drawing, "poor", &above), 1); /* 3 over its limit of 2; where none is known none is broken */
	assert_near(bounds_of(above).y + bounds_of(above).height, bounds_of(stroke).y);
	assert_int_equal(find_strokes(&drawing, "rule", 0.4, false, NULL), 1); /* the missing one, though it has a limit */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"a radar has its rings, its polygon and weak axes in red", test_radar, NULL, NULL, NULL},
		{"an axis that was not measured is named with a dash and skipped", test_radar_unmeasured, NULL, NULL, NULL},
		{"a radar of one to eight axes keeps its names in any block", test_radar_awkward, NULL, NULL, NULL},
		{"a waterfall hangs part from part between two totals", test_waterfall, NULL, NULL, NULL},
		{"a waterfall of credits hangs from zero and crosses it", test_waterfall_negative, NULL, NULL, NULL},
		{"an unknown part is hatched and moves nothing", test_waterfall_unknown, NULL, NULL, NULL},
		{"no label of any waterfall stands on a bar or on another", test_waterfall_everywhere, NULL, NULL, NULL},
		{"labels wider than their steps stand at different heights", test_waterfall_wide, NULL, NULL, NULL},
		{"sensors lie on one axis in percent of their limit", test_dots, NULL, NULL, NULL},
		{"far, cold, many and unnamed sensors stay in place", test_dots_awkward, NULL, NULL, NULL},
		{"alarm bars have the levels' shapes in their legend", test_alarm_bars, NULL, NULL, NULL},
		{"the hours' columns stand below the days'", test_heat, NULL, NULL, NULL},
		{"the hours follow the wall clock when it changes", test_heat_awkward, NULL, NULL, NULL},
		{"columns are red above limits of their own", test_own_limits, NULL, NULL, NULL},
	};
	return cmocka_run_group_tests_name("chart2", tests, open_all, close_all);
}
