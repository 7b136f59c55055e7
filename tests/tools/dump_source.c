/*
 * dump_source CONFIG TENANT FROM_MS TO_MS CUTOFF_MS [DB]: what the configured store says of a tenant, as text in which
 * every number reads back to the bit; with DB, of that embedded store instead. Two stores that hold the same data must
 * print the same, but for the sums (lines "sum"), which may differ in their last digits.
 *
 * dump_source CONFIG tenants: the list of tenants.
 *
 * After an error: what it says on standard error, and exit code 10 + its kind.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "config/config.h"
#include "config/method.h"
#include "source/source.h"

static void print_text(const char *name, const char *text)
{
	printf(" %s=%s", name, text ? text : "-");
}

static void print_micro(const char *name, pr_micro value)
{
	if (value == PR_MICRO_MISSING)
		printf(" %s=-", name);
	else
		printf(" %s=%" PRId64, name, value);
}

static void print_time(const char *name, int64_t ms)
{
	if (ms == PR_TIME_MISSING)
		printf(" %s=-", name);
	else
		printf(" %s=%" PRId64, name, ms);
}

static void print_double(const char *name, double value)
{
	if (isnan(value))
		printf(" %s=-", name);
	else
		printf(" %s=%.17g", name, value == 0 ? 0.0 : value);
}

static void print_validity(const struct pr_validity *validity)
{
	print_time("from", validity->from_ms);
	print_time("to", validity->to_ms);
}

static void print_date(const char *name, struct pr_date date)
{
	printf(" %s=%d-%d-%d", name, date.year, date.month, date.day);
}

static void print_tenant(const struct pr_tenant *tenant)
{
	printf("tenant %" PRId64 " edition=%d", tenant->id, (int)tenant->edition);
	print_text("name", tenant->name);
	print_text("short", tenant->short_name);
	print_text("brand", tenant->brand);
	print_text("locale", tenant->locale);
	print_text("zone", tenant->timezone);
	print_text("contact", tenant->contact_name);
	print_text("email", tenant->contact_email);
	print_date("from", tenant->service_from);
	print_date("to", tenant->service_to);
	printf("\n");
}

static void print_tariff(const struct pr_tariff *tariff)
{
	printf("tariff %" PRId64 " mode=%d", tariff->id, (int)tariff->basic_mode);
	print_validity(&tariff->validity);
	print_text("currency", tariff->currency);
	print_text("source", tariff->source);
	print_micro("capacity", tariff->capacity_price);
	print_micro("demand", tariff->demand_price);
	print_micro("contract", tariff->contract_kw);
	print_micro("threshold", tariff->discount_kwh_per_kva);
	print_micro("discount", tariff->discount);
	print_micro("pf", tariff->pf_standard);
	print_micro("fund", tariff->fund_price);
	printf("\n");
	for (size_t i = 0; i < tariff->slot_count; i++) {
		const struct pr_tariff_slot *slot = &tariff->slots[i];
		printf("slot %d..%d day=%d %d..%d slot=%d", slot->month_from, slot->month_to, (int)slot->day_kind,
			slot->start_minute, slot->end_minute, (int)slot->slot);
		print_micro("price", slot->price);
		printf("\n");
	}
}

static void print_point(const struct pr_point *point)
{
	printf("point %" PRId64 " parent=%" PRId64 " transformer=%" PRId64 " role=%d wiring=%d", point->id,
		point->parent_id, point->transformer_id, (int)point->role, (int)point->wiring);
	print_text("name", point->name);
	print_micro("nominal", point->nominal_v);
	print_micro("rated", point->rated_current_a);
	print_validity(&point->validity);
	for (size_t i = 0; i < point->name_count; i++) {
		print_text("then", point->names[i].name);
		print_time("since", point->names[i].from_ms);
	}
	for (size_t i = 0; i < point->meter_change_count; i++) {
		print_time("changed", point->meter_changes[i].at_ms);
		print_text("old", point->meter_changes[i].old_serial);
		print_text("new", point->meter_changes[i].new_serial);
		print_text("note", point->meter_changes[i].note);
	}
	printf("\n");
}

static void print_bills(const struct pr_project *project)
{
	for (size_t i = 0; i < project->utility_bill_count; i++) {
		const struct pr_utility_bill *bill = &project->utility_bills[i];
		printf("utility_bill %d-%d", bill->month.year, bill->month.month);
		print_micro("kwh", bill->energy_kwh);
		print_micro("amount", bill->amount);
		print_micro("energy", bill->energy_amount);
		print_micro("basic", bill->basic_amount);
		print_micro("demand", bill->max_demand_kw);
		print_micro("pf", bill->power_factor);
		print_date("from", bill->period_from);
		print_date("to", bill->period_to);
		printf("\n");
	}
	for (size_t i = 0; i < project->plan_count; i++) {
		printf("plan %d-%d", project->plans[i].month.year, project->plans[i].month.month);
		print_micro("kwh", project->plans[i].energy_kwh);
		print_micro("amount", project->plans[i].amount);
		printf("\n");
	}
	for (size_t i = 0; i < project->emission_factor_count; i++) {
		printf("factor");
		print_validity(&project->emission_factors[i].validity);
		print_micro("co2", project->emission_factors[i].kg_co2_per_kwh);
		print_micro("coal", project->emission_factors[i].kgce_per_kwh);
		print_text("source", project->emission_factors[i].source);
		printf("\n");
	}
}

static void print_project(const struct pr_project *project)
{
	printf("project %" PRId64, project->id);
	print_text("name", project->name);
	print_text("address", project->address);
	print_text("industry", project->industry);
	print_text("zone", project->timezone);
	print_text("region", project->holiday_region);
	print_micro("kv", project->supply_kv);
	print_micro("mva", project->short_circuit_mva);
	print_micro("area", project->area_m2);
	printf("\n");
	for (size_t i = 0; i < project->transformer_count; i++) {
		const struct pr_transformer *transformer = &project->transformers[i];
		printf("transformer %" PRId64, transformer->id);
		print_text("name", transformer->name);
		print_micro("kva", transformer->rated_kva);
		print_micro("p0", transformer->no_load_loss_kw);
		print_micro("pk", transformer->load_loss_kw);
		print_validity(&transformer->validity);
		printf("\n");
	}
	for (size_t i = 0; i < project->point_count; i++)
		print_point(&project->points[i]);
	for (size_t i = 0; i < project->sensor_count; i++) {
		const struct pr_sensor *sensor = &project->sensors[i];
		printf("sensor %" PRId64 " point=%" PRId64 " kind=%d", sensor->id, sensor->point_id, (int)sensor->kind);
		print_text("name", sensor->name);
		print_micro("warn", sensor->warn_limit);
		print_micro("alarm", sensor->alarm_limit);
		print_validity(&sensor->validity);
		printf("\n");
	}
	for (size_t i = 0; i < project->tariff_count; i++)
		print_tariff(&project->tariffs[i]);
	for (size_t i = 0; i < project->offday_count; i++) {
		print_date("offday", project->offdays[i].date);
		print_text("name", project->offdays[i].name);
		printf(" worked=%d\n", project->offdays[i].worked);
	}
	print_bills(project);
}

static void print_directory(const struct pr_directory *directory)
{
	print_tenant(&directory->tenant);
	for (size_t i = 0; i < directory->project_count; i++)
		print_project(&directory->projects[i]);
	for (size_t i = 0; i < directory->alarm_type_count; i++) {
		const struct pr_alarm_type *type = &directory->alarm_types[i];
		printf("alarm_type %s zh=%s en=%s category=%s retired=%d\n", type->code, type->name_zh, type->name_en,
			type->category, type->retired);
	}
	for (size_t i = 0; i < directory->recipient_count; i++) {
		printf("recipient %s kind=%s active=%d", directory->recipients[i].email, directory->recipients[i].kind,
			directory->recipients[i].active);
		print_text("name", directory->recipients[i].name);
		printf("\n");
	}
}

static void print_quarters(const struct pr_quarter_rows *rows)
{
	printf("quarters of %" PRId64 ": %zu\n", rows->point_id, rows->count);
	for (size_t i = 0; i < rows->count; i++) {
		const struct pr_quarter_row *row = &rows->rows[i];
		printf("q %" PRId64 " slot=%d", row->time_ms, row->slot);
		print_time("ingested", row->ingested_at_ms);
		print_double("kwh", row->kwh);
		print_double("lag", row->kvarh_lag);
		print_double("lead", row->kvarh_lead);
		print_double("charge", row->charge);
		print_double("mdp", row->mdp_max);
		for (int phase = 0; phase < 3; phase++)
			print_double("phase", row->phase_kwh[phase]);
		printf("\n");
	}
}

static void print_buckets(const char *what, const struct pr_minute_buckets *buckets)
{
	printf("%s of %" PRId64 ": %zu\n", what, buckets->id, buckets->count);
	for (size_t i = 0; i < buckets->count; i++)
		if (buckets->samples[i] > 0)
			printf("samples %zu %" PRIu32 "\n", i, buckets->samples[i]);
	for (int field = 0; field < PR_MINUTE_FIELD_COUNT; field++) {
		const struct pr_bucket_field *of = &buckets->fields[field];
		if (!of->buckets)
			continue;
		printf("field %d implausible=%" PRIu64, field, of->implausible_count);
		print_time("first", of->implausible_first_ms);
		print_time("last", of->implausible_last_ms);
		printf("\n");
		for (size_t i = 0; i < buckets->count; i++) {
			const struct pr_bucket *bucket = &of->buckets[i];
			if (bucket->count == 0 && isnan(bucket->minimum) && isnan(bucket->maximum) && isnan(bucket->sum))
				continue;
			printf("b %zu %" PRIu32, i, bucket->count);
			print_double("min", bucket->minimum);
			print_double("max", bucket->maximum);
			printf("\nsum");
			print_double("", bucket->sum);
			printf("\n");
		}
	}
}

static void print_events(const struct pr_event *events, size_t count)
{
	printf("events: %zu\n", count);
	for (size_t i = 0; i < count; i++) {
		const struct pr_event *event = &events[i];
		printf("e %s project=%" PRId64 " point=%" PRId64 " sensor=%" PRId64 " level=%d", event->event_id,
			event->project_id, event->point_id, event->sensor_id, event->level);
		print_text("code", event->code);
		print_time("start", event->started_at_ms);
		print_time("end", event->ended_at_ms);
		print_time("confirmed", event->confirmed_at_ms);
		print_time("closed", event->closed_at_ms);
		print_double("value", event->value);
		print_double("limit", event->limit_value);
		print_text("phase", event->phase);
		print_text("name", event->point_name);
		print_text("message", event->message);
		printf("\n");
	}
}

/* --- */

