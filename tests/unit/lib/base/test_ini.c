/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/ini.h"
#include "tests/support/mutate.h"
#include "tests/support/oom.h"

static const char good[] =
    "# a plan\n"
    "\n"
    "[ceremony]\n"
    "number = 1\n"
    "org=example = sample # not a comment\n"
    "[mint g1]\n"
    "need  =  1 group\n"
    "group.main = 2 of 3: \xc3\xa9lan\n"
    "group.2nd = 1 of 1\n"
    "group = x\n"
    "[mint]\n"
    "[crl g1]\n";

static enum status
read_text(const char *text, struct diag *d)
{
	struct ini *ini;
	enum status rc;

	rc = ini_read("plan.ini", text, strlen(text), &ini, d);
	assert_true((rc == ST_OK) == (ini != NULL));
	ini_free(ini);
	return rc;
}

static void
ini_gives_back_what_is_written(void **state)
{
	const struct ini_section *s;
	struct ini *ini;

	(void)state;
	assert_int_equal(ini_read("plan.ini", good, sizeof(good) - 1, &ini,
	    NULL), ST_OK);
	assert_string_equal(ini->file, "plan.ini");
	assert_int_equal(ini->n, 4);

	s = &ini->sections[0];
	assert_string_equal(s->kind, "ceremony");
	assert_null(s->name);
	assert_int_equal(s->line, 3);
	assert_int_equal(s->n, 2);
	assert_string_equal(s->entries[0].key, "number");
	assert_null(s->entries[0].name);
	assert_string_equal(s->entries[0].value, "1");
	assert_int_equal(s->entries[0].line, 4);
	assert_string_equal(s->entries[1].value,
	    "example = sample # not a comment");

	s = &ini->sections[1];
	assert_string_equal(s->kind, "mint");
	assert_string_equal(s->name, "g1");
	assert_int_equal(s->n, 4);
	assert_string_equal(s->entries[0].value, "1 group");
	assert_string_equal(s->entries[1].key, "group");
	assert_string_equal(s->entries[1].name, "main");
	assert_string_equal(s->entries[1].value, "2 of 3: \xc3\xa9lan");
	assert_string_equal(s->entries[2].name, "2nd");
	assert_null(s->entries[3].name);

	assert_string_equal(ini->sections[2].kind, "mint");
	assert_null(ini->sections[2].name);
	assert_int_equal(ini->sections[2].n, 0);
	assert_int_equal(ini->sections[3].line, 12);
	ini_free(ini);
}

