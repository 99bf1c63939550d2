/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=EVP_DigestSign */
/* cms.c: one signer, one type, one content, and not a byte beside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/cms.h>
#include <openssl/x509.h>

#include "lib/crypto/asn1.h"
#include "tests/support/bundles.h"
#include "tests/support/mutate.h"
#include "tests/support/oom.h"
#include "tests/support/pkix.h"

#define OTHER_ARC "1.3.6.1.4.1.32473.8"

static struct pkix p;

int real_sign(EVP_MD_CTX *ctx, unsigned char *sig, size_t *len,
    const unsigned char *data, size_t n) __asm__("__real_EVP_DigestSign");
int wrap_sign(EVP_MD_CTX *ctx, unsigned char *sig, size_t *len,
    const unsigned char *data, size_t n) __asm__("__wrap_EVP_DigestSign");

static enum { SOUND, FLIPPED, CHANGING } fault;
static unsigned signatures;

int
wrap_sign(EVP_MD_CTX *ctx, unsigned char *sig, size_t *len,
    const unsigned char *data, size_t n)
{
	const int ok = real_sign(ctx, sig, len, data, n);

	signatures++;
	if (ok == 1 && fault != SOUND)
		sig[*len - 1] ^= fault == FLIPPED ? 1 : (uint8_t)signatures;
	return ok;
}

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

static enum status
judge(const struct bytes *p7s, const struct cert *cert, const char *arc,
    const struct bytes *content, struct diag *d)
{
	int64_t time = -1;
	enum status rc;

	rc = cms_verify("x.p7s", p7s, cert, arc, CMS_CLOSING, content, &time,
	    d);
	if (rc == ST_OK)
		assert_int_equal(time, PKIX_NOW);
	return rc;
}

static enum status
read_mutant(const uint8_t *data, size_t len, void *ctx)
{
	struct bytes p7s = { 0 };
	enum status rc;

	(void)ctx;
	assert_int_equal(bytes_set(&p7s, data, len, NULL), ST_OK);
	rc = judge(&p7s, p.root, PKIX_ARC, &p.content, NULL);
	bytes_free(&p7s);
	return rc;
}

static void
cms_refuses_every_truncation_flip_and_tail(void **state)
{
	(void)state;
	assert_int_equal(judge(&p.p7s, p.root, PKIX_ARC, &p.content, NULL),
	    ST_OK);
	assert_int_equal(mutate_truncations(p.p7s.data, p.p7s.len,
	    read_mutant, NULL), 0);
	assert_int_equal(mutate_bits(p.p7s.data, p.p7s.len, read_mutant,
	    NULL), 0);
	assert_int_equal(mutate_trailing(p.p7s.data, p.p7s.len, read_mutant,
	    NULL), 0);
}

static void
is_refused(const struct bytes *p7s, const struct cert *cert,
    const char *arc, const struct bytes *content, enum status code,
    const char *why)
{
	struct diag d = { 0 };

	assert_int_equal(judge(p7s, cert, arc, content, &d), code);
	if (strncmp(d.text, "x.p7s: ", 7) != 0 || strstr(d.text, why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", d.text, why);
}

static void
cms_refuses_another_key_content_or_type(void **state)
{
	struct bytes other = { 0 }, none = { 0 };

	(void)state;
	assert_int_equal(bytes_set(&other, CMS_CLOSING_HEAD "x 2\n",
	    p.content.len, NULL), ST_OK);
	is_refused(&p.p7s, p.leaf, PKIX_ARC, &p.content, ST_AUTH,
	    "signed by another key");
	is_refused(&p.p7s, p.root, PKIX_ARC, &other, ST_AUTH,
	    "a signature of other content");
	is_refused(&p.p7s, p.root, PKIX_ARC, &none, ST_POLICY, "RULES B9");
	is_refused(&p.p7s, p.root, OTHER_ARC, &p.content, ST_FORMAT,
	    "than a signature of type " OTHER_ARC ".4");
	is_refused(&none, p.root, PKIX_ARC, &p.content, ST_FORMAT,
	    "FORMATS 6.15");
	bytes_free(&other);
}

/* RULES B9: a closing line and a bundle are never one another. */
static void
cms_takes_neither_bundle_nor_closing_line_for_the_other(void **state)
{
	static const unsigned one[] = { 0 }, two[] = { 1, 2 };
	struct bytes p7s = { 0 }, out = { 0 };
	struct bundle *b = NULL;
	struct diag d = { 0 };
	int64_t time;

	(void)state;
	bundles_start();
	bundles_make(one, 1, two, 2, &b);
	bundles_seal(b);
	bundles_sign(b, 0, &p7s);
	assert_int_equal(cms_verify("b", &p7s, bundles_cert[0], PKIX_ARC,
	    CMS_BUNDLE, &b->der, &time, &d), ST_OK);
	assert_int_equal(cms_verify("b", &p7s, bundles_cert[0], PKIX_ARC,
	    CMS_CLOSING, &b->der, &time, &d), ST_POLICY);
	assert_non_null(strstr(d.text, "RULES B9"));
	assert_int_equal(cms_verify("c", &p.p7s, p.root, PKIX_ARC, CMS_BUNDLE,
	    &p.content, &time, NULL), ST_POLICY);
	assert_int_equal(cms_sign(p.root_key, p.root, PKIX_ARC, CMS_BUNDLE,
	    PKIX_NOW, &p.content, &out, NULL), ST_POLICY);
	assert_int_equal(cms_sign(p.root_key, p.root, PKIX_ARC, CMS_CLOSING,
	    PKIX_NOW, &b->der, &out, NULL), ST_POLICY);
	/* nor a bundle with a byte more, or any other DER */
	b->der.len--;
	assert_int_equal(cms_sign(p.root_key, p.root, PKIX_ARC, CMS_BUNDLE,
	    PKIX_NOW, &b->der, &out, NULL), ST_POLICY);
	assert_int_equal(cms_sign(p.root_key, p.root, PKIX_ARC, CMS_BUNDLE,
	    PKIX_NOW, &p.root->der, &out, NULL), ST_POLICY);
	assert_null(out.data);
	bytes_free(&p7s);
	bundle_free(b);
	bundles_stop();
}

