#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/library.h"

struct maths {
	double (*root)(double);
	double (*power)(double, double);
};

static const struct library_entry good[] = {
	{ offsetof(struct maths, root), "sqrt" },
	{ offsetof(struct maths, power), "pow" },
};
static const struct library_entry bad[] = {
	{ offsetof(struct maths, root), "sqrt" },
	{ offsetof(struct maths, power), "no_such_function" },
};

static void
library_fills_in_what_is_there(void **state)
{
	const struct library l = { "libm.so.6", "libc6", good, 2 };
	struct maths m = { NULL, NULL };
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(library_load(&l, &m, &d), ST_OK);
	assert_true(m.root(9.0) > 2.9 && m.root(9.0) < 3.1);
	assert_true(m.power(2.0, 3.0) > 7.9 && m.power(2.0, 3.0) < 8.1);
	/* once more changes nothing */
	assert_int_equal(library_load(&l, &m, &d), ST_OK);
}

static void
library_names_what_is_missing(void **state)
{
	const struct library none = { "libnone.so.7", "libnone7", good, 2 };
	const struct library other = { "libm.so.6", "libc6", bad, 2 };
	struct maths m = { NULL, NULL };
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(library_load(&none, &m, &d), ST_SYSTEM);
	assert_non_null(strstr(d.text, "libnone.so.7 cannot be loaded: "));
	assert_non_null(strstr(d.text, "(package libnone7)"));
	assert_null(m.root);
	memset(&d, 0, sizeof(d));
	assert_int_equal(library_load(&other, &m, &d), ST_SYSTEM);
	assert_string_equal(d.text, "libm.so.6 has no no_such_function");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(library_fills_in_what_is_there),
		cmocka_unit_test(library_names_what_is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
