/* key_file.c: what others wrote down, and the file that a seed opens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "lib/crypto/key_file.h"
#include "lib/crypto/start.h"

#define PASS "correct horse"
#define BLOCK_AAAA "-----BEGIN PRIVATE KEY-----\nAAAA\n"                        \
	"-----END PRIVATE KEY-----\n"

static EVP_PKEY *p256, *p384, *p521, *koblitz, *rsa, *short_rsa;

static struct secret *
secret_of(const void *data, size_t len)
{
	struct secret *s = NULL;

	assert_int_equal(secret_new(len, &s, NULL), ST_OK);
	memcpy(secret_bytes(s), data, len);
	return s;
}

static struct secret *
seed_of(uint8_t fill)
{
	struct secret *s = NULL;

	assert_int_equal(secret_new(32, &s, NULL), ST_OK);
	memset(secret_bytes(s), fill, 32);
	return s;
}

/* How OpenSSL writes a private key. */
enum form { PKCS8_PEM, PKCS8_DER, SEALED_PEM, SEALED_DER, OLD_PEM, OLD_DER,
	OLD_SEALED_PEM, FORMS };

static struct secret *
written(EVP_PKEY *k, enum form form)
{
	BIO *b = BIO_new(BIO_s_mem());
	const EVP_CIPHER *aes = EVP_aes_256_cbc();
	char pass[] = PASS;
	struct secret *s;
	char *text;
	long len;
	int ok = 0;

	switch (form) {
	case PKCS8_PEM:
		ok = PEM_write_bio_PKCS8PrivateKey(b, k, NULL, NULL, 0, NULL,
		    NULL);
		break;
	case PKCS8_DER:
		ok = i2d_PKCS8PrivateKey_bio(b, k, NULL, NULL, 0, NULL, NULL);
		break;
	case SEALED_PEM:
		ok = PEM_write_bio_PKCS8PrivateKey(b, k, aes, pass,
		    (int)strlen(pass), NULL, NULL);
		break;
	case SEALED_DER:
		ok = i2d_PKCS8PrivateKey_bio(b, k, aes, pass,
		    (int)strlen(pass), NULL, NULL);
		break;
	case OLD_PEM:
		ok = PEM_write_bio_PrivateKey_traditional(b, k, NULL, NULL, 0,
		    NULL, NULL);
		break;
	case OLD_DER:
		ok = i2d_PrivateKey_bio(b, k);
		break;
	case OLD_SEALED_PEM:
		ok = PEM_write_bio_PrivateKey_traditional(b, k, aes,
		    (unsigned char *)pass, (int)strlen(pass), NULL, NULL);
		break;
	case FORMS:
	default:
		break;
	}
	assert_int_equal(ok, 1);
	len = BIO_get_mem_data(b, &text);
	s = secret_of(text, (size_t)len);
	BIO_free(b);
	return s;
}

static bool
is_locked_form(enum form form)
{
	return form == SEALED_PEM || form == SEALED_DER ||
	    form == OLD_SEALED_PEM;
}

static void
assert_same_public(const struct key *k, EVP_PKEY *of)
{
	unsigned char *der = NULL;
	const int len = i2d_PUBKEY(of, &der);

	assert_true(len > 0);
	assert_int_equal(key_public(k)->der.len, (size_t)len);
	assert_memory_equal(key_public(k)->der.data, der, (size_t)len);
	OPENSSL_free(der);
}

/* As an editor of Windows leaves it: PEM with CR LF, DER as it is. */
static struct secret *
with_crlf(const struct secret *file)
{
	const uint8_t *at = secret_peek(file);
	uint8_t out[16384];
	size_t n = 0;

	if (memcmp(at, "-----", 5) != 0)
		return secret_of(at, secret_len(file));
	assert_true(secret_len(file) <= sizeof(out) / 2);
	for (size_t i = 0; i < secret_len(file); i++) {
		if (at[i] == '\n')
			out[n++] = '\r';
		out[n++] = at[i];
	}
	return secret_of(out, n);
}

