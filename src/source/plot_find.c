/* Which point or sensor a text means: the directory's tables in pieces, of which only what fits is kept. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "source/backend.h"
#include "source/plot.h"

/* How well a name fits; the best that there is counts. */
enum fit { FIT_NONE, FIT_PART, FIT_WHOLE, FIT_ID };

struct hit {
	int64_t id, project_id;
	const char *name;
	enum fit fit;
};
struct named {
	int64_t id;
	const char *name;
	enum fit fit;
};
struct membership {
	int64_t project_id, tenant_id;
};

struct finding {
	struct pr_source *source;
	const char *text;
	int64_t id; /* the text as a number; 0 = none */
	bool sensors;
	struct pr_arena *arena; /* the call's own */
	struct pr_tenant *tenants;
	size_t tenant_count;
	struct named *named; /* points by an earlier name */
	size_t named_count, named_capacity;
	struct hit *hits;
	size_t hit_count, hit_capacity;
	struct membership *memberships;
	size_t membership_count, membership_capacity;
	struct named *projects;
	size_t project_count, project_capacity;
	enum pr_directory_table table;
};

static char folded(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static bool begins_with(const char *text, const char *part)
{
	while (*part && folded(*text) == folded(*part)) {
		text++;
		part++;
	}
	return !*part;
}

static enum fit fit_of(const struct finding *finding, const char *name)
{
	if (!name || !*finding->text)
		return FIT_NONE;
	if (strcmp(name, finding->text) == 0)
		return FIT_WHOLE;
	for (; *name; name++)
		if (begins_with(name, finding->text))
			return FIT_PART;
	return FIT_NONE;
}

static void keep_name(struct finding *finding, int64_t point_id, const struct pr_point_name *name)
{
	enum fit fit = fit_of(finding, name->name);
	if (fit != FIT_NONE)
		*PR_PUSH(finding->arena, finding->named, finding->named_count, finding->named_capacity) =
			(struct named){point_id, pr_arena_copy(finding->arena, name->name), fit};
}

static void keep_hit(struct finding *finding, int64_t id, int64_t project_id, const char *name)
{
	enum fit fit = finding->id != 0 && id == finding->id ? FIT_ID : fit_of(finding, name);
	for (size_t i = 0; !finding->sensors && i < finding->named_count; i++)
		if (finding->named[i].id == id && finding->named[i].fit > fit)
			fit = finding->named[i].fit;
	if (fit != FIT_NONE)
		*PR_PUSH(finding->arena, finding->hits, finding->hit_count, finding->hit_capacity) =
			(struct hit){id, project_id, pr_arena_copy(finding->arena, name), fit};
}

static bool is_hit_project(const struct finding *finding, int64_t project_id)
{
	for (size_t i = 0; i < finding->hit_count; i++)
		if (finding->hits[i].project_id == project_id)
			return true;
	return false;
}

static void keep_item(struct finding *finding, const struct pr_directory_items *items, size_t i)
{
	const void *all = items->items;
	switch (finding->table) {
	case PR_TABLE_POINT_NAME:
		keep_name(finding, items->owners[i], (const struct pr_point_name *)all + i);
		break;
	case PR_TABLE_POINT:
		keep_hit(finding, items->keys[i], items->owners[i], ((const struct pr_point *)all)[i].name);
		break;
	case PR_TABLE_SENSOR:
		keep_hit(finding, items->keys[i], items->owners[i], ((const struct pr_sensor *)all)[i].name);
		break;
	case PR_TABLE_TENANT_PROJECT:
		if (is_hit_project(finding, items->keys[i]))
			*PR_PUSH(finding->arena, finding->memberships, finding->membership_count, finding->membership_capacity) =
				(struct membership){items->keys[i], items->owners[i]};
		break;
	case PR_TABLE_PROJECT:
		if (is_hit_project(finding, items->keys[i]))
			*PR_PUSH(finding->arena, finding->projects, finding->project_count, finding->project_capacity) =
				(struct named){
					items->keys[i], pr_arena_copy(finding->arena, ((const struct pr_project *)all)[i].name), FIT_WHOLE};
		break;
	case PR_TABLE_TENANT:
	case PR_TABLE_TRANSFORMER:
	case PR_TABLE_METER_CHANGE:
	case PR_TABLE_TARIFF:
	case PR_TABLE_TARIFF_SLOT:
	case PR_TABLE_OFFDAY:
	case PR_TABLE_ALARM_TYPE:
	case PR_TABLE_UTILITY_BILL:
	case PR_TABLE_MONTHLY_PLAN:
	case PR_TABLE_EMISSION_FACTOR:
	case PR_TABLE_RECIPIENT:
	case PR_TABLE_COUNT:
		break;
	}
}

static bool take_piece(void *context, const struct pr_text_table *rows, struct pr_error *error)
{
	struct finding *finding = context;
	struct pr_directory_items items;
	struct pr_arena arena;
	pr_arena_init(&arena);
	bool is_read = pr_directory_items_read(finding->table, rows, &arena, &items, error);
	for (size_t i = 0; is_read && i < items.count; i++)
		keep_item(finding, &items, i);
	pr_arena_release(&arena);
	return is_read;
}

/* Names before points, which take over what their earlier names fit; then whose the hits are. */
static bool read_tables(struct finding *finding, struct pr_error *error)
{
	const enum pr_directory_table tables[] = {PR_TABLE_POINT_NAME, finding->sensors ? PR_TABLE_SENSOR : PR_TABLE_POINT,
		PR_TABLE_TENANT_PROJECT, PR_TABLE_PROJECT};
	bool is_read = pr_source_tenants(finding->source, finding->arena, &finding->tenants, &finding->tenant_count, error);
	if (!is_read || !finding->source->ops->directory_begin(finding->source, error))
		return false;
	for (size_t i = 0; is_read && i < sizeof tables / sizeof *tables; i++) {
		finding->table = tables[i];
		is_read = finding->source->ops->directory_pieces(
			finding->source, tables[i], finding->tenants, finding->tenant_count, take_piece, finding, error);
	}
	finding->source->ops->directory_end(finding->source);
	return is_read;
}

/* --- whose project --- */

static const struct pr_tenant *tenant_of(const struct finding *finding, int64_t id)
{
	for (size_t i = 0; i < finding->tenant_count; i++)
		if (finding->tenants[i].id == id)
			return &finding->tenants[i];
	return NULL;
}

static bool has_project(const struct finding *finding, const struct pr_tenant *tenant, int64_t project_id)
{
	if (tenant->edition == PR_EDITION_PLATFORM)
		return true;
	for (size_t i = 0; i < finding->membership_count; i++)
		if (finding->memberships[i].project_id == project_id && finding->memberships[i].tenant_id == tenant->id)
			return true;
	return false;
}

/* The first of those given, in their order; without any the first by edition, then id. Tenants come by id. */
static const struct pr_tenant *owner_of(
	const struct finding *finding, int64_t project_id, const int64_t *tenants, size_t tenant_count)
{
	for (size_t i = 0; i < tenant_count; i++) {
		const struct pr_tenant *tenant = tenant_of(finding, tenants[i]);
		if (tenant && has_project(finding, tenant, project_id))
			return tenant;
	}
	for (int edition = 0; tenant_count == 0 && edition < PR_EDITION_COUNT; edition++)
		for (size_t i = 0; i < finding->tenant_count; i++)
			if ((int)finding->tenants[i].edition == edition && has_project(finding, &finding->tenants[i], project_id))
				return &finding->tenants[i];
	return NULL;
}

/* --- the answer --- */

static int compare_hits(const void *left, const void *right)
{
	const struct hit *a = left, *b = right;
	return (a->id > b->id) - (a->id < b->id);
}

static const char *project_name(const struct finding *finding, int64_t id)
{
	for (size_t i = 0; i < finding->project_count; i++)
		if (finding->projects[i].id == id)
			return finding->projects[i].name;
	return NULL;
}

bool pr_source_plot_find(struct pr_source *source, const char *text, bool sensors, const int64_t *tenants,
	size_t tenant_count, struct pr_arena *arena, struct pr_plot_found **found, size_t *count, struct pr_error *error)
{
	struct finding finding = {.source = source, .text = text, .sensors = sensors, .arena = arena};
	enum fit best = FIT_NONE;
	*found = NULL;
	*count = 0;
	if (!pr_text_to_int64(text, &finding.id))
		finding.id = 0;
	if (!read_tables(&finding, error))
		return false;
	if (finding.hit_count > 1)
		qsort(finding.hits, finding.hit_count, sizeof *finding.hits, compare_hits);
	*found = pr_arena_array(arena, finding.hit_count, sizeof **found);
	for (size_t i = 0; i < finding.hit_count; i++) {
		const struct hit *hit = &finding.hits[i];
		const struct pr_tenant *owner = owner_of(&finding, hit->project_id, tenants, tenant_count);
		if ((!owner && tenant_count > 0) || hit->fit < best)
			continue;
		*count = hit->fit > best ? 0 : *count;
		best = hit->fit;
		(*found)[(*count)++] = (struct pr_plot_found){.id = hit->id,
			.project_id = hit->project_id,
			.tenant_id = owner ? owner->id : 0,
			.name = hit->name,
			.project = project_name(&finding, hit->project_id),
			.tenant = owner ? owner->name : NULL,
			.is_exact = hit->fit != FIT_PART};
	}
	return true;
}

bool pr_source_plot_tenant(struct pr_source *source, int64_t project_id, const int64_t *tenants, size_t tenant_count,
	struct pr_arena *arena, int64_t *tenant_id, struct pr_error *error)
{
	struct finding finding = {.source = source, .arena = arena};
	struct pr_project_list list;
	bool is_known = false;
	if (!pr_source_tenants(source, arena, &finding.tenants, &finding.tenant_count, error) ||
		!pr_source_projects(source, arena, &list, error))
		return false;
	for (size_t i = 0; i < list.project_count; i++)
		is_known = is_known || list.projects[i].id == project_id;
	for (size_t i = 0; i < list.owner_count; i++)
		if (list.owners[i].project_id == project_id)
			*PR_PUSH(arena, finding.memberships, finding.membership_count, finding.membership_capacity) =
				(struct membership){project_id, list.owners[i].tenant_id};
	const struct pr_tenant *owner = is_known ? owner_of(&finding, project_id, tenants, tenant_count) : NULL;
	if (!is_known)
		return pr_error_set(
			error, PR_CODE_UNKNOWN, "--project: the directory has no project %lld", (long long)project_id);
	if (!owner)
		return pr_error_set(error, PR_CODE_UNKNOWN, "--project: project %lld is none of %s", (long long)project_id,
			tenant_count > 0 ? "the tenants given" : "any tenant");
	*tenant_id = owner->id;
	return true;
}
