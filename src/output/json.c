#include "output/json.h"

#include <string.h>

#include "analysis/changed.h"
#include "base/decimal.h"

#define DEEPEST 12
#define SERIES_DIGITS 4

/* An object or array that is being written: each member on a line of its own, or all on one. */
struct level {
	char close;
	bool lines;
	bool any;
};

struct writer {
	struct pr_buffer out;
	struct level levels[DEEPEST];
	int depth;
};

/* --- JSON ---------------------------------------------------------------------------------------------------------- */

/* Controls, line separators, marks of direction: what a terminal obeys is escaped, and is read as what it is. */
static bool is_unprintable(uint32_t code)
{
	return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x061C || code == 0x200E || code == 0x200F ||
	       (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF;
}

static void quote_code(struct pr_buffer *out, uint32_t code)
{
	static const struct {
		uint32_t code;
		const char *escape;
	} escapes[] = {
		{'"', "\\\""}, {'\\', "\\\\"}, {'\b', "\\b"}, {'\f', "\\f"}, {'\n', "\\n"}, {'\r', "\\r"}, {'\t', "\\t"}};

	for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++) {
		if (escapes[i].code == code) {
			pr_buffer_add(out, escapes[i].escape);
			return;
		}
	}
	if (is_unprintable(code))
		pr_buffer_format(out, "\\u%04x", (unsigned)code);
	else
		pr_buffer_add_code(out, code);
}

void pr_json_quote(struct pr_buffer *out, const char *text)
{
	uint32_t code;

	if (text == NULL) {
		pr_buffer_add(out, "null");
		return;
	}
	pr_buffer_add(out, "\"");
	while ((code = pr_utf8_next(&text)) != 0)
		quote_code(out, code);
	pr_buffer_add(out, "\"");
}

static void break_line(struct writer *writer)
{
	pr_buffer_add(&writer->out, "\n");
	for (int i = 0; i < writer->depth; i++)
		pr_buffer_add(&writer->out, "  ");
}

/* What stands before a member: a comma after the one before it, the line's start, the key. */
static void start_member(struct writer *writer, const char *key)
{
	struct level *level = &writer->levels[writer->depth];

	if (level->any)
		pr_buffer_add(&writer->out, level->lines ? "," : ", ");
	level->any = true;
	if (level->lines)
		break_line(writer);
	if (key != NULL) {
		pr_json_quote(&writer->out, key);
		pr_buffer_add(&writer->out, ": ");
	}
}

static void enter(struct writer *writer, char open, bool lines)
{
	pr_buffer_add_n(&writer->out, &open, 1);
	writer->levels[++writer->depth] = (struct level){open == '{' ? '}' : ']', lines, false};
}

static void begin_object(struct writer *writer, const char *key, bool lines)
{
	start_member(writer, key);
	enter(writer, '{', lines);
}

static void begin_array(struct writer *writer, const char *key, bool lines)
{
	start_member(writer, key);
	enter(writer, '[', lines);
}

static void end(struct writer *writer)
{
	const struct level level = writer->levels[writer->depth--];

	if (level.lines && level.any)
		break_line(writer);
	pr_buffer_add_n(&writer->out, &level.close, 1);
}

static void put_text(struct writer *writer, const char *key, const char *text)
{
	start_member(writer, key);
	pr_json_quote(&writer->out, text);
}

static void put_integer(struct writer *writer, const char *key, int64_t value)
{
	start_member(writer, key);
	pr_buffer_format(&writer->out, "%lld", (long long)value);
}

/* An id or a level; 0 = none. */
static void put_id(struct writer *writer, const char *key, int64_t id)
{
	if (id == 0)
		put_text(writer, key, NULL);
	else
		put_integer(writer, key, id);
}

static void put_micro(struct writer *writer, const char *key, pr_micro value)
{
	char plain[32];

	start_member(writer, key);
	pr_buffer_add(&writer->out, pr_micro_plain(value, plain));
}

static void put_double(struct writer *writer, const char *key, double value, int digits)
{
	put_micro(writer, key, pr_micro_round(pr_micro_from_double(value), digits));
}

static void put_time(struct writer *writer, const char *key, int64_t utc_ms, const struct pr_zone *zone)
{
	char iso[40];

	put_text(writer, key, utc_ms == PR_TIME_MISSING ? NULL : pr_time_iso(utc_ms, zone, iso));
}

/* Where it applies. */
static void put_micro_if(struct writer *writer, const char *key, pr_micro value)
{
	if (value != PR_MICRO_MISSING)
		put_micro(writer, key, value);
}

static void put_text_if(struct writer *writer, const char *key, const char *text)
{
	if (text != NULL)
		put_text(writer, key, text);
}

