/*
 * Stages. The name carries host and process, so that a sweep only takes what is really left over: on a folder shared by
 * several machines the stages of living runs elsewhere must stay.
 *
 *     .<name>.<host>.<pid>.part     a stage
 *     .<name>.<host>.<pid>.aside    the old folder, moved out of the way where the file system knows no exchange
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

#define PART ".part"
#define ASIDE ".aside"
#define HOST_BYTES 64
#define EXCHANGE 2U /* RENAME_EXCHANGE of linux/fs.h */
#define FOREIGN_AGE_S 86400
#define FIRST_NAME_SPACE "pid:[4026531836]" /* PROC_PID_INIT_INO: the machine's own */

/* Of the C library, whose headers show it only outside POSIX; renameat2 has no other way in. */
long syscall(long number, ...);

/*
 * Containers may have the machine's name, but process numbers of their own: the name space of these belongs to the name
 * then, so that nobody takes the number of a living process elsewhere for a dead one here.
 */
static void add_name_space(char out[HOST_BYTES])
{
	char link[64];
	ssize_t length = readlink("/proc/self/ns/pid", link, sizeof link - 1);
	size_t used = strlen(out);
	if (length < 0)
		return;
	link[length] = '\0';
	if (strcmp(link, FIRST_NAME_SPACE) == 0 || !pr_text_starts(link, "pid:[") || used + (size_t)length >= HOST_BYTES)
		return;
	link[length - 1] = '\0';
	snprintf(out + used, HOST_BYTES - used, "-%s", link + strlen("pid:["));
}

/* The host's name without its domain; it holds no dot, so that the stage's name can be taken apart from the right. */
static const char *host(char out[HOST_BYTES])
{
	if (gethostname(out, HOST_BYTES) != 0)
		out[0] = '\0';
	out[HOST_BYTES - 1] = '\0';
	out[strcspn(out, "./")] = '\0';
	if (out[0] == '\0')
		memcpy(out, "localhost", sizeof "localhost");
	add_name_space(out);
	return out;
}

static bool is_component(const char *name, size_t length)
{
	return length > 0 && !(length == 1 && name[0] == '.') && !(length == 2 && name[0] == '.' && name[1] == '.') &&
	       !memchr(name, '/', length);
}

bool pr_stage_open(
	struct pr_stage *stage, const char *parent, const char *name, struct pr_arena *arena, struct pr_error *error)
{
	char machine[HOST_BYTES];
	*stage = (struct pr_stage){0};
	if (!is_component(name, strlen(name)))
		return pr_error_set(error, PR_CODE_OUTPUT, "bad folder name '%s'; expected one without '/'", name);
	if (!pr_folder_make(parent, error))
		return false;
	char *folder = pr_arena_format(arena, "%s/.%s.%s.%ld" PART, parent, name, host(machine), (long)getpid());
	/* Only this process makes this name: what is there was left over by an earlier one of the same number. */
	if (!pr_folder_remove(folder, error) || !pr_folder_make(folder, error))
		return false;
	stage->folder = folder;
	stage->final = pr_arena_format(arena, "%s/%s", parent, name);
	return true;
}

/* The folders in "charts/energy.svg", below the stage. */
static bool make_inner_folders(const struct pr_stage *stage, const char *name, struct pr_error *error)
{
	char path[4096];
	const char *at = name;
	for (const char *slash = strchr(at, '/'); slash; slash = strchr(at, '/')) {
		if (!is_component(at, (size_t)(slash - at)))
			return pr_error_set(error, PR_CODE_OUTPUT, "bad file name '%s'; expected a path inside the folder", name);
		int length = snprintf(path, sizeof path, "%s/%.*s", stage->folder, (int)(slash - name), name);
		if (length < 0 || (size_t)length >= sizeof path)
			return pr_error_set(error, PR_CODE_OUTPUT, "path of '%s' is too long", name);
		if (!pr_folder_make(path, error))
			return false;
		at = slash + 1;
	}
	if (!is_component(at, strlen(at)))
		return pr_error_set(error, PR_CODE_OUTPUT, "bad file name '%s'; expected a path inside the folder", name);
	return true;
}

bool pr_stage_write(
	const struct pr_stage *stage, const char *name, const void *bytes, size_t count, struct pr_error *error)
{
	char path[4096];
	if (!stage->folder)
		return pr_error_set(error, PR_CODE_INTERNAL, "cannot write '%s': its stage is not open", name);
	if (!make_inner_folders(stage, name, error))
		return false;
	int length = snprintf(path, sizeof path, "%s/%s", stage->folder, name);
	if (length < 0 || (size_t)length >= sizeof path)
		return pr_error_set(error, PR_CODE_OUTPUT, "path of '%s' is too long", name);
	if (!pr_file_create(path, stage->folder, bytes, count, error))
		return false;
	if (!strchr(name, '/'))
		return true;
	*strrchr(path, '/') = '\0';
	return pr_folder_sync(path, error);
}

