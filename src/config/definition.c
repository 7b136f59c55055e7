#include "config/definition.h"

#include <ini.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"

#define KEY_DISTANCE 2 /* edits up to which another key is suggested */

/* What the reader (which sees every physical line first) and the handler (called for that line) share. */
struct reading {
	struct pr_definition *definition;
	struct pr_arena *arena;
	struct pr_error *error;
	const char *at, *end;
	int line;
	bool may_continue;    /* the line before was an entry or its continuation */
	bool is_continuation; /* this one is */
};

static bool refuse(struct reading *reading, const char *format, ...) PR_PRINTF(2, 3);
static bool refuse(struct reading *reading, const char *format, ...)
{
	char text[512];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	return pr_error_set_at(
		reading->error, reading->definition->code, reading->definition->path, reading->line, "%s", text);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static const char *skip_blanks(const char *at)
{
	while (is_blank(*at))
		at++;
	return at;
}

static bool check_bytes(struct reading *reading, const char *line, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)line[i];
		if ((byte < 0x20 && byte != '\t') || byte == 0x7F)
			return refuse(reading, "control character 0x%02X; expected text in UTF-8", byte);
	}
	if (length > PR_DEFINITION_LINE_BYTES)
		return refuse(reading, "line of %zu bytes; expected at most %d (go on in a next line that begins with spaces)",
			length, PR_DEFINITION_LINE_BYTES);
	return true;
}

/* "[kind name]" opens a section; nothing may stand behind the bracket. */
static bool open_section(struct reading *reading, const char *line)
{
	char *inside = pr_arena_copy(reading->arena, line + 1);
	char *close = strchr(inside, ']');
	if (!close)
		return refuse(reading, "section header without ']'; expected '[kind]' or '[kind name]'");
	if (*skip_blanks(close + 1) != '\0')
		return refuse(reading, "'%s' behind a section header; expected nothing (comments have lines of their own)",
			skip_blanks(close + 1));
	*close = '\0';
	if (strlen(inside) > PR_DEFINITION_NAME_BYTES)
		return refuse(
			reading, "section name of %zu bytes; expected at most %d", strlen(inside), PR_DEFINITION_NAME_BYTES);
	char *kind = pr_text_trim(inside);
	char *name = kind + strcspn(kind, " \t");
	if (*name != '\0')
		*name++ = '\0';
	name = pr_text_trim(name);
	if (*kind == '\0')
		return refuse(reading, "empty section header; expected '[kind]' or '[kind name]'");
	struct pr_definition *definition = reading->definition;
	const struct pr_section *same = pr_definition_find(definition, kind, name);
	if (same)
		return refuse(
			reading, "section [%s%s%s] again; it is in line %d already", kind, *name ? " " : "", name, same->line);
	struct pr_section *section =
		PR_PUSH(reading->arena, definition->sections, definition->section_count, definition->section_capacity);
	*section = (struct pr_section){
		.kind = kind, .name = name, .path = definition->path, .code = definition->code, .line = reading->line};
	return true;
}

/* inih takes ';' behind white space as a comment and cuts the value there without a word. */
static bool check_comment(struct reading *reading, const char *line)
{
	for (const char *at = line; *at; at++)
		if (*at == ';' && at > line && is_blank(at[-1]))
			return refuse(reading, "';' behind a space; expected comments on lines of their own");
	return true;
}

static bool check_entry(struct reading *reading, const char *line)
{
	size_t length = strcspn(line, "=:");
	if (line[length] != '=')
		return refuse(reading, "no '=' in '%s'; expected 'key = value' or '[section]'", line);
	while (length > 0 && is_blank(line[length - 1]))
		length--;
	if (length == 0)
		return refuse(reading, "no key before '='; expected 'key = value'");
	if (length > PR_DEFINITION_NAME_BYTES)
		return refuse(reading, "key of %zu bytes; expected at most %d", length, PR_DEFINITION_NAME_BYTES);
	if (reading->definition->section_count == 0)
		return refuse(reading, "entry before the first section; expected '[section]'");
	return true;
}

static bool check_line(struct reading *reading, const char *line)
{
	const char *start = skip_blanks(line);
	bool may_continue = reading->may_continue;
	reading->may_continue = reading->is_continuation = false;
	if (!pr_utf8_valid(line))
		return refuse(reading, "bytes that are no UTF-8; expected text in UTF-8");
	if (*start == '\0' || *start == '#' || *start == ';')
		return true;
	if (start > line) {
		if (!may_continue)
			return refuse(reading, "indented line that continues no entry; expected 'key = value' at the line's begin");
		reading->may_continue = reading->is_continuation = true;
		return check_comment(reading, line);
	}
	if (*line == '[')
		return open_section(reading, line);
	reading->may_continue = true;
	return check_entry(reading, line) && check_comment(reading, line);
}

