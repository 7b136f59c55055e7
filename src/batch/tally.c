#include "batch/tally.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "batch/worker.h"

#define LISTED_MAX 200 /* tenants of a state on the page */
#define SLOWEST 5

const char *pr_tally_state_name(int state)
{
	return state == PR_TALLY_RUNNING       ? PR_STATE_RUNNING
	       : state == PR_TALLY_INTERRUPTED ? PR_STATE_INTERRUPTED
	                                       : pr_tenant_state_names[state];
}

int pr_tally_state(const struct pr_ledger_tenant *tenant)
{
	for (int state = 0; state < PR_TALLY_STATE_COUNT; state++)
		if (strcmp(tenant->state, pr_tally_state_name(state)) == 0)
			return state;
	return -1;
}

/* --- the ledgers of a folder -------------------------------------------------------------------------------------- */

/* Which ledger's row of a tenant counts; only looked at where there are several ledgers. */
struct place {
	int64_t tenant_id, began_ms;
	size_t ledger;
};

struct reading {
	struct pr_arena arena;
	struct place *places;
	size_t count, capacity;
	size_t ledger;
	pr_ledger_tenant_fn fn;
	void *context;
};

static int compare_places(const void *a, const void *b)
{
	const struct place *one = a, *other = b;

	if (one->tenant_id != other->tenant_id)
		return one->tenant_id < other->tenant_id ? -1 : 1;
	if (one->began_ms != other->began_ms)
		return one->began_ms > other->began_ms ? -1 : 1;
	return one->ledger < other->ledger ? -1 : one->ledger > other->ledger;
}

static bool note_place(void *context, const struct pr_ledger_tenant *tenant, struct pr_error *error)
{
	struct reading *reading = context;

	(void)error;
	*PR_PUSH(&reading->arena, reading->places, reading->count, reading->capacity) =
		(struct place){tenant->tenant_id, tenant->began_ms, reading->ledger};
	return true;
}

static int compare_tenant(const void *key, const void *place)
{
	int64_t id = *(const int64_t *)key, other = ((const struct place *)place)->tenant_id;

	return id < other ? -1 : id > other;
}

static bool pass_on(void *context, const struct pr_ledger_tenant *tenant, struct pr_error *error)
{
	const struct reading *reading = context;
	const struct place *place = reading->count == 0 ? NULL
	                                                : bsearch(&tenant->tenant_id, reading->places, reading->count,
														  sizeof *reading->places, compare_tenant);

	return (place && place->ledger != reading->ledger) || reading->fn(reading->context, tenant, error);
}

static bool read_ledgers(struct reading *reading, const char *folder, const char **names, size_t count,
	struct pr_month month, pr_ledger_tenant_fn fn, struct pr_error *error)
{
	bool good = true;

	for (size_t i = 0; good && i < count; i++) {
		struct pr_ledger *ledger = NULL;
		reading->ledger = i;
		good = pr_ledger_open_to_read(&ledger, pr_arena_format(&reading->arena, "%s/%s", folder, names[i]), error) &&
		       (!ledger || pr_ledger_each_tenant(ledger, month, fn, reading, error));
		pr_ledger_close(ledger);
	}
	return good;
}

/* Of each tenant the first place stays. */
static void drop_doubles(struct reading *reading)
{
	size_t kept = 0;

	if (reading->count > 1)
		qsort(reading->places, reading->count, sizeof *reading->places, compare_places);
	for (size_t i = 0; i < reading->count; i++)
		if (kept == 0 || reading->places[kept - 1].tenant_id != reading->places[i].tenant_id)
			reading->places[kept++] = reading->places[i];
	reading->count = kept;
}

bool pr_tally_each(
	const char *out_folder, struct pr_month month, pr_ledger_tenant_fn fn, void *context, struct pr_error *error)
{
	struct reading reading = {.fn = fn, .context = context};
	const char **names;
	size_t count;
	bool good;

	pr_arena_init(&reading.arena);
	good = pr_ledger_list(out_folder, &reading.arena, &names, &count, error) &&
	       (count < 2 || read_ledgers(&reading, out_folder, names, count, month, note_place, error));
	drop_doubles(&reading);
	good = good && read_ledgers(&reading, out_folder, names, count, month, pass_on, error);
	pr_arena_release(&reading.arena);
	return good;
}

