/* stores.h -- stores of a verifier, and what it is sent; bundles.h has the
 * roots.  What is refused here stops the program. */
#ifndef ANCHORITE_TESTS_STORES_H
#define ANCHORITE_TESTS_STORES_H

#include "revocation/store.h"
#include "tests/support/bundles.h"

extern const struct accept_clock stores_noon; /* PKIX_NOW, not trusted */

/* A bundle that those keys signed. */
void stores_give(struct store_gift *g, const struct bundle *b,
    const unsigned *keys, size_t n);

/* A list of that root, which revokes serial numbers 0x42.. and on, ${n} of
 * them. */
void stores_give_list(struct store_gift *g, unsigned root, uint64_t number,
    size_t n);

/* A rehearsal's store that starts with ${b}, signed by root 0. */
void stores_begin(const char *path, const struct bundle *b);
struct store *stores_open(const char *path, bool write);

#endif
