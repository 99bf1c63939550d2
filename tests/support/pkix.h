/* pkix.h -- a root and what it signed, the same in every run. */
#ifndef ANCHORITE_TESTS_PKIX_H
#define ANCHORITE_TESTS_PKIX_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>

#include "lib/crypto/cert.h"
#include "lib/crypto/chain.h"
#include "lib/crypto/cms.h"
#include "lib/crypto/crl.h"
#include "lib/crypto/csr.h"
#include "lib/crypto/key.h"

#define PKIX_FROM INT64_C(1800000000) /* 2027-01-15 */
#define PKIX_NOW INT64_C(1805000000)
#define PKIX_TO INT64_C(1820000000)
#define PKIX_ARC "1.3.6.1.4.1.32473.9"

struct pkix {
	struct key *root_key;
	struct key *leaf_key; /* ecdsa-p256 */
	struct cert *root;
	struct cert *leaf;
	struct crl *list; /* revokes serials 42.. and 43.., not the leaf */
	struct bytes content;
	struct bytes p7s;
};

extern const uint8_t pkix_serial[CERT_SERIAL_LEN];

/* Start OpenSSL; every test of lib/crypto begins with it. */
int pkix_start(void **state);

/* All of it; the test fails where something is refused. */
void pkix_make(struct pkix *p, const char *alg);
void pkix_free(struct pkix *p);

/* A key of seed ${n}, derived for real. */
struct key *pkix_key(const char *alg, unsigned n);

/* Specifications to change before they are signed; ${*s} is zero. */
void pkix_root_spec(const struct key *root, struct cert_spec *s);
void pkix_leaf_spec(const struct pkix *p, struct cert_spec *s);
void pkix_list_spec(const struct pkix *p, struct crl_spec *s);

/* Rehearsed and signed without refusal. */
void pkix_sign_cert(const struct key *root, const struct cert_spec *s,
    struct bytes *der);
void pkix_sign_list(const struct key *root, const struct crl_spec *s,
    struct bytes *der);

/* A request with one extensionRequest attribute, in DER, by OpenSSL; ${cn} of
 * any bytes; ${md} NULL for keys that bring their own digest. */
void pkix_request(EVP_PKEY *k, const void *cn, size_t len, const char *md,
    struct bytes *der);

/* OpenSSL's public or private key as SubjectPublicKeyInfo. */
void pkix_spki(EVP_PKEY *k, struct bytes *der);

#endif
