/* Files of pictures, whole and broken, and the line that heads a Y4M stream. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <png.h>
#include <turbojpeg.h>

#include "lib/code/picture.h"
#include "tests/support/mutate.h"

#define W 40
#define H 30

/* A slope in three colours, and the grey that it must come to. */
static uint8_t rgb[W * H * 3], gray[W * H];

static int
start(void **state)
{
	(void)state;
	for (unsigned i = 0; i < W * H; i++) {
		gray[i] = (uint8_t)(i % W * 6);
		memset(rgb + 3 * (size_t)i, gray[i], 3);
	}
	return picture_warm(NULL) == ST_OK ? 0 : -1;
}

static uint8_t *
png(unsigned width, unsigned height, const uint8_t *pixels, unsigned format,
    size_t *len)
{
	png_alloc_size_t n = 0;
	png_image image;
	uint8_t *out;

	memset(&image, 0, sizeof(image));
	image.version = PNG_IMAGE_VERSION;
	image.width = width;
	image.height = height;
	image.format = format;
	assert_true(png_image_write_get_memory_size(image, n, 0, pixels, 0,
	    NULL));
	assert_non_null(out = malloc(n));
	assert_true(png_image_write_to_memory(&image, out, &n, 0, pixels, 0,
	    NULL));
	*len = n;
	return out;
}

static uint8_t *
jpeg(unsigned width, unsigned height, const uint8_t *pixels, int format,
    int flags, size_t *len)
{
	tjhandle tj = tjInitCompress();
	unsigned char *from = NULL;
	unsigned long n = 0;
	uint8_t *out;

	assert_non_null(tj);
	assert_int_equal(tjCompress2(tj, pixels, (int)width, 0, (int)height,
	    format, &from, &n, format == TJPF_GRAY ? TJSAMP_GRAY : TJSAMP_420,
	    95, flags), 0);
	/* a block of exactly that length */
	assert_non_null(out = malloc(n));
	memcpy(out, from, n);
	tjFree(from);
	tjDestroy(tj);
	*len = n;
	return out;
}

static uint8_t *
pnm(const char *head, const void *body, size_t n, size_t *len)
{
	uint8_t *out = malloc(strlen(head) + n);

	assert_non_null(out);
	memcpy(out, head, strlen(head));
	memcpy(out + strlen(head), body, n);
	*len = strlen(head) + n;
	return out;
}

/* ${file} goes; it is the slope, each pixel at most ${off} levels off. */
static void
must_be_slope(uint8_t *file, size_t len, int off)
{
	struct picture p = { 0 };
	struct diag d = { 0 };

	if (picture_read(file, len, &p, &d) != ST_OK)
		fail_msg("%s", d.text);
	assert_int_equal(p.width, W);
	assert_int_equal(p.height, H);
	for (unsigned i = 0; i < W * H; i++)
		if (abs(p.gray[i] - gray[i]) > off)
			fail_msg("pixel %u is %u, not %u", i, p.gray[i],
			    gray[i]);
	picture_free(&p);
	free(file);
}

static enum status
read_any(const uint8_t *data, size_t len, void *ctx)
{
	struct picture p = { 0 };
	enum status rc;

	(void)ctx;
	rc = picture_read(data, len, &p, NULL);
	picture_free(&p);
	return rc;
}

static void
must_refuse(uint8_t *file, size_t len, const char *why)
{
	struct picture p = { 0 };
	struct diag d = { 0 };

	assert_int_equal(picture_read(file, len, &p, &d), ST_FORMAT);
	assert_string_equal(d.text, why);
	assert_null(p.gray);
	free(file);
}

static void
picture_reads_every_kind(void **state)
{
	uint8_t *file;
	size_t len;

	(void)state;
	file = png(W, H, gray, PNG_FORMAT_GRAY, &len);
	must_be_slope(file, len, 0);
	file = png(W, H, rgb, PNG_FORMAT_RGB, &len);
	must_be_slope(file, len, 1);
	file = jpeg(W, H, gray, TJPF_GRAY, 0, &len);
	must_be_slope(file, len, 6);
	file = jpeg(W, H, rgb, TJPF_RGB, 0, &len);
	must_be_slope(file, len, 6);
	file = jpeg(W, H, rgb, TJPF_RGB, TJFLAG_PROGRESSIVE, &len);
	must_be_slope(file, len, 6);
	file = pnm("P5\n40 30\n255\n", gray, sizeof(gray), &len);
	must_be_slope(file, len, 0);
	file = pnm("P6 # drawn\n40\t30 255\n", rgb, sizeof(rgb), &len);
	must_be_slope(file, len, 1);
}

static void
picture_takes_what_is_clear_for_paper(void **state)
{
	uint8_t *clear = calloc(W * H, 4), *file;
	struct picture p = { 0 };
	size_t len;

	(void)state;
	assert_non_null(clear);
	file = png(W, H, clear, PNG_FORMAT_RGBA, &len);
	assert_int_equal(picture_read(file, len, &p, NULL), ST_OK);
	assert_int_equal(p.gray[0], 255);
	picture_free(&p);
	free(file);
	free(clear);
}

