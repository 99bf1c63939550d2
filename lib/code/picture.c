/* see picture.h */
#include <stdlib.h>
#include <string.h>

#include <png.h>
#include <turbojpeg.h>

#include "lib/base/library.h"
#include "lib/code/picture.h"

/* What is called of libpng and libturbojpeg, by the type it has in their
 * headers. */
static struct {
	LIBRARY_CALL(png_image_begin_read_from_memory);
	LIBRARY_CALL(png_image_finish_read);
	LIBRARY_CALL(png_image_free);
	LIBRARY_CALL(tjDecompress2);
	LIBRARY_CALL(tjDecompressHeader3);
	LIBRARY_CALL(tjDestroy);
	LIBRARY_CALL(tjGetErrorStr2);
	LIBRARY_CALL(tjInitDecompress);
} lib;

static const struct library_entry of_png[] = {
	LIBRARY_ENTRY(lib, png_image_begin_read_from_memory),
	LIBRARY_ENTRY(lib, png_image_finish_read),
	LIBRARY_ENTRY(lib, png_image_free),
};
static const struct library_entry of_jpeg[] = {
	LIBRARY_ENTRY(lib, tjDecompress2),
	LIBRARY_ENTRY(lib, tjDecompressHeader3),
	LIBRARY_ENTRY(lib, tjDestroy),
	LIBRARY_ENTRY(lib, tjGetErrorStr2),
	LIBRARY_ENTRY(lib, tjInitDecompress),
};

#define OF_PNG (sizeof(of_png) / sizeof(of_png[0]))
#define OF_JPEG (sizeof(of_jpeg) / sizeof(of_jpeg[0]))
LIBRARY_WHOLE(lib, OF_PNG + OF_JPEG);

static const struct library libraries[] = {
	{ "libpng16.so.16", "libpng16-16 or libpng16-16t64", of_png, OF_PNG },
	{ "libturbojpeg.so.0", "libturbojpeg0", of_jpeg, OF_JPEG },
};

enum status
picture_warm(struct diag *d)
{
	enum status rc = ST_OK;

	for (size_t i = 0; i < sizeof(libraries) / sizeof(libraries[0]); i++)
		TRY(library_load(&libraries[i], &lib, d));
out:
	return rc;
}

enum status
picture_new(unsigned width, unsigned height, struct picture *out,
    struct diag *d)
{
	if (width == 0 || height == 0 || width > PICTURE_SIDE_MAX ||
	    height > PICTURE_SIDE_MAX ||
	    width * height > PICTURE_PIXELS_MAX)
		return diag_set(d, ST_FORMAT, "a picture of %u x %u pixels",
		    width, height);
	if ((out->gray = calloc(width, height)) == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	out->width = width;
	out->height = height;
	return ST_OK;
}

void
picture_free(struct picture *p)
{
	free(p->gray);
	memset(p, 0, sizeof(*p));
}

/* ${rows} are ${by} rows of ${from} pixels; ${out} gets their means. */
static void
shrink_rows(const uint8_t *rows, unsigned from, unsigned by, uint8_t *out)
{
	const unsigned n = by * by;
	const size_t width = from / by;
	unsigned sum;

	for (size_t x = 0; x < width; x++) {
		sum = n / 2;
		for (unsigned j = 0; j < by; j++)
			for (unsigned i = 0; i < by; i++)
				sum += rows[(size_t)j * from + x * by + i];
		out[x] = (uint8_t)(sum / n);
	}
}

/* The same for two, which every frame of a video goes through. */
static void
halve_rows(const uint8_t *restrict a, const uint8_t *restrict b,
    size_t width, uint8_t *restrict out)
{
	for (size_t x = 0; x < width; x++)
		out[x] = (uint8_t)((a[2 * x] + a[2 * x + 1] + b[2 * x] +
		    b[2 * x + 1] + 2) >> 2);
}

/* Of a picture of any size, as it lies in a file. */
static enum status
shrink(const uint8_t *gray, unsigned width, unsigned height, unsigned by,
    struct picture *out, struct diag *d)
{
	const uint8_t *row = gray;
	enum status rc;

