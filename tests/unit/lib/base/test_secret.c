/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc */
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/secret.h"
#include "tests/support/oom.h"

#define NOBODY 65534

/* Run ${run} in a child of its own; its wait status. */
static int
in_child(int (*run)(void))
{
	int status;
	pid_t pid;

	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		/* what the child dies of is ours to see, not cmocka's */
		signal(SIGSEGV, SIG_DFL);
		signal(SIGBUS, SIG_DFL);
		_exit(run());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

/* As on a kernel without memfd_secret, from here to the end of the child. */
static int
forget_memfd_secret(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_memfd_secret, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog prog = {
		.len = sizeof(code) / sizeof(code[0]),
		.filter = code,
	};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog);
}

static void
secret_is_born_zero_and_holds_what_it_is_given(void **state)
{
	static const size_t lens[] = { 1, 32, 4095, 4096, 4097, SECRET_MAX };
	struct secret *s;

	(void)state;
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		assert_int_equal(secret_new(lens[i], &s, NULL), ST_OK);
		assert_int_equal(secret_len(s), lens[i]);
		for (size_t k = 0; k < lens[i]; k++)
			assert_int_equal(secret_peek(s)[k], 0);
		memset(secret_bytes(s), 0xa5, lens[i]);
		assert_int_equal(secret_peek(s)[lens[i] - 1], 0xa5);
		secret_free(s);
	}
}

static void
secret_refuses_lengths_that_are_none(void **state)
{
	struct secret *s;

	(void)state;
	assert_int_equal(secret_new(0, &s, NULL), ST_BUG);
	assert_null(s);
	assert_int_equal(secret_new(SECRET_MAX + 1, &s, NULL), ST_BUG);
	assert_null(s);
}

static void
secret_copy_is_another(void **state)
{
	struct secret *a, *b;

	(void)state;
	assert_int_equal(secret_new(32, &a, NULL), ST_OK);
	memset(secret_bytes(a), 7, 32);
	assert_int_equal(secret_copy(a, &b, NULL), ST_OK);
	assert_true(secret_equal(a, b));
	secret_bytes(b)[31] ^= 1;
	assert_false(secret_equal(a, b));
	assert_int_equal(secret_peek(a)[31], 7);
	secret_free(a);
	secret_free(b);
}

