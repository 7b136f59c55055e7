#include "document/index.h"

#include <string.h>

#include "base/base64.h"
#include "document/html.h"
#include "document/template.h"

struct pr_index {
	const struct pr_html *html;
	const struct pr_words *words;
	const struct pr_index_head *head;
	struct pr_scope page; /* what every part knows */
	pr_index_put put;
	void *put_context;
};

static const char *const parts[] = {"head", "count", "option", "middle", "row", "cost", "amount", "change", "foot"};

/* "no data" → "no-data": a class, and a part of an address. */
static const char *class_of(const char *name, struct pr_arena *arena)
{
	char *class = pr_arena_copy(arena, name);

	for (char *at = class; *at; at++)
		if ((*at < 'a' || *at > 'z') && (*at < 'A' || *at > 'Z'))
			*at = '-';
	return class;
}

/* "no data" → "index.state_no_data". */
static const char *key_of(const char *kind, const char *name, struct pr_arena *arena)
{
	char *key = pr_arena_format(arena, "index.%s_%s", kind, name);

	for (char *at = key; *at; at++)
		if (*at == ' ')
			*at = '_';
	return key;
}

/* One part, written out at once. */
static bool put_part(struct pr_index *index, const char *part, const struct pr_scope *scope, struct pr_arena *arena,
	struct pr_error *error)
{
	const struct pr_context context = {.words = index->words, .arena = arena};
	struct pr_buffer out;

	pr_buffer_init(&out, arena);
	return pr_html_put(index->html, part, &context, scope, &out, error) &&
	       index->put(index->put_context, out.text, out.length, error);
}

static void add_text(struct pr_scope *scope, struct pr_arena *arena, const char *name, const char *text)
{
	pr_scope_add(scope, arena, name, pr_value_text(text));
}

static void add_count(struct pr_scope *scope, struct pr_arena *arena, const char *name, size_t count)
{
	struct pr_value value = pr_value_number((double)count, NULL);

	value.digits = 0;
	pr_scope_add(scope, arena, name, value);
}

static void add_path(struct pr_scope *scope, struct pr_arena *arena, const char *name, const char *path)
{
	struct pr_buffer link;

	pr_buffer_init(&link, arena);
	pr_html_add_path(&link, path ? path : "");
	add_text(scope, arena, name, link.text);
}

static void add_plain(struct pr_scope *scope, struct pr_arena *arena, const char *name, pr_micro number)
{
	char plain[32];

	add_text(scope, arena, name, number == PR_MICRO_MISSING ? "" : pr_arena_copy(arena, pr_micro_plain(number, plain)));
}

/* --- head and foot ------------------------------------------------------------------------------------------------ */

/* The part once a count: what there is of a kind. */
static bool list_counts(struct pr_index *index, const char *part, const char *kind, const struct pr_index_count *counts,
	size_t count, struct pr_arena *arena, struct pr_buffer *out, struct pr_error *error)
{
	const struct pr_context context = {.words = index->words, .arena = arena};

	for (size_t i = 0; i < count; i++) {
		struct pr_scope scope = {.outer = &index->page};
		if (counts[i].count == 0)
			continue;
		add_text(&scope, arena, "count.name", pr_words_plain(index->words, key_of(kind, counts[i].name, arena)));
		add_text(&scope, arena, "count.class", class_of(counts[i].name, arena));
		add_count(&scope, arena, "count.number", counts[i].count);
		if (!pr_html_put(index->html, part, &context, &scope, out, error))
			return false;
	}
	return true;
}

static bool add_lists(struct pr_index *index, struct pr_arena *arena, struct pr_error *error)
{
	const struct pr_index_head *head = index->head;
	const struct {
		const char *field, *part, *kind;
		const struct pr_index_count *counts;
		size_t count;
	} lists[] = {{"page.counts", "count", "state", head->states, head->state_count},
		{"page.states", "option", "state", head->states, head->state_count},
		{"page.editions", "option", "edition", head->editions, head->edition_count},
		{"page.grades", "option", "grade", head->grades, head->grade_count},
		{"page.mails", "option", "mail", head->mails, head->mail_count}};

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		struct pr_buffer out;
		pr_buffer_init(&out, arena);
		if (!list_counts(index, lists[i].part, lists[i].kind, lists[i].counts, lists[i].count, arena, &out, error))
			return false;
		add_text(&index->page, arena, lists[i].field, out.text);
	}
	return true;
}

