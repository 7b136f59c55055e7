#include "source/directory_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "source/embedded_schema.h"

#define KEYS 3

/* What rows are sorted and grouped by; stands in front of every item that is read. */
struct row_head {
	int64_t owner;      /* the project, tenant, point or tariff that a row belongs to; 0 = none */
	int64_t keys[KEYS]; /* ids, instants, days, months, numbers of words */
	const char *text;   /* a text key, or NULL */
	size_t row;         /* in the store's order, for messages */
};

enum target { AS_KIND, AS_TEXT, AS_ANY_TEXT, AS_FLAG };

/* Where the columns of a table go, in the contract's order. */
struct target_field {
	size_t offset; /* in the item; NOWHERE = only a key */
	enum target as;
	bool may_be_missing; /* though the contract says NOT NULL */
};
#define NOWHERE SIZE_MAX

struct table_plan {
	const struct target_field *fields;
	size_t field_count;
	size_t item_size;
	int owner;      /* the column of the owner, −1 = none */
	int sort[KEYS]; /* the columns behind the owner, −1 = none */
	int text_sort;  /* a text column to sort by, −1 = none */
};

#define TO(type, member)                        \
	{                                           \
		.offset = offsetof(struct type, member) \
	}
#define TO_TEXT(type, member)                                  \
	{                                                          \
		.offset = offsetof(struct type, member), .as = AS_TEXT \
	}
#define TO_ANY_TEXT(type, member)                                  \
	{                                                              \
		.offset = offsetof(struct type, member), .as = AS_ANY_TEXT \
	}
#define TO_FLAG(type, member)                                  \
	{                                                          \
		.offset = offsetof(struct type, member), .as = AS_FLAG \
	}
#define SKIP              \
	{                     \
		.offset = NOWHERE \
	}