	TRY(picture_new(width / by, height / by, out, d));
	for (unsigned y = 0; y < out->height; y++) {
		uint8_t *to = out->gray + (size_t)y * out->width;

		if (by == 2)
			halve_rows(row, row + width, out->width, to);
		else
			shrink_rows(row, width, by, to);
		row += (size_t)by * width;
	}
	rc = ST_OK;
out:
	return rc;
}

enum status
picture_shrink(const struct picture *from, unsigned by, struct picture *out,
    struct diag *d)
{
	return shrink(from->gray, from->width, from->height, by, out, d);
}

/* ---- files: the size, whether it is wanted, the pixels ---- */

static enum status
size_check(unsigned width, unsigned height, struct diag *d)
{
	if (width == 0 || height == 0)
		return diag_set(d, ST_FORMAT, "a picture without a pixel");
	if (width > PICTURE_SIDE_MAX || height > PICTURE_SIDE_MAX ||
	    width * height > PICTURE_FILE_MAX)
		return diag_set(d, ST_FORMAT, "FORMATS 10.74: a picture of "
		    "%u x %u pixels; at most %u a side and %u in all are read",
		    width, height, PICTURE_SIDE_MAX, PICTURE_FILE_MAX);
	return ST_OK;
}

/* The least whole number that makes it small enough; after size_check. */
static unsigned
divisor(unsigned width, unsigned height)
{
	unsigned by = 1;

	while ((width / by) * (height / by) > PICTURE_PIXELS_MAX)
		by++;
	return by;
}

/* The pixels of a file, made smaller where they must be; ${gray} goes. */
static enum status
keep(uint8_t *gray, unsigned width, unsigned height, struct picture *out,
    struct diag *d)
{
	const unsigned by = divisor(width, height);
	enum status rc;

