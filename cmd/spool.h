/* spool.h -- pages to a printer of this machine, through lp(1).  FORMATS 4.22. */
#ifndef ANCHORITE_CMD_SPOOL_H
#define ANCHORITE_CMD_SPOOL_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"

/**
 * spool_find(place, d):
 * ${place} is "lp" (the printer that lp takes by itself) or "lp:NAME", NAME of
 * 1 to 127 letters, digits, `.`, `_` and `-`.  ST_FORMAT: it is not.  ST_SYSTEM:
 * there is no lp.
 */
MUST_USE enum status spool_find(const char *place, struct diag *d);

/**
 * spool_print(place, title, pdf, len, d):
 * The file goes, as a job that is called ${title}, to lp's standard input, and to no other process: nothing is
 * forked beside a secret (10.73).  Waits for lp's end.  ST_SYSTEM: lp did not
 * take all of it, or refused.
 */
MUST_USE enum status spool_print(const char *place, const char *title,
    const uint8_t *pdf, size_t len, struct diag *d);

#endif
