/*
 * Draws every kind of chart with ordinary and awkward data to PNGs, for looking at:
 *
 *     draw_charts FOLDER [point_15min_electric.csv]
 *
 * With the contract's CSV of quarters, March 2018 of point 101 is the ordinary month; without it a made-up one.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "chart/chart.h"
#include "output/image.h"

#define DAYS 31
#define QUARTERS (DAYS * 96)
#define LENGTH(array) (sizeof(array) / sizeof *(array))

static struct pr_arena arena;
static struct pr_typefaces *faces;
static struct pr_error error;
static const char *folder;
static double kw[QUARTERS];
static struct pr_chart_category days[DAYS];

static void fail_on_error(bool ok)
{
	if (ok)
		return;
	fprintf(stderr, "draw_charts: %s\n", error.text);
	exit(1);
}

static double wave(size_t i)
{
	double hour = (double)(i % 96) / 4;
	bool rest = (i / 96) % 7 == 2 || (i / 96) % 7 == 3;
	double load = hour > 8 && hour < 21 ? (rest ? 120 : 340) : 14;
	return load * (1 + 0.25 * sin((double)i * 1.7) * sin((double)i * 0.3));
}

static void read_month(const char *path)
{
	for (size_t i = 0; i < QUARTERS; i++)
		kw[i] = wave(i);
	FILE *file = path ? fopen(path, "r") : NULL;
	char line[256];
	size_t at = 0;
	while (file && fgets(line, sizeof line, file))
		if (strstr(line, ",2018-03-") && at < QUARTERS) {
			const char *value = strchr(line, 'T');
			value = value ? strchr(value, ',') : NULL;
			kw[at++] = value ? strtod(value + 1, NULL) * 4 : NAN;
		}
	if (file)
		fclose(file);
}

/* The definition, the data and a page of its size with the block's rule, title and sub-line. */
static void draw(const char *file, const char *name, struct pr_chart_data *data, double width)
{
	struct pr_chart_definition definition;
	fail_on_error(pr_chart_read(&definition, "charts", name, &arena, &error));
	data->group = ",";
	data->minus = "\xE2\x88\x92";
	double height = pr_chart_height(&definition, data, width);
	struct pr_drawing drawing;
	pr_drawing_init(&drawing, width + 40, height + 52, &arena);
	const struct pr_theme *theme = &pr_theme_default;
	struct pr_style title = {PR_BOLD, 9.5, pr_theme_colour(theme, "ink")};
	struct pr_style sub = {PR_REGULAR, 7.5, pr_theme_colour(theme, "text2")};
	pr_draw_line(&drawing, 20, 10, 20 + width, 10, pr_paint_stroke(title.colour, 0.75));
	fail_on_error(pr_draw_text(&drawing, faces, file, title, 20, 24, PR_ALIGN_LEFT, NULL, &error));
	fail_on_error(pr_draw_text(&drawing, faces, "说明，kWh", sub, 20, 35, PR_ALIGN_LEFT, NULL, &error));
	struct pr_rect rect = {20, 42, width, height};
	fail_on_error(pr_chart_draw(&definition, data, faces, theme, rect, &drawing, &error));
	fail_on_error(pr_drawing_check(&drawing, &error));
	char *bytes;
	size_t count;
	fail_on_error(pr_image_paint(&drawing, faces, PR_IMAGE_PNG, 2, &arena, &bytes, &count, &error));
	const char *path = pr_arena_format(&arena, "%s/%s.png", folder, file);
	fail_on_error(pr_file_write(path, bytes, count, &error));
}

static int slot_of(size_t quarter)
{
	size_t hour = quarter / 4;
	return hour < 9 || hour >= 23 ? 3 : (hour >= 10 && hour < 12) || (hour >= 13 && hour < 17) ? 1 : 2;
}

