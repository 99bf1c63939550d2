/* primes.h -- the primes of many RSA keys at once: two keys that have one in
 * common are both open to everybody, by their greatest common divisor. */
#ifndef ANCHORITE_PRIMES_H
#define ANCHORITE_PRIMES_H

#include <stdbool.h>

#include "lib/base/diag.h"
#include "lib/crypto/spki.h"

struct primes; /* the product of the moduli */

/* Take in a key; one that is not of RSA has none.  ${*p} is NULL before the
 * first.  The caller frees (primes_free). */
MUST_USE enum status primes_add(struct primes **p, const struct spki *key,
    struct diag *d);

/**
 * primes_shared(p, key, out, d):
 * Whether ${key} has a prime in common with one that was taken in, or is one of
 * them.  ${p} NULL: there are none.
 */
MUST_USE enum status primes_shared(const struct primes *p,
    const struct spki *key, bool *out, struct diag *d);

void primes_free(struct primes *p);

#endif
