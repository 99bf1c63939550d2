/* outbox.h -- what a closed ceremony gives out: into the room's outbox, and
 * from there by codes or on sticks.  FORMATS 3.61. */
#ifndef ANCHORITE_CMD_OUTBOX_H
#define ANCHORITE_CMD_OUTBOX_H

#include "ceremony/room.h"
#include "cmd/cmd.h"
#include "lib/base/diag.h"
#include "lib/record/front.h"

/**
 * outbox_bring(c, room, head, front, d):
 * Each parcel of the last ceremony, made again of its record, whose head is
 * ${head}, into the outbox of ${room}, where it may be already; then ask
 * ${front}, if it can be asked, how it goes out.  What is refused on the way
 * out is said there, and asked again.  Where there is no outbox, say how a
 * parcel is made.  No secret may be in memory.
 * ST_SYSTEM: the outbox has not all of them, and what to type.
 */
MUST_USE enum status outbox_bring(const struct call *c,
    const struct room *room, const char *head, const struct front *front,
    struct diag *d);

#endif
