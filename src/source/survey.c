/* The survey's directory: tables read in pieces, of which only what the survey needs is kept; the calls of survey.h. */
#include "source/survey.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "source/backend.h"

struct zone_entry {
	const char *name;
	const struct pr_zone *zone;
};

struct membership {
	int64_t project_id, tenant_id;
};

struct reading {
	struct pr_source *source;
	struct pr_survey_directory *directory;
	struct pr_arena *arena;  /* what stays */
	struct pr_arena scratch; /* until the directory is read */
	struct pr_tenant *tenants;
	size_t tenant_count;
	struct membership *memberships;
	size_t membership_count, membership_capacity;
	const char **timezones; /* of the sites, as read; NULL = the customer's */
	size_t timezone_count, timezone_capacity;
	size_t site_capacity, point_capacity, sensor_capacity, type_capacity;
	struct zone_entry *zones;
	size_t zone_count, zone_capacity;
};

/* --- pieces of tables --- */

typedef void keep_items(struct reading *reading, const struct pr_directory_items *items);

struct piece {
	struct reading *reading;
	enum pr_directory_table table;
	keep_items *keep;
};

static bool take_piece(void *context, const struct pr_text_table *rows, struct pr_error *error)
{
	struct piece *piece = context;
	struct pr_directory_items items;
	struct pr_arena arena;
	pr_arena_init(&arena);
	bool is_read = pr_directory_items_read(piece->table, rows, &arena, &items, error);
	if (is_read)
		piece->keep(piece->reading, &items);
	pr_arena_release(&arena);
	return is_read;
}

static bool read_pieces(
	struct reading *reading, enum pr_directory_table table, keep_items *keep, struct pr_error *error)
{
	struct piece piece = {reading, table, keep};
	return reading->source->ops->directory_pieces(
		reading->source, table, reading->tenants, reading->tenant_count, take_piece, &piece, error);
}

static void keep_memberships(struct reading *reading, const struct pr_directory_items *items)
{
	for (size_t i = 0; i < items->count; i++)
		*PR_PUSH(&reading->scratch, reading->memberships, reading->membership_count, reading->membership_capacity) =
			(struct membership){items->keys[i], items->owners[i]};
}

static void keep_sites(struct reading *reading, const struct pr_directory_items *items)
{
	const struct pr_project *projects = (const void *)items->items;
	for (size_t i = 0; i < items->count; i++) {
		struct pr_survey_directory *directory = reading->directory;
		*PR_PUSH(reading->arena, directory->sites, directory->site_count, reading->site_capacity) =
			(struct pr_survey_site){.id = projects[i].id,
				.name = pr_arena_copy(reading->arena, projects[i].name),
				.industry = pr_arena_copy(reading->arena, projects[i].industry)};
		*PR_PUSH(&reading->scratch, reading->timezones, reading->timezone_count, reading->timezone_capacity) =
			pr_arena_copy(&reading->scratch, projects[i].timezone);
	}
}

/* A point that is valid all the time leaves nothing out. */
static void keep_points(struct reading *reading, const struct pr_directory_items *items)
{
	const struct pr_point *points = (const void *)items->items;
	struct pr_survey_directory *directory = reading->directory;
	for (size_t i = 0; i < items->count; i++) {
		const struct pr_validity *validity = &points[i].validity;
		if (validity->from_ms > directory->from_ms ||
			(validity->to_ms != PR_TIME_MISSING && validity->to_ms < directory->to_ms))
			*PR_PUSH(reading->arena, directory->points, directory->point_count, reading->point_capacity) =
				(struct pr_survey_part){points[i].id, items->owners[i], *validity, PR_SENSOR_COUNT};
	}
}

static void keep_sensors(struct reading *reading, const struct pr_directory_items *items)
{
	const struct pr_sensor *sensors = (const void *)items->items;
	struct pr_survey_directory *directory = reading->directory;
	for (size_t i = 0; i < items->count; i++)
		*PR_PUSH(reading->arena, directory->sensors, directory->sensor_count, reading->sensor_capacity) =
			(struct pr_survey_part){sensors[i].id, items->owners[i], sensors[i].validity, sensors[i].kind};
}

