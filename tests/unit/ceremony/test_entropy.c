#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ceremony/entropy.h"
#include "lib/crypto/start.h"

#define ROLLS 128
#define LINES 4

/* Digits without a pattern, in groups of five. */
static void
digits_of(const struct rng_people *kind, struct secret *out)
{
	const char *from = kind->alphabet == NULL ? "etaoinshrdlu" :
						    kind->alphabet;
	uint32_t x = 2463534242u;

	for (size_t i = 0; i < secret_len(out); i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		secret_bytes(out)[i] = i % 6 == 5 ? ' ' :
		    (uint8_t)from[x % strlen(from)];
	}
}

static enum status
roll(const struct front *f, const struct rng_people *kind, const char *root,
    size_t min, struct secret **out, struct diag *d)
{
	enum status rc;

	(void)f;
	(void)root;
	assert_true(min <= 2 * ROLLS);
	/* a sixth of it is blanks */
	TRY(secret_new(kind->alone > ROLLS ? 320 : ROLLS * 6 / 5, out,
	    d));
	digits_of(kind, *out);
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

static enum status
note(const struct front *f, const char *what, size_t n,
    const uint8_t *digest, struct diag *d)
{
	(void)f;
	(void)what;
	(void)n;
	(void)digest;
	(void)d;
	return ST_OK;
}

static const struct front people = { .ask_people = roll,
	.refused = refused };

/* A seed of that kind: what is added, and what is recorded of it. */
static void
draw(const char *entropy, struct secret **seed, struct secret **added,
    struct facts *f)
{
	const struct plan plan = { .mode = MODE_PRODUCTION,
		.entropy = entropy };
	struct front front = people;
	struct diag d = { 0 };

	front.note_words = note;
	if (entropy_draw(&plan, &front, "g1", 0, seed, added, f, &d) != ST_OK)
		fail_msg("%s", d.text);
	assert_int_equal(entropy_check(&plan, f, NULL), ST_OK);
}

/* The second machine is told the digits: then the record's count is no longer
 * taken on trust. */
static void
entropy_again_counts_what_was_added(void **state)
{
	static const struct {
		const char *entropy, *many, *said;
	} rows[] = {
		{ "dice-only", "rolls", "people added 128 rolls" },
		{ "system+dice", "rolls", "people added 128 rolls" },
		{ "coins-only", "tosses", "people added 267 tosses" },
		{ "system+coins", "tosses", "people added 267 tosses" },
		{ "system+text", "characters", "people added 128 characters" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct secret *seed = NULL, *added = NULL, *lines[1];
		const struct digits written = { lines, 1 };
		struct facts f = { 0 };
		struct diag d = { 0 };
		bool told = false;

		draw(rows[i].entropy, &seed, &added, &f);
		lines[0] = added;
		if (entropy_again(seed, &written, &f, &told, &d) != ST_OK)
			fail_msg("%s: %s", rows[i].entropy, d.text);
		assert_true(told);
		facts_drop(&f, rows[i].many);
		assert_int_equal(facts_set(&f, NULL, rows[i].many, "500"),
		    ST_OK);
		assert_int_equal(entropy_again(seed, &written, &f, &told, &d),
		    ST_AUTH);
		if (strstr(d.text, rows[i].said) == NULL)
			fail_msg("%s", d.text);
		facts_clear(&f);
		secret_free(seed);
		secret_free(added);
	}
}

/* On paper they stand in lines, among those of other roots and kinds. */
static void
entropy_again_finds_lines_that_follow_one_another(void **state)
{
	struct secret *seed = NULL, *added = NULL, *lines[LINES];
	struct digits written = { lines, LINES };
	struct facts f = { 0 };
	struct diag d = { 0 };
	bool told = false;

	(void)state;
	draw("dice-only", &seed, &added, &f);
	assert_int_equal(secret_new(11, &lines[0], NULL), ST_OK);
	memcpy(secret_bytes(lines[0]), "hello there", 11);
	assert_int_equal(secret_new(5, &lines[1], NULL), ST_OK);
	memcpy(secret_bytes(lines[1]), "12345", 5);
	assert_int_equal(secret_new(50, &lines[2], NULL), ST_OK);
	assert_int_equal(secret_new(78, &lines[3], NULL), ST_OK);
	memcpy(secret_bytes(lines[2]), secret_peek(added), 50);
	memcpy(secret_bytes(lines[3]), secret_peek(added) + 50, 78);
	if (entropy_again(seed, &written, &f, &told, &d) != ST_OK)
		fail_msg("%s", d.text);
	written.n = 3;
	assert_int_equal(entropy_again(seed, &written, &f, &told, &d),
	    ST_AUTH);
	assert_non_null(strstr(d.text, "FORMATS 5.8: these are not the rolls "
	    "that people added"));
	for (size_t i = 0; i < LINES; i++)
		secret_free(lines[i]);
	facts_clear(&f);
	secret_free(seed);
	secret_free(added);
}

/* A record says what its kind has and no more. */
static void
entropy_check_refuses_the_count_of_another_kind(void **state)
{
	const struct plan plan = { .mode = MODE_PRODUCTION,
		.entropy = "system+coins" };
	struct secret *seed = NULL, *added = NULL;
	struct facts f = { 0 };
	struct diag d = { 0 };

	(void)state;
	draw("system+coins", &seed, &added, &f);
	assert_int_equal(facts_set(&f, NULL, "rolls", "128"), ST_OK);
	assert_int_equal(entropy_check(&plan, &f, &d), ST_AUTH);
	assert_string_equal(d.text, "FORMATS 5.8: rolls is said, of entropy "
	    "that has none");
	facts_drop(&f, "rolls");
	facts_drop(&f, "tosses");
	diag_clear(&d);
	assert_int_equal(facts_set(&f, NULL, "tosses", "127"), ST_OK);
	assert_int_equal(entropy_check(&plan, &f, &d), ST_AUTH);
	assert_string_equal(d.text, "FORMATS 5.8: tosses is not a number from "
	    "128 on");
	facts_clear(&f);
	secret_free(seed);
	secret_free(added);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entropy_again_counts_what_was_added),
		cmocka_unit_test(
		    entropy_again_finds_lines_that_follow_one_another),
		cmocka_unit_test(
		    entropy_check_refuses_the_count_of_another_kind),
	};

	if (crypto_start(NULL) != ST_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
