/* charts/<name>.ini → a checked definition. */
#include <string.h>

#include "base/text.h"
#include "chart/chart.h"
#include "config/definition.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define HEIGHT_MIN_PT 10
#define HEIGHT_MAX_PT 700
#define KEY_MAX 8
#define PANELS_ABREAST 5

static const char *const kind_names[PR_CHART_KIND_COUNT] = {
	[PR_CHART_STACK] = "stack",
	[PR_CHART_PIE] = "pie",
	[PR_CHART_BAND] = "band",
	[PR_CHART_LINES] = "lines",
	[PR_CHART_COLUMNS] = "columns",
	[PR_CHART_ROWS] = "rows",
	[PR_CHART_SPARK] = "spark",
	[PR_CHART_DAYS] = "days",
	[PR_CHART_FINGERPRINT] = "fingerprint",
	[PR_CHART_RADAR] = "radar",
	[PR_CHART_WATERFALL] = "waterfall",
	[PR_CHART_DOTS] = "dots",
	[PR_CHART_HEAT] = "heat",
	[PR_CHART_PANELS] = "panels",
	[PR_CHART_MONTHS] = "months",
	[PR_CHART_CURVE] = "curve",
	[PR_CHART_MULTIPLES] = "multiples",
	[PR_CHART_CALENDAR] = "calendar",
	[PR_CHART_PLOT] = "plot",
};
static const char *const legend_names[] = {"side", "direct", "none"};

static const char *const chart_keys[] = {"kind", "height", "legend", "totals", "shapes", "columns"};
static const char *const axis_keys[] = {"zero", "note"};
static const char *const series_keys[] = {"data", "label", "role", "when", "dashed", "width", "at"};
static const char *const limit_keys[] = {"value", "label", "when", "dashed"};
static const char *const mark_keys[] = {"series", "at", "label", "when"};
static const char *const gap_keys[] = {"label"};
static const char *const strip_keys[] = {"data", "label"};
static const char *const key_keys[] = {"labels"};

struct reading {
	struct pr_chart_definition *definition;
	struct pr_arena *arena;
	struct pr_error *error;
	size_t series_capacity, limit_capacity, mark_capacity;
};

static bool read_item(struct reading *reading, const struct pr_section *section, struct pr_chart_item *item)
{
	*item = (struct pr_chart_item){.name = section->name, .line = section->line};
	item->label = pr_section_get(section, "label");
	item->role = pr_section_get(section, "role");
	item->when = pr_section_get(section, "when");
	item->at = pr_section_get(section, "at");
	if (*section->name == '\0')
		return pr_error_set_at(reading->error, section->code, section->path, section->line,
			"[%s] has no name; expected [%s <name>]", section->kind, section->kind);
	return pr_section_bool(section, "dashed", false, &item->dashed, reading->error) &&
	       pr_section_double(section, "width", 0, 5, 0, &item->width, reading->error);
}

static bool read_chart(struct reading *reading, const struct pr_section *section)
{
	struct pr_chart_definition *definition = reading->definition;
	size_t kind, legend;
	if (!pr_section_get(section, "kind"))
		return pr_section_refuse(section, "kind", reading->error, "is missing; expected a kind of chart");
	if (!pr_section_choice(section, "kind", kind_names, PR_CHART_KIND_COUNT, 0, &kind, reading->error) ||
		!pr_section_choice(section, "legend", legend_names, COUNT(legend_names), 0, &legend, reading->error) ||
		!pr_section_bool(section, "totals", false, &definition->totals, reading->error) ||
		!pr_section_bool(section, "shapes", false, &definition->shapes, reading->error))
		return false;
	double columns;
	if (!pr_section_double(section, "columns", 1, PANELS_ABREAST, 1, &columns, reading->error))
		return false;
	definition->panel_columns = (size_t)columns;
	definition->kind = (enum pr_chart_kind)kind;
	definition->legend = (enum pr_chart_legend)legend;
	return pr_section_double(
		section, "height", HEIGHT_MIN_PT, HEIGHT_MAX_PT, 120, &definition->height_pt, reading->error);
}

static bool read_axis(struct reading *reading, const struct pr_section *section)
{
	struct pr_chart_definition *definition = reading->definition;
	definition->axis_note = pr_section_get(section, "note");
	if (!pr_section_bool(section, "zero", true, &definition->axis_from_zero, reading->error))
		return false;
	bool may_float = definition->kind == PR_CHART_BAND || definition->kind == PR_CHART_LINES ||
	                 definition->kind == PR_CHART_PANELS || definition->kind == PR_CHART_MONTHS ||
	                 definition->kind == PR_CHART_CURVE;
	if (!definition->axis_from_zero && !may_float)
		return pr_section_refuse(section, "zero", reading->error,
			"is no; expected yes, since bars of a %s chart start at zero", kind_names[definition->kind]);
	if (!definition->axis_from_zero && !definition->axis_note)
		return pr_section_refuse(
			section, "note", reading->error, "is missing; an axis that does not begin at zero has to say so");
	return true;
}

static bool read_series(struct reading *reading, const struct pr_section *section)
{
	struct pr_chart_definition *definition = reading->definition;
	struct pr_chart_item *item =
		PR_PUSH(reading->arena, definition->series, definition->series_count, reading->series_capacity);
	struct pr_colour colour;
	if (!read_item(reading, section, item) || !pr_section_text(section, "data", &item->data, reading->error))
		return false;
	if (item->role && !pr_theme_role(&pr_theme_default, item->role, &colour))
		return pr_section_refuse(section, "role", reading->error,
			"is '%s'; expected a role of the theme, as 'accent' or 'slot.peak'", item->role);
	if (item->at && strcmp(item->at, "maximum") != 0)
		return pr_section_refuse(section, "at", reading->error, "is '%s'; expected 'maximum'", item->at);
	return true;
}

