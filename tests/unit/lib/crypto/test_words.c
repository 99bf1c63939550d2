/* words.c: what is heard is what was meant. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "lib/crypto/hash.h"
#include "lib/crypto/words.h"
#include "lib/crypto/words_list.h"

static enum status
read_words(const char *text, size_t n)
{
	uint8_t out[64];

	return words_read(text, n, out, NULL);
}

/* SHA-256 of both columns in order, a blank between words and a line feed
 * behind each column, computed from the two sources named in words_list.c. */
static void
list_is_the_published_one(void **state)
{
	static char text[WORDS_LIST_PLACES * WORDS_LIST_BYTES *
	    WORDS_LIST_SIZE + 1];
	uint8_t digest[SHA256_LEN];
	char hex[65];
	size_t at = 0;

	(void)state;
	for (size_t p = 0; p < WORDS_LIST_PLACES; p++)
		for (size_t i = 0; i < WORDS_LIST_BYTES; i++)
			at += (size_t)snprintf(text + at, sizeof(text) - at,
			    "%s%c", words_list[p][i],
			    i + 1 < WORDS_LIST_BYTES ? ' ' : '\n');
	hash_sha256(text, at, digest);
	sodium_bin2hex(hex, sizeof(hex), digest, sizeof(digest));
	assert_string_equal(hex, "140ba1cd9135b62e5c78e3a4ac6a0066"
	    "8647cb26a818ca00b1abe80f6dee8b54");
}

static void
list_has_no_word_twice_and_is_sorted(void **state)
{
	const char *const all = &words_list[0][0][0];
	const size_t n = (size_t)WORDS_LIST_PLACES * WORDS_LIST_BYTES;

	(void)state;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(&all[i * WORDS_LIST_SIZE],
			    &all[j * WORDS_LIST_SIZE]);
	for (size_t p = 0; p < WORDS_LIST_PLACES; p++)
		for (size_t i = 1; i < WORDS_LIST_BYTES; i++)
			if (p != 1 || i != 10) /* applicant, apollo */
				assert_true(strcmp(words_list[p][i - 1],
				    words_list[p][i]) < 0);
}

/* The example that the list is published with. */
static void
words_match_the_published_example(void **state)
{
	static const char example[] = "topmost istanbul pluto vagabond "
	    "treadmill pacific brackish dictator goldfish medusa afflict "
	    "bravado chatter revolver dupont midsummer stopwatch whimsical "
	    "cowbell bottomless";
	uint8_t digest[20], back[20];
	struct bytes text = { 0 };
	size_t len;

	(void)state;
	assert_int_equal(sodium_hex2bin(digest, sizeof(digest),
	    "E58294F2E9A227486E8B061B31CC528FD7FA3F19", 40, NULL, &len, NULL),
	    0);
	assert_int_equal(words_text(digest, sizeof(digest), &text, NULL),
	    ST_OK);
	assert_string_equal((const char *)text.data, example);
	assert_int_equal(words_read(example, sizeof(back), back, NULL), ST_OK);
	assert_memory_equal(digest, back, sizeof(back));
	bytes_free(&text);
}

static void
words_come_back_at_every_byte_and_place(void **state)
{
	uint8_t digest[2], back[2];
	struct bytes text = { 0 };

	(void)state;
	for (unsigned i = 0; i < 256; i++) {
		digest[0] = (uint8_t)i;
		digest[1] = (uint8_t)(255 - i);
		assert_int_equal(words_text(digest, 2, &text, NULL), ST_OK);
		assert_int_equal(words_read((const char *)text.data, 2, back,
		    NULL), ST_OK);
		assert_memory_equal(digest, back, 2);
	}
	bytes_free(&text);
}

/* A cut word is taken exactly when nobody could mean another. */
static void
words_take_a_prefix_only_when_it_is_alone(void **state)
{
	char cut[64];
	uint8_t byte[2];
	size_t same;

	(void)state;
	for (size_t i = 0; i < WORDS_LIST_BYTES; i++) {
		const char *word = words_list[0][i];

		for (size_t len = 1; len <= strlen(word); len++) {
			same = 0;
			for (size_t j = 0; j < WORDS_LIST_BYTES; j++)
				same += strncmp(words_list[0][j], word,
				    len) == 0;
			snprintf(cut, sizeof(cut), "%.*s", (int)len, word);
			if (len >= 4 && same == 1) {
				assert_int_equal(words_read(cut, 1, byte,
				    NULL), ST_OK);
				assert_int_equal(byte[0], i);
			} else if (word[len] != '\0') {
				assert_int_equal(read_words(cut, 1),
				    ST_FORMAT);
			}
		}
	}
}

