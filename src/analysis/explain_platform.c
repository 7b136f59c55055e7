/* The platform's figures out of its projects' summaries (method, section 13), each of which is a row. */
#include <string.h>

#include "analysis/explain_tree.h"
#include "analysis/platform.h"
#include "base/text.h"

static const char project_columns[] = "project customer is_own cutoff currency of_minutes expected measured samples "
									  "index grade priced_money priced_energy "
									  "charge energy over measured_sensors has_rows surveyed days days_1 days_12";

static struct pr_explain_cell text_cell(struct pr_explainer *explainer, const char *text)
{
	return pr_cell_text(text ? pr_arena_copy(explainer->arena, text) : NULL);
}

static pr_micro value_of(const struct pr_findings *findings, const char *id)
{
	const struct pr_finding *finding = pr_findings_get(findings, id);
	return finding ? finding->value : PR_MICRO_MISSING;
}

static void put_project(
	struct pr_explainer *explainer, struct pr_explain_table *table, const struct pr_summary *summary)
{
	const struct pr_platform *platform = explainer->report->platform;
	pr_micro price = value_of(&summary->findings, "bill.price"), charge = value_of(&summary->findings, "bill.total");
	pr_micro energy = value_of(&summary->findings, "energy.total");
	const struct pr_finding *grade = pr_findings_get(&summary->findings, "health.grade");
	const struct pr_safety *safety = &summary->condition.safety;
	bool of_minutes = summary->cover.of_minutes;
	uint64_t before;
	const struct pr_explain_cell cells[] = {pr_cell_count((uint64_t)summary->project_id),
		pr_cell_count((uint64_t)summary->tenant_id), pr_cell_count(summary->tenant_id == platform->operator_id),
		pr_cell_time(summary->cutoff_ms), text_cell(explainer, summary->currency), pr_cell_count(of_minutes),
		pr_cell_count(summary->cover.expected), pr_cell_count(summary->cover.measured),
		pr_cell_count(summary->cover.minute_measured), pr_cell_micro(summary->condition.health.index),
		text_cell(explainer, grade ? grade->word : NULL), pr_cell_micro(price == PR_MICRO_MISSING ? price : charge),
		pr_cell_micro(price == PR_MICRO_MISSING ? price : energy), pr_cell_micro(charge), pr_cell_micro(energy),
		pr_cell_count(safety->over_limit), pr_cell_count(safety->measured), pr_cell_count(summary->has_rows),
		pr_cell_count(pr_platform_surveyed(platform, summary, &before)),
		pr_cell_micro(of_minutes ? PR_MICRO_MISSING : summary->now.days),
		pr_cell_micro(of_minutes ? PR_MICRO_MISSING : summary->month_before.days),
		pr_cell_micro(of_minutes ? PR_MICRO_MISSING : summary->year_before.days)};
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
		pr_table_put(explainer, table, cells[i]);
}

static void put_figure(struct pr_explainer *explainer, struct pr_explain_table *table, int64_t project, const char *id,
	pr_micro value, pr_micro before)
{
	pr_table_put(explainer, table, pr_cell_count((uint64_t)project));
	pr_table_put(explainer, table, text_cell(explainer, id));
	pr_table_put(explainer, table, pr_cell_micro(value));
	pr_table_put(explainer, table, pr_cell_micro(before));
}

/* Of a project what the platform has a finding of; of alarms with the month before. */
static void put_figures(
	struct pr_explainer *explainer, struct pr_explain_table *table, const struct pr_summary *summary)
{
	const struct pr_alarms *alarms = &summary->condition.alarms;
	const struct pr_alarm_count rows[] = {{"alarms.open", 0, alarms->open, 0},
		{"alarms.carried", 0, alarms->carried, 0}, {"alarms.excluded", 0, alarms->excluded, 0}};
	for (size_t i = 0; i < summary->findings.count; i++) {
		const struct pr_finding *finding = &summary->findings.items[i];
		if (!finding->word && !pr_text_starts(finding->id, "alarms.") &&
			pr_findings_get(&explainer->report->findings, finding->id))
			put_figure(explainer, table, summary->project_id, finding->id, finding->value, finding->base_month);
	}
	for (size_t i = 0; i < alarms->count_count; i++)
		put_figure(explainer, table, summary->project_id, alarms->counts[i].id,
			(pr_micro)alarms->counts[i].now * PR_MICRO_ONE, (pr_micro)alarms->counts[i].before * PR_MICRO_ONE);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		put_figure(
			explainer, table, summary->project_id, rows[i].id, (pr_micro)rows[i].now * PR_MICRO_ONE, PR_MICRO_MISSING);
}