bool pr_tally_newest_month(const char *out_folder, struct pr_month *month, bool *found, struct pr_error *error)
{
	struct pr_arena arena;
	const char **names;
	size_t count;
	bool good;

	*found = false;
	pr_arena_init(&arena);
	good = pr_ledger_list(out_folder, &arena, &names, &count, error);
	for (size_t i = 0; good && i < count; i++) {
		struct pr_ledger *ledger = NULL;
		struct pr_month newest;
		bool known = false;
		good = pr_ledger_open_to_read(&ledger, pr_arena_format(&arena, "%s/%s", out_folder, names[i]), error) &&
		       (!ledger || pr_ledger_newest_month(ledger, &newest, &known, error));
		if (good && known && (!*found || pr_month_compare(newest, *month) > 0))
			*month = newest;
		*found = *found || known;
		pr_ledger_close(ledger);
	}
	pr_arena_release(&arena);
	return good;
}

/* --- what is counted ---------------------------------------------------------------------------------------------- */

struct slow {
	int64_t tenant_id, duration_ms;
	const char *name;
};

struct tally {
	struct pr_arena *arena;
	size_t total, counts[PR_TALLY_STATE_COUNT];
	int64_t duration_ms[PR_TALLY_STATE_COUNT], longest_ms;
	size_t tried_again;
	struct pr_buffer lists[PR_TALLY_STATE_COUNT];
	struct slow slowest[SLOWEST];
	size_t slow_count;
	struct pr_ledger_numbers numbers;
};

static void note_slow(struct tally *tally, const struct pr_ledger_tenant *tenant)
{
	size_t at = tally->slow_count;

	while (at > 0 && tally->slowest[at - 1].duration_ms < tenant->duration_ms)
		at--;
	if (at == SLOWEST)
		return;
	if (tally->slow_count < SLOWEST)
		tally->slow_count++;
	memmove(&tally->slowest[at + 1], &tally->slowest[at], (tally->slow_count - 1 - at) * sizeof *tally->slowest);
	tally->slowest[at] =
		(struct slow){tenant->tenant_id, tenant->duration_ms, pr_arena_copy(tally->arena, tenant->name)};
}

static bool is_listed(int state)
{
	return state != PR_TENANT_DONE && state != PR_TENANT_SKIPPED;
}

static bool count_tenant(void *context, const struct pr_ledger_tenant *tenant, struct pr_error *error)
{
	struct tally *tally = context;
	int state = pr_tally_state(tenant);

	(void)error;
	if (state < 0)
		return true;
	tally->total++;
	tally->counts[state]++;
	tally->duration_ms[state] += tenant->duration_ms;
	if (tenant->duration_ms > tally->longest_ms)
		tally->longest_ms = tenant->duration_ms;
	tally->tried_again += tenant->attempts > 1;
	if (tenant->duration_ms > 0)
		note_slow(tally, tenant);
	if (!is_listed(state) || tally->counts[state] > LISTED_MAX)
		return true;
	pr_buffer_format(&tally->lists[state], "  %" PRId64 " %s (%s)%s%s", tenant->tenant_id, tenant->name,
		tenant->edition, tenant->reason ? ": " : "", tenant->reason ? tenant->reason : "");
	if (tenant->attempts > 1)
		pr_buffer_format(&tally->lists[state], " [%d attempts]", tenant->attempts);
	pr_buffer_add(&tally->lists[state], "\n");
	return true;
}

/* Sums of all ledgers; the last success is the latest. */
static bool add_numbers(struct tally *tally, const char *out_folder, struct pr_month month, struct pr_error *error)
{
	const char **names;
	size_t count;
	bool good = pr_ledger_list(out_folder, tally->arena, &names, &count, error);

	tally->numbers.last_success_ms = PR_TIME_MISSING;
	for (size_t i = 0; good && i < count; i++) {
		struct pr_ledger_numbers numbers = {.last_success_ms = PR_TIME_MISSING};
		struct pr_ledger *ledger = NULL;
		good = pr_ledger_open_to_read(&ledger, pr_arena_format(tally->arena, "%s/%s", out_folder, names[i]), error) &&
		       (!ledger || pr_ledger_get_numbers(ledger, month, &numbers, error));
		tally->numbers.revisions += numbers.revisions;
		tally->numbers.later_revisions += numbers.later_revisions;
		if (numbers.last_success_ms > tally->numbers.last_success_ms)
			tally->numbers.last_success_ms = numbers.last_success_ms;
		pr_ledger_close(ledger);
	}
	return good;
}

