#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/cmd.h"

static enum status
nothing(const struct call *c, struct diag *d)
{
	(void)c;
	(void)d;
	return ST_OK;
}

/* A table of the test's own: the parser knows no verb by name. */
const struct cmd cmd_table[] = {
	{ "version", NULL, "", 0, 0, { { 0 } }, "", nothing },
	{ "words", NULL, "FILE", 1, 1, { { 0 } }, "", nothing },
	{ "ceremony", "run", "PLAN", 1, 1,
	    { { "--room", "ROOM", true }, { "--hands-on", NULL, false } }, "",
	    nothing },
	{ "ceremony", "verify", "", 0, 0, { { "--state", "DIR", false } }, "",
	    nothing },
	{ "share", "recover", "[SHARES...]", 0, 600,
	    { { "--root", "NAME", false } }, "", nothing },
	{ 0 }
};

#define WORDS_MAX 16

/* Parse words up to NULL, behind the program's name. */
static enum status
parse(const char *const *word, struct call *c, struct diag *d)
{
	char *argv[WORDS_MAX + 2] = { (char *)(uintptr_t) "anchorite" };
	int argc = 1;

	for (; *word != NULL; word++)
		argv[argc++] = (char *)(uintptr_t)*word;
	return cmd_find(argc, argv, c, d);
}

