#include "document/engine.h"

#include <math.h>
#include <string.h>

#define EXPRESSION_DEPTH_MAX 64

struct parser {
	const struct pr_context *context; /* NULL while only the syntax is checked */
	const struct pr_scope *scope;
	struct pr_arena *arena;
	const char *text, *at;
	const char *path;
	int line, depth;
	struct pr_error *error;
};

static bool parse_or(struct parser *parser, struct pr_value *value);

static bool refuse(struct parser *parser, const char *expected)
{
	pr_error_set_at(parser->error, PR_CODE_CONFIG, parser->path, parser->line,
		"expression '%s', column %d: expected %s", parser->text, (int)(parser->at - parser->text) + 1, expected);
	return false;
}

static void skip_spaces(struct parser *parser)
{
	while (*parser->at == ' ' || *parser->at == '\n' || *parser->at == '\t')
		parser->at++;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool accept(struct parser *parser, const char *token)
{
	size_t length = strlen(token);

	skip_spaces(parser);
	if (strncmp(parser->at, token, length) != 0)
		return false;
	/* A word must end where the token ends: "or" is not the start of "order". */
	if (is_letter(token[0]) &&
		(is_letter(parser->at[length]) || is_digit(parser->at[length]) || parser->at[length] == '.'))
		return false;
	parser->at += length;
	return true;
}

/* An identifier with dots and digits inside: "energy.slot.peak", "quality.harmonic.3.p95". */
static const char *take_name(struct parser *parser)
{
	const char *from = parser->at;

	while (is_letter(*parser->at) || is_digit(*parser->at) || *parser->at == '.')
		parser->at++;
	return pr_arena_copy_n(parser->arena, from, (size_t)(parser->at - from));
}

/* --- attributes of findings ------------------------------------------------------------------------------------- */

enum attribute {
	AT_CHANGE_MONTH,
	AT_CHANGE_YEAR,
	AT_BASE_MONTH,
	AT_BASE_YEAR,
	AT_DIFFERENCE_MONTH,
	AT_DIFFERENCE_YEAR,
	AT_NEW_MONTH,
	AT_NEW_YEAR,
	AT_PER_DAY_MONTH,
	AT_PER_DAY_YEAR,
	AT_AT,
	AT_PHASE,
	AT_LIMIT,
	AT_COVERAGE,
	AT_SOURCE,
	AT_RANK,
	AT_UNIT,
	AT_TEXT,
	ATTRIBUTE_COUNT
};
static const char *const attribute_names[ATTRIBUTE_COUNT] = {"change_month", "change_year", "base_month", "base_year",
	"difference_month", "difference_year", "new_month", "new_year", "per_day_month", "per_day_year", "at", "phase",
	"limit", "coverage", "source", "rank", "unit", "text"};

static struct pr_value figure(
	struct parser *parser, const struct pr_scope *scope, const struct pr_finding *finding, pr_micro number)
{
	return pr_value_of_finding(parser->context->report, pr_scope_project(scope), finding, number);
}

static struct pr_value attribute_value(
	struct parser *parser, const struct pr_scope *scope, const struct pr_finding *finding, enum attribute attribute)
{
	switch (attribute) {
	case AT_CHANGE_MONTH:
		return pr_value_micro(finding->change_month, "1");
	case AT_CHANGE_YEAR:
		return pr_value_micro(finding->change_year, "1");
	case AT_BASE_MONTH:
		return figure(parser, scope, finding, finding->base_month);
	case AT_BASE_YEAR:
		return figure(parser, scope, finding, finding->base_year);
	case AT_DIFFERENCE_MONTH:
		return figure(parser, scope, finding, pr_finding_difference(finding, finding->base_month));
	case AT_DIFFERENCE_YEAR:
		return figure(parser, scope, finding, pr_finding_difference(finding, finding->base_year));
	case AT_NEW_MONTH:
		return pr_value_number(finding->new_month, NULL);
	case AT_NEW_YEAR:
		return pr_value_number(finding->new_year, NULL);
	case AT_PER_DAY_MONTH:
		return pr_value_number(finding->change_month_per_day, NULL);
	case AT_PER_DAY_YEAR:
		return pr_value_number(finding->change_year_per_day, NULL);
	case AT_AT:
		return finding->at_ms == PR_TIME_MISSING ? pr_value_missing() : pr_value_time(finding->at_ms);
	case AT_PHASE:
		return pr_value_text(finding->phase);
	case AT_LIMIT:
		return figure(parser, scope, finding, finding->limit);
	case AT_COVERAGE:
		return pr_value_micro(finding->coverage, "1");
	case AT_SOURCE:
		return pr_value_text(finding->source);
	case AT_RANK:
		return finding->rank > 0 ? pr_value_number(finding->rank, NULL) : pr_value_missing();
	case AT_UNIT: /* none for a plain number such as a power factor */
		return pr_value_text(figure(parser, scope, finding, finding->value).unit);
	case AT_TEXT:
		return pr_value_text(finding->text);
	case ATTRIBUTE_COUNT:
		break;
	}
	return pr_value_missing();
}

static bool take_attribute(struct parser *parser, int *attribute)
{
	*attribute = -1;
	if (*parser->at != '@')
		return true;
	parser->at++;
	*attribute = pr_name_index(attribute_names, ATTRIBUTE_COUNT, take_name(parser));
	return *attribute >= 0 || refuse(parser, "an attribute such as change_month, at, limit, coverage");
}

static struct pr_value finding_value(struct parser *parser, const struct pr_scope *scope, const char *id, int attribute)
{
	const struct pr_finding *finding;
	bool has_attribute = attribute >= 0 && attribute < ATTRIBUTE_COUNT;
	struct pr_value value;

	while (scope && !scope->findings)
		scope = scope->outer;
	finding = scope ? pr_findings_get(scope->findings, id) : NULL;
	if (!finding)
		return pr_value_missing();
	if (has_attribute)
		value = attribute_value(parser, scope, finding, (enum attribute)attribute);
	else if (finding->word)
		value = pr_value_text(finding->word);
	else
		value = figure(parser, scope, finding, finding->value);
	value.finding = pr_arena_format(parser->arena, "%s%s%s%s%s", scope->path, *scope->path ? "/" : "", id,
		has_attribute ? "@" : "", has_attribute ? attribute_names[attribute] : "");
	return value;
}

/* --- terms ------------------------------------------------------------------------------------------------------ */

static const struct pr_scope *outermost(const struct pr_scope *scope)
{
	while (scope && scope->outer)
		scope = scope->outer;
	return scope;
}

static const struct pr_scope *project_scope(const struct pr_scope *scope)
{
	while (scope && !scope->project)
		scope = scope->outer;
	return scope;
}

static bool take_finding(struct parser *parser, struct pr_value *value)
{
	const struct pr_scope *scope = parser->scope;
	const char *id = take_name(parser);
	int attribute;

	if (*parser->at == ':' && (strcmp(id, "tenant") == 0 || strcmp(id, "project") == 0)) {
		scope = strcmp(id, "tenant") == 0 ? outermost(scope) : project_scope(scope);
		parser->at++;
		id = take_name(parser);
	}
	if (!take_attribute(parser, &attribute))
		return false;
	*value = parser->context ? finding_value(parser, scope, id, attribute) : pr_value_missing();
	return true;
}

static bool take_variable(struct parser *parser, struct pr_value *value)
{
	const char *name;

	parser->at++;
	name = take_name(parser);
	*value = pr_value_missing();
	if (!*name)
		return refuse(parser, "a variable's name after '$'");
	if (parser->context && !pr_scope_field(parser->scope, name, value))
		return pr_error_set_at(parser->error, PR_CODE_CONFIG, parser->path, parser->line,
			"expression '%s': unknown variable '$%s' here; docs/templates.md lists them", parser->text, name);
	return true;
}

static bool take_number(struct parser *parser, struct pr_value *value)
{
	const char *from = parser->at;
	const char *digits;
	double number;

	while (is_digit(*parser->at) || *parser->at == '.')
		parser->at++;
	digits = pr_arena_copy_n(parser->arena, from, (size_t)(parser->at - from));
	if (!pr_text_to_double(digits, &number))
		return refuse(parser, "a number");
	*value = pr_value_number(number, NULL);
	value->finding = digits;
	return true;
}

static bool take_text(struct parser *parser, struct pr_value *value)
{
	const char *from = ++parser->at;

	while (*parser->at && *parser->at != '\'')
		parser->at++;
	if (!*parser->at)
		return refuse(parser, "a closing quote");
	*value = pr_value_text(pr_arena_copy_n(parser->arena, from, (size_t)(parser->at - from)));
	parser->at++;
	return true;
}

enum function { FN_MEASURED, FN_ABS, FN_FINDING, FN_MIN, FN_MAX, FN_ROUND, FUNCTION_COUNT };
static const struct {
	const char *name;
	int arguments;
} functions[FUNCTION_COUNT] = {{"measured", 1}, {"abs", 1}, {"finding", 1}, {"min", 2}, {"max", 2}, {"round", 2}};

static struct pr_value with_number(const struct pr_value *from, double number)
{
	struct pr_value value = pr_value_number(number, from->unit);

	value.finding = from->finding;
	value.digits = from->digits;
	return value;
}

static struct pr_value call(int function, const struct pr_value *a, const struct pr_value *b)
{
	bool numbers = a->kind == PR_VALUE_NUMBER && (functions[function].arguments == 1 || b->kind == PR_VALUE_NUMBER);

	if (function == FN_MEASURED)
		return pr_value_number(a->kind != PR_VALUE_MISSING, NULL);
	if (!numbers)
		return pr_value_missing();
	if (function == FN_ABS)
		return with_number(a, fabs(a->number));
	if (function == FN_MIN)
		return a->number <= b->number ? *a : *b;
	if (function == FN_MAX)
		return a->number >= b->number ? *a : *b;
	return with_number(a, round(a->number * pow(10, b->number)) / pow(10, b->number));
}

static int function_here(struct parser *parser)
{
	for (int i = 0; i < FUNCTION_COUNT; i++) {
		size_t length = strlen(functions[i].name);
		if (strncmp(parser->at, functions[i].name, length) == 0 && parser->at[length] == '(') {
			parser->at += length + 1;
			return i;
		}
	}
	return -1;
}

/* finding('energy.total'), with an attribute behind it or without. */
static bool take_named_finding(struct parser *parser, const struct pr_value *id, struct pr_value *value)
{
	int attribute;

	if (!take_attribute(parser, &attribute))
		return false;
	*value = pr_value_missing();
	if (parser->context && id->kind == PR_VALUE_TEXT)
		*value = finding_value(parser, parser->scope, id->text, attribute);
	return true;
}

static bool take_call(struct parser *parser, int function, struct pr_value *value)
{
	struct pr_value arguments[2] = {pr_value_missing(), pr_value_missing()};

	for (int i = 0; i < functions[function].arguments; i++) {
		if (i > 0 && !accept(parser, ","))
			return refuse(parser, "','");
		if (!parse_or(parser, &arguments[i]))
			return false;
	}
	if (!accept(parser, ")"))
		return refuse(parser, "')'");
	if (function == FN_FINDING)
		return take_named_finding(parser, &arguments[0], value);
	*value = call(function, &arguments[0], &arguments[1]);
	return true;
}

static bool parse_primary(struct parser *parser, struct pr_value *value)
{
	int function;

	skip_spaces(parser);
	if (accept(parser, "(")) {
		if (!parse_or(parser, value))
			return false;
		return accept(parser, ")") || refuse(parser, "')'");
	}
	if (*parser->at == '$')
		return take_variable(parser, value);
	if (*parser->at == '\'')
		return take_text(parser, value);
	if (is_digit(*parser->at))
		return take_number(parser, value);
	function = function_here(parser);
	if (function >= 0)
		return take_call(parser, function, value);
	if (is_letter(*parser->at))
		return take_finding(parser, value);
	return refuse(parser, "a finding, a $variable, a number or a 'text'");
}

/* --- operators -------------------------------------------------------------------------------------------------- */

static bool parse_unary(struct parser *parser, struct pr_value *value)
{
	if (++parser->depth > EXPRESSION_DEPTH_MAX)
		return refuse(parser, "fewer levels of nesting");
	if (accept(parser, "not")) {
		if (!parse_unary(parser, value))
			return false;
		*value = pr_value_number(!pr_value_true(value), NULL);
	} else if (accept(parser, "-")) {
		if (!parse_unary(parser, value))
			return false;
		if (value->kind == PR_VALUE_NUMBER)
			*value = with_number(value, -value->number);
	} else if (!parse_primary(parser, value)) {
		return false;
	}
	parser->depth--;
	return true;
}

static struct pr_value computed(char operation, const struct pr_value *a, const struct pr_value *b)
{
	switch (operation) {
	case '+':
		return pr_value_number(a->number + b->number, a->unit);
	case '-':
		return pr_value_number(a->number - b->number, a->unit);
	case '*':
		return pr_value_number(a->number * b->number, a->unit ? a->unit : b->unit);
	default:
		if (b->number == 0)
			return pr_value_missing();
		return pr_value_number(a->number / b->number, a->unit && pr_text_equal(a->unit, b->unit) ? "1" : a->unit);
	}
}

/* The tag of what is computed says how. */
static struct pr_value arithmetic(
	struct parser *parser, char operation, const struct pr_value *a, const struct pr_value *b)
{
	struct pr_value value;

	if (operation == '+' && a->kind == PR_VALUE_TEXT && b->kind == PR_VALUE_TEXT)
		return pr_value_text(pr_arena_format(parser->arena, "%s%s", a->text, b->text));
	if (a->kind != PR_VALUE_NUMBER || b->kind != PR_VALUE_NUMBER)
		return pr_value_missing();
	value = computed(operation, a, b);
	if (a->finding && b->finding)
		value.finding = pr_arena_format(parser->arena, "(%s|%c|%s)", a->finding, operation, b->finding);
	return value;
}

static bool parse_product(struct parser *parser, struct pr_value *value)
{
	if (!parse_unary(parser, value))
		return false;
	for (;;) {
		char operation = accept(parser, "*") ? '*' : accept(parser, "/") ? '/' : 0;
		struct pr_value right;

		if (!operation)
			return true;
		if (!parse_unary(parser, &right))
			return false;
		*value = arithmetic(parser, operation, value, &right);
	}
}

static bool parse_sum(struct parser *parser, struct pr_value *value)
{
	if (!parse_product(parser, value))
		return false;
	for (;;) {
		char operation = accept(parser, "+") ? '+' : accept(parser, "-") ? '-' : 0;
		struct pr_value right;

		if (!operation)
			return true;
		if (!parse_product(parser, &right))
			return false;
		*value = arithmetic(parser, operation, value, &right);
	}
}

enum comparison { CMP_EQUAL, CMP_UNEQUAL, CMP_AT_MOST, CMP_AT_LEAST, CMP_LESS, CMP_MORE, COMPARISON_COUNT };
static const char *const comparison_tokens[COMPARISON_COUNT] = {"==", "!=", "<=", ">=", "<", ">"};

static bool holds(enum comparison comparison, const struct pr_value *a, const struct pr_value *b)
{
	double difference;

	if (a->kind != b->kind || a->kind == PR_VALUE_MISSING)
		return false;
	if (a->kind == PR_VALUE_TEXT)
		difference = (double)strcmp(a->text, b->text);
	else if (a->kind == PR_VALUE_TIME)
		difference = (double)(a->time_ms - b->time_ms);
	else
		difference = a->number - b->number;
	switch (comparison) {
	case CMP_EQUAL:
		return difference == 0;
	case CMP_UNEQUAL:
		return difference != 0;
	case CMP_AT_MOST:
		return difference <= 0;
	case CMP_AT_LEAST:
		return difference >= 0;
	case CMP_LESS:
		return difference < 0;
	case CMP_MORE:
		return difference > 0;
	case COMPARISON_COUNT:
		break;
	}
	return false;
}

static bool parse_comparison(struct parser *parser, struct pr_value *value)
{
	struct pr_value right;

	if (!parse_sum(parser, value))
		return false;
	for (int i = 0; i < COMPARISON_COUNT; i++) {
		if (!accept(parser, comparison_tokens[i]))
			continue;
		if (!parse_sum(parser, &right))
			return false;
		*value = pr_value_number(holds((enum comparison)i, value, &right), NULL);
		break;
	}
	return true;
}

static bool parse_and(struct parser *parser, struct pr_value *value)
{
	struct pr_value right;

	if (!parse_comparison(parser, value))
		return false;
	while (accept(parser, "and")) {
		if (!parse_comparison(parser, &right))
			return false;
		*value = pr_value_number(pr_value_true(value) && pr_value_true(&right), NULL);
	}
	return true;
}

static bool parse_or(struct parser *parser, struct pr_value *value)
{
	struct pr_value right;

	if (++parser->depth > EXPRESSION_DEPTH_MAX)
		return refuse(parser, "fewer levels of nesting");
	if (!parse_and(parser, value))
		return false;
	while (accept(parser, "or")) {
		if (!parse_and(parser, &right))
			return false;
		*value = pr_value_number(pr_value_true(value) || pr_value_true(&right), NULL);
	}
	parser->depth--;
	return true;
}

static bool parse_whole(struct parser *parser, struct pr_value *value)
{
	if (!parse_or(parser, value))
		return false;
	skip_spaces(parser);
	return !*parser->at || refuse(parser, "an operator or the end");
}

bool pr_expression_check(const char *text, const char *path, int line, struct pr_arena *arena, struct pr_error *error)
{
	struct parser parser = {.arena = arena, .text = text, .at = text, .path = path, .line = line, .error = error};
	struct pr_value value;

	return parse_whole(&parser, &value);
}

bool pr_expression_value(const struct pr_context *context, const struct pr_scope *scope, const char *text,
	const char *path, int line, struct pr_value *value, struct pr_error *error)
{
	struct parser parser = {.context = context,
		.scope = scope,
		.arena = context->arena,
		.text = text,
		.at = text,
		.path = path,
		.line = line,
		.error = error};

	return parse_whole(&parser, value);
}

bool pr_expression_true(const struct pr_context *context, const struct pr_scope *scope, const char *text,
	const char *path, int line, bool *truth, struct pr_error *error)
{
	struct pr_value value;

	*truth = true;
	if (!text)
		return true;
	if (!pr_expression_value(context, scope, text, path, line, &value, error))
		return false;
	*truth = pr_value_true(&value);
	return true;
}
