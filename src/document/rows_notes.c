/*
 * The notes of several projects for a page: what several subjects have in common is said once, with their names, and of
 * one code only some are shown, with how many more there are. The workbook and the JSON have every note.
 */
#include "document/rows.h"

#include <string.h>

#include "base/text.h"

#define NAMES_MOST 5 /* subjects named in one line; of more, one less and how many remain */
#define OF_A_CODE 3  /* lines of one code */

struct group {
	const struct pr_note *first;
	const char *before, *after;       /* the text around the subject; before = NULL: the whole text is `after` */
	const char *subjects[NAMES_MOST]; /* the first of them */
	size_t subject_count;
	pr_micro count; /* 0 = none */
};

struct groups {
	struct group *items;
	size_t count;
};

/* The text without its subject: two notes that differ in nothing else say the same. */
static struct group group_of(const struct pr_row_builder *builder, const struct pr_note *note)
{
	struct pr_arena *arena = builder->context->arena;
	const char *subject = pr_note_subject(builder->context, note, arena);
	const char *at = note->text && *subject ? strstr(note->text, subject) : NULL;
	struct group group = {.first = note, .after = note->text, .count = (pr_micro)note->count};

	group.subjects[group.subject_count++] = subject;
	if (at) {
		group.before = pr_arena_copy_n(arena, note->text, (size_t)(at - note->text));
		group.after = at + strlen(subject);
	}
	return group;
}

static bool says_the_same(const struct group *a, const struct group *b)
{
	return pr_text_equal(a->first->code, b->first->code) && a->before && pr_text_equal(a->before, b->before) &&
	       pr_text_equal(a->after, b->after);
}

static void gather(const struct pr_row_builder *builder, struct groups *groups)
{
	const struct pr_report *report = builder->context->report;

	for (size_t i = 0; i < report->note_count; i++) {
		struct group group = group_of(builder, &report->notes[i]);
		size_t at = 0;
		while (at < groups->count && !says_the_same(&groups->items[at], &group))
			at++;
		if (at == groups->count) {
			groups->items[groups->count++] = group;
			continue;
		}
		if (groups->items[at].subject_count < NAMES_MOST)
			groups->items[at].subjects[groups->items[at].subject_count] = group.subjects[0];
		groups->items[at].subject_count++;
		groups->items[at].count += group.count;
	}
}

/* "A、B、C": the names of those that say the same, few enough for a line. */
static const char *names_of(const struct pr_row_builder *builder, const struct group *group, size_t named)
{
	const struct pr_words *words = builder->context->words;
	struct pr_buffer names;

	pr_buffer_init(&names, builder->context->arena);
	for (size_t i = 0; i < named; i++)
		pr_buffer_format(&names, "%s%s%s", i > 0 ? pr_words_plain(words, "management.list") : "",
			i > 0 && words->spaces ? " " : "", group->subjects[i]);
	return names.text;
}

static void add_row(struct pr_row_builder *builder, const struct group *group, size_t more, pr_micro count)
{
	struct pr_scope *row = pr_rows_add(builder);
	const char *path;
	size_t all = group->subject_count, named = all > NAMES_MOST ? NAMES_MOST - 1 : all;

	row->zone = pr_note_zone(builder->context->report, group->first);
	pr_rows_field(builder, row, "row.code", pr_value_text(group->first->code));
	path = pr_arena_format(
		builder->context->arena, "notes/%zu/text", (size_t)(group->first - builder->context->report->notes));
	pr_rows_field(
		builder, row, "row.before", pr_rows_tagged(builder, pr_value_text(group->before ? group->before : ""), path));
	pr_rows_field(builder, row, "row.names", pr_value_text(group->before ? names_of(builder, group, named) : ""));
	pr_rows_field(
		builder, row, "row.after", pr_rows_tagged(builder, pr_value_text(group->after ? group->after : ""), path));
	pr_rows_field(builder, row, "row.subjects", pr_value_number((double)all, NULL));
	pr_rows_field(builder, row, "row.unnamed", pr_value_number((double)(all - named), NULL));
	pr_rows_field(builder, row, "row.more", pr_value_number((double)more, NULL));
	pr_rows_field(builder, row, "row.count", count ? pr_value_number((double)count, NULL) : pr_value_missing());
}

/* The groups of the code of the one at `first`, and how many notes more there are. */
static void add_code(struct pr_row_builder *builder, const struct groups *groups, size_t first)
{
	const char *code = groups->items[first].first->code;
	size_t all = 0, shown = 0, more = 0;
	pr_micro count = 0;

	for (size_t i = first; i < groups->count; i++)
		all += pr_text_equal(groups->items[i].first->code, code);
	for (size_t i = first; i < groups->count; i++) {
		const struct group *group = &groups->items[i];
		if (!pr_text_equal(group->first->code, code))
			continue;
		/* A line that says "one more" takes as much room as that one. */
		if (shown < OF_A_CODE || all == OF_A_CODE + 1) {
			add_row(builder, group, 0, group->count);
			shown++;
			continue;
		}
		more += group->subject_count;
		count += group->count;
	}
	if (more > 0)
		add_row(builder, &groups->items[first], more, count);
}

/* The groups of one code stand after each other, where its first stands. */
bool pr_rows_notes_grouped(struct pr_row_builder *builder)
{
	const struct pr_report *report = builder->context->report;
	struct groups groups = {pr_arena_array(builder->context->arena, report->note_count + 1, sizeof *groups.items), 0};

	gather(builder, &groups);
	for (size_t i = 0; i < groups.count; i++) {
		bool seen = false;
		for (size_t k = 0; k < i && !seen; k++)
			seen = pr_text_equal(groups.items[k].first->code, groups.items[i].first->code);
		if (!seen)
			add_code(builder, &groups, i);
	}
	return true;
}
