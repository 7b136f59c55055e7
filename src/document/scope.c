#include "analysis/platform.h"
#include "document/advice.h"
#include "document/facts.h"
#include "document/month.h"
#include "document/rows.h"
#include "document/template.h"

#include <math.h>
#include <string.h>

struct pr_value pr_value_missing(void)
{
	return (struct pr_value){.kind = PR_VALUE_MISSING, .number = NAN, .micro = PR_MICRO_MISSING, .digits = -1};
}

struct pr_value pr_value_number(double number, const char *unit)
{
	struct pr_value value = pr_value_missing();

	if (!isfinite(number))
		return value;
	value.kind = PR_VALUE_NUMBER;
	value.number = number;
	value.micro = pr_micro_from_double(number);
	value.unit = unit;
	return value;
}

struct pr_value pr_value_micro(pr_micro micro, const char *unit)
{
	struct pr_value value = pr_value_missing();

	if (micro == PR_MICRO_MISSING)
		return value;
	value.kind = PR_VALUE_NUMBER;
	value.number = pr_micro_to_double(micro);
	value.micro = micro;
	value.unit = unit;
	return value;
}

struct pr_value pr_value_text(const char *text)
{
	struct pr_value value = pr_value_missing();

	if (!text)
		return value;
	value.kind = PR_VALUE_TEXT;
	value.text = text;
	return value;
}

struct pr_value pr_value_time(int64_t time_ms)
{
	struct pr_value value = pr_value_missing();

	if (time_ms == PR_TIME_MISSING)
		return value;
	value.kind = PR_VALUE_TIME;
	value.time_ms = time_ms;
	return value;
}

struct pr_value pr_value_place(size_t number)
{
	struct pr_value value = pr_value_number((double)number, NULL);

	value.finding = PR_TAG_PLACE;
	return value;
}

bool pr_value_true(const struct pr_value *value)
{
	switch (value->kind) {
	case PR_VALUE_NUMBER:
		return value->number != 0;
	case PR_VALUE_TEXT:
		return *value->text != '\0';
	case PR_VALUE_TIME:
		return true;
	case PR_VALUE_MISSING:
		break;
	}
	return false;
}

void pr_scope_add(struct pr_scope *scope, struct pr_arena *arena, const char *name, struct pr_value value)
{
	*PR_PUSH(arena, scope->fields, scope->field_count, scope->field_capacity) =
		(struct pr_field){.name = name, .value = value};
}

bool pr_scope_field(const struct pr_scope *scope, const char *name, struct pr_value *value)
{
	for (; scope; scope = scope->outer)
		for (size_t i = 0; i < scope->field_count; i++)
			if (strcmp(scope->fields[i].name, name) == 0) {
				*value = scope->fields[i].value;
				return true;
			}
	return false;
}

const struct pr_zone *pr_scope_zone(const struct pr_scope *scope)
{
	while (scope && !scope->zone)
		scope = scope->outer;
	return scope ? scope->zone : NULL;
}

const struct pr_project_report *pr_scope_project(const struct pr_scope *scope)
{
	while (scope && !scope->project)
		scope = scope->outer;
	return scope ? scope->project : NULL;
}

static struct pr_value count_value(size_t count)
{
	return pr_value_number((double)count, NULL);
}

