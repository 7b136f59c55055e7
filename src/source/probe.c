#include "source/probe.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "source/backend.h"

#define CLOCK_SECONDS 60
#define CERTIFICATE_DAYS 30
#define AGE_DAYS 2
#define TEXT_BYTES 900
#define EXAMPLES 3
#define WHAT_TO_DO "correct the row in the directory: the reports that need it fail until then"

const char *const pr_probe_status_names[PR_PROBE_STATUS_COUNT] = {"ok", "warn", "fail"};

void pr_probe_tell(const struct pr_probe *probe, enum pr_probe_status status, const char *what, const char *todo,
	const char *format, ...)
{
	char found[TEXT_BYTES];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(found, sizeof found, format, arguments);
	va_end(arguments);
	probe->tell(probe->context, status, what, found, todo);
}

void pr_probe_fail(const struct pr_probe *probe, const char *what, const char *todo, const struct pr_error *error)
{
	char text[1200];
	probe->tell(probe->context, PR_PROBE_FAIL, what, pr_error_describe(error, text, sizeof text), todo);
}

static int64_t clock_now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void pr_probe_clock(const struct pr_probe *probe, const char *what, int64_t server_ms)
{
	if (server_ms == PR_TIME_MISSING)
		return;
	int64_t seconds = (server_ms - clock_now_ms()) / 1000;
	bool is_off = llabs(seconds) > CLOCK_SECONDS;
	pr_probe_tell(probe, is_off ? PR_PROBE_WARN : PR_PROBE_OK, what,
		is_off ? "let NTP set the clocks of both machines: --now and the data cut-off go by this one's" : NULL,
		"%lld s %s this machine's clock", llabs(seconds), seconds < 0 ? "behind" : "ahead of");
}

void pr_probe_certificate(const struct pr_probe *probe, const char *what, int64_t until_ms)
{
	char time[40];
	if (until_ms == PR_TIME_MISSING)
		return;
	int64_t days = (until_ms - probe->clock_ms) / PR_MS_DAY;
	bool is_short = days < CERTIFICATE_DAYS;
	pr_probe_tell(probe,
		until_ms <= probe->clock_ms ? PR_PROBE_FAIL
		: is_short                  ? PR_PROBE_WARN
									: PR_PROBE_OK,
		what, is_short ? "have it renewed before it ends" : NULL, "trusted, valid until %s, %lld days",
		pr_time_iso(until_ms, NULL, time), (long long)days);
}

void pr_probe_age(const struct pr_probe *probe, const char *what, int64_t latest_ms, bool is_steady)
{
	char time[40];
	if (latest_ms == PR_TIME_MISSING) {
		pr_probe_tell(probe, is_steady ? PR_PROBE_WARN : PR_PROBE_OK, what,
			is_steady ? "look whether the platform writes it, or another name is meant" : NULL, "not one row");
		return;
	}
	int64_t age_ms = probe->now_ms - latest_ms;
	bool is_old = is_steady && age_ms > AGE_DAYS * PR_MS_DAY, is_ahead = age_ms < -PR_MS_DAY;
	pr_probe_tell(probe, is_old || is_ahead ? PR_PROBE_WARN : PR_PROBE_OK, what,
		is_old     ? "ask the platform's people: rows do not arrive"
		: is_ahead ? "ask the platform's people: a meter's clock is wrong"
				   : NULL,
		"the latest row is of %s, %.1f days %s", pr_time_iso(latest_ms, NULL, time),
		(double)(age_ms < 0 ? -age_ms : age_ms) / (double)PR_MS_DAY, age_ms < 0 ? "ahead of --now" : "before --now");
}

/* --- every value of the directory --- */

struct walk {
	struct pr_source *source;
	const struct pr_probe *probe;
	const struct pr_schema_table *schema;
	enum pr_directory_table table;
	struct pr_arena arena; /* names of zones */
	const char **zones;
	size_t zone_count, zone_capacity;
	size_t rows, counts[PR_TABLE_COUNT];
	size_t bad_zones, bad_names, bad_brands;
	char zone_example[TEXT_BYTES], name_example[TEXT_BYTES], brand_example[TEXT_BYTES];
	bool is_read;
	bool has_platform; /* a tenant that sees every project */
	bool is_limited;   /* the queries give one tenant's rows, and there is no such tenant */
};

static void add_example(char *list, size_t count, const char *table, const char *id, const char *why)
{
	size_t used = strlen(list);
	if (count <= EXAMPLES)
		snprintf(list + used, TEXT_BYTES - used, "%s%s %s: %.200s", used ? "; " : "", table, id ? id : "?", why);
}

static bool is_known_zone(const struct walk *walk, const char *name)
{
	for (size_t i = 0; i < walk->zone_count; i++)
		if (strcmp(walk->zones[i], name) == 0)
			return true;
	return false;
}

