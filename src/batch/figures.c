#include "batch/figures.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/platform.h"
#include "base/text.h"
#include "output/json.h"

#define HASH_SHOWN 16 /* digits of a project's hash */

/* --- collecting -------------------------------------------------------------------------------------------------- */

static int compare_paths(const void *a, const void *b)
{
	return strcmp(((const struct pr_figure *)a)->path, ((const struct pr_figure *)b)->path);
}

static int compare_orders(const void *a, const void *b)
{
	const struct pr_figure *left = a, *right = b;

	return left->order < right->order ? -1 : left->order > right->order;
}

void pr_figures_sort(struct pr_figures *figures)
{
	if (figures->count > 1)
		qsort(figures->items, figures->count, sizeof *figures->items, compare_paths);
}

void pr_figures_add(struct pr_figures *figures, struct pr_arena *arena, const char *path, const char *name,
	const char *id, const struct pr_changed_value *value, int digits)
{
	struct pr_figure *figure;
	const char *whole;

	if (!value->there)
		return;
	whole = pr_arena_format(arena, "%s%s%s", path, *path ? "/" : "", id);
	figure = PR_PUSH(arena, figures->items, figures->count, figures->capacity);
	*figure = (struct pr_figure){.path = whole,
		.id = whole + strlen(whole) - strlen(id),
		.name = name,
		.value = *value,
		.digits = digits,
		.order = figures->count - 1};
}

static struct pr_changed_value value_of(const struct pr_finding *finding)
{
	return (struct pr_changed_value){.there = finding->word || finding->value != PR_MICRO_MISSING,
		.number = finding->word ? PR_MICRO_MISSING : finding->value,
		.word = finding->word,
		.unit = finding->word ? NULL : finding->unit};
}

/* Names and units are copied: a project of a platform's feed is gone when the next one comes. */
static void collect(struct pr_figures *figures, struct pr_arena *arena, const char *path, const char *name,
	const struct pr_findings *findings)
{
	const char *own_name = pr_arena_copy(arena, name), *unit = NULL;

	for (size_t i = 0; i < findings->count; i++) {
		struct pr_changed_value value = value_of(&findings->items[i]);

		if (!pr_text_equal(unit, value.unit))
			unit = pr_arena_copy(arena, value.unit);
		value.unit = unit;
		value.word = pr_arena_copy(arena, value.word);
		pr_figures_add(figures, arena, path, own_name, findings->items[i].id, &value, findings->items[i].digits);
	}
}

static void collect_subjects(struct pr_figures *figures, struct pr_arena *arena, const char *path, const char *kind,
	const struct pr_subject *subjects, size_t count)
{
	for (size_t i = 0; i < count; i++)
		collect(figures, arena, pr_arena_format(arena, "%s/%s/%lld", path, kind, (long long)subjects[i].id),
			subjects[i].name, &subjects[i].findings);
}

static void collect_project(struct pr_figures *figures, struct pr_arena *arena, const struct pr_project_report *project)
{
	const char *path = pr_arena_format(arena, "projects/%lld", (long long)project->project->id);

	collect(figures, arena, path, project->project->name, &project->findings);
	collect_subjects(figures, arena, path, "points", project->points, project->point_count);
	collect_subjects(figures, arena, path, "transformers", project->transformers, project->transformer_count);
	collect_subjects(figures, arena, path, "sensors", project->sensors, project->sensor_count);
}

void pr_figures_add_hash(
	struct pr_figures *figures, struct pr_arena *arena, const char *path, const char *name, struct pr_figures *own)
{
	char hash[PR_SHA256_TEXT];
	struct pr_changed_value value = {.there = true, .number = PR_MICRO_MISSING};

	pr_figures_sort(own);
	value.word = pr_arena_copy_n(arena, pr_figures_hash(own, hash), HASH_SHOWN);
	pr_figures_add(figures, arena, path, pr_arena_copy(arena, name), "figures", &value, 0);
}

