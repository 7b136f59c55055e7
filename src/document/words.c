#include "document/engine.h"

#include <stdlib.h>
#include <string.h>

#define NESTING_MAX 16
#define INCLUDE_MAX 8

/* --- reading ---------------------------------------------------------------------------------------------------- */

static int compare_keys(const void *a, const void *b)
{
	return strcmp(((const struct pr_word *)a)->key, ((const struct pr_word *)b)->key);
}

/* The same key twice: in the order of the files, so that the error is always the same one. */
static int compare_places(const void *a, const void *b)
{
	const struct pr_word *one = a, *other = b;
	int order = strcmp(one->key, other->key);

	if (order == 0)
		order = strcmp(one->path, other->path);
	return order ? order : (one->line > other->line) - (one->line < other->line);
}

const struct pr_word *pr_words_get(const struct pr_words *words, const char *key)
{
	struct pr_word wanted = {.key = key};

	if (words->count == 0)
		return NULL;
	return bsearch(&wanted, words->items, words->count, sizeof *words->items, compare_keys);
}

const char *pr_words_plain(const struct pr_words *words, const char *key)
{
	const struct pr_word *word = pr_words_get(words, key);

	return word ? word->text : key;
}

static bool is_wide(uint32_t code)
{
	return code >= 0x2E80 && code <= 0xFFEF;
}

/* Lines of a long text are joined without a space where Chinese stands on either side, with one elsewhere. */
static const char *join_lines(struct pr_arena *arena, const char *text, bool spaces)
{
	struct pr_buffer out;
	uint32_t before = 0;

	if (!strchr(text, '\n'))
		return text;
	pr_buffer_init(&out, arena);
	for (const char *at = text; *at;) {
		uint32_t code = pr_utf8_next(&at);
		if (code == '\n') {
			const char *ahead = at;
			if (spaces && !is_wide(before) && !is_wide(pr_utf8_next(&ahead)))
				pr_buffer_add(&out, " ");
			continue;
		}
		pr_buffer_add_code(&out, code);
		before = code;
	}
	return out.text;
}

static bool read_locale(struct pr_words *words, const struct pr_definition *definition, struct pr_error *error)
{
	static const char *const keys[] = {"group", "minus", "large_factor", "large_from", "large_digits", "spaces"};
	const struct pr_section *section = pr_definition_find(definition, "locale", "");
	int64_t digits = 2;

	if (!section)
		return pr_error_set_at(error, PR_CODE_CONFIG, definition->path, 0,
			"section [locale] is missing; "
			"expected keys group, minus, large_factor, large_from, large_digits");
	if (!pr_section_check_keys(section, keys, sizeof keys / sizeof *keys, error) ||
		!pr_section_text(section, "group", &words->group, error) ||
		!pr_section_text(section, "minus", &words->minus, error) ||
		!pr_section_double(section, "large_factor", 1, 1e9, 1e6, &words->large_factor, error) ||
		!pr_section_double(section, "large_from", 1, 1e12, 1e6, &words->large_from, error) ||
		!pr_section_int(section, "large_digits", 0, 4, 2, &digits, error) ||
		!pr_section_bool(section, "spaces", true, &words->spaces, error))
		return false;
	words->large_digits = (int)digits;
	return true;
}

static void add_section(struct pr_words *words, const struct pr_section *section, struct pr_arena *arena)
{
	for (size_t i = 0; i < section->entry_count; i++) {
		const struct pr_entry *entry = &section->entries[i];
		struct pr_word *word = PR_PUSH(arena, words->items, words->count, words->capacity);

		word->key = pr_arena_format(arena, "%s.%s", section->kind, entry->key);
		word->text = join_lines(arena, entry->value, words->spaces);
		word->path = section->path;
		word->line = entry->line;
	}
}

static bool check_twice(const struct pr_words *words, struct pr_error *error)
{
	for (size_t i = 1; i < words->count; i++) {
		const struct pr_word *before = &words->items[i - 1], *word = &words->items[i];
		if (strcmp(before->key, word->key) == 0)
			return pr_error_set_at(error, PR_CODE_CONFIG, word->path, word->line,
				"word '%s' again; it is in %s, line %d already", word->key, before->path, before->line);
	}
	return true;
}