struct dump {
	struct pr_source *source;
	struct pr_arena arena;
	struct pr_method method;
	int64_t from_ms, to_ms, cutoff_ms;
};

static bool dump_quarters(struct dump *dump, const struct pr_project *project, struct pr_error *error)
{
	size_t count = project->point_count;
	struct pr_quarter_query *queries = pr_arena_array(&dump->arena, count, sizeof *queries);
	struct pr_quarter_rows *rows = pr_arena_array(&dump->arena, count, sizeof *rows);
	int64_t *ids = pr_arena_array(&dump->arena, count, sizeof *ids);
	int64_t *first_ms = pr_arena_array(&dump->arena, count, sizeof *first_ms);
	bool *exists = pr_arena_array(&dump->arena, count, sizeof *exists);
	for (size_t i = 0; i < count; i++) {
		ids[i] = project->points[i].id;
		queries[i] = (struct pr_quarter_query){ids[i], dump->from_ms, dump->to_ms};
	}
	if (!pr_source_quarters(dump->source, queries, count, dump->cutoff_ms, &dump->arena, rows, error) ||
		!pr_source_quarters_exist(dump->source, ids, count, dump->cutoff_ms, exists, first_ms, error))
		return false;
	for (size_t i = 0; i < count; i++) {
		printf("exists %" PRId64 " %d", ids[i], exists[i]);
		print_time("first", first_ms[i]);
		printf("\n");
		print_quarters(&rows[i]);
	}
	return true;
}

