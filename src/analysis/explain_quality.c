/* Power quality (method, section 5): what the store counted, the sample of the worst value, the verdict. */
#include <math.h>
#include <string.h>

#include "analysis/explain_tree.h"
#include "base/text.h"
#include "model/quality.h"

/* A point's parameter, with where its steps stand. */
struct subject {
	const struct pr_explain_scope *scope;
	struct pr_explain_site *own;
	const struct pr_point *point;
	const struct pr_quality *quality; /* NULL = no minutes */
	enum pr_quality_parameter parameter;
};

static const char store_name[] = "store point_1min_index";

static bool is_judged(const struct subject *subject)
{
	return subject->quality && subject->quality->rules.is_judged[subject->parameter];
}

static struct pr_explain_node *given_step(
	struct pr_explainer *explainer, const struct subject *subject, const char *what, struct pr_explain_cell value)
{
	bool made;
	struct pr_explain_node *node = pr_node_step(explainer, subject->scope->path,
		pr_arena_format(explainer->arena, "quality.%s.%s", pr_quality_names[subject->parameter], what),
		pr_arena_format(explainer->arena, "quality_%s", what), &made);
	if (made)
		pr_node_given(explainer, node, value, NULL, store_name);
	return node;
}

static struct pr_explain_node *samples_step(struct pr_explainer *explainer, const struct subject *subject)
{
	return given_step(explainer, subject, "samples",
		subject->quality ? pr_cell_count(subject->quality->values[subject->parameter].samples) : pr_cell_text(NULL));
}

/* Samples that were held against a limit, and those of them inside. */
static struct pr_explain_node *judged_step(struct pr_explainer *explainer, const struct subject *subject)
{
	return given_step(explainer, subject, "judged",
		is_judged(subject) ? pr_cell_count(subject->quality->values[subject->parameter].samples) : pr_cell_text(NULL));
}

static struct pr_explain_node *inside_step(struct pr_explainer *explainer, const struct subject *subject)
{
	return given_step(explainer, subject, "inside",
		is_judged(subject) ? pr_cell_count(subject->quality->values[subject->parameter].inside) : pr_cell_text(NULL));
}

static void add_limit(
	struct pr_explainer *explainer, const struct subject *subject, struct pr_explain_node *node, const char *name)
{
	const struct pr_quality_rules *rules = subject->quality ? &subject->quality->rules : NULL;
	double limit = rules ? rules->limit[subject->parameter] : (double)NAN;
	pr_node_constant(explainer, node, name, pr_cell_micro(pr_micro_from_double(limit)),
		pr_quality_units[subject->parameter],
		rules && rules->source[subject->parameter] ? rules->source[subject->parameter] : "method limits");
}

/* --- the worst sample ---------------------------------------------------------------------------------------------- */

/* From which cells of the sample, and how. Of three cells that of the worst phase, or all. */
static const struct worst {
	enum pr_quality_parameter parameter;
	const char *formula;
	enum pr_minute_field first;
	bool of_all;
} worst_formulas[] = {
	{PR_QUALITY_DEVIATION, "round((u-nominal)*100/nominal,6)", PR_UA, false},
	{PR_QUALITY_UNBALANCE,
		"l=(a*a*a*a+b*b*b*b+c*c*c*c)/((a*a+b*b+c*c)*(a*a+b*b+c*c)); r=sqrt(max(0,min(1,3-6*l))); "
		"round(100*sqrt((1-r)/(1+r)),6)",
		PR_UAB, true},
	{PR_QUALITY_FREQUENCY, "round(f-nominal,6)", PR_FREQ, false},
	{PR_QUALITY_THD, "round(u,6)", PR_THDUA, false},
	{PR_QUALITY_CURRENT, "mean=(a+b+c)/3; round(100*max(abs(a-mean),abs(b-mean),abs(c-mean))/mean,6)", PR_IA, true},
	{PR_QUALITY_POWER_FACTOR, "round(abs(f),6)", PR_COSTTL, false},
};

static const char approximate_unbalance[] =
	"mean=(a+b+c)/3; round(100*max(abs(a-mean),abs(b-mean),abs(c-mean))/mean,6)";

static const struct worst *worst_of(enum pr_quality_parameter parameter)
{
	for (size_t i = 0; i < sizeof worst_formulas / sizeof *worst_formulas; i++)
		if (worst_formulas[i].parameter == parameter)
			return &worst_formulas[i];
	return NULL;
}

static enum pr_minute_field first_cell(const struct subject *subject, const struct worst *worst)
{
	if (subject->parameter == PR_QUALITY_DEVIATION && subject->quality->rules.wiring == PR_WIRING_3P3W)
		return PR_UAB;
	if (subject->parameter == PR_QUALITY_UNBALANCE && subject->quality->is_unbalance_approximated)
		return PR_UA;
	return worst->first;
}

