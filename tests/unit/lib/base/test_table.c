/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/base/table.h"
#include "tests/support/oom.h"

#define ROWS 100

struct row {
	size_t number;
	char zero;
};

static void
table_keeps_its_rows_and_zeroes_new_ones(void **state)
{
	struct row *table = NULL, *r;
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		assert_non_null(r = GROW(table, n));
		assert_int_equal(n, i + 1);
		assert_ptr_equal(r, &table[i]);
		assert_int_equal(r->number, 0);
		assert_int_equal(r->zero, 0);
		*r = (struct row){ i, 'x' };
	}
	for (size_t i = 0; i < ROWS; i++)
		assert_int_equal(table[i].number, i);
	free(table);
}

/* Back over a power of two and up again: nothing is lost, nothing stale. */
static void
table_grows_again_after_rows_went(void **state)
{
	struct row *table = NULL, *r;
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < 9; i++) {
		assert_non_null(r = GROW(table, n));
		*r = (struct row){ i, 'x' };
	}
	n = 3;
	for (size_t i = 3; i < 9; i++) {
		assert_non_null(r = GROW(table, n));
		assert_int_equal(r->zero, 0);
	}
	assert_int_equal(table[2].number, 2);
	free(table);
}

static void
table_without_memory_is_as_it_was(void **state)
{
	struct row *table = NULL, *r;
	size_t n = 0;

	(void)state;
	oom_arm(1);
	assert_null(GROW(table, n));
	assert_true(oom_disarm());
	assert_null(table);
	assert_int_equal(n, 0);
	assert_non_null(r = GROW(table, n));
	r->number = 7;
	oom_arm(1);
	assert_null(GROW(table, n));
	assert_true(oom_disarm());
	assert_int_equal(n, 1);
	assert_int_equal(table[0].number, 7);
	free(table);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_keeps_its_rows_and_zeroes_new_ones),
		cmocka_unit_test(table_grows_again_after_rows_went),
		cmocka_unit_test(table_without_memory_is_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
