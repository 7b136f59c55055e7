#include "source/embedded_schema.h"

#include <string.h>

#include "model/directory.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define REQUIRED .required = true
#define WORDS(table) .words = table##_words, .word_count = table##_count
#define COLUMN(column, column_kind) .name = (column), .kind = PR_COLUMN_##column_kind

/* Words that the model has; the rest stand here. */
#define editions_words pr_edition_names
#define editions_count PR_EDITION_COUNT
#define roles_words pr_role_names
#define roles_count PR_ROLE_COUNT
#define wirings_words pr_wiring_names
#define wirings_count PR_WIRING_COUNT
#define sensor_kinds_words pr_sensor_kind_names
#define sensor_kinds_count PR_SENSOR_COUNT
#define basic_modes_words pr_basic_mode_names
#define basic_modes_count PR_BASIC_COUNT
#define day_kinds_words pr_day_kind_names
#define day_kinds_count PR_DAY_COUNT
#define slots_words pr_slot_names
#define slots_count PR_SLOT_COUNT
static const char *const locales_words[] = {"zh-CN", "en"};
#define locales_count 2
static const char *const categories_words[] = {"safety", "quality", "load", "device"};
#define categories_count 4
static const char *const recipient_kinds_words[] = {"to", "cc", "bcc"};
#define recipient_kinds_count 3

static const struct pr_schema_column tenant_columns[] = {
	{COLUMN("tenant_id", ID), REQUIRED},
	{COLUMN("name", TEXT), .size = 128, REQUIRED},
	{COLUMN("short_name", TEXT), .size = 64},
	{COLUMN("edition", WORD), .size = 16, WORDS(editions), REQUIRED},
	{COLUMN("brand", TEXT), .size = 64},
	{COLUMN("locale", WORD), .size = 16, WORDS(locales), REQUIRED},
	{COLUMN("timezone", ZONE), .size = 64, REQUIRED},
	{COLUMN("contact_name", TEXT), .size = 64},
	{COLUMN("contact_email", TEXT), .size = 254},
	{COLUMN("service_from", DATE), REQUIRED},
	{COLUMN("service_to", DATE)},
};

static const struct pr_schema_column project_columns[] = {
	{COLUMN("project_id", ID), REQUIRED},
	{COLUMN("name", TEXT), .size = 128, REQUIRED},
	{COLUMN("address", TEXT), .size = 255},
	{COLUMN("industry", TEXT), .size = 64},
	{COLUMN("timezone", ZONE), .size = 64},
	{COLUMN("holiday_region", TEXT), .size = 8, REQUIRED},
	{COLUMN("supply_kv", RATING), .size = 8, .scale = 3},
	{COLUMN("short_circuit_mva", RATING), .size = 10, .scale = 3},
	{COLUMN("area_m2", DECIMAL), .size = 12, .scale = 2},
};

static const struct pr_schema_column tenant_project_columns[] = {
	{COLUMN("tenant_id", ID), .refers_to = "tenant", REQUIRED},
	{COLUMN("project_id", ID), .refers_to = "project", REQUIRED},
};

static const struct pr_schema_column transformer_columns[] = {
	{COLUMN("transformer_id", ID), REQUIRED},
	{COLUMN("project_id", ID), .refers_to = "project", REQUIRED},
	{COLUMN("name", TEXT), .size = 128, REQUIRED},
	{COLUMN("rated_kva", RATING), .size = 10, .scale = 2, REQUIRED},
	{COLUMN("no_load_loss_kw", DECIMAL), .size = 10, .scale = 4},
	{COLUMN("load_loss_kw", DECIMAL), .size = 10, .scale = 4},
	{COLUMN("valid_from", DATETIME), REQUIRED},
	{COLUMN("valid_to", DATETIME)},
};

static const struct pr_schema_column point_columns[] = {
	{COLUMN("point_id", ID), REQUIRED},
	{COLUMN("project_id", ID), .refers_to = "project", REQUIRED},
	{COLUMN("parent_id", ID), .refers_to = "point"},
	{COLUMN("transformer_id", ID), .refers_to = "transformer"},
	{COLUMN("name", TEXT), .size = 128, REQUIRED},
	{COLUMN("role", WORD), .size = 16, WORDS(roles), REQUIRED},
	{COLUMN("wiring", WORD), .size = 8, WORDS(wirings), REQUIRED},
	{COLUMN("nominal_v", RATING), .size = 10, .scale = 2, REQUIRED},
	{COLUMN("rated_current_a", RATING), .size = 10, .scale = 2},
	{COLUMN("valid_from", DATETIME), REQUIRED},
	{COLUMN("valid_to", DATETIME)},
};

