/* Files that show every project of a platform, written from the feed. */
#include "base/file.h"
#include "batch/platform.h"
#include "document/document.h"
#include "output/json.h"

struct writing {
	const struct pr_report *report;
	const struct pr_templates *templates;
	struct pr_arena scratch; /* of one project */
	struct pr_report piece;  /* a report of that project alone, to print it by */
	struct pr_file_writer file;
};

static bool next(void *context, const struct pr_project_report **project, struct pr_error *error)
{
	struct writing *writing = context;
	const struct pr_platform_feed *feed = &writing->report->platform->feed;
	struct pr_summary summary;
	bool more;
	pr_arena_release(&writing->scratch);
	pr_arena_init(&writing->scratch);
	*project = NULL;
	if (!feed->next(feed->context, &writing->scratch, &summary, &more, error))
		return false;
	if (!more)
		return true;
	writing->piece = (struct pr_report){.dataset = writing->report->dataset,
		.tenant = writing->report->tenant,
		.month = writing->report->month,
		.cutoff_ms = writing->report->cutoff_ms,
		.project_count = 1};
	writing->piece.projects = pr_arena_alloc(&writing->scratch, sizeof *writing->piece.projects);
	pr_summary_project(&summary, &writing->scratch, writing->piece.projects);
	*project = writing->piece.projects;
	return pr_document_print(writing->templates, &writing->piece, &writing->scratch, error);
}

static bool put(void *context, const char *bytes, size_t count, struct pr_error *error)
{
	struct writing *writing = context;
	return pr_file_put(&writing->file, bytes, count, error);
}

bool pr_platform_write_json(struct pr_report *report, const struct pr_templates *templates, const char *path,
	const char *folder, struct pr_error *error)
{
	const struct pr_platform_feed *feed = &report->platform->feed;
	struct writing writing = {.report = report, .templates = templates};
	const struct pr_json_pieces pieces = {next, put, &writing};
	struct pr_arena arena;
	if (!feed->rewind(feed->context, error) || !pr_file_begin(&writing.file, path, folder, error))
		return false;
	pr_arena_init(&arena);
	pr_arena_init(&writing.scratch);
	bool good = pr_json_write_pieces(report, &pieces, &arena, error);
	pr_arena_release(&writing.scratch);
	pr_arena_release(&arena);
	return pr_file_end(&writing.file, good, error);
}
