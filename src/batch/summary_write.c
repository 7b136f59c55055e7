#include <stddef.h>

#include "base/text.h"
#include "batch/ledger.h"
#include "batch/summary.h"
#include "batch/summary_fields.h"
#include "output/json.h"

/* Members are written with a comma in front but the first one after a bracket. */
static void start(struct pr_buffer *out, const char *key)
{
	char last = out->length > 0 ? out->text[out->length - 1] : '{';
	if (last != '{' && last != '[' && last != '\n')
		pr_buffer_add(out, ",");
	if (key)
		pr_buffer_format(out, "\"%s\":", key);
}

static void put_integer(struct pr_buffer *out, const char *key, int64_t value)
{
	start(out, key);
	pr_buffer_format(out, "%lld", (long long)value);
}

/* What is missing is left out: of the same number as INT64_MIN, which JSON's readers don't take. */
static void put_value(struct pr_buffer *out, const char *key, int64_t value)
{
	if (value != PR_MICRO_MISSING)
		put_integer(out, key, value);
}

static void put_text(struct pr_buffer *out, const char *key, const char *text)
{
	if (!text)
		return;
	start(out, key);
	pr_json_quote(out, text);
}

static void put_flag(struct pr_buffer *out, const char *key, bool value)
{
	if (value)
		put_integer(out, key, 1);
}

static void open_with(struct pr_buffer *out, const char *key, const char *bracket)
{
	start(out, key);
	pr_buffer_add(out, bracket);
}

static void put_finding(struct pr_buffer *out, const struct pr_finding *finding)
{
	const char *base = (const char *)finding;
	open_with(out, NULL, "{");
	for (size_t i = 0; i < PR_SUMMARY_TEXT_COUNT; i++)
		put_text(out, pr_summary_texts[i].key, *(const char *const *)(const void *)(base + pr_summary_texts[i].offset));
	for (size_t i = 0; i < PR_SUMMARY_VALUE_COUNT; i++)
		put_value(out, pr_summary_values[i].key, *(const int64_t *)(const void *)(base + pr_summary_values[i].offset));
	for (size_t i = 0; i < PR_SUMMARY_FLAG_COUNT; i++)
		put_flag(out, pr_summary_flags[i].key, *(const bool *)(base + pr_summary_flags[i].offset));
	put_integer(out, "digits", finding->digits);
	if (finding->rank)
		put_integer(out, "rank", finding->rank);
	pr_buffer_add(out, "}");
}

static void put_findings(struct pr_buffer *out, const struct pr_findings *findings, bool all)
{
	open_with(out, "findings", "[");
	for (size_t i = 0; i < findings->count; i++)
		if (all || pr_totals_need(findings->items[i].id))
			put_finding(out, &findings->items[i]);
	pr_buffer_add(out, "]");
}

static void put_base(struct pr_buffer *out, const char *key, const struct pr_base *base)
{
	open_with(out, key, "{");
	put_integer(out, "expected", (int64_t)base->expected);
	put_integer(out, "measured", (int64_t)base->measured);
	put_value(out, "days", base->days);
	put_flag(out, "incomplete", base->bill_incomplete);
	put_findings(out, &base->findings, false);
	pr_buffer_add(out, "}");
}

static void put_cover(struct pr_buffer *out, const struct pr_cover *cover)
{
	open_with(out, "cover", "{");
	put_integer(out, "expected", (int64_t)cover->expected);
	put_integer(out, "measured", (int64_t)cover->measured);
	put_integer(out, "minute_measured", (int64_t)cover->minute_measured);
	put_flag(out, "of_minutes", cover->of_minutes);
	put_flag(out, "has_minutes", cover->has_minutes);
	pr_buffer_add(out, "}");
}

static void put_times(struct pr_buffer *out, const char *key, const pr_micro *times, size_t count)
{
	open_with(out, key, "[");
	for (size_t i = 0; i < count; i++)
		put_integer(out, NULL, times[i]);
	pr_buffer_add(out, "]");
}

static void put_alarms(struct pr_buffer *out, const struct pr_alarms *alarms)
{
	open_with(out, "alarms", "{");
	put_integer(out, "total", (int64_t)alarms->total);
	put_integer(out, "open", (int64_t)alarms->open);
	put_integer(out, "carried", (int64_t)alarms->carried);
	put_integer(out, "excluded", (int64_t)alarms->excluded);
	put_integer(out, "critical", (int64_t)alarms->critical);
	put_integer(out, "closed_in_time", (int64_t)alarms->closed_in_time);
	open_with(out, "counts", "[");
	for (size_t i = 0; i < alarms->count_count; i++) {
		const struct pr_alarm_count *count = &alarms->counts[i];
		open_with(out, NULL, "{");
		put_text(out, "id", count->id);
		put_integer(out, "order", count->order);
		put_integer(out, "now", (int64_t)count->now);
		put_integer(out, "before", (int64_t)count->before);
		pr_buffer_add(out, "}");
	}
	pr_buffer_add(out, "]");
	put_times(out, "confirm", alarms->confirm, alarms->confirm_count);
	put_times(out, "close", alarms->close, alarms->close_count);
	pr_buffer_add(out, "}");
}