static void draw_stack(const char *file, size_t day_count, double factor, size_t missing_from, size_t missing_to)
{
	static const char *const labels[] = {"谷", "平", "峰"}, *const roles[] = {"slot.valley", "slot.flat", "slot.peak"};
	static const int slots[] = {3, 2, 1};
	struct pr_chart_series series[3] = {0};
	double highest = -1;
	struct pr_chart_mark mark = {.value_text = "4,757"};
	double *values[3];
	for (size_t s = 0; s < 3; s++) {
		values[s] = pr_arena_array(&arena, DAYS, sizeof *values[s]);
		series[s] =
			(struct pr_chart_series){.label = labels[s], .role = roles[s], .values = values[s], .count = day_count};
	}
	for (size_t d = 0; d < day_count; d++) {
		double sum = 0;
		for (size_t q = 0; q < 96; q++)
			for (size_t s = 0; s < 3; s++)
				if (slot_of(q) == slots[s])
					values[s][d] += kw[d * 96 + q] / 4 * factor;
		for (size_t s = 0; s < 3; s++) {
			values[s][d] = d >= missing_from && d < missing_to ? NAN : values[s][d];
			sum += values[s][d];
		}
		if (sum > highest) {
			highest = sum;
			mark.index = d;
		}
	}
	mark.value_text = pr_arena_format(&arena, "%.*f", factor < 0.01 ? 5 : 0, highest);
	for (size_t d = 0; d < DAYS; d++)
		days[d].emphasised = d == mark.index;
	struct pr_chart_data data = {.series = series,
		.series_count = 3,
		.categories = days,
		.category_count = day_count,
		.marks = &mark,
		.mark_count = highest > 0,
		.gap_label = "缺测"};
	draw(file, "energy_by_day", &data, 496);
}

static void draw_pie(const char *file, const double *shares, size_t count, double width)
{
	static const char *const labels[] = {"尖", "峰", "平", "谷", "深谷", "其他一", "其他二"};
	static const char *const roles[] = {
		"slot.sharp", "slot.peak", "slot.flat", "slot.valley", "slot.deep", "part.4", "part.5"};
	struct pr_chart_series series[7] = {0};
	for (size_t i = 0; i < count; i++) {
		const char **text = pr_arena_array(&arena, 1, sizeof *text);
		*text = pr_arena_format(&arena, "%.1f", shares[i]);
		series[i] = (struct pr_chart_series){
			.label = labels[i], .role = roles[i], .values = &shares[i], .texts = text, .count = 1};
	}
	struct pr_chart_data data = {.series = series, .series_count = count, .other_label = "其他"};
	draw(file, "slot_share", &data, width);
}

static struct pr_chart_category *week_labels(size_t count)
{
	struct pr_chart_category *categories = pr_arena_array(&arena, count, sizeof *categories);
	for (size_t d = 0; d < count; d++) {
		if (d == 0 || d % 7 == 4)
			categories[d].label = pr_arena_format(&arena, "%zu日", d + 1);
		categories[d].second = d % 7 == 2 ? "六" : d % 7 == 3 ? "日" : NULL;
	}
	return categories;
}

static size_t index_of_maximum(const double *values, size_t count)
{
	size_t best = 0;
	for (size_t i = 0; i < count; i++)
		if (isfinite(values[i]) && !(values[best] >= values[i]))
			best = i;
	return best;
}

static void draw_band(const char *file, const double *values, size_t day_count, double contract, double tolerance)
{
	struct pr_chart_series series = {.values = values, .count = day_count * 96, .role = "accent"};
	struct pr_chart_limit limits[] = {
		{.label = pr_arena_format(&arena, "合同%g", contract), .value = contract},
		{.value = tolerance, .dashed = true},
	};
	limits[1].label = pr_arena_format(&arena, "105%% %g", tolerance);
	struct pr_chart_mark mark = {.index = index_of_maximum(values, series.count)};
	mark.value_text = pr_arena_format(&arena, "最大%.2f", values[mark.index]);
	mark.time_text = pr_arena_format(&arena, "%zu日%02zu:00", mark.index / 96 + 1, mark.index % 96 / 4);
	struct pr_chart_data data = {.series = &series,
		.series_count = 1,
		.limits = limits,
		.limit_count = contract > 0 ? 2 : 0,
		.marks = &mark,
		.mark_count = 1,
		.categories = week_labels(day_count),
		.category_count = day_count,
		.values_per_day = 96,
		.gap_label = "缺测"};
	draw(file, "load_month", &data, 496);
}

