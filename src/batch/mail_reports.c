#include "batch/mail_reports.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "batch/formats.h"
#include "batch/ledgers.h"
#include "batch/mailing.h"
#include "batch/tally.h"
#include "source/json_reader.h"

#define JSON_BYTES_MAX ((size_t)64 * 1024 * 1024)
#define MIB ((size_t)1024 * 1024)

/* --- which reports there are --------------------------------------------------------------------------------------- */

struct reading {
	const char *out_folder;
	struct pr_arena *arena;
	struct pr_mail_report *items;
	size_t count, capacity;
};

static bool take_row(void *context, const struct pr_ledger_tenant *tenant, struct pr_error *error)
{
	struct reading *reading = context;
	struct pr_arena *arena = reading->arena;

	(void)error;
	*PR_PUSH(arena, reading->items, reading->count, reading->capacity) =
		(struct pr_mail_report){.tenant_id = tenant->tenant_id,
			.out_folder = reading->out_folder,
			.name = pr_arena_copy(arena, tenant->name),
			.edition = pr_arena_copy(arena, tenant->edition),
			.state = pr_arena_copy(arena, tenant->state),
			.reason = tenant->reason ? pr_arena_copy(arena, tenant->reason) : NULL};
	return true;
}

static int compare_reports(const void *a, const void *b)
{
	int64_t one = ((const struct pr_mail_report *)a)->tenant_id, other = ((const struct pr_mail_report *)b)->tenant_id;

	return (one > other) - (one < other);
}

bool pr_mail_reports_read(const char *out_folder, struct pr_month month, struct pr_arena *arena,
	struct pr_mail_report **reports, size_t *count, struct pr_error *error)
{
	struct reading reading = {.out_folder = pr_arena_copy(arena, out_folder), .arena = arena};
	bool good = pr_tally_each(out_folder, month, take_row, &reading, error);

	if (reading.count > 1)
		qsort(reading.items, reading.count, sizeof *reading.items, compare_reports);
	*reports = reading.items;
	*count = reading.count;
	return good;
}

bool pr_mail_report_revision(const struct pr_mail_report *report, struct pr_month month, struct pr_arena *arena,
	struct pr_ledger_revision *revision, const char **ledger, bool *found, struct pr_error *error)
{
	const char *path;

	if (!pr_ledgers_get_revision(
			report->out_folder, month, report->tenant_id, arena, revision, ledger ? ledger : &path, found, error))
		return false;
	return !*found || revision->adopted ||
	       pr_mailing_is_lost(
			   report->out_folder, month, report->tenant_id, revision->number, &revision->adopted, error);
}

const char *pr_mail_report_held(const struct pr_ledger_revision *revision)
{
	if (revision->released_ms != PR_TIME_MISSING)
		return NULL;
	if (strcmp(revision->state, pr_tenant_state_names[PR_TENANT_DONE]) != 0)
		return revision->reason ? revision->reason : revision->state;
	return revision->adopted ? "the ledger was lost: whether this report was sent is not known; "
	                           "release it to send it"
	                         : NULL;
}

/* --- what is in a message ------------------------------------------------------------------------------------------ */

/* The revision's file of a format, checked against the ledger. */
static bool read_file(const char *folder, const struct pr_ledger_revision *revision, unsigned format, const char *kind,
	struct pr_arena *arena, char **bytes, size_t *count, struct pr_error *error)
{
	const struct pr_ledger_file *file = NULL;
	char hash[PR_SHA256_TEXT];
	const char *path;

	for (size_t i = 0; !file && i < revision->file_count; i++)
		if (revision->files[i].format == format && !strchr(revision->files[i].name, '/'))
			file = &revision->files[i];
	if (!file)
		return pr_error_set(error, PR_CODE_OUTPUT,
			"revision %d has no %s; expected a run with --format pdf,xlsx,json, which adds it", revision->number, kind);
	path = pr_arena_format(arena, "%s/%s", folder, file->name);
	if (!pr_file_read(path, JSON_BYTES_MAX, arena, bytes, count, error)) {
		error->code = PR_CODE_OUTPUT;
		return false;
	}
	if (*count == file->bytes && strcmp(pr_sha256(*bytes, *count, hash), file->hash) == 0)
		return true;
	return pr_error_set(error, PR_CODE_OUTPUT,
		"'%s' is not the file that was published; expected its hash to be the ledger's: the next run makes it again",
		path);
}

