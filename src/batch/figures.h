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

struct pr_figure {
	const char *path;              /* "projects/10/energy.total" */
	const char *id;                /* its last part */
	const char *name;              /* of the subject */
	struct pr_changed_value value; /* there */
	int digits;
	size_t order; /* its place in the report */
};

struct pr_figures {
	struct pr_figure *items; /* by path */
	size_t count, capacity;
};
/* `path` is the subject's; a value that is not there is passed over. pr_figures_sort is due before any other use. */
void pr_figures_add(struct pr_figures *figures, struct pr_arena *arena, const char *path, const char *name,
	const char *id, const struct pr_changed_value *value, int digits);
void pr_figures_sort(struct pr_figures *figures);

/* A platform may have thousands of projects: of each stands one figure for all of its own, their hash ("projects/10/figures"),
 * so that memory does not grow with them. What changed in a project is told by its customer's report. */
void pr_figures_add_hash(
	struct pr_figures *figures, struct pr_arena *arena, const char *path, const char *name, struct pr_figures *own);
/* Of a platform's report the projects are read from its feed, which can fail. Nothing points into the report then. */
PR_CHECK bool pr_figures_collect(
	const struct pr_report *report, struct pr_arena *arena, struct pr_figures *figures, struct pr_error *error);
char *pr_figures_hash(const struct pr_figures *figures, char out[PR_SHA256_TEXT]); /* of paths, values and units */

void pr_figures_write(const struct pr_figures *figures, struct pr_arena *arena, const char **text, size_t *count);
PR_CHECK bool pr_figures_read(
	const char *text, size_t count, struct pr_arena *arena, struct pr_figures *figures, struct pr_error *error);

/* What changed from `before` to `after`: in the order of the report, what is gone behind it. */
void pr_figures_compare(const struct pr_figures *before, const struct pr_figures *after, struct pr_arena *arena,
	struct pr_changed **changed, size_t *count);
void pr_changed_write(
	const struct pr_changed *changed, size_t changed_count, struct pr_arena *arena, const char **text, size_t *count);
PR_CHECK bool pr_changed_read(const char *text, size_t count, struct pr_arena *arena, struct pr_changed **changed,
	size_t *changed_count, struct pr_error *error);

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
