/* Each attack on the sandbox is mounted from inside it; its parent goes on,
 * with a sentence. */
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/clock.h"
#include "lib/base/sandbox.h"
#include "lib/base/sandbox_lock.h"
#include "lib/base/secret.h"

#define MAX 4096
#define SOCKET 0

static volatile unsigned sink;
static const uint8_t *asked; /* in the child: the desk */

static void
say_raw(const void *data, size_t len)
{
	if (write(SOCKET, data, len) < 0)
		_exit(3);
}

/* ---- what a child that was taken over may try ---- */

static void
do_open(void)
{
	open("/etc/passwd", O_RDONLY);
}

static void
do_create(void)
{
	open("planted", O_WRONLY | O_CREAT, 0600);
}

static void
do_exec(void)
{
	execl("/bin/sh", "sh", "-c", "exit 0", (char *)NULL);
}

static void
do_socket(void)
{
	socket(AF_INET, SOCK_STREAM, 0);
}

static void
do_fork(void)
{
	fork();
}

static void
do_kill(void)
{
	kill(getppid(), SIGKILL);
}

static void
do_code(void)
{
	mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void
do_poison(void)
{
	/* of no page, so that none is lost where it is not forbidden: a page
	 * of a root's child would go bad, and its parent's is the same */
	madvise(NULL, 0, MADV_HWPOISON);
}

static void
do_remove(void)
{
	/* Linux from 6.7 on takes the pages even of who may only read them */
	madvise((void *)(uintptr_t)asked, 4096, MADV_REMOVE);
}

static void
do_gigabyte(void)
{
	uint8_t *volatile p = malloc((size_t)1 << 30);

	if (p == NULL)
		_exit(0);
	memset(p, 1, (size_t)1 << 30);
	sink += p[12345];
}

static void
do_loop(void)
{
	for (;;)
		sink++;
}

static void
do_crash(void)
{
	uint8_t *volatile nowhere = (uint8_t *)8;

	*nowhere = 1;
}

static void
do_leave(void)
{
	_exit(0);
}

static void
do_silence(void)
{
	uint8_t more;

	/* a read that nobody answers */
	if (read(SOCKET, &more, 1) != 1)
		_exit(0);
}

static void
do_oversize(void)
{
	say_raw("\xff\xff\xff\xff\0", 5);
	do_silence();
}

static void
do_empty(void)
{
	say_raw("\0\0\0\0\0", 5);
	do_silence();
}

static void
do_half(void)
{
	say_raw("\0\0\0\x09\0half", 9);
	do_silence();
}

static void
do_status(void)
{
	say_raw("\0\0\0\x03\x77no", 7);
	do_silence();
}

static void
do_long_refusal(void)
{
	say_raw("\0\0\x08\0\2", 5);
	do_silence();
}

static void
do_forge(void)
{
	/* an answer to the next question, before it is asked */
	say_raw("\0\0\0\x05\0good\0\0\0\x05\0evil", 18);
	do_silence();
}

static const struct attack {
	const char *name;
	void (*mount)(void);
	bool hasty;	     /* waited for 300 ms, not a minute */
	const char *says[2]; /* one of them, at its end */
} attacks[] = {
	{ "open", do_open, false, {
	    "made a call that is forbidden to it, and was stopped" } },
	{ "create", do_create, false, {
	    "made a call that is forbidden to it, and was stopped" } },
	{ "exec", do_exec, false, {
	    "made a call that is forbidden to it, and was stopped" } },
	{ "socket", do_socket, false, {
	    "made a call that is forbidden to it, and was stopped" } },
	{ "fork", do_fork, false, {
	    "made a call that is forbidden to it, and was stopped" } },
	{ "kill", do_kill, false, {
	    "made a call that is forbidden to it, and was stopped" } },
	{ "code", do_code, false, {
	    "made a call that is forbidden to it, and was stopped" } },
	{ "remove", do_remove, false, {
	    "made a call that is forbidden to it, and was stopped" } },
	{ "poison", do_poison, false, {
	    "made a call that is forbidden to it, and was stopped" } },
	/* malloc says no; a sanitizer's ends the process its own way */
	{ "gigabyte", do_gigabyte, false, { "ended without an answer",
	    "made a call that is forbidden to it, and was stopped" } },
	{ "loop", do_loop, false, {
	    "took more than 1 s of processor time, and was stopped" } },
	/* a sanitizer would report or look for leaks, and may not */
	{ "crash", do_crash, false, { "ended by signal 11",
	    "made a call that is forbidden to it, and was stopped" } },
	{ "leave", do_leave, false, { "ended without an answer",
	    "made a call that is forbidden to it, and was stopped" } },
	{ "silence", do_silence, true, {
	    "gave no answer within 300 ms, and was stopped" } },
	{ "half", do_half, true, {
	    "gave no answer within 300 ms, and was stopped" } },
	{ "oversize", do_oversize, false, { "began an answer of 4294967295 "
	    "bytes, at most are 4097, and was stopped" } },
	{ "empty", do_empty, false, { "began an answer of 0 bytes, at most "
	    "are 4097, and was stopped" } },
	{ "status", do_status, false, {
	    "refused in a way that is none, and was stopped" } },
	{ "long", do_long_refusal, false, {
	    "refused in a way that is none, and was stopped" } },
};
#define NATTACKS (sizeof(attacks) / sizeof(attacks[0]))

/* "name": that attack; "!text": a refusal; else the question is echoed. */
static enum status
answer(void *self, const uint8_t *ask, size_t len, uint8_t *out,
    size_t *outlen, struct diag *d)
{
	assert_ptr_equal(self, NULL);
	asked = ask;
	for (size_t i = 0; i < NATTACKS; i++)
		if (len == strlen(attacks[i].name) &&
		    memcmp(ask, attacks[i].name, len) == 0)
			attacks[i].mount();
	if (len == 5 && memcmp(ask, "forge", 5) == 0)
		do_forge();
	if (len == 4 && memcmp(ask, "desk", 4) == 0)
		*(volatile uint8_t *)(uintptr_t)ask = 0;
	if (len > 0 && ask[0] == '!')
		return diag_set(d, ST_POLICY, "%.*s", (int)(len - 1),
		    (const char *)ask + 1);
	if (len > 0 && ask[0] == '?')
		return diag_set(d, ST_SYSTEM, "out of memory");
	memcpy(out, ask, len);
	*outlen = len;
	return ST_OK;
}

static const struct sandbox_job job = { "echo", MAX, MAX, (size_t)64 << 20, 1,
	60000, NULL, answer };
static const struct sandbox_job hasty = { "echo", MAX, MAX, (size_t)64 << 20,
	1, 300, NULL, answer };

static enum status
ask(struct sandbox *s, const char *text, const char **said, size_t *len,
    struct diag *d)
{
	const uint8_t *bytes = NULL;
	enum status rc;

	memcpy(sandbox_desk(s), text, strlen(text));
	TRY(sandbox_send(s, strlen(text), d));
	TRY(sandbox_receive(s, &bytes, len, d));
	*said = (const char *)bytes;
out:
	return rc;
}

static void
must_echo(struct sandbox *s, const char *text)
{
	struct diag d = { 0 };
	const char *said = NULL;
	size_t len = 0;

	assert_int_equal(ask(s, text, &said, &len, &d), ST_OK);
	assert_int_equal(len, strlen(text));
	assert_memory_equal(said, text, len);
}

static void
must_end_with(const char *text, const char *end)
{
	const size_t n = strlen(text), m = strlen(end);

	if (n < m || strcmp(text + n - m, end) != 0)
		fail_msg("\"%s\" does not end with \"%s\"", text, end);
}

static struct sandbox *
started(const struct sandbox_job *j)
{
	struct diag d = { 0 };
	struct sandbox *s = NULL;

	if (sandbox_start(j, &s, &d) != ST_OK)
		fail_msg("%s", d.text);
	return s;
}

static size_t
open_files(void)
{
	size_t n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void
sandbox_answers(void **state)
{
	struct sandbox *s = started(&job);
	char all[MAX + 1];

	(void)state;
	must_echo(s, "one");
	must_echo(s, "");
	memset(all, 'x', MAX);
	all[MAX] = 0;
	must_echo(s, all);
	sandbox_free(s);
	sandbox_free(NULL);
}

static void
sandbox_passes_refusals_on(void **state)
{
	struct sandbox *s = started(&job);
	struct diag d = { 0 };
	const char *said;
	size_t len;

	(void)state;
	assert_int_equal(ask(s, "!not wanted", &said, &len, &d), ST_POLICY);
	assert_string_equal(d.text, "not wanted");
	/* what it has too little of is no trouble of ours */
	diag_clear(&d);
	assert_int_equal(ask(s, "?", &said, &len, &d), ST_FORMAT);
	assert_string_equal(d.text, "out of memory");
	/* nor does it write to our screen what it likes */
	diag_clear(&d);
	assert_int_equal(ask(s, "!\033[2J", &said, &len, &d), ST_POLICY);
	assert_string_equal(d.text, "\\x1b[2J");
	must_echo(s, "and goes on");
	sandbox_free(s);
}

static void
sandbox_survives_every_attack(void **state)
{
	struct sandbox *const two[] = { started(&job), started(&hasty) };
	const size_t files = open_files();
	struct sandbox *s;
	struct diag d;
	const char *said;
	size_t len, end;

	(void)state;
	for (size_t i = 0; i < NATTACKS; i++) {
		memset(&d, 0, sizeof(d));
		s = two[attacks[i].hasty];
		assert_int_equal(ask(s, attacks[i].name, &said, &len, &d),
		    ST_FORMAT);
		assert_memory_equal(d.text, "the echo ", 9);
		end = attacks[i].says[1] != NULL &&
		    strstr(d.text, attacks[i].says[0]) == NULL;
		must_end_with(d.text, attacks[i].says[end]);
		/* another child is there at once, and nothing is left over */
		must_echo(s, "still here");
		assert_int_equal(open_files(), files);
		assert_int_equal(waitpid(-1, NULL, WNOHANG), 0);
	}
	sandbox_free(two[0]);
	sandbox_free(two[1]);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	assert_int_equal(access("planted", F_OK), -1);
}

/* Whoever starts us may ignore the ends of children: ours would be gone unseen,
 * and its number another's when it is killed. */
static void
sandbox_sees_its_child_end_where_that_was_ignored(void **state)
{
	struct sandbox *s;
	struct diag d = { 0 };
	const char *said;
	size_t len;

	(void)state;
	signal(SIGCHLD, SIG_IGN);
	s = started(&job);
	assert_int_equal(ask(s, "open", &said, &len, &d), ST_FORMAT);
	must_end_with(d.text, "made a call that is forbidden to it, and was "
	    "stopped");
	sandbox_free(s);
	signal(SIGCHLD, SIG_DFL);
}

static void
sandbox_takes_no_answer_before_its_question(void **state)
{
	struct sandbox *s = started(&job);
	struct diag d = { 0 };
	const char *said = NULL;
	size_t len = 0;

	(void)state;
	assert_int_equal(ask(s, "forge", &said, &len, &d), ST_OK);
	assert_memory_equal(said, "good", 4);
	must_echo(s, "true");
	sandbox_free(s);
}

static void
sandbox_desk_is_read_only_inside(void **state)
{
	struct sandbox *s = started(&job);
	struct diag d = { 0 };
	const char *said;
	size_t len;

	(void)state;
	assert_int_equal(ask(s, "desk", &said, &len, &d), ST_FORMAT);
	assert_memory_equal(sandbox_desk(s), "desk", 4);
	sandbox_free(s);
}

/* In the child: its socket alone is open, and no terminal is its. */
static enum status
count_files(void **self, struct diag *d)
{
	(void)self;
	if (getsid(0) != getpid())
		return diag_set(d, ST_FORMAT, "the terminal's signals come");
	return open_files() == 1 ? ST_OK : diag_set(d, ST_FORMAT,
	    "%zu descriptors are open", open_files());
}

static void
sandbox_inherits_nothing(void **state)
{
	struct sandbox_job j = job;
	struct sandbox *s = NULL;
	int fd;

	(void)state;
	fd = open("/dev/null", O_RDONLY);
	assert_true(fd >= 0);
	j.warm = count_files;
	s = started(&j);
	sandbox_free(s);
	close(fd);
}

static enum status
cold(void **self, struct diag *d)
{
	(void)self;
	return diag_set(d, ST_FORMAT, "libnothing.so.0 is not installed");
}

static void
sandbox_says_why_it_cannot_start(void **state)
{
	struct sandbox_job j = job;
	struct sandbox *s = NULL;
	struct secret *secret = NULL;
	struct diag d = { 0 };

	(void)state;
	j.warm = cold;
	assert_int_equal(sandbox_start(&j, &s, &d), ST_SYSTEM);
	assert_string_equal(d.text, "echo: libnothing.so.0 is not installed");
	assert_ptr_equal(s, NULL);

	diag_clear(&d);
	assert_int_equal(secret_new(1, &secret, &d), ST_OK);
	assert_int_equal(sandbox_start(&job, &s, &d), ST_BUG);
	assert_string_equal(d.text, "a secret is in memory: no echo is started "
	    "beside it");
	secret_free(secret);
	s = started(&job);
	sandbox_free(s);
}

static void
sandbox_asks_one_thing_at_a_time(void **state)
{
	struct sandbox *s = started(&job);
	struct diag d = { 0 };
	const uint8_t *said;
	size_t len;

	(void)state;
	assert_int_equal(sandbox_receive(s, &said, &len, &d), ST_BUG);
	assert_int_equal(sandbox_send(s, MAX + 1, &d), ST_BUG);
	assert_int_equal(sandbox_send(s, 1, &d), ST_OK);
	assert_int_equal(sandbox_send(s, 1, &d), ST_BUG);
	assert_int_equal(sandbox_receive(s, &said, &len, &d), ST_OK);
	sandbox_free(s);
}

/* ---- each lock without the others ---- */

/* What a process of its own ends with: its exit status, or -signal. */
static int
alone(int (*body)(void))
{
	const pid_t child = fork();
	int how = 0;

	if (child == 0)
		_exit(body());
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &how, 0), child);
	return WIFSIGNALED(how) ? -WTERMSIG(how) : WEXITSTATUS(how);
}