/* The thresholds that were applied, for the page of sources. */
static void add_rules(struct pr_scope *scope, struct pr_arena *arena, const struct pr_method *method)
{
	const struct pr_plausibility *plausible = &method->plausibility;
	const struct {
		const char *name;
		double value;
		const char *unit;
	} rules[] = {{"rule.energy_factor", plausible->quarter_rating_factor, NULL},
		{"rule.history_factor", plausible->quarter_history_factor, NULL},
		{"rule.history_days", plausible->quarter_history_days, NULL},
		{"rule.voltage_factor", plausible->voltage_nominal_factor, NULL},
		{"rule.current_factor", plausible->current_rated_factor, NULL},
		{"rule.power_factor", plausible->power_rating_factor, NULL},
		{"rule.frequency_low", plausible->frequency_low_hz, "Hz"},
		{"rule.frequency_high", plausible->frequency_high_hz, "Hz"},
		{"rule.running_share", method->load.running_share, "1"}, {"rule.running_rank", method->load.running_rank, "1"},
		{"rule.base_rank", method->load.base_rank, "1"},
		{"rule.outage_current_share", method->load.outage_current_share, "1"},
		{"rule.outage_voltage_share", method->load.outage_voltage_share, "1"},
		{"rule.contract_tolerance", pr_micro_to_double(method->basic.contract_tolerance), "1"},
		{"rule.contract_floor", pr_micro_to_double(method->basic.contract_floor_share), "1"},
		{"rule.flag", method->verification_flag, "1"}, {"rule.coverage_high", method->platform.coverage_high, "1"},
		{"rule.coverage_poor", method->platform.coverage_poor, "1"},
		{"rule.stale_months", method->platform.stale_tariff_months, NULL}};

	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		pr_scope_add(scope, arena, rules[i].name, pr_value_number(rules[i].value, rules[i].unit));
	pr_scope_add(scope, arena, "rule.plausibility_source", pr_value_text(plausible->source));
	pr_scope_add(scope, arena, "rule.load_source", pr_value_text(method->load.source));
	pr_scope_add(scope, arena, "rule.basic_source", pr_value_text(method->basic.source));
}

static int64_t month_start(const struct pr_zone *zone, struct pr_month month)
{
	int64_t from_ms, to_ms;

	pr_zone_month(zone, month, &from_ms, &to_ms);
	return from_ms;
}

static double days_before(struct pr_month month)
{
	struct pr_month before = pr_month_add(month, -1);

	return pr_month_days(before.year, before.month);
}

/* On how many days the demand went above what the contract tolerates; missing without a contract. */
static struct pr_value days_over(const struct pr_method *method, const struct pr_project_report *project)
{
	const struct pr_finding *contract = pr_findings_get(&project->findings, "demand.contract");
	const struct pr_series *days = pr_project_series(project, "demand_day");
	double tolerated, count = 0;

	if (!method || !contract || contract->value == PR_MICRO_MISSING || !days)
		return pr_value_missing();
	tolerated = pr_micro_to_double(contract->value) * pr_micro_to_double(method->basic.contract_tolerance);
	for (size_t i = 0; i < days->count; i++)
		count += days->values[i] > tolerated;
	return pr_value_number(count, NULL);
}

/* The hour in which a series of a day's quarters has its highest value; the first of equals. */
static struct pr_value highest_hour(const struct pr_series *day)
{
	size_t most = SIZE_MAX, hour;

	for (size_t i = 0; day && i < day->count; i++)
		if (day->values[i] > 0 && (most == SIZE_MAX || day->values[i] > day->values[most]))
			most = i;
	if (most == SIZE_MAX)
		return pr_value_missing();
	hour = most * 24 / day->count;
	return pr_value_number((double)hour, NULL);
}

static const struct pr_tariff *tariff_at(const struct pr_project *project, int64_t utc_ms)
{
	for (size_t i = project->tariff_count; i-- > 0;)
		if (pr_valid_at(&project->tariffs[i].validity, utc_ms))
			return &project->tariffs[i];
	return NULL;
}

/* The energy charge ÷ kWh. */
static struct pr_value mean_price(const struct pr_context *context, const struct pr_project_report *report)
{
	struct pr_value price;
	const struct pr_finding *charge = pr_findings_get(&report->findings, "bill.energy");
	const struct pr_finding *energy = pr_findings_get(&report->findings, "energy.total");

	if (!charge || !energy || charge->value == PR_MICRO_MISSING || energy->value == PR_MICRO_MISSING)
		return pr_value_missing();
	price = pr_value_micro(pr_micro_ratio(charge->value, energy->value, PR_PRECISION_PRICE), report->currency);
	price.digits = pr_price_digits(context->report, report);
	return price;
}

