/* see key.h */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "lib/base/text.h"
#include "lib/crypto/alg.h"
#include "lib/crypto/asn1.h"
#include "lib/crypto/key_own.h"
#include "lib/crypto/ossl.h"
#include "lib/crypto/rfc6979.h"
#include "lib/crypto/sign.h"

#define ROOTS_MAX 16 /* rows of alg.c */
#define NEEDED 0x30500000UL
#define NEEDED_TEXT "3.5"

/* Known to everybody, so that nothing signed with it can mean anything. */
#define THROWAWAY_TEXT "anchorite throw-away key v1"

void
key_free(struct key *k)
{
	if (k == NULL)
		return;
	EVP_PKEY_free(k->pkey); /* wipes the private half */
	secret_free(k->pkcs8);
	spki_clear(&k->pub);
	free(k);
}

const char *
key_alg(const struct key *k)
{
	return k->alg->family == ALG_RSA ? ALG_RSA_SIG : k->alg->name;
}

const struct spki *
key_public(const struct key *k)
{
	return &k->pub;
}

EVP_PKEY *
ossl_private(const struct key *k)
{
	return k->pkey;
}

/* --- which there are --- */

/* Ask the library that runs; Ed25519 it has had for long, but before 3.5 no
 * stock tool can verify a detached signature made with it. */
static bool
is_usable(const struct alg_key *a)
{
	EVP_PKEY_CTX *ctx;

	if (a->family == ALG_EC)
		return true;
	if (a->family == ALG_EDWARDS && OpenSSL_version_num() < NEEDED)
		return false;
	ctx = EVP_PKEY_CTX_new_from_name(NULL, a->fetch, NULL);
	ERR_clear_error();
	EVP_PKEY_CTX_free(ctx);
	return ctx != NULL;
}

static enum status
refuse_unknown(const char *alg, struct diag *d)
{
	const char *names[ROOTS_MAX];
	const size_t n = alg_roots(names, ROOTS_MAX);
	const char *nearest = text_nearest(alg, names, n);
	char shown[64];

	text_escape(alg, strlen(alg), shown, sizeof(shown));
	if (nearest != NULL)
		return diag_set(d, ST_USAGE, "no root key algorithm is called "
		    "%s: did you mean %s", shown, nearest);
	return diag_set(d, ST_USAGE, "no root key algorithm is called %s",
	    shown);
}

static enum status
find_root(const char *alg, const struct alg_key **out, struct diag *d)
{
	const struct alg_key *a = alg_key(alg);

	if (a == NULL || a->seed_len == 0)
		return refuse_unknown(alg, d);
	if (!is_usable(a))
		return diag_set(d, ST_POLICY, "%s roots need OpenSSL "
		    NEEDED_TEXT " or newer; this is %s", alg,
		    OpenSSL_version(OPENSSL_VERSION_STRING));
	*out = a;
	return ST_OK;
}

enum status
key_known(const char *alg, struct diag *d)
{
	const struct alg_key *a;

	return find_root(alg, &a, d);
}

const char *
key_signs_by(const char *alg)
{
	const struct alg_key *a = alg_key(alg);

	return a != NULL && a->family == ALG_RSA ? ALG_RSA_SIG : alg;
}

static enum status
adoptable_rsa(const char *alg, struct diag *d)
{
	uint64_t bits = 0;

	if (text_number(alg + strlen("rsa-"), 0, UINT32_MAX, &bits, NULL) !=
	    ST_OK || bits < KEY_RSA_BITS_MIN || bits > KEY_RSA_BITS_MAX)
		return diag_set(d, ST_POLICY, "a root cannot be of %.24s: of "
		    "RSA it has %d to %d bits", alg, KEY_RSA_BITS_MIN,
		    KEY_RSA_BITS_MAX);
	return ST_OK;
}

enum status
key_adoptable(const char *alg, struct diag *d)
{
	const struct alg_key *a = alg_key(alg);
	enum status rc;

	if (strncmp(alg, "rsa-", 4) == 0)
		return adoptable_rsa(alg, d);
	if (a != NULL && (a->family == ALG_PQ || a->seed_len == 0))
		FAIL(d, ST_POLICY, "a root of %.24s cannot be adopted: "
		    "ecdsa-p256, ecdsa-p384, ed25519 and RSA can", alg);
	if ((rc = find_root(alg, &a, d)) == ST_USAGE)
		rc = ST_POLICY;
	if (rc != ST_OK && d != NULL)
		d->code = rc;
out:
	return rc;
}