/* An ini_reader: the next physical line, checked, in place of fgets. */
static char *next_line(char *out, int size, void *context)
{
	struct reading *reading = context;
	if (reading->at == reading->end || reading->error->code != PR_CODE_NONE)
		return NULL;
	const char *line = reading->at;
	const char *feed = memchr(line, '\n', (size_t)(reading->end - line));
	const char *stop = feed ? feed : reading->end;
	reading->at = feed ? feed + 1 : reading->end;
	reading->line++;
	size_t length = (size_t)(stop - line);
	if (length > 0 && line[length - 1] == '\r')
		length--;
	if (!check_bytes(reading, line, length))
		return NULL;
	if ((size_t)size < length + 2) {
		refuse(reading, "line of %zu bytes; expected at most %d", length, size - 2);
		return NULL;
	}
	memcpy(out, line, length);
	out[length] = '\0';
	if (!check_line(reading, out))
		return NULL;
	out[length] = '\n';
	out[length + 1] = '\0';
	return out;
}

static void append_line(struct reading *reading, struct pr_entry *entry, const char *line)
{
	entry->value = *entry->value ? pr_arena_format(reading->arena, "%s\n%s", entry->value, line)
	                             : pr_arena_copy(reading->arena, line);
}

/* An ini_handler: 1 goes on. For a continuation inih calls again with the same key. */
static int take_entry(void *context, const char *section_name, const char *key, const char *value)
{
	(void)section_name; /* next_line has opened the section: inih calls nothing for one without entries */
	struct reading *reading = context;
	struct pr_definition *definition = reading->definition;
	if (reading->error->code != PR_CODE_NONE)
		return 0;
	struct pr_section *section = &definition->sections[definition->section_count - 1];
	if (reading->is_continuation) {
		append_line(reading, &section->entries[section->entry_count - 1], value);
		return 1;
	}
	const struct pr_entry *same = pr_section_entry(section, key);
	if (same)
		return refuse(reading, "key '%s' again; it is in line %d already", key, same->line);
	struct pr_entry *entry = PR_PUSH(reading->arena, section->entries, section->entry_count, section->entry_capacity);
	*entry = (struct pr_entry){.key = pr_arena_copy(reading->arena, key),
		.value = pr_arena_copy(reading->arena, value),
		.line = reading->line};
	return 1;
}

bool pr_definition_read_text(struct pr_definition *definition, const char *path_for_messages, const char *text,
	size_t count, enum pr_code code, struct pr_arena *arena, struct pr_error *error)
{
	if (error->code != PR_CODE_NONE)
		return false;
	*definition = (struct pr_definition){.path = pr_arena_copy(arena, path_for_messages), .code = code};
	static const char byte_order_mark[] = "\xEF\xBB\xBF";
	size_t skipped = count >= 3 && memcmp(text, byte_order_mark, 3) == 0 ? 3 : 0;
	struct reading reading = {
		.definition = definition, .arena = arena, .error = error, .at = text + skipped, .end = text + count};
	int refused_line = ini_parse_stream(next_line, &reading, take_entry, &reading);
	if (error->code != PR_CODE_NONE)
		return false;
	if (refused_line != 0)
		return pr_error_set_at(error, code, definition->path, refused_line > 0 ? refused_line : 0,
			"not understood; expected 'key = value' or '[section]'");
	return true;
}

bool pr_definition_read(struct pr_definition *definition, const char *path, enum pr_code code, struct pr_arena *arena,
	struct pr_error *error)
{
	if (error->code != PR_CODE_NONE)
		return false;
	char *text;
	size_t count;
	if (!pr_file_read(path, PR_DEFINITION_FILE_BYTES, arena, &text, &count, error)) {
		error->code = code;
		return false;
	}
	return pr_definition_read_text(definition, path, text, count, code, arena, error);
}

const struct pr_section *pr_definition_find(const struct pr_definition *definition, const char *kind, const char *name)
{
	for (size_t i = 0; i < definition->section_count; i++) {
		const struct pr_section *section = &definition->sections[i];
		if (strcmp(section->kind, kind) == 0 && strcmp(section->name, name) == 0)
			return section;
	}
	return NULL;
}

const struct pr_entry *pr_section_entry(const struct pr_section *section, const char *key)
{
	for (size_t i = 0; i < section->entry_count; i++)
		if (strcmp(section->entries[i].key, key) == 0)
			return &section->entries[i];
	return NULL;
}