static void add_tariff_fields(
	struct pr_scope *scope, const struct pr_context *context, const struct pr_project_report *report)
{
	struct pr_arena *arena = context->arena;
	const struct pr_tariff *tariff = tariff_at(report->project, report->month_to_ms - 1);

	pr_scope_add(scope, arena, "tariff", pr_value_number(tariff != NULL, NULL));
	pr_scope_add(
		scope, arena, "tariff.basic_mode", pr_value_text(tariff ? pr_basic_mode_names[tariff->basic_mode] : NULL));
	pr_scope_add(
		scope, arena, "tariff.contract_kw", pr_value_micro(tariff ? tariff->contract_kw : PR_MICRO_MISSING, "kW"));
	pr_scope_add(
		scope, arena, "tariff.pf_standard", pr_value_micro(tariff ? tariff->pf_standard : PR_MICRO_MISSING, NULL));
	pr_scope_add(scope, arena, "tariff.fund_price",
		pr_value_micro(tariff ? tariff->fund_price : PR_MICRO_MISSING, tariff ? tariff->currency : NULL));
	pr_scope_add(scope, arena, "tariff.mean_price", mean_price(context, report));
	pr_scope_add(scope, arena, "tariff.source", pr_value_text(tariff ? tariff->source : NULL));
}

static pr_micro rated_kva(const struct pr_project_report *report)
{
	pr_micro sum = 0;
	bool any = false;

	for (size_t i = 0; i < report->project->transformer_count; i++) {
		const struct pr_transformer *transformer = &report->project->transformers[i];
		if (!pr_valid_at(&transformer->validity, report->month_to_ms - 1) || transformer->rated_kva == PR_MICRO_MISSING)
			continue;
		any = pr_micro_add(sum, transformer->rated_kva, &sum);
	}
	return any ? sum : PR_MICRO_MISSING;
}

double pr_money_scale(const struct pr_context *context, const struct pr_project_report *project)
{
	const struct pr_finding *total = pr_findings_get(&context->report->findings, "bill.total");
	const struct pr_series *charge = project ? pr_project_series(project, "months13.charge") : NULL;

	if (!project && total && total->value != PR_MICRO_MISSING &&
		fabs(pr_micro_to_double(total->value)) >= context->words->large_from)
		return context->words->large_factor;

	for (size_t i = 0; charge && i < charge->count; i++)
		if (fabs(charge->values[i]) >= context->words->large_from)
			return context->words->large_factor;
	return 1;
}

/* The unit of charts of money: "万元" or "元". */
static const char *money_unit(
	const struct pr_context *context, const struct pr_project_report *project, const char *currency)
{
	const char *key;

	if (!currency)
		return NULL;
	key = pr_arena_format(context->arena, "large_unit.%s", currency);
	if (pr_money_scale(context, project) > 1)
		return pr_words_plain(context->words, key);
	return pr_format_unit(context, currency);
}

/* The one currency of the projects; NULL with none or several. */
static const char *tenant_currency(const struct pr_report *report)
{
	const char *currency = report->platform ? pr_totals_currency(&report->platform->totals) : NULL;

	for (size_t i = 0; i < report->project_count; i++) {
		const char *other = report->projects[i].currency;
		if (other && currency && strcmp(other, currency) != 0)
			return NULL;
		currency = other ? other : currency;
	}
	return currency;
}

static size_t gap_count(const struct pr_report *report)
{
	size_t count = 0;

	for (size_t i = 0; i < report->project_count; i++)
		count += report->projects[i].gap_count;
	return count;
}

static size_t contract_count(const struct pr_report *report)
{
	size_t count = 0;

	for (size_t i = 0; i < report->project_count; i++) {
		const struct pr_finding *contract = pr_findings_get(&report->projects[i].findings, "demand.contract");
		count += contract && contract->value != PR_MICRO_MISSING;
	}
	return count;
}

static size_t tariff_count(const struct pr_report *report)
{
	size_t count = 0;

	for (size_t i = 0; i < report->project_count; i++)
		count += report->projects[i].currency != NULL;
	return count;
}

