/* seal.c: who can open it, and that nothing in it is left to chance. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "lib/crypto/ossl.h"
#include "lib/crypto/seal.h"
#include "tests/support/mutate.h"
#include "tests/support/pkix.h"

#define OPENERS 3
#define PASSPHRASE "correct horse"

/* A stranger with a certificate of his own. */
struct person {
	EVP_PKEY *key;
	struct cert *cert;
	struct opener *opener;
};
static struct person people[OPENERS];
static struct secret *stream;
static const struct bytes plain = { (uint8_t *)(uintptr_t)"a kill list",
	11 };

static struct secret *
as_pem(EVP_PKEY *k, const char *passphrase)
{
	BIO *b = BIO_new(BIO_s_mem());
	struct secret *pem = NULL;
	char *data;
	long len;

	assert_int_equal(PEM_write_bio_PKCS8PrivateKey(b, k,
	    passphrase == NULL ? NULL : EVP_aes_256_cbc(), passphrase,
	    passphrase == NULL ? 0 : (int)strlen(passphrase), NULL, NULL), 1);
	len = BIO_get_mem_data(b, &data);
	assert_int_equal(secret_new((size_t)len, &pem, NULL), ST_OK);
	memcpy(secret_bytes(pem), data, (size_t)len);
	BIO_free(b);
	return pem;
}

static struct secret *
as_secret(const char *text)
{
	struct secret *s = NULL;

	assert_int_equal(secret_new(strlen(text), &s, NULL), ST_OK);
	memcpy(secret_bytes(s), text, strlen(text));
	return s;
}

/* What `openssl req -x509` makes, with or without a key identifier. */
static struct cert *
self_signed(EVP_PKEY *k, bool ski)
{
	X509 *x = X509_new();
	X509_NAME *name = X509_NAME_new();
	unsigned char *der = NULL;
	struct cert *c = NULL;
	struct diag d = { 0 };
	X509_EXTENSION *ext;
	X509V3_CTX ctx;
	int len;

	assert_int_equal(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
	    (const unsigned char *)"night", -1, -1, 0), 1);
	assert_int_equal(X509_set_version(x, 2), 1);
	assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(x), 7), 1);
	assert_int_equal(X509_set_subject_name(x, name), 1);
	assert_int_equal(X509_set_issuer_name(x, name), 1);
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 1000);
	assert_int_equal(X509_set_pubkey(x, k), 1);
	if (ski) {
		X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
		ext = X509V3_EXT_conf_nid(NULL, &ctx, NID_subject_key_identifier,
		    "hash");
		assert_int_equal(X509_add_ext(x, ext, -1), 1);
		X509_EXTENSION_free(ext);
	}
	assert_true(X509_sign(x, k, EVP_PKEY_get_id(k) == EVP_PKEY_ED25519 ?
	    NULL : EVP_sha256()) > 0);
	len = i2d_X509(x, &der);
	if (cert_read("night.crt", der, (size_t)len, &c, &d) != ST_OK)
		fail_msg("%s", d.text);
	OPENSSL_free(der);
	X509_NAME_free(name);
	X509_free(x);
	return c;
}

static void
born(struct person *p, EVP_PKEY *k, bool ski)
{
	struct secret *pem = as_pem(k, NULL);

	p->key = k;
	p->cert = self_signed(k, ski);
	assert_int_equal(opener_read("night.key", pem, NULL, &p->opener, NULL),
	    ST_OK);
	assert_memory_equal(opener_public(p->opener)->id, p->cert->key.id,
	    SHA384_LEN);
	secret_free(pem);
}

static void
gone(struct person *p)
{
	EVP_PKEY_free(p->key);
	cert_free(p->cert);
	opener_free(p->opener);
}

static int
start(void **state)
{
	pkix_start(state);
	born(&people[0], EVP_EC_gen("P-256"), true);
	born(&people[1], EVP_EC_gen("P-384"), false);
	born(&people[2], EVP_RSA_gen(3072), true);
	assert_int_equal(secret_new(SEAL_STREAM, &stream, NULL), ST_OK);
	for (size_t i = 0; i < SEAL_STREAM; i++)
		secret_bytes(stream)[i] = (uint8_t)(i * 7 + i / 256 + 1);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	for (size_t i = 0; i < OPENERS; i++)
		gone(&people[i]);
	secret_free(stream);
	return 0;
}

static void
seal(const struct cert *const *to, size_t n, struct bytes *out)
{
	struct diag d = { 0 };

	if (seal_write(to, n, stream, &plain, out, &d) != ST_OK)
		fail_msg("%s", d.text);
}

static void
seal_all(struct bytes *out)
{
	const struct cert *to[OPENERS];

	for (size_t i = 0; i < OPENERS; i++)
		to[i] = people[i].cert;
	seal(to, OPENERS, out);
}

