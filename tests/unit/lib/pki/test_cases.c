#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/text.h"
#include "lib/pki/cases.h"

/* A case that somebody looks up at three in the morning is whole. */
static void
cases_leave_no_question_open(void **state)
{
	const struct case_row *r;
	size_t n = 0;

	(void)state;
	for (; (r = case_row(n)) != NULL; n++) {
		const char *const parts[] = { r->what, r->attacker, r->until,
			r->todo, r->plan, r->beyond, r->rule };

		assert_true(text_is_word(r->word));
		for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
			assert_true(parts[i] != NULL && parts[i][0] != '\0');
		assert_int_equal(strncmp(r->rule, "RULES ", 6), 0);
		/* and found again by its own word */
		assert_ptr_equal(case_find(r->word), r);
	}
	assert_true(n > 8);
	assert_null(case_find("root"));
	assert_null(case_find(""));
}

/* What is stolen is nobody's to vouch for (RULES B11). */
static void
cases_of_theft_call_it_compromise(void **state)
{
	static const char *const stolen[] = { "root-stolen",
		"only-root-taken", "root-and-next-stolen", "algorithm-broken" };

	(void)state;
	for (size_t i = 0; i < sizeof(stolen) / sizeof(stolen[0]); i++)
		assert_int_equal(strncmp(case_find(stolen[i])->plan,
		    "reason = compromise", 19), 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(cases_leave_no_question_open),
		cmocka_unit_test(cases_of_theft_call_it_compromise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
