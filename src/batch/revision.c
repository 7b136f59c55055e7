#include "batch/revision.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "batch/card.h"
#include "batch/formats.h"
#include "batch/ledgers.h"

#define JSON_BYTES_MAX ((size_t)64 * 1024 * 1024)
#define REVISIONS_MAX 1000000
#define CHARTS_FOLDER "charts"

/* --- files of a folder ------------------------------------------------------------------------------------------- */

static const struct {
	const char *ending;
	unsigned format;
} endings[] = {{".pdf", PR_FORMAT_PDF}, {".xlsx", PR_FORMAT_XLSX}, {".json", PR_FORMAT_JSON}, {".png", PR_FORMAT_PNG},
	{".svg", PR_FORMAT_SVG}, {".layout", PR_FORMAT_LAYOUT}};

/* 0 for a file that is none of a report's. */
static unsigned format_of(const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		size_t ending = strlen(endings[i].ending);
		if (name[0] != '.' && length > ending && strcmp(name + length - ending, endings[i].ending) == 0)
			return endings[i].format;
	}
	return 0;
}

/* Size and hash of a file; false where it is not there or cannot be read. */
static bool measure_file(const char *path, uint64_t *bytes, char hash[PR_SHA256_TEXT])
{
	int descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	char piece[65536];
	struct pr_sha256 sum;
	struct stat status;
	ssize_t got = -1;

	if (descriptor < 0)
		return false;
	pr_sha256_begin(&sum);
	while (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
		got = read(descriptor, piece, sizeof piece);
		if (got == 0 || (got < 0 && errno != EINTR))
			break;
		if (got > 0)
			pr_sha256_add(&sum, piece, (size_t)got);
	}
	close(descriptor);
	*bytes = sum.count;
	pr_sha256_end(&sum, hash);
	return got == 0;
}

struct file_list {
	struct pr_ledger_file *items;
	size_t count, capacity;
	unsigned formats;
};

static bool add_file(
	struct file_list *list, const char *folder, const char *name, struct pr_arena *arena, struct pr_error *error)
{
	const char *path = pr_arena_format(arena, "%s/%s", folder, name), *slash = strrchr(name, '/');
	struct pr_ledger_file file = {.name = name, .format = format_of(slash ? slash + 1 : name)};

	if (!file.format)
		return true;
	if (!measure_file(path, &file.bytes, file.hash))
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot read '%s' again", path);
	*PR_PUSH(arena, list->items, list->count, list->capacity) = file;
	list->formats |= file.format;
	return true;
}

static int compare_files(const void *a, const void *b)
{
	return strcmp(((const struct pr_ledger_file *)a)->name, ((const struct pr_ledger_file *)b)->name);
}

static bool list_part(
	struct file_list *list, const char *folder, const char *inner, struct pr_arena *arena, struct pr_error *error)
{
	DIR *directory = opendir(*inner ? pr_arena_format(arena, "%s/%s", folder, inner) : folder);
	struct dirent *entry;
	bool good = true;

	while (directory && good && (entry = readdir(directory)) != NULL)
		good = add_file(
			list, folder, pr_arena_format(arena, "%s%s%s", inner, *inner ? "/" : "", entry->d_name), arena, error);
	if (directory)
		closedir(directory);
	return good;
}

/* The files of a report, by name: those in the folder itself and its pictures. */
static bool list_files(struct file_list *list, const char *folder, struct pr_arena *arena, struct pr_error *error)
{
	*list = (struct file_list){0};
	if (!list_part(list, folder, "", arena, error) || !list_part(list, folder, CHARTS_FOLDER, arena, error))
		return false;
	if (list->count > 1)
		qsort(list->items, list->count, sizeof *list->items, compare_files);
	return true;
}

static bool is_intact(const char *folder, const struct pr_ledger_file *file, struct pr_arena *arena)
{
	char hash[PR_SHA256_TEXT];
	uint64_t bytes;

	return measure_file(pr_arena_format(arena, "%s/%s", folder, file->name), &bytes, hash) && bytes == file->bytes &&
	       strcmp(hash, file->hash) == 0;
}

