/* revoked.h -- every key that any of some lists names: RULES L5. */
#ifndef ANCHORITE_REVOKED_H
#define ANCHORITE_REVOKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"
#include "lib/crypto/crl.h"

struct revoked_key; /* an issuer's key identifier and a serial number */

struct revoked {
	struct revoked_key *key; /* owned; sorted, each once */
	size_t n;
};

/**
 * revoked_gather(r, list, n, d):
 * Anew, from these lists.  ST_SYSTEM: no memory, and ${r} is as it was.
 */
MUST_USE enum status revoked_gather(struct revoked *r,
    struct crl *const *list, size_t n, struct diag *d);
void revoked_clear(struct revoked *r);

bool revoked_has(const struct revoked *r, const uint8_t issuer[20],
    const uint8_t *serial, size_t len);

/* How many of that issuer's. */
size_t revoked_count(const struct revoked *r, const uint8_t issuer[20]);

#endif
