#include "batch/tally.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
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

#define NO_LEDGER SIZE_MAX

/* One ledger's row of a tenant; only looked at where there are several ledgers. */
struct place {
	int64_t tenant_id, began_ms;
	size_t ledger;
	size_t report; /* the ledger that knows of its newest report, where that of the row doesn't; NO_LEDGER = none */
	bool waits, is_made;
	int revision;
};

struct reading {
	struct pr_arena arena;
	const char *out_folder;
	struct pr_month month;
	const char **names;
	size_t name_count;
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
	int state = pr_tally_state(tenant);

	(void)error;
	*PR_PUSH(&reading->arena, reading->places, reading->count, reading->capacity) =
		(struct place){.tenant_id = tenant->tenant_id,
			.began_ms = tenant->began_ms,
			.ledger = reading->ledger,
			.report = NO_LEDGER,
			.waits = state == PR_TENANT_WAITING,
			.is_made = state == PR_TENANT_DONE || state == PR_TENANT_HELD,
			.revision = tenant->revision};
	return true;
}

static int compare_tenant(const void *key, const void *place)
{
	int64_t id = *(const int64_t *)key, other = ((const struct place *)place)->tenant_id;

	return id < other ? -1 : id > other;
}

static bool open_ledger(struct reading *reading, size_t i, struct pr_ledger **ledger, struct pr_error *error)
{
	return pr_ledger_open_to_read(
		ledger, pr_arena_format(&reading->arena, "%s/%s", reading->out_folder, reading->names[i]), error);
}

/* The row that counts says nothing of a report, but another ledger knows where it is. */
static bool pass_with_report(
	struct reading *reading, struct pr_ledger_tenant *tenant, size_t report, struct pr_error *error)
{
	struct pr_ledger *ledger = NULL;
	struct pr_ledger_tenant earlier;
	bool found = false;
	bool good = open_ledger(reading, report, &ledger, error) &&
	            (!ledger || pr_ledger_get_tenant(
								ledger, reading->month, tenant->tenant_id, &reading->arena, &earlier, &found, error));

	pr_ledger_close(ledger);
	if (!good)
		return false;
	if (found) {
		tenant->revision = earlier.revision;
		tenant->folder = earlier.folder;
		tenant->coverage = isnan(tenant->coverage) ? earlier.coverage : tenant->coverage;
	}
	return reading->fn(reading->context, tenant, error);
}

static bool pass_on(void *context, const struct pr_ledger_tenant *tenant, struct pr_error *error)
{
	struct reading *reading = context;
	struct pr_ledger_tenant row = *tenant;
	const struct place *place = reading->count == 0 ? NULL
	                                                : bsearch(&tenant->tenant_id, reading->places, reading->count,
														  sizeof *reading->places, compare_tenant);

	if (place && place->ledger != reading->ledger)
		return true;
	row.ledger = reading->names[reading->ledger];
	if (place && place->report != NO_LEDGER)
		return pass_with_report(reading, &row, place->report, error);
	return reading->fn(reading->context, &row, error);
}

static bool read_ledgers(struct reading *reading, pr_ledger_tenant_fn fn, struct pr_error *error)
{
	bool good = true;

	for (size_t i = 0; good && i < reading->name_count; i++) {
		struct pr_ledger *ledger = NULL;
		reading->ledger = i;
		good = open_ledger(reading, i, &ledger, error) &&
		       (!ledger || pr_ledger_each_tenant(ledger, reading->month, fn, reading, error));
		pr_ledger_close(ledger);
	}
	return good;
}

/* The one of a tenant's places, newest first, that counts. */
static struct place choose_place(const struct place *places, size_t count)
{
	size_t at = 0;
	struct place chosen;

	while (at + 1 < count && places[at].waits && (places[at + 1].waits || places[at + 1].is_made))
		at++;
	/* Nothing but waiting: the newest. */
	chosen = places[places[at].waits ? 0 : at];
	for (size_t i = 0; chosen.revision == 0 && chosen.report == NO_LEDGER && i < count; i++)
		if (places[i].revision > 0)
			chosen.report = places[i].ledger;
	return chosen;
}

/* Of each tenant one place stays. */
static void drop_doubles(struct reading *reading)
{
	size_t kept = 0, next;

	if (reading->count > 1)
		qsort(reading->places, reading->count, sizeof *reading->places, compare_places);
	for (size_t i = 0; i < reading->count; i = next) {
		for (next = i; next < reading->count && reading->places[next].tenant_id == reading->places[i].tenant_id;)
			next++;
		reading->places[kept++] = choose_place(&reading->places[i], next - i);
	}
	reading->count = kept;
}

bool pr_tally_each(
	const char *out_folder, struct pr_month month, pr_ledger_tenant_fn fn, void *context, struct pr_error *error)
{
	struct reading reading = {.out_folder = out_folder, .month = month, .fn = fn, .context = context};
	bool good;

	pr_arena_init(&reading.arena);
	good = pr_ledger_list(out_folder, &reading.arena, &reading.names, &reading.name_count, error) &&
	       (reading.name_count < 2 || read_ledgers(&reading, note_place, error));
	drop_doubles(&reading);
	good = good && read_ledgers(&reading, pass_on, error);
	pr_arena_release(&reading.arena);
	return good;
}

/* --- what is counted ---------------------------------------------------------------------------------------------- */

struct slow {
	int64_t tenant_id, duration_ms;
	const char *name;
};

/* A revision, which several ledgers may know of. */
struct numbered {
	int64_t tenant_id;
	int number;
};

