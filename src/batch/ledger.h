/*
 * The ledger: what the runs into an output folder have made, in one SQLite file beside it (OUT/ledger.db; with shards
 * one a shard, ledger-I-of-N.db: batch/shard.h). It holds every revision of every report (findings, changed figures, files with
 * their hashes, state) and each project's summary of a month, from which the platform's report is made.
 *
 * Any number of processes may use one ledger at a time: each opens it for itself (a connection must not cross a fork),
 * writers wait for each other, and no lock is held between two calls but from pr_ledger_begin to pr_ledger_commit. A
 * write that has returned is on the disk. The journal is a file, not a WAL: the output folder may lie on NFS.
 *
 *     struct pr_ledger *ledger = NULL;
 *     if (!pr_ledger_open(&ledger, pr_shard_ledger_path(out_folder, shard, arena), error))
 *         return false;
 *     good = pr_ledger_put_summary(ledger, month, project_id, tenant_id, cutoff_ms, bytes, count, error);
 *     pr_ledger_close(ledger);
 *
 * Errors are of kind PR_CODE_OUTPUT and name the file. A file that is no ledger, a broken one, and one of a later
 * program (a schema that is not known here) are refused, and not a byte of them is changed.
 */
#ifndef PR_BATCH_LEDGER_H
#define PR_BATCH_LEDGER_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/calendar.h"
#include "base/sha256.h"
#include "batch/pack.h"

struct pr_ledger;

const char *pr_ledger_path(const char *out_folder, struct pr_arena *arena); /* "OUT/ledger.db" */
/* The names of the ledgers in a folder, ledger*.db, sorted; none where there is no folder. */
PR_CHECK bool pr_ledger_list(
	const char *folder, struct pr_arena *arena, const char ***names, size_t *count, struct pr_error *error);
/* Makes it, and its folder, where there is none; an earlier schema is brought up to this one. */
PR_CHECK bool pr_ledger_open(struct pr_ledger **ledger, const char *path, struct pr_error *error);
void pr_ledger_close(struct pr_ledger *ledger); /* NULL is fine; what was begun and not committed is undone */
/* Whether the ledger can be used, without changing it; one that is not there is fine. */
PR_CHECK bool pr_ledger_check(const char *path, struct pr_error *error);

/* Several writes that stand or fall together. */
PR_CHECK bool pr_ledger_begin(struct pr_ledger *ledger, struct pr_error *error);
PR_CHECK bool pr_ledger_commit(struct pr_ledger *ledger, struct pr_error *error);
void pr_ledger_undo(struct pr_ledger *ledger); /* harmless where nothing was begun */

/* --- summaries: one a project, tenant and month; the bytes are the platform's own affair ------------------------- */

struct pr_ledger_summary {
	int64_t project_id, tenant_id, cutoff_ms;
	int64_t written_ms; /* by the clock; 0 = by an earlier program */
	const char *bytes;  /* followed by a NUL that is not counted; in the arena, or the cursor's until its next step */
	size_t count;
};

/* Replaces the one that is there. */
PR_CHECK bool pr_ledger_put_summary(struct pr_ledger *ledger, struct pr_month month, int64_t project_id,
	int64_t tenant_id, int64_t cutoff_ms, const void *bytes, size_t count, struct pr_error *error);
/* `*found` false: there is none. */
PR_CHECK bool pr_ledger_get_summary(struct pr_ledger *ledger, struct pr_month month, int64_t project_id,
	int64_t tenant_id, struct pr_arena *arena, struct pr_ledger_summary *summary, bool *found, struct pr_error *error);

/*
 * A month's summaries of all ledgers of a folder (ledger*.db), by rising project id, then tenant id, one in memory at
 * a time. Where several ledgers hold the same one, that which was written last counts, then that with the latest cut-off,
 * then that of the first file name. Nothing is locked between two steps: summaries may be written meanwhile, and those behind the place where the
 * cursor stands are seen.
 *
 *     struct pr_ledger_cursor *cursor = NULL;
 *     if (!pr_ledger_cursor_open(&cursor, out_folder, month, error))
 *         return false;
 *     while ((good = pr_ledger_cursor_next(cursor, &summary, &more, error)) && more)
 *         …
 *     pr_ledger_cursor_close(cursor);
 */
struct pr_ledger_cursor;
PR_CHECK bool pr_ledger_cursor_open(
	struct pr_ledger_cursor **cursor, const char *out_folder, struct pr_month month, struct pr_error *error);
PR_CHECK bool pr_ledger_cursor_next(
	struct pr_ledger_cursor *cursor, struct pr_ledger_summary *summary, bool *more, struct pr_error *error);
void pr_ledger_cursor_close(struct pr_ledger_cursor *cursor);

/* --- revisions: what a tenant's report of a month said ------------------------------------------------------------ */

