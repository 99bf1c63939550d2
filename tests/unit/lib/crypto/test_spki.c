/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc */
/* spki.c: keys that look like keys and are not to be trusted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include "tests/support/mutate.h"
#include "tests/support/oom.h"
#include "tests/support/pkix.h"

#define RSA_MIN 3072

/* --- building keys, good and bad --- */

static void
of_type(EVP_PKEY *k, struct bytes *der)
{
	assert_non_null(k);
	pkix_spki(k, der);
	EVP_PKEY_free(k);
}

/* An RSA key of any two numbers, whatever they are. */
static void
of_rsa(const BIGNUM *n, const BIGNUM *e, struct bytes *der)
{
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_PKEY *k = NULL;
	OSSL_PARAM *p;

	assert_int_equal(OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_N, n),
	    1);
	assert_int_equal(OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_E, e),
	    1);
	p = OSSL_PARAM_BLD_to_param(b);
	assert_int_equal(EVP_PKEY_fromdata_init(ctx), 1);
	assert_int_equal(EVP_PKEY_fromdata(ctx, &k, EVP_PKEY_PUBLIC_KEY, p),
	    1);
	OSSL_PARAM_free(p);
	OSSL_PARAM_BLD_free(b);
	EVP_PKEY_CTX_free(ctx);
	of_type(k, der);
}

static void
of_product(const BIGNUM *p, const BIGNUM *q, struct bytes *der)
{
	BIGNUM *n = BN_new(), *e = BN_new();
	BN_CTX *ctx = BN_CTX_new();

	assert_int_equal(BN_mul(n, p, q, ctx), 1);
	assert_int_equal(BN_set_word(e, 65537), 1);
	of_rsa(n, e, der);
	BN_CTX_free(ctx);
	BN_free(n);
	BN_free(e);
}

/* SubjectPublicKeyInfo of an algorithm's bytes and key bits as given. */
static void
of_bytes(const void *alg, size_t alg_len, const void *bits, size_t bits_len,
    struct bytes *der)
{
	uint8_t out[512];
	size_t at = 0;

	assert_true(bits_len + 1 < 0x80 || bits_len + 1 > 0xff ||
	    bits_len < 256);
	out[at++] = 0x30;
	if (alg_len + bits_len + 3 >= 0x80)
		out[at++] = 0x81;
	out[at++] = (uint8_t)(alg_len + bits_len + 3 +
	    (bits_len + 1 >= 0x80 ? 1 : 0));
	memcpy(out + at, alg, alg_len);
	at += alg_len;
	out[at++] = 0x03;
	if (bits_len + 1 >= 0x80)
		out[at++] = 0x81;
	out[at++] = (uint8_t)(bits_len + 1);
	out[at++] = 0x00;
	memcpy(out + at, bits, bits_len);
	at += bits_len;
	assert_int_equal(bytes_set(der, out, at, NULL), ST_OK);
}

static const uint8_t p256_alg[] = { 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
	0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03,
	0x01, 0x07 };
static const uint8_t ed_alg[] = { 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70 };

/* --- judging --- */

static enum status
read_der(const struct bytes *der, struct spki *key, struct diag *d)
{
	*d = (struct diag){ 0 };
	return spki_read(der->data, der->len, key, d);
}

