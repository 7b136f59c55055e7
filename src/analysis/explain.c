#include "analysis/explain.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/explain_tree.h"

/* Of several that know an id the first explains it. */
static const pr_explain_builder builders[] = {
	pr_explain_platform,
	pr_explain_portfolio,
	pr_explain_totals,
	pr_explain_transformer,
	pr_explain_energy,
	pr_explain_load,
	pr_explain_bill,
	pr_explain_quality,
	pr_explain_safety,
	pr_explain_alarms,
	pr_explain_health,
	pr_explain_savings,
	pr_explain_change,
	pr_explain_forecast,
};

#define DEEPEST 64

struct pr_explainer *pr_explain_new(
	const struct pr_report *report, pr_explain_read read, void *read_context, struct pr_arena *arena)
{
	struct pr_explainer *explainer = pr_arena_alloc(arena, sizeof *explainer);
	*explainer = (struct pr_explainer){.arena = arena,
		.report = report,
		.quiet = {report->dataset, report->method, arena, NULL},
		.read = read,
		.read_context = read_context};
	explainer->sites = pr_arena_array(arena, report->project_count, sizeof *explainer->sites);
	return explainer;
}

/* --- scopes -------------------------------------------------------------------------------------------------------- */

static const char *const level_folders[PR_EXPLAIN_LEVEL_COUNT] = {
	NULL, "projects", "points", "transformers", "sensors"};

static struct pr_explain_scope scope_tenant(const struct pr_explainer *explainer)
{
	return (struct pr_explain_scope){PR_EXPLAIN_TENANT, "", 0, NULL, &explainer->report->findings};
}

struct pr_explain_scope pr_explain_scope_project(struct pr_explainer *explainer, size_t index)
{
	const struct pr_project_report *report = &explainer->report->projects[index];
	return (struct pr_explain_scope){PR_EXPLAIN_PROJECT,
		pr_arena_format(explainer->arena, "projects/%lld", (long long)report->project->id), index, NULL,
		&report->findings};
}

struct pr_explain_scope pr_explain_scope_subject(
	struct pr_explainer *explainer, size_t index, enum pr_explain_level level, const struct pr_subject *subject)
{
	return (struct pr_explain_scope){level,
		pr_arena_format(explainer->arena, "projects/%lld/%s/%lld",
			(long long)explainer->report->projects[index].project->id, level_folders[level], (long long)subject->id),
		index, subject, &subject->findings};
}

static const struct pr_subject *subjects_of(
	const struct pr_project_report *report, enum pr_explain_level level, size_t *count)
{
	*count = level == PR_EXPLAIN_POINT         ? report->point_count
	         : level == PR_EXPLAIN_TRANSFORMER ? report->transformer_count
	                                           : report->sensor_count;
	return level == PR_EXPLAIN_POINT         ? report->points
	       : level == PR_EXPLAIN_TRANSFORMER ? report->transformers
	                                         : report->sensors;
}

/* --- notes --------------------------------------------------------------------------------------------------------- */

/* Which remarks on the data bear on which findings: a prefix of either. */
static const struct {
	const char *finding, *note;
} concerned[] = {
	{"coverage.", "coverage."},
	{"coverage.", "point."},
	{"energy.", "quarter."},
	{"energy.", "coverage."},
	{"energy.", "point."},
	{"energy.reactive", "energy.no_reactive"},
	{"energy.unmetered", "balance."},
	{"energy.carbon", "emission."},
	{"energy.coal", "emission."},
	{"bill.", "quarter."},
	{"bill.", "tariff."},
	{"bill.", "bill."},
	{"bill.", "currency."},
	{"bill.", "coverage."},
	{"bill.pf.", "power_factor."},
	{"power_factor.", "power_factor."},
	{"power_factor.", "energy.no_reactive"},
	{"demand.", "quarter."},
	{"demand.", "demand."},
	{"load.", "quarter."},
	{"load.", "load."},
	{"quality.", "quality."},
	{"quality.", "minute."},
	{"quality.", "load.no_minutes"},
	{"safety.", "sensor."},
	{"alarms.", "alarm."},
	{"health.", "health."},
	{"health.", "quality."},
	{"health.", "transformer."},
	{"health.", "load.no_"},
	{"health.", "sensor.none"},
	{"savings.basic.", "savings.basic."},
	{"savings.power_factor.", "savings.power_factor."},
	{"savings.shift", "savings.shift"},
	{"savings.transformer", "savings.transformer"},
	{"savings.", "tariff."},
	{"savings.", "currency."},
	{"change.", "change."},
	{"change.", "tariff."},
	{"forecast.", "forecast."},
};