static const struct target_field tenant_fields[] = {
	TO(pr_tenant, id),
	TO(pr_tenant, name),
	TO(pr_tenant, short_name),
	TO(pr_tenant, edition),
	TO(pr_tenant, brand),
	TO_TEXT(pr_tenant, locale),
	TO(pr_tenant, timezone),
	TO(pr_tenant, contact_name),
	TO(pr_tenant, contact_email),
	TO(pr_tenant, service_from),
	TO(pr_tenant, service_to),
};
static const struct target_field project_fields[] = {
	TO(pr_project, id),
	TO(pr_project, name),
	TO(pr_project, address),
	TO(pr_project, industry),
	TO(pr_project, timezone),
	TO(pr_project, holiday_region),
	TO(pr_project, supply_kv),
	TO(pr_project, short_circuit_mva),
	TO(pr_project, area_m2),
};
static const struct target_field tenant_project_fields[] = {SKIP, SKIP};
static const struct target_field transformer_fields[] = {
	TO(pr_transformer, id),
	SKIP,
	TO(pr_transformer, name),
	TO(pr_transformer, rated_kva),
	TO(pr_transformer, no_load_loss_kw),
	TO(pr_transformer, load_loss_kw),
	TO(pr_transformer, validity.from_ms),
	TO(pr_transformer, validity.to_ms),
};
static const struct target_field point_fields[] = {
	TO(pr_point, id),
	SKIP,
	TO(pr_point, parent_id),
	TO(pr_point, transformer_id),
	TO(pr_point, name),
	TO(pr_point, role),
	TO(pr_point, wiring),
	TO(pr_point, nominal_v),
	TO(pr_point, rated_current_a),
	TO(pr_point, validity.from_ms),
	TO(pr_point, validity.to_ms),
};
static const struct target_field point_name_fields[] = {
	SKIP,
	TO(pr_point_name, name),
	TO(pr_point_name, from_ms),
};
static const struct target_field meter_change_fields[] = {
	SKIP,
	TO(pr_meter_change, at_ms),
	TO(pr_meter_change, old_serial),
	TO(pr_meter_change, new_serial),
	TO(pr_meter_change, note),
};
static const struct target_field sensor_fields[] = {
	TO(pr_sensor, id),
	SKIP,
	TO(pr_sensor, point_id),
	TO(pr_sensor, name),
	TO(pr_sensor, kind),
	TO(pr_sensor, warn_limit),
	TO(pr_sensor, alarm_limit),
	TO(pr_sensor, validity.from_ms),
	TO(pr_sensor, validity.to_ms),
};
static const struct target_field tariff_fields[] = {
	TO(pr_tariff, id),
	SKIP,
	TO(pr_tariff, validity.from_ms),
	TO(pr_tariff, validity.to_ms),
	TO(pr_tariff, currency),
	TO(pr_tariff, basic_mode),
	TO(pr_tariff, capacity_price),
	TO(pr_tariff, demand_price),
	TO(pr_tariff, contract_kw),
	TO(pr_tariff, discount_kwh_per_kva),
	TO(pr_tariff, discount),
	TO(pr_tariff, pf_standard),
	TO(pr_tariff, fund_price),
	TO(pr_tariff, source),
};
static const struct target_field tariff_slot_fields[] = {
	SKIP,
	TO(pr_tariff_slot, month_from),
	TO(pr_tariff_slot, month_to),
	TO(pr_tariff_slot, day_kind),
	TO(pr_tariff_slot, start_minute),
	TO(pr_tariff_slot, end_minute),
	TO(pr_tariff_slot, slot),
	{.offset = offsetof(struct pr_tariff_slot, price), .may_be_missing = true},
};
/* An offday row belongs to a region, not to a project: kept with it. */
struct offday_item {
	const char *region;
	struct pr_offday offday;
};
static const struct target_field offday_fields[] = {
	TO(offday_item, region),
	TO(offday_item, offday.date),
	TO_FLAG(offday_item, offday.worked),
	TO(offday_item, offday.name),
};
static const struct target_field alarm_type_fields[] = {
	TO(pr_alarm_type, code),
	TO(pr_alarm_type, name_zh),
	TO(pr_alarm_type, name_en),
	TO_ANY_TEXT(pr_alarm_type, category),
	TO_FLAG(pr_alarm_type, retired),
};
static const struct target_field utility_bill_fields[] = {
	SKIP,
	TO(pr_utility_bill, month),
	TO(pr_utility_bill, energy_kwh),
	TO(pr_utility_bill, amount),
	TO(pr_utility_bill, period_from),
	TO(pr_utility_bill, period_to),
	TO(pr_utility_bill, energy_amount),
	TO(pr_utility_bill, basic_amount),
	TO(pr_utility_bill, max_demand_kw),
	TO(pr_utility_bill, power_factor),
};
static const struct target_field monthly_plan_fields[] = {
	SKIP,
	TO(pr_plan, month),
	TO(pr_plan, energy_kwh),
	TO(pr_plan, amount),
};
static const struct target_field emission_factor_fields[] = {
	SKIP,
	TO(pr_emission_factor, validity.from_ms),
	TO(pr_emission_factor, validity.to_ms),
	TO(pr_emission_factor, kg_co2_per_kwh),
	TO(pr_emission_factor, kgce_per_kwh),
	TO(pr_emission_factor, source),
};
static const struct target_field recipient_fields[] = {
	SKIP,
	TO(pr_recipient, email),
	TO(pr_recipient, name),
	TO_TEXT(pr_recipient, kind),
	TO_FLAG(pr_recipient, active),
};

#define FIELDS(name, type)                                                                \
	.fields = name##_fields, .field_count = sizeof name##_fields / sizeof *name##_fields, \
	.item_size = sizeof(struct type)

