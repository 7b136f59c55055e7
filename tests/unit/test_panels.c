/* Small multiples and bands with limits on both sides; places by hand: 4 abreast in 496 are 113.5 wide, 127.5 apart. */
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
#define STEP 127.5
#define PANEL 113.5
#define DAYS 31
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

static struct pr_chart_definition shipped(const char *name)
{
	struct pr_chart_definition definition;
	struct pr_error error = {0};

	if (!pr_chart_read(&definition, "charts", name, &arena, &error))
		fail_msg("%s", error.text);
	return definition;
}

/* A month at `value`, with `peak` on its 10th day at noon. */
static const double *month_of(double value, double peak)
{
	double *values = pr_arena_array(&arena, (size_t)DAYS * DAY, sizeof *values);

	for (size_t i = 0; i < (size_t)DAYS * DAY; i++)
		values[i] = value;
	values[9 * DAY + 48] = peak;
	return values;
}

static void add_series(struct pr_chart_data *data, const char *name, const double *values)
{
	struct pr_chart_series *series = pr_arena_array(&arena, data->series_count + 1, sizeof *series);

	for (size_t i = 0; i < data->series_count; i++)
		series[i] = data->series[i];
	series[data->series_count++] =
		(struct pr_chart_series){.name = name, .values = values, .count = (size_t)DAYS * DAY};
	data->series = series;
}

static struct pr_chart_panel panel_of(const char *title, double value, double peak)
{
	struct pr_chart_panel panel = {.title = title, .note = "95%"};

	add_series(&panel.data, "mean", month_of(value, peak));
	panel.data.group = ",";
	panel.data.minus = "-";
	panel.data.values_per_day = DAY;
	panel.data.category_count = DAYS;
	panel.data.categories = pr_arena_array(&arena, DAYS, sizeof *panel.data.categories);
	panel.data.categories[0].label = "1";
	panel.data.categories[14].label = "15";
	return panel;
}

static struct pr_drawing draw(const struct pr_chart_definition *definition, const struct pr_chart_data *data)
{
	struct pr_drawing drawing;
	struct pr_error error = {0};
	struct pr_rect rect = {LEFT, TOP, WIDTH, pr_chart_height(definition, data, WIDTH)};

	pr_drawing_init(&drawing, 600, 900, &arena);
	if (!pr_chart_draw(definition, data, faces, &pr_theme_default, rect, &drawing, &error))
		fail_msg("%s", error.text);
	assert_true(pr_drawing_check(&drawing, &error));
	return drawing;
}

static const struct pr_op *text_op(const struct pr_drawing *drawing, const char *text)
{
	for (size_t i = 0; i < drawing->count; i++)
		if (drawing->ops[i].kind == PR_OP_TEXT && drawing->ops[i].line.count > 0 &&
			strcmp(drawing->ops[i].line.runs[0].text, text) == 0)
			return &drawing->ops[i];
	fail_msg("no text '%s'", text);
	return NULL;
}

static size_t count_fills(const struct pr_drawing *drawing, const char *role)
{
	struct pr_colour wanted = pr_theme_colour(&pr_theme_default, role);
	size_t count = 0;

	for (size_t i = 0; i < drawing->count; i++) {
		const struct pr_op *op = &drawing->ops[i];
		if (op->kind != PR_OP_PATH || !op->paint.fill || memcmp(&op->paint.fill_colour, &wanted, sizeof wanted) != 0)
			continue;
		for (size_t k = 0; k < op->segment_count; k++)
			count += op->segments[k].kind == PR_MOVE;
	}
	return count;
}

static size_t count_strokes(const struct pr_drawing *drawing, const char *role)
{
	struct pr_colour wanted = pr_theme_colour(&pr_theme_default, role);
	size_t count = 0;

	for (size_t i = 0; i < drawing->count; i++)
		count += drawing->ops[i].kind == PR_OP_PATH && drawing->ops[i].paint.stroke &&
		         memcmp(&drawing->ops[i].paint.stroke_colour, &wanted, sizeof wanted) == 0;
	return count;
}

static void panels_stand_abreast_and_below_each_other(void **state)
{
	struct pr_chart_definition definition = shipped("sensor_months");
	struct pr_chart_panel panels[5];
	struct pr_chart_data data = {.panels = panels, .panel_count = 5};
	static const char *const names[] = {"one", "two", "three", "four", "five"};

	(void)state;
	for (size_t i = 0; i < 5; i++)
		panels[i] = panel_of(names[i], 40, 60);
	/* Two rows, each of a head of 20 and 56, 7 apart. */
	assert_true(fabs(pr_chart_height(&definition, &data, WIDTH) - (2 * (20 + 56) + 7)) < 1e-9);
	struct pr_drawing drawing = draw(&definition, &data);
	for (size_t i = 0; i < 4; i++) {
		assert_true(fabs(text_op(&drawing, names[i])->x - (LEFT + STEP * (double)i)) < 1e-6);
		assert_true(fabs(text_op(&drawing, names[i])->y - (TOP + 7.5)) < 1e-6);
	}
	assert_true(fabs(text_op(&drawing, "five")->x - LEFT) < 1e-6);
	assert_true(fabs(text_op(&drawing, "five")->y - (TOP + 83 + 7.5)) < 1e-6);
}

