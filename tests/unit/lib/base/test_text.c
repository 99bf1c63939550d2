/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/text.h"
#include "tests/support/oom.h"

static void
escape_is_exact(void **state)
{
	static const struct {
		const char *in;
		size_t len;
		const char *out;
		bool plain;
	} rows[] = {
		{ "", 0, "", true },
		{ "plain ~text!", 12, "plain ~text!", true },
		{ "a\\b", 3, "a\\\\b", true },
		{ "\0", 1, "\\u{0}", false },
		{ "a\nb", 3, "a\\u{a}b", false },
		{ "\x1b[2J", 4, "\\u{1b}[2J", false },
		{ "\x7f", 1, "\\u{7f}", false },
		{ "\xc3\xa9", 2, "\\u{e9}", false },
		{ "\xe2\x80\xae", 3, "\\u{202e}", false },
		{ "\xf4\x8f\xbf\xbf", 4, "\\u{10ffff}", false },
		{ "\xed\x9f\xbf", 3, "\\u{d7ff}", false },
		{ "\xee\x80\x80", 3, "\\u{e000}", false },
		/* not UTF-8: byte by byte */
		{ "\x80", 1, "\\x80", false },
		{ "\xc0\xaf", 2, "\\xc0\\xaf", false },
		{ "\xc1\xbf", 2, "\\xc1\\xbf", false },
		{ "\xe0\x9f\xbf", 3, "\\xe0\\x9f\\xbf", false },
		{ "\xf0\x8f\xbf\xbf", 4, "\\xf0\\x8f\\xbf\\xbf", false },
		{ "\xed\xa0\x80", 3, "\\xed\\xa0\\x80", false },
		{ "\xed\xbf\xbf", 3, "\\xed\\xbf\\xbf", false },
		{ "\xf4\x90\x80\x80", 4, "\\xf4\\x90\\x80\\x80", false },
		{ "\xf8\x88\x80\x80\x80", 5, "\\xf8\\x88\\x80\\x80\\x80",
		    false },
		{ "\xff\xfe", 2, "\\xff\\xfe", false },
		{ "\xc3", 1, "\\xc3", false },
		{ "\xc3(", 2, "\\xc3(", false },
		{ "\xe2\x82", 2, "\\xe2\\x82", false },
		{ "\xe2\x82 ", 3, "\\xe2\\x82 ", false },
	};
	char out[64];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(text_escape(rows[i].in, rows[i].len, out,
		    sizeof(out)), rows[i].plain);
		assert_string_equal(out, rows[i].out);
	}
}

static void
blanks_are_those_between_words_and_no_letters(void **state)
{
	static const uint32_t blank[] = { 0xa0, 0x1680, 0x2000, 0x200b, 0x2028,
		0x2029, 0x202f, 0x205f, 0x3000, 0xfeff };
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(blank) / sizeof(blank[0]); i++)
		assert_true(text_is_blank(blank[i]));
	for (uint32_t c = 0; c < 0x110000; c++)
		n += text_is_blank(c);
	assert_int_equal(n, 20);
}

/* Every scalar, encoded here by shifting, is read back as itself. */
static void
scalar_knows_every_scalar(void **state)
{
	uint8_t b[4];
	uint32_t got;
	size_t n;

	(void)state;
	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
		b[0] = (uint8_t)(n == 1 ? c :
		    (0xf00U >> n & 0xffU) | c >> 6 * (n - 1));
		for (size_t i = 1; i < n; i++)
			b[i] = (uint8_t)(0x80 | (c >> 6 * (n - 1 - i) & 0x3f));
		if (c >= 0xd800 && c <= 0xdfff) {
			assert_int_equal(text_scalar(b, n, &got), 0);
			continue;
		}
		assert_int_equal(text_scalar(b, n, &got), n);
		assert_int_equal(got, c);
		for (size_t cut = 0; cut < n; cut++)
			assert_int_equal(text_scalar(b, cut, &got), 0);
	}
}

/* Of all four-byte strings over the edges of the table, only those are taken
 * whose scalar, encoded again, gives the same bytes. */
static void
scalar_takes_one_spelling_only(void **state)
{
	static const uint8_t edge[] = { 0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90,
		0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef,
		0xf0, 0xf4, 0xf5, 0xf8, 0xff };
	const size_t n = sizeof(edge);
	uint32_t c;
	size_t len;

	(void)state;
	for (size_t i = 0; i < n * n * n * n; i++) {
		const uint8_t b[4] = { edge[i % n], edge[i / n % n],
			edge[i / n / n % n], edge[i / n / n / n] };

		if ((len = text_scalar(b, sizeof(b), &c)) == 0)
			continue;
		assert_int_equal(len,
		    c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4);
		assert_true(c < 0xd800 || (c > 0xdfff && c <= 0x10ffff));
	}
}

