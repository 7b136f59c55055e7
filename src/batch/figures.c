#include "batch/figures.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/platform.h"
#include "base/text.h"
#include "output/json.h"

/* --- figures of a subject ----------------------------------------------------------------------------------------- */

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

/* --- packing ------------------------------------------------------------------------------------------------------ */

struct packing {
	struct pr_packer *packer;
	struct pr_sha256 sum;
	struct pr_error *error;
};

static void hash_figure(struct pr_sha256 *sum, const struct pr_figure *figure)
{
	const struct pr_changed_value *value = &figure->value;
	char plain[32];
	const char *parts[] = {figure->path, "\t", value->word ? value->word : pr_micro_plain(value->number, plain), "\t",
		value->unit ? value->unit : "", "\n"};

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		pr_sha256_add(sum, parts[i], strlen(parts[i]));
}

/* The length of the subject's path, with the slash behind it. */
static size_t place_length(const struct pr_figure *figure)
{
	return (size_t)(figure->id - figure->path);
}

/* Figures of one subject: a line. */
static bool pack_line(struct packing *packing, const struct pr_figure *items, size_t count)
{
	struct pr_arena scratch;
	struct pr_buffer text;
	size_t length;
	bool good;

	if (count == 0)
		return true;
	length = place_length(&items[0]);
	pr_arena_init(&scratch);
	pr_buffer_init(&text, &scratch);
	pr_buffer_add(&text, "{\"path\": ");
	pr_json_quote(&text, pr_arena_copy_n(&scratch, items[0].path, length ? length - 1 : 0));
	pr_buffer_add(&text, ", \"name\": ");
	pr_json_quote(&text, items[0].name);
	pr_buffer_add(&text, ", \"findings\": {");
	for (size_t i = 0; i < count; i++) {
		pr_buffer_add(&text, i > 0 ? ", " : "");
		put_figure(&text, &items[i]);
		hash_figure(&packing->sum, &items[i]);
	}
	pr_buffer_add(&text, "}}\n");
	good = pr_packer_add(packing->packer, text.text, text.length, packing->error);
	pr_arena_release(&scratch);
	return good;
}

static bool pack_subject(
	struct packing *packing, const char *path, const char *name, const struct pr_findings *findings)
{
	struct pr_figures figures = {0};
	struct pr_arena scratch;
	bool good;

	pr_arena_init(&scratch);
	for (size_t i = 0; i < findings->count; i++) {
		struct pr_changed_value value = value_of(&findings->items[i]);
		pr_figures_add(&figures, &scratch, path, name, findings->items[i].id, &value, findings->items[i].digits);
	}
	good = pack_line(packing, figures.items, figures.count);
	pr_arena_release(&scratch);
	return good;
}

static bool pack_subjects(
	struct packing *packing, int64_t project_id, const char *kind, const struct pr_subject *subjects, size_t count)
{
	bool good = true;

	for (size_t i = 0; good && i < count; i++) {
		struct pr_arena scratch;
		pr_arena_init(&scratch);
		good = pack_subject(packing,
			pr_arena_format(&scratch, "projects/%lld/%s/%lld", (long long)project_id, kind, (long long)subjects[i].id),
			subjects[i].name, &subjects[i].findings);
		pr_arena_release(&scratch);
	}
	return good;
}

static bool pack_project(struct packing *packing, const struct pr_project_report *project)
{
	int64_t id = project->project->id;
	struct pr_arena scratch;
	bool good;

	pr_arena_init(&scratch);
	good = pack_subject(
		packing, pr_arena_format(&scratch, "projects/%lld", (long long)id), project->project->name, &project->findings);
	pr_arena_release(&scratch);
	return good && pack_subjects(packing, id, "points", project->points, project->point_count) &&
	       pack_subjects(packing, id, "transformers", project->transformers, project->transformer_count) &&
	       pack_subjects(packing, id, "sensors", project->sensors, project->sensor_count);
}

static bool pack_feed(struct packing *packing, const struct pr_platform_feed *feed)
{
	bool more = true, good = feed->rewind(feed->context, packing->error);

	while (good && more) {
		struct pr_arena scratch;
		struct pr_summary summary;

		pr_arena_init(&scratch);
		good = feed->next(feed->context, &scratch, &summary, &more, packing->error);
		if (good && more) {
			struct pr_project_report *project = pr_arena_alloc(&scratch, sizeof *project);
			pr_summary_project(&summary, &scratch, project);
			good = pack_project(packing, project);
		}
		pr_arena_release(&scratch);
	}
	return good;
}