static void add_run(struct pr_index *index, struct pr_arena *arena)
{
	const struct pr_index_head *head = index->head;
	const struct pr_index_run *run = &head->run;
	struct pr_scope *page = &index->page;
	bool ended = head->has_run && run->ended_ms != PR_TIME_MISSING && run->ended_ms >= run->began_ms;
	int64_t seconds = ended ? (run->ended_ms - run->began_ms) / 1000 : 0;

	pr_scope_add(page, arena, "run.began", pr_value_time(head->has_run ? run->began_ms : PR_TIME_MISSING));
	pr_scope_add(page, arena, "run.ended", pr_value_time(head->has_run ? run->ended_ms : PR_TIME_MISSING));
	pr_scope_add(page, arena, "run.cutoff", pr_value_time(head->has_run ? run->cutoff_ms : PR_TIME_MISSING));
	pr_scope_add(page, arena, "run.lasted", pr_value_number(ended, NULL));
	add_count(page, arena, "run.hours", (size_t)(seconds / 3600));
	add_count(page, arena, "run.minutes", (size_t)(seconds / 60 % 60));
	add_count(page, arena, "run.seconds", (size_t)(seconds % 60));
	add_text(page, arena, "run.outcome", !head->has_run ? "" : run->outcome ? run->outcome : "open");
	add_text(page, arena, "run.host", head->has_run ? run->host : NULL);
	add_text(page, arena, "run.version", head->has_run ? run->version : NULL);
}

static bool read_template(
	const struct pr_templates *templates, struct pr_html **html, struct pr_arena *arena, struct pr_error *error)
{
	return pr_html_read(html, pr_arena_format(arena, "%s/index.html", templates->template_folder), parts,
		sizeof parts / sizeof *parts, arena, error);
}

bool pr_index_check(const struct pr_templates *templates, struct pr_arena *arena, struct pr_error *error)
{
	struct pr_html *html;

	return read_template(templates, &html, arena, error);
}

bool pr_index_begin(struct pr_index **index, const struct pr_templates *templates, const struct pr_index_head *head,
	pr_index_put put, void *context, struct pr_arena *arena, struct pr_error *error)
{
	struct pr_index *made = pr_arena_alloc(arena, sizeof *made);
	struct pr_html *html;
	int64_t month_ms, next_ms;

	*made = (struct pr_index){.words = pr_templates_words(templates, head->locale),
		.head = head,
		.page = {.zone = head->zone},
		.put = put,
		.put_context = context};
	*index = made;
	if (!made->words)
		return pr_error_set_at(error, PR_CODE_CONFIG, templates->template_folder, 0,
			"no words for the locale '%s' of the index page; expected words/%s.ini", head->locale, head->locale);
	if (!read_template(templates, &html, arena, error))
		return false;
	made->html = html;
	pr_zone_month(head->zone, head->month, &month_ms, &next_ms);
	pr_scope_add(&made->page, arena, "month", pr_value_time(month_ms));
	add_text(&made->page, arena, "page.locale", head->locale);
	add_text(&made->page, arena, "page.zone", pr_zone_name(head->zone));
	add_text(&made->page, arena, "page.style_hash", pr_html_hash(html, "style", arena));
	add_text(&made->page, arena, "page.script_hash", pr_html_hash(html, "script", arena));
	add_count(&made->page, arena, "page.total", head->total);
	add_count(&made->page, arena, "page.later_revisions", head->later_revisions);
	pr_scope_add(&made->page, arena, "page.cutoff", pr_value_time(head->newest_cutoff_ms));
	pr_scope_add(&made->page, arena, "gate", pr_value_number(templates->gate, "1"));
	add_run(made, arena);
	return add_lists(made, arena, error) && put_part(made, "head", &made->page, arena, error) &&
	       put_part(made, "middle", &made->page, arena, error);
}

