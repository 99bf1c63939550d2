/* link: -Wl,--wrap=EVP_DigestSign */
/* key.c: a signature that was not proven does not exist. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "lib/base/text.h"
#include "lib/crypto/ossl.h"
#include "tests/support/pkix.h"
#include "tests/support/vectors.h"

static const char *const algs[] = { "ecdsa-p256", "ecdsa-p384", "ed25519",
	"ml-dsa-65", "ml-dsa-87", "slh-dsa-sha2-128s", "slh-dsa-sha2-192s" };

#define ALGS (sizeof(algs) / sizeof(algs[0]))

int real_sign(EVP_MD_CTX *ctx, unsigned char *sig, size_t *len,
    const unsigned char *data, size_t n) __asm__("__real_EVP_DigestSign");
int wrap_sign(EVP_MD_CTX *ctx, unsigned char *sig, size_t *len,
    const unsigned char *data, size_t n) __asm__("__wrap_EVP_DigestSign");

/* Faults in signing: none, a bit flipped each time, a nonce not of the RFC. */
static enum { SOUND, FLIPPED, RANDOM } fault;

/* A signature that verifies, but with a nonce of the machine's. */
static int
sign_randomly(EVP_MD_CTX *ctx, unsigned char *sig, size_t *len,
    const unsigned char *data, size_t n)
{
	EVP_MD_CTX *other = EVP_MD_CTX_new();
	EVP_PKEY *k = EVP_EC_gen("P-256"); /* fits any room */
	int ok;

	(void)ctx;
	ok = EVP_DigestSignInit(other, NULL, EVP_sha384(), NULL, k) == 1 &&
	    real_sign(other, sig, len, data, n) == 1;
	EVP_PKEY_free(k);
	EVP_MD_CTX_free(other);
	return ok;
}

int
wrap_sign(EVP_MD_CTX *ctx, unsigned char *sig, size_t *len,
    const unsigned char *data, size_t n)
{
	int ok;

	if (fault == RANDOM)
		return sign_randomly(ctx, sig, len, data, n);
	ok = real_sign(ctx, sig, len, data, n);
	if (ok == 1 && fault == FLIPPED)
		sig[*len - 1] ^= 1;
	return ok;
}

static bool
is_here(const char *alg)
{
	return key_known(alg, NULL) == ST_OK;
}

static void
selftest_finds_a_nonce_that_is_not_of_the_rfc(void **state)
{
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(key_selftest(&d), ST_OK);
	fault = FLIPPED;
	assert_int_equal(key_selftest(&d), ST_BUG);
	fault = RANDOM;
	assert_int_equal(key_selftest(NULL), ST_BUG);
	fault = SOUND;
	assert_int_equal(key_selftest(NULL), ST_OK);
}

static void
key_sign_refuses_a_flipped_bit(void **state)
{
	struct key *k = pkix_key("ecdsa-p384", 0);
	struct bytes sig = { 0 };
	struct diag d = { 0 };

	(void)state;
	fault = FLIPPED;
	assert_int_equal(key_sign(k, "m", 1, &sig, &d), ST_BUG);
	fault = SOUND;
	assert_null(sig.data);
	assert_string_equal(d.text, "RULES C9: a signature just made does not "
	    "verify");
	key_free(k);
}

static void
key_sign_refuses_two_that_differ(void **state)
{
	struct key *k = pkix_key("ecdsa-p384", 0);
	struct bytes sig = { 0 };
	struct diag d = { 0 };

	(void)state;
	fault = RANDOM;
	assert_int_equal(key_sign(k, "m", 1, &sig, &d), ST_BUG);
	fault = SOUND;
	assert_null(sig.data);
	assert_string_equal(d.text, "RULES C9: two signatures of the same "
	    "bytes differ");
	key_free(k);
}

static void
key_signs_the_same_in_every_process(void **state)
{
	struct bytes a = { 0 }, b = { 0 };

	(void)state;
	for (size_t i = 0; i < ALGS; i++) {
		if (!is_here(algs[i]) || strncmp(algs[i], "slh", 3) == 0)
			continue;
		struct key *k = pkix_key(algs[i], 0);
		struct key *again = pkix_key(algs[i], 0);

		assert_int_equal(key_sign(k, "m", 1, &a, NULL), ST_OK);
		assert_int_equal(key_sign(again, "m", 1, &b, NULL), ST_OK);
		assert_true(bytes_equal(&a, &b));
		key_free(k);
		key_free(again);
	}
	bytes_free(&a);
	bytes_free(&b);
}

