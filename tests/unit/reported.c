#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reported.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct reported reported;

const char reported_chinese[] = "[locale]\n"
								"group = ,\n"
								"minus = −\n"
								"large_factor = 10000\n"
								"large_from = 100000\n"
								"large_digits = 2\n"
								"spaces = no\n"
								"[pattern]\n"
								"money = #@\n"
								"large = #万@\n"
								"large_unit = #万@\n"
								"[unit]\n"
								"KRW = 韩元\n"
								"min = 分钟\n"
								"[large]\n"
								"KRW = 韩元\n"
								"[date]\n"
								"date = %Y年%n月%e日\n"
								"day = %e日\n"
								"day_time = %e日 %H:%M\n"
								"date_time = %Y-%m-%d %H:%M\n"
								"month = %Y年%n月\n"
								"month_year = %Y年%n月\n"
								"month_short = %n月\n"
								"weekday = 星期%a\n"
								"[weekday]\n"
								"5 = 五\n"
								"[month_name]\n"
								"3 = 三月\n"
								"[month_short]\n"
								"3 = 三月\n"
								"[slot]\n"
								"peak = 峰\n"
								"flat = 平\n"
								"[verdict]\n"
								"fail = 不合格\n"
								"[grade]\n"
								"good = 良\n";

const char reported_english[] = "[locale]\n"
								"group = ,\n"
								"minus = −\n"
								"large_factor = 1000000\n"
								"large_from = 1000000\n"
								"large_digits = 2\n"
								"[pattern]\n"
								"money = @ #\n"
								"large = @ # million\n"
								"large_unit = # million @\n"
								"[unit]\n"
								"min = min\n"
								"[date]\n"
								"date = %e %B %Y\n"
								"day = %e %b\n"
								"day_time = %e %b, %H:%M\n"
								"date_time = %e %b %Y, %H:%M\n"
								"month = %B %Y\n"
								"month_year = %b %Y\n"
								"month_short = %b\n"
								"weekday = %a\n"
								"[weekday]\n"
								"5 = Friday\n"
								"[month_name]\n"
								"3 = March\n"
								"[month_short]\n"
								"3 = Mar\n"
								"[verdict]\n"
								"fail = failed\n"
								"[grade]\n"
								"good = Good\n";

pr_micro micro(const char *text)
{
	pr_micro value;

	if (!pr_micro_from_text(text, &value))
		fail_msg("no number: %s", text);
	return value;
}

int64_t local(const char *text)
{
	int64_t time_ms;

	if (!pr_time_parse(text, reported.project.zone, &time_ms))
		fail_msg("no time: %s", text);
	return time_ms;
}

const char *reported_write(const char *name, const char *text)
{
	char *path = pr_arena_format(&reported.arena, "%s/%s", reported.folder, name);
	FILE *file;

	for (char *slash = path + strlen(reported.folder) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
		*slash = '\0';
		(void)mkdir(path, 0700);
		*slash = '/';
	}
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
	assert_int_equal(fclose(file), 0);
	return path;
}

void reported_use_words(const char *text)
{
	if (!pr_words_read(&reported.words, reported_write("words.ini", text), "zh-CN", &reported.arena, &reported.error))
		fail_msg("%s", reported.error.text);
}

struct pr_finding *reported_finding(const char *id, const char *value, const char *unit, int digits)
{
	return pr_findings_set(
		&reported.project_report.findings, &reported.arena, id, value ? micro(value) : PR_MICRO_MISSING, unit, digits);
}

/*
 *     energy   peak 41,580.88 × 109.3  = 4,544,790.184   → 4,544,790.18
 *              flat 20,000.00 × 80.5                     = 1,610,000.00
 *              valley 18,649.53 × 60.25 = 1,123,634.1825 → 1,123,634.18     together 7,278,424.36 over 80,230.41 kWh
 *     basic    525 kW × 8,320 = 4,368,000; 80.24 kW × 16,640 = 1,335,193.60  together 5,703,193.60
 *     factor   12,981,617.96 × 0.5 % = 64,908.0898 → 64,908.09
 *     total    13,046,526.05, ÷ 80,230.41 = 162.613229
 */
