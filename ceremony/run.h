/* run.h -- a ceremony from plan to closing line, cut or not. */
#ifndef ANCHORITE_RUN_H
#define ANCHORITE_RUN_H

#include <stdbool.h>
#include <stddef.h>

#include "ceremony/room.h"
#include "lib/base/diag.h"
#include "lib/crypto/hash.h"
#include "lib/record/front.h"
#include "lib/record/step.h"

/* What the caller brings; all borrowed. */
struct run {
	const char *plan;	 /* path */
	const struct room *room; /* NULL: at the desk, for run_check */
	const char *state;	 /* run_check at the desk: a copy, or NULL */
	const struct front *front;
	const struct step_kind *const *steps;
	const char *program; /* version */
};

/* What is left to do when a ceremony is closed. */
struct run_left {
	size_t sealed;	/* lists: for their responders there is a card */
	size_t parcels; /* to be given out */
	char head[SHA384_HEX_SIZE]; /* of the state that they are made of */
	bool again; /* it was closed before: nothing was signed now */
	bool given_up; /* by a holder, and closed early */
};

/**
 * run_check(r, out, d):
 * Grammar, rows, requests, promises, continuity: everything that can be said
 * without a key.  With a room what run_ceremony would refuse before its first
 * question, sticks and clock too; at the desk a plan may lie in the future.
 * ${out} gets what people must know before they agree to it.
 */
MUST_USE enum status run_check(const struct run *r, struct facts *out,
    struct diag *d);

/**
 * run_ceremony(r, left, d):
 * Run, or go on after a cut.  One that is closed, and gives out parcels or
 * waits for a second machine's word, only comes to its end again.
 * ST_POLICY: the plan has run already, is not the next, another is open, or
 * this was ended early and lacks its closing; or a file in the outbox has the
 * name of a parcel; or a holder gave it up (${left}), who is named.  ST_AUTH:
 * the state is not the one on paper.
 */
MUST_USE enum status run_ceremony(const struct run *r, struct run_left *left,
    struct diag *d);

/**
 * run_end(r, reason, d):
 * Close the open ceremony early; what was not done is named.  ST_AUTH: what
 * is recorded does not hold.
 */
MUST_USE enum status run_end(const struct run *r, const char *reason,
    struct diag *d);

#endif
