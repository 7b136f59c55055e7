/* Small multiples of a day on one scale. Places by hand: five abreast in 496 are 88 wide, 102 apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "chart/canvas.h"

#define LEFT 56.0
#define TOP 100.0
#define WIDTH 496.0
#define PANEL 88.0
#define STEP 102.0
#define HEAD 15.0
#define PLOT 58.0 /* charts/sites_typical.ini */
#define BELOW 12.0
#define AXIS 12.0
#define DAY 96

static struct pr_typefaces *faces;
static struct pr_arena arena;

static int open_all(void **state)
{
	const char *fonts = getenv("POWERREPORT_FONTS");
	struct pr_error error = {0};

	(void)state;
	pr_arena_init(&arena);
	fonts = fonts ? fonts : "build/fonts";
	const char *regular[] = {pr_arena_format(&arena, "%s/NotoSansSC-Regular.ttf", fonts)};
	const char *bold[] = {pr_arena_format(&arena, "%s/NotoSansSC-Bold.ttf", fonts)};
	return pr_typefaces_open(&faces, regular, bold, 1, &error) ? 0 : 1;
}

static int close_all(void **state)
{
	(void)state;
	pr_typefaces_free(faces);
	pr_arena_release(&arena);
	return 0;
}

/* A day at `value`, its quarters [from, to) missing. */
static struct pr_chart_panel panel_of(const char *title, double value, size_t from, size_t to)
{
	struct pr_chart_panel panel = {.title = title, .note = "90%"};
	double *values = pr_arena_array(&arena, DAY, sizeof *values);

	for (size_t i = 0; i < DAY; i++)
		values[i] = i >= from && i < to ? (double)NAN : value;
	panel.data.series = pr_arena_alloc(&arena, sizeof *panel.data.series);
	panel.data.series[0] = (struct pr_chart_series){.values = values, .count = DAY};
	panel.data.series_count = 1;
	return panel;
}

static void limit_at(struct pr_chart_panel *panel, double value, const char *label)
{
	panel->data.limits = pr_arena_alloc(&arena, sizeof *panel->data.limits);
	panel->data.limits[0] = (struct pr_chart_limit){.value = value, .label = label};
	panel->data.limit_count = 1;
}

static struct pr_drawing draw_as(const char *chart, const struct pr_chart_data *data, double *height)
{
	struct pr_chart_definition definition;
	struct pr_drawing drawing;
	struct pr_error error = {0};
	struct pr_rect rect = {LEFT, TOP, WIDTH, 0};

	if (!pr_chart_read(&definition, "charts", chart, &arena, &error))
		fail_msg("%s", error.text);
	*height = rect.height = pr_chart_height(&definition, data, WIDTH);
	pr_drawing_init(&drawing, 600, 900, &arena);
	if (!pr_chart_draw(&definition, data, faces, &pr_theme_default, rect, &drawing, &error))
		fail_msg("%s", error.text);
	assert_true(pr_drawing_check(&drawing, &error));
	return drawing;
}

static struct pr_drawing draw(const struct pr_chart_data *data, double *height)
{
	return draw_as("sites_typical", data, height);
}

/* The texts that read so, and the last one's place. */
static size_t count_texts(const struct pr_drawing *drawing, const char *text, double *x, double *y)
{
	size_t count = 0;

	for (size_t i = 0; i < drawing->count; i++) {
		const struct pr_op *op = &drawing->ops[i];
		if (op->kind != PR_OP_TEXT || op->line.count == 0 || strcmp(op->line.runs[0].text, text) != 0)
			continue;
		*x = op->x;
		*y = op->y;
		count++;
	}
	return count;
}

/* Fills of a colour; the highest point of the last one. */
static size_t count_fills(const struct pr_drawing *drawing, const char *role, double *top)
{
	struct pr_colour wanted = pr_theme_colour(&pr_theme_default, role);
	size_t count = 0;

	for (size_t i = 0; i < drawing->count; i++) {
		const struct pr_op *op = &drawing->ops[i];
		if (op->kind != PR_OP_PATH || !op->paint.fill || memcmp(&op->paint.fill_colour, &wanted, sizeof wanted) != 0)
			continue;
		count++;
		*top = INFINITY;
		for (size_t k = 0; k < op->segment_count; k++)
			if (op->segments[k].kind == PR_MOVE || op->segments[k].kind == PR_LINE)
				*top = fmin(*top, op->segments[k].y);
	}
	return count;
}

