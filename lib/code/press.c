/* see press.h
 *
 * Through the socket goes one byte each way: draw, and it is done.  What is
 * drawn, and what came of it, is on the desk. */
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
#include <unistd.h>

#include "lib/base/sandbox_lock.h"
#include "lib/code/page_draw.h"
#include "lib/code/press.h"
#include "lib/code/qr.h"
#include "lib/code/scan_job.h"

#define SOCKET 0 /* the press's, and its only descriptor */
#define MEMORY ((size_t)1 << 30) /* bytes that a child may take */
#define CPU_S 30
#define WAIT_MS 60000
#define TRIES_MAX 100 /* interrupted in a row; then it is no accident */
#define FULL_SIZE 1 /* the way of looking */
#define CODE_SIZE 1024 /* bytes, a NUL at its end included */

/* What parent, press and child share. */
struct desk {
	uint32_t status; /* how it ended; what came last is below */
	char why[DIAG_TEXT_MAX];
	uint32_t text_len, pdf_len;
	char code[CODE_SIZE];
	char text[PRESS_TEXT_MAX];
	uint8_t pdf[PRESS_PDF_MAX];
};

struct press {
	struct secret *shared;
	pid_t child; /* 0: there is none */
	int socket;  /* ours; -1: none */
	bool real;
};

static struct desk *
desk_of(const struct press *p)
{
	void *at = secret_bytes(p->shared);

	return at;
}

/* --- the child that draws --- */

static bool
write_desk(void *cookie, const void *data, size_t len)
{
	struct desk *k = cookie;

	if (len > PRESS_PDF_MAX - k->pdf_len)
		return false;
	memcpy(k->pdf + k->pdf_len, data, len);
	k->pdf_len += (uint32_t)len;
	return true;
}

/* As the reader of pictures does it, which this child is then. */
static enum status
read_back(void *cookie, unsigned width, unsigned height, const uint8_t *gray,
    struct bytes *out, struct diag *d)
{
	const struct scan_ask ask = { .width = width, .height = height,
		.way = FULL_SIZE, .ways = 1 };
	const size_t n = (size_t)width * height;
	uint8_t *question = malloc(SCAN_ASK_HEAD + n);
	uint8_t *answer = malloc(SCAN_ANSWER_MAX);
	struct scan_seen *seen = calloc(1, sizeof(*seen));
	size_t len = 0;
	unsigned way;
	enum status rc;

	if (question == NULL || answer == NULL || seen == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	scan_ask_write(&ask, question);
	memcpy(question + SCAN_ASK_HEAD, gray, n);
	TRY(scan_job.answer(cookie, question, SCAN_ASK_HEAD + n, answer, &len,
	    d));
	TRY(scan_answer_read(answer, len, seen, &way, d));
	if (seen->n != 1)
		FAIL(d, ST_FORMAT, "%zu codes in the picture of one", seen->n);
	TRY(bytes_set(out, seen->text[0].text, seen->text[0].len, d));
out:
	free(question);
	free(answer);
	free(seen);
	return rc;
}

/* The smallest code that takes the text. */
static enum status
make_code(const char *text, void *reader, struct qr *out, struct diag *d)
{
	unsigned version = 1;
	enum status rc;

	while (version <= QR_VERSION_MAX &&
	    qr_letters(version, QR_Q) < strlen(text))
		version++;
	TRY(qr_make(text, version, QR_Q, out, d));
	TRY(qr_prove(out, text, read_back, reader, d));
out:
	return rc;
}

static enum status
draw(struct desk *k, void *reader, struct diag *d)
{
	struct page p = { .text = k->text, .len = k->text_len };
	struct qr code = { 0 };
	enum status rc;

	if (k->code[0] != '\0') {
		TRY(make_code(k->code, reader, &code, d));
		p.code = &code;
		p.ncodes = 1;
	}
	TRY(pen_load(d));
	TRY(page_draw(&p, write_desk, k, d));
out:
	return rc;
}

/* Nothing of it is freed: it ends. */
static _Noreturn void
be_drawer(struct desk *k, bool real, void *reader)
{
	const struct rlimit time = { CPU_S, CPU_S };
	struct diag d = { 0 };
	enum status rc;

	close(SOCKET);
	k->pdf_len = 0;
	if (real && mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0)
		FAIL(&d, ST_SYSTEM, "the process that draws cannot be locked "
		    "in memory (see ulimit -l)");
	if (setrlimit(RLIMIT_CPU, &time) != 0)
		FAIL(&d, ST_SYSTEM, "the process that draws cannot be bounded");
	TRY(sandbox_lock_reading(MEMORY, &d));
	TRY(draw(k, reader, &d));
out:
	memcpy(k->why, d.text, sizeof(k->why));
	k->status = (uint32_t)rc;
	_exit(rc == ST_OK ? 0 : 1);
}

/* --- the press --- */

/* All that was inherited goes: handlers, descriptors, the terminal. */
static enum status
stand_alone(pid_t parent, int socket, struct diag *d)
{
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 ||
	    getppid() != parent)
		_exit(0);
	if ((socket != SOCKET && dup2(socket, SOCKET) != SOCKET) ||
	    setsid() < 0 || close_range(SOCKET + 1, ~0U, 0) != 0)
		return diag_set(d, ST_SYSTEM, "a press cannot be set apart: "
		    "%s", strerror(errno));
	return ST_OK;
}