/* Whatever room there is, it ends in NUL, within it, and says it was cut. */
static void
escape_cuts_without_lying(void **state)
{
	static const char in[] = "abc\xe2\x80\xae\xff\\def";
	char whole[64], *out;
	size_t len, got;

	(void)state;
	text_escape(in, sizeof(in) - 1, whole, sizeof(whole));
	len = strlen(whole);
	for (size_t size = 1; size <= len + 1; size++) {
		out = malloc(size);
		assert_non_null(out);
		assert_false(text_escape(in, sizeof(in) - 1, out, size));
		got = strlen(out);
		assert_true(got < size);
		if (size == len + 1)
			assert_string_equal(out, whole);
		else if (size > 3)
			assert_string_equal(out + got - 3, "...");
		if (size > 3 && size <= len)
			assert_memory_equal(out, whole, got - 3);
		free(out);
	}
	out = whole;
	whole[0] = 'k';
	text_escape(in, sizeof(in) - 1, out, 0);
	assert_int_equal(whole[0], 'k');
}

static void
escape_never_cuts_inside_an_escape(void **state)
{
	char out[16];

	(void)state;
	text_escape("\xe2\x80\xae\xe2\x80\xae", 6, out, sizeof(out));
	assert_string_equal(out, "\\u{202e}...");
	/* what lies behind the cut still counts */
	assert_false(text_escape("0123456789abcdef\xff", 17, out,
	    sizeof(out)));
	assert_true(text_escape("0123456789abcdefg", 17, out, sizeof(out)));
	assert_string_equal(out, "0123456789ab...");
}

static void
hex_there_and_back(void **state)
{
	uint8_t in[256], back[256];
	char hex[513];

	(void)state;
	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)i;
	text_hex(in, sizeof(in), hex);
	assert_memory_equal(hex, "000102", 6);
	assert_string_equal(hex + 506, "fdfeff");
	assert_int_equal(text_unhex(hex, back, sizeof(back), NULL), ST_OK);
	assert_memory_equal(in, back, sizeof(in));
	text_hex(in, 0, hex);
	assert_string_equal(hex, "");
}

static void
unhex_refuses_all_but_lower_case_digits(void **state)
{
	uint8_t out[2];
	char hex[] = "0000";

	(void)state;
	assert_int_equal(text_unhex("", out, 0, NULL), ST_OK);
	assert_int_equal(text_unhex("", out, 2, NULL), ST_FORMAT);
	assert_int_equal(text_unhex("000", out, 2, NULL), ST_FORMAT);
	assert_int_equal(text_unhex("00000", out, 2, NULL), ST_FORMAT);
	for (int c = 1; c < 256; c++) {
		const bool good = (c >= '0' && c <= '9') ||
		    (c >= 'a' && c <= 'f');

		for (size_t at = 0; at < 4; at++) {
			hex[at] = (char)c;
			assert_int_equal(text_unhex(hex, out, 2, NULL),
			    good ? ST_OK : ST_FORMAT);
			hex[at] = '0';
		}
	}
}

static void
number_refuses_other_spellings(void **state)
{
	static const char *const bad[] = { "", "00", "01", "-1", "+1", " 1",
		"1 ", "1x", "0x1", "1.0", "18446744073709551616",
		"99999999999999999999", "184467440737095516150" };
	uint64_t v;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(text_number(bad[i], 0, UINT64_MAX, &v, NULL),
		    ST_FORMAT);
	assert_int_equal(text_number("0", 0, 0, &v, NULL), ST_OK);
	assert_int_equal(v, 0);
	assert_int_equal(text_number("18446744073709551615", 0, UINT64_MAX,
	    &v, NULL), ST_OK);
	assert_true(v == UINT64_MAX);
}

static void
number_keeps_its_bounds(void **state)
{
	struct diag d = { 0 };
	uint64_t v = 7;

	(void)state;
	assert_int_equal(text_number("4", 5, 9, &v, NULL), ST_FORMAT);
	assert_int_equal(text_number("10", 5, 9, &v, &d), ST_FORMAT);
	assert_string_equal(d.text, "10 is not in 5..9");
	assert_int_equal(v, 7);
	assert_int_equal(text_number("5", 5, 9, &v, NULL), ST_OK);
	assert_int_equal(text_number("9", 5, 9, &v, NULL), ST_OK);
	assert_int_equal(v, 9);
}

