/*
 * The printed form of findings and notes (visual system, section 5). A figure has no unit, but a ratio its '%':
 * "80,230.41", "98.3%". A mean price has the decimals of the tariff's prices, at least 2.
 */
#include "analysis/platform.h"
#include "base/version.h"
#include "document/facts.h"
#include "document/letter.h"
#include "document/rows.h"
#include "document/template.h"

#include <stdlib.h>
#include <string.h>

#define PRICE_DIGITS_MIN 2
#define POWER_FACTOR_DIGITS 2

static bool is_power_factor(const char *id)
{
	static const char *const ids[] = {"power_factor.month", "quality.power_factor.worst", "quality.power_factor.p95"};

	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
		if (strcmp(ids[i], id) == 0)
			return true;
	return false;
}

/* Of what has unit "1", only ratios are held to six decimals. */
static bool is_ratio(const struct pr_finding *finding)
{
	return finding->digits == PR_PRECISION_RATIO && !is_power_factor(finding->id);
}

static int digits_of_price(pr_micro price)
{
	int digits = 6;

	while (digits > 0 && price % 10 == 0) {
		price /= 10;
		digits--;
	}
	return digits;
}

static int project_price_digits(const struct pr_project_report *project)
{
	int most = project->price_digits > PRICE_DIGITS_MIN ? project->price_digits : PRICE_DIGITS_MIN;

	for (size_t i = 0; i < project->bill_line_count; i++) {
		const struct pr_bill_line *line = &project->bill_lines[i];
		int digits = line->kind == PR_LINE_ENERGY && line->price != PR_MICRO_MISSING ? digits_of_price(line->price) : 0;
		most = digits > most ? digits : most;
	}
	return most;
}

int pr_price_digits(const struct pr_report *report, const struct pr_project_report *project)
{
	int most = PRICE_DIGITS_MIN;

	if (project)
		return project_price_digits(project);
	if (report->platform && report->platform->price_digits > most)
		most = report->platform->price_digits;
	for (size_t i = 0; i < report->project_count; i++) {
		int digits = project_price_digits(&report->projects[i]);
		most = digits > most ? digits : most;
	}
	return most;
}

struct pr_value pr_value_of_finding(const struct pr_report *report, const struct pr_project_report *project,
	const struct pr_finding *finding, pr_micro number)
{
	bool is_shown = number == finding->value && finding->shown != PR_MICRO_MISSING;
	struct pr_value value = pr_value_micro(is_shown ? finding->shown : number, finding->unit);

	if (value.kind == PR_VALUE_MISSING)
		return value;
	if (strcmp(finding->id, "bill.price") == 0) {
		value.digits = pr_price_digits(report, project);
	} else if (pr_text_equal(finding->unit, "1") && !is_ratio(finding)) {
		value.unit = NULL;
		value.digits = is_power_factor(finding->id) ? POWER_FACTOR_DIGITS : finding->digits;
	}
	return value;
}

struct pr_value pr_project_value(
	const struct pr_context *context, const struct pr_project_report *project, const char *id)
{
	const struct pr_findings *findings = project ? &project->findings : &context->report->findings;
	const struct pr_finding *finding = pr_findings_get(findings, id);
	struct pr_value value;

	if (!finding)
		return pr_value_missing();
	if (finding->word)
		value = pr_value_text(finding->word);
	else
		value = pr_value_of_finding(context->report, project, finding, finding->value);
	value.finding = project ? pr_arena_format(context->arena, "projects/%lld/%s", (long long)project->project->id, id)
	                        : pr_arena_copy(context->arena, id);
	return value;
}

/* --- findings --------------------------------------------------------------------------------------------------- */

const char *pr_finding_word(const struct pr_context *context, const char *word)
{
	static const char *const sections[] = {"verdict", "grade"};

	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
		const char *key = pr_arena_format(context->arena, "%s.%s", sections[i], word);
		if (pr_words_get(context->words, key))
			return pr_words_plain(context->words, key);
	}
	return word;
}

static const char *print_finding(const struct pr_context *context, const struct pr_scope *scope,
	const struct pr_project_report *project, const struct pr_finding *finding)
{
	struct pr_format_style style = {.digits = -1, .bare = true};
	struct pr_value value;

	if (finding->word)
		return pr_finding_word(context, finding->word);
	value = pr_value_of_finding(context->report, project, finding, finding->value);
	if (value.unit && strcmp(value.unit, "1") == 0) {
		style.bare = false;
		/* A month that lacks one quarter is never 100.0%. */
		style.cut = pr_text_starts(finding->id, "coverage.");
	}
	return pr_format_value(context, scope, &value, &style);
}

