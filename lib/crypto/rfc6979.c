/* see rfc6979.h.  EC_KEY is deprecated since OpenSSL 3.0 but stays; it is the
 * only way there to say where a nonce comes from. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/hmac.h>

#include "lib/crypto/rfc6979.h"

#define HASH_MAX 64   /* bytes; SHA-512 */
#define SCALAR_MAX 66 /* bytes; P-521 */

/* The generator's state; lives in the secure heap. */
struct drbg {
	const EVP_MD *md;
	size_t hash_len;
	size_t order_len; /* bytes */
	int order_bits;
	uint8_t key[HASH_MAX];
	uint8_t v[HASH_MAX];
	uint8_t seed[2 * SCALAR_MAX]; /* int2octets(x) | bits2octets(h1) */
	uint8_t text[HASH_MAX + 1 + 2 * SCALAR_MAX];
	uint8_t candidate[SCALAR_MAX + HASH_MAX];
};

static const EVP_MD *
digest_of(size_t len)
{
	switch (len) {
	case 32:
		return EVP_sha256();
	case 48:
		return EVP_sha384();
	case 64:
		return EVP_sha512();
	default:
		return NULL;
	}
}

/* out = HMAC(key, data) */
static bool
mac(struct drbg *g, const uint8_t *data, size_t len, uint8_t *out)
{
	unsigned n = 0;

	return HMAC(g->md, g->key, (int)g->hash_len, data, len, out, &n) !=
	    NULL && n == g->hash_len;
}

/* V = HMAC(K, V) */
static bool
step_v(struct drbg *g)
{
	return mac(g, g->v, g->hash_len, g->v);
}

/* K = HMAC(K, V | ${mark} | ${seed}), V = HMAC(K, V): 3.2 d-g, and h */
static bool
step_key(struct drbg *g, uint8_t mark, size_t seed_len)
{
	memcpy(g->text, g->v, g->hash_len);
	g->text[g->hash_len] = mark;
	memcpy(g->text + g->hash_len + 1, g->seed, seed_len);
	return mac(g, g->text, g->hash_len + 1 + seed_len, g->key) &&
	    step_v(g);
}

/* 2.3.2: the leftmost bits of ${data}, as many as the order has. */
static bool
bits2int(const struct drbg *g, const uint8_t *data, size_t len, BIGNUM *out)
{
	const int over = (int)len * 8 - g->order_bits;

	return BN_bin2bn(data, (int)len, out) != NULL &&
	    (over <= 0 || BN_rshift(out, out, over) == 1);
}

/* 3.2 a-g */
static bool
begin(struct drbg *g, const BIGNUM *q, const BIGNUM *x, const uint8_t *hash,
    size_t len)
{
	BIGNUM *z = NULL;
	bool ok;

	g->md = digest_of(len);
	g->hash_len = len;
	g->order_bits = BN_num_bits(q);
	g->order_len = (size_t)(g->order_bits + 7) / 8;
	if (g->md == NULL || g->order_len > SCALAR_MAX)
		return false;
	memset(g->v, 0x01, len);
	memset(g->key, 0x00, len);
	/* 2.3.4: below 2q always, so that one subtraction reduces it */
	ok = (z = BN_new()) != NULL && bits2int(g, hash, len, z) &&
	    (BN_cmp(z, q) < 0 || BN_sub(z, z, q) == 1) &&
	    BN_bn2binpad(x, g->seed, (int)g->order_len) >= 0 &&
	    BN_bn2binpad(z, g->seed + g->order_len, (int)g->order_len) >= 0 &&
	    step_key(g, 0x00, 2 * g->order_len) &&
	    step_key(g, 0x01, 2 * g->order_len);
	BN_clear_free(z);
	return ok;
}

/* 3.2 h, one candidate */
static bool
next(struct drbg *g, BIGNUM *k)
{
	size_t len = 0;

	while (len < g->order_len) {
		if (!step_v(g))
			return false;
		memcpy(g->candidate + len, g->v, g->hash_len);
		len += g->hash_len;
	}
	return bits2int(g, g->candidate, g->order_len, k);
}

bool
rfc6979_nonce(const BIGNUM *q, const BIGNUM *x, const uint8_t *hash,
    size_t len, BIGNUM *k)
{
	struct drbg *g = OPENSSL_secure_zalloc(sizeof(*g));
	bool ok;

	ok = g != NULL && begin(g, q, x, hash, len) && next(g, k);
	/* a candidate of 0, or not below q, says nothing of the one after */
	while (ok && (BN_is_zero(k) || BN_cmp(k, q) >= 0))
		ok = step_key(g, 0x00, 0) && next(g, k);
	BN_set_flags(k, BN_FLG_CONSTTIME);
	OPENSSL_secure_clear_free(g, sizeof(*g));
	return ok;
}