static bool collect_feed(
	struct pr_figures *figures, struct pr_arena *arena, const struct pr_platform_feed *feed, struct pr_error *error)
{
	bool more = true, good = feed->rewind(feed->context, error);

	while (good && more) {
		struct pr_arena scratch;
		struct pr_summary summary;

		pr_arena_init(&scratch);
		good = feed->next(feed->context, &scratch, &summary, &more, error);
		if (good && more) {
			struct pr_project_report *project = pr_arena_alloc(&scratch, sizeof *project);
			struct pr_figures own = {0};

			pr_summary_project(&summary, &scratch, project);
			collect_project(&own, &scratch, project);
			pr_figures_add_hash(figures, arena,
				pr_arena_format(&scratch, "projects/%lld", (long long)summary.project_id), summary.project_name, &own);
		}
		pr_arena_release(&scratch);
	}
	return good;
}

bool pr_figures_collect(
	const struct pr_report *report, struct pr_arena *arena, struct pr_figures *figures, struct pr_error *error)
{
	bool good = true;

	*figures = (struct pr_figures){0};
	collect(figures, arena, "", report->tenant->name, &report->findings);
	if (report->platform)
		good = collect_feed(figures, arena, &report->platform->feed, error);
	else
		for (size_t i = 0; i < report->project_count; i++)
			collect_project(figures, arena, &report->projects[i]);
	pr_figures_sort(figures);
	return good;
}

/* --- the ledger's form ------------------------------------------------------------------------------------------- */

static void put_value(struct pr_buffer *text, const struct pr_changed_value *value)
{
	char plain[32];

	if (!value->there)
		pr_buffer_add(text, "null");
	else
		pr_json_quote(text, value->word ? value->word : pr_micro_plain(value->number, plain));
}

static void put_figure(struct pr_buffer *text, const struct pr_figure *figure)
{
	pr_json_quote(text, figure->id);
	pr_buffer_add(text, ": [");
	put_value(text, &figure->value);
	if (!figure->value.word) {
		pr_buffer_add(text, ", ");
		pr_json_quote(text, figure->value.unit);
		pr_buffer_format(text, ", %d", figure->digits);
	}
	pr_buffer_add(text, "]");
}

/* The length of the subject's path, with the slash behind it. */
static size_t place_length(const struct pr_figure *figure)
{
	return (size_t)(figure->id - figure->path);
}

static bool is_same_subject(const struct pr_figure *a, const struct pr_figure *b)
{
	return place_length(a) == place_length(b) && strncmp(a->path, b->path, place_length(a)) == 0;
}

static void begin_subject(struct pr_buffer *text, struct pr_arena *arena, const struct pr_figure *figure)
{
	size_t length = place_length(figure);

	pr_buffer_add(text, "{\"path\": ");
	pr_json_quote(text, pr_arena_copy_n(arena, figure->path, length ? length - 1 : 0));
	pr_buffer_add(text, ", \"name\": ");
	pr_json_quote(text, figure->name);
	pr_buffer_add(text, ", \"findings\": {");
}

void pr_figures_write(const struct pr_figures *figures, struct pr_arena *arena, const char **text, size_t *count)
{
	struct pr_figure *items = pr_arena_array(arena, figures->count, sizeof *items);
	struct pr_buffer out;

	pr_buffer_init(&out, arena);
	for (size_t i = 0; i < figures->count; i++)
		items[i] = figures->items[i];
	if (figures->count > 1)
		qsort(items, figures->count, sizeof *items, compare_orders);
	for (size_t i = 0; i < figures->count; i++) {
		bool is_first = i == 0 || !is_same_subject(&items[i - 1], &items[i]);

		if (is_first && i > 0)
			pr_buffer_add(&out, "}}\n");
		if (is_first)
			begin_subject(&out, arena, &items[i]);
		else
			pr_buffer_add(&out, ", ");
		put_figure(&out, &items[i]);
	}
	pr_buffer_add(&out, figures->count > 0 ? "}}\n" : "");
	*text = out.text;
	*count = out.length;
}

