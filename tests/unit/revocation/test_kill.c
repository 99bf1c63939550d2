#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "delegation/delegate.h"
#include "lib/crypto/spki.h"
#include "revocation/account.h"
#include "revocation/kill.h"
#include "revocation/list.h"
#include "revocation/release.h"
#include "revocation/revoke.h"
#include "tests/support/fake_hands.h"
#include "tests/support/group.h"

#define LIST "[crl g1]\nby = g1\ndays = 400\n"
#define REVOKE                                                                \
	"[revoke gw1]\nby = g1\nreason = superseded\nasked = second\n"

#define ACCOUNT "[account g1]\nby = g1\nintact = all\n"

/* A list above, which sealed ones last as long as, and what RULES L4 wants
 * above that. */
static const struct promise above[] = {
	{ .kind = "account", .name = "g1", .by = "g1" },
	{ .kind = "list", .name = "g1", .by = "g1" },
};
static const struct promises promises = { above, 2 };

/* A certificate of a responder: any that can be read, and whose key can be
 * sealed to; the root's own does here. */
static void
responder(struct fake *f, unsigned number, char *value, size_t size)
{
	struct bytes pem = { 0 };
	char name[32];

	assert_int_equal(state_object(f->state, f->state->roots[0].object,
	    &pem, NULL), ST_OK);
	snprintf(name, sizeof(name), "night-%u.crt", number);
	fake_inbox(f, name, &pem, value, size);
	bytes_free(&pem);
}

