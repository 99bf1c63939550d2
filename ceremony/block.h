/* block.h -- the leading items of a step that count only together, and what of
 * them is void where a cut, or whoever gave up, came between.  FORMATS 7.5. */
#ifndef ANCHORITE_BLOCK_H
#define ANCHORITE_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ceremony/engine.h"

/* What the record has, from where the engine is, of such items. */
enum block { BLOCK_NONE, BLOCK_WHOLE, BLOCK_VOID, BLOCK_CUT };

/* How many items of a step count only together; 0: each counts alone. */
size_t block_size(const struct engine_step *s);

/* Whether a recorded entry is an item of this step; ${*item}: which, 0.. */
bool block_has(const struct engine_step *s, const struct entry *t,
    uint64_t *item);

/* ${*end}: the index in the tail of the entry behind it. */
enum block block_find(const struct engine *e, const struct engine_step *s,
    size_t *end);

/**
 * block_start(e, s, d):
 * Before the first item of a step: what counts together is whole in the record,
 * or starts anew, what there was being void.  ST_AUTH: it was cut there, and
 * nothing is to be written (7.9).
 */
MUST_USE enum status block_start(struct engine *e,
    const struct engine_step *s, struct diag *d);

/**
 * block_facts(state, s, v, items, d):
 * What a void entry says of the items since the step last began, ${*items} of
 * them: it follows from the entries before.
 */
MUST_USE enum status block_facts(const struct state *state,
    const struct engine_step *s, struct facts *v, size_t *items,
    struct diag *d);

/* An event "void", which says that. */
MUST_USE enum status block_void(struct engine *e, const struct engine_step *s,
    struct diag *d);

/**
 * block_holds(step, n, state, e, d):
 * A void entry: only what counts together is void together, and only before the
 * last of it is done.  ST_AUTH: it is of another step, or says something else.
 */
MUST_USE enum status block_holds(const struct engine_step *step, size_t n,
    const struct state *state, const struct entry *e, struct diag *d);

#endif
