/* cells.h -- what a terminal shows, as a picture. */
#ifndef ANCHORITE_TESTS_CELLS_H
#define ANCHORITE_TESTS_CELLS_H

#include <stdbool.h>

#include "lib/base/bytes.h"

#define CELLS_WIDE 8  /* pixels */
#define CELLS_HIGH 16 /* pixels */

/**
 * cells_picture(text, len, cols, rows, dark_mode, out, d):
 * The gray picture, ${cols} * CELLS_WIDE by ${rows} * CELLS_HIGH, of a
 * terminal that was sent ${text}, or of which it was captured (a line feed
 * goes to the next line's begin).  Known: placing of the cursor, colours of
 * 16 and 256, half and full blocks; any other character is a stroke in its
 * cell.  What nobody painted is white, or black in ${dark_mode}.
 * ST_FORMAT: an escape that is not known, or painting outside of it.
 */
enum status cells_picture(const char *text, size_t len, unsigned cols,
    unsigned rows, bool dark_mode, struct bytes *out, struct diag *d);

#endif
