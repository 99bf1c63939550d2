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
#include "lib/pki/issue.h"
#include "lib/pki/profile.h"
#include "lib/record/signer.h"
#include "revocation/list.h"
#include "tests/support/fake_hands.h"
#include "tests/support/group.h"

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
	refuses(&m, ST_AUTH, "FORMATS 8.44");
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

/* The only place in a certificate where these bytes stand. */
static uint8_t *
find_bytes(const struct bytes *der, const char *text)
{
	return memmem(der->data, der->len, text, strlen(text));
}

/* The root with other bytes in it is the anchor, and is refused. */
static void
refuses_altered(struct made *m, const struct bytes *der, enum status code,
    const char *why)
{
	struct cert *altered = NULL;

	assert_int_equal(cert_read("ca.crt", der->data, der->len, &altered,
	    NULL), ST_OK);
	m->anchors[0] = altered;
	refuses(m, code, why);
	m->anchors[0] = m->root;
	cert_free(altered);
}

static void
accepts_anchor(struct made *m, const struct bytes *der)
{
	struct verify_verdict v;
	struct cert *altered = NULL;

	assert_int_equal(cert_read("ca.crt", der->data, der->len, &altered,
	    NULL), ST_OK);
	m->anchors[0] = altered;
	assert_int_equal(verify_delegation(&m->ask, &v, NULL), ST_OK);
	verify_clear(&v);
	m->anchors[0] = m->root;
	cert_free(altered);
}

static void
verify_refuses_an_anchor_that_was_altered(void **state)
{
	struct bytes der = { 0 };
	struct made m;
	uint8_t *at;

	(void)state;
	make(&m, MODE_PRODUCTION);
	make_list(&m, 1, FAKE_EFFECTIVE, NULL);
	assert_int_equal(bytes_set(&der, m.root->der.data, m.root->der.len,
	    NULL), ST_OK);
	/* it began a year earlier */
	assert_non_null(at = find_bytes(&der, "270301000000Z"));
	at[1] = '6';
	refuses_altered(&m, &der, ST_AUTH, "FORMATS 8.44: anchor O=example,");
	at[1] = '7';
	/* the last byte of its signature */
	der.data[der.len - 1] ^= 1;
	refuses_altered(&m, &der, ST_AUTH, "not signed by its own key");
	/* a store asked that when it took it (9.10): once is enough */
	m.ask.taken = true;
	accepts_anchor(&m, &der);
	bytes_free(&der);
	unmake(&m);
}

/* A root of ${key} by the book, from then on; ${wrong} spoils it. */
static void
self_sign(const struct key *key, int64_t from,
    void (*wrong)(struct cert_spec *), struct bytes *der)
{
	static const uint8_t serial[CERT_SERIAL_LEN] = { 0x41 };
	const struct profile_room room = { FAKE_ARC, "example", false };
	struct cert_spec spec = { 0 };
	struct bytes twin = { 0 };

	assert_int_equal(profile_root(&room, "g1", key_public(key), from,
	    from + 9000 * CLOCK_DAY - 1, &spec, NULL), ST_OK);
	if (wrong != NULL)
		wrong(&spec);
	assert_int_equal(cert_rehearse(&spec, serial, "ecdsa-p384", &twin,
	    NULL), ST_OK);
	assert_int_equal(cert_sign(&spec, serial, key, key_public(key), &twin,
	    der, NULL), ST_OK);
	bytes_free(&twin);
	cert_spec_clear(&spec);
}

static void
no_lists(struct cert_spec *spec)
{
	spec->usage &= (unsigned)~USAGE_CRL_SIGN;
}

static void
no_depth(struct cert_spec *spec)
{
	spec->path_len = 0;
}

/* Signed by its own key, and yet no root of ours. */
static void
verify_refuses_an_anchor_outside_the_profile(void **state)
{
	struct bytes der = { 0 };
	struct made m;

	(void)state;
	make(&m, MODE_PRODUCTION);
	make_list(&m, 1, FAKE_EFFECTIVE, NULL);
	self_sign(m.fake.root[0].key, FAKE_EFFECTIVE, no_lists, &der);
	refuses_altered(&m, &der, ST_POLICY, "anchor O=example, CN=g1: "
	    "FORMATS 8.5");
	self_sign(m.fake.root[0].key, FAKE_EFFECTIVE, no_depth, &der);
	refuses_altered(&m, &der, ST_POLICY, "FORMATS 8.4");
	/* a certificate that somebody else issued */
	m.anchors[0] = m.op;
	refuses(&m, ST_POLICY, "FORMATS 8.1");
	bytes_free(&der);
	unmake(&m);
}