static void put_times(struct pr_explainer *explainer, struct pr_explain_table *table, int64_t project, const char *kind,
	const pr_micro *minutes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		pr_table_put(explainer, table, pr_cell_count((uint64_t)project));
		pr_table_put(explainer, table, pr_cell_text(kind));
		pr_table_put(explainer, table, pr_cell_micro(minutes[i]));
	}
}

static void put_rest(struct pr_explainer *explainer, struct pr_explain_table *times, struct pr_explain_table *axes,
	struct pr_explain_table *problems, const struct pr_summary *summary)
{
	const struct pr_alarms *alarms = &summary->condition.alarms;
	put_times(explainer, times, summary->project_id, "confirm", alarms->confirm, alarms->confirm_count);
	put_times(explainer, times, summary->project_id, "close", alarms->close, alarms->close_count);
	for (int axis = 0; axis < PR_HEALTH_AXIS_COUNT; axis++) {
		pr_table_put(explainer, axes, pr_cell_count((uint64_t)summary->project_id));
		pr_table_put(explainer, axes, pr_cell_text(pr_health_axis_names[axis]));
		pr_table_put(explainer, axes, pr_cell_count(summary->condition.health.axes[axis].inside));
		pr_table_put(explainer, axes, pr_cell_count(summary->condition.health.axes[axis].samples));
	}
	for (size_t i = 0; i < summary->problem_count; i++) {
		const struct pr_problem *problem = &summary->problems[i];
		enum pr_problem_kind kind = pr_problem_kind_of(problem->code);
		pr_table_put(explainer, problems, pr_cell_count((uint64_t)summary->project_id));
		pr_table_put(
			explainer, problems, pr_cell_text(kind == PR_PROBLEM_KIND_COUNT ? NULL : pr_problem_kind_names[kind]));
		pr_table_put(explainer, problems, text_cell(explainer, problem->code));
		pr_table_put(explainer, problems, text_cell(explainer, problem->name));
		pr_table_put(explainer, problems, pr_cell_count(problem->count));
	}
}

/* Reads every summary once, into rows. */
static void read_summaries(struct pr_explainer *explainer)
{
	const struct pr_platform_feed *feed = &explainer->report->platform->feed;
	const struct pr_zone *zone = explainer->report->tenant->zone;
	struct pr_explain_table *projects = pr_table_new(explainer, "projects", "projects", project_columns, zone);
	struct pr_explain_table *figures =
		pr_table_new(explainer, "figures", "figures", "project finding value before", zone);
	struct pr_explain_table *times = pr_table_new(explainer, "times", "times", "project kind minutes", zone);
	struct pr_explain_table *axes = pr_table_new(explainer, "axes", "axes", "project axis inside samples", zone);
	struct pr_explain_table *problems =
		pr_table_new(explainer, "problems", "problems", "project kind code name count", zone);
	bool more = true;
	if (!feed->rewind(feed->context, &explainer->error))
		return;
	while (more) {
		struct pr_arena scratch;
		struct pr_summary summary;
		pr_arena_init(&scratch);
		if (!feed->next(feed->context, &scratch, &summary, &more, &explainer->error))
			more = false;
		else if (more) {
			put_project(explainer, projects, &summary);
			put_figures(explainer, figures, &summary);
			put_rest(explainer, times, axes, problems, &summary);
		}
		pr_arena_release(&scratch);
	}
}

static const struct pr_explain_table *rows_of(struct pr_explainer *explainer, const char *name)
{
	if (!pr_table_find(explainer, "projects"))
		read_summaries(explainer);
	return pr_table_find(explainer, name);
}

static void add(struct pr_explainer *explainer, struct pr_explain_node *node, const char *columns)
{
	pr_explain_table_columns(explainer, node, rows_of(explainer, "projects"), columns);
}