static bool pack_report(struct packing *packing, const struct pr_report *report)
{
	bool good = pack_subject(packing, "", report->tenant->name, &report->findings);

	if (report->platform)
		return good && pack_feed(packing, &report->platform->feed);
	for (size_t i = 0; good && i < report->project_count; i++)
		good = pack_project(packing, &report->projects[i]);
	return good;
}

static void begin_packing(struct packing *packing, struct pr_error *error)
{
	*packing = (struct packing){.packer = pr_packer_new(), .error = error};
	pr_sha256_begin(&packing->sum);
}

static bool end_packing(
	struct packing *packing, bool good, struct pr_arena *arena, struct pr_packed *packed, char hash[PR_SHA256_TEXT])
{
	good = good && pr_packer_end(packing->packer, arena, packed, packing->error);
	pr_sha256_end(&packing->sum, hash);
	pr_packer_free(packing->packer);
	return good;
}

bool pr_figures_pack(const struct pr_report *report, struct pr_arena *arena, struct pr_packed *packed,
	char hash[PR_SHA256_TEXT], struct pr_error *error)
{
	struct packing packing;

	begin_packing(&packing, error);
	return end_packing(&packing, pack_report(&packing, report), arena, packed, hash);
}

bool pr_figures_pack_list(const struct pr_figures *figures, struct pr_arena *arena, struct pr_packed *packed,
	char hash[PR_SHA256_TEXT], struct pr_error *error)
{
	struct packing packing;
	bool good = true;
	size_t next;

	begin_packing(&packing, error);
	for (size_t i = 0; good && i < figures->count; i = next) {
		const struct pr_figure *first = &figures->items[i];
		for (next = i + 1; next < figures->count; next++)
			if (place_length(&figures->items[next]) != place_length(first) ||
				strncmp(figures->items[next].path, first->path, place_length(first)) != 0)
				break;
		good = pack_line(&packing, first, next - i);
	}
	return end_packing(&packing, good, arena, packed, hash);
}

/* --- comparing ---------------------------------------------------------------------------------------------------- */

struct changed_list {
	struct pr_arena *arena;
	struct pr_changed *items;
	size_t count, capacity;
};

static int compare_paths(const void *a, const void *b)
{
	return strcmp(((const struct pr_figure *)a)->path, ((const struct pr_figure *)b)->path);
}

static int compare_orders(const void *a, const void *b)
{
	const struct pr_figure *left = a, *right = b;

	return left->order < right->order ? -1 : left->order > right->order;
}

static void sort(struct pr_figure *items, size_t count, int (*compare)(const void *, const void *))
{
	if (count > 1)
		qsort(items, count, sizeof *items, compare);
}

static bool is_same(const struct pr_changed_value *a, const struct pr_changed_value *b)
{
	return a->number == b->number && pr_text_equal(a->word, b->word) && pr_text_equal(a->unit, b->unit);
}

static const struct pr_figure *find(const struct pr_figures *figures, const char *path)
{
	const struct pr_figure key = {.path = path};

	return figures->count > 0 ? bsearch(&key, figures->items, figures->count, sizeof *figures->items, compare_paths)
	                          : NULL;
}

static struct pr_changed_value copy_value(const struct pr_figure *figure, struct pr_arena *arena)
{
	struct pr_changed_value value = {.number = PR_MICRO_MISSING};

	if (figure) {
		value = figure->value;
		value.word = pr_arena_copy(arena, value.word);
		value.unit = pr_arena_copy(arena, value.unit);
	}
	return value;
}

/* A figure that changed, under the place where it is to stand. */
static void add_place(struct pr_figures *found, struct pr_arena *arena, const struct pr_figure *figure, size_t order)
{
	struct pr_figure *copy = PR_PUSH(arena, found->items, found->count, found->capacity);

	*copy = *figure;
	copy->order = order;
}

/* Sorts both by path; what is found is copied. */
static void compare_lists(struct pr_figures *before, struct pr_figures *after, struct changed_list *list)
{
	struct pr_figures found = {0};
	struct pr_arena scratch;
	size_t old = 0, new = 0;

	pr_arena_init(&scratch);
	sort(before->items, before->count, compare_paths);
	sort(after->items, after->count, compare_paths);
	while (old < before->count || new < after->count) {
		int order = old == before->count  ? 1
		            : new == after->count ? -1
		                                  : strcmp(before->items[old].path, after->items[new].path);
		if (order > 0 || (order == 0 && !is_same(&before->items[old].value, &after->items[new].value)))
			add_place(&found, &scratch, &after->items[new], after->items[new].order);
		else if (order < 0)
			add_place(&found, &scratch, &before->items[old], after->count + before->items[old].order);
		old += order <= 0;
		new += order >= 0;
	}
	sort(found.items, found.count, compare_orders);
	for (size_t i = 0; i < found.count; i++) {
		const struct pr_figure *figure = &found.items[i];
		struct pr_changed *changed = PR_PUSH(list->arena, list->items, list->count, list->capacity);

		pr_changed_place(changed, pr_arena_copy(list->arena, figure->path));
		changed->name = pr_arena_copy(list->arena, figure->name);
		changed->digits = figure->digits;
		changed->before = copy_value(find(before, figure->path), list->arena);
		changed->after = copy_value(find(after, figure->path), list->arena);
	}
	pr_arena_release(&scratch);
}