struct tally {
	struct pr_arena *arena;
	size_t total, counts[PR_TALLY_STATE_COUNT];
	int64_t duration_ms[PR_TALLY_STATE_COUNT], longest_ms;
	size_t tried_again;
	struct numbered *numbered;
	size_t numbered_count, numbered_capacity;
	size_t revisions, later_revisions;
	int64_t last_success_ms;
	struct pr_buffer lists[PR_TALLY_STATE_COUNT];
	struct slow slowest[SLOWEST];
	size_t slow_count;
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

static bool note_number(void *context, int64_t tenant_id, int number, struct pr_error *error)
{
	struct tally *tally = context;

	(void)error;
	*PR_PUSH(tally->arena, tally->numbered, tally->numbered_count, tally->numbered_capacity) =
		(struct numbered){tenant_id, number};
	return true;
}

static int compare_numbered(const void *a, const void *b)
{
	const struct numbered *one = a, *other = b;

	if (one->tenant_id != other->tenant_id)
		return one->tenant_id < other->tenant_id ? -1 : 1;
	return (one->number > other->number) - (one->number < other->number);
}

/* Each revision once; the last success is the latest. */
static bool add_numbers(struct tally *tally, const char *out_folder, struct pr_month month, struct pr_error *error)
{
	const char **names;
	size_t count;
	bool good = pr_ledger_list(out_folder, tally->arena, &names, &count, error);

	tally->last_success_ms = PR_TIME_MISSING;
	for (size_t i = 0; good && i < count; i++) {
		struct pr_ledger *ledger = NULL;
		int64_t success_ms = PR_TIME_MISSING;
		good = pr_ledger_open_to_read(&ledger, pr_arena_format(tally->arena, "%s/%s", out_folder, names[i]), error) &&
		       (!ledger || (pr_ledger_each_number(ledger, month, note_number, tally, error) &&
							   pr_ledger_get_last_success(ledger, &success_ms, error)));
		if (success_ms > tally->last_success_ms)
			tally->last_success_ms = success_ms;
		pr_ledger_close(ledger);
	}
	if (tally->numbered_count > 1)
		qsort(tally->numbered, tally->numbered_count, sizeof *tally->numbered, compare_numbered);
	for (size_t i = 0; i < tally->numbered_count; i++) {
		if (i > 0 && compare_numbered(&tally->numbered[i - 1], &tally->numbered[i]) == 0)
			continue;
		tally->revisions++;
		tally->later_revisions += tally->numbered[i].number > 1;
	}
	return good;
}

bool pr_tally_revisions(
	const char *out_folder, struct pr_month month, size_t *revisions, size_t *later, struct pr_error *error)
{
	struct pr_arena arena;
	struct tally tally = {.arena = &arena};
	bool good;

	pr_arena_init(&arena);
	good = add_numbers(&tally, out_folder, month, error);
	*revisions = tally.revisions;
	*later = tally.later_revisions;
	pr_arena_release(&arena);
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

static void write_page(const struct tally *tally, struct pr_month month, const struct pr_ledger_run *run,
	struct pr_shard shard, struct pr_buffer *page)
{
	char name[16], began[40], ended[40], cutoff[40], which[40] = "";
	int64_t clock_ms = pr_clock_ms();

	pr_buffer_format(page, "Power reports of %s\n\n", pr_month_iso(month, name));
	write_counts(tally, page);
	if (shard.count > 0)
		snprintf(which, sizeof which, ", shard %d/%d,", shard.index, shard.count);
	pr_buffer_format(page,
		"\nThe last run%s began at %s and ended at %s on %s,\nwith the data that had arrived by %s; powerreport %s.\n",
		which, pr_time_iso(run->began_ms / 1000 * 1000, NULL, began), pr_time_iso(clock_ms / 1000 * 1000, NULL, ended),
		run->host, pr_time_iso(run->now_ms / 1000 * 1000, NULL, cutoff), run->version);
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
		size_t count = tally->counts[sections[i].state];
		if (count == 0)
			continue;
		pr_buffer_format(page, "\n%s (%zu)\n%s", sections[i].head, count, tally->lists[sections[i].state].text);
		if (count > LISTED_MAX)
			pr_buffer_format(page, "  and %zu more; see 'powerreport status'\n", count - LISTED_MAX);
	}
	if (tally->later_revisions > 0)
		pr_buffer_format(page, "\nRevisions: %zu reports of the month were published again with other figures.\n",
			tally->later_revisions);
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
	pr_buffer_format(text, "powerreport_revisions{month=\"%s\"} %zu\n", name, tally->revisions);
	write_head(text, "later_revisions", "Published revisions of the month's reports above the first.");
	pr_buffer_format(text, "powerreport_later_revisions{month=\"%s\"} %zu\n", name, tally->later_revisions);
	write_head(text, "run_seconds", "How long the last run took.");
	pr_buffer_add(text, "powerreport_run_seconds ");
	write_seconds(text, clock_ms > run->began_ms ? clock_ms - run->began_ms : 0);
	write_time(text, "run_end_timestamp_seconds", "When the last run ended.", clock_ms);
	write_time(
		text, "last_success_timestamp_seconds", "When the last run without a failure ended.", tally->last_success_ms);
}

/* --- both --------------------------------------------------------------------------------------------------------- */

static bool leave(struct tally *tally, const struct pr_config *config, struct pr_month month,
	const struct pr_ledger_run *run, struct pr_shard shard, struct pr_error *error)
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
	write_page(tally, month, run, shard, &page);
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

bool pr_tally_leave(const struct pr_config *config, struct pr_month month, const struct pr_ledger_run *run,
	struct pr_shard shard, struct pr_error *error)
{
	struct pr_arena arena;
	struct tally tally = {.arena = &arena};
	bool good;

	pr_arena_init(&arena);
	good = leave(&tally, config, month, run, shard, error);
	pr_arena_release(&arena);
	return good;
}
