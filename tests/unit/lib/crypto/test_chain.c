/* chain.c: no path without a list, none with the wrong one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/pkix.h"

static struct pkix p;

static int
start(void **state)
{
	pkix_start(state);
	pkix_make(&p, "ecdsa-p256");
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	pkix_free(&p);
	return 0;
}

static struct crl *
list_of(const struct key *root, const struct crl_spec *s)
{
	struct bytes der = { 0 };
	struct crl *c;

	pkix_sign_list(root, s, &der);
	assert_int_equal(crl_read("x", der.data, der.len, &c, NULL), ST_OK);
	bytes_free(&der);
	return c;
}

static struct cert *
cert_of(const struct key *root, const struct cert_spec *s)
{
	struct bytes der = { 0 };
	struct cert *c;

	pkix_sign_cert(root, s, &der);
	assert_int_equal(cert_read("x", der.data, der.len, &c, NULL), ST_OK);
	bytes_free(&der);
	return c;
}

static void
answers(const struct cert *leaf, const struct cert *anchor,
    const struct crl *list, int64_t at, enum status code, const char *why)
{
	const struct cert *const anchors[] = { anchor };
	const struct crl *const lists[] = { list };
	struct diag d = { 0 };

	assert_int_equal(chain_verify(leaf, anchors, anchor == NULL ? 0 : 1,
	    lists, list == NULL ? 0 : 1, at, &d), code);
	assert_string_equal(d.text, why);
}

static void
chain_holds_with_a_list_that_is_clean(void **state)
{
	(void)state;
	answers(p.leaf, p.root, p.list, PKIX_NOW, ST_OK, "");
	answers(p.root, p.root, p.list, PKIX_NOW, ST_OK, "");
}

static void
chain_refuses_what_is_missing(void **state)
{
	(void)state;
	answers(p.leaf, p.root, NULL, PKIX_NOW, ST_AUTH,
	    "no list of its issuer");
	answers(p.leaf, NULL, p.list, PKIX_NOW, ST_AUTH,
	    "no anchor issued it");
	answers(p.root, NULL, p.list, PKIX_NOW, ST_AUTH,
	    "it signed itself and is no anchor");
}

static void
chain_refuses_other_times(void **state)
{
	struct crl_spec s = { 0 };
	struct crl *list;

	(void)state;
	answers(p.leaf, p.root, p.list, PKIX_FROM, ST_OK, "");
	pkix_list_spec(&p, &s);
	/* a list that is longer valid than the leaf */
	s.this_update = PKIX_FROM - 9;
	s.next_update = PKIX_TO + 9;
	list = list_of(p.root_key, &s);
	answers(p.leaf, p.root, list, PKIX_FROM - 1, ST_AUTH,
	    "certificate not valid yet");
	answers(p.leaf, p.root, list, PKIX_TO + 1, ST_AUTH,
	    "certificate expired");
	crl_free(list);
	s.this_update = PKIX_NOW + 1;
	list = list_of(p.root_key, &s);
	answers(p.leaf, p.root, list, PKIX_NOW, ST_AUTH,
	    "the list of its issuer is not valid yet");
	crl_free(list);
	s.this_update = PKIX_FROM;
	s.next_update = PKIX_NOW - 1;
	list = list_of(p.root_key, &s);
	answers(p.leaf, p.root, list, PKIX_NOW, ST_AUTH,
	    "the list of its issuer has expired");
	crl_free(list);
	crl_spec_clear(&s);
}

static void
chain_refuses_a_revoked_leaf(void **state)
{
	struct crl_spec s = { 0 };
	struct crl *list;

	(void)state;
	pkix_list_spec(&p, &s);
	memcpy(s.entries[0].serial, p.leaf->serial, p.leaf->serial_len);
	list = list_of(p.root_key, &s);
	answers(p.leaf, p.root, list, PKIX_NOW, ST_AUTH,
	    "certificate revoked");
	crl_free(list);
	crl_spec_clear(&s);
}

