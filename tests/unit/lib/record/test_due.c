/* due.c: whose look at a sheet is due, and when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/record/due.h"

static struct sheet sheets[3];
static struct sheet_set sets[2];
static const struct state known = { .sets = sets, .nsets = 2 };

/* Two sheets of a live set, and one of another. */
static int
begin(void **state)
{
	(void)state;
	memset(sheets, 0, sizeof(sheets));
	memset(sets, 0, sizeof(sets));
	sets[0] = (struct sheet_set){ .root = "g1", .epoch = 2,
		.fate = SET_LIVE, .sheets = &sheets[0], .n = 2 };
	sets[1] = (struct sheet_set){ .root = "g2", .epoch = 1,
		.fate = SET_LIVE, .sheets = &sheets[2], .n = 1 };
	for (unsigned i = 0; i < 3; i++)
		sheets[i].own = 1000 * CLOCK_DAY;
	return 0;
}

/* How many are due before that day, the first of them in ${*first}. */
static size_t
due_before(int64_t days, struct due *first)
{
	struct due *due = NULL;
	size_t n = 0;

	assert_int_equal(due_sheets(&known, days * CLOCK_DAY, &due, &n, NULL),
	    ST_OK);
	if (n > 0)
		*first = due[0];
	free(due);
	return n;
}

static void
due_is_nothing_within_a_year(void **state)
{
	struct due first;

	(void)state;
	assert_int_equal(due_before(1365, &first), 0);
	assert_int_equal(due_before(1366, &first), 3);
	assert_ptr_equal(first.sheet, &sheets[0]);
	assert_ptr_equal(first.set, &sets[0]);
	assert_int_equal(first.at, 1365 * CLOCK_DAY);
}

static void
due_counts_from_the_holders_own_look(void **state)
{
	struct due first;

	(void)state;
	sheets[1].deputy = 1100 * CLOCK_DAY; /* who came in her place */
	assert_int_equal(due_before(1130, &first), 0);
	assert_int_equal(due_before(1131, &first), 1);
	assert_ptr_equal(first.sheet, &sheets[1]);
	sheets[1].own = 1120 * CLOCK_DAY;
	sheets[1].deputy = 0;
	assert_int_equal(due_before(1366, &first), 2);
	assert_int_equal(due_before(1486, &first), 3);
}

static void
due_is_no_sheet_that_was_destroyed(void **state)
{
	struct due first;

	(void)state;
	sheets[0].destroyed = 3;
	assert_int_equal(due_before(1366, &first), 2);
	assert_ptr_equal(first.sheet, &sheets[1]);
}

static void
due_names_the_most_overdue_first(void **state)
{
	struct due first;

	(void)state;
	sheets[2].own = 900 * CLOCK_DAY;
	assert_int_equal(due_before(2000, &first), 3);
	assert_ptr_equal(first.sheet, &sheets[2]);
}

static void
due_asks_for_no_sheet_that_opens_nothing(void **state)
{
	struct due first;

	(void)state;
	sets[0].fate = SET_VOID;
	sets[1].fate = SET_DRAWN;
	assert_int_equal(due_before(9999, &first), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(due_is_nothing_within_a_year, begin),
		cmocka_unit_test_setup(due_counts_from_the_holders_own_look,
		    begin),
		cmocka_unit_test_setup(due_is_no_sheet_that_was_destroyed,
		    begin),
		cmocka_unit_test_setup(due_names_the_most_overdue_first,
		    begin),
		cmocka_unit_test_setup(due_asks_for_no_sheet_that_opens_nothing,
		    begin),
	};

	return cmocka_run_group_tests_name("due", tests, NULL, NULL);
}
