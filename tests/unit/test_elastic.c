#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "source/elastic.h"
#include "source/elastic_cells.h"
#include "source/elastic_mapping.h"

struct fixture {
	struct pr_arena arena;
	struct pr_error error;
	struct pr_json_document *documents[8];
	size_t count;
};

static int open_fixture(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);
	pr_arena_init(&fixture->arena);
	*state = fixture;
	return 0;
}

static int close_fixture(void **state)
{
	struct fixture *fixture = *state;
	for (size_t i = 0; i < fixture->count; i++)
		pr_json_free(fixture->documents[i]);
	pr_arena_release(&fixture->arena);
	free(fixture);
	return 0;
}

/* JSON with ' for " */
static const struct pr_json *json(struct fixture *fixture, const char *text)
{
	char *copy = pr_arena_copy(&fixture->arena, text);
	for (char *at = copy; *at; at++)
		if (*at == '\'')
			*at = '"';
	assert_true(fixture->count < sizeof fixture->documents / sizeof *fixture->documents);
	if (!pr_json_parse(&fixture->documents[fixture->count], copy, strlen(copy), &fixture->error))
		fail_msg("%s", fixture->error.text);
	return pr_json_root(fixture->documents[fixture->count++]);
}

static const char *written(struct pr_buffer *buffer)
{
	for (char *at = buffer->text; *at; at++)
		if (*at == '"')
			*at = '\'';
	return buffer->text;
}

static void expect_error(struct fixture *fixture, const char *text)
{
	assert_int_equal(fixture->error.code, PR_CODE_STORE);
	if (!strstr(fixture->error.text, text))
		fail_msg("'%s' is not in '%s'", text, fixture->error.text);
	pr_error_clear(&fixture->error);
}

/* --- json --- */

static void json_that_is_none_is_refused(void **state)
{
	static const char *const texts[] = {"", "{", "{\"a\":1,\"a\":2}", "{} {}", "{\"a\":NaN}", "{\"a\":1e999}",
		"{\"a\":9223372036854775808}", "\"\xC3\x28\"", "{'a':1}"};
	struct fixture *fixture = *state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct pr_json_document *document = NULL;
		assert_false(pr_json_parse(&document, texts[i], strlen(texts[i]), &fixture->error));
		assert_null(document);
		expect_error(fixture, "no JSON at byte ");
	}
}

static void json_numbers_are_read_whole_and_real(void **state)
{
	struct fixture *fixture = *state;
	const struct pr_json *root =
		json(fixture, "{'i':7,'r':1.5,'w':1519833600000.0,'e':1.5198336E12,'h':1e300,'t':'7','n':null}");
	double number = 0;
	int64_t whole = 0;
	assert_true(pr_json_number(pr_json_get(root, "i"), &number) && number == 7);
	assert_true(pr_json_number(pr_json_get(root, "r"), &number) && number == 1.5);
	assert_true(pr_json_int64(pr_json_get(root, "w"), &whole) && whole == INT64_C(1519833600000));
	assert_true(pr_json_int64(pr_json_get(root, "e"), &whole) && whole == INT64_C(1519833600000));
	assert_false(pr_json_int64(pr_json_get(root, "r"), &whole));
	assert_false(pr_json_int64(pr_json_get(root, "h"), &whole));
	assert_false(pr_json_number(pr_json_get(root, "t"), &number));
	assert_false(pr_json_number(pr_json_get(root, "n"), &number));
	assert_false(pr_json_number(pr_json_get(root, "none"), &number));
	assert_true(pr_json_is_null(pr_json_get(root, "n")) && pr_json_is_null(NULL));
}

/* --- answers --- */

#define WHOLE "'status':200,'timed_out':false,'_shards':{'total':2,'successful':2,'skipped':0,'failed':0}"

static void a_whole_answer_is_taken(void **state)
{
	struct fixture *fixture = *state;
	assert_null(pr_elastic_refuse(json(fixture, "{" WHOLE "}"), &fixture->arena));
	assert_null(pr_elastic_refuse(json(fixture, "{" WHOLE ",'terminated_early':false}"), &fixture->arena));
}

