/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc */
/* Codes on a terminal: what is sent is painted, and read by another reader. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/code/draw.h"
#include "tests/support/cells.h"
#include "tests/support/eye.h"
#include "tests/support/oom.h"

#define TEXT "AN1:0123456789"

static void
make(unsigned version, struct qr *q)
{
	struct diag d = { 0 };

	assert_int_equal(qr_make(TEXT, version, QR_L, q, &d), ST_OK);
}

/* The greatest version that fits. */
static unsigned
draw_fits(enum draw_form form, unsigned cols, unsigned rows)
{
	unsigned v = QR_VERSION_MAX;

	while (v > 0 && draw_scale(form, v, cols, rows) == 0)
		v--;
	return v;
}

/* The figures of known windows, and one cell less is less. */
static void
draw_scale_of_known_windows(void **state)
{
	static const struct {
		enum draw_form form;
		unsigned cols, rows, version;
	} known[] = {
		{ DRAW_HALF, 80, 24, 5 },    { DRAW_HALF, 80, 25, 6 },
		{ DRAW_HALF, 240, 67, 27 },  { DRAW_HALF, 240, 66, 26 },
		{ DRAW_HALF, 320, 90, 38 },  { DRAW_HALF, 185, 93, 40 },
		{ DRAW_HALF, 184, 93, 39 },  { DRAW_HALF, 29, 15, 1 },
		{ DRAW_HALF, 28, 15, 0 },    { DRAW_HALF, 29, 14, 0 },
		{ DRAW_BLANK, 240, 67, 10 }, { DRAW_BLANK, 80, 24, 0 },
		{ DRAW_BLANK, 58, 29, 1 },   { DRAW_BLANK, 57, 29, 0 },
		{ DRAW_HALF, 0, 0, 0 },
		{ DRAW_HALF, 9999, 9999, 40 },
		{ DRAW_HALF, (unsigned)-1, (unsigned)-1, 40 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		assert_int_equal(draw_fits(known[i].form, known[i].cols,
		    known[i].rows), known[i].version);
}

/* Send to a terminal of that size, and look at it. */
static void
is_read(const struct qr *q, enum draw_form form, unsigned cols, unsigned rows,
    bool dark_mode)
{
	struct bytes out = { 0 }, gray = { 0 }, got = { 0 };
	struct diag d = { 0 };

	assert_int_equal(draw_cells(q, form, cols, rows, &out, &d), ST_OK);
	assert_int_equal(cells_picture((const char *)out.data, out.len, cols,
	    rows, dark_mode, &gray, &d), ST_OK);
	assert_int_equal(eye_read(NULL, cols * CELLS_WIDE, rows * CELLS_HIGH,
	    gray.data, &got, &d), ST_OK);
	assert_string_equal((const char *)got.data, TEXT);
	/* white to the edge: no cell was left to the terminal's taste */
	for (unsigned x = 0; x < cols * CELLS_WIDE; x++) {
		assert_int_equal(gray.data[x], 255);
		assert_int_equal(gray.data[gray.len - 1 - x], 255);
	}
	bytes_free(&out);
	bytes_free(&gray);
	bytes_free(&got);
}

static void
draw_cells_is_read_in_both_forms(void **state)
{
	static const struct {
		enum draw_form form;
		unsigned cols, rows;
	} window[] = {
		{ DRAW_HALF, 80, 24 },	 { DRAW_HALF, 81, 31 },
		{ DRAW_HALF, 240, 67 },	 { DRAW_BLANK, 80, 40 },
		{ DRAW_BLANK, 99, 45 }, { DRAW_BLANK, 240, 95 },
	};
	unsigned most;
	struct qr q;

	(void)state;
	for (size_t i = 0; i < sizeof(window) / sizeof(window[0]); i++) {
		most = draw_fits(window[i].form, window[i].cols,
		    window[i].rows);
		assert_true(most > 0);
		/* a small code is enlarged */
		for (unsigned v = 1; v <= most; v += v == 1 && most > 1 ?
		    most - 1 : 1) {
			make(v, &q);
			is_read(&q, window[i].form, window[i].cols,
			    window[i].rows, i % 2 == 0);
			qr_free(&q);
		}
	}
}

static void
draw_cells_refuses_a_small_window(void **state)
{
	struct bytes out = { 0 };
	struct diag d = { 0 };
	struct qr q;

	(void)state;
	make(5, &q);
	assert_int_equal(draw_cells(&q, DRAW_HALF, 44, 23, &out, &d),
	    ST_POLICY);
	assert_string_equal(d.text,
	    "a code of version 5 does not fit 44 by 23 cells");
	assert_null(out.data);
	qr_free(&q);
}

/* It is a PNG file, the same each time, and none for a scale that is none. */
static void
draw_png_is_a_png_file(void **state)
{
	struct bytes one = { 0 }, two = { 0 };
	struct diag d = { 0 };
	struct qr q;

	(void)state;
	make(5, &q);
	assert_int_equal(draw_png(&q, 8, &one, &d), ST_OK);
	assert_int_equal(draw_png(&q, 8, &two, &d), ST_OK);
	assert_true(bytes_equal(&one, &two));
	assert_memory_equal(one.data, "\x89PNG\r\n\x1a\n", 8);
	assert_int_equal(draw_png(&q, 0, &one, &d), ST_BUG);
	assert_null(one.data);
	bytes_free(&two);
	qr_free(&q);
}

/* From text to both kinds of picture. */
static enum status
draw_all(void *ctx)
{
	struct bytes cells = { 0 }, png = { 0 };
	struct qr q = { 0 };
	enum status rc;

	(void)ctx;
	TRY(qr_make(TEXT, 5, QR_L, &q, NULL));
	TRY(draw_cells(&q, DRAW_HALF, 80, 24, &cells, NULL));
	TRY(draw_png(&q, 2, &png, NULL));
out:
	assert_true(rc == ST_OK || png.data == NULL);
	qr_free(&q);
	bytes_free(&cells);
	bytes_free(&png);
	return rc;
}

static void
draw_survives_every_allocation_failing(void **state)
{
	(void)state;
	assert_in_range(oom_each(draw_all, NULL), 4, 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(draw_scale_of_known_windows),
		cmocka_unit_test(draw_cells_is_read_in_both_forms),
		cmocka_unit_test(draw_cells_refuses_a_small_window),
		cmocka_unit_test(draw_png_is_a_png_file),
		cmocka_unit_test(draw_survives_every_allocation_failing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
