/* bare.c: shares whose record is lost never give a key that was not compared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ceremony/bare.h"
#include "lib/crypto/start.h"
#include "tests/support/shares.h"

/* The seed of the ${n}th rehearsal root, split under a passphrase or not. */
static void
split_seed(unsigned n, const struct slip39_scheme *scheme, const char *pass,
    uint16_t id, struct slip39_set *out)
{
	struct prng p = { 77 + id };
	const struct slip39_source source = prng_source(&p);
	struct secret *seed = NULL, *ems = NULL;
	struct secret *phrase = pass == NULL ? NULL : shares_text(pass);

	assert_int_equal(derive_rehearsal_seed(n, &seed, NULL), ST_OK);
	assert_int_equal(slip39_encrypt(seed, phrase, scheme, id, &ems, NULL),
	    ST_OK);
	memset(out, 0, sizeof(*out));
	assert_int_equal(slip39_split(ems, scheme, id, &source, out, NULL),
	    ST_OK);
	secret_free(phrase);
	secret_free(ems);
	secret_free(seed);
}

static struct key *
key_of(unsigned n, enum derive_mode mode, const char *alg)
{
	struct secret *seed = NULL;
	struct key *key = NULL;

	assert_int_equal(derive_rehearsal_seed(n, &seed, NULL), ST_OK);
	assert_int_equal(key_from_seed(seed, mode, alg, "root", 0, &key,
	    NULL), ST_OK);
	secret_free(seed);
	return key;
}

/* Of the sets ${a} and ${b} (may be NULL) these shares: the first of ${a} is 0,
 * the first of ${b} is 10; ending in -1. */
static struct bare *
bag(const struct slip39_set *a, const struct slip39_set *b, const int *which)
{
	struct bare *bare = NULL;
	char name[16];

	assert_int_equal(bare_new(&bare, NULL), ST_OK);
	for (; *which >= 0; which++) {
		snprintf(name, sizeof(name), "file%d", *which);
		assert_int_equal(bare_put(bare, *which < 10 ?
		    a->mnemonic[*which] : b->mnemonic[*which - 10], name,
		    NULL), ST_OK);
	}
	return bare;
}
#define OF(...) ((const int[]){ __VA_ARGS__, -1 })

static void
combines(struct bare *b, enum status code, const char *why)
{
	struct secret *seed = NULL;
	struct diag d = { 0 };
	const enum status rc = bare_seed(b, NULL, &seed, &d);

	if (rc != code || strstr(d.text, why) == NULL)
		fail_msg("%d: %s", (int)rc, d.text);
	assert_true((rc == ST_OK) == (seed != NULL));
	secret_free(seed);
	bare_free(b);
}

static void
bare_names_the_forged_share_by_its_file(void **state)
{
	const struct slip39_scheme c = shares_scheme(1, 2, 4, 0);
	struct slip39_set set, other;

	(void)state;
	split_seed(0, &c, NULL, 5, &set);
	split_seed(1, &c, NULL, 5, &other); /* of the same id */
	combines(bag(&set, &other, OF(0, 3)), ST_OK, "");
	combines(bag(&set, &other, OF(0, 11)), ST_AUTH,
	    "the digest of group 1 does not match: one of these shares");
	combines(bag(&set, &other, OF(0, 11, 2)), ST_AUTH,
	    "share file11 does not belong with the others");
	combines(bag(&set, &other, OF(13, 0, 1, 2)), ST_AUTH,
	    "share file13 does not belong with the others");
	combines(bag(&set, &other, OF(0, 1, 10)), ST_AUTH,
	    "shares file0 and file10 have the same place");
	combines(bag(&set, &other, OF(0, 0)), ST_FORMAT,
	    "share file0 is share file0 once more");
	combines(bag(&set, &other, OF(2)), ST_FORMAT, "too few shares: 1 of 2 "
	    "shares of group 1");
	slip39_set_clear(&set);
	slip39_set_clear(&other);
}

/* A group of one has no digest of its own: that over the groups tells. */
static void
bare_refuses_an_altered_share_of_a_group_of_one(void **state)
{
	const struct slip39_scheme c = shares_scheme(2, 2, 3, 1, 1, 1, 1, 0);
	struct slip39_set set, other;

	(void)state;
	split_seed(0, &c, NULL, 5, &set);
	split_seed(1, &c, NULL, 5, &other);
	combines(bag(&set, &other, OF(0, 1, 3)), ST_OK, "");
	combines(bag(&set, &other, OF(0, 1, 13)), ST_AUTH,
	    "the digest over the groups does not match");
	combines(bag(&set, &other, OF(0, 1, 13, 4)), ST_AUTH,
	    "share file13 does not belong with the others");
	slip39_set_clear(&set);
	slip39_set_clear(&other);
}

static void
compares(struct bare *b, const struct key *want, enum derive_mode mode,
    enum status code, const char *why)
{
	enum derive_mode is = DERIVE_REAL;
	struct secret *seed = NULL;
	struct diag d = { 0 };
	enum status rc;

	assert_int_equal(bare_seed(b, NULL, &seed, NULL), ST_OK);
	rc = bare_key(seed, key_public(want), &is, &d);
	if (rc != code || strstr(d.text, why) == NULL)
		fail_msg("%d: %s", (int)rc, d.text);
	if (rc == ST_OK)
		assert_int_equal(is, mode);
	secret_free(seed);
	bare_free(b);
}

