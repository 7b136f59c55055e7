/* Next month (method, section 11): means by kind of day × trend × season, the interval, last month's forecast. */
#include <math.h>
#include <string.h>

#include "analysis/explain_bill.h"
#include "analysis/explain_next.h"
#include "base/text.h"

/* --- days of the past ---------------------------------------------------------------------------------------------- */

static bool is_counted(const struct pr_method *method, const struct pr_past_day *day)
{
	return day->expected > 0 && day->kwh != PR_MICRO_MISSING && day->kwh != PR_SUM_LOST &&
	       !pr_below_gate(method, day->measured, day->expected);
}

/* A day a row, up to the month `origin`, by which its weeks are counted back: 8 weeks, the last 4, the 4 before. */
static const struct pr_explain_table *day_rows(
	struct pr_explainer *explainer, struct pr_explain_site *own, size_t origin)
{
	const struct pr_forecast_rules *rules = &explainer->quiet.method->forecast;
	const struct pr_past *past = pr_explain_history(explainer, own)->past;
	bool is_last = origin + 1 < PR_PAST_MONTHS;
	const char *name = pr_explain_join(explainer, own->path, is_last ? "days_before" : "days");
	struct pr_explain_table *table = pr_table_find(explainer, name);
	size_t back = 0, weeks = (size_t)rules->weeks * 7, trend = (size_t)rules->trend_weeks * 7;
	if (table)
		return table;
	table = pr_table_new(explainer, name, "days",
		"day month kind expected measured kwh largest counted weeks late early", own->site.project->zone);
	for (size_t m = 0; m <= origin; m++)
		back += past[m].day_count;
	for (size_t m = 0; m <= origin; m++) {
		char month[16];
		const char *month_name = pr_arena_copy(explainer->arena, pr_month_iso(past[m].month, month));
		for (size_t d = 0; d < past[m].day_count; d++) {
			const struct pr_past_day *day = &past[m].days[d];
			char date[16];
			back--;
			const struct pr_explain_cell cells[] = {
				pr_cell_text(pr_arena_copy(explainer->arena, pr_date_iso(day->date, date))), pr_cell_text(month_name),
				pr_cell_text(pr_day_kind_names[day->kind]), pr_cell_count(day->expected), pr_cell_count(day->measured),
				pr_cell_micro(day->kwh), pr_cell_micro(day->largest),
				pr_cell_count(is_counted(explainer->quiet.method, day)), pr_cell_count(back < weeks),
				pr_cell_count(back < trend), pr_cell_count(back >= trend && back < 2 * trend)};
			for (size_t c = 0; c < sizeof cells / sizeof *cells; c++)
				pr_table_put(explainer, table, cells[c]);
		}
	}
	return table;
}

static size_t count_days(
	const struct pr_explain_table *table, const char *stretch, const char *month, enum pr_day_kind kind)
{
	struct pr_explain_input rows = {.table = table};
	size_t count = 0;
	pr_input_where(&rows, "counted", pr_cell_count(1));
	pr_input_where(&rows, "kind", pr_cell_text(pr_day_kind_names[kind]));
	if (stretch)
		pr_input_where(&rows, stretch, pr_cell_count(1));
	if (month)
		pr_input_where(&rows, "month", pr_cell_text(month));
	for (size_t row = 0; row < table->row_count; row++)
		count += pr_explain_fits(&rows, row);
	return count;
}

/* A stretch of counted days: by a column that marks it, or a month. */
struct stretch {
	const struct pr_explain_table *table;
	const char *column, *month;
	bool of_maximum;
	const char *label;
};

static bool any_days(const struct stretch *stretch)
{
	return count_days(stretch->table, stretch->column, stretch->month, PR_DAY_WORKDAY) ||
	       count_days(stretch->table, stretch->column, stretch->month, PR_DAY_OFFDAY) ||
	       count_days(stretch->table, stretch->column, stretch->month, PR_DAY_HOLIDAY);
}

