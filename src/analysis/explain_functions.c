#include "analysis/explain_functions.h"

#include <stdlib.h>
#include <string.h>

struct pr_values pr_values_one(struct pr_arena *arena, struct pr_scalar value)
{
	struct pr_values values = {.items = pr_arena_alloc(arena, sizeof value), .count = 1};
	values.items[0] = value;
	return values;
}

static struct pr_scalar truth(bool is_true)
{
	return pr_scalar_integer(is_true);
}

/* --- element by element ------------------------------------------------------------------------------------------ */

/* How many elements the arguments have together: lists of one length, and single values. */
static bool common_length(
	const struct pr_values *arguments, size_t count, bool *is_list, size_t *length, struct pr_error *error)
{
	*is_list = false;
	*length = 1;
	for (size_t i = 0; i < count; i++) {
		if (!arguments[i].is_list)
			continue;
		if (*is_list && arguments[i].count != *length)
			return pr_error_set(
				error, PR_CODE_INTERNAL, "lists of %zu and %zu elements side by side", *length, arguments[i].count);
		*is_list = true;
		*length = arguments[i].count;
	}
	return true;
}

static const struct pr_scalar *element(const struct pr_values *values, size_t index)
{
	return &values->items[values->is_list ? index : 0];
}

static struct pr_scalar compare(char operation, const struct pr_scalar *a, const struct pr_scalar *b)
{
	if (a->kind == PR_SCALAR_MISSING || b->kind == PR_SCALAR_MISSING || a->kind != b->kind)
		return pr_scalar_missing();
	int order = pr_scalar_compare(a, b);
	switch (operation) {
	case '=':
		return truth(order == 0);
	case '!':
		return truth(order != 0);
	case '<':
		return truth(order < 0);
	case 'l':
		return truth(order <= 0);
	case '>':
		return truth(order > 0);
	default:
		return truth(order >= 0);
	}
}

bool pr_formula_operate(char operation, const struct pr_values *a, const struct pr_values *b, struct pr_arena *arena,
	struct pr_values *result, struct pr_error *error)
{
	const struct pr_values both[] = {*a, *b};
	if (!common_length(both, 2, &result->is_list, &result->count, error))
		return false;
	result->items = pr_arena_array(arena, result->count, sizeof *result->items);
	for (size_t i = 0; i < result->count; i++)
		result->items[i] = strchr("+-*/", operation) ? pr_scalar_combine(operation, element(a, i), element(b, i))
		                                             : compare(operation, element(a, i), element(b, i));
	return true;
}

static struct pr_scalar do_round(const struct pr_scalar *a)
{
	return pr_scalar_round(&a[0], (int)pr_scalar_to_real(&a[1]));
}

static struct pr_scalar do_ceil(const struct pr_scalar *a)
{
	const struct pr_scalar none = pr_scalar_integer(0);
	struct pr_scalar low = pr_scalar_combine('-', &none, &a[0]);
	low = pr_scalar_floor(&low);
	return pr_scalar_combine('-', &none, &low);
}

static struct pr_scalar do_where(const struct pr_scalar *a)
{
	return pr_scalar_true(&a[1]) ? a[0] : pr_scalar_missing();
}

static struct pr_scalar do_choose(const struct pr_scalar *a)
{
	return pr_scalar_true(&a[0]) ? a[1] : a[2];
}

static struct pr_scalar do_known(const struct pr_scalar *a)
{
	return truth(a[0].kind != PR_SCALAR_MISSING);
}

static struct pr_scalar do_default(const struct pr_scalar *a)
{
	return a[0].kind == PR_SCALAR_MISSING ? a[1] : a[0];
}

static struct pr_scalar do_either(const struct pr_scalar *a)
{
	return truth(pr_scalar_true(&a[0]) || pr_scalar_true(&a[1]));
}

static struct pr_scalar do_both(const struct pr_scalar *a)
{
	return truth(pr_scalar_true(&a[0]) && pr_scalar_true(&a[1]));
}

static struct pr_scalar do_neither(const struct pr_scalar *a)
{
	return truth(!pr_scalar_true(&a[0]));
}

/* measured ÷ expected to 6 digits, but never up over a tenth of a percent. */
static struct pr_scalar do_coverage(const struct pr_scalar *a)
{
	const struct pr_scalar thousand = pr_scalar_integer(1000), million = pr_scalar_integer(1000000);
	struct pr_scalar exact = pr_scalar_combine('/', &a[0], &a[1]);
	if (exact.kind == PR_SCALAR_MISSING)
		return exact;
	struct pr_scalar rounded = pr_scalar_round(&exact, 6);
	struct pr_scalar high = pr_scalar_combine('*', &rounded, &thousand);
	struct pr_scalar low = pr_scalar_combine('*', &exact, &thousand);
	high = pr_scalar_floor(&high);
	low = pr_scalar_floor(&low);
	if (pr_scalar_compare(&high, &low) == 0)
		return rounded;
	struct pr_scalar cut = pr_scalar_combine('*', &exact, &million);
	cut = pr_scalar_floor(&cut);
	return pr_scalar_combine('/', &cut, &million);
}

