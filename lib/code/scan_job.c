/* see scan_job.h
 *
 * The child's side: libzbar, and the ways of looking at a picture.  The
 * library and the twenty that it brings along are loaded here, in the child,
 * so that no process that opens a root ever has them. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <zbar.h>

#include "lib/base/library.h"
#include "lib/base/reader.h"
#include "lib/code/picture.h"
#include "lib/code/scan_job.h"

#define LIBRARY "libzbar.so.0"
#define MEMORY ((size_t)256 << 20) /* bytes; a picture of 64 M takes 64 M */
#define CPU_S 10
#define WAIT_MS 60000

/* What is called there, by the type it has in zbar.h. */
struct zbar {
	__typeof__(&zbar_image_scanner_create) scanner_create;
	__typeof__(&zbar_image_scanner_set_config) scanner_config;
	__typeof__(&zbar_scan_image) scan;
	__typeof__(&zbar_image_create) image_create;
	__typeof__(&zbar_image_destroy) image_destroy;
	__typeof__(&zbar_image_set_format) image_format;
	__typeof__(&zbar_image_set_size) image_size;
	__typeof__(&zbar_image_set_data) image_data;
	__typeof__(&zbar_image_first_symbol) first;
	__typeof__(&zbar_symbol_next) next;
	__typeof__(&zbar_symbol_get_type) type;
	__typeof__(&zbar_symbol_get_data) data;
	__typeof__(&zbar_symbol_get_data_length) length;
	__typeof__(&zbar_symbol_get_loc_size) corners;
	__typeof__(&zbar_symbol_get_loc_x) corner_x;
	__typeof__(&zbar_symbol_get_loc_y) corner_y;
};

#define ENTRY(member, symbol) { offsetof(struct zbar, member), #symbol }
static const struct library_entry entries[] = {
	ENTRY(scanner_create, zbar_image_scanner_create),
	ENTRY(scanner_config, zbar_image_scanner_set_config),
	ENTRY(scan, zbar_scan_image),
	ENTRY(image_create, zbar_image_create),
	ENTRY(image_destroy, zbar_image_destroy),
	ENTRY(image_format, zbar_image_set_format),
	ENTRY(image_size, zbar_image_set_size),
	ENTRY(image_data, zbar_image_set_data),
	ENTRY(first, zbar_image_first_symbol),
	ENTRY(next, zbar_symbol_next),
	ENTRY(type, zbar_symbol_get_type),
	ENTRY(data, zbar_symbol_get_data),
	ENTRY(length, zbar_symbol_get_data_length),
	ENTRY(corners, zbar_symbol_get_loc_size),
	ENTRY(corner_x, zbar_symbol_get_loc_x),
	ENTRY(corner_y, zbar_symbol_get_loc_y),
};

static struct zbar zbar; /* the child's */

#define ENTRIES (sizeof(entries) / sizeof(entries[0]))
LIBRARY_WHOLE(struct zbar, ENTRIES);

static const struct library library = { LIBRARY,
	"libzbar0 or libzbar0t64", entries, ENTRIES };

/* ---- one answer, as it grows ---- */

struct answer {
	uint8_t *out; /* SCAN_ANSWER_MAX bytes */
	size_t len;
	unsigned n;
};

static void
put(struct answer *a, unsigned value, size_t bytes)
{
	while (bytes-- > 0)
		a->out[a->len++] = (uint8_t)(value >> (8 * bytes));
}

/* Whether that text is in the answer already: two ways found it. */
static bool
has(const struct answer *a, const char *text, size_t len)
{
	const uint8_t *p = a->out + SCAN_ANSWER_HEAD;
	size_t have;

	for (unsigned i = 0; i < a->n; i++) {
		have = (size_t)p[SCAN_TEXT_HEAD - 2] << 8 |
		    p[SCAN_TEXT_HEAD - 1];
		p += SCAN_TEXT_HEAD;
		if (have == len && memcmp(p, text, len) == 0)
			return true;
		p += have;
	}
	return false;
}