static int
files_alone(void)
{
	struct diag d = { 0 };

	if (sandbox_lock_files(&d) != ST_OK)
		return 99;
	if (dup(STDIN_FILENO) >= 0 || errno != EMFILE)
		return 97;
	return mkdir("planted.dir", 0700) != 0 ? errno : 0;
}

static int
limits_alone(void)
{
	const size_t mega = (size_t)1 << 20;
	const int prot = PROT_READ | PROT_WRITE;
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS;
	struct diag d = { 0 };

	if (sandbox_lock_limits(8 * mega, &d) != ST_OK)
		return 99;
	if (mmap(NULL, 4 * mega, prot, flags, -1, 0) == MAP_FAILED)
		return 98;
	return mmap(NULL, 8 * mega, prot, flags, -1, 0) == MAP_FAILED ?
	    errno : 0;
}

static int
calls_alone(void)
{
	struct diag d = { 0 };

	/* it is not linked: without it there is no lock, and no crash */
	if (sandbox_lock_calls(&d) != ST_BUG ||
	    strcmp(d.text, "seccomp: it was not loaded") != 0)
		return 98;
	diag_clear(&d);
	if (sandbox_lock_load(&d) != ST_OK ||
	    sandbox_lock_calls(&d) != ST_OK)
		return 99;
	return open("/dev/null", O_RDONLY) < 0 ? errno : 0;
}