/* Refused as a shape, and the sentence holds ${why}. */
static void
is_malformed(const struct bytes *der, const char *why)
{
	struct spki key;
	struct diag d;

	assert_int_equal(read_der(der, &key, &d), ST_FORMAT);
	assert_null(key.der.data);
	if (strstr(d.text, why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", d.text, why);
}

/* A key in shape, but weak. */
static void
is_weak(const struct bytes *der, unsigned bits, const char *why)
{
	struct spki key;
	struct diag d;

	assert_int_equal(read_der(der, &key, &d), ST_OK);
	assert_int_equal(spki_check(&key, bits, &d), ST_POLICY);
	if (strstr(d.text, why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", d.text, why);
	spki_clear(&key);
}

static void
is_good(const struct bytes *der, const char *alg)
{
	struct spki key;
	struct diag d;

	assert_int_equal(read_der(der, &key, &d), ST_OK);
	assert_string_equal(key.alg, alg);
	assert_true(bytes_equal(&key.der, der));
	assert_int_equal(spki_check(&key, RSA_MIN, &d), ST_OK);
	spki_clear(&key);
}

static void
spki_takes_what_is_good(void **state)
{
	struct bytes der = { 0 };

	(void)state;
	of_type(EVP_EC_gen("P-256"), &der);
	is_good(&der, "ecdsa-p256");
	of_type(EVP_EC_gen("P-384"), &der);
	is_good(&der, "ecdsa-p384");
	of_type(EVP_EC_gen("P-521"), &der);
	is_good(&der, "ecdsa-p521");
	of_type(EVP_RSA_gen(3072), &der);
	is_good(&der, "rsa-3072");
	of_type(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), &der);
	is_good(&der, "ed25519");
	bytes_free(&der);
}

static void
spki_takes_new_kinds_where_the_library_has_them(void **state)
{
	static const char *const names[][2] = { { "ML-DSA-44", "ml-dsa-44" },
		{ "ML-DSA-65", "ml-dsa-65" }, { "ML-DSA-87", "ml-dsa-87" },
		{ "SLH-DSA-SHA2-128s", "slh-dsa-sha2-128s" } };
	struct bytes der = { 0 };
	EVP_PKEY *k;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		k = EVP_PKEY_Q_keygen(NULL, NULL, names[i][0]);
		if (k == NULL)
			continue;
		of_type(k, &der);
		is_good(&der, names[i][1]);
	}
	bytes_free(&der);
}

static void
spki_says_that_the_library_is_too_old(void **state)
{
	/* ML-DSA-65, all its key bits zero: well formed everywhere */
	const uint8_t head[] = { 0x30, 0x82, 0x07, 0xb2, 0x30, 0x0b, 0x06,
	    0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x12, 0x03,
	    0x82, 0x07, 0xa1, 0x00 };
	struct bytes der = { 0 };
	uint8_t *all = calloc(1, sizeof(head) + 1952);

	(void)state;
	if (key_known("ml-dsa-65", NULL) == ST_OK) {
		free(all);
		skip();
	}
	assert_non_null(all);
	memcpy(all, head, sizeof(head));
	assert_int_equal(bytes_set(&der, all, sizeof(head) + 1952, NULL),
	    ST_OK);
	is_malformed(&der, "FORMATS 6.8: this OpenSSL does not know "
	    "ml-dsa-65");
	bytes_free(&der);
	free(all);
}

/* --- curves --- */

static void
spki_refuses_p224(void **state)
{
	struct bytes der = { 0 };

	(void)state;
	of_type(EVP_EC_gen("P-224"), &der);
	is_malformed(&der, "FORMATS 6.5: its curve is none of");
	bytes_free(&der);
}

static EVP_PKEY *
with_group(const char *name, const char *value)
{
	EVP_PKEY *k = EVP_EC_gen("P-256");

	assert_int_equal(EVP_PKEY_set_utf8_string_param(k, name, value), 1);
	return k;
}

static void
spki_refuses_explicit_parameters(void **state)
{
	struct bytes der = { 0 };

	(void)state;
	of_type(with_group(OSSL_PKEY_PARAM_EC_ENCODING, "explicit"), &der);
	is_malformed(&der, "FORMATS 6.5: its curve is not named");
	bytes_free(&der);
}

static void
spki_refuses_a_compressed_point(void **state)
{
	struct bytes der = { 0 };

	(void)state;
	of_type(with_group(OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
	    "compressed"), &der);
	is_malformed(&der, "FORMATS 6.5: its point is compressed");
	of_type(with_group(OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
	    "hybrid"), &der);
	is_malformed(&der, "FORMATS 6.5: its point is not uncompressed");
	bytes_free(&der);
}

static void
spki_refuses_infinity(void **state)
{
	struct bytes der = { 0 };

	(void)state;
	of_bytes(p256_alg, sizeof(p256_alg), "", 1, &der);
	is_malformed(&der, "FORMATS 6.5: its point is infinity");
	bytes_free(&der);
}

static void
spki_refuses_a_point_off_the_curve(void **state)
{
	struct bytes der = { 0 };

	(void)state;
	of_type(EVP_EC_gen("P-384"), &der);
	der.data[der.len - 1] ^= 1;
	is_malformed(&der, "FORMATS 6.5: its point is not on P-384");
	/* a coordinate that is not below the field's prime */
	of_type(EVP_EC_gen("P-256"), &der);
	memset(der.data + der.len - 64, 0xff, 32);
	is_malformed(&der, "FORMATS 6.5: its point is not on P-256");
	bytes_free(&der);
}

static void
spki_refuses_parameters_that_are_missing_or_extra(void **state)
{
	static const uint8_t ec[] = { 0x30, 0x09, 0x06, 0x07, 0x2a, 0x86, 0x48,
		0xce, 0x3d, 0x02, 0x01 };
	static const uint8_t rsa[] = { 0x30, 0x0b, 0x06, 0x09, 0x2a, 0x86,
		0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01 };
	static const uint8_t ed[] = { 0x30, 0x07, 0x06, 0x03, 0x2b, 0x65, 0x70,
		0x05, 0x00 };
	static const uint8_t x25519[] = { 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65,
		0x6e };
	const uint8_t bits[32] = { 9 };
	struct bytes der = { 0 };

	(void)state;
	of_bytes(ec, sizeof(ec), bits, sizeof(bits), &der);
	is_malformed(&der, "FORMATS 6.5: its curve is not named");
	of_bytes(rsa, sizeof(rsa), bits, sizeof(bits), &der);
	is_malformed(&der, "FORMATS 6.6: the parameters of an RSA key");
	of_bytes(ed, sizeof(ed), bits, sizeof(bits), &der);
	is_malformed(&der, "FORMATS 6.4");
	of_bytes(x25519, sizeof(x25519), bits, sizeof(bits), &der);
	is_malformed(&der, "FORMATS 6.4");
	bytes_free(&der);
}

static void
spki_refuses_low_order_points(void **state)
{
	/* 0 and 1 are of low order, and so is the point of order 8; then one
	 * that is not on the curve, and 1 written as p + 1 */
	static const uint8_t bad[][32] = {
		{ 0 },
		{ 1 },
		{ 0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3,
		    0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05,
		    0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
		    0xfc, 0x05 },
		{ 2 },
		{ 0xee, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		    0xff, 0x7f },
	};
	struct bytes der = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		of_bytes(ed_alg, sizeof(ed_alg), bad[i], 32, &der);
		is_malformed(&der, "FORMATS 6.7: not a point of");
	}
	of_bytes(ed_alg, sizeof(ed_alg), bad[0], 31, &der);
	is_malformed(&der, "FORMATS 6.7: not the length");
	bytes_free(&der);
}

/* --- RSA --- */

static void
rsa_of_1024_bits_is_weak(void **state)
{
	struct bytes der = { 0 };

	(void)state;
	of_type(EVP_RSA_gen(1024), &der);
	is_weak(&der, 2048, "FORMATS 6.9: an RSA key of 1024 bits");
	is_weak(&der, RSA_MIN, "at least 3072 are wanted");
	bytes_free(&der);
}

static void
rsa_outside_of_its_bounds_is_malformed(void **state)
{
	BIGNUM *n = BN_new(), *e = BN_new();
	struct bytes der = { 0 };

	(void)state;
	assert_int_equal(BN_set_word(e, 65537), 1);
	assert_int_equal(BN_set_bit(n, 1022), 1);
	assert_int_equal(BN_set_bit(n, 0), 1);
	of_rsa(n, e, &der);
	is_malformed(&der, "FORMATS 6.6: an RSA key of 1023 bits");
	assert_int_equal(BN_set_bit(n, 2047), 1);
	assert_int_equal(BN_clear_bit(n, 0), 1);
	of_rsa(n, e, &der);
	is_malformed(&der, "FORMATS 6.6: an even RSA modulus");
	assert_int_equal(BN_set_bit(n, 0), 1);
	assert_int_equal(BN_set_bit(n, 16384), 1);
	of_rsa(n, e, &der);
	is_malformed(&der, "FORMATS 6.6: an RSA key of 16385 bits");
	bytes_free(&der);
	BN_free(n);
	BN_free(e);
}

static void
rsa_exponent_of_nought_is_malformed(void **state)
{
	BIGNUM *n = BN_new(), *e = BN_new();
	struct bytes der = { 0 };

	(void)state;
	assert_int_equal(BN_lshift(n, BN_value_one(), 3071), 1);
	assert_int_equal(BN_add_word(n, 1), 1);
	BN_zero(e);
	of_rsa(n, e, &der);
	is_malformed(&der, "FORMATS 6.6: an RSA key of numbers that are not "
	    "positive");
	bytes_free(&der);
	BN_free(n);
	BN_free(e);
}

static void
rsa_exponent_must_be_odd_and_large(void **state)
{
	/* the last is 2^256 + 1 */
	static const char *const bad[] = { "3", "1", "10000", "10002",
		("10000000000000000000000000000000"
		"000000000000000000000000000000001") };
	EVP_PKEY *k = EVP_RSA_gen(3072);
	BIGNUM *n = NULL, *e = NULL;
	struct bytes der = { 0 };
	struct spki key;
	struct diag d;

	(void)state;
	assert_int_equal(EVP_PKEY_get_bn_param(k, OSSL_PKEY_PARAM_RSA_N, &n),
	    1);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_true(BN_hex2bn(&e, bad[i]) > 0);
		of_rsa(n, e, &der);
		is_weak(&der, RSA_MIN, "FORMATS 6.9: the exponent");
	}
	/* 2^256 - 1 is the largest */
	assert_true(BN_hex2bn(&e, "ffffffffffffffffffffffffffffffff"
	    "ffffffffffffffffffffffffffffffff") > 0);
	of_rsa(n, e, &der);
	assert_int_equal(read_der(&der, &key, &d), ST_OK);
	assert_int_equal(spki_check(&key, RSA_MIN, &d), ST_OK);
	spki_clear(&key);
	bytes_free(&der);
	BN_free(n);
	BN_free(e);
	EVP_PKEY_free(k);
}