/* Libraries are loaded and not called: what they begin (pango has a thread)
 * they begin in the child. */
static enum status
load(void **reader, struct diag *d)
{
	struct qr first = { 0 };
	enum status rc;

	TRY(sandbox_lock_load(d));
	TRY(scan_job.warm(reader, d));
	TRY(qr_make("A", 1, QR_Q, &first, d));
	TRY(pen_link(d));
out:
	qr_free(&first);
	return rc;
}

/* One child, to its end. */
static void
print_one(struct desk *k, bool real, void *reader)
{
	const pid_t press = getpid();
	unsigned tries = 0;
	int how = 0;
	pid_t child;

	k->status = ST_BUG;
	if ((child = fork()) == 0) {
		if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 ||
		    getppid() != press)
			_exit(1);
		be_drawer(k, real, reader);
	}
	while (child > 0 && waitpid(child, &how, 0) < 0 && errno == EINTR &&
	    ++tries < TRIES_MAX)
		;
	if (child < 0 || !WIFEXITED(how))
		k->status = ST_BUG;
}

static _Noreturn void
be_press(struct desk *k, bool real, pid_t parent, int socket)
{
	struct diag d = { 0 };
	void *reader = NULL;
	char word = 0;
	enum status rc;

	TRY(stand_alone(parent, socket, &d));
	TRY(load(&reader, &d));
out:
	memcpy(k->why, d.text, sizeof(k->why));
	k->status = (uint32_t)rc;
	while (write(SOCKET, &word, 1) == 1 && rc == ST_OK &&
	    read(SOCKET, &word, 1) == 1)
		print_one(k, real, reader);
	_exit(0);
}

/* --- the parent --- */

/* What the other side says of itself is bounded here. */
static enum status
hear(struct press *p, struct diag *d)
{
	struct pollfd at = { p->socket, POLLIN, 0 };
	struct desk *k = desk_of(p);
	unsigned tries = 0;
	char word;
	int n;

	do
		n = poll(&at, 1, WAIT_MS);
	while (n < 0 && errno == EINTR && ++tries < TRIES_MAX);
	if (n != 1 || recv(p->socket, &word, 1, 0) != 1)
		return diag_set(d, ST_SYSTEM, "the press gave no answer");
	k->why[sizeof(k->why) - 1] = '\0';
	if (k->status == ST_OK)
		return ST_OK;
	if (k->status != ST_SYSTEM && k->status != ST_FORMAT)
		return diag_set(d, ST_SYSTEM, "the process that draws pages "
		    "failed%s%s", k->why[0] == '\0' ? "" : ": ", k->why);
	return diag_set(d, ST_SYSTEM, "%s", k->why);
}