static void draw_lines(const char *file, bool english)
{
	static double work[96], off[96], peak[96];
	static int strip[96];
	for (size_t q = 0; q < 96; q++) {
		work[q] = off[q] = 0;
		for (size_t d = 0; d < DAYS; d++)
			*(d % 7 == 2 || d % 7 == 3 ? &off[q] : &work[q]) += kw[d * 96 + q] / (d % 7 == 2 || d % 7 == 3 ? 9 : 22);
		peak[q] = kw[22 * 96 + q];
		strip[q] = slot_of(q);
	}
	struct pr_chart_series series[] = {
		{.label = english ? "Day off, mean" : "休息日均值",
			.note = english ? "9 days" : "9天",
			.role = "accent.light",
			.dashed = true,
			.values = off,
			.count = 96},
		{.label = english ? "Peak day" : "峰日",
			.note = english ? "23 March" : "23日",
			.role = "ink",
			.width = 0.7,
			.values = peak,
			.count = 96,
			.label_at_maximum = true},
		{.label = english ? "Working day, mean" : "工作日均值",
			.note = english ? "22 days" : "22天",
			.role = "accent",
			.width = 1.6,
			.values = work,
			.count = 96},
	};
	struct pr_chart_data data = {.series = series,
		.series_count = 3,
		.strip = strip,
		.strip_count = 96,
		.strip_label = english ? "Slot" : "时段",
		.hour_label = english ? " h" : "时",
		.gap_label = "缺测"};
	draw(file, "typical_day", &data, 496);
}

static void draw_composition(const char *file, double sign)
{
	static const double totals[] = {1371, 1298, 1277, 1448, 1597, 1527, 1161, 1310, 1735, 2010, 2097, 1641, 1323};
	static double basic[13], energy[13], pf[13];
	static struct pr_chart_category months[13];
	static const char *texts[13];
	for (size_t i = 0; i < 13; i++) {
		basic[i] = 420 + (double)(i * 37 % 150);
		pf[i] = sign * totals[i] * 0.015;
		energy[i] = totals[i] - basic[i] - pf[i];
		texts[i] = pr_arena_format(&arena, "%g,%03g", floor(totals[i] / 1000), fmod(totals[i], 1000));
		months[i].label = i == 0 ? "17-03" : i == 10 ? "18-01" : pr_arena_format(&arena, "%zu", (i + 2) % 12 + 1);
		months[i].emphasised = i == 12;
	}
	struct pr_chart_series series[] = {
		{.label = "基本", .note = "43.1%", .role = "accent", .values = basic, .count = 13},
		{.label = "电度", .note = "55.4%", .role = "accent.light", .values = energy, .count = 13},
		{.label = "力率", .note = "1.5%", .role = "ink", .values = pf, .count = 13},
	};
	struct pr_chart_data data = {
		.series = series, .series_count = 3, .categories = months, .category_count = 13, .totals = texts};
	draw(file, "bill_composition", &data, 496);
}

static void draw_demand(void)
{
	static double demand[DAYS];
	for (size_t d = 0; d < DAYS; d++)
		demand[d] = kw[d * 96 + index_of_maximum(&kw[d * 96], 96)];
	demand[12] = NAN;
	for (size_t d = 0; d < DAYS; d++)
		days[d].emphasised = d == 22;
	struct pr_chart_series series = {.values = demand, .count = DAYS, .role = "accent.light"};
	struct pr_chart_limit limits[] = {
		{.label = "合同500", .value = 500}, {.label = "105% 525", .value = 525, .dashed = true}};
	struct pr_chart_mark mark = {.index = 22, .value_text = "最大605.24", .time_text = "23日09:00"};
	struct pr_chart_data data = {.series = &series,
		.series_count = 1,
		.limits = limits,
		.limit_count = 2,
		.marks = &mark,
		.mark_count = 1,
		.categories = days,
		.category_count = DAYS,
		.gap_label = "缺测"};
	draw("columns", "demand_by_day", &data, 496);
}

