/* Query bodies written, and values of a hit's fields read. */
#include <math.h>
#include <string.h>

#include "base/calendar.h"
#include "source/elastic.h"

void pr_elastic_add_text(struct pr_buffer *buffer, const char *text)
{
	pr_buffer_add(buffer, "\"");
	for (const char *at = text; *at; at++) {
		unsigned char byte = (unsigned char)*at;
		if (byte == '"' || byte == '\\')
			pr_buffer_format(buffer, "\\%c", byte);
		else if (byte < 0x20)
			pr_buffer_format(buffer, "\\u%04x", byte);
		else
			pr_buffer_add_n(buffer, at, 1);
	}
	pr_buffer_add(buffer, "\"");
}

void pr_elastic_add_double(struct pr_buffer *buffer, double value)
{
	pr_buffer_format(buffer, "%.17g", value);
}

void pr_elastic_add_time_range(struct pr_buffer *buffer, const char *field, int64_t from_ms, int64_t to_ms)
{
	pr_buffer_add(buffer, "{\"range\":{");
	pr_elastic_add_text(buffer, field);
	pr_buffer_add(buffer, ":{");
	if (from_ms != PR_TIME_MISSING)
		pr_buffer_format(buffer, "\"gte\":%lld,", (long long)from_ms);
	if (to_ms != PR_TIME_MISSING)
		pr_buffer_format(buffer, "\"lt\":%lld,", (long long)to_ms);
	pr_buffer_add(buffer, "\"format\":\"epoch_millis\"}}}");
}

bool pr_elastic_value(
	const struct pr_json *fields, const char *field, const struct pr_json **value, struct pr_error *error)
{
	const struct pr_json *values = field ? pr_json_get(fields, field) : NULL;
	*value = NULL;
	if (!values)
		return true;
	if (!pr_json_is_array(values) || pr_json_count(values) > 1)
		return pr_error_set(error, PR_CODE_STORE, "field '%s' of a row holds several values; expected one", field);
	*value = pr_json_at(values, 0);
	if (pr_json_is_null(*value))
		*value = NULL;
	return true;
}

bool pr_elastic_read_number(const struct pr_json *fields, const char *field, double *out, struct pr_error *error)
{
	const struct pr_json *value = NULL;
	*out = NAN;
	if (!pr_elastic_value(fields, field, &value, error))
		return false;
	if (!value || pr_json_number(value, out))
		return true;
	const char *text = pr_json_text(value);
	return pr_error_set(error, PR_CODE_STORE, "field '%s' of a row holds %s%.40s%s; expected a number", field,
		text ? "'" : "something else", text ? text : "", text ? "'" : "");
}

bool pr_elastic_parse_ms(const struct pr_json *value, int64_t *out_ms)
{
	const char *text = pr_json_text(value);
	double number = 0;
	if (!text) {
		if (pr_json_int64(value, out_ms))
			return true;
		if (!pr_json_number(value, &number) || !(fabs(number) < 9007199254740992.0))
			return false;
		*out_ms = (int64_t)floor(number);
		return true;
	}
	/* date_nanos: "1519862400000.123456" */
	char whole[24];
	size_t length = strcspn(text, ".");
	if (length == 0 || length >= sizeof whole ||
		(text[length] == '.' && strspn(text + length + 1, "0123456789") != strlen(text + length + 1)))
		return false;
	memcpy(whole, text, length);
	whole[length] = '\0';
	return pr_text_to_int64(whole, out_ms);
}

bool pr_elastic_read_time(const struct pr_json *fields, const char *field, int64_t *out_ms, struct pr_error *error)
{
	const struct pr_json *value = NULL;
	*out_ms = PR_TIME_MISSING;
	if (!pr_elastic_value(fields, field, &value, error))
		return false;
	if (!value || pr_elastic_parse_ms(value, out_ms))
		return true;
	const char *text = pr_json_text(value);
	return pr_error_set(error, PR_CODE_STORE, "field '%s' of a row holds '%.40s'; expected milliseconds since 1970",
		field, text ? text : "something else");
}

bool pr_elastic_read_id(const struct pr_json *fields, const char *field, int64_t *out, struct pr_error *error)
{
	const struct pr_json *value = NULL;
	*out = 0;
	if (!pr_elastic_value(fields, field, &value, error))
		return false;
	if (!value || pr_json_int64(value, out))
		return true;
	return pr_error_set(error, PR_CODE_STORE, "field '%s' of a row is no whole number", field);
}

bool pr_elastic_read_text(
	const struct pr_json *fields, const char *field, struct pr_arena *arena, const char **out, struct pr_error *error)
{
	const struct pr_json *value = NULL;
	*out = NULL;
	if (!pr_elastic_value(fields, field, &value, error))
		return false;
	if (!value)
		return true;
	const char *text = pr_json_text(value);
	if (!text)
		return pr_error_set(error, PR_CODE_STORE, "field '%s' of a row is no text", field);
	*out = pr_arena_copy(arena, text);
	return true;
}
