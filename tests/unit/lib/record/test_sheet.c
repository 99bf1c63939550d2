#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/text.h"
#include "lib/record/sheet.h"
#include "tests/support/shares.h"

/* RFC 4231, test case 1: key of 20 bytes there; here 32, so by hand:
 * HMAC-SHA256(32 * 0x0b, "Hi There"). */
static void
sheet_commitment_is_an_hmac_under_the_salt(void **state)
{
	static const char want[] = "198a607eb44bfbc69903a0f1cf2bbdc5"
	    "ba0aa3f3d9ae3c1c7a3b1696a0b68cf7";
	struct secret *s = shares_text("Hi There");
	uint8_t salt[SHA256_LEN], is[SHA256_LEN];
	char hex[2 * SHA256_LEN + 1];

	(void)state;
	memset(salt, 0x0b, sizeof(salt));
	sheet_commitment(salt, s, is);
	text_hex(is, sizeof(is), hex);
	assert_string_equal(hex, want);
	secret_free(s);
}

static void
sheet_commitment_moves_with_salt_and_words(void **state)
{
	struct secret *a = shares_text("academic acid");
	struct secret *b = shares_text("academic acic");
	uint8_t salt[SHA256_LEN] = { 0 }, one[SHA256_LEN], two[SHA256_LEN];

	(void)state;
	sheet_commitment(salt, a, one);
	sheet_commitment(salt, b, two);
	assert_memory_not_equal(one, two, sizeof(one));
	salt[31] = 1;
	sheet_commitment(salt, a, two);
	assert_memory_not_equal(one, two, sizeof(one));
	secret_free(a);
	secret_free(b);
}

static void
sheet_of_words_is_found_under_the_sets_salt(void **state)
{
	struct secret *a = shares_text("academic acid");
	struct secret *b = shares_text("academic acic");
	struct sheet sheets[2] = { { .number = 1 }, { .number = 2 } };
	struct sheet_set set = { .sheets = sheets, .n = 2 };

	(void)state;
	sheet_commitment(set.salt, a, sheets[1].commitment);
	assert_ptr_equal(sheet_of_words(&set, a), &sheets[1]);
	assert_null(sheet_of_words(&set, b));
	set.salt[0] = 1;
	assert_null(sheet_of_words(&set, a));
	secret_free(a);
	secret_free(b);
}

static void
sheet_check_words_are_its_first_thirty_bits(void **state)
{
	uint8_t c[SHA256_LEN] = { 0 };
	char out[32];

	(void)state;
	sheet_check_words(c, out);
	assert_string_equal(out, "academic academic academic");
	memset(c, 0xff, sizeof(c));
	sheet_check_words(c, out);
	assert_string_equal(out, "zero zero zero");
	/* 0000000001 0000000010 0000000011, and two bits that do not count */
	memcpy(c, "\x00\x40\x20\x0e", 4);
	sheet_check_words(c, out);
	assert_string_equal(out, "acid acne acquire");
	c[3] = 0x0c;
	sheet_check_words(c, out);
	assert_string_equal(out, "acid acne acquire");
	c[3] = 0x0f;
	sheet_check_words(c, out);
	assert_string_equal(out, "acid acne acquire");
}

static void
sheet_set_is_cleared_twice_and_unasked(void **state)
{
	struct sheet_set set = { .n = 2 };

	(void)state;
	set.sheets = calloc(2, sizeof(*set.sheets));
	assert_non_null(set.sheets);
	sheet_set_clear(&set);
	assert_null(set.sheets);
	assert_int_equal(set.n, 0);
	sheet_set_clear(&set);
	sheet_set_clear(NULL);
}