/* A root of the same name and another key. */
static void
chain_refuses_another_root_of_that_name(void **state)
{
	struct key *other = pkix_key("ecdsa-p256", 5);
	struct cert_spec *c = calloc(1, sizeof(*c));
	struct crl_spec s = { 0 };
	struct cert *root;
	struct crl *list;

	(void)state;
	assert_non_null(c);
	pkix_root_spec(other, c);
	root = cert_of(other, c);
	answers(p.leaf, root, p.list, PKIX_NOW, ST_AUTH,
	    "no anchor issued it");
	/* and its list says nothing about ours */
	pkix_list_spec(&p, &s);
	memcpy(s.issuer_ski, root->ski, sizeof(s.issuer_ski));
	list = list_of(other, &s);
	answers(p.leaf, p.root, list, PKIX_NOW, ST_AUTH,
	    "no list of its issuer");
	crl_free(list);
	/* even where it names our key: it is not signed by it */
	memcpy(s.issuer_ski, p.root->ski, sizeof(s.issuer_ski));
	list = list_of(other, &s);
	answers(p.leaf, p.root, list, PKIX_NOW, ST_AUTH,
	    "the list of its issuer is not signed by it");
	crl_free(list);
	cert_free(root);
	crl_spec_clear(&s);
	cert_spec_clear(c);
	free(c);
	key_free(other);
}

/* Signed by the right key, in another's name. */
static void
chain_refuses_a_list_of_another_name(void **state)
{
	struct crl_spec s = { 0 };
	struct crl *list;

	(void)state;
	pkix_list_spec(&p, &s);
	s.issuer.common[0] = 'f';
	list = list_of(p.root_key, &s);
	answers(p.leaf, p.root, list, PKIX_NOW, ST_AUTH,
	    "no list of its issuer");
	crl_free(list);
	crl_spec_clear(&s);
}

static void
chain_refuses_a_list_of_who_may_sign_none(void **state)
{
	struct cert_spec *c = calloc(1, sizeof(*c));
	struct cert *root;

	(void)state;
	assert_non_null(c);
	pkix_root_spec(p.root_key, c);
	c->usage &= ~(unsigned)USAGE_CRL_SIGN;
	root = cert_of(p.root_key, c);
	answers(p.leaf, root, p.list, PKIX_NOW, ST_AUTH,
	    "its issuer may not sign lists");
	cert_free(root);
	cert_spec_clear(c);
	free(c);
}

/* Three tiers: the one in the middle is revoked, and the one below falls. */
static void
chain_refuses_a_revoked_middle(void **state)
{
	struct key *middle_key = pkix_key("ecdsa-p256", 6);
	struct cert_spec *c = calloc(1, sizeof(*c));
	const struct cert *anchors[2];
	const struct crl *lists[2];
	struct crl_spec s = { 0 };
	struct cert *middle, *leaf;
	struct crl *below, *above;
	struct diag d = { 0 };

	(void)state;
	assert_non_null(c);
	pkix_leaf_spec(&p, c);
	assert_int_equal(bytes_set(&c->spki, key_public(middle_key)->der.data,
	    key_public(middle_key)->der.len, NULL), ST_OK);
	memcpy(c->subject.common, "fw-ca.gateway.G1", 17);
	c->ca = true;
	c->path_len = 0;
	c->usage = USAGE_KEY_CERT_SIGN | USAGE_CRL_SIGN;
	c->eku_critical = false;
	c->policies = c->exts = 0;
	middle = cert_of(p.root_key, c);

	cert_spec_clear(c);
	pkix_leaf_spec(&p, c);
	c->issuer = middle->spec.subject;
	memcpy(c->issuer_ski, middle->ski, sizeof(c->issuer_ski));
	leaf = cert_of(middle_key, c);

	pkix_list_spec(&p, &s);
	s.issuer = middle->spec.subject;
	memcpy(s.issuer_ski, middle->ski, sizeof(s.issuer_ski));
	below = list_of(middle_key, &s);
	anchors[0] = p.root;
	anchors[1] = middle;
	lists[0] = p.list;
	lists[1] = below;
	assert_int_equal(chain_verify(leaf, anchors, 2, lists, 2, PKIX_NOW,
	    &d), ST_OK);
	/* the list below is missing, then the one above */
	assert_int_equal(chain_verify(leaf, anchors, 2, lists, 1, PKIX_NOW,
	    NULL), ST_AUTH);
	assert_int_equal(chain_verify(leaf, anchors, 2, lists + 1, 1,
	    PKIX_NOW, NULL), ST_AUTH);
	/* without the root the middle is no anchor */
	assert_int_equal(chain_verify(leaf, anchors + 1, 1, lists, 2,
	    PKIX_NOW, NULL), ST_AUTH);

	crl_spec_clear(&s);
	pkix_list_spec(&p, &s);
	memcpy(s.entries[0].serial, middle->serial, middle->serial_len);
	above = list_of(p.root_key, &s);
	lists[0] = above;
	assert_int_equal(chain_verify(leaf, anchors, 2, lists, 2, PKIX_NOW,
	    &d), ST_AUTH);
	assert_string_equal(d.text, "certificate revoked");

	crl_free(above);
	crl_free(below);
	cert_free(leaf);
	cert_free(middle);
	crl_spec_clear(&s);
	cert_spec_clear(c);
	free(c);
	key_free(middle_key);
}

