/* journal.h -- the desk's journal: what happened between two ceremonies: lists
 * that were released, by whom, and keys that were written out.  A folder in the
 * form of a state's record, one entry for each file.  FORMATS 7.20 to 7.26;
 * RULES C2, L3. */
#ifndef ANCHORITE_JOURNAL_H
#define ANCHORITE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/record/facts.h"
#include "lib/record/stick.h"
#include "revocation/keyout.h"
#include "revocation/notice.h"
#include "revocation/release.h"

struct journal {
	const char *path; /* borrowed; the next too */
	const struct state *state;
	const struct step_kind *const *steps;
	struct sticks *sticks;
	bool begun; /* it is written to from here on */
	struct notice *notice; /* owned, in the order they came */
	size_t n;
	struct keyout *keyout; /* the same */
	size_t nkeyouts;
	uint64_t entries; /* of both kinds */
	char head[SHA384_HEX_SIZE];
};

/**
 * journal_open(path, s, steps, out, d):
 * Lock it and check every signed file in it.  A journal that is not there is
 * an empty one, and nothing is made.  The caller closes.
 * ST_AUTH: it was altered, is of another state, or has a file that no responder
 * signed.  ST_POLICY: another program has it.
 */
MUST_USE enum status journal_open(const char *path, const struct state *s,
    const struct step_kind *const *steps, struct journal *out,
    struct diag *d);
void journal_close(struct journal *j);

/**
 * journal_check(j, r, again, d):
 * Whether ${r} may be released, by what is in the journal.
 * ST_POLICY: it was, and ${again} is not asked for; or it would take back what
 * was (RULES L3), and the sentence says what to release instead.
 */
MUST_USE enum status journal_check(const struct journal *j,
    const struct release *r, bool again, struct diag *d);

/**
 * journal_add(j, r, who, now, f, d):
 * One entry more, signed with the key that opened ${r}: on the medium before
 * anything is published.  The folder is made where it was not there.  ${f}
 * gets what it says.  ST_POLICY: it would lie in the state; it is somebody's
 * folder and no journal.
 */
MUST_USE enum status journal_add(struct journal *j, const struct release *r,
    const struct opener *who, int64_t now, struct facts *f, struct diag *d);

/**
 * journal_keyout(j, k, f, d):
 * The same for a root's key that is about to be written out.
 */
MUST_USE enum status journal_keyout(struct journal *j,
    const struct keyout *k, struct facts *f, struct diag *d);

#endif
