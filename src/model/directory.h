/*
 * The directory as plain data: who is reported on, what is measured there, what it costs. Filled by a source
 * (source/source.h) into an arena that owns every string and array; nothing here reads, writes or decides.
 *
 * Absent numbers are PR_MICRO_MISSING, absent strings NULL, absent instants PR_TIME_MISSING. Validity is [from, to).
 * DECIMAL columns arrive exactly, as millionths. DATETIME columns are UTC instants.
 * Arrays are in the order of their ids (names and prices: of their keys), whatever the store's order was.
 */
#ifndef PR_MODEL_DIRECTORY_H
#define PR_MODEL_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/calendar.h"
#include "base/decimal.h"

enum pr_edition { PR_EDITION_SINGLE, PR_EDITION_MANAGEMENT, PR_EDITION_PLATFORM, PR_EDITION_COUNT };
enum pr_slot { PR_SLOT_SHARP, PR_SLOT_PEAK, PR_SLOT_FLAT, PR_SLOT_VALLEY, PR_SLOT_DEEP, PR_SLOT_COUNT };
enum pr_role { PR_ROLE_INCOMER, PR_ROLE_FEEDER, PR_ROLE_EQUIPMENT, PR_ROLE_COUNT };
enum pr_wiring { PR_WIRING_3P4W, PR_WIRING_3P3W, PR_WIRING_1P, PR_WIRING_COUNT };
enum pr_basic_mode { PR_BASIC_NONE, PR_BASIC_CAPACITY, PR_BASIC_CONTRACT, PR_BASIC_ACTUAL, PR_BASIC_COUNT };
enum pr_day_kind { PR_DAY_ALL, PR_DAY_WORKDAY, PR_DAY_OFFDAY, PR_DAY_HOLIDAY, PR_DAY_COUNT };
enum pr_sensor_kind { PR_SENSOR_TEMPERATURE, PR_SENSOR_RESIDUAL, PR_SENSOR_AMBIENT, PR_SENSOR_COUNT };

/* The words of the contract's columns, indexed by the enums: "single", "sharp", "contract_demand", … */
extern const char *const pr_edition_names[PR_EDITION_COUNT];
extern const char *const pr_slot_names[PR_SLOT_COUNT];
extern const char *const pr_role_names[PR_ROLE_COUNT];
extern const char *const pr_wiring_names[PR_WIRING_COUNT];
extern const char *const pr_basic_mode_names[PR_BASIC_COUNT];
extern const char *const pr_day_kind_names[PR_DAY_COUNT];
extern const char *const pr_sensor_kind_names[PR_SENSOR_COUNT];
/* The index of `word` in such a table, or -1. */
int pr_name_index(const char *const *names, int count, const char *word);

struct pr_validity {
	int64_t from_ms;
	int64_t to_ms; /* PR_TIME_MISSING = still valid */
};
bool pr_valid_at(const struct pr_validity *validity, int64_t utc_ms);
/* Whether the validity and [from, to) share an instant. */
bool pr_valid_within(const struct pr_validity *validity, int64_t from_ms, int64_t to_ms);

struct pr_tenant {
	int64_t id;
	const char *name, *short_name;
	enum pr_edition edition;
	const char *brand;  /* NULL = the default brand */
	const char *locale; /* "zh-CN" | "en" */
	const char *timezone;
	const struct pr_zone *zone;
	const char *contact_name, *contact_email;
	struct pr_date service_from;
	struct pr_date service_to; /* exclusive; year 0 = none */
};

struct pr_transformer {
	int64_t id;
	const char *name;
	pr_micro rated_kva, no_load_loss_kw, load_loss_kw;
	struct pr_validity validity;
};

struct pr_point_name {
	const char *name;
	int64_t from_ms;
};

struct pr_meter_change {
	int64_t at_ms;
	const char *old_serial, *new_serial, *note;
};

