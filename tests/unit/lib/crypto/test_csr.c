/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc */
/* csr.c: what strangers send as a request. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "tests/support/mutate.h"
#include "tests/support/oom.h"
#include "tests/support/pkix.h"

static struct bytes good; /* ecdsa-p256, DER */

static void
make(const char *curve, const char *cn, const char *md, struct bytes *der)
{
	EVP_PKEY *k = EVP_EC_gen(curve);

	pkix_request(k, cn, strlen(cn), md, der);
	EVP_PKEY_free(k);
}

static int
start(void **state)
{
	pkix_start(state);
	make("P-256", "gateway", "sha256", &good);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	bytes_free(&good);
	return 0;
}

/* Both gates, as a caller passes them. */
static enum status
judge(const void *data, size_t len, struct diag *d)
{
	struct csr *c;
	enum status rc;

	rc = csr_read("r.csr", data, len, &c, d);
	assert_true((rc == ST_OK) == (c != NULL));
	if (rc == ST_OK)
		rc = csr_check("r.csr", c, d);
	csr_free(c);
	return rc;
}

static void
is_refused(const void *data, size_t len, enum status code, const char *why)
{
	struct diag d = { 0 };

	assert_int_equal(judge(data, len, &d), code);
	if (strncmp(d.text, "r.csr: FORMATS 6.", 17) != 0 ||
	    strstr(d.text, why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", d.text, why);
}

static enum status
read_mutant(const uint8_t *data, size_t len, void *ctx)
{
	(void)ctx;
	return judge(data, len, NULL);
}

static void
csr_refuses_every_truncation_flip_and_tail(void **state)
{
	(void)state;
	assert_int_equal(judge(good.data, good.len, NULL), ST_OK);
	assert_int_equal(mutate_truncations(good.data, good.len, read_mutant,
	    NULL), 0);
	assert_int_equal(mutate_bits(good.data, good.len, read_mutant, NULL),
	    0);
	assert_int_equal(mutate_trailing(good.data, good.len, read_mutant,
	    NULL), 0);
}

static void
csr_takes_each_kind_of_key(void **state)
{
	static const char *const kinds[][3] = {
		{ "P-384", "sha256", "ecdsa-p256" },
		{ "P-384", "sha384", "ecdsa-p384" },
		{ "P-521", "sha512", "ecdsa-p521" },
	};
	struct bytes der = { 0 };
	struct csr *c;
	EVP_PKEY *k;

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		make(kinds[i][0], "x", kinds[i][1], &der);
		assert_int_equal(csr_read("x", der.data, der.len, &c, NULL),
		    ST_OK);
		assert_string_equal(c->alg, kinds[i][2]);
		assert_int_equal(csr_check("x", c, NULL), ST_OK);
		csr_free(c);
	}
	k = EVP_RSA_gen(2048);
	pkix_request(k, "x", 1, "sha256", &der);
	assert_int_equal(judge(der.data, der.len, NULL), ST_OK);
	EVP_PKEY_free(k);
	k = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	pkix_request(k, "x", 1, NULL, &der);
	assert_int_equal(judge(der.data, der.len, NULL), ST_OK);
	EVP_PKEY_free(k);
	bytes_free(&der);
}

static void
csr_takes_new_kinds_where_the_library_has_them(void **state)
{
	EVP_PKEY *k = EVP_PKEY_Q_keygen(NULL, NULL, "ML-DSA-65");
	struct bytes der = { 0 };

	(void)state;
	if (k == NULL)
		skip();
	pkix_request(k, "x", 1, NULL, &der);
	assert_int_equal(judge(der.data, der.len, NULL), ST_OK);
	EVP_PKEY_free(k);
	bytes_free(&der);
}

static void
csr_reads_rsa_1024_for_others_to_refuse(void **state)
{
	EVP_PKEY *k = EVP_RSA_gen(1024);
	struct bytes der = { 0 };
	struct diag d = { 0 };
	struct csr *c;

	(void)state;
	pkix_request(k, "x", 1, "sha256", &der);
	assert_int_equal(csr_read("x", der.data, der.len, &c, &d), ST_OK);
	assert_string_equal(c->key.alg, "rsa-1024");
	assert_int_equal(spki_check(&c->key, 3072, &d), ST_POLICY);
	assert_string_equal(d.text, "FORMATS 6.9: an RSA key of 1024 bits, at "
	    "least 3072 are wanted");
	csr_free(c);
	EVP_PKEY_free(k);
	bytes_free(&der);
}

static void
csr_refuses_sha1(void **state)
{
	EVP_PKEY *k = EVP_RSA_gen(2048);
	struct bytes der = { 0 };

	(void)state;
	pkix_request(k, "x", 1, "sha1", &der);
	is_refused(der.data, der.len, ST_AUTH, "weaker than SHA-256");
	EVP_PKEY_free(k);
	bytes_free(&der);
}

static void
csr_refuses_a_signature_of_another_key(void **state)
{
	EVP_PKEY *a = EVP_EC_gen("P-256"), *b = EVP_EC_gen("P-256");
	unsigned char *der = NULL;
	X509_REQ *r = X509_REQ_new();
	int len;

	(void)state;
	assert_int_equal(X509_REQ_set_pubkey(r, a), 1);
	assert_true(X509_REQ_sign(r, b, EVP_sha256()) > 0);
	len = i2d_X509_REQ(r, &der);
	assert_true(len > 0);
	is_refused(der, (size_t)len, ST_AUTH, "6.10: it is not signed with "
	    "its own key");
	OPENSSL_free(der);
	X509_REQ_free(r);
	EVP_PKEY_free(a);
	EVP_PKEY_free(b);
}

static X509_REQ *
plain_request(EVP_PKEY *k)
{
	X509_REQ *r = X509_REQ_new();

	assert_non_null(r);
	assert_int_equal(X509_REQ_set_pubkey(r, k), 1);
	return r;
}

/* Sign, replace the first ${from} by ${to} behind the signature's back. */
static void
is_patched_and_refused(X509_REQ *r, EVP_PKEY *k, const char *from,
    const char *to, size_t n, const char *why)
{
	unsigned char *der = NULL, *at;
	int len;

	assert_true(X509_REQ_sign(r, k, EVP_sha256()) > 0);
	len = i2d_X509_REQ(r, &der);
	assert_true(len > 0);
	at = memmem(der, (size_t)len, from, n);
	assert_non_null(at);
	memcpy(at, to, n);
	is_refused(der, (size_t)len, ST_FORMAT, why);
	OPENSSL_free(der);
	X509_REQ_free(r);
}

static void
csr_refuses_another_version_and_repeated_attributes(void **state)
{
	EVP_PKEY *k = EVP_EC_gen("P-256");
	X509_REQ *r = plain_request(k);

	(void)state;
	is_patched_and_refused(r, k, "\x02\x01\x00", "\x02\x01\x01", 3,
	    "6.1: not version 1");

	r = plain_request(k);
	assert_int_equal(X509_REQ_add1_attr_by_txt(r, "unstructuredName",
	    V_ASN1_UTF8STRING, (const unsigned char *)"one", 3), 1);
	assert_int_equal(X509_REQ_add1_attr_by_txt(r, "challengePassword",
	    V_ASN1_UTF8STRING, (const unsigned char *)"two", 3), 1);
	is_patched_and_refused(r, k, "\xf7\x0d\x01\x09\x02",
	    "\xf7\x0d\x01\x09\x07", 5, "6.1: an attribute is there twice");
	EVP_PKEY_free(k);
}

static void
csr_refuses_a_compressed_key(void **state)
{
	EVP_PKEY *k = EVP_EC_gen("P-256");
	struct bytes der = { 0 };

	(void)state;
	assert_int_equal(EVP_PKEY_set_utf8_string_param(k,
	    "point-format", "compressed"), 1);
	pkix_request(k, "x", 1, "sha256", &der);
	is_refused(der.data, der.len, ST_FORMAT, "6.5: its point is "
	    "compressed");
	EVP_PKEY_free(k);
	bytes_free(&der);
}

/* --- names, for people only --- */

static void
shows(const char *cn, const char *want)
{
	struct bytes der = { 0 };
	struct csr *c;

	make("P-256", cn, "sha256", &der);
	assert_int_equal(csr_read("x", der.data, der.len, &c, NULL), ST_OK);
	assert_string_equal(c->subject, want);
	csr_free(c);
	bytes_free(&der);
}

static void
subject_is_shown_escaped(void **state)
{
	(void)state;
	shows("gateway", "CN=gateway");
	shows("\x1b[2Jgone\r", "CN=\\u{1b}[2Jgone\\u{d}");
	/* right-to-left override, isolate, and a Cyrillic a */
	shows("\xe2\x80\xae" "abc", "CN=\\u{202e}abc");
	shows("\xe2\x81\xa6" "abc", "CN=\\u{2066}abc");
	shows("g\xd0\xb0teway", "CN=g\\u{430}teway");
	shows("\\u{202e}", "CN=\\\\u{202e}");
}

static void
subject_cannot_pass_for_two(void **state)
{
	(void)state;
	shows("a, O=Example", "CN=a\\u{2c} O\\u{3d}Example");
	shows("a + \"b\"", "CN=a \\u{2b} \\u{22}b\\u{22}");
}

static void
subject_that_is_long_is_cut(void **state)
{
	X509_NAME *n;
	EVP_PKEY *k = EVP_EC_gen("P-256");
	X509_REQ *r = plain_request(k);
	unsigned char *der = NULL;
	struct csr *c;
	int len;

	(void)state;
	n = X509_REQ_get_subject_name(r);
	for (int i = 0; i < 40; i++)
		assert_int_equal(X509_NAME_add_entry_by_txt(n, "OU",
		    MBSTRING_ASC, (const unsigned char *)"a-long-part-of-it",
		    -1, -1, 0), 1);
	assert_true(X509_REQ_sign(r, k, EVP_sha256()) > 0);
	len = i2d_X509_REQ(r, &der);
	assert_int_equal(csr_read("x", der, (size_t)len, &c, NULL), ST_OK);
	assert_true(strlen(c->subject) < sizeof(c->subject));
	assert_string_equal(c->subject + strlen(c->subject) - 3, "...");
	csr_free(c);
	OPENSSL_free(der);
	X509_REQ_free(r);
	EVP_PKEY_free(k);
}

/* --- PEM --- */

static void
to_pem(const char *label, struct bytes *pem)
{
	assert_int_equal(cert_pem(&good, label, pem, NULL), ST_OK);
}

/* ${before}, one block, ${after}. */
static void
around(const char *before, const char *label, const char *after,
    struct bytes *out)
{
	struct bytes pem = { 0 };
	char *text;
	int n;

	to_pem(label, &pem);
	text = malloc(strlen(before) + pem.len + strlen(after) + 1);
	assert_non_null(text);
	n = snprintf(text, strlen(before) + pem.len + strlen(after) + 1,
	    "%s%s%s", before, (char *)pem.data, after);
	assert_true(n > 0);
	assert_int_equal(bytes_set(out, text, (size_t)n, NULL), ST_OK);
	free(text);
	bytes_free(&pem);
}

static void
pem_is_read_as_openssl_writes_it(void **state)
{
	static const char text[] = "Certificate Request:\n    Data:\n"
	    "        Version: 1 (0x0)\n        Subject: CN = x\n";
	struct bytes pem = { 0 };

	(void)state;
	to_pem("CERTIFICATE REQUEST", &pem);
	assert_int_equal(judge(pem.data, pem.len, NULL), ST_OK);
	to_pem("NEW CERTIFICATE REQUEST", &pem);
	assert_int_equal(judge(pem.data, pem.len, NULL), ST_OK);
	around(text, "CERTIFICATE REQUEST", "", &pem);
	assert_int_equal(judge(pem.data, pem.len, NULL), ST_OK);
	around("", "CERTIFICATE REQUEST", "\n\n", &pem);
	assert_int_equal(judge(pem.data, pem.len, NULL), ST_OK);
	bytes_free(&pem);
}

static void
pem_with_anything_around_it_is_refused(void **state)
{
	static const char *const before[] = { "x\n", "\n", "Certificate:\n",
		"Certificate Request:\nData\n",
		"Certificate Request:\n    \x1b[2J\n",
		"-----BEGIN X-----\n-----END X-----\n" };
	static const char *const after[] = { "x", "\nx\n", "-----BEGIN X-----",
		"-----END CERTIFICATE REQUEST-----\n" };
	struct bytes pem = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		around(before[i], "CERTIFICATE REQUEST", "", &pem);
		is_refused(pem.data, pem.len, ST_FORMAT, "6.2");
	}
	for (size_t i = 0; i < sizeof(after) / sizeof(after[0]); i++) {
		around("", "CERTIFICATE REQUEST", after[i], &pem);
		is_refused(pem.data, pem.len, ST_FORMAT, "6.2");
	}
	around("", "CERTIFICATE", "", &pem);
	is_refused(pem.data, pem.len, ST_FORMAT, "6.2");
	bytes_free(&pem);
}

