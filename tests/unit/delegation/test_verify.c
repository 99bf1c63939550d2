#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "delegation/delegate.h"
#include "delegation/show.h"
#include "delegation/verify.h"
#include "lib/base/clock.h"
#include "lib/crypto/start.h"
#include "lib/pki/issue.h"
#include "lib/pki/profile.h"
#include "lib/record/signer.h"
#include "revocation/list.h"
#include "tests/support/fake_hands.h"

#define LISTS_MAX 4

/* A root, a delegation and a list, as a ceremony leaves them. */
struct made {
	struct fake fake;
	struct bytes cert;
	struct cert *root, *op;
	const struct cert *anchors[1];
	struct crl *list[LISTS_MAX];
	const struct crl *lists[LISTS_MAX];
	size_t n;
	struct verify_ask ask;
};

static void
make_list(struct made *m, uint64_t number, int64_t from, const uint8_t *serial)
{
	const struct profile_room room = signer_room(m->fake.plan);
	const struct key *key = m->fake.root[0].key;
	struct crl_spec spec = { 0 };
	struct diag d = { 0 };

	assert_int_equal(profile_list(&room, m->root, from,
	    from + 20 * CLOCK_DAY, number, &spec, NULL), ST_OK);
	if (serial != NULL) {
		spec.entries = calloc(1, sizeof(*spec.entries));
		assert_non_null(spec.entries);
		spec.n = 1;
		memcpy(spec.entries[0].serial, serial, CERT_SERIAL_LEN);
		spec.entries[0].serial_len = CERT_SERIAL_LEN;
		spec.entries[0].date = from;
		spec.entries[0].reason = REASON_KEY_COMPROMISE;
		spec.entries[0].invalid_since = -1;
	}
	if (issue_crl(&spec, key, key_public(key), &m->list[m->n], &d) !=
	    ST_OK)
		fail_msg("%s", d.text);
	m->lists[m->n] = m->list[m->n];
	m->ask.nlists = ++m->n;
	crl_spec_clear(&spec);
}

static void
make(struct made *m, enum plan_mode mode)
{
	struct bytes pem = { 0 };
	struct outcome o = { 0 };
	struct diag d = { 0 };
	char request[256], text[1024];

	memset(m, 0, sizeof(*m));
	fake_start(&m->fake, mode);
	fake_root(&m->fake, "g1", 1, true);
	fake_request("P-256", "gateway", &pem);
	fake_inbox(&m->fake, "gateway.csr", &pem, request, sizeof(request));
	snprintf(text, sizeof(text), "[profile firmware]\nbase = fw-pki-v1\n"
	    "keys = ecdsa-p256\nmost-days = 400\n[delegate gateway]\nby = g1\n"
	    "profile = firmware\nproduct = gateway\nrole = release\n"
	    "versions = 4.0..\nrequest = %s\ndays = 30\n", request);
	fake_plan(&m->fake, 1, text);
	if (fake_do(&m->fake, &delegate_step, "gateway", &o, &d) != ST_OK)
		fail_msg("%s", d.text);
	assert_int_equal(bytes_set(&m->cert, o.objects[0].bytes.data,
	    o.objects[0].bytes.len, NULL), ST_OK);
	assert_int_equal(cert_read("op", m->cert.data, m->cert.len, &m->op,
	    NULL), ST_OK);
	assert_int_equal(signer_cert(m->fake.state, "g1", &m->root, NULL),
	    ST_OK);
	m->anchors[0] = m->root;
	m->ask.name = "op.crt";
	m->ask.cert = &m->cert;
	m->ask.anchors = m->anchors;
	m->ask.nanchors = 1;
	m->ask.lists = m->lists;
	m->ask.at = FAKE_EFFECTIVE + CLOCK_DAY;
	m->ask.arc = FAKE_ARC;
	outcome_clear(&o);
	bytes_free(&pem);
}

static void
unmake(struct made *m)
{
	for (size_t i = 0; i < m->n; i++)
		crl_free(m->list[i]);
	cert_free(m->root);
	cert_free(m->op);
	bytes_free(&m->cert);
	fake_end(&m->fake);
}

