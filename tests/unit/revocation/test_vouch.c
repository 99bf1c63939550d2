/* vouch.c: what a store says of a key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "revocation/vouch.h"
#include "tests/support/record.h"
#include "tests/support/stores.h"

static const unsigned root[] = { 0 }, next[] = { 1, 18 };
static struct bundle *one;

static int
start(void **state)
{
	pkix_start(state);
	bundles_start();
	bundles_make(root, 1, next, 2, &one);
	bundles_seal(one);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	bundle_free(one);
	bundles_stop();
	return 0;
}

/* A key of root 0 with the first of the serial numbers that lists revoke. */
static struct cert key;

static void
make_key(void)
{
	memset(&key, 0, sizeof(key));
	key.serial[0] = 0x42;
	key.serial_len = CERT_SERIAL_LEN;
	memcpy(key.spec.issuer_ski, bundles_cert[0]->ski,
	    sizeof(key.spec.issuer_ski));
}

/* The store "s", with ${b} and the gift. */
static struct store *
store_with(const struct bundle *b, const struct store_gift *g)
{
	struct store *s;
	struct diag d = { 0 };
	struct store_taken t;

	make_key();
	record_room();
	stores_begin("s", b);
	s = stores_open("s", true);
	if (store_apply(s, g, &stores_noon, &t, &d) != ST_OK)
		fail_msg("%s", d.text);
	return s;
}

static void
refuses(const struct store *s, int64_t now, bool rehearsal, enum status code,
    const char *why)
{
	const struct accept_clock clock = { now, false };
	struct vouch v = { .at = 1 };
	struct diag d = { 0 };

	assert_int_equal(vouch_for(s, &key, &clock, rehearsal, &v, &d), code);
	if (strstr(d.text, why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", d.text, why);
	assert_true(v.at == 0 && v.anchor == NULL && v.list == NULL);
}

static void
vouch_gives_anchors_list_arc_and_time(void **state)
{
	struct store_gift g = { 0 };
	struct accept_clock early = { PKIX_FROM - 5, false };
	struct diag d = { 0 };
	struct store *s;
	struct vouch v;

	(void)state;
	stores_give_list(&g, 0, 7, 0);
	s = store_with(one, &g);
	assert_int_equal(vouch_for(s, &key, &stores_noon, true, &v, &d), ST_OK);
	assert_int_equal(v.anchors, 1);
	assert_string_equal(v.anchor[0]->subject, bundles_cert[0]->subject);
	assert_true(v.list->spec.number == 7);
	assert_string_equal(v.arc, PKIX_ARC);
	assert_true(v.at == PKIX_NOW && !v.expired);
	/* RULES B8: a clock that runs behind is not believed */
	assert_int_equal(vouch_for(s, &key, &early, true, &v, &d), ST_OK);
	assert_true(v.at == PKIX_FROM);
	/* nobody here issued that one */
	key.spec.issuer_ski[0] ^= 1;
	assert_int_equal(vouch_for(s, &key, &stores_noon, true, &v, &d),
	    ST_OK);
	assert_null(v.list);
	store_free(s);
	store_gift_clear(&g);
	record_leave();
}

/* RULES L5, and FORMATS 9.46: what a later list forgets stays revoked, and the
 * list that forgets it proves nobody good. */
static void
vouch_refuses_what_any_list_revoked(void **state)
{
	struct store_gift g = { 0 };
	struct store *s;

	(void)state;
	stores_give_list(&g, 0, 7, 1);
	stores_give_list(&g, 0, 8, 0);
	s = store_with(one, &g);
	refuses(s, PKIX_NOW, true, ST_AUTH,
	    "RULES L5: certificate revoked");
	key.serial[0] = 0x51;
	refuses(s, PKIX_NOW, true, ST_POLICY, "RULES L5: list 8");
	store_free(s);
	store_gift_clear(&g);
	record_leave();
}

static void
expiry_is_told_or_refused_as_the_bundle_says(void **state)
{
	const struct accept_clock late = { PKIX_FROM + BUNDLES_YEAR + 1,
		false };
	struct store_gift g = { 0 };
	struct bundle *strict = NULL;
	struct diag d = { 0 };
	struct store *s;
	struct vouch v;

	(void)state;
	s = store_with(one, &g);
	assert_int_equal(vouch_for(s, &key, &late, true, &v, &d), ST_OK);
	assert_true(v.expired);
	store_free(s);
	record_leave();

	bundles_make(root, 1, next, 2, &strict);
	strict->expiry = EXPIRY_REFUSES;
	bundles_seal(strict);
	s = store_with(strict, &g);
	refuses(s, late.now, true, ST_POLICY, "FORMATS 9.27");
	store_free(s);
	bundle_free(strict);
	record_leave();
}

static void
a_rehearsals_store_vouches_for_nothing(void **state)
{
	struct store_gift g = { 0 };
	struct store *s;

	(void)state;
	s = store_with(one, &g);
	refuses(s, PKIX_NOW, false, ST_POLICY, "RULES C6");
	store_free(s);
	record_leave();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vouch_gives_anchors_list_arc_and_time),
		cmocka_unit_test(vouch_refuses_what_any_list_revoked),
		cmocka_unit_test(expiry_is_told_or_refused_as_the_bundle_says),
		cmocka_unit_test(a_rehearsals_store_vouches_for_nothing),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
