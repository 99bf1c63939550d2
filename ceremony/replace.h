/* replace.h -- the row "replace-share": one sheet of a live set once more, the
 * very same share, for one that was lost or damaged or whose holder left.
 * FORMATS 3.71, 4.32; RULES S2, S3.
 *
 * Items: 0 says that a copy may be there from now on; 1 the root is opened by a
 * quorum, the sheet is written and read back. */
#ifndef ANCHORITE_REPLACE_H
#define ANCHORITE_REPLACE_H

#include "lib/record/step.h"

extern const struct step_kind replace_step;

#endif