/* In the order of enum pr_directory_table and of pr_schema_tables. */
static const struct table_plan plans[PR_TABLE_COUNT] = {
	[PR_TABLE_TENANT] = {FIELDS(tenant, pr_tenant), -1, {0, -1, -1}, -1},
	[PR_TABLE_PROJECT] = {FIELDS(project, pr_project), -1, {0, -1, -1}, -1},
	[PR_TABLE_TENANT_PROJECT] = {FIELDS(tenant_project, pr_tenant), 0, {1, -1, -1}, -1},
	[PR_TABLE_TRANSFORMER] = {FIELDS(transformer, pr_transformer), 1, {0, -1, -1}, -1},
	[PR_TABLE_POINT] = {FIELDS(point, pr_point), 1, {0, -1, -1}, -1},
	[PR_TABLE_POINT_NAME] = {FIELDS(point_name, pr_point_name), 0, {2, -1, -1}, -1},
	[PR_TABLE_METER_CHANGE] = {FIELDS(meter_change, pr_meter_change), 0, {1, -1, -1}, -1},
	[PR_TABLE_SENSOR] = {FIELDS(sensor, pr_sensor), 1, {0, -1, -1}, -1},
	[PR_TABLE_TARIFF] = {FIELDS(tariff, pr_tariff), 1, {2, 0, -1}, -1},
	[PR_TABLE_TARIFF_SLOT] = {FIELDS(tariff_slot, pr_tariff_slot), 0, {1, 3, 4}, -1},
	[PR_TABLE_OFFDAY] = {FIELDS(offday, offday_item), -1, {1, -1, -1}, 0},
	[PR_TABLE_ALARM_TYPE] = {FIELDS(alarm_type, pr_alarm_type), -1, {-1, -1, -1}, 0},
	[PR_TABLE_UTILITY_BILL] = {FIELDS(utility_bill, pr_utility_bill), 0, {1, -1, -1}, -1},
	[PR_TABLE_MONTHLY_PLAN] = {FIELDS(monthly_plan, pr_plan), 0, {1, -1, -1}, -1},
	[PR_TABLE_EMISSION_FACTOR] = {FIELDS(emission_factor, pr_emission_factor), 0, {1, -1, -1}, -1},
	[PR_TABLE_RECIPIENT] = {FIELDS(recipient, pr_recipient), 0, {-1, -1, -1}, 1},
};

struct zone_entry {
	const char *name;
	const struct pr_zone *zone;
};

/* The rows of one table, read and sorted; items lie beside their heads in the same order. */
struct items {
	struct row_head *heads;
	char *items; /* count × item_size */
	size_t count;
};

struct reader {
	struct pr_arena *arena;
	const struct pr_text_table *text; /* of the table being read */
	const struct pr_schema_table *schema;
	const struct table_plan *plan;
	struct zone_entry *zones;
	size_t zone_count, zone_capacity;
};

/* "table 'tariff_slot', tariff_id 7, month_from 1, …", by the columns of the primary key. */
static bool refuse(const struct reader *reader, size_t row, size_t column, struct pr_error *error, const char *why)
{
	const char *const *cells = reader->text->cells + row * reader->text->column_count;
	char key[256] = "";
	size_t used = 0;
	for (const int *at = reader->schema->keys; *at >= 0; at++) {
		int count = snprintf(key + used, sizeof key - used, ", %s %s", reader->schema->columns[*at].name,
			cells[*at] ? cells[*at] : "(missing)");
		if (count < 0 || (size_t)count >= sizeof key - used)
			break;
		used += (size_t)count;
	}
	const char *text = cells[column] ? cells[column] : "";
	return pr_error_set(error, PR_CODE_STORE, "table '%s'%s, column '%s': %s%.80s%s%s", reader->schema->name, key,
		reader->schema->columns[column].name, cells[column] ? "'" : "", text, cells[column] ? "' " : "", why);
}

/* A cell's value in the form of its column's kind. */
struct value {
	int64_t whole; /* an id, a number, a word's number; the order of instants, days and months */
	pr_micro decimal;
	struct pr_date date;
	struct pr_month month;
};

static const char *read_whole(const struct pr_schema_column *column, const char *text, struct value *value)
{
	if (!pr_text_to_int64(text, &value->whole))
		return "is not a whole number";
	if (column->kind == PR_COLUMN_ID)
		return value->whole < (column->required ? 1 : 0) ? "is not an id; expected a whole number from 1" : NULL;
	return value->whole < column->low || value->whole > column->high ? "is out of range" : NULL;
}