static void every_sign_of_a_partial_answer_is_refused(void **state)
{
	static const struct {
		const char *answer, *problem;
	} cases[] = {
		{"{'status':200,'timed_out':true,'_shards':{'total':2,'failed':0}}", "timed out"},
		{"{'status':200,'_shards':{'total':2,'failed':0}}", "does not say whether it timed out"},
		{"{'status':200,'timed_out':false,'_shards':{'total':2,'failed':1}}", "1 of 2 shards failed"},
		{"{'status':200,'timed_out':false}", "does not say whether shards failed"},
		{"{" WHOLE ",'terminated_early':true}", "terminated early"},
		{"{'status':503,'timed_out':false,'_shards':{'total':2,'failed':0}}", "status 503"},
		{"{'status':400,'error':{'type':'outer','reason':'all shards "
		 "failed','root_cause':[{'type':'inner','reason':'bad "
		 "field','caused_by':{'type':'x','reason':'really'}}]}}",
			"inner: bad field: really"},
		{"[]", "no object"},
	};
	struct fixture *fixture = *state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *problem = pr_elastic_refuse(json(fixture, cases[i].answer), &fixture->arena);
		assert_non_null(problem);
		if (!strstr(problem, cases[i].problem))
			fail_msg("'%s' is not in '%s'", cases[i].problem, problem);
	}
}

static void a_total_that_is_not_exact_is_refused(void **state)
{
	struct fixture *fixture = *state;
	int64_t total = 0;
	assert_true(
		pr_elastic_total(json(fixture, "{'hits':{'total':{'value':12,'relation':'eq'}}}"), &total, &fixture->error));
	assert_int_equal(total, 12);
	assert_false(pr_elastic_total(
		json(fixture, "{'hits':{'total':{'value':10000,'relation':'gte'}}}"), &total, &fixture->error));
	expect_error(fixture, "without an exact number of hits");
	assert_false(pr_elastic_total(json(fixture, "{'hits':{'total':12}}"), &total, &fixture->error));
	expect_error(fixture, "without an exact number of hits");
}

/* --- values --- */

static void missing_values_are_missing_and_never_zero(void **state)
{
	struct fixture *fixture = *state;
	const struct pr_json *fields = json(fixture, "{'a':[1],'b':[],'c':[null]}");
	double number = 0;
	int64_t time_ms = 0, id = 7;
	const char *text = "x";
	assert_true(pr_elastic_read_number(fields, "none", &number, &fixture->error) && isnan(number));
	assert_true(pr_elastic_read_number(fields, "b", &number, &fixture->error) && isnan(number));
	assert_true(pr_elastic_read_number(fields, "c", &number, &fixture->error) && isnan(number));
	assert_true(pr_elastic_read_number(fields, NULL, &number, &fixture->error) && isnan(number));
	assert_true(pr_elastic_read_time(fields, "none", &time_ms, &fixture->error) && time_ms == PR_TIME_MISSING);
	assert_true(pr_elastic_read_id(fields, "none", &id, &fixture->error) && id == 0);
	assert_true(pr_elastic_read_text(fields, "none", &fixture->arena, &text, &fixture->error) && text == NULL);
	assert_true(pr_elastic_read_number(fields, "a", &number, &fixture->error) && number == 1);
}

static void a_value_of_another_type_is_refused(void **state)
{
	struct fixture *fixture = *state;
	const struct pr_json *fields = json(fixture, "{'a':['abc'],'b':[1,2],'c':3,'d':[1.5],'e':[7]}");
	double number = 0;
	int64_t id = 0;
	const char *text = NULL;
	assert_false(pr_elastic_read_number(fields, "a", &number, &fixture->error));
	expect_error(fixture, "field 'a' of a row holds 'abc'; expected a number");
	assert_false(pr_elastic_read_number(fields, "b", &number, &fixture->error));
	expect_error(fixture, "field 'b' of a row holds several values");
	assert_false(pr_elastic_read_number(fields, "c", &number, &fixture->error));
	expect_error(fixture, "field 'c'");
	assert_false(pr_elastic_read_id(fields, "d", &id, &fixture->error));
	expect_error(fixture, "field 'd' of a row is no whole number");
	assert_false(pr_elastic_read_text(fields, "e", &fixture->arena, &text, &fixture->error));
	expect_error(fixture, "field 'e' of a row is no text");
}

