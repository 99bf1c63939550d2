#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ceremony/closing.h"
#include "ceremony/paper.h"
#include "tests/support/record.h"
#include "tests/support/shares.h"

#define SHARES_MAX 4

/* The shares in ${text}, joined by | for a look at them all. */
static enum status
shares_in(const char *text, char *joined, size_t size, struct diag *d)
{
	struct secret *s = shares_text(text), *share[SHARES_MAX] = { NULL };
	size_t n = 99, at = 0;
	enum status rc;

	joined[0] = '\0';
	rc = paper_shares(s, share, SHARES_MAX, &n, d);
	if (rc != ST_OK)
		assert_int_equal(n, 0);
	for (size_t i = 0; i < n; i++) {
		at += (size_t)snprintf(joined + at, size - at, "%s%.*s",
		    i == 0 ? "" : "|", (int)secret_len(share[i]),
		    (const char *)secret_peek(share[i]));
		secret_free(share[i]);
	}
	secret_free(s);
	return rc;
}

static void
paper_finds_the_shares_in_a_file(void **state)
{
	static const struct {
		const char *text, *joined;
	} rows[] = {
		{ "a b c", "a b c" },
		{ "a b c\n", "a b c" },
		{ "\n\na b c  \n\nd e f\r\n", "a b c|d e f" },
		{ "SHEET 1\nshare: a b c\nkeep it\nshare: d e f\n",
		    "a b c|d e f" },
		{ "share: a b c", "a b c" },
		/* a mark in the middle is text, and so is one without words */
		{ "a share: b\n", "a share: b" },
		{ "share:\n", "share:" },
		{ "share: \nx\n", "share:|x" },
	};
	char joined[256];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct diag d = { 0 };

		if (shares_in(rows[i].text, joined, sizeof(joined), &d) !=
		    ST_OK)
			fail_msg("%s", d.text);
		assert_string_equal(joined, rows[i].joined);
	}
}

static void
paper_refuses_a_file_without_shares_or_with_too_many(void **state)
{
	struct diag d = { 0 };
	char joined[256];

	(void)state;
	assert_int_equal(shares_in("\n \n\r\n", joined, sizeof(joined), &d),
	    ST_FORMAT);
	assert_string_equal(d.text, "there is no share in it");
	diag_clear(&d);
	assert_int_equal(shares_in("a\nb\nc\nd\n", joined, sizeof(joined),
	    NULL), ST_OK);
	assert_int_equal(shares_in("a\nb\nc\nd\ne\n", joined, sizeof(joined),
	    &d), ST_FORMAT);
	assert_string_equal(d.text, "more than 4 shares");
}

static const char *ceremony_name = "example, ceremony 1";

/* A sheet with ${n} words, as text. */
static struct secret *
sheet_of(struct sheet_set *set, const struct spki *root,
    const struct secret *mnemonic, bool test)
{
	const struct sheet_view view = { .set = set, .sheet = &set->sheets[1],
		.root = root, .mnemonic = mnemonic, .test = test,
		.ceremony = ceremony_name };
	struct secret *out = NULL;
	struct diag d = { 0 };

	if (paper_sheet(&view, &out, &d) != ST_OK)
		fail_msg("%s", d.text);
	return out;
}

/* A sheet says that there is a passphrase, and who keeps it, in lines that fit. */
static void
paper_sheet_says_who_keeps_the_passphrase(void **state)
{
	struct sheet sheets[2] = { { .number = 1 }, { .number = 2 } };
	struct sheet_set set = { .root = "g1", .epoch = 1, .n = 2,
		.sheets = sheets, .keeper = "abcdefghijklmnopqrstuvwxyz012345",
		.scheme = { .need = 1, .groups = 1, .group = { { 2, 2 } },
		    .exponent = 10, .extendable = false } };
	const struct spki root = { .alg = "ecdsa-p384" };
	struct secret *mnemonic = shares_text("academic acid");
	struct secret *out = sheet_of(&set, &root, mnemonic, true);
	char text[PAPER_SHEET_MAX + 1];

	(void)state;
	snprintf(text, sizeof(text), "%.*s", (int)secret_len(out),
	    (const char *)secret_peek(out));
	assert_non_null(strstr(text, "ext 0, exponent 10, and"));
	assert_null(strstr(text, "no passphrase"));
	for (const char *at = text; *at != '\0'; at += strcspn(at, "\n") + 1)
		assert_true(strcspn(at, "\n") <= 76);
	/* wherever the line ends */
	for (char *at = text; (at = strchr(at, '\n')) != NULL;)
		*at = ' ';
	assert_non_null(strstr(text, "a passphrase, kept by "
	    "abcdefghijklmnopqrstuvwxyz012345. "));
	secret_free(mnemonic);
	secret_free(out);
}

