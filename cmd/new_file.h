/* new_file.h -- a file that a person named and that is about to be made. */
#ifndef ANCHORITE_CMD_NEW_FILE_H
#define ANCHORITE_CMD_NEW_FILE_H

#include "lib/base/diag.h"
#include "lib/record/state.h"

/**
 * new_file(option, name, s, d):
 * Before anybody types for it: it is not there, its folder is and can be
 * written to, and it would not lie inside the state ${s} (NULL: there is none),
 * of which it would be a stray for ever.  ${option} names it where it is empty.
 * ST_USAGE, ST_POLICY, ST_SYSTEM: not so.
 */
MUST_USE enum status new_file(const char *option, const char *name,
    const struct state *s, struct diag *d);

#endif