/* What a page of several projects says of all of them together. */
static void add_tenant_fields(struct pr_scope *scope, const struct pr_context *context)
{
	const struct pr_report *report = context->report;
	struct pr_arena *arena = context->arena;
	const char *currency = tenant_currency(report);

	pr_scope_add(scope, arena, "month.before",
		pr_value_time(month_start(report->tenant->zone, pr_month_add(report->month, -1))));
	pr_scope_add(scope, arena, "month.year_ago",
		pr_value_time(month_start(report->tenant->zone, pr_month_add(report->month, -12))));
	pr_scope_add(scope, arena, "whole", pr_value_micro(PR_MICRO_ONE, "1"));
	pr_scope_add(scope, arena, "tenant.currency", pr_value_text(currency));
	pr_scope_add(
		scope, arena, "tenant.currency_name", pr_value_text(currency ? pr_format_unit(context, currency) : NULL));
	pr_scope_add(scope, arena, "money.unit", pr_value_text(money_unit(context, NULL, currency)));
	pr_scope_add(scope, arena, "projects.priced", count_value(tariff_count(report)));
	pr_scope_add(scope, arena, "projects.contracts", count_value(contract_count(report)));
	pr_scope_add(scope, arena, "projects.gaps", count_value(gap_count(report)));
	pr_scope_add(scope, arena, "money.factor", pr_value_number(pr_money_scale(context, NULL), NULL));
	pr_rows_extremes(context, scope);
	if (report->platform)
		pr_rows_platform_fields(context, scope);
}

struct pr_scope *pr_scope_tenant(const struct pr_context *context)
{
	const struct pr_report *report = context->report;
	const struct pr_tenant *tenant = report->tenant;
	struct pr_arena *arena = context->arena;
	struct pr_scope *scope = pr_arena_alloc(arena, sizeof *scope);
	int64_t from_ms, to_ms;

	scope->findings = &report->findings;
	scope->path = "";
	scope->zone = tenant->zone;
	pr_zone_month(tenant->zone, report->month, &from_ms, &to_ms);
	pr_scope_add(scope, arena, "tenant.name", pr_value_text(tenant->name));
	pr_scope_add(
		scope, arena, "tenant.short_name", pr_value_text(tenant->short_name ? tenant->short_name : tenant->name));
	pr_scope_add(scope, arena, "tenant.contact", pr_value_text(tenant->contact_name));
	pr_scope_add(scope, arena, "tenant.contact_email", pr_value_text(tenant->contact_email));
	pr_scope_add(scope, arena, "edition", pr_value_text(pr_edition_names[tenant->edition]));
	pr_scope_add(scope, arena, "revision", pr_value_number(report->revision, NULL));
	pr_scope_add(scope, arena, "cutoff", pr_value_time(report->cutoff_ms));
	pr_rows_changed_fields(context, scope);
	pr_scope_add(scope, arena, "month", pr_value_time(from_ms));
	pr_scope_add(scope, arena, "month.last_day", pr_value_time(to_ms - 1));
	pr_scope_add(
		scope, arena, "month.days", pr_value_number(pr_month_days(report->month.year, report->month.month), NULL));
	pr_scope_add(scope, arena, "below_gate", pr_value_number(report->below_gate, NULL));
	pr_scope_add(scope, arena, "has_ingest_times", pr_value_number(report->dataset->has_ingested_at, NULL));
	pr_scope_add(scope, arena, "projects", count_value(report->project_count));
	if (report->method)
		add_rules(scope, arena, report->method);
	pr_scope_add(scope, arena, "notes", count_value(report->note_count));
	add_tenant_fields(scope, context);
	pr_rows_survey_fields(context, scope);
	pr_facts_derive(context, scope);
	pr_facts_tag(scope, arena);
	return scope;
}

static void add_day_fields(struct pr_scope *scope, struct pr_arena *arena, const struct pr_project_report *report)
{
	size_t workdays = 0;

	for (size_t i = 0; i < report->day_count; i++)
		workdays += report->day_kinds[i] == PR_DAY_WORKDAY;
	pr_scope_add(scope, arena, "month.workdays", count_value(workdays));
	pr_scope_add(scope, arena, "month.offdays", count_value(report->day_count - workdays));
}

