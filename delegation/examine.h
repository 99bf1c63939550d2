/* examine.h -- every check of the profile on a certificate or list, whoever
 * made it.  FORMATS 8.46. */
#ifndef ANCHORITE_EXAMINE_H
#define ANCHORITE_EXAMINE_H

#include <stddef.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/record/facts.h"

/* All borrowed. */
struct examine_ask {
	const char *name;	  /* of the file, for sentences */
	const struct bytes *data; /* certificate or list, PEM or DER */
	const char *as;		  /* "root", "adopted", "cross" or "delegation",
				   * of a certificate; NULL: by its looks */
	const char *arc;	  /* NULL: the one that its key usage has */
};

/**
 * examine(ask, out, wrong, d):
 * "holds" has each check that does, "wrong" each that does not with its
 * sentence, ${*wrong} how many.  No signature is looked at.  ST_FORMAT: it is
 * neither.  ST_USAGE: ${ask->as} is no such word, or it is a list.
 */
MUST_USE enum status examine(const struct examine_ask *ask, struct facts *out,
    size_t *wrong, struct diag *d);

#endif
