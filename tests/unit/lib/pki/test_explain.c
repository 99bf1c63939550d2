#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/clock.h"
#include "lib/pki/explain.h"
#include "lib/pki/profile.h"
#include "tests/support/bundles.h"

static const char *const clients[] = { "RAUC", "SWUpdate", "OpenSSL",
	"GnuTLS", "mbedTLS", "wolfSSL", "sbverify" };
#define NCLIENTS (sizeof(clients) / sizeof(clients[0]))

/* What a client, set up so, does with a thing of these traits. */
static enum explain_answer
answer(enum explain_kind kind, unsigned traits, const char *client,
    const char *setting)
{
	const struct explain_thing t = { kind, traits, 0, 0, 0 };
	const struct explain_row *r;

	for (size_t i = 0; (r = explain_next(&t, &i)) != NULL;) {
		if (strcmp(r->client, client) == 0 &&
		    (setting == NULL || strcmp(r->setting, setting) == 0))
			return r->answer;
	}
	fail_msg("%s is not there", client);
	return EXPLAIN_UNMEASURED;
}

static bool
same_group(const struct explain_row *a, const struct explain_row *b)
{
	return a->kind == b->kind && strcmp(a->client, b->client) == 0 &&
	    strcmp(a->setting, b->setting) == 0;
}

/* --- the table --- */

static void
table_answers_for_every_client(void **state)
{
	(void)state;
	for (int k = 0; k < EXPLAIN_KINDS; k++) {
		for (size_t i = 0; i < NCLIENTS; i++)
			assert_in_range(answer((enum explain_kind)k, 0,
			    clients[i], NULL), 0, EXPLAIN_ANSWERS - 1);
	}
}

/* A group is in one place, ends with a row for all else, and has none behind
 * such a row, which nobody would ever see. */
static void
table_has_no_row_that_is_never_seen(void **state)
{
	const struct explain_row *r, *next, *other;

	(void)state;
	for (size_t i = 0; (r = explain_row(i)) != NULL; i++) {
		next = explain_row(i + 1);
		if (r->traits != 0) {
			assert_non_null(next);
			assert_true(same_group(r, next));
			continue;
		}
		for (size_t j = i + 1; (other = explain_row(j)) != NULL; j++)
			assert_false(same_group(r, other));
	}
}

static void
table_gives_a_source_for_every_fact(void **state)
{
	const struct explain_row *r;

	(void)state;
	for (size_t i = 0; (r = explain_row(i)) != NULL; i++) {
		assert_true(strlen(r->source) > 0);
		/* what nobody tried is not said to be so or so */
		if (strcmp(r->source, "not tried") == 0)
			assert_int_equal(r->answer, EXPLAIN_UNMEASURED);
		assert_true((r->traits >> EXPLAIN_TRAITS) == 0);
	}
}