static const struct {
	enum pr_bill_line_kind kind;
	int slot;
	const char *quantity, *unit, *price, *amount;
} bill_lines[] = {
	{PR_LINE_ENERGY, PR_SLOT_PEAK, "41580.88", "kWh", "109.3", "4544790.18"},
	{PR_LINE_ENERGY, PR_SLOT_FLAT, "20000", "kWh", "80.5", "1610000"},
	{PR_LINE_ENERGY, PR_SLOT_VALLEY, "18649.53", "kWh", "60.25", "1123634.18"},
	{PR_LINE_BASIC_CONTRACT, -1, "525", "kW", "8320", "4368000"},
	{PR_LINE_BASIC_EXCESS, -1, "80.24", "kW", "16640", "1335193.60"},
	{PR_LINE_POWER_FACTOR, -1, "12981617.96", "KRW", "0.5", "64908.09"},
};

static const struct {
	const char *id, *value, *unit;
	int digits;
} findings[] = {
	{"energy.total", "80230.41", "kWh", PR_PRECISION_QUANTITY},
	{"energy.slot.peak", "41580.88", "kWh", PR_PRECISION_QUANTITY},
	{"energy.slot.flat", "20000", "kWh", PR_PRECISION_QUANTITY},
	{"energy.slot.valley", "18649.53", "kWh", PR_PRECISION_QUANTITY},
	{"energy.slot.sharp", NULL, "kWh", PR_PRECISION_QUANTITY},
	{"energy.share.peak", "0.518268", "1", PR_PRECISION_RATIO},
	{"bill.energy.peak", "4544790.18", "KRW", PR_PRECISION_MONEY},
	{"bill.energy.flat", "1610000", "KRW", PR_PRECISION_MONEY},
	{"bill.energy.valley", "1123634.18", "KRW", PR_PRECISION_MONEY},
	{"bill.energy", "7278424.36", "KRW", PR_PRECISION_MONEY},
	{"bill.basic", "5703193.60", "KRW", PR_PRECISION_MONEY},
	{"bill.pf.amount", "64908.09", "KRW", PR_PRECISION_MONEY},
	{"bill.total", "13046526.05", "KRW", PR_PRECISION_MONEY},
	{"bill.price", "162.613229", "KRW", PR_PRECISION_PRICE},
	{"coverage.rate", "0.999664", "1", PR_PRECISION_RATIO},
	{"power_factor.month", "0.98", "1", PR_PRECISION_POWER_FACTOR},
};

static void make_bill(void)
{
	struct pr_project_report *report = &reported.project_report;

	for (size_t i = 0; i < sizeof bill_lines / sizeof *bill_lines; i++)
		*PR_PUSH(&reported.arena, report->bill_lines, report->bill_line_count, report->bill_line_capacity) =
			(struct pr_bill_line){.kind = bill_lines[i].kind,
				.tariff_id = 1,
				.slot = bill_lines[i].slot,
				.quantity = micro(bill_lines[i].quantity),
				.unit = bill_lines[i].unit,
				.price = micro(bill_lines[i].price),
				.share = PR_MICRO_ONE,
				.discount = PR_MICRO_MISSING,
				.amount = micro(bill_lines[i].amount)};
	for (size_t i = 0; i < sizeof findings / sizeof *findings; i++)
		reported_finding(findings[i].id, findings[i].value, findings[i].unit, findings[i].digits);
}