/* The kind that stands in for one that has no day. */
static enum pr_day_kind known_kind(const struct stretch *stretch, enum pr_day_kind kind)
{
	static const enum pr_day_kind others[PR_DAY_COUNT][3] = {
		[PR_DAY_WORKDAY] = {PR_DAY_WORKDAY, PR_DAY_OFFDAY, PR_DAY_HOLIDAY},
		[PR_DAY_OFFDAY] = {PR_DAY_OFFDAY, PR_DAY_HOLIDAY, PR_DAY_WORKDAY},
		[PR_DAY_HOLIDAY] = {PR_DAY_HOLIDAY, PR_DAY_OFFDAY, PR_DAY_WORKDAY},
	};
	for (size_t i = 0; i < 3; i++)
		if (count_days(stretch->table, stretch->column, stretch->month, others[kind][i]))
			return others[kind][i];
	return kind;
}

/* The figure of each counted day: its energy as of a whole day, or its largest quarter in kW. */
static const char *figure(const struct stretch *stretch)
{
	return stretch->of_maximum ? "(4*largest)" : "(kwh*expected/measured)";
}

static void add_days(
	struct pr_explainer *explainer, struct pr_explain_node *node, const struct stretch *stretch, enum pr_day_kind kind)
{
	size_t before = node->input_count;
	pr_explain_table_columns(
		explainer, node, stretch->table, stretch->of_maximum ? "largest" : "kwh expected measured");
	for (size_t i = before; i < node->input_count; i++) {
		struct pr_explain_input *rows = &node->inputs[i];
		pr_input_where(rows, "counted", pr_cell_count(1));
		if (kind != PR_DAY_ALL)
			pr_input_where(rows, "kind", pr_cell_text(pr_day_kind_names[kind]));
		if (stretch->column)
			pr_input_where(rows, stretch->column, pr_cell_count(1));
		if (stretch->month)
			pr_input_where(rows, "month", pr_cell_text(stretch->month));
	}
}

static struct pr_explain_node *mean_step(
	struct pr_explainer *explainer, struct pr_explain_site *own, const struct stretch *stretch, enum pr_day_kind kind)
{
	bool made;
	struct pr_explain_node *node = pr_node_step(explainer, own->path,
		pr_arena_format(explainer->arena, "mean.%s.%s%s", stretch->label, pr_day_kind_names[kind],
			stretch->of_maximum ? ".kw" : ""),
		"forecast_mean", &made);
	if (!made)
		return node;
	add_days(explainer, node, stretch, known_kind(stretch, kind));
	pr_node_conclude(explainer, node,
		pr_arena_format(explainer->arena, "a_day=%s; sum(a_day)/count(a_day)", figure(stretch)),
		stretch->of_maximum ? "kW" : "kWh", -1);
	return node;
}

/* Σ of one stretch against what its days would have had at another's means; 1 where either has none. */
static struct pr_explain_node *ratio_step(struct pr_explainer *explainer, struct pr_explain_site *own, const char *name,
	const struct stretch *later, const struct stretch *earlier)
{
	bool made;
	struct pr_explain_node *node = pr_node_step(explainer, own->path,
		pr_arena_format(explainer->arena, "ratio.%s%s", name, later->of_maximum ? ".kw" : ""), "forecast_ratio", &made);
	if (!made)
		return node;
	struct pr_buffer expected;
	pr_buffer_init(&expected, explainer->arena);
	pr_buffer_add(&expected, "0");
	for (int kind = PR_DAY_WORKDAY; kind < PR_DAY_COUNT; kind++) {
		size_t count = count_days(later->table, later->column, later->month, (enum pr_day_kind)kind);
		if (!count || !any_days(earlier))
			continue;
		pr_node_constant(explainer, node, pr_arena_format(explainer->arena, "n_%s", pr_day_kind_names[kind]),
			pr_cell_count(count), "d", later->table->name);
		pr_node_input(explainer, node, pr_arena_format(explainer->arena, "m_%s", pr_day_kind_names[kind]),
			mean_step(explainer, own, earlier, (enum pr_day_kind)kind));
		pr_buffer_format(&expected, "+n_%s*m_%s", pr_day_kind_names[kind], pr_day_kind_names[kind]);
	}
	add_days(explainer, node, later, PR_DAY_ALL);
	pr_node_conclude(explainer, node,
		pr_arena_format(
			explainer->arena, "came=sum(%s); default(where(came/(%s),came>0),1)", figure(later), expected.text),
		"1", -1);
	return node;
}