static bool dump_minutes(struct dump *dump, const struct pr_project *project, struct pr_error *error)
{
	size_t count = project->point_count;
	struct pr_minute_query *queries = pr_arena_array(&dump->arena, count, sizeof *queries);
	struct pr_minute_buckets *buckets = pr_arena_array(&dump->arena, count, sizeof *buckets);
	for (size_t i = 0; i < count; i++) {
		struct pr_bounds *bounds = pr_arena_array(&dump->arena, PR_MINUTE_FIELD_COUNT, sizeof *bounds);
		const struct pr_transformer *transformer = pr_project_transformer(project, project->points[i].transformer_id);
		pr_method_minute_bounds(&dump->method.plausibility, &project->points[i],
			transformer ? transformer->rated_kva : PR_MICRO_MISSING, bounds);
		queries[i] = (struct pr_minute_query){.point_id = project->points[i].id,
			.from_ms = dump->from_ms,
			.to_ms = dump->to_ms,
			.step_ms = PR_MS_QUARTER,
			.fields = PR_FIELD_BIT(PR_MINUTE_FIELD_COUNT) - 1,
			.bounds = bounds,
			.idle_phase_share = dump->method.plausibility.idle_phase_share};
	}
	if (!pr_source_minutes(dump->source, queries, count, &dump->arena, buckets, error))
		return false;
	for (size_t i = 0; i < count; i++)
		print_buckets("minutes", &buckets[i]);
	return true;
}