static const struct element_function {
	const char *name;
	size_t arguments;
	struct pr_scalar (*apply)(const struct pr_scalar *arguments);
} element_functions[] = {
	{"round", 2, do_round},
	{"sqrt", 1, pr_scalar_sqrt},
	{"abs", 1, pr_scalar_abs},
	{"ceil", 1, do_ceil},
	{"where", 2, do_where},
	{"choose", 3, do_choose},
	{"known", 1, do_known},
	{"default", 2, do_default},
	{"either", 2, do_either},
	{"both", 2, do_both},
	{"neither", 1, do_neither},
	{"coverage", 2, do_coverage},
};

static bool call_element(const struct element_function *function, const struct pr_values *arguments, size_t count,
	struct pr_arena *arena, struct pr_values *result, struct pr_error *error)
{
	struct pr_scalar row[PR_FORMULA_ARGUMENTS];
	if (count != function->arguments)
		return pr_error_set(error, PR_CODE_INTERNAL, "%s() takes %zu arguments", function->name, function->arguments);
	if (!common_length(arguments, count, &result->is_list, &result->count, error))
		return false;
	result->items = pr_arena_array(arena, result->count, sizeof *result->items);
	for (size_t i = 0; i < result->count; i++) {
		for (size_t k = 0; k < count; k++)
			row[k] = *element(&arguments[k], i);
		result->items[i] = function->apply(row);
	}
	return true;
}

/* --- over all values --------------------------------------------------------------------------------------------- */

static struct pr_scalar fold_sum(const struct pr_scalar *sum, const struct pr_scalar *value)
{
	return pr_scalar_combine('+', sum, value);
}

static struct pr_scalar fold_max(const struct pr_scalar *best, const struct pr_scalar *value)
{
	return pr_scalar_compare(value, best) > 0 ? *value : *best;
}

static struct pr_scalar fold_min(const struct pr_scalar *best, const struct pr_scalar *value)
{
	return pr_scalar_compare(value, best) < 0 ? *value : *best;
}

static struct pr_scalar fold_largest(const struct pr_scalar *best, const struct pr_scalar *value)
{
	struct pr_scalar a = pr_scalar_abs(best), b = pr_scalar_abs(value);
	return pr_scalar_compare(&b, &a) > 0 ? *value : *best;
}

static struct pr_scalar fold_first(const struct pr_scalar *best, const struct pr_scalar *value)
{
	(void)value;
	return *best;
}

/* Of verdicts, from best to worst. */
static int verdict_rank(const struct pr_scalar *verdict)
{
	static const char *const verdicts[] = {"pass", "insufficient", "attention", "fail"};
	for (int i = 0; i < 4; i++)
		if (verdict->kind == PR_SCALAR_TEXT && strcmp(verdict->text, verdicts[i]) == 0)
			return i;
	return -1;
}

static struct pr_scalar fold_worst(const struct pr_scalar *best, const struct pr_scalar *value)
{
	return verdict_rank(value) > verdict_rank(best) ? *value : *best;
}

static const struct fold_function {
	const char *name;
	struct pr_scalar (*fold)(const struct pr_scalar *so_far, const struct pr_scalar *value);
} fold_functions[] = {
	{"sum", fold_sum},
	{"max", fold_max},
	{"min", fold_min},
	{"largest", fold_largest},
	{"worst", fold_worst},
	{"first", fold_first},
};

static struct pr_scalar fold(const struct fold_function *function, const struct pr_values *arguments, size_t count)
{
	struct pr_scalar result = pr_scalar_missing();
	for (size_t k = 0; k < count; k++) {
		for (size_t i = 0; i < arguments[k].count; i++) {
			const struct pr_scalar *value = &arguments[k].items[i];
			if (value->kind == PR_SCALAR_MISSING)
				continue;
			result = result.kind == PR_SCALAR_MISSING ? *value : function->fold(&result, value);
		}
	}
	return result;
}

static struct pr_scalar count_known(const struct pr_values *arguments, size_t count)
{
	int64_t known = 0;
	for (size_t k = 0; k < count; k++)
		for (size_t i = 0; i < arguments[k].count; i++)
			known += arguments[k].items[i].kind != PR_SCALAR_MISSING;
	return pr_scalar_integer(known);
}

