/* ossl.h -- private to lib/crypto: what its files share of OpenSSL. */
#ifndef ANCHORITE_OSSL_H
#define ANCHORITE_OSSL_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/crypto/key.h"
#include "lib/crypto/name.h"
#include "lib/crypto/spki.h"

/**
 * ossl_fail(d, code, what):
 * "${what}: reason" with the oldest reason of OpenSSL's error queue, which is
 * emptied.  Never anything secret.
 */
MUST_USE enum status ossl_fail(struct diag *d, enum status code,
    const char *what);

/* Bytes of the longest public point: 0x04 and two coordinates of P-521. */
#define OSSL_POINT_MAX 133

/* Whether OpenSSL makes RFC 6979 nonces itself (3.2 and newer): asked of the
 * library that runs, not of the headers. */
bool ossl_native_nonces(void);

/* The private key; borrowed. */
EVP_PKEY *ossl_private(const struct key *k);

/* A public key out of its SPKI; the caller frees.  ST_FORMAT. */
MUST_USE enum status ossl_public(const struct spki *s, EVP_PKEY **out,
    struct diag *d);

/* The digest of an algorithm ("ecdsa-p384": SHA-384), or NULL for those that
 * bring their own. */
const EVP_MD *ossl_digest(const char *alg);

/* Make the signing context deterministic where that is a parameter of it
 * (OpenSSL 3.2 and newer); elsewhere the key itself is. */
MUST_USE enum status ossl_deterministic(const char *alg, EVP_PKEY_CTX *ctx,
    struct diag *d);

/**
 * ossl_sign_ctx(k, out, d):
 * A digest context ready for X509_sign_ctx or X509_CRL_sign_ctx with ${k};
 * the caller frees (EVP_MD_CTX_free).
 */
MUST_USE enum status ossl_sign_ctx(const struct key *k, EVP_MD_CTX **out,
    struct diag *d);

/* Our three-part name as OpenSSL's, UTF8String; the caller frees.  And back:
 * ${*plain} false when the name has another form.  ${text} is the whole name,
 * escaped, for people. */
MUST_USE enum status ossl_name(const struct name *n, X509_NAME **out,
    struct diag *d);
void ossl_unname(const X509_NAME *x, struct name *n, bool *plain,
    char *text, size_t size);

/* ASN1_TIME to seconds.  ST_FORMAT: not a time, or spelt wrongly. */
MUST_USE enum status ossl_time(const ASN1_TIME *t, int64_t *out,
    struct diag *d);
/* UTCTime before 2050, GeneralizedTime after; the caller frees. */
MUST_USE enum status ossl_make_time(int64_t t, ASN1_TIME **out,
    struct diag *d);

/* The algorithm of a signature by the key that could have made it, such as
 * "ecdsa-p384" for ecdsa-with-SHA384, "rsa-sha256" ...; "?" when unknown. */
void ossl_signature_name(const X509_ALGOR *a, char out[SPKI_ALG_SIZE]);

/**
 * ossl_der(name, label, data, len, out, d):
 * DER from PEM (exactly one block called ${label}, or ${label2} when that is
 * not NULL, and nothing around it) or from DER as it is.  ST_FORMAT else.
 */
MUST_USE enum status ossl_der(const char *label, const char *label2,
    const void *data, size_t len, struct bytes *out, struct diag *d);

#endif
