/* bags.h -- custody = bags: the seal of record is asked for before a sheet is
 * read, and a new bag after.  FORMATS 7.40 to 7.42.  Nothing is asked where the
 * plan keeps no bags, nor when a ceremony is computed again elsewhere. */
#ifndef ANCHORITE_BAGS_H
#define ANCHORITE_BAGS_H

#include "ceremony/engine.h"

/* Whether any sheet of a set has a bag of record that is asked for. */
bool bags_wanted(const struct engine *e, const struct sheet_set *set);

/**
 * bags_in(e, set, sheet, d):
 * The seal, typed from the bag before it is opened, against the one of record,
 * which is not shown; the record says whether it is.  Nothing is asked of a
 * sheet that never went out in a bag.  ST_POLICY: it is another, and the people
 * do not go on.
 */
MUST_USE enum status bags_in(struct engine *e, const struct sheet_set *set,
    const struct sheet *sheet, struct diag *d);

/**
 * bags_settle(e, all, d):
 * A new bag for every sheet that was proven or came in in this ceremony, is in
 * none yet, and is burnt by no row of the plan: after each item, and once more
 * before the next one is begun, for a cut may have come between.  With ${all},
 * before the record is closed, also for what was to be burnt and was not.
 */
MUST_USE enum status bags_settle(struct engine *e, bool all, struct diag *d);

#endif