static void
refuses(const struct made *m, enum status code, const char *why)
{
	struct verify_verdict v;
	struct diag d = { 0 };

	assert_int_equal(verify_delegation(&m->ask, &v, &d), code);
	if (strstr(d.text, why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", d.text, why);
	assert_int_equal(v.facts.n, 0);
	verify_clear(&v);
}

static void
verify_says_for_what_and_until_when(void **state)
{
	struct verify_verdict v;
	struct diag d = { 0 };
	struct made m;

	(void)state;
	make(&m, MODE_PRODUCTION);
	make_list(&m, 1, FAKE_EFFECTIVE, NULL);
	m.ask.product = "gateway";
	m.ask.role = "release";
	if (verify_delegation(&m.ask, &v, &d) != ST_OK)
		fail_msg("%s", d.text);
	assert_string_equal(v.scope.product, "gateway");
	assert_string_equal(v.scope.from, "4.0");
	assert_false(v.test);
	assert_null(facts_get(&v.facts, "mark"));
	assert_int_equal(v.not_after, FAKE_EFFECTIVE + 30 * CLOCK_DAY - 1);
	assert_int_equal(v.next_update, FAKE_EFFECTIVE + 20 * CLOCK_DAY);
	verify_clear(&v);

	/* the arc can be told from the certificate alone */
	m.ask.arc = NULL;
	assert_int_equal(verify_delegation(&m.ask, &v, NULL), ST_OK);
	assert_string_equal(v.scope.role, "release");
	verify_clear(&v);
	unmake(&m);
}

static void
verify_refuses_without_a_list_or_out_of_time(void **state)
{
	struct made m;

	(void)state;
	make(&m, MODE_PRODUCTION);
	refuses(&m, ST_AUTH, "FORMATS 8.41");
	make_list(&m, 1, FAKE_EFFECTIVE, NULL);
	m.ask.at = FAKE_EFFECTIVE - 1;
	refuses(&m, ST_AUTH, "FORMATS 8.41");
	/* the certificate is still good, the list no longer */
	m.ask.at = FAKE_EFFECTIVE + 21 * CLOCK_DAY;
	refuses(&m, ST_AUTH, "FORMATS 8.41");
	m.ask.at = FAKE_EFFECTIVE + 30 * CLOCK_DAY;
	refuses(&m, ST_AUTH, "FORMATS 8.41");
	unmake(&m);
}

/* A later list that forgets the entry does not bring the key back. */
static void
verify_refuses_what_any_list_ever_revoked(void **state)
{
	struct made m;

	(void)state;
	make(&m, MODE_PRODUCTION);
	make_list(&m, 1, FAKE_EFFECTIVE, m.op->serial);
	refuses(&m, ST_AUTH, "revoked");
	make_list(&m, 2, FAKE_EFFECTIVE + 60, NULL);
	refuses(&m, ST_AUTH, "revoked, says list 1");
	unmake(&m);
}

static void
verify_takes_the_list_that_has_begun(void **state)
{
	struct verify_verdict v;
	struct diag d = { 0 };
	struct made m;

	(void)state;
	make(&m, MODE_PRODUCTION);
	make_list(&m, 3, FAKE_EFFECTIVE + 5 * CLOCK_DAY, NULL);
	make_list(&m, 1, FAKE_EFFECTIVE, NULL);
	make_list(&m, 2, FAKE_EFFECTIVE + 60, NULL);
	if (verify_delegation(&m.ask, &v, &d) != ST_OK)
		fail_msg("%s", d.text);
	assert_string_equal(facts_get(&v.facts, "list"), "2");
	verify_clear(&v);
	m.ask.at = FAKE_EFFECTIVE + 6 * CLOCK_DAY;
	assert_int_equal(verify_delegation(&m.ask, &v, NULL), ST_OK);
	assert_string_equal(facts_get(&v.facts, "list"), "3");
	verify_clear(&v);
	unmake(&m);
}

static void
verify_refuses_a_list_of_another_root(void **state)
{
	struct made m, other;

	(void)state;
	make(&m, MODE_PRODUCTION);
	make(&other, MODE_PRODUCTION);
	/* the other root is of another key */
	fake_root(&other.fake, "g2", 2, true);
	cert_free(other.root);
	assert_int_equal(signer_cert(other.fake.state, "g2", &other.root,
	    NULL), ST_OK);
	key_free(other.fake.root[0].key);
	other.fake.root[0].key = other.fake.root[1].key;
	other.fake.root[1].key = NULL;
	make_list(&other, 9, FAKE_EFFECTIVE, NULL);
	m.lists[0] = other.list[0];
	m.ask.nlists = 1;
	refuses(&m, ST_AUTH, "FORMATS 8.41");
	/* and a certificate that its anchor did not sign */
	m.anchors[0] = other.root;
	refuses(&m, ST_AUTH, "FORMATS 8.41");
	m.ask.nanchors = 0;
	refuses(&m, ST_POLICY, "no anchors");
	unmake(&other);
	unmake(&m);
}

static void
verify_refuses_another_product_role_or_arc(void **state)
{
	struct made m;

	(void)state;
	make(&m, MODE_PRODUCTION);
	make_list(&m, 1, FAKE_EFFECTIVE, NULL);
	m.ask.product = "router";
	refuses(&m, ST_POLICY, "FORMATS 8.43: it is for product gateway");
	m.ask.product = NULL;
	m.ask.role = "debug";
	refuses(&m, ST_POLICY, "FORMATS 8.43: it is for role release");
	m.ask.role = NULL;
	m.ask.arc = "1.3.6.1.4.1.1";
	refuses(&m, ST_POLICY, "FORMATS 8.9");
	unmake(&m);
}

/* A root is no operational key, whoever signed it. */
static void
verify_refuses_a_root_as_a_delegation(void **state)
{
	struct bytes der = { 0 };
	struct made m;

	(void)state;
	make(&m, MODE_PRODUCTION);
	make_list(&m, 1, FAKE_EFFECTIVE, NULL);
	assert_int_equal(bytes_set(&der, m.root->der.data, m.root->der.len,
	    NULL), ST_OK);
	m.ask.cert = &der;
	refuses(&m, ST_POLICY, "FORMATS 8.");
	m.ask.arc = NULL;
	refuses(&m, ST_POLICY, "FORMATS 8.42");
	bytes_free(&der);
	unmake(&m);
}

static void
verify_refuses_rehearsals_unless_asked_for_one(void **state)
{
	struct verify_verdict v;
	struct diag d = { 0 };
	struct made m;

	(void)state;
	make(&m, MODE_REHEARSAL);
	make_list(&m, 1, FAKE_EFFECTIVE, NULL);
	refuses(&m, ST_POLICY, "FORMATS 8.40");
	m.ask.rehearsal = true;
	if (verify_delegation(&m.ask, &v, &d) != ST_OK)
		fail_msg("%s", d.text);
	assert_true(v.test);
	assert_string_equal(v.facts.fact[0].key, "mark");
	verify_clear(&v);
	unmake(&m);
}

static void
show_says_what_is_in_a_certificate_and_a_request(void **state)
{
	struct facts f = { 0 };
	struct bytes pem = { 0 };
	struct diag d = { 0 };
	struct made m;

	(void)state;
	make(&m, MODE_PRODUCTION);
	assert_int_equal(show_file("op.crt", &m.cert, FAKE_ARC, &f, &d),
	    ST_OK);
	assert_string_equal(facts_get(&f, "kind"), "certificate");
	assert_string_equal(facts_get(&f, "product"), "gateway");
	assert_int_equal(facts_count(&f, "extended-key-usage"), 2);
	facts_clear(&f);
	/* without the arc the scope is an extension like any other */
	assert_int_equal(show_file("op.crt", &m.cert, NULL, &f, &d), ST_OK);
	assert_null(facts_get(&f, "product"));
	assert_int_equal(facts_count(&f, "extension"), 7);
	facts_clear(&f);

	fake_request("P-384", "\x1b[2J", &pem);
	assert_int_equal(show_file("x.csr", &pem, NULL, &f, &d), ST_OK);
	assert_string_equal(facts_get(&f, "kind"), "request");
	assert_string_equal(facts_get(&f, "key"), "ecdsa-p384");
	assert_null(strchr(facts_get(&f, "claimed-subject"), '\x1b'));
	facts_clear(&f);
	bytes_free(&pem);
	unmake(&m);
}

static void
show_refuses_what_is_neither(void **state)
{
	struct facts f = { 0 };
	struct bytes text = { 0 };
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(bytes_set(&text, "hello\n", 6, NULL), ST_OK);
	assert_int_equal(show_file("hello", &text, NULL, &f, &d), ST_FORMAT);
	assert_non_null(strstr(d.text, "hello"));
	assert_int_equal(f.n, 0);
	bytes_free(&text);
}

static int
start(void **state)
{
	(void)state;
	return crypto_start(NULL) == ST_OK ? 0 : -1;
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(verify_says_for_what_and_until_when),
		cmocka_unit_test(verify_refuses_without_a_list_or_out_of_time),
		cmocka_unit_test(verify_refuses_what_any_list_ever_revoked),
		cmocka_unit_test(verify_takes_the_list_that_has_begun),
		cmocka_unit_test(verify_refuses_a_list_of_another_root),
		cmocka_unit_test(verify_refuses_another_product_role_or_arc),
		cmocka_unit_test(verify_refuses_a_root_as_a_delegation),
		cmocka_unit_test(
		    verify_refuses_rehearsals_unless_asked_for_one),
		cmocka_unit_test(
		    show_says_what_is_in_a_certificate_and_a_request),
		cmocka_unit_test(show_refuses_what_is_neither),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
