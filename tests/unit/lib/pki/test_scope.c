/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/pki/scope.h"
#include "tests/support/mutate.h"
#include "tests/support/oom.h"

static const struct scope good = { "gateway", "release", "2027Q1", "4.0",
	"4.9" };

/* SEQUENCE { 1, "gateway", "release", "4.0", [0] "4.9", "2027Q1" } */
static const uint8_t good_der[] = "\x30\x27\x02\x01\x01\x0c\x07gateway"
				  "\x0c\x07release\x0c\x03" "4.0\x80\x03"
				  "4.9\x0c\x06" "2027Q1";
#define GOOD_LEN (sizeof(good_der) - 1)

static void
scope_is_written_as_the_format_says(void **state)
{
	struct bytes der = { 0 };

	(void)state;
	assert_int_equal(scope_write(&good, &der, NULL), ST_OK);
	assert_int_equal(der.len, GOOD_LEN);
	assert_memory_equal(der.data, good_der, GOOD_LEN);
	bytes_free(&der);
}

static void
round_trip(const struct scope *s)
{
	struct bytes der = { 0 };
	struct scope again;

	assert_int_equal(scope_write(s, &der, NULL), ST_OK);
	assert_int_equal(scope_read(der.data, der.len, &again, NULL), ST_OK);
	assert_true(scope_equal(s, &again));
	bytes_free(&der);
}

static void
scope_comes_back_as_it_went(void **state)
{
	struct scope s = good;

	(void)state;
	round_trip(&s);
	s.to[0] = '\0';
	round_trip(&s);
	s.from[0] = '\0';
	round_trip(&s);
	/* the longest: the outer length needs its long form */
	memset(s.product, 'p', 32);
	memset(s.role, 'r', 32);
	memset(s.from, '1', 32);
	memset(s.to, '2', 32);
	round_trip(&s);
}

static enum status
read_call(const uint8_t *data, size_t len, void *ctx)
{
	struct scope s;

	(void)ctx;
	return scope_read(data, len, &s, NULL);
}

static void
scope_refuses_every_truncation_and_trailing_byte(void **state)
{
	(void)state;
	assert_int_equal(mutate_truncations(good_der, GOOD_LEN, read_call,
	    NULL), 0);
	assert_int_equal(mutate_trailing(good_der, GOOD_LEN, read_call, NULL),
	    0);
}

/* A changed bit is refused, or it is another scope: never the same one. */
static void
scope_has_one_encoding(void **state)
{
	uint8_t der[GOOD_LEN];
	struct scope s;

	(void)state;
	for (size_t bit = 0; bit < 8 * GOOD_LEN; bit++) {
		memcpy(der, good_der, GOOD_LEN);
		der[bit / 8] ^= (uint8_t)(1U << bit % 8);
		if (scope_read(der, GOOD_LEN, &s, NULL) == ST_OK)
			assert_false(scope_equal(&s, &good));
	}
}

static void
refuses(const uint8_t *der, size_t len, const char *why)
{
	struct diag d = { 0 };
	struct scope s;

	assert_int_equal(scope_read(der, len, &s, &d), ST_FORMAT);
	assert_non_null(strstr(d.text, why));
	assert_string_equal(s.product, "");
}
#define REFUSES(der, why) \
	refuses((const uint8_t *)(der), sizeof(der) - 1, (why))

static void
scope_refuses_other_shapes(void **state)
{
	(void)state;
	/* the long form where the short one would do */
	REFUSES("\x30\x81\x22\x02\x01\x01\x0c\x07gateway\x0c\x07release"
	    "\x0c\x03" "4.0\x0c\x06" "2027Q1", "shortest");
	REFUSES("\x30\x80\x02\x01\x01\x00\x00", "definite");
	/* version 2 */
	REFUSES("\x30\x22\x02\x01\x02\x0c\x07gateway\x0c\x07release"
	    "\x0c\x03" "4.0\x0c\x06" "2027Q1", "version 2");
	/* an empty highest version that should have been left out */
	REFUSES("\x30\x24\x02\x01\x01\x0c\x07gateway\x0c\x07release"
	    "\x0c\x03" "4.0\x80\x00\x0c\x06" "2027Q1", "left out");
	/* a NUL inside: "gate" for who compares as text */
	REFUSES("\x30\x22\x02\x01\x01\x0c\x07gate\0ay\x0c\x07release"
	    "\x0c\x03" "4.0\x0c\x06" "2027Q1", "8.9");
	/* upper case, a fifth quarter, a version of dots */
	REFUSES("\x30\x22\x02\x01\x01\x0c\x07Gateway\x0c\x07release"
	    "\x0c\x03" "4.0\x0c\x06" "2027Q1", "words");
	REFUSES("\x30\x22\x02\x01\x01\x0c\x07gateway\x0c\x07release"
	    "\x0c\x03" "4.0\x0c\x06" "2027Q5", "quarter");
	REFUSES("\x30\x22\x02\x01\x01\x0c\x07gateway\x0c\x07release"
	    "\x0c\x03" "4..\x0c\x06" "2027Q1", "8.16");
	/* PrintableString instead of UTF8String */
	REFUSES("\x30\x22\x02\x01\x01\x13\x07gateway\x0c\x07release"
	    "\x0c\x03" "4.0\x0c\x06" "2027Q1", "tag");
}

