#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/clock.h"
#include "lib/crypto/derive.h"
#include "lib/crypto/key.h"
#include "lib/crypto/start.h"
#include "lib/pki/profile.h"
#include "lib/pki/rehearsal.h"

#define EFFECTIVE 1803859200 /* 2027-03-01 */
#define ARC "1.3.6.1.4.1.55555"
#define DAYS(n) (EFFECTIVE + (n) * CLOCK_DAY - 1)

static const struct profile_room real = { ARC, "example", false };
static const struct profile_room test = { ARC, "example", true };
static const struct scope usual = { "gateway", "release", "2027Q1", "", "" };

static struct key *key;
static struct cert issuer;

static int
start(void **state)
{
	struct secret *seed = NULL;

	(void)state;
	if (crypto_start(NULL) != ST_OK ||
	    derive_rehearsal_seed(0, &seed, NULL) != ST_OK ||
	    key_from_seed(seed, DERIVE_REAL, "ecdsa-p384", "root", 0, &key,
	    NULL) != ST_OK)
		return -1;
	secret_free(seed);
	snprintf(issuer.spec.subject.org, NAME_PART_SIZE, "example");
	snprintf(issuer.spec.subject.common, NAME_PART_SIZE, "root-g1");
	issuer.spec.not_before = EFFECTIVE;
	issuer.spec.not_after = DAYS(7300);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	key_free(key);
	return 0;
}

static void
refuses_root(const struct profile_room *room, const char *common, int64_t to,
    const char *why)
{
	struct cert_spec spec = { 0 };
	struct diag d = { 0 };

	assert_int_equal(profile_root(room, common, key_public(key), EFFECTIVE,
	    to, &spec, &d), ST_POLICY);
	assert_non_null(strstr(d.text, why));
	assert_null(spec.spki.data);
}

static void
profile_refuses_roots_that_live_too_long_or_not_at_all(void **state)
{
	struct cert_spec spec = { 0 };

	(void)state;
	/* 25 years from here have 6 leap days; any 25 years at most 7 */
	assert_int_equal(profile_root(&real, "root-g1", key_public(key),
	    EFFECTIVE, DAYS(25 * 365 + 7), &spec, NULL), ST_OK);
	cert_spec_clear(&spec);
	refuses_root(&real, "root-g1", DAYS(25 * 365 + 7) + 1, "FORMATS 8.2");
	refuses_root(&real, "root-g1", EFFECTIVE, "FORMATS 8.2");
	refuses_root(&real, "root-g1", EFFECTIVE - 1, "FORMATS 8.2");
}