/* Each clause, broken alone, is refused by its number and line. */
static void
ini_refuses_by_clause(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "", "plan.ini: FORMATS 3.1: 0 bytes, where 1 to 65536 are "
		      "allowed" },
		{ "\n", "plan.ini: FORMATS 3.1: no section" },
		{ "# alone\n", "plan.ini: FORMATS 3.1: no section" },

		{ "[a]\nk = \xff\n", "plan.ini:2: FORMATS 3.2: byte 5 is not "
		      "UTF-8" },
		{ "# \xed\xa0\x80\n", "plan.ini:1: FORMATS 3.2: byte 3 is not "
		      "UTF-8" },
		{ "[a]\nk = \xc3\n", "plan.ini:2: FORMATS 3.2: byte 5 is not "
		      "UTF-8" },
		{ "[a]\r\n", "plan.ini:1: FORMATS 3.2: character U+000D at "
		      "byte 4" },
		{ "[a]\nk\t= v\n", "plan.ini:2: FORMATS 3.2: character U+0009 "
		      "at byte 2" },
		{ "# \x7f\n", "plan.ini:1: FORMATS 3.2: character U+007F at "
		      "byte 3" },
		{ "# \xc2\x9b\n", "plan.ini:1: FORMATS 3.2: character U+009B "
		      "at byte 3" },
		{ "\xef\xbb\xbf[a]\n", "plan.ini:1: FORMATS 3.2: character "
		      "U+FEFF at byte 1" },
		{ "# \xe2\x80\xae\n", "plan.ini:1: FORMATS 3.2: character "
		      "U+202E at byte 3" },
		{ "# \xe2\x80\xa8\n", "plan.ini:1: FORMATS 3.2: character "
		      "U+2028 at byte 3" },
		{ "# \xe2\x81\xa7\n", "plan.ini:1: FORMATS 3.2: character "
		      "U+2067 at byte 3" },
		{ "# \xd8\x9c\n", "plan.ini:1: FORMATS 3.2: character U+061C "
		      "at byte 3" },

		{ "[a]", "plan.ini:1: FORMATS 3.3: the last line has no end: "
		      "the file is torn" },
		{ "[a]\nk = v", "plan.ini:2: FORMATS 3.3: the last line has "
		      "no end: the file is torn" },
		{ "[a]\nk = v \n", "plan.ini:2: FORMATS 3.3: a blank at the "
		      "end" },
		{ " \n[a]\n", "plan.ini:1: FORMATS 3.3: a blank at the end" },

		{ "k = v\n[a]\n", "plan.ini:1: FORMATS 3.4: an entry before "
		      "the first section" },
		{ "[a]\nk =\n", "plan.ini:2: FORMATS 3.4: no value" },
		{ "[a]\nk.n =\n", "plan.ini:2: FORMATS 3.4: no value" },
		{ "[a]\nword\n", "plan.ini:2: FORMATS 3.4: neither a section, "
		      "an entry nor a comment" },
		{ "[a]\n k = v\n", "plan.ini:2: FORMATS 3.4: a blank in the "
		      "first column" },
		{ "[a]\n # x\n", "plan.ini:2: FORMATS 3.4: a blank in the "
		      "first column" },
		{ "[a]\n= v\n", "plan.ini:2: FORMATS 3.4: the key is not of "
		      "the form [a-z][a-z0-9-]*, at most 32 characters" },
		{ "[a]\nK = v\n", "plan.ini:2: FORMATS 3.4: the key is not of "
		      "the form [a-z][a-z0-9-]*, at most 32 characters" },
		{ "[a]\n1k = v\n", "plan.ini:2: FORMATS 3.4: the key is not "
		      "of the form [a-z][a-z0-9-]*, at most 32 characters" },
		{ "[a]\nk k = v\n", "plan.ini:2: FORMATS 3.4: the key is not "
		      "of the form [a-z][a-z0-9-]*, at most 32 characters" },
		{ "[a]\n.n = v\n", "plan.ini:2: FORMATS 3.4: the key is not "
		      "of the form [a-z][a-z0-9-]*, at most 32 characters" },
		{ "[a]\nk. = v\n", "plan.ini:2: FORMATS 3.4: the name of 'k' "
		      "is not of the form [a-z0-9][a-z0-9-]*, at most 32 "
		      "characters" },
		{ "[a]\nk.n.m = v\n", "plan.ini:2: FORMATS 3.4: the name of "
		      "'k' is not of the form [a-z0-9][a-z0-9-]*, at most 32 "
		      "characters" },
		{ "[a]\nabcdefghijklmnopqrstuvwxyzabcdefg = v\n",
		      "plan.ini:2: FORMATS 3.4: the key is not of the form "
		      "[a-z][a-z0-9-]*, at most 32 characters" },

		{ "[a\n", "plan.ini:1: FORMATS 3.5: a section without its "
		      "last bracket" },
		{ "[\n", "plan.ini:1: FORMATS 3.5: a section without its "
		      "last bracket" },
		{ "[a] # x\n", "plan.ini:1: FORMATS 3.5: a section without "
		      "its last bracket" },
		{ "[]\n", "plan.ini:1: FORMATS 3.5: the kind is not of the "
		      "form [a-z][a-z0-9-]*, at most 32 characters" },
		{ "[ a]\n", "plan.ini:1: FORMATS 3.5: the kind is not of the "
		      "form [a-z][a-z0-9-]*, at most 32 characters" },
		{ "[A]\n", "plan.ini:1: FORMATS 3.5: the kind is not of the "
		      "form [a-z][a-z0-9-]*, at most 32 characters" },
		{ "[a ]\n", "plan.ini:1: FORMATS 3.5: the name of 'a' is not "
		      "of the form [a-z0-9][a-z0-9-]*, at most 32 "
		      "characters" },
		{ "[a  b]\n", "plan.ini:1: FORMATS 3.5: the name of 'a' is "
		      "not of the form [a-z0-9][a-z0-9-]*, at most 32 "
		      "characters" },
		{ "[a b c]\n", "plan.ini:1: FORMATS 3.5: the name of 'a' is "
		      "not of the form [a-z0-9][a-z0-9-]*, at most 32 "
		      "characters" },
		{ "[a b]]\n", "plan.ini:1: FORMATS 3.5: the name of 'a' is "
		      "not of the form [a-z0-9][a-z0-9-]*, at most 32 "
		      "characters" },

		{ "[a]\n[b]\n[a]\n", "plan.ini:3: FORMATS 3.6: this section "
		      "is in line 1 already" },
		{ "[a x]\n[b x]\n[a y]\n[a]\n[a x]\n", "plan.ini:5: FORMATS "
		      "3.6: this section is in line 1 already" },
		{ "[a]\nk = 1\n\nk = 1\n", "plan.ini:4: FORMATS 3.6: this key "
		      "is in line 2 already" },
		{ "[a]\nk.x = 1\nk = 2\nk.y = 3\nk.x = 4\n", "plan.ini:5: "
		      "FORMATS 3.6: this key is in line 2 already" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct diag d = { 0 };

		assert_int_equal(read_text(rows[i].text, &d), ST_FORMAT);
		assert_string_equal(d.text, rows[i].why);
	}
}

