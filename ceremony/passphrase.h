/* passphrase.h -- what stands on no sheet: the passphrase of a set, which one
 * person keeps.  FORMATS 4.17, 4.50, 4.51; RULES S2. */
#ifndef ANCHORITE_PASSPHRASE_H
#define ANCHORITE_PASSPHRASE_H

#include "ceremony/quorum.h"
#include "lib/base/diag.h"
#include "lib/base/secret.h"
#include "lib/record/front.h"
#include "lib/record/step.h"

/* Characters of a new one, at least.  Who has the sheets tries some hundred a
 * second on one graphics card (FORMATS 4.50): a shorter one is found. */
#define PASSPHRASE_MIN 12

/* Whether a passphrase gives what it must.  ST_AUTH, ST_POLICY: it does not. */
struct passphrase_test {
	enum status (*takes)(void *cookie, const struct secret *passphrase,
	    struct diag *d);
	void *cookie;
};

/**
 * passphrase_ask(front, view, test, watch, d):
 * Ask ${view->keeper} until ${test} takes it.  What is refused is said, told
 * to ${watch} (may be NULL), and asked again.
 * ST_AUTH: nobody has it, or nobody is asked twice.
 */
MUST_USE enum status passphrase_ask(const struct front *front,
    const struct pass_view *view, const struct passphrase_test *test,
    const struct quorum_watch *watch, struct diag *d);

/**
 * passphrase_new(front, root, keeper, out, d):
 * A new one: at least PASSPHRASE_MIN characters of ASCII 32..126, no blank at
 * its ends, typed twice.  The caller frees ${*out}.
 */
MUST_USE enum status passphrase_new(const struct front *front,
    const char *root, const char *keeper, struct secret **out,
    struct diag *d);

/**
 * passphrase_encrypt(front, set, seed, known, out, d):
 * The encrypted secret of a set.  ${known}, its sheets of record, says that it
 * was drawn before: then the passphrase is the one that gives these sheets;
 * with NULL it is a new one.  The caller frees ${*out}.
 */
MUST_USE enum status passphrase_encrypt(const struct front *front,
    const struct split_terms *set, const struct secret *seed,
    const struct sheet_set *known, struct secret **out, struct diag *d);

/**
 * passphrase_prove(front, set, ems, seed, watch, out, d):
 * ${seed} again from ${ems}, which the sheets gave, by the passphrase as its
 * keeper types it once more (RULES S2).  The caller frees ${*out}.
 */
MUST_USE enum status passphrase_prove(const struct front *front,
    const struct split_terms *set, const struct secret *ems,
    const struct secret *seed, const struct quorum_watch *watch,
    struct secret **out, struct diag *d);

#endif