static pr_micro figure_of(const struct pr_subject *subject, const char *id)
{
	const struct pr_finding *finding = pr_findings_get(&subject->findings, id);

	return finding ? finding->value : PR_MICRO_MISSING;
}

/* A subject's figure with its name and time: "points.top.name", "points.top.figure", "points.top.at". */
static void add_top(struct pr_scope *scope, const struct pr_context *context, const struct pr_project_report *report,
	const char *kind, const struct pr_subject *top, const char *id)
{
	struct pr_arena *arena = context->arena;
	const struct pr_finding *finding = top ? pr_findings_get(&top->findings, id) : NULL;
	struct pr_value value = pr_value_missing();

	if (finding) {
		value = pr_value_of_finding(context->report, report, finding, finding->value);
		value.finding = pr_arena_format(arena, "%s/%s/%lld/%s", scope->path, kind, (long long)top->id, id);
	}
	pr_scope_add(scope, arena, pr_arena_format(arena, "%s.top.name", kind), pr_value_text(top ? top->name : NULL));
	pr_scope_add(scope, arena, pr_arena_format(arena, "%s.top.figure", kind), value);
	pr_scope_add(scope, arena, pr_arena_format(arena, "%s.top.at", kind),
		pr_value_time(finding ? finding->at_ms : PR_TIME_MISSING));
}

/* The point below the incomers that used most, the transformer that was loaded most; the first of equals. */
static void add_tops(struct pr_scope *scope, const struct pr_context *context, const struct pr_project_report *report)
{
	const struct pr_subject *point = NULL, *transformer = NULL;
	double gate = context->report->method ? context->report->method->gate : 0;
	size_t low = 0;

	for (size_t i = 0; i < report->point_count; i++) {
		const struct pr_subject *subject = &report->points[i];
		pr_micro energy = figure_of(subject, "energy.total");
		low += pr_micro_to_double(figure_of(subject, "coverage.rate")) < gate;
		if (((const struct pr_point *)subject->model)->role != PR_ROLE_INCOMER && energy > 0 &&
			(!point || energy > figure_of(point, "energy.total")))
			point = subject;
	}
	for (size_t i = 0; i < report->transformer_count; i++) {
		const struct pr_subject *subject = &report->transformers[i];
		pr_micro load = figure_of(subject, "load.beta.max");
		if (load != PR_MICRO_MISSING && (!transformer || load > figure_of(transformer, "load.beta.max")))
			transformer = subject;
	}
	add_top(scope, context, report, "points", point, "energy.total");
	add_top(scope, context, report, "transformers", transformer, "load.beta.max");
	pr_scope_add(scope, context->arena, "points.low", count_value(low));
	pr_scope_add(scope, context->arena, "points.shown",
		count_value(report->point_count < PR_CHART_POINTS_MAX ? report->point_count : PR_CHART_POINTS_MAX));
}

/* The month of the thirteen with the most energy, and how many were measured. */
static void add_top_month(
	struct pr_scope *scope, const struct pr_context *context, const struct pr_project_report *report)
{
	const struct pr_series *energy = pr_project_series(report, "months13.energy");
	size_t top = 0, measured = 0;

	for (size_t i = 0; energy && i < energy->count; i++) {
		if (isnan(energy->values[i]))
			continue;
		if (measured++ == 0 || energy->values[i] > energy->values[top])
			top = i;
	}
	pr_scope_add(scope, context->arena, "months.measured", count_value(measured));
	pr_scope_add(scope, context->arena, "months.top",
		pr_value_time(measured > 0 ? month_start(report->project->zone,
										 pr_month_add(context->report->month, (int)top + 1 - (int)energy->count))
								   : PR_TIME_MISSING));
}

/* Figures of harmonic currents over all points. */
static size_t harmonic_count(const struct pr_project_report *report)
{
	size_t count = 0;

	for (size_t p = 0; p < report->point_count; p++)
		for (size_t i = 0; i < report->points[p].findings.count; i++)
			count += pr_text_starts(report->points[p].findings.items[i].id, "quality.harmonic.");
	return count;
}

