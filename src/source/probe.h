/*
 * Trying a store before it is needed: connection, certificate, rights, tables, columns, fields, values, settings, age of
 * the data, clocks. Every look is told as a line; one that fails hides no other. Nothing is written, nothing secret told.
 */
#ifndef PR_SOURCE_PROBE_H
#define PR_SOURCE_PROBE_H

#include "config/config.h"
#include "source/source.h"

enum pr_probe_status { PR_PROBE_OK, PR_PROBE_WARN, PR_PROBE_FAIL, PR_PROBE_STATUS_COUNT };
extern const char *const pr_probe_status_names[PR_PROBE_STATUS_COUNT];

struct pr_probe {
	/* A line: what was looked at, what was found, what to do about it (NULL = nothing). */
	void (*tell)(void *context, enum pr_probe_status status, const char *what, const char *found, const char *todo);
	/* Whether a text of the directory can be printed; NULL = nobody knows. */
	bool (*can_print)(void *context, const char *text, struct pr_error *error);
	/* Whether there is such a brand; NULL = nobody knows. */
	bool (*has_brand)(void *context, const char *name);
	void *context;
	int64_t now_ms;   /* --now: by which data are fresh or old */
	int64_t clock_ms; /* the clock, when the checks began */
};

void pr_probe_tell(const struct pr_probe *probe, enum pr_probe_status status, const char *what, const char *todo,
	const char *format, ...) PR_PRINTF(5, 6);
/* A failure as an error tells it. */
void pr_probe_fail(const struct pr_probe *probe, const char *what, const char *todo, const struct pr_error *error);

/* The configured store; *tenants: how many tenants the directory has, 0 where nobody knows. */
void pr_probe_store(const struct pr_config *config, const struct pr_probe *probe, size_t *tenants);

/* --- for the parts ------------------------------------------------------------------------------------------------ */

struct pr_probe_counts {
	bool is_known;
	size_t tenants, projects, points, sensors;
};
/* Every value of the directory, every time zone, every name that is printed. */
void pr_probe_directory(struct pr_source *source, const struct pr_probe *probe, struct pr_probe_counts *counts);
void pr_probe_embedded(const struct pr_config *config, const struct pr_probe *probe, struct pr_probe_counts *counts);
void pr_probe_mysql(const struct pr_store_config *config, const struct pr_probe *probe, struct pr_probe_counts *counts);
void pr_probe_elastic(
	const struct pr_store_config *config, const struct pr_probe *probe, const struct pr_probe_counts *counts);
/* A clock beside ours, and the end of a certificate. */
void pr_probe_clock(const struct pr_probe *probe, const char *what, int64_t server_ms);
void pr_probe_certificate(const struct pr_probe *probe, const char *what, int64_t until_ms);
/* The age of a data set's latest row; PR_TIME_MISSING = it has none. */
void pr_probe_age(const struct pr_probe *probe, const char *what, int64_t latest_ms, bool is_steady);

#endif