static void
reads_lines_that_end_in_cr_lf(void **state)
{
	EVP_PKEY *const keys[] = { p384, rsa };
	struct secret *pass = secret_of(PASS, strlen(PASS)), *file, *lines;
	struct diag d = { 0 };
	struct key *k = NULL;

	(void)state;
	for (size_t i = 0; i < 2; i++)
		for (unsigned f = 0; f < FORMS; f++) {
			file = written(keys[i], f);
			lines = with_crlf(file);
			assert_int_equal(key_file_locked(lines),
			    is_locked_form(f));
			if (key_file_open(lines, pass, &k, &d) != ST_OK)
				fail_msg("key %zu, form %u: %s", i, f, d.text);
			assert_same_public(k, keys[i]);
			key_free(k);
			secret_free(lines);
			secret_free(file);
		}
	secret_free(pass);
}

static void
reads_every_form_that_openssl_writes(void **state)
{
	EVP_PKEY *const keys[] = { p256, p384, rsa };
	struct secret *pass = secret_of(PASS, strlen(PASS)), *file;
	struct diag d = { 0 };
	struct key *k = NULL;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		for (unsigned f = 0; f < FORMS; f++) {
			file = written(keys[i], f);
			assert_int_equal(key_file_locked(file),
			    is_locked_form(f));
			if (key_file_open(file, pass, &k, &d) != ST_OK)
				fail_msg("key %zu, form %u: %s", i, f, d.text);
			assert_same_public(k, keys[i]);
			key_free(k);
			secret_free(file);
		}
	secret_free(pass);
}

static void
wants_the_right_passphrase(void **state)
{
	struct secret *wrong = secret_of("wrong horse", 11), *file;
	struct diag d;
	struct key *k = NULL;

	(void)state;
	for (unsigned f = 0; f < FORMS; f++) {
		if (!is_locked_form(f))
			continue;
		file = written(p384, f);
		d = (struct diag){ 0 };
		assert_int_equal(key_file_open(file, wrong, &k, &d), ST_AUTH);
		assert_string_equal(d.text, "it does not open with this "
		    "passphrase");
		assert_null(k);
		d = (struct diag){ 0 };
		assert_int_equal(key_file_open(file, NULL, &k, &d), ST_AUTH);
		assert_null(k);
		secret_free(file);
	}
	secret_free(wrong);
}

