/* pkcs8.h -- private to lib/crypto: private keys as others write them down, and
 * the one way that we do.  RFC 5208, RFC 5915, RFC 8017 A.1.2, RFC 8410, and,
 * written alone, RFC 9881 and RFC 9909. */
#ifndef ANCHORITE_PKCS8_H
#define ANCHORITE_PKCS8_H

#include <stddef.h>

#include "lib/base/diag.h"
#include "lib/base/secret.h"
#include "lib/crypto/alg.h"
#include "lib/crypto/spki.h"

#define PKCS8_PARTS 8

/* A private key as numbers, big-endian. */
struct pkcs8 {
	const struct alg_key *alg;
	/* EC: the scalar, alg_half bytes; RSA: n, e, d, p, q, d mod p-1,
	 * d mod q-1, 1/q mod p, without leading zeros; of all others what the
	 * key is made from, seed_len bytes.  Owned. */
	struct secret *part[PKCS8_PARTS];
	size_t n;
};

/**
 * pkcs8_read(der, out, d):
 * Shape alone: PrivateKeyInfo, ECPrivateKey with a named curve, or
 * RSAPrivateKey, in DER.  A public half in it is not looked at.  The caller
 * clears.  ST_FORMAT: none of these.  ST_POLICY: of an algorithm that no root
 * has.
 */
MUST_USE enum status pkcs8_read(const struct secret *der, struct pkcs8 *out,
    struct diag *d);

/**
 * pkcs8_write(p, pub, out, d):
 * PrivateKeyInfo, version 0, without attributes; of EC with the point of
 * ${pub}, and no curve inside.  Written in locked memory.  The caller frees.
 */
MUST_USE enum status pkcs8_write(const struct pkcs8 *p,
    const struct spki *pub, struct secret **out, struct diag *d);

void pkcs8_clear(struct pkcs8 *p);

#endif
