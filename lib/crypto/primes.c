/* see primes.h */
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>

#include "lib/crypto/ossl.h"
#include "lib/crypto/primes.h"
#include "lib/crypto/spki_raw.h"

struct primes {
	BIGNUM *product;
};

void
primes_free(struct primes *p)
{
	if (p == NULL)
		return;
	BN_free(p->product);
	free(p);
}

/* NULL of a key that has no modulus. */
static enum status
read_modulus(const struct spki *key, BIGNUM **out, struct diag *d)
{
	struct spki_raw raw = { 0 };
	enum status rc;

	*out = NULL;
	if (strncmp(key->alg, "rsa-", 4) != 0)
		return ST_OK;
	TRY(spki_split(key->der.data, key->der.len, &raw, d));
	if ((*out = BN_bin2bn(raw.a.data, (int)raw.a.len, NULL)) == NULL)
		rc = ossl_fail(d, ST_SYSTEM, "a modulus");
out:
	spki_raw_clear(&raw);
	return rc;
}

static enum status
make(struct primes **out, struct diag *d)
{
	struct primes *p = calloc(1, sizeof(*p));

	if (p == NULL || (p->product = BN_new()) == NULL ||
	    BN_one(p->product) != 1) {
		primes_free(p);
		return diag_set(d, ST_SYSTEM, "out of memory");
	}
	*out = p;
	return ST_OK;
}

enum status
primes_add(struct primes **p, const struct spki *key, struct diag *d)
{
	BN_CTX *ctx = NULL;
	BIGNUM *n = NULL;
	enum status rc;

	TRY(read_modulus(key, &n, d));
	if (n == NULL)
		goto out;
	if (*p == NULL)
		TRY(make(p, d));
	if ((ctx = BN_CTX_new()) == NULL ||
	    BN_mul((*p)->product, (*p)->product, n, ctx) != 1)
		rc = ossl_fail(d, ST_SYSTEM, "a product of moduli");
out:
	BN_free(n);
	BN_CTX_free(ctx);
	return rc;
}

enum status
primes_shared(const struct primes *p, const struct spki *key, bool *out,
    struct diag *d)
{
	BIGNUM *n = NULL, *t = BN_new();
	BN_CTX *ctx = BN_CTX_new();
	enum status rc;

	*out = false;
	TRY(read_modulus(key, &n, d));
	if (p == NULL || n == NULL)
		goto out;
	if (t == NULL || ctx == NULL ||
	    BN_nnmod(t, p->product, n, ctx) != 1 ||
	    BN_gcd(t, t, n, ctx) != 1) {
		rc = ossl_fail(d, ST_SYSTEM, "a greatest common divisor");
		goto out;
	}
	*out = !BN_is_one(t);
out:
	BN_free(n);
	BN_free(t);
	BN_CTX_free(ctx);
	return rc;
}