/* --- sums ---------------------------------------------------------------------------------------------------------- */

static void add_figures(
	struct pr_explainer *explainer, struct pr_explain_node *node, const char *name, const char *column, const char *id)
{
	pr_input_where(
		pr_node_rows(explainer, node, name, rows_of(explainer, "figures"), column), "finding", pr_cell_text(id));
}

static void explain_sum(struct pr_explainer *explainer, struct pr_explain_node *node, const char *formula)
{
	node->rule = "sum_of_projects";
	add_figures(explainer, node, "projects", "value", node->finding->id);
	pr_node_conclude(explainer, node, formula, NULL, 0);
}

static bool has_quarters(struct pr_explainer *explainer)
{
	return explainer->report->platform->totals.quarters.expected > 0;
}

static void explain_coverage(struct pr_explainer *explainer, struct pr_explain_node *node)
{
	static const struct {
		const char *id, *columns, *formula;
	} rows[] = {{"coverage.expected", "expected", "default(sum(expected),0)"},
		{"coverage.measured", "expected measured", "where(sum(measured),sum(expected)>0)"},
		{"coverage.rate", "expected measured", "coverage(sum(measured),sum(expected))"},
		{"coverage.minute.rate", "expected samples", "coverage(sum(samples),sum(expected))"}};
	node->rule = "coverage_tenant";
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (!pr_text_equal(rows[i].id, node->finding->id))
			continue;
		add(explainer, node, rows[i].columns);
		for (size_t k = 0; k < node->input_count; k++)
			pr_input_where(&node->inputs[k], "of_minutes", pr_cell_count(!has_quarters(explainer)));
		pr_node_conclude(explainer, node, rows[i].formula, NULL, 0);
	}
}

static bool explain_times(struct pr_explainer *explainer, struct pr_explain_node *node)
{
	const char *id = node->finding->id;
	bool is_confirm = pr_text_starts(id, "alarms.confirm_minutes.");
	bool is_median = pr_text_equal(strrchr(id, '.'), ".median");
	if (!is_confirm && !pr_text_starts(id, "alarms.close_minutes."))
		return false;
	node->rule = "alarms_times";
	pr_input_where(pr_node_rows(explainer, node, "minutes", rows_of(explainer, "times"), "minutes"), "kind",
		pr_cell_text(is_confirm ? "confirm" : "close"));
	pr_node_constant(explainer, node, "place",
		pr_cell_micro(is_median ? PR_MICRO_ONE / 2 : pr_micro_from_double(explainer->report->method->alarms.high_rank)),
		"1", is_median ? "method 7" : "method alarms.high_rank");
	pr_node_conclude(explainer, node, "round(rank(minutes,place),4)", NULL, 0);
	return true;
}

static bool explain_health(struct pr_explainer *explainer, struct pr_explain_node *node)
{
	static const char prefix[] = "health.compliance.";
	if (pr_text_equal(node->finding->id, "health.index")) {
		node->rule = "health_index_mean";
		add(explainer, node, "index");
		pr_node_conclude(explainer, node, "round(sum(index)/count(index),1)", NULL, 0);
		return true;
	}
	if (!pr_text_starts(node->finding->id, prefix))
		return false;
	const struct pr_explain_table *table = rows_of(explainer, "axes");
	static const char *const columns[] = {"inside", "samples"};
	node->rule = "health_compliance";
	for (size_t i = 0; i < 2; i++)
		pr_input_where(pr_node_rows(explainer, node, columns[i], table, columns[i]), "axis",
			pr_cell_text(node->finding->id + strlen(prefix)));
	pr_node_conclude(explainer, node, "round(sum(inside)/sum(samples),6)", NULL, 0);
	return true;
}

static void explain_none(struct pr_explainer *explainer, struct pr_explain_node *node, const char *rule)
{
	node->rule = rule;
	pr_node_constant(explainer, node, "none", pr_cell_text(NULL), NULL, "method 13");
	pr_node_conclude(explainer, node, "none", NULL, 0);
}

/* --- counts -------------------------------------------------------------------------------------------------------- */

