#include "model/plot.h"

#include <stdlib.h>
#include <string.h>

#define DAY_MINUTES 1440
#define HOUR_MINUTES 60
#define DAYS_MAX 366
#define SENSOR(kind) (1U << (kind))

/* clang-format off */
const struct pr_plot_metric_kind pr_plot_metrics[PR_PLOT_METRIC_COUNT] = {
	[PR_PLOT_CURRENT] = {.name = "current", .unit = "A", .digits = 1, .series_count = 4,
		.series = {{"a", PR_IA}, {"b", PR_IB}, {"c", PR_IC}, {"n", PR_IN}}},
	[PR_PLOT_VOLTAGE] = {.name = "voltage", .unit = "V", .digits = 1, .floats = true, .series_count = 3,
		.series = {{"a", PR_UA}, {"b", PR_UB}, {"c", PR_UC}}},
	[PR_PLOT_LINE_VOLTAGE] = {.name = "line_voltage", .unit = "V", .digits = 1, .floats = true, .series_count = 3,
		.series = {{"ab", PR_UAB}, {"bc", PR_UBC}, {"ca", PR_UCA}}},
	[PR_PLOT_POWER] = {.name = "power", .unit = "kW", .digits = 2, .series_count = 4,
		.series = {{"total", PR_PTTL}, {"a", PR_PA}, {"b", PR_PB}, {"c", PR_PC}}},
	[PR_PLOT_REACTIVE] = {.name = "reactive", .unit = "kvar", .digits = 2, .series_count = 1,
		.series = {{"total", PR_QTTL}}},
	[PR_PLOT_POWER_FACTOR] = {.name = "power_factor", .unit = NULL, .digits = 2, .floats = true, .series_count = 1,
		.series = {{"total", PR_COSTTL}}},
	[PR_PLOT_THD_U] = {.name = "thd_u", .unit = "%", .digits = 2, .series_count = 3,
		.series = {{"a", PR_THDUA}, {"b", PR_THDUB}, {"c", PR_THDUC}}},
	[PR_PLOT_THD_I] = {.name = "thd_i", .unit = "%", .digits = 2, .series_count = 3,
		.series = {{"a", PR_THDIA}, {"b", PR_THDIB}, {"c", PR_THDIC}}},
	[PR_PLOT_TEMPERATURE] = {.name = "temperature", .unit = "°C", .digits = 1, .floats = true, .is_sensor = true,
		.sensor_kinds = SENSOR(PR_SENSOR_TEMPERATURE) | SENSOR(PR_SENSOR_AMBIENT), .series_count = 1,
		.series = {{"value", 0}}},
	[PR_PLOT_RESIDUAL_CURRENT] = {.name = "residual_current", .unit = "mA", .digits = 1, .is_sensor = true,
		.sensor_kinds = SENSOR(PR_SENSOR_RESIDUAL), .series_count = 1, .series = {{"value", 0}}},
};
/* clang-format on */

enum pr_plot_metric pr_plot_metric_of(const char *name)
{
	int metric = 0;
	while (metric < PR_PLOT_METRIC_COUNT && strcmp(pr_plot_metrics[metric].name, name) != 0)
		metric++;
	return (enum pr_plot_metric)metric;
}

bool pr_plot_step_parse(const char *text, int *minutes)
{
	static const struct {
		char letter;
		int minutes;
	} units[] = {{'m', 1}, {'h', HOUR_MINUTES}, {'d', DAY_MINUTES}};
	long number = 0;
	size_t length = strspn(text, "0123456789");
	if (length == 0 || length > 5 || strlen(text) != length + 1)
		return false;
	for (size_t i = 0; i < length; i++)
		number = number * 10 + (text[i] - '0');
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		if (text[length] != units[i].letter)
			continue;
		number *= units[i].minutes;
		if (number <= 0 || number > (long)DAYS_MAX * DAY_MINUTES || (number > DAY_MINUTES && number % DAY_MINUTES != 0))
			return false;
		*minutes = (int)number;
		return true;
	}
	return false;
}