static void add_cell(struct pr_explainer *explainer, const struct subject *subject, struct pr_explain_node *node,
	const char *name, int field, const double *cells)
{
	char time[40];
	const struct pr_quality_value *value = &subject->quality->values[subject->parameter];
	pr_node_constant(explainer, node, name, pr_cell_real(cells[field]), NULL,
		pr_arena_format(explainer->arena, "store point_1min_index %lld %s %s", (long long)subject->point->id,
			pr_time_iso(value->worst_ms, subject->own->site.project->zone, time), pr_minute_field_names[field]));
}

/* The value worked out of the sample's own cells; without them it is the store's word. */
static bool conclude_from_sample(
	struct pr_explainer *explainer, const struct subject *subject, struct pr_explain_node *node)
{
	const struct worst *worst = worst_of(subject->parameter);
	double cells[PR_MINUTE_FIELD_COUNT];
	if (!explainer->read || !worst || !subject->quality ||
		subject->quality->values[subject->parameter].worst == PR_MICRO_MISSING)
		return false;
	const struct pr_quality_value *value = &subject->quality->values[subject->parameter];
	if (!explainer->read(explainer->read_context, subject->own->site.project, subject->point, value->worst_ms, cells,
			&explainer->error))
		return false;
	int first = (int)first_cell(subject, worst);
	bool is_whole = true;
	const char *formula =
		subject->parameter == PR_QUALITY_UNBALANCE && first == PR_UA ? approximate_unbalance : worst->formula;
	if (worst->of_all) {
		static const char *const names[] = {"a", "b", "c"};
		for (int i = 0; i < 3; i++) {
			is_whole = is_whole && !isnan(cells[first + i]);
			add_cell(explainer, subject, node, names[i], first + i, cells);
		}
	} else {
		int field = first + (value->worst_phase > 0 ? value->worst_phase : 0);
		is_whole = !isnan(cells[field]);
		add_cell(explainer, subject, node, first == PR_FREQ || first == PR_COSTTL ? "f" : "u", field, cells);
	}
	if (subject->parameter == PR_QUALITY_DEVIATION || subject->parameter == PR_QUALITY_FREQUENCY)
		pr_node_constant(explainer, node, "nominal",
			pr_cell_micro(
				pr_micro_from_double(subject->parameter == PR_QUALITY_FREQUENCY ? subject->quality->rules.nominal_hz
																				: subject->quality->rules.nominal_v)),
			NULL, subject->parameter == PR_QUALITY_FREQUENCY ? "method 5" : "directory point.nominal_v");
	/* Several rows of one instant: which of them it was, only the store knows. */
	if (!is_whole) {
		node->input_count = 0;
		return false;
	}
	pr_node_conclude(explainer, node, formula, pr_quality_units[subject->parameter], 6);
	return true;
}

static struct pr_explain_node *worst_step(struct pr_explainer *explainer, const struct subject *subject)
{
	bool made;
	struct pr_explain_node *node = pr_node_step(explainer, subject->scope->path,
		pr_arena_format(explainer->arena, "quality.%s.worst", pr_quality_names[subject->parameter]),
		pr_arena_format(explainer->arena, "quality_worst_%s", pr_quality_names[subject->parameter]), &made);
	if (made && !conclude_from_sample(explainer, subject, node)) {
		node->rule = "quality_worst";
		pr_node_given(explainer, node,
			pr_cell_micro(subject->quality ? subject->quality->values[subject->parameter].worst : PR_MICRO_MISSING),
			pr_quality_units[subject->parameter], store_name);
	}
	return node;
}

static struct pr_explain_node *p95_step(struct pr_explainer *explainer, const struct subject *subject)
{
	bool made;
	const struct pr_quality *quality = subject->quality;
	bool is_low = subject->parameter == PR_QUALITY_POWER_FACTOR;
	struct pr_explain_node *node = pr_node_step(explainer, subject->scope->path,
		pr_arena_format(explainer->arena, "quality.%s.p95", pr_quality_names[subject->parameter]), "quality_p95",
		&made);
	if (!made)
		return node;
	struct pr_explain_node *place = pr_node_step(explainer, subject->scope->path,
		pr_arena_format(explainer->arena, "quality.%s.place", pr_quality_names[subject->parameter]), "quality_place",
		&made);
	if (made) {
		int percent = quality ? quality->rules.rank_percent : 0;
		pr_node_input(explainer, place, "samples", samples_step(explainer, subject));
		pr_node_constant(explainer, place, "percent", pr_cell_count((uint64_t)(is_low ? 100 - percent : percent)), "%",
			"method limits.rank_percent");
		pr_node_conclude(explainer, place, "ceil(samples*percent/100)", NULL, -1);
	}
	pr_node_constant(explainer, node, "given",
		pr_cell_micro(quality ? quality->values[subject->parameter].p95 : PR_MICRO_MISSING),
		pr_quality_units[subject->parameter], store_name);
	pr_node_input(explainer, node, "place", place);
	pr_node_conclude(explainer, node, "given", pr_quality_units[subject->parameter], -1);
	return node;
}

