#include "batch/lock.h"

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
/* A worker of a run that was killed holds the lock for as long as it takes to end. */
#define TRIES 20
#define WAIT_NS 100000000L

static const struct {
	const char *name;
	const char *cannot, *other; /* in the message of the second one */
} kinds[] = {
	[PR_LOCK_RUN] = {".lock", "run into", "run"},
	[PR_LOCK_MAIL] = {".mail.lock", "mail from", "mail run"},
};

const char *pr_host_name(char out[PR_HOST_BYTES])
{
	if (gethostname(out, PR_HOST_BYTES) != 0)
		out[0] = '\0';
	out[PR_HOST_BYTES - 1] = '\0';
	return out;
}

static bool is_named(const struct pr_lock *lock)
{
	struct stat opened, named;

	return fstat(lock->descriptor, &opened) == 0 && stat(lock->path, &named) == 0 && opened.st_ino == named.st_ino &&
	       opened.st_dev == named.st_dev;
}

/* Whoever held it may have removed the file between opening and locking: then it is another one's, try again. */
static bool try_once(struct pr_lock *lock)
{
	lock->descriptor = open(lock->path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (lock->descriptor < 0)
		return false;
	if (flock(lock->descriptor, LOCK_EX | LOCK_NB) == 0 && is_named(lock))
		return true;
	close(lock->descriptor);
	lock->descriptor = -1;
	errno = EWOULDBLOCK;
	return false;
}

static void write_holder(const struct pr_lock *lock, int64_t clock_ms)
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
	return text[0] ? text : "a process that does not say";
}

bool pr_lock_take(
	struct pr_lock *lock, const char *out_folder, enum pr_lock_kind kind, int64_t clock_ms, struct pr_error *error)
{
	const struct timespec wait = {.tv_nsec = WAIT_NS};
	char holder[HOLDER_BYTES], why[128];
	struct pr_error ignored = {0};
	struct stat state;
	int length = snprintf(lock->path, sizeof lock->path, "%s/%s", out_folder, kinds[kind].name);

	lock->descriptor = -1;
	if (length < 0 || (size_t)length >= sizeof lock->path)
		return pr_error_set(error, PR_CODE_OUTPUT, "path '%s' is too long", out_folder);
	if (!pr_folder_make(out_folder, &ignored))
		return true;
	for (int i = 0; i < TRIES && !try_once(lock); i++) {
		if (errno != EWOULDBLOCK)
			break;
		nanosleep(&wait, NULL);
	}
	if (lock->descriptor >= 0) {
		write_holder(lock, clock_ms);
		return true;
	}
	if (errno != EWOULDBLOCK && errno != EINTR) {
		int failure = errno;
		return lstat(lock->path, &state) != 0 ||
		       pr_error_set(error, PR_CODE_CONFIG, "cannot lock '%s': %s; expected a file that this user may write",
				   lock->path, pr_error_reason(failure, why));
	}
	return pr_error_set(error, PR_CODE_CONFIG,
		"cannot %s '%s': another %s is at work there: %s; expected one at a time", kinds[kind].cannot, out_folder,
		kinds[kind].other, read_holder(lock->path, holder));
}

void pr_lock_release(struct pr_lock *lock)
{
	if (lock->descriptor < 0)
		return;
	unlink(lock->path); /* while it is held: who opens it now finds out that it is no one's */
	close(lock->descriptor);
	lock->descriptor = -1;
}

bool pr_lock_is_held(const char *out_folder, enum pr_lock_kind kind)
{
	char path[4096];
	int length = snprintf(path, sizeof path, "%s/%s", out_folder, kinds[kind].name);
	int descriptor = length > 0 && (size_t)length < sizeof path ? open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;
	bool held;

	if (descriptor < 0)
		return false;
	held = flock(descriptor, LOCK_SH | LOCK_NB) != 0;
	close(descriptor);
	return held;
}
