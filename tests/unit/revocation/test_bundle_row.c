/* bundle_row.c, make.c, offer.c: what a ceremony makes of a plan, and that no
 * device would refuse it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/crypto/cms.h"
#include "lib/record/signer.h"
#include "revocation/bundle_row.h"
#include "revocation/list.h"
#include "revocation/make.h"
#include "tests/support/fake_hands.h"
#include "tests/support/group.h"

#define HEX(c)                                                                \
	c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c       \
	c c c c c c c c c c c c c c c c
#define LIST "[crl g1]\nby = g1\ndays = 400\n"
#define LIST2 "[crl g2]\nby = g2\ndays = 400\n"
#define BY "[bundle b1]\nby = g1\n"
#define TERMS "threshold = 1\nnext-threshold = 1\nsuccession = both\n"
#define NEXT "next = n1, n2\n"
#define DAYS "days = 365\nhorizon-days = 730\n"
#define FIRST BY "anchors = g1\n" TERMS NEXT DAYS
#define RENEW "[bundle b2]\nby = g1\ndays = 400\n"

/* --- a state with two present roots and two to come --- */

static void
begin(struct fake *f, enum plan_mode mode)
{
	fake_start(f, mode);
	fake_root(f, "n1", 0, false);
	fake_root(f, "n2", 1, false);
	fake_root(f, "g1", 2, true);
	fake_root(f, "g2", 3, true);
}

static void
take(struct fake *f, const struct step_kind *kind, const char *name,
    struct outcome *o)
{
	struct outcome own = { 0 };
	struct outcome *made = o == NULL ? &own : o;
	struct diag d = { 0 };

	if (fake_do(f, kind, name, made, &d) != ST_OK ||
	    fake_verify(f, kind, name, made, &d) != ST_OK)
		fail_msg("%s: %s", name, d.text);
	fake_take(f, made);
	outcome_clear(&own);
}

/* The plan of ceremony 1 with its lists signed, up to the bundle. */
static void
lists(struct fake *f, const char *bundle)
{
	char text[FAKE_PLAN_SIZE];

	snprintf(text, sizeof(text), "%s%s%s", LIST, LIST2, bundle);
	fake_plan(f, 1, text);
	take(f, &crl_step, "g1", NULL);
	take(f, &crl_step, "g2", NULL);
}

/* Ceremony 2 of a state that has FIRST. */
static void
second(struct fake *f, const char *rest)
{
	lists(f, FIRST);
	take(f, &bundle_step, "b1", NULL);
	fake_next(f);
	fake_plan(f, 2, rest);
}