/* --- the verdict --------------------------------------------------------------------------------------------------- */

static const char *passed(const struct subject *subject)
{
	if (subject->parameter == PR_QUALITY_POWER_FACTOR)
		return "p95>=limit";
	if (subject->parameter == PR_QUALITY_DEVIATION && subject->quality && subject->quality->rules.is_high_voltage)
		return "choose(both(highest>0,lowest<0),highest-lowest,max(abs(highest),abs(lowest)))<=limit";
	return subject->parameter == PR_QUALITY_UNBALANCE ? "both(p95<=limit,worst<=short_term)" : "p95<=limit";
}

static void conclude_verdict(
	struct pr_explainer *explainer, const struct subject *subject, struct pr_explain_node *node)
{
	const struct pr_quality_rules *rules = subject->quality ? &subject->quality->rules : NULL;
	size_t index = (size_t)(subject->point - subject->own->site.project->points);
	pr_node_input(explainer, node, "samples", samples_step(explainer, subject));
	pr_node_input(explainer, node, "judged", judged_step(explainer, subject));
	pr_node_input(explainer, node, "p95", p95_step(explainer, subject));
	if (subject->parameter == PR_QUALITY_UNBALANCE) {
		pr_node_input(explainer, node, "worst", worst_step(explainer, subject));
		pr_node_constant(explainer, node, "short_term",
			pr_cell_micro(pr_micro_from_double(rules ? rules->unbalance_short_term : (double)NAN)), "%",
			"method limits unbalance.short_term");
	}
	if (rules && subject->parameter == PR_QUALITY_DEVIATION && rules->is_high_voltage) {
		pr_node_constant(explainer, node, "highest", pr_cell_micro(subject->quality->highest), "%", store_name);
		pr_node_constant(explainer, node, "lowest", pr_cell_micro(subject->quality->lowest), "%", store_name);
	}
	add_limit(explainer, subject, node, "limit");
	pr_node_constant(explainer, node, "least", pr_cell_count(rules ? (uint64_t)rules->minimum_samples : 0), NULL,
		"method limits.minimum_samples");
	pr_node_constant(explainer, node, "gate", pr_cell_micro(pr_micro_from_double(explainer->quiet.method->gate)), "1",
		"settings report.gate");
	pr_explain_point_rows(explainer, subject->own, node, "minutes", index, "samples");
	pr_explain_point_rows(explainer, subject->own, node, "start", index, "start");
	pr_node_conclude(explainer, node,
		pr_arena_format(explainer->arena,
			"where(choose(either(count(where(minutes,minutes>0))<gate*count(start),samples<least),'insufficient',"
			"choose(%s,'pass','%s')),both(samples>0,known(judged)))",
			passed(subject), rules && rules->is_practice[subject->parameter] ? "attention" : "fail"),
		"1", 0);
}

/* --- points and projects ------------------------------------------------------------------------------------------- */

/* "quality.<parameter>.<what>". */
static bool parse(const char *id, enum pr_quality_parameter *parameter, const char **what)
{
	if (!pr_text_starts(id, "quality."))
		return false;
	for (int i = 0; i < PR_QUALITY_COUNT; i++) {
		size_t length = strlen(pr_quality_names[i]);
		if (strncmp(id + strlen("quality."), pr_quality_names[i], length) != 0 ||
			id[strlen("quality.") + length] != '.')
			continue;
		*parameter = (enum pr_quality_parameter)i;
		*what = id + strlen("quality.") + length + 1;
		return true;
	}
	return false;
}

static struct subject subject_of(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, enum pr_quality_parameter parameter)
{
	struct pr_explain_site *own = pr_explain_site_of(explainer, scope->project);
	const struct pr_point *point = scope->subject->model;
	return (struct subject){
		scope, own, point, own->site.data->points[point - own->site.project->points].quality, parameter};
}

static const char *rounding(struct pr_explainer *explainer, const struct pr_explain_node *node, const char *what)
{
	return pr_arena_format(explainer->arena, "round(%s,%d)", what, node->finding->digits);
}

