#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/text.h"

#define READ_STEP_BYTES ((size_t)64 * 1024)
#define SECRET_BYTES ((size_t)4096)
#define PATH_BYTES ((size_t)4096)
#define FOLDER_DEPTH 64

/* The system's words for an errno, lower case as all texts here. */
static const char *reason(int code, char out[128])
{
	if (strerror_r(code, out, 128) != 0)
		snprintf(out, 128, "error %d", code);
	if (out[0] >= 'A' && out[0] <= 'Z')
		out[0] = (char)(out[0] - 'A' + 'a');
	return out;
}

/* The folder that holds `path`, without its last component. */
static bool parent_of(const char *path, char out[PATH_BYTES], struct pr_error *error)
{
	size_t length = strlen(path);
	if (length == 0)
		return pr_error_set(error, PR_CODE_OUTPUT, "empty path; expected a file or folder name");
	if (length >= PATH_BYTES)
		return pr_error_set(error, PR_CODE_OUTPUT, "path of %zu bytes; expected at most %zu", length, PATH_BYTES - 1);
	while (length > 0 && path[length - 1] == '/')
		length--;
	while (length > 0 && path[length - 1] != '/')
		length--;
	while (length > 1 && path[length - 1] == '/')
		length--;
	if (length == 0) {
		memcpy(out, ".", 2);
		return true;
	}
	memcpy(out, path, length);
	out[length] = '\0';
	return true;
}

static bool read_all(int descriptor, const char *path, size_t cap_bytes, struct pr_arena *arena, char **bytes,
	size_t *count, struct pr_error *error)
{
	struct stat state;
	char why[128];
	if (fstat(descriptor, &state) != 0)
		return pr_error_set(error, PR_CODE_CONFIG, "cannot read '%s': %s", path, reason(errno, why));
	if (S_ISDIR(state.st_mode))
		return pr_error_set(error, PR_CODE_CONFIG, "cannot read '%s': it is a folder; expected a file", path);
	size_t capacity = S_ISREG(state.st_mode) && state.st_size > 0 ? (size_t)state.st_size + 1 : READ_STEP_BYTES;
	if (S_ISREG(state.st_mode) && (uintmax_t)state.st_size > cap_bytes)
		return pr_error_set(error, PR_CODE_CONFIG, "'%s' has %jd bytes; expected at most %zu", path,
			(intmax_t)state.st_size, cap_bytes);
	char *buffer = pr_arena_alloc(arena, capacity);
	size_t used = 0;
	for (;;) {
		if (used + 1 >= capacity) {
			size_t larger = capacity + (capacity > READ_STEP_BYTES ? capacity : READ_STEP_BYTES);
			char probe;
			ssize_t got = read(descriptor, &probe, 1);
			if (got == 0)
				break;
			if (got > 0) {
				buffer = pr_arena_grow(arena, buffer, used, larger, 1);
				capacity = larger;
				buffer[used++] = probe;
			} else if (errno != EINTR) {
				return pr_error_set(error, PR_CODE_CONFIG, "cannot read '%s': %s", path, reason(errno, why));
			}
			continue;
		}
		ssize_t got = read(descriptor, buffer + used, capacity - 1 - used);
		if (got == 0)
			break;
		if (got < 0 && errno != EINTR)
			return pr_error_set(error, PR_CODE_CONFIG, "cannot read '%s': %s", path, reason(errno, why));
		used += got > 0 ? (size_t)got : 0;
		if (used > cap_bytes)
			return pr_error_set(error, PR_CODE_CONFIG, "'%s' has over %zu bytes; expected at most that", path,
				cap_bytes);
	}
	buffer[used] = '\0';
	*bytes = buffer;
	*count = used;
	return true;
}

bool pr_file_read(const char *path, size_t cap_bytes, struct pr_arena *arena, char **bytes, size_t *count,
	struct pr_error *error)
{
	char why[128];
	int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0)
		return pr_error_set(error, PR_CODE_CONFIG, "cannot read '%s': %s", path, reason(errno, why));
	bool is_read = read_all(descriptor, path, cap_bytes, arena, bytes, count, error);
	close(descriptor);
	return is_read;
}