static bool add_sections(
	struct pr_words *words, const struct pr_definition *definition, struct pr_arena *arena, struct pr_error *error)
{
	for (size_t i = 0; i < definition->section_count; i++) {
		const struct pr_section *section = &definition->sections[i];
		if (*section->name)
			return pr_error_set_at(error, PR_CODE_CONFIG, section->path, section->line,
				"section [%s %s]: expected one word; write [%s.%s]", section->kind, section->name, section->kind,
				section->name);
		if (strcmp(section->kind, "locale") != 0)
			add_section(words, section, arena);
	}
	if (words->count > 1)
		qsort(words->items, words->count, sizeof *words->items, compare_places);
	return check_twice(words, error) && pr_words_check(words, arena, error);
}

bool pr_words_read(
	struct pr_words *words, const char *path, const char *locale, struct pr_arena *arena, struct pr_error *error)
{
	struct pr_definition definition;

	*words = (struct pr_words){.locale = locale, .path = path};
	return pr_definition_read(&definition, path, PR_CODE_CONFIG, arena, error) &&
	       read_locale(words, &definition, error) && add_sections(words, &definition, arena, error);
}

bool pr_words_add(struct pr_words *words, const char *path, struct pr_arena *arena, struct pr_error *error)
{
	struct pr_definition definition;
	const struct pr_section *locale;

	if (!pr_definition_read(&definition, path, PR_CODE_CONFIG, arena, error))
		return false;
	locale = pr_definition_find(&definition, "locale", "");
	if (locale)
		return pr_error_set_at(error, PR_CODE_CONFIG, path, locale->line,
			"section [locale] in a part of the words; expected it in %s alone", words->path);
	return add_sections(words, &definition, arena, error);
}

/* --- rendering -------------------------------------------------------------------------------------------------- */

struct renderer {
	const struct pr_context *context; /* NULL while words are only checked */
	const struct pr_scope *scope;
	const struct pr_words *words;
	const struct pr_word *word;
	struct pr_arena *arena;
	const char *at;
	struct pr_style style;
	struct pr_rich *rich;
	struct pr_buffer pending; /* text not yet made a span */
	const char *link;         /* of the spans; NULL = none */
	int nesting, includes;
	struct pr_error *error;
};

enum branch_end { BRANCH_TEXT_END, BRANCH_ELIF, BRANCH_ELSE, BRANCH_END };

static bool render_branch(struct renderer *renderer, bool active, enum branch_end *end, const char **condition);

static bool refuse(struct renderer *renderer, const char *expected)
{
	return pr_error_set_at(renderer->error, PR_CODE_CONFIG, renderer->word->path, renderer->word->line,
		"word '%s': expected %s", renderer->word->key, expected);
}

static void push_span(struct renderer *renderer, const char *text, const char *finding)
{
	struct pr_rich *rich = renderer->rich;

	if (!*text)
		return;
	*PR_PUSH(renderer->arena, rich->spans, rich->count, rich->capacity) =
		(struct pr_span){.text = text, .style = renderer->style, .finding = finding, .link = renderer->link};
}

static bool has_digit(const char *text)
{
	return strpbrk(text, "0123456789") != NULL;
}

static void flush(struct renderer *renderer)
{
	const char *text = renderer->pending.text;

	if (renderer->pending.length == 0)
		return;
	push_span(renderer, text,
		has_digit(text) ? pr_arena_format(renderer->arena, PR_TAG_WORDS "%s", renderer->word->key) : NULL);
	pr_buffer_init(&renderer->pending, renderer->arena);
}

const char *pr_value_tag(
	const struct pr_value *value, const struct pr_format_style *style, const char *text, struct pr_arena *arena)
{
	if (!has_digit(text))
		return NULL;
	switch (value->kind) {
	case PR_VALUE_NUMBER:
		if (value->finding && *value->finding != '@' && style->abs && value->number < 0)
			return pr_arena_format(arena, "(0|-|%s)", value->finding);
		return value->finding;
	case PR_VALUE_TEXT:
		return value->finding ? value->finding : PR_TAG_NAME;
	case PR_VALUE_TIME:
		return PR_TAG_TIME;
	case PR_VALUE_MISSING:
		break;
	}
	return NULL;
}