static BIGNUM *
prime(int bits)
{
	BIGNUM *p = BN_new();

	assert_int_equal(BN_generate_prime_ex(p, bits, 0, NULL, NULL, NULL),
	    1);
	return p;
}

static void
rsa_with_a_small_factor_is_weak(void **state)
{
	BIGNUM *p = prime(2048), *q = BN_new();
	struct bytes der = { 0 };
	struct spki key;
	struct diag d;

	(void)state;
	assert_int_equal(BN_set_word(q, 751), 1);
	of_product(p, q, &der);
	is_weak(&der, 2048, "FORMATS 6.9: an RSA modulus divisible by 751");
	assert_int_equal(BN_set_word(q, 3), 1);
	of_product(p, q, &der);
	is_weak(&der, 2048, "divisible by 3");
	/* the next prime is nobody's business */
	assert_int_equal(BN_set_word(q, 757), 1);
	of_product(p, q, &der);
	assert_int_equal(read_der(&der, &key, &d), ST_OK);
	assert_int_equal(spki_check(&key, 2048, &d), ST_OK);
	spki_clear(&key);
	bytes_free(&der);
	BN_free(p);
	BN_free(q);
}

/* q such that (p + q) / 2 lies ${rounds} above the root of pq. */
static void
step(BIGNUM *q, const BIGNUM *p, const char *distance)
{
	BIGNUM *d = NULL;
	BN_CTX *ctx = BN_CTX_new();

	assert_true(BN_hex2bn(&d, distance) > 0);
	assert_int_equal(BN_add(q, p, d), 1);
	if (!BN_is_odd(q))
		assert_int_equal(BN_add_word(q, 1), 1);
	while (BN_check_prime(q, ctx, NULL) != 1)
		assert_int_equal(BN_add_word(q, 2), 1);
	BN_CTX_free(ctx);
	BN_free(d);
}