static void print_quality(const struct pr_quality *quality)
{
	printf("quality %" PRId64 " outages=%" PRIu64 " left_out=%" PRIu64 " idle=%" PRIu64 " approximated=%d",
		quality->point_id, quality->outage_samples, quality->unbalance_left_out, quality->idle_samples,
		quality->is_unbalance_approximated);
	print_time("first", quality->outage_first_ms);
	print_time("last", quality->outage_last_ms);
	print_time("left_first", quality->left_out_first_ms);
	print_time("left_last", quality->left_out_last_ms);
	print_micro("highest", quality->highest);
	print_micro("lowest", quality->lowest);
	printf("\n");
	for (int i = 0; i < PR_QUALITY_COUNT; i++) {
		const struct pr_quality_value *value = &quality->values[i];
		printf("%s samples=%" PRIu64 " inside=%" PRIu64, pr_quality_names[i], value->samples, value->inside);
		print_micro("worst", value->worst);
		print_time("at", value->worst_ms);
		print_micro("p95", value->p95);
		printf(" phases=%d,%d\n", value->worst_phase, value->p95_phase);
	}
}

static bool dump_quality(struct dump *dump, const struct pr_project *project, struct pr_error *error)
{
	size_t count = project->point_count;
	struct pr_quality_query *queries = pr_arena_array(&dump->arena, count, sizeof *queries);
	struct pr_quality *quality = pr_arena_array(&dump->arena, count, sizeof *quality);
	for (size_t i = 0; i < count; i++) {
		const struct pr_point *point = &project->points[i];
		const struct pr_transformer *transformer = pr_project_transformer(project, point->transformer_id);
		struct pr_bounds *bounds = pr_arena_array(&dump->arena, PR_MINUTE_FIELD_COUNT, sizeof *bounds);
		pr_method_minute_bounds(
			&dump->method.plausibility, point, transformer ? transformer->rated_kva : PR_MICRO_MISSING, bounds);
		queries[i] = (struct pr_quality_query){.point_id = point->id,
			.from_ms = dump->from_ms,
			.to_ms = dump->to_ms,
			.bounds = bounds,
			.idle_phase_share = dump->method.plausibility.idle_phase_share};
		pr_quality_rules_make(&queries[i].rules, &dump->method.limits, project, point, dump->from_ms, dump->to_ms, 50);
	}
	if (!pr_source_quality(dump->source, queries, count, &dump->arena, quality, error))
		return false;
	for (size_t i = 0; i < count; i++)
		print_quality(&quality[i]);
	return true;
}