static void
chain_refuses_a_leaf_that_issues(void **state)
{
	struct cert_spec *c = calloc(1, sizeof(*c));
	const struct cert *anchors[2];
	const struct crl *lists[2];
	struct crl_spec s = { 0 };
	struct cert *child;
	struct crl *below;

	(void)state;
	assert_non_null(c);
	pkix_leaf_spec(&p, c);
	c->issuer = p.leaf->spec.subject;
	memcpy(c->issuer_ski, p.leaf->ski, sizeof(c->issuer_ski));
	child = cert_of(p.leaf_key, c);
	pkix_list_spec(&p, &s);
	s.issuer = p.leaf->spec.subject;
	memcpy(s.issuer_ski, p.leaf->ski, sizeof(s.issuer_ski));
	below = list_of(p.leaf_key, &s);
	anchors[0] = p.root;
	anchors[1] = p.leaf;
	lists[0] = p.list;
	lists[1] = below;
	assert_int_equal(chain_verify(child, anchors, 2, lists, 2, PKIX_NOW,
	    NULL), ST_AUTH);
	crl_free(below);
	cert_free(child);
	crl_spec_clear(&s);
	cert_spec_clear(c);
	free(c);
}

static void
chain_is_given_one_list_an_issuer(void **state)
{
	const struct cert *const anchors[] = { p.root };
	const struct crl *const lists[] = { p.list, p.list };
	struct crl strange = *p.list;
	const struct crl *const delta[] = { &strange };
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(chain_verify(p.leaf, anchors, 1, lists, 2, PKIX_NOW,
	    &d), ST_BUG);
	assert_string_equal(d.text, "two lists of one issuer");
	memcpy(strange.foreign_ext, "delta", 6);
	assert_int_equal(chain_verify(p.leaf, anchors, 1, delta, 1, PKIX_NOW,
	    NULL), ST_POLICY);
	assert_int_equal(chain_verify(p.leaf, anchors, CHAIN_MAX + 1, lists,
	    1, PKIX_NOW, NULL), ST_POLICY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chain_holds_with_a_list_that_is_clean),
		cmocka_unit_test(chain_refuses_what_is_missing),
		cmocka_unit_test(chain_refuses_other_times),
		cmocka_unit_test(chain_refuses_a_revoked_leaf),
		cmocka_unit_test(chain_refuses_another_root_of_that_name),
		cmocka_unit_test(chain_refuses_a_list_of_another_name),
		cmocka_unit_test(chain_refuses_a_list_of_who_may_sign_none),
		cmocka_unit_test(chain_refuses_a_revoked_middle),
		cmocka_unit_test(chain_refuses_a_leaf_that_issues),
		cmocka_unit_test(chain_is_given_one_list_an_issuer),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