static void count_where(struct pr_explainer *explainer, struct pr_explain_node *node, const char *rule,
	const char *column, struct pr_explain_cell value)
{
	node->rule = rule;
	pr_input_where(pr_node_rows(explainer, node, "project", rows_of(explainer, "projects"), "project"), column, value);
	pr_node_conclude(explainer, node, "count(project)", NULL, 0);
}

static bool explain_count(struct pr_explainer *explainer, struct pr_explain_node *node, const char *what)
{
	static const struct {
		const char *what, *column;
		bool is_none; /* of those that have nothing there; else of those that have value */
		int value;
	} rows[] = {{"without_customer", "is_own", false, 1}, {"without_tariff", "currency", true, 0},
		{"without_rows", "has_rows", false, 0}, {"of_minutes", "of_minutes", false, 1}};
	const struct pr_platform *platform = explainer->report->platform;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (!pr_text_equal(rows[i].what, what))
			continue;
		count_where(explainer, node, "platform_count", rows[i].column,
			rows[i].is_none ? pr_cell_text(NULL) : pr_cell_count((uint64_t)rows[i].value));
		return true;
	}
	node->rule = "platform_count";
	if (pr_text_equal(what, "projects")) {
		add(explainer, node, "project");
		pr_node_conclude(explainer, node, "count(project)", NULL, 0);
	} else if (pr_text_equal(what, "customers")) {
		pr_input_where(pr_node_rows(explainer, node, "customers", rows_of(explainer, "projects"), "customer"), "is_own",
			pr_cell_count(0));
		pr_node_conclude(explainer, node, "distinct(customers)", NULL, 0);
	} else if (pr_text_equal(what, "missing") || pr_text_equal(what, "older")) {
		pr_node_given(explainer, node,
			pr_cell_count(pr_text_equal(what, "older") ? platform->older_count : platform->missing_count), "1",
			"ledger");
	} else {
		return false;
	}
	return true;
}

/* Bins of the index and of the coverage, and grades. */
static bool explain_bin(struct pr_explainer *explainer, struct pr_explain_node *node, const char *what)
{
	const struct pr_method *method = explainer->report->method;
	static const char *const coverage[] = {"expected==measured", "both(rate>=high,measured<expected)",
		"both(both(measured>=gate*expected,measured<expected),rate<high)",
		"both(both(measured<gate*expected,measured>0),rate>=poor)",
		"both(both(measured<gate*expected,measured>0),rate<poor)", "measured==0", "expected==0"};
	int64_t low;
	if (pr_text_starts(what, "grade.")) {
		const char *grade = what + strlen("grade.");
		count_where(
			explainer, node, "platform_count", "grade", pr_cell_text(pr_text_equal(grade, "none") ? NULL : grade));
		return true;
	}
	if (pr_text_starts(what, "index.") && pr_text_to_int64(what + strlen("index."), &low)) {
		node->rule = "platform_count";
		add(explainer, node, "index");
		pr_node_conclude(explainer, node,
			low == 90 ? "count(where(index,index>=90))"
					  : pr_arena_format(
							explainer->arena, "count(where(index,both(index>=%d,index<%d)))", (int)low, (int)low + 10),
			NULL, 0);
		return true;
	}
	int bin = pr_text_starts(what, "coverage.")
	              ? pr_name_index(pr_platform_coverage_names, PR_COVERAGE_BINS, what + strlen("coverage."))
	              : -1;
	if (bin < 0)
		return false;
	const struct {
		const char *name, *source;
		double value;
	} constants[] = {{"gate", "settings report.gate", method->gate},
		{"high", "method platform.coverage_high", method->platform.coverage_high},
		{"poor", "method platform.coverage_poor", method->platform.coverage_poor}};
	node->rule = "platform_count";
	add(explainer, node, "expected measured");
	for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
		pr_node_constant(explainer, node, constants[i].name, pr_cell_micro(pr_micro_from_double(constants[i].value)),
			"1", constants[i].source);
	pr_node_conclude(explainer, node,
		pr_arena_format(explainer->arena, "rate=measured/expected; count(where(expected,%s%s%s))",
			bin < 6 ? "both(expected>0," : "", coverage[bin], bin < 6 ? ")" : ""),
		NULL, 0);
	return true;
}

