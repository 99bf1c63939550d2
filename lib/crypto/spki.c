/* see spki.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/err.h>
#include <sodium.h>

#include "lib/base/text.h"
#include "lib/crypto/alg.h"
#include "lib/crypto/asn1.h"
#include "lib/crypto/ossl.h"
#include "lib/crypto/spki.h"
#include "lib/crypto/spki_raw.h"
#include "lib/crypto/tlv.h"

#define EC_UNCOMPRESSED 0x04
#define WRITE_ROOM 64 /* bytes around the numbers of a key */
#define RSA_BITS_MIN 1024
#define RSA_BITS_MAX 16384
#define RSA_E_BITS_MAX 256
#define SMALL_PRIMES_END 752
#define FERMAT_ROUNDS 100
#define ROCA_PRIMES_END 168 /* the first 39 primes: all its key sizes */
#define ROCA_GENERATOR 65537

void
spki_clear(struct spki *key)
{
	if (key == NULL)
		return;
	bytes_free(&key->der);
	memset(key, 0, sizeof(*key));
}

/* --- shape --- */

/* Why an AlgorithmIdentifier is none of alg.c, for people. */
static const char *
algorithm_fault(const uint8_t *der, size_t len)
{
	static const uint8_t ec[] = { 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce,
	    0x3d, 0x02, 0x01 };
	static const uint8_t rsa[] = { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
	    0xf7, 0x0d, 0x01, 0x01, 0x01 };
	size_t at = 2; /* short form: longer only with explicit parameters */

	if (len > 1 && der[1] >= 0x80)
		at += der[1] & 0x7fU;
	if (len > at + sizeof(ec) && memcmp(der + at, ec, sizeof(ec)) == 0)
		return der[at + sizeof(ec)] == 0x06 ?
		    "FORMATS 6.5: its curve is none of P-256, P-384, P-521" :
		    "FORMATS 6.5: its curve is not named";
	if (len == at + sizeof(ec) && memcmp(der + at, ec, sizeof(ec)) == 0)
		return "FORMATS 6.5: its curve is not named";
	if (len >= at + sizeof(rsa) && memcmp(der + at, rsa, sizeof(rsa)) == 0)
		return "FORMATS 6.6: the parameters of an RSA key are not "
		    "NULL";
	return "FORMATS 6.4: not a key algorithm that is known here, or "
	    "parameters where it has none";
}

void
spki_raw_clear(struct spki_raw *raw)
{
	bytes_free(&raw->a);
	bytes_free(&raw->b);
	raw->alg = NULL;
}

/* Key bits that are not as many as all keys of the algorithm have. */
static enum status
wrong_length(const struct alg_key *a, struct diag *d)
{
	if (a->family == ALG_EC)
		return diag_set(d, ST_FORMAT, "FORMATS 6.5: its point is not "
		    "uncompressed on %s", a->fetch);
	if (a->family == ALG_EDWARDS)
		return diag_set(d, ST_FORMAT, "FORMATS 6.7: not the length of "
		    "an Ed25519 key");
	return diag_set(d, ST_FORMAT, "FORMATS 6.8: not the length of a key "
	    "of %s", a->name);
}

static enum status
split_ec(const struct alg_key *a, const uint8_t *bits, size_t len,
    struct spki_raw *out, struct diag *d)
{
	if (len == 1 && bits[0] == 0x00)
		return diag_set(d, ST_FORMAT, "FORMATS 6.5: its point is "
		    "infinity");
	if (len > 0 && (bits[0] == 0x02 || bits[0] == 0x03))
		return diag_set(d, ST_FORMAT, "FORMATS 6.5: its point is "
		    "compressed");
	if (len != a->bits_len || bits[0] != EC_UNCOMPRESSED)
		return wrong_length(a, d);
	return bytes_set(&out->a, bits + 1, len - 1, d);
}

/* The numbers of an RSA key; both owned by the caller. */
static enum status
open_rsa(const uint8_t *bits, size_t len, BIGNUM **n, BIGNUM **e,
    struct diag *d)
{
	ASN1_RSA *r;
	enum status rc;