static void
ini_takes_the_same_key_in_another_section(void **state)
{
	(void)state;
	assert_int_equal(read_text("[a]\nk = 1\n[b]\nk = 1\n", NULL), ST_OK);
}

static void
ini_refuses_lines_too_long_and_takes_the_longest(void **state)
{
	char text[8 + INI_LINE_MAX];
	struct diag d = { 0 };

	(void)state;
	memset(text, 'v', sizeof(text));
	snprintf(text, 9, "[a]\nk = ");
	text[8] = 'v';
	text[4 + INI_LINE_MAX] = '\n';
	text[5 + INI_LINE_MAX] = '\0';
	assert_int_equal(read_text(text, NULL), ST_OK);
	text[4 + INI_LINE_MAX] = 'v';
	text[5 + INI_LINE_MAX] = '\n';
	text[6 + INI_LINE_MAX] = '\0';
	assert_int_equal(read_text(text, &d), ST_FORMAT);
	assert_string_equal(d.text,
	    "plan.ini:2: FORMATS 3.3: longer than 512 bytes");
}

static void
ini_refuses_files_too_large_and_takes_the_largest(void **state)
{
	char *text = calloc(1, INI_FILE_MAX + 2);
	struct ini *ini;

	(void)state;
	assert_non_null(text);
	memset(text, '\n', INI_FILE_MAX + 1);
	text[0] = '[';
	text[1] = 'a';
	text[2] = ']';
	assert_int_equal(ini_read("x", text, INI_FILE_MAX, &ini, NULL), ST_OK);
	ini_free(ini);
	assert_int_equal(ini_read("x", text, INI_FILE_MAX + 1, &ini, NULL),
	    ST_FORMAT);
	assert_null(ini);
	free(text);
}

/* The most sections that a file can hold, each another: not for ever. */
static void
ini_reads_the_worst_file_in_time(void **state)
{
	char *text = calloc(1, INI_FILE_MAX + 1);
	struct ini *ini;
	size_t len = 0, n;

	(void)state;
	assert_non_null(text);
	for (n = 0; len + 16 < INI_FILE_MAX; n++)
		len += (size_t)snprintf(text + len, INI_FILE_MAX - len,
		    "[a %zx]\n", n);
	assert_int_equal(ini_read("x", text, len, &ini, NULL), ST_OK);
	assert_int_equal(ini->n, n);
	ini_free(ini);
	free(text);
}

