#include "base/text.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT 0xFFFDU
#define PATH_NAME_BYTES 80

/* Unicode 15, table 3-7: the lead byte says how many follow and in which range the second must lie. */
static const struct {
	unsigned char lead_from, lead_to, second_from, second_to;
	int follow;
	unsigned char bits;
} sequences[] = {
	{0xC2, 0xDF, 0x80, 0xBF, 1, 0x1F},
	{0xE0, 0xE0, 0xA0, 0xBF, 2, 0x0F},
	{0xE1, 0xEC, 0x80, 0xBF, 2, 0x0F},
	{0xED, 0xED, 0x80, 0x9F, 2, 0x0F},
	{0xEE, 0xEF, 0x80, 0xBF, 2, 0x0F},
	{0xF0, 0xF0, 0x90, 0xBF, 3, 0x07},
	{0xF1, 0xF3, 0x80, 0xBF, 3, 0x07},
	{0xF4, 0xF4, 0x80, 0x8F, 3, 0x07},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Decodes the sequence at `at`; its length goes to *bytes, which is 0 where the bytes are ill-formed. */
static uint32_t decode(const unsigned char *at, size_t *bytes)
{
	*bytes = 1;
	if (at[0] < 0x80)
		return at[0];
	*bytes = 0;
	for (size_t i = 0; i < COUNT(sequences); i++) {
		if (at[0] < sequences[i].lead_from || at[0] > sequences[i].lead_to)
			continue;
		if (at[1] < sequences[i].second_from || at[1] > sequences[i].second_to)
			return REPLACEMENT;
		uint32_t code = at[0] & sequences[i].bits;
		for (int k = 1; k <= sequences[i].follow; k++) {
			if ((at[k] & 0xC0) != 0x80)
				return REPLACEMENT;
			code = code << 6 | (at[k] & 0x3FU);
		}
		*bytes = (size_t)sequences[i].follow + 1;
		return code;
	}
	return REPLACEMENT;
}

uint32_t pr_utf8_next(const char **at)
{
	if (**at == '\0')
		return 0;
	size_t bytes;
	uint32_t code = decode((const unsigned char *)*at, &bytes);
	*at += bytes == 0 ? 1 : bytes;
	return code;
}

size_t pr_utf8_put(char *out, uint32_t code)
{
	if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
		code = REPLACEMENT;
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xC0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3F));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xE0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3F));
		out[2] = (char)(0x80 | (code & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3F));
	out[2] = (char)(0x80 | (code >> 6 & 0x3F));
	out[3] = (char)(0x80 | (code & 0x3F));
	return 4;
}

size_t pr_utf8_count(const char *text)
{
	size_t count = 0;
	while (pr_utf8_next(&text) != 0)
		count++;
	return count;
}

bool pr_utf8_valid(const char *text)
{
	while (*text) {
		size_t bytes;
		decode((const unsigned char *)text, &bytes);
		if (bytes == 0)
			return false;
		text += bytes;
	}
	return true;
}

/* What becomes of a code point that no painter may see; 0 = it goes. Sorted. */
static const struct {
	uint32_t from, to, becomes;
} unwanted[] = {
	{0x0001, 0x0008, 0},                      /* C0 controls */
	{0x0009, 0x000D, ' '},                    /* tab, line feed, vertical tab, form feed, carriage return */
	{0x000E, 0x001F, 0}, {0x007F, 0x0084, 0}, /* DEL and C1 controls */
	{0x0085, 0x0085, ' '},                    /* next line */
	{0x0086, 0x009F, 0}, {0x00AD, 0x00AD, 0}, /* soft hyphen */
	{0x034F, 0x034F, 0},                      /* grapheme joiner */
	{0x061C, 0x061C, 0},                      /* Arabic letter mark, a bidirectional control */
	{0x200B, 0x200F, 0},                      /* zero-width space and joiners; left-to-right and right-to-left marks */
	{0x2028, 0x2029, ' '},                    /* line and paragraph separators */
	{0x202A, 0x202E, 0},                      /* embeddings and overrides */
	{0x2060, 0x206F, 0},                      /* word joiner, invisible operators, isolates */
	{0xFE00, 0xFE0F, 0},                      /* variation selectors */
	{0xFEFF, 0xFEFF, 0},                      /* byte order mark */
	{0xFFF9, 0xFFFB, 0},                      /* interlinear annotations */
	{0xFFFE, 0xFFFF, 0},                      /* not characters; not allowed in XML */
	{0xE0000, 0xE0FFF, 0},                    /* tags, further variation selectors */
};