/* --- from a derived secret --- */

/* The public point of a scalar, as key bits. */
static bool
make_point(const struct alg_key *a, const BIGNUM *x, uint8_t *out)
{
	const EC_GROUP *g = ossl_curve(a);
	EC_POINT *p = NULL;
	bool ok;

	ok = g != NULL && (p = EC_POINT_new(g)) != NULL &&
	    EC_POINT_mul(g, p, x, NULL, NULL, NULL) == 1 &&
	    EC_POINT_point2oct(g, p, POINT_CONVERSION_UNCOMPRESSED, out,
	    a->bits_len, NULL) == a->bits_len;
	EC_POINT_clear_free(p);
	return ok;
}

/* A key of the default provider; the scalar stays in the secure heap. */
static EVP_PKEY *
native_key(const struct alg_key *a, const BIGNUM *x, const uint8_t *point)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	OSSL_PARAM *p = NULL;
	EVP_PKEY *k = NULL;

	if (ctx == NULL || b == NULL ||
	    OSSL_PARAM_BLD_push_utf8_string(b, OSSL_PKEY_PARAM_GROUP_NAME,
	    a->fetch, 0) != 1 ||
	    OSSL_PARAM_BLD_push_octet_string(b, OSSL_PKEY_PARAM_PUB_KEY,
	    point, a->bits_len) != 1 ||
	    OSSL_PARAM_BLD_push_BN_pad(b, OSSL_PKEY_PARAM_PRIV_KEY, x,
	    a->seed_len) != 1 || (p = OSSL_PARAM_BLD_to_param(b)) == NULL ||
	    EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &k, EVP_PKEY_KEYPAIR, p) != 1)
		k = NULL;
	OSSL_PARAM_free(p); /* wipes what is secure */
	OSSL_PARAM_BLD_free(b);
	EVP_PKEY_CTX_free(ctx);
	return k;
}

static EVP_PKEY *
ec_key(const struct alg_key *a, const struct secret *scalar, uint8_t *bits)
{
	BIGNUM *x = BN_secure_new();
	EVP_PKEY *k = NULL;

	if (x != NULL && BN_bin2bn(secret_peek(scalar),
	    (int)secret_len(scalar), x) != NULL) {
		BN_set_flags(x, BN_FLG_CONSTTIME);
		if (!make_point(a, x, bits))
			k = NULL;
		else if (ossl_native_nonces())
			k = native_key(a, x, bits);
		else
			k = rfc6979_key(a->fetch, x);
	}
	BN_clear_free(x);
	return k;
}

/* What OpenSSL generates from exactly this seed. */
static EVP_PKEY *
seeded_key(const struct alg_key *a, const struct secret *seed)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, a->fetch, NULL);
	struct secret *copy = NULL; /* OSSL_PARAM has no const */
	EVP_PKEY *k = NULL;
	OSSL_PARAM p[2];

	if (ctx != NULL && secret_copy(seed, &copy, NULL) == ST_OK) {
		p[0] = OSSL_PARAM_construct_octet_string("seed",
		    secret_bytes(copy), secret_len(copy));
		p[1] = OSSL_PARAM_construct_end();
		if (EVP_PKEY_keygen_init(ctx) != 1 ||
		    EVP_PKEY_CTX_set_params(ctx, p) != 1 ||
		    EVP_PKEY_generate(ctx, &k) != 1)
			k = NULL;
	}
	secret_free(copy);
	EVP_PKEY_CTX_free(ctx);
	return k;
}

/* The private key, and the bits of the public one. */
static EVP_PKEY *
make_pkey(const struct alg_key *a, const struct secret *s, uint8_t *bits)
{
	size_t len = a->bits_len;
	EVP_PKEY *k;

	if (a->family == ALG_EC)
		return ec_key(a, s, bits);
	if (a->family == ALG_EDWARDS)
		k = EVP_PKEY_new_raw_private_key_ex(NULL, a->fetch, NULL,
		    secret_peek(s), secret_len(s));
	else
		k = seeded_key(a, s);
	if (k != NULL && (EVP_PKEY_get_raw_public_key(k, bits, &len) != 1 ||
	    len != a->bits_len)) {
		EVP_PKEY_free(k);
		k = NULL;
	}
	return k;
}

/* SubjectPublicKeyInfo, then read as if a stranger had sent it. */
static enum status
make_public(const struct alg_key *a, const uint8_t *bits, struct spki *out,
    struct diag *d)
{
	struct bytes der = { 0 };
	ASN1_SPKI *s;
	enum status rc;

