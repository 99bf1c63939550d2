#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/pki/kind.h"
#include "tests/support/bundles.h"

static void
is(const struct bytes *data, enum pki_kind want)
{
	assert_int_equal(pki_kind(data), want);
}

static void
kind_tells_certificate_list_and_request(void **state)
{
	struct bytes pem = { 0 };
	struct pkix p;

	(void)state;
	pkix_make(&p, "ecdsa-p384");
	is(&p.root->der, PKI_CERTIFICATE);
	is(&p.leaf->der, PKI_CERTIFICATE);
	is(&p.list->der, PKI_LIST);
	is(&p.p7s, PKI_OTHER);
	assert_int_equal(cert_pem(&p.leaf->der, "CERTIFICATE", &pem, NULL),
	    ST_OK);
	is(&pem, PKI_CERTIFICATE);
	assert_int_equal(cert_pem(&p.list->der, "X509 CRL", &pem, NULL),
	    ST_OK);
	is(&pem, PKI_LIST);
	assert_int_equal(cert_pem(&p.leaf->der, "CERTIFICATE REQUEST", &pem,
	    NULL), ST_OK);
	is(&pem, PKI_OTHER);
	bytes_free(&pem);
	pkix_free(&p);
}

static void
kind_tells_a_bundle(void **state)
{
	static const unsigned root[] = { 0 }, next[] = { 1, 18 };
	struct bundle *b = NULL;
	struct bytes cut = { 0 };

	(void)state;
	bundles_start();
	bundles_make(root, 1, next, 2, &b);
	bundles_seal(b);
	is(&b->der, PKI_BUNDLE);
	assert_int_equal(bytes_set(&cut, b->der.data, b->der.len - 1, NULL),
	    ST_OK);
	is(&cut, PKI_OTHER);
	bytes_free(&cut);
	bundle_free(b);
	bundles_stop();
}

/* It never reads behind what there is: the sanitizers watch. */
static void
kind_survives_every_truncation(void **state)
{
	struct bytes cut = { 0 };
	struct pkix p;

	(void)state;
	pkix_make(&p, "ecdsa-p384");
	for (size_t n = 0; n < p.list->der.len; n++) {
		assert_int_equal(bytes_set(&cut, p.list->der.data, n, NULL),
		    ST_OK);
		is(&cut, PKI_OTHER);
	}
	bytes_free(&cut);
	pkix_free(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kind_tells_certificate_list_and_request),
		cmocka_unit_test(kind_tells_a_bundle),
		cmocka_unit_test(kind_survives_every_truncation),
	};

	return cmocka_run_group_tests(tests, pkix_start, NULL);
}