/* Two groups of two, "a" 2 of 3 and "b" 1 of 1; both or one needed. */
static void
two_groups(struct sheet_set *set, struct sheet sheets[4], unsigned need)
{
	memset(set, 0, sizeof(*set));
	memset(sheets, 0, 4 * sizeof(*sheets));
	memcpy(set->root, "g1", 3);
	set->epoch = 1;
	set->fate = SET_LIVE;
	set->scheme.need = (uint8_t)need;
	set->scheme.groups = 2;
	set->scheme.group[0] = (struct slip39_group) { 2, 3 };
	set->scheme.group[1] = (struct slip39_group) { 1, 1 };
	set->sheets = sheets;
	set->n = 4;
	for (unsigned i = 0; i < 4; i++) {
		sheets[i].number = i + 1;
		sheets[i].group = i / 3;
		memcpy(sheets[i].group_name, i < 3 ? "a" : "b", 2);
		memcpy(sheets[i].holder, "anna", 5);
	}
}

static void
sheet_set_opens_by_its_groups(void **state)
{
	const bool two[4] = { true, false, false, false };
	const bool group[4] = { false, false, false, true };
	struct sheet sheets[4];
	struct sheet_set set;

	(void)state;
	two_groups(&set, sheets, 2);
	assert_int_equal(sheet_set_quorum(&set), 3);
	assert_true(sheet_set_opens(&set, NULL));
	assert_true(sheet_set_opens(&set, two));
	assert_false(sheet_set_opens(&set, group));
	sheets[1].destroyed = 2;
	assert_true(sheet_set_opens(&set, NULL));
	assert_false(sheet_set_opens(&set, two));
	two_groups(&set, sheets, 1);
	assert_int_equal(sheet_set_quorum(&set), 1);
	assert_true(sheet_set_opens(&set, group));
}

static void
sheet_set_says_how_many_may_survive(void **state)
{
	char text[SHEET_SURVIVE_SIZE];
	struct sheet sheets[4];
	struct sheet_set set;

	(void)state;
	two_groups(&set, sheets, 2);
	sheet_set_may_survive(&set, text);
	assert_string_equal(text, "in 1 of the 2 groups or more, of group a "
	    "at most 1 of 3, of group b at most 0 of 1");
	two_groups(&set, sheets, 1);
	sheet_set_may_survive(&set, text);
	assert_string_equal(text, "of group a at most 1 of 3, of group b at "
	    "most 0 of 1");
}

static void
sheet_is_loose_by_what_became_of_it(void **state)
{
	struct sheet sheets[4];
	struct sheet_set set;

	(void)state;
	two_groups(&set, sheets, 2);
	assert_int_equal(sheet_set_loose(&set), 0);
	sheets[2].lost = 2; /* of one share */
	assert_int_equal(sheet_set_loose(&set), 1);
	set.fate = SET_REPLACED;
	assert_int_equal(sheet_set_loose(&set), 4);
	sheets[0].destroyed = sheets[2].destroyed = 3;
	assert_int_equal(sheet_set_loose(&set), 3); /* the lost one is not */
	/* of a set that was cut what was read back, and the next one */
	two_groups(&set, sheets, 2);
	set.fate = SET_VOID;
	assert_int_equal(sheet_set_loose(&set), 1);
	set.proven = 2;
	assert_int_equal(sheet_set_loose(&set), 3);
	assert_false(sheet_written(&set, 3));
	set.proven = 4;
	assert_int_equal(sheet_set_loose(&set), 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sheet_commitment_is_an_hmac_under_the_salt),
		cmocka_unit_test(sheet_commitment_moves_with_salt_and_words),
		cmocka_unit_test(sheet_of_words_is_found_under_the_sets_salt),
		cmocka_unit_test(sheet_check_words_are_its_first_thirty_bits),
		cmocka_unit_test(sheet_set_is_cleared_twice_and_unasked),
		cmocka_unit_test(sheet_set_opens_by_its_groups),
		cmocka_unit_test(sheet_set_says_how_many_may_survive),
		cmocka_unit_test(sheet_is_loose_by_what_became_of_it),
	};

	return cmocka_run_group_tests_name("sheet", tests, NULL, NULL);
}
