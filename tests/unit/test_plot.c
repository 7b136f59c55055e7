/* Steps, metrics and buckets of plots. Instants: Python, datetime(…, tzinfo=ZoneInfo(name)).timestamp() * 1000. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>

#include "model/plot.h"

#define HOUR INT64_C(3600000)

static struct pr_arena arena;

static int set_up(void **state)
{
	(void)state;
	pr_arena_init(&arena);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	pr_arena_release(&arena);
	return 0;
}

static const struct pr_zone *open_zone(const char *name)
{
	const struct pr_zone *zone = NULL;
	struct pr_error error = {0};
	if (!pr_zone_open(&zone, name, &arena, &error))
		fail_msg("%s", error.text);
	return zone;
}

static void test_steps(void **state)
{
	static const struct {
		const char *text;
		int minutes;
	} good[] = {{"1m", 1}, {"7m", 7}, {"15m", 15}, {"60m", 60}, {"1h", 60}, {"24h", 1440}, {"1440m", 1440},
		{"1d", 1440}, {"48h", 2880}, {"7d", 10080}, {"366d", 527040}};
	static const char *const bad[] = {
		"", "m", "15", "0m", "-1h", "1.5h", "1 h", "25h", "1441m", "367d", "1w", "1mm", "999999m", "h1", "１h"};
	int minutes;
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_true(pr_plot_step_parse(good[i].text, &minutes));
		assert_int_equal(minutes, good[i].minutes);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (pr_plot_step_parse(bad[i], &minutes))
			fail_msg("'%s' is no step", bad[i]);
}

static void test_metrics(void **state)
{
	(void)state;
	assert_int_equal(pr_plot_metric_of("current"), PR_PLOT_CURRENT);
	assert_int_equal(pr_plot_metric_of("residual_current"), PR_PLOT_RESIDUAL_CURRENT);
	assert_int_equal(pr_plot_metric_of("Current"), PR_PLOT_METRIC_COUNT);
	assert_int_equal(pr_plot_metric_of(""), PR_PLOT_METRIC_COUNT);
	for (int i = 0; i < PR_PLOT_METRIC_COUNT; i++)
		assert_int_equal(pr_plot_metric_of(pr_plot_metrics[i].name), i);
}

static struct pr_plot_grid grid_of(const char *zone, int64_t from_ms, int64_t to_ms, int step)
{
	struct pr_plot_grid grid;
	assert_true(pr_plot_grid_make(open_zone(zone), from_ms, to_ms, step, &arena, &grid));
	assert_int_equal(grid.edges[0], from_ms);
	assert_int_equal(grid.edges[grid.count], to_ms);
	return grid;
}

/* Berlin, 25 October 2026: from 24 October 22:00 UTC to 25 October 23:00 UTC. */
static void test_long_day(void **state)
{
	const int64_t from_ms = INT64_C(1792879200000), to_ms = from_ms + 25 * HOUR;
	(void)state;
	assert_int_equal(grid_of("Europe/Berlin", from_ms, to_ms, 60).count, 25);
	assert_int_equal(grid_of("Europe/Berlin", from_ms, to_ms, 15).count, 100);
	assert_int_equal(grid_of("Europe/Berlin", from_ms, to_ms, 1440).count, 1);
	/* By the wall clock: 0 to 6 are seven hours. */
	struct pr_plot_grid grid = grid_of("Europe/Berlin", from_ms, to_ms, 360);
	assert_int_equal(grid.count, 4);
	assert_int_equal(grid.edges[1] - grid.edges[0], 7 * HOUR);
	assert_int_equal(grid.edges[2] - grid.edges[1], 6 * HOUR);
}

/* Berlin, 29 March 2026: from 28 March 23:00 UTC; 02:00 is not there, so that 2 to 4 is the hour from 03:00. */
static void test_short_day(void **state)
{
	const int64_t from_ms = INT64_C(1774738800000), to_ms = from_ms + 23 * HOUR;
	(void)state;
	assert_int_equal(grid_of("Europe/Berlin", from_ms, to_ms, 60).count, 23);
	struct pr_plot_grid grid = grid_of("Europe/Berlin", from_ms, to_ms, 120);
	assert_int_equal(grid.count, 12);
	assert_int_equal(grid.edges[1] - grid.edges[0], 2 * HOUR);
	assert_int_equal(grid.edges[2] - grid.edges[1], HOUR);
}

/* Shanghai: 08:07 to 23:55 by the hour: 53 minutes, 15 hours, 55 minutes less than an hour at the end. */
static void test_cut_ends(void **state)
{
	const int64_t midnight_ms = INT64_C(1790956800000); /* 2026-10-03T00:00+08:00 */
	const int64_t from_ms = midnight_ms + 8 * HOUR + 7 * 60000, to_ms = midnight_ms + 24 * HOUR - 5 * 60000;
	struct pr_plot_grid grid = grid_of("Asia/Shanghai", from_ms, to_ms, 60);
	(void)state;
	assert_int_equal(grid.count, 16);
	assert_int_equal(grid.edges[1] - grid.edges[0], 53 * 60000);
	assert_int_equal(grid.edges[2] - grid.edges[1], HOUR);
	assert_int_equal(grid.edges[16] - grid.edges[15], 55 * 60000);
	assert_int_equal(pr_plot_grid_find(&grid, from_ms), 0);
	assert_int_equal(pr_plot_grid_find(&grid, grid.edges[1]), 1);
	assert_int_equal(pr_plot_grid_find(&grid, to_ms - 1), 15);
	assert_true(pr_plot_grid_find(&grid, from_ms - 1) == SIZE_MAX);
	assert_true(pr_plot_grid_find(&grid, to_ms) == SIZE_MAX);
	/* A step that no day is a multiple of begins anew at midnight: 1440 = 205 × 7 + 5. */
	grid = grid_of("Asia/Shanghai", midnight_ms, midnight_ms + 48 * HOUR, 7);
	assert_int_equal(grid.count, 2 * 206);
	assert_int_equal(grid.edges[206], midnight_ms + 24 * HOUR);
}

static void test_too_many(void **state)
{
	struct pr_plot_grid grid;
	(void)state;
	/* 695 days have 1,000,800 minutes. */
	assert_false(pr_plot_grid_make(NULL, 0, 695 * 24 * HOUR, 1, &arena, &grid));
	assert_true(pr_plot_grid_make(NULL, 0, 694 * 24 * HOUR, 1, &arena, &grid));
	assert_int_equal(grid.count, 694 * 1440);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"a step is minutes or hours up to a day, or whole days", test_steps, set_up, tear_down, NULL},
		{"metrics go by their exact names", test_metrics, set_up, tear_down, NULL},
		{"a day of 25 hours has 25 buckets of an hour, and six hours go by the clock", test_long_day, set_up, tear_down,
			NULL},
		{"a day of 23 hours has 23 buckets of an hour, and an hour that is skipped none", test_short_day, set_up,
			tear_down, NULL},
		{"the first and last bucket are as long as the period leaves them", test_cut_ends, set_up, tear_down, NULL},
		{"too many buckets are refused", test_too_many, set_up, tear_down, NULL},
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
