/* quorum.h -- holders' sheets in, a root's key out: never a wrong one.
 * FORMATS 4.6 to 4.10. */
#ifndef ANCHORITE_QUORUM_H
#define ANCHORITE_QUORUM_H

#include "lib/base/diag.h"
#include "lib/base/secret.h"
#include "lib/crypto/key.h"
#include "lib/record/front.h"
#include "lib/record/state.h"

/* Told of what happens, for the record; may be NULL, as may all but the
 * first. */
struct quorum_watch {
	/* A share or a passphrase was refused. */
	enum status (*refused)(void *cookie, const char *why, struct diag *d);
	void *cookie;
	/* It is open: the encrypted secret of the set that opened it. */
	enum status (*opened)(void *cookie, const struct sheet_set *set,
	    const struct secret *ems, struct diag *d);
	/* Before the ${nth} share, 0..: which sheet comes; 0: any. */
	enum status (*comes)(void *cookie, const struct sheet_set *set,
	    size_t nth, unsigned *number, struct diag *d);
	/* A sheet was taken. */
	enum status (*taken)(void *cookie, const struct sheet_set *set,
	    const struct sheet *sheet, struct diag *d);
};

/**
 * quorum_refuse(front, watch, why, d):
 * Refused: say it, tell the watch, and go on (ST_OK) if the people can; else
 * ${why} as it is.
 */
MUST_USE enum status quorum_refuse(const struct front *front,
    const struct quorum_watch *watch, struct diag *why, struct diag *d);

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
 * Ask for sheets until the scheme is met, and for the passphrase if the record
 * says that there is one; combine, derive, and compare with the recorded public
 * key (never a result that was not compared).  The caller frees ${*seed} and
 * ${*key}; ${*used} says how many sheets were taken.
 * ST_AUTH: see quorum_identify; or the key is not the one of record.
 */
MUST_USE enum status quorum_open(const struct front *front,
    const struct state *state, const char *root,
    const struct quorum_watch *watch, struct secret **seed, struct key **key,
    size_t *used, struct diag *d);

#endif
