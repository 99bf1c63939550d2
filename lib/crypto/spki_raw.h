/* spki_raw.h -- private to lib/crypto: a public key as numbers, without any
 * DER.  Who reads strangers' DER splits it, who believes the key joins it. */
#ifndef ANCHORITE_SPKI_RAW_H
#define ANCHORITE_SPKI_RAW_H

#include <stddef.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/crypto/alg.h"
#include "lib/crypto/spki.h"

struct spki_raw {
	const struct alg_key *alg;
	struct bytes a; /* x and y; modulus; key.  Owned, as the next is */
	struct bytes b; /* of RSA the exponent, else empty */
};

/**
 * spki_split(der, len, out, d):
 * Shape alone: one SubjectPublicKeyInfo in canonical DER, of an algorithm that
 * is known, its numbers as long as they are there.  ST_FORMAT else.  The
 * caller clears (spki_raw_clear).
 */
MUST_USE enum status spki_split(const void *der, size_t len,
    struct spki_raw *out, struct diag *d);

/**
 * spki_join(raw, out, d):
 * Self-consistency, of numbers from anywhere: the point is on its curve, the
 * modulus odd and of 1024..16384 bits, and so on; the DER is written here.
 * ST_FORMAT else.  The caller clears (spki_clear).
 */
MUST_USE enum status spki_join(const struct spki_raw *raw, struct spki *out,
    struct diag *d);

void spki_raw_clear(struct spki_raw *raw);

#endif
