/* spki.h -- a public key of somebody: read strictly, judged by our own rules
 * (libcrypto's own check passes e = 3 and close primes).  FORMATS 6. */
#ifndef ANCHORITE_SPKI_H
#define ANCHORITE_SPKI_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/crypto/hash.h"

#define SPKI_ALG_SIZE 24

struct spki {
	struct bytes der;	 /* SubjectPublicKeyInfo in DER; owned */
	char alg[SPKI_ALG_SIZE]; /* "ecdsa-p256", "rsa-3072", "ml-dsa-65" ... */
	uint8_t id[SHA384_LEN];	 /* SHA-384 of der: counts as the key's name */
	/* SHA-384 of the RSA modulus or the EC x-coordinate or else of the key
	 * bits, of Ed25519 without its sign: the same however the key is
	 * written, or its sign (RULES C10) */
	uint8_t index[SHA384_LEN];
	uint8_t ski[20]; /* RFC 7093, method 1: SHA-256 of the key bits, cut */
};

/**
 * spki_read(der, len, out, d):
 * Shape and self-consistency: one SubjectPublicKeyInfo, nothing behind it, the
 * bytes equal to their canonical encoding; named curves P-256, P-384, P-521
 * with an uncompressed point on the curve; RSA 1024..16384 bits, odd modulus;
 * Ed25519; ML-DSA and SLH-DSA where the library knows them.  ST_FORMAT else.
 */
MUST_USE enum status spki_read(const void *der, size_t len, struct spki *out,
    struct diag *d);

/* The same from lower-case hex. */
MUST_USE enum status spki_unhex(const char *hex, struct spki *out,
    struct diag *d);

/**
 * spki_check(key, rsa_bits_min, d):
 * Strength: RSA at least ${rsa_bits_min} bits, exponent odd in 65537..2^256-1,
 * no factor below 752, primes not close (Fermat, 100 rounds), not of the ROCA
 * family.  EC and the others: valid by spki_read already.  ST_POLICY else.
 */
MUST_USE enum status spki_check(const struct spki *key, unsigned rsa_bits_min,
    struct diag *d);

/* Free what is owned; NULL allowed. */
void spki_clear(struct spki *key);

#endif
