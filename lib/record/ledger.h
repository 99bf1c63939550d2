/* ledger.h -- words by a SHA-384: every key the record has seen, by its index
 * (RULES C10), and the digest of every object, by its name. */
#ifndef ANCHORITE_LEDGER_H
#define ANCHORITE_LEDGER_H

#include <stdint.h>

#include "lib/base/diag.h"
#include "lib/crypto/hash.h"

/* The ledger is a search tree; NULL is an empty one. */

#define LEDGER_TEXT_SIZE 104 /* bytes: a digest in hex, or a place, and NUL */

/* Note where a key was seen; the first place stays.  ST_SYSTEM: no memory. */
MUST_USE enum status ledger_add(void **ledger,
    const uint8_t index[SHA384_LEN], const char *where, struct diag *d);

/* Where it was seen, or NULL. */
const char *ledger_find(void *const *ledger, const uint8_t index[SHA384_LEN]);

void ledger_free(void *ledger);

#endif
