#include "document/html.h"

#include <string.h>

#include "base/base64.h"
#include "base/file.h"
#include "base/sha256.h"

#define TEMPLATE_BYTES_MAX ((size_t)1024 * 1024)
#define TAG_BYTES 400
#define OPENS "{{"
#define CLOSES "}}"

struct html_part {
	const char *name, *text;
	int line; /* of its first character */
};

struct pr_html {
	const char *path, *text;
	struct html_part *parts;
	size_t part_count, part_capacity;
};

/* --- text and links ----------------------------------------------------------------------------------------------- */

void pr_html_escape(struct pr_buffer *out, const char *text)
{
	static const struct {
		char byte;
		const char *entity;
	} entities[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};

	for (const char *at = text ? text : ""; *at;) {
		uint32_t code = pr_utf8_next(&at);
		const char *entity = NULL;
		for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
			if (code == (uint32_t)(unsigned char)entities[i].byte)
				entity = entities[i].entity;
		if (entity)
			pr_buffer_add(out, entity);
		else
			pr_buffer_add_code(out, code < 0x20 || (code >= 0x7F && code < 0xA0) ? ' ' : code);
	}
}

void pr_html_add_path(struct pr_buffer *out, const char *path)
{
	static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";

	for (const char *at = path; *at; at++) {
		if (strchr(unreserved, *at))
			pr_buffer_add_n(out, at, 1);
		else
			pr_buffer_format(out, "%%%02X", (unsigned)(unsigned char)*at);
	}
}

const char *pr_html_hash(const struct pr_html *html, const char *element, struct pr_arena *arena)
{
	const char *opens = pr_arena_format(arena, "<%s>", element), *from = strstr(html->text, opens);
	const char *to = from ? strstr(from, pr_arena_format(arena, "</%s>", element)) : NULL;
	char hash[PR_SHA256_TEXT];
	unsigned char digest[(PR_SHA256_TEXT - 1) / 2];
	struct pr_buffer out;

	if (!to)
		return "";
	from += strlen(opens);
	pr_sha256(from, (size_t)(to - from), hash);
	for (size_t i = 0; i < sizeof digest; i++) {
		static const char digits[] = "0123456789abcdef";
		digest[i] =
			(unsigned char)((strchr(digits, hash[2 * i]) - digits) * 16 + (strchr(digits, hash[2 * i + 1]) - digits));
	}
	pr_buffer_init(&out, arena);
	pr_buffer_add(&out, "sha256-");
	pr_base64_add(&out, digest, sizeof digest);
	return out.text;
}

/* --- rendering ---------------------------------------------------------------------------------------------------- */

/* One part on its way; without `out` it is only checked. */
struct rendering {
	const struct pr_html *html;
	const struct html_part *part;
	const struct pr_context *context;
	const struct pr_scope *scope;
	struct pr_arena *arena;
	struct pr_buffer *out;
	struct pr_error *error;
	const char *at;
	int line;
};

enum branch_end { BRANCH_TEXT_END, BRANCH_ELIF, BRANCH_ELSE, BRANCH_END };

static bool render_branch(struct rendering *rendering, bool active, int depth, enum branch_end *end, char *condition);

static bool refuse(const struct rendering *rendering, const char *expected)
{
	return pr_error_set_at(
		rendering->error, PR_CODE_CONFIG, rendering->html->path, rendering->line, "expected %s", expected);
}

/* Moves behind the tag at hand. */
static bool take_tag(struct rendering *rendering, char tag[TAG_BYTES])
{
	const char *from = rendering->at + sizeof OPENS - 1, *to = strstr(from, CLOSES);
	size_t length = to ? (size_t)(to - from) : TAG_BYTES;

	if (length >= TAG_BYTES)
		return refuse(rendering, "'}}' behind a '{{'");
	memcpy(tag, from, length);
	tag[length] = '\0';
	rendering->at = to + sizeof CLOSES - 1;
	return true;
}

static bool render_value(struct rendering *rendering, char *tag, bool raw)
{
	struct pr_format_style style = {.digits = -1};
	char *bar = strrchr(tag, '|');
	struct pr_value value;

	if (bar) {
		*bar = '\0';
		if (!pr_format_style_parse(bar + 1, &style))
			return refuse(rendering, "a number style behind '|', such as 'bare' or '1,sign'");
	}
	if (!rendering->out)
		return pr_expression_check(tag, rendering->html->path, rendering->line, rendering->arena, rendering->error);
	if (!pr_expression_value(rendering->context, rendering->scope, tag, rendering->html->path, rendering->line, &value,
			rendering->error))
		return false;
	if (raw)
		pr_buffer_add(rendering->out, value.kind == PR_VALUE_TEXT ? value.text : "");
	else
		pr_html_escape(rendering->out, pr_format_value(rendering->context, rendering->scope, &value, &style));
	return true;
}

static bool render_word(const struct rendering *rendering, const char *key)
{
	const char *text;

	if (!rendering->out)
		return true;
	if (!pr_words_text(rendering->context, rendering->scope, key, &text, rendering->error))
		return pr_error_context(rendering->error, "%s, line %d", rendering->html->path, rendering->line);
	pr_html_escape(rendering->out, text);
	return true;
}

static bool is_true(const struct rendering *rendering, const char *condition, bool *truth)
{
	*truth = false;
	if (!rendering->out)
		return pr_expression_check(
			condition, rendering->html->path, rendering->line, rendering->arena, rendering->error);
	return pr_expression_true(rendering->context, rendering->scope, condition, rendering->html->path, rendering->line,
		truth, rendering->error);
}