	*n = *e = NULL;
	r = asn1_read(ASN1_ITEM_rptr(ASN1_RSA), bits, len);
	if (r == NULL)
		FAIL(d, ST_FORMAT, "FORMATS 6.6: not an RSA key in canonical "
		    "DER");
	if ((*n = ASN1_INTEGER_to_BN(r->n, NULL)) == NULL ||
	    (*e = ASN1_INTEGER_to_BN(r->e, NULL)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	if (BN_is_negative(*n) || BN_is_negative(*e) || BN_is_zero(*n) ||
	    BN_is_zero(*e))
		FAIL(d, ST_FORMAT, "FORMATS 6.6: an RSA key of numbers that "
		    "are not positive");
	rc = ST_OK;
out:
	ASN1_item_free((ASN1_VALUE *)r, ASN1_ITEM_rptr(ASN1_RSA));
	return rc;
}

/* Big-endian, without a leading zero. */
static enum status
number_bytes(const BIGNUM *n, struct bytes *out, struct diag *d)
{
	uint8_t *raw = malloc((size_t)BN_num_bytes(n));
	enum status rc;

	if (raw == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	rc = bytes_set(out, raw, (size_t)BN_bn2bin(n, raw), d);
out:
	free(raw);
	return rc;
}

static enum status
split_rsa(const uint8_t *bits, size_t len, struct spki_raw *out,
    struct diag *d)
{
	BIGNUM *n = NULL, *e = NULL;
	enum status rc;

	TRY(open_rsa(bits, len, &n, &e, d));
	TRY(number_bytes(n, &out->a, d));
	TRY(number_bytes(e, &out->b, d));
out:
	BN_free(n);
	BN_free(e);
	return rc;
}

static enum status
split_bits(const struct alg_key *a, const uint8_t *bits, size_t len,
    struct spki_raw *out, struct diag *d)
{
	if (a->family == ALG_EC)
		return split_ec(a, bits, len, out, d);
	if (a->family == ALG_RSA)
		return split_rsa(bits, len, out, d);
	if (len != a->bits_len)
		return wrong_length(a, d);
	return bytes_set(&out->a, bits, len, d);
}

enum status
spki_split(const void *der, size_t len, struct spki_raw *out, struct diag *d)
{
	ASN1_SPKI *s = NULL;
	const uint8_t *id;
	size_t id_len;
	enum status rc;

	memset(out, 0, sizeof(*out));
	if ((s = asn1_read(ASN1_ITEM_rptr(ASN1_SPKI), der, len)) == NULL)
		FAIL(d, ST_FORMAT, "FORMATS 6.4: not exactly one public key in "
		    "canonical DER");
	id = ASN1_STRING_get0_data(s->alg);
	id_len = (size_t)ASN1_STRING_length(s->alg);
	if ((out->alg = alg_key_id(id, id_len)) == NULL)
		FAIL(d, ST_FORMAT, "%s", algorithm_fault(id, id_len));
	if ((s->bits->flags & UNUSED_BITS) != 0)
		FAIL(d, ST_FORMAT, "FORMATS 6.4: key bits that are not whole "
		    "bytes");
	TRY(split_bits(out->alg, ASN1_STRING_get0_data(s->bits),
	    (size_t)ASN1_STRING_length(s->bits), out, d));
out:
	ERR_clear_error();
	ASN1_item_free((ASN1_VALUE *)s, ASN1_ITEM_rptr(ASN1_SPKI));
	if (rc != ST_OK)
		spki_raw_clear(out);
	return rc;
}

/* --- self-consistency --- */

/* SHA-384 of ${bits} without the sign of the point, which only tells d from
 * -d: whoever has the one key has the other. */
static void
index_edwards(const uint8_t *bits, size_t len, uint8_t out[SHA384_LEN])
{
	uint8_t y[32];

	memcpy(y, bits, sizeof(y) < len ? sizeof(y) : len);
	y[31] &= 0x7f;
	hash_sha384(y, sizeof(y), out);
}

static enum status
join_ec(const struct alg_key *a, const uint8_t *bits, size_t len,
    struct spki *key, struct diag *d)
{
	const EC_GROUP *curve = ossl_curve(a);
	EC_POINT *point = NULL;
	enum status rc;

	if (curve == NULL || (point = EC_POINT_new(curve)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	/* off the curve is refused there; all three have cofactor 1 */
	if (EC_POINT_oct2point(curve, point, bits, len, NULL) != 1)
		FAIL(d, ST_FORMAT, "FORMATS 6.5: its point is not on %s",
		    a->fetch);
	hash_sha384(bits + 1, (len - 1) / 2, key->index);
	rc = ST_OK;
out:
	EC_POINT_free(point);
	return rc;
}

static enum status
join_edwards(const uint8_t *bits, size_t len, struct spki *key,
    struct diag *d)
{
	/* OpenSSL takes low order and non-canonical ones; libsodium not */
	if (crypto_core_ed25519_is_valid_point(bits) != 1)
		return diag_set(d, ST_FORMAT, "FORMATS 6.7: not a point of "
		    "Ed25519's large group");
	index_edwards(bits, len, key->index);
	return ST_OK;
}

static enum status
join_pq(const struct alg_key *a, const uint8_t *bits, size_t len,
    struct spki *key, struct diag *d)
{
	EVP_PKEY *pub = NULL;

	if (ossl_public(key, &pub, NULL) != ST_OK)
		return diag_set(d, ST_FORMAT, "FORMATS 6.8: this OpenSSL does "
		    "not know %s, or not this key", a->name);
	EVP_PKEY_free(pub);
	hash_sha384(bits, len, key->index);
	return ST_OK;
}

/* Its index is that of the modulus, big-endian without a leading zero. */
static enum status
join_rsa(const struct spki_raw *raw, struct spki *key, struct diag *d)
{
	const struct bytes *n = &raw->a, *e = &raw->b;
	size_t bits;

	if (n->len == 0 || n->data[0] == 0 || e->len == 0 || e->data[0] == 0)
		return diag_set(d, ST_FORMAT, "FORMATS 6.6: an RSA key of "
		    "numbers that are not positive");
	bits = 8 * n->len;
	for (unsigned top = 0x80; (n->data[0] & top) == 0; top >>= 1)
		bits--;
	if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX)
		return diag_set(d, ST_FORMAT, "FORMATS 6.6: an RSA key of %zu "
		    "bits, not %d to %d", bits, RSA_BITS_MIN, RSA_BITS_MAX);
	if ((n->data[n->len - 1] & 1) == 0)
		return diag_set(d, ST_FORMAT, "FORMATS 6.6: an even RSA "
		    "modulus");
	snprintf(key->alg, sizeof(key->alg), "rsa-%zu", bits);
	hash_sha384(n->data, n->len, key->index);
	return ST_OK;
}

static enum status
join_bits(const struct spki_raw *raw, const uint8_t *bits, size_t len,
    struct spki *key, struct diag *d)
{
	/* none of those below looks at how many bits there are */
	if (raw->alg->family != ALG_RSA && len != raw->alg->bits_len)
		return wrong_length(raw->alg, d);
	switch (raw->alg->family) {
	case ALG_EC:
		return join_ec(raw->alg, bits, len, key, d);
	case ALG_RSA:
		return join_rsa(raw, key, d);
	case ALG_EDWARDS:
		return join_edwards(bits, len, key, d);
	case ALG_PQ:
		return join_pq(raw->alg, bits, len, key, d);
	default:
		return diag_set(d, ST_BUG, "a key of no family");
	}
}

/* The key bits alone: what stands last in a SubjectPublicKeyInfo. */
static void
write_bits(struct tlv *w, const struct spki_raw *raw)
{
	static const uint8_t uncompressed = EC_UNCOMPRESSED;
	const size_t end = w->at;

	if (raw->alg->family == ALG_RSA) {
		tlv_number(w, raw->b.data, raw->b.len);
		tlv_number(w, raw->a.data, raw->a.len);
		tlv_wrap(w, TLV_SEQUENCE, end);
		return;
	}
	tlv_put(w, raw->a.data, raw->a.len);
	if (raw->alg->family == ALG_EC)
		tlv_put(w, &uncompressed, 1);
}

/* The whole, and where its key bits are. */
static enum status
write_key(const struct spki_raw *raw, struct bytes *der, size_t *bits,
    struct diag *d)
{
	const size_t room = raw->a.len + raw->b.len + WRITE_ROOM;
	struct tlv w = { malloc(room), room, false };
	enum status rc;

	if (w.data == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	write_bits(&w, raw);
	*bits = room - w.at;
	tlv_bits(&w, room);
	tlv_put(&w, raw->alg->id.der, raw->alg->id.len);
	tlv_wrap(&w, TLV_SEQUENCE, room);
	if (w.full)
		FAIL(d, ST_BUG, "a public key has no room");
	TRY(bytes_set(der, w.data + w.at, room - w.at, d));
	*bits = der->len - *bits;
out:
	free(w.data);
	return rc;
}

enum status
spki_join(const struct spki_raw *raw, struct spki *out, struct diag *d)
{
	struct spki key = { 0 };
	uint8_t digest[SHA256_LEN];
	const uint8_t *bits;
	size_t at = 0;
	enum status rc;

	memset(out, 0, sizeof(*out));
	TRY(write_key(raw, &key.der, &at, d));
	bits = key.der.data + at;
	snprintf(key.alg, sizeof(key.alg), "%s", raw->alg->name);
	hash_sha256(bits, key.der.len - at, digest);
	memcpy(key.ski, digest, sizeof(key.ski));
	hash_sha384(key.der.data, key.der.len, key.id);
	TRY(join_bits(raw, bits, key.der.len - at, &key, d));

	*out = key;
	key = (struct spki){ 0 };
	rc = ST_OK;
out:
	ERR_clear_error();
	spki_clear(&key);
	return rc;
}

enum status
spki_read(const void *der, size_t len, struct spki *out, struct diag *d)
{
	struct spki_raw raw = { 0 };
	enum status rc;

	memset(out, 0, sizeof(*out));
	TRY(spki_split(der, len, &raw, d));
	TRY(spki_join(&raw, out, d));
out:
	spki_raw_clear(&raw);
	return rc;
}

enum status
spki_unhex(const char *hex, struct spki *out, struct diag *d)
{
	const size_t len = strlen(hex) / 2;
	uint8_t *der = NULL;
	enum status rc;

	memset(out, 0, sizeof(*out));
	if ((der = malloc(len + 1)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(text_unhex(hex, der, len, d));
	TRY(spki_read(der, len, out, d));
out:
	free(der);
	return rc;
}

/* --- strength of RSA --- */

static bool
is_prime(unsigned p)
{
	for (unsigned f = 2; f * f <= p; f++)
		if (p % f == 0)
			return false;
	return p > 1;
}

/* The smallest prime factor below ${SMALL_PRIMES_END}, or 0. */
static unsigned
small_factor(const BIGNUM *n)
{
	for (unsigned p = 2; p < SMALL_PRIMES_END; p++)
		if (is_prime(p) && BN_mod_word(n, p) == 0)
			return p;
	return 0;
}

/* Whether ${r} is a power of the generator modulo ${p}. */
static bool
is_power(unsigned r, unsigned p)
{
	unsigned x = 1;

	for (unsigned i = 0; i < p; i++) {
		if (x == r)
			return true;
		x = x * (ROCA_GENERATOR % p) % p;
	}
	return false;
}

/*
 * CVE-2017-15361: primes of the form k * M + (65537^a mod M) for M a product
 * of the first primes.  Modulo each of those their product is then a power of
 * 65537; of other keys one in 2^27 is.
 */
static bool
is_roca(const BIGNUM *n)
{
	for (unsigned p = 3; p < ROCA_PRIMES_END; p++)
		if (is_prime(p) &&
		    !is_power((unsigned)BN_mod_word(n, p), p))
			return false;
	return true;
}

/* out = floor(sqrt(n)), by Newton from above; false: no memory */
static bool
square_root(const BIGNUM *n, BIGNUM *out, BN_CTX *ctx)
{
	BIGNUM *x, *y;
	bool ok = false;

	if (BN_is_zero(n))
		return BN_set_word(out, 0) == 1;
	BN_CTX_start(ctx);
	x = BN_CTX_get(ctx);
	y = BN_CTX_get(ctx);
	if (y == NULL || BN_one(y) != 1 ||
	    BN_lshift(y, y, (BN_num_bits(n) + 1) / 2) != 1)
		goto out;
	do {
		if (BN_copy(x, y) == NULL ||
		    BN_div(y, NULL, n, x, ctx) != 1 ||
		    BN_add(y, y, x) != 1 || BN_rshift1(y, y) != 1)
			goto out;
	} while (BN_cmp(y, x) < 0);
	ok = BN_copy(out, x) != NULL;
out:
	BN_CTX_end(ctx);
	return ok;
}

/* Most numbers that are no squares show it modulo 64 or a small prime. */
static bool
may_be_square(const BIGNUM *n)
{
	static const unsigned moduli[] = { 64, 63, 65, 11, 17, 19, 23, 31 };
	unsigned r, x;

	for (size_t i = 0; i < sizeof(moduli) / sizeof(moduli[0]); i++) {
		r = (unsigned)BN_mod_word(n, moduli[i]);
		for (x = 0; x < moduli[i]; x++)
			if (x * x % moduli[i] == r)
				break;
		if (x == moduli[i])
			return false;
	}
	return true;
}

/* ST_POLICY when a and b with n = a^2 - b^2 are found within the rounds. */
static enum status
fermat(const BIGNUM *n, BN_CTX *ctx, struct diag *d)
{
	BIGNUM *a = BN_new(), *b2 = BN_new(), *b = BN_new(), *t = BN_new();
	enum status rc;
	bool ok;

	ok = a != NULL && b2 != NULL && b != NULL && t != NULL &&
	    square_root(n, a, ctx);
	for (int i = 0; ok && i <= FERMAT_ROUNDS; i++) {
		/* b2 = a^2 - n, negative only for the floor of the root */
		ok = BN_sqr(b2, a, ctx) == 1 && BN_sub(b2, b2, n) == 1;
		if (ok && !BN_is_negative(b2) && may_be_square(b2)) {
			ok = square_root(b2, b, ctx) &&
			    BN_sqr(t, b, ctx) == 1;
			if (ok && BN_cmp(t, b2) == 0)
				FAIL(d, ST_POLICY, "FORMATS 6.9: the primes "
				    "of an RSA key are too close");
		}
		ok = ok && BN_add_word(a, 1) == 1;
	}
	if (!ok)
		FAIL(d, ST_SYSTEM, "out of memory");
	rc = ST_OK;
out:
	BN_free(a);
	BN_free(b2);
	BN_free(b);
	BN_free(t);
	return rc;
}

static enum status
check_exponent(const BIGNUM *e, struct diag *d)
{
	BIGNUM *least = BN_new();
	enum status rc = ST_OK;

	if (least == NULL || BN_set_word(least, 65537) != 1)
		rc = diag_set(d, ST_SYSTEM, "out of memory");
	else if (!BN_is_odd(e) || BN_cmp(e, least) < 0 ||
	    BN_num_bits(e) > RSA_E_BITS_MAX)
		rc = diag_set(d, ST_POLICY, "FORMATS 6.9: the exponent of an "
		    "RSA key is not odd, from 65537 and below 2^256");
	BN_free(least);
	return rc;
}

static enum status
check_rsa(const BIGNUM *n, const BIGNUM *e, unsigned bits_min,
    struct diag *d)
{
	BN_CTX *ctx = NULL;
	unsigned p;
	enum status rc;

	if ((unsigned)BN_num_bits(n) < bits_min)
		FAIL(d, ST_POLICY, "FORMATS 6.9: an RSA key of %d bits, at "
		    "least %u are wanted", BN_num_bits(n), bits_min);
	TRY(check_exponent(e, d));
	if ((p = small_factor(n)) != 0)
		FAIL(d, ST_POLICY, "FORMATS 6.9: an RSA modulus divisible by "
		    "%u", p);
	if (is_roca(n))
		FAIL(d, ST_POLICY, "FORMATS 6.9: an RSA key of the ROCA "
		    "family (CVE-2017-15361)");
	if ((ctx = BN_CTX_new()) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(fermat(n, ctx, d));
out:
	BN_CTX_free(ctx);
	return rc;
}

enum status
spki_check(const struct spki *key, unsigned rsa_bits_min, struct diag *d)
{
	const struct alg_key *a = alg_key(key->alg);
	BIGNUM *n = NULL, *e = NULL;
	ASN1_SPKI *s = NULL;
	enum status rc;

	if (a == NULL)
		FAIL(d, ST_BUG, "a public key of no algorithm");
	if (a->family != ALG_RSA)
		return ST_OK;
	s = asn1_read(ASN1_ITEM_rptr(ASN1_SPKI), key->der.data, key->der.len);
	if (s == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(open_rsa(ASN1_STRING_get0_data(s->bits),
	    (size_t)ASN1_STRING_length(s->bits), &n, &e, d));
	TRY(check_rsa(n, e, rsa_bits_min, d));
out:
	ASN1_item_free((ASN1_VALUE *)s, ASN1_ITEM_rptr(ASN1_SPKI));
	BN_free(n);
	BN_free(e);
	return rc;
}