/* OpenSSL's reader stops at the padding, and takes bytes over 7f behind a line
 * for blanks: what it passes over is for somebody else's reader. */
static void
pem_with_anything_hidden_in_it_is_refused(void **state)
{
	static const char *const hidden[] = { "QUJDRA==\n", "-x\n", "x\n",
		"\x80\n" };
	static const char end[] = "-----END CERTIFICATE REQUEST-----\n";
	struct bytes pem = { 0 }, bad = { 0 };
	char text[4096];
	size_t body;

	(void)state;
	to_pem("CERTIFICATE REQUEST", &pem);
	assert_true(pem.len > sizeof(end) && pem.len < 3000);
	body = pem.len - strlen(end);
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		snprintf(text, sizeof(text), "%.*s%s%s", (int)body,
		    (char *)pem.data, hidden[i], end);
		/* behind a body that ends in no "=" it is one that goes on */
		is_refused(text, strlen(text), ST_FORMAT, "FORMATS 6.");
	}
	around("", "CERTIFICATE REQUEST", "", &bad);
	bad.data[bad.len - 1] = 0x8a;
	is_refused(bad.data, bad.len, ST_FORMAT, "6.2");
	bytes_free(&pem);
	bytes_free(&bad);
}

static void
pem_with_two_requests_is_refused(void **state)
{
	struct bytes one = { 0 }, two = { 0 };

	(void)state;
	to_pem("CERTIFICATE REQUEST", &one);
	around((const char *)one.data, "CERTIFICATE REQUEST", "", &two);
	is_refused(two.data, two.len, ST_FORMAT, "6.2: not exactly one");
	bytes_free(&one);
	bytes_free(&two);
}

