/*
 * templates/mail/message.txt and message.html. A form is text with marks:
 *
 *     [[word mail.intro]]      the word with that key, rendered in the letter's scope
 *     [[field tenant.name]]    a variable of that scope, as it is
 *     [[colour accent]]        a colour of the brand, "#0E4A66"
 *     [[each figures]] … [[end]]   [[each findings]] … [[end]]   [[if figures]] … [[end]]
 *
 * A line that holds nothing but if, each or end is no line of the message. What comes from words and variables is
 * escaped in HTML and is one line in text; empty lines that it leaves one upon the other become one.
 */
#include "document/letter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "document/template.h"

#define FORM_BYTES_MAX ((size_t)256 * 1024)
#define OPEN "[["
#define CLOSE "]]"
#define SUBJECT_CODES_MAX 200

enum part_kind { PART_TEXT, PART_WORD, PART_FIELD, PART_COLOUR, PART_EACH, PART_IF, PART_END };

static const char *const part_names[] = {[PART_WORD] = "word",
	[PART_FIELD] = "field",
	[PART_COLOUR] = "colour",
	[PART_EACH] = "each",
	[PART_IF] = "if",
	[PART_END] = "end"};

struct part {
	enum part_kind kind;
	const char *text; /* of a text itself; else what stands behind the mark's name */
	size_t count;     /* of a text */
	size_t end;       /* of each and if: the index of their end */
	int line;
};

struct form {
	const char *path;
	bool is_html;
	struct part *parts;
	size_t count, capacity;
};

struct pr_letter_forms {
	const struct pr_templates *templates;
	struct form text, html;
};

static const char *const lists[] = {"figures", "findings"};

/* --- reading ------------------------------------------------------------------------------------------------------ */

static bool refuse(const struct form *form, int line, const char *what, const char *why, struct pr_error *error)
{
	return pr_error_set_at(error, PR_CODE_CONFIG, form->path, line, "'%s' %s", what, why);
}

static void add_text(struct form *form, struct pr_arena *arena, const char *text, size_t count)
{
	if (count > 0)
		*PR_PUSH(arena, form->parts, form->count, form->capacity) =
			(struct part){.kind = PART_TEXT, .text = text, .count = count};
}

static bool add_mark(
	struct form *form, struct pr_arena *arena, const char *mark, size_t length, int line, struct pr_error *error)
{
	char *copy = pr_text_trim(pr_arena_copy_n(arena, mark, length));
	size_t name_length = strcspn(copy, " ");
	struct part part = {.line = line, .text = pr_text_trim(copy + name_length)};

	for (size_t i = PART_WORD; i < sizeof part_names / sizeof *part_names; i++)
		if (strlen(part_names[i]) == name_length && strncmp(part_names[i], copy, name_length) == 0)
			part.kind = (enum part_kind)i;
	if (part.kind == PART_TEXT)
		return refuse(form, line, copy, "is no mark; expected word, field, colour, each, if or end", error);
	if ((part.kind == PART_END) != (*part.text == '\0'))
		return refuse(form, line, copy, part.kind == PART_END ? "takes nothing behind it" : "lacks a name", error);
	*PR_PUSH(arena, form->parts, form->count, form->capacity) = part;
	return true;
}

/* Whether a mark from `from` to behind `to` is all that its line holds. */
static bool is_alone(const char *begin, const char *from, const char *to)
{
	while (from > begin && (from[-1] == ' ' || from[-1] == '\t'))
		from--;
	to += strspn(to, " \t");
	return (from == begin || from[-1] == '\n') && *to == '\n';
}

static bool parse(struct form *form, const char *text, struct pr_arena *arena, struct pr_error *error)
{
	const char *at = text;
	int line = 1;

	for (;;) {
		const char *open = strstr(at, OPEN), *close = open ? strstr(open, CLOSE) : NULL;
		if (!open || !close) {
			add_text(form, arena, at, strlen(at));
			return !open || refuse(form, line, OPEN, "is not closed; expected ']]' behind the mark", error);
		}
		add_text(form, arena, at, (size_t)(open - at));
		for (const char *c = at; c < open; c++)
			line += *c == '\n';
		if (!add_mark(form, arena, open + 2, (size_t)(close - open - 2), line, error))
			return false;
		at = close + 2;
		if (form->parts[form->count - 1].kind >= PART_EACH && is_alone(text, open, at)) {
			at += strspn(at, " \t") + 1;
			line++;
		}
	}
}