static enum status
read_bytes(const uint8_t *data, size_t len, void *ctx)
{
	struct ini *ini;
	enum status rc;

	/* a file may end after any whole line below its first section */
	if (len < strlen(ctx) && len > 19 && data[len - 1] == '\n')
		return ST_FORMAT;
	rc = ini_read("plan.ini", (const char *)data, len, &ini, NULL);
	assert_true((rc == ST_OK) == (ini != NULL));
	ini_free(ini);
	return rc;
}

static void
ini_refuses_every_truncation_inside_a_line(void **state)
{
	char text[] = "# a plan\n[ceremony]\nnumber = 1\n[mint g1]\nk.n = v\n";

	(void)state;
	assert_int_equal(read_bytes((uint8_t *)text, strlen(text), text),
	    ST_OK);
	assert_int_equal(mutate_truncations((uint8_t *)text, strlen(text),
	    read_bytes, text), 0);
}

/* A line feed more is an empty line; any other byte is a torn one. */
static void
ini_refuses_every_byte_after_its_end(void **state)
{
	char text[] = "[a]\nk = v\n";

	(void)state;
	assert_int_equal(mutate_trailing((uint8_t *)text, strlen(text),
	    read_bytes, text), 1);
	assert_int_equal(read_text("[a]\nk = v\n\n", NULL), ST_OK);
}

static enum status
hear(const uint8_t *data, size_t len, void *ctx)
{
	struct diag d = { 0 };
	struct ini *ini;
	enum status rc;

	(void)ctx;
	rc = ini_read("plan.ini", (const char *)data, len, &ini, &d);
	ini_free(ini);
	if (rc != ST_OK) {
		assert_memory_equal(d.text, "plan.ini:", 9);
		assert_non_null(strstr(d.text, " FORMATS 3."));
	}
	/* one bit may well make another good plan */
	return rc == ST_OK ? ST_FORMAT : rc;
}

static void
ini_has_an_answer_to_every_flipped_bit(void **state)
{
	(void)state;
	assert_int_equal(mutate_bits((const uint8_t *)good, sizeof(good) - 1,
	    hear, NULL), 0);
}

static void
ini_never_prints_a_hostile_name(void **state)
{
	struct diag d = { 0 };
	struct ini *ini;

	(void)state;
	assert_int_equal(ini_read("\x1b[2J.ini", "x", 1, &ini, &d), ST_FORMAT);
	assert_memory_equal(d.text, "\\u{1b}[2J.ini:1:", 16);
}

static enum status
read_good(void *ctx)
{
	struct ini *ini;
	enum status rc;

	(void)ctx;
	rc = ini_read("plan.ini", good, sizeof(good) - 1, &ini, NULL);
	assert_true((rc == ST_OK) == (ini != NULL));
	ini_free(ini);
	return rc;
}

static void
ini_survives_every_allocation_failing(void **state)
{
	(void)state;
	assert_true(oom_each(read_good, NULL) > 25);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ini_gives_back_what_is_written),
		cmocka_unit_test(ini_refuses_by_clause),
		cmocka_unit_test(ini_takes_the_same_key_in_another_section),
		cmocka_unit_test(
		    ini_refuses_lines_too_long_and_takes_the_longest),
		cmocka_unit_test(
		    ini_refuses_files_too_large_and_takes_the_largest),
		cmocka_unit_test(ini_reads_the_worst_file_in_time),
		cmocka_unit_test(ini_refuses_every_truncation_inside_a_line),
		cmocka_unit_test(ini_refuses_every_byte_after_its_end),
		cmocka_unit_test(ini_has_an_answer_to_every_flipped_bit),
		cmocka_unit_test(ini_never_prints_a_hostile_name),
		cmocka_unit_test(ini_survives_every_allocation_failing),
	};

	return cmocka_run_group_tests_name("ini", tests, NULL, NULL);
}
