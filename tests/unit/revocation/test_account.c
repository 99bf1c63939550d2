/* account.c: no sealed list is forgotten, and none is taken back. */
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
#include "lib/crypto/cert.h"
#include "lib/crypto/crl.h"
#include "revocation/account.h"
#include "revocation/kill.h"
#include "revocation/list.h"
#include "revocation/revoke.h"
#include "tests/support/fake_hands.h"
#include "tests/support/group.h"
#include "tests/support/pkix.h"
#include "tests/support/record.h"

#define LIST "[crl g1]\nby = g1\ndays = 400\n"
#define KILL                                                                  \
	"[kill g1]\nby = g1\nkeys = all\nalso = revoke-all\nopen = 1 of night\n"
#define ACCOUNT "[account g1]\nby = g1\nintact = "
#define REVOKE "[revoke gw2]\nby = g1\nreason = superseded\nasked = second\n"
#define KEYS 3

static const struct promise above[] = {
	{ .kind = "account", .name = "g1", .by = "g1" },
	{ .kind = "list", .name = "g1", .by = "g1" },
};
static const struct promises promises = { above, 2 };

static void
take(struct fake *f, const struct step_kind *kind, const char *name)
{
	struct outcome o = { 0 };
	struct diag d = { 0 };

	fake_promises = kind == &account_step ? NULL : &promises;
	if (fake_do(f, kind, name, &o, &d) != ST_OK ||
	    fake_verify(f, kind, name, &o, &d) != ST_OK)
		fail_msg("%s: %s", name, d.text);
	fake_promises = NULL;
	fake_take(f, &o);
	outcome_clear(&o);
}

static size_t
head(struct fake *f, unsigned number, char *text, size_t size)
{
	struct bytes pem = { 0 };
	char name[32], value[256];

	assert_int_equal(state_object(f->state, f->state->roots[0].object,
	    &pem, NULL), ST_OK);
	snprintf(name, sizeof(name), "night-%u.crt", number);
	fake_inbox(f, name, &pem, value, sizeof(value));
	bytes_free(&pem);
	return (size_t)snprintf(text, size, "[profile firmware]\n"
	    "base = fw-pki-v1\nkeys = ecdsa-p256\nmost-days = 400\n"
	    "[responder night]\ncert = %s\n", value);
}

static size_t
delegation(struct fake *f, const char *name, const char *product, char *text,
    size_t size)
{
	struct bytes csr = { 0 };
	char file[24], value[256];

	fake_request("P-256", "gw", &csr);
	snprintf(file, sizeof(file), "%s.csr", name);
	fake_inbox(f, file, &csr, value, sizeof(value));
	bytes_free(&csr);
	return (size_t)snprintf(text, size, "[delegate %s]\nby = g1\n"
	    "profile = firmware\nproduct = %s\nrole = release\n"
	    "versions = 1..\nrequest = %s\ndays = 90\n", name, product, value);
}

/* Envelopes 1 to 3 stop gw1, gw2, gw3; 4 to 6 two of them, 7 all; and the next
 * ceremony is open. */
static void
begin(struct fake *f)
{
	char text[FAKE_PLAN_SIZE], name[16];
	size_t at;

	fake_start(f, MODE_PRODUCTION);
	fake_root(f, "g1", 0, true);
	at = head(f, 1, text, sizeof(text));
	for (unsigned i = 1; i <= KEYS; i++) {
		snprintf(name, sizeof(name), "gw%u", i);
		at += delegation(f, name, name, text + at, sizeof(text) - at);
	}
	snprintf(text + at, sizeof(text) - at, LIST KILL);
	fake_plan(f, 1, text);
	take(f, &delegate_step, "gw1");
	take(f, &delegate_step, "gw2");
	take(f, &delegate_step, "gw3");
	take(f, &crl_step, "g1");
	take(f, &kill_step, "g1");
	fake_next(f);
}

