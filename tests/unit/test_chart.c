/*
 * Charts. Places and counts are worked out by hand from the rules of docs/charts.md; every kind is also drawn with
 * awkward data and checked for what a reader would see: no text outside the block, none over another.
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
#include <unistd.h>

#include "base/text.h"
#include "chart/canvas.h"

#define WIDTH 496.0
#define DAY 96
#define LENGTH(array) (sizeof(array) / sizeof *(array))
#define assert_near(a, b) assert_true(fabs((a) - (b)) < 1e-6)

static struct pr_typefaces *faces;
static struct pr_arena arena;
static char folder[] = "/tmp/test_chart.XXXXXX";

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
	return pr_typefaces_open(&faces, regular, bold, 1, &error) && mkdtemp(folder) ? 0 : 1;
}

static int close_all(void **state)
{
	(void)state;
	rmdir(folder);
	pr_typefaces_free(faces);
	pr_arena_release(&arena);
	return 0;
}

/* --- definitions ------------------------------------------------------------------------------------------------ */

static bool read_text(const char *text, struct pr_chart_definition *definition, struct pr_error *error)
{
	const char *path = pr_arena_format(&arena, "%s/x.ini", folder);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	bool ok = pr_chart_read(definition, folder, "x", &arena, error);
	unlink(path);
	return ok;
}

static void assert_refused(const char *text, const char *part, int line)
{
	struct pr_chart_definition definition;
	struct pr_error error = {0};
	assert_false(read_text(text, &definition, &error));
	assert_int_equal(error.code, PR_CODE_CONFIG);
	assert_non_null(strstr(error.source, "x.ini"));
	assert_int_equal(error.line, line);
	if (!strstr(error.text, part))
		print_error("'%s' lacks '%s'\n", error.text, part);
	assert_non_null(strstr(error.text, part));
}

static void test_refused(void **state)
{
	(void)state;
	assert_refused("[chart]\nkind = donut\n[series a]\ndata = x\n", "donut", 2);
	assert_refused("[chart]\nheight = 50\n[series a]\ndata = x\n", "missing", 1);
	assert_refused("[chart]\nkind = band\n", "[series", 0);
	assert_refused("[chart]\nkind = band\n[series a]\ndata = x\nrole = blue\n", "blue", 5);
	assert_refused("[chart]\nkind = band\n[series a]\nlabel = x\n", "data", 3);
	assert_refused("[chart]\nkind = band\n[series]\ndata = x\n", "no name", 3);
	assert_refused("[chart]\nkind = band\n[series a]\ndata = x\n[mark m]\nseries = b\n", "'b'", 5);
	assert_refused("[chart]\nkind = stack\n[axis]\nzero = no\n[series a]\ndata = x\n", "start at zero", 4);
	assert_refused("[chart]\nkind = band\n[axis]\nzero = no\n[series a]\ndata = x\n", "has to say so", 3);
	assert_refused("[chart]\nkind = days\n[series a]\ndata = x\n[key]\nlabels = a, b\n", "three", 6);
	assert_refused("[chart]\nkind = band\ncolour = red\n[series a]\ndata = x\n", "colour", 3);
}

static void test_shipped(void **state)
{
	(void)state;
	static const char *const names[] = {"energy_by_day", "slot_share", "load_month", "typical_day", "bill_composition",
		"demand_by_day", "points", "coverage_days", "fingerprint", "spark_charge", "spark_energy", "spark_demand",
		"spark_power_factor"};
	for (size_t i = 0; i < LENGTH(names); i++) {
		struct pr_chart_definition definition;
		struct pr_error error = {0};
		bool ok = pr_chart_read(&definition, "charts", names[i], &arena, &error);
		if (!ok)
			print_error("%s\n", error.text);
		assert_true(ok);
	}
}

/* --- scales ----------------------------------------------------------------------------------------------------- */

static void assert_ticks(double low, double high, const double *expected, int count)
{
	double ticks[8];
	assert_int_equal(pr_chart_ticks(low, high, ticks), count);
	for (int i = 0; i < count; i++)
		assert_true(fabs(ticks[i] - expected[i]) <= 1e-9 * fmax(1, fabs(expected[i])));
}

static void test_ticks(void **state)
{
	(void)state;
	assert_ticks(0, 4757, (double[]){0, 1000, 2000, 3000, 4000, 5000}, 6);
	assert_ticks(0, 605.24, (double[]){0, 200, 400, 600, 800}, 5);
	assert_ticks(0, 1000, (double[]){0, 200, 400, 600, 800, 1000}, 6);
	assert_ticks(0, 0.001, (double[]){0, 0.0002, 0.0004, 0.0006, 0.0008, 0.001}, 6);
	assert_ticks(0, 1e9, (double[]){0, 2e8, 4e8, 6e8, 8e8, 1e9}, 6);
	assert_ticks(455, 512, (double[]){440, 460, 480, 500, 520}, 5);
	double ticks[8];
	assert_int_equal(pr_chart_ticks(0, NAN, ticks), 0);
	assert_int_equal(pr_chart_ticks(0, INFINITY, ticks), 0);
}