static const char *copy_text(const struct pr_json *node, const char *key, struct pr_arena *arena)
{
	const char *text = pr_json_text(pr_json_get(node, key));

	return text ? pr_text_clean(arena, pr_arena_copy(arena, text)) : "";
}

/* A leading space parts what is bold from the rest: the sanitiser would take it. */
static const char *copy_rest(const struct pr_json *node, struct pr_arena *arena)
{
	const char *text = pr_json_text(pr_json_get(node, "text"));

	return text && *text == ' ' ? pr_arena_format(arena, " %s", copy_text(node, "text", arena))
	                            : copy_text(node, "text", arena);
}

static void take_letter(const struct pr_json *node, struct pr_arena *arena, struct pr_letter *letter)
{
	const struct pr_json *figures = pr_json_get(node, "figures"), *findings = pr_json_get(node, "findings");

	*letter = (struct pr_letter){.title = copy_text(node, "title", arena), .month = copy_text(node, "month", arena)};
	for (size_t i = 0; i < pr_json_count(figures) && letter->figure_count < PR_LETTER_FIGURES; i++) {
		const struct pr_json *figure = pr_json_at(figures, i);
		letter->figures[letter->figure_count++] = (struct pr_letter_figure){copy_text(figure, "key", arena),
			copy_text(figure, "name", arena), copy_text(figure, "value", arena), copy_text(figure, "change", arena)};
	}
	for (size_t i = 0; i < pr_json_count(findings) && letter->finding_count < PR_LETTER_FINDINGS; i++) {
		const struct pr_json *finding = pr_json_at(findings, i);
		letter->findings[letter->finding_count++] =
			(struct pr_letter_finding){copy_text(finding, "lead", arena), copy_rest(finding, arena)};
	}
}

static bool read_letter(const char *folder, const struct pr_ledger_revision *revision, struct pr_arena *arena,
	struct pr_mail_package *package, struct pr_error *error)
{
	struct pr_json_document *document = NULL;
	const struct pr_json *node;
	struct pr_arena scratch;
	size_t count = 0;
	char *json = NULL;
	bool good;

	pr_arena_init(&scratch);
	good = read_file(folder, revision, PR_FORMAT_JSON, "JSON, from which the message's words come", &scratch, &json,
			   &count, error) &&
	       pr_json_parse(&document, json, count, error);
	if (good) {
		node = pr_json_get(pr_json_root(document), "letter");
		take_letter(node, arena, &package->letter);
		package->locale = copy_text(pr_json_get(pr_json_root(document), "tenant"), "locale", arena);
		if (!pr_json_is_object(node))
			good = pr_error_set(error, PR_CODE_OUTPUT,
				"revision %d was made by a version without letters; expected a run with --force", revision->number);
	}
	pr_json_free(document);
	pr_arena_release(&scratch);
	return good;
}

static bool read_files(const char *folder, const struct pr_config *config, const struct pr_ledger_revision *revision,
	struct pr_arena *arena, struct pr_mail_package *package, struct pr_error *error)
{
	char *bytes = NULL;

	if (config->mail.attach_pdf) {
		if (!read_file(folder, revision, PR_FORMAT_PDF, "PDF", arena, &bytes, &package->pdf_count, error))
			return false;
		package->pdf = bytes;
	}
	if (config->mail.attach_xlsx) {
		if (!read_file(folder, revision, PR_FORMAT_XLSX, "workbook", arena, &bytes, &package->xlsx_count, error))
			return false;
		package->xlsx = bytes;
	}
	return package->pdf_count + package->xlsx_count <= (size_t)config->mail.max_mib * MIB ||
	       pr_error_set(error, PR_CODE_OUTPUT,
			   "the files of revision %d have %zu MiB; expected %d at most ([mail] max_mib)", revision->number,
			   (package->pdf_count + package->xlsx_count) / MIB, config->mail.max_mib);
}

bool pr_mail_package_read(const struct pr_config *config, const struct pr_ledger_revision *revision,
	struct pr_arena *arena, struct pr_mail_package *package, struct pr_error *error)
{
	/* As it was recorded: below the output folder, which may have been moved. */
	const char *folder = revision->folder[0] == '/'
	                         ? revision->folder
	                         : pr_arena_format(arena, "%s/%s", config->out_folder, revision->folder);

	*package = (struct pr_mail_package){0};
	return read_letter(folder, revision, arena, package, error) &&
	       read_files(folder, config, revision, arena, package, error);
}