static const struct pr_schema_column point_name_columns[] = {
	{COLUMN("point_id", ID), .refers_to = "point", REQUIRED},
	{COLUMN("name", TEXT), .size = 128, REQUIRED},
	{COLUMN("valid_from", DATETIME), REQUIRED},
};

static const struct pr_schema_column meter_change_columns[] = {
	{COLUMN("point_id", ID), .refers_to = "point", REQUIRED},
	{COLUMN("changed_at", DATETIME), REQUIRED},
	{COLUMN("old_serial", TEXT), .size = 64},
	{COLUMN("new_serial", TEXT), .size = 64},
	{COLUMN("note", TEXT), .size = 255},
};

static const struct pr_schema_column sensor_columns[] = {
	{COLUMN("sensor_id", ID), REQUIRED},
	{COLUMN("project_id", ID), .refers_to = "project", REQUIRED},
	{COLUMN("point_id", ID), .refers_to = "point"},
	{COLUMN("name", TEXT), .size = 128, REQUIRED},
	{COLUMN("kind", WORD), .size = 24, WORDS(sensor_kinds), REQUIRED},
	{COLUMN("warn_limit", DECIMAL), .size = 10, .scale = 2},
	{COLUMN("alarm_limit", DECIMAL), .size = 10, .scale = 2},
	{COLUMN("valid_from", DATETIME), REQUIRED},
	{COLUMN("valid_to", DATETIME)},
};

static const struct pr_schema_column tariff_columns[] = {
	{COLUMN("tariff_id", ID), REQUIRED},
	{COLUMN("project_id", ID), .refers_to = "project", REQUIRED},
	{COLUMN("valid_from", DATETIME), REQUIRED},
	{COLUMN("valid_to", DATETIME)},
	{COLUMN("currency", TEXT), .size = 3, REQUIRED},
	{COLUMN("basic_mode", WORD), .size = 20, WORDS(basic_modes), REQUIRED},
	{COLUMN("capacity_price", DECIMAL), .size = 12, .scale = 6},
	{COLUMN("demand_price", DECIMAL), .size = 12, .scale = 6},
	{COLUMN("contract_kw", DECIMAL), .size = 12, .scale = 3},
	{COLUMN("demand_discount_kwh_per_kva", DECIMAL), .size = 8, .scale = 2},
	{COLUMN("demand_discount", DECIMAL), .size = 4, .scale = 3},
	{COLUMN("pf_standard", DECIMAL), .size = 4, .scale = 2},
	{COLUMN("fund_price", DECIMAL), .size = 12, .scale = 6, REQUIRED},
	{COLUMN("source", TEXT), .size = 255, REQUIRED},
};

static const struct pr_schema_column tariff_slot_columns[] = {
	{COLUMN("tariff_id", ID), .refers_to = "tariff", REQUIRED},
	{COLUMN("month_from", INTEGER), .low = 1, .high = 12, REQUIRED},
	{COLUMN("month_to", INTEGER), .low = 1, .high = 12, REQUIRED},
	{COLUMN("day_kind", WORD), .size = 8, WORDS(day_kinds), REQUIRED},
	{COLUMN("start_minute", INTEGER), .low = 0, .high = 1439, REQUIRED},
	{COLUMN("end_minute", INTEGER), .low = 1, .high = 1440, REQUIRED},
	{COLUMN("slot", WORD), .size = 8, WORDS(slots), REQUIRED},
	{COLUMN("price", DECIMAL), .size = 12, .scale = 6, REQUIRED},
};

static const struct pr_schema_column offday_columns[] = {
	{COLUMN("region", TEXT), .size = 8, REQUIRED},
	{COLUMN("calendar_day", DATE), REQUIRED},
	{COLUMN("worked", INTEGER), .low = 0, .high = 1, REQUIRED},
	{COLUMN("name", TEXT), .size = 64},
};

