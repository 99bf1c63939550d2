/* gf256.c: the field is the one of SLIP-39, at every element. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "lib/crypto/gf256.h"
#include "tests/support/shares.h"

/* Another way to multiply: double and add, reduced at each step. */
static uint8_t
multiply_slowly(unsigned a, unsigned b)
{
	unsigned sum = 0;

	for (; b != 0; b >>= 1) {
		if (b & 1)
			sum ^= a;
		a <<= 1;
		if (a & 0x100)
			a ^= 0x11b;
	}
	return (uint8_t)sum;
}

static void
mul_is_right_for_every_pair(void **state)
{
	(void)state;
	for (unsigned a = 0; a < 256; a++)
		for (unsigned b = 0; b < 256; b++)
			assert_int_equal(gf256_mul((uint8_t)a, (uint8_t)b),
			    multiply_slowly(a, b));
}

/* FIPS 197, 4.2: {57} times {83} is {c1} in this very field. */
static void
mul_matches_fips_197(void **state)
{
	(void)state;
	assert_int_equal(gf256_mul(0x57, 0x83), 0xc1);
	assert_int_equal(gf256_mul(0x57, 0x13), 0xfe);
}

static void
inv_undoes_every_element_but_zero(void **state)
{
	(void)state;
	assert_int_equal(gf256_inv(0), 0);
	for (unsigned a = 1; a < 256; a++)
		assert_int_equal(gf256_mul((uint8_t)a,
		    gf256_inv((uint8_t)a)), 1);
}

/* The value at x of a polynomial given by its coefficients. */
static uint8_t
horner(const uint8_t *c, size_t n, uint8_t x)
{
	uint8_t sum = 0;

	while (n-- > 0)
		sum = multiply_slowly(sum, x) ^ c[n];
	return sum;
}

/* All degrees, random points: at each of the 256 x the polynomial itself,
 * also where x is one of the points. */
static void
at_gives_the_polynomial_everywhere(void **state)
{
	uint8_t c[GF256_POINTS_MAX], y[GF256_POINTS_MAX], used[256], out;
	struct gf256_point p[GF256_POINTS_MAX];
	struct prng prng = { 7 };

	(void)state;
	for (size_t n = 1; n <= GF256_POINTS_MAX; n++) {
		memset(used, 0, sizeof(used));
		prng_fill(&prng, c, n);
		for (size_t i = 0; i < n;) {
			const uint8_t x = (uint8_t)(prng_next(&prng) >> 32);

			if (used[x]++)
				continue;
			y[i] = horner(c, n, x);
			p[i] = (struct gf256_point){ x, &y[i] };
			i++;
		}
		for (unsigned x = 0; x < 256; x++) {
			gf256_at(p, n, (uint8_t)x, &out, 1);
			assert_int_equal(out, horner(c, n, (uint8_t)x));
		}
	}
}

static void
at_treats_each_byte_alone(void **state)
{
	uint8_t a[44], b[44], all[45], one;
	struct gf256_point p[2] = { { 3, a }, { 9, b } }, q[2];
	struct prng prng = { 11 };

	(void)state;
	prng_fill(&prng, a, sizeof(a));
	prng_fill(&prng, b, sizeof(b));
	for (size_t len = 1; len <= sizeof(a); len++) {
		all[len] = 0xee;
		gf256_at(p, 2, 255, all, len);
		assert_int_equal(all[len], 0xee);
		for (size_t k = 0; k < len; k++) {
			q[0] = (struct gf256_point){ 3, &a[k] };
			q[1] = (struct gf256_point){ 9, &b[k] };
			gf256_at(q, 2, 255, &one, 1);
			assert_int_equal(all[k], one);
		}
	}
}

/* Every factor, lengths around a word's, nothing past the end; what is added
 * twice is gone. */
static void
add_public_agrees_with_mul(void **state)
{
	uint8_t y[19], sum[20], was[20];
	struct prng prng = { 23 };

	(void)state;
	for (unsigned w = 0; w < 256; w++) {
		const size_t len = w % sizeof(y) + 1;

		prng_fill(&prng, y, sizeof(y));
		prng_fill(&prng, was, sizeof(was));
		memcpy(sum, was, sizeof(sum));
		gf256_add_public(sum, y, (uint8_t)w, len);
		for (size_t k = 0; k < len; k++)
			assert_int_equal(sum[k],
			    was[k] ^ gf256_mul((uint8_t)w, y[k]));
		assert_memory_equal(sum + len, was + len, sizeof(sum) - len);
		gf256_add_public(sum, y, (uint8_t)w, len);
		assert_memory_equal(sum, was, sizeof(sum));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mul_is_right_for_every_pair),
		cmocka_unit_test(mul_matches_fips_197),
		cmocka_unit_test(inv_undoes_every_element_but_zero),
		cmocka_unit_test(at_gives_the_polynomial_everywhere),
		cmocka_unit_test(at_treats_each_byte_alone),
		cmocka_unit_test(add_public_agrees_with_mul),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