static bool is_of_scope(
	const struct pr_explainer *explainer, const struct pr_explain_scope *scope, const struct pr_note *note)
{
	if (scope->level == PR_EXPLAIN_TENANT)
		return true;
	if (note->project_id != explainer->report->projects[scope->project].project->id)
		return note->project_id == 0 && note->point_id == 0 && note->sensor_id == 0;
	if (scope->level == PR_EXPLAIN_POINT)
		return note->point_id == scope->subject->id || (!note->point_id && !note->sensor_id);
	if (scope->level == PR_EXPLAIN_SENSOR)
		return note->sensor_id == scope->subject->id || (!note->point_id && !note->sensor_id);
	return true;
}

static void add_notes(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	const struct pr_report *report = explainer->report;
	for (size_t i = 0; i < report->note_count; i++) {
		bool is_wanted = false;
		for (size_t k = 0; k < sizeof concerned / sizeof *concerned; k++)
			is_wanted = is_wanted || (pr_text_starts(node->finding->id, concerned[k].finding) &&
										 pr_text_starts(report->notes[i].code, concerned[k].note));
		if (is_wanted && is_of_scope(explainer, scope, &report->notes[i]))
			*PR_PUSH(explainer->arena, node->notes, node->note_count, node->note_capacity) = &report->notes[i];
	}
}

/* The quarter rows that do not count stand beside what is made from quarters. */
static void add_left_out(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	static const char *const prefixes[] = {"energy.", "coverage.", "bill.", "demand.", "load.", "power_factor."};
	if (scope->level != PR_EXPLAIN_PROJECT && scope->level != PR_EXPLAIN_POINT)
		return;
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
		if (!pr_text_starts(node->finding->id, prefixes[i]))
			continue;
		const struct pr_explain_table *table = pr_explain_left_out(
			explainer, pr_explain_site_of(explainer, scope->project), scope->subject ? scope->subject->model : NULL);
		node->left_out = table->row_count ? table : NULL;
		return;
	}
}

/* --- findings ------------------------------------------------------------------------------------------------------ */

struct pr_explain_node *pr_explain_finding(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, const char *id)
{
	const struct pr_finding *finding = pr_findings_get(scope->findings, id);
	const char *path = pr_explain_join(explainer, scope->path, id);
	struct pr_explain_node *node = pr_node_find(explainer, path);
	if (!finding || node || pr_explain_failed(explainer))
		return node;
	if (++explainer->depth > DEEPEST) {
		pr_error_set(&explainer->error, PR_CODE_INTERNAL, "explanation of '%s' goes round in a circle", path);
		return NULL;
	}
	node = pr_node_new(explainer, path, NULL);
	node->finding = finding;
	node->value = finding->word ? pr_cell_text(finding->word) : pr_cell_micro(finding->value);
	node->unit = finding->unit;
	node->digits = finding->digits;
	node->zone = scope->level == PR_EXPLAIN_TENANT ? explainer->report->tenant->zone
	                                               : explainer->report->projects[scope->project].project->zone;
	bool known = false;
	for (size_t i = 0; !known && i < sizeof builders / sizeof *builders; i++)
		known = builders[i](explainer, scope, node);
	if (!known)
		pr_error_set(&explainer->error, PR_CODE_INTERNAL, "no explanation is known for '%s'", path);
	pr_explain_compare(explainer, scope, node);
	add_notes(explainer, scope, node);
	add_left_out(explainer, scope, node);
	explainer->depth--;
	return node;
}

/* --- paths --------------------------------------------------------------------------------------------------------- */

/* "<folder>/<id>/" at the start of *path, taken off. */
static bool take_folder(const char **path, const char *folder, int64_t *id)
{
	size_t length = strlen(folder);
	if (strncmp(*path, folder, length) != 0 || (*path)[length] != '/')
		return false;
	char *end;
	const char *digits = *path + length + 1;
	long long value = strtoll(digits, &end, 10);
	if (end == digits || *end != '/')
		return false;
	*id = value;
	*path = end + 1;
	return true;
}