/* The formats of a revision that lie in the folder whole, as they were published. */
static unsigned intact_formats(const struct pr_ledger_revision *revision, const char *folder, struct pr_arena *arena)
{
	unsigned formats = revision->formats;
	struct stat status;

	if (stat(folder, &status) != 0)
		return 0;
	for (size_t i = 0; i < revision->file_count; i++)
		if ((formats & revision->files[i].format) && !is_intact(folder, &revision->files[i], arena))
			formats &= ~revision->files[i].format;
	return formats;
}

/* --- the beginning ----------------------------------------------------------------------------------------------- */

/* The report's folder as seen from the output folder, which may be moved. */
static const char *folder_in_out(const struct pr_revision *revision)
{
	const char *out = revision->wish.out_folder, *final = revision->wish.final;
	size_t length = strlen(out);

	return pr_text_starts(final, out) && final[length] == '/' ? final + length + 1 : final;
}

/* A run was killed between its intent and its end: whether it had published is seen by the files. */
static bool settle_intent(struct pr_revision *revision, struct pr_error *error)
{
	const struct pr_revision_wish *wish = &revision->wish;
	struct pr_ledger_revision intent;
	bool found, published;

	if (!pr_ledger_get_intent(revision->ledger, wish->month, wish->tenant_id, revision->arena, &intent, &found, error))
		return false;
	if (!found)
		return true;
	published = intent.file_count > 0 && intact_formats(&intent, wish->final, revision->arena) == intent.formats;
	return pr_ledger_settle(revision->ledger, wish->month, wish->tenant_id, published, error);
}

/* The findings in a folder: under the name that they would get now, else the first JSON there is. NULL = none. */
static const char *find_json(const struct pr_revision *revision, const char *folder)
{
	const char *path = pr_arena_format(revision->arena, "%s/%s", folder, revision->wish.json_name);
	const char *found = NULL;
	struct dirent *entry;
	struct stat status;
	DIR *directory;

	if (stat(path, &status) == 0)
		return path;
	directory = opendir(folder);
	while (directory && (entry = readdir(directory)) != NULL)
		if (format_of(entry->d_name) == PR_FORMAT_JSON && (!found || strcmp(entry->d_name, found) < 0))
			found = pr_arena_copy(revision->arena, entry->d_name);
	if (directory)
		closedir(directory);
	return found ? pr_arena_format(revision->arena, "%s/%s", folder, found) : NULL;
}

/* What a folder's findings say, as the ledger's entry; false where there are none of this tenant and month. */
static bool read_folder(const struct pr_revision *revision, const char *folder, struct pr_ledger_revision *found)
{
	const struct pr_revision_wish *wish = &revision->wish;
	struct pr_arena *arena = revision->arena;
	const char *path = find_json(revision, folder);
	struct pr_published published;
	struct pr_error error = {0};
	size_t count;
	char *json;

	if (!path || !pr_file_read(path, JSON_BYTES_MAX, arena, &json, &count, &error) ||
		!pr_published_read(json, count, arena, &published, &error) || published.tenant_id != wish->tenant_id ||
		pr_month_compare(published.month, wish->month) != 0)
		return false;
	*found = (struct pr_ledger_revision){.month = wish->month,
		.tenant_id = wish->tenant_id,
		.edition = wish->edition,
		.number = published.revision,
		.cutoff_ms = published.cutoff_ms,
		.checked_ms = published.cutoff_ms,
		.released_ms = PR_TIME_MISSING,
		.state = published.revision > 1 ? "held" : "done",
		.coverage = published.coverage,
		.folder = folder_in_out(revision)};
	found->card.figures = pr_card_of_json(json, count, arena);
	pr_sha256(json, count, found->report);
	pr_changed_write(published.changed, published.changed_count, arena, &found->changes, &found->changes_count);
	return pr_figures_pack_list(&published.figures, arena, &found->findings, found->hash, &error);
}

