/* powerreport status: what the ledgers say. */
#include "batch/status.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "command/command.h"
#include "command/settings.h"
#include "command/status_json.h"
#include "command/table.h"

/* The order in which a person wants to look at them. */
static const int order[] = {PR_TENANT_FAILED, PR_TALLY_INTERRUPTED, PR_TENANT_NO_DATA, PR_TENANT_HELD, PR_TALLY_RUNNING,
	PR_TENANT_WAITING, PR_TENANT_SKIPPED, PR_TENANT_DONE};

/* --- a line about counts --------------------------------------------------------------------------------------------- */

static void add_counts(struct pr_buffer *text, size_t total, const size_t counts[PR_TALLY_STATE_COUNT])
{
	const char *before = ": ";

	pr_buffer_format(text, "%zu customer%s", total, total == 1 ? "" : "s");
	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		if (counts[order[i]] == 0)
			continue;
		pr_buffer_format(text, "%s%zu %s", before, counts[order[i]], pr_tally_state_name(order[i]));
		before = ", ";
	}
	pr_buffer_add(text, "\n");
}

static void add_shards(struct pr_buffer *text, const struct pr_status *status)
{
	if (status->shard_count == 0)
		return;
	pr_buffer_format(text, "made by %d shard%s", status->shard_count, status->shard_count == 1 ? "" : "s");
	for (size_t i = 0; i < status->missing_count; i++)
		pr_buffer_format(text, "%s%d/%d", i == 0 ? "; not run: " : ", ", status->missing[i], status->shard_count);
	pr_buffer_add(text, "\n");
	if (status->platform_lacks)
		pr_buffer_add(text,
			"the platform's report, where there is one, does not know them yet: powerreport run --edition platform\n");
}

/* --- tables ---------------------------------------------------------------------------------------------------------- */

static const char *time_text(int64_t time_ms, struct pr_arena *arena)
{
	char text[40];

	return time_ms == PR_TIME_MISSING ? "" : pr_arena_copy(arena, pr_time_iso(time_ms / 1000 * 1000, NULL, text));
}

static const char *seconds_text(int64_t duration_ms, struct pr_arena *arena)
{
	return pr_arena_format(arena, "%" PRId64 ".%" PRId64 " s", duration_ms / 1000, duration_ms % 1000 / 100);
}

static const char *clean(const char *text, struct pr_arena *arena)
{
	return text ? pr_text_clean(arena, text) : "";
}

/* "node1, shard 0/2" */
static const char *where_text(const char *host, struct pr_shard shard, struct pr_arena *arena)
{
	const char *name = clean(host, arena);

	if (shard.count == 0)
		return name;
	return pr_arena_format(arena, "%s%sshard %d/%d", name, *name ? ", " : "", shard.index, shard.count);
}

/* "2 sent, 1 unknown" */
static const char *mail_text(const struct pr_status_tenant *tenant, struct pr_arena *arena)
{
	struct pr_buffer text;

	pr_buffer_init(&text, arena);
	for (int state = 0; state < PR_SENDING_STATE_COUNT; state++)
		if (tenant->mails[state] > 0)
			pr_buffer_format(
				&text, "%s%zu %s", text.length ? ", " : "", tenant->mails[state], pr_sending_state_names[state]);
	return text.text;
}

/* Cut, as in the report and on the month's page: 94.96 % is below a gate of 95 %. */
static const char *coverage_text(double coverage, struct pr_arena *arena)
{
	int64_t micro;

	if (!(coverage >= 0))
		return "";
	micro = pr_micro_from_double(coverage);
	return pr_arena_format(arena, "%" PRId64 ".%" PRId64 "%%", micro / 10000, micro / 1000 % 10);
}

