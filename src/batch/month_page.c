#include "batch/month_page.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "batch/card.h"
#include "batch/formats.h"
#include "batch/lock.h"
#include "batch/mailing.h"
#include "batch/tally.h"
#include "document/index.h"

#define PAGE "index.html"
#define LANGUAGE "zh-CN" /* where nobody says another */

/* In the order in which customers want to be looked at. */
static const int state_order[] = {PR_TENANT_HELD, PR_TENANT_FAILED, PR_TENANT_NO_DATA, PR_TALLY_INTERRUPTED,
	PR_TALLY_RUNNING, PR_TENANT_WAITING, PR_TENANT_DONE, PR_TENANT_SKIPPED};
static const char *const grades[] = {"poor", "fair", "good", "excellent", "none"};
static const char *const editions[] = {"single", "management", "platform"};

enum mail_state {
	MAIL_UNKNOWN,
	MAIL_FAILED,
	MAIL_SENDING,
	MAIL_HELD,
	MAIL_NONE,
	MAIL_SENT,
	MAIL_ABSENT,
	MAIL_STATE_COUNT
};
static const char *const mail_names[] = {"unknown", "failed", "sending", "held", "none", "sent", "absent"};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/*
 * A customer's row in the spool. The ledgers give customers in an order of their own: rows are written as they come, and
 * copied to where they belong.
 */
struct piece {
	size_t order;
	int64_t tenant_id, offset, length;
};

/* Of a tenant's revision: how many addresses are in which state. */
struct mail {
	int64_t tenant_id;
	int revision;
	int64_t counts[PR_SENDING_STATE_COUNT];
};

struct page {
	const struct pr_config *config;
	const struct pr_templates *templates;
	struct pr_month month;
	const char *folder; /* OUT/YYYY-MM */
	struct pr_arena arena;
	struct pr_ledger **ledgers;
	size_t ledger_count;
	struct mail *mails; /* by tenant */
	size_t mail_count, mail_capacity;
	struct pr_index_head head;
	struct pr_index_count states[COUNT(state_order)], editions[COUNT(editions)], grades[COUNT(grades)],
		mail_states[MAIL_STATE_COUNT];
	int64_t speaker_id; /* whose language and zone the page has so far; a platform's counts most */
	bool speaker_is_platform;
	const char *locale, *zone;

	int64_t first_ids[COUNT(state_order)]; /* the least of each state */

	struct pr_index *index;
	struct pr_file_writer file, spool;
	struct pr_file_writer *out; /* the one that is written to now */
	int64_t spooled;            /* bytes */
	struct piece *pieces;
	size_t piece_count, piece_capacity;
};

/* --- what the ledgers hold ---------------------------------------------------------------------------------------- */

static bool open_ledgers(struct page *page, struct pr_error *error)
{
	const char **names;
	size_t count;
	bool good = pr_ledger_list(page->config->out_folder, &page->arena, &names, &count, error);

	page->ledgers = pr_arena_array(&page->arena, count + 1, sizeof *page->ledgers);
	for (size_t i = 0; good && i < count; i++) {
		struct pr_ledger *ledger = NULL;
		good = pr_ledger_open_to_read(
			&ledger, pr_arena_format(&page->arena, "%s/%s", page->config->out_folder, names[i]), error);
		if (ledger)
			page->ledgers[page->ledger_count++] = ledger;
	}
	return good;
}

/* That of the ledger which holds it; where several do, one with a picture. */
static bool find_card(struct page *page, const struct pr_ledger_tenant *tenant, bool with_picture,
	struct pr_arena *arena, struct pr_ledger_card *card, struct pr_error *error)
{
	*card = (struct pr_ledger_card){0};
	for (size_t i = 0; tenant->revision && i < page->ledger_count && !card->picture; i++) {
		struct pr_ledger_card found;
		if (!pr_ledger_get_card(
				page->ledgers[i], page->month, tenant->tenant_id, tenant->revision, with_picture, arena, &found, error))
			return false;
		if (found.figures && (!card->figures || found.picture))
			*card = found;
		if (card->figures && !with_picture)
			break;
	}
	return true;
}