static bool is_list(const char *name)
{
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (strcmp(lists[i], name) == 0)
			return true;
	return false;
}

/* Every each and if has an end, and none stands in another of its kind. */
static bool match_ends(struct form *form, struct pr_error *error)
{
	size_t open[2], depth = 0;

	for (size_t i = 0; i < form->count; i++) {
		struct part *part = &form->parts[i];
		if (part->kind == PART_END) {
			if (depth == 0)
				return refuse(form, part->line, "end", "ends nothing", error);
			form->parts[open[--depth]].end = i;
		} else if (part->kind == PART_EACH || part->kind == PART_IF) {
			if (depth == sizeof open / sizeof *open)
				return refuse(
					form, part->line, part_names[part->kind], "stands too deep; expected two levels at most", error);
			if (!is_list(part->text))
				return refuse(form, part->line, part->text, "is no list; expected figures or findings", error);
			open[depth++] = i;
		}
	}
	return depth == 0 || refuse(form, form->parts[open[0]].line, part_names[form->parts[open[0]].kind],
							 "has no end; expected [[end]]", error);
}

static bool check_names(const struct form *form, const struct pr_templates *templates, struct pr_error *error)
{
	struct pr_colour colour;

	for (size_t i = 0; i < form->count; i++) {
		const struct part *part = &form->parts[i];
		if (part->kind == PART_WORD && !pr_words_get(&templates->words[0], part->text))
			return refuse(form, part->line, part->text, "is no word; expected a key of templates/words", error);
		if (part->kind == PART_COLOUR && !pr_theme_role(&pr_theme_default, part->text, &colour))
			return refuse(form, part->line, part->text, "is no colour; expected a role such as accent", error);
	}
	return true;
}

static bool read_form(struct form *form, const struct pr_templates *templates, const char *name, struct pr_arena *arena,
	struct pr_error *error)
{
	char *text;
	size_t count;