/* RULES B9: there is no other type to ask for, nor any other content. */
static void
cms_signs_a_closing_line_and_nothing_else(void **state)
{
	static const char *const wrong[] = { "", "anchorite closing v1",
		"anchorite closing v10\n", "anchorite bundle v1\n",
		(" " CMS_CLOSING_HEAD) };
	struct bytes other = { 0 }, out = { 0 };
	struct diag d = { 0 };

	(void)state;
	signatures = 0;
	for (int kind = 0; kind < 8; kind++) {
		if (kind == CMS_CLOSING)
			continue;
		assert_int_equal(cms_sign(p.root_key, p.root, PKIX_ARC,
		    (enum cms_kind)kind, PKIX_NOW, &p.content, &out, &d),
		    ST_BUG);
		assert_non_null(strstr(d.text, "RULES B9"));
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(bytes_set(&other, wrong[i], strlen(wrong[i]),
		    NULL), ST_OK);
		assert_int_equal(cms_sign(p.root_key, p.root, PKIX_ARC,
		    CMS_CLOSING, PKIX_NOW, &other, &out, NULL), ST_POLICY);
		is_refused(&p.p7s, p.root, PKIX_ARC, &other, ST_POLICY,
		    "RULES B9: the content is not");
	}
	assert_int_equal(signatures, 0);
	assert_null(out.data);
	bytes_free(&other);
}

static void
cms_is_the_same_every_time_and_differs_by_type_and_time(void **state)
{
	struct bytes a = { 0 };

	(void)state;
	assert_int_equal(cms_sign(p.root_key, p.root, PKIX_ARC,
	    CMS_CLOSING, PKIX_NOW, &p.content, &a, NULL), ST_OK);
	assert_true(bytes_equal(&a, &p.p7s));
	assert_int_equal(cms_sign(p.root_key, p.root, PKIX_ARC,
	    CMS_CLOSING, PKIX_NOW + 1, &p.content, &a, NULL), ST_OK);
	assert_false(bytes_equal(&a, &p.p7s));
	assert_int_equal(cms_sign(p.root_key, p.root, OTHER_ARC,
	    CMS_CLOSING, PKIX_NOW, &p.content, &a, NULL), ST_OK);
	assert_false(bytes_equal(&a, &p.p7s));
	bytes_free(&a);
}