static void
scope_writes_nothing_outside_its_alphabet(void **state)
{
	struct scope s = good;
	struct bytes der = { 0 };
	struct diag d = { 0 };

	(void)state;
	snprintf(s.product, sizeof(s.product), "gate way");
	assert_int_equal(scope_write(&s, &der, &d), ST_POLICY);
	assert_non_null(strstr(d.text, "8.9"));
	assert_null(der.data);
}

static const struct {
	const char *text;
	enum status rc;
	const char *from, *to;
} ranges[] = {
	{ "4.0..", ST_OK, "4.0", "" },
	{ "1.2..3.0", ST_OK, "1.2", "3.0" },
	{ "..3.0", ST_OK, "", "3.0" },
	{ "..", ST_OK, "", "" },
	{ "1.0-rc1..1.0-rc10", ST_OK, "1.0-rc1", "1.0-rc10" },
	{ "3..3", ST_OK, "3", "3" },
	{ "9..10", ST_OK, "9", "10" },
	{ "3.0..1.2", ST_POLICY, "", "" },
	{ "10..9", ST_POLICY, "", "" },
	{ "4.0", ST_FORMAT, "", "" },
	{ "", ST_FORMAT, "", "" },
	{ "4.0...", ST_FORMAT, "", "" },
	{ "1..2..3", ST_FORMAT, "", "" },
	{ "V4..", ST_FORMAT, "", "" },
	{ "-4..", ST_FORMAT, "", "" },
	{ "4 ..5", ST_FORMAT, "", "" },
	{ "123456789012345678901234567890123..", ST_FORMAT, "", "" },
	{ "..123456789012345678901234567890123", ST_FORMAT, "", "" },
};

static void
scope_reads_ranges_and_refuses_empty_ones(void **state)
{
	struct scope s;

	(void)state;
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		memset(&s, 0, sizeof(s));
		assert_int_equal(scope_versions(ranges[i].text, &s, NULL),
		    ranges[i].rc);
		if (ranges[i].rc != ST_OK)
			continue;
		assert_string_equal(s.from, ranges[i].from);
		assert_string_equal(s.to, ranges[i].to);
	}
}

static void
scope_orders_versions_by_their_numbers(void **state)
{
	static const char *const order[] = { "", "1", "1.0", "1.0-rc2",
		"1.0-rc10", "1.2", "1.10", "2", "10", "10a" };
	const size_t n = sizeof(order) / sizeof(order[0]);
	int sign;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < n; j++) {
			sign = scope_compare(order[i], order[j]);
			assert_int_equal(sign < 0, i < j);
			assert_int_equal(sign > 0, i > j);
		}
	}
	assert_int_equal(scope_compare("1.00", "1.0"), 0);
	assert_int_equal(scope_compare("007", "7"), 0);
}

static enum status
write_call(void *ctx)
{
	struct bytes der = { 0 };
	enum status rc = scope_write(&good, &der, NULL);

	(void)ctx;
	bytes_free(&der);
	return rc;
}

static void
scope_survives_memory_running_out(void **state)
{
	(void)state;
	assert_true(oom_each(write_call, NULL) > 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(scope_is_written_as_the_format_says),
		cmocka_unit_test(scope_comes_back_as_it_went),
		cmocka_unit_test(
		    scope_refuses_every_truncation_and_trailing_byte),
		cmocka_unit_test(scope_has_one_encoding),
		cmocka_unit_test(scope_refuses_other_shapes),
		cmocka_unit_test(scope_writes_nothing_outside_its_alphabet),
		cmocka_unit_test(scope_reads_ranges_and_refuses_empty_ones),
		cmocka_unit_test(scope_orders_versions_by_their_numbers),
		cmocka_unit_test(scope_survives_memory_running_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
