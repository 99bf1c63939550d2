/* show_place.h -- where code and words stand in a window. */
#ifndef ANCHORITE_CMD_SHOW_PLACE_H
#define ANCHORITE_CMD_SHOW_PLACE_H

#include <stdbool.h>

#include "lib/code/draw.h"

/* In cells.  The code has the top left of the window; the words are beside it
 * or below. */
struct place {
	unsigned scale; /* the code's; 0: it does not fit */
	unsigned cols, rows; /* of the code's part */
	unsigned left, top, wide, high; /* of the words' part */
};

/**
 * place_find(form, cols, rows, version, text):
 * The place that leaves the code as large as can be.  ${text} is lines of
 * ASCII, of which the empty ones may be left out; it is wrapped at blanks.  A
 * tab is a blank at which it is wrapped only where there is no other.
 */
struct place place_find(enum draw_form form, unsigned cols, unsigned rows,
    unsigned version, const char *text);

/**
 * place_words(p, text, out, d):
 * Append what paints the words' part: black on white, to its edges.
 */
MUST_USE enum status place_words(const struct place *p, const char *text,
    struct bytes *out, struct diag *d);

#endif