static void
seal_opens_for_each_opener_and_nobody_else(void **state)
{
	struct bytes sealed = { 0 }, content = { 0 };
	const struct cert *one = people[0].cert;

	(void)state;
	seal_all(&sealed);
	for (size_t i = 0; i < OPENERS; i++) {
		assert_int_equal(seal_open("k.p7m", &sealed, people[i].opener,
		    people[i].cert, &content, NULL), ST_OK);
		assert_true(bytes_equal(&content, &plain));
		bytes_free(&content);
	}
	seal(&one, 1, &sealed);
	for (size_t i = 1; i < OPENERS; i++) {
		struct diag d = { 0 };

		assert_int_equal(seal_open("k.p7m", &sealed, people[i].opener,
		    people[i].cert, &content, &d), ST_AUTH);
		assert_string_equal(d.text, "k.p7m: it is not sealed to this "
		    "key, or was altered");
		/* the key of one, the certificate of another */
		assert_int_equal(seal_open("k.p7m", &sealed, people[i].opener,
		    one, &content, NULL), ST_AUTH);
		assert_int_equal(content.len, 0);
	}
	bytes_free(&sealed);
}

static void
seal_leaves_nothing_to_chance(void **state)
{
	struct bytes a = { 0 }, b = { 0 };

	(void)state;
	seal_all(&a);
	seal_all(&b);
	assert_true(bytes_equal(&a, &b));
	secret_bytes(stream)[SEAL_CHUNK] ^= 0x10; /* the content key */
	seal_all(&b);
	secret_bytes(stream)[SEAL_CHUNK] ^= 0x10;
	assert_false(bytes_equal(&a, &b));
	bytes_free(&a);
	bytes_free(&b);
}

/* The same bytes from every version of OpenSSL: keys that are derived, and so
 * the same in every run. */
static void
seal_is_the_same_by_every_library(void **state)
{
	static const struct {
		const char *alg, *digest;
	} rows[] = {
		{ "ecdsa-p256", "079550059e77860961e58b8d839970bf803b5d28830d"
		    "86bb69b15f4e7f5479dce1118a6cd82f12b5cffa718fd39a248b" },
		{ "ecdsa-p384", "0204800151bab76fdc5411a0ff95e1f895d640ed62e2"
		    "9c1a7e89e15cad981a2f4d73bfeabfb955dbd0433093a824aa59" },
	};
	char digest[SHA384_HEX_SIZE];
	struct bytes sealed = { 0 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct pkix p = { 0 };
		const struct cert *to;

		pkix_make(&p, rows[i].alg);
		to = p.root;
		seal(&to, 1, &sealed);
		hash_sha384_hex(sealed.data, sealed.len, digest);
		assert_string_equal(digest, rows[i].digest);
		bytes_free(&sealed);
		pkix_free(&p);
	}
}

static enum status
open_mutant(const uint8_t *data, size_t len, void *ctx)
{
	struct bytes sealed = { 0 }, content = { 0 };
	enum status rc;

	(void)ctx;
	assert_int_equal(bytes_set(&sealed, data, len, NULL), ST_OK);
	rc = seal_open("k.p7m", &sealed, people[0].opener, people[0].cert,
	    &content, NULL);
	/* a bit that decides nothing may be another, the content not */
	if (rc == ST_OK)
		assert_true(bytes_equal(&content, &plain));
	else
		assert_int_equal(content.len, 0);
	bytes_free(&sealed);
	bytes_free(&content);
	return rc;
}