static void instants_come_as_texts_and_numbers(void **state)
{
	struct fixture *fixture = *state;
	const struct pr_json *values = json(fixture, "['1519833600000','1519833600000.999999',1519833600000,1.5198336E12,"
												 "1519833600000.25,'-1','','x','15.x',true]");
	int64_t ms = 0;
	for (size_t i = 0; i < 5; i++) {
		assert_true(pr_elastic_parse_ms(pr_json_at(values, i), &ms));
		assert_int_equal(ms, INT64_C(1519833600000));
	}
	assert_true(pr_elastic_parse_ms(pr_json_at(values, 5), &ms) && ms == -1);
	for (size_t i = 6; i < 10; i++)
		assert_false(pr_elastic_parse_ms(pr_json_at(values, i), &ms));
}

/* --- queries --- */

static void texts_are_escaped(void **state)
{
	struct fixture *fixture = *state;
	struct pr_buffer buffer;
	pr_buffer_init(&buffer, &fixture->arena);
	pr_elastic_add_text(&buffer, "a\"b\\c\nd度");
	assert_string_equal(buffer.text, "\"a\\\"b\\\\c\\u000ad度\"");
}

static void doubles_read_back_to_the_bit(void **state)
{
	static const double values[] = {0.1, 1.0 / 3, 1e300, 5e-324, -1443.3800000000001};
	struct fixture *fixture = *state;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		struct pr_buffer buffer;
		pr_buffer_init(&buffer, &fixture->arena);
		pr_elastic_add_double(&buffer, values[i]);
		assert_true(strtod(buffer.text, NULL) == values[i]);
	}
}

/* Bounds of zero take −0 in; others are widened by 10⁻⁹: 10⁹ × (1 + 10⁻⁹) = 1,000,000,001. */
static void a_plausible_cell_is_a_widened_range(void **state)
{
	struct fixture *fixture = *state;
	struct pr_cell_rule rule = {.field = "ia", .bounds = {.low = 0, .high = 1e9}, .idle_share = NAN};
	struct pr_buffer buffer;
	pr_buffer_init(&buffer, &fixture->arena);
	pr_cell_add_plausible(&buffer, &rule);
	assert_string_equal(
		written(&buffer), "{'bool':{'filter':[{'range':{'ia':{'gte':-0.0,'lte':1000000001}}}],'must_not':[]}}");
	assert_false(pr_cell_needs_script(&rule));
}

static void open_bounds_ask_only_for_presence(void **state)
{
	struct fixture *fixture = *state;
	struct pr_cell_rule rule = {
		.field = "costtl", .bounds = {.low = NAN, .high = NAN, .zero_is_missing = true}, .idle_share = NAN};
	struct pr_buffer buffer;
	pr_buffer_init(&buffer, &fixture->arena);
	pr_cell_add_plausible(&buffer, &rule);
	assert_string_equal(written(&buffer), "{'bool':{'filter':[{'exists':{'field':'costtl'}}],'must_not':["
										  "{'range':{'costtl':{'gte':-0.0,'lte':0.0}}}]}}");
}

static void the_idle_rule_needs_its_fields(void **state)
{
	struct fixture *fixture = *state;
	struct pr_cell_rule rule = {.field = "ia",
		.bounds = {.low = 0, .high = NAN},
		.idle_share = 0.02,
		.other_currents = {"ib", NULL},
		.power = "pa",
		.total_power = "pttl"};
	struct pr_buffer buffer;
	assert_true(pr_cell_needs_script(&rule));
	pr_buffer_init(&buffer, &fixture->arena);
	pr_cell_add_implausible(&buffer, &rule);
	assert_non_null(
		strstr(buffer.text, "\"params\":{\"others\":[\"ib\"],\"power\":\"pa\",\"total\":\"pttl\",\"share\":0.02"));
	assert_non_null(json(fixture, buffer.text));
	rule.power = NULL; /* no power in the data set: nothing to compare with */
	assert_false(pr_cell_needs_script(&rule));
	pr_buffer_init(&buffer, &fixture->arena);
	pr_cell_add_plausible(&buffer, &rule);
	assert_null(strstr(buffer.text, "script"));
}

/* --- mappings --- */

static struct pr_field_name renamed[] = {{"kwh", "energy.active"}, {"charge", "cost"}};
static const struct pr_index_config index_config = {.index = "q-*", .fields = renamed, .field_count = 2};

