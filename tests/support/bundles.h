/* bundles.h -- roots for trust bundles, the same in every run, and bundles of
 * them.  Keys are numbers: those from BUNDLES_STRONG on are of P-384. */
#ifndef ANCHORITE_TESTS_BUNDLES_H
#define ANCHORITE_TESTS_BUNDLES_H

#include <stddef.h>
#include <stdint.h>

#include "lib/crypto/bundle.h"
#include "lib/crypto/key.h"
#include "revocation/accept.h"
#include "tests/support/pkix.h"

#define BUNDLES_KEYS 24
#define BUNDLES_STRONG 18
#define BUNDLES_TEST_ARC "1.3.6.1.4.1.32473" /* of a rehearsal */
#define BUNDLES_YEAR INT64_C(31536000) /* seconds */

extern struct key *bundles_key[BUNDLES_KEYS];
extern struct cert *bundles_cert[BUNDLES_KEYS];

/* All of them; crypto_start came before. */
void bundles_start(void);
void bundles_stop(void);

/* Root 0 becomes the one of this certificate, in PEM, which is of a rehearsal
 * and of the first few of its seeds. */
void bundles_rehearsal(const char *path);

/**
 * bundles_make(anchors, n, next, m, out):
 * An establishment of era 1, not sealed: thresholds 1, level 1, a year from
 * PKIX_FROM and a horizon a year later.  The caller frees.
 */
void bundles_make(const unsigned *anchors, size_t n, const unsigned *next,
    size_t m, struct bundle **out);

/* What follows ${last}, not sealed: a renewal that says the same. */
void bundles_renewal(const struct bundle *last, struct bundle **out);

/* One more anchor, next key, former key. */
void bundles_anchor(struct bundle *b, unsigned key);
void bundles_next(struct bundle *b, unsigned key);
void bundles_former(struct bundle *b, unsigned key, bool revoked);

/* Sealed without refusal. */
void bundles_seal(struct bundle *b);

/* Signed without refusal, for real or as a list of names. */
void bundles_sign(const struct bundle *b, unsigned key, struct bytes *p7s);
void bundles_by(struct accept_signers *by, const unsigned *keys, size_t n);

#endif