/* --- the contract -------------------------------------------------------------------------------------------------- */

static void write_finding(struct writer *writer, const struct pr_finding *finding, const struct pr_zone *zone)
{
	begin_object(writer, finding->id, false);
	if (finding->word != NULL)
		put_text(writer, "value", finding->word);
	else
		put_micro(writer, "value", finding->value);
	put_text(writer, "unit", finding->unit);
	put_micro_if(writer, "coverage", finding->coverage);
	if (finding->at_ms != PR_TIME_MISSING)
		put_time(writer, "at", finding->at_ms, zone);
	put_text_if(writer, "phase", finding->phase);
	put_micro_if(writer, "limit", finding->limit);
	put_text_if(writer, "source", finding->source);
	put_micro_if(writer, "change_month", finding->change_month);
	put_micro_if(writer, "change_year", finding->change_year);
	if (finding->rank > 0)
		put_integer(writer, "rank", finding->rank);
	put_text_if(writer, "text", finding->text);
	/* Beyond the contract, as the facts: what pages print, so that it can be found. */
	put_micro_if(writer, "base_month", finding->base_month);
	put_micro_if(writer, "base_year", finding->base_year);
	put_micro_if(writer, "difference_month", pr_finding_difference(finding, finding->base_month));
	put_micro_if(writer, "difference_year", pr_finding_difference(finding, finding->base_year));
	end(writer);
}

static void write_findings(
	struct writer *writer, const char *key, const struct pr_findings *findings, const struct pr_zone *zone)
{
	begin_object(writer, key, true);
	for (size_t i = 0; i < findings->count; i++)
		write_finding(writer, &findings->items[i], zone);
	end(writer);
}

/* What a letter says of the report (docs/mail.md). */
static void write_letter(struct writer *writer, const struct pr_letter *letter)
{
	if (!letter->title)
		return;
	begin_object(writer, "letter", true);
	put_text(writer, "title", letter->title);
	put_text(writer, "month", letter->month);
	begin_array(writer, "figures", true);
	for (size_t i = 0; i < letter->figure_count; i++) {
		begin_object(writer, NULL, false);
		put_text(writer, "key", letter->figures[i].key);
		put_text(writer, "name", letter->figures[i].name);
		put_text(writer, "value", letter->figures[i].value);
		put_text(writer, "change", letter->figures[i].change);
		end(writer);
	}
	end(writer);
	begin_array(writer, "findings", true);
	for (size_t i = 0; i < letter->finding_count; i++) {
		begin_object(writer, NULL, false);
		put_text(writer, "lead", letter->findings[i].lead);
		put_text(writer, "text", letter->findings[i].text);
		end(writer);
	}
	end(writer);
	end(writer);
}

/* What pages print beside the findings. */
static void write_facts(struct writer *writer, const struct pr_findings *facts, const struct pr_zone *zone)
{
	if (facts->count > 0)
		write_findings(writer, "facts", facts, zone);
}

static void write_subjects(
	struct writer *writer, const char *key, const struct pr_subject *subjects, size_t count, const struct pr_zone *zone)
{
	begin_array(writer, key, true);
	for (size_t i = 0; i < count; i++) {
		begin_object(writer, NULL, true);
		put_integer(writer, "id", subjects[i].id);
		put_text(writer, "name", subjects[i].name);
		write_findings(writer, "findings", &subjects[i].findings, zone);
		end(writer);
	}
	end(writer);
}

static void write_bill_line(struct writer *writer, const struct pr_bill_line *line)
{
	begin_object(writer, NULL, false);
	put_text(writer, "line", pr_bill_line_names[line->kind]);
	put_integer(writer, "tariff", line->tariff_id);
	put_text(writer, "slot", line->slot < 0 || line->slot >= PR_SLOT_COUNT ? NULL : pr_slot_names[line->slot]);
	put_micro(writer, "quantity", line->quantity);
	put_text(writer, "unit", line->unit);
	put_micro(writer, "price", line->price);
	put_micro(writer, "amount", line->amount);
	if (line->share != PR_MICRO_ONE)
		put_micro_if(writer, "share", line->share);
	put_micro_if(writer, "discount", line->discount);
	end(writer);
}