/* --- the factors --------------------------------------------------------------------------------------------------- */

/* Half of what the last weeks differ by from those before, within the bounds; 1 with too few days. */
static struct pr_explain_node *trend_step(
	struct pr_explainer *explainer, struct pr_explain_site *own, size_t origin, bool of_maximum)
{
	const struct pr_forecast_rules *rules = &explainer->quiet.method->forecast;
	bool made, is_last = origin + 1 < PR_PAST_MONTHS;
	const char *prefix = is_last ? "last." : "";
	struct pr_explain_node *node = pr_node_step(explainer, own->path,
		pr_arena_format(explainer->arena, "%strend%s", prefix, of_maximum ? ".kw" : ""), "forecast_trend", &made);
	if (!made)
		return node;
	const struct pr_explain_table *table = day_rows(explainer, own, origin);
	const struct stretch late = {table, "late", NULL, of_maximum, is_last ? "last.late" : "late"};
	const struct stretch early = {table, "early", NULL, of_maximum, is_last ? "last.early" : "early"};
	pr_node_input(explainer, node, "ratio",
		ratio_step(explainer, own, pr_arena_format(explainer->arena, "%strend", prefix), &late, &early));
	static const char *const marks[] = {"late", "early"};
	for (size_t i = 0; i < 2; i++) {
		struct pr_explain_input *rows = pr_node_rows(explainer, node, marks[i], table, marks[i]);
		pr_input_where(rows, "counted", pr_cell_count(1));
		pr_input_where(rows, marks[i], pr_cell_count(1));
	}
	const struct {
		const char *name;
		double value;
	} constants[] = {{"low", rules->trend_low}, {"high", rules->trend_high}, {"weight", rules->trend_weight},
		{"weeks", rules->trend_weeks}};
	for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
		pr_node_constant(explainer, node, constants[i].name, pr_cell_micro(pr_micro_from_double(constants[i].value)),
			NULL, pr_arena_format(explainer->arena, "method forecast.trend_%s", constants[i].name));
	pr_node_conclude(explainer, node,
		"choose(both(count(late)*2>=weeks*7,count(early)*2>=weeks*7),1+weight*(max(low,min(high,ratio))-1),1)", "1",
		-1);
	return node;
}

static bool is_whole(const struct pr_method *method, const struct pr_past *past)
{
	return past->measured > 0 && !pr_below_gate(method, past->measured, past->expected);
}

/* Last year's ratio of the two months, where both were measured. */
static struct pr_explain_node *season_step(struct pr_explainer *explainer, struct pr_explain_site *own, bool of_maximum)
{
	bool made;
	struct pr_explain_node *node =
		pr_node_step(explainer, own->path, of_maximum ? "season.kw" : "season", "forecast_season", &made);
	if (!made)
		return node;
	const struct pr_past *past = pr_explain_history(explainer, own)->past;
	const struct pr_method *method = explainer->quiet.method;
	if (!is_whole(method, &past[0]) || !is_whole(method, &past[1])) {
		pr_node_given(explainer, node, pr_cell_count(1), "1", pr_explain_source_month(explainer, 12));
		return node;
	}
	const struct pr_explain_table *table = day_rows(explainer, own, PR_PAST_MONTHS - 1);
	char text[16];
	const struct stretch then = {
		table, NULL, pr_arena_copy(explainer->arena, pr_month_iso(past[0].month, text)), of_maximum, "year"};
	const struct stretch next = {
		table, NULL, pr_arena_copy(explainer->arena, pr_month_iso(past[1].month, text)), of_maximum, "year.next"};
	pr_node_input(explainer, node, "ratio", ratio_step(explainer, own, "season", &next, &then));
	pr_node_conclude(explainer, node, "ratio", "1", -1);
	return node;
}

