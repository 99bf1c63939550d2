/* quorum.h -- holders' sheets in, a root's key out: never a wrong one. */
#ifndef ANCHORITE_QUORUM_H
#define ANCHORITE_QUORUM_H

#include "lib/base/diag.h"
#include "lib/base/secret.h"
#include "lib/crypto/key.h"
#include "lib/record/front.h"
#include "lib/record/state.h"

/* Told of every share that was refused, for the record; may be NULL. */
struct quorum_watch {
	enum status (*refused)(void *cookie, const char *why, struct diag *d);
	void *cookie;
};

/**
 * quorum_identify(state, root, mnemonic, set, sheet, canonical, d):
 * Which sheet of the live set of ${root} (NULL: of any) this is.  ST_FORMAT: no
 * share, with the number of the word, when one word alone would explain it,
 * and, where the first four words are sound, whose sheet they say it is.
 * ST_AUTH: it is a share, but altered, void, of another root, or of no set of
 * record; ${*set} and ${*sheet} say then what it is or claims to be, or are
 * NULL.  The caller frees ${*canonical}.
 */
MUST_USE enum status quorum_identify(const struct state *state,
    const char *root, const struct secret *mnemonic,
    const struct sheet_set **set, const struct sheet **sheet,
    struct secret **canonical, struct diag *d);

/**
 * quorum_claim(state, words, set, sheet, d):
 * Whose sheet the first four words say it is: they are no secret, and nobody
 * has checked them.  ST_FORMAT: no words of the list, or fewer.  ST_AUTH: of
 * no set of record.
 */
MUST_USE enum status quorum_claim(const struct state *state,
    const struct secret *words, const struct sheet_set **set,
    const struct sheet **sheet, struct diag *d);

/**
 * quorum_open(front, state, root, watch, seed, key, used, d):
 * Ask for sheets until the scheme is met, combine, derive, and compare with
 * the recorded public key (never a result that was not compared).  The caller
 * frees ${*seed} and ${*key}; ${*used} says how many sheets were taken.
 * ST_AUTH: see quorum_identify; or the key is not the one of record.
 */
MUST_USE enum status quorum_open(const struct front *front,
    const struct state *state, const char *root,
    const struct quorum_watch *watch, struct secret **seed, struct key **key,
    size_t *used, struct diag *d);

#endif