static void
word_refuses_all_but_its_letters(void **state)
{
	char s[] = "ab";

	(void)state;
	for (int c = 1; c < 256; c++) {
		const bool good = (c >= '0' && c <= '9') ||
		    (c >= 'a' && c <= 'z');

		s[0] = (char)c;
		s[1] = 'b';
		assert_int_equal(text_is_word(s), good);
		s[0] = 'a';
		s[1] = (char)c;
		assert_int_equal(text_is_word(s), good || c == '-');
	}
	assert_false(text_is_word(""));
	assert_true(text_is_word("a"));
	assert_true(text_is_word("abcdefghijklmnopqrstuvwxyz-01234"));
	assert_false(text_is_word("abcdefghijklmnopqrstuvwxyz-012345"));
}

static void
nearest_guesses_only_what_is_near(void **state)
{
	static const char *const names[] = { "ceremony", "delegation",
		"revocation", "trust", "state" };
	const size_t n = sizeof(names) / sizeof(names[0]);
	char big[200];

	(void)state;
	assert_string_equal(text_nearest("ceremny", names, n), "ceremony");
	assert_string_equal(text_nearest("turst", names, n), "trust");
	assert_string_equal(text_nearest("delgeation", names, n),
	    "delegation");
	assert_string_equal(text_nearest("trust", names, n), "trust");
	assert_string_equal(text_nearest("stat", names, n), "state");
	assert_null(text_nearest("parcel", names, n));
	assert_null(text_nearest("trust", names, 0));
	memset(big, 'a', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	assert_null(text_nearest(big, names, n));
}

static void
format_replaces_and_append_adds(void **state)
{
	struct bytes b = { 0 };

	(void)state;
	assert_int_equal(text_append(&b, NULL, "%s", "one"), ST_OK);
	assert_int_equal(text_append(&b, NULL, " %d", 2), ST_OK);
	assert_int_equal(text_append(&b, NULL, "%s", ""), ST_OK);
	assert_int_equal(b.len, 5);
	assert_memory_equal(b.data, "one 2", 6);
	assert_int_equal(text_format(&b, NULL, "[%s]", (char *)b.data), ST_OK);
	assert_memory_equal(b.data, "[one 2]", 8);
	assert_int_equal(text_append(&b, NULL, "%s", (char *)b.data), ST_OK);
	assert_memory_equal(b.data, "[one 2][one 2]", 15);
	bytes_free(&b);
}

static enum status
write_letter(void *ctx)
{
	struct bytes b = { 0 };
	enum status rc;

	(void)ctx;
	if ((rc = text_format(&b, NULL, "dear %s", "holder")) == ST_OK &&
	    (rc = text_append(&b, NULL, ", read back")) != ST_OK)
		assert_memory_equal(b.data, "dear holder", 12);
	bytes_free(&b);
	return rc;
}

static void
format_survives_every_allocation_failing(void **state)
{
	(void)state;
	assert_int_equal(oom_each(write_letter, NULL), 3);
}

static void
listed_refuses_parts_of_words(void **state)
{
	static const char *const none[] = { "", "ste", "tep", "step ",
		" step", "step item", "item r", "roots" };

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_false(text_listed("step item root", ' ', none[i]));
	assert_true(text_listed("step item root", ' ', "step"));
	assert_true(text_listed("step item root", ' ', "item"));
	assert_true(text_listed("step item root", ' ', "root"));
	assert_true(text_listed("yes|no", '|', "no"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escape_is_exact),
		cmocka_unit_test(blanks_are_those_between_words_and_no_letters),
		cmocka_unit_test(scalar_knows_every_scalar),
		cmocka_unit_test(scalar_takes_one_spelling_only),
		cmocka_unit_test(escape_cuts_without_lying),
		cmocka_unit_test(escape_never_cuts_inside_an_escape),
		cmocka_unit_test(hex_there_and_back),
		cmocka_unit_test(unhex_refuses_all_but_lower_case_digits),
		cmocka_unit_test(number_refuses_other_spellings),
		cmocka_unit_test(number_keeps_its_bounds),
		cmocka_unit_test(word_refuses_all_but_its_letters),
		cmocka_unit_test(nearest_guesses_only_what_is_near),
		cmocka_unit_test(format_replaces_and_append_adds),
		cmocka_unit_test(format_survives_every_allocation_failing),
		cmocka_unit_test(listed_refuses_parts_of_words),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
