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
		return pr_error_set(error, PR_CODE_CONFIG, "cannot read '%s': %s", path, pr_error_reason(errno, why));
	if (S_ISDIR(state.st_mode))
		return pr_error_set(error, PR_CODE_CONFIG, "cannot read '%s': it is a folder; expected a file", path);
	bool has_size = S_ISREG(state.st_mode) && state.st_size > 0;
	if (has_size && (uintmax_t)state.st_size > cap_bytes)
		return pr_error_set(error, PR_CODE_CONFIG, "'%s' has %jd bytes; expected at most %zu", path,
			(intmax_t)state.st_size, cap_bytes);
	/* One byte for the terminator, one so that the end is seen without growing. */
	size_t capacity = has_size ? (size_t)state.st_size + 2 : READ_STEP_BYTES;
	char *buffer = pr_arena_alloc(arena, capacity);
	size_t used = 0;
	for (;;) {
		if (used + 1 >= capacity) {
			buffer = pr_arena_grow(arena, buffer, used, capacity * 2, 1);
			capacity *= 2;
		}
		ssize_t got = read(descriptor, buffer + used, capacity - 1 - used);
		if (got == 0)
			break;
		if (got < 0 && errno != EINTR)
			return pr_error_set(error, PR_CODE_CONFIG, "cannot read '%s': %s", path, pr_error_reason(errno, why));
		used += got > 0 ? (size_t)got : 0;
		if (used > cap_bytes)
			return pr_error_set(error, PR_CODE_CONFIG, "'%s' is too long; expected at most %zu bytes", path, cap_bytes);
	}
	buffer[used] = '\0';
	*bytes = buffer;
	*count = used;
	return true;
}

bool pr_file_read(
	const char *path, size_t cap_bytes, struct pr_arena *arena, char **bytes, size_t *count, struct pr_error *error)
{
	char why[128];
	int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0)
		return pr_error_set(error, PR_CODE_CONFIG, "cannot read '%s': %s", path, pr_error_reason(errno, why));
	bool is_read = read_all(descriptor, path, cap_bytes, arena, bytes, count, error);
	close(descriptor);
	return is_read;
}

/* The folder is the one that a message about room names. */
static bool refuse_write(const struct pr_file_writer *writer, int failure, struct pr_error *error)
{
	char why[128];
	if (failure == ENOSPC || failure == EDQUOT)
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot write '%s': %s; expected room in folder '%s'", writer->path,
			pr_error_reason(failure, why), writer->folder);
	return pr_error_set(error, PR_CODE_OUTPUT, "cannot write '%s': %s", writer->path, pr_error_reason(failure, why));
}

bool pr_file_begin(struct pr_file_writer *writer, const char *path, const char *folder, struct pr_error *error)
{
	char why[128];
	*writer = (struct pr_file_writer){.path = path, .folder = folder};
	writer->descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (writer->descriptor >= 0)
		return true;
	return pr_error_set(error, PR_CODE_OUTPUT, "cannot write '%s': %s; expected a writable folder with room", path,
		pr_error_reason(errno, why));
}

bool pr_file_put(struct pr_file_writer *writer, const void *bytes, size_t count, struct pr_error *error)
{
	const char *at = bytes;
	while (count > 0) {
		ssize_t put = write(writer->descriptor, at, count);
		if (put < 0 && errno != EINTR)
			return refuse_write(writer, errno, error);
		if (put > 0) {
			at += put;
			count -= (size_t)put;
		}
	}
	return true;
}

bool pr_file_end(struct pr_file_writer *writer, bool good, struct pr_error *error)
{
	int failure = 0;
	if (good && fsync(writer->descriptor) != 0)
		failure = errno;
	if (close(writer->descriptor) != 0 && failure == 0)
		failure = errno;
	writer->descriptor = -1;
	if (!good)
		return false;
	return failure == 0 || refuse_write(writer, failure, error);
}

bool pr_file_create(const char *path, const char *folder, const void *bytes, size_t count, struct pr_error *error)
{
	struct pr_file_writer writer;
	return pr_file_begin(&writer, path, folder, error) &&
	       pr_file_end(&writer, pr_file_put(&writer, bytes, count, error), error);
}