/* The months' maximum ÷ their largest mean daily maximum of a kind of day, as a mean. */
static struct pr_explain_node *peak_step(struct pr_explainer *explainer, struct pr_explain_site *own)
{
	enum { LEAST_DAYS = 20 };
	bool made;
	struct pr_explain_node *node = pr_node_step(explainer, own->path, "peak", "forecast_peak", &made);
	if (!made)
		return node;
	const struct pr_past *past = pr_explain_history(explainer, own)->past;
	const struct pr_explain_table *days = day_rows(explainer, own, PR_PAST_MONTHS - 1);
	struct pr_explain_table *table = pr_table_new(explainer, pr_explain_join(explainer, own->path, "peaks"), "peaks",
		"month demand days daily", own->site.project->zone);
	for (size_t m = 0; m < PR_PAST_MONTHS; m++) {
		char text[16];
		const char *month = pr_arena_copy(explainer->arena, pr_month_iso(past[m].month, text));
		const struct stretch stretch = {days, NULL, month, true, pr_arena_format(explainer->arena, "month.%s", month)};
		double largest = NAN;
		size_t count = 0;
		for (int kind = PR_DAY_WORKDAY; kind < PR_DAY_COUNT; kind++) {
			size_t own_days = count_days(days, NULL, month, (enum pr_day_kind)kind);
			count += own_days;
			if (!own_days)
				continue;
			struct pr_explain_node *mean = mean_step(explainer, own, &stretch, (enum pr_day_kind)kind);
			largest = fmax(largest,
				mean->value.kind == PR_EXPLAIN_EXACT ? pr_micro_to_double(mean->value.micro) : mean->value.real);
		}
		if (count < LEAST_DAYS || !(largest > 0) || past[m].demand_kw == PR_MICRO_MISSING)
			continue;
		pr_table_put(explainer, table, pr_cell_text(month));
		pr_table_put(explainer, table, pr_cell_micro(past[m].demand_kw));
		pr_table_put(explainer, table, pr_cell_count(count));
		pr_table_put(explainer, table, pr_cell_real(largest));
	}
	pr_explain_table_columns(explainer, node, table, "demand daily");
	pr_node_conclude(explainer, node, "default(sum(demand/daily)/count(daily),1)", "1", -1);
	return node;
}

/* --- the forecast -------------------------------------------------------------------------------------------------- */

static void add_means(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node,
	size_t origin, bool of_maximum)
{
	static const char *const names[] = {
		[PR_DAY_WORKDAY] = "workday", [PR_DAY_OFFDAY] = "offday", [PR_DAY_HOLIDAY] = "holiday"};
	const struct stretch weeks = {day_rows(explainer, own, origin), "weeks", NULL, of_maximum,
		origin + 1 < PR_PAST_MONTHS ? "last.weeks" : "weeks"};
	for (int kind = PR_DAY_WORKDAY; kind < PR_DAY_COUNT; kind++)
		pr_node_input(explainer, node, names[kind], mean_step(explainer, own, &weeks, (enum pr_day_kind)kind));
}

#define MEAN "choose(kind=='workday',workday,choose(kind=='offday',offday,holiday))"

/* kW, not rounded: the largest mean daily maximum of the kinds of day that are in service. */
static struct pr_explain_node *demand_step(struct pr_explainer *explainer, struct pr_explain_site *own)
{
	bool made;
	struct pr_explain_node *node = pr_node_step(explainer, own->path, "forecast.demand", "forecast_demand", &made);
	if (!made)
		return node;
	add_means(explainer, own, node, PR_PAST_MONTHS - 1, true);
	pr_explain_table_columns(explainer, node, pr_explain_next_days(explainer, own), "kind share");
	pr_node_input(explainer, node, "trend", trend_step(explainer, own, PR_PAST_MONTHS - 1, true));
	pr_node_input(explainer, node, "season", season_step(explainer, own, true));
	pr_node_input(explainer, node, "peak", peak_step(explainer, own));
	pr_node_conclude(explainer, node, "max(where(" MEAN ",share>0))*trend*season*peak", "kW", -1);
	return node;
}

/* --- the interval -------------------------------------------------------------------------------------------------- */