const char *pr_section_get(const struct pr_section *section, const char *key)
{
	const struct pr_entry *entry = pr_section_entry(section, key);
	return entry ? entry->value : NULL;
}

/* Levenshtein's distance of two words of at most PR_DEFINITION_NAME_BYTES; longer ones are far apart. */
static size_t edit_distance(const char *a, const char *b)
{
	size_t row[PR_DEFINITION_NAME_BYTES + 1];
	size_t width = strlen(b);
	if (width > PR_DEFINITION_NAME_BYTES)
		return SIZE_MAX;
	for (size_t j = 0; j <= width; j++)
		row[j] = j;
	for (size_t i = 0; a[i] != '\0'; i++) {
		size_t diagonal = row[0];
		row[0] = i + 1;
		for (size_t j = 1; j <= width; j++) {
			size_t best = diagonal + (a[i] != b[j - 1]);
			diagonal = row[j];
			best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
			row[j] = diagonal + 1 < best ? diagonal + 1 : best;
		}
	}
	return row[width];
}

/* "a, b, c", and "; did you mean 'b'?" where one of them is close to `given`. */
static void list_names(char *out, size_t size, const char *const *names, size_t count, const char *given)
{
	size_t used = 0;
	const char *nearest = NULL;
	size_t nearest_distance = KEY_DISTANCE + 1;
	out[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		int put = snprintf(out + used, size - used, "%s%s", i > 0 ? ", " : "", names[i]);
		if (put > 0)
			used = (size_t)put < size - used ? used + (size_t)put : size - 1;
		size_t distance = edit_distance(given, names[i]);
		if (distance < nearest_distance && distance < strlen(names[i])) {
			nearest_distance = distance;
			nearest = names[i];
		}
	}
	if (nearest)
		snprintf(out + used, size - used, "; did you mean '%s'?", nearest);
}

/* "[kind name]" */
static const char *bracketed(const struct pr_section *section, char out[PR_DEFINITION_NAME_BYTES + 8])
{
	snprintf(out, PR_DEFINITION_NAME_BYTES + 8, "[%s%s%s]", section->kind, *section->name ? " " : "", section->name);
	return out;
}

static bool is_one_of(const char *const *allowed, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(allowed[i], name) == 0)
			return true;
	return false;
}

bool pr_definition_check_kinds(
	const struct pr_definition *definition, const char *const *allowed, size_t allowed_count, struct pr_error *error)
{
	for (size_t i = 0; i < definition->section_count; i++) {
		const struct pr_section *section = &definition->sections[i];
		char names[560], title[PR_DEFINITION_NAME_BYTES + 8];
		if (is_one_of(allowed, allowed_count, section->kind))
			continue;
		list_names(names, sizeof names, allowed, allowed_count, section->kind);
		return pr_error_set_at(error, section->code, section->path, section->line,
			"unknown section %s; expected one of: %s", bracketed(section, title), names);
	}
	return true;
}

bool pr_section_check_keys(
	const struct pr_section *section, const char *const *allowed, size_t allowed_count, struct pr_error *error)
{
	for (size_t i = 0; i < section->entry_count; i++) {
		const struct pr_entry *entry = &section->entries[i];
		char names[560], title[PR_DEFINITION_NAME_BYTES + 8];
		if (is_one_of(allowed, allowed_count, entry->key))
			continue;
		list_names(names, sizeof names, allowed, allowed_count, entry->key);
		return pr_error_set_at(error, section->code, section->path, entry->line,
			"unknown key '%s' in %s; expected one of: %s", entry->key, bracketed(section, title), names);
	}
	return true;
}

bool pr_section_refuse(
	const struct pr_section *section, const char *key, struct pr_error *error, const char *format, ...)
{
	const struct pr_entry *entry = pr_section_entry(section, key);
	char title[PR_DEFINITION_NAME_BYTES + 8], text[600];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	return pr_error_set_at(error, section->code, section->path, entry ? entry->line : section->line, "'%s' in %s %s",
		key, bracketed(section, title), text);
}

bool pr_section_text(const struct pr_section *section, const char *key, const char **out, struct pr_error *error)
{
	const char *value = pr_section_get(section, key);
	if (!value)
		return pr_section_refuse(section, key, error, "is missing; expected a text");
	if (*value == '\0')
		return pr_section_refuse(section, key, error, "is empty; expected a text");
	*out = value;
	return true;
}

