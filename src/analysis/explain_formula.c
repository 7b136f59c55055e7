#include "analysis/explain_formula.h"

#include <string.h>

#include "analysis/explain_functions.h"

struct parser {
	const char *at;
	const struct pr_formula_input *inputs;
	size_t input_count;
	struct pr_arena *arena;
	struct pr_error *error;
	int depth;
	struct part {
		const char *name;
		struct pr_values values;
	} * parts; /* named before */
	size_t part_count, part_capacity;
};

#define DEEPEST 64

static bool read_comparison(struct parser *parser, struct pr_values *result);

static void skip_spaces(struct parser *parser)
{
	while (*parser->at == ' ')
		parser->at++;
}

static bool take(struct parser *parser, const char *text)
{
	skip_spaces(parser);
	if (!pr_text_starts(parser->at, text))
		return false;
	parser->at += strlen(text);
	return true;
}

static bool refuse(struct parser *parser, const char *expected)
{
	return pr_error_set(parser->error, PR_CODE_INTERNAL, "at '%.20s': expected %s", parser->at, expected);
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool read_number(struct parser *parser, struct pr_values *result)
{
	const char *from = parser->at;
	while (is_digit(*parser->at) || *parser->at == '.')
		parser->at++;
	pr_micro value;
	if (!pr_micro_from_text(pr_arena_copy_n(parser->arena, from, (size_t)(parser->at - from)), &value))
		return refuse(parser, "a number");
	*result = pr_values_one(parser->arena, pr_scalar_micro(value));
	return true;
}

static bool read_text(struct parser *parser, struct pr_values *result)
{
	const char *from = ++parser->at;
	const char *end = strchr(from, '\'');
	if (!end)
		return refuse(parser, "a closing quote");
	parser->at = end + 1;
	*result = pr_values_one(parser->arena, pr_scalar_text(pr_arena_copy_n(parser->arena, from, (size_t)(end - from))));
	return true;
}

static bool read_input(struct parser *parser, const char *name, struct pr_values *result)
{
	for (size_t i = 0; i < parser->input_count; i++) {
		const struct pr_formula_input *input = &parser->inputs[i];
		if (!pr_text_equal(input->name, name))
			continue;
		result->is_list = input->is_list;
		result->count = input->count;
		result->items = pr_arena_array(parser->arena, input->count, sizeof *result->items);
		for (size_t k = 0; k < input->count; k++)
			result->items[k] = pr_scalar_cell(&input->cells[k]);
		return true;
	}
	for (size_t i = 0; i < parser->part_count; i++) {
		if (!pr_text_equal(parser->parts[i].name, name))
			continue;
		*result = parser->parts[i].values;
		return true;
	}
	return pr_error_set(parser->error, PR_CODE_INTERNAL, "no input '%s'", name);
}

static bool read_call(struct parser *parser, const char *name, struct pr_values *result)
{
	struct pr_values arguments[PR_FORMULA_ARGUMENTS];
	size_t count = 0;
	while (!take(parser, ")")) {
		if (count == PR_FORMULA_ARGUMENTS || (count > 0 && !take(parser, ",")))
			return refuse(parser, "',' or ')'");
		if (!read_comparison(parser, &arguments[count++]))
			return false;
	}
	return count ? pr_formula_call(name, arguments, count, parser->arena, result, parser->error)
	             : refuse(parser, "an argument");
}

static bool read_primary(struct parser *parser, struct pr_values *result)
{
	skip_spaces(parser);
	if (is_digit(*parser->at))
		return read_number(parser, result);
	if (*parser->at == '\'')
		return read_text(parser, result);
	if (take(parser, "("))
		return read_comparison(parser, result) && (take(parser, ")") || refuse(parser, "')'"));
	if (!is_letter(*parser->at))
		return refuse(parser, "a value");
	const char *from = parser->at;
	while (is_letter(*parser->at) || is_digit(*parser->at))
		parser->at++;
	const char *name = pr_arena_copy_n(parser->arena, from, (size_t)(parser->at - from));
	return take(parser, "(") ? read_call(parser, name, result) : read_input(parser, name, result);
}

static bool read_unary(struct parser *parser, struct pr_values *result)
{
	if (!take(parser, "-"))
		return read_primary(parser, result);
	const struct pr_values none = pr_values_one(parser->arena, pr_scalar_integer(0));
	struct pr_values value;
	return read_primary(parser, &value) && pr_formula_operate('-', &none, &value, parser->arena, result, parser->error);
}

static bool read_product(struct parser *parser, struct pr_values *result)
{
	if (!read_unary(parser, result))
		return false;
	for (;;) {
		char operation = take(parser, "*") ? '*' : take(parser, "/") ? '/' : '\0';
		struct pr_values left = *result, right;
		if (!operation)
			return true;
		if (!read_unary(parser, &right) ||
			!pr_formula_operate(operation, &left, &right, parser->arena, result, parser->error))
			return false;
	}
}

static bool read_sum(struct parser *parser, struct pr_values *result)
{
	if (!read_product(parser, result))
		return false;
	for (;;) {
		char operation = take(parser, "+") ? '+' : take(parser, "-") ? '-' : '\0';
		struct pr_values left = *result, right;
		if (!operation)
			return true;
		if (!read_product(parser, &right) ||
			!pr_formula_operate(operation, &left, &right, parser->arena, result, parser->error))
			return false;
	}
}

static char take_comparison(struct parser *parser)
{
	static const struct {
		const char *text;
		char operation;
	} rows[] = {{"==", '='}, {"!=", '!'}, {"<=", 'l'}, {">=", 'g'}, {"<", '<'}, {">", '>'}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (take(parser, rows[i].text))
			return rows[i].operation;
	return '\0';
}

static bool read_comparison(struct parser *parser, struct pr_values *result)
{
	if (++parser->depth > DEEPEST)
		return refuse(parser, "fewer parentheses");
	if (!read_sum(parser, result))
		return false;
	char operation = take_comparison(parser);
	parser->depth--;
	if (!operation)
		return true;
	struct pr_values left = *result, right;
	return read_sum(parser, &right) &&
	       pr_formula_operate(operation, &left, &right, parser->arena, result, parser->error);
}

/* "name=…;" */
static const char *take_name(struct parser *parser)
{
	skip_spaces(parser);
	const char *from = parser->at, *at = from;
	while (is_letter(*at) || (at > from && is_digit(*at)))
		at++;
	if (at == from || *at != '=' || at[1] == '=')
		return NULL;
	parser->at = at + 1;
	return pr_arena_copy_n(parser->arena, from, (size_t)(at - from));
}

static bool read_statements(struct parser *parser, struct pr_values *result)
{
	const char *name;
	while ((name = take_name(parser)) != NULL) {
		struct part part = {.name = name};
		if (!read_comparison(parser, &part.values))
			return false;
		if (!take(parser, ";"))
			return refuse(parser, "';'");
		*PR_PUSH(parser->arena, parser->parts, parser->part_count, parser->part_capacity) = part;
	}
	return read_comparison(parser, result);
}

bool pr_formula_value(const char *formula, const struct pr_formula_input *inputs, size_t count, struct pr_arena *arena,
	struct pr_explain_cell *value, bool *is_inexact, struct pr_error *error)
{
	struct pr_arena scratch;
	pr_arena_init(&scratch);
	struct parser parser = {.at = formula, .inputs = inputs, .input_count = count, .arena = &scratch, .error = error};
	struct pr_values result = {.is_list = true};
	bool good = read_statements(&parser, &result);
	skip_spaces(&parser);
	if (good && *parser.at)
		good = refuse(&parser, "the end");
	if (good && (result.is_list || result.count != 1 || !result.items))
		good = refuse(&parser, "a single value");
	if (good && result.items) {
		*value = pr_scalar_to_cell(&result.items[0]);
		*is_inexact = result.items[0].is_inexact || value->kind == PR_EXPLAIN_REAL;
		if (value->kind == PR_EXPLAIN_TEXT)
			value->text = pr_arena_copy(arena, value->text);
	}
	pr_arena_release(&scratch);
	return good || pr_error_context(error, "formula %s", formula);
}
