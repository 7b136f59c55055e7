/*
 * Three months of a real plant against bills computed independently (exact decimal arithmetic, another program):
 * data/real/expected_bills.csv of the shared folder, to the cent and the kWh.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/analysis.h"
#include "base/text.h"
#include "config/method.h"

#define LINE_BYTES 1024
#define MAX_CELLS 64
#define FOLDER_BYTES 512

static char folder[FOLDER_BYTES]; /* data/real; empty = absent */

/* One open table: a header and the present line's cells. None of the real files quotes a cell. */
struct table {
	FILE *file;
	char header_line[LINE_BYTES], line[LINE_BYTES];
	char *header[MAX_CELLS], *cells[MAX_CELLS];
	size_t columns;
};

static size_t split(char *line, char **cells)
{
	size_t count = 0;
	line[strcspn(line, "\r\n")] = '\0';
	while (line && count < MAX_CELLS) {
		char *comma = strchr(line, ',');
		cells[count++] = line;
		if (comma)
			*comma++ = '\0';
		line = comma;
	}
	return count;
}

static void open_table(struct table *table, const char *name)
{
	char path[FOLDER_BYTES + 64];
	snprintf(path, sizeof path, "%s/%s.csv", folder, name);
	table->file = fopen(path, "r");
	assert_non_null(table->file);
	assert_non_null(fgets(table->header_line, sizeof table->header_line, table->file));
	table->columns = split(table->header_line, table->header);
}

static bool next_line(struct table *table)
{
	if (fgets(table->line, sizeof table->line, table->file)) {
		size_t count = split(table->line, table->cells);
		while (count < table->columns)
			table->cells[count++] = table->line + strlen(table->line);
		return true;
	}
	fclose(table->file);
	return false;
}

/* The cell of a column; NULL where it is empty or the file has no such column. */
static const char *cell(const struct table *table, const char *name)
{
	for (size_t i = 0; i < table->columns; i++)
		if (strcmp(table->header[i], name) == 0)
			return table->cells[i][0] ? table->cells[i] : NULL;
	return NULL;
}

static int64_t integer(const struct table *table, const char *name)
{
	int64_t value = 0;
	const char *text = cell(table, name);
	if (text)
		assert_true(pr_text_to_int64(text, &value));
	return value;
}

static pr_micro micro(const struct table *table, const char *name)
{
	pr_micro value = PR_MICRO_MISSING;
	const char *text = cell(table, name);
	if (text)
		assert_true(pr_micro_from_text(text, &value));
	return value;
}

static double number(const struct table *table, const char *name)
{
	double value = NAN;
	const char *text = cell(table, name);
	if (text)
		assert_true(pr_text_to_double(text, &value));
	return value;
}

static int64_t instant(const struct table *table, const char *name)
{
	int64_t value = PR_TIME_MISSING;
	const char *text = cell(table, name);
	if (text)
		assert_true(pr_time_parse(text, NULL, &value));
	return value;
}

static struct pr_validity validity(const struct table *table)
{
	return (struct pr_validity){instant(table, "valid_from"), instant(table, "valid_to")};
}

static int word(const struct table *table, const char *name, const char *const *names, int count)
{
	int index = pr_name_index(names, count, cell(table, name));
	assert_true(index >= 0);
	return index;
}

struct plant {
	struct pr_arena arena;
	struct pr_directory directory;
	struct pr_project project;
	struct pr_project_data project_data;
	struct pr_point_data point_data;
	struct pr_quarter_rows rows;
	struct pr_dataset dataset;
	struct pr_method method;
};

static void read_slots(struct plant *plant, struct pr_tariff *tariff)
{
	struct table table;
	size_t capacity = 0;
	open_table(&table, "tariff_slot");
	while (next_line(&table)) {
		if (integer(&table, "tariff_id") != tariff->id)
			continue;
		struct pr_tariff_slot *slot = PR_PUSH(&plant->arena, tariff->slots, tariff->slot_count, capacity);
		slot->month_from = (int)integer(&table, "month_from");
		slot->month_to = (int)integer(&table, "month_to");
		slot->day_kind = (enum pr_day_kind)word(&table, "day_kind", pr_day_kind_names, PR_DAY_COUNT);
		slot->start_minute = (int)integer(&table, "start_minute");
		slot->end_minute = (int)integer(&table, "end_minute");
		slot->slot = (enum pr_slot)word(&table, "slot", pr_slot_names, PR_SLOT_COUNT);
		slot->price = micro(&table, "price");
	}
}

