/* bag.c: what stands on bags and seals, in one spelling. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/record/bag.h"

#define SALT "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define OUT_FILE                                                              \
	"anchorite bag out v1\nbag B 17/a\nseal S-2\ncarrier anna\nsalt "      \
	SALT "\n"
#define IN_FILE "anchorite bag in v1\nseal S-2\nsalt " SALT "\n"

static enum status
read_text(const char *text, size_t len, struct bag *out)
{
	struct bytes b = { 0 };
	enum status rc;

	assert_int_equal(bytes_set(&b, text, len, NULL), ST_OK);
	rc = bag_read("file", &b, out, NULL);
	bytes_free(&b);
	return rc;
}

static enum status
read_all(const char *text)
{
	struct bag b;

	return read_text(text, strlen(text), &b);
}

static void
bag_has_one_spelling(void **state)
{
	static const char *const files[] = { OUT_FILE, IN_FILE };
	struct bytes again = { 0 };
	struct bag b;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(read_text(files[i], strlen(files[i]), &b),
		    ST_OK);
		assert_int_equal(b.in, i == 1);
		assert_string_equal(b.seal, "S-2");
		assert_string_equal(b.bag, i == 0 ? "B 17/a" : "");
		assert_int_equal(b.salt[31], 0x1f);
		assert_int_equal(bag_write(&b, &again, NULL), ST_OK);
		assert_string_equal((char *)again.data, files[i]);
		bytes_free(&again);
	}
}

static void
bag_refuses_every_truncation_and_more(void **state)
{
	struct bag b;

	(void)state;
	for (size_t n = 0; n < strlen(OUT_FILE); n++)
		assert_int_equal(read_text(OUT_FILE, n, &b), ST_FORMAT);
	for (size_t n = 0; n < strlen(IN_FILE); n++)
		assert_int_equal(read_text(IN_FILE, n, &b), ST_FORMAT);
	assert_int_equal(read_all(OUT_FILE "\n"), ST_FORMAT);
	assert_int_equal(read_all(IN_FILE "bag B\n"), ST_FORMAT);
	assert_int_equal(read_text(OUT_FILE, sizeof(OUT_FILE), &b),
	    ST_FORMAT);
}

static void
bag_refuses_what_nobody_types(void **state)
{
	static const char *const seals[] = { "", "a\tb", "\xc3\xa4", "\x7f",
		"01234567890123456789012345678901234567890" };
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof(seals) / sizeof(seals[0]); i++) {
		snprintf(text, sizeof(text), "anchorite bag in v1\nseal %s\n"
		    "salt " SALT "\n", seals[i]);
		assert_int_equal(read_all(text), ST_FORMAT);
	}
	assert_int_equal(read_all("anchorite bag in v1\nseal "
	    "0123456789012345678901234567890123456789\nsalt " SALT "\n"),
	    ST_OK);
	assert_int_equal(read_all("anchorite bag out v1\nbag B\nseal S\n"
	    "carrier Anna B\nsalt " SALT "\n"), ST_FORMAT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bag_has_one_spelling),
		cmocka_unit_test(bag_refuses_every_truncation_and_more),
		cmocka_unit_test(bag_refuses_what_nobody_types),
	};

	return cmocka_run_group_tests_name("bag", tests, NULL, NULL);
}
