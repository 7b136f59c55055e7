#include "batch/target.h"

#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"
#include "output/xlsx.h"

#define WORKBOOK_BYTES_MAX ((size_t)256 * 1024 * 1024)

static bool same_ending(const char *a, const char *b)
{
	while (*a && (*a == *b || (*a >= 'A' && *a <= 'Z' && *a - 'A' + 'a' == *b))) {
		a++;
		b++;
	}
	return !*a && !*b;
}

static const char *name_of(const char *path)
{
	return strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
}

int pr_target_ending(const char *path, const char *const *endings, int count)
{
	const char *name = name_of(path), *dot = strrchr(name, '.');

	for (int i = 0; dot && dot > name && i < count; i++)
		if (same_ending(dot + 1, endings[i]))
			return i;
	return -1;
}

static const char *folder_of(const char *path, struct pr_arena *arena)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return ".";
	return slash == path ? "/" : pr_arena_copy_n(arena, path, (size_t)(slash - path));
}

bool pr_target_check(const char *path, struct pr_arena *arena, struct pr_error *error)
{
	const char *folder = folder_of(path, arena);
	struct stat status;

	if (stat(folder, &status) != 0 || !S_ISDIR(status.st_mode))
		return pr_error_set(error, PR_CODE_USAGE, "-o: '%s': '%s' is no folder", path, folder);
	if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
		return pr_error_set(error, PR_CODE_USAGE, "-o: '%s' is there and is no regular file", path);
	return true;
}

bool pr_target_paint_workbook(const char *path, const struct pr_document *document, struct pr_arena *arena,
	char **bytes, size_t *count, struct pr_error *error)
{
	struct pr_stage stage;

	if (!pr_stage_open(&stage, folder_of(path, arena), name_of(path), arena, error))
		return false;
	const char *inner = pr_arena_format(arena, "%s/book.xlsx", stage.folder);
	bool is_painted = pr_xlsx_paint(document, inner, arena, error) &&
	                  pr_file_read(inner, WORKBOOK_BYTES_MAX, arena, bytes, count, error);
	pr_stage_drop(&stage);
	return is_painted;
}