static bool render_if(struct rendering *rendering, const char *first, bool active, int depth)
{
	enum branch_end end = BRANCH_ELIF;
	char condition[TAG_BYTES];
	bool taken = false;

	memcpy(condition, first, strlen(first) + 1);
	while (end != BRANCH_END) {
		bool truth = end == BRANCH_ELSE, was_else = truth;
		if (!truth && !is_true(rendering, condition, &truth))
			return false;
		if (!render_branch(rendering, active && truth && !taken, depth + 1, &end, condition))
			return false;
		taken = taken || truth;
		if (end == BRANCH_TEXT_END || (was_else && end != BRANCH_END))
			return refuse(rendering, "an {{end}} for every {{if}}, and nothing but it behind {{else}}");
	}
	return true;
}

static bool ends_branch(const char *tag, enum branch_end *end, char *condition)
{
	if (pr_text_starts(tag, "elif ")) {
		memcpy(condition, tag + 5, strlen(tag + 5) + 1);
		*end = BRANCH_ELIF;
		return true;
	}
	*end = strcmp(tag, "else") == 0 ? BRANCH_ELSE : BRANCH_END;
	return *end == BRANCH_ELSE || strcmp(tag, "end") == 0;
}

static bool render_tag(struct rendering *rendering, char *tag, bool active, int depth)
{
	if (pr_text_starts(tag, "if "))
		return render_if(rendering, tag + 3, active, depth);
	if (!active && rendering->out)
		return true;
	if (pr_text_starts(tag, "word "))
		return render_word(rendering, tag + 5);
	if (pr_text_starts(tag, "raw "))
		return render_value(rendering, tag + 4, true);
	return render_value(rendering, tag, false);
}

static bool render_branch(struct rendering *rendering, bool active, int depth, enum branch_end *end, char *condition)
{
	char tag[TAG_BYTES];

	while (*rendering->at) {
		if (strncmp(rendering->at, OPENS, sizeof OPENS - 1) == 0) {
			if (!take_tag(rendering, tag))
				return false;
			if (ends_branch(tag, end, condition))
				return depth > 0 || refuse(rendering, "an {{if}} before {{elif}}, {{else}} or {{end}}");
			if (!render_tag(rendering, tag, active, depth))
				return false;
			continue;
		}
		size_t length = 1 + strcspn(rendering->at + 1, "{\n");
		rendering->line += *rendering->at == '\n';
		if (active && rendering->out)
			pr_buffer_add_n(rendering->out, rendering->at, length);
		rendering->at += length;
	}
	*end = BRANCH_TEXT_END;
	return true;
}

static bool render_part(struct rendering *rendering)
{
	char condition[TAG_BYTES];
	enum branch_end end;

	rendering->at = rendering->part->text;
	rendering->line = rendering->part->line;
	return render_branch(rendering, true, 0, &end, condition);
}

static const struct html_part *find_part(const struct pr_html *html, const char *name)
{
	for (size_t i = 0; i < html->part_count; i++)
		if (strcmp(html->parts[i].name, name) == 0)
			return &html->parts[i];
	return NULL;
}

bool pr_html_put(const struct pr_html *html, const char *part, const struct pr_context *context,
	const struct pr_scope *scope, struct pr_buffer *out, struct pr_error *error)
{
	struct rendering rendering = {.html = html,
		.part = find_part(html, part),
		.context = context,
		.scope = scope,
		.arena = context->arena,
		.out = out,
		.error = error};

	return rendering.part ? render_part(&rendering)
	                      : pr_error_set(error, PR_CODE_INTERNAL, "html: part '%s' was not asked for", part);
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static char *without_indents(const char *text, struct pr_arena *arena)
{
	struct pr_buffer out;

	pr_buffer_init(&out, arena);
	while (*text) {
		size_t length;
		text += strspn(text, "\t");
		length = strcspn(text, "\n");
		length += text[length] == '\n';
		pr_buffer_add_n(&out, text, length);
		text += length;
	}
	return out.text;
}

static void split(struct pr_html *html, char *text, struct pr_arena *arena)
{
	static const char mark[] = OPENS "part ";
	int line = 1;

	for (char *at = text, *next = strstr(text, mark); next; next = strstr(at, mark)) {
		char *name = next + sizeof mark - 1, *end = strstr(name, CLOSES);
		struct html_part *part;
		if (!end)
			return;
		for (; at < end; at++)
			line += *at == '\n';
		*next = *end = '\0';
		at = end + sizeof CLOSES - 1;
		at += *at == '\n';
		part = PR_PUSH(arena, html->parts, html->part_count, html->part_capacity);
		*part = (struct html_part){pr_arena_copy(arena, name), at, ++line};
	}
}

bool pr_html_read(struct pr_html **html, const char *path, const char *const *parts, size_t part_count,
	struct pr_arena *arena, struct pr_error *error)
{
	struct pr_html *made = pr_arena_alloc(arena, sizeof *made);
	char *bytes, *text;
	size_t count;

	if (!pr_file_read(path, TEMPLATE_BYTES_MAX, arena, &bytes, &count, error)) {
		error->code = PR_CODE_CONFIG;
		return false;
	}
	text = without_indents(bytes, arena);
	made->path = pr_arena_copy(arena, path);
	made->text = pr_arena_copy(arena, text);
	split(made, text, arena);
	for (size_t i = 0; i < part_count; i++)
		if (!find_part(made, parts[i]))
			return pr_error_set_at(
				error, PR_CODE_CONFIG, path, 0, "part '%s' is missing; expected {{part %s}}", parts[i], parts[i]);
	for (size_t i = 0; i < made->part_count; i++) {
		struct rendering rendering = {.html = made, .part = &made->parts[i], .arena = arena, .error = error};
		if (!render_part(&rendering))
			return false;
	}
	*html = made;
	return true;
}