static void
bare_compares_with_a_key_of_either_mode(void **state)
{
	static const char *const algs[] = { "ecdsa-p256", "ecdsa-p384" };
	const struct slip39_scheme c = shares_scheme(1, 2, 3, 0);
	struct slip39_set set, pass;

	(void)state;
	split_seed(0, &c, NULL, 5, &set);
	split_seed(0, &c, "TREZOR", 6, &pass);
	for (int i = 0; i < 2; i++) {
		struct key *real = key_of(0, DERIVE_REAL, algs[i]);
		struct key *test = key_of(0, DERIVE_REHEARSAL, algs[i]);
		struct key *other = key_of(1, DERIVE_REAL, algs[i]);

		compares(bag(&set, NULL, OF(0, 2)), real, DERIVE_REAL, ST_OK,
		    "");
		compares(bag(&set, NULL, OF(1, 2)), test, DERIVE_REHEARSAL,
		    ST_OK, "");
		compares(bag(&set, NULL, OF(0, 1)), other, DERIVE_REAL,
		    ST_AUTH, "FORMATS 4.10: the shares combine, but not to "
		    "this key");
		/* a passphrase that nobody gave */
		compares(bag(&pass, NULL, OF(0, 1)), real, DERIVE_REAL,
		    ST_AUTH, "a passphrase is missing");
		key_free(real);
		key_free(test);
		key_free(other);
	}
	slip39_set_clear(&set);
	slip39_set_clear(&pass);
}

/* Not every SLIP-39 secret is a seed, nor every key one that a seed gives. */
static void
bare_compares_only_what_can_be(void **state)
{
	struct secret *short_one = shares_text("sixteen bytes..."), *seed = NULL;
	struct key *key = key_of(0, DERIVE_REAL, "ecdsa-p256");
	struct spki rsa = { .alg = "rsa-3072" };
	enum derive_mode mode;
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(bare_key(short_one, key_public(key), &mode, &d),
	    ST_AUTH);
	assert_non_null(strstr(d.text, "FORMATS 5.1: the shares give 16 "
	    "bytes"));
	diag_clear(&d);
	assert_int_equal(derive_rehearsal_seed(0, &seed, NULL), ST_OK);
	assert_int_equal(bare_key(seed, &rsa, &mode, &d), ST_POLICY);
	assert_non_null(strstr(d.text, "no root's key of rsa-3072 comes from "
	    "a seed"));
	secret_free(seed);
	secret_free(short_one);
	key_free(key);
}

/* What was refused is not there; what people enter is compared at once. */
static void
bare_add_takes_what_fits(void **state)
{
	const struct slip39_scheme c = shares_scheme(1, 2, 3, 0);
	struct slip39_set set, other;
	struct secret *no = shares_text("academic abandon");
	struct bare *b = NULL;
	struct diag d = { 0 };

	(void)state;
	split_seed(0, &c, NULL, 5, &set);
	split_seed(0, &c, NULL, 6, &other);
	assert_int_equal(bare_new(&b, NULL), ST_OK);
	assert_int_equal(bare_add(b, set.mnemonic[0], NULL, NULL), ST_OK);
	assert_int_equal(bare_add(b, no, NULL, NULL), ST_FORMAT);
	assert_int_equal(bare_add(b, set.mnemonic[0], NULL, &d), ST_FORMAT);
	assert_non_null(strstr(d.text, "share 2 is share 1 once more"));
	diag_clear(&d);
	assert_int_equal(bare_add(b, other.mnemonic[1], NULL, &d), ST_AUTH);
	assert_non_null(strstr(d.text, "share 2 is of another set than share "
	    "1: their identifiers differ"));
	assert_int_equal(b->n, 1);
	assert_int_equal(bare_enough(b, NULL), ST_FORMAT);
	assert_int_equal(bare_add(b, set.mnemonic[2], NULL, NULL), ST_OK);
	assert_int_equal(bare_enough(b, NULL), ST_OK);
	bare_free(b);
	secret_free(no);
	slip39_set_clear(&set);
	slip39_set_clear(&other);
}

static void
bare_says_what_shares_say(void **state)
{
	const struct slip39_scheme c = shares_scheme(2, 2, 3, 1, 1, 0);
	struct slip39_set set;
	struct facts f = { 0 };
	struct bare *b, *none = NULL;

	(void)state;
	split_seed(0, &c, NULL, 5, &set);
	b = bag(&set, NULL, OF(1, 3));
	assert_int_equal(bare_say(b, &f, NULL), ST_OK);
	assert_string_equal(facts_get(&f, "set-id"), "5");
	assert_string_equal(facts_get(&f, "groups"), "2 of 2 are needed");
	assert_int_equal(facts_count(&f, "shares"), 2);
	assert_string_equal(facts_at(&f, "shares", 0), "file1: member 2 of "
	    "group 1, 33 words, checksum holds; its group needs 2");
	assert_non_null(strstr(facts_get(&f, "missing"), "1 of 2 shares of "
	    "group 1"));
	facts_clear(&f);
	bare_free(b);
	assert_int_equal(bare_new(&none, NULL), ST_OK);
	assert_int_equal(bare_say(none, &f, NULL), ST_FORMAT);
	bare_free(none);
	slip39_set_clear(&set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bare_names_the_forged_share_by_its_file),
		cmocka_unit_test(
		    bare_refuses_an_altered_share_of_a_group_of_one),
		cmocka_unit_test(bare_compares_with_a_key_of_either_mode),
		cmocka_unit_test(bare_compares_only_what_can_be),
		cmocka_unit_test(bare_add_takes_what_fits),
		cmocka_unit_test(bare_says_what_shares_say),
	};

	if (crypto_start(NULL) != ST_OK)
		return 1;
	return cmocka_run_group_tests_name("bare", tests, NULL, NULL);
}
