/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/record/step.h"
#include "tests/support/oom.h"

static const struct bytes some = { (uint8_t *)(uintptr_t) "some", 4 };

static void
outcome_keeps_copies_of_what_it_is_given(void **state)
{
	char text[] = "bytes";
	const struct bytes b = { (uint8_t *)text, 5 };
	struct outcome o = { 0 };

	(void)state;
	assert_int_equal(outcome_add(&o, "issued/4c.crt", &b, NULL), ST_OK);
	assert_int_equal(outcome_add(&o, "issued/4d.crt", &some, NULL), ST_OK);
	text[0] = 'B';
	assert_int_equal(o.n, 2);
	assert_string_equal(o.objects[0].name, "issued/4c.crt");
	assert_memory_equal(o.objects[0].bytes.data, "bytes", 5);
	assert_string_equal(o.objects[1].name, "issued/4d.crt");
	outcome_clear(&o);
	assert_int_equal(o.n, 0);
	outcome_clear(&o);
	outcome_clear(NULL);
}

static void
outcome_refuses_names_too_long_and_takes_the_longest(void **state)
{
	char name[OBJECT_NAME_SIZE + 1];
	struct outcome o = { 0 };
	struct diag d = { 0 };

	(void)state;
	memset(name, 'x', OBJECT_NAME_SIZE);
	name[OBJECT_NAME_SIZE] = '\0';
	assert_int_equal(outcome_add(&o, name, &some, &d), ST_BUG);
	assert_string_equal(d.text, "an object's name is too long");
	assert_int_equal(o.n, 0);
	name[OBJECT_NAME_SIZE - 1] = '\0';
	assert_int_equal(outcome_add(&o, name, &some, NULL), ST_OK);
	assert_string_equal(o.objects[0].name, name);
	outcome_clear(&o);
}

static enum status
add_two(void *ctx)
{
	struct outcome o = { 0 };
	enum status rc;

	(void)ctx;
	if ((rc = outcome_add(&o, "a/a", &some, NULL)) == ST_OK)
		rc = outcome_add(&o, "a/b", &some, NULL);
	for (size_t i = 0; i < o.n; i++)
		assert_non_null(o.objects[i].bytes.data);
	outcome_clear(&o);
	return rc;
}

static void
outcome_survives_every_allocation_failing(void **state)
{
	(void)state;
	assert_int_equal(oom_each(add_two, NULL), 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outcome_keeps_copies_of_what_it_is_given),
		cmocka_unit_test(
		    outcome_refuses_names_too_long_and_takes_the_longest),
		cmocka_unit_test(outcome_survives_every_allocation_failing),
	};

	return cmocka_run_group_tests_name("step", tests, NULL, NULL);
}