	s = (ASN1_SPKI *)ASN1_item_new(ASN1_ITEM_rptr(ASN1_SPKI));
	if (s == NULL || !asn1_set(s->alg, a->id.der, a->id.len) ||
	    !asn1_set(s->bits, bits, a->bits_len))
		FAIL(d, ST_SYSTEM, "out of memory");
	s->bits->flags |= ASN1_STRING_FLAG_BITS_LEFT;
	TRY(asn1_write(s, ASN1_ITEM_rptr(ASN1_SPKI), &der, d));
	TRY(spki_read(der.data, der.len, out, d));
out:
	ASN1_item_free((ASN1_VALUE *)s, ASN1_ITEM_rptr(ASN1_SPKI));
	bytes_free(&der);
	return rc;
}

enum status
key_of_scalar(const struct alg_key *a, const struct secret *s,
    struct key **out, struct diag *d)
{
	struct key *k = NULL;
	uint8_t *bits = NULL;
	enum status rc;

	*out = NULL;
	if ((k = calloc(1, sizeof(*k))) == NULL ||
	    (bits = calloc(1, a->bits_len)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	k->alg = a;
	if ((k->pkey = make_pkey(a, s, bits)) == NULL) {
		rc = ossl_fail(d, ST_SYSTEM, "a private key");
		goto out;
	}
	TRY(make_public(a, bits, &k->pub, d));

	*out = k;
	k = NULL;
	rc = ST_OK;
out:
	free(bits);
	key_free(k);
	return rc;
}

enum status
key_from_seed(const struct secret *seed, enum derive_mode mode,
    const char *alg, const char *purpose, unsigned counter, struct key **out,
    struct diag *d)
{
	const struct alg_key *a;
	struct secret *s = NULL;
	enum status rc;

	*out = NULL;
	TRY(find_root(alg, &a, d));
	if (a->family == ALG_EC)
		TRY(derive_scalar(seed, mode, alg, purpose, counter, &s, d));
	else
		TRY(derive_seed(seed, mode, alg, purpose, counter,
		    a->seed_len, &s, d));
	TRY(key_of_scalar(a, s, out, d));
out:
	secret_free(s);
	return rc;
}

static enum status
make_throwaway(const char *alg, struct key **out, struct diag *d)
{
	struct secret *seed = NULL;
	enum status rc;

	if (strcmp(alg, ALG_RSA_SIG) == 0)
		return key_known_to_all(out, d);
	TRY(secret_new(SEED_LEN, &seed, d));
	hash_sha256(THROWAWAY_TEXT, strlen(THROWAWAY_TEXT),
	    secret_bytes(seed));
	TRY(key_from_seed(seed, DERIVE_REHEARSAL, alg, "throwaway", 0, out,
	    d));
out:
	secret_free(seed);
	return rc;
}

enum status
key_throwaway(const char *alg, const struct key **out, struct diag *d)
{
	static struct key *made[ROOTS_MAX];
	struct key *k = NULL;
	enum status rc;
	size_t i;

	*out = NULL;
	for (i = 0; i < ROOTS_MAX && made[i] != NULL; i++)
		if (strcmp(key_alg(made[i]), alg) == 0) {
			*out = made[i];
			return ST_OK;
		}
	TRY(make_throwaway(alg, &k, d));
	if (i == ROOTS_MAX)
		FAIL(d, ST_BUG, "more throw-away keys than algorithms");
	*out = made[i] = k;
	k = NULL;
	rc = ST_OK;
out:
	key_free(k);
	return rc;
}

/* --- using it --- */

enum status
key_raw_public(const struct key *k, struct bytes *out, struct diag *d)
{
	const size_t len = k->alg->bits_len;
	/* x and y stand behind the mark of an uncompressed point */
	const size_t mark = k->alg->family == ALG_EC ? 1 : 0;

	/* the key bits end a SubjectPublicKeyInfo */
	return bytes_set(out, k->pub.der.data + k->pub.der.len - len + mark,
	    len - mark, d);
}

enum status
key_sign(const struct key *k, const void *data, size_t len,
    struct bytes *out, struct diag *d)
{
	const struct alg_sig *alg = alg_sig(key_alg(k));
	struct bytes sig = { 0 };
	enum status rc;

	bytes_free(out);
	if (alg == NULL)
		FAIL(d, ST_BUG, "a key that signs by no algorithm");
	TRY(sign_twice(k, data, len, &sig, d));
	if (sign_verify(&k->pub, alg, data, len, sig.data, sig.len, NULL) !=
	    ST_OK)
		FAIL(d, ST_BUG, "RULES C9: a signature just made does not "
		    "verify");
	*out = sig;
	sig = (struct bytes){ 0 };
	rc = ST_OK;
out:
	sign_wipe(&sig);
	return rc;
}

/* --- proving it --- */

/* A known answer: the private key, and r and s of one message. */
struct figure {
	const char *alg;
	const char *key;
	const char *message;
	const char *r;
	const char *s;
};

#define KEY_256 /* RFC 6979 A.2.5 */                                          \
	"c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"
#define KEY_384 /* RFC 6979 A.2.6 */                                          \
	"6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba"                    \
	"9aa47740787137d896d5724e4c70a825f872c9ea60d2edf5"

static const struct figure figures[] = {
	{ "ecdsa-p256", KEY_256, "sample",
	    "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
	    "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
	},
	{ "ecdsa-p256", KEY_256, "test",
	    "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367",
	    "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"
	},
	/* the first candidate is not below the order (C2SP/CCTV, RFC6979) */
	{ "ecdsa-p256", KEY_256, "wv[vnX",
	    "efd9073b652e76da1b5a019c0e4a2e3fa529b035a6abb91ef67f0ed7a1f21234",
	    "3db4706c9d9f4a4fe13bb5e08ef0fab53a57dbab2061c83a35fa411c68d2ba33"
	},
	{ "ecdsa-p384", KEY_384, "sample",
	    "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa7"
	    "3d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe46",
	    "99ef4aeb15f178cea1fe40db2603138f130e740a19624526"
	    "203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8" },
	{ "ecdsa-p384", KEY_384, "test",
	    "8203b63d3c853e8d77227fb377bcf7b7b772e97892a80f36"
	    "ab775d509d7a5feb0542a7f0812998da8f1dd3ca3cf023db",
	    "ddd0760448d42d8a43af45af836fce4de8be06b485e9b61b"
	    "827c2f13173923e06a739f040649a667bf3b828246baa5a5" },
};

/* Whether a DER signature is r and s of the figure. */
static bool
is_figure(const struct figure *f, const struct bytes *sig)
{
	const unsigned char *at = sig->data;
	ECDSA_SIG *parsed = d2i_ECDSA_SIG(NULL, &at, (long)sig->len);
	BIGNUM *r = NULL, *s = NULL;
	bool ok;

	ok = parsed != NULL && BN_hex2bn(&r, f->r) > 0 &&
	    BN_hex2bn(&s, f->s) > 0 &&
	    BN_cmp(r, ECDSA_SIG_get0_r(parsed)) == 0 &&
	    BN_cmp(s, ECDSA_SIG_get0_s(parsed)) == 0;
	ECDSA_SIG_free(parsed);
	BN_free(r);
	BN_free(s);
	return ok;
}

static enum status
check_figure(const struct figure *f, struct diag *d)
{
	const struct alg_key *a = alg_key(f->alg);
	struct bytes sig = { 0 };
	struct secret *x = NULL;
	struct key *k = NULL;
	enum status rc;

	TRY(secret_new(a->seed_len, &x, d));
	TRY(text_unhex(f->key, secret_bytes(x), a->seed_len, d));
	TRY(key_of_scalar(a, x, &k, d));
	/* made twice, compared and verified: RULES C9 is proven with it */
	TRY(key_sign(k, f->message, strlen(f->message), &sig, d));
	if (!is_figure(f, &sig))
		FAIL(d, ST_BUG, "self-test: %s does not sign as RFC 6979 "
		    "says", f->alg);
out:
	bytes_free(&sig);
	secret_free(x);
	key_free(k);
	return rc;
}

enum status
key_selftest(struct diag *d)
{
	enum status rc = ST_OK;

	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
		TRY(check_figure(&figures[i], d));
out:
	return rc;
}

enum status
key_proven(struct diag *d)
{
	static enum { NOT_YET, NOW, PROVEN, FAILED } stage;
	enum status rc = ST_OK;

	if (stage == FAILED)
		return diag_set(d, ST_BUG, "no signature is made: the "
		    "self-test has failed");
	if (stage == NOT_YET) {
		stage = NOW; /* it signs itself */
		rc = key_selftest(d);
		stage = rc == ST_OK ? PROVEN : rc == ST_BUG ? FAILED : NOT_YET;
	}
	return rc;
}