static void
secret_equal_sees_every_bit_and_the_length(void **state)
{
	struct secret *a, *b, *longer;

	(void)state;
	assert_int_equal(secret_new(32, &a, NULL), ST_OK);
	assert_int_equal(secret_new(32, &b, NULL), ST_OK);
	assert_int_equal(secret_new(33, &longer, NULL), ST_OK);
	assert_true(secret_equal(a, b));
	assert_false(secret_equal(a, longer));
	for (size_t bit = 0; bit < 256; bit++) {
		secret_bytes(b)[bit / 8] ^= (uint8_t)(1U << bit % 8);
		assert_false(secret_equal(a, b));
		secret_bytes(b)[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
	secret_free(a);
	secret_free(b);
	secret_free(longer);
}

static void
secret_free_and_wipe_are_boring(void **state)
{
	uint8_t stack[16];

	(void)state;
	secret_free(NULL);
	memset(stack, 0xa5, sizeof(stack));
	secret_wipe(stack, sizeof(stack) - 1);
	for (size_t i = 0; i < sizeof(stack) - 1; i++)
		assert_int_equal(stack[i], 0);
	assert_int_equal(stack[sizeof(stack) - 1], 0xa5);
	secret_wipe(stack, 0);
}

/* 0 when a write of one byte past the end went through. */
static int
write_past_the_end(void)
{
	struct secret *s;

	if (secret_new(33, &s, NULL) != ST_OK)
		return 1;
	((volatile uint8_t *)secret_bytes(s))[33] = 1;
	return 0;
}

static int
write_past_the_end_unhidden(void)
{
	if (forget_memfd_secret() != 0)
		return 1;
	return write_past_the_end();
}

static int
read_after_free(void)
{
	const volatile uint8_t *p;
	struct secret *s;

	if (secret_new(33, &s, NULL) != ST_OK)
		return 1;
	p = secret_bytes(s);
	secret_free(s);
	return p[0] == 0 ? 0 : 2;
}

static int
read_after_free_unhidden(void)
{
	if (forget_memfd_secret() != 0)
		return 1;
	return read_after_free();
}

/* Dead by a signal, or by the sanitizer that caught it: not by exit(0). */
static void
assert_died(int status)
{
	assert_true(WIFSIGNALED(status) ||
	    (WIFEXITED(status) && WEXITSTATUS(status) > 2));
}

static void
secret_kills_who_writes_past_its_end(void **state)
{
	(void)state;
	assert_died(in_child(write_past_the_end));
	assert_died(in_child(write_past_the_end_unhidden));
}

/* What was used before is zero, and nowhere else. */
static void
secret_is_born_zero_where_another_was(void **state)
{
	static const uint8_t zero[64];
	struct secret *s = NULL;

	(void)state;
	for (size_t len = sizeof(zero); len > 0; len--) {
		assert_int_equal(secret_new(len, &s, NULL), ST_OK);
		assert_memory_equal(secret_peek(s), zero, len);
		memset(secret_bytes(s), 0xa5, len);
		secret_free(s);
	}
}

static const uint8_t *parents;

static int
look_at_parents(void)
{
	return *(const volatile uint8_t *)parents;
}

/* Where the parent has mappings that it will use again, a child has whatever it
 * put there, and leaves it alone. */
static int
put_something_there(void)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint8_t *const at = (uint8_t *)((uintptr_t)parents & ~(page - 1));
	struct secret *s = NULL;

	if (mmap(at, page, PROT_READ | PROT_WRITE, MAP_PRIVATE |
	    MAP_ANONYMOUS | MAP_FIXED, -1, 0) != at)
		return 1;
	memset(at, 'x', page);
	if (secret_new(32, &s, NULL) != ST_OK)
		return 2;
	memset(secret_bytes(s), 'y', 32);
	for (size_t i = 0; i < page; i++) {
		if (at[i] != 'x')
			return 3;
	}
	secret_free(s);
	return 0;
}

static void
secret_is_not_inherited(void **state)
{
	struct secret *s = NULL;
	int status;

	(void)state;
	assert_int_equal(secret_new(32, &s, NULL), ST_OK);
	parents = secret_peek(s);
	status = in_child(look_at_parents);
	assert_true(WIFSIGNALED(status));
	secret_free(s);
	status = in_child(put_something_there);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void
secret_is_gone_after_free(void **state)
{
	(void)state;
	assert_died(in_child(read_after_free));
	assert_died(in_child(read_after_free_unhidden));
}

/* 0: refused.  1: not to be had here.  2: a secret in memory that may be
 * swapped out. */
static int
ask_for_unlocked(void)
{
	const struct rlimit none = { 0, 0 };
	struct diag d = { 0 };
	struct secret *s;

	/* a sanitizer answers mlock itself, and always with success */
	if (setrlimit(RLIMIT_MEMLOCK, &none) != 0 ||
	    (geteuid() == 0 && setuid(NOBODY) != 0) ||
	    mlock(&d, sizeof(d)) == 0)
		return 1;
	if (secret_new(32, &s, &d) != ST_SYSTEM)
		return 2;
	return s == NULL && strstr(d.text, "could not be locked") != NULL ?
	    0 : 3;
}

static int
ask_for_unlocked_unhidden(void)
{
	if (forget_memfd_secret() != 0)
		return 1;
	return ask_for_unlocked();
}

static void
assert_refused(int (*run)(void))
{
	const int status = in_child(run);

	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 1) {
		print_message("the right to lock memory cannot be given up "
		    "here\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void
secret_refuses_memory_that_cannot_be_locked(void **state)
{
	(void)state;
	assert_refused(ask_for_unlocked);
}

static void
secret_refuses_it_on_an_older_kernel_too(void **state)
{
	(void)state;
	assert_refused(ask_for_unlocked_unhidden);
}

/* 0: dumps off, and not to be read by another process of the user. */
static int
start(void)
{
	struct rlimit core;

	if (secret_process(NULL) != ST_OK)
		return 1;
	if (getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_max != 0)
		return 2;
	return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
}

static void
process_leaves_no_core(void **state)
{
	(void)state;
	assert_int_equal(in_child(start), 0);
}

static enum status
make_two(void *ctx)
{
	struct secret *a, *b = NULL;
	enum status rc;

	(void)ctx;
	if ((rc = secret_new(32, &a, NULL)) == ST_OK)
		rc = secret_copy(a, &b, NULL);
	assert_true((rc == ST_OK) == (b != NULL));
	secret_free(a);
	secret_free(b);
	return rc;
}

static void
secret_survives_every_allocation_failing(void **state)
{
	(void)state;
	assert_int_equal(oom_each(make_two, NULL), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    secret_is_born_zero_and_holds_what_it_is_given),
		cmocka_unit_test(secret_refuses_lengths_that_are_none),
		cmocka_unit_test(secret_copy_is_another),
		cmocka_unit_test(secret_equal_sees_every_bit_and_the_length),
		cmocka_unit_test(secret_free_and_wipe_are_boring),
		cmocka_unit_test(secret_kills_who_writes_past_its_end),
		cmocka_unit_test(secret_is_born_zero_where_another_was),
		cmocka_unit_test(secret_is_not_inherited),
		cmocka_unit_test(secret_is_gone_after_free),
		cmocka_unit_test(secret_refuses_memory_that_cannot_be_locked),
		cmocka_unit_test(secret_refuses_it_on_an_older_kernel_too),
		cmocka_unit_test(process_leaves_no_core),
		cmocka_unit_test(secret_survives_every_allocation_failing),
	};

	return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