static const struct pr_explain_table *error_rows(
	struct pr_explainer *explainer, struct pr_explain_site *own, bool of_maximum)
{
	const char *name = pr_explain_join(explainer, own->path, of_maximum ? "forecast_errors.kw" : "forecast_errors");
	struct pr_explain_table *table = pr_table_find(explainer, name);
	const struct pr_past *past = pr_explain_history(explainer, own)->past;
	if (table)
		return table;
	table = pr_table_new(explainer, name, "forecast_errors", "month forecast actual", own->site.project->zone);
	for (size_t month = 1; month < PR_PAST_MONTHS; month++) {
		double forecast, actual;
		char text[16];
		if (!pr_forecast_score(explainer->quiet.method, past, month,
				of_maximum ? PR_FORECAST_MAXIMUM : PR_FORECAST_ENERGY, &forecast, &actual))
			continue;
		pr_table_put(
			explainer, table, pr_cell_text(pr_arena_copy(explainer->arena, pr_month_iso(past[month].month, text))));
		pr_table_put(explainer, table, pr_cell_real(forecast));
		pr_table_put(explainer, table, pr_cell_real(actual));
	}
	return table;
}

/* Seven days a row, counted back: the mean of a day's energy, or the largest quarter. */
static const struct pr_explain_table *week_rows(
	struct pr_explainer *explainer, struct pr_explain_site *own, bool of_maximum)
{
	enum { LEAST_DAYS = 4 };
	const char *name = pr_explain_join(explainer, own->path, of_maximum ? "weeks.kw" : "weeks");
	struct pr_explain_table *table = pr_table_find(explainer, name);
	const struct pr_past *past = pr_explain_history(explainer, own)->past;
	size_t weeks = (size_t)explainer->quiet.method->forecast.weeks, back = 0;
	if (table)
		return table;
	double *sums = pr_arena_array(explainer->arena, weeks, sizeof *sums);
	double *largest = pr_arena_array(explainer->arena, weeks, sizeof *largest);
	size_t *counts = pr_arena_array(explainer->arena, weeks, sizeof *counts);
	for (size_t m = PR_PAST_MONTHS; m-- > 0;) {
		for (size_t d = past[m].day_count; d-- > 0; back++) {
			const struct pr_past_day *day = &past[m].days[d];
			if (back / 7 >= weeks || !is_counted(explainer->quiet.method, day))
				continue;
			sums[back / 7] += pr_micro_to_double(day->kwh) * day->expected / day->measured;
			largest[back / 7] = fmax(largest[back / 7], pr_micro_to_double(day->largest) * 4);
			counts[back / 7]++;
		}
	}
	table = pr_table_new(explainer, name, "weeks", "week days value", own->site.project->zone);
	for (size_t w = 0; w < weeks; w++) {
		if (counts[w] < LEAST_DAYS)
			continue;
		pr_table_put(explainer, table, pr_cell_count(w + 1));
		pr_table_put(explainer, table, pr_cell_count(counts[w]));
		pr_table_put(explainer, table, pr_cell_real(of_maximum ? largest[w] : sums[w] / (double)counts[w]));
	}
	return table;
}

/* What the forecast is multiplied by for an end of its interval. */
static struct pr_explain_node *end_step(
	struct pr_explainer *explainer, struct pr_explain_site *own, bool of_maximum, bool is_high)
{
	const struct pr_forecast_rules *rules = &explainer->quiet.method->forecast;
	const struct pr_explain_table *errors = error_rows(explainer, own, of_maximum);
	bool made, by_errors = errors->row_count >= (size_t)rules->least_errors;
	struct pr_explain_node *node = pr_node_step(explainer, own->path,
		pr_arena_format(explainer->arena, "%s%s", is_high ? "high" : "low", of_maximum ? ".kw" : ""),
		by_errors ? "forecast_interval" : "forecast_interval_weeks", &made);
	if (!made)
		return node;
	if (by_errors) {
		pr_explain_table_columns(explainer, node, errors, "forecast actual");
		pr_node_constant(explainer, node, "place",
			pr_cell_micro(pr_micro_from_double(is_high ? rules->high_rank : rules->low_rank)), "1",
			is_high ? "method forecast.high_rank" : "method forecast.low_rank");
		pr_node_conclude(explainer, node,
			is_high ? "max(1,rank(round(actual/forecast,6),place))" : "min(1,rank(round(actual/forecast,6),place))",
			"1", -1);
		return node;
	}
	pr_explain_table_columns(explainer, node, week_rows(explainer, own, of_maximum), "value");
	pr_node_constant(explainer, node, "deviations", pr_cell_micro(pr_micro_from_double(rules->deviations)), "1",
		"method forecast.deviations");
	pr_node_conclude(explainer, node,
		pr_arena_format(explainer->arena,
			"mean=sum(value)/count(value); "
			"part=deviations*sqrt(sum((value-mean)*(value-mean))/(count(value)-1))/mean; %s",
			is_high ? "1+part" : "where(max(0,1-part),known(part))"),
		"1", -1);
	return node;
}

