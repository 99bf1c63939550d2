/* ossl.h -- private to lib/crypto: what its files share of OpenSSL. */
#ifndef ANCHORITE_OSSL_H
#define ANCHORITE_OSSL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/crypto/alg.h"
#include "lib/crypto/key.h"
#include "lib/crypto/name.h"
#include "lib/crypto/spki.h"

/**
 * ossl_fail(d, code, what):
 * "${what}: reason" with the oldest reason of OpenSSL's error queue, which is
 * emptied.  Never anything secret.  ST_SYSTEM instead of ${code} where memory
 * was short.  Inline, so that whoever analyses a caller sees that the answer
 * is not ST_OK.
 */
MUST_USE enum status ossl_reason(struct diag *d, enum status code,
    const char *what);
MUST_USE static inline enum status
ossl_fail(struct diag *d, enum status code, const char *what)
{
	const enum status rc = ossl_reason(d, code, what);

	return rc == ST_OK ? ST_BUG : rc;
}

/* Bytes of the longest public point: 0x04 and two coordinates of P-521. */
#define OSSL_POINT_MAX 133

/* Whether OpenSSL makes RFC 6979 nonces itself (3.2 and newer): asked of the
 * library that runs, not of the headers. */
bool ossl_native_nonces(void);

/* The private key; borrowed. */
EVP_PKEY *ossl_private(const struct key *k);

/* The curve of an EC algorithm, made once; NULL: no memory. */
const EC_GROUP *ossl_curve(const struct alg_key *a);

/* A public key out of its SPKI; the caller frees.  ST_FORMAT. */
MUST_USE enum status ossl_public(const struct spki *s, EVP_PKEY **out,
    struct diag *d);

/**
 * ossl_sign_ctx(k, out, d):
 * A digest context ready for X509_sign_ctx or X509_CRL_sign_ctx with ${k};
 * the caller frees (EVP_MD_CTX_free).
 */
MUST_USE enum status ossl_sign_ctx(const struct key *k, EVP_MD_CTX **out,
    struct diag *d);

/* A responder's private key, borrowed. */
struct opener;
EVP_PKEY *ossl_opener(const struct opener *o);

/* The AlgorithmIdentifier of our signatures by ${alg}; the caller frees.
 * NULL: there is none. */
X509_ALGOR *ossl_sig_alg(const char *alg);

/* Our three-part name into an empty one of OpenSSL's, UTF8String.  And back:
 * ${*plain} false when the name has another form.  ${text} is the whole name,
 * escaped, for people. */
MUST_USE enum status ossl_name(const struct name *n, X509_NAME *x,
    struct diag *d);
void ossl_unname(const X509_NAME *x, struct name *n, bool *plain,
    char *text, size_t size);

/* Whether every value is text without control characters. */
bool ossl_name_printable(const X509_NAME *x);

/* Seconds since 1970 of a UTCTime or GeneralizedTime to the second, in UTC.
 * ST_FORMAT: not a time, or spelt wrongly. */
MUST_USE enum status ossl_time(const ASN1_TIME *t, int64_t *out,
    struct diag *d);
/* The same, and of the one type that RFC 5280 4.1.2.5 leaves it; and of one
 * that lies in other bytes, its tag and body. */
MUST_USE enum status ossl_validity(const ASN1_TIME *t, int64_t *out,
    struct diag *d);
MUST_USE enum status ossl_validity_at(int type, const void *body, size_t len,
    int64_t *out, struct diag *d);
/* UTCTime before 2050, GeneralizedTime after; the caller frees. */
MUST_USE enum status ossl_make_time(int64_t t, ASN1_TIME **out,
    struct diag *d);

/* The row of a signature's algorithm; NULL: it is not known. */
const struct alg_sig *ossl_signature(const X509_ALGOR *a);

/* The algorithm of a signature by the key that could have made it, such as
 * "ecdsa-p384" for ecdsa-with-SHA384, "rsa-sha256" ...; "?" when unknown. */
void ossl_signature_name(const X509_ALGOR *a, char out[SPKI_ALG_SIZE]);

/* Whether an extension's value is strict DER, and what OpenSSL writes for it
 * where it knows it: defaults absent, sets in order. */
bool ossl_ext_canonical(X509_EXTENSION *ext);

/**
 * ossl_der(label, label2, data, len, out, d):
 * DER from PEM (exactly one block called ${label}, or ${label2} when that is
 * not NULL, and nothing around it) or from DER as it is.  ST_FORMAT else.
 */
MUST_USE enum status ossl_der(const char *label, const char *label2,
    const void *data, size_t len, struct bytes *out, struct diag *d);

#endif