static void toggle_bold(struct renderer *renderer)
{
	flush(renderer);
	renderer->style.weight = renderer->style.weight == PR_BOLD ? PR_REGULAR : PR_BOLD;
}

static bool render_value(struct renderer *renderer, const char *tag, bool active)
{
	const char *bar = strchr(tag, '|');
	const char *expression = bar ? pr_arena_copy_n(renderer->arena, tag, (size_t)(bar - tag)) : tag;
	struct pr_format_style style;
	struct pr_value value;
	const char *text;

	if (!pr_format_style_parse(bar ? bar + 1 : "", &style))
		return refuse(renderer, pr_arena_format(renderer->arena, "a style behind '|' in '{%s}'", tag));
	if (!renderer->context)
		return pr_expression_check(
			expression, renderer->word->path, renderer->word->line, renderer->arena, renderer->error);
	if (!active)
		return true;
	if (!pr_expression_value(renderer->context, renderer->scope, expression, renderer->word->path, renderer->word->line,
			&value, renderer->error))
		return false;
	text = pr_format_value(renderer->context, renderer->scope, &value, &style);
	if (!has_digit(text)) {
		pr_buffer_add(&renderer->pending, text);
		return true;
	}
	flush(renderer);
	push_span(renderer, text, pr_value_tag(&value, &style, text, renderer->arena));
	return true;
}

static bool render_include(struct renderer *renderer, const char *expression, bool active)
{
	struct renderer inner = *renderer;
	struct pr_value key;
	enum branch_end end;
	const char *condition;

	if (!renderer->context)
		return pr_expression_check(
			expression, renderer->word->path, renderer->word->line, renderer->arena, renderer->error);
	if (!active)
		return true;
	if (!pr_expression_value(renderer->context, renderer->scope, expression, renderer->word->path, renderer->word->line,
			&key, renderer->error))
		return false;
	inner.word = key.kind == PR_VALUE_TEXT ? pr_words_get(renderer->words, key.text) : NULL;
	if (!inner.word)
		return refuse(renderer, pr_arena_format(renderer->arena, "a word with the key '%s' for '{word %s}'",
									key.kind == PR_VALUE_TEXT ? key.text : "", expression));
	if (++inner.includes > INCLUDE_MAX)
		return refuse(renderer, "words that do not include each other");
	flush(renderer);
	inner.at = inner.word->text;
	inner.nesting = 0;
	pr_buffer_init(&inner.pending, renderer->arena);
	if (!render_branch(&inner, true, &end, &condition))
		return false;
	flush(&inner);
	return end == BRANCH_TEXT_END || refuse(&inner, "no {elif}, {else} or {end} without its {if}");
}

/* "chapter" or "chapter.block": of several chapters of a name the one of this scope, else the first. */
static const struct pr_guide_place *find_place(const struct renderer *renderer, const char *target)
{
	const struct pr_guide *guide = renderer->context->guide;
	const char *dot = strchr(target, '.');
	size_t length = dot ? (size_t)(dot - target) : strlen(target);
	const struct pr_guide_place *found = NULL;

	for (size_t i = 0; i < guide->count; i++) {
		const struct pr_guide_place *place = &guide->places[i];

		if (strncmp(place->chapter, target, length) != 0 || place->chapter[length] != '\0' ||
			!pr_text_equal(place->block, dot ? dot + 1 : NULL))
			continue;
		for (const struct pr_scope *scope = renderer->scope; scope; scope = scope->outer)
			if (scope == place->scope && scope->project)
				return place;
		found = found ? found : place;
	}
	return found;
}

/* Nothing of what this report does not have, and where there are no pages. */
static bool render_see(struct renderer *renderer, const char *target, bool active)
{
	struct renderer inner = *renderer;
	struct pr_scope scope = {.outer = renderer->scope};
	const struct pr_guide_place *place;
	struct pr_value number;
	enum branch_end end;
	const char *condition;

	if (!*target)
		return refuse(renderer, "a chapter or chapter.block in '{see …}'");
	if (!renderer->context || !active || !renderer->context->guide)
		return true;
	renderer->context->guide->asked = true;
	place = find_place(renderer, target);
	inner.word = pr_words_get(renderer->words, strchr(target, '.') ? "page.see_block" : "page.see_chapter");
	if (!place || !inner.word)
		return true;
	number = pr_value_text(place->number);
	number.finding = PR_TAG_PLACE;
	pr_scope_add(&scope, renderer->arena, "see.page", pr_value_place(place->page));
	pr_scope_add(&scope, renderer->arena, "see.number", number);
	flush(renderer);
	inner.scope = &scope;
	inner.link = place->anchor;
	inner.at = inner.word->text;
	inner.nesting = 0;
	pr_buffer_init(&inner.pending, renderer->arena);
	if (!render_branch(&inner, true, &end, &condition))
		return false;
	flush(&inner);
	return end == BRANCH_TEXT_END || refuse(&inner, "no {elif}, {else} or {end} without its {if}");
}