/* The factor of "", ".low" or ".high". */
static struct pr_explain_node *factor_step(
	struct pr_explainer *explainer, struct pr_explain_site *own, bool of_maximum, const char *end)
{
	return *end ? end_step(explainer, own, of_maximum, pr_text_equal(end, ".high")) : NULL;
}

static struct pr_explain_node *demand_end(struct pr_explainer *explainer, struct pr_explain_site *own, const char *end)
{
	bool made;
	struct pr_explain_node *node = pr_node_step(
		explainer, own->path, pr_arena_format(explainer->arena, "forecast.kw%s", end), "forecast_demand", &made);
	if (!made)
		return node;
	pr_node_input(explainer, node, "demand", demand_step(explainer, own));
	if (*end)
		pr_node_input(explainer, node, "factor", factor_step(explainer, own, true, end));
	pr_node_conclude(explainer, node, *end ? "round(demand*factor,6)" : "round(demand,6)", "kW", 6);
	return node;
}

/* Σ over next month's quarters of the day's mean × what of the day the quarter has. */
static struct pr_explain_node *energy_end(struct pr_explainer *explainer, struct pr_explain_site *own, const char *end)
{
	bool made;
	struct pr_explain_node *node = pr_node_step(
		explainer, own->path, pr_arena_format(explainer->arena, "forecast.kwh%s", end), "forecast_energy", &made);
	if (!made)
		return node;
	add_means(explainer, own, node, PR_PAST_MONTHS - 1, false);
	pr_explain_table_columns(explainer, node, pr_explain_next_quarters(explainer, own), "kind share weight");
	pr_node_input(explainer, node, "trend", trend_step(explainer, own, PR_PAST_MONTHS - 1, false));
	pr_node_input(explainer, node, "season", season_step(explainer, own, false));
	if (*end)
		pr_node_input(explainer, node, "factor", factor_step(explainer, own, false, end));
	pr_node_conclude(explainer, node,
		pr_arena_format(explainer->arena, "sum(round(" MEAN "*trend*season*share*weight%s,6))", *end ? "*factor" : ""),
		"kWh", -1);
	return node;
}

static void explain_charge(
	struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node, const char *end)
{
	struct pr_explain_node *factor = factor_step(explainer, own, false, end);
	struct pr_explain_node *demand = demand_end(explainer, own, end);
	double by = !factor                                  ? 1
	            : factor->value.kind == PR_EXPLAIN_EXACT ? pr_micro_to_double(factor->value.micro)
	            : factor->value.kind == PR_EXPLAIN_REAL  ? factor->value.real
	                                                     : (double)NAN;
	struct pr_explain_site *next = pr_explain_next_site(explainer, own, end, by, demand);
	if (next) {
		pr_node_input(explainer, node, "total", pr_explain_bill_step(explainer, next, "bill.total"));
		for (size_t i = 0; i < next->line_count; i++)
			pr_node_list(explainer, node, "lines", pr_explain_line(explainer, next, i));
	} else {
		pr_node_constant(explainer, node, "total", pr_cell_text(NULL), NULL, "method 11");
	}
	pr_node_list(explainer, node, "lines", NULL);
	pr_node_conclude(explainer, node, "where(total,known(whole(lines)))", NULL, 0);
}

/* --- last month's forecast ----------------------------------------------------------------------------------------- */