static bool adopt_folder(struct pr_revision *revision, const char *folder, int number, struct pr_error *error)
{
	struct pr_ledger_revision found;
	struct file_list files;

	if (!read_folder(revision, folder, &found) || (number && found.number != number))
		return true;
	if (!list_files(&files, folder, revision->arena, error))
		return false;
	found.formats = files.formats;
	found.files = files.items;
	found.file_count = files.count;
	return pr_ledger_adopt(revision->ledger, &found, error);
}

/* "r12" → 12; 0 for anything else. */
static int revision_of(const char *name)
{
	int64_t number;

	return name[0] == 'r' && name[1] != '0' && pr_text_to_int64(name + 1, &number) && number >= 1 &&
	               number <= REVISIONS_MAX
	           ? (int)number
	           : 0;
}

static const char *revisions_folder(const struct pr_revision *revision)
{
	return pr_arena_format(revision->arena, "%s/" PR_REVISIONS_FOLDER, revision->wish.final);
}

/* The ledger knows nothing of a report whose folder is there: its history is in the findings that lie in it. */
static bool recover(struct pr_revision *revision, struct pr_error *error)
{
	const char *folder = revisions_folder(revision);
	DIR *directory;
	struct dirent *entry;
	bool good = true;

	if (!adopt_folder(revision, revision->wish.final, 0, error))
		return false;
	directory = opendir(folder);
	if (!directory)
		return true;
	while (good && (entry = readdir(directory)) != NULL) {
		int number = revision_of(entry->d_name);
		if (number)
			good =
				adopt_folder(revision, pr_arena_format(revision->arena, "%s/%s", folder, entry->d_name), number, error);
	}
	closedir(directory);
	return good;
}

static bool read_newest(struct pr_revision *revision, struct pr_error *error)
{
	return pr_ledger_get_revision(revision->ledger, revision->wish.month, revision->wish.tenant_id, 0, revision->arena,
		&revision->newest, &revision->has_newest, error);
}

/* Puts it as `from` holds it, its card too. */
static bool put_as_in(
	struct pr_revision *revision, struct pr_ledger *from, struct pr_ledger_revision *item, struct pr_error *error)
{
	return pr_ledger_get_card(from, revision->wish.month, revision->wish.tenant_id, item->number, true, revision->arena,
			   &item->card, error) &&
	       pr_ledger_take_over(revision->ledger, item, error);
}

/* Every revision up to `newest`, as another ledger holds them; ours of the same number are replaced. */
static bool take_over(
	struct pr_revision *revision, struct pr_ledger *other, struct pr_ledger_revision *newest, struct pr_error *error)
{
	for (int number = 1; number < newest->number; number++) {
		struct pr_ledger_revision earlier;
		bool found;
		if (!pr_ledger_get_revision(other, revision->wish.month, revision->wish.tenant_id, number, revision->arena,
				&earlier, &found, error) ||
			(found && !put_as_in(revision, other, &earlier, error)))
			return false;
	}
	return put_as_in(revision, other, newest, error);
}

/* The newest that another ledger knows; an intent there counts where its files lie in the folder. */
static bool read_elsewhere(struct pr_revision *revision, struct pr_ledger *other, struct pr_ledger_revision *newest,
	bool *found, struct pr_error *error)
{
	const struct pr_revision_wish *wish = &revision->wish;
	struct pr_ledger_revision intent;
	bool has_intent;

	if (!pr_ledger_get_revision(other, wish->month, wish->tenant_id, 0, revision->arena, newest, found, error) ||
		!pr_ledger_get_intent(other, wish->month, wish->tenant_id, revision->arena, &intent, &has_intent, error))
		return false;
	if (has_intent && intent.file_count > 0 && (!*found || pr_ledgers_is_newer(&intent, newest)) &&
		intact_formats(&intent, wish->final, revision->arena) == intent.formats) {
		*newest = intent;
		*found = true;
	}
	return true;
}

/* A release is not forgotten, whichever ledger it stands in. */
static bool is_released_elsewhere(const struct pr_ledger_revision *own, const struct pr_ledger_revision *other)
{
	return own->number == other->number && own->released_ms == PR_TIME_MISSING &&
	       other->released_ms != PR_TIME_MISSING && strcmp(own->hash, other->hash) == 0;
}