static bool find_files(struct page *page, const struct pr_ledger_tenant *tenant, struct pr_arena *arena,
	struct pr_ledger_file **files, size_t *count, struct pr_error *error)
{
	*count = 0;
	for (size_t i = 0; tenant->revision && i < page->ledger_count && *count == 0; i++)
		if (!pr_ledger_get_files(
				page->ledgers[i], page->month, tenant->tenant_id, tenant->revision, arena, files, count, error))
			return false;
	return true;
}

/* Sendings come by tenant and revision. */
static bool note_mail(void *context, const struct pr_sending *sending, struct pr_error *error)
{
	struct page *page = context;
	struct mail *mail = page->mail_count ? &page->mails[page->mail_count - 1] : NULL;

	(void)error;
	if (!mail || mail->tenant_id != sending->tenant_id || mail->revision != sending->revision) {
		mail = PR_PUSH(&page->arena, page->mails, page->mail_count, page->mail_capacity);
		*mail = (struct mail){.tenant_id = sending->tenant_id, .revision = sending->revision};
	}
	mail->counts[sending->state]++;
	return true;
}

static int compare_mails(const void *a, const void *b)
{
	const struct mail *one = a, *other = b;

	if (one->tenant_id != other->tenant_id)
		return one->tenant_id < other->tenant_id ? -1 : 1;
	return (one->revision > other->revision) - (one->revision < other->revision);
}

static bool read_run(struct page *page, struct pr_error *error)
{
	struct pr_index_head *head = &page->head;
	size_t revisions;

	for (size_t i = 0; i < page->ledger_count; i++) {
		struct pr_ledger_run run;
		bool found;
		if (!pr_ledger_get_month_run(page->ledgers[i], page->month, &page->arena, &run, &found, error))
			return false;
		if (!found || (head->has_run && run.began_ms <= head->run.began_ms))
			continue;
		head->has_run = true;
		head->run = (struct pr_index_run){run.began_ms, run.ended_ms, run.now_ms, run.outcome, run.host, run.version};
	}
	return pr_tally_revisions(page->config->out_folder, page->month, &revisions, &head->later_revisions, error);
}

/* --- mail --------------------------------------------------------------------------------------------------------- */

/* Of the revision at hand: what went wrong with one address is the state of all. */
static enum mail_state mail_of(const struct page *page, const struct pr_ledger_tenant *tenant, struct mail *mail)
{
	static const struct {
		enum pr_sending_state sending;
		enum mail_state state;
	} worst[] = {{PR_SENDING_UNKNOWN, MAIL_UNKNOWN}, {PR_SENDING_FAILED, MAIL_FAILED},
		{PR_SENDING_SENDING, MAIL_SENDING}, {PR_SENDING_SENT, MAIL_SENT}};
	struct mail key = {.tenant_id = tenant->tenant_id, .revision = tenant->revision};
	const struct mail *found = page->mail_count == 0 || !tenant->revision
	                               ? NULL
	                               : bsearch(&key, page->mails, page->mail_count, sizeof *page->mails, compare_mails);

	*mail = found ? *found : key;
	for (size_t i = 0; i < COUNT(worst); i++)
		if (mail->counts[worst[i].sending])
			return worst[i].state;
	if (!tenant->revision)
		return MAIL_ABSENT;
	return pr_tally_state(tenant) == PR_TENANT_HELD ? MAIL_HELD : MAIL_NONE;
}

/* --- counting ----------------------------------------------------------------------------------------------------- */

static size_t place_of(const char *const *names, size_t count, const char *name, size_t otherwise)
{
	for (size_t i = 0; i < count; i++)
		if (pr_text_equal(names[i], name))
			return i;
	return otherwise;
}

/* The page speaks the platform's language, else that of the first customer. */
static void let_speak(struct page *page, const struct pr_ledger_tenant *tenant, const struct pr_card *card)
{
	bool is_platform = pr_text_equal(tenant->edition, "platform");

	if (!card->locale || !card->zone || !pr_index_speaks(page->templates, card->locale) ||
		(page->locale && (page->speaker_is_platform > is_platform ||
							 (page->speaker_is_platform == is_platform && page->speaker_id <= tenant->tenant_id))))
		return;
	page->speaker_is_platform = is_platform;
	page->speaker_id = tenant->tenant_id;
	page->locale = pr_arena_copy(&page->arena, card->locale);
	page->zone = pr_arena_copy(&page->arena, card->zone);
}