static void keep_types(struct reading *reading, const struct pr_directory_items *items)
{
	const struct pr_alarm_type *types = (const void *)items->items;
	struct pr_survey_directory *directory = reading->directory;
	for (size_t i = 0; i < items->count; i++)
		*PR_PUSH(reading->arena, directory->alarm_types, directory->alarm_type_count, reading->type_capacity) =
			(struct pr_alarm_type){.code = pr_arena_copy(reading->arena, types[i].code),
				.name_zh = pr_arena_copy(reading->arena, types[i].name_zh),
				.name_en = pr_arena_copy(reading->arena, types[i].name_en),
				.category = pr_arena_copy(reading->arena, types[i].category),
				.retired = types[i].retired};
}

/* --- customers and zones --- */

static int compare_ids(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int compare_memberships(const void *left, const void *right)
{
	const struct membership *a = left, *b = right;
	int order = compare_ids(a->project_id, b->project_id);
	return order ? order : compare_ids(a->tenant_id, b->tenant_id);
}

static int compare_parts(const void *left, const void *right)
{
	const struct pr_survey_part *a = left, *b = right;
	int order = compare_ids(a->project_id, b->project_id);
	return order ? order : compare_ids(a->id, b->id);
}

static int compare_types(const void *left, const void *right)
{
	const struct pr_alarm_type *a = left, *b = right;
	return strcmp(a->code, b->code);
}

struct ordered_site {
	struct pr_survey_site site;
	const char *timezone;
};

static int compare_sites(const void *left, const void *right)
{
	const struct ordered_site *a = left, *b = right;
	return compare_ids(a->site.id, b->site.id);
}

/* The store's order does not matter; a key that stands twice is refused, as it is for a tenant's own directory. */
static bool sort_sites(struct reading *reading, struct pr_error *error)
{
	struct pr_survey_directory *directory = reading->directory;
	size_t count = directory->site_count;
	struct ordered_site *ordered = pr_arena_array(&reading->scratch, count, sizeof *ordered);
	for (size_t i = 0; i < count; i++)
		ordered[i] = (struct ordered_site){directory->sites[i], reading->timezones[i]};
	if (count > 1)
		qsort(ordered, count, sizeof *ordered, compare_sites);
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && ordered[i].site.id == ordered[i - 1].site.id)
			return pr_error_set(error, PR_CODE_STORE,
				"table 'project', project_id %lld, column 'project_id': stands in two rows of the same key; expected "
				"one",
				(long long)ordered[i].site.id);
		directory->sites[i] = ordered[i].site;
		reading->timezones[i] = ordered[i].timezone;
	}
	return true;
}

static void sort_rest(struct reading *reading)
{
	struct pr_survey_directory *directory = reading->directory;
	if (reading->membership_count > 1)
		qsort(reading->memberships, reading->membership_count, sizeof *reading->memberships, compare_memberships);
	if (directory->point_count > 1)
		qsort(directory->points, directory->point_count, sizeof *directory->points, compare_parts);
	if (directory->sensor_count > 1)
		qsort(directory->sensors, directory->sensor_count, sizeof *directory->sensors, compare_parts);
	if (directory->alarm_type_count > 1)
		qsort(directory->alarm_types, directory->alarm_type_count, sizeof *directory->alarm_types, compare_types);
}

