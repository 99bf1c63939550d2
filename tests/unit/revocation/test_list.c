#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/clock.h"
#include "lib/crypto/crl.h"
#include "lib/pki/issue.h"
#include "lib/pki/lint.h"
#include "lib/pki/profile.h"
#include "lib/record/signer.h"
#include "revocation/list.h"
#include "tests/support/fake_hands.h"
#include "tests/support/group.h"

#define ONE "[crl g1]\nby = g1\ndays = 400\n"
#define TWO ONE "[crl again]\nby = g1\ndays = 400\n"

static void
takes(struct fake *f, const char *name, struct outcome *o)
{
	struct diag d = { 0 };

	if (fake_do(f, &crl_step, name, o, &d) != ST_OK)
		fail_msg("%s", d.text);
	if (fake_verify(f, &crl_step, name, o, &d) != ST_OK)
		fail_msg("%s", d.text);
}

static void
refuses(struct fake *f, const char *name, enum status code, const char *why)
{
	struct outcome o = { 0 };
	struct diag d = { 0 };

	assert_int_equal(fake_do(f, &crl_step, name, &o, &d), code);
	if (strstr(d.text, why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", d.text, why);
	assert_int_equal(o.n, 0);
	outcome_clear(&o);
}

static void
says(const struct outcome *o, const char *key, const char *value)
{
	assert_non_null(facts_get(&o->facts, key));
	assert_string_equal(facts_get(&o->facts, key), value);
}

static struct crl *
read_made(const struct outcome *o)
{
	struct crl *c = NULL;

	assert_int_equal(crl_read("made", o->objects[0].bytes.data,
	    o->objects[0].bytes.len, &c, NULL), ST_OK);
	return c;
}

/* A list of the root with entries, as another kind of step might sign it. */
static void
take_list_with(struct fake *f, const uint8_t *serials, size_t n,
    uint64_t number)
{
	const struct profile_room room = signer_room(f->plan);
	struct crl_spec spec = { 0 };
	struct outcome o = { 0 };
	struct bytes pem = { 0 };
	struct crl *made = NULL;
	struct cert *root = NULL;
	struct diag d = { 0 };
	char name[64];

	assert_int_equal(signer_cert(f->state, "g1", &root, NULL), ST_OK);
	assert_int_equal(profile_list(&room, root, FAKE_EFFECTIVE,
	    FAKE_EFFECTIVE + 10 * CLOCK_DAY, number, &spec, NULL), ST_OK);
	spec.entries = calloc(n, sizeof(*spec.entries));
	assert_non_null(spec.entries);
	for (spec.n = 0; spec.n < n; spec.n++) {
		struct crl_entry *e = &spec.entries[spec.n];

		e->serial_len = CERT_SERIAL_LEN;
		memset(e->serial, serials[spec.n], CERT_SERIAL_LEN);
		e->date = FAKE_EFFECTIVE - 60;
		e->reason = REASON_KEY_COMPROMISE;
		e->invalid_since = -1;
	}
	if (issue_crl(&spec, f->root[0].key, key_public(f->root[0].key), &made,
	    &d) != ST_OK || cert_pem(&made->der, "X509 CRL", &pem, &d) !=
	    ST_OK)
		fail_msg("%s", d.text);
	crl_free(made);
	o.kind = "list";
	snprintf(name, sizeof(name), "lists/%06zu.crl", f->state->nlists + 1);
	assert_int_equal(outcome_add(&o, name, &pem, NULL), ST_OK);
	assert_int_equal(facts_set(&o.facts, NULL, "root", "g1"), ST_OK);
	assert_int_equal(facts_set(&o.facts, NULL, "file", "%zu",
	    f->state->nlists + 1), ST_OK);
	assert_int_equal(facts_set(&o.facts, NULL, "number", "%llu",
	    (unsigned long long)number), ST_OK);
	assert_int_equal(facts_set(&o.facts, NULL, "this-update",
	    "2027-03-01T00:00:00Z"), ST_OK);
	assert_int_equal(facts_set(&o.facts, NULL, "next-update",
	    "2027-03-11T00:00:00Z"), ST_OK);
	fake_take(f, &o);
	outcome_clear(&o);
	bytes_free(&pem);
	crl_spec_clear(&spec);
	cert_free(root);
}

static void
list_is_numbered_and_dated_by_its_ceremony(void **state)
{
	struct outcome o = { 0 }, again = { 0 };
	struct fake f;
	struct crl *c;

	(void)state;
	fake_start(&f, MODE_PRODUCTION);
	fake_root(&f, "g1", 1, true);
	fake_plan(&f, 1, TWO);
	takes(&f, "g1", &o);
	assert_string_equal(o.kind, "list");
	assert_int_equal(o.n, 1);
	assert_string_equal(o.objects[0].name, "lists/000001.crl");
	says(&o, "root", "g1");
	says(&o, "file", "1");
	says(&o, "number", "4294967297");
	says(&o, "this-update", "2027-03-01T00:00:00Z");
	says(&o, "next-update", "2028-04-04T00:00:00Z");
	says(&o, "entries", "0");
	c = read_made(&o);
	assert_int_equal(lint_crl(c, NULL), ST_OK);
	crl_free(c);
	takes(&f, "g1", &again);
	assert_true(bytes_equal(&o.objects[0].bytes, &again.objects[0].bytes));
	outcome_clear(&again);

	/* the next one of this ceremony: a second later, one number more */
	fake_take(&f, &o);
	outcome_clear(&o);
	takes(&f, "again", &o);
	assert_string_equal(o.objects[0].name, "lists/000002.crl");
	says(&o, "number", "4294967298");
	says(&o, "this-update", "2027-03-01T00:00:01Z");
	fake_take(&f, &o);
	outcome_clear(&o);

	/* the next ceremony counts from one again, in a higher half */
	fake_next(&f);
	fake_plan(&f, 2, ONE);
	takes(&f, "g1", &o);
	assert_string_equal(o.objects[0].name, "lists/000003.crl");
	says(&o, "number", "8589934593");
	says(&o, "this-update", "2027-03-01T00:01:00Z");
	outcome_clear(&o);
	fake_end(&f);
}

static void
list_takes_over_every_entry(void **state)
{
	static const uint8_t serials[] = { 0x41, 0x42, 0x7f };
	struct outcome o = { 0 };
	struct fake f;
	struct crl *c;

	(void)state;
	fake_start(&f, MODE_PRODUCTION);
	fake_root(&f, "g1", 1, true);
	fake_plan(&f, 1, ONE);
	take_list_with(&f, serials, sizeof(serials), (UINT64_C(1) << 32) + 1);
	takes(&f, "g1", &o);
	says(&o, "entries", "3");
	c = read_made(&o);
	assert_int_equal(c->spec.n, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(c->spec.entries[i].serial[0], serials[i]);
		assert_int_equal(c->spec.entries[i].date, FAKE_EFFECTIVE - 60);
		assert_int_equal(c->spec.entries[i].reason,
		    REASON_KEY_COMPROMISE);
	}
	crl_free(c);
	outcome_clear(&o);
	fake_end(&f);
}

static void
list_refuses_a_number_that_does_not_grow(void **state)
{
	static const uint8_t serials[] = { 0x41 };
	struct fake f;

	(void)state;
	fake_start(&f, MODE_PRODUCTION);
	fake_root(&f, "g1", 1, true);
	fake_plan(&f, 1, ONE);
	take_list_with(&f, serials, 1, (UINT64_C(1) << 32) + 9);
	refuses(&f, "g1", ST_POLICY, "FORMATS 8.23");
	fake_end(&f);
}

/* Of another ceremony, and dated as this one would be. */
static void
list_refuses_a_date_that_is_not_later(void **state)
{
	static const uint8_t serials[] = { 0x41 };
	struct fake f;

	(void)state;
	fake_start(&f, MODE_PRODUCTION);
	fake_root(&f, "g1", 1, true);
	fake_plan(&f, 1, ONE);
	take_list_with(&f, serials, 1, 1);
	refuses(&f, "g1", ST_POLICY, "RULES L1: the last list of root g1 is "
	    "dated 2027-03-01T00:00:00Z");
	fake_end(&f);
}

/* A list made before the revocation was recorded would un-revoke. */
static void
list_verify_refuses_a_lost_entry(void **state)
{
	static const uint8_t serials[] = { 0x41 };
	struct outcome o = { 0 };
	struct diag d = { 0 };
	struct fake f;

	(void)state;
	fake_start(&f, MODE_PRODUCTION);
	fake_root(&f, "g1", 1, true);
	fake_plan(&f, 1, ONE);
	takes(&f, "g1", &o);
	take_list_with(&f, serials, 1, 1);
	assert_int_equal(fake_verify(&f, &crl_step, "g1", &o, &d), ST_AUTH);
	assert_non_null(strstr(d.text, "FORMATS 7.5: its one file should be "
	    "lists/000002.crl"));
	diag_clear(&d);
	snprintf(o.objects[0].name, sizeof(o.objects[0].name),
	    "lists/000002.crl");
	assert_int_equal(fake_verify(&f, &crl_step, "g1", &o, &d), ST_AUTH);
	assert_non_null(strstr(d.text, "FORMATS 8.25: entry 1"));
	outcome_clear(&o);
	fake_end(&f);
}

static void
list_verify_refuses_other_days_and_facts_that_differ(void **state)
{
	struct outcome o = { 0 };
	struct diag d = { 0 };
	struct fake f;

	(void)state;
	fake_start(&f, MODE_PRODUCTION);
	fake_root(&f, "g1", 1, true);
	fake_plan(&f, 1, ONE);
	takes(&f, "g1", &o);
	for (size_t i = 0; i < o.facts.n; i++) {
		char *first = o.facts.fact[i].value[0];
		const char was = first[0];

		diag_clear(&d);
		first[0] = was == '9' ? '8' : '9';
		assert_int_equal(fake_verify(&f, &crl_step, "g1", &o, &d),
		    ST_AUTH);
		assert_non_null(strstr(d.text, o.facts.fact[i].key));
		first[0] = was;
	}
	diag_clear(&d);
	fake_plan(&f, 1, "[crl g1]\nby = g1\ndays = 399\n");
	assert_int_equal(fake_verify(&f, &crl_step, "g1", &o, &d), ST_AUTH);
	assert_non_null(strstr(d.text, "FORMATS 8.17"));
	outcome_clear(&o);
	fake_end(&f);
}

static void
list_of_a_rehearsal_lasts_thirty_days(void **state)
{
	struct outcome o = { 0 };
	struct fake f;

	(void)state;
	fake_start(&f, MODE_REHEARSAL);
	fake_root(&f, "g1", 0, true);
	fake_plan(&f, 1, ONE);
	takes(&f, "g1", &o);
	says(&o, "next-update", "2027-03-30T23:59:59Z");
	outcome_clear(&o);
	fake_end(&f);
}

static void
list_refuses_roots_that_cannot_sign_and_too_many_days(void **state)
{
	struct fake f;

	(void)state;
	fake_start(&f, MODE_PRODUCTION);
	fake_root(&f, "g1", 1, true);
	fake_root(&f, "g2", 2, false);
	fake_plan(&f, 1, "[crl a]\nby = g3\ndays = 9\n"
	    "[crl b]\nby = g2\ndays = 9\n[crl c]\nby = g1\ndays = 401\n");
	refuses(&f, "a", ST_POLICY, "FORMATS 8.18: no root g3");
	refuses(&f, "b", ST_POLICY, "FORMATS 8.18: root g2 has no");
	refuses(&f, "c", ST_POLICY, "FORMATS 8.24");
	f.state->roots[0].not_after = FAKE_EFFECTIVE + 9 * CLOCK_DAY;
	fake_plan(&f, 1, "[crl c]\nby = g1\ndays = 10\n");
	refuses(&f, "c", ST_POLICY, "FORMATS 8.2: it would outlive");
	fake_end(&f);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(list_is_numbered_and_dated_by_its_ceremony),
		cmocka_unit_test(list_takes_over_every_entry),
		cmocka_unit_test(list_refuses_a_number_that_does_not_grow),
		cmocka_unit_test(list_refuses_a_date_that_is_not_later),
		cmocka_unit_test(list_verify_refuses_a_lost_entry),
		cmocka_unit_test(
		    list_verify_refuses_other_days_and_facts_that_differ),
		cmocka_unit_test(list_of_a_rehearsal_lasts_thirty_days),
		cmocka_unit_test(
		    list_refuses_roots_that_cannot_sign_and_too_many_days),
	};

	return cmocka_run_group_tests(tests, group_crypto, NULL);
}