static struct pr_scalar count_distinct(const struct pr_values *list)
{
	int64_t distinct = 0;
	for (size_t i = 0; i < list->count; i++) {
		bool is_new = list->items[i].kind != PR_SCALAR_MISSING;
		for (size_t k = 0; k < i && is_new; k++)
			is_new =
				list->items[k].kind != list->items[i].kind || pr_scalar_compare(&list->items[k], &list->items[i]) != 0;
		distinct += is_new;
	}
	return pr_scalar_integer(distinct);
}

static struct pr_scalar whole_sum(const struct pr_values *arguments, size_t count)
{
	for (size_t k = 0; k < count; k++)
		for (size_t i = 0; i < arguments[k].count; i++)
			if (arguments[k].items[i].kind == PR_SCALAR_MISSING)
				return pr_scalar_missing();
	return fold(&fold_functions[0], arguments, count);
}

static int by_size(const void *left, const void *right)
{
	return pr_scalar_compare(left, right);
}

static struct pr_scalar rank_value(const struct pr_values *list, const struct pr_scalar *share, struct pr_arena *arena)
{
	struct pr_scalar *sorted = pr_arena_array(arena, list->count, sizeof *sorted);
	size_t count = 0;
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].kind == PR_SCALAR_NUMBER)
			sorted[count++] = list->items[i];
	if (!count)
		return pr_scalar_missing();
	qsort(sorted, count, sizeof *sorted, by_size);
	const struct pr_scalar all = pr_scalar_integer((int64_t)count);
	struct pr_scalar place = pr_scalar_combine('*', share, &all);
	place = do_ceil(&place);
	int64_t rank = (int64_t)pr_scalar_to_real(&place);
	rank = rank < 1 ? 1 : rank > (int64_t)count ? (int64_t)count : rank;
	return sorted[rank - 1];
}

static struct pr_scalar first_beside(
	const struct pr_values *list, const struct pr_values *beside, const struct pr_scalar *value)
{
	for (size_t i = 0; i < list->count && i < beside->count; i++)
		if (list->items[i].kind == value->kind && value->kind != PR_SCALAR_MISSING &&
			pr_scalar_compare(&list->items[i], value) == 0)
			return beside->items[i];
	return pr_scalar_missing();
}

static struct pr_scalar interpolate(
	const struct pr_scalar *value, const struct pr_values *at, const struct pr_values *score)
{
	if (value->kind != PR_SCALAR_NUMBER || !at->count)
		return pr_scalar_missing();
	size_t i = 0;
	while (i < at->count && pr_scalar_compare(&at->items[i], value) < 0)
		i++;
	if (i == 0 || i == at->count)
		return score->items[i == 0 ? 0 : at->count - 1];
	struct pr_scalar part = pr_scalar_combine('-', value, &at->items[i - 1]);
	struct pr_scalar width = pr_scalar_combine('-', &at->items[i], &at->items[i - 1]);
	struct pr_scalar rise = pr_scalar_combine('-', &score->items[i], &score->items[i - 1]);
	rise = pr_scalar_combine('*', &rise, &part);
	rise = pr_scalar_combine('/', &rise, &width);
	return pr_scalar_combine('+', &score->items[i - 1], &rise);
}

/* The index-th share of the list by largest remainder: what is cut goes to the largest remainders, of equals to the
 * larger value, then to the first. */
static struct pr_scalar share_of(size_t index, int digits, const struct pr_values *list, struct pr_arena *arena)
{
	struct pr_scalar *rest = pr_arena_array(arena, list->count, sizeof *rest);
	const struct pr_scalar none = pr_scalar_integer(0);
	struct pr_scalar sum = none, units = pr_scalar_integer(1), whole = none, left;
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].kind == PR_SCALAR_NUMBER && pr_scalar_compare(&list->items[i], &none) > 0)
			sum = pr_scalar_combine('+', &sum, &list->items[i]);
	if (!pr_scalar_true(&sum) || index >= list->count || list->items[index].kind != PR_SCALAR_NUMBER)
		return pr_scalar_missing();
	for (int i = 0; i < digits; i++)
		units.numerator *= 10;
	left = units;
	for (size_t i = 0; i < list->count; i++) {
		rest[i] = pr_scalar_missing();
		if (list->items[i].kind != PR_SCALAR_NUMBER)
			continue;
		struct pr_scalar value = pr_scalar_compare(&list->items[i], &none) > 0 ? list->items[i] : none;
		struct pr_scalar exact = pr_scalar_combine('*', &value, &units);
		exact = pr_scalar_combine('/', &exact, &sum);
		struct pr_scalar cut = pr_scalar_floor(&exact);
		rest[i] = pr_scalar_combine('-', &exact, &cut);
		left = pr_scalar_combine('-', &left, &cut);
		if (i == index)
			whole = cut;
	}
	int64_t before = 0; /* how many come first when the rest is handed out */
	for (size_t i = 0; i < list->count; i++) {
		if (i == index || rest[i].kind == PR_SCALAR_MISSING)
			continue;
		int order = pr_scalar_compare(&rest[i], &rest[index]);
		order = order ? order : pr_scalar_compare(&list->items[i], &list->items[index]);
		before += order > 0 || (order == 0 && i < index);
	}
	const struct pr_scalar place = pr_scalar_integer(before), one = pr_scalar_integer(1);
	if (pr_scalar_compare(&place, &left) < 0)
		whole = pr_scalar_combine('+', &whole, &one);
	return pr_scalar_combine('/', &whole, &units);
}

