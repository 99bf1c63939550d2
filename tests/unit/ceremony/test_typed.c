/* typed.c: words from paper are asked for until they are right, and no others
 * are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ceremony/typed.h"
#include "lib/crypto/words.h"

#define ENTRIES 4 /* the last ceremony begins with the third */
#define NONE 0xff /* there is no such paper */

/* The head at entry n is n, over and over. */
static struct {
	struct entry entry[ENTRIES];
	struct ceremony ceremony[2];
	struct state state;
	const uint8_t *answer; /* what is typed, one after another; 0: no more */
	bool could_have_none;
	char said[DIAG_TEXT_MAX];
} here;

static enum status
ask_words(const struct front *f, const char *what, size_t n, bool *none,
    uint8_t *out, struct diag *d)
{
	(void)f;
	(void)what;
	(void)d;
	here.could_have_none = none != NULL;
	if (*here.answer == NONE) {
		assert_non_null(none);
		*none = true;
	}
	memset(out, *here.answer++, n);
	return ST_OK;
}

static bool
refused(const struct front *f, const struct diag *why)
{
	(void)f;
	snprintf(here.said, sizeof(here.said), "%s", why->text);
	return *here.answer != 0;
}

static const struct front front = { .ask_words = ask_words,
	.refused = refused };

/* Two ceremonies, of entries 1 and 2 and from 3 to ${n}, open or closed. */
static void
hold(size_t n, bool open)
{
	memset(&here, 0, sizeof(here));
	for (size_t i = 0; i < ENTRIES; i++) {
		here.entry[i].number = i + 1;
		for (size_t k = 0; k < SHA384_LEN; k++)
			snprintf(here.entry[i].digest + 2 * k, 3, "%02zx",
			    i + 1);
	}
	here.ceremony[0] = (struct ceremony){ .first = 1, .last = 2 };
	here.ceremony[1] = (struct ceremony){ .first = 3,
		.last = open ? 0 : n };
	here.state = (struct state){ .entries = here.entry, .n = n,
		.ceremonies = here.ceremony, .nceremonies = 2 };
}

/* Root g1, by that entry. */
static void
came_in(size_t number)
{
	struct entry *e = &here.entry[number - 1];

	snprintf(e->kind, sizeof(e->kind), "root");
	assert_int_equal(facts_set(&e->facts, NULL, "root", "g1"), ST_OK);
}

static enum status
head(const uint8_t *answers)
{
	here.answer = answers;
	return typed_head(&front, &here.state, NULL);
}

static void
plan_is_asked_for_until_it_is_the_one_reviewed(void **state)
{
	static const uint8_t late[] = { 1, 2, 7, 0 }, never[] = { 1, 2, 0 };
	char file[] = "plan.ini";
	struct plan plan = { .file = file };
	struct diag d = { 0 };

	(void)state;
	memset(plan.digest, 7, sizeof(plan.digest));
	here.answer = late;
	assert_int_equal(typed_plan(&front, &plan, &d), ST_OK);
	here.answer = never;
	assert_int_equal(typed_plan(&front, &plan, &d), ST_AUTH);
	assert_string_equal(d.text, here.said);
	assert_non_null(strstr(d.text, "RULES C4"));
}

static void
head_of_a_closed_state_is_the_last(void **state)
{
	static const uint8_t older[] = { 3, 2, 0 }, last[] = { 3, 4, 0 };

	(void)state;
	hold(4, false);
	assert_int_equal(head(older), ST_AUTH);
	assert_non_null(strstr(here.said, "RULES C3"));
	assert_int_equal(head(last), ST_OK);
	assert_false(here.could_have_none);
}

static void
head_of_an_open_ceremony_is_any_of_its_own(void **state)
{
	static const uint8_t before[] = { 2, 0 }, of[] = { 3, 0 };

	(void)state;
	hold(4, true);
	assert_int_equal(head(before), ST_AUTH);
	assert_int_equal(head(of), ST_OK);
	assert_false(here.could_have_none);
}

static void
head_before_is_taken_while_none_was_noted(void **state)
{
	static const uint8_t before[] = { 2, 0 }, older[] = { 1, 0 };
	static const uint8_t none[] = { NONE, 0 };

	(void)state;
	hold(3, true);
	assert_int_equal(head(before), ST_OK);
	assert_int_equal(head(older), ST_AUTH);
	assert_int_equal(head(none), ST_OK);
}

static void
nothing_is_asked_of_an_empty_state(void **state)
{
	(void)state;
	memset(&here, 0, sizeof(here));
	assert_int_equal(head(NULL), ST_OK);
}

/* The root that signed the end came in by the last entry: behind an older head
 * somebody can have gone on with a root of his own. */
static void
head_older_than_every_signer_vouches_for_nothing(void **state)
{
	static const uint8_t older[] = { 3, 0 }, other[] = { 1, 0 };
	static const uint8_t later[] = { 3, 4, 0 };
	struct verify_report seen = { .nsigners = 1,
		.signer = { { .root = "g1", .to = 4 } } };
	struct diag d = { 0 };

	(void)state;
	hold(4, false);
	came_in(4);
	here.answer = older;
	assert_int_equal(typed_vouching(&front, &here.state, &seen, &d),
	    ST_AUTH);
	assert_non_null(strstr(d.text, "older than any root"));
	diag_clear(&d);
	here.answer = other;
	assert_int_equal(typed_vouching(&front, &here.state, &seen, &d),
	    ST_AUTH);
	assert_non_null(strstr(d.text, "not in this state"));
	here.answer = later;
	assert_int_equal(typed_vouching(&front, &here.state, &seen, NULL),
	    ST_OK);
	facts_clear(&here.entry[3].facts);
	came_in(3);
	here.answer = older;
	assert_int_equal(typed_vouching(&front, &here.state, &seen, NULL),
	    ST_OK);
	facts_clear(&here.entry[2].facts);
}

static void
second_machine_has_the_last_head_alone(void **state)
{
	static const uint8_t before[] = { 3, 0 }, late[] = { 3, 4, 0 };
	struct diag d = { 0 };

	(void)state;
	hold(4, false);
	here.answer = before;
	assert_int_equal(typed_second(&front, &here.state, &d), ST_AUTH);
	assert_non_null(strstr(d.text, "RULES C7"));
	here.answer = late;
	assert_int_equal(typed_second(&front, &here.state, NULL), ST_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plan_is_asked_for_until_it_is_the_one_reviewed),
		cmocka_unit_test(head_of_a_closed_state_is_the_last),
		cmocka_unit_test(head_of_an_open_ceremony_is_any_of_its_own),
		cmocka_unit_test(head_before_is_taken_while_none_was_noted),
		cmocka_unit_test(nothing_is_asked_of_an_empty_state),
		cmocka_unit_test(head_older_than_every_signer_vouches_for_nothing),
		cmocka_unit_test(second_machine_has_the_last_head_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