/* The currents of the harmonic orders, each against its own limit. */
static void draw_orders(void)
{
	static const double currents[] = {1.4, 0.2, 2.86, 0.1, 1.98, 0.05, 0.4, 0.1, 0.7, NAN, 0.5};
	static const double most[] = {3, 2, 3, 1.5, 1.8, 1.2, 1.2, 1, 1.6, 0.9, 1.4};
	static struct pr_chart_category orders[11];
	for (size_t i = 0; i < 11; i++)
		orders[i] = (struct pr_chart_category){
			.label = pr_arena_format(&arena, "%zu%s", i + 3, i == 0 ? "次" : ""), .emphasised = i == 4};
	struct pr_chart_series series[] = {
		{.values = currents, .count = 11, .role = "accent.light"}, {.name = "limit", .values = most, .count = 11}};
	struct pr_chart_mark mark = {.index = 4, .value_text = "1.98"};
	struct pr_chart_data data = {.series = series,
		.series_count = 2,
		.marks = &mark,
		.mark_count = 1,
		.categories = orders,
		.category_count = 11,
		.gap_label = "缺测"};
	draw("orders", "demand_by_day", &data, 241);
}

static void draw_rows(const char *file, size_t count)
{
	double *values = pr_arena_array(&arena, count, sizeof *values);
	const char **texts = pr_arena_array(&arena, count, sizeof *texts);
	struct pr_chart_category *names = pr_arena_array(&arena, count, sizeof *names);
	for (size_t i = 0; i < count; i++) {
		values[i] = i == 3 ? NAN : 80000.0 / (double)(i * i + 1);
		texts[i] = i == 3 ? "—" : pr_arena_format(&arena, "%.2f", values[i]);
		names[i].label = pr_arena_format(&arena, "%zu#进线总柜", i + 1);
	}
	names[1].label =
		"东区二号配电室三楼空调水泵及新风机组动力配电柜第十二回路（备用电源自动投入装置后）冷却塔风机变频器旁路"
		"东区二号配电室三楼空调水泵及新风机组动力配电柜第十二回路（备用电源自动投入装置后）冷却塔风机变频器旁路输出侧电"
		"流互感器";
	names[0].emphasised = true;
	struct pr_chart_series series = {.values = values, .texts = texts, .count = count, .role = "accent"};
	struct pr_chart_data data = {.series = &series, .series_count = 1, .categories = names, .category_count = count};
	draw(file, "points", &data, 496);
}

static void draw_spark(const char *file, double width, bool gap)
{
	static double months[13] = {1371, 1298, 1277, 1448, 1597, 1527, 1161, 1310, 1735, 2010, 2097, 1641, 1323};
	double values[13];
	memcpy(values, months, sizeof values);
	if (gap)
		values[5] = values[6] = values[11] = NAN;
	struct pr_chart_category ends[] = {{.label = "17-03"}, {.label = "18-03"}};
	struct pr_chart_series series = {.values = values, .count = 13};
	struct pr_chart_data data = {.series = &series, .series_count = 1, .categories = ends, .category_count = 2};
	draw(file, "spark_charge", &data, width);
}

static void draw_days(const char *file, size_t count, bool broken)
{
	double shares[DAYS];
	static const char *const key[] = {"完整", "部分", "缺测", "无需采集"};
	for (size_t d = 0; d < DAYS; d++)
		shares[d] = !broken ? 1 : d < 2 ? NAN : d % 9 == 4 ? 0.7 : d > 14 && d < 19 ? 0 : 1;
	struct pr_chart_series series = {.values = shares, .count = count};
	struct pr_chart_data data = {
		.series = &series, .series_count = 1, .categories = days, .category_count = count, .key_texts = key};
	draw(file, "coverage_days", &data, 496);
}

