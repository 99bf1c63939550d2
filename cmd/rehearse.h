/* rehearse.h -- a whole TEST ceremony in a folder of its own, and what is shown
 * of it: two files, one rehearsal. */
#ifndef ANCHORITE_REHEARSE_H
#define ANCHORITE_REHEARSE_H

#include <stdbool.h>
#include <stddef.h>

#include "ceremony/room.h"
#include "cmd/cmd.h"
#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/record/state.h"

#define PATH_SIZE ROOM_PATH_SIZE
#define SHOWN_SIZE 8192 /* bytes of a name that was quoted */

struct rehearsal {
	const char *dir;
	const struct call *call;
	char plan[PATH_SIZE], room[PATH_SIZE], state[PATH_SIZE];
	char shown[SHOWN_SIZE]; /* dir, as one may type it */
	bool made;     /* the folder is ours */
	size_t checks; /* that passed */
};

void rehearse_join(char out[PATH_SIZE], const char *dir, const char *name);

/* A file in the rehearsal's folder. */
MUST_USE enum status rehearse_save(const struct rehearsal *h,
    const char *name, const struct bytes *bytes, struct diag *d);

/**
 * rehearse_check(h, s, d):
 * The record, its objects under stock tools, the sheets, a device, a drill;
 * each that passes is said and counted.  ST_AUTH: one does not.
 */
MUST_USE enum status rehearse_check(struct rehearsal *h,
    const struct state *s, struct diag *d);

#endif