static struct secret *
vector_seed(const struct vector *v)
{
	struct secret *seed = NULL;

	assert_int_equal(secret_new(SEED_LEN, &seed, NULL), ST_OK);
	assert_int_equal(vector_hex(v, "seed", secret_bytes(seed), SEED_LEN),
	    SEED_LEN);
	return seed;
}

static void
key_has_the_public_half_of_the_vectors(void **state)
{
	FILE *f = vectors_open("derivation.txt");
	struct bytes raw = { 0 };
	static struct vector v;
	size_t seen = 0;

	(void)state;
	while (vectors_next(f, &v)) {
		const char *alg = vector_get(&v, "alg", 0);
		const char *want = vector_get(&v, "public", 0);
		const char *mode = vector_get(&v, "mode", 0);
		struct key *k = NULL;
		struct secret *seed;
		uint8_t expect[256];

		if (alg == NULL || want == NULL || mode != NULL ||
		    !is_here(alg))
			continue;
		seed = vector_seed(&v);
		assert_int_equal(key_from_seed(seed, DERIVE_REAL, alg,
		    vector_need(&v, "purpose"), (unsigned)strtoul(
		    vector_need(&v, "counter"), NULL, 10), &k, NULL), ST_OK);
		assert_int_equal(key_raw_public(k, &raw, NULL), ST_OK);
		assert_int_equal(vector_hex(&v, "public", expect,
		    sizeof(expect)), raw.len);
		assert_memory_equal(raw.data, expect, raw.len);
		key_free(k);
		secret_free(seed);
		seen++;
	}
	assert_true(seen >= 2);
	bytes_free(&raw);
	fclose(f);
}

static void
key_known_names_the_nearest(void **state)
{
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(key_known("ecdsa-p348", &d), ST_USAGE);
	assert_string_equal(d.text, "no root key algorithm is called "
	    "ecdsa-p348: did you mean ecdsa-p384");
	/* leaves may have these, roots not */
	assert_int_equal(key_known("ecdsa-p521", NULL), ST_USAGE);
	assert_int_equal(key_known("rsa-3072", NULL), ST_USAGE);
	assert_int_equal(key_known("", NULL), ST_USAGE);
	memset(&d, 0, sizeof(d));
	assert_int_equal(key_known("\x1b[2J", &d), ST_USAGE);
	assert_null(strchr(d.text, '\x1b'));
}

static void
key_known_names_the_version_needed(void **state)
{
	const bool new = OpenSSL_version_num() >= 0x30500000UL;

	(void)state;
	assert_int_equal(key_known("ecdsa-p256", NULL), ST_OK);
	for (size_t i = 2; i < ALGS; i++) {
		struct diag d = { 0 };

		assert_int_equal(key_known(algs[i], &d),
		    new ? ST_OK : ST_POLICY);
		if (!new)
			assert_non_null(strstr(d.text, " roots need OpenSSL "
			    "3.5 or newer; this is 3."));
	}
}

static void
throwaway_key_is_made_once(void **state)
{
	const struct key *a, *b;
	struct key *real = pkix_key("ecdsa-p384", 0);

	(void)state;
	assert_int_equal(key_throwaway("ecdsa-p384", &a, NULL), ST_OK);
	assert_int_equal(key_throwaway("ecdsa-p384", &b, NULL), ST_OK);
	assert_ptr_equal(a, b);
	assert_false(bytes_equal(&key_public(a)->der,
	    &key_public(real)->der));
	assert_int_equal(key_throwaway("none", &b, NULL), ST_USAGE);
	assert_null(b);
	key_free(real);
}

static void
private_scalar_lies_in_the_secure_heap(void **state)
{
	const size_t before = CRYPTO_secure_used();
	struct key *k = pkix_key("ecdsa-p384", 3);

	(void)state;
	assert_true(CRYPTO_secure_used() > before);
	key_free(k);
	assert_int_equal(CRYPTO_secure_used(), before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    selftest_finds_a_nonce_that_is_not_of_the_rfc),
		cmocka_unit_test(key_sign_refuses_a_flipped_bit),
		cmocka_unit_test(key_sign_refuses_two_that_differ),
		cmocka_unit_test(key_signs_the_same_in_every_process),
		cmocka_unit_test(key_has_the_public_half_of_the_vectors),
		cmocka_unit_test(key_known_names_the_nearest),
		cmocka_unit_test(key_known_names_the_version_needed),
		cmocka_unit_test(throwaway_key_is_made_once),
		cmocka_unit_test(private_scalar_lies_in_the_secure_heap),
	};

	return cmocka_run_group_tests(tests, pkix_start, NULL);
}