/* A firm may be called as it likes: one line is for programs. */
static void
paper_sheet_has_one_line_for_programs(void **state)
{
	struct sheet sheets[2] = { { .number = 1 }, { .number = 2 } };
	struct sheet_set set = { .root = "g1", .epoch = 1, .n = 2,
		.sheets = sheets, .scheme = { .need = 1, .groups = 1,
		    .group = { { 2, 2 } }, .exponent = 1 } };
	const struct spki root = { .alg = "ecdsa-p384" };
	struct secret *mnemonic = shares_text("academic acid"), *out, *share[2];
	const char *const usual = ceremony_name;
	struct diag d = { 0 };
	size_t n = 0;

	(void)state;
	ceremony_name = "share: and share alike, ceremony 1";
	out = sheet_of(&set, &root, mnemonic, true);
	ceremony_name = usual;
	if (paper_shares(out, share, 2, &n, &d) != ST_OK)
		fail_msg("%s", d.text);
	assert_int_equal(n, 1);
	assert_true(secret_equal(share[0], mnemonic));
	secret_free(share[0]);
	secret_free(mnemonic);
	secret_free(out);
}

/* Everything as long as it may be: no line wraps, and none scrolls away. */
static void
paper_screen_fits_a_console(void **state)
{
	static const char longest[] = "abcdefghijklmnopqrstuvwxyz012345";
	struct sheet sheet = { .number = 256 };
	struct sheet_set set = { .root = "", .epoch = 65535, .n = 256,
		.sheets = &sheet, .scheme = { .need = 16, .groups = 16,
		.group = { { 16, 16 } } } };
	const struct spki root = { .alg = "ecdsa-p384" };
	struct sheet_view view = { .set = &set, .sheet = &sheet,
		.root = &root, .test = true, .ceremony = "an organization "
		"with a name of sixty-four bytes, the most it has, ceremony "
		"9999" };
	struct secret *mnemonic, *out = NULL;
	char words[33 * 9 + 1] = "";

	(void)state;
	memcpy(set.root, longest, sizeof(longest));
	memcpy(sheet.holder, longest, sizeof(longest));
	memcpy(sheet.place, longest, sizeof(longest));
	memcpy(sheet.group_name, longest, sizeof(longest));
	for (size_t i = 0; i < 33; i++)
		memcpy(words + 9 * i, "acquired ", 9);
	words[sizeof(words) - 2] = '\0';
	view.mnemonic = mnemonic = shares_text(words);
	for (int keeper = 0; keeper < 2; keeper++) {
		size_t rows = 0, column = 0;

		if (keeper > 0)
			memcpy(set.keeper, longest, sizeof(longest));
		assert_int_equal(paper_screen(&view, &out, NULL), ST_OK);
		for (size_t i = 0; i < secret_len(out); i++) {
			column = secret_peek(out)[i] == '\n' ? 0 : column + 1;
			rows += secret_peek(out)[i] == '\n';
			assert_in_range(column, 0, 80);
		}
		assert_int_equal(column, 0);
		assert_in_range(rows, 1, PAPER_SCREEN_ROWS);
		secret_free(out);
	}
	secret_free(mnemonic);
}