static void
words_take_any_case_and_blanks(void **state)
{
	uint8_t out[4];

	(void)state;
	assert_int_equal(words_read("  AARDvark\n\tadroitness  Absu\r\nADVIS\n",
	    4, out, NULL), ST_OK);
	assert_memory_equal(out, "\0\0\1\1", 4);
}

static void
words_refuse_by_number(void **state)
{
	static const struct {
		const char *text;
		const char *said;
	} bad[] = {
		{ "aardvark adroitness abandon adviser", "word 3 is not" },
		{ "aardvark absurd adroitness adviser", "word 2 belongs" },
		{ "aardvark adroitness adviser", "word 3 belongs" },
		{ "aardvark adroitness absurd", "3 words where there are 4" },
		{ "", "0 words where there are 4" },
		{ "aardvark adroitness absurd adviser accrue",
		    "more than 4 words" },
		{ "aardvark adroitness back adviser", "word 3 is cut" },
		{ "aardvarks adroitness absurd adviser", "word 1 is not" },
		{ "aardvark, adroitness absurd adviser", "word 1 is not" },
		{ "aar adroitness absurd adviser", "word 1 is not" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct diag d = { 0 };
		uint8_t out[4];

		assert_int_equal(words_read(bad[i].text, 4, out, &d),
		    ST_FORMAT);
		assert_non_null(strstr(d.text, bad[i].said));
	}
}

/* Of a line, the words have the numbers that they have on paper. */
static void
words_refuse_a_line_by_the_numbers_on_paper(void **state)
{
	static const struct {
		const char *text;
		const char *said;
	} bad[] = {
		{ "aardvark adroitness abandon adviser", "word 11 is not" },
		{ "aardvark absurd adroitness adviser", "word 10 belongs" },
		{ "clas adroitness absurd adviser", "word 9 is cut too short: "
		    "several words begin so" },
		{ "aardvark dete absurd adviser", "word 10 is cut too short" },
		{ "aardvark adroitness absurd", "3 words where there are 4" },
		{ "aardvark adroitness absurd adviser accrue",
		    "more than 4 words" },
	};
	uint8_t out[4];

	(void)state;
	assert_int_equal(words_read_line("aard adro absu advi", 8, 4, out,
	    NULL), ST_OK);
	assert_memory_equal(out, "\0\0\1\1", 4);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct diag d = { 0 };

		assert_int_equal(words_read_line(bad[i].text, 8, 4, out, &d),
		    ST_FORMAT);
		assert_non_null(strstr(d.text, bad[i].said));
	}
}

/* Any word left out, and any two neighbours swapped, is heard. */
static void
words_refuse_every_drop_and_swap(void **state)
{
	char word[WORDS_SHORT][WORDS_LIST_SIZE], text[512];
	size_t at;

	(void)state;
	for (size_t i = 0; i < WORDS_SHORT; i++)
		memcpy(word[i], words_list[i % 2][i * 13], WORDS_LIST_SIZE);
	for (size_t gone = 0; gone < WORDS_SHORT; gone++) {
		at = 0;
		for (size_t i = 0; i < WORDS_SHORT; i++)
			if (i != gone)
				at += (size_t)snprintf(text + at,
				    sizeof(text) - at, "%s ", word[i]);
		assert_int_equal(read_words(text, WORDS_SHORT), ST_FORMAT);
	}
	for (size_t k = 0; k + 1 < WORDS_SHORT; k++) {
		at = 0;
		for (size_t i = 0; i < WORDS_SHORT; i++)
			at += (size_t)snprintf(text + at, sizeof(text) - at,
			    "%s ", word[i == k ? k + 1 : i == k + 1 ? k : i]);
		assert_int_equal(read_words(text, WORDS_SHORT), ST_FORMAT);
	}
}

static void
words_text_refuses_a_senseless_count(void **state)
{
	const uint8_t digest[65] = { 0 };
	struct bytes text = { 0 };

	(void)state;
	assert_int_equal(words_text(digest, 0, &text, NULL), ST_BUG);
	assert_int_equal(words_text(digest, 65, &text, NULL), ST_BUG);
	assert_null(text.data);
	assert_int_equal(words_text(digest, 64, &text, NULL), ST_OK);
	bytes_free(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(list_is_the_published_one),
		cmocka_unit_test(list_has_no_word_twice_and_is_sorted),
		cmocka_unit_test(words_match_the_published_example),
		cmocka_unit_test(words_come_back_at_every_byte_and_place),
		cmocka_unit_test(words_take_a_prefix_only_when_it_is_alone),
		cmocka_unit_test(words_take_any_case_and_blanks),
		cmocka_unit_test(words_refuse_by_number),
		cmocka_unit_test(words_refuse_a_line_by_the_numbers_on_paper),
		cmocka_unit_test(words_refuse_every_drop_and_swap),
		cmocka_unit_test(words_text_refuses_a_senseless_count),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