/* A month's counted days forecast from the months before it. */
static struct pr_explain_node *last_step(struct pr_explainer *explainer, struct pr_explain_site *own)
{
	enum { LAST = PR_PAST_MONTHS - 1 };
	bool made;
	struct pr_explain_node *node = pr_node_step(explainer, own->path, "last.forecast", "forecast_last", &made);
	if (!made)
		return node;
	const struct pr_past *past = pr_explain_history(explainer, own)->past;
	double forecast, actual;
	if (!pr_forecast_score(explainer->quiet.method, past, LAST, PR_FORECAST_ENERGY, &forecast, &actual)) {
		pr_node_given(explainer, node, pr_cell_text(NULL), "kWh", pr_explain_source_month(explainer, 1));
		return node;
	}
	char text[16];
	struct pr_explain_input *rows = pr_node_rows(explainer, node, "kind", day_rows(explainer, own, LAST), "kind");
	pr_input_where(rows, "month", pr_cell_text(pr_arena_copy(explainer->arena, pr_month_iso(past[LAST].month, text))));
	pr_input_where(rows, "counted", pr_cell_count(1));
	add_means(explainer, own, node, LAST - 1, false);
	pr_node_input(explainer, node, "trend", trend_step(explainer, own, LAST - 1, false));
	pr_node_conclude(explainer, node, "sum(" MEAN ")*trend", "kWh", -1);
	return node;
}

static void explain_last(
	struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node, bool is_error)
{
	char text[16];
	pr_node_input(explainer, node, "forecast", last_step(explainer, own));
	if (!is_error) {
		pr_node_conclude(explainer, node, "round(forecast,4)", NULL, 0);
		return;
	}
	const struct stretch month = {day_rows(explainer, own, PR_PAST_MONTHS - 1), NULL,
		pr_arena_copy(explainer->arena, pr_month_iso(explainer->report->month, text)), false, "now"};
	add_days(explainer, node, &month, PR_DAY_ALL);
	pr_node_conclude(explainer, node, "round(forecast/sum(kwh*expected/measured)-1,6)", NULL, 0);
}

/* --- all ----------------------------------------------------------------------------------------------------------- */

static void explain_errors(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	pr_node_rows(explainer, node, "months", error_rows(explainer, own, false), "month");
	pr_node_constant(explainer, node, "least", pr_cell_count((uint64_t)explainer->quiet.method->forecast.least_errors),
		NULL, "method forecast.least_errors");
	pr_node_conclude(explainer, node, "choose(count(months)>=least,count(months),0)", NULL, 0);
}

static void explain_end(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	const char *what = node->finding->id + strlen("forecast.");
	const char *end = strchr(what, '.') ? strchr(what, '.') : "";
	if (pr_text_starts(what, "charge")) {
		node->rule = "forecast_charge";
		explain_charge(explainer, own, node, end);
		return;
	}
	bool is_demand = pr_text_starts(what, "demand");
	node->rule = is_demand ? "forecast_demand" : "forecast_energy";
	pr_node_input(
		explainer, node, "value", is_demand ? demand_end(explainer, own, end) : energy_end(explainer, own, end));
	pr_node_conclude(explainer, node, "round(value,4)", NULL, 0);
}

bool pr_explain_forecast(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	if (scope->level != PR_EXPLAIN_PROJECT || !pr_text_starts(node->finding->id, "forecast."))
		return false;
	struct pr_explain_site *own = pr_explain_site_of(explainer, scope->project);
	const char *what = node->finding->id + strlen("forecast.");
	if (pr_text_starts(what, "energy") || pr_text_starts(what, "demand") || pr_text_starts(what, "charge")) {
		explain_end(explainer, own, node);
	} else if (pr_text_equal(what, "trend") || pr_text_equal(what, "season")) {
		bool is_trend = pr_text_equal(what, "trend");
		node->rule = is_trend ? "forecast_trend" : "forecast_season";
		pr_node_input(explainer, node, "factor",
			is_trend ? trend_step(explainer, own, PR_PAST_MONTHS - 1, false) : season_step(explainer, own, false));
		pr_node_conclude(explainer, node, "round(factor,6)", NULL, 0);
	} else if (pr_text_equal(what, "errors")) {
		node->rule = "forecast_interval";
		explain_errors(explainer, own, node);
	} else if (pr_text_equal(what, "last.energy") || pr_text_equal(what, "last.error")) {
		node->rule = "forecast_last";
		explain_last(explainer, own, node, pr_text_equal(what, "last.error"));
	} else {
		return false;
	}
	return true;
}