static void
picture_makes_large_ones_smaller(void **state)
{
	const unsigned w = 4100, h = 3000;
	uint8_t *big = malloc((size_t)w * h), *file;
	struct picture p = { 0 };
	size_t len;

	(void)state;
	assert_non_null(big);
	memset(big, 77, (size_t)w * h);
	file = png(w, h, big, PNG_FORMAT_GRAY, &len);
	assert_int_equal(picture_read(file, len, &p, NULL), ST_OK);
	assert_int_equal(p.width, 2050);
	assert_int_equal(p.height, 1500);
	assert_int_equal(p.gray[(size_t)2050 * 1500 - 1], 77);
	picture_free(&p);
	free(file);
	free(big);
}

static void
shrink_takes_means(void **state)
{
	const uint8_t pixels[] = { 0, 10, 20, 30, 99, 10, 20, 30, 40, 99,
		1, 2, 3, 4, 99 };
	struct picture from = { 5, 3, NULL }, to = { 0 };

	(void)state;
	from.gray = malloc(sizeof(pixels));
	assert_non_null(from.gray);
	memcpy(from.gray, pixels, sizeof(pixels));
	assert_int_equal(picture_shrink(&from, 2, &to, NULL), ST_OK);
	assert_int_equal(to.width, 2);
	assert_int_equal(to.height, 1);
	assert_int_equal(to.gray[0], 10);
	assert_int_equal(to.gray[1], 30);
	picture_free(&to);
	assert_int_equal(picture_shrink(&from, 3, &to, NULL), ST_OK);
	assert_int_equal(to.width, 1);
	assert_int_equal(to.gray[0], (0 + 10 + 20 + 10 + 20 + 30 + 1 + 2 + 3 +
	    4) / 9);
	picture_free(&to);
	picture_free(&from);
}

static void
picture_refuses_every_truncation(void **state)
{
	uint8_t *file;
	size_t len;

	(void)state;
	file = png(W, H, gray, PNG_FORMAT_GRAY, &len);
	/* its last chunk says nothing but that it is the last */
	assert_int_equal(mutate_truncations(file, len - 12, read_any, NULL),
	    0);
	free(file);
	file = jpeg(W, H, gray, TJPF_GRAY, 0, &len);
	assert_int_equal(mutate_truncations(file, len - 2, read_any, NULL),
	    0);
	free(file);
	file = pnm("P5 40 30 255\n", gray, sizeof(gray), &len);
	assert_int_equal(mutate_truncations(file, len, read_any, NULL), 0);
	assert_int_equal(mutate_trailing(file, len, read_any, NULL), 0);
	free(file);
}

/* Flipped bits may leave a picture; they leave no other answer. */
static enum status
read_or_refuse(const uint8_t *data, size_t len, void *ctx)
{
	const enum status rc = read_any(data, len, ctx);

	return rc == ST_OK ? ST_FORMAT : rc;
}

static void
picture_survives_every_flipped_bit(void **state)
{
	uint8_t *file;
	size_t len;

	(void)state;
	file = png(W, H, rgb, PNG_FORMAT_RGB, &len);
	assert_int_equal(mutate_bits(file, len, read_or_refuse, NULL), 0);
	free(file);
	file = jpeg(W, H, rgb, TJPF_RGB, TJFLAG_PROGRESSIVE, &len);
	assert_int_equal(mutate_bits(file, len, read_or_refuse, NULL), 0);
	free(file);
}

static void
picture_refuses_by_size_before_pixels(void **state)
{
	static const uint8_t one[1] = { 0 };
	uint8_t *file;
	size_t len;

	(void)state;
	file = pnm("P5 16385 1 255\n", one, 1, &len);
	must_refuse(file, len, "FORMATS 10.74: a picture of 16385 x 1 pixels; "
	    "at most 16384 a side and 67108864 in all are read");
	file = pnm("P5 0 1 255\n", one, 1, &len);
	must_refuse(file, len, "a picture without a pixel");
	file = pnm("P5 1 1 65535\n", one, 1, &len);
	must_refuse(file, len, "FORMATS 10.74: a picture of 65535 levels; "
	    "those of 255 are read");
	file = pnm("P5 1 1 x\n", one, 1, &len);
	must_refuse(file, len, "not a PGM or PPM file: no number at byte 7");
	file = pnm("P5 1 2 255\n", one, 1, &len);
	must_refuse(file, len, "a PGM or PPM file of 12 bytes, which its "
	    "first line contradicts");
	file = pnm("P4 1 1\n", one, 1, &len);
	must_refuse(file, len, "FORMATS 10.74: neither PNG, JPEG, PGM nor "
	    "PPM");
	file = pnm("%PDF-1.7\n", one, 1, &len);
	must_refuse(file, len, "FORMATS 10.74: a PDF is no picture: make "
	    "some of it, with pdftoppm -r 150 -png");
	/* a header that says 60000 x 60000, and its checksum is right */
	file = pnm("\x89PNG\r\n\x1a\n", "\0\0\0\rIHDR\0\0\xea\x60\0\0\xea\x60"
	    "\x08\0\0\0\0\xa5\xb9\x2a\x9e\0\0\0\1IDAT", 33, &len);
	must_refuse(file, len, "FORMATS 10.74: a picture of 60000 x 60000 "
	    "pixels; at most 16384 a side and 67108864 in all are read");
}

