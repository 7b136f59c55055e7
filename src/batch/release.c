/* A held report is let go: one revision of it, by somebody, and the ledger says who and when. */
#include <inttypes.h>
#include <string.h>

#include "batch/mail.h"
#include "batch/mail_reports.h"
#include "batch/worker.h"

static bool refuse(const struct pr_release_request *request, struct pr_error *error, const char *why)
{
	char month[16];

	return pr_error_set(error, PR_CODE_UNKNOWN, "cannot release tenant %" PRId64 ", %s: %s", request->tenant_id,
		pr_month_iso(request->month, month), why);
}

/* NULL = there is none: the error says why. */
static const struct pr_mail_report *find(const struct pr_config *config, const struct pr_release_request *request,
	struct pr_arena *arena, struct pr_error *error)
{
	const struct pr_mail_report *found = NULL;
	struct pr_mail_report *all;
	const char *why = NULL;
	size_t count;
	int edition;

	if (!pr_mail_reports_read(config->out_folder, request->month, arena, &all, &count, error)) {
		error->code = PR_CODE_CONFIG;
		return NULL;
	}
	for (size_t i = 0; !found && i < count; i++)
		if (all[i].tenant_id == request->tenant_id)
			found = &all[i];
	edition = found ? pr_name_index(pr_edition_names, PR_EDITION_COUNT, found->edition) : -1;
	if (!found)
		why = pr_arena_format(
			arena, "no ledger in '%s' knows a report of it; expected a run of that month before", config->out_folder);
	else if (request->editions && (edition < 0 || !(request->editions & (1U << edition))))
		why = pr_arena_format(
			arena, "its report is of the edition '%s', not of the one that --edition names", found->edition);
	if (!why)
		return found;
	refuse(request, error, why);
	return NULL;
}

/* What there is to release, or why there is nothing. */
static bool check(const struct pr_release_request *request, const struct pr_ledger_revision *revision,
	struct pr_arena *arena, struct pr_error *error)
{
	char time[40];

	if (request->revision && request->revision != revision->number)
		return refuse(request, error,
			pr_arena_format(
				arena, "revision %d is not its newest one; that is %d", request->revision, revision->number));
	if (revision->released_ms != PR_TIME_MISSING)
		return refuse(request, error,
			pr_arena_format(arena, "revision %d was released at %s by %s", revision->number,
				pr_time_iso(revision->released_ms / 1000 * 1000, NULL, time),
				revision->released_by ? revision->released_by : "somebody"));
	return pr_mail_report_held(revision) ||
	       refuse(request, error,
			   pr_arena_format(arena, "revision %d is not held: it is %s", revision->number, revision->state));
}

bool pr_release(const struct pr_config *config, const struct pr_release_request *request, struct pr_arena *arena,
	struct pr_released *released, struct pr_error *error)
{
	const struct pr_mail_report *report = find(config, request, arena, error);
	struct pr_ledger_revision revision;
	struct pr_ledger *ledger = NULL;
	const char *path;
	bool found, good;

	if (!report || !pr_mail_report_revision(report, request->month, arena, &revision, &path, &found, error))
		return false;
	if (!found)
		return refuse(request, error, pr_arena_format(arena, "there is no report of it: it is %s", report->state));
	if (!check(request, &revision, arena, error))
		return false;
	*released = (struct pr_released){.name = report->name,
		.edition = report->edition,
		.reason = pr_mail_report_held(&revision),
		.revision = revision.number,
		.released_ms = pr_clock_ms()};
	good = pr_ledger_open(&ledger, path, error) && pr_ledger_release(ledger, request->month, request->tenant_id,
													   revision.number, released->released_ms, request->by, error);
	pr_ledger_close(ledger);
	return good;
}
