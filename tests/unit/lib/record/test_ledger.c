/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/record/ledger.h"
#include "tests/support/oom.h"

static void
index_of(unsigned n, uint8_t out[SHA384_LEN])
{
	hash_sha384(&n, sizeof(n), out);
}

static void
ledger_knows_what_it_was_told_and_no_more(void **state)
{
	uint8_t index[SHA384_LEN];
	void *ledger = NULL;
	char where[32];

	(void)state;
	index_of(0, index);
	assert_null(ledger_find(&ledger, index));
	for (unsigned i = 0; i < 1000; i++) {
		index_of(i, index);
		snprintf(where, sizeof(where), "key %u", i);
		assert_int_equal(ledger_add(&ledger, index, where, NULL),
		    ST_OK);
	}
	for (unsigned i = 0; i < 1000; i++) {
		index_of(i, index);
		snprintf(where, sizeof(where), "key %u", i);
		assert_string_equal(ledger_find(&ledger, index), where);
		/* one bit off is another key */
		index[SHA384_LEN - 1] ^= 1;
		assert_null(ledger_find(&ledger, index));
	}
	ledger_free(ledger);
	ledger_free(NULL);
}

static void
ledger_keeps_the_first_place_a_key_was_seen(void **state)
{
	uint8_t index[SHA384_LEN];
	void *ledger = NULL;

	(void)state;
	index_of(1, index);
	assert_int_equal(ledger_add(&ledger, index, "root g1", NULL), ST_OK);
	assert_int_equal(ledger_add(&ledger, index, "root g2", NULL), ST_OK);
	assert_string_equal(ledger_find(&ledger, index), "root g1");
	ledger_free(ledger);
}

static void
ledger_cuts_places_that_are_too_long(void **state)
{
	uint8_t index[SHA384_LEN];
	void *ledger = NULL;
	char where[200];

	(void)state;
	index_of(1, index);
	memset(where, 'x', sizeof(where));
	where[199] = '\0';
	assert_int_equal(ledger_add(&ledger, index, where, NULL), ST_OK);
	assert_int_equal(strlen(ledger_find(&ledger, index)), LEDGER_TEXT_SIZE - 1);
	ledger_free(ledger);
}

static enum status
add_one(void *ctx)
{
	uint8_t index[SHA384_LEN];
	void *ledger = NULL;
	enum status rc;

	(void)ctx;
	index_of(1, index);
	rc = ledger_add(&ledger, index, "root g1", NULL);
	assert_true((rc == ST_OK) == (ledger_find(&ledger, index) != NULL));
	ledger_free(ledger);
	return rc;
}

static void
ledger_survives_every_allocation_failing(void **state)
{
	(void)state;
	assert_int_equal(oom_each(add_one, NULL), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ledger_knows_what_it_was_told_and_no_more),
		cmocka_unit_test(ledger_keeps_the_first_place_a_key_was_seen),
		cmocka_unit_test(ledger_cuts_places_that_are_too_long),
		cmocka_unit_test(ledger_survives_every_allocation_failing),
	};

	return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
