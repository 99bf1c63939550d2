/* release.h -- the bad day: a sealed list is found, opened and proven, and what
 * it does is said.  FORMATS 8.36 to 8.38; RULES L1 to L3.  Writes nothing. */
#ifndef ANCHORITE_RELEASE_H
#define ANCHORITE_RELEASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/crypto/cert.h"
#include "lib/crypto/seal.h"
#include "lib/record/facts.h"
#include "lib/record/state.h"
#include "lib/record/step.h"

#define RELEASE_KEYS 2 /* that one list stops, unless it is all of them */

/* What one of two has opened: for the other, by name. */
struct half {
	char name[33];
	struct bytes bytes; /* owned */
};

/* One list that is to be published; all zero is none. */
struct release {
	const struct state *state; /* borrowed; the next two are of it */
	const struct sealed *sealed;
	const struct delegation *key[RELEASE_KEYS];
	size_t nkeys; /* 0: all that were live */
	struct bytes pem, der; /* owned; empty until it was proven */
	struct half half[SEAL_OPENERS_MAX]; /* where it takes two */
	size_t halves;
};

struct releases {
	struct release *release; /* owned; of one root each */
	size_t n;
};
void releases_clear(struct releases *r);

/* Whether a sealed list is the one of all keys, or of all but a spare one;
 * whose serial number this is, or NULL (RULES L6). */
bool sealed_is_all(const struct sealed *q);
const char *sealed_spare(const struct sealed *q);

/* The newest list of a root that is made for ${target} (as struct sealed has
 * it), or NULL. */
const struct sealed *sealed_newest(const struct state *s, const char *root,
    const char *target);

/* Whether a sealed list is made to revoke ${g}. */
bool sealed_stops(const struct state *s, const struct sealed *q,
    const struct delegation *g);

/**
 * release_find(s, word, cert, out, d):
 * The newest sealed list for the delegation that ${word} names, by name or
 * serial number, for two of them with a plus, or for the one that ${cert} (or
 * NULL) is; for the word "all" that of each root which has one.  The caller
 * clears ${out} (releases_clear).
 * ST_POLICY: there is no such delegation, or several; it is revoked; nothing
 * is sealed for it, or the root has signed a regular list since.
 */
MUST_USE enum status release_find(const struct state *s, const char *word,
    const struct cert *cert, struct releases *out, struct diag *d);

/**
 * release_open(r, steps, name, who, half, d):
 * Open the envelope with the key that file ${name} held, and prove the list.
 * Where it takes two, and ${half} (what the first has opened) is NULL, there is
 * no list yet: ${r} has a half for each who can go on.
 * ST_AUTH: the key of no responder of that ceremony, an altered envelope or
 * half, or any of release_prove.  ST_POLICY: this one opens last.
 */
MUST_USE enum status release_open(struct release *r,
    const struct step_kind *const *steps, const char *name,
    const struct opener *who, const struct bytes *half, struct diag *d);

/**
 * release_prove(r, dated, pem, d):
 * The list in ${pem} is the recorded one, signed by the root, what the profile
 * says, numbered and dated as recorded, and revokes what the regular list does
 * and the keys of ${r}, these at ${dated}: nothing is missing, nothing more.
 * On success ${r} has its bytes.
 */
MUST_USE enum status release_prove(struct release *r, int64_t dated,
    const struct bytes *pem, struct diag *d);

/**
 * releases_say(r, now, out, d):
 * For who releases: what stops, the worst exposure, what is to be withheld,
 * what comes next.
 */
MUST_USE enum status releases_say(const struct releases *r, int64_t now,
    struct facts *out, struct diag *d);

#endif