static bool read_all(
	const struct pr_packed *packed, struct pr_arena *arena, struct pr_figures *figures, struct pr_error *error)
{
	struct pr_unpacker *unpacker = pr_unpacker_new(packed);
	const char *line;
	size_t length;
	bool good;

	while ((good = pr_unpacker_line(unpacker, &line, &length, error)) && line)
		if (!(good = pr_figures_read_line(line, length, arena, figures, error)))
			break;
	pr_unpacker_free(unpacker);
	return good;
}

bool pr_figures_read(
	const struct pr_packed *packed, struct pr_arena *arena, struct pr_figures *figures, struct pr_error *error)
{
	*figures = (struct pr_figures){0};
	if (!read_all(packed, arena, figures, error))
		return false;
	sort(figures->items, figures->count, compare_paths);
	return true;
}

static bool compare_whole(
	const struct pr_packed *before, const struct pr_packed *after, struct changed_list *list, struct pr_error *error)
{
	struct pr_figures old = {0}, new = {0};
	struct pr_arena scratch;
	bool good;

	pr_arena_init(&scratch);
	good = read_all(before, &scratch, &old, error) && read_all(after, &scratch, &new, error);
	if (good)
		compare_lists(&old, &new, list);
	pr_arena_release(&scratch);
	return good;
}

/* One of the two that are read side by side: its line of now, and of which project that is. */
struct side {
	struct pr_unpacker *unpacker;
	const char *line; /* NULL behind the last */
	size_t length;
	int64_t project_id; /* 0 = the tenant's own */
};

static bool step(struct side *side, struct pr_error *error)
{
	static const char start[] = "{\"path\": \"projects/";
	char *end;

	if (!pr_unpacker_line(side->unpacker, &side->line, &side->length, error))
		return false;
	side->project_id = 0;
	if (side->line && pr_text_starts(side->line, start))
		side->project_id = strtoll(side->line + strlen(start), &end, 10);
	return true;
}

static bool compare_lines(
	const struct side *old, const struct side *new, struct changed_list *list, struct pr_error *error)
{
	struct pr_figures before = {0}, after = {0};
	struct pr_arena scratch;
	bool good;

	if (old && new && old->length == new->length && memcmp(old->line, new->line, old->length) == 0)
		return true;
	pr_arena_init(&scratch);
	good = (!old || pr_figures_read_line(old->line, old->length, &scratch, &before, error)) &&
	       (!new || pr_figures_read_line(new->line, new->length, &scratch, &after, error));
	if (good)
		compare_lists(&before, &after, list);
	pr_arena_release(&scratch);
	return good;
}

static bool compare_sides(struct side *old, struct side *new, struct changed_list *list, struct pr_error *error)
{
	bool good = step(old, error) && step(new, error);

	while (good && (old->line || new->line)) {
		bool has_old = old->line && (!new->line || old->project_id <= new->project_id);
		bool has_new = new->line && (!old->line || new->project_id <= old->project_id);

		good = compare_lines(has_old ? old : NULL, has_new ? new : NULL, list, error) &&
		       (!has_old || step(old, error)) && (!has_new || step(new, error));
	}
	return good;
}

bool pr_figures_compare(const struct pr_packed *before, const struct pr_packed *after, bool by_project,
	struct pr_arena *arena, struct pr_changed **changed, size_t *count, struct pr_error *error)
{
	struct changed_list list = {.arena = arena};
	bool good;

	if (by_project) {
		struct side old = {.unpacker = pr_unpacker_new(before)}, new = {.unpacker = pr_unpacker_new(after)};
		good = compare_sides(&old, &new, &list, error);
		pr_unpacker_free(old.unpacker);
		pr_unpacker_free(new.unpacker);
	} else {
		good = compare_whole(before, after, &list, error);
	}
	*changed = list.items;
	*count = list.count;
	return good;
}

/* --- changed figures as the ledger keeps them --------------------------------------------------------------------- */

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
