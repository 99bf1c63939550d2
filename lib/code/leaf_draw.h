/* leaf_draw.h -- leaf.h, in the child process that draws. */
#ifndef ANCHORITE_LEAF_DRAW_H
#define ANCHORITE_LEAF_DRAW_H

#include "lib/code/leaf.h"

/**
 * leaf_draw(l, fd, d):
 * Write the PDF file to ${fd}.  Loads libraries and frees nothing: the process
 * is to end.  ST_SYSTEM: no library, no font, or it cannot be written.
 */
MUST_USE enum status leaf_draw(const struct leaf *l, int fd, struct diag *d);

#endif