static void
rsa_of_close_primes_is_weak(void **state)
{
	BIGNUM *p = prime(1024), *q = BN_new();
	struct bytes der = { 0 };
	struct spki key;
	struct diag d;

	(void)state;
	step(q, p, "2");
	of_product(p, q, &der);
	is_weak(&der, 2048, "FORMATS 6.9: the primes of an RSA key are too "
	    "close");
	/* the same prime twice: the root itself */
	of_product(p, p, &der);
	is_weak(&der, 2048, "too close");
	/* a difference of 2^500 is found at once, for it is below n^1/4 */
	assert_int_equal(BN_set_word(q, 0), 1);
	step(q, p, "10000000000000000000000000000000000000000000000000000000"
	    "00000000000000000000000000000000000000000000000000000000000000"
	    "0000000");
	of_product(p, q, &der);
	is_weak(&der, 2048, "too close");
	/* independent ones are not */
	BN_free(q);
	q = prime(1024);
	of_product(p, q, &der);
	assert_int_equal(read_der(&der, &key, &d), ST_OK);
	assert_int_equal(spki_check(&key, 2040, &d), ST_OK);
	spki_clear(&key);
	bytes_free(&der);
	BN_free(p);
	BN_free(q);
}

/* k * M + (65537^a mod M), M the product of the first 126 primes: how the
 * faulty chips made primes of 1024 bits. */