static void add_tenant(struct pr_table *table, const struct pr_status_tenant *tenant)
{
	const struct pr_ledger_tenant *row = &tenant->row;
	struct pr_arena *arena = table->arena;

	pr_table_add(table, row->state);
	pr_table_add(table, pr_arena_format(arena, "%" PRId64, row->tenant_id));
	pr_table_add(table, row->name);
	pr_table_add(table, clean(row->edition, arena));
	pr_table_add(table, row->revision ? pr_arena_format(arena, "%d", row->revision) : "");
	pr_table_add(table, coverage_text(row->coverage, arena));
	pr_table_add(table, row->duration_ms > 0 ? seconds_text(row->duration_ms, arena) : "");
	pr_table_add(table, row->attempts > 0 ? pr_arena_format(arena, "%d", row->attempts) : "");
	pr_table_add(table, mail_text(tenant, arena));
	pr_table_add(table, time_text(row->began_ms, arena));
	pr_table_add(table, where_text(row->host, tenant->shard, arena));
	pr_table_add(table, clean(row->reason, arena));
}

static void add_tenants(struct pr_buffer *text, const struct pr_status *status)
{
	static const struct pr_table_column columns[] = {{"state", false}, {"id", true}, {"customer", false},
		{"edition", false}, {"revision", true}, {"coverage", true}, {"took", true}, {"attempts", true}, {"mail", false},
		{"begun", false}, {"where", false}, {"reason", false}};
	struct pr_table table;

	pr_table_init(&table, columns, sizeof columns / sizeof *columns, text->arena);
	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		for (size_t t = 0; t < status->tenant_count; t++)
			if (status->tenants[t].state == order[i])
				add_tenant(&table, &status->tenants[t]);
	pr_buffer_add(text, "\n");
	pr_table_write(&table, text);
}

static void add_runs(struct pr_buffer *text, const struct pr_status *status)
{
	static const struct pr_table_column columns[] = {
		{"run", false}, {"state", false}, {"where", false}, {"process", true}, {"begun", false}, {"ended", false}};
	struct pr_arena *arena = text->arena;
	struct pr_table table;

	pr_table_init(&table, columns, sizeof columns / sizeof *columns, arena);
	for (size_t i = 0; i < status->run_count; i++) {
		const struct pr_status_run *run = &status->runs[i];
		if (!run->is_current)
			continue;
		pr_table_add(&table, run->shard.count
								 ? pr_arena_format(arena, "shard %d/%d", run->shard.index, run->shard.count)
								 : clean(run->ledger, arena));
		pr_table_add(&table, run->state);
		pr_table_add(&table, clean(run->run.host, arena));
		pr_table_add(&table, pr_arena_format(arena, "%" PRId64, run->run.pid));
		pr_table_add(&table, time_text(run->run.began_ms, arena));
		pr_table_add(&table, time_text(run->run.ended_ms, arena));
	}
	if (table.count == 0)
		return;
	pr_buffer_add(text, "\n");
	pr_table_write(&table, text);
}

static void add_months(struct pr_buffer *text, const struct pr_status *status, bool all)
{
	char month[16];

	if (!all || status->month_count < 2)
		return;
	pr_buffer_add(text, "\n");
	for (size_t i = 0; i < status->month_count; i++) {
		pr_buffer_format(text, "%s  ", pr_month_iso(status->months[i].month, month));
		add_counts(text, status->months[i].total, status->months[i].counts);
	}
}

static const char *person_text(const struct pr_status *status, const char *out_folder, bool all, struct pr_arena *arena)
{
	struct pr_buffer text;
	char month[16];

	pr_buffer_init(&text, arena);
	pr_buffer_format(
		&text, "Power reports of %s in %s\n", pr_month_iso(status->month, month), clean(out_folder, arena));
	add_counts(&text, status->tenant_count, status->counts);
	add_shards(&text, status);
	if (status->tenant_count > 0)
		add_tenants(&text, status);
	add_runs(&text, status);
	add_months(&text, status, all);
	return text.text;
}

bool pr_command_status(
	const struct pr_command_options *options, struct pr_arena *arena, int *exit_code, struct pr_error *error)
{
	const char *text = "";
	struct pr_status status;
	struct pr_config config;

	if (!pr_settings_read(options, arena, &config, error) ||
		!pr_status_read(config.out_folder, options->has_month ? &options->month : NULL, arena, &status, error))
		return false;
	if (options->json)
		text = pr_status_json(&status, config.out_folder, !options->has_month, arena);
	else if (!options->quiet)
		text = person_text(&status, config.out_folder, !options->has_month, arena);
	if (!options->print(text))
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot write to standard output");
	*exit_code = pr_status_is_well(&status) ? 0 : 1;
	return true;
}