static void read_tariff(struct plant *plant)
{
	struct table table;
	size_t capacity = 0;
	open_table(&table, "tariff");
	while (next_line(&table)) {
		if (integer(&table, "project_id") != plant->project.id)
			continue;
		struct pr_tariff *tariff =
			PR_PUSH(&plant->arena, plant->project.tariffs, plant->project.tariff_count, capacity);
		*tariff = (struct pr_tariff){.id = integer(&table, "tariff_id"),
			.validity = validity(&table),
			.currency = pr_arena_copy(&plant->arena, cell(&table, "currency")),
			.basic_mode = (enum pr_basic_mode)word(&table, "basic_mode", pr_basic_mode_names, PR_BASIC_COUNT),
			.capacity_price = micro(&table, "capacity_price"),
			.demand_price = micro(&table, "demand_price"),
			.contract_kw = micro(&table, "contract_kw"),
			.discount_kwh_per_kva = micro(&table, "demand_discount_kwh_per_kva"),
			.discount = micro(&table, "demand_discount"),
			.pf_standard = micro(&table, "pf_standard"),
			.fund_price = micro(&table, "fund_price"),
			.source = pr_arena_copy(&plant->arena, cell(&table, "source"))};
		read_slots(plant, tariff);
	}
}

static void read_equipment(struct plant *plant)
{
	struct table table;
	open_table(&table, "transformer");
	while (next_line(&table)) {
		if (integer(&table, "project_id") != plant->project.id)
			continue;
		struct pr_transformer *transformer = pr_arena_alloc(&plant->arena, sizeof *transformer);
		*transformer = (struct pr_transformer){integer(&table, "transformer_id"), "T", micro(&table, "rated_kva"),
			micro(&table, "no_load_loss_kw"), micro(&table, "load_loss_kw"), validity(&table)};
		plant->project.transformers = transformer;
		plant->project.transformer_count = 1;
	}
	open_table(&table, "point");
	while (next_line(&table)) {
		if (integer(&table, "project_id") != plant->project.id)
			continue;
		struct pr_point *point = pr_arena_alloc(&plant->arena, sizeof *point);
		*point = (struct pr_point){.id = integer(&table, "point_id"),
			.transformer_id = integer(&table, "transformer_id"),
			.name = pr_arena_copy(&plant->arena, cell(&table, "name")),
			.role = (enum pr_role)word(&table, "role", pr_role_names, PR_ROLE_COUNT),
			.wiring = (enum pr_wiring)word(&table, "wiring", pr_wiring_names, PR_WIRING_COUNT),
			.nominal_v = micro(&table, "nominal_v"),
			.rated_current_a = micro(&table, "rated_current_a"),
			.validity = validity(&table)};
		plant->project.points = point;
		plant->project.point_count = 1;
	}
}

static void read_rows(struct plant *plant)
{
	struct table table;
	size_t capacity = 0;
	open_table(&table, "point_15min_electric");
	while (next_line(&table)) {
		struct pr_quarter_row *row = PR_PUSH(&plant->arena, plant->rows.rows, plant->rows.count, capacity);
		*row = (struct pr_quarter_row){.time_ms = instant(&table, "time"),
			.ingested_at_ms = PR_TIME_MISSING,
			.kwh = number(&table, "kwh"),
			.kvarh_lag = number(&table, "kvarh_lag"),
			.kvarh_lead = number(&table, "kvarh_lead"),
			.charge = number(&table, "charge"),
			.mdp_max = number(&table, "mdp_max"),
			.phase_kwh = {NAN, NAN, NAN},
			.slot = -1};
	}
	plant->rows.point_id = plant->project.points[0].id;
	plant->rows.from_ms = plant->rows.rows[0].time_ms;
	plant->rows.to_ms = plant->rows.rows[plant->rows.count - 1].time_ms + PR_MS_QUARTER;
}

