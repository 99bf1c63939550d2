/* picture.h -- grey pictures, and the files that hold them.  What comes from
 * outside is read here in a child of lib/base/sandbox and nowhere else, but
 * for the one line that heads a Y4M stream.  See FORMATS 10.74, 10.75. */
#ifndef ANCHORITE_CODE_PICTURE_H
#define ANCHORITE_CODE_PICTURE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"

#define PICTURE_SIDE_MAX 16384	 /* pixels a side, as it lies in the file */
#define PICTURE_FILE_MAX (64u << 20) /* pixels in the file */
#define PICTURE_PIXELS_MAX (4u << 20) /* pixels of a struct picture */

/* All zero is none.  0 is black, 255 is white; rows follow one another. */
struct picture {
	unsigned width, height;
	uint8_t *gray; /* width * height bytes, owned */
};

/**
 * picture_new(width, height, out, d):
 * A picture of that size, black.  ST_FORMAT: no pixel, or more than
 * PICTURE_PIXELS_MAX.  ST_SYSTEM: out of memory.
 */
MUST_USE enum status picture_new(unsigned width, unsigned height,
    struct picture *out, struct diag *d);

/**
 * picture_warm(d):
 * Load the libraries that read files: before a child is locked in, and before
 * picture_read.  ST_SYSTEM: one of them is not there.
 */
MUST_USE enum status picture_warm(struct diag *d);

/**
 * picture_read(data, len, out, d):
 * A file of PNG, JPEG, or PGM or PPM (P5, P6; 255 levels), by its first
 * bytes.  A picture of more than PICTURE_PIXELS_MAX is made smaller by the
 * least whole number that does.
 * ST_FORMAT: another file, a broken one, one too large.  ST_SYSTEM: out of
 * memory.
 */
MUST_USE enum status picture_read(const uint8_t *data, size_t len,
    struct picture *out, struct diag *d);

/**
 * picture_shrink(from, by, out, d):
 * Each square of ${by} pixels a side becomes the mean of them; what is left
 * over at the right and at the bottom goes.  ${out} is another picture.
 */
MUST_USE enum status picture_shrink(const struct picture *from, unsigned by,
    struct picture *out, struct diag *d);

/* Free what is owned; empty afterwards. */
void picture_free(struct picture *p);

/* How the frames of a Y4M stream lie: width * height bytes of luma, which are
 * the picture, then ${skip} bytes of colour. */
struct picture_y4m {
	unsigned width, height;
	size_t skip;
};

#define PICTURE_Y4M_LINE 256 /* bytes of a line, without its LF */

/**
 * picture_y4m(line, len, out, d):
 * The first line of a stream, without its LF.  8 bits, not interlaced, at most
 * PICTURE_PIXELS_MAX; unknown letters and unknown colour are refused.
 */
MUST_USE enum status picture_y4m(const char *line, size_t len,
    struct picture_y4m *out, struct diag *d);

#endif
