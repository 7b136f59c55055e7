#include <math.h>
#include <string.h>

#include "base/text.h"
#include "batch/summary.h"
#include "batch/summary_fields.h"
#include "source/json_reader.h"

#define FIELD(name, member)                       \
	{                                             \
		name, offsetof(struct pr_finding, member) \
	}
/* clang-format off */
const struct pr_summary_field pr_summary_texts[PR_SUMMARY_TEXT_COUNT] = {
	FIELD("id", id), FIELD("word", word), FIELD("unit", unit), FIELD("phase", phase), FIELD("source", source)};
const struct pr_summary_field pr_summary_values[PR_SUMMARY_VALUE_COUNT] = {
	FIELD("value", value), FIELD("shown", shown), FIELD("coverage", coverage), FIELD("at_ms", at_ms),
	FIELD("limit", limit), FIELD("change_month", change_month), FIELD("change_year", change_year),
	FIELD("base_month", base_month), FIELD("base_year", base_year)};
const struct pr_summary_field pr_summary_flags[PR_SUMMARY_FLAG_COUNT] = {
	FIELD("change_month_per_day", change_month_per_day), FIELD("change_year_per_day", change_year_per_day),
	FIELD("new_month", new_month), FIELD("new_year", new_year)};
/* clang-format on */

struct reader {
	struct pr_arena *arena;
	bool broken; /* something is not what was written */
};

static int64_t integer_of(struct reader *reader, const struct pr_json *object, const char *key, int64_t otherwise)
{
	const struct pr_json *node = pr_json_get(object, key);
	int64_t value = otherwise;
	if (node && !pr_json_int64(node, &value))
		reader->broken = true;
	return value;
}

static uint64_t count_of(struct reader *reader, const struct pr_json *object, const char *key)
{
	int64_t value = integer_of(reader, object, key, 0);
	if (value < 0)
		reader->broken = true;
	return value < 0 ? 0 : (uint64_t)value;
}

static bool flag_of(struct reader *reader, const struct pr_json *object, const char *key)
{
	return integer_of(reader, object, key, 0) != 0;
}

static const char *text_of(struct reader *reader, const struct pr_json *object, const char *key)
{
	const struct pr_json *node = pr_json_get(object, key);
	if (node && !pr_json_text(node))
		reader->broken = true;
	return node ? pr_arena_copy(reader->arena, pr_json_text(node)) : NULL;
}

static const struct pr_json *list_of(
	struct reader *reader, const struct pr_json *object, const char *key, size_t *count)
{
	const struct pr_json *list = pr_json_get(object, key);
	if (!pr_json_is_array(list))
		reader->broken = true;
	*count = pr_json_count(list);
	return list;
}

static void read_finding(struct reader *reader, const struct pr_json *node, struct pr_finding *finding)
{
	char *base = (char *)finding;
	for (size_t i = 0; i < PR_SUMMARY_TEXT_COUNT; i++)
		*(const char **)(void *)(base + pr_summary_texts[i].offset) = text_of(reader, node, pr_summary_texts[i].key);
	for (size_t i = 0; i < PR_SUMMARY_VALUE_COUNT; i++)
		*(int64_t *)(void *)(base + pr_summary_values[i].offset) =
			integer_of(reader, node, pr_summary_values[i].key, PR_MICRO_MISSING);
	for (size_t i = 0; i < PR_SUMMARY_FLAG_COUNT; i++)
		*(bool *)(base + pr_summary_flags[i].offset) = flag_of(reader, node, pr_summary_flags[i].key);
	finding->digits = (int)integer_of(reader, node, "digits", 0);
	finding->rank = (int)integer_of(reader, node, "rank", 0);
	reader->broken = reader->broken || !finding->id || !finding->unit;
}

static struct pr_findings read_findings(struct reader *reader, const struct pr_json *object)
{
	struct pr_findings findings = {0};
	const struct pr_json *list = list_of(reader, object, "findings", &findings.count);
	findings.capacity = findings.count;
	findings.items = pr_arena_array(reader->arena, findings.count, sizeof *findings.items);
	for (size_t i = 0; i < findings.count; i++)
		read_finding(reader, pr_json_at(list, i), &findings.items[i]);
	return findings;
}