static uint32_t cleaned(uint32_t code)
{
	for (size_t i = 0; i < COUNT(unwanted) && code >= unwanted[i].from; i++)
		if (code <= unwanted[i].to)
			return unwanted[i].becomes;
	return code;
}

static bool is_clean(const char *text)
{
	size_t length = strlen(text);
	if (length > 0 && (text[0] == ' ' || text[length - 1] == ' '))
		return false;
	while (*text) {
		size_t bytes;
		uint32_t code = decode((const unsigned char *)text, &bytes);
		if (bytes == 0 || cleaned(code) != code)
			return false;
		text += bytes;
	}
	return true;
}

const char *pr_text_clean(struct pr_arena *arena, const char *text)
{
	if (!text)
		return "";
	if (is_clean(text))
		return text;
	struct pr_buffer buffer;
	pr_buffer_init(&buffer, arena);
	for (const char *at = text; *at;) {
		bool is_crlf = at[0] == '\r' && at[1] == '\n';
		uint32_t code = cleaned(pr_utf8_next(&at));
		if (code == 0 || is_crlf || (code == ' ' && buffer.length == 0))
			continue;
		pr_buffer_add_code(&buffer, code);
	}
	while (buffer.length > 0 && buffer.text[buffer.length - 1] == ' ')
		buffer.text[--buffer.length] = '\0';
	return buffer.text;
}

static const char unsafe_in_path[] = "/\\:*?\"<>|";

/* Names that Windows keeps for devices, whatever ending they have. */
static bool is_device(const char *name, size_t length)
{
	static const char *const plain[] = {"con", "prn", "aux", "nul"}, *const numbered[] = {"com", "lpt"};
	char stem[5] = {0};
	if (length < 3 || length > 4)
		return false;
	for (size_t i = 0; i < length; i++)
		stem[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] - 'A' + 'a' : name[i]);
	for (size_t i = 0; length == 3 && i < COUNT(plain); i++)
		if (strcmp(stem, plain[i]) == 0)
			return true;
	for (size_t i = 0; length == 4 && i < COUNT(numbered); i++)
		if (strncmp(stem, numbered[i], 3) == 0 && stem[3] >= '1' && stem[3] <= '9')
			return true;
	return false;
}

/* What a system or its tools would take for something else than a file's name. */
static void disarm(struct pr_buffer *name)
{
	size_t stem = strcspn(name->text, ".");
	if (name->text[0] == '-')
		name->text[0] = '_'; /* an option */
	if (name->text[name->length - 1] == '.')
		name->text[name->length - 1] = '_'; /* which other systems cut off */
	if (is_device(name->text, stem)) {
		pr_buffer_add(name, "_");
		memmove(name->text + stem + 1, name->text + stem, name->length - stem - 1);
		name->text[stem] = '_';
	}
}

const char *pr_text_path_name(struct pr_arena *arena, const char *text)
{
	struct pr_buffer buffer;
	pr_buffer_init(&buffer, arena);
	bool is_leading = true;
	for (const char *at = pr_text_clean(arena, text); *at;) {
		uint32_t code = pr_utf8_next(&at);
		is_leading = is_leading && code == '.';
		if (is_leading || (code < 0x80 && strchr(unsafe_in_path, (int)code)))
			code = '_';
		char bytes[4];
		size_t count = pr_utf8_put(bytes, code);
		if (buffer.length + count > PATH_NAME_BYTES)
			break;
		pr_buffer_add_n(&buffer, bytes, count);
	}
	while (buffer.length > 0 && buffer.text[buffer.length - 1] == ' ')
		buffer.text[--buffer.length] = '\0';
	if (buffer.length == 0)
		pr_buffer_add(&buffer, "_");
	disarm(&buffer);
	return buffer.text;
}

