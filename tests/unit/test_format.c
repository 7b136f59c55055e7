#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reported.h"

static const char *printed(const struct pr_value *value, const char *style_text)
{
	struct pr_format_style style;

	assert_true(pr_format_style_parse(style_text, &style));
	return pr_format_value(&reported.context, reported.scope, value, &style);
}

static const char *number(const char *text, const char *unit, const char *style)
{
	struct pr_value value = pr_value_micro(micro(text), unit);

	return printed(&value, style);
}

static const char *time_text(const char *text, const char *style)
{
	struct pr_value value = pr_value_time(local(text));

	return printed(&value, style);
}

static void speak_english(void)
{
	reported.tenant.locale = "en";
	reported_use_words(reported_english);
}

static void units_have_their_decimals(void **state)
{
	static const struct {
		const char *value, *unit, *table, *prose;
	} cases[] = {
		{"80230.405", "kWh", "80,230.41 kWh", "80,230 kWh"},
		{"12981617.96", "KRW", "12,981,617.96韩元", "12,981,617.96韩元"},
		{"605.24", "kW", "605.24 kW", "605.24 kW"},
		{"1000", "kVA", "1,000 kVA", "1,000 kVA"},
		{"315.5", "kVA", "315.5 kVA", "315.5 kVA"},
		{"0.98346", "1", "98.3%", "98.3%"},
		{"-1.1", "%", "−1.10%", "−1.10%"},
		{"2976", NULL, "2,976", "2,976"},
		{"380.04", "V", "380.0 V", "380.0 V"},
		{"36.56", "°C", "36.6°C", "36.6°C"},
		{"75", "min", "75分钟", "75分钟"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_string_equal(number(cases[i].value, cases[i].unit, ""), cases[i].table);
		assert_string_equal(number(cases[i].value, cases[i].unit, "prose"), cases[i].prose);
	}
}

static void styles_change_the_print(void **state)
{
	(void)state;
	assert_string_equal(number("80230.41", "kWh", "bare"), "80,230.41");
	assert_string_equal(number("80230.41", "kWh", "0"), "80,230 kWh");
	assert_string_equal(number("80230.41", "kWh", "1, bare"), "80,230.4");
	assert_string_equal(number("0.0213", "1", "sign"), "+2.1%");
	assert_string_equal(number("-0.0213", "1", "sign"), "−2.1%");
	assert_string_equal(number("0.0004", "1", "sign"), "0.0%");
	assert_string_equal(number("-0.0004", "1", ""), "0.0%");
	assert_string_equal(number("-0.0213", "1", "abs"), "2.1%");
	assert_string_equal(number("0.25", NULL, "percent,0"), "25%");
	assert_string_equal(number("0.25", "1", "bare"), "25.0");
	assert_string_equal(number("109.3", "KRW", "trim"), "109.3韩元");
	assert_string_equal(number("109.3", "KRW", "trim,bare"), "109.3");
}

static void coverage_is_cut(void **state)
{
	(void)state;
	assert_string_equal(number("0.99999", "1", ""), "100.0%");
	assert_string_equal(number("0.99999", "1", "cut"), "99.9%");
	assert_string_equal(number("1", "1", "cut"), "100.0%");
	assert_string_equal(number("0.9499", "1", "cut,0"), "94%");
}

static void chinese_counts_in_ten_thousands(void **state)
{
	(void)state;
	assert_string_equal(number("13046526.05", "KRW", "large"), "1,304.65万韩元");
	assert_string_equal(number("1180149.99", "KRW", "large"), "118.01万韩元");
	assert_string_equal(number("100000", "KRW", "large"), "10.00万韩元");
	assert_string_equal(number("99999.99", "KRW", "large"), "99,999.99韩元");
	assert_string_equal(number("-1180149.99", "KRW", "large,0"), "−118万韩元");
	assert_string_equal(number("1180149.99", "KRW", "large,bare"), "118.01");
	assert_string_equal(number("1180149.99", "kWh", "large"), "118.01万kWh");
	assert_string_equal(number("1180149.99", NULL, "large"), "118.01万");
	assert_string_equal(number("250000", "EUR", "large,1"), "25.0万EUR");
}

static void a_part_of_a_large_bill_is_printed_alike(void **state)
{
	struct pr_scope inner = {.outer = reported.scope};

	(void)state;
	reported.scope = &inner;
	pr_scope_add(&inner, &reported.arena, "money.factor", pr_value_number(10000, NULL));
	assert_string_equal(number("-84994.15", "KRW", "large,alike"), "−8.50万韩元");
	assert_string_equal(number("1000", "KRW", "large,alike"), "0.10万韩元");
	assert_string_equal(number("999.99", "KRW", "large,alike"), "999.99韩元");
	assert_string_equal(number("84994.15", "KRW", "large"), "84,994.15韩元");
	inner.fields[0].value = pr_value_number(1, NULL);
	assert_string_equal(number("84994.15", "KRW", "large,alike"), "84,994.15韩元");
	reported.scope = (struct pr_scope *)inner.outer;
}

static void english_counts_in_millions(void **state)
{
	(void)state;
	speak_english();
	assert_string_equal(number("13228291.21", "KRW", "large"), "KRW 13.23 million");
	assert_string_equal(number("999999.99", "KRW", "large"), "KRW 999,999.99");
	assert_string_equal(number("-1500000", "KRW", "large,1"), "KRW −1.5 million");
	assert_string_equal(number("1180149.99", "kWh", "large"), "1.18 million kWh");
	assert_string_equal(number("1180149.99", NULL, "large"), "1.18 million");
	assert_string_equal(number("75", "min", ""), "75 min");
}

static void large_needs_a_pattern_for_other_units(void **state)
{
	static const char words[] = "[locale]\ngroup = ,\nminus = -\nlarge_factor = 10000\nlarge_from = 100000\n"
								"[pattern]\nmoney = #@\nlarge = #万@\n";

	(void)state;
	reported_use_words(words);
	assert_string_equal(number("1180149.99", "kWh", "large"), "1,180,149.99 kWh");
	assert_string_equal(number("1180149.99", "KRW", "large"), "118.01万KRW");
}

static void times_are_local_and_in_words(void **state)
{
	static const struct {
		const char *style, *text;
	} cases[] = {{"", "2018-03-23 09:00"}, {"date", "2018年3月23日"}, {"day", "23日"}, {"time", "09:00"},
		{"day_time", "23日 09:00"}, {"date_time", "2018-03-23 09:00"}, {"month", "2018年3月"},
		{"month_year", "2018年3月"}, {"month_short", "3月"}, {"weekday", "星期五"}, {"iso_date", "2018-03-23"},
		{"iso_time", "2018-03-23 09:00"}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(time_text("2018-03-23T09:00", cases[i].style), cases[i].text);
	speak_english();
	assert_string_equal(time_text("2018-03-03T09:05", "date"), "3 March 2018");
	assert_string_equal(time_text("2018-03-03T09:05", "day_time"), "3 Mar, 09:05");
	assert_string_equal(time_text("2018-03-23T09:05", "weekday"), "Friday");
	assert_string_equal(time_text("2018-03-23T09:05", "month_year"), "Mar 2018");
}

static void missing_is_a_dash(void **state)
{
	struct pr_value value = pr_value_missing();

	(void)state;
	assert_string_equal(printed(&value, ""), "—");
	assert_string_equal(printed(&value, "date"), "—");
	assert_string_equal(printed(&value, "large,bare"), "—");
}

static void what_is_no_style_is_refused(void **state)
{
	static const char *const texts[] = {"round", "7", "10", "bare large", "bare,,sign", "iso_date_and_much_more"};
	struct pr_format_style style;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (pr_format_style_parse(texts[i], &style))
			fail_msg("'%s' passed", texts[i]);
	assert_true(pr_format_style_parse("", &style));
	assert_true(pr_format_style_parse(NULL, &style));
	assert_int_equal(style.digits, -1);
}

static void currencies_are_three_capitals(void **state)
{
	(void)state;
	assert_true(pr_unit_is_currency("KRW"));
	assert_false(pr_unit_is_currency("kWh"));
	assert_false(pr_unit_is_currency("kVA"));
	assert_false(pr_unit_is_currency("A"));
	assert_false(pr_unit_is_currency(NULL));
}

#define TEST(text, function)                                      \
	{                                                             \
		text, function, reported_set_up, reported_tear_down, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a unit has its decimals in tables and in running text", units_have_their_decimals),
		TEST("styles change digits, sign and unit", styles_change_the_print),
		TEST("coverage is cut, never rounded up to 100 %", coverage_is_cut),
		TEST("large numbers are in ten thousands in Chinese", chinese_counts_in_ten_thousands),
		TEST("a part of a large bill is printed as the bill is", a_part_of_a_large_bill_is_printed_alike),
		TEST("large numbers are in millions in English", english_counts_in_millions),
		TEST("other units than money stay whole without a pattern", large_needs_a_pattern_for_other_units),
		TEST("times are local, in the words of the locale", times_are_local_and_in_words),
		TEST("what is missing is a dash", missing_is_a_dash),
		TEST("what is no style is refused", what_is_no_style_is_refused),
		TEST("currencies are three capitals", currencies_are_three_capitals),
	};

	return cmocka_run_group_tests_name("format", tests, NULL, NULL);
}