static bool sync_parent(const char *final, struct pr_error *error)
{
	char parent[4096];
	int length = snprintf(parent, sizeof parent, "%.*s", (int)(strrchr(final, '/') - final), final);
	if (length < 0 || (size_t)length >= sizeof parent)
		return pr_error_set(error, PR_CODE_OUTPUT, "path '%s' is too long", final);
	return pr_folder_sync(parent[0] ? parent : "/", error);
}

bool pr_stage_replace_aside(const char *folder, const char *final, struct pr_error *error)
{
	char aside[4096], why[128];
	size_t stem = strlen(folder) - strlen(PART);
	int length = snprintf(aside, sizeof aside, "%.*s" ASIDE, (int)stem, folder);
	if (length < 0 || (size_t)length >= sizeof aside)
		return pr_error_set(error, PR_CODE_OUTPUT, "path '%s' is too long", folder);
	if (!pr_folder_remove(aside, error))
		return false;
	if (rename(final, aside) != 0)
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot move '%s' aside: %s", final, pr_error_reason(errno, why));
	if (rename(folder, final) != 0) {
		int failure = errno;
		bool is_back = rename(aside, final) == 0;
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot put '%s' in place: %s%s%s", final,
			pr_error_reason(failure, why), is_back ? "" : "; the old folder is now ", is_back ? "" : aside);
	}
	return sync_parent(final, error) && pr_folder_remove(aside, error);
}

static bool replace(const char *folder, const char *final, struct pr_error *error)
{
	char why[128];
	if (syscall(SYS_renameat2, AT_FDCWD, folder, AT_FDCWD, final, EXCHANGE) == 0)
		return sync_parent(final, error) && pr_folder_remove(folder, error);
	if (errno == EINVAL || errno == ENOSYS || errno == ENOTSUP)
		return pr_stage_replace_aside(folder, final, error);
	return pr_error_set(error, PR_CODE_OUTPUT, "cannot put '%s' in place: %s", final, pr_error_reason(errno, why));
}

bool pr_stage_publish(struct pr_stage *stage, struct pr_error *error)
{
	char why[128];
	struct stat state;
	if (!stage->folder)
		return pr_error_set(error, PR_CODE_INTERNAL, "cannot publish a stage that is not open");
	if (!pr_folder_sync(stage->folder, error))
		return false;
	bool is_there = lstat(stage->final, &state) == 0;
	if (is_there && !S_ISDIR(state.st_mode))
		return pr_error_set(error, PR_CODE_OUTPUT,
			"cannot put '%s' in place: a file is there; expected a folder or none", stage->final);
	if (is_there) {
		if (!replace(stage->folder, stage->final, error))
			return false;
	} else {
		if (rename(stage->folder, stage->final) != 0)
			return pr_error_set(
				error, PR_CODE_OUTPUT, "cannot put '%s' in place: %s", stage->final, pr_error_reason(errno, why));
		if (!sync_parent(stage->final, error))
			return false;
	}
	stage->folder = NULL;
	return true;
}

void pr_stage_drop(struct pr_stage *stage)
{
	/* What can't be removed now, the next run's sweep takes. */
	struct pr_error ignored = {0};
	if (stage->folder && !pr_folder_remove(stage->folder, &ignored))
		pr_error_clear(&ignored);
	stage->folder = NULL;
}

/* ".<name>.<host>.<pid><suffix>" taken apart. */
struct leftover {
	char name[256], machine[256];
	long process;
	bool is_aside;
};

static bool cut_suffix(char *text, const char *suffix)
{
	size_t length = strlen(text), cut = strlen(suffix);
	if (length <= cut || strcmp(text + length - cut, suffix) != 0)
		return false;
	text[length - cut] = '\0';
	return true;
}

static bool take_apart(const char *entry, struct leftover *out)
{
	if (entry[0] != '.' || strlen(entry) >= sizeof out->name)
		return false;
	snprintf(out->name, sizeof out->name, "%s", entry + 1);
	out->is_aside = cut_suffix(out->name, ASIDE);
	if (!out->is_aside && !cut_suffix(out->name, PART))
		return false;
	char *process = strrchr(out->name, '.');
	int64_t number;
	if (!process || !pr_text_to_int64(process + 1, &number) || number <= 0 || number > INT32_MAX)
		return false;
	*process = '\0';
	out->process = (long)number;
	char *machine = strrchr(out->name, '.');
	if (!machine || machine == out->name || machine[1] == '\0')
		return false;
	snprintf(out->machine, sizeof out->machine, "%s", machine + 1);
	*machine = '\0';
	return true;
}