/* One that is out of date does not stand in the way of another. */
static void
verify_refuses_an_anchor_out_of_time(void **state)
{
	struct verify_verdict v;
	const struct cert *both[2];
	struct bytes der = { 0 };
	struct cert *young = NULL;
	struct made m;

	(void)state;
	make(&m, MODE_PRODUCTION);
	make_list(&m, 1, FAKE_EFFECTIVE, NULL);
	m.ask.at = FAKE_EFFECTIVE - 1;
	refuses(&m, ST_AUTH, "FORMATS 8.44: anchor O=example, CN=g1 is not "
	    "valid yet");
	m.ask.at = m.root->spec.not_after + 1;
	refuses(&m, ST_AUTH, "FORMATS 8.44: anchor O=example, CN=g1 has "
	    "expired");

	fake_root(&m.fake, "g2", 2, false);
	self_sign(m.fake.root[1].key, FAKE_EFFECTIVE + 5 * CLOCK_DAY, NULL,
	    &der);
	assert_int_equal(cert_read("young", der.data, der.len, &young, NULL),
	    ST_OK);
	both[0] = young;
	both[1] = m.root;
	m.ask.anchors = both;
	m.ask.nanchors = 2;
	m.ask.at = FAKE_EFFECTIVE + CLOCK_DAY;
	assert_int_equal(verify_delegation(&m.ask, &v, NULL), ST_OK);
	verify_clear(&v);
	cert_free(young);
	bytes_free(&der);
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
	assert_non_null(strstr(d.text, "hello: FORMATS 6.2"));
	assert_int_equal(f.n, 0);
	bytes_free(&text);
}

/* What is wrong with a request is said of a request, and so with the other. */
static void
show_says_what_is_wrong_with_which(void **state)
{
	struct bytes pem = { 0 }, der = { 0 };
	struct facts f = { 0 };
	struct diag d = { 0 };
	struct csr *r = NULL;
	uint8_t *at;
	struct made m;

	(void)state;
	make(&m, MODE_PRODUCTION);
	fake_request("P-256", "x", &pem);
	assert_int_equal(csr_read("x", pem.data, pem.len, &r, NULL), ST_OK);
	assert_int_equal(bytes_set(&der, r->der.data, r->der.len, NULL),
	    ST_OK);
	/* its version is 2 */
	assert_non_null(at = memmem(der.data, 16, "\x02\x01\x00", 3));
	at[2] = 1;
	assert_int_equal(show_file("r", &der, NULL, &f, &d), ST_FORMAT);
	assert_string_equal(d.text, "r: FORMATS 6.1: not version 1");

	diag_clear(&d);
	assert_int_equal(bytes_set(&der, m.root->der.data,
	    m.root->der.len - 1, NULL), ST_OK);
	der.data[3]--; /* one byte less, and it says so */
	assert_int_equal(show_file("c", &der, NULL, &f, &d), ST_FORMAT);
	assert_string_equal(d.text, "c: FORMATS 6.1: not exactly one "
	    "certificate in canonical DER");
	diag_clear(&d);
	m.cert.len--; /* in PEM, without its last line end */
	assert_int_equal(show_file("p", &m.cert, NULL, &f, &d), ST_FORMAT);
	assert_non_null(strstr(d.text, "p: something stands around its PEM"));
	assert_int_equal(f.n, 0);
	csr_free(r);
	bytes_free(&pem);
	bytes_free(&der);
	unmake(&m);
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
		cmocka_unit_test(verify_refuses_an_anchor_that_was_altered),
		cmocka_unit_test(verify_refuses_an_anchor_outside_the_profile),
		cmocka_unit_test(verify_refuses_an_anchor_out_of_time),
		cmocka_unit_test(verify_refuses_another_product_role_or_arc),
		cmocka_unit_test(verify_refuses_a_root_as_a_delegation),
		cmocka_unit_test(
		    verify_refuses_rehearsals_unless_asked_for_one),
		cmocka_unit_test(
		    show_says_what_is_in_a_certificate_and_a_request),
		cmocka_unit_test(show_refuses_what_is_neither),
		cmocka_unit_test(show_says_what_is_wrong_with_which),
	};

	return cmocka_run_group_tests(tests, group_crypto, NULL);
}
