#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "delegation/delegate.h"
#include "lib/base/clock.h"
#include "lib/crypto/cert.h"
#include "lib/pki/lint.h"
#include "tests/support/fake_hands.h"
#include "tests/support/group.h"

#define PROFILE                                                               \
	"[profile firmware]\nbase = fw-pki-v1\n"                              \
	"keys = ecdsa-p256, ecdsa-p384\nmost-days = 400\n"

/* A section with everything usual but what a test is about. */
struct section {
	const char *name, *by, *profile, *product, *role, *versions, *request;
	unsigned days;
};

static struct section
usual(const char *request)
{
	const struct section s = { "gateway", "g1", "firmware", "gateway",
		"release", "4.0..", request, 400 };

	return s;
}

static void
write_section(const struct section *s, char *out, size_t size)
{
	const size_t at = strlen(out);

	snprintf(out + at, size - at, "[delegate %s]\nby = %s\nprofile = %s\n"
	    "product = %s\nrole = %s\nversions = %s\nrequest = %s\n"
	    "days = %u\n", s->name, s->by, s->profile, s->product, s->role,
	    s->versions, s->request, s->days);
}

static void
plan_one(struct fake *f, unsigned number, const char *facts,
    const struct section *s)
{
	char text[FAKE_PLAN_SIZE / 2];

	snprintf(text, sizeof(text), "%s", facts);
	write_section(s, text, sizeof(text));
	fake_plan(f, number, text);
}

/* A request by a new key in the inbox. */
static void
new_request(struct fake *f, const char *kind, const char *file, char *value,
    size_t size)
{
	struct bytes pem = { 0 };

	fake_request(kind, "whatever they like", &pem);
	fake_inbox(f, file, &pem, value, size);
	bytes_free(&pem);
}