static void
seal_never_opens_to_other_bytes(void **state)
{
	const struct cert *one = people[0].cert;
	struct bytes sealed = { 0 };
	size_t refused = 0;

	(void)state;
	seal(&one, 1, &sealed);
	assert_int_equal(open_mutant(sealed.data, sealed.len, NULL), ST_OK);
	assert_int_equal(mutate_truncations(sealed.data, sealed.len,
	    open_mutant, NULL), 0);
	assert_int_equal(mutate_trailing(sealed.data, sealed.len, open_mutant,
	    NULL), 0);
	for (size_t bit = 0; bit < 8 * sealed.len; bit++) {
		sealed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		refused += open_mutant(sealed.data, sealed.len, NULL) != ST_OK;
		sealed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_true(refused > 8 * plain.len);
	bytes_free(&sealed);
}

static void
opener_takes_an_encrypted_key_with_its_passphrase(void **state)
{
	struct secret *pem = as_pem(people[0].key, PASSPHRASE);
	struct secret *right = as_secret(PASSPHRASE);
	struct secret *wrong = as_secret("battery staple");
	struct secret *junk = as_secret("-----BEGIN NOTHING-----\n");
	struct opener *o = NULL;
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(opener_read("k", pem, right, &o, NULL), ST_OK);
	opener_free(o);
	assert_int_equal(opener_read("k", pem, NULL, &o, &d), ST_USAGE);
	assert_null(o);
	diag_clear(&d);
	assert_int_equal(opener_read("k", pem, wrong, &o, &d), ST_AUTH);
	assert_string_equal(d.text, "k: the passphrase is another");
	diag_clear(&d);
	assert_int_equal(opener_read("k", junk, NULL, &o, &d), ST_FORMAT);
	assert_string_equal(d.text, "k: not a private key in PEM");
	secret_free(pem);
	secret_free(right);
	secret_free(wrong);
	secret_free(junk);
}

static void
seal_refuses_keys_that_nothing_can_be_sealed_to(void **state)
{
	static const struct {
		const char *why;
		int rsa; /* bits, or 0: Ed25519 */
	} rows[] = {
		{ "night.crt: nothing can be sealed to a key of ed25519", 0 },
		{ "3072", 2048 },
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		EVP_PKEY *k = rows[i].rsa == 0 ?
		    EVP_PKEY_Q_keygen(NULL, NULL, "ED25519") :
		    EVP_RSA_gen((unsigned)rows[i].rsa);
		struct cert *c = self_signed(k, true);
		const struct cert *to = c;
		struct bytes out = { 0 };
		struct diag d = { 0 };

		assert_int_equal(seal_check("night.crt", c, &d), ST_POLICY);
		if (strstr(d.text, rows[i].why) == NULL)
			fail_msg("\"%s\"", d.text);
		assert_int_equal(seal_write(&to, 1, stream, &plain, &out,
		    NULL), ST_POLICY);
		assert_int_equal(out.len, 0);
		cert_free(c);
		EVP_PKEY_free(k);
	}
}

/* --- what who opened one signs --- */

static enum status
judge(const struct bytes *p7s, const struct cert *cert, enum cms_kind kind,
    const struct bytes *content)
{
	int64_t time = 0;

	return cms_verify("x", p7s, cert, PKIX_ARC, kind, content, &time,
	    NULL);
}

/* RSA, and without a key identifier in the certificate, too. */
static void
an_opener_signs_releases_and_nothing_else(void **state)
{
	struct bytes content = { 0 }, closing = { 0 }, p7s = { 0 };
	const struct person *p;
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(bytes_set(&content, CMS_RELEASE_HEAD "x\n",
	    strlen(CMS_RELEASE_HEAD) + 2, NULL), ST_OK);
	assert_int_equal(bytes_set(&closing, CMS_CLOSING_HEAD "x\n",
	    strlen(CMS_CLOSING_HEAD) + 2, NULL), ST_OK);
	for (size_t i = 0; i < OPENERS; i++) {
		p = &people[i];
		if (cms_sign_release(p->opener, p->cert, PKIX_ARC, PKIX_NOW,
		    &content, &p7s, &d) != ST_OK)
			fail_msg("%s", d.text);
		assert_int_equal(judge(&p7s, p->cert, CMS_RELEASE, &content),
		    ST_OK);
		assert_int_equal(judge(&p7s, people[(i + 1) % OPENERS].cert,
		    CMS_RELEASE, &content), ST_AUTH);
		assert_int_equal(judge(&p7s, p->cert, CMS_CLOSING, &content),
		    ST_POLICY);
		assert_int_equal(judge(&p7s, p->cert, CMS_RELEASE, &closing),
		    ST_POLICY);
		bytes_free(&p7s);
		assert_int_equal(cms_sign_release(p->opener, p->cert, PKIX_ARC,
		    PKIX_NOW, &closing, &p7s, NULL), ST_POLICY);
		assert_int_equal(cms_sign_release(p->opener,
		    people[(i + 1) % OPENERS].cert, PKIX_ARC, PKIX_NOW,
		    &content, &p7s, NULL), ST_BUG);
		assert_int_equal(p7s.len, 0);
	}
	bytes_free(&content);
	bytes_free(&closing);
}

/* RULES B9 */
static void
a_root_signs_no_release(void **state)
{
	struct bytes content = { 0 }, p7s = { 0 };
	struct pkix p = { 0 };

	(void)state;
	pkix_make(&p, "ecdsa-p256");
	assert_int_equal(bytes_set(&content, CMS_RELEASE_HEAD "x\n",
	    strlen(CMS_RELEASE_HEAD) + 2, NULL), ST_OK);
	assert_int_equal(cms_sign(p.root_key, p.root, PKIX_ARC, CMS_RELEASE,
	    PKIX_NOW, &content, &p7s, NULL), ST_BUG);
	assert_int_equal(p7s.len, 0);
	bytes_free(&content);
	pkix_free(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seal_opens_for_each_opener_and_nobody_else),
		cmocka_unit_test(seal_leaves_nothing_to_chance),
		cmocka_unit_test(seal_is_the_same_by_every_library),
		cmocka_unit_test(seal_never_opens_to_other_bytes),
		cmocka_unit_test(an_opener_signs_releases_and_nothing_else),
		cmocka_unit_test(a_root_signs_no_release),
		cmocka_unit_test(
		    opener_takes_an_encrypted_key_with_its_passphrase),
		cmocka_unit_test(
		    seal_refuses_keys_that_nothing_can_be_sealed_to),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