static void
plan(struct fake *f, const char *rest)
{
	static unsigned files = 1;
	char text[FAKE_PLAN_SIZE];
	const size_t at = head(f, ++files, text, sizeof(text));

	snprintf(text + at, sizeof(text) - at, "%s", rest);
	fake_plan(f, 2, text);
}

static void
refuses(struct fake *f, const struct step_kind *kind, const char *name,
    const char *rest, const char *why)
{
	struct outcome o = { 0 };
	struct diag d = { 0 };
	enum status rc;

	plan(f, rest);
	rc = fake_do(f, kind, name, &o, &d);
	if (rc == ST_OK || strstr(d.text, why) == NULL)
		fail_msg("status %d, \"%s\" does not say \"%s\"", (int)rc,
		    d.text, why);
	assert_int_equal(o.n, 0);
	assert_int_equal(o.facts.n, 0);
	outcome_clear(&o);
}

/* Who is revoked when this is what the plan says. */
static void
revoked(const char *intact, const char *who)
{
	char rest[256], is[8] = "";
	struct fake f;
	size_t at = 0;

	begin(&f);
	snprintf(rest, sizeof(rest), ACCOUNT "%s\n" LIST KILL, intact);
	plan(&f, rest);
	assert_int_equal(state_unaccounted(f.state, "g1"), 7);
	take(&f, &account_step, "g1");
	assert_int_equal(state_unaccounted(f.state, "g1"), 0);
	for (unsigned i = 0; i < KEYS; i++) {
		if (f.state->delegations[i].revoked)
			is[at++] = (char)('1' + i);
	}
	assert_string_equal(is, who);
	assert_int_equal(f.state->nrevocations, at);
	/* and the lists that follow say so */
	take(&f, &crl_step, "g1");
	fake_end(&f);
}

static void
what_is_not_intact_is_revoked(void **state)
{
	(void)state;
	revoked("all", "");
	revoked("none", "123");
	revoked("000001-000006", "123");
	revoked("000002-000007", "1");
	revoked("000001, 000003-000007", "2");
	revoked("000001-000003, 000005, 000006-000007", "12");
}

/* The next list has what a sealed one that is not accounted for has, as it is
 * there: who took that one sees no difference. */
static void
what_is_revoked_is_in_the_next_list_as_it_was_sealed(void **state)
{
	char serial[2 * CERT_SERIAL_LEN + 1];
	struct outcome o = { 0 };
	struct crl *c = NULL;
	struct fake f;

	(void)state;
	begin(&f);
	plan(&f, ACCOUNT "000002-000007\n" LIST);
	take(&f, &account_step, "g1");
	fake_promises = &promises;
	assert_int_equal(fake_do(&f, &crl_step, "g1", &o, NULL), ST_OK);
	assert_int_equal(crl_read("made", o.objects[0].bytes.data,
	    o.objects[0].bytes.len, &c, NULL), ST_OK);
	assert_int_equal(c->spec.n, 1);
	text_hex(c->spec.entries[0].serial, c->spec.entries[0].serial_len,
	    serial);
	assert_string_equal(serial, f.state->delegations[0].serial);
	assert_int_equal(c->spec.entries[0].reason, REASON_KEY_COMPROMISE);
	assert_int_equal(c->spec.entries[0].date, FAKE_EFFECTIVE);
	assert_int_equal(c->spec.number >> 32, 2);
	crl_free(c);
	outcome_clear(&o);
	fake_end(&f);
}