static const char *read_decimal(const struct pr_schema_column *column, const char *text, struct value *value)
{
	if (!pr_micro_from_text(text, &value->decimal))
		return "is not a decimal";
	return column->kind == PR_COLUMN_RATING && value->decimal <= 0 ? "is not above 0" : NULL;
}

static const char *read_word(const struct pr_schema_column *column, const char *text, struct value *value)
{
	value->whole = pr_name_index(column->words, column->word_count, text);
	return value->whole < 0 ? "is not one of the contract's words" : NULL;
}

static const char *read_calendar(const struct pr_schema_column *column, const char *text, struct value *value)
{
	if (column->kind == PR_COLUMN_DATETIME)
		return pr_time_parse(text, NULL, &value->whole) ? NULL : "is not a time; expected YYYY-MM-DD HH:MM:SS in UTC";
	if (column->kind == PR_COLUMN_MONTH) {
		if (!pr_month_parse(text, &value->month))
			return "is not a month; expected YYYY-MM";
		value->whole = (int64_t)value->month.year * 12 + value->month.month;
		return NULL;
	}
	if (!pr_date_parse(text, &value->date))
		return "is not a date; expected YYYY-MM-DD";
	value->whole = pr_date_to_day(value->date);
	return NULL;
}

/* NULL, or what is wrong with the text. */
static const char *read_value(const struct pr_schema_column *column, const char *text, struct value *value)
{
	switch (column->kind) {
	case PR_COLUMN_ID:
	case PR_COLUMN_INTEGER:
		return read_whole(column, text, value);
	case PR_COLUMN_DECIMAL:
	case PR_COLUMN_RATING:
		return read_decimal(column, text, value);
	case PR_COLUMN_WORD:
		return read_word(column, text, value);
	case PR_COLUMN_DATETIME:
	case PR_COLUMN_DATE:
	case PR_COLUMN_MONTH:
		return read_calendar(column, text, value);
	case PR_COLUMN_TEXT:
	case PR_COLUMN_ZONE:
	case PR_COLUMN_INSTANT:
	case PR_COLUMN_DOUBLE:
		break;
	}
	return NULL;
}

static void store_value(const struct pr_schema_column *column, const struct value *value, char *into)
{
	int number = (int)value->whole;
	switch (column->kind) {
	case PR_COLUMN_ID:
	case PR_COLUMN_DATETIME:
		memcpy(into, &value->whole, sizeof value->whole);
		break;
	case PR_COLUMN_INTEGER:
	case PR_COLUMN_WORD: /* an enum, which is as wide as an int */
		memcpy(into, &number, sizeof number);
		break;
	case PR_COLUMN_DECIMAL:
	case PR_COLUMN_RATING:
		memcpy(into, &value->decimal, sizeof value->decimal);
		break;
	case PR_COLUMN_DATE:
		memcpy(into, &value->date, sizeof value->date);
		break;
	case PR_COLUMN_MONTH:
		memcpy(into, &value->month, sizeof value->month);
		break;
	case PR_COLUMN_TEXT:
	case PR_COLUMN_ZONE:
	case PR_COLUMN_INSTANT:
	case PR_COLUMN_DOUBLE:
		break;
	}
}
_Static_assert(sizeof(enum pr_edition) == sizeof(int), "words are stored as ints");

/* What a field holds where the cell is missing: zeros, but for numbers and instants. */
static void store_missing(const struct pr_schema_column *column, char *into)
{
	static const struct value missing = {.whole = PR_TIME_MISSING, .decimal = PR_MICRO_MISSING};
	if (column->kind == PR_COLUMN_DATETIME || column->kind == PR_COLUMN_DECIMAL || column->kind == PR_COLUMN_RATING)
		store_value(column, &missing, into);
}

static bool is_text(const struct pr_schema_column *column, const struct target_field *field)
{
	return column->kind == PR_COLUMN_TEXT || column->kind == PR_COLUMN_ZONE || field->as == AS_TEXT ||
	       field->as == AS_ANY_TEXT;
}

