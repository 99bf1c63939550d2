/* see key_own.h: RSA, of keys that were there before this program. */
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "lib/crypto/key.h"
#include "lib/crypto/key_own.h"
#include "lib/crypto/ossl.h"
#include "lib/crypto/spki_raw.h"

enum number { N, E, D, P, Q, DP, DQ, QINV };

static const char *const names[PKCS8_PARTS] = {
	[N] = OSSL_PKEY_PARAM_RSA_N,
	[E] = OSSL_PKEY_PARAM_RSA_E,
	[D] = OSSL_PKEY_PARAM_RSA_D,
	[P] = OSSL_PKEY_PARAM_RSA_FACTOR1,
	[Q] = OSSL_PKEY_PARAM_RSA_FACTOR2,
	[DP] = OSSL_PKEY_PARAM_RSA_EXPONENT1,
	[DQ] = OSSL_PKEY_PARAM_RSA_EXPONENT2,
	[QINV] = OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
};

static void
clear_numbers(BIGNUM *x[PKCS8_PARTS])
{
	for (size_t i = 0; i < PKCS8_PARTS; i++)
		BN_clear_free(x[i]);
}

/* In the secure heap, whatever is made of them. */
static bool
load_numbers(const struct pkcs8 *p, BIGNUM *x[PKCS8_PARTS])
{
	for (size_t i = 0; i < PKCS8_PARTS; i++) {
		x[i] = BN_secure_new();
		if (x[i] == NULL || BN_bin2bn(secret_peek(p->part[i]),
		    (int)secret_len(p->part[i]), x[i]) == NULL)
			return false;
	}
	return true;
}

static EVP_PKEY *
make_rsa(BIGNUM *const x[PKCS8_PARTS])
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	OSSL_PARAM *p = NULL;
	EVP_PKEY *k = NULL;
	bool ok = ctx != NULL && b != NULL;

	for (size_t i = 0; i < PKCS8_PARTS && ok; i++)
		ok = OSSL_PARAM_BLD_push_BN(b, names[i], x[i]) == 1;
	if (!ok || (p = OSSL_PARAM_BLD_to_param(b)) == NULL ||
	    EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &k, EVP_PKEY_KEYPAIR, p) != 1)
		k = NULL;
	OSSL_PARAM_free(p); /* wipes what is secure */
	OSSL_PARAM_BLD_free(b);
	EVP_PKEY_CTX_free(ctx);
	return k;
}

/* a mod m is the number ${is}. */
static bool
is_residue(const BIGNUM *a, const BIGNUM *m, const BIGNUM *is, BIGNUM *t,
    BN_CTX *ctx)
{
	return BN_nnmod(t, a, m, ctx) == 1 && BN_cmp(t, is) == 0;
}

/* a times b is 1 modulo m. */
static bool
is_inverse(const BIGNUM *a, const BIGNUM *b, const BIGNUM *m, BIGNUM *t,
    BN_CTX *ctx)
{
	return BN_mod_mul(t, a, b, m, ctx) == 1 && BN_is_one(t);
}

/* RFC 8017 3.2: p and q are two primes, n is their product, and the other four
 * are what follows from them and e.  (OpenSSL's own check leaves (p-1)(q-1)
 * behind in memory that it does not wipe.) */
static bool
is_consistent(BIGNUM *const x[PKCS8_PARTS])
{
	BN_CTX *ctx = BN_CTX_secure_new();
	BIGNUM *p1 = BN_secure_new(), *q1 = BN_secure_new();
	BIGNUM *t = BN_secure_new();
	bool ok;

	ok = ctx != NULL && p1 != NULL && q1 != NULL && t != NULL &&
	    BN_cmp(x[P], x[Q]) != 0 && !BN_is_one(x[P]) &&
	    !BN_is_one(x[Q]) && BN_mul(t, x[P], x[Q], ctx) == 1 &&
	    BN_cmp(t, x[N]) == 0 && BN_sub(p1, x[P], BN_value_one()) == 1 &&
	    BN_sub(q1, x[Q], BN_value_one()) == 1 &&
	    is_inverse(x[D], x[E], p1, t, ctx) &&
	    is_inverse(x[D], x[E], q1, t, ctx) &&
	    BN_cmp(x[D], x[N]) < 0 &&
	    is_residue(x[D], p1, x[DP], t, ctx) &&
	    is_residue(x[D], q1, x[DQ], t, ctx) &&
	    BN_cmp(x[QINV], x[P]) < 0 &&
	    is_inverse(x[QINV], x[Q], x[P], t, ctx) &&
	    BN_check_prime(x[P], ctx, NULL) == 1 &&
	    BN_check_prime(x[Q], ctx, NULL) == 1;
	BN_clear_free(p1);
	BN_clear_free(q1);
	BN_clear_free(t);
	BN_CTX_free(ctx);
	ERR_clear_error();
	return ok;
}

/* n and e alone, read as if a stranger had sent them. */
static enum status
make_public(const struct pkcs8 *p, struct spki *out, struct diag *d)
{
	struct spki_raw raw = { .alg = alg_key("rsa") };
	enum status rc;

	TRY(bytes_set(&raw.a, secret_peek(p->part[N]),
	    secret_len(p->part[N]), d));
	TRY(bytes_set(&raw.b, secret_peek(p->part[E]),
	    secret_len(p->part[E]), d));
	TRY(spki_join(&raw, out, d));
out:
	spki_raw_clear(&raw);
	return rc;
}