bool pr_section_int(const struct pr_section *section, const char *key, int64_t min, int64_t max, int64_t otherwise,
	int64_t *out, struct pr_error *error)
{
	const char *value = pr_section_get(section, key);
	int64_t number = otherwise;
	if (value && (!pr_text_to_int64(value, &number) || number < min || number > max))
		return pr_section_refuse(section, key, error, "is '%s'; expected a whole number from %jd to %jd", value,
			(intmax_t)min, (intmax_t)max);
	*out = number;
	return true;
}

bool pr_section_double(const struct pr_section *section, const char *key, double min, double max, double otherwise,
	double *out, struct pr_error *error)
{
	const char *value = pr_section_get(section, key);
	double number = otherwise;
	if (value && (!pr_text_to_double(value, &number) || number < min || number > max))
		return pr_section_refuse(
			section, key, error, "is '%s'; expected a number from %.15g to %.15g", value, min, max);
	*out = number;
	return true;
}

bool pr_section_bool(
	const struct pr_section *section, const char *key, bool otherwise, bool *out, struct pr_error *error)
{
	static const char *const names[] = {"no", "yes", "false", "true", "off", "on"}; /* odd: true */
	const char *value = pr_section_get(section, key);
	if (!value) {
		*out = otherwise;
		return true;
	}
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(value, names[i]) == 0) {
			*out = i % 2 == 1;
			return true;
		}
	return pr_section_refuse(section, key, error, "is '%s'; expected yes or no", value);
}

bool pr_section_choice(const struct pr_section *section, const char *key, const char *const *names, size_t name_count,
	size_t otherwise, size_t *out, struct pr_error *error)
{
	const char *value = pr_section_get(section, key);
	if (!value) {
		*out = otherwise;
		return true;
	}
	for (size_t i = 0; i < name_count; i++)
		if (strcmp(value, names[i]) == 0) {
			*out = i;
			return true;
		}
	char listed[400];
	list_names(listed, sizeof listed, names, name_count, value);
	return pr_section_refuse(section, key, error, "is '%s'; expected one of: %s", value, listed);
}

bool pr_section_list(const struct pr_section *section, const char *key, struct pr_arena *arena,
	const char *const **items, size_t *count, struct pr_error *error)
{
	const char *value = pr_section_get(section, key);
	const char **list = NULL;
	size_t used = 0, capacity = 0;
	*items = NULL;
	*count = 0;
	if (!value || *value == '\0')
		return true;
	for (char *at = pr_arena_copy(arena, value); at;) {
		char *comma = strchr(at, ',');
		if (comma)
			*comma = '\0';
		const char *item = pr_text_trim(at);
		if (*item == '\0')
			return pr_section_refuse(section, key, error, "has an empty item; expected items separated by commas");
		*PR_PUSH(arena, list, used, capacity) = item;
		at = comma ? comma + 1 : NULL;
	}
	*items = list;
	*count = used;
	return true;
}

#define NUMBER_KEYS_MAX 31

static bool read_number(const struct pr_section *section, const struct pr_number_key *key, struct pr_error *error)
{
	if (!pr_section_entry(section, key->key))
		return pr_section_refuse(
			section, key->key, error, "is missing; expected a number from %g to %g", key->min, key->max);
	if (!pr_section_double(section, key->key, key->min, key->max, 0, key->out, error))
		return false;
	if (key->whole && *key->out != floor(*key->out))
		return pr_section_refuse(section, key->key, error, "has a fraction; expected a whole number");
	return true;
}

bool pr_section_numbers(const struct pr_section *section, const struct pr_number_key *keys, size_t count,
	const char **source, struct pr_error *error)
{
	const char *allowed[NUMBER_KEYS_MAX + 1] = {"source"};

	for (size_t i = 0; i < count; i++)
		allowed[i + 1] = keys[i].key;
	if (!pr_section_check_keys(section, source ? allowed : allowed + 1, source ? count + 1 : count, error) ||
		(source && !pr_section_text(section, "source", source, error)))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!read_number(section, &keys[i], error))
			return false;
	return true;
}

bool pr_definition_section(
	const struct pr_definition *definition, const char *kind, const struct pr_section **section, struct pr_error *error)
{
	*section = pr_definition_find(definition, kind, "");
	if (!*section)
		return pr_error_set_at(error, PR_CODE_CONFIG, definition->path, 0, "section [%s] is missing", kind);
	return true;
}

bool pr_definition_read_method(struct pr_definition *definition, const char *template_folder, const char *name,
	struct pr_arena *arena, struct pr_error *error)
{
	return pr_definition_read(
		definition, pr_arena_format(arena, "%s/method/%s", template_folder, name), PR_CODE_CONFIG, arena, error);
}