/* One cell into its field, and into the row's head where it is a key. */
static bool read_cell(
	const struct reader *reader, size_t row, size_t column, struct row_head *head, char *item, struct pr_error *error)
{
	const struct pr_schema_column *schema = &reader->schema->columns[column];
	const struct target_field *field = &reader->plan->fields[column];
	const char *text = reader->text->cells[row * reader->text->column_count + column];
	char *into = field->offset == NOWHERE ? NULL : item + field->offset;
	if (!text) {
		if (schema->required && !field->may_be_missing)
			return refuse(reader, row, column, error, "is missing; it must have a value");
		if (into)
			store_missing(schema, into);
		return true;
	}
	struct value value = {0};
	const char *why = field->as == AS_ANY_TEXT ? NULL : read_value(schema, text, &value);
	if (why)
		return refuse(reader, row, column, error, why);
	const char *clean = is_text(schema, field) ? pr_text_clean(reader->arena, text) : NULL;
	if (into && clean)
		memcpy(into, &clean, sizeof clean);
	else if (into && field->as == AS_FLAG)
		*(bool *)(void *)into = value.whole != 0;
	else if (into)
		store_value(schema, &value, into);
	if ((int)column == reader->plan->owner)
		head->owner = value.whole;
	if ((int)column == reader->plan->text_sort)
		head->text = clean;
	for (int i = 0; i < KEYS; i++)
		if ((int)column == reader->plan->sort[i])
			head->keys[i] = value.whole;
	return true;
}

static int compare_heads(const void *left, const void *right)
{
	const struct row_head *a = left;
	const struct row_head *b = right;
	int order = (a->owner > b->owner) - (a->owner < b->owner);
	if (order == 0 && a->text && b->text)
		order = strcmp(a->text, b->text);
	for (int i = 0; order == 0 && i < KEYS; i++)
		order = (a->keys[i] > b->keys[i]) - (a->keys[i] < b->keys[i]);
	return order;
}

/* Sorts by the heads and brings the items into the same order; two rows of one key are refused. */
static bool sort_items(const struct reader *reader, struct items *items, struct pr_error *error)
{
	if (items->count == 0)
		return true;
	qsort(items->heads, items->count, sizeof *items->heads, compare_heads);
	size_t size = reader->plan->item_size;
	char *sorted = pr_arena_array(reader->arena, items->count, size);
	for (size_t i = 0; i < items->count; i++) {
		if (i > 0 && compare_heads(&items->heads[i - 1], &items->heads[i]) == 0)
			return refuse(reader, items->heads[i].row, (size_t)reader->schema->keys[0], error,
				"stands in two rows of the same key; expected one");
		memcpy(sorted + i * size, items->items + items->heads[i].row * size, size);
	}
	items->items = sorted;
	return true;
}

static bool read_table(struct reader *reader, enum pr_directory_table table, const struct pr_text_table *text,
	struct items *items, struct pr_error *error)
{
	reader->schema = &pr_schema_tables[table];
	reader->plan = &plans[table];
	reader->text = text;
	*items = (struct items){.count = text->row_count};
	if (text->row_count > 0 && text->column_count != reader->plan->field_count) {
		pr_error_set(error, PR_CODE_STORE, "table '%s': %zu columns in the answer; expected %zu", reader->schema->name,
			text->column_count, reader->plan->field_count);
		return false;
	}
	items->heads = pr_arena_array(reader->arena, items->count, sizeof *items->heads);
	items->items = pr_arena_array(reader->arena, items->count, reader->plan->item_size);
	for (size_t row = 0; row < items->count; row++) {
		items->heads[row].row = row;
		for (size_t column = 0; column < reader->plan->field_count; column++)
			if (!read_cell(
					reader, row, column, &items->heads[row], items->items + row * reader->plan->item_size, error))
				return false;
	}
	return sort_items(reader, items, error);
}