static struct pr_base read_base(struct reader *reader, const struct pr_json *root, const char *key)
{
	const struct pr_json *object = pr_json_get(root, key);
	return (struct pr_base){.expected = count_of(reader, object, "expected"),
		.measured = count_of(reader, object, "measured"),
		.days = integer_of(reader, object, "days", PR_MICRO_MISSING),
		.bill_incomplete = flag_of(reader, object, "incomplete"),
		.findings = read_findings(reader, object)};
}

static struct pr_cover read_cover(struct reader *reader, const struct pr_json *object)
{
	return (struct pr_cover){.expected = count_of(reader, object, "expected"),
		.measured = count_of(reader, object, "measured"),
		.minute_measured = count_of(reader, object, "minute_measured"),
		.of_minutes = flag_of(reader, object, "of_minutes"),
		.has_minutes = flag_of(reader, object, "has_minutes")};
}

static pr_micro *read_times(struct reader *reader, const struct pr_json *object, const char *key, size_t *count)
{
	const struct pr_json *list = list_of(reader, object, key, count);
	pr_micro *times = pr_arena_array(reader->arena, *count, sizeof *times);
	for (size_t i = 0; i < *count; i++)
		if (!pr_json_int64(pr_json_at(list, i), &times[i]) || times[i] < 0)
			reader->broken = true;
	return times;
}

static void read_alarms(struct reader *reader, const struct pr_json *object, struct pr_alarms *alarms)
{
	const struct pr_json *list = list_of(reader, object, "counts", &alarms->count_count);
	alarms->total = count_of(reader, object, "total");
	alarms->open = count_of(reader, object, "open");
	alarms->carried = count_of(reader, object, "carried");
	alarms->excluded = count_of(reader, object, "excluded");
	alarms->critical = count_of(reader, object, "critical");
	alarms->closed_in_time = count_of(reader, object, "closed_in_time");
	alarms->counts = pr_arena_array(reader->arena, alarms->count_count, sizeof *alarms->counts);
	for (size_t i = 0; i < alarms->count_count; i++) {
		const struct pr_json *node = pr_json_at(list, i);
		alarms->counts[i] = (struct pr_alarm_count){text_of(reader, node, "id"), integer_of(reader, node, "order", 0),
			count_of(reader, node, "now"), count_of(reader, node, "before")};
		reader->broken = reader->broken || !alarms->counts[i].id;
	}
	alarms->confirm = read_times(reader, object, "confirm", &alarms->confirm_count);
	alarms->close = read_times(reader, object, "close", &alarms->close_count);
}

static void read_condition(struct reader *reader, const struct pr_json *root, struct pr_condition *condition)
{
	const struct pr_json *safety = pr_json_get(root, "safety"), *health = pr_json_get(root, "health");
	size_t count;
	const struct pr_json *axes = list_of(reader, health, "axes", &count);
	condition->safety = (struct pr_safety){count_of(reader, safety, "samples"), count_of(reader, safety, "over"),
		(uint32_t)count_of(reader, safety, "measured"), (uint32_t)count_of(reader, safety, "over_limit")};
	pr_health_start(&condition->health);
	condition->health.index = integer_of(reader, health, "index", PR_MICRO_MISSING);
	reader->broken = reader->broken || count != 2 * PR_HEALTH_AXIS_COUNT;
	for (size_t i = 0; i < PR_HEALTH_AXIS_COUNT && !reader->broken; i++) {
		int64_t inside = 0, samples = 0;
		reader->broken = !pr_json_int64(pr_json_at(axes, 2 * i), &inside) ||
		                 !pr_json_int64(pr_json_at(axes, 2 * i + 1), &samples) || inside < 0 || samples < inside;
		condition->health.axes[i].inside = (uint64_t)inside;
		condition->health.axes[i].samples = (uint64_t)samples;
	}
	read_alarms(reader, pr_json_get(root, "alarms"), &condition->alarms);
}

static void read_types(struct reader *reader, const struct pr_json *root, struct pr_summary *summary)
{
	const struct pr_json *list = list_of(reader, root, "types", &summary->type_count);
	summary->types = pr_arena_array(reader->arena, summary->type_count, sizeof *summary->types);
	for (size_t i = 0; i < summary->type_count; i++) {
		const struct pr_json *node = pr_json_at(list, i);
		summary->types[i] = (struct pr_alarm_type){text_of(reader, node, "code"), text_of(reader, node, "name_zh"),
			text_of(reader, node, "name_en"), text_of(reader, node, "category"), flag_of(reader, node, "retired")};
		reader->broken = reader->broken || !summary->types[i].code;
	}
}

