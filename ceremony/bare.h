/* bare.h -- shares without a record: what they say of themselves, and whether
 * they give a key that is known from elsewhere.  FORMATS 4.41. */
#ifndef ANCHORITE_BARE_H
#define ANCHORITE_BARE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/diag.h"
#include "lib/base/secret.h"
#include "lib/crypto/derive.h"
#include "lib/crypto/key.h"
#include "lib/crypto/slip39.h"
#include "lib/crypto/spki.h"
#include "lib/record/facts.h"
#include "lib/record/sheet.h"

#define BARE_NAME_SIZE 256 /* bytes: what a share is called in refusals */

struct bare {
	struct slip39_share *share[SHEETS_MAX]; /* owned */
	char name[SHEETS_MAX][BARE_NAME_SIZE];
	size_t n;
};

/* One that is empty, and no more; the caller frees (bare_free). */
MUST_USE enum status bare_new(struct bare **out, struct diag *d);
void bare_free(struct bare *b);

/**
 * bare_add(b, mnemonic, name, d):
 * One share more, called ${name} in refusals (NULL: by its number, 1..).
 * ST_FORMAT: no share, with the number of the word when one word alone would
 * explain it; or one that is there already.  ST_AUTH: of another set than the
 * others.  A share that is refused is not among them.
 */
MUST_USE enum status bare_add(struct bare *b, const struct secret *mnemonic,
    const char *name, struct diag *d);

/* The same, and whether it fits the others is left to bare_seed: which needs
 * all of them to tell the one that is of another set. */
MUST_USE enum status bare_put(struct bare *b, const struct secret *mnemonic,
    const char *name, struct diag *d);

/* Whether a quorum is there; ${d} says what is not (slip39_enough). */
MUST_USE enum status bare_enough(const struct bare *b, struct diag *d);

/* Whether those that are enough combine, short of decrypting, which takes as
 * long as the set's exponent wants.  Refusals: slip39_gather's, by name. */
MUST_USE enum status bare_agree(const struct bare *b, struct diag *d);

/**
 * bare_seed(b, passphrase, seed, d):
 * What they combine to under ${passphrase} (NULL: none): nothing says that it is
 * anybody's.  The caller frees it.  Refusals: slip39_gather's, by name.
 */
MUST_USE enum status bare_seed(const struct bare *b,
    const struct secret *passphrase, struct secret **seed, struct diag *d);

/* ST_POLICY: no root is derived of such an algorithm.  Without a share. */
MUST_USE enum status bare_fits(const struct spki *want, struct diag *d);

/**
 * bare_key(seed, want, mode, d):
 * Whether a root's key of ${want}'s algorithm that ${seed} gives is ${want}:
 * a real one, or a rehearsal's, ${*mode}.  ST_AUTH: it is not.
 * ST_POLICY: no root is derived of such an algorithm, or this OpenSSL cannot.
 */
MUST_USE enum status bare_key(const struct secret *seed,
    const struct spki *want, enum derive_mode *mode, struct diag *d);

/* Into a report: all that they say, which is public: set, places, what it
 * takes, and what is still missing. */
MUST_USE enum status bare_say(const struct bare *b, struct facts *f,
    struct diag *d);

#endif
