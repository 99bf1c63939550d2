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

/**
 * run_reproduce(r, what, d):
 * Verify `after`, compute every ceremony of it that `before` has not, and find
 * every byte equal.  Writes nothing.  ST_AUTH names the first entry or file
 * that differs.
 */
MUST_USE enum status run_reproduce(const struct run *r,
    struct reproduce *what, struct diag *d);

#endif