static void they_stand_five_abreast(void **state)
{
	static const char *const names[] = {"a", "b", "c", "d", "e", "f"};
	struct pr_chart_panel panels[6];
	struct pr_chart_data data = {.panels = panels, .panel_count = 6, .hour_label = "h"};
	double height, x = 0, y = 0;

	(void)state;
	for (size_t i = 0; i < 6; i++)
		panels[i] = panel_of(names[i], 60, 0, 0);
	struct pr_drawing drawing = draw(&data, &height);
	assert_true(fabs(height - (2 * (HEAD + PLOT) + BELOW + AXIS)) < 1e-9);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(count_texts(&drawing, names[i], &x, &y), 1);
		assert_true(fabs(x - (LEFT + STEP * (double)i)) < 1e-6 && fabs(y - (TOP + 7.5)) < 1e-6);
	}
	assert_int_equal(count_texts(&drawing, "f", &x, &y), 1);
	assert_true(fabs(x - LEFT) < 1e-6 && fabs(y - (TOP + HEAD + PLOT + BELOW + 7.5)) < 1e-6);
	/* Hours stand below the last of each column, the grid's name at the first of each row. */
	assert_int_equal(count_texts(&drawing, "0h", &x, &y), 5);
	assert_int_equal(count_texts(&drawing, "50%", &x, &y), 2);
}

/* The larger reaches 200 / (200 × 1.06) of the plot, the other a quarter of that. */
static void all_have_one_scale(void **state)
{
	struct pr_chart_panel panels[2];
	struct pr_chart_data data = {.panels = panels, .panel_count = 2};
	double height, top = 0, foot = TOP + HEAD + PLOT;

	(void)state;
	panels[0] = panel_of("large", 200, 0, 0);
	panels[1] = panel_of("small", 50, 0, 0);
	struct pr_drawing drawing = draw(&data, &height);
	assert_int_equal(count_fills(&drawing, "accent.pale", &top), 2);
	assert_true(fabs(top - (foot - PLOT * 50 / 212)) < 1e-6);
	data.panel_count = 1;
	drawing = draw(&data, &height);
	(void)count_fills(&drawing, "accent.pale", &top);
	assert_true(fabs(top - (foot - PLOT / 1.06)) < 1e-6);
}

static void what_is_missing_is_left_out(void **state)
{
	struct pr_chart_panel panel = panel_of("gap", 60, 40, 50);
	struct pr_chart_data data = {.panels = &panel, .panel_count = 1};
	double height, top;

	(void)state;
	struct pr_drawing drawing = draw(&data, &height);
	assert_int_equal(count_fills(&drawing, "accent.pale", &top), 2);
	panel = panel_of("nothing", 60, 0, DAY);
	drawing = draw(&data, &height);
	assert_int_equal(count_fills(&drawing, "accent.pale", &top), 0);
}

static void a_limit_is_named_and_on_the_scale(void **state)
{
	struct pr_chart_panel panel = panel_of("limit", 60, 0, 0);
	struct pr_chart_data data = {.panels = &panel, .panel_count = 1};
	double height, x = 0, y = 0;

	(void)state;
	limit_at(&panel, 105, "105%");
	struct pr_drawing drawing = draw(&data, &height);
	assert_int_equal(count_texts(&drawing, "105%", &x, &y), 1);
	/* 2 above its line, which lies at 1 ÷ 1.06 of the plot. */
	assert_true(fabs(y - (TOP + HEAD + PLOT - PLOT / 1.06 - 2)) < 1e-6);
}

/* Ten Han characters of 7.5 fit into 88, but not beside a note: it goes below, all heads being 10 higher. */
static void a_note_goes_below_a_long_name(void **state)
{
	struct pr_chart_panel panels[] = {panel_of("一二三四五六七八九十", 60, 0, 0), panel_of("short", 60, 0, 0)};
	struct pr_chart_data data = {.panels = panels, .panel_count = 2};
	double height, x = 0, y = 0;

	(void)state;
	panels[0].note = "最大";
	panels[1].note = "114%";
	struct pr_drawing drawing = draw(&data, &height);
	assert_true(fabs(height - (HEAD + 10 + PLOT + AXIS)) < 1e-9);
	assert_int_equal(count_texts(&drawing, "一二三四五六七八九十", &x, &y), 1);
	assert_true(fabs(x - LEFT) < 1e-6 && fabs(y - (TOP + 7.5)) < 1e-6);
	assert_int_equal(count_texts(&drawing, "最大", &x, &y), 1);
	assert_true(fabs(x - LEFT) < 1e-6 && fabs(y - (TOP + 17.5)) < 1e-6);
	assert_int_equal(count_texts(&drawing, "114%", &x, &y), 1);
	assert_true(fabs(x - (LEFT + STEP)) < 1e-6 && fabs(y - (TOP + 17.5)) < 1e-6);
}