static void
call_takes_options_wherever_they_stand(void **state)
{
	static const char *const calls[][WORDS_MAX] = {
		{ "ceremony", "run", "--room", "r.ini", "p.ini", "--json",
		    NULL },
		{ "ceremony", "run", "p.ini", "--json", "--room", "r.ini",
		    NULL },
		{ "ceremony", "run", "--json", "--room", "r.ini", "--",
		    "p.ini", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		struct call c;
		struct diag d = { 0 };

		if (parse(calls[i], &c, &d) != ST_OK)
			fail_msg("%s", d.text);
		assert_string_equal(c.cmd->verb, "run");
		assert_int_equal(c.n, 1);
		assert_string_equal(c.arg[0], "p.ini");
		assert_string_equal(cmd_opt(&c, "--room", "x"), "r.ini");
		assert_true(c.json);
		assert_false(c.plain);
		assert_false(cmd_has(&c, "--hands-on"));
		assert_string_equal(cmd_opt(&c, "--hands-on", "x"), "x");
	}
}

static void
call_takes_what_stands_behind_two_dashes_as_it_is(void **state)
{
	static const char *const word[] = { "words", "--", "--json", NULL };
	static const char *const twice[] = { "words", "--", "--", NULL };
	static const char *const dash[] = { "words", "-", NULL };
	struct call c;

	(void)state;
	assert_int_equal(parse(word, &c, NULL), ST_OK);
	assert_string_equal(c.arg[0], "--json");
	assert_false(c.json);
	assert_int_equal(parse(twice, &c, NULL), ST_OK);
	assert_string_equal(c.arg[0], "--");
	assert_int_equal(parse(dash, &c, NULL), ST_OK);
	assert_string_equal(c.arg[0], "-");
}

/* A value is whatever follows, though it looks like an option. */
static void
call_takes_the_next_word_for_a_value(void **state)
{
	static const char *const word[] = { "ceremony", "verify", "--state",
		"--json", NULL };
	struct call c;

	(void)state;
	assert_int_equal(parse(word, &c, NULL), ST_OK);
	assert_string_equal(cmd_opt(&c, "--state", NULL), "--json");
	assert_false(c.json);
}

static void
call_refuses_what_it_does_not_know(void **state)
{
	static const struct {
		const char *word[WORDS_MAX], *why;
	} rows[] = {
		{ { NULL }, "what is to be done? see anchorite --help" },
		{ { "", NULL }, "there is no \"\"" },
		{ { "--json", NULL }, "there is no \"--json\"; see anchorite "
		    "--help" },
		{ { "ceremny", "run", NULL }, "there is no \"ceremny\"; did "
		    "you mean ceremony?" },
		{ { "Version", NULL }, "did you mean version?" },
		{ { "zzzzzz", NULL }, "there is no \"zzzzzz\"; see anchorite "
		    "--help" },
		{ { "\x1b[2J", NULL }, "there is no \"\\u{1b}[2J\"" },
		{ { "ceremony", NULL }, "ceremony what? see anchorite ceremony "
		    "--help" },
		{ { "ceremony", "verfiy", NULL }, "ceremony has no verb "
		    "\"verfiy\"; did you mean verify?" },
		{ { "ceremony", "recover", NULL }, "ceremony has no verb "
		    "\"recover\"; see anchorite ceremony --help" },
		{ { "ceremony", "--json", "run", NULL }, "ceremony has no verb "
		    "\"--json\"" },
		{ { "ceremony", "verify", "--stat", "x", NULL }, "anchorite "
		    "ceremony verify has no option --stat; did you mean "
		    "--state?" },
		{ { "ceremony", "verify", "--jsn", NULL }, "has no option "
		    "--jsn; did you mean --json?" },
		{ { "ceremony", "verify", "--room", "x", NULL }, "anchorite "
		    "ceremony verify has no option --room" },
		{ { "ceremony", "verify", "--state=x", NULL }, "has no option "
		    "--state=x" },
		{ { "version", "--\x1b", NULL }, "anchorite version has no "
		    "option --\\u{1b}" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct call c;
		struct diag d = { 0 };
		enum status rc = parse(rows[i].word, &c, &d);

		if (rc != ST_USAGE || strncmp(d.text, rows[i].why,
		    strlen(rows[i].why)) != 0) {
			if (rc != ST_USAGE ||
			    strstr(d.text, rows[i].why) == NULL)
				fail_msg("status %d: \"%s\" instead of \"%s\"",
				    (int)rc, d.text, rows[i].why);
		}
	}
}

static void
call_refuses_options_twice_or_without_their_value(void **state)
{
	static const struct {
		const char *word[WORDS_MAX], *why;
	} rows[] = {
		{ { "ceremony", "verify", "--state", "a", "--state", "a",
		    NULL }, "--state is there twice" },
		{ { "ceremony", "run", "p", "--room", "r", "--hands-on",
		    "--hands-on", NULL }, "--hands-on is there twice" },
		{ { "version", "--json", "--json", NULL }, "--json is there "
		    "twice" },
		{ { "version", "--plain", "--plain", NULL }, "--plain is "
		    "there twice" },
		{ { "ceremony", "verify", "--state", NULL }, "--state needs "
		    "DIR" },
		{ { "ceremony", "run", "p", NULL }, "--room ROOM is needed" },
		{ { "ceremony", "run", "p", "--", "--room", "r", NULL },
		    "anchorite ceremony run takes PLAN" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct call c;
		struct diag d = { 0 };

		assert_int_equal(parse(rows[i].word, &c, &d), ST_USAGE);
		assert_string_equal(d.text, rows[i].why);
	}
}

static void
call_refuses_too_few_and_too_many_words(void **state)
{
	static const struct {
		const char *word[WORDS_MAX], *why;
	} rows[] = {
		{ { "words", NULL }, "anchorite words takes FILE" },
		{ { "words", "a", "b", NULL }, "anchorite words takes FILE" },
		{ { "version", "x", NULL }, "anchorite version takes no "
		    "further words" },
		{ { "version", "-h", NULL }, "anchorite version takes no "
		    "further words" },
		{ { "ceremony", "run", "--room", "r", NULL }, "anchorite "
		    "ceremony run takes PLAN" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct call c;
		struct diag d = { 0 };

		assert_int_equal(parse(rows[i].word, &c, &d), ST_USAGE);
		assert_string_equal(d.text, rows[i].why);
	}
}

static void
call_refuses_more_words_than_it_can_hold(void **state)
{
	static char *argv[CMD_ARGS_MAX + 4];
	static struct call c;
	struct diag d = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(argv) / sizeof(argv[0]); i++)
		argv[i] = (char *)(uintptr_t) "x";
	argv[1] = (char *)(uintptr_t) "share";
	argv[2] = (char *)(uintptr_t) "recover";
	assert_int_equal(cmd_find(CMD_ARGS_MAX + 3, argv, &c, NULL), ST_OK);
	assert_int_equal(c.n, CMD_ARGS_MAX);
	assert_int_equal(cmd_find(CMD_ARGS_MAX + 4, argv, &c, &d), ST_USAGE);
	assert_string_equal(d.text, "too many words");
	/* no name at all, as execve allows */
	diag_clear(&d);
	assert_int_equal(cmd_find(0, argv, &c, &d), ST_USAGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(call_takes_options_wherever_they_stand),
		cmocka_unit_test(
		    call_takes_what_stands_behind_two_dashes_as_it_is),
		cmocka_unit_test(call_takes_the_next_word_for_a_value),
		cmocka_unit_test(call_refuses_what_it_does_not_know),
		cmocka_unit_test(
		    call_refuses_options_twice_or_without_their_value),
		cmocka_unit_test(call_refuses_too_few_and_too_many_words),
		cmocka_unit_test(call_refuses_more_words_than_it_can_hold),
	};

	return cmocka_run_group_tests_name("call", tests, NULL, NULL);
}