bool pr_text_equal(const char *a, const char *b)
{
	if (!a || !b)
		return a == b;
	return strcmp(a, b) == 0;
}

bool pr_text_starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

char *pr_text_trim(char *text)
{
	while (is_space(*text))
		text++;
	size_t length = strlen(text);
	while (length > 0 && is_space(text[length - 1]))
		length--;
	text[length] = '\0';
	return text;
}

static const char *skip_digits(const char *at)
{
	while (is_digit(*at))
		at++;
	return at;
}

bool pr_text_to_int64(const char *text, int64_t *out)
{
	const char *digits = text + (*text == '-' || *text == '+');
	const char *end = skip_digits(digits);
	if (end == digits || *end != '\0')
		return false;
	errno = 0;
	long long value = strtoll(text, NULL, 10);
	if (errno != 0)
		return false;
	*out = value;
	return true;
}

/* [+-] digits [. digits] [e [+-] digits], with a digit on at least one side of the point: no hex, inf or nan. */
static bool is_decimal(const char *text)
{
	const char *at = text + (*text == '-' || *text == '+');
	const char *end = skip_digits(at);
	size_t digits = (size_t)(end - at);
	if (*end == '.') {
		at = end + 1;
		end = skip_digits(at);
		digits += (size_t)(end - at);
	}
	if (digits == 0)
		return false;
	if (*end == 'e' || *end == 'E') {
		at = end + 1;
		at += *at == '-' || *at == '+';
		end = skip_digits(at);
		if (end == at)
			return false;
	}
	return *end == '\0';
}

bool pr_text_to_double(const char *text, double *out)
{
	if (!is_decimal(text))
		return false;
	double value = strtod(text, NULL);
	if (!isfinite(value))
		return false;
	*out = value;
	return true;
}

void pr_buffer_init(struct pr_buffer *buffer, struct pr_arena *arena)
{
	buffer->arena = arena;
	buffer->length = 0;
	buffer->capacity = 64;
	buffer->text = pr_arena_alloc(arena, buffer->capacity);
}

static void make_room(struct pr_buffer *buffer, size_t count)
{
	if (count >= SIZE_MAX / 4 || buffer->length >= SIZE_MAX / 4)
		abort();
	size_t needed = buffer->length + count + 1;
	if (needed <= buffer->capacity)
		return;
	size_t larger = needed > buffer->capacity * 2 ? needed : buffer->capacity * 2;
	buffer->text = pr_arena_grow(buffer->arena, buffer->text, buffer->length + 1, larger, 1);
	buffer->capacity = larger;
}

void pr_buffer_add(struct pr_buffer *buffer, const char *text)
{
	pr_buffer_add_n(buffer, text, strlen(text));
}

void pr_buffer_add_n(struct pr_buffer *buffer, const char *bytes, size_t count)
{
	make_room(buffer, count);
	if (count > 0)
		memcpy(buffer->text + buffer->length, bytes, count);
	buffer->length += count;
	buffer->text[buffer->length] = '\0';
}

void pr_buffer_add_code(struct pr_buffer *buffer, uint32_t code)
{
	char bytes[4];
	pr_buffer_add_n(buffer, bytes, pr_utf8_put(bytes, code));
}

void pr_buffer_format(struct pr_buffer *buffer, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	va_list again;
	va_copy(again, arguments);
	int count = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (count < 0)
		abort();
	make_room(buffer, (size_t)count);
	vsnprintf(buffer->text + buffer->length, (size_t)count + 1, format, again);
	va_end(again);
	buffer->length += (size_t)count;
}