/* The box around a code, from the scanned picture's pixels to the whole's. */
static struct scan_box
around(const zbar_symbol_t *code, const struct scan_box *part, unsigned by)
{
	const unsigned corners = zbar.corners(code);
	int x, y, left = INT32_MAX, top = INT32_MAX, right = 0, bottom = 0;

	for (unsigned i = 0; i < corners; i++) {
		x = zbar.corner_x(code, i);
		y = zbar.corner_y(code, i);
		left = x < left ? x : left;
		top = y < top ? y : top;
		right = x > right ? x : right;
		bottom = y > bottom ? y : bottom;
	}
	left = left < 0 || left > right ? 0 : left;
	top = top < 0 || top > bottom ? 0 : top;
	return (struct scan_box){ part->x + (unsigned)left * by,
		part->y + (unsigned)top * by, (unsigned)(right - left) * by,
		(unsigned)(bottom - top) * by };
}

static unsigned
at_most(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* A picture as it was asked about: where it lies is not ours. */
struct view {
	unsigned width, height;
	const uint8_t *gray;
};

/* A code that lies in ${part} of a picture of ${whole}, clipped to it. */
static void
add(struct answer *a, const zbar_symbol_t *code, const struct view *whole,
    const struct scan_box *part, unsigned by, unsigned way)
{
	const char *text = zbar.data(code);
	const size_t len = zbar.length(code);
	struct scan_box box = around(code, part, by);

	if (zbar.type(code) != ZBAR_QRCODE || text == NULL || len == 0 ||
	    len > SCAN_TEXT_MAX || a->n == SCAN_TEXTS_MAX || has(a, text, len))
		return;
	box.x = at_most(box.x, whole->width);
	box.y = at_most(box.y, whole->height);
	put(a, box.x, 2);
	put(a, box.y, 2);
	put(a, at_most(box.width, whole->width - box.x), 2);
	put(a, at_most(box.height, whole->height - box.y), 2);
	put(a, way, 1);
	put(a, (unsigned)len, 2);
	memcpy(a->out + a->len, text, len);
	a->len += len;
	a->n++;
}

/* ---- ways of looking; each leaves what is scanned in ${to} ---- */

static enum status
half(const struct picture *from, struct picture *to, struct diag *d)
{
	/* nothing is left of a picture one pixel wide */
	if (from->width < 2 || from->height < 2)
		return picture_shrink(from, 1, to, d);
	return picture_shrink(from, 2, to, d);
}

static enum status
full(const struct picture *from, struct picture *to, struct diag *d)
{
	enum status rc;

	TRY(picture_new(from->width, from->height, to, d));
	memcpy(to->gray, from->gray, (size_t)to->width * to->height);
out:
	return rc;
}

/* Weights 1 6 15 20 15 6 1 of 64: a Gauss curve of sigma 1.2 pixels. */
static void
blur_row(const uint8_t *const from[7], size_t n, uint8_t *restrict to)
{
	for (size_t i = 0; i < n; i++)
		to[i] = (uint8_t)((from[0][i] + from[6][i] +
		    6 * (from[1][i] + from[5][i]) +
		    15 * (from[2][i] + from[4][i]) + 20 * from[3][i] + 32) >>
		    6);
}

/* Down, then across; three pixels at each edge stay as they are. */
static enum status
blurred(const struct picture *from, struct picture *to, struct diag *d)
{
	const size_t w = from->width;
	const uint8_t *tap[7];
	uint8_t *line = NULL;
	enum status rc;

	TRY(full(from, to, d));
	if (from->width < 8 || from->height < 8)
		goto out;
	if ((line = malloc(w)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	for (unsigned y = 3; y < from->height - 3; y++) {
		for (unsigned i = 0; i < 7; i++)
			tap[i] = from->gray + (y - 3 + i) * w;
		blur_row(tap, w, line);
		for (unsigned i = 0; i < 7; i++)
			tap[i] = line + i;
		blur_row(tap, w - 6, to->gray + y * w + 3);
	}
out:
	free(line);
	return rc;
}

static enum status
inverted(const struct picture *from, struct picture *to, struct diag *d)
{
	enum status rc;

	TRY(full(from, to, d));
	for (size_t i = 0; i < (size_t)to->width * to->height; i++)
		to->gray[i] = (uint8_t)(255 - to->gray[i]);
out:
	return rc;
}

/* In the order of what they cost and find. */
static const struct {
	enum status (*make)(const struct picture *from, struct picture *to,
	    struct diag *d);
	unsigned by; /* pixels of the picture that one of them stands for */
} ways[SCAN_WAYS] = {
	{ half, 2 },
	{ full, 1 },
	{ blurred, 1 },
	{ inverted, 1 },
};

/* What the library finds in ${p}, which is ${part} of ${whole}. */
static enum status
find(zbar_image_scanner_t *scanner, const struct picture *p,
    const struct view *whole, const struct scan_box *part, unsigned way,
    struct answer *a, struct diag *d)
{
	zbar_image_t *image = zbar.image_create();

	if (image == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	zbar.image_format(image, zbar_fourcc('Y', '8', '0', '0'));
	zbar.image_size(image, p->width, p->height);
	zbar.image_data(image, p->gray, (size_t)p->width * p->height, NULL);
	if (zbar.scan(scanner, image) > 0)
		for (const zbar_symbol_t *code = zbar.first(image);
		    code != NULL; code = zbar.next(code))
			add(a, code, whole, part, ways[way].by, way);
	zbar.image_destroy(image);
	return ST_OK;
}

/* ${part} of ${whole}, on its own. */
static enum status
cut(const struct view *whole, const struct scan_box *part,
    struct picture *out, struct diag *d)
{
	enum status rc;

	TRY(picture_new(part->width, part->height, out, d));
	for (unsigned y = 0; y < part->height; y++)
		memcpy(out->gray + (size_t)y * out->width,
		    whole->gray + (size_t)(part->y + y) * whole->width +
		    part->x, out->width);
out:
	return rc;
}

/* ${n} ways from ${way} on, till one finds something; or all of them. */
static enum status
look(zbar_image_scanner_t *scanner, const struct view *whole,
    const struct scan_box *part, unsigned way, unsigned n, bool all,
    struct answer *a, struct diag *d)
{
	struct picture some = { 0, 0, NULL }, p = { 0, 0, NULL };
	enum status rc;

	TRY(cut(whole, part, &some, d));
	for (; n > 0 && (a->n == 0 || all); n--) {
		TRY(ways[way].make(&some, &p, d));
		TRY(find(scanner, &p, whole, part, way, a, d));
		picture_free(&p);
		way = (way + 1) % SCAN_WAYS;
	}
out:
	picture_free(&p);
	picture_free(&some);
	return rc;
}

/* The levels that a twentieth of the pixels lies below, and above. */
static void
levels(const struct view *p, uint8_t *dark, uint8_t *bright)
{
	const size_t n = (size_t)p->width * p->height;
	size_t count[256] = { 0 }, seen = 0, sum = 0;
	unsigned level = 0;

	for (size_t i = 0; i < n; i += 61, seen++)
		count[p->gray[i]]++;
	while (level < 255 && (sum += count[level]) * 20 < seen)
		level++;
	*dark = (uint8_t)level;
	for (level = 255, sum = 0; level > 0 &&
	    (sum += count[level]) * 20 < seen; level--)
		continue;
	*bright = (uint8_t)level;
}

static enum status
scan(zbar_image_scanner_t *scanner, const struct scan_ask *ask,
    const struct view *p, struct answer *a, struct diag *d)
{
	const struct scan_box whole = { 0, 0, p->width, p->height };
	const bool all = (ask->flags & SCAN_ALL) != 0;
	struct scan_box part = ask->part;
	uint8_t dark, bright;
	enum status rc = ST_OK;

	levels(p, &dark, &bright);
	put(a, p->width, 2);
	put(a, p->height, 2);
	put(a, dark, 1);
	put(a, bright, 1);
	put(a, 0, 1); /* how many: known at the end */
	if (part.width == 0 || part.height == 0 || part.x >= p->width ||
	    part.y >= p->height)
		part = whole;
	part.width = at_most(part.width, p->width - part.x);
	part.height = at_most(part.height, p->height - part.y);
	TRY(look(scanner, p, &part, ask->way, ask->ways, all, a, d));
	if (a->n == 0 && (ask->flags & SCAN_WHOLE) != 0)
		TRY(look(scanner, p, &whole, 0, SCAN_WAYS, all, a, d));
	a->out[SCAN_ANSWER_HEAD - 1] = (uint8_t)a->n;
out:
	return rc;
}

static enum status
answer(void *self, const uint8_t *data, size_t len, uint8_t *out,
    size_t *outlen, struct diag *d)
{
	struct answer a = { out, 0, 0 };
	struct picture p = { 0, 0, NULL };
	struct scan_ask ask;
	struct view v;
	enum status rc;

	TRY(scan_ask_read(data, len, &ask, d));
	data += SCAN_ASK_HEAD;
	len -= SCAN_ASK_HEAD;
	v = (struct view){ ask.width, ask.height, data };
	if (ask.width == 0) {
		TRY(picture_read(data, len, &p, d));
		v = (struct view){ p.width, p.height, p.gray };
	}
	TRY(scan(self, &ask, &v, &a, d));
	*outlen = a.len;
out:
	picture_free(&p);
	return rc;
}

/* "X" in a code of version 1-L, a row each, the first module on top. */
static const uint32_t first_code[21] = {
	0x1fcb7f, 0x104e41, 0x175b5d, 0x174a5d, 0x17455d, 0x104141,
	0x1fd57f, 0x001b00, 0x1dfec4, 0x062046, 0x17f511, 0x040047,
	0x01dd55, 0x0012aa, 0x1fd2ee, 0x1057ba, 0x1756ed, 0x174046,
	0x175111, 0x105c47, 0x1fd955,
};

/* The library opens what it needs at its first code, gconv for one. */
static enum status
first_look(zbar_image_scanner_t *scanner, struct diag *d)
{
	const struct scan_box all = { 0, 0, 25 * 4, 25 * 4 };
	uint8_t *out = malloc(SCAN_ANSWER_MAX);
	struct answer a = { out, SCAN_ANSWER_HEAD, 0 };
	struct picture p = { 0, 0, NULL };
	struct view v;
	enum status rc;

	if (out == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(picture_new(all.width, all.height, &p, d));
	memset(p.gray, 255, (size_t)p.width * p.height);
	for (unsigned y = 0; y < 21 * 4; y++)
		for (unsigned x = 0; x < 21 * 4; x++)
			if (first_code[y / 4] >> (20 - x / 4) & 1)
				p.gray[(y + 8) * p.width + x + 8] = 0;
	v = (struct view){ p.width, p.height, p.gray };
	TRY(look(scanner, &v, &all, 1, 1, false, &a, d));
	if (a.n != 1 || out[a.len - 1] != 'X')
		FAIL(d, ST_SYSTEM, LIBRARY " does not read its first code");
out:
	picture_free(&p);
	free(out);
	return rc;
}

static enum status
warm(void **self, struct diag *d)
{
	zbar_image_scanner_t *scanner;
	enum status rc;

	TRY(library_load(&library, &zbar, d));
	TRY(picture_warm(d));
	if ((scanner = zbar.scanner_create()) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	if (zbar.scanner_config(scanner, 0, ZBAR_CFG_ENABLE, 0) != 0 ||
	    zbar.scanner_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1) !=
	    0 || zbar.scanner_config(scanner, ZBAR_QRCODE, ZBAR_CFG_BINARY,
	    1) != 0)
		FAIL(d, ST_SYSTEM, LIBRARY " is too old: 0.23.1 is wanted");
	TRY(first_look(scanner, d));
	*self = scanner;
out:
	return rc;
}

const struct sandbox_job scan_job = { "picture reader",
	SCAN_ASK_HEAD + SCAN_ROOM, SCAN_ANSWER_MAX, MEMORY, CPU_S, WAIT_MS,
	warm, answer };