static void
refused(struct fake *f, const char *name, enum status code, const char *why)
{
	struct outcome o = { 0 };
	struct diag d = { 0 };

	if (fake_do(f, &bundle_step, name, &o, &d) != code ||
	    strstr(d.text, why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", d.text, why);
	assert_int_equal(o.n, 0);
	assert_int_equal(o.facts.n, 0);
	outcome_clear(&o);
}

/* Nothing changes by being refused: one state before its first bundle, and one
 * before its second, are enough for all. */
static struct fake one, two;

static int
start(void **state)
{
	if (group_crypto(state) != 0)
		return -1;
	begin(&one, MODE_PRODUCTION);
	lists(&one, FIRST);
	begin(&two, MODE_PRODUCTION);
	second(&two, RENEW);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	fake_end(&one);
	fake_end(&two);
	return 0;
}

static void
refuses_first(const char *bundle, enum status code, const char *why)
{
	fake_plan(&one, 1, bundle);
	refused(&one, "b1", code, why);
}

static void
refuses_second(const char *rest, const char *name, enum status code,
    const char *why)
{
	fake_plan(&two, 2, rest);
	refused(&two, name, code, why);
}

static struct bundle *
read_made(const struct outcome *o)
{
	struct bundle *b = NULL;
	struct diag d = { 0 };

	if (bundle_read("made", o->objects[0].bytes.data,
	    o->objects[0].bytes.len, &b, &d) != ST_OK)
		fail_msg("%s", d.text);
	return b;
}

/* --- what is made --- */

static void
bundle_is_what_plan_and_state_say(void **state)
{
	const struct bundle_floor *floor;
	struct outcome o = { 0 };
	const struct root *g1;
	struct bundle *b;
	struct fake f;

	(void)state;
	begin(&f, MODE_PRODUCTION);
	lists(&f, FIRST "expiry = refuse\n");
	take(&f, &bundle_step, "b1", &o);
	assert_int_equal(o.n, 2);
	assert_string_equal(o.objects[0].name, "bundles/000001.der");
	assert_string_equal(o.objects[1].name, "bundles/000001.g1.p7s");
	b = read_made(&o);
	g1 = state_root(f.state, "g1");
	assert_int_equal(b->era, 1);
	assert_int_equal(b->seq, 1);
	assert_int_equal(b->not_before, FAKE_EFFECTIVE);
	assert_int_equal(b->not_after, FAKE_EFFECTIVE + 365 * CLOCK_DAY);
	assert_int_equal(b->horizon, FAKE_EFFECTIVE + 730 * CLOCK_DAY);
	assert_int_equal(b->level, 2); /* all are of P-384 */
	assert_int_equal(b->expiry, EXPIRY_REFUSES);
	assert_int_equal(b->anchors, 1);
	assert_non_null(bundle_anchor(b, g1->key.id));
	assert_non_null(bundle_next(b, state_root(f.state, "n1")->key.id));
	assert_non_null(bundle_next(b, state_root(f.state, "n2")->key.id));
	/* no list but from this ceremony's on proves a key good */
	floor = bundle_floor(b, g1->key.ski);
	assert_non_null(floor);
	assert_int_equal(floor->number, (UINT64_C(1) << 32) + 1);
	assert_memory_equal(b->plan, f.plan->digest, SHA384_LEN);
	assert_true(b->no_head);

	assert_int_equal(f.state->nbundles, 1);
	assert_int_equal(f.state->bundles[0].horizon, b->horizon);
	assert_ptr_equal(state_established(f.state),
	    state_last_bundle(f.state));
	bundle_free(b);
	outcome_clear(&o);
	fake_end(&f);
}

static void
bundle_has_the_signature_of_each_root(void **state)
{
	struct outcome o = { 0 };
	struct fake f;

	(void)state;
	begin(&f, MODE_PRODUCTION);
	lists(&f, "[bundle b1]\nby = g2, g1\nanchors = g1, g2\nthreshold = 2\n"
	    "next-threshold = 1\nsuccession = both\nnext = n1\n"
	    "break-glass = yes\ndays = 365\n");
	take(&f, &bundle_step, "b1", &o);
	assert_int_equal(o.n, 3);
	assert_string_equal(o.objects[1].name, "bundles/000001.g2.p7s");
	assert_string_equal(o.objects[2].name, "bundles/000001.g1.p7s");
	outcome_clear(&o);
	fake_end(&f);
}

/* A key made in another room, on another day, known by its name alone. */
static void
bundle_takes_a_next_key_by_digest(void **state)
{
	struct outcome o = { 0 };
	struct bundle *b;
	struct fake f;

	(void)state;
	begin(&f, MODE_PRODUCTION);
	lists(&f, BY "anchors = g1\n" TERMS DAYS "next = n1\n"
	    "next-key.abroad = ecdsa-p256 " HEX("ab") "\n");
	take(&f, &bundle_step, "b1", &o);
	b = read_made(&o);
	assert_int_equal(b->nexts, 2);
	assert_int_equal(b->level, 1);
	assert_string_equal(b->next[1].alg, "ecdsa-p256");
	bundle_free(b);
	outcome_clear(&o);
	fake_end(&f);
}

static void
bundle_renews_what_the_state_has(void **state)
{
	struct outcome o = { 0 };
	struct bundle *b;
	struct fake f;

	(void)state;
	begin(&f, MODE_PRODUCTION);
	second(&f, LIST RENEW);
	take(&f, &crl_step, "g1", NULL);
	take(&f, &bundle_step, "b2", &o);
	assert_string_equal(o.objects[1].name, "bundles/000002.g1.p7s");
	b = read_made(&o);
	assert_int_equal(b->era, 1);
	assert_int_equal(b->seq, 2);
	assert_int_equal(b->not_after, FAKE_EFFECTIVE + 60 + 400 * CLOCK_DAY);
	assert_int_equal(b->horizon, FAKE_EFFECTIVE + 730 * CLOCK_DAY);
	assert_int_equal(b->floor[0].number, (UINT64_C(2) << 32) + 1);
	assert_false(b->no_head);
	assert_int_equal(f.state->nbundles, 2);
	assert_int_equal(state_established(f.state)->file, 1);
	bundle_free(b);
	outcome_clear(&o);
	fake_end(&f);
}

/* RULES C6: what a rehearsal makes ends after 30 days, its horizon too. */
static void
bundle_of_a_rehearsal_is_cut(void **state)
{
	const int64_t end = FAKE_EFFECTIVE + 30 * CLOCK_DAY - 1;
	struct outcome o = { 0 };
	struct bundle *b;
	struct fake f;

	(void)state;
	begin(&f, MODE_REHEARSAL);
	second(&f, RENEW);
	take(&f, &bundle_step, "b2", &o);
	b = read_made(&o);
	assert_int_equal(b->not_after, end);
	assert_int_equal(b->horizon, end);
	bundle_free(b);
	outcome_clear(&o);
	fake_end(&f);
}

/* --- what is refused before a key is open --- */

static void
bundle_refuses_one_commitment_for_one_root(void **state)
{
	(void)state;
	refuses_first(BY "anchors = g1\n" TERMS DAYS "next = n1\n", ST_POLICY,
	    "FORMATS 9.11: one next key is too few");
	refuses_first(BY "anchors = g1\n" TERMS DAYS, ST_POLICY,
	    "FORMATS 9.11");
	refuses_first(BY "anchors = g1\nthreshold = 2\nnext-threshold = 1\n"
	    "succession = both\n" NEXT DAYS, ST_POLICY, "FORMATS 9.11: a "
	    "threshold that nobody needs to reach, or nobody can");
	refuses_first(BY "anchors = g1\nthreshold = 0\nnext-threshold = 1\n"
	    "succession = both\n" NEXT DAYS, ST_POLICY, "FORMATS 9.11");
	refuses_first(BY "anchors = g1\nthreshold = 1\nnext-threshold = 3\n"
	    "succession = both\n" NEXT DAYS, ST_POLICY, "FORMATS 9.11");
	refuses_first(FIRST "break-glass = yes\n", ST_POLICY, "FORMATS 9.14");
	refuses_first(FIRST "level = 3\n", ST_POLICY, "FORMATS 9.12: "
	    "ecdsa-p384 is below its level 3");
}

static void
bundle_refuses_roots_that_are_none(void **state)
{
	(void)state;
	refuses_first("[bundle b1]\nby = g9\nanchors = g9\n" TERMS NEXT DAYS,
	    ST_POLICY, "FORMATS 8.18: no root g9 is there");
	refuses_first(BY "anchors = g1, n1\n" TERMS NEXT DAYS, ST_POLICY,
	    "FORMATS 8.18: root n1 has no certificate");
	refuses_first(BY "anchors = g1\n" TERMS DAYS "next = n1, n9\n",
	    ST_POLICY, "FORMATS 3.30: no root n9 is there");
	refuses_first(BY "anchors = g1\n" TERMS DAYS "next = n1, g2\n",
	    ST_POLICY, "FORMATS 3.30: root g2 has a certificate: it is no "
	    "root to come");
	refuses_first(BY "anchors = g1\n" TERMS DAYS "next = n1, n1\n",
	    ST_POLICY, "FORMATS 9.4: root n1 is there twice");
	refuses_first("[bundle b1]\nby = g1, g1\nanchors = g1\n" TERMS NEXT
	    DAYS, ST_POLICY, "FORMATS 9.21: root g1 signs twice");
	refuses_first("[bundle b1]\nby = g2\nanchors = g1\n" TERMS NEXT DAYS,
	    ST_POLICY, "FORMATS 9.28: root g2 is no anchor of it");
	refuses_first(BY "anchors = g1, g2\nthreshold = 2\n"
	    "next-threshold = 1\nsuccession = both\n" NEXT DAYS, ST_POLICY,
	    "FORMATS 9.28: 1 of its own anchors sign it, and 2 must");
}

static void
bundle_refuses_next_keys_that_are_none(void **state)
{
	char text[FAKE_PLAN_SIZE], hex[SHA384_HEX_SIZE];

	(void)state;
	refuses_first(BY "anchors = g1\n" TERMS DAYS "next = n1\n"
	    "next-key.x = ecdsa-p256 abc\n", ST_FORMAT, "FORMATS 3.33");
	refuses_first(BY "anchors = g1\n" TERMS DAYS
	    "next-key.x = ecdsa-p256 " HEX("ab") "\n"
	    "next-key.y = ecdsa-p256 " HEX("ab") "\n", ST_POLICY,
	    "FORMATS 9.4: one next key is there twice");
	refuses_first(BY "anchors = g1\n" TERMS DAYS "next = n1\n"
	    "next-key.x = rsa-2048 " HEX("ab") "\n", ST_POLICY,
	    "FORMATS 9.12: there are no roots of rsa-2048");

	/* a root of this state, under another name */
	for (size_t i = 0; i < 2; i++) {
		text_hex(state_root(one.state, i == 0 ? "g2" : "n1")->key.id,
		    SHA384_LEN, hex);
		snprintf(text, sizeof(text), BY "anchors = g1\n" TERMS DAYS
		    "next = n2\nnext-key.x = ecdsa-p384 %s\n", hex);
		refuses_first(text, ST_POLICY, i == 0 ? "FORMATS 3.33: a next "
		    "key made elsewhere is that of root g2 here" :
		    "is that of root n1 here");
	}
}

/* RULES C6: by computing it, for a digest bears no mark. */
static void
bundle_refuses_the_digest_of_a_rehearsal(void **state)
{
	char text[FAKE_PLAN_SIZE], hex[SHA384_HEX_SIZE];
	struct secret *seed = NULL;
	struct key *key = NULL;

	(void)state;
	assert_int_equal(derive_rehearsal_seed(5, &seed, NULL), ST_OK);
	assert_int_equal(key_from_seed(seed, DERIVE_REHEARSAL, "ecdsa-p256",
	    "root", 0, &key, NULL), ST_OK);
	text_hex(key_public(key)->id, SHA384_LEN, hex);
	snprintf(text, sizeof(text), BY "anchors = g1\n" TERMS DAYS
	    "next = n1\nnext-key.x = ecdsa-p256 %s\n", hex);
	refuses_first(text, ST_POLICY, "FORMATS 8.33: a next key of ecdsa-p256 "
	    "comes from a public rehearsal seed");
	key_free(key);
	secret_free(seed);
}

static void
bundle_refuses_dates_beyond_the_horizon_or_the_root(void **state)
{
	(void)state;
	refuses_first(BY "anchors = g1\n" TERMS NEXT "days = 365\n"
	    "horizon-days = 364\n", ST_POLICY, "FORMATS 9.5: 365 days are "
	    "beyond its horizon of 364");
	refuses_first(BY "anchors = g1\n" TERMS NEXT "days = 3651\n",
	    ST_POLICY, "FORMATS 8.2: it would outlive root g1");
	refuses_second("[bundle b2]\nby = g1\ndays = 731\n", "b2", ST_POLICY,
	    "FORMATS 9.5: it would end beyond its horizon, "
	    "2029-02-28T00:00:00Z");
}

static void
bundle_refuses_an_anchor_without_a_list(void **state)
{
	struct fake f;

	(void)state;
	begin(&f, MODE_PRODUCTION);
	fake_plan(&f, 1, FIRST LIST);
	refused(&f, "b1", ST_POLICY, "FORMATS 9.52: [bundle b1] wants a [crl] "
	    "of root g1 above it");
	fake_end(&f);
}

static void
bundle_refuses_half_an_establishment(void **state)
{
	(void)state;
	refuses_first("[bundle b1]\nby = g1\ndays = 365\n", ST_FORMAT,
	    "FORMATS 3.31: [bundle b1], the first of its state, says no "
	    "anchors");
	refuses_first(BY "anchors = g1\nthreshold = 1\nnext-threshold = 1\n"
	    NEXT DAYS, ST_FORMAT, "says no succession");
}

static void
bundle_refuses_a_renewal_that_changes_something(void **state)
{
	static const char *const more[] = { "anchors = g1", "threshold = 1",
		"next = n1, n2", "next-threshold = 1", "succession = both",
		"horizon-days = 800", "level = 2", "break-glass = no",
		"expiry = warn", "next-key.x = ecdsa-p256 " HEX("ab") };
	char text[512], why[64];

	(void)state;
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
		snprintf(text, sizeof(text), RENEW "%s\n", more[i]);
		snprintf(why, sizeof(why), "it cannot say %.*s",
		    (int)strcspn(more[i], " ."), more[i]);
		refuses_second(text, "b2", ST_POLICY, why);
	}
	/* a second establishment, said in full */
	refuses_second(FIRST, "b1", ST_POLICY, "FORMATS 3.32: [bundle b1] is "
	    "a renewal, for this state has a bundle: it cannot say anchors");
}

static void
bundle_refuses_a_renewal_by_others(void **state)
{
	(void)state;
	refuses_second("[bundle b2]\nby = g2\ndays = 100\n", "b2", ST_POLICY,
	    "FORMATS 9.22: root g2 is no anchor of the bundle before");
	refuses_second(RENEW "[bundle b3]\nby = g1\ndays = 100\n", "b3",
	    ST_POLICY, "FORMATS 3.31: a ceremony makes one bundle, and b2 is "
	    "above");
}

static void
bundle_refuses_a_renewal_by_too_few(void **state)
{
	struct fake f;

	(void)state;
	begin(&f, MODE_PRODUCTION);
	lists(&f, "[bundle b1]\nby = g1, g2\nanchors = g1, g2\nthreshold = 2\n"
	    "next-threshold = 1\nsuccession = both\nnext = n1\n" DAYS);
	take(&f, &bundle_step, "b1", NULL);
	fake_next(&f);
	fake_plan(&f, 2, RENEW);
	refused(&f, "b2", ST_POLICY, "FORMATS 9.22: 1 of its anchors sign it, "
	    "and 2 must");
	fake_end(&f);
}

/* --- what a record cannot say --- */

static void
differs(struct fake *f, const struct outcome *o, const char *why)
{
	struct diag d = { 0 };

	if (fake_verify(f, &bundle_step, "b1", o, &d) != ST_AUTH ||
	    strstr(d.text, why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", d.text, why);
}

static void
bundle_verify_refuses_other_files_and_facts(void **state)
{
	struct outcome o = { 0 };
	struct bytes other = { 0 }, was;
	struct cert *g2 = NULL;
	struct fact *signers;
	char *name;
	struct fake f;

	(void)state;
	begin(&f, MODE_PRODUCTION);
	lists(&f, FIRST);
	assert_int_equal(fake_do(&f, &bundle_step, "b1", &o, NULL), ST_OK);
	o.objects[0].bytes.data[o.objects[0].bytes.len - 1] ^= 1;
	differs(&f, &o, "FORMATS 9.55: bundles/000001.der is not what the plan "
	    "asked for");
	o.objects[0].bytes.data[o.objects[0].bytes.len - 1] ^= 1;

	/* good, and of a root that is nobody there */
	assert_int_equal(signer_cert(f.state, "g2", &g2, NULL), ST_OK);
	assert_int_equal(cms_sign(f.root[3].key, g2, FAKE_ARC, CMS_BUNDLE,
	    FAKE_EFFECTIVE, &o.objects[0].bytes, &other, NULL), ST_OK);
	was = o.objects[1].bytes;
	o.objects[1].bytes = other;
	differs(&f, &o, "bundles/000001.g1.p7s");
	bytes_free(&other);
	cert_free(g2);

	/* good, and dated otherwise */
	assert_int_equal(signer_cert(f.state, "g1", &g2, NULL), ST_OK);
	assert_int_equal(cms_sign(f.root[2].key, g2, FAKE_ARC, CMS_BUNDLE,
	    FAKE_EFFECTIVE + 60, &o.objects[0].bytes, &other, NULL), ST_OK);
	o.objects[1].bytes = other;
	differs(&f, &o, "FORMATS 9.55: bundles/000001.g1.p7s is of another "
	    "time than its bundle");
	o.objects[1].bytes = was;
	bytes_free(&other);
	cert_free(g2);

	signers = &o.facts.fact[o.facts.n - 1];
	assert_string_equal(signers->key, "signers");
	name = signers->value[0];
	signers->value[0] = strdup("g2");
	differs(&f, &o, "the record gives another signers than the bundle");
	free(signers->value[0]);
	signers->value[0] = name;
	o.n = 1;
	differs(&f, &o, "FORMATS 7.5: its files are not bundles/000001.der");
	o.n = 2;
	outcome_clear(&o);
	fake_end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bundle_is_what_plan_and_state_say),
		cmocka_unit_test(bundle_has_the_signature_of_each_root),
		cmocka_unit_test(bundle_takes_a_next_key_by_digest),
		cmocka_unit_test(bundle_renews_what_the_state_has),
		cmocka_unit_test(bundle_of_a_rehearsal_is_cut),
		cmocka_unit_test(bundle_refuses_one_commitment_for_one_root),
		cmocka_unit_test(bundle_refuses_roots_that_are_none),
		cmocka_unit_test(bundle_refuses_next_keys_that_are_none),
		cmocka_unit_test(bundle_refuses_the_digest_of_a_rehearsal),
		cmocka_unit_test(
		    bundle_refuses_dates_beyond_the_horizon_or_the_root),
		cmocka_unit_test(bundle_refuses_an_anchor_without_a_list),
		cmocka_unit_test(bundle_refuses_half_an_establishment),
		cmocka_unit_test(
		    bundle_refuses_a_renewal_that_changes_something),
		cmocka_unit_test(bundle_refuses_a_renewal_by_others),
		cmocka_unit_test(bundle_refuses_a_renewal_by_too_few),
		cmocka_unit_test(bundle_verify_refuses_other_files_and_facts),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