/* The matrix that was measured, leaf by leaf. */
static void
key_answers_are_the_measured_matrix(void **state)
{
	enum { OK = EXPLAIN_ACCEPTS, NO = EXPLAIN_REFUSES,
		UN = EXPLAIN_UNMEASURED };
	static const struct {
		const char *client, *setting;
	} column[] = {
		{ "RAUC", "check-purpose=codesign" },
		{ "RAUC", "no check-purpose" }, { "SWUpdate", NULL },
		{ "GnuTLS", NULL }, { "mbedTLS", NULL }, { "wolfSSL", NULL },
		{ "sbverify", NULL },
	};
	static const struct {
		unsigned traits;
		int is[7];
	} leaf[] = {
		{ 0, { OK, NO, OK, OK, OK, OK, OK } },
		{ TRAIT_EMAIL, { OK, OK, OK, OK, OK, OK, OK } },
		{ TRAIT_NO_EKU, { NO, OK, NO, OK, OK, OK, UN } },
		{ TRAIT_NO_CODE_SIGNING, { NO, NO, NO, NO, NO, OK, UN } },
		{ TRAIT_POLICIES_CRITICAL, { OK, NO, OK, OK, NO, OK, UN } },
		{ TRAIT_CONSTRAINTS_CRITICAL, { OK, NO, OK, NO, NO, OK, UN } },
		{ TRAIT_UNKNOWN_CRITICAL, { NO, NO, NO, NO, NO, NO, NO } },
		{ TRAIT_ED25519_KEY, { NO, NO, UN, UN, NO, UN, NO } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(leaf) / sizeof(leaf[0]); i++) {
		for (size_t j = 0; j < 7; j++) {
			if ((int)answer(EXPLAIN_KEY, leaf[i].traits,
			    column[j].client, column[j].setting) !=
			    leaf[i].is[j])
				fail_msg("leaf %zu: %s", i, column[j].client);
		}
	}
}

static void
list_answers_tell_who_ignores_it(void **state)
{
	(void)state;
	assert_int_equal(answer(EXPLAIN_LIST, 0, "SWUpdate", "before 2026"),
	    EXPLAIN_IGNORES);
	assert_int_equal(answer(EXPLAIN_LIST, 0, "GnuTLS", NULL),
	    EXPLAIN_ACCEPTS);
	/* it fails open, and looks at no date */
	assert_int_equal(answer(EXPLAIN_LIST, TRAIT_EXPIRED, "GnuTLS", NULL),
	    EXPLAIN_ACCEPTS);
	assert_int_equal(answer(EXPLAIN_LIST, TRAIT_PARTIAL, "GnuTLS", NULL),
	    EXPLAIN_IGNORES);
	assert_int_equal(answer(EXPLAIN_LIST, TRAIT_EXPIRED, "RAUC",
	    "check-crl=true"), EXPLAIN_REFUSES);
	assert_int_equal(answer(EXPLAIN_LIST, TRAIT_EARLY, "OpenSSL",
	    "verify -crl_check"), EXPLAIN_REFUSES);
	assert_int_equal(answer(EXPLAIN_LIST, TRAIT_PARTIAL, "mbedTLS", NULL),
	    EXPLAIN_REFUSES);
}

/* --- things --- */

static struct cert *
leaf_of(const struct pkix *p, struct cert_spec *spec)
{
	struct bytes der = { 0 };
	struct diag d = { 0 };
	struct cert *c = NULL;

	pkix_sign_cert(p->root_key, spec, &der);
	if (cert_read("leaf", der.data, der.len, &c, &d) != ST_OK)
		fail_msg("%s", d.text);
	bytes_free(&der);
	return c;
}

static unsigned
traits_of(const struct pkix *p, struct cert_spec *spec)
{
	struct cert *c = leaf_of(p, spec);
	struct explain_thing t;

	explain_cert(c, PKIX_NOW, &t);
	cert_free(c);
	cert_spec_clear(spec);
	return t.traits;
}

static void
cert_traits_are_what_it_says(void **state)
{
	static const uint8_t null[] = { 5, 0 };
	struct cert_spec spec = { 0 };
	struct explain_thing t;
	struct pkix p;

	(void)state;
	pkix_make(&p, "ecdsa-p384");
	explain_cert(p.root, PKIX_NOW, &t);
	assert_int_equal(t.kind, EXPLAIN_AUTHORITY);
	assert_int_equal(t.traits, TRAIT_NO_EKU);
	explain_cert(p.leaf, PKIX_NOW, &t);
	assert_int_equal(t.kind, EXPLAIN_KEY);
	assert_int_equal(t.traits, 0);
	explain_cert(p.leaf, PKIX_FROM - 1, &t);
	assert_int_equal(t.traits, TRAIT_EARLY);

	pkix_leaf_spec(&p, &spec);
	spec.ekus = 0;
	assert_int_equal(traits_of(&p, &spec), TRAIT_NO_EKU);
	pkix_leaf_spec(&p, &spec);
	spec.ekus = 1;
	snprintf(spec.eku[0], CERT_OID_SIZE, "1.3.6.1.5.5.7.3.4");
	assert_int_equal(traits_of(&p, &spec), TRAIT_NO_CODE_SIGNING |
	    TRAIT_EMAIL);
	pkix_leaf_spec(&p, &spec);
	spec.exts = 1;
	snprintf(spec.ext[0].oid, CERT_OID_SIZE, PKIX_ARC ".77");
	spec.ext[0].critical = true;
	assert_int_equal(bytes_set(&spec.ext[0].value, null, 2, NULL), ST_OK);
	assert_int_equal(traits_of(&p, &spec), TRAIT_UNKNOWN_CRITICAL);
	/* an authority that another one issued */
	pkix_leaf_spec(&p, &spec);
	spec.ca = true;
	spec.path_len = 0;
	spec.usage = USAGE_KEY_CERT_SIGN | USAGE_CRL_SIGN;
	assert_int_equal(traits_of(&p, &spec), TRAIT_BELOW_A_ROOT |
	    TRAIT_NO_SIGNATURES);
	pkix_free(&p);
}

static void
cert_parts_say_what_they_hold(void **state)
{
	char value[EXPLAIN_VALUE_SIZE];
	struct pkix p;

	(void)state;
	pkix_make(&p, "ecdsa-p384");
	explain_part("2.5.29.15")->value(&p.root->spec, value, sizeof(value));
	assert_string_equal(value, "of messages, of certificates, of lists");
	explain_part("2.5.29.19")->value(&p.root->spec, value, sizeof(value));
	assert_string_equal(value, "it may");
	explain_part("2.5.29.19")->value(&p.leaf->spec, value, sizeof(value));
	assert_string_equal(value, "it may not");
	/* what does not fit is cut, and never runs over */
	explain_part("2.5.29.15")->value(&p.root->spec, value, 8);
	assert_string_equal(value, "of mess");
	assert_null(explain_part("1.2.3"));
	pkix_free(&p);
}

static void
list_exposure_is_counted_in_begun_days(void **state)
{
	struct explain_thing t;
	struct pkix p;

	(void)state;
	pkix_make(&p, "ecdsa-p384");
	explain_list(p.list, PKIX_NOW, &t);
	assert_int_equal(t.kind, EXPLAIN_LIST);
	assert_int_equal(t.traits, 0);
	assert_int_equal(t.until, p.list->spec.next_update);
	assert_int_equal(explain_days(&t, t.until - 1), 1);
	assert_int_equal(explain_days(&t, t.until - CLOCK_DAY), 1);
	assert_int_equal(explain_days(&t, t.until - CLOCK_DAY - 1), 2);
	assert_int_equal(explain_days(&t, t.until), 0);
	assert_int_equal(explain_days(&t, t.until + 1), 0);
	explain_list(p.list, t.until + 1, &t);
	assert_int_equal(t.traits, TRAIT_EXPIRED);
	explain_list(p.list, t.from - 1, &t);
	assert_int_equal(t.traits, TRAIT_EARLY);
	snprintf(p.list->foreign_ext, sizeof(p.list->foreign_ext), "other");
	explain_list(p.list, PKIX_NOW, &t);
	assert_int_equal(t.traits, TRAIT_PARTIAL);
	pkix_free(&p);
}

/* --- bundles --- */

static const unsigned roots[] = { 0, 1 }, nexts[] = { 2, 19 };

/* What a thief of ${has} can do with a bundle of these traits; NULL: no row
 * says it. */
static const struct explain_thief *
thief(unsigned traits, const char *has)
{
	const struct explain_thing t = { EXPLAIN_BUNDLE, traits, 0, 1, 2 };
	const struct explain_thief *r;

	for (size_t i = 0; (r = explain_thief(i)) != NULL; i++) {
		if (strcmp(r->has, has) == 0 && explain_steals(r, &t))
			return r;
	}
	return NULL;
}

static void
bundle_traits_are_what_it_says(void **state)
{
	struct bundle *b = NULL, *later = NULL;
	struct explain_thing t;

	(void)state;
	bundles_start();
	bundles_make(roots, 1, nexts, 2, &b);
	bundles_seal(b);
	explain_bundle(b, PKIX_NOW, &t);
	assert_int_equal(t.kind, EXPLAIN_BUNDLE);
	assert_int_equal(t.traits, TRAIT_BOTH | TRAIT_WARNS);
	assert_true(t.from == b->not_before && t.until == b->not_after &&
	    t.horizon == b->horizon);
	explain_bundle(b, b->not_after + 1, &t);
	assert_int_equal(t.traits, TRAIT_BOTH | TRAIT_WARNS | TRAIT_EXPIRED);
	bundles_renewal(b, &later);
	explain_bundle(later, b->not_before - 1, &t);
	assert_int_equal(t.traits, TRAIT_BOTH | TRAIT_WARNS | TRAIT_EARLY |
	    TRAIT_RENEWAL);
	bundle_free(b);
	bundle_free(later);

	bundles_make(roots, 2, nexts, 2, &b);
	b->threshold = 2;
	b->succession = NEXT_ALONE_AFTER_HORIZON;
	b->break_glass = true;
	b->expiry = EXPIRY_REFUSES;
	bundles_seal(b);
	explain_bundle(b, PKIX_NOW, &t);
	assert_int_equal(t.traits, TRAIT_SEVERAL_SIGN | TRAIT_NEXT_ALONE |
	    TRAIT_BREAK_GLASS | TRAIT_REFUSES);
	bundle_free(b);
	bundles_stop();
}

/* RULES B4, B6, B7, B8, row by row. */
static void
thieves_can_what_the_rules_leave_them(void **state)
{
	const unsigned plain = TRAIT_BOTH | TRAIT_WARNS;
	const char *const present = "as many present roots as must sign";
	const struct explain_thief *r;

	(void)state;
	assert_int_equal(thief(plain, "next keys")->end, END_NOTHING);
	assert_null(thief(plain, "all next keys"));
	assert_null(thief(plain, "all present roots"));
	assert_null(thief(plain, "fewer present roots than must sign"));
	assert_int_equal(thief(plain, present)->end, END_ESTABLISHED);
	assert_int_equal(thief(TRAIT_REFUSES, present)->end, END_HORIZON);
	assert_int_equal(thief(TRAIT_NEXT_ALONE, "all next keys")->end,
	    END_BEGINS_AT_HORIZON);
	assert_null(thief(TRAIT_NEXT_ALONE, "next keys"));
	assert_int_equal(thief(TRAIT_BREAK_GLASS, "all present roots")->end,
	    END_NEVER);
	assert_int_equal(thief(TRAIT_REFUSES,
	    "no key, but the way to a device")->end, END_EXPIRY);
	assert_int_equal(thief(plain, "no key, but the way to a device")->end,
	    END_NEVER);
	for (size_t i = 0; (r = explain_thief(i)) != NULL; i++) {
		assert_true(strlen(r->source) > 0 && strlen(r->can) > 0);
		assert_true((strlen(explain_end_text(r->end)) == 0) ==
		    (r->end == END_NOTHING));
	}
}

static void
an_end_has_the_date_of_the_bundle(void **state)
{
	const struct explain_thing t = { EXPLAIN_BUNDLE, 0, 1, 2, 3 };
	const struct explain_thing list = { EXPLAIN_LIST, 0, 1, 2, 0 };

	(void)state;
	assert_true(explain_end_time(END_EXPIRY, &t) == 2);
	assert_true(explain_end_time(END_HORIZON, &t) == 3);
	assert_true(explain_end_time(END_BEGINS_AT_HORIZON, &t) == 3);
	assert_true(explain_end_time(END_ESTABLISHED, &t) == 0);
	assert_true(explain_end_time(END_NEVER, &t) == 0);
	assert_false(explain_steals(thief(0, "as many present roots "
	    "and next keys as must sign"), &list));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_answers_for_every_client),
		cmocka_unit_test(table_has_no_row_that_is_never_seen),
		cmocka_unit_test(table_gives_a_source_for_every_fact),
		cmocka_unit_test(key_answers_are_the_measured_matrix),
		cmocka_unit_test(list_answers_tell_who_ignores_it),
		cmocka_unit_test(cert_traits_are_what_it_says),
		cmocka_unit_test(cert_parts_say_what_they_hold),
		cmocka_unit_test(list_exposure_is_counted_in_begun_days),
		cmocka_unit_test(bundle_traits_are_what_it_says),
		cmocka_unit_test(thieves_can_what_the_rules_leave_them),
		cmocka_unit_test(an_end_has_the_date_of_the_bundle),
	};

	return cmocka_run_group_tests(tests, pkix_start, NULL);
}
