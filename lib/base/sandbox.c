/* see sandbox.h
 *
 * The question lies in memory that both see and the child may only read; what
 * goes through the socket is its length.  The answer comes through the socket:
 * its length (with a byte for the status), the status, the bytes. */
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/sandbox.h"
#include "lib/base/sandbox_lock.h"
#include "lib/base/secret.h"

#define SOCKET 0 /* the child's, and its only descriptor */
#define SIZE_MOST ((size_t)1 << 30)
#define HEAD 5 /* bytes before an answer: length, status */

struct sandbox {
	const struct sandbox_job *job;
	uint8_t *desk;	/* ask_max bytes, shared */
	uint8_t *paper; /* the last answer: answer_max bytes */
	pid_t child;	/* 0: there is none */
	int socket;	/* ours; -1: none */
	bool asked;
	int64_t until_ms; /* by clock_steady; while asked */
};

/* ---- the child ---- */

static void
child_write(const void *data, size_t len)
{
	const uint8_t *p = data;
	ssize_t n;

	while (len > 0) {
		if ((n = write(SOCKET, p, len)) <= 0)
			_exit(0); /* nobody is there any more */
		p += n;
		len -= (size_t)n;
	}
}

static void
child_says(enum status rc, const void *data, size_t len)
{
	const uint32_t rest = (uint32_t)len + 1;
	uint8_t head[HEAD] = { (uint8_t)(rest >> 24), (uint8_t)(rest >> 16),
		(uint8_t)(rest >> 8), (uint8_t)rest, (uint8_t)rc };

	child_write(head, sizeof(head));
	child_write(data, len);
}

static void
child_says_why(enum status rc, const struct diag *d)
{
	child_says(rc, d->text, strnlen(d->text, SANDBOX_TEXT_MAX));
}

/* All that was inherited goes: handlers, descriptors, the desk's other side;
 * and the terminal, whose interrupt is meant for the parent. */
static enum status
child_alone(const struct sandbox *s, pid_t parent, int socket, struct diag *d)
{
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 ||
	    getppid() != parent)
		_exit(0);
	/* first of all what it says why through */
	if ((socket != SOCKET && dup2(socket, SOCKET) != SOCKET) ||
	    setsid() < 0 ||
	    mprotect(s->desk, s->job->ask_max, PROT_READ) != 0 ||
	    close_range(SOCKET + 1, ~0U, 0) != 0)
		return diag_set(d, ST_SYSTEM, "a child cannot be set apart: "
		    "%s", strerror(errno));
	return ST_OK;
}

static enum status
child_ready(const struct sandbox *s, void **self, struct diag *d)
{
	enum status rc;

	TRY(sandbox_lock_load(d));
	if (s->job->warm != NULL)
		TRY(s->job->warm(self, d));
	/* what a library left open */
	close_range(SOCKET + 1, ~0U, 0);
	TRY(sandbox_lock_limits(s->job->memory, d));
	TRY(sandbox_lock_files(d));
	TRY(sandbox_lock_calls(d));
out:
	return rc;
}

static void
child_serve(const struct sandbox *s, void *self, uint8_t *out)
{
	struct diag d = { 0 };
	uint32_t len;
	size_t n;
	enum status rc;

	while (read(SOCKET, &len, sizeof(len)) == (ssize_t)sizeof(len)) {
		diag_clear(&d);
		n = 0;
		rc = s->job->answer(self, s->desk, len, out, &n, &d);
		if (rc == ST_OK)
			child_says(rc, out, n);
		else
			child_says_why(rc, &d);
	}
}

static _Noreturn void
child_main(const struct sandbox *s, pid_t parent, int socket)
{
	struct diag d = { 0 };
	void *self = NULL;
	uint8_t *out = NULL;
	enum status rc;

	TRY(child_alone(s, parent, socket, &d));
	if ((out = malloc(s->job->answer_max)) == NULL)
		FAIL(&d, ST_SYSTEM, "out of memory");
	TRY(child_ready(s, &self, &d));
	child_says(ST_OK, "", 0);
	child_serve(s, self, out);
out:
	if (rc != ST_OK)
		child_says_why(rc, &d);
	/* nothing of the parent's is flushed or undone here */
	_exit(0);
}

/* ---- the parent ---- */

/* The child, if there is one, is no more; how it ended. */
static int
bury(struct sandbox *s)
{
	int how = 0;

	if (s->child > 0) {
		kill(s->child, SIGKILL);
		while (waitpid(s->child, &how, 0) < 0 && errno == EINTR)
			continue;
	}
	if (s->socket >= 0)
		close(s->socket);
	s->child = 0;
	s->socket = -1;
	s->asked = false;
	return how;
}

