/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray,--wrap=strdup */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/record/facts.h"
#include "tests/support/oom.h"

static void
set(struct facts *f, const char *key, const char *value)
{
	assert_int_equal(facts_set(f, NULL, key, "%s", value), ST_OK);
}

static void
add(struct facts *f, const char *key, const char *value)
{
	assert_int_equal(facts_add(f, NULL, key, "%s", value), ST_OK);
}

static void
facts_give_back_what_was_said(void **state)
{
	struct facts f = { 0 };

	(void)state;
	assert_int_equal(facts_set(&f, NULL, "epoch", "%u of %s", 3U, "g1"),
	    ST_OK);
	add(&f, "sheets", "one");
	add(&f, "sheets", "two");
	assert_string_equal(facts_get(&f, "epoch"), "3 of g1");
	assert_int_equal(facts_count(&f, "epoch"), 1);
	assert_int_equal(facts_count(&f, "sheets"), 2);
	assert_string_equal(facts_at(&f, "sheets", 1), "two");
	assert_null(facts_at(&f, "sheets", 2));
	facts_clear(&f);
	assert_int_equal(f.n, 0);
}

static void
facts_know_nothing_that_was_not_said(void **state)
{
	struct facts f = { 0 };
	struct diag d = { 0 };
	const char *text = "x";

	(void)state;
	set(&f, "epoch", "3");
	assert_null(facts_get(&f, "epoc"));
	assert_null(facts_get(&f, "epochs"));
	assert_int_equal(facts_count(&f, "root"), 0);
	assert_null(facts_at(&f, "root", 0));
	assert_int_equal(facts_need(&f, "root", &text, &d), ST_FORMAT);
	assert_string_equal(d.text, "root is not said");
	assert_null(text);
	facts_clear(&f);
	facts_clear(NULL);
}

static void
facts_refuse_to_be_set_twice(void **state)
{
	struct facts f = { 0 };
	struct diag d = { 0 };

	(void)state;
	set(&f, "root", "g1");
	assert_int_equal(facts_set(&f, &d, "root", "g2"), ST_BUG);
	assert_string_equal(d.text, "fact root is set twice");
	assert_string_equal(facts_get(&f, "root"), "g1");
	assert_int_equal(f.n, 1);
	facts_clear(&f);
}

static void
facts_refuse_a_list_that_is_a_text(void **state)
{
	struct facts f = { 0 };
	struct diag d = { 0 };

	(void)state;
	set(&f, "root", "g1");
	assert_int_equal(facts_add(&f, &d, "root", "g2"), ST_BUG);
	assert_string_equal(d.text, "fact root is not a list");
	diag_clear(&d);
	add(&f, "sheets", "one");
	assert_int_equal(facts_set(&f, &d, "sheets", "two"), ST_BUG);
	assert_string_equal(d.text, "fact sheets is set twice");
	/* and a list, though of one, is not a text */
	assert_null(facts_get(&f, "sheets"));
	assert_int_equal(facts_count(&f, "sheets"), 1);
	facts_clear(&f);
}

static void
facts_refuse_numbers_that_are_none(void **state)
{
	static const char *const bad[] = { "", " 1", "+1", "-1", "01", "1 ",
		"0x1", "1e1", "18446744073709551616", "6", "0", "x" };
	struct diag d = { 0 };
	uint64_t n;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct facts f = { 0 };

		diag_clear(&d);
		set(&f, "sheet", bad[i]);
		assert_int_equal(facts_number(&f, "sheet", 1, 5, &n, &d),
		    ST_FORMAT);
		assert_memory_equal(d.text, "sheet: ", 7);
		facts_clear(&f);
	}
}

static void
facts_take_numbers_to_their_bounds(void **state)
{
	struct facts f = { 0 };
	uint64_t n = 0;

	(void)state;
	set(&f, "most", "18446744073709551615");
	assert_int_equal(facts_number(&f, "most", 0, UINT64_MAX, &n, NULL),
	    ST_OK);
	assert_true(n == UINT64_MAX);
	assert_int_equal(facts_number(&f, "none", 0, 1, &n, NULL), ST_FORMAT);
	facts_clear(&f);
}

static void
facts_name_the_key_that_differs(void **state)
{
	static const char *const how[] = { "how", "tries", NULL };
	struct facts a = { 0 }, b = { 0 };

	(void)state;
	set(&a, "root", "g1");
	set(&b, "how", "typed");
	set(&b, "root", "g1");
	/* what one says more, whichever of the two */
	assert_string_equal(facts_differ(&a, &b, NULL), "how");
	assert_string_equal(facts_differ(&b, &a, NULL), "how");
	assert_null(facts_differ(&a, &b, how));
	assert_null(facts_differ(&b, &a, how));
	set(&a, "how", "scanned");
	assert_string_equal(facts_differ(&a, &b, NULL), "how");
	assert_null(facts_differ(&a, &b, how));
	/* the exception covers its own key and no other */
	set(&a, "sheet", "1");
	set(&b, "sheet", "2");
	assert_string_equal(facts_differ(&a, &b, how), "sheet");
	facts_clear(&a);
	facts_clear(&b);
}

/* An order could carry a message out of the room. */
static void
facts_tell_another_order(void **state)
{
	static const char *const how[] = { "how", NULL };
	struct facts a = { 0 }, b = { 0 };

	(void)state;
	set(&a, "root", "g1");
	set(&a, "how", "typed");
	set(&a, "sheet", "1");
	set(&b, "sheet", "1");
	set(&b, "root", "g1");
	assert_string_equal(facts_differ(&a, &b, how), "sheet");
	assert_string_equal(facts_differ(&b, &a, how), "root");
	facts_clear(&a);
	facts_clear(&b);
}

