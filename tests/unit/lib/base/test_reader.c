#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/reader.h"
#include "tests/support/mutate.h"

static void
reader_is_big_endian(void **state)
{
	static const uint8_t in[] = { 0xfe, 0x01, 0x02, 0xff, 0x00, 0x00,
		0x80, 'x', 'y' };
	struct reader r;
	uint8_t one, two[2];
	uint16_t half;
	uint32_t word;

	(void)state;
	reader_init(&r, "thing", in, sizeof(in));
	assert_int_equal(reader_u8(&r, &one, NULL), ST_OK);
	assert_int_equal(one, 0xfe);
	assert_int_equal(reader_u16(&r, &half, NULL), ST_OK);
	assert_int_equal(half, 0x0102);
	assert_int_equal(reader_done(&r, NULL), ST_FORMAT);
	assert_int_equal(reader_u32(&r, &word, NULL), ST_OK);
	assert_int_equal(word, 0xff000080);
	assert_int_equal(reader_bytes(&r, two, 2, NULL), ST_OK);
	assert_memory_equal(two, "xy", 2);
	assert_int_equal(reader_done(&r, NULL), ST_OK);
}

static enum status
read_all(const uint8_t *data, size_t len, void *ctx)
{
	struct reader r;
	const char *line;
	uint8_t one, rest[3];
	uint16_t half;
	uint32_t word;
	enum status rc;
	size_t n;

	(void)ctx;
	reader_init(&r, "thing", data, len);
	TRY(reader_u8(&r, &one, NULL));
	TRY(reader_u16(&r, &half, NULL));
	TRY(reader_line(&r, 4, &line, &n, NULL));
	TRY(reader_u32(&r, &word, NULL));
	TRY(reader_bytes(&r, rest, sizeof(rest), NULL));
	TRY(reader_done(&r, NULL));
out:
	return rc;
}

static void
reader_refuses_every_truncation_and_addition(void **state)
{
	static const uint8_t good[] = "123four\n4444555";

	(void)state;
	assert_int_equal(read_all(good, 15, NULL), ST_OK);
	assert_int_equal(mutate_truncations(good, 15, read_all, NULL), 0);
	assert_int_equal(mutate_trailing(good, 15, read_all, NULL), 0);
}

static void
reader_stays_where_it_refused(void **state)
{
	static const uint8_t in[] = { 1, 2, 3 };
	struct reader r;
	struct diag d = { 0 };
	uint32_t word;
	uint8_t b;

	(void)state;
	reader_init(&r, "thing", in, sizeof(in));
	assert_int_equal(reader_u32(&r, &word, &d), ST_FORMAT);
	assert_string_equal(d.text,
	    "thing: cut short: 4 bytes wanted at byte 0 of 3");
	assert_int_equal(reader_bytes(&r, &b, SIZE_MAX, NULL), ST_FORMAT);
	assert_int_equal(reader_u8(&r, &b, NULL), ST_OK);
	assert_int_equal(b, 1);
	assert_int_equal(reader_bytes(&r, &b, SIZE_MAX, NULL), ST_FORMAT);
	assert_int_equal(r.at, 1);
}

static void
reader_of_nothing_refuses(void **state)
{
	struct reader r;
	const char *line;
	size_t len;
	uint8_t b;

	(void)state;
	reader_init(&r, "thing", NULL, 0);
	assert_int_equal(reader_u8(&r, &b, NULL), ST_FORMAT);
	assert_int_equal(reader_line(&r, 10, &line, &len, NULL), ST_FORMAT);
	assert_int_equal(reader_line(&r, SIZE_MAX, &line, &len, NULL),
	    ST_FORMAT);
	assert_int_equal(reader_bytes(&r, NULL, 0, NULL), ST_OK);
	assert_int_equal(reader_done(&r, NULL), ST_OK);
}

static void
line_is_as_long_as_allowed_and_no_longer(void **state)
{
	static const char in[] = "abc\n\nrest";
	struct reader r;
	const char *line;
	size_t len;

	(void)state;
	reader_init(&r, "thing", in, sizeof(in) - 1);
	for (size_t max = 0; max < 3; max++)
		assert_int_equal(reader_line(&r, max, &line, &len, NULL),
		    ST_FORMAT);
	assert_int_equal(reader_line(&r, 3, &line, &len, NULL), ST_OK);
	assert_int_equal(len, 3);
	assert_memory_equal(line, "abc", 3);
	assert_int_equal(reader_line(&r, 0, &line, &len, NULL), ST_OK);
	assert_int_equal(len, 0);
	assert_int_equal(reader_line(&r, SIZE_MAX, &line, &len, NULL),
	    ST_FORMAT);
	assert_int_equal(r.at, 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reader_is_big_endian),
		cmocka_unit_test(reader_refuses_every_truncation_and_addition),
		cmocka_unit_test(reader_stays_where_it_refused),
		cmocka_unit_test(reader_of_nothing_refuses),
		cmocka_unit_test(line_is_as_long_as_allowed_and_no_longer),
	};

	return cmocka_run_group_tests_name("reader", tests, NULL, NULL);
}