static bool find_scope(struct pr_explainer *explainer, const char **path, struct pr_explain_scope *scope)
{
	int64_t id;
	*scope = scope_tenant(explainer);
	if (!take_folder(path, "projects", &id))
		return true;
	size_t index = 0;
	while (index < explainer->report->project_count && explainer->report->projects[index].project->id != id)
		index++;
	if (index == explainer->report->project_count)
		return false;
	*scope = pr_explain_scope_project(explainer, index);
	for (int level = PR_EXPLAIN_POINT; level < PR_EXPLAIN_LEVEL_COUNT; level++) {
		size_t count;
		const struct pr_subject *subjects =
			subjects_of(&explainer->report->projects[index], (enum pr_explain_level)level, &count);
		if (!take_folder(path, level_folders[level], &id))
			continue;
		for (size_t i = 0; i < count; i++) {
			if (subjects[i].id != id)
				continue;
			*scope = pr_explain_scope_subject(explainer, index, (enum pr_explain_level)level, &subjects[i]);
			return true;
		}
		return false;
	}
	return true;
}

/* How many letters must change to make one of the other, at most 99. */
static size_t distance(const char *a, const char *b)
{
	enum { LONGEST = 99 };
	size_t row[LONGEST + 1], length = strlen(b);
	if (length > LONGEST || strlen(a) > LONGEST)
		return LONGEST;
	for (size_t k = 0; k <= length; k++)
		row[k] = k;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t k = 1; k <= length; k++) {
			size_t least = diagonal + (a[i - 1] != b[k - 1]);
			diagonal = row[k];
			least = row[k] + 1 < least ? row[k] + 1 : least;
			row[k] = row[k - 1] + 1 < least ? row[k - 1] + 1 : least;
		}
	}
	return row[length];
}

#define NEAREST 5

struct nearest {
	const char *paths[NEAREST];
	size_t distances[NEAREST], count;
};

static void try_near(struct nearest *nearest, const char *path, size_t far)
{
	size_t at = nearest->count < NEAREST ? nearest->count++ : NEAREST;
	while (at > 0 && nearest->distances[at - 1] > far) {
		if (at < NEAREST) {
			nearest->paths[at] = nearest->paths[at - 1];
			nearest->distances[at] = nearest->distances[at - 1];
		}
		at--;
	}
	if (at < NEAREST) {
		nearest->paths[at] = path;
		nearest->distances[at] = far;
	}
}

static void try_findings(struct pr_explainer *explainer, const struct pr_explain_scope *scope, const char *wanted,
	const char *id, struct nearest *nearest)
{
	for (size_t i = 0; i < scope->findings->count; i++) {
		const char *path = pr_explain_join(explainer, scope->path, scope->findings->items[i].id);
		/* The same id elsewhere is nearest of all, then one like it, whoever's it is. */
		size_t own = distance(wanted, path), elsewhere = distance(id, scope->findings->items[i].id);
		elsewhere += elsewhere > 0;
		try_near(nearest, path, own < elsewhere ? own : elsewhere);
	}
}

static bool refuse(struct pr_explainer *explainer, const char *path, struct pr_error *error)
{
	const char *id = strrchr(path, '/');
	struct nearest nearest = {.count = 0};
	struct pr_buffer list;
	struct pr_explain_scope scope = scope_tenant(explainer);
	id = id ? id + 1 : path;
	try_findings(explainer, &scope, path, id, &nearest);
	for (size_t i = 0; i < explainer->report->project_count; i++) {
		const struct pr_project_report *report = &explainer->report->projects[i];
		scope = pr_explain_scope_project(explainer, i);
		try_findings(explainer, &scope, path, id, &nearest);
		for (int level = PR_EXPLAIN_POINT; level < PR_EXPLAIN_LEVEL_COUNT; level++) {
			size_t count;
			const struct pr_subject *subjects = subjects_of(report, (enum pr_explain_level)level, &count);
			for (size_t k = 0; k < count; k++) {
				scope = pr_explain_scope_subject(explainer, i, (enum pr_explain_level)level, &subjects[k]);
				try_findings(explainer, &scope, path, id, &nearest);
			}
		}
	}
	pr_buffer_init(&list, explainer->arena);
	for (size_t i = 0; i < nearest.count; i++)
		pr_buffer_format(&list, "%s%s", i ? ", " : "", nearest.paths[i]);
	return pr_error_set(error, PR_CODE_USAGE, "no finding '%s'; nearest are %s", path, list.text);
}