static void read_problems(struct reader *reader, const struct pr_json *root, struct pr_summary *summary)
{
	const struct pr_json *list = list_of(reader, root, "problems", &summary->problem_count);
	summary->problem_capacity = summary->problem_count;
	summary->problems = pr_arena_array(reader->arena, summary->problem_count, sizeof *summary->problems);
	for (size_t i = 0; i < summary->problem_count; i++) {
		const struct pr_json *node = pr_json_at(list, i);
		summary->problems[i] = (struct pr_problem){text_of(reader, node, "code"), integer_of(reader, node, "point", 0),
			integer_of(reader, node, "sensor", 0), text_of(reader, node, "name"), count_of(reader, node, "count"),
			integer_of(reader, node, "first_ms", PR_TIME_MISSING),
			integer_of(reader, node, "last_ms", PR_TIME_MISSING)};
		reader->broken = reader->broken || !summary->problems[i].code;
	}
}

static bool open_zone(
	struct pr_zone_cache *zones, const char *name, const struct pr_zone **zone, struct pr_error *error)
{
	for (size_t i = 0; i < zones->count; i++)
		if (pr_text_equal(pr_zone_name(zones->items[i]), name)) {
			*zone = zones->items[i];
			return true;
		}
	if (!pr_zone_open(zone, name, zones->arena, error))
		return false;
	*PR_PUSH(zones->arena, zones->items, zones->count, zones->capacity) = *zone;
	return true;
}

static void read_root(struct reader *reader, const struct pr_json *root, struct pr_summary *summary)
{
	const char *month = text_of(reader, root, "month"), *edition = text_of(reader, root, "edition");
	int index = edition ? pr_name_index(pr_edition_names, PR_EDITION_COUNT, edition) : -1;
	reader->broken = reader->broken || !month || !pr_month_parse(month, &summary->month) || index < 0;
	summary->edition = index < 0 ? PR_EDITION_SINGLE : (enum pr_edition)index;
	summary->cutoff_ms = integer_of(reader, root, "cutoff_ms", PR_TIME_MISSING);
	summary->project_id = integer_of(reader, root, "project", 0);
	summary->project_name = text_of(reader, root, "name");
	summary->industry = text_of(reader, root, "industry");
	summary->timezone = text_of(reader, root, "timezone");
	summary->tenant_id = integer_of(reader, root, "tenant", 0);
	summary->tenant_name = text_of(reader, root, "tenant_name");
	summary->currency = text_of(reader, root, "currency");
	summary->has_rows = flag_of(reader, root, "has_rows");
	summary->in_service = flag_of(reader, root, "in_service");
	summary->has_ingest_times = flag_of(reader, root, "has_ingest_times");
	summary->bill_incomplete = flag_of(reader, root, "bill_incomplete");
	summary->price_digits = (int)integer_of(reader, root, "price_digits", 0);
	summary->cover = read_cover(reader, pr_json_get(root, "cover"));
	summary->findings = read_findings(reader, root);
	summary->now = read_base(reader, root, "now");
	summary->month_before = read_base(reader, root, "month_before");
	summary->year_before = read_base(reader, root, "year_before");
	read_condition(reader, root, &summary->condition);
	read_types(reader, root, summary);
	read_problems(reader, root, summary);
	reader->broken = reader->broken || !summary->project_name || !summary->timezone || !summary->tenant_name;
}

bool pr_summary_read(const char *bytes, size_t count, struct pr_zone_cache *zones, struct pr_arena *arena,
	struct pr_summary *summary, bool *known, struct pr_error *error)
{
	struct reader reader = {.arena = arena};
	struct pr_json_document *document = NULL;
	*summary = (struct pr_summary){0};
	*known = false;
	if (!pr_json_parse(&document, bytes, count, error))
		return pr_error_context(error, "a summary of the ledger");
	const struct pr_json *root = pr_json_root(document);
	if (integer_of(&reader, root, "version", 0) == PR_SUMMARY_VERSION) {
		*known = true;
		read_root(&reader, root, summary);
	}
	pr_json_free(document);
	if (reader.broken)
		return pr_error_set(error, PR_CODE_STORE, "the ledger's summary of project %lld, tenant %lld is not readable",
			(long long)summary->project_id, (long long)summary->tenant_id);
	return !*known || open_zone(zones, summary->timezone, &summary->zone, error);
}
