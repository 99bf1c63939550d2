/* share.h -- what the verbs of "share" have in common. */
#ifndef ANCHORITE_CMD_SHARE_H
#define ANCHORITE_CMD_SHARE_H

#include <stdbool.h>

#include "ceremony/preflight.h"
#include "cmd/cmd.h"
#include "lib/base/diag.h"
#include "lib/base/secret.h"
#include "lib/crypto/key.h"
#include "lib/record/facts.h"
#include "lib/record/state.h"
#include "revocation/journal.h"

/* The machine that words are typed into, and what was waived of it. */
struct share_room {
	bool test; /* a rehearsal: it is told what it is, and not refused */
	char waived[64];    /* names, a comma between two; or empty */
	const char *reason; /* borrowed; NULL: nothing is waived */
	struct preflight found;
};

/* What is waived beside the checks of preflight.h. */
#define SHARE_HOLDER "holder"

/**
 * share_room_enter(c, test, out, d):
 * Look at the machine before a word is taken (RULES S4).  --waive NAMES:REASON
 * lets pass what it names.  ST_POLICY: something else was found.
 */
MUST_USE enum status share_room_enter(const struct call *c, bool test,
    struct share_room *out, struct diag *d);

/* Whether that name was waived. */
bool share_room_waives(const struct share_room *r, const char *name);

/* Into a report: what was found, and what was waived and why. */
MUST_USE enum status share_room_say(const struct share_room *r,
    struct facts *f, struct diag *d);

/* A root's key on its way into a file; all zero is none. */
struct share_export {
	const char *file; /* borrowed; NULL: nothing is to be written */
	const struct state *state;
	struct bytes path; /* of the journal */
	struct journal journal;
};

/**
 * share_export_begin(c, s, out, d):
 * Before anybody types a word: the file is not there, there is a terminal, and
 * the journal reads well.  Nothing where --export-key is not asked for.  The
 * caller ends it.
 */
MUST_USE enum status share_export_begin(const struct call *c,
    const struct state *s, struct share_export *out, struct diag *d);
void share_export_end(struct share_export *x);

/**
 * share_export_write(x, root, seed, key, f, d):
 * Have it confirmed, ask for a passphrase twice, note it in the journal, write
 * the file, and open it with what was typed the second time.  ${f} gets what
 * was done.  ST_POLICY: nobody confirmed it.  ST_AUTH: an entry of the journal
 * says that this key was written out, and nobody who had the sheets wrote it.
 */
MUST_USE enum status share_export_write(struct share_export *x,
    const char *root, const struct secret *seed, const struct key *key,
    struct facts *f, struct diag *d);

/* "share recover" without --root: no record, at most a public key. */
MUST_USE enum status share_recover_bare(const struct call *c,
    struct diag *d);

#endif