struct pr_scope *pr_scope_of_project(const struct pr_context *context, const struct pr_scope *tenant, size_t index)
{
	const struct pr_project_report *report = &context->report->projects[index];
	const struct pr_project *project = report->project;
	struct pr_arena *arena = context->arena;
	struct pr_scope *scope = pr_arena_alloc(arena, sizeof *scope);
	const char *incomer = NULL;

	for (size_t i = 0; i < report->point_count && !incomer; i++)
		if (((const struct pr_point *)report->points[i].model)->role == PR_ROLE_INCOMER)
			incomer = report->points[i].name;
	scope->outer = tenant;
	scope->findings = &report->findings;
	scope->path = pr_arena_format(arena, "projects/%lld", (long long)project->id);
	scope->zone = project->zone;
	scope->project = report;
	pr_scope_add(scope, arena, "project.name", pr_value_text(project->name));
	pr_scope_add(scope, arena, "project.address", pr_value_text(project->address));
	pr_scope_add(scope, arena, "project.timezone", pr_value_text(project->timezone));
	pr_scope_add(scope, arena, "project.supply_kv", pr_value_micro(project->supply_kv, "kV"));
	pr_scope_add(scope, arena, "project.rated_kva", pr_value_micro(rated_kva(report), "kVA"));
	pr_scope_add(scope, arena, "project.incomer", pr_value_text(incomer));
	pr_scope_add(scope, arena, "project.points", count_value(report->point_count));
	pr_scope_add(scope, arena, "project.transformers", count_value(report->transformer_count));
	pr_scope_add(scope, arena, "project.sensors", count_value(report->sensor_count));
	pr_scope_add(scope, arena, "project.events", count_value(report->event_count));
	pr_scope_add(scope, arena, "project.harmonics", count_value(harmonic_count(report)));
	pr_scope_add(scope, arena, "project.gaps", count_value(report->gap_count));
	pr_scope_add(scope, arena, "project.bill_lines", count_value(report->bill_line_count));
	pr_scope_add(scope, arena, "project.currency", pr_value_text(report->currency));
	pr_scope_add(scope, arena, "project.currency_name",
		pr_value_text(report->currency ? pr_format_unit(context, report->currency) : NULL));
	pr_scope_add(scope, arena, "bill.incomplete", pr_value_number(report->bill_incomplete, NULL));
	pr_scope_add(scope, arena, "bill.provisional", pr_value_number(report->bill_provisional, NULL));
	pr_scope_add(scope, arena, "coverage.minutes", pr_value_number(report->coverage_of_minutes, NULL));
	pr_scope_add(scope, arena, "month", pr_value_time(report->month_from_ms));
	pr_scope_add(scope, arena, "month.last_day", pr_value_time(report->month_to_ms - 1));
	pr_scope_add(scope, arena, "month.before",
		pr_value_time(month_start(project->zone, pr_month_add(context->report->month, -1))));
	pr_scope_add(scope, arena, "month.before.days", pr_value_number(days_before(context->report->month), NULL));
	pr_scope_add(scope, arena, "month.year_ago",
		pr_value_time(month_start(project->zone, pr_month_add(context->report->month, -12))));
	pr_scope_add(scope, arena, "demand.days_over", days_over(context->report->method, report));
	pr_scope_add(scope, arena, "load.workday.hour", highest_hour(pr_project_series(report, "typical_workday")));
	pr_scope_add(scope, arena, "whole", pr_value_micro(PR_MICRO_ONE, "1"));
	pr_scope_add(scope, arena, "money.unit", pr_value_text(money_unit(context, report, report->currency)));
	add_day_fields(scope, arena, report);
	add_tariff_fields(scope, context, report);
	add_tops(scope, context, report);
	add_top_month(scope, context, report);
	pr_month_scope(context, scope);
	pr_advice_scope(context, scope);
	pr_rows_bill_shares(context, scope);
	pr_facts_derive(context, scope);
	pr_facts_tag(scope, arena);
	return scope;
}
