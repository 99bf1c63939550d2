/* see sign.h */
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>

#include "lib/base/secret.h"
#include "lib/crypto/ossl.h"
#include "lib/crypto/sign.h"

void
sign_wipe(struct bytes *b)
{
	if (b->data != NULL)
		secret_wipe(b->data, b->len);
	bytes_free(b);
}

/* The signature, in ${room} bytes at ${sig} at most. */
static enum status
digest_sign(EVP_MD_CTX *ctx, const void *data, size_t len, uint8_t *sig,
    size_t room, struct bytes *out, struct diag *d)
{
	size_t n = room;

	if (EVP_DigestSign(ctx, sig, &n, data, len) != 1 || n > room)
		return ossl_fail(d, ST_SYSTEM, "a signature could not be "
		    "made");
	return bytes_set(out, sig, n, d);
}

enum status
sign_once(const struct key *k, const void *data, size_t len,
    struct bytes *out, struct diag *d)
{
	EVP_MD_CTX *ctx = NULL;
	uint8_t *sig = NULL;
	enum status rc;
	int room;

	if ((room = EVP_PKEY_get_size(ossl_private(k))) <= 0)
		FAIL(d, ST_BUG, "a key without a size");
	if ((sig = calloc(1, (size_t)room)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(ossl_sign_ctx(k, &ctx, d));
	TRY(digest_sign(ctx, data, len, sig, (size_t)room, out, d));
out:
	if (sig != NULL)
		secret_wipe(sig, (size_t)room);
	free(sig);
	EVP_MD_CTX_free(ctx);
	return rc;
}

enum status
sign_twice(const struct key *k, const void *data, size_t len,
    struct bytes *out, struct diag *d)
{
	struct bytes a = { 0 }, b = { 0 };
	enum status rc;

	bytes_free(out);
	TRY(sign_once(k, data, len, &a, d));
	TRY(sign_once(k, data, len, &b, d));
	if (!bytes_equal(&a, &b))
		FAIL(d, ST_BUG, "RULES C9: two signatures of the same bytes "
		    "differ");
	*out = a;
	a = (struct bytes){ 0 };
	rc = ST_OK;
out:
	sign_wipe(&a);
	sign_wipe(&b);
	return rc;
}

/* Whether the key is of the kind whose signature that is. */
static bool
fits(const struct spki *key, const struct alg_sig *alg)
{
	const struct alg_key *kind = alg_key(key->alg);

	if (kind == NULL || kind->family != alg->family)
		return false;
	return kind->family == ALG_EC || kind->family == ALG_RSA ||
	    strcmp(kind->name, alg->name) == 0;
}

enum status
sign_verify(const struct spki *key, const struct alg_sig *alg,
    const void *data, size_t len, const void *sig, size_t sig_len,
    struct diag *d)
{
	EVP_MD_CTX *ctx = NULL;
	EVP_PKEY *pub = NULL;
	enum status rc;

	if (!fits(key, alg))
		FAIL(d, ST_AUTH, "it is signed by %s, the key is %s",
		    alg->by, key->alg);
	TRY(ossl_public(key, &pub, d));
	if ((ctx = EVP_MD_CTX_new()) == NULL ||
	    EVP_DigestVerifyInit_ex(ctx, NULL, alg->digest, NULL, NULL, pub,
	    NULL) != 1)
		FAIL(d, ST_SYSTEM, "a verification could not be begun");
	if (EVP_DigestVerify(ctx, sig, sig_len, data, len) != 1)
		FAIL(d, ST_AUTH, "the signature is not of this key");
	rc = ST_OK;
out:
	ERR_clear_error();
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pub);
	return rc;
}