/* The socket is at its end: say how the child came to its own. */
static enum status
tell_end(struct sandbox *s, struct diag *d)
{
	const char *name = s->job->name;
	siginfo_t unused;
	int how;

	/* it closed its side: leave it the moment that its end takes */
	while (waitid(P_PID, (id_t)s->child, &unused, WEXITED | WNOWAIT) < 0 &&
	    errno == EINTR)
		continue;
	how = bury(s);
	if (!WIFSIGNALED(how))
		return diag_set(d, ST_FORMAT, "the %s ended without an answer",
		    name);
	if (WTERMSIG(how) == SIGSYS)
		return diag_set(d, ST_FORMAT, "the %s made a call that is "
		    "forbidden to it, and was stopped", name);
	if (WTERMSIG(how) == SIGXCPU)
		return diag_set(d, ST_FORMAT, "the %s took more than %u s of "
		    "processor time, and was stopped", name, s->job->cpu_s);
	return diag_set(d, ST_FORMAT, "the %s ended by signal %d", name,
	    WTERMSIG(how));
}

/* ${len} bytes from the child, in time, or it is no more. */
static enum status
hear(struct sandbox *s, void *buf, size_t len, struct diag *d)
{
	struct pollfd p = { s->socket, POLLIN, 0 };
	uint8_t *to = buf;
	ssize_t n;
	int left;

	while (len > 0) {
		left = sandbox_left_ms(s);
		if (poll(&p, 1, left) < 0 && errno != EINTR)
			return diag_set(d, ST_SYSTEM, "poll: %s",
			    strerror(errno));
		n = recv(s->socket, to, len, MSG_DONTWAIT);
		if (n == 0 || (n < 0 && errno == ECONNRESET))
			return tell_end(s, d);
		if (n > 0) {
			to += n;
			len -= (size_t)n;
		} else if (left == 0) {
			bury(s);
			return diag_set(d, ST_FORMAT, "the %s gave no answer "
			    "within %u ms, and was stopped", s->job->name,
			    s->job->wait_ms);
		}
	}
	return ST_OK;
}

/* What it says when it refuses; what else it says is none of its answers. */
static enum status
hear_refusal(struct sandbox *s, uint8_t code, size_t len, struct diag *d)
{
	char text[SANDBOX_TEXT_MAX + 1] = { 0 };
	enum status rc;

	if (len == 0 || len > SANDBOX_TEXT_MAX ||
	    (code != ST_FORMAT && code != ST_POLICY && code != ST_SYSTEM)) {
		bury(s);
		FAIL(d, ST_FORMAT, "the %s refused in a way that is none, and "
		    "was stopped", s->job->name);
	}
	TRY(hear(s, text, len, d));
	rc = diag_set(d, (enum status)code, "%s", text);
out:
	return rc;
}

static enum status
hear_answer(struct sandbox *s, size_t *len, struct diag *d)
{
	uint8_t head[HEAD];
	uint32_t rest;
	enum status rc;

	TRY(hear(s, head, sizeof(head), d));
	rest = (uint32_t)head[0] << 24 | (uint32_t)head[1] << 16 |
	    (uint32_t)head[2] << 8 | head[3];
	if (rest == 0 || rest - 1 > s->job->answer_max) {
		bury(s);
		FAIL(d, ST_FORMAT, "the %s began an answer of %u bytes, at "
		    "most are %zu, and was stopped", s->job->name, rest,
		    s->job->answer_max + 1);
	}
	*len = rest - 1;
	if (head[4] != ST_OK)
		TRY(hear_refusal(s, head[4], *len, d));
	TRY(hear(s, s->paper, *len, d));
out:
	s->asked = false;
	return rc;
}

static void
wait_from_now(struct sandbox *s)
{
	s->asked = true;
	s->until_ms = clock_steady() + s->job->wait_ms;
}

static enum status
bear(struct sandbox *s, struct diag *d)
{
	const pid_t self = getpid();
	int pair[2];
	size_t len;
	enum status rc;

	if (secret_alive() > 0)
		return diag_set(d, ST_BUG, "a secret is in memory: no %s is "
		    "started beside it", s->job->name);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return diag_set(d, ST_SYSTEM, "no socket for a %s: %s",
		    s->job->name, strerror(errno));
	s->socket = pair[0];
	/* ignored, it would end unseen, and its number be another's */
	signal(SIGCHLD, SIG_DFL);
	if ((s->child = fork()) == 0)
		child_main(s, self, pair[1]);
	close(pair[1]);
	if (s->child < 0) {
		s->child = 0;
		bury(s);
		FAIL(d, ST_SYSTEM, "no process for a %s: %s", s->job->name,
		    strerror(errno));
	}
	/* its first word is that it is locked in, or why it cannot be */
	wait_from_now(s);
	if ((rc = hear_answer(s, &len, d)) != ST_OK) {
		bury(s);
		diag_prefix(d, "%s", s->job->name);
		rc = ST_SYSTEM;
	}
out:
	return rc;
}

