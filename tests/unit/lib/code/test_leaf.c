/* Pages for paper: always the same bytes, and only what goes on paper. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/secret.h"
#include "lib/code/leaf.h"

static const char *const todo[] = { "Hold it before a camera.", NULL };

static struct leaf
leaf_of(const struct qr *code, size_t n)
{
	return (struct leaf){ .title = "Request parcel",
		.fact = { { "From", "anna" }, { "Codes", "one" } },
		.words = "topmost istanbul pluto vagabond",
		.head = "Request parcel from anna",
		.date = "2027-03-01T00:00:00Z", .todo = todo, .code = code,
		.n = n };
}

static void
leaf_takes_one_code_or_many(void **state)
{
	static const size_t known[] = { 1, 2, 3, 8, 9, 14 };
	struct bytes pdf = { 0 };
	struct diag d = { 0 };
	struct qr code[14];
	struct leaf l;

	(void)state;
	for (size_t i = 0; i < 14; i++)
		assert_int_equal(qr_make("AN1:17", 1, QR_L, &code[i], &d),
		    ST_OK);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		l = leaf_of(code, known[i]);
		assert_int_equal(leaf_pdf(&l, &pdf, &d), ST_OK);
		assert_memory_equal(pdf.data, "%PDF-1.", 7);
	}
	bytes_free(&pdf);
	for (size_t i = 0; i < 14; i++)
		qr_free(&code[i]);
}

static void
leaf_is_the_same_each_time(void **state)
{
	struct bytes one = { 0 }, two = { 0 };
	struct diag d = { 0 };
	struct qr code;
	struct leaf l;

	(void)state;
	assert_int_equal(qr_make("AN1:17", 1, QR_L, &code, &d), ST_OK);
	l = leaf_of(&code, 1);
	assert_int_equal(leaf_pdf(&l, &one, &d), ST_OK);
	assert_int_equal(leaf_pdf(&l, &two, &d), ST_OK);
	assert_true(bytes_equal(&one, &two));
	/* a second later too */
	l.date = NULL;
	assert_int_equal(leaf_pdf(&l, &one, &d), ST_OK);
	assert_int_equal(usleep(1100000), 0);
	assert_int_equal(leaf_pdf(&l, &two, &d), ST_OK);
	assert_true(bytes_equal(&one, &two));
	bytes_free(&one);
	bytes_free(&two);
	qr_free(&code);
}

/* What draws is gone with the child that loaded it. */
static void
leaf_brings_no_library_along(void **state)
{
	struct bytes pdf = { 0 };
	char line[512];
	struct qr code;
	struct leaf l;
	FILE *maps;

	(void)state;
	assert_int_equal(qr_make("AN1:17", 1, QR_L, &code, NULL), ST_OK);
	l = leaf_of(&code, 1);
	assert_int_equal(leaf_pdf(&l, &pdf, NULL), ST_OK);
	maps = fopen("/proc/self/maps", "r");
	assert_non_null(maps);
	while (fgets(line, sizeof(line), maps) != NULL) {
		assert_null(strstr(line, "pango"));
		assert_null(strstr(line, "cairo"));
		assert_null(strstr(line, "glib"));
	}
	fclose(maps);
	bytes_free(&pdf);
	qr_free(&code);
}

static void
leaf_refuses_none_and_too_many(void **state)
{
	struct bytes pdf = { 0 };
	struct diag d = { 0 };
	struct leaf l = leaf_of(NULL, 0);

	(void)state;
	assert_int_equal(leaf_pdf(&l, &pdf, &d), ST_POLICY);
	assert_non_null(strstr(d.text, "0 codes do not go on paper"));
	l.n = LEAF_CODES_MAX + 1;
	assert_int_equal(leaf_pdf(&l, &pdf, NULL), ST_POLICY);
	assert_null(pdf.data);
}

static void
leaf_hands_no_secret_to_who_draws(void **state)
{
	struct secret *secret = NULL;
	struct bytes pdf = { 0 };
	struct diag d = { 0 };
	struct qr code;
	struct leaf l;

	(void)state;
	assert_int_equal(qr_make("AN1:17", 1, QR_L, &code, &d), ST_OK);
	l = leaf_of(&code, 1);
	assert_int_equal(secret_new(32, &secret, &d), ST_OK);
	assert_int_equal(leaf_pdf(&l, &pdf, &d), ST_BUG);
	assert_null(pdf.data);
	secret_free(secret);
	assert_int_equal(leaf_pdf(&l, &pdf, NULL), ST_OK);
	bytes_free(&pdf);
	qr_free(&code);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaf_takes_one_code_or_many),
		cmocka_unit_test(leaf_is_the_same_each_time),
		cmocka_unit_test(leaf_brings_no_library_along),
		cmocka_unit_test(leaf_refuses_none_and_too_many),
		cmocka_unit_test(leaf_hands_no_secret_to_who_draws),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