static void print_findings(const struct pr_context *context, const struct pr_scope *scope,
	const struct pr_project_report *project, struct pr_findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		findings->items[i].text = print_finding(context, scope, project, &findings->items[i]);
}

static void print_subjects(const struct pr_context *context, const struct pr_scope *scope,
	const struct pr_project_report *project, struct pr_subject *subjects, size_t count)
{
	for (size_t i = 0; i < count; i++)
		print_findings(context, scope, project, &subjects[i].findings);
}

/* --- notes ------------------------------------------------------------------------------------------------------ */

const char *pr_subject_name(const struct pr_subject *subjects, size_t count, int64_t id)
{
	for (size_t i = 0; i < count; i++)
		if (subjects[i].id == id)
			return subjects[i].name;
	return NULL;
}

/* A point that was not valid in the month is no subject of the report: its name of the time is the directory's. */
static const char *name_within(const struct pr_project_report *project, const struct pr_note *note)
{
	const char *name = NULL;

	if (note->sensor_id) {
		name = pr_subject_name(project->sensors, project->sensor_count, note->sensor_id);
		for (size_t i = 0; !name && i < project->project->sensor_count; i++)
			if (project->project->sensors[i].id == note->sensor_id)
				name = project->project->sensors[i].name;
		return name;
	}
	name = pr_subject_name(project->points, project->point_count, note->point_id);
	if (!name) {
		const struct pr_point *point = pr_project_point(project->project, note->point_id);
		name = point ? pr_point_name_at(point, project->month_to_ms - 1) : NULL;
	}
	return name;
}

static const struct pr_project_report *project_of(const struct pr_report *report, const struct pr_note *note)
{
	for (size_t i = 0; i < report->project_count; i++) {
		const struct pr_project_report *project = &report->projects[i];
		if (project->project->id == note->project_id)
			return project;
		if (!note->project_id && (note->point_id || note->sensor_id) && name_within(project, note))
			return project;
	}
	return NULL;
}

const char *pr_note_subject(const struct pr_context *context, const struct pr_note *note, struct pr_arena *arena)
{
	const struct pr_report *report = context->report;
	const char *of;
	const struct pr_project_report *project = project_of(report, note);
	const char *name = NULL;

	if (!project)
		return report->tenant->name;
	if (note->point_id || note->sensor_id)
		name = name_within(project, note);
	if (!name)
		return project->project->name;
	if (report->project_count <= 1)
		return name;
	of = pr_words_plain(context->words, "management.of_site");
	return pr_arena_format(arena, "%s%s%s%s", project->project->name, of, context->words->spaces ? " " : "", name);
}

const struct pr_zone *pr_note_zone(const struct pr_report *report, const struct pr_note *note)
{
	const struct pr_project_report *project = project_of(report, note);

	return project ? project->project->zone : report->tenant->zone;
}

/* "slot, price" with the words "note.detail.slot" and "note.detail.price"; a part without a word stays as it is. */
static const char *detail_in_words(const struct pr_context *context, const char *detail, size_t *parts)
{
	const char *separator = pr_words_plain(context->words, "note.detail.separator");
	struct pr_buffer out;

	pr_buffer_init(&out, context->arena);
	*parts = 0;
	while (detail && *detail) {
		size_t length = strcspn(detail, ",");
		const char *part = pr_text_trim(pr_arena_copy_n(context->arena, detail, length));
		const char *key = pr_arena_format(context->arena, "note.detail.%s", part);

		if ((*parts)++ > 0)
			pr_buffer_format(&out, "%s%s", separator, strcmp(separator, ",") == 0 ? " " : "");
		pr_buffer_add(&out, pr_words_get(context->words, key) ? pr_words_plain(context->words, key) : part);
		detail += detail[length] ? length + 1 : length;
	}
	return out.text;
}

static bool is_one_day(const struct pr_zone *zone, const struct pr_note *note)
{
	struct pr_date first = pr_zone_local(zone, note->first_ms).date, last = pr_zone_local(zone, note->last_ms).date;

	return first.year == last.year && first.month == last.month && first.day == last.day;
}