static void look_at_zone(struct walk *walk, const char *id, const char *name)
{
	const struct pr_zone *zone;
	struct pr_error error = {0};
	struct pr_arena scratch;
	if (!name || is_known_zone(walk, name))
		return;
	pr_arena_init(&scratch);
	if (pr_zone_open(&zone, name, &scratch, &error))
		*PR_PUSH(&walk->arena, walk->zones, walk->zone_count, walk->zone_capacity) = pr_arena_copy(&walk->arena, name);
	else
		add_example(walk->zone_example, ++walk->bad_zones, walk->schema->name, id, error.text);
	pr_arena_release(&scratch);
}

/* Columns whose texts stand in a report. */
static bool is_printed(const char *column)
{
	static const char *const printed[] = {"name", "short_name", "contact_name", "source", "name_zh", "name_en"};
	for (size_t i = 0; i < sizeof printed / sizeof *printed; i++)
		if (strcmp(printed[i], column) == 0)
			return true;
	return false;
}

static void look_at_name(struct walk *walk, const char *id, const char *text)
{
	struct pr_error error = {0};
	struct pr_arena scratch;
	if (!text || !walk->probe->can_print)
		return;
	pr_arena_init(&scratch);
	if (!walk->probe->can_print(walk->probe->context, pr_text_clean(&scratch, text), &error))
		add_example(walk->name_example, ++walk->bad_names, walk->schema->name, id, error.text);
	pr_arena_release(&scratch);
}

static void look_at_brand(struct walk *walk, const char *id, const char *name)
{
	if (name && walk->probe->has_brand && !walk->probe->has_brand(walk->probe->context, name))
		add_example(walk->brand_example, ++walk->bad_brands, walk->schema->name, id, name);
}

static bool take_piece(void *context, const struct pr_text_table *rows, struct pr_error *error)
{
	struct walk *walk = context;
	struct pr_directory_items items;
	struct pr_arena arena;
	for (size_t row = 0; row < rows->row_count; row++)
		for (size_t i = 0; i < rows->column_count && i < walk->schema->column_count; i++) {
			const char *const *cells = &rows->cells[row * rows->column_count];
			if (walk->schema->columns[i].kind == PR_COLUMN_ZONE)
				look_at_zone(walk, cells[0], cells[i]);
			else if (strcmp(walk->schema->columns[i].name, "brand") == 0)
				look_at_brand(walk, cells[0], cells[i]);
			else if (walk->table != PR_TABLE_RECIPIENT &&
					 is_printed(walk->schema->columns[i].name)) /* mail is no page */
				look_at_name(walk, cells[0], cells[i]);
		}
	walk->counts[walk->table] += rows->row_count;
	pr_arena_init(&arena);
	bool is_read = pr_directory_items_read(walk->table, rows, &arena, &items, error);
	pr_arena_release(&arena);
	return is_read;
}

/* A table whose value is wrong is told; the others are gone on with. */
static void walk_table(struct walk *walk, const struct pr_tenant *tenants, size_t count)
{
	struct pr_error error = {0};
	if (!walk->source->ops->directory_begin(walk->source, &error)) {
		pr_probe_fail(walk->probe, "directory", NULL, &error);
		walk->is_read = false;
		return;
	}
	if (!walk->source->ops->directory_pieces(walk->source, walk->table, tenants, count, take_piece, walk, &error)) {
		walk->is_limited = error.code == PR_CODE_CONFIG && !walk->has_platform;
		if (!walk->is_limited) {
			pr_probe_fail(walk->probe, "directory", WHAT_TO_DO, &error);
			walk->is_read = false;
		}
	}
	walk->source->ops->directory_end(walk->source);
}

static void look_at_project(struct walk *walk, const struct pr_project *project)
{
	char id[32];
	snprintf(id, sizeof id, "%lld", (long long)project->id);
	walk->schema = pr_schema_find("project");
	look_at_name(walk, id, project->name);
	for (size_t i = 0; i < project->point_count; i++)
		look_at_name(walk, id, project->points[i].name);
	for (size_t i = 0; i < project->sensor_count; i++)
		look_at_name(walk, id, project->sensors[i].name);
	walk->counts[PR_TABLE_POINT] += project->point_count;
	walk->counts[PR_TABLE_SENSOR] += project->sensor_count;
	walk->counts[PR_TABLE_TARIFF] += project->tariff_count;
}

/* Queries of one's own that are limited to a tenant: its directory is read as its report reads it. */
static void walk_tenants(struct walk *walk, const struct pr_tenant *tenants, size_t count)
{
	for (int table = PR_TABLE_TENANT + 1; table < PR_TABLE_COUNT; table++)
		walk->counts[table] = 0;
	for (size_t i = 0; i < count; i++) {
		struct pr_directory directory;
		struct pr_error error = {0};
		struct pr_arena arena;
		pr_arena_init(&arena);
		if (!pr_source_directory(walk->source, tenants[i].id, &arena, &directory, &error)) {
			pr_error_context(&error, "tenant %lld", (long long)tenants[i].id);
			pr_probe_fail(walk->probe, "directory", WHAT_TO_DO, &error);
			walk->is_read = false;
		} else {
			walk->counts[PR_TABLE_PROJECT] += directory.project_count;
			for (size_t k = 0; k < directory.project_count; k++)
				look_at_project(walk, &directory.projects[k]);
		}
		pr_arena_release(&arena);
	}
}