static void
refuse(EVP_PKEY *of, enum form form, enum status code, const char *says)
{
	struct secret *file = written(of, form);
	struct diag d = { 0 };
	struct key *k = NULL;

	assert_int_equal(key_file_open(file, NULL, &k, &d), code);
	assert_null(k);
	if (strstr(d.text, says) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", d.text, says);
	secret_free(file);
}

static void
refuses_keys_that_no_root_has(void **state)
{
	(void)state;
	refuse(p521, PKCS8_PEM, ST_POLICY, "ecdsa-p521 cannot be adopted");
	refuse(p521, OLD_DER, ST_POLICY, "ecdsa-p521 cannot be adopted");
	refuse(koblitz, PKCS8_PEM, ST_POLICY, "no root is adopted with");
	refuse(koblitz, OLD_PEM, ST_POLICY, "its curve is not named, or none");
	refuse(short_rsa, PKCS8_PEM, ST_POLICY, "a root cannot be of "
	    "rsa-2048: of RSA it has 3072 to 8192 bits");
	refuse(short_rsa, OLD_PEM, ST_POLICY, "rsa-2048");
}

static void
refuses_every_truncation(void **state)
{
	static const enum form forms[] = { PKCS8_DER, OLD_DER };
	struct secret *whole, *cut;
	struct key *k = NULL;

	(void)state;
	for (size_t f = 0; f < 2; f++) {
		whole = written(p384, forms[f]);
		for (size_t n = 1; n < secret_len(whole); n++) {
			cut = secret_of(secret_peek(whole), n);
			assert_int_equal(key_file_open(cut, NULL, &k, NULL),
			    ST_FORMAT);
			secret_free(cut);
		}
		secret_free(whole);
	}
}

/* The public half of the file is somebody else's: nobody looks at it. */
static void
computes_the_public_half(void **state)
{
	struct secret *file = written(p384, PKCS8_DER);
	struct key *k = NULL;

	(void)state;
	secret_bytes(file)[secret_len(file) - 1] ^= 1;
	assert_int_equal(key_file_open(file, NULL, &k, NULL), ST_OK);
	assert_same_public(k, p384);
	key_free(k);
	secret_free(file);
}

/* Any number of the key but n and e, one bit of it: it is no key. */
static void
refuses_rsa_whose_numbers_disagree(void **state)
{
	struct secret *good = written(rsa, OLD_DER), *bad;
	const size_t step = secret_len(good) / 9;
	struct diag d;
	struct key *k = NULL;

	(void)state;
	for (size_t at = step / 2 + 40; at < secret_len(good); at += step) {
		bad = secret_of(secret_peek(good), secret_len(good));
		secret_bytes(bad)[at] ^= 2;
		d = (struct diag){ 0 };
		assert_int_not_equal(key_file_open(bad, NULL, &k, &d), ST_OK);
		assert_null(k);
		secret_free(bad);
	}
	secret_free(good);
}

static void
refuses_what_is_no_key_file(void **state)
{
	static const char *const texts[] = { "x", "-----BEGIN PRIVATE KEY-----\n",
		"-----BEGIN PRIVATE KEY-----\n!!!!\n-----END PRIVATE KEY-----\n",
		"-----BEGIN PRIVATE KEY-----\nAAA\n-----END PRIVATE KEY-----\n",
		"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
		"-----BEGIN RSA PRIVATE KEY-----\nAAAA\n"
		"-----END RSA PRIVATE KEY-----\n",
		BLOCK_AAAA BLOCK_AAAA };
	struct secret *file;
	struct key *k = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		file = secret_of(texts[i], strlen(texts[i]));
		assert_false(key_file_locked(file));
		assert_int_equal(key_file_open(file, NULL, &k, NULL),
		    ST_FORMAT);
		secret_free(file);
	}
}

/* Of two keys nobody says which is the root's. */
static void
refuses_two_keys_of_one_kind(void **state)
{
	struct secret *one = written(p384, PKCS8_PEM);
	struct secret *other = written(p256, PKCS8_PEM), *both;
	const size_t n = secret_len(one);
	struct key *k = NULL;

	(void)state;
	assert_int_equal(secret_new(n + secret_len(other), &both, NULL),
	    ST_OK);
	memcpy(secret_bytes(both), secret_peek(one), n);
	memcpy(secret_bytes(both) + n, secret_peek(other), secret_len(other));
	assert_int_equal(key_file_open(both, NULL, &k, NULL), ST_FORMAT);
	assert_null(k);
	secret_free(one);
	secret_free(other);
	secret_free(both);
}

/* A file that nobody can open, encrypted by ${scheme}, which is freed. */
static struct secret *
sealed_by(X509_ALGOR *scheme)
{
	static const uint8_t text[32];
	X509_SIG *sig = X509_SIG_new();
	ASN1_OCTET_STRING *o = NULL;
	unsigned char *der = NULL;
	X509_ALGOR *a = NULL;
	struct secret *s;
	int n;

	assert_non_null(scheme);
	X509_SIG_getm(sig, &a, &o);
	assert_int_equal(X509_ALGOR_copy(a, scheme), 1);
	assert_int_equal(ASN1_OCTET_STRING_set(o, text, sizeof(text)), 1);
	n = i2d_X509_SIG(sig, &der);
	assert_true(n > 0);
	s = secret_of(der, (size_t)n);
	OPENSSL_free(der);
	X509_SIG_free(sig);
	X509_ALGOR_free(scheme);
	return s;
}

