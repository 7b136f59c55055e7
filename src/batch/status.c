#include "batch/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "batch/lock.h"

/* A zone is at most this far from UTC: "the last month" of a run may be another one there. */
#define ZONE_MS (14 * INT64_C(3600000))

/* What a run's wish says (batch/record.c). */
struct wish {
	bool concerns; /* the month that is asked for */
	bool is_whole; /* everybody, or a shard's everybody */
};

struct reading {
	const char *out_folder;
	struct pr_arena *arena;
	struct pr_status *status;
	const char **names; /* of the ledgers */
	bool *held;         /* whether its run is at work */
	size_t name_count;
	size_t ledger; /* the one that is read */
	bool found;    /* its newest run about the month */
	size_t tenant_capacity, run_capacity, month_capacity;
	struct pr_status_month *counted;
	int64_t whole_ms; /* when the newest whole run of the month began */
	int whole_shards; /* and of how many shards it is one */
	bool has_whole;
};

/* --- runs ------------------------------------------------------------------------------------------------------------ */

static struct pr_month month_before(int64_t now_ms)
{
	struct pr_local_time local = pr_zone_local(NULL, now_ms);

	return pr_month_add((struct pr_month){local.date.year, local.date.month}, -1);
}

static bool is_last_month(struct pr_month month, int64_t now_ms)
{
	return pr_month_compare(month_before(now_ms - ZONE_MS), month) == 0 ||
	       pr_month_compare(month_before(now_ms + ZONE_MS), month) == 0;
}

static struct wish read_wish(const struct pr_ledger_run *run, struct pr_month month)
{
	static const char editions[] = ", editions ";
	const char *wanted = strstr(run->wish, editions);
	char name[16], platform[16];
	struct wish wish = {false, !strstr(run->wish, ", tenants ")};

	if (pr_text_starts(run->wish, "month last,"))
		wish.concerns = is_last_month(month, run->now_ms);
	else
		wish.concerns = pr_text_starts(run->wish, "month ") &&
		                pr_text_starts(run->wish + strlen("month "), pr_month_iso(month, name));
	snprintf(platform, sizeof platform, "%u,", 1U << PR_EDITION_PLATFORM);
	if (wanted && pr_text_starts(wanted + strlen(editions), platform))
		wish.is_whole = false;
	return wish;
}

static const char *copy(struct pr_arena *arena, const char *text)
{
	return text ? pr_arena_copy(arena, text) : NULL;
}

static void add_run(struct reading *reading, const struct pr_ledger_run *run)
{
	struct pr_status *status = reading->status;
	struct pr_status_run *added = PR_PUSH(reading->arena, status->runs, status->run_count, reading->run_capacity);

	*added = (struct pr_status_run){.ledger = reading->names[reading->ledger], .run = *run};
	if (!pr_shard_of_ledger(added->ledger, &added->shard))
		added->shard = (struct pr_shard){0, 0};
	added->run.wish = copy(reading->arena, run->wish);
	added->run.outcome = copy(reading->arena, run->outcome);
	added->run.host = copy(reading->arena, run->host);
	added->run.version = copy(reading->arena, run->version);
	added->state = run->outcome ? added->run.outcome : reading->held[reading->ledger] ? PR_RUN_AT_WORK : PR_RUN_KILLED;
}

/* The newest about the month, and the newest of all that was about everybody. */
static bool take_run(void *context, const struct pr_ledger_run *run, struct pr_error *error)
{
	struct reading *reading = context;
	struct wish wish = read_wish(run, reading->status->month);
	struct pr_shard shard;

	(void)error;
	if (!wish.concerns)
		return true;
	if (!reading->found)
		add_run(reading, run);
	reading->found = true;
	if (!wish.is_whole)
		return true;
	if ((!reading->has_whole || run->began_ms > reading->whole_ms) &&
		pr_shard_of_ledger(reading->names[reading->ledger], &shard)) {
		reading->has_whole = true;
		reading->whole_ms = run->began_ms;
		reading->whole_shards = shard.count;
	}
	return false;
}

static bool read_runs(struct reading *reading, struct pr_error *error)
{
	bool good = true;

	for (size_t i = 0; good && i < reading->name_count; i++) {
		struct pr_ledger *ledger = NULL;
		reading->ledger = i;
		reading->found = false;
		good = pr_ledger_open_to_read(
				   &ledger, pr_arena_format(reading->arena, "%s/%s", reading->out_folder, reading->names[i]), error) &&
		       (!ledger || pr_ledger_each_run(ledger, take_run, reading, error));
		pr_ledger_close(ledger);
	}
	return good;
}

static const struct pr_status_run *run_of(const struct pr_status *status, int index)
{
	for (size_t i = 0; i < status->run_count; i++)
		if (status->runs[i].shard.count == status->shard_count && status->runs[i].shard.index == index)
			return &status->runs[i];
	return NULL;
}