static void
time_after_2049_is_generalized(void **state)
{
	const int64_t late = INT64_C(2550000000);
	struct bytes a = { 0 };
	int64_t time = 0;

	(void)state;
	assert_int_equal(cms_sign(p.root_key, p.root, PKIX_ARC,
	    CMS_CLOSING, late, &p.content, &a, NULL), ST_OK);
	assert_int_equal(cms_verify("x", &a, p.root, PKIX_ARC, CMS_CLOSING,
	    &p.content, &time, NULL), ST_OK);
	assert_int_equal(time, late);
	bytes_free(&a);
}

static void
faulty_signatures_are_not_given_out(void **state)
{
	struct bytes out = { 0 };
	struct diag d = { 0 };

	(void)state;
	fault = FLIPPED;
	assert_int_equal(cms_sign(p.root_key, p.root, PKIX_ARC,
	    CMS_CLOSING, PKIX_NOW, &p.content, &out, &d), ST_BUG);
	assert_int_equal(d.code, ST_BUG);
	assert_null(out.data);
	assert_non_null(strstr(d.text, "RULES C9: the signature just made"));
	d = (struct diag){ 0 };
	fault = CHANGING;
	assert_int_equal(cms_sign(p.root_key, p.root, PKIX_ARC,
	    CMS_CLOSING, PKIX_NOW, &p.content, &out, &d), ST_BUG);
	assert_null(out.data);
	assert_non_null(strstr(d.text, "RULES C9: two signatures"));
	fault = SOUND;
}

static void
key_and_certificate_must_be_one(void **state)
{
	struct bytes out = { 0 };

	(void)state;
	signatures = 0;
	assert_int_equal(cms_sign(p.leaf_key, p.root, PKIX_ARC,
	    CMS_CLOSING, PKIX_NOW, &p.content, &out, NULL), ST_BUG);
	assert_int_equal(signatures, 0);
	assert_null(out.data);
}

/* --- what stock tools would let through --- */

static ASN1_MESSAGE *
open_message(void)
{
	ASN1_MESSAGE *m = asn1_read(ASN1_ITEM_rptr(ASN1_MESSAGE), p.p7s.data,
	    p.p7s.len);

	assert_non_null(m);
	return m;
}

static void
is_other(ASN1_MESSAGE *m)
{
	struct bytes der = { 0 };

	assert_int_equal(asn1_write(m, ASN1_ITEM_rptr(ASN1_MESSAGE), &der,
	    NULL), ST_OK);
	assert_false(bytes_equal(&der, &p.p7s));
	is_refused(&der, p.root, PKIX_ARC, &p.content, ST_FORMAT,
	    "FORMATS 6.15");
	bytes_free(&der);
	ASN1_item_free((ASN1_VALUE *)m, ASN1_ITEM_rptr(ASN1_MESSAGE));
}

static ASN1_SIGNER *
signer(ASN1_MESSAGE *m)
{
	return sk_ASN1_SIGNER_value(m->data->signers, 0);
}

static void
cms_refuses_a_second_signer_and_none(void **state)
{
	ASN1_MESSAGE *m = open_message();
	ASN1_SIGNER *twin = ASN1_item_dup(ASN1_ITEM_rptr(ASN1_SIGNER),
	    signer(m));

	(void)state;
	assert_true(sk_ASN1_SIGNER_push(m->data->signers, twin) > 0);
	is_other(m);
	m = open_message();
	ASN1_item_free((ASN1_VALUE *)sk_ASN1_SIGNER_pop(m->data->signers),
	    ASN1_ITEM_rptr(ASN1_SIGNER));
	is_other(m);
}

