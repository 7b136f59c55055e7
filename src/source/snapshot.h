/*
 * What a tenant's report of a month is made of, copied from a store into a new embedded one: the report made from that
 * is the same to the byte, with the same cut-off.
 *
 * What is copied is not planned a second time: the report's own gathering (source/gather.h) is run, what it asks for is
 * noted, and those rows are then read as they are stored, page by page, so that memory does not grow with them. Rows that
 * the cut-off does not know are left out; ingest times are kept, so that an earlier --now reads as it does in the store.
 *
 * Errors as those of source.h and source/embedded_write.h; a platform's tenant is PR_CODE_USAGE.
 */
#ifndef PR_SOURCE_SNAPSHOT_H
#define PR_SOURCE_SNAPSHOT_H

#include "model/method.h"
#include "source/embedded_schema.h"
#include "source/source.h"

struct pr_snapshot_request {
	int64_t tenant_id;
	struct pr_month month;
	int64_t cutoff_ms;
	const char *path; /* of the new store; mode 0600 */
	bool replaces;    /* a store that is there */
	/* Windows that are copied, and rows so far; NULL = nobody looks on. */
	void (*progress)(void *context, size_t done, size_t all, size_t rows);
	void *context;
};

struct pr_snapshot_result {
	size_t rows[PR_SCHEMA_TABLE_COUNT]; /* by table */
};

PR_CHECK bool pr_snapshot(struct pr_source *source, const struct pr_method *method,
	const struct pr_snapshot_request *request, struct pr_snapshot_result *result, struct pr_error *error);

#endif
