/* draw.h -- a code as cells of a terminal, and as a PNG file. */
#ifndef ANCHORITE_DRAW_H
#define ANCHORITE_DRAW_H

#include "lib/code/qr.h"

#define DRAW_SIDE_MAX 1000 /* columns or rows of a window that are used */

/* What a module is made of.  A cell is about twice as high as it is wide. */
enum draw_form {
	DRAW_HALF, /* half of a cell: U+2580, U+2584 and a blank */
	DRAW_BLANK /* two blanks with a background: needs no font */
};

/* Ink and paper, both always set: black on white, whatever the terminal's
 * own colours are, and the same the other way round. */
#define DRAW_LIGHT "\033[38;5;16;48;5;231m"
#define DRAW_DARK "\033[38;5;231;48;5;16m"

/* How many times a code of ${version}, with its quiet zone, may be enlarged in
 * a window of ${cols} by ${rows} cells; 0 if it does not fit at all. */
unsigned draw_scale(enum draw_form form, unsigned version, unsigned cols,
    unsigned rows);

/**
 * draw_cells(q, form, cols, rows, out, d):
 * Append what paints ${cols} by ${rows} cells (up to DRAW_SIDE_MAX) at the
 * top left of a terminal: the code in the middle, as many times enlarged as
 * it goes, and white all around.  The cursor is left anywhere, the colours
 * are DRAW_LIGHT's.  ST_POLICY: it does not fit.
 */
MUST_USE enum status draw_cells(const struct qr *q, enum draw_form form,
    unsigned cols, unsigned rows, struct bytes *out, struct diag *d);

/**
 * draw_png(q, scale, out, d):
 * A PNG file (RFC 2083, 8 bits of gray) of qr_picture.
 */
MUST_USE enum status draw_png(const struct qr *q, unsigned scale,
    struct bytes *out, struct diag *d);

#endif
