#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "delegation/request.h"
#include "tests/support/fake_hands.h"
#include "tests/support/group.h"

static const struct request_rules usual = {
	.keys = { "ecdsa-p256", "ecdsa-p384" },
	.nkeys = 2,
	.production = true,
};

static struct csr *
new_request(const char *kind)
{
	struct bytes pem = { 0 };
	struct csr *r = NULL;

	fake_request(kind, "gateway", &pem);
	assert_int_equal(request_read("gateway.csr", &pem, &r, NULL), ST_OK);
	assert_int_equal(request_check("gateway.csr", r, NULL), ST_OK);
	bytes_free(&pem);
	return r;
}

static void
refuses(const struct csr *r, const struct request_rules *rules,
    const char *why)
{
	struct diag d = { 0 };

	assert_int_equal(request_policy("gateway.csr", r, rules, &d),
	    ST_POLICY);
	assert_int_equal(strncmp(d.text, "gateway.csr: ", 13), 0);
	if (strstr(d.text, why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", d.text, why);
}

static void
request_takes_a_new_key_of_the_profile(void **state)
{
	struct csr *r = new_request("P-256");

	(void)state;
	assert_int_equal(request_policy("gateway.csr", r, &usual, NULL),
	    ST_OK);
	csr_free(r);
}

static void
request_refuses_a_signature_that_is_not_its_own(void **state)
{
	struct csr *r = new_request("P-256"), *mixed = NULL;
	struct bytes der = { 0 };
	struct diag d = { 0 };

	(void)state;
	/* the last byte of the signature's s */
	assert_int_equal(bytes_set(&der, r->der.data, r->der.len, NULL),
	    ST_OK);
	der.data[der.len - 1] ^= 1;
	assert_int_equal(request_read("gateway.csr", &der, &mixed, NULL),
	    ST_OK);
	assert_int_equal(request_check("gateway.csr", mixed, &d), ST_AUTH);
	assert_non_null(strstr(d.text, "gateway.csr"));
	csr_free(mixed);
	csr_free(r);
	bytes_free(&der);
}

static void
request_refuses_algorithms_the_plan_or_the_clients_do_not_take(void **state)
{
	struct request_rules rules = usual;
	struct csr *r = new_request("P-384");

	(void)state;
	rules.nkeys = 1;
	refuses(r, &rules, "FORMATS 8.30: the profile takes no key of "
	    "ecdsa-p384");
	csr_free(r);
	/* in the plan's list by mistake, and still not taken */
	r = new_request("ED25519");
	rules = usual;
	snprintf(rules.keys[0], sizeof(rules.keys[0]), "%s", r->key.alg);
	refuses(r, &rules, "FORMATS 8.12");
	csr_free(r);
	r = new_request("RSA-2048");
	snprintf(rules.keys[0], sizeof(rules.keys[0]), "%s", r->key.alg);
	refuses(r, &rules, "FORMATS 8.12");
	csr_free(r);
}

static void
request_refuses_the_key_of_a_root(void **state)
{
	struct request_rules rules = usual;
	struct csr *r = new_request("P-384");
	struct fake f;

	(void)state;
	fake_start(&f, MODE_PRODUCTION);
	fake_root(&f, "g2", 2, false);
	rules.state = f.state;
	assert_int_equal(request_policy("gateway.csr", r, &rules, NULL),
	    ST_OK);
	/* the same x-coordinate is the same key, however it is written */
	memcpy(r->key.index, f.state->roots[0].key.index, SHA384_LEN);
	refuses(r, &rules, "FORMATS 8.32: its key was seen before: root g2");
	csr_free(r);
	fake_end(&f);
}

static void
request_refuses_public_keys_in_production_only(void **state)
{
	struct request_rules rules = usual;
	struct bytes pem = { 0 };
	struct csr *r = NULL;

	(void)state;
	fake_request_public(0, DERIVE_REHEARSAL, &pem);
	assert_int_equal(request_read("gateway.csr", &pem, &r, NULL), ST_OK);
	assert_int_equal(request_check("gateway.csr", r, NULL), ST_OK);
	refuses(r, &rules, "FORMATS 8.33");
	rules.production = false;
	assert_int_equal(request_policy("gateway.csr", r, &rules, NULL),
	    ST_OK);
	csr_free(r);
	bytes_free(&pem);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(request_takes_a_new_key_of_the_profile),
		cmocka_unit_test(
		    request_refuses_a_signature_that_is_not_its_own),
		cmocka_unit_test(
	    request_refuses_algorithms_the_plan_or_the_clients_do_not_take),
		cmocka_unit_test(request_refuses_the_key_of_a_root),
		cmocka_unit_test(
		    request_refuses_public_keys_in_production_only),
	};

	return cmocka_run_group_tests(tests, group_crypto, NULL);
}