/* --- the page ----------------------------------------------------------------------------------------------------- */

/* In the order in which they want to be looked at. */
static const struct {
	int state;
	const char *head;
} sections[] = {
	{PR_TENANT_FAILED, "Failed: no report of this run; look at the reason, then call run again with --retry-failed"},
	{PR_TALLY_INTERRUPTED, "Interrupted: the run was ended while it was at work; the next one makes them"},
	{PR_TALLY_RUNNING, "At work"},
	{PR_TENANT_NO_DATA, "No data: in service, but the stores hold not one row of the month"},
	{PR_TENANT_HELD, "Held: made, but not for sending before somebody has released them"},
	{PR_TENANT_WAITING, "Waiting: the month is not over, or its data may still come"},
};

static void write_counts(const struct tally *tally, struct pr_buffer *page)
{
	bool any = false;

	pr_buffer_format(page, "%zu customer%s: ", tally->total, tally->total == 1 ? "" : "s");
	for (int state = 0; state < PR_TALLY_STATE_COUNT; state++) {
		if (tally->counts[state] == 0)
			continue;
		pr_buffer_format(page, "%s%zu %s", any ? ", " : "", tally->counts[state], pr_tally_state_name(state));
		any = true;
	}
	pr_buffer_add(page, any ? ".\n" : "none known.\n");
}

static void write_page(
	const struct tally *tally, struct pr_month month, const struct pr_ledger_run *run, struct pr_buffer *page)
{
	char name[16], began[40], ended[40], cutoff[40];
	int64_t clock_ms = pr_clock_ms();

	pr_buffer_format(page, "Power reports of %s\n\n", pr_month_iso(month, name));
	write_counts(tally, page);
	pr_buffer_format(page,
		"\nThe last run began at %s and ended at %s on %s,\nwith the data that had arrived by %s; powerreport %s.\n",
		pr_time_iso(run->began_ms / 1000 * 1000, NULL, began), pr_time_iso(clock_ms / 1000 * 1000, NULL, ended),
		run->host, pr_time_iso(run->now_ms / 1000 * 1000, NULL, cutoff), run->version);
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
		size_t count = tally->counts[sections[i].state];
		if (count == 0)
			continue;
		pr_buffer_format(page, "\n%s (%zu)\n%s", sections[i].head, count, tally->lists[sections[i].state].text);
		if (count > LISTED_MAX)
			pr_buffer_format(page, "  and %zu more; see 'powerreport status'\n", count - LISTED_MAX);
	}
	if (tally->numbers.later_revisions > 0)
		pr_buffer_format(page,
			"\nRevisions: %" PRId64 " reports of the month were published again with other figures.\n",
			tally->numbers.later_revisions);
	if (tally->slow_count > 0)
		pr_buffer_add(page, "\nSlowest\n");
	for (size_t i = 0; i < tally->slow_count; i++)
		pr_buffer_format(page, "  %" PRId64 " %s: %" PRId64 ".%" PRId64 " s\n", tally->slowest[i].tenant_id,
			tally->slowest[i].name, tally->slowest[i].duration_ms / 1000, tally->slowest[i].duration_ms % 1000 / 100);
}

/* --- the metrics -------------------------------------------------------------------------------------------------- */

static void write_head(struct pr_buffer *text, const char *name, const char *help)
{
	pr_buffer_format(text, "# HELP powerreport_%s %s\n# TYPE powerreport_%s gauge\n", name, help, name);
}

static void write_time(struct pr_buffer *text, const char *name, const char *help, int64_t time_ms)
{
	if (time_ms == PR_TIME_MISSING)
		return;
	write_head(text, name, help);
	pr_buffer_format(text, "powerreport_%s %" PRId64 ".%03d\n", name, time_ms / 1000, (int)(time_ms % 1000));
}