/* Tenants come by id. */
static const struct pr_tenant *tenant_of(const struct reading *reading, int64_t id)
{
	size_t low = 0, high = reading->tenant_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (reading->tenants[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < reading->tenant_count && reading->tenants[low].id == id ? &reading->tenants[low] : NULL;
}

/* Method, section 13: its single tenant, else the management tenant with the smallest id. *at moves with the projects. */
static const struct pr_tenant *customer_of(const struct reading *reading, int64_t project_id, size_t *at)
{
	const struct pr_tenant *manager = NULL, *single = NULL;
	while (*at < reading->membership_count && reading->memberships[*at].project_id < project_id)
		++*at;
	for (; *at < reading->membership_count && reading->memberships[*at].project_id == project_id; ++*at) {
		const struct pr_tenant *tenant = tenant_of(reading, reading->memberships[*at].tenant_id);
		if (tenant && tenant->edition == PR_EDITION_SINGLE && !single)
			single = tenant;
		if (tenant && tenant->edition == PR_EDITION_MANAGEMENT && !manager)
			manager = tenant;
	}
	return single ? single : manager;
}

static bool open_zone(struct reading *reading, const struct pr_survey_site *site, const char *name,
	const struct pr_zone **zone, struct pr_error *error)
{
	for (size_t i = 0; i < reading->zone_count; i++)
		if (strcmp(reading->zones[i].name, name) == 0) {
			*zone = reading->zones[i].zone;
			return true;
		}
	struct pr_error cause = {0};
	if (!pr_zone_open(zone, name, reading->arena, &cause))
		return pr_error_set(error, PR_CODE_STORE, "project %lld: %s", (long long)site->id, cause.text);
	*PR_PUSH(&reading->scratch, reading->zones, reading->zone_count, reading->zone_capacity) =
		(struct zone_entry){name, *zone};
	return true;
}

static bool is_served(const struct pr_tenant *tenant, const struct pr_zone *zone, struct pr_month month)
{
	int64_t from_ms, to_ms;
	pr_zone_month(zone, month, &from_ms, &to_ms);
	return pr_zone_instant(zone, tenant->service_from, 0) < to_ms &&
	       (tenant->service_to.year == 0 || pr_zone_instant(zone, tenant->service_to, 0) > from_ms);
}

static bool settle_site(struct reading *reading, size_t index, size_t *membership, struct pr_error *error)
{
	struct pr_survey_directory *directory = reading->directory;
	struct pr_survey_site *site = &directory->sites[index];
	const struct pr_tenant *customer = customer_of(reading, site->id, membership);
	const struct pr_tenant *host = customer ? customer : directory->operator_tenant;
	site->zone = host ? host->zone : NULL;
	if (reading->timezones[index] && !open_zone(reading, site, reading->timezones[index], &site->zone, error))
		return false;
	site->in_service = true;
	if (!customer)
		return true;
	site->customer_id = customer->id;
	site->customer = customer->name;
	if (customer->service_from.year != 0) /* a tenant's row that cannot be read */
		site->in_service = is_served(customer, site->zone, directory->month);
	return true;
}

static bool settle_sites(struct reading *reading, struct pr_error *error)
{
	size_t membership = 0;
	for (size_t i = 0; i < reading->tenant_count && !reading->directory->operator_tenant; i++)
		if (reading->tenants[i].edition == PR_EDITION_PLATFORM)
			reading->directory->operator_tenant = &reading->tenants[i];
	for (size_t i = 0; i < reading->directory->site_count; i++)
		if (!settle_site(reading, i, &membership, error))
			return false;
	return true;
}

/* No zone is a day and a half away from UTC. */
static void set_window(struct pr_survey_directory *directory)
{
	int64_t from_ms, to_ms, end_ms;
	pr_zone_month(NULL, pr_month_add(directory->month, -1), &from_ms, &to_ms);
	pr_zone_month(NULL, directory->month, &to_ms, &end_ms);
	directory->from_ms = from_ms - PR_MS_DAY;
	directory->to_ms = end_ms + PR_MS_DAY;
}

static bool read_directory(struct reading *reading, struct pr_error *error)
{
	static const struct {
		enum pr_directory_table table;
		keep_items *keep;
	} tables[] = {{PR_TABLE_TENANT_PROJECT, keep_memberships}, {PR_TABLE_PROJECT, keep_sites},
		{PR_TABLE_POINT, keep_points}, {PR_TABLE_SENSOR, keep_sensors}, {PR_TABLE_ALARM_TYPE, keep_types}};
	if (!reading->source->ops->directory_begin(reading->source, error))
		return false;
	bool is_read = true;
	for (size_t i = 0; is_read && i < sizeof tables / sizeof *tables; i++)
		is_read = read_pieces(reading, tables[i].table, tables[i].keep, error);
	reading->source->ops->directory_end(reading->source);
	return is_read;
}

bool pr_source_survey_directory(struct pr_source *source, struct pr_month month, struct pr_arena *arena,
	struct pr_survey_directory *directory, struct pr_error *error)
{
	struct reading reading = {.source = source, .directory = directory, .arena = arena};
	*directory = (struct pr_survey_directory){.month = month};
	set_window(directory);
	pr_arena_init(&reading.scratch);
	bool is_read = pr_source_tenants(source, arena, &reading.tenants, &reading.tenant_count, error) &&
	               read_directory(&reading, error) && sort_sites(&reading, error);
	if (is_read) {
		sort_rest(&reading);
		is_read = settle_sites(&reading, error);
	}
	pr_arena_release(&reading.scratch);
	return is_read;
}

/* --- names --- */

/* A point's names so far: today's, the first, and the last that begins at or before the instant. */
struct naming {
	const char *today, *first, *last;
	int64_t first_ms, last_ms;
};

struct naming_pass {
	const int64_t *ids, *at_ms;
	struct naming *namings;
	size_t count;
	struct pr_arena *arena;
	enum pr_directory_table table;
};

static size_t find_id(const struct naming_pass *pass, int64_t id)
{
	size_t low = 0, high = pass->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (pass->ids[middle] < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void take_name(struct naming_pass *pass, int64_t id, const struct pr_point_name *name)
{
	for (size_t i = find_id(pass, id); i < pass->count && pass->ids[i] == id; i++) {
		struct naming *naming = &pass->namings[i];
		if (!naming->first || name->from_ms < naming->first_ms) {
			naming->first = pr_arena_copy(pass->arena, name->name);
			naming->first_ms = name->from_ms;
		}
		if (name->from_ms <= pass->at_ms[i] && (!naming->last || name->from_ms > naming->last_ms)) {
			naming->last = pr_arena_copy(pass->arena, name->name);
			naming->last_ms = name->from_ms;
		}
	}
}

static bool take_names(void *context, const struct pr_text_table *rows, struct pr_error *error)
{
	struct naming_pass *pass = context;
	struct pr_directory_items items;
	struct pr_arena arena;
	pr_arena_init(&arena);
	bool is_read = pr_directory_items_read(pass->table, rows, &arena, &items, error);
	for (size_t row = 0; is_read && row < items.count; row++) {
		if (pass->table == PR_TABLE_POINT_NAME) {
			take_name(pass, items.owners[row], (const struct pr_point_name *)(const void *)items.items + row);
			continue;
		}
		const struct pr_point *point = (const struct pr_point *)(const void *)items.items + row;
		for (size_t i = find_id(pass, point->id); i < pass->count && pass->ids[i] == point->id; i++)
			pass->namings[i].today = pr_arena_copy(pass->arena, point->name);
	}
	pr_arena_release(&arena);
	return is_read;
}

bool pr_source_survey_names(struct pr_source *source, const int64_t *point_ids, const int64_t *at_ms, size_t count,
	struct pr_arena *arena, const char **names, struct pr_error *error)
{
	static const enum pr_directory_table tables[] = {PR_TABLE_POINT, PR_TABLE_POINT_NAME};
	struct pr_arena scratch;
	if (count == 0)
		return true;
	pr_arena_init(&scratch);
	struct naming_pass pass = {
		point_ids, at_ms, pr_arena_array(&scratch, count, sizeof(struct naming)), count, &scratch, PR_TABLE_POINT};
	bool is_read = source->ops->directory_begin(source, error);
	bool has_begun = is_read;
	for (size_t i = 0; is_read && i < sizeof tables / sizeof *tables; i++) {
		pass.table = tables[i];
		is_read = source->ops->directory_pieces(source, tables[i], NULL, 0, take_names, &pass, error);
	}
	if (has_begun)
		source->ops->directory_end(source);
	for (size_t i = 0; is_read && i < count; i++) {
		const struct naming *naming = &pass.namings[i];
		names[i] = pr_arena_copy(arena, !naming->today  ? NULL
										: naming->last  ? naming->last
										: naming->first ? naming->first
														: naming->today);
	}
	pr_arena_release(&scratch);
	return is_read;
}

/* --- alarms --- */

bool pr_source_survey_alarms(struct pr_source *source, const struct pr_survey_query *query, pr_alarm_take *take,
	void *context, struct pr_error *error)
{
	return source->ops->survey_alarms(source, query, take, context, error);
}

bool pr_source_survey_repeats(struct pr_source *source, const struct pr_survey_query *query, pr_project_mark *mark,
	void *context, struct pr_error *error)
{
	return source->ops->survey_repeats(source, query, mark, context, error);
}