/* The items of one owner, which lie together. NULL with *count 0 where there are none. */
static void *items_of(const struct items *items, enum pr_directory_table table, int64_t owner, size_t *count)
{
	size_t low = 0;
	size_t high = items->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (items->heads[middle].owner < owner)
			low = middle + 1;
		else
			high = middle;
	}
	*count = 0;
	while (low + *count < items->count && items->heads[low + *count].owner == owner)
		++*count;
	return *count == 0 ? NULL : items->items + low * plans[table].item_size;
}

static bool open_zone(struct reader *reader, const char *what, int64_t id, const char *name,
	const struct pr_zone **zone, struct pr_error *error)
{
	for (size_t i = 0; i < reader->zone_count; i++)
		if (strcmp(reader->zones[i].name, name) == 0) {
			*zone = reader->zones[i].zone;
			return true;
		}
	struct pr_error cause = {0};
	if (!pr_zone_open(zone, name, reader->arena, &cause))
		return pr_error_set(error, PR_CODE_STORE, "%s %lld: %s", what, (long long)id, cause.text);
	struct zone_entry *entry = PR_PUSH(reader->arena, reader->zones, reader->zone_count, reader->zone_capacity);
	*entry = (struct zone_entry){name, *zone};
	return true;
}

static int compare_tenants(const void *left, const void *right)
{
	const struct pr_tenant *a = left;
	const struct pr_tenant *b = right;
	return (a->id > b->id) - (a->id < b->id);
}

bool pr_directory_items_read(enum pr_directory_table table, const struct pr_text_table *rows, struct pr_arena *arena,
	struct pr_directory_items *out, struct pr_error *error)
{
	struct reader reader = {.arena = arena};
	struct items items;
	if (!read_table(&reader, table, rows, &items, error))
		return false;
	*out = (struct pr_directory_items){.items = items.items, .item_size = plans[table].item_size, .count = items.count};
	out->owners = pr_arena_array(arena, items.count, sizeof *out->owners);
	out->keys = pr_arena_array(arena, items.count, sizeof *out->keys);
	for (size_t i = 0; i < items.count; i++) {
		out->owners[i] = items.heads[i].owner;
		out->keys[i] = items.heads[i].keys[0];
	}
	return true;
}

/* One row. Where it cannot be read there is still an id, so that the tenant can be named as the one that failed. */
static bool list_tenant(
	struct reader *reader, const struct pr_text_table *table, size_t row, struct pr_tenant *out, struct pr_error *error)
{
	const struct pr_text_table own = {table->cells + row * table->column_count, 1, table->column_count};
	struct pr_error cause = {0};
	struct items items;
	int64_t id;
	bool is_read = read_table(reader, PR_TABLE_TENANT, &own, &items, &cause);
	reader->text = NULL; /* it was this function's */
	if (is_read) {
		*out = *(const struct pr_tenant *)(const void *)items.items;
		if (open_zone(reader, "tenant", out->id, out->timezone, &out->zone, &cause))
			return true;
	}
	if (!own.cells[0] || !pr_text_to_int64(own.cells[0], &id))
		return pr_error_set(error, PR_CODE_STORE, "%s", cause.text);
	const char *name = table->column_count > 1 ? own.cells[1] : NULL;
	*out = (struct pr_tenant){.id = id, .name = pr_text_clean(reader->arena, name), .locale = "zh-CN", .timezone = ""};
	return true;
}

bool pr_directory_tenants(const struct pr_text_table *tenant, struct pr_arena *arena, struct pr_tenant **tenants,
	size_t *count, struct pr_error *error)
{
	struct reader reader = {.arena = arena};
	*count = tenant->row_count;
	*tenants = pr_arena_array(arena, *count, sizeof **tenants);
	for (size_t row = 0; row < *count; row++)
		if (!list_tenant(&reader, tenant, row, &(*tenants)[row], error))
			return false;
	if (*count > 1)
		qsort(*tenants, *count, sizeof **tenants, compare_tenants);
	for (size_t i = 1; i < *count; i++)
		if ((*tenants)[i - 1].id == (*tenants)[i].id)
			return pr_error_set(error, PR_CODE_STORE, "table 'tenant': tenant_id %lld stands in two rows; expected one",
				(long long)(*tenants)[i].id);
	return true;
}

