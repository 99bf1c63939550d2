/* derive.c: from the same seed always the same key, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <sodium.h>

#include "lib/crypto/derive.h"
#include "lib/crypto/hash.h"
#include "lib/crypto/start.h"
#include "tests/support/vectors.h"

static struct secret *
make_seed(const uint8_t *data, size_t len)
{
	struct secret *s = NULL;

	assert_int_equal(secret_new(len, &s, NULL), ST_OK);
	memcpy(secret_bytes(s), data, len);
	return s;
}

static struct secret *
derive(const struct secret *seed, const char *alg, const char *purpose,
    unsigned counter, size_t len)
{
	struct secret *key = NULL;
	struct diag d = { 0 };
	enum status rc;

	if (strncmp(alg, "ecdsa", 5) == 0)
		rc = derive_scalar(seed, DERIVE_REAL, alg, purpose, counter,
		    &key, &d);
	else
		rc = derive_seed(seed, DERIVE_REAL, alg, purpose, counter,
		    len, &key, &d);
	assert_string_equal(d.text, "");
	assert_int_equal(rc, ST_OK);
	return key;
}

/* x and y of the scalar times the generator, by OpenSSL */
static size_t
public_xy(const char *alg, const struct secret *key, uint8_t *out)
{
	const int nid = strcmp(alg, "ecdsa-p256") == 0 ?
	    NID_X9_62_prime256v1 : NID_secp384r1;
	EC_GROUP *g = EC_GROUP_new_by_curve_name(nid);
	EC_POINT *p = EC_POINT_new(g);
	BIGNUM *n = BN_bin2bn(secret_peek(key), (int)secret_len(key), NULL);
	uint8_t point[256];
	size_t len;

	assert_int_equal(EC_POINT_mul(g, p, n, NULL, NULL, NULL), 1);
	len = EC_POINT_point2oct(g, p, POINT_CONVERSION_UNCOMPRESSED, point,
	    sizeof(point), NULL);
	memcpy(out, point + 1, len - 1);
	BN_clear_free(n);
	EC_POINT_free(p);
	EC_GROUP_free(g);
	return len - 1;
}

static size_t
public_ed25519(const struct secret *key, uint8_t *out)
{
	uint8_t sk[crypto_sign_SECRETKEYBYTES];

	crypto_sign_seed_keypair(out, sk, secret_peek(key));
	return crypto_sign_PUBLICKEYBYTES;
}

static void
check_vector(const struct vector *v)
{
	uint8_t data[256], pub[256];
	const char *alg = vector_need(v, "alg");
	const unsigned counter =
	    (unsigned)strtoul(vector_need(v, "counter"), NULL, 10);
	struct secret *seed, *key;
	size_t len, n;

	len = vector_hex(v, "seed", data, sizeof(data));
	seed = make_seed(data, len);
	len = vector_hex(v, "key", data, sizeof(data));
	key = derive(seed, alg, vector_need(v, "purpose"), counter, len);
	assert_int_equal(secret_len(key), len);
	assert_memory_equal(secret_peek(key), data, len);
	if (vector_get(v, "public", 0) != NULL) {
		len = vector_hex(v, "public", data, sizeof(data));
		n = strncmp(alg, "ecdsa", 5) == 0 ?
		    public_xy(alg, key, pub) : public_ed25519(key, pub);
		assert_int_equal(n, len);
		assert_memory_equal(pub, data, len);
	}
	secret_free(key);
	secret_free(seed);
}

static void
derive_matches_known_answers(void **state)
{
	static struct vector v; /* too large for a stack */
	FILE *f = vectors_open("derivation.txt");
	size_t n = 0;

	(void)state;
	for (; vectors_next(f, &v); n++)
		check_vector(&v);
	fclose(f);
	assert_int_equal(n, 14);
}

/* One byte of difference in any input is another key. */
static void
derive_separates_every_input(void **state)
{
	uint8_t zero[SEED_LEN] = { 0 };
	struct secret *seed = make_seed(zero, sizeof(zero)), *key[6];
	size_t n = 0;

	(void)state;
	key[n++] = derive(seed, "ecdsa-p256", "root", 0, 32);
	key[n++] = derive(seed, "ecdsa-p256", "root", 1, 32);
	key[n++] = derive(seed, "ecdsa-p256", "boot", 0, 32);
	key[n++] = derive(seed, "ed25519", "root", 0, 32);
	key[n++] = derive(seed, "ml-dsa-65", "root", 0, 32);
	assert_int_equal(derive_scalar(seed, DERIVE_REHEARSAL, "ecdsa-p256",
	    "root", 0, &key[n++], NULL), ST_OK);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++)
			assert_false(secret_equal(key[i], key[j]));
	for (size_t i = 0; i < n; i++)
		secret_free(key[i]);
	secret_free(seed);
}