/* The desk as if nothing had ever been on it. */
static void
clear(struct desk *k)
{
	secret_wipe(k, sizeof(*k));
}

static enum status
print(struct press *p, struct diag *d)
{
	const char word = 0;
	enum status rc;

	if (send(p->socket, &word, 1, MSG_NOSIGNAL) != 1)
		FAIL(d, ST_SYSTEM, "the press is gone");
	TRY(hear(p, d));
	if (desk_of(p)->pdf_len == 0 || desk_of(p)->pdf_len > PRESS_PDF_MAX)
		FAIL(d, ST_SYSTEM, "the press made no pages");
out:
	return rc;
}

/* A page of all that a sheet has but words: what cannot be drawn is found
 * before there is a secret. */
static enum status
try_out(struct press *p, struct diag *d)
{
	static const char text[] = "M mark\nH head\nT title\nN for\tname\n"
	    "F a\tb\nW one two\nX code\nC 90\t0\t\n|L beside\n";
	struct desk *k = desk_of(p);
	enum status rc;

	memcpy(k->text, text, sizeof(text) - 1);
	k->text_len = sizeof(text) - 1;
	memcpy(k->code, "FIRST", sizeof("FIRST"));
	TRY(print(p, d));
out:
	clear(k);
	return rc;
}

static enum status
bear(struct press *p, struct diag *d)
{
	const pid_t self = getpid();
	int pair[2];
	enum status rc;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return diag_set(d, ST_SYSTEM, "no socket for a press: %s",
		    strerror(errno));
	p->socket = pair[0];
	/* ignored, it would end unseen, and its number be another's */
	signal(SIGCHLD, SIG_DFL);
	if ((p->child = fork()) == 0)
		be_press(desk_of(p), p->real, self, pair[1]);
	close(pair[1]);
	if (p->child < 0) {
		p->child = 0;
		FAIL(d, ST_SYSTEM, "no process for a press: %s",
		    strerror(errno));
	}
	/* from now on nobody else's child has the desk */
	TRY(secret_unshare(p->shared, d));
	TRY(hear(p, d));
out:
	return rc;
}

enum status
press_start(bool real, struct press **out, struct diag *d)
{
	struct press *p = NULL;
	enum status rc;

	*out = NULL;
	if (secret_alive() > 0)
		FAIL(d, ST_BUG, "a secret is in memory: no press is started "
		    "beside it");
	if ((p = calloc(1, sizeof(*p))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	p->socket = -1;
	p->real = real;
	TRY(secret_shared(sizeof(struct desk), &p->shared, d));
	TRY(bear(p, d));
	TRY(try_out(p, d));

	*out = p;
	p = NULL;
out:
	press_free(p);
	return rc;
}

enum status
press_draw(struct press *p, const struct secret *text,
    const struct secret *code, const uint8_t **pdf, size_t *len,
    struct diag *d)
{
	struct desk *k = desk_of(p);
	enum status rc;

	*pdf = NULL;
	*len = 0;
	clear(k);
	if (secret_len(text) > PRESS_TEXT_MAX ||
	    (code != NULL && secret_len(code) >= CODE_SIZE))
		FAIL(d, ST_BUG, "more than fits on a page");
	memcpy(k->text, secret_peek(text), secret_len(text));
	k->text_len = (uint32_t)secret_len(text);
	if (code != NULL)
		memcpy(k->code, secret_peek(code), secret_len(code));
	TRY(print(p, d));
	secret_wipe(k->text, sizeof(k->text));
	secret_wipe(k->code, sizeof(k->code));
	*pdf = k->pdf;
	*len = k->pdf_len;
out:
	if (rc != ST_OK)
		clear(k);
	return rc;
}

void
press_free(struct press *p)
{
	if (p == NULL)
		return;
	if (p->child > 0) {
		kill(p->child, SIGKILL);
		while (waitpid(p->child, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (p->socket >= 0)
		close(p->socket);
	secret_free(p->shared);
	free(p);
}