/* --- the grid --- */

struct grid_making {
	struct pr_arena *arena;
	struct pr_plot_grid *grid;
	size_t count, capacity; /* of the edges */
	int64_t from_ms, to_ms;
};

/* Edges come in their order; what lies outside or stands already is left out. */
static bool add_edge(struct grid_making *making, int64_t edge_ms)
{
	if (edge_ms <= making->from_ms || edge_ms >= making->to_ms || edge_ms <= making->grid->edges[making->count - 1])
		return true;
	if (making->count > PR_PLOT_BUCKETS_MAX)
		return false;
	*PR_PUSH(making->arena, making->grid->edges, making->count, making->capacity) = edge_ms;
	return true;
}

static bool add_day(struct grid_making *making, const struct pr_zone *zone, int64_t day, int step_minutes)
{
	int64_t midnight_ms = pr_zone_instant(zone, pr_date_from_day(day), 0);
	int64_t next_ms = pr_zone_instant(zone, pr_date_from_day(day + 1), 0);
	if (!add_edge(making, midnight_ms))
		return false;
	if (step_minutes <= HOUR_MINUTES) {
		for (int64_t at_ms = midnight_ms; at_ms < next_ms; at_ms += step_minutes * PR_MS_MINUTE)
			if (!add_edge(making, at_ms))
				return false;
		return true;
	}
	for (int minute = step_minutes; minute < DAY_MINUTES; minute += step_minutes) {
		int64_t at_ms = pr_zone_instant(zone, pr_date_from_day(day), minute);
		if (at_ms < next_ms && !add_edge(making, at_ms))
			return false;
	}
	return true;
}

bool pr_plot_grid_make(const struct pr_zone *zone, int64_t from_ms, int64_t to_ms, int step_minutes,
	struct pr_arena *arena, struct pr_plot_grid *grid)
{
	struct grid_making making = {.arena = arena, .grid = grid, .from_ms = from_ms, .to_ms = to_ms};
	int64_t first_day = pr_date_to_day(pr_zone_local(zone, from_ms).date);
	int64_t last_day = pr_date_to_day(pr_zone_local(zone, to_ms - 1).date);
	int64_t stride = step_minutes >= DAY_MINUTES ? step_minutes / DAY_MINUTES : 1;
	*grid = (struct pr_plot_grid){0};
	*PR_PUSH(arena, grid->edges, making.count, making.capacity) = from_ms;
	for (int64_t day = first_day; day <= last_day; day += stride)
		if (!add_day(&making, zone, day, step_minutes))
			return false;
	*PR_PUSH(arena, grid->edges, making.count, making.capacity) = to_ms;
	grid->count = making.count - 1;
	return grid->count <= PR_PLOT_BUCKETS_MAX;
}

size_t pr_plot_grid_find(const struct pr_plot_grid *grid, int64_t time_ms)
{
	size_t low = 0, high = grid->count;
	if (grid->count == 0 || time_ms < grid->edges[0] || time_ms >= grid->edges[grid->count])
		return SIZE_MAX;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (grid->edges[middle] <= time_ms)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* --- panels --- */

void pr_plot_panel_count(const struct pr_plot_panel *panel, size_t *expected, size_t *measured)
{
	*expected = *measured = 0;
	for (size_t i = 0; i < panel->grid->count; i++) {
		bool has_samples = false;
		if (panel->grid->edges[i + 1] <= panel->expected_from_ms || panel->grid->edges[i] >= panel->expected_to_ms)
			continue;
		for (size_t s = 0; s < panel->series_count; s++)
			has_samples = has_samples || panel->series[s].values[i].count > 0;
		*expected += 1;
		*measured += has_samples;
	}
}

bool pr_plot_panel_measured(const struct pr_plot_panel *panel)
{
	for (size_t s = 0; s < panel->series_count; s++)
		if (panel->series[s].samples > 0)
			return true;
	return false;
}