static bool ask_other(void *context, struct pr_ledger *other, struct pr_error *error)
{
	struct pr_revision *revision = context;
	struct pr_ledger_revision found;
	bool is_found;

	if (!read_elsewhere(revision, other, &found, &is_found, error))
		return false;
	if (!is_found)
		return true;
	if (revision->has_newest && !pr_ledgers_is_newer(&found, &revision->newest)) {
		struct pr_ledger_revision own = revision->newest;
		if (!is_released_elsewhere(&own, &found))
			return true;
		own.released_ms = found.released_ms;
		own.released_by = found.released_by;
		return put_as_in(revision, revision->ledger, &own, error) && read_newest(revision, error);
	}
	if (revision->has_newest && is_released_elsewhere(&found, &revision->newest)) {
		found.released_ms = revision->newest.released_ms;
		found.released_by = revision->newest.released_by;
	}
	return take_over(revision, other, &found, error) && read_newest(revision, error);
}

bool pr_revision_begin(struct pr_revision *revision, const struct pr_revision_wish *wish, struct pr_ledger *ledger,
	struct pr_arena *arena, struct pr_error *error)
{
	*revision = (struct pr_revision){.wish = *wish, .ledger = ledger, .arena = arena};
	if (!settle_intent(revision, error) || !read_newest(revision, error) ||
		!pr_ledgers_each(wish->out_folder, wish->tenant_id, wish->ledger_name, ask_other, revision, error))
		return false;
	return revision->has_newest || (recover(revision, error) && read_newest(revision, error));
}

/* --- what is to be made ------------------------------------------------------------------------------------------- */

/* Revisions may lie in a folder of which nothing else can be read: the next number is behind theirs. */
static int number_without_history(const struct pr_revision *revision)
{
	DIR *directory = opendir(revisions_folder(revision));
	struct dirent *entry;
	int most = 0;

	while (directory && (entry = readdir(directory)) != NULL) {
		int number = revision_of(entry->d_name);
		most = number > most ? number : most;
	}
	if (directory)
		closedir(directory);
	return most + 1;
}

bool pr_revision_is_whole(const struct pr_revision *revision, unsigned formats)
{
	return revision->has_newest &&
	       (formats & ~intact_formats(&revision->newest, revision->wish.final, revision->arena)) == 0;
}

bool pr_revision_is_newest(
	const struct pr_revision *revision, const struct pr_report *report, bool *is_newest, struct pr_error *error)
{
	struct pr_packed findings;
	char hash[PR_SHA256_TEXT];

	if (!pr_figures_pack(report, revision->arena, &findings, hash, error))
		return false;
	*is_newest = revision->has_newest && strcmp(hash, revision->newest.hash) == 0;
	return true;
}

/* Whether the newest says the same; `changed` is what differs. */
static bool compare(struct pr_revision *revision, bool by_project, bool *equal, struct pr_error *error)
{
	*equal = strcmp(revision->hash, revision->newest.hash) == 0;
	if (*equal)
		return true;
	if (!pr_figures_compare(&revision->newest.findings, &revision->findings, by_project, revision->arena,
			&revision->changed, &revision->changed_count, error))
		return pr_error_context(error, "revision %d in the ledger", revision->newest.number);
	*equal = revision->changed_count == 0;
	return true;
}

static bool decide_equal(struct pr_revision *revision, struct pr_error *error)
{
	const struct pr_revision_wish *wish = &revision->wish;
	unsigned lacking;

	revision->number = revision->newest.number;
	revision->intact = intact_formats(&revision->newest, wish->final, revision->arena);
	lacking = wish->formats & ~revision->intact;
	if (wish->force) {
		revision->action = PR_REVISION_AGAIN;
		revision->formats = wish->formats;
	} else {
		revision->action = lacking ? PR_REVISION_ADD : PR_REVISION_KEEP;
		revision->cutoff_ms = revision->newest.cutoff_ms;
		revision->formats = lacking;
	}
	return pr_changed_read(revision->newest.changes, revision->newest.changes_count, revision->arena,
			   &revision->changed, &revision->changed_count, error) ||
	       pr_error_context(error, "revision %d in the ledger", revision->newest.number);
}