static void
account_refuses_what_it_cannot_mean(void **state)
{
	static const char *const bad[] = { "some", "7", "0000007", "000000",
		"000003-000001", "000001,000002", "000001, ", "000001-",
		"all, 000001", "000001 000002" };
	char rest[256];
	struct fake f;

	(void)state;
	begin(&f);
	fake_root(&f, "g2", 1, true);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(rest, sizeof(rest), ACCOUNT "%s\n" LIST, bad[i]);
		/* a line that ends with a blank is no plan at all */
		if (rest[strcspn(rest, "\n") - 1] != ' ' &&
		    bad[i][strlen(bad[i]) - 1] != ' ')
			refuses(&f, &account_step, "g1", rest,
			    "FORMATS 3.51: intact is \"all\", \"none\" or");
	}
	refuses(&f, &account_step, "g1", ACCOUNT "000001-000008\n" LIST,
	    "FORMATS 3.51: 000008 is no envelope of root g1");
	refuses(&f, &account_step, "g2", "[account g2]\nby = g2\n"
	    "intact = 000001\n", "FORMATS 3.51: 000001 is no envelope of root "
	    "g2");
	refuses(&f, &account_step, "g2", "[account g2]\nby = g2\n"
	    "intact = all\n", "FORMATS 3.50: root g2 has nothing to account "
	    "for");
	refuses(&f, &account_step, "g3", "[account g3]\nby = g3\n"
	    "intact = all\n", "no root g3");
	/* once is enough */
	plan(&f, ACCOUNT "all\n" LIST);
	take(&f, &account_step, "g1");
	refuses(&f, &account_step, "g1", ACCOUNT "000001\n" LIST,
	    "FORMATS 3.51: 000001 is no envelope of root g1");
	fake_end(&f);
}

/* RULES L4 */
static void
no_list_is_signed_before_all_are_accounted_for(void **state)
{
	struct fake f;

	(void)state;
	begin(&f);
	refuses(&f, &crl_step, "g1", LIST, "RULES L4: 7 sealed lists of root "
	    "g1 are not accounted for");
	fake_end(&f);
}

/* --- rows that meet --- */

static void
a_slot_is_free_when_its_key_was_released(void **state)
{
	char text[FAKE_PLAN_SIZE];
	struct promise p[2] = { { .kind = "account", .by = "g1",
	    .row = &account_step } };
	const struct promises some = { p, 1 };
	struct outcome o = { 0 };
	struct diag d = { 0 };
	void *want = NULL;
	struct fake f;
	size_t at;

	(void)state;
	begin(&f);
	at = (size_t)snprintf(text, sizeof(text), ACCOUNT "000002-000007\n"
	    LIST);
	at += delegation(&f, "again", "gw1", text + at, sizeof(text) - at);
	delegation(&f, "other", "gw2", text + at, sizeof(text) - at);
	refuses(&f, &delegate_step, "again", text, "FORMATS 8.34: gw1 release "
	    "has a delegation for");
	assert_int_equal(account_step.read(f.plan, plan_section(f.plan,
	    "account", "g1"), &want, NULL), ST_OK);
	p[0].want = want;
	fake_promises = &some;
	if (fake_do(&f, &delegate_step, "again", &o, &d) != ST_OK)
		fail_msg("%s", d.text);
	outcome_clear(&o);
	assert_int_equal(fake_do(&f, &delegate_step, "other", &o, &d),
	    ST_POLICY);
	assert_non_null(strstr(d.text, "FORMATS 8.34: gw2 release"));
	outcome_clear(&o);
	account_step.free(want);
	fake_promises = NULL;
	fake_end(&f);
}

static void
a_key_is_revoked_by_one_row(void **state)
{
	struct promise p = { .kind = "account", .by = "g1",
	    .row = &account_step };
	const struct promises one = { &p, 1 };
	void *want = NULL;
	struct fake f;

	(void)state;
	begin(&f);
	plan(&f, ACCOUNT "none\n" REVOKE LIST);
	assert_int_equal(account_step.read(f.plan, plan_section(f.plan,
	    "account", "g1"), &want, NULL), ST_OK);
	p.want = want;
	fake_promises = &one;
	/* the plan is read again: what promises was of an equal one */
	{
		struct outcome o = { 0 };
		struct diag d = { 0 };

		assert_int_equal(fake_do(&f, &revoke_step, "gw2", &o, &d),
		    ST_POLICY);
		assert_non_null(strstr(d.text, "FORMATS 3.26: a row above "
		    "revokes delegation gw2 of root g1"));
		outcome_clear(&o);
	}
	account_step.free(want);
	/* above it, it gives the reason */
	take(&f, &revoke_step, "gw2");
	take(&f, &account_step, "g1");
	assert_int_equal(f.state->nrevocations, KEYS);
	assert_string_equal(f.state->revocations[0].reason, "superseded");
	fake_end(&f);
}

