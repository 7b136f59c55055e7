/* Every project with its owners, out of the same rows of text as the directory. */
#include <stdlib.h>

#include "base/text.h"
#include "source/directory_rows.h"

static int compare_ids(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int compare_projects(const void *left, const void *right)
{
	const struct pr_project_entry *a = left, *b = right;
	return compare_ids(a->id, b->id);
}

static int compare_owners(const void *left, const void *right)
{
	const struct pr_project_owner *a = left, *b = right;
	int order = compare_ids(a->project_id, b->project_id);
	return order ? order : compare_ids(a->tenant_id, b->tenant_id);
}

static bool read_id(
	const struct pr_text_table *table, size_t row, size_t column, const char *name, int64_t *id, struct pr_error *error)
{
	const char *text = row < table->row_count ? table->cells[row * table->column_count + column] : NULL;
	return (text && pr_text_to_int64(text, id)) ||
	       pr_error_set(
			   error, PR_CODE_STORE, "table '%s', row %zu: '%s' is not an id", name, row + 1, text ? text : "");
}

bool pr_directory_list(const struct pr_text_table *project, const struct pr_text_table *owners, struct pr_arena *arena,
	struct pr_project_list *list, struct pr_error *error)
{
	*list = (struct pr_project_list){.project_count = project->row_count, .owner_count = owners->row_count};
	list->projects = pr_arena_array(arena, list->project_count, sizeof *list->projects);
	list->owners = pr_arena_array(arena, list->owner_count, sizeof *list->owners);
	for (size_t i = 0; i < list->project_count; i++) {
		if (!read_id(project, i, 0, "project", &list->projects[i].id, error))
			return false;
		list->projects[i].name =
			pr_arena_copy(arena, pr_text_clean(arena, project->cells[i * project->column_count + 1]));
	}
	for (size_t i = 0; i < list->owner_count; i++)
		if (!read_id(owners, i, 0, "tenant_project", &list->owners[i].tenant_id, error) ||
			!read_id(owners, i, 1, "tenant_project", &list->owners[i].project_id, error))
			return false;
	if (list->project_count > 1)
		qsort(list->projects, list->project_count, sizeof *list->projects, compare_projects);
	if (list->owner_count > 1)
		qsort(list->owners, list->owner_count, sizeof *list->owners, compare_owners);
	return true;
}