bool pr_folder_sync(const char *path, struct pr_error *error)
{
	char why[128];
	int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (descriptor < 0)
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot open folder '%s': %s", path, pr_error_reason(errno, why));
	int failure = fsync(descriptor) == 0 ? 0 : errno;
	close(descriptor);
	/* Some network file systems know no fsync of a folder. */
	if (failure != 0 && failure != EINVAL && failure != ENOTSUP)
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot sync folder '%s': %s", path, pr_error_reason(failure, why));
	return true;
}

bool pr_file_write(const char *path, const void *bytes, size_t count, struct pr_error *error)
{
	char folder[PATH_BYTES], temporary[PATH_BYTES], why[128];
	if (!parent_of(path, folder, error))
		return false;
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	if (*name == '\0')
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot write '%s': it names a folder; expected a file", path);
	int length = snprintf(temporary, sizeof temporary, "%s/.%s.%ld.tmp", folder, name, (long)getpid());
	if (length < 0 || (size_t)length >= sizeof temporary)
		return pr_error_set(error, PR_CODE_OUTPUT, "path '%s' is too long", path);
	if (!pr_file_create(temporary, folder, bytes, count, error)) {
		unlink(temporary);
		return false;
	}
	if (rename(temporary, path) != 0) {
		int failure = errno;
		unlink(temporary);
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot put '%s' in place: %s", path, pr_error_reason(failure, why));
	}
	return pr_folder_sync(folder, error);
}

static bool make_one(const char *path, struct pr_error *error)
{
	char why[128];
	if (mkdir(path, 0777) == 0)
		return true;
	int failure = errno;
	struct stat state;
	if (failure == EEXIST && stat(path, &state) == 0) {
		if (S_ISDIR(state.st_mode))
			return true;
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot make '%s': a file is in its place; expected a folder", path);
	}
	if (failure == ENOSPC || failure == EDQUOT)
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot make '%s': %s; expected a folder with room", path,
			pr_error_reason(failure, why));
	return pr_error_set(
		error, PR_CODE_OUTPUT, "cannot make '%s': %s; expected a writable folder", path, pr_error_reason(failure, why));
}

static bool is_folder(const char *path)
{
	struct stat state;
	return stat(path, &state) == 0 && S_ISDIR(state.st_mode);
}

bool pr_folder_make(const char *path, struct pr_error *error)
{
	char partial[PATH_BYTES];
	size_t length = strlen(path);
	if (length == 0 || length >= sizeof partial)
		return pr_error_set(
			error, PR_CODE_OUTPUT, "folder name of %zu bytes; expected 1 to %zu", length, sizeof partial - 1);
	for (size_t i = 1; i <= length; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(partial, path, i);
		partial[i] = '\0';
		/* A parent that is there may lie on a file system where mkdir answers EROFS rather than EEXIST. */
		if (!is_folder(partial) && !make_one(partial, error))
			return false;
	}
	return true;
}

static bool remove_contents(int descriptor, const char *path, int depth, struct pr_error *error);