/* For any range: three to five equal steps of 1, 2, 2.5 or 5 × 10^n that cover it. */
static void test_ticks_everywhere(void **state)
{
	(void)state;
	for (int decade = 0; decade < 117; decade++) {
		double high = 1e-4 * pow(1.37, decade);
		for (int k = 0; k < 4; k++) {
			static const double lows[] = {0, -0.3, -5, 0.9};
			double low = lows[k] * high, ticks[8];
			int count = pr_chart_ticks(low, high, ticks);
			assert_in_range(count, 4, 6);
			double step = ticks[1] - ticks[0], digit = step / pow(10, floor(log10(step) + 1e-9));
			assert_true(ticks[0] <= low + 1e-6 * step && ticks[count - 1] >= high - 1e-6 * step);
			assert_true(
				fabs(digit - 1) < 1e-6 || fabs(digit - 2) < 1e-6 || fabs(digit - 2.5) < 1e-6 || fabs(digit - 5) < 1e-6);
		}
	}
}

static void test_scale(void **state)
{
	(void)state;
	struct pr_chart_data data = {.group = ",", .minus = "\xE2\x88\x92"};
	/* 800 is a third beyond the data: the scale ends at them. */
	struct pr_scale scale = pr_scale_make(13, 605.24, true);
	assert_near(scale.top, 605.24);
	assert_int_equal(scale.tick_count, 4);
	scale = pr_scale_make(300, 4757, true);
	assert_near(scale.top, 5000);
	assert_string_equal(pr_scale_text(&scale, 5, &data, &arena), "5,000");
	assert_string_equal(pr_scale_text(&scale, 0, &data, &arena), "0");
	scale = pr_scale_make(-0.4, 1.2, true);
	assert_near(scale.bottom, -0.5);
	assert_string_equal(pr_scale_text(&scale, 0, &data, &arena), "\xE2\x88\x92"
																 "0.5");
	/* Equal values, also all zero, still have a range. */
	scale = pr_scale_make(0, 0, true);
	assert_true(scale.top > scale.bottom);
	scale = pr_scale_make(7, 7, false);
	assert_true(scale.top > scale.bottom && scale.bottom <= 7 && scale.top >= 7);
}

static void test_steps(void **state)
{
	(void)state;
	/* The cover of the visual system: 605.24 kW gives 20 60 120 200 300 420. */
	static const double expected[6] = {20, 60, 120, 200, 300, 420};
	double steps[6];
	pr_chart_steps(605.24, steps);
	for (int i = 0; i < 6; i++)
		assert_near(steps[i], expected[i]);
	/* 0.7 × 2148.56 ÷ 21 = 71.6: 80 is nearer than 60, and 21 × 80 = 1680. */
	pr_chart_steps(2148.56, steps);
	assert_near(steps[0], 80);
	assert_near(steps[5], 1680);
	pr_chart_steps(0, steps);
	assert_near(steps[5], 0);
}

static void test_spread(void **state)
{
	(void)state;
	double apart[] = {10, 40};
	pr_spread(apart, 2, 9, 0, 100);
	assert_near(apart[0], 10);
	assert_near(apart[1], 40);
	/* Two at one place go half of 9 each way; three around the middle one. */
	double two[] = {50, 50};
	pr_spread(two, 2, 9, 0, 100);
	assert_near(two[0], 45.5);
	assert_near(two[1], 54.5);
	double three[] = {50, 50, 50};
	pr_spread(three, 3, 9, 0, 100);
	assert_near(three[0], 41);
	assert_near(three[2], 59);
	/* At the edge they stay inside; where there is no room they share what there is. */
	double edge[] = {99, 100};
	pr_spread(edge, 2, 9, 0, 100);
	assert_near(edge[0], 91);
	assert_near(edge[1], 100);
	double crowded[] = {5, 5, 5};
	pr_spread(crowded, 3, 9, 0, 10);
	assert_near(crowded[0], 0);
	assert_near(crowded[1], 5);
	assert_near(crowded[2], 10);
	/* A name with its note 9 below, 13 from the next: the three share 50 as their mean: 50 − (0 + 9 + 22) ÷ 3. */
	double pairs[] = {50, 50, 50};
	static const double gaps[] = {0, 9, 13};
	pr_spread_by(pairs, gaps, 3, 0, 100);
	assert_near(pairs[0], 50 - 31 / 3.0);
	assert_near(pairs[1] - pairs[0], 9);
	assert_near(pairs[2] - pairs[1], 13);
}

/* 87 % on a plot of 36: lines at 20 are 8 apart, 25 are 10, 50 are 20. On 60, 25 are 17. Never 40, which isn't round. */
static void test_thin(void **state)
{
	(void)state;
	static const struct {
		double high, height;
		int count;
		double ticks[5];
	} cases[] = {{87, 36, 2, {0, 50}}, {87, 60, 4, {0, 25, 50, 75}}, {0.87, 60, 4, {0, 0.25, 0.5, 0.75}}};
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct pr_chart_definition definition = {.axis_from_zero = true};
		struct pr_chart_data data = {.group = ",", .minus = "-"};
		struct pr_drawing drawing;
		pr_drawing_init(&drawing, 600, 200, &arena);
		struct pr_canvas canvas = {.definition = &definition,
			.data = &data,
			.faces = faces,
			.theme = &pr_theme_default,
			.drawing = &drawing,
			.rect = {0, 0, 400, cases[i].height}};
		canvas.scale = pr_scale_make(0, cases[i].high, true);
		pr_canvas_frame(&canvas, 0, 0, 0);
		assert_int_equal(canvas.scale.tick_count, cases[i].count);
		for (int k = 0; k < cases[i].count; k++)
			assert_near(canvas.scale.ticks[k], cases[i].ticks[k]);
	}
	struct pr_scale quarter = {.ticks = {0, 0.25}, .tick_count = 2, .digits = 2};
	struct pr_chart_data data = {.group = ",", .minus = "-"};
	assert_string_equal(pr_scale_text(&quarter, 1, &data, &arena), "0.25");
}

