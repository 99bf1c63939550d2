/* accept.c: what follows what, and what only looks as if. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/crypto/cms.h"
#include "tests/support/bundles.h"

/* Era 1: roots 0, 1, 2, two of them needed; committed 3, 4, 5. */
static const unsigned roots[] = { 0, 1, 2 }, nexts[] = { 3, 4, 5 };
static const struct accept_clock early = { PKIX_FROM + 10, true };

static struct bundle *one, *two, *three; /* and two renewals */
static struct accept_state at;		 /* after two */

static void
take(struct accept_state *s, const struct bundle *b, const unsigned *keys,
    size_t n)
{
	struct accept_signers by;
	struct diag d = { 0 };
	enum status rc;

	bundles_by(&by, keys, n);
	rc = b == one ? accept_first(b, &by, &early, s, &d) :
	    accept_next(s, b, &by, &early, s, &d);
	if (rc != ST_OK)
		fail_msg("refused: %s", d.text);
}

static int
start(void **state)
{
	pkix_start(state);
	bundles_start();
	bundles_make(roots, 3, nexts, 3, &one);
	one->threshold = 2;
	bundles_seal(one);
	bundles_renewal(one, &two);
	bundles_renewal(two, &three);
	take(&at, one, roots, 2);
	take(&at, two, roots, 2);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	bundle_free(one);
	bundle_free(two);
	bundle_free(three);
	bundles_stop();
	return 0;
}

/* The establishment that follows: root 0 goes, 3 and 4 come, 6 and 7 are
 * committed. */
static struct bundle *
successor(void)
{
	static const unsigned now[] = { 1, 2, 3, 4 }, then[] = { 6, 7 };
	struct bundle *b = NULL;

	bundles_make(now, 4, then, 2, &b);
	assert_int_equal(bundle_succeed(one, b, NULL), ST_OK);
	return b;
}

/* What is refused, and how; ${b} is sealed and freed here. */
static void
judge(const struct accept_state *s, struct bundle *b, const unsigned *keys,
    size_t n, const struct accept_clock *clock, enum status code,
    const char *why)
{
	struct accept_state out = { 0 };
	struct accept_signers by;
	struct diag d = { 0 };
	enum status rc;

	bundles_seal(b);
	bundles_by(&by, keys, n);
	rc = accept_next(s, b, &by, clock, &out, &d);
	if (rc != code || strstr(d.text, why) == NULL)
		fail_msg("%d, not %d: \"%s\" does not say \"%s\"", (int)rc,
		    (int)code, d.text, why);
	assert_true((out.last != NULL) == (rc == ST_OK));
	bundle_free(b);
}

static void
refuse(struct bundle *b, enum status code, const char *why)
{
	static const unsigned all[] = { 0, 1, 2, 3, 4, 5 };

	judge(&at, b, all, 6, &early, code, why);
}

static struct bundle *
renewal(void)
{
	struct bundle *b = NULL;

	bundles_renewal(two, &b);
	return b;
}

/* --- a bundle alone --- */