static int open_plant(void **state)
{
	struct plant *plant = calloc(1, sizeof *plant);
	struct pr_error error = {0};
	const char *shared = getenv("POWERREPORT_SHARED");
	*state = plant;
	assert_non_null(plant);
	pr_arena_init(&plant->arena);
	snprintf(folder, sizeof folder, "%s/data/real", shared ? shared : "../shared");
	char path[FOLDER_BYTES + 64];
	snprintf(path, sizeof path, "%s/expected_bills.csv", folder);
	FILE *file = fopen(path, "r");
	if (!file) {
		folder[0] = '\0';
		return 0;
	}
	fclose(file);
	const struct pr_config config = {.template_folder = "templates", .gate = 0.95, .day_share_month = true};
	assert_true(pr_method_read(&plant->method, &config, &plant->arena, &error));
	plant->method.basic.day_share_month = true;
	plant->project = (struct pr_project){.id = 10,
		.name = "plant",
		.supply_kv = PR_MICRO_MISSING,
		.short_circuit_mva = PR_MICRO_MISSING,
		.area_m2 = PR_MICRO_MISSING};
	assert_true(pr_zone_open(&plant->project.zone, "Asia/Seoul", &plant->arena, &error));
	read_tariff(plant);
	read_equipment(plant);
	read_rows(plant);
	plant->directory.tenant = (struct pr_tenant){
		.id = 1, .edition = PR_EDITION_SINGLE, .zone = plant->project.zone, .service_from = {2018, 1, 1}};
	plant->directory.projects = &plant->project;
	plant->directory.project_count = 1;
	plant->point_data = (struct pr_point_data){.windows = &plant->rows, .window_count = 1, .has_quarters_ever = true};
	plant->project_data = (struct pr_project_data){.project = &plant->project, .points = &plant->point_data};
	plant->dataset = (struct pr_dataset){.directory = &plant->directory, .projects = &plant->project_data};
	return 0;
}

static int close_plant(void **state)
{
	struct plant *plant = *state;
	pr_arena_release(&plant->arena);
	free(plant);
	return 0;
}

static pr_micro value(const struct pr_report *report, const char *id)
{
	const struct pr_finding *finding = pr_findings_get(&report->projects[0].findings, id);
	assert_non_null(finding);
	return finding->value;
}

static void check_month(struct plant *plant, const struct table *expected)
{
	static const struct {
		const char *column, *finding;
	} columns[] = {{"expected_quarters", "coverage.expected"}, {"measured_quarters", "coverage.measured"},
		{"kwh", "energy.total"}, {"kvarh", "energy.reactive"}, {"kwh_sharp", "energy.slot.sharp"},
		{"kwh_peak", "energy.slot.peak"}, {"kwh_flat", "energy.slot.flat"}, {"kwh_valley", "energy.slot.valley"},
		{"kwh_deep", "energy.slot.deep"}, {"charge_sharp", "bill.energy.sharp"}, {"charge_peak", "bill.energy.peak"},
		{"charge_flat", "bill.energy.flat"}, {"charge_valley", "bill.energy.valley"},
		{"charge_deep", "bill.energy.deep"}, {"energy_charge", "bill.energy"}, {"max_demand_kw", "demand.max"},
		{"power_factor", "power_factor.month"}, {"basic_charge", "bill.basic"},
		{"pf_adjustment_pct", "bill.pf.percent"}, {"pf_adjustment", "bill.pf.amount"}, {"total", "bill.total"}};
	struct pr_report report;
	struct pr_error error = {0};
	assert_true(pr_month_parse(cell(expected, "month"), &plant->dataset.month));
	assert_true(pr_analyse(&plant->dataset, &plant->method, &plant->arena, &report, &error));
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
		char ours[32], theirs[32];
		pr_micro_plain(value(&report, columns[i].finding), ours);
		pr_micro_plain(micro(expected, columns[i].column), theirs);
		if (strcmp(ours, theirs) != 0)
			fail_msg("%s %s: %s, expected %s", cell(expected, "month"), columns[i].finding, ours, theirs);
	}
	const struct pr_finding *demand = pr_findings_get(&report.projects[0].findings, "demand.max");
	assert_int_equal(demand->at_ms, instant(expected, "max_demand_at"));
	assert_false(report.projects[0].bill_incomplete);
	assert_false(report.below_gate);
	assert_true(pr_findings_get(&report.findings, "bill.total")->value == value(&report, "bill.total"));
}

static void test_three_months(void **state)
{
	if (!folder[0]) {
		print_message("skipped: no data/real/expected_bills.csv (set POWERREPORT_SHARED)\n");
		skip();
	}
	struct table expected;
	size_t months = 0;
	open_table(&expected, "expected_bills");
	for (; next_line(&expected); months++)
		check_month(*state, &expected);
	assert_int_equal(months, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"three real months are billed to the cent and the kWh", test_three_months, open_plant, close_plant, NULL},
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
