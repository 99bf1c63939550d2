/* moduli.h -- RSA keys that a state knows, to hold a new one against. */
#ifndef ANCHORITE_MODULI_H
#define ANCHORITE_MODULI_H

#include "lib/base/diag.h"
#include "lib/crypto/spki.h"
#include "lib/record/state.h"

#define MODULI_WHOSE_SIZE 64

/**
 * moduli_shared(s, key, whose, d):
 * Whose key has a prime in common with ${key}: "root g1", "delegation gateway",
 * or the empty string.  The first time that it is asked, every certificate of
 * a delegation is read.
 */
MUST_USE enum status moduli_shared(const struct state *s,
    const struct spki *key, char whose[MODULI_WHOSE_SIZE], struct diag *d);

#endif
