/*
 * The queries of the directory. Both stores and any MySQL-protocol server read them: no functions, no joins, no
 * backticks, and one "?" at most.
 */
#include <stddef.h>

#include "source/directory_rows.h"

#define OWN "project_id IN (SELECT project_id FROM tenant_project WHERE tenant_id = ?)"
#define OWN_POINT "point_id IN (SELECT point_id FROM point WHERE " OWN ")"
#define OWN_TARIFF "tariff_id IN (SELECT tariff_id FROM tariff WHERE " OWN ")"

#define SELECT_TENANT                                                                                     \
	"SELECT tenant_id, name, short_name, edition, brand, locale, timezone, contact_name, contact_email, " \
	"service_from, service_to FROM tenant"
#define SELECT_PROJECT                                                                                     \
	"SELECT project_id, name, address, industry, timezone, holiday_region, supply_kv, short_circuit_mva, " \
	"area_m2 FROM project"
#define SELECT_TENANT_PROJECT "SELECT tenant_id, project_id FROM tenant_project"
#define SELECT_TRANSFORMER                                                                            \
	"SELECT transformer_id, project_id, name, rated_kva, no_load_loss_kw, load_loss_kw, valid_from, " \
	"valid_to FROM transformer"
#define SELECT_POINT                                                                          \
	"SELECT point_id, project_id, parent_id, transformer_id, name, role, wiring, nominal_v, " \
	"rated_current_a, valid_from, valid_to FROM point"
#define SELECT_POINT_NAME "SELECT point_id, name, valid_from FROM point_name"
#define SELECT_METER_CHANGE "SELECT point_id, changed_at, old_serial, new_serial, note FROM meter_change"
#define SELECT_SENSOR                                                                                    \
	"SELECT sensor_id, project_id, point_id, name, kind, warn_limit, alarm_limit, valid_from, valid_to " \
	"FROM sensor"
#define SELECT_TARIFF                                                                                    \
	"SELECT tariff_id, project_id, valid_from, valid_to, currency, basic_mode, capacity_price, "         \
	"demand_price, contract_kw, demand_discount_kwh_per_kva, demand_discount, pf_standard, fund_price, " \
	"source FROM tariff"
#define SELECT_TARIFF_SLOT                                                                          \
	"SELECT tariff_id, month_from, month_to, day_kind, start_minute, end_minute, slot, price FROM " \
	"tariff_slot"
#define SELECT_OFFDAY "SELECT region, calendar_day, worked, name FROM offday"
#define SELECT_ALARM_TYPE "SELECT code, name_zh, name_en, category, retired FROM alarm_type"
#define SELECT_UTILITY_BILL                                                                      \
	"SELECT project_id, bill_month, energy_kwh, amount, period_from, period_to, energy_amount, " \
	"basic_amount, max_demand_kw, power_factor FROM utility_bill"
#define SELECT_MONTHLY_PLAN "SELECT project_id, plan_month, energy_kwh, amount FROM monthly_plan"
#define SELECT_EMISSION_FACTOR \
	"SELECT project_id, valid_from, valid_to, kg_co2_per_kwh, kgce_per_kwh, source FROM emission_factor"
#define SELECT_RECIPIENT "SELECT tenant_id, email, name, kind, active FROM recipient"

static const char *const tenant_columns[] = {"tenant_id", "name", "short_name", "edition", "brand", "locale",
	"timezone", "contact_name", "contact_email", "service_from", "service_to", NULL};
static const char *const project_columns[] = {"project_id", "name", "address", "industry", "timezone", "holiday_region",
	"supply_kv", "short_circuit_mva", "area_m2", NULL};
static const char *const tenant_project_columns[] = {"tenant_id", "project_id", NULL};
static const char *const transformer_columns[] = {"transformer_id", "project_id", "name", "rated_kva",
	"no_load_loss_kw", "load_loss_kw", "valid_from", "valid_to", NULL};
static const char *const point_columns[] = {"point_id", "project_id", "parent_id", "transformer_id", "name", "role",
	"wiring", "nominal_v", "rated_current_a", "valid_from", "valid_to", NULL};