static void what_lies_above_a_limit_is_red_but_not_above_a_warning(void **state)
{
	struct pr_chart_definition definition = shipped("sensor_months");
	struct pr_chart_limit limits[] = {{.value = 90}, {.value = 70, .dashed = true, .role = "fair"}};
	struct pr_chart_panel panel = panel_of("sensor", 60, 80);
	struct pr_chart_data data = {.panels = &panel, .panel_count = 1};

	(void)state;
	panel.data.limits = limits;
	panel.data.limit_count = 2;
	struct pr_drawing drawing = draw(&definition, &data);
	assert_int_equal(count_fills(&drawing, "poor"), 0);
	assert_int_equal(count_strokes(&drawing, "poor"), 1);
	assert_int_equal(count_strokes(&drawing, "fair"), 1);
	panel.data.series[0].values = month_of(60, 95);
	drawing = draw(&definition, &data);
	assert_int_equal(count_fills(&drawing, "poor"), 1);
}

static void what_lies_below_a_least_limit_is_red(void **state)
{
	struct pr_chart_definition definition = shipped("quality_trends");
	struct pr_chart_limit limit = {.value = 0.9, .dashed = true, .is_least = true};
	struct pr_chart_panel panel = panel_of("factor", 0.95, 0.8);
	struct pr_chart_data data = {.panels = &panel, .panel_count = 1};

	(void)state;
	panel.floats = true;
	panel.data.limits = &limit;
	panel.data.limit_count = 1;
	struct pr_drawing drawing = draw(&definition, &data);
	assert_int_equal(count_fills(&drawing, "poor"), 1);
	panel.data.series[0].values = month_of(0.95, 0.99);
	drawing = draw(&definition, &data);
	assert_int_equal(count_fills(&drawing, "poor"), 0);
}

/* The means stay below the limit; only the highest samples are beyond it. */
static void a_band_reaches_from_the_lowest_to_the_highest_sample(void **state)
{
	struct pr_chart_definition definition = shipped("sensor_months");
	struct pr_chart_limit limit = {.value = 90};
	struct pr_chart_panel panel = panel_of("sensor", 60, 60);
	struct pr_chart_data data = {.panels = &panel, .panel_count = 1};

	(void)state;
	add_series(&panel.data, "low", month_of(50, 50));
	add_series(&panel.data, "high", month_of(70, 95));
	panel.data.limits = &limit;
	panel.data.limit_count = 1;
	struct pr_drawing drawing = draw(&definition, &data);
	assert_int_equal(count_fills(&drawing, "poor"), 1);
	add_series(&panel.data, "beside", month_of(55, 55));
	panel.data.series[3].role = "rule";
	size_t before = count_strokes(&drawing, "rule");
	drawing = draw(&definition, &data);
	assert_int_equal(count_strokes(&drawing, "rule"), before + 1);
}

static void a_note_beyond_its_limit_is_bold(void **state)
{
	struct pr_chart_definition definition = shipped("sensor_months");
	struct pr_chart_panel panels[] = {panel_of("a", 1, 2), panel_of("b", 1, 2)};
	struct pr_chart_data data = {.panels = panels, .panel_count = 2};
	struct pr_colour poor = pr_theme_colour(&pr_theme_default, "poor");

	(void)state;
	panels[0].note = "calm";
	panels[1].note = "beyond";
	panels[1].emphasised = true;
	struct pr_drawing drawing = draw(&definition, &data);
	assert_int_equal(text_op(&drawing, "calm")->line.runs[0].style.weight, PR_REGULAR);
	assert_int_equal(text_op(&drawing, "beyond")->line.runs[0].style.weight, PR_BOLD);
	assert_memory_equal(&text_op(&drawing, "beyond")->line.runs[0].style.colour, &poor, sizeof poor);
}

static void a_panel_alone_is_named_at_its_right(void **state)
{
	struct pr_chart_definition definition = shipped("quality_currents");
	struct pr_chart_panel panel = panel_of("phase", 100, 200);
	struct pr_chart_data data = {.panels = &panel, .panel_count = 1};

	(void)state;
	panel.data.right_pt = 72;
	struct pr_drawing drawing = draw(&definition, &data);
	assert_true(text_op(&drawing, "phase")->x > LEFT + WIDTH - 72);
}

