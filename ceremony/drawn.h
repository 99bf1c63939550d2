/* drawn.h -- the set of sheets that a seed gives for an epoch, a scheme and the
 * passphrase of its keeper, and no randomness.  FORMATS 4; RULES S1. */
#ifndef ANCHORITE_DRAWN_H
#define ANCHORITE_DRAWN_H

#include <stdint.h>

#include "ceremony/split.h"
#include "lib/base/diag.h"
#include "lib/base/secret.h"
#include "lib/crypto/hash.h"
#include "lib/crypto/slip39.h"
#include "lib/record/step.h"

/* In memory while one item needs it; owned, all of it. */
struct drawn {
	unsigned epoch;
	char scheme[160]; /* as labels have it: "2:2/3,3/5" */
	uint16_t id;
	uint8_t salt[SHA256_LEN]; /* of the commitments */
	struct secret *ems; /* the seed, encrypted */
	struct slip39_set set;
};
void drawn_clear(struct drawn *w);

/**
 * drawn_set(s, seed, epoch, hands, w, d):
 * That set of root ${s->root}.  Where it has a keeper, ${hands} ask for the
 * passphrase the first time: a new one or, for sheets of record, theirs.  The
 * caller clears ${w}, empty at first, after a refusal too.
 */
MUST_USE enum status drawn_set(const struct split *s,
    const struct secret *seed, unsigned epoch, struct hands *hands,
    struct drawn *w, struct diag *d);

/**
 * drawn_decrypt(s, seed, hands, w, share, ems, out, d):
 * Back to the seed, from the ${ems} that one quorum of sheets gave, ${share}
 * one of them, by the passphrase as its keeper types it once more.  The caller
 * frees ${*out}, and compares it.
 */
MUST_USE enum status drawn_decrypt(const struct split *s,
    const struct secret *seed, struct hands *hands, const struct drawn *w,
    const struct slip39_share *share, const struct secret *ems,
    struct secret **out, struct diag *d);

/**
 * drawn_public(set, yes, d):
 * Whether the set is of a public rehearsal seed (FORMATS 5.4): its salt, which
 * follows from the seed, is computed of each (RULES C6).
 */
MUST_USE enum status drawn_public(const struct sheet_set *set, bool *yes,
    struct diag *d);

#endif