static void
pem_that_is_torn_is_refused(void **state)
{
	struct bytes pem = { 0 };

	(void)state;
	to_pem("CERTIFICATE REQUEST", &pem);
	/* without its last line feed it is whole */
	assert_int_equal(mutate_truncations(pem.data, pem.len - 1,
	    read_mutant, NULL), 0);
	/* a byte of nothing in it */
	pem.data[40] = 0;
	is_refused(pem.data, pem.len, ST_FORMAT, "6.2");
	bytes_free(&pem);
}

static void
csr_refuses_sizes_out_of_bounds(void **state)
{
	uint8_t *big = calloc(1, CSR_MAX + 1);

	(void)state;
	assert_non_null(big);
	is_refused(big, CSR_MAX + 1, ST_FORMAT, "6.1");
	is_refused(big, 0, ST_FORMAT, "6.1");
	free(big);
}

static enum status
read_once(void *ctx)
{
	const struct bytes *b = ctx;

	return judge(b->data, b->len, NULL);
}

static void
csr_survives_every_failed_allocation(void **state)
{
	struct bytes pem = { 0 };

	(void)state;
	assert_true(oom_each(read_once, &good) >= 3);
	to_pem("CERTIFICATE REQUEST", &pem);
	assert_true(oom_each(read_once, &pem) >= 4);
	bytes_free(&pem);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csr_refuses_every_truncation_flip_and_tail),
		cmocka_unit_test(csr_takes_each_kind_of_key),
		cmocka_unit_test(
		    csr_takes_new_kinds_where_the_library_has_them),
		cmocka_unit_test(csr_reads_rsa_1024_for_others_to_refuse),
		cmocka_unit_test(csr_refuses_sha1),
		cmocka_unit_test(csr_refuses_a_signature_of_another_key),
		cmocka_unit_test(
		    csr_refuses_another_version_and_repeated_attributes),
		cmocka_unit_test(csr_refuses_a_compressed_key),
		cmocka_unit_test(subject_is_shown_escaped),
		cmocka_unit_test(subject_cannot_pass_for_two),
		cmocka_unit_test(subject_that_is_long_is_cut),
		cmocka_unit_test(pem_is_read_as_openssl_writes_it),
		cmocka_unit_test(pem_with_anything_around_it_is_refused),
		cmocka_unit_test(pem_with_anything_hidden_in_it_is_refused),
		cmocka_unit_test(pem_with_two_requests_is_refused),
		cmocka_unit_test(pem_that_is_torn_is_refused),
		cmocka_unit_test(csr_refuses_sizes_out_of_bounds),
		cmocka_unit_test(csr_survives_every_failed_allocation),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