static void write_seconds(struct pr_buffer *text, int64_t duration_ms)
{
	pr_buffer_format(text, "%" PRId64 ".%03d\n", duration_ms / 1000, (int)(duration_ms % 1000));
}

static void write_metrics(
	const struct tally *tally, struct pr_month month, const struct pr_ledger_run *run, struct pr_buffer *text)
{
	int64_t clock_ms = pr_clock_ms();
	char name[16];

	pr_month_iso(month, name);
	write_head(text, "tenants", "Tenants of the month by state.");
	for (int state = 0; state < PR_TALLY_STATE_COUNT; state++)
		pr_buffer_format(text, "powerreport_tenants{month=\"%s\",state=\"%s\"} %zu\n", name, pr_tally_state_name(state),
			tally->counts[state]);
	write_head(text, "tenants_seconds", "Time that was spent on the tenants of the month, by state.");
	for (int state = 0; state < PR_TALLY_STATE_COUNT; state++) {
		pr_buffer_format(
			text, "powerreport_tenants_seconds{month=\"%s\",state=\"%s\"} ", name, pr_tally_state_name(state));
		write_seconds(text, tally->duration_ms[state]);
	}
	write_head(text, "slowest_tenant_seconds", "Time of the slowest tenant of the month.");
	pr_buffer_format(text, "powerreport_slowest_tenant_seconds{month=\"%s\"} ", name);
	write_seconds(text, tally->longest_ms);
	write_head(text, "tenants_tried_again", "Tenants of the month that took more than one attempt.");
	pr_buffer_format(text, "powerreport_tenants_tried_again{month=\"%s\"} %zu\n", name, tally->tried_again);
	write_head(text, "revisions", "Published revisions of the month's reports.");
	pr_buffer_format(text, "powerreport_revisions{month=\"%s\"} %" PRId64 "\n", name, tally->numbers.revisions);
	write_head(text, "later_revisions", "Published revisions of the month's reports above the first.");
	pr_buffer_format(
		text, "powerreport_later_revisions{month=\"%s\"} %" PRId64 "\n", name, tally->numbers.later_revisions);
	write_head(text, "run_seconds", "How long the last run took.");
	pr_buffer_add(text, "powerreport_run_seconds ");
	write_seconds(text, clock_ms > run->began_ms ? clock_ms - run->began_ms : 0);
	write_time(text, "run_end_timestamp_seconds", "When the last run ended.", clock_ms);
	write_time(text, "last_success_timestamp_seconds", "When the last run without a failure ended.",
		tally->numbers.last_success_ms);
}

/* --- both --------------------------------------------------------------------------------------------------------- */

static bool leave(struct tally *tally, const struct pr_config *config, struct pr_month month,
	const struct pr_ledger_run *run, struct pr_error *error)
{
	struct pr_buffer page, metrics;
	const char *folder;
	char name[16];

	for (int state = 0; state < PR_TALLY_STATE_COUNT; state++)
		pr_buffer_init(&tally->lists[state], tally->arena);
	if (!pr_tally_each(config->out_folder, month, count_tenant, tally, error) ||
		!add_numbers(tally, config->out_folder, month, error))
		return false;
	pr_buffer_init(&page, tally->arena);
	write_page(tally, month, run, &page);
	folder = pr_arena_format(tally->arena, "%s/%s", config->out_folder, pr_month_iso(month, name));
	if (!pr_folder_make(folder, error) ||
		!pr_file_write(pr_arena_format(tally->arena, "%s/summary.txt", folder), page.text, page.length, error))
		return false;
	if (!config->metrics_file)
		return true;
	pr_buffer_init(&metrics, tally->arena);
	write_metrics(tally, month, run, &metrics);
	return pr_file_write(config->metrics_file, metrics.text, metrics.length, error);
}

bool pr_tally_leave(
	const struct pr_config *config, struct pr_month month, const struct pr_ledger_run *run, struct pr_error *error)
{
	struct pr_arena arena;
	struct tally tally = {.arena = &arena};
	bool good;

	pr_arena_init(&arena);
	good = leave(&tally, config, month, run, error);
	pr_arena_release(&arena);
	return good;
}
