/* Codes: what fits, what does not, and what another reader sees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/code/qr.h"
#include "tests/support/eye.h"

#define PREFIX "AN1:"

/* PREFIX and ${digits} digits, no two runs of them alike. */
static void
text_of(size_t digits, char *out)
{
	unsigned x = 12345;
	char *at = stpcpy(out, PREFIX);

	for (size_t i = 0; i < digits; i++) {
		x = x * 1103515245U + 12345U;
		*at++ = (char)('0' + (x >> 16) % 10);
	}
	*at = '\0';
}

/* Every version and level takes the digits that qr_digits promises, and not
 * one more. */
static void
qr_digits_is_the_edge_of_every_code(void **state)
{
	char text[QR_TEXT_MAX + 8];
	size_t n;
	struct qr q;

	(void)state;
	for (unsigned v = 1; v <= QR_VERSION_MAX; v++) {
		for (enum qr_level l = QR_L; l <= QR_H; l++) {
			n = qr_digits(v, l, sizeof(PREFIX) - 1);
			assert_true(n > 0 || (v == 1 && l == QR_H));
			text_of(n, text);
			assert_int_equal(qr_make(text, v, l, &q, NULL), ST_OK);
			assert_int_equal(q.version, v);
			assert_int_equal(q.size, 17 + 4 * v);
			qr_free(&q);
			text_of(n + 1, text);
			assert_int_equal(qr_make(text, v, l, &q, NULL),
			    ST_POLICY);
			assert_null(q.module);
		}
	}
}

/* Letters likewise; at their end a few digits, which are no gain. */
static void
qr_letters_is_the_edge_of_every_code(void **state)
{
	char text[QR_TEXT_MAX + 8];
	struct qr q;
	size_t n;

	(void)state;
	for (unsigned v = 1; v <= QR_VERSION_MAX; v++) {
		for (enum qr_level l = QR_L; l <= QR_H; l++) {
			n = qr_letters(v, l);
			assert_in_range(n, 10, 4296);
			memset(text, 'Z', n + 1);
			memcpy(text + n - 3, "123", 4);
			assert_int_equal(qr_make(text, v, l, &q, NULL), ST_OK);
			qr_free(&q);
			memcpy(text + n - 2, "123", 4);
			assert_int_equal(qr_make(text, v, l, &q, NULL),
			    ST_POLICY);
		}
	}
	assert_int_equal(qr_letters(40, QR_L), 4296);
	assert_int_equal(qr_letters(20, QR_M), 970);
	assert_int_equal(qr_letters(0, QR_L), 0);
	assert_int_equal(qr_letters(41, QR_L), 0);
}

/* The figures that FORMATS 10.80 and the frames stand on. */
static void
qr_digits_of_known_codes(void **state)
{
	(void)state;
	assert_int_equal(qr_digits(40, QR_L, 0), 7089);
	assert_int_equal(qr_digits(27, QR_L, 0), 3517);
	assert_int_equal(qr_digits(20, QR_L, 0), 2061);
	assert_int_equal(qr_digits(20, QR_M, 0), 1600);
	assert_int_equal(qr_digits(1, QR_H, 0), 17);
	assert_int_equal(qr_digits(0, QR_L, 0), 0);
	assert_int_equal(qr_digits(41, QR_L, 0), 0);
	assert_int_equal(qr_digits(1, QR_L, 100), 0);
	assert_int_equal(qr_digits(1, QR_L, (size_t)-1), 0);
}

static void
qr_refuses(const char *text, enum status want, const char *why)
{
	struct diag d = { 0 };
	struct qr q;

	assert_int_equal(qr_make(text, 5, QR_L, &q, &d), want);
	assert_null(q.module);
	assert_non_null(strstr(d.text, why));
}

static void
qr_refuses_other_text(void **state)
{
	char *text = malloc(QR_TEXT_MAX + 2);

	(void)state;
	qr_refuses("", ST_FORMAT, "FORMATS 10.80");
	qr_refuses("an1:17", ST_FORMAT, "FORMATS 10.80");
	qr_refuses("AN1:17\n", ST_FORMAT, "FORMATS 10.80");
	qr_refuses("AN1:\xc3\xa9", ST_FORMAT, "FORMATS 10.80");
	assert_non_null(text);
	memset(text, '7', QR_TEXT_MAX + 1);
	text[QR_TEXT_MAX + 1] = '\0';
	qr_refuses(text, ST_POLICY, "longer than any code");
	text[QR_TEXT_MAX] = '\0';
	qr_refuses(text, ST_POLICY, "does not fit a code of version 5");
	memset(text, 'A', QR_TEXT_MAX);
	qr_refuses(text, ST_POLICY, "longer than any code");
	free(text);
}

