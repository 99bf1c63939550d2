/* derive.h -- from a root's seed to its key: docs/FORMATS.md 5 (frozen). */
#ifndef ANCHORITE_DERIVE_H
#define ANCHORITE_DERIVE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"
#include "lib/base/secret.h"

#define SEED_LEN 32 /* bytes */

/* A rehearsal derives under a salt of its own, so that real sheets used in a
 * rehearsal never make the real key (RULES C6). */
enum derive_mode { DERIVE_REAL, DERIVE_REHEARSAL };

/**
 * derive_scalar(seed, mode, alg, purpose, counter, out, d):
 * FIPS 186-5 A.2.1 for "ecdsa-p256" (32 bytes) and "ecdsa-p384" (48):
 * OKM = HKDF-SHA-512(seed, "anchorite root seed v1",
 * "anchorite/v1/<alg>/<purpose>/<counter>", 40 or 56), d = OKM mod (n-1) + 1.
 */
MUST_USE enum status derive_scalar(const struct secret *seed,
    enum derive_mode mode, const char *alg, const char *purpose,
    unsigned counter, struct secret **out, struct diag *d);

/**
 * derive_seed(seed, mode, alg, purpose, counter, len, out, d):
 * For the algorithms whose key *is* a seed (ed25519 32; ml-dsa 32;
 * slh-dsa 48 or 72): the OKM as it is.
 */
MUST_USE enum status derive_seed(const struct secret *seed,
    enum derive_mode mode, const char *alg, const char *purpose,
    unsigned counter, size_t len, struct secret **out, struct diag *d);

/**
 * derive_label(seed, label, out, len, d):
 * Anything else that a seed gives: HKDF-SHA-512(seed, "anchorite seed labels
 * v1", label).  The labels in use are the table in FORMATS 5.
 */
MUST_USE enum status derive_label(const struct secret *seed,
    const char *label, uint8_t *out, size_t len, struct diag *d);

/**
 * derive_rehearsal_seed(n, out, d):
 * The public seed of the ${n}th root of a rehearsal, 0..REHEARSAL_SEEDS - 1:
 * SHA-256("anchorite public rehearsal seed v1/<n>").
 */
#define REHEARSAL_SEEDS 32
MUST_USE enum status derive_rehearsal_seed(unsigned n, struct secret **out,
    struct diag *d);

#endif
