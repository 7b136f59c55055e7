#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "reported.h"

static struct pr_templates templates;

static bool print(void)
{
	templates = (struct pr_templates){.words = &reported.words, .word_count = 1, .template_folder = "templates"};
	return pr_document_print(&templates, &reported.report, &reported.arena, &reported.error);
}

static const char *printed(const char *id)
{
	const struct pr_finding *finding = pr_findings_get(&reported.project_report.findings, id);

	assert_non_null(finding);
	return finding->text;
}

static void figures_have_the_contracts_form(void **state)
{
	static const struct {
		const char *id, *value, *unit;
		int digits;
		const char *text;
	} cases[] = {
		{"energy.total", "80230.41", "kWh", 4, "80,230.41"}, /* the contract's own example */
		{"energy.slot.sharp", NULL, "kWh", 4, "—"},
		{"energy.carbon", "45731.33", "kg", 4, "45,731"},
		{"coverage.expected", "2976", "1", 0, "2,976"},
		{"coverage.rate", "0.999664", "1", 6, "99.9%"}, /* cut: 99.9664 */
		{"coverage.minute.rate", "1", "1", 6, "100.0%"},
		{"energy.share.peak", "0.518268", "1", 6, "51.8%"},
		{"load.rate", "0.99964", "1", 6, "100.0%"}, /* rounded: no coverage */
		{"power_factor.month", "0.98", "1", 2, "0.98"},
		{"quality.power_factor.p95", "0.9512", "1", 6, "0.95"},
		{"quality.power_factor.compliance", "0.9512", "1", 6, "95.1%"},
		{"quality.voltage_deviation.worst", "-3.456", "%", 6, "−3.46"},
		{"demand.max", "605.24", "kW", 4, "605.24"},
		{"alarms.total", "14", "1", 0, "14"},
		{"health.index", "86.5", "1", 1, "86.5"},
		{"health.score.safety", "100", "1", 1, "100.0"},
		{"bill.total", "13046526.05", "KRW", 2, "13,046,526.05"},
		{"bill.pf.percent", "0.5", "%", 6, "0.50"},
		{"bill.utility.total.difference.rate", "-0.00012", "1", 6, "0.0%"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		reported_finding(cases[i].id, cases[i].value, cases[i].unit, cases[i].digits);
	assert_true(print());
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(printed(cases[i].id), cases[i].text);
}

static void a_mean_price_is_as_exact_as_the_tariff(void **state)
{
	(void)state;
	assert_true(print());
	assert_string_equal(printed("bill.price"), "162.61"); /* 109.3, 80.5, 60.25: two digits */
	reported.project_report.bill_lines[0].price = micro("0.86235");
	assert_true(print());
	assert_string_equal(printed("bill.price"), "162.61323");
}

static void verdicts_are_words(void **state)
{
	(void)state;
	pr_findings_set_word(&reported.project_report.findings, &reported.arena, "quality.frequency.verdict", "fail");
	pr_findings_set_word(&reported.project_report.findings, &reported.arena, "health.grade", "good");
	pr_findings_set_word(&reported.project_report.findings, &reported.arena, "x.verdict", "unheard");
	assert_true(print());
	assert_string_equal(printed("quality.frequency.verdict"), "不合格");
	assert_string_equal(printed("health.grade"), "良");
	assert_string_equal(printed("x.verdict"), "unheard");
}

static void every_subject_is_printed(void **state)
{
	static const struct pr_sensor model = {.id = 1, .kind = PR_SENSOR_TEMPERATURE};
	static const struct pr_transformer rating = {.id = 1001};
	struct pr_subject transformer = {.id = 1001, .name = "T1", .model = &rating}, sensor = {.id = 2001, .name = "S1"};
	struct pr_findings *point = &reported.project_report.points[0].findings;

	(void)state;
	reported.project_report.transformers = &transformer;
	sensor.model = &model;
	reported.project_report.sensors = &sensor;
	reported.project_report.transformer_count = reported.project_report.sensor_count = 1;
	pr_findings_set(&reported.report.findings, &reported.arena, "energy.total", micro("7"), "kWh", 4);
	pr_findings_set(point, &reported.arena, "energy.total", micro("8"), "kWh", 4);
	pr_findings_set(&transformer.findings, &reported.arena, "load.beta.max", micro("0.75"), "1", 6);
	pr_findings_set(&sensor.findings, &reported.arena, "safety.max", micro("71.25"), "°C", 4);
	assert_true(print());
	assert_string_equal(reported.report.findings.items[0].text, "7.00");
	assert_string_equal(point->items[0].text, "8.00");
	assert_string_equal(transformer.findings.items[0].text, "75.0%");
	assert_string_equal(sensor.findings.items[0].text, "71.3");
}

static struct pr_note note;

static const char *note_text(const char *words)
{
	reported_use_words(pr_arena_format(&reported.arena, "%s%s", reported_chinese, words));
	reported.report.notes = &note;
	reported.report.note_count = 1;
	if (!print())
		fail_msg("%s", reported.error.text);
	return note.text;
}

static void a_note_says_where_how_many_and_when(void **state)
{
	(void)state;
	note = (struct pr_note){.code = "coverage.low",
		.project_id = 10,
		.point_id = 101,
		.count = 1412,
		.first_ms = local("2018-03-05T10:15"),
		.last_ms = local("2018-03-06"),
		.value = micro("0.94999"),
		.unit = "1"};
	assert_string_equal(note_text("[note.coverage]\nlow = {$note.subject}缺{$note.count}个，{$note.first|day_time}至"
								  "{$note.last|day_time}（{$note.last_day|day}），{$note.value|cut}{$note.detail}\n"),
		"进线缺1,412个，5日 10:15至6日 00:00（5日），94.9%—");
}

static void details_are_put_in_words(void **state)
{
	static const char words[] = "[note.detail]\nseparator = 、\nslot = 时段\nprice = 电价\n"
								"[note.tariff]\nincomplete = 缺{$note.what}共{$note.parts}项：{$note.detail}\n";

	(void)state;
	note = (struct pr_note){.code = "tariff.incomplete",
		.project_id = 10,
		.first_ms = PR_TIME_MISSING,
		.last_ms = PR_TIME_MISSING,
		.value = PR_MICRO_MISSING,
		.detail = "slot, price, moon"};
	assert_string_equal(note_text(words), "缺时段、电价、moon共3项：slot, price, moon");
}

static void a_code_without_words_is_refused(void **state)
{
	(void)state;
	note = (struct pr_note){.code = "no.such", .first_ms = PR_TIME_MISSING, .last_ms = PR_TIME_MISSING};
	reported.report.notes = &note;
	reported.report.note_count = 1;
	assert_false(print());
	assert_refused("words.ini: note 'no.such': no word with the key 'note.no.such'; expected it in the section [note]");
}

static void a_locale_without_words_is_refused(void **state)
{
	(void)state;
	reported.tenant.locale = "fr";
	assert_false(print());
	assert_refused("templates: no words for the locale 'fr'; expected words/fr.ini");
}

#define TEST(text, function)                                      \
	{                                                             \
		text, function, reported_set_up, reported_tear_down, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("figures are printed without unit, ratios in percent, coverage cut", figures_have_the_contracts_form),
		TEST("a mean price has the decimals of the tariff, at least two", a_mean_price_is_as_exact_as_the_tariff),
		TEST("verdicts and grades are words", verdicts_are_words),
		TEST("the findings of every subject are printed", every_subject_is_printed),
		TEST("a note says where, how many and when", a_note_says_where_how_many_and_when),
		TEST("the parts of a note's detail are put in words", details_are_put_in_words),
		TEST("a note without words is refused by name", a_code_without_words_is_refused),
		TEST("a locale without words is refused", a_locale_without_words_is_refused),
	};

	return cmocka_run_group_tests_name("print", tests, NULL, NULL);
}