static void draw_fingerprint(const char *file, const double *values, size_t day_count)
{
	double steps[6];
	const char *texts[6];
	struct pr_chart_mark mark = {.index = index_of_maximum(values, day_count * 96)};
	pr_chart_steps(values[mark.index], steps);
	for (size_t i = 0; i < 6; i++)
		texts[i] = pr_arena_format(&arena, "%g", steps[i]);
	mark.value_text = pr_arena_format(&arena, "最大%.2f kW", values[mark.index]);
	mark.time_text = pr_arena_format(&arena, "3月%zu日09:00", mark.index / 96 + 1);
	struct pr_chart_series series = {.values = values, .count = day_count * 96};
	struct pr_chart_data data = {.series = &series,
		.series_count = 1,
		.marks = &mark,
		.mark_count = 1,
		.categories = week_labels(day_count),
		.category_count = day_count,
		.values_per_day = 96,
		.steps = steps,
		.step_texts = texts,
		.unit = "kW",
		.hour_label = "时",
		.gap_label = "缺测"};
	draw(file, "fingerprint", &data, 496);
}

static void draw_awkward_bands(void)
{
	static double values[QUARTERS];
	memcpy(values, kw, sizeof values);
	for (size_t i = 0; i < QUARTERS; i++)
		if ((i > 400 && i < 430) || (i > 1000 && i < 1003) || (i > 1500 && i < 2300))
			values[i] = NAN;
	values[1900] = 300;
	draw_band("band-gaps", values, 31, 500, 525);
	draw_fingerprint("fingerprint-gaps", values, 28);
	draw_band("band-28", kw, 28, 500, 503);
	draw_band("band-day", kw + 22 * 96, 1, 500, 525);
	for (size_t i = 0; i < QUARTERS; i++)
		values[i] = i == 40 ? 5e8 : kw[i] * 1e6;
	values[2] = 1e9;
	draw_band("band-edge-left", values, 31, 0, 0);
	for (size_t i = 0; i < QUARTERS; i++)
		values[i] = -kw[i] / 1e6 + 0.0002;
	values[QUARTERS - 1] = 0.001;
	draw_band("band-edge-right", values, 31, 0, 0);
	for (size_t i = 0; i < QUARTERS; i++)
		values[i] = NAN;
	draw_band("band-missing", values, 31, 500, 525);
	values[1500] = 200;
	draw_band("band-one-value", values, 31, 500, 525);
	draw_fingerprint("fingerprint-one", values, 30);
}

/* --- radar, waterfall, sensors, alarms -------------------------------------------------------------------------- */

static void draw_radar(const char *file, const char *const *names, const double *scores, size_t count, double width)
{
	struct pr_chart_category *axes = pr_arena_array(&arena, count, sizeof *axes);
	const char **texts = pr_arena_array(&arena, count, sizeof *texts);
	for (size_t i = 0; i < count; i++) {
		axes[i].label = names[i];
		texts[i] = pr_arena_format(&arena, "%.0f", scores[i]);
	}
	struct pr_chart_series series = {.values = scores, .texts = texts, .count = count};
	struct pr_chart_data data = {.series = &series, .series_count = 1, .categories = axes, .category_count = count};
	draw(file, "health_radar", &data, width);
}

static void draw_radars(void)
{
	static const char *const names[] = {
		"频率", "电压偏差", "电压不平衡", "谐波电压", "功率因数", "负载率", "安全", "服务"};
	static const char *const english[] = {"Frequency", "Voltage deviation", "Voltage unbalance", "Harmonic currents",
		"Power factor", "Transformer load", "Safety", "Service"};
	static const double scores[] = {100, 92, 95, 86, 50, 75, 96, 92};
	static const double holes[] = {NAN, 92, NAN, 86, 50, 75, NAN, 20}, two[] = {NAN, 92, NAN, NAN, 50, NAN};
	static const double extremes[] = {0, 0, 0, 100, 100, 100, 60, 59.9};
	draw_radar("radar", names, scores, 6, 198);
	draw_radar("radar-en", english, scores, 8, 198);
	draw_radar("radar-eight", names, holes, 8, 198);
	draw_radar("radar-extremes", names, extremes, 8, 156);
	draw_radar("radar-two-measured", names, two, 6, 198);
	draw_radar("radar-three", english, scores, 3, 198);
	draw_radar("radar-five", english, scores, 5, 198);
	draw_radar("radar-seven", names, scores, 7, 198);
	draw_radar("radar-axes-two", names, scores + 3, 2, 198);
}

