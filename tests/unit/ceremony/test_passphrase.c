/* passphrase.c: one that its keeper could not type again is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ceremony/passphrase.h"
#include "tests/support/group.h"
#include "tests/support/shares.h"

#define GOOD "correct horse ~ battery"
#define TYPED_MAX 8

/* --- a keeper who types what the test gives, and is told what is refused --- */

static struct {
	const char *typed[TYPED_MAX]; /* until NULL */
	enum pass_why why[TYPED_MAX]; /* it was asked for */
	size_t n;
	unsigned refused, recorded;
	char said[DIAG_TEXT_MAX];
	bool impatient;
} now;

static enum status
type(const struct front *f, const struct pass_view *v, struct secret **out,
    struct diag *d)
{
	(void)f;
	assert_string_equal(v->root, "g1");
	assert_string_equal(v->keeper, "clara");
	if (now.typed[now.n] == NULL)
		return diag_set(d, ST_AUTH, "no more");
	now.why[now.n] = v->why;
	*out = shares_text(now.typed[now.n++]);
	return ST_OK;
}

static bool
refused(const struct front *f, const struct diag *why)
{
	(void)f;
	now.refused++;
	snprintf(now.said, sizeof(now.said), "%s", why->text);
	return !now.impatient;
}

static enum status
record(void *cookie, const char *why, struct diag *d)
{
	(void)cookie;
	(void)why;
	(void)d;
	now.recorded++;
	return ST_OK;
}

static const struct front front = { .refused = refused,
	.ask_passphrase = type };
static const struct quorum_watch watch = { .refused = record, .cookie = NULL };

static void
passphrase_new_takes_what_was_typed_twice(void **state)
{
	struct secret *out = NULL, *want = shares_text(GOOD);

	(void)state;
	memset(&now, 0, sizeof(now));
	now.typed[0] = now.typed[1] = GOOD;
	assert_int_equal(passphrase_new(&front, "g1", "clara", &out, NULL),
	    ST_OK);
	assert_true(secret_equal(out, want));
	assert_int_equal(now.why[0], PASS_NEW);
	assert_int_equal(now.why[1], PASS_AGAIN);
	secret_free(out);
	secret_free(want);
}

static void
passphrase_new_refuses_what_could_not_be_typed_again(void **state)
{
	static const struct {
		const char *first, *second, *why;
		enum status code;
	} rows[] = {
		{ "eleven char", GOOD, "FORMATS 4.50: 11 characters; a new "
		    "passphrase has at least 12", ST_POLICY },
		{ GOOD " ", GOOD " ", "FORMATS 4.50: a blank at an end",
		    ST_POLICY },
		{ " " GOOD, " " GOOD, "FORMATS 4.50: a blank at an end",
		    ST_POLICY },
		{ "correct h\303\266rse", GOOD, "FORMATS 4.17: character 10 of "
		    "the passphrase is not printable ASCII", ST_POLICY },
		{ GOOD, GOOD ".", "FORMATS 4.50: the second time it was "
		    "another passphrase", ST_AUTH },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct secret *out = NULL;
		struct diag d = { 0 };

		memset(&now, 0, sizeof(now));
		now.typed[0] = rows[i].first;
		now.typed[1] = rows[i].second;
		now.impatient = true;
		assert_int_equal(passphrase_new(&front, "g1", "clara", &out,
		    &d), rows[i].code);
		if (strstr(d.text, rows[i].why) == NULL)
			fail_msg("%s", d.text);
		assert_null(strstr(d.text, "correct"));
		assert_null(out);
	}
}

/* What is wrong is asked for from the beginning. */
static void
passphrase_new_begins_again_after_a_slip(void **state)
{
	struct secret *out = NULL;

	(void)state;
	memset(&now, 0, sizeof(now));
	now.typed[0] = now.typed[2] = now.typed[3] = GOOD;
	now.typed[1] = "something else, too";
	assert_int_equal(passphrase_new(&front, "g1", "clara", &out, NULL),
	    ST_OK);
	assert_int_equal(now.refused, 1);
	assert_int_equal(now.why[2], PASS_NEW);
	assert_int_equal(now.why[3], PASS_AGAIN);
	secret_free(out);
}

/* --- one that must give what is there --- */

static enum status
gives(void *cookie, const struct secret *ems, const struct sheet_set *known,
    struct diag *d)
{
	const struct secret *want = cookie;

	assert_non_null(known);
	return secret_equal(ems, want) ? ST_OK :
	    diag_set(d, ST_AUTH, "other sheets");
}

static const struct sheet_set known_sheets;

static void
passphrase_must_give_the_seed_and_the_sheets(void **state)
{
	const struct slip39_scheme scheme = shares_scheme(1, 2, 3, 0);
	struct split_terms set = { "g1", "clara", 1, &scheme, 7, gives, NULL };
	struct secret *seed = shares_text("0123456789abcdef0123456789abcdef");
	struct secret *pass = shares_text(GOOD), *ems = NULL, *out = NULL;

	(void)state;
	assert_int_equal(slip39_encrypt(seed, pass, &scheme, 7, &ems, NULL),
	    ST_OK);
	set.cookie = ems;

	/* the proof: recorded where it was another one */
	memset(&now, 0, sizeof(now));
	now.typed[0] = "another passphrase";
	now.typed[1] = GOOD;
	assert_int_equal(passphrase_prove(&front, &set, ems, seed, &watch,
	    &out, NULL), ST_OK);
	assert_true(secret_equal(out, seed));
	assert_int_equal(now.recorded, 1);
	assert_int_equal(now.why[1], PASS_PROVE);
	assert_non_null(strstr(now.said, "FORMATS 4.51: it is not the "
	    "passphrase that the sheets of root g1 were made with"));
	secret_free(out);

	/* computed again */
	memset(&now, 0, sizeof(now));
	now.typed[0] = "another passphrase";
	now.typed[1] = GOOD;
	assert_int_equal(passphrase_encrypt(&front, &set, seed, &known_sheets,
	    &out, NULL), ST_OK);
	assert_true(secret_equal(out, ems));
	assert_int_equal(now.why[1], PASS_OPEN);
	secret_free(out);

	/* and nobody has it */
	memset(&now, 0, sizeof(now));
	assert_int_equal(passphrase_encrypt(&front, &set, seed, &known_sheets,
	    &out, NULL), ST_AUTH);
	assert_null(out);
	secret_free(pass);
	secret_free(ems);
	secret_free(seed);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(passphrase_new_takes_what_was_typed_twice),
		cmocka_unit_test(
		    passphrase_new_refuses_what_could_not_be_typed_again),
		cmocka_unit_test(passphrase_new_begins_again_after_a_slip),
		cmocka_unit_test(passphrase_must_give_the_seed_and_the_sheets),
	};

	return cmocka_run_group_tests(tests, group_crypto, NULL);
}
