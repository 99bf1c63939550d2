/* see mutate.h */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/mutate.h"

/* A block of exactly ${len} bytes that begins like ${good}. */
static uint8_t *
block(const uint8_t *good, size_t have, size_t len)
{
	uint8_t *b = calloc(1, len == 0 ? 1 : len);

	assert_non_null(b);
	memcpy(b, good, have < len ? have : len);
	return b;
}

static size_t
judge(enum status rc, const char *what, size_t at, size_t which)
{
	if (diag_exit(rc) == 1)
		return 0;
	print_error("%s %zu (%zu): status %d\n", what, at, which, (int)rc);
	return 1;
}

size_t
mutate_truncations(const uint8_t *good, size_t len, mutate_call *call,
    void *ctx)
{
	size_t bad = 0;

	for (size_t n = 0; n < len; n++) {
		uint8_t *b = block(good, len, n);

		bad += judge(call(b, n, ctx), "cut to", n, len);
		free(b);
	}
	return bad;
}

size_t
mutate_bits(const uint8_t *good, size_t len, mutate_call *call, void *ctx)
{
	size_t bad = 0;

	for (size_t n = 0; n < 8 * len; n++) {
		uint8_t *b = block(good, len, len);

		b[n / 8] ^= (uint8_t)(1U << (n % 8));
		bad += judge(call(b, len, ctx), "bit flipped in byte", n / 8,
		    n % 8);
		free(b);
	}
	return bad;
}

size_t
mutate_trailing(const uint8_t *good, size_t len, mutate_call *call, void *ctx)
{
	size_t bad = 0;

	for (size_t n = 0; n < 256; n++) {
		uint8_t *b = block(good, len, len + 1);

		b[len] = (uint8_t)n;
		bad += judge(call(b, len + 1, ctx), "trailing byte", len, n);
		free(b);
	}
	return bad;
}
