/* engine.h -- the ceremony as a sequence of entries.
 *
 * Each item is computed; then it is either written (the record does not have
 * it yet) or compared with what the record has.  A run, its resumption after a
 * cut and `reproduce` on a second machine are this one loop; they differ in
 * whether there are sticks to write to.  docs/DESIGN.md "The engine". */
#ifndef ANCHORITE_ENGINE_H
#define ANCHORITE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>

#include "ceremony/entropy.h"
#include "lib/base/diag.h"
#include "lib/record/plan.h"
#include "lib/record/state.h"
#include "lib/record/step.h"
#include "lib/record/stick.h"

#define ENGINE_ROOTS_MAX REHEARSAL_SEEDS

/* One section of the plan that is a step. */
struct engine_step {
	const struct ini_section *section; /* borrowed from the plan */
	char name[80]; /* "crl 2027Q1": what a fact "step" says */
	const struct step_kind *kind;
	void *want; /* owned; freed by kind */
	size_t count;
};

/* A root while it is open. */
struct engine_root {
	char name[33];
	struct secret *seed; /* drawn or recovered */
	struct key *key;     /* NULL until proven or opened */
	struct secret *ems;  /* the seed, encrypted for ${epoch}; or NULL */
	unsigned epoch;
};

struct engine {
	const struct plan *plan;	 /* borrowed */
	const struct front *front;	 /* borrowed */
	const char *program;		 /* version, for the record */
	struct engine_step *step;	 /* owned */
	size_t nsteps;
	struct state *state; /* owned: all entries up to here */
	const struct state *known; /* borrowed: tail included; NULL: no tail */
	struct entry *tail; /* owned: recorded, still to be computed again */
	size_t ntail, at;
	struct sticks *sticks; /* borrowed; NULL: compare, never write */
	bool resumed; /* after a cut: to be said before anything new */
	struct engine_root root[ENGINE_ROOTS_MAX];
	size_t nroots;
	struct secret *typed[SHEETS_MAX]; /* sheets read back, of one set */
	struct secret *dice[ENGINE_ROOTS_MAX]; /* digests of digits so far */
	size_t ndice;
	struct digits people; /* reproduce: what people added */
	size_t untold; /* seeds whose digits were not given */
	size_t shown; /* the step in progress, 1.. */
	struct outcome *later; /* owned: events that wait for the tail's end */
	size_t nlater;
	bool given_up; /* by a holder: it is to end (undone_held) */
	struct hands hands;
};

/**
 * engine_steps(plan, steps, out, n, d):
 * Let every row of the plan read its own section.  The caller frees with
 * engine_steps_free.
 */
MUST_USE enum status engine_steps(const struct plan *plan,
    const struct step_kind *const *steps, struct engine_step **out, size_t *n,
    struct diag *d);
void engine_steps_free(struct engine_step *step, size_t n);

/* Whether a fact "step", or NULL, names this one. */
bool engine_step_is(const struct engine_step *s, const char *name);

/**
 * engine_settle(plan, step, n, state, d):
 * What rows take from the state before: engine_check does it first.
 */
MUST_USE enum status engine_settle(const struct plan *plan,
    struct engine_step *step, size_t n, const struct state *state,
    struct diag *d);

/**
 * engine_check(plan, step, n, state, d):
 * Every row's check, in order, each with the promises of those before it.
 */
MUST_USE enum status engine_check(const struct plan *plan,
    struct engine_step *step, size_t n, const struct state *state,
    struct diag *d);

/**
 * engine_tell(plan, step, n, state, out, d):
 * What people must know before they agree to a plan that was checked.
 */
MUST_USE enum status engine_tell(const struct plan *plan,
    const struct engine_step *step, size_t n,
    const struct state *state, struct facts *out, struct diag *d);

/* Whether the next entry is in the record already. */
bool engine_comparing(const struct engine *e);

/* All that is recorded: while that is computed again, more than is done. */
const struct state *engine_known(const struct engine *e);

/* The minute it is, in seconds: what the record knows of time. */
int64_t engine_minute(void);

/**
 * engine_write(e, o, time, d):
 * A new entry with its files, on all sticks; the facts of ${*o} are moved from.
 * ST_AUTH: there are no sticks, and the record should go on (7.9).
 * ST_SYSTEM: ${time} is before that of the last entry.
 */
MUST_USE enum status engine_write(struct engine *e, struct outcome *o,
    int64_t time, struct diag *d);

/**
 * engine_take(e, d):
 * The next recorded entry as it is: an event, or one that was computed again.
 * ST_AUTH: it is not of the plan.
 */
MUST_USE enum status engine_take(struct engine *e, struct diag *d);

/**
 * engine_opening(plan, program, out, d):
 * What the opening entry says: the plan and every file that it names, once.
 */
MUST_USE enum status engine_opening(const struct plan *plan,
    const char *program, struct outcome *out, struct diag *d);

/**
 * engine_who_and_when(p, e, d):
 * Whoever did it and when, the plan knows both: the officer writes, and a run
 * begins within the plan's dates.
 */
MUST_USE enum status engine_who_and_when(const struct plan *p,
    const struct entry *e, struct diag *d);

/**
 * engine_same(t, o, d):
 * Whether a recorded entry is what was computed again, but for what is taken
 * on trust.  ST_AUTH names the file or fact that is not.
 */
MUST_USE enum status engine_same(const struct entry *t,
    const struct outcome *o, struct diag *d);

/**
 * engine_drive(e, d):
 * All of it: the opening entry with the plan and its files; all items of all
 * steps; and engine_close.
 */
MUST_USE enum status engine_drive(struct engine *e, struct diag *d);

/**
 * engine_close(e, d):
 * The closing line, signed by each open root that has a certificate; then keys
 * and seeds are wiped.
 */
MUST_USE enum status engine_close(struct engine *e, struct diag *d);

/* Wipe keys and seeds, free all that is owned. */
void engine_clear(struct engine *e);

#endif
