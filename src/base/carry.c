/*
 * Files that are taken over into a stage as they are, times included: as a second name of the same file where the file
 * system can, else as a copy. The file they came from goes with its folder when the stage is published.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

#define PATH_BYTES ((size_t)4096)
#define COPY_BYTES ((size_t)65536)
#define DEEPEST 16

static bool join(char out[PATH_BYTES], const char *folder, const char *name, struct pr_error *error)
{
	int length = snprintf(out, PATH_BYTES, "%s/%s", folder, name);
	if (length < 0 || (size_t)length >= PATH_BYTES)
		return pr_error_set(error, PR_CODE_OUTPUT, "path '%s/%s' is too long", folder, name);
	return true;
}

static int write_all(int to, const char *bytes, size_t count)
{
	while (count > 0) {
		ssize_t put = write(to, bytes, count);
		if (put < 0 && errno != EINTR)
			return errno;
		if (put > 0) {
			bytes += put;
			count -= (size_t)put;
		}
	}
	return 0;
}

static int copy_bytes(int from, int to)
{
	char bytes[COPY_BYTES];
	for (;;) {
		ssize_t got = read(from, bytes, sizeof bytes);
		if (got == 0)
			return 0;
		if (got < 0 && errno != EINTR)
			return errno;
		int failure = got > 0 ? write_all(to, bytes, (size_t)got) : 0;
		if (failure != 0)
			return failure;
	}
}

bool pr_file_copy(const char *from, const char *to, struct pr_error *error)
{
	char why[128];
	struct stat state;
	int source = open(from, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (source < 0)
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot read '%s': %s", from, pr_error_reason(errno, why));
	int failure = fstat(source, &state) == 0 ? 0 : errno;
	int target = failure == 0 ? open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, state.st_mode & 0777) : -1;
	if (failure == 0 && target < 0)
		failure = errno;
	if (failure == 0)
		failure = copy_bytes(source, target);
	if (failure == 0) {
		const struct timespec times[2] = {state.st_atim, state.st_mtim};
		failure = futimens(target, times) == 0 && fsync(target) == 0 ? 0 : errno;
	}
	close(source);
	if (target >= 0 && close(target) != 0 && failure == 0)
		failure = errno;
	return failure == 0 ||
	       pr_error_set(error, PR_CODE_OUTPUT, "cannot copy '%s' to '%s': %s", from, to, pr_error_reason(failure, why));
}

static bool carry_file(const char *from, const char *to, struct pr_error *error)
{
	return link(from, to) == 0 || pr_file_copy(from, to, error);
}

static bool carry(const char *from, const char *to, int depth, struct pr_error *error);

static bool carry_folder(const char *from, const char *to, int depth, struct pr_error *error)
{
	char why[128];
	DIR *folder = opendir(from);
	if (!folder)
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot list folder '%s': %s", from, pr_error_reason(errno, why));
	bool is_carried = pr_folder_make(to, error);
	while (is_carried) {
		char inner_from[PATH_BYTES], inner_to[PATH_BYTES];
		errno = 0;
		struct dirent *entry = readdir(folder);
		if (!entry && errno != 0)
			is_carried =
				pr_error_set(error, PR_CODE_OUTPUT, "cannot list folder '%s': %s", from, pr_error_reason(errno, why));
		if (!entry)
			break;
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			is_carried = join(inner_from, from, entry->d_name, error) && join(inner_to, to, entry->d_name, error) &&
			             carry(inner_from, inner_to, depth + 1, error);
	}
	closedir(folder);
	return is_carried && pr_folder_sync(to, error);
}

/* What is neither file nor folder is left behind: reports have no such thing. */
static bool carry(const char *from, const char *to, int depth, struct pr_error *error)
{
	struct stat state;
	if (depth > DEEPEST)
		return pr_error_set(
			error, PR_CODE_OUTPUT, "folder '%s' is nested too deeply; expected a report's folder", from);
	if (lstat(from, &state) != 0)
		return true;
	if (S_ISDIR(state.st_mode))
		return carry_folder(from, to, depth, error);
	return !S_ISREG(state.st_mode) || carry_file(from, to, error);
}

bool pr_stage_carry(const struct pr_stage *stage, const char *from, const char *name, struct pr_error *error)
{
	char to[PATH_BYTES], folder[PATH_BYTES];
	struct stat state;
	if (!stage->folder)
		return pr_error_set(error, PR_CODE_INTERNAL, "cannot carry '%s': its stage is not open", from);
	if (lstat(from, &state) != 0)
		return true;
	if (!join(to, stage->folder, name, error))
		return false;
	memcpy(folder, to, strlen(to) + 1);
	*strrchr(folder, '/') = '\0';
	return pr_folder_make(folder, error) && carry(from, to, 0, error) && pr_folder_sync(folder, error);
}