static void
cms_refuses_other_attributes(void **state)
{
	ASN1_MESSAGE *m;
	X509_ATTRIBUTE *a;

	(void)state;
	/* one fewer, each in turn */
	for (int i = 0; i < 3; i++) {
		m = open_message();
		X509_ATTRIBUTE_free(sk_X509_ATTRIBUTE_delete(signer(m)->attrs,
		    i));
		is_other(m);
	}
	/* one twice, each in turn */
	for (int i = 0; i < 3; i++) {
		m = open_message();
		a = X509_ATTRIBUTE_dup(sk_X509_ATTRIBUTE_value(
		    signer(m)->attrs, i));
		assert_true(sk_X509_ATTRIBUTE_push(signer(m)->attrs, a) > 0);
		is_other(m);
	}
	/* one more */
	m = open_message();
	a = X509_ATTRIBUTE_create_by_txt(NULL, "1.3.6.1.4.1.32473.1",
	    V_ASN1_UTF8STRING, (const unsigned char *)"x", 1);
	assert_true(sk_X509_ATTRIBUTE_push(signer(m)->attrs, a) > 0);
	is_other(m);
}

static void
cms_refuses_other_algorithms_and_versions(void **state)
{
	ASN1_MESSAGE *m = open_message();
	X509_ALGOR *again;

	(void)state;
	again = X509_ALGOR_dup(sk_X509_ALGOR_value(m->data->digests, 0));
	assert_true(sk_X509_ALGOR_push(m->data->digests, again) > 0);
	is_other(m);

	m = open_message();
	X509_ALGOR_free(sk_X509_ALGOR_pop(m->data->digests));
	is_other(m);

	/* SHA-256 with NULL, which others write and verify */
	m = open_message();
	assert_true(asn1_set(signer(m)->digest, "\x30\x0d\x06\x09\x60\x86\x48"
	    "\x01\x65\x03\x04\x02\x01\x05\x00", 15));
	is_other(m);

	m = open_message();
	assert_int_equal(ASN1_INTEGER_set(m->data->version, 1), 1);
	is_other(m);
	m = open_message();
	assert_int_equal(ASN1_INTEGER_set(signer(m)->version, 1), 1);
	is_other(m);
}

/* A message by OpenSSL, with the certificate, a list, capabilities. */
static void
stock_message(unsigned flags, bool list, struct bytes *out)
{
	const unsigned char *at = p.root->der.data;
	X509 *cert = d2i_X509(NULL, &at, (long)p.root->der.len);
	BIO *in = BIO_new_mem_buf(p.content.data, (int)p.content.len);
	EVP_PKEY *k = EVP_EC_gen("P-256");
	unsigned char *der = NULL;
	CMS_ContentInfo *cms;
	X509_CRL *crl;
	int len;

	assert_int_equal(X509_set_pubkey(cert, k), 1);
	cms = CMS_sign(cert, k, NULL, in, flags | CMS_DETACHED | CMS_BINARY |
	    CMS_USE_KEYID);
	assert_non_null(cms);
	if (list) {
		at = p.list->der.data;
		crl = d2i_X509_CRL(NULL, &at, (long)p.list->der.len);
		assert_int_equal(CMS_add0_crl(cms, crl), 1);
	}
	len = i2d_CMS_ContentInfo(cms, &der);
	assert_true(len > 0);
	assert_int_equal(bytes_set(out, der, (size_t)len, NULL), ST_OK);
	OPENSSL_free(der);
	CMS_ContentInfo_free(cms);
	EVP_PKEY_free(k);
	BIO_free(in);
	X509_free(cert);
}

static void
cms_refuses_certificates_lists_and_content_inside(void **state)
{
	struct bytes der = { 0 };

	(void)state;
	stock_message(0, false, &der);
	is_refused(&der, p.root, PKIX_ARC, &p.content, ST_FORMAT,
	    "without certificates and lists");
	stock_message(CMS_NOCERTS, true, &der);
	is_refused(&der, p.root, PKIX_ARC, &p.content, ST_FORMAT,
	    "without certificates and lists");
	/* capabilities among the attributes */
	stock_message(CMS_NOCERTS, false, &der);
	is_refused(&der, p.root, PKIX_ARC, &p.content, ST_FORMAT,
	    "FORMATS 6.15");
	/* no attributes at all */
	stock_message(CMS_NOCERTS | CMS_NOATTR, false, &der);
	is_refused(&der, p.root, PKIX_ARC, &p.content, ST_FORMAT,
	    "FORMATS 6.15");
	bytes_free(&der);
}