static void
refuses(struct fake *f, const char *name, enum status code, const char *why)
{
	struct outcome o = { 0 };
	struct diag d = { 0 };

	assert_int_equal(fake_do(f, &delegate_step, name, &o, &d), code);
	if (strstr(d.text, why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", d.text, why);
	assert_int_equal(o.n, 0);
	outcome_clear(&o);
}

static void
takes(struct fake *f, const char *name, struct outcome *o)
{
	struct diag d = { 0 };

	if (fake_do(f, &delegate_step, name, o, &d) != ST_OK)
		fail_msg("%s", d.text);
	if (fake_verify(f, &delegate_step, name, o, &d) != ST_OK)
		fail_msg("%s", d.text);
}

static void
says(const struct outcome *o, const char *key, const char *value)
{
	assert_non_null(facts_get(&o->facts, key));
	assert_string_equal(facts_get(&o->facts, key), value);
}

static void
delegate_signs_what_the_plan_asks(void **state)
{
	struct outcome o = { 0 }, again = { 0 };
	struct fake f;
	struct cert *c;
	char request[256] = "", name[64];
	struct section s = usual(request);

	(void)state;
	fake_start(&f, MODE_PRODUCTION);
	fake_root(&f, "g1", 1, true);
	new_request(&f, "P-256", "gateway.csr", request, sizeof(request));
	plan_one(&f, 1, PROFILE, &s);
	takes(&f, "gateway", &o);

	assert_string_equal(o.kind, "delegation");
	assert_int_equal(o.n, 1);
	says(&o, "name", "gateway");
	says(&o, "root", "g1");
	says(&o, "product", "gateway");
	says(&o, "role", "release");
	says(&o, "slot", "2027Q1");
	says(&o, "versions", "4.0..");
	says(&o, "not-before", "2027-03-01T00:00:00Z");
	/* 400 days, both ends counted */
	says(&o, "not-after", "2028-04-03T23:59:59Z");
	assert_int_equal(cert_read("made", o.objects[0].bytes.data,
	    o.objects[0].bytes.len, &c, NULL), ST_OK);
	assert_string_equal(c->spec.subject.org, "example");
	assert_string_equal(c->spec.subject.unit, "gateway");
	assert_string_equal(c->spec.subject.common,
	    "fw.gateway.release.2027Q1");
	assert_int_equal(lint_cert(LINT_DELEGATION, c, FAKE_ARC, NULL),
	    ST_OK);
	snprintf(name, sizeof(name), "issued/%s.crt",
	    facts_get(&o.facts, "serial"));
	assert_string_equal(o.objects[0].name, name);

	/* the same want and state give the same bytes */
	takes(&f, "gateway", &again);
	assert_true(bytes_equal(&o.objects[0].bytes, &again.objects[0].bytes));
	assert_null(facts_differ(&o.facts, &again.facts, NULL));
	cert_free(c);
	outcome_clear(&again);
	outcome_clear(&o);
	fake_end(&f);
}

static void
delegate_marks_and_shortens_what_a_rehearsal_makes(void **state)
{
	struct outcome o = { 0 };
	struct fake f;
	struct cert *c;
	char request[256] = "";
	struct section s = usual(request);

	(void)state;
	fake_start(&f, MODE_REHEARSAL);
	fake_root(&f, "g1", 0, true);
	new_request(&f, "P-384", "gateway.csr", request, sizeof(request));
	plan_one(&f, 1, PROFILE, &s);
	takes(&f, "gateway", &o);
	assert_int_equal(cert_read("made", o.objects[0].bytes.data,
	    o.objects[0].bytes.len, &c, NULL), ST_OK);
	assert_string_equal(c->spec.subject.org, "TEST example");
	assert_string_equal(c->spec.subject.common,
	    "TEST-fw.gateway.release.2027Q1");
	assert_int_equal(c->spec.not_after - c->spec.not_before,
	    30 * CLOCK_DAY - 1);
	cert_free(c);
	outcome_clear(&o);
	fake_end(&f);
}

static void
delegate_refuses_key_seen_before(void **state)
{
	struct outcome o = { 0 };
	struct fake f;
	char request[256] = "";
	struct section s = usual(request);

	(void)state;
	fake_start(&f, MODE_PRODUCTION);
	fake_root(&f, "g1", 1, true);
	new_request(&f, "P-256", "gateway.csr", request, sizeof(request));
	plan_one(&f, 1, PROFILE, &s);
	takes(&f, "gateway", &o);
	fake_take(&f, &o);
	fake_next(&f);
	/* for another product, in the next ceremony */
	s.product = "router";
	s.name = "router";
	plan_one(&f, 2, PROFILE, &s);
	refuses(&f, "router", ST_POLICY, "FORMATS 8.32: its key was seen "
	    "before: delegation gateway");
	outcome_clear(&o);
	fake_end(&f);
}

static void
delegate_refuses_second_key_for_product_role_and_slot(void **state)
{
	static const char *const retired[] = { "root", "g1", "reason",
		"routine", "successor", "g2", NULL };
	struct outcome o = { 0 };
	struct fake f;
	char first[256] = "", second[256] = "";
	struct section s = usual(first);

	(void)state;
	fake_start(&f, MODE_PRODUCTION);
	fake_root(&f, "g1", 1, true);
	new_request(&f, "P-256", "a.csr", first, sizeof(first));
	new_request(&f, "P-256", "b.csr", second, sizeof(second));
	plan_one(&f, 1, PROFILE, &s);
	takes(&f, "gateway", &o);
	fake_take(&f, &o);
	fake_next(&f);
	s.request = second;
	plan_one(&f, 2, PROFILE, &s);
	refuses(&f, "gateway", ST_POLICY, "FORMATS 8.34");
	/* another role is another matter */
	s.role = "debug";
	plan_one(&f, 2, PROFILE, &s);
	outcome_clear(&o);
	takes(&f, "gateway", &o);
	/* and what a retired root issued is followed by the new root's */
	fake_root(&f, "g2", 2, true);
	s.role = "release";
	s.by = "g2";
	plan_one(&f, 2, PROFILE, &s);
	refuses(&f, "gateway", ST_POLICY, "FORMATS 8.34");
	fake_entry(&f, "retired", retired, NULL);
	plan_one(&f, 2, PROFILE, &s);
	outcome_clear(&o);
	takes(&f, "gateway", &o);
	outcome_clear(&o);
	fake_end(&f);
}

static void
delegate_refuses_same_key_or_scope_twice_in_one_plan(void **state)
{
	struct bytes pem = { 0 };
	struct fake f;
	char first[256] = "", second[256] = "", other[256] = "";
	char text[FAKE_PLAN_SIZE / 2];
	struct section a = usual(first), b = usual(second);

	(void)state;
	fake_start(&f, MODE_PRODUCTION);
	fake_root(&f, "g1", 1, true);
	/* one key, two files */
	fake_request("P-256", "gateway", &pem);
	fake_inbox(&f, "a.csr", &pem, first, sizeof(first));
	fake_inbox(&f, "b.csr", &pem, second, sizeof(second));
	new_request(&f, "P-256", "c.csr", other, sizeof(other));
	b.name = "router";
	b.product = "router";
	snprintf(text, sizeof(text), "%s", PROFILE);
	write_section(&a, text, sizeof(text));
	write_section(&b, text, sizeof(text));
	fake_plan(&f, 1, text);
	refuses(&f, "router", ST_POLICY, "FORMATS 8.32: [delegate gateway]");

	b.product = "gateway";
	b.request = other;
	snprintf(text, sizeof(text), "%s", PROFILE);
	write_section(&a, text, sizeof(text));
	write_section(&b, text, sizeof(text));
	fake_plan(&f, 1, text);
	refuses(&f, "router", ST_POLICY, "FORMATS 8.34: [delegate gateway]");
	bytes_free(&pem);
	fake_end(&f);
}

static void
delegate_refuses_more_days_than_the_profile_allows(void **state)
{
	struct fake f;
	char request[256] = "";
	struct section s = usual(request);

	(void)state;
	fake_start(&f, MODE_PRODUCTION);
	fake_root(&f, "g1", 1, true);
	new_request(&f, "P-256", "gateway.csr", request, sizeof(request));
	s.days = 401;
	plan_one(&f, 1, PROFILE, &s);
	refuses(&f, "gateway", ST_POLICY, "FORMATS 8.35: 401 days");
	plan_one(&f, 1, "[profile firmware]\nbase = fw-pki-v1\n"
	    "keys = ecdsa-p256\nmost-days = 401\n", &s);
	refuses(&f, "gateway", ST_POLICY, "more than 400 days");
	fake_end(&f);
}

static void
delegate_refuses_what_outlives_its_root(void **state)
{
	struct fake f;
	char request[256] = "";
	struct section s = usual(request);

	(void)state;
	fake_start(&f, MODE_PRODUCTION);
	fake_root(&f, "g1", 1, true);
	f.state->roots[0].not_after = FAKE_EFFECTIVE + 400 * CLOCK_DAY - 2;
	new_request(&f, "P-256", "gateway.csr", request, sizeof(request));
	plan_one(&f, 1, PROFILE, &s);
	refuses(&f, "gateway", ST_POLICY, "FORMATS 8.2: it would outlive root "
	    "g1");
	fake_end(&f);
}

static void
delegate_refuses_profile_that_is_not_there_or_unknown_algorithm(void **state)
{
	struct fake f;
	char request[256] = "";
	struct section s = usual(request);

	(void)state;
	fake_start(&f, MODE_PRODUCTION);
	fake_root(&f, "g1", 1, true);
	new_request(&f, "P-256", "gateway.csr", request, sizeof(request));
	plan_one(&f, 1, "", &s);
	refuses(&f, "gateway", ST_FORMAT, "no [profile firmware]");
	plan_one(&f, 1, "[profile firmware]\nbase = fw-pki-v1\n"
	    "keys = ecdsa-p256, ecdsa-p265\nmost-days = 400\n", &s);
	refuses(&f, "gateway", ST_POLICY, "FORMATS 8.12: stock clients take "
	    "no operational key of ecdsa-p265");
	fake_end(&f);
}

static const struct {
	const char *kind, *keys, *why;
} bad_keys[] = {
	{ "P-256", "ecdsa-p384", "FORMATS 8.30" },
	{ "ED25519", "ecdsa-p384", "FORMATS 8.30" },
	{ "RSA-2048", "rsa-3072", "FORMATS 8.30" },
};

static void
delegate_refuses_keys_outside_the_profile(void **state)
{
	struct fake f;
	char request[256] = "", facts[256], file[16];
	struct section s = usual(request);

	(void)state;
	fake_start(&f, MODE_PRODUCTION);
	fake_root(&f, "g1", 1, true);
	for (size_t i = 0; i < sizeof(bad_keys) / sizeof(bad_keys[0]); i++) {
		snprintf(file, sizeof(file), "%zu.csr", i);
		new_request(&f, bad_keys[i].kind, file, request,
		    sizeof(request));
		snprintf(facts, sizeof(facts), "[profile firmware]\nbase = "
		    "fw-pki-v1\nkeys = %s\nmost-days = 400\n",
		    bad_keys[i].keys);
		plan_one(&f, 1, facts, &s);
		refuses(&f, "gateway", ST_POLICY, bad_keys[i].why);
	}
	fake_end(&f);
}

static void
delegate_refuses_a_key_that_everybody_can_derive(void **state)
{
	static const enum derive_mode modes[] = { DERIVE_REAL,
		DERIVE_REHEARSAL };
	struct bytes pem = { 0 };
	struct outcome o = { 0 };
	struct fake f;
	char request[256] = "", file[16];
	struct section s = usual(request);

	(void)state;
	fake_start(&f, MODE_PRODUCTION);
	fake_root(&f, "g1", 1, true);
	for (size_t i = 0; i < 2; i++) {
		snprintf(file, sizeof(file), "%zu.csr", i);
		fake_request_public(31, modes[i], &pem);
		fake_inbox(&f, file, &pem, request, sizeof(request));
		plan_one(&f, 1, PROFILE, &s);
		refuses(&f, "gateway", ST_POLICY, "FORMATS 8.33");
	}
	fake_end(&f);

	/* in a rehearsal it may be used */
	fake_start(&f, MODE_REHEARSAL);
	fake_root(&f, "g1", 0, true);
	fake_inbox(&f, "a.csr", &pem, request, sizeof(request));
	plan_one(&f, 1, PROFILE, &s);
	takes(&f, "gateway", &o);
	outcome_clear(&o);
	bytes_free(&pem);
	fake_end(&f);
}

static void
delegate_refuses_roots_that_cannot_sign(void **state)
{
	static const struct promise promised = { .kind = "root",
		.name = "g9" };
	static const struct promises promises = { &promised, 1 };
	static const char *const retired[] = { "root", "g3", "reason",
		"routine", "successor", "g4", NULL };
	struct fake f;
	char request[256] = "";
	struct section s = usual(request);

	(void)state;
	fake_start(&f, MODE_PRODUCTION);
	fake_root(&f, "g2", 2, false);
	new_request(&f, "P-256", "gateway.csr", request, sizeof(request));
	plan_one(&f, 1, PROFILE, &s);
	refuses(&f, "gateway", ST_POLICY, "FORMATS 8.18: no root g1");
	s.by = "g2";
	plan_one(&f, 1, PROFILE, &s);
	refuses(&f, "gateway", ST_POLICY, "FORMATS 8.18: root g2 has no "
	    "certificate");
	fake_root(&f, "g3", 3, true);
	fake_root(&f, "g4", 4, true);
	fake_entry(&f, "retired", retired, NULL);
	s.by = "g3";
	plan_one(&f, 1, PROFILE, &s);
	refuses(&f, "gateway", ST_POLICY, "FORMATS 8.51: root g3 is retired: "
	    "it signs lists, and nothing else");
	/* promised, but as a next root */
	fake_promises = &promises;
	s.by = "g9";
	plan_one(&f, 1, PROFILE, &s);
	refuses(&f, "gateway", ST_POLICY, "FORMATS 8.18: root g9 has no "
	    "certificate");
	/* promised with a certificate: past the check, not there to perform */
	plan_one(&f, 1, PROFILE "[mint g9]\nalgorithm = ecdsa-p384\n"
	    "subject = root-g9\nyears = 20\nneed = 1 group\n"
	    "group.main = 2 of 2: first, second\n",
	    &s);
	refuses(&f, "gateway", ST_POLICY, "root g9 has no certificate");
	fake_end(&f);
}

static void
delegate_refuses_a_request_that_was_changed(void **state)
{
	struct fake f;
	char request[256] = "";
	struct section s = usual(request);
	char *last;

	(void)state;
	fake_start(&f, MODE_PRODUCTION);
	fake_root(&f, "g1", 1, true);
	new_request(&f, "P-256", "gateway.csr", request, sizeof(request));
	last = &request[strlen(request) - 1];
	*last = *last == '0' ? '1' : '0';
	plan_one(&f, 1, PROFILE, &s);
	refuses(&f, "gateway", ST_AUTH, "gateway.csr");
	fake_end(&f);
}

static void
delegate_refuses_versions_and_names_it_cannot_say(void **state)
{
	struct fake f;
	char request[256] = "";
	struct section s = usual(request);

	(void)state;
	fake_start(&f, MODE_PRODUCTION);
	fake_root(&f, "g1", 1, true);
	new_request(&f, "P-256", "gateway.csr", request, sizeof(request));
	s.versions = "5..4";
	plan_one(&f, 1, PROFILE, &s);
	refuses(&f, "gateway", ST_POLICY, "FORMATS 8.16");
	s.versions = "4.0..";
	s.product = "a-product-with-a-name-of-some-32";
	s.role = "a-role-that-has-a-long-name-too-";
	plan_one(&f, 1, PROFILE, &s);
	refuses(&f, "gateway", ST_POLICY, "FORMATS 8.1: a name of more than "
	    "64");
	fake_end(&f);
}

/* A certificate that is genuine and in the profile, but not this one. */
static void
delegate_verify_refuses_another_certificate(void **state)
{
	struct outcome asked = { 0 }, other = { 0 };
	struct diag d = { 0 };
	struct fake f;
	char request[256] = "";
	struct section s = usual(request);

	(void)state;
	fake_start(&f, MODE_PRODUCTION);
	fake_root(&f, "g1", 1, true);
	new_request(&f, "P-256", "gateway.csr", request, sizeof(request));
	s.versions = "5.0..";
	plan_one(&f, 1, PROFILE, &s);
	takes(&f, "gateway", &other);
	s.versions = "4.0..";
	plan_one(&f, 1, PROFILE, &s);
	takes(&f, "gateway", &asked);
	assert_int_equal(fake_verify(&f, &delegate_step, "gateway", &other,
	    &d), ST_AUTH);
	assert_non_null(strstr(d.text, "FORMATS 8.17"));
	outcome_clear(&asked);
	outcome_clear(&other);
	fake_end(&f);
}

static void
delegate_verify_refuses_facts_that_differ(void **state)
{
	struct outcome o = { 0 };
	struct diag d = { 0 };
	struct fake f;
	char request[256] = "";
	struct section s = usual(request);

	(void)state;
	fake_start(&f, MODE_PRODUCTION);
	fake_root(&f, "g1", 1, true);
	new_request(&f, "P-256", "gateway.csr", request, sizeof(request));
	plan_one(&f, 1, PROFILE, &s);
	takes(&f, "gateway", &o);
	for (size_t i = 0; i < o.facts.n; i++) {
		char *first = o.facts.fact[i].value[0];
		const char was = first[0];

		diag_clear(&d);
		first[0] = was == '9' ? '8' : '9';
		assert_int_equal(fake_verify(&f, &delegate_step, "gateway",
		    &o, &d), ST_AUTH);
		assert_non_null(strstr(d.text, o.facts.fact[i].key));
		first[0] = was;
	}
	assert_int_equal(fake_verify(&f, &delegate_step, "gateway", &o, &d),
	    ST_OK);
	outcome_clear(&o);
	fake_end(&f);
}

/* The same bytes, but the root of record is another. */
static void
delegate_verify_refuses_another_root(void **state)
{
	struct outcome o = { 0 };
	struct diag d = { 0 };
	struct fake f;
	char request[256] = "";
	struct section s = usual(request);

	(void)state;
	fake_start(&f, MODE_PRODUCTION);
	fake_root(&f, "g1", 1, true);
	fake_root(&f, "g2", 2, true);
	new_request(&f, "P-256", "gateway.csr", request, sizeof(request));
	plan_one(&f, 1, PROFILE, &s);
	takes(&f, "gateway", &o);
	s.by = "g2";
	plan_one(&f, 1, PROFILE, &s);
	assert_int_equal(fake_verify(&f, &delegate_step, "gateway", &o, &d),
	    ST_AUTH);
	outcome_clear(&o);
	fake_end(&f);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(delegate_signs_what_the_plan_asks),
		cmocka_unit_test(
		    delegate_marks_and_shortens_what_a_rehearsal_makes),
		cmocka_unit_test(delegate_refuses_key_seen_before),
		cmocka_unit_test(
		    delegate_refuses_second_key_for_product_role_and_slot),
		cmocka_unit_test(
		    delegate_refuses_same_key_or_scope_twice_in_one_plan),
		cmocka_unit_test(
		    delegate_refuses_more_days_than_the_profile_allows),
		cmocka_unit_test(delegate_refuses_what_outlives_its_root),
		cmocka_unit_test(
	    delegate_refuses_profile_that_is_not_there_or_unknown_algorithm),
		cmocka_unit_test(delegate_refuses_keys_outside_the_profile),
		cmocka_unit_test(
		    delegate_refuses_a_key_that_everybody_can_derive),
		cmocka_unit_test(delegate_refuses_roots_that_cannot_sign),
		cmocka_unit_test(delegate_refuses_a_request_that_was_changed),
		cmocka_unit_test(
		    delegate_refuses_versions_and_names_it_cannot_say),
		cmocka_unit_test(delegate_verify_refuses_another_certificate),
		cmocka_unit_test(delegate_verify_refuses_facts_that_differ),
		cmocka_unit_test(delegate_verify_refuses_another_root),
	};

	return cmocka_run_group_tests(tests, group_crypto, NULL);
}