static struct pr_elastic_mapping *read_mapping(struct fixture *fixture, const char *text)
{
	struct pr_elastic_mappings mappings = {0};
	assert_null(pr_elastic_mapping_of(&mappings, &index_config));
	struct pr_elastic_mapping *mapping =
		pr_elastic_mapping_add(&mappings, &index_config, json(fixture, text), &fixture->arena);
	assert_ptr_equal(pr_elastic_mapping_of(&mappings, &index_config), mapping);
	return mapping;
}

static void fields_are_found_with_their_types(void **state)
{
	struct fixture *fixture = *state;
	const char *field = NULL;
	const struct pr_elastic_mapping *mapping = read_mapping(fixture,
		"{'q-1':{'mappings':{'properties':{'time':{'type':'date'},'energy':{'properties':{'active':{'type':'double'}}},"
		"'cost':{'type':'text'},'slot':{'type':'text','fields':{'raw':{'type':'keyword'}}},'mdp_max':{'type':'long'}}}}"
		","
		"'q-2':{'mappings':{'properties':{'time':{'type':'date'},'mdp_max':{'type':'double'}}}}}");
	assert_true(pr_elastic_mapping_field(mapping, "kwh", PR_ELASTIC_NUMBER, true, &field, &fixture->error));
	assert_string_equal(field, "energy.active");
	assert_true(pr_elastic_mapping_field(mapping, "slot", PR_ELASTIC_KEYWORD, false, &field, &fixture->error));
	assert_string_equal(field, "slot.raw");
	assert_true(pr_elastic_mapping_field(mapping, "kvarh_lag", PR_ELASTIC_NUMBER, false, &field, &fixture->error));
	assert_null(field);
	assert_false(pr_elastic_mapping_field(mapping, "point_id", PR_ELASTIC_ID, true, &field, &fixture->error));
	expect_error(fixture, "index 'q-*' has no field 'point_id'");
	assert_false(pr_elastic_mapping_field(mapping, "charge", PR_ELASTIC_NUMBER, false, &field, &fixture->error));
	expect_error(fixture, "field 'cost' of index 'q-1' is of type text; expected a number");
	assert_false(pr_elastic_mapping_field(mapping, "mdp_max", PR_ELASTIC_NUMBER, false, &field, &fixture->error));
	expect_error(fixture, "field 'mdp_max' of index 'q-1' is of another type in another index than long");
}

static void a_configured_name_that_is_nowhere_is_refused(void **state)
{
	struct fixture *fixture = *state;
	const char *field = NULL;
	const struct pr_elastic_mapping *mapping = read_mapping(fixture, "{'q-1':{'mappings':{}}}");
	assert_false(pr_elastic_mapping_field(mapping, "charge", PR_ELASTIC_NUMBER, false, &field, &fixture->error));
	expect_error(fixture, "has no field 'cost'; expected the contract's 'charge' under that name");
}

int main(void)
{
#define TEST(sentence, function)                              \
	{                                                         \
		sentence, function, open_fixture, close_fixture, NULL \
	}
	const struct CMUnitTest tests[] = {
		TEST("JSON that is none is refused", json_that_is_none_is_refused),
		TEST("JSON numbers are read, whole and real", json_numbers_are_read_whole_and_real),
		TEST("a whole answer is taken", a_whole_answer_is_taken),
		TEST("every sign of a partial answer is refused", every_sign_of_a_partial_answer_is_refused),
		TEST("a total that is not exact is refused", a_total_that_is_not_exact_is_refused),
		TEST("missing values are missing and never zero", missing_values_are_missing_and_never_zero),
		TEST("a value of another type is refused", a_value_of_another_type_is_refused),
		TEST("instants come as texts and numbers", instants_come_as_texts_and_numbers),
		TEST("texts are escaped", texts_are_escaped),
		TEST("doubles read back to the bit", doubles_read_back_to_the_bit),
		TEST("a plausible cell is a widened range", a_plausible_cell_is_a_widened_range),
		TEST("open bounds ask only for presence", open_bounds_ask_only_for_presence),
		TEST("the rule for idle phases needs its fields", the_idle_rule_needs_its_fields),
		TEST("fields are found with their types", fields_are_found_with_their_types),
		TEST("a configured name that is nowhere is refused", a_configured_name_that_is_nowhere_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
