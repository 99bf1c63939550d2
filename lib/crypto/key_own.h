/* key_own.h -- private to lib/crypto: what a private key consists of, however
 * it came to be. */
#ifndef ANCHORITE_KEY_OWN_H
#define ANCHORITE_KEY_OWN_H

#include <openssl/evp.h>

#include "lib/base/diag.h"
#include "lib/base/secret.h"
#include "lib/crypto/alg.h"
#include "lib/crypto/pkcs8.h"
#include "lib/crypto/spki.h"

struct key {
	const struct alg_key *alg;
	EVP_PKEY *pkey;
	struct spki pub;
	struct secret *pkcs8; /* of one that was not derived; else NULL */
};

/**
 * key_of_scalar(a, s, out, d):
 * The key whose scalar or seed ${s} is, its public half computed from that.
 */
MUST_USE enum status key_of_scalar(const struct alg_key *a,
    const struct secret *s, struct key **out, struct diag *d);

/**
 * key_of_numbers(p, out, d):
 * An RSA key of eight numbers (pkcs8.h): two primes whose product is the
 * modulus, exponents and coefficient that follow from them.  ST_AUTH: not so.
 */
MUST_USE enum status key_of_numbers(const struct pkcs8 *p, struct key **out,
    struct diag *d);

/**
 * key_known_to_all(out, d):
 * The throw-away key of RSA, 3072 bits, made of two primes that stand in
 * key_rsa.c.
 */
MUST_USE enum status key_known_to_all(struct key **out, struct diag *d);

#endif