/* One entry of the open folder `parent`. Recursion ends at FOLDER_DEPTH. */
/* NOLINTNEXTLINE(misc-no-recursion) */
static bool remove_entry(int parent, const char *name, const char *path, int depth, struct pr_error *error)
{
	char why[128];
	if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
		return true;
	int failure = errno;
	/* EISDIR on Linux, EPERM by POSIX. */
	if (failure == EISDIR || failure == EPERM) {
		int child = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (child < 0 && errno == ENOENT)
			return true;
		if (child >= 0) {
			if (!remove_contents(child, path, depth + 1, error))
				return false;
			if (unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
				return true;
			failure = errno;
		}
	}
	return pr_error_set(
		error, PR_CODE_OUTPUT, "cannot remove '%s' in folder '%s': %s", name, path, pr_error_reason(failure, why));
}

/* Takes the descriptor in any case. */
/* NOLINTNEXTLINE(misc-no-recursion) */
static bool remove_contents(int descriptor, const char *path, int depth, struct pr_error *error)
{
	char why[128];
	DIR *folder = depth > FOLDER_DEPTH ? NULL : fdopendir(descriptor);
	if (!folder) {
		int failure = depth > FOLDER_DEPTH ? ELOOP : errno;
		close(descriptor);
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot list folder '%s': %s", path, pr_error_reason(failure, why));
	}
	bool is_removed = true;
	for (;;) {
		errno = 0;
		struct dirent *entry = readdir(folder);
		if (!entry) {
			if (errno != 0)
				is_removed = pr_error_set(
					error, PR_CODE_OUTPUT, "cannot list folder '%s': %s", path, pr_error_reason(errno, why));
			break;
		}
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (!remove_entry(dirfd(folder), entry->d_name, path, depth, error)) {
			is_removed = false;
			break;
		}
	}
	closedir(folder);
	return is_removed;
}

/* Another process may remove the same one meanwhile (two workers that sweep): what is gone is gone. */
bool pr_folder_remove(const char *path, struct pr_error *error)
{
	char why[128];
	struct stat state;
	if (lstat(path, &state) != 0) {
		if (errno == ENOENT)
			return true;
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot remove folder '%s': %s", path, pr_error_reason(errno, why));
	}
	if (!S_ISDIR(state.st_mode))
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot remove '%s': it is no folder", path);
	int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (descriptor < 0 && errno == ENOENT)
		return true;
	if (descriptor < 0)
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot remove folder '%s': %s", path, pr_error_reason(errno, why));
	if (!remove_contents(descriptor, path, 0, error))
		return false;
	if (rmdir(path) != 0 && errno != ENOENT)
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot remove folder '%s': %s", path, pr_error_reason(errno, why));
	return true;
}

bool pr_folder_check_room(const char *folder, uint64_t bytes, struct pr_error *error)
{
	char why[128];
	struct stat state;
	if (stat(folder, &state) != 0)
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot use folder '%s': %s; expected a writable folder", folder,
			pr_error_reason(errno, why));
	if (!S_ISDIR(state.st_mode))
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot use '%s': it is a file; expected a writable folder", folder);
	if (access(folder, W_OK | X_OK) != 0)
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot write into folder '%s': %s; expected a writable folder",
			folder, pr_error_reason(errno, why));
	struct statvfs room;
	if (statvfs(folder, &room) != 0)
		return pr_error_set(
			error, PR_CODE_OUTPUT, "cannot tell the room in folder '%s': %s", folder, pr_error_reason(errno, why));
	uint64_t unit = room.f_frsize > 0 ? room.f_frsize : 1;
	uint64_t blocks = bytes / unit + (bytes % unit != 0);
	if (room.f_bavail < blocks)
		return pr_error_set(error, PR_CODE_OUTPUT, "folder '%s' has %ju KiB free; expected %ju", folder,
			(uintmax_t)((uint64_t)room.f_bavail * unit / 1024), (uintmax_t)(bytes / 1024 + (bytes % 1024 != 0)));
	return true;
}

static bool check_secret(int descriptor, const char *path, struct pr_error *error)
{
	char why[128];
	struct stat state;
	if (fstat(descriptor, &state) != 0)
		return pr_error_set(
			error, PR_CODE_CONFIG, "cannot read secret file '%s': %s", path, pr_error_reason(errno, why));
	if (!S_ISREG(state.st_mode))
		return pr_error_set(error, PR_CODE_CONFIG, "secret file '%s' is no regular file", path);
	if ((state.st_mode & 07177) != 0)
		return pr_error_set(error, PR_CODE_CONFIG, "secret file '%s' has mode %04o; expected 0600 or stricter", path,
			(unsigned)(state.st_mode & 07777));
	if (state.st_uid != geteuid())
		return pr_error_set(error, PR_CODE_CONFIG, "secret file '%s' belongs to user %lu; expected %lu", path,
			(unsigned long)state.st_uid, (unsigned long)geteuid());
	return true;
}

bool pr_file_read_secret(const char *path, struct pr_arena *arena, char **secret, struct pr_error *error)
{
	char why[128];
	/* Without O_NONBLOCK a named pipe in its place would hang the night's run. */
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (descriptor < 0)
		return pr_error_set(
			error, PR_CODE_CONFIG, "cannot read secret file '%s': %s", path, pr_error_reason(errno, why));
	char *bytes = NULL;
	size_t count = 0;
	bool is_read =
		check_secret(descriptor, path, error) && read_all(descriptor, path, SECRET_BYTES, arena, &bytes, &count, error);
	close(descriptor);
	if (!is_read || !bytes)
		return false;
	bytes[strcspn(bytes, "\n")] = '\0';
	*secret = pr_text_trim(bytes);
	if (**secret == '\0')
		return pr_error_set(error, PR_CODE_CONFIG, "secret file '%s' has an empty first line", path);
	return true;
}