static bool condition_holds(struct renderer *renderer, const char *expression, bool active, bool *truth)
{
	*truth = false;
	if (!renderer->context)
		return pr_expression_check(
			expression, renderer->word->path, renderer->word->line, renderer->arena, renderer->error);
	if (!active)
		return true;
	return pr_expression_true(renderer->context, renderer->scope, expression, renderer->word->path,
		renderer->word->line, truth, renderer->error);
}

static bool render_if(struct renderer *renderer, const char *expression, bool active)
{
	bool taken = false, truth;
	enum branch_end end = BRANCH_ELIF;

	if (++renderer->nesting > NESTING_MAX)
		return refuse(renderer, "fewer levels of {if}");
	while (end == BRANCH_ELIF) {
		if (!condition_holds(renderer, expression, active && !taken, &truth) ||
			!render_branch(renderer, truth, &end, &expression))
			return false;
		taken = taken || truth;
	}
	if (end == BRANCH_ELSE && !render_branch(renderer, active && !taken, &end, &expression))
		return false;
	renderer->nesting--;
	return end == BRANCH_END || refuse(renderer, "an {end} for every {if}");
}

/* The text between the braces; the position moves behind them. NULL where the brace is not closed. */
static const char *take_tag(struct renderer *renderer)
{
	const char *from = renderer->at + 1;
	const char *close = strchr(from, '}');

	if (!close)
		return NULL;
	renderer->at = close + 1;
	return pr_text_trim(pr_arena_copy_n(renderer->arena, from, (size_t)(close - from)));
}

/* One tag; *end tells whether it ends the branch. */
static bool render_tag(struct renderer *renderer, bool active, bool *ends, enum branch_end *end, const char **condition)
{
	const char *tag = take_tag(renderer);

	*ends = false;
	if (!tag)
		return refuse(renderer, "a '}' for every '{'");
	if (pr_text_starts(tag, "if "))
		return render_if(renderer, tag + 3, active);
	if (pr_text_starts(tag, "word "))
		return render_include(renderer, tag + 5, active);
	if (pr_text_starts(tag, "see "))
		return render_see(renderer, tag + 4, active);
	*ends = true;
	if (pr_text_starts(tag, "elif ")) {
		*end = BRANCH_ELIF;
		*condition = tag + 5;
		return true;
	}
	if (strcmp(tag, "else") == 0 || strcmp(tag, "end") == 0) {
		*end = tag[1] == 'l' ? BRANCH_ELSE : BRANCH_END;
		return true;
	}
	*ends = false;
	return render_value(renderer, tag, active);
}

static bool render_branch(struct renderer *renderer, bool active, enum branch_end *end, const char **condition)
{
	bool ends;

	while (*renderer->at) {
		if (renderer->at[0] == '{' && renderer->at[1] == '{') {
			if (active)
				pr_buffer_add(&renderer->pending, "{");
			renderer->at += 2;
		} else if (renderer->at[0] == '{') {
			if (!render_tag(renderer, active, &ends, end, condition))
				return false;
			if (ends)
				return renderer->nesting > 0 || refuse(renderer, "an {if} before {elif}, {else} or {end}");
		} else if (renderer->at[0] == '*' && renderer->at[1] == '*') {
			if (active)
				toggle_bold(renderer);
			renderer->at += 2;
		} else {
			if (active)
				pr_buffer_add_n(&renderer->pending, renderer->at, 1);
			renderer->at++;
		}
	}
	*end = BRANCH_TEXT_END;
	return true;
}