struct pr_ledger_file {
	const char *name; /* below the report's folder: "report.pdf", "charts/01-energy_months.svg" */
	unsigned format;  /* bit of enum pr_format */
	uint64_t bytes;
	char hash[PR_SHA256_TEXT];
};

/* What the index page shows of a revision: its figures (batch/card.h), and its first page as a PNG. */
struct pr_ledger_card {
	const char *figures; /* NULL = there is no card */
	const void *picture; /* NULL = none */
	size_t picture_bytes;
};

struct pr_ledger_revision {
	struct pr_month month;
	int64_t tenant_id;
	const char *edition;
	int number;              /* from 1 */
	int64_t cutoff_ms;       /* of the data that it shows */
	int64_t checked_ms;      /* time of the last run that found it up to date, or made it */
	int64_t released_ms;     /* PR_TIME_MISSING = not released; in writing: what the ledger holds stays */
	const char *released_by; /* NULL = nobody */
	bool adopted;            /* read back from its folder: what was sent of it is not known until it is released */
	const char *state;       /* "done", "held" */
	const char *reason;      /* of held; NULL */
	double coverage;         /* NaN = unknown */
	const char *folder;
	unsigned formats;            /* bits of enum pr_format: what was made */
	char hash[PR_SHA256_TEXT];   /* of `findings` */
	char report[PR_SHA256_TEXT]; /* of the findings' JSON as published, also where JSON is not among the formats */
	struct pr_packed findings;   /* what is compared (batch/figures.h) */
	const char *changes;         /* the figures that changed since the revision before; "" in the first */
	size_t changes_count;
	struct pr_ledger_file *files;
	size_t file_count;
	int64_t written_ms;         /* by the clock, or the last check; 0 = by an earlier program, in writing: now */
	struct pr_ledger_card card; /* written only; pr_ledger_get_card reads it */
};

/*
 * A revision is written in two steps, with the publishing between them, so that a run that is killed anywhere leaves
 * nothing doubtful: an intent before (of a new revision, or of the same one made again), which counts for nothing yet;
 * then pr_ledger_settle with whether its files are in place. An intent that is found later is settled by looking at
 * the files (their hashes stand in it).
 */
PR_CHECK bool pr_ledger_intend(
	struct pr_ledger *ledger, const struct pr_ledger_revision *revision, struct pr_error *error);
PR_CHECK bool pr_ledger_settle(
	struct pr_ledger *ledger, struct pr_month month, int64_t tenant_id, bool published, struct pr_error *error);
/* The intent that was not settled; `*found` false: there is none. */
PR_CHECK bool pr_ledger_get_intent(struct pr_ledger *ledger, struct pr_month month, int64_t tenant_id,
	struct pr_arena *arena, struct pr_ledger_revision *revision, bool *found, struct pr_error *error);
/* Puts one as another ledger holds it: settled at once, written when that one was. */
PR_CHECK bool pr_ledger_take_over(
	struct pr_ledger *ledger, const struct pr_ledger_revision *revision, struct pr_error *error);
/* Number 0 = the newest. */
PR_CHECK bool pr_ledger_get_revision(struct pr_ledger *ledger, struct pr_month month, int64_t tenant_id, int number,
	struct pr_arena *arena, struct pr_ledger_revision *revision, bool *found, struct pr_error *error);
/* Puts one that was found elsewhere (a folder without a ledger): settled at once. */
PR_CHECK bool pr_ledger_adopt(
	struct pr_ledger *ledger, const struct pr_ledger_revision *revision, struct pr_error *error);
/*
 * A person lets revision `number` go: it is done from now on, and so is the tenant where it is its newest one. One that
 * is made again later (equal findings, the same number) stays released.
 */
PR_CHECK bool pr_ledger_release(struct pr_ledger *ledger, struct pr_month month, int64_t tenant_id, int number,
	int64_t released_ms, const char *released_by, struct pr_error *error);
/* That of a settled revision, its picture only where that is asked for; `figures` NULL: there is none. */
PR_CHECK bool pr_ledger_get_card(struct pr_ledger *ledger, struct pr_month month, int64_t tenant_id, int number,
	bool with_picture, struct pr_arena *arena, struct pr_ledger_card *card, struct pr_error *error);
/* Of a revision that has none, since an earlier program made it. */
PR_CHECK bool pr_ledger_put_card(struct pr_ledger *ledger, struct pr_month month, int64_t tenant_id, int number,
	bool intent, const struct pr_ledger_card *card, struct pr_error *error);

/* The files of a settled revision, by name. */
PR_CHECK bool pr_ledger_get_files(struct pr_ledger *ledger, struct pr_month month, int64_t tenant_id, int number,
	struct pr_arena *arena, struct pr_ledger_file **files, size_t *count, struct pr_error *error);
/* A run has found revision `number` up to date. */
PR_CHECK bool pr_ledger_note_check(struct pr_ledger *ledger, struct pr_month month, int64_t tenant_id, int number,
	int64_t checked_ms, const char *state, const char *reason, struct pr_error *error);

#endif