/* r = x(kG) mod q */
static bool
make_r(const EC_GROUP *group, const BIGNUM *k, BIGNUM *r, BN_CTX *ctx)
{
	EC_POINT *p = EC_POINT_new(group);
	bool ok;

	ok = p != NULL && EC_POINT_mul(group, p, k, NULL, NULL, ctx) == 1 &&
	    EC_POINT_get_affine_coordinates(group, p, r, NULL, ctx) == 1 &&
	    BN_nnmod(r, r, EC_GROUP_get0_order(group), ctx) == 1 &&
	    !BN_is_zero(r);
	EC_POINT_clear_free(p);
	return ok;
}

/* k^(q - 2) mod q: q is prime, and the exponent nobody's secret. */
static bool
invert(const EC_GROUP *group, const BIGNUM *k, BIGNUM *out, BN_CTX *ctx)
{
	const BIGNUM *q = EC_GROUP_get0_order(group);
	BIGNUM *e = BN_dup(q);
	bool ok;

	ok = e != NULL && BN_sub_word(e, 2) == 1 &&
	    BN_mod_exp_mont_consttime(out, k, e, q, ctx,
	    EC_GROUP_get_mont_data(group)) == 1;
	BN_free(e);
	return ok;
}

/* The library's own signing, with 1/k and r given. */
static ECDSA_SIG *
sign_with(const unsigned char *hash, int len, const BIGNUM *inverse,
    const BIGNUM *r, EC_KEY *key)
{
	ECDSA_SIG *(*sign)(const unsigned char *, int, const BIGNUM *,
	    const BIGNUM *, EC_KEY *) = NULL;

	EC_KEY_METHOD_get_sign(EC_KEY_OpenSSL(), NULL, NULL, &sign);
	return sign == NULL ? NULL : sign(hash, len, inverse, r, key);
}

/* The method: whatever nonce was offered, ours is taken. */
static ECDSA_SIG *
sign_method(const unsigned char *hash, int len, const BIGNUM *inverse,
    const BIGNUM *r, EC_KEY *key)
{
	const EC_GROUP *group = EC_KEY_get0_group(key);
	BIGNUM *k = BN_secure_new(), *kinv = BN_secure_new(), *rr = BN_new();
	BN_CTX *ctx = BN_CTX_secure_new();
	ECDSA_SIG *sig = NULL;

	(void)inverse;
	(void)r;
	if (k != NULL && kinv != NULL && rr != NULL && ctx != NULL &&
	    len > 0 && rfc6979_nonce(EC_GROUP_get0_order(group),
	    EC_KEY_get0_private_key(key), hash, (size_t)len, k) &&
	    make_r(group, k, rr, ctx) && invert(group, k, kinv, ctx))
		sig = sign_with(hash, len, kinv, rr, key);
	BN_clear_free(k);
	BN_clear_free(kinv);
	BN_clear_free(rr);
	BN_CTX_free(ctx);
	return sig;
}

/* Made once; lives as long as the program. */
static EC_KEY_METHOD *
method(void)
{
	static EC_KEY_METHOD *made;
	int (*sign)(int, const unsigned char *, int, unsigned char *,
	    unsigned *, const BIGNUM *, const BIGNUM *, EC_KEY *);
	int (*setup)(EC_KEY *, BN_CTX *, BIGNUM **, BIGNUM **);

	if (made != NULL ||
	    (made = EC_KEY_METHOD_new(EC_KEY_OpenSSL())) == NULL)
		return made;
	EC_KEY_METHOD_get_sign(EC_KEY_OpenSSL(), &sign, &setup, NULL);
	EC_KEY_METHOD_set_sign(made, sign, setup, sign_method);
	return made;
}

static EC_KEY *
make_key(const char *curve, const BIGNUM *x)
{
	EC_KEY *key = EC_KEY_new_by_curve_name(EC_curve_nist2nid(curve));
	const EC_GROUP *group;
	EC_POINT *p = NULL;
	bool ok = false;

	if (key != NULL && method() != NULL) {
		group = EC_KEY_get0_group(key);
		ok = (p = EC_POINT_new(group)) != NULL &&
		    EC_POINT_mul(group, p, x, NULL, NULL, NULL) == 1 &&
		    EC_KEY_set_private_key(key, x) == 1 &&
		    EC_KEY_set_public_key(key, p) == 1 &&
		    EC_KEY_set_method(key, method()) == 1;
	}
	EC_POINT_free(p);
	if (!ok) {
		EC_KEY_free(key);
		key = NULL;
	}
	return key;
}

EVP_PKEY *
rfc6979_key(const char *curve, const BIGNUM *x)
{
	EC_KEY *key = make_key(curve, x);
	EVP_PKEY *out = EVP_PKEY_new();

	if (key == NULL || out == NULL ||
	    EVP_PKEY_assign_EC_KEY(out, key) != 1) {
		EC_KEY_free(key);
		EVP_PKEY_free(out);
		return NULL;
	}
	return out;
}