/* --- the other algorithms, and OpenSSL's opinion --- */

static void
check_alg(const char *alg)
{
	const unsigned char *at;
	CMS_ContentInfo *cms;
	STACK_OF(X509) *certs = sk_X509_new_null();
	struct pkix other;
	X509 *x;
	BIO *in;

	pkix_make(&other, alg);
	assert_int_equal(judge(&other.p7s, other.root, PKIX_ARC,
	    &other.content, NULL), ST_OK);
	if (strcmp(alg, "ecdsa-p256") != 0)
		is_refused(&p.p7s, other.root, PKIX_ARC, &p.content, ST_AUTH,
		    "signed by another key");
	at = other.p7s.data;
	cms = d2i_CMS_ContentInfo(NULL, &at, (long)other.p7s.len);
	at = other.root->der.data;
	x = d2i_X509(NULL, &at, (long)other.root->der.len);
	in = BIO_new_mem_buf(other.content.data, (int)other.content.len);
	assert_true(sk_X509_push(certs, x) > 0);
	assert_int_equal(CMS_verify(cms, certs, NULL, in, NULL, CMS_DETACHED |
	    CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY | CMS_NOINTERN), 1);
	CMS_ContentInfo_free(cms);
	sk_X509_pop_free(certs, X509_free);
	BIO_free(in);
	pkix_free(&other);
}

static void
openssl_verifies_each_algorithm(void **state)
{
	static const char *const algs[] = { "ecdsa-p256", "ecdsa-p384",
		"ed25519", "ml-dsa-65", "ml-dsa-87", "slh-dsa-sha2-128s" };

	(void)state;
	for (size_t i = 0; i < sizeof(algs) / sizeof(algs[0]); i++)
		if (key_known(algs[i], NULL) == ST_OK)
			check_alg(algs[i]);
}

/* --- memory --- */

static enum status
verify_once(void *ctx)
{
	(void)ctx;
	return judge(&p.p7s, p.root, PKIX_ARC, &p.content, NULL);
}

static enum status
sign_once(void *ctx)
{
	struct bytes out = { 0 };
	enum status rc;

	(void)ctx;
	rc = cms_sign(p.root_key, p.root, PKIX_ARC,
	    CMS_CLOSING, PKIX_NOW, &p.content, &out, NULL);
	assert_true((rc == ST_OK) == (out.data != NULL));
	bytes_free(&out);
	return rc;
}

static void
cms_survives_every_failed_allocation(void **state)
{
	(void)state;
	assert_true(oom_each(verify_once, NULL) >= 3);
	assert_true(oom_each(sign_once, NULL) >= 8);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cms_refuses_every_truncation_flip_and_tail),
		cmocka_unit_test(cms_refuses_another_key_content_or_type),
		cmocka_unit_test(cms_signs_a_closing_line_and_nothing_else),
		cmocka_unit_test(
		    cms_takes_neither_bundle_nor_closing_line_for_the_other),
		cmocka_unit_test(
		    cms_is_the_same_every_time_and_differs_by_type_and_time),
		cmocka_unit_test(time_after_2049_is_generalized),
		cmocka_unit_test(faulty_signatures_are_not_given_out),
		cmocka_unit_test(key_and_certificate_must_be_one),
		cmocka_unit_test(cms_refuses_a_second_signer_and_none),
		cmocka_unit_test(cms_refuses_other_attributes),
		cmocka_unit_test(cms_refuses_other_algorithms_and_versions),
		cmocka_unit_test(
		    cms_refuses_certificates_lists_and_content_inside),
		cmocka_unit_test(openssl_verifies_each_algorithm),
		cmocka_unit_test(cms_survives_every_failed_allocation),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