static const struct pr_schema_column alarm_type_columns[] = {
	{COLUMN("code", TEXT), .size = 48, REQUIRED},
	{COLUMN("name_zh", TEXT), .size = 64, REQUIRED},
	{COLUMN("name_en", TEXT), .size = 64, REQUIRED},
	{COLUMN("category", WORD), .size = 16, WORDS(categories), REQUIRED},
	{COLUMN("retired", INTEGER), .low = 0, .high = 1, REQUIRED},
};

static const struct pr_schema_column utility_bill_columns[] = {
	{COLUMN("project_id", ID), .refers_to = "project", REQUIRED},
	{COLUMN("bill_month", MONTH), .size = 7, REQUIRED},
	{COLUMN("energy_kwh", DECIMAL), .size = 14, .scale = 3},
	{COLUMN("amount", DECIMAL), .size = 14, .scale = 2, REQUIRED},
	{COLUMN("period_from", DATE)},
	{COLUMN("period_to", DATE)},
	{COLUMN("energy_amount", DECIMAL), .size = 14, .scale = 2},
	{COLUMN("basic_amount", DECIMAL), .size = 14, .scale = 2},
	{COLUMN("max_demand_kw", DECIMAL), .size = 12, .scale = 3},
	{COLUMN("power_factor", DECIMAL), .size = 4, .scale = 2},
};

static const struct pr_schema_column monthly_plan_columns[] = {
	{COLUMN("project_id", ID), .refers_to = "project", REQUIRED},
	{COLUMN("plan_month", MONTH), .size = 7, REQUIRED},
	{COLUMN("energy_kwh", DECIMAL), .size = 14, .scale = 3},
	{COLUMN("amount", DECIMAL), .size = 14, .scale = 2},
};

static const struct pr_schema_column emission_factor_columns[] = {
	{COLUMN("project_id", ID), .refers_to = "project", REQUIRED},
	{COLUMN("valid_from", DATETIME), REQUIRED},
	{COLUMN("valid_to", DATETIME)},
	{COLUMN("kg_co2_per_kwh", DECIMAL), .size = 10, .scale = 6, REQUIRED},
	{COLUMN("kgce_per_kwh", DECIMAL), .size = 10, .scale = 6, REQUIRED},
	{COLUMN("source", TEXT), .size = 255, REQUIRED},
};

static const struct pr_schema_column recipient_columns[] = {
	{COLUMN("tenant_id", ID), .refers_to = "tenant", REQUIRED},
	{COLUMN("email", TEXT), .size = 254, REQUIRED},
	{COLUMN("name", TEXT), .size = 64},
	{COLUMN("kind", WORD), .size = 4, WORDS(recipient_kinds), REQUIRED},
	{COLUMN("active", INTEGER), .low = 0, .high = 1, REQUIRED},
};

static const struct pr_schema_column point_15min_electric_columns[] = {
	{COLUMN("point_id", ID), REQUIRED},
	{COLUMN("project_id", ID), REQUIRED},
	{COLUMN("time", INSTANT), REQUIRED},
	{COLUMN("kwh", DOUBLE), .needed = true},
	{COLUMN("kvarh_lag", DOUBLE)},
	{COLUMN("kvarh_lead", DOUBLE)},
	{COLUMN("charge", DOUBLE)},
	{COLUMN("slot", WORD), .size = 8, WORDS(slots)},
	{COLUMN("mdp_max", DOUBLE)},
	{COLUMN("kwh_a", DOUBLE)},
	{COLUMN("kwh_b", DOUBLE)},
	{COLUMN("kwh_c", DOUBLE)},
	{COLUMN("ingested_at", INSTANT)},
};

