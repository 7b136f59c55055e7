#include "analysis/summary.h"

#include <string.h>

#include "analysis/portfolio.h"
#include "base/text.h"

const char *const pr_problem_kind_names[PR_PROBLEM_KIND_COUNT] = {
	"silent", "gaps", "meter", "sensor", "tariff", "bill", "wiring", "clock", "register"};

/* A prefix ends in a dot. */
static const struct {
	const char *code;
	enum pr_problem_kind kind;
} kinds[] = {
	{"point.silent", PR_PROBLEM_SILENT},
	{"sensor.silent", PR_PROBLEM_SILENT},
	{"coverage.none", PR_PROBLEM_SILENT},
	{"coverage.low", PR_PROBLEM_GAPS},
	{"quarter.implausible.", PR_PROBLEM_METER},
	{"minute.implausible.", PR_PROBLEM_METER},
	{"demand.reported_implausible", PR_PROBLEM_METER},
	{"sensor.implausible", PR_PROBLEM_SENSOR},
	{"tariff.", PR_PROBLEM_TARIFF},
	{"bill.ingest_difference", PR_PROBLEM_BILL},
	{"bill.utility_difference", PR_PROBLEM_BILL},
	{"balance.negative", PR_PROBLEM_WIRING},
	{"minute.reverse_power", PR_PROBLEM_WIRING},
	{"quarter.duplicate", PR_PROBLEM_CLOCK},
	{"quarter.off_grid", PR_PROBLEM_CLOCK},
	{"quarter.outside_", PR_PROBLEM_REGISTER},
	{"load.no_rating", PR_PROBLEM_REGISTER},
	{"emission.incomplete", PR_PROBLEM_REGISTER},
	{"alarm.outside_validity", PR_PROBLEM_REGISTER},
	{"alarm.unknown_code", PR_PROBLEM_REGISTER},
	{"alarm.retired", PR_PROBLEM_REGISTER},
};

static bool fits(const char *code, const char *pattern)
{
	char end = pattern[strlen(pattern) - 1];
	return end == '.' || end == '_' ? pr_text_starts(code, pattern) : pr_text_equal(code, pattern);
}

enum pr_problem_kind pr_problem_kind_of(const char *code)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (fits(code, kinds[i].code))
			return kinds[i].kind;
	return PR_PROBLEM_KIND_COUNT;
}

/* What a project is among those of its tenant only. */
static const char *const left_out[] = {"energy.share", "bill.share", "contribution."};
static const char *const ranked[] = {"energy.total", "bill.total"};

static void copy_findings(const struct pr_findings *from, struct pr_arena *arena, struct pr_findings *to)
{
	*to = (struct pr_findings){0};
	for (size_t i = 0; i < from->count; i++) {
		struct pr_finding finding = from->items[i];
		bool keep = true;
		for (size_t k = 0; k < sizeof left_out / sizeof *left_out; k++)
			keep = keep && !fits(finding.id, left_out[k]);
		for (size_t k = 0; k < sizeof ranked / sizeof *ranked; k++)
			if (pr_text_equal(finding.id, ranked[k]))
				finding.rank = 0;
		finding.text = NULL;
		if (keep)
			*PR_PUSH(arena, to->items, to->count, to->capacity) = finding;
	}
}

/* --- problems --------------------------------------------------------------------------------------------------- */

static const char *name_of(const struct pr_subject *subjects, size_t count, int64_t id)
{
	for (size_t i = 0; i < count; i++)
		if (subjects[i].id == id)
			return subjects[i].name;
	return NULL;
}

static const char *subject_name(const struct pr_project_report *project, const struct pr_note *note)
{
	if (note->sensor_id)
		return name_of(project->sensors, project->sensor_count, note->sensor_id);
	const char *name = name_of(project->points, project->point_count, note->point_id);
	const struct pr_point *point = name ? NULL : pr_project_point(project->project, note->point_id);
	return point ? pr_point_name_at(point, project->month_to_ms - 1) : name;
}

static void add_problem(struct pr_arena *arena, struct pr_summary *summary, struct pr_problem problem)
{
	*PR_PUSH(arena, summary->problems, summary->problem_count, summary->problem_capacity) = problem;
}

static void add_notes(const struct pr_report *report, const struct pr_project_report *project, struct pr_arena *arena,
	struct pr_summary *summary)
{
	for (size_t i = 0; i < report->note_count; i++) {
		const struct pr_note *note = &report->notes[i];
		if (note->project_id != summary->project_id || pr_problem_kind_of(note->code) == PR_PROBLEM_KIND_COUNT)
			continue;
		const char *name = subject_name(project, note);
		/* Which alarm type it is, is the note's detail. */
		if (!name && pr_text_equal(note->code, "alarm.unknown_code"))
			name = note->detail;
		add_problem(arena, summary,
			(struct pr_problem){
				note->code, note->point_id, note->sensor_id, name, note->count, note->first_ms, note->last_ms});
	}
}