	form->path = pr_arena_format(arena, "%s/mail/%s", templates->template_folder, name);
	form->is_html = strcmp(name, "message.html") == 0;
	if (!pr_file_read(form->path, FORM_BYTES_MAX, arena, &text, &count, error)) {
		error->code = PR_CODE_CONFIG;
		return false;
	}
	if (!pr_utf8_valid(text) || strlen(text) != count)
		return refuse(form, 0, name, "is no text; expected UTF-8", error);
	return parse(form, text, arena, error) && match_ends(form, error) && check_names(form, templates, error);
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

struct writing {
	const struct pr_letter_forms *forms;
	const struct form *form;
	struct pr_context context;
	const struct pr_letter *letter;
	const struct pr_theme *theme;
	struct pr_buffer out;
	struct pr_error *error;
};

static void add_escaped(struct pr_buffer *out, const char *text, bool is_html)
{
	static const struct {
		char plain;
		const char *escaped;
	} escapes[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};

	for (; *text; text++) {
		const char *escaped = NULL;
		for (size_t i = 0; is_html && i < sizeof escapes / sizeof *escapes; i++)
			if (escapes[i].plain == *text)
				escaped = escapes[i].escaped;
		if (escaped)
			pr_buffer_add(out, escaped);
		else
			pr_buffer_add_n(out, *text == '\n' || *text == '\r' ? " " : text, 1);
	}
}

static bool add_word(struct writing *writing, const struct pr_scope *scope, const struct part *part)
{
	const char *text;

	if (!pr_words_text(&writing->context, scope, part->text, &text, writing->error))
		return pr_error_context(writing->error, "%s:%d", writing->form->path, part->line);
	add_escaped(&writing->out, pr_text_trim(pr_arena_copy(writing->context.arena, text)), writing->form->is_html);
	return true;
}

static bool add_field(struct writing *writing, const struct pr_scope *scope, const struct part *part)
{
	struct pr_value value;

	if (!pr_scope_field(scope, part->text, &value))
		return refuse(
			writing->form, part->line, part->text, "is no variable here; docs/mail.md lists them", writing->error);
	if (value.kind == PR_VALUE_TEXT)
		add_escaped(&writing->out, value.text, writing->form->is_html);
	return true;
}

static size_t length_of(const struct writing *writing, const char *list)
{
	return strcmp(list, "figures") == 0 ? writing->letter->figure_count : writing->letter->finding_count;
}

static void add_item(struct writing *writing, const char *list, size_t index, struct pr_scope *scope)
{
	struct pr_arena *arena = writing->context.arena;

	if (strcmp(list, "figures") == 0) {
		const struct pr_letter_figure *figure = &writing->letter->figures[index];
		pr_scope_add(scope, arena, "figure.name", pr_value_text(figure->name));
		pr_scope_add(scope, arena, "figure.value", pr_value_text(figure->value));
		pr_scope_add(scope, arena, "figure.change", pr_value_text(figure->change));
	} else {
		const struct pr_letter_finding *finding = &writing->letter->findings[index];
		pr_scope_add(scope, arena, "finding.number", pr_value_text(pr_arena_format(arena, "%zu", index + 1)));
		pr_scope_add(scope, arena, "finding.lead", pr_value_text(finding->lead));
		pr_scope_add(scope, arena, "finding.text", pr_value_text(finding->text));
	}
}

static bool write_part(struct writing *writing, const struct pr_scope *scope, const struct part *part)
{
	char colour[8];
	struct pr_colour mixed;

	switch (part->kind) {
	case PART_TEXT:
		pr_buffer_add_n(&writing->out, part->text, part->count);
		return true;
	case PART_WORD:
		return add_word(writing, scope, part);
	case PART_FIELD:
		return add_field(writing, scope, part);
	case PART_COLOUR:
		mixed = pr_theme_colour(writing->theme, part->text);
		snprintf(colour, sizeof colour, "#%02X%02X%02X", mixed.red, mixed.green, mixed.blue);
		pr_buffer_add(&writing->out, colour);
		return true;
	case PART_EACH:
	case PART_IF:
	case PART_END:
		break;
	}
	return true;
}

/* The parts from `from` up to `to`; what is in a list once an item. Depth is two at most (match_ends). */
static bool write_parts(
	struct writing *writing, const struct pr_scope *scope, size_t from, size_t to) // NOLINT(misc-no-recursion)
{
	for (size_t i = from; i < to; i++) {
		const struct part *part = &writing->form->parts[i];
		size_t times = part->kind == PART_EACH || part->kind == PART_IF ? length_of(writing, part->text) : 0;
		if (part->kind == PART_IF && times > 1)
			times = 1;
		for (size_t k = 0; k < times; k++) {
			struct pr_scope inner = {.outer = scope};
			if (part->kind == PART_EACH)
				add_item(writing, part->text, k, &inner);
			if (!write_parts(writing, &inner, i + 1, part->end))
				return false;
		}
		if (part->kind == PART_EACH || part->kind == PART_IF)
			i = part->end;
		else if (!write_part(writing, scope, part))
			return false;
	}
	return true;
}

/* Lines without spaces at their end; of empty lines upon each other one stays, none at the beginning or end. */
static const char *tidy(const char *text, struct pr_arena *arena)
{
	struct pr_buffer out;
	bool empty = false;

	pr_buffer_init(&out, arena);
	while (*text) {
		size_t length = strcspn(text, "\n"), kept = length;
		while (kept > 0 && text[kept - 1] == ' ')
			kept--;
		if (kept > 0) {
			if (empty && out.length > 0)
				pr_buffer_add(&out, "\n");
			pr_buffer_add_n(&out, text, kept);
			pr_buffer_add(&out, "\n");
		}
		empty = kept == 0;
		text += length + (text[length] == '\n');
	}
	return out.text;
}

static bool write_form(
	struct writing *writing, const struct form *form, const struct pr_scope *scope, const char **text)
{
	writing->form = form;
	pr_buffer_init(&writing->out, writing->context.arena);
	if (!write_parts(writing, scope, 0, form->count))
		return false;
	*text = tidy(writing->out.text, writing->context.arena);
	return true;
}

static struct pr_value clean(struct pr_arena *arena, const char *text)
{
	const char *cleaned = text ? pr_text_clean(arena, text) : NULL;