bool pr_revision_decide(struct pr_revision *revision, const struct pr_report *report, struct pr_error *error)
{
	bool equal = false;

	if (!pr_figures_pack(report, revision->arena, &revision->findings, revision->hash, error))
		return false;
	revision->cutoff_ms = revision->wish.now_ms;
	if (revision->has_newest && !compare(revision, report->platform != NULL, &equal, error))
		return false;
	if (equal)
		return decide_equal(revision, error);
	revision->action = PR_REVISION_NEW;
	revision->number = revision->has_newest ? revision->newest.number + 1 : number_without_history(revision);
	revision->formats = revision->wish.formats;
	return true;
}

const char *pr_revision_held(const struct pr_revision *revision, const struct pr_report *report, double gate)
{
	const struct pr_finding *coverage = pr_findings_get(&report->findings, "coverage.rate");
	const char *later = revision->number > 1 ? pr_arena_format(revision->arena,
												   "revision %d is held until it is released", revision->number)
	                                         : NULL;
	const char *low = NULL;

	if (report->platform || (revision->action != PR_REVISION_NEW && revision->newest.released_ms != PR_TIME_MISSING))
		return NULL;
	if (report->below_gate && coverage && coverage->value != PR_MICRO_MISSING)
		low = pr_arena_format(revision->arena, "coverage of %lld.%lld%% is below the gate of %g%%",
			(long long)(coverage->value / 10000), (long long)(coverage->value / 1000 % 10),
			gate * 100); /* cut: 94.96% is not 95% */
	return later && low ? pr_arena_format(revision->arena, "%s; %s", later, low) : later ? later : low;
}

/* --- what stays --------------------------------------------------------------------------------------------------- */

static bool carry_one(const struct pr_revision *revision, const struct pr_stage *stage, const char *name,
	const char *as, struct pr_error *error)
{
	return pr_stage_carry(stage, pr_arena_format(revision->arena, "%s/%s", revision->wish.final, name), as, error);
}

/* The newest's files of formats that are not made now. */
static bool carry_others(const struct pr_revision *revision, const struct pr_stage *stage, struct pr_error *error)
{
	for (size_t i = 0; i < revision->newest.file_count; i++) {
		const struct pr_ledger_file *file = &revision->newest.files[i];
		if ((file->format & revision->intact & ~revision->formats) &&
			!carry_one(revision, stage, file->name, file->name, error))
			return false;
	}
	return true;
}

/*
 * The whole folder becomes revisions/rN. Where that is there already, what lies in the folder is not that revision:
 * it has no findings that could be read, and is replaced.
 */
static bool carry_before(const struct pr_revision *revision, const struct pr_stage *stage, struct pr_error *error)
{
	const char *as = pr_arena_format(revision->arena, PR_REVISIONS_FOLDER "/r%d", revision->newest.number);
	DIR *directory = opendir(revision->wish.final);
	struct dirent *entry;
	struct stat status;
	bool good = true;

	if (directory && stat(pr_arena_format(revision->arena, "%s/%s", revision->wish.final, as), &status) != 0)
		while (good && (entry = readdir(directory)) != NULL)
			good = entry->d_name[0] == '.' || strcmp(entry->d_name, PR_REVISIONS_FOLDER) == 0 ||
			       carry_one(revision, stage, entry->d_name,
					   pr_arena_format(revision->arena, "%s/%s", as, entry->d_name), error);
	if (directory)
		closedir(directory);
	return good;
}

bool pr_revision_carry(const struct pr_revision *revision, const struct pr_stage *stage, const char *json,
	size_t json_count, struct pr_error *error)
{
	char hash[PR_SHA256_TEXT];

	if (!carry_one(revision, stage, PR_REVISIONS_FOLDER, PR_REVISIONS_FOLDER, error))
		return false;
	switch (revision->action) {
	case PR_REVISION_NEW:
		return !revision->has_newest || carry_before(revision, stage, error);
	case PR_REVISION_ADD:
		return carry_others(revision, stage, error);
	case PR_REVISION_AGAIN:
		/* A folder never holds two truths: files of another cut-off go. */
		return strcmp(pr_sha256(json, json_count, hash), revision->newest.report) != 0 ||
		       carry_others(revision, stage, error);
	case PR_REVISION_KEEP:
		break;
	}
	return true;
}