/* "platform.<group>_share.<name>": of the counts beside it. */
static bool explain_share(struct pr_explainer *explainer, const struct pr_explain_scope *scope,
	struct pr_explain_node *node, const char *what)
{
	const char *end = strstr(what, "_share.");
	if (!end)
		return false;
	const char *group = pr_arena_format(explainer->arena, "platform.%.*s.", (int)(end - what), what);
	const char *own = pr_arena_format(explainer->arena, "%s%s", group, end + strlen("_share."));
	size_t place = 0, count = 0;
	node->rule = "portfolio_share";
	struct pr_explain_node *shown =
		node->finding->shown == PR_MICRO_MISSING
			? NULL
			: pr_node_attribute(explainer, node, "shown", pr_cell_micro(node->finding->shown), "energy_share_shown");
	for (size_t i = 0; i < scope->findings->count; i++) {
		const char *id = scope->findings->items[i].id;
		if (!pr_text_starts(id, group))
			continue;
		count++;
		place = pr_text_equal(id, own) ? count : place;
		pr_node_list(explainer, node, "counts", pr_explain_finding(explainer, scope, id));
		if (shown)
			pr_node_list(explainer, shown, "counts", pr_explain_finding(explainer, scope, id));
	}
	pr_node_conclude(explainer, node, pr_arena_format(explainer->arena, "share(%zu,6,counts)", place), NULL, 0);
	if (shown)
		pr_node_conclude(explainer, shown, pr_arena_format(explainer->arena, "share(%zu,3,counts)", place), "1", 3);
	return true;
}

/* --- alarms of the survey, problems -------------------------------------------------------------------------------- */

static bool explain_survey(struct pr_explainer *explainer, struct pr_explain_node *node, const char *what)
{
	const struct pr_platform *platform = explainer->report->platform;
	if (!pr_text_starts(what, "survey."))
		return false;
	bool of_projects = pr_text_starts(what, "survey.projects"), of_all = !strchr(what + strlen("survey."), '.');
	node->rule = "platform_survey";
	if (of_all && of_projects) {
		add(explainer, node, "surveyed");
		pr_node_conclude(explainer, node, "count(where(surveyed,surveyed>0))", NULL, 0);
		return true;
	}
	if (of_all) {
		add(explainer, node, "surveyed");
		pr_node_conclude(explainer, node, "default(sum(surveyed),0)", NULL, 0);
		return true;
	}
	const char *code = what + (of_projects ? strlen("survey.projects.") : strlen("survey.alarms."));
	bool known = false;
	for (size_t i = 0; i < platform->survey_count; i++)
		known = known || pr_text_equal(platform->survey[i].code, code);
	add_figures(explainer, node, "alarms", "value", pr_arena_format(explainer->arena, "alarms.type.%s", code));
	pr_node_conclude(
		explainer, node, of_projects ? "count(where(alarms,alarms>0))" : "default(sum(alarms),0)", NULL, 0);
	return known;
}

static bool explain_problems(struct pr_explainer *explainer, struct pr_explain_node *node, const char *what)
{
	bool of_projects = pr_text_starts(what, "problem_projects.");
	if (!of_projects && !pr_text_starts(what, "problems."))
		return false;
	node->rule = "platform_problems";
	pr_input_where(pr_node_rows(explainer, node, "projects", rows_of(explainer, "problems"), "project"), "kind",
		pr_cell_text(strchr(what, '.') + 1));
	pr_node_conclude(explainer, node, of_projects ? "distinct(projects)" : "count(projects)", NULL, 0);
	return true;
}

static bool explain_charges(struct pr_explainer *explainer, struct pr_explain_node *node, const char *id)
{
	static const struct {
		const char *prefix, *column, *formula;
	} rows[] = {{"bill.currency.", "charge", "sum(rows)"}, {"platform.charged_energy.", "energy", "sum(rows)"},
		{"platform.charged_projects.", "project", "count(rows)"}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (!pr_text_starts(id, rows[i].prefix))
			continue;
		node->rule = "sum_of_projects";
		pr_input_where(pr_node_rows(explainer, node, "rows", rows_of(explainer, "projects"), rows[i].column),
			"currency", pr_cell_text(id + strlen(rows[i].prefix)));
		pr_node_conclude(explainer, node, rows[i].formula, NULL, 0);
		return true;
	}
	return false;
}

