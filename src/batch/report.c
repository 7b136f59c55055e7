/*
 * One tenant's reports: store → dataset → findings → revision → document → files, published together. What the ledger
 * holds decides what is made (batch/revision.h); a report whose findings have not changed is left as it is.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <dirent.h>
#include <sys/stat.h>

#include "analysis/analysis.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "batch/batch.h"
#include "batch/card.h"
#include "batch/formats.h"
#include "batch/ledger_runs.h"
#include "batch/platform.h"
#include "batch/revision.h"
#include "batch/summary.h"
#include "output/image.h"
#include "output/json.h"
#include "output/pdf.h"
#include "output/thumbnail.h"
#include "output/xlsx.h"
#include "source/gather.h"
#include "source/source.h"

#define PICTURE_SCALE 3.0 /* 216 dots an inch */
#define CARD_WIDTH_PX 144 /* twice what the index page shows, for screens of twice the density */

struct job {
	const struct pr_workshop *workshop;
	const struct pr_tenant *tenant;
	struct pr_month month;
	struct pr_arena *arena;
	struct pr_directory *directory;
	struct pr_dataset *dataset;
	struct pr_report report;
	struct pr_ledger *ledger;
	struct pr_revision revision;
	struct pr_document document;
	char *json; /* the findings as they are written, also where JSON is not among the formats */
	size_t json_count;
	struct pr_stage stage;
	int64_t phase_ms; /* when the phase began, for the log */
	struct pr_error *error;
};

static int64_t monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Where the time goes, for --verbose and the bench; never in a report. */
static void phase_done(struct job *job, const char *phase)
{
	int64_t now = monotonic_ms();

	pr_log(
		PR_LOG_DEBUG, "tenant %lld: %s: %lld ms", (long long)job->tenant->id, phase, (long long)(now - job->phase_ms));
	job->phase_ms = now;
}

/* --- findings --------------------------------------------------------------------------------------------------- */

static bool read_month(struct job *job, int64_t cutoff_ms)
{
	struct pr_source *source = NULL;
	bool good;

	if (!pr_source_open(&source, job->workshop->config, job->error))
		return false;
	job->directory = pr_arena_alloc(job->arena, sizeof *job->directory);
	job->dataset = pr_arena_alloc(job->arena, sizeof *job->dataset);
	good = pr_source_directory(source, job->tenant->id, job->arena, job->directory, job->error) &&
	       pr_gather(source, job->directory, &job->workshop->method, job->month, cutoff_ms, job->arena, job->dataset,
			   job->error);
	pr_source_free(source);
	phase_done(job, "read");
	return good;
}

static bool analyse(struct job *job)
{
	bool good = pr_analyse(job->dataset, &job->workshop->method, job->arena, &job->report, job->error);

	phase_done(job, "analysed");
	return good;
}

/*
 * The month as it was known at a time. A platform's findings come from the ledger, to which every other report leaves
 * its projects' summaries.
 */
static bool look(struct job *job, int64_t cutoff_ms)
{
	const struct pr_workshop *workshop = job->workshop;

	if (job->tenant->edition == PR_EDITION_PLATFORM)
		return pr_platform_gather(
			workshop, job->tenant, job->month, workshop->run, job->arena, &job->report, job->error);
	return read_month(job, cutoff_ms) && analyse(job);
}

/* --- files ------------------------------------------------------------------------------------------------------ */