char *pr_figures_hash(const struct pr_figures *figures, char out[PR_SHA256_TEXT])
{
	struct pr_arena arena;
	struct pr_buffer text;

	pr_arena_init(&arena);
	pr_buffer_init(&text, &arena);
	for (size_t i = 0; i < figures->count; i++) {
		const struct pr_figure *figure = &figures->items[i];
		char plain[32];

		pr_buffer_format(&text, "%s\t%s\t%s\n", figure->path,
			figure->value.word ? figure->value.word : pr_micro_plain(figure->value.number, plain),
			figure->value.unit ? figure->value.unit : "");
	}
	pr_sha256(text.text, text.length, out);
	pr_arena_release(&arena);
	return out;
}

/* --- comparing --------------------------------------------------------------------------------------------------- */

static bool is_same(const struct pr_changed_value *a, const struct pr_changed_value *b)
{
	return a->number == b->number && pr_text_equal(a->word, b->word) && pr_text_equal(a->unit, b->unit);
}

/* A figure that changed, under the place where it is to stand. */
static void add_changed(struct pr_figures *found, struct pr_arena *arena, const struct pr_figure *figure, size_t order)
{
	struct pr_figure *copy = PR_PUSH(arena, found->items, found->count, found->capacity);

	*copy = *figure;
	copy->order = order;
}

static const struct pr_figure *find(const struct pr_figures *figures, const char *path)
{
	const struct pr_figure key = {.path = path};

	return figures->count > 0 ? bsearch(&key, figures->items, figures->count, sizeof *figures->items, compare_paths)
	                          : NULL;
}

void pr_figures_compare(const struct pr_figures *before, const struct pr_figures *after, struct pr_arena *arena,
	struct pr_changed **changed, size_t *count)
{
	struct pr_figures found = {0};
	size_t old = 0, new = 0;

	while (old < before->count || new < after->count) {
		int order = old == before->count  ? 1
		            : new == after->count ? -1
		                                  : strcmp(before->items[old].path, after->items[new].path);
		if (order > 0 || (order == 0 && !is_same(&before->items[old].value, &after->items[new].value)))
			add_changed(&found, arena, &after->items[new], after->items[new].order);
		else if (order < 0)
			add_changed(&found, arena, &before->items[old], after->count + before->items[old].order);
		old += order <= 0;
		new += order >= 0;
	}
	if (found.count > 1)
		qsort(found.items, found.count, sizeof *found.items, compare_orders);
	*changed = pr_arena_array(arena, found.count, sizeof **changed);
	*count = found.count;
	for (size_t i = 0; i < found.count; i++) {
		struct pr_changed *change = &(*changed)[i];
		const struct pr_figure *was = find(before, found.items[i].path), *is = find(after, found.items[i].path);

		pr_changed_place(change, found.items[i].path);
		change->name = found.items[i].name;
		change->digits = found.items[i].digits;
		change->before.number = change->after.number = PR_MICRO_MISSING;
		if (was)
			change->before = was->value;
		if (is)
			change->after = is->value;
	}
}

void pr_changed_write(
	const struct pr_changed *changed, size_t changed_count, struct pr_arena *arena, const char **text, size_t *count)
{
	struct pr_buffer out;

	pr_buffer_init(&out, arena);
	for (size_t i = 0; i < changed_count; i++) {
		pr_buffer_add(&out, "{\"path\": ");
		pr_json_quote(&out, changed[i].path);
		pr_buffer_add(&out, ", \"name\": ");
		pr_json_quote(&out, changed[i].name);
		pr_buffer_format(&out, ", \"digits\": %d, \"old\": ", changed[i].digits);
		put_value(&out, &changed[i].before);
		pr_buffer_add(&out, ", \"old_unit\": ");
		pr_json_quote(&out, changed[i].before.unit);
		pr_buffer_add(&out, ", \"new\": ");
		put_value(&out, &changed[i].after);
		pr_buffer_add(&out, ", \"unit\": ");
		pr_json_quote(&out, changed[i].after.unit);
		pr_buffer_add(&out, "}\n");
	}
	*text = out.text;
	*count = out.length;
}