/* Of phases below each other: 70 high, 7 apart, and 9 less where the days are not named. */
static void the_last_panel_names_the_days(void **state)
{
	struct pr_chart_definition definition = shipped("quality_currents");
	struct pr_chart_panel panels[] = {panel_of("a", 100, 200), panel_of("b", 100, 200), panel_of("c", 100, 200)};
	struct pr_chart_data data = {.panels = panels, .panel_count = 3};
	size_t named = 0;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		panels[i].data.series[0].role = "phase.a";
	assert_true(fabs(pr_chart_height(&definition, &data, WIDTH) - (3 * 70 + 2 * 7 - 2 * 9)) < 1e-6);
	struct pr_drawing drawing = draw(&definition, &data);
	for (size_t i = 0; i < drawing.count; i++) {
		const struct pr_op *op = &drawing.ops[i];
		if (op->kind != PR_OP_TEXT || op->line.count == 0 || strcmp(op->line.runs[0].text, "15") != 0)
			continue;
		named++;
		assert_true(op->y > TOP + 3 * 70 - 10);
	}
	assert_int_equal(named, 1);
	/* The phase's square stands before its name: 6 wide and 3.5 apart. */
	assert_true(fabs(text_op(&drawing, "a")->x - (LEFT + WIDTH - 70 + 5 + 9.5)) < 0.1);
}

/* Name and note stand at the top right; the limit's name keeps below them and in its own colour. */
static void limits_of_a_panel_alone_have_names(void **state)
{
	struct pr_chart_definition definition = shipped("quality_voltage");
	struct pr_chart_panel panel = panel_of("incomer", 3, 6);
	struct pr_chart_limit limits[] = {{.label = "high", .value = 7, .dashed = true},
		{.label = "low", .value = -7, .dashed = true, .is_least = true},
		{.label = "warn", .value = 5, .dashed = true, .role = "fair"}};
	struct pr_chart_data data = {.panels = &panel, .panel_count = 1};
	struct pr_colour poor = pr_theme_colour(&pr_theme_default, "poor"),
					 fair = pr_theme_colour(&pr_theme_default, "fair");

	(void)state;
	panel.data.limits = limits;
	panel.data.limit_count = 3;
	struct pr_drawing drawing = draw(&definition, &data);
	const struct pr_op *high = text_op(&drawing, "high"), *low = text_op(&drawing, "low");
	const struct pr_op *warn = text_op(&drawing, "warn");
	assert_true(high->x > LEFT + WIDTH - 72 && low->x == high->x);
	/* The note's baseline is 17 below the top, a name of 7 points has its own 7 + 0.35 × 7 further down at least. */
	assert_true(high->y >= TOP + 17 + 7 + 2.4 && warn->y >= high->y + 8.9 && low->y > warn->y);
	assert_memory_equal(&high->line.runs[0].style.colour, &poor, sizeof poor);
	assert_memory_equal(&warn->line.runs[0].style.colour, &fair, sizeof fair);
}

static void a_long_name_is_cut_to_its_panel(void **state)
{
	struct pr_chart_definition definition = shipped("sensor_months");
	struct pr_chart_panel panel = panel_of("a sensor with a name that is longer than its panel is wide", 1, 2);
	struct pr_chart_data data = {.panels = &panel, .panel_count = 1};

	(void)state;
	struct pr_drawing drawing = draw(&definition, &data);
	for (size_t i = 0; i < drawing.count; i++)
		if (drawing.ops[i].kind == PR_OP_TEXT)
			assert_true(drawing.ops[i].x + drawing.ops[i].line.width_pt <= LEFT + PANEL + 0.1);
}

static void no_panels_take_no_room(void **state)
{
	struct pr_chart_definition definition = shipped("sensor_months");
	struct pr_chart_data data = {0};

	(void)state;
	assert_true(pr_chart_height(&definition, &data, WIDTH) == 0);
	(void)draw(&definition, &data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"panels stand abreast and below each other", panels_stand_abreast_and_below_each_other, NULL, NULL, NULL},
		{"what lies above a limit is red, but not above a warning",
			what_lies_above_a_limit_is_red_but_not_above_a_warning, NULL, NULL, NULL},
		{"what lies below a least limit is red", what_lies_below_a_least_limit_is_red, NULL, NULL, NULL},
		{"a band reaches from the lowest to the highest sample, with another month beside it",
			a_band_reaches_from_the_lowest_to_the_highest_sample, NULL, NULL, NULL},
		{"a note beyond its limit is bold and red", a_note_beyond_its_limit_is_bold, NULL, NULL, NULL},
		{"a panel that stands alone is named at its right", a_panel_alone_is_named_at_its_right, NULL, NULL, NULL},
		{"the last panel names the days of all", the_last_panel_names_the_days, NULL, NULL, NULL},
		{"limits of a panel alone have names below its note", limits_of_a_panel_alone_have_names, NULL, NULL, NULL},
		{"a long name is cut to its panel", a_long_name_is_cut_to_its_panel, NULL, NULL, NULL},
		{"no panels take no room", no_panels_take_no_room, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("panels", tests, open_all, close_all);
}