static void make_directory(void)
{
	struct pr_validity always = {.from_ms = 0, .to_ms = PR_TIME_MISSING};

	reported.point = (struct pr_point){.id = 101,
		.name = "进线",
		.role = PR_ROLE_INCOMER,
		.nominal_v = PR_MICRO_MISSING,
		.rated_current_a = PR_MICRO_MISSING,
		.validity = always};
	reported.tariff = (struct pr_tariff){.id = 1,
		.validity = always,
		.currency = "KRW",
		.basic_mode = PR_BASIC_CONTRACT,
		.capacity_price = PR_MICRO_MISSING,
		.demand_price = micro("8320"),
		.contract_kw = micro("500"),
		.discount_kwh_per_kva = PR_MICRO_MISSING,
		.discount = PR_MICRO_MISSING,
		.pf_standard = micro("0.9"),
		.fund_price = PR_MICRO_MISSING};
	reported.project.id = 10;
	reported.project.name = "一厂";
	reported.project.timezone = "Asia/Seoul";
	reported.project.supply_kv = reported.project.short_circuit_mva = reported.project.area_m2 = PR_MICRO_MISSING;
	reported.project.points = &reported.point;
	reported.project.tariffs = &reported.tariff;
	reported.project.point_count = reported.project.tariff_count = 1;
	reported.tenant = (struct pr_tenant){.id = 1,
		.name = "客户",
		.edition = PR_EDITION_SINGLE,
		.locale = "zh-CN",
		.timezone = "Asia/Seoul",
		.zone = reported.project.zone,
		.service_from = {2018, 1, 1}};
}

static void make_report(void)
{
	struct pr_project_report *report = &reported.project_report;
	struct pr_subject *point = pr_arena_alloc(&reported.arena, sizeof *point);

	*point = (struct pr_subject){.id = 101, .name = "进线", .model = &reported.point};
	report->project = &reported.project;
	report->month_from_ms = local("2018-03-01");
	report->month_to_ms = local("2018-04-01");
	report->points = point;
	report->point_count = 1;
	report->currency = "KRW";
	reported.report.dataset = &reported.dataset;
	reported.report.tenant = &reported.tenant;
	reported.report.month = (struct pr_month){2018, 3};
	reported.report.revision = 1;
	reported.report.cutoff_ms = local("2018-04-03");
	reported.report.projects = report;
	reported.report.project_count = 1;
	make_bill();
}

int reported_set_up(void **state)
{
	(void)state;
	memset(&reported, 0, sizeof reported);
	pr_arena_init(&reported.arena);
	snprintf(reported.folder, sizeof reported.folder, "/tmp/powerreport-unit-XXXXXX");
	assert_non_null(mkdtemp(reported.folder));
	if (!pr_zone_open(&reported.project.zone, "Asia/Seoul", &reported.arena, &reported.error))
		fail_msg("%s", reported.error.text);
	make_directory();
	make_report();
	reported_use_words(reported_chinese);
	reported.context =
		(struct pr_context){.words = &reported.words, .report = &reported.report, .arena = &reported.arena};
	reported.tenant_scope = pr_scope_tenant(&reported.context);
	reported.scope = pr_scope_of_project(&reported.context, reported.tenant_scope, 0);
	return 0;
}

/* A file, or a folder with what it holds; the folders here are at most three deep. */
static void remove_all(const char *path, int depth)
{
	char inner[512];
	DIR *folder = depth > 0 ? opendir(path) : NULL;
	struct dirent *entry;

	while (folder && (entry = readdir(folder)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
		remove_all(inner, depth - 1);
	}
	if (folder)
		closedir(folder);
	(void)remove(path);
}

int reported_tear_down(void **state)
{
	(void)state;
	pr_arena_release(&reported.arena);
	remove_all(reported.folder, 4);
	return access(reported.folder, F_OK) == 0;
}

struct pr_value value_of(const char *expression)
{
	struct pr_value value = pr_value_missing();

	if (!pr_expression_value(&reported.context, reported.scope, expression, "t.ini", 1, &value, &reported.error))
		fail_msg("%s", reported.error.text);
	return value;
}

const char *rendered(const char *text)
{
	const char *out = NULL;

	reported_use_words(pr_arena_format(&reported.arena, "%s[test]\nword = %s\n",
		reported.tenant.locale[0] == 'e' ? reported_english : reported_chinese, text));
	if (!pr_words_text(&reported.context, reported.scope, "test.word", &out, &reported.error))
		fail_msg("%s", reported.error.text);
	return out;
}

void assert_refused(const char *expected)
{
	char out[1100];
	const char *text = pr_error_describe(&reported.error, out, sizeof out);

	assert_int_equal(reported.error.code, PR_CODE_CONFIG);
	if (pr_text_starts(text, reported.folder))
		text += strlen(reported.folder) + 1;
	assert_string_equal(text, expected);
	pr_error_clear(&reported.error);
}
