/* Figures read again: from the ledger's lines, and from a published report's JSON. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "batch/figures.h"
#include "source/json_reader.h"

#define EXACT_BELOW 8000000000.0 /* a double holds millionths up to here, hundredths far beyond */
#define MONEY_DIGITS 2
#define DIGITS_MAX 6

static const char *copy_text(const struct pr_json *node, struct pr_arena *arena)
{
	return pr_arena_copy(arena, pr_json_text(node));
}

/* A number, exact where it is a text; any other text is a word. Null, or nothing: it was not there. */
static void read_value(
	const struct pr_json *node, const char *unit, struct pr_arena *arena, struct pr_changed_value *out)
{
	const char *text = pr_json_text(node);
	double number;

	*out = (struct pr_changed_value){.number = PR_MICRO_MISSING};
	if (text) {
		out->there = true;
		if (!pr_micro_from_text(text, &out->number)) {
			out->number = PR_MICRO_MISSING;
			out->word = pr_arena_copy(arena, text);
			return;
		}
	} else if (pr_json_number(node, &number)) {
		out->there = true;
		out->number = pr_micro_from_double(number);
		if (fabs(number) >= EXACT_BELOW)
			out->number = pr_micro_round(out->number, MONEY_DIGITS);
	}
	if (out->there)
		out->unit = pr_arena_copy(arena, unit);
}

static int read_digits(const struct pr_json *node, int otherwise)
{
	int64_t digits;

	return pr_json_int64(node, &digits) && digits >= 0 && digits <= DIGITS_MAX ? (int)digits : otherwise;
}

static bool refuse_line(struct pr_error *error)
{
	return pr_error_set(error, PR_CODE_OUTPUT, "a line of the ledger's figures is not as expected");
}

static bool take_subject(const struct pr_json *line, void *context, struct pr_arena *arena, struct pr_error *error)
{
	struct pr_figures *figures = context;
	struct pr_json_walk walk = {0};
	const char *path = copy_text(pr_json_get(line, "path"), arena);
	const char *name = copy_text(pr_json_get(line, "name"), arena);
	const struct pr_json *findings = pr_json_get(line, "findings");

	if (!path || !pr_json_is_object(findings))
		return refuse_line(error);
	while (pr_json_next(findings, &walk)) {
		struct pr_changed_value value;
		read_value(pr_json_at(walk.value, 0), pr_json_text(pr_json_at(walk.value, 1)), arena, &value);
		pr_figures_add(figures, arena, path, name, walk.key, &value, read_digits(pr_json_at(walk.value, 2), 0));
	}
	return true;
}

struct changed_list {
	struct pr_changed *items;
	size_t count, capacity;
};

static bool take_changed(const struct pr_json *line, void *context, struct pr_arena *arena, struct pr_error *error)
{
	struct changed_list *list = context;
	const char *path = copy_text(pr_json_get(line, "path"), arena);
	const char *unit = pr_json_text(pr_json_get(line, "unit"));
	const struct pr_json *old_unit = pr_json_get(line, "old_unit");
	struct pr_changed *changed;

	if (!path)
		return refuse_line(error);
	changed = PR_PUSH(arena, list->items, list->count, list->capacity);
	pr_changed_place(changed, path);
	changed->name = copy_text(pr_json_get(line, "name"), arena);
	changed->digits = read_digits(pr_json_get(line, "digits"), -1);
	read_value(pr_json_get(line, "old"), old_unit ? pr_json_text(old_unit) : unit, arena, &changed->before);
	read_value(pr_json_get(line, "new"), unit, arena, &changed->after);
	return true;
}

static bool read_lines(const char *text, size_t count, struct pr_arena *arena,
	bool (*take)(const struct pr_json *line, void *context, struct pr_arena *arena, struct pr_error *error),
	void *context, struct pr_error *error)
{
	const char *end = text + count;
	bool good = true;

	while (good && text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		struct pr_json_document *document = NULL;
		size_t length = stop ? (size_t)(stop - text) : (size_t)(end - text);

		good = pr_json_parse(&document, text, length, error) && take(pr_json_root(document), context, arena, error);
		pr_json_free(document);
		text += length + 1;
	}
	return good;
}

bool pr_figures_read_line(
	const char *line, size_t length, struct pr_arena *arena, struct pr_figures *figures, struct pr_error *error)
{
	struct pr_json_document *document = NULL;
	bool good =
		pr_json_parse(&document, line, length, error) && take_subject(pr_json_root(document), figures, arena, error);

	pr_json_free(document);
	return good;
}