/* The number of what is wrong, 0 if nothing is. */
static int
reading_alone(void)
{
	char *const argv[] = { NULL };
	struct diag d = { 0 };
	char byte;
	int fd;

	if (sandbox_lock_load(&d) != ST_OK ||
	    sandbox_lock_reading((size_t)64 << 20, &d) != ST_OK)
		return 99;
	if ((fd = open("/proc/self/statm", O_RDONLY)) < 0 ||
	    read(fd, &byte, 1) != 1 || close(fd) != 0)
		return 1;
	if (open("planted.file", O_WRONLY | O_CREAT, 0600) >= 0 ||
	    open("/dev/null", O_WRONLY) >= 0 ||
	    open("/dev/null", O_RDWR) >= 0)
		return 2;
	if (mkdir("planted.dir", 0700) == 0 || unlink("planted.dir") == 0)
		return 3;
	if (socket(AF_UNIX, SOCK_STREAM, 0) >= 0)
		return 4;
	if (fork() >= 0)
		return 5;
	if (execve("/bin/true", argv, argv) != -1 || errno != EPERM)
		return 6;
	return kill(getppid(), 0) == 0 ? 7 : 0;
}

static void
locks_hold_alone(void **state)
{
	int got;

	(void)state;
	assert_int_equal(alone(calls_alone), -SIGSYS);
	assert_int_equal(alone(limits_alone), ENOMEM);
	assert_int_equal(alone(reading_alone), 0);
	got = alone(files_alone);
	if (got == 0) {
		rmdir("planted.dir");
		print_message("this kernel has no Landlock\n");
		skip();
	}
	assert_int_equal(got, EACCES);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sandbox_answers),
		cmocka_unit_test(sandbox_passes_refusals_on),
		cmocka_unit_test(sandbox_survives_every_attack),
		cmocka_unit_test(
		    sandbox_sees_its_child_end_where_that_was_ignored),
		cmocka_unit_test(sandbox_takes_no_answer_before_its_question),
		cmocka_unit_test(sandbox_desk_is_read_only_inside),
		cmocka_unit_test(sandbox_inherits_nothing),
		cmocka_unit_test(sandbox_says_why_it_cannot_start),
		cmocka_unit_test(sandbox_asks_one_thing_at_a_time),
		cmocka_unit_test(locks_hold_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