/* Of which split the month is, and what lacks in it. */
static void judge_runs(struct reading *reading)
{
	struct pr_status *status = reading->status;
	size_t capacity = 0;

	status->shard_count = reading->whole_shards;
	for (int index = 0; index < status->shard_count; index++)
		if (!run_of(status, index))
			*PR_PUSH(reading->arena, status->missing, status->missing_count, capacity) = index;
	for (size_t i = 0; i < status->run_count; i++) {
		struct pr_status_run *run = &status->runs[i];
		run->is_current = run->shard.count == status->shard_count || run->run.began_ms > reading->whole_ms;
		run->is_bad =
			run->is_current && (strcmp(run->state, PR_RUN_KILLED) == 0 || strcmp(run->state, PR_RUN_INTERRUPTED) == 0);
	}
}

/* --- tenants --------------------------------------------------------------------------------------------------------- */

static size_t ledger_of(const struct reading *reading, const char *name)
{
	size_t at = 0;

	while (at + 1 < reading->name_count && (!name || strcmp(reading->names[at], name) != 0))
		at++;
	return at;
}

/* -1 for a state of a later program. */
static int state_of(const struct reading *reading, const struct pr_ledger_tenant *tenant)
{
	int state = pr_tally_state(tenant);

	return state == PR_TALLY_RUNNING && !reading->held[ledger_of(reading, tenant->ledger)] ? PR_TALLY_INTERRUPTED
	                                                                                       : state;
}

static bool take_tenant(void *context, const struct pr_ledger_tenant *tenant, struct pr_error *error)
{
	struct reading *reading = context;
	struct pr_status *status = reading->status;
	struct pr_status_tenant *added;
	int state = state_of(reading, tenant);

	(void)error;
	if (state < 0)
		return true;
	added = PR_PUSH(reading->arena, status->tenants, status->tenant_count, reading->tenant_capacity);
	*added = (struct pr_status_tenant){.row = *tenant, .state = state};
	added->row.name = pr_arena_copy(reading->arena, pr_text_clean(reading->arena, tenant->name));
	added->row.edition = copy(reading->arena, tenant->edition);
	added->row.state = pr_tally_state_name(state);
	added->row.reason = copy(reading->arena, tenant->reason);
	if (state == PR_TALLY_INTERRUPTED && !tenant->reason)
		added->row.reason = "its run was killed";
	added->row.folder = copy(reading->arena, tenant->folder);
	added->row.version = copy(reading->arena, tenant->version);
	added->row.host = copy(reading->arena, tenant->host);
	added->row.ledger = reading->names[ledger_of(reading, tenant->ledger)];
	if (!pr_shard_of_ledger(added->row.ledger, &added->shard))
		added->shard = (struct pr_shard){0, 0};
	status->counts[state]++;
	return true;
}

static int compare_tenants(const void *a, const void *b)
{
	int64_t one = ((const struct pr_status_tenant *)a)->row.tenant_id;
	int64_t other = ((const struct pr_status_tenant *)b)->row.tenant_id;

	return (one > other) - (one < other);
}

/* What became of the newest revision's mail. Tenants are sorted. */
static bool take_sending(void *context, const struct pr_sending *sending, struct pr_error *error)
{
	const struct reading *reading = context;
	const struct pr_status_tenant key = {.row = {.tenant_id = sending->tenant_id}};
	struct pr_status_tenant *tenant =
		reading->status->tenant_count == 0
			? NULL
			: bsearch(&key, reading->status->tenants, reading->status->tenant_count, sizeof key, compare_tenants);

	(void)error;
	if (tenant && tenant->row.revision == sending->revision)
		tenant->mails[sending->state]++;
	return true;
}

/* Whether the platform's report is older than what the shards have made since. */
static bool lacks_platform(const struct pr_status *status)
{
	int64_t platform_ms = PR_TIME_MISSING, shards_ms = PR_TIME_MISSING;

	for (size_t i = 0; i < status->tenant_count; i++) {
		const struct pr_ledger_tenant *row = &status->tenants[i].row;
		bool is_platform = strcmp(row->edition, pr_edition_names[PR_EDITION_PLATFORM]) == 0;
		int64_t *latest_ms = is_platform ? &platform_ms : &shards_ms;
		if (row->began_ms > *latest_ms)
			*latest_ms = row->began_ms;
	}
	return status->shard_count > 0 && shards_ms > platform_ms;
}

/* --- months ---------------------------------------------------------------------------------------------------------- */

static int compare_months(const void *a, const void *b)
{
	return -pr_month_compare(((const struct pr_status_month *)a)->month, ((const struct pr_status_month *)b)->month);
}