static void put_condition(struct pr_buffer *out, const struct pr_condition *condition)
{
	const struct pr_safety *safety = &condition->safety;
	open_with(out, "safety", "{");
	put_integer(out, "samples", (int64_t)safety->samples);
	put_integer(out, "over", (int64_t)safety->over);
	put_integer(out, "measured", safety->measured);
	put_integer(out, "over_limit", safety->over_limit);
	pr_buffer_add(out, "}");
	open_with(out, "health", "{");
	put_value(out, "index", condition->health.index);
	open_with(out, "axes", "[");
	for (int axis = 0; axis < PR_HEALTH_AXIS_COUNT; axis++) {
		put_integer(out, NULL, (int64_t)condition->health.axes[axis].inside);
		put_integer(out, NULL, (int64_t)condition->health.axes[axis].samples);
	}
	pr_buffer_add(out, "]}");
	put_alarms(out, &condition->alarms);
}

static void put_types(struct pr_buffer *out, const struct pr_summary *summary)
{
	open_with(out, "types", "[");
	for (size_t i = 0; i < summary->type_count; i++) {
		const struct pr_alarm_type *type = &summary->types[i];
		open_with(out, NULL, "{");
		put_text(out, "code", type->code);
		put_text(out, "name_zh", type->name_zh);
		put_text(out, "name_en", type->name_en);
		put_text(out, "category", type->category);
		put_flag(out, "retired", type->retired);
		pr_buffer_add(out, "}");
	}
	pr_buffer_add(out, "]");
}

static void put_problems(struct pr_buffer *out, const struct pr_summary *summary)
{
	open_with(out, "problems", "[");
	for (size_t i = 0; i < summary->problem_count; i++) {
		const struct pr_problem *problem = &summary->problems[i];
		open_with(out, NULL, "{");
		put_text(out, "code", problem->code);
		put_integer(out, "point", problem->point_id);
		put_integer(out, "sensor", problem->sensor_id);
		put_text(out, "name", problem->name);
		put_integer(out, "count", (int64_t)problem->count);
		put_value(out, "first_ms", problem->first_ms);
		put_value(out, "last_ms", problem->last_ms);
		pr_buffer_add(out, "}");
	}
	pr_buffer_add(out, "]");
}

void pr_summary_write(const struct pr_summary *summary, struct pr_arena *arena, const char **bytes, size_t *count)
{
	struct pr_buffer out;
	char month[16];
	pr_buffer_init(&out, arena);
	pr_buffer_add(&out, "{");
	put_integer(&out, "version", PR_SUMMARY_VERSION);
	put_text(&out, "month", pr_month_iso(summary->month, month));
	put_integer(&out, "cutoff_ms", summary->cutoff_ms);
	put_integer(&out, "project", summary->project_id);
	put_text(&out, "name", summary->project_name);
	put_text(&out, "industry", summary->industry);
	put_text(&out, "timezone", summary->timezone);
	put_integer(&out, "tenant", summary->tenant_id);
	put_text(&out, "tenant_name", summary->tenant_name);
	put_text(&out, "edition", pr_edition_names[summary->edition]);
	put_text(&out, "currency", summary->currency);
	put_flag(&out, "has_rows", summary->has_rows);
	put_flag(&out, "in_service", summary->in_service);
	put_flag(&out, "has_ingest_times", summary->has_ingest_times);
	put_flag(&out, "bill_incomplete", summary->bill_incomplete);
	put_integer(&out, "price_digits", summary->price_digits);
	put_cover(&out, &summary->cover);
	put_condition(&out, &summary->condition);
	put_findings(&out, &summary->findings, true);
	put_base(&out, "now", &summary->now);
	put_base(&out, "month_before", &summary->month_before);
	put_base(&out, "year_before", &summary->year_before);
	put_types(&out, summary);
	put_problems(&out, summary);
	pr_buffer_add(&out, "}\n");
	*bytes = out.text;
	*count = out.length;
}

static bool put_all(
	struct pr_ledger *ledger, const struct pr_report *report, struct pr_arena *arena, struct pr_error *error)
{
	for (size_t i = 0; i < report->project_count; i++) {
		struct pr_summary summary;
		const char *bytes;
		size_t count;
		pr_summary_make(report, i, arena, &summary);
		pr_summary_write(&summary, arena, &bytes, &count);
		if (!pr_ledger_put_summary(
				ledger, report->month, summary.project_id, summary.tenant_id, summary.cutoff_ms, bytes, count, error))
			return false;
	}
	return true;
}

bool pr_summary_leave(
	const char *ledger_path, const struct pr_report *report, struct pr_arena *arena, struct pr_error *error)
{
	struct pr_ledger *ledger = NULL;
	bool good;
	if (!pr_ledger_open(&ledger, ledger_path, error))
		return false;
	good = pr_ledger_begin(ledger, error) && put_all(ledger, report, arena, error) && pr_ledger_commit(ledger, error);
	pr_ledger_close(ledger);
	return good;
}