static void
refuses_a_file_that_takes_hours(void **state)
{
	static unsigned char salt[16] = { 1 }, iv[16];
	struct secret *pass = secret_of(PASS, strlen(PASS));
	struct secret *files[] = {
		sealed_by(PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), INT32_MAX, salt,
		    sizeof(salt), iv, NID_hmacWithSHA512)),
		sealed_by(PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), salt,
		    sizeof(salt), iv, 32768, 1, 60000)),
		sealed_by(PKCS5_pbe_set(NID_pbe_WithSHA1And3_Key_TripleDES_CBC,
		    INT32_MAX, salt, sizeof(salt))),
	};
	struct key *k = NULL;
	struct diag d;

	(void)state;
	alarm(60);
	for (size_t i = 0; i < 3; i++) {
		d = (struct diag){ 0 };
		assert_true(key_file_locked(files[i]));
		assert_int_equal(key_file_open(files[i], pass, &k, &d),
		    ST_FORMAT);
		assert_null(k);
		assert_non_null(strstr(d.text, "10000000 rounds"));
		secret_free(files[i]);
	}
	alarm(0);
	secret_free(pass);
}

static struct key *
opened(EVP_PKEY *of)
{
	struct secret *file = written(of, PKCS8_PEM);
	struct diag d = { 0 };
	struct key *k = NULL;

	if (key_file_open(file, NULL, &k, &d) != ST_OK)
		fail_msg("%s", d.text);
	secret_free(file);
	return k;
}

static void
seals_the_same_bytes_and_opens_them(void **state)
{
	EVP_PKEY *const keys[] = { p256, p384, rsa };
	struct secret *seed = seed_of(1);
	struct bytes a = { 0 }, b = { 0 }, sig = { 0 };
	struct key *k, *back = NULL;
	struct diag d = { 0 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		k = opened(keys[i]);
		assert_int_equal(key_file_seal(k, seed, &a, NULL), ST_OK);
		assert_int_equal(key_file_seal(k, seed, &b, NULL), ST_OK);
		assert_true(bytes_equal(&a, &b));
		if (key_file_unseal(&a, seed, &back, &d) != ST_OK)
			fail_msg("%s", d.text);
		assert_same_public(back, keys[i]);
		/* made twice, equal, verified: RULES C9 of a key of others */
		assert_int_equal(key_sign(back, "x", 1, &sig, NULL), ST_OK);
		/* what was opened is sealed again, byte for byte */
		assert_int_equal(key_file_seal(back, seed, &b, NULL), ST_OK);
		assert_true(bytes_equal(&a, &b));
		key_free(k);
		key_free(back);
	}
	bytes_free(&a);
	bytes_free(&b);
	bytes_free(&sig);
	secret_free(seed);
}

static void
refuses_another_seed_and_any_other_byte(void **state)
{
	struct secret *seed = seed_of(1), *other = seed_of(2);
	struct key *k = opened(p256), *back = NULL;
	struct bytes pem = { 0 };
	struct diag d = { 0 };
	enum status rc;

	(void)state;
	assert_int_equal(key_file_seal(k, seed, &pem, NULL), ST_OK);
	assert_int_equal(key_file_unseal(&pem, other, &back, &d), ST_AUTH);
	assert_string_equal(d.text, "FORMATS 5.14: the seed does not open the "
	    "file of its key");
	assert_null(back);
	for (size_t i = 0; i < pem.len; i += 7) {
		pem.data[i] ^= 1;
		rc = key_file_unseal(&pem, seed, &back, NULL);
		assert_true(rc == ST_FORMAT || rc == ST_AUTH);
		assert_null(back);
		pem.data[i] ^= 1;
	}
	key_free(k);
	bytes_free(&pem);
	secret_free(seed);
	secret_free(other);
}