static BIGNUM *
roca_prime(unsigned long a)
{
	BIGNUM *m = BN_new(), *g = BN_new(), *e = BN_new(), *p = BN_new();
	BN_CTX *ctx = BN_CTX_new();
	unsigned f, n = 0;

	assert_int_equal(BN_set_word(m, 1), 1);
	for (f = 2; n < 126; f++) {
		unsigned x = 2;

		while (x * x <= f && f % x != 0)
			x++;
		if (x * x > f) {
			assert_int_equal(BN_mul_word(m, f), 1);
			n++;
		}
	}
	assert_int_equal(BN_set_word(g, 65537), 1);
	assert_int_equal(BN_set_word(e, a), 1);
	assert_int_equal(BN_mod_exp(g, g, e, m, ctx), 1);
	assert_int_equal(BN_lshift(p, m, 1024 - BN_num_bits(m)), 1);
	assert_int_equal(BN_add(p, p, g), 1);
	while (BN_check_prime(p, ctx, NULL) != 1)
		assert_int_equal(BN_add(p, p, m), 1);
	BN_free(m);
	BN_free(g);
	BN_free(e);
	BN_CTX_free(ctx);
	return p;
}

static void
rsa_of_the_roca_family_is_weak(void **state)
{
	BIGNUM *p = roca_prime(123456789), *q = roca_prime(987654321);
	struct bytes der = { 0 };

	(void)state;
	of_product(p, q, &der);
	is_weak(&der, 2040, "FORMATS 6.9: an RSA key of the ROCA family");
	bytes_free(&der);
	BN_free(p);
	BN_free(q);
}

/* --- identity --- */

static void
index_is_the_same_for_a_point_and_its_negative(void **state)
{
	struct bytes der = { 0 };
	struct spki a, b;
	struct diag d;
	BIGNUM *y, *p = NULL;

	(void)state;
	of_type(EVP_EC_gen("P-256"), &der);
	assert_int_equal(read_der(&der, &a, &d), ST_OK);
	assert_true(BN_hex2bn(&p, "ffffffff00000001000000000000000000000000"
	    "ffffffffffffffffffffffff") > 0);
	y = BN_bin2bn(der.data + der.len - 32, 32, NULL);
	assert_int_equal(BN_sub(y, p, y), 1);
	assert_int_equal(BN_bn2binpad(y, der.data + der.len - 32, 32), 32);
	assert_int_equal(read_der(&der, &b, &d), ST_OK);
	assert_memory_not_equal(a.id, b.id, SHA384_LEN);
	assert_memory_equal(a.index, b.index, SHA384_LEN);
	spki_clear(&a);
	spki_clear(&b);

	of_type(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), &der);
	assert_int_equal(read_der(&der, &a, &d), ST_OK);
	der.data[der.len - 1] ^= 0x80;
	assert_int_equal(read_der(&der, &b, &d), ST_OK);
	assert_memory_not_equal(a.id, b.id, SHA384_LEN);
	assert_memory_equal(a.index, b.index, SHA384_LEN);
	spki_clear(&a);
	spki_clear(&b);
	bytes_free(&der);
	BN_free(y);
	BN_free(p);
}

