/* see derive.h */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <openssl/bn.h>

#include "lib/base/text.h"
#include "lib/crypto/derive.h"
#include "lib/crypto/hash.h"

#define INFO_SIZE 128 /* bytes; "anchorite/v1/", two words, a counter, NUL */

/* What an algorithm takes of HKDF; ${order} where the key is a scalar. */
struct kind {
	const char *alg;
	size_t okm_len; /* bytes */
	size_t key_len; /* bytes */
	const char *order;
};

static const struct kind kinds[] = {
	{ "ecdsa-p256", 40, 32,
	    "FFFFFFFF00000000FFFFFFFFFFFFFFFF"
	    "BCE6FAADA7179E84F3B9CAC2FC632551" },
	{ "ecdsa-p384", 56, 48,
	    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
	    "C7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973" },
	{ "ed25519", 32, 32, NULL },
	{ "ml-dsa-65", 32, 32, NULL },
	{ "ml-dsa-87", 32, 32, NULL },
	{ "slh-dsa-sha2-128s", 48, 48, NULL },
	{ "slh-dsa-sha2-192s", 72, 72, NULL },
};

static const char *const salts[] = {
	[DERIVE_REAL] = "anchorite root seed v1",
	[DERIVE_REHEARSAL] = "anchorite rehearsal seed v1",
};

static enum status
find_kind(const char *alg, bool scalar, const struct kind **out,
    struct diag *d)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		*out = &kinds[i];
		if (strcmp(kinds[i].alg, alg) == 0 &&
		    (kinds[i].order != NULL) == scalar)
			return ST_OK;
	}
	*out = NULL;
	return diag_set(d, ST_POLICY, "no such key is derived from a seed "
	    "(FORMATS 5 lists the algorithms)");
}

/* FORMATS 5: the output of HKDF for one key, in locked memory. */
static enum status
derive_okm(const struct secret *seed, enum derive_mode mode,
    const struct kind *k, const char *purpose, unsigned counter,
    struct secret **out, struct diag *d)
{
	struct secret *okm = NULL;
	char info[INFO_SIZE];
	enum status rc;

	if (secret_len(seed) != SEED_LEN)
		FAIL(d, ST_FORMAT, "FORMATS 5: a seed has %d bytes, not %zu",
		    SEED_LEN, secret_len(seed));
	/* nothing but a word may enter an info string */
	if (!text_is_word(purpose))
		FAIL(d, ST_POLICY, "FORMATS 5: a key's purpose is a word of "
		    "a-z, 0-9 and - with at most %d characters", TEXT_WORD_MAX);
	if (mode != DERIVE_REAL && mode != DERIVE_REHEARSAL)
		FAIL(d, ST_BUG, "derivation neither real nor rehearsed");
	snprintf(info, sizeof(info), "anchorite/v1/%s/%s/%u", k->alg, purpose,
	    counter);
	TRY(secret_new(k->okm_len, &okm, d));
	TRY(hash_hkdf(seed, salts[mode], info, secret_bytes(okm), k->okm_len,
	    d));

	*out = okm;
	okm = NULL;
	rc = ST_OK;
out:
	secret_free(okm);
	return rc;
}

/* d = OKM mod (n - 1) + 1, big-endian (FIPS 186-5, A.2.1). */
static enum status
reduce(const struct secret *okm, const char *order, struct secret *key,
    struct diag *d)
{
	BN_CTX *ctx = NULL;
	BIGNUM *n = NULL, *c = NULL, *r = NULL;
	enum status rc;

	if ((ctx = BN_CTX_secure_new()) == NULL ||
	    (c = BN_secure_new()) == NULL || (r = BN_secure_new()) == NULL ||
	    BN_hex2bn(&n, order) == 0 || !BN_sub_word(n, 1))
		FAIL(d, ST_SYSTEM, "out of memory");
	BN_set_flags(c, BN_FLG_CONSTTIME);
	BN_set_flags(r, BN_FLG_CONSTTIME);
	if (BN_bin2bn(secret_peek(okm), (int)secret_len(okm), c) == NULL ||
	    !BN_mod(r, c, n, ctx) || !BN_add_word(r, 1))
		FAIL(d, ST_SYSTEM, "out of memory");
	if (BN_bn2binpad(r, secret_bytes(key), (int)secret_len(key)) < 0)
		FAIL(d, ST_BUG, "a derived key is longer than its curve");
	rc = ST_OK;
out:
	BN_clear_free(c);
	BN_clear_free(r);
	BN_free(n);
	BN_CTX_free(ctx);
	return rc;
}

enum status
derive_scalar(const struct secret *seed, enum derive_mode mode,
    const char *alg, const char *purpose, unsigned counter,
    struct secret **out, struct diag *d)
{
	struct secret *okm = NULL, *key = NULL;
	const struct kind *k;
	enum status rc;

	*out = NULL;
	TRY(find_kind(alg, true, &k, d));
	TRY(derive_okm(seed, mode, k, purpose, counter, &okm, d));
	TRY(secret_new(k->key_len, &key, d));
	TRY(reduce(okm, k->order, key, d));

	*out = key;
	key = NULL;
	rc = ST_OK;
out:
	secret_free(key);
	secret_free(okm);
	return rc;
}

enum status
derive_seed(const struct secret *seed, enum derive_mode mode,
    const char *alg, const char *purpose, unsigned counter, size_t len,
    struct secret **out, struct diag *d)
{
	const struct kind *k;
	enum status rc;

	*out = NULL;
	TRY(find_kind(alg, false, &k, d));
	/* a shorter output would be the beginning of a longer one */
	if (len != k->key_len)
		FAIL(d, ST_BUG, "%zu bytes asked for a key of %s, not %zu",
		    len, k->alg, k->key_len);
	TRY(derive_okm(seed, mode, k, purpose, counter, out, d));
	rc = ST_OK;
out:
	return rc;
}

enum status
derive_label(const struct secret *seed, const char *label, uint8_t *out,
    size_t len, struct diag *d)
{
	if (secret_len(seed) != SEED_LEN)
		return diag_set(d, ST_FORMAT, "FORMATS 5: a seed has %d bytes, "
		    "not %zu", SEED_LEN, secret_len(seed));
	return hash_hkdf(seed, "anchorite seed labels v1", label, out, len, d);
}

enum status
derive_rehearsal_seed(unsigned n, struct secret **out, struct diag *d)
{
	char text[INFO_SIZE];
	enum status rc;

	*out = NULL;
	if (n >= REHEARSAL_SEEDS)
		FAIL(d, ST_BUG, "rehearsal seed %u of %d", n, REHEARSAL_SEEDS);
	snprintf(text, sizeof(text), "anchorite public rehearsal seed v1/%u",
	    n);
	TRY(secret_new(SEED_LEN, out, d));
	hash_sha256(text, strlen(text), secret_bytes(*out));
	rc = ST_OK;
out:
	return rc;
}