static const struct pr_schema_column point_1min_index_columns[] = {
	{COLUMN("point_id", ID), REQUIRED},
	{COLUMN("project_id", ID), REQUIRED},
	{COLUMN("time", INSTANT), REQUIRED},
	{COLUMN("ua", DOUBLE)},
	{COLUMN("ub", DOUBLE)},
	{COLUMN("uc", DOUBLE)},
	{COLUMN("uab", DOUBLE)},
	{COLUMN("ubc", DOUBLE)},
	{COLUMN("uca", DOUBLE)},
	{COLUMN("ia", DOUBLE)},
	{COLUMN("ib", DOUBLE)},
	{COLUMN("ic", DOUBLE)},
	{COLUMN("i_n", DOUBLE)},
	{COLUMN("pa", DOUBLE)},
	{COLUMN("pb", DOUBLE)},
	{COLUMN("pc", DOUBLE)},
	{COLUMN("pttl", DOUBLE)},
	{COLUMN("qttl", DOUBLE)},
	{COLUMN("sttl", DOUBLE)},
	{COLUMN("costtl", DOUBLE)},
	{COLUMN("freq", DOUBLE)},
	{COLUMN("thdua", DOUBLE)},
	{COLUMN("thdub", DOUBLE)},
	{COLUMN("thduc", DOUBLE)},
	{COLUMN("thdia", DOUBLE)},
	{COLUMN("thdib", DOUBLE)},
	{COLUMN("thdic", DOUBLE)},
	{COLUMN("hr3ia", DOUBLE)},
	{COLUMN("hr3ib", DOUBLE)},
	{COLUMN("hr3ic", DOUBLE)},
	{COLUMN("hr5ia", DOUBLE)},
	{COLUMN("hr5ib", DOUBLE)},
	{COLUMN("hr5ic", DOUBLE)},
	{COLUMN("hr7ia", DOUBLE)},
	{COLUMN("hr7ib", DOUBLE)},
	{COLUMN("hr7ic", DOUBLE)},
	{COLUMN("hr9ia", DOUBLE)},
	{COLUMN("hr9ib", DOUBLE)},
	{COLUMN("hr9ic", DOUBLE)},
	{COLUMN("hr11ia", DOUBLE)},
	{COLUMN("hr11ib", DOUBLE)},
	{COLUMN("hr11ic", DOUBLE)},
	{COLUMN("hr13ia", DOUBLE)},
	{COLUMN("hr13ib", DOUBLE)},
	{COLUMN("hr13ic", DOUBLE)},
};

static const struct pr_schema_column location_1min_aiao_columns[] = {
	{COLUMN("sensor_id", ID), REQUIRED},
	{COLUMN("project_id", ID), REQUIRED},
	{COLUMN("time", INSTANT), REQUIRED},
	{COLUMN("value", DOUBLE), .needed = true},
};

static const struct pr_schema_column soe_event_columns[] = {
	{COLUMN("event_id", TEXT), .size = 64, REQUIRED},
	{COLUMN("project_id", ID), REQUIRED},
	{COLUMN("point_id", ID)},
	{COLUMN("sensor_id", ID)},
	{COLUMN("code", TEXT), .size = 48, REQUIRED},
	{COLUMN("level", INTEGER), .low = 1, .high = 3},
	{COLUMN("started_at", INSTANT), REQUIRED},
	{COLUMN("ended_at", INSTANT)},
	{COLUMN("value", DOUBLE)},
	{COLUMN("limit_value", DOUBLE)},
	{COLUMN("phase", TEXT), .size = 8},
	{COLUMN("point_name", TEXT), .size = 128},
	{COLUMN("confirmed_at", INSTANT)},
	{COLUMN("closed_at", INSTANT)},
	{COLUMN("message", TEXT)},
};

#define TABLE(table) .name = #table, .columns = table##_columns, .column_count = COUNT(table##_columns)
const struct pr_schema_table pr_schema_tables[PR_SCHEMA_TABLE_COUNT] = {
	{TABLE(tenant), .keys = {0, -1, -1, -1, -1}},
	{TABLE(project), .keys = {0, -1, -1, -1, -1}},
	{TABLE(tenant_project), .keys = {0, 1, -1, -1, -1}},
	{TABLE(transformer), .keys = {0, -1, -1, -1, -1}},
	{TABLE(point), .keys = {0, -1, -1, -1, -1}},
	{TABLE(point_name), .keys = {0, 2, -1, -1, -1}},
	{TABLE(meter_change), .keys = {0, 1, -1, -1, -1}},
	{TABLE(sensor), .keys = {0, -1, -1, -1, -1}},
	{TABLE(tariff), .keys = {0, -1, -1, -1, -1}},
	{TABLE(tariff_slot), .keys = {0, 1, 3, 4, -1}},
	{TABLE(offday), .keys = {0, 1, -1, -1, -1}},
	{TABLE(alarm_type), .keys = {0, -1, -1, -1, -1}},
	{TABLE(utility_bill), .keys = {0, 1, -1, -1, -1}},
	{TABLE(monthly_plan), .keys = {0, 1, -1, -1, -1}},
	{TABLE(emission_factor), .keys = {0, 1, -1, -1, -1}},
	{TABLE(recipient), .keys = {0, 1, -1, -1, -1}},
	{TABLE(point_15min_electric), .keys = {0, 2, -1, -1, -1}, .is_series = true},
	{TABLE(point_1min_index), .keys = {0, 2, -1, -1, -1}, .is_series = true},
	{TABLE(location_1min_aiao), .keys = {0, 2, -1, -1, -1}, .is_series = true},
	{TABLE(soe_event), .keys = {0, -1, -1, -1, -1}, .is_series = true, .index = "project_id, started_at"},
};

