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

/**
 * entropy_draw(plan, front, root, nth, seed, dice, facts, d):
 * The seed of the ${nth} root (0..): the words of the system's part go on
 * paper first, then people add theirs (RULES C7).  A rehearsal takes the
 * public seed and says so.  ${*dice} is what was typed, or NULL; the caller
 * frees both.  Facts: entropy, rolls, people-mac, system.
 */
MUST_USE enum status entropy_draw(const struct plan *plan,
    const struct front *front, const char *root, size_t nth,
    struct secret **seed, struct secret **dice, struct facts *facts,
    struct diag *d);

/* What people added to the seeds of a state, as typed, a line each. */
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
 * For `reproduce`: ${facts} (as recorded) must be what this seed and one of
 * these lines give.  Without any line, what needs one is not looked at, and
 * ${*told} is false.
 * ST_AUTH: the digits, or the system's part, were others.
 */
MUST_USE enum status entropy_again(const struct secret *seed,
    const struct digits *people, const struct facts *facts, bool *told,
    struct diag *d);

#endif