struct pr_point {
	int64_t id;
	int64_t parent_id;      /* 0 = none */
	int64_t transformer_id; /* 0 = none */
	const char *name;       /* today's */
	enum pr_role role;
	enum pr_wiring wiring;
	pr_micro nominal_v, rated_current_a;
	struct pr_validity validity;
	struct pr_point_name *names; /* by from_ms */
	size_t name_count;
	struct pr_meter_change *meter_changes; /* by at_ms */
	size_t meter_change_count;
};
/* The name valid at an instant: the last row that begins at or before it, else the first row's, else today's. */
const char *pr_point_name_at(const struct pr_point *point, int64_t utc_ms);

struct pr_sensor {
	int64_t id;
	int64_t point_id; /* 0 = none */
	const char *name;
	enum pr_sensor_kind kind;
	pr_micro warn_limit, alarm_limit;
	struct pr_validity validity;
};

struct pr_tariff_slot {
	int month_from, month_to; /* inclusive */
	enum pr_day_kind day_kind;
	int start_minute, end_minute; /* local minute of the day, end exclusive */
	enum pr_slot slot;
	pr_micro price; /* per kWh; may be missing */
};

struct pr_tariff {
	int64_t id;
	struct pr_validity validity;
	const char *currency;
	enum pr_basic_mode basic_mode;
	pr_micro capacity_price, demand_price, contract_kw;
	pr_micro discount_kwh_per_kva, discount; /* both missing = no such rule */
	pr_micro pf_standard;                    /* missing = no adjustment */
	pr_micro fund_price;
	const char *source;
	struct pr_tariff_slot *slots;
	size_t slot_count;
};

struct pr_offday {
	struct pr_date date;
	bool worked;
	const char *name;
};

struct pr_utility_bill {
	struct pr_month month;
	pr_micro energy_kwh, amount, energy_amount, basic_amount, max_demand_kw, power_factor;
	struct pr_date period_from, period_to; /* year 0 = the month's */
};

struct pr_plan {
	struct pr_month month;
	pr_micro energy_kwh, amount;
};

struct pr_emission_factor {
	struct pr_validity validity;
	pr_micro kg_co2_per_kwh, kgce_per_kwh;
	const char *source;
};

struct pr_project {
	int64_t id;
	const char *name, *address, *industry;
	const char *timezone; /* its own, or the tenant's */
	const struct pr_zone *zone;
	const char *holiday_region;
	pr_micro supply_kv, short_circuit_mva, area_m2;
	struct pr_transformer *transformers;
	size_t transformer_count;
	struct pr_point *points;
	size_t point_count;
	struct pr_sensor *sensors;
	size_t sensor_count;
	struct pr_tariff *tariffs; /* by valid_from, then id */
	size_t tariff_count;
	struct pr_offday *offdays; /* of its region, by date */
	size_t offday_count;
	struct pr_utility_bill *utility_bills;
	size_t utility_bill_count;
	struct pr_plan *plans;
	size_t plan_count;
	struct pr_emission_factor *emission_factors;
	size_t emission_factor_count;
};
const struct pr_point *pr_project_point(const struct pr_project *project, int64_t id); /* NULL = none */
const struct pr_transformer *pr_project_transformer(const struct pr_project *project, int64_t id);

struct pr_alarm_type {
	const char *code, *name_zh, *name_en, *category;
	bool retired;
};

struct pr_recipient {
	const char *email, *name, *kind; /* "to" | "cc" | "bcc" */
	bool active;
};

/* What one tenant's reports need of the directory. */
struct pr_directory {
	struct pr_tenant tenant;
	struct pr_project *projects;
	size_t project_count;
	struct pr_alarm_type *alarm_types; /* by code */
	size_t alarm_type_count;
	struct pr_recipient *recipients; /* by e-mail address */
	size_t recipient_count;
};

/*
 * Workday, offday or holiday (never PR_DAY_ALL): a public holiday of the region is a holiday; a worked weekend a
 * workday; any other Saturday or Sunday an offday. A tariff without holiday rows treats holidays as offdays (method 3).
 */
enum pr_day_kind pr_project_day_kind(const struct pr_project *project, struct pr_date date);

#endif