/* The row of the tenant, as the store gave it. */
static bool find_tenant(const struct pr_text_table *tenant, int64_t tenant_id, size_t *row, struct pr_error *error)
{
	for (*row = 0; *row < tenant->row_count; ++*row) {
		const char *text = tenant->cells[*row * tenant->column_count];
		int64_t id;
		if (text && pr_text_to_int64(text, &id) && id == tenant_id)
			return true;
	}
	return pr_error_set(error, PR_CODE_UNKNOWN, "no tenant %lld in table 'tenant' (it holds %zu)", (long long)tenant_id,
		tenant->row_count);
}

bool pr_directory_edition(
	const struct pr_text_table *tenant, int64_t tenant_id, enum pr_edition *edition, struct pr_error *error)
{
	size_t row;
	if (!find_tenant(tenant, tenant_id, &row, error))
		return false;
	const char *word = tenant->cells[row * tenant->column_count + 3];
	int index = pr_name_index(pr_edition_names, PR_EDITION_COUNT, word);
	if (index < 0)
		return pr_error_set(error, PR_CODE_STORE,
			"table 'tenant', tenant_id %lld, column 'edition': '%s' is not one of single, management, platform",
			(long long)tenant_id, word ? word : "");
	*edition = (enum pr_edition)index;
	return true;
}

/* Another tenant's broken row must not cost this one its report: only its own is read. */
static bool build_tenant(struct reader *reader, const struct pr_text_table *tenant, int64_t tenant_id,
	struct pr_tenant *out, struct pr_error *error)
{
	size_t row;
	struct items items;
	if (!find_tenant(tenant, tenant_id, &row, error))
		return false;
	const struct pr_text_table own = {tenant->cells + row * tenant->column_count, 1, tenant->column_count};
	bool is_read = read_table(reader, PR_TABLE_TENANT, &own, &items, error);
	reader->text = NULL; /* it was this function's */
	if (!is_read)
		return false;
	*out = *(const struct pr_tenant *)(const void *)items.items;
	return open_zone(reader, "tenant", out->id, out->timezone, &out->zone, error);
}

static bool project_is_own(const struct items *own, int64_t tenant_id, int64_t project_id)
{
	for (size_t i = 0; i < own->count; i++)
		if (own->heads[i].owner == tenant_id && own->heads[i].keys[0] == project_id)
			return true;
	return false;
}

/* single: exactly one; management: one or more; platform: every project of the table. */
static bool choose_projects(const struct reader *reader, const struct items *own, struct items *projects,
	struct pr_directory *directory, struct pr_error *error)
{
	const struct pr_tenant *tenant = &directory->tenant;
	struct pr_project *all = (struct pr_project *)(void *)projects->items;
	directory->projects = pr_arena_array(reader->arena, projects->count, sizeof *directory->projects);
	for (size_t i = 0; i < projects->count; i++)
		if (tenant->edition == PR_EDITION_PLATFORM || project_is_own(own, tenant->id, all[i].id))
			directory->projects[directory->project_count++] = all[i];
	if (tenant->edition == PR_EDITION_PLATFORM)
		return true;
	size_t named = 0;
	for (size_t i = 0; i < own->count; i++)
		named += own->heads[i].owner == tenant->id;
	if (named == 0 || (tenant->edition == PR_EDITION_SINGLE && named != 1))
		return pr_error_set(error, PR_CODE_STORE,
			"tenant %lld is of the %s edition and has %zu projects in table 'tenant_project'; expected %s",
			(long long)tenant->id, pr_edition_names[tenant->edition], named,
			tenant->edition == PR_EDITION_SINGLE ? "exactly one" : "one or more");
	for (size_t i = 0; i < own->count; i++) {
		size_t k = 0;
		while (k < directory->project_count && directory->projects[k].id != own->heads[i].keys[0])
			k++;
		if (own->heads[i].owner == tenant->id && k == directory->project_count)
			return pr_error_set(error, PR_CODE_STORE,
				"table 'tenant_project', tenant_id %lld: no project %lld in table 'project'", (long long)tenant->id,
				(long long)own->heads[i].keys[0]);
	}
	return true;
}