static size_t order_of(const struct pr_ledger_tenant *tenant)
{
	int state = pr_tally_state(tenant);

	for (size_t i = 0; i < COUNT(state_order); i++)
		if (state_order[i] == state)
			return i;
	return COUNT(state_order);
}

static bool count_tenant(void *context, const struct pr_ledger_tenant *tenant, struct pr_error *error)
{
	struct page *page = context;
	size_t order = order_of(tenant);
	struct pr_ledger_card card;
	struct mail mail;
	struct pr_card figures;
	struct pr_arena scratch;
	bool good;

	if (order == COUNT(state_order))
		return true;
	pr_arena_init(&scratch);
	good =
		find_card(page, tenant, false, &scratch, &card, error) && pr_card_read(card.figures, &scratch, &figures, error);
	if (good) {
		page->head.total++;
		if (page->states[order].count++ == 0 || tenant->tenant_id < page->first_ids[order])
			page->first_ids[order] = tenant->tenant_id;
		page->editions[place_of(editions, COUNT(editions), tenant->edition, 0)].count++;
		page->grades[place_of(grades, COUNT(grades), figures.grade, COUNT(grades) - 1)].count++;
		page->mail_states[mail_of(page, tenant, &mail)].count++;
		let_speak(page, tenant, &figures);
	}
	pr_arena_release(&scratch);
	return good;
}

static void name_counts(struct pr_index_count *counts, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		counts[i].name = names[i];
}

static bool count_all(struct page *page, struct pr_error *error)
{
	struct pr_index_head *head = &page->head;

	for (size_t i = 0; i < COUNT(state_order); i++)
		page->states[i].name = pr_tally_state_name(state_order[i]);
	name_counts(page->editions, editions, COUNT(editions));
	name_counts(page->grades, grades, COUNT(grades));
	name_counts(page->mail_states, mail_names, MAIL_STATE_COUNT);
	if (!pr_tally_each(page->config->out_folder, page->month, count_tenant, page, error))
		return false;
	head->month = page->month;
	head->states = page->states;
	head->state_count = COUNT(state_order);
	head->editions = page->editions;
	head->edition_count = COUNT(editions);
	head->grades = page->grades;
	head->grade_count = COUNT(grades);
	head->mails = page->mail_states;
	head->mail_count = MAIL_STATE_COUNT;
	head->locale = page->config->index_language ? page->config->index_language : page->locale ? page->locale : LANGUAGE;
	return !page->zone || pr_zone_open(&head->zone, page->zone, &page->arena, error);
}

/* --- a customer --------------------------------------------------------------------------------------------------- */

/* "…/single/12-name" → "single/12-name/file"; NULL where no such file is there. */
static const char *link_to(
	const struct page *page, const struct pr_ledger_tenant *tenant, const char *name, struct pr_arena *arena)
{
	const char *at = tenant->folder ? tenant->folder + strlen(tenant->folder) : NULL;
	struct stat status;
	const char *link;

	for (int slashes = 0; at && at > tenant->folder; at--)
		if (at[-1] == '/' && ++slashes == 2)
			break;
	if (!at)
		return NULL;
	link = pr_arena_format(arena, "%s/%s", at, name);
	if (stat(pr_arena_format(arena, "%s/%s", page->folder, link), &status) != 0 || !S_ISREG(status.st_mode))
		return NULL;
	return link;
}

static bool find_links(struct page *page, const struct pr_ledger_tenant *tenant, struct pr_arena *arena,
	struct pr_index_row *row, struct pr_error *error)
{
	const struct {
		unsigned format;
		const char **link;
	} links[] = {{PR_FORMAT_PDF, &row->pdf}, {PR_FORMAT_XLSX, &row->xlsx}, {PR_FORMAT_JSON, &row->json}};
	struct pr_ledger_file *files;
	size_t count;

	if (!find_files(page, tenant, arena, &files, &count, error))
		return false;
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < COUNT(links); k++)
			if (files[i].format == links[k].format && !strchr(files[i].name, '/'))
				*links[k].link = link_to(page, tenant, files[i].name, arena);
	return true;
}

static bool fill_row(struct page *page, const struct pr_ledger_tenant *tenant, struct pr_arena *arena,
	struct pr_index_row *row, struct pr_error *error)
{
	struct pr_ledger_card card;
	struct mail mail;
	struct pr_card figures;
	enum mail_state mail_state = mail_of(page, tenant, &mail);

