/*
 * What a plot asks of a store: which point a name means, and what its minutes were. Counts, minima, maxima and means are
 * worked out where the data lie (source.h), so that a year by days costs days; instants of extremes are then looked up in
 * their own buckets.
 */
#ifndef PR_SOURCE_PLOT_H
#define PR_SOURCE_PLOT_H

#include "model/plot.h"
#include "source/source.h"

/* A point or a sensor that a text may mean. */
struct pr_plot_found {
	int64_t id, project_id, tenant_id; /* tenant 0 = the project is nobody's */
	const char *name, *project, *tenant;
	bool is_exact; /* the id, or the whole name */
};
/*
 * Everything that `text` means: the one of that id; else those with exactly that name (today's or an earlier one); else
 * those whose name holds it, capitals and small letters alike. Of `tenants` alone where some are given (a platform's sees
 * all). By id; none is no error.
 */
PR_CHECK bool pr_source_plot_find(struct pr_source *source, const char *text, bool sensors, const int64_t *tenants,
	size_t tenant_count, struct pr_arena *arena, struct pr_plot_found **found, size_t *count, struct pr_error *error);
/* The tenant that stands for a project: of those given, else its single tenant, else the management tenant with the
 * smallest id, else the platform's; PR_CODE_UNKNOWN where there is no such project. */
PR_CHECK bool pr_source_plot_tenant(struct pr_source *source, int64_t project_id, const int64_t *tenants,
	size_t tenant_count, struct pr_arena *arena, int64_t *tenant_id, struct pr_error *error);

/* Fills the panels' series; metric, project, point, sensor, grid and expected times are given. */
PR_CHECK bool pr_source_plot_read(struct pr_source *source, const struct pr_method *method,
	struct pr_plot_panel *panels, size_t count, struct pr_arena *arena, struct pr_error *error);

#endif
