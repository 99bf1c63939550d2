#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "delegation/delegate.h"
#include "lib/base/text.h"
#include "lib/crypto/crl.h"
#include "revocation/list.h"
#include "revocation/reason.h"
#include "revocation/revoke.h"
#include "tests/support/fake_hands.h"
#include "tests/support/group.h"

#define LIST "[crl g1]\nby = g1\ndays = 400\n"
#define REVOKE                                                                \
	"[revoke gw]\nby = g1\nreason = key-compromise\nasked = second\n"

/* A delegation called gw, in force, and the next ceremony open. */
static void
begin(struct fake *f)
{
	char value[256], plan[1024];
	struct outcome o = { 0 };
	struct bytes csr = { 0 };
	struct diag d = { 0 };

	fake_start(f, MODE_PRODUCTION);
	fake_root(f, "g1", 0, true);
	fake_request("P-256", "gw", &csr);
	fake_inbox(f, "gw.csr", &csr, value, sizeof(value));
	snprintf(plan, sizeof(plan), "[profile firmware]\nbase = fw-pki-v1\n"
	    "keys = ecdsa-p256\nmost-days = 400\n[delegate gw]\nby = g1\n"
	    "profile = firmware\nproduct = gateway\nrole = release\n"
	    "versions = 1..\nrequest = %s\ndays = 90\n", value);
	fake_plan(f, 1, plan);
	if (fake_do(f, &delegate_step, "gw", &o, &d) != ST_OK)
		fail_msg("%s", d.text);
	fake_take(f, &o);
	outcome_clear(&o);
	bytes_free(&csr);
	fake_next(f);
}

static void
revoke(struct fake *f)
{
	struct outcome o = { 0 };
	struct diag d = { 0 };

	if (fake_do(f, &revoke_step, "gw", &o, &d) != ST_OK ||
	    fake_verify(f, &revoke_step, "gw", &o, &d) != ST_OK)
		fail_msg("%s", d.text);
	assert_int_equal(o.n, 0);
	fake_take(f, &o);
	outcome_clear(&o);
}

static void
refuses(struct fake *f, const char *plan, const char *why)
{
	struct outcome o = { 0 };
	struct diag d = { 0 };
	enum status rc;

	fake_plan(f, 2, plan);
	rc = fake_do(f, &revoke_step, "gw", &o, &d);
	if (rc == ST_OK || strstr(d.text, why) == NULL)
		fail_msg("status %d, \"%s\" does not say \"%s\"", (int)rc,
		    d.text, why);
	assert_int_equal(o.n, 0);
	outcome_clear(&o);
}

static struct crl *
next_list(struct fake *f)
{
	struct outcome o = { 0 };
	struct crl *c = NULL;
	struct diag d = { 0 };

	if (fake_do(f, &crl_step, "g1", &o, &d) != ST_OK ||
	    fake_verify(f, &crl_step, "g1", &o, &d) != ST_OK)
		fail_msg("%s", d.text);
	assert_int_equal(crl_read("made", o.objects[0].bytes.data,
	    o.objects[0].bytes.len, &c, NULL), ST_OK);
	fake_take(f, &o);
	outcome_clear(&o);
	return c;
}

static void
revoked_is_in_every_list_from_then_on(void **state)
{
	char serial[2 * CERT_SERIAL_LEN + 1];
	struct fake f;
	struct crl *c;

	(void)state;
	begin(&f);
	fake_plan(&f, 2, REVOKE "since = 2027-02-01\n" LIST);
	c = next_list(&f);
	assert_int_equal(c->spec.n, 0);
	crl_free(c);
	revoke(&f);
	for (int i = 0; i < 2; i++) {
		c = next_list(&f);
		assert_int_equal(c->spec.n, 1);
		text_hex(c->spec.entries[0].serial,
		    c->spec.entries[0].serial_len, serial);
		assert_string_equal(serial, f.state->delegations[0].serial);
		assert_int_equal(c->spec.entries[0].reason,
		    REASON_KEY_COMPROMISE);
		assert_int_equal(c->spec.entries[0].date,
		    FAKE_EFFECTIVE + 60);
		assert_int_equal(c->spec.entries[0].invalid_since,
		    FAKE_EFFECTIVE - INT64_C(28) * 86400);
		crl_free(c);
	}
	fake_end(&f);
}

static void
revoke_refuses_what_is_not_there_to_be_revoked(void **state)
{
	struct fake f;

	(void)state;
	begin(&f);
	fake_root(&f, "g2", 1, true);
	refuses(&f, "[revoke gw]\nby = g2\nreason = superseded\n"
	    "asked = second\n", "FORMATS 3.26: root g2 has no delegation gw");
	refuses(&f, REVOKE "serial = 40\n", "of serial number 40 that is not");
	refuses(&f, "[revoke gw]\nby = g1\nreason = superseded\n"
	    "asked = nobody\n", "FORMATS 3.15: there is no [person nobody]");
	refuses(&f, REVOKE "since = 2027-03-02\n", "FORMATS 3.26: 2027-03-02: "
	    "it is not known to be invalid in the future");
	fake_plan(&f, 2, REVOKE);
	revoke(&f);
	refuses(&f, REVOKE, "FORMATS 3.26: root g1 has no delegation gw that "
	    "is not revoked yet");
	fake_end(&f);
}