	return pr_value_text(cleaned && *cleaned ? cleaned : NULL);
}

static void fill_scope(struct pr_scope *scope, const struct pr_letter_facts *facts, const struct pr_brand_words *brand,
	struct pr_arena *arena)
{
	const struct pr_tenant *tenant = facts->tenant;
	const struct {
		const char *name, *text;
	} texts[] = {{"tenant.name", tenant->name}, {"recipient", facts->recipient}, {"letter.title", facts->letter->title},
		{"letter.month", facts->letter->month}, {"contact.name", tenant->contact_name},
		{"contact.email", tenant->contact_email}, {"brand.name", brand->name}, {"brand.contact", brand->contact},
		{"brand.disclaimer", brand->disclaimer}, {"locale", tenant->locale}, {"file.month", facts->month}};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		pr_scope_add(scope, arena, texts[i].name, clean(arena, texts[i].text));
	pr_scope_add(scope, arena, "revision", pr_value_number(facts->revision, NULL));
	pr_scope_add(scope, arena, "pdf", facts->has_pdf ? pr_value_number(1, NULL) : pr_value_missing());
	pr_scope_add(scope, arena, "xlsx", facts->has_xlsx ? pr_value_number(1, NULL) : pr_value_missing());
}

/* At most so many code points: a name of any length must not make a header of any length. */
static const char *cut(const char *text, size_t codes_max, struct pr_arena *arena)
{
	const char *at = text;

	for (size_t i = 0; i < codes_max && *at; i++)
		(void)pr_utf8_next(&at);
	return *at ? pr_arena_format(arena, "%.*s…", (int)(at - text), text) : text;
}

bool pr_letter_write(const struct pr_letter_forms *forms, const struct pr_letter_facts *facts, struct pr_arena *arena,
	struct pr_letter_text *out, struct pr_error *error)
{
	const struct pr_templates *templates = forms->templates;
	const struct pr_brand *brand = pr_templates_brand(templates, facts->tenant->brand);
	struct writing writing = {.forms = forms,
		.context = {.words = pr_templates_words(templates, facts->tenant->locale), .arena = arena},
		.letter = facts->letter,
		.error = error};
	struct pr_scope scope = {0};
	const struct pr_brand_words *words;
	const char *file;

	if (!writing.context.words)
		return pr_error_set(error, PR_CODE_CONFIG, "no words for the locale '%s'; expected %s/words/%s.ini",
			facts->tenant->locale, templates->template_folder, facts->tenant->locale);
	if (!brand)
		return pr_error_set(error, PR_CODE_CONFIG, "no brand '%s'; expected %s/brands/%s/brand.ini",
			facts->tenant->brand, templates->template_folder, facts->tenant->brand);
	words = pr_brand_words_of(brand, facts->tenant->locale);
	writing.theme = &brand->theme;
	fill_scope(&scope, facts, words, arena);
	if (!pr_words_text(&writing.context, &scope, "mail.subject", &out->subject, error) ||
		!pr_words_text(&writing.context, &scope, "mail.file", &file, error))
		return false;
	out->subject = cut(pr_text_clean(arena, out->subject), SUBJECT_CODES_MAX, arena);
	pr_scope_add(&scope, arena, "subject", pr_value_text(out->subject));
	file = pr_text_path_name(arena, file);
	out->pdf_name = pr_arena_format(arena, "%s.pdf", file);
	out->xlsx_name = pr_arena_format(arena, "%s.xlsx", file);
	out->brand = pr_text_clean(arena, words->name);
	return write_form(&writing, &forms->text, &scope, &out->text) &&
	       write_form(&writing, &forms->html, &scope, &out->html);
}

/* A form is right if a sample can be written by it for every locale. */
static bool check(const struct pr_letter_forms *forms, struct pr_error *error)
{
	static const struct pr_letter letter = {.title = "title",
		.month = "month",
		.figures = {{"cost", "name", "1", ""}},
		.figure_count = 1,
		.findings = {{"lead", "text"}},
		.finding_count = 1};
	bool good = true;

	for (size_t i = 0; good && i < forms->templates->word_count; i++) {
		const struct pr_tenant tenant = {.name = "name", .locale = forms->templates->words[i].locale};
		const struct pr_letter_facts facts = {.tenant = &tenant, .letter = &letter, .revision = 2, .month = "2026-10"};
		struct pr_letter_text text;
		struct pr_arena arena;
		pr_arena_init(&arena);
		good = pr_letter_write(forms, &facts, &arena, &text, error);
		pr_arena_release(&arena);
	}
	return good;
}

bool pr_letter_forms_read(struct pr_letter_forms **forms, const struct pr_templates *templates, struct pr_arena *arena,
	struct pr_error *error)
{
	struct pr_letter_forms *made = pr_arena_alloc(arena, sizeof *made);

	made->templates = templates;
	*forms = made;
	return read_form(&made->text, templates, "message.txt", arena, error) &&
	       read_form(&made->html, templates, "message.html", arena, error) && check(made, error);
}