static void
facts_tell_lists_apart(void **state)
{
	static const struct {
		const char *a[3], *b[3];
		bool same;
	} rows[] = {
		{ { "1", "2" }, { "1", "2" }, true },
		{ { "1", "2" }, { "2", "1" }, false },
		{ { "1", "2" }, { "1" }, false },
		{ { "1" }, { "1", "2" }, false },
		{ { "12" }, { "1", "2" }, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct facts a = { 0 }, b = { 0 };

		for (size_t j = 0; rows[i].a[j] != NULL; j++)
			add(&a, "list", rows[i].a[j]);
		for (size_t j = 0; rows[i].b[j] != NULL; j++)
			add(&b, "list", rows[i].b[j]);
		assert_int_equal(facts_differ(&a, &b, NULL) == NULL,
		    rows[i].same);
		facts_clear(&a);
		facts_clear(&b);
	}
}

static void
facts_tell_a_text_from_a_list_of_one(void **state)
{
	struct facts a = { 0 }, b = { 0 };

	(void)state;
	set(&a, "sheets", "1");
	add(&b, "sheets", "1");
	assert_string_equal(facts_differ(&a, &b, NULL), "sheets");
	facts_clear(&a);
	facts_clear(&b);
}

static void
facts_copies_do_not_lean_on_what_they_copy(void **state)
{
	struct facts a = { 0 }, b = { 0 };

	(void)state;
	set(&a, "root", "g1 %s");
	add(&a, "sheets", "one");
	add(&a, "sheets", "two");
	assert_int_equal(facts_copy(&a, &b, NULL), ST_OK);
	assert_null(facts_differ(&a, &b, NULL));
	facts_clear(&a);
	assert_string_equal(facts_get(&b, "root"), "g1 %s");
	assert_string_equal(facts_at(&b, "sheets", 1), "two");
	facts_clear(&b);
}

static void
facts_keys_are_lower_case_words(void **state)
{
	static const char *const bad[] = { "", "1st", "-a", "A", "a b", "a.b",
		"a_b", "\xc3\xa9", "abcdefghijklmnopqrstuvwxyzabcdefg" };

	(void)state;
	assert_true(facts_is_key("a"));
	assert_true(facts_is_key("people-mac"));
	assert_true(facts_is_key("abcdefghijklmnopqrstuvwxyzabcdef"));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(facts_is_key(bad[i]));
}

static enum status
say_and_copy(void *ctx)
{
	struct facts a = { 0 }, b = { 0 };
	enum status rc;

	(void)ctx;
	TRY(facts_set(&a, NULL, "root", "g1"));
	TRY(facts_add(&a, NULL, "sheets", "one"));
	TRY(facts_add(&a, NULL, "sheets", "two"));
	TRY(facts_copy(&a, &b, NULL));
out:
	if (rc != ST_OK) {
		assert_int_equal(b.n, 0);
		/* what was half said can still be asked */
		(void)facts_get(&a, "root");
		(void)facts_at(&a, "sheets", 0);
		assert_null(facts_get(&a, "none"));
	}
	facts_clear(&a);
	facts_clear(&b);
	return rc;
}

static void
facts_survive_every_allocation_failing(void **state)
{
	(void)state;
	assert_true(oom_each(say_and_copy, NULL) > 15);
}

static void
facts_take_what_another_has(void **state)
{
	static const char *const keys[] = { "how", "tries", "absent", NULL };
	struct facts a = { 0 }, b = { 0 };

	(void)state;
	set(&a, "how", "typed");
	set(&a, "tries", "2");
	set(&a, "root", "g1");
	set(&b, "how", "scanned");
	set(&b, "absent", "stays");
	assert_int_equal(facts_take(&a, keys, &b, NULL), ST_OK);
	assert_string_equal(facts_get(&b, "how"), "typed");
	assert_string_equal(facts_get(&b, "tries"), "2");
	assert_string_equal(facts_get(&b, "absent"), "stays");
	assert_null(facts_get(&b, "root"));
	assert_int_equal(facts_take(&a, NULL, &b, NULL), ST_OK);
	assert_int_equal(b.n, 3);
	facts_clear(&a);
	facts_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_give_back_what_was_said),
		cmocka_unit_test(facts_know_nothing_that_was_not_said),
		cmocka_unit_test(facts_refuse_to_be_set_twice),
		cmocka_unit_test(facts_refuse_a_list_that_is_a_text),
		cmocka_unit_test(facts_refuse_numbers_that_are_none),
		cmocka_unit_test(facts_take_numbers_to_their_bounds),
		cmocka_unit_test(facts_name_the_key_that_differs),
		cmocka_unit_test(facts_tell_another_order),
		cmocka_unit_test(facts_tell_lists_apart),
		cmocka_unit_test(facts_tell_a_text_from_a_list_of_one),
		cmocka_unit_test(facts_copies_do_not_lean_on_what_they_copy),
		cmocka_unit_test(facts_keys_are_lower_case_words),
		cmocka_unit_test(facts_survive_every_allocation_failing),
		cmocka_unit_test(facts_take_what_another_has),
	};

	return cmocka_run_group_tests_name("facts", tests, NULL, NULL);
}