/* The plan: ${n} delegations gw1, gw2, ..., the list, and the sealed ones. */
static void
plan(struct fake *f, unsigned number, size_t n, const char *rest)
{
	char text[FAKE_PLAN_SIZE], value[256], name[16];
	struct bytes csr = { 0 };
	int at;

	responder(f, number, value, sizeof(value));
	at = snprintf(text, sizeof(text), "[profile firmware]\n"
	    "base = fw-pki-v1\nkeys = ecdsa-p256\nmost-days = 400\n"
	    "[responder night]\ncert = %s\n", value);
	for (size_t i = 1; i <= n; i++) {
		fake_request("P-256", "gw", &csr);
		snprintf(name, sizeof(name), "gw%zu-%u.csr", i, number);
		fake_inbox(f, name, &csr, value, sizeof(value));
		at += snprintf(text + at, sizeof(text) - (size_t)at,
		    "[delegate gw%zu]\nby = g1\nprofile = firmware\n"
		    "product = gw%zu\nrole = release\nversions = 1..\n"
		    "request = %s\ndays = 90\n", i, i, value);
	}
	snprintf(text + at, sizeof(text) - (size_t)at, "%s%s", rest,
	    LIST "[kill g1]\nby = g1\nkeys = all\nalso = revoke-all\n"
	    "open = 1 of night\n");
	fake_plan(f, number, text);
	bytes_free(&csr);
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

/* The sealed lists of a ceremony with these keys. */
static void
sealed(struct fake *f, size_t keys, struct outcome *o)
{
	char name[16];

	for (size_t i = 1; i <= keys; i++) {
		snprintf(name, sizeof(name), "gw%zu", i);
		take(f, &delegate_step, name, NULL);
	}
	fake_promises = &promises;
	take(f, &crl_step, "g1", NULL);
	take(f, &kill_step, "g1", o);
	fake_promises = NULL;
}

static void
kill_seals_each_key_each_pair_and_all(void **state)
{
	struct outcome o = { 0 };
	struct fake f;

	(void)state;
	fake_start(&f, MODE_PRODUCTION);
	fake_root(&f, "g1", 0, true);
	plan(&f, 1, 3, "");
	sealed(&f, 3, &o);
	assert_int_equal(o.n, 3 + 3 + 1);
	assert_int_equal(f.state->nsealed, 7);
	for (size_t i = 0; i < 7; i++) {
		/* after the regular list, each later than the one before */
		assert_int_equal(f.state->sealed[i].this_update,
		    FAKE_EFFECTIVE + 1 + (int64_t)i);
		assert_int_equal(f.state->sealed[i].number,
		    (UINT64_C(1) << 32) + 2 + i);
		assert_int_equal(f.state->sealed[i].next_update,
		    f.state->lists[0].next_update);
	}
	assert_string_equal(f.state->sealed[0].target,
	    f.state->delegations[0].serial);
	assert_string_equal(f.state->sealed[6].target, "all");
	outcome_clear(&o);
	fake_end(&f);
}

/* What is out of service is in the regular list, and needs none of its own. */
static void
kill_leaves_out_what_is_revoked(void **state)
{
	struct outcome o = { 0 };
	struct fake f;

	(void)state;
	fake_start(&f, MODE_PRODUCTION);
	fake_root(&f, "g1", 0, true);
	plan(&f, 1, 2, "");
	sealed(&f, 2, &o);
	outcome_clear(&o);
	fake_next(&f);
	plan(&f, 2, 0, REVOKE ACCOUNT);
	take(&f, &revoke_step, "gw1", NULL);
	take(&f, &account_step, "g1", NULL);
	sealed(&f, 0, &o);
	assert_int_equal(o.n, 1 + 1);
	assert_string_equal(f.state->sealed[4].target,
	    f.state->delegations[1].serial);
	outcome_clear(&o);
	fake_end(&f);
}

/* RULES L6: n people, two of whom are needed, make n - 1 envelopes a list. */
static void
kill_seals_to_two_together(void **state)
{
	static const char *const names[] = { "sealed/000001.p7m",
		"sealed/000002.p7m", "sealed/000003.p7m",
		"sealed/000004.night.p7m", "sealed/000004.day.p7m" };
	char text[FAKE_PLAN_SIZE], one[3][256];
	struct outcome o = { 0 };
	struct bytes pem = { 0 };
	struct fake f;

	(void)state;
	fake_start(&f, MODE_PRODUCTION);
	for (unsigned i = 0; i < 3; i++) {
		snprintf(text, sizeof(text), "g%u", i + 1);
		fake_root(&f, text, i, true);
		assert_int_equal(state_object(f.state,
		    f.state->roots[i].object, &pem, NULL), ST_OK);
		snprintf(text, sizeof(text), "%u.crt", i);
		fake_inbox(&f, text, &pem, one[i], sizeof(one[i]));
	}
	plan(&f, 1, 2, "");
	take(&f, &delegate_step, "gw1", NULL);
	take(&f, &delegate_step, "gw2", NULL);
	snprintf(text, sizeof(text), LIST "[responder night]\ncert = %s\n"
	    "[responder day]\ncert = %s\n[responder late]\ncert = %s\n"
	    "[kill g1]\nby = g1\nkeys = all\nalso = revoke-all\n"
	    "open = 1 of night, day, late\n", one[0], one[1], one[2]);
	fake_plan(&f, 1, text);
	fake_promises = &promises;
	take(&f, &crl_step, "g1", NULL);
	take(&f, &kill_step, "g1", &o);
	fake_promises = NULL;
	assert_int_equal(o.n, 5);
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(o.objects[i].name, names[i]);
	assert_int_equal(f.state->nsealed, 4);
	assert_int_equal(f.state->sealed[2].need, 1);
	assert_int_equal(f.state->sealed[3].need, 2);
	assert_int_equal(f.state->sealed[3].envelopes, 2);
	assert_string_equal(f.state->sealed[3].object, names[3]);
	outcome_clear(&o);
	bytes_free(&pem);
	fake_end(&f);
}

/* RULES L6: what stops all keys may leave one, which is still stopped alone. */
static void
plan_spare(struct fake *f, unsigned file, const char *spare)
{
	char text[FAKE_PLAN_SIZE], value[256];

	responder(f, file, value, sizeof(value));
	snprintf(text, sizeof(text), LIST "[responder night]\ncert = %s\n"
	    "[kill g1]\nby = g1\nkeys = all\nalso = revoke-all\n"
	    "spare = %s\nopen = 1 of night\n", value, spare);
	fake_plan(f, 1, text);
}

static void
kill_spares_one_key_of_all(void **state)
{
	const struct sealed *q;
	struct outcome o = { 0 };
	struct diag d = { 0 };
	struct fake f;

	(void)state;
	fake_start(&f, MODE_PRODUCTION);
	fake_root(&f, "g1", 0, true);
	plan(&f, 1, 2, "");
	take(&f, &delegate_step, "gw1", NULL);
	take(&f, &delegate_step, "gw2", NULL);
	fake_promises = &promises;
	plan_spare(&f, 11, "gw2");
	take(&f, &crl_step, "g1", NULL);
	plan_spare(&f, 12, "gw3");
	assert_int_equal(fake_do(&f, &kill_step, "g1", &o, &d), ST_POLICY);
	assert_non_null(strstr(d.text, "FORMATS 3.28: root g1 has no key gw3 "
	    "to be spared"));
	plan_spare(&f, 13, "gw2");
	take(&f, &kill_step, "g1", &o);
	fake_promises = NULL;
	assert_int_equal(f.state->nsealed, 2 + 1 + 1);
	q = &f.state->sealed[3];
	assert_true(sealed_is_all(q));
	assert_string_equal(sealed_spare(q), f.state->delegations[1].serial);
	assert_true(sealed_stops(f.state, q, &f.state->delegations[0]));
	assert_false(sealed_stops(f.state, q, &f.state->delegations[1]));
	assert_true(sealed_stops(f.state, &f.state->sealed[1],
	    &f.state->delegations[1]));
	outcome_clear(&o);
	fake_end(&f);
}

static void
kill_pairs_no_more_keys_than_it_says(void **state)
{
	struct outcome o = { 0 };
	struct fake f;

	(void)state;
	fake_start(&f, MODE_PRODUCTION);
	fake_root(&f, "g1", 0, true);
	plan(&f, 1, KILL_PAIRED_MAX + 1, "");
	sealed(&f, KILL_PAIRED_MAX + 1, &o);
	assert_int_equal(o.n, KILL_PAIRED_MAX + 1 + 1);
	outcome_clear(&o);
	fake_end(&f);
}

static void
kill_verify_refuses_lists_that_differ(void **state)
{
	struct outcome o = { 0 };
	struct fact *lists = NULL;
	struct diag d = { 0 };
	struct fake f;
	char *was;

	(void)state;
	fake_start(&f, MODE_PRODUCTION);
	fake_root(&f, "g1", 0, true);
	plan(&f, 1, 1, "");
	take(&f, &delegate_step, "gw1", NULL);
	take(&f, &crl_step, "g1", NULL);
	fake_promises = &promises;
	assert_int_equal(fake_do(&f, &kill_step, "g1", &o, NULL), ST_OK);
	fake_promises = NULL;
	for (size_t i = 0; i < o.facts.n; i++) {
		if (strcmp(o.facts.fact[i].key, "lists") == 0)
			lists = &o.facts.fact[i];
	}
	assert_non_null(lists);
	assert_int_equal(lists->n, 2);
	/* what revokes one key is said to revoke all */
	was = lists->value[0];
	lists->value[0] = lists->value[1];
	assert_int_equal(fake_verify(&f, &kill_step, "g1", &o, &d), ST_AUTH);
	assert_non_null(strstr(d.text, "sealed list 1 of root g1"));
	lists->value[0] = was;
	snprintf(o.objects[1].name, sizeof(o.objects[1].name),
	    "sealed/000009.p7m");
	diag_clear(&d);
	assert_int_equal(fake_verify(&f, &kill_step, "g1", &o, &d), ST_AUTH);
	assert_non_null(strstr(d.text, "sealed/000009.p7m is not called "
	    "sealed/000002.p7m"));
	o.n = 1;
	assert_int_equal(fake_verify(&f, &kill_step, "g1", &o, NULL), ST_AUTH);
	o.n = 2;
	outcome_clear(&o);
	fake_end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kill_seals_each_key_each_pair_and_all),
		cmocka_unit_test(kill_leaves_out_what_is_revoked),
		cmocka_unit_test(kill_seals_to_two_together),
		cmocka_unit_test(kill_spares_one_key_of_all),
		cmocka_unit_test(kill_pairs_no_more_keys_than_it_says),
		cmocka_unit_test(kill_verify_refuses_lists_that_differ),
	};

	return cmocka_run_group_tests(tests, group_crypto, NULL);
}