	if (!find_card(page, tenant, true, arena, &card, error) || !pr_card_read(card.figures, arena, &figures, error) ||
		!find_links(page, tenant, arena, row, error))
		return false;
	row->id = tenant->tenant_id;
	row->name = tenant->name;
	row->edition = editions[place_of(editions, COUNT(editions), tenant->edition, 0)];
	row->state = tenant->state;
	row->state_order = order_of(tenant);
	row->first = tenant->tenant_id == page->first_ids[row->state_order];
	row->reason = tenant->reason;
	row->revision = tenant->revision;
	row->coverage = figures.coverage;
	if (row->coverage == PR_MICRO_MISSING && !isnan(tenant->coverage))
		row->coverage = pr_micro_from_double(tenant->coverage);
	row->health = figures.health;
	row->grade = figures.grade;
	row->costs = figures.costs;
	row->cost_count = figures.cost_count;
	row->picture = card.picture;
	row->picture_bytes = card.picture_bytes;
	row->mail = mail_names[mail_state];
	row->mail_order = (size_t)mail_state;
	row->mail_sent = mail.counts[PR_SENDING_SENT];
	for (int state = 0; state < PR_SENDING_STATE_COUNT; state++)
		row->mail_total += mail.counts[state];
	return true;
}

static bool spool_tenant(void *context, const struct pr_ledger_tenant *tenant, struct pr_error *error)
{
	struct page *page = context;
	struct pr_index_row row = {0};
	struct pr_arena scratch;
	struct piece *piece;
	bool good;

	if (order_of(tenant) == COUNT(state_order))
		return true;
	piece = PR_PUSH(&page->arena, page->pieces, page->piece_count, page->piece_capacity);
	*piece = (struct piece){order_of(tenant), tenant->tenant_id, page->spooled, 0};
	pr_arena_init(&scratch);
	good = fill_row(page, tenant, &scratch, &row, error) && pr_index_add(page->index, &row, error);
	pr_arena_release(&scratch);
	piece->length = page->spooled - piece->offset;
	return good;
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

static bool put(void *context, const char *bytes, size_t count, struct pr_error *error)
{
	struct page *page = context;

	if (page->out == &page->spool)
		page->spooled += (int64_t)count;
	return pr_file_put(page->out, bytes, count, error);
}

static int compare_pieces(const void *a, const void *b)
{
	const struct piece *one = a, *other = b;

	if (one->order != other->order)
		return one->order < other->order ? -1 : 1;
	return (one->tenant_id > other->tenant_id) - (one->tenant_id < other->tenant_id);
}

static bool copy_piece(struct page *page, int spool, const struct piece *piece, struct pr_error *error)
{
	char bytes[16384], why[128];
	int64_t done = 0;

	while (done < piece->length) {
		size_t rest = (size_t)(piece->length - done);
		ssize_t got = pread(spool, bytes, rest < sizeof bytes ? rest : sizeof bytes, (off_t)(piece->offset + done));
		if (got <= 0 && (got == 0 || errno != EINTR))
			return pr_error_set(error, PR_CODE_OUTPUT, "cannot read '%s' again: %s", page->spool.path,
				got == 0 ? "it is cut short" : pr_error_reason(errno, why));
		if (got > 0 && !put(page, bytes, (size_t)got, error))
			return false;
		done += got > 0 ? got : 0;
	}
	return true;
}

static bool copy_pieces(struct page *page, int spool, struct pr_error *error)
{
	bool good = true;

	if (page->piece_count > 1)
		qsort(page->pieces, page->piece_count, sizeof *page->pieces, compare_pieces);
	for (size_t i = 0; good && i < page->piece_count; i++)
		good = copy_piece(page, spool, &page->pieces[i], error);
	return good;
}

/* Customers in the order of their states, then ids. The spool has no name any more when it is written to. */
static bool write_tenants(struct page *page, const char *path, struct pr_error *error)
{
	char why[128];
	bool good;
	int spool;

	if (!pr_file_begin(&page->spool, path, page->folder, error))
		return false;
	spool = open(path, O_RDONLY | O_CLOEXEC);
	good = spool >= 0 || pr_error_set(error, PR_CODE_OUTPUT, "cannot read '%s': %s", path, pr_error_reason(errno, why));
	unlink(path);
	page->out = &page->spool;
	good = good && pr_tally_each(page->config->out_folder, page->month, spool_tenant, page, error);
	page->out = &page->file;
	good = good && copy_pieces(page, spool, error);
	close(page->spool.descriptor);
	if (spool >= 0)
		close(spool);
	return good;
}

static bool write_page(struct page *page, const char *spool, struct pr_error *error)
{
	page->out = &page->file;
	return pr_index_begin(&page->index, page->templates, &page->head, put, page, &page->arena, error) &&
	       write_tenants(page, spool, error) && pr_index_end(page->index, error);
}

/* Pieces of processes of this machine that were killed. */
static void sweep(struct page *page, const char *prefix)
{
	DIR *directory = opendir(page->folder);
	size_t length = strlen(prefix);
	struct dirent *entry;
	int64_t process;

	while (directory && (entry = readdir(directory)) != NULL)
		if (pr_text_starts(entry->d_name, prefix) && pr_text_to_int64(entry->d_name + length, &process) &&
			process > 0 && process <= INT32_MAX && kill((pid_t)process, 0) != 0 && errno == ESRCH)
			unlink(pr_arena_format(&page->arena, "%s/%s", page->folder, entry->d_name));
	if (directory)
		closedir(directory);
}

static bool replace_page(struct page *page, struct pr_error *error)
{
	char why[128], host[PR_HOST_BYTES];
	const char *final = pr_arena_format(&page->arena, "%s/" PAGE, page->folder);
	const char *prefix = pr_arena_format(&page->arena, "." PAGE ".%s.", pr_host_name(host));
	const char *part = pr_arena_format(&page->arena, "%s/%s%ld", page->folder, prefix, (long)getpid());

	if (!pr_folder_make(page->folder, error))
		return false;
	sweep(page, prefix);
	if (!pr_file_begin(&page->file, part, page->folder, error))
		return false;
	if (!pr_file_end(&page->file, write_page(page, pr_arena_format(&page->arena, "%s.rows", part), error), error)) {
		unlink(part);
		return false;
	}
	if (rename(part, final) != 0) {
		int failure = errno;
		unlink(part);
		return pr_error_set(
			error, PR_CODE_OUTPUT, "cannot put '%s' in place: %s", final, pr_error_reason(failure, why));
	}
	return pr_folder_sync(page->folder, error);
}

bool pr_month_page_leave(
	const struct pr_config *config, const struct pr_templates *templates, struct pr_month month, struct pr_error *error)
{
	struct page page = {.config = config, .templates = templates, .month = month};
	char name[16];
	bool good;

	if (!config->index_page)
		return true;
	pr_arena_init(&page.arena);
	page.folder = pr_arena_format(&page.arena, "%s/%s", config->out_folder, pr_month_iso(month, name));
	good = open_ledgers(&page, error) && pr_mailing_each(config->out_folder, month, note_mail, &page, error) &&
	       read_run(&page, error) && count_all(&page, error) && replace_page(&page, error);
	for (size_t i = 0; i < page.ledger_count; i++)
		pr_ledger_close(page.ledgers[i]);
	pr_arena_release(&page.arena);
	return good;
}

bool pr_month_page_check(const struct pr_config *config, const struct pr_templates *templates, struct pr_error *error)
{
	struct pr_arena arena;
	bool good;

	if (!config->index_page)
		return true;
	if (config->index_language && !pr_index_speaks(templates, config->index_language))
		return pr_error_set(error, PR_CODE_CONFIG,
			"[output] index_language is '%s'; expected a file of that name in %s/words", config->index_language,
			config->template_folder);
	pr_arena_init(&arena);
	good = pr_index_check(templates, &arena, error);
	pr_arena_release(&arena);
	return good;
}

void pr_month_page_refresh(const struct pr_config *config, struct pr_month month)
{
	struct pr_templates *templates;
	struct pr_error error = {0};
	struct pr_lock_file lock;
	struct pr_arena arena;
	char text[1200];

	pr_arena_init(&arena);
	pr_lock_wait(&lock, config->out_folder, PR_LOCK_SUMMARY);
	if (config->index_page && (!pr_templates_read(&templates, config, &arena, &error) ||
								  !pr_month_page_leave(config, templates, month, &error)))
		pr_log(PR_LOG_ERROR, "%s", pr_error_describe(&error, text, sizeof text));
	pr_lock_file_release(&lock);
	pr_arena_release(&arena);
}
