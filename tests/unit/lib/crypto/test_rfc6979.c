/* rfc6979.c: nonces that depend on the key and the message alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include "lib/crypto/rfc6979.h"
#include "tests/support/pkix.h"
#include "tests/support/vectors.h"

#define VECTORS 10

static BIGNUM *
number(const struct vector *v, const char *key)
{
	BIGNUM *n = NULL;

	assert_true(BN_hex2bn(&n, vector_need(v, key)) > 0);
	return n;
}

static const BIGNUM *
order(EC_GROUP *g)
{
	assert_non_null(g);
	return EC_GROUP_get0_order(g);
}

static size_t
digest(const struct vector *v, uint8_t out[EVP_MAX_MD_SIZE])
{
	const char *message = vector_need(v, "message");
	unsigned len = 0;

	assert_int_equal(EVP_Digest(message, strlen(message), out, &len,
	    EVP_get_digestbyname(vector_need(v, "digest")), NULL), 1);
	return len;
}

static void
nonce_is_that_of_the_vectors(void **state)
{
	FILE *f = vectors_open("rfc6979.txt");
	static struct vector v;
	uint8_t hash[EVP_MAX_MD_SIZE];
	size_t n = 0, len;

	(void)state;
	for (; vectors_next(f, &v); n++) {
		EC_GROUP *g = EC_GROUP_new_by_curve_name(EC_curve_nist2nid(
		    vector_need(&v, "curve")));
		BIGNUM *x = number(&v, "key"), *want = number(&v, "k");
		BIGNUM *k = BN_secure_new();

		len = digest(&v, hash);
		assert_true(rfc6979_nonce(order(g), x, hash, len, k));
		assert_int_equal(BN_cmp(k, want), 0);
		BN_clear_free(k);
		BN_free(want);
		BN_free(x);
		EC_GROUP_free(g);
	}
	assert_int_equal(n, VECTORS);
	fclose(f);
}

/* A small order lets candidates be refused by the hundred. */
static void
nonce_goes_on_until_one_is_below_the_order(void **state)
{
	BIGNUM *q = BN_new(), *x = BN_new(), *k = BN_secure_new();
	uint8_t hash[32] = { 0 };

	(void)state;
	assert_int_equal(BN_set_word(q, 131), 1);
	assert_int_equal(BN_set_word(x, 17), 1);
	for (unsigned i = 0; i < 500; i++) {
		hash[0] = (uint8_t)i;
		hash[1] = (uint8_t)(i >> 8);
		assert_true(rfc6979_nonce(q, x, hash, sizeof(hash), k));
		assert_false(BN_is_zero(k));
		assert_true(BN_cmp(k, q) < 0);
	}
	BN_clear_free(k);
	BN_free(x);
	BN_free(q);
}

static void
nonce_refuses_a_digest_of_no_known_length(void **state)
{
	EC_GROUP *g = EC_GROUP_new_by_curve_name(EC_curve_nist2nid("P-256"));
	BIGNUM *x = BN_new(), *k = BN_secure_new();
	const uint8_t hash[64] = { 0 };

	(void)state;
	assert_int_equal(BN_set_word(x, 1), 1);
	assert_false(rfc6979_nonce(order(g), x, hash, 20, k));
	assert_false(rfc6979_nonce(order(g), x, hash, 0, k));
	assert_false(rfc6979_nonce(order(g), x, hash, 63, k));
	BN_clear_free(k);
	BN_free(x);
	EC_GROUP_free(g);
}

static void
check_signature(const struct vector *v, const uint8_t *sig, size_t len)
{
	BIGNUM *r = number(v, "r"), *s = number(v, "s");
	ECDSA_SIG *parsed = d2i_ECDSA_SIG(NULL, &sig, (long)len);

	assert_non_null(parsed);
	assert_int_equal(BN_cmp(ECDSA_SIG_get0_r(parsed), r), 0);
	assert_int_equal(BN_cmp(ECDSA_SIG_get0_s(parsed), s), 0);
	ECDSA_SIG_free(parsed);
	BN_free(r);
	BN_free(s);
}

/* The method itself, on every OpenSSL, where it is used or not. */
static void
method_signs_as_the_vectors_say(void **state)
{
	FILE *f = vectors_open("rfc6979.txt");
	static struct vector v;
	uint8_t sig[256];

	(void)state;
	while (vectors_next(f, &v)) {
		const char *message = vector_need(&v, "message");
		BIGNUM *x = number(&v, "key");
		EVP_PKEY *k = rfc6979_key(vector_need(&v, "curve"), x);
		EVP_MD_CTX *ctx = EVP_MD_CTX_new();
		size_t len = sizeof(sig);

		assert_non_null(k);
		assert_int_equal(EVP_DigestSignInit(ctx, NULL,
		    EVP_get_digestbyname(vector_need(&v, "digest")), NULL,
		    k), 1);
		assert_int_equal(EVP_DigestSign(ctx, sig, &len,
		    (const uint8_t *)message, strlen(message)), 1);
		check_signature(&v, sig, len);
		EVP_MD_CTX_free(ctx);
		EVP_PKEY_free(k);
		BN_free(x);
	}
	fclose(f);
}

static void
key_refuses_a_curve_that_is_none(void **state)
{
	BIGNUM *x = BN_new();

	(void)state;
	assert_int_equal(BN_set_word(x, 5), 1);
	assert_null(rfc6979_key("P-999", x));
	BN_free(x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nonce_is_that_of_the_vectors),
		cmocka_unit_test(nonce_goes_on_until_one_is_below_the_order),
		cmocka_unit_test(nonce_refuses_a_digest_of_no_known_length),
		cmocka_unit_test(method_signs_as_the_vectors_say),
		cmocka_unit_test(key_refuses_a_curve_that_is_none),
	};

	return cmocka_run_group_tests(tests, pkix_start, NULL);
}
