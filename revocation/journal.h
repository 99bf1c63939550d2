/* journal.h -- the desk's journal: what was released between two ceremonies,
 * by whom.  A folder in the form of a state's record, one entry for each
 * signed file.  FORMATS 7.20 to 7.23; RULES C2, L3. */
#ifndef ANCHORITE_JOURNAL_H
#define ANCHORITE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/record/facts.h"
#include "lib/record/stick.h"
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

#endif