bool pr_index_end(struct pr_index *index, struct pr_error *error)
{
	struct pr_arena scratch;
	bool good;

	pr_arena_init(&scratch);
	good = put_part(index, "foot", &index->page, &scratch, error);
	pr_arena_release(&scratch);
	return good;
}

bool pr_index_speaks(const struct pr_templates *templates, const char *locale)
{
	return locale && pr_templates_words(templates, locale) != NULL;
}

/* --- a customer --------------------------------------------------------------------------------------------------- */

/* What the program says of a tenant, by a piece of its sentence: the page says it in its own language, too. */
static const struct {
	const char *piece, *word;
} reasons[] = {{"is held until it is released", "index.reason_revision"},
	{"is below the gate of", "index.reason_coverage"}, {"is not settled before", "index.reason_settle"},
	{"does not end before", "index.reason_end"}, {"not in service in", "index.reason_service"},
	{"not one row of its points", "index.reason_no_data"}, {"cannot reach", "index.reason_unreachable"},
	{"the store is in trouble", "index.reason_unreachable"}, {"no space left on device", "index.reason_full"},
	{"its worker was ended by signal", "index.reason_crash"}, {"gave no sign of life", "index.reason_hang"}};

static bool explain_reason(
	struct pr_index *index, struct pr_scope *row, const char *reason, struct pr_arena *arena, struct pr_error *error)
{
	const struct pr_context context = {.words = index->words, .arena = arena};
	const char *join = pr_words_plain(index->words, "index.reason_join");
	struct pr_buffer out;

	pr_buffer_init(&out, arena);
	for (size_t i = 0; reason && i < sizeof reasons / sizeof *reasons; i++) {
		const char *text;
		if (!strstr(reason, reasons[i].piece))
			continue;
		if (!pr_words_text(&context, row, reasons[i].word, &text, error))
			return false;
		if (*text)
			pr_buffer_format(&out, "%s%s", out.length ? join : "", text);
	}
	add_text(row, arena, "row.explained", out.length ? out.text : NULL);
	return true;
}

/* The cells of the cost and of its change, with a line a currency. */
static bool put_costs(struct pr_index *index, struct pr_scope *scope, const struct pr_index_row *row,
	struct pr_arena *arena, struct pr_error *error)
{
	const struct pr_context context = {.words = index->words, .arena = arena};
	struct pr_buffer amounts, changes, cells;
	struct pr_scope both = {.outer = scope};
	size_t compared = 0;

	pr_buffer_init(&amounts, arena);
	pr_buffer_init(&changes, arena);
	pr_buffer_init(&cells, arena);
	for (size_t i = 0; i < row->cost_count; i++) {
		const struct pr_index_cost *cost = &row->costs[i];
		struct pr_scope line = {.outer = scope};
		compared += cost->is_new || cost->change != PR_MICRO_MISSING;
		pr_scope_add(&line, arena, "cost.amount", pr_value_micro(cost->amount, cost->currency));
		pr_scope_add(&line, arena, "cost.change", pr_value_micro(cost->change, "1"));
		pr_scope_add(&line, arena, "cost.per_day", pr_value_number(cost->per_day, NULL));
		pr_scope_add(&line, arena, "cost.new", pr_value_number(cost->is_new, NULL));
		if (!pr_html_put(index->html, "amount", &context, &line, &amounts, error) ||
			!pr_html_put(index->html, "change", &context, &line, &changes, error))
			return false;
	}
	add_count(&both, arena, "cost.count", row->cost_count);
	add_count(&both, arena, "cost.compared", compared);
	add_text(&both, arena, "cost.amounts", amounts.text);
	add_text(&both, arena, "cost.changes", changes.text);
	if (!pr_html_put(index->html, "cost", &context, &both, &cells, error))
		return false;
	add_text(scope, arena, "row.costs", cells.text);
	return true;
}