enum status
sandbox_start(const struct sandbox_job *job, struct sandbox **out,
    struct diag *d)
{
	struct sandbox *s = NULL;
	enum status rc;

	*out = NULL;
	if (job->ask_max == 0 || job->ask_max > SIZE_MOST ||
	    job->answer_max == 0 || job->answer_max > SIZE_MOST)
		FAIL(d, ST_BUG, "%s: sizes without a bound", job->name);
	if ((s = calloc(1, sizeof(*s))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	s->job = job;
	s->socket = -1;
	s->desk = mmap(NULL, job->ask_max, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s->desk == MAP_FAILED) {
		s->desk = NULL;
		FAIL(d, ST_SYSTEM, "out of memory");
	}
	if ((s->paper = malloc(job->answer_max)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(bear(s, d));

	*out = s;
	s = NULL;
	rc = ST_OK;
out:
	sandbox_free(s);
	return rc;
}

uint8_t *
sandbox_desk(struct sandbox *s)
{
	return s->desk;
}

int
sandbox_fd(const struct sandbox *s)
{
	return s->socket;
}

int
sandbox_left_ms(const struct sandbox *s)
{
	const int64_t left = s->until_ms - clock_steady();

	return left > 0 ? (int)left : 0;
}

/* So much processor time from now on, and the kernel stops it. */
static enum status
allow_time(const struct sandbox *s, struct diag *d)
{
	struct timespec used;
	struct rlimit r;
	clockid_t clock;
	rlim_t until;

	if (clock_getcpuclockid(s->child, &clock) != 0 ||
	    clock_gettime(clock, &used) != 0 ||
	    prlimit(s->child, RLIMIT_CPU, NULL, &r) != 0)
		return diag_set(d, ST_SYSTEM, "the time of the %s is not "
		    "known", s->job->name);
	until = (rlim_t)used.tv_sec + s->job->cpu_s + 1;
	r.rlim_cur = until < r.rlim_max ? until : r.rlim_max;
	if (prlimit(s->child, RLIMIT_CPU, &r, NULL) != 0)
		return diag_set(d, ST_SYSTEM, "the time of the %s cannot be "
		    "bounded: %s", s->job->name, strerror(errno));
	return ST_OK;
}

enum status
sandbox_send(struct sandbox *s, size_t len, struct diag *d)
{
	const uint32_t n = (uint32_t)len;
	uint8_t early;
	enum status rc;

	if (s->asked || len > s->job->ask_max)
		FAIL(d, ST_BUG, "the %s is asked twice, or too much",
		    s->job->name);
	/* one that talks unasked, or is no more, is replaced */
	if (s->child > 0 &&
	    (recv(s->socket, &early, 1, MSG_DONTWAIT) >= 0 ||
	    (errno != EAGAIN && errno != EINTR)))
		bury(s);
	if (s->child == 0)
		TRY(bear(s, d));
	TRY(allow_time(s, d));
	if (send(s->socket, &n, sizeof(n), MSG_NOSIGNAL) !=
	    (ssize_t)sizeof(n)) {
		bury(s);
		FAIL(d, ST_SYSTEM, "the %s cannot be asked: %s", s->job->name,
		    strerror(errno));
	}
	wait_from_now(s);
	rc = ST_OK;
out:
	return rc;
}

enum status
sandbox_receive(struct sandbox *s, const uint8_t **answer, size_t *len,
    struct diag *d)
{
	enum status rc;

	*len = 0;
	if (!s->asked)
		return diag_set(d, ST_BUG, "the %s was not asked",
		    s->job->name);
	rc = hear_answer(s, len, d);
	*answer = s->paper;
	/* a child that says "system" refuses its question and no more */
	return rc == ST_SYSTEM ? ST_FORMAT : rc;
}

void
sandbox_free(struct sandbox *s)
{
	if (s == NULL)
		return;
	bury(s);
	free(s->paper);
	if (s->desk != NULL)
		munmap(s->desk, s->job->ask_max);
	free(s);
}
