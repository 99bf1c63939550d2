/* reproduce.h -- the second machine: everything computed again, and compared.
 * RULES C7; FORMATS 7.9. */
#ifndef ANCHORITE_REPRODUCE_H
#define ANCHORITE_REPRODUCE_H

#include <stddef.h>

#include "ceremony/entropy.h"
#include "ceremony/run.h"
#include "lib/base/diag.h"

/* What `reproduce` is given besides. */
struct reproduce {
	const char *after;	     /* state folder to be reproduced */
	const char *before;	     /* state folder it started from, or NULL */
	struct digits people; /* what people added to the seeds */
	size_t entries;	      /* out: how many were computed again */
	size_t untold; /* out: seeds whose digits were not given */
	size_t early;  /* out: early ends, which are under no signature */
	size_t voided; /* out: entries that do not count, taken as they are */
	size_t leftovers; /* out: files that cuts left, of any content */
};

/* What is to be computed again, read and held ready. */
struct again;

/**
 * reproduce_look(r, what, out, d):
 * Verify `after`, and read the plan of every ceremony of it that `before` has
 * not, with the requests that it names: all that is read before there is a
 * sheet, so that whoever reads what strangers wrote is gone by then.  The
 * caller frees (again_free).  Refuses as verify_state and plan_read do.
 * ST_AUTH: `after` does not continue `before`.  ST_POLICY: a ceremony is not
 * closed, or there is none to compute.
 */
MUST_USE enum status reproduce_look(const struct run *r,
    struct reproduce *what, struct again **out, struct diag *d);

/**
 * reproduce_all(r, a, what, d):
 * Compute those ceremonies, and find every byte equal.  Writes nothing.
 * ST_AUTH names the first entry or file that differs.
 */
MUST_USE enum status reproduce_all(const struct run *r, struct again *a,
    struct reproduce *what, struct diag *d);

void again_free(struct again *a);

#endif