/* --- by equal neighbours ----------------------------------------------------------------------------------------- */

static bool is_same(const struct pr_scalar *a, const struct pr_scalar *b)
{
	return a->kind == b->kind && (a->kind == PR_SCALAR_MISSING || pr_scalar_compare(a, b) == 0);
}

static struct pr_scalar reduce(const char *name, const struct pr_values *group)
{
	if (pr_text_starts(name, "whole"))
		return whole_sum(group, 1);
	size_t which = pr_text_starts(name, "sum") ? 0 : pr_text_starts(name, "max") ? 1 : 2;
	return fold(&fold_functions[which], group, 1);
}

static bool call_group(const char *name, const struct pr_values *arguments, size_t count, struct pr_arena *arena,
	struct pr_values *result, struct pr_error *error)
{
	if (count != 2 || arguments[0].count != arguments[1].count)
		return pr_error_set(error, PR_CODE_INTERNAL, "%s() takes a list and as many keys", name);
	const struct pr_values *values = &arguments[0], *keys = &arguments[1];
	*result = (struct pr_values){.is_list = true, .items = pr_arena_array(arena, values->count, sizeof *result->items)};
	for (size_t from = 0, to; from < values->count; from = to) {
		for (to = from + 1; to < values->count && is_same(&keys->items[from], &keys->items[to]);)
			to++;
		const struct pr_values group = {true, values->items + from, to - from};
		result->items[result->count++] = reduce(name, &group);
	}
	return true;
}

/* --- all --------------------------------------------------------------------------------------------------------- */

static bool call_special(const char *name, const struct pr_values *a, size_t count, struct pr_arena *arena,
	struct pr_scalar *result, struct pr_error *error)
{
	if (strcmp(name, "count") == 0)
		*result = count_known(a, count);
	else if (strcmp(name, "distinct") == 0 && count == 1)
		*result = count_distinct(&a[0]);
	else if (strcmp(name, "whole") == 0)
		*result = whole_sum(a, count);
	else if (strcmp(name, "rank") == 0 && count == 2)
		*result = rank_value(&a[0], &a[1].items[0], arena);
	else if (strcmp(name, "when") == 0 && count == 3)
		*result = first_beside(&a[0], &a[1], &a[2].items[0]);
	else if (strcmp(name, "lookup") == 0 && count == 3)
		*result = first_beside(&a[1], &a[2], &a[0].items[0]);
	else if (strcmp(name, "interp") == 0 && count == 3 && a[1].count == a[2].count)
		*result = interpolate(&a[0].items[0], &a[1], &a[2]);
	else if (strcmp(name, "share") == 0 && count == 3)
		*result = share_of(
			(size_t)pr_scalar_to_real(&a[0].items[0]) - 1, (int)pr_scalar_to_real(&a[1].items[0]), &a[2], arena);
	else
		return pr_error_set(error, PR_CODE_INTERNAL, "no function %s() of %zu arguments", name, count);
	return true;
}

bool pr_formula_call(const char *name, const struct pr_values *arguments, size_t count, struct pr_arena *arena,
	struct pr_values *result, struct pr_error *error)
{
	static const char *const groups[] = {"sum_by", "whole_by", "max_by", "min_by"};
	for (size_t i = 0; i < sizeof element_functions / sizeof *element_functions; i++)
		if (strcmp(name, element_functions[i].name) == 0)
			return call_element(&element_functions[i], arguments, count, arena, result, error);
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
		if (strcmp(name, groups[i]) == 0)
			return call_group(name, arguments, count, arena, result, error);
	for (size_t i = 0; i < sizeof fold_functions / sizeof *fold_functions; i++) {
		if (strcmp(name, fold_functions[i].name) != 0)
			continue;
		*result = pr_values_one(arena, fold(&fold_functions[i], arguments, count));
		return true;
	}
	struct pr_scalar value;
	if (!call_special(name, arguments, count, arena, &value, error))
		return false;
	*result = pr_values_one(arena, value);
	return true;
}