/* A reader that is not ours finds what was put in. */
static void
qr_is_read_by_zbar(void **state)
{
	static const char *const other[] = { "UR:X-ANCHORITE/LPAEAX", "7",
		"AN1:", "$%*+./: A-Z" };
	char text[QR_TEXT_MAX + 8];
	struct diag d = { 0 };
	struct qr q;

	(void)state;
	for (unsigned v = 1; v <= QR_VERSION_MAX; v += 3) {
		text_of(qr_digits(v, QR_L, sizeof(PREFIX) - 1), text);
		assert_int_equal(qr_make(text, v, QR_L, &q, &d), ST_OK);
		assert_int_equal(qr_prove(&q, text, eye_read, NULL, &d),
		    ST_OK);
		qr_free(&q);
	}
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
		assert_int_equal(qr_make(other[i], 3, QR_H, &q, &d), ST_OK);
		assert_int_equal(qr_prove(&q, other[i], eye_read, NULL, &d),
		    ST_OK);
		qr_free(&q);
	}
}

/* Lines, as bytes: found again by another reader, in a code that is no larger
 * than it must be. */
static void
qr_lines_are_read_by_zbar(void **state)
{
	static const char lines[] = "-----BEGIN X-----\nMIGHa+b/c==\n~ !\n";
	static const struct {
		const char *text;
		size_t len;
	} bad[] = { { "", 0 }, { "a\tb", 3 }, { "a\0b", 3 }, { "\x7f", 1 },
		{ "\xc3\xa9", 2 } };
	char text[QR_TEXT_MAX + 8];
	struct qr q;

	(void)state;
	assert_int_equal(qr_lines(lines, strlen(lines), QR_M, &q, NULL),
	    ST_OK);
	assert_int_equal(q.version, 3);
	assert_int_equal(qr_prove(&q, lines, eye_read, NULL, NULL), ST_OK);
	qr_free(&q);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(qr_lines(bad[i].text, bad[i].len, QR_M, &q,
		    NULL), ST_FORMAT);
		assert_null(q.module);
	}
	/* the most that version 40 has at M: ISO/IEC 18004, table 7 */
	memset(text, 'a', sizeof(text));
	assert_int_equal(qr_lines(text, 2331, QR_M, &q, NULL), ST_OK);
	assert_int_equal(q.version, 40);
	qr_free(&q);
	assert_int_equal(qr_lines(text, 2332, QR_M, &q, NULL), ST_POLICY);
	assert_int_equal(qr_lines(text, sizeof(text), QR_M, &q, NULL),
	    ST_POLICY);
	assert_null(q.module);
}

/* What is not the text that was meant is not shown. */
static void
qr_prove_sees_another_text(void **state)
{
	struct diag d = { 0 };
	struct qr q;

	(void)state;
	assert_int_equal(qr_make("AN1:17", 2, QR_L, &q, &d), ST_OK);
	assert_int_equal(qr_prove(&q, "AN1:18", eye_read, NULL, &d),
	    ST_SYSTEM);
	assert_non_null(strstr(d.text, "reads back as another text"));
	diag_clear(&d);
	assert_int_equal(qr_prove(&q, "AN1:1", eye_read, NULL, &d),
	    ST_SYSTEM);
	diag_clear(&d);
	memset(q.module, 1, (size_t)q.size * 8);
	assert_int_equal(qr_prove(&q, "AN1:17", eye_read, NULL, &d),
	    ST_SYSTEM);
	assert_non_null(strstr(d.text, "cannot be read back"));
	qr_free(&q);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(qr_digits_is_the_edge_of_every_code),
		cmocka_unit_test(qr_letters_is_the_edge_of_every_code),
		cmocka_unit_test(qr_digits_of_known_codes),
		cmocka_unit_test(qr_refuses_other_text),
		cmocka_unit_test(qr_is_read_by_zbar),
		cmocka_unit_test(qr_lines_are_read_by_zbar),
		cmocka_unit_test(qr_prove_sees_another_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