/* --- the published list --- */

/* What is said of a list that key ${key} signed, of ceremony ${epoch}, with an
 * entry for gw1 and one that no delegation has. */
static enum status
publish(struct fake *f, unsigned key, uint64_t epoch, struct diag *d)
{
	struct crl_entry e = { .serial = { 0x42, 1 }, .serial_len = 20,
		.date = FAKE_EFFECTIVE - 600, .reason = REASON_CESSATION,
		.invalid_since = FAKE_EFFECTIVE - 1200 };
	static unsigned files;
	struct bytes der = { 0 }, pem = { 0 };
	char name[32], value[256], rest[600];
	struct crl_spec s = { 0 };
	struct outcome o = { 0 };
	enum status rc;

	assert_int_equal(list_spec("g1", 0, FAKE_EFFECTIVE + 86400, f->plan,
	    f->state, &s, NULL), ST_OK);
	assert_int_equal(crl_spec_add(&s, &e, NULL), ST_OK);
	e.serial_len = CERT_SERIAL_LEN;
	assert_int_equal(text_unhex(f->state->delegations[0].serial, e.serial,
	    CERT_SERIAL_LEN, NULL), ST_OK);
	assert_int_equal(crl_spec_add(&s, &e, NULL), ST_OK);
	s.number = (epoch << 32) + 9;
	pkix_sign_list(f->root[key].key, &s, &der);
	assert_int_equal(cert_pem(&der, "X509 CRL", &pem, NULL), ST_OK);
	snprintf(name, sizeof(name), "out-%u.crl", ++files);
	fake_inbox(f, name, &pem, value, sizeof(value));
	snprintf(rest, sizeof(rest), ACCOUNT "all\npublished = %s\n" LIST,
	    value);
	plan(f, rest);
	rc = fake_do(f, &account_step, "g1", &o, d);
	if (rc == ST_OK) {
		assert_int_equal(fake_verify(f, &account_step, "g1", &o, NULL),
		    ST_OK);
		fake_take(f, &o);
	}
	outcome_clear(&o);
	crl_spec_clear(&s);
	bytes_free(&der);
	bytes_free(&pem);
	return rc;
}

static void
what_is_published_is_merged(void **state)
{
	struct crl *c = NULL;
	struct outcome o = { 0 };
	struct diag d = { 0 };
	struct fake f;

	(void)state;
	begin(&f);
	fake_root(&f, "g2", 1, true);
	plan(&f, ACCOUNT "all\n" LIST);
	assert_int_equal(publish(&f, 1, 1, &d), ST_AUTH);
	assert_non_null(strstr(d.text, "FORMATS 3.53"));
	diag_clear(&d);
	assert_int_equal(publish(&f, 0, 2, &d), ST_POLICY);
	assert_non_null(strstr(d.text, "root g1 signed it in a ceremony 2: "
	    "this state is an older one"));
	diag_clear(&d);
	if (publish(&f, 0, 1, &d) != ST_OK)
		fail_msg("%s", d.text);
	assert_true(f.state->delegations[0].revoked);
	assert_false(f.state->delegations[1].revoked);
	assert_int_equal(f.state->nrevocations, 2);
	fake_promises = &promises;
	assert_int_equal(fake_do(&f, &crl_step, "g1", &o, NULL), ST_OK);
	assert_int_equal(crl_read("made", o.objects[0].bytes.data,
	    o.objects[0].bytes.len, &c, NULL), ST_OK);
	assert_int_equal(c->spec.n, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(c->spec.entries[i].date,
		    FAKE_EFFECTIVE - 600);
		assert_int_equal(c->spec.entries[i].reason, REASON_CESSATION);
		assert_int_equal(c->spec.entries[i].invalid_since,
		    FAKE_EFFECTIVE - 1200);
	}
	crl_free(c);
	outcome_clear(&o);
	fake_end(&f);
}

