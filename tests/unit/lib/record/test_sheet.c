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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sheet_commitment_is_an_hmac_under_the_salt),
		cmocka_unit_test(sheet_commitment_moves_with_salt_and_words),
		cmocka_unit_test(sheet_check_words_are_its_first_thirty_bits),
		cmocka_unit_test(sheet_set_is_cleared_twice_and_unasked),
	};

	return cmocka_run_group_tests_name("sheet", tests, NULL, NULL);
}