bool pr_changed_read(const char *text, size_t count, struct pr_arena *arena, struct pr_changed **changed,
	size_t *changed_count, struct pr_error *error)
{
	struct changed_list list = {0};

	if (!read_lines(text, count, arena, take_changed, &list, error))
		return false;
	*changed = list.items;
	*changed_count = list.count;
	return true;
}

/* --- a published report ------------------------------------------------------------------------------------------ */

/* A published number doesn't say its precision: as many digits as are there, and ratios six, since they print so. */
static int guess_digits(const char *id, const struct pr_changed_value *value)
{
	static const char *const ratios[] = {".rate", ".compliance", "energy.share."};
	int digits = 0;

	for (size_t i = 0; i < sizeof ratios / sizeof *ratios; i++)
		if (strstr(id, ratios[i]))
			return DIGITS_MAX;
	while (value->number != PR_MICRO_MISSING && digits < DIGITS_MAX &&
		   pr_micro_round(value->number, digits) != value->number)
		digits++;
	return digits;
}

static void read_subject(
	struct pr_figures *figures, struct pr_arena *arena, const struct pr_json *node, const char *path, const char *name)
{
	struct pr_json_walk walk = {0};

	name = pr_arena_copy(arena, name);
	while (pr_json_next(pr_json_get(node, "findings"), &walk)) {
		struct pr_changed_value value;

		read_value(pr_json_get(walk.value, "value"), pr_json_text(pr_json_get(walk.value, "unit")), arena, &value);
		pr_figures_add(figures, arena, path, name, walk.key, &value, guess_digits(walk.key, &value));
	}
}

static void read_project(struct pr_figures *figures, struct pr_arena *arena, const struct pr_json *project)
{
	static const char *const kinds[] = {"points", "transformers", "sensors"};
	const char *path;
	int64_t id;

	if (!pr_json_int64(pr_json_get(project, "id"), &id))
		return;
	path = pr_arena_format(arena, "projects/%lld", (long long)id);
	read_subject(figures, arena, project, path, pr_json_text(pr_json_get(project, "name")));
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		const struct pr_json *subjects = pr_json_get(project, kinds[k]);
		for (size_t i = 0; i < pr_json_count(subjects); i++) {
			const struct pr_json *subject = pr_json_at(subjects, i);
			if (pr_json_int64(pr_json_get(subject, "id"), &id))
				read_subject(figures, arena, subject,
					pr_arena_format(arena, "%s/%s/%lld", path, kinds[k], (long long)id),
					pr_json_text(pr_json_get(subject, "name")));
		}
	}
}

static bool read_head(const struct pr_json *root, struct pr_published *published, struct pr_error *error)
{
	const char *month = pr_json_text(pr_json_get(root, "month"));
	const char *cutoff = pr_json_text(pr_json_get(root, "cutoff"));
	int64_t revision;

	if (!pr_text_equal(pr_json_text(pr_json_get(root, "schema")), "powerreport/findings/1") || !month || !cutoff ||
		!pr_month_parse(month, &published->month) || !pr_time_parse(cutoff, NULL, &published->cutoff_ms) ||
		!pr_json_int64(pr_json_get(root, "revision"), &revision) || revision < 1 || revision > INT32_MAX ||
		!pr_json_int64(pr_json_path(root, "tenant", "id", NULL), &published->tenant_id))
		return pr_error_set(error, PR_CODE_OUTPUT, "no findings of powerreport");
	published->revision = (int)revision;
	if (!pr_json_number(pr_json_path(root, "findings", "coverage.rate", "value", NULL), &published->coverage))
		published->coverage = NAN;
	return true;
}

bool pr_published_read(
	const char *json, size_t count, struct pr_arena *arena, struct pr_published *published, struct pr_error *error)
{
	struct pr_json_document *document = NULL;
	struct changed_list list = {0};
	const struct pr_json *root, *nodes;
	bool good;

	*published = (struct pr_published){0};
	if (!pr_json_parse(&document, json, count, error))
		return false;
	root = pr_json_root(document);
	good = read_head(root, published, error);
	if (good) {
		read_subject(&published->figures, arena, root, "", pr_json_text(pr_json_path(root, "tenant", "name", NULL)));
		nodes = pr_json_get(root, "projects");
		for (size_t i = 0; i < pr_json_count(nodes); i++)
			read_project(&published->figures, arena, pr_json_at(nodes, i));
		nodes = pr_json_get(root, "changes");
		for (size_t i = 0; good && i < pr_json_count(nodes); i++)
			good = take_changed(pr_json_at(nodes, i), &list, arena, error);
		published->changed = list.items;
		published->changed_count = list.count;
	}
	pr_json_free(document);
	return good;
}