static bool explain_point(struct pr_explainer *explainer, const struct pr_explain_scope *scope,
	struct pr_explain_node *node, enum pr_quality_parameter parameter, const char *what)
{
	const struct subject subject = subject_of(explainer, scope, parameter);
	node->rule = pr_arena_format(explainer->arena, "quality_%s", what);
	if (pr_text_equal(what, "compliance")) {
		pr_node_input(explainer, node, "inside", inside_step(explainer, &subject));
		pr_node_input(explainer, node, "samples", judged_step(explainer, &subject));
		add_limit(explainer, &subject, node, "limit");
		pr_node_conclude(explainer, node, "round(inside/samples,6)", NULL, 0);
	} else if (pr_text_equal(what, "worst")) {
		pr_node_input(explainer, node, "worst", worst_step(explainer, &subject));
		pr_node_conclude(explainer, node, rounding(explainer, node, "worst"), NULL, 0);
	} else if (pr_text_equal(what, "p95")) {
		pr_node_input(explainer, node, "value", p95_step(explainer, &subject));
		pr_node_conclude(explainer, node, rounding(explainer, node, "value"), NULL, 0);
	} else if (pr_text_equal(what, "verdict")) {
		conclude_verdict(explainer, &subject, node);
	} else {
		return false;
	}
	return true;
}

static struct pr_explain_node *point_verdict(
	struct pr_explainer *explainer, const struct subject *subject, const struct pr_explain_scope *scope)
{
	const char *id = pr_arena_format(explainer->arena, "quality.%s.verdict", pr_quality_names[subject->parameter]);
	return pr_findings_get(scope->findings, id) ? pr_explain_finding(explainer, scope, id) : NULL;
}

static bool explain_project(struct pr_explainer *explainer, const struct pr_explain_scope *scope,
	struct pr_explain_node *node, enum pr_quality_parameter parameter, const char *what)
{
	const struct pr_project_report *report = &explainer->report->projects[scope->project];
	bool is_compliance = pr_text_equal(what, "compliance"), is_low = parameter == PR_QUALITY_POWER_FACTOR;
	node->rule = pr_arena_format(explainer->arena, "quality_project_%s", what);
	pr_node_list(explainer, node, "values", NULL);
	for (size_t i = 0; i < report->point_count; i++) {
		if (((const struct pr_point *)report->points[i].model)->role != PR_ROLE_INCOMER)
			continue;
		struct pr_explain_scope *point = pr_arena_alloc(explainer->arena, sizeof *point);
		*point = pr_explain_scope_subject(explainer, scope->project, PR_EXPLAIN_POINT, &report->points[i]);
		const struct subject subject = subject_of(explainer, point, parameter);
		if (is_compliance) {
			pr_node_list(explainer, node, "values", inside_step(explainer, &subject));
			pr_node_list(explainer, node, "samples", judged_step(explainer, &subject));
		} else if (pr_text_equal(what, "verdict")) {
			pr_node_list(explainer, node, "values", point_verdict(explainer, &subject, point));
		} else {
			pr_node_list(explainer, node, "values",
				pr_text_equal(what, "worst") ? worst_step(explainer, &subject) : p95_step(explainer, &subject));
		}
	}
	const char *formula = pr_text_equal(what, "verdict") ? "worst(values)"
	                      : is_compliance                ? "round(sum(values)/sum(samples),6)"
	                                      : rounding(explainer, node, is_low ? "min(values)" : "largest(values)");
	if (is_compliance)
		pr_node_list(explainer, node, "samples", NULL);
	pr_node_conclude(explainer, node, formula, NULL, 0);
	return true;
}

static bool explain_outages(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	const struct pr_project_report *report = &explainer->report->projects[scope->project];
	node->rule = "quality_outage_samples";
	if (scope->level == PR_EXPLAIN_POINT) {
		const struct subject subject = subject_of(explainer, scope, PR_QUALITY_DEVIATION);
		pr_node_given(explainer, node,
			subject.quality ? pr_cell_count(subject.quality->outage_samples) : pr_cell_text(NULL), "1", store_name);
		return true;
	}
	pr_node_list(explainer, node, "samples", NULL);
	for (size_t i = 0; i < report->point_count; i++) {
		const struct pr_explain_scope point =
			pr_explain_scope_subject(explainer, scope->project, PR_EXPLAIN_POINT, &report->points[i]);
		if (pr_findings_get(point.findings, node->finding->id))
			pr_node_list(explainer, node, "samples", pr_explain_finding(explainer, &point, node->finding->id));
	}
	pr_node_conclude(explainer, node, "sum(samples)", NULL, 0);
	return true;
}

bool pr_explain_quality(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	enum pr_quality_parameter parameter;
	const char *what;
	if (scope->level != PR_EXPLAIN_PROJECT && scope->level != PR_EXPLAIN_POINT)
		return false;
	if (pr_text_equal(node->finding->id, "quality.outage_samples"))
		return explain_outages(explainer, scope, node);
	if (!parse(node->finding->id, &parameter, &what))
		return false;
	return scope->level == PR_EXPLAIN_POINT ? explain_point(explainer, scope, node, parameter, what)
	                                        : explain_project(explainer, scope, node, parameter, what);
}
