/* codes.h -- pictures of QR codes, made by libqrencode. */
#ifndef ANCHORITE_TESTS_CODES_H
#define ANCHORITE_TESTS_CODES_H

#include <stdint.h>

#include "lib/code/picture.h"

/**
 * codes_draw(p, text, version, x, y, scale):
 * That text in a code of that version or more, level L, at a place of a
 * picture: ${scale} pixels a module, four modules of white around it.  How
 * many pixels wide it became, the white included.
 */
unsigned codes_draw(struct picture *p, const char *text, int version,
    unsigned x, unsigned y, unsigned scale);

/* The same in a picture of its own; the caller frees. */
void codes_picture(const char *text, int version, unsigned scale,
    struct picture *out);

/* A text of ${len} characters behind "AN1:", the same for the same ${seed};
 * ${out} holds len + 5 bytes. */
void codes_text(unsigned seed, unsigned len, char *out);

#define CODES_V25 3040 /* digits that fit a code of version 25-L with that */

#endif