static void
alone(struct bundle *b, const char *why)
{
	struct diag d = { 0 };

	assert_int_equal(bundle_check(b, &d), ST_POLICY);
	if (strstr(d.text, why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", d.text, why);
	bundle_free(b);
}

static void
check_refuses_what_would_wedge_or_open_devices(void **state)
{
	struct bundle *b;
	const unsigned single[] = { 9 };

	(void)state;
	b = successor();
	b->threshold = 5;
	alone(b, "FORMATS 9.11");
	b = successor();
	b->threshold = 0;
	alone(b, "FORMATS 9.11");
	b = successor();
	b->next_threshold = 3;
	alone(b, "FORMATS 9.11");
	bundles_make(single, 1, nexts, 1, &b);
	alone(b, "FORMATS 9.11: one next key is too few");
	bundles_make(roots, 2, nexts, 1, &b);
	b->succession = NEXT_ALONE_AFTER_HORIZON;
	alone(b, "FORMATS 9.11: one next key is too few");
	bundles_make(single, 1, nexts, 2, &b);
	b->break_glass = true;
	alone(b, "FORMATS 9.14");
}

static void
check_refuses_a_weak_algorithm_and_a_key_that_had_its_time(void **state)
{
	struct bundle *b;

	(void)state;
	b = successor();
	b->level = 2;
	alone(b, "FORMATS 9.12: ecdsa-p256");
	b = successor();
	snprintf(b->next[0].alg, sizeof(b->next[0].alg), "rot13");
	alone(b, "FORMATS 9.12");
	bundles_next(b = successor(), 3);
	alone(b, "FORMATS 9.13");
	bundles_next(b = successor(), 0);
	alone(b, "FORMATS 9.13");
	bundles_former(b = successor(), 4, true);
	alone(b, "FORMATS 9.13");
}

static void
check_refuses_an_anchor_altered_or_in_a_mirror(void **state)
{
	struct bundle *b = successor();

	(void)state;
	b->anchor[0]->der.data[b->anchor[0]->der.len - 1] ^= 1;
	alone(b, "FORMATS 9.10");
	b = successor();
	memcpy(b->anchor[0]->key.index, b->anchor[1]->key.index, SHA384_LEN);
	alone(b, "FORMATS 9.10");
}

/* --- renewals --- */

static void
renewal_is_taken_with_its_dates_floors_and_origin(void **state)
{
	const unsigned by[] = { 2, 0 };
	struct bundle *b = renewal();

	(void)state;
	b->not_before++;
	b->not_after = b->horizon;
	b->floors = 1;
	memcpy(b->floor[0].issuer, bundles_cert[0]->ski, 20);
	b->floor[0].number = 5;
	memset(b->plan, 1, SHA384_LEN);
	b->no_head = false;
	judge(&at, b, by, 2, &early, ST_OK, "");
}

static void
renewal_changes_nothing_else(void **state)
{
	struct bundle *b;

	(void)state;
	bundles_anchor(b = renewal(), 9);
	refuse(b, ST_POLICY, "FORMATS 9.22: a renewal changes");
	bundles_next(b = renewal(), 9);
	refuse(b, ST_POLICY, "FORMATS 9.22: a renewal changes");
	bundles_former(b = renewal(), 3, true); /* a commitment, revoked */
	refuse(b, ST_POLICY, "FORMATS 9.22: a renewal changes");
	b = renewal();
	b->threshold = 1;
	refuse(b, ST_POLICY, "FORMATS 9.22: a renewal changes");
	b = renewal();
	b->next_threshold = 3;
	refuse(b, ST_POLICY, "FORMATS 9.22: a renewal changes");
	b = renewal();
	b->horizon++;
	refuse(b, ST_POLICY, "FORMATS 9.22: a renewal changes");
	b = renewal();
	b->break_glass = true;
	refuse(b, ST_POLICY, "FORMATS 9.22: a renewal changes");
	b = renewal();
	b->succession = NEXT_ALONE_AFTER_HORIZON;
	refuse(b, ST_POLICY, "FORMATS 9.22: a renewal changes");
	b = renewal();
	b->expiry = EXPIRY_REFUSES;
	refuse(b, ST_POLICY, "FORMATS 9.22: a renewal changes");
	b = renewal();
	b->level = 0;
	refuse(b, ST_POLICY, "FORMATS 9.22: a renewal changes");
	b = renewal();
	snprintf(b->arc, sizeof(b->arc), "1.3.6.1.4.1.32473.8");
	refuse(b, ST_POLICY, "FORMATS 9.22: a renewal changes");
}

static void
renewal_refuses_rollback_fork_gap_and_another_era(void **state)
{
	struct bundle *b;

	(void)state;
	bundles_renewal(one, &b);
	refuse(b, ST_AUTH, "FORMATS 9.20: its number 2 is not above 2");
	b = renewal();
	b->seq = 4;
	refuse(b, ST_AUTH, "FORMATS 9.28: bundle 3 of its era");
	b = renewal();
	b->previous[0] ^= 1;
	refuse(b, ST_AUTH, "FORMATS 9.20: it follows another bundle");
	b = renewal();
	b->era = 2;
	refuse(b, ST_AUTH, "FORMATS 9.28: it renews era 2");
}

static void
renewal_counts_keys_and_not_signatures(void **state)
{
	const unsigned twice[] = { 1, 1, 1 }, strange[] = { 1, 3, 9, 12 };
	const unsigned good[] = { 12, 1, 9, 2 };

	(void)state;
	judge(&at, renewal(), twice, 3, &early, ST_AUTH,
	    "FORMATS 9.22: 1 of its anchors");
	judge(&at, renewal(), strange, 4, &early, ST_AUTH,
	    "FORMATS 9.22: 1 of its anchors");
	judge(&at, renewal(), good, 0, &early, ST_AUTH,
	    "FORMATS 9.22: 0 of its anchors");
	judge(&at, renewal(), good, 4, &early, ST_OK, "");
}

static void
floors_only_rise(void **state)
{
	const unsigned by[] = { 0, 1 };
	struct bundle *b = renewal(), *c = NULL;
	struct accept_state s;
	struct accept_signers who;
	struct diag d = { 0 };

	(void)state;
	b->floors = 1;
	memcpy(b->floor[0].issuer, bundles_cert[1]->ski, 20);
	b->floor[0].number = 5;
	bundles_seal(b);
	bundles_by(&who, by, 2);
	assert_int_equal(accept_next(&at, b, &who, &early, &s, &d), ST_OK);
	bundles_renewal(b, &c);
	c->floor[0].number = 4;
	judge(&s, c, by, 2, &early, ST_POLICY, "FORMATS 9.22: a floor");
	bundles_renewal(b, &c);
	c->floors = 0;
	judge(&s, c, by, 2, &early, ST_POLICY, "FORMATS 9.22: a floor");
	bundles_renewal(b, &c);
	c->floor[0].number = 6;
	judge(&s, c, by, 2, &early, ST_OK, "");
	bundle_free(b);
}

/* --- establishments --- */

static void
establishment_needs_present_and_committed_and_own(void **state)
{
	const unsigned good[] = { 0, 1, 3 }, present[] = { 0, 1, 2 };
	const unsigned next[] = { 3, 4, 5 }, few[] = { 0, 3 };
	struct bundle *b;

	(void)state;
	judge(&at, successor(), good, 3, &early, ST_OK, "");
	judge(&at, successor(), present, 3, &early, ST_AUTH,
	    "FORMATS 9.23: 3 anchors and 0 committed");
	judge(&at, successor(), next, 3, &early, ST_AUTH,
	    "FORMATS 9.23: 0 anchors and 2 committed");
	judge(&at, successor(), few, 2, &early, ST_AUTH,
	    "FORMATS 9.23: 1 anchors and 1 committed");
	b = successor();
	b->threshold = 4;
	judge(&at, b, good, 3, &early, ST_AUTH, "FORMATS 9.23: 2 of its own");
}

static void
establishment_keeps_what_it_must(void **state)
{
	struct bundle *b;

	(void)state;
	b = successor();
	b->formers = 0;
	refuse(b, ST_POLICY, "FORMATS 9.26: anchor");
	b = successor();
	snprintf(b->arc, sizeof(b->arc), "1.3.6.1.4.1.32473.8");
	refuse(b, ST_POLICY, "FORMATS 9.26: it is under another arc");
	b = successor();
	b->level = 0;
	refuse(b, ST_POLICY, "FORMATS 9.26: its level falls");
	b = successor();
	b->era = 3;
	refuse(b, ST_AUTH, "FORMATS 9.28: the establishment of era 2");
	b = successor();
	b->era = 1;
	b->first = true;
	refuse(b, ST_AUTH, "FORMATS 9.20: its era 1");
	b = successor();
	memcpy(b->previous, two->id, SHA384_LEN);
	refuse(b, ST_AUTH, "FORMATS 9.20: it follows another establishment");
}

static void
a_former_key_never_returns(void **state)
{
	static const unsigned now[] = { 1, 2, 5 }, then[] = { 8, 9 };
	const unsigned by[] = { 0, 1, 3 }, all[] = { 1, 2, 3, 4, 5, 6, 7 };
	struct bundle *b = successor(), *c = NULL;
	struct accept_state s;
	struct accept_signers who;
	struct diag d = { 0 };

	(void)state;
	bundles_former(b, 5, true); /* stolen before its time */
	bundles_seal(b);
	bundles_by(&who, by, 3);
	assert_int_equal(accept_next(&at, b, &who, &early, &s, &d), ST_OK);
	for (int lie = 0; lie < 3; lie++) {
		bundles_make(now, lie == 0 ? 3 : 2, then, 2, &c);
		c->era = 3;
		c->first = false;
		memcpy(c->previous, b->id, SHA384_LEN);
		bundles_former(c, 3, false);
		bundles_former(c, 4, false);
		if (lie > 0)
			bundles_former(c, 5, lie > 1);
		if (lie < 2)
			bundles_former(c, 0, false);
		bundles_anchor(c, 6);
		judge(&s, c, all, 7, &early, ST_POLICY, "FORMATS 9.26: a "
		    "former key is left out, or no longer revoked");
	}
	bundle_free(b);
}

/* n - d for d: the same holder, and another name. */
static void
a_root_does_not_come_back_in_a_mirror(void **state)
{
	struct bundle *b = successor();

	(void)state;
	for (size_t i = 0; i < b->anchors; i++) {
		if (memcmp(b->anchor[i]->key.id, bundles_cert[3]->key.id,
		    SHA384_LEN) == 0)
			memcpy(b->anchor[i]->key.index,
			    bundles_cert[0]->key.index, SHA384_LEN);
	}
	refuse(b, ST_POLICY, "FORMATS 9.26: anchor O=Example");
}

static void
floors_of_anchors_that_stay_stay(void **state)
{
	const unsigned by[] = { 0, 1, 3 };
	struct bundle *first = NULL, *b;
	struct accept_signers who;
	struct accept_state s;

	(void)state;
	bundles_make(roots, 3, nexts, 3, &first);
	first->floors = 2;
	for (unsigned i = 0; i < 2; i++) {
		memcpy(first->floor[i].issuer, bundles_cert[i]->ski, 20);
		first->floor[i].number = 7;
	}
	bundles_seal(first);
	bundles_by(&who, roots, 3);
	assert_int_equal(accept_first(first, &who, &early, &s, NULL), ST_OK);
	for (unsigned lie = 0; lie < 3; lie++) {
		b = successor();
		memcpy(b->previous, first->id, SHA384_LEN);
		b->floors = lie < 2;
		memcpy(b->floor[0].issuer, bundles_cert[1]->ski, 20);
		b->floor[0].number = 7 - lie;
		/* that of root 0, which goes, may go */
		judge(&s, b, by, 3, &early, lie == 0 ? ST_OK : ST_POLICY,
		    lie == 0 ? "" : "FORMATS 9.26: a floor");
	}
	bundle_free(first);
}

static void
succession_leaves_out_no_former_key(void **state)
{
	struct bundle *b = successor(), *c = NULL;
	static const unsigned now[] = { 6 }, then[] = { 8, 9 };
	struct diag d = { 0 };

	(void)state;
	b->former[0].revoked = true;
	bundles_seal(b);
	bundles_make(now, 1, then, 2, &c);
	assert_int_equal(bundle_succeed(b, c, NULL), ST_OK);
	bundles_seal(c);
	assert_int_equal(c->era, 3);
	assert_int_equal(c->formers, 5);
	for (unsigned i = 0; i < 5; i++)
		assert_true(bundle_former(c,
		    bundles_cert[i]->key.id)->revoked == (i == 0));
	b->formers = BUNDLE_FORMER_MAX - 3;
	assert_int_equal(bundle_succeed(b, c, &d), ST_POLICY);
	assert_non_null(strstr(d.text, "FORMATS 9.4"));
	bundle_free(b);
	bundle_free(c);
}

/* The attack of RULES B4: whatever the thief made of it. */
static void
establishment_ends_what_a_thief_renewed(void **state)
{
	const unsigned thief[] = { 0, 1 }, good[] = { 1, 2, 4 };
	struct accept_clock blind = { 0, false };
	struct accept_state s = at;
	struct accept_signers who;
	struct diag d = { 0 };
	struct bundle *b = renewal(), *legal;

	(void)state;
	b->not_before = b->horizon - 1;
	b->not_after = b->horizon;
	b->floors = 1;
	memcpy(b->floor[0].issuer, bundles_cert[1]->ski, 20);
	b->floor[0].number = UINT64_MAX;
	bundles_seal(b);
	bundles_by(&who, thief, 2);
	assert_int_equal(accept_next(&s, b, &who, &early, &s, &d), ST_POLICY);
	assert_non_null(strstr(d.text, "FORMATS 9.27: it begins"));
	assert_int_equal(accept_next(&s, b, &who, &blind, &s, NULL), ST_OK);
	assert_true(s.floor == b->not_before);

	legal = successor();
	bundles_seal(legal);
	bundles_by(&who, good, 3);
	assert_int_equal(accept_next(&s, legal, &who, &blind, &s, NULL),
	    ST_OK);
	assert_true(s.floor == legal->not_before);
	assert_int_equal(accept_alive(&s, &blind, NULL), ST_OK);
	bundle_free(b);
	bundle_free(legal);
}

static void
glass_breaks_only_where_it_was_said(void **state)
{
	static const unsigned now[] = { 0, 1, 9 };
	const unsigned all[] = { 0, 1, 2, 9 }, some[] = { 0, 1, 9 };
	struct bundle *first = NULL, *b;
	struct accept_state s;
	struct accept_signers who;

	(void)state;
	for (int said = 0; said < 2; said++) {
		bundles_make(roots, 3, nexts, 3, &first);
		first->threshold = 2;
		first->break_glass = said == 1;
		bundles_seal(first);
		bundles_by(&who, roots, 3);
		assert_int_equal(accept_first(first, &who, &early, &s, NULL),
		    ST_OK);
		for (int most = 0; most < 2; most++) {
			bundles_make(now, 3, nexts, 3, &b);
			b->era = 2;
			b->first = false;
			memcpy(b->previous, first->id, SHA384_LEN);
			bundles_former(b, 2, true);
			if (said == 1 && most == 1)
				judge(&s, b, all, 4, &early, ST_OK, "");
			else
				judge(&s, b, most == 1 ? all : some,
				    most == 1 ? 4 : 3, &early, ST_AUTH,
				    "FORMATS 9.23");
		}
		bundle_free(first);
	}
}

static void
next_keys_come_alone_only_late_all_and_by_a_trusted_clock(void **state)
{
	static const unsigned now[] = { 3, 4, 5 }, then[] = { 6, 7 };
	const struct accept_clock late = { PKIX_FROM + 3 * BUNDLES_YEAR, true };
	const struct accept_clock blind = { late.now, false };
	struct bundle *first = NULL, *b;
	struct accept_state s;
	struct accept_signers who;

	(void)state;
	for (int lie = 0; lie < 5; lie++) {
		bundles_make(roots, 3, nexts, 3, &first);
		first->succession = lie == 1 ? NEXT_BOTH :
		    NEXT_ALONE_AFTER_HORIZON;
		bundles_seal(first);
		bundles_by(&who, roots, 3);
		assert_int_equal(accept_first(first, &who, &early, &s, NULL),
		    ST_OK);
		s.floor = s.established_floor = late.now;
		bundles_make(now, 3, then, 2, &b);
		b->era = 2;
		b->first = false;
		memcpy(b->previous, first->id, SHA384_LEN);
		for (unsigned i = 0; i < 3; i++)
			bundles_former(b, i, true);
		judge(&s, b, now, lie == 2 ? 2 : 3, lie == 3 ? &early :
		    lie == 4 ? &blind : &late, lie == 0 ? ST_OK : ST_AUTH,
		    lie == 0 ? "" : "FORMATS 9.23");
		bundle_free(first);
	}
}

/* --- time, and the first --- */

static void
expiry_is_told_by_clock_or_floor(void **state)
{
	struct accept_state s = at;
	struct accept_clock c = { two->not_after, false };
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(accept_alive(&s, &c, &d), ST_OK);
	c.now++;
	assert_int_equal(accept_alive(&s, &c, &d), ST_POLICY);
	assert_non_null(strstr(d.text, "FORMATS 9.27: it has expired at 2028"));
	c.now = 0;
	s.floor = two->not_after + 1;
	assert_int_equal(accept_alive(&s, &c, &d), ST_POLICY);
}

static void
first_refuses_a_renewal_and_one_not_signed(void **state)
{
	struct accept_state s = { 0 };
	struct accept_signers who;
	struct diag d = { 0 };

	(void)state;
	bundles_by(&who, roots, 3);
	assert_int_equal(accept_first(two, &who, &early, &s, &d), ST_POLICY);
	assert_non_null(strstr(d.text, "FORMATS 9.28"));
	diag_clear(&d);
	who.n = 1;
	assert_int_equal(accept_first(one, &who, &early, &s, &d), ST_AUTH);
	assert_non_null(strstr(d.text, "FORMATS 9.28: 1 of its own"));
	assert_null(s.last);
}

/* --- signatures, for real --- */

static void
signers_ignore_strangers_and_what_is_not_good(void **state)
{
	const struct bytes closing = { (uint8_t *)(uintptr_t)CMS_CLOSING_HEAD,
		sizeof(CMS_CLOSING_HEAD) - 1 };
	struct bytes sig[6] = { { 0 } };
	struct accept_signers by;
	struct bundle *b = successor();
	struct diag d = { 0 };

	(void)state;
	bundles_seal(b);
	bundles_sign(b, 0, &sig[0]); /* of the anchors before */
	bundles_sign(b, 3, &sig[1]); /* of its own */
	bundles_sign(b, 9, &sig[2]); /* a stranger's */
	bundles_sign(two, 1, &sig[3]); /* over another bundle */
	bundles_sign(b, 2, &sig[4]);
	sig[4].data[sig[4].len - 1] ^= 1;
	assert_int_equal(cms_sign(bundles_key[2], bundles_cert[2], b->arc,
	    CMS_CLOSING, PKIX_NOW, &closing, &sig[5], &d), ST_OK);
	assert_int_equal(bundle_signers(b, one, sig, 6, &by, &d), ST_OK);
	assert_int_equal(by.n, 2);
	assert_memory_equal(by.key[0], bundles_cert[0]->key.id, SHA384_LEN);
	assert_memory_equal(by.key[1], bundles_cert[3]->key.id, SHA384_LEN);
	/* without the bundle before, its anchors are strangers too */
	assert_int_equal(bundle_signers(b, NULL, sig, 6, &by, &d), ST_OK);
	assert_int_equal(by.n, 1);
	assert_int_equal(bundle_signers(b, one, sig, ACCEPT_SIGNERS_MAX + 1,
	    &by, &d), ST_POLICY);
	for (size_t i = 0; i < 6; i++)
		bytes_free(&sig[i]);
	bundle_free(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    check_refuses_what_would_wedge_or_open_devices),
		cmocka_unit_test(
		    check_refuses_a_weak_algorithm_and_a_key_that_had_its_time),
		cmocka_unit_test(
		    check_refuses_an_anchor_altered_or_in_a_mirror),
		cmocka_unit_test(
		    renewal_is_taken_with_its_dates_floors_and_origin),
		cmocka_unit_test(renewal_changes_nothing_else),
		cmocka_unit_test(
		    renewal_refuses_rollback_fork_gap_and_another_era),
		cmocka_unit_test(renewal_counts_keys_and_not_signatures),
		cmocka_unit_test(floors_only_rise),
		cmocka_unit_test(
		    establishment_needs_present_and_committed_and_own),
		cmocka_unit_test(establishment_keeps_what_it_must),
		cmocka_unit_test(a_former_key_never_returns),
		cmocka_unit_test(a_root_does_not_come_back_in_a_mirror),
		cmocka_unit_test(floors_of_anchors_that_stay_stay),
		cmocka_unit_test(succession_leaves_out_no_former_key),
		cmocka_unit_test(establishment_ends_what_a_thief_renewed),
		cmocka_unit_test(glass_breaks_only_where_it_was_said),
		cmocka_unit_test(
		    next_keys_come_alone_only_late_all_and_by_a_trusted_clock),
		cmocka_unit_test(expiry_is_told_by_clock_or_floor),
		cmocka_unit_test(first_refuses_a_renewal_and_one_not_signed),
		cmocka_unit_test(
		    signers_ignore_strangers_and_what_is_not_good),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