static const struct {
	const char *line;
	unsigned width, height;
	size_t skip;
} streams[] = {
	{ "YUV4MPEG2 W1920 H1080 F30:1 Ip A1:1 C420jpeg", 1920, 1080,
	    1920 * 540 },
	{ "YUV4MPEG2 W5 H3", 5, 3, 12 },
	{ "YUV4MPEG2 W5 H3 C422", 5, 3, 18 },
	{ "YUV4MPEG2 W5 H3 C444 XYSCSS=444", 5, 3, 30 },
	{ "YUV4MPEG2 W5 H3 C444alpha", 5, 3, 45 },
	{ "YUV4MPEG2 H3 W5 I? Cmono", 5, 3, 0 },
};

static void
y4m_tells_how_frames_lie(void **state)
{
	struct picture_y4m y;
	struct diag d = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++) {
		if (picture_y4m(streams[i].line, strlen(streams[i].line), &y,
		    &d) != ST_OK)
			fail_msg("%s", d.text);
		assert_int_equal(y.width, streams[i].width);
		assert_int_equal(y.height, streams[i].height);
		assert_int_equal(y.skip, streams[i].skip);
	}
}

static const char *const no_streams[][2] = {
	{ "", "FORMATS 10.75: not a Y4M stream" },
	{ "YUV4MPEG W5 H3", "FORMATS 10.75: not a Y4M stream" },
	{ "YUV4MPEG2", "FORMATS 10.75: a Y4M stream of 0 x 0 pixels; 1 to "
	    "4194304 are read" },
	{ "YUV4MPEG2 W5", "FORMATS 10.75: a Y4M stream of 5 x 0 pixels; 1 to "
	    "4194304 are read" },
	{ "YUV4MPEG2 W16384 H16384", "FORMATS 10.75: a Y4M stream of 16384 x "
	    "16384 pixels; 1 to 4194304 are read" },
	{ "YUV4MPEG2 W99999 H3", "FORMATS 10.75: a Y4M stream of 99999 x 3 "
	    "pixels; 1 to 4194304 are read" },
	{ "YUV4MPEG2W5 H3", "FORMATS 10.75: a Y4M stream with a word that is "
	    "none" },
	{ "YUV4MPEG2 W5  H3", "FORMATS 10.75: a Y4M stream of , which is not "
	    "read" },
	{ "YUV4MPEG2 W5 H3 ", "FORMATS 10.75: a Y4M stream with a word that "
	    "is none" },
	{ "YUV4MPEG2 W5 W5 H3", "FORMATS 10.75: a Y4M stream of W5, which is "
	    "not read" },
	{ "YUV4MPEG2 W-5 H3", "FORMATS 10.75: a Y4M stream of W-5, which is "
	    "not read" },
	{ "YUV4MPEG2 W5 H3 It", "FORMATS 10.75: a Y4M stream of It, which is "
	    "not read" },
	{ "YUV4MPEG2 W5 H3 C420p10", "FORMATS 10.75: a Y4M stream of C420p10, "
	    "which is not read" },
	{ "YUV4MPEG2 W5 H3 Q1", "FORMATS 10.75: a Y4M stream of Q1, which is "
	    "not read" },
};

static void
y4m_refuses_what_it_does_not_know(void **state)
{
	char longest[PICTURE_Y4M_LINE + 2];
	struct picture_y4m y;
	struct diag d;

	(void)state;
	for (size_t i = 0; i < sizeof(no_streams) / sizeof(no_streams[0]);
	    i++) {
		memset(&d, 0, sizeof(d));
		assert_int_equal(picture_y4m(no_streams[i][0],
		    strlen(no_streams[i][0]), &y, &d), ST_FORMAT);
		assert_string_equal(d.text, no_streams[i][1]);
	}
	memset(longest, 'X', sizeof(longest));
	memcpy(longest, "YUV4MPEG2 W5 H3 X", 17);
	assert_int_equal(picture_y4m(longest, PICTURE_Y4M_LINE, &y, NULL),
	    ST_OK);
	assert_int_equal(picture_y4m(longest, PICTURE_Y4M_LINE + 1, &y, NULL),
	    ST_FORMAT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(picture_reads_every_kind),
		cmocka_unit_test(picture_takes_what_is_clear_for_paper),
		cmocka_unit_test(picture_makes_large_ones_smaller),
		cmocka_unit_test(shrink_takes_means),
		cmocka_unit_test(picture_refuses_every_truncation),
		cmocka_unit_test(picture_survives_every_flipped_bit),
		cmocka_unit_test(picture_refuses_by_size_before_pixels),
		cmocka_unit_test(y4m_tells_how_frames_lie),
		cmocka_unit_test(y4m_refuses_what_it_does_not_know),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