	if (by > 1) {
		rc = shrink(gray, width, height, by, out, d);
		free(gray);
		return rc;
	}
	out->width = width;
	out->height = height;
	out->gray = gray;
	return ST_OK;
}

static enum status
read_png(const uint8_t *data, size_t len, struct picture *out, struct diag *d)
{
	const png_color white = { 255, 255, 255 };
	uint8_t *gray = NULL;
	png_image png;
	enum status rc;

	memset(&png, 0, sizeof(png));
	png.version = PNG_IMAGE_VERSION;
	if (!lib.png_image_begin_read_from_memory(&png, data, len))
		FAIL(d, ST_FORMAT, "not a PNG file: %s", png.message);
	TRY(size_check(png.width, png.height, d));
	png.format = PNG_FORMAT_GRAY;
	if ((gray = malloc((size_t)png.width * png.height)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	/* what is transparent is paper */
	if (!lib.png_image_finish_read(&png, &white, gray, (int)png.width,
	    NULL) || PNG_IMAGE_FAILED(png))
		FAIL(d, ST_FORMAT, "not a whole PNG file: %s", png.message);
	rc = keep(gray, png.width, png.height, out, d);
	gray = NULL;
out:
	lib.png_image_free(&png);
	free(gray);
	return rc;
}

static enum status
read_jpeg(const uint8_t *data, size_t len, struct picture *out,
    struct diag *d)
{
	tjhandle jpeg;
	uint8_t *gray = NULL;
	int w = 0, h = 0, subsampling, colours;
	enum status rc;

	if ((jpeg = lib.tjInitDecompress()) == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	if (lib.tjDecompressHeader3(jpeg, data, len, &w, &h, &subsampling,
	    &colours) != 0 || w < 0 || h < 0)
		FAIL(d, ST_FORMAT, "not a JPEG file: %s",
		    lib.tjGetErrorStr2(jpeg));
	TRY(size_check((unsigned)w, (unsigned)h, d));
	if ((gray = malloc((size_t)w * (size_t)h)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	if (lib.tjDecompress2(jpeg, data, len, gray, w, w, h, TJPF_GRAY,
	    TJFLAG_FASTDCT | TJFLAG_LIMITSCANS | TJFLAG_STOPONWARNING) != 0)
		FAIL(d, ST_FORMAT, "not a whole JPEG file: %s",
		    lib.tjGetErrorStr2(jpeg));
	rc = keep(gray, (unsigned)w, (unsigned)h, out, d);
	gray = NULL;
out:
	lib.tjDestroy(jpeg);
	free(gray);
	return rc;
}

/* Bytes of a file's text, one after another. */
struct text {
	const uint8_t *data;
	size_t len, at;
};

/* Blanks and comments, then digits, at most five. */
static enum status
pnm_number(struct text *t, unsigned *out, struct diag *d)
{
	size_t digits = 0;
	enum status rc;

	while (t->at < t->len && strchr(" \t\r\n#", t->data[t->at]) != NULL &&
	    t->data[t->at] != 0) {
		if (t->data[t->at] == '#')
			while (t->at < t->len && t->data[t->at] != '\n')
				t->at++;
		else
			t->at++;
	}
	*out = 0;
	for (; t->at < t->len && t->data[t->at] >= '0' &&
	    t->data[t->at] <= '9' && digits < 5; digits++)
		*out = *out * 10 + (t->data[t->at++] - '0');
	if (digits == 0)
		FAIL(d, ST_FORMAT, "not a PGM or PPM file: no number at byte "
		    "%zu", t->at);
	rc = ST_OK;
out:
	return rc;
}

/* Luma of ITU-R BT.601, in 256ths. */
static uint8_t
luma(const uint8_t rgb[3])
{
	return (uint8_t)((77 * rgb[0] + 150 * rgb[1] + 29 * rgb[2]) >> 8);
}

static enum status
read_pnm(const uint8_t *data, size_t len, struct picture *out, struct diag *d)
{
	struct text t = { data, len, 2 };
	const size_t each = data[1] == '6' ? 3 : 1;
	unsigned w, h, most;
	uint8_t *gray = NULL;
	size_t n;
	enum status rc;

	/* width, height, levels; one blank; the pixels and nothing more */
	TRY(pnm_number(&t, &w, d));
	TRY(pnm_number(&t, &h, d));
	TRY(pnm_number(&t, &most, d));
	if (most != 255)
		FAIL(d, ST_FORMAT, "FORMATS 10.74: a picture of %u levels; "
		    "those of 255 are read", most);
	TRY(size_check(w, h, d));
	n = (size_t)w * h;
	if (t.at >= len || len - t.at - 1 != n * each)
		FAIL(d, ST_FORMAT, "a PGM or PPM file of %zu bytes, which its "
		    "first line contradicts", len);
	if ((gray = calloc(n, 1)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	data += t.at + 1;
	for (size_t i = 0; i < n; i++)
		gray[i] = each == 1 ? data[i] : luma(data + 3 * i);
	rc = keep(gray, w, h, out, d);
	gray = NULL;
out:
	free(gray);
	return rc;
}

static const struct {
	const char *magic;
	size_t len;
	enum status (*read)(const uint8_t *data, size_t len,
	    struct picture *out, struct diag *d);
} kinds[] = {
	{ "\x89PNG\r\n\x1a\n", 8, read_png },
	{ "\xff\xd8\xff", 3, read_jpeg },
	{ "P5", 2, read_pnm },
	{ "P6", 2, read_pnm },
};

enum status
picture_read(const uint8_t *data, size_t len, struct picture *out,
    struct diag *d)
{
	static const char pdf[] = "%PDF-";

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (len >= kinds[i].len &&
		    memcmp(data, kinds[i].magic, kinds[i].len) == 0)
			return kinds[i].read(data, len, out, d);
	if (len >= strlen(pdf) && memcmp(data, pdf, strlen(pdf)) == 0)
		return diag_set(d, ST_FORMAT, "FORMATS 10.74: a PDF is no "
		    "picture: make some of it, with pdftoppm -r 150 -png");
	return diag_set(d, ST_FORMAT, "FORMATS 10.74: neither PNG, JPEG, PGM "
	    "nor PPM");
}
