/*
 * The figures of a report as they are compared from revision to revision: value and unit of every finding of tenant,
 * projects, points, transformers and sensors (method, section 12). What is not measured is no figure: a finding that
 * appears without a value changes nothing.
 *
 * They are kept in the ledger as JSON, a line a subject (so that reading them takes the memory of one), with numbers as
 * texts: they are exact.
 *
 *     {"path": "projects/10", "name": "…", "findings": {"energy.total": ["80230.41", "kWh", 4], "health.grade": ["good"]}}
 *
 * and the changed ones a line each:
 *
 *     {"path": "projects/10/energy.total", "name": "…", "digits": 4, "old": "80230.41", "old_unit": "kWh",
 *      "new": "80231.02", "unit": "kWh"}
 *
 * A published report's JSON can be read, too: that brings a lost ledger back. Its numbers are doubles.
 */
#ifndef PR_BATCH_FIGURES_H
#define PR_BATCH_FIGURES_H

#include "analysis/changed.h"
#include "analysis/findings.h"
#include "base/sha256.h"
#include "batch/pack.h"

struct pr_figure {
	const char *path;              /* "projects/10/energy.total" */
	const char *id;                /* its last part */
	const char *name;              /* of the subject */
	struct pr_changed_value value; /* there */
	int digits;
	size_t order; /* its place in the report */
};

struct pr_figures {
	struct pr_figure *items;
	size_t count, capacity;
};
/* `path` is the subject's; a value that is not there is passed over. */
void pr_figures_add(struct pr_figures *figures, struct pr_arena *arena, const char *path, const char *name,
	const char *id, const struct pr_changed_value *value, int digits);

/*
 * A report's figures as the ledger keeps them, and the hash of their paths, values and units. Of a platform's report the
 * projects are read from its feed; one of them is in memory at a time.
 */
PR_CHECK bool pr_figures_pack(const struct pr_report *report, struct pr_arena *arena, struct pr_packed *packed,
	char hash[PR_SHA256_TEXT], struct pr_error *error);
PR_CHECK bool pr_figures_pack_list(const struct pr_figures *figures, struct pr_arena *arena, struct pr_packed *packed,
	char hash[PR_SHA256_TEXT], struct pr_error *error);

/*
 * What changed from `before` to `after`: in the order of the report; what is gone stands behind the others, of a platform
 * behind those of its project. `by_project`: both hold nothing but the tenant and projects by rising id, as a platform's
 * do; they are then read side by side, a project at a time.
 */
PR_CHECK bool pr_figures_compare(const struct pr_packed *before, const struct pr_packed *after, bool by_project,
	struct pr_arena *arena, struct pr_changed **changed, size_t *count, struct pr_error *error);

void pr_changed_write(
	const struct pr_changed *changed, size_t changed_count, struct pr_arena *arena, const char **text, size_t *count);
PR_CHECK bool pr_changed_read(const char *text, size_t count, struct pr_arena *arena, struct pr_changed **changed,
	size_t *changed_count, struct pr_error *error);

/* All of them, by path; and one line, a subject's. */
PR_CHECK bool pr_figures_read(
	const struct pr_packed *packed, struct pr_arena *arena, struct pr_figures *figures, struct pr_error *error);
PR_CHECK bool pr_figures_read_line(
	const char *line, size_t length, struct pr_arena *arena, struct pr_figures *figures, struct pr_error *error);

/* A published report. */
struct pr_published {
	int64_t tenant_id;
	struct pr_month month;
	int revision;
	int64_t cutoff_ms;
	double coverage; /* the tenant's; NaN = unknown */
	struct pr_figures figures;
	struct pr_changed *changed;
	size_t changed_count;
};
/* An error where the text is no such report. */
PR_CHECK bool pr_published_read(
	const char *json, size_t count, struct pr_arena *arena, struct pr_published *published, struct pr_error *error);

#endif