/* --- the card ----------------------------------------------------------------------------------------------------- */

static bool read_card(const struct pr_revision *revision, struct pr_ledger_card *card, struct pr_error *error)
{
	return pr_ledger_get_card(revision->ledger, revision->wish.month, revision->wish.tenant_id, revision->newest.number,
		true, revision->arena, card, error);
}

/* A format that is added changes no figure; a picture that was not made now stays where the report is the same. */
static bool choose_card(const struct pr_revision *revision, struct pr_ledger_revision *made, struct pr_error *error)
{
	struct pr_ledger_card before;

	if (revision->action == PR_REVISION_NEW || strcmp(made->report, revision->newest.report) != 0)
		return true;
	if (!read_card(revision, &before, error))
		return false;
	if (before.figures && revision->action == PR_REVISION_ADD)
		made->card.figures = before.figures;
	if (before.picture && !made->card.picture) {
		made->card.picture = before.picture;
		made->card.picture_bytes = before.picture_bytes;
	}
	return true;
}

/* Of a revision that an earlier program has made. */
static bool supply_card(
	const struct pr_revision *revision, const struct pr_revision_state *state, struct pr_error *error)
{
	struct pr_ledger_card before;

	return read_card(revision, &before, error) &&
	       (before.figures || pr_ledger_put_card(revision->ledger, revision->wish.month, revision->wish.tenant_id,
								  revision->number, false, &state->card, error));
}

/* --- publishing --------------------------------------------------------------------------------------------------- */

bool pr_revision_publish(const struct pr_revision *revision, struct pr_stage *stage,
	const struct pr_revision_state *state, const char *json, size_t json_count, struct pr_error *error)
{
	const struct pr_revision_wish *wish = &revision->wish;
	bool is_new = revision->action == PR_REVISION_NEW, is_added = revision->action == PR_REVISION_ADD;
	struct pr_ledger_revision made = {.month = wish->month,
		.tenant_id = wish->tenant_id,
		.edition = wish->edition,
		.number = revision->number,
		.cutoff_ms = revision->cutoff_ms,
		.checked_ms = wish->now_ms,
		.released_ms = is_new ? PR_TIME_MISSING : revision->newest.released_ms,
		.released_by = is_new ? NULL : revision->newest.released_by,
		.adopted = !is_new && revision->newest.adopted,
		.state = state->state,
		.reason = state->reason,
		.coverage = state->coverage,
		.folder = folder_in_out(revision),
		.card = state->card};
	struct file_list files;

	if (!list_files(&files, stage->folder, revision->arena, error))
		return false;
	made.formats = files.formats | revision->formats | (is_added ? revision->intact : 0);
	made.files = files.items;
	made.file_count = files.count;
	memcpy(made.hash, revision->hash, sizeof made.hash);
	if (is_added)
		memcpy(made.report, revision->newest.report, sizeof made.report);
	else
		pr_sha256(json, json_count, made.report);
	made.findings = revision->findings;
	pr_changed_write(revision->changed, revision->changed_count, revision->arena, &made.changes, &made.changes_count);
	/* Where publishing fails, the intent stays: the next run looks at the files. */
	return choose_card(revision, &made, error) && pr_ledger_intend(revision->ledger, &made, error) &&
	       pr_stage_publish(stage, error) &&
	       pr_ledger_settle(revision->ledger, wish->month, wish->tenant_id, true, error);
}

bool pr_revision_note(const struct pr_revision *revision, const struct pr_revision_state *state, struct pr_error *error)
{
	return supply_card(revision, state, error) &&
	       pr_ledger_note_check(revision->ledger, revision->wish.month, revision->wish.tenant_id, revision->number,
			   revision->wish.now_ms, state->state, state->reason, error);
}