static void draw_waterfall(const char *file, const double *values, size_t count, bool english)
{
	static const char *const names[] = {"2月", "天数", "电量", "时段构成", "电价", "需量", "功率因数", "尾差", "3月"};
	static const char *const seconds[] = {
		NULL, "28→31天", "日均−20.8%", "峰35.7→51.8%", "冬季→春秋季", "582→605kW", "0.89→0.87", "仅取整", NULL};
	static const char *const english_names[] = {"February", "Days", "Energy", "Time-of-use mix", "Tariff",
		"Maximum demand", "Power factor", "Rounding", "March"};
	static const char *const english_seconds[] = {NULL, "28 to 31 days", "−20.8% a day", "peak 35.7 to 51.8%",
		"winter to spring", "582 to 605 kW", "0.89 to 0.87", "cents only", NULL};
	struct pr_chart_category *parts = pr_arena_array(&arena, count, sizeof *parts);
	const char **texts = pr_arena_array(&arena, count, sizeof *texts);
	for (size_t i = 0; i < count; i++) {
		size_t name = i + 1 == count ? LENGTH(names) - 1 : i % LENGTH(names);
		parts[i] = (struct pr_chart_category){.label = (english ? english_names : names)[name],
			.second = (english ? english_seconds : seconds)[name],
			.total = i == 0 || i + 1 == count};
		const char *sign = values[i] < 0 ? "−" : values[i] > 0 && !parts[i].total ? "+" : "";
		texts[i] = pr_arena_format(&arena, "%s%.2f", sign, fabs(values[i]));
	}
	struct pr_chart_series series = {.values = values, .texts = texts, .count = count};
	struct pr_chart_data data = {
		.series = &series, .series_count = 1, .categories = parts, .category_count = count, .gap_label = "缺测"};
	draw(file, "change_waterfall", &data, 496);
}

static void draw_waterfalls(void)
{
	static const double bill[] = {1641.33, 118.01, -253.64, 97.48, -330.37, 38.60, 11.38, 0, 1322.80};
	static const double cents[] = {
		16413327.07, 1180127.48, -2536449.54, 974803.81, -3303697.23, 386048.00, 113829.18, -0.01, 13227988.76};
	static const double credit[] = {-120, -40, 300, -260, 90, -170, 0, 20, -180};
	static const double fall[] = {1000, -980, -15, 900, -890, -14, 600, -595, 6};
	static const double unknown[] = {NAN, 10, NAN, -5, 0, 0, 0, 0, 205}, nothing[] = {0, 0, 0, 0, 0, 0, 0, 0, 0};
	draw_waterfall("waterfall", bill, 9, false);
	draw_waterfall("waterfall-cents", cents, 9, false);
	draw_waterfall("waterfall-en", bill, 9, true);
	draw_waterfall("waterfall-negative", credit, 9, false);
	draw_waterfall("waterfall-deep", fall, 9, false);
	draw_waterfall("waterfall-unknown", unknown, 9, false);
	draw_waterfall("waterfall-nothing", nothing, 9, false);
	draw_waterfall("waterfall-short", bill, 3, false);
}

