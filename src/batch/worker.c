#include "batch/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int beat = -1;

static void become_worker(pid_t parent, int memory_limit_mib)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};

	/* Killed with its parent; where that was quicker, at once. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
		_exit(1);
	sigaction(SIGINT, &ignore, NULL);
	sigaction(SIGTERM, &ignore, NULL);
	sigaction(SIGHUP, &ignore, NULL);
	beat = -1;
	if (memory_limit_mib > 0) {
		rlim_t bytes = (rlim_t)memory_limit_mib << 20;
		struct rlimit limit = {bytes, bytes};
		if (setrlimit(RLIMIT_AS, &limit) != 0)
			_exit(1);
	}
}

bool pr_worker_fork(int memory_limit_mib, pid_t *pid, int *answer, struct pr_error *error)
{
	pid_t parent = getpid();
	int ends[2];
	char why[128];

	if (pipe(ends) != 0)
		return pr_error_set(error, PR_CODE_INTERNAL, "cannot make a pipe: %s", pr_error_reason(errno, why));
	fflush(NULL);
	*pid = fork();
	if (*pid < 0) {
		int failure = errno;
		close(ends[0]);
		close(ends[1]);
		return pr_error_set(error, PR_CODE_INTERNAL, "cannot start a worker: %s", pr_error_reason(failure, why));
	}
	close(ends[*pid == 0 ? 0 : 1]);
	*answer = ends[*pid == 0 ? 1 : 0];
	if (*pid == 0)
		become_worker(parent, memory_limit_mib);
	return true;
}

bool pr_worker_wait(pid_t pid, char *reason, size_t size)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
	}
	if (WIFSIGNALED(status))
		snprintf(reason, size, "its worker was ended by signal %d", WTERMSIG(status));
	else
		snprintf(reason, size, "its worker ended without a result, exit code %d", WEXITSTATUS(status));
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int64_t read_clock(clockid_t which)
{
	struct timespec now;

	clock_gettime(which, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t pr_clock_ms(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t pr_monotonic_ms(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

void pr_worker_set_beat(int answer)
{
	beat = answer;
}

void pr_worker_beat(void)
{
	const char sign = PR_WORKER_BEAT;

	/* One that gets lost is no harm: the next one comes. */
	if (beat >= 0 && write(beat, &sign, 1) != 1)
		return;
}