static const char *const point_name_columns[] = {"point_id", "name", "valid_from", NULL};
static const char *const meter_change_columns[] = {"point_id", "changed_at", "old_serial", "new_serial", "note", NULL};
static const char *const sensor_columns[] = {
	"sensor_id", "project_id", "point_id", "name", "kind", "warn_limit", "alarm_limit", "valid_from", "valid_to", NULL};
static const char *const tariff_columns[] = {"tariff_id", "project_id", "valid_from", "valid_to", "currency",
	"basic_mode", "capacity_price", "demand_price", "contract_kw", "demand_discount_kwh_per_kva", "demand_discount",
	"pf_standard", "fund_price", "source", NULL};
static const char *const tariff_slot_columns[] = {
	"tariff_id", "month_from", "month_to", "day_kind", "start_minute", "end_minute", "slot", "price", NULL};
static const char *const offday_columns[] = {"region", "calendar_day", "worked", "name", NULL};
static const char *const alarm_type_columns[] = {"code", "name_zh", "name_en", "category", "retired", NULL};
static const char *const utility_bill_columns[] = {"project_id", "bill_month", "energy_kwh", "amount", "period_from",
	"period_to", "energy_amount", "basic_amount", "max_demand_kw", "power_factor", NULL};
static const char *const monthly_plan_columns[] = {"project_id", "plan_month", "energy_kwh", "amount", NULL};
static const char *const emission_factor_columns[] = {
	"project_id", "valid_from", "valid_to", "kg_co2_per_kwh", "kgce_per_kwh", "source", NULL};
static const char *const recipient_columns[] = {"tenant_id", "email", "name", "kind", "active", NULL};

const struct pr_directory_query pr_directory_queries[PR_TABLE_COUNT] = {
	[PR_TABLE_TENANT] = {"tenant", tenant_columns, SELECT_TENANT},
	[PR_TABLE_PROJECT] = {"project", project_columns, SELECT_PROJECT " WHERE " OWN},
	[PR_TABLE_TENANT_PROJECT] = {"tenant_project", tenant_project_columns,
		SELECT_TENANT_PROJECT " WHERE tenant_id = ?"},
	[PR_TABLE_TRANSFORMER] = {"transformer", transformer_columns, SELECT_TRANSFORMER " WHERE " OWN},
	[PR_TABLE_POINT] = {"point", point_columns, SELECT_POINT " WHERE " OWN},
	[PR_TABLE_POINT_NAME] = {"point_name", point_name_columns, SELECT_POINT_NAME " WHERE " OWN_POINT},
	[PR_TABLE_METER_CHANGE] = {"meter_change", meter_change_columns, SELECT_METER_CHANGE " WHERE " OWN_POINT},
	[PR_TABLE_SENSOR] = {"sensor", sensor_columns, SELECT_SENSOR " WHERE " OWN},
	[PR_TABLE_TARIFF] = {"tariff", tariff_columns, SELECT_TARIFF " WHERE " OWN},
	[PR_TABLE_TARIFF_SLOT] = {"tariff_slot", tariff_slot_columns, SELECT_TARIFF_SLOT " WHERE " OWN_TARIFF},
	[PR_TABLE_OFFDAY] = {"offday", offday_columns, SELECT_OFFDAY},
	[PR_TABLE_ALARM_TYPE] = {"alarm_type", alarm_type_columns, SELECT_ALARM_TYPE},
	[PR_TABLE_UTILITY_BILL] = {"utility_bill", utility_bill_columns, SELECT_UTILITY_BILL " WHERE " OWN},
	[PR_TABLE_MONTHLY_PLAN] = {"monthly_plan", monthly_plan_columns, SELECT_MONTHLY_PLAN " WHERE " OWN},
	[PR_TABLE_EMISSION_FACTOR] = {"emission_factor", emission_factor_columns, SELECT_EMISSION_FACTOR " WHERE " OWN},
	[PR_TABLE_RECIPIENT] = {"recipient", recipient_columns, SELECT_RECIPIENT " WHERE tenant_id = ?"},
};

