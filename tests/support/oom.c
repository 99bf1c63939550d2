/* see oom.h */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/support/oom.h"

#define RUNS_MAX 100000 /* a call that allocates more often never ends */

/* The linker's names for the two sides of --wrap. */
void *real_malloc(size_t size) __asm__("__real_malloc");
void *real_calloc(size_t n, size_t size) __asm__("__real_calloc");
void *real_realloc(void *p, size_t size) __asm__("__real_realloc");
void *real_reallocarray(void *p, size_t n, size_t size)
    __asm__("__real_reallocarray") __attribute__((weak));
char *real_strdup(const char *s) __asm__("__real_strdup")
    __attribute__((weak));
void *wrap_malloc(size_t size) __asm__("__wrap_malloc");
void *wrap_calloc(size_t n, size_t size) __asm__("__wrap_calloc");
void *wrap_realloc(void *p, size_t size) __asm__("__wrap_realloc");
void *wrap_reallocarray(void *p, size_t n, size_t size)
    __asm__("__wrap_reallocarray");
char *wrap_strdup(const char *s) __asm__("__wrap_strdup");

static size_t left; /* allocations until the failing one; 0 is never */
static bool struck;

static bool
strikes(void)
{
	if (left == 0 || --left > 0)
		return false;
	struck = true;
	return true;
}

void *
wrap_malloc(size_t size)
{
	return strikes() ? NULL : real_malloc(size);
}

void *
wrap_calloc(size_t n, size_t size)
{
	return strikes() ? NULL : real_calloc(n, size);
}

void *
wrap_realloc(void *p, size_t size)
{
	return strikes() ? NULL : real_realloc(p, size);
}

void *
wrap_reallocarray(void *p, size_t n, size_t size)
{
	return strikes() ? NULL : real_reallocarray(p, n, size);
}

char *
wrap_strdup(const char *s)
{
	return strikes() ? NULL : real_strdup(s);
}

void
oom_arm(size_t nth)
{
	left = nth;
	struck = false;
}

bool
oom_disarm(void)
{
	left = 0;
	return struck;
}

size_t
oom_each(enum status (*call)(void *ctx), void *ctx)
{
	enum status rc;
	size_t n;

	for (n = 1; n < RUNS_MAX; n++) {
		oom_arm(n);
		rc = call(ctx);
		if (!oom_disarm()) {
			assert_int_equal(rc, ST_OK);
			return n - 1;
		}
		if (rc != ST_SYSTEM)
			print_error("allocation %zu failed: status %d\n", n,
			    (int)rc);
		assert_int_equal(rc, ST_SYSTEM);
	}
	fail_msg("allocations without end");
	return n;
}
