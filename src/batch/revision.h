/*
 * Revisions (method, section 12). A report is compared with the newest revision that the ledger knows, by value and
 * unit of its findings. Equal: what is published stays as it is. Different: the next revision, which carries the
 * earlier ones in its folder (revisions/r1, r2 …) and is held until it is released.
 *
 *     pr_revision_begin     an intent of a killed run is settled; what other splits' ledgers know better is taken over
 *                           (batch/ledgers.h); without a ledger the folder's own history is read
 *     pr_revision_decide    what is to be made: number, cut-off, changed figures
 *     … the wanted files are written into the stage …
 *     pr_revision_carry     takes over what stays
 *     pr_revision_publish   intent, publish, settle
 *
 * Where nothing is to be made, pr_revision_note says that the run has looked.
 */
#ifndef PR_BATCH_REVISION_H
#define PR_BATCH_REVISION_H

#include "analysis/findings.h"
#include "base/file.h"
#include "batch/figures.h"
#include "batch/ledger.h"

#define PR_REVISIONS_FOLDER "revisions"

enum pr_revision_action {
	PR_REVISION_KEEP,  /* equal, and every wanted format is there: nothing is written */
	PR_REVISION_ADD,   /* equal, formats lack: they are made as of the revision's own cut-off, the others stay */
	PR_REVISION_AGAIN, /* equal, but forced: the same revision, as of this run */
	PR_REVISION_NEW    /* the first one, or the next */
};

/* What the run wants, and where. */
struct pr_revision_wish {
	struct pr_month month;
	int64_t tenant_id;
	const char *edition;
	const char *out_folder;
	const char *ledger_name; /* of the run's own ledger in it */
	const char *final;       /* the report's folder, there or not */
	const char *json_name;   /* of the findings in it */
	unsigned formats;
	bool force;
	int64_t now_ms;
};

struct pr_revision {
	struct pr_revision_wish wish;
	struct pr_ledger *ledger; /* the caller's */
	struct pr_arena *arena;
	bool has_newest;
	struct pr_ledger_revision newest; /* before this run */
	enum pr_revision_action action;
	int number;
	int64_t cutoff_ms;          /* that the files will show */
	struct pr_changed *changed; /* since the revision before */
	size_t changed_count;
	unsigned intact;  /* the newest's formats whose files lie in the folder as they were published */
	unsigned formats; /* to be made */
	struct pr_packed findings;
	char hash[PR_SHA256_TEXT]; /* of them */
};

/* `wish`, `ledger` and `arena` outlive the revision. */
PR_CHECK bool pr_revision_begin(struct pr_revision *revision, const struct pr_revision_wish *wish,
	struct pr_ledger *ledger, struct pr_arena *arena, struct pr_error *error);
PR_CHECK bool pr_revision_decide(struct pr_revision *revision, const struct pr_report *report, struct pr_error *error);
/* Whether every one of these formats of the newest revision lies in its folder as it was published. */
bool pr_revision_is_whole(const struct pr_revision *revision, unsigned formats);
/* Whether a report says the same as the newest revision. */
PR_CHECK bool pr_revision_is_newest(
	const struct pr_revision *revision, const struct pr_report *report, bool *is_newest, struct pr_error *error);

/* `json` is the report's, also where it is not among the formats. */
PR_CHECK bool pr_revision_carry(const struct pr_revision *revision, const struct pr_stage *stage, const char *json,
	size_t json_count, struct pr_error *error);

/* The state that goes into the ledger. */
struct pr_revision_state {
	const char *state, *reason; /* reason NULL = none */
	double coverage;            /* NaN = unknown */
	struct pr_ledger_card card; /* a picture that is not made now stays where the report is the same */
};
/* Whether it waits for its release: a later revision, or one under the gate; a platform's never does (method, section 1).
 * The reason is in the arena, NULL = done. */
const char *pr_revision_held(const struct pr_revision *revision, const struct pr_report *report, double gate);
PR_CHECK bool pr_revision_publish(const struct pr_revision *revision, struct pr_stage *stage,
	const struct pr_revision_state *state, const char *json, size_t json_count, struct pr_error *error);
PR_CHECK bool pr_revision_note(
	const struct pr_revision *revision, const struct pr_revision_state *state, struct pr_error *error);

#endif
