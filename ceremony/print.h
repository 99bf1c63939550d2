/* print.h -- where a ceremony's sheets go as files.  FORMATS 4.22. */
#ifndef ANCHORITE_PRINT_H
#define ANCHORITE_PRINT_H

#include "ceremony/room.h"
#include "lib/base/diag.h"
#include "lib/record/plan.h"
#include "lib/record/stick.h"

/**
 * print_check(plan, room, sticks, d):
 * Where the plan has its sheets printed, the room names a folder for them that
 * is there and is none of the others, nor in one.  ST_POLICY, ST_SYSTEM.
 */
MUST_USE enum status print_check(const struct plan *plan,
    const struct room *room, const struct sticks *sticks, struct diag *d);

#endif
