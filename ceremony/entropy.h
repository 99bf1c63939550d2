/* entropy.h -- where a new seed comes from: the system and the people. */
#ifndef ANCHORITE_ENTROPY_H
#define ANCHORITE_ENTROPY_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/diag.h"
#include "lib/base/secret.h"
#include "lib/record/facts.h"
#include "lib/record/front.h"
#include "lib/record/plan.h"

/* What an entry says of it: of the middle ones that which its kind counts. */
#define ENTROPY_FACTS "entropy", "rolls", "tosses", "characters",             \
	"people-mac", "system"

/* Lines that people may need to write down what they added. */
#define ENTROPY_LINES_MAX 256

/**
 * entropy_draw(plan, front, root, nth, seed, people, facts, d):
 * The seed of the ${nth} root (0..): the words of the system's part go on
 * paper first, then people add theirs (RULES C7).  A rehearsal takes the
 * public seed and says so.  ${*people} is what was added, or NULL; the caller
 * frees both.  Facts: ENTROPY_FACTS.
 */
MUST_USE enum status entropy_draw(const struct plan *plan,
    const struct front *front, const char *root, size_t nth,
    struct secret **seed, struct secret **people, struct facts *facts,
    struct diag *d);

/* What people added to the seeds of a state, as written: for each seed one
 * line, or some that follow one another. */
struct digits {
	struct secret *const *line; /* borrowed from who calls reproduce */
	size_t n;
};

/**
 * entropy_check(plan, facts, d):
 * The recorded facts are those of the kind that ${plan} asks for, each there
 * or not as the kind has it, and of its form.  No key, no seed: ST_AUTH.
 */
MUST_USE enum status entropy_check(const struct plan *plan,
    const struct facts *facts, struct diag *d);

/**
 * entropy_again(seed, people, facts, told, d):
 * For `reproduce`: ${facts} (as recorded) must be what this seed and some of
 * these lines give.  Without any line, what needs one is not looked at, and
 * ${*told} is false.
 * ST_AUTH: the digits, or the system's part, were others.
 */
MUST_USE enum status entropy_again(const struct secret *seed,
    const struct digits *people, const struct facts *facts, bool *told,
    struct diag *d);

#endif
