/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/bytes.h"
#include "tests/support/oom.h"

static void
bytes_set_copies_and_closes_with_nul(void **state)
{
	char from[] = "abc";
	struct bytes b = { 0 };

	(void)state;
	assert_int_equal(bytes_set(&b, from, 3, NULL), ST_OK);
	from[0] = 'x';
	assert_int_equal(b.len, 3);
	assert_memory_equal(b.data, "abc", 4);
	bytes_free(&b);
	assert_null(b.data);
	assert_int_equal(b.len, 0);
}

static void
bytes_set_takes_a_part_of_itself(void **state)
{
	struct bytes b = { 0 };

	(void)state;
	assert_int_equal(bytes_set(&b, "abcdef", 6, NULL), ST_OK);
	assert_int_equal(bytes_set(&b, b.data + 2, 3, NULL), ST_OK);
	assert_int_equal(b.len, 3);
	assert_memory_equal(b.data, "cde", 4);
	bytes_free(&b);
}

static void
bytes_set_takes_nothing(void **state)
{
	struct bytes b = { 0 };

	(void)state;
	assert_int_equal(bytes_set(&b, NULL, 0, NULL), ST_OK);
	assert_int_equal(b.len, 0);
	assert_int_equal(b.data[0], 0);
	bytes_free(&b);
}

static void
bytes_set_refuses_a_length_that_wraps(void **state)
{
	struct bytes b = { 0 };

	(void)state;
	assert_int_equal(bytes_set(&b, "", SIZE_MAX, NULL), ST_SYSTEM);
	assert_null(b.data);
}

static enum status
replace(void *ctx)
{
	struct bytes b = { 0 };
	struct diag d = { 0 };
	enum status rc;

	(void)ctx;
	if ((rc = bytes_set(&b, "old", 3, &d)) == ST_OK &&
	    (rc = bytes_set(&b, "newer", 5, &d)) != ST_OK)
		assert_memory_equal(b.data, "old", 4);
	bytes_free(&b);
	return rc;
}

static void
bytes_keep_what_they_held_when_memory_runs_out(void **state)
{
	(void)state;
	assert_int_equal(oom_each(replace, NULL), 2);
}

static void
bytes_equal_sees_length_and_content(void **state)
{
	uint8_t ab[] = { 'a', 'b' }, ac[] = { 'a', 'c' };
	const struct bytes none = { 0 }, x = { ab, 2 }, y = { ac, 2 };
	const struct bytes shorter = { ab, 1 };

	(void)state;
	assert_true(bytes_equal(&none, &none));
	assert_true(bytes_equal(&x, &x));
	assert_false(bytes_equal(&x, &y));
	assert_false(bytes_equal(&x, &shorter));
	assert_false(bytes_equal(&none, &shorter));
}

static void
bytes_free_is_boring(void **state)
{
	struct bytes b = { 0 };

	(void)state;
	bytes_free(NULL);
	bytes_free(&b);
	bytes_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_set_copies_and_closes_with_nul),
		cmocka_unit_test(bytes_set_takes_a_part_of_itself),
		cmocka_unit_test(bytes_set_takes_nothing),
		cmocka_unit_test(bytes_set_refuses_a_length_that_wraps),
		cmocka_unit_test(
		    bytes_keep_what_they_held_when_memory_runs_out),
		cmocka_unit_test(bytes_equal_sees_length_and_content),
		cmocka_unit_test(bytes_free_is_boring),
	};

	return cmocka_run_group_tests_name("bytes", tests, NULL, NULL);
}