/* Money has its ISO code for a unit: three capitals, as no unit of measure has. */
static bool is_money(const char *unit)
{
	return unit != NULL && strlen(unit) == 3 && strspn(unit, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

/* Of the series that only charts and tables use (their ids begin with a point) those whose values pages print. */
static bool is_printed(const char *id)
{
	static const char *const printed[] = {
		".months13.basic", ".months13.energy_charge", ".months13.pf", ".months13.power_factor"};

	for (size_t i = 0; i < sizeof printed / sizeof *printed; i++)
		if (strcmp(id, printed[i]) == 0)
			return true;
	return false;
}

static void write_series(struct writer *writer, const struct pr_series *series, const struct pr_zone *zone)
{
	const int digits = is_money(series->unit) ? PR_PRECISION_MONEY : SERIES_DIGITS;

	begin_object(writer, series->id + (series->id[0] == '.'), false);
	put_text(writer, "unit", series->unit);
	put_text(writer, "step", series->step);
	put_time(writer, "start", series->start_ms, zone);
	begin_array(writer, "values", false);
	for (size_t i = 0; i < series->count; i++)
		put_double(writer, NULL, series->values[i], digits);
	end(writer);
	end(writer);
}

static void write_event(struct writer *writer, const struct pr_event *event, const struct pr_zone *zone)
{
	begin_object(writer, NULL, false);
	put_text(writer, "id", event->event_id);
	put_id(writer, "point", event->point_id);
	put_id(writer, "sensor", event->sensor_id);
	put_text(writer, "code", event->code);
	put_id(writer, "level", event->level);
	put_time(writer, "start", event->started_at_ms, zone);
	put_time(writer, "end", event->ended_at_ms, zone);
	put_double(writer, "value", event->value, SERIES_DIGITS);
	put_double(writer, "limit", event->limit_value, SERIES_DIGITS);
	put_text(writer, "phase", event->phase);
	put_text(writer, "name_then", event->point_name);
	put_time(writer, "confirmed", event->confirmed_at_ms, zone);
	put_time(writer, "closed", event->closed_at_ms, zone);
	if (event->ended_at_ms != PR_TIME_MISSING && event->ended_at_ms >= event->started_at_ms)
		put_double(writer, "minutes", (double)(event->ended_at_ms - event->started_at_ms) / (double)PR_MS_MINUTE,
			SERIES_DIGITS);
	end(writer);
}

static void write_project_details(
	struct writer *writer, const struct pr_project_report *project, const struct pr_zone *zone)
{
	write_subjects(writer, "points", project->points, project->point_count, zone);
	write_subjects(writer, "transformers", project->transformers, project->transformer_count, zone);
	write_subjects(writer, "sensors", project->sensors, project->sensor_count, zone);
	begin_array(writer, "bill_lines", true);
	for (size_t i = 0; i < project->bill_line_count; i++)
		write_bill_line(writer, &project->bill_lines[i]);
	end(writer);
	begin_object(writer, "series", true);
	for (size_t i = 0; i < project->series_count; i++)
		if (project->series[i].id[0] != '.' || is_printed(project->series[i].id))
			write_series(writer, &project->series[i], zone);
	end(writer);
	begin_array(writer, "events", true);
	for (size_t i = 0; i < project->event_count; i++)
		write_event(writer, &project->events[i], zone);
	end(writer);
	write_facts(writer, &project->facts, zone);
}

static void write_project(
	struct writer *writer, const struct pr_report *report, const struct pr_project_report *project)
{
	const struct pr_zone *zone = project->project->zone;

	begin_object(writer, NULL, true);
	put_integer(writer, "id", project->project->id);
	put_text(writer, "name", project->project->name);
	write_findings(writer, "findings", &project->findings, zone);
	if (report->tenant->edition != PR_EDITION_PLATFORM)
		write_project_details(writer, project, zone);
	end(writer);
}

static void put_changed_value(struct writer *writer, const char *key, const struct pr_changed_value *value)
{
	if (value->word)
		put_text(writer, key, value->word);
	else
		put_micro(writer, key, value->number);
}

/* A figure that was measured in both has one unit but where that changed; what is gone keeps its name. */
static void write_changed(struct writer *writer, const struct pr_changed *changed)
{
	const char *old_unit = changed->before.unit, *unit = changed->after.there ? changed->after.unit : old_unit;

	begin_object(writer, NULL, false);
	put_text(writer, "path", changed->path);
	put_changed_value(writer, "old", &changed->before);
	put_changed_value(writer, "new", &changed->after);
	if (unit)
		put_text(writer, "unit", unit);
	if (old_unit && !pr_text_equal(old_unit, unit))
		put_text(writer, "old_unit", old_unit);
	if (!changed->after.there)
		put_text(writer, "name", changed->name);
	end(writer);
}

static void write_all_changed(struct writer *writer, const struct pr_report *report)
{
	if (report->revision < 2)
		return;
	begin_array(writer, "changes", true);
	for (size_t i = 0; i < report->changed_count; i++)
		write_changed(writer, &report->changed[i]);
	end(writer);
}

static const struct pr_zone *note_zone(const struct pr_report *report, int64_t project_id)
{
	for (size_t i = 0; i < report->project_count; i++)
		if (report->projects[i].project->id == project_id)
			return report->projects[i].project->zone;
	return report->tenant->zone;
}

static void write_note(struct writer *writer, const struct pr_report *report, const struct pr_note *note)
{
	const struct pr_zone *zone = note_zone(report, note->project_id);

	begin_object(writer, NULL, false);
	put_text(writer, "code", note->code);
	put_id(writer, "project", note->project_id);
	put_id(writer, "point", note->point_id);
	if (note->sensor_id != 0)
		put_integer(writer, "sensor", note->sensor_id);
	put_text(writer, "text", note->text);
	put_integer(writer, "count", (int64_t)note->count);
	put_time(writer, "first", note->first_ms, zone);
	put_time(writer, "last", note->last_ms, zone);
	end(writer);
}

static void write_head(struct writer *writer, const struct pr_report *report)
{
	const struct pr_tenant *tenant = report->tenant;
	char month[16];

	put_text(writer, "schema", "powerreport/findings/1");
	begin_object(writer, "tenant", false);
	put_integer(writer, "id", tenant->id);
	put_text(writer, "name", tenant->name);
	put_text(writer, "edition", pr_edition_names[tenant->edition]);
	put_text(writer, "timezone", tenant->timezone);
	put_text(writer, "locale", tenant->locale);
	end(writer);
	put_text(writer, "month", pr_month_iso(report->month, month));
	put_integer(writer, "revision", report->revision);
	put_time(writer, "cutoff", report->cutoff_ms, tenant->zone);
}

/* --- in pieces ----------------------------------------------------------------------------------------------------- */

static void write_notes(struct writer *writer, const struct pr_report *report)
{
	begin_array(writer, "notes", true);
	for (size_t i = 0; i < report->note_count; i++)
		write_note(writer, report, &report->notes[i]);
	end(writer);
}

/* Hands over what is written so far; the levels that are open stay open. */
static bool hand_over(struct writer *writer, const struct pr_json_pieces *pieces, struct pr_error *error)
{
	if (!pieces->put(pieces->context, writer->out.text, writer->out.length, error))
		return false;
	writer->out.length = 0;
	return true;
}

static bool write_pieces(
	struct writer *writer, const struct pr_report *report, const struct pr_json_pieces *pieces, struct pr_error *error)
{
	for (;;) {
		const struct pr_project_report *project = NULL;
		if (!pieces->next(pieces->context, &project, error))
			return false;
		if (!project)
			return true;
		write_project(writer, report, project);
		if (!hand_over(writer, pieces, error))
			return false;
	}
}

bool pr_json_write_pieces(
	const struct pr_report *report, const struct pr_json_pieces *pieces, struct pr_arena *arena, struct pr_error *error)
{
	struct writer writer = {.depth = 0};

	if (report->tenant == NULL)
		return pr_error_set(error, PR_CODE_INTERNAL, "findings without a tenant");
	pr_buffer_init(&writer.out, arena);
	enter(&writer, '{', true);
	write_head(&writer, report);
	write_findings(&writer, "findings", &report->findings, report->tenant->zone);
	begin_array(&writer, "projects", true);
	if (!write_pieces(&writer, report, pieces, error))
		return false;
	end(&writer);
	write_all_changed(&writer, report);
	write_notes(&writer, report);
	write_letter(&writer, &report->letter);
	write_facts(&writer, &report->facts, report->tenant->zone);
	end(&writer);
	pr_buffer_add(&writer.out, "\n");
	return hand_over(&writer, pieces, error);
}

/* The report's own projects, and one text. */
struct whole {
	const struct pr_report *report;
	size_t at;
	struct pr_buffer out;
};

static bool next_of_whole(void *context, const struct pr_project_report **project, struct pr_error *error)
{
	struct whole *whole = context;

	(void)error;
	*project = whole->at < whole->report->project_count ? &whole->report->projects[whole->at++] : NULL;
	return true;
}

static bool put_whole(void *context, const char *bytes, size_t count, struct pr_error *error)
{
	struct whole *whole = context;

	(void)error;
	pr_buffer_add_n(&whole->out, bytes, count);
	return true;
}

bool pr_json_write(
	const struct pr_report *report, struct pr_arena *arena, char **bytes, size_t *count, struct pr_error *error)
{
	struct whole whole = {.report = report};
	const struct pr_json_pieces pieces = {next_of_whole, put_whole, &whole};

	pr_buffer_init(&whole.out, arena);
	if (!pr_json_write_pieces(report, &pieces, arena, error))
		return false;
	*bytes = whole.out.text;
	*count = whole.out.length;
	return true;
}