enum status
key_of_numbers(const struct pkcs8 *p, struct key **out, struct diag *d)
{
	BIGNUM *x[PKCS8_PARTS] = { NULL };
	struct key *k = NULL;
	enum status rc;

	*out = NULL;
	if (p->n != PKCS8_PARTS || (k = calloc(1, sizeof(*k))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	k->alg = alg_key("rsa");
	TRY(make_public(p, &k->pub, d));
	if (!load_numbers(p, x))
		FAIL(d, ST_SYSTEM, "out of memory");
	if (!is_consistent(x))
		FAIL(d, ST_AUTH, "the numbers of the RSA key do not belong "
		    "together");
	if ((k->pkey = make_rsa(x)) == NULL) {
		rc = ossl_fail(d, ST_SYSTEM, "a private key");
		goto out;
	}
	*out = k;
	k = NULL;
	rc = ST_OK;
out:
	clear_numbers(x);
	key_free(k);
	return rc;
}

/* --- the key that everybody knows --- */

/* The first primes at or above SHA-512 of "anchorite throw-away rsa v1/p/0",
 * "/1", "/2" (and q), both highest bits and the lowest set: nobody's secret. */
#define PRIME_P                                                               \
	"f4676725c00867c86a69474b3ca3bb8704e64f7820054ff5a9e895e6410ff756"    \
	"3b16e1d3ec7dccb2f793825da32ef2c664274977f90fdc09185a2c06c58f1489"    \
	"20a394f01610a9771057048896f444dad04029e7d14dbc7e76349acae9d2aee2"    \
	"2d9a13dd7c58cf3deb2f8f374a1710e2f116735136644a416d303dafc2638889"    \
	"08aff47d029e2908768c910643fc3d2769cbbc5f1d1a277b8237960c6b360393"    \
	"632d7ee3fd9172afd76c1f9d8214855a640ca909be70036b2e4ddd3c1c5f5aa5"
#define PRIME_Q                                                               \
	"dcf9a10d4343804ff0e0d5fe8e50c5734fad9ade2e2eefcd90accfcd72db10dc"    \
	"c8fe7ce975688cb1521a68ee34d881a0f447c995d0117df3207f85d4d4ff832f"    \
	"100a067ac82d540ecf47d2af857e14d4373100ee7210dcefbe629f8c4e6f4b48"    \
	"5e30ca75abd01ce705d982973843d02ba577e2ccb93b38818dd014df50e77c5a"    \
	"f0e6e20fddd44264361f61c8703e40b9b0741e69b2a3d4817909b73e0b54bd5e"    \
	"448973cefda59f1739aa5274982e47a52e9f7c008f2f82ad7f3c8b9c2d24a7e1"

/* All others from p, q and e, as RFC 8017 3.2 has them. */
static bool
complete(BIGNUM *x[PKCS8_PARTS], BN_CTX *ctx)
{
	BIGNUM *p1 = BN_dup(x[P]), *q1 = BN_dup(x[Q]), *phi = BN_new();
	bool ok;

	ok = p1 != NULL && q1 != NULL && phi != NULL &&
	    BN_sub_word(p1, 1) == 1 && BN_sub_word(q1, 1) == 1 &&
	    BN_mul(phi, p1, q1, ctx) == 1 &&
	    BN_mul(x[N], x[P], x[Q], ctx) == 1 &&
	    BN_mod_inverse(x[D], x[E], phi, ctx) != NULL &&
	    BN_nnmod(x[DP], x[D], p1, ctx) == 1 &&
	    BN_nnmod(x[DQ], x[D], q1, ctx) == 1 &&
	    BN_mod_inverse(x[QINV], x[Q], x[P], ctx) != NULL;
	BN_free(p1);
	BN_free(q1);
	BN_free(phi);
	return ok;
}

static enum status
keep_numbers(BIGNUM *const x[PKCS8_PARTS], struct pkcs8 *out, struct diag *d)
{
	enum status rc = ST_OK;

	out->alg = alg_key("rsa");
	for (out->n = 0; out->n < PKCS8_PARTS; out->n++) {
		TRY(secret_new((size_t)BN_num_bytes(x[out->n]),
		    &out->part[out->n], d));
		BN_bn2bin(x[out->n], secret_bytes(out->part[out->n]));
	}
out:
	return rc;
}

enum status
key_known_to_all(struct key **out, struct diag *d)
{
	BIGNUM *x[PKCS8_PARTS] = { NULL };
	struct pkcs8 numbers = { 0 };
	BN_CTX *ctx = BN_CTX_new();
	enum status rc;
	bool ok = ctx != NULL;

	for (size_t i = 0; i < PKCS8_PARTS && ok; i++)
		ok = (x[i] = BN_new()) != NULL;
	if (!ok || BN_hex2bn(&x[P], PRIME_P) == 0 ||
	    BN_hex2bn(&x[Q], PRIME_Q) == 0 || BN_set_word(x[E], 65537) != 1 ||
	    !complete(x, ctx))
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(keep_numbers(x, &numbers, d));
	TRY(key_of_numbers(&numbers, out, d));
out:
	clear_numbers(x);
	pkcs8_clear(&numbers);
	BN_CTX_free(ctx);
	return rc;
}