static void
derive_refuses_seeds_of_other_lengths(void **state)
{
	const uint8_t data[64] = { 1 };
	const size_t lens[] = { 1, 16, 31, 33, 64 };
	struct secret *seed, *key = NULL;
	uint8_t out[32];

	(void)state;
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		seed = make_seed(data, lens[i]);
		assert_int_equal(derive_scalar(seed, DERIVE_REAL,
		    "ecdsa-p384", "root", 0, &key, NULL), ST_FORMAT);
		assert_null(key);
		assert_int_equal(derive_seed(seed, DERIVE_REAL, "ed25519",
		    "root", 0, 32, &key, NULL), ST_FORMAT);
		assert_null(key);
		assert_int_equal(derive_label(seed, "any", out, sizeof(out),
		    NULL), ST_FORMAT);
		secret_free(seed);
	}
}

/* An info string is for ever: no text of a person gets into it unchecked. */
static void
derive_refuses_purposes_that_are_not_words(void **state)
{
	static const char *const bad[] = { "", "Root", "root/1", "-root",
		"root ", "r\xc3\xb6ot", "root\n",
		"a23456789012345678901234567890123" };
	uint8_t zero[SEED_LEN] = { 0 };
	struct secret *seed = make_seed(zero, sizeof(zero)), *key = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(derive_scalar(seed, DERIVE_REAL,
		    "ecdsa-p384", bad[i], 0, &key, NULL), ST_POLICY);
		assert_null(key);
	}
	assert_int_equal(derive_scalar(seed, DERIVE_REAL, "ecdsa-p384",
	    "a2345678901234567890123456789012", 0, &key, NULL), ST_OK);
	secret_free(key);
	secret_free(seed);
}

/* A shorter output would be the beginning of a longer one, under one name. */
static void
derive_refuses_another_length_or_kind(void **state)
{
	uint8_t zero[SEED_LEN] = { 0 };
	struct secret *seed = make_seed(zero, sizeof(zero)), *key = NULL;

	(void)state;
	assert_int_equal(derive_seed(seed, DERIVE_REAL, "ed25519", "root", 0,
	    31, &key, NULL), ST_BUG);
	assert_int_equal(derive_seed(seed, DERIVE_REAL, "slh-dsa-sha2-128s",
	    "root", 0, 32, &key, NULL), ST_BUG);
	assert_int_equal(derive_seed(seed, DERIVE_REAL, "ecdsa-p256", "root",
	    0, 32, &key, NULL), ST_POLICY);
	assert_int_equal(derive_scalar(seed, DERIVE_REAL, "ed25519", "root",
	    0, &key, NULL), ST_POLICY);
	assert_int_equal(derive_scalar(seed, DERIVE_REAL, "ecdsa-p521",
	    "root", 0, &key, NULL), ST_POLICY);
	assert_null(key);
	secret_free(seed);
}

/* A label is HKDF under the salt for labels, so never a root's key. */
static void
label_is_hkdf_under_its_own_salt(void **state)
{
	uint8_t zero[SEED_LEN] = { 0 }, a[32], b[32];
	struct secret *seed = make_seed(zero, sizeof(zero)), *key;

	(void)state;
	assert_int_equal(derive_label(seed, "anchorite/v1/ed25519/root/0", a,
	    sizeof(a), NULL), ST_OK);
	assert_int_equal(hash_hkdf(seed, "anchorite seed labels v1",
	    "anchorite/v1/ed25519/root/0", b, sizeof(b), NULL), ST_OK);
	assert_memory_equal(a, b, sizeof(a));
	key = derive(seed, "ed25519", "root", 0, 32);
	assert_memory_not_equal(a, secret_peek(key), sizeof(a));
	secret_free(key);
	secret_free(seed);
}

/* printf 'anchorite public rehearsal seed v1/0' | sha256sum */
static void
rehearsal_seeds_are_public_and_numbered(void **state)
{
	struct secret *a = NULL, *b = NULL;
	char hex[65];

	(void)state;
	assert_int_equal(derive_rehearsal_seed(0, &a, NULL), ST_OK);
	sodium_bin2hex(hex, sizeof(hex), secret_peek(a), secret_len(a));
	assert_string_equal(hex, "f51c43eaccbf52a871806abf01c5a177"
	    "eb3f833e6fb1cc7676021f293391d215");
	assert_int_equal(derive_rehearsal_seed(31, &b, NULL), ST_OK);
	assert_false(secret_equal(a, b));
	secret_free(b);
	assert_int_equal(derive_rehearsal_seed(32, &b, NULL), ST_BUG);
	assert_null(b);
	secret_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(derive_matches_known_answers),
		cmocka_unit_test(derive_separates_every_input),
		cmocka_unit_test(derive_refuses_seeds_of_other_lengths),
		cmocka_unit_test(derive_refuses_purposes_that_are_not_words),
		cmocka_unit_test(derive_refuses_another_length_or_kind),
		cmocka_unit_test(label_is_hkdf_under_its_own_salt),
		cmocka_unit_test(rehearsal_seeds_are_public_and_numbered),
	};

	if (crypto_start(NULL) != ST_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
