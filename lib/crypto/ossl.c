/* see ossl.h */
#include <stdio.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "lib/crypto/ossl.h"

/* Names that the headers of 3.0 do not have yet. */
#define PARAM_NONCE_TYPE "nonce-type"
#define PARAM_DETERMINISTIC "deterministic"

#define CURVES 3 /* rows of alg.c that are ALG_EC */

enum status
ossl_reason(struct diag *d, enum status code, const char *what)
{
	const unsigned long e = ERR_get_error();
	const char *reason = ERR_reason_error_string(e);

	ERR_clear_error();
	if (e != 0 && ERR_GET_REASON(e) == ERR_R_MALLOC_FAILURE)
		return diag_set(d, ST_SYSTEM, "out of memory");
	return diag_set(d, code, "%s: %s", what,
	    reason == NULL ? "no reason given" : reason);
}

bool
ossl_native_nonces(void)
{
	static enum { UNKNOWN, NATIVE, OURS } known;
	EVP_SIGNATURE *s;
	const OSSL_PARAM *p;

	if (known == UNKNOWN &&
	    (s = EVP_SIGNATURE_fetch(NULL, "ECDSA", NULL)) != NULL) {
		/* 3.0 takes any parameter and heeds none it does not list */
		p = EVP_SIGNATURE_settable_ctx_params(s);
		known = p != NULL &&
		    OSSL_PARAM_locate_const(p, PARAM_NONCE_TYPE) != NULL ?
		    NATIVE : OURS;
		EVP_SIGNATURE_free(s);
	}
	return known == NATIVE;
}

/* Make a signing context deterministic where that is a parameter of it; for
 * EC before 3.2 the key itself is (rfc6979.h). */
static enum status
set_deterministic(const struct alg_key *a, EVP_PKEY_CTX *ctx, struct diag *d)
{
	unsigned nonce_type = 1;
	int deterministic = 1;
	const OSSL_PARAM ec[] = {
		OSSL_PARAM_uint(PARAM_NONCE_TYPE, &nonce_type),
		OSSL_PARAM_END
	};
	const OSSL_PARAM pq[] = {
		OSSL_PARAM_int(PARAM_DETERMINISTIC, &deterministic),
		OSSL_PARAM_END
	};

	if (a->family == ALG_EC && ossl_native_nonces() &&
	    EVP_PKEY_CTX_set_params(ctx, ec) != 1)
		return ossl_fail(d, ST_SYSTEM, "nonces by RFC 6979");
	if (a->family == ALG_PQ && EVP_PKEY_CTX_set_params(ctx, pq) != 1)
		return ossl_fail(d, ST_SYSTEM, "the deterministic variant");
	return ST_OK;
}

enum status
ossl_sign_ctx(const struct key *k, EVP_MD_CTX **out, struct diag *d)
{
	const struct alg_key *a = alg_key(key_alg(k));
	EVP_MD_CTX *ctx = NULL;
	EVP_PKEY_CTX *pctx = NULL; /* belongs to ctx */
	enum status rc;

	*out = NULL;
	TRY(key_proven(d));
	if (a == NULL)
		FAIL(d, ST_BUG, "a key of no algorithm");
	if ((ctx = EVP_MD_CTX_new()) == NULL ||
	    EVP_DigestSignInit_ex(ctx, &pctx, a->digest, NULL, NULL,
	    ossl_private(k), NULL) != 1) {
		rc = ossl_fail(d, ST_SYSTEM, "a signature could not be begun");
		goto out;
	}
	TRY(set_deterministic(a, pctx, d));
	*out = ctx;
	ctx = NULL;
	rc = ST_OK;
out:
	EVP_MD_CTX_free(ctx);
	return rc;
}

const EC_GROUP *
ossl_curve(const struct alg_key *a)
{
	static struct {
		const struct alg_key *alg;
		EC_GROUP *group;
	} made[CURVES];
	size_t i;

	for (i = 0; i < CURVES && made[i].group != NULL; i++)
		if (made[i].alg == a)
			return made[i].group;
	if (i == CURVES)
		return NULL;
	made[i].alg = a;
	made[i].group = EC_GROUP_new_by_curve_name(
	    EC_curve_nist2nid(a->fetch));
	return made[i].group;
}

/* EC from its curve and point: OpenSSL's decoder takes six times as long. */
static EVP_PKEY *
public_ec(const struct alg_key *a, const uint8_t *bits)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	char curve[ALG_ID_MAX];
	uint8_t point[OSSL_POINT_MAX];
	EVP_PKEY *k = NULL;
	OSSL_PARAM p[3];

	if (a->bits_len > sizeof(point))
		return NULL;
	/* OSSL_PARAM has no const */
	snprintf(curve, sizeof(curve), "%s", a->fetch);
	memcpy(point, bits, a->bits_len);
	p[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
	    curve, 0);
	p[1] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
	    point, a->bits_len);
	p[2] = OSSL_PARAM_construct_end();
	if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &k, EVP_PKEY_PUBLIC_KEY, p) != 1)
		k = NULL;
	EVP_PKEY_CTX_free(ctx);
	return k;
}

enum status
ossl_public(const struct spki *s, EVP_PKEY **out, struct diag *d)
{
	const struct alg_key *a = alg_key(s->alg);
	const unsigned char *at = s->der.data;
	const uint8_t *bits;

	*out = NULL;
	if (a == NULL || s->der.len < a->bits_len)
		return diag_set(d, ST_BUG, "a public key of no algorithm");
	/* the key bits end a SubjectPublicKeyInfo */
	bits = s->der.data + s->der.len - a->bits_len;
	if (a->family == ALG_EC)
		*out = public_ec(a, bits);
	else if (a->family == ALG_RSA)
		*out = d2i_PUBKEY(NULL, &at, (long)s->der.len);
	else
		*out = EVP_PKEY_new_raw_public_key_ex(NULL, a->fetch, NULL,
		    bits, a->bits_len);
	if (*out == NULL)
		return ossl_fail(d, ST_FORMAT, "not a public key");
	return ST_OK;
}

X509_ALGOR *
ossl_sig_alg(const char *alg)
{
	const struct alg_sig *a = alg_sig(alg);
	const unsigned char *at;

	if (a == NULL)
		return NULL;
	at = a->id.der;
	return d2i_X509_ALGOR(NULL, &at, (long)a->id.len);
}

const struct alg_sig *
ossl_signature(const X509_ALGOR *alg)
{
	const struct alg_sig *a = NULL;
	unsigned char *der = NULL;
	const int len = i2d_X509_ALGOR(alg, &der);

	if (len > 0)
		a = alg_sig_id(der, (size_t)len);
	OPENSSL_free(der);
	return a;
}

void
ossl_signature_name(const X509_ALGOR *alg, char out[SPKI_ALG_SIZE])
{
	const struct alg_sig *a = ossl_signature(alg);

	snprintf(out, SPKI_ALG_SIZE, "%s", a == NULL ? "?" : a->name);
}