/* Every table in pieces, or every tenant. */
static void walk_all(struct walk *walk, const struct pr_tenant *tenants, size_t count)
{
	for (size_t i = 0; i < count; i++)
		walk->has_platform = walk->has_platform || tenants[i].edition == PR_EDITION_PLATFORM;
	for (int table = 0; table < PR_TABLE_COUNT && !walk->is_limited; table++) {
		walk->table = (enum pr_directory_table)table;
		walk->schema = pr_schema_find(pr_directory_queries[table].table);
		if (walk->schema)
			walk_table(walk, tenants, count);
	}
	if (walk->is_limited)
		walk_tenants(walk, tenants, count);
}

static void tell_tenants(struct walk *walk, const struct pr_tenant *tenants, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!tenants[i].zone) {
			pr_probe_tell(walk->probe, PR_PROBE_FAIL, "directory", WHAT_TO_DO, "the row of tenant %lld cannot be read",
				(long long)tenants[i].id);
			walk->is_read = false;
		}
}

static void tell_walk(const struct walk *walk)
{
	const size_t *counts = walk->counts;
	if (walk->is_read)
		pr_probe_tell(walk->probe, PR_PROBE_OK, "directory", NULL,
			"every value can be read: %zu tenants, %zu projects, %zu points, %zu sensors, %zu tariffs",
			counts[PR_TABLE_TENANT], counts[PR_TABLE_PROJECT], counts[PR_TABLE_POINT], counts[PR_TABLE_SENSOR],
			counts[PR_TABLE_TARIFF]);
	if (walk->bad_zones > 0)
		pr_probe_tell(walk->probe, PR_PROBE_FAIL, "time zones", "install tzdata, or correct the name in the directory",
			"%s", walk->zone_example);
	else
		pr_probe_tell(
			walk->probe, PR_PROBE_OK, "time zones", NULL, "%zu of the directory, all known", walk->zone_count);
	if (walk->bad_brands > 0)
		pr_probe_tell(walk->probe, PR_PROBE_FAIL, "brands",
			"make templates/brands/<brand>/brand.ini, or correct the tenant's brand: its report fails",
			"the directory names some that are not there: %s", walk->brand_example);
	if (walk->bad_names > 0)
		pr_probe_tell(walk->probe, PR_PROBE_FAIL, "names",
			"change the name, or add a font that has the character to [fonts]: such a report fails", "%zu of them: %s",
			walk->bad_names, walk->name_example);
	else if (walk->probe->can_print)
		pr_probe_tell(walk->probe, PR_PROBE_OK, "names", NULL, "all of the directory's can be printed");
}

void pr_probe_directory(struct pr_source *source, const struct pr_probe *probe, struct pr_probe_counts *counts)
{
	struct walk walk = {.source = source, .probe = probe, .is_read = true};
	struct pr_tenant *tenants = NULL;
	struct pr_error error = {0};
	size_t count = 0;
	pr_arena_init(&walk.arena);
	*counts = (struct pr_probe_counts){0};
	if (!pr_source_tenants(source, &walk.arena, &tenants, &count, &error)) {
		pr_probe_fail(probe, "directory", NULL, &error);
	} else {
		walk_all(&walk, tenants, count);
		tell_tenants(&walk, tenants, count);
		tell_walk(&walk);
		*counts = (struct pr_probe_counts){true, walk.counts[PR_TABLE_TENANT], walk.counts[PR_TABLE_PROJECT],
			walk.counts[PR_TABLE_POINT], walk.counts[PR_TABLE_SENSOR]};
	}
	pr_arena_release(&walk.arena);
}

void pr_probe_store(const struct pr_config *config, const struct pr_probe *probe, size_t *tenants)
{
	struct pr_probe_counts counts = {0};
	if (config->store.kind == PR_STORE_EMBEDDED) {
		pr_probe_embedded(config, probe, &counts);
	} else {
		/* Somebody waits for the answer: no retries, and no waits of minutes. */
		struct pr_store_config store = config->store;
		struct pr_elasticsearch_config *elasticsearch = &store.elasticsearch;
		elasticsearch->max_retries = 0;
		if (elasticsearch->request_timeout_s > 30)
			elasticsearch->request_timeout_s = 30;
		if (elasticsearch->deadline_s > 30)
			elasticsearch->deadline_s = 30;
		if (store.mysql.read_timeout_s > 30)
			store.mysql.read_timeout_s = 30;
		pr_probe_mysql(&store, probe, &counts);
		pr_probe_elastic(&store, probe, &counts);
	}
	*tenants = counts.tenants;
}