static void
paper_sheet_says_all_that_belongs_on_it(void **state)
{
	struct sheet sheets[2] = { { .number = 1 }, { .number = 2,
		.member = 1, .group_name = "main", .holder = "first",
		.place = "office" } };
	struct sheet_set set = { .root = "g1", .epoch = 3, .n = 2,
		.sheets = sheets,
		.scheme = { .need = 1, .groups = 1, .group = { { 2, 3 } },
		    .exponent = 1, .extendable = true } };
	const struct spki root = { .alg = "ecdsa-p384" };
	struct secret *mnemonic = shares_text("academic acid acne acquire "
	    "acrobat");
	struct secret *out = sheet_of(&set, &root, mnemonic, false), *share;
	char text[PAPER_SHEET_MAX + 1];
	size_t n = 0;

	(void)state;
	snprintf(text, sizeof(text), "%.*s", (int)secret_len(out),
	    (const char *)secret_peek(out));
	assert_non_null(strstr(text, "SHEET 2 OF 2 of root g1\nexample, "
	    "ceremony 1, epoch 3\n"));
	assert_non_null(strstr(text, "Holder: first\nKept at: office\n"
	    "Group: main\nAny 2 of the 3 sheets together open the root; fewer "
	    "open nothing.\n"));
	assert_non_null(strstr(text, "    1  academic      2  acid      "
	    "    3  acne          4  acquire   \n    5  acrobat"));
	assert_non_null(strstr(text, "academic academic academic"));
	assert_non_null(strstr(text, "SLIP-39 share with ext 1, exponent 1, "
	    "no passphrase."));
	assert_non_null(strstr(text, "IF YOU FOUND THIS\n"));
	assert_non_null(strstr(text, "\nSALT=\"anchorite root seed v1\"\n"
	    "I=anchorite/v1/ecdsa-p384/root/0\n"));
	assert_null(strstr(text, "TEST"));
	/* it fits the paper, and reads back */
	for (const char *at = text; *at != '\0'; at += strcspn(at, "\n") + 1)
		if (strncmp(at, "share: ", 7) != 0)
			assert_true(strcspn(at, "\n") <= PAPER_WIDTH);
	assert_int_equal(paper_shares(out, &share, 1, &n, NULL), ST_OK);
	assert_true(secret_equal(share, mnemonic));
	secret_free(share);
	secret_free(out);

	out = sheet_of(&set, &root, mnemonic, true);
	assert_memory_equal(secret_peek(out), "*** TEST ***", 12);
	secret_free(out);
	secret_free(mnemonic);
}

/* --- the closing line --- */

static void
closing_line_is_spelt_as_the_format_says(void **state)
{
	struct bytes line = { 0 };
	struct state *s = NULL;
	char want[1024];

	(void)state;
	assert_int_equal(state_new(&s, NULL), ST_OK);
	assert_int_equal(record_open(s, 1, "production", NULL), ST_OK);
	assert_int_equal(record_apply(s, "refused", NULL, NULL, NULL), ST_OK);
	assert_int_equal(closing_line(s, RECORD_TIME, &line, NULL), ST_OK);
	snprintf(want, sizeof(want), "anchorite closing v1\nmode production\n"
	    "state %.32s\nceremony 1\nprevious none\nplan p\nentries 2\n"
	    "tail %s\ntime 2027-03-16T00:00:00Z\n", s->entries[0].digest,
	    s->entries[1].digest);
	assert_string_equal((char *)line.data, want);
	bytes_free(&line);
	state_free(s);
}

static void
closing_line_refuses_where_nothing_is_open(void **state)
{
	static const char *const closed[] = { "ceremony", "1", NULL };
	struct bytes line = { 0 };
	struct state *s = NULL;

	(void)state;
	assert_int_equal(state_new(&s, NULL), ST_OK);
	assert_int_equal(closing_line(s, RECORD_TIME, &line, NULL), ST_BUG);
	assert_int_equal(record_open(s, 1, "production", NULL), ST_OK);
	assert_int_equal(record_apply(s, "closed", closed,
	    "record/000002.line", NULL), ST_OK);
	assert_int_equal(closing_line(s, RECORD_TIME, &line, NULL), ST_BUG);
	assert_null(line.data);
	state_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paper_finds_the_shares_in_a_file),
		cmocka_unit_test(
		    paper_refuses_a_file_without_shares_or_with_too_many),
		cmocka_unit_test(paper_sheet_says_who_keeps_the_passphrase),
		cmocka_unit_test(paper_sheet_has_one_line_for_programs),
		cmocka_unit_test(paper_screen_fits_a_console),
		cmocka_unit_test(paper_sheet_says_all_that_belongs_on_it),
		cmocka_unit_test(closing_line_is_spelt_as_the_format_says),
		cmocka_unit_test(closing_line_refuses_where_nothing_is_open),
	};

	return cmocka_run_group_tests_name("paper", tests, NULL, NULL);
}