const struct pr_schema_table *pr_schema_find(const char *name)
{
	for (size_t i = 0; i < COUNT(pr_schema_tables); i++)
		if (strcmp(pr_schema_tables[i].name, name) == 0)
			return &pr_schema_tables[i];
	return NULL;
}

static void add_type(const struct pr_schema_column *column, struct pr_buffer *sql)
{
	switch (column->kind) {
	case PR_COLUMN_ID:
	case PR_COLUMN_INSTANT:
		pr_buffer_add(sql, "BIGINT");
		break;
	case PR_COLUMN_TEXT:
	case PR_COLUMN_ZONE:
	case PR_COLUMN_WORD:
	case PR_COLUMN_MONTH:
		if (column->size > 0)
			pr_buffer_format(sql, "VARCHAR(%d)", column->size);
		else
			pr_buffer_add(sql, "TEXT");
		break;
	case PR_COLUMN_INTEGER:
		pr_buffer_add(sql, "INT");
		break;
	case PR_COLUMN_DECIMAL:
	case PR_COLUMN_RATING:
		pr_buffer_format(sql, "DECIMAL(%d,%d)", column->size, column->scale);
		break;
	case PR_COLUMN_DATETIME:
		pr_buffer_add(sql, "DATETIME");
		break;
	case PR_COLUMN_DATE:
		pr_buffer_add(sql, "DATE");
		break;
	case PR_COLUMN_DOUBLE:
		pr_buffer_add(sql, "DOUBLE");
		break;
	}
}

static void add_columns(const struct pr_schema_table *table, struct pr_buffer *sql)
{
	for (size_t i = 0; i < table->column_count; i++) {
		pr_buffer_format(sql, "%s  %s ", i == 0 ? "" : ",\n", table->columns[i].name);
		add_type(&table->columns[i], sql);
		pr_buffer_add(sql, table->columns[i].required ? " NOT NULL" : " NULL");
	}
}

static void add_keys(const struct pr_schema_table *table, struct pr_buffer *sql)
{
	for (size_t i = 0; table->keys[i] >= 0; i++)
		pr_buffer_format(sql, "%s%s", i == 0 ? "" : ", ", table->columns[table->keys[i]].name);
}

void pr_schema_loosen(const struct pr_schema_table *table, struct pr_buffer *sql)
{
	const char *name = table->name;
	if (table->index)
		pr_buffer_format(sql, "DROP INDEX %s_start;\n", name);
	pr_buffer_format(sql, "ALTER TABLE %s RENAME TO keyed;\nCREATE TABLE %s (\n", name, name);
	add_columns(table, sql);
	pr_buffer_format(sql, "\n);\nINSERT INTO %s SELECT * FROM keyed;\nDROP TABLE keyed;\n", name);
	pr_buffer_format(sql, "CREATE INDEX %s_key ON %s (", name, name);
	add_keys(table, sql);
	pr_buffer_add(sql, ");\n");
	if (table->index)
		pr_buffer_format(sql, "CREATE INDEX %s_start ON %s (%s);\n", name, name, table->index);
}

void pr_schema_ddl(const struct pr_schema_table *table, struct pr_buffer *sql)
{
	pr_buffer_format(sql, "CREATE TABLE %s (\n", table->name);
	add_columns(table, sql);
	pr_buffer_add(sql, ",\n  PRIMARY KEY (");
	add_keys(table, sql);
	/* A series is read by id and time and nothing else: its rows lie in the order of their key. */
	pr_buffer_add(sql, table->is_series ? ")\n) WITHOUT ROWID;\n" : ")\n);\n");
	if (table->index)
		pr_buffer_format(sql, "CREATE INDEX %s_start ON %s (%s);\n", table->name, table->name, table->index);
}