/* RULES B11: an old root's cross certificate goes on the list of the root that
 * signed it, and of no other. */
static void
revoked_is_a_root_that_another_vouches_for(void **state)
{
	static const char *const cross[] = { "root", "g2", "of", "g1",
		"serial", "4d000000000000000000000000000000", "not-before",
		"2027-03-01T00:00:00Z", "not-after", "2037-03-01T00:00:00Z",
		NULL };
	struct outcome o = { 0 };
	struct diag d = { 0 };
	struct crl *c;
	struct fake f;

	(void)state;
	begin(&f);
	fake_root(&f, "g2", 1, true);
	fake_entry(&f, "cross", cross, "cross/000001.crt");
	fake_plan(&f, 2, "[revoke g1]\nby = g2\nreason = key-compromise\n"
	    "asked = second\n[crl g1]\nby = g2\ndays = 400\n");
	if (fake_do(&f, &revoke_step, "g1", &o, &d) != ST_OK ||
	    fake_verify(&f, &revoke_step, "g1", &o, &d) != ST_OK)
		fail_msg("%s", d.text);
	fake_take(&f, &o);
	outcome_clear(&o);
	c = next_list(&f);
	assert_int_equal(c->spec.n, 1);
	assert_int_equal(c->spec.entries[0].serial[0], 0x4d);
	assert_memory_equal(c->spec.issuer_ski,
	    state_root(f.state, "g2")->key.ski, 20);
	crl_free(c);
	/* once, and not by the root that is vouched for */
	assert_int_equal(fake_do(&f, &revoke_step, "g1", &o, &d), ST_POLICY);
	assert_non_null(strstr(d.text, "FORMATS 3.26: root g2 has no"));
	fake_plan(&f, 2, "[revoke g2]\nby = g1\nreason = key-compromise\n"
	    "asked = second\n");
	diag_clear(&d);
	assert_int_equal(fake_do(&f, &revoke_step, "g2", &o, &d), ST_POLICY);
	assert_non_null(strstr(d.text, "FORMATS 3.26: root g1 has no"));
	fake_end(&f);
}

static void
revoke_verify_refuses_facts_that_differ(void **state)
{
	static const char *const forged[][2] = {
		{ "serial", "40" }, { "reason", "cessation" },
		{ "asked", "first" }, { "date", "2026-03-01T00:00:00Z" },
		{ "name", "other" }, { "root", "g2" },
	};
	struct outcome o = { 0 };
	struct diag d = { 0 };
	struct fake f;

	(void)state;
	begin(&f);
	fake_plan(&f, 2, REVOKE);
	assert_int_equal(fake_do(&f, &revoke_step, "gw", &o, NULL), ST_OK);
	for (size_t i = 0; i < sizeof(forged) / sizeof(forged[0]); i++) {
		struct outcome bad = { .kind = o.kind };

		assert_int_equal(facts_copy(&o.facts, &bad.facts, NULL),
		    ST_OK);
		for (size_t j = 0; j < bad.facts.n; j++) {
			if (strcmp(bad.facts.fact[j].key, forged[i][0]) != 0)
				continue;
			free(bad.facts.fact[j].value[0]);
			bad.facts.fact[j].value[0] = strdup(forged[i][1]);
		}
		diag_clear(&d);
		assert_int_equal(fake_verify(&f, &revoke_step, "gw", &bad,
		    &d), ST_AUTH);
		assert_non_null(strstr(d.text, forged[i][0]));
		outcome_clear(&bad);
	}
	outcome_clear(&o);
	fake_end(&f);
}

static void
reasons_are_read_as_they_are_written(void **state)
{
	(void)state;
	for (int r = REASON_KEY_COMPROMISE; r <= REASON_CESSATION; r++) {
		const char *word = reason_word((enum crl_reason)r);

		if (strcmp(word, "?") != 0)
			assert_int_equal(reason_read(word), r);
	}
	assert_int_equal(reason_read("hold"), REASON_UNSPECIFIED);
	assert_string_equal(reason_word(REASON_UNSPECIFIED), "?");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(revoked_is_in_every_list_from_then_on),
		cmocka_unit_test(revoke_refuses_what_is_not_there_to_be_revoked),
		cmocka_unit_test(revoked_is_a_root_that_another_vouches_for),
		cmocka_unit_test(revoke_verify_refuses_facts_that_differ),
		cmocka_unit_test(reasons_are_read_as_they_are_written),
	};

	return cmocka_run_group_tests(tests, group_crypto, NULL);
}