static bool print_note(
	const struct pr_context *context, const struct pr_scope *tenant, struct pr_note *note, struct pr_error *error)
{
	struct pr_arena *arena = context->arena;
	struct pr_scope scope = {.outer = tenant, .zone = pr_note_zone(context->report, note)};
	const char *key = pr_arena_format(arena, "note.%s", note->code);
	size_t parts;
	const char *what = detail_in_words(context, note->detail, &parts);
	bool ended = note->last_ms != PR_TIME_MISSING, timed = ended && note->first_ms != PR_TIME_MISSING;
	/* As printed, to the minute: what happened within one has one time. */
	bool at_once = timed && note->first_ms / PR_MS_MINUTE == note->last_ms / PR_MS_MINUTE;

	pr_scope_add(&scope, arena, "note.subject", pr_value_text(pr_note_subject(context, note, arena)));
	pr_scope_add(
		&scope, arena, "note.count", note->count ? pr_value_number((double)note->count, NULL) : pr_value_missing());
	pr_scope_add(&scope, arena, "note.first", pr_value_time(note->first_ms));
	pr_scope_add(&scope, arena, "note.last", pr_value_time(at_once ? note->first_ms : note->last_ms));
	pr_scope_add(&scope, arena, "note.one_day", pr_value_number(timed && is_one_day(scope.zone, note), NULL));
	pr_scope_add(&scope, arena, "note.last_day", ended ? pr_value_time(note->last_ms - 1) : pr_value_missing());
	pr_scope_add(&scope, arena, "note.value", pr_value_micro(note->value, note->unit));
	pr_scope_add(&scope, arena, "note.detail", pr_value_text(note->detail));
	pr_scope_add(&scope, arena, "note.what", pr_value_text(parts ? what : NULL));
	pr_scope_add(&scope, arena, "note.parts", pr_value_number((double)parts, NULL));
	return pr_words_text(context, &scope, key, &note->text, error) || pr_error_context(error, "note '%s'", note->code);
}

/* --- all -------------------------------------------------------------------------------------------------------- */

/* A platform's projects carry findings only. */
static bool is_piece(const struct pr_report *report)
{
	return report->tenant->edition == PR_EDITION_PLATFORM && !report->platform;
}

static bool collect_facts(
	const struct pr_context *context, const struct pr_scope *tenant, struct pr_report *report, struct pr_error *error)
{
	bool is_whole = !is_piece(report);

	if (is_whole && !pr_facts_collect(context, tenant, &report->facts, error))
		return false;
	for (size_t i = 0; is_whole && i < report->project_count; i++)
		if (!pr_facts_collect(context, pr_scope_of_project(context, tenant, i), &report->projects[i].facts, error))
			return false;
	return true;
}

void pr_document_facts(const struct pr_templates *templates, struct pr_scope *tenant, struct pr_arena *arena)
{
	pr_scope_add(tenant, arena, "version", pr_value_text(PR_VERSION));
	pr_scope_add(tenant, arena, "gate", pr_value_number(templates->gate, "1"));
	pr_facts_tag(tenant, arena);
}

bool pr_document_print(
	const struct pr_templates *templates, struct pr_report *report, struct pr_arena *arena, struct pr_error *error)
{
	struct pr_context context = {
		.words = pr_templates_words(templates, report->tenant->locale), .report = report, .arena = arena};
	struct pr_scope *tenant;

	if (!context.words)
		return pr_error_set_at(error, PR_CODE_CONFIG, templates->template_folder, 0,
			"no words for the locale '%s'; expected words/%s.ini", report->tenant->locale ? report->tenant->locale : "",
			report->tenant->locale ? report->tenant->locale : "<locale>");
	tenant = pr_scope_tenant(&context);
	pr_document_facts(templates, tenant, arena);
	print_findings(&context, tenant, NULL, &report->findings);
	for (size_t i = 0; i < report->project_count; i++) {
		struct pr_project_report *project = &report->projects[i];
		const struct pr_scope *scope = pr_scope_of_project(&context, tenant, i);

		print_findings(&context, scope, project, &project->findings);
		print_subjects(&context, scope, project, project->points, project->point_count);
		print_subjects(&context, scope, project, project->transformers, project->transformer_count);
		print_subjects(&context, scope, project, project->sensors, project->sensor_count);
	}
	for (size_t i = 0; i < report->note_count; i++)
		if (!print_note(&context, tenant, &report->notes[i], error))
			return false;
	return collect_facts(&context, tenant, report, error) &&
	       (is_piece(report) || pr_letter_collect(&context, templates, tenant, &report->letter, error));
}
