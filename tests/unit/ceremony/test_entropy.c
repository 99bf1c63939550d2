#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ceremony/entropy.h"
#include "lib/crypto/start.h"

#define ROLLS 128

/* Digits without a pattern. */
static enum status
roll(const struct front *f, const char *root, size_t min,
    struct secret **out, struct diag *d)
{
	uint32_t x = 2463534242u;
	enum status rc;

	(void)f;
	(void)root;
	assert_true(min <= ROLLS);
	TRY(secret_new(ROLLS, out, d));
	for (size_t i = 0; i < ROLLS; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		secret_bytes(*out)[i] = (uint8_t)('1' + x % 6);
	}
out:
	return rc;
}

static bool
refused(const struct front *f, const struct diag *why)
{
	(void)f;
	(void)why;
	return false;
}

/* The second machine is told the digits: then the record's count is no longer
 * taken on trust. */
static void
entropy_again_counts_the_rolls(void **state)
{
	const struct plan plan = { .mode = MODE_PRODUCTION,
		.entropy = "dice-only" };
	const struct front front = { .ask_dice = roll, .refused = refused };
	struct secret *seed = NULL, *dice = NULL;
	struct secret *lines[1];
	const struct digits people = { lines, 1 };
	struct facts f = { 0 };
	struct diag d = { 0 };
	bool told = false;

	(void)state;
	if (entropy_draw(&plan, &front, "g1", 0, &seed, &dice, &f, &d) !=
	    ST_OK)
		fail_msg("%s", d.text);
	lines[0] = dice;
	assert_int_equal(entropy_again(seed, &people, &f, &told, &d), ST_OK);
	assert_true(told);
	facts_drop(&f, "rolls");
	assert_int_equal(facts_set(&f, NULL, "rolls", "127"), ST_OK);
	assert_int_equal(entropy_again(seed, &people, &f, &told, &d), ST_AUTH);
	assert_non_null(strstr(d.text, "people rolled 128 times"));
	facts_clear(&f);
	secret_free(seed);
	secret_free(dice);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entropy_again_counts_the_rolls),
	};

	if (crypto_start(NULL) != ST_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