/* Dead, and only not waited for yet: it still answers to kill(). Where there is no /proc, nobody knows. */
static bool is_zombie(long process)
{
	char path[64], text[512];
	snprintf(path, sizeof path, "/proc/%ld/stat", process);
	FILE *file = fopen(path, "r");
	if (!file)
		return false;
	size_t count = fread(text, 1, sizeof text - 1, file);
	fclose(file);
	text[count] = '\0';
	/* "pid (name) state …": the name may hold anything. */
	const char *behind = strrchr(text, ')');
	return behind && behind[1] == ' ' && (behind[2] == 'Z' || behind[2] == 'X');
}

static bool is_gone(long process)
{
	return (kill((pid_t)process, 0) != 0 && errno == ESRCH) || is_zombie(process);
}

/*
 * Whether nobody works on it any more. Processes of other machines can't be asked: theirs count as gone a day after the
 * folder's last change, by the file server's own time (ask_time).
 */
static bool is_abandoned(const struct leftover *leftover, const struct stat *state, time_t now_s)
{
	char machine[HOST_BYTES];
	if (strcmp(leftover->machine, host(machine)) != 0)
		return now_s - state->st_mtime > FOREIGN_AGE_S;
	return leftover->process != (long)getpid() && is_gone(leftover->process);
}

static bool sweep_entry(const char *parent, const char *entry, time_t now_s, struct pr_error *error)
{
	char path[4096], final[4096], why[128];
	struct leftover leftover;
	struct stat state;
	if (!take_apart(entry, &leftover))
		return true;
	int length = snprintf(path, sizeof path, "%s/%s", parent, entry);
	int final_length = snprintf(final, sizeof final, "%s/%s", parent, leftover.name);
	if (length < 0 || (size_t)length >= sizeof path || final_length < 0 || (size_t)final_length >= sizeof final)
		return pr_error_set(error, PR_CODE_OUTPUT, "path '%s/%s' is too long", parent, entry);
	if (lstat(path, &state) != 0 || !S_ISDIR(state.st_mode) || !is_abandoned(&leftover, &state, now_s))
		return true;
	/* Killed between the two renames of an aside: the old folder is the only one there is. */
	if (leftover.is_aside && lstat(final, &state) != 0 && errno == ENOENT) {
		if (rename(path, final) != 0 && errno != ENOENT) /* another one was quicker */
			return pr_error_set(error, PR_CODE_OUTPUT, "cannot put '%s' back: %s", final, pr_error_reason(errno, why));
		return true;
	}
	return pr_folder_remove(path, error);
}

/* The file server's time: that of a file made for the purpose. */
static bool ask_time(const char *parent, time_t *now_s, struct pr_error *error)
{
	char path[4096], why[128];
	struct stat state;
	int length = snprintf(path, sizeof path, "%s/.sweep.XXXXXX", parent);
	if (length < 0 || (size_t)length >= sizeof path)
		return pr_error_set(error, PR_CODE_OUTPUT, "path '%s' is too long", parent);
	int descriptor = mkstemp(path);
	if (descriptor < 0)
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot write into folder '%s': %s; expected a writable folder",
			parent, pr_error_reason(errno, why));
	int failure = fstat(descriptor, &state) == 0 ? 0 : errno;
	close(descriptor);
	unlink(path);
	if (failure != 0)
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot use folder '%s': %s", parent, pr_error_reason(failure, why));
	*now_s = state.st_mtime;
	return true;
}

bool pr_stage_sweep(const char *parent, struct pr_error *error)
{
	char why[128];
	DIR *folder = opendir(parent);
	if (!folder && errno == ENOENT)
		return true;
	if (!folder)
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot list folder '%s': %s", parent, pr_error_reason(errno, why));
	time_t now_s = 0;
	bool is_swept = ask_time(parent, &now_s, error);
	while (is_swept) {
		errno = 0;
		struct dirent *entry = readdir(folder);
		if (!entry && errno != 0)
			is_swept =
				pr_error_set(error, PR_CODE_OUTPUT, "cannot list folder '%s': %s", parent, pr_error_reason(errno, why));
		if (!entry)
			break;
		is_swept = sweep_entry(parent, entry->d_name, now_s, error);
	}
	closedir(folder);
	return is_swept;
}