static bool note_month(void *context, struct pr_month month, struct pr_error *error)
{
	struct reading *reading = context;
	struct pr_status *status = reading->status;

	(void)error;
	for (size_t i = 0; i < status->month_count; i++)
		if (pr_month_compare(status->months[i].month, month) == 0)
			return true;
	*PR_PUSH(reading->arena, status->months, status->month_count, reading->month_capacity) =
		(struct pr_status_month){.month = month};
	return true;
}

static bool list_months(struct reading *reading, struct pr_error *error)
{
	struct pr_status *status = reading->status;
	bool good = true;

	for (size_t i = 0; good && i < reading->name_count; i++) {
		struct pr_ledger *ledger = NULL;
		good = pr_ledger_open_to_read(
				   &ledger, pr_arena_format(reading->arena, "%s/%s", reading->out_folder, reading->names[i]), error) &&
		       (!ledger || pr_ledger_each_month(ledger, note_month, reading, error));
		pr_ledger_close(ledger);
	}
	if (status->month_count > 1)
		qsort(status->months, status->month_count, sizeof *status->months, compare_months);
	return good;
}

static bool count_tenant(void *context, const struct pr_ledger_tenant *tenant, struct pr_error *error)
{
	struct reading *reading = context;
	int state = state_of(reading, tenant);

	(void)error;
	if (state < 0)
		return true;
	reading->counted->total++;
	reading->counted->counts[state]++;
	return true;
}

static bool count_months(struct reading *reading, struct pr_error *error)
{
	struct pr_status *status = reading->status;

	for (size_t i = 0; i < status->month_count; i++) {
		reading->counted = &status->months[i];
		if (!pr_tally_each(reading->out_folder, status->months[i].month, count_tenant, reading, error))
			return false;
	}
	return true;
}

/* --- all of it ------------------------------------------------------------------------------------------------------- */

static bool list_ledgers(struct reading *reading, struct pr_error *error)
{
	if (!pr_ledger_list(reading->out_folder, reading->arena, &reading->names, &reading->name_count, error))
		return false;
	if (reading->name_count == 0)
		return pr_error_set(error, PR_CODE_CONFIG,
			"no ledger in '%s': expected the folder of reports (--out) after a first 'powerreport run'",
			reading->out_folder);
	reading->held = pr_arena_array(reading->arena, reading->name_count, sizeof *reading->held);
	for (size_t i = 0; i < reading->name_count; i++) {
		struct pr_shard shard;
		reading->held[i] = pr_shard_of_ledger(reading->names[i], &shard) && pr_lock_is_held(reading->out_folder, shard);
	}
	return true;
}

static bool read_month(struct reading *reading, struct pr_error *error)
{
	struct pr_status *status = reading->status;

	if (!pr_tally_each(reading->out_folder, status->month, take_tenant, reading, error) || !read_runs(reading, error))
		return false;
	if (status->tenant_count > 1)
		qsort(status->tenants, status->tenant_count, sizeof *status->tenants, compare_tenants);
	if (!pr_mailing_each(reading->out_folder, status->month, take_sending, reading, error))
		return false;
	judge_runs(reading);
	status->platform_lacks = lacks_platform(status);
	return true;
}

static bool read_status(struct reading *reading, const struct pr_month *month, struct pr_error *error)
{
	struct pr_status *status = reading->status;

	if (!list_ledgers(reading, error) || !list_months(reading, error) || (!month && !count_months(reading, error)))
		return false;
	if (!month && status->month_count == 0)
		return pr_error_set(error, PR_CODE_CONFIG,
			"the ledger in '%s' knows of no month; expected a first 'powerreport run'", reading->out_folder);
	status->month = month ? *month : status->months[0].month;
	return read_month(reading, error);
}

bool pr_status_read(const char *out_folder, const struct pr_month *month, struct pr_arena *arena,
	struct pr_status *status, struct pr_error *error)
{
	struct reading reading = {.out_folder = out_folder, .arena = arena, .status = status};

	*status = (struct pr_status){0};
	if (read_status(&reading, month, error))
		return true;
	error->code = PR_CODE_CONFIG; /* whatever it is, nothing is known */
	return false;
}

bool pr_status_is_well(const struct pr_status *status)
{
	static const int bad[] = {PR_TENANT_FAILED, PR_TENANT_NO_DATA, PR_TALLY_RUNNING, PR_TALLY_INTERRUPTED};
	bool well = status->tenant_count + status->run_count > 0 && status->missing_count == 0;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		well = well && status->counts[bad[i]] == 0;
	for (size_t i = 0; i < status->run_count; i++)
		well = well && !status->runs[i].is_bad && strcmp(status->runs[i].state, PR_RUN_AT_WORK) != 0;
	return well;
}