static bool is_folder(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static const char *patterned_name(const struct job *job, const char *pattern)
{
	char month[16];
	const struct pr_config_words words = {.id = pr_arena_format(job->arena, "%lld", (long long)job->tenant->id),
		.name = job->tenant->name,
		.short_name = job->tenant->short_name,
		.month = pr_month_iso(job->month, month),
		.edition = pr_edition_names[job->tenant->edition]};

	return pr_config_name(pattern, &words, job->arena);
}

/* The folder that begins with "<id>-" is used as it is, so that a renamed customer keeps its history. */
static const char *folder_name(struct job *job, const char *parent)
{
	const char *prefix = pr_arena_format(job->arena, "%lld-", (long long)job->tenant->id);
	const char *found = NULL;
	DIR *directory = opendir(parent);
	struct dirent *entry;

	while (directory && (entry = readdir(directory)) != NULL)
		if (pr_text_starts(entry->d_name, prefix) && (!found || strcmp(entry->d_name, found) < 0) &&
			is_folder(pr_arena_format(job->arena, "%s/%s", parent, entry->d_name)))
			found = pr_arena_copy(job->arena, entry->d_name);
	if (directory)
		closedir(directory);
	return found ? found : patterned_name(job, job->workshop->config->folder_name);
}

static const char *file_name(const struct job *job, const char *ending)
{
	return pr_arena_format(job->arena, "%s.%s", patterned_name(job, job->workshop->config->file_name), ending);
}

static bool write_pdf(struct job *job)
{
	char *bytes;
	size_t count;

	if (!pr_pdf_paint(&job->document, job->workshop->faces, job->arena, &bytes, &count, job->error) ||
		!pr_stage_write(&job->stage, file_name(job, "pdf"), bytes, count, job->error))
		return pr_error_context(job->error, "pdf");
	phase_done(job, "pdf");
	return true;
}

static bool write_xlsx(struct job *job)
{
	const char *path = pr_arena_format(job->arena, "%s/%s", job->stage.folder, file_name(job, "xlsx"));

	if (!pr_xlsx_paint(&job->document, path, job->arena, job->error))
		return pr_error_context(job->error, "xlsx");
	phase_done(job, "xlsx");
	return true;
}

static bool write_json(struct job *job)
{
	if (job->report.platform) {
		const char *path = pr_arena_format(job->arena, "%s/%s", job->stage.folder, file_name(job, "json"));
		if (!pr_platform_write_json(&job->report, job->workshop->templates, path, job->stage.folder, job->error))
			return pr_error_context(job->error, "json");
	} else if (!pr_stage_write(&job->stage, file_name(job, "json"), job->json, job->json_count, job->error))
		return pr_error_context(job->error, "json");
	phase_done(job, "json");
	return true;
}

static bool write_layout(struct job *job)
{
	const char *text;

	pr_document_dump(&job->document, job->arena, &text);
	if (!pr_stage_write(&job->stage, file_name(job, "layout"), text, strlen(text), job->error))
		return pr_error_context(job->error, "layout");
	phase_done(job, "layout");
	return true;
}

static bool write_pictures(struct job *job, enum pr_image_format format, const char *ending)
{
	for (size_t i = 0; i < job->document.chart_count; i++) {
		const struct pr_document_chart *chart = &job->document.charts[i];
		const char *name = pr_arena_format(job->arena, "charts/%02zu-%s.%s", i + 1, chart->name, ending);
		char *bytes;
		size_t count;

		if (!pr_image_paint(
				&chart->drawing, job->workshop->faces, format, PICTURE_SCALE, job->arena, &bytes, &count, job->error) ||
			!pr_stage_write(&job->stage, name, bytes, count, job->error))
			return pr_error_context(job->error, "chart '%s'", chart->name);
	}
	phase_done(job, ending);
	return true;
}

static bool build_document(struct job *job)
{
	const struct pr_workshop *workshop = job->workshop;

	if (job->revision.formats == PR_FORMAT_JSON)
		return pr_document_print(workshop->templates, &job->report, job->arena, job->error);
	/* One customer's name must not cost the operator the report of all. The worker's faces are its own. */
	if (job->report.tenant->edition == PR_EDITION_PLATFORM && workshop->faces)
		pr_typefaces_stand_in(workshop->faces);
	if (!pr_document_build(workshop->templates, &job->report, workshop->faces, job->arena, &job->document, job->error))
		return false;
	phase_done(job, "laid out");
	return true;
}

static bool write_files(struct job *job)
{
	unsigned formats = job->revision.formats;

	return (!(formats & PR_FORMAT_PDF) || write_pdf(job)) && (!(formats & PR_FORMAT_XLSX) || write_xlsx(job)) &&
	       (!(formats & PR_FORMAT_JSON) || write_json(job)) && (!(formats & PR_FORMAT_LAYOUT) || write_layout(job)) &&
	       (!(formats & PR_FORMAT_PNG) || write_pictures(job, PR_IMAGE_PNG, "png")) &&
	       (!(formats & PR_FORMAT_SVG) || write_pictures(job, PR_IMAGE_SVG, "svg"));
}

/* --- the revision ------------------------------------------------------------------------------------------------- */

static const char *ledger_path(const struct job *job)
{
	return pr_shard_ledger_path(job->workshop->config->out_folder, job->workshop->shard, job->arena);
}

/* Finds the report's folder, mends what killed runs left there, and asks the ledger. */
static bool begin_revision(struct job *job)
{
	const struct pr_config *config = job->workshop->config;
	struct pr_revision_wish wish = {.month = job->month,
		.tenant_id = job->tenant->id,
		.edition = pr_edition_names[job->tenant->edition],
		.out_folder = config->out_folder,
		.ledger_name = pr_shard_ledger_name(job->workshop->shard, job->arena),
		.json_name = file_name(job, "json"),
		.formats = job->workshop->formats,
		.force = job->workshop->force,
		.now_ms = job->workshop->now_ms};
	char month[16];
	const char *parent =
		pr_arena_format(job->arena, "%s/%s/%s", config->out_folder, pr_month_iso(job->month, month), wish.edition);

	if (!pr_folder_make(parent, job->error) || !pr_stage_sweep(parent, job->error) ||
		!pr_ledger_open(&job->ledger, ledger_path(job), job->error))
		return false;
	wish.final = pr_arena_format(job->arena, "%s/%s", parent, folder_name(job, parent));
	return pr_revision_begin(&job->revision, &wish, job->ledger, job->arena, job->error);
}

/*
 * Formats that a revision lacks are made of the month as it was known at the revision's cut-off, so that they say what
 * the others beside them say. A store that has no times of arrival may not give that month any more: then this one,
 * whose findings are the same, stands in for it, as it does for the platform's, which is made of summaries.
 */
static bool look_back(struct job *job)
{
	struct job now = *job;
	bool is_newest;

	if (job->revision.action != PR_REVISION_ADD || job->tenant->edition == PR_EDITION_PLATFORM ||
		job->revision.cutoff_ms == job->dataset->cutoff_ms)
		return true;
	if (!look(job, job->revision.cutoff_ms) ||
		!pr_revision_is_newest(&job->revision, &job->report, &is_newest, job->error))
		return false;
	if (!is_newest) {
		job->directory = now.directory;
		job->dataset = now.dataset;
		job->report = now.report;
	}
	return true;
}

/* What the platform's report is made of, also of a tenant without data. */
static bool leave_summaries(struct job *job)
{
	return job->tenant->edition == PR_EDITION_PLATFORM ||
	       pr_summary_leave(ledger_path(job), &job->report, job->arena, job->error);
}

static bool decide_revision(struct job *job)
{
	struct pr_revision *revision = &job->revision;

	if ((!job->ledger && !begin_revision(job)) || !leave_summaries(job) ||
		!pr_revision_decide(revision, &job->report, job->error) || !look_back(job))
		return false;
	job->report.revision = revision->number;
	job->report.cutoff_ms = revision->cutoff_ms;
	job->report.changed = revision->changed;
	job->report.changed_count = revision->changed_count;
	return true;
}

static bool open_stage(struct job *job)
{
	const char *final = job->revision.wish.final, *slash = strrchr(final, '/');

	return pr_stage_open(
		&job->stage, pr_arena_copy_n(job->arena, final, (size_t)(slash - final)), slash + 1, job->arena, job->error);
}

/* What the index page will show: the figures, and the first page where there are pages. */
static bool draw_card(struct job *job, struct pr_ledger_card *card)
{
	char *picture;

	if (job->document.page_count == 0 || !job->workshop->config->index_page)
		return true;
	if (!pr_thumbnail_paint(&job->document.pages[0].drawing, job->workshop->faces, CARD_WIDTH_PX, job->arena, &picture,
			&card->picture_bytes, job->error))
		return pr_error_context(job->error, "thumbnail");
	card->picture = picture;
	phase_done(job, "thumbnail");
	return true;
}

static bool publish(struct job *job, struct pr_revision_state *state)
{
	bool good;

	if (!build_document(job) || !draw_card(job, &state->card) ||
		!pr_json_write(&job->report, job->arena, &job->json, &job->json_count, job->error) || !open_stage(job))
		return false;
	good = write_files(job) && pr_revision_carry(&job->revision, &job->stage, job->json, job->json_count, job->error) &&
	       pr_revision_publish(&job->revision, &job->stage, state, job->json, job->json_count, job->error);
	pr_stage_drop(&job->stage);
	return good;
}

static bool make_revision(struct job *job, struct pr_tenant_result *result)
{
	struct pr_revision_state state = {.coverage = result->coverage};

	if (!decide_revision(job))
		return false;
	state.card.figures = pr_card_write(&job->report, job->arena);
	state.reason = pr_revision_held(&job->revision, &job->report, job->workshop->config->gate);
	result->state = state.reason ? PR_TENANT_HELD : PR_TENANT_DONE;
	state.state = pr_tenant_state_names[result->state];
	if (job->revision.action == PR_REVISION_KEEP ? !pr_revision_note(&job->revision, &state, job->error)
												 : !publish(job, &state))
		return false;
	result->revision = job->revision.number;
	snprintf(result->folder, sizeof result->folder, "%s", job->revision.wish.final);
	snprintf(result->reason, sizeof result->reason, "%s", state.reason ? state.reason : "");
	return true;
}

/* A project's month is that of its own zone: it may end after the tenant's, for which the run has waited already. */
static bool is_month_open(const struct job *job, struct pr_tenant_result *result)
{
	char month[16], time[40];

	for (size_t i = 0; !job->report.platform && i < job->report.project_count; i++) {
		const struct pr_project_report *project = &job->report.projects[i];
		if (!project->in_service || project->month_to_ms <= job->workshop->now_ms)
			continue;
		result->state = PR_TENANT_WAITING;
		snprintf(result->reason, sizeof result->reason, "%s of project %lld does not end before %s",
			pr_month_iso(job->month, month), (long long)project->project->id,
			pr_time_iso(project->month_to_ms, project->project->zone, time));
		return true;
	}
	return false;
}

/* Whether the run that goes on has made this report already, and all of it lies there: then it stands as it is. */
static bool is_made(struct job *job, struct pr_tenant_result *result, bool *made)
{
	struct pr_ledger_tenant row;
	bool found, held;

	*made = false;
	if (!job->workshop->resumed_run || job->tenant->edition == PR_EDITION_PLATFORM)
		return true;
	if (!begin_revision(job) ||
		!pr_ledger_get_tenant(job->ledger, job->month, job->tenant->id, job->arena, &row, &found, job->error))
		return false;
	held = found && strcmp(row.state, pr_tenant_state_names[PR_TENANT_HELD]) == 0;
	if (!found || row.run != job->workshop->resumed_run ||
		(!held && strcmp(row.state, pr_tenant_state_names[PR_TENANT_DONE]) != 0) ||
		!pr_revision_is_whole(&job->revision, job->workshop->formats))
		return true;
	*made = true;
	result->state = held ? PR_TENANT_HELD : PR_TENANT_DONE;
	result->coverage = row.coverage;
	result->revision = row.revision;
	snprintf(result->folder, sizeof result->folder, "%s", job->revision.wish.final);
	snprintf(result->reason, sizeof result->reason, "%s", row.reason ? row.reason : "");
	return true;
}

static bool make(struct job *job, struct pr_tenant_result *result)
{
	const struct pr_finding *coverage;
	char month[16];
	bool made;

	if (!is_made(job, result, &made))
		return false;
	if (made)
		return true;
	if (!look(job, job->workshop->now_ms))
		return false;
	if (is_month_open(job, result))
		return true;
	if (!job->report.in_service) {
		result->state = PR_TENANT_SKIPPED;
		snprintf(result->reason, sizeof result->reason, "not in service in %s", pr_month_iso(job->month, month));
		return true;
	}
	if (!job->report.has_rows && !job->report.platform)
		return leave_summaries(job) &&
		       pr_error_set(job->error, PR_CODE_NO_DATA,
				   "no data: not one row of its points in %s; expected rows in the store for that month",
				   pr_month_iso(job->month, month));
	coverage = pr_findings_get(&job->report.findings, "coverage.rate");
	if (coverage)
		result->coverage = pr_micro_to_double(coverage->value);
	return make_revision(job, result);
}

void pr_report_make(const struct pr_workshop *workshop, const struct pr_tenant *tenant, struct pr_month month,
	struct pr_tenant_result *result)
{
	struct pr_error error = {0};
	struct pr_arena arena;
	struct job job = {.workshop = workshop,
		.tenant = tenant,
		.month = month,
		.arena = &arena,
		.phase_ms = monotonic_ms(),
		.error = &error};
	int64_t began_ms = job.phase_ms;

	pr_arena_init(&arena);
	if (!make(&job, result)) {
		result->state = error.code == PR_CODE_NO_DATA ? PR_TENANT_NO_DATA : PR_TENANT_FAILED;
		result->code = error.code;
		pr_error_describe(&error, result->reason, sizeof result->reason);
	}
	result->duration_ms = monotonic_ms() - began_ms;
	pr_platform_release(&job.report);
	pr_ledger_close(job.ledger);
	pr_arena_release(&arena);
}