static void draw_dots(const char *file, size_t count, double width, double push)
{
	static const char *const sensors[] = {"2号柜出线电缆头B相", "1号柜漏电流", "2号柜出线电缆头A相", "3号柜漏电流",
		"2号柜出线电缆头C相", "1号母排A相", "配电室环境", "1号母排C相", "变压器油温", "4号柜漏电流"};
	static const double figures[][4] = {{20, 66, 102.7, 82}, {7, 52, 90.3, 79}, {20, 58, 87.7, 82}, {5, 48, 84, 79},
		{20, 57, 82.9, 82}, {20, 51, 77, 84}, {45, 63, 71.8, NAN}, {20, 50, 71.2, 84}, {16, 27, 50.6, 91},
		{-3, 17, 42.7, 79}};
	struct pr_chart_category *names = pr_arena_array(&arena, count, sizeof *names);
	double *values[4];
	const char **most = pr_arena_array(&arena, count, sizeof *most),
			   **limit = pr_arena_array(&arena, count, sizeof *limit);
	const char **time = pr_arena_array(&arena, count, sizeof *time),
			   **over = pr_arena_array(&arena, count, sizeof *over);
	for (size_t k = 0; k < 4; k++)
		values[k] = pr_arena_array(&arena, count, sizeof *values[k]);
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < 4; k++)
			values[k][i] = figures[i % 10][k] + (k == 2 && i == 0 ? push : 0);
		names[i].label = i == 4 && count > 20 ? "东区二号配电室三楼空调水泵及新风机组动力配电柜第十二回路出线电缆头"
		                                      : sensors[i % 10];
		most[i] = pr_arena_format(&arena, "%.1f ℃", values[2][i] * 0.9);
		limit[i] = "90 ℃";
		time[i] = pr_arena_format(&arena, "%zu日14:20", i % 28 + 1);
		over[i] = isnan(values[3][i]) ? "—" : pr_arena_format(&arena, "%zu", i * 7 % 50);
	}
	if (count > 12)
		values[0][11] = values[1][11] = values[2][11] = NAN;
	struct pr_chart_series series[] = {{.name = "minimum", .values = values[0], .count = count},
		{.name = "mean", .values = values[1], .count = count}, {.name = "maximum", .values = values[2], .count = count},
		{.name = "warn", .values = values[3], .count = count}};
	struct pr_chart_column columns[] = {{.label = "最大", .texts = most, .judged = true},
		{.label = "告警限", .texts = limit, .quiet = true},
		{.label = "最大时刻", .texts = time, .quiet = true, .left = true}, {.label = "越预警分", .texts = over}};
	struct pr_chart_data data = {.series = series,
		.series_count = 4,
		.categories = names,
		.category_count = count,
		.columns = columns,
		.column_count = 4,
		.row_label = "传感器"};
	draw(file, "sensors", &data, width);
}

/* The alarms of each day and, below, each hour's minutes, both 453 wide with the same columns. */
static void draw_alarms(const char *ending, size_t day_count, size_t steps, double width)
{
	static double hours[DAYS * 24], minor[DAYS], major[DAYS], critical[DAYS];
	static const double bounds[][6] = {{7.5, 22.5, 37.5, 52.5}, {1, 10, 20, 30, 40, 50}};
	static const char *const names[][7] = {
		{"0", "15", "30", "45", "60分"}, {"0", "1", "10", "20", "30", "40", "50至60分"}};
	for (size_t i = 0; i < day_count * 24; i++) {
		size_t day = i / 24, hour = i % 24;
		hours[i] = hour < 6 || hour > 21 ? 60 : hour < 9 ? (double)(i * 7 % 61) : 0;
		if ((day > 16 && day < 20) || (day == 28 && hour > 4) || (day == 5 && hour < 11))
			hours[i] = NAN;
	}
	for (size_t d = 0; d < day_count; d++) {
		bool gap = d > 16 && d < 20;
		minor[d] = gap ? NAN : (double)(d * 5 % 6);
		major[d] = gap ? NAN : (double)(d * 7 % 4);
		critical[d] = gap ? NAN : d == 4 || d == 10;
	}
	struct pr_chart_series levels[] = {{.label = "一般", .role = "alarm.3", .values = minor, .count = day_count},
		{.label = "严重", .role = "alarm.2", .values = major, .count = day_count},
		{.label = "危急", .role = "alarm.1", .values = critical, .count = day_count}};
	struct pr_chart_data bars = {
		.series = levels, .series_count = 3, .categories = days, .category_count = day_count, .gap_label = "缺测"};
	struct pr_chart_series minutes = {.values = hours, .count = day_count * 24};
	struct pr_chart_data data = {.series = &minutes,
		.series_count = 1,
		.categories = days,
		.category_count = day_count,
		.values_per_day = 24,
		.steps = bounds[steps > 5],
		.step_texts = names[steps > 5],
		.step_count = steps,
		.hour_label = "时",
		.gap_label = "缺测"};
	struct pr_chart_definition definition;
	struct pr_rect rect = {20, 42, width, 63}, plot;
	fail_on_error(pr_chart_read(&definition, "charts", "alarms_by_day", &arena, &error));
	fail_on_error(pr_chart_plot(&definition, &bars, faces, &pr_theme_default, rect, &arena, &plot, &error));
	data.left_pt = plot.x - rect.x;
	data.right_pt = rect.x + rect.width - plot.x - plot.width;
	draw(pr_arena_format(&arena, "alarms%s", ending), "alarms_by_day", &bars, width);
	draw(pr_arena_format(&arena, "heat%s", ending), "alarm_hours", &data, width);
}