static bool dump_sensors(struct dump *dump, const struct pr_project *project, struct pr_error *error)
{
	size_t count = project->sensor_count;
	struct pr_sensor_query *queries = pr_arena_array(&dump->arena, count, sizeof *queries);
	struct pr_minute_buckets *buckets = pr_arena_array(&dump->arena, count, sizeof *buckets);
	for (size_t i = 0; i < count; i++)
		queries[i] = (struct pr_sensor_query){.sensor_id = project->sensors[i].id,
			.from_ms = dump->from_ms,
			.to_ms = dump->to_ms,
			.step_ms = 4 * PR_MS_QUARTER,
			.bounds = pr_method_sensor_bounds(&dump->method.plausibility, project->sensors[i].kind),
			.valid_from_ms = dump->from_ms + 25 * 60 * PR_MS_MINUTE + 7 * PR_MS_MINUTE,
			.has_limits = true,
			.limits = {i % 2 ? NAN : 25, i % 3 ? 40 : 0}};
	if (!pr_source_sensors(dump->source, queries, count, &dump->arena, buckets, error))
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct pr_bucket_field *values = &buckets[i].fields[0];
		print_buckets("sensor", &buckets[i]);
		printf("x %lld %lld %lld\n", (long long)values->maximum_ms, (long long)values->above[0],
			(long long)values->above[1]);
	}
	return true;
}

static bool dump_tenant(struct dump *dump, int64_t tenant_id, struct pr_error *error)
{
	struct pr_directory directory;
	bool has_ingest_times = false;
	if (!pr_source_directory(dump->source, tenant_id, &dump->arena, &directory, error))
		return false;
	print_directory(&directory);
	if (!pr_source_has_ingest_times(dump->source, &has_ingest_times, error))
		return false;
	printf("ingest times: %d\n", has_ingest_times);
	for (size_t i = 0; i < directory.project_count; i++) {
		const struct pr_project *project = &directory.projects[i];
		struct pr_event *events = NULL;
		size_t count = 0;
		if (!dump_quarters(dump, project, error) || !dump_minutes(dump, project, error) ||
			!dump_quality(dump, project, error) || !dump_sensors(dump, project, error) ||
			!pr_source_events(dump->source, project->id, dump->from_ms, dump->to_ms, dump->cutoff_ms, &dump->arena,
				&events, &count, error))
			return false;
		print_events(events, count);
	}
	return true;
}

static bool dump_tenants(struct dump *dump, struct pr_error *error)
{
	struct pr_tenant *tenants = NULL;
	size_t count = 0;
	if (!pr_source_tenants(dump->source, &dump->arena, &tenants, &count, error))
		return false;
	for (size_t i = 0; i < count; i++)
		print_tenant(&tenants[i]);
	return true;
}

static bool run(struct dump *dump, int count, char **arguments, struct pr_error *error)
{
	struct pr_config *config = pr_arena_alloc(&dump->arena, sizeof *config);
	int64_t tenant_id = 0;
	bool is_list = count == 3 && strcmp(arguments[2], "tenants") == 0;
	if (!is_list &&
		(count < 6 || !pr_text_to_int64(arguments[2], &tenant_id) || !pr_text_to_int64(arguments[3], &dump->from_ms) ||
			!pr_text_to_int64(arguments[4], &dump->to_ms) || !pr_text_to_int64(arguments[5], &dump->cutoff_ms)))
		return pr_error_set(error, PR_CODE_USAGE, "usage: CONFIG TENANT FROM_MS TO_MS CUTOFF_MS [DB] | CONFIG tenants");
	if (!pr_config_read(config, arguments[1], &dump->arena, error))
		return false;
	if (count > 6) {
		config->store.kind = PR_STORE_EMBEDDED;
		config->store.path = arguments[6];
	}
	if (!pr_method_read(&dump->method, config, &dump->arena, error) || !pr_source_open(&dump->source, config, error))
		return false;
	return is_list ? dump_tenants(dump, error) : dump_tenant(dump, tenant_id, error);
}

int main(int count, char **arguments)
{
	struct dump dump = {0};
	struct pr_error error = {0};
	char text[1200];
	pr_log_open(PR_LOG_DEBUG);
	pr_arena_init(&dump.arena);
	bool is_done = run(&dump, count, arguments, &error);
	pr_source_free(dump.source);
	pr_arena_release(&dump.arena);
	if (is_done)
		return fflush(stdout) == 0 ? 0 : 1;
	fprintf(stderr, "dump_source: %s\n", pr_error_describe(&error, text, sizeof text));
	return 10 + (int)error.code;
}
