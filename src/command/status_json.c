#include "command/status_json.h"

#include <inttypes.h>
#include <math.h>

#include "base/text.h"
#include "output/json.h"

static void put_text(struct pr_buffer *out, const char *key, const char *text)
{
	pr_buffer_format(out, "\"%s\": ", key);
	if (text)
		pr_json_quote(out, text);
	else
		pr_buffer_add(out, "null");
}

static void put_time(struct pr_buffer *out, const char *key, int64_t time_ms)
{
	char text[40];

	put_text(out, key, time_ms == PR_TIME_MISSING ? NULL : pr_time_iso(time_ms, NULL, text));
}

static void put_shard(struct pr_buffer *out, struct pr_shard shard)
{
	if (shard.count > 0)
		pr_buffer_format(out, "\"shard\": \"%d/%d\"", shard.index, shard.count);
	else
		pr_buffer_add(out, "\"shard\": null");
}

static void put_counts(struct pr_buffer *out, const size_t counts[PR_TALLY_STATE_COUNT])
{
	pr_buffer_add(out, "\"counts\": {");
	for (int state = 0; state < PR_TALLY_STATE_COUNT; state++)
		pr_buffer_format(out, "%s\"%s\": %zu", state ? ", " : "", pr_tally_state_name(state), counts[state]);
	pr_buffer_add(out, "}");
}

static void put_tenant(struct pr_buffer *out, const struct pr_status_tenant *tenant)
{
	const struct pr_ledger_tenant *row = &tenant->row;

	pr_buffer_format(out, "{\"tenant\": %" PRId64 ", ", row->tenant_id);
	put_text(out, "name", row->name);
	pr_buffer_add(out, ", ");
	put_text(out, "edition", row->edition);
	pr_buffer_add(out, ", ");
	put_text(out, "state", row->state);
	pr_buffer_add(out, ", ");
	put_text(out, "reason", row->reason);
	pr_buffer_add(out, ", \"coverage\": ");
	if (isnan(row->coverage))
		pr_buffer_add(out, "null");
	else
		pr_buffer_format(out, "%.6f", row->coverage);
	if (row->revision)
		pr_buffer_format(out, ", \"revision\": %d, ", row->revision);
	else
		pr_buffer_add(out, ", \"revision\": null, ");
	put_text(out, "folder", row->folder);
	pr_buffer_add(out, ", ");
	put_time(out, "cutoff", row->cutoff_ms);
	pr_buffer_add(out, ", ");
	put_time(out, "began", row->began_ms);
	pr_buffer_add(out, ", ");
	put_time(out, "ended", row->ended_ms);
	pr_buffer_format(out, ", \"duration_ms\": %" PRId64 ", \"attempts\": %d, ", row->duration_ms, row->attempts);
	put_text(out, "version", row->version);
	pr_buffer_add(out, ", ");
	put_text(out, "host", row->host);
	pr_buffer_add(out, ", ");
	put_shard(out, tenant->shard);
	pr_buffer_add(out, ", ");
	put_text(out, "ledger", row->ledger);
	pr_buffer_add(out, ", \"mail\": {");
	for (int state = 0; state < PR_SENDING_STATE_COUNT; state++)
		pr_buffer_format(out, "%s\"%s\": %zu", state ? ", " : "", pr_sending_state_names[state], tenant->mails[state]);
	pr_buffer_add(out, "}}");
}

static void put_run(struct pr_buffer *out, const struct pr_status_run *run)
{
	pr_buffer_add(out, "{");
	put_text(out, "ledger", run->ledger);
	pr_buffer_add(out, ", ");
	put_shard(out, run->shard);
	pr_buffer_add(out, ", ");
	put_text(out, "state", run->state);
	pr_buffer_add(out, ", ");
	put_text(out, "host", run->run.host);
	pr_buffer_format(out, ", \"process\": %" PRId64 ", ", run->run.pid);
	put_time(out, "cutoff", run->run.now_ms);
	pr_buffer_add(out, ", ");
	put_time(out, "began", run->run.began_ms);
	pr_buffer_add(out, ", ");
	put_time(out, "ended", run->run.ended_ms);
	pr_buffer_add(out, ", ");
	put_text(out, "version", run->run.version);
	pr_buffer_add(out, "}");
}

static void put_shards(struct pr_buffer *out, const struct pr_status *status)
{
	if (status->shard_count == 0) {
		pr_buffer_add(out, "\"shards\": null");
		return;
	}
	pr_buffer_format(out, "\"shards\": {\"of\": %d, \"missing\": [", status->shard_count);
	for (size_t i = 0; i < status->missing_count; i++)
		pr_buffer_format(out, "%s%d", i ? ", " : "", status->missing[i]);
	pr_buffer_format(out, "], \"platform lacks\": %s}", status->platform_lacks ? "true" : "false");
}

static void put_months(struct pr_buffer *out, const struct pr_status *status)
{
	char month[16];

	pr_buffer_add(out, " \"months\": [");
	for (size_t i = 0; i < status->month_count; i++) {
		pr_buffer_format(out, "%s\n  {\"month\": \"%s\", ", i ? "," : "", pr_month_iso(status->months[i].month, month));
		put_counts(out, status->months[i].counts);
		pr_buffer_add(out, "}");
	}
	pr_buffer_add(out, "],\n");
}

const char *pr_status_json(const struct pr_status *status, const char *out_folder, bool all, struct pr_arena *arena)
{
	struct pr_buffer out;
	char month[16];

	pr_buffer_init(&out, arena);
	pr_buffer_format(&out, "{\"month\": \"%s\", ", pr_month_iso(status->month, month));
	put_text(&out, "out", out_folder);
	pr_buffer_format(&out, ", \"all done\": %s,\n ", pr_status_is_well(status) ? "true" : "false");
	put_counts(&out, status->counts);
	pr_buffer_add(&out, ",\n ");
	put_shards(&out, status);
	pr_buffer_add(&out, ",\n");
	if (all)
		put_months(&out, status);
	pr_buffer_add(&out, " \"runs\": [");
	for (size_t i = 0; i < status->run_count; i++) {
		pr_buffer_add(&out, i ? ",\n  " : "\n  ");
		put_run(&out, &status->runs[i]);
	}
	pr_buffer_add(&out, "],\n \"tenants\": [");
	for (size_t i = 0; i < status->tenant_count; i++) {
		pr_buffer_add(&out, i ? ",\n  " : "\n  ");
		put_tenant(&out, &status->tenants[i]);
	}
	pr_buffer_add(&out, "]}\n");
	return out.text;
}
