#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A text cut in the middle of a UTF-8 sequence would be ill-formed wherever it is shown: drop the torn tail. */
static void drop_torn_tail(char *text)
{
	size_t length = strlen(text);
	size_t lead = length;
	while (lead > 0 && length - lead < 3 && ((unsigned char)text[lead - 1] & 0xC0) == 0x80)
		lead--;
	if (lead == 0)
		return;
	unsigned char first = (unsigned char)text[lead - 1];
	size_t needed = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
	if (length - (lead - 1) < needed)
		text[lead - 1] = '\0';
}

static void format_cut(char *out, size_t size, const char *format, va_list arguments) PR_PRINTF(3, 0);
static void format_cut(char *out, size_t size, const char *format, va_list arguments)
{
	int count = vsnprintf(out, size, format, arguments);
	if (count < 0)
		out[0] = '\0';
	else if ((size_t)count >= size)
		drop_torn_tail(out);
}

/* A failure is never PR_CODE_NONE: that would read as "no error" further up. */
static enum pr_code failure(enum pr_code code)
{
	return code == PR_CODE_NONE ? PR_CODE_INTERNAL : code;
}

bool pr_error_set(struct pr_error *error, enum pr_code code, const char *format, ...)
{
	if (error->code != PR_CODE_NONE)
		return false;
	pr_error_clear(error);
	error->code = failure(code);
	va_list arguments;
	va_start(arguments, format);
	format_cut(error->text, sizeof error->text, format, arguments);
	va_end(arguments);
	return false;
}

bool pr_error_set_at(struct pr_error *error, enum pr_code code, const char *source, int line, const char *format, ...)
{
	if (error->code != PR_CODE_NONE)
		return false;
	pr_error_clear(error);
	error->code = failure(code);
	error->line = line;
	if (snprintf(error->source, sizeof error->source, "%s", source ? source : "") >= (int)sizeof error->source)
		drop_torn_tail(error->source);
	va_list arguments;
	va_start(arguments, format);
	format_cut(error->text, sizeof error->text, format, arguments);
	va_end(arguments);
	return false;
}

bool pr_error_context(struct pr_error *error, const char *format, ...)
{
	if (error->code == PR_CODE_NONE)
		return false;
	char text[sizeof error->text];
	va_list arguments;
	va_start(arguments, format);
	format_cut(text, sizeof text, format, arguments);
	va_end(arguments);
	size_t used = strlen(text);
	if (snprintf(text + used, sizeof text - used, ": %s", error->text) >= (int)(sizeof text - used))
		drop_torn_tail(text);
	memcpy(error->text, text, sizeof text);
	return false;
}

const char *pr_error_describe(const struct pr_error *error, char *out, unsigned long size)
{
	if (size == 0)
		return out;
	int count;
	if (error->source[0] != '\0' && error->line > 0)
		count = snprintf(out, size, "%s:%d: %s", error->source, error->line, error->text);
	else if (error->source[0] != '\0')
		count = snprintf(out, size, "%s: %s", error->source, error->text);
	else
		count = snprintf(out, size, "%s", error->text);
	if (count < 0)
		out[0] = '\0';
	else if ((size_t)count >= size)
		drop_torn_tail(out);
	return out;
}

void pr_error_clear(struct pr_error *error)
{
	memset(error, 0, sizeof *error);
}

const char *pr_error_reason(int error_number, char out[128])
{
	if (strerror_r(error_number, out, 128) != 0)
		snprintf(out, 128, "error %d", error_number);
	if (out[0] >= 'A' && out[0] <= 'Z')
		out[0] = (char)(out[0] - 'A' + 'a');
	return out;
}