static bool read_limit(struct reading *reading, const struct pr_section *section)
{
	struct pr_chart_definition *definition = reading->definition;
	struct pr_chart_item *item =
		PR_PUSH(reading->arena, definition->limits, definition->limit_count, reading->limit_capacity);
	return read_item(reading, section, item) && pr_section_text(section, "value", &item->data, reading->error);
}

static bool read_mark(struct reading *reading, const struct pr_section *section)
{
	static const char *const places[] = {"maximum", "minimum"};
	struct pr_chart_definition *definition = reading->definition;
	struct pr_chart_item *item =
		PR_PUSH(reading->arena, definition->marks, definition->mark_count, reading->mark_capacity);
	size_t place;
	if (!read_item(reading, section, item) || !pr_section_text(section, "series", &item->series, reading->error) ||
		!pr_section_choice(section, "at", places, COUNT(places), 0, &place, reading->error))
		return false;
	item->at = places[place];
	return true;
}

static bool read_gap(struct reading *reading, const struct pr_section *section)
{
	return pr_section_text(section, "label", &reading->definition->gap_label, reading->error);
}

static bool read_other(struct reading *reading, const struct pr_section *section)
{
	return pr_section_text(section, "label", &reading->definition->other_label, reading->error);
}

static bool read_strip(struct reading *reading, const struct pr_section *section)
{
	reading->definition->strip_label = pr_section_get(section, "label");
	return pr_section_text(section, "data", &reading->definition->strip, reading->error);
}

static bool read_key(struct reading *reading, const struct pr_section *section)
{
	struct pr_chart_definition *definition = reading->definition;
	if (!pr_section_list(
			section, "labels", reading->arena, &definition->key_labels, &definition->key_count, reading->error))
		return false;
	if (definition->kind == PR_CHART_DAYS && definition->key_count != 3 && definition->key_count != 4)
		return pr_section_refuse(section, "labels", reading->error,
			"holds %zu words; expected three or four: complete, partial, missing, nothing expected",
			definition->key_count);
	return definition->key_count <= KEY_MAX ||
	       pr_section_refuse(section, "labels", reading->error, "holds %zu words; expected at most %d",
			   definition->key_count, KEY_MAX);
}

/* The sections of a definition, in the order in which they are read: [axis] needs to know the kind. */
static const struct {
	const char *kind;
	const char *const *keys;
	size_t key_count;
	bool (*read)(struct reading *reading, const struct pr_section *section);
} sections[] = {
	{"chart", chart_keys, COUNT(chart_keys), read_chart},
	{"axis", axis_keys, COUNT(axis_keys), read_axis},
	{"series", series_keys, COUNT(series_keys), read_series},
	{"limit", limit_keys, COUNT(limit_keys), read_limit},
	{"mark", mark_keys, COUNT(mark_keys), read_mark},
	{"gap", gap_keys, COUNT(gap_keys), read_gap},
	{"other", gap_keys, COUNT(gap_keys), read_other},
	{"strip", strip_keys, COUNT(strip_keys), read_strip},
	{"key", key_keys, COUNT(key_keys), read_key},
};

static bool check_marks(const struct pr_chart_definition *definition, struct pr_error *error)
{
	for (size_t i = 0; i < definition->mark_count; i++) {
		bool found = definition->kind == PR_CHART_STACK && strcmp(definition->marks[i].series, "total") == 0;
		for (size_t k = 0; k < definition->series_count; k++)
			found = found || strcmp(definition->marks[i].series, definition->series[k].name) == 0;
		if (!found)
			return pr_error_set_at(error, PR_CODE_CONFIG, definition->path, definition->marks[i].line,
				"[mark %s] names the series '%s'; expected the name of a [series] of this chart%s",
				definition->marks[i].name, definition->marks[i].series,
				definition->kind == PR_CHART_STACK ? ", or total" : "");
	}
	return true;
}

bool pr_chart_read(struct pr_chart_definition *definition, const char *folder, const char *name, struct pr_arena *arena,
	struct pr_error *error)
{
	*definition = (struct pr_chart_definition){.axis_from_zero = true};
	definition->name = pr_arena_copy(arena, name);
	definition->path = pr_arena_format(arena, "%s/%s.ini", folder, name);
	struct pr_definition file;
	if (!pr_definition_read(&file, definition->path, PR_CODE_CONFIG, arena, error))
		return false;
	const char *kinds[COUNT(sections)];
	for (size_t i = 0; i < COUNT(sections); i++)
		kinds[i] = sections[i].kind;
	if (!pr_definition_check_kinds(&file, kinds, COUNT(kinds), error))
		return false;
	if (!pr_definition_find(&file, "chart", ""))
		return pr_error_set_at(
			error, PR_CODE_CONFIG, definition->path, 0, "no [chart]; expected one with kind and height");
	struct reading reading = {.definition = definition, .arena = arena, .error = error};
	for (size_t i = 0; i < COUNT(sections); i++) {
		for (size_t k = 0; k < file.section_count; k++) {
			const struct pr_section *section = &file.sections[k];
			if (strcmp(section->kind, sections[i].kind) != 0)
				continue;
			if (!pr_section_check_keys(section, sections[i].keys, sections[i].key_count, error) ||
				!sections[i].read(&reading, section))
				return false;
		}
	}
	if (definition->series_count == 0)
		return pr_error_set_at(error, PR_CODE_CONFIG, definition->path, 0, "no [series <name>]; expected at least one");
	return check_marks(definition, error);
}
