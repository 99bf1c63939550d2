#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "lib/base/clock.h"
#include "tests/support/mutate.h"

static void
text_agrees_with_the_system_for_every_day(void **state)
{
	char ours[CLOCK_TEXT_SIZE], theirs[CLOCK_TEXT_SIZE];
	struct tm tm;
	int64_t back;
	time_t t;

	(void)state;
	for (t = 0; t <= 253402300799; t += CLOCK_DAY - 1) {
		gmtime_r(&t, &tm);
		strftime(theirs, sizeof(theirs), "%Y-%m-%dT%H:%M:%SZ", &tm);
		clock_text(t, ours);
		assert_string_equal(ours, theirs);
		assert_int_equal(clock_read(ours, &back, NULL), ST_OK);
		assert_true(back == t);
	}
}

static void
text_never_shows_a_time_it_does_not_know(void **state)
{
	static const int64_t beyond[] = { -1, 253402300800, INT64_MIN,
		INT64_MAX };
	char out[CLOCK_TEXT_SIZE], quarter[7];
	int64_t t;

	(void)state;
	for (size_t i = 0; i < sizeof(beyond) / sizeof(beyond[0]); i++) {
		clock_text(beyond[i], out);
		assert_int_equal(clock_read(out, &t, NULL), ST_FORMAT);
		clock_quarter(beyond[i], quarter);
		assert_string_equal(quarter, "0000Q0");
	}
	clock_text(253402300799, out);
	assert_string_equal(out, "9999-12-31T23:59:59Z");
}

static void
read_takes_a_bare_date_as_its_midnight(void **state)
{
	int64_t a, b;

	(void)state;
	assert_int_equal(clock_read("2027-03-01", &a, NULL), ST_OK);
	assert_int_equal(clock_read("2027-03-01T00:00:00Z", &b, NULL), ST_OK);
	assert_true(a == b);
	assert_true(a == 1803859200);
}

static void
read_refuses_days_that_are_not(void **state)
{
	static const char *const bad[] = {
		"1969-12-31", "0000-01-01", "2027-00-01", "2027-13-01",
		"2027-01-00", "2027-01-32", "2027-04-31", "2027-06-31",
		"2027-09-31", "2027-11-31", "2027-02-29", "2028-02-30",
		"2100-02-29", "2027-03-01T24:00:00Z", "2027-03-01T00:60:00Z",
		"2027-03-01T00:00:60Z", "2016-12-31T23:59:60Z",
	};
	int64_t t = 5;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(clock_read(bad[i], &t, NULL), ST_FORMAT);
	assert_true(t == 5);
	assert_int_equal(clock_read("2028-02-29", &t, NULL), ST_OK);
	assert_int_equal(clock_read("2000-02-29", &t, NULL), ST_OK);
}

static void
read_refuses_other_spellings(void **state)
{
	static const char *const bad[] = {
		"", "2027", "2027-3-1", "2027-03-1", "27-03-01", "2027/03/01",
		"2027-03-01 00:00:00Z", "2027-03-01T00:00:00",
		"2027-03-01T00:00:00z", "2027-03-01t00:00:00Z",
		"2027-03-01T00:00:00+00:00", "2027-03-01T00:00Z",
		"2027-03-01T00:00:00.0Z", "+027-03-01", "-027-03-01",
		" 2027-03-01", "2027-03-01 ", "20270301", "2027-03-01T",
		"2027-03-01Z", "12027-03-01", "2027-03- 1",
	};
	int64_t t;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(clock_read(bad[i], &t, NULL), ST_FORMAT);
}

static enum status
read_bytes(const uint8_t *data, size_t len, void *ctx)
{
	char s[32] = "";
	int64_t t;

	(void)ctx;
	memcpy(s, data, len);
	/* a date is a whole answer too, a NUL ends a string */
	if (len == strlen("2027-03-01") || strlen(s) < len)
		return ST_FORMAT;
	return clock_read(s, &t, NULL);
}

static void
read_refuses_every_truncation_and_addition(void **state)
{
	const uint8_t *good = (const uint8_t *)"2027-03-01T12:34:56Z";

	(void)state;
	assert_int_equal(read_bytes(good, 20, NULL), ST_OK);
	assert_int_equal(mutate_truncations(good, 20, read_bytes, NULL), 0);
	assert_int_equal(mutate_trailing(good, 20, read_bytes, NULL), 0);
}

static void
quarter_turns_with_its_month(void **state)
{
	static const struct {
		const char *day, *quarter;
	} rows[] = {
		{ "1970-01-01", "1970Q1" },
		{ "2027-03-31T23:59:59Z", "2027Q1" },
		{ "2027-04-01", "2027Q2" },
		{ "2027-06-30T23:59:59Z", "2027Q2" },
		{ "2027-07-01", "2027Q3" },
		{ "2027-10-01", "2027Q4" },
		{ "2027-12-31T23:59:59Z", "2027Q4" },
		{ "2028-01-01", "2028Q1" },
	};
	char out[7];
	int64_t t;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(clock_read(rows[i].day, &t, NULL), ST_OK);
		clock_quarter(t, out);
		assert_string_equal(out, rows[i].quarter);
	}
}

static void
now_is_the_machines_clock(void **state)
{
	const int64_t before = (int64_t)time(NULL), now = clock_now();

	(void)state;
	assert_true(now >= before && now <= (int64_t)time(NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_agrees_with_the_system_for_every_day),
		cmocka_unit_test(text_never_shows_a_time_it_does_not_know),
		cmocka_unit_test(read_takes_a_bare_date_as_its_midnight),
		cmocka_unit_test(read_refuses_days_that_are_not),
		cmocka_unit_test(read_refuses_other_spellings),
		cmocka_unit_test(read_refuses_every_truncation_and_addition),
		cmocka_unit_test(quarter_turns_with_its_month),
		cmocka_unit_test(now_is_the_machines_clock),
	};

	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