const char *const pr_directory_platform_sql[PR_TABLE_COUNT] = {
	[PR_TABLE_TENANT] = SELECT_TENANT,
	[PR_TABLE_PROJECT] = SELECT_PROJECT,
	[PR_TABLE_TENANT_PROJECT] = SELECT_TENANT_PROJECT " WHERE tenant_id = ?",
	[PR_TABLE_TRANSFORMER] = SELECT_TRANSFORMER,
	[PR_TABLE_POINT] = SELECT_POINT,
	[PR_TABLE_POINT_NAME] = SELECT_POINT_NAME,
	[PR_TABLE_METER_CHANGE] = SELECT_METER_CHANGE,
	[PR_TABLE_SENSOR] = SELECT_SENSOR,
	[PR_TABLE_TARIFF] = SELECT_TARIFF,
	[PR_TABLE_TARIFF_SLOT] = SELECT_TARIFF_SLOT,
	[PR_TABLE_OFFDAY] = SELECT_OFFDAY,
	[PR_TABLE_ALARM_TYPE] = SELECT_ALARM_TYPE,
	[PR_TABLE_UTILITY_BILL] = SELECT_UTILITY_BILL,
	[PR_TABLE_MONTHLY_PLAN] = SELECT_MONTHLY_PLAN,
	[PR_TABLE_EMISSION_FACTOR] = SELECT_EMISSION_FACTOR,
	[PR_TABLE_RECIPIENT] = SELECT_RECIPIENT " WHERE tenant_id = ?",
};

const char *const pr_directory_owners_sql = SELECT_TENANT_PROJECT;

enum narrowing { WHOLE, NOTHING, BY_TENANT, BY_PROJECT, BY_POINT, BY_TARIFF };
static const enum narrowing narrowings[PR_TABLE_COUNT] = {
	[PR_TABLE_TENANT] = BY_TENANT,
	[PR_TABLE_PROJECT] = BY_PROJECT,
	[PR_TABLE_TENANT_PROJECT] = BY_PROJECT,
	[PR_TABLE_TRANSFORMER] = BY_PROJECT,
	[PR_TABLE_POINT] = BY_PROJECT,
	[PR_TABLE_POINT_NAME] = BY_POINT,
	[PR_TABLE_METER_CHANGE] = BY_POINT,
	[PR_TABLE_SENSOR] = BY_PROJECT,
	[PR_TABLE_TARIFF] = BY_PROJECT,
	[PR_TABLE_TARIFF_SLOT] = BY_TARIFF,
	[PR_TABLE_OFFDAY] = WHOLE,
	[PR_TABLE_ALARM_TYPE] = WHOLE,
	[PR_TABLE_UTILITY_BILL] = BY_PROJECT,
	[PR_TABLE_MONTHLY_PLAN] = BY_PROJECT,
	[PR_TABLE_EMISSION_FACTOR] = BY_PROJECT,
	[PR_TABLE_RECIPIENT] = NOTHING,
};

static const char *narrow_below(
	struct pr_arena *arena, const char *sql, const char *id, const char *owner_sql, int64_t project_id)
{
	return pr_arena_format(arena,
		"SELECT * FROM (%s\n) narrowed WHERE %s IN (SELECT %s FROM (%s\n) own WHERE project_id = %lld)", sql, id, id,
		owner_sql, (long long)project_id);
}

/* A query of one's own may end in a comment: its end stands on a line of its own. */
const char *pr_directory_narrow(struct pr_arena *arena, const char *const sql[PR_TABLE_COUNT],
	enum pr_directory_table table, int64_t tenant_id, int64_t project_id)
{
	switch (narrowings[table]) {
	case WHOLE:
		return sql[table];
	case NOTHING:
		return NULL;
	case BY_TENANT:
		return pr_arena_format(
			arena, "SELECT * FROM (%s\n) narrowed WHERE tenant_id = %lld", sql[table], (long long)tenant_id);
	case BY_PROJECT:
		break;
	case BY_POINT:
		return narrow_below(arena, sql[table], "point_id", sql[PR_TABLE_POINT], project_id);
	case BY_TARIFF:
		return narrow_below(arena, sql[table], "tariff_id", sql[PR_TABLE_TARIFF], project_id);
	}
	return pr_arena_format(
		arena, "SELECT * FROM (%s\n) narrowed WHERE project_id = %lld", sql[table], (long long)project_id);
}

const char *pr_directory_whole_sql(enum pr_directory_table table)
{
	if (table == PR_TABLE_RECIPIENT)
		return SELECT_RECIPIENT;
	return table == PR_TABLE_TENANT_PROJECT ? SELECT_TENANT_PROJECT : pr_directory_platform_sql[table];
}
