/* rehearsal.h -- keys that everybody can derive: RULES C6, FORMATS 8.33. */
#ifndef ANCHORITE_REHEARSAL_H
#define ANCHORITE_REHEARSAL_H

#include <stdbool.h>

#include "lib/base/diag.h"
#include "lib/crypto/spki.h"

/**
 * rehearsal_key(key, yes, d):
 * Whether ${key} is one that a public rehearsal seed gives, under either salt,
 * or the throw-away key of its algorithm.  Computed, once an algorithm: no
 * marking is believed.  ${*yes} unless it is known that not.  ST_POLICY: its
 * algorithm needs a newer OpenSSL.  ST_SYSTEM, ST_BUG: it could not be told.
 */
MUST_USE enum status rehearsal_key(const struct spki *key, bool *yes,
    struct diag *d);

/* The same of a key of ${alg} that is known by its name alone, SHA-384 of its
 * SPKI: its mirror image has another. */
MUST_USE enum status rehearsal_name(const char *alg,
    const uint8_t name[SHA384_LEN], bool *yes, struct diag *d);

#endif
