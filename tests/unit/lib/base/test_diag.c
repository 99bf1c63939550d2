#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/diag.h"

static void
diag_keeps_the_first_cause(void **state)
{
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(diag_set(&d, ST_AUTH, "card %d", 3), ST_AUTH);
	assert_int_equal(diag_set(&d, ST_BUG, "later"), ST_BUG);
	assert_int_equal(d.code, ST_AUTH);
	assert_string_equal(d.text, "card 3");
}

static void
diag_set_needs_no_diag(void **state)
{
	(void)state;
	assert_int_equal(diag_set(NULL, ST_FORMAT, "unheard"), ST_FORMAT);
	diag_prefix(NULL, "nobody");
	diag_clear(NULL);
}

static void
diag_prefix_names_the_thing(void **state)
{
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(diag_set(&d, ST_FORMAT, "torn"), ST_FORMAT);
	diag_prefix(&d, "sheet %d", 2);
	assert_string_equal(d.text, "sheet 2: torn");
	assert_int_equal(d.code, ST_FORMAT);
}

static void
diag_is_one_printable_line(void **state)
{
	struct diag d = { 0 };
	char big[2 * DIAG_TEXT_MAX];

	(void)state;
	assert_int_equal(diag_set(&d, ST_FORMAT, "%s", "a\033[2J\nb\x7f"),
	    ST_FORMAT);
	assert_string_equal(d.text, "a\\x1b[2J\\x0ab\\x7f");
	diag_prefix(&d, "%s", "\xe2\x80\xae\xc2\x9b");
	assert_string_equal(d.text, "\\xe2\\x80\\xae\\xc2\\x9b: "
	    "a\\x1b[2J\\x0ab\\x7f");
	memset(big, '\n', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	diag_prefix(&d, "%s", big);
	assert_true(strlen(d.text) < DIAG_TEXT_MAX);
	assert_null(strchr(d.text, '\n'));
}

static void
diag_never_overflows(void **state)
{
	struct diag d = { 0 };
	char big[2 * DIAG_TEXT_MAX];

	(void)state;
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	assert_int_equal(diag_set(&d, ST_FORMAT, "%s", big), ST_FORMAT);
	assert_int_equal(strlen(d.text), DIAG_TEXT_MAX - 1);
	diag_prefix(&d, "%s", "name");
	assert_true(strlen(d.text) < DIAG_TEXT_MAX);
	diag_prefix(&d, "%s", big);
	assert_int_equal(strlen(d.text), DIAG_TEXT_MAX - 1);
}

/* What it is about may be long; what is wrong with it is never cut off. */
static void
diag_keeps_the_sentence_behind_a_long_name(void **state)
{
	struct diag d = { 0 };
	char big[4 * DIAG_TEXT_MAX];

	(void)state;
	memset(big, '/', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	assert_int_equal(diag_set(&d, ST_FORMAT, "%s: FORMATS 6.1: bad", big),
	    ST_FORMAT);
	assert_non_null(strstr(d.text, "///...///"));
	assert_non_null(strstr(d.text, "///: FORMATS 6.1: bad"));
	diag_clear(&d);
	assert_int_equal(diag_set(&d, ST_FORMAT, "FORMATS 6.1: bad"),
	    ST_FORMAT);
	diag_prefix(&d, "%s", big);
	assert_non_null(strstr(d.text, "///: FORMATS 6.1: bad"));
	memset(big, '\n', sizeof(big) - 1);
	diag_prefix(&d, "%s", big);
	assert_non_null(strstr(d.text, "///: FORMATS 6.1: bad"));
	assert_null(strchr(d.text, '\n'));
}

static void
diag_clear_makes_room_for_another(void **state)
{
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(diag_set(&d, ST_FORMAT, "first"), ST_FORMAT);
	diag_clear(&d);
	assert_int_equal(d.code, ST_OK);
	assert_string_equal(d.text, "");
	assert_int_equal(diag_set(&d, ST_POLICY, "second"), ST_POLICY);
	assert_string_equal(d.text, "second");
}

static void
diag_exit_tells_no_from_unknown(void **state)
{
	static const struct {
		enum status code;
		int exit;
	} rows[] = {
		{ ST_OK, 0 },
		{ ST_FORMAT, 1 },
		{ ST_AUTH, 1 },
		{ ST_POLICY, 1 },
		{ ST_USAGE, 2 },
		{ ST_SYSTEM, 2 },
		{ ST_BUG, 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(diag_exit(rows[i].code), rows[i].exit);
	assert_int_equal(diag_exit((enum status)99), 2);
}

static enum status
leaves_by_its_door(enum status code)
{
	enum status rc;

	TRY(code);
	FAIL(NULL, ST_BUG, "went on after a refusal");
out:
	return rc;
}

static void
try_stops_on_the_first_refusal(void **state)
{
	(void)state;
	assert_int_equal(leaves_by_its_door(ST_AUTH), ST_AUTH);
	assert_int_equal(leaves_by_its_door(ST_OK), ST_BUG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(diag_keeps_the_first_cause),
		cmocka_unit_test(diag_set_needs_no_diag),
		cmocka_unit_test(diag_prefix_names_the_thing),
		cmocka_unit_test(diag_is_one_printable_line),
		cmocka_unit_test(diag_never_overflows),
		cmocka_unit_test(diag_keeps_the_sentence_behind_a_long_name),
		cmocka_unit_test(diag_clear_makes_room_for_another),
		cmocka_unit_test(diag_exit_tells_no_from_unknown),
		cmocka_unit_test(try_stops_on_the_first_refusal),
	};

	return cmocka_run_group_tests_name("diag", tests, NULL, NULL);
}