/* A tariff that nobody has touched for a long time is likely not the one that is paid. */
static void add_stale_tariff(const struct pr_report *report, const struct pr_project_report *project,
	struct pr_arena *arena, struct pr_summary *summary)
{
	int months = report->method ? report->method->platform.stale_tariff_months : 0;
	const struct pr_tariff *last = NULL;
	int64_t before_ms, end_ms;
	for (size_t i = 0; i < project->project->tariff_count; i++)
		if (pr_valid_at(&project->project->tariffs[i].validity, project->month_to_ms - 1))
			last = &project->project->tariffs[i];
	if (!last || !months)
		return;
	pr_zone_month(project->project->zone, pr_month_add(report->month, -months), &before_ms, &end_ms);
	if (last->validity.from_ms <= before_ms)
		add_problem(arena, summary,
			(struct pr_problem){"tariff.stale", 0, 0, NULL, 0, last->validity.from_ms, last->validity.from_ms});
}

/* --- a project's summary ---------------------------------------------------------------------------------------- */

static int digits_of(pr_micro price)
{
	int digits = 6;
	while (digits > 0 && price % 10 == 0) {
		price /= 10;
		digits--;
	}
	return digits;
}

static int price_digits(const struct pr_project_report *project)
{
	int most = 0;
	for (size_t i = 0; i < project->bill_line_count; i++) {
		const struct pr_bill_line *line = &project->bill_lines[i];
		int digits = line->kind == PR_LINE_ENERGY && line->price != PR_MICRO_MISSING ? digits_of(line->price) : 0;
		most = digits > most ? digits : most;
	}
	return most;
}

static void keep_alarms(
	const struct pr_report *report, const struct pr_alarms *from, struct pr_arena *arena, struct pr_summary *summary)
{
	const struct pr_directory *directory = report->dataset->directory;
	struct pr_alarms *alarms = &summary->condition.alarms;
	static const char prefix[] = "alarms.type.";
	size_t capacity = 0;
	*alarms = *from;
	alarms->counts = NULL;
	alarms->count_count = alarms->count_capacity = 0;
	for (size_t i = 0; i < from->count_count; i++) {
		const char *id = from->counts[i].id;
		if (pr_text_starts(id, "alarms.point."))
			continue;
		*PR_PUSH(arena, alarms->counts, alarms->count_count, alarms->count_capacity) = from->counts[i];
		for (size_t k = 0; pr_text_starts(id, prefix) && k < directory->alarm_type_count; k++)
			if (pr_text_equal(directory->alarm_types[k].code, id + sizeof prefix - 1))
				*PR_PUSH(arena, summary->types, summary->type_count, capacity) = directory->alarm_types[k];
	}
}

/* Of every project, whatever its tenant's edition shows. */
static void publish_attention(const struct pr_report *report, struct pr_arena *arena, struct pr_summary *summary)
{
	const struct pr_work work = {report->dataset, report->method, arena, NULL};
	const struct pr_finding *grade = pr_findings_get(&summary->findings, "health.grade");
	pr_attention_publish(&work, &summary->cover, grade ? grade->word : NULL, &summary->findings);
}

void pr_summary_make(const struct pr_report *report, size_t index, struct pr_arena *arena, struct pr_summary *summary)
{
	const struct pr_project_report *project = &report->projects[index];
	const struct pr_project_bases *bases = &report->bases[index];
	*summary = (struct pr_summary){.month = report->month,
		.cutoff_ms = report->cutoff_ms,
		.project_id = project->project->id,
		.tenant_id = report->tenant->id,
		.project_name = project->project->name,
		.industry = project->project->industry,
		.timezone = project->project->timezone,
		.zone = project->project->zone,
		.tenant_name = report->tenant->name,
		.edition = report->tenant->edition,
		.currency = project->currency,
		.has_rows = project->has_rows,
		.in_service = project->in_service,
		.has_ingest_times = report->dataset->has_ingested_at,
		.bill_incomplete = project->bill_incomplete,
		.price_digits = price_digits(project),
		.now = bases->now,
		.month_before = *bases->month,
		.year_before = *bases->year,
		.cover = *bases->cover,
		.condition = report->conditions[index]};
	copy_findings(&project->findings, arena, &summary->findings);
	summary->now.findings = (struct pr_findings){0};
	publish_attention(report, arena, summary);
	keep_alarms(report, &report->conditions[index].alarms, arena, summary);
	add_notes(report, project, arena, summary);
	add_stale_tariff(report, project, arena, summary);
}

struct pr_project_bases pr_summary_bases(const struct pr_summary *summary)
{
	struct pr_project_bases bases = {.now = summary->now,
		.month = &summary->month_before,
		.year = &summary->year_before,
		.cover = &summary->cover,
		.currency = summary->currency,
		.incomplete = summary->bill_incomplete};
	bases.now.findings = summary->findings;
	return bases;
}

void pr_summary_project(const struct pr_summary *summary, struct pr_arena *arena, struct pr_project_report *report)
{
	struct pr_project *project = pr_arena_alloc(arena, sizeof *project);
	*project = (struct pr_project){.id = summary->project_id,
		.name = summary->project_name,
		.industry = summary->industry,
		.timezone = summary->timezone,
		.zone = summary->zone,
		.supply_kv = PR_MICRO_MISSING,
		.short_circuit_mva = PR_MICRO_MISSING,
		.area_m2 = PR_MICRO_MISSING};
	*report = (struct pr_project_report){.project = project,
		.findings = summary->findings,
		.currency = summary->currency,
		.bill_incomplete = summary->bill_incomplete,
		.coverage_of_minutes = summary->cover.of_minutes,
		.price_digits = summary->price_digits,
		.has_rows = summary->has_rows,
		.in_service = summary->in_service};
	pr_zone_month(summary->zone, summary->month, &report->month_from_ms, &report->month_to_ms);
}
