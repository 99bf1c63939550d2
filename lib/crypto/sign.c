/* see sign.h */
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>

#include "lib/base/secret.h"
#include "lib/crypto/asn1.h"
#include "lib/crypto/ossl.h"
#include "lib/crypto/sign.h"


enum status
sign_check_made(const char *what, const struct bytes *der,
    const struct bytes *tbs, const struct spki *recorded, struct diag *d)
{
	struct diag why = { 0 };

	if (!sign_frame_holds(der, tbs))
		return diag_set(d, ST_BUG, "RULES C9: the %s just signed is "
		    "not the one that was linted", what);
	if (sign_frame(der, recorded, true, &why) != ST_OK)
		return diag_set(d, ST_BUG, "RULES C9: the %s just signed: "
		    "%.900s", what, why.text);
	return ST_OK;
}

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

/* A context that was begun with ${key}; freed here. */
static enum status
sign_ctx(EVP_MD_CTX *ctx, const EVP_PKEY *key, const void *data, size_t len,
    struct bytes *out, struct diag *d)
{
	const int room = EVP_PKEY_get_size(key);
	uint8_t *sig = NULL;
	enum status rc;

	if (room <= 0)
		FAIL(d, ST_BUG, "a key without a size");
	if ((sig = calloc(1, (size_t)room)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(digest_sign(ctx, data, len, sig, (size_t)room, out, d));
out:
	if (sig != NULL)
		secret_wipe(sig, (size_t)room);
	free(sig);
	EVP_MD_CTX_free(ctx);
	return rc;
}

enum status
sign_once(const struct key *k, const void *data, size_t len,
    struct bytes *out, struct diag *d)
{
	EVP_MD_CTX *ctx = NULL;
	enum status rc;

	TRY(ossl_sign_ctx(k, &ctx, d));
	TRY(sign_ctx(ctx, ossl_private(k), data, len, out, d));
out:
	return rc;
}

enum status
sign_other(EVP_PKEY *key, const struct alg_sig *alg, const void *data,
    size_t len, struct bytes *out, struct diag *d)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (ctx == NULL || EVP_DigestSignInit_ex(ctx, NULL, alg->digest, NULL,
	    NULL, key, NULL) != 1) {
		EVP_MD_CTX_free(ctx);
		return ossl_fail(d, ST_SYSTEM, "a signature could not be "
		    "begun");
	}
	return sign_ctx(ctx, key, data, len, out, d);
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

static enum status
verify_frame(const ASN1_SIGNED *s, const struct spki *key, bool own,
    struct diag *d)
{
	const struct alg_sig *alg;

	alg = alg_sig_id(ASN1_STRING_get0_data(s->alg),
	    (size_t)ASN1_STRING_length(s->alg));
	if (alg == NULL)
		return diag_set(d, ST_AUTH, "signed by an algorithm that is "
		    "not known here, or is weaker than SHA-256");
	if (own && alg->family != ALG_RSA && strcmp(alg->name, key->alg) != 0)
		return diag_set(d, ST_AUTH, "signed by %s, not by the "
		    "algorithm of a key of %s", alg->by, key->alg);
	if ((s->sig->flags & UNUSED_BITS) != 0)
		return diag_set(d, ST_AUTH, "a signature that is not whole "
		    "bytes");
	return sign_verify(key, alg, ASN1_STRING_get0_data(s->tbs),
	    (size_t)ASN1_STRING_length(s->tbs),
	    ASN1_STRING_get0_data(s->sig), (size_t)ASN1_STRING_length(s->sig),
	    d);
}

/* The frame that last held, and the key it was signed with. */
static struct {
	uint8_t frame[SHA384_LEN];
	uint8_t key[SHA384_LEN];
} held;

static bool
has_held(const struct bytes *der, const struct spki *key)
{
	uint8_t frame[SHA384_LEN];

	hash_sha384(der->data, der->len, frame);
	return memcmp(frame, held.frame, SHA384_LEN) == 0 &&
	    memcmp(key->id, held.key, SHA384_LEN) == 0;
}

enum status
sign_frame(const struct bytes *der, const struct spki *key, bool own,
    struct diag *d)
{
	ASN1_SIGNED *s;
	enum status rc;

	s = asn1_read(ASN1_ITEM_rptr(ASN1_SIGNED), der->data, der->len);
	if (s == NULL)
		return diag_set(d, ST_AUTH, "not a signed object");
	rc = verify_frame(s, key, own, d);
	ASN1_item_free((ASN1_VALUE *)s, ASN1_ITEM_rptr(ASN1_SIGNED));
	if (rc == ST_OK && own) {
		hash_sha384(der->data, der->len, held.frame);
		memcpy(held.key, key->id, SHA384_LEN);
	}
	return rc;
}

enum status
sign_frame_once(const struct bytes *der, const struct spki *key,
    struct diag *d)
{
	return has_held(der, key) ? ST_OK : sign_frame(der, key, true, d);
}

bool
sign_frame_holds(const struct bytes *der, const struct bytes *tbs)
{
	ASN1_SIGNED *s;
	bool same;

	s = asn1_read(ASN1_ITEM_rptr(ASN1_SIGNED), der->data, der->len);
	same = s != NULL && (size_t)ASN1_STRING_length(s->tbs) == tbs->len &&
	    memcmp(ASN1_STRING_get0_data(s->tbs), tbs->data, tbs->len) == 0;
	ASN1_item_free((ASN1_VALUE *)s, ASN1_ITEM_rptr(ASN1_SIGNED));
	return same;
}