static void
a_derived_key_is_in_no_file(void **state)
{
	struct secret *seed = seed_of(1);
	struct bytes pem = { 0 };
	struct key *k = NULL;

	(void)state;
	assert_int_equal(key_from_seed(seed, DERIVE_REAL, "ecdsa-p384", "root",
	    0, &k, NULL), ST_OK);
	assert_int_equal(key_file_seal(k, seed, &pem, NULL), ST_BUG);
	assert_false(key_file_has(k));
	key_free(k);
	secret_free(seed);
}

/* It is no secret, and holds none: a reader of requests may start beside it. */
static void
the_throwaway_key_of_rsa_is_no_secret(void **state)
{
	const size_t before = secret_alive();
	const struct key *known;

	(void)state;
	assert_int_equal(key_throwaway("rsa-sha256", &known, NULL), ST_OK);
	assert_string_equal(key_alg(known), "rsa-sha256");
	assert_string_equal(key_public(known)->alg, "rsa-3072");
	assert_int_equal(secret_alive(), before);
}

static void
says_what_can_be_adopted(void **state)
{
	(void)state;
	assert_int_equal(key_adoptable("ecdsa-p256", NULL), ST_OK);
	assert_int_equal(key_adoptable("ecdsa-p384", NULL), ST_OK);
	assert_int_equal(key_adoptable("rsa-3072", NULL), ST_OK);
	assert_int_equal(key_adoptable("rsa-8192", NULL), ST_OK);
	assert_int_equal(key_adoptable("rsa-2048", NULL), ST_POLICY);
	assert_int_equal(key_adoptable("rsa-16384", NULL), ST_POLICY);
	assert_int_equal(key_adoptable("rsa-", NULL), ST_POLICY);
	assert_int_equal(key_adoptable("rsa-4096x", NULL), ST_POLICY);
	assert_int_equal(key_adoptable("ecdsa-p521", NULL), ST_POLICY);
	assert_int_equal(key_adoptable("ml-dsa-65", NULL), ST_POLICY);
	assert_int_equal(key_adoptable("dsa", NULL), ST_POLICY);
	assert_int_equal(key_known("rsa-4096", NULL), ST_USAGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_form_that_openssl_writes),
		cmocka_unit_test(reads_lines_that_end_in_cr_lf),
		cmocka_unit_test(wants_the_right_passphrase),
		cmocka_unit_test(refuses_keys_that_no_root_has),
		cmocka_unit_test(refuses_every_truncation),
		cmocka_unit_test(computes_the_public_half),
		cmocka_unit_test(refuses_rsa_whose_numbers_disagree),
		cmocka_unit_test(refuses_what_is_no_key_file),
		cmocka_unit_test(refuses_two_keys_of_one_kind),
		cmocka_unit_test(refuses_a_file_that_takes_hours),
		cmocka_unit_test(seals_the_same_bytes_and_opens_them),
		cmocka_unit_test(refuses_another_seed_and_any_other_byte),
		cmocka_unit_test(a_derived_key_is_in_no_file),
		cmocka_unit_test(the_throwaway_key_of_rsa_is_no_secret),
		cmocka_unit_test(says_what_can_be_adopted),
	};
	int failed;

	if (crypto_start(NULL) != ST_OK)
		return 1;
	p256 = EVP_EC_gen("P-256");
	p384 = EVP_EC_gen("P-384");
	p521 = EVP_EC_gen("P-521");
	koblitz = EVP_EC_gen("secp256k1");
	rsa = EVP_RSA_gen(3072);
	short_rsa = EVP_RSA_gen(2048);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	EVP_PKEY_free(p256);
	EVP_PKEY_free(p384);
	EVP_PKEY_free(p521);
	EVP_PKEY_free(koblitz);
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(short_rsa);
	return failed;
}
