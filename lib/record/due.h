/* due.h -- when a holder has to look at a sheet again: FORMATS 7.43. */
#ifndef ANCHORITE_DUE_H
#define ANCHORITE_DUE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/clock.h"
#include "lib/base/diag.h"
#include "lib/record/state.h"

#define DUE_OWN_DAYS 365   /* after the holder last proved or checked it */
#define DUE_DEPUTY_DAYS 30 /* after a deputy did in the holder's place */
#define DUE_SOON_DAYS 30   /* from here on it is worth saying */

/* One sheet of a live set; both borrowed from the state. */
struct due {
	const struct sheet_set *set;
	const struct sheet *sheet;
	int64_t at; /* seconds since 1970: on this day it is due */
};

/**
 * due_sheets(s, before, out, n, d):
 * The sheets whose check-up is due before the time ${before}, the earliest
 * first.  The caller frees ${*out}.
 */
MUST_USE enum status due_sheets(const struct state *s, int64_t before,
    struct due **out, size_t *n, struct diag *d);

#endif