/* Fourteen characters take two lines; of forty the middle is left out, and what tells sites apart stays. */
static void a_name_has_two_lines_and_then_no_middle(void **state)
{
	struct pr_chart_panel panels[] = {panel_of("一二三四五六七八九十甲乙丙丁", 60, 0, 0),
		panel_of("West Midlands Distribution and Logistics Centre of the Northern Region, Building 12", 60, 0, 0)};
	struct pr_chart_data data = {.panels = panels, .panel_count = 2};
	double height;
	size_t lines[2] = {0};
	const struct pr_op *last = NULL;

	(void)state;
	struct pr_drawing drawing = draw(&data, &height);
	assert_true(fabs(height - (HEAD + 20 + PLOT + AXIS)) < 1e-9);
	for (size_t i = 0; i < drawing.count; i++) {
		const struct pr_op *op = &drawing.ops[i];
		bool right = op->x > LEFT + PANEL;
		if (op->kind != PR_OP_TEXT || op->y > TOP + 17.5 + 1e-6)
			continue;
		lines[right]++;
		last = right && fabs(op->y - (TOP + 17.5)) < 1e-6 ? op : last;
		assert_true(op->line.width_pt <= PANEL + 1e-6);
	}
	assert_int_equal(lines[0], 2);
	assert_int_equal(lines[1], 2);
	assert_non_null(last);
	assert_non_null(strstr(last->line.runs[last->line.count - 1].text, "Building 12"));
}

/* Two rows of 42 and the axis' 12: a cell in its step's colour, one hatched, one left white. */
static void a_calendar_has_a_cell_a_day(void **state)
{
	static const double days[] = {1, 0.85, 0.1, NAN, -1}, none[] = {NAN, NAN, NAN, NAN, NAN};
	struct pr_chart_series series[] = {
		{.label = "one", .values = days, .count = 5}, {.label = "two", .values = none, .count = 5}};
	struct pr_chart_category categories[5] = {
		{.label = "1"}, {.label = "2"}, {.label = "3"}, {.label = "4"}, {.label = "5"}};
	struct pr_chart_data data = {.series = series, .series_count = 1, .categories = categories, .category_count = 5};
	double height, top, x = 0, y = 0;
	size_t hatches[2] = {0};

	(void)state;
	struct pr_drawing drawing = draw_as("sites_days", &data, &height);
	assert_int_equal(count_fills(&drawing, "heat.7", &top), 1);
	assert_int_equal(count_fills(&drawing, "heat.6", &top) - count_fills(&drawing, "heat.5", &top), 1);
	assert_int_equal(count_fills(&drawing, "heat.1", &top), 1);
	assert_int_equal(count_texts(&drawing, "5", &x, &y), 1);
	assert_int_equal(count_texts(&drawing, "4", &x, &y), 0);
	for (size_t i = 0; i < drawing.count; i++)
		hatches[0] += drawing.ops[i].kind == PR_OP_PATH && drawing.ops[i].paint.stroke;
	data.series_count = 2;
	drawing = draw_as("sites_days", &data, &height);
	assert_true(fabs(height - (2 * 42 + 12)) < 1e-9);
	for (size_t i = 0; i < drawing.count; i++)
		hatches[1] += drawing.ops[i].kind == PR_OP_PATH && drawing.ops[i].paint.stroke;
	assert_true(hatches[0] > 0 && hatches[1] > hatches[0]);
	assert_int_equal(count_texts(&drawing, "two", &x, &y), 1);
	assert_true(fabs(x - LEFT) < 1e-6);
}

/* Forty rows take no more than 380. */
static void a_calendar_of_many_rows_stays_on_the_cover(void **state)
{
	static const double days[] = {1};
	struct pr_chart_series series[40];
	struct pr_chart_category category = {.label = "1"};
	struct pr_chart_data data = {.series = series, .series_count = 40, .categories = &category, .category_count = 1};
	double height;

	(void)state;
	for (size_t i = 0; i < 40; i++)
		series[i] = (struct pr_chart_series){.label = "name", .values = days, .count = 1};
	(void)draw_as("sites_days", &data, &height);
	assert_true(fabs(height - 392) < 1e-9);
}

#define TEST(text, function)             \
	{                                    \
		text, function, NULL, NULL, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("five stand abreast, hours below the last of each column", they_stand_five_abreast),
		TEST("all have one scale", all_have_one_scale),
		TEST("what is missing is left out", what_is_missing_is_left_out),
		TEST("a limit is named at its place on the scale", a_limit_is_named_and_on_the_scale),
		TEST("a note goes below a name that leaves it no room", a_note_goes_below_a_long_name),
		TEST("a name has two lines, then loses its middle", a_name_has_two_lines_and_then_no_middle),
		TEST("a calendar has a cell a day, hatched where missing", a_calendar_has_a_cell_a_day),
		TEST("a calendar of many rows stays on the cover", a_calendar_of_many_rows_stays_on_the_cover),
	};

	return cmocka_run_group_tests_name("small multiples", tests, open_all, close_all);
}