/* --- all ----------------------------------------------------------------------------------------------------------- */

static void explain_slot_share(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	int slot = pr_name_index(pr_slot_names, PR_SLOT_COUNT, node->finding->id + strlen("energy.share."));
	bool is_shown = node->finding->shown != PR_MICRO_MISSING;
	struct pr_explain_node *nodes[] = {node, is_shown ? pr_node_attribute(explainer, node, "shown",
															pr_cell_micro(node->finding->shown), "energy_share_shown")
													  : NULL};
	node->rule = "energy_share";
	for (int i = 0; i < (is_shown ? 2 : 1); i++) {
		for (int k = 0; k < PR_SLOT_COUNT; k++)
			pr_node_list(explainer, nodes[i], "slots",
				pr_explain_finding(
					explainer, scope, pr_arena_format(explainer->arena, "energy.slot.%s", pr_slot_names[k])));
		pr_node_conclude(explainer, nodes[i],
			pr_arena_format(explainer->arena, "share(%d,%d,slots)", slot + 1, i ? 3 : 6), "1", i ? 3 : 6);
	}
}

static bool explain_platform(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	const char *id = node->finding->id;
	if (explain_charges(explainer, node, id))
		return true;
	if (!pr_text_starts(id, "platform."))
		return false;
	const char *what = id + strlen("platform.");
	return explain_share(explainer, scope, node, what) || explain_survey(explainer, node, what) ||
	       explain_problems(explainer, node, what) || explain_bin(explainer, node, what) ||
	       explain_count(explainer, node, what);
}

static bool explain_total(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	const char *id = node->finding->id;
	bool is_mixed = explainer->report->platform->totals.currency_count != 1;
	if (pr_text_starts(id, "coverage."))
		explain_coverage(explainer, node);
	else if (pr_text_equal(id, "demand.max"))
		explain_none(explainer, node, "demand_none");
	else if (is_mixed && (pr_text_equal(id, "bill.total") || pr_text_equal(id, "bill.price")))
		explain_none(explainer, node, "currency_mixed");
	else if (pr_text_equal(id, "bill.price")) {
		node->rule = "price_of_projects";
		add(explainer, node, "priced_money priced_energy");
		pr_node_conclude(
			explainer, node, "round(sum(priced_money)/where(sum(priced_energy),sum(priced_energy)>0),6)", NULL, 0);
	} else if (pr_text_starts(id, "energy.share."))
		explain_slot_share(explainer, scope, node);
	else if (pr_text_equal(id, "safety.over_limit_sensors")) {
		node->rule = "safety_over_limit";
		add(explainer, node, "over measured_sensors");
		pr_node_conclude(explainer, node, "where(sum(over),sum(measured_sensors)>0)", NULL, 0);
	} else
		return false;
	return true;
}

bool pr_explain_platform(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	const char *id = node->finding->id;
	if (!explainer->report->platform)
		return false;
	if (explain_platform(explainer, scope, node) || explain_total(explainer, scope, node) ||
		explain_times(explainer, node) || explain_health(explainer, node))
		return true;
	bool is_count = pr_text_starts(id, "alarms.") || pr_text_starts(id, "attention.");
	bool is_sum = is_count || pr_text_starts(id, "energy.") || pr_text_starts(id, "bill.") ||
	              pr_text_starts(id, "change.") || pr_text_starts(id, "savings.") ||
	              pr_text_starts(id, "contribution.");
	if (is_sum)
		explain_sum(explainer, node, is_count ? "default(sum(projects),0)" : "sum(projects)");
	return is_sum;
}

/* Measured days of all projects, of those whose coverage is of quarters. */
void pr_explain_platform_days(struct pr_explainer *explainer, struct pr_explain_node *node, int before)
{
	add(explainer, node, before == 0 ? "days" : before == 1 ? "days_1" : "days_12");
	node->inputs[0].name = "days";
	pr_node_conclude(explainer, node, "sum(days)", "d", -1);
}