/* --- the record --- */

static void
account_verify_refuses_facts_that_differ(void **state)
{
	static const char *const dropped[] = { "intact", "unaccounted",
		"revoked", "root" };
	struct outcome o = { 0 };
	struct fake f;

	(void)state;
	begin(&f);
	plan(&f, ACCOUNT "000002-000007\n" LIST);
	assert_int_equal(fake_do(&f, &account_step, "g1", &o, NULL), ST_OK);
	for (size_t i = 0; i < sizeof(dropped) / sizeof(dropped[0]); i++) {
		struct outcome bad = { .kind = o.kind };
		struct diag d = { 0 };

		assert_int_equal(facts_copy(&o.facts, &bad.facts, NULL),
		    ST_OK);
		facts_drop(&bad.facts, dropped[i]);
		assert_int_equal(fake_verify(&f, &account_step, "g1", &bad,
		    &d), ST_AUTH);
		assert_non_null(strstr(d.text, "the record gives another "));
		outcome_clear(&bad);
	}
	outcome_clear(&o);
	fake_end(&f);
}

static void
refuses_entry(const char *const *facts, const char *why)
{
	struct diag d = { 0 };
	struct fake f;

	begin(&f);
	assert_int_equal(record_apply(f.state, "account", facts, NULL, &d),
	    ST_FORMAT);
	if (strstr(d.text, why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", d.text, why);
	fake_end(&f);
}

#define SIX                                                                   \
	"+intact", "000002", "+intact", "000003", "+intact", "000004",        \
	    "+intact", "000005", "+intact", "000006", "+intact", "000007"

static void
state_refuses_an_account_that_is_none(void **state)
{
	static const char *const few[] = { "root", "g1", SIX, NULL };
	static const char *const twice[] = { "root", "g1", SIX, "+intact",
		"000007", NULL };
	static const char *const much[] = { "root", "g1", SIX, "+intact",
		"000008", NULL };
	static const char *const nobody[] = { "root", "g9", SIX, "+intact",
		"000001", NULL };
	static const char *const form[] = { "root", "g1", SIX, "+unaccounted",
		"000001", "+revoked", "4c key-compromise", NULL };
	static const char *const again[] = { "root", "g1", SIX,
		"+unaccounted", "000001",
		"+revoked", "4c superseded 2027-03-01T00:00:00Z - -",
		"+revoked", "4c superseded 2027-03-01T00:00:00Z - -", NULL };

	(void)state;
	refuses_entry(few, "RULES L4: it leaves out sealed lists of root g1");
	refuses_entry(twice, "000007 is no sealed list of root g1 that is");
	refuses_entry(much, "000008 is no sealed list of root g1 that is");
	refuses_entry(nobody, "there is no root g9");
	refuses_entry(form, "a revocation is not of the form");
	refuses_entry(again, "not the first of its serial number");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_intact_is_revoked),
		cmocka_unit_test(
		    what_is_revoked_is_in_the_next_list_as_it_was_sealed),
		cmocka_unit_test(account_refuses_what_it_cannot_mean),
		cmocka_unit_test(
		    no_list_is_signed_before_all_are_accounted_for),
		cmocka_unit_test(a_slot_is_free_when_its_key_was_released),
		cmocka_unit_test(a_key_is_revoked_by_one_row),
		cmocka_unit_test(what_is_published_is_merged),
		cmocka_unit_test(account_verify_refuses_facts_that_differ),
		cmocka_unit_test(state_refuses_an_account_that_is_none),
	};

	return cmocka_run_group_tests(tests, group_crypto, NULL);
}
