#include "batch/lock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/calendar.h"
#include "base/file.h"

#define HOLDER_BYTES 256
/* A worker of a run that was killed holds the lock for as long as it takes to end; who asks holds it for a moment. */
#define TRIES 20
#define WAIT_TRIES 300
#define WAIT_NS 100000000L
#define LOCK_NAME ".lock"
#define SHARD_HEAD ".lock-"
#define MAIL_NAME ".mail.lock"

const struct pr_lock pr_lock_free = {{-1, ""}, {-1, ""}};

const char *pr_host_name(char out[PR_HOST_BYTES])
{
	if (gethostname(out, PR_HOST_BYTES) != 0)
		out[0] = '\0';
	out[PR_HOST_BYTES - 1] = '\0';
	return out;
}

/* --- one file ------------------------------------------------------------------------------------------------------ */

static bool is_named(const struct pr_lock_file *lock)
{
	struct stat opened, named;

	return fstat(lock->descriptor, &opened) == 0 && stat(lock->path, &named) == 0 && opened.st_ino == named.st_ino &&
	       opened.st_dev == named.st_dev;
}

/* Whoever held it may have removed the file between opening and locking: then it is another one's, try again. */
static bool try_once(struct pr_lock_file *lock, int how)
{
	lock->descriptor = open(lock->path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (lock->descriptor < 0)
		return false;
	if (flock(lock->descriptor, how | LOCK_NB) == 0 && is_named(lock))
		return true;
	close(lock->descriptor);
	lock->descriptor = -1;
	errno = EWOULDBLOCK;
	return false;
}

static bool try_for_a_while(struct pr_lock_file *lock, int how, int tries)
{
	const struct timespec wait = {.tv_nsec = WAIT_NS};

	for (int i = 0; i < tries && !try_once(lock, how); i++) {
		if (errno != EWOULDBLOCK)
			break;
		nanosleep(&wait, NULL);
	}
	return lock->descriptor >= 0;
}

void pr_lock_file_release(struct pr_lock_file *lock)
{
	if (lock->descriptor < 0)
		return;
	/* While nobody else holds it: who opens it now finds out that it is no one's. */
	if (flock(lock->descriptor, LOCK_EX | LOCK_NB) == 0)
		unlink(lock->path);
	close(lock->descriptor);
	lock->descriptor = -1;
}

static bool set_path(struct pr_lock_file *lock, const char *folder, const char *name)
{
	int length = snprintf(lock->path, sizeof lock->path, "%s/%s", folder, name);

	lock->descriptor = -1;
	return length >= 0 && (size_t)length < sizeof lock->path;
}

/* By anybody who keeps others from looking on. */
static bool is_held(const char *path)
{
	int descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	bool held;

	if (descriptor < 0)
		return false;
	held = flock(descriptor, LOCK_SH | LOCK_NB) != 0;
	close(descriptor);
	return held;
}

/* --- who it is ----------------------------------------------------------------------------------------------------- */

static void write_holder(const struct pr_lock_file *lock, int64_t clock_ms)
{
	char text[HOLDER_BYTES], since[40], host[PR_HOST_BYTES];
	int length = snprintf(text, sizeof text, "process %ld on %s since %s\n", (long)getpid(), pr_host_name(host),
		pr_time_iso(clock_ms - clock_ms % 1000, NULL, since));

	/* For people alone: a full disk takes the words, not the lock. */
	if (ftruncate(lock->descriptor, 0) != 0 || write(lock->descriptor, text, (size_t)length) != length)
		return;
}

static const char *read_holder(const char *path, char text[HOLDER_BYTES])
{
	int descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t count = descriptor < 0 ? 0 : read(descriptor, text, HOLDER_BYTES - 1);

	if (descriptor >= 0)
		close(descriptor);
	text[count > 0 ? count : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	if (!text[0])
		snprintf(text, HOLDER_BYTES, "a process that does not say");
	return text;
}

/* A shard at work, but not of `but` shards (0 = of any split). */
static bool find_shard(const char *out_folder, int but, struct pr_shard *found, char holder[HOLDER_BYTES])
{
	struct pr_lock_file lock = pr_lock_free.folder;
	struct dirent *entry;
	bool held = false;
	DIR *directory = opendir(out_folder);

	while (directory && !held && (entry = readdir(directory)) != NULL) {
		held = pr_shard_of_name(entry->d_name, SHARD_HEAD, "", found) && found->count != but &&
		       set_path(&lock, out_folder, entry->d_name) && is_held(lock.path);
		if (held)
			read_holder(lock.path, holder);
	}
	if (directory)
		closedir(directory);
	return held;
}

/* --- all of it ----------------------------------------------------------------------------------------------------- */

/* Not locked, and not because of another one. A folder in which nothing can be made is none of our business. */
static bool refuse_file(const struct pr_lock_file *lock, int failure, struct pr_error *error)
{
	struct stat state;
	char why[128];

	return lstat(lock->path, &state) != 0 ||
	       pr_error_set(error, PR_CODE_CONFIG, "cannot lock '%s': %s; expected a file that this user may write",
			   lock->path, pr_error_reason(failure, why));
}

static bool refuse_folder(const char *out_folder, const char *path, struct pr_error *error)
{
	char holder[HOLDER_BYTES];
	struct pr_shard shard;

	if (find_shard(out_folder, 0, &shard, holder))
		return pr_error_set(error, PR_CODE_CONFIG,
			"cannot run into '%s': shard %d/%d is at work there: %s; expected one run at a time, or shards of one "
			"number",
			out_folder, shard.index, shard.count, holder);
	return pr_error_set(error, PR_CODE_CONFIG,
		"cannot run into '%s': another run is at work there: %s; expected one at a time", out_folder,
		read_holder(path, holder));
}

static bool take_folder(
	struct pr_lock *lock, const char *out_folder, bool alone, int64_t clock_ms, struct pr_error *error)
{
	if (try_for_a_while(&lock->folder, alone ? LOCK_EX : LOCK_SH, TRIES)) {
		if (alone)
			write_holder(&lock->folder, clock_ms);
		return true;
	}
	if (errno != EWOULDBLOCK && errno != EINTR)
		return refuse_file(&lock->folder, errno, error);
	return refuse_folder(out_folder, lock->folder.path, error);
}

static bool take_shard(
	struct pr_lock *lock, const char *out_folder, struct pr_shard shard, int64_t clock_ms, struct pr_error *error)
{
	struct pr_shard other;
	char holder[HOLDER_BYTES];

	if (!try_for_a_while(&lock->shard, LOCK_EX, TRIES)) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return refuse_file(&lock->shard, errno, error);
		return pr_error_set(error, PR_CODE_CONFIG,
			"cannot run into '%s': shard %d/%d is at work there: %s; expected each shard once", out_folder, shard.index,
			shard.count, read_holder(lock->shard.path, holder));
	}
	write_holder(&lock->shard, clock_ms);
	/* Each split looks for the others when it is seen itself: of two that begin at once, one at least gives way. */
	if (!find_shard(out_folder, shard.count, &other, holder))
		return true;
	return pr_error_set(error, PR_CODE_CONFIG,
		"cannot run into '%s' with %d shards: shard %d/%d is at work there: %s; expected shards of one number",
		out_folder, shard.count, other.index, other.count, holder);
}

bool pr_lock_take(
	struct pr_lock *lock, const char *out_folder, struct pr_shard shard, int64_t clock_ms, struct pr_error *error)
{
	struct pr_error ignored = {0};
	char name[64];

	*lock = pr_lock_free;
	snprintf(name, sizeof name, SHARD_HEAD "%d-of-%d", shard.index, shard.count);
	if (!set_path(&lock->folder, out_folder, LOCK_NAME) || !set_path(&lock->shard, out_folder, name))
		return pr_error_set(error, PR_CODE_OUTPUT, "path '%s' is too long", out_folder);
	if (!pr_folder_make(out_folder, &ignored))
		return true;
	if (take_folder(lock, out_folder, shard.count == 0, clock_ms, error) &&
		(shard.count == 0 || take_shard(lock, out_folder, shard, clock_ms, error)))
		return true;
	pr_lock_release(lock);
	return false;
}

void pr_lock_release(struct pr_lock *lock)
{
	pr_lock_file_release(&lock->shard);
	pr_lock_file_release(&lock->folder);
}

bool pr_lock_is_held(const char *out_folder, struct pr_shard shard)
{
	struct pr_lock_file lock = pr_lock_free.folder;
	char name[64] = LOCK_NAME;

	if (shard.count > 0)
		snprintf(name, sizeof name, SHARD_HEAD "%d-of-%d", shard.index, shard.count);
	return set_path(&lock, out_folder, name) && is_held(lock.path);
}

bool pr_lock_take_mail(struct pr_lock_file *lock, const char *out_folder, int64_t clock_ms, struct pr_error *error)
{
	struct pr_error ignored = {0};
	char holder[HOLDER_BYTES];

	if (!set_path(lock, out_folder, MAIL_NAME))
		return pr_error_set(error, PR_CODE_OUTPUT, "path '%s' is too long", out_folder);
	if (!pr_folder_make(out_folder, &ignored))
		return true;
	if (try_for_a_while(lock, LOCK_EX, TRIES)) {
		write_holder(lock, clock_ms);
		return true;
	}
	if (errno != EWOULDBLOCK && errno != EINTR)
		return refuse_file(lock, errno, error);
	return pr_error_set(error, PR_CODE_CONFIG,
		"cannot mail from '%s': another mail run is at work there: %s; expected one at a time", out_folder,
		read_holder(lock->path, holder));
}

bool pr_lock_is_held_by_mail(const char *out_folder)
{
	struct pr_lock_file lock = pr_lock_free.folder;

	return set_path(&lock, out_folder, MAIL_NAME) && is_held(lock.path);
}

void pr_lock_wait(struct pr_lock_file *lock, const char *out_folder, const char *name)
{
	char file[64];
	int length = snprintf(file, sizeof file, SHARD_HEAD "%s", name);

	lock->descriptor = -1;
	if (length < 0 || (size_t)length >= sizeof file || !set_path(lock, out_folder, file) ||
		!try_for_a_while(lock, LOCK_EX, WAIT_TRIES))
		lock->descriptor = -1;
}