static void add_keys(struct pr_scope *scope, const struct pr_index_row *row, struct pr_arena *arena)
{
	const struct pr_index_cost *cost = row->cost_count == 1 ? &row->costs[0] : NULL;

	add_plain(scope, arena, "key.health", row->health);
	add_plain(scope, arena, "key.coverage", row->coverage);
	add_plain(scope, arena, "key.cost", cost ? cost->amount : PR_MICRO_MISSING);
	add_plain(scope, arena, "key.change", cost ? cost->change : PR_MICRO_MISSING);
	add_text(scope, arena, "key.currency", cost ? cost->currency : "");
	add_text(scope, arena, "key.grade", class_of(row->grade ? row->grade : "none", arena));
	add_text(scope, arena, "key.state", class_of(row->state, arena));
	add_text(scope, arena, "key.edition", class_of(row->edition, arena));
	add_text(scope, arena, "key.mail", class_of(row->mail, arena));
	add_plain(scope, arena, "key.revision", row->revision ? row->revision * PR_MICRO_ONE : PR_MICRO_MISSING);
	add_count(scope, arena, "key.state_order", row->state_order);
	add_count(scope, arena, "key.mail_order", row->mail_order);
}

static bool add_fields(struct pr_index *index, struct pr_scope *scope, const struct pr_index_row *row,
	struct pr_arena *arena, struct pr_error *error)
{
	const struct pr_words *words = index->words;
	struct pr_value health = pr_value_micro(row->health, NULL);
	struct pr_buffer picture;

	health.digits = PR_PRECISION_SCORE;
	pr_buffer_init(&picture, arena);
	if (row->picture)
		pr_base64_add(&picture, row->picture, row->picture_bytes);
	add_text(scope, arena, "row.picture", row->picture ? picture.text : NULL);
	add_text(scope, arena, "row.id", pr_arena_format(arena, "%lld", (long long)row->id));
	add_text(scope, arena, "row.name", pr_text_clean(arena, row->name));
	add_text(scope, arena, "row.edition", pr_words_plain(words, key_of("edition", row->edition, arena)));
	add_text(scope, arena, "row.state", pr_words_plain(words, key_of("state", row->state, arena)));
	add_text(scope, arena, "row.reason", row->reason ? pr_text_clean(arena, row->reason) : NULL);
	pr_scope_add(scope, arena, "row.first", pr_value_number(row->first, NULL));
	add_count(scope, arena, "row.revision", (size_t)row->revision);
	pr_scope_add(scope, arena, "row.coverage", pr_value_micro(row->coverage, "1"));
	pr_scope_add(scope, arena, "row.health", health);
	add_text(scope, arena, "row.grade",
		row->grade ? pr_words_plain(words, pr_arena_format(arena, "grade.%s", row->grade)) : NULL);
	add_path(scope, arena, "row.pdf", row->pdf);
	add_path(scope, arena, "row.xlsx", row->xlsx);
	add_path(scope, arena, "row.json", row->json);
	add_text(scope, arena, "row.mail", pr_words_plain(words, key_of("mail", row->mail, arena)));
	add_count(scope, arena, "row.mail_sent", (size_t)row->mail_sent);
	add_count(scope, arena, "row.mail_total", (size_t)row->mail_total);
	add_keys(scope, row, arena);
	return explain_reason(index, scope, row->reason, arena, error) && put_costs(index, scope, row, arena, error);
}

bool pr_index_add(struct pr_index *index, const struct pr_index_row *row, struct pr_error *error)
{
	struct pr_scope scope = {.outer = &index->page};
	struct pr_arena scratch;
	bool good;

	pr_arena_init(&scratch);
	good = add_fields(index, &scope, row, &scratch, error) && put_part(index, "row", &scope, &scratch, error);
	pr_arena_release(&scratch);
	return good;
}