int main(int count, char **arguments)
{
	if (count < 2)
		return 2;
	folder = arguments[1];
	pr_arena_init(&arena);
	const char *regular[] = {"build/fonts/NotoSansSC-Regular.ttf"}, *bold[] = {"build/fonts/NotoSansSC-Bold.ttf"};
	fail_on_error(pr_typefaces_open(&faces, regular, bold, 1, &error));
	read_month(count > 2 ? arguments[2] : NULL);
	for (size_t d = 0; d < DAYS; d++) {
		days[d].label = pr_arena_format(&arena, "%zu", d + 1);
		days[d].rest = d % 7 == 2 || d % 7 == 3;
		days[d].second = d % 7 == 2 ? "六" : d % 7 == 3 ? "日" : NULL;
	}
	draw_stack("stack", 31, 1, 99, 99);
	draw_stack("stack-gap", 30, 1, 9, 13);
	draw_stack("stack-small", 28, 0.000001, 3, 4);
	draw_stack("stack-huge", 29, 300000, 99, 99);
	draw_stack("stack-missing", 31, 1, 0, 31);
	static const double slots[] = {0, 51.8, 34.2, 14.0}, small[] = {1.2, 50, 30, 14, 2.5, 1.3, 1.0}, one[] = {100.0},
						six[] = {4, 4, 4, 4, 4, 80};
	draw_pie("pie", slots, LENGTH(slots), 156);
	draw_pie("pie-small", small, LENGTH(small), 156);
	draw_pie("pie-one", one, 1, 156);
	draw_pie("pie-six", six, LENGTH(six), 156);
	draw_band("band", kw, 31, 500, 525);
	draw_awkward_bands();
	draw_lines("lines", false);
	draw_lines("lines-en", true);
	draw_composition("composition", 1);
	draw_composition("composition-negative", -1);
	draw_demand();
	draw_orders();
	draw_rows("rows", 6);
	draw_rows("rows-60", 60);
	draw_spark("spark", 113, false);
	draw_spark("spark-gap", 113, true);
	draw_days("days", 31, false);
	draw_days("days-broken", 28, true);
	draw_fingerprint("fingerprint", kw, 31);
	draw_radars();
	draw_waterfalls();
	draw_dots("dots", 10, 496, 0);
	draw_dots("dots-far", 10, 496, 400);
	draw_dots("dots-many", 45, 496, 5);
	draw_dots("dots-narrow", 14, 284, 5);
	draw_alarms("", 30, 5, 326);
	draw_alarms("-seven", 31, 7, 496);
	pr_typefaces_free(faces);
	pr_arena_release(&arena);
	return 0;
}
