/* load.h -- what an engine is made of: a plan with its rows, and a record that
 * is known. */
#ifndef ANCHORITE_LOAD_H
#define ANCHORITE_LOAD_H

#include <stddef.h>
#include <stdint.h>

#include "ceremony/engine.h"
#include "ceremony/run.h"
#include "lib/base/diag.h"
#include "lib/record/plan.h"
#include "lib/record/state.h"

/* A plan with its rows, and where its files come from. */
struct loaded {
	struct inbox inbox;
	int dirfd; /* of the inbox, where it is owned; -1: not so */
	struct plan *plan; /* owned, as the next is */
	struct engine_step *step;
	size_t nsteps;
};
void loaded_clear(struct loaded *l);

/**
 * load_plan(r, inbox, l, d), load_kept(r, after, c, requests, l, d):
 * The plan of ${r}, its files in the folder ${inbox}; or that of ceremony ${c}
 * as the state ${after} keeps it, whose folder of ${requests} the caller holds
 * open (-1: there is none).  The caller clears ${l} (loaded_clear), which is
 * empty after a refusal and stays where it is.
 */
MUST_USE enum status load_plan(const struct run *r, const char *inbox,
    struct loaded *l, struct diag *d);
MUST_USE enum status load_kept(const struct run *r, const struct state *after,
    const struct ceremony *c, int requests, struct loaded *l, struct diag *d);

/* The plan is lent to the engine, its rows move into it. */
void load_into(struct engine *e, struct loaded *l);

/**
 * load_tail(e, known, first, d):
 * Entries of ${known} before ${first} into the engine's state, the rest into
 * its tail: to be computed again.
 */
MUST_USE enum status load_tail(struct engine *e, const struct state *known,
    uint64_t first, struct diag *d);

#endif