/* --- drawings --------------------------------------------------------------------------------------------------- */

static struct pr_chart_definition shipped(const char *name)
{
	struct pr_chart_definition definition;
	struct pr_error error = {0};
	assert_true(pr_chart_read(&definition, "charts", name, &arena, &error));
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

/* What a reader must never see: text beyond the block, text over text. */
static void check_texts(const struct pr_drawing *drawing, struct pr_rect rect)
{
	for (size_t i = 0; i < drawing->count; i++) {
		if (drawing->ops[i].kind != PR_OP_TEXT)
			continue;
		struct pr_rect a = text_box(&drawing->ops[i]);
		bool inside = a.x >= rect.x - 0.1 && a.x + a.width <= rect.x + rect.width + 0.1 && a.y >= rect.y - 13 &&
		              a.y + a.height <= rect.y + rect.height + 1;
		if (!inside)
			print_error("outside: %s at %g %g\n", text_of(&drawing->ops[i]), a.x, a.y);
		assert_true(inside);
		for (size_t k = i + 1; k < drawing->count; k++) {
			if (drawing->ops[k].kind != PR_OP_TEXT)
				continue;
			struct pr_rect b = text_box(&drawing->ops[k]);
			bool over = a.x + a.width > b.x + 0.1 && b.x + b.width > a.x + 0.1 && a.y + a.height > b.y + 0.6 &&
			            b.y + b.height > a.y + 0.6;
			if (over)
				print_error("over each other: %s, %s\n", text_of(&drawing->ops[i]), text_of(&drawing->ops[k]));
			assert_false(over);
		}
	}
}

static struct pr_drawing draw(const struct pr_chart_definition *definition, struct pr_chart_data *data, double width)
{
	struct pr_drawing drawing;
	struct pr_error error = {0};
	data->group = ",";
	data->minus = "\xE2\x88\x92";
	struct pr_rect rect = {56, 100, width, pr_chart_height(definition, data, width)};
	pr_drawing_init(&drawing, 600, 900, &arena);
	bool ok = pr_chart_draw(definition, data, faces, &pr_theme_default, rect, &drawing, &error);
	if (!ok)
		print_error("%s\n", error.text);
	assert_true(ok);
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

/* How many filled shapes (each ends with a close) of a role there are. */
static size_t count_fills(const struct pr_drawing *drawing, const char *role)
{
	size_t count = 0;
	for (size_t i = 0; i < drawing->count; i++) {
		const struct pr_op *op = &drawing->ops[i];
		if (op->kind != PR_OP_PATH || !op->paint.fill || !same_colour(op->paint.fill_colour, role))
			continue;
		for (size_t k = 0; k < op->segment_count; k++)
			count += op->segments[k].kind == PR_CLOSE;
	}
	return count;
}

static size_t count_hatches(const struct pr_drawing *drawing)
{
	size_t count = 0;
	for (size_t i = 0; i < drawing->count; i++) {
		const struct pr_op *op = &drawing->ops[i];
		count += op->kind == PR_OP_PATH && op->paint.stroke && fabs(op->paint.stroke_width - 0.4) < 1e-9;
	}
	return count;
}

static struct pr_chart_category *make_days(size_t count, bool weeks)
{
	struct pr_chart_category *days = pr_arena_array(&arena, count, sizeof *days);
	for (size_t d = 0; d < count; d++) {
		bool named = !weeks || d == 0 || d % 7 == 4;
		days[d].label = named ? pr_arena_format(&arena, weeks ? "%zu日" : "%zu", d + 1) : NULL;
		days[d].rest = d % 7 == 2 || d % 7 == 3;
		days[d].second = days[d].rest ? "六" : NULL;
	}
	return days;
}

static double *make_load(size_t day_count)
{
	double *values = pr_arena_array(&arena, day_count * DAY, sizeof *values);
	for (size_t i = 0; i < day_count * DAY; i++)
		values[i] = i % DAY > 32 && i % DAY < 84 ? 300 + 40 * sin((double)i * 1.3) : 14;
	return values;
}

static struct pr_chart_data band_data(double *values, size_t day_count, size_t maximum)
{
	struct pr_chart_series *series = pr_arena_array(&arena, 1, sizeof *series);
	*series = (struct pr_chart_series){.values = values, .count = day_count * DAY, .role = "accent"};
	struct pr_chart_mark *mark = pr_arena_array(&arena, 1, sizeof *mark);
	*mark = (struct pr_chart_mark){
		.index = maximum, .value_text = "最大605.24", .time_text = "23日09:00", .finding = "projects/10/demand.max"};
	return (struct pr_chart_data){.series = series,
		.series_count = 1,
		.marks = mark,
		.mark_count = 1,
		.categories = make_days(day_count, true),
		.category_count = day_count,
		.values_per_day = DAY,
		.gap_label = "缺测"};
}

static void test_band(void **state)
{
	(void)state;
	struct pr_chart_definition definition = shipped("load_month");
	double *values = make_load(31);
	values[22 * DAY + 36] = 605.24;
	struct pr_chart_data data = band_data(values, 31, 22 * DAY + 36);
	struct pr_chart_limit limits[] = {
		{.label = "合同500", .value = 500}, {.label = "105% 503", .value = 503, .dashed = true}};
	data.limits = limits;
	data.limit_count = 2;
	struct pr_drawing drawing = draw(&definition, &data, WIDTH);
	assert_int_equal(count_hatches(&drawing), 0);
	/* 400 pt for 2,976 quarters: two hours a column, 12 a day. One column breaks the limit. */
	assert_int_equal(count_fills(&drawing, "accent.light"), 31 * 12);
	assert_int_equal(count_fills(&drawing, "poor"), 1);
	/* 500 and 503 are half a point apart; their names are 9 or more. */
	const struct pr_op *contract = find_text(&drawing, "合同500"), *tolerance = find_text(&drawing, "105% 503");
	assert_true(contract && tolerance);
	if (contract && tolerance) {
		assert_true(contract->y - tolerance->y >= 9 - 1e-9);
		assert_near(contract->x, tolerance->x);
	}
	const struct pr_op *mark = find_text(&drawing, "最大605.24\xE3\x80\x80"
												   "23日09:00");
	assert_non_null(mark);
	assert_near(mark->halo, 2.4);
	bool tagged = false;
	for (size_t i = 0; i < mark->line.count; i++)
		if (mark->line.runs[i].finding) {
			tagged = true;
			assert_string_equal(mark->line.runs[i].text, "605.24");
			assert_int_equal(mark->line.runs[i].style.weight, PR_BOLD);
		}
	assert_true(tagged);
}

/* Every stroke of the mean line lies on one side of the gap. */
static void test_band_gap(void **state)
{
	(void)state;
	struct pr_chart_definition definition = shipped("load_month");
	double *values = make_load(30);
	for (size_t i = 10 * DAY + 5; i < 14 * DAY + 3; i++)
		values[i] = NAN;
	for (size_t i = 20 * DAY; i < 20 * DAY + 3; i++) /* three steps are no gap */
		values[i] = NAN;
	struct pr_chart_data data = band_data(values, 30, 40);
	struct pr_drawing drawing = draw(&definition, &data, WIDTH);
	assert_int_equal(count_hatches(&drawing), 1);
	assert_non_null(find_text(&drawing, "缺测"));
	/* No limits: the plot is 26 from the left and ends at the right. */
	double left = 56 + 26, width = WIDTH - 26;
	double from = left + width * (10 * DAY + 5) / (30 * DAY), to = left + width * (14 * DAY + 3) / (30 * DAY);
	size_t lines = 0;
	for (size_t i = 0; i < drawing.count; i++) {
		const struct pr_op *op = &drawing.ops[i];
		if (op->kind != PR_OP_PATH || !op->paint.stroke || fabs(op->paint.stroke_width - 0.7) > 1e-9)
			continue;
		lines++;
		bool before = op->segments[0].x < from;
		for (size_t k = 0; k < op->segment_count; k++)
			assert_true(before ? op->segments[k].x <= from + 1e-6 : op->segments[k].x >= to - 1e-6);
	}
	/* Before the gap, after it up to the small hole, and after that. */
	assert_int_equal(lines, 3);
}

static void test_band_awkward(void **state)
{
	(void)state;
	struct pr_chart_definition definition = shipped("load_month");
	static const double factors[] = {1, 1e-6, 3e6, -1};
	static const size_t day_counts[] = {1, 28, 30, 31};
	for (size_t k = 0; k < 4; k++) {
		for (size_t place = 0; place < 3; place++) {
			double *values = make_load(day_counts[k]);
			size_t count = day_counts[k] * DAY, at = place == 0 ? 0 : place == 1 ? count / 2 : count - 1;
			values[at] = 700;
			for (size_t i = 0; i < count; i++)
				values[i] *= factors[k];
			struct pr_chart_data data = band_data(values, day_counts[k], at);
			draw(&definition, &data, WIDTH);
		}
	}
	double *missing = make_load(31);
	for (size_t i = 0; i < (size_t)31 * DAY; i++)
		missing[i] = NAN;
	struct pr_chart_data data = band_data(missing, 31, 0);
	struct pr_drawing drawing = draw(&definition, &data, WIDTH);
	assert_int_equal(count_hatches(&drawing), 1);
	assert_null(find_text(&drawing, "0.2")); /* no scale for nothing */
	data.series_count = 0;                   /* not measured at all */
	drawing = draw(&definition, &data, WIDTH);
	assert_int_equal(count_hatches(&drawing), 1);
	data.series_count = 1;
	missing[700] = 5;
	drawing = draw(&definition, &data, WIDTH);
	assert_int_equal(count_hatches(&drawing), 2);
}

static void test_axis_note(void **state)
{
	(void)state;
	struct pr_chart_definition definition;
	struct pr_error error = {0};
	assert_true(read_text("[chart]\nkind = band\nheight = 100\n[axis]\nzero = no\nnote = n\n[series a]\ndata = x\n",
		&definition, &error));
	double *values = make_load(7);
	for (size_t i = 0; i < 7 * DAY; i++)
		values[i] = 455 + (double)(i % 58);
	struct pr_chart_data data = band_data(values, 7, 57);
	data.note = "纵轴自{}起";
	struct pr_drawing drawing = draw(&definition, &data, WIDTH);
	assert_non_null(find_text(&drawing, "纵轴自440起"));
	definition.axis_from_zero = true;
	drawing = draw(&definition, &data, WIDTH);
	assert_null(find_text(&drawing, "纵轴自440起"));
}

static struct pr_chart_data stack_data(double scale, size_t day_count, size_t missing_from, size_t missing_to)
{
	static const char *const roles[] = {"slot.valley", "slot.flat", "slot.peak"}, *const labels[] = {"谷", "平", "峰"};
	struct pr_chart_series *series = pr_arena_array(&arena, 3, sizeof *series);
	for (size_t s = 0; s < 3; s++) {
		double *values = pr_arena_array(&arena, day_count, sizeof *values);
		for (size_t d = 0; d < day_count; d++)
			values[d] = d >= missing_from && d < missing_to ? NAN : scale * (double)(100 * (s + 1) + 10 * d);
		series[s] =
			(struct pr_chart_series){.label = labels[s], .role = roles[s], .values = values, .count = day_count};
	}
	return (struct pr_chart_data){.series = series,
		.series_count = 3,
		.categories = make_days(day_count, false),
		.category_count = day_count,
		.gap_label = "缺测"};
}

static void test_stack(void **state)
{
	(void)state;
	struct pr_chart_definition definition = shipped("energy_by_day");
	struct pr_chart_mark mark = {.index = 30, .value_text = "1,499"};
	struct pr_chart_data data = stack_data(1, 31, 99, 99);
	data.marks = &mark;
	data.mark_count = 1;
	struct pr_drawing drawing = draw(&definition, &data, WIDTH);
	/* 31 bars and a legend's square each; the legend from the top of the stack down. */
	assert_int_equal(count_fills(&drawing, "slot.peak"), 32);
	assert_int_equal(count_fills(&drawing, "slot.valley"), 32);
	assert_true(find_text(&drawing, "峰")->y < find_text(&drawing, "平")->y);
	assert_true(find_text(&drawing, "平")->y < find_text(&drawing, "谷")->y);
	assert_near(find_text(&drawing, "1,499")->halo, 2.4);
	data = stack_data(1, 28, 3, 6);
	drawing = draw(&definition, &data, WIDTH);
	assert_int_equal(count_fills(&drawing, "slot.peak"), 26);
	assert_int_equal(count_hatches(&drawing), 1);
	assert_non_null(find_text(&drawing, "缺测")); /* three days are 47 pt wide */
	static const double scales[] = {1e-6, 1e6, -1, 0};
	for (size_t i = 0; i < 4; i++) {
		data = stack_data(scales[i], 30, 99, 99);
		draw(&definition, &data, WIDTH);
	}
	data = stack_data(1, 31, 0, 31);
	drawing = draw(&definition, &data, WIDTH);
	assert_int_equal(count_fills(&drawing, "slot.peak"), 0);
}

/* A value of a millionth of the scale is still half a point high. */
static void test_small_bar(void **state)
{
	(void)state;
	struct pr_chart_definition definition = shipped("demand_by_day");
	double values[] = {1000, 0.001, 0};
	struct pr_chart_series series = {.values = values, .count = 3, .role = "accent.light"};
	struct pr_chart_data data = {
		.series = &series, .series_count = 1, .categories = make_days(3, false), .category_count = 3};
	struct pr_drawing drawing = draw(&definition, &data, WIDTH);
	assert_int_equal(count_fills(&drawing, "accent.light"), 2);
	for (size_t i = 0; i < drawing.count; i++) {
		const struct pr_op *op = &drawing.ops[i];
		if (op->kind == PR_OP_PATH && op->paint.fill && op->segments[0].x > 200 && op->segments[0].x < 400)
			assert_near(op->segments[2].y - op->segments[0].y, 0.5);
	}
}

static void test_composition(void **state)
{
	(void)state;
	struct pr_chart_definition definition = shipped("bill_composition");
	struct pr_chart_data data = stack_data(1, 13, 99, 99);
	const char *totals[13];
	for (size_t i = 0; i < 13; i++)
		totals[i] = "1,234";
	for (size_t s = 0; s < 3; s++)
		data.series[s].note = "1.5%";
	data.totals = totals;
	struct pr_drawing drawing = draw(&definition, &data, WIDTH);
	size_t shown = 0;
	for (size_t i = 0; i < drawing.count; i++)
		shown += drawing.ops[i].kind == PR_OP_TEXT && strcmp(text_of(&drawing.ops[i]), "1,234") == 0;
	assert_int_equal(shown, 13);
	assert_int_equal(count_fills(&drawing, "slot.peak"), 13); /* no legend */
	assert_non_null(find_text(&drawing, "峰1.5%"));
	/* A Latin name takes a real space. */
	data.series[0].label = "Basic";
	drawing = draw(&definition, &data, WIDTH);
	assert_non_null(find_text(&drawing, "Basic 1.5%"));
}

static struct pr_chart_data pie_data(const double *shares, size_t count)
{
	static const char *const roles[] = {"slot.sharp", "slot.peak", "slot.flat", "slot.valley", "slot.deep", "part.2"};
	static const char *const labels[] = {"尖", "峰", "平", "谷", "深谷", "外购"};
	struct pr_chart_series *series = pr_arena_array(&arena, count, sizeof *series);
	for (size_t i = 0; i < count; i++) {
		const char **text = pr_arena_array(&arena, 1, sizeof *text);
		*text = pr_arena_format(&arena, "%.1f", shares[i]);
		series[i] = (struct pr_chart_series){
			.label = labels[i], .role = roles[i], .values = &shares[i], .texts = text, .count = 1};
	}
	return (struct pr_chart_data){.series = series, .series_count = count, .other_label = "其他"};
}

static void test_pie(void **state)
{
	(void)state;
	struct pr_chart_definition definition = shipped("slot_share");
	/* 1.2 and 0.8 become one part of 2.0; a single small part keeps its name. */
	static const double joined[] = {1.2, 50, 30, 18, 0.8}, single[] = {1.2, 50, 30.8, 18}, one[] = {0, 100};
	static const double crowded[] = {4, 4, 4, 4, 4, 80}, none[] = {0, 0};
	struct pr_chart_data data = pie_data(joined, LENGTH(joined));
	struct pr_drawing drawing = draw(&definition, &data, 156);
	assert_non_null(find_text(&drawing, "其他"));
	assert_non_null(find_text(&drawing, "2.0"));
	assert_null(find_text(&drawing, "尖"));
	data = pie_data(single, LENGTH(single));
	drawing = draw(&definition, &data, 156);
	assert_non_null(find_text(&drawing, "尖"));
	assert_null(find_text(&drawing, "其他"));
	data = pie_data(one, LENGTH(one));
	assert_true(pr_chart_height(&definition, &data, 156) < 20);
	drawing = draw(&definition, &data, 156);
	assert_int_equal(count_fills(&drawing, "slot.peak"), 0);
	data = pie_data(crowded, LENGTH(crowded));
	draw(&definition, &data, 156);
	data = pie_data(none, LENGTH(none));
	draw(&definition, &data, 156);
}

static void test_lines(void **state)
{
	(void)state;
	struct pr_chart_definition definition = shipped("typical_day");
	double *work = make_load(1), *off = make_load(1), *peak = make_load(1);
	int strip[DAY];
	for (size_t i = 0; i < DAY; i++) {
		off[i] = 14;
		peak[i] *= 1.5;
		strip[i] = i < 36 ? 3 : i < 48 ? 1 : -1;
	}
	for (size_t i = 60; i < 66; i++)
		work[i] = off[i] = peak[i] = NAN;
	struct pr_chart_series series[] = {
		{.label = "工作日均值", .note = "22天", .role = "accent", .values = work, .count = DAY},
		{.label = "休息日均值", .note = "9天", .role = "accent.light", .values = off, .count = DAY, .dashed = true},
		{.label = "峰日", .note = "23日", .role = "ink", .values = peak, .count = DAY, .label_at_maximum = true},
	};
	struct pr_chart_data data = {.series = series,
		.series_count = 3,
		.strip = strip,
		.strip_count = DAY,
		.strip_label = "时段",
		.hour_label = "时",
		.gap_label = "缺测"};
	struct pr_drawing drawing = draw(&definition, &data, WIDTH);
	assert_int_equal(count_fills(&drawing, "slot.valley"), 1);
	assert_int_equal(count_fills(&drawing, "slot.peak"), 1);
	assert_int_equal(count_hatches(&drawing), 1);
	assert_non_null(find_text(&drawing, "0时"));
	assert_non_null(find_text(&drawing, "24"));
	assert_non_null(find_text(&drawing, "22天"));
	assert_true(find_text(&drawing, "峰日\xE3\x80\x80"
									"23日")
					->halo > 0);
	for (size_t s = 0; s < 3; s++)
		series[s].label = "A rather long English name";
	draw(&definition, &data, WIDTH);
}

static void test_rows(void **state)
{
	(void)state;
	struct pr_chart_definition definition = shipped("points");
	double values[60];
	const char *texts[60];
	struct pr_chart_category names[60] = {{0}};
	struct pr_buffer name;
	pr_buffer_init(&name, &arena);
	for (size_t i = 0; i < 120; i++)
		pr_buffer_add(&name, "电");
	for (size_t i = 0; i < 60; i++) {
		values[i] = i == 7 ? NAN : 1e9 / (double)(i + 1);
		texts[i] = i == 7 ? "—" : "1,000,000.00";
		names[i].label = i == 3 ? name.text : "1#进线总柜";
	}
	struct pr_chart_series series = {.values = values, .texts = texts, .count = 60, .role = "accent"};
	struct pr_chart_data data = {.series = &series, .series_count = 1, .categories = names, .category_count = 60};
	assert_true(pr_chart_height(&definition, &data, WIDTH) <= 600);
	struct pr_drawing drawing = draw(&definition, &data, WIDTH);
	assert_int_equal(count_fills(&drawing, "accent"), 59);
	data.category_count = series.count = 6;
	assert_near(pr_chart_height(&definition, &data, WIDTH), 6 * 14);
	drawing = draw(&definition, &data, WIDTH);
	bool cut = false;
	for (size_t i = 0; i < drawing.count; i++)
		cut = cut || (drawing.ops[i].kind == PR_OP_TEXT && strstr(text_of(&drawing.ops[i]), "电…"));
	assert_true(cut);
}

static void test_spark(void **state)
{
	(void)state;
	struct pr_chart_definition definition = shipped("spark_charge");
	double values[13] = {5, 6, 7, 8, NAN, 8, 7, 6, 5, 4, 3, 4, 5};
	struct pr_chart_category ends[] = {{.label = "17-03"}, {.label = "18-03"}};
	struct pr_chart_series series = {.values = values, .count = 13};
	struct pr_chart_data data = {.series = &series, .series_count = 1, .categories = ends, .category_count = 2};
	struct pr_drawing drawing = draw(&definition, &data, 113);
	size_t lines = 0;
	for (size_t i = 0; i < drawing.count; i++)
		lines += drawing.ops[i].kind == PR_OP_PATH && drawing.ops[i].paint.stroke &&
		         same_colour(drawing.ops[i].paint.stroke_colour, "accent.light");
	assert_int_equal(lines, 2);
	assert_non_null(find_text(&drawing, "18-03"));
	for (size_t i = 0; i < 13; i++)
		values[i] = i < 3 ? NAN : 4;
	draw(&definition, &data, 113);
	for (size_t i = 0; i < 13; i++)
		values[i] = NAN;
	draw(&definition, &data, 113);
}

static void test_days(void **state)
{
	(void)state;
	struct pr_chart_definition definition = shipped("coverage_days");
	static const char *const key[] = {"完整", "部分", "缺测", "未在服务"};
	double shares[31];
	for (size_t i = 0; i < 31; i++)
		shares[i] = i == 4 ? 0.9999 : i == 5 ? 0 : i == 6 ? NAN : 1;
	struct pr_chart_series series = {.values = shares, .count = 31};
	struct pr_chart_data data = {.series = &series,
		.series_count = 1,
		.categories = make_days(31, false),
		.category_count = 31,
		.key_texts = key};
	struct pr_drawing drawing = draw(&definition, &data, WIDTH);
	/* With the key's cells: 28 + 1 complete, 1 + 1 partial, 1 + 1 hatched. */
	assert_int_equal(count_fills(&drawing, "accent"), 29);
	assert_int_equal(count_fills(&drawing, "accent.pale"), 2);
	assert_int_equal(count_hatches(&drawing), 2);
	assert_non_null(find_text(&drawing, "25"));
	assert_null(find_text(&drawing, "30")); /* gives way to 31 */
	assert_non_null(find_text(&drawing, "31"));
}

static struct pr_chart_data fingerprint_data(double *values, size_t count, size_t day_count)
{
	static double steps[6];
	static const char *const texts[] = {"20", "60", "120", "200", "300", "420"};
	pr_chart_steps(605, steps);
	struct pr_chart_series *series = pr_arena_array(&arena, 1, sizeof *series);
	*series = (struct pr_chart_series){.values = values, .count = count};
	struct pr_chart_mark *mark = pr_arena_array(&arena, 1, sizeof *mark);
	*mark = (struct pr_chart_mark){.index = 40, .value_text = "最大605.24 kW", .time_text = "3月23日09:00"};
	return (struct pr_chart_data){.series = series,
		.series_count = 1,
		.marks = mark,
		.mark_count = 1,
		.categories = make_days(day_count, true),
		.category_count = day_count,
		.values_per_day = DAY,
		.steps = steps,
		.step_texts = texts,
		.unit = "kW",
		.hour_label = "时",
		.gap_label = "缺测"};
}

static void test_fingerprint(void **state)
{
	(void)state;
	struct pr_chart_definition definition = shipped("fingerprint");
	double *values = make_load(28);
	for (size_t i = 0; i < 28 * DAY; i++)
		values[i] = 0;
	values[40] = 605;
	for (size_t i = 3 * DAY; i < 4 * DAY; i++)
		values[i] = NAN;
	struct pr_chart_data data = fingerprint_data(values, 28 * DAY, 28);
	struct pr_drawing drawing = draw(&definition, &data, WIDTH);
	/* Row 1 is parted by the maximum, row 4 is missing: 28 + 1 − 1 runs of step 1 and its square in the key. */
	assert_int_equal(count_fills(&drawing, "heat.1"), 29);
	assert_int_equal(count_fills(&drawing, "heat.7"), 2);
	assert_int_equal(count_hatches(&drawing), 2); /* the day and the key */
	double february = pr_chart_height(&definition, &data, WIDTH);
	data = fingerprint_data(make_load(31), 31 * DAY, 31);
	assert_near(pr_chart_height(&definition, &data, WIDTH) - february, 3 * 11);
	draw(&definition, &data, WIDTH);
}

/* Two days: one loses the hour from 2 to 3, the other has it twice. */
static void test_fingerprint_clock(void **state)
{
	(void)state;
	struct pr_chart_definition definition = shipped("fingerprint");
	double values[92 + 100];
	struct pr_chart_place places[92 + 100];
	for (size_t i = 0; i < 92; i++)
		places[i] = (struct pr_chart_place){0, (int)(i < 8 ? i : i + 4) * 15};
	for (size_t i = 0; i < 100; i++)
		places[92 + i] = (struct pr_chart_place){1, (int)(i < 12 ? i : i - 4) * 15};
	for (size_t i = 0; i < 192; i++)
		values[i] = 0;
	/* Of 02:00's two quarters the larger one shows, be it the first; a missing one hides nothing. */
	values[92 + 8] = 500;
	values[92 + 9] = NAN;
	struct pr_chart_data data = fingerprint_data(values, 192, 2);
	data.places = places;
	struct pr_drawing drawing = draw(&definition, &data, WIDTH);
	assert_int_equal(count_hatches(&drawing), 0);
	/* Day 1: two runs around the hour that never was. Day 2: one quarter stands out, two runs. And the key. */
	assert_int_equal(count_fills(&drawing, "heat.1"), 2 + 2 + 1);
	assert_int_equal(count_fills(&drawing, "heat.7"), 1 + 1);
}

static void test_cell_bar(void **state)
{
	(void)state;
	struct pr_drawing drawing;
	struct pr_error error = {0};
	pr_drawing_init(&drawing, 100, 20, &arena);
	struct pr_rect rect = {10, 0, 40, 14};
	pr_chart_draw_bar(&drawing, &pr_theme_default, rect, 0.5, 0.6, "accent");
	assert_int_equal(drawing.count, 3);
	assert_near(drawing.ops[1].segments[1].x, 30); /* half of 40 from 10 */
	assert_near(drawing.ops[2].segments[0].x, 34);
	pr_chart_draw_bar(&drawing, &pr_theme_default, rect, NAN, NAN, "poor");
	assert_int_equal(drawing.count, 4); /* the empty tint */
	pr_chart_draw_bar(&drawing, &pr_theme_default, rect, 2.5, NAN, "poor");
	const struct pr_op *arrow = &drawing.ops[drawing.count - 1];
	assert_int_equal(arrow->segment_count, 8);
	assert_near(arrow->segments[3].x, 50);
	assert_true(pr_drawing_check(&drawing, &error));
}

static void test_missing_glyph(void **state)
{
	(void)state;
	struct pr_chart_definition definition = shipped("points");
	double value = 1;
	struct pr_chart_category name = {.label = "\xF0\xAA\x9B\x96"};
	struct pr_chart_series series = {.values = &value, .count = 1};
	struct pr_chart_data data = {.series = &series, .series_count = 1, .categories = &name, .category_count = 1};
	struct pr_drawing drawing;
	struct pr_error error = {0};
	pr_drawing_init(&drawing, 600, 900, &arena);
	struct pr_rect rect = {0, 0, WIDTH, 14};
	assert_false(pr_chart_draw(&definition, &data, faces, &pr_theme_default, rect, &drawing, &error));
	assert_int_equal(error.code, PR_CODE_FONT);
	assert_non_null(strstr(error.text, "chart points: "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"a wrong definition is refused with file, line and what was expected", test_refused, NULL, NULL, NULL},
		{"the shipped definitions are read", test_shipped, NULL, NULL, NULL},
		{"ticks are round and cover the data", test_ticks, NULL, NULL, NULL},
		{"ticks are right over sixteen decades", test_ticks_everywhere, NULL, NULL, NULL},
		{"a scale ends at the data where the last tick lies far beyond", test_scale, NULL, NULL, NULL},
		{"the fingerprint's steps are triangular numbers times a round one", test_steps, NULL, NULL, NULL},
		{"labels move apart as little as they must", test_spread, NULL, NULL, NULL},
		{"a low plot has fewer grid lines, at round steps", test_thin, NULL, NULL, NULL},
		{"a band has a column for two hours and is red above the contract", test_band, NULL, NULL, NULL},
		{"a gap is hatched and never bridged", test_band_gap, NULL, NULL, NULL},
		{"bands of a day, tiny, huge, negative or nothing keep their labels in place", test_band_awkward, NULL, NULL,
			NULL},
		{"an axis that does not begin at zero says so", test_axis_note, NULL, NULL, NULL},
		{"a stack has bars, seams, gaps and a legend in its order", test_stack, NULL, NULL, NULL},
		{"a tiny bar is half a point high, a zero is none", test_small_bar, NULL, NULL, NULL},
		{"a composition names its parts beside the last bar", test_composition, NULL, NULL, NULL},
		{"a pie joins small parts and is a sentence for one", test_pie, NULL, NULL, NULL},
		{"lines are named at their end or maximum, over a strip of slots", test_lines, NULL, NULL, NULL},
		{"rows cut long names and stand closer when there are many", test_rows, NULL, NULL, NULL},
		{"a sparkline breaks where a month is missing", test_spark, NULL, NULL, NULL},
		{"days are complete, partial, missing or not expected", test_days, NULL, NULL, NULL},
		{"a fingerprint has a row a day of any month", test_fingerprint, NULL, NULL, NULL},
		{"a fingerprint follows the wall clock when it changes", test_fingerprint_clock, NULL, NULL, NULL},
		{"a bar in a cell shows its limit and runs out with an arrow", test_cell_bar, NULL, NULL, NULL},
		{"a chart's text without a glyph names the chart", test_missing_glyph, NULL, NULL, NULL},
	};
	return cmocka_run_group_tests_name("chart", tests, open_all, close_all);
}