static bool render_word(struct renderer *renderer)
{
	enum branch_end end;
	const char *condition;

	renderer->at = renderer->word->text;
	pr_buffer_init(&renderer->pending, renderer->arena);
	if (!render_branch(renderer, true, &end, &condition))
		return false;
	flush(renderer);
	return true;
}

bool pr_words_check(const struct pr_words *words, struct pr_arena *arena, struct pr_error *error)
{
	for (size_t i = 0; i < words->count; i++) {
		struct pr_rich rich = {0};
		struct renderer renderer = {
			.words = words, .word = &words->items[i], .arena = arena, .rich = &rich, .error = error};
		if (!render_word(&renderer))
			return false;
	}
	return true;
}

/*
 * Conditions leave spaces behind: two in a row, one before a full stop, one at the end. They are taken out across spans,
 * where the locale parts words by spaces.
 */
static void tidy_spaces(struct pr_rich *rich, size_t from, struct pr_arena *arena)
{
	char *kept = NULL; /* the last space that was written, while nothing stands behind it */
	bool start = true;

	for (size_t i = from; i < rich->count; i++) {
		char *text = pr_arena_copy(arena, rich->spans[i].text), *out = text;
		for (const char *at = text; *at; at++) {
			if (*at == ' ' && (kept || start))
				continue;
			if (kept && strchr(".,;:)?!", *at)) {
				if (kept + 1 == out)
					out = kept;
				else
					*kept = '\0'; /* the end of a span before this one */
			}
			*out = *at;
			kept = *at == ' ' ? out : NULL;
			out++;
			start = false;
		}
		*out = '\0';
		rich->spans[i].text = text;
	}
	if (kept)
		*kept = '\0';
}

bool pr_words_render(const struct pr_context *context, const struct pr_scope *scope, const char *key,
	struct pr_style base, struct pr_rich *rich, struct pr_error *error)
{
	struct renderer renderer = {.context = context,
		.scope = scope,
		.words = context->words,
		.arena = context->arena,
		.style = base,
		.rich = rich,
		.error = error};
	size_t before = rich->count;

	renderer.word = pr_words_get(context->words, key);
	if (!renderer.word)
		return pr_error_set_at(error, PR_CODE_CONFIG, context->words->path ? context->words->path : "", 0,
			"no word with the key '%s'; expected it in the section [%.*s]", key, (int)strcspn(key, "."), key);
	if (!render_word(&renderer))
		return false;
	if (context->words->spaces)
		tidy_spaces(rich, before, context->arena);
	return true;
}

const char *pr_rich_text(const struct pr_rich *rich, struct pr_arena *arena)
{
	struct pr_buffer out;

	pr_buffer_init(&out, arena);
	for (size_t i = 0; i < rich->count; i++)
		pr_buffer_add(&out, rich->spans[i].text);
	return out.text;
}

const char *pr_rich_tags(const struct pr_rich *rich, struct pr_arena *arena)
{
	struct pr_buffer out;

	pr_buffer_init(&out, arena);
	for (size_t i = 0; i < rich->count; i++)
		if (rich->spans[i].finding)
			pr_buffer_format(&out, "%s%s", out.length ? PR_TAG_AND : "", rich->spans[i].finding);
	return out.length ? out.text : NULL;
}

void pr_rich_restyle(struct pr_rich *rich, struct pr_style style, struct pr_arena *arena)
{
	struct pr_span *spans = pr_arena_array(arena, rich->count, sizeof *spans);

	for (size_t i = 0; i < rich->count; i++) {
		spans[i] = rich->spans[i];
		spans[i].style = style;
	}
	rich->spans = spans;
}

bool pr_words_tagged(const struct pr_context *context, const struct pr_scope *scope, const char *key, const char **text,
	const char **tags, struct pr_error *error)
{
	struct pr_rich rich = {0};

	if (!pr_words_render(context, scope, key, (struct pr_style){0}, &rich, error))
		return false;
	*text = pr_rich_text(&rich, context->arena);
	*tags = pr_rich_tags(&rich, context->arena);
	return true;
}

bool pr_words_text(const struct pr_context *context, const struct pr_scope *scope, const char *key, const char **text,
	struct pr_error *error)
{
	const char *tags;

	return pr_words_tagged(context, scope, key, text, &tags, error);
}