static void
index_of_rsa_does_not_see_the_exponent(void **state)
{
	EVP_PKEY *k = EVP_RSA_gen(2048);
	BIGNUM *n = NULL, *e = BN_new();
	struct bytes der = { 0 };
	struct spki a, b;
	struct diag d;

	(void)state;
	assert_int_equal(EVP_PKEY_get_bn_param(k, OSSL_PKEY_PARAM_RSA_N, &n),
	    1);
	assert_int_equal(BN_set_word(e, 65537), 1);
	of_rsa(n, e, &der);
	assert_int_equal(read_der(&der, &a, &d), ST_OK);
	assert_int_equal(BN_set_word(e, 65539), 1);
	of_rsa(n, e, &der);
	assert_int_equal(read_der(&der, &b, &d), ST_OK);
	assert_memory_not_equal(a.id, b.id, SHA384_LEN);
	assert_memory_equal(a.index, b.index, SHA384_LEN);
	spki_clear(&a);
	spki_clear(&b);
	bytes_free(&der);
	BN_free(n);
	BN_free(e);
	EVP_PKEY_free(k);
}

/* --- shape --- */

static enum status
read_mutant(const uint8_t *data, size_t len, void *ctx)
{
	struct spki key;
	const enum status rc = spki_read(data, len, &key, NULL);

	(void)ctx;
	spki_clear(&key);
	return rc;
}

static void
spki_refuses_every_truncation_and_tail(void **state)
{
	struct bytes der = { 0 };

	(void)state;
	of_type(EVP_EC_gen("P-256"), &der);
	assert_int_equal(mutate_truncations(der.data, der.len, read_mutant,
	    NULL), 0);
	assert_int_equal(mutate_trailing(der.data, der.len, read_mutant,
	    NULL), 0);
	/* no bit of a point can change alone and leave it on the curve */
	assert_int_equal(mutate_bits(der.data, der.len, read_mutant, NULL),
	    0);
	of_type(EVP_RSA_gen(1024), &der);
	assert_int_equal(mutate_truncations(der.data, der.len, read_mutant,
	    NULL), 0);
	assert_int_equal(mutate_trailing(der.data, der.len, read_mutant,
	    NULL), 0);
	bytes_free(&der);
}

static enum status
read_once(void *ctx)
{
	const struct bytes *der = ctx;
	struct spki key;
	enum status rc;

	rc = spki_read(der->data, der->len, &key, NULL);
	if (rc == ST_OK)
		rc = spki_check(&key, 1024, NULL);
	spki_clear(&key);
	return rc;
}

static void
spki_survives_every_failed_allocation(void **state)
{
	struct bytes der = { 0 };

	(void)state;
	of_type(EVP_RSA_gen(1024), &der);
	assert_true(oom_each(read_once, &der) >= 2);
	of_type(EVP_EC_gen("P-384"), &der);
	assert_true(oom_each(read_once, &der) >= 1);
	bytes_free(&der);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spki_takes_what_is_good),
		cmocka_unit_test(
		    spki_takes_new_kinds_where_the_library_has_them),
		cmocka_unit_test(spki_says_that_the_library_is_too_old),
		cmocka_unit_test(spki_refuses_p224),
		cmocka_unit_test(spki_refuses_explicit_parameters),
		cmocka_unit_test(spki_refuses_a_compressed_point),
		cmocka_unit_test(spki_refuses_infinity),
		cmocka_unit_test(spki_refuses_a_point_off_the_curve),
		cmocka_unit_test(
		    spki_refuses_parameters_that_are_missing_or_extra),
		cmocka_unit_test(spki_refuses_low_order_points),
		cmocka_unit_test(rsa_of_1024_bits_is_weak),
		cmocka_unit_test(rsa_outside_of_its_bounds_is_malformed),
		cmocka_unit_test(rsa_exponent_of_nought_is_malformed),
		cmocka_unit_test(rsa_exponent_must_be_odd_and_large),
		cmocka_unit_test(rsa_with_a_small_factor_is_weak),
		cmocka_unit_test(rsa_of_close_primes_is_weak),
		cmocka_unit_test(rsa_of_the_roca_family_is_weak),
		cmocka_unit_test(
		    index_is_the_same_for_a_point_and_its_negative),
		cmocka_unit_test(index_of_rsa_does_not_see_the_exponent),
		cmocka_unit_test(spki_refuses_every_truncation_and_tail),
		cmocka_unit_test(spki_survives_every_failed_allocation),
	};

	return cmocka_run_group_tests(tests, pkix_start, NULL);
}