/* "bill_lines/3": −1 = none such. */
static int64_t line_index(const struct pr_explainer *explainer, const struct pr_explain_scope *scope, const char *rest)
{
	int64_t number;
	if (scope->level != PR_EXPLAIN_PROJECT || !pr_text_starts(rest, "bill_lines/") ||
		!pr_text_to_int64(rest + strlen("bill_lines/"), &number) || number < 1 ||
		(size_t)number > explainer->report->projects[scope->project].bill_line_count)
		return -1;
	return number - 1;
}

static bool finish(struct pr_explainer *explainer, struct pr_error *error)
{
	if (!pr_explain_failed(explainer))
		return true;
	*error = explainer->error;
	return false;
}

bool pr_explain_path(
	struct pr_explainer *explainer, const char *path, const struct pr_explain_node **node, struct pr_error *error)
{
	struct pr_explain_scope scope;
	const char *rest = path;
	if (!find_scope(explainer, &rest, &scope))
		return refuse(explainer, path, error);
	int64_t line = line_index(explainer, &scope, rest);
	if (line < 0 && !pr_findings_get(scope.findings, rest))
		return refuse(explainer, path, error);
	*node = line < 0 ? pr_explain_finding(explainer, &scope, rest)
	                 : pr_explain_line(explainer, pr_explain_site_of(explainer, scope.project), (size_t)line);
	return finish(explainer, error);
}

/* --- all ----------------------------------------------------------------------------------------------------------- */

struct list {
	const struct pr_explain_node **items;
	size_t count, capacity;
};

static void add_scope(struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct list *list)
{
	for (size_t i = 0; i < scope->findings->count && !pr_explain_failed(explainer); i++)
		*PR_PUSH(explainer->arena, list->items, list->count, list->capacity) =
			pr_explain_finding(explainer, scope, scope->findings->items[i].id);
}

bool pr_explain_all(
	struct pr_explainer *explainer, const struct pr_explain_node *const **nodes, size_t *count, struct pr_error *error)
{
	struct list list = {0};
	struct pr_explain_scope scope = scope_tenant(explainer);
	add_scope(explainer, &scope, &list);
	for (size_t i = 0; i < explainer->report->project_count; i++) {
		const struct pr_project_report *report = &explainer->report->projects[i];
		scope = pr_explain_scope_project(explainer, i);
		add_scope(explainer, &scope, &list);
		for (int level = PR_EXPLAIN_POINT; level < PR_EXPLAIN_LEVEL_COUNT; level++) {
			size_t subject_count;
			const struct pr_subject *subjects = subjects_of(report, (enum pr_explain_level)level, &subject_count);
			for (size_t k = 0; k < subject_count; k++) {
				scope = pr_explain_scope_subject(explainer, i, (enum pr_explain_level)level, &subjects[k]);
				add_scope(explainer, &scope, &list);
			}
		}
		for (size_t k = 0; k < report->bill_line_count && !pr_explain_failed(explainer); k++)
			*PR_PUSH(explainer->arena, list.items, list.count, list.capacity) =
				pr_explain_line(explainer, pr_explain_site_of(explainer, i), k);
	}
	*nodes = list.items;
	*count = list.count;
	return finish(explainer, error);
}

void pr_explain_nodes(const struct pr_explainer *explainer, const struct pr_explain_node *const **nodes, size_t *count)
{
	*nodes = (const struct pr_explain_node *const *)explainer->nodes;
	*count = explainer->node_count;
}

void pr_explain_tables(
	const struct pr_explainer *explainer, const struct pr_explain_table *const **tables, size_t *count)
{
	*tables = (const struct pr_explain_table *const *)explainer->tables;
	*count = explainer->table_count;
}