static void
profile_refuses_names_outside_its_alphabet(void **state)
{
	static const char *const bad[] = { "", "root g1", "root/g1",
		"r\xc3\xb6t", "root\n", "root*", "a,b" };
	const struct profile_room strange = { ARC, "ex\xc3\xa4mple", false };
	const struct profile_room blank = { ARC, " example", false };
	char longest[NAME_PART_SIZE + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refuses_root(&real, bad[i], DAYS(10), "FORMATS 8.1");
	refuses_root(&strange, "root", DAYS(10), "FORMATS 8.1");
	refuses_root(&blank, "root", DAYS(10), "FORMATS 8.1");
	memset(longest, 'a', sizeof(longest));
	longest[NAME_PART_SIZE] = '\0';
	refuses_root(&real, longest, DAYS(10), "more than 64");
	longest[NAME_PART_SIZE - 2] = '\0';
	/* 63 fit, but not with the mark of a rehearsal */
	refuses_root(&test, longest, DAYS(10), "more than 64");
}

static void
profile_refuses_the_mark_of_a_rehearsal_in_production(void **state)
{
	const struct profile_room room = { ARC, "TEST example", false };

	(void)state;
	refuses_root(&real, "TEST-root", DAYS(10), "FORMATS 8.14");
	refuses_root(&room, "root", DAYS(10), "FORMATS 8.14");
}

static void
profile_marks_and_cuts_what_a_rehearsal_makes(void **state)
{
	struct cert_spec spec = { 0 };

	(void)state;
	assert_int_equal(profile_root(&test, "root-g1", key_public(key),
	    EFFECTIVE, DAYS(7300), &spec, NULL), ST_OK);
	assert_string_equal(spec.subject.org, "TEST example");
	assert_string_equal(spec.subject.common, "TEST-root-g1");
	assert_int_equal(spec.not_after, DAYS(30));
	cert_spec_clear(&spec);
}

static enum status
delegation(const struct profile_room *room, const struct scope *scope,
    int64_t from, int64_t to, struct cert_spec *spec, struct diag *d)
{
	return profile_delegation(room, scope, key_public(key), &issuer, from,
	    to, spec, d);
}

static void
refuses_delegation(const struct scope *scope, int64_t from, int64_t to,
    const char *why)
{
	struct cert_spec spec = { 0 };
	struct diag d = { 0 };

	assert_int_equal(delegation(&real, scope, from, to, &spec, &d),
	    ST_POLICY);
	if (strstr(d.text, why) == NULL)
		fail_msg("%s", d.text);
	assert_null(spec.spki.data);
}

static void
profile_counts_both_ends_of_a_delegation(void **state)
{
	struct cert_spec spec = { 0 };

	(void)state;
	assert_int_equal(delegation(&real, &usual, EFFECTIVE, DAYS(400),
	    &spec, NULL), ST_OK);
	assert_int_equal(spec.not_after - spec.not_before + 1,
	    400 * CLOCK_DAY);
	cert_spec_clear(&spec);
	refuses_delegation(&usual, EFFECTIVE, DAYS(400) + 1, "FORMATS 8.2");
}

static void
profile_refuses_delegations_outside_their_root(void **state)
{
	const struct scope late = { "gateway", "release", "2047Q1", "", "" };

	(void)state;
	refuses_delegation(&usual, EFFECTIVE - 1, DAYS(10), "FORMATS 8.2");
	refuses_delegation(&late, issuer.spec.not_after - 10 * CLOCK_DAY,
	    issuer.spec.not_after + 1, "outlive");
}

static void
profile_refuses_another_slot_or_organisation(void **state)
{
	const struct profile_room other = { ARC, "exemple", false };
	struct scope scope = usual;
	struct cert_spec spec = { 0 };
	struct diag d = { 0 };

	(void)state;
	snprintf(scope.slot, sizeof(scope.slot), "2027Q2");
	refuses_delegation(&scope, EFFECTIVE, DAYS(10), "FORMATS 8.13");
	assert_int_equal(delegation(&other, &usual, EFFECTIVE, DAYS(10), &spec,
	    &d), ST_POLICY);
	assert_non_null(strstr(d.text, "another organisation"));
}

/* A root as another may vouch for it: valid for so many days. */
static void
a_root(const struct key *k, const char *common, int64_t days, struct cert *c)
{
	snprintf(c->spec.subject.org, NAME_PART_SIZE, "example");
	snprintf(c->spec.subject.common, NAME_PART_SIZE, "%s", common);
	c->spec.not_before = EFFECTIVE - CLOCK_DAY;
	c->spec.not_after = DAYS(days);
	c->key = *key_public(k);
	memcpy(c->ski, c->key.ski, sizeof(c->ski));
}

static void
profile_crosses_two_roots_as_long_as_both_live(void **state)
{
	static struct cert old, new; /* too large for the stack */
	struct secret *seed = NULL;
	struct cert_spec spec = { 0 };
	struct key *other = NULL;
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(derive_rehearsal_seed(1, &seed, NULL), ST_OK);
	assert_int_equal(key_from_seed(seed, DERIVE_REAL, "ecdsa-p256", "root",
	    0, &other, NULL), ST_OK);
	a_root(key, "root-g1", 1000, &old);
	a_root(other, "root-g2", 7300, &new);
	assert_int_equal(profile_cross(&real, &new, &old, EFFECTIVE, &spec,
	    NULL), ST_OK);
	assert_string_equal(spec.subject.common, "root-g2");
	assert_string_equal(spec.issuer.common, "root-g1");
	assert_memory_equal(spec.issuer_ski, old.ski, sizeof(old.ski));
	assert_true(spec.ca && spec.path_len == -1 && !spec.self_issued);
	assert_int_equal(spec.not_before, EFFECTIVE);
	assert_int_equal(spec.not_after, old.spec.not_after);
	assert_true(bytes_equal(&spec.spki, &new.key.der));
	cert_spec_clear(&spec);
	/* and the other way round not a second longer */
	assert_int_equal(profile_cross(&real, &old, &new, EFFECTIVE, &spec,
	    NULL), ST_OK);
	assert_int_equal(spec.not_after, old.spec.not_after);
	cert_spec_clear(&spec);
	assert_int_equal(profile_cross(&test, &new, &old, EFFECTIVE, &spec,
	    NULL), ST_OK);
	assert_int_equal(spec.not_after, DAYS(30));
	cert_spec_clear(&spec);
	/* before one of them begins, after one of them ends, by itself */
	assert_int_equal(profile_cross(&real, &new, &old,
	    EFFECTIVE - CLOCK_DAY - 1, &spec, &d), ST_POLICY);
	assert_non_null(strstr(d.text, "FORMATS 8.2"));
	assert_int_equal(profile_cross(&real, &new, &old, DAYS(1000) + 1,
	    &spec, NULL), ST_POLICY);
	diag_clear(&d);
	assert_int_equal(profile_cross(&real, &old, &old, EFFECTIVE, &spec,
	    &d), ST_POLICY);
	assert_non_null(strstr(d.text, "FORMATS 8.50"));
	assert_null(spec.spki.data);
	key_free(other);
	secret_free(seed);
}

static void
profile_takes_only_operational_keys_of_stock_clients(void **state)
{
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(profile_key("ecdsa-p256", NULL), ST_OK);
	assert_int_equal(profile_key("rsa-3072", NULL), ST_OK);
	assert_int_equal(profile_key("rsa-2048", NULL), ST_POLICY);
	assert_int_equal(profile_key("ecdsa", NULL), ST_POLICY);
	assert_int_equal(profile_key("ed25519", &d), ST_POLICY);
	assert_non_null(strstr(d.text, "FORMATS 8.12"));
}

static void
profile_cuts_lists_and_refuses_long_ones(void **state)
{
	struct crl_spec spec = { 0 };

	(void)state;
	assert_int_equal(profile_list(&real, &issuer, EFFECTIVE,
	    EFFECTIVE + 400 * CLOCK_DAY, 1, &spec, NULL), ST_OK);
	assert_int_equal(profile_list(&real, &issuer, EFFECTIVE,
	    EFFECTIVE + 400 * CLOCK_DAY + 1, 1, &spec, NULL), ST_POLICY);
	assert_int_equal(profile_list(&real, &issuer, EFFECTIVE,
	    EFFECTIVE + CLOCK_DAY, 0, &spec, NULL), ST_POLICY);
	assert_int_equal(profile_list(&test, &issuer, EFFECTIVE,
	    EFFECTIVE + 400 * CLOCK_DAY, 1, &spec, NULL), ST_OK);
	assert_int_equal(spec.next_update, DAYS(30));
}

static void
rehearsal_key_knows_public_keys_whatever_they_say(void **state)
{
	struct secret *seed = NULL;
	struct key *other = NULL;
	bool yes = false;

	(void)state;
	/* ours is of a public seed, derived as if for real */
	assert_int_equal(rehearsal_key(key_public(key), &yes, NULL), ST_OK);
	assert_true(yes);
	for (unsigned n = 0; n < REHEARSAL_SEEDS; n += 31) {
		assert_int_equal(derive_rehearsal_seed(n, &seed, NULL), ST_OK);
		assert_int_equal(key_from_seed(seed, DERIVE_REHEARSAL,
		    "ecdsa-p256", "root", 0, &other, NULL), ST_OK);
		assert_int_equal(rehearsal_key(key_public(other), &yes, NULL),
		    ST_OK);
		assert_true(yes);
		key_free(other);
		secret_free(seed);
	}
	assert_int_equal(secret_new(SEED_LEN, &seed, NULL), ST_OK);
	assert_int_equal(key_from_seed(seed, DERIVE_REAL, "ecdsa-p384", "root",
	    0, &other, NULL), ST_OK);
	assert_int_equal(rehearsal_key(key_public(other), &yes, NULL), ST_OK);
	assert_false(yes);
	key_free(other);
	secret_free(seed);
}

/* Whichever algorithm a root can have here, and the key that signs the twins
 * of what is linted. */
static void
rehearsal_key_knows_every_algorithm_and_the_throwaway(void **state)
{
	static const char *const algs[] = { "ecdsa-p256", "ecdsa-p384",
		"ed25519", "ml-dsa-65" };
	const struct key *throwaway = NULL;
	struct secret *seed = NULL;
	struct key *other = NULL;
	bool yes = false;

	(void)state;
	assert_int_equal(derive_rehearsal_seed(7, &seed, NULL), ST_OK);
	for (size_t i = 0; i < sizeof(algs) / sizeof(algs[0]); i++) {
		if (key_known(algs[i], NULL) != ST_OK)
			continue;
		assert_int_equal(key_from_seed(seed, DERIVE_REHEARSAL, algs[i],
		    "root", 0, &other, NULL), ST_OK);
		assert_int_equal(rehearsal_key(key_public(other), &yes, NULL),
		    ST_OK);
		assert_true(yes);
		assert_int_equal(key_throwaway(algs[i], &throwaway, NULL),
		    ST_OK);
		assert_int_equal(rehearsal_key(key_public(throwaway), &yes,
		    NULL), ST_OK);
		assert_true(yes);
		key_free(other);
	}
	secret_free(seed);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    profile_refuses_roots_that_live_too_long_or_not_at_all),
		cmocka_unit_test(profile_refuses_names_outside_its_alphabet),
		cmocka_unit_test(
		    profile_refuses_the_mark_of_a_rehearsal_in_production),
		cmocka_unit_test(
		    profile_marks_and_cuts_what_a_rehearsal_makes),
		cmocka_unit_test(profile_counts_both_ends_of_a_delegation),
		cmocka_unit_test(
		    profile_refuses_delegations_outside_their_root),
		cmocka_unit_test(
		    profile_refuses_another_slot_or_organisation),
		cmocka_unit_test(
		    profile_crosses_two_roots_as_long_as_both_live),
		cmocka_unit_test(
		    profile_takes_only_operational_keys_of_stock_clients),
		cmocka_unit_test(profile_cuts_lists_and_refuses_long_ones),
		cmocka_unit_test(
		    rehearsal_key_knows_public_keys_whatever_they_say),
		cmocka_unit_test(
		    rehearsal_key_knows_every_algorithm_and_the_throwaway),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
