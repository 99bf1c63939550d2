/* see draw.h */
#include <png.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/library.h"
#include "lib/code/draw.h"

#define CELL_BYTES 24 /* the most that a cell takes: colours and a glyph */
#define LINE_BYTES 64 /* the most that a line takes besides */

/* Columns and half rows that a module takes at least. */
static const struct {
	unsigned cols, halves;
} module[] = {
	[DRAW_HALF] = { 1, 1 },
	[DRAW_BLANK] = { 2, 2 },
};

/* By what is dark in a cell: bit 0 its upper half, bit 1 its lower one. */
static const char *const glyph[] = { " ", "\xe2\x96\x80", "\xe2\x96\x84",
	" " };
#define BOTH 3

/* A code in its window.  A module is ${w} columns and ${h} half rows; the
 * first one begins at ${left}, ${top}. */
struct view {
	const struct qr *q;
	unsigned w, h, left, top;
};

/* How many modules a side a window has room for. */
static unsigned
room(enum draw_form form, unsigned cols, unsigned rows)
{
	const unsigned across = cols / module[form].cols;
	const unsigned down = rows * 2 / module[form].halves;

	if (cols > DRAW_SIDE_MAX || rows > DRAW_SIDE_MAX)
		return room(form, cols > DRAW_SIDE_MAX ? DRAW_SIDE_MAX : cols,
		    rows > DRAW_SIDE_MAX ? DRAW_SIDE_MAX : rows);
	return across < down ? across : down;
}

unsigned
draw_scale(enum draw_form form, unsigned version, unsigned cols,
    unsigned rows)
{
	return room(form, cols, rows) / (QR_SIZE(version) + 2 * QR_QUIET);
}

static bool
is_dark(const struct view *v, unsigned col, unsigned half)
{
	const unsigned x = (col - v->left) / v->w;
	const unsigned y = (half - v->top) / v->h;

	return col >= v->left && half >= v->top && x < v->q->size &&
	    y < v->q->size && v->q->module[y * v->q->size + x];
}

/* One line of cells; colours change only where both halves are dark. */
static char *
put_line(const struct view *v, unsigned row, unsigned cols, char *at)
{
	bool inked = false;
	unsigned dark;

	at += snprintf(at, LINE_BYTES, "\033[%u;1H" DRAW_LIGHT, row + 1);
	for (unsigned c = 0; c < cols; c++) {
		dark = (unsigned)is_dark(v, c, 2 * row) |
		    (unsigned)is_dark(v, c, 2 * row + 1) << 1;
		if ((dark == BOTH) != inked) {
			inked = !inked;
			at = stpcpy(at, inked ? DRAW_DARK : DRAW_LIGHT);
		}
		at = stpcpy(at, glyph[dark]);
	}
	return inked ? stpcpy(at, DRAW_LIGHT) : at;
}

enum status
draw_cells(const struct qr *q, enum draw_form form, unsigned cols,
    unsigned rows, struct bytes *out, struct diag *d)
{
	const unsigned scale = draw_scale(form, q->version, cols, rows);
	struct view v = { .q = q, .w = scale * module[form].cols,
		.h = scale * module[form].halves };
	enum status rc;
	uint8_t *more;
	char *at;

	if (scale == 0)
		FAIL(d, ST_POLICY, "a code of version %u does not fit %u by "
		    "%u cells", q->version, cols, rows);
	if (cols > DRAW_SIDE_MAX || rows > DRAW_SIDE_MAX)
		FAIL(d, ST_BUG, "%u by %u cells", cols, rows);
	v.left = (cols - q->size * v.w) / 2;
	v.top = (2 * rows - q->size * v.h) / 2;
	/* blanks have no halves */
	v.top -= v.top % module[form].halves;
	more = realloc(out->data, out->len + (size_t)rows *
	    ((size_t)cols * CELL_BYTES + LINE_BYTES) + 1);
	if (more == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	out->data = more;
	at = (char *)more + out->len;
	for (unsigned r = 0; r < rows; r++)
		at = put_line(&v, r, cols, at);
	*at = '\0';
	out->len = (size_t)(at - (char *)more);
	rc = ST_OK;
out:
	return rc;
}

/* What is called of libpng, by the type it has in its header. */
static struct {
	LIBRARY_CALL(png_image_write_to_memory);
	LIBRARY_CALL(png_image_free);
} lib;

static const struct library_entry entries[] = {
	LIBRARY_ENTRY(lib, png_image_write_to_memory),
	LIBRARY_ENTRY(lib, png_image_free),
};

#define ENTRIES (sizeof(entries) / sizeof(entries[0]))
LIBRARY_WHOLE(lib, ENTRIES);

static const struct library library = { "libpng16.so.16",
	"libpng16-16 or libpng16-16t64", entries, ENTRIES };

enum status
draw_png(const struct qr *q, unsigned scale, struct bytes *out,
    struct diag *d)
{
	png_image image = { .version = PNG_IMAGE_VERSION,
		.format = PNG_FORMAT_GRAY };
	struct bytes gray = { 0 };
	png_alloc_size_t size;
	enum status rc;
	unsigned side;

	bytes_free(out);
	TRY(library_load(&library, &lib, d));
	TRY(qr_picture(q, scale, &gray, &side, d));
	image.width = image.height = side;
	size = PNG_IMAGE_PNG_SIZE_MAX(image);
	if ((out->data = malloc(size + 1)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	if (!lib.png_image_write_to_memory(&image, out->data, &size, 0,
	    gray.data, 0, NULL))
		FAIL(d, ST_SYSTEM, "no PNG file could be made (%s)",
		    image.message);
	out->len = size;
	out->data[size] = '\0';
	rc = ST_OK;
out:
	if (lib.png_image_free != NULL)
		lib.png_image_free(&image);
	bytes_free(&gray);
	return rc;
}