/* The offdays of a region, by date. */
static void attach_offdays(const struct items *items, struct pr_project *project, struct pr_arena *arena)
{
	const struct offday_item *rows = (const struct offday_item *)(const void *)items->items;
	project->offdays = pr_arena_array(arena, items->count, sizeof *project->offdays);
	for (size_t i = 0; i < items->count; i++)
		if (strcmp(rows[i].region, project->holiday_region) == 0)
			project->offdays[project->offday_count++] = rows[i].offday;
}

static void attach(const struct items *tables, struct pr_project *project, struct pr_arena *arena)
{
#define ATTACH(table, owner, list, list_count) (list) = items_of(&tables[table], table, owner, &(list_count))
	ATTACH(PR_TABLE_TRANSFORMER, project->id, project->transformers, project->transformer_count);
	ATTACH(PR_TABLE_POINT, project->id, project->points, project->point_count);
	ATTACH(PR_TABLE_SENSOR, project->id, project->sensors, project->sensor_count);
	ATTACH(PR_TABLE_TARIFF, project->id, project->tariffs, project->tariff_count);
	ATTACH(PR_TABLE_UTILITY_BILL, project->id, project->utility_bills, project->utility_bill_count);
	ATTACH(PR_TABLE_MONTHLY_PLAN, project->id, project->plans, project->plan_count);
	ATTACH(PR_TABLE_EMISSION_FACTOR, project->id, project->emission_factors, project->emission_factor_count);
	for (size_t i = 0; i < project->point_count; i++) {
		struct pr_point *point = &project->points[i];
		ATTACH(PR_TABLE_POINT_NAME, point->id, point->names, point->name_count);
		ATTACH(PR_TABLE_METER_CHANGE, point->id, point->meter_changes, point->meter_change_count);
	}
	for (size_t i = 0; i < project->tariff_count; i++) {
		struct pr_tariff *tariff = &project->tariffs[i];
		ATTACH(PR_TABLE_TARIFF_SLOT, tariff->id, tariff->slots, tariff->slot_count);
	}
#undef ATTACH
	attach_offdays(&tables[PR_TABLE_OFFDAY], project, arena);
}

bool pr_directory_build(const struct pr_text_table *tables, int64_t tenant_id, struct pr_arena *arena,
	struct pr_directory *directory, struct pr_error *error)
{
	struct reader reader = {.arena = arena};
	struct items items[PR_TABLE_COUNT];
	memset(directory, 0, sizeof *directory);
	if (!build_tenant(&reader, &tables[PR_TABLE_TENANT], tenant_id, &directory->tenant, error))
		return false;
	for (int table = PR_TABLE_PROJECT; table < PR_TABLE_COUNT; table++)
		if (!read_table(&reader, (enum pr_directory_table)table, &tables[table], &items[table], error))
			return false;
	if (!choose_projects(&reader, &items[PR_TABLE_TENANT_PROJECT], &items[PR_TABLE_PROJECT], directory, error))
		return false;
	for (size_t i = 0; i < directory->project_count; i++) {
		struct pr_project *project = &directory->projects[i];
		if (!project->timezone)
			project->timezone = directory->tenant.timezone;
		if (!open_zone(&reader, "project", project->id, project->timezone, &project->zone, error))
			return false;
		attach(items, project, arena);
	}
	directory->alarm_types = (struct pr_alarm_type *)(void *)items[PR_TABLE_ALARM_TYPE].items;
	directory->alarm_type_count = items[PR_TABLE_ALARM_TYPE].count;
	directory->recipients =
		items_of(&items[PR_TABLE_RECIPIENT], PR_TABLE_RECIPIENT, tenant_id, &directory->recipient_count);
	return true;
}
